//! A whole booking, from the desk to its end, in a world that fails and a process that dies where it is told to, and
//! then recovers. Whatever happens: one order, one ticket set, one charge, or none and the money back.
//!
//! [`Saga::run`] plays one plan over a store of the caller's; [`Saga::audit`] reads the books of everybody outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;

use super::bookings::PRICE_CENTS;
use super::clock::{ManualClock, START};
use super::samples;
use super::stays;
use super::world::{Fault, World};
use crate::booking::command::JournalEntry;
use crate::booking::invariants;
use crate::booking::machine;
use crate::booking::model::{Booking, BookingStatus, Owed, Quote};
use crate::desk::{Answer, BookingDesk, DeskError, Render};
use crate::fulfil::driver::Driver;
use crate::fulfil::{Compose, Ports, Times};
use crate::model::id::{BookingId, MessageId, QuoteId, TenantId};
use crate::model::money::Money;
use crate::model::offer::{PricedSolution, SupplierToken};
use crate::model::passenger::PassengerKind;
use crate::model::time::Timestamp;
use crate::model::traveler::Party;
use crate::notify::Message;
use crate::queue::local::LocalWakeups;
use crate::redact::Redacted;
use crate::runtime::{Clock as _, Runtime};
use crate::store::{
    BookingStore, Claim, ClientKey, Fence, Inserted, KeyUse, NewBooking, StoreError, StoreErrorKind,
    StoredReply, Transition, Version,
};
use crate::supplier::Connector;
use crate::supplier::account::{SupplierSet, Suppliers};
use crate::supplier::handle::{AccountLimits, SupplierHandle};
use crate::supplier::policy::CallLimits;

/// Rounds of recovery before a saga counts as one that does not end.
const ROUNDS_MAX: usize = 400;

/// Where the process dies: at a commit, counted from 0, before it reaches the database or right after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crash {
    /// Which commit.
    pub commit: usize,
    /// The commit is in the database; only the process does not know.
    pub after: bool,
}

/// What is bought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Goods {
    /// Flights there and back.
    #[default]
    Flights,
    /// A room.
    Stay,
    /// Both in one booking.
    Both,
}

impl Goods {
    /// How many orders and tickets there are at the end.
    const fn bought(self) -> (usize, usize) {
        match self {
            Self::Flights => (1, 2),
            Self::Stay => (1, 0),
            Self::Both => (2, 2),
        }
    }
}

/// What is bought, what goes wrong, and what the customer does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// What is bought.
    pub goods: Goods,
    /// Calls that fail, counted from 0 over every call of supplier, gateway and notifier.
    pub faults: Vec<(usize, Fault)>,
    /// Deaths, the first life first.
    pub crashes: Vec<Crash>,
    /// The worker is paused for longer than it may send, at this reading of the travelers, counted from 0: between
    /// the intent and the sending.
    pub pause: Option<usize>,
    /// The customer cancels after so many rounds of work, or when it is done.
    pub cancel_after: Option<usize>,
}

/// What is left at the end.
#[derive(Debug)]
pub struct Ended {
    /// The booking.
    pub booking: Booking,
    /// Its journal.
    pub journal: Vec<JournalEntry>,
    /// Everybody outside.
    pub world: World,
    /// Commits of all lives together.
    pub commits: usize,
    /// Readings of the travelers.
    pub parties: usize,
    /// What was bought.
    pub goods: Goods,
}

/// A store in whose process a plan strikes.
#[derive(Debug)]
struct Mortal {
    store: Arc<dyn BookingStore>,
    clock: ManualClock,
    crash: Option<Crash>,
    pause: Option<usize>,
    dead: AtomicBool,
    commits: AtomicUsize,
    parties: Arc<AtomicUsize>,
    renewals: Arc<AtomicUsize>,
}

/// A store, and how often a claim of it was renewed.
#[must_use]
pub fn counted(
    store: Arc<dyn BookingStore>,
    clock: &ManualClock,
) -> (Arc<dyn BookingStore>, Arc<AtomicUsize>) {
    let store = Mortal::new(store, clock, None, None, Arc::default());
    let renewals = Arc::clone(&store.renewals);
    (Arc::new(store), renewals)
}

impl Mortal {
    fn new(
        store: Arc<dyn BookingStore>,
        clock: &ManualClock,
        crash: Option<Crash>,
        pause: Option<usize>,
        parties: Arc<AtomicUsize>,
    ) -> Self {
        let (clock, dead, commits) = (clock.clone(), AtomicBool::new(false), AtomicUsize::new(0));
        Self { store, clock, crash, pause, dead, commits, parties, renewals: Arc::default() }
    }

    fn alive(&self) -> Result<(), StoreError> {
        let dead = self.dead.load(Ordering::SeqCst);
        if dead { Err(StoreError::new(StoreErrorKind::Unavailable, "the process is dead")) } else { Ok(()) }
    }

    /// Counts a commit; dies before it, or says that it dies after it.
    fn committing(&self) -> Result<bool, StoreError> {
        self.alive()?;
        let number = self.commits.fetch_add(1, Ordering::SeqCst);
        let crash = self.crash.filter(|crash| crash.commit == number);
        if crash.is_some() {
            self.dead.store(true, Ordering::SeqCst);
        }
        if crash.is_some_and(|crash| !crash.after) {
            self.alive()?;
        }
        Ok(crash.is_some())
    }

    fn committed<T>(&self, dying: bool, done: T) -> Result<T, StoreError> {
        if dying { self.alive().map(|()| done) } else { Ok(done) }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl BookingStore for Mortal {
    async fn put_quote(&self, quote: &Quote) -> Result<(), StoreError> {
        self.store.put_quote(quote).await
    }

    async fn quote(&self, tenant: &TenantId, id: QuoteId) -> Result<Option<Quote>, StoreError> {
        self.alive()?;
        self.store.quote(tenant, id).await
    }

    async fn insert(
        &self,
        new: &NewBooking<'_>,
        key: &ClientKey,
        reply: &StoredReply,
    ) -> Result<Inserted, StoreError> {
        let dying = self.committing()?;
        let done = self.store.insert(new, key, reply).await?;
        self.committed(dying, done)
    }

    async fn key(&self, key: &ClientKey) -> Result<KeyUse, StoreError> {
        self.alive()?;
        self.store.key(key).await
    }

    async fn load(&self, id: BookingId) -> Result<(Booking, Version), StoreError> {
        self.alive()?;
        self.store.load(id).await
    }

    async fn commit(
        &self,
        version: Version,
        fence: Option<Fence>,
        now: Timestamp,
        transition: &Transition<'_>,
    ) -> Result<Version, StoreError> {
        let dying = self.committing()?;
        let done = self.store.commit(version, fence, now, transition).await?;
        self.committed(dying, done)
    }

    async fn claim(
        &self,
        id: BookingId,
        owner: &str,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Claim>, StoreError> {
        self.alive()?;
        self.store.claim(id, owner, now, lease).await
    }

    async fn claim_due(
        &self,
        owner: &str,
        now: Timestamp,
        lease: Duration,
        max: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        self.alive()?;
        self.store.claim_due(owner, now, lease, max).await
    }

    async fn extend(&self, id: BookingId, fence: Fence, until: Timestamp) -> Result<(), StoreError> {
        self.alive()?;
        self.store.extend(id, fence, until).await?;
        self.renewals.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    async fn release(&self, id: BookingId, fence: Fence) -> Result<(), StoreError> {
        self.alive()?;
        self.store.release(id, fence).await
    }

    async fn party(&self, id: BookingId) -> Result<Option<Party>, StoreError> {
        self.alive()?;
        let number = self.parties.fetch_add(1, Ordering::SeqCst);
        if self.pause == Some(number) {
            self.clock.advance(Times::default().send_within);
        }
        self.store.party(id).await
    }

    async fn erase_party(&self, id: BookingId) -> Result<(), StoreError> {
        self.alive()?;
        self.store.erase_party(id).await
    }

    async fn journal(&self, id: BookingId, after: u32) -> Result<Vec<JournalEntry>, StoreError> {
        self.alive()?;
        self.store.journal(id, after).await
    }

    async fn overdue(&self, than: Timestamp, max: u32) -> Result<Vec<BookingId>, StoreError> {
        self.alive()?;
        self.store.overdue(than, max).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.alive()
    }
}

#[derive(Debug)]
struct PlainWords;

impl Compose for PlainWords {
    fn compose(&self, owed: Owed, booking: &Booking, party: &Party) -> Message {
        let words = format!("{:?}", owed.message);
        Message {
            id: MessageId::new(&format!("{}.{words}", booking.id)).unwrap(),
            at: owed.since,
            to: party.contact.email.clone(),
            subject: words.clone(),
            text: Redacted::new(words.clone()),
            html: Redacted::new(words),
        }
    }
}

/// One booking for two adults.
#[derive(Debug)]
pub struct Saga {
    plan: Plan,
    store: Arc<dyn BookingStore>,
    clock: ManualClock,
    world: World,
    lives: usize,
    commits: usize,
    parties: Arc<AtomicUsize>,
}

/// One life of a process.
struct Life {
    store: Arc<Mortal>,
    driver: Driver,
    desk: BookingDesk,
}

impl Saga {
    /// Plays a plan to its end.
    ///
    /// # Panics
    /// The saga does not end, or the store fails by itself.
    pub async fn run(plan: Plan, store: Arc<dyn BookingStore>) -> Ended {
        let clock = ManualClock::new();
        let world = World::new(&clock, plan.faults.iter().copied());
        let mut saga = Self { plan, store, clock, world, lives: 0, commits: 0, parties: Arc::default() };
        saga.play().await
    }

    async fn play(&mut self) -> Ended {
        let quote = if self.plan.goods == Goods::Stay { stay_quote() } else { quote() };
        self.store.put_quote(&quote).await.unwrap();
        let mut life = self.life();
        let id = match self.plan.goods {
            Goods::Flights | Goods::Stay => self.create(&mut life, &quote).await,
            Goods::Both => self.insert(&quote).await,
        };
        self.pay(&mut life, id).await;
        let mut cancel_after = self.plan.cancel_after;
        for round in 0.. {
            assert!(round < ROUNDS_MAX, "the saga does not end: {:?}", self.plan);
            if cancel_after.is_some_and(|after| after <= round) && self.cancel(&mut life, id).await {
                cancel_after = None;
            }
            // Two workers wake for one booking: only one of them gets it.
            let first = life.driver.claim(id).await;
            if let Ok(Some(claim)) = first {
                assert!(matches!(life.driver.claim(id).await, Ok(None)), "claimed twice");
                let _ = life.driver.drive(claim).await;
            }
            let (booking, _) = self.store.load(id).await.unwrap();
            invariants::check(&booking).unwrap();
            self.reborn(&mut life);
            match machine::due_at(&booking, self.clock.now()) {
                None if cancel_after.is_none() => return self.ended(booking, &life).await,
                // With the work done, a cancellation need not wait for its turn.
                None => cancel_after = Some(round),
                // The lease of a dead process has to run out as well.
                Some(due) => self.clock.set(due.max(self.clock.now().plus(Times::default().lease))),
            }
        }
        unreachable!("the rounds are bounded")
    }

    /// A new process, with the next death of the plan before it.
    fn life(&mut self) -> Life {
        let crash = self.plan.crashes.get(self.lives).copied();
        let (store, parties) = (Arc::clone(&self.store), Arc::clone(&self.parties));
        let store = Arc::new(Mortal::new(store, &self.clock, crash, self.plan.pause, parties));
        self.lives += 1;
        let ports = ports(&self.world, Arc::clone(&store) as _, self.clock.runtime());
        let driver = Driver::new(ports, Times::default(), &format!("life-{}", self.lives));
        let desk = BookingDesk::new(driver.clone(), Duration::from_secs(30));
        Life { store, driver, desk }
    }

    /// If the process has died, the next one.
    fn reborn(&mut self, life: &mut Life) -> bool {
        let dead = life.store.dead.load(Ordering::SeqCst);
        if dead {
            self.commits += life.store.commits.load(Ordering::SeqCst);
            *life = self.life();
            self.clock.advance(Times::default().lease);
        }
        dead
    }

    /// The client repeats a request with its key until it is answered.
    async fn create(&mut self, life: &mut Life, quote: &Quote) -> BookingId {
        let (key, party) = (key("create"), party());
        for _ in 0..=self.plan.crashes.len() {
            let cx = samples::context(self.clock.now());
            match life.desk.create(&cx, quote.id, &party, &key, render()).await {
                Ok(answer) => return answer.reply.body.parse().unwrap(),
                Err(error) => assert!(self.reborn(life), "{error:?}"),
            }
        }
        panic!("the client gave up")
    }

    /// The desk books one quote; a booking of several is put into the store.
    async fn insert(&self, quote: &Quote) -> BookingId {
        let mut booking = samples::booking(BookingId::from_bits(7), quote);
        let stay = samples::booking(BookingId::from_bits(8), &stay_quote());
        booking.items.extend(stay.items.into_iter().map(|mut item| {
            item.rules.tickets = false;
            item
        }));
        booking.travelers = vec![PassengerKind::Adult; 2];
        booking.payment.settles_after = Duration::from_secs(30);
        let due_at = machine::due_at(&booking, self.clock.now());
        let new = NewBooking { booking: &booking, party: &party(), quote: quote.id, due_at };
        let reply = StoredReply { status: 201, body: booking.id.to_string() };
        self.store.insert(&new, &key("create"), &reply).await.unwrap();
        booking.id
    }

    async fn pay(&mut self, life: &mut Life, id: BookingId) {
        let key = key("pay");
        let mut first: Option<Answer> = None;
        for _ in 0..=self.plan.crashes.len() + 1 {
            let cx = samples::context(self.clock.now());
            let method = Redacted::new("tok_ok".to_owned());
            match life.desk.pay(&cx, id, method, &key, render()).await {
                Ok(answer) if first.is_none() => first = Some(answer),
                Ok(answer) => {
                    // A payment that is still being settled keeps its key free; any other answer is repeated.
                    let first = first.as_ref().expect("matched above");
                    assert!(answer.reply == first.reply || first.reply.status == 202, "{answer:?}");
                    return;
                }
                Err(DeskError::PaymentUnavailable | DeskError::Expired | DeskError::NotPayable(_)) => return,
                Err(error) => assert!(self.reborn(life), "{error:?}"),
            }
        }
    }

    /// Whether there is nothing more to be said: a payment that is being settled is waited for.
    async fn cancel(&mut self, life: &mut Life, id: BookingId) -> bool {
        let key = key("cancel");
        for _ in 0..=self.plan.crashes.len() {
            let cx = samples::context(self.clock.now());
            let quoted = life.desk.cancel_quote(&cx, id).await;
            let answer = match quoted {
                Ok(quote) => life.desk.cancel(&cx, id, quote.refund, &key, render()).await.map(|_| ()),
                Err(error) => Err(error),
            };
            match answer {
                Err(DeskError::NotCancellable(BookingStatus::PaymentPending)) => return false,
                Ok(()) | Err(DeskError::NotCancellable(_) | DeskError::CancelAmountUnknown) => return true,
                Err(error) => assert!(self.reborn(life), "{error:?}"),
            }
        }
        true
    }

    async fn ended(&self, booking: Booking, life: &Life) -> Ended {
        Ended {
            journal: self.store.journal(booking.id, 0).await.unwrap(),
            booking,
            world: self.world.clone(),
            commits: self.commits + life.store.commits.load(Ordering::SeqCst),
            parties: self.parties.load(Ordering::SeqCst),
            goods: self.plan.goods,
        }
    }

    /// Compares the end with the books of everybody outside.
    ///
    /// # Panics
    /// They do not fit together, or something was done that never may.
    #[track_caller]
    pub fn audit(ended: &Ended) {
        let (booking, books) = (&ended.booking, ended.world.books());
        let context = format!("{:?} of {:?}\n{:#?}", booking.status, books.calls, ended.journal);
        assert_eq!(books.violations, [""; 0], "{context}");
        let live = books.orders.iter().filter(|order| order.is_live()).count();
        let valid = |order: &super::world::Order| order.tickets.iter().filter(|ticket| !ticket.2).count();
        let tickets: usize = books.orders.iter().map(valid).sum();
        let held: i64 = books
            .payments
            .values()
            .filter(|paid| !paid.voided && paid.captured == 0)
            .map(|paid| paid.authorized)
            .sum();
        let kept: i64 = books.payments.values().map(|paid| paid.captured - paid.refunded).sum();
        let sent = |what: &str| books.mails.iter().any(|mail| mail.subject == what);
        let refusals = !ended.plan_refused_mail();
        let (orders, documents) = ended.goods.bought();
        match booking.status {
            BookingStatus::Ticketed => {
                assert_eq!((live, tickets, held, kept), (orders, documents, 0, PRICE_CENTS), "{context}");
                assert!(sent("Receipt") || !refusals, "{context}");
            }
            BookingStatus::Refunded | BookingStatus::Cancelled => {
                assert_eq!((live, tickets, held, kept), (0, 0, 0, 0), "{context}");
            }
            BookingStatus::Expired => assert_eq!((live, tickets, held, kept), (0, 0, 0, 0), "{context}"),
            BookingStatus::NeedsReview => {
                let within = live <= orders && tickets <= documents;
                assert!(within && held + kept <= PRICE_CENTS, "{context}");
            }
            other => panic!("{other:?} is not an end: {context}"),
        }
        let mut sequence = (1..).zip(&ended.journal);
        assert!(sequence.all(|(seq, entry)| entry.seq == seq), "{context}");
    }
}

impl Ended {
    /// A message was refused for good, so none came.
    fn plan_refused_mail(&self) -> bool {
        use crate::booking::command::{Command, Event};
        let mut last_sends = false;
        self.journal.iter().any(|entry| {
            let refused = last_sends && matches!(entry.event, Event::Refused { .. });
            last_sends =
                matches!(&entry.event, Event::Started(s) if matches!(s.command, Command::Send { .. }));
            refused
        })
    }
}

/// What fulfilment works with where everybody outside is one world, and tenant `demo` sells flights through account
/// `alpha-1` and stays through `beta-1`. The policy repeats nothing: what a plan counts is what the engine does.
#[must_use]
pub fn ports(world: &World, store: Arc<dyn BookingStore>, runtime: Runtime) -> Ports {
    let once = |limits: CallLimits| CallLimits { attempts: 1, ..limits };
    let limits = AccountLimits {
        shop: once(CallLimits::SHOP),
        book: once(CallLimits::BOOK),
        service: once(CallLimits::SERVICE),
    };
    let sells = |connector, account| {
        SupplierHandle::new(connector, samples::account(account), limits, runtime.clone())
    };
    let stays = sells(Connector::Stays(Arc::new(world.of_stays())), "beta-1");
    let world = Arc::new(world.clone());
    let flights = sells(Connector::Flights(Arc::clone(&world) as _), "alpha-1");
    let tenant = samples::context(START).tenant;
    Ports {
        runtime,
        store,
        wakeups: Arc::new(LocalWakeups::default()),
        suppliers: [(tenant, SupplierSet::from_iter([flights, stays]))].into_iter().collect::<Suppliers>(),
        gateway: Arc::clone(&world) as _,
        notifier: world,
        composer: Arc::new(PlainWords),
    }
}

/// What was verified: [`samples::quote`] for two adults, with a price of its own.
#[must_use]
pub fn quote() -> Quote {
    let mut quote = samples::quote(QuoteId::from_bits(1));
    let offer = samples::flights_of(&mut quote.solution.offer);
    offer.fares[0].count = 2;
    offer.total = offer.fares[0].total.times(2).unwrap();
    let mut search = samples::search();
    search.passengers.adults = 2;
    quote.search = search.into();
    quote.sell.total = Money::new(PRICE_CENTS, samples::usd());
    quote
}

/// The same for a room for two.
#[must_use]
pub fn stay_quote() -> Quote {
    let offer = stays::stay_offer("beta-1", "1001", 50_000).into();
    let solution = PricedSolution { offer, solution: SupplierToken::default() };
    let search = stays::stay_search().into();
    Quote { search, solution, ..quote() }
}

/// The two of them.
#[must_use]
pub fn party() -> Party {
    let mut party = samples::party();
    let mut second = party.travelers[0].clone();
    second.name.given = Some(Redacted::new("BUDI".to_owned()));
    party.travelers.push(second);
    party
}

/// The client's one key on a route.
#[must_use]
pub fn key(route: &str) -> ClientKey {
    ClientKey {
        tenant: samples::context(START).tenant,
        route: route.to_owned(),
        key: "saga".to_owned(),
        fingerprint: [0; 32],
    }
}

/// The booking's id as the answer; 202 while a payment is being settled.
#[must_use]
pub fn render() -> Render {
    Box::new(|booking| StoredReply {
        status: if booking.status == BookingStatus::PaymentPending { 202 } else { 200 },
        body: booking.id.to_string(),
    })
}
