//! Valid stays to start a test from: two nights in Tokyo for two adults, or for a family in three rooms, in US dollars.

use std::sync::Arc;

use jiff::civil::{Date, date};

use super::samples::{self, account, profile, usd};
use crate::model::fare::Settlement;
use crate::model::id::{ClientReference, PropertyCode};
use crate::model::money::Money;
use crate::model::offer::{HotelOffer, SupplierToken};
use crate::model::order::{LocatorKind, OrderStatus, OrderTraveler, RecordLocator, SupplierOrder};
use crate::model::passenger::{PassengerKind, TravelerRef};
use crate::model::place::CityCode;
use crate::model::places::Position;
use crate::model::rooms::{self, Lodging};
use crate::model::search::{HotelSearch, StayPlace};
use crate::model::stay::{
    Board, BoardKind, BookedRoom, BookedStay, CancellationStep, CancellationTerms, Due, Guest, Occupancy,
    Payee, Property, PropertyRates, Rate, RateType, Room, StayDates,
};
use crate::model::time::LocalTime;
use crate::model::traveler::{Party, PersonName, Traveler};
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

/// A property north of the middle of Tokyo by so many thousandths of a degree, 111 m each, or at an unknown place.
///
/// # Panics
/// On a code that is none.
#[must_use]
pub fn property_at(code: &str, category: Option<&str>, steps: Option<i32>) -> Property {
    let centre = stay_search().place.centre().expect(VALID);
    let north = |steps| Position { latitude: centre.latitude + steps * 1_000, ..centre };
    Property { category: category.map(str::to_owned), position: steps.map(north), ..property(code) }
}

/// A fee of so many cents from midnight in Tokyo at the beginning of a day; nothing before.
///
/// # Panics
/// Never: the step has its offset.
#[must_use]
pub fn charged_from(day: Date, cents: i64) -> CancellationTerms {
    let from = LocalTime::with_offset(day.at(0, 0, 0, 0), 9 * 60);
    let fee = Money::new(cents, usd());
    CancellationTerms::new(vec![CancellationStep { from, fee, at_property: None }]).expect(VALID)
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

/// Many different offers of an account for [`stay_search`], the same for the same number: about eight in each of the
/// properties `1000`, `1001`, ..., of every class, near and far, with every board, free to cancel or not.
///
/// # Panics
/// On an account id that is none.
#[must_use]
pub fn stay_market(account_id: &str, offers: usize) -> Vec<HotelOffer> {
    const CATEGORIES: [&str; 5] = ["2 STARS", "3 STARS AND A HALF", "4 STARS", "5 STARS", "3 KEYS"];
    const BOARDS: [BoardKind; 4] =
        [BoardKind::RoomOnly, BoardKind::Breakfast, BoardKind::HalfBoard, BoardKind::Other];
    let houses: Vec<Arc<Property>> = (0..1 + offers / 8)
        .map(|number| {
            let steps = i32::try_from(number * 7 % 41).expect("small");
            let category = CATEGORIES[number * 3 % CATEGORIES.len()];
            let steps = (number % 11 > 0).then_some(steps);
            Arc::new(property_at(&(1_000 + number).to_string(), Some(category), steps))
        })
        .collect();
    let offer = |number: usize| {
        let cents = 8_000 + i64::try_from(number * 7_919 % 60_000).expect("small");
        let mut offer = stay_offer(account_id, "1", cents);
        offer.property = Arc::clone(&houses[number * 31 % houses.len()]);
        let rate = &mut offer.rates[0];
        rate.board.kind = BOARDS[number * 5 % 7 % BOARDS.len()];
        match number % 4 {
            0 => rate.cancellation = CancellationTerms::default(),
            1 => rate.cancellation = charged_from(date(2027, 1, 1), cents),
            2 => rate.cancellation = charged_from(date(2027, 1, 17), cents),
            _ => {}
        }
        offer
    };
    (0..offers).map(offer).collect()
}

/// Two doubles, and a room for an adult and a child of seven.
#[must_use]
pub fn family_search() -> HotelSearch {
    let mother_and_child = Occupancy { adults: 1, child_ages: vec![7] };
    HotelSearch { rooms: vec![two_adults(), mother_and_child, two_adults()], ..stay_search() }
}

/// An offer for [`family_search`]: both doubles together at 200.00, the third room at 80.00.
///
/// # Panics
/// Never.
#[must_use]
pub fn family_offer() -> HotelOffer {
    let search = family_search();
    let doubles = Rate { rooms: 2, ..rate("key-1", 20_000) };
    let third = Rate { occupancy: search.rooms[1].clone(), ..rate("key-2", 8_000) };
    let (account, rates) = (account("alpha-1"), property_rates("1001", vec![doubles, third]));
    let offers = rooms::offers(&account.supplier, &account.id, &rates, &search.rooms);
    offers.into_iter().next().expect("one rate for each kind makes one offer")
}

/// Whom [`family_offer`] was priced for: the doubles are rooms 1 and 3, the child was born on 1 March 2020.
#[must_use]
pub fn family() -> Party {
    let mut party = samples::party();
    let one = party.travelers.remove(0);
    let given = ["SITI", "BUDI", "DEWI", "RANI", "AGUS", "TUTI"];
    let guest = |(at, (given, room)): (usize, (&str, u8))| {
        let child = at == 3;
        Traveler {
            kind: if child { PassengerKind::Child } else { PassengerKind::Adult },
            name: PersonName { given: Some(given.to_owned().into()), ..one.name.clone() },
            born: child.then(|| date(2020, 3, 1).into()),
            room: Some(room),
            ..one.clone()
        }
    };
    party.travelers = given.into_iter().zip([1, 1, 2, 2, 3, 3]).enumerate().map(guest).collect();
    party
}

/// A confirmed order of exactly what was sent.
///
/// # Panics
/// The party does not fit the offer.
#[must_use]
pub fn order(offer: &HotelOffer, party: &Party, reference: &str) -> SupplierOrder {
    let lodged = rooms::lodge(offer, party).expect("the party fits");
    let booked = offer.rates.iter().map(|rate| booked_room(rate, offer, &lodged, party)).collect::<Vec<_>>();
    SupplierOrder {
        locators: vec![RecordLocator { kind: LocatorKind::Order, owner: None, code: "1-3087550".to_owned() }],
        status: OrderStatus::Confirmed,
        travelers: booked.iter().flat_map(|room| &room.guests).map(|guest| guest.traveler.clone()).collect(),
        segments: Vec::new(),
        fares: Vec::new(),
        total: Some(offer.total),
        references: vec![ClientReference::new(reference).expect(VALID)],
        tickets: Vec::new(),
        ticketing_limit: None,
        problems: Vec::new(),
        stay: Some(Box::new(BookedStay {
            client_reference: Some(reference.to_owned()),
            property: Arc::clone(&offer.property),
            dates: offer.dates,
            rooms: booked,
            cancellation_fee: None,
            payee: Some(Payee {
                name: "BEDS PRODUCT, S.L.".to_owned(),
                tax_number: Some("ESB00000000".to_owned()),
            }),
        })),
    }
}

fn booked_room(rate: &Rate, offer: &HotelOffer, lodged: &[Lodging<'_>], party: &Party) -> BookedRoom {
    let mine = lodged.iter().filter(|room| room.rate == rate).zip(1..);
    let guest = |(room, who): (u8, &TravelerRef)| {
        let traveler = &party.travelers[usize::from(who.0)];
        let age = rooms::child_age(traveler, offer.dates.check_in).flatten();
        let kind = if age.is_some() { PassengerKind::Child } else { PassengerKind::Adult };
        let name = &traveler.name;
        let traveler = OrderTraveler {
            passenger_type: Some(kind.into()),
            given: name.given.clone(),
            surname: name.surname.clone(),
        };
        Guest { room, traveler, age }
    };
    BookedRoom {
        status: "CONFIRMED".to_owned(),
        guests: mine
            .flat_map(|(room, number)| room.guests.iter().map(move |who| (number, who)))
            .map(guest)
            .collect(),
        rates: vec![Rate { key: SupplierToken::default(), rate_type: None, ..rate.clone() }],
    }
}
