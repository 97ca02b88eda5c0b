//! The port to a payment gateway: hold, take, release and give back a customer's money.
//!
//! **Rules for an adapter.**
//! * Every write carries an [`IdempotencyKey`]: the gateway moves money once for it, however often it is sent.
//! * Nothing is sent at or after [`Attempt::send_before`].
//! * A write that was cut off after a byte may have left, or whose reply is not understood, is
//!   [`PaymentErrorKind::Ambiguous`]; [`PaymentGateway::lookup`] settles it. Only what certainly did not happen is
//!   [`PaymentErrorKind::Unavailable`].
//! * Amount, currency and key that the gateway echoes are compared with what was asked before a reply is believed.
//! * The token of the customer's means of payment reaches no log line and no error text.

#[cfg(feature = "payments")]
pub mod sandbox;

use std::fmt;

use async_trait::async_trait;

use crate::booking::command::PaymentFound;
use crate::error::Disposition;
use crate::model::id::IdempotencyKey;
use crate::model::money::Money;
use crate::model::time::Timestamp;
use crate::redact::Redacted;

/// One attempt at a write. Repeats of the same write share its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Under which the gateway moves money at most once.
    pub key: IdempotencyKey,
    /// Nothing is sent at or after this.
    pub send_before: Timestamp,
}

/// What is to be held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizeRequest {
    /// Our name for what is paid, for people who read the gateway's books. No personal data.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// The gateway's token for the customer's means of payment. Never card data.
    pub method: Redacted<String>,
}

/// A payment gateway. Each write answers with the payment as it stands after it.
#[async_trait]
pub trait PaymentGateway: Send + Sync + fmt::Debug + 'static {
    /// Holds an amount. Declined and pending are answers, not errors.
    ///
    /// # Errors
    /// See [`PaymentErrorKind`]; [`Self::lookup`] with the attempt's key settles an ambiguous one.
    async fn authorize(
        &self,
        attempt: &Attempt,
        request: &AuthorizeRequest,
    ) -> Result<PaymentFound, PaymentError>;

    /// Takes at most what is held; what is left is released. Once per payment.
    ///
    /// # Errors
    /// See [`PaymentErrorKind`].
    async fn capture(
        &self,
        attempt: &Attempt,
        gateway_id: &str,
        amount: Money,
    ) -> Result<PaymentFound, PaymentError>;

    /// Releases what is held and not taken.
    ///
    /// # Errors
    /// See [`PaymentErrorKind`].
    async fn void(&self, attempt: &Attempt, gateway_id: &str) -> Result<PaymentFound, PaymentError>;

    /// Gives back at most what was taken; may be done in parts, each with a key of its own.
    ///
    /// # Errors
    /// See [`PaymentErrorKind`].
    async fn refund(
        &self,
        attempt: &Attempt,
        gateway_id: &str,
        amount: Money,
    ) -> Result<PaymentFound, PaymentError>;

    /// The payment that was authorised under a key, as it stands; [`PaymentFound::Absent`] if the gateway never
    /// got it. Absence proves nothing before the authorisation's `send_before` and write time-out have passed.
    ///
    /// # Errors
    /// No usable answer: look again later.
    async fn lookup(&self, authorized_under: &IdempotencyKey) -> Result<PaymentFound, PaymentError>;
}

/// An operation of the port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentOp {
    /// Hold.
    Authorize,
    /// Take.
    Capture,
    /// Release.
    Void,
    /// Give back.
    Refund,
    /// Look.
    Lookup,
}

impl PaymentOp {
    /// Its name in logs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::Capture => "capture",
            Self::Void => "void",
            Self::Refund => "refund",
            Self::Lookup => "lookup",
        }
    }

    /// Whether it may move money.
    #[must_use]
    pub const fn is_write(self) -> bool {
        !matches!(self, Self::Lookup)
    }
}

/// What happened. The engine branches on [`PaymentErrorKind::disposition`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PaymentErrorKind {
    /// The gateway refuses: more than there is, wrong state, unknown token or payment. Nothing moved.
    Rejected,
    /// Our credentials are not accepted. Nothing moved.
    Denied,
    /// Known not to have happened; or a look-up without an answer.
    Unavailable,
    /// A write that may have happened.
    Ambiguous,
}

impl PaymentErrorKind {
    /// What the engine does about it.
    #[must_use]
    pub const fn disposition(self) -> Disposition {
        match self {
            Self::Rejected | Self::Denied => Disposition::GiveUp,
            Self::Unavailable => Disposition::Retry,
            Self::Ambiguous => Disposition::Reconcile,
        }
    }
}

/// A call of the gateway that brought no payment back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub struct PaymentError {
    /// What happened.
    pub kind: PaymentErrorKind,
    /// What was called.
    pub op: PaymentOp,
    /// The gateway's own code, or ours for what went wrong on the way.
    pub code: String,
    /// The cause.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl PaymentError {
    /// A new error.
    #[must_use]
    pub fn new(kind: PaymentErrorKind, op: PaymentOp, code: impl Into<String>) -> Self {
        Self { kind, op, code: code.into(), source: None }
    }

    /// The same with its cause.
    #[must_use]
    pub fn caused_by(self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self { source: Some(Box::new(source)), ..self }
    }
}

impl fmt::Display for PaymentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "payment gateway {}: {:?} [{}]", self.op.name(), self.kind, self.code)
    }
}
