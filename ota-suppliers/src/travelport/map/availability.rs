//! `AvailabilitySearchRsp` -> flights with the seats of their classes, and how they combine.

use std::collections::{HashMap, HashSet};

use ota_core::model::itinerary::{BookingClass, Cabin, Segment};

use super::{MapError, fare, itinerary, value};
use crate::travelport::replies::air::FlightDetails;
use crate::travelport::replies::availability::{
    AirItinerarySolution, AvailabilitySearchRsp, AvailableSegment,
};
use crate::travelport::replies::common::Text;

/// A flight and its classes.
pub(crate) struct Available {
    pub(crate) segment: Segment,
    pub(crate) classes: Vec<Class>,
}

/// What is left in one class.
pub(crate) struct Class {
    pub(crate) booking_class: BookingClass,
    /// Absent where the supplier does not say it.
    pub(crate) cabin: Option<Cabin>,
    /// `0` to `9` seats, where 9 means nine or more; a letter is the airline's status: request, waitlist, closed.
    pub(crate) count: char,
}

/// Every flight of the reply, in its order.
pub(crate) fn flights(reply: &AvailabilitySearchRsp<'_>) -> Vec<Result<Available, MapError>> {
    let details: HashMap<&str, &FlightDetails<'_>> =
        reply.flight_details.iter().map(|details| (&*details.key, details)).collect();
    reply.segments.iter().map(|available| flight(available, &details)).collect()
}

fn flight(
    available: &AvailableSegment<'_>,
    details: &HashMap<&str, &FlightDetails<'_>>,
) -> Result<Available, MapError> {
    let segment = &available.segment;
    let listed = segment.details_refs.iter().map(|key| details.get(&**key).copied());
    let listed: Vec<_> = listed.collect::<Option<_>>().ok_or(MapError::Reference)?;
    let mut classes = Vec::new();
    for info in &available.booking_codes {
        let cabin = info.cabin_class.as_deref().and_then(value::cabin);
        for code in info.booking_counts.split('|').filter(|code| !code.is_empty()) {
            let mut characters = code.chars();
            let (Some(letter), Some(count), None) = (characters.next(), characters.next(), characters.next())
            else {
                return Err(MapError::Code);
            };
            let booking_class = fare::booking_class(letter.encode_utf8(&mut [0; 4]))?;
            classes.push(Class { booking_class, cabin, count });
        }
    }
    Ok(Available { segment: itinerary::flight(segment, segment.details.iter().chain(listed))?, classes })
}

/// The ways to fly that a solution lists: each is one flight, or several that connect, by key.
///
/// A connection says that the flight at its index goes on with the next one; the index counts from 0.
pub(crate) fn options<'r>(solution: &'r AirItinerarySolution<'_>) -> Result<Vec<Vec<&'r str>>, MapError> {
    let last = solution.segment_refs.len().saturating_sub(1);
    let index = |text: &Text<'_>| text.parse().ok().filter(|index: &usize| *index < last);
    let goes_on: Option<HashSet<usize>> = solution.connections.iter().map(index).collect();
    let goes_on = goes_on.ok_or(MapError::Reference)?;
    let mut options: Vec<Vec<&str>> = Vec::new();
    for (at, key) in solution.segment_refs.iter().enumerate() {
        match options.last_mut().filter(|_| at > 0 && goes_on.contains(&(at - 1))) {
            Some(option) => option.push(key),
            None => options.push(vec![key]),
        }
    }
    Ok(options)
}
