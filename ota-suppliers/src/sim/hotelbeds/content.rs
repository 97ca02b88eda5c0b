//! The catalogue: properties and destinations, page by page.

use serde_json::{Map, Value, json};

use super::cities::{CITIES, City};
use super::property::{Property, degrees};
use super::refusal::Refusal;
use super::request::Query;
use super::{Call, Host};

/// Items on a page, unless the request asks for fewer, and at most.
const PAGE: usize = 100;
const PAGE_MAX: usize = 1_000;
const DESTINATIONS: &str = "destinations";

pub(super) fn hotels(host: &Host, call: &Call<'_>) -> Result<Value, Refusal> {
    let query = Query::of(call.request);
    let codes: Option<Vec<u32>> = match query.get("codes") {
        Some(codes) => Some(
            codes
                .split(',')
                .map(|code| code.trim().parse().map_err(|_| Refusal::data("codes are not valid")))
                .collect::<Result<_, _>>()?,
        ),
        None => None,
    };
    let same = |name: &str, is: &str| query.get(name).is_none_or(|wanted| wanted == is);
    let wanted = |property: &&Property| {
        codes.as_ref().is_none_or(|codes| codes.contains(&property.code))
            && same("destinationCode", property.city.code)
            && same("countryCode", property.city.country)
    };
    let found: Vec<&Property> = host.world.properties.iter().filter(wanted).collect();
    page(&query, "hotels", &found, |property| hotel(property))
}

pub(super) fn destinations(_: &Host, call: &Call<'_>) -> Result<Value, Refusal> {
    let query = Query::of(call.request);
    let found: Vec<&City> = CITIES.iter().collect();
    page(&query, DESTINATIONS, &found, |city| destination(city))
}

fn page<T>(query: &Query, name: &str, all: &[T], show: impl Fn(&T) -> Value) -> Result<Value, Refusal> {
    let (from, to) = query.page(PAGE, PAGE_MAX)?;
    let items: Value = all.iter().skip(from - 1).take(to - from + 1).map(show).collect();
    let mut page = Map::new();
    for (member, number) in [("from", from), ("to", to.min(all.len())), ("total", all.len())] {
        page.insert(member.to_owned(), number.into());
    }
    page.insert(name.to_owned(), items);
    Ok(page.into())
}

fn hotel(property: &Property) -> Value {
    let micro = |micro: i64| -> Value { serde_json::from_str(&degrees(micro)).unwrap_or_default() };
    let Property { code, name, city, district, .. } = property;
    json!({
        "code": code,
        "name": { "content": name },
        "description": { "content": format!("{name} stands in {}, {}.", district.name, city.name) },
        "countryCode": city.country,
        "destinationCode": city.code,
        "zoneCode": property.district_code,
        "coordinates": { "longitude": micro(property.longitude), "latitude": micro(property.latitude) },
        "categoryCode": property.category_code(),
        "accommodationTypeCode": "HOTEL",
        "boardCodes": property.boards.iter().map(|board| board.code).collect::<Vec<_>>(),
        "address": { "content": format!("{} {}", code % 97 + 1, district.name) },
        "city": { "content": city.name },
        "rooms": property.rooms.iter().map(|room| json!({
            "roomCode": room.code,
            "minPax": 1,
            "maxPax": room.guests_max,
            "maxAdults": room.adults_max,
            "maxChildren": room.children_max,
        })).collect::<Value>(),
        "S2C": format!("{}*", property.stars),
    })
}

fn destination(city: &City) -> Value {
    let zones = city.districts.iter().zip(1..).map(|(district, code): (_, u32)| {
        json!({ "zoneCode": code, "name": district.name, "description": { "content": district.name } })
    });
    json!({
        "code": city.code,
        "name": { "content": city.name },
        "countryCode": city.country,
        "isoCode": city.country,
        "zones": zones.collect::<Value>(),
        "groupZones": [],
    })
}
