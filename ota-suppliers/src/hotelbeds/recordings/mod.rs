//! Every Hotelbeds recording against values that these tests take from the JSON or XML themselves.

mod bookings;
mod catalogue;
mod damage;
mod look;
mod small;
mod stays;

use look::{Document, Look};
use serde_json::{Value, json};

use crate::inspect::suite::{corpus, has_the_stated_form};
use crate::inspect::{Outcome, inspect};
use crate::wire_data;

/// (path below the folder of messages, bytes) of all recordings; none where there is no wire data.
fn all() -> Vec<(String, Vec<u8>)> {
    let Some(folder) = wire_data::path("hotelbeds-apitude/messages") else { return Vec::new() };
    let mut files = Vec::new();
    for folder in [folder.clone(), folder.join("postman")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                files.push((name, std::fs::read(path).unwrap()));
            }
        }
    }
    files.sort();
    assert!(files.len() > 60, "the recordings are incomplete");
    files
}

/// A document of the fuzzing corpus.
pub(super) fn corpus_document(name: &str) -> Vec<u8> {
    corpus("hotelbeds_reply").into_iter().find(|(file, _)| file == name).unwrap().1
}

/// The recorded replies whose file name has a part, with what `inspect` shows of each.
fn replies(part: &str) -> Vec<(String, Document, Value)> {
    let wanted = all().into_iter().filter(|(name, _)| name.contains(part) && !name.contains(".request."));
    wanted
        .map(|(name, bytes)| {
            let (outcome, json) = inspect("hotelbeds", &bytes);
            assert_eq!(outcome, Outcome::Understood, "{name}: {json:#}");
            (name, Document::parse(&bytes), json)
        })
        .collect()
}

/// An amount of these recordings, which are all in euro, as the output's money.
fn money(amount: Option<String>) -> Value {
    let Some(amount) = amount else { return Value::Null };
    let (whole, fraction) = amount.split_once('.').unwrap_or((&amount, ""));
    json!({ "amount": format!("{whole}.{fraction:0<2}"), "currency": "EUR" })
}

/// A count, however it is written.
fn number(node: Look<'_, '_>, member: &str) -> Value {
    node.get(member).map(|text| text.parse::<i64>().unwrap()).into()
}

/// Steps in the order of time, as the output should show them.
fn cancellation(rate: Look<'_, '_>) -> Value {
    let step = |policy: Look<'_, '_>| (policy.get("from").unwrap(), policy.get("amount"));
    let mut steps: Vec<_> = rate.items("cancellationPolicies").into_iter().map(step).collect();
    // All offsets of one rate are the same here, so that text sorts like time.
    steps.sort();
    steps.into_iter().map(|(from, amount)| json!({ "from": from, "amount": money(amount) })).collect()
}

#[test]
fn replies_are_understood_and_requests_refused_as_what_they_are() {
    for (name, bytes) in all() {
        let (outcome, json) = inspect("hotelbeds", &bytes);
        if name.contains(".request.") {
            assert_eq!(outcome, Outcome::Refused, "{name}: {json:#}");
            let message = json["error"]["message"].as_str().unwrap();
            assert!(message.contains("a request") && message.contains("RQ"), "{name}: {message}");
        } else {
            assert_eq!(outcome, Outcome::Understood, "{name}: {json:#}");
            assert_eq!(json["skipped"], Value::Null, "{name}");
        }
    }
}

#[test]
fn every_output_has_the_stated_form() {
    has_the_stated_form("hotelbeds", all().into_iter().chain(corpus("hotelbeds_reply")));
}
