//! A plain rendition of replies in XML: scalars are attributes, objects elements, and the items of a list elements in
//! the singular, as in the recordings. An error and a remark are elements with text, as integrators show them.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::super::markup::escape;

const NAMESPACE: &str = "http://www.hotelbeds.com/schemas/messages";
/// Members that are elements though they are scalars.
const ELEMENTS: &[&str] = &["remark", "message"];

/// A reply with its root element.
pub(super) fn write(root: &str, reply: &Value) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    let mut members = reply.as_object().cloned().unwrap_or_default();
    members.insert("xmlns".to_owned(), NAMESPACE.into());
    element(&mut out, root, &members);
    out
}

fn element(out: &mut String, name: &str, members: &Map<String, Value>) {
    let _ = write!(out, "<{name}");
    // The code of an error stands beside its message.
    let is_attribute = |member: &str, value: &Value| {
        !value.is_object() && !value.is_array() && !ELEMENTS.contains(&member) && name != "error"
    };
    for (member, value) in members.iter().filter(|(member, value)| is_attribute(member, value)) {
        let _ = write!(out, " {member}=\"");
        scalar(out, value);
        out.push('"');
    }
    out.push('>');
    for (member, value) in members.iter().filter(|(member, value)| !is_attribute(member, value)) {
        match value {
            Value::Object(members) => element(out, member, members),
            // `hotels.hotels` and `taxes.taxes` are one element in XML.
            Value::Array(items) if member == name => list(out, member, items),
            Value::Array(items) => {
                let _ = write!(out, "<{member}>");
                list(out, member, items);
                let _ = write!(out, "</{member}>");
            }
            text => {
                let _ = write!(out, "<{member}>");
                scalar(out, text);
                let _ = write!(out, "</{member}>");
            }
        }
    }
    let _ = write!(out, "</{name}>");
}

fn list(out: &mut String, plural: &str, items: &[Value]) {
    let one = match plural {
        "taxes" => "tax",
        "paxes" => "pax",
        "cancellationPolicies" => "cancellationPolicy",
        other => other.strip_suffix('s').unwrap_or(other),
    };
    for item in items {
        match item {
            Value::Object(members) => element(out, one, members),
            text => {
                let _ = write!(out, "<{one}>");
                scalar(out, text);
                let _ = write!(out, "</{one}>");
            }
        }
    }
}

fn scalar(out: &mut String, value: &Value) {
    match value {
        Value::String(text) => escape(out, text),
        Value::Null => {}
        other => escape(out, other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nests_lists_and_escapes() {
        let reply = json!({
            "hotels": { "total": 1, "hotels": [{ "code": 7, "name": "A & B", "rates": [{ "net": "1.00" }] }] },
        });
        let text = write("availabilityRS", &reply);
        assert!(text.ends_with(
            "<hotels total=\"1\"><hotel code=\"7\" name=\"A &amp; B\"><rates><rate net=\"1.00\"></rate></rates>\
             </hotel></hotels></availabilityRS>"
        ));
        let error = json!({ "error": { "code": "X-1", "message": "no" } });
        assert!(write("bookingRS", &error).contains("<error><code>X-1</code><message>no</message></error>"));
    }
}
