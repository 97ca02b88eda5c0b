//! The two clocks of a generation. Pure.

use std::time::Duration;

use crate::model::time::Timestamp;

/// How long search results may be served, and how long their offers can still be verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FreshnessPolicy {
    /// Served without asking again.
    pub fresh: Duration,
    /// The same when departure is near: seats sell by the minute then.
    pub fresh_near: Duration,
    /// The same when not every supplier has answered: so that the others' offers are soon seen.
    pub fresh_incomplete: Duration,
    /// What near is.
    pub near: Duration,
    /// From then on offers are gone.
    pub retained: Duration,
}

impl Default for FreshnessPolicy {
    /// Five minutes, one within three days of departure, ten seconds while incomplete; half an hour.
    fn default() -> Self {
        Self {
            fresh: Duration::from_secs(5 * 60),
            fresh_near: Duration::from_secs(60),
            fresh_incomplete: Duration::from_secs(10),
            near: Duration::from_secs(3 * 24 * 3600),
            retained: Duration::from_secs(30 * 60),
        }
    }
}

/// Until when a generation is fresh, and until when it is retained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    /// Served as it is before this.
    pub fresh_until: Timestamp,
    /// There before this. Never earlier than `fresh_until`.
    pub retained_until: Timestamp,
}

impl FreshnessPolicy {
    /// The clocks of a generation made now, whose first departure is not before `departs`.
    #[must_use]
    pub fn clocks(&self, now: Timestamp, departs: Timestamp, complete: bool) -> Clocks {
        let by_departure = if departs.since(now) < self.near { self.fresh_near } else { self.fresh };
        let fresh = if complete { by_departure } else { by_departure.min(self.fresh_incomplete) };
        Clocks { fresh_until: now.plus(fresh), retained_until: now.plus(self.retained.max(fresh)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(departs_in_hours: u64, complete: bool, fresh_seconds: u64) {
        let now = Timestamp::from_micros(0);
        let departs = now.plus(Duration::from_secs(departs_in_hours * 3600));
        let clocks = FreshnessPolicy::default().clocks(now, departs, complete);
        assert_eq!(clocks.fresh_until.since(now).as_secs(), fresh_seconds);
        assert_eq!(clocks.retained_until.since(now).as_secs(), 1_800);
    }

    #[test]
    fn near_departures_and_incomplete_answers_are_fresh_for_less() {
        check(30 * 24, true, 300);
        check(72, true, 300);
        check(71, true, 60);
        check(0, true, 60);
        check(30 * 24, false, 10);
        check(0, false, 10);
    }

    #[test]
    fn fresh_is_always_retained() {
        let policy = FreshnessPolicy { retained: Duration::ZERO, ..FreshnessPolicy::default() };
        let clocks = policy.clocks(Timestamp::from_micros(0), Timestamp::from_micros(0), true);
        assert_eq!(clocks.retained_until, clocks.fresh_until);
    }
}
