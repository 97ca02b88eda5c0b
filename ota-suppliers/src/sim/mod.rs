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

mod carriers;
pub mod control;
mod fares;
pub mod http;
mod inventory;
pub mod journal;
mod ledger;
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
use self::http::Server;
use self::journal::JournalError;
use self::ledger::Ledger;
use self::travelport::{Gateway, Host};

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

/// What a simulator is started with.
#[derive(Debug, Clone)]
pub struct SimConfig {
    /// Where it listens; port 0 picks a free one.
    pub addr: SocketAddr,
    /// Decides schedule, prices and seats: the same seed, the same world.
    pub seed: u64,
    /// Who may call.
    pub accounts: Vec<AccountConfig>,
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

/// A running simulator of Travelport Universal API. Dropping it stops it without waiting.
///
/// Beside the services (under `/B2BGateway/connect/uAPI/`) it answers `POST /_control` (see [`control`]) and
/// `GET /_ledger`: for each account the number of calls per request, and every order with its account, locators, state,
/// number of travelers, remarks, segments, total and tickets. No names.
#[derive(Debug)]
pub struct Simulator {
    server: Server,
}

impl Simulator {
    /// Reads the journal, binds the address and serves it.
    ///
    /// # Errors
    /// The journal or the address cannot be used, or an account has an unknown currency.
    pub async fn start(config: SimConfig) -> Result<Self, StartError> {
        let currency = |account: AccountConfig| match Currency::of(&account.currency) {
            Some(currency) => Ok((account, currency)),
            None => Err(StartError::Currency(account.currency)),
        };
        let accounts = config.accounts.into_iter().map(currency).collect::<Result<Vec<_>, _>>()?;
        let ledger = Ledger::open(config.folder.as_deref())?;
        let host = Host::new(accounts, config.seed, ledger, config.clock);
        let server = Server::start(config.addr, Arc::new(Gateway(Arc::new(host)))).await;
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
