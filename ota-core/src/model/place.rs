//! Codes of places and carriers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::id::InvalidId;

macro_rules! code {
    ($(#[$doc:meta])* $name:ident, $what:literal, $len:literal, $ok:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; $len]);

        impl $name {
            /// Checks and wraps a code, capitals only.
            ///
            /// # Errors
            /// Another length, or other characters, than the code has.
            pub fn new(code: &str) -> Result<Self, InvalidId> {
                let ok: fn(u8) -> bool = $ok;
                match <[u8; $len]>::try_from(code.as_bytes()) {
                    Ok(bytes) if bytes.iter().all(|b| ok(*b)) => Ok(Self(bytes)),
                    _ => Err(InvalidId { what: $what }),
                }
            }

            /// The code as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                std::str::from_utf8(&self.0).unwrap_or("")
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(code: &str) -> Result<Self, InvalidId> {
                Self::new(code)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(code: String) -> Result<Self, InvalidId> {
                Self::new(&code)
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.as_str().to_owned()
            }
        }
    };
}

code!(
    /// IATA airport (or rail or bus station) code: `CGK`.
    AirportCode, "airport code", 3, |b| b.is_ascii_uppercase()
);
code!(
    /// IATA city or metropolitan area code: `TYO`. The code of a city with one airport is often that airport's.
    CityCode, "city code", 3, |b| b.is_ascii_uppercase()
);
code!(
    /// ISO 3166-1 alpha-2 country code.
    CountryCode, "country code", 2, |b| b.is_ascii_uppercase()
);
code!(
    /// IATA airline designator: `GA`, `3K`, `U2`.
    CarrierCode, "carrier code", 2, |b| b.is_ascii_uppercase() || b.is_ascii_digit()
);

/// A place as asked in a search: an airport, or every airport of a city.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Just this airport.
    Airport(AirportCode),
    /// Any airport of this city.
    City(CityCode),
}

impl Place {
    /// The three-letter code.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Airport(code) => code.as_str(),
            Self::City(code) => code.as_str(),
        }
    }
}
