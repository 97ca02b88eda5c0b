//! The only way in which the engine calls a supplier: guard, policy, connector.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tracing::Instrument as _;

use super::account::SupplierAccount;
use super::call::{AttemptContext, Op, OpClass};
use super::error::{SupplierError, SupplierErrorKind};
use super::policy::{CallLimits, CallPolicy};
use super::profile::SupplierProfile;
use super::{
    Batch, CancelCost, CancelRequest, Connector, ContentPage, ContentRequest, FindRequest, IssueRequest,
    Live, OrderRequest, StayRequest, StayVerifyRequest, TicketOutcome, VerifyRequest, VoidRequest, guard,
};
use crate::model::context::RequestContext;
use crate::model::id::ClientReference;
use crate::model::offer::{FlightOffer, PricedSolution};
use crate::model::order::{RecordLocator, SupplierOrder, TicketNumber};
use crate::model::passenger::TravelerRef;
use crate::model::search::FlightSearch;
use crate::model::stay::PropertyRates;
use crate::model::time::Timestamp;
use crate::model::traveler::Party;
use crate::runtime::Runtime;

/// The limits of one account, by class of operation: a search storm cannot block ticketing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountLimits {
    /// Search and verify.
    pub shop: CallLimits,
    /// Create and ticket.
    pub book: CallLimits,
    /// Retrieve, find, cancel, void.
    pub service: CallLimits,
}

impl Default for AccountLimits {
    fn default() -> Self {
        Self { shop: CallLimits::SHOP, book: CallLimits::BOOK, service: CallLimits::SERVICE }
    }
}

/// One account of one supplier, as the engine sees it. Cheap to clone; clones share their limits.
///
/// Every method of the contract runs through the guard and the policy. A write runs in a task of its own, so
/// neither a caller that leaves nor a stopping server cuts it; every write names the instant after which nothing of
/// it may be sent.
///
/// ```
/// # #[cfg(not(feature = "testing"))] fn main() {}
/// # #[cfg(feature = "testing")] #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::sync::Arc;
/// use ota_core::runtime::Runtime;
/// use ota_core::supplier::handle::{AccountLimits, SupplierHandle};
/// use ota_core::supplier::{Batch, Connector};
/// use ota_core::testing::samples;
/// use ota_core::testing::script::{ScriptedSupplier, Step};
///
/// let connector = ScriptedSupplier::new(samples::profile("alpha"));
/// connector.script(|script| { script.search.then(Step::answer(Batch::default())); });
/// let (limits, runtime) = (AccountLimits::default(), Runtime::default());
/// let cx = samples::context(runtime.now());
/// let connector = Connector::Flights(Arc::new(connector));
/// let handle = SupplierHandle::new(connector, samples::account("alpha-1"), limits, runtime);
/// assert!(handle.flights(&cx, &samples::search()).await.unwrap().items.is_empty());
/// # }
/// ```
#[derive(Clone)]
pub struct SupplierHandle(Arc<Inner>);

struct Inner {
    connector: Connector,
    account: SupplierAccount,
    shop: CallPolicy,
    book: CallPolicy,
    service: CallPolicy,
    runtime: Runtime,
}

impl SupplierHandle {
    /// Puts guard and policy around a connector. Time-outs come from its profile.
    #[must_use]
    pub fn new(
        connector: Connector,
        account: SupplierAccount,
        limits: AccountLimits,
        runtime: Runtime,
    ) -> Self {
        let timeouts = connector.supplier().profile().semantics.timeouts;
        let policy = |timeout, limits| CallPolicy::new(account.clone(), timeout, limits, runtime.clone());
        Self(Arc::new(Inner {
            shop: policy(timeouts.shop, limits.shop),
            book: policy(timeouts.book, limits.book),
            service: policy(timeouts.service, limits.service),
            connector,
            account,
            runtime,
        }))
    }

    /// Under which contract it calls.
    #[must_use]
    pub fn account(&self) -> &SupplierAccount {
        &self.0.account
    }

    /// What the supplier can do and what its answers mean.
    #[must_use]
    pub fn profile(&self) -> &SupplierProfile {
        self.0.connector.supplier().profile()
    }

    /// The policy of a class of operations, for its kill switch.
    #[must_use]
    pub fn policy(&self, class: OpClass) -> &CallPolicy {
        match class {
            OpClass::Shop => &self.0.shop,
            OpClass::Book => &self.0.book,
            OpClass::Service => &self.0.service,
        }
    }

    /// What it sells, and how that is searched.
    #[must_use]
    pub fn connector(&self) -> &Connector {
        &self.0.connector
    }

    /// All offers for a search of flights.
    ///
    /// # Errors
    /// The supplier's, or a refusal by guard or policy.
    pub async fn flights(
        &self,
        cx: &RequestContext,
        request: &FlightSearch,
    ) -> Result<Batch<FlightOffer>, SupplierError> {
        let supplier = self.0.connector.flights(Op::Search)?;
        guard::search(self.profile(), request)?;
        self.read(Op::Search, cx, |attempt| async move { supplier.search(&attempt, request).await }).await
    }

    /// All rates for a search of stays.
    ///
    /// # Errors
    /// The supplier's, or a refusal by guard or policy.
    pub async fn stays(
        &self,
        cx: &RequestContext,
        request: &StayRequest<'_>,
    ) -> Result<Batch<PropertyRates>, SupplierError> {
        let supplier = self.0.connector.stays(Op::Search)?;
        guard::search_stays(self.profile(), request)?;
        self.read(Op::Search, cx, |attempt| async move { supplier.search(&attempt, request).await }).await
    }

    /// The live price of one offer of flights.
    ///
    /// # Errors
    /// The supplier's, or a refusal by guard or policy.
    pub async fn verify(
        &self,
        cx: &RequestContext,
        request: &VerifyRequest<'_>,
    ) -> Result<Live, SupplierError> {
        let supplier = self.0.connector.flights(Op::Verify)?;
        guard::verify(self.profile(), request)?;
        self.read(Op::Verify, cx, |attempt| async move { supplier.verify(&attempt, request).await }).await
    }

    /// The live price of one offer of rooms.
    ///
    /// # Errors
    /// The supplier's, or a refusal by guard or policy.
    pub async fn verify_stay(
        &self,
        cx: &RequestContext,
        request: &StayVerifyRequest<'_>,
    ) -> Result<Live, SupplierError> {
        let supplier = self.0.connector.stays(Op::Verify)?;
        guard::verify_stay(self.profile(), request)?;
        self.read(Op::Verify, cx, |attempt| async move { supplier.verify(&attempt, request).await }).await
    }

    /// What a cancellation of rooms would cost now.
    ///
    /// # Errors
    /// The supplier's, or a refusal by guard or policy.
    pub async fn quote_cancel(
        &self,
        cx: &RequestContext,
        request: &CancelRequest<'_>,
    ) -> Result<CancelCost, SupplierError> {
        let supplier = self.0.connector.stays(Op::QuoteCancel)?;
        guard::quote_cancel(self.profile(), request)?;
        let call = |attempt| async move { supplier.quote_cancel(&attempt, request).await };
        self.read(Op::QuoteCancel, cx, call).await
    }

    /// One page of the properties that are sold.
    ///
    /// # Errors
    /// The supplier's, or a refusal by guard or policy.
    pub async fn content(
        &self,
        cx: &RequestContext,
        request: &ContentRequest,
    ) -> Result<ContentPage, SupplierError> {
        let supplier = self.0.connector.stays(Op::Content)?;
        guard::content(self.profile())?;
        self.read(Op::Content, cx, |attempt| async move { supplier.content(&attempt, request).await }).await
    }

    /// Makes an order; nothing is sent at or after `send_before`.
    ///
    /// # Errors
    /// The supplier's, or a refusal by guard or policy. `Ambiguous`: look it up, never repeat it.
    pub async fn create_order(
        &self,
        cx: &RequestContext,
        send_before: Timestamp,
        request: &OrderRequest<'_>,
    ) -> Result<SupplierOrder, SupplierError> {
        guard::create_order(self.profile(), request)?;
        let owned = (request.solution.clone(), request.party.clone(), request.reference.clone());
        let call: Write<(PricedSolution, Party, ClientReference), _> = |connector, cx, owned| {
            Box::pin(async move {
                let (solution, party, reference) = &*owned;
                connector.supplier().create_order(&cx, &OrderRequest { solution, party, reference }).await
            })
        };
        self.write(Op::CreateOrder, cx, send_before, owned, call).await
    }

    /// Issues tickets for the travelers named; nothing is sent at or after `send_before`.
    ///
    /// # Errors
    /// The supplier's, or a refusal by guard or policy. `Ambiguous`: retrieve the order, never repeat it.
    pub async fn issue_tickets(
        &self,
        cx: &RequestContext,
        send_before: Timestamp,
        request: &IssueRequest<'_>,
    ) -> Result<Vec<TicketOutcome>, SupplierError> {
        guard::issue_tickets(self.profile(), request)?;
        let owned = (
            request.locators.to_vec(),
            request.solution.clone(),
            request.party.clone(),
            request.travelers.to_vec(),
        );
        let call: Write<(Vec<RecordLocator>, PricedSolution, Party, Vec<TravelerRef>), _> =
            |connector, cx, owned| {
                Box::pin(async move {
                    let (locators, solution, party, travelers) = &*owned;
                    let supplier = connector.flights(cx.op)?;
                    supplier.issue_tickets(&cx, &IssueRequest { locators, solution, party, travelers }).await
                })
            };
        self.write(Op::IssueTickets, cx, send_before, owned, call).await
    }

    /// The order as it stands.
    ///
    /// # Errors
    /// The supplier's, or a refusal by guard or policy.
    pub async fn retrieve(
        &self,
        cx: &RequestContext,
        locators: &[RecordLocator],
    ) -> Result<SupplierOrder, SupplierError> {
        guard::retrieve(self.profile(), locators)?;
        let call = |attempt| async move { self.0.connector.supplier().retrieve(&attempt, locators).await };
        self.read(Op::Retrieve, cx, call).await
    }

    /// Every order that carries one of our references.
    ///
    /// # Errors
    /// The supplier's, or a refusal by guard or policy.
    pub async fn find(
        &self,
        cx: &RequestContext,
        request: &FindRequest<'_>,
    ) -> Result<Vec<SupplierOrder>, SupplierError> {
        guard::find(self.profile(), request)?;
        let call = |attempt| async move { self.0.connector.supplier().find(&attempt, request).await };
        self.read(Op::Find, cx, call).await
    }

    /// Cancels an order; nothing is sent at or after `send_before`.
    ///
    /// # Errors
    /// The supplier's, or a refusal by guard or policy. `Ambiguous`: retrieve the order, never repeat it.
    pub async fn cancel(
        &self,
        cx: &RequestContext,
        send_before: Timestamp,
        request: &CancelRequest<'_>,
    ) -> Result<(), SupplierError> {
        guard::cancel(self.profile(), request)?;
        let call: Write<Vec<RecordLocator>, _> = |connector, cx, locators| {
            Box::pin(
                async move { connector.supplier().cancel(&cx, &CancelRequest { locators: &locators }).await },
            )
        };
        self.write(Op::Cancel, cx, send_before, request.locators.to_vec(), call).await
    }

    /// Voids every ticket of an order; nothing is sent at or after `send_before`.
    ///
    /// # Errors
    /// The supplier's, or a refusal by guard or policy. `Ambiguous`: retrieve the order, never repeat it.
    pub async fn void_tickets(
        &self,
        cx: &RequestContext,
        send_before: Timestamp,
        request: &VoidRequest<'_>,
    ) -> Result<(), SupplierError> {
        guard::void_tickets(self.profile(), request)?;
        let owned = (request.locators.to_vec(), request.tickets.to_vec());
        let call: Write<(Vec<RecordLocator>, Vec<TicketNumber>), _> = |connector, cx, owned| {
            Box::pin(async move {
                let (locators, tickets) = &*owned;
                let supplier = connector.flights(cx.op)?;
                supplier.void_tickets(&cx, &VoidRequest { locators, tickets }).await
            })
        };
        self.write(Op::VoidTickets, cx, send_before, owned, call).await
    }

    async fn read<T, F, Fut>(&self, op: Op, cx: &RequestContext, call: F) -> Result<T, SupplierError>
    where
        F: Fn(AttemptContext) -> Fut + Send + Sync,
        Fut: Future<Output = Result<T, SupplierError>> + Send,
    {
        self.policy(op.class()).run(op, cx, None, call).await
    }

    /// Runs a write to its end, whoever leaves. Its request is owned, for nothing of the caller may be borrowed.
    async fn write<R, T>(
        &self,
        op: Op,
        cx: &RequestContext,
        send_before: Timestamp,
        request: R,
        call: Write<R, T>,
    ) -> Result<T, SupplierError>
    where
        R: Send + Sync + 'static,
        T: Send + 'static,
    {
        let (this, cx, request) = (self.clone(), cx.clone(), Arc::new(request));
        let run = async move {
            let attempt = |attempt| call(this.0.connector.clone(), attempt, Arc::clone(&request));
            this.policy(op.class()).run(op, &cx, Some(send_before), attempt).await
        };
        self.0.runtime.tasks.spawn(run.in_current_span()).await.unwrap_or_else(|error| {
            let supplier = &self.account().supplier;
            let ambiguous = SupplierErrorKind::Ambiguous;
            Err(SupplierError::new(ambiguous, op, supplier, "the call ended without an answer")
                .caused_by(error))
        })
    }
}

type Write<R, T> = fn(Connector, AttemptContext, Arc<R>) -> BoxFuture<'static, Result<T, SupplierError>>;

impl fmt::Debug for SupplierHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SupplierHandle").field(&self.0.account).finish()
    }
}
