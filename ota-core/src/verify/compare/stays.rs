//! In which respects live rooms differ from those that a customer saw.

use super::Respect;
use crate::model::money::Money;
use crate::model::offer::HotelOffer;
use crate::model::stay::{Occupancy, PropertyCharge, Rate};
use crate::pricing::SellPrice;

/// Every respect in which the rooms differ.
pub(super) fn differences(
    (was, was_sold): (&HotelOffer, &SellPrice),
    (is, is_sold): (&HotelOffer, &SellPrice),
) -> Vec<Respect> {
    let place = |offer: &HotelOffer| (offer.property.code.clone(), offer.dates);
    let (was_rooms, is_rooms) = (by_guests(was, was_sold), by_guests(is, is_sold));
    let rooms = |same: fn(&Lodged<'_>, &Lodged<'_>) -> bool| {
        was_rooms.len() == is_rooms.len() && was_rooms.iter().zip(&is_rooms).all(|(was, is)| same(was, is))
    };
    let same = [
        (Respect::Total, was.total == is.total && was_sold.total == is_sold.total),
        (Respect::Conditions, rooms(|was, is| terms_kept(was.rate, is.rate))),
        (Respect::Stay, place(was) == place(is)),
        (Respect::Rooms, rooms(|was, is| was.kind() == is.kind())),
        (Respect::RoomPrice, rooms(|was, is| (was.rate.net, &was.sold) == (is.rate.net, &is.sold))),
        (Respect::Board, rooms(|was, is| was.rate.board.code == is.rate.board.code)),
        (
            Respect::DueAtProperty,
            rooms(|was, is| {
                was.rate.settlement == is.rate.settlement && charges(was.rate) == charges(is.rate)
            }),
        ),
    ];
    same.into_iter().filter(|(_, same)| !same).map(|(respect, _)| respect).collect()
}

/// The equal rooms of one rate.
struct Lodged<'a> {
    rate: &'a Rate,
    /// What each of them is sold for.
    sold: Vec<Money>,
}

impl Lodged<'_> {
    fn kind(&self) -> (&str, u8, &Occupancy) {
        (&self.rate.room.code, self.rate.rooms, &self.rate.occupancy)
    }
}

/// Suppliers state rates in any order, so they are compared by who sleeps in their rooms.
fn by_guests<'a>(offer: &'a HotelOffer, sold: &SellPrice) -> Vec<Lodged<'a>> {
    let mut sold = sold.rooms.iter().copied();
    let lodged =
        |rate: &'a Rate| Lodged { rate, sold: sold.by_ref().take(usize::from(rate.rooms)).collect() };
    let mut all: Vec<_> = offer.rates.iter().map(lodged).collect();
    all.sort_by(|one, other| one.rate.occupancy.cmp(&other.rate.occupancy));
    all
}

/// The same fees from the same moments on, or at another price the same shares of it; what was not stated before is no
/// promise.
fn terms_kept(was: &Rate, is: &Rate) -> bool {
    let fees = |rate: &Rate| -> Vec<_> {
        rate.cancellation.steps().iter().map(|step| (step.from.instant(None), step.fee)).collect()
    };
    let follow_price = was.net != is.net && was.fee_shares() == is.fee_shares();
    was.cancellation.steps().is_empty() || fees(was) == fees(is) || follow_price
}

/// What is paid at the property, in no order. What that is in the currency of sale changes by the hour, and is no
/// promise.
fn charges(rate: &Rate) -> Vec<(u8, Money)> {
    let charge = |charge: &PropertyCharge| (charge.kind as u8, charge.amount);
    let mut charges: Vec<_> = rate.due.at_property.iter().map(charge).collect();
    charges.sort_by_key(|(kind, amount)| (*kind, amount.currency.code(), amount.minor));
    charges
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::model::fare::Settlement;
    use crate::model::money::Currency;
    use crate::model::stay::{CancellationTerms, ChargeKind, Occupancy};
    use crate::pricing::Pricer as _;
    use crate::testing::samples::{self, MarkUp};
    use crate::testing::stays::{charged_from, rate, stay_offer};

    fn compared(was: &HotelOffer, is: &HotelOffer) -> Vec<Respect> {
        let price = |offer: &HotelOffer| {
            MarkUp::percent(10).price(&offer.clone().into(), &samples::pricing_context()).unwrap()
        };
        let (shown, live) = (price(was), price(is));
        differences((was, &shown), (is, &live))
    }

    /// Two double rooms, and one for a parent and a child.
    fn shown() -> HotelOffer {
        let mut offer = stay_offer("alpha-1", "1", 40_000);
        offer.rates[0].rooms = 2;
        let occupancy = Occupancy { adults: 1, child_ages: vec![7] };
        offer.rates.push(Rate { occupancy, ..rate("key-2", 10_000) });
        offer.total = Money::new(50_000, samples::usd());
        offer
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut HotelOffer), want: &[Respect]) {
        let mut live = shown();
        change(&mut live);
        assert_eq!(compared(&shown(), &live), want);
    }

    fn reprice(rate: &mut Rate, cents: i64) {
        (rate.net.minor, rate.due.now.minor) = (cents, cents);
    }

    #[test]
    fn the_same_rooms_are_no_difference() {
        check(|_| {}, &[]);
        check(|offer| offer.rates.reverse(), &[]);
        check(|offer| offer.account = samples::account("alpha-2").id, &[]);
        check(|offer| offer.rates[0].left = Some(1), &[]);
    }

    #[test]
    fn amounts_of_rooms() {
        let dearer = |offer: &mut HotelOffer| {
            reprice(&mut offer.rates[0], 40_100);
            offer.rates[0].cancellation = charged(40_100);
            offer.total.minor += 100;
        };
        check(dearer, &[Respect::Total, Respect::RoomPrice]);
        // One room dearer, the other cheaper by the same.
        let shift = |offer: &mut HotelOffer| {
            for (rate, cents) in offer.rates.iter_mut().zip([39_900, 10_100]) {
                reprice(rate, cents);
                rate.cancellation = charged(cents);
            }
        };
        check(shift, &[Respect::RoomPrice]);
        check(|offer| offer.total.minor += 1, &[Respect::Total]);
    }

    /// The terms of a sample rate at another price: from then on all of it is lost.
    fn charged(cents: i64) -> CancellationTerms {
        let mut steps = rate("key", cents).cancellation.steps().to_vec();
        steps[0].fee.minor = cents;
        CancellationTerms::new(steps).unwrap()
    }

    #[test]
    fn terms_of_rooms() {
        let changed =
            |terms: CancellationTerms| move |offer: &mut HotelOffer| offer.rates[0].cancellation = terms;
        check(changed(charged(39_999)), &[Respect::Conditions]);
        check(changed(charged_from(date(2027, 7, 7), 40_000)), &[Respect::Conditions]);
        check(changed(CancellationTerms::default()), &[Respect::Conditions]);
        // At another price, another share of it.
        let half = |offer: &mut HotelOffer| {
            reprice(&mut offer.rates[0], 42_000);
            offer.rates[0].cancellation = charged(21_000);
            offer.total.minor += 2_000;
        };
        check(half, &[Respect::Total, Respect::Conditions, Respect::RoomPrice]);
        let mut vague = shown();
        vague.rates[0].cancellation = CancellationTerms::default();
        assert_eq!(compared(&vague, &shown()), [], "what becomes known is no difference");
    }

    #[test]
    fn property_nights_rooms_and_boards() {
        let other = stay_offer("alpha-1", "2", 1).property;
        check(|offer| offer.property = other, &[Respect::Stay]);
        check(|offer| offer.dates.check_out = date(2027, 7, 13), &[Respect::Stay]);
        check(|offer| offer.rates[0].room.code = "SUI".to_owned(), &[Respect::Rooms]);
        check(|offer| offer.rates[1].occupancy.child_ages = vec![8], &[Respect::Rooms]);
        check(|offer| offer.rates[1].board.code = "RO".to_owned(), &[Respect::Board]);
    }

    #[test]
    fn what_is_paid_at_the_property() {
        let money = |minor, code| Money::new(minor, Currency::from_code(code).unwrap());
        let charge = |minor, converted| {
            let kind = ChargeKind::TaxOrFee;
            PropertyCharge {
                kind,
                label: None,
                amount: money(minor, "JPY"),
                converted: Some(money(converted, "USD")),
            }
        };
        let with = |charges: Vec<PropertyCharge>| {
            let mut offer = shown();
            offer.rates[0].due.at_property = charges;
            offer
        };
        let taxed = with(vec![charge(200, 140), charge(100, 70)]);
        assert_eq!(compared(&taxed, &with(vec![charge(100, 71), charge(200, 143)])), []);
        assert_eq!(
            compared(&taxed, &with(vec![charge(100, 70), charge(300, 210)])),
            [Respect::DueAtProperty]
        );
        assert_eq!(compared(&shown(), &taxed), [Respect::DueAtProperty]);
        assert_eq!(compared(&taxed, &shown()), [Respect::DueAtProperty]);
        check(|offer| offer.rates[0].settlement = Settlement::CustomerCard, &[Respect::DueAtProperty]);
    }
}
