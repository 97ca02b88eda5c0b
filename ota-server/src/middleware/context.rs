//! The frame of a request: its id, its span, its time limit, and the engine's [`RequestContext`].

use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ota_core::model::context::RequestContext;
use tracing::Instrument as _;

use super::auth::Tenant;
use crate::api::App;
use crate::api::problem::{Kind, Problem};

/// Names the point of sale; without it the tenant's first one counts.
const POINT_OF_SALE: &str = "x-point-of-sale";
/// The tenant's own name for its user.
const USER: &str = "x-user";
/// Carries the request's id back.
const REQUEST_ID: &str = "x-request-id";
/// Longest user name and locale that are taken, in bytes.
const HEADER_BYTES_MAX: usize = 64;
/// Locale where a client states none that can be used.
const DEFAULT_LOCALE: &str = "en";

/// The id under which a request is logged. Made here, never taken from a client: it must not carry personal data.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(String);

/// Gives the request an id and a span, and an end: whoever asks gets an answer within the configured time. A write
/// under way runs in a task of its own and is not cut.
pub(crate) async fn frame(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let mut bits = [0; 16];
    app.runtime.random.fill(&mut bits);
    let id = format!("{:032x}", u128::from_be_bytes(bits));
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let span = tracing::info_span!("http", method = %request.method(), route, request = %id);
    request.extensions_mut().insert(RequestId(id.clone()));
    let answered = async {
        let response = tokio::time::timeout(app.request_timeout, next.run(request))
            .await
            .unwrap_or_else(|_| Problem::from(Kind::TimedOut).into_response());
        tracing::debug!(status = response.status().as_u16(), "Answered.");
        response
    };
    let mut response = answered.instrument(span).await;
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The caller as the engine knows it.
#[derive(Debug)]
pub(crate) struct Caller(pub(crate) RequestContext);

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let tenant = parts.extensions.get::<Arc<Tenant>>().ok_or(Kind::Unauthenticated)?;
        let asked = text(&parts.headers, POINT_OF_SALE);
        let (_, point_of_sale) = tenant
            .points_of_sale
            .iter()
            .find(|(name, _)| asked.is_none_or(|asked| asked == name))
            .ok_or(Kind::UnknownPointOfSale)?;
        Ok(Self(RequestContext {
            tenant: tenant.id.clone(),
            user: text(&parts.headers, USER).map(str::to_owned),
            locale: locale(&parts.headers),
            point_of_sale: point_of_sale.clone(),
            trace: parts.extensions.get::<RequestId>().map_or_else(String::new, |id| id.0.clone()),
            deadline: app.runtime.now().plus(app.request_timeout),
        }))
    }
}

/// A short header as text; one that is long or not printable counts as absent.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    (!value.is_empty() && value.len() <= HEADER_BYTES_MAX).then_some(value)
}

/// The first language that the client prefers, if it looks like a BCP 47 tag.
fn locale(headers: &HeaderMap) -> String {
    let first = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let tag = first.split([',', ';']).next().unwrap_or("").trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let usable = !tag.is_empty() && tag.len() <= HEADER_BYTES_MAX && tag.chars().all(plain);
    if usable { tag.to_owned() } else { DEFAULT_LOCALE.to_owned() }
}
