//! A supplier that does what a test tells it, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use crate::model::offer::FlightOffer;
use crate::model::order::{RecordLocator, SupplierOrder};
use crate::model::search::FlightSearch;
use crate::model::stay::PropertyRates;
use crate::supplier::call::{AttemptContext, Op};
use crate::supplier::error::{SupplierError, SupplierErrorKind};
use crate::supplier::profile::SupplierProfile;
use crate::supplier::{
    Batch, CancelCost, CancelRequest, ContentPage, ContentRequest, FindRequest, FlightSupplier,
    HotelSupplier, IssueRequest, Live, OrderRequest, StayRequest, StayVerifyRequest, Supplier, TicketOutcome,
    VerifyRequest, VoidRequest,
};

/// What one call does.
#[derive(Debug, Clone)]
pub struct Step<T> {
    delay: Duration,
    outcome: Outcome<T>,
}

#[derive(Debug, Clone)]
enum Outcome<T> {
    Answer(T),
    Fail(SupplierErrorKind),
    Hang,
    Panic,
}

impl<T> Step<T> {
    /// Answers at once.
    pub const fn answer(reply: T) -> Self {
        Self { delay: Duration::ZERO, outcome: Outcome::Answer(reply) }
    }

    /// Fails at once.
    #[must_use]
    pub const fn fail(kind: SupplierErrorKind) -> Self {
        Self { delay: Duration::ZERO, outcome: Outcome::Fail(kind) }
    }

    /// Never answers.
    #[must_use]
    pub const fn hang() -> Self {
        Self { delay: Duration::ZERO, outcome: Outcome::Hang }
    }

    /// Breaks down, as a connector with a bug does.
    #[must_use]
    pub const fn panic() -> Self {
        Self { delay: Duration::ZERO, outcome: Outcome::Panic }
    }

    /// Does so only after a while.
    #[must_use]
    pub fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }
}

/// The steps of one operation, in order; the last one repeats.
#[derive(Debug, Clone)]
pub struct Steps<T>(VecDeque<Step<T>>);

impl<T: Clone> Steps<T> {
    /// One more step at the end.
    pub fn then(&mut self, step: Step<T>) -> &mut Self {
        self.0.push_back(step);
        self
    }

    fn next(&mut self) -> Option<Step<T>> {
        if self.0.len() > 1 { self.0.pop_front() } else { self.0.front().cloned() }
    }
}

impl<T> Default for Steps<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

/// The steps of every operation. One without steps is `Unsupported`.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)] // the contract's own names
pub struct Script {
    pub search: Steps<Batch<FlightOffer>>,
    pub stays: Steps<Batch<PropertyRates>>,
    pub verify: Steps<Live>,
    pub create_order: Steps<SupplierOrder>,
    pub issue_tickets: Steps<Vec<TicketOutcome>>,
    pub retrieve: Steps<SupplierOrder>,
    pub find: Steps<Vec<SupplierOrder>>,
    pub cancel: Steps<()>,
    pub void_tickets: Steps<()>,
    pub quote_cancel: Steps<CancelCost>,
    pub content: Steps<ContentPage>,
}

/// A scripted supplier of either kind: it is what it is wrapped as. Clones share script and memory.
#[derive(Debug, Clone)]
pub struct ScriptedSupplier {
    profile: SupplierProfile,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    script: Script,
    started: Vec<AttemptContext>,
    ended: Vec<Op>,
    cursors: Vec<Option<String>>,
}

impl ScriptedSupplier {
    /// Without any step.
    #[must_use]
    pub fn new(profile: SupplierProfile) -> Self {
        Self { profile, state: Arc::default() }
    }

    /// Changes the script.
    pub fn script(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.locked().script);
    }

    /// Every attempt that reached it, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<AttemptContext> {
        self.locked().started.clone()
    }

    /// How many attempts of an operation reached it.
    #[must_use]
    pub fn count(&self, op: Op) -> usize {
        self.locked().started.iter().filter(|call| call.op == op).count()
    }

    /// How many attempts of an operation ran to their end, whoever still listened.
    #[must_use]
    pub fn finished(&self, op: Op) -> usize {
        self.locked().ended.iter().filter(|ended| **ended == op).count()
    }

    /// The cursor of every page of content that was asked for, in order.
    #[must_use]
    pub fn cursors(&self) -> Vec<Option<String>> {
        self.locked().cursors.clone()
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn play<T: Clone>(
        &self,
        cx: &AttemptContext,
        steps: impl FnOnce(&mut Script) -> &mut Steps<T>,
    ) -> Result<T, SupplierError> {
        let step = {
            let mut state = self.locked();
            state.started.push(cx.clone());
            steps(&mut state.script).next()
        };
        let error = |kind| SupplierError::new(kind, cx.op, &self.profile.supplier, "scripted");
        let Some(step) = step else { return Err(error(SupplierErrorKind::Unsupported)) };
        tokio::time::sleep(step.delay).await;
        let reply = match step.outcome {
            Outcome::Answer(reply) => Ok(reply),
            Outcome::Fail(kind) => Err(error(kind)),
            Outcome::Hang => std::future::pending().await,
            Outcome::Panic => panic!("scripted"),
        };
        self.locked().ended.push(cx.op);
        reply
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl Supplier for ScriptedSupplier {
    fn profile(&self) -> &SupplierProfile {
        &self.profile
    }

    async fn create_order(
        &self,
        cx: &AttemptContext,
        _request: &OrderRequest<'_>,
    ) -> Result<SupplierOrder, SupplierError> {
        self.play(cx, |script| &mut script.create_order).await
    }

    async fn retrieve(
        &self,
        cx: &AttemptContext,
        _locators: &[RecordLocator],
    ) -> Result<SupplierOrder, SupplierError> {
        self.play(cx, |script| &mut script.retrieve).await
    }

    async fn find(
        &self,
        cx: &AttemptContext,
        _request: &FindRequest<'_>,
    ) -> Result<Vec<SupplierOrder>, SupplierError> {
        self.play(cx, |script| &mut script.find).await
    }

    async fn cancel(&self, cx: &AttemptContext, _request: &CancelRequest<'_>) -> Result<(), SupplierError> {
        self.play(cx, |script| &mut script.cancel).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl FlightSupplier for ScriptedSupplier {
    async fn search(
        &self,
        cx: &AttemptContext,
        _request: &FlightSearch,
    ) -> Result<Batch<FlightOffer>, SupplierError> {
        self.play(cx, |script| &mut script.search).await
    }

    async fn verify(&self, cx: &AttemptContext, _request: &VerifyRequest<'_>) -> Result<Live, SupplierError> {
        self.play(cx, |script| &mut script.verify).await
    }

    async fn issue_tickets(
        &self,
        cx: &AttemptContext,
        _request: &IssueRequest<'_>,
    ) -> Result<Vec<TicketOutcome>, SupplierError> {
        self.play(cx, |script| &mut script.issue_tickets).await
    }

    async fn void_tickets(
        &self,
        cx: &AttemptContext,
        _request: &VoidRequest<'_>,
    ) -> Result<(), SupplierError> {
        self.play(cx, |script| &mut script.void_tickets).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl HotelSupplier for ScriptedSupplier {
    async fn search(
        &self,
        cx: &AttemptContext,
        _request: &StayRequest<'_>,
    ) -> Result<Batch<PropertyRates>, SupplierError> {
        self.play(cx, |script| &mut script.stays).await
    }

    async fn verify(
        &self,
        cx: &AttemptContext,
        _request: &StayVerifyRequest<'_>,
    ) -> Result<Live, SupplierError> {
        self.play(cx, |script| &mut script.verify).await
    }

    async fn quote_cancel(
        &self,
        cx: &AttemptContext,
        _request: &CancelRequest<'_>,
    ) -> Result<CancelCost, SupplierError> {
        self.play(cx, |script| &mut script.quote_cancel).await
    }

    async fn content(
        &self,
        cx: &AttemptContext,
        request: &ContentRequest,
    ) -> Result<ContentPage, SupplierError> {
        self.locked().cursors.push(request.cursor.clone());
        self.play(cx, |script| &mut script.content).await
    }
}
