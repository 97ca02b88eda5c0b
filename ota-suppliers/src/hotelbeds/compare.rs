//! Is the answer about what was sent? A pure comparison of a booking with what was asked for.
//!
//! Its differences are of two kinds. Another stay makes the answer a misunderstanding. Another price or other
//! cancellation terms leave the stay as booked: what was verified before the payment is the contract, and people
//! settle the discrepancy with the supplier.

use ota_core::model::id::ClientReference;
use ota_core::model::latin::latin;
use ota_core::model::offer::HotelOffer;
use ota_core::model::order::{OrderTraveler, SupplierOrder};
use ota_core::model::rooms::Lodging;
use ota_core::model::stay::{BookedRoom, BookedStay, Guest, Occupancy, Rate};
use ota_core::model::traveler::{Party, Traveler};

use super::requests::names;

/// What differs. Its text goes to logs and never says who or what exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Difference {
    #[error("the booking does not carry our reference")]
    Reference,
    #[error("the booking is of another property")]
    Property,
    #[error("the booking is of other nights")]
    Dates,
    #[error("the rooms are not those sent")]
    Rooms,
    #[error("the guests of a room are not those sent")]
    Guests,
    #[error("the total is not the one verified")]
    Total,
    #[error("a cancellation costs something else than verified")]
    Cancellation,
}

impl Difference {
    /// The stay itself is another one: what was sent may not have been booked at all.
    pub(crate) const fn is_another_stay(self) -> bool {
        !matches!(self, Self::Total | Self::Cancellation)
    }
}

/// Every difference between a booking and what was sent for it; none where it is as sent.
pub(crate) fn booking(
    order: &SupplierOrder,
    offer: &HotelOffer,
    rooms: &[Lodging<'_>],
    party: &Party,
    reference: &ClientReference,
) -> Vec<Difference> {
    let Some(stay) = order.stay.as_deref() else { return vec![Difference::Rooms] };
    let same = [
        (order.references.contains(reference), Difference::Reference),
        (stay.property.code == offer.property.code, Difference::Property),
        (stay.dates == offer.dates, Difference::Dates),
        (same_rooms(stay, offer), Difference::Rooms),
        (same_guests(stay, rooms, party), Difference::Guests),
        (order.total == Some(offer.total), Difference::Total),
        (same_terms(stay, offer), Difference::Cancellation),
    ];
    same.into_iter().filter(|(same, _)| !same).map(|(_, difference)| difference).collect()
}

/// How many rooms of which kind, with which board, for how many adults and children of which ages.
fn same_rooms(stay: &BookedStay, offer: &HotelOffer) -> bool {
    fn sold(rate: &Rate) -> (u8, &Occupancy, &str) {
        (rate.rooms, &rate.occupancy, &rate.board.code)
    }
    let mut booked: Vec<&Rate> = stay.rooms.iter().flat_map(|room| &room.rates).collect();
    // Whoever says only half of what they are takes what is left.
    booked.sort_by_key(|rate| room_code(&rate.room.code).1.is_none());
    let same = |booked: &&Rate, sent: &&Rate| {
        sold(booked) == sold(sent) && same_room(&booked.room.code, &sent.room.code)
    };
    same_set(booked, offer.rates.iter().collect(), same)
}

/// `DBL.ST`: a type, and what is special about it. Recorded XML bookings write `null` for the second.
fn room_code(code: &str) -> (&str, Option<&str>) {
    let (kind, special) = code.split_once('.').unwrap_or((code, "null"));
    (kind, Some(special).filter(|special| *special != "null"))
}

fn same_room(one: &str, other: &str) -> bool {
    let ((one, half), (other, other_half)) = (room_code(one), room_code(other));
    one == other && (half.is_none() || other_half.is_none() || half == other_half)
}

/// Everybody is in a room with the same people as sent.
fn same_guests(stay: &BookedStay, rooms: &[Lodging<'_>], party: &Party) -> bool {
    let mut sent: Vec<Vec<String>> = rooms
        .iter()
        .map(|room| {
            let guests = room.guests.iter().filter_map(|guest| party.travelers.get(usize::from(guest.0)));
            sorted(guests.map(sent_name))
        })
        .collect();
    let mut booked: Vec<Vec<String>> = stay.rooms.iter().flat_map(booked_rooms).collect();
    sent.sort_unstable();
    booked.sort_unstable();
    sent == booked
}

/// The guests of each of the equal rooms.
fn booked_rooms(room: &BookedRoom) -> Vec<Vec<String>> {
    let mut numbers: Vec<u8> = room.guests.iter().map(|guest| guest.room).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let inside = |number: u8| {
        let guests = room.guests.iter().filter(move |guest: &&Guest| guest.room == number);
        sorted(guests.map(|guest| booked_name(&guest.traveler)))
    };
    numbers.into_iter().map(inside).collect()
}

/// Where a booking says nothing of a rate's terms, there is nothing to compare.
fn same_terms(stay: &BookedStay, offer: &HotelOffer) -> bool {
    let terms = |rate: &Rate| {
        let steps = rate.cancellation.steps().iter();
        steps.map(|step| (step.from.instant(None), step.fee.minor)).collect::<Vec<_>>()
    };
    let booked: Vec<_> = stay.rooms.iter().flat_map(|room| &room.rates).map(terms).collect();
    let sent = offer.rates.iter().map(terms).collect();
    booked.iter().all(Vec::is_empty) || same_set(booked, sent, PartialEq::eq)
}

fn same_set<T>(have: Vec<T>, mut want: Vec<T>, same: impl Fn(&T, &T) -> bool) -> bool {
    let found = have.into_iter().all(|one| {
        let at = want.iter().position(|other| same(&one, other));
        at.map(|at| want.swap_remove(at)).is_some()
    });
    found && want.is_empty()
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    names
}

fn sent_name(traveler: &Traveler) -> String {
    let (name, surname) = names(traveler);
    folded(name, surname.unwrap_or_default())
}

fn booked_name(traveler: &OrderTraveler) -> String {
    let given = traveler.given.as_ref().map_or("", |given| given.expose());
    folded(given, traveler.surname.expose())
}

/// The supplier's hosts write names in capitals, and some without diacritics.
fn folded(name: &str, surname: &str) -> String {
    let text = format!("{name} {surname}");
    latin(&text).unwrap_or_else(|_| text.to_uppercase()).split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::civil::date;
    use ota_core::model::fare::Settlement;
    use ota_core::model::id::{AccountId, PropertyCode, SupplierId};
    use ota_core::model::money::Money;
    use ota_core::model::passenger::{PassengerKind, TravelerRef};
    use ota_core::model::stay::CancellationTerms;
    use ota_core::model::traveler::{Contact, PersonName};

    use super::super::replies::{self, Reply};
    use super::super::{map, recordings};
    use super::*;

    /// What `booking.json` of the corpus says was booked: two equal rooms.
    fn order() -> SupplierOrder {
        let json = recordings::corpus_document("booking.json");
        let Reply::Booking(reply) = replies::read(&json).unwrap() else { panic!("a booking") };
        map::booking::order(&reply, |_| None).unwrap()
    }

    /// The offer and the party that it was sent for.
    fn sent(order: &SupplierOrder) -> (HotelOffer, Party) {
        let stay = order.stay.as_ref().unwrap();
        let offer = HotelOffer {
            supplier: SupplierId::new("hotelbeds").unwrap(),
            account: AccountId::new("test").unwrap(),
            property: Arc::clone(&stay.property),
            dates: stay.dates,
            rates: stay.rooms[0].rates.clone(),
            total: order.total.unwrap(),
        };
        let traveler = |guest: &Guest| Traveler {
            kind: PassengerKind::Adult,
            name: PersonName {
                given: guest.traveler.given.clone(),
                surname: guest.traveler.surname.clone(),
                title: None,
            },
            born: None,
            gender: None,
            document: None,
            with_adult: None,
            room: None,
        };
        let contact = Contact { email: "a@example.org".to_owned().into(), phone: None };
        let travelers = stay.rooms[0].guests.iter().map(traveler).collect();
        (offer, Party { travelers, contact })
    }

    fn stay(order: &mut SupplierOrder) -> &mut BookedStay {
        order.stay.as_mut().unwrap()
    }

    fn compare(order: &SupplierOrder, offer: &HotelOffer, party: &Party) -> Vec<Difference> {
        let rooms = [[0, 1, 2], [3, 4, 5]]
            .map(|guests| Lodging { rate: &offer.rates[0], guests: guests.map(TravelerRef).to_vec() });
        let reference = ClientReference::new("A1B2C3D4E5F6G7H8").unwrap();
        booking(order, offer, &rooms, party, &reference)
    }

    #[track_caller]
    fn check(change: impl Fn(&mut SupplierOrder), want: &[Difference]) {
        let sent_for = order();
        let (offer, party) = sent(&sent_for);
        let mut booked = order();
        change(&mut booked);
        assert_eq!(compare(&booked, &offer, &party), want);
    }

    #[test]
    fn another_stay_is_told_from_another_price() {
        check(|_| (), &[]);
        check(|booked| booked.references.clear(), &[Difference::Reference]);
        check(
            |booked| Arc::make_mut(&mut stay(booked).property).code = PropertyCode::new("102").unwrap(),
            &[Difference::Property],
        );
        check(|booked| stay(booked).dates.check_out = date(2027, 6, 17), &[Difference::Dates]);
        check(|booked| stay(booked).rooms[0].rates[0].room.code = "XXX.ST".to_owned(), &[Difference::Rooms]);
        check(|booked| stay(booked).rooms[0].rates[0].rooms = 1, &[Difference::Rooms]);
        check(
            |booked| stay(booked).rooms[0].rates[0].occupancy.child_ages = vec![4, 9],
            &[Difference::Rooms],
        );
        check(|booked| stay(booked).rooms[0].rates[0].board.code = "RO".to_owned(), &[Difference::Rooms]);
        let total = |order: &mut SupplierOrder| {
            let total = order.total.unwrap();
            order.total = Some(Money::new(total.minor + 1, total.currency));
        };
        check(total, &[Difference::Total]);
        check(
            |booked| {
                let mut steps = Vec::from(stay(booked).rooms[0].rates[0].cancellation.clone());
                steps[0].fee.minor += 1;
                stay(booked).rooms[0].rates[0].cancellation = CancellationTerms::new(steps).unwrap();
            },
            &[Difference::Cancellation],
        );
        check(|booked| stay(booked).rooms[0].rates[0].cancellation = CancellationTerms::default(), &[]);
        assert!(Difference::Guests.is_another_stay() && !Difference::Total.is_another_stay());
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
        check(|booked| stay(booked).rooms[0].guests.swap(0, 2), &[]);
        let exchanged = |booked: &mut SupplierOrder| {
            stay(booked).rooms[0].guests[0].room = 2;
            stay(booked).rooms[0].guests[3].room = 1;
        };
        check(exchanged, &[Difference::Guests]);
        check(|booked| _ = stay(booked).rooms[0].guests.pop(), &[Difference::Guests]);
        let renamed = |booked: &mut SupplierOrder| {
            stay(booked).rooms[0].guests[0].traveler.surname = "Poe".to_owned().into();
        };
        check(renamed, &[Difference::Guests]);
    }

    #[test]
    fn capitals_and_lost_diacritics_make_nobody_else() {
        let booked = order();
        let (offer, mut party) = sent(&booked);
        party.travelers[0].name.given = Some("Ádá".to_owned().into());
        party.travelers[1].name.surname = "roe".to_owned().into();
        assert_eq!(compare(&booked, &offer, &party), []);
        assert_eq!(offer.rates[0].settlement, Settlement::Agency);
    }
}
