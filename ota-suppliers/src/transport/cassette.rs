//! Recorded exchanges, played back: the connector's tests need no supplier.
//!
//! A cassette is a folder: `cassette.toml` lists the exchanges in order, `NN-<op>.request.xml` and
//! `NN-<op>.response.xml` (or `.json`) hold them; a request without a body is its method and path in the list.
//! A request is matched by what it says, not by its bytes: namespaces in place of prefixes, attributes and
//! members in order, no white space between them, no trace ids.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ::http::header::CONTENT_TYPE;
use ::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use async_trait::async_trait;
use ota_core::supplier::error::Sent;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;
use serde::{Deserialize, Serialize};

use super::scrub::{Format, ScrubError, ScrubRules, Scrubber};
use super::{Transport, TransportError, TransportErrorKind, WireRequest, WireResponse};

/// The list of a cassette's exchanges.
pub(super) const INDEX: &str = "cassette.toml";
/// Most exchanges of one cassette.
pub(super) const EXCHANGES_MAX: usize = 100;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Index {
    #[serde(default)]
    pub(super) exchange: Vec<Entry>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) op: String,
    /// Of a request without a body: method, path and query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) bare: Option<String>,
    pub(super) status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) content_type: Option<String>,
}

impl Entry {
    pub(super) fn file(&self, number: usize, part: &str, format: Format) -> String {
        format!("{number:02}-{}.{part}.{}", self.op, format.extension())
    }
}

/// Why a cassette cannot be played.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CassetteError {
    /// A file is missing or cannot be read or written.
    #[error("cassette file")]
    File(#[from] io::Error),
    /// `cassette.toml` is not what it should be.
    #[error("cassette index")]
    Index(#[from] toml::de::Error),
    /// More than a cassette holds, a status that is none, or a request that cannot be read.
    #[error("cassette content")]
    Content,
}

/// A [`Transport`] that answers from a recording, each exchange once.
pub struct Cassette {
    rules: ScrubRules,
    state: Mutex<State>,
}

struct State {
    scrubber: Scrubber,
    left: Vec<Recorded>,
}

struct Recorded {
    op: String,
    question: String,
    response: WireResponse,
}

impl fmt::Debug for Cassette {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cassette").field("left", &self.left()).finish_non_exhaustive()
    }
}

impl Cassette {
    /// Opens a folder.
    ///
    /// # Errors
    /// A file is missing or malformed.
    pub fn open(folder: &Path, rules: ScrubRules) -> Result<Self, CassetteError> {
        let index: Index = toml::from_str(&fs::read_to_string(folder.join(INDEX))?)?;
        if index.exchange.len() > EXCHANGES_MAX {
            return Err(CassetteError::Content);
        }
        let mut left = Vec::new();
        for (entry, number) in index.exchange.iter().zip(1..) {
            let file = |part| folder.join(entry.file(number, part, rules.format));
            let question = match &entry.bare {
                Some(bare) => bare.clone(),
                None => canonical(&fs::read_to_string(file("request"))?, &rules)
                    .map_err(|_| CassetteError::Content)?,
            };
            let mut headers = HeaderMap::new();
            if let Some(kind) = &entry.content_type {
                let kind = HeaderValue::from_str(kind).map_err(|_| CassetteError::Content)?;
                headers.insert(CONTENT_TYPE, kind);
            }
            left.push(Recorded {
                op: entry.op.clone(),
                question,
                response: WireResponse {
                    status: StatusCode::from_u16(entry.status).map_err(|_| CassetteError::Content)?,
                    headers,
                    body: fs::read(file("response"))?.into(),
                },
            });
        }
        let scrubber = Scrubber::new(rules, Vec::new());
        Ok(Self { rules, state: Mutex::new(State { scrubber, left }) })
    }

    /// How many exchanges have not been played yet.
    #[must_use]
    pub fn left(&self) -> usize {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).left.len()
    }

    fn play(&self, request: &WireRequest) -> Option<WireResponse> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let question = match bare(request).ok()? {
            Some(bare) => bare,
            None => canonical(&state.scrubber.scrub(&request.body).ok()?, &self.rules).ok()?,
        };
        let hit = state
            .left
            .iter()
            .position(|recorded| recorded.op == request.op && recorded.question == question)?;
        Some(state.left.remove(hit).response)
    }
}

#[async_trait]
impl Transport for Cassette {
    async fn exchange(&self, request: WireRequest) -> Result<WireResponse, TransportError> {
        self.play(&request).ok_or(TransportError {
            kind: TransportErrorKind::NotRecorded,
            sent: Sent::No,
            source: None,
        })
    }
}

/// What a request without a body says: its method, path and query, wherever the supplier is.
pub(super) fn bare(request: &WireRequest) -> Result<Option<String>, ScrubError> {
    if !request.body.is_empty() {
        return Ok(None);
    }
    let url: Uri = request.url.parse().map_err(|_| ScrubError::Unreadable)?;
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    Ok(Some(format!("{} {path}", request.method)))
}

/// What a body says, in one form.
fn canonical(text: &str, rules: &ScrubRules) -> Result<String, ScrubError> {
    match rules.format {
        Format::Xml => canonical_xml(text, rules),
        // Members come out in the order of their names.
        Format::Json => serde_json::from_str::<serde_json::Value>(text)
            .map(|value| value.to_string())
            .map_err(|_| ScrubError::Unreadable),
    }
}

fn canonical_xml(text: &str, rules: &ScrubRules) -> Result<String, ScrubError> {
    let mut reader = NsReader::from_str(text);
    let mut lines = String::new();
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|_| ScrubError::Unreadable)?;
        let namespace = match namespace {
            ResolveResult::Bound(namespace) => namespace.0.to_owned(),
            ResolveResult::Unbound | ResolveResult::Unknown(_) => String::new(),
        };
        match event {
            Event::Start(start) => element(&mut lines, &namespace, &start, rules)?,
            Event::Empty(start) => {
                element(&mut lines, &namespace, &start, rules)?;
                lines.push_str("end\n");
            }
            Event::End(_) => lines.push_str("end\n"),
            Event::Text(text) if !text.trim().is_empty() => {
                lines.push_str(text.trim());
                lines.push('\n');
            }
            Event::GeneralRef(entity) => lines.push_str(&entity),
            Event::Eof => return Ok(lines),
            _ => {}
        }
    }
}

fn element(
    lines: &mut String,
    namespace: &str,
    start: &BytesStart<'_>,
    rules: &ScrubRules,
) -> Result<(), ScrubError> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| ScrubError::Unreadable)?;
        let key = attribute.key.as_ref();
        if !key.starts_with("xmlns") && !rules.volatile.contains(&key) {
            attributes.push(format!("{key}={}", attribute.value));
        }
    }
    attributes.sort_unstable();
    let name = start.local_name();
    lines.push_str(&format!("{{{namespace}}}{} {}\n", name.as_ref(), attributes.join(" ")));
    Ok(())
}
