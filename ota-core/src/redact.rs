//! Values that must not reach a log line, an error text or a `Debug` print.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Wraps a secret or personal value. `Debug` prints `[redacted]`; there is no `Display`.
///
/// Serialising writes the value: only sealed rows and requests to a supplier serialise it.
///
/// ```
/// use ota_core::redact::Redacted;
/// let surname = Redacted::new("TANAKA".to_owned());
/// assert_eq!(format!("{surname:?}"), "[redacted]");
/// assert_eq!(surname.expose(), "TANAKA");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Redacted<T>(T);

impl<T> Redacted<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. Every use is a place to review.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value itself, owned.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> From<T> for Redacted<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
