//! The universal record -> an order.

use std::collections::HashMap;
use std::sync::Arc;

use ota_core::model::fare::{PassengerFare, SegmentFare};
use ota_core::model::id::ClientReference;
use ota_core::model::itinerary::{SegmentKind, SegmentRef};
use ota_core::model::money::Money;
use ota_core::model::order::{
    LocatorKind, OrderProblem, OrderSegment, OrderStatus, OrderTraveler, RecordLocator, SupplierOrder,
    Ticket, TicketNumber, complete_infants,
};
use ota_core::supplier::Skipped;

use super::fare::{self, Fares};
use super::{MapError, itinerary, value};
use crate::travelport::replies::air::{AirPricingInfo, AirSegment};
use crate::travelport::replies::record::{
    BookingTraveler, PassiveSegment, RecordRsp, SurfaceSegment, TicketInfo, UniversalRecord,
};

/// Status codes of a segment that is held: confirmed, confirmed after a time change, or just sold.
const CONFIRMED: [&str; 8] = ["HK", "KK", "KL", "TK", "RR", "SS", "HS", "PK"];

/// A status code of something that is held.
pub(super) fn is_confirmed(status: &str) -> bool {
    CONFIRMED.contains(&status)
}

/// Maps a record with everything that its reply says is wrong with it.
pub(crate) fn order(reply: &RecordRsp<'_>, record: &UniversalRecord<'_>) -> Result<SupplierOrder, MapError> {
    order_and_skipped(reply, record).map(|(order, _)| order)
}

/// The same, with the items of the record that name no place and have none in an itinerary.
pub(crate) fn order_and_skipped(
    reply: &RecordRsp<'_>,
    record: &UniversalRecord<'_>,
) -> Result<(SupplierOrder, Vec<Skipped>), MapError> {
    let (segments, keys, skipped) = segments(record)?;
    let fares = pricing_infos(record).map(|info| stored_fare(info, &keys)).collect::<Result<Vec<_>, _>>()?;
    let travelers = travelers(record);
    let tickets = tickets(record, &travelers)?;
    let order = SupplierOrder {
        stay: None,
        locators: locators(record),
        status: status(record, &segments, &tickets),
        travelers,
        total: total(record, &fares),
        references: references(record),
        ticketing_limit: fare::ticketing_limit(pricing_infos(record))?,
        problems: problems(reply, record, &segments, &tickets),
        segments,
        fares,
        tickets,
    };
    Ok((order, skipped))
}

/// The fares stored in a record, in the order of [`SupplierOrder::fares`].
pub(crate) fn pricing_infos<'r, 'a>(
    record: &'r UniversalRecord<'a>,
) -> impl Iterator<Item = &'r AirPricingInfo<'a>> {
    record.air_reservations.iter().flat_map(|reservation| &reservation.pricing_infos)
}

/// Everybody, infants with the surname of their adult where they have none of their own.
fn travelers(record: &UniversalRecord<'_>) -> Vec<OrderTraveler> {
    let mut travelers: Vec<_> = record.travelers.iter().map(|person| traveler(person, record)).collect();
    complete_infants(&mut travelers);
    travelers
}

/// Imported records say a person's type only in the fare that is stored for them.
fn traveler(person: &BookingTraveler<'_>, record: &UniversalRecord<'_>) -> OrderTraveler {
    let mut priced = pricing_infos(record).flat_map(|info| &info.passenger_types);
    let priced = priced.find(|passenger| passenger.booking_traveler_ref.as_ref() == Some(&person.key));
    let kind = person.traveler_type.as_deref().or(priced.map(|passenger| passenger.code.as_ref()));
    value::traveler(kind, person.first.as_deref(), &person.last)
}

/// The universal record first: it is what the record is retrieved by.
fn locators(record: &UniversalRecord<'_>) -> Vec<RecordLocator> {
    let locator = |kind, owner: Option<&str>, code: &str| RecordLocator {
        kind,
        owner: owner.map(str::to_owned),
        code: code.to_owned(),
    };
    let mut locators = vec![locator(LocatorKind::UniversalRecord, None, &record.locator_code)];
    for provider in &record.providers {
        locators.push(locator(LocatorKind::Provider, Some(&provider.provider_code), &provider.locator_code));
    }
    for reservation in &record.air_reservations {
        locators.push(locator(LocatorKind::Reservation, None, &reservation.locator_code));
        for (owner, code) in &reservation.supplier_locators {
            locators.push(locator(LocatorKind::Supplier, Some(owner), code));
        }
    }
    locators
}

/// Something with a place in the order of travel.
struct Placed<'r> {
    order: Option<u32>,
    key: &'r str,
    segment: OrderSegment,
}

type Segments = (Vec<OrderSegment>, HashMap<String, SegmentRef>, Vec<Skipped>);

/// Flights, passive and surface items in order of travel, by number and never by text or by place in the
/// document; what has no number comes last. Also where each flight stands, by key.
fn segments(record: &UniversalRecord<'_>) -> Result<Segments, MapError> {
    let mut skipped = Vec::new();
    let mut placed = Vec::new();
    for segment in record.air_reservations.iter().flat_map(|reservation| &reservation.segments) {
        placed.push(flight(segment)?);
    }
    for passive in &record.passive_segments {
        match self::passive(passive) {
            Some(segment) => placed.push(segment),
            None => skipped.push(Skipped {
                what: format!("PassiveSegment {}", passive.kind),
                why: "names no place".to_owned(),
            }),
        }
    }
    placed.sort_by_key(|item| item.order.unwrap_or(u32::MAX));
    for surface in &record.surface_segments {
        match self::surface(surface, &placed) {
            Some((at, segment)) => placed.insert(at, segment),
            None => skipped
                .push(Skipped { what: "ProviderARNKSegment".to_owned(), why: "names no place".to_owned() }),
        }
    }
    let mut keys = HashMap::new();
    for (at, item) in placed.iter().enumerate() {
        keys.insert(item.key.to_owned(), SegmentRef(u8::try_from(at).map_err(|_| MapError::Empty)?));
    }
    Ok((placed.into_iter().map(|item| item.segment).collect(), keys, skipped))
}

fn flight<'r>(segment: &'r AirSegment<'_>) -> Result<Placed<'r>, MapError> {
    Ok(Placed {
        order: segment.travel_order.as_deref().and_then(|order| order.parse().ok()),
        key: &segment.key,
        segment: OrderSegment {
            segment: itinerary::flight(segment, segment.details.iter())?,
            booking_class: segment.class_of_service.as_deref().map(fare::booking_class).transpose()?,
            status: segment.status.as_deref().map(str::to_owned),
        },
    })
}

/// An item booked elsewhere. It stands at one place where only that is named.
fn passive<'r>(passive: &'r PassiveSegment<'_>) -> Option<Placed<'r>> {
    let origin = passive.origin.as_deref()?;
    let destination = passive.destination.as_deref().unwrap_or(origin);
    let starts = passive.start_date.as_deref().and_then(|start| value::local_time(start).ok());
    Some(Placed {
        order: passive.travel_order.as_deref().and_then(|order| order.parse().ok()),
        key: &passive.key,
        segment: OrderSegment {
            segment: itinerary::other(SegmentKind::Passive, origin, destination, starts).ok()?,
            booking_class: None,
            status: passive.status.as_deref().map(str::to_owned),
        },
    })
}

/// The way from where the segment before it ends to where the one after it begins.
fn surface<'r>(surface: &'r SurfaceSegment<'_>, placed: &[Placed<'_>]) -> Option<(usize, Placed<'r>)> {
    let at = |key: &str| placed.iter().position(|item| item.key == key);
    let next = match surface.previous.as_deref() {
        Some(previous) => at(previous)? + 1,
        None => at(surface.next.as_deref()?)?,
    };
    let from = placed.get(next.checked_sub(1)?)?.segment.segment.destination;
    let to = placed.get(next)?.segment.segment.origin;
    let segment = itinerary::other(SegmentKind::Surface, from.as_str(), to.as_str(), None).ok()?;
    let segment = OrderSegment { segment, booking_class: None, status: None };
    Some((next, Placed { order: None, key: "", segment }))
}

/// A stored fare. What books segments that are no longer in the record is left out of it.
pub(crate) fn stored_fare(
    info: &AirPricingInfo<'_>,
    keys: &HashMap<String, SegmentRef>,
) -> Result<PassengerFare, MapError> {
    let amounts = fare::amounts(info)?;
    let fares = Fares::new(info.fare_infos.iter(), std::iter::empty());
    let mut booked = Vec::new();
    for booking in &info.booking_infos {
        if let Some(segment) = keys.get(&*booking.segment_ref) {
            booked.push((*segment, fares.booked(booking)?));
        }
    }
    booked.sort_by_key(|(segment, _)| *segment);
    let components: Vec<usize> = (0..info.fare_infos.len()).collect();
    let flown = fare::segments(booked.iter().map(|(_, booked)| booked), &components)?;
    let placed = flown.iter().zip(&booked);
    let segments: Arc<[SegmentFare]> =
        placed.map(|(fare, (segment, _))| SegmentFare { segment: *segment, ..fare.clone() }).collect();
    let components = fares.components(&components, amounts.filed.currency)?;
    Ok(PassengerFare { components, segments, ..amounts })
}

/// The sum over all passengers, if every passenger pays for each segment once. A record may keep several
/// generations of fares, whose sum would mean nothing.
fn total(record: &UniversalRecord<'_>, fares: &[PassengerFare]) -> Option<Money> {
    let mut paid: Vec<(&str, &str)> = Vec::new();
    for info in pricing_infos(record) {
        for passenger in &info.passenger_types {
            let traveler = passenger.booking_traveler_ref.as_deref()?;
            paid.extend(info.booking_infos.iter().map(|booking| (traveler, &*booking.segment_ref)));
        }
    }
    let pairs = paid.len();
    paid.sort_unstable();
    paid.dedup();
    let once = pairs == paid.len();
    let first = fares.first().filter(|_| once)?;
    let parts: Result<Vec<Money>, _> =
        fares.iter().map(|fare| fare.total.times(u32::from(fare.count))).collect();
    Money::sum(first.total.currency, parts.ok()?).ok()
}

fn tickets(record: &UniversalRecord<'_>, travelers: &[OrderTraveler]) -> Result<Vec<Ticket>, MapError> {
    let infos = record.air_reservations.iter().flat_map(|reservation| &reservation.tickets);
    let mut tickets = Vec::new();
    for info in infos {
        let first = TicketNumber::new(&info.number).map_err(|_| MapError::Code)?;
        let keys = record.travelers.iter().map(|person| &person.key);
        let person = keys.zip(travelers).find(|(key, _)| **key == info.booking_traveler_ref);
        let person = person.map(|(_, traveler)| traveler);
        tickets.push(summary(info, first, None, person)?);
        for number in &info.conjuncted {
            let number = TicketNumber::new(number).map_err(|_| MapError::Code)?;
            tickets.push(summary(info, number, Some(first), person)?);
        }
    }
    Ok(tickets)
}

/// A document as a record lists it: no coupons, no amounts.
fn summary(
    info: &TicketInfo<'_>,
    number: TicketNumber,
    conjunction_of: Option<TicketNumber>,
    person: Option<&OrderTraveler>,
) -> Result<Ticket, MapError> {
    let kind = person.and_then(|person| person.passenger_type);
    let mut named = value::traveler(None, info.first.as_deref(), &info.last);
    if let Some(person) = person.filter(|_| info.last.trim().is_empty()) {
        named.surname = person.surname.clone();
    }
    Ok(Ticket {
        number,
        conjunction_of,
        status: info.status.as_deref().map(str::to_owned),
        issued: info.issue_date.as_deref().map(value::date).transpose()?,
        traveler: Some(OrderTraveler { passenger_type: kind, ..named }),
        coupons: Vec::new(),
        total: None,
        base: None,
        taxes: None,
        fare_calculation: None,
    })
}

fn status(record: &UniversalRecord<'_>, segments: &[OrderSegment], tickets: &[Ticket]) -> OrderStatus {
    let gone = |segment: &OrderSegment| matches!(segment.status.as_deref(), Some("XX" | "HX"));
    if record.status.as_deref().is_some_and(|status| status.starts_with("Cancel"))
        || (!segments.is_empty() && segments.iter().all(gone))
    {
        OrderStatus::Cancelled
    } else if tickets.is_empty() {
        OrderStatus::Held
    } else {
        OrderStatus::Confirmed
    }
}

/// An order with any of these exists but must not be taken for a success.
fn problems(
    reply: &RecordRsp<'_>,
    record: &UniversalRecord<'_>,
    segments: &[OrderSegment],
    tickets: &[Ticket],
) -> Vec<OrderProblem> {
    let mut problems = Vec::new();
    for (at, segment) in (0_u8..).zip(segments) {
        let status = segment.status.as_deref().unwrap_or_default();
        if segment.segment.kind == SegmentKind::Flight && !is_confirmed(status) {
            problems.push(OrderProblem::SegmentNotConfirmed { segment: at, status: status.to_owned() });
        }
    }
    let flies = segments.iter().any(|segment| segment.segment.kind == SegmentKind::Flight);
    if flies && pricing_infos(record).next().is_none() && tickets.is_empty() {
        problems.push(OrderProblem::PriceNotStored);
    }
    if !reply.solution_changed.is_empty() {
        problems.push(OrderProblem::SolutionChanged);
    }
    problems
}

/// Every word of a remark that has the form of our reference.
fn references(record: &UniversalRecord<'_>) -> Vec<ClientReference> {
    let words = record.remarks.iter().flat_map(|remark| remark.split_whitespace());
    words.filter_map(|word| ClientReference::new(word).ok()).collect()
}
