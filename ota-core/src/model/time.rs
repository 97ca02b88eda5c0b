//! Instants and local civil times.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

/// An instant, in whole microseconds since 1970-01-01T00:00:00Z: the one form that every store keeps alike.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// This instant and a while; stays at the largest instant rather than overflow.
    #[must_use]
    pub fn plus(self, by: std::time::Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
    }

    /// This instant less a while; stays at the smallest instant rather than overflow.
    #[must_use]
    pub fn less(self, by: std::time::Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this is; zero if it is not.
    #[must_use]
    pub fn since(self, earlier: Self) -> std::time::Duration {
        std::time::Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// As jiff's instant; out of its range, the nearest end of it.
    #[must_use]
    pub fn to_jiff(self) -> jiff::Timestamp {
        let clamped =
            self.0.clamp(jiff::Timestamp::MIN.as_microsecond(), jiff::Timestamp::MAX.as_microsecond());
        jiff::Timestamp::from_microsecond(clamped).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(instant: jiff::Timestamp) -> Self {
        Self(instant.as_microsecond())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_jiff(), f)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_jiff(), f)
    }
}

/// A time on the clock of a place, with the offset that the supplier stated for it, if it did.
///
/// The civil part is what customers see. Only with an offset (stated, or from the place's zone) does it
/// name an instant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LocalTime {
    /// Date and clock at the place.
    pub civil: DateTime,
    /// Minutes east of UTC, as stated by the supplier.
    pub offset_minutes: Option<i16>,
}

impl LocalTime {
    /// A local time without a stated offset.
    #[must_use]
    pub const fn new(civil: DateTime) -> Self {
        Self { civil, offset_minutes: None }
    }

    /// A local time with the offset that the supplier stated, minutes east of UTC.
    #[must_use]
    pub const fn with_offset(civil: DateTime, minutes: i16) -> Self {
        Self { civil, offset_minutes: Some(minutes) }
    }

    /// The instant, by the stated offset, else by the zone of the place (`None` if neither decides).
    #[must_use]
    pub fn instant(&self, zone: Option<&TimeZone>) -> Option<Timestamp> {
        let offset = match self.offset_minutes {
            Some(minutes) => Offset::from_seconds(i32::from(minutes) * 60).ok()?,
            None => return zone?.to_timestamp(self.civil).ok().map(Timestamp::from),
        };
        offset.to_timestamp(self.civil).ok().map(Timestamp::from)
    }

    /// Whether the stated offset is the one that the zone has at that time; `None` without an offset.
    #[must_use]
    pub fn agrees_with(&self, zone: &TimeZone) -> Option<bool> {
        let stated = self.instant(None)?;
        Some(zone.to_datetime(stated.to_jiff()) == self.civil)
    }
}

impl fmt::Debug for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.civil)?;
        match self.offset_minutes {
            Some(minutes) => write!(f, "{minutes:+}min"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;

    use super::*;

    #[test]
    fn an_offset_decides_the_instant_and_a_zone_only_without_one() {
        let tokyo = TimeZone::get("Asia/Tokyo").unwrap();
        let clock = datetime(2027, 7, 10, 22, 55, 0, 0);
        let stated = LocalTime::with_offset(clock, 540);
        assert_eq!(stated.instant(None), LocalTime::new(clock).instant(Some(&tokyo)));
        assert_eq!(LocalTime::new(clock).instant(None), None);
        assert_eq!(stated.agrees_with(&tokyo), Some(true));
        assert_eq!(LocalTime::with_offset(clock, 480).agrees_with(&tokyo), Some(false));
    }

    #[test]
    fn minutes_across_the_date_line_are_those_of_the_zones() {
        let minutes = |from: (DateTime, &str), to: (DateTime, &str)| {
            let at = |(civil, zone): (DateTime, &str)| {
                LocalTime::new(civil).instant(Some(&TimeZone::get(zone).unwrap())).unwrap()
            };
            at(to).since(at(from)).as_secs() / 60
        };
        let auckland = (datetime(2027, 7, 10, 17, 20, 0, 0), "Pacific/Auckland");
        assert_eq!(minutes(auckland, (datetime(2027, 7, 9, 23, 59, 0, 0), "Pacific/Tahiti")), 279);
        let haneda = (datetime(2027, 7, 10, 22, 55, 0, 0), "Asia/Tokyo");
        assert_eq!(minutes(haneda, (datetime(2027, 7, 10, 11, 20, 0, 0), "Pacific/Honolulu")), 445);
    }
}
