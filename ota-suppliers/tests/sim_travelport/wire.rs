//! The official schemas and the recordings, where they are at hand.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use roxmltree::{Document, Node};

use crate::support::wire_folder;

/// The folder of wire data; `None`, said loudly, where it is absent and not required.
pub(crate) fn folder() -> Option<PathBuf> {
    wire_folder("travelport-uapi")
}

/// The element in the SOAP body, or in the detail of its fault, as a document of its own.
fn payload(envelope: &str) -> (String, String) {
    let document = Document::parse(envelope).unwrap();
    let body = document.root_element().first_element_child().unwrap().first_element_child().unwrap();
    let fault = body.tag_name().name() == "Fault";
    let payload =
        if fault { body.last_element_child().unwrap().first_element_child().unwrap() } else { body };
    (payload.tag_name().name().to_owned(), envelope[payload.range()].to_owned())
}

/// Which of these documents the official schema refuses, by their order.
pub(crate) fn refused(folder: &Path, schema: &str, documents: &[String]) -> Vec<bool> {
    let place = tempfile::tempdir().unwrap();
    let paths: Vec<_> = (0..documents.len()).map(|index| place.path().join(format!("{index}.xml"))).collect();
    paths.iter().zip(documents).for_each(|(path, document)| std::fs::write(path, document).unwrap());
    let output = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(folder.join("schema/v52").join(schema))
        .args(&paths)
        .output()
        .expect("xmllint is installed (package libxml2-utils)");
    let verdicts = String::from_utf8(output.stderr).unwrap();
    let is = |path: &PathBuf, verdict| {
        verdicts.lines().any(|line| line == format!("{} {verdict}", path.display()))
    };
    paths
        .iter()
        .map(|path| {
            let (good, bad) = (is(path, "validates"), is(path, "fails to validate"));
            assert_ne!(good, bad, "no verdict");
            bad
        })
        .collect()
}

/// Validates a reply against the official schema.
#[track_caller]
pub(crate) fn assert_valid(envelope: &str) {
    let Some(folder) = folder() else { return };
    let (name, text) = payload(envelope);
    let schema = match name.as_str() {
        "ErrorInfo" => "common_v52_0/CommonReqRsp.xsd",
        name if text.starts_with("<air:") || name == "AvailabilityErrorInfo" => "air_v52_0/AirReqRsp.xsd",
        _ => "universal_v52_0/UniversalRecordReqRsp.xsd",
    };
    let mut lint = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(folder.join("schema/v52").join(schema))
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("xmllint is installed (package libxml2-utils)");
    lint.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = lint.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{}\n{}",
        errors.lines().take(12).collect::<Vec<_>>().join("\n"),
        &text[..text.len().min(3000)]
    );
}

/// The paths of all elements of a reply, without namespaces.
pub(crate) fn paths(envelope: &str) -> BTreeSet<String> {
    fn walk(node: Node<'_, '_>, path: &str, paths: &mut BTreeSet<String>) {
        let path = format!("{path}/{}", node.tag_name().name());
        node.children().filter(Node::is_element).for_each(|child| walk(child, &path, paths));
        paths.insert(path);
    }
    let document = Document::parse(envelope).unwrap();
    let mut paths = BTreeSet::new();
    let body = document.root_element().first_element_child().unwrap();
    walk(body.first_element_child().unwrap(), "", &mut paths);
    paths
}

/// The paths of all recordings with a root of this name; `None` without wire data.
pub(crate) fn recorded_paths(root: &str) -> Option<BTreeSet<String>> {
    let folder = folder()?.join("messages/v52-recorded/Air");
    let mut all = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let Ok(document) = Document::parse(&text) else { continue };
        let body = document.root_element().first_element_child();
        if body.and_then(|body| body.first_element_child()).is_some_and(|e| e.tag_name().name() == root) {
            all.extend(paths(&text));
        }
    }
    assert!(!all.is_empty(), "no recording of {root}");
    Some(all)
}
