//! Takes persons and secrets out of exchanges before they reach a file. Fails closed.
//!
//! Known fields are replaced by placeholders, the same value always by the same one, so that what belonged
//! together still does. Then everything that was ever replaced, and every secret told, is looked for in the
//! text that remains; a find, or a text that cannot be read, refuses the whole exchange.

mod json;
mod xml;

use std::collections::BTreeMap;
use std::fmt;

use ota_core::redact::Redacted;

/// Values shorter than this are replaced but not looked for afterwards: they occur in codes by chance.
const SEARCHED_CHARS_MIN: usize = 3;
/// What every placeholder of a name begins with.
const PLACEHOLDER: &str = "SCRUBBED";
/// What hosts glue to a given name.
const TITLES: [&str; 6] = ["MR", "MRS", "MS", "MISS", "MSTR", "DR"];
/// Most different personal values of one recording.
const VALUES_MAX: usize = 1_000;

/// In what a protocol's messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// XML.
    Xml,
    /// JSON.
    Json,
}

impl Format {
    /// The end of a file's name.
    pub(super) const fn extension(self) -> &'static str {
        match self {
            Self::Xml => "xml",
            Self::Json => "json",
        }
    }
}

/// One place of a message that holds something personal.
#[derive(Debug, Clone, Copy)]
pub struct PersonalField {
    /// Local name of the element or member, of its parent and itself (`NameRemark/RemarkData`), or `*` for any.
    pub element: &'static str,
    /// The attribute; `None` is the element's text, or the member's value.
    pub attribute: Option<&'static str>,
    /// What stands there instead.
    pub placeholder: Placeholder,
}

/// What stands in place of a personal value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholder {
    /// `SCRUBBEDA`, `SCRUBBEDB`, ... by value: letters only, so that it is still a name to the supplier.
    Name,
    /// A fixed text of the right form.
    Fixed(&'static str),
}

/// Where a protocol's messages hold personal data, and what of a request changes from run to run.
#[derive(Debug, Clone, Copy)]
pub struct ScrubRules {
    /// In what the messages are written.
    pub format: Format,
    /// Personal fields.
    pub personal: &'static [PersonalField],
    /// Attributes that say nothing about the question asked: trace ids.
    pub volatile: &'static [&'static str],
}

/// Why an exchange must not be recorded. Says nothing of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScrubError {
    /// The text is not well-formed in its format and UTF-8, so nobody knows what it holds.
    #[error("not a well-formed text")]
    Unreadable,
    /// A value that was taken out, or a secret, stands at a place that no rule names.
    #[error("a personal value or secret is left outside the known fields")]
    Left,
    /// More different values than a recording may have.
    #[error("more than {VALUES_MAX} personal values")]
    TooMany,
}

/// Scrubs the texts of one recording. `Debug` prints nothing of what it has seen.
pub struct Scrubber {
    rules: ScrubRules,
    secrets: Vec<Redacted<String>>,
    /// Every value taken out so far, in capitals, and what stands in its place.
    removed: BTreeMap<String, String>,
    names: usize,
}

impl fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scrubber").finish_non_exhaustive()
    }
}

impl Scrubber {
    /// A scrubber that knows the account's secrets (user, password, branch).
    #[must_use]
    pub fn new(rules: ScrubRules, secrets: Vec<Redacted<String>>) -> Self {
        Self { rules, secrets, removed: BTreeMap::new(), names: 0 }
    }

    /// The text with every known personal field replaced.
    ///
    /// # Errors
    /// The text must not be recorded.
    pub fn scrub(&mut self, text: &[u8]) -> Result<String, ScrubError> {
        let text = std::str::from_utf8(text).map_err(|_| ScrubError::Unreadable)?;
        let (scrubbed, plain) = match self.rules.format {
            Format::Xml => xml::scrub(self, text)?,
            Format::Json => json::scrub(self, text)?,
        };
        self.clean(&plain).map(|()| scrubbed)
    }

    /// Where everything was taken out.
    pub(super) const fn rules(&self) -> &ScrubRules {
        &self.rules
    }

    /// Whether nothing that was ever taken out, and no secret, stands in a text.
    ///
    /// # Errors
    /// Something does.
    pub(super) fn clean(&self, plain: &str) -> Result<(), ScrubError> {
        let plain = plain.to_uppercase();
        let removed = self.removed.iter().filter(|(value, by)| **value != by.to_uppercase());
        let secrets = self.secrets.iter().map(|secret| secret.expose().to_uppercase());
        let left = removed
            .map(|(value, _)| value.clone())
            .chain(secrets)
            .filter(|value| value.chars().count() >= SEARCHED_CHARS_MIN)
            .any(|value| plain.contains(&value));
        if left { Err(ScrubError::Left) } else { Ok(()) }
    }

    fn text_rule(&self, open: &[String]) -> Option<Placeholder> {
        let (element, parents) = open.split_last()?;
        self.rule(parents.last(), element, None)
    }

    fn rule(&self, parent: Option<&String>, element: &str, attribute: Option<&str>) -> Option<Placeholder> {
        let is_meant = |field: &PersonalField| match field.element.split_once('/') {
            Some((of, name)) => name == element && parent.is_some_and(|parent| parent == of),
            None => field.element == element || field.element == "*",
        };
        let hit = |field: &&PersonalField| field.attribute == attribute && is_meant(field);
        self.rules.personal.iter().find(hit).map(|field| field.placeholder)
    }

    /// What stands in place of a value, which comes without the escapes of its format.
    fn replace(&mut self, value: &str, placeholder: Placeholder) -> Result<String, ScrubError> {
        let value = value.to_uppercase();
        if value.is_empty() || is_placeholder(&value) {
            return Ok(value);
        }
        let fresh = match placeholder {
            Placeholder::Name => name(self.names),
            Placeholder::Fixed(text) => text.to_owned(),
        };
        if let Some(known) = self.known(&value) {
            return Ok(known);
        }
        if self.removed.len() >= VALUES_MAX {
            return Err(ScrubError::TooMany);
        }
        self.names += usize::from(placeholder == Placeholder::Name);
        self.removed.insert(value, fresh.clone());
        Ok(fresh)
    }

    /// The placeholder of a value seen before, or of one with a title behind it, as hosts write names.
    fn known(&self, value: &str) -> Option<String> {
        let titled = || {
            TITLES.iter().find_map(|title| {
                let known = self.removed.get(value.strip_suffix(title)?)?;
                Some(format!("{known}{title}"))
            })
        };
        self.removed.get(value).cloned().or_else(titled)
    }
}

/// Whether a value was scrubbed before: a replayed request must come out as it was recorded.
fn is_placeholder(value: &str) -> bool {
    value.strip_prefix(PLACEHOLDER).is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_uppercase()))
}

/// `SCRUBBEDA`, ..., `SCRUBBEDZ`, `SCRUBBEDBA`, ...
fn name(mut number: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + (number % 26) as u8));
        number /= 26;
        if number == 0 {
            break;
        }
    }
    letters
        .into_iter()
        .rev()
        .fold(PLACEHOLDER.to_owned(), |text, letter| text + letter.encode_utf8(&mut [0; 4]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: ScrubRules = ScrubRules {
        format: Format::Xml,
        personal: &[
            PersonalField { element: "Name", attribute: Some("Last"), placeholder: Placeholder::Name },
            PersonalField { element: "Who", attribute: None, placeholder: Placeholder::Name },
            PersonalField { element: "Born/Data", attribute: None, placeholder: Placeholder::Fixed("X") },
            PersonalField { element: "*", attribute: Some("Branch"), placeholder: Placeholder::Fixed("B") },
            PersonalField {
                element: "Name",
                attribute: Some("Born"),
                placeholder: Placeholder::Fixed("1990-01-01"),
            },
        ],
        volatile: &["TraceId"],
    };

    #[track_caller]
    fn check(text: &str, expected: Result<&str, ScrubError>) {
        let mut scrubber = Scrubber::new(RULES, vec![Redacted::new("Hunter22".to_owned())]);
        assert_eq!(scrubber.scrub(text.as_bytes()).as_deref(), expected.as_ref().map(|text| *text));
    }

    #[test]
    fn the_same_value_gets_the_same_placeholder() {
        check(
            r#"<r xmlns:x="u"><x:Name Last="Plantedson" Born="1971-02-03"/><Who> plantedson </Who><Name Last="O&apos;Planted"/></r>"#,
            Ok(
                r#"<r xmlns:x="u"><x:Name Last="SCRUBBEDA" Born="1990-01-01"/><Who>SCRUBBEDA</Who><Name Last="SCRUBBEDB"/></r>"#,
            ),
        );
        check(r#"<r><Name Last="SCRUBBEDC"/></r>"#, Ok(r#"<r><Name Last="SCRUBBEDC"/></r>"#));
        check(
            r#"<r Branch="P9"><Born><Data>12MAY</Data></Born><Data>kept</Data></r>"#,
            Ok(r#"<r Branch="B"><Born><Data>X</Data></Born><Data>kept</Data></r>"#),
        );
        check(
            r#"<r><Name Last="Plantedson"/><Name Last="PLANTEDSONMR"/></r>"#,
            Ok(r#"<r><Name Last="SCRUBBEDA"/><Name Last="SCRUBBEDAMR"/></r>"#),
        );
        check("<r><!-- Plantedson --><Who>A &amp; B</Who></r>", Ok("<r><Who>SCRUBBEDASCRUBBEDB</Who></r>"));
        assert_eq!((name(25), name(26)), ("SCRUBBEDZ".to_owned(), "SCRUBBEDBA".to_owned()));
    }

    #[test]
    fn what_is_left_anywhere_refuses_the_whole() {
        check(r#"<r><Name Last="Plantedson"/><Note>MRPLANTEDSON</Note></r>"#, Err(ScrubError::Left));
        check(r#"<r><Name Last="O&apos;Planted"/><Note>O&#39;PLANTED</Note></r>"#, Err(ScrubError::Left));
        check(r#"<r key="hunter22"/>"#, Err(ScrubError::Left));
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for text in
            ["", "<r>", "<r></s>", "<!DOCTYPE r><r/>", "<r><![CDATA[Plantedson]]></r>", "not xml", "{}"]
        {
            check(text, Err(ScrubError::Unreadable));
        }
    }

    #[track_caller]
    fn check_json(text: &str, expected: Result<&str, ScrubError>) {
        const JSON: ScrubRules = ScrubRules {
            format: Format::Json,
            personal: &[
                PersonalField { element: "who/name", attribute: None, placeholder: Placeholder::Name },
                PersonalField { element: "born", attribute: None, placeholder: Placeholder::Fixed("X") },
            ],
            volatile: &[],
        };
        let mut scrubber = Scrubber::new(JSON, vec![Redacted::new("Hunter22".to_owned())]);
        assert_eq!(scrubber.scrub(text.as_bytes()).as_deref(), expected.as_ref().map(|text| *text));
    }

    #[test]
    fn members_are_replaced_wherever_they_are_and_the_rest_stays_as_written() {
        check_json(
            r#" {"who": [{"name":"Plantedson","born":19710203}, {"name":"PLANTEDSON"}], "name":"kept", "net":10.50}"#,
            Ok(r#"{"who":[{"name":"SCRUBBEDA","born":"X"},{"name":"SCRUBBEDA"}],"name":"kept","net":10.50}"#),
        );
        check_json(
            r#"{"who":{"name":null},"a":[],"b":{},"c":true}"#,
            Ok(r#"{"who":{"name":null},"a":[],"b":{},"c":true}"#),
        );
        check_json(r#"[{"born":["1971","1971"]}]"#, Ok(r#"[{"born":["X","X"]}]"#));
    }

    #[test]
    fn what_is_left_anywhere_in_json_refuses_the_whole() {
        let who = r#""who":{"name":"\u00d8stby"}"#;
        check_json(&format!(r#"{{{who}}}"#), Ok(r#"{"who":{"name":"SCRUBBEDA"}}"#));
        check_json(&format!(r#"{{{who},"note":"MR \u00f8STBY"}}"#), Err(ScrubError::Left));
        check_json(&format!(r#"{{{who},"Østby":1}}"#), Err(ScrubError::Left));
        check_json(r#"{"key":"hunter22"}"#, Err(ScrubError::Left));
        check_json(r#"{"who":{"name":12345},"note":"a 12345"}"#, Err(ScrubError::Left));
    }

    #[test]
    fn json_that_cannot_be_read_is_refused() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        for text in ["", "{", "<r/>", "{}{}", "text", "{\"a\":1,}", r#"{"born":{"a":1}}"#, &deep] {
            check_json(text, Err(ScrubError::Unreadable));
        }
    }
}
