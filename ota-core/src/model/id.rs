//! Identifiers: newtypes, prefixed where a client sees them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::runtime::Random;

/// A text that is not the identifier it claims to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {what}")]
pub struct InvalidId {
    /// The kind of identifier that was expected.
    pub what: &'static str,
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// Checks and wraps a name.
            ///
            /// # Errors
            /// Empty, too long, or with anything but letters, digits, `-`, `_`, `.` and `:`.
            pub fn new(name: &str) -> Result<Self, InvalidId> {
                let ok = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
                if name.is_empty() || name.len() > $max || !name.chars().all(ok) {
                    return Err(InvalidId { what: $what });
                }
                Ok(Self(name.into()))
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(name: String) -> Result<Self, InvalidId> {
                Self::new(&name)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.as_ref().to_owned()
            }
        }
    };
}

name!(
    /// A supplier as a kind of connector: `travelport`.
    SupplierId, "supplier id", 32
);
name!(
    /// One contract with a supplier: credentials, branch, currency.
    AccountId, "account id", 64
);
name!(
    /// A customer of this installation; bookings of one are invisible to another.
    TenantId, "tenant id", 64
);

name!(
    /// A property as one supplier names it.
    PropertyCode, "property code", 32
);

name!(
    /// Under which a payment gateway moves money at most once, however often it is asked.
    IdempotencyKey, "idempotency key", 128
);

name!(
    /// Names one message to a customer: the same at every repeat.
    MessageId, "message id", 128
);

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(u128);

        impl $name {
            /// What every such id begins with.
            pub const PREFIX: &'static str = $prefix;

            /// A new id of 128 random bits.
            #[must_use]
            pub fn random(random: &dyn Random) -> Self {
                let mut bytes = [0; 16];
                random.fill(&mut bytes);
                Self(u128::from_be_bytes(bytes))
            }

            /// The 128 bits, for a digest.
            #[must_use]
            pub const fn bits(self) -> u128 {
                self.0
            }

            /// From its 128 bits.
            #[must_use]
            pub const fn from_bits(bits: u128) -> Self {
                Self(bits)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{:032x}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let invalid = InvalidId { what: $what };
                let digits = text.strip_prefix($prefix).ok_or_else(|| invalid.clone())?;
                let lower = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
                if digits.len() != 32 || !digits.bytes().all(lower) {
                    return Err(invalid);
                }
                u128::from_str_radix(digits, 16).map(Self).map_err(|_| invalid)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

random_id!(
    /// Names one immutable set of all offers of a search; clients see it as the search's id.
    GenerationId, "src_", "search id"
);
random_id!(
    /// A stored price after a live check. Only a quote can be paid.
    QuoteId, "quo_", "quote id"
);
random_id!(
    /// One booking: a payment and its items.
    BookingId, "bkg_", "booking id"
);

/// Our own reference of one create attempt, as the supplier carries it: 16 capitals and digits, and two
/// more for the second and later attempts where the supplier does not deduplicate.
///
/// ```
/// use ota_core::model::id::ClientReference;
/// let first = ClientReference::new("A1B2C3D4E5F6G7H8").unwrap();
/// let second = first.attempt(2);
/// assert_eq!(second.as_str(), "A1B2C3D4E5F6G7H802");
/// assert_eq!(second.base(), first);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientReference(String);

impl ClientReference {
    const BASE: usize = 16;
    const ALPHABET: &'static [u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// Checks and wraps a reference.
    ///
    /// # Errors
    /// Not 16 (or, with an attempt, 18) capitals and digits.
    pub fn new(text: &str) -> Result<Self, InvalidId> {
        let ok = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        let sized = text.len() == Self::BASE || text.len() == Self::BASE + 2;
        if !sized || !text.bytes().all(ok) {
            return Err(InvalidId { what: "client reference" });
        }
        Ok(Self(text.to_owned()))
    }

    /// A new random reference of a first attempt (80 bits).
    #[must_use]
    pub fn random(random: &dyn Random) -> Self {
        let mut bytes = [0; Self::BASE];
        random.fill(&mut bytes);
        Self(bytes.iter().map(|b| char::from(Self::ALPHABET[usize::from(b % 32)])).collect())
    }

    /// The reference of attempt `number` (1 is the bare reference).
    #[must_use]
    pub fn attempt(&self, number: u32) -> Self {
        let base = &self.0[..Self::BASE];
        if number <= 1 { Self(base.to_owned()) } else { Self(format!("{base}{:02}", number.min(99))) }
    }

    /// The reference without its attempt: what all attempts of one item share.
    #[must_use]
    pub fn base(&self) -> Self {
        self.attempt(1)
    }

    /// The reference as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClientReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ClientReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ClientReference {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::new(&text)
    }
}

impl From<ClientReference> for String {
    fn from(reference: ClientReference) -> Self {
        reference.0
    }
}
