//! What was sold is known after kill -9.

use ota_suppliers::sim::Simulator;
use reqwest::Method;
use serde_json::json;

use crate::desk::{Desk, NOW, book_pair, config};
use crate::support::{Process, clock, serve, served_folder};

const SERVE: &str = "restart::serves_a_folder_when_asked_to";

/// Not a test of its own: the process that the tests below kill.
#[tokio::test]
async fn serves_a_folder_when_asked_to() {
    let Some(folder) = served_folder() else { return };
    let mut config = config(&clock(NOW));
    config.folder = Some(folder);
    serve(Simulator::start(config).await.unwrap()).await;
}

#[tokio::test]
async fn a_killed_process_knows_its_bookings_again() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(SERVE, folder.path());
    let desk = Desk::at(&process.1);
    let found = desk.flexible().await;
    let left = found.rate["allotment"].as_i64().unwrap();
    let first = desk.post("bookings", &book_pair(found.key(), "FIRST")).await["booking"].clone();
    // Committed, never answered, killed.
    desk.script("booking", json!("drop_after")).await;
    let lost = book_pair(found.key(), "LOST");
    assert!(desk.try_send(Method::POST, "bookings", Some(&lost)).await.is_err());
    let before = desk.orders().await;
    assert_eq!(before.len(), 2);
    process.kill();

    let process = Process::start(SERVE, folder.path());
    let desk = Desk::at(&process.1);
    assert_eq!(desk.orders().await, before);
    let shown = desk.get(&format!("bookings/{}", first["reference"].as_str().unwrap())).await;
    assert_eq!(shown["booking"], first);
    let listed = desk.get("bookings?start=2027-02-01&end=2027-02-01&clientReference=LOST").await;
    let lost = listed["bookings"]["bookings"][0]["reference"].as_str().unwrap().to_owned();
    // The key is still good, the rooms are still taken, and references go on.
    assert_eq!(desk.flexible().await.rate["allotment"], left - 2);
    let next = desk.post("bookings", &book_pair(found.key(), "NEXT")).await;
    assert!(
        ![first["reference"].as_str().unwrap(), &lost]
            .contains(&next["booking"]["reference"].as_str().unwrap())
    );
    desk.delete(&format!("bookings/{lost}?cancellationFlag=CANCELLATION")).await;
    process.kill();

    let process = Process::start(SERVE, folder.path());
    let desk = Desk::at(&process.1);
    let shown = desk.get(&format!("bookings/{lost}")).await;
    assert_eq!(shown["booking"]["status"], "CANCELLED");
    process.kill();
}

/// Killed in the middle of a line: that booking was never acknowledged.
#[tokio::test]
async fn a_torn_line_is_no_booking() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let desk = Desk::with(|config| config.folder = Some(path.clone())).await;
    let found = desk.flexible().await;
    let kept = desk.post("bookings", &book_pair(found.key(), "KEPT")).await["booking"].clone();
    let torn = desk.post("bookings", &book_pair(found.key(), "TORN")).await["booking"].clone();
    desk.simulator.expect("started here").shutdown().await;
    let journal = path.join("hotelbeds-bookings.jsonl");
    let bytes = std::fs::read(&journal).unwrap();
    std::fs::write(&journal, &bytes[..bytes.len() - 20]).unwrap();
    let desk = Desk::with(|config| config.folder = Some(path.clone())).await;
    let reference =
        |booking: &serde_json::Value| format!("bookings/{}", booking["reference"].as_str().unwrap());
    assert_eq!(desk.get(&reference(&kept)).await["booking"], kept);
    assert_eq!(desk.try_send(Method::GET, &reference(&torn), None).await.unwrap().0, 404);
}
