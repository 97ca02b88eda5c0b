//! `POST hotels` and `POST checkrates`: what can be had, and for how much now.

use serde_json::{Map, Value, json};

use super::super::control::hotelbeds::Effect;
use super::key::{Keyed, Occupancy, Product, Stay, read};
use super::property::Property;
use super::rate::{Rate, days_ahead, net, plans, rate};
use super::refusal::Refusal;
use super::reply::{Shape, hotel_head, rate_json};
use super::request::{AvailabilityRq, CheckRateRq, PROPERTIES_MAX, ROOMS_MAX};
use super::{Call, Host};

/// Dearer rates shown beside a checked one.
const UPSELLING_MAX: usize = 3;
/// One property in so many lists its first rate twice, with the same key.
const TWICE_IN: u64 = 16;

pub(super) fn availability(host: &Host, call: &Call<'_>) -> Result<Value, Refusal> {
    let asked: AvailabilityRq = super::request::read(call.request)?;
    let (stay, occupancies) = asked.asked(host.today())?;
    let places = places(host, &asked)?;
    let terms_of = host.reprices();
    let mut hotels = Vec::new();
    for property in places {
        let rooms = rooms(host, call, &terms_of, property, stay, &occupancies);
        if let Some(hotel) = hotel(host, call, property, rooms) {
            hotels.push(hotel);
        }
    }
    let mut reply = Map::new();
    reply.insert("total".to_owned(), hotels.len().into());
    if !hotels.is_empty() {
        reply.insert("hotels".to_owned(), hotels.into());
        reply.insert("checkIn".to_owned(), stay.check_in.to_string().into());
        reply.insert("checkOut".to_owned(), stay.check_out.to_string().into());
    }
    Ok(json!({ "hotels": reply }))
}

fn places<'a>(host: &'a Host, asked: &AvailabilityRq) -> Result<Vec<&'a Property>, Refusal> {
    match (&asked.hotels, &asked.geolocation) {
        (Some(hotels), None) if !hotels.hotel.is_empty() && hotels.hotel.len() <= PROPERTIES_MAX => {
            Ok(hotels.hotel.iter().filter_map(|code| host.world.property(*code)).collect())
        }
        (Some(_), None) => Err(Refusal::data(format!("hotels: 1 to {PROPERTIES_MAX} codes are allowed"))),
        (None, Some(place)) => {
            let metres = place.metres()?;
            let (latitude, longitude) = (place.latitude, place.longitude);
            let corner = (place.secondary_latitude, place.secondary_longitude);
            let inside = |property: &&Property| match (metres, corner) {
                (Some(metres), _) => property.is_within(latitude, longitude, metres),
                (None, (Some(other_latitude), Some(other_longitude))) => {
                    property.is_between((latitude, longitude), (other_latitude, other_longitude))
                }
                (None, _) => false,
            };
            Ok(host.world.properties.iter().filter(inside).collect())
        }
        _ => Err(Refusal::request("either hotels or geolocation is required")),
    }
}

/// The rates of a property by kind of room; none if one of the occupancies finds no room.
fn rooms(
    host: &Host,
    call: &Call<'_>,
    reprices: &super::super::control::Reprices,
    property: &Property,
    stay: Stay,
    occupancies: &[Occupancy],
) -> Vec<Vec<Rate>> {
    let terms = host.terms(call.account, reprices);
    let ahead = days_ahead(property, stay, terms.now);
    let mut served = vec![false; occupancies.len()];
    let mut rooms = Vec::new();
    for room in &property.rooms {
        let left = host.left(call.account, property, room.code, stay);
        let mut rates = Vec::new();
        for (place, occupancy) in occupancies.iter().enumerate() {
            if left < occupancy.rooms || !room.holds(occupancy.adults, occupancy.children()) {
                continue;
            }
            served[place] = true;
            for (index, board) in property.boards.iter().enumerate() {
                let occupancy = || occupancy.clone();
                rates.extend(plans(&host.world, property, index, ahead).map(|plan| {
                    let product = Product { property, room, board, plan, stay, occupancy: occupancy() };
                    rate(&host.world, terms, &product, left, false, 0)
                }));
            }
        }
        if !rates.is_empty() {
            rooms.push(rates);
        }
    }
    if served.contains(&false) { Vec::new() } else { rooms }
}

fn hotel(host: &Host, call: &Call<'_>, property: &Property, rooms: Vec<Vec<Rate>>) -> Option<Value> {
    let nets = || rooms.iter().flatten().map(|rate| rate.net);
    let least = nets().min_by_key(|net| net.minor)?;
    let most = nets().max_by_key(|net| net.minor)?;
    let mut hotel = hotel_head(property);
    let twice = host.world.draw(&["twice", &property.code.to_string()]).is_multiple_of(TWICE_IN);
    let shown = rooms.iter().enumerate().map(|(index, rates)| {
        let repeated = rates.first().filter(|_| twice && index == 0);
        let rates: Vec<Value> =
            rates.iter().chain(repeated).map(|rate| rate_json(rate, Shape::Available)).collect();
        let (code, name) = &rooms[index][0].room;
        json!({ "code": code, "name": name, "rates": rates })
    });
    hotel.insert("rooms".to_owned(), shown.collect());
    hotel.insert("minRate".to_owned(), least.two_decimals().into());
    hotel.insert("maxRate".to_owned(), most.two_decimals().into());
    hotel.insert("currency".to_owned(), call.account.currency.code.into());
    if rooms.iter().flatten().any(|rate| rate.selling.is_some()) {
        hotel.insert("creditCards".to_owned(), credit_cards());
    }
    Some(hotel.into())
}

/// What a property takes where it is paid there.
fn credit_cards() -> Value {
    let card = |(code, name)| json!({ "code": code, "name": name, "paymentType": "AT_HOTEL" });
    [("VI", "VISA-SSL"), ("MC", "ECMC-SSL"), ("AE", "AMEX-SSL")].map(card).into_iter().collect()
}

pub(super) fn check_rates(host: &Host, call: &Call<'_>) -> Result<Value, Refusal> {
    let asked: CheckRateRq = super::request::read(call.request)?;
    if asked.rooms.is_empty() || asked.rooms.len() > ROOMS_MAX as usize {
        return Err(Refusal::data(format!("rooms: 1 to {ROOMS_MAX} rate keys are expected")));
    }
    let now = host.back.now().as_second();
    let keys = asked.rooms.iter().map(|room| read(&host.world, call.key(), &room.rate_key, now));
    let keys = keys.collect::<Result<Vec<Keyed<'_>>, _>>()?;
    let first = &keys[0].product;
    if keys
        .iter()
        .any(|key| key.product.property.code != first.property.code || key.product.stay != first.stay)
    {
        return Err(Refusal::data("rooms: the rate keys are of different properties or stays"));
    }
    let forced = match call.effect {
        Some(Effect::SoldOut) => return Err(Refusal::sold_out()),
        Some(Effect::Repriced(percent)) => Some(i64::from(percent.clamp(-90, 1_000))),
        _ => None,
    };
    let reprices = host.reprices();
    let terms = host.terms(call.account, &reprices);
    let mut rates = Vec::new();
    for Keyed { product, seal } in &keys {
        let left = host.left(call.account, product.property, product.room.code, product.stay);
        if left < product.occupancy.rooms {
            return Err(Refusal::sold_out());
        }
        rates.push(rate(&host.world, terms, product, left, true, forced.unwrap_or(seal.percent)));
    }
    let total = rates.iter().map(|rate| rate.net).reduce(|a, b| a.plus(b)).expect("a key was asked for");
    let (property, stay) = (first.property, first.stay);
    let mut hotel = hotel_head(property);
    hotel.insert("checkIn".to_owned(), stay.check_in.to_string().into());
    hotel.insert("checkOut".to_owned(), stay.check_out.to_string().into());
    hotel.insert("rooms".to_owned(), rates.iter().map(|rate| checked_room(rate, None)).collect());
    hotel.insert("totalNet".to_owned(), total.two_decimals().into());
    hotel.insert("currency".to_owned(), total.currency.code.into());
    let at_property = rates.iter().any(|rate| rate.selling.is_some());
    hotel.insert("paymentDataRequired".to_owned(), at_property.into());
    if let [only] = &rates[..]
        && let Some(more) = upselling(host, call, first, only)
    {
        hotel.insert("upselling".to_owned(), json!({ "rooms": more }));
    }
    Ok(json!({ "hotel": hotel }))
}

fn checked_room(rate: &Rate, than: Option<&Rate>) -> Value {
    let shape = if than.is_some() { Shape::Available } else { Shape::Checked };
    let mut shown = rate_json(rate, shape);
    if let Some(than) = than {
        let more = super::super::fares::Amount::new(rate.net.currency, rate.net.minor - than.net.minor);
        shown["rateup"] = more.two_decimals().into();
    }
    json!({ "code": rate.room.0, "name": rate.room.1, "rates": [shown] })
}

/// What else the property would sell to the same people for a little more.
fn upselling(host: &Host, call: &Call<'_>, product: &Product<'_>, checked: &Rate) -> Option<Value> {
    let reprices = host.reprices();
    let terms = host.terms(call.account, &reprices);
    let Product { property, stay, occupancy, plan, .. } = product;
    let others =
        property.rooms.iter().flat_map(|room| property.boards.iter().map(move |board| (room, board)));
    let mut dearer: Vec<_> = others
        .filter(|(room, _)| room.holds(occupancy.adults, occupancy.children()))
        .map(|(room, board)| Product { room, board, ..product.clone() })
        .filter(|other| plan.class != "PAQ" && !plan.packaging && other.plan.contract == plan.contract)
        .map(|other| (net(&host.world, terms, &other, false, 0).minor, other))
        .filter(|(net, _)| *net > checked.net.minor)
        .collect();
    dearer.sort_by_key(|(net, _)| *net);
    let rates = dearer.iter().filter_map(|(_, other)| {
        let left = host.left(call.account, property, other.room.code, *stay);
        (left >= occupancy.rooms).then(|| rate(&host.world, terms, other, left, false, 0))
    });
    let rooms: Vec<Value> =
        rates.take(UPSELLING_MAX).map(|rate| checked_room(&rate, Some(checked))).collect();
    (!rooms.is_empty()).then(|| rooms.into())
}
