//! Rows of the tables: what a booking looks like in columns.

use std::cmp::Ordering;

use serde::Serialize;
use sqlx::{FromRow, Sqlite, SqliteConnection, SqliteExecutor, Transaction as SqlTransaction};

use crate::booking::command::JournalEntry;
use crate::booking::model::{Booking, Item, ItemTicket};
use crate::model::id::BookingId;
use crate::model::time::Timestamp;
use crate::store::body;
use crate::store::{
    Claim, ClientKey, Fence, KeyUse, NewBooking, PaymentMovement, StoreError, StoreErrorKind, StoredReply,
    Transition, Version,
};

/// The version of a new booking.
pub(super) const FIRST_VERSION: Version = Version(1);

/// A claimed row as it was updated.
#[derive(FromRow)]
pub(super) struct ClaimRow {
    id: String,
    due_at: Option<i64>,
    version: i64,
    fence: i64,
    lease_until: i64,
    schema: i64,
    body: Vec<u8>, // not String: a row that is not UTF-8 must not fail the whole answer
}

impl ClaimRow {
    pub(super) fn claim(self) -> Result<Claim, StoreError> {
        Ok(Claim {
            booking: body::BOOKING.read(self.schema, &self.body)?,
            version: Version(self.version),
            fence: Fence(self.fence),
            lease_until: Timestamp::from_micros(self.lease_until),
        })
    }

    /// Oldest first: RETURNING keeps no order.
    pub(super) fn by_due(&self, other: &Self) -> Ordering {
        (self.due_at, &self.id).cmp(&(other.due_at, &other.id))
    }

    /// A row that cannot be read stays claimed until its lease ends, and does not keep others from their turn.
    pub(super) fn readable(self) -> Option<Claim> {
        let id = self.id.clone();
        let unreadable = |error| {
            let error = crate::error::chain(&error);
            tracing::error!(booking = id, error, "a booking with work due cannot be read");
        };
        self.claim().map_err(unreadable).ok()
    }
}

pub(super) async fn key_use(db: impl SqliteExecutor<'_>, key: &ClientKey) -> Result<KeyUse, sqlx::Error> {
    let row: Option<(Vec<u8>, u16, String)> = sqlx::query_as(
        "SELECT fingerprint, status, reply FROM client_keys WHERE tenant = ? AND route = ? AND key = ?",
    )
    .bind(key.tenant.as_str())
    .bind(&key.route)
    .bind(&key.key)
    .fetch_optional(db)
    .await?;
    Ok(match row {
        None => KeyUse::New,
        Some((fingerprint, status, body)) if fingerprint == key.fingerprint => {
            KeyUse::Same(StoredReply { status, body })
        }
        Some(_) => KeyUse::Reused,
    })
}

pub(super) async fn insert_key(
    db: &mut SqliteConnection,
    key: &ClientKey,
    reply: &StoredReply,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO client_keys (tenant, route, key, fingerprint, status, reply, at) VALUES (?,?,?,?,?,?,?)",
    )
    .bind(key.tenant.as_str())
    .bind(&key.route)
    .bind(&key.key)
    .bind(key.fingerprint.as_slice())
    .bind(reply.status)
    .bind(&reply.body)
    .bind(at.as_micros())
    .execute(db)
    .await?;
    Ok(())
}

/// Marks the quote as taken; the other booking if one has it.
pub(super) async fn take_quote(
    tx: &mut SqlTransaction<'_, Sqlite>,
    new: &NewBooking<'_>,
) -> Result<Option<BookingId>, StoreError> {
    let (quote, tenant) = (new.quote.to_string(), new.booking.tenant.as_str());
    let taken =
        sqlx::query("UPDATE quotes SET taken_by = ? WHERE id = ? AND tenant = ? AND taken_by IS NULL")
            .bind(new.booking.id.to_string())
            .bind(&quote)
            .bind(tenant)
            .execute(&mut **tx)
            .await
            .map_err(failed("insert"))?;
    if taken.rows_affected() == 1 {
        return Ok(None);
    }
    let row: Option<(String,)> = sqlx::query_as("SELECT taken_by FROM quotes WHERE id = ? AND tenant = ?")
        .bind(&quote)
        .bind(tenant)
        .fetch_optional(&mut **tx)
        .await
        .map_err(failed("insert"))?;
    match row {
        Some((other,)) => booking_id(&other).map(Some),
        None => Err(StoreError::new(StoreErrorKind::NotFound, format!("the tenant has no {quote}"))),
    }
}

pub(super) async fn insert_booking(
    tx: &mut SqlTransaction<'_, Sqlite>,
    new: &NewBooking<'_>,
) -> Result<(), StoreError> {
    let booking = new.booking;
    sqlx::query(
        "INSERT INTO bookings (id, tenant, user_id, status, snapshot_price, currency, pnr_ref, created_at, version,
                               due_at, schema, body)
         VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
    )
    .bind(booking.id.to_string())
    .bind(booking.tenant.as_str())
    .bind(&booking.user)
    .bind(booking.status.name())
    .bind(json(&booking.price)?)
    .bind(booking.price.total.currency.code())
    .bind(first_locator(booking))
    .bind(booking.created_at.as_micros())
    .bind(FIRST_VERSION.0)
    .bind(new.due_at.map(Timestamp::as_micros))
    .bind(body::BOOKING.current())
    .bind(body::BOOKING.write(booking)?)
    .execute(&mut **tx)
    .await
    .map_err(failed("insert"))?;
    Ok(())
}

/// Whether version and fence were still right, and the row was written.
pub(super) async fn update_booking(
    tx: &mut SqlTransaction<'_, Sqlite>,
    version: Version,
    fence: Option<Fence>,
    now: Timestamp,
    transition: &Transition<'_>,
) -> Result<bool, StoreError> {
    let booking = transition.booking;
    let done = sqlx::query(
        "UPDATE bookings SET status = ?5, pnr_ref = ?6, version = version + 1, due_at = ?7, schema = ?8, body = ?9
         WHERE id = ?1 AND version = ?2 AND (?3 IS NULL OR (fence = ?3 AND lease_until > ?4))",
    )
    .bind(booking.id.to_string())
    .bind(version.0)
    .bind(fence.map(|fence| fence.0))
    .bind(now.as_micros())
    .bind(booking.status.name())
    .bind(first_locator(booking))
    .bind(transition.due_at.map(Timestamp::as_micros))
    .bind(body::BOOKING.current())
    .bind(body::BOOKING.write(booking)?)
    .execute(&mut **tx)
    .await
    .map_err(failed("commit"))?;
    Ok(done.rows_affected() == 1)
}

/// Writes items, segments and tickets as the booking has them.
pub(super) async fn write_items(
    tx: &mut SqlTransaction<'_, Sqlite>,
    booking: &Booking,
    version: Version,
) -> Result<(), StoreError> {
    let id = booking.id.to_string();
    for (item, number) in booking.items.iter().zip(0_i64..) {
        sqlx::query(
            "INSERT INTO items (booking_id, item, supplier, account, state, locators, client_reference)
             VALUES (?,?,?,?,?,?,?)
             ON CONFLICT (booking_id, item) DO UPDATE SET supplier = excluded.supplier, account = excluded.account,
                 state = excluded.state, locators = excluded.locators, client_reference = excluded.client_reference",
        )
        .bind(&id)
        .bind(number)
        .bind(item.supplier.as_str())
        .bind(item.account.as_str())
        .bind(json(&item.state)?.trim_matches('"'))
        .bind(json(&item.locators)?)
        .bind(item.reference.base().as_str())
        .execute(&mut **tx)
        .await
        .map_err(failed("write_items"))?;
        append_segments(tx, &id, number, item, version).await?;
        for ticket in &item.tickets {
            write_ticket(tx, &id, number, ticket).await?;
        }
    }
    Ok(())
}

/// Appends the segments that are not what the item had so far. A stay has none and writes no row: airlines change their
/// flights under a booking, while what a stay was sold as stays in the booking's body, and in what its order differs from
/// that stands beside it and in the journal.
async fn append_segments(
    tx: &mut SqlTransaction<'_, Sqlite>,
    booking: &str,
    item: i64,
    holder: &Item,
    version: Version,
) -> Result<(), StoreError> {
    let Some(offer) = holder.solution.offer.flight() else { return Ok(()) };
    for (segment, number) in offer.itinerary.segments().zip(0_i64..) {
        sqlx::query(
            "INSERT INTO booking_segments (booking_id, item, segment, version, flight, origin, destination, departs,
                                           schema, body)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
             WHERE ?10 IS NOT (SELECT body FROM booking_segments
                               WHERE booking_id = ?1 AND item = ?2 AND segment = ?3
                               ORDER BY version DESC LIMIT 1)",
        )
        .bind(booking)
        .bind(item)
        .bind(number)
        .bind(version.0)
        .bind(segment.flight.map(|flight| flight.to_string()))
        .bind(segment.origin.as_str())
        .bind(segment.destination.as_str())
        .bind(segment.departs.map(|local| local.civil.to_string()))
        .bind(body::SEGMENT.current())
        .bind(body::SEGMENT.write(segment)?)
        .execute(&mut **tx)
        .await
        .map_err(failed("append_segments"))?;
    }
    Ok(())
}

async fn write_ticket(
    tx: &mut SqlTransaction<'_, Sqlite>,
    booking: &str,
    item: i64,
    ticket: &ItemTicket,
) -> Result<(), StoreError> {
    for coupon in 1..=ticket.coupons {
        let done = sqlx::query(
            "INSERT INTO tickets (document, coupon, booking_id, item, traveler, voided) VALUES (?,?,?,?,?,?)
             ON CONFLICT (document, coupon) DO UPDATE SET voided = excluded.voided
                 WHERE booking_id = excluded.booking_id AND item = excluded.item AND traveler = excluded.traveler",
        )
        .bind(ticket.number.to_string())
        .bind(coupon)
        .bind(booking)
        .bind(item)
        .bind(ticket.traveler.0)
        .bind(ticket.voided)
        .execute(&mut **tx)
        .await
        .map_err(failed("write_ticket"))?;
        if done.rows_affected() == 0 {
            let whose = format!("ticket {} is another traveler's", ticket.number);
            return Err(StoreError::new(StoreErrorKind::Corrupt, whose));
        }
    }
    Ok(())
}

pub(super) async fn append_journal(
    tx: &mut SqlTransaction<'_, Sqlite>,
    booking: BookingId,
    entries: &[JournalEntry],
) -> Result<(), StoreError> {
    for entry in entries {
        sqlx::query("INSERT INTO journal (booking_id, seq, at, schema, entry) VALUES (?,?,?,?,?)")
            .bind(booking.to_string())
            .bind(entry.seq)
            .bind(entry.at.as_micros())
            .bind(body::JOURNAL_ENTRY.current())
            .bind(body::JOURNAL_ENTRY.write(entry)?)
            .execute(&mut **tx)
            .await
            .map_err(failed("append_journal"))?;
    }
    Ok(())
}

pub(super) async fn append_payments(
    tx: &mut SqlTransaction<'_, Sqlite>,
    booking: BookingId,
    now: Timestamp,
    movements: &[PaymentMovement],
) -> Result<(), sqlx::Error> {
    for movement in movements {
        sqlx::query(
            "INSERT INTO payments (booking_id, at, kind, minor, currency, gateway_id) VALUES (?,?,?,?,?,?)",
        )
        .bind(booking.to_string())
        .bind(now.as_micros())
        .bind(movement.kind)
        .bind(movement.amount.minor)
        .bind(movement.amount.currency.code())
        .bind(&movement.gateway_id)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// # Errors
/// `NotFound` without such a row.
pub(super) async fn must_exist(db: impl SqliteExecutor<'_>, id: BookingId) -> Result<(), StoreError> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT 1 FROM bookings WHERE id = ?")
        .bind(id.to_string())
        .fetch_optional(db)
        .await
        .map_err(failed("must_exist"))?;
    row.map(drop).ok_or_else(|| no_booking(id))
}

pub(super) fn no_booking(id: BookingId) -> StoreError {
    StoreError::new(StoreErrorKind::NotFound, format!("no {id}"))
}

pub(super) fn booking_id(text: &str) -> Result<BookingId, StoreError> {
    text.parse().map_err(|error| StoreError::new(StoreErrorKind::Corrupt, "a booking's id").because(error))
}

fn first_locator(booking: &Booking) -> Option<&str> {
    booking.items.iter().flat_map(|item| &item.locators).map(|locator| locator.code.as_str()).next()
}

fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::new(StoreErrorKind::Corrupt, "a column").because(error))
}

/// Whether another holds a lock (`SQLITE_BUSY` and its kinds).
pub(super) fn is_busy(error: &StoreError) -> bool {
    let source = error.source.as_deref().and_then(|source| source.downcast_ref());
    let Some(sqlx::Error::Database(database)) = source else { return false };
    let code = database.code().and_then(|code| code.parse::<u32>().ok());
    code.is_some_and(|code| code & 0xff == 5)
}

/// What an error of the database means to a caller, by SQLite's primary result codes.
pub(super) fn failed(call: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    const UNIQUE: &[&str] = &["1555", "2067"];
    move |error| {
        let kind = match &error {
            sqlx::Error::Database(database) => {
                let code = database.code().unwrap_or_default();
                match code.parse::<u32>().map(|code| code & 0xff) {
                    Ok(19) if UNIQUE.contains(&&*code) => StoreErrorKind::Conflict,
                    // Any other constraint, a damaged file, not a database, a type that cannot be stored.
                    Ok(11 | 19 | 20 | 26) => StoreErrorKind::Corrupt,
                    _ => StoreErrorKind::Unavailable,
                }
            }
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => StoreErrorKind::Corrupt,
            _ => StoreErrorKind::Unavailable,
        };
        StoreError::new(kind, call).because(error)
    }
}
