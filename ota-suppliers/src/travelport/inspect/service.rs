//! Availability, flights, exchanges, miscellaneous documents, and lists in the supplier's words.

use std::collections::HashMap;

use ota_core::supplier::call::Effect;
use serde_json::{Map, Value, json};

use super::{nothing, passenger_prices, problems, source, supplier_error, warnings};
use crate::inspect::{self as show, Outcome, Report};
use crate::travelport::errors;
use crate::travelport::map::availability::{self, Class};
use crate::travelport::map::emd::{self, Emd};
use crate::travelport::map::exchange::{self, Amounts};
use crate::travelport::map::{self, MapError, order};
use crate::travelport::replies::availability::{AirItinerarySolution, AvailabilitySearchRsp};
use crate::travelport::replies::common::Text;
use crate::travelport::replies::emd::{EmdCoupon, EmdRsp};
use crate::travelport::replies::exchange::{AirExchangeInfo, AirExchangeRsp};
use crate::travelport::replies::flat::{self, FlatRsp, Item};
use crate::travelport::replies::flight::{
    FlightDetailsRsp, FlightInfo, FlightInfoDetail, FlightInformationRsp,
};

pub(super) fn availability(name: &str, reply: &AvailabilitySearchRsp<'_>) -> Report {
    if reply.segments.is_empty() {
        return nothing(name, &reply.messages, Effect::Read);
    }
    let (mut segments, mut skipped) = (Vec::new(), Vec::new());
    let mut flights: HashMap<&str, String> = HashMap::new();
    for (wire, mapped) in reply.segments.iter().zip(availability::flights(reply)) {
        match mapped {
            Ok(available) => {
                let flight = available.segment.flight.map(|flight| flight.to_string());
                flights.insert(&wire.segment.key, flight.unwrap_or_default());
                let mut shown = show::segment(&available.segment, None, None);
                shown["classes"] = available.classes.iter().map(class).collect();
                shown["operational_status"] = json!(wire.operational_status);
                segments.push(shown);
            }
            Err(why) => {
                let what = format!("AirSegment {}{}", wire.segment.carrier, wire.segment.flight_number);
                skipped.push(show::skipped(&what, &why.to_string()));
            }
        }
    }
    let itineraries = reply.solutions.iter().map(|solution| itinerary(solution, &flights, &mut skipped));
    let itineraries: Vec<Value> = itineraries.collect();
    Report::new(Outcome::Understood, name)
        .with("segments", segments)
        .with("skipped", skipped)
        .with("warnings", warnings(&reply.messages))
        .with("extra", json!({ "itineraries": itineraries, "more_results": reply.more }))
}

/// The ways to fly, each as the flights that connect.
fn itinerary(
    solution: &AirItinerarySolution<'_>,
    flights: &HashMap<&str, String>,
    skipped: &mut Vec<Value>,
) -> Value {
    let what = format!("AirItinerarySolution {}", solution.key);
    let mut skip = |why: MapError| skipped.push(show::skipped(&what, &why.to_string()));
    let mut options: Vec<Vec<&String>> = Vec::new();
    match availability::options(solution) {
        Ok(keys) => {
            for option in keys {
                match option.into_iter().map(|key| flights.get(key)).collect() {
                    Some(named) => options.push(named),
                    None => skip(MapError::Reference),
                }
            }
        }
        Err(why) => skip(why),
    }
    json!({ "ref": solution.key, "options": options })
}

/// A count, or the airline's letter in its place.
fn class(class: &Class) -> Value {
    let mut shown =
        json!({ "booking_class": class.booking_class.to_string(), "cabin": class.cabin.map(show::cabin) });
    match class.count.to_digit(10) {
        Some(seats) => shown["seats"] = seats.into(),
        None => shown["status"] = class.count.to_string().into(),
    }
    shown
}

pub(super) fn flight_information(name: &str, reply: &FlightInformationRsp<'_>) -> Report {
    let found = reply.flights.iter().any(|flight| !flight.details.is_empty());
    let error = reply.flights.iter().find_map(|flight| errors::first_error(&flight.errors, Effect::Read));
    let report = match error.filter(|_| !found) {
        Some(refusal) => supplier_error(name, &refusal),
        None if found => Report::new(Outcome::Understood, name),
        None => return nothing(name, &reply.messages, Effect::Read),
    };
    let (mut segments, mut skipped) = (Vec::new(), Vec::new());
    let mut said = warnings(&reply.messages);
    for flight in &reply.flights {
        for detail in &flight.details {
            match leg(flight, detail) {
                Ok(shown) => segments.push(shown),
                Err(why) => {
                    let what = format!("FlightInfo {}{}", flight.carrier, flight.flight_number);
                    skipped.push(show::skipped(&what, &why.to_string()));
                }
            }
        }
        if found {
            said.extend(warnings(&flight.errors));
        }
    }
    report.with("segments", segments).with("skipped", skipped).with("warnings", said)
}

fn leg(flight: &FlightInfo<'_>, detail: &FlightInfoDetail<'_>) -> Result<Value, MapError> {
    let segment = map::flight::leg(flight, detail)?;
    let mut shown = show::segment(&segment, None, None);
    shown["minutes"] = json!(segment.minutes);
    shown["equipment"] = json!(detail.equipment);
    shown["terminals"] = json!([detail.origin_terminal, detail.destination_terminal]);
    shown["gates"] = json!([detail.origin_gate, detail.destination_gate]);
    shown["services"] = json!(detail.in_flight_services);
    Ok(shown)
}

pub(super) fn flight_details(name: &str, reply: &FlightDetailsRsp<'_>) -> Result<Report, MapError> {
    let mut segments = Vec::with_capacity(reply.segments.len());
    for wire in &reply.segments {
        let segment = map::itinerary::flight(wire, wire.details.iter())?;
        segments.push(show::segment(&segment, None, None));
    }
    Ok(nothing(name, &reply.messages, Effect::Read).with("segments", segments))
}

pub(super) fn emds(name: &str, reply: &EmdRsp<'_>) -> Result<Report, MapError> {
    let mut emds = Vec::new();
    for info in &reply.infos {
        emds.extend(emd::documents(info)?.iter().map(self::emd));
    }
    Ok(nothing(name, &reply.messages, Effect::Read).with("emds", emds))
}

fn emd(document: &Emd<'_, '_>) -> Value {
    let wire = document.wire;
    json!({
        "number": document.number.to_string(),
        "status": document.status,
        "reason_code": emd::common(wire, |coupon| coupon.rfic.as_deref()),
        "reason_sub_code": emd::common(wire, |coupon| coupon.rfisc.as_deref()),
        "description": emd::common(wire, |coupon| coupon.rfi_description.as_deref()),
        "total": document.total.map(show::money),
        "base": document.base.map(show::money),
        "issued": document.issued.map(|date| date.to_string()),
        "traveler": document.traveler.as_ref().map(show::traveler),
        "ticket": document.ticket.map(|number| number.to_string()),
        "conjunction_of": document.conjunction_of.map(|number| number.to_string()),
        "validating_carrier": wire.plating_carrier,
        "coupons": wire.coupons.iter().map(coupon).collect::<Vec<_>>(),
    })
}

fn coupon(coupon: &EmdCoupon<'_>) -> Value {
    json!({
        "number": coupon.number.parse::<u8>().ok(),
        "status": coupon.status,
        "reason_code": coupon.rfic,
        "reason_sub_code": coupon.rfisc,
        "description": coupon.rfi_description,
        "service": coupon.service,
        "carrier": coupon.carrier,
        "flight_number": coupon.flight_number,
        "origin": coupon.origin,
        "destination": coupon.destination,
        "refundable": coupon.non_refundable.as_deref().map(|text| !matches!(text, "true" | "1")),
    })
}

pub(super) fn exchange(name: &str, reply: &AirExchangeRsp<'_>, effect: Effect) -> Result<Report, MapError> {
    let changed = exchange::order(reply)?;
    let mut said = warnings(&reply.messages);
    if changed.is_none() && reply.solutions.is_empty() {
        return Ok(match reply.failures.first() {
            Some(failure) => supplier_error(name, &errors::failure(failure, effect)).with("warnings", said),
            None => nothing(name, &reply.messages, effect),
        });
    }
    for failure in &reply.failures {
        let refusal = errors::failure(failure, effect);
        said.push(show::warning(Some(&refusal.code), &refusal.message, Some(&format!("{:?}", refusal.kind))));
    }
    let mut skipped = Vec::new();
    let mut offers = new_itineraries(reply, &mut skipped).into_iter();
    let mut shown = cost(reply)?;
    shown["new"] = offers.next().into();
    shown["alternatives"] = offers.collect();
    let mut report = Report::new(Outcome::Understood, name).with("exchange", shown);
    if let Some((order, left_out)) = changed {
        let prices = passenger_prices(&order.fares, order::pricing_infos(&reply.record));
        said.extend(problems(&order));
        skipped.extend(left_out.iter().map(|skip| show::skipped(&skip.what, &skip.why)));
        report =
            report.with("order", show::order(&order, prices)).with("tickets", show::tickets(&order.tickets));
    }
    Ok(report.with("skipped", skipped).with("warnings", said))
}

/// What a quote would exchange for.
fn new_itineraries(reply: &AirExchangeRsp<'_>, skipped: &mut Vec<Value>) -> Vec<Value> {
    let mut offers = Vec::with_capacity(reply.solutions.len());
    for solution in &reply.solutions {
        let priced = exchange::offer(solution, &source()).map_err(|error| error.to_string());
        match priced.and_then(show::checked) {
            Ok(offer) => {
                let prices = passenger_prices(&offer.fares, &solution.pricing_infos);
                offers.push(show::offer(&offer, &solution.key, None, prices));
            }
            Err(why) => skipped.push(show::skipped(&format!("AirPricingSolution {}", solution.key), &why)),
        }
    }
    offers
}

/// The amounts of all tickets together, and of each.
fn cost(reply: &AirExchangeRsp<'_>) -> Result<Value, MapError> {
    let Some(bundles) = reply.bundles() else { return Ok(json!({})) };
    let mut shown = match &bundles.total {
        Some(total) => amounts(total, &exchange::amounts(total)?),
        None => json!({}),
    };
    let mut items = Vec::with_capacity(bundles.tickets.len());
    for ticket in &bundles.tickets {
        let mut item = amounts(ticket, &exchange::amounts(ticket)?);
        item["fares"] = json!(ticket.pricing_info_refs);
        items.push(item);
    }
    shown["items"] = items.into();
    Ok(shown)
}

fn amounts(wire: &AirExchangeInfo<'_>, amounts: &Amounts) -> Value {
    let taxes = amounts.paid_taxes.iter();
    json!({
        "exchange_amount": show::money(amounts.exchange_amount),
        "change_fee": amounts.change_fee.map(show::money),
        "add_collect": amounts.add_collect.map(show::money),
        "refund": amounts.refund.map(show::money),
        "paid_taxes": taxes.map(|(code, amount)| json!({ "code": code, "amount": show::money(*amount) })).collect::<Vec<_>>(),
        "pricing_tag": wire.pricing_tag,
        "reasons": wire.reasons,
    })
}

pub(super) fn flat(name: &str, reply: &FlatRsp<'_>) -> Report {
    if reply.items.is_empty() {
        return nothing(name, &reply.messages, Effect::Read);
    }
    let mut extra = grouped(&reply.items);
    if let Some(more) = &reply.more_results {
        extra.insert("more_results".to_owned(), matches!(&**more, "true" | "1").into());
    }
    let cut = reply.cut.then(|| {
        show::skipped("the rest of the reply", &format!("more than {} elements", flat::ELEMENTS_MAX))
    });
    Report::new(Outcome::Understood, name)
        .with("extra", extra)
        .with("skipped", cut.into_iter().collect::<Vec<_>>())
        .with("warnings", warnings(&reply.messages))
}

/// Elements in a list under their name.
fn grouped(items: &[Item<'_>]) -> Map<String, Value> {
    let mut lists: Map<String, Value> = Map::new();
    for item in items {
        let list = lists.entry(item.name).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.push(self::item(item));
        }
    }
    lists
}

fn item(item: &Item<'_>) -> Value {
    match &item.text {
        Some(text) if item.values.is_empty() => text.as_ref().into(),
        text => {
            let mut members = grouped(&item.items);
            let owned = |(name, value): &(&str, Text<'_>)| ((*name).to_owned(), value.as_ref().into());
            members.extend(item.values.iter().map(owned));
            members.extend(text.iter().map(|text| ("text".to_owned(), text.as_ref().into())));
            members.into()
        }
    }
}
