//! Filters and orders of stays one by one, then all together against a slow and obvious way of doing the same.

use super::*;
use crate::model::fare::Settlement;
use crate::model::id::PropertyCode;
use crate::model::offer::HotelOffer;
use crate::model::stay::{BoardKind, CancellationTerms, Property};
use crate::search::catalog::metres;
use crate::search::page::{StayFacets, StayFilter};
use crate::testing::stays::{charged_from, property_at, rate, stay_market, stay_offer, stay_search};

const HOUR: Duration = Duration::from_secs(3_600);

fn view(offers: &[HotelOffer], margin: Duration) -> View {
    let mut superset = cache_suite::stay_generation(1, "TYO", &ManualClock::new());
    let entry = |offer: &HotelOffer| SupersetOffer { offer: offer.clone().into(), alternates: Vec::new() };
    Arc::make_mut(&mut superset).offers = offers.iter().map(entry).collect();
    let signer = OfferSigner::new(KeyRing::random(&crate::runtime::SystemRandomness));
    let render = |_: &PricedOffer<'_>, id: &OfferId| {
        Bytes::from(signer.check(&id.to_string()).unwrap().index.to_string())
    };
    View::build(&superset, &MarkUp::percent(10), &samples::pricing_context(), margin, &signer, &render)
}

/// Of `alpha-1`, each a cent dearer than the one before:
///
/// | offer | property | stars | from the centre | board |
/// | --- | --- | --- | --- | --- |
/// | 0, 1 | `b` | 4 | 2,224 m | breakfast; half board |
/// | 2, 3 | `a` | 3½ | 111 m | breakfast; not known when it is free |
/// | 4, 5 | `c` | not known | not known | breakfast, charged at once; room only |
fn shelf() -> Vec<HotelOffer> {
    let houses = [
        property_at("b", Some("4 STARS"), Some(20)),
        property_at("a", Some("3 STARS AND A HALF"), Some(1)),
        property_at("c", Some("3 KEYS"), None),
    ];
    let offer = |number: usize| {
        let mut offer = stay_offer("alpha-1", "x", 50_000 + i64::try_from(number).unwrap());
        offer.property = Arc::new(houses[number / 2].clone());
        offer
    };
    let mut shelf: Vec<HotelOffer> = (0..6).map(offer).collect();
    shelf[1].rates[0].board.kind = BoardKind::HalfBoard;
    shelf[3].rates[0].cancellation = CancellationTerms::default();
    shelf[4].rates[0].cancellation = charged_from(date(2027, 1, 1), 100);
    shelf[5].rates[0].board.kind = BoardKind::RoomOnly;
    shelf
}

fn sorted(sort: Sort) -> Vec<usize> {
    indices(&cut(&view(&shelf(), Duration::ZERO), &PageRequest { sort, ..PageRequest::default() }))
}

#[track_caller]
fn check(filter: impl Into<Filter>, want: &[usize]) {
    let request = PageRequest { filter: filter.into(), sort: Sort::Price, ..PageRequest::default() };
    let cut = cut(&view(&shelf(), Duration::ZERO), &request);
    assert_eq!((indices(&cut), cut.matched), (want.to_vec(), want.len()), "{request:?}");
}

#[test]
fn properties_boards_stars_and_distances() {
    let named = |codes: &[&str]| StayFilter {
        properties: codes.iter().map(|code| PropertyCode::new(code).unwrap()).collect(),
        ..StayFilter::default()
    };
    check(named(&["a", "c"]), &[2, 3, 4, 5]);
    check(named(&["z"]), &[]);
    let boards = |boards: &[BoardKind]| StayFilter { boards: boards.to_vec(), ..StayFilter::default() };
    check(boards(&[BoardKind::Breakfast]), &[0, 2, 3, 4]);
    check(boards(&[BoardKind::HalfBoard, BoardKind::RoomOnly]), &[1, 5]);
    let stars = |least| StayFilter { half_stars_min: Some(least), ..StayFilter::default() };
    check(stars(0), &[0, 1, 2, 3]);
    check(stars(7), &[0, 1, 2, 3]);
    check(stars(8), &[0, 1]);
    let within = |most| StayFilter { distance_max: Some(most), ..StayFilter::default() };
    check(within(u32::MAX), &[0, 1, 2, 3]);
    check(within(2_223), &[2, 3]);
    check(within(111), &[2, 3]);
    check(within(110), &[]);
}

#[test]
fn every_room_has_a_board_asked_for_and_is_free_to_cancel() {
    let mut offer = shelf().remove(0);
    let mut second = rate("key-2", 1);
    second.board.kind = BoardKind::RoomOnly;
    second.cancellation = charged_from(date(2027, 1, 15), 1);
    offer.rates.push(second);
    let view = view(&[offer], Duration::ZERO);
    let matched = |filter: StayFilter| {
        cut(&view, &PageRequest { filter: filter.into(), ..PageRequest::default() }).matched
    };
    let boards = |boards: &[BoardKind]| StayFilter { boards: boards.to_vec(), ..StayFilter::default() };
    assert_eq!(matched(boards(&[BoardKind::Breakfast])), 0);
    assert_eq!(matched(boards(&[BoardKind::Breakfast, BoardKind::RoomOnly])), 1);
    assert_eq!(matched(StayFilter { free_cancellation: true, ..StayFilter::default() }), 0);
}

#[test]
fn free_cancellation_ends_a_margin_before_the_supplier_charges_and_is_never_guessed() {
    let free = StayFilter { free_cancellation: true, ..StayFilter::default() };
    check(free.clone(), &[0, 1, 2, 5]);
    // It is charged from 23:59 on 7 July in Tokyo.
    let charged: Timestamp = "2027-07-07T14:59:00Z".parse::<jiff::Timestamp>().unwrap().into();
    let request = PageRequest { filter: free.into(), ..PageRequest::default() };
    for margin in [Duration::ZERO, HOUR, 24 * HOUR] {
        let view = view(&shelf(), margin);
        let before = |time: Duration| {
            let micros = i64::try_from((margin + time).as_micros()).unwrap();
            view.cut(&request, Timestamp::from_micros(charged.as_micros() - micros)).matched
        };
        assert_eq!((before(Duration::from_micros(1)), before(Duration::ZERO)), (4, 0), "{margin:?}");
    }
}

#[test]
fn of_each_property_the_cheapest_that_passes_everything_else() {
    let cheapest = StayFilter { cheapest_of_each: true, ..StayFilter::default() };
    check(cheapest.clone(), &[0, 2, 4]);
    check(
        StayFilter { boards: vec![BoardKind::HalfBoard, BoardKind::RoomOnly], ..cheapest.clone() },
        &[1, 5],
    );
    check(StayFilter { free_cancellation: true, ..cheapest.clone() }, &[0, 2, 5]);
    let price_max = Some(Money::new(55_002, samples::usd()));
    check(Filter { price_max, ..cheapest.into() }, &[0, 2]);
}

/// Two suppliers may give one code to two properties.
#[test]
fn a_code_is_a_suppliers_own() {
    let mut offers = shelf();
    offers.truncate(1);
    offers.push(stay_offer("beta-1", "b", 60_000));
    let filter: Filter = StayFilter { cheapest_of_each: true, ..StayFilter::default() }.into();
    assert_eq!(
        indices(&cut(&view(&offers, HOUR), &PageRequest { filter, ..PageRequest::default() })),
        [0, 1]
    );
}

#[test]
fn what_is_not_known_comes_last_in_every_order() {
    assert_eq!(sorted(Sort::Price), [0, 1, 2, 3, 4, 5]);
    assert_eq!(sorted(Sort::Stars), [0, 1, 2, 3, 4, 5]);
    assert_eq!(sorted(Sort::Distance), [2, 3, 0, 1, 4, 5]);
    assert_eq!(sorted(Sort::Name), [2, 3, 0, 1, 4, 5]);
    // Prices are equal but for a cent: two kilometres weigh more than half a star.
    assert_eq!(sorted(Sort::Best), [2, 3, 0, 1, 4, 5]);
}

#[test]
fn facets_say_what_there_is_and_from_which_price() {
    let view = view(&shelf(), HOUR);
    let KindFacets::Stays(facets) = &view.facets().kind else { panic!("stays were searched") };
    let StayFacets { properties, boards, half_stars, distance, free_cancellation } = facets;
    let usd = |minor| Money::new(minor, samples::usd());
    assert_eq!(view.facets().price, Some((usd(55_000), usd(55_006))));
    let boards: Vec<_> = boards.iter().map(|f| (f.value, f.count, f.from)).collect();
    assert_eq!(
        boards,
        [
            (BoardKind::RoomOnly, 1, usd(55_006)),
            (BoardKind::Breakfast, 4, usd(55_000)),
            (BoardKind::HalfBoard, 1, usd(55_001))
        ]
    );
    let stars: Vec<_> = half_stars.iter().map(|f| (f.value, f.count, f.from)).collect();
    assert_eq!(stars, [(7, 2, usd(55_002)), (8, 2, usd(55_000))]);
    assert_eq!((*properties, *distance, *free_cancellation), (3, Some((111, 2_224)), 4));
}

#[test]
fn rates_that_may_not_stand_alone_are_left_out_and_counted() {
    let mut offers = shelf();
    offers[0].rates[0].package_only = true;
    offers[1].rates[0].opaque = true;
    offers[2].rates[0].settlement = Settlement::PayAtProperty;
    offers[3].rates[0].settlement = Settlement::CustomerCard;
    let view = view(&offers, HOUR);
    let counts: Vec<_> = view.unpriced().iter().map(|skip| (skip.why.as_str(), skip.count)).collect();
    assert_eq!(
        counts,
        [("not paid through us", 2), ("not to be shown on its own", 1), ("sold only in a package", 1)]
    );
    assert_eq!(indices(&cut(&view, &PageRequest { sort: Sort::Price, ..PageRequest::default() })), [4, 5]);
}

#[test]
fn an_empty_generation_of_stays_has_an_empty_page() {
    let view = view(&[], HOUR);
    for sort in [Sort::Best, Sort::Name, Sort::Duration] {
        let cut = cut(&view, &PageRequest { sort, ..PageRequest::default() });
        assert_eq!(cut, Cut { matched: 0, offers: Vec::new(), next: None });
    }
}

/// The whole answer, worked out from each offer with no column and no shortcut.
fn slowly(offers: &[HotelOffer], request: &PageRequest, margin: Duration) -> Vec<usize> {
    let price = |offer: &HotelOffer| {
        MarkUp::percent(10).price(&offer.clone().into(), &samples::pricing_context()).unwrap().total.minor
    };
    let mut prices: Vec<i64> = offers.iter().map(price).collect();
    prices.sort_unstable();
    let middle = prices[prices.len() / 2];
    let score = |offer: &HotelOffer| {
        let stars = i64::from(offer.property.half_stars().unwrap_or(4));
        let metres = i64::from(distance(&offer.property).unwrap_or(10_000).min(10_000));
        price(offer) * 1_000 / middle + (10 - stars) * 50 + metres * 50 / 1_000
    };
    let key = |offer: &HotelOffer| match request.sort {
        Sort::Best => score(offer),
        Sort::Price => 0,
        Sort::Stars => -i64::from(offer.property.half_stars().unwrap_or(0)),
        Sort::Distance => distance(&offer.property).map_or(i64::MAX, i64::from),
        // The names of the market are numbers.
        Sort::Name => offer.property.code.as_str().parse().unwrap(),
        Sort::Duration | Sort::Departure | Sort::Arrival => unreachable!("orders of flights"),
    };
    let filter = &request.filter;
    let pass = |offer: &HotelOffer| {
        filter.price_max.is_none_or(|most| price(offer) <= most.minor) && passes(offer, &filter.stays, margin)
    };
    let mut found: Vec<usize> = (0..offers.len()).filter(|index| pass(&offers[*index])).collect();
    found.sort_by_key(|index| (price(&offers[*index]), *index));
    if filter.stays.cheapest_of_each {
        let code = |index: usize| &offers[index].property.code;
        let all = found.clone();
        found.retain(|index| all.iter().find(|other| code(**other) == code(*index)) == Some(index));
    }
    found.sort_by_key(|index| key(&offers[*index]));
    found
}

fn distance(property: &Property) -> Option<u32> {
    Some(metres(stay_search().place.centre()?, property.position?))
}

fn passes(offer: &HotelOffer, filter: &StayFilter, margin: Duration) -> bool {
    let property = &offer.property;
    let free =
        |at| offer.rates.iter().all(|rate| rate.cancellation.fee_at(at).is_some_and(|fee| fee.minor == 0));
    (filter.properties.is_empty() || filter.properties.contains(&property.code))
        && (filter.boards.is_empty()
            || offer.rates.iter().all(|rate| filter.boards.contains(&rate.board.kind)))
        && filter.half_stars_min.is_none_or(|least| property.half_stars().is_some_and(|stars| stars >= least))
        && filter.distance_max.is_none_or(|most| distance(property).is_some_and(|metres| metres <= most))
        && (!filter.free_cancellation || free(START.plus(margin)))
}

prop_compose! {
    fn any_filter()(
        properties in prop::collection::vec(1_000u32..1_030, 0..5),
        boards in prop::collection::vec(
            prop::sample::select(vec![BoardKind::RoomOnly, BoardKind::Breakfast, BoardKind::Other]), 0..3),
        half_stars_min in prop::option::weighted(0.3, 0u8..11),
        distance_max in prop::option::weighted(0.3, 0u32..4_000),
        price_max in prop::option::weighted(0.3, 10_000i64..80_000),
        (free_cancellation, cheapest_of_each) in any::<(bool, bool)>(),
    ) -> Filter {
        let code = |number: u32| PropertyCode::new(&number.to_string()).unwrap();
        let properties = properties.into_iter().map(code).collect();
        let stays = StayFilter {
            properties, boards, half_stars_min, distance_max, free_cancellation, cheapest_of_each,
        };
        let price_max = price_max.map(|minor| Money::new(minor, samples::usd()));
        Filter { price_max, stays, ..Filter::default() }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn pages_in_a_row_are_the_whole_answer(
        filter in prop_oneof![Just(Filter::default()), any_filter()],
        sort in prop::sample::select(vec![Sort::Best, Sort::Price, Sort::Stars, Sort::Distance, Sort::Name]),
        limit in 1u32..100,
        hours in 0u32..48,
    ) {
        let (offers, margin) = (stay_market("alpha-1", 150), hours * HOUR);
        let view = view(&offers, margin);
        let mut request = PageRequest { filter, sort, limit, cursor: None };
        let want = slowly(&offers, &request, margin);
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
