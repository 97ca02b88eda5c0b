//! Where the tests find recorded wire data and official schemas, which are not part of this repository.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

/// A file or folder of the wire data: below `OTA_WIRE_DIR`, by default `../shared/wire` beside the workspace.
///
/// Without it the caller skips, loudly, unless `OTA_REQUIRE_WIRE=1` makes that a failure.
pub(crate) fn path(part: &str) -> Option<PathBuf> {
    let default = || concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/wire").into();
    let path = std::env::var_os("OTA_WIRE_DIR").map_or_else(default, PathBuf::from).join(part);
    if path.exists() {
        return Some(path);
    }
    let required = std::env::var("OTA_REQUIRE_WIRE").is_ok_and(|value| value == "1");
    assert!(!required, "wire data is required but {} is missing", path.display());
    // Not `eprintln`, which a passing test swallows.
    let _ = writeln!(std::io::stderr(), "SKIPPED: no wire data at {}; set OTA_WIRE_DIR", path.display());
    None
}

/// Validates documents against a schema of the wire data, all by one `xmllint`.
#[track_caller]
pub(crate) fn validate(schema: &str, documents: &[String]) {
    let Some(schema) = path(schema) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files: Vec<_> = (0..documents.len()).map(|n| folder.path().join(format!("{n}.xml"))).collect();
    for (file, document) in files.iter().zip(documents) {
        std::fs::write(file, document).expect("a file in it");
    }
    let run =
        Command::new("xmllint").args(["--nonet", "--noout", "--schema"]).arg(schema).args(&files).output();
    let run = run.expect("xmllint is installed (Debian package libxml2-utils)");
    let report = String::from_utf8_lossy(&run.stderr);
    let invalid = report.lines().filter(|line| !line.ends_with(" validates"));
    assert!(run.status.success(), "{}", invalid.take(12).collect::<Vec<_>>().join("\n"));
}
