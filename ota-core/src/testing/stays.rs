//! Valid stays to start a test from: two nights in Tokyo for two adults, in US dollars.

use std::sync::Arc;

use jiff::civil::date;

use super::samples::{account, profile, usd};
use crate::model::fare::Settlement;
use crate::model::id::PropertyCode;
use crate::model::money::Money;
use crate::model::offer::{HotelOffer, SupplierToken};
use crate::model::place::CityCode;
use crate::model::places::Position;
use crate::model::rooms;
use crate::model::search::{HotelSearch, StayPlace};
use crate::model::stay::{
    Board, BoardKind, CancellationStep, CancellationTerms, Due, Occupancy, Property, PropertyRates, Rate,
    RateType, Room, StayDates,
};
use crate::model::time::LocalTime;
use crate::supplier::profile::SupplierProfile;

const VALID: &str = "samples are valid";

/// Everything declared but tickets, which rooms do not have.
#[must_use]
pub fn stay_profile(supplier: &str) -> SupplierProfile {
    let mut profile = profile(supplier);
    (profile.capabilities.issue_tickets, profile.capabilities.void_tickets) = (false, false);
    profile
}

/// Two adults.
#[must_use]
pub fn two_adults() -> Occupancy {
    Occupancy { adults: 2, child_ages: Vec::new() }
}

/// One room for two in Tokyo from 10 to 12 July 2027.
#[must_use]
pub fn stay_search() -> HotelSearch {
    HotelSearch {
        place: StayPlace::City(CityCode::new("TYO").expect(VALID)),
        dates: StayDates { check_in: date(2027, 7, 10), check_out: date(2027, 7, 12) },
        rooms: vec![two_adults()],
    }
}

/// A property in the middle of Tokyo.
///
/// # Panics
/// On a code that is none.
#[must_use]
pub fn property(code: &str) -> Property {
    Property {
        code: PropertyCode::new(code).expect(VALID),
        name: format!("Hotel {code}"),
        category: Some("4 STARS".to_owned()),
        destination: Some("Tokyo".to_owned()),
        position: Some(Position { latitude: 35_681_236, longitude: 139_767_125 }),
        zone: Some("Asia/Tokyo".to_owned()),
    }
}

/// A double room with breakfast for two, for so many cents net; free to cancel until the evening of 7 July in Tokyo,
/// then all of it is lost.
#[must_use]
pub fn rate(key: &str, cents: i64) -> Rate {
    let net = Money::new(cents, usd());
    let from = LocalTime::with_offset(date(2027, 7, 7).at(23, 59, 0, 0), 9 * 60);
    let step = CancellationStep { from, fee: net, at_property: None };
    Rate {
        key: SupplierToken::new(key.to_owned()).expect(VALID),
        room: Room { code: "DBL.ST".to_owned(), name: "Double standard".to_owned() },
        board: Board { kind: BoardKind::Breakfast, code: "BB".to_owned(), name: "Breakfast".to_owned() },
        rooms: 1,
        occupancy: two_adults(),
        net,
        also_stated: Vec::new(),
        due: Due { now: net, at_property: Vec::new() },
        settlement: Settlement::Agency,
        rate_type: Some(RateType::Bookable),
        cancellation: CancellationTerms::new(vec![step]).expect(VALID),
        promotions: Vec::new(),
        package_only: false,
        opaque: false,
        mandatory_price: None,
        left: Some(3),
        notes: Vec::new(),
    }
}

/// What a property has for [`stay_search`].
#[must_use]
pub fn property_rates(code: &str, rates: Vec<Rate>) -> PropertyRates {
    PropertyRates { property: Arc::new(property(code)), dates: stay_search().dates, rates }
}

/// An offer of an account for [`stay_search`]: [`rate`] in one property.
///
/// # Panics
/// On a price that is none.
#[must_use]
pub fn stay_offer(account_id: &str, code: &str, cents: i64) -> HotelOffer {
    let (account, rates) = (account(account_id), property_rates(code, vec![rate("key-1", cents)]));
    let offers = rooms::offers(&account.supplier, &account.id, &rates, &stay_search().rooms);
    offers.into_iter().next().expect("one rate makes one offer")
}
