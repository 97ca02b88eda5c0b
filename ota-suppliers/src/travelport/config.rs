//! Settings of one uAPI contract.

use std::time::Duration;

use ota_core::supplier::profile::Timeouts;
use serde::Deserialize;

use crate::config::SecretRef;

/// Settings of one uAPI contract: a branch, and the user that may act for it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TravelportConfig {
    /// Everything before the service's name:
    /// `https://emea.universal-api.travelport.com/B2BGateway/connect/uAPI`. Without credentials.
    pub endpoint: String,
    /// `TargetBranch`: the contract.
    pub branch: String,
    /// The user, as Travelport writes it (`Universal API/uAPI...`).
    pub username: SecretRef,
    /// The user's password.
    pub password: SecretRef,
    /// `AuthorizedBy`, where the contract asks for it.
    #[serde(default)]
    pub authorized_by: Option<String>,
    /// The host behind the branch: `1G` Galileo.
    #[serde(default = "galileo")]
    pub provider: String,
    /// Most solutions asked for in one search.
    #[serde(default = "solutions")]
    pub solutions_max: u32,
    /// Ask for whole itineraries instead of price points with options to combine.
    #[serde(default)]
    pub solution_result: bool,
    /// How long a search or a price may take, milliseconds.
    #[serde(default = "shop")]
    pub shop_timeout_ms: u64,
    /// How long a create or a ticketing may take, milliseconds. Recorded creates took up to 32 s.
    #[serde(default = "book")]
    pub book_timeout_ms: u64,
    /// How long any other call may take, milliseconds.
    #[serde(default = "service")]
    pub service_timeout_ms: u64,
    /// For how long after a create its absence from a search proves nothing, milliseconds. uAPI publishes
    /// none; the default is the longest that comparable suppliers state in minutes.
    #[serde(default = "quiet")]
    pub quiet_window_ms: u64,
}

impl TravelportConfig {
    pub(super) const fn timeouts(&self) -> Timeouts {
        Timeouts {
            shop: Duration::from_millis(self.shop_timeout_ms),
            book: Duration::from_millis(self.book_timeout_ms),
            service: Duration::from_millis(self.service_timeout_ms),
        }
    }

    /// Settings with every default.
    #[must_use]
    pub fn new(endpoint: String, branch: String, username: SecretRef, password: SecretRef) -> Self {
        Self {
            endpoint,
            branch,
            username,
            password,
            authorized_by: None,
            provider: galileo(),
            solutions_max: solutions(),
            solution_result: false,
            shop_timeout_ms: shop(),
            book_timeout_ms: book(),
            service_timeout_ms: service(),
            quiet_window_ms: quiet(),
        }
    }
}

fn galileo() -> String {
    "1G".to_owned()
}

const fn solutions() -> u32 {
    300
}

const fn shop() -> u64 {
    30_000
}

const fn book() -> u64 {
    120_000
}

const fn service() -> u64 {
    60_000
}

const fn quiet() -> u64 {
    120_000
}
