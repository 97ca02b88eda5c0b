//! One flight for each question, however many ask it at once.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;
use tracing::Instrument as _;

use crate::cache::{Superset, SupersetKey};
use crate::runtime::Tasks;

/// Most flights under way at once.
const FLIGHTS_MAX: usize = 10_000;

type Landed = Option<Arc<Superset>>;
type Open = Arc<Mutex<HashMap<SupersetKey, watch::Receiver<Landed>>>>;

/// The flights under way.
///
/// A flight is detached: who waits for it may leave, and it goes on. It is removed only when it has ended, so what
/// it brought must be in the cache by then: whoever finds no flight afterwards finds that.
#[derive(Debug, Default)]
pub(super) struct Flights {
    open: Open,
}

/// Too many flights are under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

/// Gives waiters what a flight has brought so far; may be called again with something better.
#[derive(Debug)]
pub(super) struct Publisher(watch::Sender<Landed>);

impl Publisher {
    pub(super) fn publish(&self, superset: Arc<Superset>) {
        self.0.send_replace(Some(superset));
    }
}

/// A place among those who wait for one flight.
#[derive(Debug)]
pub(super) struct Waiter(watch::Receiver<Landed>);

impl Waiter {
    /// What the flight brings first, if it does so in time.
    pub(super) async fn first(mut self, patience: Duration) -> Landed {
        let landed = timeout(patience, self.0.wait_for(Option::is_some)).await;
        landed.ok()?.ok().and_then(|landed| landed.clone())
    }
}

impl Flights {
    /// Joins the flight of a key or starts it.
    ///
    /// # Errors
    /// There is none and none can be started.
    pub(super) fn join<Fly, Flight>(&self, key: &SupersetKey, tasks: &Tasks, fly: Fly) -> Result<Waiter, Full>
    where
        Fly: FnOnce(Publisher) -> Flight,
        Flight: Future<Output = ()> + Send + 'static,
    {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = open.get(key) {
            return Ok(Waiter(flight.clone()));
        }
        if open.len() >= FLIGHTS_MAX {
            return Err(Full);
        }
        let (sender, receiver) = watch::channel(None);
        open.insert(key.clone(), receiver.clone());
        let removal = Removal { open: Arc::clone(&self.open), key: key.clone() };
        let flight = fly(Publisher(sender));
        let detached = async move {
            let _removal = removal; // also if the flight breaks down
            flight.await;
        };
        tasks.spawn(detached.in_current_span());
        Ok(Waiter(receiver))
    }
}

struct Removal {
    open: Open,
    key: SupersetKey,
}

impl Drop for Removal {
    fn drop(&mut self) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}
