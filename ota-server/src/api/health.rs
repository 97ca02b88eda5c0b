//! Whether the process lives, and whether it can work.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use super::App;
use super::problem::{Kind, Problem};

/// `GET /healthz`: the process answers.
pub(crate) async fn healthz() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// What a server that can work says of itself.
#[derive(Debug, Serialize)]
pub(crate) struct Ready {
    catalogs: Vec<Catalog>,
}

/// The properties of a supplier. Until they are loaded, a search by place finds none of them.
#[derive(Debug, Serialize)]
struct Catalog {
    supplier: String,
    state: CatalogState,
    properties: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum CatalogState {
    Loading,
    Loaded,
}

/// `GET /readyz`: the database answers. Suppliers do not count, nor do their catalogues: their absence is theirs alone.
pub(crate) async fn readyz(State(app): State<Arc<App>>) -> Result<Json<Ready>, Problem> {
    app.store.ping().await.map_err(|_| Kind::Unavailable)?;
    let loaded = &app.search.parts().properties;
    let catalogs = app.catalogs.iter().map(|supplier| {
        let properties = loaded.of(supplier);
        let state = if properties.is_some() { CatalogState::Loaded } else { CatalogState::Loading };
        let properties = properties.map_or(0, |properties| properties.len());
        Catalog { supplier: supplier.to_string(), state, properties }
    });
    Ok(Json(Ready { catalogs: catalogs.collect() }))
}
