//! What reaches a log: nothing about persons, no secret.

use std::io::{self, Write};
use std::sync::{Mutex, Once};

use ota_core::model::stay::RateType;
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
async fn no_name_no_secret_and_no_rate_key_reaches_a_log_line() {
    let world = World::new().await;
    let solution = world.desk.priced(RateType::Recheck).await;
    world.next("booking", r#"{"wrong_echo": "surname"}"#).await;
    let failed = world.desk.create(&solution).await;
    let order = world.desk.find(&solution).await.unwrap().remove(0);
    tracing::info!(?order, ?solution, ?failed);
    world.next("cancellation", r#""truncate""#).await;
    let request = CancelRequest { locators: &order.locators };
    let error = world.desk.connector.cancel(&world.desk.cx(Op::Cancel), &request).await.unwrap_err();
    tracing::info!(?error, chain = ota_core::error::chain(&error), connector = ?world.desk.connector);

    let text = String::from_utf8(LINES.lock().unwrap().clone()).unwrap().to_uppercase();
    for exchange in ["\"BOOKING\"", "BOOKINGLIST", "BOOKINGCANCELLATION"] {
        assert!(text.contains(exchange), "{exchange} is logged");
    }
    // Every call of this test is signed at the same second.
    // printf 'demo-hotelbedsdemo-secret1800000000' | sha256sum
    let signature = SIGNATURE.to_uppercase();
    let planted = ["PLANT", "VONMARKER", "OESTBY", "628110000777", "1990-03-11", &signature];
    let secret = world::SECRET.to_uppercase();
    for value in planted.iter().chain([&secret.as_str(), &world::KEY.to_uppercase().as_str()]) {
        assert!(!text.contains(value), "{value} is logged");
    }
    for rate in world::rates(&solution) {
        assert!(!text.contains(&rate.key.expose().to_uppercase()), "a rate key is logged");
    }
}

const SIGNATURE: &str = "4fd67f01a100f8cf9a13c7aa8877f78f0f88b534c8a2d9cdea13375e63a85996";
