//! What stands there: properties, their rooms and boards, computed from the seed alone.

use jiff::tz::TimeZone;

use super::super::draw::draw;
use super::cities::{CITIES, City, District};

/// Metres in a thousandth of a degree of latitude, nearly.
const METRES_PER_MILLIDEGREE: f64 = 111.2;

/// A kind of room.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) adults_max: u32,
    pub(super) children_max: u32,
    pub(super) guests_max: u32,
    /// Of the price of a plain double.
    pub(super) percent: i64,
}

macro_rules! rooms {
    ($($code:literal $name:literal $adults:literal $children:literal $guests:literal $percent:literal;)+) => {
        &[$(Room {
            code: $code, name: $name, adults_max: $adults, children_max: $children, guests_max: $guests,
            percent: $percent,
        }),+]
    };
}

/// The first [`EVERYWHERE`] are in every property.
static ROOMS: &[Room] = rooms! {
    "DBL.ST" "DOUBLE STANDARD" 2 1 3 100;
    "TWN.ST" "TWIN STANDARD" 2 1 3 103;
    "FAM.ST" "FAMILY ROOM STANDARD" 4 3 5 158;
    "SGL.ST" "SINGLE STANDARD" 1 0 1 78;
    "DBL.SU" "DOUBLE SUPERIOR" 2 1 3 124;
    "TPL.ST" "TRIPLE STANDARD" 3 1 3 137;
    "JSU.ST" "JUNIOR SUITE STANDARD" 2 2 4 176;
    "SUI.ST" "SUITE STANDARD" 3 3 5 262;
};
const EVERYWHERE: usize = 3;

impl Room {
    /// Whether so many people sleep in it.
    pub(super) fn holds(&self, adults: u32, children: u32) -> bool {
        adults <= self.adults_max && children <= self.children_max && adults + children <= self.guests_max
    }
}

/// What is eaten.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Board {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    /// For an adult and a night in a house of three stars, US cents; half of it for a child.
    pub(super) cents: i64,
}

static BOARDS: &[Board] = &[
    Board { code: "RO", name: "ROOM ONLY", cents: 0 },
    Board { code: "BB", name: "BED AND BREAKFAST", cents: 1_150 },
    Board { code: "HB", name: "HALF BOARD", cents: 2_900 },
    Board { code: "AI", name: "ALL INCLUSIVE", cents: 5_400 },
];

/// A house.
#[derive(Debug)]
pub(super) struct Property {
    pub(super) code: u32,
    pub(super) name: String,
    /// 2 to 5.
    pub(super) stars: u32,
    pub(super) city: &'static City,
    pub(super) district: &'static District,
    /// Index of the district, from 1: the supplier's zone code.
    pub(super) district_code: usize,
    /// Microdegrees.
    pub(super) latitude: i64,
    pub(super) longitude: i64,
    pub(super) rooms: Vec<&'static Room>,
    pub(super) boards: Vec<&'static Board>,
    /// Its rates are another system's and must be checked.
    pub(super) recheck: bool,
    pub(super) zone: TimeZone,
}

impl Property {
    fn new(seed: u64, city: &'static City, index: u32, zone: &TimeZone) -> Self {
        const FIRST: &[&str] =
            &["Grand", "Park", "Royal", "Central", "Garden", "Plaza", "Metro", "Harbour", "Sakura", "Palm"];
        const LAST: &[&str] = &["Hotel", "Inn", "Suites", "House", "Residence", "Lodge"];
        let code = city.first + index;
        let id = code.to_string();
        let at = |what: &str, below: usize| usize::try_from(draw(seed, &[&id, what]) % below as u64);
        let at = |what: &str, below: usize| at(what, below).expect("below a small number");
        let district_index = at("district", city.districts.len());
        let district = &city.districts[district_index];
        let scatter = |what| i64::try_from(at(what, 9_001)).expect("a small number") - 4_500;
        let stars = [3, 4, 3, 2, 4, 5, 3, 4][at("stars", 8)];
        let rooms = ROOMS.iter().enumerate().filter(|(n, room)| *n < EVERYWHERE || at(room.code, 5) < 2);
        let boards = if city.resort { &BOARDS[1..] } else { &BOARDS[..2] };
        let boards = boards.iter().enumerate().filter(|(n, board)| *n < 1 || at(board.code, 4) < 3);
        Self {
            code,
            name: format!(
                "{} {} {}",
                FIRST[at("first", FIRST.len())],
                LAST[at("last", LAST.len())],
                district.name
            ),
            stars,
            city,
            district,
            district_code: district_index + 1,
            latitude: district.latitude + scatter("latitude"),
            longitude: district.longitude + scatter("longitude"),
            rooms: rooms.map(|(_, room)| room).collect(),
            boards: boards.map(|(_, board)| board).collect(),
            recheck: at("recheck", 3) == 0,
            zone: zone.clone(),
        }
    }

    pub(super) fn category_code(&self) -> String {
        format!("{}EST", self.stars)
    }

    pub(super) fn category_name(&self) -> String {
        format!("{} STARS", self.stars)
    }

    /// Whether it stands within so many metres of a point, given in degrees.
    pub(super) fn is_within(&self, latitude: f64, longitude: f64, metres: f64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let degrees = |micro: i64| micro as f64 / 1e6;
        let north = (degrees(self.latitude) - latitude) * 1_000.0 * METRES_PER_MILLIDEGREE;
        let east = (degrees(self.longitude) - longitude)
            * 1_000.0
            * METRES_PER_MILLIDEGREE
            * latitude.to_radians().cos();
        north.hypot(east) <= metres
    }

    /// Whether it stands in a rectangle between two opposite corners, given in degrees of latitude and longitude.
    pub(super) fn is_between(&self, (latitude, longitude): (f64, f64), (north, east): (f64, f64)) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let degrees = |micro: i64| micro as f64 / 1e6;
        let within = |at: f64, a: f64, b: f64| (a.min(b)..=a.max(b)).contains(&at);
        within(degrees(self.latitude), latitude, north) && within(degrees(self.longitude), longitude, east)
    }
}

/// Microdegrees as the supplier prints degrees.
pub(super) fn degrees(micro: i64) -> String {
    let sign = if micro < 0 { "-" } else { "" };
    format!("{sign}{}.{:06}", micro.abs() / 1_000_000, micro.abs() % 1_000_000)
}

/// Every property, by city and code.
pub(super) fn properties(seed: u64) -> Vec<Property> {
    let of = |city: &'static City| {
        // The zones of the table are in every release of the zone data.
        let zone = TimeZone::get(city.zone).unwrap_or(TimeZone::UTC);
        (0..city.properties).map(move |index| Property::new(seed, city, index, &zone))
    };
    CITIES.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_cities_are_full_of_different_houses() {
        let all = properties(1);
        let in_city = |code| all.iter().filter(move |property| property.city.code == code);
        assert_eq!(in_city("TYO").count(), 200);
        for city in CITIES {
            let here: Vec<_> = in_city(city.code).collect();
            assert!(here.len() >= 20, "{}", city.code);
            let stars: BTreeSet<_> = here.iter().map(|property| property.stars).collect();
            assert!(stars.len() >= 3 && stars.iter().all(|stars| (2..=5).contains(stars)), "{}", city.code);
            assert!(here.iter().any(|property| property.recheck), "{}", city.code);
            assert!(here.iter().any(|property| !property.recheck), "{}", city.code);
            assert_ne!(here[0].zone, TimeZone::UTC, "{}", city.code);
        }
        let codes: BTreeSet<_> = all.iter().map(|property| property.code).collect();
        assert_eq!(codes.len(), all.len());
    }

    #[test]
    fn distances_are_those_of_a_map() {
        // Tokyo station to Shinjuku: 6.0 km on the great circle.
        let all = properties(1);
        let near = |metres| all.iter().filter(|p| p.is_within(35.681_236, 139.767_125, metres)).count();
        assert_eq!((near(15_000.0), near(10.0)), (200, 0));
        assert!((1..150).contains(&near(3_000.0)));
        assert_eq!(degrees(-8_506_900), "-8.506900");
    }

    #[test]
    fn the_same_seed_gives_the_same_houses() {
        let names = |seed| properties(seed).iter().map(|p| (p.name.clone(), p.latitude)).collect::<Vec<_>>();
        assert_eq!(names(7), names(7));
        assert_ne!(names(7), names(8));
    }
}
