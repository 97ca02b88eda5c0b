//! The public JSON. Only here, and apart from the model: the two change for different reasons.
//!
//! No type here has a field for a net price, a supplier's token or its fare calculation.

pub(crate) mod booking;
pub(crate) mod health;
pub(crate) mod offer;
pub(crate) mod search;
pub(crate) mod stay;
pub(crate) mod stay_search;

use jiff::tz::{Offset, TimeZone};
use ota_core::model::money::{Currency, Money};
use ota_core::model::place::AirportCode;
use ota_core::model::places::places;
use ota_core::model::time::{LocalTime, Timestamp};
use serde::{Deserialize, Serialize};

use super::problem::{Kind, Problem};

/// An amount: a decimal string with the currency's own decimals, never a JSON number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Amount {
    pub(crate) amount: String,
    pub(crate) currency: String,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self { amount: money.decimal(), currency: money.currency.code().to_owned() }
    }
}

impl TryFrom<Amount> for Money {
    type Error = Problem;

    fn try_from(amount: Amount) -> Result<Self, Problem> {
        let money =
            Currency::from_code(&amount.currency).and_then(|currency| Self::parse(&amount.amount, currency));
        money.map_err(|error| Problem::new(Kind::InvalidRequest, error.to_string()))
    }
}

/// An angle in microdegrees: a decimal string, never a JSON number. More than six decimals are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Degrees(pub(crate) i32);

impl Degrees {
    /// One degree.
    pub(crate) const ONE: i32 = 1_000_000;
}

impl TryFrom<String> for Degrees {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const WRONG: &str = "degrees are a decimal like -35.681236";
        let (sign, digits) = text.strip_prefix('-').map_or((1, text.as_str()), |digits| (-1, digits));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
        if !plain(whole) || !plain(fraction) || whole.len() > 3 {
            return Err(WRONG);
        }
        let micro = format!("{:0<6}", fraction.get(..6).unwrap_or(fraction));
        let number = |part: &str| part.parse::<i32>().map_err(|_| WRONG);
        Ok(Self(sign * (number(whole)? * Self::ONE + number(&micro)?)))
    }
}

impl From<Degrees> for String {
    fn from(Degrees(micro): Degrees) -> Self {
        let (one, size) = (Degrees::ONE.unsigned_abs(), micro.unsigned_abs());
        let sign = if micro < 0 { "-" } else { "" };
        format!("{sign}{}.{:06}", size / one, size % one)
    }
}

/// An instant, RFC 3339 in UTC.
pub(crate) fn instant(at: Timestamp) -> String {
    at.to_string()
}

/// A time on the clock of a place: RFC 3339 with the offset, and the IANA zone it is read in.
#[derive(Debug, Serialize)]
pub(crate) struct Local<'a> {
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<&'a str>,
}

impl Local<'static> {
    /// At an airport.
    pub(crate) fn of(time: LocalTime, airport: AirportCode) -> Self {
        Self::in_zone(time, places().airport(airport).map(|airport| airport.zone))
    }
}

impl<'a> Local<'a> {
    /// The supplier's offset where it stated one, else that of the zone; a clock time without either stays without an
    /// offset.
    pub(crate) fn in_zone(time: LocalTime, zone: Option<&'a str>) -> Self {
        let stated =
            time.offset_minutes.and_then(|minutes| Offset::from_seconds(i32::from(minutes) * 60).ok());
        let of_zone = || {
            let zone = TimeZone::get(zone?).ok()?;
            Some(zone.to_offset(time.instant(Some(&zone))?.to_jiff()))
        };
        let offset = stated.or_else(of_zone).map(printed).unwrap_or_default();
        Self { at: format!("{}{offset}", time.civil), zone }
    }
}

/// `+09:00`: jiff prints whole hours without their minutes, RFC 3339 wants them.
fn printed(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;

    use super::*;

    #[track_caller]
    fn check(time: LocalTime, airport: &str, expect: &str) {
        let local = Local::of(time, AirportCode::new(airport).unwrap());
        assert_eq!(serde_json::to_string(&local).unwrap(), expect);
    }

    #[test]
    fn a_local_time_keeps_the_stated_offset_and_names_the_zone() {
        let civil = datetime(2027, 7, 10, 22, 55, 0, 0);
        let tokyo = r#"{"at":"2027-07-10T22:55:00+09:00","zone":"Asia/Tokyo"}"#;
        check(LocalTime::new(civil), "HND", tokyo);
        check(LocalTime::with_offset(civil, 540), "HND", tokyo);
        check(
            LocalTime::with_offset(civil, -570),
            "PPT",
            r#"{"at":"2027-07-10T22:55:00-09:30","zone":"Pacific/Tahiti"}"#,
        );
        check(LocalTime::new(civil), "XXX", r#"{"at":"2027-07-10T22:55:00"}"#);
    }

    #[test]
    fn degrees_are_read_and_written_as_decimals() {
        for (text, micro, printed) in [
            ("35.681236", 35_681_236, "35.681236"),
            ("-0.5", -500_000, "-0.500000"),
            ("139", 139_000_000, "139.000000"),
            ("-33.86785219", -33_867_852, "-33.867852"),
        ] {
            assert_eq!(Degrees::try_from(text.to_owned()), Ok(Degrees(micro)), "{text}");
            assert_eq!(String::from(Degrees(micro)), printed);
        }
        for text in ["", "-", ".5", "5.", "1e2", "+35", "1234", "35,6", "--1", "\u{ff11}"] {
            assert!(Degrees::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
