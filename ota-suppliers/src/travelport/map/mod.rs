//! From wire values to the model, pure: sees replies, requests and the model, nothing else.
//!
//! A search is mapped tolerantly (what cannot be mapped is skipped with a reason), everything else
//! strictly: an unreadable part of an order is an error, because the order may have been made.

pub(crate) mod availability;
pub(crate) mod document;
pub(crate) mod emd;
pub(crate) mod exchange;
pub(crate) mod fare;
pub(crate) mod flight;
pub(crate) mod itinerary;
pub(crate) mod order;
pub(crate) mod price;
pub(crate) mod search;
pub(crate) mod solution;
pub(crate) mod stay;
pub(crate) mod value;

use ota_core::model::id::{AccountId, SupplierId};

/// Whose offers these are.
#[derive(Debug, Clone)]
pub struct Source {
    /// The connector.
    pub supplier: SupplierId,
    /// The contract.
    pub account: AccountId,
}

/// Why something in a reply has no place in the model. Few and constant, so that skips can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MapError {
    /// No currency of ISO 4217, not a decimal, or finer than the currency's minor unit.
    #[error("an amount is missing or not an amount")]
    Amount,
    /// Not a code of the kind that its place needs.
    #[error("a code is missing or malformed")]
    Code,
    /// Not a date or time.
    #[error("a time is missing or malformed")]
    Time,
    /// A key that no element of the reply has.
    #[error("a reference leads nowhere")]
    Reference,
    /// Passenger types are offered different flights.
    #[error("passenger types have different options")]
    Options,
    /// A price of nobody or of nothing.
    #[error("a price has no passengers or no segments")]
    Empty,
    /// The supplier's priced solution does not fit the limit for tokens.
    #[error("the priced solution is too large")]
    Token,
}
