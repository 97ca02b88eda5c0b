//! Prints what the SDK makes of one recorded reply, as JSON. No network, no configuration.
//!
//! ```text
//! inspect_reply travelport-uapi reply.xml
//! inspect_reply hotelbeds reply.json
//! ```
//!
//! Exit code: 0 understood, 1 the supplier said no, 2 refused as unreadable or not a reply, 3 recognised.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use ota_suppliers::inspect::{Outcome, inspect};

/// Prints what the SDK makes of one recorded reply.
#[derive(Parser)]
struct Arguments {
    /// travelport-uapi or hotelbeds
    protocol: String,
    /// The reply's body, with or without its SOAP envelope.
    file: PathBuf,
}

fn main() -> ExitCode {
    // clap's own exit code for a wrong command line is 2: refused.
    let arguments = Arguments::parse();
    let document = match std::fs::read(&arguments.file) {
        Ok(document) => document,
        Err(error) => {
            eprintln!("{}: {error}", arguments.file.display());
            return ExitCode::from(Outcome::Refused as u8);
        }
    };
    let (outcome, json) = inspect(&arguments.protocol, &document);
    // A reader that goes away early (`| head`) is no failure of ours.
    let _ = writeln!(std::io::stdout(), "{json:#}");
    ExitCode::from(outcome as u8)
}
