//! Bodies and queries: read with a limit, refused as problems.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest, FromRequestParts, MatchedPath, Query, Request};
use axum::http::{HeaderMap, header, request::Parts};
use ota_core::limits::{CLIENT_KEY_CHARS_MAX, REQUEST_BODY_BYTES_MAX};
use ota_core::store::ClientKey;
use serde::de::DeserializeOwned;

use super::auth::Tenant;
use crate::api::App;
use crate::api::problem::{Kind, Problem};

/// Names a request that must not be carried out twice.
const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// Most bytes of a body that are read at all.
const DISCARDED_BYTES_MAX: usize = 4 * REQUEST_BODY_BYTES_MAX;

/// A JSON body.
#[derive(Debug)]
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, Problem> {
        require_json(request.headers())?;
        parse(&read(request.into_body()).await?).map(Self)
    }
}

/// A JSON body that comes with an `Idempotency-Key`. Body and path together are what the key stands for.
#[derive(Debug)]
pub(crate) struct Keyed<T> {
    /// The key and the fingerprint of the request.
    pub(crate) key: ClientKey,
    /// The body.
    pub(crate) body: T,
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Keyed<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let tenant = parts.extensions.get::<Arc<Tenant>>().ok_or(Kind::Unauthenticated)?;
        let key = client_key(&parts.headers).ok_or(Kind::IdempotencyKeyMissing)?;
        let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        require_json(&parts.headers)?;
        let bytes = read(body).await?;
        let fingerprint = fingerprint(parts.uri.path(), &bytes);
        let key = ClientKey { tenant: tenant.id.clone(), route: route.to_owned(), key, fingerprint };
        Ok(Self { key, body: parse(&bytes)? })
    }
}

/// The query string.
#[derive(Debug)]
pub(crate) struct QueryOf<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<Arc<App>> for QueryOf<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let refused = |refused: QueryRejection| Problem::new(Kind::InvalidRequest, refused.body_text());
        Query::from_request_parts(parts, app).await.map(|Query(query)| Self(query)).map_err(refused)
    }
}

fn require_json(headers: &HeaderMap) -> Result<(), Problem> {
    let stated = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = stated.split(';').next().unwrap_or("").trim();
    if essence.eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(Kind::UnsupportedMediaType.into())
    }
}

/// Reads a body. One beyond its limit is read on for a while and thrown away: whoever is still sending when the connection
/// closes may never see the answer (RFC 9112, section 9.6).
async fn read(mut body: Body) -> Result<Bytes, Problem> {
    let (mut bytes, mut length) = (Vec::new(), 0_usize);
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        // A client that left reads no answer, and what came of its body is not carried out.
        let Ok(chunk) = frame.map_err(|_| Kind::BodyTooLarge)?.into_data() else { continue };
        length = length.saturating_add(chunk.len());
        if length <= REQUEST_BODY_BYTES_MAX {
            bytes.extend_from_slice(&chunk);
        } else if length > DISCARDED_BYTES_MAX {
            break;
        }
    }
    if length > REQUEST_BODY_BYTES_MAX { Err(Kind::BodyTooLarge.into()) } else { Ok(bytes.into()) }
}

/// Malformed is what is not JSON; JSON of another shape is invalid.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        let kind = if error.is_data() { Kind::InvalidRequest } else { Kind::MalformedJson };
        Problem::new(kind, error.to_string())
    })
}

fn client_key(headers: &HeaderMap) -> Option<String> {
    let key = headers.get(IDEMPOTENCY_KEY)?.to_str().ok()?.trim();
    let usable = !key.is_empty() && key.len() <= CLIENT_KEY_CHARS_MAX;
    usable.then(|| key.to_owned())
}

fn fingerprint(path: &str, body: &[u8]) -> [u8; 32] {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    context.update(path.as_bytes());
    context.update(&[0]);
    context.update(body);
    let mut bytes = [0; 32];
    bytes.copy_from_slice(context.finish().as_ref());
    bytes
}
