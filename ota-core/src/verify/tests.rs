//! The verifier over scripted suppliers, a real search before it and a real store behind it.

use bytes::Bytes;

use super::*;
use crate::cache::MemorySupersetCache;
use crate::keys::KeyRing;
use crate::model::id::TenantId;
use crate::model::offer::FlightOffer;
use crate::runtime::SystemRandomness;
use crate::search::catalog::PropertyCatalog;
use crate::search::offer_id::{Forged, OfferId, OfferSigner};
use crate::search::page::{PageRequest, SearchPage};
use crate::search::{SearchParts, SearchPolicy};
use crate::store::seal::Sealer;
use crate::store::sqlite::SqliteBookingStore;
use crate::supplier::account::SupplierSet;
use crate::supplier::call::Op;
use crate::supplier::handle::AccountLimits;
use crate::supplier::{Batch, Connector};
use crate::testing::clock::{ManualClock, START};
use crate::testing::samples::{self, MarkUp};
use crate::testing::script::{ScriptedSupplier, Step};

mod stays;

const SECOND: Duration = Duration::from_secs(1);

struct World {
    clock: ManualClock,
    verifier: Verifier,
    alpha: ScriptedSupplier,
    beta: ScriptedSupplier,
    cx: RequestContext,
    store: Arc<SqliteBookingStore>,
    id: String,
}

/// One product that `alpha-1` sells for 500 and `beta-1` for 510 dollars net, shown at the former's price.
async fn world_at(now: Timestamp) -> World {
    let clock = ManualClock::new();
    clock.set(now);
    let runtime = clock.runtime();
    let [alpha, beta] = ["alpha", "beta"].map(|name| ScriptedSupplier::new(samples::profile(name)));
    let handle = |supplier: &ScriptedSupplier, account| {
        let (connector, account) = (Arc::new(supplier.clone()), samples::account(account));
        SupplierHandle::new(Connector::Flights(connector), account, AccountLimits::default(), runtime.clone())
    };
    let set: SupplierSet = [handle(&alpha, "alpha-1"), handle(&beta, "beta-1")].into_iter().collect();
    for (supplier, account, cents) in [(&alpha, "alpha-1", 50_000), (&beta, "beta-1", 51_000)] {
        let items = vec![samples::offer(account, "GA", cents)];
        supplier.script(|script| {
            script.search.then(Step::answer(Batch { items, ..Batch::default() }));
        });
    }
    let engine = engine(set, &clock);
    let cx = samples::context(runtime.now());
    let page = engine.flights(&cx, &samples::search(), &PageRequest::default()).await.unwrap();
    world_of(clock, engine, [alpha, beta], cx, &page).await
}

/// Tenants `demo` and `other` sell through the same accounts.
fn engine(set: SupplierSet, clock: &ManualClock) -> SearchEngine {
    let runtime = clock.runtime();
    let tenants = ["demo", "other"].map(|name| (TenantId::new(name).unwrap(), set.clone()));
    SearchEngine::new(SearchParts {
        suppliers: tenants.into_iter().collect(),
        properties: PropertyCatalog::default(),
        cache: Arc::new(MemorySupersetCache::new(64 << 20, Arc::clone(&runtime.clock))),
        pricer: Arc::new(MarkUp::percent(10)),
        signer: OfferSigner::new(KeyRing::random(&SystemRandomness)),
        render: Arc::new(|_: &PricedOffer<'_>, id: &OfferId| Bytes::from(id.to_string())),
        runtime,
        policy: SearchPolicy::default(),
    })
}

/// A customer has the page and chooses its first offer.
async fn world_of(
    clock: ManualClock,
    engine: SearchEngine,
    [alpha, beta]: [ScriptedSupplier; 2],
    cx: RequestContext,
    page: &SearchPage,
) -> World {
    let ring = KeyRing::random(&SystemRandomness);
    let store = SqliteBookingStore::in_memory(Sealer::new(ring, Arc::new(SystemRandomness))).await.unwrap();
    let store = Arc::new(store);
    let id = String::from_utf8(page.offers[0].to_vec()).unwrap();
    let verifier = Verifier::new(engine, Arc::clone(&store) as Arc<dyn BookingStore>, QUOTE_VALID_FOR);
    World { clock, verifier, alpha, beta, cx, store, id }
}

async fn world() -> World {
    world_at(START).await
}

impl World {
    fn answers(&self, supplier: &ScriptedSupplier, step: Step<Live>) {
        supplier.script(|script| {
            script.verify = Default::default();
            script.verify.then(step);
        });
    }

    async fn verify(&self) -> Result<Verification, VerifyError> {
        let cx = RequestContext {
            deadline: self.verifier.search.parts().runtime.now().plus(30 * SECOND),
            ..self.cx.clone()
        };
        self.verifier.verify(&cx, &self.id).await
    }

    fn calls(&self) -> [usize; 2] {
        [&self.alpha, &self.beta].map(|supplier| supplier.count(Op::Verify))
    }
}

fn priced(offer: FlightOffer) -> Step<Live> {
    Step::answer(Live::Priced(Box::new(samples::solution(offer))))
}

#[tokio::test]
async fn an_unchanged_offer_becomes_a_stored_quote() {
    let world = world().await;
    world.answers(&world.alpha, priced(samples::offer("alpha-1", "GA", 50_000)));
    let Verification::Unchanged(quote) = world.verify().await.unwrap() else { panic!("must be unchanged") };
    assert_eq!(quote.sell.total.to_string(), "550.00 USD");
    assert_eq!(
        (quote.generation, quote.taken_by),
        (world.verifier.search.shown(&world.cx, &world.id).await.unwrap().superset.id, None)
    );
    assert_eq!(quote.expires_at, quote.priced_at.plus(QUOTE_VALID_FOR));
    let stored = world.store.quote(&world.cx.tenant, quote.id).await.unwrap();
    assert_eq!(stored, Some(*quote));
    assert_eq!(world.calls(), [1, 0]);
}

#[tokio::test]
async fn a_change_is_a_value_and_names_what_changed() {
    let world = world().await;
    world.answers(&world.alpha, priced(samples::offer("alpha-1", "GA", 52_000)));
    let Verification::Changed { what, quote } = world.verify().await.unwrap() else { panic!("must differ") };
    assert_eq!(what, [Respect::Total, Respect::PassengerPrice]);
    assert_eq!(quote.sell.total.to_string(), "572.00 USD");
    assert!(world.store.quote(&world.cx.tenant, quote.id).await.unwrap().is_some());
}

#[tokio::test]
async fn alternates_are_asked_when_the_first_account_is_sold_out() {
    for gone in [Step::answer(Live::Gone), Step::fail(SupplierErrorKind::SoldOut)] {
        let world = world().await;
        world.answers(&world.alpha, gone);
        world.answers(&world.beta, priced(samples::offer("beta-1", "GA", 51_000)));
        let Verification::Changed { what, quote } = world.verify().await.unwrap() else {
            panic!("must differ")
        };
        assert_eq!((what[0], quote.solution.offer.account().as_str()), (Respect::Total, "beta-1"));
        assert_eq!(quote.sell.total.to_string(), "561.00 USD");

        world.answers(&world.beta, Step::answer(Live::Gone));
        assert_eq!(world.verify().await.unwrap(), Verification::Gone);
    }
}

#[tokio::test]
async fn no_answer_is_not_gone() {
    let world = world().await;
    world.answers(&world.alpha, Step::fail(SupplierErrorKind::Protocol));
    world.answers(&world.beta, priced(samples::offer("beta-1", "GA", 51_000)));
    let error = world.verify().await.unwrap_err();
    assert!(
        matches!(&error, VerifyError::Supplier(error) if error.kind == SupplierErrorKind::Protocol),
        "{error:?}"
    );
    assert_eq!(world.calls(), [1, 0]);
    world.answers(&world.alpha, Step::fail(SupplierErrorKind::OfferExpired));
    let error = world.verify().await.unwrap_err();
    assert!(matches!(error, VerifyError::Offer(OfferIdError::Expired)), "{error:?}");
}

#[tokio::test]
async fn an_unsound_live_answer_is_refused_and_nothing_is_stored() {
    let sound = samples::offer("alpha-1", "GA", 50_000);
    let mut wrong_total = sound.clone();
    wrong_total.total.minor += 1;
    let mut two = sound.clone();
    two.fares[0].count = 2;
    two.total = two.total.times(2).unwrap();
    let mut one_way = sound.clone();
    one_way.itinerary.slices.truncate(1);
    for unsound in [wrong_total, two, one_way, samples::offer("beta-1", "GA", 50_000)] {
        let world = world().await;
        world.answers(&world.alpha, priced(unsound));
        let error = world.verify().await.unwrap_err();
        assert!(matches!(error, VerifyError::Unsound(_)), "{error:?}");
    }
}

#[tokio::test]
async fn a_quote_ends_with_the_soonest_promise() {
    let world = world().await;
    let mut limited = samples::offer("alpha-1", "GA", 50_000);
    let in_five_minutes = jiff::civil::date(2027, 1, 15).at(15, 5, 0, 0);
    let at = crate::model::time::LocalTime::with_offset(in_five_minutes, 420);
    limited.ticketing_limit = Some(crate::model::fare::TicketingLimit { at });
    world.answers(&world.alpha, priced(limited));
    let Verification::Unchanged(quote) = world.verify().await.unwrap() else { panic!("must be unchanged") };
    assert_eq!(quote.expires_at, quote.priced_at.plus(300 * SECOND));
}

#[tokio::test]
async fn ids_that_are_old_forged_or_of_others_call_nobody() {
    let world = world().await;
    world.answers(&world.alpha, priced(samples::offer("alpha-1", "GA", 50_000)));
    let other = RequestContext { tenant: TenantId::new("other").unwrap(), ..world.cx.clone() };
    let forged = |error| matches!(error, VerifyError::Offer(OfferIdError::Forged(Forged)));
    assert!(forged(world.verifier.verify(&other, &world.id).await.unwrap_err()));
    assert!(forged(world.verifier.verify(&world.cx, "off_").await.unwrap_err()));
    world.clock.advance(1_800 * SECOND);
    let error = world.verify().await.unwrap_err();
    assert!(matches!(error, VerifyError::Offer(OfferIdError::Expired)), "{error:?}");
    assert_eq!(world.calls(), [0, 0]);
}

#[tokio::test]
async fn a_day_that_ends_between_search_and_verify_changes_nothing() {
    let five_to_midnight_in_jakarta = "2027-01-15T16:55:00Z".parse::<jiff::Timestamp>().unwrap();
    let world = world_at(five_to_midnight_in_jakarta.into()).await;
    world.answers(&world.alpha, priced(samples::offer("alpha-1", "GA", 50_000)));
    world.clock.advance(600 * SECOND);
    let Verification::Unchanged(quote) = world.verify().await.unwrap() else { panic!("must be unchanged") };
    let shown = world.verifier.search.shown(&world.cx, &world.id).await.unwrap();
    assert_eq!(shown.context.sale_date, jiff::civil::date(2027, 1, 15));
    assert_eq!(quote.basis, shown.context.basis());
}
