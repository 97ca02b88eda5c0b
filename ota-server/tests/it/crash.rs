//! Lines that break, calls that hang, processes that are killed: one order, one ticket for each traveler, one charge;
//! or nothing and the money back. Never two.

use serde_json::json;

use crate::audit::{books, check, list};
use crate::stay::BOOK;
use crate::world::{LONGER, Settings, World, until};

const CREATE: &str = "AirCreateReservationReq";
const TICKET: &str = "AirTicketingReq";
const CANCEL: &str = "cancellation";

/// What befalls a call: nothing or everything is committed before it.
const EFFECTS: [&str; 4] = ["drop_before", "drop_after", "hang_before", "hang_after"];

/// Who is killed while the call is under way.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Killed {
    Nobody,
    Server,
    Simulators,
}

async fn survives(op: &str, effect: &str, killed: Killed) {
    let mut world = World::with(Settings { book_timeout_ms: 1_500, ..Settings::default() }).await;
    let booking = if op == BOOK {
        world.next_stay(op, json!(effect)).await;
        world.book_stay().await
    } else {
        world.control(json!({"next": {"op": op, "effect": effect}})).await;
        world.book().await
    };
    world.pay(&booking, "tok_ok").await.ok();
    until("the call is made", async || (world.calls(op).await > 0).then_some(())).await;
    kill(&mut world, killed).await;
    let done = world.settled(&booking).await;
    check(&books(&world).await, &done, 4);
    assert_eq!(done["status"], "TICKETED", "{op} {effect} {killed:?}: all of these can be put right");
}

async fn kill(world: &mut World, killed: Killed) {
    match killed {
        Killed::Nobody => {}
        Killed::Server => {
            world.server.kill().await;
            world.restart_server().await;
        }
        Killed::Simulators => {
            world.simulators.kill().await;
            world.restart_simulators().await;
        }
    }
}

/// One test for each operation and victim; the effects side by side, for they mostly wait.
async fn survives_all(op: &str, killed: Killed) {
    futures_util::future::join_all(EFFECTS.map(|effect| survives(op, effect, killed))).await;
}

#[tokio::test]
async fn a_create_whose_line_breaks_or_hangs() {
    survives_all(CREATE, Killed::Nobody).await;
}

#[tokio::test]
async fn a_create_during_which_the_server_is_killed() {
    survives_all(CREATE, Killed::Server).await;
}

#[tokio::test]
async fn a_create_during_which_the_supplier_is_killed() {
    survives_all(CREATE, Killed::Simulators).await;
}

#[tokio::test]
async fn a_ticketing_whose_line_breaks_or_hangs() {
    survives_all(TICKET, Killed::Nobody).await;
}

#[tokio::test]
async fn a_ticketing_during_which_the_server_is_killed() {
    survives_all(TICKET, Killed::Server).await;
}

#[tokio::test]
async fn a_ticketing_during_which_the_supplier_is_killed() {
    survives_all(TICKET, Killed::Simulators).await;
}

#[tokio::test]
async fn a_booking_of_a_stay_whose_line_breaks_or_hangs() {
    survives_all(BOOK, Killed::Nobody).await;
}

#[tokio::test]
async fn a_booking_of_a_stay_during_which_the_server_is_killed() {
    survives_all(BOOK, Killed::Server).await;
}

#[tokio::test]
async fn a_booking_of_a_stay_during_which_the_supplier_is_killed() {
    survives_all(BOOK, Killed::Simulators).await;
}

async fn cancels(effect: &str, killed: Killed) {
    let mut world = World::with(LONGER).await;
    let booking = world.book_stay().await;
    world.pay(&booking, "tok_ok").await.ok();
    assert_eq!(world.settled(&booking).await["status"], "TICKETED");
    world.next_stay(CANCEL, json!(effect)).await;
    let quote = world.post(&format!("{booking}/cancel-quotes"), &json!({}), None).await.ok();
    let accept = json!({"refund": quote["refund"]});
    world.post(&format!("{booking}/cancel"), &accept, Some("cancel")).await.ok();
    until("the call is made", async || (world.calls(CANCEL).await > 0).then_some(())).await;
    kill(&mut world, killed).await;
    let done = world.settled(&booking).await;
    assert_eq!(done["status"], "CANCELLED", "{effect} {killed:?}: {done}");
    let books = books(&world).await;
    assert_eq!((books.live_orders, books.held, books.kept), (0, 0, 0), "{effect} {killed:?}");
}

#[tokio::test]
async fn a_cancellation_of_a_stay_whose_line_breaks_or_during_which_the_server_is_killed() {
    let nobody = EFFECTS.map(|effect| cancels(effect, Killed::Nobody));
    let server = ["drop_before", "drop_after"].map(|effect| cancels(effect, Killed::Server));
    tokio::join!(futures_util::future::join_all(nobody), futures_util::future::join_all(server));
}

/// The connector reads the record before it tickets. While that reply is on its way the whole process is stopped, and
/// goes on only when the time to send is over: then the ticketing of that intent must not leave any more.
#[tokio::test]
async fn a_server_paused_between_intent_and_sending_does_not_send_late() {
    const SEND_BEFORE: std::time::Duration = std::time::Duration::from_secs(2);
    // A call may take long: then nothing but its time to send keeps it back.
    let settings = Settings { send_before: "2s", book_timeout_ms: 60_000, ..Settings::default() };
    let world = World::with(settings).await;
    let booking = world.book().await;
    let slow_reads = json!({"op": "UniversalRecordRetrieveReq", "count": 1000, "effect": {"delay_ms": 500}});
    world.control(json!({"next": slow_reads})).await;
    world.pay(&booking, "tok_ok").await.ok();
    until("ticketing is started", async || {
        let now = world.get(&booking).await.ok();
        (list(&now["journal"]).last()?["command"] == "issue_tickets").then_some(())
    })
    .await;
    world.server.signal("STOP");
    let stopped = tokio::time::Instant::now();
    assert_eq!(world.calls(TICKET).await, 0, "it was stopped before it sent");
    until("the time to send is over", async || (stopped.elapsed() > SEND_BEFORE).then_some(())).await;
    world.server.signal("CONT");

    let done = world.settled(&booking).await;
    check(&books(&world).await, &done, 4);
    let journal = list(&done["journal"]);
    let first = journal.iter().position(|entry| entry["command"] == "issue_tickets").unwrap();
    assert_eq!(journal[first + 1]["event"], "not_done", "{journal:#?}");
    assert_eq!(journal[first + 2]["command"], "issue_tickets", "a fresh intent, with a time of its own");
    assert_eq!(world.calls(TICKET).await, 1);
}

async fn survives_at_the_gateway(op: &str, effect: &str, killed: Killed) {
    let mut world = World::start().await;
    let booking = world.book().await;
    world.control_gateway(json!({"faults": [{"op": op, "effect": effect, "times": 1}]})).await;
    let paid = tokio::time::timeout(std::time::Duration::from_secs(1), world.pay(&booking, "tok_ok")).await;
    if killed == Killed::Server {
        world.server.kill().await;
        world.restart_server().await;
    }
    // Whoever saw no answer asks again under the same key.
    if !paid.is_ok_and(|answer| answer.status.is_success()) {
        let again = world.pay(&booking, "tok_ok").await;
        assert!(again.status.is_success(), "{again:?}");
    }
    let mut done = world.settled(&booking).await;
    if done["status"] == "INIT" {
        // The gateway never got it: the customer may pay after all.
        assert!(effect.ends_with("before") && op == "authorize", "{op} {effect} {killed:?}: {done}");
        let body = json!({"method": "tok_ok"});
        world.post(&format!("{booking}/payments"), &body, Some("after all")).await.ok();
        done = world.settled(&booking).await;
    }
    check(&books(&world).await, &done, 4);
    assert_eq!(done["status"], "TICKETED", "{op} {effect} {killed:?}");
}

#[tokio::test]
async fn an_authorisation_whose_line_breaks_or_hangs() {
    futures_util::future::join_all(EFFECTS.map(|e| survives_at_the_gateway("authorize", e, Killed::Nobody)))
        .await;
}

#[tokio::test]
async fn an_authorisation_during_which_the_server_is_killed() {
    futures_util::future::join_all(EFFECTS.map(|e| survives_at_the_gateway("authorize", e, Killed::Server)))
        .await;
}

#[tokio::test]
async fn a_capture_whose_line_breaks_or_hangs() {
    futures_util::future::join_all(EFFECTS.map(|e| survives_at_the_gateway("capture", e, Killed::Nobody)))
        .await;
}
