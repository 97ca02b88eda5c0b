//! From the bytes of a reply to what an operation answers, or why there is no answer. Pure.

use ota_core::supplier::call::Effect;

use super::errors::{self, Refusal};
use super::map::MapError;
use super::replies::{self, Reply, ReplyError};

/// Why a reply has no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AnswerError {
    /// The supplier says no.
    #[error("refused by the supplier: {}", .0.message)]
    Refused(Refusal),
    /// Not a reply, or not a whole one. A write may have had an effect.
    #[error("reply not readable")]
    Unreadable(#[from] ReplyError),
    /// A reply to another operation.
    #[error("reply of another kind")]
    Unexpected,
    /// A part that has no place in the model. A write may have had an effect.
    #[error("reply not understood")]
    NotUnderstood(#[from] MapError),
}

impl From<Refusal> for AnswerError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What a reply of the kind that is waited for says.
///
/// # Errors
/// A refusal, or anything else than such a reply.
pub(crate) fn answer<T>(
    body: &[u8],
    effect: Effect,
    take: impl FnOnce(&Reply<'_>) -> Option<Result<T, MapError>>,
) -> Result<T, AnswerError> {
    let json = replies::normal(body)?;
    match &replies::read(&json)? {
        Reply::Error(error) => Err(errors::refusal(error, effect).into()),
        Reply::Gateway(words) => Err(errors::gateway(words).into()),
        reply => Ok(take(reply).ok_or(AnswerError::Unexpected)??),
    }
}
