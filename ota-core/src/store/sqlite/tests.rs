mod crash;

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::future::join_all;

use super::*;
use crate::booking::command::Event;
use crate::booking::model::ItemTicket;
use crate::error::chain;
use crate::keys::{KEY_BYTES, KeyId, KeyRing};
use crate::model::itinerary::Slice;
use crate::model::order::TicketNumber;
use crate::model::passenger::TravelerRef;
use crate::model::place::CountryCode;
use crate::model::traveler::{Contact, DocumentKind, PersonName, TravelDocument};
use crate::runtime::SystemRandomness;
use crate::store::PaymentMovement;
use crate::testing::clock::START;
use crate::testing::samples;
use crate::testing::store_suite::{self, Handles};

#[tokio::test]
async fn memory_is_a_booking_store() {
    store_suite::all(async || {
        let store = Arc::new(SqliteBookingStore::in_memory(sealer()).await.unwrap());
        handles(Arc::clone(&store), store)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_opened_twice_is_a_booking_store() {
    let folder = tempfile::tempdir().unwrap();
    let files = std::cell::Cell::new(0);
    store_suite::all(async || {
        files.set(files.get() + 1);
        let path: PathBuf = folder.path().join(format!("{}.db", files.get()));
        handles(Arc::new(open(&path).await), Arc::new(open(&path).await))
    })
    .await;
}

#[tokio::test]
async fn a_restart_finds_everything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ota.db");
    let store = open(&path).await;
    let (booking, version) = make(&store, &samples::party()).await;
    store.close().await;
    is(StoreErrorKind::Unavailable, store.load(booking.id).await);

    let store = open(&path).await;
    assert_eq!(store.load(booking.id).await.unwrap(), (booking.clone(), version));
    assert_eq!(store.party(booking.id).await.unwrap(), Some(samples::party()));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_may_make_the_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..20 {
        let path = folder.path().join(format!("{round}.db"));
        for opened in join_all((0..4).map(|_| SqliteBookingStore::open(&path, sealer()))).await {
            opened.unwrap().ping().await.unwrap();
        }
    }
}

#[tokio::test]
async fn every_connection_is_set_up_for_durability() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("ota.db")).await;
    for pool in [&store.writer, &store.readers] {
        let (journal,): (String,) = sqlx::query_as("PRAGMA journal_mode").fetch_one(pool).await.unwrap();
        assert_eq!(journal, "wal");
        let settings = [("PRAGMA synchronous", 2), ("PRAGMA foreign_keys", 1), ("PRAGMA secure_delete", 1)];
        for (pragma, wanted) in settings {
            let (set,): (i64,) = sqlx::query_as(pragma).fetch_one(pool).await.unwrap();
            assert_eq!(set, wanted, "{pragma}");
        }
    }
    let refused = sqlx::query("DELETE FROM quotes").execute(&store.readers).await;
    assert!(refused.is_err(), "readers do not write");
}

#[tokio::test]
async fn a_rotated_key_opens_old_rows_and_a_lost_one_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ota.db");
    let with = async |current, keys: &[u16]| {
        let store = SqliteBookingStore::open(&path, sealer_of(current, keys)).await.unwrap();
        let made = make(&store, &samples::party()).await.0;
        (store, made)
    };
    let (first, old) = with(1, &[1]).await;
    first.close().await;
    let (rotated, new) = with(2, &[1, 2]).await;
    assert_eq!(rotated.party(old.id).await.unwrap(), Some(samples::party()));
    let sealed = sealed(&rotated, new.id).await;
    assert_eq!(sealed[1..3], [0, 2], "sealed by the current key");
    rotated.close().await;
    let (lost, _) = with(2, &[2]).await;
    assert_eq!(lost.party(new.id).await.unwrap(), Some(samples::party()));
    let error = lost.party(old.id).await.unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Corrupt);
    assert!(chain(&error).contains("key 1, which is not configured"), "{}", chain(&error));
    assert!(lost.load(old.id).await.is_ok(), "only the persons are lost");
}

#[tokio::test]
async fn no_personal_data_is_in_the_files() {
    let planted = Planted::default();
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("ota.db")).await;
    let (mut booking, mut version) = make(&store, &planted.party()).await;
    for status in [BookingStatus::Paid, BookingStatus::PendingTicket, BookingStatus::Ticketed] {
        booking.status = status;
        booking.items[0].tickets = vec![ticket("1262400000001")];
        version = commit(&store, &booking, version).await.unwrap();
    }
    planted.is_nowhere_in(folder.path()); // the write-ahead log is still there
    assert_eq!(store.party(booking.id).await.unwrap(), Some(planted.party()));
    store.close().await;
    planted.is_nowhere_in(folder.path());
}

#[tokio::test]
async fn what_is_erased_is_not_even_there_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("ota.db")).await;
    let (booking, version) = make(&store, &samples::party()).await;
    let sealed = sealed(&store, booking.id).await;
    assert!(contains(folder.path(), &sealed));
    commit(&store, &booking, version).await.unwrap();
    store.erase_party(booking.id).await.unwrap();
    assert!(!contains(folder.path(), &sealed));
}

#[tokio::test]
async fn a_sealed_row_opens_on_its_own_booking_only() {
    let store = SqliteBookingStore::in_memory(sealer()).await.unwrap();
    let (mine, _) = make(&store, &samples::party()).await;
    let (other, _) = make(&store, &Planted::default().party()).await;
    sqlx::query("UPDATE travelers SET sealed = ? WHERE booking_id = ?")
        .bind(sealed(&store, mine.id).await)
        .bind(other.id.to_string())
        .execute(&store.writer)
        .await
        .unwrap();
    is(StoreErrorKind::Corrupt, store.party(other.id).await);
    assert!(store.party(mine.id).await.unwrap().is_some());
}

#[tokio::test]
async fn damaged_rows_are_corrupt_and_do_not_stop_others() {
    for damage in [
        "UPDATE bookings SET body = '{', due_at = 0 WHERE id = ?",
        "UPDATE bookings SET body = '{}', due_at = 0 WHERE id = ?",
        "UPDATE bookings SET schema = 99, due_at = 0 WHERE id = ?",
        "UPDATE bookings SET body = CAST(x'ff' AS TEXT), due_at = 0 WHERE id = ?",
    ] {
        let store = SqliteBookingStore::in_memory(sealer()).await.unwrap();
        let (damaged, _) = make(&store, &samples::party()).await;
        let (whole, version) = make(&store, &samples::party()).await;
        commit_due(&store, &whole, version, Some(START)).await.unwrap();
        sqlx::query(damage).bind(damaged.id.to_string()).execute(&store.writer).await.unwrap();
        is(StoreErrorKind::Corrupt, store.load(damaged.id).await);
        is(StoreErrorKind::Corrupt, store.erase_party(damaged.id).await);
        let claims = store.claim_due("worker", START, Duration::from_secs(60), 9).await.unwrap();
        let claimed: Vec<BookingId> = claims.iter().map(|claim| claim.booking.id).collect();
        assert_eq!(claimed, [whole.id], "{damage}");
        let later = START.plus(Duration::from_secs(60));
        is(StoreErrorKind::Corrupt, store.claim(damaged.id, "worker", later, Duration::from_secs(60)).await);
    }
    for damage in [
        "UPDATE travelers SET sealed = x'' WHERE booking_id = ?",
        "UPDATE travelers SET sealed = x'010001' WHERE booking_id = ?",
        "UPDATE travelers SET sealed = zeroblob(99) WHERE booking_id = ?",
        "UPDATE travelers SET schema = 99 WHERE booking_id = ?",
    ] {
        let store = SqliteBookingStore::in_memory(sealer()).await.unwrap();
        let (booking, _) = make(&store, &samples::party()).await;
        sqlx::query(damage).bind(booking.id.to_string()).execute(&store.writer).await.unwrap();
        is(StoreErrorKind::Corrupt, store.party(booking.id).await);
    }
}

#[tokio::test]
async fn journal_payments_and_segments_only_grow() {
    let store = SqliteBookingStore::in_memory(sealer()).await.unwrap();
    let (mut booking, version) = make(&store, &samples::party()).await;
    let version = commit(&store, &booking, version).await.unwrap();
    assert_eq!(count(&store, "SELECT count(*) FROM booking_segments").await, 2, "nothing changed");
    let mut slice = Slice::clone(&samples::offer("alpha-1", "SQ", 1).itinerary.slices[0]);
    slice.segments[0].minutes = Some(440);
    samples::flights_of(&mut booking.items[0].solution.offer).itinerary.slices[0] = Arc::new(slice);
    commit(&store, &booking, version).await.unwrap();
    assert_eq!(count(&store, "SELECT count(*) FROM booking_segments").await, 3);
    let latest =
        "SELECT count(*) FROM booking_segments WHERE version = 3 AND segment = 0 AND flight = 'SQ874'";
    assert_eq!(count(&store, latest).await, 1);
    let moved =
        "SELECT count(*) FROM payments WHERE kind = 'AUTHORIZED' AND minor = 50000 AND currency = 'USD'";
    assert_eq!(count(&store, moved).await, 2);
    for change in [
        "UPDATE journal SET at = 0",
        "DELETE FROM journal",
        "UPDATE payments SET minor = 0",
        "DELETE FROM payments",
        "UPDATE booking_segments SET flight = NULL",
        "DELETE FROM booking_segments",
    ] {
        let refused = sqlx::query(change).execute(&store.writer).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{change}: {refused}");
    }
}

#[tokio::test]
async fn only_our_databases_are_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ota.db");
    let store = open(&path).await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'of a newer version', 1, x'00', 0)",
    )
    .execute(&store.writer)
    .await
    .unwrap();
    store.close().await;
    is(StoreErrorKind::Corrupt, SqliteBookingStore::open(&path, sealer()).await);
    std::fs::write(&path, "not a database, and long enough to have a header of one hundred bytes ".repeat(9))
        .unwrap();
    is(StoreErrorKind::Corrupt, SqliteBookingStore::open(&path, sealer()).await);
    let nowhere = folder.path().join("no folder").join("ota.db");
    is(StoreErrorKind::Unavailable, SqliteBookingStore::open(&nowhere, sealer()).await);
}

/// Words that must not be readable in any file, and one that must be, to show that looking works.
struct Planted {
    personal: [&'static str; 5],
    control: &'static str,
}

impl Default for Planted {
    fn default() -> Self {
        Self {
            personal: ["PLANTEDGIVEN", "PLANTEDSURNAME", "X7654321", "planted@example.org", "+6281234567890"],
            control: "the stored reply",
        }
    }
}

impl Planted {
    fn party(&self) -> Party {
        let [given, surname, document, email, phone] = self.personal.map(|word| word.to_owned().into());
        let mut party = samples::party();
        let traveler = &mut party.travelers[0];
        traveler.name = PersonName { given: Some(given), surname, title: None };
        traveler.document = Some(TravelDocument {
            kind: DocumentKind::Passport,
            number: document,
            issued_by: CountryCode::new("ID").unwrap(),
            nationality: CountryCode::new("ID").unwrap(),
            expires: jiff::civil::date(2031, 1, 31),
        });
        party.contact = Contact { email, phone: Some(phone) };
        party
    }

    #[track_caller]
    fn is_nowhere_in(&self, folder: &Path) {
        assert!(contains(folder, self.control.as_bytes()));
        for word in self.personal {
            assert!(!contains(folder, word.as_bytes()), "{word}");
        }
    }
}

/// Whether any file of a folder holds these bytes.
fn contains(folder: &Path, bytes: &[u8]) -> bool {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    files.into_iter().any(|file| file.windows(bytes.len()).any(|window| window == bytes))
}

async fn sealed(store: &SqliteBookingStore, id: BookingId) -> Vec<u8> {
    let row: (Vec<u8>,) = sqlx::query_as("SELECT sealed FROM travelers WHERE booking_id = ?")
        .bind(id.to_string())
        .fetch_one(&store.readers)
        .await
        .unwrap();
    row.0
}

async fn count(store: &SqliteBookingStore, query: &'static str) -> i64 {
    let row: (i64,) = sqlx::query_as(query).fetch_one(&store.readers).await.unwrap();
    row.0
}

async fn make(store: &SqliteBookingStore, party: &Party) -> (Booking, Version) {
    let quote = samples::quote(QuoteId::random(&SystemRandomness));
    let booking = samples::booking(BookingId::random(&SystemRandomness), &quote);
    store.put_quote(&quote).await.unwrap();
    let new = NewBooking { booking: &booking, party, quote: quote.id, due_at: None };
    let key = ClientKey {
        tenant: booking.tenant.clone(),
        route: "book".to_owned(),
        key: booking.id.to_string(),
        fingerprint: [7; 32],
    };
    let reply = StoredReply { status: 201, body: Planted::default().control.to_owned() };
    match store.insert(&new, &key, &reply).await.unwrap() {
        Inserted::Done(version) => (booking, version),
        other => panic!("not made: {other:?}"),
    }
}

/// Commits a state with one more journal entry and one movement of money.
async fn commit(
    store: &SqliteBookingStore,
    booking: &Booking,
    version: Version,
) -> Result<Version, StoreError> {
    commit_due(store, booking, version, None).await
}

async fn commit_due(
    store: &SqliteBookingStore,
    booking: &Booking,
    version: Version,
    due_at: Option<Timestamp>,
) -> Result<Version, StoreError> {
    let seq = u32::try_from(version.0).unwrap();
    let movement = PaymentMovement { kind: "AUTHORIZED", amount: booking.price.total, gateway_id: None };
    let transition = Transition {
        booking,
        journal: &[JournalEntry { seq, at: START, event: Event::Sent }],
        payments: &[movement],
        due_at,
        reply: None,
    };
    store.commit(version, None, START, &transition).await
}

fn ticket(number: &str) -> ItemTicket {
    ItemTicket {
        traveler: TravelerRef(0),
        number: TicketNumber::new(number).unwrap(),
        conjunction_of: None,
        coupons: 2,
        issued_at: START,
        voided: false,
    }
}

#[track_caller]
fn is<T: std::fmt::Debug>(kind: StoreErrorKind, result: Result<T, StoreError>) {
    assert_eq!(result.unwrap_err().kind, kind);
}

fn handles(a: Arc<SqliteBookingStore>, b: Arc<SqliteBookingStore>) -> Handles {
    [a, b]
}

async fn open(path: &Path) -> SqliteBookingStore {
    SqliteBookingStore::open(path, sealer()).await.unwrap()
}

fn sealer() -> Sealer {
    sealer_of(1, &[1])
}

/// A sealer with these keys; a key is its id all over.
fn sealer_of(current: u16, ids: &[u16]) -> Sealer {
    let key = |id: &u16| (KeyId(*id), [id.to_be_bytes()[1]; KEY_BYTES]);
    let keys = KeyRing::new(KeyId(current), ids.iter().map(key)).unwrap();
    Sealer::new(keys, Arc::new(SystemRandomness))
}
