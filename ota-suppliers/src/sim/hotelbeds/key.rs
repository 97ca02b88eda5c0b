//! Rate keys: self-describing, sealed, and short-lived. A client has to treat them as opaque.

use jiff::civil::Date;

use super::super::draw::draw;
use super::World;
use super::property::{Board, Property, Room};
use super::rate::{Plan, plan};
use super::refusal::Refusal;

/// How long a key can be used, in seconds. Source: "Best Practices" and error texts of the supplier.
pub(super) const KEY_LIVES_S: i64 = 30 * 60;
/// Longest key that is read, in bytes.
pub(super) const KEY_BYTES_MAX: usize = 512;

/// The nights of a stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stay {
    pub(super) check_in: Date,
    pub(super) check_out: Date,
}

impl Stay {
    pub(super) fn nights(self) -> impl Iterator<Item = Date> {
        self.check_in.series(jiff::Span::new().days(1)).take_while(move |night| *night < self.check_out)
    }

    pub(super) fn count(self) -> i64 {
        i64::try_from(self.nights().count()).expect("a stay is a few nights long")
    }
}

/// Equal rooms and who sleeps in each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Occupancy {
    pub(super) rooms: u32,
    pub(super) adults: u32,
    /// Of the children, ascending.
    pub(super) ages: Vec<u32>,
}

impl Occupancy {
    pub(super) fn children(&self) -> u32 {
        u32::try_from(self.ages.len()).expect("a few children")
    }
}

/// What is sold.
#[derive(Debug, Clone)]
pub(super) struct Product<'a> {
    pub(super) property: &'a Property,
    pub(super) room: &'static Room,
    pub(super) board: &'static Board,
    pub(super) plan: &'static Plan,
    pub(super) stay: Stay,
    pub(super) occupancy: Occupancy,
}

/// A product with what a key says of its price.
#[derive(Debug, Clone)]
pub(super) struct Keyed<'a> {
    pub(super) product: Product<'a>,
    pub(super) seal: Seal,
}

/// What a key says beyond the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seal {
    /// When it was handed out, in Unix seconds.
    pub(super) issued: i64,
    /// The price, in printed units of the account's currency.
    pub(super) net: i64,
    /// Its price was checked.
    pub(super) checked: bool,
    /// Of the usual price, as a control call said when it was checked.
    pub(super) percent: i64,
}

/// A key as it is handed out.
pub(super) fn write(world: &World, account: &str, product: &Product<'_>, seal: Seal) -> String {
    let Product { property, room, board, plan, stay, occupancy } = product;
    let Occupancy { rooms, adults, ages } = occupancy;
    let date = |date: Date| date.strftime("%Y%m%d").to_string();
    let ages: Vec<_> = ages.iter().map(u32::to_string).collect();
    let described = format!(
        "{}|{}|{}|{}|{}|{}|{}|{}||{rooms}~{adults}~{}|{}|",
        date(stay.check_in),
        date(stay.check_out),
        if plan.at_property { "H" } else { "W" },
        if property.recheck { 321 } else { 1 },
        property.code,
        room.code,
        plan.contract,
        board.code,
        ages.len(),
        ages.join("~"),
    );
    let Seal { issued, net, checked, percent } = seal;
    let sealed = format!("{issued:08X}{net:012X}{}{:04X}", u8::from(checked), percent + 0x1000);
    let mac = draw(world.seed, &["key", account, &described, &sealed]);
    format!("{described}N@{sealed}{mac:016X}")
}

/// A key as it comes back; refused if it is nobody's, somebody else's, or too old.
pub(super) fn read<'a>(world: &'a World, account: &str, key: &str, now: i64) -> Result<Keyed<'a>, Refusal> {
    let keyed = parse(world, key).filter(|_| key.len() <= KEY_BYTES_MAX);
    let keyed = keyed.filter(|keyed| write(world, account, &keyed.product, keyed.seal) == key);
    keyed.filter(|keyed| now - keyed.seal.issued <= KEY_LIVES_S).ok_or_else(|| Refusal::rate_key(key))
}

fn parse<'a>(world: &'a World, key: &str) -> Option<Keyed<'a>> {
    let parts: Vec<&str> = key.split('|').collect();
    let [check_in, check_out, _, _, property, room, contract, board, "", party, ages, sealed] = parts[..]
    else {
        return None;
    };
    let date = |text: &str| Date::strptime("%Y%m%d", text).ok();
    let party: Vec<u32> = party.split('~').map(|n| n.parse().ok()).collect::<Option<_>>()?;
    let [rooms, adults, _] = party[..] else { return None };
    let ages = ages.split('~').filter(|age| !age.is_empty());
    let ages = ages.map(|age| age.parse().ok()).collect::<Option<_>>()?;
    let property = world.property(property.parse().ok()?)?;
    let sealed = sealed.strip_prefix("N@").filter(|sealed| sealed.is_ascii())?;
    let number = |from: usize, to: usize| i64::from_str_radix(sealed.get(from..to)?, 16).ok();
    Some(Keyed {
        product: Product {
            property,
            room: property.rooms.iter().find(|known| known.code == room)?,
            board: property.boards.iter().find(|known| known.code == board)?,
            plan: plan(contract)?,
            stay: Stay { check_in: date(check_in)?, check_out: date(check_out)? },
            occupancy: Occupancy { rooms, adults, ages },
        },
        seal: Seal {
            issued: number(0, 8)?,
            net: number(8, 20)?,
            checked: number(20, 21)? == 1,
            percent: number(21, 25)? - 0x1000,
        },
    })
}
