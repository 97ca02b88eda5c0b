//! The HTTP server under every simulator: one [`Service`] per port, and the ways in which a real line fails.
//!
//! A service answers with a [`Reply`]; its [`Line`] says what the wire does with it. Whether the line breaks before or
//! after the commit is the service's own doing: it returns [`Line::Drop`] before or after it wrote to its journal.

use std::fmt;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Largest request body that a simulator reads, in bytes.
pub const REQUEST_BYTES_MAX: usize = 1024 * 1024;
/// Connections served at once; further ones wait to be accepted.
pub const CONNECTIONS_MAX: usize = 1024;
/// Time for a client to send its request head.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Pause after a failed accept, so that used-up descriptors do not become a busy loop.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);
/// Replies shorter than this are never compressed.
const GZIP_FROM_BYTES: usize = 1024;

/// A request, read whole.
#[derive(Debug)]
pub struct Request {
    /// The method.
    pub method: hyper::Method,
    /// The path, without the query.
    pub path: String,
    /// The query as sent, without its question mark; empty without one.
    pub query: String,
    /// The headers.
    pub headers: hyper::HeaderMap,
    /// The body, at most [`REQUEST_BYTES_MAX`].
    pub body: Bytes,
}

impl Request {
    /// A header as text; `None` when it is absent or not readable.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// What the wire does with a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Line {
    /// Delivers it.
    #[default]
    Keep,
    /// Closes the connection before the first byte.
    Drop,
    /// Says nothing until the client leaves or the server stops.
    Hang,
    /// Announces the whole length, delivers this many bytes of the body (at most half of it, as compressed) and closes
    /// the connection.
    CutAfter(usize),
}

/// A reply and its fate on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The content type.
    pub content_type: &'static str,
    /// More headers; a name or value that no header can have breaks the line.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Bytes,
    /// What the wire does with it.
    pub line: Line,
}

impl Reply {
    /// A reply that is delivered.
    #[must_use]
    pub fn new(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self { status, content_type, headers: Vec::new(), body: body.into(), line: Line::Keep }
    }

    /// A JSON reply that is delivered.
    #[must_use]
    pub fn json(status: u16, value: &serde_json::Value) -> Self {
        Self::new(status, "application/json", value.to_string())
    }

    /// The same reply with one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same reply with another fate.
    #[must_use]
    pub fn on(self, line: Line) -> Self {
        Self { line, ..self }
    }
}

/// What a simulator does with a request.
#[async_trait]
pub trait Service: Send + Sync + fmt::Debug + 'static {
    /// Answers one request. It runs to its end though the client leaves, as at a real host; only a stopping server
    /// drops it, so a commit belongs in one `spawn_blocking` call.
    async fn call(&self, request: Request) -> Reply;
}

/// A running server. Dropping it stops it without waiting; [`Server::shutdown`] waits.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Server {
    /// Binds `addr` (port 0 picks a free one) and serves it.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub async fn start(addr: SocketAddr, service: Arc<dyn Service>) -> io::Result<Self> {
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(accept(listener, service, stop.clone(), tasks.clone()));
        tasks.close();
        Ok(Self { addr, stop, tasks })
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Stops accepting, breaks hanging lines, lets running replies end, and returns when all is quiet.
    pub async fn shutdown(self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn accept(
    listener: TcpListener,
    service: Arc<dyn Service>,
    stop: CancellationToken,
    tasks: TaskTracker,
) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
        let stream = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        // A failed accept is the client's or the kernel's trouble (reset, descriptors used up): go on.
        let Ok((stream, _)) = stream else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let wire = Wire { service: Arc::clone(&service), stop: stop.clone(), tasks: tasks.clone() };
        tasks.spawn(async move {
            connection(stream, wire).await;
            drop(slot);
        });
    }
}

/// What every connection needs.
struct Wire {
    service: Arc<dyn Service>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

async fn connection(stream: TcpStream, wire: Wire) {
    // Small replies must not wait for the client's delayed acknowledgement; without the option they are only slower.
    let _ = stream.set_nodelay(true);
    let asked = service_fn(|request| answer(request, &wire));
    let mut served = std::pin::pin!(
        hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .serve_connection(TokioIo::new(stream), asked)
    );
    // An error here is a line that broke, mostly on purpose; the client sees it, nobody else needs to.
    let stopped = tokio::select! {
        _ = served.as_mut() => false,
        () = wire.stop.cancelled() => true,
    };
    if stopped {
        served.as_mut().graceful_shutdown();
        let _ = served.await;
    }
}

/// The error that makes hyper close a connection without a reply.
#[derive(Debug)]
struct LineDropped;

impl fmt::Display for LineDropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the line was dropped on purpose")
    }
}

impl std::error::Error for LineDropped {}

async fn answer(
    request: hyper::Request<Incoming>,
    wire: &Wire,
) -> Result<hyper::Response<WireBody>, LineDropped> {
    let gzip = request
        .headers()
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|coding| coding.trim().starts_with("gzip")));
    let (head, body) = request.into_parts();
    let reply = match Limited::new(body, REQUEST_BYTES_MAX).collect().await {
        Ok(body) => {
            let (method, path) = (head.method, head.uri.path().to_owned());
            let query = head.uri.query().unwrap_or_default().to_owned();
            let request = Request { method, path, query, headers: head.headers, body: body.to_bytes() };
            let (service, stop) = (Arc::clone(&wire.service), wire.stop.clone());
            let call = async move { stop.run_until_cancelled(service.call(request)).await };
            wire.tasks.spawn(call).await.ok().flatten().ok_or(LineDropped)?
        }
        Err(_) => Reply::new(413, "text/plain", "request too large or cut short"),
    };
    match reply.line {
        Line::Drop => return Err(LineDropped),
        Line::Hang => {
            wire.stop.cancelled().await;
            return Err(LineDropped);
        }
        Line::Keep | Line::CutAfter(_) => {}
    }
    // Compressing megabytes would hold up whoever shares the runtime.
    let made = tokio::task::spawn_blocking(move || response(reply, gzip).ok()).await;
    made.ok().flatten().ok_or(LineDropped)
}

fn response(reply: Reply, gzip: bool) -> Result<hyper::Response<WireBody>, Box<dyn std::error::Error>> {
    let mut builder =
        hyper::Response::builder().status(reply.status).header(CONTENT_TYPE, reply.content_type);
    for (name, value) in reply.headers {
        builder = builder.header(name, value);
    }
    let mut body = reply.body;
    // A cut counts the bytes of the document.
    if gzip && reply.line == Line::Keep && body.len() >= GZIP_FROM_BYTES {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&body)?;
        body = encoder.finish()?.into();
        builder = builder.header(CONTENT_ENCODING, "gzip");
    }
    let announced = body.len() as u64;
    let cut = match reply.line {
        Line::CutAfter(bytes) => {
            body.truncate(bytes.min(body.len() / 2));
            Cut::Flushing
        }
        Line::Keep | Line::Drop | Line::Hang => Cut::No,
    };
    Ok(builder.body(WireBody { data: Some(body), announced, cut })?)
}

/// A body in one piece, which may break off before its announced length.
struct WireBody {
    data: Option<Bytes>,
    announced: u64,
    cut: Cut,
}

/// How far the breaking off of a [`WireBody`] is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    No,
    Flushing,
    Flushed,
}

impl Body for WireBody {
    type Data = Bytes;
    type Error = LineDropped;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, LineDropped>>> {
        match (self.data.take(), self.cut) {
            (Some(data), _) if !data.is_empty() => Poll::Ready(Some(Ok(Frame::data(data)))),
            (_, Cut::No) => Poll::Ready(None),
            // One pause, in which the connection flushes what it has: an error throws its buffer away.
            (_, Cut::Flushing) => {
                self.cut = Cut::Flushed;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            (_, Cut::Flushed) => Poll::Ready(Some(Err(LineDropped))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.cut == Cut::No && self.data.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(if self.data.is_some() { self.announced } else { 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    #[derive(Debug)]
    struct ByPath;

    #[async_trait]
    impl Service for ByPath {
        async fn call(&self, request: Request) -> Reply {
            let reply = Reply::new(200, "text/plain", "x".repeat(5000));
            match request.path.as_str() {
                "/drop" => reply.on(Line::Drop),
                "/hang" => reply.on(Line::Hang),
                "/cut" => reply.on(Line::CutAfter(100)),
                _ => reply,
            }
        }
    }

    async fn server() -> Server {
        Server::start(([127, 0, 0, 1], 0).into(), Arc::new(ByPath)).await.unwrap()
    }

    /// Sends one request and reads until the server closes.
    async fn raw(server: &Server, path: &str, headers: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(server.addr()).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: sim\r\nconnection: close\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).await.unwrap();
        reply
    }

    #[tokio::test]
    async fn keeps_drops_cuts_and_compresses() {
        let server = server().await;
        let whole = raw(&server, "/", "").await;
        assert!(whole.starts_with(b"HTTP/1.1 200") && whole.ends_with(&[b'x'; 5000]));
        assert!(raw(&server, "/drop", "").await.is_empty());
        let cut = String::from_utf8(raw(&server, "/cut", "").await).unwrap();
        assert!(cut.contains("content-length: 5000"), "{cut}");
        assert_eq!(cut.rsplit("\r\n").next().unwrap().len(), 100);
        let packed = raw(&server, "/", "accept-encoding: br, gzip\r\n").await;
        assert!(packed.len() < 500 && packed.windows(22).any(|w| w == b"content-encoding: gzip"));
        server.shutdown().await;
    }

    #[tokio::test]
    async fn shutdown_breaks_a_hanging_line() {
        let server = server().await;
        let mut stream = TcpStream::connect(server.addr()).await.unwrap();
        stream.write_all(b"GET /hang HTTP/1.1\r\nhost: sim\r\n\r\n").await.unwrap();
        server.shutdown().await;
        let mut reply = Vec::new();
        // Closed or reset, depending on whether the request had been read.
        let _ = stream.read_to_end(&mut reply).await;
        assert!(reply.is_empty());
    }
}
