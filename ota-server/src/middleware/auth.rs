//! API key -> tenant.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use ota_core::model::context::PointOfSale;
use ota_core::model::id::TenantId;
use ota_core::supplier::token_bucket::TokenBucket;

use crate::api::App;
use crate::api::problem::{Kind, Problem};

/// SHA-256 of an API key: keys themselves are not kept.
pub(crate) type KeyDigest = [u8; 32];

/// Whoever an API key belongs to.
#[derive(Debug)]
pub(crate) struct Tenant {
    /// Its id.
    pub(crate) id: TenantId,
    /// Where it sells, by the name that requests use. The first is the default.
    pub(crate) points_of_sale: Vec<(String, PointOfSale)>,
    /// Its share of requests.
    pub(crate) bucket: Mutex<TokenBucket>,
}

/// All tenants by the digests of their keys. Looking a digest up tells nothing about the keys that exist.
#[derive(Debug, Default)]
pub(crate) struct Tenants(HashMap<KeyDigest, Arc<Tenant>>);

impl FromIterator<(KeyDigest, Arc<Tenant>)> for Tenants {
    fn from_iter<I: IntoIterator<Item = (KeyDigest, Arc<Tenant>)>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}

/// The digest of a key.
pub(crate) fn digest(key: &str) -> KeyDigest {
    let digest = ring::digest::digest(&ring::digest::SHA256, key.as_bytes());
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest.as_ref());
    bytes
}

/// Lets known keys through and says whose they are.
pub(crate) async fn authenticate(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let tenant = bearer(request.headers())
        .and_then(|key| app.tenants.0.get(&digest(key)))
        .map(Arc::clone)
        .ok_or(Kind::Unauthenticated)?;
    request.extensions_mut().insert(tenant);
    Ok(next.run(request).await)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}
