//! Our requests have the shape of those that others recorded: the same elements and attributes at the same places, but
//! for those listed here with the reason.

use std::collections::BTreeSet;

use roxmltree::{Document, Node};

use super::*;

const RECORDED: &str = "travelport-uapi/messages";

/// Parts of paths, each with the reason why only one side has them.
type Listed = &'static [(&'static str, &'static str)];

const SEARCH_ONLY_OURS: Listed = &[
    ("/Airport", "an airport is told from its city"),
    ("/City", "a city is told from its airports"),
    ("/PreferredCabins", "no recording asks for a cabin"),
    ("/SearchPassenger@BookingTravelerRef", "recorded in prices: answers name the passenger by it"),
];

const SEARCH_ONLY_THEIRS: Listed = &[
    ("/CityOrAirport", "a code alone does not say which of the two is meant"),
    ("/FormOfPayment", "no card passes through us"),
    ("/ProhibitedCarriers", "the superset has every carrier; filters are ours"),
    ("@CheckOBFees", "ticketing fees depend on a card"),
    ("@ReturnServices", "no ancillaries are sold"),
    ("@AllowDirectAccess", "direct access is a setting of the branch"),
];

const PRICE_ONLY_OURS: Listed = &[
    ("@TraceId", "recorded in searches"),
    ("@ClassOfService", "the class that was shown is the one priced"),
    ("/AirPricingModifiers@", "recorded in searches"),
    ("/SearchPassenger@Age", "recorded in searches"),
    ("/AirSegmentPricingModifiers", "the class and the fare basis that were shown are those priced"),
];

const PRICE_ONLY_THEIRS: Listed = &[
    ("@AvailabilitySource", "offers keep no trace of how a seat was looked up"),
    ("@AuthorizedBy", "sent where it is configured"),
    ("@SegmentIndex", "a connection stands in the segment that it is of"),
];

fn paths(node: Node<'_, '_>, above: &str, out: &mut BTreeSet<String>) {
    let here = format!("{above}/{}", node.tag_name().name());
    out.extend(node.attributes().map(|attribute| format!("{here}@{}", attribute.name())));
    for child in node.children().filter(Node::is_element) {
        paths(child, &here, out);
    }
    out.insert(here);
}

/// Everything that the recorded requests of a kind have.
fn recorded(root: &str) -> Option<BTreeSet<String>> {
    let mut folders = vec![wire_data::path(RECORDED)?];
    let mut found = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let Ok(document) = Document::parse(&text) else { continue };
            let requests = document.descendants().filter(|node| node.tag_name().name() == root);
            requests.for_each(|request| paths(request, "", &mut found));
        }
    }
    assert!(!found.is_empty(), "no recorded {root}");
    Some(found)
}

fn ours<S: Strategy, B: YaSerialize>(strategy: &S, build: impl Fn(S::Value) -> B) -> BTreeSet<String> {
    let mut runner = TestRunner::deterministic();
    let mut found = BTreeSet::new();
    for _ in 0..SAMPLES {
        let text = write::document(&build(strategy.new_tree(&mut runner).unwrap().current())).unwrap();
        paths(Document::parse(&text).unwrap().root_element(), "", &mut found);
    }
    found
}

#[track_caller]
fn check(root: &str, ours: &BTreeSet<String>, only_ours: Listed, only_theirs: Listed) {
    let Some(recorded) = recorded(root) else { return };
    for (one, other, listed) in [(ours, &recorded, only_ours), (&recorded, ours, only_theirs)] {
        let only: Vec<&String> = one.difference(other).collect();
        let unexplained = only.iter().filter(|path| !listed.iter().any(|(part, _)| path.contains(part)));
        assert_eq!(unexplained.map(|path| path.as_str()).collect::<Vec<_>>(), [""; 0]);
        let stale = listed.iter().filter(|(part, _)| !only.iter().any(|path| path.contains(part)));
        assert_eq!(stale.collect::<Vec<_>>(), [&("", ""); 0]);
    }
}

#[test]
fn a_search_has_the_shape_of_the_recorded_ones() {
    let search = |search| build::low_fare_search(&office(), TRACE, &sale(), &search);
    check("LowFareSearchReq", &ours(&searches(), search), SEARCH_ONLY_OURS, SEARCH_ONLY_THEIRS);
}

#[test]
fn a_price_has_the_shape_of_the_recorded_ones() {
    let price = |(search, offer)| build::air_price(&office(), TRACE, &sale(), &search, &offer).unwrap();
    check("AirPriceReq", &ours(&offers(), price), PRICE_ONLY_OURS, PRICE_ONLY_THEIRS);
}
