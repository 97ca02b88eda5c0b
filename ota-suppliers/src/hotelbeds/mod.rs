#![doc = include_str!("docs.md")]

mod answers;
mod book;
mod client;
mod config;
mod errors;
pub(crate) mod inspect;
pub(crate) mod map;
#[cfg(test)]
mod recordings;
pub(crate) mod replies;
pub(crate) mod requests;
mod scrub;
mod service;
mod shop;
mod sign;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ota_core::limits;
use ota_core::model::id::SupplierId;
use ota_core::model::order::{RecordLocator, SupplierOrder};
use ota_core::model::stay::PropertyRates;
use ota_core::runtime::Clock;
use ota_core::supplier::call::AttemptContext;
use ota_core::supplier::error::SupplierError;
use ota_core::supplier::profile::{Capabilities, FindBy, Semantics, SupplierProfile, VoidWindow};
use ota_core::supplier::{
    Batch, CancelCost, CancelRequest, ContentPage, ContentRequest, FindRequest, HotelSupplier, Live,
    OrderRequest, StayRequest, StayVerifyRequest, Supplier,
};

use self::client::{Client, Step};
pub use self::config::HotelbedsConfig;
pub use self::scrub::SCRUB_RULES;
use crate::config::SecretError;
use crate::transport::Transport;

/// The connector's id.
pub const SUPPLIER: &str = "hotelbeds";
/// Rate keys live for half an hour; the last minutes of it are not ours, for a booking is sent after it was paid.
const PRICE_VALID_FOR: Duration = Duration::from_secs(28 * 60);

/// Hotelbeds' hotels, for one contract.
#[derive(Debug)]
pub struct Hotelbeds {
    profile: SupplierProfile,
    tolerance_percent: Option<u8>,
    content_page_max: u32,
    client: Client,
}

impl Hotelbeds {
    /// A connector for one contract.
    ///
    /// # Errors
    /// A secret cannot be had.
    pub fn new(
        config: &HotelbedsConfig,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SecretError> {
        let supplier = SupplierId::new(SUPPLIER).expect("the name is one of letters");
        Ok(Self {
            profile: profile(&supplier, config),
            tolerance_percent: config.tolerance_percent,
            content_page_max: config.content_page_max,
            client: Client {
                supplier,
                endpoint: config.endpoint.clone(),
                key: config.key.resolve()?,
                secret: config.secret.resolve()?,
                transport,
                clock,
            },
        })
    }
}

fn profile(supplier: &SupplierId, config: &HotelbedsConfig) -> SupplierProfile {
    SupplierProfile {
        supplier: supplier.clone(),
        capabilities: Capabilities {
            search: true,
            search_rooms_max: limits::ROOMS_MAX,
            search_properties_max: limits::PROPERTIES_PER_SEARCH_MAX,
            verify: true,
            create_order: true,
            retrieve: true,
            quote_cancel: true,
            cancel: true,
            content: true,
            ..Capabilities::default()
        },
        semantics: Semantics {
            find_by: FindBy::SearchThenMatch,
            deduplicates: false,
            quiet_window: Duration::from_millis(config.quiet_window_ms),
            void_window: VoidWindow::None,
            timeouts: config.timeouts(),
            price_valid_for: PRICE_VALID_FOR,
        },
    }
}

#[async_trait]
impl Supplier for Hotelbeds {
    fn profile(&self) -> &SupplierProfile {
        &self.profile
    }

    async fn create_order(
        &self,
        cx: &AttemptContext,
        request: &OrderRequest<'_>,
    ) -> Result<SupplierOrder, SupplierError> {
        self.book(cx, request).await
    }

    async fn retrieve(
        &self,
        cx: &AttemptContext,
        locators: &[RecordLocator],
    ) -> Result<SupplierOrder, SupplierError> {
        self.record(Step::look(cx), locators).await
    }

    async fn find(
        &self,
        cx: &AttemptContext,
        request: &FindRequest<'_>,
    ) -> Result<Vec<SupplierOrder>, SupplierError> {
        self.seek(cx, request).await
    }

    async fn cancel(&self, cx: &AttemptContext, request: &CancelRequest<'_>) -> Result<(), SupplierError> {
        self.cancel_booking(cx, request).await
    }
}

#[async_trait]
impl HotelSupplier for Hotelbeds {
    async fn search(
        &self,
        cx: &AttemptContext,
        request: &StayRequest<'_>,
    ) -> Result<Batch<PropertyRates>, SupplierError> {
        self.shop(cx, request).await
    }

    async fn verify(
        &self,
        cx: &AttemptContext,
        request: &StayVerifyRequest<'_>,
    ) -> Result<Live, SupplierError> {
        self.price(cx, request).await
    }

    async fn quote_cancel(
        &self,
        cx: &AttemptContext,
        request: &CancelRequest<'_>,
    ) -> Result<CancelCost, SupplierError> {
        self.cost(cx, request).await
    }

    async fn content(
        &self,
        cx: &AttemptContext,
        request: &ContentRequest,
    ) -> Result<ContentPage, SupplierError> {
        self.page(cx, request).await
    }
}
