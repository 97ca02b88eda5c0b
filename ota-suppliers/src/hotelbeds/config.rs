//! Settings of one Hotelbeds contract.

use std::time::Duration;

use ota_core::supplier::profile::Timeouts;
use serde::Deserialize;

use crate::config::SecretRef;

/// Settings of one Hotelbeds contract: a key and its secret.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HotelbedsConfig {
    /// Everything before the path: `https://api.hotelbeds.com`. Without credentials.
    pub endpoint: String,
    /// The key that every call names.
    pub key: SecretRef,
    /// The secret that every call is signed with.
    pub secret: SecretRef,
    /// By how much of a price that has risen since it was verified the supplier may book all the same, percent. Without
    /// it the supplier decides.
    #[serde(default)]
    pub tolerance_percent: Option<u8>,
    /// Most properties of one page of the catalogue, 1 to 1,000.
    #[serde(default = "page")]
    pub content_page_max: u32,
    /// How long a search, a verification or a page of the catalogue may take, milliseconds.
    #[serde(default = "shop")]
    pub shop_timeout_ms: u64,
    /// How long a booking may take, milliseconds.
    #[serde(default = "book")]
    pub book_timeout_ms: u64,
    /// How long any other call may take, milliseconds.
    #[serde(default = "service")]
    pub service_timeout_ms: u64,
    /// For how long after a booking its absence from the list proves nothing, milliseconds. Hotelbeds publishes none;
    /// the default is the longest that comparable suppliers state in minutes.
    #[serde(default = "quiet")]
    pub quiet_window_ms: u64,
}

impl HotelbedsConfig {
    pub(super) const fn timeouts(&self) -> Timeouts {
        Timeouts {
            shop: Duration::from_millis(self.shop_timeout_ms),
            book: Duration::from_millis(self.book_timeout_ms),
            service: Duration::from_millis(self.service_timeout_ms),
        }
    }

    /// Settings with every default.
    #[must_use]
    pub fn new(endpoint: String, key: SecretRef, secret: SecretRef) -> Self {
        Self {
            endpoint,
            key,
            secret,
            tolerance_percent: None,
            content_page_max: page(),
            shop_timeout_ms: shop(),
            book_timeout_ms: book(),
            service_timeout_ms: service(),
            quiet_window_ms: quiet(),
        }
    }
}

const fn page() -> u32 {
    500
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
