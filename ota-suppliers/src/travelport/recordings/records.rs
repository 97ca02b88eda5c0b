//! Records: locators, travelers, segments in order, stored fares, ticket numbers.

use roxmltree::{Document, Node};
use serde_json::{Value, json};

use super::{all_below, check_flight, check_messages, check_price, children, of_kind, payload};
use crate::inspect::inspect;

const RECORDS: [&str; 3] =
    ["AirCreateReservationRsp", "UniversalRecordRetrieveRsp", "UniversalRecordImportRsp"];

/// Calls `check` with the output, the root and the record of every recorded record.
fn each(check: impl Fn(&str, &Value, Node<'_, '_>)) {
    for (name, text) in of_kind(&RECORDS) {
        let (_, json) = inspect("travelport-uapi", text.as_bytes());
        let document = Document::parse(&text).unwrap();
        let root = payload(&document);
        check_messages(&json, root, &name);
        check(&name, &json, children(root, "UniversalRecord").next().unwrap());
    }
}

#[test]
fn locators_are_those_of_the_record_the_host_and_the_airlines() {
    each(|name, json, record| {
        let locator = |kind: &str, owner: Option<&str>, code: Option<&str>| json!({ "kind": kind, "owner": owner, "code": code });
        let mut expected = vec![locator("universal_record", None, record.attribute("LocatorCode"))];
        for provider in children(record, "ProviderReservationInfo") {
            expected.push(locator(
                "provider",
                provider.attribute("ProviderCode"),
                provider.attribute("LocatorCode"),
            ));
        }
        for air in children(record, "AirReservation") {
            expected.push(locator("reservation", None, air.attribute("LocatorCode")));
            for airline in children(air, "SupplierLocator") {
                let code = airline.attribute("SupplierLocatorCode");
                expected.push(locator("supplier", airline.attribute("SupplierCode"), code));
            }
        }
        assert_eq!(json["order"]["locators"], json!(expected), "{name}");
    });
}

#[test]
fn travelers_keep_their_names_and_types() {
    each(|name, json, record| {
        let shown = json["order"]["travelers"].as_array().unwrap();
        let people: Vec<Node<'_, '_>> = children(record, "BookingTraveler").collect();
        assert_eq!(shown.len(), people.len(), "{name}");
        for (shown, person) in shown.iter().zip(people) {
            let names = children(person, "BookingTravelerName").next().unwrap();
            assert_eq!(shown["surname"], json!(names.attribute("Last")), "{name}");
            assert_eq!(shown["given"], json!(names.attribute("First")), "{name}");
            if let Some(kind) = person.attribute("TravelerType") {
                assert_eq!(shown["type"], json!(kind), "{name}");
            }
        }
    });
}

#[test]
fn segments_are_in_order_of_travel() {
    each(|name, json, record| {
        let order = |node: Node<'_, '_>| {
            node.attribute("TravelOrder").map_or(u32::MAX, |order| order.parse().unwrap())
        };
        let mut flights: Vec<Node<'_, '_>> = all_below(record, "AirSegment").collect();
        flights.sort_by_key(|segment| order(*segment));
        let shown = json["order"]["segments"].as_array().unwrap();
        let shown_flights: Vec<&Value> = shown.iter().filter(|segment| segment["kind"] == "flight").collect();
        assert_eq!(shown_flights.len(), flights.len(), "{name}");
        for (shown, segment) in shown_flights.into_iter().zip(flights) {
            check_flight(shown, segment, name);
            assert_eq!(shown["status"], json!(segment.attribute("Status")), "{name}");
            assert_eq!(shown["booking_class"], json!(segment.attribute("ClassOfService")), "{name}");
        }
        let passive: Vec<Node<'_, '_>> = all_below(record, "PassiveSegment").collect();
        let placed = passive.iter().filter(|segment| segment.attribute("Origin").is_some()).count();
        assert_eq!(shown.iter().filter(|segment| segment["kind"] == "passive").count(), placed, "{name}");
        // What names no place has none in an itinerary and is named as skipped.
        let surfaces = all_below(record, "ProviderARNKSegment").count();
        let skipped = json["skipped"].as_array().map_or(0, Vec::len);
        let shown_surfaces = shown.iter().filter(|segment| segment["kind"] == "surface").count();
        assert_eq!(skipped, passive.len() - placed + surfaces - shown_surfaces, "{name}");
    });
}

#[test]
fn stored_fares_keep_every_amount() {
    each(|name, json, record| {
        let infos: Vec<Node<'_, '_>> = all_below(record, "AirPricingInfo").collect();
        let prices = json["order"]["prices"].as_array().unwrap();
        assert_eq!(prices.len(), infos.len(), "{name}");
        for (price, info) in prices.iter().zip(&infos) {
            check_price(price, *info, name);
        }
        // One fare of one type: its total times the passengers is what is owed.
        if let [info] = *infos {
            let total = super::money(info, "TotalPrice");
            let passengers = children(info, "PassengerType").count() as u32;
            let cents =
                |amount: &Value| amount["amount"].as_str().unwrap().replace('.', "").parse::<u32>().unwrap();
            assert_eq!(cents(&json["order"]["total"]), cents(&total) * passengers, "{name}");
        }
    });
}

#[test]
fn documents_of_a_record_keep_number_status_and_owner() {
    each(|name, json, record| {
        let infos: Vec<Node<'_, '_>> = all_below(record, "TicketInfo").collect();
        let shown = json["tickets"].as_array().cloned().unwrap_or_default();
        assert_eq!(shown.len(), infos.len(), "{name}");
        for (shown, info) in shown.iter().zip(infos) {
            let person = children(info, "Name").next().unwrap();
            assert_eq!(shown["number"], json!(info.attribute("Number")), "{name}");
            assert_eq!(shown["status"], json!(info.attribute("Status")), "{name}");
            assert_eq!(shown["traveler"]["surname"], json!(person.attribute("Last")), "{name}");
            assert_eq!(
                shown["issued"],
                json!(info.attribute("TicketIssueDate").map(|date| &date[..10])),
                "{name}"
            );
        }
    });
}

/// Booked but broken: the order exists, and says what is wrong with it.
#[test]
fn orders_that_will_not_ticket_say_so() {
    each(|name, json, record| {
        let warnings = json["warnings"].as_array().cloned().unwrap_or_default();
        let ours = |kind: &str| {
            warnings.iter().filter(|warning| warning["kind"] == kind && warning["code"].is_null()).count()
        };
        let held = ["HK", "KK", "TK"];
        let flights = || all_below(record, "AirSegment");
        let broken =
            flights().filter(|segment| !held.contains(&segment.attribute("Status").unwrap())).count();
        assert_eq!(ours("SegmentNotConfirmed"), broken, "{name}");
        let unpriced = flights().next().is_some()
            && all_below(record, "AirPricingInfo").next().is_none()
            && all_below(record, "TicketInfo").next().is_none();
        assert_eq!(ours("PriceNotStored"), usize::from(unpriced), "{name}");
    });
}

#[test]
fn a_cancelled_record_names_its_reservations() {
    for (name, text) in of_kind(&["UniversalRecordCancelRsp"]) {
        let (_, json) = inspect("travelport-uapi", text.as_bytes());
        let document = Document::parse(&text).unwrap();
        let codes = all_below(payload(&document), "ProviderReservationStatus")
            .map(|status| json!({ "kind": "provider", "owner": status.attribute("ProviderCode"), "code": status.attribute("LocatorCode") }));
        assert_eq!(json["order"]["locators"], codes.collect::<Value>(), "{name}");
        assert_eq!(json["order"]["status"], "CANCELLED", "{name}");
    }
}
