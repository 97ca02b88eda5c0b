//! Travelers: all the personal data there is. Stored only in one sealed row per booking.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::passenger::{PassengerKind, TravelerRef};
use super::place::CountryCode;
use crate::redact::Redacted;

/// A person's name as in the document travelled with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    /// Given names; absent for a mononym.
    pub given: Option<Redacted<String>>,
    /// Surname; the only name of a mononym.
    pub surname: Redacted<String>,
    /// `MR`, `MS`, `MSTR`, ... where the customer gave one.
    pub title: Option<String>,
}

/// Sex marker of a travel document, as ICAO 9303 and the airlines' APIS messages write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Gender {
    /// `M` (an infant: `MI`).
    Male,
    /// `F` (an infant: `FI`).
    Female,
    /// `X`.
    Unspecified,
    /// `U`.
    Undisclosed,
}

impl Gender {
    /// The marker as messages write it; two of them have another form for an infant.
    #[must_use]
    pub const fn code(self, infant: bool) -> &'static str {
        match (self, infant) {
            (Self::Male, false) => "M",
            (Self::Female, false) => "F",
            (Self::Male, true) => "MI",
            (Self::Female, true) => "FI",
            (Self::Unspecified, _) => "X",
            (Self::Undisclosed, _) => "U",
        }
    }

    /// What a marker says, and whether it says that its bearer is an infant. `None` is another marker, to be kept as
    /// it is written: it is no reason to stop.
    #[must_use]
    pub fn from_code(code: &str) -> Option<(Self, bool)> {
        match code {
            "M" => Some((Self::Male, false)),
            "F" => Some((Self::Female, false)),
            "MI" => Some((Self::Male, true)),
            "FI" => Some((Self::Female, true)),
            "X" => Some((Self::Unspecified, false)),
            "U" => Some((Self::Undisclosed, false)),
            _ => None,
        }
    }
}

/// What kind of document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DocumentKind {
    /// A passport.
    Passport,
    /// A national identity card.
    IdentityCard,
}

/// A travel document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TravelDocument {
    /// What it is.
    pub kind: DocumentKind,
    /// Its number.
    pub number: Redacted<String>,
    /// The state that issued it.
    pub issued_by: CountryCode,
    /// The holder's nationality.
    pub nationality: CountryCode,
    /// The last day on which it is valid.
    pub expires: Date,
}

/// One person who travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traveler {
    /// Adult, child or lap infant, at travel.
    pub kind: PassengerKind,
    /// The name in the document.
    pub name: PersonName,
    /// Date of birth; required for children and infants.
    pub born: Option<Redacted<Date>>,
    /// The document's sex marker.
    pub gender: Option<Gender>,
    /// The document travelled with.
    pub document: Option<TravelDocument>,
    /// For a lap infant: whose lap.
    pub with_adult: Option<TravelerRef>,
    /// In a stay: in which of its rooms, counted from 1. Absent where there is one room, or none.
    #[serde(default)]
    pub room: Option<u8>,
}

/// How to reach the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Where the e-ticket goes.
    pub email: Redacted<String>,
    /// International form, `+` and digits.
    pub phone: Option<Redacted<String>>,
}

/// Everybody on a booking, in order, and whom to write to: the content of the sealed row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// [`TravelerRef`] is an index into this.
    pub travelers: Vec<Traveler>,
    /// Who ordered.
    pub contact: Contact,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// B11: a marker is written and read back without loss; another one is kept by whoever reads it.
    #[test]
    fn markers_of_documents_are_read_as_they_were_written() {
        for gender in [Gender::Male, Gender::Female, Gender::Unspecified, Gender::Undisclosed] {
            for infant in [false, true] {
                let (read, of_infant) = Gender::from_code(gender.code(infant)).unwrap();
                let told = matches!(gender, Gender::Male | Gender::Female);
                assert_eq!((read, of_infant), (gender, infant && told), "{}", gender.code(infant));
            }
        }
        let codes = ["M", "F", "MI", "FI", "X", "U"];
        assert!(codes.iter().all(|code| {
            Gender::from_code(code).is_some_and(|(gender, infant)| gender.code(infant) == *code)
        }));
        for unknown in ["", "m", "Q", "XI", "UI", "MALE"] {
            assert_eq!(Gender::from_code(unknown), None, "{unknown}");
        }
    }
}
