//! Does a party fit the quote that it is to travel on? Every field that does not is named.

use std::fmt;

use jiff::civil::Date;

use crate::limits::NAME_CHARS_MAX;
use crate::model::latin::latin;
use crate::model::passenger::{PassengerKind, TravelerRef};
use crate::model::search::{FlightSearch, Search};
use crate::model::traveler::{Contact, Party, Traveler};

/// Longest e-mail address (RFC 5321 leaves 254 for a forward path's mailbox).
pub const EMAIL_CHARS_MAX: usize = 254;
/// Longest title.
pub const TITLE_CHARS_MAX: usize = 10;
/// Longest document number (ICAO 9303 has nine characters, and an overflow for longer ones).
pub const DOCUMENT_CHARS_MAX: usize = 20;

/// One field that cannot be taken. Says where and which rule, never what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// A path into the party: `travelers[1].born`.
    pub path: String,
    /// The rule.
    pub rule: FieldRule,
}

/// A rule that a field breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum FieldRule {
    /// As many of each kind as were priced.
    #[error("the travelers are not those who were priced")]
    Count,
    /// Needed here.
    #[error("is missing")]
    Missing,
    /// As hosts take names.
    #[error("must be in Latin letters, as in the machine readable zone of the document")]
    Latin,
    /// Within its limit.
    #[error("is too long")]
    TooLong,
    /// The age of their kind on every day of travel: adults 12 and older, children 2 to 11, lap infants under 2.
    #[error("is not the age that was priced, on every day of travel")]
    Age,
    /// An adult of the party, and nobody else's lap.
    #[error("must be an adult of the party with no other infant")]
    Lap,
    /// Valid on the last day of travel.
    #[error("expires before the journey ends")]
    Expired,
    /// An address with one `@`; a number with `+` and 7 to 15 digits.
    #[error("is malformed")]
    Malformed,
}

/// Checks a party against the search that was priced.
///
/// # Errors
/// Every field that breaks a rule, in order.
pub fn check(party: &Party, search: &Search) -> Result<(), Vec<FieldError>> {
    let Search::Flights(search) = search else {
        return Err(vec![FieldError { path: "travelers".to_owned(), rule: FieldRule::Count }]);
    };
    let mut errors = Errors(Vec::new());
    let travel = |kind: PassengerKind| party.travelers.iter().filter(|who| who.kind == kind).count();
    let priced = |kind: PassengerKind| usize::from(search.passengers.of(kind));
    let kinds = [PassengerKind::Adult, PassengerKind::Child, PassengerKind::LapInfant];
    if kinds.iter().any(|kind| travel(*kind) != priced(*kind)) {
        errors.add("travelers", FieldRule::Count);
        return Err(errors.0);
    }
    for (index, traveler) in party.travelers.iter().enumerate() {
        errors.traveler(&format!("travelers[{index}]"), traveler, search);
        errors.lap(index, party);
    }
    errors.contact(&party.contact);
    if errors.0.is_empty() { Ok(()) } else { Err(errors.0) }
}

struct Errors(Vec<FieldError>);

impl Errors {
    fn add(&mut self, path: impl fmt::Display, rule: FieldRule) {
        self.0.push(FieldError { path: path.to_string(), rule });
    }

    fn traveler(&mut self, at: &str, who: &Traveler, search: &FlightSearch) {
        self.name(format!("{at}.name.surname"), who.name.surname.expose());
        if let Some(given) = &who.name.given {
            self.name(format!("{at}.name.given"), given.expose());
        }
        if who.name.title.as_ref().is_some_and(|title| title.chars().count() > TITLE_CHARS_MAX) {
            self.add(format!("{at}.name.title"), FieldRule::TooLong);
        }
        let (first, last) = days(search);
        match &who.born {
            None if who.kind != PassengerKind::Adult => self.add(format!("{at}.born"), FieldRule::Missing),
            Some(born) if !is_age(who.kind, *born.expose(), first, last) => {
                self.add(format!("{at}.born"), FieldRule::Age);
            }
            _ => {}
        }
        if let Some(document) = &who.document {
            let number = document.number.expose();
            if number.is_empty() || !number.chars().all(|c| c.is_ascii_alphanumeric()) {
                self.add(format!("{at}.document.number"), FieldRule::Malformed);
            } else if number.len() > DOCUMENT_CHARS_MAX {
                self.add(format!("{at}.document.number"), FieldRule::TooLong);
            }
            if last.is_some_and(|last| document.expires < last) {
                self.add(format!("{at}.document.expires"), FieldRule::Expired);
            }
        }
    }

    fn name(&mut self, path: String, name: &str) {
        if name.trim().is_empty() {
            self.add(path, FieldRule::Missing);
        } else if name.chars().count() > NAME_CHARS_MAX {
            self.add(path, FieldRule::TooLong);
        } else if latin(name).is_err() {
            self.add(path, FieldRule::Latin);
        }
    }

    fn lap(&mut self, index: usize, party: &Party) {
        let path = || format!("travelers[{index}].with_adult");
        let who = &party.travelers[index];
        let Some(lap) = who.with_adult else {
            if who.kind == PassengerKind::LapInfant {
                self.add(path(), FieldRule::Missing);
            }
            return;
        };
        let adult = |lap: TravelerRef| {
            party.travelers.get(usize::from(lap.0)).is_some_and(|other| other.kind == PassengerKind::Adult)
        };
        let sharing = party.travelers.iter().filter(|other| other.with_adult == Some(lap)).count();
        if who.kind != PassengerKind::LapInfant || !adult(lap) || sharing > 1 {
            self.add(path(), FieldRule::Lap);
        }
    }

    fn contact(&mut self, contact: &Contact) {
        let email = contact.email.expose();
        let plain = |c: char| c.is_ascii_graphic() && c != '@' && !"<>()[],;:\\\"".contains(c);
        let halves = email.split_once('@');
        let formed = halves.is_some_and(|(local, domain)| {
            !local.is_empty() && domain.contains('.') && local.chars().chain(domain.chars()).all(plain)
        });
        if email.len() > EMAIL_CHARS_MAX {
            self.add("contact.email", FieldRule::TooLong);
        } else if !formed {
            self.add("contact.email", FieldRule::Malformed);
        }
        let number = contact.phone.as_ref().map(|phone| phone.expose().strip_prefix('+').unwrap_or(""));
        let digits = |number: &str| number.bytes().all(|b| b.is_ascii_digit());
        if number.is_some_and(|number| !digits(number) || !(7..=15).contains(&number.len())) {
            self.add("contact.phone", FieldRule::Malformed);
        }
    }
}

/// The days of the first and of the last departure.
fn days(search: &FlightSearch) -> (Option<Date>, Option<Date>) {
    (search.slices.first().map(|slice| slice.date), search.slices.last().map(|slice| slice.date))
}

/// Whether somebody is of a kind's age on the first and on the last day.
fn is_age(kind: PassengerKind, born: Date, first: Option<Date>, last: Option<Date>) -> bool {
    [first, last].into_iter().flatten().all(|day| {
        let Some(age) = years(born, day) else { return false };
        match kind {
            PassengerKind::Adult => age >= 12,
            PassengerKind::Child => (2..12).contains(&age),
            PassengerKind::LapInfant => age < 2,
        }
    })
}

/// Whole years of age on a day; `None` before birth.
fn years(born: Date, day: Date) -> Option<i16> {
    let had_birthday = (day.month(), day.day()) >= (born.month(), born.day());
    (day >= born).then(|| day.year() - born.year() - i16::from(!had_birthday))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::model::traveler::{DocumentKind, TravelDocument};
    use crate::redact::Redacted;
    use crate::testing::samples;

    fn family() -> (Party, FlightSearch) {
        let mut search = samples::search();
        (search.passengers.adults, search.passengers.children, search.passengers.lap_infants) = (2, 1, 1);
        let mut party = samples::party();
        let adult = party.travelers[0].clone();
        let born = |y, m, d| Some(Redacted::new(date(y, m, d)));
        let child = Traveler { kind: PassengerKind::Child, born: born(2019, 3, 1), ..adult.clone() };
        let infant = Traveler {
            kind: PassengerKind::LapInfant,
            born: born(2026, 9, 1),
            with_adult: Some(TravelerRef(0)),
            ..adult.clone()
        };
        party.travelers = vec![adult.clone(), adult, child, infant];
        (party, search)
    }

    #[track_caller]
    fn wrong(change: impl FnOnce(&mut Party), path: &str, rule: FieldRule) {
        let (mut party, search) = family();
        change(&mut party);
        assert_eq!(check(&party, &search.into()), Err(vec![FieldError { path: path.to_owned(), rule }]));
    }

    #[test]
    fn a_family_fits_its_quote() {
        let (party, search) = family();
        assert_eq!(check(&party, &search.into()), Ok(()));
    }

    #[test]
    fn each_field_has_its_error() {
        use FieldRule::{Age, Count, Expired, Lap, Latin, Malformed, Missing, TooLong};
        wrong(|p| drop(p.travelers.pop()), "travelers", Count);
        wrong(|p| p.travelers[0].kind = PassengerKind::Child, "travelers", Count);
        wrong(|p| p.travelers[1].name.surname = " ".to_owned().into(), "travelers[1].name.surname", Missing);
        wrong(
            |p| p.travelers[1].name.given = Some("田中".to_owned().into()),
            "travelers[1].name.given",
            Latin,
        );
        wrong(|p| p.travelers[0].name.surname = "A".repeat(41).into(), "travelers[0].name.surname", TooLong);
        wrong(|p| p.travelers[0].name.title = Some("M".repeat(11)), "travelers[0].name.title", TooLong);
        wrong(|p| p.travelers[2].born = None, "travelers[2].born", Missing);
        wrong(|p| p.travelers[2].born = Some(date(2015, 7, 15).into()), "travelers[2].born", Age);
        wrong(|p| p.travelers[3].born = Some(date(2025, 7, 20).into()), "travelers[3].born", Age);
        wrong(|p| p.travelers[3].born = Some(date(2027, 7, 11).into()), "travelers[3].born", Age);
        wrong(|p| p.travelers[3].with_adult = None, "travelers[3].with_adult", Missing);
        wrong(|p| p.travelers[3].with_adult = Some(TravelerRef(2)), "travelers[3].with_adult", Lap);
        wrong(|p| p.travelers[1].with_adult = Some(TravelerRef(1)), "travelers[1].with_adult", Lap);
        let passport = |number: &str, expires| TravelDocument {
            kind: DocumentKind::Passport,
            number: number.to_owned().into(),
            issued_by: crate::model::place::CountryCode::new("ID").unwrap(),
            nationality: crate::model::place::CountryCode::new("ID").unwrap(),
            expires,
        };
        let valid = date(2030, 1, 1);
        wrong(
            |p| p.travelers[0].document = Some(passport("A 1", valid)),
            "travelers[0].document.number",
            Malformed,
        );
        let early = passport("A1", date(2027, 7, 19));
        wrong(|p| p.travelers[0].document = Some(early), "travelers[0].document.expires", Expired);
        for email in
            ["", "siti", "@example.com", "si ti@example.com", "a@b", "a@b@c.d", "a@b.c\r\nBcc: x@y.z"]
        {
            wrong(|p| p.contact.email = email.to_owned().into(), "contact.email", Malformed);
        }
        for phone in ["", "0812", "+62", "+62a123456", "+1234567890123456"] {
            wrong(|p| p.contact.phone = Some(phone.to_owned().into()), "contact.phone", Malformed);
        }
    }

    #[test]
    fn two_infants_do_not_share_a_lap() {
        let (mut party, mut search) = family();
        search.passengers.lap_infants = 2;
        party.travelers.push(party.travelers[3].clone());
        let paths: Vec<_> =
            check(&party, &search.into()).unwrap_err().into_iter().map(|error| error.path).collect();
        assert_eq!(paths, ["travelers[3].with_adult", "travelers[4].with_adult"]);
    }
}
