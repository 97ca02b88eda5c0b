//! Filter, sort and page over 3,000 offers (the aim is 200 µs), and what it costs to build the view once.
#![allow(missing_docs)] // the macros make public functions

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use ota_core::cache::{Superset, SupersetOffer};
use ota_core::keys::KeyRing;
use ota_core::model::itinerary::Cabin;
use ota_core::model::money::Money;
use ota_core::model::offer::{FlightOffer, HotelOffer};
use ota_core::model::stay::BoardKind;
use ota_core::pricing::PricedOffer;
use ota_core::runtime::SystemRandomness;
use ota_core::search::offer_id::{OfferId, OfferSigner};
use ota_core::search::page::{
    Filter, FlightFilter, PageRequest, SliceTimes, Sort, StayFilter, Stops, TimeWindow,
};
use ota_core::search::view::View;
use ota_core::testing::cache_suite;
use ota_core::testing::clock::ManualClock;
use ota_core::testing::samples::{self, MarkUp};
use ota_core::testing::stays::stay_market;

const OFFERS: usize = 3_000;

fn superset() -> Arc<Superset> {
    let mut superset = cache_suite::generation(1, "CGK", &ManualClock::new());
    let entry = |offer: FlightOffer| SupersetOffer { offer: offer.into(), alternates: Vec::new() };
    Arc::make_mut(&mut superset).offers = samples::market("alpha-1", OFFERS).into_iter().map(entry).collect();
    superset
}

fn build(superset: &Superset, signer: &OfferSigner) -> View {
    // About as many bytes as an offer has in a client's JSON.
    let render =
        |priced: &PricedOffer<'_>, id: &OfferId| Bytes::from(format!("{id}{:1024}", priced.sell.total));
    View::build(superset, &MarkUp::percent(10), &samples::pricing_context(), Duration::ZERO, signer, &render)
}

fn requests() -> [(&'static str, PageRequest); 3] {
    let sort = |sort| PageRequest { sort, ..PageRequest::default() };
    let evening = TimeWindow { from: 18 * 60, to: 2 * 60 };
    let flights = FlightFilter {
        stops: Some(Stops::AtMost(1)),
        cabins: vec![Cabin::Economy],
        duration_max: Some(24 * 60),
        slices: vec![SliceTimes { departs: Some(evening), arrives: None }],
        with_bag: true,
        ..FlightFilter::default()
    };
    let price_max = Some(Money::new(150_000, samples::usd()));
    let narrow = Filter { price_max, flights, ..Filter::default() };
    [
        ("everything, best first", sort(Sort::Best)),
        ("everything, by arrival", sort(Sort::Arrival)),
        ("six filters, by duration", PageRequest { filter: narrow, ..sort(Sort::Duration) }),
    ]
}

fn stays() -> Arc<Superset> {
    let mut superset = cache_suite::stay_generation(1, "TYO", &ManualClock::new());
    let entry = |offer: HotelOffer| SupersetOffer { offer: offer.into(), alternates: Vec::new() };
    let market = stay_market("alpha-1", OFFERS).into_iter();
    Arc::make_mut(&mut superset).offers = market.map(entry).collect();
    superset
}

fn requests_of_stays() -> [(&'static str, PageRequest); 2] {
    let cheapest = StayFilter { cheapest_of_each: true, ..StayFilter::default() };
    let narrow = StayFilter {
        boards: vec![BoardKind::Breakfast],
        half_stars_min: Some(7),
        distance_max: Some(3_000),
        free_cancellation: true,
        ..cheapest.clone()
    };
    let page =
        |sort, filter: StayFilter| PageRequest { sort, filter: filter.into(), ..PageRequest::default() };
    [
        ("the cheapest of each property, best first", page(Sort::Best, cheapest)),
        ("five filters, nearest first", page(Sort::Distance, narrow)),
    ]
}

fn view(criterion: &mut Criterion) {
    let (superset, signer) = (superset(), OfferSigner::new(KeyRing::random(&SystemRandomness)));
    let view = build(&superset, &signer);
    for (name, request) in requests() {
        criterion.bench_function(&format!("page of 3,000: {name}"), |bencher| {
            bencher.iter(|| black_box(view.cut(black_box(&request), superset.made_at)));
        });
    }
    criterion.bench_function("build a view of 3,000", |bencher| bencher.iter(|| build(&superset, &signer)));

    let superset = stays();
    let view = build(&superset, &signer);
    for (name, request) in requests_of_stays() {
        criterion.bench_function(&format!("page of 3,000 stays: {name}"), |bencher| {
            bencher.iter(|| black_box(view.cut(black_box(&request), superset.made_at)));
        });
    }
    criterion.bench_function("build a view of 3,000 stays", |bencher| {
        bencher.iter(|| build(&superset, &signer));
    });
}

criterion_group!(benches, view);
criterion_main!(benches);
