//! Every uAPI recording against numbers that these tests take from the XML themselves, through roxmltree.

mod damage;
mod documents;
mod records;
mod service;
mod shop;
mod small;
mod stay;

use roxmltree::{Document, Node};
use serde_json::{Value, json};

use crate::inspect::suite::has_the_stated_form;
use crate::inspect::{Outcome, inspect};
use crate::wire_data;

/// Replies that say no in their body instead of in a fault.
const REFUSALS: [&str; 7] = [
    "AirFlightInfoError1.xml",
    "AirFlightInfoError3.xml",
    "AirTicketing-CardPayment-RefuseCredit.xml",
    "AirTicketing-CardPaymentUnavailable.xml",
    "AirTicketing-busyPNR.fabricated_reply.xml",
    "getTicket_DUPLICATE_TICKET.xml",
    "getTicket_FAILED.xml",
];

/// (file name, bytes) of all recordings; none where there is no wire data.
fn all() -> Vec<(String, Vec<u8>)> {
    let Some(folder) = wire_data::path("travelport-uapi/messages") else { return Vec::new() };
    let mut folders = vec![folder];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                files.push((name, std::fs::read(path).unwrap()));
            }
        }
    }
    files.sort();
    assert!(files.len() > 80, "the recordings are incomplete");
    files
}

/// The recordings whose payload is called one of these.
fn of_kind(kinds: &[&str]) -> Vec<(String, String)> {
    let text = all().into_iter().filter_map(|(name, bytes)| Some((name, String::from_utf8(bytes).ok()?)));
    text.filter(|(_, text)| {
        Document::parse(text).is_ok_and(|document| kinds.contains(&local(payload(&document))))
    })
    .collect()
}

fn local<'d>(node: Node<'_, 'd>) -> &'d str {
    node.tag_name().name()
}

fn payload<'a, 'd>(document: &'a Document<'d>) -> Node<'a, 'd> {
    let root = document.root_element();
    match children(root, "Body").next() {
        Some(body) => body.children().find(Node::is_element).unwrap(),
        None => root,
    }
}

fn children<'a, 'd: 'a>(node: Node<'a, 'd>, name: &'a str) -> impl Iterator<Item = Node<'a, 'd>> + 'a {
    node.children().filter(move |child| child.is_element() && local(*child) == name)
}

fn all_below<'a, 'd: 'a>(node: Node<'a, 'd>, name: &'a str) -> impl Iterator<Item = Node<'a, 'd>> + 'a {
    node.descendants().filter(move |child| child.is_element() && local(*child) == name)
}

/// A child by name and key.
fn keyed<'a, 'd: 'a>(root: Node<'a, 'd>, name: &'a str, key: &str) -> Node<'a, 'd> {
    all_below(root, name).find(|node| node.attribute("Key") == Some(key)).unwrap()
}

fn text(node: Node<'_, '_>, child: &str) -> Option<String> {
    Some(children(node, child).next()?.text()?.trim().to_owned())
}

/// An attribute as the output's money: the decimals of the currencies in these recordings are listed here.
fn money(node: Node<'_, '_>, attribute: &str) -> Value {
    let Some(text) = node.attribute(attribute) else { return Value::Null };
    let (currency, digits) = text.split_at(3);
    let decimals = match currency {
        "KRW" | "JPY" => 0,
        "AED" | "AUD" | "CAD" | "CZK" | "EUR" | "GBP" | "MYR" | "PLN" | "UAH" | "USD" => 2,
        other => panic!("{other} is not in the table of this test"),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let amount = match decimals {
        0 => whole.to_owned(),
        _ => format!("{whole}.{fraction:0<decimals$}"),
    };
    json!({ "amount": amount, "currency": currency })
}

/// `2016-11-10T18:35:00.000+02:00` as the output's local time.
fn clock(node: Node<'_, '_>, attribute: &str) -> Value {
    node.attribute(attribute).map(|time| Value::from(&time[..16])).unwrap_or_default()
}

fn tax_lines(info: Node<'_, '_>) -> Value {
    let line = |tax| json!({ "code": Node::attribute(&tax, "Category"), "amount": money(tax, "Amount") });
    children(info, "TaxInfo").map(line).collect()
}

/// What one `AirPricingInfo` says about one passenger of its type.
#[track_caller]
fn check_price(price: &Value, info: Node<'_, '_>, context: &str) {
    assert_eq!(price["total"], money(info, "TotalPrice"), "{context}");
    assert_eq!(price["base"], money(info, "BasePrice"), "{context}");
    assert_eq!(price["equivalent_base"], money(info, "EquivalentBasePrice"), "{context}");
    assert_eq!(price["tax_lines"], tax_lines(info), "{context}");
    assert_eq!(price["fare_calculation"], json!(text(info, "FareCalc")), "{context}");
    assert_eq!(price["count"], json!(children(info, "PassengerType").count()), "{context}");
    let code = children(info, "PassengerType").next().unwrap().attribute("Code");
    assert_eq!(price["types"], json!([code]), "{context}");
    if children(info, "TaxInfo").next().is_some() {
        assert_eq!(price["taxes"], money(info, "Taxes"), "{context}");
    }
    if let Some(limit) = info.attribute("LatestTicketingTime") {
        let shown = price["last_ticketing"].as_str().unwrap();
        assert_eq!(&shown[..limit.len().min(16)], &limit[..limit.len().min(16)], "{context}");
    }
    assert_eq!(price["validating_carrier"], json!(info.attribute("PlatingCarrier")), "{context}");
}

/// Flight, places and times of one `AirSegment`.
#[track_caller]
fn check_flight(shown: &Value, segment: Node<'_, '_>, context: &str) {
    let number = segment.attribute("FlightNumber").unwrap().trim_start_matches('0');
    let flight = format!("{}{number}", segment.attribute("Carrier").unwrap());
    assert_eq!(shown["kind"], "flight", "{context}");
    assert_eq!(shown["flight"], json!(flight), "{context}");
    assert_eq!(shown["origin"], json!(segment.attribute("Origin")), "{context}");
    assert_eq!(shown["destination"], json!(segment.attribute("Destination")), "{context}");
    assert_eq!(shown["departs"], clock(segment, "DepartureTime"), "{context}");
    assert_eq!(shown["arrives"], clock(segment, "ArrivalTime"), "{context}");
    let operating =
        children(segment, "CodeshareInfo").next().and_then(|info| info.attribute("OperatingCarrier"));
    assert_eq!(shown["operating_carrier"], json!(operating), "{context}");
}

/// The warnings are the reply's messages, in order; ours may follow.
#[track_caller]
fn check_messages(json: &Value, root: Node<'_, '_>, context: &str) {
    let shown = json["warnings"].as_array().cloned().unwrap_or_default();
    let mut shown = shown.iter();
    for message in children(root, "ResponseMessage") {
        let found = shown.next().unwrap();
        assert_eq!(found["code"], json!(message.attribute("Code")), "{context}");
        let words: Vec<&str> = message.text().unwrap_or_default().split_whitespace().collect();
        assert!(words.join(" ").starts_with(found["message"].as_str().unwrap()), "{context}");
    }
    assert!(shown.all(|ours| ours["code"].is_null()), "{context}");
}

/// No recorded kind is merely recognised: every reply gives values or says why not.
#[test]
fn every_recording_is_understood_or_refused_with_a_reason() {
    const VALUES: [&str; 11] = [
        "offers", "segments", "order", "tickets", "emds", "hotels", "exchange", "rules", "prices", "extra",
        "warnings",
    ];
    for (name, bytes) in all() {
        let (outcome, json) = inspect("travelport-uapi", &bytes);
        let text = String::from_utf8(bytes).unwrap();
        let why = json["error"]["message"].as_str().unwrap_or_default();
        let Ok(document) = Document::parse(&text) else {
            assert_eq!(outcome, Outcome::Refused, "{name}");
            assert!(why.starts_with("plain text, as a terminal shows it"), "{name}: {why}");
            continue;
        };
        let root = local(payload(&document));
        let expected = match root {
            "Fault" => Outcome::SupplierError,
            _ if REFUSALS.contains(&&*name) => Outcome::SupplierError,
            _ if root.ends_with("Req") => Outcome::Refused,
            _ => Outcome::Understood,
        };
        assert_eq!(outcome, expected, "{name}: {json:#}");
        match outcome {
            Outcome::Refused => {
                assert_eq!(why, format!("<{root}> is a request to uAPI, not a reply"), "{name}")
            }
            Outcome::Understood => {
                assert!(VALUES.iter().any(|member| !json[*member].is_null()), "{name}: {json:#}");
                assert_eq!(json["reply"], root, "{name}");
            }
            Outcome::SupplierError | Outcome::Recognised => assert_eq!(json["reply"], root, "{name}"),
        }
    }
}

#[test]
fn every_output_has_the_stated_form() {
    has_the_stated_form("travelport-uapi", all());
}

/// What the supplier says of a real flight agrees with itself, so a contradiction is worth telling: the only ones are at
/// Istanbul in November 2016, when Turkey had just given up winter time and the supplier had not yet.
#[test]
fn recorded_flights_contradict_themselves_only_where_the_suppliers_zones_were_old() {
    fn doubtful(value: &Value, found: &mut Vec<Value>) {
        match value {
            Value::Object(members) if members.contains_key("doubts") => found.push(value.clone()),
            Value::Object(members) => members.values().for_each(|member| doubtful(member, found)),
            Value::Array(items) => items.iter().for_each(|item| doubtful(item, found)),
            _ => {}
        }
    }
    for (name, bytes) in all() {
        let mut found = Vec::new();
        doubtful(&inspect("travelport-uapi", &bytes).1, &mut found);
        for flight in &found {
            let old = flight["origin"] == "IST" || flight["destination"] == "IST";
            assert!(old && flight["departs"].as_str().unwrap().starts_with("2016-11"), "{name}: {flight}");
            assert_eq!(flight["doubts"], json!(["OFFSET"]), "{name}: {flight}");
        }
        assert_eq!(!found.is_empty(), name == "LowFaresSearch.1ADTIEVPAR.xml", "{name}");
    }
}

#[test]
fn refusals_carry_the_suppliers_code_and_our_kind() {
    let expected = [
        ("AirAvailabilityRsp6.xml", "NotFound", "20"),
        ("AirCreateReservation.Waitlist.xml", "SoldOut", "3000"),
        ("AirEMDItemError.xml", "BadRequest", "13041"),
        ("AirEMDListNoItemsError.xml", "NotFound", "13041"),
        ("AirExchangeQuote-error-no-tickets.xml", "Unavailable", "12009"),
        ("AirFlightInfoError1.xml", "NotFound", "4"),
        ("AirFlightInfoError3.xml", "BadRequest", "-1"),
        ("AirGetTicket-reservation-code-error.xml", "BadRequest", "3000"),
        ("AirGetTickets-error-general.xml", "NotFound", "3130"),
        ("AirGetTickets-error-no-tickets.xml", "NotFound", "3000"),
        ("AirTicketing-CardPayment-RefuseCredit.xml", "Rejected", "12008"),
        ("AirTicketing-CardPaymentUnavailable.xml", "Rejected", "12008"),
        ("AirTicketing-FareQuoteMissing.xml", "Rejected", "3788"),
        ("AirTicketing-busyPNR.fabricated_reply.xml", "Ambiguous", "3979"),
        ("ReferenceDataRuntimeError.xml", "BadRequest", "10024"),
        ("UnableToRetrieve.xml", "Rejected", "1512"),
        ("getTicket_DUPLICATE_TICKET.xml", "NotUnique", "3273"),
        ("getTicket_FAILED.xml", "Unavailable", "12009"),
        ("validationErrorAddress.xml", "BadRequest", "1000"),
    ];
    let mut seen = 0;
    for (name, bytes) in all() {
        let (outcome, json) = inspect("travelport-uapi", &bytes);
        if outcome != Outcome::SupplierError {
            continue;
        }
        let (_, kind, code) = expected.iter().find(|(file, ..)| *file == name).unwrap();
        assert_eq!((&json["error"]["kind"], &json["error"]["code"]), (&json!(kind), &json!(code)), "{name}");
        assert!(!json["error"]["message"].as_str().unwrap().is_empty(), "{name}");
        seen += 1;
    }
    assert!(seen == 0 || seen == expected.len());
}
