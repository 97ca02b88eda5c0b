//! What goes wrong, and what the connector makes of it. The simulator's ledger says what really happened.

use std::sync::Arc;
use std::time::Duration;

use ota_core::model::offer::PricedSolution;
use ota_core::model::order::{OrderProblem, OrderStatus};
use ota_core::model::stay::RateType;
use ota_core::runtime::Clock as _;
use ota_core::supplier::call::{AttemptContext, Op};
use ota_core::supplier::error::SupplierError;
use ota_core::supplier::error::SupplierErrorKind::{
    self, Ambiguous, BadRequest, Denied, NotFound, OfferExpired, PriceChanged, Protocol, RateLimited,
    Rejected, SoldOut, Unavailable,
};
use ota_core::supplier::{CancelRequest, HotelSupplier as _, Live, OrderRequest, StayRequest, Supplier as _};

use crate::tamper::{Change, Tampered};
use crate::world::{self, World};

/// Not `unwrap_err`, which prints a whole search.
#[track_caller]
fn failed<T>(result: Result<T, SupplierError>) -> SupplierError {
    match result {
        Ok(_) => panic!("no error"),
        Err(error) => error,
    }
}

/// A create under a fault: what it is called, how many bookings there are, and how many are found.
async fn check_create(
    world: &World,
    solution: &PricedSolution,
    (op, effect): (&str, &str),
    expected: SupplierErrorKind,
    made: usize,
) {
    world.forget().await;
    world.next(op, effect).await;
    let error = failed(world.desk.create(solution).await);
    assert_eq!(error.kind, expected, "{effect}: {error}");
    assert_eq!(world.booked().await, made, "{effect}");
    let said = ota_core::error::chain(&error).to_uppercase();
    assert!(!said.contains("VONMARKER") && !said.contains('|'), "{said}");
    assert_eq!(world.desk.find(solution).await.unwrap().len(), made, "{effect}");
}

#[tokio::test]
async fn a_create_without_an_understood_answer_is_ambiguous_and_found_if_it_happened() {
    let world = World::new().await;
    let solution = world.desk.priced(RateType::Bookable).await;
    for (effect, made) in [
        (r#""drop_before""#, 0),
        (r#""drop_after""#, 1),
        (r#""cut""#, 1),
        (r#""truncate""#, 1),
        (r#""empty""#, 1),
        (r#""empty_error""#, 1),
        (r#""html""#, 1),
        (r#""html_before""#, 0),
        (r#"{"fault": {"code": "SYSTEM_ERROR", "message": "Internal error"}}"#, 0),
        (r#"{"fault": {"code": "PRODUCT_ERROR", "message": "something new", "status": 400}}"#, 0),
        (r#"{"limited": {"status": 429}}"#, 0),
        (r#"{"wrong_echo": "reference"}"#, 1),
        (r#"{"wrong_echo": "property"}"#, 1),
        (r#"{"wrong_echo": "dates"}"#, 1),
        (r#"{"wrong_echo": "room_code"}"#, 1),
        (r#"{"wrong_echo": "board"}"#, 1),
        (r#"{"wrong_echo": "child_age"}"#, 1),
        (r#"{"wrong_echo": "children"}"#, 1),
        (r#"{"wrong_echo": "surname"}"#, 1),
        (r#"{"misbooked": "room_code"}"#, 1),
        (r#"{"misbooked": "child_age"}"#, 1),
        (r#"{"misbooked": "dates"}"#, 1),
    ] {
        check_create(&world, &solution, ("booking", effect), Ambiguous, made).await;
    }
    // The booking is made, but cannot be seen afterwards.
    for effect in [r#""drop_before""#, r#""truncate""#, r#""html""#, r#"{"limited": {"status": 403}}"#] {
        check_create(&world, &solution, ("bookingdetail", effect), Ambiguous, 1).await;
    }
}

#[tokio::test]
async fn a_create_that_is_refused_made_nothing() {
    let world = World::new().await;
    let solution = world.desk.priced(RateType::Bookable).await;
    for (effect, expected) in [
        (r#"{"fault": {"code": "PRODUCT_ERROR", "message": "Insufficient allotment"}}"#, SoldOut),
        (
            r#"{"fault": {"code": "INVALID_DATA", "message": "The stay dates are wrong", "status": 400}}"#,
            BadRequest,
        ),
        (r#"{"fault": {"code": "PRODUCT_ERROR", "message": "Restricted product"}}"#, Denied),
        (r#"{"limited": {"status": 403, "retry_after_s": 3}}"#, RateLimited),
        (r#""sold_out""#, SoldOut),
    ] {
        check_create(&world, &solution, ("booking", effect), expected, 0).await;
    }
    // The same request again, within a quarter of an hour.
    assert_eq!(failed(world.desk.create(&solution).await).kind, SoldOut);
}

#[tokio::test]
async fn a_price_that_rose_or_a_key_that_is_too_old_is_not_booked() {
    let world = World::new().await;
    let solution = world.desk.priced(RateType::Bookable).await;
    world.control(r#"{"reprice": {"percent": 7}}"#).await;
    for _ in 0..2 {
        assert_eq!(failed(world.desk.create(&solution).await).kind, PriceChanged);
    }
    world.desk.clock.advance(Duration::from_secs(31 * 60));
    assert_eq!(failed(world.desk.create(&solution).await).kind, OfferExpired);
    assert_eq!(world.booked().await, 0);
}

#[tokio::test]
async fn an_offer_shown_long_ago_is_verified_with_new_keys() {
    let world = World::new().await;
    for kind in [RateType::Bookable, RateType::Recheck] {
        world.forget().await;
        let offer = world.desk.offer(kind).await;
        world.desk.clock.advance(Duration::from_secs(31 * 60));
        let Live::Priced(solution) = world.desk.verify(&offer).await.unwrap() else { panic!("gone") };
        world.desk.clock.advance(Duration::from_secs(27 * 60));
        assert_eq!(world.desk.create(&solution).await.unwrap().status, OrderStatus::Confirmed, "{kind:?}");
    }
}

#[tokio::test]
async fn a_booking_in_the_body_wins_over_the_status() {
    let world = World::new().await;
    let solution = world.desk.priced(RateType::Bookable).await;
    for status in [400, 500, 503] {
        world.forget().await;
        world.next("booking", &format!(r#"{{"status": {status}}}"#)).await;
        let order = world.desk.create(&solution).await.unwrap();
        assert_eq!((order.status, order.problems.len()), (OrderStatus::Confirmed, 0), "{status}");
        assert_eq!(world.booked().await, 1);
    }
}

#[tokio::test]
async fn another_total_or_other_terms_leave_the_stay_as_booked_for_people_to_see() {
    let world = World::new().await;
    let solution = world.desk.priced(RateType::Bookable).await;
    let verified = solution.offer.total();
    // Told once and not kept.
    world.next("booking", r#"{"wrong_echo": "total"}"#).await;
    assert_eq!(world.desk.create(&solution).await.unwrap().total, Some(verified));
    world.forget().await;
    world.next("booking", r#"{"misbooked": "total"}"#).await;
    let order = world.desk.create(&solution).await.unwrap();
    assert!(order.total.is_some_and(|total| total != verified) && order.problems.is_empty());
    world.forget().await;
    world.next("booking", r#"{"misbooked": "cancellation"}"#).await;
    let order = world.desk.create(&solution).await.unwrap();
    let terms = |rates: &[ota_core::model::stay::Rate]| -> Vec<_> {
        rates.iter().flat_map(|rate| rate.cancellation.steps()).map(|step| step.fee.minor).collect()
    };
    let stay = order.stay.unwrap();
    let booked: Vec<_> = stay.rooms.iter().flat_map(|room| terms(&room.rates)).collect();
    assert_ne!(booked, terms(world::rates(&solution)));
}

#[tokio::test]
async fn booked_but_broken_is_an_order_with_its_problems() {
    let world = World::new().await;
    let solution = world.desk.priced(RateType::Bookable).await;
    let pending = OrderProblem::RoomNotConfirmed { room: 0, status: "PENDING".to_owned() };
    for effect in [r#"{"wrong_echo": "room_status"}"#, r#"{"misbooked": "room_status"}"#] {
        world.forget().await;
        world.next("booking", effect).await;
        let order = world.desk.create(&solution).await.unwrap();
        assert_eq!(order.problems, std::slice::from_ref(&pending), "{effect}");
        assert!(!order.locators.is_empty());
    }
}

#[tokio::test]
async fn hanging_past_the_deadline_is_ambiguous_for_a_write_and_unavailable_for_a_read() {
    let world = World::new().await;
    let solution = world.desk.priced(RateType::Bookable).await;
    let hasty = |op| AttemptContext {
        deadline: world.desk.clock.now().plus(Duration::from_millis(500)),
        ..world.desk.cx(op)
    };
    let (party, reference) = (world.desk.party(), world::reference());
    let request = OrderRequest { solution: &solution, party: &party, reference: &reference };
    for (effect, made) in [(r#""hang_before""#, 0), (r#""hang_after""#, 1)] {
        world.next("booking", effect).await;
        let error = failed(world.desk.connector.create_order(&hasty(Op::CreateOrder), &request).await);
        assert_eq!((error.kind, world.booked().await), (Ambiguous, made), "{effect}");
    }
    let (search, properties) = (world.desk.search(), world.desk.properties().await);
    let request = StayRequest { search: &search, properties: &properties };
    world.next("availability", r#""hang_before""#).await;
    assert_eq!(failed(world.desk.connector.search(&hasty(Op::Search), &request).await).kind, Unavailable);
}

#[tokio::test]
async fn nothing_is_written_after_the_time_for_sending() {
    let world = World::new().await;
    let solution = world.desk.priced(RateType::Bookable).await;
    let late = |op| AttemptContext { send_before: Some(world.desk.clock.now()), ..world.desk.cx(op) };
    let (party, reference) = (world.desk.party(), world::reference());
    let request = OrderRequest { solution: &solution, party: &party, reference: &reference };
    let error = failed(world.desk.connector.create_order(&late(Op::CreateOrder), &request).await);
    assert_eq!((error.kind, world.booked().await), (Unavailable, 0));

    let order = world.desk.create(&solution).await.unwrap();
    let request = CancelRequest { locators: &order.locators };
    let error = failed(world.desk.connector.cancel(&late(Op::Cancel), &request).await);
    assert_eq!((error.kind, world.calls("cancellation").await), (Unavailable, 0));
}

#[tokio::test]
async fn a_lost_cancellation_is_ambiguous_and_may_be_asked_for_again() {
    let world = World::new().await;
    let solution = world.desk.priced(RateType::Bookable).await;
    for (effect, status) in [
        (r#""drop_before""#, OrderStatus::Confirmed),
        (r#""drop_after""#, OrderStatus::Cancelled),
        (r#""html""#, OrderStatus::Cancelled),
        (r#""empty_error""#, OrderStatus::Cancelled),
        (r#""truncate""#, OrderStatus::Cancelled),
        (r#"{"fault": {"code": "SYSTEM_ERROR", "message": ""}}"#, OrderStatus::Confirmed),
    ] {
        world.forget().await;
        let order = world.desk.create(&solution).await.unwrap();
        let request = CancelRequest { locators: &order.locators };
        let cx = world.desk.cx(Op::Cancel);
        world.next("cancellation", effect).await;
        assert_eq!(failed(world.desk.connector.cancel(&cx, &request).await).kind, Ambiguous, "{effect}");
        assert_eq!(world.desk.seen(&order).await.status, status, "{effect}");
        world.desk.connector.cancel(&cx, &request).await.unwrap();
        assert_eq!(world.desk.seen(&order).await.status, OrderStatus::Cancelled, "{effect}");
    }
}

#[tokio::test]
async fn a_cancellation_that_cancels_nothing_is_not_believed() {
    let world = World::new().await;
    let solution = world.desk.priced(RateType::Bookable).await;
    let order = world.desk.create(&solution).await.unwrap();
    let kept = Tampered {
        inner: world::network(&world.desk.clock),
        op: "bookingcancellation",
        change: Change::Replace("\"CANCELLED\"", "\"CONFIRMED\""),
    };
    let desk = world.over(Arc::new(kept));
    let request = CancelRequest { locators: &order.locators };
    assert_eq!(failed(desk.connector.cancel(&desk.cx(Op::Cancel), &request).await).kind, Ambiguous);
}

#[tokio::test]
async fn the_status_of_a_read_says_why_where_its_body_says_nothing() {
    let world = World::new().await;
    let (search, properties) = (world.desk.search(), world.desk.properties().await);
    let request = StayRequest { search: &search, properties: &properties };
    for (effect, expected) in [
        (r#""html""#, Unavailable),
        (r#""empty_error""#, Unavailable),
        (r#""drop_after""#, Unavailable),
        (r#""empty""#, Protocol),
        (r#""truncate""#, Protocol),
        (r#"{"limited": {"status": 403, "retry_after_s": 7}}"#, RateLimited),
        (r#"{"limited": {"status": 429, "retry_after_s": 7}}"#, RateLimited),
        (r#"{"fault": {"code": "SYSTEM_ERROR", "message": ""}}"#, Unavailable),
        (r#"{"fault": {"code": "NOBODY_KNOWS", "message": "x"}}"#, Rejected),
    ] {
        world.next("availability", effect).await;
        let error = failed(world.desk.connector.search(&world.desk.cx(Op::Search), &request).await);
        assert_eq!(error.kind, expected, "{effect}: {error}");
        let told = effect.contains("retry_after").then_some(Duration::from_secs(7));
        assert_eq!(error.retry_after, told, "{effect}");
    }
    let solution = world.desk.priced(RateType::Bookable).await;
    let mut order = world.desk.create(&solution).await.unwrap();
    order.locators[0].code = "102-9999999".to_owned();
    let request = CancelRequest { locators: &order.locators };
    let cost = world.desk.connector.quote_cancel(&world.desk.cx(Op::QuoteCancel), &request).await;
    assert_eq!(failed(cost).kind, NotFound);
    assert_eq!(
        failed(world.desk.connector.cancel(&world.desk.cx(Op::Cancel), &request).await).kind,
        NotFound
    );
}

#[tokio::test]
async fn a_list_that_lags_or_never_ends_proves_nothing() {
    let world = World::new().await;
    let solution = world.desk.priced(RateType::Bookable).await;
    world.desk.create(&solution).await.unwrap();
    world.next("bookinglist", r#"{"lagging": 60}"#).await;
    assert_eq!(world.desk.find(&solution).await.unwrap(), []);
    assert_eq!(world.desk.find(&solution).await.unwrap().len(), 1);
    let endless = Tampered {
        inner: world::network(&world.desk.clock),
        op: "bookinglist",
        change: Change::Replace("\"to\":1", "\"to\":0"),
    };
    assert_eq!(failed(world.over(Arc::new(endless)).find(&solution).await).kind, Protocol);
}

#[tokio::test]
async fn an_answer_about_another_booking_is_not_taken() {
    let world = World::new().await;
    let solution = world.desk.priced(RateType::Bookable).await;
    let order = world.desk.create(&solution).await.unwrap();
    for (op, member) in [("bookingdetail", "reference"), ("bookingcancellation", "reference")] {
        let inner = world::network(&world.desk.clock);
        let desk = world.over(Arc::new(Tampered { inner, op, change: Change::Value(member, 0) }));
        let request = CancelRequest { locators: &order.locators };
        let cost = desk.connector.quote_cancel(&desk.cx(Op::QuoteCancel), &request).await;
        let seen = desk.connector.retrieve(&desk.cx(Op::Retrieve), &order.locators).await;
        let (cost, seen) = (cost.map(|_| ()), seen.map(|_| ()));
        let error = failed(if op == "bookingdetail" { seen } else { cost });
        assert_eq!(error.kind, Protocol, "{op}");
    }
}
