//! `AirPriceRsp` -> an offer for each of its solutions.

use std::sync::Arc;

use ota_core::model::fare::{PassengerFare, SegmentFare, Settlement};
use ota_core::model::itinerary::{Itinerary, Slice};
use ota_core::model::offer::{FlightOffer, SupplierToken};

use super::fare::{self, Fares};
use super::{MapError, Source, itinerary, value};
use crate::travelport::replies::air::{AirPricingInfo, AirPricingSolution, AirSegment};
use crate::travelport::replies::shop::AirPriceRsp;

/// The offer that a solution makes.
///
/// Segments carry the group that the request gave them; those of one group are a slice.
pub(crate) fn offer(
    reply: &AirPriceRsp<'_>,
    solution: &AirPricingSolution<'_>,
    source: &Source,
) -> Result<FlightOffer, MapError> {
    let segments = flown(reply, solution)?;
    let itinerary = slices(&segments)?;
    let infos = &solution.pricing_infos;
    let fares = infos.iter().map(|info| passenger_fare(info, &segments, &itinerary));
    let first = infos.first().ok_or(MapError::Empty)?;
    let provider = first.provider_code.as_deref().unwrap_or_default().to_owned();
    Ok(FlightOffer {
        supplier: source.supplier.clone(),
        account: source.account.clone(),
        fares: fares.collect::<Result<_, _>>()?,
        itinerary,
        total: value::money(solution.prices.total.as_deref().ok_or(MapError::Amount)?)?,
        validating_carrier: first.plating_carrier.as_deref().map(value::carrier).transpose()?,
        ticketing_limit: fare::ticketing_limit(infos)?,
        seats_left: None,
        settlement: Settlement::Agency,
        token: SupplierToken::new(provider).map_err(|_| MapError::Token)?,
    })
}

/// The segments that a solution refers to or brings along, in its order.
pub(crate) fn flown<'r, 'a>(
    reply: &'r AirPriceRsp<'a>,
    solution: &'r AirPricingSolution<'a>,
) -> Result<Vec<&'r AirSegment<'a>>, MapError> {
    let known =
        |key: &str| reply.segments.iter().chain(&solution.segments).find(|segment| segment.key == key);
    let referred = solution.segment_refs.iter().map(|key| known(key).ok_or(MapError::Reference));
    let segments: Vec<_> = referred.collect::<Result<_, _>>()?;
    let segments = if segments.is_empty() { solution.segments.iter().collect() } else { segments };
    if segments.is_empty() { Err(MapError::Empty) } else { Ok(segments) }
}

fn slices(segments: &[&AirSegment<'_>]) -> Result<Itinerary, MapError> {
    let mut slices: Vec<(&str, Slice)> = Vec::new();
    for segment in segments {
        let mapped = itinerary::flight(segment, segment.details.iter())?;
        match slices.last_mut() {
            Some((group, slice)) if **group == *segment.group => slice.segments.push(mapped),
            _ => slices.push((&segment.group, Slice { segments: vec![mapped] })),
        }
    }
    Ok(Itinerary { slices: slices.into_iter().map(|(_, slice)| Arc::new(slice)).collect() })
}

fn passenger_fare(
    info: &AirPricingInfo<'_>,
    segments: &[&AirSegment<'_>],
    itinerary: &Itinerary,
) -> Result<PassengerFare, MapError> {
    let amounts = fare::amounts(info)?;
    let fares = Fares::new(info.fare_infos.iter(), std::iter::empty());
    let mut booked = Vec::with_capacity(segments.len());
    for segment in segments {
        let booking = info.booking_infos.iter().find(|booking| booking.segment_ref == segment.key);
        booked.push(fares.booked(booking.ok_or(MapError::Reference)?)?);
    }
    let keys = fare::component_keys(booked.iter());
    let stated = fare::segments(booked.iter(), &keys)?;
    let texts = fare::baggage_of_segments(&info.baggage, itinerary.segments());
    // The fare's own allowance is exact; the text stands in where it says nothing.
    let complete = |(fare, text): (&SegmentFare, _)| SegmentFare {
        baggage: fare::first_known(fare.baggage, text),
        ..fare.clone()
    };
    Ok(PassengerFare {
        components: fares.components(&keys, amounts.filed.currency)?,
        segments: stated.iter().zip(texts).map(complete).collect(),
        ..amounts
    })
}
