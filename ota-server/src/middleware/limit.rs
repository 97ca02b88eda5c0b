//! How much: each tenant's rate, and how many requests are under way at all.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::Extension;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::auth::Tenant;
use crate::api::App;
use crate::api::problem::{Kind, Problem};

/// What a client that is turned away is told to wait.
const OVERLOAD_WAIT: Duration = Duration::from_secs(1);

/// Takes a token of the tenant and a place among the requests under way, or turns the request away at once: a
/// client that waits elsewhere costs nothing here.
pub(crate) async fn admit(
    State(app): State<Arc<App>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let taken = tenant.bucket.lock().unwrap_or_else(PoisonError::into_inner).take(app.runtime.now());
    taken.map_err(|wait| Problem::from(Kind::TooManyRequests).retry_after(wait))?;
    let _place = app
        .under_way
        .try_acquire()
        .map_err(|_| Problem::from(Kind::Overloaded).retry_after(OVERLOAD_WAIT))?;
    Ok(next.run(request).await)
}
