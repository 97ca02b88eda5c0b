//! What the output must be, whatever the protocol: every connector's tests call these over its documents.

use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseResult;

use super::{Outcome, inspect};
use crate::wire_data;

/// The corpus of a fuzz target, our own documents: (file name, bytes).
pub(crate) fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// The output has the form that QA states beside the wire data, and the same input gives the same output.
#[track_caller]
pub(crate) fn has_the_stated_form(protocol: &str, documents: impl IntoIterator<Item = (String, Vec<u8>)>) {
    let Some(schema) = wire_data::path("../spec/inspect-reply.schema.json") else { return };
    let schema = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for (name, bytes) in documents {
        let (_, json) = inspect(protocol, &bytes);
        let errors: Vec<String> =
            schema.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
        assert_eq!(json, inspect(protocol, &bytes).1, "{name}: same input, other output");
    }
}

/// Bytes to change, and what to: applied to one of the samples of [`any_other_byte`].
pub(crate) fn changes() -> impl Strategy<Value = Vec<(Index, u8)>> {
    prop::collection::vec((any::<Index>(), any::<u8>()), 1..4)
}

/// A changed document gives a value or a typed error.
pub(crate) fn any_other_byte(
    protocol: &str,
    samples: &[(String, Vec<u8>)],
    sample: Index,
    changes: Vec<(Index, u8)>,
) -> TestCaseResult {
    let mut bytes = sample.get(samples).1.clone();
    for (at, byte) in changes {
        let at = at.index(bytes.len());
        bytes[at] = byte;
    }
    let (outcome, json) = inspect(protocol, &bytes);
    let refused = matches!(outcome, Outcome::Refused | Outcome::SupplierError);
    prop_assert_eq!(json["error"].is_object(), refused);
    Ok(())
}
