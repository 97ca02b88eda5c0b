//! What the customer may do with a fare: baggage, change, refund. Unknown is its own answer.

use serde::{Deserialize, Serialize};

use super::money::Money;

/// A weight as stated; pounds stay pounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Kilograms.
    Kilograms(u16),
    /// Pounds.
    Pounds(u16),
}

/// Checked baggage of one passenger on one segment. Pieces and weight never mix (IATA Resolution 302).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BaggageAllowance {
    /// Not stated. Neither none nor one.
    #[default]
    Unknown,
    /// Stated as none.
    None,
    /// A number of pieces, each up to a weight where stated.
    Pieces {
        /// At least one.
        count: u8,
        /// Most that each may weigh.
        each: Option<Weight>,
    },
    /// A weight over all pieces together.
    Total(Weight),
}

/// The price of changing or giving back, as the fare states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Penalty {
    /// Per passenger.
    Amount(Money),
    /// Of the fare, in basis points (2500 is 25 %).
    BasisPoints(u32),
}

/// Whether something may be done, and at what price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Not stated.
    #[default]
    Unknown,
    /// Not allowed.
    NotAllowed,
    /// Allowed, at this penalty; `None` is allowed with no price stated.
    Allowed(Option<Penalty>),
}

/// Change and refund, before and after departure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Conditions {
    /// A change before the first departure.
    pub change_before: Permission,
    /// A change after it.
    pub change_after: Permission,
    /// A refund before the first departure.
    pub refund_before: Permission,
    /// A refund of what is unflown after it.
    pub refund_after: Permission,
}
