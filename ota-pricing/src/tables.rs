//! Rules as an operator writes them, and as the engine uses them.

use ota_core::model::context::PointOfSale;
use ota_core::model::money::{Currency, Money, Rounding};
use ota_core::model::place::CountryCode;
use serde::Deserialize;

use crate::error::RuleSetError;

/// Longest version, bytes.
pub const VERSION_BYTES_MAX: usize = 64;
/// Most rules of one set.
pub const RULES_MAX: usize = 1_000;
/// Largest mark-up: ten times the fare.
pub const BASIS_POINTS_MAX: u32 = 100_000;

/// A rule set as configuration has it.
///
/// ```
/// use ota_pricing::tables::{RuleSet, RuleSetConfig};
/// let config: RuleSetConfig = serde_json::from_str(r#"{
///     "version": "2027-01",
///     "rule": [
///         { "country": "ID", "currency": "IDR", "basis_points": 450, "fixed": "25000",
///           "round_to": "1000", "rounding": "up" },
///         { "basis_points": 500 }
///     ]
/// }"#).unwrap();
/// assert!(RuleSet::new(config).is_ok());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSetConfig {
    /// Names the set in offer ids: other rules are another version, always.
    pub version: String,
    /// The first that matches a point of sale prices it.
    pub rule: Vec<RuleConfig>,
}

/// One rule as configuration has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleConfig {
    /// Only this country of sale; absent is any.
    pub country: Option<CountryCode>,
    /// Only this selling currency; absent is any.
    pub currency: Option<Currency>,
    /// Mark-up on the fare without taxes, or on a rate; 100 basis points are one per cent.
    pub basis_points: u32,
    /// Mark-up for each passenger or room, a decimal of the currency; absent is none.
    pub fixed: Option<String>,
    /// The total is a multiple of this, a decimal of the currency; absent is its minor unit.
    pub round_to: Option<String>,
    /// How the total is rounded to that multiple; absent is half up.
    pub rounding: Option<Rounding>,
}

/// The mark-up of a point of sale, amounts in minor units of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Markup {
    /// On the fare without taxes, or on a rate.
    pub basis_points: u32,
    /// For each passenger or room; not negative.
    pub fixed: i64,
    /// The total is a multiple of this; at least one.
    pub unit: i64,
    /// How the total gets there.
    pub rounding: Rounding,
}

/// An immutable set of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    version: String,
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    country: Option<CountryCode>,
    currency: Option<Currency>,
    markup: Markup,
}

impl Default for RuleSet {
    /// Five per cent everywhere: not zero, so that a net price never looks like a sell price.
    fn default() -> Self {
        let markup = Markup { basis_points: 500, fixed: 0, unit: 1, rounding: Rounding::HalfUp };
        Self { version: "built-in-1".to_owned(), rules: vec![Rule { country: None, currency: None, markup }] }
    }
}

impl RuleSet {
    /// Checks a configuration.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn new(config: RuleSetConfig) -> Result<Self, RuleSetError> {
        if config.version.is_empty() || config.version.len() > VERSION_BYTES_MAX {
            return Err(RuleSetError::Version);
        }
        if config.rule.len() > RULES_MAX {
            return Err(RuleSetError::TooManyRules);
        }
        let numbered = config.rule.iter().zip(1..);
        let rules = numbered.map(|(rule, number)| check(rule, number)).collect::<Result<_, _>>()?;
        Ok(Self { version: config.version, rules })
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The mark-up at a point of sale: of the first rule that matches.
    #[must_use]
    pub fn markup(&self, at: &PointOfSale) -> Option<Markup> {
        let matches = |rule: &&Rule| {
            rule.country.is_none_or(|country| country == at.country)
                && rule.currency.is_none_or(|currency| currency == at.currency)
        };
        self.rules.iter().find(matches).map(|rule| rule.markup)
    }
}

fn check(rule: &RuleConfig, number: usize) -> Result<Rule, RuleSetError> {
    if rule.basis_points > BASIS_POINTS_MAX {
        return Err(RuleSetError::BasisPoints { rule: number });
    }
    let amount = |text: &Option<String>, what, least: i64| {
        let Some(text) = text else { return Ok(least) };
        let currency = rule.currency.ok_or(RuleSetError::NoCurrency { rule: number })?;
        let parsed = Money::parse(text, currency).ok().map(|money| money.minor);
        parsed.filter(|minor| *minor >= least).ok_or(RuleSetError::Amount { rule: number, what })
    };
    let markup = Markup {
        basis_points: rule.basis_points,
        fixed: amount(&rule.fixed, "fixed", 0)?,
        unit: amount(&rule.round_to, "round_to", 1)?,
        rounding: rule.rounding.unwrap_or(Rounding::HalfUp),
    };
    Ok(Rule { country: rule.country, currency: rule.currency, markup })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule_set(json: &str) -> Result<RuleSet, RuleSetError> {
        RuleSet::new(serde_json::from_str(json).unwrap())
    }

    fn at(country: &str, currency: &str) -> PointOfSale {
        PointOfSale {
            country: CountryCode::new(country).unwrap(),
            currency: Currency::from_code(currency).unwrap(),
            zone: "Asia/Jakarta".to_owned(),
        }
    }

    #[test]
    fn the_first_rule_that_matches_prices_a_point_of_sale() {
        let set = rule_set(
            r#"{ "version": "1", "rule": [
                { "country": "ID", "currency": "IDR", "basis_points": 1, "fixed": "10.5", "round_to": "1000" },
                { "currency": "KWD", "basis_points": 2, "fixed": "1.250", "rounding": "half_even" },
                { "country": "JP", "basis_points": 3 }
            ] }"#,
        )
        .unwrap();
        let markup = |country, currency| set.markup(&at(country, currency));
        let idr = Markup { basis_points: 1, fixed: 1_050, unit: 100_000, rounding: Rounding::HalfUp };
        assert_eq!(markup("ID", "IDR"), Some(idr));
        let kwd = Markup { basis_points: 2, fixed: 1_250, unit: 1, rounding: Rounding::HalfEven };
        assert_eq!(markup("KW", "KWD"), Some(kwd));
        assert_eq!(markup("JP", "JPY").map(|markup| markup.basis_points), Some(3));
        assert_eq!(markup("ID", "USD"), None);
        assert!(RuleSet::default().markup(&at("ID", "USD")).unwrap().basis_points > 0);
    }

    #[test]
    fn a_rule_that_makes_no_sense_is_named() {
        #[track_caller]
        fn check(rule: &str, want: RuleSetError) {
            let json = format!(r#"{{ "version": "1", "rule": [{{ "basis_points": 1 }}, {rule}] }}"#);
            assert_eq!(rule_set(&json), Err(want));
        }
        let amount = |what| RuleSetError::Amount { rule: 2, what };
        check(r#"{ "basis_points": 100001 }"#, RuleSetError::BasisPoints { rule: 2 });
        check(r#"{ "basis_points": 1, "fixed": "5" }"#, RuleSetError::NoCurrency { rule: 2 });
        check(r#"{ "basis_points": 1, "currency": "JPY", "fixed": "0.5" }"#, amount("fixed"));
        check(r#"{ "basis_points": 1, "currency": "EUR", "fixed": "-1" }"#, amount("fixed"));
        check(r#"{ "basis_points": 1, "currency": "EUR", "round_to": "0" }"#, amount("round_to"));
        assert_eq!(rule_set(r#"{ "version": "", "rule": [] }"#), Err(RuleSetError::Version));
        let many = vec![r#"{ "basis_points": 1 }"#; RULES_MAX + 1].join(",");
        let many = rule_set(&format!(r#"{{ "version": "1", "rule": [{many}] }}"#));
        assert_eq!(many, Err(RuleSetError::TooManyRules));
        assert!(serde_json::from_str::<RuleSetConfig>(r#"{ "version": "1", "rule": [], "x": 1 }"#).is_err());
    }
}
