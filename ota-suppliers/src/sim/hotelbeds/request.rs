//! What clients send: JSON that is read tolerantly and judged strictly.

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::http::Request;
use super::key::{Occupancy, Stay};
use super::refusal::Refusal;

/// Properties in one search.
pub(super) const PROPERTIES_MAX: usize = 2_000;
/// Rooms in one search or booking.
pub(super) const ROOMS_MAX: u32 = 9;
/// Nights of a stay.
pub(super) const NIGHTS_MAX: i64 = 30;
/// Days until the arrival.
pub(super) const DAYS_AHEAD_MAX: i64 = 730;
/// Who is older is no child.
pub(super) const CHILD_AGE_MAX: u32 = 17;
/// Largest circle searched, in metres.
pub(super) const RADIUS_METRES_MAX: f64 = 200_000.0;
/// Longest reference of the client's, in characters.
pub(super) const REFERENCE_CHARS_MAX: usize = 20;
/// Longest name or remark, in characters.
const TEXT_CHARS_MAX: usize = 2_000;
const METRES_PER_MILE: f64 = 1_609.344;

/// Reads a body.
pub(super) fn read<T: DeserializeOwned>(request: &Request) -> Result<T, Refusal> {
    serde_json::from_slice(&request.body).map_err(|error| Refusal::request(error.to_string()))
}

/// The parameters of a query, as sent.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn of(request: &Request) -> Self {
        let url = reqwest::Url::parse(&format!("http://simulator/?{}", request.query));
        Self(url.map(|url| url.query_pairs().into_owned().collect()).unwrap_or_default())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A parameter as a value; a default without it.
    pub(super) fn parsed<T: std::str::FromStr>(&self, name: &str, default: Option<T>) -> Result<T, Refusal> {
        match self.get(name) {
            Some(text) => text.parse().map_err(|_| Refusal::data(format!("{name} is not valid"))),
            None => default.ok_or_else(|| Refusal::request(format!("{name} is required"))),
        }
    }

    /// The page asked for: from and to, counted from 1.
    pub(super) fn page(&self, default: usize, most: usize) -> Result<(usize, usize), Refusal> {
        let from: usize = self.parsed("from", Some(1))?;
        let to = self.parsed("to", Some(from.saturating_add(default - 1)))?;
        if from == 0 || to < from || to - from >= most {
            return Err(Refusal::data(format!("from and to must enclose 1 to {most} items")));
        }
        Ok((from, to))
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AvailabilityRq {
    stay: StayRq,
    occupancies: Vec<OccupancyRq>,
    pub(super) hotels: Option<HotelsRq>,
    pub(super) geolocation: Option<GeolocationRq>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StayRq {
    check_in: Date,
    check_out: Date,
}

#[derive(Debug, Deserialize)]
struct OccupancyRq {
    rooms: u32,
    adults: u32,
    #[serde(default)]
    children: u32,
    #[serde(default)]
    paxes: Vec<AgeRq>,
}

#[derive(Debug, Deserialize)]
struct AgeRq {
    #[serde(rename = "type")]
    kind: PaxKind,
    age: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum PaxKind {
    #[serde(rename = "AD")]
    Adult,
    #[serde(rename = "CH")]
    Child,
}

#[derive(Debug, Deserialize)]
pub(super) struct HotelsRq {
    pub(super) hotel: Vec<u32>,
}

/// A circle, or a rectangle by two opposite corners. Degrees.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GeolocationRq {
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    radius: Option<f64>,
    unit: Option<Unit>,
    pub(super) secondary_latitude: Option<f64>,
    pub(super) secondary_longitude: Option<f64>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Unit {
    Km,
    Mi,
}

impl GeolocationRq {
    /// The radius in metres; `None` for a rectangle.
    pub(super) fn metres(&self) -> Result<Option<f64>, Refusal> {
        let metres = self.radius.map(|radius| match self.unit {
            None | Some(Unit::Km) => radius * 1_000.0,
            Some(Unit::Mi) => radius * METRES_PER_MILE,
        });
        match (metres, self.secondary_latitude, self.secondary_longitude) {
            (Some(metres), None, None) if metres > 0.0 && metres <= RADIUS_METRES_MAX => Ok(Some(metres)),
            (None, Some(_), Some(_)) => Ok(None),
            _ => Err(Refusal::data("geolocation is neither a circle nor a rectangle")),
        }
    }
}

impl AvailabilityRq {
    /// The stay and who comes, if the supplier takes them.
    pub(super) fn asked(&self, today: Date) -> Result<(Stay, Vec<Occupancy>), Refusal> {
        let stay = Stay { check_in: self.stay.check_in, check_out: self.stay.check_out };
        let days = |from: Date, to: Date| from.until(to).map_or(-1, |span| i64::from(span.get_days()));
        let (ahead, nights) = (days(today, stay.check_in), days(stay.check_in, stay.check_out));
        if !(0..=DAYS_AHEAD_MAX).contains(&ahead) || !(1..=NIGHTS_MAX).contains(&nights) {
            return Err(Refusal::data("stay: the dates are not valid"));
        }
        let occupancies = self.occupancies.iter().map(OccupancyRq::asked).collect::<Result<Vec<_>, _>>()?;
        let rooms = occupancies.iter().fold(0, |sum: u32, occupancy| sum.saturating_add(occupancy.rooms));
        if !(1..=ROOMS_MAX).contains(&rooms) {
            return Err(Refusal::data(format!("occupancies: 1 to {ROOMS_MAX} rooms can be asked for")));
        }
        Ok((stay, occupancies))
    }
}

impl OccupancyRq {
    fn asked(&self) -> Result<Occupancy, Refusal> {
        let children = self.paxes.iter().filter(|pax| pax.kind == PaxKind::Child);
        let mut ages: Vec<u32> = children.filter_map(|pax| pax.age).collect();
        ages.sort_unstable();
        let known = u32::try_from(ages.len()).is_ok_and(|known| known == self.children);
        if !known || ages.iter().any(|age| *age > CHILD_AGE_MAX) {
            return Err(Refusal::data("occupancies: the age of every child is required"));
        }
        if self.rooms == 0 || self.adults == 0 || self.adults > 9 {
            return Err(Refusal::data("occupancies: every room needs an adult"));
        }
        Ok(Occupancy { rooms: self.rooms, adults: self.adults, ages })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CheckRateRq {
    pub(super) rooms: Vec<KeyRq>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeyRq {
    pub(super) rate_key: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BookingRq {
    pub(super) holder: HolderRq,
    pub(super) rooms: Vec<RoomRq>,
    pub(super) client_reference: String,
    pub(super) remark: Option<String>,
    pub(super) tolerance: Option<i64>,
    pub(super) payment_data: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct HolderRq {
    pub(super) name: String,
    pub(super) surname: String,
}

/// All rooms of one key.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RoomRq {
    pub(super) rate_key: String,
    pub(super) paxes: Vec<PaxRq>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PaxRq {
    pub(super) room_id: u32,
    #[serde(rename = "type")]
    pub(super) kind: PaxKind,
    pub(super) age: Option<u32>,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) surname: String,
}

impl BookingRq {
    /// Whether the supplier takes everything but keys and guests.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let blank = |text: &str| text.trim().is_empty();
        let texts = self.rooms.iter().flat_map(|room| &room.paxes).flat_map(|pax| [&pax.name, &pax.surname]);
        let mut texts = texts.chain([&self.holder.name, &self.holder.surname]).chain(&self.remark);
        let reference = &self.client_reference;
        if blank(&self.holder.name) || blank(&self.holder.surname) {
            Err(Refusal::data("holder: name and surname are required"))
        } else if blank(reference) || reference.chars().count() > REFERENCE_CHARS_MAX {
            Err(Refusal::data(format!("clientReference: 1 to {REFERENCE_CHARS_MAX} characters are allowed")))
        } else if !self.tolerance.is_none_or(|percent| (0..=100).contains(&percent)) {
            Err(Refusal::data("tolerance: a percentage is expected"))
        } else if texts.any(|text| text.chars().count() > TEXT_CHARS_MAX) {
            Err(Refusal::data("a text is too long"))
        } else if self.rooms.is_empty() || self.rooms.len() > ROOMS_MAX as usize {
            Err(Refusal::data(format!("rooms: 1 to {ROOMS_MAX} entries are expected")))
        } else {
            Ok(())
        }
    }
}
