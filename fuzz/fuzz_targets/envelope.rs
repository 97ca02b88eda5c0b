//! Any bytes through the XML reader and the envelope.
#![no_main]

libfuzzer_sys::fuzz_target!(|document: &[u8]| ota_suppliers::soap::envelope::exercise(document));
