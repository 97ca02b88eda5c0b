//! One typed TOML file: unknown keys are refused, secrets are named and never written, every default works.

use std::collections::BTreeMap;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact;
use ota_core::fulfil::Times;
use ota_core::fulfil::worker::WorkerLimits;
use ota_core::limits::{CANCELLATION_MARGIN, SEARCH_HARD_DEADLINE, SEARCH_SOFT_DEADLINE};
use ota_core::model::context::PointOfSale;
use ota_core::model::id::{AccountId, TenantId};
use ota_core::model::money::Currency;
use ota_core::model::place::CountryCode;
use ota_core::search::catalog::LoadPolicy;
use ota_core::verify::QUOTE_VALID_FOR;
use ota_pricing::tables::RuleSetConfig;
use ota_suppliers::config::{AccountConfig, SecretError, SecretRef};
use serde::Deserialize;

/// Where the embedded defaults listen; the defaults of the examples' arguments.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
const GATEWAY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8081);
const TRAVELPORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8082);
const HOTELBEDS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8083);
/// Largest configuration file and secret file, in bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// The API key of the tenant that the embedded defaults know. Published here, so worth nothing anywhere else.
pub(crate) const DEMO_KEY: &str = "demo-key";

/// Everything that an installation decides.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// Where the API listens.
    pub(crate) listen: SocketAddr,
    /// Where database, keys, mail and the simulators' journals are.
    pub(crate) data: PathBuf,
    /// Log lines.
    pub(crate) log: Log,
    /// Limits of the API.
    pub(crate) http: Http,
    /// Keys that seal personal data and sign offer ids, in a file that a fleet shares; without one, made once in the
    /// data folder.
    pub(crate) keys: Option<PathBuf>,
    /// How long searches take and how much memory they may use.
    pub(crate) search: Search,
    /// Mark-ups; without any, those that `ota-pricing` has built in.
    pub(crate) pricing: Option<Pricing>,
    /// What is particular to stays.
    pub(crate) stays: Stays,
    /// Time limits of bookings.
    pub(crate) booking: Booking,
    /// How mail leaves.
    pub(crate) mail: Mail,
    /// The payment gateway.
    pub(crate) gateway: Gateway,
    /// The built-in other side of the wire. `false` in production.
    pub(crate) simulators: Simulators,
    /// Contracts with suppliers; without any, those with the simulators.
    pub(crate) accounts: Vec<AccountConfig>,
    /// Points of sale by name.
    pub(crate) points_of_sale: BTreeMap<String, PointOfSale>,
    /// Who may ask.
    pub(crate) tenants: Vec<Tenant>,
}

/// Log lines.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Log {
    /// Their form.
    pub(crate) format: LogFormat,
    /// `tracing_subscriber`'s filter syntax; `RUST_LOG` wins.
    pub(crate) filter: String,
}

/// Form of a log line.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".to_owned() }
    }
}

/// Limits of the API.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Http {
    /// An answer comes within this time, if only to say that it took too long.
    #[serde(with = "compact::required")]
    pub(crate) request_timeout: Duration,
    /// How long a stopping server waits for requests and steps of bookings.
    #[serde(with = "compact::required")]
    pub(crate) drain_timeout: Duration,
    /// Open connections.
    pub(crate) connections_max: usize,
    /// Requests under way.
    pub(crate) requests_max: usize,
    /// Requests of one tenant each second.
    pub(crate) tenant_rate: u32,
    /// Requests of one tenant at once.
    pub(crate) tenant_burst: u32,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(60),
            drain_timeout: Duration::from_secs(150),
            connections_max: 4096,
            requests_max: 2048,
            tenant_rate: 2000,
            tenant_burst: 4000,
        }
    }
}

/// How long searches take and how much memory they may use.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Search {
    /// After this a search is answered with whoever has answered.
    #[serde(with = "compact::required")]
    pub(crate) soft_deadline: Duration,
    /// After this no supplier is waited for.
    #[serde(with = "compact::required")]
    pub(crate) hard_deadline: Duration,
    /// For what suppliers answered, bytes.
    pub(crate) cache_bytes_max: u64,
    /// For what clients see of it, bytes.
    pub(crate) view_bytes_max: u64,
}

impl Default for Search {
    fn default() -> Self {
        Self {
            soft_deadline: SEARCH_SOFT_DEADLINE,
            hard_deadline: SEARCH_HARD_DEADLINE,
            cache_bytes_max: 512 * 1024 * 1024,
            view_bytes_max: 256 * 1024 * 1024,
        }
    }
}

/// Mark-ups.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pricing {
    /// The rule set in force.
    pub(crate) current: RuleSetConfig,
    /// Those before it, kept while offers that they priced may still be verified.
    #[serde(default)]
    pub(crate) earlier: Vec<RuleSetConfig>,
}

/// What is particular to stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Stays {
    /// How long before the supplier's last moment customers are told that free cancellation ends: for whoever cancels at
    /// the last minute, and for clocks that differ.
    #[serde(with = "compact::required")]
    pub(crate) cancellation_margin: Duration,
    /// How old a supplier's catalogue of properties becomes before it is read again.
    #[serde(with = "compact::required")]
    pub(crate) catalog_refresh: Duration,
}

impl Default for Stays {
    fn default() -> Self {
        Self {
            cancellation_margin: CANCELLATION_MARGIN,
            catalog_refresh: LoadPolicy::default().refresh_every,
        }
    }
}

/// Time limits of bookings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Booking {
    /// For how long we keep our word about a price, whatever the supplier guarantees; a booking must be paid in it.
    #[serde(with = "compact::required")]
    pub(crate) quote_valid_for: Duration,
    /// An intent that was not sent this long after it was written is never sent.
    #[serde(with = "compact::required")]
    pub(crate) send_before: Duration,
    /// How long after that a payment which the gateway does not show was certainly not made.
    #[serde(with = "compact::required")]
    pub(crate) payment_settles: Duration,
    /// How long a worker's claim is good for without being renewed.
    #[serde(with = "compact::required")]
    pub(crate) lease: Duration,
    /// How long one look at a supplier may take, with its retries.
    #[serde(with = "compact::required")]
    pub(crate) look: Duration,
    /// How often rows that are due are asked for, in case a wake-up was lost.
    #[serde(with = "compact::required")]
    pub(crate) poll_every: Duration,
    /// Bookings worked on at once.
    pub(crate) workers: usize,
}

impl Default for Booking {
    fn default() -> Self {
        let (times, worker) = (Times::default(), WorkerLimits::default());
        Self {
            quote_valid_for: QUOTE_VALID_FOR,
            send_before: times.send_within,
            payment_settles: Duration::from_secs(60),
            lease: times.lease,
            look: times.look,
            poll_every: worker.poll_every,
            workers: worker.concurrent,
        }
    }
}

/// How mail leaves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Mail {
    /// Who writes: `Agency <tickets@agency.example>`.
    pub(crate) from: String,
    /// Who sold it, as receipts print it.
    pub(crate) agency: String,
    /// Where the URL of the mail server is (`smtps://user:password@host`); without one each message becomes an `.eml`
    /// file in the data folder.
    pub(crate) smtp: Option<SecretRef>,
    /// For each command of a conversation with the server.
    #[serde(with = "compact::required")]
    pub(crate) timeout: Duration,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            from: "Tickets <tickets@ota.example>".to_owned(),
            agency: "ota".to_owned(),
            smtp: None,
            timeout: Duration::from_secs(20),
        }
    }
}

/// The payment gateway.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Gateway {
    /// `http://host:port`; without it the built-in simulator.
    pub(crate) url: Option<String>,
    /// Its key for us.
    pub(crate) api_key: SecretRef,
    /// For a whole call.
    #[serde(with = "compact::required")]
    pub(crate) timeout: Duration,
}

impl Default for Gateway {
    fn default() -> Self {
        Self { url: None, api_key: embedded("demo-gateway-key"), timeout: Duration::from_secs(20) }
    }
}

/// The built-in other side of the wire: simulators with ledgers of their own, reached over HTTP like any supplier.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Simulators {
    /// Whether `serve` starts them. `sim` always does.
    pub(crate) enabled: bool,
    /// Where the payment gateway listens.
    pub(crate) gateway: SocketAddr,
    /// Where Travelport uAPI listens.
    pub(crate) travelport: SocketAddr,
    /// Where Hotelbeds listens.
    pub(crate) hotelbeds: SocketAddr,
}

impl Default for Simulators {
    fn default() -> Self {
        Self { enabled: true, gateway: GATEWAY, travelport: TRAVELPORT, hotelbeds: HOTELBEDS }
    }
}

/// A tenant: who may ask, and for what.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tenant {
    /// Its id.
    pub(crate) id: TenantId,
    /// Its API keys.
    pub(crate) keys: Vec<ApiKey>,
    /// Names of points of sale; the first is its default.
    pub(crate) points_of_sale: Vec<String>,
    /// Accounts that it sells through; without any, all of them.
    #[serde(default)]
    pub(crate) accounts: Vec<AccountId>,
}

/// An API key of a tenant: `sha256:` and 64 hex digits, or where the key itself is (`env:NAME`, `file:PATH`).
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum ApiKey {
    /// SHA-256 of the key.
    Digest([u8; 32]),
    /// Where the key is.
    Reference(SecretRef),
}

impl TryFrom<String> for ApiKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.strip_prefix("sha256:") {
            Some(hex) => unhex(hex).map(Self::Digest).ok_or("a SHA-256 has 64 hex digits".to_owned()),
            None => SecretRef::try_from(text).map(Self::Reference).map_err(|error| error.to_string()),
        }
    }
}

fn unhex(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if hex.len() != 2 * bytes.len() || !hex.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// A configuration that cannot be used. No message shows a secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// A file cannot be read.
    #[error("cannot read {path}", path = path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file is too large to be one.
    #[error("{path} is larger than {FILE_BYTES_MAX} bytes", path = .0.display())]
    TooLarge(PathBuf),
    /// Not TOML, or not this TOML.
    #[error("the configuration cannot be understood: {0}")]
    Malformed(String),
    /// A secret that is not where it should be.
    #[error("a secret is missing")]
    Secret(#[from] SecretError),
    /// Parts that do not fit each other.
    #[error("{0}")]
    Contradiction(String),
}

/// A secret of the embedded defaults: it opens nothing but the simulators.
pub(crate) fn embedded(secret: &str) -> SecretRef {
    SecretRef::given(secret.to_owned().into())
}

impl Default for Config {
    fn default() -> Self {
        let jakarta = PointOfSale {
            country: CountryCode::new("ID").expect("a country code"),
            currency: Currency::from_code("IDR").expect("a currency"),
            zone: "Asia/Jakarta".to_owned(),
        };
        Self {
            listen: LISTEN,
            data: PathBuf::from("data"),
            log: Log::default(),
            http: Http::default(),
            keys: None,
            search: Search::default(),
            pricing: None,
            stays: Stays::default(),
            booking: Booking::default(),
            mail: Mail::default(),
            gateway: Gateway::default(),
            simulators: Simulators::default(),
            accounts: Vec::new(),
            points_of_sale: BTreeMap::from([("ID".to_owned(), jakarta)]),
            tenants: vec![Tenant {
                id: TenantId::new("demo").expect("a tenant id"),
                keys: vec![ApiKey::Reference(embedded(DEMO_KEY))],
                points_of_sale: vec!["ID".to_owned()],
                accounts: Vec::new(),
            }],
        }
    }
}

impl Config {
    /// Whether whoever holds the published key may ask.
    pub(crate) fn is_demo(&self) -> bool {
        let published = |key: &ApiKey| {
            let ApiKey::Reference(secret) = key else { return false };
            secret.resolve().is_ok_and(|key| key.expose() == DEMO_KEY)
        };
        self.tenants.iter().flat_map(|tenant| &tenant.keys).any(published)
    }

    /// Reads the file, or the embedded defaults where there is none.
    ///
    /// # Errors
    /// It cannot be read or understood.
    pub(crate) fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = read_bounded(path)?;
        // Whole spans of the file stand in toml's message: a value in them may be meant as a secret.
        toml::from_str(&text).map_err(|error| ConfigError::Malformed(error.message().to_owned()))
    }
}

fn read_bounded(path: &Path) -> Result<String, ConfigError> {
    let failed = |source| ConfigError::Read { path: path.to_owned(), source };
    if fs::metadata(path).map_err(failed)?.len() > FILE_BYTES_MAX {
        return Err(ConfigError::TooLarge(path.to_owned()));
    }
    fs::read_to_string(path).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        toml::from_str(text).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn the_readmes_example_is_read() {
        let readme = include_str!("../../README.md");
        let example = readme.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let config = read(example).unwrap();
        assert!(!config.simulators.enabled && !config.is_demo());
        assert_eq!((config.tenants.len(), config.accounts.len()), (1, 2));
        assert!(config.pricing.is_some() && config.mail.smtp.is_some() && config.gateway.url.is_some());
        assert!(Config::default().is_demo());
    }

    #[test]
    fn a_shorter_time_is_one_line() {
        let config = read("[booking]\nsend_before = \"1500ms\"\nlook = \"2m 5s\"").unwrap();
        assert_eq!(config.booking.send_before, Duration::from_millis(1_500));
        assert_eq!(config.booking.look, Duration::from_secs(125));
        assert_eq!(config.booking.workers, Booking::default().workers, "all else stays");
    }

    #[test]
    fn what_is_misspelt_or_written_out_is_refused_and_not_repeated() {
        for text in [
            "listne = \"127.0.0.1:1\"",
            "[booking]\nsend_bfore = \"1s\"",
            "[gateway]\napi_key = \"hunter22\"",
            "[mail]\nsmtp = \"smtps://user:hunter22@host\"",
            "[[tenants]]\nid = \"a\"\nkeys = [\"hunter22\"]\npoints_of_sale = []",
            "[[tenants]]\nid = \"a\"\nkeys = [\"sha256:12\"]\npoints_of_sale = []",
        ] {
            let refused = read(text).unwrap_err();
            assert!(!refused.contains("hunter22"), "{refused}");
        }
        assert_eq!(unhex(&"0f".repeat(32)), Some([15; 32]));
        assert_eq!(unhex(&"+f".repeat(32)), None);
    }
}
