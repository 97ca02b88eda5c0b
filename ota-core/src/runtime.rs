//! The only place that reads the clock, draws randomness or spawns.

use std::fmt;
use std::sync::Arc;

use ring::rand::{SecureRandom, SystemRandom};

use crate::model::time::Timestamp;

/// Where the time comes from. Everything pure takes the time as an argument instead.
pub trait Clock: Send + Sync + fmt::Debug + 'static {
    /// Now, in microseconds since the epoch.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)] // the one place
    fn now(&self) -> Timestamp {
        jiff::Timestamp::now().into()
    }
}

/// Where randomness comes from.
pub trait Random: Send + Sync + fmt::Debug + 'static {
    /// Fills a buffer with unpredictable bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// The machine's source of randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandomness;

impl Random for SystemRandomness {
    /// # Panics
    /// If the operating system has no randomness: nothing secret could be made then.
    fn fill(&self, bytes: &mut [u8]) {
        SystemRandom::new().fill(bytes).expect("the operating system provides randomness");
    }
}

/// Clock, randomness and tasks, handed to the engine as one.
#[derive(Debug, Clone)]
pub struct Runtime {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Detached work.
    #[cfg(feature = "engine")]
    pub tasks: Tasks,
}

impl Default for Runtime {
    /// The machine's own.
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandomness),
            #[cfg(feature = "engine")]
            tasks: Tasks::default(),
        }
    }
}

impl Runtime {
    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

#[cfg(feature = "engine")]
pub use tasks::Tasks;

#[cfg(feature = "engine")]
mod tasks {
    use std::future::Future;

    use tokio::task::JoinHandle;
    use tokio_util::task::TaskTracker;

    /// Detached work that outlives the request that started it: a step of a booking, a search that others wait
    /// for. Shutdown waits for all of it, so a stopping server cuts no write.
    #[derive(Debug, Clone, Default)]
    pub struct Tasks(TaskTracker);

    impl Tasks {
        /// Runs a future to its end, whoever leaves.
        pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
        where
            F: Future + Send + 'static,
            F::Output: Send + 'static,
        {
            self.0.spawn(future)
        }

        /// Computes for long (tens of milliseconds and more) beside everything else.
        pub fn compute<F, T>(&self, work: F) -> JoinHandle<T>
        where
            F: FnOnce() -> T + Send + 'static,
            T: Send + 'static,
        {
            self.0.spawn_blocking(work)
        }

        /// Waits for all work to end; work that ends may still start more.
        pub async fn drained(&self) {
            self.0.close();
            self.0.wait().await;
        }
    }
}
