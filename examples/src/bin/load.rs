//! CPU of the server process for one hot search, against a bare hyper server that sends a body of the same size.
//!
//! Build the server first: `cargo build --release -p ota-server`, then
//! `cargo run --release -p ota-examples --bin load`.

use std::convert::Infallible;
use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use clap::Parser;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;

type Failure = Box<dyn Error + Send + Sync>;

/// Clock ticks in a second, as `/proc` counts them: fixed on Linux whatever the kernel's own.
const TICKS_PER_SECOND: u64 = 100;

/// Measures CPU per request.
#[derive(Debug, Parser)]
struct Args {
    /// The server to measure.
    #[arg(long, default_value = "target/release/ota-server")]
    server: PathBuf,
    /// Requests in each measurement.
    #[arg(long, default_value_t = 20_000)]
    requests: u32,
    /// Connections that they come over.
    #[arg(long, default_value_t = 8)]
    connections: u32,
    /// Offers on a page.
    #[arg(long, default_value_t = 20)]
    offers: u32,
    /// Be the bare server instead, with a body of so many bytes.
    #[arg(long, hide = true)]
    bare: Option<usize>,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let args = Args::parse();
    if let Some(bytes) = args.bare {
        return bare(bytes).await;
    }
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| "a TLS provider is there already")?;
    let http = Client::builder().no_proxy().build()?;
    let folder = std::env::temp_dir().join(format!("ota-load-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = compare(&args, &http, &folder).await;
    std::fs::remove_dir_all(&folder)?;
    measured
}

async fn compare(args: &Args, http: &Client, folder: &Path) -> Result<(), Failure> {
    let config = folder.join("load.toml");
    std::fs::write(&config, CONFIG)?;
    let mut server = Command::new(&args.server);
    server.arg("--config").arg(&config).arg("--data").arg(folder.join("data"));
    let server = Running::start(server)?;
    let target = Target {
        url: format!("{}/v1/flights/search?limit={}", server.url, args.offers),
        body: search().to_string(),
    };
    let page = target.ask(http).await?;
    let offers: Value = serde_json::from_slice(&page)?;
    say(&format!("a page of {} of {} offers, {} bytes", args.offers, offers["total"], page.len()));
    let ours = target.measure("ota-server", http, args, &server).await?;

    let mut bare = Command::new(std::env::current_exe()?);
    bare.arg("--bare").arg(page.len().to_string());
    let bare = Running::start(bare)?;
    let target = Target { url: bare.url.clone(), body: target.body };
    target.ask(http).await?;
    let theirs = target.measure("bare hyper", http, args, &bare).await?;
    say(&format!("ratio      {}.{:02}", ours / theirs, ours * 100 / theirs % 100));
    Ok(())
}

/// Nothing of the defaults but ports and rates: the load must not be turned away.
const CONFIG: &str = r#"
listen = "127.0.0.1:0"
[log]
filter = "warn"
[http]
tenant_rate = 1000000
tenant_burst = 1000000
[simulators]
travelport = "127.0.0.1:0"
hotelbeds = "127.0.0.1:0"
gateway = "127.0.0.1:0"
"#;

fn search() -> Value {
    json!({
        "slices": [{"origin": "CGK", "destination": "TYO", "date": ota_examples::days_ahead(60).to_string()}],
        "passengers": {"adults": 1},
    })
}

/// A server process, ended with this value.
struct Running {
    child: Child,
    url: String,
}

impl Running {
    fn start(mut command: Command) -> Result<Self, Failure> {
        use std::io::BufRead as _;
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let lines = std::io::BufReader::new(child.stdout.take().ok_or("it has an output")?).lines();
        for line in lines {
            if let Some(url) = line?.strip_prefix("listening on ") {
                return Ok(Self { child, url: url.to_owned() });
            }
        }
        Err("it ended before it listened".into())
    }

    /// User and system time so far, microseconds, in steps of a clock tick.
    fn cpu(&self) -> Result<u64, Failure> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name before it is in brackets and may hold anything; these are the 14th and 15th fields.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
        let ticks =
            |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).ok_or("it has a time");
        Ok((ticks(11)? + ticks(12)?) * (1_000_000 / TICKS_PER_SECOND))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Target {
    url: String,
    body: String,
}

impl Target {
    async fn ask(&self, http: &Client) -> Result<Bytes, Failure> {
        let request = http.post(&self.url).bearer_auth("demo-key").header("content-type", "application/json");
        Ok(request.body(self.body.clone()).send().await?.error_for_status()?.bytes().await?)
    }

    /// Nanoseconds of CPU for one request.
    async fn measure(
        &self,
        name: &str,
        http: &Client,
        args: &Args,
        server: &Running,
    ) -> Result<u64, Failure> {
        let each = args.requests / args.connections.max(1);
        let (cpu, start) = (server.cpu()?, Instant::now());
        let workers = (0..args.connections.max(1)).map(|_| async move {
            for _ in 0..each {
                self.ask(http).await?;
            }
            Ok::<_, Failure>(())
        });
        futures_util::future::try_join_all(workers).await?;
        let requests = u64::from(each * args.connections.max(1)).max(1);
        let spent = (server.cpu()? - cpu) * 1_000 / requests;
        let elapsed: Duration = start.elapsed();
        say(&format!(
            "{name:<11}{}.{} us of CPU each, {requests} requests in {elapsed:.1?}",
            spent / 1_000,
            spent % 1_000 / 100
        ));
        Ok(spent)
    }
}

/// Reads a request and sends a fixed body: the least that any server does.
async fn bare(bytes: usize) -> Result<(), Failure> {
    let body = Bytes::from(vec![b'x'; bytes]);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    say(&format!("listening on http://{}", listener.local_addr()?));
    let tasks = ota_core::runtime::Tasks::default();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let body = body.clone();
        let answer = service_fn(move |request: hyper::Request<Incoming>| {
            let body = body.clone();
            async move {
                let _ = request.into_body().collect().await;
                Ok::<_, Infallible>(hyper::Response::new(Full::new(body)))
            }
        });
        tasks
            .spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
    }
}

fn say(line: &str) {
    // Whoever reads it may have gone.
    let _ = writeln!(std::io::stdout(), "{line}");
}
