//! Selling, through the port: golden prices, and properties over currencies of 0, 2 and 3 decimals.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use expect_test::expect;
use ota_core::model::conditions::Conditions;
use ota_core::model::context::PointOfSale;
use ota_core::model::fare::{PassengerFare, Settlement, Tax};
use ota_core::model::id::{AccountId, SupplierId, TenantId};
use ota_core::model::itinerary::Itinerary;
use ota_core::model::money::{Currency, Money, Rounding};
use ota_core::model::offer::{FlightOffer, SupplierToken};
use ota_core::model::passenger::PassengerTypeCode;
use ota_core::model::place::CountryCode;
use ota_core::pricing::{PriceLineKind, Pricer as _, PricingContext, PricingError, SellPrice};
use ota_pricing::engine::PriceEngine;
use ota_pricing::error::RuleSetError;
use ota_pricing::tables::{RuleConfig, RuleSet, RuleSetConfig};
use proptest::prelude::*;

mod stays;

fn currency(code: &str) -> Currency {
    Currency::from_code(code).unwrap()
}

/// An offer of (type, count, fare, taxes), amounts in minor units.
fn offer(code: &str, passengers: &[(&str, u8, i64, i64)]) -> FlightOffer {
    let money = |minor| Money::new(minor, currency(code));
    let fares: Vec<PassengerFare> = passengers
        .iter()
        .map(|(kind, count, fare, taxes)| PassengerFare {
            passenger_type: PassengerTypeCode::new(kind).unwrap(),
            count: *count,
            filed: money(*fare),
            equivalent: None,
            taxes: [Tax { code: "YQ".to_owned(), amount: money(*taxes) }].into(),
            total: money(fare + taxes),
            components: [].into(),
            segments: [].into(),
            conditions: Conditions::default(),
            fare_calculation: None,
        })
        .collect();
    let total = passengers.iter().map(|(_, count, fare, taxes)| i64::from(*count) * (fare + taxes)).sum();
    FlightOffer {
        supplier: SupplierId::new("sim").unwrap(),
        account: AccountId::new("a").unwrap(),
        itinerary: Itinerary::default(),
        fares,
        total: money(total),
        validating_carrier: None,
        ticketing_limit: None,
        seats_left: None,
        settlement: Settlement::Agency,
        token: SupplierToken::default(),
    }
}

fn context(code: &str, rules: &str) -> PricingContext {
    PricingContext {
        tenant: TenantId::new("t").unwrap(),
        point_of_sale: PointOfSale {
            country: CountryCode::new("ID").unwrap(),
            currency: currency(code),
            zone: "Asia/Jakarta".to_owned(),
        },
        rules: rules.to_owned(),
        exchange_rates: String::new(),
        sale_date: jiff::civil::date(2027, 1, 15),
    }
}

fn rules(version: &str, code: &str, basis_points: u32, amounts: [&str; 2], rounding: Rounding) -> RuleSet {
    let [fixed, round_to] = amounts.map(|text| Some(text.to_owned()));
    let currency = Some(currency(code));
    let rule =
        RuleConfig { country: None, currency, basis_points, fixed, round_to, rounding: Some(rounding) };
    RuleSet::new(RuleSetConfig { version: version.to_owned(), rule: vec![rule] }).unwrap()
}

fn price(offer: &FlightOffer, set: RuleSet) -> Result<SellPrice, PricingError> {
    let context = context(offer.total.currency.code(), set.version());
    PriceEngine::new(set, Vec::new()).unwrap().price(&offer.clone().into(), &context)
}

fn print(sell: &SellPrice) -> String {
    let passengers = sell.passengers.iter().map(|passenger| {
        let lines: Vec<String> =
            passenger.lines.iter().map(|line| format!("{:?} {}", line.kind, line.amount.decimal())).collect();
        format!("{} {} = {}\n", passenger.passenger_type, lines.join(" + "), passenger.total)
    });
    format!("{}total {}\n", passengers.collect::<String>(), sell.total)
}

#[test]
fn a_family_pays_whole_thousands_together_and_whole_minor_units_each() {
    let family = offer(
        "IDR",
        &[
            ("ADT", 2, 684_512_300, 123_456_700),
            ("CHD", 1, 513_384_225, 123_456_700),
            ("INF", 1, 68_451_230, 0),
        ],
    );
    let set = rules("1", "IDR", 450, ["25000", "1000"], Rounding::Up);
    expect![[r#"
        ADT Fare 7178437.85 + Taxes 1234567.00 = 8413004.85 IDR
        ADT Fare 7178437.85 + Taxes 1234567.00 = 8413004.85 IDR
        CHD Fare 5390078.63 + Taxes 1234567.00 = 6624645.63 IDR
        INF Fare 740344.67 + Taxes 0.00 = 740344.67 IDR
        total 24191000.00 IDR
    "#]]
    .assert_eq(&print(&price(&family, set).unwrap()));
}

/// B15: the total is rounded once, the parts are allotted; never each part on its own.
#[test]
fn three_equal_passengers_share_a_total_that_three_does_not_divide() {
    let three = offer("EUR", &[("ADT", 3, 10_010, 0)]);
    let set = rules("1", "EUR", 833, ["0", "0.01"], Rounding::HalfUp);
    expect![[r#"
        ADT Fare 108.44 + Taxes 0.00 = 108.44 EUR
        ADT Fare 108.44 + Taxes 0.00 = 108.44 EUR
        ADT Fare 108.43 + Taxes 0.00 = 108.43 EUR
        total 325.31 EUR
    "#]]
    .assert_eq(&print(&price(&three, set).unwrap()));
    for (rounding, total) in [(Rounding::HalfUp, 32_533), (Rounding::Up, 32_534)] {
        let converted = three.total.scale(108_335, 100_000, rounding).unwrap();
        assert_eq!(converted.minor, total);
        let parts: i64 = converted.allocate(&[1, 1, 1]).iter().map(|part| part.minor).sum();
        assert_eq!(parts, total);
    }
}

#[test]
fn a_sell_price_is_above_net_even_where_rounding_or_the_rule_gives_nothing() {
    let cheap = offer("JPY", &[("ADT", 1, 1_000, 500)]);
    let set = rules("1", "JPY", 100, ["0", "100"], Rounding::Down);
    assert_eq!(price(&cheap, set).unwrap().total.minor, 1_600);
    let nothing = rules("1", "JPY", 0, ["0", "1"], Rounding::HalfUp);
    assert_eq!(price(&cheap, nothing).unwrap().total.minor, 1_501);
    let free = offer("JPY", &[("ADT", 1, 0, 0), ("CHD", 1, 0, 0)]);
    let nothing = rules("1", "JPY", 0, ["0", "1"], Rounding::HalfUp);
    assert_eq!(price(&free, nothing).unwrap().total.minor, 1);
}

#[test]
fn what_cannot_be_sold_says_why() {
    let sold = offer("EUR", &[("ADT", 1, 100, 50)]);
    let set = || rules("1", "EUR", 500, ["0", "0.01"], Rounding::HalfUp);
    let engine = PriceEngine::new(set(), Vec::new()).unwrap();
    assert_eq!(engine.price(&sold.clone().into(), &context("EUR", "2")), Err(PricingError::NoRule));
    assert_eq!(engine.price(&sold.clone().into(), &context("USD", "1")), Err(PricingError::NoRule));
    let dollars = offer("USD", &[("ADT", 1, 100, 50)]);
    assert_eq!(engine.price(&dollars.into(), &context("EUR", "1")), Err(PricingError::OtherCurrency));
    for broken in [
        FlightOffer { total: Money::new(149, currency("EUR")), ..sold.clone() },
        FlightOffer { fares: Vec::new(), total: Money::new(0, currency("EUR")), ..sold.clone() },
        offer("EUR", &[("ADT", 1, -100, 50)]),
        offer("EUR", &[("ADT", 1, 100, -50)]),
    ] {
        assert_eq!(price(&broken, set()), Err(PricingError::Inconsistent));
    }
    let huge = offer("EUR", &[("ADT", 1, i64::MAX / 2, 0)]);
    assert!(matches!(price(&huge, set()), Err(PricingError::Money(_))));
}

#[test]
fn offers_priced_by_an_earlier_version_keep_their_price() {
    let offer = offer("EUR", &[("ADT", 1, 10_000, 0)]);
    let old = rules("old", "EUR", 500, ["0", "0.01"], Rounding::HalfUp);
    let new = rules("new", "EUR", 900, ["0", "0.01"], Rounding::HalfUp);
    let engine = PriceEngine::new(new.clone(), vec![old]).unwrap();
    assert_eq!(engine.rules_version(), "new");
    assert_eq!(engine.price(&offer.clone().into(), &context("EUR", "old")).unwrap().total.minor, 10_500);
    assert_eq!(engine.price(&offer.clone().into(), &context("EUR", "new")).unwrap().total.minor, 10_900);
    let twice = PriceEngine::new(new.clone(), vec![new]).unwrap_err();
    assert_eq!(twice, RuleSetError::SameVersion("new".to_owned()));
}

fn passengers() -> impl Strategy<Value = Vec<(&'static str, u8, i64, i64)>> {
    let passenger =
        (prop::sample::select(vec!["ADT", "CHD", "INF"]), 1u8..4, 0i64..50_000_000, 0i64..5_000_000);
    prop::collection::vec(passenger, 1..4)
}

proptest! {
    #[test]
    fn parts_add_up_taxes_pass_and_the_total_is_rounded_once(
        code in prop::sample::select(vec!["JPY", "EUR", "KWD"]),
        passengers in passengers(),
        basis_points in 0u32..3_000,
        fixed in 0i64..5_000,
        unit in prop::sample::select(vec![1i64, 5, 10, 50, 100, 1_000]),
        rounding in prop::sample::select(vec![Rounding::Down, Rounding::Up, Rounding::HalfUp, Rounding::HalfEven]),
    ) {
        let offer = offer(code, &passengers);
        let decimal = |minor| Money::new(minor, currency(code)).decimal();
        let set = rules("1", code, basis_points, [&decimal(fixed), &decimal(unit)], rounding);
        let sell = price(&offer, set).unwrap();

        let nets: Vec<_> = passengers.iter().flat_map(|p| std::iter::repeat_n(p, usize::from(p.1))).collect();
        prop_assert_eq!(sell.passengers.len(), nets.len());
        let exact = |fare: i64| i128::from(fare) * i128::from(10_000 + basis_points) + i128::from(fixed) * 10_000;
        let exact_fares: i128 = nets.iter().map(|net| exact(net.2)).sum();
        let taxes: i128 = nets.iter().map(|net| i128::from(net.3)).sum();
        let sold_fares = i128::from(sell.total.minor) - taxes;
        let mut total = 0;
        for (passenger, net) in sell.passengers.iter().zip(&nets) {
            let line = |kind| passenger.lines.iter().find(|line| line.kind == kind).unwrap().amount.minor;
            prop_assert_eq!(line(PriceLineKind::Fare) + line(PriceLineKind::Taxes), passenger.total.minor);
            prop_assert_eq!(passenger.lines.len(), 2);
            prop_assert_eq!(line(PriceLineKind::Taxes), net.3);
            prop_assert!(line(PriceLineKind::Fare) >= 0);
            // Less than one minor unit from the exact share.
            if exact_fares > 0 {
                let off = i128::from(line(PriceLineKind::Fare)) * exact_fares - sold_fares * exact(net.2);
                prop_assert!(off.abs() < exact_fares);
            }
            total += passenger.total.minor;
        }
        prop_assert_eq!(total, sell.total.minor);
        prop_assert_eq!(total % unit, 0);
        prop_assert!(total > offer.total.minor);
        // Less than one unit from the exact total, or the first unit above net.
        let off = (i128::from(total) * 10_000 - exact_fares - taxes * 10_000).abs();
        prop_assert!(off < i128::from(unit) * 10_000 || total - unit <= offer.total.minor);
    }
}
