//! From the bytes of a reply to what an operation answers, or why there is no answer.
//!
//! Pure: no network, no clock. The contract's methods, `inspect`, the benchmark and the fuzz target all
//! read replies through here.

use ota_core::model::offer::FlightOffer;
use ota_core::supplier::Batch;
use ota_core::supplier::call::Effect;

use super::errors::{self, Refusal};
use super::map::{MapError, Source, search};
use super::replies::{self, Reply, ReplyError};

/// Why a reply has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
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

/// Reads the answer to `LowFareSearchReq`.
///
/// # Errors
/// [`AnswerError`]; a reply without offers is an answer unless it says why there are none.
pub fn search(document: &[u8], source: &Source) -> Result<Batch<FlightOffer>, AnswerError> {
    match replies::read(document)? {
        Reply::LowFareSearch(reply) => {
            let empty = reply.price_points.is_empty() && reply.solutions.is_empty();
            match errors::first_error(&reply.messages, Effect::Read).filter(|_| empty) {
                Some(refusal) => Err(refusal.into()),
                None => {
                    let mut batch = search::offers(&reply, source);
                    batch.warnings = reply.messages.iter().map(errors::warning).collect();
                    batch.partial |= reply.messages.iter().any(errors::is_cut_short);
                    Ok(batch)
                }
            }
        }
        Reply::Fault(fault) => Err(errors::fault(&fault, Effect::Read).into()),
        _ => Err(AnswerError::Unexpected),
    }
}
