//! Whether the process lives, and whether it can work.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use super::App;
use super::problem::{Kind, Problem};

/// `GET /healthz`: the process answers.
pub(crate) async fn healthz() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// `GET /readyz`: the database answers. Suppliers do not count: their absence is theirs alone.
pub(crate) async fn readyz(State(app): State<Arc<App>>) -> Result<StatusCode, Problem> {
    app.store.ping().await.map(|()| StatusCode::NO_CONTENT).map_err(|_| Kind::Unavailable.into())
}
