//! Every guard, through a handle over a scripted supplier, on tokio's paused clock.

use std::sync::Arc;

use futures_util::future::join_all;

use super::*;
use crate::model::id::ClientReference;
use crate::model::order::{OrderStatus, SupplierOrder};
use crate::supplier::call::OpClass;
use crate::supplier::handle::{AccountLimits, SupplierHandle};
use crate::supplier::{Batch, Connector, OrderRequest};
use crate::testing::clock::{START, TokioClock};
use crate::testing::samples;
use crate::testing::script::{ScriptedSupplier, Step};

const SECOND: Duration = Duration::from_secs(1);

struct Bench {
    supplier: ScriptedSupplier,
    handle: SupplierHandle,
    runtime: Runtime,
    cx: RequestContext,
}

/// One account whose every class has these limits.
fn bench(limits: CallLimits) -> Bench {
    let supplier = ScriptedSupplier::new(samples::profile("alpha"));
    let runtime = TokioClock::runtime();
    let limits = AccountLimits { shop: limits, book: limits, service: limits };
    let handle = SupplierHandle::new(
        Connector::Flights(Arc::new(supplier.clone())),
        samples::account("alpha-1"),
        limits,
        runtime.clone(),
    );
    Bench { supplier, handle, cx: samples::context(runtime.now()), runtime }
}

impl Bench {
    async fn search(&self) -> Result<usize, SupplierError> {
        self.handle.flights(&self.cx, &samples::search()).await.map(|batch| batch.items.len())
    }

    async fn create(&self, send_before: Timestamp) -> Result<SupplierOrder, SupplierError> {
        let (solution, party) =
            (samples::solution(samples::offer("alpha-1", "GA", 50_000)), samples::party());
        let reference = &ClientReference::new("A1B2C3D4E5F6G7H8").unwrap();
        let request = OrderRequest { solution: &solution, party: &party, reference };
        self.handle.create_order(&self.cx, send_before, &request).await
    }

    fn searches(&self, step: Step<Batch<crate::model::offer::FlightOffer>>) {
        self.supplier.script(|script| {
            script.search.then(step);
        });
    }

    fn creates(&self, step: Step<SupplierOrder>) {
        self.supplier.script(|script| {
            script.create_order.then(step);
        });
    }
}

fn found() -> Step<Batch<crate::model::offer::FlightOffer>> {
    Step::answer(Batch { items: vec![samples::offer("alpha-1", "GA", 50_000)], ..Batch::default() })
}

fn ordered() -> Step<SupplierOrder> {
    Step::answer(SupplierOrder {
        locators: Vec::new(),
        status: OrderStatus::Held,
        travelers: Vec::new(),
        segments: Vec::new(),
        stay: None,
        fares: Vec::new(),
        total: None,
        references: Vec::new(),
        tickets: Vec::new(),
        ticketing_limit: None,
        problems: Vec::new(),
    })
}

#[track_caller]
fn failed<T>(result: Result<T, SupplierError>, kind: SupplierErrorKind, exhausted: bool) -> SupplierError {
    let Err(error) = result else { panic!("must fail as {kind:?}") };
    assert_eq!((error.kind, error.exhausted), (kind, exhausted), "{error}");
    error
}

#[tokio::test(start_paused = true)]
async fn a_read_is_retried_until_it_answers_or_attempts_run_out() {
    let bench = bench(CallLimits::SHOP);
    bench.searches(Step::fail(SupplierErrorKind::Unavailable));
    bench.searches(Step::fail(SupplierErrorKind::RateLimited));
    bench.searches(found());
    assert_eq!(bench.search().await.unwrap(), 1);
    let attempts: Vec<u32> = bench.supplier.calls().iter().map(|call| call.attempt).collect();
    assert_eq!(attempts, [1, 2, 3]);

    let bench = self::bench(CallLimits::SHOP);
    bench.searches(Step::fail(SupplierErrorKind::Unavailable));
    failed(bench.search().await, SupplierErrorKind::Unavailable, true);
    assert_eq!(bench.supplier.count(Op::Search), 3);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_change_is_not_retried() {
    for kind in [SupplierErrorKind::Denied, SupplierErrorKind::Protocol, SupplierErrorKind::BadRequest] {
        let bench = bench(CallLimits::SHOP);
        bench.searches(Step::fail(kind));
        failed(bench.search().await, kind, false);
        assert_eq!(bench.supplier.count(Op::Search), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_is_repeated_only_if_known_not_executed() {
    let bench = bench(CallLimits::BOOK);
    bench.creates(Step::fail(SupplierErrorKind::Unavailable));
    bench.creates(ordered());
    bench.create(START.plus(20 * SECOND)).await.unwrap();
    assert_eq!(bench.supplier.count(Op::CreateOrder), 2);

    let bench = self::bench(CallLimits::BOOK);
    bench.creates(Step::fail(SupplierErrorKind::Ambiguous));
    failed(bench.create(START.plus(20 * SECOND)).await, SupplierErrorKind::Ambiguous, false);
    assert_eq!(bench.supplier.count(Op::CreateOrder), 1);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_times_out_is_ambiguous_after_exactly_one_call() {
    let bench = bench(CallLimits::BOOK);
    bench.creates(Step::hang());
    failed(bench.create(START.plus(20 * SECOND)).await, SupplierErrorKind::Ambiguous, false);
    assert_eq!(bench.supplier.count(Op::CreateOrder), 1);
    assert_eq!(bench.runtime.now(), START.plus(90 * SECOND).plus(WRITE_GRACE));
}

#[tokio::test(start_paused = true)]
async fn a_write_outlives_its_deadline_and_its_caller() {
    let bench = bench(CallLimits::BOOK);
    bench.creates(ordered().after(60 * SECOND));
    let long_after_its_deadline = bench.create(START.plus(20 * SECOND)).await;
    assert!(long_after_its_deadline.is_ok(), "{long_after_its_deadline:?}");

    let mut bench = self::bench(CallLimits::BOOK);
    bench.cx.deadline = bench.runtime.now().plus(20 * SECOND);
    bench.creates(ordered().after(60 * SECOND));
    let leaves = timeout(SECOND, bench.create(bench.runtime.now().plus(20 * SECOND))).await;
    assert!(leaves.is_err());
    bench.runtime.tasks.drained().await;
    assert_eq!((bench.supplier.count(Op::CreateOrder), bench.supplier.finished(Op::CreateOrder)), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_connector_that_breaks_down_in_a_write_leaves_it_ambiguous() {
    let bench = bench(CallLimits::BOOK);
    bench.creates(Step::panic());
    failed(bench.create(START.plus(20 * SECOND)).await, SupplierErrorKind::Ambiguous, false);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_at_or_after_send_before() {
    let bench = bench(CallLimits::BOOK);
    bench.creates(ordered());
    failed(bench.create(START).await, SupplierErrorKind::Unavailable, true);
    assert_eq!(bench.supplier.count(Op::CreateOrder), 0);

    // A retry that would come too late is not made either.
    bench.supplier.script(|script| script.create_order = Default::default());
    bench.creates(Step::fail(SupplierErrorKind::Unavailable));
    failed(bench.create(START.plus(BACKOFF_FIRST / 2)).await, SupplierErrorKind::Unavailable, true);
    let calls = bench.supplier.calls();
    assert_eq!((calls.len(), calls[0].send_before), (1, Some(START.plus(BACKOFF_FIRST / 2))));
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_a_read_and_starts_no_attempt() {
    let mut bench = bench(CallLimits::SHOP);
    bench.cx.deadline = START.plus(5 * SECOND);
    bench.searches(Step::hang());
    failed(bench.search().await, SupplierErrorKind::Unavailable, true);
    assert_eq!((bench.runtime.now(), bench.supplier.count(Op::Search)), (START.plus(5 * SECOND), 1));
    failed(bench.search().await, SupplierErrorKind::Unavailable, true);
    assert_eq!(bench.supplier.count(Op::Search), 1);
}

#[tokio::test(start_paused = true)]
async fn the_breaker_opens_on_silence_and_probes() {
    let limits = CallLimits {
        attempts: 1,
        breaker: BreakerLimits { window: 4, failures: 2, open_for: 10 * SECOND },
        ..CallLimits::SHOP
    };
    let bench = bench(limits);
    for kind in [SupplierErrorKind::Rejected, SupplierErrorKind::Unavailable, SupplierErrorKind::Unavailable]
    {
        bench.searches(Step::fail(kind));
        failed(bench.search().await, kind, kind == SupplierErrorKind::Unavailable);
        bench.supplier.script(|script| script.search = Default::default());
    }
    bench.searches(found());
    let open = failed(bench.search().await, SupplierErrorKind::Unavailable, true);
    assert_eq!((open.retry_after, bench.supplier.count(Op::Search)), (Some(10 * SECOND), 3));
    tokio::time::advance(10 * SECOND).await;
    assert!(bench.search().await.is_ok());
    assert!(bench.search().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_kill_switch_stops_one_class_of_one_account() {
    let bench = bench(CallLimits { attempts: 1, ..CallLimits::SHOP });
    bench.searches(found());
    bench.creates(ordered());
    bench.handle.policy(OpClass::Shop).switch(false);
    failed(bench.search().await, SupplierErrorKind::Unavailable, true);
    assert_eq!(bench.supplier.count(Op::Search), 0);
    assert!(bench.create(START.plus(SECOND)).await.is_ok());
    bench.handle.policy(OpClass::Shop).switch(true);
    assert!(bench.search().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn every_attempt_pays_quota() {
    let quota = Rate { count: 1, per: 60 * SECOND, burst: 2 };
    let bench = bench(CallLimits { quota, ..CallLimits::SHOP });
    bench.searches(Step::fail(SupplierErrorKind::Unavailable));
    let error = failed(bench.search().await, SupplierErrorKind::RateLimited, true);
    assert!(error.retry_after > Some(59 * SECOND), "{:?}", error.retry_after);
    assert_eq!(bench.supplier.count(Op::Search), 2);
}

#[tokio::test(start_paused = true)]
async fn retries_have_a_budget_over_all_calls() {
    let retries = Rate { count: 1, per: 60 * SECOND, burst: 2 };
    let bench = bench(CallLimits {
        retries,
        breaker: BreakerLimits { failures: 64, ..Default::default() },
        ..CallLimits::SHOP
    });
    bench.searches(Step::fail(SupplierErrorKind::Unavailable));
    for result in join_all((0..10).map(|_| bench.search())).await {
        failed(result, SupplierErrorKind::Unavailable, true);
    }
    assert_eq!(bench.supplier.count(Op::Search), 12, "ten first attempts and two retries");
}

#[tokio::test(start_paused = true)]
async fn a_place_is_waited_for_within_bounds_and_not_held_between_attempts() {
    let limits = CallLimits { concurrent: 1, wait_max: SECOND, attempts: 1, ..CallLimits::SHOP };
    let bench = bench(limits);
    bench.searches(found().after(5 * SECOND));
    let results = join_all([bench.search(), bench.search()]).await;
    assert!(results[0].is_ok());
    failed(results.into_iter().nth(1).unwrap(), SupplierErrorKind::Unavailable, true);

    let bench = self::bench(CallLimits { attempts: 2, wait_max: 10 * BACKOFF_FIRST, ..limits });
    bench.searches(Step::fail(SupplierErrorKind::Unavailable));
    bench.searches(found());
    let results = join_all([bench.search(), bench.search()]).await;
    assert!(results.iter().all(Result::is_ok), "the second call runs while the first one pauses");
    assert_eq!(bench.supplier.count(Op::Search), 3);
}

#[tokio::test(start_paused = true)]
async fn a_caller_of_a_read_that_leaves_gives_its_place_back() {
    let bench = bench(CallLimits { concurrent: 1, ..CallLimits::SHOP });
    bench.searches(Step::hang());
    bench.searches(found());
    assert!(timeout(SECOND, bench.search()).await.is_err());
    assert!(bench.search().await.is_ok());
}
