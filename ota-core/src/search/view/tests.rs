//! Filters one by one, then all of them together against a slow and obvious way of doing the same.

use jiff::civil::{DateTime, date};
use proptest::prelude::*;

use super::*;
use crate::cache::SupersetOffer;
use crate::keys::KeyRing;
use crate::model::conditions::{BaggageAllowance, Permission, Weight};
use crate::model::fare::{PassengerFare, SegmentFare};
use crate::model::itinerary::{Cabin, Leg, Segment, Slice};
use crate::model::money::{Currency, Money};
use crate::model::offer::FlightOffer;
use crate::model::place::CarrierCode;
use crate::model::places::places;
use crate::model::time::LocalTime;
use crate::search::page::{Filter, FlightFilter, KindFacets, SliceTimes, Sort, Stops, TimeWindow};
use crate::testing::clock::{ManualClock, START};
use crate::testing::samples::{self, MarkUp, flight};
use crate::testing::{cache_suite, samples::market};

mod stays;

/// A view in which each offer is rendered as its place in the input.
fn view(offers: &[FlightOffer]) -> View {
    let mut superset = cache_suite::generation(1, "CGK", &ManualClock::new());
    let entry = |offer: &FlightOffer| SupersetOffer { offer: offer.clone().into(), alternates: Vec::new() };
    Arc::make_mut(&mut superset).offers = offers.iter().map(entry).collect();
    let signer = OfferSigner::new(KeyRing::random(&crate::runtime::SystemRandomness));
    let render = |_: &PricedOffer<'_>, id: &OfferId| {
        Bytes::from(signer.check(&id.to_string()).unwrap().index.to_string())
    };
    View::build(
        &superset,
        &MarkUp::percent(10),
        &samples::pricing_context(),
        Duration::ZERO,
        &signer,
        &render,
    )
}

fn cut(view: &View, request: &PageRequest) -> Cut {
    view.cut(request, START)
}

fn indices(cut: &Cut) -> Vec<usize> {
    cut.offers.iter().map(|offer| std::str::from_utf8(offer).unwrap().parse().unwrap()).collect()
}

fn seats(fare: &mut PassengerFare, change: impl Fn(&mut SegmentFare)) {
    let mut seats = fare.segments.to_vec();
    seats.iter_mut().for_each(change);
    fare.segments = seats.into();
}

fn rebrand(fare: &mut PassengerFare, code: Option<&str>) {
    let mut components = fare.components.to_vec();
    components[0].brand = code.map(|code| crate::model::fare::Brand { code: code.to_owned(), name: None });
    fare.components = components.into();
}

fn at(hour: i8) -> DateTime {
    date(2027, 7, 10).at(hour, 0, 0, 0)
}

/// Out by some segments, back by a non-stop of GA at noon; each a cent dearer than the one before.
fn shelf() -> Vec<FlightOffer> {
    let back_at = |hour, minute| date(2027, 7, 20).at(hour, minute, 0, 0);
    let leg = |from: &str, to: &str| Leg {
        origin: samples::airport(from),
        destination: samples::airport(to),
        departs: LocalTime::new(at(8)),
        arrives: LocalTime::new(at(9)),
        equipment: None,
        terminals: (None, None),
    };
    let non_stop = |carrier, hour: i8| flight(carrier, 874, ("CGK", at(hour)), ("HND", at(hour + 9)));
    let hidden = Segment { legs: vec![leg("CGK", "DPS"), leg("DPS", "HND")], ..non_stop("GA", 8) };
    let connection = vec![
        flight("GA", 1, ("CGK", at(8)), ("DPS", at(11))),
        flight("JL", 2, ("DPS", at(13)), ("HND", at(23))),
    ];
    let out = [vec![non_stop("GA", 8)], vec![non_stop("JL", 10)], vec![hidden], connection];
    let fares: [fn(&mut PassengerFare); 6] = [
        |fare| fare.conditions.refund_before = Permission::Allowed(None),
        |fare| fare.conditions.refund_before = Permission::Unknown,
        |fare| seats(fare, |seat| seat.baggage = BaggageAllowance::Unknown),
        |fare| seats(fare, |seat| seat.baggage = BaggageAllowance::Total(Weight::Kilograms(20))),
        |fare| {
            seats(fare, |seat| (seat.cabin, seat.baggage) = (Some(Cabin::Business), BaggageAllowance::None))
        },
        |fare| seats(fare, |seat| seat.cabin = None),
    ];
    let mut shelf: Vec<FlightOffer> = Vec::new();
    for (out, fare) in
        out.into_iter().map(|out| (out, None)).chain(fares.map(|fare| (vec![non_stop("GA", 8)], Some(fare))))
    {
        let back = flight("GA", 875, ("HND", back_at(11, 45)), ("CGK", back_at(17, 15)));
        let cents = 50_000 + i64::try_from(shelf.len()).unwrap();
        let mut offer = samples::offer_of("alpha-1", vec![out, vec![back]], cents);
        fare.into_iter().for_each(|change| change(&mut offer.fares[0]));
        shelf.push(offer);
    }
    rebrand(&mut shelf[9].fares[0], None);
    rebrand(&mut shelf[8].fares[0], Some("BUSINESS"));
    shelf
}

#[track_caller]
fn check(filter: impl Into<Filter>, want: &[usize]) {
    let request = PageRequest { filter: filter.into(), sort: Sort::Price, ..PageRequest::default() };
    let cut = cut(&view(&shelf()), &request);
    assert_eq!((indices(&cut), cut.matched), (want.to_vec(), want.len()), "{request:?}");
}

#[test]
fn stops_direct_and_non_stop_differ() {
    let stops = |stops| FlightFilter { stops: Some(stops), ..FlightFilter::default() };
    check(Filter::default(), &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    check(stops(Stops::NonStop), &[0, 1, 4, 5, 6, 7, 8, 9]);
    check(stops(Stops::Direct), &[0, 1, 2, 4, 5, 6, 7, 8, 9]);
    check(stops(Stops::AtMost(0)), &[0, 1, 4, 5, 6, 7, 8, 9]);
    check(stops(Stops::AtMost(1)), &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

/// B21: a stop counts whether it is detailed or only counted.
#[test]
fn a_flight_with_a_stop_that_is_only_counted_is_direct_and_not_non_stop() {
    let mut offers = shelf();
    Arc::make_mut(&mut offers[0].itinerary.slices[0]).segments[0].stops_stated = Some(1);
    let passing = |stops| {
        let filter = FlightFilter { stops: Some(stops), ..FlightFilter::default() };
        indices(&cut(
            &view(&offers),
            &PageRequest { filter: filter.into(), sort: Sort::Price, ..PageRequest::default() },
        ))
    };
    assert!(!passing(Stops::NonStop).contains(&0) && !passing(Stops::AtMost(0)).contains(&0));
    assert!(passing(Stops::Direct).contains(&0) && passing(Stops::AtMost(1)).contains(&0));
}

#[test]
fn every_flight_is_of_a_carrier_asked_for() {
    let of = |codes: &[&str]| FlightFilter {
        carriers: codes.iter().map(|code| CarrierCode::new(code).unwrap()).collect(),
        ..FlightFilter::default()
    };
    check(of(&["GA"]), &[0, 2, 4, 5, 6, 7, 8, 9]);
    check(of(&["GA", "JL"]), &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    check(of(&["JL"]), &[]);
    check(of(&["XX"]), &[]);
}

#[test]
fn what_is_not_known_passes_no_filter() {
    check(FlightFilter { with_bag: true, ..FlightFilter::default() }, &[0, 1, 2, 3, 4, 5, 7, 9]);
    check(FlightFilter { refundable: true, ..FlightFilter::default() }, &[4]);
    let economy = FlightFilter { cabins: vec![Cabin::Economy], ..FlightFilter::default() };
    check(economy, &[0, 1, 2, 3, 4, 5, 6, 7]);
    let all = FlightFilter {
        cabins: vec![Cabin::Economy, Cabin::PremiumEconomy, Cabin::Business, Cabin::First],
        ..FlightFilter::default()
    };
    check(all, &[0, 1, 2, 3, 4, 5, 6, 7, 8]);
    let brand = |code: &str| FlightFilter { brands: vec![code.to_owned()], ..FlightFilter::default() };
    check(brand("ECOVALUE"), &[0, 1, 2, 3, 4, 5, 6, 7]);
    check(brand("BUSINESS"), &[8]);
    check(brand(""), &[]);
}

#[test]
fn prices_are_what_the_customer_pays() {
    let most = |minor| Filter { price_max: Some(Money::new(minor, samples::usd())), ..Filter::default() };
    check(most(54_999), &[]);
    check(most(55_000), &[0]);
    check(most(55_001), &[0, 1]);
}

#[test]
fn windows_are_on_the_clock_of_the_place() {
    let window = |from, to| Some(TimeWindow { from, to });
    let out = |departs, arrives| FlightFilter {
        slices: vec![SliceTimes { departs, arrives }],
        ..FlightFilter::default()
    };
    check(out(window(600, 600), None), &[1]);
    check(out(None, window(1380, 60)), &[3]);
    check(out(window(480, 480), window(1020, 1020)), &[0, 2, 4, 5, 6, 7, 8, 9]);
    let back = |departs| FlightFilter {
        slices: vec![SliceTimes::default(), SliceTimes { departs, arrives: None }],
        ..FlightFilter::default()
    };
    check(back(window(705, 705)), &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    check(back(window(706, 704)), &[]);
    let third = SliceTimes { departs: window(0, 1439), arrives: None };
    check(
        FlightFilter {
            slices: vec![SliceTimes::default(), SliceTimes::default(), third],
            ..FlightFilter::default()
        },
        &[],
    );
}

/// B19: arrivals yesterday, earlier on the same day, or in two days, by how long they take.
#[test]
fn the_shortest_flight_comes_first_over_any_date_line() {
    let at = |day, hour, minute| date(2027, 7, day).at(hour, minute, 0, 0);
    let flights = [
        (("AKL", at(10, 17, 20)), ("PPT", at(9, 23, 59))),
        (("APW", at(10, 11, 0)), ("PPG", at(9, 11, 35))),
        (("HND", at(10, 22, 55)), ("HNL", at(10, 11, 20))),
        (("LAX", at(10, 22, 30)), ("SYD", at(12, 6, 30))),
        (("BKK", at(10, 20, 10)), ("DOH", at(10, 23, 5))),
        (("JFK", date(2027, 3, 13).at(21, 0, 0, 0)), ("LHR", date(2027, 3, 14).at(8, 0, 0, 0))),
    ];
    let offer = |(cents, (from, to)): (i64, _)| {
        samples::offer_of("alpha-1", vec![vec![flight("GA", 1, from, to)]], 50_000 + cents)
    };
    let offers: Vec<FlightOffer> = (0..).zip(flights).map(offer).collect();
    let page = |filter| PageRequest { filter, sort: Sort::Duration, ..PageRequest::default() };
    assert_eq!(indices(&cut(&view(&offers), &page(Filter::default()))), [1, 0, 5, 4, 2, 3]);
    let short = FlightFilter { duration_max: Some(360), ..FlightFilter::default() };
    assert_eq!(indices(&cut(&view(&offers), &page(short.into()))), [1, 0, 5]);
}

#[test]
fn durations_count_zones_and_the_longest_slice() {
    // Tokyo is two hours ahead: a non-stop out takes seven hours, the connection thirteen, the way back 7:30.
    let most = |minutes| FlightFilter { duration_max: Some(minutes), ..FlightFilter::default() };
    check(most(449), &[]);
    check(most(450), &[0, 1, 2, 4, 5, 6, 7, 8, 9]);
    check(most(779), &[0, 1, 2, 4, 5, 6, 7, 8, 9]);
    check(most(780), &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let mut nowhere = shelf();
    let slice = Arc::make_mut(&mut nowhere[0].itinerary.slices[0]);
    slice.segments[0].origin = samples::airport("ZZZ");
    let cut = cut(&view(&nowhere), &PageRequest { filter: most(u32::MAX).into(), ..PageRequest::default() });
    assert_eq!(cut.matched, 9, "an unknown duration passes no filter");
}

#[test]
fn facets_say_what_there_is_and_from_which_price() {
    let view = view(&shelf());
    let KindFacets::Flights(facets) = &view.facets().kind else { panic!("flights were searched") };
    let usd = |minor| Money::new(minor, samples::usd());
    let stops: Vec<_> = facets.stops.iter().map(|f| (f.value, f.count, f.from)).collect();
    assert_eq!(stops, [(0, 8, usd(55_000)), (1, 2, usd(55_002))]);
    let carriers: Vec<_> = facets.carriers.iter().map(|f| (f.value.as_str(), f.count, f.from)).collect();
    assert_eq!(carriers, [("GA", 10, usd(55_000)), ("JL", 2, usd(55_001))]);
    let cabins: Vec<_> = facets.cabins.iter().map(|f| (f.value, f.count)).collect();
    assert_eq!(cabins, [(Cabin::Economy, 8), (Cabin::Business, 1)]);
    let brands: Vec<_> = facets.brands.iter().map(|f| (f.value.as_str(), f.count)).collect();
    assert_eq!(brands, [("ECOVALUE", 8), ("BUSINESS", 1)]);
    assert_eq!(view.facets().price, Some((usd(55_000), usd(55_010))));
    assert_eq!(facets.duration, Some((870, 1_230)));
    assert_eq!((facets.with_bag, facets.refundable), (8, 1));
}

#[test]
fn offers_that_cannot_be_sold_are_left_out_and_counted() {
    let mut offers = shelf();
    let eur = Currency::from_code("EUR").unwrap();
    offers[0].total.currency = eur;
    let view = view(&offers);
    assert_eq!((view.len(), view.unpriced()[0].count), (9, 1));
    assert_eq!(view.unpriced()[0].why, "not in the selling currency");
    assert_eq!(
        indices(&cut(&view, &PageRequest { sort: Sort::Price, limit: 1, ..PageRequest::default() })),
        [1]
    );
}

#[test]
fn an_empty_generation_has_an_empty_page() {
    let view = view(&[]);
    let cut = cut(&view, &PageRequest { cursor: Some(Cursor(7)), ..PageRequest::default() });
    assert_eq!(cut, Cut { matched: 0, offers: Vec::new(), next: None });
    assert_eq!(view.facets().price, None);
    let KindFacets::Flights(facets) = &view.facets().kind else { panic!("flights were searched") };
    assert_eq!((&facets.stops, facets.duration), (&Vec::new(), None));
}

/// The whole answer, worked out from each offer with no column and no shortcut.
fn slowly(offers: &[FlightOffer], request: &PageRequest) -> Vec<usize> {
    let price = |offer: &FlightOffer| {
        MarkUp::percent(10).price(&offer.clone().into(), &samples::pricing_context()).unwrap().total.minor
    };
    let cheapest = offers.iter().map(price).min().unwrap();
    let shortest = offers.iter().map(duration).min().unwrap();
    let score = |offer: &FlightOffer| {
        let landings = offer.itinerary.slices.iter().map(|slice| slice.landings() as i64).max().unwrap();
        price(offer) * 1_000 / cheapest + duration(offer) * 500 / shortest + landings * 100
    };
    let first = |offer: &FlightOffer| Arc::clone(&offer.itinerary.slices[0]);
    let key = |offer: &FlightOffer| match request.sort {
        Sort::Best => score(offer),
        Sort::Price => 0,
        Sort::Duration => duration(offer),
        Sort::Departure => minutes(first(offer).segments[0].departs.unwrap()),
        Sort::Arrival => minutes(first(offer).segments.last().unwrap().arrives.unwrap()),
        Sort::Stars | Sort::Distance | Sort::Name => unreachable!("orders of stays"),
    };
    let pass = |offer: &FlightOffer| {
        request.filter.price_max.is_none_or(|most| price(offer) <= most.minor)
            && passes(offer, &request.filter.flights)
    };
    let mut found: Vec<usize> = (0..offers.len()).filter(|index| pass(&offers[*index])).collect();
    found.sort_by_key(|index| (key(&offers[*index]), price(&offers[*index]), *index));
    found
}

fn minutes(at: LocalTime) -> i64 {
    at.instant(Some(&jiff::tz::TimeZone::UTC)).unwrap().as_micros() / 60_000_000
}

fn duration(offer: &FlightOffer) -> i64 {
    offer.itinerary.slices.iter().map(|slice| slice_duration(slice)).sum()
}

fn slice_duration(slice: &Slice) -> i64 {
    let instant =
        |at: LocalTime, code| at.instant(Some(&places().airport(code).unwrap().time_zone())).unwrap();
    let (first, last) = (&slice.segments[0], slice.segments.last().unwrap());
    let left = instant(first.departs.unwrap(), first.origin);
    i64::try_from(instant(last.arrives.unwrap(), last.destination).since(left).as_secs() / 60).unwrap()
}

fn passes(offer: &FlightOffer, filter: &FlightFilter) -> bool {
    let slices = &offer.itinerary.slices;
    let fare = &offer.fares[0];
    let stops = |slice: &Arc<Slice>| match filter.stops {
        None => true,
        Some(Stops::NonStop) => slice.is_non_stop(),
        Some(Stops::Direct) => slice.segments.len() == 1,
        Some(Stops::AtMost(most)) => slice.landings() <= usize::from(most),
    };
    let inside = |window: Option<TimeWindow>, at: LocalTime| {
        let minute = u16::try_from(at.civil.hour()).unwrap() * 60 + u16::try_from(at.civil.minute()).unwrap();
        window.is_none_or(|window| window.contains(minute))
    };
    let clocks = |(slice, times): (&Arc<Slice>, &SliceTimes)| {
        inside(times.departs, slice.segments[0].departs.unwrap())
            && inside(times.arrives, slice.segments.last().unwrap().arrives.unwrap())
    };
    let carrier = |segment: &Segment| filter.carriers.contains(&segment.flight.unwrap().carrier);
    let bag = |seat: &SegmentFare| matches!(seat.baggage, BaggageAllowance::Pieces { .. });
    slices.iter().all(stops)
        && slices.iter().zip(&filter.slices).all(clocks)
        && filter
            .duration_max
            .is_none_or(|most| slices.iter().all(|slice| slice_duration(slice) <= i64::from(most)))
        && (filter.carriers.is_empty() || offer.itinerary.segments().all(carrier))
        && (filter.brands.is_empty()
            || filter.brands.contains(&fare.components[0].brand.as_ref().unwrap().code))
        && (filter.cabins.is_empty()
            || fare.segments.iter().all(|seat| filter.cabins.contains(&seat.cabin.unwrap())))
        && (!filter.with_bag || fare.segments.iter().all(bag))
        && (!filter.refundable || fare.conditions.refund_before == Permission::Allowed(None))
}

fn any_window() -> impl Strategy<Value = Option<TimeWindow>> {
    prop::option::weighted(0.3, (0u16..1440, 0u16..1440).prop_map(|(from, to)| TimeWindow { from, to }))
}

prop_compose! {
    fn any_filter()(
        stops in prop::option::weighted(0.5, prop_oneof![
            Just(Stops::NonStop), Just(Stops::Direct), (0u8..3).prop_map(Stops::AtMost),
        ]),
        carriers in prop::collection::vec(prop::sample::select(vec!["GA", "JL", "SQ", "QF", "XX", "3K"]), 0..3),
        brands in prop::collection::vec(prop::sample::select(vec!["LIGHT", "VALUE", "FLEX", "NONE"]), 0..3),
        cabins in prop::collection::vec(prop::sample::select(vec![Cabin::Economy, Cabin::Business]), 0..2),
        price_max in prop::option::weighted(0.3, 30_000i64..400_000),
        duration_max in prop::option::weighted(0.3, 300u32..1_500),
        slices in prop::collection::vec((any_window(), any_window()), 0..3),
        (with_bag, refundable) in (any::<bool>(), prop::bool::weighted(0.2)),
    ) -> Filter {
        let flights = FlightFilter {
            stops,
            carriers: carriers.iter().map(|code| CarrierCode::new(code).unwrap()).collect(),
            brands: brands.into_iter().map(str::to_owned).collect(),
            cabins,
            duration_max,
            slices: slices.into_iter().map(|(departs, arrives)| SliceTimes { departs, arrives }).collect(),
            with_bag,
            refundable,
        };
        let price_max = price_max.map(|minor| Money::new(minor, samples::usd()));
        Filter { price_max, flights, ..Filter::default() }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn pages_in_a_row_are_the_whole_answer(
        filter in prop_oneof![Just(Filter::default()), any_filter()],
        sort in prop::sample::select(vec![Sort::Best, Sort::Price, Sort::Duration, Sort::Departure, Sort::Arrival]),
        limit in 1u32..100,
    ) {
        let offers = market("alpha-1", 150);
        let view = view(&offers);
        let mut request = PageRequest { filter, sort, limit, cursor: None };
        let want = slowly(&offers, &request);
        let mut got = Vec::new();
        loop {
            let cut = cut(&view, &request);
            prop_assert_eq!(cut.matched, want.len());
            prop_assert!(cut.offers.len() <= limit as usize);
            got.extend(indices(&cut));
            request.cursor = cut.next;
            if cut.next.is_none() {
                break;
            }
        }
        prop_assert_eq!(got, want);
    }
}
