//! Clocks that a test turns.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::model::time::Timestamp;
use crate::runtime::{Clock, Runtime};

/// 2027-01-15T08:00:00Z: when tests begin.
pub const START: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

/// Stands still until it is turned. Clones show the same time.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// Shows [`START`].
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(AtomicI64::new(START.as_micros())))
    }

    /// Turns it on.
    pub fn advance(&self, by: Duration) {
        self.set(self.now().plus(by));
    }

    /// Sets it, backwards too.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_micros(), Ordering::SeqCst);
    }

    /// A runtime with this clock.
    #[must_use]
    pub fn runtime(&self) -> Runtime {
        Runtime { clock: Arc::new(self.clone()), ..Runtime::default() }
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// Follows tokio's clock from [`START`]: in a paused test, time passes only when every task waits.
#[derive(Debug, Clone, Copy)]
pub struct TokioClock(tokio::time::Instant);

impl TokioClock {
    /// Shows [`START`] now.
    #[must_use]
    pub fn start() -> Self {
        Self(tokio::time::Instant::now())
    }

    /// A runtime with a clock that starts now.
    #[must_use]
    pub fn runtime() -> Runtime {
        Runtime { clock: Arc::new(Self::start()), ..Runtime::default() }
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        START.plus(self.0.elapsed())
    }
}
