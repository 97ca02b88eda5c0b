//! Availability and checked rates.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::look::Look;
use super::{cancellation, money, number, replies};

#[track_caller]
fn check_rate(shown: &Value, rate: Look<'_, '_>, context: &str) {
    let at_property = rate.get("paymentType").as_deref() == Some("AT_HOTEL");
    assert_eq!(shown["key"], json!(rate.get("rateKey")), "{context}");
    assert_eq!(shown["net"], money(rate.get("net")), "{context}");
    assert_eq!(shown["type"], json!(rate.get("rateType")), "{context}");
    assert_eq!(shown["board"], json!(rate.get("boardCode")), "{context}");
    assert_eq!(shown["rooms"], number(rate, "rooms"), "{context}");
    assert_eq!(shown["adults"], number(rate, "adults"), "{context}");
    assert_eq!(shown["children"], number(rate, "children"), "{context}");
    assert_eq!(shown["cancellation"], cancellation(rate), "{context}");
    let ages = rate.get("childrenAges").unwrap_or_default();
    let ages: Vec<u8> = ages.split(',').filter_map(|age| age.parse().ok()).collect();
    assert_eq!(shown["child_ages"], json!(ages), "{context}");
    let mandatory = rate.get("sellingRate").filter(|_| rate.get("hotelMandatory").is_some());
    assert_eq!(shown["mandatory_price"], money(mandatory), "{context}");
    assert_eq!(shown["opaque"].to_string(), rate.get("packaging").unwrap(), "{context}");

    let due_now = if at_property { Some("0".to_owned()) } else { rate.get("net") };
    assert_eq!(shown["due_now"], money(due_now), "{context}");
    let selling = rate.get("hotelSellingRate").filter(|_| at_property);
    let taxes = rate.items("taxes");
    let unpaid = taxes.iter().filter(|tax| tax.get("included").as_deref() == Some("false"));
    let locally: Vec<Value> = unpaid.map(|tax| money(tax.get("amount"))).collect();
    assert_eq!(shown["taxes_payable_locally"], json!(locally), "{context}");
    let there: Vec<Value> = selling.into_iter().map(|a| money(Some(a))).chain(locally).collect();
    assert_eq!(shown["due_at_property"], json!(there), "{context}");

    let lists = [rate.items("promotions"), rate.items("offers")].concat();
    let promotions: Vec<Value> = lists
        .into_iter()
        .map(|item| json!({ "code": item.get("code"), "name": item.get("name"), "amount": money(item.get("amount")) }))
        .collect();
    assert_eq!(shown["promotions"], json!(promotions), "{context}");
}

#[track_caller]
fn check_rooms(shown: &Value, rooms: &[Look<'_, '_>], context: &str) {
    let shown = shown["rooms"].as_array().unwrap();
    assert_eq!(shown.len(), rooms.len(), "{context}");
    for (shown, room) in shown.iter().zip(rooms) {
        assert_eq!(shown["code"], json!(room.get("code")), "{context}");
        assert_eq!(shown["name"], json!(room.get("name")), "{context}");
        let rates = room.items("rates");
        assert_eq!(shown["rates"].as_array().unwrap().len(), rates.len(), "{context}");
        for (shown, rate) in shown["rates"].as_array().unwrap().iter().zip(rates) {
            check_rate(shown, rate, context);
        }
    }
}

#[track_caller]
fn check_hotel(shown: &Value, hotel: Look<'_, '_>, context: &str) {
    assert_eq!(shown["code"], number(hotel, "code"), "{context}");
    assert_eq!(shown["name"], json!(hotel.get("name")), "{context}");
    check_rooms(shown, &hotel.items("rooms"), context);
}

#[test]
fn an_availability_has_every_property_room_and_rate() {
    let mut rates = 0;
    for (name, document, json) in replies("availability-by").into_iter().chain(replies("filter-by-contract"))
    {
        assert_eq!(json["reply"], "availabilityRS", "{name}");
        document.look(|root| {
            let hotels = root.items("hotels");
            let total = number(root.child("hotels").unwrap(), "total");
            assert_eq!(total, json!(hotels.len()), "{name}");
            let shown = json["hotels"].as_array().unwrap();
            assert_eq!(shown.len(), hotels.len(), "{name}");
            for (shown, hotel) in shown.iter().zip(hotels) {
                check_hotel(shown, hotel, &name);
                rates += hotel.items("rooms").iter().map(|room| room.items("rates").len()).sum::<usize>();
            }
        });
    }
    assert!(rates == 0 || rates == 10 + 62 + 14 + 62 + 76 + 2, "{rates} rates");
}

#[test]
fn checked_rates_say_what_is_paid_at_the_property() {
    let files = replies("checkrate");
    for (name, document, json) in &files {
        assert_eq!(json["reply"], "checkRateRS", "{name}");
        document.look(|root| {
            let hotel = root.child("hotel").unwrap();
            check_hotel(&json["hotels"][0], hotel, name);
            // What was asked for is what is totalled.
            assert_eq!(
                json["hotels"][0]["rooms"][0]["rates"][0]["net"],
                money(hotel.get("totalNet")),
                "{name}"
            );
            if let Some(upselling) = hotel.child("upselling") {
                check_rooms(&json["extra"]["upselling"], &upselling.items("rooms"), name);
            }
        });
    }
    let locally = |part: &str| {
        let (.., json) = files.iter().find(|(name, ..)| name.contains(part)).unwrap();
        json["hotels"][0]["rooms"][0]["rates"][0]["taxes_payable_locally"][0]["amount"].clone()
    };
    if !files.is_empty() {
        assert_eq!(locally("json-checkrate.1-room"), "3.30");
        assert_eq!(locally("xml-checkrate.2-room"), "13.20");
    }
}

/// The zone of each property's position, against the offsets that the supplier states for its clocks.
#[test]
fn stated_offsets_are_those_of_the_zone_at_the_position() {
    let mut compared = 0;
    for (name, _, json) in replies("availability-by").into_iter().chain(replies("checkrate")) {
        for hotel in json["hotels"].as_array().unwrap() {
            let zone = TimeZone::get(hotel["time_zone"].as_str().unwrap()).unwrap();
            let rates =
                hotel["rooms"].as_array().unwrap().iter().flat_map(|room| room["rates"].as_array().unwrap());
            for step in rates.flat_map(|rate| rate["cancellation"].as_array().unwrap()) {
                let from = step["from"].as_str().unwrap();
                let instant: jiff::Timestamp = from.parse().unwrap();
                // The same clock at the same instant: the same offset.
                assert_eq!(zone.to_datetime(instant).to_string(), from[..19], "{name}: {}", hotel["name"]);
                compared += 1;
            }
        }
    }
    assert!(compared == 0 || compared > 200, "{compared} steps");
}
