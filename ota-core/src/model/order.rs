//! Orders: the supplier's record of what we bought, its tickets and coupons.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::fare::{PassengerFare, TicketingLimit};
use super::id::{ClientReference, InvalidId};
use super::itinerary::{BookingClass, FlightNumber, Segment};
use super::money::Money;
use super::passenger::{PassengerKind, PassengerTypeCode};
use super::place::AirportCode;
use super::stay::BookedStay;
use crate::redact::Redacted;

/// Whose record a locator names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocatorKind {
    /// An aggregator's record over several reservations.
    UniversalRecord,
    /// The GDS's passenger name record: what people call the PNR.
    Provider,
    /// A reservation inside an aggregator's record.
    Reservation,
    /// The airline's own record.
    Supplier,
    /// An NDC or bedbank order.
    Order,
    /// A property's own number.
    Hotel,
}

/// The name of a supplier's record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordLocator {
    /// Whose record.
    pub kind: LocatorKind,
    /// GDS or airline, where stated: `1G`, `GA`.
    pub owner: Option<String>,
    /// The code.
    pub code: String,
}

/// What became of an order at the supplier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum OrderStatus {
    /// It stands; tickets may still have to be issued.
    Held,
    /// It stands and needs no ticket, or has them.
    Confirmed,
    /// It is cancelled.
    Cancelled,
}

/// A segment as the order has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderSegment {
    /// The flight.
    pub segment: Segment,
    /// The letter it was sold under.
    pub booking_class: Option<BookingClass>,
    /// The supplier's status code: `HK`, `HL`, `UC`.
    pub status: Option<String>,
}

/// Somebody as the supplier names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderTraveler {
    /// The type, where stated.
    pub passenger_type: Option<PassengerTypeCode>,
    /// Given names with whatever the supplier glues to them; absent for a mononym.
    pub given: Option<Redacted<String>>,
    /// Surname; empty where none is stated.
    pub surname: Redacted<String>,
}

/// A lap infant may be named without a surname of its own: it then has that of the adult before it.
pub fn complete_infants(travelers: &mut [OrderTraveler]) {
    let mut adult: Option<Redacted<String>> = None;
    for traveler in travelers {
        let kind = traveler.passenger_type.map(|code| code.kind());
        match (kind, &adult) {
            (Some(PassengerKind::LapInfant), Some(surname))
                if traveler.surname.expose().trim().is_empty() =>
            {
                traveler.surname = surname.clone();
            }
            (Some(PassengerKind::Adult), _) => adult = Some(traveler.surname.clone()),
            _ => {}
        }
    }
}

/// A defect of an order that exists: booked but broken, never a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", tag = "problem")]
#[non_exhaustive]
pub enum OrderProblem {
    /// A segment is not confirmed.
    SegmentNotConfirmed {
        /// Which, counted from 0 over the order.
        segment: u8,
        /// The supplier's status code.
        status: String,
    },
    /// A room of a stay is not confirmed.
    RoomNotConfirmed {
        /// Which, counted from 0 over the order.
        room: u8,
        /// The supplier's status.
        status: String,
    },
    /// The price is not stored: ticketing will fail.
    PriceNotStored,
    /// The supplier booked something else than was sent.
    SolutionChanged,
}

/// What the supplier has on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplierOrder {
    /// Every name of the record, the one to retrieve it by first.
    pub locators: Vec<RecordLocator>,
    /// What became of it.
    pub status: OrderStatus,
    /// Everybody on it, in the supplier's order.
    pub travelers: Vec<OrderTraveler>,
    /// In order of travel; a stay has none.
    pub segments: Vec<OrderSegment>,
    /// What was booked of a stay; a flight has none.
    pub stay: Option<Box<BookedStay>>,
    /// Stored fares; empty if none is stored.
    pub fares: Vec<PassengerFare>,
    /// The net price of all travelers, where stated or to be summed.
    pub total: Option<Money>,
    /// Our own references found in it.
    pub references: Vec<ClientReference>,
    /// Tickets known to the record.
    pub tickets: Vec<Ticket>,
    /// Until when it may be ticketed.
    pub ticketing_limit: Option<TicketingLimit>,
    /// What is wrong with it.
    pub problems: Vec<OrderProblem>,
}

/// A ticket number: three digits of the airline's accounting code, ten of the document (IATA Resolution 722).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TicketNumber(u64);

impl TicketNumber {
    /// Checks and wraps a number.
    ///
    /// # Errors
    /// Not 13 digits.
    pub fn new(digits: &str) -> Result<Self, InvalidId> {
        let ok = digits.len() == 13 && digits.bytes().all(|b| b.is_ascii_digit());
        ok.then(|| digits.parse().ok()).flatten().map(Self).ok_or(InvalidId { what: "ticket number" })
    }
}

impl fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:013}", self.0)
    }
}

impl fmt::Debug for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for TicketNumber {
    type Error = InvalidId;
    fn try_from(digits: String) -> Result<Self, InvalidId> {
        Self::new(&digits)
    }
}

impl From<TicketNumber> for String {
    fn from(number: TicketNumber) -> Self {
        number.to_string()
    }
}

/// State of one coupon (IATA coupon status indicators).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CouponStatus {
    /// `O`: good for travel.
    Open,
    /// `A`: under an airport's or airline's control.
    AirportControl,
    /// `C`: checked in.
    CheckedIn,
    /// `L`: boarded.
    Boarded,
    /// `F`: flown.
    Flown,
    /// `V`: void.
    Void,
    /// `R`: refunded.
    Refunded,
    /// `E`: exchanged.
    Exchanged,
    /// Any other letter, kept.
    Other(char),
}

impl CouponStatus {
    /// From the supplier's letter.
    #[must_use]
    pub const fn from_letter(letter: char) -> Self {
        match letter {
            'O' => Self::Open,
            'A' => Self::AirportControl,
            'C' => Self::CheckedIn,
            'L' => Self::Boarded,
            'F' => Self::Flown,
            'V' => Self::Void,
            'R' => Self::Refunded,
            'E' => Self::Exchanged,
            other => Self::Other(other),
        }
    }

    /// Given back: nothing is left to fly, to void or to refund.
    #[must_use]
    pub const fn is_given_back(self) -> bool {
        matches!(self, Self::Void | Self::Refunded)
    }

    /// The letter.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Open => 'O',
            Self::AirportControl => 'A',
            Self::CheckedIn => 'C',
            Self::Boarded => 'L',
            Self::Flown => 'F',
            Self::Void => 'V',
            Self::Refunded => 'R',
            Self::Exchanged => 'E',
            Self::Other(letter) => letter,
        }
    }
}

/// The right to one flight. Its identity is (ticket number, coupon number), never a supplier's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coupon {
    /// 1 to 4 on its document.
    pub number: u8,
    /// What became of it.
    pub status: CouponStatus,
    /// The flight, where stated.
    pub flight: Option<FlightNumber>,
    /// From.
    pub origin: Option<AirportCode>,
    /// To.
    pub destination: Option<AirportCode>,
    /// The letter it was sold under.
    pub booking_class: Option<BookingClass>,
    /// Its fare basis.
    pub fare_basis: Option<String>,
}

/// One document: at most four coupons; a longer journey runs on over conjunction numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its number.
    pub number: TicketNumber,
    /// The first number of the journey, where this is a later one of a conjunction.
    pub conjunction_of: Option<TicketNumber>,
    /// The supplier's word for the document's state, where stated.
    pub status: Option<String>,
    /// The day of issue at the office.
    pub issued: Option<Date>,
    /// Whose it is, as the supplier names them.
    pub traveler: Option<OrderTraveler>,
    /// In order.
    pub coupons: Vec<Coupon>,
    /// Fare and taxes of the journey; on the first document.
    pub total: Option<Money>,
    /// The filed fare.
    pub base: Option<Money>,
    /// All taxes.
    pub taxes: Option<Money>,
    /// The fare calculation line.
    pub fare_calculation: Option<String>,
}

impl Ticket {
    /// Every coupon is void or refunded, some this and some that. A document whose coupons are not stated is not.
    #[must_use]
    pub fn is_given_back(&self) -> bool {
        !self.coupons.is_empty() && self.coupons.iter().all(|coupon| coupon.status.is_given_back())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S17: tickets part void, part refunded are over; one open coupon keeps a document alive.
    #[test]
    fn a_document_is_given_back_when_every_coupon_is() {
        let ticket = |letters: &str| {
            let coupon = |(number, letter)| Coupon {
                number,
                status: CouponStatus::from_letter(letter),
                flight: None,
                origin: None,
                destination: None,
                booking_class: None,
                fare_basis: None,
            };
            Ticket {
                number: TicketNumber::new("9992400000011").unwrap(),
                conjunction_of: None,
                status: None,
                issued: None,
                traveler: None,
                coupons: (1..).zip(letters.chars()).map(coupon).collect(),
                total: None,
                base: None,
                taxes: None,
                fare_calculation: None,
            }
        };
        for (letters, over) in [
            ("VR", true),
            ("RV", true),
            ("VV", true),
            ("RRRR", true),
            ("V", true),
            ("VO", false),
            ("RO", false),
            ("VRO", false),
            ("F", false),
            ("FR", false),
            ("E", false),
            ("A", false),
            ("VX", false),
            ("", false),
        ] {
            assert_eq!(ticket(letters).is_given_back(), over, "{letters}");
        }
    }

    /// B11: DOE / JANE (ADT) / TOM (INF).
    #[test]
    fn an_infant_without_a_surname_has_that_of_its_adult() {
        let complete = |names: &[(&str, &str, &str)]| -> Vec<String> {
            let person = |(kind, given, surname): &(&str, &str, &str)| OrderTraveler {
                passenger_type: PassengerTypeCode::new(kind).ok(),
                given: Some((*given).to_owned().into()),
                surname: (*surname).to_owned().into(),
            };
            let mut travelers: Vec<_> = names.iter().map(person).collect();
            complete_infants(&mut travelers);
            travelers.iter().map(|traveler| traveler.surname.expose().clone()).collect()
        };
        assert_eq!(complete(&[("ADT", "JANE", "DOE"), ("INF", "TOM", "")]), ["DOE", "DOE"]);
        assert_eq!(complete(&[("ADT", "JANE", "DOE"), ("INF", "TOM", "ROE")]), ["DOE", "ROE"]);
        let two = [
            ("ADT", "A", "DOE"),
            ("INF", "B", " "),
            ("ADT", "C", "ROE"),
            ("CHD", "D", "POE"),
            ("INF", "E", ""),
        ];
        assert_eq!(complete(&two), ["DOE", "DOE", "ROE", "POE", "ROE"]);
        // Nobody to take it from, and nobody else whose name is guessed.
        assert_eq!(complete(&[("INF", "TOM", ""), ("ADT", "JANE", "DOE")]), ["", "DOE"]);
        assert_eq!(complete(&[("ADT", "JANE", "DOE"), ("CHD", "TOM", "")]), ["DOE", ""]);
    }
}
