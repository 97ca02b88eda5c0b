//! Bookings after they were made: shown, listed, cancelled.

use jiff::SignedDuration;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::super::control::hotelbeds::Effect;
use super::booking::{Booking, office_date};
use super::refusal::Refusal;
use super::reply::Shape;
use super::request::Query;
use super::{Call, Host};

/// Bookings on a page of the list, unless the request asks for fewer, and at most.
const PAGE: usize = 25;
const PAGE_MAX: usize = 100;

pub(super) fn detail(host: &Host, call: &Call<'_>) -> Result<Value, Refusal> {
    let booking = find(host, call)?;
    let fee = booking.cancelled.map(|(_, fee)| fee);
    Ok(json!({ "booking": booking.to_reply(&host.world, Shape::Booked, fee) }))
}

fn find(host: &Host, call: &Call<'_>) -> Result<Booking, Refusal> {
    let found = host.back.ledger().find(call.key(), |booking| booking.reference == call.reference()).cloned();
    found.ok_or(Refusal::NOT_FOUND)
}

pub(super) fn simulate(host: &Host, call: &Call<'_>) -> Result<Value, Refusal> {
    let booking = find(host, call)?;
    let fee = booking.cancelled.map_or_else(|| booking.fee(host.back.now()), |(_, fee)| fee);
    Ok(json!({ "booking": booking.to_reply(&host.world, Shape::Booked, Some(fee)) }))
}

/// What is cancelled already is answered as it stands: nothing public says otherwise.
pub(super) fn cancel(host: &Host, call: &Call<'_>) -> Result<Value, Refusal> {
    let _alone = host.back.alone();
    let mut booking = find(host, call)?;
    if booking.cancelled.is_none() {
        let now = host.back.now();
        booking.cancelled = Some((now, booking.fee(now)));
        booking.modified = now;
        host.back.ledger().save(booking.clone())?;
    }
    let fee = booking.cancelled.map(|(_, fee)| fee);
    Ok(json!({ "booking": booking.to_reply(&host.world, Shape::Booked, fee) }))
}

/// One page of the bookings of a time, oldest first. By default the time of creation counts.
pub(super) fn list(host: &Host, call: &Call<'_>) -> Result<Value, Refusal> {
    let query = Query::of(call.request);
    let (start, end): (Date, Date) = (query.parsed("start", None)?, query.parsed("end", None)?);
    let (from, to) = query.page(PAGE, PAGE_MAX)?;
    let dates = dates(query.get("filterType").unwrap_or("CREATION"))?;
    let cancelled = match query.get("status").unwrap_or("ALL") {
        "ALL" => None,
        "CONFIRMED" => Some(false),
        "CANCELLED" => Some(true),
        _ => return Err(Refusal::data("status is not valid")),
    };
    let shape = if query.parsed("extend", Some(false))? { Shape::Booked } else { Shape::Listed };
    let lag = match call.effect {
        Some(Effect::Lagging(seconds)) => SignedDuration::from_secs(seconds.into()),
        _ => SignedDuration::ZERO,
    };
    let visible_until = host.back.now().checked_sub(lag).unwrap_or(jiff::Timestamp::MIN);
    let same = |name: &str, is: &str| query.get(name).is_none_or(|wanted| wanted.eq_ignore_ascii_case(is));
    let is_hit = |booking: &&Booking| {
        let place = host.world.property(booking.property).map(|property| property.city);
        booking.created <= visible_until
            && dates(booking).iter().any(|date| (start..=end).contains(date))
            && cancelled.is_none_or(|cancelled| cancelled == booking.cancelled.is_some())
            && same("clientReference", &booking.client_reference)
            && same("hotel", &booking.property.to_string())
            && same("destination", place.map_or("", |city| city.code))
            && same("country", place.map_or("", |city| city.country))
    };
    let ledger = host.back.ledger();
    let hits: Vec<&Booking> = ledger.orders(call.key()).filter(is_hit).collect();
    let page = hits.iter().skip(from - 1).take(to - from + 1);
    let shown: Vec<Value> = page
        .map(|booking| booking.to_reply(&host.world, shape, booking.cancelled.map(|(_, fee)| fee)))
        .collect();
    let total = hits.len();
    Ok(json!({ "bookings": { "bookings": shown, "from": from, "to": to.min(total), "total": total } }))
}

/// The dates of a booking that a filter looks at.
fn dates(filter: &str) -> Result<fn(&Booking) -> Vec<Date>, Refusal> {
    match filter {
        "CREATION" => Ok(|booking| vec![booking.creation_date()]),
        "CHECKIN" => Ok(|booking| vec![booking.check_in]),
        "MODIFIED" => Ok(|booking| vec![office_date(booking.modified)]),
        "CLXPOLICIES" => Ok(|booking| {
            let steps = booking.rooms.iter().flat_map(|room| &room.rate.steps);
            steps.map(|step| office_date(step.from)).collect()
        }),
        _ => Err(Refusal::data("filterType is not valid")),
    }
}
