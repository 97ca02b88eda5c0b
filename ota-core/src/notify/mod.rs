//! The port to whoever carries messages to customers.

#[cfg(feature = "mail")]
pub mod mail;

use std::fmt;

use async_trait::async_trait;

use crate::error::Disposition;
use crate::model::id::MessageId;
use crate::model::time::Timestamp;
use crate::redact::Redacted;

/// A message to a customer, ready to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The same at every repeat: it becomes the `Message-ID`, by which mail programs drop doubles.
    pub id: MessageId,
    /// When the cause of it happened; the same at every repeat.
    pub at: Timestamp,
    /// The address.
    pub to: Redacted<String>,
    /// One line, without personal data.
    pub subject: String,
    /// For programs that show no HTML.
    pub text: Redacted<String>,
    /// The same as HTML.
    pub html: Redacted<String>,
}

/// Hands messages over, **at least once**: after a failure or a crash the same message is sent again, with the
/// same id.
#[async_trait]
pub trait Notifier: Send + Sync + fmt::Debug + 'static {
    /// Returns once the next hop has taken responsibility for the message.
    ///
    /// # Errors
    /// See [`NotifyErrorKind`].
    async fn send(&self, message: &Message) -> Result<(), NotifyError>;
}

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotifyErrorKind {
    /// This message cannot be delivered: the address is malformed or refused for good, or it is too large.
    Refused,
    /// Not now: the carrier is away, busy or full. It may have got the message.
    Unavailable,
}

impl NotifyErrorKind {
    /// What the engine does about it.
    #[must_use]
    pub const fn disposition(self) -> Disposition {
        match self {
            Self::Refused => Disposition::GiveUp,
            Self::Unavailable => Disposition::Retry,
        }
    }
}

/// A message that was not handed over. It has no source and no words of the carrier's: those tend to repeat the
/// address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("message {id}: {kind:?}, {why}")]
#[non_exhaustive]
pub struct NotifyError {
    /// What happened.
    pub kind: NotifyErrorKind,
    /// To which message.
    pub id: MessageId,
    /// Why, without personal data.
    pub why: String,
}

impl NotifyError {
    /// A new error.
    #[must_use]
    pub fn new(kind: NotifyErrorKind, id: &MessageId, why: impl Into<String>) -> Self {
        Self { kind, id: id.clone(), why: why.into() }
    }
}
