//! Sending: one function for every call.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::RETRY_AFTER;
use ota_core::model::id::SupplierId;
use ota_core::redact::Redacted;
use ota_core::runtime::Clock;
use ota_core::supplier::call::AttemptContext;
use ota_core::supplier::error::{Commit, SupplierError, SupplierErrorKind};

use super::answers::{self, AnswerError};
use super::map::MapError;
use super::replies::Reply;
use super::requests::{CANCELLATION, Call, DETAIL, RequestError};
use super::sign;
use crate::transport::{Transport, WireRequest};

/// Everything that a call needs besides the request.
pub(crate) struct Client {
    pub(crate) supplier: SupplierId,
    pub(crate) endpoint: String,
    pub(crate) key: Redacted<String>,
    pub(crate) secret: Redacted<String>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// One exchange of a call, and where it stands to the one that commits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step<'a> {
    pub(crate) cx: &'a AttemptContext,
    pub(crate) commit: Commit,
}

impl<'a> Step<'a> {
    /// A read, or what a write looks at before it commits.
    pub(crate) const fn look(cx: &'a AttemptContext) -> Self {
        Self { cx, commit: Commit::Before }
    }

    /// The exchange that commits.
    pub(crate) const fn commit(cx: &'a AttemptContext) -> Self {
        Self { cx, commit: Commit::At }
    }
}

/// A whole reply, and what its status would mean if the body meant nothing.
struct Answer {
    body: Bytes,
    status: StatusCode,
    retry_after: Option<Duration>,
}

impl Client {
    /// Sends one call and reads the reply that is waited for, whatever its status: the body's proof wins.
    pub(crate) async fn ask<T>(
        &self,
        step: Step<'_>,
        call: Result<Call, RequestError>,
        take: impl FnOnce(&Reply<'_>) -> Option<Result<T, MapError>>,
    ) -> Result<T, SupplierError> {
        let call = call.map_err(|error| {
            self.error(step, SupplierErrorKind::BadRequest, &error.to_string()).caused_by(error)
        })?;
        let (op, effect) = (call.op, call.effect);
        let answer = self.exchange(step, call).await?;
        answers::answer(&answer.body, effect, take).map_err(|error| self.unanswered(step, op, &answer, error))
    }

    async fn exchange(&self, step: Step<'_>, call: Call) -> Result<Answer, SupplierError> {
        let cx = step.cx;
        let (op, sent, now) = (call.op, call.body.len(), self.clock.now());
        let headers = sign::headers(&self.key, &self.secret, now).map_err(|error| {
            self.error(step, SupplierErrorKind::Denied, "the key is not one").caused_by(error)
        })?;
        let request = WireRequest {
            op,
            effect: call.effect,
            method: call.method,
            url: format!("{}{}", self.endpoint.trim_end_matches('/'), call.path),
            headers,
            body: call.body.into(),
            timeout: cx.deadline.since(now),
            // What has been committed must be looked at however late it is.
            send_before: cx.send_before.filter(|_| step.commit != Commit::After),
        };
        let reply = self.transport.exchange(request).await.map_err(|error| {
            SupplierError::from_transport(cx.op, &self.supplier, step.commit, error.sent, error)
        })?;
        let (status, received) = (reply.status.as_u16(), reply.body.len());
        tracing::debug!(exchange = op, status, sent, received, "supplier answered");
        let seconds = reply.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        Ok(Answer { body: reply.body, status: reply.status, retry_after: seconds.map(Duration::from_secs) })
    }

    /// An error of ours, before or instead of an exchange.
    pub(crate) fn error(&self, step: Step<'_>, kind: SupplierErrorKind, message: &str) -> SupplierError {
        SupplierError::new(kind, step.cx.op, &self.supplier, message)
    }

    /// An answer that was understood but is about something else than was asked.
    pub(crate) fn differs(&self, step: Step<'_>, what: impl fmt::Display) -> SupplierError {
        SupplierError::not_understood(step.cx.op, &self.supplier, step.commit, what.to_string())
    }

    /// What a reply without an answer means. Without proof in the body a write is ambiguous, and a read's status
    /// may still say why.
    fn unanswered(
        &self,
        step: Step<'_>,
        exchange: &str,
        answer: &Answer,
        error: AnswerError,
    ) -> SupplierError {
        let (op, supplier) = (step.cx.op, &self.supplier);
        let mut failed = match error {
            // After the commit a refusal refuses our look at what was made, not the making.
            AnswerError::Refused(refusal) if step.commit != Commit::After => refusal.into_error(op, supplier),
            error => {
                let unclear = SupplierError::not_understood(op, supplier, step.commit, exchange);
                let mut unclear = unclear.caused_by(error);
                if step.commit == Commit::Before {
                    unclear.kind = by_status(exchange, answer.status).unwrap_or(unclear.kind);
                }
                unclear
            }
        };
        failed.retry_after = answer.retry_after;
        failed
    }
}

/// What the status of a reply to a read says where the body says nothing. Only a call that names a booking in its path
/// says by 404 that there is none.
fn by_status(exchange: &str, status: StatusCode) -> Option<SupplierErrorKind> {
    match status {
        StatusCode::NOT_FOUND if [DETAIL, CANCELLATION].contains(&exchange) => {
            Some(SupplierErrorKind::NotFound)
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Some(SupplierErrorKind::Denied),
        StatusCode::TOO_MANY_REQUESTS => Some(SupplierErrorKind::RateLimited),
        status if status.is_server_error() => Some(SupplierErrorKind::Unavailable),
        _ => None,
    }
}
