//! Reads suppliers' content into the catalogue, again and again.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::task::JoinError;
use tokio::time::sleep;

use super::{Properties, PropertyCatalog};
use crate::cache::SkipCount;
use crate::error::chain;
use crate::limits;
use crate::model::context::RequestContext;
use crate::model::id::SupplierId;
use crate::model::stay::Property;
use crate::runtime::Runtime;
use crate::supplier::error::SupplierError;
use crate::supplier::handle::SupplierHandle;
use crate::supplier::{ContentPage, ContentRequest};

/// Most different reasons counted for one load; further ones are counted together.
const REASONS_MAX: usize = 32;
const OTHER_REASONS: &str = "other reasons";

/// When content is read. Configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadPolicy {
    /// How old a supplier's properties become before they are read again.
    pub refresh_every: Duration,
    /// The pause after a load that failed.
    pub retry_after: Duration,
    /// How long one page may take, all attempts together.
    pub page_within: Duration,
}

impl Default for LoadPolicy {
    /// Daily, as suppliers make new content at most.
    fn default() -> Self {
        Self {
            refresh_every: Duration::from_secs(24 * 3600),
            retry_after: Duration::from_secs(5 * 60),
            page_within: Duration::from_secs(60),
        }
    }
}

/// What came of a load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// How many properties the catalogue has of the supplier.
    pub properties: usize,
    /// How many are not among them, or can be found in fewer ways, and why: the connector's reasons and
    /// [`Properties::flaws`].
    pub left_out: Vec<SkipCount>,
}

/// Why a load was given up. The catalogue keeps what it had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// No account with content was given for the supplier.
    #[error("no account can read this supplier's content")]
    NoAccount,
    /// A page did not come.
    #[error("page {page} of the content did not come")]
    Page {
        /// Counted from 1.
        page: usize,
        /// Why.
        source: SupplierError,
    },
    /// The content has more than [`limits::CONTENT_PAGES_MAX`] pages, or a page names itself as the next.
    #[error("the content does not end")]
    Endless,
    /// Nothing in it could be used: a supplier that sells nothing has no reason to be asked.
    #[error("the content is empty")]
    Empty,
    /// The process is ending, or putting the properties in order broke down.
    #[error("the load was interrupted")]
    Interrupted(#[from] JoinError),
}

/// Keeps a catalogue filled.
#[derive(Debug)]
pub struct CatalogLoader {
    catalog: PropertyCatalog,
    accounts: BTreeMap<SupplierId, Vec<SupplierHandle>>,
    context: RequestContext,
    runtime: Runtime,
    policy: LoadPolicy,
}

impl CatalogLoader {
    /// A loader of everything that these accounts describe; what describes nothing is passed over. The context says on
    /// whose behalf; its deadline is set anew for each page.
    #[must_use]
    pub fn new(
        catalog: PropertyCatalog,
        accounts: impl IntoIterator<Item = SupplierHandle>,
        context: RequestContext,
        runtime: Runtime,
        policy: LoadPolicy,
    ) -> Self {
        let mut by_supplier: BTreeMap<SupplierId, Vec<SupplierHandle>> = BTreeMap::new();
        for account in accounts.into_iter().filter(|account| account.profile().capabilities.content) {
            by_supplier.entry(account.account().supplier.clone()).or_default().push(account);
        }
        Self { catalog, accounts: by_supplier, context, runtime, policy }
    }

    /// Reads every supplier's content, each in its own time, until it is dropped. A load that fails is tried again soon,
    /// and what was there before stays.
    pub async fn run(&self) {
        join_all(self.accounts.keys().map(|supplier| self.keep(supplier))).await;
    }

    async fn keep(&self, supplier: &SupplierId) {
        loop {
            let pause = match self.load(supplier).await {
                Ok(Loaded { properties, left_out }) => {
                    tracing::info!(%supplier, properties, ?left_out, "A supplier's content was read.");
                    self.policy.refresh_every
                }
                Err(error) => {
                    tracing::warn!(%supplier, error = chain(&error), "A supplier's content cannot be read.");
                    self.policy.retry_after
                }
            };
            sleep(pause).await;
        }
    }

    /// Reads a supplier's content through the first of its accounts that gives all of it, and replaces what the catalogue
    /// had.
    ///
    /// # Errors
    /// Why the last of the accounts did not.
    pub async fn load(&self, supplier: &SupplierId) -> Result<Loaded, LoadError> {
        let mut loaded = Err(LoadError::NoAccount);
        for account in self.accounts.get(supplier).into_iter().flatten() {
            loaded = self.load_through(account, supplier).await;
            if loaded.is_ok() {
                break;
            }
        }
        let result = if loaded.is_ok() { "whole" } else { "failed" };
        let labels = [("supplier", supplier.to_string()), ("result", result.to_owned())];
        metrics::counter!("ota_content_loads_total", &labels).increment(1);
        loaded
    }

    async fn load_through(
        &self,
        account: &SupplierHandle,
        supplier: &SupplierId,
    ) -> Result<Loaded, LoadError> {
        let (found, mut left_out) = self.read(account).await?;
        if found.is_empty() {
            return Err(LoadError::Empty);
        }
        // A fifth of a second for 200,000 properties: not beside searches.
        let properties = self.runtime.tasks.compute(|| Properties::new(found)).await?;
        left_out.extend(properties.flaws().iter().cloned());
        let count = properties.len();
        let gauge = metrics::gauge!("ota_properties", "supplier" => supplier.to_string());
        gauge.set(u32::try_from(count).unwrap_or(u32::MAX));
        self.catalog.put(supplier.clone(), properties);
        Ok(Loaded { properties: count, left_out })
    }

    /// All pages, and what the connector could not use.
    async fn read(&self, account: &SupplierHandle) -> Result<(Vec<Property>, Vec<SkipCount>), LoadError> {
        let (mut found, mut reasons) = (Vec::new(), BTreeMap::<String, u32>::new());
        let mut request = ContentRequest::default();
        for page in 1..=limits::CONTENT_PAGES_MAX {
            let deadline = self.runtime.now().plus(self.policy.page_within);
            let cx = RequestContext { deadline, ..self.context.clone() };
            let reply = account.content(&cx, &request).await;
            let ContentPage { batch, next } = reply.map_err(|source| LoadError::Page { page, source })?;
            found.extend(batch.items);
            for skipped in batch.skipped {
                let known = reasons.len() < REASONS_MAX || reasons.contains_key(&skipped.why);
                let why = if known { skipped.why } else { OTHER_REASONS.to_owned() };
                *reasons.entry(why).or_default() += 1;
            }
            // More than are kept are not read; that there are, the properties themselves count.
            let Some(next) = next.filter(|_| found.len() <= limits::PROPERTIES_MAX) else {
                let count = |(why, count)| SkipCount { why, count };
                return Ok((found, reasons.into_iter().map(count).collect()));
            };
            if request.cursor.as_ref() == Some(&next) {
                return Err(LoadError::Endless);
            }
            request.cursor = Some(next);
        }
        Err(LoadError::Endless)
    }
}

#[cfg(test)]
mod tests;
