//! What works.

use std::sync::Arc;

use ota_core::model::check::Checked;
use ota_core::model::id::ClientReference;
use ota_core::model::order::{CouponStatus, LocatorKind, OrderStatus, TicketNumber};
use ota_core::model::passenger::PassengerKind;
use ota_core::supplier::call::Op;
use ota_core::supplier::{
    CancelRequest, FindRequest, FlightSupplier as _, Live, OrderRequest, TicketResult, VoidRequest,
};

use ota_suppliers::transport::HttpTransport;

use crate::tamper::{Change, Tampered};
use crate::world::{self, World};

#[tokio::test]
async fn a_family_is_booked_ticketed_voided_and_cancelled() {
    let world = World::new().await;
    let batch = world.connector.search(&world.cx(Op::Search), &world::search()).await.unwrap();
    assert!(batch.items.len() > 100, "{} offers, skipped {:?}", batch.items.len(), batch.skipped.first());
    assert!(batch.skipped.is_empty(), "{:?}", batch.skipped);
    for offer in &batch.items {
        Checked::offer(offer.clone(), &world::search().passengers).unwrap();
    }

    let Live::Priced(solution) = world.verify(&batch.items[0]).await else { panic!("gone") };
    Checked::offer(solution.offer.clone(), &world::search().passengers).unwrap();
    assert_eq!(solution.offer.total, batch.items[0].total);

    let order = world.create(&solution).await.unwrap();
    assert_eq!((order.status, order.problems.len()), (OrderStatus::Held, 0));
    assert_eq!(order.references, [world::reference()]);
    assert_eq!(order.total, Some(solution.offer.total));
    let kinds: Vec<_> =
        order.travelers.iter().map(|traveler| traveler.passenger_type.unwrap().kind()).collect();
    use PassengerKind::{Adult, Child, LapInfant};
    assert_eq!(kinds, [Adult, LapInfant, Adult, Child], "an infant follows its adult");

    let outcomes = world.issue(&solution, &order, &[0, 1, 2, 3]).await.unwrap();
    let mut numbers: Vec<TicketNumber> = Vec::new();
    for (index, outcome) in (0..).zip(&outcomes) {
        assert_eq!(outcome.traveler.0, index);
        let TicketResult::Issued(tickets) = &outcome.result else { panic!("{:?}", outcome.result) };
        numbers.extend(tickets.iter().map(|ticket| ticket.number));
    }

    let order = world.connector.retrieve(&world.cx(Op::Retrieve), &order.locators).await.unwrap();
    assert_eq!(order.status, OrderStatus::Confirmed);
    let mut kept: Vec<_> = order.tickets.iter().map(|ticket| ticket.number).collect();
    kept.sort_unstable();
    numbers.sort_unstable();
    assert_eq!(kept, numbers);
    assert!(order.tickets.iter().flat_map(|t| &t.coupons).all(|coupon| coupon.status == CouponStatus::Open));

    let (locators, tickets) = (&order.locators, &numbers[..]);
    world
        .connector
        .void_tickets(&world.cx(Op::VoidTickets), &VoidRequest { locators, tickets })
        .await
        .unwrap();
    world
        .connector
        .void_tickets(&world.cx(Op::VoidTickets), &VoidRequest { locators, tickets })
        .await
        .unwrap();
    world.connector.cancel(&world.cx(Op::Cancel), &CancelRequest { locators }).await.unwrap();
    world.connector.cancel(&world.cx(Op::Cancel), &CancelRequest { locators }).await.unwrap();
    let order = world.connector.retrieve(&world.cx(Op::Retrieve), locators).await.unwrap();
    assert_eq!(order.status, OrderStatus::Cancelled);
    world.sim.shutdown().await;
}

#[tokio::test]
async fn whole_itineraries_are_offered_like_price_points() {
    let world = World::new().await;
    let connector = world.connector_with(|config| config.solution_result = true);
    let batch = connector.search(&world.cx(Op::Search), &world::search()).await.unwrap();
    assert!(batch.items.len() > 100 && batch.skipped.is_empty(), "{:?}", batch.skipped.first());
    for offer in &batch.items {
        Checked::offer(offer.clone(), &world::search().passengers).unwrap();
    }
    let Live::Priced(solution) = world.verify(&batch.items[0]).await else { panic!("gone") };
    assert_eq!(solution.offer.total, batch.items[0].total);
}

#[tokio::test]
async fn the_hosts_locator_alone_is_enough_to_look() {
    let world = World::new().await;
    let order = world.create(&world.priced().await).await.unwrap();
    let provider: Vec<_> =
        order.locators.iter().filter(|l| l.kind == LocatorKind::Provider).cloned().collect();
    let seen = world.connector.retrieve(&world.cx(Op::Retrieve), &provider).await.unwrap();
    assert_eq!(seen.locators, order.locators);
}

#[tokio::test]
async fn a_record_that_holds_more_loses_only_our_reservation() {
    let world = World::new().await;
    let order = world.create(&world.priced().await).await.unwrap();
    let car =
        "<p:PassiveReservation xmlns:p='urn:p'><p:PassiveSegment SegmentType='Car'/></p:PassiveReservation>";
    let shared = Arc::new(Tampered {
        inner: Arc::new(HttpTransport::new(Arc::new(world.clock.clone())).unwrap()),
        op: "UniversalRecordRetrieveReq",
        change: Change::Insert(car, "</universal:UniversalRecord>"),
    });
    let connector = world::connector(&world.sim.url(), shared, &world.clock);
    let request = CancelRequest { locators: &order.locators };
    connector.cancel(&world.cx(Op::Cancel), &request).await.unwrap();
    let ledger = world.ledger().await;
    let calls = &ledger["calls"][world::BRANCH];
    assert_eq!((&calls["AirCancelReq"], calls.get("UniversalRecordCancelReq")), (&1.into(), None));
    let seen = world.connector.retrieve(&world.cx(Op::Retrieve), &order.locators).await.unwrap();
    assert_eq!(seen.status, OrderStatus::Cancelled);
}

#[tokio::test]
async fn all_attempts_of_a_reference_are_found_over_every_page() {
    let world = World::new().await;
    let offers = world.search().await;
    let party = world::party();
    let references: Vec<_> = (1..=23).map(|n| if n == 22 { world::reference() } else { other(n) }).collect();
    let second = world::reference().attempt(2);
    let mut wanted = references.iter().chain(std::iter::once(&second));
    let mut solution = None;
    // One offer cannot hold so many families.
    for offer in offers.iter().step_by(3) {
        let Live::Priced(priced) = world.verify(offer).await else { continue };
        let Some(reference) = wanted.next() else { break };
        let request = OrderRequest { solution: &priced, party: &party, reference };
        world.connector.create_order(&world.cx(Op::CreateOrder), &request).await.unwrap();
        solution = Some(priced);
    }
    assert!(wanted.next().is_none(), "all are booked");
    let solution = solution.unwrap();
    let reference = world::reference();
    let request = FindRequest { reference: &reference, solution: &solution, party: &party };
    let found = world.connector.find(&world.cx(Op::Find), &request).await.unwrap();
    let mut seen: Vec<_> = found.iter().flat_map(|order| order.references.clone()).collect();
    seen.sort();
    assert_eq!(seen, [world::reference(), second.clone()]);
}

fn other(number: u32) -> ClientReference {
    ClientReference::new(&format!("OTHER0000000{number:04}")).unwrap()
}
