//! The same for rooms. A scripted supplier sells through two accounts, for a property has no name that suppliers share.

use super::*;
use crate::model::id::SupplierId;
use crate::model::offer::HotelOffer;
use crate::model::search::HotelSearch;
use crate::model::stay::{Occupancy, PropertyRates, Rate, RateType};
use crate::search::catalog::Properties;
use crate::supplier::profile::SupplierProfile;
use crate::testing::stays::{property, property_rates, rate, stay_offer, stay_profile, stay_search};

/// What a supplier guarantees for half an hour.
fn half_an_hour() -> SupplierProfile {
    let mut profile = stay_profile("alpha");
    profile.semantics.price_valid_for = 1_800 * SECOND;
    profile
}

/// One room that `alpha-1` sells for 500 and `alpha-2` for 510 dollars net, shown at the former's price.
async fn stay_world() -> World {
    let [first, second] = [50_000, 51_000].map(|cents| property_rates("1", vec![rate("key", cents)]));
    stay_world_of(stay_search(), first, second).await
}

async fn stay_world_of(search: HotelSearch, first: PropertyRates, second: PropertyRates) -> World {
    let clock = ManualClock::new();
    let runtime = clock.runtime();
    let [alpha, beta] = [(); 2].map(|()| ScriptedSupplier::new(half_an_hour()));
    let handle = |supplier: &ScriptedSupplier, account| {
        let (connector, account) = (Arc::new(supplier.clone()), samples::account(account));
        SupplierHandle::new(Connector::Stays(connector), account, AccountLimits::default(), runtime.clone())
    };
    let set: SupplierSet = [handle(&alpha, "alpha-1"), handle(&beta, "alpha-2")].into_iter().collect();
    for (supplier, rates) in [(&alpha, first), (&beta, second)] {
        supplier.script(|script| {
            script.stays.then(Step::answer(Batch { items: vec![rates], ..Batch::default() }));
        });
    }
    let engine = engine(set, &clock);
    let properties = Properties::new(vec![property("1")]);
    engine.parts().properties.put(SupplierId::new("alpha").unwrap(), properties);
    let cx = samples::context(runtime.now());
    let page = engine.stays(&cx, &search, &PageRequest::default()).await.unwrap();
    world_of(clock, engine, [alpha, beta], cx, &page).await
}

fn live(offer: HotelOffer) -> Step<Live> {
    Step::answer(Live::Priced(Box::new(samples::solution(offer))))
}

#[tokio::test]
async fn an_unchanged_room_becomes_a_stored_quote_for_as_long_as_we_say() {
    let world = stay_world().await;
    world.answers(&world.alpha, live(stay_offer("alpha-1", "1", 50_000)));
    let Verification::Unchanged(quote) = world.verify().await.unwrap() else { panic!("must be unchanged") };
    assert_eq!((quote.sell.total.to_string().as_str(), quote.sell.rooms.len()), ("550.00 USD", 1));
    assert_eq!(quote.search.stays(), Some(&stay_search()));
    assert_eq!(quote.expires_at, quote.priced_at.plus(QUOTE_VALID_FOR), "not the supplier's half hour");
    assert_eq!(world.store.quote(&world.cx.tenant, quote.id).await.unwrap(), Some(*quote));
    assert_eq!(world.calls(), [1, 0]);
}

#[tokio::test]
async fn a_shorter_guarantee_of_the_supplier_ends_the_quote() {
    let world = stay_world().await;
    world.answers(&world.alpha, live(stay_offer("alpha-1", "1", 50_000)));
    let store = Arc::clone(&world.store) as Arc<dyn BookingStore>;
    let patient = Verifier::new(world.verifier.search.clone(), store, 3_600 * SECOND);
    let Verification::Unchanged(quote) = patient.verify(&world.cx, &world.id).await.unwrap() else {
        panic!("must be unchanged")
    };
    assert_eq!(quote.expires_at, quote.priced_at.plus(1_800 * SECOND));
}

#[tokio::test]
async fn a_rate_to_be_rechecked_is_asked_live_and_sold_at_that_price() {
    let recheck = |cents| Rate { rate_type: Some(RateType::Recheck), ..rate("key", cents) };
    for (cents, sold) in [(52_000, "572.00 USD"), (48_000, "528.00 USD")] {
        let shown = property_rates("1", vec![recheck(50_000)]);
        let world = stay_world_of(stay_search(), shown, property_rates("1", Vec::new())).await;
        world.answers(&world.alpha, live(stay_offer("alpha-1", "1", cents)));
        let Verification::Changed { what, quote } = world.verify().await.unwrap() else {
            panic!("must differ")
        };
        assert_eq!(what, [Respect::Total, Respect::RoomPrice]);
        assert_eq!((quote.sell.total.to_string().as_str(), world.calls()), (sold, [1, 0]));
    }
}

#[tokio::test]
async fn a_live_price_that_is_not_final_is_no_quote() {
    let world = stay_world().await;
    let mut open = stay_offer("alpha-1", "1", 50_000);
    open.rates[0].rate_type = Some(RateType::Recheck);
    world.answers(&world.alpha, live(open));
    let error = world.verify().await.unwrap_err();
    assert!(matches!(error, VerifyError::Unsound(Some(Violation::NotFinal))), "{error:?}");
}

#[tokio::test]
async fn another_account_is_asked_for_the_room_in_turn() {
    for gone in [Step::answer(Live::Gone), Step::fail(SupplierErrorKind::SoldOut)] {
        let world = stay_world().await;
        world.answers(&world.alpha, gone);
        world.answers(&world.beta, live(stay_offer("alpha-2", "1", 51_000)));
        let Verification::Changed { what, quote } = world.verify().await.unwrap() else {
            panic!("must differ")
        };
        assert_eq!(what, [Respect::Total, Respect::RoomPrice]);
        assert_eq!(quote.solution.offer.account().as_str(), "alpha-2");

        world.answers(&world.beta, Step::answer(Live::Gone));
        assert_eq!(world.verify().await.unwrap(), Verification::Gone);
        assert_eq!(world.calls(), [2, 2]);
    }
}

#[tokio::test]
async fn an_unsound_or_unsellable_live_answer_about_rooms_is_refused() {
    let sound = stay_offer("alpha-1", "1", 50_000);
    let changed = |change: fn(&mut HotelOffer)| {
        let mut offer = sound.clone();
        change(&mut offer);
        offer
    };
    let unsound = [
        changed(|offer| offer.total.minor += 1),
        changed(|offer| offer.rates[0].occupancy.adults = 1),
        changed(|offer| offer.rates[0].rooms = 2),
        changed(|offer| offer.dates.check_out = offer.dates.check_out.tomorrow().unwrap()),
        stay_offer("alpha-2", "1", 50_000),
    ];
    for unsound in unsound {
        let world = stay_world().await;
        world.answers(&world.alpha, live(unsound));
        let error = world.verify().await.unwrap_err();
        assert!(matches!(error, VerifyError::Unsound(_)), "{error:?}");
    }
    let world = stay_world().await;
    world.answers(&world.alpha, live(changed(|offer| offer.rates[0].package_only = true)));
    let error = world.verify().await.unwrap_err();
    assert!(matches!(error, VerifyError::Unsellable(PricingError::PackageOnly)), "{error:?}");
}

/// B23: what is live is told apart room by room, whatever order the supplier states them in.
#[tokio::test]
async fn two_rooms_in_another_order_are_the_same() {
    let child = Occupancy { adults: 1, child_ages: vec![7] };
    let search = HotelSearch { rooms: vec![child.clone(), stay_search().rooms.remove(0)], ..stay_search() };
    let rates = vec![Rate { occupancy: child, ..rate("c", 30_000) }, rate("a", 20_000)];
    let rates = property_rates("1", rates);
    let world = stay_world_of(search.clone(), rates.clone(), property_rates("1", Vec::new())).await;
    let account = samples::account("alpha-1");
    let offers = crate::model::rooms::offers(&account.supplier, &account.id, &rates, &search.rooms);
    let mut turned = offers.into_iter().next().unwrap();
    turned.rates.reverse();
    world.answers(&world.alpha, live(turned));
    assert!(matches!(world.verify().await.unwrap(), Verification::Unchanged(_)));
}
