//! Damaged replies: refused when cut, never a panic, never another set of offers for a stranger beside them.

use proptest::prelude::*;
use roxmltree::Document;

use super::{all, payload};
use crate::inspect::suite::{any_other_byte, changes, corpus};
use crate::inspect::{Outcome, inspect};

/// Replies small enough to be damaged everywhere: our own, and the small recordings.
fn samples() -> Vec<(String, Vec<u8>)> {
    let recordings = all().into_iter().filter(|(name, bytes)| name.ends_with(".xml") && bytes.len() < 9_000);
    corpus("uapi_reply").into_iter().chain(recordings).collect()
}

/// Where the document's root ends.
fn root_end(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte == b'>').unwrap() + 1
}

#[test]
fn a_reply_cut_before_its_root_closes_is_refused() {
    for (name, bytes) in samples() {
        let end = root_end(&bytes);
        for cut in (0..end).step_by(if end < 1_500 { 1 } else { 17 }) {
            let (outcome, json) = inspect("travelport-uapi", &bytes[..cut]);
            assert_eq!(outcome, Outcome::Refused, "{name} cut at {cut} of {end}: {json:#}");
        }
    }
}

/// Elements that may stand beside the payload, known and unknown.
const SIBLINGS: [&str; 6] = [
    "<c:ResponseMessage xmlns:c='http://www.travelport.com/schema/common_v52_0' Code='15017' Type='Error' ProviderCode='ACH'>nothing there</c:ResponseMessage>",
    "<air:HostTokenList xmlns:air='http://www.travelport.com/schema/air_v52_0'><HostToken Key='k'>t</HostToken></air:HostTokenList>",
    "<air:APISRequirementsList xmlns:air='http://www.travelport.com/schema/air_v52_0'><air:APISRequirements Key='k'/></air:APISRequirementsList>",
    "<x:Unknown xmlns:x='urn:x' a='&lt;'>text<x:AirPricePoint/><!-- - --></x:Unknown>",
    "<Unknown/>",
    "<!-- nothing -->",
];

/// Where a sibling may be put: before, between and after the root's children.
fn places(text: &str) -> Vec<usize> {
    let document = Document::parse(text).unwrap();
    let root = payload(&document);
    let ends = root.children().filter(|child| child.is_element()).map(|child| child.range().end);
    let first = root.children().find(|child| child.is_element()).map(|child| child.range().start);
    ends.chain(first).collect()
}

/// The searches of the recordings and our own.
fn searches() -> Vec<String> {
    let own = corpus("uapi_reply").into_iter().filter(|(name, _)| name.starts_with("search"));
    let texts = own.chain(all().into_iter().filter(|(name, _)| name == "sampleresponse.xml"));
    texts.map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_other_byte_gives_a_value_or_a_typed_error(
        sample in any::<prop::sample::Index>(),
        changes in changes(),
    ) {
        any_other_byte("travelport-uapi", &samples(), sample, changes)?;
    }

    /// Warnings ahead of the payload must not make a search look empty.
    #[test]
    fn siblings_under_the_root_change_no_offer(
        search in any::<prop::sample::Index>(),
        inserted in prop::collection::vec((any::<prop::sample::Index>(), 0..SIBLINGS.len()), 0..6),
    ) {
        let searches = searches();
        let original = &searches[search.index(searches.len())];
        let places = places(original);
        let mut chosen: Vec<(usize, &str)> =
            inserted.iter().map(|(at, sibling)| (*at.get(&places), SIBLINGS[*sibling])).collect();
        chosen.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        let mut text = original.clone();
        for (at, sibling) in &chosen {
            text.insert_str(*at, sibling);
        }
        let (before, after) = (inspect("travelport-uapi", original.as_bytes()).1, inspect("travelport-uapi", text.as_bytes()).1);
        prop_assert_eq!(&before["offers"], &after["offers"]);
        prop_assert_eq!(&before["skipped"], &after["skipped"]);
        let warnings = |json: &serde_json::Value| json["warnings"].as_array().map_or(0, Vec::len);
        let added = chosen.iter().filter(|(_, sibling)| sibling.starts_with("<c:ResponseMessage")).count();
        prop_assert_eq!(warnings(&before) + added, warnings(&after));
    }
}
