//! The composition root: the only place that names adapters and simulators.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ota_core::cache::MemorySupersetCache;
use ota_core::desk::BookingDesk;
use ota_core::fulfil::driver::Driver;
use ota_core::fulfil::worker::{Worker, WorkerLimits};
use ota_core::fulfil::{Ports, Times};
use ota_core::keys::{KeyRing, Keys};
use ota_core::model::context::RequestContext;
use ota_core::model::fare::Settlement;
use ota_core::model::id::{AccountId, GenerationId, TenantId};
use ota_core::model::money::Currency;
use ota_core::notify::mail::{MailNotifier, MailRoute};
use ota_core::payment::sandbox::{SandboxConfig, SandboxPaymentGateway};
use ota_core::pricing::PricedOffer;
use ota_core::queue::local::{LocalWakeups, WAKES_WAITING_MAX};
use ota_core::runtime::Runtime;
use ota_core::search::catalog::{CatalogLoader, LoadPolicy, PropertyCatalog};
use ota_core::search::freshness::FreshnessPolicy;
use ota_core::search::offer_id::{OfferId, OfferSigner};
use ota_core::search::{SearchEngine, SearchParts, SearchPolicy};
use ota_core::store::BookingStore;
use ota_core::store::seal::Sealer;
use ota_core::store::sqlite::SqliteBookingStore;
use ota_core::supplier::account::{SupplierSet, Suppliers};
use ota_core::supplier::handle::{AccountLimits, SupplierHandle};
use ota_core::supplier::token_bucket::{Rate, TokenBucket};
use ota_core::verify::Verifier;
use ota_pricing::engine::PriceEngine;
use ota_pricing::tables::RuleSet;
use ota_suppliers::config::{AccountConfig, ConnectorConfig};
use ota_suppliers::hotelbeds::HotelbedsConfig;
use ota_suppliers::registry;
use ota_suppliers::sim::http::Server;
use ota_suppliers::sim::{SimConfig, Simulator, payments};
use ota_suppliers::transport::{HttpTransport, Transport};
use ota_suppliers::travelport::TravelportConfig;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use crate::Failure;
use crate::api::{App, search};
use crate::config::{self, ApiKey, Booking, Config, ConfigError, DEMO_KEY, embedded};
use crate::messages::Composer;
use crate::middleware::auth::{Tenant, Tenants, digest};

/// Zone of the office whose contracts the embedded defaults are.
const DEMO_OFFICE_ZONE: &str = "Asia/Jakarta";
/// Under which name catalogues are read.
const CATALOG: &str = "catalog";
/// Where Travelport's services live on its host.
const UAPI_PATH: &str = "/B2BGateway/connect/uAPI";

/// A started server without its listener.
#[derive(Debug)]
pub(crate) struct Running {
    /// What the handlers share.
    pub(crate) app: Arc<App>,
    /// What to tell whoever started the server.
    pub(crate) addresses: Vec<String>,
    driver: Driver,
    working: JoinHandle<()>,
    /// It never ends by itself.
    loading: Option<JoinHandle<()>>,
    simulators: Option<Simulators>,
}

impl Running {
    /// Starts no further step of a booking, and ends everything that is under way, the other side of the wire last.
    pub(crate) async fn shutdown(self) {
        self.driver.stop();
        if let Some(loading) = self.loading {
            loading.abort();
        }
        // It ends by itself; a panic in it was told when it happened.
        let _ = self.working.await;
        self.app.runtime.tasks.drained().await;
        if let Some(simulators) = self.simulators {
            simulators.shutdown().await;
        }
    }
}

/// The built-in other side of the wire.
#[derive(Debug)]
pub(crate) struct Simulators {
    gateway: Server,
    travelport: Simulator,
    hotelbeds: Simulator,
}

impl Simulators {
    /// Starts them; they go on from their journals in the data folder.
    pub(crate) async fn start(config: &Config) -> Result<Self, Failure> {
        let folder = config.data.join("simulators");
        private_folder(&folder)?;
        let key = config.gateway.api_key.resolve()?;
        let gateway = payments::Gateway::open(key.expose(), Some(&folder.join("gateway.jsonl")))?;
        let config::Simulators { gateway: gateway_addr, travelport, hotelbeds, .. } = config.simulators;
        Ok(Self {
            gateway: Server::start(gateway_addr, Arc::new(gateway)).await?,
            travelport: Simulator::start(SimConfig::demo(travelport, Some(folder.clone()))).await?,
            hotelbeds: Simulator::start(SimConfig::demo_hotelbeds(hotelbeds, Some(folder))).await?,
        })
    }

    /// Where they listen, for people and for the examples.
    pub(crate) fn addresses(&self) -> Vec<String> {
        vec![
            format!("simulator travelport {}", self.travelport.url()),
            format!("simulator hotelbeds {}", self.hotelbeds.url()),
            format!("gateway {}", self.gateway_url()),
        ]
    }

    fn gateway_url(&self) -> String {
        format!("http://{}", self.gateway.addr())
    }

    /// Contracts with them, as an operator would write them.
    fn accounts(&self) -> Vec<AccountConfig> {
        let account = |id: String, currency: &str, connector| AccountConfig {
            id: AccountId::new(&id).expect("a plain name"),
            office_zone: DEMO_OFFICE_ZONE.to_owned(),
            currency: Currency::from_code(currency).expect("simulators sell in real currencies"),
            settlement: Settlement::Agency,
            connector,
        };
        let flights = SimConfig::demo(self.travelport.addr(), None).accounts;
        let flights = (1..).zip(flights).map(|(number, host): (usize, _)| {
            let endpoint = format!("{}{UAPI_PATH}", self.travelport.url());
            let (user, password) = (embedded(&host.username), embedded(&host.password));
            let connector = TravelportConfig::new(endpoint, host.branch, user, password);
            account(format!("travelport-{number}"), &host.currency, ConnectorConfig::Travelport(connector))
        });
        let stays = SimConfig::demo_hotelbeds(self.hotelbeds.addr(), None).accounts;
        let stays = (1..).zip(stays).map(|(number, host): (usize, _)| {
            let (key, secret) = (embedded(&host.api_key), embedded(&host.secret));
            let connector = HotelbedsConfig::new(self.hotelbeds.url(), key, secret);
            account(format!("hotelbeds-{number}"), &host.currency, ConnectorConfig::Hotelbeds(connector))
        });
        flights.chain(stays).collect()
    }

    /// Stops them.
    pub(crate) async fn shutdown(self) {
        self.travelport.shutdown().await;
        self.hotelbeds.shutdown().await;
        self.gateway.shutdown().await;
    }
}

/// Builds everything and starts what runs by itself.
pub(crate) async fn start(mut config: Config) -> Result<Running, Failure> {
    let simulators = if config.simulators.enabled { Some(Simulators::start(&config).await?) } else { None };
    let mut addresses = Vec::new();
    if let Some(simulators) = &simulators {
        addresses = simulators.addresses();
        config.gateway.url.get_or_insert_with(|| simulators.gateway_url());
        if config.accounts.is_empty() {
            config.accounts = simulators.accounts();
        }
    }
    let runtime = Runtime::default();
    let keys = keys(&config, &runtime)?;
    let handles = handles(&config, &runtime)?;
    let suppliers = suppliers(&config, &handles)?;
    let properties = PropertyCatalog::default();
    let store: Arc<dyn BookingStore> = Arc::new(store(&config, keys.sealing, &runtime).await?);
    let search = search_engine(&config, suppliers.clone(), properties.clone(), keys.signing, &runtime)?;
    let (route, told) = mail_route(&config)?;
    addresses.push(format!("mail {told}"));
    addresses.extend(config.is_demo().then(|| format!("api key {DEMO_KEY}")));
    let driver = driver(&config, suppliers, Arc::clone(&store), route, &runtime)?;
    let worker = Worker::new(driver.clone(), worker_limits(&config.booking));
    let working = runtime.tasks.spawn(async move { worker.run().await });
    let describing = |handle: &&SupplierHandle| handle.profile().capabilities.content;
    let catalogs = handles.values().filter(describing).map(|handle| handle.account().supplier.clone());
    let loader = loader(&config, handles.values().cloned(), properties, &runtime);
    let loading = loader.map(|loader| runtime.tasks.spawn(async move { loader.run().await }));
    let app = Arc::new(App {
        catalogs: catalogs.collect(),
        verifier: Verifier::new(search.clone(), Arc::clone(&store), config.booking.quote_valid_for),
        desk: BookingDesk::new(driver.clone(), config.booking.payment_settles)
            .cancellation_margin(config.stays.cancellation_margin),
        search,
        store,
        tenants: tenants(&config)?,
        under_way: Semaphore::new(config.http.requests_max),
        request_timeout: config.http.request_timeout,
        runtime,
    });
    Ok(Running { app, addresses, driver, working, loading, simulators })
}

fn driver(
    config: &Config,
    suppliers: Suppliers,
    store: Arc<dyn BookingStore>,
    route: MailRoute,
    runtime: &Runtime,
) -> Result<Driver, Failure> {
    let gateway = SandboxConfig {
        url: config.gateway.url.clone().ok_or_else(|| {
            ConfigError::Contradiction("without simulators, gateway.url says where the gateway is".to_owned())
        })?,
        api_key: config.gateway.api_key.resolve()?,
        timeout: config.gateway.timeout,
    };
    let ports = Ports {
        runtime: runtime.clone(),
        store,
        wakeups: Arc::new(LocalWakeups::new(WAKES_WAITING_MAX)),
        suppliers,
        gateway: Arc::new(SandboxPaymentGateway::new(gateway, Arc::clone(&runtime.clock))?),
        notifier: Arc::new(MailNotifier::new(&config.mail.from, route)?),
        composer: Arc::new(Composer {
            agency: config.mail.agency.clone(),
            cancellation_margin: config.stays.cancellation_margin,
        }),
    };
    let Booking { send_before, lease, look, .. } = config.booking;
    // A claim's owner is told apart by the process, so that nobody renews another's.
    let owner = format!("server-{}", GenerationId::random(&*runtime.random).bits());
    Ok(Driver::new(ports, Times { send_within: send_before, lease, look }, &owner))
}

fn worker_limits(booking: &Booking) -> WorkerLimits {
    WorkerLimits { concurrent: booking.workers, poll_every: booking.poll_every, ..WorkerLimits::default() }
}

/// How mail leaves, and what to say about it: never the server's URL, for it may hold a password.
fn mail_route(config: &Config) -> Result<(MailRoute, String), Failure> {
    if let Some(smtp) = &config.mail.smtp {
        let route = MailRoute::Smtp { url: smtp.resolve()?, timeout: config.mail.timeout };
        return Ok((route, "smtp".to_owned()));
    }
    let folder = config.data.join("mail");
    private_folder(&folder)?;
    let told = folder.display().to_string();
    Ok((MailRoute::Folder(folder), told))
}

/// Brings the database up to date.
pub(crate) async fn migrate(config: &Config) -> Result<(), Failure> {
    let runtime = Runtime::default();
    let keys = keys(config, &runtime)?;
    store(config, keys.sealing, &runtime).await?.close().await;
    Ok(())
}

/// Builds whatever can be built without touching a file or a line.
pub(crate) fn check(config: &Config) -> Result<(), Failure> {
    tenants(config)?;
    pricer(config)?;
    suppliers(config, &handles(config, &Runtime::default())?)?;
    config.gateway.api_key.resolve()?;
    Ok(())
}

/// The keys of the installation. They lie beside the database and not in it.
fn keys(config: &Config, runtime: &Runtime) -> Result<Keys, Failure> {
    private_folder(&config.data)?;
    let path = config.keys.clone().unwrap_or_else(|| config.data.join("keys.json"));
    Ok(Keys::load_or_create(&path, runtime.random.as_ref())?)
}

async fn store(config: &Config, sealing: KeyRing, runtime: &Runtime) -> Result<SqliteBookingStore, Failure> {
    let sealer = Sealer::new(sealing, Arc::clone(&runtime.random));
    Ok(SqliteBookingStore::open(&config.data.join("ota.sqlite"), sealer).await?)
}

fn search_engine(
    config: &Config,
    suppliers: Suppliers,
    properties: PropertyCatalog,
    signing: KeyRing,
    runtime: &Runtime,
) -> Result<SearchEngine, Failure> {
    let margin = config.stays.cancellation_margin;
    Ok(SearchEngine::new(SearchParts {
        suppliers,
        properties,
        cache: Arc::new(MemorySupersetCache::new(config.search.cache_bytes_max, Arc::clone(&runtime.clock))),
        pricer: pricer(config)?,
        signer: OfferSigner::new(signing),
        render: Arc::new(move |priced: &PricedOffer<'_>, id: &OfferId| search::render(priced, id, margin)),
        runtime: runtime.clone(),
        policy: SearchPolicy {
            soft_deadline: config.search.soft_deadline,
            hard_deadline: config.search.hard_deadline,
            freshness: FreshnessPolicy::default(),
            view_bytes_max: config.search.view_bytes_max,
            cancellation_margin: config.stays.cancellation_margin,
        },
    }))
}

fn pricer(config: &Config) -> Result<Arc<PriceEngine>, Failure> {
    let Some(pricing) = &config.pricing else {
        return Ok(Arc::new(PriceEngine::new(RuleSet::default(), Vec::new())?));
    };
    let earlier = pricing.earlier.iter().cloned().map(RuleSet::new).collect::<Result<_, _>>()?;
    Ok(Arc::new(PriceEngine::new(RuleSet::new(pricing.current.clone())?, earlier)?))
}

/// Each account has one handle, so that tenants who share it share its limits.
fn handles(config: &Config, runtime: &Runtime) -> Result<BTreeMap<AccountId, SupplierHandle>, Failure> {
    let transport: Arc<dyn Transport> = Arc::new(HttpTransport::new(Arc::clone(&runtime.clock))?);
    let mut handles = BTreeMap::new();
    for account in &config.accounts {
        let handle = registry::handle(account, AccountLimits::default(), Arc::clone(&transport), runtime)?;
        if handles.insert(account.id.clone(), handle).is_some() {
            return Err(ConfigError::Contradiction(format!("account {} is there twice", account.id)).into());
        }
    }
    Ok(handles)
}

/// Who sells through which accounts.
fn suppliers(
    config: &Config,
    handles: &BTreeMap<AccountId, SupplierHandle>,
) -> Result<Suppliers, ConfigError> {
    let set = |tenant: &config::Tenant| -> Result<_, ConfigError> {
        // Without a list: everything, as the embedded defaults have it.
        if tenant.accounts.is_empty() {
            return Ok((tenant.id.clone(), handles.values().cloned().collect()));
        }
        let named = |id: &AccountId| {
            handles.get(id).cloned().ok_or_else(|| {
                ConfigError::Contradiction(format!("tenant {} sells through the unknown {id}", tenant.id))
            })
        };
        Ok((tenant.id.clone(), tenant.accounts.iter().map(named).collect::<Result<SupplierSet, _>>()?))
    };
    config.tenants.iter().map(set).collect()
}

/// Reads the properties that suppliers have, on nobody's behalf: they are the same for all. Without a point of sale there
/// is nobody to sell to.
fn loader(
    config: &Config,
    accounts: impl IntoIterator<Item = SupplierHandle>,
    properties: PropertyCatalog,
    runtime: &Runtime,
) -> Option<CatalogLoader> {
    let context = RequestContext {
        tenant: TenantId::new(CATALOG).expect("a plain name"),
        user: None,
        locale: "en".to_owned(),
        point_of_sale: config.points_of_sale.values().next()?.clone(),
        trace: CATALOG.to_owned(),
        deadline: runtime.now(),
    };
    let policy = LoadPolicy { refresh_every: config.stays.catalog_refresh, ..LoadPolicy::default() };
    Some(CatalogLoader::new(properties, accounts, context, runtime.clone(), policy))
}

fn tenants(config: &Config) -> Result<Tenants, ConfigError> {
    let rate =
        Rate { count: config.http.tenant_rate, per: Duration::from_secs(1), burst: config.http.tenant_burst };
    let mut keys = Vec::new();
    for tenant in &config.tenants {
        let sold_at = |name: &String| {
            let found = config.points_of_sale.get(name).ok_or_else(|| {
                ConfigError::Contradiction(format!("tenant {} sells at the unknown {name}", tenant.id))
            })?;
            Ok::<_, ConfigError>((name.clone(), found.clone()))
        };
        let shared = Arc::new(Tenant {
            id: tenant.id.clone(),
            points_of_sale: tenant.points_of_sale.iter().map(sold_at).collect::<Result<_, _>>()?,
            bucket: Mutex::new(TokenBucket::new(rate)),
        });
        for key in &tenant.keys {
            let digest = match key {
                ApiKey::Digest(digest) => *digest,
                ApiKey::Reference(secret) => digest(secret.resolve()?.expose()),
            };
            keys.push((digest, Arc::clone(&shared)));
        }
    }
    Ok(keys.into_iter().collect())
}

/// Makes a folder that only its owner can enter: it holds sealed rows, mail and keys.
fn private_folder(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}
