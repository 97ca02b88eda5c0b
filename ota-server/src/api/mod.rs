//! The HTTP surface on one screen.

pub(crate) mod bookings;
pub(crate) mod dto;
pub(crate) mod health;
pub(crate) mod offers;
pub(crate) mod problem;
pub(crate) mod search;
pub(crate) mod servicing;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use ota_core::desk::BookingDesk;
use ota_core::model::id::SupplierId;
use ota_core::runtime::Runtime;
use ota_core::search::SearchEngine;
use ota_core::store::BookingStore;
use ota_core::verify::Verifier;
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;

use crate::middleware::auth::{Tenants, authenticate};
use crate::middleware::context::frame;
use crate::middleware::limit::admit;
use problem::{Kind, Problem};

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct App {
    /// Clock, randomness, tasks.
    pub(crate) runtime: Runtime,
    /// Searches.
    pub(crate) search: SearchEngine,
    /// Whose properties are read into memory.
    pub(crate) catalogs: BTreeSet<SupplierId>,
    /// Live checks.
    pub(crate) verifier: Verifier,
    /// What customers may ask for.
    pub(crate) desk: BookingDesk,
    /// Quotes and bookings.
    pub(crate) store: Arc<dyn BookingStore>,
    /// Who may ask.
    pub(crate) tenants: Tenants,
    /// Places for requests under way.
    pub(crate) under_way: Semaphore,
    /// An answer comes within this time.
    pub(crate) request_timeout: Duration,
}

impl App {
    /// How long before its end free cancellation is shown to end.
    pub(crate) fn margin(&self) -> Duration {
        self.search.parts().policy.cancellation_margin
    }
}

/// Every route. A middleware added later sees the request earlier.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let v1 = Router::new()
        .route("/v1/flights/search", post(search::flights))
        .route("/v1/hotels/search", post(search::stays))
        .route("/v1/searches/{search}", get(search::view))
        .route("/v1/offers/verify", post(offers::verify))
        .route("/v1/bookings", post(bookings::create))
        .route("/v1/bookings/{booking}", get(bookings::show))
        .route("/v1/bookings/{booking}/payments", post(bookings::pay))
        .route("/v1/bookings/{booking}/cancel-quotes", post(servicing::cancel_quote))
        .route("/v1/bookings/{booking}/cancel", post(servicing::cancel))
        .layer(from_fn_with_state(Arc::clone(app), admit))
        .layer(from_fn_with_state(Arc::clone(app), authenticate));
    Router::new()
        .merge(v1)
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/problems", get(problem::table))
        .fallback(|| async { Problem::from(Kind::NotFound) })
        .method_not_allowed_fallback(|| async { Problem::from(Kind::MethodNotAllowed) })
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(Arc::clone(app), frame))
        .with_state(Arc::clone(app))
}

/// A panic is a mistake in this program; the request that met it gets an answer all the same.
#[allow(clippy::needless_pass_by_value)] // the layer wants it so
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("A handler panicked.");
    Problem::from(Kind::Internal).into_response()
}
