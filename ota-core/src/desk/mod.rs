//! The booking desk: what a customer's client may ask for. Create, pay, view; cancel is in [`servicing`].
//!
//! Every request that changes something carries the client's `Idempotency-Key`. It is stored with the answer in the
//! same commit as the change: the same key and body get the same answer again, another body is refused. How an answer
//! looks is the caller's business: it hands in a function of the booking.

pub mod party;
pub mod servicing;

use std::time::Duration;

use crate::booking::command::Event;
use crate::booking::machine::{self, IllegalEvent, PAY_ATTEMPTS_MAX};
use crate::booking::model::{
    Booking, BookingStatus, Item, ItemRules, ItemState, Pace, Payment, PaymentState, Quote,
};
use crate::fulfil::driver::{Driver, Halt, Reply, Work};
use crate::limits::CANCELLATION_MARGIN;
use crate::model::context::RequestContext;
use crate::model::id::{BookingId, ClientReference, QuoteId};
use crate::model::traveler::Party;
use crate::redact::Redacted;
use crate::store::{ClientKey, Inserted, KeyUse, NewBooking, StoreError, StoreErrorKind, StoredReply};
use party::FieldError;
use servicing::CancelQuote;

/// Why a request is refused. Nothing has changed, unless it says so.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError {
    /// The tenant has no such booking.
    #[error("there is no such booking")]
    NotFound,
    /// The tenant has no such quote.
    #[error("there is no such quote")]
    QuoteNotFound,
    /// The price is not guaranteed any more.
    #[error("the quote has expired")]
    QuoteExpired,
    /// A quote makes one booking.
    #[error("the quote has made a booking already")]
    QuoteTaken(BookingId),
    /// The account that the quote was made under is not configured any more.
    #[error("the quote cannot be booked any more")]
    QuoteNotBookable,
    /// The travelers or the contact cannot be taken.
    #[error("the party does not fit the quote")]
    InvalidParty(Vec<FieldError>),
    /// The key was used for another body.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// Another request or a worker is at it: the same request may be made again soon.
    #[error("the booking is being worked on")]
    Busy,
    /// It was not paid in time.
    #[error("the booking has expired")]
    Expired,
    /// It is paid, being paid, or over.
    #[error("the booking cannot be paid now")]
    NotPayable(BookingStatus),
    /// Payments were tried too often.
    #[error("payment was tried {PAY_ATTEMPTS_MAX} times")]
    PaymentsUsedUp,
    /// The gateway certainly did not get it: it may be tried again.
    #[error("the payment could not be made now")]
    PaymentUnavailable,
    /// It is not in a state that can be cancelled.
    #[error("the booking cannot be cancelled now")]
    NotCancellable(BookingStatus),
    /// The supplier does not say what a cancellation costs: an operator has been told.
    #[error("the amount that comes back is not known")]
    CancelAmountUnknown,
    /// The amount is not the one accepted: this is the present one.
    #[error("the cancel quote has changed")]
    CancelQuoteChanged(CancelQuote),
    /// Storage cannot be reached.
    #[error("storage failed")]
    Store(#[source] StoreError),
    /// A defect, or the process is stopping.
    #[error("the booking could not be worked on")]
    Internal(#[source] Halt),
}

impl From<StoreError> for DeskError {
    fn from(error: StoreError) -> Self {
        if error.kind == StoreErrorKind::NotFound { Self::NotFound } else { Self::Store(error) }
    }
}

impl From<Halt> for DeskError {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Lost => Self::Busy,
            Halt::Store(error) => error.into(),
            other => Self::Internal(other),
        }
    }
}

/// The answer to a request with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What is sent.
    pub reply: StoredReply,
    /// It was given before: nothing was done now.
    pub repeated: bool,
}

/// How an answer looks. It must carry no personal data: it is stored as it is.
pub type Render = Box<dyn Fn(&Booking) -> StoredReply + Send + Sync>;

/// What customers' clients may ask for. Cheap to clone.
#[derive(Debug, Clone)]
pub struct BookingDesk {
    driver: Driver,
    /// How long after its `send_before` a payment that the gateway does not show was certainly not made.
    payment_settles: Duration,
    cancellation_margin: Duration,
}

impl BookingDesk {
    /// A desk whose steps are run by a driver. Cancelling a stay counts as dearer from [`CANCELLATION_MARGIN`] before
    /// it is.
    #[must_use]
    pub fn new(driver: Driver, payment_settles: Duration) -> Self {
        Self { driver, payment_settles, cancellation_margin: CANCELLATION_MARGIN }
    }

    /// The same with another margin.
    #[must_use]
    pub fn cancellation_margin(self, cancellation_margin: Duration) -> Self {
        Self { cancellation_margin, ..self }
    }

    /// Makes a booking of a quote: INIT, its travelers sealed, the key with its answer, in one commit.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn create(
        &self,
        cx: &RequestContext,
        quote: QuoteId,
        party: &Party,
        key: &ClientKey,
        render: Render,
    ) -> Result<Answer, DeskError> {
        if let Some(answer) = self.known(key).await? {
            return Ok(answer);
        }
        let store = &self.driver.ports.store;
        let quote = store.quote(&cx.tenant, quote).await?.ok_or(DeskError::QuoteNotFound)?;
        let now = self.driver.ports.runtime.now();
        if let Some(other) = quote.taken_by {
            return Err(DeskError::QuoteTaken(other));
        }
        if now >= quote.expires_at {
            return Err(DeskError::QuoteExpired);
        }
        party::check(party, &quote.search, &quote.solution.offer).map_err(DeskError::InvalidParty)?;
        let booking = self.booking(cx, &quote, party)?;
        let reply = render(&booking);
        let new =
            NewBooking { booking: &booking, party, quote: quote.id, due_at: machine::due_at(&booking, now) };
        match store.insert(&new, key, &reply).await? {
            Inserted::Done(_) => Ok(Answer { reply, repeated: false }),
            Inserted::SameKey(reply) => Ok(Answer { reply, repeated: true }),
            Inserted::KeyReused => Err(DeskError::KeyReused),
            Inserted::QuoteTaken(other) => Err(DeskError::QuoteTaken(other)),
        }
    }

    /// Pays: asks the gateway to hold the price, and answers with what came of it. Paid, or not yet known (then it is
    /// settled in the background), or declined: then it may be tried again. A client that leaves cuts nothing.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn pay(
        &self,
        cx: &RequestContext,
        id: BookingId,
        method: Redacted<String>,
        key: &ClientKey,
        render: Render,
    ) -> Result<Answer, DeskError> {
        let render: std::sync::Arc<Render> = render.into();
        let booking = self.view(cx, id).await?;
        if let Some(answer) = self.known(key).await? {
            return Ok(answer);
        }
        if booking.status == BookingStatus::PaymentPending {
            // An earlier payment is being settled; the key stays free for when that comes to nothing.
            return Ok(Answer { reply: render(&booking), repeated: false });
        }
        let request = Event::PayRequested { method };
        let now = self.driver.ports.runtime.now();
        machine::apply(&booking, &request, now).map_err(|error| not_payable(&booking, &error, now))?;
        let claim = self.driver.claim(id).await?.ok_or(DeskError::Busy)?;
        if let Some(answer) = self.known(key).await? {
            // The same request came first and is done.
            self.driver.ports.store.release(id, claim.fence).await?;
            return Ok(answer);
        }
        let answer = std::sync::Arc::clone(&render);
        let reply = Reply {
            key: key.clone(),
            render: Box::new(move |booking| (!untouched(booking)).then(|| answer(booking))),
        };
        match self.driver.drive_request(claim, request, reply).await {
            Ok((_, Some(reply))) => Ok(Answer { reply, repeated: false }),
            Ok((booking, None)) if untouched(&booking) => Err(DeskError::PaymentUnavailable),
            Ok((_, None)) => Err(DeskError::Busy),
            Err(Halt::Illegal(error)) => Err(not_payable(&booking, &error, now)),
            Err(halt) => {
                // The intent may be committed: then the payment is being settled, and that is the answer.
                let booking = self.view(cx, id).await?;
                let pending = booking.status == BookingStatus::PaymentPending;
                if pending {
                    Ok(Answer { reply: render(&booking), repeated: false })
                } else {
                    Err(halt.into())
                }
            }
        }
    }

    /// A booking of the tenant.
    ///
    /// # Errors
    /// `NotFound` for another tenant's too.
    pub async fn view(&self, cx: &RequestContext, id: BookingId) -> Result<Booking, DeskError> {
        let (booking, _) = self.driver.ports.store.load(id).await?;
        if booking.tenant == cx.tenant { Ok(booking) } else { Err(DeskError::NotFound) }
    }

    /// Who travels on a booking of the tenant; `None` once erased.
    ///
    /// # Errors
    /// `NotFound` for another tenant's too.
    pub async fn party(&self, cx: &RequestContext, id: BookingId) -> Result<Option<Party>, DeskError> {
        self.view(cx, id).await?;
        Ok(self.driver.ports.store.party(id).await?)
    }

    /// For operators, of whatever tenant: what kept a NEEDS_REVIEW booking is dealt with, so it goes on from what is
    /// recorded, with fresh budgets of looks and tries.
    ///
    /// # Errors
    /// `Internal` with the machine's refusal if it is not under review.
    pub async fn resume(&self, id: BookingId) -> Result<Booking, DeskError> {
        let (booking, version) = self.driver.ports.store.load(id).await?;
        let mut work = Work { booking, version, fence: None };
        let now = self.driver.ports.runtime.now();
        match self.driver.commit(&mut work, &[Event::Resumed], now, None).await {
            Err(Halt::Store(error)) if error.kind == StoreErrorKind::Conflict => return Err(DeskError::Busy),
            done => done?,
        };
        self.driver.wake(id).await;
        Ok(work.booking)
    }

    async fn known(&self, key: &ClientKey) -> Result<Option<Answer>, DeskError> {
        match self.driver.ports.store.key(key).await? {
            KeyUse::New => Ok(None),
            KeyUse::Same(reply) => Ok(Some(Answer { reply, repeated: true })),
            KeyUse::Reused => Err(DeskError::KeyReused),
        }
    }

    fn booking(&self, cx: &RequestContext, quote: &Quote, party: &Party) -> Result<Booking, DeskError> {
        let ports = &self.driver.ports;
        let offer = &quote.solution.offer;
        let set = ports.suppliers.of(&cx.tenant);
        let handle = set.and_then(|set| set.get(offer.account())).ok_or(DeskError::QuoteNotBookable)?;
        let rules = ItemRules {
            semantics: handle.profile().semantics,
            tickets: handle.profile().capabilities.issue_tickets,
            office_zone: handle.account().office_zone.clone(),
        };
        let item = Item {
            supplier: offer.supplier().clone(),
            account: offer.account().clone(),
            rules,
            solution: quote.solution.clone(),
            state: ItemState::Planned,
            reference: ClientReference::random(&*ports.runtime.random),
            attempts: 0,
            named: false,
            locators: Vec::new(),
            surplus: Vec::new(),
            issuing_since: None,
            tickets: Vec::new(),
            pace: Pace::NEW,
            trouble: None,
            discrepancy: None,
            payee: None,
        };
        Ok(Booking {
            id: BookingId::random(&*ports.runtime.random),
            tenant: cx.tenant.clone(),
            user: cx.user.clone(),
            point_of_sale: quote.point_of_sale.clone(),
            locale: cx.locale.clone(),
            created_at: ports.runtime.now(),
            pay_before: quote.expires_at,
            status: BookingStatus::Init,
            price: quote.sell.clone(),
            travelers: party.travelers.iter().map(|traveler| traveler.kind).collect(),
            items: vec![item],
            payment: Payment::none(quote.sell.total.currency, self.payment_settles),
            open: None,
            cancel: None,
            lapsed: false,
            failure: None,
            review: None,
            messages: Vec::new(),
            message_pace: Pace::NEW,
            journal_entries: 0,
        })
    }
}

/// The gateway certainly got nothing.
fn untouched(booking: &Booking) -> bool {
    booking.status == BookingStatus::Init && booking.payment.state == PaymentState::None
}

fn not_payable(booking: &Booking, error: &IllegalEvent, now: crate::model::time::Timestamp) -> DeskError {
    match error.status {
        BookingStatus::Expired => DeskError::Expired,
        BookingStatus::Init if now >= booking.pay_before => DeskError::Expired,
        BookingStatus::Init if booking.payment.attempt >= PAY_ATTEMPTS_MAX => DeskError::PaymentsUsedUp,
        status => DeskError::NotPayable(status),
    }
}
