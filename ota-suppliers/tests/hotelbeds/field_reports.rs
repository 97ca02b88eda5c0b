//! How this goes wrong elsewhere: rooms and guests over whole exchanges. The numbers are those of the project's field
//! reports.

use jiff::civil::date;
use ota_core::model::offer::{HotelOffer, PricedSolution};
use ota_core::model::order::SupplierOrder;
use ota_core::model::passenger::PassengerKind;
use ota_core::model::rooms;
use ota_core::model::search::HotelSearch;
use ota_core::model::stay::{Occupancy, RateType};
use ota_core::model::traveler::{Party, Traveler};
use ota_core::supplier::call::Op;
use ota_core::supplier::error::SupplierError;
use ota_core::supplier::error::SupplierErrorKind::BadRequest;
use ota_core::supplier::{
    HotelSupplier as _, Live, OrderRequest, StayRequest, StayVerifyRequest, Supplier as _,
};

use crate::world::{self, World};

/// An adult; a number is a child of that age on the day of check-in.
const ADULT: u8 = 30;

/// What is searched for these rooms.
fn search(rooms: &[&[u8]]) -> HotelSearch {
    let room = |guests: &&[u8]| {
        let mut child_ages: Vec<u8> = guests.iter().copied().filter(|age| *age < 18).collect();
        child_ages.sort_unstable();
        Occupancy { adults: u8::try_from(guests.len() - child_ages.len()).unwrap(), child_ages }
    };
    HotelSearch { rooms: rooms.iter().map(room).collect(), ..world::search(world::ONE) }
}

/// Who stays, each with a name of their own; airlines call those of twelve and more adults.
fn party(desk: &world::Desk, rooms: &[&[u8]]) -> Party {
    let like = desk.party();
    let guests = (1..).zip(rooms).flat_map(|(room, guests)| guests.iter().map(move |age| (room, *age)));
    let person = |(at, (room, age)): (usize, (u8, u8))| Traveler {
        kind: if age < 12 { PassengerKind::Child } else { PassengerKind::Adult },
        name: ota_core::model::traveler::PersonName {
            given: Some(format!("Guest{}", ["a", "b", "c", "d", "e", "f", "g", "h"][at]).into()),
            ..like.travelers[0].name.clone()
        },
        born: Some(date(2027 - i16::from(age), 6, 15).into()),
        room: Some(room),
        ..like.travelers[0].clone()
    };
    Party { travelers: guests.enumerate().map(person).collect(), ..like }
}

/// A live price of all rooms, of rates with rooms enough.
async fn priced(desk: &world::Desk, search: &HotelSearch) -> PricedSolution {
    let properties = desk.properties().await;
    let request = StayRequest { search, properties: &properties };
    let found = desk.connector.search(&desk.cx(Op::Search), &request).await.unwrap().items;
    let (supplier, account) = (&desk.connector.profile().supplier, &desk.cx(Op::Search).account);
    let offers = found.iter().flat_map(|rates| rooms::offers(supplier, account, rates, &search.rooms));
    let final_price = |offer: &HotelOffer| {
        offer
            .rates
            .iter()
            .all(|rate| rate.rate_type == Some(RateType::Bookable) && rate.left.is_some_and(|left| left > 3))
    };
    let offer = offers.into_iter().find(final_price).unwrap();
    let request = StayVerifyRequest { search, offer: &offer };
    match desk.connector.verify(&desk.cx(Op::Verify), &request).await.unwrap() {
        Live::Priced(solution) => *solution,
        Live::Gone => panic!("gone"),
    }
}

async fn book(
    desk: &world::Desk,
    solution: &PricedSolution,
    party: &Party,
) -> Result<SupplierOrder, SupplierError> {
    let reference = world::reference();
    let request = OrderRequest { solution, party, reference: &reference };
    desk.connector.create_order(&desk.cx(Op::CreateOrder), &request).await
}

/// B23: one and one, two and two, with children in any order, and a parent with three beside a single: booked as they
/// were searched; and whatever does not fit is found by us, not by the supplier.
#[tokio::test]
async fn guests_are_booked_as_they_were_searched_or_not_sent_at_all() {
    let world = World::new().await;
    for rooms in [
        &[&[ADULT][..], &[ADULT]][..],
        &[&[ADULT, ADULT], &[ADULT, ADULT]],
        &[&[ADULT, ADULT, 4, 8], &[ADULT, 8, ADULT, 4]],
        &[&[ADULT, 14, 11, 7], &[ADULT]],
        &[&[ADULT], &[7, ADULT, 14, 11]],
    ] {
        world.forget().await;
        let (search, people) = (search(rooms), party(&world.desk, rooms));
        let solution = priced(&world.desk, &search).await;
        let order = book(&world.desk, &solution, &people).await.unwrap();
        let stay = order.stay.unwrap();
        let booked = stay.rooms.iter().flat_map(|room| &room.rates);
        let mut booked: Vec<&Occupancy> =
            booked.flat_map(|rate| std::iter::repeat_n(&rate.occupancy, usize::from(rate.rooms))).collect();
        let mut searched: Vec<&Occupancy> = search.rooms.iter().collect();
        booked.sort_unstable();
        searched.sort_unstable();
        assert_eq!(booked, searched, "{rooms:?}");
        assert_eq!(stay.rooms.iter().map(|room| room.guests.len()).sum::<usize>(), people.travelers.len());

        let sent = world.calls("booking").await;
        for (what, wrong) in misfits(&people) {
            let error = book(&world.desk, &solution, &wrong).await.unwrap_err();
            assert_eq!(error.kind, BadRequest, "{what} of {rooms:?}: {error}");
        }
        assert_eq!((world.calls("booking").await, world.booked().await), (sent, 1), "{rooms:?}");
    }
}

/// Parties that are not the one searched for.
fn misfits(party: &Party) -> Vec<(&'static str, Party)> {
    let changed = |change: &dyn Fn(&mut Vec<Traveler>)| {
        let mut party = party.clone();
        change(&mut party.travelers);
        party
    };
    let older = |people: &mut Vec<Traveler>| {
        let child =
            people.iter_mut().find(|person| *person.born.as_ref().unwrap().expose() > date(2009, 6, 15));
        let born = child.map(|child| child.born.as_mut().unwrap());
        born.into_iter().for_each(|born| *born = born.expose().saturating_sub(jiff::ToSpan::years(1)).into());
    };
    let mut misfits = vec![
        ("one too few", changed(&|people| drop(people.pop()))),
        ("one too many", changed(&|people| people.push(people[0].clone()))),
        ("no room", changed(&|people| people[0].room = None)),
        ("a third room", changed(&|people| people[0].room = Some(3))),
        ("all in one room", changed(&|people| people.iter_mut().for_each(|person| person.room = Some(1)))),
    ];
    if party.travelers.iter().any(|person| *person.born.as_ref().unwrap().expose() > date(2009, 6, 15)) {
        misfits.push(("a child a year older", changed(&older)));
    }
    misfits
}
