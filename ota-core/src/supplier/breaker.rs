//! A circuit breaker. Pure: the time is an argument.

use std::time::Duration;

use crate::model::time::Timestamp;

/// When a breaker opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerLimits {
    /// Of how many last calls, at most 64.
    pub window: u32,
    /// How many must have failed.
    pub failures: u32,
    /// For how long no call is let through; then one probe in each such time, until one succeeds.
    pub open_for: Duration,
}

impl Default for BreakerLimits {
    /// Half of the last twenty; ten seconds.
    fn default() -> Self {
        Self { window: 20, failures: 10, open_for: Duration::from_secs(10) }
    }
}

/// Stops calling a supplier that does not answer.
///
/// Closed, it lets everything through. Open, it lets one probe through each [`BreakerLimits::open_for`]: a probe
/// whose caller never came back needs no clean-up. A success closes it.
#[derive(Debug, Clone)]
pub struct Breaker {
    limits: BreakerLimits,
    /// One bit for each of the last calls, the latest lowest; a failure is 1.
    history: u64,
    /// Set while open: when the next probe may pass.
    probe_at: Option<Timestamp>,
}

impl Breaker {
    /// A closed one.
    #[must_use]
    pub const fn new(limits: BreakerLimits) -> Self {
        Self { limits, history: 0, probe_at: None }
    }

    /// Lets a call through or not.
    ///
    /// # Errors
    /// It is open: how long until the next probe.
    pub fn admit(&mut self, now: Timestamp) -> Result<(), Duration> {
        match self.probe_at {
            Some(at) if now < at => Err(at.since(now)),
            Some(_) => {
                self.probe_at = Some(now.plus(self.limits.open_for));
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Notes that a call ended.
    pub fn record(&mut self, answered: bool, now: Timestamp) {
        if answered && self.probe_at.is_some() {
            *self = Self::new(self.limits);
            return;
        }
        let window = self.limits.window.clamp(1, 64);
        self.history = (self.history << 1 | u64::from(!answered)) & (u64::MAX >> (64 - window));
        if self.history.count_ones() >= self.limits.failures.max(1) {
            self.probe_at = Some(now.plus(self.limits.open_for));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: BreakerLimits = BreakerLimits { window: 4, failures: 2, open_for: Duration::from_secs(10) };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn it_opens_on_a_share_of_failures_and_forgets_old_ones() {
        let mut breaker = Breaker::new(LIMITS);
        for answered in [false, true, true, true, false, true] {
            breaker.record(answered, at(0));
        }
        assert_eq!(breaker.admit(at(0)), Ok(()), "never two failures among four");
        breaker.record(false, at(0));
        assert_eq!(breaker.admit(at(1)), Err(Duration::from_secs(9)));
    }

    #[test]
    fn one_probe_at_a_time_and_a_success_closes_it() {
        let mut breaker = Breaker::new(LIMITS);
        breaker.record(false, at(0));
        breaker.record(false, at(0));
        assert_eq!(breaker.admit(at(10)), Ok(()), "the probe");
        assert!(breaker.admit(at(11)).is_err(), "nobody else");
        assert_eq!(breaker.admit(at(20)), Ok(()), "a probe that never came back does not lock it");
        breaker.record(false, at(21));
        assert!(breaker.admit(at(30)).is_err(), "a failed probe keeps it open");
        assert_eq!(breaker.admit(at(31)), Ok(()));
        breaker.record(true, at(32));
        assert_eq!(breaker.admit(at(32)), Ok(()));
        breaker.record(false, at(33));
        assert_eq!(breaker.admit(at(33)), Ok(()), "history starts anew");
    }
}
