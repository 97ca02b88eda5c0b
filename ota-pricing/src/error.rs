//! What can be wrong with a rule set.

/// Why a rule set cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleSetError {
    /// The version is empty or longer than [`crate::tables::VERSION_BYTES_MAX`].
    #[error("a rule set's version has 1 to {} bytes", crate::tables::VERSION_BYTES_MAX)]
    Version,
    /// Two rule sets claim one version: a price could not be traced to its rules.
    #[error("two rule sets have the version {0}")]
    SameVersion(String),
    /// More than [`crate::tables::RULES_MAX`].
    #[error("a rule set has at most {} rules", crate::tables::RULES_MAX)]
    TooManyRules,
    /// A percentage beyond [`crate::tables::BASIS_POINTS_MAX`].
    #[error("rule {rule}: a mark-up has at most {} basis points", crate::tables::BASIS_POINTS_MAX)]
    BasisPoints {
        /// Which, counted from one.
        rule: usize,
    },
    /// An amount in a rule that names no currency.
    #[error("rule {rule}: an amount needs a currency")]
    NoCurrency {
        /// Which, counted from one.
        rule: usize,
    },
    /// A text that is no amount of the rule's currency, or a negative one, or a unit of zero.
    #[error("rule {rule}: {what} is not an amount that can be used")]
    Amount {
        /// Which, counted from one.
        rule: usize,
        /// Which of its amounts.
        what: &'static str,
    },
}
