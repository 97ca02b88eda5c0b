//! The SDK makes of every reply what the simulator meant, and leaves nothing out.

use ota_suppliers::inspect::{Outcome, inspect};
use serde_json::{Value, json};

use crate::desk::{Desk, PALMA, book, book_pair, check, guests, rates, search};

#[track_caller]
fn understood(reply: &Value, name: &str) -> Value {
    let (outcome, json) = inspect("hotelbeds", reply.to_string().as_bytes());
    assert_eq!(outcome, Outcome::Understood, "{json:#}");
    assert_eq!((&json["reply"], &json["skipped"]), (&json!(name), &Value::Null));
    json
}

#[tokio::test]
async fn every_reply_is_understood() {
    let desk = Desk::new().await;
    let codes: Vec<u32> = [PALMA, 210_001, 220_001, 270_001, 280_001]
        .map(|code| code..code + 6)
        .into_iter()
        .flatten()
        .collect();
    let asked =
        search(("2027-06-15", "2027-06-17"), &[(2, 2, &[4, 8])], &json!({ "hotels": { "hotel": codes } }));
    let reply = desk.post("hotels", &asked).await;
    understood(&reply, "availabilityRS");
    let found = rates(&reply);
    let found = found.iter().find(|f| f.is("rateType", "BOOKABLE") && f.is_web()).unwrap();
    understood(&desk.post("checkrates", &check(&[found.key()])).await, "checkRateRS");
    let party = guests(&[(1, 2, &[4, 8]), (2, 2, &[4, 8])]);
    let booked = desk.post("bookings", &book(&[(found.key(), party)], "A1B2C3D4E5F6G7H8")).await;
    let json = understood(&booked, "bookingRS");
    assert_eq!(json["order"]["client_reference"], "A1B2C3D4E5F6G7H8");
    let reference = booked["booking"]["reference"].as_str().unwrap();
    understood(&desk.get(&format!("bookings/{reference}")).await, "bookingRS");
    understood(&desk.get("bookings?start=2027-02-01&end=2027-02-01").await, "bookingListRS");
    understood(&desk.get("bookings?start=2027-02-01&end=2027-02-01&extend=true").await, "bookingListRS");
    for flag in ["SIMULATION", "CANCELLATION"] {
        let reply = desk.delete(&format!("bookings/{reference}?cancellationFlag={flag}")).await;
        understood(&reply, "bookingCancellationRS");
    }
    understood(&desk.content("hotels?from=1&to=50").await, "hotels");
    understood(&desk.content("locations/destinations").await, "destinations");
    understood(&desk.get("status").await, "statusRS");
}

#[tokio::test]
async fn every_refusal_is_one() {
    let desk = Desk::new().await;
    let found = desk.flexible().await;
    desk.script("booking", json!("sold_out")).await;
    let request = book_pair(found.key(), "REF");
    for expected in ["PRODUCT_ERROR", "INVALID_DATA"] {
        let (_, reply) = desk.try_send(reqwest::Method::POST, "bookings", Some(&request)).await.unwrap();
        let (outcome, json) = inspect("hotelbeds", reply.to_string().as_bytes());
        assert_eq!(outcome, Outcome::SupplierError, "{json:#}");
        assert!(json.to_string().contains(expected), "{json:#}");
    }
    for words in ["Developer Over Qps", "Developer Inactive", "Not Authorized"] {
        let (outcome, json) = inspect("hotelbeds", format!("<h1>{words}</h1>").as_bytes());
        assert_eq!(outcome, Outcome::SupplierError, "{json:#}");
    }
}
