use jiff::civil::date;

use super::*;
use crate::limits;
use crate::model::id::PropertyCode;
use crate::model::place::CityCode;
use crate::model::places::Position;
use crate::model::search::{HotelSearch, InvalidStay};
use crate::model::stay::{Occupancy, Property, StayDates};

const STATION: Position = Position { latitude: 35_681_000, longitude: 139_767_000 };

fn code(code: &str) -> PropertyCode {
    PropertyCode::new(code).unwrap()
}

fn property(name: &str, position: Option<(i32, i32)>, zone: Option<&str>) -> Property {
    Property {
        code: code(name),
        name: name.to_owned(),
        category: None,
        destination: None,
        position: position.map(|(latitude, longitude)| Position { latitude, longitude }),
        zone: zone.map(str::to_owned),
    }
}

/// North of the station by so many thousandths of a degree, 111 m each.
fn north(name: &str, steps: i32) -> Property {
    property(name, Some((STATION.latitude + steps * 1_000, STATION.longitude)), Some("Asia/Tokyo"))
}

fn around(centre: Position, radius_metres: u32) -> StayPlace {
    StayPlace::Around { centre, radius_metres }
}

fn city(code: &str) -> StayPlace {
    StayPlace::City(CityCode::new(code).unwrap())
}

#[track_caller]
fn check(properties: &Properties, place: &StayPlace, most: usize, want: &[&str], cut: bool) {
    let want = FoundProperties { codes: want.iter().map(|name| code(name)).collect(), cut };
    assert_eq!(properties.find(place, most), want, "{place:?}");
}

#[test]
fn those_within_reach_come_nearest_first() {
    let properties = Properties::new(vec![north("far", 90), north("c", -3), north("a", 2), north("b", 0)]);
    check(&properties, &around(STATION, 400), 10, &["b", "a", "c"], false);
    check(&properties, &around(STATION, 300), 10, &["b", "a"], false);
    check(&properties, &around(STATION, 400), 3, &["b", "a", "c"], false);
    check(&properties, &around(STATION, 400), 2, &["b", "a"], true);
    check(&properties, &around(Position { latitude: 0, longitude: 0 }, 200_000), 10, &[], false);
}

#[test]
fn properties_at_one_position_come_by_code() {
    let at_the_station = |name| north(name, 0);
    let properties = Properties::new(["d", "b", "c", "a"].map(at_the_station).to_vec());
    check(&properties, &around(STATION, 1), 10, &["a", "b", "c", "d"], false);
}

#[test]
fn the_date_line_and_the_poles_are_crossed() {
    let taveuni = |name, longitude| property(name, Some((-16_800_000, longitude)), Some("Pacific/Fiji"));
    let properties = Properties::new(vec![taveuni("west", 179_990_000), taveuni("east", -179_990_000)]);
    let east = Position { latitude: -16_800_000, longitude: -179_980_000 };
    check(&properties, &around(east, 5_000), 10, &["east", "west"], false);
    let pole = |name, longitude| property(name, Some((-89_990_000, longitude)), None);
    let properties = Properties::new(vec![pole("a", 0), pole("b", 90_000_000), pole("c", 180_000_000)]);
    let amundsen = Position { latitude: -89_991_000, longitude: 180_000_000 };
    check(&properties, &around(amundsen, 3_000), 10, &["c", "b", "a"], false);
}

#[test]
fn a_city_is_a_circle_around_its_centre() {
    let at = |name, latitude, longitude| property(name, Some((latitude, longitude)), Some("Asia/Tokyo"));
    let properties = Properties::new(vec![
        at("shinjuku", 35_690_000, 139_700_000),
        at("disneyland", 35_632_000, 139_880_000),
        at("narita", 35_772_000, 140_393_000),
        at("yokohama", 35_444_000, 139_638_000),
    ]);
    check(&properties, &city("TYO"), 10, &["shinjuku", "disneyland", "yokohama"], false);
    check(&properties, &city("OSA"), 10, &[], false);
    check(&properties, &city("XXX"), 10, &[], false);
}

#[test]
fn what_cannot_be_used_is_counted_with_its_reason() {
    let properties = Properties::new(vec![
        north("1", 1),
        property("2", None, None),
        north("1", 5),
        property("3", Some((0, 0)), None),
        north("1", 9),
    ]);
    let flaws: Vec<(&str, u32)> =
        properties.flaws().iter().map(|flaw| (flaw.why.as_str(), flaw.count)).collect();
    let mut want = [(DOUBLED_CODE, 2), (NO_POSITION, 1), (NO_ZONE, 2)];
    want.sort_unstable();
    assert_eq!((properties.len(), flaws.as_slice()), (3, want.as_slice()));
    // The first of a code stays, and one without a position is still known by its code.
    assert_eq!(properties.get(&code("1")).unwrap().position, north("1", 1).position);
    assert_eq!(properties.get(&code("2")).unwrap().name, "2");
    assert_eq!(properties.get(&code("4")), None);
    check(&properties, &around(STATION, 200_000), 10, &["1"], false);
}

#[test]
fn properties_that_are_named_need_not_be_loaded() {
    let (catalog, supplier) = (PropertyCatalog::default(), SupplierId::new("alpha").unwrap());
    let named = StayPlace::Properties(vec![code("9"), code("1")]);
    let found = |place: &StayPlace, most| catalog.find(&supplier, place, most);
    let want =
        |names: &[&str], cut| Some(FoundProperties { codes: names.iter().map(|n| code(n)).collect(), cut });
    assert_eq!(found(&named, 2), want(&["9", "1"], false));
    assert_eq!(found(&named, 1), want(&["9"], true));
    assert_eq!(found(&city("TYO"), 2), None);
    catalog.clone().put(supplier.clone(), Properties::new(vec![north("1", 0)]));
    assert_eq!(found(&city("TYO"), 2), want(&["1"], false));
    assert_eq!(found(&named, 2), want(&["9", "1"], false));
    assert_eq!(catalog.find(&SupplierId::new("beta").unwrap(), &city("TYO"), 2), None);
}

#[test]
fn a_reader_keeps_the_properties_it_has() {
    let (catalog, supplier) = (PropertyCatalog::default(), SupplierId::new("alpha").unwrap());
    catalog.put(supplier.clone(), Properties::new(vec![north("1", 0)]));
    let before = catalog.of(&supplier).unwrap();
    catalog.put(supplier.clone(), Properties::default());
    assert_eq!((before.len(), catalog.of(&supplier).unwrap().len()), (1, 0));
}

fn at(text: &str) -> Timestamp {
    text.parse::<jiff::Timestamp>().unwrap().into()
}

fn name(zone: &TimeZone) -> Option<&str> {
    zone.iana_name()
}

#[test]
fn a_place_has_the_zone_of_its_city_or_of_its_nearest_property() {
    let now = at("2027-01-15T08:00:00Z");
    let catalog = PropertyCatalog::default();
    let zone = |place: &StayPlace| catalog.zone(place, now);
    let bristol = around(Position { latitude: 41_530_000, longitude: -109_000_000 }, 50_000);
    assert_eq!(name(&zone(&city("TYO"))), Some("Asia/Tokyo"));
    // Nothing is loaded: the last day on earth.
    assert_eq!(zone(&bristol), TimeZone::fixed(Offset::constant(-12)));
    let put =
        |supplier, properties| catalog.put(SupplierId::new(supplier).unwrap(), Properties::new(properties));
    put(
        "alpha",
        vec![
            property("1", Some((41_540_000, -109_000_000)), Some("America/Denver")),
            property("2", Some((41_900_000, -109_000_000)), Some("America/Chicago")),
            property("3", Some((35_000_000, 139_000_000)), Some("Asia/Tokyo")),
        ],
    );
    assert_eq!(name(&zone(&bristol)), Some("America/Denver"));
    put("beta", vec![property("2", Some((0, 0)), Some("Pacific/Honolulu"))]);
    let named = |names: &[&str]| StayPlace::Properties(names.iter().map(|name| code(name)).collect());
    assert_eq!(name(&zone(&named(&["3"]))), Some("Asia/Tokyo"));
    assert_eq!(name(&zone(&named(&["3", "1"]))), Some("America/Denver"));
    assert_eq!(name(&zone(&named(&["3", "2"]))), Some("Pacific/Honolulu"));
    assert_eq!(zone(&named(&["4"])), TimeZone::fixed(Offset::constant(-12)));
}

#[test]
fn a_stay_that_can_begin_somewhere_is_not_refused() {
    // 02:00 on the 15th in Greenwich: the 14th is still today in Hawaii, and over in Tokyo.
    let now = at("2027-01-15T02:00:00Z");
    let catalog = PropertyCatalog::default();
    let properties = Properties::new(vec![
        property("1", None, Some("Asia/Tokyo")),
        property("2", None, Some("Pacific/Honolulu")),
    ]);
    catalog.put(SupplierId::new("alpha").unwrap(), properties);
    let check = |names: &[&str], want| {
        let search = HotelSearch {
            place: StayPlace::Properties(names.iter().map(|name| code(name)).collect()),
            dates: StayDates { check_in: date(2027, 1, 14), check_out: date(2027, 1, 16) },
            rooms: vec![Occupancy { adults: 1, child_ages: Vec::new() }],
        };
        assert_eq!(search.validate_at(now, &catalog.zone(&search.place, now)), want, "{names:?}");
    };
    check(&["1"], Err(InvalidStay::PastDate));
    check(&["1", "2"], Ok(()));
    check(&["unknown"], Ok(()));
}

#[test]
fn no_more_properties_are_kept_than_the_limit() {
    let mut many: Vec<Property> = vec![property("x", None, Some("UTC")); limits::PROPERTIES_MAX];
    many.push(north("1", 0));
    let properties = Properties::new(many);
    assert_eq!(properties.get(&code("1")), None);
    assert!(properties.flaws().iter().any(|flaw| flaw.why == TOO_MANY && flaw.count == 1));
}
