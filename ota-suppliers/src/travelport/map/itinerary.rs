//! Segments.

use ota_core::model::clocks;
use ota_core::model::itinerary::{Leg, Operating, Segment, SegmentKind};
use ota_core::model::time::LocalTime;

use super::MapError;
use super::value;
use crate::travelport::replies::air::{AirSegment, FlightDetails};

/// A flight with its legs, which searches list apart from it.
pub(crate) fn flight<'r, 'a: 'r>(
    segment: &AirSegment<'_>,
    details: impl Iterator<Item = &'r FlightDetails<'a>>,
) -> Result<Segment, MapError> {
    let number = |text: &str| text.parse::<u32>().ok();
    let (origin, destination) = (value::airport(&segment.origin)?, value::airport(&segment.destination)?);
    let departs = value::local_time(&segment.departure_time)?;
    let flight_time = segment.flight_time.as_deref().and_then(number);
    let minutes = flight_time.or(segment.travel_time.as_deref().and_then(number));
    let arrives = match &segment.arrival_time {
        Some(stated) => Some(value::local_time(stated)?),
        None => flight_time.and_then(|minutes| clocks::arrival((origin, departs), minutes, destination)),
    };
    Ok(Segment {
        kind: SegmentKind::Flight,
        flight: Some(value::flight_number(&segment.carrier, &segment.flight_number)?),
        operating: Operating {
            carrier: segment.operating_carrier.as_deref().map(value::carrier).transpose()?,
            number: segment.operating_flight_number.as_deref().and_then(|number| number.parse().ok()),
            name: segment.operating_name.as_deref().map(|name| name.trim().to_owned()),
        },
        origin,
        destination,
        departs: Some(departs),
        arrives,
        minutes,
        legs: details.map(leg).collect::<Result<_, _>>()?,
        stops_stated: segment.number_of_stops.as_deref().and_then(|stops| stops.parse().ok()),
        change_of_plane: &*segment.change_of_plane == "true",
    })
}

fn leg(details: &FlightDetails<'_>) -> Result<Leg, MapError> {
    let text = |value: &Option<std::borrow::Cow<'_, str>>| value.as_deref().map(str::to_owned);
    Ok(Leg {
        origin: value::airport(&details.origin)?,
        destination: value::airport(&details.destination)?,
        departs: value::local_time(&details.departure_time)?,
        arrives: value::local_time(&details.arrival_time)?,
        equipment: text(&details.equipment),
        terminals: (text(&details.origin_terminal), text(&details.destination_terminal)),
    })
}

/// A surface or passive item between two places, without a flight.
pub(crate) fn other(
    kind: SegmentKind,
    origin: &str,
    destination: &str,
    departs: Option<LocalTime>,
) -> Result<Segment, MapError> {
    Ok(Segment {
        kind,
        flight: None,
        operating: Operating::default(),
        origin: value::airport(origin)?,
        destination: value::airport(destination)?,
        departs,
        arrives: None,
        minutes: None,
        legs: Vec::new(),
        stops_stated: None,
        change_of_plane: false,
    })
}
