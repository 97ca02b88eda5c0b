//! Sending: one function, and a row for each exchange.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use ::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ota_core::model::id::SupplierId;
use ota_core::redact::Redacted;
use ota_core::runtime::Clock;
use ota_core::supplier::call::{AttemptContext, Effect};
use ota_core::supplier::error::{Commit, SupplierError, SupplierErrorKind};
use yaserde::YaSerialize;

use super::answers::AnswerError;
use crate::soap::write;
use crate::transport::{Transport, WireRequest};

/// One kind of exchange.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exchange {
    /// The request's element.
    pub(crate) name: &'static str,
    /// The service that takes it: the end of the URL and of the SOAP action.
    pub(crate) service: &'static str,
    /// A write is the exchange that commits.
    pub(crate) effect: Effect,
}

const fn row(name: &'static str, service: &'static str, effect: Effect) -> Exchange {
    Exchange { name, service, effect }
}

pub(crate) const LOW_FARE_SEARCH: Exchange = row("LowFareSearchReq", "AirService", Effect::Read);
pub(crate) const PRICE: Exchange = row("AirPriceReq", "AirService", Effect::Read);
pub(crate) const CREATE: Exchange = row("AirCreateReservationReq", "AirService", Effect::Write);
pub(crate) const TICKET: Exchange = row("AirTicketingReq", "AirService", Effect::Write);
pub(crate) const DOCUMENTS: Exchange = row("AirRetrieveDocumentReq", "AirService", Effect::Read);
pub(crate) const VOID: Exchange = row("AirVoidDocumentReq", "AirService", Effect::Write);
pub(crate) const CANCEL_AIR: Exchange = row("AirCancelReq", "AirService", Effect::Write);
pub(crate) const RETRIEVE: Exchange =
    row("UniversalRecordRetrieveReq", "UniversalRecordService", Effect::Read);
pub(crate) const IMPORT: Exchange = row("UniversalRecordImportReq", "UniversalRecordService", Effect::Read);
pub(crate) const FIND: Exchange = row("UniversalRecordSearchReq", "UniversalRecordService", Effect::Read);
pub(crate) const CANCEL: Exchange = row("UniversalRecordCancelReq", "UniversalRecordService", Effect::Write);

/// Everything that an exchange needs besides the request.
pub(crate) struct Client {
    pub(crate) supplier: SupplierId,
    pub(crate) endpoint: String,
    pub(crate) username: Redacted<String>,
    pub(crate) password: Redacted<String>,
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
    pub(crate) exchange: Exchange,
    pub(crate) commit: Commit,
}

/// A whole reply, and what its status would mean if the body meant nothing.
pub(crate) struct Answer {
    pub(crate) body: Bytes,
    status: StatusCode,
    retry_after: Option<Duration>,
}

impl Client {
    /// Sends one request and brings back the reply, whatever its status.
    pub(crate) async fn exchange(
        &self,
        step: Step<'_>,
        request: &impl YaSerialize,
    ) -> Result<Answer, SupplierError> {
        let (cx, exchange) = (step.cx, step.exchange);
        let bad = |_| self.error(step, SupplierErrorKind::BadRequest, "the request cannot be written");
        let body = write::envelope(request).map_err(bad)?;
        let request = WireRequest {
            op: exchange.name,
            effect: exchange.effect,
            method: Method::POST,
            url: format!("{}/{}", self.endpoint.trim_end_matches('/'), exchange.service),
            headers: self.headers(exchange),
            body,
            timeout: cx.deadline.since(self.clock.now()),
            // What has been committed must be looked at however late it is.
            send_before: cx.send_before.filter(|_| step.commit != Commit::After),
        };
        let sent = request.body.len();
        let reply = self.transport.exchange(request).await.map_err(|error| {
            SupplierError::from_transport(cx.op, &self.supplier, step.commit, error.sent, error)
        })?;
        tracing::debug!(
            exchange = exchange.name,
            status = reply.status.as_u16(),
            sent,
            received = reply.body.len(),
            "supplier answered"
        );
        let seconds = reply.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        Ok(Answer { body: reply.body, status: reply.status, retry_after: seconds.map(Duration::from_secs) })
    }

    fn headers(&self, exchange: Exchange) -> HeaderMap {
        let credentials = format!("{}:{}", self.username.expose(), self.password.expose());
        let basic = format!("Basic {}", STANDARD.encode(credentials));
        let mut basic = HeaderValue::try_from(basic).expect("base64 is ASCII");
        basic.set_sensitive(true);
        // The action that the WSDL states, whatever the region.
        let action = format!("\"http://localhost:8080/kestrel/{}\"", exchange.service);
        let action = HeaderValue::try_from(action).expect("service names are ASCII");
        HeaderMap::from_iter([
            (AUTHORIZATION, basic),
            (CONTENT_TYPE, HeaderValue::from_static("text/xml; charset=utf-8")),
            (HeaderName::from_static("soapaction"), action),
        ])
    }

    /// An error of ours, before or instead of an exchange.
    pub(crate) fn error(&self, step: Step<'_>, kind: SupplierErrorKind, message: &str) -> SupplierError {
        SupplierError::new(kind, step.cx.op, &self.supplier, message)
    }

    /// What a reply without an answer means. The body's proof wins over the status; without proof a write is
    /// ambiguous, and a read's status may still say why.
    pub(crate) fn unanswered(&self, step: Step<'_>, answer: &Answer, error: AnswerError) -> SupplierError {
        let (op, supplier) = (step.cx.op, &self.supplier);
        let error = match error {
            // After the commit a refusal refuses our look at what was made, not the making.
            AnswerError::Refused(refusal) if step.commit != Commit::After => {
                return refusal.into_error(op, supplier);
            }
            error => error,
        };
        let mut unclear =
            SupplierError::not_understood(op, supplier, step.commit, step.exchange.name).caused_by(error);
        if step.commit == Commit::Before {
            unclear.kind = match answer.status {
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => SupplierErrorKind::Denied,
                StatusCode::TOO_MANY_REQUESTS => SupplierErrorKind::RateLimited,
                status if status.is_server_error() => SupplierErrorKind::Unavailable,
                _ => unclear.kind,
            };
            unclear.retry_after = answer.retry_after;
        }
        unclear
    }
}
