//! What works.

use std::sync::Arc;

use ota_core::model::check::Checked;
use ota_core::model::id::ClientReference;
use ota_core::model::offer::Offer;
use ota_core::model::order::{LocatorKind, OrderStatus};
use ota_core::model::passenger::PassengerKind;
use ota_core::pricing::{PricedOffer, SellPrice};
use ota_core::supplier::call::Op;
use ota_core::supplier::{
    CancelRequest, FindRequest, FlightSupplier as _, Live, OrderRequest, Supplier as _,
};
use ota_core::testing::clock::START;
use ota_core::verify::differences;

use crate::tamper::{Change, Tampered};
use crate::world::{self, World};

#[tokio::test]
async fn the_connector_does_what_every_connector_must() {
    let world = World::new().await;
    world.desk.suite().run().await;
    world.sim.shutdown().await;
}

#[tokio::test]
async fn a_lap_infant_is_sent_behind_its_adult_and_every_offer_is_read() {
    let world = World::new().await;
    let batch = world.desk.connector.search(&world.desk.cx(Op::Search), &world::search()).await.unwrap();
    assert!(batch.items.len() > 100 && batch.skipped.is_empty(), "{:?}", batch.skipped.first());
    let order = world.desk.create(&world.desk.priced().await).await.unwrap();
    let kinds: Vec<_> =
        order.travelers.iter().map(|traveler| traveler.passenger_type.unwrap().kind()).collect();
    use PassengerKind::{Adult, Child, LapInfant};
    assert_eq!(kinds, [Adult, LapInfant, Adult, Child]);
}

#[tokio::test]
async fn whole_itineraries_are_offered_like_price_points() {
    let world = World::new().await;
    let connector = world.connector_with(|config| config.solution_result = true);
    let batch = connector.search(&world.desk.cx(Op::Search), &world::search()).await.unwrap();
    assert!(batch.items.len() > 100 && batch.skipped.is_empty(), "{:?}", batch.skipped.first());
    for offer in &batch.items {
        Checked::offer(offer.clone(), &world::search().passengers).unwrap();
    }
    let Live::Priced(solution) = world.desk.verify(&batch.items[0]).await else { panic!("gone") };
    assert_eq!(solution.offer.total(), batch.items[0].total);
}

#[tokio::test]
async fn what_nobody_touched_is_verified_unchanged() {
    let world = World::new().await;
    let mut checked = 0;
    for shown in world.desk.search().await.iter().step_by(3) {
        let Live::Priced(live) = world.desk.verify(shown).await else { panic!("gone: {shown:?}") };
        let shown = Offer::from(shown.clone());
        let [was, is] = [&shown, &live.offer].map(|offer| SellPrice {
            passengers: Vec::new(),
            rooms: Vec::new(),
            total: offer.total(),
        });
        let shown = PricedOffer { offer: &shown, sell: &was };
        let what = differences(&shown, &PricedOffer { offer: &live.offer, sell: &is });
        assert_eq!(what, [], "{shown:#?}\n{live:#?}");
        checked += 1;
    }
    assert!(checked > 50, "{checked}");
}

#[tokio::test]
async fn the_hosts_locator_alone_is_enough_to_look() {
    let world = World::new().await;
    let order = world.desk.create(&world.desk.priced().await).await.unwrap();
    let provider: Vec<_> =
        order.locators.iter().filter(|l| l.kind == LocatorKind::Provider).cloned().collect();
    let seen = world.desk.connector.retrieve(&world.desk.cx(Op::Retrieve), &provider).await.unwrap();
    assert_eq!(seen.locators, order.locators);
}

#[tokio::test]
async fn a_record_that_holds_more_loses_only_our_reservation() {
    let world = World::new().await;
    let order = world.desk.create(&world.desk.priced().await).await.unwrap();
    let car =
        "<p:PassiveReservation xmlns:p='urn:p'><p:PassiveSegment SegmentType='Car'/></p:PassiveReservation>";
    let shared = Arc::new(Tampered {
        inner: world::network(&world.desk.clock),
        op: "UniversalRecordRetrieveReq",
        change: Change::Insert(car, "</universal:UniversalRecord>"),
    });
    let connector = world::connector_with(&world.sim.url(), shared, &world.desk.clock, |_| ());
    let request = CancelRequest { locators: &order.locators };
    connector.cancel(&world.desk.cx(Op::Cancel), &request).await.unwrap();
    let ledger = world.ledger().await;
    let calls = &ledger["calls"][world::BRANCH];
    assert_eq!((&calls["AirCancelReq"], calls.get("UniversalRecordCancelReq")), (&1.into(), None));
    let seen = world.desk.connector.retrieve(&world.desk.cx(Op::Retrieve), &order.locators).await.unwrap();
    assert_eq!(seen.status, OrderStatus::Cancelled);
}

#[tokio::test]
async fn all_attempts_of_a_reference_are_found_over_every_page() {
    let world = World::new().await;
    let offers = world.desk.search().await;
    let party = world::named(world::PLANTED);
    let references: Vec<_> = (1..=23).map(|n| if n == 22 { world::reference() } else { other(n) }).collect();
    let second = world::reference().attempt(2);
    let mut wanted = references.iter().chain(std::iter::once(&second));
    let mut solution = None;
    // One offer cannot hold so many families.
    for offer in offers.iter().step_by(3) {
        let Live::Priced(priced) = world.desk.verify(offer).await else { continue };
        let Some(reference) = wanted.next() else { break };
        let request = OrderRequest { solution: &priced, party: &party, reference };
        world.desk.connector.create_order(&world.desk.cx(Op::CreateOrder), &request).await.unwrap();
        solution = Some(priced);
    }
    assert!(wanted.next().is_none(), "all are booked");
    let solution = solution.unwrap();
    let reference = world::reference();
    let request = FindRequest { reference: &reference, solution: &solution, party: &party, since: START };
    let found = world.desk.connector.find(&world.desk.cx(Op::Find), &request).await.unwrap();
    let mut seen: Vec<_> = found.iter().flat_map(|order| order.references.clone()).collect();
    seen.sort();
    assert_eq!(seen, [world::reference(), second.clone()]);
}

fn other(number: u32) -> ClientReference {
    ClientReference::new(&format!("OTHER0000000{number:04}")).unwrap()
}

/// S15: out to one city, back from another: the host's check of continuity is overridden, and only there.
#[tokio::test]
async fn an_open_jaw_can_be_bought() {
    let world = World::new().await;
    let mut search = world::search();
    search.slices[1].origin = ota_core::model::places::places().resolve("SIN").unwrap();
    let (cx, connector) = (|op| world.desk.cx(op), &world.desk.connector);
    let offer = connector.search(&cx(Op::Search), &search).await.unwrap().items.remove(0);
    let request = ota_core::supplier::VerifyRequest { search: &search, offer: &offer };
    let Live::Priced(solution) = connector.verify(&cx(Op::Verify), &request).await.unwrap() else {
        panic!("gone")
    };
    let order = world.desk.create(&solution).await.unwrap();
    assert_eq!(order.problems, []);
    let ends: Vec<_> = order.segments.iter().map(|segment| segment.segment.destination.to_string()).collect();
    assert_eq!(ends.last().map(String::as_str), Some("CGK"), "{ends:?}");
}
