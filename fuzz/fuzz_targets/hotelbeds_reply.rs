//! Any bytes as a reply of Hotelbeds, up to the model.
#![no_main]

libfuzzer_sys::fuzz_target!(|document: &[u8]| {
    let (outcome, json) = ota_suppliers::inspect::inspect("hotelbeds", document);
    assert_eq!(json["error"].is_object(), matches!(outcome as u8, 1 | 2));
});
