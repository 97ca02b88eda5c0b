//! Stays: properties, their rooms, and the rates at which rooms are sold.
//!
//! Times are those of the property's clocks, with the offset that the supplier states. What is paid to us and
//! what is paid at the property are separate amounts and never one sum.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::fare::Settlement;
use super::id::PropertyCode;
use super::money::{Money, Rounding};
use super::offer::SupplierToken;
use super::order::OrderTraveler;
use super::places::Position;
use super::time::{LocalTime, Timestamp};

/// From the day of arrival to the day of departure, on the property's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StayDates {
    /// The first night begins on this day.
    pub check_in: Date,
    /// The last night ends on this day.
    pub check_out: Date,
}

impl StayDates {
    /// How many nights; none or less where the dates are not in order.
    #[must_use]
    pub fn nights(&self) -> i32 {
        (self.check_out - self.check_in).get_days()
    }
}

/// Who sleeps in one room.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Occupancy {
    /// At least one.
    pub adults: u8,
    /// Full years of each child on the day of check-in, ascending.
    pub child_ages: Vec<u8>,
}

impl Occupancy {
    /// Everybody in the room.
    #[must_use]
    pub fn guests(&self) -> usize {
        usize::from(self.adults) + self.child_ages.len()
    }
}

/// A hotel, apartment house or other place to stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// The supplier's code.
    pub code: PropertyCode,
    /// For people.
    pub name: String,
    /// The supplier's category in words, where stated: `4 STARS`.
    pub category: Option<String>,
    /// The supplier's destination in words, where stated: `Majorca`.
    pub destination: Option<String>,
    /// Where it stands, where stated.
    pub position: Option<Position>,
    /// IANA zone of its clocks, by its position.
    pub zone: Option<String>,
}

impl Property {
    /// Its stars in halves, where its category is a number of them: `4 STARS` are eight, `3 STARS AND A HALF` seven.
    /// Keys, villas and other classes are no stars.
    #[must_use]
    pub fn half_stars(&self) -> Option<u8> {
        let category = self.category.as_deref()?.to_ascii_uppercase();
        let mut words = category.split_ascii_whitespace();
        let stars: u8 = words.next()?.parse().ok()?;
        let half_stars = stars.checked_mul(2)? + u8::from(category.ends_with("AND A HALF"));
        let are_stars = matches!(words.next()?, "STAR" | "STARS") && half_stars <= HALF_STARS_MAX;
        (are_stars && stars > 0).then_some(half_stars)
    }
}

/// Most half stars of a property.
pub const HALF_STARS_MAX: u8 = 10;

/// A kind of room of one property.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Room {
    /// The supplier's code: `DBL.ST`.
    pub code: String,
    /// For people.
    pub name: String,
}

/// Which meals a rate includes, whatever a supplier calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BoardKind {
    /// No meal.
    RoomOnly,
    /// No meal, but a kitchen.
    SelfCatering,
    /// Breakfast.
    Breakfast,
    /// Breakfast and one more meal.
    HalfBoard,
    /// Three meals.
    FullBoard,
    /// Three meals and drinks.
    AllInclusive,
    /// Something else: the supplier's words say what.
    Other,
}

/// The board of a rate.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Board {
    /// What it means.
    pub kind: BoardKind,
    /// The supplier's code.
    pub code: String,
    /// The supplier's words.
    pub name: String,
}

/// From a moment on, what a cancellation costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancellationStep {
    /// On the property's clock, always with its offset.
    pub from: LocalTime,
    /// For all rooms of the rate, as the supplier charges it.
    pub fee: Money,
    /// What the property charges instead, in its own currency, where the stay is paid there.
    pub at_property: Option<Money>,
}

/// What a cancellation costs over time. Not stated is its own answer, and never free.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<CancellationStep>", into = "Vec<CancellationStep>")]
pub struct CancellationTerms(Vec<CancellationStep>);

/// A cancellation step whose moment is not known, for want of an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a cancellation step has no offset")]
pub struct StepWithoutOffset;

impl CancellationTerms {
    /// Puts the steps in the order of time; suppliers state them in any. Without steps, nothing is stated.
    ///
    /// # Errors
    /// A step without an offset.
    ///
    /// ```
    /// use ota_core::model::money::{Currency, Money};
    /// use ota_core::model::stay::{CancellationStep, CancellationTerms};
    /// use ota_core::model::time::LocalTime;
    /// let step = |day: i8, minor| CancellationStep {
    ///     from: LocalTime::with_offset(jiff::civil::date(2027, 9, day).at(23, 59, 0, 0), 120),
    ///     fee: Money::new(minor, Currency::from_code("EUR").unwrap()),
    ///     at_property: None,
    /// };
    /// let terms = CancellationTerms::new(vec![step(14, 14_100), step(12, 7_050)])?;
    /// let eve = "2027-09-12T21:58:00Z".parse::<jiff::Timestamp>().unwrap();
    /// assert_eq!(terms.fee_at(eve.into()).unwrap().minor, 0);
    /// assert_eq!(terms.free_until(std::time::Duration::from_secs(60)), Some(eve.into()));
    /// # Ok::<(), ota_core::model::stay::StepWithoutOffset>(())
    /// ```
    pub fn new(mut steps: Vec<CancellationStep>) -> Result<Self, StepWithoutOffset> {
        if steps.iter().any(|step| step.from.instant(None).is_none()) {
            return Err(StepWithoutOffset);
        }
        steps.sort_by_key(|step| step.from.instant(None));
        Ok(Self(steps))
    }

    /// In order of time; none where nothing is stated.
    #[must_use]
    pub fn steps(&self) -> &[CancellationStep] {
        &self.0
    }

    /// What a cancellation at a moment costs; `None` where that is not stated.
    #[must_use]
    pub fn fee_at(&self, at: Timestamp) -> Option<Money> {
        let free = Money::zero(self.0.first()?.fee.currency);
        let begun = self.0.iter().take_while(|step| step.from.instant(None).is_some_and(|from| from <= at));
        Some(begun.last().map_or(free, |step| step.fee))
    }

    /// The last moment, less a safety margin, at which a cancellation is free. It may have passed. `None` where
    /// that is not stated.
    #[must_use]
    pub fn free_until(&self, margin: Duration) -> Option<Timestamp> {
        let first = self.0.iter().find(|step| step.fee.minor != 0)?;
        first.from.instant(None).map(|from| from.less(margin))
    }
}

impl TryFrom<Vec<CancellationStep>> for CancellationTerms {
    type Error = StepWithoutOffset;
    fn try_from(steps: Vec<CancellationStep>) -> Result<Self, StepWithoutOffset> {
        Self::new(steps)
    }
}

impl From<CancellationTerms> for Vec<CancellationStep> {
    fn from(terms: CancellationTerms) -> Self {
        terms.0
    }
}

/// What a charge is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChargeKind {
    /// The rooms themselves.
    Rooms,
    /// A tax or fee that is not in their price.
    TaxOrFee,
}

/// What the guest pays at the property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyCharge {
    /// What it is for.
    pub kind: ChargeKind,
    /// The supplier's word for it, where stated.
    pub label: Option<String>,
    /// For all rooms and nights, as the property takes it.
    pub amount: Money,
    /// The same in the currency of sale, as the supplier converts it: to be shown, never to be charged.
    pub converted: Option<Money>,
}

/// When and to whom a rate is paid. A fee that the supplier tells only in words is no amount: it stands in
/// [`Rate::notes`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Through us, at the time of booking, in the currency of sale.
    pub now: Money,
    /// At the property.
    pub at_property: Vec<PropertyCharge>,
}

impl Due {
    /// All of it in the currency of sale; `None` where a charge has no amount in it.
    #[must_use]
    pub fn total(&self) -> Option<Money> {
        self.at_property.iter().try_fold(self.now, |sum, charge| {
            let same = Some(charge.amount).filter(|amount| amount.currency == sum.currency);
            sum.plus(same.or(charge.converted)?).ok()
        })
    }
}

/// Whether a rate's price is the last word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RateType {
    /// It can be booked; it is still verified live before it is paid.
    Bookable,
    /// Not final: the supplier must be asked for the price before a booking.
    Recheck,
}

/// Why a rate costs less than it would, or what comes with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Promotion {
    /// The supplier's code.
    pub code: String,
    /// The supplier's words.
    pub name: String,
    /// What it takes off the net price, where stated: negative.
    pub amount: Option<Money>,
}

/// One price for one or several equal rooms over all nights, net.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// What the supplier books and checks it by; empty in an order.
    pub key: SupplierToken,
    /// The kind of room.
    pub room: Room,
    /// The meals.
    pub board: Board,
    /// How many such rooms it prices together; at least one.
    pub rooms: u8,
    /// Who sleeps in each of them.
    pub occupancy: Occupancy,
    /// What the supplier asks of us for all rooms and nights.
    pub net: Money,
    /// Other prices at which the same reply states the same key; [`Self::net`] is the dearest of them.
    pub also_stated: Vec<Money>,
    /// What is paid when.
    pub due: Due,
    /// Who settles.
    pub settlement: Settlement,
    /// Whether the price is final; absent in an order.
    pub rate_type: Option<RateType>,
    /// What a cancellation costs.
    pub cancellation: CancellationTerms,
    /// Discounts and extras.
    pub promotions: Vec<Promotion>,
    /// It may be sold only together with something else, as a package.
    pub package_only: bool,
    /// Its price may not be shown on its own.
    pub opaque: bool,
    /// The price at which it must be sold, where the property sets one.
    pub mandatory_price: Option<Money>,
    /// How many such rooms are left, where stated.
    pub left: Option<u16>,
    /// What the supplier says in words: fees told without a figure, remarks, conditions.
    pub notes: Vec<String>,
}

/// What one property offers for a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyRates {
    /// Where.
    pub property: Arc<Property>,
    /// When.
    pub dates: StayDates,
    /// One key once, in the supplier's order.
    pub rates: Vec<Rate>,
}

/// Somebody in a room of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guest {
    /// Which of the equal rooms, counted from 1.
    pub room: u8,
    /// Who, as the supplier has it.
    pub traveler: OrderTraveler,
    /// A child's full years on the day of check-in, where stated.
    pub age: Option<u8>,
}

/// A room of an order, or several equal ones at one rate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookedRoom {
    /// The supplier's status, in its word.
    pub status: String,
    /// Everybody in it; where one rate prices several equal rooms, everybody in all of them.
    pub guests: Vec<Guest>,
    /// What they stay at.
    pub rates: Vec<Rate>,
}

/// Who takes the money for a property, as its agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    /// The company.
    pub name: String,
    /// Its tax number, where stated.
    pub tax_number: Option<String>,
}

/// What an order of a stay has beside what every order has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookedStay {
    /// The client's reference as the supplier writes it, ours or not.
    pub client_reference: Option<String>,
    /// Where.
    pub property: Arc<Property>,
    /// When.
    pub dates: StayDates,
    /// What was booked.
    pub rooms: Vec<BookedRoom>,
    /// What a cancellation costs or has cost, where the answer is to one.
    pub cancellation_fee: Option<Money>,
    /// Who takes the money, where a voucher has to say so.
    pub payee: Option<Payee>,
}

impl Rate {
    /// From which moments on a cancellation costs which share of the net, in whole percent: fees follow the price, and
    /// this is what the same terms have in common at another.
    #[must_use]
    pub fn fee_shares(&self) -> Vec<(Option<Timestamp>, i128)> {
        let net = i128::from(self.net.minor.max(1));
        let share = |fee: Money| Rounding::HalfUp.divide(i128::from(fee.minor) * 100, net);
        self.cancellation.steps().iter().map(|step| (step.from.instant(None), share(step.fee))).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::model::money::Currency;

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::from_code("EUR").unwrap())
    }

    fn step(day: i8, offset: i16, minor: i64) -> CancellationStep {
        let from = LocalTime::with_offset(date(2027, 10, day).at(23, 59, 0, 0), offset);
        CancellationStep { from, fee: eur(minor), at_property: None }
    }

    fn at(text: &str) -> Timestamp {
        text.parse::<jiff::Timestamp>().unwrap().into()
    }

    #[test]
    fn a_fee_holds_from_its_moment_on_whatever_the_order_of_the_steps() {
        // Summer time ends on the 31st: the offsets differ.
        let terms =
            CancellationTerms::new(vec![step(31, 60, 300), step(29, 120, 100), step(30, 120, 200)]).unwrap();
        let fee = |text| terms.fee_at(at(text)).unwrap().minor;
        assert_eq!(fee("2027-10-29T21:58:59Z"), 0);
        assert_eq!(fee("2027-10-29T21:59:00Z"), 100);
        assert_eq!(fee("2027-10-31T22:58:59Z"), 200);
        assert_eq!(fee("2027-10-31T22:59:00Z"), 300);
        assert_eq!(terms.free_until(Duration::from_secs(3_600)), Some(at("2027-10-29T20:59:00Z")));
    }

    #[test]
    fn what_is_not_stated_is_not_free() {
        let terms = CancellationTerms::default();
        assert_eq!(
            (terms.fee_at(at("2027-10-01T00:00:00Z")), terms.free_until(Duration::ZERO)),
            (None, None)
        );
        let clock = LocalTime::new(date(2027, 10, 1).at(0, 0, 0, 0));
        let step = CancellationStep { from: clock, ..step(1, 0, 1) };
        assert_eq!(CancellationTerms::new(vec![step]), Err(StepWithoutOffset));
    }

    #[test]
    fn stars_are_read_from_the_category_and_nothing_else_is() {
        let check = |category: Option<&str>, want| {
            let property = Property {
                code: PropertyCode::new("1").unwrap(),
                name: "House".to_owned(),
                category: category.map(str::to_owned),
                destination: None,
                position: None,
                zone: None,
            };
            assert_eq!(property.half_stars(), want, "{category:?}");
        };
        check(Some("4 STARS"), Some(8));
        check(Some("1 star"), Some(2));
        check(Some("4 STARS LUXURY"), Some(8));
        check(Some("3 Stars and a half"), Some(7));
        check(Some("5 STARS"), Some(10));
        for other in ["3 KEYS", "VILLA", "", "0 STARS", "5 STARS AND A HALF", "200 STARS", "STARS", "4"] {
            check(Some(other), None);
        }
        check(None, None);
    }

    #[test]
    fn stored_terms_are_put_in_order_again() {
        let text = serde_json::to_string(&vec![step(30, 120, 200), step(29, 120, 100)]).unwrap();
        let terms: CancellationTerms = serde_json::from_str(&text).unwrap();
        assert_eq!(terms.steps()[0].fee, eur(100));
    }

    #[test]
    fn what_is_paid_at_the_property_is_never_mixed_into_what_is_paid_now() {
        let charge = |amount, converted| {
            let kind = ChargeKind::TaxOrFee;
            PropertyCharge { kind, label: None, amount, converted }
        };
        let aed = Money::new(4_000, Currency::from_code("AED").unwrap());
        let mut due = Due { now: eur(10_000), at_property: vec![charge(eur(330), None)] };
        assert_eq!(due.total(), Some(eur(10_330)));
        due.at_property.push(charge(aed, Some(eur(1_000))));
        assert_eq!(due.total(), Some(eur(11_330)));
        due.at_property.push(charge(aed, None));
        assert_eq!(due.total(), None);
    }
}
