//! Does a party fit the quote that it is to travel on? Every field that does not is named.

use std::fmt;

use jiff::civil::Date;

use crate::limits::NAME_CHARS_MAX;
use crate::model::latin::latin;
use crate::model::offer::{HotelOffer, Offer};
use crate::model::passenger::{PassengerKind, TravelerRef};
use crate::model::rooms::{self, Unlodged, child_age};
use crate::model::search::{FlightSearch, Search};
use crate::model::stay::Rate;
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
    /// A child of any age is a child in a room.
    #[error("nobody stays as an infant: a child of any age is a child")]
    Kind,
    /// The age at check-in, in full years.
    #[error("is not an age at check-in that was priced")]
    GuestAge,
    /// A room of the stay, counted from 1.
    #[error("names no room of the stay")]
    Room,
    /// The adults and the ages of the children that a room was priced for.
    #[error("the guests of the room are not those that a room was priced for")]
    Guests,
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

/// Checks a party against what was priced.
///
/// # Errors
/// Every field that breaks a rule, in order.
pub fn check(party: &Party, search: &Search, offer: &Offer) -> Result<(), Vec<FieldError>> {
    let mut errors = Errors(Vec::new());
    match (search, offer) {
        (Search::Flights(search), Offer::Flight(_)) => errors.flyers(party, search),
        (Search::Stays(_), Offer::Stay(offer)) => errors.guests(party, offer),
        (Search::Flights(_), Offer::Stay(_)) | (Search::Stays(_), Offer::Flight(_)) => {
            errors.add("travelers", FieldRule::Count);
        }
    }
    if errors.0.is_empty() { Ok(()) } else { Err(errors.0) }
}

struct Errors(Vec<FieldError>);

impl Errors {
    fn add(&mut self, path: impl fmt::Display, rule: FieldRule) {
        self.0.push(FieldError { path: path.to_string(), rule });
    }

    fn flyers(&mut self, party: &Party, search: &FlightSearch) {
        let travel = |kind: PassengerKind| party.travelers.iter().filter(|who| who.kind == kind).count();
        let priced = |kind: PassengerKind| usize::from(search.passengers.of(kind));
        let kinds = [PassengerKind::Adult, PassengerKind::Child, PassengerKind::LapInfant];
        if kinds.iter().any(|kind| travel(*kind) != priced(*kind)) {
            return self.add("travelers", FieldRule::Count);
        }
        let (first, last) = days(search);
        for (index, traveler) in party.travelers.iter().enumerate() {
            let at = format!("travelers[{index}]");
            self.traveler(&at, traveler, last);
            match &traveler.born {
                None if traveler.kind != PassengerKind::Adult => {
                    self.add(format!("{at}.born"), FieldRule::Missing);
                }
                Some(born) if !is_age(traveler.kind, *born.expose(), first, last) => {
                    self.add(format!("{at}.born"), FieldRule::Age);
                }
                _ => {}
            }
            self.lap(index, party);
        }
        self.contact(&party.contact);
    }

    /// As many as were priced, each in a room, with the people that it was priced for. An age decides who is a child,
    /// and nobody sleeps on a lap.
    fn guests(&mut self, party: &Party, offer: &HotelOffer) {
        let housed = |rate: &Rate| rate.occupancy.guests() * usize::from(rate.rooms);
        if party.travelers.len() != offer.rates.iter().map(housed).sum::<usize>() {
            return self.add("travelers", FieldRule::Count);
        }
        let rooms: usize = offer.rates.iter().map(|rate| usize::from(rate.rooms)).sum();
        for (index, traveler) in party.travelers.iter().enumerate() {
            let at = format!("travelers[{index}]");
            self.traveler(&at, traveler, Some(offer.dates.check_out));
            if traveler.kind == PassengerKind::LapInfant {
                self.add(format!("{at}.type"), FieldRule::Kind);
            }
            self.age(&at, traveler, offer);
            match traveler.room {
                None if rooms > 1 => self.add(format!("{at}.room"), FieldRule::Missing),
                Some(room) if !(1..=rooms).contains(&usize::from(room)) => {
                    self.add(format!("{at}.room"), FieldRule::Room);
                }
                _ => {}
            }
            if traveler.with_adult.is_some() {
                self.add(format!("{at}.with_adult"), FieldRule::Lap);
            }
        }
        self.contact(&party.contact);
        if self.0.is_empty() {
            self.lodged(party, offer);
        }
    }

    /// A child's age at check-in is known, and priced.
    fn age(&mut self, at: &str, who: &Traveler, offer: &HotelOffer) {
        let mut priced = offer.rates.iter().flat_map(|rate| &rate.occupancy.child_ages);
        match child_age(who, offer.dates.check_in) {
            None if who.born.is_none() => self.add(format!("{at}.born"), FieldRule::Missing),
            None => self.add(format!("{at}.born"), FieldRule::GuestAge),
            Some(None) if who.kind == PassengerKind::Child => {
                self.add(format!("{at}.born"), FieldRule::GuestAge);
            }
            Some(Some(age)) if !priced.any(|priced| *priced == age) => {
                self.add(format!("{at}.born"), FieldRule::GuestAge);
            }
            Some(_) => {}
        }
    }

    fn lodged(&mut self, party: &Party, offer: &HotelOffer) {
        let room = |who: &Traveler| who.room.unwrap_or(1);
        let wrong = match rooms::lodge(offer, party) {
            Ok(_) => return,
            Err(Unlodged::Guests(number)) => number,
            Err(_) => return self.add("travelers", FieldRule::Count),
        };
        for (index, who) in party.travelers.iter().enumerate() {
            if room(who) == wrong {
                self.add(format!("travelers[{index}].room"), FieldRule::Guests);
            }
        }
        // Nobody is in it.
        if self.0.is_empty() {
            self.add("travelers", FieldRule::Guests);
        }
    }

    /// What is asked of everybody; the last day is that on which a document must be valid.
    fn traveler(&mut self, at: &str, who: &Traveler, last: Option<Date>) {
        self.name(format!("{at}.name.surname"), who.name.surname.expose());
        if let Some(given) = &who.name.given {
            self.name(format!("{at}.name.given"), given.expose());
        }
        if who.name.title.as_ref().is_some_and(|title| title.chars().count() > TITLE_CHARS_MAX) {
            self.add(format!("{at}.name.title"), FieldRule::TooLong);
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
    use crate::model::search::HotelSearch;
    use crate::model::stay::Occupancy;
    use crate::model::traveler::{DocumentKind, TravelDocument};
    use crate::redact::Redacted;
    use crate::testing::{samples, stays};

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

    fn fits(party: &Party, search: FlightSearch) -> Result<(), Vec<FieldError>> {
        check(party, &search.into(), &samples::offer("alpha-1", "GA", 100).into())
    }

    #[track_caller]
    fn wrong(change: impl FnOnce(&mut Party), path: &str, rule: FieldRule) {
        let (mut party, search) = family();
        change(&mut party);
        assert_eq!(fits(&party, search), Err(vec![FieldError { path: path.to_owned(), rule }]));
    }

    #[test]
    fn a_family_fits_its_quote() {
        let (party, search) = family();
        assert_eq!(fits(&party, search), Ok(()));
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

    #[track_caller]
    fn guests(change: impl FnOnce(&mut Vec<Traveler>), paths: &[(&str, FieldRule)]) {
        let mut party = stays::family();
        change(&mut party.travelers);
        let found = check(&party, &stays::family_search().into(), &stays::family_offer().into());
        let errors = found.err().unwrap_or_default();
        let errors: Vec<_> = errors.iter().map(|error| (error.path.as_str(), error.rule)).collect();
        assert_eq!(errors, paths);
    }

    #[test]
    fn each_field_of_a_guest_has_its_error() {
        use FieldRule::{Count, Expired, GuestAge, Guests, Kind, Lap, Latin, Missing, Room};
        guests(|_| (), &[]);
        guests(|all| drop(all.pop()), &[("travelers", Count)]);
        guests(|all| all.push(all[0].clone()), &[("travelers", Count)]);
        guests(|all| all[2].room = None, &[("travelers[2].room", Missing)]);
        guests(|all| all[2].room = Some(4), &[("travelers[2].room", Room)]);
        guests(|all| all[2].room = Some(0), &[("travelers[2].room", Room)]);
        guests(|all| all[3].born = None, &[("travelers[3].born", Missing)]);
        guests(|all| all[3].born = Some(date(2019, 7, 1).into()), &[("travelers[3].born", GuestAge)]);
        guests(|all| all[3].born = Some(date(2007, 7, 1).into()), &[("travelers[3].born", GuestAge)]);
        guests(|all| all[3].born = Some(date(2027, 7, 11).into()), &[("travelers[3].born", GuestAge)]);
        // Twelve and older fly as adults; in a room they are children, and this one was not priced.
        guests(|all| all[0].born = Some(date(2012, 1, 1).into()), &[("travelers[0].born", GuestAge)]);
        guests(|all| all[3].kind = PassengerKind::LapInfant, &[("travelers[3].type", Kind)]);
        guests(|all| all[3].with_adult = Some(TravelerRef(2)), &[("travelers[3].with_adult", Lap)]);
        let name = Some("田中".to_owned().into());
        guests(|all| all[4].name.given = name, &[("travelers[4].name.given", Latin)]);
        let early = TravelDocument {
            kind: DocumentKind::Passport,
            number: "A1".to_owned().into(),
            issued_by: crate::model::place::CountryCode::new("ID").unwrap(),
            nationality: crate::model::place::CountryCode::new("ID").unwrap(),
            expires: date(2027, 7, 11),
        };
        guests(|all| all[0].document = Some(early), &[("travelers[0].document.expires", Expired)]);
        let apart = [("travelers[0].room", Guests)];
        guests(|all| all[1].room = Some(2), &apart);
        let exchanged =
            [("travelers[0].room", Guests), ("travelers[1].room", Guests), ("travelers[3].room", Guests)];
        guests(|all| all[3].room = Some(1), &exchanged);
        guests(|all| (all[0].room, all[1].room) = (Some(2), Some(2)), &[("travelers", Guests)]);
        guests(|all| all.iter_mut().for_each(|who| who.room = who.room.map(|room| 4 - room)), &[]);
    }

    #[test]
    fn one_room_needs_no_number_and_a_baby_is_a_child() {
        let search = HotelSearch {
            rooms: vec![Occupancy { adults: 1, child_ages: vec![0, 17] }],
            ..stays::stay_search()
        };
        let mut offer = stays::stay_offer("alpha-1", "1001", 100);
        offer.rates[0].occupancy = search.rooms[0].clone();
        let mut party = samples::party();
        let of = |born: Date, kind| Traveler { kind, born: Some(born.into()), ..party.travelers[0].clone() };
        let children =
            [of(date(2026, 9, 1), PassengerKind::Child), of(date(2009, 7, 11), PassengerKind::Adult)];
        party.travelers.extend(children);
        assert_eq!(check(&party, &search.clone().into(), &offer.clone().into()), Ok(()));
        party.travelers[1].born = Some(date(2009, 7, 10).into());
        let errors = check(&party, &search.into(), &offer.into()).unwrap_err();
        assert_eq!(errors[0].path, "travelers[1].born");
    }

    #[test]
    fn two_infants_do_not_share_a_lap() {
        let (mut party, mut search) = family();
        search.passengers.lap_infants = 2;
        party.travelers.push(party.travelers[3].clone());
        let paths: Vec<_> = fits(&party, search).unwrap_err().into_iter().map(|error| error.path).collect();
        assert_eq!(paths, ["travelers[3].with_adult", "travelers[4].with_adult"]);
    }
}
