use std::path::PathBuf;
use std::sync::Arc;

use super::*;
use crate::keys::{KEY_BYTES, KeyId, KeyRing};
use crate::runtime::SystemRandomness;
use crate::testing::store_suite::{self, Handles};

#[tokio::test]
async fn memory_is_a_booking_store() {
    store_suite::all(async || {
        let store = Arc::new(SqliteBookingStore::in_memory(sealer()).await.unwrap());
        handles(Arc::clone(&store), store)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_opened_twice_is_a_booking_store() {
    let folder = tempfile::tempdir().unwrap();
    let files = std::cell::Cell::new(0);
    store_suite::all(async || {
        files.set(files.get() + 1);
        let path: PathBuf = folder.path().join(format!("{}.db", files.get()));
        handles(Arc::new(open(&path).await), Arc::new(open(&path).await))
    })
    .await;
}

fn handles(a: Arc<SqliteBookingStore>, b: Arc<SqliteBookingStore>) -> Handles {
    [a, b]
}

async fn open(path: &Path) -> SqliteBookingStore {
    SqliteBookingStore::open(path, sealer()).await.unwrap()
}

fn sealer() -> Sealer {
    let keys = KeyRing::new(KeyId(1), [(KeyId(1), [1; KEY_BYTES])]).unwrap();
    Sealer::new(keys, Arc::new(SystemRandomness))
}
