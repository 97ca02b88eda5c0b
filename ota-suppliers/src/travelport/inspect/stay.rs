//! Hotels.

use ota_core::model::money::Money;
use ota_core::supplier::call::Effect;
use serde_json::{Map, Value, json};

use super::{nothing, warnings};
use crate::inspect::{self as show, Outcome, Report};
use crate::travelport::map::stay::{self, Guests, Stay, StayRate};
use crate::travelport::replies::common::Text;
use crate::travelport::replies::hotel::{
    Described, HotelDetailsRsp, HotelProperty, HotelRateDetail, HotelSearchResult, HotelSearchRsp, RateInfo,
};

pub(super) fn search(name: &str, reply: &HotelSearchRsp<'_>) -> Report {
    if reply.results.is_empty() {
        return nothing(name, &reply.messages, Effect::Read);
    }
    let (mut hotels, mut skipped) = (Vec::new(), Vec::new());
    let mut said = warnings(&reply.messages);
    for result in &reply.results {
        said.extend(warnings(&result.errors));
        hotels.push(found(result, &mut skipped));
    }
    Report::new(Outcome::Understood, name)
        .with("hotels", hotels)
        .with("skipped", skipped)
        .with("warnings", said)
        .with("extra", json!({ "more_results": reply.more }))
}

/// A property with the lowest price of each source, of whatever room.
fn found(result: &HotelSearchResult<'_>, skipped: &mut Vec<Value>) -> Value {
    let mut rates = Vec::with_capacity(result.rates.len());
    for info in &result.rates {
        match stay::lowest(info) {
            Ok(lowest) => rates.push(self::lowest(info, &lowest)),
            Err(why) => {
                let what = format!("RateInfo of HotelProperty {}", result.property.code);
                skipped.push(show::skipped(&what, &why.to_string()));
            }
        }
    }
    let room = json!({ "code": null, "name": null, "rates": rates });
    hotel(&result.property, if rates.is_empty() { Vec::new() } else { vec![room] })
}

fn lowest(info: &RateInfo<'_>, lowest: &stay::Lowest) -> Value {
    json!({
        "key": null,
        "net": show::money(lowest.net),
        "board": null,
        "lowest": true,
        "nightly": lowest.nightly,
        "converted": lowest.converted,
        "commission": lowest.commission.map(show::money),
        "rate_supplier": info.rate_supplier,
        "payment": info.payment_type,
        "taxes_included": info.taxes_included.as_deref().map(is_true),
        "package_only": info.package_offer.as_deref().is_some_and(is_true),
    })
}

pub(super) fn details(name: &str, reply: &HotelDetailsRsp<'_>) -> Report {
    if reply.details.is_empty() {
        return nothing(name, &reply.messages, Effect::Read);
    }
    let (mut hotels, mut skipped) = (Vec::new(), Vec::new());
    for details in &reply.details {
        let mut priced = Vec::with_capacity(details.rates.len());
        for wire in &details.rates {
            match stay::rate(wire) {
                Ok(rate) => priced.push((wire, rate)),
                Err(why) => {
                    let what = format!("HotelRateDetail {}", wire.rate_plan_type);
                    skipped.push(show::skipped(&what, &why.to_string()));
                }
            }
        }
        let mut shown =
            hotel(&details.property, rooms(priced.iter().map(|(wire, rate)| (*wire, rate)), None));
        shown["source"] = json!(details.aggregator);
        shown["details"] = described(&details.items);
        hotels.push(shown);
    }
    Report::new(Outcome::Understood, name)
        .with("hotels", hotels)
        .with("skipped", skipped)
        .with("warnings", warnings(&reply.messages))
        .with("extra", json!({ "more_results": reply.more }))
}

/// A hotel of a record.
pub(super) fn booked(stay: &Stay<'_, '_>) -> Value {
    let guests = stay.guests.iter().map(
        |guests| json!({ "rooms": guests.rooms, "adults": guests.adults, "child_ages": guests.child_ages }),
    );
    let only = stay.guests.first().filter(|guests| stay.guests.len() == 1 && guests.rooms == 1);
    let mut shown = hotel(&stay.wire.property, rooms(stay.wire.rates.iter().zip(&stay.rates), only));
    shown["check_in"] = stay.dates.check_in.to_string().into();
    shown["check_out"] = stay.dates.check_out.to_string().into();
    shown["status"] = (&*stay.wire.status).into();
    shown["guests"] = guests.collect();
    shown["total"] = json!(stay.total.map(show::money));
    shown
}

fn hotel(property: &HotelProperty<'_>, rooms: Vec<Value>) -> Value {
    json!({
        "code": property.code,
        "name": property.name,
        "chain": property.chain,
        "availability": property.availability,
        "address": property.address.iter().map(|line| line.trim()).collect::<Vec<_>>(),
        "latitude": property.latitude,
        "longitude": property.longitude,
        "ratings": property.ratings,
        "rooms": rooms,
    })
}

/// Rates under the kind of room that they describe, in the order of the reply.
fn rooms<'r, 'a: 'r>(
    rates: impl Iterator<Item = (&'r HotelRateDetail<'a>, &'r StayRate)>,
    guests: Option<&Guests>,
) -> Vec<Value> {
    let mut rooms: Vec<(Option<&str>, Vec<Value>)> = Vec::new();
    for (wire, priced) in rates {
        let kind = wire.descriptions.iter().find(|described| described.name == "Room Type");
        let kind = kind.and_then(|described| described.texts.first()).map(|text| text.trim());
        let shown = rate(wire, priced, guests);
        match rooms.last_mut().filter(|(room, _)| *room == kind) {
            Some((_, rates)) => rates.push(shown),
            None => rooms.push((kind, vec![shown])),
        }
    }
    rooms.into_iter().map(|(name, rates)| json!({ "code": null, "name": name, "rates": rates })).collect()
}

fn rate(wire: &HotelRateDetail<'_>, rate: &StayRate, guests: Option<&Guests>) -> Value {
    let amount = |amount: Option<Money>| amount.map(show::money);
    let step = |(from, fee)| json!({ "from": show::with_offset(from), "amount": show::money(fee) });
    json!({
        "key": wire.rate_offer_id,
        "rate_plan": wire.rate_plan_type,
        "net": show::money(rate.net),
        "base": amount(rate.base),
        "tax": amount(rate.tax),
        "surcharge": amount(rate.surcharge),
        "board": null,
        "adults": guests.map(|guests| guests.adults),
        "children": guests.map(|guests| guests.child_ages.len()),
        "cancellation": rate.cancellation.map(step).into_iter().collect::<Vec<_>>(),
        "cancellation_policy": policy(wire),
        "non_refundable": wire.cancel.non_refundable,
        "payment": wire.guarantee_type,
        "due_now": amount(rate.deposit),
        "rate_supplier": wire.rate_supplier,
        "rooms_left": wire.bookable_quantity.as_deref().and_then(|count| count.parse::<u16>().ok()),
        "guests_max": wire.capacities.iter().filter_map(|count| count.parse::<u16>().ok()).collect::<Vec<_>>(),
        "package_only": wire.is_package.as_deref().is_some_and(is_true),
        "supplement": wire.supplement.as_deref().map(str::trim),
        "descriptions": described(&wire.descriptions),
    })
}

/// A booking says it among the descriptions of the rate.
fn policy<'r>(wire: &'r HotelRateDetail<'_>) -> Option<&'r str> {
    let mut named =
        wire.descriptions.iter().filter(|described| described.name.ends_with("Cancellation Policy"));
    let described = || named.next()?.texts.first().map(|text| text.trim());
    wire.cancel.policy.as_deref().map(str::trim).or_else(described)
}

/// What is said in words, by name.
fn described(items: &[Described<'_>]) -> Value {
    let words = |texts: &[Text<'_>]| {
        texts.iter().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    let named =
        items.iter().map(|item| (item.name.as_ref().to_owned(), words(&item.texts).join("\n").into()));
    Value::Object(named.collect::<Map<_, _>>())
}

fn is_true(text: &str) -> bool {
    matches!(text, "true" | "1")
}
