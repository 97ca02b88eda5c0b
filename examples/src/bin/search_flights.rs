//! The libraries without the server: simulator, connector, engine and pricing in one process, joined by loopback HTTP.

use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clap::Parser;
use jiff::civil::Date;
use ota_core::cache::MemorySupersetCache;
use ota_core::keys::Keys;
use ota_core::model::context::{PointOfSale, RequestContext};
use ota_core::model::id::{AccountId, TenantId};
use ota_core::model::money::Currency;
use ota_core::model::passenger::PassengerCounts;
use ota_core::model::place::CountryCode;
use ota_core::model::places::places;
use ota_core::model::search::{FlightSearch, SliceQuery};
use ota_core::pricing::PricedOffer;
use ota_core::runtime::Runtime;
use ota_core::search::catalog::PropertyCatalog;
use ota_core::search::offer_id::{OfferId, OfferSigner};
use ota_core::search::page::{PageRequest, Sort};
use ota_core::search::{SearchEngine, SearchParts, SearchPolicy};
use ota_core::supplier::account::{SupplierSet, Suppliers};
use ota_core::supplier::handle::{AccountLimits, SupplierHandle};
use ota_pricing::engine::PriceEngine;
use ota_pricing::tables::RuleSet;
use ota_suppliers::config::{AccountConfig, ConnectorConfig, SecretRef};
use ota_suppliers::registry;
use ota_suppliers::sim::{self, SimConfig, Simulator};
use ota_suppliers::transport::{HttpTransport, Transport};
use ota_suppliers::travelport::TravelportConfig;

type Failure = Box<dyn Error + Send + Sync>;

/// For the generations and for the views of them: far more than one search needs.
const MEMORY_BYTES: u64 = 64 * 1024 * 1024;
/// How long the search may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Searches one way from one place to another.
#[derive(Debug, Parser)]
struct Args {
    /// Airport or city to leave from.
    #[arg(default_value = "CGK")]
    origin: String,
    /// Airport or city to go to.
    #[arg(default_value = "TYO")]
    destination: String,
    /// Day of departure; without one, in sixty days.
    #[arg(long)]
    date: Option<Date>,
    /// Offers to show.
    #[arg(long, default_value_t = 10)]
    limit: u32,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let args = Args::parse();
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| "a TLS provider is there already")?;
    let demo = SimConfig::demo(([127, 0, 0, 1], 0).into(), None);
    let accounts = demo.accounts.clone();
    let simulator = Simulator::start(demo).await?;

    let runtime = Runtime::default();
    let tenant = TenantId::new("example")?;
    let transport: Arc<dyn Transport> = Arc::new(HttpTransport::new(Arc::clone(&runtime.clock))?);
    let handles: Vec<SupplierHandle> = (1..)
        .zip(&accounts)
        .map(|(number, account)| {
            let config = contract(number, account, &simulator.url())?;
            Ok(registry::handle(&config, AccountLimits::default(), Arc::clone(&transport), &runtime)?)
        })
        .collect::<Result<_, Failure>>()?;
    let set: SupplierSet = handles.into_iter().collect();
    let engine = SearchEngine::new(SearchParts {
        suppliers: Suppliers::from_iter([(tenant.clone(), set)]),
        properties: PropertyCatalog::default(),
        cache: Arc::new(MemorySupersetCache::new(MEMORY_BYTES, Arc::clone(&runtime.clock))),
        pricer: Arc::new(PriceEngine::new(RuleSet::default(), Vec::new())?),
        signer: OfferSigner::new(Keys::random(&*runtime.random).signing),
        render: Arc::new(line),
        runtime: runtime.clone(),
        policy: SearchPolicy { view_bytes_max: MEMORY_BYTES, ..SearchPolicy::default() },
    });

    let request = PageRequest { sort: Sort::Price, limit: args.limit, ..PageRequest::default() };
    let page = engine.flights(&context(tenant, &runtime)?, &search(&args)?, &request).await?;
    for source in page.sources.iter() {
        say(&format!("{} {:?}", source.account, source.state));
    }
    say(&format!("{} offers, the cheapest {}:", page.total, page.offers.len()));
    for offer in &page.offers {
        say(std::str::from_utf8(offer)?);
    }
    runtime.tasks.drained().await;
    simulator.shutdown().await;
    if page.total == 0 { Err("nothing flies there".into()) } else { Ok(()) }
}

/// Our contract for one of the simulator's branches, as a configuration file would have it.
fn contract(number: u32, account: &sim::AccountConfig, url: &str) -> Result<AccountConfig, Failure> {
    let secret = |text: &str| SecretRef::given(text.to_owned().into());
    Ok(AccountConfig {
        id: AccountId::new(&format!("travelport-{number}"))?,
        office_zone: "Asia/Jakarta".to_owned(),
        currency: Currency::from_code(&account.currency)?,
        settlement: ota_core::model::fare::Settlement::Agency,
        connector: ConnectorConfig::Travelport(TravelportConfig::new(
            format!("{url}/B2BGateway/connect/uAPI"),
            account.branch.clone(),
            secret(&account.username),
            secret(&account.password),
        )),
    })
}

fn context(tenant: TenantId, runtime: &Runtime) -> Result<RequestContext, Failure> {
    Ok(RequestContext {
        tenant,
        user: None,
        locale: "en".to_owned(),
        point_of_sale: PointOfSale {
            country: CountryCode::new("ID")?,
            currency: Currency::from_code("IDR")?,
            zone: "Asia/Jakarta".to_owned(),
        },
        trace: "example".to_owned(),
        deadline: runtime.now().plus(PATIENCE),
    })
}

fn search(args: &Args) -> Result<FlightSearch, Failure> {
    let place = |code: &str| places().resolve(code).ok_or(format!("{code} is no airport or city"));
    Ok(FlightSearch {
        slices: vec![SliceQuery {
            origin: place(&args.origin)?,
            destination: place(&args.destination)?,
            date: args.date.unwrap_or_else(|| ota_examples::days_ahead(60)),
        }],
        passengers: PassengerCounts { adults: 1, ..PassengerCounts::default() },
        cabin: None,
    })
}

/// One offer as one line: what the server writes as JSON, this program writes as text.
fn line(priced: &PricedOffer<'_>, _: &OfferId) -> Bytes {
    let mut line = format!("{:>20}", priced.sell.total.to_string());
    for segment in priced.offer.flight().into_iter().flat_map(|offer| offer.itinerary.segments()) {
        let flight = segment.flight.map_or_else(|| "surface".to_owned(), |flight| flight.to_string());
        let departs =
            segment.departs.map_or_else(String::new, |time| time.civil.strftime("%H:%M").to_string());
        let _ = write!(line, "  {flight} {} {departs} {}", segment.origin, segment.destination);
    }
    line.into()
}

#[allow(clippy::print_stdout)] // this program's output
fn say(line: &str) {
    println!("{line}");
}
