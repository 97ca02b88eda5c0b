//! Making, paying and looking at bookings.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, http::header};
use ota_core::booking::model::{Booking, PaymentState};
use ota_core::desk::{Answer, DeskError};
use ota_core::error::chain;
use ota_core::model::id::BookingId;
use ota_core::store::{StoreError, StoredReply};

use super::App;
use super::dto::booking::{BookingDto, CreateRequest, PaymentRequest, WithJournal};
use super::problem::{Kind, Problem};
use crate::middleware::body::Keyed;
use crate::middleware::context::Caller;

/// What a client is told to wait when somebody else is at the booking.
const BUSY_WAIT: Duration = Duration::from_secs(1);

/// `POST /v1/bookings`: takes a quote.
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    Caller(cx): Caller,
    Keyed { key, body }: Keyed<CreateRequest>,
) -> Result<Response, Problem> {
    let (quote, party) = (body.quote, body.into_party());
    let margin = app.margin();
    let render = Box::new(move |booking: &Booking| stored(StatusCode::CREATED, booking, margin));
    Ok(sent(app.desk.create(&cx, quote, &party, &key, render).await?))
}

/// `GET /v1/bookings/{bkg}`: where it stands, and what has happened to it.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Caller(cx): Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = booking_id(&id)?;
    let booking = app.desk.view(&cx, id).await?;
    let journal = app.store.journal(id, 0).await?;
    Ok(Json(WithJournal::new(&booking, &journal, app.margin())).into_response())
}

/// `POST /v1/bookings/{bkg}/payments`: asks the gateway to hold the price.
pub(crate) async fn pay(
    State(app): State<Arc<App>>,
    Caller(cx): Caller,
    Path(id): Path<String>,
    Keyed { key, body }: Keyed<PaymentRequest>,
) -> Result<Response, Problem> {
    let margin = app.margin();
    let render = Box::new(move |booking: &Booking| match booking.payment.state {
        PaymentState::Declined => {
            let (status, body) = Problem::from(Kind::PaymentDeclined).parts();
            StoredReply { status, body }
        }
        _ => stored(StatusCode::ACCEPTED, booking, margin),
    });
    Ok(sent(app.desk.pay(&cx, booking_id(&id)?, body.method, &key, render).await?))
}

/// The booking of a path; what is not an id names nothing.
pub(crate) fn booking_id(text: &str) -> Result<BookingId, Problem> {
    text.parse().map_err(|_| Kind::NotFound.into())
}

/// An answer as it is kept with a key.
pub(crate) fn stored(status: StatusCode, booking: &Booking, margin: Duration) -> StoredReply {
    let body =
        serde_json::to_string(&BookingDto::new(booking, margin)).expect("a booking has only string keys");
    StoredReply { status: status.as_u16(), body }
}

/// Sends what is kept, the first time as every other.
pub(crate) fn sent(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = if status.is_success() { "application/json" } else { "application/problem+json" };
    (status, [(header::CONTENT_TYPE, kind)], answer.reply.body).into_response()
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::NotFound | DeskError::QuoteNotFound => Kind::NotFound.into(),
            DeskError::QuoteExpired | DeskError::QuoteNotBookable => Kind::QuoteExpired.into(),
            DeskError::QuoteTaken(booking) => {
                Self::from(Kind::QuoteTaken).with("booking", booking.to_string().into())
            }
            DeskError::InvalidParty(fields) => {
                let fields = fields.iter().map(|field| format!("{} {}", field.path, field.rule));
                Self::from(Kind::InvalidTravelers).with("fields", fields.collect())
            }
            DeskError::KeyReused => Kind::IdempotencyKeyReused.into(),
            DeskError::Busy => Self::from(Kind::BookingBusy).retry_after(BUSY_WAIT),
            DeskError::Expired => Kind::BookingExpired.into(),
            DeskError::NotPayable(status) | DeskError::NotCancellable(status) => {
                Self::from(Kind::BookingState).with("booking_status", status.name().into())
            }
            DeskError::PaymentsUsedUp => Kind::PaymentsUsedUp.into(),
            DeskError::PaymentUnavailable => Self::from(Kind::PaymentUnavailable).retry_after(BUSY_WAIT),
            DeskError::CancelAmountUnknown => Kind::CancelAmountUnknown.into(),
            DeskError::CancelQuoteChanged(quote) => Self::from(Kind::CancelQuoteChanged).with(
                "refund",
                serde_json::json!({
                    "amount": quote.refund.decimal(), "currency": quote.refund.currency.code(),
                }),
            ),
            DeskError::Store(error) => error.into(),
            error => {
                tracing::error!(error = chain(&error), "A booking could not be worked on.");
                Kind::Internal.into()
            }
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = chain(&error), "Storage failed.");
        Kind::Unavailable.into()
    }
}
