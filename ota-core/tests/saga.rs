//! Every way in which a booking can be struck, once each, and many at once by chance.

use std::sync::Arc;

use ota_core::booking::model::{BookingStatus, ItemState, ReviewReason};
use ota_core::keys::KeyRing;
use ota_core::runtime::SystemRandomness;
use ota_core::store::BookingStore;
use ota_core::store::seal::Sealer;
use ota_core::store::sqlite::SqliteBookingStore;
use ota_core::testing::saga::{Crash, Ended, Goods, Plan, Saga};
use ota_core::testing::world::{FAULTS, Fault};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

async fn store() -> Arc<dyn BookingStore> {
    let sealer = Sealer::new(KeyRing::random(&SystemRandomness), Arc::new(SystemRandomness));
    Arc::new(SqliteBookingStore::in_memory(sealer).await.expect("there is memory"))
}

async fn play(plan: Plan) -> Ended {
    let ended = Saga::run(plan, store().await).await;
    Saga::audit(&ended);
    ended
}

fn calls(ended: &Ended) -> Vec<&'static str> {
    ended.world.books().calls.clone()
}

/// Ways to the end that differ: all well, sold out, tickets refused, cancelled while it is ticketed and afterwards.
async fn paths() -> Vec<Plan> {
    let happy = calls(&play(Plan::default()).await);
    let at = |name| happy.iter().position(|call| *call == name).expect("a call of it");
    let refused = |name| Plan { faults: vec![(at(name), Fault::Refused)], ..Plan::default() };
    let mut paths = vec![
        Plan::default(),
        refused("create_order"),
        refused("issue_tickets"),
        Plan { cancel_after: Some(0), ..Plan::default() },
        Plan { cancel_after: Some(1), ..Plan::default() },
    ];
    let stay = Plan { goods: Goods::Stay, ..Plan::default() };
    paths.extend([
        stay.clone(),
        Plan { faults: vec![(CREATE, Fault::Refused)], ..stay.clone() },
        Plan { cancel_after: Some(0), ..stay.clone() },
        Plan { cancel_after: Some(1), ..stay },
    ]);
    // Of both, the second order and the first ticket.
    let both = Plan { goods: Goods::Both, ..Plan::default() };
    let refused = |call| Plan { faults: vec![(call, Fault::Refused)], ..both.clone() };
    paths.extend([both.clone(), refused(CREATE + 2), refused(CREATE + 4)]);
    paths
}

#[tokio::test]
async fn all_well_ends_with_tickets() {
    let ended = play(Plan::default()).await;
    assert_eq!(ended.booking.status, BookingStatus::Ticketed);
    let want = ["authorize", "create_order", "retrieve", "issue_tickets", "capture", "send"];
    assert_eq!(calls(&ended), want);
}

#[tokio::test]
async fn each_path_has_its_end() {
    let mut ends = Vec::new();
    for plan in paths().await {
        let ended = play(plan).await;
        ends.push(ended.booking.status);
    }
    use BookingStatus::{Cancelled, Refunded, Ticketed};
    let flights = [Ticketed, Refunded, Refunded, Cancelled, Cancelled];
    let stay = [Ticketed, Refunded, Cancelled, Cancelled];
    let both = [Ticketed, Refunded, Refunded];
    assert_eq!(ends, [&flights[..], &stay, &both].concat());
}

/// A stay goes the way of flights without their tickets, and the machine asks nowhere which it is.
#[tokio::test]
async fn a_stay_ends_confirmed() {
    let ended = play(Plan { goods: Goods::Stay, ..Plan::default() }).await;
    assert_eq!(ended.booking.items[0].state, ItemState::Confirmed);
    assert_eq!(calls(&ended), ["authorize", "create_order", "retrieve", "capture", "send"]);
    assert!(ended.booking.items[0].payee.is_some(), "the voucher names it");
    let late = play(Plan { goods: Goods::Stay, cancel_after: Some(9), ..Plan::default() }).await;
    let end = ["quote_cancel", "cancel", "refund", "send"];
    assert!(calls(&late).ends_with(&end), "{:?}", calls(&late));
}

/// All orders are made before the first ticket is issued; what comes of one is undone with the other.
#[tokio::test]
async fn flights_and_a_stay_stand_or_fall_together() {
    let both = Plan { goods: Goods::Both, ..Plan::default() };
    let bought = ["authorize", "create_order", "retrieve", "create_order", "retrieve", "issue_tickets"];
    let ended = play(both.clone()).await;
    assert!(calls(&ended).starts_with(&bought), "{:?}", calls(&ended));
    let failed = play(Plan { faults: vec![(CREATE + 4, Fault::Refused)], ..both }).await;
    assert_eq!(calls(&failed)[bought.len()..], ["cancel", "cancel", "void", "send"]);
    assert!(failed.world.books().orders.iter().all(|order| order.cancelled));
}

/// Fails at every call of every path, in every way; people are asked only where nothing else is left.
#[tokio::test]
async fn a_fault_at_every_call() {
    for path in paths().await {
        let number = calls(&play(path.clone()).await).len();
        for (call, fault) in (0..number).flat_map(|call| FAULTS.map(|fault| (call, fault))) {
            let mut plan = path.clone();
            if plan.faults.iter().any(|(other, _)| *other == call) {
                continue;
            }
            plan.faults.push((call, fault));
            let ended = play(plan.clone()).await;
            let expected = [ReviewReason::CaptureRefused, ReviewReason::UndoFailed];
            let review = ended.booking.review;
            let refused = fault == Fault::Refused && review.is_some_and(|why| expected.contains(&why));
            assert!(review.is_none() || refused, "{review:?} by {plan:?}");
        }
    }
}

/// Dies before and after every commit of every path.
#[tokio::test]
async fn a_crash_at_every_commit() {
    for path in paths().await {
        let ended = play(path.clone()).await;
        let status = ended.booking.status;
        for (commit, after) in (0..ended.commits).flat_map(|commit| [(commit, false), (commit, true)]) {
            let plan = Plan { crashes: vec![Crash { commit, after }], ..path.clone() };
            let ended = play(plan.clone()).await;
            assert_eq!(ended.booking.review, None, "{plan:?}");
            // A death shifts scripted refusals to other calls, and an intent to pay that was never sent comes to
            // nothing.
            let end = ended.booking.status;
            let same = end == status || end == BookingStatus::Expired;
            assert!(same || !path.faults.is_empty(), "{end:?} by {plan:?}");
        }
    }
}

/// The call that creates the first order.
const CREATE: usize = 1;

#[tokio::test]
async fn an_order_that_comes_after_its_quiet_window_is_cancelled() {
    for goods in [Goods::Flights, Goods::Stay] {
        too_late(goods).await;
    }
}

async fn too_late(goods: Goods) {
    let path = Plan { goods, faults: vec![(CREATE, Fault::TooLate)], ..Plan::default() };
    let ended = play(path.clone()).await;
    assert_eq!(ended.booking.status, BookingStatus::Ticketed);
    assert_eq!(
        ended.world.books().orders.iter().map(|order| order.cancelled).collect::<Vec<_>>(),
        [true, false]
    );
    for (commit, after) in (0..ended.commits).flat_map(|commit| [(commit, false), (commit, true)]) {
        let plan = Plan { crashes: vec![Crash { commit, after }], ..path.clone() };
        assert_eq!(play(plan).await.booking.review, None);
    }
}

#[tokio::test]
async fn an_order_without_our_reference_is_not_touched_and_people_are_asked() {
    for goods in [Goods::Flights, Goods::Stay] {
        let plan = Plan { goods, faults: vec![(CREATE, Fault::Unmarked)], ..Plan::default() };
        let ended = play(plan).await;
        assert_eq!(ended.booking.review, Some(ReviewReason::OrderUnknown));
        let calls = calls(&ended);
        assert!(calls.contains(&"find") && !calls.contains(&"cancel"));
        assert_eq!(calls.iter().filter(|call| **call == "create_order").count(), 1);
    }
}

/// Is paused between each intent and its sending for longer than it may send.
#[tokio::test]
async fn a_pause_before_every_sending() {
    for path in paths().await {
        let parties = play(path.clone()).await.parties;
        for pause in 0..parties {
            let ended = play(Plan { pause: Some(pause), ..path.clone() }).await;
            assert_eq!(ended.booking.review, None, "{pause} of {path:?}");
        }
    }
}

/// Several faults and deaths in one booking.
#[test]
fn faults_and_crashes_by_chance() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let fault = (0..16usize, prop::sample::select(FAULTS.to_vec()));
    let crash = (0..16usize, any::<bool>()).prop_map(|(commit, after)| Crash { commit, after });
    let goods = prop::sample::select(vec![Goods::Flights, Goods::Stay, Goods::Both]);
    let plan = (
        goods,
        prop::collection::vec(fault, 0..5),
        prop::collection::vec(crash, 0..4),
        prop::option::of(0..6usize),
        prop::option::of(0..6usize),
    );
    let plan = plan.prop_map(|(goods, faults, crashes, pause, cancel_after)| Plan {
        goods,
        faults,
        crashes,
        pause,
        cancel_after,
    });
    let config = Config { failure_persistence: None, ..Config::default() };
    let played = TestRunner::new(config).run(&plan, |plan| {
        runtime.block_on(play(plan));
        Ok(())
    });
    played.unwrap();
}
