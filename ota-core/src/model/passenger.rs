//! Passengers: a type code and an age, priced. A person is a [`super::traveler::Traveler`].

use std::fmt;

use serde::{Deserialize, Serialize};

use super::id::InvalidId;

/// What a passenger type means for seats and rules, whatever a supplier calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PassengerKind {
    /// 12 and older.
    Adult,
    /// 2 to 11 at travel.
    Child,
    /// Under 2 at travel, on an adult's lap.
    LapInfant,
}

impl PassengerKind {
    /// The code this project uses for it: `ADT`, `CHD`, `INF` (IATA PADIS list 9750).
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Adult => "ADT",
            Self::Child => "CHD",
            Self::LapInfant => "INF",
        }
    }

    /// Whether a passenger of this kind occupies a seat.
    #[must_use]
    pub const fn seated(self) -> bool {
        !matches!(self, Self::LapInfant)
    }
}

/// A passenger type code as a supplier writes it: `ADT`, `CNN`, `C07`, `INF`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PassengerTypeCode([u8; 3]);

impl PassengerTypeCode {
    /// Checks and wraps a code.
    ///
    /// # Errors
    /// Not three capitals and digits.
    pub fn new(code: &str) -> Result<Self, InvalidId> {
        match <[u8; 3]>::try_from(code.as_bytes()) {
            Ok(bytes) if bytes.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) => {
                Ok(Self(bytes))
            }
            _ => Err(InvalidId { what: "passenger type code" }),
        }
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("")
    }

    /// What it means: `CHD`, `CNN` and `Cnn` with an age are children, `INF` is a lap infant, and every
    /// other code (`ADT`, `JCB`, `SRC`, `ITX`, ...) prices somebody with an adult's seat.
    #[must_use]
    pub fn kind(&self) -> PassengerKind {
        match &self.0 {
            b"CHD" | b"CNN" => PassengerKind::Child,
            [b'C', tens, units] if tens.is_ascii_digit() && units.is_ascii_digit() => PassengerKind::Child,
            b"INF" => PassengerKind::LapInfant,
            _ => PassengerKind::Adult,
        }
    }
}

impl From<PassengerKind> for PassengerTypeCode {
    fn from(kind: PassengerKind) -> Self {
        let bytes = kind.code().as_bytes();
        Self([bytes[0], bytes[1], bytes[2]])
    }
}

impl fmt::Debug for PassengerTypeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for PassengerTypeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for PassengerTypeCode {
    type Error = InvalidId;
    fn try_from(code: String) -> Result<Self, InvalidId> {
        Self::new(&code)
    }
}

impl From<PassengerTypeCode> for String {
    fn from(code: PassengerTypeCode) -> Self {
        code.as_str().to_owned()
    }
}

/// Who travels, as a search says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PassengerCounts {
    /// 12 and older.
    pub adults: u8,
    /// 2 to 11 on every day of travel.
    pub children: u8,
    /// Under 2 on every day of travel, each on an adult's lap.
    pub lap_infants: u8,
}

impl PassengerCounts {
    /// How many occupy a seat.
    #[must_use]
    pub const fn seated(&self) -> usize {
        self.adults as usize + self.children as usize
    }

    /// How many there are.
    #[must_use]
    pub const fn all(&self) -> usize {
        self.seated() + self.lap_infants as usize
    }

    /// How many of a kind.
    #[must_use]
    pub const fn of(&self, kind: PassengerKind) -> u8 {
        match kind {
            PassengerKind::Adult => self.adults,
            PassengerKind::Child => self.children,
            PassengerKind::LapInfant => self.lap_infants,
        }
    }

    /// The kinds that are there, with their numbers, adults first.
    pub fn kinds(&self) -> impl Iterator<Item = (PassengerKind, u8)> + use<> {
        let counts = *self;
        [PassengerKind::Adult, PassengerKind::Child, PassengerKind::LapInfant]
            .into_iter()
            .map(move |kind| (kind, counts.of(kind)))
            .filter(|(_, count)| *count > 0)
    }
}

/// Which traveler of a booking, counted from 0. All that stored data says about a person.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TravelerRef(pub u8);

impl fmt::Debug for TravelerRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for TravelerRef {
    /// `traveler 1` is the first: for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "traveler {}", u16::from(self.0) + 1)
    }
}
