//! Money in integer minor units, exact.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An ISO 4217 currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// The currency of a three-letter code.
    ///
    /// # Errors
    /// The code is not of ISO 4217. NUC is not a currency: see [`NucAmount`].
    pub fn from_code(code: &str) -> Result<Self, MoneyError> {
        iso_currency::Currency::from_code(code).map(Self).ok_or(MoneyError::UnknownCurrency)
    }

    /// Its three-letter code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Decimal places of its minor unit (0 JPY, 2 EUR, 3 KWD); 0 where the standard states none.
    #[must_use]
    pub fn exponent(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;
    fn from_str(code: &str) -> Result<Self, MoneyError> {
        Self::from_code(code)
    }
}

/// Why an amount is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// Not a code of ISO 4217.
    #[error("unknown currency")]
    UnknownCurrency,
    /// Not a plain decimal number.
    #[error("not a decimal amount")]
    NotDecimal,
    /// More non-zero decimals than the currency has.
    #[error("finer than the currency's minor unit")]
    TooFine,
    /// Does not fit 64 bits of minor units.
    #[error("amount out of range")]
    OutOfRange,
    /// Two currencies in one sum.
    #[error("currencies differ")]
    CurrencyMismatch,
}

/// An amount of one currency, in minor units. The sign is the amount's own: a refund is negative only where
/// a type says so.
///
/// ```
/// use ota_core::model::money::{Currency, Money};
/// let idr = Money::parse("12500.50", Currency::from_code("IDR")?)?;
/// assert_eq!((idr.minor, idr.to_string()), (1_250_050, "12500.50 IDR".to_owned()));
/// assert!(Money::parse("100.50", Currency::from_code("JPY")?).is_err());
/// # Ok::<(), ota_core::model::money::MoneyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units: cents of EUR, yen of JPY, fils of KWD.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// From minor units.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in a currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Reads a plain decimal (`-12.5`), taking missing decimals as zero and surplus zero decimals as absent.
    ///
    /// # Errors
    /// Not a decimal, finer than the minor unit, or out of range. The value never passes a float.
    pub fn parse(decimal: &str, currency: Currency) -> Result<Self, MoneyError> {
        let minor = parse_scaled(decimal, currency.exponent())?;
        i64::try_from(minor).map(|minor| Self::new(minor, currency)).map_err(|_| MoneyError::OutOfRange)
    }

    /// The sum.
    ///
    /// # Errors
    /// Different currencies, or out of range.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.with(other, i64::checked_add)
    }

    /// The difference.
    ///
    /// # Errors
    /// Different currencies, or out of range.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.with(other, i64::checked_sub)
    }

    /// The amount a number of times.
    ///
    /// # Errors
    /// Out of range.
    pub fn times(self, count: u32) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_mul(i64::from(count)).ok_or(MoneyError::OutOfRange)?;
        Ok(Self::new(minor, self.currency))
    }

    /// The sum of amounts of one currency; zero for none.
    ///
    /// # Errors
    /// Different currencies, or out of range.
    pub fn sum(currency: Currency, parts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        parts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    /// The amount times `numerator / denominator`, rounded once by a named rule.
    ///
    /// # Errors
    /// A denominator below one, or a result out of range.
    pub fn scale(self, numerator: i64, denominator: i64, rounding: Rounding) -> Result<Self, MoneyError> {
        if denominator < 1 {
            return Err(MoneyError::OutOfRange);
        }
        let product = i128::from(self.minor) * i128::from(numerator);
        let minor = rounding.divide(product, i128::from(denominator));
        i64::try_from(minor).map(|minor| Self::new(minor, self.currency)).map_err(|_| MoneyError::OutOfRange)
    }

    /// Splits the amount by weights so that the parts add up exactly: largest remainder first, ties by order.
    /// All weights zero split evenly; no weights give no parts.
    ///
    /// ```
    /// use ota_core::model::money::{Currency, Money};
    /// let eur = Currency::from_code("EUR")?;
    /// let parts = Money::new(32_533, eur).allocate(&[1, 1, 1]);
    /// assert_eq!(parts.iter().map(|p| p.minor).collect::<Vec<_>>(), [10_845, 10_844, 10_844]);
    /// # Ok::<(), ota_core::model::money::MoneyError>(())
    /// ```
    #[must_use]
    pub fn allocate(self, weights: &[u64]) -> Vec<Self> {
        let total: i128 = weights.iter().map(|w| i128::from(*w)).sum();
        let weight = |i: usize| if total == 0 { 1 } else { i128::from(weights[i]) };
        let whole = if total == 0 { weights.len() as i128 } else { total };
        let amount = i128::from(self.minor).abs();
        let mut parts: Vec<(i128, i128)> =
            (0..weights.len()).map(|i| (amount * weight(i) / whole, amount * weight(i) % whole)).collect();
        let mut left = amount - parts.iter().map(|(floor, _)| floor).sum::<i128>();
        let mut order: Vec<usize> = (0..parts.len()).collect();
        order.sort_by_key(|i| std::cmp::Reverse(parts[*i].1));
        for i in order {
            if left == 0 {
                break;
            }
            parts[i].0 += 1;
            left -= 1;
        }
        let sign = i128::from(self.minor.signum());
        // A part is never larger than the whole, so it fits again.
        parts.iter().map(|(floor, _)| Self::new((sign * floor) as i64, self.currency)).collect()
    }

    /// The amount as a decimal string with the currency's decimals: `12.50`, `1200` for JPY.
    #[must_use]
    pub fn decimal(self) -> String {
        print_scaled(self.minor, self.currency.exponent())
    }

    fn with(self, other: Self, op: fn(i64, i64) -> Option<i64>) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch);
        }
        let minor = op(self.minor, other.minor).ok_or(MoneyError::OutOfRange)?;
        Ok(Self::new(minor, self.currency))
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decimal(), self.currency)
    }
}

/// A neutral unit of fare construction, in hundredths. Not money: it has no currency until a rate of exchange
/// (ROE) is applied (IATA Resolution 024c).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NucAmount(pub i64);

/// How a division of money is rounded. Each division names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Toward negative infinity.
    Down,
    /// Toward positive infinity.
    Up,
    /// To the nearest, halves away from zero.
    HalfUp,
    /// To the nearest, halves to the even neighbour.
    HalfEven,
}

impl Rounding {
    /// `numerator / denominator`, rounded. The denominator is positive.
    #[must_use]
    pub fn divide(self, numerator: i128, denominator: i128) -> i128 {
        debug_assert!(denominator > 0, "the caller checks the denominator");
        let floor = numerator.div_euclid(denominator);
        let twice = 2 * numerator.rem_euclid(denominator);
        let up = match self {
            Self::Down => false,
            Self::Up => twice > 0,
            Self::HalfUp => twice > denominator || (twice == denominator && numerator > 0),
            Self::HalfEven => twice > denominator || (twice == denominator && floor % 2 != 0),
        };
        floor + i128::from(up)
    }
}

fn parse_scaled(decimal: &str, exponent: u32) -> Result<i128, MoneyError> {
    let (negative, digits) = match decimal.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, decimal),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let dot_without_digits = fraction.is_empty() && digits.contains('.');
    if whole.is_empty() || !plain(whole) || !plain(fraction) || dot_without_digits {
        return Err(MoneyError::NotDecimal);
    }
    let scale = exponent as usize;
    let kept = fraction.get(..scale).unwrap_or(fraction);
    if fraction[kept.len()..].bytes().any(|b| b != b'0') {
        return Err(MoneyError::TooFine);
    }
    let missing = (scale - kept.len()) as u32;
    let number = |s: &str| if s.is_empty() { Ok(0) } else { s.parse::<i64>() };
    let whole = number(whole).map_err(|_| MoneyError::OutOfRange)?;
    let fraction = number(kept).map_err(|_| MoneyError::OutOfRange)?;
    let minor = i128::from(whole) * 10_i128.pow(exponent) + i128::from(fraction) * 10_i128.pow(missing);
    Ok(if negative { -minor } else { minor })
}

fn print_scaled(minor: i64, exponent: u32) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let amount = minor.unsigned_abs();
    let unit = 10_u64.pow(exponent);
    match exponent {
        0 => format!("{sign}{amount}"),
        places => format!("{sign}{}.{:0width$}", amount / unit, amount % unit, width = places as usize),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, want: Result<i64, MoneyError>) {
        let currency = Currency::from_code(&text[..3]).unwrap();
        assert_eq!(Money::parse(&text[3..], currency).map(|m| m.minor), want, "{text}");
    }

    #[test]
    fn digits_are_read_as_printed_and_scaled_by_the_currency() {
        check("KWD12.500", Ok(12_500));
        check("KWD12.5", Ok(12_500));
        check("KWD0.000", Ok(0));
        check("JPY15400", Ok(15_400));
        check("VND735000", Ok(735_000));
        check("HKD0", Ok(0));
        check("HKD120", Ok(12_000));
        check("UAH212", Ok(21_200));
        check("USD-7.00", Ok(-700));
        check("JPY100.50", Err(MoneyError::TooFine));
        check("EUR1234567.89", Ok(123_456_789));
        check("CLP1000.00", Ok(1_000));
        check("EUR1.", Err(MoneyError::NotDecimal));
        check("EUR.5", Err(MoneyError::NotDecimal));
        check("EUR+5", Err(MoneyError::NotDecimal));
        check("EUR", Err(MoneyError::NotDecimal));
        check("EUR1e3", Err(MoneyError::NotDecimal));
        check("EUR99999999999999999999", Err(MoneyError::OutOfRange));
        check("EUR92233720368547758.08", Err(MoneyError::OutOfRange));
    }

    /// Every currency of ISO 4217.
    fn currencies() -> Vec<Currency> {
        let letters = || (b'A'..=b'Z').map(char::from);
        let codes = letters().flat_map(|a| {
            letters().flat_map(move |b| letters().map(move |c| [a, b, c].iter().collect::<String>()))
        });
        codes.filter_map(|code| Currency::from_code(&code).ok()).collect()
    }

    /// The exponents of the list of SIX Interbank Clearing that are not two (B13).
    #[test]
    fn exponents_are_those_of_the_standard() {
        for (exponent, codes) in [
            (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
            (2, "AED EUR GBP HKD HUF IDR MGA MRU TWD UAH USD VES"),
            (3, "BHD IQD JOD KWD LYD OMR TND"),
            (4, "CLF UYW"),
        ] {
            for code in codes.split(' ') {
                assert_eq!(Currency::from_code(code).unwrap().exponent(), exponent, "{code}");
            }
        }
    }

    /// B13: a fraction is read to the last digit that the currency has; what is finer is refused unless it is zero.
    #[test]
    fn every_currency_has_its_own_finest_amount() {
        let all = currencies();
        assert!(all.len() > 150, "{}", all.len());
        for currency in all {
            let places = currency.exponent() as usize;
            let digits = &"9876543"[..places];
            let finest = if places == 0 { "12".to_owned() } else { format!("12.{digits}") };
            assert_eq!(Money::parse(&finest, currency).map(Money::decimal), Ok(finest), "{currency}");
            let zeros = Money::parse(&format!("12.{}", "0".repeat(places + 2)), currency);
            assert_eq!(zeros, Money::parse("12", currency), "{currency}");
            let finer = Money::parse(&format!("12.{}1", "0".repeat(places)), currency);
            assert_eq!(finer, Err(MoneyError::TooFine), "{currency}");
        }
    }

    /// Three rooms at 1.08335 (B15): the total is rounded once, the parts are whole and add up to it.
    #[test]
    fn parts_of_a_rounded_total_add_up_to_it() {
        let eur = Currency::from_code("EUR").unwrap();
        for (rounding, total, parts) in [
            (Rounding::HalfUp, 32_533, [10_845, 10_844, 10_844]),
            (Rounding::Up, 32_534, [10_845, 10_845, 10_844]),
            (Rounding::Down, 32_533, [10_845, 10_844, 10_844]),
        ] {
            let whole = Money::new(3 * 10_010, eur).scale(108_335, 100_000, rounding).unwrap();
            let allotted = whole.allocate(&[10_010; 3]);
            assert_eq!(whole.minor, total);
            assert_eq!(allotted.iter().map(|part| part.minor).collect::<Vec<_>>(), parts);
        }
    }

    proptest! {
        #[test]
        fn printing_and_reading_are_inverse(minor in any::<i64>(), currency in prop::sample::select(currencies())) {
            let money = Money::new(minor, currency);
            prop_assert_eq!(Money::parse(&money.decimal(), currency), Ok(money));
        }

        /// B15: rooms, nights, taxes and passengers of a converted price, in currencies of every exponent.
        #[test]
        fn parts_of_a_converted_total_add_up_and_are_whole(
            code in prop::sample::select(vec!["JPY", "EUR", "KWD"]),
            parts in prop::collection::vec(0i64..10_000_000, 1..=9),
            rate in 1i64..5_000_000,
            rounding in prop::sample::select(vec![Rounding::Down, Rounding::Up, Rounding::HalfUp, Rounding::HalfEven]),
        ) {
            const UNIT: i64 = 100_000;
            let currency = Currency::from_code(code).unwrap();
            let sum: i64 = parts.iter().sum();
            let total = Money::new(sum, currency).scale(rate, UNIT, rounding).unwrap();
            let weights: Vec<u64> = parts.iter().map(|part| part.unsigned_abs()).collect();
            let allotted = total.allocate(&weights);
            prop_assert_eq!(Money::sum(currency, allotted.iter().copied()), Ok(total));
            for (part, exact) in allotted.iter().zip(&parts).filter(|_| sum > 0) {
                // Within a unit of its share of the total.
                let share = i128::from(total.minor) * i128::from(*exact);
                prop_assert!((i128::from(part.minor) * i128::from(sum) - share).abs() < i128::from(sum));
                prop_assert_eq!(Money::parse(&part.decimal(), currency), Ok(*part));
            }
        }

        #[test]
        fn parts_add_up_and_stay_within_one_unit(minor in -1_000_000_000i64..1_000_000_000, weights in prop::collection::vec(0u64..1000, 1..9)) {
            let whole = Money::new(minor, Currency::from_code("EUR").unwrap());
            let parts = whole.allocate(&weights);
            prop_assert_eq!(parts.iter().map(|p| p.minor).sum::<i64>(), minor);
            let total: u64 = weights.iter().sum();
            if total > 0 {
                for (part, weight) in parts.iter().zip(&weights) {
                    let exact = i128::from(minor) * i128::from(*weight);
                    prop_assert!((i128::from(part.minor) * i128::from(total) - exact).abs() < i128::from(total));
                }
            }
        }
    }
}
