//! The other side of the wire: simulators that speak the suppliers' protocols over loopback HTTP.
//!
//! They share no code with the connectors: a mistake in a connector must not be answered by the same mistake here.
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use ota_suppliers::sim::{SimConfig, Simulator};
//! let simulator = Simulator::start(SimConfig::demo(([127, 0, 0, 1], 0).into(), None)).await?;
//! println!("{}", simulator.url());
//! simulator.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod backstage;
mod carriers;
pub mod control;
mod draw;
mod fares;
mod hotelbeds;
pub mod http;
mod inventory;
pub mod journal;
mod ledger;
mod markup;
pub mod payments;
mod travelport;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ota_core::runtime::{Clock, SystemClock};

use self::fares::Currency;
use self::http::{Server, Service};
use self::journal::JournalError;

/// An account at the simulated host: one branch, with an inventory and prices of its own.
#[derive(Clone)]
pub struct AccountConfig {
    /// The TargetBranch.
    pub branch: String,
    /// The HTTP Basic user.
    pub username: String,
    /// The HTTP Basic password. Of a simulator: known to everybody.
    pub password: String,
    /// The currency it sells in.
    pub currency: String,
    /// How long it takes to answer anything.
    pub delay: Duration,
}

impl fmt::Debug for AccountConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { branch, currency, delay, .. } = self;
        f.debug_struct("AccountConfig")
            .field("branch", branch)
            .field("currency", currency)
            .field("delay", delay)
            .finish()
    }
}

/// An account at the simulated Hotelbeds: one contract, with prices and an allotment of its own.
#[derive(Clone)]
pub struct HotelbedsAccount {
    /// The Api-key.
    pub api_key: String,
    /// The secret that calls are signed with. Of a simulator: known to everybody.
    pub secret: String,
    /// The currency it sells in.
    pub currency: String,
    /// How long it takes to answer anything.
    pub delay: Duration,
}

impl fmt::Debug for HotelbedsAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { api_key, currency, delay, .. } = self;
        f.debug_struct("HotelbedsAccount")
            .field("api_key", api_key)
            .field("currency", currency)
            .field("delay", delay)
            .finish()
    }
}

/// What a simulator is started with. The kind of its accounts is its protocol.
#[derive(Debug, Clone)]
pub struct SimConfig<A = AccountConfig> {
    /// Where it listens; port 0 picks a free one.
    pub addr: SocketAddr,
    /// Decides schedule, properties, prices and seats: the same seed, the same world.
    pub seed: u64,
    /// Who may call.
    pub accounts: Vec<A>,
    /// Where it keeps its journal; without a folder it forgets everything when it stops.
    pub folder: Option<PathBuf>,
    /// Its clock.
    pub clock: Arc<dyn Clock>,
}

impl SimConfig {
    /// Two accounts, the second one with other prices and slower, on the machine's clock.
    #[must_use]
    pub fn demo(addr: SocketAddr, folder: Option<PathBuf>) -> Self {
        let account = |branch: &str, delay| AccountConfig {
            branch: branch.to_owned(),
            username: format!("Universal API/{branch}"),
            password: format!("demo-{branch}"),
            currency: "IDR".to_owned(),
            delay: Duration::from_millis(delay),
        };
        let accounts = vec![account("P1000001", 0), account("P1000002", 350)];
        Self { addr, seed: 1, accounts, folder, clock: Arc::new(SystemClock) }
    }
}

impl SimConfig<HotelbedsAccount> {
    /// One account, on the machine's clock.
    #[must_use]
    pub fn demo_hotelbeds(addr: SocketAddr, folder: Option<PathBuf>) -> Self {
        let account = HotelbedsAccount {
            api_key: "demo-hotelbeds".to_owned(),
            secret: "demo-secret".to_owned(),
            currency: "IDR".to_owned(),
            delay: Duration::ZERO,
        };
        Self { addr, seed: 1, accounts: vec![account], folder, clock: Arc::new(SystemClock) }
    }
}

/// A protocol that can be simulated, by the kind of its accounts.
pub trait Protocol: sealed::Host {}

impl Protocol for AccountConfig {}
impl Protocol for HotelbedsAccount {}

/// Nobody else simulates a protocol here.
mod sealed {
    use super::{SimConfig, StartError};
    use std::sync::Arc;

    pub trait Host: Sized {
        /// The host behind its HTTP endpoints, with the orders of its journal.
        fn host(config: SimConfig<Self>) -> Result<Arc<dyn super::Service>, StartError>;
    }
}

impl sealed::Host for AccountConfig {
    fn host(config: SimConfig<Self>) -> Result<Arc<dyn Service>, StartError> {
        let accounts = priced(config.accounts, |account| &account.currency)?;
        let host = travelport::Host::new(accounts, config.seed, config.folder.as_deref(), config.clock)?;
        Ok(Arc::new(travelport::Gateway(Arc::new(host))))
    }
}

impl sealed::Host for HotelbedsAccount {
    fn host(config: SimConfig<Self>) -> Result<Arc<dyn Service>, StartError> {
        let accounts = priced(config.accounts, |account| &account.currency)?;
        let host = hotelbeds::Host::new(accounts, config.seed, config.folder.as_deref(), config.clock)?;
        Ok(Arc::new(hotelbeds::Gateway(Arc::new(host))))
    }
}

/// Accounts with their currencies found.
fn priced<A>(
    accounts: Vec<A>,
    code: impl Fn(&A) -> &String,
) -> Result<Vec<(A, &'static Currency)>, StartError> {
    let currency = |account| match Currency::of(code(&account)) {
        Some(currency) => Ok((account, currency)),
        None => Err(StartError::Currency(code(&account).clone())),
    };
    accounts.into_iter().map(currency).collect()
}

/// Why a simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its address cannot be bound.
    #[error("the address cannot be bound")]
    Bind(#[source] io::Error),
    /// Its journal cannot be used.
    #[error("the journal cannot be used")]
    Journal(#[from] JournalError),
    /// An account sells in a currency that the simulated world does not have.
    #[error("the simulator does not sell in {0}")]
    Currency(String),
}

/// A running simulator. Dropping it stops it without waiting.
///
/// Beside the services (Travelport's under `/B2BGateway/connect/uAPI/`, Hotelbeds' under `/hotel-api/1.0/` and
/// `/hotel-content-api/1.0/`) it answers `POST /_control` (see [`control`]) and `GET /_ledger`: for each account the
/// number of calls per request, and every order with its account, locators or references, state, number of guests or
/// travelers, what was sold, and the total. No names.
#[derive(Debug)]
pub struct Simulator {
    server: Server,
}

impl Simulator {
    /// Reads the journal, binds the address and serves it.
    ///
    /// # Errors
    /// The journal or the address cannot be used, or an account has an unknown currency.
    pub async fn start<A: Protocol>(config: SimConfig<A>) -> Result<Self, StartError> {
        let addr = config.addr;
        let server = Server::start(addr, A::host(config)?).await;
        Ok(Self { server: server.map_err(StartError::Bind)? })
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    /// Its address as a URL without a path.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr())
    }

    /// Stops it and waits until running replies have ended.
    pub async fn shutdown(self) {
        self.server.shutdown().await;
    }
}
