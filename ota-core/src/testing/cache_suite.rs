//! What every [`SupersetCache`] must do.

use std::sync::Arc;
use std::time::Duration;

use super::clock::ManualClock;
use super::samples;
use super::stays::{stay_offer, stay_search};
use crate::cache::{Source, SourceState, Superset, SupersetCache, SupersetKey, SupersetOffer};
use crate::model::id::GenerationId;
use crate::model::offer::Offer;
use crate::model::place::{CityCode, Place};
use crate::model::search::{HotelSearch, Search, StayPlace};
use crate::runtime::Clock as _;

/// A generation of flights from an airport, fresh for five minutes and retained for thirty, with one offer.
#[must_use]
pub fn generation(id: u128, from: &str, clock: &ManualClock) -> Arc<Superset> {
    let mut search = samples::search();
    search.slices[0].origin = Place::Airport(samples::airport(from));
    of(id, search.into(), samples::offer("alpha-1", "GA", 50_000).into(), clock)
}

/// The same of stays in a city.
///
/// # Panics
/// On a code that is none.
#[must_use]
pub fn stay_generation(id: u128, city: &str, clock: &ManualClock) -> Arc<Superset> {
    let place = StayPlace::City(CityCode::new(city).expect("a city's code"));
    let search = HotelSearch { place, ..stay_search() };
    of(id, search.into(), stay_offer("alpha-1", "1", 50_000).into(), clock)
}

fn of(id: u128, search: Search, offer: Offer, clock: &ManualClock) -> Arc<Superset> {
    let now = clock.now();
    let account = samples::account("alpha-1");
    Arc::new(Superset {
        id: GenerationId::from_bits(id),
        key: SupersetKey::of(&search, &samples::context(now).point_of_sale, [&account.id]),
        search,
        offers: vec![SupersetOffer { offer, alternates: Vec::new() }],
        sources: Arc::new([Source {
            account: account.id,
            supplier: account.supplier,
            state: SourceState::Answered { offers: 1, partial: false },
            skipped: Vec::new(),
            warnings: Vec::new(),
        }]),
        made_at: now,
        fresh_until: now.plus(Duration::from_secs(5 * 60)),
        retained_until: now.plus(Duration::from_secs(30 * 60)),
    })
}

/// Runs the suite over an empty cache that reads this clock.
///
/// # Panics
/// On the first rule that is broken.
pub async fn run(cache: &dyn SupersetCache, clock: &ManualClock) {
    run_over(cache, clock, |id, place| generation(id, ["CGK", "SUB"][place], clock)).await;
    run_over(cache, clock, |id, place| stay_generation(10 + id, ["TYO", "OSA"][place], clock)).await;
}

/// The suite over generations with these numbers of two places.
async fn run_over(
    cache: &dyn SupersetCache,
    clock: &ManualClock,
    generation: impl Fn(u128, usize) -> Arc<Superset>,
) {
    let [first, other] = [generation(1, 0), generation(2, 1)];
    assert_eq!(cache.get(&first.key).await, None, "empty at first");
    assert_eq!(cache.get_generation(first.id).await, None);

    cache.put(Arc::clone(&first)).await;
    cache.put(Arc::clone(&other)).await;
    assert_eq!(cache.get(&first.key).await, Some(Arc::clone(&first)), "as it was put");
    assert_eq!(cache.get_generation(other.id).await, Some(Arc::clone(&other)));

    clock.advance(Duration::from_secs(10 * 60));
    let second = generation(3, 0);
    cache.put(Arc::clone(&second)).await;
    assert_eq!(cache.get(&first.key).await, Some(Arc::clone(&second)), "the latest under the key");
    assert_eq!(cache.get_generation(first.id).await, Some(Arc::clone(&first)), "older ones stay");
    assert_eq!(cache.get(&other.key).await, Some(Arc::clone(&other)), "stale ones are given out");

    clock.set(first.retained_until);
    assert_eq!(cache.get_generation(first.id).await, None, "gone at the end of retention");
    assert_eq!(cache.get(&other.key).await, None);
    assert_eq!(cache.get(&second.key).await, Some(Arc::clone(&second)));

    clock.set(second.retained_until);
    assert_eq!(cache.get(&second.key).await, None);
}
