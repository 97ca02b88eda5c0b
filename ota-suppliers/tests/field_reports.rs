//! How this goes wrong elsewhere: what every protocol must read alike. The numbers are those of the project's field
//! reports.

use ota_suppliers::inspect::{Outcome, inspect};
use serde_json::{Value, json};

/// B13: amounts as they are printed, and the minor units that they are; `None` is refused.
const AMOUNTS: [(&str, &str, Option<&str>); 14] = [
    ("KWD", "12.500", Some("12.500")),
    ("KWD", "12.5", Some("12.500")),
    ("KWD", "0.001", Some("0.001")),
    ("JPY", "15400", Some("15400")),
    ("JPY", "15400.00", Some("15400")),
    ("VND", "735000", Some("735000")),
    ("HKD", "120", Some("120.00")),
    ("UAH", "212", Some("212.00")),
    ("CLP", "1000.00", Some("1000")),
    ("EUR", "1234567.89", Some("1234567.89")),
    // More digits than a binary float keeps.
    ("EUR", "90071992547409.93", Some("90071992547409.93")),
    ("JPY", "100.50", None),
    ("EUR", "0.001", None),
    ("NUC", "100", None),
];

#[test]
fn a_json_amount_is_read_digit_by_digit_whether_a_number_or_text() {
    for (currency, digits, expected) in AMOUNTS {
        for printed in [digits.to_owned(), format!("\"{digits}\"")] {
            let text = format!(
                r#"{{"hotels": {{"checkIn": "2027-06-15", "checkOut": "2027-06-17", "total": 1, "hotels": [
                    {{"code": 101, "name": "Palm House", "currency": "{currency}", "rooms": [{{"code": "DBL", "name": "DOUBLE",
                    "rates": [{{"rateKey": "k", "rateType": "BOOKABLE", "net": {printed}, "paymentType": "AT_WEB",
                    "boardCode": "RO", "boardName": "ROOM ONLY", "rooms": 1, "adults": 2, "children": 0}}]}}]}}]}}}}"#
            );
            let (_, json) = inspect("hotelbeds", text.as_bytes());
            let net = &json["hotels"][0]["rooms"][0]["rates"][0]["net"];
            match expected {
                Some(amount) => assert_eq!(*net, json!({"amount": amount, "currency": currency}), "{json:#}"),
                None => {
                    assert_eq!(json["skipped"][0]["why"], "an amount is missing or not an amount", "{json:#}")
                }
            }
        }
    }
}

#[test]
fn an_amount_glued_to_its_currency_is_read_digit_by_digit() {
    for (currency, digits, expected) in AMOUNTS {
        let text = ticket(&format!("{currency}{digits}"));
        let (outcome, json) = inspect("travelport-uapi", text.as_bytes());
        match expected {
            Some(amount) => {
                assert_eq!(
                    json["tickets"][0]["total"],
                    json!({"amount": amount, "currency": currency}),
                    "{json:#}"
                );
            }
            None => assert_eq!(outcome, Outcome::Refused, "{currency}{digits}: {json:#}"),
        }
    }
    let total =
        |text: &str| inspect("travelport-uapi", ticket(text).as_bytes()).1["tickets"][0]["total"].clone();
    assert_eq!(total("USD-7.00"), json!({"amount": "-7.00", "currency": "USD"}));
    assert_eq!(total("HKD0"), json!({"amount": "0.00", "currency": "HKD"}));
    assert_eq!(total("KWD0.000"), json!({"amount": "0.000", "currency": "KWD"}));
}

fn ticket(total: &str) -> String {
    format!(
        "<air:AirRetrieveDocumentRsp xmlns:air='http://www.travelport.com/schema/air_v52_0'><air:ETR TotalPrice='{total}'>\
         <air:Ticket TicketNumber='9992400000011'/></air:ETR></air:AirRetrieveDocumentRsp>"
    )
}

fn corpus(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus/uapi_reply/");
    std::fs::read_to_string(format!("{folder}{name}")).expect("the corpus has this document")
}

/// The baggage of the first flight of the first offer; what is not known is null.
fn baggage(text: &str) -> Value {
    let (outcome, json) = inspect("travelport-uapi", text.as_bytes());
    assert_eq!(outcome, Outcome::Understood, "{json:#}");
    assert_eq!(json["skipped"], Value::Null, "{json:#}");
    json["offers"][0]["passengers"][0]["baggage"][0].clone()
}

/// B17: pieces, a weight, both, none, or not known: five answers, each its own.
#[test]
fn pieces_weight_none_and_unknown_are_told_apart() {
    let (kilograms, pounds) = (|n| json!({"value": n, "unit": "kg"}), |n| json!({"value": n, "unit": "lb"}));
    let pieces = |count, each: Option<Value>| json!({"pieces": count, "each": each});
    let none = json!({"pieces": 0});
    // As text, on a live price.
    for (text, expected) in [
        ("2P", pieces(2, None)),
        ("1PC", pieces(1, None)),
        ("25K", json!({"total": kilograms(25)})),
        ("50K", json!({"total": kilograms(50)})),
        ("50L", json!({"total": pounds(50)})),
        ("0PC", none.clone()),
        ("NIL", none.clone()),
        ("ASK THE AIRLINE", Value::Null),
        ("", Value::Null),
    ] {
        assert_eq!(baggage(&corpus("price.xml").replace(">2PC<", &format!(">{text}<"))), expected, "{text}");
    }
    // As a block, on an offer of a search.
    let both = "<air:NumberOfPieces>1</air:NumberOfPieces><air:MaxWeight Value=\"23\" Unit=\"Kilograms\"/>";
    let text = corpus("search_price_points.xml");
    assert!(text.contains(both));
    let weight = |value: u8, unit: &str| format!("<air:MaxWeight Value=\"{value}\" Unit=\"{unit}\"/>");
    for (block, expected) in [
        (both.to_owned(), pieces(1, Some(kilograms(23)))),
        ("<air:NumberOfPieces>2</air:NumberOfPieces><air:MaxWeight/>".to_owned(), pieces(2, None)),
        (weight(30, "Kilograms"), json!({"total": kilograms(30)})),
        (weight(70, "Pounds"), json!({"total": pounds(70)})),
        (weight(0, "Kilograms"), none.clone()),
        ("<air:NumberOfPieces>0</air:NumberOfPieces><air:MaxWeight/>".to_owned(), none.clone()),
        ("<air:MaxWeight/>".to_owned(), Value::Null),
        (weight(30, "Stones"), Value::Null),
        (String::new(), Value::Null),
    ] {
        assert_eq!(baggage(&text.replace(both, &block)), expected, "{block}");
    }
    let absent = format!("<air:BaggageAllowance>{both}</air:BaggageAllowance>");
    assert_eq!(baggage(&text.replace(&absent, "")), Value::Null, "absent is neither none nor one");
}
