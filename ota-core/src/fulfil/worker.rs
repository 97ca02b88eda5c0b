//! Bounded loops around the driver: wake-ups, due rows, and a sweeper.
//!
//! Wake-ups make work fast, due rows make it certain: a wake-up that is lost only costs the time until the next poll.
//! Both share a fixed number of places in turn, and a booking gives its place up after a few steps, so neither a burst
//! of new bookings nor a backlog of old ones starves the other.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;
use tracing::Instrument as _;

use super::driver::{Driver, Halt};
use crate::error::chain;
use crate::queue::Wake;
use crate::store::Claim;

/// Limits of a worker. Configuration; tests shorten the times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerLimits {
    /// Bookings worked on at once.
    pub concurrent: usize,
    /// How often due rows are asked for.
    pub poll_every: Duration,
    /// How often the sweeper looks for rows that nobody has taken.
    pub sweep_every: Duration,
    /// How long work may be due before the sweeper says so again.
    pub overdue_after: Duration,
    /// Most rows that one sweep publishes.
    pub sweep_max: u32,
}

impl Default for WorkerLimits {
    fn default() -> Self {
        Self {
            concurrent: 16,
            poll_every: Duration::from_secs(1),
            sweep_every: Duration::from_secs(15),
            overdue_after: Duration::from_secs(60),
            sweep_max: 500,
        }
    }
}

/// Claims bookings and has them driven.
#[derive(Debug, Clone)]
pub struct Worker {
    driver: Driver,
    limits: WorkerLimits,
    places: Arc<Semaphore>,
}

impl Worker {
    /// A worker over a driver.
    #[must_use]
    pub fn new(driver: Driver, limits: WorkerLimits) -> Self {
        let places = Arc::new(Semaphore::new(limits.concurrent.clamp(1, Semaphore::MAX_PERMITS)));
        Self { driver, limits, places }
    }

    /// Works until [`Driver::stop`]. Steps under way then run to their end in tasks that
    /// [`crate::runtime::Tasks::drained`] waits for.
    pub async fn run(&self) {
        tokio::join!(self.listen(), self.poll(), self.sweep());
    }

    /// Takes wake-ups as they come.
    async fn listen(&self) {
        while let Some(place) = self.place().await {
            let wait = self.limits.poll_every;
            let received = tokio::select! {
                () = self.driver.stopped() => return,
                received = self.driver.ports.wakeups.receive(1, wait) => received,
            };
            match received {
                Ok(wakes) => {
                    if let Some(wake) = wakes.into_iter().next() {
                        self.driven(place, self.clone().woken(wake));
                    }
                }
                Err(error) => {
                    tracing::warn!(error = chain(&error), "Wake-ups cannot be received.");
                    drop(place);
                    self.pause(wait).await;
                }
            }
        }
    }

    /// Asks for due rows, as many as there are places free.
    async fn poll(&self) {
        while let Some(place) = self.place().await {
            let more = u32::try_from(self.places.available_permits()).unwrap_or(u32::MAX);
            let claims = self.driver.claim_due(1 + more / 2).await.unwrap_or_else(|error| {
                tracing::warn!(error = chain(&error), "Due bookings cannot be claimed.");
                Vec::new()
            });
            let found = !claims.is_empty();
            let mut first = Some(place);
            for claim in claims {
                let place = match first.take() {
                    Some(place) => Some(place),
                    None => self.place().await,
                };
                let Some(place) = place else { break };
                self.driven(place, self.clone().claimed(claim));
            }
            drop(first);
            if !found {
                self.pause(self.limits.poll_every).await;
            }
        }
    }

    /// Publishes rows that have been due for long, and counts them.
    async fn sweep(&self) {
        while !self.driver.stopping() {
            self.pause(self.limits.sweep_every).await;
            if let Err(error) = self.sweep_once().await {
                tracing::warn!(error = chain(&error), "Overdue bookings cannot be looked for.");
            }
        }
    }

    async fn sweep_once(&self) -> Result<(), crate::store::StoreError> {
        let now = self.driver.ports.runtime.now().as_micros();
        let after = i64::try_from(self.limits.overdue_after.as_micros()).unwrap_or(i64::MAX);
        let than = crate::model::time::Timestamp::from_micros(now.saturating_sub(after));
        let overdue = self.driver.ports.store.overdue(than, self.limits.sweep_max).await?;
        metrics::gauge!("ota_booking_overdue").set(u32::try_from(overdue.len()).unwrap_or(u32::MAX));
        for booking in overdue {
            self.driver.wake(booking).await;
        }
        Ok(())
    }

    /// A place to work in; `None` once stopped.
    async fn place(&self) -> Option<OwnedSemaphorePermit> {
        if self.driver.stopping() {
            return None;
        }
        tokio::select! {
            () = self.driver.stopped() => None,
            place = Arc::clone(&self.places).acquire_owned() => place.ok(),
        }
    }

    async fn pause(&self, time: Duration) {
        tokio::select! {
            () = self.driver.stopped() => {}
            () = sleep(time) => {}
        }
    }

    fn driven(&self, place: OwnedSemaphorePermit, work: impl Future<Output = ()> + Send + 'static) {
        let run = async move {
            work.await;
            drop(place);
        };
        self.driver.ports.runtime.tasks.spawn(run.in_current_span());
    }

    async fn woken(self, wake: Wake) {
        match self.driver.claim(wake.booking).await {
            Ok(Some(claim)) => self.clone().claimed(claim).await,
            // Somebody is at it, and looks again before they let go.
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(booking = %wake.booking, error = chain(&error), "A booking cannot be claimed.");
            }
        }
        if let Err(error) = self.driver.ports.wakeups.ack(wake).await {
            tracing::warn!(error = chain(&error), "A wake-up cannot be acknowledged.");
        }
    }

    async fn claimed(self, claim: Claim) {
        let id = claim.booking.id;
        match self.driver.drive(claim).await {
            Ok(_) => {}
            Err(error @ Halt::Lost) => tracing::warn!(booking = %id, %error, "A claim was lost."),
            Err(error) => {
                tracing::error!(booking = %id, error = chain(&error), "A booking cannot be driven.")
            }
        }
    }
}
