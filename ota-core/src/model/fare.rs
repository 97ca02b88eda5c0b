//! Fares: what one passenger pays, and for what.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::conditions::{BaggageAllowance, Conditions};
use super::itinerary::{BookingClass, Cabin, SegmentRef};
use super::money::{Money, MoneyError};
use super::passenger::PassengerTypeCode;
use super::place::{AirportCode, CarrierCode};
use super::time::LocalTime;

/// A tax, fee or carrier surcharge of one passenger.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tax {
    /// Two characters by IATA's list (`YQ`, `SW`), sometimes three.
    pub code: String,
    /// In the currency of sale.
    pub amount: Money,
}

/// A fare family under which a carrier sells a fare component.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Brand {
    /// The carrier's or supplier's code.
    pub code: String,
    /// The name customers see, where stated.
    pub name: Option<String>,
}

/// The part of an itinerary that one filed fare covers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FareComponent {
    /// The fare basis: `KLXPID`.
    pub fare_basis: String,
    /// From which airport (or city code) the fare counts.
    pub origin: AirportCode,
    /// To which airport (or city code).
    pub destination: AirportCode,
    /// The carrier that files it, where stated.
    pub carrier: Option<CarrierCode>,
    /// The filed amount of this component, where stated.
    pub amount: Option<Money>,
    /// The fare family.
    pub brand: Option<Brand>,
    /// A private fare, with the account code where stated.
    pub private: Option<String>,
}

/// How one passenger type flies one segment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SegmentFare {
    /// Which segment.
    pub segment: SegmentRef,
    /// Which of the passenger's components pays for it, counted from 0.
    pub component: u8,
    /// The letter it is sold under.
    pub booking_class: BookingClass,
    /// The cabin.
    pub cabin: Option<Cabin>,
    /// Checked baggage.
    pub baggage: BaggageAllowance,
}

/// The price of one passenger, and how many pay it. Filed, equivalent and sold amounts stay apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PassengerFare {
    /// The type as the supplier writes it.
    pub passenger_type: PassengerTypeCode,
    /// How many passengers pay this; at least one.
    pub count: u8,
    /// The fare in the currency in which it is filed.
    pub filed: Money,
    /// The fare in the currency of sale; absent where the filing currency is that.
    pub equivalent: Option<Money>,
    /// In the currency of sale.
    pub taxes: Arc<[Tax]>,
    /// Fare and taxes of one passenger as the supplier states it, in the currency of sale.
    pub total: Money,
    /// In order of travel.
    pub components: Arc<[FareComponent]>,
    /// One for every flight segment, in order.
    pub segments: Arc<[SegmentFare]>,
    /// Change and refund.
    pub conditions: Conditions,
    /// The fare calculation line, where stated.
    pub fare_calculation: Option<Arc<str>>,
}

impl PassengerFare {
    /// The fare in the currency of sale.
    #[must_use]
    pub fn base(&self) -> Money {
        self.equivalent.unwrap_or(self.filed)
    }

    /// All taxes of one passenger.
    ///
    /// # Errors
    /// A tax in another currency than that of sale, or out of range.
    pub fn tax_total(&self) -> Result<Money, MoneyError> {
        Money::sum(self.total.currency, self.taxes.iter().map(|tax| tax.amount))
    }
}

/// Until when an order may be ticketed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TicketingLimit {
    /// On the clock of the supplier's office, with its offset where stated.
    pub at: LocalTime,
}

/// Who is paid, and by whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Settlement {
    /// The agency settles with the supplier (cash, BSP, credit line).
    #[default]
    Agency,
    /// The supplier charges the customer's card.
    CustomerCard,
    /// The customer pays at the property.
    PayAtProperty,
}
