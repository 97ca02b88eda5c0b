//! What works.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ota_core::model::id::ClientReference;
use ota_core::model::offer::Offer;
use ota_core::model::order::OrderStatus;
use ota_core::model::stay::RateType;
use ota_core::runtime::Clock as _;
use ota_core::supplier::call::Op;
use ota_core::supplier::error::SupplierErrorKind::BadRequest;
use ota_core::supplier::{
    CancelRequest, ContentRequest, HotelSupplier as _, Live, StayRequest, Supplier as _,
};
use ota_suppliers::transport::Transport;

use crate::tamper::{Change, Heard, InXml, Tampered};
use crate::world::{self, World};

#[tokio::test]
async fn the_connector_does_what_every_connector_must() {
    for rooms in [world::DIFFERENT, world::EQUAL, world::ONE] {
        let world = World::with(rooms).await;
        world.desk.suite().run().await;
        world.sim.shutdown().await;
    }
}

#[tokio::test]
async fn replies_in_xml_make_the_same_journey() {
    let world = World::new().await;
    world.over(Arc::new(InXml(world::network(&world.desk.clock)))).suite().run().await;
}

#[tokio::test]
async fn every_rate_is_looked_up_and_one_that_is_not_final_checked_by_its_new_key() {
    let world = World::new().await;
    for (kind, looked_up, checked) in [(RateType::Bookable, 1, 0), (RateType::Recheck, 1, 2)] {
        let offer = world.desk.offer(kind).await;
        let calls = [world.calls("availability").await, world.calls("checkrates").await];
        let Live::Priced(live) = world.desk.verify(&offer).await.unwrap() else { panic!("gone") };
        let after = [world.calls("availability").await, world.calls("checkrates").await];
        assert_eq!([after[0] - calls[0], after[1] - calls[1]], [looked_up, checked], "{kind:?}");
        let Offer::Stay(live) = live.offer else { panic!("rooms") };
        assert_eq!((live.total, live.rates.len()), (offer.total, 2));
    }
    // It was final when it was shown, and is no more.
    let changed = Tampered {
        inner: world::network(&world.desk.clock),
        op: "availability",
        change: Change::Replace("\"BOOKABLE\"", "\"RECHECK\""),
    };
    let offer = world.desk.offer(RateType::Bookable).await;
    let calls = world.calls("checkrates").await;
    let live = world.over(Arc::new(changed)).verify(&offer).await.unwrap();
    assert!(matches!(live, Live::Priced(_)));
    assert_eq!(world.calls("checkrates").await - calls, 2);
}

#[tokio::test]
async fn another_price_is_told_and_what_is_sold_out_is_gone() {
    for kind in [RateType::Bookable, RateType::Recheck] {
        let world = World::new().await;
        let offer = world.desk.offer(kind).await;
        world.control(r#"{"reprice": {"percent": 7}}"#).await;
        let Live::Priced(live) = world.desk.verify(&offer).await.unwrap() else { panic!("gone") };
        let (was, is) = (offer.total.minor, live.offer.total().minor);
        assert!(is > was * 106 / 100 && is < was * 108 / 100, "{kind:?}: {was} {is}");
        let property = offer.property.code.as_str();
        world.control(&format!(r#"{{"sell_out": {{"property": {property}}}}}"#)).await;
        assert_eq!(world.desk.verify(&offer).await.unwrap(), Live::Gone, "{kind:?}");
    }
}

#[tokio::test]
async fn what_needs_the_guests_card_is_left_out_and_counted() {
    let world = World::new().await;
    let (search, properties) = (world.desk.search(), world.desk.properties().await);
    let request = StayRequest { search: &search, properties: &properties };
    let batch = world.desk.connector.search(&world.desk.cx(Op::Search), &request).await.unwrap();
    let cards = batch.skipped.iter().filter(|skip| skip.why.contains("card")).count();
    assert!(cards > 0 && cards == batch.skipped.len(), "{:?}", batch.skipped.first());
    assert!(batch.items.len() > 5);
}

#[tokio::test]
async fn a_city_is_searched_in_named_properties_only() {
    let world = World::new().await;
    let search = world.desk.search();
    let request = StayRequest { search: &search, properties: &[] };
    let error = world.desk.connector.search(&world.desk.cx(Op::Search), &request).await.unwrap_err();
    assert_eq!((error.kind, world.calls("availability").await), (BadRequest, 0));
}

#[tokio::test]
async fn the_catalogue_is_read_to_its_end() {
    let world = World::new().await;
    let (mut codes, mut zones, mut request) = (BTreeSet::new(), BTreeSet::new(), ContentRequest::default());
    loop {
        let page = world.desk.connector.content(&world.desk.cx(Op::Content), &request).await.unwrap();
        assert!(page.batch.skipped.is_empty());
        for property in page.batch.items {
            zones.extend(property.zone);
            assert!(codes.insert(property.code));
        }
        match page.next {
            Some(next) => request.cursor = Some(next),
            None => break,
        }
    }
    assert!(
        codes.len() > 200 && zones.len() > 2 && zones.contains("Asia/Tokyo"),
        "{} {zones:?}",
        codes.len()
    );
    for cursor in ["0", "-1", "next"] {
        let request = ContentRequest { cursor: Some(cursor.to_owned()) };
        let failed = world.desk.connector.content(&world.desk.cx(Op::Content), &request).await;
        assert_eq!(failed.unwrap_err().kind, BadRequest, "{cursor}");
    }
}

#[tokio::test]
async fn all_attempts_of_a_reference_are_found_over_every_page() {
    let world = World::with(world::ONE).await;
    let second = world::reference().attempt(2);
    let other = |n| ClientReference::new(&format!("OTHER0000000{n:04}")).unwrap();
    let references: Vec<_> = (1..=29).map(|n| if n == 3 { world::reference() } else { other(n) }).collect();
    let offers = world.desk.offers().await;
    let mut wanted = references.iter().chain([&second]);
    let mut last = None;
    // One kind of room cannot be sold so often.
    for offer in offers.iter().step_by(3) {
        let Live::Priced(solution) = world.desk.verify(offer).await.unwrap() else { continue };
        let Some(reference) = wanted.next() else { break };
        world.desk.create_as(&solution, reference).await.unwrap();
        last = Some(solution);
    }
    assert_eq!(world.booked().await, 30);
    let calls = world.calls("bookingdetail").await;
    let found = world.desk.find(&last.unwrap()).await.unwrap();
    let seen: Vec<_> = found.iter().flat_map(|order| order.references.clone()).collect();
    assert_eq!(seen, [world::reference(), second.clone()]);
    assert_eq!(found[0].travelers.len(), 3, "each is the whole order");
    assert_eq!((world.calls("bookinglist").await, world.calls("bookingdetail").await - calls), (2, 2));
}

#[tokio::test]
async fn a_cancellation_costs_what_the_terms_say_of_its_moment() {
    let world = World::new().await;
    let solution = world.desk.priced(RateType::Bookable).await;
    let order = world.desk.create(&solution).await.unwrap();
    let request = CancelRequest { locators: &order.locators };
    let now = world.desk.clock.now();
    let free_until =
        world::rates(&solution).iter().filter_map(|rate| rate.cancellation.free_until(Duration::ZERO));
    let first_fee = free_until.min().unwrap();
    let mut fees = Vec::new();
    for wait in [Duration::ZERO, first_fee.since(now)] {
        world.desk.clock.advance(wait);
        let at = world.desk.clock.now();
        let terms = world::rates(&solution).iter().map(|rate| rate.cancellation.fee_at(at).unwrap().minor);
        let expected: i64 = terms.sum();
        let cost =
            world.desk.connector.quote_cancel(&world.desk.cx(Op::QuoteCancel), &request).await.unwrap();
        assert_eq!(cost.fee.unwrap().minor, expected);
        fees.push(expected);
    }
    assert!(fees[1] > 0, "{fees:?}");
    assert_eq!(world.desk.seen(&order).await.status, OrderStatus::Confirmed);
    world.desk.connector.cancel(&world.desk.cx(Op::Cancel), &request).await.unwrap();
    let seen = world.desk.seen(&order).await;
    let kept = seen.stay.unwrap().cancellation_fee.unwrap();
    assert_eq!((seen.status, kept.minor), (OrderStatus::Cancelled, fees[1]));
}

#[tokio::test]
async fn every_call_is_signed_and_says_what_it_wants_in_its_path() {
    let world = World::new().await;
    let heard = Arc::new(Heard { inner: world::network(&world.desk.clock), requests: Mutex::default() });
    let desk = world.over(Arc::clone(&heard) as Arc<dyn Transport>);
    let solution = desk.priced(RateType::Recheck).await;
    let order = desk.create(&solution).await.unwrap();
    desk.find(&solution).await.unwrap();
    let request = CancelRequest { locators: &order.locators };
    desk.connector.quote_cancel(&desk.cx(Op::QuoteCancel), &request).await.unwrap();
    desk.connector.cancel(&desk.cx(Op::Cancel), &request).await.unwrap();

    let said = std::mem::take(&mut *heard.requests.lock().unwrap());
    let at = world.sim.url();
    let lines: Vec<_> =
        said.iter().map(|said| format!("{} {}", said.method, said.url.replace(&at, ""))).collect();
    let code = &order.locators[0].code;
    let detail = format!("GET /hotel-api/1.0/bookings/{code}");
    let cancel = |flag| format!("DELETE /hotel-api/1.0/bookings/{code}?cancellationFlag={flag}");
    assert!(lines[0].starts_with("GET /hotel-content-api/1.0/hotels?fields=code,name,"), "{}", lines[0]);
    let post = |path: &str| format!("POST /hotel-api/1.0/{path}");
    let expected = [
        post("hotels"),
        post("hotels"),
        post("checkrates"),
        post("checkrates"),
        post("bookings"),
        detail.clone(),
        "GET /hotel-api/1.0/bookings?start=2027-01-14&end=2027-01-16&from=1&to=25".to_owned(),
        detail.clone(),
        cancel("SIMULATION"),
        detail,
        cancel("CANCELLATION"),
    ];
    assert_eq!(lines[1..], expected);
    for said in said {
        let header = |name: &str| said.headers[name].to_str().unwrap();
        assert_eq!((header("api-key"), header("x-signature").len()), (world::KEY, 64));
        assert_eq!(said.headers.values().filter(|value| value.is_sensitive()).count(), 2);
        assert_eq!((header("accept"), said.body.is_empty()), ("application/json", said.method != "POST"));
    }
}
