//! What a customer asks for, in canonical form.

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::itinerary::Cabin;
use super::passenger::PassengerCounts;
use super::place::Place;
use super::places::places;
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
}
