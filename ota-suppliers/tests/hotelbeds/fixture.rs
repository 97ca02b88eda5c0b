//! One recorded journey: made against the simulator, replayed without it, and tampered with.
//!
//! `OTA_RECORD_FIXTURES=1` records it anew into the repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ota_core::model::order::SupplierOrder;
use ota_core::model::stay::RateType;
use ota_core::redact::Redacted;
use ota_core::supplier::error::SupplierErrorKind;
use ota_core::testing::clock::ManualClock;
use ota_suppliers::hotelbeds::SCRUB_RULES;
use ota_suppliers::transport::{Cassette, Recorder, Scrubber, Transport};
use proptest::prelude::*;

use crate::tamper::{Change, Tampered};
use crate::world::{self, Desk, Names, World};

/// Few properties make a small recording.
const PROPERTIES: u32 = 3;
/// How the scrubber calls the family, in the order in which it meets them.
const SCRUBBED: Names = [
    ("SCRUBBEDA", "SCRUBBEDB"),
    ("SCRUBBEDC", "SCRUBBEDB"),
    ("SCRUBBEDD", "SCRUBBEDE"),
    ("SCRUBBEDF", "SCRUBBEDB"),
    ("NOBODY", "NOBODY"),
];

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/suppliers/hotelbeds/family")
}

/// The family at a desk whose connector reads small pages of the catalogue.
fn desk(url: &str, transport: Arc<dyn Transport>, names: Names) -> Desk {
    let clock = ManualClock::new();
    let few = |config: &mut ota_suppliers::hotelbeds::HotelbedsConfig| config.content_page_max = PROPERTIES;
    let connector = world::connector_with(url, transport, &clock, few);
    Desk { connector: Arc::new(connector), clock, names, rooms: world::DIFFERENT }
}

fn replaying(transport: Arc<dyn Transport>) -> Desk {
    desk("http://nobody.invalid", transport, SCRUBBED)
}

async fn record(folder: &Path) {
    let world = World::new().await;
    let secrets = [world::KEY, world::SECRET].map(|secret| Redacted::new(secret.to_owned())).to_vec();
    let scrubber = Scrubber::new(SCRUB_RULES, secrets);
    let network = world::network(&world.desk.clock);
    let recorder = Arc::new(Recorder::new(network, folder.to_owned(), scrubber).unwrap());
    desk(&world.sim.url(), recorder, world::PLANTED).suite().run().await;
}

#[tokio::test]
async fn a_recording_is_clean_and_can_be_replayed() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("family");
    record(&folder).await;
    let planted = ["PLANT", "VONMARKER", "OESTBY", "ØSTBY", "628110000777", "DEMO-", "SIGNATURE", "API-KEY"];
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

/// A create whose reply was tampered with.
fn create(change: &Change) -> Result<SupplierOrder, SupplierErrorKind> {
    let inner = Arc::new(Cassette::open(&committed(), SCRUB_RULES).unwrap());
    let desk = replaying(Arc::new(Tampered { inner, op: "booking", change: change.clone() }));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let solution = desk.priced(RateType::Bookable).await;
        desk.create(&solution).await.map_err(|error| error.kind)
    })
}

const CREATED: [&str; 8] =
    ["reference", "clientReference", "checkIn", "checkOut", "boardCode", "roomId", "adults", "age"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_create_answer_that_is_cut_is_ambiguous(at in 0usize..1000) {
        prop_assert_eq!(create(&Change::Cut(at)).err(), Some(SupplierErrorKind::Ambiguous));
    }

    #[test]
    fn a_create_answer_about_something_else_is_ambiguous(what in prop::sample::select(&CREATED[..]), nth in 0usize..8) {
        prop_assert_eq!(create(&Change::Value(what, nth)).err(), Some(SupplierErrorKind::Ambiguous), "{}", what);
    }

    #[test]
    fn any_other_byte_is_a_value_or_ambiguous(at in 0usize..1000, byte in any::<u8>()) {
        if let Err(kind) = create(&Change::Byte(at, byte)) {
            prop_assert_eq!(kind, SupplierErrorKind::Ambiguous);
        }
    }
}
