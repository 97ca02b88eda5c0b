//! The search reader, up to model offers, against the bare tokenizer on the same bytes.
//!
//! Needs the recordings: `OTA_WIRE_DIR`, by default `../shared/wire` beside the workspace root.

use std::hint::black_box;
use std::path::PathBuf;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ota_core::model::id::{AccountId, SupplierId};
use ota_suppliers::travelport::answers;
use ota_suppliers::travelport::map::Source;

/// The largest recorded search reply.
const RECORDING: &str = "travelport-uapi/messages/v52-recorded/Air/LowFaresSearch.1ADTIEVPAR.xml";

fn recording() -> Option<Vec<u8>> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/wire");
    let wire = std::env::var_os("OTA_WIRE_DIR").map_or_else(|| PathBuf::from(default), PathBuf::from);
    std::fs::read(wire.join(RECORDING)).ok()
}

/// Every token looked at, nothing done with it.
fn tokenize(document: &[u8]) -> usize {
    let mut reader = quick_xml::Reader::from_reader(document);
    let mut tokens = 0;
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => return tokens,
            Ok(event) => {
                black_box(&event);
                tokens += 1;
            }
            Err(error) => panic!("the recording is well-formed: {error}"),
        }
    }
}

fn search_reader(criterion: &mut Criterion) {
    let Some(document) = recording() else {
        eprintln!("SKIPPED: no recordings; set OTA_WIRE_DIR");
        return;
    };
    let source = Source {
        supplier: SupplierId::new("travelport").expect("a valid name"),
        account: AccountId::new("bench").expect("a valid name"),
    };
    let mut group = criterion.benchmark_group("search_reader");
    group.throughput(Throughput::Bytes(document.len() as u64));
    group.bench_function("bare tokenizer", |bencher| bencher.iter(|| tokenize(black_box(&document))));
    group.bench_function("reply to offers", |bencher| {
        bencher.iter(|| answers::search(black_box(&document), &source).expect("the recording is read"));
    });
    group.finish();
}

criterion_group!(benches, search_reader);
criterion_main!(benches);
