//! What can go wrong at the simulated Travelport host.

use serde::Deserialize;

use crate::sim::inventory::Flight;

/// What a call meets, beside the [effects of the line](super::LineEffect).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    /// Answers a SOAP fault and commits nothing.
    Fault {
        /// The host's code.
        code: String,
        /// The host's words.
        message: String,
    },
    /// Pricing and creating: no seats.
    SoldOut,
    /// Creating: some segments could not be sold, nothing is kept.
    SellFailure,
    /// Creating: the reservation is kept although the price is now higher by percent, its fare is not stored.
    SolutionChanged(i64),
    /// Creating: the reservation is kept, its fare could not be stored.
    FareNotSaved,
    /// Creating: the first segment is waitlisted.
    Waitlisted,
    /// Creating and ticketing: commits what was asked and answers with something else in one respect.
    WrongEcho(Echo),
    /// Ticketing: refuses these travelers (indexes in the order of the record) and issues for the others.
    RefuseTickets(Vec<usize>),
    /// Ticketing: refuses all.
    TicketingFailed,
    /// Ticketing: issues for the first traveler, then says that the reservation is in use elsewhere.
    Busy,
    /// Showing a record: the stored fare of this passenger type has got lost, for good.
    FareLost(String),
    /// Showing a record: the stored fare of this passenger type has become one of adults, for good.
    FareAsAdult(String),
    /// Showing documents: their number is not unique, and none is shown.
    NotUnique,
    /// Showing documents: first those of another record under the same numbers.
    Stranger,
}

/// In which respect an answer differs from what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Echo {
    /// One traveler is missing.
    Travelers,
    /// Another flight number; in a ticketing answer another coupon.
    Segments,
    /// Another total.
    Total,
    /// Another locator.
    Locator,
    /// No remark, for ever.
    Remark,
}

/// Seats that are sold out:
/// `{"carrier": "GA", "number": 880, "class": "N", "date": "2027-03-14", "origin": "CGK", "destination": "NRT"}`, and
/// `account`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SellOut {
    account: Option<String>,
    carrier: Option<String>,
    number: Option<u16>,
    class: Option<String>,
    date: Option<String>,
    origin: Option<String>,
    destination: Option<String>,
}

impl SellOut {
    /// Whether it names a flight in a class.
    pub(in crate::sim) fn names(&self, account: &str, flight: &Flight, class: &str) -> bool {
        let is = |part: &Option<String>, is: &str| part.as_deref().is_none_or(|part| part == is);
        is(&self.account, account)
            && is(&self.carrier, flight.carrier.code)
            && self.number.is_none_or(|number| number == flight.number)
            && is(&self.class, class)
            && is(&self.date, &flight.departure().date().to_string())
            && is(&self.origin, flight.origin().code.as_str())
            && is(&self.destination, flight.destination().code.as_str())
    }
}
