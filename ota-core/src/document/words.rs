//! How a document words values: times, places, allowances, permissions.

use crate::model::conditions::{BaggageAllowance, Penalty, Permission, Weight};
use crate::model::order::TicketNumber;
use crate::model::passenger::PassengerKind;
use crate::model::place::AirportCode;
use crate::model::places::{Airport, places};
use crate::model::time::{LocalTime, Timestamp};
use crate::model::traveler::PersonName;
use crate::pricing::PriceLineKind;

pub(super) fn baggage(allowance: BaggageAllowance) -> String {
    match allowance {
        BaggageAllowance::Unknown => "not known, ask us before you pack".to_owned(),
        BaggageAllowance::None => "none included".to_owned(),
        BaggageAllowance::Pieces { count, each } => {
            let pieces = if count == 1 { "piece" } else { "pieces" };
            let each = each.map(|each| format!(" of up to {}", weight(each))).unwrap_or_default();
            format!("{count} {pieces}{each}")
        }
        BaggageAllowance::Total(total) => format!("{} in all", weight(total)),
    }
}

fn weight(weight: Weight) -> String {
    match weight {
        Weight::Kilograms(kilograms) => format!("{kilograms} kg"),
        Weight::Pounds(pounds) => format!("{pounds} lb"),
    }
}

pub(super) fn permission_text(permission: Permission) -> String {
    match permission {
        Permission::Unknown => "not known, ask us before you decide".to_owned(),
        Permission::NotAllowed => "not allowed".to_owned(),
        Permission::Allowed(None) => "allowed, the price is not known".to_owned(),
        Permission::Allowed(Some(Penalty::Amount(amount))) if amount.minor == 0 => {
            "allowed, free of charge".to_owned()
        }
        Permission::Allowed(Some(Penalty::Amount(amount))) => format!("allowed for {amount} per passenger"),
        Permission::Allowed(Some(Penalty::BasisPoints(points))) => {
            let (whole, part) = (points / 100, points % 100);
            let part = if part == 0 { String::new() } else { format!(".{part:02}") };
            format!("allowed for {whole}{part} % of the fare")
        }
    }
}

pub(super) fn line_name(kind: PriceLineKind) -> &'static str {
    match kind {
        PriceLineKind::Fare => "fare",
        PriceLineKind::Taxes => "taxes and carrier charges",
        PriceLineKind::ServiceFee => "service fee",
    }
}

pub(super) fn full_name(name: &PersonName) -> String {
    let given = name.given.as_ref().map(|given| given.expose().as_str());
    let parts = [name.title.as_deref(), given, Some(name.surname.expose().as_str())];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

pub(super) fn kind_name(kind: PassengerKind) -> &'static str {
    match kind {
        PassengerKind::Adult => "adult",
        PassengerKind::Child => "child",
        PassengerKind::LapInfant => "lap infant",
    }
}

/// City and airport, as far as the table knows them; the code always.
pub(super) fn place(code: AirportCode) -> String {
    let Some(airport) = places().airport(code) else { return code.to_string() };
    format!("{}, {} ({code})", city(code), airport.name)
}

pub(super) fn city(code: AirportCode) -> String {
    let city = places().airport(code).and_then(|airport| places().city(airport.city));
    city.map_or_else(|| code.to_string(), |city| city.name.to_owned())
}

pub(super) fn instant(time: Option<LocalTime>, at: AirportCode) -> Option<Timestamp> {
    let zone = places().airport(at).map(Airport::time_zone);
    time?.instant(zone.as_ref())
}

/// Date, clock and offset: stated by the supplier, else of the airport's zone.
pub(super) fn moment(time: Option<LocalTime>, at: AirportCode) -> String {
    let Some(time) = time else { return "on a date still open,".to_owned() };
    let of_zone = || {
        let zone = places().airport(at)?.time_zone();
        Some(zone.to_offset(time.instant(Some(&zone))?.to_jiff()).seconds() / 60)
    };
    let minutes = time.offset_minutes.map(i32::from).or_else(of_zone);
    let offset = minutes.map_or_else(String::new, |minutes| format!(" ({})", offset(minutes)));
    format!("{}{offset}", time.civil.strftime("%a %d %b %Y %H:%M"))
}

/// `UTC+5:45`, of minutes east of UTC.
pub(super) fn offset(minutes: i32) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    if rest == 0 { format!("UTC{sign}{hours}") } else { format!("UTC{sign}{hours}:{rest:02}") }
}

pub(super) fn day_shift(from: Option<LocalTime>, to: Option<LocalTime>) -> String {
    let days =
        from.zip(to).map(|(from, to)| to.civil.date().duration_since(from.civil.date()).as_hours() / 24);
    match days {
        None | Some(0) => String::new(),
        Some(1) => ", the next day (+1),".to_owned(),
        Some(-1) => ", the day before (-1),".to_owned(),
        Some(days) => format!(", {days:+} days,"),
    }
}

pub(super) fn span(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// Airline's accounting code, hyphen, document: as airports read it.
pub(super) fn hyphened(number: TicketNumber) -> String {
    let mut digits = number.to_string();
    digits.insert(3, '-');
    digits
}
