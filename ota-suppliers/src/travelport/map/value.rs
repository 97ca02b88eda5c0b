//! Single values: amounts, times, codes, baggage.

use jiff::civil::{Date, DateTime};
use ota_core::model::conditions::{BaggageAllowance, Weight};
use ota_core::model::itinerary::{Cabin, FlightNumber};
use ota_core::model::money::{Currency, Money};
use ota_core::model::order::OrderTraveler;
use ota_core::model::passenger::PassengerTypeCode;
use ota_core::model::place::{AirportCode, CarrierCode};
use ota_core::model::time::LocalTime;

use super::MapError;
use crate::travelport::replies::air::Baggage;

/// `UAH3627`, `KWD12.5`, `USD-7.00`: the code, then the digits as printed; ISO 4217 says their scale.
pub(crate) fn money(text: &str) -> Result<Money, MapError> {
    let (code, amount) = text.split_at_checked(3).ok_or(MapError::Amount)?;
    let currency = Currency::from_code(code).map_err(|_| MapError::Amount)?;
    Money::parse(amount, currency).map_err(|_| MapError::Amount)
}

/// An amount that may be absent; present and unreadable is an error all the same.
pub(crate) fn optional_money(text: Option<&str>) -> Result<Option<Money>, MapError> {
    text.map(money).transpose()
}

pub(crate) fn airport(text: &str) -> Result<AirportCode, MapError> {
    AirportCode::new(text).map_err(|_| MapError::Code)
}

pub(crate) fn carrier(text: &str) -> Result<CarrierCode, MapError> {
    CarrierCode::new(text).map_err(|_| MapError::Code)
}

pub(crate) fn passenger_type(text: &str) -> Result<PassengerTypeCode, MapError> {
    PassengerTypeCode::new(text).map_err(|_| MapError::Code)
}

/// `0967` or `967B`, with the carrier that sells it.
pub(crate) fn flight_number(carrier_code: &str, number: &str) -> Result<FlightNumber, MapError> {
    let suffix = number.chars().next_back().filter(char::is_ascii_uppercase);
    let digits = number.strip_suffix(|c: char| c.is_ascii_uppercase()).unwrap_or(number);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let number = digits.parse().ok().filter(|n| plain && (1..=9999).contains(n)).ok_or(MapError::Code)?;
    Ok(FlightNumber { carrier: carrier(carrier_code)?, number, suffix })
}

/// The names used in attributes; anything else is unknown.
pub(crate) fn cabin(text: &str) -> Option<Cabin> {
    match text {
        "Economy" => Some(Cabin::Economy),
        "PremiumEconomy" | "Premium Economy" => Some(Cabin::PremiumEconomy),
        "Business" => Some(Cabin::Business),
        "First" | "PremiumFirst" | "Premium First" => Some(Cabin::First),
        _ => None,
    }
}

/// `2016-11-10T18:35:00.000+02:00`: the clock of the place, and the offset where one is stated. Seconds
/// are not used by schedules and are dropped.
pub(crate) fn local_time(text: &str) -> Result<LocalTime, MapError> {
    let bytes = text.as_bytes();
    let day = date(text)?;
    if bytes.get(10) != Some(&b'T') || bytes.get(13) != Some(&b':') {
        return Err(MapError::Time);
    }
    let (hour, minute) = (two(bytes, 11)?, two(bytes, 14)?);
    let time = jiff::civil::Time::new(hour, minute, 0, 0).map_err(|_| MapError::Time)?;
    let civil = DateTime::from_parts(day, time);
    let rest = bytes.get(16..).unwrap_or_default();
    let sign = rest.iter().position(|b| matches!(b, b'+' | b'-' | b'Z'));
    let Some(at) = sign.map(|offset| 16 + offset) else { return Ok(LocalTime::new(civil)) };
    if bytes.get(at) == Some(&b'Z') {
        return Ok(LocalTime::with_offset(civil, 0));
    }
    if bytes.get(at + 3) != Some(&b':') || bytes.len() != at + 6 {
        return Err(MapError::Time);
    }
    let minutes = i16::from(two(bytes, at + 1)?) * 60 + i16::from(two(bytes, at + 4)?);
    Ok(LocalTime::with_offset(civil, if bytes.get(at) == Some(&b'-') { -minutes } else { minutes }))
}

/// A time limit; a bare date runs to its last minute.
pub(crate) fn limit(text: &str) -> Result<LocalTime, MapError> {
    match text.len() {
        10 => Ok(LocalTime::new(date(text)?.at(23, 59, 0, 0))),
        _ => local_time(text),
    }
}

/// The date at the start of a date or time.
pub(crate) fn date(text: &str) -> Result<Date, MapError> {
    let bytes = text.as_bytes();
    if bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
        return Err(MapError::Time);
    }
    let year = i16::from(two(bytes, 0)?) * 100 + i16::from(two(bytes, 2)?);
    Date::new(year, two(bytes, 5)?, two(bytes, 8)?).map_err(|_| MapError::Time)
}

fn two(bytes: &[u8], at: usize) -> Result<i8, MapError> {
    match bytes.get(at..at + 2) {
        Some(&[tens @ b'0'..=b'9', units @ b'0'..=b'9']) => {
            Ok((tens - b'0').cast_signed() * 10 + (units - b'0').cast_signed())
        }
        _ => Err(MapError::Time),
    }
}

/// Pieces, a weight, or both: both together are pieces of at most that weight.
pub(crate) fn baggage(stated: &Baggage<'_>) -> BaggageAllowance {
    let weight = stated.weight.as_deref().and_then(|value| value.trim().parse().ok()).and_then(|value| {
        match stated.unit.as_deref() {
            Some("Kilograms") => Some(Weight::Kilograms(value)),
            Some("Pounds") => Some(Weight::Pounds(value)),
            _ => None,
        }
    });
    match (stated.pieces.as_deref().map(|pieces| pieces.trim().parse()), weight) {
        (Some(Ok(0)), _) => BaggageAllowance::None,
        (Some(Ok(count)), each) => BaggageAllowance::Pieces { count, each },
        (None, Some(Weight::Kilograms(0) | Weight::Pounds(0))) => BaggageAllowance::None,
        (None, Some(total)) => BaggageAllowance::Total(total),
        (Some(Err(_)), _) | (None, None) => BaggageAllowance::Unknown,
    }
}

/// The trade's short form: `2P`, `1PC`, `20K`, `50L`, `NIL`.
pub(crate) fn baggage_text(text: &str) -> BaggageAllowance {
    let text = text.trim();
    if text == "NIL" {
        return BaggageAllowance::None;
    }
    let letters = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = &text[..text.len() - letters.len()];
    let Ok(number) = number.parse::<u16>() else { return BaggageAllowance::Unknown };
    match (letters, number) {
        ("P" | "PC" | "K" | "KG" | "L" | "LB", 0) => BaggageAllowance::None,
        ("P" | "PC", count) => match u8::try_from(count) {
            Ok(count) => BaggageAllowance::Pieces { count, each: None },
            Err(_) => BaggageAllowance::Unknown,
        },
        ("K" | "KG", total) => BaggageAllowance::Total(Weight::Kilograms(total)),
        ("L" | "LB", total) => BaggageAllowance::Total(Weight::Pounds(total)),
        _ => BaggageAllowance::Unknown,
    }
}

/// A person as the supplier names them. An empty given name is a mononym.
pub(crate) fn traveler(kind: Option<&str>, first: Option<&str>, last: &str) -> OrderTraveler {
    OrderTraveler {
        passenger_type: kind.and_then(|code| PassengerTypeCode::new(code).ok()),
        given: first.filter(|name| !name.trim().is_empty()).map(|name| name.to_owned().into()),
        surname: last.to_owned().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_local_times_with_their_offset() {
        let show = |text| local_time(text).map(|time| format!("{time:?}"));
        assert_eq!(show("2016-11-10T18:35:00.000+02:00").unwrap(), "2016-11-10T18:35:00+120min");
        assert_eq!(show("2018-09-29T08:03:00.000-06:30").unwrap(), "2018-09-29T08:03:00-390min");
        assert_eq!(show("2018-09-29T08:03:00Z").unwrap(), "2018-09-29T08:03:00+0min");
        assert_eq!(show("2018-09-29T08:03:00").unwrap(), "2018-09-29T08:03:00");
        for bad in [
            "",
            "2018-09-29",
            "2018-02-30T08:03:00",
            "2018-09-29T24:03:00",
            "2018-09-29T08:03:00+2",
            "20é8-09-29T08:03:00",
        ] {
            assert_eq!(show(bad), Err(MapError::Time), "{bad}");
        }
    }

    #[test]
    fn a_limit_without_a_time_lasts_all_day() {
        assert_eq!(format!("{:?}", limit("2018-09-07").unwrap()), "2018-09-07T23:59:00");
        assert_eq!(format!("{:?}", limit("2018-09-07T12:00:00Z").unwrap()), "2018-09-07T12:00:00+0min");
        assert_eq!(limit("2018-09-0x"), Err(MapError::Time));
    }

    #[test]
    fn reads_amounts_as_printed() {
        let minor = |text| money(text).map(|money| money.minor);
        assert_eq!(minor("UAH3627"), Ok(362_700));
        assert_eq!(minor("KRW863900"), Ok(863_900));
        assert_eq!(minor("UAH2538.0"), Ok(253_800));
        assert_eq!(minor("KWD12.5"), Ok(12_500));
        for bad in ["", "EUR", "NUC49.00", "ABC1", "JPY100.50", "é1", "12.50EUR"] {
            assert_eq!(minor(bad), Err(MapError::Amount), "{bad}");
        }
    }

    #[test]
    fn tells_pieces_weight_none_and_unknown_apart() {
        let pieces = |count, each| BaggageAllowance::Pieces { count, each };
        let kilos = |n| BaggageAllowance::Total(Weight::Kilograms(n));
        for (text, expected) in [
            ("2P", pieces(2, None)),
            ("1PC", pieces(1, None)),
            ("0PC", BaggageAllowance::None),
            ("NIL", BaggageAllowance::None),
            ("25K", kilos(25)),
            ("50KG", kilos(50)),
            ("50L", BaggageAllowance::Total(Weight::Pounds(50))),
            ("", BaggageAllowance::Unknown),
            ("P", BaggageAllowance::Unknown),
            ("BAGGAGE ALLOWANCE DATA NOT AVAILABLE", BaggageAllowance::Unknown),
        ] {
            assert_eq!(baggage_text(text), expected, "{text}");
        }
        let stated = |pieces: Option<&'static str>, weight: Option<&'static str>, unit: &'static str| {
            baggage(&Baggage {
                pieces: pieces.map(Into::into),
                weight: weight.map(Into::into),
                unit: Some(unit.into()),
            })
        };
        assert_eq!(stated(Some("1"), Some("23"), "Kilograms"), pieces(1, Some(Weight::Kilograms(23))));
        assert_eq!(stated(Some("0"), None, ""), BaggageAllowance::None);
        assert_eq!(stated(None, Some("20"), "Kilograms"), kilos(20));
        assert_eq!(stated(None, None, ""), BaggageAllowance::Unknown);
        assert_eq!(stated(Some("some"), None, ""), BaggageAllowance::Unknown);
    }

    #[test]
    fn reads_flight_numbers_without_leading_zeros() {
        assert_eq!(flight_number("KC", "0402").unwrap().to_string(), "KC402");
        assert_eq!(flight_number("3K", "7D").unwrap().to_string(), "3K7D");
        for bad in ["", "0", "12345", "+12", "D", "12DD"] {
            assert_eq!(flight_number("KC", bad), Err(MapError::Code), "{bad}");
        }
    }
}
