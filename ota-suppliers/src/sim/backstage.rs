//! What no client of a simulated host sees: its books, its script and its clock.

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use ota_core::runtime::Clock;
use serde::de::DeserializeOwned;

use super::control::{Control, Met, command};
use super::draw::draw;
use super::http::{Reply, Request};
use super::journal::JournalError;
use super::ledger::{Kept, Ledger};

/// The back of a host that keeps orders `O`, and where effects `P` strike and things `S` sell out.
#[derive(Debug)]
pub(super) struct Backstage<O, P, S> {
    seed: u64,
    ledger: Mutex<Ledger<O>>,
    control: Mutex<Control<P, S>>,
    selling: Mutex<()>,
    clock: Arc<dyn Clock>,
    transactions: AtomicU64,
}

impl<O, P, S> Backstage<O, P, S>
where
    O: Kept,
    P: DeserializeOwned + Clone + fmt::Debug,
    S: DeserializeOwned + fmt::Debug,
{
    /// Goes on from the journal in a folder, or keeps nothing without one.
    pub(super) fn open(
        seed: u64,
        folder: Option<&Path>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, JournalError> {
        Ok(Self {
            seed,
            ledger: Mutex::new(Ledger::open(folder)?),
            control: Mutex::default(),
            selling: Mutex::default(),
            clock,
            transactions: AtomicU64::new(0),
        })
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger<O>> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn control(&self) -> MutexGuard<'_, Control<P, S>> {
        self.control.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Held from the look at what is left to the sale: nobody else sells in between.
    pub(super) fn alone(&self) -> MutexGuard<'_, ()> {
        self.selling.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now().to_jiff()
    }

    /// Names a reply: 32 hexadecimal digits, never the same twice.
    pub(super) fn transaction(&self) -> String {
        let count = self.transactions.fetch_add(1, Ordering::Relaxed).to_string();
        let now = self.now().as_microsecond().to_string();
        let halves = [draw(self.seed, &["transaction", &count, &now]), draw(self.seed, &[&now, &count])];
        halves.map(|half| format!("{half:016X}")).concat()
    }

    /// Answers what a test asks beside the protocol; `None` if this is a client's request.
    pub(super) fn answer(&self, request: &Request) -> Option<Reply> {
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/_control") => Some(command(&request.body, &self.control, || self.ledger().forget())),
            ("GET", "/_ledger") => Some(Reply::json(200, &self.ledger().to_json())),
            _ => None,
        }
    }

    /// Counts a call that comes now, and what it meets. `own` is the account's usual wait.
    pub(super) fn meet(&self, account: &str, op: &str, own: Duration) -> Met<P> {
        self.ledger().count_call(account, op);
        self.control().meet(account, op, own)
    }
}
