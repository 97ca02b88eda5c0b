//! What a customer asks for, in canonical form.

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::id::PropertyCode;
use super::itinerary::Cabin;
use super::passenger::PassengerCounts;
use super::place::{CityCode, Place};
use super::places::{Position, places};
use super::stay::{Occupancy, StayDates};
use super::time::Timestamp;
use crate::limits;

/// One slice of a search: from where to where, and on which local day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SliceQuery {
    /// Departure airport or city.
    pub origin: Place,
    /// Arrival airport or city.
    pub destination: Place,
    /// The day of departure on the origin's calendar.
    pub date: Date,
}

/// A flight search. Two equal values are the same question: the cache is keyed by it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FlightSearch {
    /// One for a one-way, two for a return, up to [`limits::SLICES_MAX`], in order of travel.
    pub slices: Vec<SliceQuery>,
    /// Who travels.
    pub passengers: PassengerCounts,
    /// The cabin asked for; `None` is any.
    pub cabin: Option<Cabin>,
}

/// Why a search is not one that can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidSearch {
    /// No slice, or more than [`limits::SLICES_MAX`].
    #[error("a search has 1 to {} slices", limits::SLICES_MAX)]
    SliceCount,
    /// A slice that starts where it ends.
    #[error("origin and destination are the same")]
    SamePlace,
    /// A slice before the one before it.
    #[error("slices are not in order of travel")]
    DatesOutOfOrder,
    /// A departure before today in the origin's zone.
    #[error("the date of departure has passed")]
    PastDate,
    /// A departure beyond the filed schedules.
    #[error("the date of departure is more than {} days ahead", limits::DAYS_AHEAD_MAX)]
    TooFarAhead,
    /// Nobody with a seat, or more than a booking can hold.
    #[error("a search has 1 to {} seated passengers", limits::SEATED_PASSENGERS_MAX)]
    SeatedPassengers,
    /// More lap infants than laps.
    #[error("there are more lap infants than adults")]
    TooManyInfants,
    /// An airport or city that is not in the table of [`places`].
    #[error("there is no such airport or city")]
    UnknownPlace,
}

impl FlightSearch {
    /// Checks what does not depend on places: counts, order of dates, laps.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn validate(&self) -> Result<(), InvalidSearch> {
        if self.slices.is_empty() || self.slices.len() > limits::SLICES_MAX {
            return Err(InvalidSearch::SliceCount);
        }
        if self.slices.iter().any(|s| s.origin.code() == s.destination.code()) {
            return Err(InvalidSearch::SamePlace);
        }
        if !self.slices.is_sorted_by_key(|s| s.date) {
            return Err(InvalidSearch::DatesOutOfOrder);
        }
        let seated = self.passengers.seated();
        if seated == 0 || seated > limits::SEATED_PASSENGERS_MAX {
            return Err(InvalidSearch::SeatedPassengers);
        }
        if self.passengers.lap_infants > self.passengers.adults {
            return Err(InvalidSearch::TooManyInfants);
        }
        Ok(())
    }

    /// Checks everything at a moment: past is before today on the clocks of a slice's origin.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn validate_at(&self, now: Timestamp) -> Result<(), InvalidSearch> {
        self.validate()?;
        for slice in &self.slices {
            let zone = slice.zone().ok_or(InvalidSearch::UnknownPlace)?;
            if places().airports_of(slice.destination).is_empty() {
                return Err(InvalidSearch::UnknownPlace);
            }
            let today = zone.to_datetime(now.to_jiff()).date();
            if slice.date < today {
                return Err(InvalidSearch::PastDate);
            }
            if slice.date > today.saturating_add(limits::DAYS_AHEAD_MAX.days()) {
                return Err(InvalidSearch::TooFarAhead);
            }
        }
        Ok(())
    }

    /// The first moment of the first day of travel; now, where its origin is unknown.
    #[must_use]
    pub fn departs(&self, now: Timestamp) -> Timestamp {
        let midnight = |slice: &SliceQuery| slice.zone()?.to_timestamp(slice.date.into()).ok();
        self.slices.first().and_then(midnight).map_or(now, Timestamp::from)
    }
}

impl SliceQuery {
    /// The zone of its origin.
    fn zone(&self) -> Option<TimeZone> {
        let first = *places().airports_of(self.origin).first()?;
        places().airport(first).map(super::places::Airport::time_zone)
    }
}

/// What can be searched for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Search {
    /// Itineraries.
    Flights(FlightSearch),
    /// Rooms.
    Stays(HotelSearch),
}

impl Search {
    /// The search of flights, if it is one.
    #[must_use]
    pub const fn flights(&self) -> Option<&FlightSearch> {
        match self {
            Self::Flights(search) => Some(search),
            Self::Stays(_) => None,
        }
    }

    /// The search of stays, if it is one.
    #[must_use]
    pub const fn stays(&self) -> Option<&HotelSearch> {
        match self {
            Self::Stays(search) => Some(search),
            Self::Flights(_) => None,
        }
    }
}

impl From<FlightSearch> for Search {
    fn from(search: FlightSearch) -> Self {
        Self::Flights(search)
    }
}

impl From<HotelSearch> for Search {
    fn from(search: HotelSearch) -> Self {
        Self::Stays(search)
    }
}

/// Where to stay.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StayPlace {
    /// In a city.
    City(CityCode),
    /// Around a position.
    Around {
        /// The centre.
        centre: Position,
        /// How far from it, metres.
        radius_metres: u32,
    },
    /// In one of these properties.
    Properties(Vec<PropertyCode>),
}

impl StayPlace {
    /// From where distances are measured; properties that are named have no centre, nor has an unknown city.
    #[must_use]
    pub fn centre(&self) -> Option<Position> {
        match self {
            Self::City(code) => places().city(*code).map(|city| city.position),
            Self::Around { centre, .. } => Some(*centre),
            Self::Properties(_) => None,
        }
    }
}

/// A search of stays. Two equal values in canonical form are the same question.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HotelSearch {
    /// Where.
    pub place: StayPlace,
    /// When.
    pub dates: StayDates,
    /// Who sleeps in each room, one entry for each room.
    pub rooms: Vec<Occupancy>,
}

/// Why a search of stays is not one that can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidStay {
    /// No room, or more than [`limits::ROOMS_MAX`].
    #[error("a search has 1 to {} rooms", limits::ROOMS_MAX)]
    RoomCount,
    /// A room without an adult, or with more guests than [`limits::GUESTS_PER_ROOM_MAX`].
    #[error("a room has 1 to {} guests, an adult among them", limits::GUESTS_PER_ROOM_MAX)]
    Guests,
    /// A child above [`limits::CHILD_AGE_MAX`].
    #[error("a child is at most {} years old at check-in", limits::CHILD_AGE_MAX)]
    ChildAge,
    /// No night, or more than [`limits::NIGHTS_MAX`].
    #[error("a stay has 1 to {} nights", limits::NIGHTS_MAX)]
    Nights,
    /// No property, or more than [`limits::PROPERTIES_PER_SEARCH_MAX`].
    #[error("a search names 1 to {} properties", limits::PROPERTIES_PER_SEARCH_MAX)]
    PropertyCount,
    /// A city that is not in the table of [`places`].
    #[error("there is no such city")]
    UnknownPlace,
    /// No circle, or wider than [`limits::STAY_RADIUS_METRES_MAX`].
    #[error("a search reaches 1 to {} metres", limits::STAY_RADIUS_METRES_MAX)]
    Radius,
    /// Check-in before today on the clocks of the place.
    #[error("the day of check-in has passed")]
    PastDate,
    /// Check-in beyond [`limits::STAY_DAYS_AHEAD_MAX`].
    #[error("the day of check-in is more than {} days ahead", limits::STAY_DAYS_AHEAD_MAX)]
    TooFarAhead,
}

impl HotelSearch {
    /// The same question as every other that differs only in order.
    #[must_use]
    pub fn canonical(mut self) -> Self {
        for room in &mut self.rooms {
            room.child_ages.sort_unstable();
        }
        self.rooms.sort_unstable();
        if let StayPlace::Properties(codes) = &mut self.place {
            codes.sort_unstable();
            codes.dedup();
        }
        self
    }

    /// Checks what does not depend on the place's clocks.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn validate(&self) -> Result<(), InvalidStay> {
        if self.rooms.is_empty() || self.rooms.len() > limits::ROOMS_MAX {
            return Err(InvalidStay::RoomCount);
        }
        if self.rooms.iter().any(|room| room.adults == 0 || room.guests() > limits::GUESTS_PER_ROOM_MAX) {
            return Err(InvalidStay::Guests);
        }
        if self.rooms.iter().flat_map(|room| &room.child_ages).any(|age| *age > limits::CHILD_AGE_MAX) {
            return Err(InvalidStay::ChildAge);
        }
        if !(1..=limits::NIGHTS_MAX).contains(&self.dates.nights()) {
            return Err(InvalidStay::Nights);
        }
        match &self.place {
            StayPlace::Properties(codes)
                if !(1..=limits::PROPERTIES_PER_SEARCH_MAX).contains(&codes.len()) =>
            {
                Err(InvalidStay::PropertyCount)
            }
            StayPlace::Around { radius_metres, .. }
                if !(1..=limits::STAY_RADIUS_METRES_MAX).contains(radius_metres) =>
            {
                Err(InvalidStay::Radius)
            }
            StayPlace::City(code) if places().city(*code).is_none() => Err(InvalidStay::UnknownPlace),
            StayPlace::City(_) | StayPlace::Around { .. } | StayPlace::Properties(_) => Ok(()),
        }
    }

    /// Checks everything at a moment, on the clocks of the place.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn validate_at(&self, now: Timestamp, zone: &TimeZone) -> Result<(), InvalidStay> {
        self.validate()?;
        let today = zone.to_datetime(now.to_jiff()).date();
        if self.dates.check_in < today {
            return Err(InvalidStay::PastDate);
        }
        if self.dates.check_in > today.saturating_add(limits::STAY_DAYS_AHEAD_MAX.days()) {
            return Err(InvalidStay::TooFarAhead);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::passenger::PassengerCounts;
    use crate::model::place::{AirportCode, CityCode};

    /// 2027-07-10T14:30Z: still the 10th in Jakarta and Tokyo, already the 11th on Kiritimati.
    fn now() -> Timestamp {
        "2027-07-10T14:30:00Z".parse::<jiff::Timestamp>().unwrap().into()
    }

    fn airport(code: &str) -> Place {
        Place::Airport(AirportCode::new(code).unwrap())
    }

    #[track_caller]
    fn check(slices: &[(Place, Place, &str)], want: Result<(), InvalidSearch>) {
        let slice = |(origin, destination, date): &(Place, Place, &str)| SliceQuery {
            origin: *origin,
            destination: *destination,
            date: date.parse().unwrap(),
        };
        let passengers = PassengerCounts { adults: 1, ..PassengerCounts::default() };
        let search = FlightSearch { slices: slices.iter().map(slice).collect(), passengers, cabin: None };
        assert_eq!(search.validate_at(now()), want);
    }

    #[test]
    fn past_is_before_today_on_the_clocks_of_the_origin() {
        let (cgk, tyo) = (airport("CGK"), Place::City(CityCode::new("TYO").unwrap()));
        check(&[(cgk, tyo, "2027-07-10")], Ok(()));
        check(&[(cgk, tyo, "2027-07-09")], Err(InvalidSearch::PastDate));
        check(&[(airport("CXI"), airport("HNL"), "2027-07-10")], Err(InvalidSearch::PastDate));
        check(&[(airport("CXI"), airport("HNL"), "2027-07-11")], Ok(()));
        check(&[(cgk, tyo, "2028-07-05")], Ok(()));
        check(&[(cgk, tyo, "2028-07-06")], Err(InvalidSearch::TooFarAhead));
        check(&[(cgk, tyo, "2027-07-10"), (tyo, cgk, "2028-07-06")], Err(InvalidSearch::TooFarAhead));
        check(&[(airport("XXX"), tyo, "2027-07-10")], Err(InvalidSearch::UnknownPlace));
        check(&[(cgk, airport("XXX"), "2027-07-10")], Err(InvalidSearch::UnknownPlace));
    }

    #[test]
    fn counts_have_limits() {
        let check = |adults, children, lap_infants, want| {
            let slice = SliceQuery {
                origin: airport("CGK"),
                destination: airport("NRT"),
                date: "2027-07-10".parse().unwrap(),
            };
            let passengers = PassengerCounts { adults, children, lap_infants };
            let search = FlightSearch { slices: vec![slice], passengers, cabin: None };
            assert_eq!(search.validate(), want, "{passengers:?}");
        };
        check(9, 0, 9, Ok(()));
        check(5, 4, 0, Ok(()));
        check(10, 0, 0, Err(InvalidSearch::SeatedPassengers));
        check(5, 5, 0, Err(InvalidSearch::SeatedPassengers));
        check(0, 0, 0, Err(InvalidSearch::SeatedPassengers));
        check(1, 0, 2, Err(InvalidSearch::TooManyInfants));
        check(0, 1, 1, Err(InvalidSearch::TooManyInfants));
    }

    fn stay(rooms: &[(u8, &[u8])], check_in: &str, check_out: &str) -> HotelSearch {
        let room = |(adults, ages): &(u8, &[u8])| Occupancy { adults: *adults, child_ages: ages.to_vec() };
        HotelSearch {
            place: StayPlace::City(CityCode::new("TYO").unwrap()),
            dates: StayDates { check_in: check_in.parse().unwrap(), check_out: check_out.parse().unwrap() },
            rooms: rooms.iter().map(room).collect(),
        }
    }

    #[test]
    fn the_order_of_rooms_and_ages_makes_no_other_question() {
        let one = stay(&[(2, &[8, 4]), (1, &[])], "2027-07-11", "2027-07-12").canonical();
        let other = stay(&[(1, &[]), (2, &[4, 8])], "2027-07-11", "2027-07-12").canonical();
        assert_eq!(one, other);
        let codes = |codes: &[&str]| {
            let codes = codes.iter().map(|code| PropertyCode::new(code).unwrap()).collect();
            HotelSearch { place: StayPlace::Properties(codes), ..one.clone() }.canonical()
        };
        assert_eq!(codes(&["2", "1", "2"]), codes(&["1", "2"]));
    }

    #[test]
    fn a_stay_has_limits() {
        let tokyo = TimeZone::get("Asia/Tokyo").unwrap();
        let check =
            |search: HotelSearch, want| assert_eq!(search.validate_at(now(), &tokyo), want, "{search:?}");
        let (day, next) = ("2027-07-10", "2027-07-11");
        check(stay(&[(2, &[17]), (1, &[])], day, next), Ok(()));
        check(stay(&[], day, next), Err(InvalidStay::RoomCount));
        check(stay(&[(1, &[][..]); 10], day, next), Err(InvalidStay::RoomCount));
        check(stay(&[(0, &[7])], day, next), Err(InvalidStay::Guests));
        check(stay(&[(9, &[1, 2])], day, next), Err(InvalidStay::Guests));
        check(stay(&[(1, &[18])], day, next), Err(InvalidStay::ChildAge));
        check(stay(&[(1, &[])], day, day), Err(InvalidStay::Nights));
        check(stay(&[(1, &[])], next, day), Err(InvalidStay::Nights));
        check(stay(&[(1, &[])], day, "2027-08-10"), Err(InvalidStay::Nights));
        // 23:30 on the 10th in Tokyo.
        check(stay(&[(1, &[])], "2027-07-09", next), Err(InvalidStay::PastDate));
        check(stay(&[(1, &[])], "2029-07-10", "2029-07-11"), Err(InvalidStay::TooFarAhead));
        let nowhere = StayPlace::City(CityCode::new("ZZZ").unwrap());
        let nowhere = HotelSearch { place: nowhere, ..stay(&[(1, &[])], day, next) };
        check(nowhere, Err(InvalidStay::UnknownPlace));
        let none = HotelSearch { place: StayPlace::Properties(Vec::new()), ..stay(&[(1, &[])], day, next) };
        check(none, Err(InvalidStay::PropertyCount));
        let centre = Position { latitude: 35_000_000, longitude: 139_000_000 };
        let around = StayPlace::Around { centre, radius_metres: 0 };
        check(HotelSearch { place: around, ..stay(&[(1, &[])], day, next) }, Err(InvalidStay::Radius));
    }
}
