//! Itinerary > slice > segment > leg.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::id::InvalidId;
use super::place::{AirportCode, CarrierCode};
use super::time::LocalTime;

/// A class of service as the customer knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Cabin {
    /// Economy.
    Economy,
    /// Premium economy.
    PremiumEconomy,
    /// Business.
    Business,
    /// First.
    First,
}

/// The letter under which a seat is sold (RBD): `Y`, `K`. Not the cabin.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "char", into = "char")]
pub struct BookingClass(u8);

impl BookingClass {
    /// Checks and wraps a letter.
    ///
    /// # Errors
    /// Not one capital letter.
    pub fn new(letter: char) -> Result<Self, InvalidId> {
        u8::try_from(letter)
            .ok()
            .filter(u8::is_ascii_uppercase)
            .map(Self)
            .ok_or(InvalidId { what: "booking class" })
    }

    /// The letter.
    #[must_use]
    pub const fn letter(self) -> char {
        self.0 as char
    }
}

impl fmt::Debug for BookingClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.letter())
    }
}

impl fmt::Display for BookingClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.letter())
    }
}

impl TryFrom<char> for BookingClass {
    type Error = InvalidId;
    fn try_from(letter: char) -> Result<Self, InvalidId> {
        Self::new(letter)
    }
}

impl From<BookingClass> for char {
    fn from(class: BookingClass) -> Self {
        class.letter()
    }
}

/// A flight designator: carrier, number, and the operational suffix where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FlightNumber {
    /// The carrier.
    pub carrier: CarrierCode,
    /// 1 to 9999; leading zeros do not count.
    pub number: u16,
    /// A letter behind the number.
    pub suffix: Option<char>,
}

impl fmt::Display for FlightNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.carrier, self.number)?;
        self.suffix.map_or(Ok(()), |letter| write!(f, "{letter}"))
    }
}

/// Who flies it. Customers must be told when it is not the marketing carrier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Operating {
    /// The operating carrier's code; `None` is unknown, never "the marketing carrier".
    pub carrier: Option<CarrierCode>,
    /// Its own flight number, where stated.
    pub number: Option<u16>,
    /// Its name, where only a name or a name as well is stated.
    pub name: Option<String>,
}

/// What a segment is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SegmentKind {
    /// A flight.
    #[default]
    Flight,
    /// A gap that the passenger covers on their own (ARNK).
    Surface,
    /// A note of something booked elsewhere.
    Passive,
}

/// One take-off to the next landing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Leg {
    /// Where it takes off.
    pub origin: AirportCode,
    /// Where it lands.
    pub destination: AirportCode,
    /// Departure, local to the origin.
    pub departs: LocalTime,
    /// Arrival, local to the destination.
    pub arrives: LocalTime,
    /// IATA aircraft type: `77W`.
    pub equipment: Option<String>,
    /// Terminals, where stated: of departure, of arrival.
    pub terminals: (Option<String>, Option<String>),
}

/// One flight number from boarding to leaving the aircraft's flight.
///
/// A hidden stop is a second leg; `legs` is empty where the supplier states nothing about them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Segment {
    /// Flight, surface or passive.
    pub kind: SegmentKind,
    /// The designator under which it is sold; absent on a surface segment.
    pub flight: Option<FlightNumber>,
    /// Who flies it.
    pub operating: Operating,
    /// Where the passenger boards.
    pub origin: AirportCode,
    /// Where the passenger leaves.
    pub destination: AirportCode,
    /// Departure, local to the origin; absent on an open or surface segment.
    pub departs: Option<LocalTime>,
    /// Arrival, local to the destination.
    pub arrives: Option<LocalTime>,
    /// Take-off to landing, stops included, as the supplier states it.
    pub minutes: Option<u32>,
    /// The legs as stated, in order.
    pub legs: Vec<Leg>,
    /// How many landings on the way the supplier counts, where it does; it may count some that it does not detail.
    #[serde(default)]
    pub stops_stated: Option<u8>,
    /// The supplier says that the aircraft changes on the way under one number (14 CFR 258 wants it disclosed).
    pub change_of_plane: bool,
}

impl Segment {
    /// The airports where it lands on the way, as far as the supplier details them.
    pub fn stops(&self) -> impl Iterator<Item = AirportCode> + '_ {
        self.legs.iter().skip(1).map(|leg| leg.origin)
    }

    /// Landings on the way: those detailed, or as many as the supplier counts if those are more.
    #[must_use]
    pub fn landings(&self) -> usize {
        self.legs.len().saturating_sub(1).max(usize::from(self.stops_stated.unwrap_or(0)))
    }
}

/// One origin to one destination as asked: the outbound, the return.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Slice {
    /// In order of travel; at least one.
    pub segments: Vec<Segment>,
}

impl Slice {
    /// Whether it is one segment with no stop on the way.
    #[must_use]
    pub fn is_non_stop(&self) -> bool {
        self.segments.len() == 1 && self.landings() == 0
    }

    /// Landings between origin and destination, hidden stops included.
    #[must_use]
    pub fn landings(&self) -> usize {
        let hidden: usize = self.segments.iter().map(Segment::landings).sum();
        self.segments.len().saturating_sub(1) + hidden
    }
}

/// All slices, in order. Offers of one answer share slices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Itinerary {
    /// At least one.
    pub slices: Vec<Arc<Slice>>,
}

impl Itinerary {
    /// All segments, in order of travel; a [`SegmentRef`] counts them from 0.
    pub fn segments(&self) -> impl Iterator<Item = &Segment> + '_ {
        self.slices.iter().flat_map(|slice| &slice.segments)
    }
}

/// Which segment of an itinerary, counted from 0 over all slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SegmentRef(pub u8);
