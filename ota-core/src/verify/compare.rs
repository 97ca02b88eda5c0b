//! In which respects a live price differs from what a customer saw. Pure.

mod stays;

use jiff::civil::DateTime;

use crate::model::conditions::{BaggageAllowance, Conditions, Permission};
use crate::model::fare::PassengerFare;
use crate::model::itinerary::{BookingClass, Cabin, Itinerary, Segment};
use crate::model::money::Money;
use crate::model::offer::{FlightOffer, Offer};
use crate::model::passenger::PassengerKind;
use crate::model::place::AirportCode;
use crate::model::time::LocalTime;
use crate::pricing::{PassengerPrice, PriceLine, PricedOffer, SellPrice};

/// One respect in which a live price differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Respect {
    /// What is paid for all together, or what the supplier asks for it.
    Total,
    /// What one passenger pays, a line of it, or what the supplier asks for one.
    PassengerPrice,
    /// Which flights, between which airports, by whom flown, with which stops.
    Segments,
    /// When they leave and arrive, on the clocks there.
    Times,
    /// In which cabin.
    Cabin,
    /// Under which letter it is sold.
    BookingClass,
    /// By which fare.
    FareBasis,
    /// In which fare family.
    Brand,
    /// What may be checked in.
    Baggage,
    /// What may be changed and given back.
    Conditions,
    /// Until when it must be ticketed.
    TicketingLimit,
    /// In which property, or on which nights.
    Stay,
    /// Which rooms, and how many of them.
    Rooms,
    /// What the rooms of one rate cost, each of them, or what the supplier asks for them.
    RoomPrice,
    /// With which meals.
    Board,
    /// What is paid at the property.
    DueAtProperty,
}

/// Every respect in which `live` differs from `shown`, in the order of [`Respect`].
///
/// What was shown as not known and is known now is no difference: the customer was promised nothing. The reverse is
/// one. Operating carriers and stops are compared where both state them, for not every answer does.
#[must_use]
pub fn differences(shown: &PricedOffer<'_>, live: &PricedOffer<'_>) -> Vec<Respect> {
    match (shown.offer, live.offer) {
        (Offer::Flight(was), Offer::Flight(is)) => flights((was, shown.sell), (is, live.sell)),
        (Offer::Stay(was), Offer::Stay(is)) => stays::differences((was, shown.sell), (is, live.sell)),
        _ => vec![Respect::Total],
    }
}

fn flights(
    (was, was_sold): (&FlightOffer, &SellPrice),
    (is, is_sold): (&FlightOffer, &SellPrice),
) -> Vec<Respect> {
    let totals = was.total == is.total && was_sold.total == is_sold.total;
    let passengers = nets(was) == nets(is) && sells(was_sold) == sells(is_sold);
    let same_segments = segments(&was.itinerary, &is.itinerary);
    // Where other flights are flown, their clocks and seats say nothing about those that were shown.
    let clocks = !same_segments || times(was) == times(is);
    let seats = |same: fn(&Seat<'_>, &Seat<'_>) -> bool| {
        !same_segments || seats(was).zip(seats(is)).all(|(was, is)| same(&was, &is))
    };
    let conditions = || each_passenger(was).into_iter().zip(each_passenger(is));
    let same = [
        (Respect::Total, totals),
        (Respect::PassengerPrice, passengers),
        (Respect::Segments, same_segments),
        (Respect::Times, clocks),
        (Respect::Cabin, seats(|was, is| kept(was.cabin, is.cabin))),
        (Respect::BookingClass, seats(|was, is| was.class == is.class)),
        (Respect::FareBasis, seats(|was, is| was.fare_basis == is.fare_basis)),
        (Respect::Brand, seats(|was, is| kept(was.brand, is.brand))),
        (
            Respect::Baggage,
            seats(|was, is| was.baggage == BaggageAllowance::Unknown || was.baggage == is.baggage),
        ),
        (
            Respect::Conditions,
            conditions().all(|(was, is)| permissions(was).zip(permissions(is)).all(as_good)),
        ),
        (Respect::TicketingLimit, kept(was.ticketing_limit, is.ticketing_limit)),
    ];
    same.into_iter().filter(|(_, same)| !same).map(|(respect, _)| respect).collect()
}

/// The same, or not known before.
fn kept<T: PartialEq>(was: Option<T>, is: Option<T>) -> bool {
    was.is_none() || was == is
}

/// The same where both are known.
fn agree<T: PartialEq>(was: Option<T>, is: Option<T>) -> bool {
    was.is_none() || is.is_none() || was == is
}

/// Suppliers group passengers as they like, so each is compared by itself: by kind, and then by price.
fn each_passenger(offer: &FlightOffer) -> Vec<&PassengerFare> {
    let times = |fare: &PassengerFare| usize::from(fare.count);
    let each = offer.fares.iter().flat_map(|fare| std::iter::repeat_n(fare, times(fare)));
    let mut all: Vec<_> = each.collect();
    all.sort_by_key(|fare| (fare.passenger_type.kind(), fare.total.minor));
    all
}

/// Kind, fare and total of each passenger, net.
fn nets(offer: &FlightOffer) -> Vec<(PassengerKind, Money, Money)> {
    let net = |fare: &PassengerFare| (fare.passenger_type.kind(), fare.base(), fare.total);
    each_passenger(offer).into_iter().map(net).collect()
}

/// Kind, lines and total of each passenger, as sold.
fn sells(sell: &SellPrice) -> Vec<(PassengerKind, &[PriceLine], Money)> {
    let kind = |one: &PassengerPrice| one.passenger_type.kind();
    let mut all: Vec<_> = sell.passengers.iter().collect();
    all.sort_by_key(|one| (kind(one), one.total.minor));
    all.into_iter().map(|one| (kind(one), &*one.lines, one.total)).collect()
}

fn segments(was: &Itinerary, is: &Itinerary) -> bool {
    let lengths = |itinerary: &Itinerary| -> Vec<usize> {
        itinerary.slices.iter().map(|slice| slice.segments.len()).collect()
    };
    lengths(was) == lengths(is) && was.segments().zip(is.segments()).all(|(was, is)| segment(was, is))
}

fn segment(was: &Segment, is: &Segment) -> bool {
    let flown = |segment: &Segment| (segment.kind, segment.flight, segment.origin, segment.destination);
    let stops = |segment: &Segment| -> Option<Vec<AirportCode>> {
        (!segment.legs.is_empty()).then(|| segment.stops().collect())
    };
    flown(was) == flown(is)
        && agree(was.operating.carrier, is.operating.carrier)
        && agree(stops(was), stops(is))
}

fn times(offer: &FlightOffer) -> Vec<[Option<DateTime>; 2]> {
    let civil = |at: Option<LocalTime>| at.map(|at| at.civil);
    offer.itinerary.segments().map(|segment| [civil(segment.departs), civil(segment.arrives)]).collect()
}

/// How one passenger flies one segment.
struct Seat<'a> {
    cabin: Option<Cabin>,
    class: BookingClass,
    fare_basis: Option<&'a str>,
    brand: Option<&'a str>,
    baggage: BaggageAllowance,
}

/// The seats of each passenger in order of travel.
fn seats(offer: &FlightOffer) -> impl Iterator<Item = Seat<'_>> {
    each_passenger(offer).into_iter().flat_map(|fare| {
        fare.segments.iter().map(|seat| {
            let component = fare.components.get(usize::from(seat.component));
            let brand = component.and_then(|component| component.brand.as_ref());
            Seat {
                cabin: seat.cabin,
                class: seat.booking_class,
                fare_basis: component.map(|component| &*component.fare_basis),
                brand: brand.map(|brand| &*brand.code),
                baggage: seat.baggage,
            }
        })
    })
}

fn permissions(fare: &PassengerFare) -> impl Iterator<Item = Permission> {
    let Conditions { change_before, change_after, refund_before, refund_after } = fare.conditions;
    [change_before, change_after, refund_before, refund_after].into_iter()
}

/// The same, or said more exactly.
fn as_good((was, is): (Permission, Permission)) -> bool {
    match was {
        Permission::Unknown => true,
        Permission::Allowed(None) => matches!(is, Permission::Allowed(_)),
        Permission::NotAllowed | Permission::Allowed(Some(_)) => was == is,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::conditions::{Penalty, Weight};
    use crate::model::fare::{Brand, FareComponent, SegmentFare, TicketingLimit};
    use crate::model::itinerary::{Leg, Slice};
    use crate::pricing::Pricer as _;
    use crate::testing::samples::{self, MarkUp};

    fn shown() -> FlightOffer {
        let mut offer = samples::offer("alpha-1", "GA", 50_000);
        offer.ticketing_limit = Some(limit(18));
        offer
    }

    fn limit(hour: i8) -> TicketingLimit {
        let at = jiff::civil::date(2027, 1, 16).at(hour, 0, 0, 0);
        TicketingLimit { at: LocalTime::with_offset(at, 420) }
    }

    fn compared(was: &FlightOffer, is: &FlightOffer) -> Vec<Respect> {
        let price = |offer: &Offer| MarkUp::percent(10).price(offer, &samples::pricing_context()).unwrap();
        let (was, is) = (was.clone().into(), is.clone().into());
        let (shown, live) = (price(&was), price(&is));
        differences(&PricedOffer { offer: &was, sell: &shown }, &PricedOffer { offer: &is, sell: &live })
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut FlightOffer), want: &[Respect]) {
        let mut live = shown();
        change(&mut live);
        assert_eq!(compared(&shown(), &live), want);
    }

    fn slice(offer: &mut FlightOffer) -> &mut Slice {
        Arc::make_mut(&mut offer.itinerary.slices[0])
    }

    fn seat(offer: &mut FlightOffer, change: impl FnOnce(&mut SegmentFare)) {
        let mut seats = offer.fares[0].segments.to_vec();
        change(&mut seats[1]);
        offer.fares[0].segments = seats.into();
    }

    fn component(offer: &mut FlightOffer, change: impl FnOnce(&mut FareComponent)) {
        let mut components = offer.fares[0].components.to_vec();
        change(&mut components[0]);
        offer.fares[0].components = components.into();
    }

    fn stop_in(code: &str) -> Vec<Leg> {
        let time = LocalTime::new(jiff::civil::date(2027, 7, 10).at(23, 30, 0, 0));
        let leg = |from: &str, to: &str| Leg {
            origin: samples::airport(from),
            destination: samples::airport(to),
            departs: time,
            arrives: time,
            equipment: None,
            terminals: (None, None),
        };
        vec![leg("CGK", code), leg(code, "HND")]
    }

    #[test]
    fn the_same_is_no_difference() {
        check(|_| {}, &[]);
    }

    #[test]
    fn amounts() {
        check(
            |offer| {
                offer.fares[0].filed.minor += 1;
                offer.fares[0].total.minor += 1;
                offer.total.minor += 1;
            },
            &[Respect::Total, Respect::PassengerPrice],
        );
        // Fare and taxes may shift inside one total.
        let shift = |offer: &mut FlightOffer| {
            let mut taxes = offer.fares[0].taxes.to_vec();
            taxes[0].amount.minor += 100;
            offer.fares[0].taxes = taxes.into();
            offer.fares[0].filed.minor -= 100;
        };
        check(shift, &[Respect::PassengerPrice]);
        // The supplier asks more for all, though our price and each passenger's stay.
        check(|offer| offer.total.minor += 1, &[Respect::Total]);
    }

    #[test]
    fn flights_and_clocks() {
        check(|offer| slice(offer).segments[0].flight.as_mut().unwrap().number = 7, &[Respect::Segments]);
        check(|offer| slice(offer).segments[0].destination = samples::airport("NRT"), &[Respect::Segments]);
        let later = |offer: &mut FlightOffer| {
            let departs = slice(offer).segments[0].departs.as_mut().unwrap();
            departs.civil = departs.civil.saturating_add(jiff::Span::new().minutes(5));
        };
        check(later, &[Respect::Times]);
        check(|offer| slice(offer).segments[0].arrives = None, &[Respect::Times]);
        let split = |offer: &mut FlightOffer| {
            let again = slice(offer).segments[0].clone();
            slice(offer).segments.push(again);
        };
        check(split, &[Respect::Segments]);
        let other = Some(crate::model::place::CarrierCode::new("XX").unwrap());
        check(|offer| slice(offer).segments[0].operating.carrier = other, &[Respect::Segments]);
        check(|offer| slice(offer).segments[0].operating.carrier = None, &[]);
        check(|offer| slice(offer).segments[0].legs = stop_in("DPS"), &[]);
        let with_stop = |code: &str| {
            let mut offer = shown();
            slice(&mut offer).segments[0].legs = stop_in(code);
            offer
        };
        assert_eq!(compared(&with_stop("DPS"), &with_stop("SIN")), [Respect::Segments]);
    }

    #[test]
    fn seats_and_fares() {
        let class = BookingClass::new('Q').unwrap();
        let other_brand = Some(Brand { code: "ECOLIGHT".to_owned(), name: None });
        let kilograms = BaggageAllowance::Total(Weight::Kilograms(23));
        check(|offer| seat(offer, |seat| seat.cabin = Some(Cabin::Business)), &[Respect::Cabin]);
        check(|offer| seat(offer, |seat| seat.cabin = None), &[Respect::Cabin]);
        check(|offer| seat(offer, |seat| seat.booking_class = class), &[Respect::BookingClass]);
        check(|offer| component(offer, |fare| fare.fare_basis.push('1')), &[Respect::FareBasis]);
        check(|offer| component(offer, |fare| fare.brand = other_brand), &[Respect::Brand]);
        check(|offer| component(offer, |fare| fare.brand = None), &[Respect::Brand]);
        check(|offer| seat(offer, |seat| seat.baggage = kilograms), &[Respect::Baggage]);
        check(|offer| seat(offer, |seat| seat.baggage = BaggageAllowance::Unknown), &[Respect::Baggage]);
    }

    #[test]
    fn conditions_and_limits() {
        let dearer = Permission::Allowed(Some(Penalty::BasisPoints(2_500)));
        check(|offer| offer.fares[0].conditions.change_before = dearer, &[Respect::Conditions]);
        check(|offer| offer.fares[0].conditions.refund_before = dearer, &[Respect::Conditions]);
        check(|offer| offer.fares[0].conditions.refund_before = Permission::Unknown, &[Respect::Conditions]);
        check(|offer| offer.ticketing_limit = Some(limit(17)), &[Respect::TicketingLimit]);
        check(|offer| offer.ticketing_limit = None, &[Respect::TicketingLimit]);
    }

    #[test]
    fn what_becomes_known_is_no_difference() {
        let mut vague = shown();
        seat(&mut vague, |seat| (seat.cabin, seat.baggage) = (None, BaggageAllowance::Unknown));
        component(&mut vague, |fare| fare.brand = None);
        vague.fares[0].conditions =
            Conditions { change_before: Permission::Allowed(None), ..Conditions::default() };
        vague.ticketing_limit = None;
        assert_eq!(compared(&vague, &shown()), []);
    }

    #[test]
    fn passengers_may_be_grouped_otherwise() {
        let pair = |fares: &[u8]| {
            let mut offer = shown();
            let fare = offer.fares[0].clone();
            offer.fares = fares.iter().map(|count| PassengerFare { count: *count, ..fare.clone() }).collect();
            offer.total = offer.total.times(2).unwrap();
            offer
        };
        assert_eq!(compared(&pair(&[2]), &pair(&[1, 1])), []);
        let mut dearer = pair(&[1, 1]);
        dearer.fares[1].total.minor += 1;
        dearer.fares[1].filed.minor += 1;
        assert_eq!(compared(&pair(&[2]), &dearer), [Respect::Total, Respect::PassengerPrice]);
    }
}
