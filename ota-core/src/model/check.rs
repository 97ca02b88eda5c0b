//! The one gate for supplier data: the engine accepts only [`Checked`] values.
//!
//! Search skips and counts what fails; booking refuses it.

use super::fare::{PassengerFare, Settlement};
use super::itinerary::{Itinerary, Segment, SegmentKind};
use super::money::{Money, MoneyError};
use super::offer::{FlightOffer, HotelOffer, Offer};
use super::passenger::{PassengerCounts, PassengerKind};
use super::place::AirportCode;
use super::places::places;
use super::rooms::kinds;
use super::search::Search;
use super::stay::{Occupancy, Rate};
use crate::limits;

/// A value that passed the gate. Only the functions here make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked<T>(T);

impl<T> Checked<T> {
    /// The value.
    pub fn get(&self) -> &T {
        &self.0
    }

    /// The value, owned.
    pub fn into_inner(self) -> T {
        self.0
    }
}

/// What is wrong with a supplier's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// Other slices or nights than were searched for, or flights for rooms.
    #[error("not what was asked for")]
    OtherAnswer,
    /// No slice, a slice without segments, or more segments than a booking can have.
    #[error("the itinerary is empty or too long")]
    ItineraryShape,
    /// A segment starts in another city than the one before it ended (and no surface segment joins them).
    #[error("segments do not connect")]
    SegmentsDoNotConnect,
    /// A flight leaves before the one before it has arrived.
    #[error("a segment departs before the previous one arrives")]
    SegmentsOverlap,
    /// A flight without carrier, number or times.
    #[error("a flight has no designator or no times")]
    FlightIncomplete,
    /// The legs do not run from the segment's origin to its destination.
    #[error("legs do not cover their segment")]
    LegsDoNotFit,
    /// A fare does not say how each flight segment is flown, exactly once.
    #[error("a fare does not cover every segment once")]
    SegmentsNotPriced,
    /// A fare names a component that it does not have.
    #[error("a segment is priced by no fare component")]
    ComponentMissing,
    /// The passengers priced are not those asked for.
    #[error("the passengers priced are not those asked for")]
    PassengersNotPriced,
    /// Fare and taxes do not add up to the passenger's total.
    #[error("total does not equal base and taxes")]
    PassengerTotal,
    /// The passengers' totals do not add up to the offer's.
    #[error("passenger totals do not add up to the offer's total")]
    OfferTotal,
    /// The rooms priced are not those asked for.
    #[error("the rooms priced are not those asked for")]
    RoomsNotPriced,
    /// What is due now is not the net price, or something is due now for a rate that is paid at the property.
    #[error("what is due does not agree with who settles")]
    DueTotal,
    /// No night, or more than a stay can have.
    #[error("the stay has no nights or too many")]
    StayShape,
    /// A live price for which the supplier still has to be asked.
    #[error("the live price is not final")]
    NotFinal,
    /// A price of zero or less.
    #[error("the price is not positive")]
    NotPositive,
    /// Amounts that cannot be added: another currency, or out of range.
    #[error("amounts in different currencies or out of range")]
    Money,
}

impl From<MoneyError> for Violation {
    fn from(_: MoneyError) -> Self {
        Self::Money
    }
}

impl Checked<Offer> {
    /// Checks an offer against itself and the search that it answers.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn answer(offer: Offer, search: &Search) -> Result<Self, Violation> {
        match (offer, search) {
            (Offer::Flight(offer), Search::Flights(search)) => {
                if offer.itinerary.slices.len() != search.slices.len() {
                    return Err(Violation::OtherAnswer);
                }
                Checked::offer(offer, &search.passengers).map(|checked| Self(checked.0.into()))
            }
            (Offer::Stay(offer), Search::Stays(search)) => {
                if offer.dates != search.dates {
                    return Err(Violation::OtherAnswer);
                }
                Checked::stay(offer, &search.rooms).map(|checked| Self(checked.0.into()))
            }
            _ => Err(Violation::OtherAnswer),
        }
    }
}

impl Checked<FlightOffer> {
    /// Checks an offer against itself and the passengers asked for.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn offer(offer: FlightOffer, passengers: &PassengerCounts) -> Result<Self, Violation> {
        itinerary(&offer.itinerary)?;
        covers(&offer.fares, passengers)?;
        let mut sum = Money::zero(offer.total.currency);
        for fare in &offer.fares {
            passenger_fare(fare, &offer.itinerary)?;
            sum = sum.plus(fare.total.times(u32::from(fare.count))?)?;
        }
        if sum != offer.total {
            return Err(Violation::OfferTotal);
        }
        if offer.total.minor <= 0 {
            return Err(Violation::NotPositive);
        }
        Ok(Self(offer))
    }
}

impl Checked<HotelOffer> {
    /// Checks an offer against itself and the rooms asked for.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn stay(offer: HotelOffer, asked: &[Occupancy]) -> Result<Self, Violation> {
        if !(1..=limits::NIGHTS_MAX).contains(&offer.dates.nights()) {
            return Err(Violation::StayShape);
        }
        let kinds = kinds(asked);
        let prices = |rate: &Rate, (occupancy, count): (&Occupancy, usize)| {
            rate.occupancy == *occupancy && usize::from(rate.rooms) == count
        };
        let housed =
            kinds.iter().all(|kind| offer.rates.iter().filter(|rate| prices(rate, *kind)).count() == 1);
        if !housed || kinds.len() != offer.rates.len() || kinds.is_empty() {
            return Err(Violation::RoomsNotPriced);
        }
        offer.rates.iter().try_for_each(due)?;
        if Money::sum(offer.total.currency, offer.rates.iter().map(|rate| rate.net))? != offer.total {
            return Err(Violation::OfferTotal);
        }
        Ok(Self(offer))
    }
}

impl Checked<Rate> {
    /// Checks a rate against itself, where nobody says which rooms were asked for.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn rate(rate: Rate) -> Result<Self, Violation> {
        due(&rate).map(|()| Self(rate))
    }
}

fn due(rate: &Rate) -> Result<(), Violation> {
    if rate.net.minor <= 0 {
        return Err(Violation::NotPositive);
    }
    let agrees = match rate.settlement {
        Settlement::Agency | Settlement::CustomerCard => rate.due.now == rate.net,
        Settlement::PayAtProperty => {
            rate.due.now == Money::zero(rate.net.currency) && !rate.due.at_property.is_empty()
        }
    };
    if agrees { Ok(()) } else { Err(Violation::DueTotal) }
}

fn itinerary(itinerary: &Itinerary) -> Result<(), Violation> {
    let count = itinerary.segments().count();
    let empty = itinerary.slices.is_empty() || itinerary.slices.iter().any(|s| s.segments.is_empty());
    if empty || count > limits::SEGMENTS_MAX {
        return Err(Violation::ItineraryShape);
    }
    for slice in &itinerary.slices {
        for segment in &slice.segments {
            flight(segment)?;
        }
        for pair in slice.segments.windows(2) {
            if !same_city(pair[0].destination, pair[1].origin) {
                return Err(Violation::SegmentsDoNotConnect);
            }
            if overlap(&pair[0], &pair[1]) {
                return Err(Violation::SegmentsOverlap);
            }
        }
    }
    Ok(())
}

fn flight(segment: &Segment) -> Result<(), Violation> {
    if segment.kind != SegmentKind::Flight {
        return Ok(());
    }
    if segment.flight.is_none() || segment.departs.is_none() || segment.arrives.is_none() {
        return Err(Violation::FlightIncomplete);
    }
    let (Some(first), Some(last)) = (segment.legs.first(), segment.legs.last()) else { return Ok(()) };
    let ends = first.origin == segment.origin && last.destination == segment.destination;
    let joined = segment.legs.windows(2).all(|pair| pair[0].destination == pair[1].origin);
    if ends && joined { Ok(()) } else { Err(Violation::LegsDoNotFit) }
}

/// Passengers change airports within a city on their own: arrive at LGW, leave from LHR.
fn same_city(one: AirportCode, other: AirportCode) -> bool {
    let city = |code| places().airport(code).map(|airport| airport.city);
    one == other || city(one).is_some_and(|of_one| city(other) == Some(of_one))
}

/// In one city both clocks are the same, so civil times decide without a zone.
fn overlap(before: &Segment, after: &Segment) -> bool {
    match (before.arrives, after.departs) {
        (Some(arrives), Some(departs)) => departs.civil < arrives.civil,
        _ => false,
    }
}

fn covers(fares: &[PassengerFare], passengers: &PassengerCounts) -> Result<(), Violation> {
    let priced = |kind: PassengerKind| -> usize {
        let of_kind = fares.iter().filter(|fare| fare.passenger_type.kind() == kind);
        of_kind.map(|fare| usize::from(fare.count)).sum()
    };
    let asked = [PassengerKind::Adult, PassengerKind::Child, PassengerKind::LapInfant];
    if asked.iter().all(|kind| priced(*kind) == usize::from(passengers.of(*kind))) {
        Ok(())
    } else {
        Err(Violation::PassengersNotPriced)
    }
}

fn passenger_fare(fare: &PassengerFare, itinerary: &Itinerary) -> Result<(), Violation> {
    let flown: Vec<usize> = itinerary
        .segments()
        .enumerate()
        .filter(|(_, segment)| segment.kind == SegmentKind::Flight)
        .map(|(index, _)| index)
        .collect();
    if !fare.segments.iter().map(|s| usize::from(s.segment.0)).eq(flown) {
        return Err(Violation::SegmentsNotPriced);
    }
    if fare.segments.iter().any(|s| usize::from(s.component) >= fare.components.len()) {
        return Err(Violation::ComponentMissing);
    }
    if fare.base().plus(fare.tax_total()?)? != fare.total {
        return Err(Violation::PassengerTotal);
    }
    Ok(())
}

#[cfg(all(test, feature = "engine"))] // the samples belong to the engine's tools
mod tests {
    use std::sync::Arc;

    use jiff::civil::date;

    use super::*;
    use crate::model::fare::SegmentFare;
    use crate::model::itinerary::{Leg, SegmentRef, Slice};
    use crate::model::money::{Currency, Money};
    use crate::model::time::LocalTime;
    use crate::testing::samples::{airport, flight, offer, offer_of, search, usd};

    #[track_caller]
    fn check(offer: FlightOffer, want: Option<Violation>) {
        assert_eq!(Checked::offer(offer, &search().passengers).err(), want);
    }

    #[track_caller]
    fn breaks(change: impl FnOnce(&mut FlightOffer), want: Violation) {
        let mut offer = offer("alpha-1", "GA", 50_000);
        change(&mut offer);
        check(offer, Some(want));
    }

    fn first_segment(offer: &mut FlightOffer) -> &mut Segment {
        &mut Arc::make_mut(&mut offer.itinerary.slices[0]).segments[0]
    }

    fn seats(offer: &mut FlightOffer, change: impl FnOnce(&mut Vec<SegmentFare>)) {
        let mut seats = offer.fares[0].segments.to_vec();
        change(&mut seats);
        offer.fares[0].segments = seats.into();
    }

    /// Two flights one after the other: the first into an airport at nine, the second from another at a time.
    fn connecting(into: &str, from: &str, hour: i8) -> FlightOffer {
        let day = date(2027, 7, 11);
        let first = flight("GA", 880, ("CGK", day.at(1, 0, 0, 0)), (into, day.at(9, 0, 0, 0)));
        let second = flight("JL", 331, (from, day.at(hour, 0, 0, 0)), ("FUK", day.at(23, 0, 0, 0)));
        offer_of("alpha-1", vec![vec![first, second]], 50_000)
    }

    #[test]
    fn a_sound_offer_passes() {
        check(offer("alpha-1", "GA", 50_000), None);
        check(connecting("HND", "HND", 12), None);
        check(connecting("HND", "HND", 9), None);
    }

    #[test]
    fn a_connection_may_change_airports_within_a_city() {
        check(connecting("NRT", "HND", 14), None);
        check(connecting("LGW", "LHR", 14), None);
        check(connecting("NRT", "KIX", 14), Some(Violation::SegmentsDoNotConnect));
        check(connecting("ZZZ", "ZZZ", 14), None);
        check(connecting("ZZZ", "NRT", 14), Some(Violation::SegmentsDoNotConnect));
    }

    #[test]
    fn a_surface_segment_joins_places_apart() {
        let mut offer = connecting("NRT", "KIX", 20);
        let surface = Segment {
            kind: SegmentKind::Surface,
            flight: None,
            departs: None,
            arrives: None,
            ..flight(
                "GA",
                1,
                ("NRT", date(2027, 7, 11).at(0, 0, 0, 0)),
                ("KIX", date(2027, 7, 11).at(0, 0, 0, 0)),
            )
        };
        Arc::make_mut(&mut offer.itinerary.slices[0]).segments.insert(1, surface);
        check(offer.clone(), Some(Violation::SegmentsNotPriced));
        seats(&mut offer, |seats| seats[1].segment = SegmentRef(2));
        check(offer, None);
    }

    #[test]
    fn itineraries_have_a_shape_and_an_order_in_time() {
        breaks(|o| o.itinerary.slices.clear(), Violation::ItineraryShape);
        breaks(|o| o.itinerary.slices[0] = Arc::new(Slice::default()), Violation::ItineraryShape);
        let day = date(2027, 7, 11).at(0, 0, 0, 0);
        let shuttle = |_| flight("GA", 1, ("CGK", day), ("CGK", day));
        let endless = (0..=limits::SEGMENTS_MAX).map(shuttle).collect();
        check(offer_of("alpha-1", vec![endless], 50_000), Some(Violation::ItineraryShape));
        check(connecting("HND", "HND", 8), Some(Violation::SegmentsOverlap));
        breaks(|o| first_segment(o).flight = None, Violation::FlightIncomplete);
        breaks(|o| first_segment(o).departs = None, Violation::FlightIncomplete);
        breaks(|o| first_segment(o).arrives = None, Violation::FlightIncomplete);
    }

    #[test]
    fn legs_run_from_end_to_end() {
        let leg = |from: &str, to: &str| Leg {
            origin: airport(from),
            destination: airport(to),
            departs: LocalTime::new(date(2027, 7, 10).at(23, 30, 0, 0)),
            arrives: LocalTime::new(date(2027, 7, 11).at(8, 50, 0, 0)),
            equipment: None,
            terminals: (None, None),
        };
        let with = |legs: Vec<Leg>| {
            let mut offer = offer("alpha-1", "GA", 50_000);
            first_segment(&mut offer).legs = legs;
            offer
        };
        check(with(vec![leg("CGK", "HND")]), None);
        check(with(vec![leg("CGK", "DPS"), leg("DPS", "HND")]), None);
        check(with(vec![leg("CGK", "DPS"), leg("SUB", "HND")]), Some(Violation::LegsDoNotFit));
        check(with(vec![leg("CGK", "NRT")]), Some(Violation::LegsDoNotFit));
        check(with(vec![leg("HLP", "HND")]), Some(Violation::LegsDoNotFit));
    }

    #[test]
    fn fares_cover_every_flight_once_and_everybody_asked_for() {
        breaks(|o| seats(o, |seats| seats.truncate(1)), Violation::SegmentsNotPriced);
        breaks(|o| seats(o, |seats| seats.swap(0, 1)), Violation::SegmentsNotPriced);
        breaks(|o| seats(o, |seats| seats.push(seats[1].clone())), Violation::SegmentsNotPriced);
        breaks(|o| seats(o, |seats| seats[0].component = 1), Violation::ComponentMissing);
        breaks(|o| o.fares.clear(), Violation::PassengersNotPriced);
        breaks(|o| o.fares[0].count = 2, Violation::PassengersNotPriced);
        breaks(|o| o.fares[0].passenger_type = PassengerKind::Child.into(), Violation::PassengersNotPriced);
    }

    #[test]
    fn amounts_add_up_in_one_currency() {
        breaks(|o| o.total.minor += 1, Violation::OfferTotal);
        breaks(|o| o.fares[0].total.minor += 1, Violation::PassengerTotal);
        breaks(|o| o.fares[0].filed.minor -= 1, Violation::PassengerTotal);
        breaks(|o| o.fares[0].taxes = Arc::new([]), Violation::PassengerTotal);
        breaks(|o| o.total.currency = Currency::from_code("EUR").unwrap(), Violation::Money);
        breaks(|o| o.fares[0].equivalent = Some(Money::new(1, usd())), Violation::PassengerTotal);
        breaks(|o| o.fares[0].filed.currency = Currency::from_code("IDR").unwrap(), Violation::Money);
        breaks(|o| (o.fares[0].total.minor, o.fares[0].count) = (i64::MAX, 1), Violation::PassengerTotal);
        check(offer("alpha-1", "GA", 0), Some(Violation::NotPositive));
        check(offer("alpha-1", "GA", -50_000), Some(Violation::NotPositive));
    }
}
