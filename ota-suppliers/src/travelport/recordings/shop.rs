//! Searches and prices: every offer, every amount.

use std::collections::BTreeMap;

use roxmltree::{Document, Node};
use serde_json::{Value, json};

use super::{all_below, check_flight, check_messages, check_price, children, keyed, money, of_kind, payload};
use crate::inspect::inspect;

/// One segment as a booking flies it, from the XML.
fn flown(root: Node<'_, '_>, booking: Node<'_, '_>) -> Value {
    let segment = keyed(root, "AirSegment", booking.attribute("SegmentRef").unwrap());
    let fare = keyed(root, "FareInfo", booking.attribute("FareInfoRef").unwrap());
    json!([
        segment.attribute("Carrier"),
        segment.attribute("FlightNumber"),
        segment.attribute("Origin"),
        segment.attribute("Destination"),
        super::clock(segment, "DepartureTime"),
        super::clock(segment, "ArrivalTime"),
        booking.attribute("BookingCode"),
        booking.attribute("CabinClass"),
        fare.attribute("FareBasis"),
        children(segment, "CodeshareInfo").next().and_then(|info| info.attribute("OperatingCarrier")),
    ])
}

/// The same out of the output.
fn shown(segment: &Value) -> Value {
    let (carrier, number) = segment["flight"].as_str().unwrap().split_at(2);
    json!([
        carrier,
        number,
        segment["origin"],
        segment["destination"],
        segment["departs"],
        segment["arrives"],
        segment["booking_class"],
        segment["cabin"],
        segment["fare_basis"],
        segment["operating_carrier"],
    ])
}

/// Every combination of one option for each leg of a price point.
fn combinations(root: Node<'_, '_>, point: Node<'_, '_>) -> Vec<Value> {
    let mut combinations = vec![Vec::<Value>::new()];
    for leg in all_below(point, "FlightOption") {
        let options: Vec<Value> = children(leg, "Option")
            .map(|option| children(option, "BookingInfo").map(|booking| flown(root, booking)).collect())
            .collect();
        let extended = combinations.iter().flat_map(|head| {
            options.iter().map(|option| head.iter().chain([option]).cloned().collect::<Vec<_>>())
        });
        combinations = extended.collect();
    }
    combinations.into_iter().map(Value::from).collect()
}

#[test]
fn searches_give_one_offer_for_every_bookable_combination() {
    for (name, text) in of_kind(&["LowFareSearchRsp"]) {
        let (_, json) = inspect("travelport-uapi", text.as_bytes());
        let document = Document::parse(&text).unwrap();
        let root = payload(&document);
        assert_eq!(json["skipped"], Value::Null, "{name}");
        let mut found: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for offer in json["offers"].as_array().unwrap() {
            let key = offer["price_point"].as_str().unwrap();
            let point = keyed(root, "AirPricePoint", key);
            let context = format!("{name} {key}");
            assert_eq!(offer["total"], money(point, "TotalPrice"), "{context}");
            assert_eq!(offer["taxes"], money(point, "Taxes"), "{context}");
            let base = if point.attribute("EquivalentBasePrice").is_some() {
                "EquivalentBasePrice"
            } else {
                "BasePrice"
            };
            assert_eq!(offer["base"], money(point, base), "{context}");
            let infos: Vec<Node<'_, '_>> = children(point, "AirPricingInfo").collect();
            let prices = offer["passengers"].as_array().unwrap();
            assert_eq!(prices.len(), infos.len(), "{context}");
            for (price, info) in prices.iter().zip(infos) {
                check_price(price, info, &context);
                assert_eq!(offer["validating_carrier"], json!(info.attribute("PlatingCarrier")), "{context}");
            }
            let slices = offer["slices"].as_array().unwrap().iter();
            let slices: Value = slices
                .map(|slice| slice["segments"].as_array().unwrap().iter().map(shown).collect::<Value>())
                .collect();
            found.entry(key).or_default().push(slices);
        }
        let mut points = 0;
        for point in all_below(root, "AirPricePoint") {
            let key = point.attribute("Key").unwrap();
            assert_eq!(found[key], combinations(root, point), "{name} {key}");
            points += 1;
        }
        assert_eq!(found.len(), points, "{name}");
        check_messages(&json, root, &name);
    }
}

#[test]
fn prices_give_every_solution_with_its_segments_and_rules() {
    for (name, text) in of_kind(&["AirPriceRsp"]) {
        let (_, json) = inspect("travelport-uapi", text.as_bytes());
        let document = Document::parse(&text).unwrap();
        let root = payload(&document);
        assert_eq!(json["skipped"], Value::Null, "{name}");
        let solutions: Vec<Node<'_, '_>> = all_below(root, "AirPricingSolution").collect();
        let offers = json["offers"].as_array().unwrap();
        assert_eq!(offers.len(), solutions.len(), "{name}");
        for (offer, solution) in offers.iter().zip(&solutions) {
            assert_eq!(offer["ref"], json!(solution.attribute("Key")), "{name}");
            assert_eq!(offer["total"], money(*solution, "TotalPrice"), "{name}");
            assert_eq!(offer["taxes"], money(*solution, "Taxes"), "{name}");
            for (price, info) in
                offer["passengers"].as_array().unwrap().iter().zip(children(*solution, "AirPricingInfo"))
            {
                check_price(price, info, &name);
            }
            let slices = offer["slices"].as_array().unwrap().iter();
            let segments: Vec<&Value> =
                slices.flat_map(|slice| slice["segments"].as_array().unwrap()).collect();
            let references: Vec<Node<'_, '_>> = children(*solution, "AirSegmentRef").collect();
            assert_eq!(segments.len(), references.len(), "{name}");
            for (segment, reference) in segments.into_iter().zip(references) {
                let key = reference.attribute("Key").unwrap();
                check_flight(segment, keyed(root, "AirSegment", key), &name);
                let booking = all_below(*solution, "BookingInfo")
                    .find(|info| info.attribute("SegmentRef") == Some(key));
                assert_eq!(
                    segment["booking_class"],
                    json!(booking.unwrap().attribute("BookingCode")),
                    "{name}"
                );
            }
        }
        let rules: Vec<usize> =
            all_below(root, "FareRule").map(|rule| children(rule, "FareRuleLong").count()).collect();
        let shown = json["rules"].as_array().cloned().unwrap_or_default();
        let shown: Vec<usize> =
            shown.iter().map(|rule| rule["paragraphs"].as_array().unwrap().len()).collect();
        assert_eq!(shown, rules, "{name}");
        check_messages(&json, root, &name);
    }
}

#[test]
fn baggage_of_a_search_is_that_of_the_fare() {
    for (name, text) in of_kind(&["LowFareSearchRsp"]) {
        let (_, json) = inspect("travelport-uapi", text.as_bytes());
        let document = Document::parse(&text).unwrap();
        let root = payload(&document);
        let by_basis = |basis: &Value, origin: &str| {
            let fares =
                all_below(root, "FareInfo").filter(|fare| fare.attribute("FareBasis") == basis.as_str());
            let fares: Vec<_> = fares.collect();
            // Not unique for all: only those whose fares agree can be told from here.
            let allowances: Vec<Value> = fares.iter().map(|fare| allowance(*fare)).collect();
            assert!(!fares.is_empty(), "{name} {origin}");
            allowances.iter().all(|other| *other == allowances[0]).then(|| allowances[0].clone())
        };
        let mut compared = 0;
        for offer in json["offers"].as_array().unwrap() {
            let segments = offer["slices"]
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|slice| slice["segments"].as_array().unwrap());
            for (segment, bag) in segments.zip(offer["passengers"][0]["baggage"].as_array().unwrap()) {
                if let Some(expected) = by_basis(&segment["fare_basis"], segment["origin"].as_str().unwrap())
                {
                    assert_eq!(*bag, expected, "{name} {}", segment["fare_basis"]);
                    compared += 1;
                }
            }
        }
        assert!(compared > 0, "{name}");
    }
}

fn allowance(fare: Node<'_, '_>) -> Value {
    let Some(stated) = children(fare, "BaggageAllowance").next() else { return Value::Null };
    let pieces = super::text(stated, "NumberOfPieces");
    let weight = children(stated, "MaxWeight").next().and_then(|weight| weight.attribute("Value"));
    match (pieces.as_deref(), weight) {
        (Some("0"), _) => json!({ "pieces": 0 }),
        (Some(pieces), weight) => {
            let each = weight.map(|value| json!({ "value": value.parse::<u16>().unwrap(), "unit": "kg" }));
            json!({ "pieces": pieces.parse::<u8>().unwrap(), "each": each })
        }
        (None, Some(value)) => json!({ "total": { "value": value.parse::<u16>().unwrap(), "unit": "kg" } }),
        (None, None) => Value::Null,
    }
}
