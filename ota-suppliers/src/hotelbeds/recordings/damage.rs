//! Damaged replies: refused when cut, never a panic.

use proptest::prelude::*;

use super::all;
use crate::inspect::suite::{any_other_byte, changes, corpus};
use crate::inspect::{Outcome, inspect};

/// Replies small enough to be damaged everywhere: our own, and the small recordings.
fn samples() -> Vec<(String, Vec<u8>)> {
    let recordings =
        all().into_iter().filter(|(name, bytes)| !name.contains(".request.") && bytes.len() < 9_000);
    corpus("hotelbeds_reply")
        .into_iter()
        .chain(recordings)
        .filter(|(name, _)| !name.starts_with("gateway"))
        .collect()
}

#[test]
fn a_reply_cut_before_its_end_is_refused() {
    for (name, bytes) in samples() {
        let end = bytes.trim_ascii_end().len();
        for cut in (0..end).step_by(if end < 2_000 { 1 } else { 7 }) {
            let (outcome, json) = inspect("hotelbeds", &bytes[..cut]);
            assert_eq!(outcome, Outcome::Refused, "{name} cut at {cut} of {end}: {json:#}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_other_byte_gives_a_value_or_a_typed_error(
        sample in any::<prop::sample::Index>(),
        changes in changes(),
    ) {
        any_other_byte("hotelbeds", &samples(), sample, changes)?;
    }
}

#[test]
fn what_a_reply_may_have_is_bounded() {
    let refused = |document: &[u8]| {
        let (outcome, json) = inspect("hotelbeds", document);
        assert_eq!(outcome, Outcome::Refused, "{json:#}");
        json["error"]["message"].as_str().unwrap().to_owned()
    };
    let braces = format!("{{\"hotels\":{{\"hotels\":[{}]}}}}", vec!["{}"; 250_000].join(","));
    assert!(refused(braces.as_bytes()).contains("too large"));
    let wide = format!("{{{}}}", (0..100).map(|n| format!("\"m{n}\":1")).collect::<Vec<_>>().join(","));
    refused(wide.as_bytes());
    let deep = format!("{{\"booking\":{}1{}}}", "{\"hotel\":".repeat(300), "}".repeat(300));
    refused(deep.as_bytes());
    let deep =
        format!("<bookingRS xmlns='http://www.hotelbeds.com/schemas/messages'>{}", "<rooms>".repeat(300));
    refused(deep.as_bytes());
    assert!(refused(&vec![b' '; 16 * 1024 * 1024 + 1]).contains("too large"));
}
