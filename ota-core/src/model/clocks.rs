//! What the clocks of two places say of a flight, and what cannot all be true of it.
//!
//! A date comes from the supplier or follows from zones and minutes; that an arrival at an earlier clock is one of the
//! next day is a guess, and wrong over the date line. A contradiction is told, never repaired.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::itinerary::Segment;
use super::place::AirportCode;
use super::places::{Airport, places};
use super::time::{LocalTime, Timestamp};

/// Microseconds in a minute.
const MINUTE: i64 = 60_000_000;

/// Minutes from one clock to another, by stated offsets, else by the zones of the airports. Negative where the arrival
/// is before the departure; `None` where neither decides.
#[must_use]
pub fn minutes(from: (AirportCode, LocalTime), to: (AirportCode, LocalTime)) -> Option<i64> {
    let (departs, arrives) = (instant(from)?, instant(to)?);
    Some((arrives.as_micros() - departs.as_micros()) / MINUTE)
}

/// The clock at a destination so many minutes after a departure, in the zone of the destination; `None` for an airport
/// that is not in the table.
#[must_use]
pub fn arrival(from: (AirportCode, LocalTime), minutes: u32, to: AirportCode) -> Option<LocalTime> {
    let there = instant(from)?.as_micros().checked_add(i64::from(minutes) * MINUTE)?;
    let civil = zone(to)?.to_datetime(Timestamp::from_micros(there).to_jiff());
    Some(LocalTime::new(civil))
}

/// Two statements about one flight that cannot both be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Doubt {
    /// A stated offset is not the one that the place has on that day.
    Offset,
    /// The stated minutes are not those between the two clocks.
    Minutes,
    /// Fewer stops are counted than are detailed.
    Stops,
}

/// What contradicts itself in a segment; nothing for what is merely not known.
#[must_use]
pub fn doubts(segment: &Segment) -> Vec<Doubt> {
    let departs = segment.departs.map(|at| (segment.origin, at));
    let arrives = segment.arrives.map(|at| (segment.destination, at));
    let foreign = |(airport, at): (AirportCode, LocalTime)| {
        zone(airport).is_some_and(|zone| at.agrees_with(&zone) == Some(false))
    };
    let by_clocks = departs.zip(arrives).and_then(|(from, to)| minutes(from, to));
    let differ = segment.minutes.zip(by_clocks).is_some_and(|(stated, is)| i64::from(stated) != is);
    let miscounted =
        segment.stops_stated.is_some_and(|stated| usize::from(stated) < segment.legs.len().saturating_sub(1));
    let offset = departs.into_iter().chain(arrives).any(foreign);
    [(offset, Doubt::Offset), (differ, Doubt::Minutes), (miscounted, Doubt::Stops)]
        .into_iter()
        .filter_map(|(holds, doubt)| holds.then_some(doubt))
        .collect()
}

fn instant((airport, at): (AirportCode, LocalTime)) -> Option<Timestamp> {
    at.instant(zone(airport).as_ref())
}

fn zone(airport: AirportCode) -> Option<TimeZone> {
    places().airport(airport).map(Airport::time_zone)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{DateTime, datetime};

    use super::*;

    fn airport(code: &str) -> AirportCode {
        AirportCode::new(code).unwrap()
    }

    fn at(month: i8, day: i8, hour: i8, minute: i8) -> DateTime {
        datetime(2027, month, day, hour, minute, 0, 0)
    }

    type End = (&'static str, DateTime, i16);

    /// B19: airport, clock and offset of both ends, and the minutes between them.
    fn rows() -> [(End, End, u32); 6] {
        [
            (("AKL", at(7, 10, 17, 20), 720), ("PPT", at(7, 9, 23, 59), -600), 279),
            (("APW", at(7, 10, 11, 0), 780), ("PPG", at(7, 9, 11, 35), -660), 35),
            (("HND", at(7, 10, 22, 55), 540), ("HNL", at(7, 10, 11, 20), -600), 445),
            (("LAX", at(7, 10, 22, 30), -420), ("SYD", at(7, 12, 6, 30), 600), 900),
            (("BKK", at(7, 10, 20, 10), 420), ("DOH", at(7, 10, 23, 5), 180), 415),
            (("JFK", at(3, 13, 21, 0), -300), ("LHR", at(3, 14, 8, 0), 0), 360),
        ]
    }

    #[test]
    fn minutes_are_those_between_two_dates_over_any_line() {
        for ((from, departs, east), (to, arrives, west), expected) in rows() {
            let by_zone =
                minutes((airport(from), LocalTime::new(departs)), (airport(to), LocalTime::new(arrives)));
            assert_eq!(by_zone, Some(i64::from(expected)), "{from} {to}");
            let stated = |civil, offset| LocalTime::with_offset(civil, offset);
            // Stated offsets decide without a zone: nobody knows these airports.
            let by_offset =
                minutes((airport("ZZY"), stated(departs, east)), (airport("ZZZ"), stated(arrives, west)));
            assert_eq!(by_offset, Some(i64::from(expected)), "{from} {to}");
            let neither =
                minutes((airport("ZZY"), LocalTime::new(departs)), (airport(to), LocalTime::new(arrives)));
            assert_eq!(neither, None, "{from} {to}");
        }
    }

    #[test]
    fn the_day_of_arrival_follows_from_zones_and_minutes() {
        for ((from, departs, offset), (to, arrives, _), minutes) in rows() {
            for departs in [LocalTime::new(departs), LocalTime::with_offset(departs, offset)] {
                let found = arrival((airport(from), departs), minutes, airport(to));
                assert_eq!(found, Some(LocalTime::new(arrives)), "{from} {to}");
            }
            assert_eq!(arrival((airport(from), LocalTime::new(departs)), minutes, airport("ZZZ")), None);
        }
    }
}
