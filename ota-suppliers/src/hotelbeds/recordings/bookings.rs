//! Bookings, whatever HTTP status they came under.

use serde_json::{Value, json};

use super::look::Look;
use super::{cancellation, money, number, replies};

fn travelers(rooms: &[Look<'_, '_>]) -> Value {
    let paxes = rooms.iter().flat_map(|room| room.items("paxes"));
    paxes
        .map(|pax| {
            let kind = if pax.get("type").as_deref() == Some("CH") { "CHD" } else { "ADT" };
            let surname = pax.get("surname").unwrap_or_default();
            json!({ "type": kind, "given": pax.get("name"), "surname": surname })
        })
        .collect()
}

fn shown_rooms(rooms: &[Look<'_, '_>]) -> Vec<Value> {
    let rates = rooms.iter().flat_map(|room| room.items("rates").into_iter().map(move |rate| (room, rate)));
    rates
        .map(|(room, rate)| {
            json!([
                room.get("code"),
                room.get("name"),
                money(rate.get("net")),
                rate.get("boardCode"),
                number(rate, "rooms"),
                number(rate, "adults"),
                number(rate, "children"),
                cancellation(rate),
            ])
        })
        .collect()
}

#[test]
fn a_booking_in_the_body_is_one_whatever_its_status() {
    let mut labels = Vec::new();
    for (name, document, json) in replies("booking") {
        let order = &json["order"];
        document.look(|root| {
            let booking = root.child("booking").unwrap();
            let hotel = booking.child("hotel").unwrap();
            assert_eq!(
                order["locators"],
                json!([{ "kind": "order", "owner": null, "code": booking.get("reference") }])
            );
            assert_eq!(order["status"], json!(booking.get("status")), "{name}");
            assert_eq!(order["client_reference"], json!(booking.get("clientReference")), "{name}");
            assert_eq!(order["total"], money(booking.get("totalNet")), "{name}");
            assert_eq!(order["hotel"]["code"], number(hotel, "code"), "{name}");
            assert_eq!(order["hotel"]["check_in"], json!(hotel.get("checkIn")), "{name}");
            assert_eq!(order["hotel"]["check_out"], json!(hotel.get("checkOut")), "{name}");
            assert_eq!(order["travelers"], travelers(&hotel.items("rooms")), "{name}");
            let rooms = order["hotel"]["rooms"].as_array().unwrap().iter().map(|room| {
                let rate = &room["rates"][0];
                let members = ["net", "board", "rooms", "adults", "children", "cancellation"];
                let rate = members.iter().map(|member| rate[member].clone());
                [room["code"].clone(), room["name"].clone()].into_iter().chain(rate).collect::<Value>()
            });
            assert_eq!(rooms.collect::<Vec<_>>(), shown_rooms(&hotel.items("rooms")), "{name}");
            labels.push((
                booking.get("status").unwrap(),
                name.split("response-").nth(1).map(|rest| rest[..3].to_owned()),
            ));
        });
    }
    labels.sort();
    labels.dedup();
    let label = |status: &str, code: Option<&str>| (status.to_owned(), code.map(str::to_owned));
    let confirmed = ["200", "400", "500"].map(|code| label("CONFIRMED", Some(code)));
    assert!(
        labels.is_empty() || labels == [&[label("CANCELLED", None)][..], &confirmed].concat(),
        "{labels:?}"
    );
}

/// The same booking is recorded in both languages; its XML names rooms by a type without its kind.
#[test]
fn both_languages_say_the_same() {
    let mut both: Vec<Value> =
        replies("booking.1-room-2-adults").into_iter().map(|(.., json)| json["order"].clone()).collect();
    for order in &mut both {
        for room in order["hotel"]["rooms"].as_array_mut().unwrap() {
            room["code"] = Value::Null;
            room["name"] = Value::Null;
        }
    }
    assert!(both.is_empty() || (both.len() == 2 && both[0] == both[1]), "{both:#?}");
}
