//! What a restart keeps, and how a server stops.

use serde_json::json;

use crate::audit::{books, check};
use crate::world::{World, until};

#[tokio::test]
async fn a_restart_opens_sealed_rows_and_knows_old_offers_as_expired() {
    let mut world = World::start().await;
    let offer = world.offer().await;
    let booking = world.book().await;
    world.server.kill().await;
    world.restart_server().await;
    let answer = world.post("/v1/offers/verify", &json!({"offer": offer}), None).await;
    assert_eq!(answer.problem(), "offer-expired");
    // The order needs the travelers, who are in the sealed row.
    world.pay(&booking, "tok_ok").await.ok();
    let done = world.settled(&booking).await;
    assert_eq!(done["status"], "TICKETED");
    check(&books(&world).await, &done, 4);
}

#[tokio::test]
async fn sigterm_lets_a_running_write_end() {
    let mut world = World::start().await;
    let booking = world.book().await;
    world.control(json!({"next": {"op": "AirCreateReservationReq", "effect": {"delay_ms": 1000}}})).await;
    world.pay(&booking, "tok_ok").await.ok();
    until("the create is sent", async || (world.calls("AirCreateReservationReq").await > 0).then_some(()))
        .await;
    world.server.signal("TERM");
    assert!(world.server.ended().await, "it ends by itself and well");
    assert_eq!(books(&world).await.live_orders, 1, "the create was not cut");
    world.restart_server().await;
    let done = world.settled(&booking).await;
    assert_eq!(done["status"], "TICKETED");
    check(&books(&world).await, &done, 4);
}
