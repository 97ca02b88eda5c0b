//! From the rates of a property to offers: one rate for each kind of room that was asked for.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::sync::Arc;

use jiff::civil::Date;

use super::id::{AccountId, SupplierId};
use super::money::Money;
use super::offer::HotelOffer;
use super::passenger::{PassengerKind, TravelerRef};
use super::stay::{Occupancy, PropertyRates, Rate};
use super::traveler::{Party, Traveler};
use crate::limits;

/// The kinds of rooms asked for and how many of each, in the order of the first of each.
///
/// ```
/// use ota_core::model::rooms::kinds;
/// use ota_core::model::stay::Occupancy;
/// let room = |adults, ages: &[u8]| Occupancy { adults, child_ages: ages.to_vec() };
/// let asked = [room(2, &[]), room(1, &[7]), room(2, &[])];
/// let kinds = kinds(&asked);
/// assert_eq!(kinds, [(&asked[0], 2), (&asked[1], 1)]);
/// ```
#[must_use]
pub fn kinds(asked: &[Occupancy]) -> Vec<(&Occupancy, usize)> {
    let mut kinds: Vec<(&Occupancy, usize)> = Vec::new();
    for room in asked {
        match kinds.iter_mut().find(|(known, _)| *known == room) {
            Some((_, count)) => *count += 1,
            None => kinds.push((room, 1)),
        }
    }
    kinds
}

/// Every way to house all rooms asked for, cheapest first, up to [`limits::OFFERS_PER_PROPERTY_MAX`]; none where a
/// kind of room has no rate.
///
/// One kind of room gives one offer for each rate. Several kinds multiply: each is chosen among its own rates.
#[must_use]
pub fn offers(
    supplier: &SupplierId,
    account: &AccountId,
    rates: &PropertyRates,
    asked: &[Occupancy],
) -> Vec<HotelOffer> {
    let choices: Vec<Vec<&Rate>> = kinds(asked).into_iter().map(|kind| fitting(&rates.rates, kind)).collect();
    let offer = |(total, chosen): (Money, Vec<usize>)| HotelOffer {
        supplier: supplier.clone(),
        account: account.clone(),
        property: Arc::clone(&rates.property),
        dates: rates.dates,
        rates: pick(&choices, &chosen).cloned().collect(),
        total,
    };
    cheapest(&choices).into_iter().map(offer).collect()
}

/// The rates that price exactly the rooms of one kind, cheapest first.
fn fitting<'a>(rates: &'a [Rate], (occupancy, count): (&Occupancy, usize)) -> Vec<&'a Rate> {
    let fits = |rate: &&Rate| rate.occupancy == *occupancy && usize::from(rate.rooms) == count;
    let mut fitting: Vec<&Rate> = rates.iter().filter(fits).collect();
    fitting.sort_by_key(|rate| rate.net.minor);
    fitting
}

fn pick<'a>(choices: &'a [Vec<&Rate>], chosen: &'a [usize]) -> impl Iterator<Item = &'a Rate> {
    choices.iter().zip(chosen).filter_map(|(rates, at)| rates.get(*at).copied())
}

/// The cheapest combinations with their totals. The next one differs from one already taken by one step to the
/// next dearer rate of one kind, so that never more than a few are looked at.
fn cheapest(choices: &[Vec<&Rate>]) -> Vec<(Money, Vec<usize>)> {
    let total = |chosen: &[usize]| -> Option<Money> {
        let mut nets = pick(choices, chosen).map(|rate| rate.net);
        let first =
            nets.next().filter(|_| choices.iter().zip(chosen).all(|(rates, at)| *at < rates.len()))?;
        nets.try_fold(first, Money::plus).ok()
    };
    let mut taken = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next = BinaryHeap::new();
    let mut look = |chosen: Vec<usize>, next: &mut BinaryHeap<_>| {
        if let Some(total) = total(&chosen).filter(|_| seen.insert(chosen.clone())) {
            next.push((Reverse(total.minor), Reverse(chosen)));
        }
    };
    look(vec![0; choices.len()], &mut next);
    while let Some((_, Reverse(chosen))) = next.pop() {
        if taken.len() == limits::OFFERS_PER_PROPERTY_MAX {
            break;
        }
        for kind in 0..chosen.len() {
            let mut dearer = chosen.clone();
            dearer[kind] += 1;
            look(dearer, &mut next);
        }
        taken.extend(total(&chosen).map(|total| (total, chosen)));
    }
    taken
}

/// One room of an offer, and who sleeps in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lodging<'a> {
    /// Equal rooms share one rate.
    pub rate: &'a Rate,
    /// In the order of the party.
    pub guests: Vec<TravelerRef>,
}

/// A party that does not fit the rooms of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unlodged {
    /// Somebody says no room where there are several, or one beyond them.
    #[error("{0} names no room of the stay")]
    Room(TravelerRef),
    /// A child without a date of birth, or somebody born after check-in.
    #[error("the age of {0} at check-in is not known")]
    Age(TravelerRef),
    /// A room's guests are not those that any room left was priced for; rooms are counted from 1.
    #[error("the guests of room {0} are not those who were priced")]
    Guests(u8),
}

/// Puts everybody into a room: each traveler says which, and the guests of each must be those that a room was priced
/// for. Rooms may be numbered in any order; the numbers run from 1. The result has the rooms in that order.
///
/// # Errors
/// The first that does not fit.
pub fn lodge<'a>(offer: &'a HotelOffer, party: &Party) -> Result<Vec<Lodging<'a>>, Unlodged> {
    let mut left: Vec<&Rate> =
        offer.rates.iter().flat_map(|rate| std::iter::repeat_n(rate, usize::from(rate.rooms))).collect();
    let mut rooms: Vec<Vec<TravelerRef>> = vec![Vec::new(); left.len()];
    for (who, traveler) in (0..=u8::MAX).map(TravelerRef).zip(&party.travelers) {
        let number = traveler.room.map_or(usize::from(left.len() == 1), usize::from);
        let room = number.checked_sub(1).and_then(|at| rooms.get_mut(at));
        room.ok_or(Unlodged::Room(who))?.push(who);
    }
    let lodge = |(number, guests): (u8, Vec<TravelerRef>)| {
        let occupancy = occupancy(&guests, party, offer.dates.check_in)?;
        let at = left.iter().position(|rate| rate.occupancy == occupancy);
        let rate = left.swap_remove(at.ok_or(Unlodged::Guests(number))?);
        Ok(Lodging { rate, guests })
    };
    (1..=u8::MAX).zip(rooms).map(lodge).collect()
}

fn occupancy(guests: &[TravelerRef], party: &Party, check_in: Date) -> Result<Occupancy, Unlodged> {
    let age = |who: &TravelerRef| {
        let traveler = party.travelers.get(usize::from(who.0)).ok_or(Unlodged::Room(*who))?;
        child_age(traveler, check_in).ok_or(Unlodged::Age(*who))
    };
    let ages = guests.iter().map(age).collect::<Result<Vec<_>, _>>()?;
    let mut child_ages: Vec<u8> = ages.iter().copied().flatten().collect();
    child_ages.sort_unstable();
    let adults = u8::try_from(ages.len() - child_ages.len()).unwrap_or(u8::MAX);
    Ok(Occupancy { adults, child_ages })
}

/// A child's full years at check-in, or that this is an adult; `None` where the age is not known. Airlines count as
/// adults who is a child in a room: an age decides wherever there is one.
#[must_use]
pub fn child_age(traveler: &Traveler, check_in: Date) -> Option<Option<u8>> {
    let Some(born) = &traveler.born else {
        return (traveler.kind == PassengerKind::Adult).then_some(None);
    };
    let born = *born.expose();
    let before_birthday = (check_in.month(), check_in.day()) < (born.month(), born.day());
    let years = i32::from(check_in.year()) - i32::from(born.year()) - i32::from(before_birthday);
    let years = u8::try_from(years).ok()?;
    Some(Some(years).filter(|years| *years <= limits::CHILD_AGE_MAX))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::model::check::{Checked, Violation};
    use crate::model::fare::Settlement;
    use crate::model::id::PropertyCode;
    use crate::model::money::Currency;
    use crate::model::offer::SupplierToken;
    use crate::model::stay::{
        Board, BoardKind, CancellationTerms, ChargeKind, Due, Property, PropertyCharge, RateType, Room,
        StayDates,
    };

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::from_code("EUR").unwrap())
    }

    fn room(adults: u8, ages: &[u8]) -> Occupancy {
        Occupancy { adults, child_ages: ages.to_vec() }
    }

    fn rate(key: &str, rooms: u8, occupancy: Occupancy, net: i64) -> Rate {
        Rate {
            key: SupplierToken::new(key.to_owned()).unwrap(),
            room: Room { code: "DBL".to_owned(), name: "Double".to_owned() },
            board: Board { kind: BoardKind::RoomOnly, code: "RO".to_owned(), name: "Room only".to_owned() },
            rooms,
            occupancy,
            net: eur(net),
            also_stated: Vec::new(),
            due: Due { now: eur(net), at_property: Vec::new() },
            settlement: Settlement::Agency,
            rate_type: Some(RateType::Bookable),
            cancellation: CancellationTerms::default(),
            promotions: Vec::new(),
            package_only: false,
            opaque: false,
            mandatory_price: None,
            left: None,
            notes: Vec::new(),
        }
    }

    fn offers_of(rates: Vec<Rate>, asked: &[Occupancy]) -> Vec<HotelOffer> {
        let property = Property {
            code: PropertyCode::new("1").unwrap(),
            name: "House".to_owned(),
            category: None,
            destination: None,
            position: None,
            zone: None,
        };
        let dates = StayDates { check_in: date(2027, 6, 15), check_out: date(2027, 6, 16) };
        let rates = PropertyRates { property: Arc::new(property), dates, rates };
        offers(&SupplierId::new("s").unwrap(), &AccountId::new("a").unwrap(), &rates, asked)
    }

    fn keys(offer: &HotelOffer) -> String {
        offer.rates.iter().map(|rate| rate.key.expose()).collect::<Vec<_>>().join("+")
    }

    #[test]
    fn one_kind_of_room_gives_one_offer_for_each_rate() {
        let asked = [room(2, &[]), room(2, &[])];
        let rates = vec![
            rate("dear", 2, room(2, &[]), 300),
            rate("cheap", 2, room(2, &[]), 200),
            rate("one", 1, room(2, &[]), 100),
            rate("child", 2, room(2, &[4]), 100),
        ];
        let offers = offers_of(rates, &asked);
        assert_eq!(offers.iter().map(keys).collect::<Vec<_>>(), ["cheap", "dear"]);
        assert!(Checked::stay(offers[0].clone(), &asked).is_ok());
    }

    #[test]
    fn several_kinds_are_combined_cheapest_first() {
        let asked = [room(2, &[]), room(1, &[7])];
        let (two, family) = (room(2, &[]), room(1, &[7]));
        let rates = vec![
            rate("a1", 1, two.clone(), 100),
            rate("a2", 1, two.clone(), 150),
            rate("b1", 1, family.clone(), 200),
            rate("b2", 1, family, 220),
        ];
        let offers = offers_of(rates.clone(), &asked);
        assert_eq!(offers.iter().map(keys).collect::<Vec<_>>(), ["a1+b1", "a1+b2", "a2+b1", "a2+b2"]);
        assert_eq!(offers.iter().map(|offer| offer.total.minor).collect::<Vec<_>>(), [300, 320, 350, 370]);
        assert!(offers_of(rates[..2].to_vec(), &asked).is_empty(), "a room has no rate");
        assert!(offers_of(rates, &[]).is_empty());
    }

    #[test]
    fn the_gate_refuses_what_does_not_house_everybody_or_add_up() {
        let asked = [room(2, &[]), room(1, &[7])];
        let rates = vec![rate("a", 1, room(2, &[]), 100), rate("b", 1, room(1, &[7]), 200)];
        let offer = offers_of(rates, &asked).remove(0);
        let check = |change: &dyn Fn(&mut HotelOffer), want: Violation| {
            let mut changed = offer.clone();
            change(&mut changed);
            assert_eq!(Checked::stay(changed, &asked).err(), Some(want));
        };
        check(&|offer| _ = offer.rates.pop(), Violation::RoomsNotPriced);
        check(&|offer| offer.rates[0].rooms = 2, Violation::RoomsNotPriced);
        check(&|offer| offer.rates[1].occupancy.child_ages = vec![8], Violation::RoomsNotPriced);
        check(&|offer| offer.total = eur(301), Violation::OfferTotal);
        check(&|offer| offer.rates[0].due.now = eur(99), Violation::DueTotal);
        check(&|offer| offer.rates[0].settlement = Settlement::PayAtProperty, Violation::DueTotal);
        check(&|offer| offer.rates[0].net = eur(0), Violation::NotPositive);
        check(&|offer| offer.dates.check_out = offer.dates.check_in, Violation::StayShape);
        // Paid at the property: something is, and nothing now.
        let mut there = offer.clone();
        let kind = ChargeKind::Rooms;
        let charge = PropertyCharge { kind, label: None, amount: eur(110), converted: None };
        there.rates[0].settlement = Settlement::PayAtProperty;
        there.rates[0].due = Due { now: eur(0), at_property: vec![charge] };
        assert!(Checked::stay(there, &asked).is_ok());
    }

    proptest! {
        #[test]
        fn the_cheapest_combinations_come_first(
            first in prop::collection::vec(1i64..500, 1..40),
            second in prop::collection::vec(1i64..500, 1..40),
        ) {
            let (two, one) = (room(2, &[]), room(1, &[]));
            let rates = first.iter().map(|net| rate("a", 1, two.clone(), *net));
            let rates = rates.chain(second.iter().map(|net| rate("b", 1, one.clone(), *net)));
            let offers = offers_of(rates.collect(), &[two.clone(), one.clone()]);
            let mut all: Vec<i64> = first.iter().flat_map(|a| second.iter().map(move |b| a + b)).collect();
            all.sort_unstable();
            all.truncate(limits::OFFERS_PER_PROPERTY_MAX);
            prop_assert_eq!(offers.iter().map(|offer| offer.total.minor).collect::<Vec<_>>(), all);
        }
    }
}
