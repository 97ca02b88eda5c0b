//! What the recordings lack, on minimal documents of our own: they are also the fuzzing corpus.

use serde_json::{Value, json};

use crate::inspect::{Outcome, inspect};

#[track_caller]
fn show(name: &str, expected: Outcome) -> Value {
    let (outcome, json) = inspect("hotelbeds", &super::corpus_document(name));
    assert_eq!(outcome, expected, "{json:#}");
    json
}

#[track_caller]
fn show_text(text: &str, expected: Outcome) -> Value {
    let (outcome, json) = inspect("hotelbeds", text.as_bytes());
    assert_eq!(outcome, expected, "{json:#}");
    json
}

fn money(amount: &str, currency: &str) -> Value {
    json!({ "amount": amount, "currency": currency })
}

/// The rate of a key in the first hotel.
fn rate<'a>(json: &'a Value, key: &str) -> &'a Value {
    let rates = json["hotels"][0]["rooms"][0]["rates"].as_array().unwrap();
    let mut found = rates.iter().filter(|rate| rate["key"] == key);
    let rate = found.next().unwrap();
    assert!(found.next().is_none(), "{key} once");
    rate
}

#[test]
fn what_is_paid_at_the_property_has_its_own_currency_and_words_stay_words() {
    let json = show("availability.json", Outcome::Understood);
    let recheck = rate(&json, "k|recheck");
    assert_eq!((&recheck["type"], &recheck["due_now"]), (&json!("RECHECK"), &money("200.50", "EUR")));
    assert_eq!(recheck["taxes_payable_locally"], json!([money("40.00", "AED")]));
    assert_eq!(recheck["notes"], json!(["FEE 7.00 % payable at the property"]));
    let paid_there = &json["hotels"][1]["rooms"][0]["rates"][0];
    assert_eq!(paid_there["net"], money("11.250", "KWD"));
    assert_eq!(paid_there["due_now"], money("0.000", "KWD"));
    assert_eq!(paid_there["due_at_property"], json!([money("37.50", "USD")]));
    assert_eq!(paid_there["taxes_payable_locally"], json!([]));
    assert_eq!(paid_there["mandatory_price"], money("12.500", "KWD"));
    assert_eq!(paid_there["promotions"][0]["amount"], money("-1.250", "KWD"));
}

#[test]
fn cancellation_steps_are_sorted_and_one_that_cannot_be_read_makes_all_unknown() {
    let json = show("availability.json", Outcome::Understood);
    let steps = &rate(&json, "k|recheck")["cancellation"];
    assert_eq!(steps[0], json!({ "from": "2027-06-12T23:59:00+04:00", "amount": money("100.25", "EUR") }));
    assert_eq!(steps[1]["from"], "2027-06-14T23:59:00+04:00");
    let unknown = rate(&json, "k|step");
    assert_eq!(
        (&unknown["cancellation"], &unknown["notes"][0]),
        (&json!([]), &json!("cancellation terms cannot be read"))
    );
}

#[test]
fn a_key_at_two_prices_is_kept_once_at_the_dearest_and_must_be_checked() {
    let json = show("availability.json", Outcome::Understood);
    let twice = rate(&json, "k|twice");
    assert_eq!((&twice["net"], &twice["type"]), (&money("190.00", "EUR"), &json!("RECHECK")));
    assert_eq!(json["warnings"][0]["kind"], "PriceContested");
    assert_eq!(json["warnings"][0]["message"], "190.00 EUR is also stated at 180.00 EUR");
}

#[test]
fn opaque_and_package_rates_are_marked() {
    let json = show("availability.json", Outcome::Understood);
    let marks = |key| (rate(&json, key)["opaque"].clone(), rate(&json, key)["package_only"].clone());
    assert_eq!(marks("k|opaque"), (json!(true), json!(true)));
    assert_eq!(marks("k|package"), (json!(false), json!(true)));
    assert_eq!(marks("k|recheck"), (json!(false), json!(false)));
}

#[test]
fn what_cannot_be_mapped_is_skipped_with_its_reason() {
    let json = show("availability.json", Outcome::Understood);
    let why = |at: usize| json["skipped"][at]["why"].as_str().unwrap();
    assert_eq!(json["skipped"].as_array().unwrap().len(), 2);
    assert_eq!(
        (why(0), why(1)),
        ("rooms or guests are not counted", "an amount is missing or not an amount")
    );
    assert!(!json["skipped"].to_string().contains("k|"), "keys are secret");
    let none = show("availability_none.json", Outcome::Understood);
    assert_eq!((&none["reply"], &none["hotels"]), (&json!("availabilityRS"), &Value::Null));
}

#[test]
fn an_xml_reply_of_any_prefix_is_read() {
    let json = show("checkrates.xml", Outcome::Understood);
    assert_eq!((&json["reply"], &json["hotels"][0]["name"]), (&json!("checkRateRS"), &json!("Palm & House")));
    assert_eq!(json["hotels"][0]["time_zone"], "Asia/Dubai");
    assert_eq!(rate(&json, "k|a")["notes"], json!(["Parking\r costs extra"]));
    assert_eq!(json["extra"]["upselling"]["rooms"][0]["code"], "SUI.ST");
    let foreign = show_text("<checkRateRS xmlns='urn:x'><hotel code='1'/></checkRateRS>", Outcome::Refused);
    assert!(foreign["error"]["message"].as_str().unwrap().contains("namespace"));
}

#[test]
fn a_booking_wins_over_an_error_beside_it() {
    let json = show("booking.json", Outcome::Understood);
    assert_eq!(json["order"]["status"], "CONFIRMED");
    assert_eq!(json["order"]["client_reference"], "A1B2C3D4E5F6G7H8");
    assert_eq!(json["order"]["travelers"].as_array().unwrap().len(), 6);
    let rate = &json["order"]["hotel"]["rooms"][0]["rates"][0];
    assert_eq!((&rate["rooms"], &rate["child_ages"]), (&json!(2), &json!([4, 8])));
    assert_eq!(rate["notes"], json!(["City tax 3.30 Euro payable on arrival."]));
    assert_eq!(rate["taxes_payable_locally"], json!([]), "no figure is made of words");
}

#[test]
fn a_room_that_is_not_confirmed_breaks_the_order() {
    let json = show("booking_broken.json", Outcome::Understood);
    assert_eq!(json["warnings"][0]["kind"], "RoomNotConfirmed");
    assert_eq!(json["warnings"][0]["message"], "room 2 has status ON_REQUEST");
    let unknown = show_text(
        r#"{"booking":{"reference":"1","status":"PENDING","currency":"EUR","hotel":{"code":1,"checkIn":"2027-06-15","checkOut":"2027-06-16"}}}"#,
        Outcome::Refused,
    );
    assert_eq!(unknown["error"]["message"], "the booking's status is not known");
}

#[test]
fn a_list_says_whether_it_is_the_last_page() {
    let first = &show("bookings.json", Outcome::Understood)["extra"];
    assert_eq!((&first["last_page"], &first["bookings"][0]["status"]), (&json!(false), &json!("CANCELLED")));
    let last = show("bookings_last.xml", Outcome::Understood);
    assert_eq!((&last["reply"], &last["extra"]["last_page"]), (&json!("bookingListRS"), &json!(true)));
    // One that cannot be read may be the one looked for.
    show_text(
        r#"{"bookings":{"from":1,"to":1,"total":1,"bookings":[{"reference":"1","status":"?"}]}}"#,
        Outcome::Refused,
    );
}

#[test]
fn a_simulated_cancellation_says_what_a_real_one_would_cost() {
    let json = show("cancellation_simulated.json", Outcome::Understood);
    assert_eq!(json["reply"], "bookingCancellationRS");
    assert_eq!(json["extra"]["cancellation_fee"], money("100.25", "EUR"));
}

#[test]
fn a_no_is_typed_and_keeps_no_rate_key() {
    let sold_out = show("error_sold_out.json", Outcome::SupplierError);
    assert_eq!(
        sold_out["error"],
        json!({ "kind": "SoldOut", "disposition": "Reprice", "code": "PRODUCT_ERROR", "message": "Insufficient allotment for" })
    );
    assert_eq!(show("error_expired.xml", Outcome::SupplierError)["error"]["kind"], "OfferExpired");
    assert_eq!(show("gateway.html", Outcome::SupplierError)["error"]["kind"], "RateLimited");
    show_text("<html><body>Bad gateway</body></html>", Outcome::Refused);
    show_text("", Outcome::Refused);
}

#[test]
fn the_catalogue_places_its_properties() {
    let json = show("hotels.json", Outcome::Understood);
    let hotel = &json["extra"]["hotels"][0];
    assert_eq!(
        (&hotel["code"], &hotel["name"], &hotel["city"]),
        (&json!(101), &json!("Palm House"), &json!("DUBAI"))
    );
    assert_eq!(
        (&hotel["latitude_microdegrees"], &hotel["time_zone"]),
        (&json!(25_204_800), &json!("Asia/Dubai"))
    );
    let json = show("rate_comments.json", Outcome::Understood);
    assert_eq!(json["extra"]["rateComments"][0]["comments"][0]["description"], "No pets.");
    assert_eq!(show("status.json", Outcome::Understood)["extra"]["status"], "OK");
}

#[test]
fn replies_of_other_kinds_are_recognised_or_refused() {
    assert_eq!(
        show_text(r#"{"auditData":{},"hotelsAvailability":[]}"#, Outcome::Recognised)["reply"],
        "hotelsAvailability"
    );
    show_text(r#"{"hello":1}"#, Outcome::Refused);
    show_text(r#"{"booking":{},"booking":{}}"#, Outcome::Refused);
    show_text("[1]", Outcome::Refused);
    show_text("{} x", Outcome::Refused);
}
