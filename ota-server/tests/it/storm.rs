//! Many at once.

use crate::trip::search;
use crate::world::World;

const SEARCHES: usize = 500;

#[tokio::test]
async fn identical_searches_on_a_cold_cache_are_one_call_for_each_account() {
    let world = World::start().await;
    let request = search();
    let answers = (0..SEARCHES).map(|_| world.post("/v1/flights/search?limit=1", &request, None));
    for answer in futures_util::future::join_all(answers).await {
        assert!(answer.ok()["total"].as_u64().unwrap() > 0);
    }
    let orders = world.orders().await;
    let accounts = orders["calls"].as_object().unwrap();
    assert_eq!(accounts.len(), 2);
    for (account, calls) in accounts {
        assert_eq!(calls["LowFareSearchReq"], 1, "{account}");
    }
}
