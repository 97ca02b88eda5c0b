//! Wake-ups within one process, for the embedded installation.

use std::collections::{HashSet, VecDeque};
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::{Wake, WakeError, Wakeups};
use crate::model::id::BookingId;

/// Most bookings that wait for a worker. More are dropped and counted (`ota_wakes_dropped_total`): their rows say
/// that work is due, and the sweeper finds them.
pub const WAKES_WAITING_MAX: usize = 65_536;

/// A bounded queue of bookings, each waiting at most once. Nothing survives the process, nor needs to.
#[derive(Debug)]
pub struct LocalWakeups {
    waiting: Mutex<Waiting>,
    arrived: Notify,
    max: usize,
}

#[derive(Debug, Default)]
struct Waiting {
    order: VecDeque<BookingId>,
    known: HashSet<BookingId>,
    receipts: u64,
}

impl Default for LocalWakeups {
    /// Room for [`WAKES_WAITING_MAX`].
    fn default() -> Self {
        Self::new(WAKES_WAITING_MAX)
    }
}

impl LocalWakeups {
    /// An empty queue with room for so many.
    #[must_use]
    pub fn new(max: usize) -> Self {
        Self { waiting: Mutex::default(), arrived: Notify::new(), max }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // No holder leaves the two collections apart, whatever happens to its task.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there are some.
    async fn next(&self, max: usize) -> Vec<Wake> {
        loop {
            // Registered before the look, so that what is published after it is not missed.
            let mut arrived = pin!(self.arrived.notified());
            arrived.as_mut().enable();
            let taken = self.take(max);
            if !taken.is_empty() {
                return taken;
            }
            arrived.await;
        }
    }

    fn take(&self, max: usize) -> Vec<Wake> {
        let mut waiting = self.waiting();
        let count = max.min(waiting.order.len());
        let taken: Vec<BookingId> = waiting.order.drain(..count).collect();
        let wake = |booking| {
            waiting.known.remove(&booking);
            waiting.receipts += 1;
            Wake { booking, receipt: waiting.receipts }
        };
        taken.into_iter().map(wake).collect()
    }
}

#[async_trait]
impl Wakeups for LocalWakeups {
    /// Never waits. One that is being worked on and not waiting waits again: its worker may have read the row before.
    async fn publish(&self, booking: BookingId) -> Result<(), WakeError> {
        let mut waiting = self.waiting();
        if waiting.known.contains(&booking) {
            return Ok(());
        }
        if waiting.order.len() >= self.max {
            metrics::counter!("ota_wakes_dropped_total").increment(1);
            return Ok(());
        }
        waiting.known.insert(booking);
        waiting.order.push_back(booking);
        drop(waiting);
        self.arrived.notify_one();
        Ok(())
    }

    async fn receive(&self, max: usize, wait: Duration) -> Result<Vec<Wake>, WakeError> {
        match timeout(wait, self.next(max)).await {
            Ok(taken) => Ok(taken),
            Err(_) => Ok(self.take(max)),
        }
    }

    /// Nothing is kept for an unfinished one: the sweeper finds it.
    async fn ack(&self, _: Wake) -> Result<(), WakeError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::queue_suite;

    #[tokio::test]
    async fn it_is_a_queue_of_wake_ups() {
        queue_suite::all(&LocalWakeups::default()).await;
    }

    #[tokio::test]
    async fn a_booking_waits_once_and_again_only_when_taken() {
        let queue = LocalWakeups::default();
        let booking = BookingId::from_bits(1);
        queue.publish(booking).await.unwrap();
        queue.publish(booking).await.unwrap();
        assert_eq!(queue.receive(9, Duration::ZERO).await.unwrap().len(), 1);
        queue.publish(booking).await.unwrap();
        assert_eq!(queue.receive(9, Duration::ZERO).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_full_queue_drops_the_latest() {
        let queue = LocalWakeups::new(2);
        for bits in 1..=3 {
            queue.publish(BookingId::from_bits(bits)).await.unwrap();
        }
        let taken = queue.receive(9, Duration::ZERO).await.unwrap();
        assert_eq!(taken.iter().map(|wake| wake.booking.bits()).collect::<Vec<_>>(), [1, 2]);
    }
}
