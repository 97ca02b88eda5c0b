//! The port of the search cache. A cache is a hint: losing it costs time, never correctness.

mod key;
mod memory;
mod superset;

pub use key::SupersetKey;
pub use memory::MemorySupersetCache;
pub use superset::{SkipCount, Source, SourceState, Superset, SupersetOffer};

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::model::id::GenerationId;

/// Where generations of search results are kept.
///
/// A failure of any kind is a miss: it is counted by the adapter and costs a search. An entry is given out until it
/// is no longer retained, on the engine's clock; whether it is still fresh is the caller's to see.
#[async_trait]
pub trait SupersetCache: Send + Sync + fmt::Debug + 'static {
    /// The latest generation put under a key.
    async fn get(&self, key: &SupersetKey) -> Option<Arc<Superset>>;

    /// A generation by its id, the latest of its key or not.
    async fn get_generation(&self, id: GenerationId) -> Option<Arc<Superset>>;

    /// Keeps a generation and makes it the latest of its key. Older generations stay while they are retained.
    async fn put(&self, superset: Arc<Superset>);
}
