//! `FlightInformationRsp` -> the legs of a flight.

use ota_core::model::itinerary::{Operating, Segment, SegmentKind};

use super::{MapError, value};
use crate::travelport::replies::flight::{FlightInfo, FlightInfoDetail};

/// One leg, as the schedule has it.
pub(crate) fn leg(flight: &FlightInfo<'_>, detail: &FlightInfoDetail<'_>) -> Result<Segment, MapError> {
    let carrier = detail.operating_carrier.as_deref().map(value::carrier).transpose()?;
    Ok(Segment {
        kind: SegmentKind::Flight,
        flight: Some(value::flight_number(&flight.carrier, &flight.flight_number)?),
        operating: Operating { carrier, ..Operating::default() },
        origin: value::airport(&detail.origin)?,
        destination: value::airport(&detail.destination)?,
        departs: detail.departure.as_deref().map(value::local_time).transpose()?,
        arrives: detail.arrival.as_deref().map(value::local_time).transpose()?,
        minutes: detail.travel_time.as_deref().and_then(|minutes| minutes.parse().ok()),
        legs: Vec::new(),
        change_of_plane: false,
        stops_stated: None,
    })
}
