//! From travelers to what the host keeps of them.

use jiff::civil::Date;
use ota_core::model::passenger::{PassengerKind, TravelerRef};
use ota_core::model::traveler::{DocumentKind, Party, Traveler};

use super::build::BuildError;
use super::names;
use super::universal::{BookingTraveler, BookingTravelerName, NameRemark, Ssr};

/// The host's type codes. `CNN` is the child whose age is told.
pub(crate) const fn type_code(kind: PassengerKind) -> &'static str {
    match kind {
        PassengerKind::Adult => "ADT",
        PassengerKind::Child => "CNN",
        PassengerKind::LapInfant => "INF",
    }
}

/// The name of a traveler inside one request.
pub(super) fn traveler_key(index: usize) -> String {
    format!("T{index}")
}

/// Who is sent, in the order of names in the record: each adult, its infants, then the children.
pub(crate) fn sending_order(party: &Party) -> Vec<TravelerRef> {
    let of = |kind| {
        let travelers = party.travelers.iter().zip(0..=u8::MAX);
        travelers
            .filter(move |(traveler, _)| traveler.kind == kind)
            .map(|(traveler, index)| (traveler, TravelerRef(index)))
    };
    let mut order = Vec::with_capacity(party.travelers.len());
    for (_, adult) in of(PassengerKind::Adult) {
        order.push(adult);
        let own = of(PassengerKind::LapInfant).filter(|(infant, _)| infant.with_adult == Some(adult));
        order.extend(own.map(|(_, infant)| infant));
    }
    order.extend(of(PassengerKind::Child).map(|(_, child)| child));
    let strays: Vec<_> = of(PassengerKind::LapInfant)
        .map(|(_, infant)| infant)
        .filter(|infant| !order.contains(infant))
        .collect();
    order.extend(strays);
    order
}

pub(super) fn booking_traveler(
    traveler: &Traveler,
    index: TravelerRef,
    departure: Date,
    carriers: &[String],
) -> Result<BookingTraveler, BuildError> {
    let (first, last) = names::name(&traveler.name)?;
    let born = traveler.born.as_ref().map(|born| *born.expose());
    let age = born.map(|born| years(born, departure));
    if age.is_none() && traveler.kind != PassengerKind::Adult {
        return Err(BuildError::NoBirthDate);
    }
    let name_remark = match traveler.kind {
        PassengerKind::Adult => None,
        PassengerKind::Child => age.map(|age| format!("P-C{age:02}")),
        PassengerKind::LapInfant => born.map(short_date),
    };
    Ok(BookingTraveler {
        key: traveler_key(usize::from(index.0)),
        traveler_type: type_code(traveler.kind).to_owned(),
        age: age.filter(|_| traveler.kind != PassengerKind::Adult),
        dob: born.map(|born| born.to_string()),
        gender: traveler.gender.map(|gender| gender.code(false).to_owned()),
        ssrs: docs(traveler, &first, &last, carriers),
        name: BookingTravelerName { prefix: names::title(traveler.name.title.as_deref()), first, last },
        phones: Vec::new(),
        emails: Vec::new(),
        name_remark: name_remark.map(|text| NameRemark { category: "AIR".to_owned(), remark_data: text }),
    })
}

/// Whole years between two days.
fn years(born: Date, on: Date) -> u8 {
    let birthday_to_come = (on.month(), on.day()) < (born.month(), born.day());
    let years = i32::from(on.year()) - i32::from(born.year()) - i32::from(birthday_to_come);
    u8::try_from(years.clamp(0, 120)).unwrap_or_default()
}

/// `20JUL76`.
fn short_date(date: Date) -> String {
    date.strftime("%d%b%y").to_string().to_uppercase()
}

/// The travel document for each carrier (SSR DOCS); only where everything that it must say is known.
fn docs(traveler: &Traveler, first: &str, last: &str, carriers: &[String]) -> Vec<Ssr> {
    let (Some(document), Some(born), Some(gender)) = (&traveler.document, &traveler.born, traveler.gender)
    else {
        return Vec::new();
    };
    let kind = match document.kind {
        DocumentKind::Passport => "P",
        DocumentKind::IdentityCard => "I",
    };
    let text = format!(
        "{kind}/{}/{}/{}/{}/{}/{}/{last}/{first}",
        document.issued_by,
        document.number.expose(),
        document.nationality,
        short_date(*born.expose()),
        gender.code(traveler.kind == PassengerKind::LapInfant),
        short_date(document.expires),
    );
    let ssr = |carrier: &String| Ssr {
        kind: "DOCS".to_owned(),
        status: "HK".to_owned(),
        free_text: text.clone(),
        carrier: carrier.clone(),
    };
    carriers.iter().map(ssr).collect()
}
