//! Cancelling: a quote, then its acceptance.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ota_core::booking::model::Booking;

use super::App;
use super::bookings::{booking_id, sent, stored};
use super::dto::booking::{CancelQuoteDto, CancelRequest};
use super::problem::Problem;
use crate::middleware::body::Keyed;
use crate::middleware::context::Caller;

/// `POST /v1/bookings/{bkg}/cancel-quotes`: what a cancellation would bring back now.
pub(crate) async fn cancel_quote(
    State(app): State<Arc<App>>,
    Caller(cx): Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let quote = app.desk.cancel_quote(&cx, booking_id(&id)?).await?;
    Ok(Json(CancelQuoteDto::from(quote)).into_response())
}

/// `POST /v1/bookings/{bkg}/cancel`: accepts a cancellation at the refund that was quoted.
pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    Caller(cx): Caller,
    Path(id): Path<String>,
    Keyed { key, body }: Keyed<CancelRequest>,
) -> Result<Response, Problem> {
    let margin = app.margin();
    let render = Box::new(move |booking: &Booking| stored(StatusCode::ACCEPTED, booking, margin));
    let refund = body.refund.try_into()?;
    Ok(sent(app.desk.cancel(&cx, booking_id(&id)?, refund, &key, render).await?))
}
