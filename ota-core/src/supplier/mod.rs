//! The contract of a supplier: what a connector implements and what the engine may rely on.
//!
//! # Rules for a connector
//!
//! * A connector MUST declare what it can do in its [`profile::SupplierProfile`] and answer
//!   [`error::SupplierErrorKind::Unsupported`] to anything else, before any I/O.
//! * A write MUST NOT be sent after [`call::AttemptContext::send_before`], and MUST NOT be sent twice.
//! * A committing exchange whose answer is missing, empty, cut short, unparsable or carries an unmapped code
//!   MUST be [`error::SupplierErrorKind::Ambiguous`], whatever the HTTP status; what the body proves wins over the
//!   status.
//! * An answer to a write MUST be compared with what was sent: travelers, segments, total, and on later calls the
//!   locator. A difference is ambiguous.
//! * An order that exists but cannot be used MUST come back with its [`crate::model::order::OrderProblem`]s,
//!   never as an error and never as a success.
//! * Every mapping of a vendor's code to a kind stands in one table.
//! * Nothing personal or secret may appear in an error's message.

#[cfg(feature = "engine")]
pub mod account;
pub mod breaker;
pub mod call;
pub mod error;
#[cfg(feature = "engine")]
mod guard;
#[cfg(feature = "engine")]
pub mod handle;
#[cfg(feature = "engine")]
pub mod policy;
pub mod profile;
pub mod token_bucket;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::model::id::{ClientReference, PropertyCode};
use crate::model::money::Money;
use crate::model::offer::{FlightOffer, HotelOffer, PricedSolution};
use crate::model::order::{RecordLocator, SupplierOrder, Ticket, TicketNumber};
use crate::model::passenger::TravelerRef;
use crate::model::search::{FlightSearch, HotelSearch};
use crate::model::stay::{Property, PropertyRates};
use crate::model::time::Timestamp;
use crate::model::traveler::Party;

use call::AttemptContext;
#[cfg(feature = "engine")]
use call::Op;
use error::SupplierError;
#[cfg(feature = "engine")]
use error::SupplierErrorKind;
use profile::SupplierProfile;

/// What every supplier does once something was chosen, whatever it sells. See the [module's rules](self).
#[async_trait]
pub trait Supplier: Send + Sync + fmt::Debug + 'static {
    /// What it can do and what its answers mean. Immutable.
    fn profile(&self) -> &SupplierProfile;

    /// Makes an order out of a priced solution. Write.
    async fn create_order(
        &self,
        cx: &AttemptContext,
        request: &OrderRequest<'_>,
    ) -> Result<SupplierOrder, SupplierError>;

    /// The order as it stands, tickets included. Read.
    async fn retrieve(
        &self,
        cx: &AttemptContext,
        locators: &[RecordLocator],
    ) -> Result<SupplierOrder, SupplierError>;

    /// Every order that carries one of our references, by whatever search the supplier has. Read.
    ///
    /// An empty answer is complete: every page was read. It still proves nothing before the quiet window is over.
    async fn find(
        &self,
        cx: &AttemptContext,
        request: &FindRequest<'_>,
    ) -> Result<Vec<SupplierOrder>, SupplierError>;

    /// Cancels an order: its seats or rooms go back. Tickets that are not void stay, for the carrier's refund. Write.
    async fn cancel(&self, cx: &AttemptContext, request: &CancelRequest<'_>) -> Result<(), SupplierError>;
}

/// A supplier of flights: they are searched by slices, and an order of them needs tickets.
#[async_trait]
pub trait FlightSupplier: Supplier {
    /// All offers for a search. Read.
    async fn search(
        &self,
        cx: &AttemptContext,
        request: &FlightSearch,
    ) -> Result<Batch<FlightOffer>, SupplierError>;

    /// The live price of one offer, with what a create needs. Read.
    async fn verify(&self, cx: &AttemptContext, request: &VerifyRequest<'_>) -> Result<Live, SupplierError>;

    /// Issues tickets for the travelers named. Write.
    ///
    /// The answer has one outcome for each traveler asked for, in that order. An error means that nothing is known
    /// to be issued (or, if ambiguous, that nothing is known).
    async fn issue_tickets(
        &self,
        cx: &AttemptContext,
        request: &IssueRequest<'_>,
    ) -> Result<Vec<TicketOutcome>, SupplierError>;

    /// Voids tickets inside the void window. Write. All tickets of the reservation are named.
    async fn void_tickets(&self, cx: &AttemptContext, request: &VoidRequest<'_>)
    -> Result<(), SupplierError>;
}

/// A supplier of stays: properties are known from its content, and an order of rooms is complete as it is made.
#[async_trait]
pub trait HotelSupplier: Supplier {
    /// All rates of the properties named. Read.
    async fn search(
        &self,
        cx: &AttemptContext,
        request: &StayRequest<'_>,
    ) -> Result<Batch<PropertyRates>, SupplierError>;

    /// The live price of one offer, with what a create needs. Read. No rate is final before it.
    async fn verify(
        &self,
        cx: &AttemptContext,
        request: &StayVerifyRequest<'_>,
    ) -> Result<Live, SupplierError>;

    /// What a cancellation would cost now. Read: nothing is cancelled.
    async fn quote_cancel(
        &self,
        cx: &AttemptContext,
        request: &CancelRequest<'_>,
    ) -> Result<CancelCost, SupplierError>;

    /// One page of the properties that it sells, in its own order. Read.
    async fn content(
        &self,
        cx: &AttemptContext,
        request: &ContentRequest,
    ) -> Result<ContentPage, SupplierError>;
}

/// A connector of either kind.
#[derive(Debug, Clone)]
pub enum Connector {
    /// It sells flights.
    Flights(Arc<dyn FlightSupplier>),
    /// It sells stays.
    Stays(Arc<dyn HotelSupplier>),
}

impl Connector {
    /// What both kinds do.
    #[must_use]
    pub fn supplier(&self) -> &dyn Supplier {
        match self {
            Self::Flights(flights) => &**flights,
            Self::Stays(stays) => &**stays,
        }
    }

    /// The connector of flights that an operation needs.
    #[cfg(feature = "engine")]
    pub(crate) fn flights(&self, op: Op) -> Result<&dyn FlightSupplier, SupplierError> {
        match self {
            Self::Flights(flights) => Ok(&**flights),
            Self::Stays(_) => Err(self.other_kind(op)),
        }
    }

    /// The connector of stays that an operation needs.
    #[cfg(feature = "engine")]
    pub(crate) fn stays(&self, op: Op) -> Result<&dyn HotelSupplier, SupplierError> {
        match self {
            Self::Stays(stays) => Ok(&**stays),
            Self::Flights(_) => Err(self.other_kind(op)),
        }
    }

    #[cfg(feature = "engine")]
    fn other_kind(&self, op: Op) -> SupplierError {
        let supplier = &self.supplier().profile().supplier;
        SupplierError::new(SupplierErrorKind::Unsupported, op, supplier, "it sells something else")
    }
}

/// What a search brought: the usable, and why the rest is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch<T> {
    /// What could be read.
    pub items: Vec<T>,
    /// What could not, with the reason.
    pub skipped: Vec<Skipped>,
    /// What the supplier says beside them; a warning that the answer was cut short sets `partial`.
    pub warnings: Vec<Warning>,
    /// The supplier says that there is more than it sent.
    pub partial: bool,
}

impl<T> Default for Batch<T> {
    fn default() -> Self {
        Self { items: Vec::new(), skipped: Vec::new(), warnings: Vec::new(), partial: false }
    }
}

impl<T> Batch<T> {
    /// The same with every item made into any number of others.
    pub fn map<U, I: IntoIterator<Item = U>>(self, make: impl FnMut(T) -> I) -> Batch<U> {
        let Self { items, skipped, warnings, partial } = self;
        Batch { items: items.into_iter().flat_map(make).collect(), skipped, warnings, partial }
    }
}

/// What a supplier says beside its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// How grave it is, as the supplier says.
    pub severity: Severity,
    /// Whose words it passes on (`1G`, `ACH`), where stated.
    pub provider: Option<String>,
    /// The supplier's code.
    pub code: String,
    /// The supplier's words: for logs, not for customers.
    pub message: String,
}

/// How grave a warning is. None makes an answer that is there worth less than it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Severity {
    /// For information.
    Info,
    /// Something is missing or was done otherwise.
    Warning,
    /// A part of the supplier failed.
    Error,
}

/// One thing that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// What, in the supplier's terms.
    pub what: String,
    /// Why, in ours; a small set of texts, so that they can be counted.
    pub why: String,
}

/// What to price live.
#[derive(Debug, Clone, Copy)]
pub struct VerifyRequest<'a> {
    /// The search that the offer came from: who travels.
    pub search: &'a FlightSearch,
    /// What the customer chose.
    pub offer: &'a FlightOffer,
}

/// What to look for in which properties.
#[derive(Debug, Clone, Copy)]
pub struct StayRequest<'a> {
    /// When, and who sleeps in which room.
    pub search: &'a HotelSearch,
    /// Where: of this supplier's properties those at the place searched, at most as many as its profile says.
    pub properties: &'a [PropertyCode],
}

/// Which rooms to price live.
#[derive(Debug, Clone, Copy)]
pub struct StayVerifyRequest<'a> {
    /// The search that the offer came from: who stays.
    pub search: &'a HotelSearch,
    /// What the customer chose.
    pub offer: &'a HotelOffer,
}

/// What a cancellation would cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CancelCost {
    /// What the supplier would keep, net; `None` where it does not say.
    pub fee: Option<Money>,
}

/// Which page of a supplier's properties.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContentRequest {
    /// What the page before said; the first page without.
    pub cursor: Option<String>,
}

/// One page of a supplier's properties.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContentPage {
    /// The usable, and why the rest is not.
    pub batch: Batch<Property>,
    /// The next page, if there is one.
    pub next: Option<String>,
}

/// The live answer about an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Live {
    /// It can be had, at this price and on these conditions.
    Priced(Box<PricedSolution>),
    /// It cannot be had any more.
    Gone,
}

/// What to order.
#[derive(Debug, Clone, Copy)]
pub struct OrderRequest<'a> {
    /// What was priced live.
    pub solution: &'a PricedSolution,
    /// Who travels; in the order of [`TravelerRef`].
    pub party: &'a Party,
    /// Our reference of this attempt.
    pub reference: &'a ClientReference,
}

/// What to ticket.
#[derive(Debug, Clone, Copy)]
pub struct IssueRequest<'a> {
    /// The order.
    pub locators: &'a [RecordLocator],
    /// What was priced live: coupons and total are compared with it.
    pub solution: &'a PricedSolution,
    /// Who is on the order.
    pub party: &'a Party,
    /// Whom to issue for: those who have no ticket yet.
    pub travelers: &'a [TravelerRef],
}

/// What became of one traveler's ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketOutcome {
    /// Whose.
    pub traveler: TravelerRef,
    /// What became of it.
    pub result: TicketResult,
}

/// What became of one traveler's ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TicketResult {
    /// Issued: the document, or several in conjunction, leading one first.
    Issued(Vec<Ticket>),
    /// Refused: certainly not issued.
    Refused {
        /// The supplier's code and words, without personal data.
        why: String,
    },
    /// Not known: the order must be retrieved.
    Unclear,
}

/// What to look for.
#[derive(Debug, Clone, Copy)]
pub struct FindRequest<'a> {
    /// The base reference: every attempt of it counts.
    pub reference: &'a ClientReference,
    /// What was ordered: dates to search by.
    pub solution: &'a PricedSolution,
    /// Who travels: names to search by.
    pub party: &'a Party,
    /// No attempt was made before this: the day from which a list is to be read.
    pub since: Timestamp,
}

/// What to cancel.
#[derive(Debug, Clone, Copy)]
pub struct CancelRequest<'a> {
    /// The order.
    pub locators: &'a [RecordLocator],
}

/// What to void.
#[derive(Debug, Clone, Copy)]
pub struct VoidRequest<'a> {
    /// The order.
    pub locators: &'a [RecordLocator],
    /// Every ticket of it.
    pub tickets: &'a [TicketNumber],
}
