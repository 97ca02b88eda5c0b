//! Who sleeps in which room, as the supplier wants it: one entry for each key, rooms numbered from 1 inside it.
//!
//! The supplier counts guests against what was searched, and its refusals come after payment: whatever does not
//! fit is found here.

use jiff::civil::Date;
use ota_core::limits;
use ota_core::model::passenger::{PassengerKind, TravelerRef};
use ota_core::model::stay::{Occupancy, Rate};
use ota_core::model::traveler::{Party, Traveler};
use serde::Serialize;

use super::RequestError;

const ADULT: &str = "AD";
pub(super) const CHILD: &str = "CH";

/// One room to be booked.
#[derive(Debug, Clone)]
pub(crate) struct RoomStay<'a> {
    /// Equal rooms share one rate.
    pub(crate) rate: &'a Rate,
    pub(crate) guests: Vec<TravelerRef>,
}

/// All rooms of one key.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RoomRq<'a> {
    rate_key: &'a str,
    paxes: Vec<PaxRq<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaxRq<'a> {
    room_id: usize,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    age: Option<u8>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    surname: Option<&'a str>,
}

pub(super) fn rooms<'a>(
    rooms: &[RoomStay<'a>],
    check_in: Date,
    party: &'a Party,
) -> Result<Vec<RoomRq<'a>>, RequestError> {
    everybody_once(rooms, party)?;
    let mut entries: Vec<(RoomRq<'a>, usize, &'a Rate)> = Vec::new();
    for (at, room) in rooms.iter().enumerate() {
        let rate_key = room.rate.key.expose();
        if rate_key.is_empty() {
            return Err(RequestError::Key);
        }
        let place = entries.iter().position(|(entry, ..)| entry.rate_key == rate_key).unwrap_or_else(|| {
            entries.push((RoomRq { rate_key, paxes: Vec::new() }, 0, room.rate));
            entries.len() - 1
        });
        let Some((entry, count, _)) = entries.get_mut(place) else { continue };
        *count += 1;
        let paxes = guests(room, *count, check_in, party)?;
        if occupancy(&paxes) != room.rate.occupancy {
            return Err(RequestError::Guests(at + 1));
        }
        entry.paxes.extend(paxes);
    }
    match entries.iter().position(|(_, count, rate)| *count != usize::from(rate.rooms)) {
        Some(at) => Err(RequestError::RoomCount(at + 1)),
        None => Ok(entries.into_iter().map(|(entry, ..)| entry).collect()),
    }
}

/// The two names as the supplier has them; somebody with one name has no surname there.
pub(crate) fn names(traveler: &Traveler) -> (&str, Option<&str>) {
    let surname = traveler.name.surname.expose().as_str();
    match &traveler.name.given {
        Some(given) => (given.expose(), Some(surname)),
        None => (surname, None),
    }
}

fn everybody_once(rooms: &[RoomStay<'_>], party: &Party) -> Result<(), RequestError> {
    let mut places = vec![0_usize; party.travelers.len()];
    for guest in rooms.iter().flat_map(|room| &room.guests) {
        *places.get_mut(usize::from(guest.0)).ok_or(RequestError::Placement(*guest))? += 1;
    }
    match places.iter().position(|count| *count != 1) {
        Some(at) => Err(RequestError::Placement(TravelerRef(u8::try_from(at).unwrap_or(u8::MAX)))),
        None => Ok(()),
    }
}

fn guests<'a>(
    room: &RoomStay<'_>,
    room_id: usize,
    check_in: Date,
    party: &'a Party,
) -> Result<Vec<PaxRq<'a>>, RequestError> {
    let pax = |guest: &TravelerRef| {
        let traveler = party.travelers.get(usize::from(guest.0)).ok_or(RequestError::Placement(*guest))?;
        let age = child_age(traveler, check_in).ok_or(RequestError::Age(*guest))?;
        let (name, surname) = names(traveler);
        let kind = if age.is_some() { CHILD } else { ADULT };
        Ok(PaxRq { room_id, kind, age, name, surname })
    };
    room.guests.iter().map(pax).collect()
}

/// A child's age at check-in, or that this is no child. Airlines count as adults who is a child here: an age
/// decides wherever there is one.
fn child_age(traveler: &Traveler, check_in: Date) -> Option<Option<u8>> {
    let Some(born) = &traveler.born else {
        return (traveler.kind == PassengerKind::Adult).then_some(None);
    };
    let born = *born.expose();
    let before_birthday = (check_in.month(), check_in.day()) < (born.month(), born.day());
    let years = i32::from(check_in.year()) - i32::from(born.year()) - i32::from(before_birthday);
    let age = u8::try_from(years).ok()?;
    Some(Some(age).filter(|age| *age <= limits::CHILD_AGE_MAX))
}

fn occupancy(paxes: &[PaxRq<'_>]) -> Occupancy {
    let mut child_ages: Vec<u8> = paxes.iter().filter_map(|pax| pax.age).collect();
    child_ages.sort_unstable();
    let adults = u8::try_from(paxes.len() - child_ages.len()).unwrap_or(u8::MAX);
    Occupancy { adults, child_ages }
}
