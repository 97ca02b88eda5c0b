//! What a customer asks for, in canonical form.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::itinerary::Cabin;
use super::passenger::PassengerCounts;
use super::place::Place;
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
}
