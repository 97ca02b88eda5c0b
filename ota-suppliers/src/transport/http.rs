//! The network: HTTP/1.1 over TLS, bounded in bytes and time.

use std::error::Error as _;
use std::io::Read as _;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use ::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderValue};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use flate2::read::MultiGzDecoder;
use http_body::{Body, Frame, SizeHint};
use ota_core::limits::REPLY_BYTES_MAX;
use ota_core::model::time::Timestamp;
use ota_core::runtime::Clock;
use ota_core::supplier::call::Effect;
use ota_core::supplier::error::Sent;

use super::{Transport, TransportError, TransportErrorKind, WireRequest, WireResponse};

/// How long a connection attempt may take, name look-up and TLS handshake included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an idle connection for reads is kept: shorter than the keep-alive of the servers we know.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
/// Idle connections kept for each host.
const IDLE_CONNECTIONS_MAX: usize = 32;

/// [`Transport`] over the network.
///
/// **Never twice.** The body can be taken once; whoever asks again gets an error, not the bytes. So neither
/// the HTTP client's retry of a request that a closing pooled connection did not start, nor anything else
/// below us can send a request a second time. (That retry happens only before the body is touched.)
///
/// **Not on a dying connection.** A server may close an idle connection at the moment we use it, and then
/// nobody knows whether the request was read. A read may be repeated; for a write that would be an
/// ambiguous outcome of our own making, so each write opens a connection of its own.
///
/// **Not too late.** `send_before` is looked at when the body is asked for, which is after the connection
/// stands and before the first byte of it goes. Of a request without a body the headers are all there is, and
/// nobody asks before they go: it is begun only while the longest connection attempt still ends in time.
#[derive(Debug, Clone)]
pub struct HttpTransport {
    pooled: reqwest::Client,
    fresh: reqwest::Client,
    clock: Arc<dyn Clock>,
}

impl HttpTransport {
    /// A transport with its own connections. The process must have installed a rustls provider before.
    ///
    /// # Errors
    /// The TLS set-up is not usable.
    pub fn new(clock: Arc<dyn Clock>) -> Result<Self, TransportError> {
        let client = |idle: usize| {
            reqwest::Client::builder()
                .no_proxy()
                .no_gzip()
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .connect_timeout(CONNECT_TIMEOUT)
                .pool_idle_timeout(IDLE_TIMEOUT)
                .pool_max_idle_per_host(idle)
                .tcp_nodelay(true)
                .build()
                .map_err(|error| TransportError::new(TransportErrorKind::Setup, Sent::No, error))
        };
        Ok(Self { pooled: client(IDLE_CONNECTIONS_MAX)?, fresh: client(0)?, clock })
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn exchange(&self, request: WireRequest) -> Result<WireResponse, TransportError> {
        let client = match request.effect {
            Effect::Read => &self.pooled,
            Effect::Write => &self.fresh,
        };
        let head = client
            .request(request.method, request.url)
            .headers(request.headers)
            .header(ACCEPT_ENCODING, HeaderValue::from_static("gzip"))
            .timeout(request.timeout);
        if request.body.is_empty() {
            let connected = self.clock.now().plus(CONNECT_TIMEOUT);
            if request.send_before.is_some_and(|limit| connected > limit) {
                return Err(TransportError::new(TransportErrorKind::TooLate, Sent::No, TooLate));
            }
            let response = head.send().await.map_err(|error| {
                let sent = if error.is_connect() { Sent::No } else { Sent::Maybe };
                failure(error, sent)
            })?;
            return receive(response).await;
        }
        let sent = Arc::new(AtomicBool::new(false));
        let body = OnceBody {
            bytes: Some(request.body),
            send_before: request.send_before,
            clock: Arc::clone(&self.clock),
            sent: Arc::clone(&sent),
        };
        let response = head.body(reqwest::Body::wrap(body)).send().await.map_err(|error| {
            failure(error, if sent.load(Ordering::Acquire) { Sent::Maybe } else { Sent::No })
        })?;
        receive(response).await
    }
}

async fn receive(mut response: reqwest::Response) -> Result<WireResponse, TransportError> {
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(error, Sent::Maybe))? {
        if body.len() + chunk.len() > REPLY_BYTES_MAX {
            return Err(TransportError::unusable(TransportErrorKind::TooLarge));
        }
        body.extend_from_slice(&chunk);
    }
    let body = match headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        None | Some(b"identity") => body.freeze(),
        Some(b"gzip") => gunzip(&body, REPLY_BYTES_MAX)?,
        Some(_) => return Err(TransportError::unusable(TransportErrorKind::Encoding)),
    };
    Ok(WireResponse { status, headers, body })
}

/// Decompresses at most `max` bytes; a stream cut short is an error.
fn gunzip(compressed: &[u8], max: usize) -> Result<Bytes, TransportError> {
    let mut plain = Vec::new();
    let limit = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(compressed)
        .take(limit)
        .read_to_end(&mut plain)
        .map_err(|error| TransportError::new(TransportErrorKind::Encoding, Sent::Maybe, error))?;
    if plain.len() > max {
        return Err(TransportError::unusable(TransportErrorKind::TooLarge));
    }
    Ok(plain.into())
}

fn failure(error: reqwest::Error, sent: Sent) -> TransportError {
    // The URL is in the request already and may be configuration that nobody wants in a log.
    let error = error.without_url();
    let mut source = error.source();
    while let Some(inner) = source {
        if inner.is::<TooLate>() {
            return TransportError::new(TransportErrorKind::TooLate, Sent::No, TooLate);
        }
        source = inner.source();
    }
    let kind = if error.is_builder() {
        TransportErrorKind::Setup
    } else if error.is_timeout() {
        TransportErrorKind::Timeout
    } else if error.is_connect() {
        TransportErrorKind::Connect
    } else {
        TransportErrorKind::Interrupted
    };
    TransportError::new(kind, sent, error)
}

#[derive(Debug, thiserror::Error)]
#[error("the time for sending is over")]
struct TooLate;

#[derive(Debug, thiserror::Error)]
#[error("the body was already sent")]
struct Taken;

/// A request body that is given out once, and not too late.
struct OnceBody {
    bytes: Option<Bytes>,
    send_before: Option<Timestamp>,
    clock: Arc<dyn Clock>,
    sent: Arc<AtomicBool>,
}

impl Body for OnceBody {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let Some(bytes) = self.bytes.take() else {
            return Poll::Ready(Some(Err(Taken.into())));
        };
        if self.send_before.is_some_and(|limit| self.clock.now() >= limit) {
            return Poll::Ready(Some(Err(TooLate.into())));
        }
        self.sent.store(true, Ordering::Release);
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none() && self.sent.load(Ordering::Acquire)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(
            self.bytes.as_ref().map_or(0, |bytes| u64::try_from(bytes.len()).unwrap_or(u64::MAX)),
        )
    }
}

#[cfg(test)]
mod tests;
