//! Scalars.

use jiff::civil::{Date, DateTime};
use ota_core::model::money::{Currency, Money};
use ota_core::model::places::Position;
use ota_core::model::stay::{Board, BoardKind, StayDates};
use ota_core::model::time::LocalTime;

use super::MapError;

/// Microdegrees in a degree.
const MICRO: i64 = 1_000_000;

pub(super) fn currency(code: &str) -> Result<Currency, MapError> {
    Currency::from_code(code).map_err(|_| MapError::Amount)
}

pub(super) fn money(amount: &str, currency: Currency) -> Result<Money, MapError> {
    Money::parse(amount, currency).map_err(|_| MapError::Amount)
}

/// An amount with its own currency, both or neither of them stated.
pub(super) fn stated(amount: Option<&str>, code: Option<&str>) -> Result<Option<Money>, MapError> {
    match (amount, code) {
        (Some(amount), Some(code)) => money(amount, currency(code)?).map(Some),
        _ => Ok(None),
    }
}

pub(super) fn count(text: &str) -> Result<u8, MapError> {
    text.parse().map_err(|_| MapError::Occupancy)
}

/// Where the next page begins, after one that ends at `to`, counted from 1; none after the last.
pub(super) fn next(to: &str, total: &str) -> Result<Option<u32>, MapError> {
    let number = |text: &str| text.parse::<u32>().map_err(|_| MapError::Code);
    let (to, total) = (number(to)?, number(total)?);
    Ok((to < total).then(|| to + 1))
}

pub(super) fn dates(check_in: &str, check_out: &str) -> Result<StayDates, MapError> {
    let dates = StayDates { check_in: date(check_in)?, check_out: date(check_out)? };
    if dates.nights() > 0 { Ok(dates) } else { Err(MapError::Date) }
}

fn date(text: &str) -> Result<Date, MapError> {
    let plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    text.parse().ok().filter(|_| plain).ok_or(MapError::Date)
}

/// `2019-06-12T23:59:00+02:00`: the clock of the property and its offset, which is always there.
pub(super) fn local_time(text: &str) -> Result<LocalTime, MapError> {
    let (clock, zone) = text.split_at_checked(19).ok_or(MapError::Date)?;
    let civil = DateTime::strptime("%Y-%m-%dT%H:%M:%S", clock).map_err(|_| MapError::Date)?;
    // Fractions of a second are not used.
    let zone = zone.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    if zone == "Z" {
        return Ok(LocalTime::with_offset(civil, 0));
    }
    let two = |at: usize| {
        let digits = zone.get(at..at + 2).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
        digits.and_then(|digits| digits.parse::<i16>().ok()).ok_or(MapError::Date)
    };
    let minutes = two(1)? * 60 + two(4)?;
    match (zone.len(), zone.as_bytes().first(), zone.as_bytes().get(3)) {
        (6, Some(b'+'), Some(b':')) => Ok(LocalTime::with_offset(civil, minutes)),
        (6, Some(b'-'), Some(b':')) => Ok(LocalTime::with_offset(civil, -minutes)),
        _ => Err(MapError::Date),
    }
}

/// Degrees as printed, with any number of decimals; those below a microdegree (11 cm) are cut.
pub(super) fn position(latitude: &str, longitude: &str) -> Option<Position> {
    Some(Position { latitude: microdegrees(latitude, 90)?, longitude: microdegrees(longitude, 180)? })
}

fn microdegrees(text: &str, most: i64) -> Option<i32> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !plain(whole) || !plain(fraction) {
        return None;
    }
    let kept = format!("{:0<6}", fraction.get(..6).unwrap_or(fraction));
    let degrees = whole.parse::<i64>().ok().filter(|degrees| *degrees <= most)?;
    let micro = degrees * MICRO + kept.parse::<i64>().ok()?;
    let micro = if negative { -micro } else { micro };
    i32::try_from(micro).ok().filter(|_| micro.abs() <= most * MICRO)
}

/// The plain codes; any other by its words, which are English in every recording.
pub(super) fn board(code: &str, name: &str) -> Board {
    const WORDS: [(&str, &str, BoardKind); 6] = [
        ("AI", "ALL INCLUSIVE", BoardKind::AllInclusive),
        ("FB", "FULL BOARD", BoardKind::FullBoard),
        ("HB", "HALF BOARD", BoardKind::HalfBoard),
        ("BB", "BREAKFAST", BoardKind::Breakfast),
        ("SC", "SELF CATERING", BoardKind::SelfCatering),
        ("RO", "ROOM ONLY", BoardKind::RoomOnly),
    ];
    let says = name.to_uppercase();
    let by_code = WORDS.iter().find(|(known, ..)| *known == code);
    let found = by_code.or_else(|| WORDS.iter().find(|(_, words, _)| says.contains(words)));
    let kind = found.map_or(BoardKind::Other, |(.., kind)| *kind);
    Board { kind, code: code.to_owned(), name: name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_times_with_their_offset() {
        let show = |text| local_time(text).map(|time| format!("{time:?}"));
        assert_eq!(show("2019-06-12T23:59:00+02:00").unwrap(), "2019-06-12T23:59:00+120min");
        assert_eq!(show("2019-06-12T23:59:00-03:30").unwrap(), "2019-06-12T23:59:00-210min");
        assert_eq!(show("2019-06-12T23:59:00.000Z").unwrap(), "2019-06-12T23:59:00+0min");
        for bad in [
            "",
            "2019-06-12",
            "2019-06-12T23:59:00",
            "2019-06-31T23:59:00+02:00",
            "2019-06-12T23:59:00+2",
            "2019-06-12T23:59:00+02:00:00",
            "2019-06-12T23:59:00*02:00",
            "2019-06-12T23:59:0é+02:00",
        ] {
            assert_eq!(show(bad), Err(MapError::Date), "{bad}");
        }
    }

    #[test]
    fn reads_positions_however_many_decimals_are_printed() {
        let read = |latitude, longitude| position(latitude, longitude).map(|p| (p.latitude, p.longitude));
        assert_eq!(read("39.61204279999999755546", "2.6809969999999339052"), Some((39_612_042, 2_680_996)));
        assert_eq!(read("-0.5", "180"), Some((-500_000, 180_000_000)));
        for (latitude, longitude) in
            [("", ""), ("91", "0"), ("90.000001", "0"), ("1.", "0"), ("1e1", "0"), ("+1", "0"), ("0", "-181")]
        {
            assert_eq!(read(latitude, longitude), None, "{latitude} {longitude}");
        }
    }

    #[test]
    fn dates_run_forward() {
        assert_eq!(dates("2027-06-15", "2027-06-16").unwrap().nights(), 1);
        for (from, to) in
            [("2027-06-15", "2027-06-15"), ("2027-06-16", "2027-06-15"), ("20270615", "2027-06-16"), ("", "")]
        {
            assert_eq!(dates(from, to), Err(MapError::Date), "{from} {to}");
        }
    }

    #[test]
    fn a_board_is_told_by_code_or_words() {
        let kind = |code, name| board(code, name).kind;
        assert_eq!(kind("BB", ""), BoardKind::Breakfast);
        assert_eq!(kind("AB", "American breakfast"), BoardKind::Breakfast);
        assert_eq!(kind("TI", "ALL INCLUSIVE PREMIUM"), BoardKind::AllInclusive);
        assert_eq!(kind("XX", "PICNIC"), BoardKind::Other);
    }
}
