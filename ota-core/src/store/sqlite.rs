//! The embedded store: one SQLite file, or memory for tests.
//!
//! Write-ahead log, full synchronisation (an acknowledged commit survives a power cut), foreign keys. All writes of
//! a process take turns on one connection and begin as writes, so two never meet half-way; another process's
//! write is waited for. Reads have connections of their own and wait for nobody.

mod rows;

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Executor as _, Sqlite, SqlitePool, Transaction as SqlTransaction};

use super::body;
use super::seal::{Place, Sealer};
use super::{
    BookingStore, Claim, ClientKey, Fence, Inserted, KeyUse, NewBooking, StoreError, StoreErrorKind,
    StoredReply, Transition, Version,
};
use crate::booking::command::JournalEntry;
use crate::booking::model::{Booking, BookingStatus, Quote};
use crate::model::id::{BookingId, QuoteId, TenantId};
use crate::model::time::Timestamp;
use crate::model::traveler::Party;
use rows::{ClaimRow, failed};

/// Connections that read.
pub const READERS_MAX: u32 = 4;
/// How long a call waits for a connection of the pool.
pub const ACQUIRE_MAX: Duration = Duration::from_secs(10);
/// How long a write waits for another process's.
pub const BUSY_MAX: Duration = Duration::from_secs(10);

/// Tries to open a file that others are making, with [`OPEN_PAUSE`] between them: about [`BUSY_MAX`] in all.
pub const OPEN_TRIES_MAX: u32 = 500;
/// Between two tries to open a file.
pub const OPEN_PAUSE: Duration = Duration::from_millis(20);

/// A transaction that begins as a read fails at its first write when another has written meanwhile.
const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";

/// Bookings in SQLite.
#[derive(Debug)]
pub struct SqliteBookingStore {
    writer: SqlitePool,
    readers: SqlitePool,
    sealer: Sealer,
}

impl SqliteBookingStore {
    /// Opens a database file, makes it where there is none (in a folder that exists), and brings its tables up.
    ///
    /// # Errors
    /// `Unavailable` if the file cannot be opened, `Corrupt` if it is no database of ours or a newer version's.
    pub async fn open(path: &Path, sealer: Sealer) -> Result<Self, StoreError> {
        let options = options()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_MAX);
        let writer = first(&options).await?;
        migrate(&writer).await?;
        let readers = pool(READERS_MAX, options.pragma("query_only", "ON")).await?;
        Ok(Self { writer, readers, sealer })
    }

    /// A new database in memory, gone with the store: for tests.
    ///
    /// # Errors
    /// `Unavailable` if there is no memory for it.
    pub async fn in_memory(sealer: Sealer) -> Result<Self, StoreError> {
        // Each connection to memory is a database of its own, so reads share the only one.
        let writer = pool(1, options().in_memory(true)).await?;
        migrate(&writer).await?;
        Ok(Self { readers: writer.clone(), writer, sealer })
    }

    /// Waits for running calls and closes the file; later calls are `Unavailable`.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    async fn begin(&self, call: &'static str) -> Result<SqlTransaction<'static, Sqlite>, StoreError> {
        self.writer.begin_with(BEGIN_WRITE).await.map_err(failed(call))
    }
}

fn options() -> SqliteConnectOptions {
    // What is erased is overwritten, not only unlinked.
    SqliteConnectOptions::new().foreign_keys(true).pragma("secure_delete", "ON")
}

/// The connection that turns a new file to the write-ahead log. That takes a lock which SQLite does not wait for, so
/// where others make the same file it is tried again.
async fn first(options: &SqliteConnectOptions) -> Result<SqlitePool, StoreError> {
    let mut tries = 1;
    loop {
        match pool(1, options.clone()).await {
            Err(error) if tries < OPEN_TRIES_MAX && rows::is_busy(&error) => {
                tokio::time::sleep(OPEN_PAUSE).await
            }
            done => return done,
        }
        tries += 1;
    }
}

async fn pool(connections: u32, options: SqliteConnectOptions) -> Result<SqlitePool, StoreError> {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_MAX)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options)
        .await
        .map_err(failed("open"))
}

/// In one write, so that of several processes that make the file at once the others find it made.
async fn migrate(writer: &SqlitePool) -> Result<(), StoreError> {
    let mut tx = writer.begin_with(BEGIN_WRITE).await.map_err(failed("migrate"))?;
    let tables = sqlx::migrate!("src/store/migrations/sqlite");
    tables.run_direct(None, &mut *tx, false).await.map_err(|error| match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => failed("migrate")(error),
        other => StoreError::new(StoreErrorKind::Corrupt, "migrate").because(other),
    })?;
    tx.commit().await.map_err(failed("migrate"))
}

#[async_trait]
impl BookingStore for SqliteBookingStore {
    async fn put_quote(&self, quote: &Quote) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO quotes (id, tenant, expires_at, taken_by, schema, body) VALUES (?,?,?,?,?,?)",
        )
        .bind(quote.id.to_string())
        .bind(quote.tenant.as_str())
        .bind(quote.expires_at.as_micros())
        .bind(quote.taken_by.map(|id| id.to_string()))
        .bind(body::QUOTE.current())
        .bind(body::QUOTE.write(quote)?)
        .execute(&self.writer)
        .await
        .map_err(failed("put_quote"))?;
        Ok(())
    }

    async fn quote(&self, tenant: &TenantId, id: QuoteId) -> Result<Option<Quote>, StoreError> {
        let row: Option<(i64, Vec<u8>, Option<String>)> =
            sqlx::query_as("SELECT schema, body, taken_by FROM quotes WHERE id = ? AND tenant = ?")
                .bind(id.to_string())
                .bind(tenant.as_str())
                .fetch_optional(&self.readers)
                .await
                .map_err(failed("quote"))?;
        let Some((schema, body, taken_by)) = row else { return Ok(None) };
        let mut quote: Quote = body::QUOTE.read(schema, &body)?;
        quote.taken_by = taken_by.as_deref().map(rows::booking_id).transpose()?;
        Ok(Some(quote))
    }

    async fn insert(
        &self,
        new: &NewBooking<'_>,
        key: &ClientKey,
        reply: &StoredReply,
    ) -> Result<Inserted, StoreError> {
        const CALL: &str = "insert";
        let party = body::PARTY.write(new.party)?;
        let mut tx = self.begin(CALL).await?;
        match rows::key_use(&mut *tx, key).await.map_err(failed(CALL))? {
            KeyUse::New => {}
            KeyUse::Same(reply) => return Ok(Inserted::SameKey(reply)),
            KeyUse::Reused => return Ok(Inserted::KeyReused),
        }
        if let Some(other) = rows::take_quote(&mut tx, new).await? {
            return Ok(Inserted::QuoteTaken(other));
        }
        rows::insert_booking(&mut tx, new).await?;
        rows::write_items(&mut tx, new.booking, rows::FIRST_VERSION).await?;
        let id = new.booking.id.to_string();
        let sealed = self.sealer.seal(travelers_row(&id), party.into_bytes());
        sqlx::query("INSERT INTO travelers (booking_id, schema, sealed) VALUES (?,?,?)")
            .bind(&id)
            .bind(body::PARTY.current())
            .bind(sealed)
            .execute(&mut *tx)
            .await
            .map_err(failed(CALL))?;
        rows::insert_key(&mut tx, key, reply, new.booking.created_at).await.map_err(failed(CALL))?;
        tx.commit().await.map_err(failed(CALL))?;
        Ok(Inserted::Done(rows::FIRST_VERSION))
    }

    async fn key(&self, key: &ClientKey) -> Result<KeyUse, StoreError> {
        rows::key_use(&self.readers, key).await.map_err(failed("key"))
    }

    async fn load(&self, id: BookingId) -> Result<(Booking, Version), StoreError> {
        let row: Option<(i64, Vec<u8>, i64)> =
            sqlx::query_as("SELECT schema, body, version FROM bookings WHERE id = ?")
                .bind(id.to_string())
                .fetch_optional(&self.readers)
                .await
                .map_err(failed("load"))?;
        let (schema, body, version) = row.ok_or_else(|| rows::no_booking(id))?;
        Ok((body::BOOKING.read(schema, &body)?, Version(version)))
    }

    async fn commit(
        &self,
        version: Version,
        fence: Option<Fence>,
        now: Timestamp,
        transition: &Transition<'_>,
    ) -> Result<Version, StoreError> {
        const CALL: &str = "commit";
        let id = transition.booking.id;
        let mut tx = self.begin(CALL).await?;
        if !rows::update_booking(&mut tx, version, fence, now, transition).await? {
            rows::must_exist(&mut *tx, id).await?;
            return Err(StoreError::new(StoreErrorKind::Conflict, format!("{id} was written or claimed")));
        }
        let version = Version(version.0 + 1);
        rows::write_items(&mut tx, transition.booking, version).await?;
        rows::append_journal(&mut tx, id, transition.journal).await?;
        rows::append_payments(&mut tx, id, now, transition.payments).await.map_err(failed(CALL))?;
        if let Some((key, reply)) = transition.reply {
            rows::insert_key(&mut tx, key, reply, now).await.map_err(failed(CALL))?;
        }
        tx.commit().await.map_err(failed(CALL))?;
        Ok(version)
    }

    async fn claim(
        &self,
        id: BookingId,
        owner: &str,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Claim>, StoreError> {
        let row: Option<ClaimRow> = sqlx::query_as(
            "UPDATE bookings SET lease_owner = ?2, lease_until = ?4, fence = fence + 1
             WHERE id = ?1 AND (lease_until IS NULL OR lease_until <= ?3)
             RETURNING id, due_at, version, fence, lease_until, schema, body",
        )
        .bind(id.to_string())
        .bind(owner)
        .bind(now.as_micros())
        .bind(now.plus(lease).as_micros())
        .fetch_optional(&self.writer)
        .await
        .map_err(failed("claim"))?;
        match row {
            Some(row) => row.claim().map(Some),
            None => rows::must_exist(&self.readers, id).await.map(|()| None),
        }
    }

    async fn claim_due(
        &self,
        owner: &str,
        now: Timestamp,
        lease: Duration,
        max: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        let mut rows: Vec<ClaimRow> = sqlx::query_as(
            "UPDATE bookings SET lease_owner = ?1, lease_until = ?3, fence = fence + 1
             WHERE id IN (SELECT id FROM bookings
                          WHERE due_at <= ?2 AND (lease_until IS NULL OR lease_until <= ?2)
                          ORDER BY due_at, id LIMIT ?4)
             RETURNING id, due_at, version, fence, lease_until, schema, body",
        )
        .bind(owner)
        .bind(now.as_micros())
        .bind(now.plus(lease).as_micros())
        .bind(max)
        .fetch_all(&self.writer)
        .await
        .map_err(failed("claim_due"))?;
        rows.sort_by(ClaimRow::by_due);
        Ok(rows.into_iter().filter_map(ClaimRow::readable).collect())
    }

    async fn extend(&self, id: BookingId, fence: Fence, until: Timestamp) -> Result<(), StoreError> {
        let done = sqlx::query(
            "UPDATE bookings SET lease_until = max(lease_until, ?3)
             WHERE id = ?1 AND fence = ?2 AND lease_until IS NOT NULL",
        )
        .bind(id.to_string())
        .bind(fence.0)
        .bind(until.as_micros())
        .execute(&self.writer)
        .await
        .map_err(failed("extend"))?;
        if done.rows_affected() == 1 {
            return Ok(());
        }
        Err(StoreError::new(StoreErrorKind::Conflict, format!("the claim of {id} is lost")))
    }

    async fn release(&self, id: BookingId, fence: Fence) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE bookings SET lease_owner = NULL, lease_until = NULL WHERE id = ?1 AND fence = ?2",
        )
        .bind(id.to_string())
        .bind(fence.0)
        .execute(&self.writer)
        .await
        .map_err(failed("release"))?;
        Ok(())
    }

    async fn party(&self, id: BookingId) -> Result<Option<Party>, StoreError> {
        let id = id.to_string();
        let row: Option<(i64, Vec<u8>)> =
            sqlx::query_as("SELECT schema, sealed FROM travelers WHERE booking_id = ?")
                .bind(&id)
                .fetch_optional(&self.readers)
                .await
                .map_err(failed("party"))?;
        let Some((schema, sealed)) = row else { return Ok(None) };
        let plain = self.sealer.open(travelers_row(&id), &sealed).map_err(|error| {
            StoreError::new(StoreErrorKind::Corrupt, format!("who travels on {id}")).because(error)
        })?;
        body::PARTY.read(schema, &plain).map(Some)
    }

    async fn erase_party(&self, id: BookingId) -> Result<(), StoreError> {
        const CALL: &str = "erase_party";
        let mut tx = self.begin(CALL).await?;
        let row: Option<(i64, Vec<u8>, Option<i64>)> =
            sqlx::query_as("SELECT schema, body, due_at FROM bookings WHERE id = ?")
                .bind(id.to_string())
                .fetch_optional(&mut *tx)
                .await
                .map_err(failed(CALL))?;
        let (schema, body, due_at) = row.ok_or_else(|| rows::no_booking(id))?;
        let booking: Booking = body::BOOKING.read(schema, &body)?;
        if due_at.is_some() || booking.open.is_some() || booking.status == BookingStatus::NeedsReview {
            return Err(StoreError::new(StoreErrorKind::Conflict, format!("{id} has work open")));
        }
        sqlx::query("DELETE FROM travelers WHERE booking_id = ?")
            .bind(id.to_string())
            .execute(&mut *tx)
            .await
            .map_err(failed(CALL))?;
        tx.commit().await.map_err(failed(CALL))?;
        // The write-ahead log holds the old page until it is taken over and cut.
        self.writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.map_err(failed(CALL))?;
        Ok(())
    }

    async fn journal(&self, id: BookingId, after: u32) -> Result<Vec<JournalEntry>, StoreError> {
        let rows: Vec<(i64, Vec<u8>)> =
            sqlx::query_as("SELECT schema, entry FROM journal WHERE booking_id = ? AND seq > ? ORDER BY seq")
                .bind(id.to_string())
                .bind(after)
                .fetch_all(&self.readers)
                .await
                .map_err(failed("journal"))?;
        rows.iter().map(|(schema, entry)| body::JOURNAL_ENTRY.read(*schema, entry)).collect()
    }

    async fn overdue(&self, than: Timestamp, max: u32) -> Result<Vec<BookingId>, StoreError> {
        let rows: Vec<(String,)> =
            sqlx::query_as("SELECT id FROM bookings WHERE due_at < ? ORDER BY due_at, id LIMIT ?")
                .bind(than.as_micros())
                .bind(max)
                .fetch_all(&self.readers)
                .await
                .map_err(failed("overdue"))?;
        rows.iter().map(|(id,)| rows::booking_id(id)).collect()
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.readers.execute("SELECT 1").await.map_err(failed("ping"))?;
        Ok(())
    }
}

fn travelers_row(booking: &str) -> Place<'_> {
    Place { table: "travelers", row: booking }
}

#[cfg(test)]
mod tests;
