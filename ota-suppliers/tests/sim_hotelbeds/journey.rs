//! From search to cancellation, as a client and the ledger see it.

use serde_json::{Value, json};

use crate::desk::{Desk, PALMA, book, book_pair, cents, check, guests, search, tokyo};

/// The allotment of a kind of room, by a fresh search.
async fn allotment(desk: &Desk, found: &crate::desk::Found) -> i64 {
    let place = json!({ "hotels": { "hotel": [found.code()] } });
    let again = desk.found(&search(("2027-06-15", "2027-06-17"), &[(1, 2, &[])], &place)).await;
    let same = again.iter().find(|other| other.room == found.room);
    same.map_or(0, |same| same.rate["allotment"].as_i64().unwrap())
}

#[tokio::test]
async fn a_stay_is_booked_shown_listed_and_cancelled() {
    let desk = Desk::new().await;
    let found = desk.flexible().await;
    let left = found.rate["allotment"].as_i64().unwrap();
    let reply = desk.post("bookings", &book_pair(found.key(), "b1C2d3")).await;
    let booking = &reply["booking"];
    let reference = booking["reference"].as_str().unwrap();
    assert!(reference.starts_with("102-") && reference.len() == 11, "{reference}");
    assert_eq!(booking["clientReference"], "B1C2D3", "kept in capitals, as recorded");
    assert_eq!((&booking["status"], &booking["creationDate"]), (&json!("CONFIRMED"), &json!("2027-02-01")));
    assert_eq!(booking["holder"], json!({ "name": "JANE", "surname": "DOE" }));
    for total in [&booking["totalNet"], &booking["pendingAmount"], &booking["hotel"]["totalNet"]] {
        assert_eq!(cents(total), cents(&found.rate["net"]));
    }
    let room = &booking["hotel"]["rooms"][0];
    assert_eq!((&room["code"], room["paxes"].as_array().unwrap().len()), (&json!(found.room), 2));
    assert_eq!(room["rates"][0]["cancellationPolicies"], found.rate["cancellationPolicies"]);
    assert_eq!(allotment(&desk, &found).await, left - 1);

    let shown = desk.get(&format!("bookings/{reference}")).await;
    assert_eq!(&shown["booking"], booking);
    let listed = desk.get("bookings?start=2027-02-01&end=2027-02-01&filterType=CREATION").await;
    assert_eq!(listed["bookings"]["bookings"][0]["reference"], reference);
    assert_eq!(listed["bookings"]["bookings"][0]["clientReference"], "B1C2D3");

    let path = |flag: &str| format!("bookings/{reference}?cancellationFlag={flag}");
    let simulated = desk.delete(&path("SIMULATION")).await;
    assert_eq!(simulated["booking"]["status"], "CONFIRMED");
    assert_eq!(simulated["booking"]["hotel"]["cancellationAmount"], "0.00");
    assert_eq!(desk.get(&format!("bookings/{reference}")).await["booking"], *booking, "nothing has changed");
    let cancelled = desk.delete(&path("CANCELLATION")).await;
    assert_eq!(cancelled["booking"]["status"], "CANCELLED");
    assert_eq!(cancelled["booking"]["hotel"]["cancellationAmount"], "0.00");
    assert!(cancelled["booking"]["cancellationReference"].is_string());
    assert_eq!(desk.get(&format!("bookings/{reference}")).await["booking"], cancelled["booking"]);
    assert_eq!(desk.delete(&path("CANCELLATION")).await["booking"], cancelled["booking"], "a repeat");
    assert_eq!(allotment(&desk, &found).await, left);
    let orders = desk.orders().await;
    assert_eq!(orders.len(), 1);
    assert_eq!((&orders[0]["state"], &orders[0]["guests"]), (&json!("cancelled"), &json!(2)));
    assert!(!orders[0].to_string().contains("Doe"), "no names in the ledger");
}

/// The fee is that of the last step that has come, whatever the order of the steps.
#[tokio::test]
async fn a_cancellation_costs_what_the_steps_say() {
    let desk = Desk::new().await;
    let steps = |rate: &Value| rate["cancellationPolicies"].as_array().unwrap().clone();
    let found = desk
        .rate(|found| {
            found.is("rateType", "BOOKABLE")
                && found.is_web()
                && steps(&found.rate).len() == 2
                && steps(&found.rate)[0]["from"].as_str() > steps(&found.rate)[1]["from"].as_str()
        })
        .await;
    let reply = desk.post("bookings", &book_pair(found.key(), "REF")).await;
    let reference = reply["booking"]["reference"].as_str().unwrap();
    let path = format!("bookings/{reference}?cancellationFlag=SIMULATION");
    let mut steps = steps(&found.rate);
    steps.reverse();
    let first: jiff::Timestamp = steps[0]["from"].as_str().unwrap().parse().unwrap();
    for (at, fee) in [
        (first - jiff::SignedDuration::from_secs(1), json!("0.00")),
        (first, steps[0]["amount"].clone()),
        (steps[1]["from"].as_str().unwrap().parse().unwrap(), steps[1]["amount"].clone()),
    ] {
        desk.clock.turn_to(&at.to_string());
        let simulated = desk.delete(&path).await;
        assert_eq!(simulated["booking"]["hotel"]["cancellationAmount"], fee, "{at}");
    }
    assert_eq!(steps[1]["amount"], found.rate["net"]);
    assert!(cents(&steps[0]["amount"]) < cents(&steps[1]["amount"]));
}

#[tokio::test]
async fn a_recheck_rate_is_checked_before_it_is_booked() {
    let desk = Desk::new().await;
    let search = search(("2027-06-15", "2027-06-17"), &[(1, 2, &[])], &tokyo());
    let rechecks: Vec<_> =
        desk.found(&search).await.into_iter().filter(|f| f.is("rateType", "RECHECK") && f.is_web()).collect();
    let refused = desk.refused("bookings", &book_pair(rechecks[0].key(), "REF")).await;
    assert_eq!((refused.0, refused.1.as_str()), (400, "INVALID_DATA"));
    let (mut same, mut dearer, mut cheaper) = (0, 0, 0);
    for found in rechecks.iter().take(60) {
        let checked = desk.post("checkrates", &check(&[found.key()])).await;
        let rate = &checked["hotel"]["rooms"][0]["rates"][0];
        assert_eq!(rate["rateType"], "BOOKABLE");
        assert_ne!(rate["rateKey"], found.key(), "a checked price has a key of its own");
        assert_eq!(checked["hotel"]["totalNet"], rate["net"]);
        match cents(&rate["net"]).cmp(&cents(&found.rate["net"])) {
            std::cmp::Ordering::Less => cheaper += 1,
            std::cmp::Ordering::Equal => same += 1,
            std::cmp::Ordering::Greater => dearer += 1,
        }
        // Checked again it costs the same.
        let key = rate["rateKey"].as_str().unwrap();
        let again = desk.post("checkrates", &check(&[key])).await;
        assert_eq!(again["hotel"]["totalNet"], rate["net"]);
    }
    assert!(same > dearer + cheaper && dearer > 0 && cheaper > 0, "{same} {dearer} {cheaper}");
    let checked = desk.post("checkrates", &check(&[rechecks[0].key()])).await;
    let rate = &checked["hotel"]["rooms"][0]["rates"][0];
    let booked = desk.post("bookings", &book_pair(rate["rateKey"].as_str().unwrap(), "REF")).await;
    assert_eq!(cents(&booked["booking"]["totalNet"]), cents(&rate["net"]));
}

/// A control call changes the price of one check, and the key that it hands out keeps that price.
#[tokio::test]
async fn a_check_can_be_made_dearer() {
    let desk = Desk::new().await;
    let found = desk.flexible().await;
    desk.script("checkrates", json!({ "repriced": 10 })).await;
    let checked = desk.post("checkrates", &check(&[found.key()])).await;
    let rate = &checked["hotel"]["rooms"][0]["rates"][0];
    let (before, after) = (cents(&found.rate["net"]), cents(&rate["net"]));
    assert!((after - before * 110 / 100).abs() <= 2, "{before} {after}");
    let booked = desk.post("bookings", &book_pair(rate["rateKey"].as_str().unwrap(), "REF")).await;
    assert_eq!(cents(&booked["booking"]["totalNet"]), after);
}

#[tokio::test]
async fn equal_rooms_share_a_key_and_different_rooms_do_not() {
    let desk = Desk::new().await;
    let equal = search(("2027-06-15", "2027-06-17"), &[(2, 2, &[4, 8])], &tokyo());
    let found = desk.found(&equal).await;
    let found = found.iter().find(|f| f.is("rateType", "BOOKABLE") && f.is_web()).unwrap();
    assert_eq!((&found.rate["rooms"], &found.rate["childrenAges"]), (&json!(2), &json!("4,8")));
    assert!(found.key().contains("||2~2~2|4~8|"), "{}", found.key());
    let party = guests(&[(1, 2, &[4, 8]), (2, 2, &[4, 8])]);
    let booked = desk.post("bookings", &book(&[(found.key(), party)], "EQUAL")).await;
    let rooms = booked["booking"]["hotel"]["rooms"].as_array().unwrap();
    assert_eq!((rooms.len(), rooms[0]["paxes"].as_array().unwrap().len()), (1, 8));
    assert_eq!(cents(&booked["booking"]["totalNet"]), cents(&found.rate["net"]));

    let parties: [crate::desk::Party<'_>; 2] = [(1, 1, &[14, 11, 7]), (1, 1, &[])];
    let found = desk.found(&search(("2027-06-15", "2027-06-17"), &parties, &tokyo())).await;
    let pick = |adults: u32, children: usize, hotel: Option<u64>| {
        let fits = |f: &&crate::desk::Found| {
            f.rate["adults"] == adults
                && f.rate["children"] == children
                && f.is("rateType", "BOOKABLE")
                && f.is_web()
                && hotel.is_none_or(|hotel| hotel == f.code())
        };
        found.iter().find(fits).unwrap().clone()
    };
    let family = pick(1, 3, None);
    let alone = pick(1, 0, Some(family.code()));
    let entries = [(family.key(), guests(&[(1, 1, &[14, 11, 7])])), (alone.key(), guests(&[(1, 1, &[])]))];
    let booked = desk.post("bookings", &book(&entries, "TWO")).await;
    let rooms = booked["booking"]["hotel"]["rooms"].as_array().unwrap();
    assert_eq!(rooms.len(), 2);
    assert_eq!((&rooms[0]["id"], &rooms[1]["id"]), (&json!(1), &json!(2)));
    let ages: Vec<_> =
        rooms[0]["paxes"].as_array().unwrap().iter().filter_map(|p| p["age"].as_i64()).collect();
    assert_eq!(ages, [14, 11, 7]);
    let sum = cents(&family.rate["net"]) + cents(&alone.rate["net"]);
    assert_eq!(cents(&booked["booking"]["totalNet"]), sum);
}

/// Asked for one by one, equal rooms come back with the same key twice.
#[tokio::test]
async fn a_key_can_be_there_twice() {
    let desk = Desk::new().await;
    let pair: crate::desk::Party<'_> = (1, 2, &[]);
    let found = desk.found(&search(("2027-06-15", "2027-06-17"), &[pair, pair], &tokyo())).await;
    let first = &found[0];
    let same: Vec<_> = found.iter().filter(|other| other.key() == first.key()).collect();
    assert!(same.len() >= 2 && same.iter().all(|other| other.rate == first.rate));
    // Some properties repeat themselves though each room was asked for once.
    let found = desk.found(&search(("2027-06-15", "2027-06-17"), &[pair], &tokyo())).await;
    let mut keys: Vec<_> = found.iter().map(crate::desk::Found::key).collect();
    let all = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert!(keys.len() < all && keys.len() > all * 9 / 10, "{} of {all}", keys.len());
}

#[tokio::test]
async fn the_list_is_paged_and_filtered() {
    let desk = Desk::new().await;
    let found = desk.flexible().await;
    let mut references = Vec::new();
    for index in 0..3 {
        let booked = desk.post("bookings", &book_pair(found.key(), &format!("REF{index}"))).await;
        references.push(booked["booking"]["reference"].as_str().unwrap().to_owned());
    }
    let list = async |query: &str| {
        let reply = desk.get(&format!("bookings?{query}")).await["bookings"].clone();
        let listed = reply["bookings"].as_array().unwrap().iter();
        let references: Vec<_> = listed.map(|b| b["reference"].as_str().unwrap().to_owned()).collect();
        let numbers: Vec<_> = ["from", "to", "total"].map(|member| reply[member].as_i64().unwrap()).to_vec();
        (references, numbers)
    };
    let day = "start=2027-02-01&end=2027-02-01";
    assert_eq!(list(day).await, (references.clone(), vec![1, 3, 3]));
    assert_eq!(list(&format!("{day}&from=1&to=2")).await, (references[..2].to_vec(), vec![1, 2, 3]));
    assert_eq!(list(&format!("{day}&from=3&to=4")).await, (references[2..].to_vec(), vec![3, 3, 3]));
    assert_eq!(list(&format!("{day}&clientReference=ref1")).await.0, references[1..2]);
    assert_eq!(list("start=2027-02-02&end=2027-02-03").await.0.len(), 0);
    assert_eq!(list("start=2027-06-15&end=2027-06-15&filterType=CHECKIN").await.0, references);
    desk.delete(&format!("bookings/{}", references[0])).await;
    assert_eq!(list(&format!("{day}&status=CANCELLED")).await.0, references[..1]);
    assert_eq!(list(&format!("{day}&status=CONFIRMED")).await.0, references[1..]);
    // Guests are shown to who asks for them.
    let guests = async |query: &str| {
        desk.get(&format!("bookings?{query}")).await["bookings"]["bookings"][0]["hotel"]["rooms"][0]["paxes"]
            .as_array()
            .map_or(0, Vec::len)
    };
    assert_eq!((guests(day).await, guests(&format!("{day}&extend=true")).await), (0, 2));
}

/// The supplier's day begins in Spain.
#[tokio::test]
async fn a_booking_is_made_on_the_suppliers_day() {
    let desk = Desk::new().await;
    let found = desk.flexible().await;
    desk.clock.turn_to("2027-02-01T23:30:00Z");
    let search = search(
        ("2027-06-15", "2027-06-17"),
        &[(1, 2, &[])],
        &json!({ "hotels": { "hotel": [found.code()] } }),
    );
    let fresh = desk.found(&search).await;
    let fresh = fresh.iter().find(|f| f.is_web()).unwrap();
    let booked = desk.post("bookings", &book_pair(fresh.key(), "LATE")).await;
    assert_eq!(booked["booking"]["creationDate"], "2027-02-02");
}

#[tokio::test]
async fn the_catalogue_holds_every_property() {
    let desk = Desk::new().await;
    let mut codes = Vec::new();
    let mut from = 1;
    loop {
        let page = desk.content(&format!("hotels?fields=all&from={from}&to={}", from + 149)).await;
        assert_eq!(page["from"], from);
        for hotel in page["hotels"].as_array().unwrap() {
            let degrees = |axis: &str| hotel["coordinates"][axis].as_f64().unwrap();
            assert!(degrees("latitude").abs() < 60.0 && degrees("longitude") != 0.0);
            assert!(hotel["name"]["content"].is_string() && hotel["city"]["content"].is_string());
            codes.push(hotel["code"].as_u64().unwrap());
        }
        let total = page["total"].as_i64().unwrap();
        if page["to"] == total {
            assert_eq!(codes.len() as i64, total);
            break;
        }
        from += 150;
    }
    let unique: std::collections::BTreeSet<_> = codes.iter().collect();
    assert_eq!(unique.len(), codes.len());
    assert!(codes.contains(&u64::from(PALMA)));
    let tokyo = desk.content("hotels?destinationCode=TYO&from=1&to=1").await;
    assert_eq!(tokyo["total"], 200);
    let named = desk.content("hotels?codes=210001,250001").await;
    assert_eq!((&named["total"], &named["hotels"][1]["countryCode"]), (&json!(2), &json!("ES")));
    let destinations = desk.content("locations/destinations?from=1&to=100").await;
    let codes = destinations["destinations"].as_array().unwrap().iter().map(|d| d["code"].as_str().unwrap());
    let codes: Vec<_> = codes.collect();
    for code in ["TYO", "JKT", "BKK", "PAR", "PMI"] {
        assert!(codes.contains(&code), "{code}");
    }
    assert_eq!(desk.get("status").await["status"], "OK");
}
