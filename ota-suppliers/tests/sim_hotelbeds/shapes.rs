//! Replies have the shape of the recorded ones: the same members with the same kinds of values. What they say beyond
//! them is named here, with the reason. And what was recorded of clients is understood.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::{Desk, PALMA, book, check, guests, search};
use crate::support::wire_folder;

/// The members of all objects of a document by their path, with the kinds of their values.
type Shape = BTreeMap<String, BTreeSet<&'static str>>;

fn walk(value: &Value, path: &str, shape: &mut Shape) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    };
    shape.entry(path.to_owned()).or_default().insert(kind);
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, &format!("{path}[]"), shape)),
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| walk(member, &format!("{path}.{name}"), shape));
        }
        _ => {}
    }
}

/// The shape of all recordings whose name has one of these parts; `None` without wire data.
fn recorded(parts: &[&str]) -> Option<Shape> {
    let folder = wire_folder("hotelbeds-apitude")?.join("messages");
    let mut shape = Shape::new();
    for folder in [folder.join("postman"), folder] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.ends_with(".json")
                && !name.contains(".request.")
                && parts.iter().any(|p| name.contains(p))
            {
                walk(&serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap(), "", &mut shape);
            }
        }
    }
    assert!(!shape.is_empty(), "no recording of {parts:?}");
    Some(shape)
}

/// Compares replies with the recordings of their kind. What is allowed beyond has to occur.
#[track_caller]
fn compare(replies: &[Value], parts: &[&str], allowed: &[&str]) {
    let Some(recorded) = recorded(parts) else { return };
    let mut ours = Shape::new();
    replies.iter().for_each(|reply| walk(reply, "", &mut ours));
    let beyond: BTreeSet<&str> =
        ours.keys().filter(|path| !recorded.contains_key(*path)).map(String::as_str).collect();
    assert_eq!(beyond, allowed.iter().copied().collect());
    for (path, kinds) in &ours {
        if let Some(known) = recorded.get(path) {
            assert!(kinds.is_subset(known), "{path}: {kinds:?} where {known:?} is recorded");
        }
    }
}

fn places() -> Value {
    json!({ "hotels": { "hotel": (PALMA..PALMA + 20).chain(220_001..220_010).collect::<Vec<_>>() } })
}

/// Taxes of a rate. They stand in recorded checks; an availability has them in the same form by the supplier's page
/// "Availability", with their kind, and with their percentage where they are included.
const TAX: [&str; 10] = [
    "",
    ".allIncluded",
    ".taxes",
    ".taxes[]",
    ".taxes[].included",
    ".taxes[].amount",
    ".taxes[].currency",
    ".taxes[].clientAmount",
    ".taxes[].clientCurrency",
    ".taxes[].percent",
];

fn taxes(rate: &str, all: bool) -> Vec<String> {
    let said = if all { &TAX[..] } else { &TAX[9..] };
    let said = said.iter().chain(&[".taxes[].type", ".taxes[].subType"]);
    said.map(|end| format!("{rate}.taxes{end}")).collect()
}

fn refs(paths: &[String]) -> Vec<&str> {
    paths.iter().map(String::as_str).collect()
}

#[tokio::test]
async fn an_availability() {
    let desk = Desk::new().await;
    let reply =
        desk.post("hotels", &search(("2027-06-15", "2027-06-17"), &[(1, 1, &[5, 6])], &places())).await;
    compare(&[reply], &["availability"], &refs(&taxes(".hotels.hotels[].rooms[].rates[]", true)));
}

#[tokio::test]
async fn a_check() {
    let desk = Desk::new().await;
    let found = desk.found(&search(("2027-06-15", "2027-06-17"), &[(1, 1, &[5, 6])], &places())).await;
    let mut replies = Vec::new();
    for code in [PALMA.into(), 220_001] {
        let same = found.iter().filter(|f| f.code() >= code && f.code() < code + 1_000);
        for kind in ["NOR", "NRF"] {
            let found = same.clone().find(|f| f.is("rateClass", kind) && f.is_web()).unwrap();
            replies.push(desk.post("checkrates", &check(&[found.key()])).await);
        }
    }
    let asked = ".hotel.rooms[].rates[]";
    let more = ".hotel.upselling.rooms[].rates[]";
    let mut allowed = taxes(asked, false);
    allowed.extend(taxes(more, true));
    // Promotions of a checked rate are recorded in availabilities, children of more rates with the checked one.
    for path in [".promotions", ".promotions[]", ".promotions[].code", ".promotions[].name"] {
        allowed.push(format!("{asked}{path}"));
        allowed.push(format!("{more}{path}"));
    }
    let Some(recorded) = recorded(&["checkrate"]) else { return };
    allowed.retain(|path| !recorded.contains_key(path));
    compare(&replies, &["checkrate"], &refs(&allowed));
}

/// Booked, shown, cancelled. A list is not recorded; its bookings have the form of one.
#[tokio::test]
async fn a_booking_and_its_cancellation() {
    let desk = Desk::new().await;
    let found = desk.found(&search(("2027-06-15", "2027-06-17"), &[(1, 1, &[5])], &places())).await;
    let mut replies = Vec::new();
    for (index, code) in [u64::from(PALMA), 220_001].into_iter().enumerate() {
        let same = found.iter().find(|f| {
            f.code() >= code && f.code() < code + 1_000 && f.is("rateType", "BOOKABLE") && f.is_web()
        });
        let mut request = book(&[(same.unwrap().key(), guests(&[(1, 1, &[5])]))], &format!("REF{index}"));
        request["remark"] = json!("late arrival");
        replies.push(desk.post("bookings", &request).await);
    }
    let reference = replies[0]["booking"]["reference"].as_str().unwrap().to_owned();
    replies.push(desk.get(&format!("bookings/{reference}")).await);
    replies.push(desk.delete(&format!("bookings/{reference}?cancellationFlag=SIMULATION")).await);
    replies.push(desk.delete(&format!("bookings/{reference}?cancellationFlag=CANCELLATION")).await);
    let list = desk.get("bookings?start=2027-02-01&end=2027-02-02&extend=true").await;
    replies.extend(list["bookings"]["bookings"].as_array().unwrap().iter().map(|b| json!({ "booking": b })));
    let mut allowed = taxes(".booking.hotel.rooms[].rates[]", true);
    // What it costs: by the supplier's page "BookingCancellation"; the one recording is of a client's log without it.
    allowed.push(".booking.hotel.cancellationAmount".to_owned());
    compare(&replies, &["booking.", "bookingCancellation"], &refs(&allowed));
}

#[tokio::test]
async fn the_destinations() {
    let desk = Desk::new().await;
    compare(&[desk.content("locations/destinations").await], &["locations-destinations"], &[]);
}

/// The recorded requests of clients are understood; their rate keys are another supplier's and expired.
#[tokio::test]
async fn recorded_requests_are_understood() {
    let Some(folder) = wire_folder("hotelbeds-apitude") else { return };
    let desk = Desk::new().await;
    desk.clock.turn_to("2018-11-16T09:00:00Z");
    let mut seen = BTreeMap::<&str, usize>::new();
    for entry in std::fs::read_dir(folder.join("messages/postman")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.ends_with(".request.json") || name.contains("bookingchange") {
            continue;
        }
        let body: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let op = match name.split('.').next().unwrap() {
            op if op.starts_with("json-booking") => "bookings",
            op if op.starts_with("json-checkrate") => "checkrates",
            _ => "hotels",
        };
        let (status, reply) = desk.try_send(Method::POST, op, Some(&body)).await.unwrap();
        if op == "hotels" {
            assert_eq!((status, &reply["hotels"]["total"].is_number()), (200, &true), "{name}: {reply}");
        } else {
            let said = reply["error"]["message"].as_str().unwrap();
            assert!(status == 400 && said.starts_with("Invalid rateKey"), "{name}: {reply}");
        }
        *seen.entry(op).or_default() += 1;
    }
    assert!(seen["hotels"] >= 8 && seen["bookings"] >= 4 && seen["checkrates"] >= 3, "{seen:?}");
}
