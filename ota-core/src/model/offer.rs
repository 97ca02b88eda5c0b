//! Offers: priced, expiring proposals.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::fare::{PassengerFare, Settlement, TicketingLimit};
use super::id::{AccountId, SupplierId};
use super::itinerary::Itinerary;
use super::money::{Money, MoneyError};
use super::place::CarrierCode;
use super::stay::{Property, Rate, StayDates};
use super::time::Timestamp;
use crate::limits;
use crate::redact::Redacted;

/// What a supplier needs in order to go on with an offer or an order. Opaque to all but its connector, and
/// never sent to a client.
#[derive(Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SupplierToken(Redacted<Box<str>>);

impl SupplierToken {
    /// Wraps a token.
    ///
    /// # Errors
    /// Longer than [`limits::SUPPLIER_TOKEN_BYTES_MAX`]; the length comes back.
    pub fn new(token: String) -> Result<Self, usize> {
        if token.len() > limits::SUPPLIER_TOKEN_BYTES_MAX {
            return Err(token.len());
        }
        Ok(Self(Redacted::new(token.into_boxed_str())))
    }

    /// For the connector that made it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl std::fmt::Debug for SupplierToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SupplierToken({} bytes)", self.expose().len())
    }
}

/// One itinerary at one price, net: what the supplier asks of us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlightOffer {
    /// Which kind of connector it came from.
    pub supplier: SupplierId,
    /// Under which contract.
    pub account: AccountId,
    /// What is flown.
    pub itinerary: Itinerary,
    /// One for each passenger type; together they cover every passenger asked for.
    pub fares: Vec<PassengerFare>,
    /// The net price of all passengers together, in the currency of sale.
    pub total: Money,
    /// On whose stock the ticket is issued.
    pub validating_carrier: Option<CarrierCode>,
    /// Until when the supplier would ticket it.
    pub ticketing_limit: Option<TicketingLimit>,
    /// Fewest seats left in any booking class used, where stated; 9 means nine or more.
    pub seats_left: Option<u8>,
    /// Who settles.
    pub settlement: Settlement,
    /// What the connector needs to verify it; empty where the offer itself is enough.
    pub token: SupplierToken,
}

/// All rooms asked for in one property at one price, net.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HotelOffer {
    /// Which kind of connector it came from.
    pub supplier: SupplierId,
    /// Under which contract.
    pub account: AccountId,
    /// Where.
    pub property: Arc<Property>,
    /// When.
    pub dates: StayDates,
    /// One for each kind of room asked for; together they house everybody.
    pub rates: Vec<Rate>,
    /// The net price of all rooms and nights together, whenever and to whomever it is paid.
    pub total: Money,
}

impl HotelOffer {
    /// The last moment, less a safety margin, at which every room can be cancelled for nothing. It may have passed.
    /// `None` where that is not stated for one of them.
    #[must_use]
    pub fn free_until(&self, margin: Duration) -> Option<Timestamp> {
        let ends = self.rates.iter().map(|rate| rate.cancellation.free_until(margin));
        ends.reduce(|one, other| Some(one?.min(other?))).flatten()
    }
}

/// What can be offered. The pipeline carries either; only what reads the product's own words asks which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Offer {
    /// An itinerary.
    Flight(FlightOffer),
    /// Rooms in a property.
    Stay(HotelOffer),
}

impl Offer {
    /// Which kind of connector it came from.
    #[must_use]
    pub const fn supplier(&self) -> &SupplierId {
        match self {
            Self::Flight(offer) => &offer.supplier,
            Self::Stay(offer) => &offer.supplier,
        }
    }

    /// Under which contract.
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        match self {
            Self::Flight(offer) => &offer.account,
            Self::Stay(offer) => &offer.account,
        }
    }

    /// The net price of all of it.
    #[must_use]
    pub const fn total(&self) -> Money {
        match self {
            Self::Flight(offer) => offer.total,
            Self::Stay(offer) => offer.total,
        }
    }

    /// The offer of a flight, if it is one.
    #[must_use]
    pub const fn flight(&self) -> Option<&FlightOffer> {
        match self {
            Self::Flight(offer) => Some(offer),
            Self::Stay(_) => None,
        }
    }

    /// The offer of a stay, if it is one.
    #[must_use]
    pub const fn stay(&self) -> Option<&HotelOffer> {
        match self {
            Self::Stay(offer) => Some(offer),
            Self::Flight(_) => None,
        }
    }
}

impl From<FlightOffer> for Offer {
    fn from(offer: FlightOffer) -> Self {
        Self::Flight(offer)
    }
}

impl From<HotelOffer> for Offer {
    fn from(offer: HotelOffer) -> Self {
        Self::Stay(offer)
    }
}

impl HotelOffer {
    /// From which moments on a cancellation of all rooms costs how much, net, in order of time; before the first
    /// nothing. Rooms paid at the property are left out: what it takes for them it takes itself. `None` where one of the
    /// others does not say.
    #[must_use]
    pub fn cancellation(&self) -> Option<Vec<(Timestamp, Money)>> {
        let ours = || self.rates.iter().filter(|rate| rate.settlement != Settlement::PayAtProperty);
        if ours().any(|rate| rate.cancellation.steps().is_empty()) {
            return None;
        }
        let steps = ours().flat_map(|rate| rate.cancellation.steps());
        let mut moments: Vec<Timestamp> = steps.filter_map(|step| step.from.instant(None)).collect();
        moments.sort_unstable();
        moments.dedup();
        let fees = |at: Timestamp| {
            let fees = ours().filter_map(move |rate| rate.cancellation.fee_at(at));
            Money::sum(self.total.currency, fees).ok().map(|fee| (at, fee))
        };
        moments.into_iter().map(fees).collect()
    }

    /// What a cancellation of all rooms costs at a moment, net; `None` where that is not stated.
    #[must_use]
    pub fn fee_at(&self, at: Timestamp) -> Option<Money> {
        let steps = self.cancellation()?;
        let begun = steps.into_iter().take_while(|(from, _)| *from <= at).last();
        Some(begun.map_or(Money::zero(self.total.currency), |(_, fee)| fee))
    }
}

impl Offer {
    /// The part of the net price that is paid through us.
    ///
    /// # Errors
    /// The parts are in several currencies or do not fit.
    pub fn due_now(&self) -> Result<Money, MoneyError> {
        match self {
            Self::Flight(offer) => Ok(offer.total),
            Self::Stay(offer) => {
                Money::sum(offer.total.currency, offer.rates.iter().map(|rate| rate.due.now))
            }
        }
    }
}

/// An offer priced live, with the supplier's own form of the solution: what a create sends back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricedSolution {
    /// The offer as priced now.
    pub offer: Offer,
    /// The supplier's priced solution, opaque and heavy. Only a quote keeps it.
    pub solution: SupplierToken,
}
