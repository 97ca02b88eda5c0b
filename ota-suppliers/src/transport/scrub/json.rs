//! Scrubbing JSON: what no rule names is copied as it is written, numbers to the digit.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{ScrubError, Scrubber};

/// Deepest nesting that is read.
const DEPTH_MAX: usize = 64;

/// The text with every known member replaced, and every name and value of it without escapes, one a line.
pub(super) fn scrub(scrubber: &mut Scrubber, text: &str) -> Result<(String, String), ScrubError> {
    let raw: &RawValue = parse(text)?;
    if !raw.get().starts_with(['{', '[']) {
        return Err(ScrubError::Unreadable);
    }
    let mut out = Out::default();
    value(scrubber, raw, DEPTH_MAX, &mut Vec::new(), &mut out)?;
    Ok((out.scrubbed, out.plain))
}

#[derive(Default)]
struct Out {
    scrubbed: String,
    plain: String,
}

impl Out {
    fn text(&mut self, text: &str) {
        self.scrubbed.push_str(&serde_json::Value::from(text).to_string());
        self.plain.push_str(text);
        self.plain.push('\n');
    }
}

/// `open` are the names of the members around; an array has none of its own. An object where a personal value
/// is expected is one that nobody knows how to scrub.
fn value(
    scrubber: &mut Scrubber,
    raw: &RawValue,
    depth: usize,
    open: &mut Vec<String>,
    out: &mut Out,
) -> Result<(), ScrubError> {
    let inner = depth.checked_sub(1).ok_or(ScrubError::Unreadable)?;
    let text = raw.get();
    if text.starts_with('{') {
        if scrubber.text_rule(open).is_some() {
            return Err(ScrubError::Unreadable);
        }
        let members: Members<'_> = parse(text)?;
        out.scrubbed.push('{');
        for (at, (name, member)) in members.0.into_iter().enumerate() {
            separate(at, out);
            out.text(&name);
            out.scrubbed.push(':');
            open.push(name);
            value(scrubber, member, inner, open, out)?;
            open.pop();
        }
        out.scrubbed.push('}');
    } else if text.starts_with('[') {
        out.scrubbed.push('[');
        for (at, item) in parse::<Vec<&RawValue>>(text)?.into_iter().enumerate() {
            separate(at, out);
            value(scrubber, item, inner, open, out)?;
        }
        out.scrubbed.push(']');
    } else {
        let plain = if text.starts_with('"') { parse::<String>(text)? } else { text.to_owned() };
        match scrubber.text_rule(open).filter(|_| text != "null") {
            Some(placeholder) => out.text(&scrubber.replace(&plain, placeholder)?),
            None => {
                out.scrubbed.push_str(text);
                out.plain.push_str(&plain);
                out.plain.push('\n');
            }
        }
    }
    Ok(())
}

fn separate(at: usize, out: &mut Out) {
    if at > 0 {
        out.scrubbed.push(',');
    }
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, ScrubError> {
    serde_json::from_str(text).map_err(|_| ScrubError::Unreadable)
}

/// The members of an object in their order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Vec<(String, &'de RawValue)>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(All).map(Self)
    }
}
