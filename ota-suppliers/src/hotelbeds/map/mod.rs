//! From wire values to the model, pure.
//!
//! A search is mapped tolerantly (what cannot be mapped is skipped with a reason), an order strictly: an unreadable
//! part of an order is an error, because the order may have been made.

pub(crate) mod booking;
pub(crate) mod clock;
pub(crate) mod content;
mod rate;
pub(crate) mod stay;
mod value;

use ota_core::model::places::Position;

/// Finds the zone of a position: the caller has the boundaries.
pub(crate) type ZoneAt = fn(Position) -> Option<&'static str>;

/// Why something in a reply has no place in the model. Few and constant, so that skips can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MapError {
    /// No currency of ISO 4217, not a decimal, or finer than the currency's minor unit.
    #[error("an amount is missing or not an amount")]
    Amount,
    /// A price of zero or less.
    #[error("the price is not positive")]
    NotPositive,
    /// Not a code or word of those that its place can have.
    #[error("a code is missing or malformed")]
    Code,
    /// Not a date, or dates out of order.
    #[error("a date is missing or malformed")]
    Date,
    /// Rooms, adults or children are not counted, or children without their ages.
    #[error("rooms or guests are not counted")]
    Occupancy,
    /// The rate key does not fit the limit for tokens.
    #[error("the rate key is missing or too large")]
    Token,
    /// More rates than are taken from one answer.
    #[error("more rates than are taken from one answer")]
    TooMany,
    /// Neither confirmed nor cancelled.
    #[error("the booking's status is not known")]
    Status,
}
