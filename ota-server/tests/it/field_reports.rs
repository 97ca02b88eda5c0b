//! How this goes wrong elsewhere, from the customer's payment to the books of supplier and gateway. The numbers are
//! those of the project's field reports.

use serde_json::{Value, json};

use crate::audit::{books, check};
use crate::world::World;

const DOCUMENTS: &str = "AirRetrieveDocumentReq";
const RECORD: &str = "UniversalRecordRetrieveReq";

async fn next(world: &World, op: &str, count: u32, effect: Value) {
    world.control(json!({"next": {"op": op, "count": count, "effect": effect}})).await;
}

/// B03: the answer to a ticketing is lost, and then the numbers of its documents are not unique: read once more, with
/// the locator, and never ticketed again.
#[tokio::test]
async fn a_lost_ticketing_whose_numbers_are_not_unique_is_recovered_without_a_second_ticket() {
    let world = World::start().await;
    let booking = world.book().await;
    next(&world, "AirTicketingReq", 1, json!("drop_after")).await;
    // The connector looks before it tickets and the engine afterwards: whoever sees documents first meets this.
    next(&world, DOCUMENTS, 1, json!({"delay_ms": 0})).await;
    next(&world, DOCUMENTS, 1, json!({"delay_ms": 0})).await;
    // For longer than absence would take to prove something: two reads for each of three looks, and one of a fourth.
    next(&world, DOCUMENTS, 7, json!("not_unique")).await;
    next(&world, DOCUMENTS, 2, json!("stranger")).await;
    world.pay(&booking, "tok_ok").await.ok();
    let done = world.settled(&booking).await;
    assert_eq!(done["status"], "TICKETED", "{done}");
    check(&books(&world).await, &done, 4);
    assert_eq!(world.calls("AirTicketingReq").await, 1);
    assert!(world.calls(DOCUMENTS).await >= 10, "all of it was met");
}

/// B05: a fare gets lost between the order and its tickets: nobody is ticketed, and the money goes back.
#[tokio::test]
async fn a_paid_booking_with_a_traveler_who_is_not_covered_is_repaired_and_not_half_issued() {
    let effects = [json!({"fare_lost": "CNN"}), json!({"fare_lost": "INF"}), json!({"fare_as_adult": "INF"})];
    for effect in effects {
        let world = World::start().await;
        let booking = world.book().await;
        // The create looks at what it made, and the engine again; the third look is that of the ticketing.
        next(&world, RECORD, 2, json!({"delay_ms": 0})).await;
        next(&world, RECORD, 1, effect.clone()).await;
        world.pay(&booking, "tok_ok").await.ok();
        let done = world.settled(&booking).await;
        assert_eq!(done["status"], "REFUNDED", "{effect}: {done}");
        check(&books(&world).await, &done, 4);
        assert_eq!(world.calls("AirTicketingReq").await, 0, "{effect}");
    }
}
