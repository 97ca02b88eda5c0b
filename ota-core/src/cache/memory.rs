//! The cache in the process: decoded generations, bounded by bytes.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::{Superset, SupersetCache, SupersetKey};
use crate::model::id::GenerationId;
use crate::runtime::Clock;

/// Most keys that point to their latest generation.
const KEYS_MAX: u64 = 100_000;

/// Keeps generations in memory and gives up the least recently used ones when they take too much of it.
///
/// Time is read from our clock and not from the library's, so that a test can turn it and every server of a fleet
/// judges an entry alike.
///
/// ```
/// use std::sync::Arc;
/// use ota_core::cache::MemorySupersetCache;
/// use ota_core::runtime::SystemClock;
/// let cache = MemorySupersetCache::new(256 * 1024 * 1024, Arc::new(SystemClock));
/// # let _ = cache;
/// ```
pub struct MemorySupersetCache {
    clock: Arc<dyn Clock>,
    generations: Cache<GenerationId, Arc<Superset>>,
    latest: Cache<SupersetKey, GenerationId>,
}

impl MemorySupersetCache {
    /// Room for so many bytes.
    #[must_use]
    pub fn new(bytes_max: u64, clock: Arc<dyn Clock>) -> Self {
        let weigh =
            |_: &GenerationId, superset: &Arc<Superset>| u32::try_from(superset.weight()).unwrap_or(u32::MAX);
        // Least recently used: a policy that refuses newcomers would expire what was shown a moment ago.
        let lru = EvictionPolicy::lru();
        Self {
            clock,
            generations: Cache::builder()
                .max_capacity(bytes_max)
                .weigher(weigh)
                .eviction_policy(lru.clone())
                .build(),
            latest: Cache::builder().max_capacity(KEYS_MAX).eviction_policy(lru).build(),
        }
    }

    fn retained(&self, id: GenerationId) -> Option<Arc<Superset>> {
        let superset = self.generations.get(&id)?;
        if superset.is_retained(self.clock.now()) {
            return Some(superset);
        }
        self.generations.invalidate(&id);
        None
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl SupersetCache for MemorySupersetCache {
    async fn get(&self, key: &SupersetKey) -> Option<Arc<Superset>> {
        self.retained(self.latest.get(key)?)
    }

    async fn get_generation(&self, id: GenerationId) -> Option<Arc<Superset>> {
        self.retained(id)
    }

    async fn put(&self, superset: Arc<Superset>) {
        // The generation first: a pointer to nothing would be a miss that nobody needs.
        let (id, key) = (superset.id, superset.key.clone());
        self.generations.insert(id, superset);
        self.latest.insert(key, id);
    }
}

impl fmt::Debug for MemorySupersetCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (entries, bytes) = (self.generations.entry_count(), self.generations.weighted_size());
        write!(f, "MemorySupersetCache {{ entries: {entries}, bytes: {bytes} }}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::cache_suite;
    use crate::testing::clock::ManualClock;

    #[tokio::test]
    async fn it_passes_the_suite() {
        let clock = ManualClock::new();
        let cache = MemorySupersetCache::new(64 << 20, Arc::new(clock.clone()));
        cache_suite::run(&cache, &clock).await;
    }

    #[tokio::test]
    async fn it_is_bounded_by_bytes_and_keeps_the_newcomer() {
        let clock = ManualClock::new();
        let one = cache_suite::generation(0, "CGK", &clock);
        let cache = MemorySupersetCache::new(3 * one.weight() as u64 + 10, Arc::new(clock.clone()));
        for id in 1..=50 {
            let newest = cache_suite::generation(id, "CGK", &clock);
            cache.put(Arc::clone(&newest)).await;
            cache.generations.run_pending_tasks();
            assert_eq!(cache.get_generation(newest.id).await, Some(newest));
        }
        assert_eq!(cache.generations.entry_count(), 3);
        assert_eq!(cache.get_generation(GenerationId::from_bits(1)).await, None);
    }
}
