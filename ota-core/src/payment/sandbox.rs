//! The gateway that the workspace's simulator speaks for: JSON over HTTP, a bearer key, `Idempotency-Key`.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Attempt, AuthorizeRequest, PaymentError, PaymentErrorKind, PaymentGateway, PaymentOp};
use crate::booking::command::PaymentFound;
use crate::model::id::IdempotencyKey;
use crate::model::money::{Currency, Money};
use crate::redact::Redacted;
use crate::runtime::Clock;

/// Largest reply that is read, bytes.
const REPLY_BYTES_MAX: usize = 64 * 1024;
/// How long a connection attempt may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where the gateway is and how to speak to it.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// `http://host:port`, no path.
    pub url: String,
    /// Sent as a bearer token.
    pub api_key: Redacted<String>,
    /// For a whole call. A short one only manufactures ambiguity.
    pub timeout: Duration,
}

/// [`PaymentGateway`] over HTTP. Each call opens a connection of its own: on a reused one that the server is
/// just closing, nobody could tell whether a write was read.
#[derive(Clone)]
pub struct SandboxPaymentGateway {
    http: reqwest::Client,
    config: SandboxConfig,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for SandboxPaymentGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxPaymentGateway").field("config", &self.config).finish_non_exhaustive()
    }
}

impl SandboxPaymentGateway {
    /// A client. The process must have installed a rustls provider before.
    ///
    /// # Errors
    /// The HTTP client cannot be set up.
    pub fn new(config: SandboxConfig, clock: Arc<dyn Clock>) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_max_idle_per_host(0)
            .timeout(config.timeout)
            .build()?;
        Ok(Self { http, config, clock })
    }

    async fn write(
        &self,
        op: PaymentOp,
        attempt: &Attempt,
        path: &str,
        body: &Value,
    ) -> Result<(StatusCode, Bytes), PaymentError> {
        let sent = Arc::new(AtomicBool::new(false));
        // The body is asked for after the connection stands: only then does the clock decide whether it goes.
        let (clock, send_before, left) = (Arc::clone(&self.clock), attempt.send_before, Arc::clone(&sent));
        let body = Bytes::from(body.to_string());
        let body = futures_util::stream::once(async move {
            if clock.now() >= send_before {
                return Err(TooLate);
            }
            left.store(true, Ordering::Release);
            Ok(body)
        });
        let request = self
            .request(Method::POST, path)
            .header("content-type", "application/json")
            .header("idempotency-key", attempt.key.as_str())
            .body(reqwest::Body::wrap_stream(body));
        self.exchange(request).await.map_err(|error| match sent.load(Ordering::Acquire) {
            true => PaymentError::new(PaymentErrorKind::Ambiguous, op, "no_reply").caused_by(error),
            false => PaymentError::new(PaymentErrorKind::Unavailable, op, "not_sent").caused_by(error),
        })
    }

    async fn move_money(
        &self,
        op: PaymentOp,
        attempt: &Attempt,
        gateway_id: &str,
        amount: Option<Money>,
    ) -> Result<PaymentFound, PaymentError> {
        // The id came from the gateway's own reply; it still must not become another path.
        if !gateway_id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
            return Err(PaymentError::new(PaymentErrorKind::Rejected, op, "bad_gateway_id"));
        }
        let body = amount.map_or_else(|| json!({}), |amount| json!({ "amount": amount.minor }));
        let path = format!("/v1/payments/{gateway_id}/{}", op.name());
        let (status, reply) = self.write(op, attempt, &path, &body).await?;
        let payment = believe(op, status, &reply)?;
        let currency_kept = amount.is_none_or(|amount| amount.currency.code() == payment.currency);
        let moved = match (op, amount) {
            (PaymentOp::Capture, Some(amount)) => payment.captured >= amount.minor,
            (PaymentOp::Refund, Some(amount)) => payment.refunded >= amount.minor,
            _ => payment.status == Status::Voided,
        };
        if payment.id != gateway_id || !currency_kept || !moved {
            return Err(not_believed(op, "reply_differs"));
        }
        payment.found(op)
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.config.url.trim_end_matches('/'));
        self.http.request(method, url).bearer_auth(self.config.api_key.expose())
    }

    async fn exchange(&self, request: reqwest::RequestBuilder) -> Result<(StatusCode, Bytes), ExchangeError> {
        let mut response = request.send().await?;
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > REPLY_BYTES_MAX {
                return Err(ExchangeError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok((response.status(), body.freeze()))
    }
}

#[async_trait]
impl PaymentGateway for SandboxPaymentGateway {
    async fn authorize(
        &self,
        attempt: &Attempt,
        request: &AuthorizeRequest,
    ) -> Result<PaymentFound, PaymentError> {
        let op = PaymentOp::Authorize;
        let body = json!({
            "reference": request.reference,
            "amount": request.amount.minor,
            "currency": request.amount.currency.code(),
            "source": request.method.expose(),
        });
        let (status, reply) = self.write(op, attempt, "/v1/payments", &body).await?;
        let payment = believe(op, status, &reply)?;
        let asked = (attempt.key.as_str(), request.amount.minor, request.amount.currency.code());
        if (payment.key.as_str(), payment.amount, payment.currency.as_str()) != asked {
            return Err(not_believed(op, "reply_differs"));
        }
        payment.found(op)
    }

    async fn capture(
        &self,
        attempt: &Attempt,
        gateway_id: &str,
        amount: Money,
    ) -> Result<PaymentFound, PaymentError> {
        self.move_money(PaymentOp::Capture, attempt, gateway_id, Some(amount)).await
    }

    async fn void(&self, attempt: &Attempt, gateway_id: &str) -> Result<PaymentFound, PaymentError> {
        self.move_money(PaymentOp::Void, attempt, gateway_id, None).await
    }

    async fn refund(
        &self,
        attempt: &Attempt,
        gateway_id: &str,
        amount: Money,
    ) -> Result<PaymentFound, PaymentError> {
        self.move_money(PaymentOp::Refund, attempt, gateway_id, Some(amount)).await
    }

    async fn lookup(&self, authorized_under: &IdempotencyKey) -> Result<PaymentFound, PaymentError> {
        let op = PaymentOp::Lookup;
        let request = self.request(Method::GET, &format!("/v1/payments/by-key/{authorized_under}"));
        let (status, reply) = self.exchange(request).await.map_err(|error| {
            PaymentError::new(PaymentErrorKind::Unavailable, op, "no_reply").caused_by(error)
        })?;
        match believe(op, status, &reply) {
            Ok(payment) if payment.key == authorized_under.as_str() => payment.found(op),
            Ok(_) => Err(not_believed(op, "reply_differs")),
            Err(error) if error.code == "not_found" => Ok(PaymentFound::Absent),
            Err(error) => Err(error),
        }
    }
}

/// The clock passed `send_before` while the connection was being made.
#[derive(Debug, thiserror::Error)]
#[error("too late to send")]
struct TooLate;

#[derive(Debug, thiserror::Error)]
enum ExchangeError {
    #[error("HTTP exchange")]
    Http(#[from] reqwest::Error),
    #[error("reply larger than {REPLY_BYTES_MAX} bytes")]
    TooLarge,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Pending,
    Authorized,
    Declined,
    Captured,
    Voided,
}

/// A payment on the wire, in minor units. Unknown fields are new ones, and none of ours.
#[derive(Debug, Deserialize)]
struct WirePayment {
    id: String,
    key: String,
    currency: String,
    amount: i64,
    status: Status,
    authorized: i64,
    captured: i64,
    refunded: i64,
}

#[derive(Debug, Deserialize)]
struct WireError {
    error: WireErrorBody,
}

#[derive(Debug, Deserialize)]
struct WireErrorBody {
    code: String,
}

impl WirePayment {
    fn found(&self, op: PaymentOp) -> Result<PaymentFound, PaymentError> {
        let sane = 0 <= self.refunded && self.refunded <= self.captured && self.captured <= self.authorized;
        let currency = Currency::from_code(&self.currency).ok().filter(|_| sane);
        let Some(currency) = currency else { return Err(not_believed(op, "reply_impossible")) };
        Ok(match self.status {
            Status::Pending => PaymentFound::Pending,
            Status::Declined => PaymentFound::Declined,
            Status::Authorized | Status::Captured | Status::Voided => PaymentFound::Known {
                gateway_id: self.id.clone(),
                authorized: Money::new(self.authorized, currency),
                captured: Money::new(self.captured, currency),
                refunded: Money::new(self.refunded, currency),
                voided: self.status == Status::Voided,
            },
        })
    }
}

/// The one table of the gateway's answers. What is in no row, whatever its HTTP status, proves nothing.
fn believe(op: PaymentOp, status: StatusCode, reply: &[u8]) -> Result<WirePayment, PaymentError> {
    // 402 carries the declined payment itself, beside its error.
    if status.is_success() || status == StatusCode::PAYMENT_REQUIRED {
        return serde_json::from_slice(reply)
            .map_err(|error| not_believed(op, "reply_not_understood").caused_by(error));
    }
    let code = match serde_json::from_slice::<WireError>(reply) {
        Ok(reply) => reply.error.code,
        Err(error) => return Err(not_believed(op, "reply_not_understood").caused_by(error)),
    };
    let kind = match (status.as_u16(), code.as_str()) {
        (401, "unauthorized") => PaymentErrorKind::Denied,
        (503, "unavailable") => PaymentErrorKind::Unavailable,
        (400, "invalid_request" | "idempotency_key_missing")
        | (404, "not_found")
        | (409, "amount_too_large" | "illegal_state" | "idempotency_key_reused")
        | (422, "invalid_request" | "invalid_source") => PaymentErrorKind::Rejected,
        _ => return Err(not_believed(op, "code_not_known")),
    };
    Err(PaymentError::new(kind, op, code))
}

/// A reply that proves nothing: a write may have happened, a look-up has no answer.
fn not_believed(op: PaymentOp, code: &str) -> PaymentError {
    let kind = if op.is_write() { PaymentErrorKind::Ambiguous } else { PaymentErrorKind::Unavailable };
    PaymentError::new(kind, op, code)
}
