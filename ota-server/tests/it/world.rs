//! A world to test in: the real binary as server and, in a process of its own, as simulators. Both can be killed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use reqwest::{Client, Method, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, MissedTickBehavior, interval};

/// How long anything may take before a test gives it up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);
/// How often a condition is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// API keys of the two tenants.
pub(crate) const KEY: &str = "key-of-the-first";
pub(crate) const OTHER_KEY: &str = "key-of-the-other";

/// A running process that says on standard output when it is ready.
pub(crate) struct Process {
    child: Child,
    /// What it said, up to and with the line that made it ready.
    said: Vec<String>,
}

impl Process {
    /// Starts the binary and waits for a line that begins with `ready`. Log lines are appended to a file.
    async fn start(arguments: &[&str], environment: &[(&str, &str)], log: &Path, ready: &str) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(log).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_ota-server"))
            .args(arguments)
            .env_remove("RUST_LOG")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = Vec::new();
        loop {
            let line =
                tokio::time::timeout(PATIENCE, lines.next_line()).await.expect("ready in time").unwrap();
            let line = line.unwrap_or_else(|| panic!("it ended before it was ready, after {said:?}"));
            let last = line.starts_with(ready);
            said.push(line);
            if last {
                return Self { child, said };
            }
        }
    }

    /// The last word of the line that begins so.
    pub(crate) fn address(&self, line: &str) -> String {
        let line = self.said.iter().find(|said| said.starts_with(line)).expect("it says its address");
        line.rsplit(' ').next().unwrap().to_owned()
    }

    /// kill -9.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Sends a signal by its name: `TERM`, `STOP`, `CONT`.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().expect("it runs").to_string();
        let done = std::process::Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap();
        assert!(done.success());
    }

    /// Waits for its end; whether it ended well.
    pub(crate) async fn ended(&mut self) -> bool {
        tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("ends in time").unwrap().success()
    }
}

/// What a test turns. Everything is as short as it can be without becoming another behaviour.
pub(crate) struct Settings {
    /// Of a create and a ticketing, milliseconds.
    pub(crate) book_timeout_ms: u64,
    /// After a create, milliseconds.
    pub(crate) quiet_window_ms: u64,
    /// An intent is not sent later than this after it was written.
    pub(crate) send_before: &'static str,
    /// Of the gateway.
    pub(crate) gateway_timeout: &'static str,
    /// `tracing_subscriber`'s filter.
    pub(crate) log: &'static str,
}

const USUAL: Settings = Settings {
    book_timeout_ms: 2_000,
    quiet_window_ms: 500,
    send_before: "1s",
    gateway_timeout: "2s",
    log: "info",
};

impl Default for Settings {
    fn default() -> Self {
        USUAL
    }
}

/// A request without a body is begun only while the longest connection attempt still ends in time to send.
pub(crate) const LONGER: Settings = Settings { send_before: "12s", ..USUAL };

/// Server, simulators, and everything they write.
pub(crate) struct World {
    folder: TempDir,
    /// The other side of the wire.
    pub(crate) simulators: Process,
    /// The server.
    pub(crate) server: Process,
    http: Client,
    url: String,
    travelport: String,
    hotelbeds: String,
    gateway: String,
}

/// An answer of the API.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl Answer {
    /// The last part of a problem's type.
    #[track_caller]
    pub(crate) fn problem(&self) -> &str {
        let kind = self.body["type"].as_str().unwrap_or_else(|| panic!("no problem: {self:?}"));
        kind.strip_prefix("/problems/").unwrap()
    }

    /// The body of a success.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!(self.status.is_success(), "{self:?}");
        self.body
    }
}

impl World {
    /// A world with the usual settings.
    pub(crate) async fn start() -> Self {
        Self::with(Settings::default()).await
    }

    /// A world with settings of its own.
    pub(crate) async fn with(settings: Settings) -> Self {
        // The test's own client; the server installs its own.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let any = "127.0.0.1:0";
        let simulators = start_simulators(folder.path(), [any, any, any]).await;
        let address = |who: &str| simulators.address(who);
        let [travelport, hotelbeds, gateway] =
            ["simulator travelport", "simulator hotelbeds", "gateway"].map(address);
        let config = configuration(&settings, [&travelport, &hotelbeds, &gateway]);
        std::fs::write(folder.path().join("server.toml"), config).unwrap();
        let server = start_server(folder.path()).await;
        let url = server.address("listening on");
        let http = Client::builder().no_proxy().build().unwrap();
        Self { folder, simulators, server, http, url, travelport, hotelbeds, gateway }
    }

    /// Starts the server again, on the data that it left.
    pub(crate) async fn restart_server(&mut self) {
        self.server = start_server(self.folder.path()).await;
        self.url = self.server.address("listening on");
    }

    /// Starts the simulators again, where they were and with what they remember.
    pub(crate) async fn restart_simulators(&mut self) {
        let port = |url: &str| url.strip_prefix("http://").unwrap().to_owned();
        let ports = [port(&self.travelport), port(&self.hotelbeds), port(&self.gateway)];
        self.simulators = start_simulators(self.folder.path(), ports.each_ref().map(String::as_str)).await;
    }

    /// Where everything is that the processes wrote.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The server's database.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder().join("server/ota.sqlite")
    }

    /// One call of the API.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        Answer { status, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    /// A read by the first tenant.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None, &[("authorization", &format!("Bearer {KEY}"))]).await
    }

    /// A write by the first tenant, with an `Idempotency-Key` if there is one.
    pub(crate) async fn post(&self, path: &str, body: &Value, key: Option<&str>) -> Answer {
        let bearer = format!("Bearer {KEY}");
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend(key.map(|key| ("idempotency-key", key)));
        self.call(Method::POST, path, Some(body.to_string()), &headers).await
    }

    /// Tells the simulator of flights what to do.
    pub(crate) async fn control(&self, command: Value) {
        self.control_at(&self.travelport, command).await;
    }

    /// Tells the simulator of stays what to do.
    pub(crate) async fn control_stays(&self, command: Value) {
        self.control_at(&self.hotelbeds, command).await;
    }

    /// Tells the gateway's simulator what to do.
    pub(crate) async fn control_gateway(&self, command: Value) {
        self.control_at(&self.gateway, command).await;
    }

    async fn control_at(&self, url: &str, command: Value) {
        let answer = self.http.post(format!("{url}/_control")).json(&command).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// What the supplier of flights has on its books.
    pub(crate) async fn orders(&self) -> Value {
        self.ledger(&self.travelport).await
    }

    /// What the supplier of stays has on its books.
    pub(crate) async fn stays(&self) -> Value {
        self.ledger(&self.hotelbeds).await
    }

    /// What the gateway has on its books.
    pub(crate) async fn money(&self) -> Value {
        self.ledger(&self.gateway).await
    }

    async fn ledger(&self, url: &str) -> Value {
        self.http.get(format!("{url}/_ledger")).send().await.unwrap().json().await.unwrap()
    }

    /// How often an operation was called, over all accounts of both suppliers: no two have an operation in common.
    pub(crate) async fn calls(&self, op: &str) -> u64 {
        let count = |ledger: &Value| -> u64 {
            let accounts = ledger["calls"].as_object().cloned().unwrap_or_default();
            accounts.values().filter_map(|calls| calls[op].as_u64()).sum()
        };
        count(&self.orders().await) + count(&self.stays().await)
    }

    /// Waits until every supplier's properties are in memory.
    pub(crate) async fn catalogs(&self) {
        until("the catalogues are loaded", async || {
            let ready = self.get("/readyz").await.ok();
            let catalogs = ready["catalogs"].as_array()?;
            catalogs.iter().all(|catalog| catalog["state"] == "LOADED").then_some(())
        })
        .await;
    }
}

/// Waits until a look finds something.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "in vain: {what}");
    }
}

async fn start_simulators(folder: &Path, [travelport, hotelbeds, gateway]: [&str; 3]) -> Process {
    let config = format!(
        "[simulators]\ntravelport = \"{travelport}\"\nhotelbeds = \"{hotelbeds}\"\ngateway = \"{gateway}\"\n"
    );
    let path = folder.join("simulators.toml");
    std::fs::write(&path, config).unwrap();
    let data = folder.join("simulators");
    let arguments = ["sim", "--config", path.to_str().unwrap(), "--data", data.to_str().unwrap()];
    Process::start(&arguments, &[], &folder.join("simulators.log"), "ready").await
}

async fn start_server(folder: &Path) -> Process {
    let (config, data) = (folder.join("server.toml"), folder.join("server"));
    let arguments = ["serve", "--config", config.to_str().unwrap(), "--data", data.to_str().unwrap()];
    let environment = [
        ("TEST_KEY", KEY),
        ("TEST_OTHER_KEY", OTHER_KEY),
        ("TEST_GATEWAY_KEY", "demo-gateway-key"),
        ("TEST_USER_P1000001", "Universal API/P1000001"),
        ("TEST_PASSWORD_P1000001", "demo-P1000001"),
        ("TEST_USER_P1000002", "Universal API/P1000002"),
        ("TEST_PASSWORD_P1000002", "demo-P1000002"),
        ("TEST_BEDS_KEY", "demo-hotelbeds"),
        ("TEST_BEDS_SECRET", "demo-secret"),
    ];
    Process::start(&arguments, &environment, &folder.join("server.log"), "listening on").await
}

fn configuration(settings: &Settings, [travelport, hotelbeds, gateway]: [&str; 3]) -> String {
    let mut text = format!(
        r#"
        listen = "127.0.0.1:0"
        [log]
        filter = "{}"
        [simulators]
        enabled = false
        [gateway]
        url = "{gateway}"
        api_key = "env:TEST_GATEWAY_KEY"
        timeout = "{}"
        [booking]
        send_before = "{}"
        payment_settles = "3s"
        # However busy the machine is, a search waits for both accounts.
        [search]
        soft_deadline = "30s"
        hard_deadline = "40s"
        [points_of_sale.ID]
        country = "ID"
        currency = "IDR"
        zone = "Asia/Jakarta"
        "#,
        settings.log, settings.gateway_timeout, settings.send_before,
    );
    for (id, key) in [("first", "TEST_KEY"), ("other", "TEST_OTHER_KEY")] {
        let tenant = format!(
            r#"
        [[tenants]]
        id = "{id}"
        keys = ["env:{key}"]
        points_of_sale = ["ID"]
        accounts = ["uapi-1", "uapi-2", "beds"]
        "#
        );
        text.push_str(&tenant);
    }
    for (id, branch) in [("uapi-1", "P1000001"), ("uapi-2", "P1000002")] {
        let _ = write!(
            text,
            r#"
        [[accounts]]
        id = "{id}"
        office_zone = "Asia/Jakarta"
        currency = "IDR"
        [accounts.connector]
        kind = "travelport"
        endpoint = "{travelport}/B2BGateway/connect/uAPI"
        branch = "{branch}"
        username = "env:TEST_USER_{branch}"
        password = "env:TEST_PASSWORD_{branch}"
        book_timeout_ms = {}
        quiet_window_ms = {}
        "#,
            settings.book_timeout_ms, settings.quiet_window_ms,
        );
    }
    let _ = write!(
        text,
        r#"
        [[accounts]]
        id = "beds"
        office_zone = "Asia/Jakarta"
        currency = "IDR"
        [accounts.connector]
        kind = "hotelbeds"
        endpoint = "{hotelbeds}"
        key = "env:TEST_BEDS_KEY"
        secret = "env:TEST_BEDS_SECRET"
        book_timeout_ms = {}
        quiet_window_ms = {}
        "#,
        settings.book_timeout_ms, settings.quiet_window_ms,
    );
    text
}
