//! Our requests beside the supplier's own.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::date;
use ota_core::model::fare::Settlement;
use ota_core::model::id::{AccountId, SupplierId};
use ota_core::model::money::{Currency, Money};
use ota_core::model::offer::{HotelOffer, SupplierToken};
use ota_core::model::passenger::PassengerKind;
use ota_core::model::place::CityCode;
use ota_core::model::rooms;
use ota_core::model::stay::{Board, BoardKind, CancellationTerms, Due, Property, Rate, RateType, Room};
use ota_core::model::traveler::{Contact, PersonName, Traveler};
use serde_json::{Value, json};

use super::*;
use crate::wire_data;

fn dates() -> StayDates {
    StayDates { check_in: date(2027, 6, 15), check_out: date(2027, 6, 16) }
}

fn search(place: StayPlace, rooms: &[(u8, &[u8])]) -> HotelSearch {
    let room = |(adults, ages): &(u8, &[u8])| Occupancy { adults: *adults, child_ages: ages.to_vec() };
    HotelSearch { place, dates: dates(), rooms: rooms.iter().map(room).collect() }
}

fn asked(place: StayPlace, rooms: &[(u8, &[u8])]) -> Result<Call, RequestError> {
    availability(&search(place, rooms), &[])
}

fn properties() -> StayPlace {
    StayPlace::Properties(["77", "168"].map(|code| PropertyCode::new(code).unwrap()).to_vec())
}

fn rate(key: &str, rooms: u8, adults: u8, ages: &[u8]) -> Rate {
    let net = Money::new(10_000, Currency::from_code("EUR").unwrap());
    Rate {
        key: SupplierToken::new(key.to_owned()).unwrap(),
        room: Room { code: "DBL.ST".to_owned(), name: "DOUBLE".to_owned() },
        board: Board { kind: BoardKind::RoomOnly, code: "RO".to_owned(), name: "ROOM ONLY".to_owned() },
        rooms,
        occupancy: Occupancy { adults, child_ages: ages.to_vec() },
        net,
        also_stated: Vec::new(),
        due: Due { now: net, at_property: Vec::new() },
        settlement: Settlement::Agency,
        rate_type: Some(RateType::Bookable),
        cancellation: CancellationTerms::default(),
        promotions: Vec::new(),
        package_only: false,
        opaque: false,
        mandatory_price: None,
        left: None,
        notes: Vec::new(),
    }
}

/// Adults without a birthday, children who are of these ages at check-in.
fn party(ages: &[Option<i16>]) -> Party {
    let traveler = |(at, age): (usize, &Option<i16>)| Traveler {
        kind: if age.is_some_and(|age| age < 12) { PassengerKind::Child } else { PassengerKind::Adult },
        name: PersonName {
            given: Some(format!("Given{at}").into()),
            surname: "Roe".to_owned().into(),
            title: None,
        },
        // The day of check-in is the birthday.
        born: age.map(|age| date(2027 - age, 6, 15).into()),
        gender: None,
        document: None,
        with_adult: None,
        room: None,
    };
    let contact = Contact { email: "a@example.org".to_owned().into(), phone: None };
    Party { travelers: ages.iter().enumerate().map(traveler).collect(), contact }
}

/// The guests of each room, by their places in the party.
type Guests<'a> = &'a [&'a [u8]];

/// An offer of these rates.
fn offer(rates: &[Rate]) -> HotelOffer {
    HotelOffer {
        supplier: SupplierId::new("hotelbeds").unwrap(),
        account: AccountId::new("test").unwrap(),
        property: Arc::new(Property {
            code: PropertyCode::new("77").unwrap(),
            name: "House".to_owned(),
            category: None,
            destination: None,
            position: None,
            zone: None,
        }),
        dates: dates(),
        rates: rates.to_vec(),
        total: rates.iter().map(|rate| rate.net).reduce(|a, b| a.plus(b).unwrap()).unwrap(),
    }
}

/// A booking of the rates for a party that sleeps in these rooms.
fn booked(
    rates: &[Rate],
    rooms: Guests<'_>,
    mut party: Party,
    tolerance: Option<u8>,
) -> Result<Call, String> {
    for (number, guests) in (1..).zip(rooms) {
        for guest in *guests {
            party.travelers[usize::from(*guest)].room = Some(number);
        }
    }
    let offer = offer(rates);
    let rooms = rooms::lodge(&offer, &party).map_err(|error| error.to_string())?;
    book(&rooms, dates(), &party, &reference(), tolerance).map_err(|error| error.to_string())
}

fn reference() -> ClientReference {
    ClientReference::new("A1B2C3D4E5F6G7H8").unwrap()
}

fn body(call: &Call) -> Value {
    serde_json::from_slice(&call.body).unwrap()
}

/// (rate key, [(room, type, age)]) of each entry.
fn planned(rates: &[Rate], rooms: Guests<'_>, party: Party) -> Result<Value, String> {
    let call = booked(rates, rooms, party, None)?;
    let entries = body(&call)["rooms"].as_array().unwrap().clone();
    let entry = |entry: Value| {
        let paxes = entry["paxes"].as_array().unwrap().iter();
        let paxes = paxes.map(|pax| json!([pax["roomId"], pax["type"], pax["age"]]));
        json!([entry["rateKey"], paxes.collect::<Vec<_>>()])
    };
    Ok(entries.into_iter().map(entry).collect())
}

#[test]
fn different_rooms_are_two_entries_that_both_count_from_one() {
    let rates = [rate("a", 1, 2, &[]), rate("b", 1, 1, &[])];
    let plan = planned(&rates, &[&[0, 1], &[2]], party(&[None; 3]));
    let two = json!(["a", [[1, "AD", null], [1, "AD", null]]]);
    assert_eq!(plan.unwrap(), json!([two, ["b", [[1, "AD", null]]]]));
    // One adult with three children of whom an airline calls one an adult, next to one adult.
    let rates = [rate("a", 1, 1, &[7, 11, 14]), rate("b", 1, 1, &[])];
    let people = party(&[None, Some(14), Some(11), Some(7), None]);
    let plan = planned(&rates, &[&[0, 1, 2, 3], &[4]], people).unwrap();
    assert_eq!(plan[0], json!(["a", [[1, "AD", null], [1, "CH", 14], [1, "CH", 11], [1, "CH", 7]]]));
    assert_eq!(plan[1], json!(["b", [[1, "AD", null]]]));
}

#[test]
fn equal_rooms_are_one_entry_with_numbered_rooms() {
    let plan = planned(&[rate("a", 2, 2, &[])], &[&[0, 1], &[2, 3]], party(&[None; 4]));
    assert_eq!(
        plan.unwrap(),
        json!([["a", [[1, "AD", null], [1, "AD", null], [2, "AD", null], [2, "AD", null]]]])
    );
    let people = party(&[None, None, Some(4), Some(8), None, None, Some(8), Some(4)]);
    let plan = planned(&[rate("a", 2, 2, &[4, 8])], &[&[0, 1, 2, 3], &[4, 5, 6, 7]], people).unwrap();
    assert_eq!(plan[0][1].as_array().unwrap().len(), 8);
    assert_eq!(plan[0][1][7], json!([2, "CH", 4]));
}

#[test]
fn a_mismatch_is_found_before_the_request_leaves() {
    let check = |rates: &[Rate], rooms: Guests<'_>, party: Party, part: &str| {
        let error = planned(rates, rooms, party).unwrap_err();
        assert!(error.contains(part), "{error}");
    };
    let (one, two) = (rate("a", 1, 2, &[]), rate("a", 2, 2, &[]));
    let adults = |count| party(&vec![None; count]);
    let one = std::slice::from_ref(&one);
    check(one, &[&[0, 1], &[2, 3]], adults(4), "names no room");
    check(std::slice::from_ref(&two), &[&[0, 1, 2, 3]], adults(4), "guests of room 1");
    check(&[two], &[&[0, 1], &[2]], adults(3), "guests of room 2");
    check(one, &[&[0]], adults(1), "guests of room 1");
    check(one, &[&[0, 1]], adults(3), "guests of room 1");
    check(&[rate("", 1, 1, &[])], &[&[0]], adults(1), "no key");
    // Searched as eight, turned nine by check-in.
    check(&[rate("a", 1, 1, &[8])], &[&[0, 1]], party(&[None, Some(9)]), "guests of room 1");
    // Searched as an adult, still seventeen.
    check(one, &[&[0, 1]], party(&[None, Some(17)]), "guests of room 1");
    let mut unborn = party(&[None, Some(8)]);
    unborn.travelers[1].born = None;
    check(&[rate("a", 1, 1, &[8])], &[&[0, 1]], unborn.clone(), "age of traveler 2");
    unborn.travelers[1].born = Some(date(2027, 6, 16).into());
    check(&[rate("a", 1, 1, &[8])], &[&[0, 1]], unborn, "age of traveler 2");
    let there = Rate { settlement: Settlement::PayAtProperty, ..rate("a", 1, 2, &[]) };
    check(&[there], &[&[0, 1]], adults(2), "guest's card");
}

#[test]
fn an_age_is_that_of_the_day_of_check_in() {
    let mut people = party(&[None, Some(8)]);
    let mut ages = |born| {
        people.travelers[1].born = Some(Date::into(born));
        planned(&[rate("a", 1, 1, &[8])], &[&[0, 1]], people.clone()).is_ok()
    };
    assert!(ages(date(2019, 6, 15)) && ages(date(2018, 6, 16)));
    assert!(!ages(date(2019, 6, 16)) && !ages(date(2018, 6, 15)));
}

#[test]
fn somebody_with_one_name_is_sent_with_one_name() {
    let mut people = party(&[None]);
    people.travelers[0].name.given = None;
    let call = booked(&[rate("a", 1, 1, &[])], &[&[0]], people, Some(2)).unwrap();
    let body = body(&call);
    assert_eq!(body["rooms"][0]["paxes"][0], json!({ "roomId": 1, "type": "AD", "name": "Roe" }));
    assert_eq!(body["holder"], json!({ "name": "Roe", "surname": "Roe" }));
    assert_eq!((&body["clientReference"], &body["tolerance"]), (&json!("A1B2C3D4E5F6G7H8"), &json!(2)));
}

#[test]
fn equal_rooms_of_a_search_are_counted_together() {
    let call = asked(properties(), &[(2, &[]), (1, &[5, 6]), (2, &[])]).unwrap();
    let expected = json!([
        { "rooms": 2, "adults": 2, "children": 0 },
        { "rooms": 1, "adults": 1, "children": 2, "paxes": [{ "type": "CH", "age": 5 }, { "type": "CH", "age": 6 }] },
    ]);
    assert_eq!(body(&call)["occupancies"], expected);
    assert_eq!(body(&call)["hotels"]["hotel"], json!([77, 168]));
    let city = StayPlace::City(CityCode::new("TYO").unwrap());
    assert_eq!(asked(city.clone(), &[(1, &[])]).unwrap_err(), RequestError::Place);
    let named = StayPlace::Properties(vec![PropertyCode::new("A1").unwrap()]);
    assert_eq!(asked(named, &[(1, &[])]).unwrap_err(), RequestError::PropertyCode);
    // The engine names the properties of a city.
    let codes = [PropertyCode::new("9").unwrap()];
    let call = availability(&search(city, &[(1, &[])]), &codes).unwrap();
    assert_eq!(body(&call)["hotels"]["hotel"], json!([9]));
}

#[test]
fn positions_are_written_digit_by_digit() {
    let centre = Position { latitude: -500_001, longitude: 139_691_700 };
    let call = asked(StayPlace::Around { centre, radius_metres: 1_001 }, &[(1, &[])]).unwrap();
    let text = String::from_utf8(call.body).unwrap();
    let expected = r#""geolocation":{"latitude":-0.500001,"longitude":139.691700,"radius":2,"unit":"km"}"#;
    assert!(text.contains(expected), "{text}");
}

#[test]
fn calls_without_a_body_say_all_in_their_path() {
    let show = |call: Call| format!("{} {} {:?} {}", call.method, call.path, call.effect, call.body.len());
    let one = "1-4075652";
    assert_eq!(show(detail(one).unwrap()), "GET /hotel-api/1.0/bookings/1-4075652 Read 0");
    assert_eq!(
        show(list(date(2027, 6, 15), date(2027, 6, 16), 26)),
        "GET /hotel-api/1.0/bookings?start=2027-06-15&end=2027-06-16&from=26&to=50 Read 0"
    );
    assert_eq!(
        show(quote_cancel(one).unwrap()),
        "DELETE /hotel-api/1.0/bookings/1-4075652?cancellationFlag=SIMULATION Read 0"
    );
    assert_eq!(
        show(cancel(one).unwrap()),
        "DELETE /hotel-api/1.0/bookings/1-4075652?cancellationFlag=CANCELLATION Write 0"
    );
    for bad in ["", "1/2", "1?x", "1%2f", "é"] {
        assert_eq!(detail(bad).unwrap_err(), RequestError::Reference, "{bad}");
    }
    let call = booked(&[rate("a", 1, 1, &[])], &[&[0]], party(&[None]), None).unwrap();
    assert_eq!((call.op, call.effect, &*call.path), ("booking", Effect::Write, "/hotel-api/1.0/bookings"));
    assert_eq!(&*check_rates("a").unwrap().path, "/hotel-api/1.0/checkrates");
    assert_eq!(check_rates("").unwrap_err(), RequestError::Key);
    let fields = "fields=code,name,countryCode,destinationCode,categoryCode,coordinates,address,city";
    assert_eq!(
        show(content(501, 500)),
        format!(
            "GET /hotel-content-api/1.0/hotels?{fields}&language=ENG&from=501&to=1000&useSecondaryLanguage=false Read 0"
        )
    );
}

/// Where values of which type are.
fn shape(value: &Value) -> BTreeSet<String> {
    fn walk(value: &Value, path: &str, shape: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, value)| walk(value, &format!("{path}.{name}"), shape));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, &format!("{path}[]"), shape)),
            Value::String(_) => _ = shape.insert(format!("{path} text")),
            Value::Number(_) => _ = shape.insert(format!("{path} number")),
            Value::Bool(_) | Value::Null => _ = shape.insert(format!("{path} other")),
        }
    }
    let mut shape_of = BTreeSet::new();
    walk(value, "", &mut shape_of);
    shape_of
}

/// Ours has what the recorded body has, less what we leave out, plus what its XML twin has.
#[track_caller]
fn same_shape(call: &Call, recorded: &str, left_out: &[&str], added: &[&str]) {
    let Some(path) = wire_data::path("hotelbeds-apitude/messages/postman") else { return };
    let recorded: Value = serde_json::from_slice(&std::fs::read(path.join(recorded)).unwrap()).unwrap();
    let mut expected = shape(&recorded);
    for part in left_out {
        assert!(expected.remove(*part), "{part} is recorded");
    }
    expected.extend(added.iter().map(|part| (*part).to_owned()));
    assert_eq!(shape(&body(call)), expected);
}

#[test]
fn our_bodies_have_the_shape_of_the_suppliers_own() {
    let call = asked(properties(), &[(1, &[5, 6])]).unwrap();
    same_shape(&call, "json-availability-by-hotel-code.1-room-1-adult-2-children.request.json", &[], &[]);
    let call = asked(properties(), &[(2, &[])]).unwrap();
    same_shape(&call, "json-availability-by-hotel-code.request.json", &[], &[]);
    let around = StayPlace::Around { centre: Position { latitude: 1, longitude: 1 }, radius_metres: 20_000 };
    let call = asked(around, &[(1, &[])]).unwrap();
    same_shape(&call, "json-availability-by-geolocation.request.json", &[], &[]);
    same_shape(&check_rates("a").unwrap(), "json-checkrate.request.json", &[], &[]);

    let call = booked(&[rate("a", 2, 2, &[])], &[&[0, 1], &[2, 3]], party(&[None; 4]), None).unwrap();
    // A remark goes to the property, and we have none for it.
    same_shape(&call, "json-booking.2-room-2-adults-0-children.request.json", &[".remark text"], &[]);
    let rates = [rate("a", 1, 2, &[]), rate("b", 1, 1, &[2])];
    let people = party(&[None, None, None, Some(2)]);
    let call = booked(&rates, &[&[0, 1], &[2, 3]], people, None).unwrap();
    same_shape(
        &call,
        "json-booking.1-room-2-adults-0-children-1-room-1-adult-1-children.request.json",
        &[".remark text"],
        // As in xml-booking-prepaymentcard.1-1-2.request.xml.
        &[".rooms[].paxes[].age number"],
    );
    let call = booked(&[rate("a", 1, 2, &[])], &[&[0, 1]], party(&[None; 2]), Some(2)).unwrap();
    same_shape(&call, "json-booking.request.json", &[".remark text"], &[]);
}
