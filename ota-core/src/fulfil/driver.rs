//! Drives one claimed booking: decide, commit the intent, execute, commit the outcome, and again.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::execute::Call;
use super::{Ports, Times};
use crate::booking::command::{Command, Event, JournalEntry, Started};
use crate::booking::invariants;
use crate::booking::machine::{self, IllegalEvent, Step};
use crate::booking::model::{Booking, BookingStatus, Payment, PaymentState};
use crate::error::chain;
use crate::model::id::BookingId;
use crate::model::money::Money;
use crate::model::time::Timestamp;
use crate::store::{
    Claim, ClientKey, Fence, PaymentMovement, StoreError, StoreErrorKind, StoredReply, Transition, Version,
};

/// Steps of one booking before others have their turn.
pub const STEPS_PER_TURN_MAX: usize = 32;
/// How often a commit that somebody else's came before is tried again on what they wrote.
pub const COMMITS_MAX: usize = 5;

/// Drives bookings. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Driver {
    pub(crate) ports: Arc<Ports>,
    times: Times,
    owner: Arc<str>,
    stop: CancellationToken,
}

/// Why a booking was let go before its work was done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Halt {
    /// The claim was lost, or others wrote again and again: whoever claims next finds out what became of the step.
    #[error("the booking was taken over")]
    Lost,
    /// Storage failed.
    #[error("storage failed")]
    Store(#[from] StoreError),
    /// The machine refused what happened.
    #[error("the machine refused an event")]
    Illegal(#[from] IllegalEvent),
    /// The stored booking breaks an invariant: nothing is done with it.
    #[error("the stored booking is not sound")]
    Unsound(#[from] invariants::Violation),
    /// The task of the step was cut off.
    #[error("the task was cut off")]
    Cut,
}

/// A booking under a claim (or, for a mere request, without one), as last read or written.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) booking: Booking,
    pub(crate) version: Version,
    pub(crate) fence: Option<Fence>,
}

impl From<Claim> for Work {
    fn from(claim: Claim) -> Self {
        Self { booking: claim.booking, version: claim.version, fence: Some(claim.fence) }
    }
}

impl Driver {
    /// A driver that claims under a name of its own.
    #[must_use]
    pub fn new(ports: Ports, times: Times, owner: &str) -> Self {
        let stop = CancellationToken::new();
        Self { ports: Arc::new(ports), times, owner: owner.into(), stop }
    }

    /// No new step is started from now on; a step under way is finished and its outcome committed.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Whether [`Self::stop`] was called.
    #[must_use]
    pub fn stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Resolves once [`Self::stop`] was called.
    pub async fn stopped(&self) {
        self.stop.cancelled().await;
    }

    /// Claims one booking; `None` if somebody else has it.
    ///
    /// # Errors
    /// Storage failed, or there is no such booking.
    pub async fn claim(&self, id: BookingId) -> Result<Option<Claim>, StoreError> {
        self.ports.store.claim(id, &self.owner, self.ports.runtime.now(), self.times.lease).await
    }

    /// Claims up to `max` bookings whose work is due.
    ///
    /// # Errors
    /// Storage failed.
    pub async fn claim_due(&self, max: u32) -> Result<Vec<Claim>, StoreError> {
        self.ports.store.claim_due(&self.owner, self.ports.runtime.now(), self.times.lease, max).await
    }

    /// Does what is to be done now, in a task of its own: whoever leaves cuts no step. Gives the claim back.
    ///
    /// # Errors
    /// See [`Halt`]. The claim then runs out by itself, so that a booking that cannot be driven is not tried at once
    /// again.
    pub async fn drive(&self, claim: Claim) -> Result<Booking, Halt> {
        let this = self.clone();
        let run = async move { this.turn(claim.into()).await };
        self.detached(run).await
    }

    /// Records a request under a claim and does the step that it asks for; the reply to the client is committed with
    /// that step's outcome.
    pub(crate) async fn drive_request(
        &self,
        claim: Claim,
        request: Event,
        reply: Reply,
    ) -> Result<(Booking, Option<StoredReply>), Halt> {
        let this = self.clone();
        let run = async move {
            let mut work = Work::from(claim);
            let stored = this.request_step(&mut work, request, &reply).await;
            // Whatever came of it, the claim is not needed any more, and what is due now is the workers'.
            this.let_go(&work).await;
            stored.map(|stored| (work.booking, stored))
        };
        self.detached(run).await
    }

    async fn request_step(
        &self,
        work: &mut Work,
        request: Event,
        reply: &Reply,
    ) -> Result<Option<StoredReply>, Halt> {
        invariants::check(&work.booking)?;
        let now = self.ports.runtime.now();
        let asked = machine::apply(&work.booking, &request, now)?;
        match machine::decide(&asked, now) {
            Step::Run(command) => self.step(work, Some(request), &command, Some(reply)).await,
            Step::Record(_) | Step::Wait(_) | Step::Rest => self.record(work, &request, Some(reply)).await,
        }
    }

    async fn detached<T: Send + 'static>(
        &self,
        run: impl Future<Output = Result<T, Halt>> + Send + 'static,
    ) -> Result<T, Halt> {
        self.ports.runtime.tasks.spawn(run.in_current_span()).await.unwrap_or(Err(Halt::Cut))
    }

    async fn turn(&self, mut work: Work) -> Result<Booking, Halt> {
        invariants::check(&work.booking)?;
        for _ in 0..STEPS_PER_TURN_MAX {
            if self.stopping() {
                break;
            }
            match machine::decide(&work.booking, self.ports.runtime.now()) {
                Step::Run(command) => self.step(&mut work, None, &command, None).await?,
                Step::Record(event) => self.record(&mut work, &event, None).await?,
                Step::Wait(_) | Step::Rest => break,
            };
        }
        self.let_go(&work).await;
        Ok(work.booking)
    }

    async fn step(
        &self,
        work: &mut Work,
        first: Option<Event>,
        command: &Command,
        reply: Option<&Reply>,
    ) -> Result<Option<StoredReply>, Halt> {
        let span = tracing::info_span!("booking.step", booking = %work.booking.id, command = command.name());
        async {
            let started = match self.begin(work, first, command).await? {
                Begun::Look => None,
                Begun::Write(started) => Some(started),
                Begun::Overtaken => return Ok(None),
            };
            let event = self.holding(work, self.execute(&work.booking, command, started.as_ref())).await;
            metrics::counter!("ota_booking_steps_total", "command" => command.name(), "event" => event.name())
                .increment(1);
            self.settle(work, command, event, reply).await
        }
        .instrument(span)
        .await
    }

    /// Commits the intent of a write.
    async fn begin(&self, work: &mut Work, first: Option<Event>, command: &Command) -> Result<Begun, Halt> {
        if command.is_look() {
            return Ok(Begun::Look);
        }
        let at = self.ports.runtime.now();
        let fence = work.fence.map_or(0, |fence| fence.0);
        let send_before = at.plus(self.times.send_within);
        let started = Started { command: command.clone(), at, send_before, fence };
        let mut events: Vec<_> = first.into_iter().collect();
        events.push(Event::Started(started.clone()));
        match self.commit(work, &events, at, None).await {
            Ok(_) => Ok(Begun::Write(started)),
            Err(Halt::Store(error)) if error.kind == StoreErrorKind::Conflict => {
                self.reload(work).await?;
                Ok(Begun::Overtaken)
            }
            Err(other) => Err(other),
        }
    }

    async fn execute(&self, booking: &Booking, command: &Command, started: Option<&Started>) -> Event {
        let call = match started {
            Some(started) => Call::write(&self.ports, booking, started),
            None => Call::look(&self.ports, booking, &self.times),
        };
        let done = AssertUnwindSafe(call.execute(command)).catch_unwind().await;
        done.unwrap_or_else(|_| nothing_known(command, "the call broke down", self.ports.runtime.now()))
    }

    /// Runs a call and keeps the claim meanwhile. A claim that is lost cuts nothing: the outcome then finds out.
    async fn holding<T>(&self, work: &Work, call: impl Future<Output = T>) -> T {
        let mut call = pin!(call);
        loop {
            if let Ok(done) = timeout(self.times.lease / 3, &mut call).await {
                return done;
            }
            let Some(fence) = work.fence else { continue };
            let until = self.ports.runtime.now().plus(self.times.lease);
            if let Err(error) = self.ports.store.extend(work.booking.id, fence, until).await {
                tracing::warn!(booking = %work.booking.id, error = chain(&error), "A claim was not renewed.");
            }
        }
    }

    /// Commits an outcome. One that the machine refuses is a defect, but the step must not hang on it: then nothing is
    /// known, and looking will tell.
    async fn settle(
        &self,
        work: &mut Work,
        command: &Command,
        event: Event,
        reply: Option<&Reply>,
    ) -> Result<Option<StoredReply>, Halt> {
        match self.record(work, &event, reply).await {
            Err(Halt::Illegal(error)) => {
                tracing::error!(booking = %work.booking.id, %error, "The machine refused an outcome.");
                let unknown = nothing_known(command, "an outcome that cannot be", self.ports.runtime.now());
                self.record(work, &unknown, reply).await
            }
            done => done,
        }
    }

    /// Commits an event. If others wrote meanwhile (a customer cancelled), it is applied to what they left.
    async fn record(
        &self,
        work: &mut Work,
        event: &Event,
        reply: Option<&Reply>,
    ) -> Result<Option<StoredReply>, Halt> {
        for _ in 0..COMMITS_MAX {
            let now = self.ports.runtime.now();
            match self.commit(work, std::slice::from_ref(event), now, reply).await {
                Err(Halt::Store(error)) if error.kind == StoreErrorKind::Conflict => {
                    let open = work.booking.open.clone();
                    self.reload(work).await?;
                    if work.booking.open != open {
                        return Err(Halt::Lost);
                    }
                }
                done => return done,
            }
        }
        Err(Halt::Lost)
    }

    /// Reads the booking again after a conflict; if nobody wrote, it was the claim that is lost.
    async fn reload(&self, work: &mut Work) -> Result<(), Halt> {
        let (booking, version) = self.ports.store.load(work.booking.id).await?;
        if version == work.version {
            return Err(Halt::Lost);
        }
        invariants::check(&booking)?;
        (work.booking, work.version) = (booking, version);
        Ok(())
    }

    pub(crate) async fn commit(
        &self,
        work: &mut Work,
        events: &[Event],
        now: Timestamp,
        reply: Option<&Reply>,
    ) -> Result<Option<StoredReply>, Halt> {
        let mut booking = work.booking.clone();
        let mut journal = Vec::with_capacity(events.len());
        for event in events {
            booking = machine::apply(&booking, event, now)?;
            journal.push(JournalEntry { seq: booking.journal_entries, at: now, event: event.clone() });
        }
        let stored = reply.and_then(|reply| (reply.render)(&booking));
        let transition = Transition {
            booking: &booking,
            journal: &journal,
            payments: &movements(&work.booking, &booking),
            due_at: machine::due_at(&booking, now),
            reply: reply.map(|reply| &reply.key).zip(stored.as_ref()),
        };
        let version = self.ports.store.commit(work.version, work.fence, now, &transition).await?;
        note(&work.booking, &booking);
        (work.booking, work.version) = (booking, version);
        Ok(stored)
    }

    /// Gives the claim back, and says so if there is work left.
    async fn let_go(&self, work: &Work) {
        let id = work.booking.id;
        if let Some(fence) = work.fence
            && let Err(error) = self.ports.store.release(id, fence).await
        {
            tracing::warn!(booking = %id, error = chain(&error), "A claim was not given back.");
        }
        let now = self.ports.runtime.now();
        if machine::due_at(&work.booking, now).is_some_and(|at| at <= now) {
            self.wake(id).await;
        }
    }

    /// Publishes a wake-up; if that fails, the sweeper finds the row.
    pub(crate) async fn wake(&self, id: BookingId) {
        if let Err(error) = self.ports.wakeups.publish(id).await {
            tracing::warn!(booking = %id, error = chain(&error), "A wake-up was not published.");
        }
    }
}

enum Begun {
    Look,
    Write(Started),
    /// Somebody else wrote first; the booking was read again.
    Overtaken,
}

/// How an answer looks; `None` is one that is not kept: the same key may be used again.
type Render = Box<dyn Fn(&Booking) -> Option<StoredReply> + Send + Sync>;

/// A client's key, and how the answer that is kept with it is written.
pub(crate) struct Reply {
    pub(crate) key: ClientKey,
    pub(crate) render: Render,
}

fn nothing_known(command: &Command, why: &str, now: Timestamp) -> Event {
    let why = why.to_owned();
    if command.is_look() {
        Event::LookFailed { why, look_at: now }
    } else {
        Event::Unclear { why, look_at: now }
    }
}

/// What moved between two states of a booking.
fn movements(before: &Booking, after: &Booking) -> Vec<PaymentMovement> {
    let (old, new) = (&before.payment, &after.payment);
    let became = |state| old.state != state && new.state == state;
    let mut moved = Vec::new();
    let mut add = |kind, amount: Money| {
        moved.push(PaymentMovement { kind, amount, gateway_id: new.gateway_id.clone() });
    };
    let grown = |amount: fn(&Payment) -> Money| {
        let grown = amount(new).minor - amount(old).minor;
        (grown > 0).then(|| Money::new(grown, new.authorized.currency))
    };
    for (kind, amount) in [
        ("AUTHORIZED", grown(|payment| payment.authorized)),
        ("CAPTURED", grown(|payment| payment.captured)),
        ("REFUNDED", grown(|payment| payment.refunded)),
        ("DECLINED", became(PaymentState::Declined).then_some(after.price.total)),
        ("VOIDED", became(PaymentState::Voided).then_some(new.authorized)),
    ] {
        if let Some(amount) = amount {
            add(kind, amount);
        }
    }
    moved
}

/// Counts and logs what changed; calls people where they are needed.
fn note(before: &Booking, after: &Booking) {
    discrepancies(before, after);
    let (from, to) = (before.status, after.status);
    if from == to {
        return;
    }
    metrics::counter!("ota_booking_transitions_total", "from" => from.name(), "to" => to.name()).increment(1);
    tracing::info!(booking = %after.id, from = from.name(), to = to.name(), "A booking moved.");
    if let (BookingStatus::NeedsReview, Some(reason)) = (to, after.review) {
        metrics::counter!("ota_bookings_need_review_total", "reason" => format!("{reason:?}")).increment(1);
        tracing::error!(booking = %after.id, ?reason, from = from.name(), "A booking needs people.");
    }
    let left = after.items.iter().flat_map(crate::booking::plan::live_tickets).count();
    if to == BookingStatus::Cancelled && left > 0 {
        metrics::counter!("ota_tickets_to_refund_total").increment(left as u64);
        tracing::warn!(booking = %after.id, tickets = left, "Tickets of a cancelled booking await the carrier's refund.");
    }
}

/// People settle with the supplier what is not as it was sold.
fn discrepancies(before: &Booking, after: &Booking) {
    for (old, new) in before.items.iter().zip(&after.items) {
        let news = new.discrepancy.as_deref().filter(|what| old.discrepancy.as_deref() != Some(*what));
        if let Some(what) = news {
            metrics::counter!("ota_order_discrepancies_total", "supplier" => new.supplier.to_string())
                .increment(1);
            tracing::warn!(booking = %after.id, supplier = %new.supplier, what, "An order is not as it was sold.");
        }
    }
}
