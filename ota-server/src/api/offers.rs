//! Checking an offer live.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use ota_core::error::chain;
use ota_core::search::OfferIdError;
use ota_core::supplier::error::{SupplierError, SupplierErrorKind};
use ota_core::verify::{Verification, VerifyError};

use super::App;
use super::dto::booking::{VerificationDto, VerifyRequest};
use super::problem::{Kind, Problem};
use crate::middleware::body::JsonBody;
use crate::middleware::context::Caller;

/// `POST /v1/offers/verify`: the live price as a quote, and in which respects it differs from what was shown.
pub(crate) async fn verify(
    State(app): State<Arc<App>>,
    Caller(cx): Caller,
    JsonBody(request): JsonBody<VerifyRequest>,
) -> Result<Response, Problem> {
    let (quote, changes) = match app.verifier.verify(&cx, &request.offer).await? {
        Verification::Unchanged(quote) => (quote, Vec::new()),
        Verification::Changed { what, quote } => (quote, what),
        Verification::Gone => return Err(Kind::OfferGone.into()),
    };
    Ok(Json(VerificationDto::new(&quote, &changes, app.margin())).into_response())
}

impl From<VerifyError> for Problem {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Offer(OfferIdError::Forged(_)) => Kind::OfferForged.into(),
            VerifyError::Offer(_) => Kind::OfferExpired.into(),
            VerifyError::Supplier(error) => error.into(),
            VerifyError::Store(error) => error.into(),
            error => {
                tracing::warn!(error = chain(&error), "An offer could not be verified.");
                Kind::SupplierFailed.into()
            }
        }
    }
}

impl From<SupplierError> for Problem {
    fn from(error: SupplierError) -> Self {
        let kind = match error.kind {
            SupplierErrorKind::BadRequest | SupplierErrorKind::Unsupported | SupplierErrorKind::Rejected => {
                Kind::SupplierRefused
            }
            SupplierErrorKind::Unavailable | SupplierErrorKind::RateLimited => Kind::SupplierUnavailable,
            SupplierErrorKind::PriceChanged | SupplierErrorKind::SoldOut | SupplierErrorKind::NotFound => {
                Kind::OfferGone
            }
            SupplierErrorKind::OfferExpired => Kind::OfferExpired,
            _ => Kind::SupplierFailed,
        };
        tracing::warn!(error = chain(&error), "A supplier failed.");
        match error.retry_after {
            Some(wait) => Self::from(kind).retry_after(wait),
            None => kind.into(),
        }
    }
}
