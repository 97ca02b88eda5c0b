//! Stays go the way of flights; what is their own is tried here.

use super::*;
use crate::cache::SkipCount;
use crate::model::fare::Settlement;
use crate::model::id::{PropertyCode, SupplierId};
use crate::model::place::CityCode;
use crate::model::places::Position;
use crate::model::search::StayPlace;
use crate::model::stay::{ChargeKind, Due, Occupancy, Property, PropertyCharge, PropertyRates, Rate};
use crate::search::catalog::Properties;
use crate::search::page::StayFilter;
use crate::testing::stays::{property, property_rates, rate, stay_profile, stay_search};

struct Hotels {
    engine: SearchEngine,
    alpha: ScriptedSupplier,
    beta: ScriptedSupplier,
    cx: RequestContext,
}

/// Tenant `demo` on accounts `alpha-1` and `alpha-2` of one supplier and `beta-1` of another, both with the properties
/// `1` to `3`, each some hundred metres farther from the centre of Tokyo; `beta` takes two in one search.
fn hotels() -> Hotels {
    let hotels = hotels_without_content();
    for supplier in ["alpha", "beta"] {
        let properties =
            Properties::new((1..=3).map(|number| at_steps(&number.to_string(), number)).collect());
        hotels.engine.parts().properties.put(SupplierId::new(supplier).unwrap(), properties);
    }
    hotels
}

fn hotels_without_content() -> Hotels {
    let runtime = TokioClock::runtime();
    let alpha = ScriptedSupplier::new(stay_profile("alpha"));
    let mut profile = stay_profile("beta");
    profile.capabilities.search_properties_max = 2;
    let beta = ScriptedSupplier::new(profile);
    let handle = |supplier: &ScriptedSupplier, account| {
        let (connector, account) = (Arc::new(supplier.clone()), samples::account(account));
        SupplierHandle::new(Connector::Stays(connector), account, AccountLimits::default(), runtime.clone())
    };
    let set = [handle(&alpha, "alpha-1"), handle(&alpha, "alpha-2"), handle(&beta, "beta-1")];
    let render: SharedRender = Arc::new(|priced: &PricedOffer<'_>, id: &OfferId| {
        let offer = priced.offer.stay().expect("a stay");
        Bytes::from(format!("{} {} {} {id}", offer.account, offer.property.code, priced.sell.total))
    });
    let engine = SearchEngine::new(SearchParts {
        suppliers: [(TenantId::new("demo").unwrap(), set.into_iter().collect())].into_iter().collect(),
        properties: PropertyCatalog::default(),
        cache: Arc::new(MemorySupersetCache::new(64 << 20, Arc::clone(&runtime.clock))),
        pricer: Arc::new(MarkUp::percent(10)),
        signer: OfferSigner::new(KeyRing::random(&SystemRandomness)),
        render,
        runtime: runtime.clone(),
        policy: SearchPolicy::default(),
    });
    Hotels { engine, alpha, beta, cx: samples::context(runtime.now()) }
}

/// A property north of the centre of Tokyo by so many thousandths of a degree, 111 m each.
fn at_steps(code: &str, steps: i32) -> Property {
    Property {
        position: Some(Position { latitude: tokyo().latitude + steps * 1_000, ..tokyo() }),
        ..property(code)
    }
}

fn tokyo() -> Position {
    stay_search().place.centre().unwrap()
}

fn of(steps: i32, rates: Vec<Rate>) -> PropertyRates {
    let code = steps.to_string();
    PropertyRates { property: Arc::new(at_steps(&code, steps)), ..property_rates(&code, rates) }
}

impl Hotels {
    fn answer(supplier: &ScriptedSupplier, items: Vec<PropertyRates>) {
        supplier.script(|script| {
            script.stays = Default::default();
            script.stays.then(Step::answer(Batch { items, ..Batch::default() }).after(SECOND));
        });
    }

    /// Every account has one rate in the first property, `beta` a dearer one.
    fn answers(&self) {
        Self::answer(&self.alpha, vec![of(1, vec![rate("a", 50_000)])]);
        Self::answer(&self.beta, vec![of(1, vec![rate("b", 60_000)])]);
    }

    async fn search(&self, search: &HotelSearch) -> Result<SearchPage, SearchError> {
        let deadline = self.engine.parts().runtime.now().plus(30 * SECOND);
        let cx = RequestContext { deadline, ..self.cx.clone() };
        self.engine.stays(&cx, search, &PageRequest::default()).await
    }

    fn calls(&self) -> [usize; 2] {
        [&self.alpha, &self.beta].map(|supplier| supplier.count(Op::Search))
    }
}

fn at(place: StayPlace) -> HotelSearch {
    HotelSearch { place, ..stay_search() }
}

fn named(codes: &[&str]) -> HotelSearch {
    at(StayPlace::Properties(codes.iter().map(|code| PropertyCode::new(code).unwrap()).collect()))
}

fn answered(offers: u32) -> SourceState {
    SourceState::Answered { offers, partial: false }
}

fn skipped(page: &SearchPage, source: usize) -> Vec<(&str, u32)> {
    page.sources[source].skipped.iter().map(|SkipCount { why, count }| (why.as_str(), *count)).collect()
}

#[tokio::test(start_paused = true)]
async fn those_who_ask_the_same_in_other_words_cost_one_call_of_each_account() {
    let hotels = hotels();
    hotels.answers();
    let room = |adults, ages: &[u8]| Occupancy { adults, child_ages: ages.to_vec() };
    let asked = |rooms: [Occupancy; 2]| HotelSearch { rooms: rooms.into(), ..stay_search() };
    let one = asked([room(2, &[8, 4]), room(1, &[])]);
    let other = asked([room(1, &[]), room(2, &[4, 8])]);
    let pages =
        join_all((0..100).map(|number| hotels.search(if number % 2 == 0 { &one } else { &other }))).await;
    assert_eq!(hotels.calls(), [2, 1]);
    let first = pages[0].as_ref().unwrap().generation;
    assert!(pages.iter().all(|page| page.as_ref().unwrap().generation == first));
    hotels.search(&one).await.unwrap();
    assert_eq!(hotels.calls(), [2, 1], "from the cache");
}

#[tokio::test(start_paused = true)]
async fn what_two_accounts_of_one_supplier_have_is_one_offer() {
    let hotels = hotels();
    hotels.answers();
    let page = hotels.search(&stay_search()).await.unwrap();
    assert_eq!(states(&page), [answered(1), answered(1), SourceState::Answered { offers: 1, partial: true }]);
    assert_eq!(texts(&page), ["alpha-1 1 550.00 USD", "beta-1 1 660.00 USD"]);
    let superset = hotels.engine.parts().cache.get_generation(page.generation).await.unwrap();
    assert_eq!(superset.offers[0].alternates[0].account().as_str(), "alpha-2");
}

#[tokio::test(start_paused = true)]
async fn a_supplier_whose_properties_are_not_loaded_has_failed_unless_they_are_named() {
    let hotels = hotels_without_content();
    hotels.answers();
    let page = hotels.search(&stay_search()).await.unwrap();
    assert_eq!(states(&page), [SourceState::Failed(SupplierErrorKind::Unavailable); 3]);
    assert_eq!((page.complete, hotels.calls()), (false, [0, 0]));
    let page = hotels.search(&named(&["1"])).await.unwrap();
    assert_eq!(states(&page), [answered(1); 3]);
    assert_eq!(hotels.calls(), [2, 1]);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_about_a_place_without_properties() {
    let hotels = hotels();
    hotels.answers();
    let page = hotels.search(&at(StayPlace::City(CityCode::new("CDG").unwrap()))).await;
    assert_eq!(page.unwrap_err(), SearchError::Stay(InvalidStay::UnknownPlace), "an airport");
    let page = hotels.search(&at(StayPlace::City(CityCode::new("PAR").unwrap()))).await.unwrap();
    assert_eq!((states(&page), page.complete), (vec![answered(0); 3], true));
    assert_eq!(hotels.calls(), [0, 0]);
}

#[tokio::test(start_paused = true)]
async fn of_more_properties_than_are_taken_the_nearest_are_asked_and_the_answer_is_partial() {
    let hotels = hotels();
    let all = || (1..=3).rev().map(|steps| of(steps, vec![rate("a", 50_000)])).collect();
    Hotels::answer(&hotels.alpha, all());
    Hotels::answer(&hotels.beta, all());
    let page = hotels.search(&stay_search()).await.unwrap();
    assert_eq!(states(&page), [answered(3), answered(3), SourceState::Answered { offers: 2, partial: true }]);
    assert_eq!(skipped(&page, 2), [("a property that was not asked for", 1)]);
    let superset = hotels.engine.parts().cache.get_generation(page.generation).await.unwrap();
    let of_beta = superset.offers.iter().filter(|entry| entry.offer.supplier().as_str() == "beta");
    let mut codes: Vec<_> = of_beta.map(|entry| entry.offer.stay().unwrap().property.code.as_str()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["1", "2"]);
}

#[tokio::test(start_paused = true)]
async fn what_lies_outside_the_circle_is_left_out() {
    let hotels = hotels();
    // The content has the second property inside, the answer outside; the third says nothing.
    let mut moved = of(2, vec![rate("a", 50_000)]);
    Arc::make_mut(&mut moved.property).position = at_steps("2", 5).position;
    let mut silent = of(3, vec![rate("a", 50_000)]);
    Arc::make_mut(&mut silent.property).position = None;
    Hotels::answer(&hotels.alpha, vec![of(1, vec![rate("a", 50_000)]), moved, silent]);
    Hotels::answer(&hotels.beta, Vec::new());
    let page = hotels.search(&at(StayPlace::Around { centre: tokyo(), radius_metres: 400 })).await.unwrap();
    assert_eq!(page.sources[0].state, answered(2));
    assert_eq!(skipped(&page, 0), [("a property outside the circle", 1)]);
}

#[tokio::test(start_paused = true)]
async fn rates_that_cannot_be_sold_alone_are_counted_and_crowd_nothing_out() {
    let hotels = hotels();
    let change = |key: &str, cents, change: fn(&mut Rate)| {
        let mut rate = rate(key, cents);
        change(&mut rate);
        rate
    };
    let paid_there = |rate: &mut Rate| {
        let (kind, amount) = (ChargeKind::Rooms, rate.net);
        let charge = PropertyCharge { kind, label: None, amount, converted: None };
        rate.settlement = Settlement::PayAtProperty;
        rate.due = Due { now: Money::zero(samples::usd()), at_property: vec![charge] };
    };
    let mut rates = vec![
        change("opaque", 200, |rate| rate.opaque = true),
        change("there", 300, paid_there),
        change("card", 400, |rate| rate.settlement = Settlement::CustomerCard),
        rate("alone", 50_000),
    ];
    rates.extend((0..200).map(|cents| change("package", 1_000 + cents, |rate| rate.package_only = true)));
    Hotels::answer(&hotels.alpha, vec![of(1, rates)]);
    Hotels::answer(&hotels.beta, Vec::new());
    let page = hotels.search(&stay_search()).await.unwrap();
    assert_eq!(texts(&page), ["alpha-1 1 550.00 USD"]);
    let unpriced: Vec<_> = page.unpriced.iter().map(|skip| (skip.why.as_str(), skip.count)).collect();
    assert_eq!(unpriced[..2], [("not paid through us", 2), ("not to be shown on its own", 1)]);
    assert_eq!((unpriced[2].0, unpriced.len()), ("sold only in a package", 3));
}

#[tokio::test(start_paused = true)]
async fn stays_that_cannot_be_asked_call_nobody() {
    let hotels = hotels();
    hotels.answers();
    let tenant = |name| RequestContext { tenant: TenantId::new(name).unwrap(), ..hotels.cx.clone() };
    let page = PageRequest::default();
    let error = hotels.engine.stays(&tenant("stranger"), &stay_search(), &page).await.unwrap_err();
    assert_eq!(error, SearchError::NothingSold);
    let error = hotels.engine.flights(&hotels.cx, &samples::search(), &page).await.unwrap_err();
    assert_eq!(error, SearchError::NothingSold, "no flights here");
    // 17:00 on the 15th in Tokyo.
    let on = |day| {
        let mut search = stay_search();
        (search.dates.check_in, search.dates.check_out) =
            (jiff::civil::date(2027, 1, day), jiff::civil::date(2027, 1, day + 1));
        search
    };
    let error = hotels.search(&on(14)).await.unwrap_err();
    assert_eq!(error, SearchError::Stay(InvalidStay::PastDate));
    let of_flights = PageRequest { sort: Sort::Duration, ..page };
    let error = hotels.engine.stays(&hotels.cx, &stay_search(), &of_flights).await.unwrap_err();
    assert_eq!(error, SearchError::Page(InvalidPage::OtherKind));
    assert_eq!(hotels.calls(), [0, 0]);
    assert!(hotels.search(&on(15)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn filters_and_pages_of_stays_call_nobody() {
    let hotels = hotels();
    hotels.answers();
    let first = hotels.search(&stay_search()).await.unwrap();
    let free = StayFilter { free_cancellation: true, ..StayFilter::default() };
    let request = PageRequest { filter: free.into(), ..PageRequest::default() };
    let page = hotels.engine.page(&hotels.cx, first.generation, &request).await.unwrap();
    assert_eq!((page.matched, page.total, hotels.calls()), (2, 2, [2, 1]));
    let of_flights = PageRequest { sort: Sort::Arrival, ..PageRequest::default() };
    let error = hotels.engine.page(&hotels.cx, first.generation, &of_flights).await.unwrap_err();
    assert_eq!(error, SearchError::Page(InvalidPage::OtherKind));
}
