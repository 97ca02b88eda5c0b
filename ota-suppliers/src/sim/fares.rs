//! What it costs: fares in neutral units, filed in the currency of the country of departure, sold in the account's.
//!
//! Every slice is one fare component. The fare calculation line balances: the components and surcharges add up to
//! the total in neutral units, and that total times the rate of exchange, rounded up to the filing currency's unit,
//! is the base fare. All arithmetic is on integers.

use std::collections::BTreeMap;
use std::fmt;

use ota_core::model::places::Airport;
use serde::{Deserialize, Serialize};

use super::carriers::{Bag, Brand, Model};
use super::control::Reprices;
use super::inventory::{Inventory, Routing, whole_km};

/// A currency of the simulated world.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Currency {
    pub(super) code: &'static str,
    /// Decimals that the host prints.
    decimals: u32,
    /// Millionths of the currency per neutral unit of construction.
    roe: i64,
    /// Millionths of the currency per US dollar at the bank's selling rate.
    bank: i64,
    /// Fares are rounded up to a multiple of this, in printed units.
    unit: i64,
    /// Countries whose departures are filed in it.
    countries: &'static [&'static str],
}

macro_rules! currencies {
    ($($code:literal $decimals:literal roe $roe:literal bank $bank:literal unit $unit:literal [$($country:literal)*];)+) => {
        static CURRENCIES: &[Currency] = &[$(Currency {
            code: $code, decimals: $decimals, roe: $roe, bank: $bank, unit: $unit, countries: &[$($country),*],
        }),+];
    };
}

currencies! {
    "USD" 2 roe 1_000_000 bank 1_000_000 unit 100 [];
    "IDR" 0 roe 15_600_000_000 bank 15_735_000_000 unit 100 ["ID"];
    "JPY" 0 roe 149_500_000 bank 150_850_000 unit 100 ["JP"];
    "SGD" 2 roe 1_345_000 bank 1_358_000 unit 100 ["SG"];
    "MYR" 2 roe 4_470_000 bank 4_515_000 unit 100 ["MY"];
    "THB" 2 roe 34_200_000 bank 34_650_000 unit 500 ["TH"];
    "HKD" 2 roe 7_812_000 bank 7_830_000 unit 1000 ["HK"];
    "KRW" 0 roe 1_385_000_000 bank 1_399_000_000 unit 100 ["KR"];
    "CNY" 2 roe 7_215_000 bank 7_260_000 unit 1000 ["CN"];
    "AUD" 2 roe 1_523_000 bank 1_541_000 unit 100 ["AU"];
    "EUR" 2 roe 921_000 bank 934_000 unit 100 ["DE" "FR" "IT" "ES" "NL" "PT" "FI" "AT" "BE" "IE" "GR"];
    "GBP" 2 roe 789_000 bank 801_000 unit 100 ["GB"];
}

impl Currency {
    /// By its code.
    pub(super) fn of(code: &str) -> Option<&'static Self> {
        CURRENCIES.iter().find(|currency| currency.code == code)
    }

    /// In which departures from a country are filed; dollars where it has none of its own here.
    fn of_country(country: &str) -> &'static Self {
        CURRENCIES.iter().find(|currency| currency.countries.contains(&country)).unwrap_or(&CURRENCIES[0])
    }

    fn printed_per_whole(&self) -> i128 {
        10_i128.pow(self.decimals)
    }

    /// Rounds `numerator / denominator` up to the currency's unit.
    fn up(&'static self, numerator: i128, denominator: i128) -> Amount {
        let unit = i128::from(self.unit) * denominator;
        let units = (numerator + unit - 1).div_euclid(unit);
        Amount::new(self, i64::try_from(units).expect("fares are far below 64 bits") * self.unit)
    }

    /// US cents at the bank's rate, rounded up to the unit of fares for money without decimals, else to the cent.
    pub(super) fn us_cents(&'static self, cents: i64) -> Amount {
        let unit = if self.decimals == 0 { i128::from(self.unit) } else { 1 };
        let numerator = i128::from(cents) * i128::from(self.bank) * self.printed_per_whole();
        let denominator = 100 * 1_000_000 * unit;
        let minor = (numerator + denominator - 1).div_euclid(denominator) * unit;
        Amount::new(self, i64::try_from(minor).expect("taxes are far below 64 bits"))
    }
}

/// An amount of money, in the smallest unit that the host prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(super) struct Amount {
    pub(super) currency: &'static Currency,
    pub(super) minor: i64,
}

impl Amount {
    pub(super) fn new(currency: &'static Currency, minor: i64) -> Self {
        Self { currency, minor }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        debug_assert_eq!(self.currency, other.currency);
        Self { minor: self.minor + other.minor, ..self }
    }

    pub(super) fn times(self, count: usize) -> Self {
        Self { minor: self.minor * i64::try_from(count).expect("at most 999 passengers"), ..self }
    }

    /// In another currency at the bank's rates, rounded up to its unit.
    pub(super) fn in_currency(self, currency: &'static Currency) -> Self {
        if currency == self.currency {
            return self;
        }
        let numerator = i128::from(self.minor) * i128::from(currency.bank) * currency.printed_per_whole();
        currency.up(numerator, i128::from(self.currency.bank) * self.currency.printed_per_whole())
    }

    /// In another currency at the bank's rates, rounded up to the smallest printed amount.
    pub(super) fn exchanged(self, currency: &'static Currency) -> Self {
        if currency == self.currency {
            return self;
        }
        let numerator = i128::from(self.minor) * i128::from(currency.bank) * currency.printed_per_whole();
        let denominator = i128::from(self.currency.bank) * self.currency.printed_per_whole();
        let minor = (numerator + denominator - 1).div_euclid(denominator);
        Self::new(currency, i64::try_from(minor).expect("prices are far below 64 bits"))
    }

    /// A share of it, rounded up.
    pub(super) fn share(self, numerator: i64, denominator: i64) -> Self {
        Self { minor: (self.minor * numerator + denominator - 1).div_euclid(denominator), ..self }
    }

    /// With two decimals, however many the currency has.
    pub(super) fn two_decimals(self) -> String {
        let hundredths = self.minor * 10_i64.pow(2 - self.currency.decimals);
        let sign = if hundredths < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", hundredths.abs() / 100, hundredths.abs() % 100)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Currency { code, decimals, .. } = self.currency;
        if *decimals == 0 {
            return write!(f, "{code}{}", self.minor);
        }
        let scale = 10_i64.pow(*decimals);
        write!(f, "{code}{}.{:0width$}", self.minor / scale, self.minor % scale, width = *decimals as usize)
    }
}

impl From<Amount> for String {
    fn from(amount: Amount) -> Self {
        amount.to_string()
    }
}

impl TryFrom<String> for Amount {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parse = || {
            let (code, digits) = text.split_at_checked(3)?;
            Some(Self::new(Currency::of(code)?, digits.replace('.', "").parse().ok()?))
        };
        parse().ok_or_else(|| format!("not an amount: {text}"))
    }
}

/// One slice as it is sold: flights, brand, and the fare level that its booking class stands for.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) routing: Routing,
    pub(super) brand: &'static Brand,
    /// 0 low, 1 high.
    pub(super) level: usize,
}

impl Choice {
    pub(super) fn class(&self) -> &'static str {
        self.brand.classes[self.level]
    }
}

/// On whose terms a price is made.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    /// The branch: its contract differs from the next one's.
    pub(super) branch: String,
    pub(super) currency: &'static Currency,
    /// Of every fare, by carrier, since a control call.
    pub(super) reprices: Reprices,
}

/// The price of one passenger.
#[derive(Debug, Clone)]
pub(super) struct Fare {
    /// As asked: ADT, CNN, INF, ...
    pub(super) ptc: String,
    pub(super) components: Vec<Component>,
    /// In the filing currency.
    pub(super) base: Amount,
    /// The base in the selling currency; equal to `base` where that is the filing currency.
    pub(super) equivalent: Amount,
    /// By code, in the order of the codes.
    pub(super) taxes: Vec<(&'static str, Amount)>,
    /// The fare calculation line.
    pub(super) line: String,
}

impl Fare {
    pub(super) fn tax(&self) -> Amount {
        let zero = Amount::new(self.equivalent.currency, 0);
        self.taxes.iter().fold(zero, |sum, (_, tax)| sum.plus(*tax))
    }

    pub(super) fn total(&self) -> Amount {
        self.equivalent.plus(self.tax())
    }
}

/// The fare of one slice.
#[derive(Debug, Clone)]
pub(super) struct Component {
    pub(super) basis: String,
    pub(super) origin: &'static Airport,
    pub(super) destination: &'static Airport,
    /// Hundredths of a neutral unit, without the surcharge.
    pub(super) nuc_cents: i64,
    /// Hundredths of a neutral unit.
    pub(super) surcharge_cents: i64,
    /// Its share of the equivalent base.
    pub(super) amount: Amount,
    pub(super) bag: Bag,
}

/// Prices one passenger. `choices` is not empty.
pub(super) fn price(world: &Inventory, terms: &Terms, choices: &[Choice], ptc: &str) -> Fare {
    let round_trip = is_round_trip(choices);
    let mut components: Vec<_> =
        choices.iter().map(|choice| component(world, terms, choice, round_trip, ptc)).collect();
    let nuc_cents: i64 = components.iter().map(|c| c.nuc_cents + c.surcharge_cents).sum();
    let filing = Currency::of_country(first_origin(choices).country.as_str());
    let numerator = i128::from(nuc_cents) * i128::from(filing.roe) * filing.printed_per_whole();
    let base = filing.up(numerator, 100 * 1_000_000);
    let equivalent = base.in_currency(terms.currency);
    allocate(&mut components, nuc_cents, equivalent);
    let taxes = taxes(choices, terms.currency, ptc);
    let line = line(choices, &components, nuc_cents, filing);
    Fare { ptc: ptc.to_owned(), components, base, equivalent, taxes, line }
}

fn first_origin(choices: &[Choice]) -> &'static Airport {
    choices.first().expect("a price has a slice").routing.first().origin()
}

fn is_round_trip(choices: &[Choice]) -> bool {
    match choices {
        [out, back] => {
            out.routing.first().origin().city == back.routing.last().destination().city
                && out.routing.last().destination().city == back.routing.first().origin().city
        }
        _ => false,
    }
}

fn component(world: &Inventory, terms: &Terms, choice: &Choice, round_trip: bool, ptc: &str) -> Component {
    let (routing, brand) = (&choice.routing, choice.brand);
    let carrier = routing.carrier();
    let (origin, destination) = (routing.first().origin(), routing.last().destination());
    let week = routing.first().departure().date().iso_week_date().week().to_string();
    let cities = [origin.city.as_str(), destination.city.as_str()];
    let draw =
        |names: &[&str], spread: u64| i64::try_from(world.draw(names) % spread).expect("a small spread");
    let bare = if carrier.model == Model::LowCost { 4 } else { 6 };
    let per_km = bare + draw(&["fare", carrier.code], 3);
    let season = 95 + draw(&["season", cities[0], cities[1], &week], 20);
    let contract = 96 + draw(&["contract", &terms.branch, carrier.code], 9);
    let level = [100, 126][choice.level];
    let half_return = if round_trip { 90 } else { 100 };
    let percents = [brand.percent, season, contract, level, half_return];
    let fare = percents.iter().fold(3_500 + whole_km(origin, destination) * per_km, |f, p| f * p / 100);
    let surcharge = if draw(&["surcharge", carrier.code], 3) == 0 { 1_250 } else { 0 };
    let (percent, surcharge, designator) = match ptc {
        "CNN" | "CHD" | "INS" => (75, surcharge, "CH"),
        "INF" => (10, 0, "IN"),
        _ => (100, surcharge, ""),
    };
    // Whole and half units only, as filed fares mostly are; a child's share of them may end in any cent.
    let adult = terms.reprices.apply(fare, carrier.code) / 50 * 50;
    let bag = match (ptc, brand.bag) {
        ("INF", Bag::Pieces(_)) => Bag::Pieces(1),
        ("INF", Bag::Kilograms(_)) => Bag::Kilograms(10),
        (_, bag) => bag,
    };
    let basis = format!(
        "{}{}{}{}{}{designator}",
        choice.class(),
        ['L', 'H'][choice.level],
        if round_trip { 'R' } else { 'O' },
        brand.letter,
        origin.country.as_str(),
    );
    let amount = Amount::new(terms.currency, 0);
    Component {
        basis,
        origin,
        destination,
        nuc_cents: adult * percent / 100,
        surcharge_cents: surcharge,
        amount,
        bag,
    }
}

/// Shares the equivalent base out over the components by their neutral units; the last one takes the rest.
fn allocate(components: &mut [Component], nuc_cents: i64, equivalent: Amount) {
    let mut rest = equivalent.minor;
    let last = components.len() - 1;
    for (index, component) in components.iter_mut().enumerate() {
        let own = i128::from(component.nuc_cents + component.surcharge_cents);
        let share = i128::from(equivalent.minor) * own / i128::from(nuc_cents.max(1));
        let share =
            if index == last { rest } else { i64::try_from(share).expect("a part of a 64 bit amount") };
        rest -= share;
        component.amount = Amount::new(equivalent.currency, share);
    }
}

/// Taxes of a departure: country, code, US cents.
static TAXES: &[(&str, &str, i64)] = &[
    ("ID", "D5", 1_475),
    ("JP", "SW", 1_920),
    ("JP", "OI", 380),
    ("JP", "TK", 665),
    ("SG", "SG", 2_610),
    ("SG", "OO", 790),
    ("SG", "OP", 590),
    ("MY", "MY", 790),
    ("MY", "H8", 25),
    ("TH", "TS", 2_040),
    ("TH", "E7", 100),
    ("HK", "HK", 1_540),
    ("HK", "I5", 690),
    ("TW", "TW", 1_560),
    ("KR", "BP", 2_020),
    ("CN", "CN", 1_250),
    ("PH", "LI", 1_000),
    ("VN", "JC", 2_500),
    ("VN", "C4", 150),
    ("US", "US", 2_240),
    ("US", "AY", 560),
    ("US", "XF", 450),
    ("GB", "GB", 11_000),
    ("GB", "UB", 3_150),
    ("DE", "RA", 2_470),
    ("DE", "OY", 6_100),
    ("DE", "DE", 1_080),
    ("FR", "FR", 2_240),
    ("FR", "QX", 1_270),
    ("AU", "AU", 4_600),
    ("AU", "WY", 2_700),
];

fn taxes(choices: &[Choice], currency: &'static Currency, ptc: &str) -> Vec<(&'static str, Amount)> {
    let mut cents: BTreeMap<&'static str, i64> = BTreeMap::new();
    if ptc == "INF" {
        return Vec::new();
    }
    for routing in choices.iter().map(|choice| &choice.routing) {
        let (from, to) = (routing.first().origin().country, routing.last().destination().country);
        let own = TAXES.iter().filter(|(country, ..)| *country == from.as_str());
        let own: Vec<_> = own.map(|(_, code, cents)| (*code, *cents)).collect();
        // A country that is not in the table still takes its airport charge; at home it is half as much.
        let share = if from == to { 2 } else { 1 };
        for (code, amount) in if own.is_empty() { vec![("XT", 1_400)] } else { own } {
            *cents.entry(code).or_default() += amount / share;
        }
        let carrier = routing.carrier();
        if carrier.model != Model::LowCost {
            let code = if carrier.model == Model::Weight { "YQ" } else { "YR" };
            let surcharge: i64 = routing.flights.iter().map(|flight| 350 + flight.km() / 2).sum();
            *cents.entry(code).or_default() += surcharge;
        }
    }
    cents.into_iter().map(|(code, cents)| (code, currency.us_cents(cents))).collect()
}

/// The linear fare calculation.
fn line(choices: &[Choice], components: &[Component], nuc_cents: i64, filing: &Currency) -> String {
    let mut line = first_origin(choices).city.as_str().to_owned();
    let mut at = first_origin(choices).city;
    for (choice, component) in choices.iter().zip(components) {
        let routing = &choice.routing;
        if routing.first().origin().city != at {
            line += &format!(" //{}", routing.first().origin().city);
        }
        for (index, flight) in routing.flights.iter().enumerate() {
            let through = if index + 1 < routing.flights.len() { "X/" } else { "" };
            line += &format!(" {} {through}{}", flight.carrier.code, flight.destination().city);
        }
        if component.surcharge_cents > 0 {
            line += &format!(" Q{}", hundredths(component.surcharge_cents));
        }
        line += &format!(" {}{}", hundredths(component.nuc_cents), component.basis);
        at = routing.last().destination().city;
    }
    let roe = if filing.roe == 1_000_000 { "1.0".to_owned() } else { rate(filing.roe) };
    line + &format!(" NUC{}END ROE{roe}", hundredths(nuc_cents))
}

/// Hundredths with two decimals.
pub(super) fn hundredths(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Millionths with as many decimals as they need, at least two.
fn rate(millionths: i64) -> String {
    let text = format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000);
    let least = text.len() - 4;
    let used = text.trim_end_matches('0').len();
    text[..used.max(least)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::inventory::airport;
    use super::*;
    use jiff::civil::date;

    fn choice(world: &Inventory, from: &str, to: &str, nth: usize, level: usize) -> Choice {
        let routings = world.routings(airport(from).unwrap(), airport(to).unwrap(), date(2027, 4, 2));
        let routing = routings[nth % routings.len()].clone();
        let brands = routing.carrier().model.brands();
        Choice { brand: &brands[nth % brands.len()], routing, level }
    }

    /// Reads a fare calculation line without using what wrote it: the sum of its parts, its total, its rate.
    fn read_line(line: &str) -> (i64, i64, f64) {
        let cents = |text: &str| text.replace('.', "").parse::<i64>().unwrap();
        let (parts, rest) = line.split_once(" NUC").unwrap();
        let (total, roe) = rest.split_once("END ROE").unwrap();
        let amount = |token: &str| {
            let token = token.strip_prefix('Q').unwrap_or(token);
            let dot = token.find('.').filter(|_| token.starts_with(|c: char| c.is_ascii_digit()))?;
            Some(cents(&token[..dot + 3]))
        };
        (parts.split(' ').filter_map(amount).sum(), cents(total), roe.parse().unwrap())
    }

    #[test]
    fn every_line_balances_and_every_total_adds_up() {
        let world = Inventory::new(3);
        let slices =
            [("CGK", "NRT"), ("NRT", "CGK"), ("CGK", "SIN"), ("LHR", "JFK"), ("SYD", "AKL"), ("DXB", "CGK")];
        let journeys: [&[usize]; 6] = [&[0], &[0, 1], &[1, 0], &[2, 1, 0], &[3], &[4, 5, 0, 1, 2, 3]];
        for currency in ["IDR", "USD", "JPY", "EUR"] {
            let terms = Terms {
                branch: "P1".to_owned(),
                currency: Currency::of(currency).unwrap(),
                reprices: Reprices::default(),
            };
            for (journey, nth) in journeys.iter().flat_map(|j| (0..12).map(move |nth| (j, nth))) {
                let choices: Vec<_> = journey
                    .iter()
                    .map(|i| choice(&world, slices[*i].0, slices[*i].1, nth, nth % 2))
                    .collect();
                for ptc in ["ADT", "CNN", "INF"] {
                    let fare = price(&world, &terms, &choices, ptc);
                    let (sum, total, roe) = read_line(&fare.line);
                    assert_eq!(sum, total, "{}", fare.line);
                    // Rounded up to the unit of the filing currency, found here by its printed form.
                    let exact = total as f64 / 100.0 * roe * 10_f64.powi(fare.base.currency.decimals as i32);
                    let over = fare.base.minor as f64 - exact;
                    assert!(
                        (-0.01..fare.base.currency.unit as f64).contains(&over),
                        "{} {}",
                        fare.line,
                        fare.base
                    );
                    let shares: i64 = fare.components.iter().map(|c| c.amount.minor).sum();
                    assert_eq!(shares, fare.equivalent.minor);
                    let taxes: i64 = fare.taxes.iter().map(|(_, tax)| tax.minor).sum();
                    assert_eq!(fare.total().minor, fare.equivalent.minor + taxes);
                    assert_eq!(fare.taxes.is_empty(), ptc == "INF");
                }
            }
        }
    }

    #[test]
    fn amounts_print_and_parse_as_the_host_writes_them() {
        for text in ["IDR5616000", "USD78.05", "EUR0.07"] {
            assert_eq!(Amount::try_from(text.to_owned()).unwrap().to_string(), text);
        }
        assert!(Amount::try_from("XYZ1".to_owned()).is_err());
    }

    #[test]
    fn a_reprice_raises_what_it_names() {
        let world = Inventory::new(3);
        let choices = [choice(&world, "CGK", "NRT", 0, 0)];
        let mut terms = Terms {
            branch: "P1".to_owned(),
            currency: Currency::of("IDR").unwrap(),
            reprices: Reprices::default(),
        };
        let before = price(&world, &terms, &choices, "ADT").total().minor;
        terms.reprices.set("ZZ".to_owned(), 10);
        assert_eq!(price(&world, &terms, &choices, "ADT").total().minor, before);
        terms.reprices.set(String::new(), 10);
        assert!(price(&world, &terms, &choices, "ADT").total().minor > before);
    }
}
