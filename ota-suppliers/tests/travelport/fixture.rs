//! One recorded journey: made against the simulator, replayed without it, and tampered with.
//!
//! `OTA_RECORD_FIXTURES=1` records it anew into the repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ota_core::model::order::SupplierOrder;
use ota_core::redact::Redacted;
use ota_core::supplier::TicketOutcome;
use ota_core::supplier::error::SupplierErrorKind;
use ota_core::testing::clock::ManualClock;
use ota_suppliers::transport::{Cassette, Recorder, Scrubber, Transport};
use ota_suppliers::travelport::SCRUB_RULES;
use proptest::prelude::*;

use crate::tamper::{Change, Tampered};
use crate::world::{self, Desk, Names, World};

/// Few offers make a small recording.
const SOLUTIONS: u32 = 6;
/// How the scrubber calls the family, in the order in which it meets them.
const SCRUBBED: Names = [
    ("SCRUBBEDB", "SCRUBBEDA"),
    ("SCRUBBEDD", "SCRUBBEDA"),
    ("SCRUBBEDE", "SCRUBBEDF"),
    ("SCRUBBEDC", "SCRUBBEDA"),
];

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/suppliers/travelport/family")
}

/// The family at a desk whose connector asks for few offers.
fn desk(url: &str, transport: Arc<dyn Transport>, names: Names) -> Desk {
    let clock = ManualClock::new();
    let connector = world::connector_with(url, transport, &clock, |config| config.solutions_max = SOLUTIONS);
    Desk { connector: Arc::new(connector), clock, names }
}

fn replaying(transport: Arc<dyn Transport>) -> Desk {
    desk("http://nobody.invalid", transport, SCRUBBED)
}

async fn record(folder: &Path) {
    let world = World::new().await;
    let secrets = [world::BRANCH, world::PASSWORD, "Universal API/P1000001"];
    let secrets = secrets.map(|secret| Redacted::new(secret.to_owned())).to_vec();
    let scrubber = Scrubber::new(SCRUB_RULES, secrets);
    let recorder =
        Arc::new(Recorder::new(world::network(&world.desk.clock), folder.to_owned(), scrubber).unwrap());
    desk(&world.sim.url(), recorder, world::PLANTED).suite().run().await;
}

#[tokio::test]
async fn a_recording_is_clean_and_can_be_replayed() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("family");
    record(&folder).await;
    let planted =
        ["PLANT", "VONMARKER", "OESTBY", "ØSTBY", "628110000777", "1990-03-11", "11MAR90", "P1000001"];
    for file in fs::read_dir(&folder).unwrap() {
        let file = file.unwrap().path();
        let text = fs::read_to_string(&file).unwrap().to_uppercase();
        assert_eq!(planted.iter().find(|value| text.contains(**value)), None, "{}", file.display());
    }
    let cassette = Arc::new(Cassette::open(&folder, SCRUB_RULES).unwrap());
    replaying(Arc::clone(&cassette) as Arc<dyn Transport>).suite().run().await;
    assert_eq!(cassette.left(), 0);

    if std::env::var_os("OTA_RECORD_FIXTURES").is_some() {
        let _ = fs::remove_dir_all(committed());
        fs::create_dir_all(committed()).unwrap();
        for file in fs::read_dir(&folder).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), committed().join(file.file_name())).unwrap();
        }
    }
}

#[tokio::test]
async fn the_recorded_journey_is_replayed() {
    let cassette = Arc::new(Cassette::open(&committed(), SCRUB_RULES).unwrap());
    replaying(Arc::clone(&cassette) as Arc<dyn Transport>).suite().run().await;
    assert_eq!(cassette.left(), 0);
}

fn tampered(op: &'static str, change: &Change) -> Desk {
    let inner = Arc::new(Cassette::open(&committed(), SCRUB_RULES).unwrap());
    replaying(Arc::new(Tampered { inner, op, change: change.clone() }))
}

fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// A create whose reply was tampered with.
fn create(change: &Change) -> Result<SupplierOrder, SupplierErrorKind> {
    run(async {
        let desk = tampered("AirCreateReservationReq", change);
        let solution = desk.priced().await;
        desk.create(&solution).await.map_err(|error| error.kind)
    })
}

/// A ticketing whose reply was tampered with.
fn issue(change: &Change) -> Result<Vec<TicketOutcome>, SupplierErrorKind> {
    run(async {
        let desk = tampered("AirTicketingReq", change);
        let solution = desk.priced().await;
        let order = desk.create(&solution).await.unwrap();
        desk.issue(&solution, &order, &[0, 1, 2, 3]).await.map_err(|error| error.kind)
    })
}

const CREATED: [(&str, &str); 9] = [
    ("BookingTravelerName", "First"),
    ("BookingTravelerName", "Last"),
    ("AirSegment", "Carrier"),
    ("AirSegment", "FlightNumber"),
    ("AirSegment", "Origin"),
    ("AirSegment", "Destination"),
    ("AirSegment", "ClassOfService"),
    ("AirPricingInfo", "TotalPrice"),
    ("UniversalRecord", "LocatorCode"),
];

const ISSUED: [(&str, &str); 9] = [
    ("ETR", "TotalPrice"),
    ("ETR", "ProviderLocatorCode"),
    ("AirReservationLocatorCode", ""),
    ("BookingTravelerName", "First"),
    ("BookingTravelerName", "Last"),
    ("Coupon", "MarketingFlightNumber"),
    ("Coupon", "Origin"),
    ("Coupon", "Destination"),
    ("Coupon", "BookingClass"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_create_answer_that_is_cut_is_ambiguous(at in 0usize..1000) {
        prop_assert_eq!(create(&Change::Cut(at)).err(), Some(SupplierErrorKind::Ambiguous));
    }

    #[test]
    fn a_ticketing_answer_that_is_cut_is_ambiguous(at in 0usize..1000) {
        prop_assert_eq!(issue(&Change::Cut(at)).err(), Some(SupplierErrorKind::Ambiguous));
    }

    #[test]
    fn a_create_answer_about_something_else_is_ambiguous(what in prop::sample::select(&CREATED[..]), nth in 0usize..8) {
        let change = Change::Value(what.0, what.1, nth);
        prop_assert_eq!(create(&change).err(), Some(SupplierErrorKind::Ambiguous));
    }

    #[test]
    fn a_ticketing_answer_about_something_else_is_ambiguous(what in prop::sample::select(&ISSUED[..]), nth in 0usize..8) {
        let change = Change::Value(what.0, what.1, nth);
        prop_assert_eq!(issue(&change).err(), Some(SupplierErrorKind::Ambiguous));
    }

    #[test]
    fn any_other_byte_is_a_value_or_ambiguous(at in 0usize..1000, byte in any::<u8>()) {
        let change = Change::Byte(at, byte);
        for kind in create(&change).err().into_iter().chain(issue(&change).err()) {
            prop_assert_eq!(kind, SupplierErrorKind::Ambiguous);
        }
    }
}
