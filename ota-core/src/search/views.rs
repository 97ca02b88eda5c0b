//! Views kept for reuse, and how their prices were made.

use std::sync::Arc;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use tokio::sync::OnceCell;

use super::view::View;
use crate::model::id::GenerationId;
use crate::pricing::{PricingBasis, PricingContext};

/// Most pricing contexts remembered; there is one for each tenant, point of sale, rule set and day.
const CONTEXTS_MAX: u64 = 10_000;

type Key = (GenerationId, PricingBasis);
type Slot = Arc<OnceCell<Arc<View>>>;

/// Views by generation and pricing basis, bounded by bytes; contexts by their basis.
///
/// A basis in an offer id says which total the customer saw; the context behind it is needed to say the same again.
#[derive(Debug)]
pub(super) struct Views {
    views: Cache<Key, Slot>,
    contexts: Cache<PricingBasis, PricingContext>,
}

impl Views {
    pub(super) fn new(bytes_max: u64) -> Self {
        let weigh = |_: &Key, slot: &Slot| {
            u32::try_from(slot.get().map_or(0, |view| view.weight())).unwrap_or(u32::MAX)
        };
        let lru = EvictionPolicy::lru();
        Self {
            views: Cache::builder()
                .max_capacity(bytes_max)
                .weigher(weigh)
                .eviction_policy(lru.clone())
                .build(),
            contexts: Cache::builder().max_capacity(CONTEXTS_MAX).eviction_policy(lru).build(),
        }
    }

    /// The view of a generation in a context. It is built once; others who want it meanwhile wait without blocking
    /// a thread.
    pub(super) async fn get(
        &self,
        generation: GenerationId,
        context: &PricingContext,
        build: impl FnOnce() -> View,
    ) -> Arc<View> {
        let basis = context.basis();
        let key = (generation, basis);
        let slot = self.views.get_with(key, Slot::default);
        if let Some(view) = slot.get() {
            return Arc::clone(view);
        }
        self.contexts.insert(basis, context.clone());
        let view = Arc::clone(slot.get_or_init(|| async { Arc::new(build()) }).await);
        self.views.insert(key, slot); // weighed anew, now that it has a weight
        view
    }

    /// The context of a basis, if a view was made with it here.
    pub(super) fn context(&self, basis: PricingBasis) -> Option<PricingContext> {
        self.contexts.get(&basis)
    }
}
