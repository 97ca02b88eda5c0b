//! What it costs and on what terms.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::super::control::Reprices;
use super::super::draw::draw;
use super::super::fares::{Amount, Currency};
use super::World;
use super::cities::Levy;
use super::key::{Product, Seal, Stay, write};
use super::property::Property;

/// Of a selling price paid at the property, what the agency earns.
const COMMISSION_PERCENT: i64 = 10;
/// An early booking is one so many days ahead.
const EARLY_DAYS: i64 = 30;

/// A contract under which rooms are sold.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// As it stands in the key.
    pub(super) contract: &'static str,
    /// NOR, NRF (no refund) or PAQ (only in a package).
    pub(super) class: &'static str,
    /// Of the plain price.
    pub(super) percent: i64,
    /// Paid there.
    pub(super) at_property: bool,
    /// Only beside something else, and its price is never shown.
    pub(super) packaging: bool,
}

static PLANS: &[Plan] = &[
    Plan { contract: "CG-BAR", class: "NOR", percent: 100, at_property: false, packaging: false },
    Plan { contract: "NRF-BAR", class: "NRF", percent: 88, at_property: false, packaging: false },
    Plan { contract: "OFE-EB", class: "NOR", percent: 93, at_property: false, packaging: false },
    Plan { contract: "CG-PAQ", class: "PAQ", percent: 81, at_property: false, packaging: false },
    Plan { contract: "CG-OPQ", class: "NOR", percent: 77, at_property: false, packaging: true },
    Plan { contract: "CG-COM", class: "NOR", percent: 108, at_property: true, packaging: false },
];
/// The first so many are sold with every board, the others with the first one only.
const EVERY_BOARD: usize = 2;

/// A plan by its contract.
pub(super) fn plan(contract: &str) -> Option<&'static Plan> {
    PLANS.iter().find(|plan| plan.contract == contract)
}

/// The plans that a property sells a board under.
pub(super) fn plans(
    world: &World,
    property: &Property,
    board: usize,
    days_ahead: i64,
) -> impl Iterator<Item = &'static Plan> {
    let code = property.code.to_string();
    PLANS.iter().enumerate().filter_map(move |(index, plan)| {
        let sold = index < EVERY_BOARD
            || (board == 0 && draw(world.seed, &["plan", plan.contract, &code]).is_multiple_of(3));
        (sold && (plan.contract != "OFE-EB" || days_ahead >= EARLY_DAYS)).then_some(plan)
    })
}

/// On whose terms, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) account: &'a str,
    pub(super) currency: &'static Currency,
    pub(super) reprices: &'a Reprices,
    pub(super) now: Timestamp,
}

/// A product with its price and terms, as it was sold or could be.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Rate {
    pub(super) key: String,
    pub(super) room: (String, String),
    pub(super) class: String,
    pub(super) bookable: bool,
    /// Of all its rooms, for the whole stay.
    pub(super) net: Amount,
    /// Where it is paid at the property: the price in the account's currency and in the property's.
    pub(super) selling: Option<(Amount, Amount)>,
    pub(super) left: u32,
    pub(super) packaging: bool,
    pub(super) board: (String, String),
    /// In no order.
    pub(super) steps: Vec<Step>,
    pub(super) taxes: Vec<Tax>,
    pub(super) promotions: Vec<(String, String)>,
    pub(super) offers: Vec<(String, String, Amount)>,
    pub(super) rooms: u32,
    pub(super) adults: u32,
    pub(super) ages: Vec<u32>,
    pub(super) comments: String,
}

/// From when a cancellation costs how much.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Step {
    pub(super) from: Timestamp,
    /// The same in the property's time, as printed.
    pub(super) printed: String,
    pub(super) amount: Amount,
    /// In the property's currency, where it is paid there.
    pub(super) local: Option<Amount>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Tax {
    pub(super) included: bool,
    pub(super) percent: Option<i64>,
    pub(super) amount: Amount,
    /// In the account's currency.
    pub(super) client: Amount,
    pub(super) name: String,
}

impl Rate {
    /// What a cancellation costs at a moment: the last step that has come counts.
    pub(super) fn fee(&self, at: Timestamp) -> Amount {
        let come = self.steps.iter().filter(|step| step.from <= at).max_by_key(|step| step.from);
        come.map_or(Amount::new(self.net.currency, 0), |step| step.amount)
    }
}

/// The price of now. A rate of another system is shown as it was some time ago until it is checked.
pub(super) fn net(
    world: &World,
    terms: Terms<'_>,
    product: &Product<'_>,
    checked: bool,
    percent: i64,
) -> Amount {
    let Product { property, plan, stay, occupancy, room, .. } = product;
    let code = property.code.to_string();
    let nights: i64 = stay.nights().map(|night| night_cents(world, terms.account, product, night)).sum();
    let cents = terms.reprices.apply(nights * plan.percent / 100, &code);
    let drift = draw(world.seed, &["drift", &code, room.code, plan.contract, &stay.check_in.to_string()]);
    let drift = match drift % 6 {
        _ if !property.recheck || !checked => 100,
        0 => 104,
        1 => 97,
        _ => 100,
    };
    let cents = cents * drift / 100 * (100 + percent) / 100;
    terms.currency.us_cents(cents).times(usize::try_from(occupancy.rooms).expect("a few rooms"))
}

/// One room in one night, in US cents.
fn night_cents(world: &World, account: &str, product: &Product<'_>, night: Date) -> i64 {
    let Product { property, room, board, occupancy, .. } = product;
    let (city, code) = (property.city, property.code.to_string());
    let drawn = |names: &[&str], below: u64| (draw(world.seed, names) % below).cast_signed();
    let stars = [62, 100, 155, 290][property.stars as usize - 2];
    let week = format!("{}-{}", night.year(), night.day_of_year() / 7);
    let guests = match occupancy.adults {
        1 => 92,
        2 => 100,
        more => 50 + 25 * i64::from(more),
    };
    let child = |age: &u32| match age {
        0..3 => 0,
        3..12 => 18,
        _ => 35,
    };
    let percents = [
        stars,
        room.percent,
        88 + drawn(&["season", city.code, &week], 31),
        80 + drawn(&["house", &code], 41),
        97 + drawn(&["contract", account, &code], 9),
        if matches!(night.weekday(), Weekday::Friday | Weekday::Saturday) { 112 } else { 100 },
        guests + occupancy.ages.iter().map(child).sum::<i64>(),
    ];
    let lodging = percents.iter().fold(city.night_cents, |cents, percent| cents * percent / 100);
    let eaters =
        2 * i64::from(occupancy.adults) + occupancy.ages.iter().filter(|age| **age >= 3).count() as i64;
    lodging + board.cents * stars / 100 * eaters / 2
}

/// A product as it is offered now.
pub(super) fn rate(
    world: &World,
    terms: Terms<'_>,
    product: &Product<'_>,
    left: u32,
    checked: bool,
    percent: i64,
) -> Rate {
    let Product { property, room, board, plan, occupancy, .. } = product;
    let net = net(world, terms, product, checked, percent);
    let local = Currency::of(property.city.currency).unwrap_or(terms.currency);
    let selling = plan.at_property.then(|| {
        let selling = net.share(100, 100 - COMMISSION_PERCENT);
        (selling, selling.exchanged(local))
    });
    let seal = Seal { issued: terms.now.as_second(), net: net.minor, checked, percent };
    let taxes = taxes(product, net, local);
    let named = |code: &str, name: &str| (code.to_owned(), name.to_owned());
    let early = plan.contract == "OFE-EB";
    Rate {
        key: write(world, terms.account, product, seal),
        room: named(room.code, room.name),
        class: plan.class.to_owned(),
        bookable: checked || !property.recheck,
        net,
        selling,
        left,
        packaging: plan.packaging,
        board: named(board.code, board.name),
        steps: steps(world, terms.now, product, net, selling),
        comments: comments(product, &taxes),
        taxes,
        promotions: (plan.class == "NRF").then(|| named("073", "Non-refundable rate")).into_iter().collect(),
        offers: early
            .then(|| ("9002".to_owned(), "Early Booking discount".to_owned(), discount(net, plan)))
            .into_iter()
            .collect(),
        rooms: occupancy.rooms,
        adults: occupancy.adults,
        ages: occupancy.ages.clone(),
    }
}

fn discount(net: Amount, plan: &Plan) -> Amount {
    let saved = net.share(100 - plan.percent, plan.percent);
    Amount::new(net.currency, -saved.minor)
}

fn taxes(product: &Product<'_>, net: Amount, local: &'static Currency) -> Vec<Tax> {
    let Product { property, stay, occupancy, .. } = product;
    let at_property = |each: i64, heads: u32, name: &str| {
        let amount = Amount::new(local, each * stay.count() * i64::from(heads * occupancy.rooms));
        let client = amount.exchanged(net.currency);
        vec![Tax { included: false, percent: None, amount, client, name: name.to_owned() }]
    };
    match property.city.levy {
        Levy::Included(percent) => {
            let amount = net.share(percent, 100 + percent);
            let name = "VAT".to_owned();
            vec![Tax { included: true, percent: Some(percent), amount, client: amount, name }]
        }
        Levy::PerAdult(each) => at_property(each, occupancy.adults, "City tax"),
        Levy::PerRoom(each) => at_property(each, 1, "Facility fee"),
        Levy::Words => Vec::new(),
    }
}

fn comments(product: &Product<'_>, taxes: &[Tax]) -> String {
    let owed = taxes.iter().filter(|tax| !tax.included);
    let mut words: Vec<String> = owed
        .map(|tax| {
            format!(
                "{} of {} {} is paid on arrival.",
                tax.name,
                tax.amount.two_decimals(),
                tax.amount.currency.code
            )
        })
        .collect();
    if product.property.city.levy == Levy::Words {
        words.push("A tourism levy is collected at the reception.".to_owned());
    }
    words.push("Check-in hour 15:00-23:00.".to_owned());
    words.join(" ")
}

/// What a cancellation costs from when on. What was free until yesterday or before costs from the end of yesterday.
fn steps(
    world: &World,
    now: Timestamp,
    product: &Product<'_>,
    net: Amount,
    selling: Option<(Amount, Amount)>,
) -> Vec<Step> {
    let Product { property, plan, .. } = product;
    let zone = &property.zone;
    let yesterday = zone.to_datetime(now).date().saturating_sub(Span::new().days(1));
    let all = selling.map_or(net, |(selling, _)| selling);
    let step = |(date, hour, amount): (Date, i8, Amount)| {
        let minute = if hour == 23 { 59 } else { 0 };
        let (from, printed) = local(zone, date, hour, minute);
        let local = selling.map(|(_, local)| amount.exchanged(local.currency));
        Step { from, printed, amount, local }
    };
    let planned: Vec<Step> = planned(world, product, all).into_iter().map(step).collect();
    if plan.class != "NRF" && planned.iter().all(|step| step.from > now) {
        return planned;
    }
    let (come, mut later): (Vec<_>, Vec<_>) = planned.into_iter().partition(|step| step.from <= now);
    let dearest = come.iter().map(|step| step.amount.minor).max();
    if plan.class == "NRF" {
        later.clear();
    }
    let amount = if plan.class == "NRF" { all.minor } else { dearest.unwrap_or(all.minor) };
    later.push(step((yesterday, 23, Amount::new(all.currency, amount))));
    later
}

/// The steps of a property, the dearest first as in the recordings.
fn planned(world: &World, product: &Product<'_>, all: Amount) -> Vec<(Date, i8, Amount)> {
    let Product { property, stay, .. } = product;
    let drawn = draw(world.seed, &["cancellation", &property.code.to_string()]);
    let days = 1 + (drawn / 7 % 4).cast_signed();
    let before = |days: i64| stay.check_in.saturating_sub(Span::new().days(days));
    match drawn % 3 {
        0 => vec![(before(days), 23, all)],
        1 => vec![(before(1), 23, all), (before(1 + days), 23, all.share(1, stay.count()))],
        _ => vec![(before(1), 14, all)],
    }
}

/// A clock of the property as an instant and as printed, with the offset of that day.
fn local(zone: &TimeZone, date: Date, hour: i8, minute: i8) -> (Timestamp, String) {
    let time = Time::new(hour, minute, 0, 0).expect("an hour of the table");
    let zoned = date
        .to_datetime(time)
        .to_zoned_datetime(zone.clone())
        .expect("dates of stays are far from the ends of time");
    (zoned.timestamp(), zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

/// How many days a stay is away, by the calendar of the property.
pub(super) fn days_ahead(property: &Property, stay: Stay, now: Timestamp) -> i64 {
    let today = property.zone.to_datetime(now).date();
    today.until(stay.check_in).map_or(0, |span| i64::from(span.get_days()))
}
