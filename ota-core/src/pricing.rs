//! Ports of pricing: synchronous, pure functions of offer, tables and time.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::context::PointOfSale;
use crate::model::fare::Settlement;
use crate::model::id::TenantId;
use crate::model::money::{Money, MoneyError, Rounding};
use crate::model::offer::Offer;
use crate::model::passenger::PassengerTypeCode;
use crate::model::stay::Rate;

/// On what a sell price depends, apart from the offer: what the view and the offer ids are keyed by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PricingContext {
    /// Whose price.
    pub tenant: TenantId,
    /// Where it is sold, and in which currency.
    pub point_of_sale: PointOfSale,
    /// Version of the rule set that prices it. Rule sets are immutable and kept while generations are retained.
    pub rules: String,
    /// Version of the exchange rate snapshot; empty where none is used.
    pub exchange_rates: String,
    /// The day of sale in the point of sale's zone.
    pub sale_date: jiff::civil::Date,
}

/// A digest of a [`PricingContext`]: names the pricing basis in offer ids and view keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PricingBasis(pub u64);

impl PricingContext {
    /// The digest.
    ///
    /// # Panics
    /// Never: a context is always serialisable.
    #[must_use]
    pub fn basis(&self) -> PricingBasis {
        let text = serde_json::to_vec(self).expect("a pricing context has only string keys");
        let digest = ring::digest::digest(&ring::digest::SHA256, &text);
        let mut head = [0; 8];
        head.copy_from_slice(&digest.as_ref()[..8]);
        PricingBasis(u64::from_be_bytes(head))
    }
}

/// What a line of a price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum PriceLineKind {
    /// The fare as sold (mark-up inside).
    Fare,
    /// Government taxes and carrier surcharges.
    Taxes,
    /// The agency's own visible fee.
    ServiceFee,
}

/// One line of a passenger's price, sell side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceLine {
    /// What it is for.
    pub kind: PriceLineKind,
    /// For one passenger.
    pub amount: Money,
}

/// What one passenger pays, sell side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassengerPrice {
    /// The type as the supplier writes it.
    pub passenger_type: PassengerTypeCode,
    /// The lines; they add up to `total`.
    pub lines: Vec<PriceLine>,
    /// For this passenger.
    pub total: Money,
}

/// The sell side of an offer, and nothing else: it may leave the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SellPrice {
    /// Of flights, one for every passenger (not for every type): each pays a whole number of minor units.
    pub passengers: Vec<PassengerPrice>,
    /// Of a stay, one for every room, in the order of the offer's rates.
    #[serde(default)]
    pub rooms: Vec<Money>,
    /// Exactly the sum of the passengers' or the rooms' totals: what is paid through us.
    pub total: Money,
}

impl SellPrice {
    /// The same share of the price as a part is of the net that it was made of, rounded up: all of it is the whole price,
    /// none is nothing, and no more comes back of a part that is kept than may.
    ///
    /// # Errors
    /// Other currencies, or a net that is none.
    ///
    /// ```
    /// use ota_core::model::money::{Currency, Money};
    /// use ota_core::pricing::SellPrice;
    /// let eur = |minor| Money::new(minor, Currency::from_code("EUR").unwrap());
    /// let price = SellPrice { passengers: Vec::new(), rooms: Vec::new(), total: eur(23_101) };
    /// assert_eq!(price.share(eur(6_667), eur(20_000)), Ok(eur(7_701)));
    /// assert_eq!(price.share(eur(20_000), eur(20_000)), Ok(price.total));
    /// assert_eq!(price.share(eur(0), eur(20_000)), Ok(eur(0)));
    /// ```
    pub fn share(&self, part: Money, net: Money) -> Result<Money, MoneyError> {
        net.minus(part)?;
        if part.minor == 0 {
            return Ok(Money::zero(self.total.currency));
        }
        self.total.scale(part.minor.min(net.minor), net.minor, Rounding::Up)
    }
}

/// An offer with its sell price.
#[derive(Debug, Clone, Copy)]
pub struct PricedOffer<'a> {
    /// The offer, net.
    pub offer: &'a Offer,
    /// What the customer pays.
    pub sell: &'a SellPrice,
}

/// Why an offer has no sell price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PricingError {
    /// Its currency is not the selling currency, and there is no exchange rate.
    #[error("the offer is not in the selling currency")]
    OtherCurrency,
    /// No rule set of that version, or none for that point of sale.
    #[error("no pricing rule applies")]
    NoRule,
    /// The offer's parts do not add up to its total, or one is negative.
    #[error("the offer's parts do not add up")]
    Inconsistent,
    /// It may be sold only together with something else.
    #[error("the rate is for packages only")]
    PackageOnly,
    /// Its price may not be shown on its own.
    #[error("the rate's price may not be shown on its own")]
    Opaque,
    /// It is paid to somebody else by card, and no card passes through us.
    #[error("the rate is not paid through us")]
    PaidElsewhere,
    /// The property sets a price below what the supplier asks of us.
    #[error("the price that is set is below the net price")]
    SetBelowNet,
    /// The sums do not work out.
    #[error("amounts do not add up")]
    Money(#[from] MoneyError),
}

impl PricingError {
    /// A constant text for counting.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::OtherCurrency => "not in the selling currency",
            Self::NoRule => "no pricing rule applies",
            Self::PackageOnly => "sold only in a package",
            Self::Opaque => "not to be shown on its own",
            Self::PaidElsewhere => "not paid through us",
            Self::SetBelowNet => "must be sold below its net price",
            Self::Inconsistent | Self::Money(_) => "amounts do not add up",
        }
    }
}

/// Turns a net offer into a sell price.
pub trait Pricer: Send + Sync + fmt::Debug + 'static {
    /// The version of the rule set in force; part of the pricing basis.
    fn rules_version(&self) -> &str;

    /// The sell price of one offer.
    ///
    /// # Errors
    /// The offer cannot be sold here: it is left out and counted.
    fn price(&self, offer: &Offer, context: &PricingContext) -> Result<SellPrice, PricingError>;
}

/// Whether a rate may be sold by itself, and by us.
///
/// # Errors
/// Why not.
pub fn may_stand_alone(rate: &Rate) -> Result<(), PricingError> {
    if rate.package_only {
        Err(PricingError::PackageOnly)
    } else if rate.opaque {
        Err(PricingError::Opaque)
    } else if rate.settlement != Settlement::Agency {
        Err(PricingError::PaidElsewhere)
    } else {
        Ok(())
    }
}

/// The price of an offer that is sold on its own, in the selling currency.
///
/// # Errors
/// The pricer's; or a rate [may not stand alone](may_stand_alone): it is for packages only, its price may not be shown,
/// or it is paid at the property or with the customer's own card.
pub fn sell_alone(
    pricer: &dyn Pricer,
    offer: &Offer,
    context: &PricingContext,
) -> Result<SellPrice, PricingError> {
    offer.stay().map_or(&[][..], |offer| &offer.rates).iter().try_for_each(may_stand_alone)?;
    let sell = pricer.price(offer, context)?;
    if sell.total.currency == context.point_of_sale.currency {
        Ok(sell)
    } else {
        Err(PricingError::OtherCurrency)
    }
}

/// What a fare auditor finds about a priced solution. A quote has a place for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", tag = "verdict")]
#[non_exhaustive]
pub enum AuditVerdict {
    /// Nobody looked.
    #[default]
    NotAudited,
    /// The fare calculation reproduces the price.
    Agrees,
    /// It does not.
    Disagrees {
        /// What differs, for people.
        what: String,
    },
}
