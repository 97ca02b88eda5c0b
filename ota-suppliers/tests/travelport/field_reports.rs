//! How this goes wrong elsewhere: what only a whole exchange shows. The numbers are those of the project's field reports.

use ota_core::model::order::{SupplierOrder, Ticket};
use ota_core::model::passenger::{PassengerCounts, TravelerRef};
use ota_core::model::search::{FlightSearch, SliceQuery};
use ota_core::supplier::call::Op;
use ota_core::supplier::error::{SupplierError, SupplierErrorKind};
use ota_core::supplier::{
    FlightSupplier as _, IssueRequest, Live, OrderRequest, Supplier as _, TicketResult, VerifyRequest,
    VoidRequest,
};
use serde_json::Value;

use crate::world::{self, World};

const RECORD: &str = "UniversalRecordRetrieveReq";
const DOCUMENTS: &str = "AirRetrieveDocumentReq";
const EVERYBODY: [u8; 4] = [0, 1, 2, 3];

async fn retrieve(world: &World, order: &SupplierOrder) -> Result<SupplierOrder, SupplierError> {
    world.desk.connector.retrieve(&world.desk.cx(Op::Retrieve), &order.locators).await
}

async fn calls(world: &World, op: &str) -> u64 {
    world.ledger().await["calls"][world::BRANCH][op].as_u64().unwrap_or(0)
}

fn tickets(ledger: &Value) -> usize {
    ledger["orders"][0]["tickets"].as_array().unwrap().len()
}

/// B03: a number that is not unique is one more read by the locators, and never the first of a list.
#[tokio::test]
async fn a_number_that_is_not_unique_is_asked_for_by_its_record() {
    let world = World::new().await;
    let solution = world.desk.priced().await;
    let order = world.desk.create(&solution).await.unwrap();
    world.desk.issue(&solution, &order, &EVERYBODY).await.unwrap();
    let own = retrieve(&world, &order).await.unwrap().tickets;
    assert_eq!(own.len(), 4);
    for (effects, reads) in
        [(&[r#""not_unique""#][..], 2), (&[r#""stranger""#], 1), (&[r#""not_unique""#, r#""stranger""#], 2)]
    {
        let before = calls(&world, DOCUMENTS).await;
        for effect in effects {
            world.next(DOCUMENTS, effect).await;
        }
        assert_eq!(retrieve(&world, &order).await.unwrap().tickets, own, "{effects:?}");
        assert_eq!(calls(&world, DOCUMENTS).await - before, reads, "{effects:?}");
    }
    // Still not unique: a typed answer, which is neither "none" nor "some".
    world
        .control(&format!(r#"{{"next": {{"op": "{DOCUMENTS}", "count": 2, "effect": "not_unique"}}}}"#))
        .await;
    let error = retrieve(&world, &order).await.unwrap_err();
    assert_eq!(error.kind, SupplierErrorKind::NotUnique, "{error}");
}

/// B03: who has documents gets no others, however hard they are to see.
#[tokio::test]
async fn nobody_is_ticketed_twice_because_a_number_is_not_unique() {
    let world = World::new().await;
    let solution = world.desk.priced().await;
    let order = world.desk.create(&solution).await.unwrap();
    world.desk.issue(&solution, &order, &EVERYBODY).await.unwrap();
    let sent = calls(&world, "AirTicketingReq").await;
    for effects in [&[r#""not_unique""#, r#""stranger""#][..], &[r#""stranger""#], &[r#""not_unique""#]] {
        for effect in effects {
            world.next(DOCUMENTS, effect).await;
        }
        world.desk.issue(&solution, &order, &EVERYBODY).await.unwrap();
    }
    world
        .control(&format!(r#"{{"next": {{"op": "{DOCUMENTS}", "count": 2, "effect": "not_unique"}}}}"#))
        .await;
    let error = world.desk.issue(&solution, &order, &EVERYBODY).await.unwrap_err();
    assert_eq!(error.kind, SupplierErrorKind::NotUnique, "{error}");
    assert_eq!((calls(&world, "AirTicketingReq").await, tickets(&world.ledger().await)), (sent, 4));
}

/// B05: a fare that got lost, or an infant priced as an adult: nothing is ticketed for anybody, and who is not covered
/// is named.
#[tokio::test]
async fn a_traveler_without_a_stored_fare_is_named_before_anything_is_ticketed() {
    let world = World::new().await;
    let solution = world.desk.priced().await;
    for (effect, uncovered) in [
        (r#"{"fare_lost": "ADT"}"#, "traveler 1"),
        (r#"{"fare_lost": "CNN"}"#, "traveler 3"),
        (r#"{"fare_lost": "INF"}"#, "traveler 4"),
        (r#"{"fare_as_adult": "CNN"}"#, "traveler 3"),
        (r#"{"fare_as_adult": "INF"}"#, "traveler 4"),
    ] {
        world.forget().await;
        let order = world.desk.create(&solution).await.unwrap();
        world.next(RECORD, effect).await;
        let error = world.desk.issue(&solution, &order, &EVERYBODY).await.unwrap_err();
        assert_eq!(error.kind, SupplierErrorKind::Rejected, "{effect}: {error}");
        assert!(error.message.contains(uncovered), "{effect}: {error}");
        assert_eq!(
            (calls(&world, "AirTicketingReq").await, tickets(&world.ledger().await)),
            (0, 0),
            "{effect}"
        );
    }
}

/// B01: six slices need more coupons than one document has: what is issued, read and voided is the whole journey.
#[tokio::test]
async fn a_void_of_a_conjunction_names_every_number() {
    let world = World::new().await;
    let (connector, cx) = (&world.desk.connector, |op| world.desk.cx(op));
    let search = six_slices();
    let offer = connector.search(&cx(Op::Search), &search).await.unwrap().items.remove(0);
    let request = VerifyRequest { search: &search, offer: &offer };
    let Live::Priced(solution) = connector.verify(&cx(Op::Verify), &request).await.unwrap() else {
        panic!("gone")
    };
    let (mut party, reference) = (world::named(world::PLANTED), world::reference());
    party.travelers.truncate(1);
    let request = OrderRequest { solution: &solution, party: &party, reference: &reference };
    let order = connector.create_order(&cx(Op::CreateOrder), &request).await.unwrap();
    let locators = &order.locators;
    let travelers = [TravelerRef(0)];
    let request = IssueRequest { locators, solution: &solution, party: &party, travelers: &travelers };
    let issued = connector.issue_tickets(&cx(Op::IssueTickets), &request).await.unwrap().remove(0).result;
    let TicketResult::Issued(tickets) = issued else { panic!("{issued:?}") };
    let flights = offer.itinerary.segments().count();
    assert!(flights > 4 && tickets.len() == flights.div_ceil(4), "{flights}");
    assert_eq!(tickets.iter().map(|ticket| ticket.coupons.len()).sum::<usize>(), flights);
    assert!(tickets[1..].iter().all(|ticket| ticket.conjunction_of == Some(tickets[0].number)));
    assert_eq!(tickets[0].conjunction_of, None);

    let numbers: Vec<_> = tickets.iter().map(|ticket| ticket.number).collect();
    let void = |tickets| VoidRequest { locators, tickets };
    let error = connector.void_tickets(&cx(Op::VoidTickets), &void(&numbers[..1])).await.unwrap_err();
    assert_eq!(error.kind, SupplierErrorKind::BadRequest, "{error}");
    connector.void_tickets(&cx(Op::VoidTickets), &void(&numbers)).await.unwrap();
    let seen = connector.retrieve(&cx(Op::Retrieve), locators).await.unwrap().tickets;
    assert!(seen.len() == numbers.len() && seen.iter().all(Ticket::is_given_back));
}

/// Out over Singapore, Tokyo and Honolulu, and the same way back; for one adult.
fn six_slices() -> FlightSearch {
    let slice = |(from, to, day): (&str, &str, &str)| {
        let place = |code| ota_core::model::places::places().resolve(code).unwrap();
        SliceQuery { origin: place(from), destination: place(to), date: day.parse().unwrap() }
    };
    let slices = [
        ("JKT", "SIN", "2027-03-01"),
        ("SIN", "TYO", "2027-03-04"),
        ("TYO", "HNL", "2027-03-09"),
        ("HNL", "TYO", "2027-03-12"),
        ("TYO", "SIN", "2027-03-20"),
        ("SIN", "JKT", "2027-03-28"),
    ];
    let passengers = PassengerCounts { adults: 1, children: 0, lap_infants: 0 };
    FlightSearch { slices: slices.map(slice).to_vec(), passengers, cabin: None }
}
