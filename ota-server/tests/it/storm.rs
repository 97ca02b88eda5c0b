//! Many at once.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::timeout;

use crate::trip::search;
use crate::world::World;

const SEARCHES: usize = 500;
/// Clients that leave early, and when: long before the slower account answers.
const LEAVING: usize = 20;
const PATIENCE_OF_SOME: Duration = Duration::from_millis(100);

#[tokio::test]
async fn identical_searches_on_a_cold_cache_are_one_call_for_each_account_and_who_leaves_cancels_nothing() {
    let world = World::start().await;
    let request = search();
    let answers = (0..SEARCHES).map(|_| world.post("/v1/flights/search?limit=1", &request, None));
    // Those who leave are the first to come, so that one of them started what the others wait for.
    let leaving =
        (0..LEAVING).map(|_| timeout(PATIENCE_OF_SOME, world.post("/v1/flights/search", &request, None)));
    let (left, answers) = tokio::join!(join_all(leaving), join_all(answers));
    assert!(left.iter().any(Result::is_err), "somebody left before there was an answer");
    for answer in answers {
        assert!(answer.ok()["total"].as_u64().unwrap() > 0);
    }
    let orders = world.orders().await;
    let accounts = orders["calls"].as_object().unwrap();
    assert_eq!(accounts.len(), 2);
    for (account, calls) in accounts {
        assert_eq!(calls["LowFareSearchReq"], 1, "{account}");
    }
}
