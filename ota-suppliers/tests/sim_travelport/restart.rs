//! What was sold is known after kill -9.

use ota_suppliers::sim::{SimConfig, Simulator};

use crate::desk::{Booked, Desk, all, attribute};
use crate::requests::{retrieve, ticket};
use crate::support::{Process, clock, serve, served_folder};

const ADULT: &[(&str, u8)] = &[("ADT", 40)];
const SERVE: &str = "restart::serves_a_folder_when_asked_to";

/// Not a test of its own: the process that the tests below kill.
#[tokio::test]
async fn serves_a_folder_when_asked_to() {
    let Some(folder) = served_folder() else { return };
    let mut config = SimConfig::demo(([127, 0, 0, 1], 0).into(), Some(folder));
    config.clock = clock(crate::desk::NOW);
    serve(Simulator::start(config).await.unwrap()).await;
}

#[tokio::test]
async fn a_killed_process_knows_its_orders_again() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(SERVE, folder.path());
    let desk = Desk::at(&process.1);
    let solution = desk.priced(&[("JKT", "TYO", "2027-03-14")], ADULT, 3).await;
    let order = desk.booked(&solution, ADULT, "REF").await;
    // Committed, never answered, killed.
    desk.control(r#"{"next": {"op": "AirTicketingReq", "effect": "drop_after"}}"#).await;
    assert!(desk.try_send(&ticket(&order.air, &[])).await.is_err());
    let before = desk.ledger().await["orders"].clone();
    process.kill();

    let process = Process::start(SERVE, folder.path());
    let desk = Desk::at(&process.1);
    assert_eq!(desk.ledger().await["orders"], before);
    let shown = desk.send(&retrieve(&order.universal)).await;
    assert_eq!(all(&shown, "TicketInfo", attribute("Number")).len(), 1);
    let next = desk.booked(&solution, ADULT, "REF").await;
    assert_ne!(next, order);
    let numbers = all(&desk.send(&ticket(&next.air, &[])).await, "Ticket", attribute("TicketNumber"));
    assert_ne!(numbers, all(&shown, "TicketInfo", attribute("Number")));
    process.kill();
}

/// Killed in the middle of a line: that order was never acknowledged.
#[tokio::test]
async fn a_torn_line_is_no_order() {
    let folder = tempfile::tempdir().unwrap();
    let with = |config: &mut SimConfig| config.folder = Some(folder.path().to_owned());
    let desk = Desk::with(with).await;
    let solution = desk.priced(&[("JKT", "TYO", "2027-03-14")], ADULT, 3).await;
    let order: Booked = desk.booked(&solution, ADULT, "REF").await;
    let lost = desk.booked(&solution, ADULT, "REF").await;
    desk.simulator.expect("started here").shutdown().await;
    let journal = folder.path().join("travelport-orders.jsonl");
    let bytes = std::fs::read(&journal).unwrap();
    std::fs::write(&journal, &bytes[..bytes.len() - 20]).unwrap();
    let desk = Desk::with(with).await;
    assert_eq!(Booked::read(&desk.send(&retrieve(&order.universal)).await), order);
    assert_eq!(desk.refused(&retrieve(&lost.universal)).await.0, "3130");
}
