//! Fulfilment: everything between a paid booking and its tickets, and the way back.
//!
//! A [`driver::Driver`] takes a claimed booking and does what [`crate::booking::machine`] says, one committed step
//! after another; [`execute`] turns a command into a call and its answer into an event; `reconcile` finds out what
//! an unclear write did; `believe` compares what a supplier says with what was sent. A [`worker::Worker`] claims.

mod believe;
pub mod driver;
pub mod execute;
mod reconcile;
pub mod worker;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::booking::model::{Booking, Owed};
use crate::model::traveler::Party;
use crate::notify::{Message, Notifier};
use crate::payment::PaymentGateway;
use crate::queue::Wakeups;
use crate::runtime::Runtime;
use crate::store::BookingStore;
use crate::supplier::account::Suppliers;

/// Writes a message to the customer. Pure: the same booking and party give the same message at every repeat.
pub trait Compose: Send + Sync + fmt::Debug + 'static {
    /// The message that is owed.
    fn compose(&self, owed: Owed, booking: &Booking, party: &Party) -> Message;
}

/// What fulfilment works with.
#[derive(Debug, Clone)]
pub struct Ports {
    /// Clock, randomness, tasks.
    pub runtime: Runtime,
    /// Bookings.
    pub store: Arc<dyn BookingStore>,
    /// Wake-ups.
    pub wakeups: Arc<dyn Wakeups>,
    /// Every tenant's suppliers.
    pub suppliers: Suppliers,
    /// The money.
    pub gateway: Arc<dyn PaymentGateway>,
    /// Who carries messages.
    pub notifier: Arc<dyn Notifier>,
    /// Who writes them.
    pub composer: Arc<dyn Compose>,
}

/// How long things may take. Configuration; tests shorten it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// How long after its intent a write may be sent.
    pub send_within: Duration,
    /// How long a claim is good for without being renewed.
    pub lease: Duration,
    /// How long one look may take, with its retries.
    pub look: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            send_within: Duration::from_secs(30),
            lease: Duration::from_secs(30),
            look: Duration::from_secs(60),
        }
    }
}
