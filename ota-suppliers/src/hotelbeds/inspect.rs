//! One Hotelbeds reply as `inspect_reply` shows it.

use ota_core::model::check::Checked;
use ota_core::model::order::{OrderProblem, OrderStatus, SupplierOrder};
use ota_core::model::stay::{CancellationStep, ChargeKind, PropertyRates, Rate, RateType};
use ota_core::supplier::Batch;
use ota_core::supplier::call::Effect;
use serde_json::{Value, json};

use super::errors::{self, Refusal};
use super::map::{self, MapError};
use super::replies::booking::{BookingRs, BookingsRs};
use super::replies::content::{ContentRs, EntryRs, HotelContentRs, Items};
use super::replies::stay::{HotelRs, HotelsRs};
use super::replies::{self, Reply};
use crate::inspect::{self as show, Outcome, Report};
use crate::zone;

/// Reads a reply the way that the contract's methods do.
pub(crate) fn report(document: &[u8]) -> Report {
    let json = match replies::normal(document) {
        Ok(json) => json,
        Err(error) => return Report::refused("", &ota_core::error::chain(&error)),
    };
    let reply = match replies::read(&json) {
        Ok(reply) => reply,
        Err(error) => return Report::refused("", &ota_core::error::chain(&error)),
    };
    let name = reply.name();
    let report = match &reply {
        Reply::Availability(reply) => Ok(availability(name, reply)),
        Reply::CheckRates(reply) => checked(name, reply),
        Reply::Booking(reply) => booking(name, reply),
        Reply::Bookings(reply) => bookings(name, reply),
        Reply::Content(reply) => content(name, reply),
        Reply::Status(status) => {
            Ok(Report::new(Outcome::Understood, name).with("extra", json!({ "status": &**status })))
        }
        // Whether it answers a read or a write is not in an error.
        Reply::Error(error) => Ok(supplier_error(name, &errors::refusal(error, Effect::Read))),
        Reply::Gateway(words) => Ok(supplier_error(name, &errors::gateway(words))),
        Reply::Recognised(name) => Ok(Report::new(Outcome::Recognised, name)),
    };
    report.unwrap_or_else(|error| Report::refused(name, &error.to_string()))
}

fn supplier_error(name: &str, refusal: &Refusal) -> Report {
    let error = show::error(refusal.kind, Some(&refusal.code), &refusal.message);
    Report::new(Outcome::SupplierError, name).with("error", error)
}

fn availability(name: &str, reply: &HotelsRs<'_>) -> Report {
    batch(name, map::stay::availability(reply, zone::at))
}

fn checked(name: &str, reply: &HotelRs<'_>) -> Result<Report, MapError> {
    let (checked, upselling) = map::stay::checked(reply, zone::at)?;
    let upselling = upselling.map(|property| json!({ "upselling": hotel(&property) }));
    Ok(batch(name, checked).with("extra", upselling))
}

/// Past the gate; which rooms were asked for is not in a reply.
fn batch(name: &str, mut batch: Batch<PropertyRates>) -> Report {
    let mut skipped: Vec<Value> =
        batch.skipped.iter().map(|skip| show::skipped(&skip.what, &skip.why)).collect();
    for property in &mut batch.items {
        let code = property.property.code.clone();
        let pass = |rate: Rate| {
            let room = rate.room.code.clone();
            let passed = Checked::rate(rate).map(Checked::into_inner);
            passed.map_err(|why| show::skipped(&format!("hotel {code} room {room}"), &why.to_string()))
        };
        let (passed, refused): (Vec<_>, Vec<_>) =
            std::mem::take(&mut property.rates).into_iter().map(pass).partition(Result::is_ok);
        property.rates = passed.into_iter().flatten().collect();
        skipped.extend(refused.into_iter().filter_map(Result::err));
    }
    Report::new(Outcome::Understood, name)
        .with("hotels", batch.items.iter().map(hotel).collect::<Vec<_>>())
        .with("skipped", skipped)
        .with("warnings", batch.items.iter().flat_map(contested).collect::<Vec<_>>())
}

/// Keys that the same reply states at several prices.
fn contested(property: &PropertyRates) -> Vec<Value> {
    let contested = property.rates.iter().filter(|rate| !rate.also_stated.is_empty());
    let warning = |rate: &Rate| {
        let others = rate.also_stated.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let message = format!("{} is also stated at {others}", rate.net);
        show::warning(None, &message, Some("PriceContested"))
    };
    contested.map(warning).collect()
}

fn booking(name: &str, reply: &BookingRs<'_>) -> Result<Report, MapError> {
    let order = map::booking::order(reply, zone::at)?;
    let warnings: Vec<Value> = order.problems.iter().map(problem).collect();
    let fee = order
        .stay
        .as_ref()
        .and_then(|stay| stay.cancellation_fee)
        .map(|fee| json!({ "cancellation_fee": show::money(fee) }));
    Ok(Report::new(Outcome::Understood, name)
        .with("order", stay_order(&order))
        .with("warnings", warnings)
        .with("extra", fee))
}

fn bookings(name: &str, reply: &BookingsRs<'_>) -> Result<Report, MapError> {
    let page = map::booking::page(reply, zone::at)?;
    let orders: Vec<Value> = page.orders.iter().map(stay_order).collect();
    let extra = json!({ "bookings": orders, "last_page": page.last });
    Ok(Report::new(Outcome::Understood, name).with("extra", extra))
}

fn problem(problem: &OrderProblem) -> Value {
    let OrderProblem::RoomNotConfirmed { room, status } = problem else {
        return show::warning(None, "broken order", None);
    };
    let message = format!("room {} has status {status}", u16::from(*room) + 1);
    show::warning(None, &message, Some("RoomNotConfirmed"))
}

fn stay_order(booked: &SupplierOrder) -> Value {
    let mut order = show::order(booked, Vec::new());
    let Some(stay) = &booked.stay else { return order };
    let rooms = stay.rooms.iter().flat_map(|room| room.rates.iter()).map(|rate| {
        json!({
            "code": rate.room.code,
            "name": rate.room.name,
            "rates": [self::rate(rate)],
        })
    });
    order["client_reference"] = stay.client_reference.clone().into();
    order["hotel"] = json!({
        "code": code(stay.property.code.as_str()),
        "check_in": stay.dates.check_in.to_string(),
        "check_out": stay.dates.check_out.to_string(),
        "rooms": rooms.collect::<Vec<_>>(),
    });
    if booked.status == OrderStatus::Cancelled {
        order["status"] = "CANCELLED".into();
    }
    order
}

/// Rates grouped by room again, rooms in the order of their first rate.
fn hotel(property: &PropertyRates) -> Value {
    let mut rooms: Vec<(&ota_core::model::stay::Room, Vec<Value>)> = Vec::new();
    for rate in &property.rates {
        match rooms.last_mut().filter(|(room, _)| **room == rate.room) {
            Some((_, rates)) => rates.push(self::rate(rate)),
            None => rooms.push((&rate.room, vec![self::rate(rate)])),
        }
    }
    let rooms = rooms
        .into_iter()
        .map(|(room, rates)| json!({ "code": room.code, "name": room.name, "rates": rates }));
    json!({
        "code": code(property.property.code.as_str()),
        "name": property.property.name,
        "time_zone": property.property.zone,
        "rooms": rooms.collect::<Vec<_>>(),
    })
}

fn rate(rate: &Rate) -> Value {
    let key = Some(rate.key.expose()).filter(|key| !key.is_empty());
    let at_property = rate.due.at_property.iter();
    let taxes = at_property.clone().filter(|charge| charge.kind == ChargeKind::TaxOrFee);
    let promotions = rate.promotions.iter().map(|promotion| {
        json!({
            "code": promotion.code,
            "name": promotion.name,
            "amount": promotion.amount.map(show::money),
        })
    });
    json!({
        "key": key,
        "net": show::money(rate.net),
        "type": rate.rate_type.map(|kind| match kind {
            RateType::Bookable => "BOOKABLE",
            RateType::Recheck => "RECHECK",
        }),
        "board": rate.board.code,
        "rooms": rate.rooms,
        "adults": rate.occupancy.adults,
        "children": rate.occupancy.child_ages.len(),
        "child_ages": rate.occupancy.child_ages,
        "cancellation": rate.cancellation.steps().iter().map(step).collect::<Vec<_>>(),
        "due_now": show::money(rate.due.now),
        "due_at_property": at_property.map(|charge| show::money(charge.amount)).collect::<Vec<_>>(),
        "taxes_payable_locally": taxes.map(|charge| show::money(charge.amount)).collect::<Vec<_>>(),
        "promotions": promotions.collect::<Vec<_>>(),
        "package_only": rate.package_only,
        "opaque": rate.opaque,
        "mandatory_price": rate.mandatory_price.map(show::money),
        "notes": rate.notes,
    })
}

fn step(step: &CancellationStep) -> Value {
    json!({ "from": show::with_offset(step.from), "amount": show::money(step.fee) })
}

fn content(name: &str, page: &ContentRs<'_>) -> Result<Report, MapError> {
    let items = match &page.items {
        Items::Hotels(hotels) => hotels.iter().map(content_hotel).collect::<Result<Vec<_>, _>>()?,
        Items::Entries(entries) => entries.iter().map(entry).collect(),
    };
    let number = |text: &str| text.parse::<u32>().ok();
    let extra = json!({
        "from": number(&page.from),
        "to": number(&page.to),
        "total": number(&page.total),
        name: items,
    });
    Ok(Report::new(Outcome::Understood, name).with("extra", extra))
}

fn content_hotel(hotel: &HotelContentRs<'_>) -> Result<Value, MapError> {
    let property = map::content::property(hotel, zone::at)?;
    Ok(json!({
        "code": code(property.code.as_str()),
        "name": property.name,
        "category": property.category,
        "destination": property.destination,
        "country": &*hotel.country_code,
        "city": &*hotel.city.0,
        "address": &*hotel.address.0,
        "latitude_microdegrees": property.position.map(|position| position.latitude),
        "longitude_microdegrees": property.position.map(|position| position.longitude),
        "time_zone": property.zone,
    }))
}

fn entry(entry: &EntryRs<'_>) -> Value {
    let mut shown = serde_json::Map::new();
    let mut say = |member: &str, text: &str| {
        if !text.is_empty() {
            shown.insert(member.to_owned(), text.into());
        }
    };
    say("code", &entry.code);
    say("name", &entry.name.0);
    say("description", &entry.description.0);
    say("type", &entry.type_description.0);
    say("country", &entry.country_code);
    say("group", &entry.facility_group_code);
    say("guests_max", &entry.max_pax);
    say("hotel", &entry.hotel);
    let parts = entry.states.iter().chain(&entry.zones);
    let parts: Vec<Value> = parts.map(|part| json!({ "code": &*part.code, "name": &*part.name })).collect();
    let comments = entry.comments_by_rates.iter().flat_map(|rates| &rates.comments);
    let comments: Vec<Value> = comments
        .map(|comment| {
            json!({
                "from": &*comment.date_start,
                "to": &*comment.date_end,
                "description": &*comment.description,
            })
        })
        .collect();
    for (member, list) in [("parts", parts), ("comments", comments)] {
        if !list.is_empty() {
            shown.insert(member.to_owned(), list.into());
        }
    }
    Value::Object(shown)
}

/// A number where the supplier's code is one, whichever way the reply writes it.
fn code(code: &str) -> Value {
    code.parse::<u64>()
        .ok()
        .filter(|number| number.to_string() == code)
        .map_or_else(|| code.into(), Value::from)
}
