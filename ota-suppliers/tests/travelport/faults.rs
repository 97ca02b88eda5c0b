//! What goes wrong, and what the connector makes of it. The simulator's ledger says what really happened.

use std::sync::Arc;
use std::time::Duration;

use ota_core::model::offer::PricedSolution;
use ota_core::model::order::{OrderProblem, OrderStatus, SupplierOrder};
use ota_core::runtime::Clock as _;
use ota_core::supplier::call::{AttemptContext, Op};
use ota_core::supplier::error::SupplierError;
use ota_core::supplier::error::SupplierErrorKind::{
    self, Ambiguous, Denied, PriceChanged, Protocol, SoldOut, Unavailable,
};
use ota_core::supplier::{
    CancelRequest, FindRequest, FlightSupplier as _, Live, OrderRequest, Supplier as _, TicketResult,
    VoidRequest,
};
use ota_core::testing::clock::START;
use serde_json::Value;

use crate::tamper::{Change, Tampered};
use crate::world::{self, World};

const CREATE: &str = "AirCreateReservationReq";
const TICKET: &str = "AirTicketingReq";
const LOOK: &str = "UniversalRecordRetrieveReq";

fn orders(ledger: &Value) -> &Vec<Value> {
    ledger["orders"].as_array().unwrap()
}

/// Ticket sets of the only order.
fn ticket_sets(ledger: &Value) -> usize {
    orders(ledger)[0]["tickets"].as_array().unwrap().len()
}

/// Not `unwrap_err`, which prints a whole search.
#[track_caller]
fn failed<T>(result: Result<T, SupplierError>) -> SupplierError {
    match result {
        Ok(_) => panic!("no error"),
        Err(error) => error,
    }
}

fn outcome(result: &TicketResult) -> &'static str {
    match result {
        TicketResult::Issued(_) => "issued",
        TicketResult::Refused { .. } => "refused",
        TicketResult::Unclear => "unclear",
    }
}

/// A create under a fault: what it is called, how many orders there are, and how many are found.
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
    assert_eq!(orders(&world.ledger().await).len(), made, "{effect}");
    assert!(!ota_core::error::chain(&error).to_uppercase().contains("VONMARKER"), "{error}");

    let (party, reference) = (world::named(world::PLANTED), world::reference());
    let request = FindRequest { reference: &reference, solution, party: &party, since: START };
    let found = world.desk.connector.find(&world.desk.cx(Op::Find), &request).await.unwrap();
    assert_eq!(found.len(), made, "{effect}");
}

#[tokio::test]
async fn a_create_without_an_understood_answer_is_ambiguous_and_found_if_it_happened() {
    let world = World::new().await;
    let solution = world.desk.priced().await;
    for (effect, made) in [
        (r#""drop_before""#, 0),
        (r#""drop_after""#, 1),
        (r#""cut""#, 1),
        (r#""truncate""#, 1),
        (r#""empty""#, 1),
        (r#""html""#, 1),
        (r#""html_before""#, 0),
        (r#"{"fault": {"code": "9999", "message": "SOMETHING NEW"}}"#, 0),
        (r#"{"wrong_echo": "travelers"}"#, 1),
        (r#"{"wrong_echo": "segments"}"#, 1),
        (r#"{"wrong_echo": "total"}"#, 1),
        (r#"{"wrong_echo": "locator"}"#, 1),
    ] {
        check_create(&world, &solution, (CREATE, effect), Ambiguous, made).await;
    }
    // The order is made, but cannot be seen afterwards.
    for effect in [
        r#""drop_before""#,
        r#""truncate""#,
        r#"{"fault": {"code": "3130", "message": "Record locator not found."}}"#,
    ] {
        check_create(&world, &solution, (LOOK, effect), Ambiguous, 1).await;
    }
}

#[tokio::test]
async fn a_create_that_is_refused_made_nothing() {
    let world = World::new().await;
    let solution = world.desk.priced().await;
    for (effect, expected) in [
        (r#""sold_out""#, SoldOut),
        (r#""sell_failure""#, SoldOut),
        (r#"{"fault": {"code": "345", "message": "No agreement."}}"#, Denied),
    ] {
        check_create(&world, &solution, (CREATE, effect), expected, 0).await;
    }
    world.control(r#"{"reprice": {"percent": 7}}"#).await;
    assert_eq!(failed(world.desk.create(&solution).await).kind, PriceChanged);
    assert!(orders(&world.ledger().await).is_empty());
}

#[tokio::test]
async fn an_order_that_never_shows_our_remark_is_not_believed() {
    let world = World::new().await;
    let solution = world.desk.priced().await;
    world.next(CREATE, r#"{"wrong_echo": "remark"}"#).await;
    assert_eq!(failed(world.desk.create(&solution).await).kind, Ambiguous);
    assert_eq!(orders(&world.ledger().await).len(), 1);
}

#[tokio::test]
async fn booked_but_broken_is_an_order_with_its_problems() {
    let world = World::new().await;
    let solution = world.desk.priced().await;
    #[track_caller]
    fn check(order: &SupplierOrder, expected: &[OrderProblem]) {
        assert_eq!(order.problems, expected);
        assert!(!order.locators.is_empty());
    }
    let waitlisted = OrderProblem::SegmentNotConfirmed { segment: 0, status: "HL".to_owned() };
    for (effect, problems) in [
        (r#""fare_not_saved""#, vec![OrderProblem::PriceNotStored]),
        (r#""waitlisted""#, vec![waitlisted]),
        (r#"{"solution_changed": 5}"#, vec![OrderProblem::PriceNotStored, OrderProblem::SolutionChanged]),
    ] {
        world.forget().await;
        world.next(CREATE, effect).await;
        check(&world.desk.create(&solution).await.unwrap(), &problems);
    }
}

#[tokio::test]
async fn hanging_past_the_deadline_is_ambiguous_for_a_write_and_unavailable_for_a_read() {
    let world = World::new().await;
    let solution = world.desk.priced().await;
    let hasty = |op| AttemptContext {
        deadline: world.desk.clock.now().plus(Duration::from_millis(500)),
        ..world.desk.cx(op)
    };
    let (party, reference) = (world::named(world::PLANTED), world::reference());
    let request = OrderRequest { solution: &solution, party: &party, reference: &reference };
    for (effect, made) in [(r#""hang_before""#, 0), (r#""hang_after""#, 1)] {
        world.next(CREATE, effect).await;
        let error = failed(world.desk.connector.create_order(&hasty(Op::CreateOrder), &request).await);
        assert_eq!((error.kind, orders(&world.ledger().await).len()), (Ambiguous, made), "{effect}");
    }
    world.next("LowFareSearchReq", r#""hang_before""#).await;
    let error = failed(world.desk.connector.search(&hasty(Op::Search), &world::search()).await);
    assert_eq!(error.kind, Unavailable);
}

#[tokio::test]
async fn nothing_is_created_after_the_time_for_sending() {
    let world = World::new().await;
    let solution = world.desk.priced().await;
    let late = AttemptContext { send_before: Some(world.desk.clock.now()), ..world.desk.cx(Op::CreateOrder) };
    let (party, reference) = (world::named(world::PLANTED), world::reference());
    let request = OrderRequest { solution: &solution, party: &party, reference: &reference };
    let error = failed(world.desk.connector.create_order(&late, &request).await);
    assert_eq!(error.kind, Unavailable);
    assert!(orders(&world.ledger().await).is_empty());
}

#[tokio::test]
async fn ticketing_without_an_understood_answer_is_ambiguous_and_seen_afterwards() {
    let world = World::new().await;
    let solution = world.desk.priced().await;
    for (op, effect, expected, sets) in [
        (LOOK, r#""drop_before""#, Unavailable, 0),
        (TICKET, r#""drop_before""#, Ambiguous, 0),
        (TICKET, r#""drop_after""#, Ambiguous, 4),
        (TICKET, r#""cut""#, Ambiguous, 4),
        (TICKET, r#""truncate""#, Ambiguous, 4),
        (TICKET, r#""empty""#, Ambiguous, 4),
        (TICKET, r#""html""#, Ambiguous, 4),
        (TICKET, r#"{"wrong_echo": "segments"}"#, Ambiguous, 4),
        (TICKET, r#"{"wrong_echo": "total"}"#, Ambiguous, 4),
        (TICKET, r#"{"wrong_echo": "locator"}"#, Ambiguous, 4),
    ] {
        world.forget().await;
        let order = world.desk.create(&solution).await.unwrap();
        world.next(op, effect).await;
        let error = failed(world.desk.issue(&solution, &order, &[0, 1, 2, 3]).await);
        assert_eq!((error.kind, ticket_sets(&world.ledger().await)), (expected, sets), "{op} {effect}");
        let seen =
            world.desk.connector.retrieve(&world.desk.cx(Op::Retrieve), &order.locators).await.unwrap();
        assert_eq!(seen.tickets.len(), sets, "{op} {effect}");

        // Going on: who has a ticket keeps it, nobody gets a second one.
        let outcomes = world.desk.issue(&solution, &order, &[0, 1, 2, 3]).await.unwrap();
        assert!(outcomes.iter().all(|o| outcome(&o.result) == "issued"), "{op} {effect}");
        assert_eq!(ticket_sets(&world.ledger().await), 4, "{op} {effect}");
    }
}

#[tokio::test]
async fn partial_ticketing_is_told_for_each_traveler_and_resumed() {
    let world = World::new().await;
    let solution = world.desk.priced().await;
    for (effect, expected) in [
        // The simulator counts in the order of the record, where traveler 3 (the infant) is the second.
        (r#"{"refuse_tickets": [1]}"#, ["issued", "issued", "issued", "refused"]),
        (r#""ticketing_failed""#, ["refused"; 4]),
        // The host says nothing of what it issued for the first; the documents do.
        (r#""busy""#, ["issued", "unclear", "unclear", "unclear"]),
        // One document is missing in the answer and found by a second look.
        (r#"{"wrong_echo": "travelers"}"#, ["issued"; 4]),
    ] {
        world.forget().await;
        let order = world.desk.create(&solution).await.unwrap();
        world.next(TICKET, effect).await;
        let outcomes = world.desk.issue(&solution, &order, &[0, 1, 2, 3]).await.unwrap();
        let told: Vec<_> = outcomes.iter().map(|o| outcome(&o.result)).collect();
        assert_eq!(told, expected, "{effect}");

        let left: Vec<u8> = (0..4).filter(|index| told[usize::from(*index)] != "issued").collect();
        if !left.is_empty() {
            let outcomes = world.desk.issue(&solution, &order, &left).await.unwrap();
            assert!(outcomes.iter().map(|o| o.traveler.0).eq(left), "{effect}");
            assert!(outcomes.iter().all(|o| outcome(&o.result) == "issued"), "{effect}");
        }
        assert_eq!(ticket_sets(&world.ledger().await), 4, "{effect}");
    }
}

#[tokio::test]
async fn two_travelers_of_one_name_keep_their_own_tickets() {
    let same = ("Plantina", "Vonmarker");
    let world = World::with([same, same, same, ("Plantling", "Vonmarker")]).await;
    let solution = world.desk.priced().await;
    let order = world.desk.create(&solution).await.unwrap();
    world.next(TICKET, r#"{"refuse_tickets": [2]}"#).await;
    let outcomes = world.desk.issue(&solution, &order, &[0, 1, 2, 3]).await.unwrap();
    let told: Vec<_> = outcomes.iter().map(|o| outcome(&o.result)).collect();
    assert_eq!(told, ["issued", "refused", "issued", "issued"]);
    let outcomes = world.desk.issue(&solution, &order, &[0, 1, 2, 3]).await.unwrap();
    assert!(outcomes.iter().all(|o| outcome(&o.result) == "issued"));
    assert_eq!(ticket_sets(&world.ledger().await), 4);
}

#[tokio::test]
async fn an_order_without_stored_fares_is_not_sent_to_ticketing() {
    let world = World::new().await;
    let solution = world.desk.priced().await;
    world.next(CREATE, r#""fare_not_saved""#).await;
    let order = world.desk.create(&solution).await.unwrap();
    let error = failed(world.desk.issue(&solution, &order, &[2]).await);
    assert_eq!(error.kind, SupplierErrorKind::Rejected);
    assert!(error.message.contains("traveler 3"), "{error}");
    assert!(world.ledger().await["calls"][world::BRANCH].get(TICKET).is_none());
}

#[tokio::test]
async fn a_lost_void_or_cancel_is_ambiguous_and_may_be_asked_for_again() {
    let world = World::new().await;
    let solution = world.desk.priced().await;
    let order = world.desk.create(&solution).await.unwrap();
    let locators = &order.locators;
    let outcomes = world.desk.issue(&solution, &order, &[0, 1, 2, 3]).await.unwrap();
    let tickets: Vec<_> = outcomes
        .iter()
        .flat_map(|outcome| match &outcome.result {
            TicketResult::Issued(tickets) => tickets.iter().map(|ticket| ticket.number).collect(),
            TicketResult::Refused { .. } | TicketResult::Unclear => Vec::new(),
        })
        .collect();

    let some = VoidRequest { locators, tickets: &tickets[1..] };
    let error = failed(world.desk.connector.void_tickets(&world.desk.cx(Op::VoidTickets), &some).await);
    assert_eq!(error.kind, SupplierErrorKind::BadRequest, "every ticket must be named");

    let all = VoidRequest { locators, tickets: &tickets };
    world.next("AirVoidDocumentReq", r#""drop_after""#).await;
    let error = failed(world.desk.connector.void_tickets(&world.desk.cx(Op::VoidTickets), &all).await);
    assert_eq!(error.kind, Ambiguous);
    world.desk.connector.void_tickets(&world.desk.cx(Op::VoidTickets), &all).await.unwrap();

    let request = CancelRequest { locators };
    world.next("UniversalRecordCancelReq", r#""html""#).await;
    let error = failed(world.desk.connector.cancel(&world.desk.cx(Op::Cancel), &request).await);
    assert_eq!(error.kind, Ambiguous);
    world.desk.connector.cancel(&world.desk.cx(Op::Cancel), &request).await.unwrap();
    let seen = world.desk.connector.retrieve(&world.desk.cx(Op::Retrieve), locators).await.unwrap();
    assert_eq!(seen.status, OrderStatus::Cancelled);
}

#[tokio::test]
async fn a_void_outside_the_window_is_refused() {
    let world = World::new().await;
    let solution = world.desk.priced().await;
    let order = world.desk.create(&solution).await.unwrap();
    world.desk.issue(&solution, &order, &[0, 1, 2, 3]).await.unwrap();
    let seen = world.desk.connector.retrieve(&world.desk.cx(Op::Retrieve), &order.locators).await.unwrap();
    let tickets: Vec<_> = seen.tickets.iter().map(|ticket| ticket.number).collect();
    world.desk.clock.advance(Duration::from_secs(24 * 3600));
    let request = VoidRequest { locators: &order.locators, tickets: &tickets };
    let error = failed(world.desk.connector.void_tickets(&world.desk.cx(Op::VoidTickets), &request).await);
    assert_eq!(error.kind, SupplierErrorKind::Rejected);
}

#[tokio::test]
async fn a_search_for_records_that_never_ends_finds_nothing_out() {
    let world = World::new().await;
    let solution = world.desk.priced().await;
    world.desk.create(&solution).await.unwrap();
    let endless = Arc::new(Tampered {
        inner: world::network(&world.desk.clock),
        op: "UniversalRecordSearchReq",
        change: Change::Value("UniversalRecordSearchRsp", "MoreResults", 0),
    });
    let connector = world::connector_with(&world.sim.url(), endless, &world.desk.clock, |_| ());
    let (party, reference) = (world::named(world::PLANTED), world::reference());
    let request = FindRequest { reference: &reference, solution: &solution, party: &party, since: START };
    let error = failed(connector.find(&world.desk.cx(Op::Find), &request).await);
    assert_eq!(error.kind, Protocol);
}

#[tokio::test]
async fn reads_say_why_there_is_no_answer() {
    let world = World::new().await;
    let op = "LowFareSearchReq";
    for (effect, expected) in [
        (r#""drop_before""#, Unavailable),
        (r#""cut""#, Unavailable),
        (r#""html_before""#, Unavailable),
        (r#""truncate""#, Protocol),
        (r#""empty""#, Protocol),
    ] {
        world.next(op, effect).await;
        let error = failed(world.desk.connector.search(&world.desk.cx(Op::Search), &world::search()).await);
        assert_eq!(error.kind, expected, "{effect}");
    }
    let stranger = world.connector_with(|config| config.password = world::secret("wrong"));
    let error = failed(stranger.search(&world.desk.cx(Op::Search), &world::search()).await);
    assert_eq!(error.kind, Denied);
    let stranger = world.connector_with(|config| config.branch = "P9999999".to_owned());
    let error = failed(stranger.search(&world.desk.cx(Op::Search), &world::search()).await);
    assert_eq!(error.kind, Denied);

    let offer = world.desk.search().await.remove(0);
    world.next("AirPriceReq", r#""sold_out""#).await;
    assert_eq!(world.desk.verify(&offer).await, Live::Gone);
    world.control(r#"{"reprice": {"percent": 7}}"#).await;
    let Live::Priced(solution) = world.desk.verify(&offer).await else { panic!("gone") };
    assert!(solution.offer.total().minor > offer.total.minor);
}
