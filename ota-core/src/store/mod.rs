//! The port of storage. The database is the truth: caches and queues are hints.
//!
//! Every adapter keeps the same tables in the same shape and passes the same suite. Callers match on
//! [`StoreErrorKind`], never on a database's codes.

#[cfg(feature = "sqlite")]
mod body;
pub mod seal;
#[cfg(feature = "sqlite")]
pub mod sqlite;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use crate::booking::command::JournalEntry;
use crate::booking::model::{Booking, Quote};
use crate::model::id::{BookingId, QuoteId, TenantId};
use crate::model::money::Money;
use crate::model::time::Timestamp;
use crate::model::traveler::Party;

/// A failed storage call.
#[derive(Debug, thiserror::Error)]
#[error("store: {kind:?}: {message}")]
pub struct StoreError {
    /// What happened.
    pub kind: StoreErrorKind,
    /// For people; no personal data.
    pub message: String,
    /// The cause.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl StoreError {
    /// An error without a cause.
    pub fn new(kind: StoreErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    /// The same with its cause.
    #[must_use]
    pub fn because(self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self { source: Some(Box::new(source)), ..self }
    }
}

/// What happened in storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// Somebody else wrote first, or the lease is lost: load again.
    Conflict,
    /// There is no such row.
    NotFound,
    /// The database cannot be reached or is busy.
    Unavailable,
    /// A row cannot be read (wrong schema, damaged, sealed by a key that is not configured), or what is to be
    /// written contradicts what is there: another traveler's ticket.
    Corrupt,
}

/// A booking's place in the order of its own changes; grows by one with each commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version(pub i64);

/// A claim's number; a later claim of the same row has a greater one, and only the latest may commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fence(pub i64);

/// A client's `Idempotency-Key` on one route, and what it was used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientKey {
    /// Whose.
    pub tenant: TenantId,
    /// On which route.
    pub route: String,
    /// The key.
    pub key: String,
    /// A digest of the request's body.
    pub fingerprint: [u8; 32],
}

/// The answer kept with a key: what a repeated request gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReply {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// What a key leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyUse {
    /// Not seen before.
    New,
    /// Same key, same body: this was the answer.
    Same(StoredReply),
    /// Same key, another body.
    Reused,
}

/// What came of an insert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inserted {
    /// The booking is there.
    Done(Version),
    /// The key was used for the same request before.
    SameKey(StoredReply),
    /// The key was used for another request.
    KeyReused,
    /// The quote already made this booking.
    QuoteTaken(BookingId),
}

/// A new booking with all that is stored in its first commit.
#[derive(Debug)]
pub struct NewBooking<'a> {
    /// The booking, INIT.
    pub booking: &'a Booking,
    /// Who travels: sealed before it is stored.
    pub party: &'a Party,
    /// The quote that it takes.
    pub quote: QuoteId,
    /// When work is due next.
    pub due_at: Option<Timestamp>,
}

/// A movement of money, for the append-only table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentMovement {
    /// `AUTHORIZED`, `CAPTURED`, `VOIDED`, `REFUNDED`, `DECLINED`.
    pub kind: &'static str,
    /// How much.
    pub amount: Money,
    /// The gateway's id.
    pub gateway_id: Option<String>,
}

/// One commit: the booking's new state and everything that goes with it, or nothing.
#[derive(Debug)]
pub struct Transition<'a> {
    /// The new state. Items, segments and tickets are written from it.
    pub booking: &'a Booking,
    /// New journal entries, in order.
    pub journal: &'a [JournalEntry],
    /// New movements of money.
    pub payments: &'a [PaymentMovement],
    /// When work is due next; `None` is no work.
    pub due_at: Option<Timestamp>,
    /// A client's key with its answer.
    pub reply: Option<(&'a ClientKey, &'a StoredReply)>,
}

/// A row claimed by a worker.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The booking as it is.
    pub booking: Booking,
    /// Its version.
    pub version: Version,
    /// Proof of the claim.
    pub fence: Fence,
    /// Until when nobody else may claim it.
    pub lease_until: Timestamp,
}

/// Where bookings, quotes and sealed travelers are.
#[async_trait]
pub trait BookingStore: Send + Sync + fmt::Debug + 'static {
    /// Keeps a quote.
    async fn put_quote(&self, quote: &Quote) -> Result<(), StoreError>;

    /// A tenant's quote; `None` if it has none of that id.
    async fn quote(&self, tenant: &TenantId, id: QuoteId) -> Result<Option<Quote>, StoreError>;

    /// Makes a booking, takes its quote and keeps the key with its answer, in one commit.
    ///
    /// # Errors
    /// `NotFound` if the tenant has no such quote.
    async fn insert(
        &self,
        new: &NewBooking<'_>,
        key: &ClientKey,
        reply: &StoredReply,
    ) -> Result<Inserted, StoreError>;

    /// What a client's key was used for.
    async fn key(&self, key: &ClientKey) -> Result<KeyUse, StoreError>;

    /// A booking as it is.
    ///
    /// # Errors
    /// `NotFound`; callers compare the tenant themselves.
    async fn load(&self, id: BookingId) -> Result<(Booking, Version), StoreError>;

    /// Writes a new state, if the version is still the one that was read and, where given, the fence is the latest
    /// and its lease not over at `now`.
    ///
    /// # Errors
    /// `Conflict` if not, or if the client's key or a journal entry is there already, `Corrupt` if a ticket is
    /// another traveler's; nothing is written then. After `Unavailable` it may be written or not: load again.
    async fn commit(
        &self,
        version: Version,
        fence: Option<Fence>,
        now: Timestamp,
        transition: &Transition<'_>,
    ) -> Result<Version, StoreError>;

    /// Claims one booking for work, whatever it is due; `None` if a lease, its own included, is not over.
    ///
    /// # Errors
    /// `NotFound`.
    async fn claim(
        &self,
        id: BookingId,
        owner: &str,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Claim>, StoreError>;

    /// Claims up to `max` bookings whose work is due, oldest first, and whose lease is over. One that cannot be read
    /// is logged and left claimed, so that it keeps nobody else from their turn.
    async fn claim_due(
        &self,
        owner: &str,
        now: Timestamp,
        lease: Duration,
        max: u32,
    ) -> Result<Vec<Claim>, StoreError>;

    /// Makes a claim longer, never shorter.
    ///
    /// # Errors
    /// `Conflict` if another has claimed the row, or it was released.
    async fn extend(&self, id: BookingId, fence: Fence, until: Timestamp) -> Result<(), StoreError>;

    /// Gives a claim back early; a lost one is ignored.
    async fn release(&self, id: BookingId, fence: Fence) -> Result<(), StoreError>;

    /// Who travels on a booking; `None` once erased.
    async fn party(&self, id: BookingId) -> Result<Option<Party>, StoreError>;

    /// Forgets who travels, as often as it is asked. Money and journal stay whole.
    ///
    /// # Errors
    /// `Conflict` while the booking has work open (due, started, or for people), `NotFound`.
    async fn erase_party(&self, id: BookingId) -> Result<(), StoreError>;

    /// The journal of a booking after an entry (0 for all), oldest first.
    async fn journal(&self, id: BookingId, after: u32) -> Result<Vec<JournalEntry>, StoreError>;

    /// Bookings whose work has been due since before `than`: the sweeper publishes their wakes again.
    async fn overdue(&self, than: Timestamp, max: u32) -> Result<Vec<BookingId>, StoreError>;

    /// Whether the database answers: for readiness.
    async fn ping(&self) -> Result<(), StoreError>;
}
