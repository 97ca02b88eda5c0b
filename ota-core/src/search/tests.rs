//! The engine over scripted suppliers, on tokio's paused clock.

use futures_util::future::join_all;
use tokio::time::timeout;

use super::page::{Filter, FlightFilter, Sort, Stops};
use super::*;
use crate::cache::{MemorySupersetCache, SourceState};
use crate::keys::KeyRing;
use crate::limits;
use crate::model::id::TenantId;
use crate::model::money::{Currency, Money};
use crate::model::offer::Offer;
use crate::runtime::SystemRandomness;
use crate::supplier::call::Op;
use crate::supplier::error::SupplierErrorKind;
use crate::supplier::handle::{AccountLimits, SupplierHandle};
use crate::supplier::{Batch, Connector, Severity, Warning};
use crate::testing::clock::TokioClock;
use crate::testing::samples::{self, MarkUp};
use crate::testing::script::{ScriptedSupplier, Step};

mod stays;

const SECOND: Duration = Duration::from_secs(1);

/// Lets virtual time pass, and everything happen that is due meanwhile.
async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}

struct World {
    engine: SearchEngine,
    alpha: ScriptedSupplier,
    beta: ScriptedSupplier,
    cx: RequestContext,
}

/// Tenants `demo` and `other` on the same two accounts, `alpha-1` and `beta-1`; `lone` on the first only.
fn world() -> World {
    let runtime = TokioClock::runtime();
    let supplier = |name| ScriptedSupplier::new(samples::profile(name));
    let (alpha, beta) = (supplier("alpha"), supplier("beta"));
    let handle = |supplier: &ScriptedSupplier, account| {
        let (connector, account) = (Arc::new(supplier.clone()), samples::account(account));
        SupplierHandle::new(Connector::Flights(connector), account, AccountLimits::default(), runtime.clone())
    };
    let both: SupplierSet = [handle(&alpha, "alpha-1"), handle(&beta, "beta-1")].into_iter().collect();
    let one: SupplierSet = both.iter().take(1).cloned().collect();
    let tenant = |name| TenantId::new(name).unwrap();
    let render: SharedRender = Arc::new(|priced: &PricedOffer<'_>, id: &OfferId| {
        Bytes::from(format!("{} {} {id}", priced.offer.account(), priced.sell.total))
    });
    let engine = SearchEngine::new(SearchParts {
        suppliers: [(tenant("demo"), both.clone()), (tenant("other"), both), (tenant("lone"), one)]
            .into_iter()
            .collect(),
        properties: PropertyCatalog::default(),
        cache: Arc::new(MemorySupersetCache::new(64 << 20, Arc::clone(&runtime.clock))),
        pricer: Arc::new(PerTenant { demo: MarkUp::percent(10), other: MarkUp::percent(50) }),
        signer: OfferSigner::new(KeyRing::random(&SystemRandomness)),
        render,
        runtime: runtime.clone(),
        policy: SearchPolicy::default(),
    });
    World { engine, alpha, beta, cx: samples::context(runtime.now()) }
}

/// Two tenants with two mark-ups under one rule set.
#[derive(Debug)]
struct PerTenant {
    demo: MarkUp,
    other: MarkUp,
}

impl Pricer for PerTenant {
    fn rules_version(&self) -> &str {
        "both"
    }

    fn price(
        &self,
        offer: &Offer,
        context: &PricingContext,
    ) -> Result<crate::pricing::SellPrice, crate::pricing::PricingError> {
        let pricer = if context.tenant.as_str() == "other" { &self.other } else { &self.demo };
        let rules = pricer.rules_version().to_owned();
        pricer.price(offer, &PricingContext { rules, ..context.clone() })
    }
}

impl World {
    fn answers(&self, cents: i64, delays: [u64; 2]) {
        for ((supplier, account), delay) in
            [(&self.alpha, "alpha-1"), (&self.beta, "beta-1")].into_iter().zip(delays)
        {
            let carrier = if account == "alpha-1" { "GA" } else { "JL" };
            let items = vec![samples::offer(account, carrier, cents)];
            let step = Step::answer(Batch { items, ..Batch::default() }).after(Duration::from_secs(delay));
            supplier.script(|script| {
                script.search = Default::default();
                script.search.then(step);
            });
        }
    }

    async fn search(&self) -> SearchPage {
        let now = self.engine.parts().runtime.now();
        let cx = RequestContext { deadline: now.plus(30 * SECOND), ..self.cx.clone() };
        self.engine.flights(&cx, &samples::search(), &PageRequest::default()).await.unwrap()
    }

    fn calls(&self) -> [usize; 2] {
        [&self.alpha, &self.beta].map(|supplier| supplier.count(Op::Search))
    }

    fn of(&self, tenant: &str) -> RequestContext {
        RequestContext { tenant: TenantId::new(tenant).unwrap(), ..self.cx.clone() }
    }
}

fn states(page: &SearchPage) -> Vec<SourceState> {
    page.sources.iter().map(|source| source.state).collect()
}

fn texts(page: &SearchPage) -> Vec<String> {
    let text = |offer: &Bytes| String::from_utf8(offer.to_vec()).unwrap();
    let without_id = |text: String| text.rsplit_once(' ').unwrap().0.to_owned();
    page.offers.iter().map(text).map(without_id).collect()
}

const ANSWERED: SourceState = SourceState::Answered { offers: 1, partial: false };

#[tokio::test(start_paused = true)]
async fn five_hundred_who_ask_the_same_cost_one_call_of_each_account() {
    let world = world();
    world.answers(50_000, [1, 2]);
    let pages = join_all((0..500).map(|_| world.search())).await;
    assert_eq!(world.calls(), [1, 1]);
    assert!(pages.iter().all(|page| page.complete && page.generation == pages[0].generation));
    assert_eq!(texts(&pages[0]), ["alpha-1 550.00 USD", "beta-1 550.00 USD"]);

    let again = world.search().await;
    assert_eq!((again.generation, world.calls()), (pages[0].generation, [1, 1]), "from the cache");
}

#[tokio::test(start_paused = true)]
async fn whoever_comes_at_any_moment_of_a_flight_costs_no_call() {
    let world = world();
    world.answers(50_000, [1, 2]);
    // One every 10 ms: before, during and after the landing.
    let late = |number: u32| {
        let world = &world;
        async move {
            tokio::time::sleep(number * Duration::from_millis(10)).await;
            world.search().await
        }
    };
    let pages = join_all((0..300).map(late)).await;
    assert_eq!(world.calls(), [1, 1]);
    assert!(pages.iter().all(|page| page.complete));
}

/// Flights that land as soon as they start, on several threads: whoever misses the cache just before a landing and
/// looks for a flight just after it must not start another.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_moment_between_cache_and_flight_costs_a_call() {
    let world = Arc::new(world());
    world.answers(50_000, [0, 0]);
    let tasks = world.engine.parts().runtime.tasks.clone();
    let mut search = samples::search();
    search.slices.truncate(1);
    for round in 1..=100 {
        search.slices[0].date = search.slices[0].date.tomorrow().unwrap();
        let ask = |_| {
            let (world, search) = (Arc::clone(&world), search.clone());
            tasks.spawn(async move {
                world.engine.flights(&world.cx, &search, &PageRequest::default()).await.unwrap().generation
            })
        };
        let generations = join_all((0..64).map(ask)).await;
        let first = generations[0].as_ref().unwrap();
        assert!(generations.iter().all(|generation| generation.as_ref().unwrap() == first));
        assert_eq!(world.calls(), [round, round]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_waiter_that_leaves_cancels_nothing() {
    let world = world();
    world.answers(50_000, [1, 2]);
    assert!(timeout(SECOND / 2, world.search()).await.is_err(), "the one who started it leaves");
    let page = world.search().await;
    assert!(page.complete);
    assert_eq!(world.calls(), [1, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_waiter_keeps_its_own_deadline() {
    let world = world();
    world.answers(50_000, [1, 2]);
    let hurried = RequestContext { deadline: world.cx.deadline.plus(Duration::ZERO), ..world.cx.clone() };
    let hurried = RequestContext { deadline: world.engine.parts().runtime.now().plus(SECOND / 2), ..hurried };
    let error =
        world.engine.flights(&hurried, &samples::search(), &PageRequest::default()).await.unwrap_err();
    assert_eq!(error, SearchError::Busy);
    assert!(world.search().await.complete);
    assert_eq!(world.calls(), [1, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_supplier_delays_nobody_and_makes_a_later_generation() {
    let world = world();
    world.answers(50_000, [1, 6]);
    let started = world.engine.parts().runtime.now();
    let early = world.search().await;
    assert_eq!(world.engine.parts().runtime.now().since(started), limits::SEARCH_SOFT_DEADLINE);
    assert_eq!(states(&early), [ANSWERED, SourceState::Late]);
    assert_eq!((early.complete, early.newer, early.total), (false, None, 1));

    pass(4 * SECOND).await;
    let page = world.engine.page(&world.cx, early.generation, &PageRequest::default()).await.unwrap();
    assert_eq!((page.generation, page.total), (early.generation, 1), "a generation never changes");
    let newer = page.newer.expect("the late reply made one");
    let whole = world.engine.page(&world.cx, newer, &PageRequest::default()).await.unwrap();
    assert_eq!((states(&whole), whole.complete, whole.total), (vec![ANSWERED, ANSWERED], true, 2));
    assert_eq!(world.search().await.generation, newer);
    assert_eq!(world.calls(), [1, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_supplier_that_never_answers_is_given_up_and_asked_again_soon() {
    let world = world();
    world.answers(50_000, [1, 1_000]);
    let early = world.search().await;
    pass(limits::SEARCH_HARD_DEADLINE).await;
    let page = world.engine.page(&world.cx, early.generation, &PageRequest::default()).await.unwrap();
    let last = world.engine.page(&world.cx, page.newer.unwrap(), &PageRequest::default()).await.unwrap();
    assert_eq!(states(&last), [ANSWERED, SourceState::Failed(SupplierErrorKind::Unavailable)]);
    assert!(!last.complete);
    pass(11 * SECOND).await;
    world.answers(50_000, [1, 1]);
    world.search().await;
    pass(2 * SECOND).await;
    assert!(world.search().await.complete);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_for_good_is_complete_and_a_breakdown_is_not() {
    let world = world();
    world.answers(50_000, [0, 0]);
    world.beta.script(|script| {
        script.search = Default::default();
        script.search.then(Step::fail(SupplierErrorKind::Denied));
    });
    let page = world.search().await;
    assert_eq!(states(&page), [ANSWERED, SourceState::Failed(SupplierErrorKind::Denied)]);
    assert!(page.complete);

    let world = self::world();
    world.answers(50_000, [0, 0]);
    world.beta.script(|script| {
        script.search = Default::default();
        script.search.then(Step::panic());
    });
    let page = world.search().await;
    assert_eq!(states(&page), [ANSWERED, SourceState::Failed(SupplierErrorKind::Unavailable)]);
    assert!(!page.complete);
}

#[tokio::test(start_paused = true)]
async fn stale_is_shown_at_once_and_refreshed_behind() {
    let world = world();
    world.answers(50_000, [0, 0]);
    let first = world.search().await;
    pass(299 * SECOND).await;
    assert_eq!((world.search().await.generation, world.calls()), (first.generation, [1, 1]), "fresh");

    pass(SECOND).await;
    world.answers(40_000, [1, 2]);
    let started = world.engine.parts().runtime.now();
    let stale = world.search().await;
    assert_eq!((stale.generation, world.engine.parts().runtime.now()), (first.generation, started));
    pass(3 * SECOND).await;
    let refreshed = world.search().await;
    assert_ne!(refreshed.generation, first.generation);
    assert_eq!(texts(&refreshed), ["alpha-1 440.00 USD", "beta-1 440.00 USD"]);
    assert_eq!(world.calls(), [2, 2]);

    let old = world.engine.page(&world.cx, first.generation, &PageRequest::default()).await.unwrap();
    assert_eq!((old.newer, texts(&old)[0].as_str()), (Some(refreshed.generation), "alpha-1 550.00 USD"));
    pass(1_500 * SECOND).await;
    let gone = world.engine.page(&world.cx, first.generation, &PageRequest::default()).await;
    assert_eq!(gone.unwrap_err(), SearchError::Expired);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_brings_nothing_or_is_slow_hides_nothing() {
    let world = world();
    world.answers(50_000, [0, 0]);
    let first = world.search().await;
    pass(301 * SECOND).await;
    world.answers(40_000, [1, 6]);
    world.search().await;
    pass(4 * SECOND).await;
    assert_eq!(world.search().await.generation, first.generation, "half an answer replaces no whole one");
    pass(3 * SECOND).await;
    let second = world.search().await;
    assert_ne!(second.generation, first.generation);

    pass(301 * SECOND).await;
    for supplier in [&world.alpha, &world.beta] {
        supplier.script(|script| {
            script.search = Default::default();
            script.search.then(Step::fail(SupplierErrorKind::Unavailable));
        });
    }
    world.search().await;
    pass(3 * SECOND).await;
    assert_eq!(world.search().await.generation, second.generation, "silence replaces nothing");
}

#[tokio::test(start_paused = true)]
async fn near_departures_are_asked_again_after_a_minute() {
    let world = world();
    world.answers(50_000, [0, 0]);
    let mut search = samples::search();
    search.slices[0].date = jiff::civil::date(2027, 1, 16);
    let ask = async || {
        let cx = RequestContext { deadline: world.cx.deadline.plus(3_600 * SECOND), ..world.cx.clone() };
        world.engine.flights(&cx, &search, &PageRequest::default()).await.unwrap()
    };
    ask().await;
    pass(59 * SECOND).await;
    ask().await;
    assert_eq!(world.calls(), [1, 1]);
    pass(SECOND).await;
    ask().await;
    pass(SECOND).await;
    assert_eq!(world.calls(), [2, 2]);
}

#[tokio::test(start_paused = true)]
async fn filters_sorts_and_pages_call_nobody() {
    let world = world();
    world.answers(50_000, [0, 0]);
    let first = world.search().await;
    let of = |flights| Filter { flights, ..Filter::default() };
    let filters = [
        of(FlightFilter { stops: Some(Stops::NonStop), ..FlightFilter::default() }),
        of(FlightFilter {
            carriers: vec![crate::model::place::CarrierCode::new("GA").unwrap()],
            ..FlightFilter::default()
        }),
        Filter { price_max: Some(Money::new(1, samples::usd())), ..Filter::default() },
    ];
    for (filter, want) in filters.into_iter().zip([2, 1, 0]) {
        for sort in [Sort::Best, Sort::Price, Sort::Duration, Sort::Departure, Sort::Arrival] {
            let request = PageRequest { filter: filter.clone(), sort, ..PageRequest::default() };
            let page = world.engine.page(&world.cx, first.generation, &request).await.unwrap();
            assert_eq!((page.matched, page.total), (want, 2));
            assert_eq!(
                world.engine.flights(&world.cx, &samples::search(), &request).await.unwrap().matched,
                want
            );
        }
    }
    assert_eq!(world.calls(), [1, 1]);
}

#[tokio::test(start_paused = true)]
async fn tenants_share_what_suppliers_answer_and_never_their_prices() {
    let world = world();
    world.answers(50_000, [0, 0]);
    let (demo, other, lone) = (world.of("demo"), world.of("other"), world.of("lone"));
    let ask = async |cx| world.engine.flights(cx, &samples::search(), &PageRequest::default()).await.unwrap();
    let (ours, theirs) = (ask(&demo).await, ask(&other).await);
    assert_eq!((ours.generation, world.calls()), (theirs.generation, [1, 1]));
    assert_eq!(texts(&ours)[0], "alpha-1 550.00 USD");
    assert_eq!(texts(&theirs)[0], "alpha-1 750.00 USD");
    assert_eq!(texts(&ask(&demo).await)[0], "alpha-1 550.00 USD");

    // An id of one tenant is nothing to another, and a generation nothing to one with other accounts.
    let id = |page: &SearchPage| {
        String::from_utf8(page.offers[0].to_vec()).unwrap().rsplit_once(' ').unwrap().1.to_owned()
    };
    assert_eq!(world.engine.shown(&demo, &id(&ours)).await.unwrap().context.tenant, demo.tenant);
    assert_eq!(world.engine.shown(&other, &id(&ours)).await.unwrap_err(), OfferIdError::Forged(Forged));
    let page = world.engine.page(&lone, ours.generation, &PageRequest::default()).await;
    assert_eq!(page.unwrap_err(), SearchError::Expired);
    assert_eq!(ask(&lone).await.sources.len(), 1);
    assert_eq!(world.calls(), [2, 1]);
}

#[tokio::test(start_paused = true)]
async fn nothing_that_a_client_may_vary_at_will_costs_a_call() {
    let world = world();
    world.answers(50_000, [0, 0]);
    let first = world.search().await;
    for (user, locale, trace) in [(None, "fr", "a"), (Some("u"), "en-GB", "b"), (Some("v"), "x-1", "c")] {
        let (user, locale, trace) = (user.map(str::to_owned), locale.to_owned(), trace.to_owned());
        let cx = RequestContext { user, locale, trace, ..world.cx.clone() };
        let page = world.engine.flights(&cx, &samples::search(), &PageRequest::default()).await.unwrap();
        assert_eq!(page.generation, first.generation);
        let again = world.engine.page(&cx, first.generation, &PageRequest::default()).await.unwrap();
        assert_eq!(texts(&again), texts(&first));
    }
    assert_eq!(world.calls(), [1, 1]);
    assert!(world.alpha.calls().iter().all(|call| call.locale == "en"));
}

#[tokio::test(start_paused = true)]
async fn an_offer_id_expires_with_its_generation() {
    let world = world();
    world.answers(50_000, [0, 0]);
    let page = world.search().await;
    let text = String::from_utf8(page.offers[1].to_vec()).unwrap();
    let id = text.rsplit_once(' ').unwrap().1;
    let shown = world.engine.shown(&world.cx, id).await.unwrap();
    assert_eq!(shown.superset.offers[shown.index].offer.account().as_str(), "beta-1");
    pass(1_800 * SECOND).await;
    assert_eq!(world.engine.shown(&world.cx, id).await.unwrap_err(), OfferIdError::Expired);
    let forged = id.replace(&id[20..21], if &id[20..21] == "A" { "B" } else { "A" });
    assert_eq!(world.engine.shown(&world.cx, &forged).await.unwrap_err(), OfferIdError::Forged(Forged));
}

#[tokio::test(start_paused = true)]
async fn unsound_and_unsellable_offers_are_counted_with_a_reason() {
    let world = world();
    world.answers(50_000, [0, 0]);
    let sound = samples::offer("alpha-1", "GA", 50_000);
    let mut wrong_total = sound.clone();
    wrong_total.total.minor += 1;
    let mut one_way = sound.clone();
    one_way.itinerary.slices.truncate(1);
    let mut rupiah = samples::offer("alpha-1", "SQ", 50_000);
    let idr = Currency::from_code("IDR").unwrap();
    let fare = &mut rupiah.fares[0];
    fare.taxes = fare
        .taxes
        .iter()
        .cloned()
        .map(|mut tax| {
            tax.amount.currency = idr;
            tax
        })
        .collect();
    (fare.filed.currency, fare.total.currency, rupiah.total.currency) = (idr, idr, idr);
    let items = vec![sound, wrong_total, one_way, samples::offer("beta-1", "GA", 1), rupiah];
    let skipped = vec![crate::supplier::Skipped { what: "3".to_owned(), why: "no price".to_owned() }];
    world.alpha.script(|script| {
        script.search = Default::default();
        script.search.then(Step::answer(Batch { items, skipped, partial: true, ..Batch::default() }));
    });
    let page = world.search().await;
    let reasons: Vec<_> =
        page.sources[0].skipped.iter().map(|skip| (skip.why.as_str(), skip.count)).collect();
    assert_eq!(
        reasons,
        [
            ("an offer of another account", 1),
            ("no price", 1),
            ("not what was asked for", 1),
            ("passenger totals do not add up to the offer's total", 1)
        ]
    );
    assert_eq!(page.sources[0].state, SourceState::Answered { offers: 2, partial: true });
    assert_eq!((page.total, page.unpriced[0].why.as_str()), (2, "not in the selling currency"));
}

/// B07: what suppliers say beside their offers reaches the page, within a limit, and hides no offer.
#[tokio::test(start_paused = true)]
async fn warnings_reach_the_page_with_all_the_offers() {
    let world = world();
    world.answers(50_000, [0, 0]);
    let warning = |code: usize| Warning {
        severity: Severity::Error,
        provider: Some("ACH".to_owned()),
        code: code.to_string(),
        message: "result cut short".to_owned(),
    };
    let items = vec![samples::offer("alpha-1", "GA", 50_000)];
    let warnings = (0..=limits::WARNINGS_MAX).map(warning).collect();
    world.alpha.script(|script| {
        script.search = Default::default();
        script.search.then(Step::answer(Batch { items, warnings, partial: true, ..Batch::default() }));
    });
    let page = world.search().await;
    let [alpha, beta] = &*page.sources else { panic!("two accounts") };
    assert_eq!((page.total, &alpha.state), (2, &SourceState::Answered { offers: 1, partial: true }));
    assert_eq!((alpha.warnings.len(), &alpha.warnings[0]), (limits::WARNINGS_MAX, &warning(0)));
    assert_eq!((beta.warnings.len(), &beta.state), (0, &ANSWERED));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_asked_calls_nobody() {
    let world = world();
    world.answers(50_000, [0, 0]);
    let page = PageRequest::default();
    let mut past = samples::search();
    past.slices[0].date = jiff::civil::date(2027, 1, 14);
    let error = world.engine.flights(&world.cx, &past, &page).await.unwrap_err();
    assert_eq!(error, SearchError::Search(InvalidSearch::PastDate));
    let stranger = world.of("stranger");
    let error = world.engine.flights(&stranger, &samples::search(), &page).await.unwrap_err();
    assert_eq!(error, SearchError::NothingSold);
    let empty = PageRequest { limit: 0, ..page };
    let error = world.engine.flights(&world.cx, &samples::search(), &empty).await.unwrap_err();
    assert_eq!(error, SearchError::Page(InvalidPage::Limit));
    assert_eq!(world.calls(), [0, 0]);
}
