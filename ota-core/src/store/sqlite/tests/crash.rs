//! A process killed in the middle of its commits loses nothing that was acknowledged, and leaves nothing by halves.
//!
//! The child is this test binary again. A kill shows what a crash of the process does; that a commit also outlives
//! a power cut rests on `synchronous = FULL`.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use super::*;

/// Tells the child which file to write to.
const FILE: &str = "OTA_TEST_CRASH_FILE";
/// Bookings that the child moves beside each other.
const BESIDE: usize = 4;
/// Commits of one booking after its insert.
const COMMITS: usize = 6;

#[test]
fn a_killed_process_loses_no_acknowledged_commit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ota.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut acknowledged = BTreeMap::new();
    for acknowledgements in [1, 10, 40, 90] {
        acknowledged.extend(run_and_kill(&path, acknowledgements));
        runtime.block_on(check(&path, &acknowledged));
    }
    assert!(acknowledged.len() > BESIDE);
}

/// The last version acknowledged of each booking by a child killed after so many acknowledgements.
fn run_and_kill(path: &Path, acknowledgements: usize) -> BTreeMap<BookingId, Version> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store::sqlite::tests::crash::child", "--nocapture"])
        .env(FILE, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut versions = BTreeMap::new();
    let mut count = 0;
    while let Some(line) = lines.next().map(Result::unwrap) {
        // What was written before the kill is still read: it was acknowledged. The last line may be cut.
        let Some(["ack", id, version, "."]) = line.split(' ').collect::<Vec<_>>().first_chunk().copied()
        else {
            continue;
        };
        versions.insert(id.parse().unwrap(), Version(version.parse().unwrap()));
        count += 1;
        if count == acknowledgements {
            child.kill().unwrap();
        }
    }
    assert!(!child.wait().unwrap().success() && count >= acknowledgements, "{count} acknowledged");
    versions
}

async fn check(path: &Path, acknowledged: &BTreeMap<BookingId, Version>) {
    let store = open(path).await;
    let (integrity,): (String,) =
        sqlx::query_as("PRAGMA integrity_check").fetch_one(&store.writer).await.unwrap();
    assert_eq!(integrity, "ok");
    for (id, version) in acknowledged {
        assert!(*version <= store.load(*id).await.unwrap().1, "{id}");
        assert_eq!(store.party(*id).await.unwrap(), Some(samples::party()), "{id}");
    }
    for by_halves in [
        "SELECT count(*) FROM bookings b
         WHERE version <> 1 + (SELECT count(*) FROM journal j WHERE j.booking_id = b.id)
            OR version <> 1 + (SELECT count(*) FROM payments p WHERE p.booking_id = b.id)",
        "SELECT count(*) FROM bookings b
         WHERE NOT EXISTS (SELECT 1 FROM travelers t WHERE t.booking_id = b.id)
            OR NOT EXISTS (SELECT 1 FROM quotes q WHERE q.taken_by = b.id)
            OR NOT EXISTS (SELECT 1 FROM client_keys k WHERE k.key = b.id)",
        "SELECT count(*) FROM quotes WHERE taken_by NOT IN (SELECT id FROM bookings)",
    ] {
        assert_eq!(count(&store, by_halves).await, 0, "{by_halves}");
    }
    store.close().await;
}

/// Does nothing in a test run of its own; as the child it commits until it is killed.
#[tokio::test]
async fn child() {
    let Some(path) = std::env::var_os(FILE) else { return };
    let store = open(Path::new(&path)).await;
    let one = async || {
        loop {
            let (booking, mut version) = make(&store, &samples::party()).await;
            acknowledge(booking.id, version);
            for _ in 0..COMMITS {
                version = commit(&store, &booking, version).await.unwrap();
                acknowledge(booking.id, version);
            }
        }
    };
    join_all((0..BESIDE).map(|_| one())).await;
}

fn acknowledge(id: BookingId, version: Version) {
    let mut out = std::io::stdout().lock();
    // The test runner may have left a line of its own unfinished.
    writeln!(out, "\nack {id} {} .", version.0).unwrap();
    out.flush().unwrap();
}
