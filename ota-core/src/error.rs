//! What is common to every error: what to do about it, and how to print it.

use std::error::Error;
use std::fmt::Write as _;

/// What the engine does about a failure. It branches on this and never on a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Disposition {
    /// Trying again cannot help.
    GiveUp,
    /// Known not to have happened: the same attempt may be made again later.
    Retry,
    /// The offer is gone or has another price: go back to a live price.
    Reprice,
    /// A write may have happened: look it up by our own reference, never repeat it blindly.
    Reconcile,
}

/// One line with an error and all its sources, for the place where the error is handled and logged.
///
/// ```
/// let inner = std::io::Error::other("line dropped");
/// assert_eq!(ota_core::error::chain(&inner), "line dropped");
/// ```
#[must_use]
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let _ = write!(line, ": {source}");
        next = source.source();
    }
    line
}
