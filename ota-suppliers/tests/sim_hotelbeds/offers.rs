//! What is offered: everywhere, of every kind, at prices that make sense, with terms in the property's time.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::desk::{Desk, Found, PALMA, TOKYO, cents, search, tokyo};

const JUNE: (&str, &str) = ("2027-06-15", "2027-06-17");

fn hotels(found: &[Found]) -> BTreeSet<u64> {
    found.iter().map(Found::code).collect()
}

#[tokio::test]
async fn places_are_named_by_codes_circles_and_rectangles() {
    let desk = Desk::new().await;
    let whole: Vec<u32> = (TOKYO..TOKYO + 200).collect();
    let by_code =
        hotels(&desk.found(&search(JUNE, &[(1, 2, &[])], &json!({ "hotels": { "hotel": whole } }))).await);
    assert!(by_code.len() > 180, "{}", by_code.len());
    let circle = |radius: u32, unit: &str| json!({ "geolocation": { "latitude": 35.681236, "longitude": 139.767125, "radius": radius, "unit": unit } });
    let around = async |place: Value| hotels(&desk.found(&search(JUNE, &[(1, 2, &[])], &place)).await);
    assert_eq!(around(circle(20, "km")).await, by_code);
    assert_eq!(around(circle(13, "mi")).await, by_code);
    let near = around(circle(3, "km")).await;
    assert!(!near.is_empty() && near.len() < by_code.len() && near.is_subset(&by_code));
    let east = around(json!({ "geolocation": {
        "latitude": 35.9, "longitude": 139.75, "secondaryLatitude": 35.4, "secondaryLongitude": 139.9,
    } }));
    let east = east.await;
    assert!(!east.is_empty() && east.len() < by_code.len() && east.is_subset(&by_code));
    // Codes that nobody has are passed over.
    let unknown =
        desk.post("hotels", &search(JUNE, &[(1, 2, &[])], &json!({ "hotels": { "hotel": [7] } }))).await;
    assert_eq!(unknown["hotels"], json!({ "total": 0 }));
}

#[tokio::test]
async fn every_kind_of_rate_is_there() {
    let desk = Desk::new().await;
    let found = desk.found(&search(JUNE, &[(1, 2, &[])], &tokyo())).await;
    let rooms: BTreeSet<_> = found.iter().map(|f| f.room.as_str()).collect();
    let boards: BTreeSet<_> = found.iter().map(|f| f.rate["boardCode"].as_str().unwrap()).collect();
    assert!(rooms.len() >= 6 && boards.len() >= 2, "{rooms:?} {boards:?}");
    let has = |what: &str, is: &dyn Fn(&Value) -> bool| {
        assert!(found.iter().any(|f| is(&f.rate)), "{what}");
    };
    for (member, value) in [
        ("rateType", "BOOKABLE"),
        ("rateType", "RECHECK"),
        ("rateClass", "NOR"),
        ("rateClass", "NRF"),
        ("rateClass", "PAQ"),
        ("paymentType", "AT_WEB"),
        ("paymentType", "AT_HOTEL"),
    ] {
        has(value, &|rate| rate[member] == value);
    }
    has("opaque", &|rate| rate["packaging"] == true);
    has("promotion", &|rate| rate["promotions"][0]["code"] == "073" && rate["rateClass"] == "NRF");
    has("offer", &|rate| rate["offers"][0]["amount"].as_str().is_some_and(|amount| amount.starts_with('-')));
    for found in found.iter().filter(|f| f.is("paymentType", "AT_HOTEL")) {
        assert!(found.key().contains("|H|"));
        assert_eq!(found.rate["hotelCurrency"], "JPY");
        assert!(cents(&found.rate["sellingRate"]) > cents(&found.rate["net"]));
    }
    // Two guests, two nights, 200 yen each.
    let tax = &found[0].rate["taxes"]["taxes"][0];
    assert_eq!(
        (&tax["included"], &tax["amount"], &tax["currency"]),
        (&json!(false), &json!("800.00"), &json!("JPY"))
    );
    assert_eq!(tax["clientCurrency"], "EUR");
    let jakarta = json!({ "hotels": { "hotel": [220_001, 220_002, 220_003] } });
    let there = desk.found(&search(JUNE, &[(1, 2, &[])], &jakarta)).await;
    assert_eq!(there[0].rate["taxes"]["allIncluded"], true);
}

#[tokio::test]
async fn prices_follow_nights_rooms_and_guests() {
    let desk = Desk::new().await;
    let least = async |dates, party: crate::desk::Party<'_>| {
        let found = desk.found(&search(dates, &[party], &json!({ "hotels": { "hotel": [TOKYO] } }))).await;
        let same = found.iter().filter(|f| f.room == "FAM.ST" && f.is("rateClass", "NOR") && f.is_web());
        cents(&same.clone().next().expect("a family room").rate["net"])
    };
    let pair = least(JUNE, (1, 2, &[])).await;
    assert_eq!(least(JUNE, (2, 2, &[])).await, 2 * pair);
    assert!(least(("2027-06-15", "2027-06-18"), (1, 2, &[])).await > pair * 13 / 10);
    assert!(least(JUNE, (1, 1, &[])).await < pair);
    let infant = least(JUNE, (1, 2, &[1])).await;
    let child = least(JUNE, (1, 2, &[8])).await;
    let youth = least(JUNE, (1, 2, &[14])).await;
    assert!(infant == pair && pair < child && child < youth, "{pair} {infant} {child} {youth}");
}

#[tokio::test]
async fn the_same_search_finds_the_same() {
    let asked = search(JUNE, &[(1, 2, &[])], &tokyo());
    let desk = Desk::new().await;
    let first = desk.post("hotels", &asked).await["hotels"].clone();
    assert_eq!(desk.post("hotels", &asked).await["hotels"], first);
    assert_eq!(
        Desk::new().await.post("hotels", &asked).await["hotels"],
        first,
        "another process, the same world"
    );
    let other = Desk::with(|config| config.seed = 2).await;
    assert_ne!(other.post("hotels", &asked).await["hotels"], first);
}

/// Every step is at a clock of the property's, with the offset that its zone has on that day.
#[tokio::test]
async fn steps_are_in_the_time_of_the_property() {
    let desk = Desk::new().await;
    let cities = [
        ("Asia/Tokyo", TOKYO, "2027-04-02", &["+09:00"][..]),
        ("Europe/Madrid", PALMA, "2027-03-30", &["+01:00", "+02:00"]),
        ("Europe/Paris", 240_001, "2027-11-02", &["+01:00", "+02:00"]),
        ("America/New_York", 280_001, "2027-03-16", &["-05:00", "-04:00"]),
    ];
    for (zone, first, check_in, offsets) in cities {
        let check_out = check_in.parse::<jiff::civil::Date>().unwrap().tomorrow().unwrap().to_string();
        let place = json!({ "hotels": { "hotel": (first..first + 20).collect::<Vec<_>>() } });
        let found = desk.found(&search((check_in, &check_out), &[(1, 2, &[])], &place)).await;
        let zone = TimeZone::get(zone).unwrap();
        let mut seen = BTreeSet::new();
        for found in found.iter().filter(|f| !f.is("rateClass", "NRF")) {
            for step in found.rate["cancellationPolicies"].as_array().unwrap() {
                let printed = step["from"].as_str().unwrap();
                let at: Timestamp = printed.parse().unwrap();
                let there = at.to_zoned_datetime(zone.clone());
                assert_eq!(there.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(), printed);
                assert!(["23:59:00", "14:00:00"].contains(&&printed[11..19]), "{printed}");
                seen.insert(printed[19..].to_owned());
            }
        }
        assert_eq!(seen, offsets.iter().map(|offset| (*offset).to_owned()).collect(), "{check_in}");
    }
}

#[tokio::test]
async fn what_is_not_refunded_costs_all_since_yesterday() {
    let desk = Desk::new().await;
    let found = desk.found(&search(JUNE, &[(1, 2, &[])], &tokyo())).await;
    let fixed: Vec<_> = found.iter().filter(|f| f.is("rateClass", "NRF")).collect();
    assert!(!fixed.is_empty());
    for found in fixed {
        let step = &found.rate["cancellationPolicies"];
        assert_eq!(step, &json!([{ "amount": found.rate["net"], "from": "2027-01-31T23:59:00+09:00" }]));
    }
    // The free time of a stay of tomorrow is over: the flexible rates too cost since yesterday.
    let tomorrow = ("2027-02-02", "2027-02-03");
    let found = desk.found(&search(tomorrow, &[(1, 2, &[])], &tokyo())).await;
    let now: Timestamp = crate::desk::NOW.parse().unwrap();
    let over = found.iter().filter(|f| f.is("rateClass", "NOR") && f.is_web()).filter(|f| {
        let steps = f.rate["cancellationPolicies"].as_array().unwrap();
        steps.iter().any(|step| step["from"].as_str().unwrap().parse::<Timestamp>().unwrap() < now)
    });
    for found in over.clone() {
        let steps = found.rate["cancellationPolicies"].as_array().unwrap();
        assert!(steps.iter().any(|step| step["from"] == "2027-01-31T23:59:00+09:00"), "{steps:?}");
    }
    assert!(over.count() > 0);
}
