//! How this goes wrong elsewhere: what only a whole exchange shows. The numbers are those of the project's field reports.

use ota_core::model::order::SupplierOrder;
use ota_core::supplier::Supplier as _;
use ota_core::supplier::call::Op;
use ota_core::supplier::error::{SupplierError, SupplierErrorKind};
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
