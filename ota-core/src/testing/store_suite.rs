//! What every booking store must do, whatever database is behind it.
//!
//! A failed expectation panics: the suite is run from a test. Time is an argument of the store, so nothing waits.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;

use super::clock::START;
use super::samples;
use crate::booking::command::{Command, Event, JournalEntry, Started};
use crate::booking::model::{Booking, BookingStatus, ItemTicket, Quote};
use crate::model::id::{BookingId, QuoteId, TenantId};
use crate::model::order::TicketNumber;
use crate::model::passenger::TravelerRef;
use crate::model::time::Timestamp;
use crate::runtime::SystemRandomness;
use crate::store::{
    BookingStore, Claim, ClientKey, Fence, Inserted, KeyUse, NewBooking, PaymentMovement, StoreError,
    StoreErrorKind, StoredReply, Transition, Version,
};

/// Two handles of one database, as two servers hold it; where there can be only one, twice the same.
pub type Handles = [Arc<dyn BookingStore>; 2];

const LEASE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);
/// Calls beside each other.
const CROWD: usize = 16;

/// Everything below, each on an empty database.
pub async fn all(fresh: impl AsyncFn() -> Handles) {
    a_quote_is_its_tenants(&fresh().await).await;
    a_booking_is_inserted_whole(&fresh().await).await;
    a_key_has_one_answer(&fresh().await).await;
    a_quote_makes_one_booking(&fresh().await).await;
    of_many_with_one_key_one_wins(&fresh().await).await;
    of_many_with_one_quote_one_wins(&fresh().await).await;
    a_transition_is_committed_whole(&fresh().await).await;
    of_many_commits_one_wins(&fresh().await).await;
    a_failed_transition_leaves_nothing(&fresh().await).await;
    a_ticket_is_one_travelers(&fresh().await).await;
    a_lease_ends_by_the_time_given(&fresh().await).await;
    an_old_fence_writes_nothing(&fresh().await).await;
    a_released_claim_is_over(&fresh().await).await;
    due_work_is_claimed_oldest_first(&fresh().await).await;
    due_work_is_claimed_once(&fresh().await).await;
    overdue_work_is_listed(&fresh().await).await;
    a_party_is_erased_once_work_is_over(&fresh().await).await;
    what_is_not_there_is_not_found(&fresh().await).await;
}

/// A quote comes back as it was put, to its own tenant.
pub async fn a_quote_is_its_tenants([a, b]: &Handles) {
    let quote = samples::quote(quote_id());
    a.put_quote(&quote).await.unwrap();
    assert_eq!(b.quote(&quote.tenant, quote.id).await.unwrap().as_ref(), Some(&quote));
    assert_eq!(b.quote(&TenantId::new("other").unwrap(), quote.id).await.unwrap(), None);
    assert_eq!(b.quote(&quote.tenant, quote_id()).await.unwrap(), None);
}

/// One insert stores the booking, who travels, the key with its answer, and takes the quote.
pub async fn a_booking_is_inserted_whole([a, b]: &Handles) {
    let new = New::put(&**a).await;
    let version = done(new.insert(&**a, &key("k"), &reply("made")).await);
    assert_eq!(b.load(new.booking.id).await.unwrap(), (new.booking.clone(), version));
    assert_eq!(b.party(new.booking.id).await.unwrap(), Some(samples::party()));
    assert_eq!(b.key(&key("k")).await.unwrap(), KeyUse::Same(reply("made")));
    assert_eq!(b.journal(new.booking.id, 0).await.unwrap(), []);
    let taken = b.quote(&new.quote.tenant, new.quote.id).await.unwrap().unwrap();
    assert_eq!(taken, Quote { taken_by: Some(new.booking.id), ..new.quote });
}

/// Same key and body: the first answer, and nothing is made. Other body: refused. Routes and tenants are apart.
pub async fn a_key_has_one_answer([a, b]: &Handles) {
    let (first, second) = (New::put(&**a).await, New::put(&**a).await);
    assert_eq!(a.key(&key("k")).await.unwrap(), KeyUse::New);
    done(first.insert(&**a, &key("k"), &reply("first")).await);
    let repeated = second.insert(&**b, &key("k"), &reply("second")).await;
    assert_eq!(repeated.unwrap(), Inserted::SameKey(reply("first")));
    let other_body = ClientKey { fingerprint: [9; 32], ..key("k") };
    assert_eq!(second.insert(&**b, &other_body, &reply("second")).await.unwrap(), Inserted::KeyReused);
    assert_eq!(b.key(&other_body).await.unwrap(), KeyUse::Reused);
    second.is_not_made(&**a).await;
    let other_route = ClientKey { route: "pay".to_owned(), ..key("k") };
    assert_eq!(a.key(&other_route).await.unwrap(), KeyUse::New);
    let other_tenant = ClientKey { tenant: TenantId::new("other").unwrap(), ..key("k") };
    assert_eq!(a.key(&other_tenant).await.unwrap(), KeyUse::New);
    done(second.insert(&**a, &other_route, &reply("second")).await);
}

/// A taken quote names its booking; another tenant's is not found. Neither leaves anything behind.
pub async fn a_quote_makes_one_booking([a, b]: &Handles) {
    let first = New::put(&**a).await;
    done(first.insert(&**a, &key("1"), &reply("")).await);
    let second = New::of(first.quote.clone());
    let taken = second.insert(&**b, &key("2"), &reply("")).await;
    assert_eq!(taken.unwrap(), Inserted::QuoteTaken(first.booking.id));
    assert_eq!(b.key(&key("2")).await.unwrap(), KeyUse::New);
    is(StoreErrorKind::NotFound, b.load(second.booking.id).await);

    let mut thief = New::put(&**a).await;
    thief.booking.tenant = TenantId::new("other").unwrap();
    is(StoreErrorKind::NotFound, thief.insert(&**a, &key("3"), &reply("")).await);
    assert_eq!(b.key(&key("3")).await.unwrap(), KeyUse::New);
    thief.is_not_made(&**b).await;
}

/// Of many requests with one key at once, one makes a booking and the others get its answer.
pub async fn of_many_with_one_key_one_wins(handles: &Handles) {
    let crowd = New::put_many(handles).await;
    let (key, reply) = (key("k"), reply("made"));
    let calls = crowd.iter().zip(handles.iter().cycle()).map(|(new, on)| new.insert(&**on, &key, &reply));
    let made: Vec<Inserted> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(made.iter().filter(|one| matches!(one, Inserted::Done(_))).count(), 1, "{made:?}");
    let same = Inserted::SameKey(reply.clone());
    assert_eq!(made.iter().filter(|one| **one == same).count(), CROWD - 1, "{made:?}");
}

/// Of many bookings of one quote at once, one is made and the others learn which.
pub async fn of_many_with_one_quote_one_wins(handles: &Handles) {
    let first = New::put(&*handles[0]).await;
    let crowd: Vec<_> =
        (0..CROWD).map(|n| (New::of(first.quote.clone()), key(&n.to_string()), reply(""))).collect();
    let calls =
        crowd.iter().zip(handles.iter().cycle()).map(|((new, key, reply), on)| new.insert(&**on, key, reply));
    let made: Vec<Inserted> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
    let winners: Vec<BookingId> = made
        .iter()
        .zip(&crowd)
        .filter(|(one, _)| matches!(one, Inserted::Done(_)))
        .map(|(_, (new, ..))| new.booking.id)
        .collect();
    assert_eq!(winners.len(), 1, "{made:?}");
    let taken = Inserted::QuoteTaken(winners[0]);
    assert_eq!(made.iter().filter(|one| **one == taken).count(), CROWD - 1, "{made:?}");
}

/// One commit writes the state, the journal and the answer to a key; the journal is read from any entry on.
pub async fn a_transition_is_committed_whole([a, b]: &Handles) {
    let (mut booking, version) = New::make(&**a).await;
    booking.status = BookingStatus::Paid;
    let amount = booking.price.total;
    let step = Step {
        journal: vec![entry(1), entry(2)],
        payments: vec![PaymentMovement { kind: "AUTHORIZED", amount, gateway_id: Some("pay_1".to_owned()) }],
        reply: Some((key("pay"), reply("paid"))),
        ..Step::default()
    };
    let second = step.commit(&**a, &booking, version, None, START).await.unwrap();
    assert!(version < second);
    assert_eq!(b.load(booking.id).await.unwrap(), (booking.clone(), second));
    assert_eq!(b.key(&key("pay")).await.unwrap(), KeyUse::Same(reply("paid")));
    let third = Step { journal: vec![entry(3)], ..Step::default() };
    third.commit(&**b, &booking, second, None, START).await.unwrap();
    assert_eq!(a.journal(booking.id, 0).await.unwrap(), [entry(1), entry(2), entry(3)]);
    assert_eq!(a.journal(booking.id, 2).await.unwrap(), [entry(3)]);
    assert_eq!(a.journal(booking.id, 3).await.unwrap(), []);
}

/// Of many commits on one version at once, one is written.
pub async fn of_many_commits_one_wins(handles: &Handles) {
    let (booking, version) = New::make(&*handles[0]).await;
    let steps: Vec<Step> = (0..CROWD)
        .map(|at| Step { journal: vec![JournalEntry { at: later(at), ..entry(1) }], ..Step::default() })
        .collect();
    let calls = steps
        .iter()
        .zip(handles.iter().cycle())
        .map(|(step, on)| step.commit(&**on, &booking, version, None, START));
    let made = join_all(calls).await;
    assert_eq!(made.iter().filter(|one| one.is_ok()).count(), 1, "{made:?}");
    for lost in made.iter().filter_map(|one| one.as_ref().err()) {
        assert_eq!(lost.kind, StoreErrorKind::Conflict, "{lost:?}");
    }
    let winner = made.iter().position(Result::is_ok).unwrap();
    assert_eq!(handles[1].journal(booking.id, 0).await.unwrap(), steps[winner].journal);
}

/// A stale version, a repeated journal entry, a used key: each is a conflict, and nothing of the step is there.
pub async fn a_failed_transition_leaves_nothing([a, b]: &Handles) {
    let (before, first) = New::make(&**a).await;
    let used = Step {
        journal: vec![entry(1)],
        reply: Some((key("used"), reply("before"))),
        due_at: Some(later(9)),
        ..Step::default()
    };
    let version = used.commit(&**a, &before, first, None, START).await.unwrap();

    let after = Booking { status: BookingStatus::Paid, ..before.clone() };
    let new_key = || Some((key("new"), reply("after")));
    let due = Step { due_at: Some(START), ..Step::default() };
    for (what, on, step) in [
        ("stale version", first, Step { journal: vec![entry(2)], reply: new_key(), ..due.clone() }),
        (
            "repeated entry",
            version,
            Step { journal: vec![entry(2), entry(1)], reply: new_key(), ..due.clone() },
        ),
        (
            "used key",
            version,
            Step { journal: vec![entry(2)], reply: Some((key("used"), reply("after"))), ..due.clone() },
        ),
    ] {
        let refused = step.commit(&**a, &after, on, None, START).await.unwrap_err();
        assert_eq!(refused.kind, StoreErrorKind::Conflict, "{what}: {refused:?}");
        assert_eq!(b.load(before.id).await.unwrap(), (before.clone(), version), "{what}");
        assert_eq!(b.journal(before.id, 0).await.unwrap(), [entry(1)], "{what}");
        assert_eq!(b.key(&key("new")).await.unwrap(), KeyUse::New, "{what}");
        assert_eq!(b.key(&key("used")).await.unwrap(), KeyUse::Same(reply("before")), "{what}");
        assert!(claim_due(&**b, START, 9).await.is_empty(), "{what}: due");
    }
}

/// A ticket may change its state, never its holder.
pub async fn a_ticket_is_one_travelers([a, b]: &Handles) {
    let ticket = ItemTicket {
        traveler: TravelerRef(0),
        number: TicketNumber::new("1262400000001").unwrap(),
        conjunction_of: None,
        coupons: 2,
        issued_at: START,
        voided: false,
    };
    let (mut booking, version) = New::make(&**a).await;
    booking.items[0].tickets = vec![ticket.clone()];
    let version = Step::default().commit(&**a, &booking, version, None, START).await.unwrap();
    booking.items[0].tickets[0].voided = true;
    Step::default().commit(&**a, &booking, version, None, START).await.unwrap();
    assert!(b.load(booking.id).await.unwrap().0.items[0].tickets[0].voided);

    let (before, version) = New::make(&**a).await;
    let mut other = before.clone();
    other.items[0].tickets = vec![ticket];
    let step = Step { journal: vec![entry(1)], ..Step::default() };
    is(StoreErrorKind::Corrupt, step.commit(&**b, &other, version, None, START).await);
    assert_eq!(b.load(before.id).await.unwrap(), (before.clone(), version));
    assert_eq!(b.journal(before.id, 0).await.unwrap(), []);
}

/// A lease holds before its end and not at it, by the time that the caller gives, however that moves.
pub async fn a_lease_ends_by_the_time_given([a, b]: &Handles) {
    let (booking, _) = New::make(&**a).await;
    let claim = claim(&**a, booking.id, START).await.unwrap();
    assert_eq!((&claim.booking, claim.lease_until), (&booking, START.plus(LEASE)));
    let last = Timestamp::from_micros(claim.lease_until.as_micros() - 1);
    assert!(self::claim(&**b, booking.id, last).await.is_none());
    is(StoreErrorKind::Conflict, commit_claim(&**a, &claim, claim.lease_until).await);
    let version = commit_claim(&**a, &claim, last).await.unwrap();
    assert!(claim.version < version);

    let longer = claim.lease_until.plus(SECOND);
    a.extend(booking.id, claim.fence, longer).await.unwrap();
    a.extend(booking.id, claim.fence, START).await.unwrap(); // never shorter
    assert!(self::claim(&**b, booking.id, claim.lease_until).await.is_none());
    let next = self::claim(&**b, booking.id, longer).await.unwrap();
    assert_eq!((next.version, next.fence > claim.fence), (version, true));
}

/// After a later claim the earlier worker can do nothing, even at a time within its own lease.
pub async fn an_old_fence_writes_nothing([a, b]: &Handles) {
    let (booking, version) = New::make(&**a).await;
    let old = claim(&**a, booking.id, START).await.unwrap();
    let new = claim(&**b, booking.id, old.lease_until).await.unwrap();
    is(StoreErrorKind::Conflict, commit_claim(&**a, &old, START).await);
    is(StoreErrorKind::Conflict, a.extend(booking.id, old.fence, later(999)).await);
    a.release(booking.id, old.fence).await.unwrap();
    assert_eq!(b.load(booking.id).await.unwrap(), (booking.clone(), version));
    commit_claim(&**b, &new, old.lease_until).await.unwrap();

    // A customer's request holds no claim; the worker's next commit meets its version.
    let request = Step { journal: vec![entry(2)], ..Step::default() };
    let (booking, version) = a.load(booking.id).await.unwrap();
    request.commit(&**a, &booking, version, None, old.lease_until).await.unwrap();
    let stale = Claim { version, ..new };
    is(StoreErrorKind::Conflict, commit_claim(&**b, &stale, old.lease_until).await);
}

/// A released row is free at once, and its former claim proves nothing.
pub async fn a_released_claim_is_over([a, b]: &Handles) {
    let (booking, _) = New::make(&**a).await;
    let first = claim(&**a, booking.id, START).await.unwrap();
    a.release(booking.id, first.fence).await.unwrap();
    is(StoreErrorKind::Conflict, commit_claim(&**a, &first, START).await);
    is(StoreErrorKind::Conflict, a.extend(booking.id, first.fence, later(999)).await);
    let second = claim(&**b, booking.id, START).await.unwrap();
    assert!(first.fence < second.fence);
    commit_claim(&**b, &second, START).await.unwrap();
}

/// What is due at `now` and not leased, oldest first, no more than asked for; it comes again when its lease is over.
pub async fn due_work_is_claimed_oldest_first([a, b]: &Handles) {
    let mut by_due = Vec::new();
    for due in [Some(later(3)), Some(later(1)), None, Some(later(4)), Some(later(2))] {
        let (booking, version) = New::make(&**a).await;
        let step = Step { due_at: due, ..Step::default() };
        step.commit(&**a, &booking, version, None, START).await.unwrap();
        by_due.extend(due.map(|due| (due, booking.id)));
    }
    by_due.sort();
    let ids: Vec<BookingId> = by_due.into_iter().map(|(_, id)| id).collect();
    assert_eq!(claim_due(&**b, START, 9).await, []);
    assert_eq!(claim_due(&**b, later(3), 2).await, ids[..2]);
    assert_eq!(claim_due(&**a, later(3), 9).await, ids[2..3]);
    assert_eq!(claim_due(&**b, later(3), 9).await, []);
    assert_eq!(claim_due(&**b, later(3).plus(LEASE), 9).await, ids);
    assert_eq!(claim_due(&**b, later(999), 0).await, []);
}

/// Workers that claim at once share the work, and no row is two's.
pub async fn due_work_is_claimed_once(handles: &Handles) {
    let mut due = BTreeSet::new();
    for _ in 0..CROWD {
        let (booking, version) = New::make(&*handles[0]).await;
        let step = Step { due_at: Some(START), ..Step::default() };
        step.commit(&*handles[0], &booking, version, None, START).await.unwrap();
        due.insert(booking.id);
    }
    let calls = (0..CROWD).zip(handles.iter().cycle()).map(|(_, on)| claim_due(&**on, START, 3));
    let claimed: Vec<BookingId> = join_all(calls).await.into_iter().flatten().collect();
    assert_eq!(claimed.len(), CROWD);
    assert_eq!(BTreeSet::from_iter(claimed), due);

    let calls =
        (0..CROWD).zip(handles.iter().cycle()).map(|(_, on)| claim(&**on, *due.first().unwrap(), later(999)));
    assert_eq!(join_all(calls).await.into_iter().flatten().count(), 1);
}

/// The sweeper sees what has been due since before a time, oldest first, claimed or not.
pub async fn overdue_work_is_listed([a, b]: &Handles) {
    let mut ids = Vec::new();
    for due in [later(2), later(1), later(5)] {
        let (booking, version) = New::make(&**a).await;
        let step = Step { due_at: Some(due), ..Step::default() };
        step.commit(&**a, &booking, version, None, START).await.unwrap();
        ids.push(booking.id);
    }
    assert_eq!(b.overdue(later(5), 9).await.unwrap(), [ids[1], ids[0]]);
    assert_eq!(b.overdue(later(5), 1).await.unwrap(), [ids[1]]);
    assert_eq!(b.overdue(later(1), 9).await.unwrap(), []);
}

/// Erasing waits for open work, forgets the persons, and leaves booking and journal.
pub async fn a_party_is_erased_once_work_is_over([a, b]: &Handles) {
    let (mut booking, mut version) = New::make(&**a).await;
    let started = Started { command: Command::VoidPayment, at: START, send_before: later(1), fence: 1 };
    let review = Booking { status: BookingStatus::NeedsReview, ..booking.clone() };
    let open = Booking { open: Some(started), ..booking.clone() };
    booking.status = BookingStatus::Expired;
    for (booking, due_at) in [(&booking, Some(later(9))), (&review, None), (&open, None)] {
        let step = Step { due_at, ..Step::default() };
        version = step.commit(&**a, booking, version, None, START).await.unwrap();
        is(StoreErrorKind::Conflict, b.erase_party(booking.id).await);
        assert!(b.party(booking.id).await.unwrap().is_some());
    }
    let over = Step { journal: vec![entry(1)], ..Step::default() };
    let version = over.commit(&**a, &booking, version, None, START).await.unwrap();
    b.erase_party(booking.id).await.unwrap();
    assert_eq!(a.party(booking.id).await.unwrap(), None);
    b.erase_party(booking.id).await.unwrap();
    assert_eq!(a.load(booking.id).await.unwrap(), (booking.clone(), version));
    assert_eq!(a.journal(booking.id, 0).await.unwrap(), [entry(1)]);
}

/// Calls on a booking that does not exist say so.
pub async fn what_is_not_there_is_not_found([a, _]: &Handles) {
    a.ping().await.unwrap();
    let booking = New::of(samples::quote(quote_id())).booking;
    let id = booking.id;
    is(StoreErrorKind::NotFound, a.load(id).await);
    is(StoreErrorKind::NotFound, a.claim(id, "worker", START, LEASE).await);
    is(StoreErrorKind::NotFound, a.erase_party(id).await);
    is(StoreErrorKind::NotFound, Step::default().commit(&**a, &booking, Version(1), None, START).await);
    assert_eq!(a.party(id).await.unwrap(), None);
    assert_eq!(a.journal(id, 0).await.unwrap(), []);
    a.release(id, Fence(1)).await.unwrap();
}

/// A booking to be made, and the quote for it.
struct New {
    quote: Quote,
    booking: Booking,
}

impl New {
    fn of(quote: Quote) -> Self {
        let booking = samples::booking(BookingId::random(&SystemRandomness), &quote);
        Self { quote, booking }
    }

    /// With its quote stored.
    async fn put(store: &dyn BookingStore) -> Self {
        let new = Self::of(samples::quote(quote_id()));
        store.put_quote(&new.quote).await.unwrap();
        new
    }

    async fn put_many(handles: &Handles) -> Vec<Self> {
        join_all((0..CROWD).zip(handles.iter().cycle()).map(|(_, on)| Self::put(&**on))).await
    }

    /// Made, with no work due.
    async fn make(store: &dyn BookingStore) -> (Booking, Version) {
        let new = Self::put(store).await;
        let version = done(new.insert(store, &key(&new.booking.id.to_string()), &reply("")).await);
        (new.booking, version)
    }

    async fn insert(
        &self,
        store: &dyn BookingStore,
        key: &ClientKey,
        reply: &StoredReply,
    ) -> Result<Inserted, StoreError> {
        let new = NewBooking {
            booking: &self.booking,
            party: &samples::party(),
            quote: self.quote.id,
            due_at: None,
        };
        store.insert(&new, key, reply).await
    }

    async fn is_not_made(&self, store: &dyn BookingStore) {
        is(StoreErrorKind::NotFound, store.load(self.booking.id).await);
        assert_eq!(store.party(self.booking.id).await.unwrap(), None);
        let quote = store.quote(&self.quote.tenant, self.quote.id).await.unwrap();
        assert_eq!(quote.unwrap().taken_by, None);
    }
}

/// What goes with a new state.
#[derive(Clone, Default)]
struct Step {
    journal: Vec<JournalEntry>,
    payments: Vec<PaymentMovement>,
    due_at: Option<Timestamp>,
    reply: Option<(ClientKey, StoredReply)>,
}

impl Step {
    async fn commit(
        &self,
        store: &dyn BookingStore,
        booking: &Booking,
        version: Version,
        fence: Option<Fence>,
        now: Timestamp,
    ) -> Result<Version, StoreError> {
        let transition = Transition {
            booking,
            journal: &self.journal,
            payments: &self.payments,
            due_at: self.due_at,
            reply: self.reply.as_ref().map(|(key, reply)| (key, reply)),
        };
        store.commit(version, fence, now, &transition).await
    }
}

async fn claim(store: &dyn BookingStore, id: BookingId, now: Timestamp) -> Option<Claim> {
    store.claim(id, "worker", now, LEASE).await.unwrap()
}

async fn claim_due(store: &dyn BookingStore, now: Timestamp, max: u32) -> Vec<BookingId> {
    let claims = store.claim_due("worker", now, LEASE, max).await.unwrap();
    claims.into_iter().map(|claim| claim.booking.id).collect()
}

async fn commit_claim(
    store: &dyn BookingStore,
    claim: &Claim,
    now: Timestamp,
) -> Result<Version, StoreError> {
    Step::default().commit(store, &claim.booking, claim.version, Some(claim.fence), now).await
}

fn quote_id() -> QuoteId {
    QuoteId::random(&SystemRandomness)
}

fn key(key: &str) -> ClientKey {
    let tenant = TenantId::new("demo").unwrap();
    ClientKey { tenant, route: "book".to_owned(), key: key.to_owned(), fingerprint: [7; 32] }
}

fn reply(body: &str) -> StoredReply {
    StoredReply { status: 201, body: body.to_owned() }
}

fn entry(seq: u32) -> JournalEntry {
    JournalEntry { seq, at: START, event: Event::Sent }
}

fn later(seconds: usize) -> Timestamp {
    START.plus(SECOND * u32::try_from(seconds).unwrap())
}

#[track_caller]
fn done(inserted: Result<Inserted, StoreError>) -> Version {
    match inserted.unwrap() {
        Inserted::Done(version) => version,
        other => panic!("not made: {other:?}"),
    }
}

#[track_caller]
fn is<T: std::fmt::Debug>(kind: StoreErrorKind, result: Result<T, StoreError>) {
    assert_eq!(result.unwrap_err().kind, kind);
}
