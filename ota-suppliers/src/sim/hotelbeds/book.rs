//! `POST bookings`: sells the rooms and keeps the booking.

use jiff::Span;
use serde_json::{Value, json};

use super::super::control::hotelbeds::{Echo, Effect};
use super::super::fares::Amount;
use super::booking::{BookedRoom, Booking, Guest};
use super::key::{Keyed, Occupancy, read};
use super::rate::{Terms, net, rate};
use super::refusal::Refusal;
use super::reply::Shape;
use super::request::{BookingRq, PaxKind, PaxRq, RoomRq};
use super::{Call, Host};

/// Above all references of the simulator, so that they have seven digits.
const REFERENCE_BASE: u64 = 1_200_000;

pub(super) fn book(host: &Host, call: &Call<'_>) -> Result<Value, Refusal> {
    let asked: BookingRq = super::request::read(call.request)?;
    asked.check()?;
    let _alone = host.back.alone();
    if !host.back.ledger().has_room() {
        return Err(Refusal::product("The simulator keeps no more bookings"));
    }
    let keys = keys(host, call, &asked)?;
    if call.effect == Some(Effect::SoldOut) {
        return Err(Refusal::sold_out());
    }
    let rooms = rooms(host, call, &asked, &keys)?;
    let mut booking = booking(host, call, asked, &keys[0], rooms);
    if let Some(Effect::Misbooked(echo)) = call.effect {
        distort(&mut booking, echo);
    }
    host.back.ledger().save(booking.clone())?;
    if let Some(Effect::WrongEcho(echo)) = call.effect {
        distort(&mut booking, echo);
    }
    Ok(json!({ "booking": booking.to_reply(&host.world, Shape::Booked, None) }))
}

/// The keys of a request, each of them once and all of one stay, with guests that fit.
fn keys<'a>(host: &'a Host, call: &Call<'_>, asked: &BookingRq) -> Result<Vec<Keyed<'a>>, Refusal> {
    let now = host.back.now().as_second();
    let mut keys: Vec<Keyed<'a>> = Vec::new();
    for (index, room) in asked.rooms.iter().enumerate() {
        if asked.rooms[..index].iter().any(|other| other.rate_key == room.rate_key) {
            return Err(Refusal::data("rooms: the same rate key is there twice"));
        }
        let key = read(&host.world, call.key(), &room.rate_key, now)?;
        let product = &key.product;
        if keys.first().is_some_and(|first| {
            first.product.property.code != product.property.code || first.product.stay != product.stay
        }) {
            return Err(Refusal::data("rooms: the rate keys are of different properties or stays"));
        }
        if product.property.recheck && !key.seal.checked {
            return Err(Refusal::data("rooms: a RECHECK rate has to be checked before it is booked"));
        }
        distribution(room, &product.occupancy)?;
        if product.plan.at_property && asked.payment_data.is_none() {
            return Err(Refusal::PAYMENT);
        }
        keys.push(key);
    }
    Ok(keys)
}

/// Inside an entry rooms are numbered from 1, and in each sleep the people that the rate prices.
fn distribution(room: &RoomRq, occupancy: &Occupancy) -> Result<(), Refusal> {
    let inside = |number: u32| room.paxes.iter().filter(move |pax| pax.room_id == number);
    let numbered = room.paxes.iter().all(|pax| (1..=occupancy.rooms).contains(&pax.room_id));
    if !numbered || (1..=occupancy.rooms).any(|number| inside(number).next().is_none()) {
        return Err(Refusal::distribution("rooms"));
    }
    let is_child = |pax: &&PaxRq| pax.kind == PaxKind::Child;
    for number in 1..=occupancy.rooms {
        let children = inside(number).filter(is_child);
        // An age is optional; one that is stated has to be one that was searched.
        let mut ages: Vec<_> = children.clone().filter_map(|pax| pax.age).collect();
        let adults = inside(number).filter(|pax| !is_child(pax)).count();
        ages.sort_unstable();
        let mut priced = occupancy.ages.iter();
        let fits = ages.iter().all(|age| priced.any(|priced| priced == age));
        if children.count() != occupancy.ages.len() || !fits {
            return Err(Refusal::distribution("children"));
        }
        if adults != occupancy.adults as usize {
            return Err(Refusal::distribution("adults"));
        }
    }
    Ok(())
}

/// The rooms at the price of now, if they are still there and not dearer than the client tolerates.
fn rooms(
    host: &Host,
    call: &Call<'_>,
    asked: &BookingRq,
    keys: &[Keyed<'_>],
) -> Result<Vec<BookedRoom>, Refusal> {
    let reprices = host.reprices();
    let terms = host.terms(call.account, &reprices);
    let mut booked = Vec::new();
    for (Keyed { product, seal }, room) in keys.iter().zip(&asked.rooms) {
        let same_kind = keys.iter().filter(|other| other.product.room == product.room);
        let wanted: u32 = same_kind.map(|other| other.product.occupancy.rooms).sum();
        let left = host.left(call.account, product.property, product.room.code, product.stay);
        if left < wanted {
            return Err(Refusal::sold_out());
        }
        let now = net(&host.world, terms, product, seal.checked, seal.percent);
        if now.minor * 100 > seal.net * (100 + asked.tolerance.unwrap_or(0)) {
            return Err(Refusal::product("The price has changed"));
        }
        // Its terms are those of the moment in which the key was handed out.
        let issued = jiff::Timestamp::from_second(seal.issued).unwrap_or(terms.now);
        let terms = Terms { now: issued, ..terms };
        let rate = rate(&host.world, terms, product, left, seal.checked, seal.percent);
        let guests = room.paxes.iter().map(|pax| guest(pax, &product.occupancy)).collect();
        booked.push(BookedRoom { status: "CONFIRMED".to_owned(), rate, guests });
    }
    Ok(booked)
}

fn guest(pax: &PaxRq, occupancy: &Occupancy) -> Guest {
    let child = pax.kind == PaxKind::Child;
    // The only child of a room has the age that was searched, though the request does not repeat it.
    let searched = match occupancy.ages[..] {
        [age] => Some(age),
        _ => None,
    };
    Guest {
        room: pax.room_id,
        child,
        age: pax.age.or(searched).filter(|_| child),
        name: pax.name.clone(),
        surname: pax.surname.clone(),
    }
}

/// Holder and client reference are kept in capitals, as in the recordings.
fn booking(
    host: &Host,
    call: &Call<'_>,
    asked: BookingRq,
    key: &Keyed<'_>,
    rooms: Vec<BookedRoom>,
) -> Booking {
    let serial = host.back.ledger().next_serial();
    let none = Amount::new(call.account.currency, 0);
    let product = &key.product;
    Booking {
        serial,
        account: call.key().to_owned(),
        reference: format!("102-{:07}", REFERENCE_BASE + serial),
        client_reference: asked.client_reference.trim().to_uppercase(),
        created: host.back.now(),
        modified: host.back.now(),
        cancelled: None,
        holder: (asked.holder.name.to_uppercase(), asked.holder.surname.to_uppercase()),
        property: product.property.code,
        check_in: product.stay.check_in,
        check_out: product.stay.check_out,
        total: rooms.iter().map(|room| room.rate.net).fold(none, Amount::plus),
        rooms,
        remark: asked.remark,
    }
}

/// Makes a booking another one in one respect.
fn distort(booking: &mut Booking, echo: Echo) {
    let room = booking.rooms.first_mut().expect("a booking has a room: `check` asked for one");
    let next_day = |date: jiff::civil::Date| date.saturating_add(Span::new().days(1));
    match echo {
        Echo::Reference => booking.client_reference = "SOMEBODY-ELSE".to_owned(),
        Echo::Total => booking.total = booking.total.share(111, 100),
        Echo::RoomCode => room.rate.room.0 = "XXX.ST".to_owned(),
        Echo::RoomName => room.rate.room.1 = "ANOTHER ROOM".to_owned(),
        Echo::RoomStatus => room.status = "PENDING".to_owned(),
        Echo::Board => room.rate.board = ("SC".to_owned(), "SELF CATERING".to_owned()),
        Echo::ChildAge => {
            let children = booking.rooms.iter_mut().flat_map(|room| &mut room.guests);
            if let Some(age) = children.filter_map(|guest| guest.age.as_mut()).next() {
                *age += 1;
            }
        }
        Echo::Children => {
            let child = room.guests.iter().position(|guest| guest.child);
            room.guests.remove(child.unwrap_or(room.guests.len() - 1));
            room.rate.ages.pop();
        }
        Echo::Surname => room.guests[0].surname = "SOMEBODYELSE".to_owned(),
        Echo::Dates => {
            booking.check_in = next_day(booking.check_in);
            booking.check_out = next_day(booking.check_out);
        }
        Echo::Property => booking.property += 1,
        Echo::Cancellation => {
            if let Some(step) = room.rate.steps.iter_mut().max_by_key(|step| step.amount.minor) {
                step.amount = step.amount.share(111, 100);
            }
        }
    }
}
