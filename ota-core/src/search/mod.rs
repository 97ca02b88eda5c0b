//! Search: one question to every supplier, answered from memory whenever it can be.
//!
//! [`SearchEngine::flights`] and [`SearchEngine::stays`] are one story: cache, else the one flight for that question
//! (`coalesce.rs`), which asks every account (`gather.rs`; of stays, about its properties at the place: [`catalog`]),
//! merges what is sound ([`merge`]), gives it its clocks ([`freshness`]) and puts it into the cache. What a client sees
//! is cut from a [`view`] of that generation. Other filters and pages never call a supplier.

pub mod catalog;
mod coalesce;
mod columns;
pub mod freshness;
mod gather;
pub mod merge;
pub mod offer_id;
pub mod page;
mod stays;
pub mod view;
mod views;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::tz::TimeZone;

use crate::cache::{Source, Superset, SupersetCache, SupersetKey};
use crate::limits;
use crate::model::check::Checked;
use crate::model::context::RequestContext;
use crate::model::id::GenerationId;
use crate::model::offer::Offer;
use crate::model::search::{FlightSearch, HotelSearch, InvalidSearch, InvalidStay, Search};
use crate::model::time::Timestamp;
use crate::pricing::{PricedOffer, Pricer, PricingContext};
use crate::runtime::Runtime;
use crate::supplier::account::{SupplierSet, Suppliers};

use catalog::PropertyCatalog;
use coalesce::{Flights, Publisher, Waiter};
use freshness::FreshnessPolicy;
use gather::Gathering;
use offer_id::{Forged, OfferId, OfferSigner};
use page::{InvalidPage, PageRequest, SearchPage};
use view::View;
use views::Views;

/// In which language suppliers are asked for texts in offers. One for all, for all share them: a language in the key
/// would let a client's header spend looks.
const LOCALE: &str = "en";

/// Writes what a client gets of an offer; see [`view::Render`].
pub type SharedRender = Arc<dyn Fn(&PricedOffer<'_>, &OfferId) -> Bytes + Send + Sync>;

/// How long searches take and how long their results live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchPolicy {
    /// After this a search is answered with whoever has answered.
    pub soft_deadline: Duration,
    /// After this no supplier is waited for.
    pub hard_deadline: Duration,
    /// The two clocks of a generation.
    pub freshness: FreshnessPolicy,
    /// Memory for priced views, bytes.
    pub view_bytes_max: u64,
    /// How long before a supplier's own deadline free cancellation ends for customers: their request must reach the
    /// supplier in time even when it is slow to answer.
    pub cancellation_margin: Duration,
}

impl Default for SearchPolicy {
    fn default() -> Self {
        Self {
            soft_deadline: limits::SEARCH_SOFT_DEADLINE,
            hard_deadline: limits::SEARCH_HARD_DEADLINE,
            freshness: FreshnessPolicy::default(),
            view_bytes_max: 256 * 1024 * 1024,
            cancellation_margin: limits::CANCELLATION_MARGIN,
        }
    }
}

/// What a search engine works with.
pub struct SearchParts {
    /// Who sells through which accounts.
    pub suppliers: Suppliers,
    /// Which properties suppliers have, and where.
    pub properties: PropertyCatalog,
    /// Where generations are kept.
    pub cache: Arc<dyn SupersetCache>,
    /// Net to sell.
    pub pricer: Arc<dyn Pricer>,
    /// Signs offer ids.
    pub signer: OfferSigner,
    /// Writes offers for clients.
    pub render: SharedRender,
    /// Clock, randomness, tasks.
    pub runtime: Runtime,
    /// Deadlines and clocks.
    pub policy: SearchPolicy,
}

/// Searches flights and stays, and shows pages of what was found. Cheap to clone.
///
/// ```
/// # #[cfg(not(feature = "testing"))] fn main() {}
/// # #[cfg(feature = "testing")] #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::sync::Arc;
/// use bytes::Bytes;
/// use ota_core::cache::MemorySupersetCache;
/// use ota_core::keys::KeyRing;
/// use ota_core::pricing::PricedOffer;
/// use ota_core::search::catalog::PropertyCatalog;
/// use ota_core::search::offer_id::{OfferId, OfferSigner};
/// use ota_core::search::page::{Filter, FlightFilter, PageRequest, Stops};
/// use ota_core::search::{SearchEngine, SearchParts, SearchPolicy};
/// use ota_core::testing::{clock::ManualClock, samples};
///
/// let runtime = ManualClock::new().runtime();
/// let engine = SearchEngine::new(SearchParts {
///     suppliers: samples::suppliers(&runtime), // tenant `demo`, one account with one offer at 500 dollars net
///     properties: PropertyCatalog::default(),
///     cache: Arc::new(MemorySupersetCache::new(1 << 20, Arc::clone(&runtime.clock))),
///     pricer: Arc::new(samples::MarkUp::percent(10)),
///     signer: OfferSigner::new(KeyRing::random(&*runtime.random)),
///     render: Arc::new(|priced: &PricedOffer<'_>, _: &OfferId| Bytes::from(priced.sell.total.to_string())),
///     runtime: runtime.clone(),
///     policy: SearchPolicy::default(),
/// });
/// let (cx, search) = (samples::context(runtime.now()), samples::search());
/// let page = engine.flights(&cx, &search, &PageRequest::default()).await.unwrap();
/// assert_eq!(page.offers, ["550.00 USD"]);
///
/// let flights = FlightFilter { stops: Some(Stops::NonStop), ..FlightFilter::default() };
/// let filter = Filter { flights, ..Filter::default() };
/// let request = PageRequest { filter, ..PageRequest::default() };
/// assert_eq!(engine.page(&cx, page.generation, &request).await.unwrap().matched, 1);
/// # }
/// ```
#[derive(Clone)]
pub struct SearchEngine(Arc<Inner>);

struct Inner {
    parts: SearchParts,
    flights: Flights,
    views: Views,
}

/// Why there is no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SearchError {
    /// The search cannot be asked.
    #[error(transparent)]
    Search(#[from] InvalidSearch),
    /// The search of stays cannot be asked.
    #[error(transparent)]
    Stay(#[from] InvalidStay),
    /// The page cannot be asked for.
    #[error(transparent)]
    Page(#[from] InvalidPage),
    /// The tenant has no supplier account.
    #[error("nothing is sold here")]
    NothingSold,
    /// The generation is not retained any more, or never was: search anew.
    #[error("the search has expired")]
    Expired,
    /// Too many searches are under way, or nobody answered before the caller's deadline: come back.
    #[error("the search cannot be answered in time")]
    Busy,
}

/// Why an offer id leads to no offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OfferIdError {
    /// Not one of ours, or not this tenant's.
    #[error(transparent)]
    Forged(#[from] Forged),
    /// Ours, but its generation or the rules of its price are gone: search anew.
    #[error("the offer has expired")]
    Expired,
}

/// An offer as a customer saw it.
#[derive(Debug, Clone)]
pub struct ShownOffer {
    /// From where.
    pub superset: Arc<Superset>,
    /// Which of its offers.
    pub index: usize,
    /// How its price was made.
    pub context: PricingContext,
}

impl SearchEngine {
    /// An engine without any flight under way.
    #[must_use]
    pub fn new(parts: SearchParts) -> Self {
        let views = Views::new(parts.policy.view_bytes_max);
        Self(Arc::new(Inner { parts, flights: Flights::default(), views }))
    }

    /// What it works with.
    #[must_use]
    pub fn parts(&self) -> &SearchParts {
        &self.0.parts
    }

    /// Searches, and shows a page of what was found.
    ///
    /// A fresh generation is shown at once; a stale one too, while a newer one is fetched behind it. Otherwise all
    /// who ask the same share one call of each supplier, and see at the soft deadline what has come by then.
    ///
    /// # Errors
    /// The request is invalid, the tenant sells nothing, or there is no answer before the context's deadline.
    #[tracing::instrument(name = "search", skip_all, fields(tenant = %cx.tenant, trace = %cx.trace))]
    pub async fn flights(
        &self,
        cx: &RequestContext,
        search: &FlightSearch,
        request: &PageRequest,
    ) -> Result<SearchPage, SearchError> {
        search.validate_at(self.0.parts.runtime.now())?;
        self.search(cx, &search.clone().into(), request).await
    }

    /// The same for stays.
    ///
    /// A supplier is asked for the rooms of its properties at the place, nearest first, as many as it takes in one
    /// search; where there are more, its answer is partial. A supplier whose properties are not known yet has failed,
    /// unless the search names them.
    ///
    /// # Errors
    /// The request is invalid, the tenant sells nothing, or there is no answer before the context's deadline.
    #[tracing::instrument(name = "search", skip_all, fields(tenant = %cx.tenant, trace = %cx.trace))]
    pub async fn stays(
        &self,
        cx: &RequestContext,
        search: &HotelSearch,
        request: &PageRequest,
    ) -> Result<SearchPage, SearchError> {
        let (now, search) = (self.0.parts.runtime.now(), search.clone().canonical());
        search.validate_at(now, &self.0.parts.properties.zone(&search.place, now))?;
        self.search(cx, &search.into(), request).await
    }

    async fn search(
        &self,
        cx: &RequestContext,
        search: &Search,
        request: &PageRequest,
    ) -> Result<SearchPage, SearchError> {
        let now = self.0.parts.runtime.now();
        request.validate(cx.point_of_sale.currency, search)?;
        let set = self.0.parts.suppliers.of(&cx.tenant);
        let set = set.filter(|set| set.selling(search).next().is_some()).ok_or(SearchError::NothingSold)?;
        let key = key(search, cx, set);
        let superset = match self.0.parts.cache.get(&key).await {
            Some(superset) if superset.is_fresh(now) => {
                count("hit");
                superset
            }
            Some(stale) => {
                count("stale");
                // Whether or not a refresh can be started, there is something to show.
                let _ = self.fly(&key, cx, search, set);
                stale
            }
            None => {
                count("miss");
                let waiter = self.fly(&key, cx, search, set).map_err(|_| SearchError::Busy)?;
                waiter.first(cx.deadline.since(now)).await.ok_or(SearchError::Busy)?
            }
        };
        Ok(self.show(cx, superset, request).await)
    }

    /// Another page of a generation. No supplier is called.
    ///
    /// # Errors
    /// The request is invalid, or the generation is gone or was made from other accounts than the tenant's.
    pub async fn page(
        &self,
        cx: &RequestContext,
        generation: GenerationId,
        request: &PageRequest,
    ) -> Result<SearchPage, SearchError> {
        let superset = self.0.parts.cache.get_generation(generation).await.ok_or(SearchError::Expired)?;
        if !self.may_see(cx, &superset) {
            return Err(SearchError::Expired);
        }
        request.validate(cx.point_of_sale.currency, &superset.search)?;
        Ok(self.show(cx, superset, request).await)
    }

    /// The offer that a tenant's customer saw under an id.
    ///
    /// # Errors
    /// The id is not one of ours or not this tenant's, or the offer has expired.
    pub async fn shown(&self, cx: &RequestContext, id: &str) -> Result<ShownOffer, OfferIdError> {
        let offer = self.0.parts.signer.check(id)?;
        let context = self.context_of(cx, offer.basis).ok_or(OfferIdError::Expired)?;
        if context.tenant != cx.tenant {
            return Err(Forged.into());
        }
        let found = self.0.parts.cache.get_generation(offer.generation).await;
        let superset = found.ok_or(OfferIdError::Expired)?;
        let index = offer.index as usize;
        if index >= superset.offers.len() {
            return Err(OfferIdError::Expired);
        }
        Ok(ShownOffer { superset, index, context })
    }

    /// A generation belongs to whoever asks the same question of the same accounts.
    fn may_see(&self, cx: &RequestContext, superset: &Superset) -> bool {
        let set = self.0.parts.suppliers.of(&cx.tenant);
        set.is_some_and(|set| key(&superset.search, cx, set) == superset.key)
    }

    async fn show(&self, cx: &RequestContext, superset: Arc<Superset>, request: &PageRequest) -> SearchPage {
        let parts = &self.0.parts;
        let now = parts.runtime.now();
        let context = self.context(cx, now);
        let margin = parts.policy.cancellation_margin;
        let build =
            || View::build(&superset, &*parts.pricer, &context, margin, &parts.signer, &*parts.render);
        let view = self.0.views.get(superset.id, &context, build).await;
        let latest = parts.cache.get(&superset.key).await;
        let cut = view.cut(request, now);
        SearchPage {
            generation: superset.id,
            newer: latest.map(|latest| latest.id).filter(|latest| *latest != superset.id),
            made_at: superset.made_at,
            expires_at: superset.retained_until,
            complete: superset.is_complete(),
            sources: Arc::clone(&superset.sources),
            unpriced: Arc::clone(view.unpriced()),
            facets: Arc::clone(view.facets()),
            total: view.len(),
            matched: cut.matched,
            offers: cut.offers,
            next: cut.next,
        }
    }

    /// How prices are made for a caller now.
    fn context(&self, cx: &RequestContext, now: Timestamp) -> PricingContext {
        let zone = TimeZone::get(&cx.point_of_sale.zone).unwrap_or(TimeZone::UTC);
        PricingContext {
            tenant: cx.tenant.clone(),
            point_of_sale: cx.point_of_sale.clone(),
            rules: self.0.parts.pricer.rules_version().to_owned(),
            exchange_rates: String::new(),
            sale_date: zone.to_datetime(now.to_jiff()).date(),
        }
    }

    /// The context behind a basis: from a view made here, else this caller's of today or of yesterday, for another
    /// server or an earlier run may have made the view.
    fn context_of(&self, cx: &RequestContext, basis: crate::pricing::PricingBasis) -> Option<PricingContext> {
        let today = || self.context(cx, self.0.parts.runtime.now());
        let yesterday = || {
            let today = today();
            Some(PricingContext { sale_date: today.sale_date.yesterday().ok()?, ..today })
        };
        let is_it = |context: &PricingContext| context.basis() == basis;
        let known = self.0.views.context(basis);
        known.or_else(|| Some(today()).filter(is_it)).or_else(|| yesterday().filter(is_it))
    }

    /// Joins or starts the flight of a question.
    fn fly(
        &self,
        key: &SupersetKey,
        cx: &RequestContext,
        search: &Search,
        set: &SupplierSet,
    ) -> Result<Waiter, coalesce::Full> {
        let runtime = &self.0.parts.runtime;
        self.0.flights.join(key, &runtime.tasks, |publisher| {
            let asked = Asked { key: key.clone(), search: search.clone(), started: runtime.now() };
            // Whoever asked first lends the trace; nobody's user, language or deadline, for the answer is for all.
            let deadline = asked.started.plus(self.0.parts.policy.hard_deadline);
            let cx = RequestContext { user: None, locale: LOCALE.to_owned(), deadline, ..cx.clone() };
            let (this, set) = (self.clone(), set.clone());
            async move { this.flight(&asked, &cx, &set, &publisher).await }
        })
    }

    /// One flight from take-off to landing.
    async fn flight(&self, asked: &Asked, cx: &RequestContext, set: &SupplierSet, publisher: &Publisher) {
        let parts = &self.0.parts;
        // Between a miss and this flight another may have landed: its passengers must not cost a second call.
        let before = parts.cache.get(&asked.key).await;
        if let Some(landed) = before.as_ref().filter(|landed| landed.is_fresh(parts.runtime.now())) {
            publisher.publish(Arc::clone(landed));
            return;
        }
        let stale = before.filter(|before| before.has_answer());
        let SearchPolicy { soft_deadline, hard_deadline, .. } = parts.policy;
        let mut gathering = Gathering::start(set, cx, &asked.search, &parts.properties, &parts.runtime.tasks);
        if !gathering.wait(soft_deadline.min(hard_deadline)).await {
            // Half an answer is better than none, but not better than a whole one of a while ago.
            if stale.is_none() {
                let (offers, sources) = gathering.so_far();
                self.land(self.generation(asked, offers, sources), publisher).await;
            }
            gathering.wait(hard_deadline.saturating_sub(soft_deadline)).await;
        }
        let (offers, sources) = gathering.close();
        let superset = self.generation(asked, offers, sources);
        match stale {
            // Silence is no news: it must not hide what somebody answered.
            Some(stale) if !superset.has_answer() => publisher.publish(stale),
            _ => self.land(superset, publisher).await,
        }
    }

    fn generation(&self, asked: &Asked, offers: Vec<Checked<Offer>>, sources: Vec<Source>) -> Superset {
        let Runtime { random, .. } = &self.0.parts.runtime;
        let now = self.0.parts.runtime.now();
        let mut superset = Superset {
            id: GenerationId::random(&**random),
            key: asked.key.clone(),
            search: asked.search.clone(),
            offers: merge::merge(offers),
            sources: sources.into(),
            made_at: now,
            fresh_until: now,
            retained_until: now,
        };
        let (departs, complete) = (begins(&asked.search, now), superset.is_complete());
        let clocks = self.0.parts.policy.freshness.clocks(now, departs, complete);
        (superset.fresh_until, superset.retained_until) = (clocks.fresh_until, clocks.retained_until);
        superset
    }

    /// Keeps a generation, and only then shows it.
    async fn land(&self, superset: Superset, publisher: &Publisher) {
        let superset = Arc::new(superset);
        self.0.parts.cache.put(Arc::clone(&superset)).await;
        publisher.publish(superset);
    }
}

/// What a flight is after.
struct Asked {
    key: SupersetKey,
    search: Search,
    started: Timestamp,
}

/// A question to the accounts of a tenant that can answer it.
fn key(search: &Search, cx: &RequestContext, set: &SupplierSet) -> SupersetKey {
    let accounts = set.selling(search).map(|handle| &handle.account().id);
    SupersetKey::of(search, &cx.point_of_sale, accounts)
}

/// When what was searched for begins: prices move faster as it comes near.
fn begins(search: &Search, now: Timestamp) -> Timestamp {
    match search {
        Search::Flights(search) => search.departs(now),
        // Noon on the day of check-in, on whatever clocks: half a day more or less does not matter here.
        Search::Stays(search) => {
            let noon = search.dates.check_in.at(12, 0, 0, 0);
            TimeZone::UTC.to_timestamp(noon).map_or(now, Timestamp::from)
        }
    }
}

fn count(result: &'static str) {
    metrics::counter!("ota_search_cache_total", "result" => result).increment(1);
}

impl fmt::Debug for SearchEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SearchEngine").field("policy", &self.0.parts.policy).finish_non_exhaustive()
    }
}

impl fmt::Debug for SearchParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SearchParts").field("policy", &self.policy).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
