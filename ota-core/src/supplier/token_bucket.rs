//! A rate limit as one number. Pure: the time is an argument.

use std::time::Duration;

use crate::model::time::Timestamp;

/// So many in a time, and how many of them may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many in `per`; zero counts as one.
    pub count: u32,
    /// In what time.
    pub per: Duration,
    /// How many at once after a quiet time; zero counts as one.
    pub burst: u32,
}

impl Rate {
    /// A number each second, and as many at once.
    #[must_use]
    pub const fn per_second(count: u32) -> Self {
        Self { count, per: Duration::from_secs(1), burst: count }
    }
}

/// A token bucket, kept as the instant at which it will be full again (the generic cell rate algorithm).
///
/// ```
/// use ota_core::model::time::Timestamp;
/// use ota_core::supplier::token_bucket::{Rate, TokenBucket};
/// let now = Timestamp::from_micros(0);
/// let mut bucket = TokenBucket::new(Rate::per_second(2));
/// assert_eq!((bucket.take(now), bucket.take(now)), (Ok(()), Ok(())));
/// assert_eq!(bucket.take(now), Err(std::time::Duration::from_millis(500)));
/// ```
#[derive(Debug, Clone)]
pub struct TokenBucket {
    /// Microseconds that one token takes to grow back, rounded up: never more than the rate.
    each: i64,
    /// Microseconds that all but one token take to grow back.
    tolerance: i64,
    full_at: i64,
}

impl TokenBucket {
    /// A full bucket.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let per = i64::try_from(rate.per.as_micros()).unwrap_or(i64::MAX / 4).clamp(1, i64::MAX / 4);
        let count = i64::from(rate.count.max(1));
        let each = per.div_euclid(count) + i64::from(per % count != 0);
        let tolerance = each.saturating_mul(i64::from(rate.burst.max(1)) - 1).min(i64::MAX / 4);
        Self { each, tolerance, full_at: i64::MIN }
    }

    /// Takes one token.
    ///
    /// # Errors
    /// There is none: how long until there is one. Nothing was taken.
    pub fn take(&mut self, now: Timestamp) -> Result<(), Duration> {
        let now = now.as_micros();
        // A clock set back must not lock the bucket for longer than it takes to fill.
        let furthest = now.saturating_add(self.tolerance).saturating_add(self.each);
        let full_at = self.full_at.clamp(now, furthest);
        let wait = full_at - now - self.tolerance;
        if wait > 0 {
            return Err(Duration::from_micros(wait.unsigned_abs()));
        }
        self.full_at = full_at.saturating_add(self.each);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_micros(millis * 1_000)
    }

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let mut bucket = TokenBucket::new(Rate { count: 10, per: Duration::from_secs(1), burst: 3 });
        assert!((0..3).all(|_| bucket.take(at(0)).is_ok()));
        assert_eq!(bucket.take(at(0)), Err(Duration::from_millis(100)));
        assert_eq!(bucket.take(at(60)), Err(Duration::from_millis(40)));
        assert_eq!(bucket.take(at(100)), Ok(()));
        assert!(bucket.take(at(100)).is_err());
    }

    #[test]
    fn a_clock_set_back_does_not_lock_it() {
        let mut bucket = TokenBucket::new(Rate::per_second(1));
        assert_eq!(bucket.take(at(3_600_000)), Ok(()));
        assert_eq!(bucket.take(at(0)), Err(Duration::from_secs(1)));
        assert_eq!(bucket.take(at(1_000)), Err(Duration::from_secs(1)), "a refusal takes nothing");
    }

    proptest! {
        #[test]
        fn never_more_than_burst_and_rate(
            count in 1u32..50, burst in 1u32..50, gaps in prop::collection::vec(0i64..200_000, 1..200),
        ) {
            let mut bucket = TokenBucket::new(Rate { count, per: Duration::from_secs(1), burst });
            let mut now = 0;
            let mut taken = 0_i64;
            for gap in gaps {
                now += gap;
                taken += i64::from(bucket.take(Timestamp::from_micros(now)).is_ok());
                let most = i64::from(burst) + now * i64::from(count) / 1_000_000;
                prop_assert!(taken <= most, "{taken} of {most} at {now}");
            }
        }
    }
}
