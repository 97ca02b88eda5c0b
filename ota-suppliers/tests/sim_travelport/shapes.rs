//! Replies have the shape of the recorded ones: what they say beyond them is named here, with the reason.

use std::collections::BTreeSet;

use crate::desk::{Desk, all, attribute};
use crate::requests::{Solution, cancel, create, documents, import, price, retrieve, search, ticket};
use crate::{desk, wire};

const PASSENGERS: &[(&str, u8)] = &[("ADT", 40), ("CNN", 7), ("INF", 1)];
const SLICES: &[(&str, &str, &str)] = &[("JKT", "TYO", "2027-03-14"), ("TYO", "JKT", "2027-03-28")];

/// Compares a reply with the recordings of its kind: nothing may be in it that is neither recorded nor allowed, and
/// what is allowed but does not occur is no allowance.
#[track_caller]
fn check(reply: &str, allowed: &[&str]) {
    let ours = wire::paths(reply);
    let root = ours.first().unwrap().trim_start_matches('/').to_owned();
    let Some(recorded) = wire::recorded_paths(&root) else { return };
    let beyond: BTreeSet<_> = ours.difference(&recorded).map(String::as_str).collect();
    let allowed: BTreeSet<_> = allowed.iter().copied().collect();
    assert_eq!(beyond, allowed, "{root}");
}

/// Conditions in percent are in the schema and not in the recordings, which have no fare without changes.
const PERCENT: [&str; 2] = ["ChangePenalty/Percentage", "CancelPenalty/Percentage"];

#[tokio::test]
async fn a_search() {
    let desk = Desk::new().await;
    let found = desk.send(&search(SLICES, PASSENGERS, "")).await;
    let info = "/LowFareSearchRsp/AirPricePointList/AirPricePoint/AirPricingInfo";
    let percent = PERCENT.map(|end| format!("{info}/{end}"));
    // What the ticket will say stands with the fare, as in a recorded price check.
    check(&found, &["/LowFareSearchRsp/FareInfoList/FareInfo/Endorsement", &percent[0], &percent[1]]);
}

#[tokio::test]
async fn a_price_check() {
    let desk = Desk::new().await;
    let found = desk.send(&search(SLICES, PASSENGERS, "")).await;
    let tokens = |reply: &str| all(reply, "HostToken", |_| ()).len();
    let mut paths = (None, None);
    let points = all(&found, "AirPricePoint", |_| ()).len();
    for nth in (0..points).step_by(points / 20) {
        let segments = desk::segments_of_point(&found, nth);
        let reply = desk
            .send(&price(&segments, PASSENGERS).replace("AirPriceReq ", "AirPriceReq FareRuleType=\"long\" "))
            .await;
        let slot = if tokens(&reply) > 0 { &mut paths.0 } else { &mut paths.1 };
        let penal = reply.contains("<air:Percentage>") && reply.contains("<air:Amount>");
        if penal || slot.is_none() {
            *slot = Some(reply);
        }
    }
    for reply in [paths.0.expect("no host token in twenty price points"), paths.1.unwrap()] {
        let ours = wire::paths(&reply);
        let solution = "/AirPriceRsp/AirPriceResult/AirPricingSolution/AirPricingInfo";
        // The recordings print allowances only apart from the fares; hosts print them with the fares too, as in
        // Travelport's own samples of v45. Surcharges stand in the recorded searches.
        let candidates = [
            format!("{solution}/FareInfo/BaggageAllowance"),
            format!("{solution}/FareInfo/BaggageAllowance/NumberOfPieces"),
            format!("{solution}/FareInfo/BaggageAllowance/MaxWeight"),
            format!("{solution}/FareInfo/FareSurcharge"),
            format!("{solution}/{}", PERCENT[0]),
            format!("{solution}/{}", PERCENT[1]),
        ];
        let allowed: Vec<_> =
            candidates.iter().map(String::as_str).filter(|path| ours.contains(*path)).collect();
        check(&reply, &allowed);
    }
}

/// Books, tickets and cancels, and compares every reply on the way.
#[tokio::test]
async fn an_order_and_its_documents() {
    let desk = Desk::new().await;
    let solution: Solution = desk.priced(SLICES, PASSENGERS, 3).await;
    let created = desk.send(&create(&solution, PASSENGERS, "REF", "")).await;
    let of = |root: &str, more: &[&str]| -> Vec<String> {
        more.iter().map(|path| format!("/{root}/{path}")).collect()
    };
    // The recorded creates are of fares without conditions and of records without remarks; both stand elsewhere in the
    // recordings (AirTicketingRsp, UniversalRecordRetrieveRsp).
    let stored = "UniversalRecord/AirReservation/AirPricingInfo";
    let conditions = [
        format!("{stored}/ChangePenalty"),
        format!("{stored}/ChangePenalty/Percentage"),
        format!("{stored}/ChangePenalty/Amount"),
        format!("{stored}/CancelPenalty"),
        format!("{stored}/CancelPenalty/Percentage"),
        format!("{stored}/CancelPenalty/Amount"),
        format!("{stored}/FareInfo/BaggageAllowance/MaxWeight"),
        "UniversalRecord/GeneralRemark".to_owned(),
        "UniversalRecord/GeneralRemark/RemarkData".to_owned(),
        "UniversalRecord/AirReservation/AirSegment/CodeshareInfo".to_owned(),
        "UniversalRecord/ProviderReservationInfo/ProviderReservationDetails".to_owned(),
        "UniversalRecord/BookingTraveler/Email".to_owned(),
        "UniversalRecord/BookingTraveler/Email/ProviderReservationInfoRef".to_owned(),
    ];
    let conditions: Vec<_> = conditions.iter().map(String::as_str).collect();
    check_within(&created, &of("AirCreateReservationRsp", &conditions));
    let order = desk::Booked::read(&created);

    // The one recorded retrieve is of a record without a fare and without documents; the import shows both.
    let shown = desk.send(&retrieve(&order.universal)).await;
    let imported = desk.send(&import(&order.provider)).await;
    let as_imported = |reply: &str| reply.replace("UniversalRecordRetrieveRsp", "UniversalRecordImportRsp");
    // People's numbers and the carriers' messages stand under each traveler and segment, as in the recorded creates and retrieves.
    let people = ["PhoneNumber", "PhoneNumber/ProviderReservationInfoRef"]
        .map(|path| format!("UniversalRecord/BookingTraveler/{path}"));
    let more =
        people.iter().map(String::as_str).chain(["UniversalRecord/AirReservation/AirSegment/SellMessage"]);
    let more: Vec<_> = conditions.iter().copied().chain(more).collect();
    check_within(&as_imported(&shown), &of("UniversalRecordImportRsp", &more));
    check_within(&imported, &of("UniversalRecordImportRsp", &more));

    let issued = desk.send(&ticket(&order.air, &[])).await;
    let ticketing = [
        "ETR/AirPricingInfo/ChangePenalty/Percentage",
        "ETR/AirPricingInfo/CancelPenalty/Percentage",
        "ETR/AirPricingInfo/FareInfo/BaggageAllowance/MaxWeight",
        "ETR/AirPricingInfo/ChangePenalty",
        "ETR/AirPricingInfo/ChangePenalty/Amount",
        "ETR/AirPricingInfo/CancelPenalty",
        "ETR/AirPricingInfo/CancelPenalty/Amount",
    ];
    check_within(&issued, &of("AirTicketingRsp", &ticketing));
    let read = desk.send(&documents(&order.air)).await;
    check_within(&read, &of("AirRetrieveDocumentRsp", &ticketing));
    let shown = desk.send(&retrieve(&order.universal)).await;
    check_within(&as_imported(&shown), &of("UniversalRecordImportRsp", &more));
    assert_eq!(all(&shown, "TicketInfo", attribute("Status")), ["N"; 3]);
    check(&desk.send(&cancel(&order.universal, &desk::Booked::read(&shown).version)).await, &[]);
}

/// Like [`check`], for replies whose content depends on the fare that was picked: not all allowances must occur.
#[track_caller]
fn check_within(reply: &str, allowed: &[String]) {
    let ours = wire::paths(reply);
    let used: Vec<_> = {
        let root = ours.first().unwrap().trim_start_matches('/').to_owned();
        let Some(recorded) = wire::recorded_paths(&root) else { return };
        allowed
            .iter()
            .filter(|path| ours.contains(*path) && !recorded.contains(*path))
            .map(String::as_str)
            .collect()
    };
    check(reply, &used);
}
