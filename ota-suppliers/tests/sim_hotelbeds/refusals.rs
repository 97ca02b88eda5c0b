//! What the gateway, the rules and good sense refuse.

use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::{
    Desk, Found, KEY, Party, SECRET, book, book_pair, check, guests, search, signature, tokyo,
};

const JUNE: (&str, &str) = ("2027-06-15", "2027-06-17");

#[tokio::test]
async fn strangers_and_bad_signatures() {
    let desk = Desk::new().await;
    let now = 1_801_450_800;
    let cases = [
        ("", String::new(), 403, "<h1>Developer Inactive</h1>", "ERR_403_DEVELOPER_INACTIVE"),
        (
            "somebody",
            signature("somebody", SECRET, now),
            403,
            "<h1>Developer Inactive</h1>",
            "ERR_403_DEVELOPER_INACTIVE",
        ),
        (KEY, String::new(), 403, "<h1>Not Authorized</h1>", "ERR_403_NOT_AUTHORIZED"),
        (KEY, signature(KEY, "wrong", now), 403, "<h1>Not Authorized</h1>", "ERR_403_NOT_AUTHORIZED"),
        (
            KEY,
            signature(KEY, SECRET, now).to_uppercase(),
            403,
            "<h1>Not Authorized</h1>",
            "ERR_403_NOT_AUTHORIZED",
        ),
        (KEY, signature(KEY, SECRET, now - 301), 403, "<h1>Not Authorized</h1>", "ERR_403_NOT_AUTHORIZED"),
        (KEY, signature(KEY, SECRET, now + 301), 403, "<h1>Not Authorized</h1>", "ERR_403_NOT_AUTHORIZED"),
        (KEY, signature(KEY, SECRET, now - 300), 200, "", ""),
        (KEY, signature(KEY, SECRET, now + 300), 200, "", ""),
        (KEY, signature(KEY, SECRET, now), 200, "", ""),
    ];
    for (key, signature, status, words, code) in cases {
        let request = desk.request(Method::GET, "/hotel-api/1.0/status");
        let reply = request.header("api-key", key).header("x-signature", &signature).send().await.unwrap();
        assert_eq!(reply.status(), status, "{key} {signature}");
        if status == 403 {
            assert_eq!(reply.headers()["x-mashery-error-code"], code);
            assert_eq!(reply.text().await.unwrap(), words);
        }
    }
    assert_eq!(
        desk.ledger().await["calls"],
        json!({ KEY: { "status": 3 } }),
        "no stranger's call is counted"
    );
}

#[tokio::test]
async fn other_paths_languages_and_methods() {
    let desk = Desk::new().await;
    let status = async |request: reqwest::RequestBuilder| request.send().await.unwrap().status().as_u16();
    assert_eq!(status(desk.signed(Method::GET, "/hotel-api/1.0/hotels")).await, 404);
    assert_eq!(status(desk.signed(Method::GET, "/hotel-api/2.0/status")).await, 404);
    assert_eq!(status(desk.signed(Method::PUT, "/hotel-api/1.0/bookings/102-1200001")).await, 404);
    assert_eq!(
        status(desk.signed(Method::GET, "/hotel-api/1.0/bookings/102-1200001")).await,
        404,
        "no booking"
    );
    let mut request = desk.signed(Method::GET, "/hotel-api/1.0/status").build().unwrap();
    request.headers_mut().insert("accept", "text/html".parse().unwrap());
    assert_eq!(crate::support::client().execute(request).await.unwrap().status(), 406);
    let asked = search(JUNE, &[(1, 2, &[])], &tokyo()).to_string();
    let post = |kind: &str| {
        let request = desk.signed(Method::POST, "/hotel-api/1.0/hotels").body(asked.clone());
        request.header("content-type", kind.to_owned())
    };
    assert_eq!(status(post("application/xml")).await, 415);
    assert_eq!(status(post("application/json; charset=utf-8")).await, 200);
}

/// Compressed only for who can read it.
#[tokio::test]
async fn compression_is_the_clients_choice() {
    let desk = Desk::new().await;
    let asked = search(JUNE, &[(1, 2, &[])], &tokyo()).to_string();
    for (coding, packed) in [("identity", false), ("gzip", true)] {
        let request = desk.signed(Method::POST, "/hotel-api/1.0/hotels").header("accept-encoding", coding);
        let reply =
            request.header("content-type", "application/json").body(asked.clone()).send().await.unwrap();
        assert_eq!(reply.headers().get("content-encoding").is_some(), packed, "{coding}");
        assert_eq!(reply.bytes().await.unwrap().starts_with(&[0x1f, 0x8b]), packed, "{coding}");
    }
}

#[tokio::test]
async fn searches_that_make_no_sense() {
    let desk = Desk::new().await;
    let good = search(JUNE, &[(1, 2, &[5])], &tokyo());
    desk.post("hotels", &good).await;
    let cases: [(&str, Value, &str); 17] = [
        ("/stay/checkIn", json!("2027-06-31"), "INVALID_REQUEST"),
        ("/stay", Value::Null, "INVALID_REQUEST"),
        ("/stay/checkOut", json!("2027-06-15"), "INVALID_DATA"),
        ("/stay/checkOut", json!("2027-07-16"), "INVALID_DATA"),
        ("/stay/checkIn", json!("2027-01-30"), "INVALID_DATA"),
        ("/stay", json!({ "checkIn": "9999-12-30", "checkOut": "9999-12-31" }), "INVALID_DATA"),
        ("/occupancies", json!([]), "INVALID_DATA"),
        ("/occupancies/0/rooms", json!(0), "INVALID_DATA"),
        ("/occupancies/0/rooms", json!(10), "INVALID_DATA"),
        ("/occupancies/0/rooms", json!(4_294_967_295_u32), "INVALID_DATA"),
        ("/occupancies/0/adults", json!(0), "INVALID_DATA"),
        ("/occupancies/0/children", json!(2), "INVALID_DATA"),
        ("/occupancies/0/paxes", json!([]), "INVALID_DATA"),
        ("/occupancies/0/paxes/0/age", json!(18), "INVALID_DATA"),
        ("/hotels", Value::Null, "INVALID_REQUEST"),
        ("/hotels/hotel", json!([]), "INVALID_DATA"),
        ("/hotels/hotel", json!((0..2_001).collect::<Vec<_>>()), "INVALID_DATA"),
    ];
    for (pointer, value, code) in cases {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        let (status, said, message) = desk.refused("hotels", &bad).await;
        assert_eq!((status, said.as_str()), (400, code), "{pointer}: {message}");
    }
    let place = |geolocation: Value| search(JUNE, &[(1, 2, &[])], &json!({ "geolocation": geolocation }));
    for geolocation in [
        json!({ "latitude": 35.6, "longitude": 139.7 }),
        json!({ "latitude": 35.6, "longitude": 139.7, "radius": 0, "unit": "km" }),
        json!({ "latitude": 35.6, "longitude": 139.7, "radius": 201, "unit": "km" }),
        json!({ "latitude": 35.6, "longitude": 139.7, "secondaryLatitude": 35.0 }),
    ] {
        assert_eq!(desk.refused("hotels", &place(geolocation)).await.1, "INVALID_DATA");
    }
    let (status, text) = desk.try_send(Method::POST, "hotels", Some(&json!("no search"))).await.unwrap();
    assert_eq!(
        (status, text["error"]["code"].as_str().unwrap().split('-').next()),
        (400, Some("INVALID_REQUEST"))
    );
}

#[tokio::test]
async fn keys_that_are_old_foreign_or_tampered_with() {
    let desk = Desk::with(|config| {
        let mut other = config.accounts[0].clone();
        other.api_key = "other".to_owned();
        config.accounts.push(other);
    })
    .await;
    let found = desk.flexible().await;
    let expired = |key: &str| {
        let desk = &desk;
        let request = check(&[key]);
        async move {
            let (status, code, message) = desk.refused("checkrates", &request).await;
            assert_eq!((status, code.as_str()), (400, "INVALID_DATA"));
            assert!(message.contains("expired"), "{message}");
        }
    };
    let mut tampered = found.key().to_owned();
    tampered.replace_range(0..4, "2028");
    for key in ["", "nonsense", "a|b|c|d|e|f|g|h||1~2~0||N@é", &tampered, &"|".repeat(11), &found.key()[..80]]
    {
        expired(key).await;
    }
    // Somebody else's: the same world, another contract.
    let request = desk.request(Method::POST, "/hotel-api/1.0/checkrates");
    let second = 1_801_450_800;
    let request =
        request.header("api-key", "other").header("x-signature", signature("other", SECRET, second));
    let request = request.header("content-type", "application/json").body(check(&[found.key()]).to_string());
    assert_eq!(request.send().await.unwrap().status(), 400);
    desk.clock.turn_to("2027-02-01T03:30:00Z");
    desk.post("checkrates", &check(&[found.key()])).await;
    desk.clock.turn_to("2027-02-01T03:30:01Z");
    expired(found.key()).await;
    let refused = desk.refused("bookings", &book_pair(found.key(), "REF")).await;
    assert_eq!((refused.0, refused.1.as_str()), (400, "INVALID_DATA"));
    assert!(desk.orders().await.is_empty());
}

/// Field report B23: rooms are numbered from 1 inside each entry, and the people are those of the key.
#[tokio::test]
async fn guests_that_do_not_fit_the_key() {
    let desk = Desk::new().await;
    let keyed = async |party: Party<'_>| -> Found {
        let found = desk.found(&search(JUNE, &[party], &tokyo())).await;
        found.into_iter().find(|f| f.is("rateType", "BOOKABLE") && f.is_web()).unwrap()
    };
    let one = keyed((1, 2, &[])).await;
    let equal = keyed((2, 2, &[])).await;
    let family = keyed((2, 2, &[4, 8])).await;
    let cases: [(&str, &[Party<'_>], &str); 12] = [
        (one.key(), &[(2, 2, &[])], "rooms"),
        (one.key(), &[(1, 1, &[]), (2, 1, &[])], "rooms"),
        (one.key(), &[(0, 2, &[])], "rooms"),
        (one.key(), &[(1, 1, &[])], "adults"),
        (one.key(), &[(1, 3, &[])], "adults"),
        (one.key(), &[(1, 2, &[5])], "children"),
        (one.key(), &[], "rooms"),
        (equal.key(), &[(1, 4, &[])], "rooms"),
        (equal.key(), &[(1, 3, &[]), (2, 1, &[])], "adults"),
        (family.key(), &[(1, 2, &[4, 8]), (2, 2, &[4, 9])], "children"),
        (family.key(), &[(1, 2, &[4, 8, 8]), (2, 2, &[4])], "children"),
        (family.key(), &[(1, 2, &[4, 4]), (2, 2, &[8, 8])], "children"),
    ];
    for (key, rooms, of) in cases {
        let (status, code, message) = desk.refused("bookings", &book(&[(key, guests(rooms))], "REF")).await;
        assert_eq!((status, code.as_str()), (400, "INVALID_DATA"), "{rooms:?}");
        assert!(message.contains(&format!("the {of} in the paxes")), "{rooms:?}: {message}");
    }
    let twice = [(one.key(), guests(&[(1, 2, &[])])), (one.key(), guests(&[(1, 2, &[])]))];
    assert_eq!(desk.refused("bookings", &book(&twice, "REF")).await.1, "INVALID_DATA", "the same key twice");
    let elsewhere = desk.rate(|f| f.is("rateType", "BOOKABLE") && f.is_web() && f.code() != one.code()).await;
    let apart = [(one.key(), guests(&[(1, 2, &[])])), (elsewhere.key(), guests(&[(1, 2, &[])]))];
    assert_eq!(desk.refused("bookings", &book(&apart, "REF")).await.1, "INVALID_DATA", "two properties");
    // In any order within their rooms, and without ages, they do.
    let mut paxes = guests(&[(2, 2, &[8, 4]), (1, 2, &[4, 8])]);
    paxes.as_array_mut().unwrap().reverse();
    paxes.as_array_mut().unwrap().iter_mut().for_each(|pax| _ = pax.as_object_mut().unwrap().remove("age"));
    desk.post("bookings", &book(&[(family.key(), paxes)], "GOOD")).await;
    assert_eq!(desk.orders().await.len(), 1);
}

#[tokio::test]
async fn bookings_that_lack_something() {
    let desk = Desk::new().await;
    let found = desk.flexible().await;
    let good = book_pair(found.key(), "12345678901234567890");
    for (pointer, value, code) in [
        ("/holder/name", json!(" "), "INVALID_DATA"),
        ("/holder/surname", json!(""), "INVALID_DATA"),
        ("/holder", Value::Null, "INVALID_REQUEST"),
        ("/clientReference", json!("123456789012345678901"), "INVALID_DATA"),
        ("/clientReference", json!(""), "INVALID_DATA"),
        ("/clientReference", Value::Null, "INVALID_REQUEST"),
        ("/rooms", json!([]), "INVALID_DATA"),
        ("/rooms/0/paxes/0/type", json!("XX"), "INVALID_REQUEST"),
        ("/rooms/0/paxes/0/name", json!("x".repeat(2_001)), "INVALID_DATA"),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        let (status, said, message) = desk.refused("bookings", &bad).await;
        assert_eq!((status, said.as_str()), (400, code), "{pointer}: {message}");
    }
    let mut bad = good.clone();
    bad["tolerance"] = json!(101);
    assert_eq!(desk.refused("bookings", &bad).await.1, "INVALID_DATA");
    // Paid at the property: the supplier wants the card.
    let there = desk.rate(|f| f.is("rateType", "BOOKABLE") && f.is("paymentType", "AT_HOTEL")).await;
    let mut unpaid = book_pair(there.key(), "REF");
    let (status, words) = desk.try_send(Method::POST, "bookings", Some(&unpaid)).await.unwrap();
    assert_eq!((status, words), (402, json!("<h1>Payment Required</h1>")));
    assert!(desk.orders().await.is_empty());
    unpaid["paymentData"] = json!({ "paymentCard": { "cardNumber": "4444333322221111" } });
    desk.post("bookings", &unpaid).await;
    desk.post("bookings", &good).await;
    assert_eq!(desk.orders().await.len(), 2);
}

/// The last room is sold once, and the same request is not looked at again for a quarter of an hour.
#[tokio::test]
async fn the_last_room_and_a_repeat_of_its_refusal() {
    let desk = Desk::new().await;
    let found = desk.flexible().await;
    let left = found.rate["allotment"].as_u64().unwrap();
    for index in 0..left {
        desk.post("bookings", &book_pair(found.key(), &format!("REF{index}"))).await;
    }
    let one_more = book_pair(found.key(), "TOO LATE");
    let (status, code, message) = desk.refused("bookings", &one_more).await;
    assert_eq!((status, code.as_str(), message.as_str()), (500, "PRODUCT_ERROR", "Insufficient allotment"));
    let (status, code, message) = desk.refused("bookings", &one_more).await;
    assert_eq!((status, code.as_str(), message.as_str()), (410, "INVALID_DATA", "Insufficient allotment"));
    // A room is free again, and the refused request still not.
    let reference = desk.orders().await[0]["reference"].as_str().unwrap().to_owned();
    desk.delete(&format!("bookings/{reference}?cancellationFlag=CANCELLATION")).await;
    assert_eq!(desk.refused("bookings", &one_more).await.0, 410);
    desk.clock.turn_to("2027-02-01T03:15:00Z");
    desk.post("bookings", &one_more).await;
    let live = desk.orders().await.iter().filter(|order| order["state"] == "live").count() as u64;
    assert_eq!(live, left);
}

#[tokio::test]
async fn lists_that_make_no_sense() {
    let desk = Desk::new().await;
    for query in [
        "",
        "start=2027-02-01",
        "start=2027-02-01&end=tomorrow",
        "start=2027-02-01&end=2027-02-02&from=0",
        "start=2027-02-01&end=2027-02-02&from=5&to=4",
        "start=2027-02-01&end=2027-02-02&from=1&to=101",
        "start=2027-02-01&end=2027-02-02&filterType=BIRTHDAY",
        "start=2027-02-01&end=2027-02-02&status=LOST",
    ] {
        let (status, reply) = desk.try_send(Method::GET, &format!("bookings?{query}"), None).await.unwrap();
        assert_eq!(status, 400, "{query}: {reply}");
    }
}
