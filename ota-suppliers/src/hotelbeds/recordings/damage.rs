//! Damaged replies: refused when cut, never a panic.

use proptest::prelude::*;

use super::all;
use super::small::corpus;
use crate::inspect::{Outcome, inspect};

/// Replies small enough to be damaged everywhere: our own, and the small recordings.
fn samples() -> Vec<(String, Vec<u8>)> {
    let recordings =
        all().into_iter().filter(|(name, bytes)| !name.contains(".request.") && bytes.len() < 9_000);
    corpus().into_iter().chain(recordings).filter(|(name, _)| !name.starts_with("gateway")).collect()
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
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let samples = samples();
        let (_, mut bytes) = samples[sample.index(samples.len())].clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let (outcome, json) = inspect("hotelbeds", &bytes);
        let refused = matches!(outcome, Outcome::Refused | Outcome::SupplierError);
        prop_assert_eq!(json["error"].is_object(), refused);
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
