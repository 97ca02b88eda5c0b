//! The port through which every supplier exchange leaves the process.
//!
//! A [`TransportError`] only means "no usable response": an answer with status 500 is a response, and what
//! its body proves is the connector's business. What counts for money is whether the bytes may have
//! reached the supplier ([`TransportError::sent`]); an implementation that cannot know says maybe.

mod cassette;
mod http;
mod record;
mod scrub;

use std::fmt;
use std::time::Duration;

use ::http::{HeaderMap, Method, StatusCode};
use async_trait::async_trait;
use bytes::Bytes;
use ota_core::model::time::Timestamp;
use ota_core::supplier::call::Effect;
use ota_core::supplier::error::Sent;

pub use self::cassette::{Cassette, CassetteError};
pub use self::http::HttpTransport;
pub use self::record::Recorder;
pub use self::scrub::{Format, PersonalField, Placeholder, ScrubError, ScrubRules, Scrubber};

/// Carries one request to a supplier and brings back its response.
///
/// An implementation sends the bytes of one call at most once, sends nothing after `send_before`, follows no
/// redirect and bounds the response by `ota_core::limits::REPLY_BYTES_MAX`, decompressed.
#[async_trait]
pub trait Transport: Send + Sync + fmt::Debug + 'static {
    /// Sends once and waits for the whole response.
    ///
    /// # Errors
    /// No usable response; the error says whether the request may have been sent.
    async fn exchange(&self, request: WireRequest) -> Result<WireResponse, TransportError>;
}

/// One request.
///
/// `Debug` prints neither body nor credentials.
#[derive(Clone)]
pub struct WireRequest {
    /// The supplier's name of the operation, for logs and fixtures.
    pub op: &'static str,
    /// A write never uses a pooled connection: see [`HttpTransport`].
    pub effect: Effect,
    /// POST with a body, GET or DELETE without one.
    pub method: Method,
    /// Absolute URL, with its query, without credentials.
    pub url: String,
    /// Headers; secret values are marked sensitive.
    pub headers: HeaderMap,
    /// The whole body; empty where the method has none.
    pub body: Bytes,
    /// From the first look for a connection to the last byte of the response.
    pub timeout: Duration,
    /// Nothing that makes the request whole is sent at or after this instant.
    pub send_before: Option<Timestamp>,
}

impl fmt::Debug for WireRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireRequest")
            .field("op", &self.op)
            .field("method", &self.method)
            .field("url", &self.url)
            .field("bytes", &self.body.len())
            .field("send_before", &self.send_before)
            .finish_non_exhaustive()
    }
}

/// A whole response, decompressed. `Debug` prints no body: replies hold names.
#[derive(Clone)]
pub struct WireResponse {
    /// Whatever the supplier answered, errors included.
    pub status: StatusCode,
    /// Response headers.
    pub headers: HeaderMap,
    /// The whole body, at most `REPLY_BYTES_MAX`.
    pub body: Bytes,
}

impl fmt::Debug for WireResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireResponse")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// No usable response.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct TransportError {
    /// What failed.
    pub kind: TransportErrorKind,
    /// Whether bytes of the request may have reached the supplier.
    pub sent: Sent,
    /// The cause, without URL, body or credentials.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The transport is set up wrongly.
    #[error("the transport is not set up")]
    Setup,
    /// No connection.
    #[error("no connection to the supplier")]
    Connect,
    /// `send_before` had come, or might have, before the request went out.
    #[error("the time for sending is over")]
    TooLate,
    /// The time-out ran out.
    #[error("no whole response in time")]
    Timeout,
    /// The line dropped, or what came was not HTTP.
    #[error("the line dropped")]
    Interrupted,
    /// More than `REPLY_BYTES_MAX`.
    #[error("the response is too large")]
    TooLarge,
    /// The content encoding is unknown, broken or cut short.
    #[error("the response cannot be decompressed")]
    Encoding,
    /// A cassette has no response to this request.
    #[error("no recorded response to this request")]
    NotRecorded,
    /// The exchange happened but must not be recorded; nothing was written.
    #[error("the exchange could not be recorded")]
    NotScrubbed,
}

impl TransportError {
    /// An error with its cause.
    pub fn new(
        kind: TransportErrorKind,
        sent: Sent,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { kind, sent, source: Some(source.into()) }
    }

    /// A response that is there but cannot be used.
    const fn unusable(kind: TransportErrorKind) -> Self {
        Self { kind, sent: Sent::Maybe, source: None }
    }
}
