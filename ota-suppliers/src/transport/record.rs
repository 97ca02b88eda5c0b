//! Records exchanges into a cassette, scrubbed before they reach the disk.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use ::http::HeaderValue;
use ::http::header::CONTENT_TYPE;
use async_trait::async_trait;
use ota_core::supplier::error::Sent;

use super::cassette::{self, EXCHANGES_MAX, Entry, INDEX, Index};
use super::scrub::Scrubber;
use super::{CassetteError, Transport, TransportError, TransportErrorKind, WireRequest, WireResponse};

/// Longest refusal in plain words, bytes.
const WORDS_BYTES_MAX: usize = 100;

/// A [`Transport`] that passes exchanges on to another and writes them to a folder.
///
/// An exchange that cannot be scrubbed is not written, and the caller is told so: a recording has no gaps
/// that nobody knows of. Only whole responses are recorded. A refusal in a few plain words, as gateways give it, need
/// not be in the format of the protocol.
#[derive(Debug)]
pub struct Recorder {
    inner: Arc<dyn Transport>,
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    scrubber: Scrubber,
    index: Index,
}

impl Recorder {
    /// Records into a new or empty folder.
    ///
    /// # Errors
    /// The folder cannot be made, or is not empty.
    pub fn new(
        inner: Arc<dyn Transport>,
        folder: PathBuf,
        scrubber: Scrubber,
    ) -> Result<Self, CassetteError> {
        fs::create_dir_all(&folder)?;
        if fs::read_dir(&folder)?.next().is_some() {
            return Err(CassetteError::Content);
        }
        Ok(Self { inner, folder, state: Mutex::new(State { scrubber, index: Index::default() }) })
    }

    fn write(&self, request: &WireRequest, response: &WireResponse) -> Result<(), TransportError> {
        let refuse = |error: Box<dyn std::error::Error + Send + Sync>| {
            TransportError::new(TransportErrorKind::NotScrubbed, Sent::Maybe, error)
        };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let bare = cassette::bare(request).map_err(|error| refuse(error.into()))?;
        let question = match &bare {
            Some(bare) => state.scrubber.clean(bare).map(|()| None),
            None => state.scrubber.scrub(&request.body).map(Some),
        };
        let question = question.map_err(|error| refuse(error.into()))?;
        let answer = state.scrubber.scrub(&response.body).or_else(|error| {
            let words = std::str::from_utf8(&response.body).ok().filter(|text| text.len() <= WORDS_BYTES_MAX);
            let words = words.filter(|_| !response.status.is_success()).ok_or(error)?;
            state.scrubber.clean(words).map(|()| words.to_owned())
        });
        let answer = answer.map_err(|error| refuse(error.into()))?;
        let number = state.index.exchange.len() + 1;
        if number > EXCHANGES_MAX {
            return Err(refuse(CassetteError::Content.into()));
        }
        let kind = response.headers.get(CONTENT_TYPE).map(HeaderValue::to_str);
        let entry = Entry {
            op: request.op.to_owned(),
            bare,
            status: response.status.as_u16(),
            content_type: kind.and_then(Result::ok).map(str::to_owned),
        };
        let name = |part| entry.file(number, part, state.scrubber.rules().format);
        let mut files = vec![(name("response"), answer)];
        files.extend(question.map(|question| (name("request"), question)));
        state.index.exchange.push(entry);
        let index = toml::to_string(&state.index).map_err(|error| refuse(error.into()))?;
        for (name, text) in files.into_iter().chain([(INDEX.to_owned(), index)]) {
            fs::write(self.folder.join(name), text).map_err(|error| refuse(error.into()))?;
        }
        Ok(())
    }
}

#[async_trait]
impl Transport for Recorder {
    async fn exchange(&self, request: WireRequest) -> Result<WireResponse, TransportError> {
        let response = self.inner.exchange(request.clone()).await?;
        self.write(&request, &response)?;
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ::http::{HeaderMap, Method, StatusCode};
    use bytes::Bytes;
    use ota_core::redact::Redacted;
    use ota_core::supplier::call::Effect;

    use super::super::{Cassette, Format, PersonalField, Placeholder, ScrubRules};
    use super::*;

    const RULES: ScrubRules = ScrubRules {
        format: Format::Xml,
        personal: &[PersonalField {
            element: "Who",
            attribute: Some("Last"),
            placeholder: Placeholder::Name,
        }],
        volatile: &["TraceId"],
    };

    #[derive(Debug)]
    struct Echo(&'static str);

    #[async_trait]
    impl Transport for Echo {
        async fn exchange(&self, _: WireRequest) -> Result<WireResponse, TransportError> {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("text/xml"))]);
            Ok(WireResponse { status: StatusCode::INTERNAL_SERVER_ERROR, headers, body: self.0.into() })
        }
    }

    fn ask(body: &'static str) -> WireRequest {
        WireRequest {
            op: "AskReq",
            effect: Effect::Read,
            method: Method::POST,
            url: "http://nobody/".to_owned(),
            headers: HeaderMap::new(),
            body: body.into(),
            timeout: Duration::from_secs(1),
            send_before: None,
        }
    }

    fn recorder(folder: &tempfile::TempDir, answer: &'static str) -> Recorder {
        let path = folder.path().join("journey");
        Recorder::new(Arc::new(Echo(answer)), path, Scrubber::new(RULES, Vec::new())).unwrap()
    }

    #[tokio::test]
    async fn what_was_recorded_is_played_to_the_same_question_once() {
        let folder = tempfile::tempdir().unwrap();
        let recorder = recorder(&folder, r#"<a:Rsp xmlns:a="u"><Who Last="Plantedson"/></a:Rsp>"#);
        recorder
            .exchange(ask("<Ask xmlns='u' TraceId='1' B='2' A='1'><Who Last='PLANTEDSON'/></Ask>"))
            .await
            .unwrap();

        let cassette = Cassette::open(&folder.path().join("journey"), RULES).unwrap();
        let other =
            cassette.exchange(ask("<Ask xmlns='u' B='3' A='1'><Who Last='X'/></Ask>")).await.unwrap_err();
        assert_eq!((other.kind, other.sent), (TransportErrorKind::NotRecorded, Sent::No));
        let cassette = Cassette::open(&folder.path().join("journey"), RULES).unwrap();
        let same =
            ask("<p:Ask A='1' B='2' TraceId='7' xmlns:p='u'>\n  <p:Who Last='SCRUBBEDA'></p:Who></p:Ask>");
        let response = cassette.exchange(same.clone()).await.unwrap();
        assert_eq!(response.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(&*response.body, br#"<a:Rsp xmlns:a="u"><Who Last="SCRUBBEDA"/></a:Rsp>"#);
        assert_eq!(cassette.left(), 0);
        assert!(cassette.exchange(same).await.is_err());
    }

    #[tokio::test]
    async fn a_refusal_in_a_few_words_is_kept_if_it_names_nobody() {
        let long = "no ".repeat(40);
        for (words, kept) in [("<h1>Not Found", true), ("no Plantedson", false), (long.leak(), false)] {
            let folder = tempfile::tempdir().unwrap();
            let recorder = recorder(&folder, words);
            let answer = recorder.exchange(ask("<Ask><Who Last='Plantedson'/></Ask>")).await;
            assert_eq!(answer.is_ok(), kept, "{words}");
        }
    }

    #[tokio::test]
    async fn what_cannot_be_scrubbed_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let recorder = recorder(&folder, "<Rsp>MR PLANTEDSON</Rsp>");
        let error = recorder.exchange(ask("<Ask><Who Last='Plantedson'/></Ask>")).await.unwrap_err();
        assert_eq!((error.kind, error.sent), (TransportErrorKind::NotScrubbed, Sent::Maybe));
        assert_eq!(fs::read_dir(folder.path().join("journey")).unwrap().count(), 0);
    }

    const JSON: ScrubRules = ScrubRules {
        format: Format::Json,
        personal: &[PersonalField { element: "who", attribute: None, placeholder: Placeholder::Name }],
        volatile: &[],
    };

    fn bare(method: Method, host: &str, path: &str) -> WireRequest {
        WireRequest { method, url: format!("http://{host}{path}"), body: Bytes::new(), ..ask("") }
    }

    #[tokio::test]
    async fn a_request_without_a_body_is_told_by_its_method_and_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journey");
        let secrets = vec![Redacted::new("Hunter22".to_owned())];
        let inner = Arc::new(Echo(r#"{"who":"Plantedson","net":1.10}"#));
        let recorder = Recorder::new(inner, path.clone(), Scrubber::new(JSON, secrets)).unwrap();
        recorder.exchange(bare(Method::GET, "here", "/orders/1?from=1")).await.unwrap();
        recorder.exchange(bare(Method::DELETE, "here", "/orders/1?from=1")).await.unwrap();
        let posted = WireRequest { body: r#"{"b":1, "a":"Plantedson"}"#.into(), ..ask("") };
        let refused = recorder.exchange(posted.clone()).await.unwrap_err();
        assert_eq!(refused.kind, TransportErrorKind::NotScrubbed);
        let named = WireRequest { body: r#"{"b":1, "who":"Plantedson"}"#.into(), ..ask("") };
        recorder.exchange(named).await.unwrap();
        for secret in ["/orders/plantedson", "/orders/1?key=hunter22"] {
            let refused = recorder.exchange(bare(Method::GET, "here", secret)).await.unwrap_err();
            assert_eq!(refused.kind, TransportErrorKind::NotScrubbed);
        }

        let cassette = Cassette::open(&path, JSON).unwrap();
        for (method, path, answered) in [
            (Method::GET, "/orders/1?from=2", false),
            (Method::POST, "/orders/1?from=1", false),
            (Method::DELETE, "/orders/1?from=1", true),
            (Method::GET, "/orders/1?from=1", true),
            (Method::GET, "/orders/1?from=1", false),
        ] {
            let answer = cassette.exchange(bare(method.clone(), "there:9", path)).await;
            assert_eq!(answer.is_ok(), answered, "{method} {path}");
            if let Ok(answer) = answer {
                assert_eq!(&*answer.body, br#"{"who":"SCRUBBEDA","net":1.10}"#);
            }
        }
        let same = WireRequest { body: r#"{ "who": "SCRUBBEDA", "b":1 }"#.into(), ..ask("") };
        assert!(cassette.exchange(same).await.is_ok());
        assert_eq!(cassette.left(), 0);
    }
}
