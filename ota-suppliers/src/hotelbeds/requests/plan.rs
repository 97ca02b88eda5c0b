//! Who sleeps in which room, as the supplier wants it: one entry for each key, rooms numbered from 1 inside it.
//!
//! That guests and rooms fit is seen to before (`rooms::lodge`): the supplier's refusals come after payment.

use jiff::civil::Date;
use ota_core::model::fare::Settlement;
use ota_core::model::passenger::TravelerRef;
use ota_core::model::rooms::{Lodging, child_age};
use ota_core::model::traveler::{Party, Traveler};
use serde::Serialize;

use super::RequestError;

const ADULT: &str = "AD";
pub(super) const CHILD: &str = "CH";

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
    rooms: &[Lodging<'a>],
    check_in: Date,
    party: &'a Party,
) -> Result<Vec<RoomRq<'a>>, RequestError> {
    let mut entries: Vec<(RoomRq<'a>, usize)> = Vec::new();
    for room in rooms {
        let rate_key = room.rate.key.expose();
        if rate_key.is_empty() {
            return Err(RequestError::Key);
        }
        if room.rate.settlement != Settlement::Agency {
            return Err(RequestError::Card);
        }
        let place = entries.iter().position(|(entry, _)| entry.rate_key == rate_key).unwrap_or_else(|| {
            entries.push((RoomRq { rate_key, paxes: Vec::new() }, 0));
            entries.len() - 1
        });
        let Some((entry, count)) = entries.get_mut(place) else { continue };
        *count += 1;
        for guest in &room.guests {
            entry.paxes.push(pax(*guest, *count, check_in, party)?);
        }
    }
    Ok(entries.into_iter().map(|(entry, _)| entry).collect())
}

/// The two names as the supplier has them; somebody with one name has no surname there.
pub(crate) fn names(traveler: &Traveler) -> (&str, Option<&str>) {
    let surname = traveler.name.surname.expose().as_str();
    match &traveler.name.given {
        Some(given) => (given.expose(), Some(surname)),
        None => (surname, None),
    }
}

fn pax(guest: TravelerRef, room_id: usize, check_in: Date, party: &Party) -> Result<PaxRq<'_>, RequestError> {
    let traveler = party.travelers.get(usize::from(guest.0)).ok_or(RequestError::Age(guest))?;
    let age = child_age(traveler, check_in).ok_or(RequestError::Age(guest))?;
    let (name, surname) = names(traveler);
    let kind = if age.is_some() { CHILD } else { ADULT };
    Ok(PaxRq { room_id, kind, age, name, surname })
}
