//! Is the answer about what was sent? Pure comparisons of an order and of tickets with what was asked for.
//!
//! A difference never says who or what exactly: its text goes to logs.

use ota_core::model::itinerary::{Segment, SegmentKind};
use ota_core::model::money::Money;
use ota_core::model::offer::FlightOffer;
use ota_core::model::order::{
    Coupon, LocatorKind, OrderProblem, OrderTraveler, RecordLocator, SupplierOrder, Ticket,
};
use ota_core::model::passenger::{PassengerKind, TravelerRef};
use ota_core::model::traveler::{Party, Traveler};

use super::requests::names;

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Difference {
    #[error("the answer is about another record")]
    Locator,
    #[error("the travelers are not those sent")]
    Travelers,
    #[error("the segments are not those sent")]
    Segments,
    #[error("the total is not the one priced")]
    Total,
    #[error("the record does not show our reference")]
    Reference,
    #[error("the record names documents that were not found")]
    Documents,
    #[error("the coupons are not those of the itinerary")]
    Coupons,
}

/// An order just made, with what was sent. One that says itself that it differs is a problem, not a
/// misunderstanding: what it says has differed is not compared again.
pub(crate) fn order(order: &SupplierOrder, offer: &FlightOffer, party: &Party) -> Result<(), Difference> {
    travelers(&order.travelers, party)?;
    let changed = order.problems.contains(&OrderProblem::SolutionChanged);
    let flights = order.segments.iter().filter(|segment| segment.segment.kind == SegmentKind::Flight);
    let classes = classes(offer);
    let same = |(have, (want, class)): (&ota_core::model::order::OrderSegment, (&Segment, _))| {
        same_flight(&have.segment, want) && have.booking_class == class
    };
    let sold = flights.clone().count() == classes.len() && flights.zip(classes).all(same);
    if !changed && !sold {
        return Err(Difference::Segments);
    }
    let unpriced = order.problems.contains(&OrderProblem::PriceNotStored);
    if !changed && !unpriced && order.total != Some(offer.total) {
        return Err(Difference::Total);
    }
    Ok(())
}

/// Every flight of an offer with the class that it is sold in.
fn classes(offer: &FlightOffer) -> Vec<(&Segment, Option<ota_core::model::itinerary::BookingClass>)> {
    let flown = offer.fares.first().map(|fare| &fare.segments);
    let class = |index: usize| {
        let flown = flown?.iter().find(|flown| usize::from(flown.segment.0) == index)?;
        Some(flown.booking_class)
    };
    let segments = offer.itinerary.segments().enumerate();
    segments
        .filter(|(_, segment)| segment.kind == SegmentKind::Flight)
        .map(|(index, segment)| (segment, class(index)))
        .collect()
}

fn same_flight(have: &Segment, want: &Segment) -> bool {
    let clock = |segment: &Segment| segment.departs.map(|time| time.civil);
    have.flight == want.flight
        && (have.origin, have.destination) == (want.origin, want.destination)
        && clock(have) == clock(want)
}

/// Everybody sent is there once, and nobody else.
pub(crate) fn travelers(have: &[OrderTraveler], party: &Party) -> Result<(), Difference> {
    let mut left: Vec<_> = have.iter().collect();
    for traveler in &party.travelers {
        let at = left.iter().position(|other| is_person(other, traveler)).ok_or(Difference::Travelers)?;
        left.remove(at);
    }
    if left.is_empty() { Ok(()) } else { Err(Difference::Travelers) }
}

/// Whether the supplier's name is that of the traveler. Hosts glue the title to the given name.
pub(crate) fn is_person(have: &OrderTraveler, want: &Traveler) -> bool {
    let Ok((given, surname)) = names::name(&want.name) else { return false };
    let letters = |text: &str| names::latin(text).map(|text| text.replace(' ', "")).unwrap_or_default();
    let kind = have.passenger_type.is_none_or(|code| code.kind() == want.kind);
    let title = names::title(want.name.title.as_deref()).unwrap_or_default();
    let (given, surname) = (given.replace(' ', ""), surname.replace(' ', ""));
    let known = have.given.as_ref().map(|text| letters(text.expose())).unwrap_or_default();
    let called = known == given
        || (!title.is_empty() && known.strip_prefix(given.as_str()) == Some(title.as_str()))
        || (known.is_empty() && want.name.given.is_none());
    kind && called && letters(have.surname.expose()) == surname
}

/// The record is the one that was asked about: every locator given that it also names is the same.
pub(crate) fn locators(have: &[RecordLocator], want: &[RecordLocator]) -> Result<(), Difference> {
    let shared = |kind| {
        let of = |list: &[RecordLocator]| list.iter().find(|l| l.kind == kind).map(|l| l.code.clone());
        of(have).zip(of(want))
    };
    let kinds = [LocatorKind::UniversalRecord, LocatorKind::Provider, LocatorKind::Reservation];
    let pairs: Vec<_> = kinds.into_iter().filter_map(shared).collect();
    if !pairs.is_empty() && pairs.iter().all(|(have, want)| have == want) {
        Ok(())
    } else {
        Err(Difference::Locator)
    }
}

/// One traveler's documents, with the itinerary and the price of their passenger type.
pub(crate) fn tickets(
    tickets: &[Ticket],
    offer: &FlightOffer,
    kind: PassengerKind,
) -> Result<(), Difference> {
    let coupons: Vec<&Coupon> = tickets.iter().flat_map(|ticket| &ticket.coupons).collect();
    let flights: Vec<_> = classes(offer);
    let same = |(coupon, (segment, class)): (&&Coupon, &(&Segment, _))| {
        coupon.origin.is_none_or(|code| code == segment.origin)
            && coupon.destination.is_none_or(|code| code == segment.destination)
            && coupon.flight.is_none_or(|flight| Some(flight) == segment.flight)
            && coupon.booking_class.is_none_or(|letter| Some(letter) == *class)
    };
    if coupons.len() != flights.len() || !coupons.iter().zip(&flights).all(same) {
        return Err(Difference::Coupons);
    }
    let priced = offer.fares.iter().find(|fare| fare.passenger_type.kind() == kind).map(|fare| fare.total);
    let stated: Vec<Money> = tickets.iter().filter_map(|ticket| ticket.total).collect();
    if priced.is_some() && stated.first().copied() == priced { Ok(()) } else { Err(Difference::Total) }
}

/// Whose documents these are: each list belongs to one traveler, each traveler gets one list.
pub(crate) fn owners(names: &[&OrderTraveler], party: &Party) -> Result<Vec<TravelerRef>, Difference> {
    let mut free: Vec<_> = party.travelers.iter().zip(0..=u8::MAX).collect();
    let mut owners = Vec::with_capacity(names.len());
    for name in names {
        let at =
            free.iter().position(|(traveler, _)| is_person(name, traveler)).ok_or(Difference::Travelers)?;
        owners.push(TravelerRef(free.remove(at).1));
    }
    Ok(owners)
}

#[cfg(test)]
mod tests {
    use ota_core::model::itinerary::BookingClass;
    use ota_core::model::order::{CouponStatus, OrderSegment, OrderStatus, TicketNumber};
    use ota_core::testing::samples;
    use proptest::prelude::*;

    use super::*;

    /// The order that was asked for.
    fn faithful(offer: &FlightOffer, party: &Party) -> SupplierOrder {
        let segments = offer.itinerary.segments().map(|segment| OrderSegment {
            segment: segment.clone(),
            booking_class: BookingClass::new('K').ok(),
            status: Some("HK".to_owned()),
        });
        let person = |traveler: &Traveler| OrderTraveler {
            passenger_type: Some(traveler.kind.into()),
            given: Some("SITIMS".to_owned().into()),
            surname: traveler.name.surname.clone(),
        };
        SupplierOrder {
            stay: None,
            locators: vec![locator("AAAAAA")],
            status: OrderStatus::Held,
            travelers: party.travelers.iter().map(person).collect(),
            segments: segments.collect(),
            fares: offer.fares.clone(),
            total: Some(offer.total),
            references: Vec::new(),
            tickets: Vec::new(),
            ticketing_limit: None,
            problems: Vec::new(),
        }
    }

    fn locator(code: &str) -> RecordLocator {
        RecordLocator { kind: LocatorKind::Provider, owner: None, code: code.to_owned() }
    }

    fn issued(offer: &FlightOffer) -> Vec<Ticket> {
        let coupons = (1..).zip(offer.itinerary.segments()).map(|(number, segment)| Coupon {
            number,
            status: CouponStatus::Open,
            flight: segment.flight,
            origin: Some(segment.origin),
            destination: Some(segment.destination),
            booking_class: BookingClass::new('K').ok(),
            fare_basis: None,
        });
        vec![Ticket {
            number: TicketNumber::new("1269990000001").unwrap(),
            conjunction_of: None,
            status: None,
            issued: None,
            traveler: None,
            coupons: coupons.collect(),
            total: Some(offer.total),
            base: None,
            taxes: None,
            fare_calculation: None,
        }]
    }

    proptest! {
        #[test]
        fn any_difference_in_an_order_is_seen(what in 0..9, at in 0usize..2, by in 1i64..1000) {
            let (offer, party) = (samples::offer("alpha-1", "GA", 50_000), samples::party());
            let mut changed = faithful(&offer, &party);
            prop_assert_eq!(order(&changed, &offer, &party), Ok(()));
            let expected = match what {
                0 => { changed.travelers.pop(); Difference::Travelers }
                1 => { changed.travelers.push(changed.travelers[0].clone()); Difference::Travelers }
                2 => { changed.travelers[0].surname = "OTHER".to_owned().into(); Difference::Travelers }
                3 => { changed.travelers[0].given = Some("SITIMR".to_owned().into()); Difference::Travelers }
                4 => { changed.segments.remove(at); Difference::Segments }
                5 => { changed.segments[at].segment.flight.as_mut().unwrap().number += 1; Difference::Segments }
                6 => { changed.segments[at].booking_class = BookingClass::new('Y').ok(); Difference::Segments }
                7 => { changed.segments.swap(0, 1); Difference::Segments }
                _ => { changed.total.as_mut().unwrap().minor += by; Difference::Total }
            };
            prop_assert_eq!(order(&changed, &offer, &party), Err(expected));
        }

        #[test]
        fn any_difference_in_tickets_is_seen(what in 0..5, at in 0usize..2, by in 1i64..1000) {
            let offer = samples::offer("alpha-1", "GA", 50_000);
            let mut changed = issued(&offer);
            prop_assert_eq!(tickets(&changed, &offer, PassengerKind::Adult), Ok(()));
            let coupons = &mut changed[0].coupons;
            let expected = match what {
                0 => { coupons.remove(at); Difference::Coupons }
                1 => { coupons[at].flight.as_mut().unwrap().number += 1; Difference::Coupons }
                2 => { coupons.swap(0, 1); Difference::Coupons }
                3 => { changed[0].total = None; Difference::Total }
                _ => { changed[0].total.as_mut().unwrap().minor += by; Difference::Total }
            };
            prop_assert_eq!(tickets(&changed, &offer, PassengerKind::Adult), Err(expected));
        }
    }

    #[test]
    fn what_the_order_itself_calls_wrong_is_not_compared_again() {
        let (offer, party) = (samples::offer("alpha-1", "GA", 50_000), samples::party());
        let unpriced = SupplierOrder {
            total: None,
            problems: vec![OrderProblem::PriceNotStored],
            ..faithful(&offer, &party)
        };
        assert_eq!(order(&unpriced, &offer, &party), Ok(()));
        let changed = SupplierOrder {
            problems: vec![OrderProblem::SolutionChanged],
            segments: Vec::new(),
            ..unpriced.clone()
        };
        assert_eq!(order(&changed, &offer, &party), Ok(()));
        assert_eq!(
            order(&SupplierOrder { travelers: Vec::new(), ..changed }, &offer, &party),
            Err(Difference::Travelers)
        );
    }

    #[test]
    fn names_are_compared_as_hosts_write_them() {
        let person = |given: Option<&str>, surname: &str| OrderTraveler {
            passenger_type: None,
            given: given.map(|name| name.to_owned().into()),
            surname: surname.to_owned().into(),
        };
        let mut traveler = samples::party().travelers.remove(0);
        traveler.name.surname = "Müller-Lyø".to_owned().into();
        assert!(is_person(&person(Some("SITI"), "MUELLER LYOE"), &traveler));
        assert!(is_person(&person(Some("SITI MS"), "MUELLERLYOE"), &traveler));
        assert!(!is_person(&person(Some("SITIMRS"), "MUELLERLYOE"), &traveler));
        assert!(!is_person(&person(None, "MUELLERLYOE"), &traveler));
        traveler.name.given = None;
        assert!(is_person(&person(Some("FNUMS"), "MUELLERLYOE"), &traveler));
        assert!(is_person(&person(None, "MUELLERLYOE"), &traveler));
        assert!(!is_person(&person(Some("SITI"), "MUELLERLYOE"), &traveler));
    }

    #[test]
    fn a_record_is_the_one_asked_about_if_every_shared_locator_is() {
        let other = |kind| RecordLocator { kind, ..locator("BBBBBB") };
        let mine = [locator("AAAAAA"), other(LocatorKind::UniversalRecord)];
        assert_eq!(locators(&mine, &[locator("AAAAAA")]), Ok(()));
        assert_eq!(locators(&mine, &[locator("AAAAAA"), other(LocatorKind::Reservation)]), Ok(()));
        assert_eq!(locators(&mine, &[locator("CCCCCC")]), Err(Difference::Locator));
        assert_eq!(locators(&mine, &[other(LocatorKind::Reservation)]), Err(Difference::Locator));
    }
}
