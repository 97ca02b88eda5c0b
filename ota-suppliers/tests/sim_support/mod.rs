//! What the tests of every simulator share.

#![allow(dead_code, reason = "each suite takes what it needs")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use ota_core::model::time::Timestamp;
use ota_core::runtime::Clock;
use ota_suppliers::sim::Simulator;

/// A clock that stands until it is turned.
#[derive(Debug)]
pub(crate) struct StandingClock(pub(crate) Mutex<jiff::Timestamp>);

impl StandingClock {
    pub(crate) fn turn_to(&self, at: &str) {
        *self.0.lock().unwrap() = at.parse().unwrap();
    }
}

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        (*self.0.lock().unwrap()).into()
    }
}

pub(crate) fn clock(at: &str) -> Arc<StandingClock> {
    Arc::new(StandingClock(Mutex::new(at.parse().unwrap())))
}

/// A client for loopback calls.
pub(crate) fn client() -> reqwest::Client {
    // A second test in this process finds it installed: that is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// A folder of wire data; `None`, said loudly, where it is absent and not required.
pub(crate) fn wire_folder(name: &str) -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = match std::env::var_os("OTA_WIRE_DIR") {
        Some(folder) => root.join(folder),
        None => root.join("../shared/wire"),
    };
    let folder = folder.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(
        std::env::var_os("OTA_REQUIRE_WIRE").is_none_or(|v| v != "1"),
        "no wire data in {}",
        folder.display()
    );
    eprintln!("SKIPPED: no wire data in {}; set OTA_WIRE_DIR", folder.display());
    None
}

const FOLDER: &str = "OTA_TEST_SIMULATOR_FOLDER";

/// The folder that this process is to serve, if it was started by [`Process::start`].
pub(crate) fn served_folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// Tells whoever started this process where the simulator listens, and serves until it is killed.
pub(crate) async fn serve(simulator: Simulator) {
    let mut stdout = std::io::stdout();
    writeln!(stdout, "\nserving {}", simulator.url()).unwrap();
    stdout.flush().unwrap();
    std::future::pending::<()>().await;
}

/// A simulator in a process of its own, and its URL.
pub(crate) struct Process(Child, pub(crate) String);

impl Process {
    /// Runs one test of this program, which serves the folder.
    pub(crate) fn start(test: &str, folder: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([test, "--exact", "--nocapture"])
            .env(FOLDER, folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.find_map(|line| line.unwrap().strip_prefix("serving ").map(str::to_owned)).unwrap();
        Self(child, url)
    }

    /// `Child::kill` is kill -9 here.
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}
