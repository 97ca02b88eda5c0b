//! The one gate for supplier data: the engine accepts only [`Checked`] values.
//!
//! Search skips and counts what fails; booking refuses it.

use super::fare::PassengerFare;
use super::itinerary::{Itinerary, Segment, SegmentKind};
use super::money::MoneyError;
use super::offer::FlightOffer;
use super::passenger::{PassengerCounts, PassengerKind};
use crate::limits;

/// A value that passed the gate. Only [`Checked::offer`] makes one.
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
    /// No slice, a slice without segments, or more segments than a booking can have.
    #[error("the itinerary is empty or too long")]
    ItineraryShape,
    /// A segment starts elsewhere than the one before it ended (and no surface segment joins them).
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

impl Checked<FlightOffer> {
    /// Checks an offer against itself and the passengers asked for.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn offer(offer: FlightOffer, passengers: &PassengerCounts) -> Result<Self, Violation> {
        itinerary(&offer.itinerary)?;
        covers(&offer.fares, passengers)?;
        let mut sum = super::money::Money::zero(offer.total.currency);
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
            if pair[0].destination != pair[1].origin {
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

/// At one airport both clocks are the same, so civil times decide without a zone.
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
