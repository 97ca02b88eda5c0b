#![doc = include_str!("docs.md")]

pub mod answers;
mod book;
mod client;
mod compare;
mod config;
mod documents;
mod errors;
#[cfg(test)]
mod field_reports;
pub(crate) mod inspect;
pub mod map;
mod record;
#[cfg(test)]
mod recordings;
pub(crate) mod replies;
pub(crate) mod requests;
mod scrub;
mod service;
mod shop;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ota_core::limits;
use ota_core::model::id::{AccountId, SupplierId};
use ota_core::model::offer::{FlightOffer, PricedSolution};
use ota_core::model::order::{RecordLocator, SupplierOrder};
use ota_core::model::search::FlightSearch;
use ota_core::runtime::Clock;
use ota_core::supplier::call::AttemptContext;
use ota_core::supplier::error::{SupplierError, SupplierErrorKind};
use ota_core::supplier::profile::{Capabilities, FindBy, Semantics, SupplierProfile, VoidWindow};
use ota_core::supplier::{
    Batch, CancelRequest, FindRequest, FlightSupplier, IssueRequest, Live, OrderRequest, Supplier,
    TicketOutcome, VerifyRequest, VoidRequest,
};

use self::client::{Client, Step};
pub use self::config::TravelportConfig;
use self::map::Source;
use self::requests::build::Office;
pub use self::scrub::SCRUB_RULES;
use crate::config::SecretError;
use crate::transport::Transport;

/// The connector's id.
pub const SUPPLIER: &str = "travelport";
/// Host tokens live about five minutes.
const PRICE_VALID_FOR: Duration = Duration::from_secs(5 * 60);
/// The void window ends with the office's day; the last minutes of it are not ours.
const VOID_MARGIN: Duration = Duration::from_secs(30 * 60);

/// uAPI air, for one contract.
#[derive(Debug)]
pub struct Travelport {
    profile: SupplierProfile,
    office: Office,
    source: Source,
    client: Client,
}

impl Travelport {
    /// A connector for one contract.
    ///
    /// # Errors
    /// A secret cannot be had.
    pub fn new(
        account: AccountId,
        config: &TravelportConfig,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SecretError> {
        let supplier = SupplierId::new(SUPPLIER).expect("the name is one of letters");
        Ok(Self {
            profile: profile(&supplier, config),
            office: Office {
                target_branch: config.branch.clone(),
                authorized_by: config.authorized_by.clone(),
                provider_code: config.provider.clone(),
                max_solutions: config.solutions_max,
                solution_result: config.solution_result,
            },
            source: Source { supplier: supplier.clone(), account },
            client: Client {
                supplier,
                endpoint: config.endpoint.clone(),
                username: config.username.resolve()?,
                password: config.password.resolve()?,
                transport,
                clock,
            },
        })
    }
}

impl Travelport {
    /// What was priced, which is flights wherever it was this connector that priced it.
    fn flights<'a>(
        &self,
        step: Step<'_>,
        solution: &'a PricedSolution,
    ) -> Result<&'a FlightOffer, SupplierError> {
        let other = || self.client.error(step, SupplierErrorKind::BadRequest, "not an offer of flights");
        solution.offer.flight().ok_or_else(other)
    }
}

fn profile(supplier: &SupplierId, config: &TravelportConfig) -> SupplierProfile {
    SupplierProfile {
        supplier: supplier.clone(),
        capabilities: Capabilities {
            search: true,
            search_slices_max: limits::SLICES_MAX,
            search_seated_max: limits::SEATED_PASSENGERS_MAX,
            verify: true,
            create_order: true,
            issue_tickets: true,
            retrieve: true,
            cancel: true,
            void_tickets: true,
            ..Capabilities::default()
        },
        semantics: Semantics {
            find_by: FindBy::SearchThenMatch,
            deduplicates: false,
            quiet_window: Duration::from_millis(config.quiet_window_ms),
            void_window: VoidWindow::OfficeDay { margin: VOID_MARGIN },
            timeouts: config.timeouts(),
            price_valid_for: PRICE_VALID_FOR,
        },
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl Supplier for Travelport {
    fn profile(&self) -> &SupplierProfile {
        &self.profile
    }

    async fn create_order(
        &self,
        cx: &AttemptContext,
        request: &OrderRequest<'_>,
    ) -> Result<SupplierOrder, SupplierError> {
        self.create(cx, request).await
    }

    async fn retrieve(
        &self,
        cx: &AttemptContext,
        locators: &[RecordLocator],
    ) -> Result<SupplierOrder, SupplierError> {
        self.look(cx, locators).await
    }

    async fn find(
        &self,
        cx: &AttemptContext,
        request: &FindRequest<'_>,
    ) -> Result<Vec<SupplierOrder>, SupplierError> {
        self.seek(cx, request).await
    }

    async fn cancel(&self, cx: &AttemptContext, request: &CancelRequest<'_>) -> Result<(), SupplierError> {
        self.cancel_order(cx, request).await
    }
}

#[async_trait]
impl FlightSupplier for Travelport {
    async fn search(
        &self,
        cx: &AttemptContext,
        request: &FlightSearch,
    ) -> Result<Batch<FlightOffer>, SupplierError> {
        self.shop(cx, request).await
    }

    async fn verify(&self, cx: &AttemptContext, request: &VerifyRequest<'_>) -> Result<Live, SupplierError> {
        self.price(cx, request).await
    }

    async fn issue_tickets(
        &self,
        cx: &AttemptContext,
        request: &IssueRequest<'_>,
    ) -> Result<Vec<TicketOutcome>, SupplierError> {
        self.issue(cx, request).await
    }

    async fn void_tickets(
        &self,
        cx: &AttemptContext,
        request: &VoidRequest<'_>,
    ) -> Result<(), SupplierError> {
        self.void(cx, request).await
    }
}
