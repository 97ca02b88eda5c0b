//! What can go wrong with a supplier, and what to do about it.

use std::fmt;
use std::time::Duration;

use super::call::{Effect, Op};
use crate::error::Disposition;
use crate::model::id::SupplierId;

/// A failed call.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub struct SupplierError {
    /// What happened.
    pub kind: SupplierErrorKind,
    /// What was called.
    pub op: Op,
    /// Whom.
    pub supplier: SupplierId,
    /// The supplier's own code.
    pub code: Option<VendorCode>,
    /// The supplier's or our words, without personal data.
    pub message: String,
    /// When to come back, if the supplier said so.
    pub retry_after: Option<Duration>,
    /// All attempts are used up.
    pub exhausted: bool,
    /// The cause.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl fmt::Display for SupplierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {:?}", self.supplier, self.op.name(), self.kind)?;
        if let Some(code) = &self.code {
            write!(f, " [{code}]")?;
        }
        if !self.message.is_empty() {
            write!(f, " {}", self.message)?;
        }
        Ok(())
    }
}

/// The supplier's own code for what happened.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VendorCode(pub String);

impl fmt::Display for VendorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What happened. The engine branches on [`Self::disposition`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum SupplierErrorKind {
    /// Our or the customer's data is invalid.
    BadRequest,
    /// A capability that is not declared.
    Unsupported,
    /// Credentials, contract or office are not permitted.
    Denied,
    /// A write known not to have been executed, or a read without an answer.
    Unavailable,
    /// A quota, ours or theirs.
    RateLimited,
    /// Refused because the price is another one; no order was made.
    PriceChanged,
    /// Class, room or seat is gone, by a mapped code.
    SoldOut,
    /// An offer id, quote or supplier token is too old.
    OfferExpired,
    /// The locator is unknown.
    NotFound,
    /// A number that several records have, for numbers come round again: it needs the locator of the one meant.
    NotUnique,
    /// An explicit business refusal.
    Rejected,
    /// A write that may have been executed.
    Ambiguous,
    /// A read's answer was not understood.
    Protocol,
}

impl SupplierErrorKind {
    /// What the engine does about it.
    #[must_use]
    pub const fn disposition(self) -> Disposition {
        match self {
            Self::Unavailable | Self::RateLimited => Disposition::Retry,
            Self::PriceChanged | Self::SoldOut | Self::OfferExpired => Disposition::Reprice,
            Self::Ambiguous => Disposition::Reconcile,
            Self::BadRequest
            | Self::Unsupported
            | Self::Denied
            | Self::NotFound
            | Self::NotUnique
            | Self::Rejected
            | Self::Protocol => Disposition::GiveUp,
        }
    }
}

/// Where an exchange stands to the one that commits, in a write of several exchanges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Commit {
    /// Before it, or a read: nothing can have happened.
    Before,
    /// It is the committing one.
    At,
    /// After it: it has happened.
    After,
}

/// How far a failed exchange got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sent {
    /// Certainly no byte of the request left.
    No,
    /// Some or all of it may have.
    Maybe,
}

impl SupplierError {
    /// A new error.
    #[must_use]
    pub fn new(kind: SupplierErrorKind, op: Op, supplier: &SupplierId, message: impl Into<String>) -> Self {
        Self {
            kind,
            op,
            supplier: supplier.clone(),
            code: None,
            message: message.into(),
            retry_after: None,
            exhausted: false,
            source: None,
        }
    }

    /// With the supplier's code.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(VendorCode(code.into()));
        self
    }

    /// With its cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// What the engine does about it.
    #[must_use]
    pub const fn disposition(&self) -> Disposition {
        self.kind.disposition()
    }

    /// No usable answer came: the one function that decides what that means.
    ///
    /// Before the commit point, or never sent: known not executed. At or after it: ambiguous.
    #[must_use]
    pub fn from_transport(
        op: Op,
        supplier: &SupplierId,
        commit: Commit,
        sent: Sent,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Self::new(unanswered(op, commit, sent), op, supplier, "no usable answer").caused_by(source)
    }

    /// An answer came but was not understood: ambiguous where it may have committed, else a protocol error.
    #[must_use]
    pub fn not_understood(op: Op, supplier: &SupplierId, commit: Commit, message: impl Into<String>) -> Self {
        let kind = match unanswered(op, commit, Sent::Maybe) {
            SupplierErrorKind::Ambiguous => SupplierErrorKind::Ambiguous,
            _ => SupplierErrorKind::Protocol,
        };
        Self::new(kind, op, supplier, message)
    }
}

const fn unanswered(op: Op, commit: Commit, sent: Sent) -> SupplierErrorKind {
    match (op.effect(), commit, sent) {
        (Effect::Read, _, _) | (Effect::Write, Commit::Before, _) | (Effect::Write, Commit::At, Sent::No) => {
            SupplierErrorKind::Unavailable
        }
        (Effect::Write, Commit::At, Sent::Maybe) | (Effect::Write, Commit::After, _) => {
            SupplierErrorKind::Ambiguous
        }
    }
}
