//! The port of wake-ups: hints that a booking has work. Lost, doubled and reordered ones are harmless.

pub mod local;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use crate::model::id::BookingId;

/// A wake-up could not be handed over or taken.
#[derive(Debug, thiserror::Error)]
#[error("wake-ups: {message}")]
pub struct WakeError {
    /// For people.
    pub message: String,
}

/// One wake-up, to be acknowledged once its work is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wake {
    /// Which booking.
    pub booking: BookingId,
    /// The queue's own mark for it.
    pub receipt: u64,
}

/// Where wake-ups go. A failure costs time, never correctness: due rows are found by a sweeper.
#[async_trait]
pub trait Wakeups: Send + Sync + fmt::Debug + 'static {
    /// Says that a booking has work. Called after the commit.
    async fn publish(&self, booking: BookingId) -> Result<(), WakeError>;

    /// Waits for wake-ups: up to `max`, or none after `wait`.
    async fn receive(&self, max: usize, wait: Duration) -> Result<Vec<Wake>, WakeError>;

    /// The work of a wake-up is stored.
    async fn ack(&self, wake: Wake) -> Result<(), WakeError>;
}
