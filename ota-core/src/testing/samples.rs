//! Valid values to start a test from: Jakarta to Tokyo and back for one adult, in US dollars.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{DateTime, date};

use super::clock::START;
use crate::booking::model::{Booking, BookingStatus, Item, ItemRules, ItemState, Pace, Payment, Quote};
use crate::model::conditions::{BaggageAllowance, Conditions, Penalty, Permission};
use crate::model::context::{PointOfSale, RequestContext};
use crate::model::fare::{Brand, FareComponent, PassengerFare, SegmentFare, Settlement, Tax};
use crate::model::id::{AccountId, BookingId, ClientReference, GenerationId, QuoteId, SupplierId, TenantId};
use crate::model::itinerary::{
    BookingClass, Cabin, FlightNumber, Itinerary, Operating, Segment, SegmentKind, SegmentRef, Slice,
};
use crate::model::money::{Currency, Money};
use crate::model::offer::{FlightOffer, PricedSolution, SupplierToken};
use crate::model::passenger::{PassengerCounts, PassengerKind};
use crate::model::place::{AirportCode, CarrierCode, CityCode, CountryCode, Place};
use crate::model::search::{FlightSearch, SliceQuery};
use crate::model::time::{LocalTime, Timestamp};
use crate::model::traveler::{Contact, Party, PersonName, Traveler};
use crate::pricing::{AuditVerdict, PricingBasis, SellPrice};
use crate::redact::Redacted;
use crate::supplier::account::SupplierAccount;
use crate::supplier::profile::{Capabilities, FindBy, Semantics, SupplierProfile, Timeouts, VoidWindow};

/// A valid id, code or currency of this module.
const VALID: &str = "samples are valid";

/// US dollars.
#[must_use]
pub fn usd() -> Currency {
    Currency::from_code("USD").expect(VALID)
}

/// An airport.
///
/// # Panics
/// On anything but three capitals.
#[must_use]
pub fn airport(code: &str) -> AirportCode {
    AirportCode::new(code).expect(VALID)
}

/// Everything declared, sensible time-outs.
///
/// # Panics
/// On a name that is not a supplier id.
#[must_use]
pub fn profile(supplier: &str) -> SupplierProfile {
    SupplierProfile {
        supplier: SupplierId::new(supplier).expect(VALID),
        capabilities: Capabilities {
            search: true,
            search_slices_max: 6,
            search_seated_max: 9,
            verify: true,
            create_order: true,
            issue_tickets: true,
            retrieve: true,
            cancel: true,
            void_tickets: true,
        },
        semantics: Semantics {
            find_by: FindBy::SearchThenMatch,
            deduplicates: false,
            quiet_window: Duration::from_secs(60),
            void_window: VoidWindow::For(Duration::from_secs(24 * 3600)),
            timeouts: Timeouts {
                shop: Duration::from_secs(30),
                book: Duration::from_secs(90),
                service: Duration::from_secs(30),
            },
            price_valid_for: Duration::from_secs(15 * 60),
        },
    }
}

/// An account of the supplier whose name it begins with: `alpha-1` of `alpha`.
///
/// # Panics
/// On a name that is not an account id.
#[must_use]
pub fn account(id: &str) -> SupplierAccount {
    let supplier = id.split('-').next().unwrap_or(id);
    SupplierAccount {
        id: AccountId::new(id).expect(VALID),
        supplier: SupplierId::new(supplier).expect(VALID),
        contract: "P0001".to_owned(),
        office_zone: "Asia/Jakarta".to_owned(),
        currency: usd(),
        settlement: Settlement::Agency,
    }
}

/// A request of tenant `demo` with half a minute to live.
#[must_use]
pub fn context(now: Timestamp) -> RequestContext {
    RequestContext {
        tenant: TenantId::new("demo").expect(VALID),
        user: None,
        locale: "en".to_owned(),
        point_of_sale: PointOfSale {
            country: CountryCode::new("ID").expect(VALID),
            currency: usd(),
            zone: "Asia/Jakarta".to_owned(),
        },
        trace: "trace-1".to_owned(),
        deadline: now.plus(Duration::from_secs(30)),
    }
}

/// CGK to Tokyo on 10 July 2027, back on the 20th, one adult.
#[must_use]
pub fn search() -> FlightSearch {
    let (jakarta, tokyo) = (Place::Airport(airport("CGK")), Place::City(CityCode::new("TYO").expect(VALID)));
    FlightSearch {
        slices: vec![
            SliceQuery { origin: jakarta, destination: tokyo, date: date(2027, 7, 10) },
            SliceQuery { origin: tokyo, destination: jakarta, date: date(2027, 7, 20) },
        ],
        passengers: PassengerCounts { adults: 1, ..PassengerCounts::default() },
        cabin: None,
    }
}

/// A flight of a carrier between two clocks.
///
/// # Panics
/// On a carrier or an airport that is none.
#[must_use]
pub fn flight(carrier: &str, number: u16, from: (&str, DateTime), to: (&str, DateTime)) -> Segment {
    let carrier = CarrierCode::new(carrier).expect(VALID);
    Segment {
        kind: SegmentKind::Flight,
        flight: Some(FlightNumber { carrier, number, suffix: None }),
        operating: Operating { carrier: Some(carrier), ..Operating::default() },
        origin: airport(from.0),
        destination: airport(to.0),
        departs: Some(LocalTime::new(from.1)),
        arrives: Some(LocalTime::new(to.1)),
        minutes: None,
        legs: Vec::new(),
        change_of_plane: false,
    }
}

/// An offer of an account for one adult: a non-stop there and back by a carrier, for so many cents net, one tenth
/// of it taxes.
#[must_use]
pub fn offer(account_id: &str, carrier: &str, cents: i64) -> FlightOffer {
    let out = flight(
        carrier,
        874,
        ("CGK", date(2027, 7, 10).at(23, 30, 0, 0)),
        ("HND", date(2027, 7, 11).at(8, 50, 0, 0)),
    );
    let back = flight(
        carrier,
        875,
        ("HND", date(2027, 7, 20).at(11, 45, 0, 0)),
        ("CGK", date(2027, 7, 20).at(17, 15, 0, 0)),
    );
    offer_of(account_id, vec![vec![out], vec![back]], cents)
}

/// An offer of an account for one adult over slices of segments.
///
/// # Panics
/// On more segments than a booking can have.
#[must_use]
pub fn offer_of(account_id: &str, slices: Vec<Vec<Segment>>, cents: i64) -> FlightOffer {
    let account = account(account_id);
    let itinerary =
        Itinerary { slices: slices.into_iter().map(|segments| Arc::new(Slice { segments })).collect() };
    let fare = adult_fare(&itinerary, cents);
    let carrier = itinerary.segments().find_map(|segment| segment.flight).map(|flight| flight.carrier);
    FlightOffer {
        supplier: account.supplier,
        account: account.id,
        itinerary,
        total: fare.total,
        fares: vec![fare],
        validating_carrier: carrier,
        ticketing_limit: None,
        seats_left: Some(9),
        settlement: Settlement::Agency,
        token: SupplierToken::default(),
    }
}

fn adult_fare(itinerary: &Itinerary, cents: i64) -> PassengerFare {
    let taxes = cents / 10;
    let segment_fare = |(index, _): (usize, &Segment)| SegmentFare {
        segment: SegmentRef(u8::try_from(index).expect("few segments")),
        component: 0,
        booking_class: BookingClass::new('K').expect(VALID),
        cabin: Some(Cabin::Economy),
        baggage: BaggageAllowance::Pieces { count: 1, each: None },
    };
    let flights = itinerary.segments().enumerate().filter(|(_, s)| s.kind == SegmentKind::Flight);
    PassengerFare {
        passenger_type: PassengerKind::Adult.into(),
        count: 1,
        filed: Money::new(cents - taxes, usd()),
        equivalent: None,
        taxes: Arc::new([Tax { code: "YQ".to_owned(), amount: Money::new(taxes, usd()) }]),
        total: Money::new(cents, usd()),
        components: Arc::new([FareComponent {
            fare_basis: "KLXPID".to_owned(),
            origin: airport("CGK"),
            destination: airport("TYO"),
            carrier: None,
            amount: None,
            brand: Some(Brand { code: "ECOVALUE".to_owned(), name: Some("Economy Value".to_owned()) }),
            private: None,
        }]),
        segments: flights.map(segment_fare).collect(),
        conditions: Conditions {
            change_before: Permission::Allowed(Some(Penalty::Amount(Money::new(5_000, usd())))),
            refund_before: Permission::NotAllowed,
            ..Conditions::default()
        },
        fare_calculation: None,
    }
}

/// An offer as priced live.
#[must_use]
pub fn solution(offer: FlightOffer) -> PricedSolution {
    PricedSolution { offer, solution: SupplierToken::default() }
}

/// A stored price of [`offer`] for tenant `demo`, good for a quarter of an hour from [`START`].
#[must_use]
pub fn quote(id: QuoteId) -> Quote {
    let context = context(START);
    let solution = solution(offer("alpha-1", "GA", 50_000));
    let sell = SellPrice { passengers: Vec::new(), total: solution.offer.total };
    Quote {
        id,
        tenant: context.tenant,
        point_of_sale: context.point_of_sale,
        generation: GenerationId::from_bits(1),
        basis: PricingBasis(1),
        search: search(),
        solution,
        sell,
        audit: AuditVerdict::NotAudited,
        priced_at: START,
        expires_at: START.plus(Duration::from_secs(15 * 60)),
        taken_by: None,
    }
}

/// A booking of a quote as it is made: INIT, one item, its reference from the booking's id.
#[must_use]
pub fn booking(id: BookingId, quote: &Quote) -> Booking {
    let context = context(START);
    let profile = profile(quote.solution.offer.supplier.as_str());
    let item = Item {
        supplier: quote.solution.offer.supplier.clone(),
        account: quote.solution.offer.account.clone(),
        rules: ItemRules {
            semantics: profile.semantics,
            tickets: profile.capabilities.issue_tickets,
            office_zone: "Asia/Jakarta".to_owned(),
        },
        solution: quote.solution.clone(),
        state: ItemState::Planned,
        reference: ClientReference::new(&format!("{:016X}", id.bits() & u128::from(u64::MAX))).expect(VALID),
        attempts: 0,
        named: false,
        locators: Vec::new(),
        surplus: Vec::new(),
        issuing_since: None,
        tickets: Vec::new(),
        pace: Pace::NEW,
        trouble: None,
    };
    Booking {
        id,
        tenant: quote.tenant.clone(),
        user: None,
        point_of_sale: quote.point_of_sale.clone(),
        locale: context.locale,
        created_at: START,
        pay_before: quote.expires_at,
        status: BookingStatus::Init,
        price: quote.sell.clone(),
        travelers: vec![PassengerKind::Adult],
        items: vec![item],
        payment: Payment::none(quote.sell.total.currency, Duration::from_secs(60)),
        open: None,
        cancel: None,
        lapsed: false,
        failure: None,
        review: None,
        messages: Vec::new(),
        message_pace: Pace::NEW,
        journal_entries: 0,
    }
}

/// One adult.
#[must_use]
pub fn party() -> Party {
    let traveler = Traveler {
        kind: PassengerKind::Adult,
        name: PersonName {
            given: Some(Redacted::new("SITI".to_owned())),
            surname: Redacted::new("RAHAYU".to_owned()),
            title: Some("MS".to_owned()),
        },
        born: None,
        gender: None,
        document: None,
        with_adult: None,
    };
    Party {
        travelers: vec![traveler],
        contact: Contact { email: Redacted::new("siti@example.com".to_owned()), phone: None },
    }
}
