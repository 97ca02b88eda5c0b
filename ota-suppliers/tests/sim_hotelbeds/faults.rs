//! Every fault that a test can script, seen from the client and from the ledger.

use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::{Desk, Found, KEY, book, book_pair, cents, check, guests, search, tokyo};

async fn ready() -> (Desk, Found) {
    let desk = Desk::new().await;
    let found = desk.flexible().await;
    (desk, found)
}

/// The line breaks, and the ledger says whether the booking exists.
#[tokio::test]
async fn the_line_of_a_booking() {
    for (effect, committed) in [("drop_before", 0), ("drop_after", 1), ("cut", 1)] {
        let (desk, found) = ready().await;
        desk.script("booking", json!(effect)).await;
        let request = book_pair(found.key(), "REF");
        let answer = desk.try_send(Method::POST, "bookings", Some(&request)).await;
        assert!(answer.is_err(), "{effect}: {answer:?}");
        assert_eq!(desk.orders().await.len(), committed, "{effect}");
        // Used up: the next call is served.
        desk.post("bookings", &request).await;
        assert_eq!(desk.orders().await.len(), committed + 1, "{effect}");
    }
}

#[tokio::test]
async fn a_booking_that_never_answers() {
    for (effect, committed) in [("hang_before", 0), ("hang_after", 1)] {
        let (desk, found) = ready().await;
        desk.script("booking", json!(effect)).await;
        let request = book_pair(found.key(), "REF");
        let mut answer = std::pin::pin!(desk.try_send(Method::POST, "bookings", Some(&request)));
        // Until the call is counted and, where it commits, committed.
        loop {
            tokio::select! {
                answer = &mut answer => panic!("{effect}: {answer:?}"),
                ledger = desk.ledger() => {
                    let orders = ledger["orders"].as_array().unwrap().len();
                    if ledger["calls"][KEY]["booking"] == 1 && orders == committed {
                        break;
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn answers_that_are_none() {
    for (effect, status, committed) in [
        (json!("truncate"), 200, 1),
        (json!("empty"), 200, 1),
        (json!("empty_error"), 500, 1),
        (json!("html"), 500, 1),
        (json!("html_before"), 500, 0),
        (json!({ "fault": { "code": "SOMETHING_NEW", "message": "words" } }), 500, 0),
        (json!({ "fault": { "code": "SYSTEM_ERROR", "message": "words", "status": 503 } }), 503, 0),
    ] {
        let (desk, found) = ready().await;
        desk.script("booking", effect.clone()).await;
        let request = book_pair(found.key(), "REF");
        let (said, reply) = desk.try_send(Method::POST, "bookings", Some(&request)).await.unwrap();
        assert_eq!(said, status, "{effect}");
        assert_eq!(reply["booking"], Value::Null, "{effect}");
        assert_eq!(desk.orders().await.len(), committed, "{effect}");
    }
}

/// As recorded: a booking in the body, whatever the status.
#[tokio::test]
async fn a_booking_under_an_error_status() {
    for status in [400, 500] {
        let (desk, found) = ready().await;
        desk.script("booking", json!({ "status": status })).await;
        let request = book_pair(found.key(), "REF");
        let (said, reply) = desk.try_send(Method::POST, "bookings", Some(&request)).await.unwrap();
        assert_eq!((said, &reply["booking"]["status"]), (status, &json!("CONFIRMED")));
        assert_eq!(desk.orders().await.len(), 1);
    }
}

#[tokio::test]
async fn too_many_calls() {
    let (desk, found) = ready().await;
    for (status, words) in [(403, "<h1>Developer Over Qps</h1>"), (429, "<h1>Too Many Requests</h1>")] {
        desk.script("*", json!({ "limited": { "status": status, "retry_after_s": 7 } })).await;
        let reply = desk.signed(Method::GET, "/hotel-api/1.0/status").send().await.unwrap();
        assert_eq!(
            (reply.status().as_u16(), &reply.headers()["retry-after"]),
            (status, &"7".parse().unwrap())
        );
        assert_eq!(reply.text().await.unwrap(), words);
    }
    desk.script("booking", json!({ "limited": { "status": 429 } })).await;
    let request = book_pair(found.key(), "REF");
    let reply = desk.try_send(Method::POST, "bookings", Some(&request)).await.unwrap();
    assert_eq!(reply.0, 429);
    assert!(desk.orders().await.is_empty(), "it has not passed the gateway");
}

#[tokio::test]
async fn rooms_that_are_gone() {
    let (desk, found) = ready().await;
    for op in ["checkrates", "booking"] {
        desk.script(op, json!("sold_out")).await;
    }
    let gone = (500, "PRODUCT_ERROR".to_owned(), "Insufficient allotment".to_owned());
    assert_eq!(desk.refused("checkrates", &check(&[found.key()])).await, gone);
    assert_eq!(desk.refused("bookings", &book_pair(found.key(), "REF")).await, gone);
    // What is sold out by name is not found either.
    let asked = search(("2027-06-15", "2027-06-17"), &[(1, 2, &[])], &tokyo());
    let same =
        async || desk.found(&asked).await.iter().any(|f| f.code() == found.code() && f.room == found.room);
    assert!(same().await);
    let other = json!({ "property": found.code(), "room": found.room, "date": "2027-06-17" });
    desk.control(json!({ "sell_out": other })).await;
    assert!(same().await, "the day of leaving is no night");
    let named = json!({ "property": found.code(), "room": found.room, "date": "2027-06-16" });
    desk.control(json!({ "sell_out": named })).await;
    assert!(!same().await);
    assert_eq!(desk.refused("bookings", &book_pair(found.key(), "AGAIN")).await, gone);
    desk.control(json!({ "reset": true })).await;
    assert!(same().await);
    desk.control(json!({ "sell_out": {} })).await;
    assert_eq!(desk.found(&asked).await.len(), 0);
}

#[tokio::test]
async fn prices_that_change_between_search_and_booking() {
    let (desk, found) = ready().await;
    desk.control(json!({ "reprice": { "percent": 7, "of": found.code().to_string() } })).await;
    let (status, code, message) = desk.refused("bookings", &book_pair(found.key(), "REF")).await;
    assert_eq!((status, code.as_str(), message.as_str()), (500, "PRODUCT_ERROR", "The price has changed"));
    let checked = desk.post("checkrates", &check(&[found.key()])).await;
    let (before, after) = (cents(&found.rate["net"]), cents(&checked["hotel"]["totalNet"]));
    assert!((after - before * 107 / 100).abs() <= 2, "{before} {after}");
    let mut tolerant = book_pair(found.key(), "REF");
    tolerant["tolerance"] = json!(8);
    let booked = desk.post("bookings", &tolerant).await;
    assert_eq!(cents(&booked["booking"]["totalNet"]), after);
    // A lower price is simply booked.
    desk.control(json!([{ "reset": true }, { "reprice": { "percent": -10 } }])).await;
    let booked = desk.post("bookings", &book_pair(found.key(), "LESS")).await;
    assert!(cents(&booked["booking"]["totalNet"]) < before);
}

/// `wrong_echo` is one wrong answer; what is misbooked stays so.
#[tokio::test]
async fn bookings_that_are_not_what_was_asked() {
    let desk = Desk::new().await;
    let asked = search(("2027-06-15", "2027-06-17"), &[(1, 2, &[4, 8])], &tokyo());
    let found = desk.found(&asked).await;
    let found = found.iter().find(|f| f.is("rateType", "BOOKABLE") && f.is_web()).unwrap();
    let request = book(&[(found.key(), guests(&[(1, 2, &[4, 8])]))], "REF");
    let good = desk.post("bookings", &request).await["booking"].clone();
    let echoes: [(&str, &str); 12] = [
        ("reference", "/clientReference"),
        ("total", "/totalNet"),
        ("room_code", "/hotel/rooms/0/code"),
        ("room_name", "/hotel/rooms/0/name"),
        ("room_status", "/hotel/rooms/0/status"),
        ("board", "/hotel/rooms/0/rates/0/boardCode"),
        ("child_age", "/hotel/rooms/0/paxes/2/age"),
        ("children", "/hotel/rooms/0/rates/0/children"),
        ("surname", "/hotel/rooms/0/paxes/0/surname"),
        ("dates", "/hotel/checkIn"),
        ("property", "/hotel/code"),
        ("cancellation", "/hotel/rooms/0/rates/0/cancellationPolicies"),
    ];
    for (echo, pointer) in echoes {
        for (effect, stays) in [("wrong_echo", false), ("misbooked", true)] {
            desk.script("booking", json!({ effect: echo })).await;
            let (_, reply) = desk.try_send(Method::POST, "bookings", Some(&request)).await.unwrap();
            let booked = &reply["booking"];
            assert_ne!(booked.pointer(pointer), good.pointer(pointer), "{echo}");
            let shown = desk.get(&format!("bookings/{}", booked["reference"].as_str().unwrap())).await;
            let differs = shown["booking"].pointer(pointer) != good.pointer(pointer);
            assert_eq!(differs, stays, "{effect} {echo}");
            desk.delete(&format!("bookings/{}", booked["reference"].as_str().unwrap())).await;
        }
    }
}

/// A fresh booking is invisible for as many lists as were scripted.
#[tokio::test]
async fn a_list_that_lags() {
    let (desk, found) = ready().await;
    desk.post("bookings", &book_pair(found.key(), "OLD")).await;
    desk.clock.turn_to("2027-02-01T03:20:00Z");
    desk.post("bookings", &book_pair(found.key(), "FRESH")).await;
    desk.control(json!({ "next": { "op": "bookinglist", "count": 2, "effect": { "lagging": 600 } } })).await;
    let mut totals = Vec::new();
    for _ in 0..3 {
        let list = desk.get("bookings?start=2027-02-01&end=2027-02-01").await;
        totals.push(list["bookings"]["total"].as_i64().unwrap());
    }
    assert_eq!(totals, [1, 1, 2]);
}

#[tokio::test]
async fn delays_come_before_the_answer() {
    let (desk, found) = ready().await;
    desk.control(json!({ "delay": { "ms": 3_600 } })).await;
    let started = std::time::Instant::now();
    let request = book_pair(found.key(), "REF");
    let booked = desk.post("bookings", &request);
    tokio::pin!(booked);
    // The ledger answers at once while the booking waits.
    tokio::select! {
        _ = &mut booked => panic!("no delay: {:?}", started.elapsed()),
        ledger = desk.ledger() => assert!(ledger["orders"].as_array().unwrap().is_empty()),
    }
}

#[tokio::test]
async fn what_is_forgotten_frees_rooms_and_no_reference() {
    let (desk, found) = ready().await;
    let first = desk.post("bookings", &book_pair(found.key(), "REF")).await;
    desk.control(json!({ "forget": true })).await;
    assert_eq!(desk.ledger().await, json!({ "calls": {}, "orders": [] }));
    let second = desk.post("bookings", &book_pair(found.key(), "REF")).await;
    assert_ne!(first["booking"]["reference"], second["booking"]["reference"]);
}
