use std::io::Write as _;
use std::sync::atomic::AtomicUsize;

use ::http::header::AUTHORIZATION;
use ::http::{HeaderMap, Method};
use flate2::Compression;
use flate2::write::GzEncoder;
use ota_core::testing::clock::{ManualClock, START};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// What the server does after it has read a whole request.
#[derive(Clone)]
enum Then {
    Answer(Vec<u8>),
    /// Answers with the request, in small letters.
    Echo,
    Close,
    Wait,
}

/// A server that counts the whole requests it has read; the n-th is treated by the n-th plan.
struct Server {
    url: String,
    read: Arc<AtomicUsize>,
}

#[allow(clippy::disallowed_methods)] // the other side of the wire
async fn server(plans: Vec<Then>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/service", listener.local_addr().unwrap());
    let read = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&read);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(stream, plans.clone(), Arc::clone(&count)));
        }
    });
    Server { url, read }
}

async fn serve(mut stream: TcpStream, plans: Vec<Then>, count: Arc<AtomicUsize>) {
    while let Some(text) = request(&mut stream).await {
        let number = count.fetch_add(1, Ordering::SeqCst);
        match plans.get(number) {
            Some(Then::Answer(bytes)) => stream.write_all(bytes).await.unwrap(),
            Some(Then::Echo) => {
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", text.len());
                stream.write_all((head + &text).as_bytes()).await.unwrap();
            }
            Some(Then::Wait) => std::future::pending().await,
            Some(Then::Close) | None => return,
        }
    }
}

/// Reads one whole request; `None` when the line ends before.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.split("content-length: ").nth(1).map_or("0", |rest| rest.lines().next().unwrap());
            let length = length.parse::<usize>().unwrap();
            if body.len() >= length {
                return Some(text);
            }
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(read) if read > 0 => bytes.extend_from_slice(&chunk[..read]),
            _ => return None,
        }
    }
}

fn answer(headers: &str, body: &[u8]) -> Then {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    Then::Answer([head.as_bytes(), body].concat())
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn ask(url: &str, effect: Effect) -> WireRequest {
    let mut secret = HeaderValue::from_static("Basic planted-secret");
    secret.set_sensitive(true);
    let headers = HeaderMap::from_iter([(AUTHORIZATION, secret)]);
    WireRequest {
        op: "Ping",
        effect,
        method: Method::POST,
        url: url.to_owned(),
        headers,
        body: Bytes::from_static(b"<Ping>planted-name</Ping>"),
        timeout: Duration::from_secs(20),
        send_before: None,
    }
}

fn transport() -> HttpTransport {
    // Whichever test comes first installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    HttpTransport::new(Arc::new(ManualClock::new())).unwrap()
}

#[track_caller]
fn check(result: Result<WireResponse, TransportError>, kind: TransportErrorKind, sent: Sent) {
    let error = result.unwrap_err();
    assert_eq!((error.kind, error.sent), (kind, sent), "{}", ota_core::error::chain(&error));
    let shown = format!("{error:?} {}", ota_core::error::chain(&error));
    assert!(!shown.contains("planted") && !shown.contains("/service"), "{shown}");
}

#[tokio::test]
async fn an_answer_comes_whole_and_plain() {
    let server = server(vec![
        answer("", b"plain"),
        answer("content-encoding: gzip\r\n", &gzip(b"packed")),
        Then::Answer(b"HTTP/1.1 500 Oops\r\ncontent-length: 5\r\n\r\nfault".to_vec()),
        Then::Answer(b"HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n".to_vec()),
    ])
    .await;
    let transport = transport();
    for (status, body) in [(200, "plain"), (200, "packed"), (500, "fault"), (302, "")] {
        let response = transport.exchange(ask(&server.url, Effect::Read)).await.unwrap();
        assert_eq!((response.status.as_u16(), &*response.body), (status, body.as_bytes()));
    }
    assert_eq!(server.read.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn a_response_is_bounded_before_and_after_decompression() {
    let bomb = gzip(&vec![b' '; REPLY_BYTES_MAX + 1]);
    let mut cut = gzip(&vec![b'x'; 10_000]);
    cut.truncate(cut.len() - 9);
    let too_long = format!("HTTP/1.1 200 OK\r\n\r\n{}", " ".repeat(REPLY_BYTES_MAX + 1));
    let server = server(vec![
        answer("content-encoding: gzip\r\n", &bomb),
        answer("content-encoding: gzip\r\n", &cut),
        answer("content-encoding: br\r\n", b"x"),
        Then::Answer(too_long.into_bytes()),
    ])
    .await;
    let transport = transport();
    use TransportErrorKind::{Encoding, TooLarge};
    for kind in [TooLarge, Encoding, Encoding, TooLarge] {
        check(transport.exchange(ask(&server.url, Effect::Read)).await, kind, Sent::Maybe);
    }
}

#[tokio::test]
async fn what_never_left_is_told_from_what_may_have_arrived() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let transport = transport();
    let nobody = ask(&format!("http://{closed}/service"), Effect::Write);
    check(transport.exchange(nobody).await, TransportErrorKind::Connect, Sent::No);

    let server = server(vec![
        Then::Close,
        Then::Wait,
        Then::Answer(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\ncut".to_vec()),
    ])
    .await;
    let write = ask(&server.url, Effect::Write);
    check(transport.exchange(write.clone()).await, TransportErrorKind::Interrupted, Sent::Maybe);
    let hasty = WireRequest { timeout: Duration::from_millis(300), ..write.clone() };
    check(transport.exchange(hasty.clone()).await, TransportErrorKind::Timeout, Sent::Maybe);
    check(transport.exchange(hasty).await, TransportErrorKind::Timeout, Sent::Maybe);
}

#[tokio::test]
async fn nothing_is_sent_once_the_time_is_over() {
    let server = server(vec![answer("", b"sent"), answer("", b"sent")]).await;
    let write = ask(&server.url, Effect::Write);
    let at = |limit| WireRequest { send_before: Some(limit), ..write.clone() };
    let transport = transport();
    check(transport.exchange(at(START)).await, TransportErrorKind::TooLate, Sent::No);
    assert_eq!(server.read.load(Ordering::SeqCst), 0);
    assert_eq!(&*transport.exchange(at(START.plus(Duration::from_micros(1)))).await.unwrap().body, b"sent");
}

#[tokio::test]
async fn a_dying_kept_connection_gets_no_second_copy() {
    let server = server(vec![answer("", b"first"), Then::Close, answer("", b"repeated")]).await;
    let transport = transport();
    assert_eq!(&*transport.exchange(ask(&server.url, Effect::Read)).await.unwrap().body, b"first");
    let second = transport.exchange(ask(&server.url, Effect::Read)).await;
    check(second, TransportErrorKind::Interrupted, Sent::Maybe);
    assert_eq!(server.read.load(Ordering::SeqCst), 2);
}

fn bare(url: &str, method: Method, effect: Effect) -> WireRequest {
    WireRequest { method, body: Bytes::new(), ..ask(&format!("{url}?from=1&to=25"), effect) }
}

#[tokio::test]
async fn requests_without_a_body_are_their_method_path_and_headers() {
    let server = server(vec![Then::Echo, Then::Echo]).await;
    let transport = transport();
    for (method, effect) in [(Method::GET, Effect::Read), (Method::DELETE, Effect::Write)] {
        let line = format!("{method} /service?from=1&to=25 http/1.1\r\n").to_lowercase();
        let answer = transport.exchange(bare(&server.url, method, effect)).await.unwrap();
        let text = std::str::from_utf8(&answer.body).unwrap();
        assert!(text.starts_with(&line) && text.ends_with("\r\n\r\n"), "{text}");
        assert!(text.contains("accept-encoding: gzip") && text.contains("basic planted-secret"), "{text}");
    }
}

#[tokio::test]
async fn a_write_without_a_body_goes_once_and_never_late() {
    let server = server(vec![Then::Close, Then::Wait, Then::Echo, Then::Echo]).await;
    let transport = transport();
    let write = bare(&server.url, Method::DELETE, Effect::Write);
    check(transport.exchange(write.clone()).await, TransportErrorKind::Interrupted, Sent::Maybe);
    let hasty = WireRequest { timeout: Duration::from_millis(300), ..write.clone() };
    check(transport.exchange(hasty).await, TransportErrorKind::Timeout, Sent::Maybe);
    assert_eq!(server.read.load(Ordering::SeqCst), 2);
    // The connection might take so long.
    let limit = START.plus(CONNECT_TIMEOUT);
    let late = WireRequest { send_before: Some(START.plus(CONNECT_TIMEOUT / 2)), ..write.clone() };
    check(transport.exchange(late).await, TransportErrorKind::TooLate, Sent::No);
    assert_eq!(server.read.load(Ordering::SeqCst), 2);
    assert!(transport.exchange(WireRequest { send_before: Some(limit), ..write }).await.is_ok());

    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let nobody = bare(&format!("http://{closed}/service"), Method::DELETE, Effect::Write);
    check(transport.exchange(nobody).await, TransportErrorKind::Connect, Sent::No);
}

#[test]
fn nothing_personal_or_secret_is_printed() {
    let request = ask("http://supplier.example/service", Effect::Write);
    let shown = format!("{request:?} {:?}", request.headers);
    assert!(!shown.contains("planted"), "{shown}");
}
