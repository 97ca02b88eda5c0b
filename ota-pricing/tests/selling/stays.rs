//! Rooms: each pays a whole number of minor units, and all of them exactly the total.

use std::sync::Arc;

use jiff::civil::date;
use ota_core::model::id::PropertyCode;
use ota_core::model::offer::HotelOffer;
use ota_core::model::stay::{
    Board, BoardKind, CancellationTerms, Due, Occupancy, Property, Rate, RateType, Room, StayDates,
};

use super::*;

/// A rate of (rooms, net, price that the property sets), amounts in minor units.
type Row = (u8, i64, Option<i64>);

fn stay(code: &str, rows: &[Row]) -> HotelOffer {
    let money = |minor| Money::new(minor, currency(code));
    let rate = |(rooms, net, set): &Row| Rate {
        key: SupplierToken::default(),
        room: Room { code: "DBL".to_owned(), name: "Double".to_owned() },
        board: Board { kind: BoardKind::RoomOnly, code: "RO".to_owned(), name: "Room only".to_owned() },
        rooms: *rooms,
        occupancy: Occupancy { adults: 2, child_ages: Vec::new() },
        net: money(*net),
        also_stated: Vec::new(),
        due: Due { now: money(*net), at_property: Vec::new() },
        settlement: Settlement::Agency,
        rate_type: Some(RateType::Bookable),
        cancellation: CancellationTerms::default(),
        promotions: Vec::new(),
        package_only: false,
        opaque: false,
        mandatory_price: set.map(money),
        left: None,
        notes: Vec::new(),
    };
    let property = Property {
        code: PropertyCode::new("1").unwrap(),
        name: "House".to_owned(),
        category: None,
        destination: None,
        position: None,
        zone: None,
    };
    HotelOffer {
        supplier: SupplierId::new("sim").unwrap(),
        account: AccountId::new("a").unwrap(),
        property: Arc::new(property),
        dates: StayDates { check_in: date(2027, 6, 15), check_out: date(2027, 6, 17) },
        rates: rows.iter().map(rate).collect(),
        total: money(rows.iter().map(|(_, net, _)| net).sum()),
    }
}

fn price(offer: &HotelOffer, set: RuleSet) -> Result<SellPrice, PricingError> {
    let context = context(offer.total.currency.code(), set.version());
    PriceEngine::new(set, Vec::new()).unwrap().price(&offer.clone().into(), &context)
}

#[track_caller]
fn check(rows: &[Row], set: RuleSet, want: &[i64]) {
    let sell = price(&stay("EUR", rows), set).unwrap();
    let rooms: Vec<i64> = sell.rooms.iter().map(|room| room.minor).collect();
    assert_eq!((rooms.as_slice(), sell.total.minor), (want, want.iter().sum()));
    assert!(sell.passengers.is_empty());
}

fn cents(basis_points: u32, fixed: &str, rounding: Rounding) -> RuleSet {
    rules("1", "EUR", basis_points, [fixed, "0.01"], rounding)
}

/// B15: 300.30 raised by 8.33 % is 325.31 or, always up, 325.32; never three times a rounded room.
#[test]
fn three_equal_rooms_share_a_total_that_is_rounded_once() {
    check(&[(3, 30_030, None)], cents(834, "0", Rounding::Down), &[10_845, 10_845, 10_844]);
    check(&[(3, 30_030, None)], cents(833, "0", Rounding::HalfUp), &[10_844, 10_844, 10_843]);
    check(&[(3, 30_030, None)], cents(833, "0", Rounding::Up), &[10_844, 10_844, 10_844]);
}

#[test]
fn a_fixed_amount_is_for_each_room_and_rooms_keep_the_order_of_their_rates() {
    check(
        &[(2, 20_000, None), (1, 5_000, None)],
        cents(1_000, "3", Rounding::HalfUp),
        &[11_300, 11_300, 5_800],
    );
}

#[test]
fn a_price_that_the_property_sets_is_the_price() {
    let up_to_euros = || rules("1", "EUR", 1_000, ["3", "1"], Rounding::Up);
    check(&[(1, 10_000, Some(12_345))], up_to_euros(), &[12_345]);
    check(&[(2, 10_000, Some(10_001))], up_to_euros(), &[5_001, 5_000]);
    check(&[(1, 10_000, Some(10_000))], up_to_euros(), &[10_000]);
    // Only what we set ourselves is rounded.
    check(&[(1, 10_000, Some(12_345)), (1, 10_010, None)], up_to_euros(), &[12_345, 11_400]);
    let below = stay("EUR", &[(1, 10_000, Some(9_999))]);
    assert_eq!(price(&below, up_to_euros()), Err(PricingError::SetBelowNet));
}

#[test]
fn rooms_are_sold_above_their_net_too() {
    check(&[(2, 10_000, None)], cents(0, "0", Rounding::HalfUp), &[5_001, 5_000]);
}

#[test]
fn rooms_that_cannot_be_sold_say_why() {
    let set = || cents(500, "0", Rounding::HalfUp);
    let sold = stay("EUR", &[(1, 100, None), (2, 300, None)]);
    let mut foreign = sold.clone();
    foreign.rates[0].mandatory_price = Some(Money::new(200, currency("JPY")));
    assert_eq!(price(&foreign, set()), Err(PricingError::OtherCurrency));
    let mut no_room = sold.clone();
    no_room.rates[0].rooms = 0;
    for broken in [
        HotelOffer { total: Money::new(401, currency("EUR")), ..sold.clone() },
        HotelOffer { rates: Vec::new(), total: Money::new(0, currency("EUR")), ..sold },
        stay("EUR", &[(1, -100, None), (1, 200, None)]),
        no_room,
    ] {
        assert_eq!(price(&broken, set()), Err(PricingError::Inconsistent));
    }
    let huge = stay("EUR", &[(1, i64::MAX, None)]);
    assert!(matches!(price(&huge, set()), Err(PricingError::Money(_))));
}

proptest! {
    /// B15: currencies of every exponent, one to nine rooms, every rounding.
    #[test]
    fn rooms_add_up_and_the_total_is_rounded_once(
        code in prop::sample::select(vec!["JPY", "EUR", "KWD"]),
        rows in prop::collection::vec((1u8..=3, 1i64..50_000_000), 1..=3),
        basis_points in 0u32..3_000,
        fixed in 0i64..5_000,
        unit in prop::sample::select(vec![1i64, 5, 10, 50, 100, 1_000]),
        rounding in prop::sample::select(vec![Rounding::Down, Rounding::Up, Rounding::HalfUp, Rounding::HalfEven]),
    ) {
        let decimal = |minor| Money::new(minor, currency(code)).decimal();
        let set = rules("1", code, basis_points, [&decimal(fixed), &decimal(unit)], rounding);
        let rows: Vec<Row> = rows.into_iter().map(|(rooms, net)| (rooms, net, None)).collect();
        let offer = stay(code, &rows);
        let sell = price(&offer, set).unwrap();
        let total = i128::from(sell.total.minor);
        prop_assert_eq!(sell.rooms.iter().map(|room| i128::from(room.minor)).sum::<i128>(), total);

        // Exact shares in basis points, the same for every room of a rate.
        let share = |(rooms, net, _): &Row| {
            i128::from(*net) * i128::from(10_000 + basis_points) + i128::from(*rooms) * i128::from(fixed) * 10_000
        };
        let exact: i128 = rows.iter().map(share).sum();
        let of_rooms = rows.iter().flat_map(|row| std::iter::repeat_n((share(row), i128::from(row.0)), usize::from(row.0)));
        prop_assert_eq!(sell.rooms.len(), of_rooms.clone().count());
        for (room, (share, rooms)) in sell.rooms.iter().zip(of_rooms) {
            // Less than one minor unit from the exact part of the total.
            let off = i128::from(room.minor) * exact * rooms - total * share;
            prop_assert!(off.abs() < exact * rooms);
        }
        prop_assert_eq!(total % i128::from(unit), 0);
        prop_assert!(total > i128::from(offer.total.minor));
        // Less than one unit from the exact total, or the first unit above net.
        let off = (total * 10_000 - exact).abs();
        prop_assert!(off < i128::from(unit) * 10_000 || total - i128::from(unit) <= i128::from(offer.total.minor));
    }
}
