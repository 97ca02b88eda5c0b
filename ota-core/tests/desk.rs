//! The desk and the worker over a real store: keys, tenants, refusals, and who may leave when.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ota_core::booking::model::{BookingStatus, Quote};
use ota_core::desk::party::FieldRule;
use ota_core::desk::{Answer, BookingDesk, DeskError};
use ota_core::fulfil::driver::{Driver, Halt};
use ota_core::fulfil::worker::{Worker, WorkerLimits};
use ota_core::fulfil::{Ports, Times};
use ota_core::keys::KeyRing;
use ota_core::model::conditions::{Penalty, Permission};
use ota_core::model::context::RequestContext;
use ota_core::model::id::{BookingId, QuoteId, TenantId};
use ota_core::model::money::Money;
use ota_core::redact::Redacted;
use ota_core::runtime::SystemRandomness;
use ota_core::store::seal::Sealer;
use ota_core::store::sqlite::SqliteBookingStore;
use ota_core::store::{BookingStore, ClientKey};
use ota_core::testing::bookings::PRICE_CENTS;
use ota_core::testing::clock::{ManualClock, START};
use ota_core::testing::saga::{counted, key, party, ports, quote, render};
use ota_core::testing::samples;
use ota_core::testing::world::{Fault, World};

struct Fixture {
    clock: ManualClock,
    world: World,
    ports: Ports,
    driver: Driver,
    desk: BookingDesk,
    quote: Quote,
}

/// With these faults, calls counted from 0.
async fn fixture(faults: &[(usize, Fault)]) -> Fixture {
    fixture_of(faults, quote()).await
}

async fn fixture_of(faults: &[(usize, Fault)], quote: Quote) -> Fixture {
    let clock = ManualClock::new();
    let world = World::new(&clock, faults.iter().copied());
    let sealer = Sealer::new(KeyRing::random(&SystemRandomness), Arc::new(SystemRandomness));
    let store = SqliteBookingStore::in_memory(sealer).await.expect("there is memory");
    store.put_quote(&quote).await.expect("a new quote");
    let ports = ports(&world, Arc::new(store), clock.runtime());
    let driver = Driver::new(ports.clone(), Times::default(), "test");
    let desk = BookingDesk::new(driver.clone(), Duration::from_secs(30));
    Fixture { clock, world, ports, driver, desk, quote }
}

fn cx() -> RequestContext {
    samples::context(START)
}

fn stranger() -> RequestContext {
    RequestContext { tenant: TenantId::new("other").expect("a name"), ..cx() }
}

fn other_key(route: &str) -> ClientKey {
    ClientKey { key: "another".to_owned(), ..key(route) }
}

fn other_body(route: &str) -> ClientKey {
    ClientKey { fingerprint: [1; 32], ..key(route) }
}

impl Fixture {
    async fn create(&self) -> BookingId {
        let answer = self.desk.create(&cx(), self.quote.id, &party(), &key("create"), render()).await;
        answer.expect("a booking").reply.body.parse().expect("its id")
    }

    async fn pay(&self, id: BookingId, key: &ClientKey) -> Result<Answer, DeskError> {
        self.desk.pay(&cx(), id, Redacted::new("tok_ok".to_owned()), key, render()).await
    }

    async fn status(&self, id: BookingId) -> BookingStatus {
        self.desk.view(&cx(), id).await.expect("a booking").status
    }

    /// Has everything done that is due.
    async fn work(&self, id: BookingId) {
        let claim = self.driver.claim(id).await.expect("a store").expect("nobody else is at it");
        self.driver.drive(claim).await.expect("driven");
    }

    async fn ticketed(&self) -> BookingId {
        let id = self.create().await;
        self.pay(id, &key("pay")).await.expect("paid");
        self.work(id).await;
        assert_eq!(self.status(id).await, BookingStatus::Ticketed);
        id
    }
}

#[tokio::test]
async fn a_quote_makes_one_booking_and_a_key_has_one_answer() {
    let f = fixture(&[]).await;
    let create = async |key: &ClientKey| f.desk.create(&cx(), f.quote.id, &party(), key, render()).await;
    let first = create(&key("create")).await.expect("a booking");
    let again = create(&key("create")).await.expect("the same");
    assert_eq!((first.repeated, again.repeated, &again.reply), (false, true, &first.reply));
    assert!(matches!(create(&other_body("create")).await, Err(DeskError::KeyReused)));
    let id: BookingId = first.reply.body.parse().expect("an id");
    let taken = create(&other_key("create")).await;
    assert!(matches!(taken, Err(DeskError::QuoteTaken(by)) if by == id));
}

#[tokio::test]
async fn what_cannot_be_booked_leaves_nothing() {
    let f = fixture(&[]).await;
    let create = async |cx: &RequestContext, id, party: &_| {
        f.desk.create(cx, id, party, &key("create"), render()).await
    };
    let unknown = create(&cx(), QuoteId::from_bits(9), &party()).await;
    assert!(matches!(unknown, Err(DeskError::QuoteNotFound)));
    assert!(matches!(create(&stranger(), f.quote.id, &party()).await, Err(DeskError::QuoteNotFound)));
    let mut one = party();
    one.travelers.truncate(1);
    let errors = match create(&cx(), f.quote.id, &one).await {
        Err(DeskError::InvalidParty(errors)) => errors,
        other => panic!("{other:?}"),
    };
    assert_eq!(errors[0].rule, FieldRule::Count);
    f.clock.set(f.quote.expires_at);
    assert!(matches!(create(&cx(), f.quote.id, &party()).await, Err(DeskError::QuoteExpired)));
    f.clock.set(START);
    f.create().await;
}

#[tokio::test]
async fn anothers_booking_is_not_there() {
    let f = fixture(&[]).await;
    let id = f.create().await;
    let (theirs, method) = (stranger(), Redacted::new("tok_ok".to_owned()));
    assert!(matches!(f.desk.view(&theirs, id).await, Err(DeskError::NotFound)));
    assert!(matches!(f.desk.party(&theirs, id).await, Err(DeskError::NotFound)));
    assert!(matches!(f.desk.cancel_quote(&theirs, id).await, Err(DeskError::NotFound)));
    let paid = f.desk.pay(&theirs, id, method, &key("pay"), render()).await;
    assert!(matches!(paid, Err(DeskError::NotFound)));
    let nothing = Money::zero(samples::usd());
    let cancelled = f.desk.cancel(&theirs, id, nothing, &key("cancel"), render()).await;
    assert!(matches!(cancelled, Err(DeskError::NotFound)));
    assert!(matches!(f.desk.view(&cx(), BookingId::from_bits(1)).await, Err(DeskError::NotFound)));
}

#[tokio::test]
async fn a_declined_payment_keeps_its_answer_and_another_may_be_made() {
    let f = fixture(&[(0, Fault::Refused)]).await;
    let id = f.create().await;
    let declined = f.pay(id, &key("pay")).await.expect("an answer");
    assert_eq!(f.status(id).await, BookingStatus::Init);
    let again = f.pay(id, &key("pay")).await.expect("the same answer");
    assert_eq!((again.repeated, again.reply), (true, declined.reply));
    f.pay(id, &other_key("pay")).await.expect("paid");
    assert_eq!(f.status(id).await, BookingStatus::Paid);
    let paid_already = f.pay(id, &ClientKey { key: "third".to_owned(), ..key("pay") }).await;
    assert!(matches!(paid_already, Err(DeskError::NotPayable(BookingStatus::Paid))));
    assert_eq!(f.world.books().payments.len(), 1);
}

#[tokio::test]
async fn a_payment_that_was_never_sent_keeps_no_answer() {
    let f = fixture(&[(0, Fault::NotSent)]).await;
    let id = f.create().await;
    assert!(matches!(f.pay(id, &key("pay")).await, Err(DeskError::PaymentUnavailable)));
    assert!(!f.pay(id, &key("pay")).await.expect("paid").repeated);
    assert_eq!(f.status(id).await, BookingStatus::Paid);
}

#[tokio::test]
async fn an_unclear_payment_is_processing_until_it_is_settled() {
    let f = fixture(&[(0, Fault::LostAfter)]).await;
    let id = f.create().await;
    assert_eq!(f.pay(id, &key("pay")).await.expect("an answer").reply.status, 202);
    assert_eq!(f.pay(id, &other_key("pay")).await.expect("an answer").reply.status, 202);
    f.work(id).await;
    assert_eq!(f.status(id).await, BookingStatus::Ticketed);
    assert_eq!(f.world.books().payments.len(), 1);
}

#[tokio::test]
async fn an_unpaid_booking_expires() {
    let f = fixture(&[]).await;
    let id = f.create().await;
    f.clock.set(f.quote.expires_at);
    assert!(matches!(f.pay(id, &key("pay")).await, Err(DeskError::Expired)));
    f.work(id).await;
    assert_eq!(f.status(id).await, BookingStatus::Expired);
    assert!(matches!(f.pay(id, &key("pay")).await, Err(DeskError::Expired)));
}

#[tokio::test]
async fn a_client_that_leaves_cuts_no_payment_and_nobody_pays_beside_it() {
    let f = fixture(&[]).await;
    let id = f.create().await;
    f.world.hold("authorize");
    {
        let first = key("pay");
        let leaving = f.pay(id, &first);
        tokio::select! {
            answer = leaving => panic!("{answer:?} of a held call"),
            () = f.world.held() => {}
        }
    }
    // The intent is committed: whoever asks is told that it is being settled.
    assert_eq!(f.pay(id, &other_key("pay")).await.expect("an answer").reply.status, 202);
    f.world.let_go();
    f.ports.runtime.tasks.drained().await;
    assert_eq!(f.status(id).await, BookingStatus::Paid);
    assert!(f.pay(id, &key("pay")).await.expect("its answer was kept").repeated);
    assert_eq!(f.world.books().calls, ["authorize"]);
}

#[tokio::test]
async fn a_cancellation_during_a_create_undoes_what_it_makes() {
    let f = fixture(&[]).await;
    let id = f.create().await;
    f.pay(id, &key("pay")).await.expect("paid");
    f.world.hold("create_order");
    let claim = f.driver.claim(id).await.expect("a store").expect("a claim");
    let cancel = async {
        f.world.held().await;
        let back = f.desk.cancel_quote(&cx(), id).await.expect("a quote").refund;
        let cancelled = f.desk.cancel(&cx(), id, back, &key("cancel"), render()).await;
        f.world.let_go();
        cancelled.expect("accepted")
    };
    let (driven, _) = tokio::join!(f.driver.drive(claim), cancel);
    assert_eq!(driven.expect("driven").status, BookingStatus::Cancelled);
    let books = f.world.books();
    assert!(books.orders.iter().all(|order| order.cancelled) && books.orders.len() == 1);
    assert!(books.payments.values().all(|paid| paid.voided));
}

#[tokio::test]
async fn a_cancellation_is_accepted_at_its_amount_only() {
    let f = fixture(&[]).await;
    let id = f.ticketed().await;
    let whole = Money::new(PRICE_CENTS, samples::usd());
    assert_eq!(f.desk.cancel_quote(&cx(), id).await.expect("a quote").refund, whole);
    let less = Money::new(1, samples::usd());
    let changed = f.desk.cancel(&cx(), id, less, &key("cancel"), render()).await;
    assert!(matches!(changed, Err(DeskError::CancelQuoteChanged(now)) if now.refund == whole));
    let first = f.desk.cancel(&cx(), id, whole, &key("cancel"), render()).await.expect("accepted");
    let again = f.desk.cancel(&cx(), id, whole, &key("cancel"), render()).await.expect("the same");
    assert_eq!((again.repeated, again.reply), (true, first.reply));
    f.work(id).await;
    assert_eq!(f.status(id).await, BookingStatus::Cancelled);
    let twice = f.desk.cancel(&cx(), id, whole, &other_key("cancel"), render()).await;
    assert!(matches!(twice, Err(DeskError::NotCancellable(BookingStatus::Cancelled))));
}

#[tokio::test]
async fn an_amount_that_is_not_stated_is_not_guessed() {
    let f = fixture(&[]).await;
    let id = f.ticketed().await;
    f.clock.advance(Duration::from_secs(25 * 3600));
    assert!(matches!(f.desk.cancel_quote(&cx(), id).await, Err(DeskError::CancelAmountUnknown)));
    let whole = Money::new(PRICE_CENTS, samples::usd());
    let cancelled = f.desk.cancel(&cx(), id, whole, &key("cancel"), render()).await;
    assert!(matches!(cancelled, Err(DeskError::CancelAmountUnknown)));
    assert_eq!(f.status(id).await, BookingStatus::Ticketed);
}

#[tokio::test]
async fn a_stated_penalty_is_kept_after_the_void_window() {
    let mut refundable = quote();
    let each = Penalty::Amount(Money::new(5_000, samples::usd()));
    samples::flights_of(&mut refundable.solution.offer).fares[0].conditions.refund_before =
        Permission::Allowed(Some(each));
    let f = fixture_of(&[], refundable).await;
    let id = f.ticketed().await;
    f.clock.advance(Duration::from_secs(25 * 3600));
    let quoted = f.desk.cancel_quote(&cx(), id).await.expect("a quote");
    assert_eq!(
        (quoted.refund.minor, quoted.penalty.minor, quoted.void),
        (PRICE_CENTS - 10_000, 10_000, false)
    );
    f.desk.cancel(&cx(), id, quoted.refund, &key("cancel"), render()).await.expect("accepted");
    f.work(id).await;
    assert_eq!(f.status(id).await, BookingStatus::Cancelled);
    let books = f.world.books();
    assert!(books.orders.iter().all(|order| order.cancelled && order.tickets.iter().all(|ticket| !ticket.2)));
    let paid = books.payments.values().next().expect("a payment");
    assert_eq!((paid.captured, paid.refunded), (PRICE_CENTS, PRICE_CENTS - 10_000));
}

#[tokio::test]
async fn a_booking_under_review_goes_on_when_an_operator_says_so() {
    // authorize, create_order, retrieve, issue_tickets, capture
    let f = fixture(&[(4, Fault::Refused)]).await;
    let id = f.create().await;
    f.pay(id, &key("pay")).await.expect("paid");
    f.work(id).await;
    assert_eq!(f.status(id).await, BookingStatus::NeedsReview);
    f.desk.resume(id).await.expect("under review");
    f.work(id).await;
    assert_eq!(f.status(id).await, BookingStatus::Ticketed);
    assert!(matches!(f.desk.resume(id).await, Err(DeskError::Internal(_))));
}

#[tokio::test]
async fn a_claim_is_renewed_while_a_call_runs() {
    let f = fixture(&[]).await;
    let id = f.create().await;
    f.pay(id, &key("pay")).await.expect("paid");
    let (store, renewals) = counted(Arc::clone(&f.ports.store), &f.clock);
    let times = Times { lease: Duration::from_millis(30), ..Times::default() };
    let driver = Driver::new(Ports { store, ..f.ports.clone() }, times, "slow");
    f.world.hold("create_order");
    let claim = driver.claim(id).await.expect("a store").expect("a claim");
    let supplier = async {
        f.world.held().await;
        f.clock.advance(10 * times.lease);
        let before = renewals.load(Ordering::SeqCst);
        // One that was under way may have been reckoned from the time before.
        while renewals.load(Ordering::SeqCst) < before + 2 {
            tokio::task::yield_now().await;
        }
        f.world.let_go();
    };
    let (driven, ()) = tokio::join!(driver.drive(claim), supplier);
    assert_eq!(driven.expect("the claim held").status, BookingStatus::Ticketed);
}

#[tokio::test]
async fn a_worker_that_lost_its_claim_sends_nothing_and_writes_nothing() {
    let f = fixture(&[]).await;
    let id = f.create().await;
    f.pay(id, &key("pay")).await.expect("paid");
    f.world.hold("create_order");
    let claim = f.driver.claim(id).await.expect("a store").expect("a claim");
    let other = Driver::new(f.ports.clone(), Times::default(), "other");
    let takeover = async {
        f.world.held().await;
        f.clock.set(claim.lease_until);
        let claim = other.claim(id).await.expect("a store").expect("the lease is over");
        assert_eq!(other.drive(claim).await.expect("driven").status, BookingStatus::PendingTicket);
        f.world.let_go();
    };
    let (driven, ()) = tokio::join!(f.driver.drive(claim.clone()), takeover);
    assert!(matches!(driven, Err(Halt::Lost)), "{driven:?}");
    while f.status(id).await != BookingStatus::Ticketed {
        f.clock.advance(Duration::from_secs(10));
        f.work(id).await;
    }
    let books = f.world.books();
    assert_eq!((books.orders.len(), &*books.violations), (1, [].as_slice()));
}

/// Works until a booking is ticketed; `limits` decide which loop finds it.
async fn worked_on(f: &Fixture, id: BookingId, limits: WorkerLimits) {
    let worker = Worker::new(f.driver.clone(), limits);
    let ticketed = async {
        while f.status(id).await != BookingStatus::Ticketed || f.world.books().mails.is_empty() {
            tokio::task::yield_now().await;
        }
        f.driver.stop();
    };
    let done = async { tokio::join!(worker.run(), ticketed) };
    tokio::time::timeout(Duration::from_secs(60), done).await.expect("the worker works and stops");
    f.ports.runtime.tasks.drained().await;
}

const NEVER: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_wake_up_is_worked_on_at_once() {
    let f = fixture(&[]).await;
    let id = f.create().await;
    f.pay(id, &key("pay")).await.expect("paid");
    let limits =
        WorkerLimits { concurrent: 1, poll_every: NEVER, sweep_every: NEVER, ..WorkerLimits::default() };
    worked_on(&f, id, limits).await;
}

#[tokio::test]
async fn a_lost_wake_up_is_found_by_the_poll() {
    let f = fixture(&[]).await;
    let id = f.create().await;
    f.pay(id, &key("pay")).await.expect("paid");
    let lost = f.ports.wakeups.receive(10, Duration::ZERO).await.expect("wake-ups");
    assert_eq!(lost.len(), 1);
    let poll_every = Duration::from_millis(1);
    worked_on(&f, id, WorkerLimits { poll_every, sweep_every: NEVER, ..WorkerLimits::default() }).await;
}

#[tokio::test]
async fn overdue_work_is_published_again_by_the_sweeper() {
    let f = fixture(&[]).await;
    let id = f.create().await;
    f.pay(id, &key("pay")).await.expect("paid");
    f.ports.wakeups.receive(10, Duration::ZERO).await.expect("wake-ups");
    // Another process took the row and died; its lease runs out only after the poll has looked.
    let limits = WorkerLimits {
        poll_every: NEVER,
        sweep_every: Duration::from_millis(1),
        overdue_after: Duration::from_secs(60),
        ..WorkerLimits::default()
    };
    let dead = f.driver.claim(id).await.expect("a store").expect("a claim");
    let lease = dead.lease_until;
    let later = async {
        tokio::task::yield_now().await;
        f.clock.set(lease.plus(Duration::from_secs(120)));
    };
    tokio::join!(worked_on(&f, id, limits), later);
}
