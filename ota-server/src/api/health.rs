//! Whether the process lives, and whether it can work.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::App;
use super::dto::health::ReadyDto;
use super::problem::{Kind, Problem};

/// `GET /healthz`: the process answers.
pub(crate) async fn healthz() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// `GET /readyz`: the database answers. Suppliers do not count, nor do their catalogues: their absence is theirs alone.
pub(crate) async fn readyz(State(app): State<Arc<App>>) -> Result<Json<ReadyDto>, Problem> {
    app.store.ping().await.map_err(|_| Kind::Unavailable)?;
    Ok(Json(ReadyDto::new(&app.catalogs, &app.search.parts().properties)))
}
