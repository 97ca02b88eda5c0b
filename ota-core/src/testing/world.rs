//! The outside of a booking in one lock: suppliers of flights and of stays, a gateway and a mail box that really do things, remember them,
//! and fail where they are told to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::watch;

use super::bookings::locator;
use super::clock::{ManualClock, START};
use super::samples;
use super::stays;
use crate::booking::command::PaymentFound;
use crate::model::id::{ClientReference, IdempotencyKey};
use crate::model::money::Money;
use crate::model::offer::{FlightOffer, Offer, PricedSolution};
use crate::model::order::{
    Coupon, CouponStatus, OrderSegment, OrderStatus, OrderTraveler, RecordLocator, SupplierOrder, Ticket,
    TicketNumber,
};
use crate::model::passenger::TravelerRef;
use crate::model::search::FlightSearch;
use crate::model::stay::PropertyRates;
use crate::model::time::Timestamp;
use crate::model::traveler::Party;
use crate::notify::{Message, Notifier, NotifyError, NotifyErrorKind};
use crate::payment::{Attempt, AuthorizeRequest, PaymentError, PaymentErrorKind, PaymentGateway, PaymentOp};
use crate::runtime::Clock as _;
use crate::supplier::call::AttemptContext;
use crate::supplier::error::{SupplierError, SupplierErrorKind};
use crate::supplier::profile::SupplierProfile;
use crate::supplier::{
    Batch, CancelCost, CancelRequest, ContentPage, ContentRequest, FindRequest, FlightSupplier,
    HotelSupplier, IssueRequest, Live, OrderRequest, StayRequest, StayVerifyRequest, Supplier, TicketOutcome,
    TicketResult, VerifyRequest, VoidRequest,
};

/// How one call goes wrong. A read that goes wrong in any way has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Certainly not done; it may be tried again.
    NotSent,
    /// Refused for good.
    Refused,
    /// Not done, and the caller cannot know.
    LostBefore,
    /// Done, and the caller cannot know.
    LostAfter,
    /// Done, the caller cannot know, and until the quiet window is over nobody sees an order.
    Late,
    /// Tickets: only the first traveler's is issued, the others are refused.
    Partial,
    /// A create that the supplier does only when the next one comes, long after its quiet window.
    TooLate,
    /// A create whose order loses our reference.
    Unmarked,
}

/// Those of a supplier that keeps what its profile declares.
pub const FAULTS: [Fault; 6] =
    [Fault::NotSent, Fault::Refused, Fault::LostBefore, Fault::LostAfter, Fault::Late, Fault::Partial];

const NEVER: Timestamp = Timestamp::from_micros(i64::MAX);

/// An order in the supplier's books.
#[derive(Debug, Clone)]
pub struct Order {
    /// Its name.
    pub code: String,
    /// The reference it was made with.
    pub reference: ClientReference,
    /// It is cancelled.
    pub cancelled: bool,
    /// Before this nobody sees it.
    pub visible_from: Timestamp,
    /// Each with its traveler; void ones stay.
    pub tickets: Vec<(TravelerRef, TicketNumber, bool)>,
    solution: PricedSolution,
    party: Party,
}

/// A payment in the gateway's books, in minor units.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the gateway's own words
pub struct Paid {
    pub authorized: i64,
    pub captured: i64,
    pub refunded: i64,
    pub voided: bool,
}

/// The books of everybody outside.
#[derive(Debug, Default)]
pub struct Books {
    /// Every order ever made.
    pub orders: Vec<Order>,
    /// Payments by the key that authorised them.
    pub payments: BTreeMap<String, Paid>,
    /// Idempotency keys of movements that were made.
    moved: BTreeMap<String, ()>,
    /// Messages handed over, doubles too.
    pub mails: Vec<Message>,
    /// Calls so far, reads too, by name.
    pub calls: Vec<&'static str>,
    /// What must never happen, and did.
    pub violations: Vec<String>,
    faults: BTreeMap<usize, Fault>,
    tickets: u64,
}

/// The outside. Clones share the books.
#[derive(Debug, Clone)]
pub struct World {
    profile: SupplierProfile,
    clock: ManualClock,
    books: Arc<Mutex<Books>>,
    gate: Gate,
}

/// Holds calls of one name back until it is opened.
#[derive(Debug, Clone)]
struct Gate {
    held: watch::Sender<Option<&'static str>>,
    waiting: watch::Sender<Option<&'static str>>,
}

impl World {
    /// A world that fails at these calls, counted from 0 over all of them.
    #[must_use]
    pub fn new(clock: &ManualClock, faults: impl IntoIterator<Item = (usize, Fault)>) -> Self {
        let books = Books { faults: faults.into_iter().collect(), ..Books::default() };
        let gate = Gate { held: watch::Sender::new(None), waiting: watch::Sender::new(None) };
        let books = Arc::new(Mutex::new(books));
        Self { profile: samples::profile("alpha"), clock: clock.clone(), books, gate }
    }

    /// The same world as supplier `beta`, who sells stays.
    #[must_use]
    pub fn of_stays(&self) -> Self {
        Self { profile: stays::stay_profile("beta"), ..self.clone() }
    }

    /// From now on writes of this name wait before they do anything.
    pub fn hold(&self, name: &'static str) {
        self.gate.held.send_replace(Some(name));
    }

    /// Waits until a write is held.
    pub async fn held(&self) {
        let _ = self.gate.waiting.subscribe().wait_for(Option::is_some).await;
    }

    /// Lets the held write go on, and all others.
    pub fn let_go(&self) {
        self.gate.held.send_replace(None);
    }

    /// Waits while it is held. False if the time to send is over by then: a transport looks right before the bytes go.
    async fn pass(&self, name: &'static str, send_before: Option<Timestamp>) -> bool {
        let mut held = self.gate.held.subscribe();
        if *held.borrow_and_update() != Some(name) {
            return true;
        }
        self.gate.waiting.send_replace(Some(name));
        let _ = held.wait_for(|held| *held != Some(name)).await;
        self.gate.waiting.send_replace(None);
        send_before.is_none_or(|end| self.clock.now() < end)
    }

    fn not_sent(&self, cx: &AttemptContext) -> SupplierError {
        let kind = SupplierErrorKind::Unavailable;
        SupplierError::new(kind, cx.op, &self.profile.supplier, "the time to send was over")
    }

    /// The books.
    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call and says how it goes wrong.
    fn call(&self, name: &'static str, send_before: Option<Timestamp>) -> Option<Fault> {
        let now = self.clock.now();
        let mut books = self.books();
        if send_before.is_some_and(|at| now >= at) {
            books.violations.push(format!("{name} was sent too late"));
        }
        let number = books.calls.len();
        books.calls.push(name);
        books.faults.remove(&number)
    }

    /// One write: does it unless the fault says otherwise.
    fn write<T>(
        &self,
        cx: &AttemptContext,
        name: &'static str,
        act: impl FnOnce(&mut Books, Option<Fault>) -> Result<T, SupplierErrorKind>,
    ) -> Result<T, SupplierError> {
        let fault = self.call(name, cx.send_before);
        let error = |kind| SupplierError::new(kind, cx.op, &self.profile.supplier, name);
        match fault {
            Some(Fault::NotSent) => return Err(error(SupplierErrorKind::Unavailable)),
            Some(Fault::Refused) => return Err(error(SupplierErrorKind::Rejected)),
            Some(Fault::LostBefore) => return Err(error(SupplierErrorKind::Ambiguous)),
            Some(_) | None => {}
        }
        let done = act(&mut self.books(), fault).map_err(error);
        match fault {
            Some(Fault::LostAfter | Fault::Late | Fault::TooLate) => Err(error(SupplierErrorKind::Ambiguous)),
            _ => done,
        }
    }

    fn read<T>(
        &self,
        cx: &AttemptContext,
        name: &'static str,
        look: impl FnOnce(&Books) -> Option<T>,
    ) -> Result<T, SupplierError> {
        let error = |kind| SupplierError::new(kind, cx.op, &self.profile.supplier, name);
        match self.call(name, None) {
            Some(Fault::Refused) => Err(error(SupplierErrorKind::Protocol)),
            Some(_) => Err(error(SupplierErrorKind::Unavailable)),
            None => look(&self.books()).ok_or_else(|| error(SupplierErrorKind::NotFound)),
        }
    }

    fn quiet(&self) -> Duration {
        let semantics = self.profile.semantics;
        semantics.timeouts.book.saturating_add(semantics.quiet_window)
    }
}

impl Books {
    fn order(&mut self, locators: &[RecordLocator]) -> Result<&mut Order, SupplierErrorKind> {
        let named = |order: &&mut Order| locators.iter().any(|locator| locator.code == order.code);
        self.orders.iter_mut().find(named).ok_or(SupplierErrorKind::NotFound)
    }

    fn ticket(&mut self) -> TicketNumber {
        self.tickets += 1;
        TicketNumber::new(&format!("126{:010}", self.tickets)).unwrap()
    }

    fn create(&mut self, asked: &OrderRequest<'_>, visible_from: Timestamp) -> SupplierOrder {
        let live =
            self.orders.iter().filter(|order| order.is_live() && order.solution == *asked.solution).count();
        self.orders
            .iter_mut()
            .filter(|order| order.visible_from == NEVER)
            .for_each(|o| o.visible_from = START);
        if live > 0 {
            self.violations.push(format!("order {} was made beside a live one", live + 1));
        }
        let order = Order {
            code: format!("LOC{:03}", self.orders.len() + 1),
            reference: asked.reference.clone(),
            cancelled: false,
            visible_from,
            tickets: Vec::new(),
            solution: asked.solution.clone(),
            party: asked.party.clone(),
        };
        let answer = order.answer();
        self.orders.push(order);
        answer
    }

    fn issue(
        &mut self,
        asked: &IssueRequest<'_>,
        partial: bool,
    ) -> Result<Vec<TicketOutcome>, SupplierErrorKind> {
        let numbers: Vec<_> = asked.travelers.iter().map(|_| self.ticket()).collect();
        let order = self.order(asked.locators)?;
        let (mut outcomes, mut twice) = (Vec::new(), Vec::new());
        for ((index, who), number) in asked.travelers.iter().enumerate().zip(numbers) {
            if partial && index > 0 {
                let result = TicketResult::Refused { why: "busy".to_owned() };
                outcomes.push(TicketOutcome { traveler: *who, result });
                continue;
            }
            if order.tickets.iter().any(|(other, _, void)| other == who && !void) {
                twice.push(format!("{who} was ticketed twice"));
            }
            order.tickets.push((*who, number, false));
            let result = TicketResult::Issued(vec![order.document(*who, number, false)]);
            outcomes.push(TicketOutcome { traveler: *who, result });
        }
        self.violations.extend(twice);
        Ok(outcomes)
    }
}

impl Order {
    /// It was made and stands.
    #[must_use]
    pub fn is_live(&self) -> bool {
        !self.cancelled && self.visible_from != NEVER
    }

    fn name(&self, who: TravelerRef) -> OrderTraveler {
        let person = &self.party.travelers[usize::from(who.0)];
        OrderTraveler {
            passenger_type: Some(person.kind.into()),
            given: person.name.given.clone(),
            surname: person.name.surname.clone(),
        }
    }

    fn flights(&self) -> &FlightOffer {
        self.solution.offer.flight().expect("only flights are ticketed")
    }

    fn document(&self, who: TravelerRef, number: TicketNumber, void: bool) -> Ticket {
        let offer = self.flights();
        let coupon = |(index, segment): (usize, &crate::model::itinerary::Segment)| Coupon {
            number: u8::try_from(index + 1).unwrap(),
            status: if void { CouponStatus::Void } else { CouponStatus::Open },
            flight: segment.flight,
            origin: Some(segment.origin),
            destination: Some(segment.destination),
            booking_class: None,
            fare_basis: None,
        };
        Ticket {
            number,
            conjunction_of: None,
            status: None,
            issued: None,
            traveler: Some(self.name(who)),
            coupons: offer.itinerary.segments().enumerate().map(coupon).collect(),
            total: Some(offer.fares[0].total),
            base: None,
            taxes: None,
            fare_calculation: None,
        }
    }

    fn answer(&self) -> SupplierOrder {
        match &self.solution.offer {
            Offer::Flight(offer) => self.flown(offer),
            Offer::Stay(offer) => SupplierOrder {
                locators: vec![locator(&self.code)],
                status: if self.cancelled { OrderStatus::Cancelled } else { OrderStatus::Confirmed },
                ..stays::order(offer, &self.party, self.reference.as_str())
            },
        }
    }

    fn flown(&self, offer: &FlightOffer) -> SupplierOrder {
        let travelers = (0..).map(TravelerRef).take(self.party.travelers.len());
        let segment = |segment: &crate::model::itinerary::Segment| OrderSegment {
            segment: segment.clone(),
            booking_class: None,
            status: Some("HK".to_owned()),
        };
        SupplierOrder {
            locators: vec![locator(&self.code)],
            status: if self.cancelled { OrderStatus::Cancelled } else { OrderStatus::Held },
            travelers: travelers.map(|who| self.name(who)).collect(),
            segments: offer.itinerary.segments().map(segment).collect(),
            stay: None,
            fares: offer.fares.clone(),
            total: Some(offer.total),
            references: vec![self.reference.clone()],
            tickets: self
                .tickets
                .iter()
                .map(|(who, number, void)| self.document(*who, *number, *void))
                .collect(),
            ticketing_limit: None,
            problems: Vec::new(),
        }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl Supplier for World {
    fn profile(&self) -> &SupplierProfile {
        &self.profile
    }

    async fn create_order(
        &self,
        cx: &AttemptContext,
        asked: &OrderRequest<'_>,
    ) -> Result<SupplierOrder, SupplierError> {
        if !self.pass("create_order", cx.send_before).await {
            return Err(self.not_sent(cx));
        }
        let now = self.clock.now();
        let late = cx.send_before.unwrap_or(now).plus(self.quiet());
        self.write(cx, "create_order", |books, fault| {
            let visible_from = match fault {
                Some(Fault::Late) => late,
                Some(Fault::TooLate) => NEVER,
                _ => now,
            };
            let unmarked = ClientReference::new("SOMEBODYELSESREF").unwrap();
            let reference = if fault == Some(Fault::Unmarked) { &unmarked } else { asked.reference };
            Ok(books.create(&OrderRequest { reference, ..*asked }, visible_from))
        })
    }

    async fn retrieve(
        &self,
        cx: &AttemptContext,
        locators: &[RecordLocator],
    ) -> Result<SupplierOrder, SupplierError> {
        let named = |order: &&Order| locators.iter().any(|locator| locator.code == order.code);
        self.read(cx, "retrieve", |books| Some(books.orders.iter().find(named)?.answer()))
    }

    async fn find(
        &self,
        cx: &AttemptContext,
        asked: &FindRequest<'_>,
    ) -> Result<Vec<SupplierOrder>, SupplierError> {
        let now = self.clock.now();
        let base = asked.reference.base();
        let ours = |order: &&Order| order.visible_from <= now && order.reference.base() == base;
        self.read(cx, "find", |books| Some(books.orders.iter().filter(ours).map(Order::answer).collect()))
    }

    async fn cancel(&self, cx: &AttemptContext, asked: &CancelRequest<'_>) -> Result<(), SupplierError> {
        self.write(cx, "cancel", |books, _| {
            books.order(asked.locators)?.cancelled = true;
            Ok(())
        })
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl FlightSupplier for World {
    async fn search(
        &self,
        cx: &AttemptContext,
        _: &FlightSearch,
    ) -> Result<Batch<FlightOffer>, SupplierError> {
        self.read(cx, "search", |_| Some(Batch::default()))
    }

    async fn verify(&self, cx: &AttemptContext, _: &VerifyRequest<'_>) -> Result<Live, SupplierError> {
        self.read(cx, "verify", |_| Some(Live::Gone))
    }

    async fn issue_tickets(
        &self,
        cx: &AttemptContext,
        asked: &IssueRequest<'_>,
    ) -> Result<Vec<TicketOutcome>, SupplierError> {
        if !self.pass("issue_tickets", cx.send_before).await {
            return Err(self.not_sent(cx));
        }
        self.write(cx, "issue_tickets", |books, fault| books.issue(asked, fault == Some(Fault::Partial)))
    }

    async fn void_tickets(&self, cx: &AttemptContext, asked: &VoidRequest<'_>) -> Result<(), SupplierError> {
        self.write(cx, "void_tickets", |books, _| {
            let tickets = &mut books.order(asked.locators)?.tickets;
            tickets
                .iter_mut()
                .filter(|(_, number, _)| asked.tickets.contains(number))
                .for_each(|t| t.2 = true);
            Ok(())
        })
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl HotelSupplier for World {
    async fn search(
        &self,
        cx: &AttemptContext,
        _: &StayRequest<'_>,
    ) -> Result<Batch<PropertyRates>, SupplierError> {
        self.read(cx, "search", |_| Some(Batch::default()))
    }

    async fn verify(&self, cx: &AttemptContext, _: &StayVerifyRequest<'_>) -> Result<Live, SupplierError> {
        self.read(cx, "verify", |_| Some(Live::Gone))
    }

    async fn quote_cancel(
        &self,
        cx: &AttemptContext,
        _: &CancelRequest<'_>,
    ) -> Result<CancelCost, SupplierError> {
        self.read(cx, "quote_cancel", |_| Some(CancelCost { fee: Some(Money::zero(samples::usd())) }))
    }

    async fn content(&self, cx: &AttemptContext, _: &ContentRequest) -> Result<ContentPage, SupplierError> {
        self.read(cx, "content", |_| Some(ContentPage::default()))
    }
}

impl World {
    fn pay(
        &self,
        op: PaymentOp,
        attempt: &Attempt,
        act: impl FnOnce(&mut Books) -> Option<(String, Paid)>,
    ) -> Result<PaymentFound, PaymentError> {
        let fault = self.call(op.name(), Some(attempt.send_before));
        let error = |kind| PaymentError::new(kind, op, "scripted");
        match fault {
            Some(Fault::NotSent) => return Err(error(PaymentErrorKind::Unavailable)),
            Some(Fault::Refused) if op == PaymentOp::Authorize => return Ok(PaymentFound::Declined),
            Some(Fault::Refused) => return Err(error(PaymentErrorKind::Rejected)),
            Some(Fault::LostBefore) => return Err(error(PaymentErrorKind::Ambiguous)),
            Some(_) | None => {}
        }
        let done = act(&mut self.books());
        match (fault, done) {
            (Some(Fault::LostAfter | Fault::Late), _) => Err(error(PaymentErrorKind::Ambiguous)),
            (_, Some((id, paid))) => Ok(known(&id, &paid)),
            (_, None) => Err(error(PaymentErrorKind::Rejected)),
        }
    }

    /// Moves money of a payment, once for each key.
    fn move_money(
        &self,
        op: PaymentOp,
        attempt: &Attempt,
        gateway_id: &str,
        change: impl FnOnce(&mut Paid) -> bool,
    ) -> Result<PaymentFound, PaymentError> {
        self.pay(op, attempt, |books| {
            let first = books.moved.insert(attempt.key.to_string(), ()).is_none();
            let paid = books.payments.get_mut(gateway_id)?;
            (!first || change(paid)).then(|| (gateway_id.to_owned(), paid.clone()))
        })
    }
}

/// The gateway's name of a payment is the key that authorised it.
fn known(id: &str, paid: &Paid) -> PaymentFound {
    let money = |minor| Money::new(minor, samples::usd());
    PaymentFound::Known {
        gateway_id: id.to_owned(),
        authorized: money(paid.authorized),
        captured: money(paid.captured),
        refunded: money(paid.refunded),
        voided: paid.voided,
    }
}

#[async_trait]
impl PaymentGateway for World {
    async fn authorize(
        &self,
        attempt: &Attempt,
        request: &AuthorizeRequest,
    ) -> Result<PaymentFound, PaymentError> {
        if !self.pass("authorize", Some(attempt.send_before)).await {
            return Err(PaymentError::new(PaymentErrorKind::Unavailable, PaymentOp::Authorize, "too late"));
        }
        self.pay(PaymentOp::Authorize, attempt, |books| {
            let new = Paid { authorized: request.amount.minor, ..Paid::default() };
            let paid = books.payments.entry(attempt.key.to_string()).or_insert(new);
            Some((attempt.key.to_string(), paid.clone()))
        })
    }

    async fn capture(
        &self,
        attempt: &Attempt,
        gateway_id: &str,
        amount: Money,
    ) -> Result<PaymentFound, PaymentError> {
        self.move_money(PaymentOp::Capture, attempt, gateway_id, |paid| {
            let fits = !paid.voided && paid.captured == 0 && amount.minor <= paid.authorized;
            paid.captured += if fits { amount.minor } else { 0 };
            fits
        })
    }

    async fn void(&self, attempt: &Attempt, gateway_id: &str) -> Result<PaymentFound, PaymentError> {
        self.move_money(PaymentOp::Void, attempt, gateway_id, |paid| {
            paid.voided = paid.captured == 0;
            paid.voided
        })
    }

    async fn refund(
        &self,
        attempt: &Attempt,
        gateway_id: &str,
        amount: Money,
    ) -> Result<PaymentFound, PaymentError> {
        self.move_money(PaymentOp::Refund, attempt, gateway_id, |paid| {
            let fits = paid.refunded + amount.minor <= paid.captured;
            paid.refunded += if fits { amount.minor } else { 0 };
            fits
        })
    }

    async fn lookup(&self, authorized_under: &IdempotencyKey) -> Result<PaymentFound, PaymentError> {
        if self.call("lookup", None).is_some() {
            return Err(PaymentError::new(PaymentErrorKind::Unavailable, PaymentOp::Lookup, "scripted"));
        }
        let books = self.books();
        let paid = books.payments.get(authorized_under.as_str());
        Ok(paid.map_or(PaymentFound::Absent, |paid| known(authorized_under.as_str(), paid)))
    }
}

#[async_trait]
impl Notifier for World {
    async fn send(&self, message: &Message) -> Result<(), NotifyError> {
        let fault = self.call("send", None);
        let error = |kind| Err(NotifyError::new(kind, &message.id, "scripted"));
        match fault {
            Some(Fault::Refused) => return error(NotifyErrorKind::Refused),
            Some(Fault::NotSent | Fault::LostBefore) => return error(NotifyErrorKind::Unavailable),
            _ => self.books().mails.push(message.clone()),
        }
        if fault.is_some() { error(NotifyErrorKind::Unavailable) } else { Ok(()) }
    }
}
