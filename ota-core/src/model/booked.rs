//! Is a booked stay the one that was sent? A pure comparison of an order with the offer and the party it was made of.
//!
//! Differences are of two kinds. *Another stay* is not what was bought, and is undone. Another price or other
//! cancellation terms leave the stay as booked: what was verified before the payment is the contract with the
//! customer, no money moves by itself, and people settle the discrepancy with the supplier.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::latin::latin;
use super::money::Money;
use super::offer::HotelOffer;
use super::order::{OrderTraveler, SupplierOrder};
use super::passenger::PassengerKind;
use super::rooms::{Lodging, child_age, lodge};
use super::stay::{BookedRoom, BookedStay, Guest, Occupancy, Rate};
use super::time::Timestamp;
use super::traveler::{Party, Traveler};

/// A respect in which a booked stay is not what was sent. Says neither who nor what, so that it may go anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Difference {
    /// Another property.
    #[error("the order is of another property")]
    Property,
    /// Other nights.
    #[error("the order is of other nights")]
    Dates,
    /// Other rooms: how many, of which kind, with which board, for how many adults and children of which ages.
    #[error("the rooms are not those sent")]
    Rooms,
    /// Other people in a room, or a child of another age.
    #[error("the guests of a room are not those sent")]
    Guests,
    /// The supplier asks for something else.
    #[error("the total is not the one verified")]
    Total,
    /// A cancellation costs something else, or from another moment on.
    #[error("a cancellation costs something else than verified")]
    Cancellation,
}

impl Difference {
    /// The stay itself is another one: what was sent may not have been booked at all.
    #[must_use]
    pub const fn is_another_stay(self) -> bool {
        !matches!(self, Self::Total | Self::Cancellation)
    }
}

/// Every respect in which an order is not what was sent for it; what it does not state is not compared. Whose order it
/// is, its references say.
#[must_use]
pub fn differences(order: &SupplierOrder, offer: &HotelOffer, party: &Party) -> Vec<Difference> {
    let Some(stay) = order.stay.as_deref() else { return vec![Difference::Rooms] };
    let check_in = offer.dates.check_in;
    let guests = lodge(offer, party).is_ok_and(|sent| same_guests(stay, &sent, party, check_in));
    let same = [
        (stay.property.code == offer.property.code, Difference::Property),
        (stay.dates == offer.dates, Difference::Dates),
        (same_rooms(stay, offer), Difference::Rooms),
        (guests, Difference::Guests),
        (order.total.is_none_or(|total| total == offer.total), Difference::Total),
        (same_terms(stay, offer), Difference::Cancellation),
    ];
    same.into_iter().filter(|(same, _)| !same).map(|(_, difference)| difference).collect()
}

fn same_rooms(stay: &BookedStay, offer: &HotelOffer) -> bool {
    fn sold(rate: &Rate) -> (u8, &Occupancy, &str) {
        (rate.rooms, &rate.occupancy, &rate.board.code)
    }
    let mut booked: Vec<&Rate> = stay.rooms.iter().flat_map(|room| &room.rates).collect();
    // Whoever says only half of what they are takes what is left.
    booked.sort_by_key(|rate| room_code(&rate.room.code).1.is_none());
    let sent: Vec<&Rate> = offer.rates.iter().collect();
    same_set(&booked, &sent, |booked, sent| {
        sold(booked) == sold(sent) && same_room(&booked.room.code, &sent.room.code)
    })
}

/// `DBL.ST`: a type, and what is special about it. Bedbanks leave the second out of some records, or write `null`.
fn room_code(code: &str) -> (&str, Option<&str>) {
    let (kind, special) = code.split_once('.').unwrap_or((code, "null"));
    (kind, Some(special).filter(|special| *special != "null"))
}

fn same_room(one: &str, other: &str) -> bool {
    let ((one, half), (other, other_half)) = (room_code(one), room_code(other));
    one == other && (half.is_none() || other_half.is_none() || half == other_half)
}

/// Everybody is in a room with the same people as sent.
fn same_guests(stay: &BookedStay, sent: &[Lodging<'_>], party: &Party, check_in: Date) -> bool {
    let people = |room: &Lodging<'_>| {
        let guests = room.guests.iter().filter_map(|who| party.travelers.get(usize::from(who.0)));
        guests.collect::<Vec<_>>()
    };
    let sent: Vec<_> = sent.iter().map(people).collect();
    let booked: Vec<_> = stay.rooms.iter().flat_map(booked_rooms).collect();
    same_set(&booked, &sent, |booked, sent| {
        same_set(booked, sent, |guest, traveler| is_guest(guest, traveler, check_in))
    })
}

/// The guests of each of the equal rooms.
fn booked_rooms(room: &BookedRoom) -> Vec<Vec<&Guest>> {
    let mut numbers: Vec<u8> = room.guests.iter().map(|guest| guest.room).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let inside = |number: u8| room.guests.iter().filter(|guest| guest.room == number).collect();
    numbers.into_iter().map(inside).collect()
}

fn is_guest(have: &Guest, want: &Traveler, check_in: Date) -> bool {
    let age = child_age(want, check_in).flatten();
    let kind = have.traveler.passenger_type.map(|code| code.kind());
    let same_kind = kind.is_none_or(|kind| (kind == PassengerKind::Adult) == age.is_none());
    let same_age = age.is_none() || have.age.is_none() || have.age == age;
    same_kind && same_age && booked_name(&have.traveler) == sent_name(want)
}

/// Where an order says nothing of a rate's terms, there is nothing to compare.
fn same_terms(stay: &BookedStay, offer: &HotelOffer) -> bool {
    fn terms(rate: &Rate) -> Vec<(Option<Timestamp>, Money)> {
        rate.cancellation.steps().iter().map(|step| (step.from.instant(None), step.fee)).collect()
    }
    let booked: Vec<_> = stay.rooms.iter().flat_map(|room| &room.rates).map(terms).collect();
    let sent: Vec<_> = offer.rates.iter().map(terms).collect();
    booked.iter().all(Vec::is_empty) || same_set(&booked, &sent, PartialEq::eq)
}

fn same_set<T, U>(have: &[T], want: &[U], same: impl Fn(&T, &U) -> bool) -> bool {
    let mut left: Vec<&U> = want.iter().collect();
    let found = have.iter().all(|one| {
        let at = left.iter().position(|other| same(one, other));
        at.map(|at| left.swap_remove(at)).is_some()
    });
    found && left.is_empty()
}

fn sent_name(traveler: &Traveler) -> String {
    let given = traveler.name.given.as_ref().map_or("", |given| given.expose());
    folded(given, traveler.name.surname.expose())
}

fn booked_name(traveler: &OrderTraveler) -> String {
    folded(traveler.given.as_ref().map_or("", |given| given.expose()), traveler.surname.expose())
}

/// Hosts write names in capitals, some without diacritics; the only name of a mononym stands in either place.
fn folded(given: &str, surname: &str) -> String {
    let text = format!("{given} {surname}");
    latin(&text).unwrap_or_else(|_| text.to_uppercase()).split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::civil::date;

    use super::*;
    use crate::model::stay::CancellationTerms;
    use crate::testing::stays;

    /// Two doubles and a room for a mother and her child of seven, as sent and as booked.
    fn sent() -> (HotelOffer, Party, SupplierOrder) {
        let (offer, party) = (stays::family_offer(), stays::family());
        let order = stays::order(&offer, &party, "A1B2C3D4E5F6G7H8");
        (offer, party, order)
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut SupplierOrder), want: &[Difference]) {
        let (offer, party, mut order) = sent();
        change(&mut order);
        assert_eq!(differences(&order, &offer, &party), want);
    }

    fn stay(order: &mut SupplierOrder) -> &mut BookedStay {
        order.stay.as_mut().unwrap()
    }

    fn rate(order: &mut SupplierOrder, at: usize) -> &mut Rate {
        &mut stay(order).rooms[at].rates[0]
    }

    fn guest(order: &mut SupplierOrder, room: usize, at: usize) -> &mut Guest {
        &mut stay(order).rooms[room].guests[at]
    }

    #[test]
    fn another_stay_is_told_from_another_price() {
        use Difference::{Cancellation, Dates, Property, Rooms, Total};
        check(|_| (), &[]);
        check(|order| order.total = None, &[]);
        check(|order| order.stay = None, &[Rooms]);
        check(
            |order| Arc::make_mut(&mut stay(order).property).code = stays::property("2002").code,
            &[Property],
        );
        check(|order| stay(order).dates.check_out = date(2027, 7, 13), &[Dates]);
        check(|order| rate(order, 0).rooms = 1, &[Rooms]);
        check(|order| rate(order, 0).occupancy.adults = 3, &[Rooms]);
        check(|order| rate(order, 1).occupancy.child_ages = vec![8], &[Rooms]);
        check(|order| rate(order, 0).board.code = "RO".to_owned(), &[Rooms]);
        check(|order| rate(order, 0).room.code = "SGL.ST".to_owned(), &[Rooms]);
        check(|order| order.total.as_mut().unwrap().minor += 1, &[Total]);
        let dearer = |order: &mut SupplierOrder| {
            let mut steps = Vec::from(rate(order, 0).cancellation.clone());
            steps[0].fee.minor += 1;
            rate(order, 0).cancellation = CancellationTerms::new(steps).unwrap();
        };
        check(dearer, &[Cancellation]);
        let unstated = |order: &mut SupplierOrder| {
            let rates = stay(order).rooms.iter_mut().flat_map(|room| &mut room.rates);
            rates.for_each(|rate| rate.cancellation = CancellationTerms::default());
        };
        check(unstated, &[]);
        assert!(Difference::Guests.is_another_stay() && !Total.is_another_stay());
    }

    #[test]
    fn a_room_may_leave_out_half_of_its_code() {
        for (one, other, same) in [
            ("DBL.ST", "DBL.ST", true),
            ("DBL.null", "DBL.ST", true),
            ("DBL", "DBL.SU", true),
            ("DBL.SU", "DBL.ST", false),
            ("TPL.null", "DBL.ST", false),
        ] {
            assert_eq!(same_room(one, other), same, "{one} {other}");
        }
    }

    #[test]
    fn everybody_is_in_the_room_they_were_sent_for() {
        use Difference::Guests;
        check(|order| stay(order).rooms[0].guests.reverse(), &[]);
        check(
            |order| stay(order).rooms[0].guests.iter_mut().for_each(|guest| guest.room = 3 - guest.room),
            &[],
        );
        let exchanged = |order: &mut SupplierOrder| {
            (guest(order, 0, 0).room, guest(order, 0, 2).room) = (2, 1);
        };
        check(exchanged, &[Guests]);
        check(|order| _ = stay(order).rooms[0].guests.pop(), &[Guests]);
        check(|order| guest(order, 0, 0).traveler.surname = "POE".to_owned().into(), &[Guests]);
    }

    #[test]
    fn a_childs_age_is_compared_where_it_is_stated() {
        check(|order| guest(order, 1, 1).age = Some(8), &[Difference::Guests]);
        check(|order| guest(order, 1, 1).age = None, &[]);
        let grown = |order: &mut SupplierOrder| {
            guest(order, 1, 1).traveler.passenger_type = Some(PassengerKind::Adult.into());
        };
        check(grown, &[Difference::Guests]);
        check(|order| guest(order, 0, 0).age = Some(30), &[]);
    }

    #[test]
    fn capitals_lost_diacritics_and_a_mononym_in_the_other_place_make_nobody_else() {
        let (offer, mut party, order) = sent();
        party.travelers[0].name.given = Some("Sítî".to_owned().into());
        party.travelers[1].name.surname = "rahayu".to_owned().into();
        assert_eq!(differences(&order, &offer, &party), []);
        party.travelers[0].name.given = None;
        party.travelers[0].name.surname = "Sukarno".to_owned().into();
        let mut order = order;
        let mononym = &mut guest(&mut order, 0, 0).traveler;
        (mononym.given, mononym.surname) = (Some("SUKARNO".to_owned().into()), String::new().into());
        assert_eq!(differences(&order, &offer, &party), []);
    }
}
