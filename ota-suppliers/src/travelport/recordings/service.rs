//! Availability, flights, exchanges, miscellaneous documents, and lists in the supplier's words.

use roxmltree::{Document, Node};
use serde_json::{Value, json};

use super::small::{read, show};
use super::{
    all_below, check_flight, check_messages, check_price, children, clock, keyed, money, of_kind, payload,
};
use crate::inspect::{Outcome, inspect};

/// Calls `check` with the output and the root of every recording of a kind that is understood.
fn each(kind: &str, check: impl Fn(&str, &Value, Node<'_, '_>)) {
    for (name, text) in of_kind(&[kind]) {
        let (outcome, json) = inspect("travelport-uapi", text.as_bytes());
        if outcome == Outcome::Understood {
            let document = Document::parse(&text).unwrap();
            check_messages(&json, payload(&document), &name);
            assert!(json["skipped"].is_null(), "{name}");
            check(&name, &json, payload(&document));
        }
    }
}

#[test]
fn every_class_of_every_flight_keeps_its_count() {
    each("AvailabilitySearchRsp", |name, json, root| {
        let segments: Vec<Node<'_, '_>> = all_below(root, "AirSegment").collect();
        let shown = json["segments"].as_array().unwrap();
        assert_eq!(shown.len(), segments.len(), "{name}");
        for (shown, segment) in shown.iter().zip(segments) {
            check_flight(shown, segment, name);
            assert_eq!(shown["operational_status"], json!(segment.attribute("OperationalStatus")), "{name}");
            let mut expected = Vec::new();
            for info in all_below(segment, "BookingCodeInfo") {
                let counts = info.attribute("BookingCounts").unwrap().split('|');
                expected.extend(counts.map(|code| {
                    let (class, count) = code.split_at(1);
                    let cabin = info.attribute("CabinClass");
                    match count.parse::<u8>() {
                        Ok(seats) => json!({ "booking_class": class, "cabin": cabin, "seats": seats }),
                        Err(_) => json!({ "booking_class": class, "cabin": cabin, "status": count }),
                    }
                }));
            }
            assert_eq!(shown["classes"], json!(expected), "{name}");
        }
        assert_eq!(
            json["extra"]["more_results"],
            children(root, "NextResultReference").next().is_some(),
            "{name}"
        );
    });
}

#[test]
fn connections_join_a_flight_with_the_one_after_it() {
    each("AvailabilitySearchRsp", |name, json, root| {
        for (shown, solution) in json["extra"]["itineraries"]
            .as_array()
            .unwrap()
            .iter()
            .zip(children(root, "AirItinerarySolution"))
        {
            let flights = children(solution, "AirSegmentRef").map(|reference| {
                let segment = keyed(root, "AirSegment", reference.attribute("Key").unwrap());
                let number = segment.attribute("FlightNumber").unwrap().trim_start_matches('0');
                format!("{}{number}", segment.attribute("Carrier").unwrap())
            });
            // A slash for each connection, a blank for each way of its own.
            let mut line = String::new();
            for (at, flight) in flights.enumerate() {
                line.push_str(&flight);
                let at = at.to_string();
                let connects =
                    children(solution, "Connection").any(|c| c.attribute("SegmentIndex") == Some(&at));
                line.push(if connects { '/' } else { ' ' });
            }
            let options = shown["options"].as_array().unwrap().iter();
            let options =
                options.map(|option| -> Vec<String> { serde_json::from_value(option.clone()).unwrap() });
            let found: String = options.map(|option| option.join("/") + " ").collect();
            assert_eq!(found, line, "{name}");
        }
    });
}

#[test]
fn a_cancelled_flight_and_closed_classes_are_said() {
    let json = show("availability.xml", Outcome::Understood);
    let first = &json["segments"][0];
    assert_eq!((&first["flight"], &first["operational_status"]), (&json!("ZZ71"), &json!("Flight Canceled")));
    let counts: Vec<_> = first["classes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|class| {
            class["seats"]
                .as_u64()
                .map_or_else(|| class["status"].as_str().unwrap().to_owned(), |n| n.to_string())
        })
        .collect();
    assert_eq!(counts, ["0", "L", "C", "9", "R", "4"]);
    assert_eq!(json["segments"][1]["stops"], json!(["DXB"]));
    assert_eq!(json["extra"]["itineraries"][0]["options"], json!([["ZZ71", "ZZ388"], ["ZZ1"]]));
    assert_eq!(json["extra"]["more_results"], true);
}

/// Damage to one flight or to the connections leaves the rest, and is named.
#[test]
fn what_cannot_be_read_of_an_availability_is_skipped_by_name() {
    let text = String::from_utf8(read("availability.xml")).unwrap();
    for (from, to, what) in [
        ("C0|DL", "C0|DLL", "AirSegment ZZ0071"),
        ("FlightDetailsRef Key=\"d4\"", "FlightDetailsRef Key=\"d9\"", "AirSegment ZZ1"),
        ("SegmentIndex=\"0\"", "SegmentIndex=\"2\"", "AirItinerarySolution i"),
        ("SegmentIndex=\"0\"", "SegmentIndex=\"-1\"", "AirItinerarySolution i"),
        ("SegmentIndex=\"0\"", "SegmentIndex=\"18446744073709551615\"", "AirItinerarySolution i"),
    ] {
        let damaged = text.replace(from, to);
        assert_ne!(damaged, text);
        let (outcome, json) = inspect("travelport-uapi", damaged.as_bytes());
        assert_eq!((outcome, &json["skipped"][0]["what"]), (Outcome::Understood, &json!(what)));
        let options = json["extra"]["itineraries"][0]["options"].as_array().unwrap();
        assert_eq!(options.len(), usize::from(!what.starts_with("AirItinerarySolution")), "{what}");
    }
}

#[test]
fn a_flight_is_shown_leg_by_leg() {
    each("FlightInformationRsp", |name, json, root| {
        let legs: Vec<Node<'_, '_>> = all_below(root, "FlightInfoDetail").collect();
        let shown = json["segments"].as_array().unwrap();
        assert_eq!(shown.len(), legs.len(), "{name}");
        for (shown, leg) in shown.iter().zip(legs) {
            let flight = leg.parent().unwrap();
            let number = format!(
                "{}{}",
                flight.attribute("Carrier").unwrap(),
                flight.attribute("FlightNumber").unwrap()
            );
            assert_eq!(shown["flight"], json!(number), "{name}");
            assert_eq!(shown["departs"], clock(leg, "ScheduledDepartureTime"), "{name}");
            assert_eq!(shown["arrives"], clock(leg, "ScheduledArrivalTime"), "{name}");
            assert_eq!(shown["minutes"].to_string(), leg.attribute("TravelTime").unwrap(), "{name}");
            let terminals = json!([leg.attribute("OriginTerminal"), leg.attribute("DestinationTerminal")]);
            assert_eq!(
                (&shown["terminals"], &shown["equipment"]),
                (&terminals, &json!(leg.attribute("Equipment")))
            );
        }
    });
}

#[test]
fn one_flight_of_two_that_is_not_found_is_a_warning() {
    let json = show("flight_information.xml", Outcome::Understood);
    let legs = json["segments"].as_array().unwrap();
    let ways: Vec<_> =
        legs.iter().map(|leg| (&leg["origin"], &leg["destination"], &leg["arrives"])).collect();
    assert_eq!(json!(ways), json!([["LIS", "DXB", "2027-07-10T19:10"], ["DXB", "SIN", null]]));
    assert_eq!((&legs[0]["operating_carrier"], &legs[0]["gates"]), (&json!("YY"), &json!(["S24", null])));
    assert_eq!(json["warnings"][0]["message"], "Flight not found");
    let json = show("flight_details.xml", Outcome::Understood);
    assert_eq!(json["segments"][0]["stops"], json!(["DXB"]));
}

#[test]
fn miscellaneous_documents_keep_their_coupons_and_ticket() {
    each("EMDRetrieveRsp", |name, json, root| {
        let documents: Vec<Node<'_, '_>> = all_below(root, "EMDSummary").collect();
        let shown = json["emds"].as_array().unwrap();
        assert_eq!(shown.len(), documents.len(), "{name}");
        for (shown, document) in shown.iter().zip(documents) {
            assert_eq!(shown["number"], json!(document.attribute("Number")), "{name}");
            assert_eq!(shown["ticket"], json!(document.attribute("AssociatedTicketNumber")), "{name}");
            assert_eq!(shown["issued"], json!(&document.attribute("IssueDate").unwrap()[..10]), "{name}");
            let person = all_below(document.parent().unwrap(), "NameInfo").next().unwrap();
            assert_eq!(shown["traveler"]["surname"], json!(person.attribute("Last")), "{name}");
            let coupons: Vec<Node<'_, '_>> = children(document, "EMDCoupon").collect();
            assert_eq!(shown["coupons"].as_array().unwrap().len(), coupons.len(), "{name}");
            for (found, coupon) in shown["coupons"].as_array().unwrap().iter().zip(coupons) {
                assert_eq!(found["number"].to_string(), coupon.attribute("Number").unwrap(), "{name}");
                for (member, attribute) in [
                    ("status", "Status"),
                    ("reason_code", "RFIC"),
                    ("reason_sub_code", "RFISC"),
                    ("description", "RFIDescription"),
                    ("service", "SvcDescription"),
                    ("origin", "Origin"),
                    ("destination", "Destination"),
                    ("flight_number", "FlightNumber"),
                ] {
                    assert_eq!(found[member], json!(coupon.attribute(attribute)), "{name} {member}");
                }
                // All coupons of these documents are alike.
                assert_eq!(shown["status"], found["status"], "{name}");
                assert_eq!(shown["reason_sub_code"], found["reason_sub_code"], "{name}");
            }
        }
    });
}

#[test]
fn amounts_of_documents_in_conjunction_stand_on_the_first() {
    let json = show("emd.xml", Outcome::Understood);
    let (first, second) = (&json["emds"][0], &json["emds"][1]);
    assert_eq!(first["total"], json!({ "amount": "48.20", "currency": "EUR" }));
    assert!(second["total"].is_null());
    assert_eq!(second["conjunction_of"], first["number"]);
    // What the coupons do not share is not said of the document.
    assert_eq!((&first["status"], &first["reason_sub_code"]), (&json!("Open"), &Value::Null));
    assert_eq!((&second["status"], &second["reason_code"]), (&Value::Null, &json!("C")));
    assert_eq!(first["coupons"][0]["refundable"], true);
}

/// The amounts of an `AirExchangeInfo`.
#[track_caller]
fn check_amounts(shown: &Value, bundle: Node<'_, '_>) {
    let info = children(bundle, "AirExchangeInfo").next().unwrap();
    let members = [
        ("exchange_amount", "ExchangeAmount"),
        ("change_fee", "ChangeFee"),
        ("add_collect", "AddCollection"),
        ("refund", "Refund"),
    ];
    for (member, attribute) in members {
        assert_eq!(shown[member], money(info, attribute), "{member}");
    }
    let taxes = children(info, "PaidTax");
    let taxes: Vec<Value> =
        taxes.map(|tax| json!({ "code": tax.attribute("Code"), "amount": money(tax, "Amount") })).collect();
    assert_eq!(shown["paid_taxes"], json!(taxes));
    assert_eq!(shown["pricing_tag"], json!(info.attribute("PricingTag")));
}

#[track_caller]
fn check_exchange(json: &Value, root: Node<'_, '_>) {
    check_amounts(&json["exchange"], children(root, "AirExchangeBundleTotal").next().unwrap());
    let bundles: Vec<Node<'_, '_>> = children(root, "AirExchangeBundle").collect();
    let items = json["exchange"]["items"].as_array().unwrap();
    assert_eq!(items.len(), bundles.len());
    for (item, bundle) in items.iter().zip(bundles) {
        check_amounts(item, bundle);
    }
}

#[test]
fn a_quoted_exchange_says_its_cost_and_the_new_itinerary() {
    each("AirExchangeQuoteRsp", |name, json, root| {
        check_exchange(json, root);
        let solution = children(root, "AirPricingSolution").next().unwrap();
        let new = &json["exchange"]["new"];
        assert_eq!(new["total"], money(solution, "TotalPrice"), "{name}");
        check_price(&new["passengers"][0], children(solution, "AirPricingInfo").next().unwrap(), name);
        check_flight(
            &new["slices"][0]["segments"][0],
            children(solution, "AirSegment").next().unwrap(),
            name,
        );
    });
}

#[test]
fn an_exchange_shows_the_reservation_and_the_new_ticket() {
    each("AirExchangeRsp", |name, json, root| {
        check_exchange(json, root);
        let segments: Vec<Node<'_, '_>> = all_below(root, "AirSegment").collect();
        let shown = json["order"]["segments"].as_array().unwrap();
        assert_eq!(shown.len(), segments.len(), "{name}");
        for (shown, segment) in shown.iter().zip(segments) {
            check_flight(shown, segment, name);
        }
        check_price(&json["order"]["prices"][0], all_below(root, "AirPricingInfo").next().unwrap(), name);
        let reservation = children(root, "AirReservation").next().unwrap();
        assert_eq!(
            json["order"]["locators"][0]["code"],
            json!(reservation.attribute("LocatorCode")),
            "{name}"
        );
        let ticket = all_below(root, "TicketInfo").next().unwrap();
        assert_eq!(json["tickets"][0]["number"], json!(ticket.attribute("Number")), "{name}");
    });
}

#[test]
fn an_exchange_of_several_tickets_keeps_each_and_names_what_failed() {
    let eur = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    let json = show("exchange_quote.xml", Outcome::Understood);
    let quote = &json["exchange"];
    assert_eq!((&quote["add_collect"], &quote["new"]["total"]), (&eur("20.00"), &eur("460.00")));
    assert_eq!(quote["reasons"], json!(["manual"]));
    assert_eq!(quote["items"][0]["paid_taxes"], json!([{ "code": "PT", "amount": eur("12.50") }]));
    assert_eq!(quote["items"][1]["refund"], Value::Null);
    assert_eq!(json["skipped"][0]["what"], "AirPricingSolution wrong");
    let json = show("exchange.xml", Outcome::Understood);
    assert_eq!(
        (&json["exchange"]["change_fee"], &json["tickets"][0]["number"]),
        (&eur("45.00"), &json!("9992400000021"))
    );
    let busy = json["warnings"].as_array().unwrap().iter().find(|warning| warning["code"] == "3979").unwrap();
    assert_eq!(busy["kind"], "Ambiguous");
    let json = show("exchange_failed.xml", Outcome::SupplierError);
    assert_eq!((&json["error"]["kind"], &json["error"]["code"]), (&json!("Rejected"), &json!("4454")));
}

/// An element as the lists show it: attributes, text of leaves, children under their names.
fn plain(node: Node<'_, '_>) -> Value {
    let attributes =
        node.attributes().map(|attribute| (attribute.name().to_owned(), attribute.value().into()));
    let mut members: serde_json::Map<String, Value> = attributes.collect();
    let elements = || node.children().filter(Node::is_element);
    for child in elements() {
        let list = members.entry(child.tag_name().name()).or_insert_with(|| json!([]));
        list.as_array_mut().unwrap().push(plain(child));
    }
    let text = node.text().filter(|_| elements().next().is_none());
    match text {
        Some(text) if members.is_empty() => text.into(),
        Some(text) => {
            members.insert("text".to_owned(), text.into());
            members.into()
        }
        None => members.into(),
    }
}

#[track_caller]
fn check_list(json: &Value, root: Node<'_, '_>) {
    let Value::Object(mut expected) = plain(root) else { panic!() };
    expected.retain(|_, value| value.is_array());
    let mut shown = json["extra"].as_object().unwrap().clone();
    shown.remove("more_results");
    assert_eq!(Value::Object(shown), Value::Object(expected));
}

#[test]
fn lists_are_shown_whole_in_the_suppliers_words() {
    each("ReferenceDataRetrieveRsp", |_, json, root| {
        check_list(json, root);
        assert_eq!(json["extra"]["more_results"], json!(root.attribute("MoreResults") == Some("true")));
    });
    each("CurrencyConversionRsp", |_, json, root| check_list(json, root));
    for name in [
        "conversion.xml",
        "reference_search.xml",
        "taxes.xml",
        "mco_search.xml",
        "mct_lookup.xml",
        "mct_count.xml",
        "flight_time_table.xml",
        "terminal.xml",
        "terminal_session.xml",
    ] {
        let json = show(name, Outcome::Understood);
        let source = String::from_utf8(read(name)).unwrap();
        let document = Document::parse(&source).unwrap();
        check_list(&json, payload(&document));
    }
    let lines =
        show("terminal.xml", Outcome::Understood)["extra"]["TerminalCommandResponse"][0]["Text"].clone();
    assert_eq!(lines, json!(["** THIS BF IS CURRENTLY IN USE **", "><"]));
    let said = show("terminal_end.xml", Outcome::Understood);
    assert_eq!(said["warnings"][0]["message"], "Terminal End Session Successful");
}

#[test]
fn a_list_beyond_the_limit_says_that_it_is_cut() {
    let items = "<i/>".repeat(crate::travelport::replies::flat::ELEMENTS_MAX + 1);
    let text =
        format!("<MctCountRsp xmlns='http://www.travelport.com/schema/util_v52_0'>{items}</MctCountRsp>");
    let (outcome, json) = inspect("travelport-uapi", text.as_bytes());
    assert_eq!(outcome, Outcome::Understood);
    assert_eq!(json["skipped"][0]["what"], "the rest of the reply");
}
