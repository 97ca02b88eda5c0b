//! What the recordings lack, on minimal documents of our own: they are also the fuzzing corpus.

use ota_core::model::conditions::{Penalty, Permission};
use ota_core::model::id::{AccountId, SupplierId};
use ota_core::model::money::{Currency, Money};
use ota_core::supplier::{Severity, Warning};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::inspect::suite::corpus;
use crate::inspect::{Outcome, inspect};
use crate::travelport::answers;
use crate::travelport::map::Source;
use crate::wire_data;

pub(super) fn read(name: &str) -> Vec<u8> {
    corpus("uapi_reply").into_iter().find(|(file, _)| file == name).unwrap().1
}

#[track_caller]
pub(super) fn show(name: &str, expected: Outcome) -> Value {
    let (outcome, json) = inspect("travelport-uapi", &read(name));
    assert_eq!(outcome, expected, "{json:#}");
    json
}

fn source() -> Source {
    Source { supplier: SupplierId::new("travelport").unwrap(), account: AccountId::new("test").unwrap() }
}

#[test]
fn the_documents_are_valid_by_the_official_schema() {
    let text = |(name, bytes)| (name, String::from_utf8(bytes).unwrap());
    let documents: Vec<(String, String)> = corpus("uapi_reply").into_iter().map(text).collect();
    let of = |prefix: &str| -> Vec<String> {
        documents.iter().filter(|(_, text)| text.starts_with(prefix)).map(|(_, text)| text.clone()).collect()
    };
    let schemas = [
        ("<air:", "air_v52_0/AirReqRsp.xsd"),
        ("<univ:", "universal_v52_0/UniversalRecordReqRsp.xsd"),
        ("<hotel:", "hotel_v52_0/HotelReqRsp.xsd"),
        ("<util:", "util_v52_0/Util.xsd"),
        ("<term:", "terminal_v33_0/Terminal.xsd"),
    ];
    let mut validated = 0;
    for (prefix, schema) in schemas {
        wire_data::validate(&format!("travelport-uapi/schema/v52/{schema}"), &of(prefix));
        validated += of(prefix).len();
    }
    assert_eq!(validated + 1, documents.len(), "one is a fault");
}

#[test]
fn passenger_types_share_the_chosen_flights_and_keep_their_fares() {
    let batch = answers::search(&read("search_price_points.xml"), &source()).unwrap();
    assert!(batch.partial && batch.skipped.is_empty(), "{:?}", batch.skipped);
    let cut_short = Warning {
        severity: Severity::Warning,
        provider: Some("1G".to_owned()),
        code: "4039".to_owned(),
        message: "Some results were left out & not sent".to_owned(),
    };
    assert_eq!(batch.warnings, [cut_short]);
    let eur = |minor| Money::new(minor, Currency::from_code("EUR").unwrap());
    let returns: Vec<String> = batch
        .items
        .iter()
        .map(|offer| offer.itinerary.slices[1].segments[0].flight.unwrap().to_string())
        .collect();
    assert_eq!(returns, ["ZZ72", "ZZ74"]);
    for offer in &batch.items {
        assert_eq!(offer.total, eur(125_000));
        assert_eq!(
            offer.seats_left.unwrap(),
            if returns[0] == "ZZ72" && offer == &batch.items[0] { 4 } else { 7 }
        );
        let (adults, infant) = (&offer.fares[0], &offer.fares[1]);
        assert_eq!((adults.count, adults.total, infant.count, infant.total), (2, eur(60_000), 1, eur(5_000)));
        assert_eq!(infant.passenger_type.as_str(), "INF");
        let bases = |fare: &ota_core::model::fare::PassengerFare| -> Vec<String> {
            fare.components.iter().map(|component| component.fare_basis.clone()).collect()
        };
        assert_eq!(
            (bases(adults), bases(infant)),
            (vec!["KOW".into(), "QOW".into()], vec!["KOWIN".into(), "QOWIN".into()])
        );
        assert_eq!(adults.components[0].brand.as_ref().unwrap().name.as_deref(), Some("Light"));
        assert_eq!(adults.components[0].amount, Some(eur(30_000)));
        let penalty = Permission::Allowed(Some(Penalty::Amount(eur(7_500))));
        assert_eq!(
            (adults.conditions.change_before, adults.conditions.change_after),
            (penalty, Permission::Unknown)
        );
        // A penalty for not showing up is no price of a refund.
        assert_eq!(adults.conditions.refund_before, Permission::NotAllowed);
    }
}

/// A slice without options is named as skipped, not passed over.
#[test]
fn a_price_that_cannot_be_booked_is_skipped_by_name() {
    let text = String::from_utf8(read("search_price_points.xml")).unwrap();
    let emptied = text.replace("<air:Option Key=\"o1\">", "<air:Gone>").replacen(
        "</air:Option>\n          </air:FlightOption>\n        </air:FlightOptionsList>",
        "</air:Gone></air:FlightOption></air:FlightOptionsList>",
        1,
    );
    assert_ne!(text, emptied);
    let batch = answers::search(emptied.as_bytes(), &source()).unwrap();
    assert!(batch.items.is_empty());
    assert_eq!(batch.skipped[0].what, "AirPricePoint p1");
    assert_eq!(batch.skipped[0].why, "a price has no passengers or no segments");
}

/// The corpus of the fuzz target, by the target's own body.
#[test]
fn the_fuzzing_corpus_is_survived() {
    for (name, bytes) in corpus("uapi_reply") {
        let (outcome, json) = inspect("travelport-uapi", &bytes);
        assert_eq!(json["error"].is_object(), matches!(outcome as u8, 1 | 2), "{name}");
    }
}

/// One flight number, two legs, another aircraft: a hidden stop.
#[test]
fn a_hidden_stop_is_a_second_leg() {
    let batch = answers::search(&read("search_price_points.xml"), &source()).unwrap();
    let segment = &batch.items[0].itinerary.slices[0].segments[0];
    assert_eq!(segment.stops().map(|stop| stop.to_string()).collect::<Vec<_>>(), ["DXB"]);
    assert!(segment.change_of_plane && !batch.items[0].itinerary.slices[0].is_non_stop());
    let ground = segment.legs[1].departs.civil.since(segment.legs[0].arrives.civil).unwrap();
    assert_eq!(i64::from(ground.get_hours()) * 60 + ground.get_minutes(), 62);
    assert_eq!(segment.operating.name.as_deref(), Some("O'Air"));
}

#[test]
fn solutions_with_journeys_are_one_offer_each() {
    let json = show("search_solutions.xml", Outcome::Understood);
    let offers = json["offers"].as_array().unwrap();
    assert_eq!(offers.len(), 1);
    assert_eq!(offers[0]["total"], json!({ "amount": "112000", "currency": "JPY" }));
    let flights: Vec<Vec<&Value>> = offers[0]["slices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|slice| slice["segments"].as_array().unwrap().iter().map(|segment| &segment["flight"]).collect())
        .collect();
    assert_eq!(json!(flights), json!([["ZZ874"], ["YY841", "YY960"]]));
    let batch = answers::search(&read("search_solutions.xml"), &source()).unwrap();
    assert_eq!(batch.items[0].seats_left, Some(2));
}

#[test]
fn a_price_keeps_fees_and_exponents_and_leaves_nuc_aside() {
    let json = show("price.xml", Outcome::Understood);
    let price = &json["prices"][0];
    let kwd = |amount: &str| json!({ "amount": amount, "currency": "KWD" });
    assert_eq!((&price["total"], &price["equivalent_base"]), (&kwd("210.500"), &kwd("200.000")));
    assert_eq!(price["base"], json!({ "amount": "100000", "currency": "JPY" }));
    let lines = json!([{ "code": "SW", "amount": kwd("10.000") }, { "code": "FEE", "amount": kwd("0.500") }]);
    assert_eq!(price["tax_lines"], lines);
    assert_eq!(price["baggage"], json!([{ "pieces": 2, "each": null }]));
    assert_eq!(json["segments"][0]["cabin"], "PremiumEconomy");
    assert_eq!(json["rules"][0]["fare_basis"], "MOW");
}

#[test]
fn a_changed_solution_is_an_order_that_is_broken() {
    let json = show("create_changed.xml", Outcome::Understood);
    let kinds: Vec<&Value> =
        json["warnings"].as_array().unwrap().iter().map(|warning| &warning["kind"]).collect();
    assert_eq!(json!(kinds), json!(["PriceNotStored", "SolutionChanged"]));
    assert_eq!(json["order"]["client_reference"], "ABCDEFGHJKLMNPQR02");
    assert_eq!(json["order"]["travelers"][1], json!({ "type": "INF", "given": "TOM", "surname": "DOE" }));
}

#[test]
fn writes_that_are_refused_say_why() {
    let error = |name| show(name, Outcome::SupplierError)["error"].clone();
    assert_eq!(error("create_unsold.xml")["kind"], "SoldOut");
    assert_eq!(error("fault.xml")["kind"], "SoldOut");
    assert_eq!(error("void.xml")["message"], "COUPON USED");
    let kept = error("record_cancel_kept.xml");
    assert_eq!(
        (&kept["kind"], &kept["code"], &kept["message"]),
        (&json!("Rejected"), &json!("3000"), &json!("TICKETED - VOID FIRST"))
    );
}

#[test]
fn records_found_come_with_the_word_of_more() {
    let json = show("record_search.xml", Outcome::Understood);
    assert_eq!(json["extra"]["more_results"], true);
    assert_eq!(
        json["extra"]["records"][0]["products"][0],
        json!({ "kind": "Air", "owner": "1G", "code": "BBBBBB" })
    );
    assert_eq!(show("air_cancel.xml", Outcome::Understood)["order"]["locators"][0]["code"], "AAAAAA");
}

/// The supplier gives every coupon the same key, and the documents in reverse.
#[test]
fn coupons_of_a_conjunction_stay_on_their_documents() {
    let original = String::from_utf8(read("ticketing.xml")).unwrap();
    for text in [original.clone(), original.replace(" Key=\"K1==\"", "")] {
        let (_, json) = inspect("travelport-uapi", text.as_bytes());
        let tickets = json["tickets"].as_array().unwrap();
        let numbers: Vec<&Value> = tickets.iter().map(|ticket| &ticket["number"]).collect();
        assert_eq!(json!(numbers), json!(["9992400000011", "9992400000012"]));
        let coupons: Vec<Vec<&Value>> = tickets
            .iter()
            .map(|ticket| {
                ticket["coupons"].as_array().unwrap().iter().map(|coupon| &coupon["flight"]).collect()
            })
            .collect();
        assert_eq!(json!(coupons), json!([["ZZ1", "ZZ2", "ZZ3", null], ["ZZ5", "ZZ6"]]));
        assert_eq!(
            (&tickets[0]["conjunction"], &tickets[1]["conjunction"]),
            (&json!("9992400000012"), &Value::Null)
        );
        assert!(tickets[1]["total"].is_null(), "the amounts are the journey's, once");
        let busy =
            json["warnings"].as_array().unwrap().iter().find(|warning| warning["code"] == "3979").unwrap();
        assert_eq!(busy["kind"], "Ambiguous");
    }
}

/// A record of flights in any order, with items between them that are not flights.
fn record(orders: &[u32]) -> String {
    let flights: String = orders
        .iter()
        .map(|order| {
            format!(
                "<air:AirSegment Key='s{order}' Carrier='ZZ' FlightNumber='{order}' Origin='AAA' Destination='BBB' \
                 DepartureTime='2027-01-01T00:00:00' Status='HK' TravelOrder='{order}'/>"
            )
        })
        .collect();
    format!(
        "<u:UniversalRecordRetrieveRsp xmlns:u='http://www.travelport.com/schema/universal_v51_0' xmlns:air='a'>\
         <u:UniversalRecord LocatorCode='AAAAAA' Status='Active'>\
         <u:PassiveReservation><u:PassiveSegment Key='p' SegmentType='Car' Status='BK' Origin='AAA' TravelOrder='2'/>\
         <u:PassiveSegment Key='q' SegmentType='Service' Status='HI' Origin='AAA'/></u:PassiveReservation>\
         <air:AirReservation LocatorCode='C'>{flights}</air:AirReservation>\
         </u:UniversalRecord></u:UniversalRecordRetrieveRsp>"
    )
}

proptest! {
    #[test]
    fn travel_order_is_a_number(orders in prop::sample::select(vec![9_u32, 10, 11, 23])
        .prop_flat_map(|count| Just((1..=count).collect::<Vec<_>>()).prop_shuffle())) {
        let (_, json) = inspect("travelport-uapi", record(&orders).as_bytes());
        let segments = json["order"]["segments"].as_array().unwrap();
        let flights: Vec<String> = segments.iter().filter_map(|segment| segment["flight"].as_str()).map(str::to_owned).collect();
        let expected: Vec<String> = (1..=orders.len()).map(|order| format!("ZZ{order}")).collect();
        prop_assert_eq!(flights, expected);
        // The service without an order comes last.
        prop_assert_eq!(&segments.last().unwrap()["kind"], "passive");
    }
}

#[test]
fn a_surface_segment_joins_its_neighbours() {
    let text = record(&[1, 2]).replace(
        "</u:UniversalRecord>",
        "<u:ProviderARNKSegment><u:PreviousSegment><u:AirSegmentRef Key='s1'/></u:PreviousSegment></u:ProviderARNKSegment></u:UniversalRecord>",
    );
    let (_, json) = inspect("travelport-uapi", text.as_bytes());
    let kinds: Vec<&Value> =
        json["order"]["segments"].as_array().unwrap().iter().map(|segment| &segment["kind"]).collect();
    assert_eq!(json!(kinds), json!(["flight", "surface", "flight", "passive", "passive"]));
    assert_eq!(json["order"]["segments"][1]["origin"], "BBB");
    assert_eq!(json["order"]["segments"][1]["destination"], "AAA");
}

/// Names without a namespace of uAPI's family for them are somebody else's.
#[test]
fn the_root_must_be_of_the_family() {
    let outcome = |text: &str| inspect("travelport-uapi", text.as_bytes()).0;
    for namespace in
        ["http://www.travelport.com/schema/air_v52_0", "https://www.travelport.com/schema/air_v9_1"]
    {
        assert_eq!(outcome(&format!("<x:LowFareSearchRsp xmlns:x='{namespace}'/>")), Outcome::Understood);
    }
    for namespace in [
        "",
        "urn:x",
        "http://www.travelport.com/schema/universal_v52_0",
        "http://www.52_0",
        "http://evil/www.travelport.com/schema/air_v52_0",
    ] {
        assert_eq!(
            outcome(&format!("<LowFareSearchRsp xmlns='{namespace}'/>")),
            Outcome::Refused,
            "{namespace}"
        );
    }
    assert_eq!(outcome("<CurrencyConversionRsp xmlns='http://www.52_0'/>"), Outcome::Understood);
    assert_eq!(
        outcome("<HotelCreateReservationRsp xmlns='http://www.travelport.com/schema/47_0'/>"),
        Outcome::Understood
    );
    assert_eq!(
        outcome("<VehicleRulesRsp xmlns='http://www.travelport.com/schema/vehicle_v52_0'/>"),
        Outcome::Recognised
    );
    assert_eq!(outcome("<CurrencyConversionReq xmlns='http://www.52_0'/>"), Outcome::Refused);
    assert_eq!(
        outcome("<OTA_AirLowFareSearchRsp xmlns='http://www.opentravel.org/OTA/2003/05'/>"),
        Outcome::Refused
    );
}
