//! Writing requests: bodies in JSON, and the method, path and query of each call.

mod plan;
#[cfg(test)]
mod tests;

use http::Method;
use jiff::civil::Date;
use ota_core::model::id::{ClientReference, PropertyCode};
use ota_core::model::places::Position;
use ota_core::model::rooms::{Lodging, kinds};
use ota_core::model::search::{HotelSearch, StayPlace};
use ota_core::model::stay::{Occupancy, StayDates};
use ota_core::model::traveler::Party;
use ota_core::supplier::call::Effect;
use serde::Serialize;
use serde_json::value::RawValue;

use plan::names;

/// Most bookings on one page of the list.
const PAGE: u32 = 25;
/// Most properties on one page of the catalogue that the supplier gives.
const CONTENT_PAGE_MAX: u32 = 1_000;
/// What is read of a property of the catalogue.
const CONTENT_FIELDS: &str = "code,name,countryCode,destinationCode,categoryCode,coordinates,address,city";

/// Names of the calls that name a booking in their path.
pub(super) const DETAIL: &str = "bookingdetail";
pub(super) const CANCELLATION: &str = "bookingcancellation";

/// One call, ready to be signed and sent.
#[derive(Debug)]
pub(crate) struct Call {
    /// The supplier's name of the operation.
    pub(crate) op: &'static str,
    pub(crate) effect: Effect,
    pub(crate) method: Method,
    /// Path and query, below the endpoint.
    pub(crate) path: String,
    /// JSON; empty where the method takes none.
    pub(crate) body: Vec<u8>,
}

/// A request that the supplier would refuse, found before it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum RequestError {
    /// A city, which the supplier does not know by our code: properties are named by the catalogue.
    #[error("the place is not one that the supplier can search")]
    Place,
    /// A property code that is not a number.
    #[error("a property code is not a number")]
    PropertyCode,
    /// A locator with characters that no reference has.
    #[error("the reference is malformed")]
    Reference,
    /// A rate without a key.
    #[error("a rate has no key")]
    Key,
    /// A rate that is paid at the property: it is guaranteed with a card of the guest's, which we do not have.
    #[error("a rate needs the guest's card")]
    Card,
    /// Somebody in a room whose age at check-in is not known.
    #[error("the age of {0} at check-in is not known")]
    Age(ota_core::model::passenger::TravelerRef),
    /// Nobody to hold the booking.
    #[error("nobody is booked for")]
    Nobody,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AvailabilityRq {
    stay: StayRq,
    occupancies: Vec<OccupancyRq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hotels: Option<HotelsRq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    geolocation: Option<GeolocationRq>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StayRq {
    check_in: Date,
    check_out: Date,
}

#[derive(Serialize)]
struct OccupancyRq {
    rooms: usize,
    adults: u8,
    children: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    paxes: Vec<AgeRq>,
}

#[derive(Serialize)]
struct AgeRq {
    #[serde(rename = "type")]
    kind: &'static str,
    age: u8,
}

#[derive(Serialize)]
struct HotelsRq {
    hotel: Vec<u32>,
}

#[derive(Serialize)]
struct GeolocationRq {
    latitude: Box<RawValue>,
    longitude: Box<RawValue>,
    radius: u32,
    unit: &'static str,
}

#[derive(Serialize)]
struct CheckRateRq<'a> {
    rooms: Vec<KeyRq<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeyRq<'a> {
    rate_key: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BookingRq<'a> {
    holder: HolderRq<'a>,
    rooms: Vec<plan::RoomRq<'a>>,
    client_reference: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tolerance: Option<u8>,
}

#[derive(Serialize)]
struct HolderRq<'a> {
    name: &'a str,
    surname: &'a str,
}

/// Everything that can be had for a search in some properties; with none named, at the place of the search.
pub(crate) fn availability(search: &HotelSearch, properties: &[PropertyCode]) -> Result<Call, RequestError> {
    let named = |codes: &[PropertyCode]| {
        let hotel = codes.iter().map(code).collect::<Result<Vec<_>, _>>()?;
        Ok((Some(HotelsRq { hotel }), None))
    };
    let (hotels, geolocation) = match &search.place {
        _ if !properties.is_empty() => named(properties)?,
        StayPlace::Properties(codes) => named(codes)?,
        StayPlace::Around { centre, radius_metres } => (None, Some(around(*centre, *radius_metres))),
        StayPlace::City(_) => return Err(RequestError::Place),
    };
    let stay = StayRq { check_in: search.dates.check_in, check_out: search.dates.check_out };
    let body = AvailabilityRq { stay, occupancies: occupancies(&search.rooms), hotels, geolocation };
    Ok(post("availability", Effect::Read, "hotels", &body))
}

/// The live price of one key. Several in one request would fail together.
pub(crate) fn check_rates(rate_key: &str) -> Result<Call, RequestError> {
    if rate_key.is_empty() {
        return Err(RequestError::Key);
    }
    let body = CheckRateRq { rooms: vec![KeyRq { rate_key }] };
    Ok(post("checkrates", Effect::Read, "checkrates", &body))
}

/// Books rooms for a whole party; the first traveler holds the booking.
///
/// # Errors
/// A rate that cannot be booked by us, or somebody whose age is not known.
pub(crate) fn book(
    rooms: &[Lodging<'_>],
    dates: StayDates,
    party: &Party,
    reference: &ClientReference,
    tolerance_percent: Option<u8>,
) -> Result<Call, RequestError> {
    let rooms = plan::rooms(rooms, dates.check_in, party)?;
    let (name, surname) = party.travelers.first().map(names).ok_or(RequestError::Nobody)?;
    let body = BookingRq {
        holder: HolderRq { name, surname: surname.unwrap_or(name) },
        rooms,
        client_reference: reference.as_str(),
        tolerance: tolerance_percent,
    };
    Ok(post("booking", Effect::Write, "bookings", &body))
}

/// One booking as it stands.
pub(crate) fn detail(reference: &str) -> Result<Call, RequestError> {
    Ok(bare(DETAIL, Effect::Read, Method::GET, format!("bookings/{}", plain(reference)?)))
}

/// One page of the bookings made from day to day; the first begins at 1.
pub(crate) fn list(start: Date, end: Date, from: u32) -> Call {
    let to = from.saturating_add(PAGE - 1);
    let path = format!("bookings?start={start}&end={end}&from={from}&to={to}");
    bare("bookinglist", Effect::Read, Method::GET, path)
}

/// What a cancellation would cost.
pub(crate) fn quote_cancel(reference: &str) -> Result<Call, RequestError> {
    let path = format!("bookings/{}?cancellationFlag=SIMULATION", plain(reference)?);
    Ok(bare(CANCELLATION, Effect::Read, Method::DELETE, path))
}

/// Cancels a booking.
pub(crate) fn cancel(reference: &str) -> Result<Call, RequestError> {
    let path = format!("bookings/{}?cancellationFlag=CANCELLATION", plain(reference)?);
    Ok(bare(CANCELLATION, Effect::Write, Method::DELETE, path))
}

/// One page of the catalogue's properties; the first begins at 1.
pub(crate) fn content(from: u32, page: u32) -> Call {
    let to = from.saturating_add(page.clamp(1, CONTENT_PAGE_MAX) - 1);
    let path = format!(
        "/hotel-content-api/1.0/hotels?fields={CONTENT_FIELDS}&language=ENG&from={from}&to={to}&useSecondaryLanguage=false"
    );
    Call { op: "hotels", effect: Effect::Read, method: Method::GET, path, body: Vec::new() }
}

fn post(op: &'static str, effect: Effect, path: &str, body: &impl Serialize) -> Call {
    let body = serde_json::to_vec(body).expect("these structs are JSON objects");
    Call { body, ..bare(op, effect, Method::POST, path.to_owned()) }
}

fn bare(op: &'static str, effect: Effect, method: Method, path: String) -> Call {
    Call { op, effect, method, path: format!("/hotel-api/1.0/{path}"), body: Vec::new() }
}

/// References are digits and dashes; nothing else gets into a path.
fn plain(reference: &str) -> Result<&str, RequestError> {
    let ok = |c: char| c.is_ascii_alphanumeric() || c == '-';
    Some(reference).filter(|text| !text.is_empty() && text.chars().all(ok)).ok_or(RequestError::Reference)
}

fn code(code: &PropertyCode) -> Result<u32, RequestError> {
    code.as_str().parse().map_err(|_| RequestError::PropertyCode)
}

/// The supplier takes whole kilometres; a fraction is rounded up, and what lies too far is filtered by us.
fn around(centre: Position, radius_metres: u32) -> GeolocationRq {
    GeolocationRq {
        latitude: degrees(centre.latitude),
        longitude: degrees(centre.longitude),
        radius: radius_metres.div_ceil(1_000),
        unit: "km",
    }
}

fn degrees(micro: i32) -> Box<RawValue> {
    let sign = if micro < 0 { "-" } else { "" };
    let (whole, fraction) = (micro.unsigned_abs() / 1_000_000, micro.unsigned_abs() % 1_000_000);
    RawValue::from_string(format!("{sign}{whole}.{fraction:06}")).expect("a decimal is JSON")
}

/// Equal rooms together.
fn occupancies(rooms: &[Occupancy]) -> Vec<OccupancyRq> {
    let occupancy = |(room, rooms): (&Occupancy, usize)| OccupancyRq {
        rooms,
        adults: room.adults,
        children: room.child_ages.len(),
        paxes: room.child_ages.iter().map(|age| AgeRq { kind: plan::CHILD, age: *age }).collect(),
    };
    kinds(rooms).into_iter().map(occupancy).collect()
}
