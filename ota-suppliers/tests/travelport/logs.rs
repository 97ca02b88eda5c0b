//! What reaches a log: nothing about persons, no secret.

use std::io::{self, Write};
use std::sync::{Mutex, Once};

use ota_core::supplier::call::Op;
use ota_core::supplier::{CancelRequest, Supplier as _};

use crate::world::{self, World};

/// Every line of every test in this program.
static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Lines;

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Logs everything that the libraries below would log as well.
pub(crate) fn everything() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(|| Lines).init();
    });
}

#[tokio::test]
async fn no_name_and_no_secret_reaches_a_log_line() {
    let world = World::new().await;
    let solution = world.desk.priced().await;
    world.next("AirTicketingReq", r#"{"refuse_tickets": [1]}"#).await;
    let order = world.desk.create(&solution).await.unwrap();
    tracing::info!(?order, ?solution, outcomes = ?world.desk.issue(&solution, &order, &[0, 1, 2, 3]).await);
    world.next("UniversalRecordCancelReq", r#""truncate""#).await;
    let request = CancelRequest { locators: &order.locators };
    let error = world.desk.connector.cancel(&world.desk.cx(Op::Cancel), &request).await.unwrap_err();
    tracing::info!(?error, chain = ota_core::error::chain(&error), connector = ?world.desk.connector);

    let text = String::from_utf8(LINES.lock().unwrap().clone()).unwrap().to_uppercase();
    for exchange in ["AIRCREATERESERVATIONREQ", "AIRTICKETINGREQ", "UNIVERSALRECORDCANCELREQ"] {
        assert!(text.contains(exchange), "{exchange} is logged");
    }
    let basic = "VW5PDMVYC2FSIEFQSS9QMTAWMDAWMTPKZW1VLVAXMDAWMDAX"; // the credentials in base64, in capitals
    let planted = ["PLANT", "VONMARKER", "OESTBY", "628110000777", "1990-03-11", "11MAR90", basic];
    for value in planted.iter().chain([&world::PASSWORD.to_uppercase().as_str()]) {
        assert!(!text.contains(value), "{value} is logged");
    }
}
