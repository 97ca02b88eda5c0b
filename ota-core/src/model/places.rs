//! Every airport and metropolitan area with an IATA code: country, city, position, IANA zone.
//!
//! The tables are open data, made by `scripts/make_places.py`; `data/README.md` names sources, dates and
//! licences. They are parsed once, at the first use.

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::place::{AirportCode, CityCode, CountryCode, Place};

/// A point on the globe, in microdegrees: no float takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// North of the equator; at most 90,000,000 either way.
    pub latitude: i32,
    /// East of Greenwich; at most 180,000,000 either way.
    pub longitude: i32,
}

/// An airport.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Airport {
    /// Its code.
    pub code: AirportCode,
    /// The city under which it is sold; of the same letters where it is the city's only or eponymous airport.
    pub city: CityCode,
    /// Where it stands.
    pub country: CountryCode,
    /// For people.
    pub name: &'static str,
    /// Its reference point.
    pub position: Position,
    /// IANA zone of its clocks.
    pub zone: &'static str,
}

impl Airport {
    /// The zone with its rules.
    #[must_use]
    pub fn time_zone(&self) -> TimeZone {
        TimeZone::get(self.zone).expect("a test finds every zone of the table in the bundled database")
    }
}

/// A city or metropolitan area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct City {
    /// Its code.
    pub code: CityCode,
    /// For people.
    pub name: &'static str,
    /// The country of its principal airport.
    pub country: CountryCode,
    /// Its centre; the reference point of its principal airport where the centre is not known.
    pub position: Position,
    /// Its airports, by code; at least one.
    pub airports: Vec<AirportCode>,
    /// IANA zone of its principal airport.
    pub zone: &'static str,
}

/// All places. Look-ups are binary searches.
#[derive(Debug)]
pub struct Places {
    airports: Vec<Airport>,
    cities: Vec<City>,
}

/// The table.
///
/// ```
/// use ota_core::model::place::{CityCode, Place};
/// use ota_core::model::places::places;
/// let tokyo = places().city(CityCode::new("TYO").unwrap()).unwrap();
/// assert!(tokyo.airports.iter().any(|code| code.as_str() == "HND"));
/// assert_eq!(places().resolve("TYO"), Some(Place::City(tokyo.code)));
/// ```
#[must_use]
pub fn places() -> &'static Places {
    static PLACES: LazyLock<Places> = LazyLock::new(|| {
        Places::parse(AIRPORTS, CITIES).expect("the embedded tables are well formed: a test reads every line")
    });
    &PLACES
}

const AIRPORTS: &str = include_str!("../../data/airports.csv");
const CITIES: &str = include_str!("../../data/cities.csv");

impl Places {
    /// The airport of a code.
    #[must_use]
    pub fn airport(&self, code: AirportCode) -> Option<&Airport> {
        self.airports.binary_search_by_key(&code, |airport| airport.code).ok().map(|at| &self.airports[at])
    }

    /// The city of a code.
    #[must_use]
    pub fn city(&self, code: CityCode) -> Option<&City> {
        self.cities.binary_search_by_key(&code, |city| city.code).ok().map(|at| &self.cities[at])
    }

    /// What a code typed by a customer names. A code of both an airport and a city names the airport, as in
    /// the GDSs where nobody asks otherwise: `SHA` is Hongqiao alone, all of Shanghai is the [`Place::City`].
    #[must_use]
    pub fn resolve(&self, code: &str) -> Option<Place> {
        let airport = AirportCode::new(code).ok()?;
        if self.airport(airport).is_some() {
            return Some(Place::Airport(airport));
        }
        self.city(CityCode::new(code).ok()?).map(|city| Place::City(city.code))
    }

    /// The airports of a place, by code; empty for a code that is not in the table.
    #[must_use]
    pub fn airports_of(&self, place: Place) -> &[AirportCode] {
        match place {
            Place::Airport(code) => {
                self.airport(code).map_or(&[], |airport| std::slice::from_ref(&airport.code))
            }
            Place::City(code) => self.city(code).map_or(&[], |city| &city.airports),
        }
    }

    /// All airports, by code.
    #[must_use]
    pub fn airports(&self) -> &[Airport] {
        &self.airports
    }

    /// All cities, by code.
    #[must_use]
    pub fn cities(&self) -> &[City] {
        &self.cities
    }

    /// Both tables come sorted by code, and every airport's city is in the second.
    fn parse(airports: &'static str, cities: &'static str) -> Option<Self> {
        let airports = airports.lines().map(parse_airport).collect::<Option<Vec<_>>>()?;
        let cities = cities.lines().map(parse_city).collect::<Option<Vec<_>>>()?;
        let mut places = Self { airports, cities };
        for airport in &places.airports {
            let at = places.cities.binary_search_by_key(&airport.city, |city| city.code).ok()?;
            places.cities[at].airports.push(airport.code);
        }
        Some(places)
    }
}

fn parse_airport(line: &'static str) -> Option<Airport> {
    let mut fields = line.splitn(7, ',');
    Some(Airport {
        code: AirportCode::new(fields.next()?).ok()?,
        city: CityCode::new(fields.next()?).ok()?,
        country: CountryCode::new(fields.next()?).ok()?,
        position: Position {
            latitude: fields.next()?.parse().ok()?,
            longitude: fields.next()?.parse().ok()?,
        },
        zone: fields.next()?,
        name: fields.next()?,
    })
}

fn parse_city(line: &'static str) -> Option<City> {
    let mut fields = line.splitn(6, ',');
    Some(City {
        code: CityCode::new(fields.next()?).ok()?,
        country: CountryCode::new(fields.next()?).ok()?,
        position: Position {
            latitude: fields.next()?.parse().ok()?,
            longitude: fields.next()?.parse().ok()?,
        },
        zone: fields.next()?,
        name: fields.next()?,
        airports: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn airport(code: &str) -> &'static Airport {
        places().airport(AirportCode::new(code).unwrap()).unwrap()
    }

    #[track_caller]
    fn check(city: &str, name: &str, country: &str, zone: &str, airports: &str) {
        let city = places().city(CityCode::new(city).unwrap()).unwrap();
        assert_eq!((city.name, city.country.as_str(), city.zone), (name, country, zone));
        let codes: Vec<&str> = city.airports.iter().map(AirportCode::as_str).collect();
        assert_eq!(codes.join(" "), airports);
    }

    #[test]
    fn cities_have_the_airports_they_are_sold_with() {
        check("JKT", "Jakarta", "ID", "Asia/Jakarta", "CGK HLP");
        check("TYO", "Tokyo", "JP", "Asia/Tokyo", "HND NRT OKO");
        check("LON", "London", "GB", "Europe/London", "BQH LCY LGW LHR LTN SEN STN");
        check("NYC", "New York City", "US", "America/New_York", "EWR JFK LGA NYS SWF");
        check("YMQ", "Montréal", "CA", "America/Toronto", "YHU YMX YUL");
        check("SHA", "Shanghai", "CN", "Asia/Shanghai", "PVG SHA");
        check("DPS", "Denpasar", "ID", "Asia/Makassar", "DPS");
    }

    #[test]
    fn an_airport_wins_over_a_city_of_the_same_code() {
        let resolve = |code| places().resolve(code).map(|place| places().airports_of(place).len());
        assert_eq!(resolve("SHA"), Some(1));
        assert_eq!(resolve("TYO"), Some(3));
        assert_eq!(resolve("CGK"), Some(1));
        assert_eq!(resolve("XXX"), None);
        assert_eq!(resolve("tyo"), None);
        assert_eq!(resolve(""), None);
        assert_eq!(places().airports_of(Place::City(CityCode::new("SHA").unwrap())).len(), 2);
    }

    #[test]
    fn positions_are_signed_microdegrees_on_either_side_of_the_date_line() {
        let position = |code| (airport(code).position.latitude, airport(code).position.longitude);
        assert_eq!(position("CGK"), (-6_125_570, 106_656_000));
        assert_eq!(position("SUV"), (-18_043_300, 178_559_010));
        assert_eq!(position("APW"), (-13_830_000, -172_008_000));
        let airports = places().airports().iter().map(|place| place.position);
        for position in airports.chain(places().cities().iter().map(|place| place.position)) {
            let Position { latitude, longitude } = position;
            assert!(latitude.abs() <= 90_000_000 && longitude.abs() <= 180_000_000, "{position:?}");
        }
    }

    #[test]
    fn a_city_is_where_its_centre_is_not_where_its_airports_are() {
        let position = |code| places().city(CityCode::new(code).unwrap()).unwrap().position;
        // Within a tenth of a degree of the city hall; Narita is 60 km off, Malpensa 40.
        for (code, latitude, longitude) in [
            ("TYO", 35_690_000, 139_692_000),
            ("MIL", 45_464_000, 9_190_000),
            ("NYC", 40_713_000, -74_006_000),
        ] {
            let Position { latitude: north, longitude: east } = position(code);
            assert!((north - latitude).abs() < 100_000 && (east - longitude).abs() < 100_000, "{code}");
        }
        // One airport, no centre in the source.
        assert_eq!(position("AJK"), airport("AJK").position);
    }

    #[test]
    fn islands_a_short_flight_apart_live_on_different_days() {
        let noon = jiff::civil::date(2027, 1, 15).at(12, 0, 0, 0);
        let instant = |code: &str| airport(code).time_zone().to_timestamp(noon).unwrap();
        // Samoa is a day ahead of American Samoa, 130 km to the east; Kiritimati of Honolulu.
        assert_eq!(instant("PPG").duration_since(instant("APW")).as_hours(), 24);
        assert_eq!(instant("HNL").duration_since(instant("CXI")).as_hours(), 24);
    }

    #[test]
    fn every_zone_is_in_the_bundled_database() {
        for place in places().airports() {
            assert!(TimeZone::get(place.zone).is_ok(), "{place:?}");
        }
        for city in places().cities() {
            assert!(TimeZone::get(city.zone).is_ok(), "{city:?}");
        }
    }

    #[test]
    fn the_tables_are_whole_sorted_and_agree() {
        let newlines = |text: &str| text.bytes().filter(|b| *b == b'\n').count();
        assert_eq!((places().airports().len(), newlines(AIRPORTS)), (7_884, 7_884));
        assert_eq!((places().cities().len(), newlines(CITIES)), (7_469, 7_469));
        assert!(places().airports().is_sorted_by(|a, b| a.code < b.code));
        assert!(places().cities().is_sorted_by(|a, b| a.code < b.code));
        for city in places().cities() {
            assert!(!city.airports.is_empty() && !city.name.is_empty(), "{city:?}");
            for code in &city.airports {
                assert_eq!(places().airport(*code).unwrap().city, city.code);
            }
        }
        assert!(places().airports().iter().all(|place| !place.name.is_empty()));
    }

    #[test]
    fn a_line_that_is_cut_short_is_refused() {
        let jakarta = "JKT,ID,-6214620,106845130,Asia/Jakarta,Jakarta\n";
        assert!(Places::parse("CGK,JKT,ID,-6125570,106656000", jakarta).is_none());
        assert!(Places::parse("CGK,JKT,ID,-6125570,106656000,Asia/Jakarta,A, B\n", "").is_none());
        let places = Places::parse("CGK,JKT,ID,-6125570,106656000,Asia/Jakarta,A, B\n", jakarta).unwrap();
        assert_eq!(places.airports()[0].name, "A, B");
    }
}
