//! Valid values to start a test from: Jakarta to Tokyo and back for one adult, in US dollars.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{DateTime, date};

use super::clock::START;
use super::script::{ScriptedSupplier, Step};
use crate::booking::model::{Booking, BookingStatus, Item, ItemRules, ItemState, Pace, Payment, Quote};
use crate::model::conditions::{BaggageAllowance, Conditions, Penalty, Permission};
use crate::model::context::{PointOfSale, RequestContext};
use crate::model::fare::{Brand, FareComponent, PassengerFare, SegmentFare, Settlement, Tax};
use crate::model::id::{AccountId, BookingId, ClientReference, GenerationId, QuoteId, SupplierId, TenantId};
use crate::model::itinerary::{
    BookingClass, Cabin, FlightNumber, Itinerary, Leg, Operating, Segment, SegmentKind, SegmentRef, Slice,
};
use crate::model::money::{Currency, Money, Rounding};
use crate::model::offer::{FlightOffer, Offer, PricedSolution, SupplierToken};
use crate::model::passenger::{PassengerCounts, PassengerKind};
use crate::model::place::{AirportCode, CarrierCode, CityCode, CountryCode, Place};
use crate::model::search::{FlightSearch, SliceQuery};
use crate::model::time::{LocalTime, Timestamp};
use crate::model::traveler::{Contact, Party, PersonName, Traveler};
use crate::pricing::{
    AuditVerdict, PassengerPrice, PriceLine, PriceLineKind, Pricer, PricingBasis, PricingContext,
    PricingError, SellPrice,
};
use crate::redact::Redacted;
use crate::runtime::Runtime;
use crate::supplier::account::{SupplierAccount, Suppliers};
use crate::supplier::handle::{AccountLimits, SupplierHandle};
use crate::supplier::profile::{Capabilities, FindBy, Semantics, SupplierProfile, Timeouts, VoidWindow};
use crate::supplier::{Batch, Connector};

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
            search_rooms_max: 9,
            search_properties_max: 2_000,
            verify: true,
            create_order: true,
            issue_tickets: true,
            retrieve: true,
            cancel: true,
            void_tickets: true,
            quote_cancel: true,
            content: true,
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

/// Tenant `demo` on account `alpha-1`, whose scripted supplier has one [`offer`] for every search.
#[must_use]
pub fn suppliers(runtime: &Runtime) -> Suppliers {
    let connector = ScriptedSupplier::new(profile("alpha"));
    connector.script(|script| {
        let items = vec![offer("alpha-1", "GA", 50_000)];
        script.search.then(Step::answer(Batch { items, ..Batch::default() }));
    });
    let (account, limits) = (account("alpha-1"), AccountLimits::default());
    let handle =
        SupplierHandle::new(Connector::Flights(Arc::new(connector)), account, limits, runtime.clone());
    let tenant = TenantId::new("demo").expect(VALID);
    [(tenant, [handle].into_iter().collect())].into_iter().collect()
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
        stops_stated: None,
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
pub fn solution(offer: impl Into<Offer>) -> PricedSolution {
    PricedSolution { offer: offer.into(), solution: SupplierToken::default() }
}

/// The flights of an offer that is known to be of flights.
///
/// # Panics
/// It is of something else.
pub fn flights_of(offer: &mut Offer) -> &mut FlightOffer {
    match offer {
        Offer::Flight(offer) => offer,
        Offer::Stay(_) => panic!("not an offer of flights"),
    }
}

/// A stored price of [`offer`] for tenant `demo`, good for a quarter of an hour from [`START`].
#[must_use]
pub fn quote(id: QuoteId) -> Quote {
    let context = context(START);
    let solution = solution(offer("alpha-1", "GA", 50_000));
    let sell = SellPrice { passengers: Vec::new(), rooms: Vec::new(), total: solution.offer.total() };
    Quote {
        id,
        tenant: context.tenant,
        point_of_sale: context.point_of_sale,
        generation: GenerationId::from_bits(1),
        basis: PricingBasis(1),
        search: search().into(),
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
    let profile = profile(quote.solution.offer.supplier().as_str());
    let item = Item {
        supplier: quote.solution.offer.supplier().clone(),
        account: quote.solution.offer.account().clone(),
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
        discrepancy: None,
        payee: None,
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
        room: None,
    };
    Party {
        travelers: vec![traveler],
        contact: Contact { email: Redacted::new("siti@example.com".to_owned()), phone: None },
    }
}

/// Sells everything at a mark-up, as tenant `demo` does on [`clock::START`](super::clock::START).
#[derive(Debug, Clone)]
pub struct MarkUp {
    percent: i64,
    rules: String,
}

impl MarkUp {
    /// So many percent on top of everything.
    #[must_use]
    pub fn percent(percent: i64) -> Self {
        Self { percent, rules: format!("mark-up-{percent}") }
    }
}

impl Pricer for MarkUp {
    fn rules_version(&self) -> &str {
        &self.rules
    }

    fn price(&self, offer: &Offer, context: &PricingContext) -> Result<SellPrice, PricingError> {
        if offer.total().currency != context.point_of_sale.currency {
            return Err(PricingError::OtherCurrency);
        }
        if context.rules != self.rules {
            return Err(PricingError::NoRule);
        }
        let mut passengers = Vec::new();
        for fare in offer.flight().map_or(&[][..], |offer| &offer.fares) {
            let taxes = fare.tax_total()?;
            let total = fare.total.scale(100 + self.percent, 100, Rounding::HalfUp)?;
            let lines = vec![
                PriceLine { kind: PriceLineKind::Fare, amount: total.minus(taxes)? },
                PriceLine { kind: PriceLineKind::Taxes, amount: taxes },
            ];
            let one = PassengerPrice { passenger_type: fare.passenger_type, lines, total };
            passengers.extend(std::iter::repeat_n(one, usize::from(fare.count)));
        }
        let rates = offer.stay().map_or(&[][..], |offer| &offer.rates);
        let mut rooms = Vec::new();
        for rate in rates {
            let sold = rate.net.scale(100 + self.percent, 100, Rounding::HalfUp)?;
            rooms.extend(sold.allocate(&vec![1; usize::from(rate.rooms)]));
        }
        let parts = passengers.iter().map(|one| one.total).chain(rooms.iter().copied());
        let total = Money::sum(offer.total().currency, parts)?;
        Ok(SellPrice { passengers, rooms, total })
    }
}

/// The pricing context of [`context`] under [`MarkUp::percent`] of 10.
#[must_use]
pub fn pricing_context() -> PricingContext {
    let cx = context(super::clock::START);
    PricingContext {
        tenant: cx.tenant,
        point_of_sale: cx.point_of_sale,
        rules: MarkUp::percent(10).rules,
        exchange_rates: String::new(),
        sale_date: date(2027, 1, 15),
    }
}

/// Many different offers of an account for [`search`], the same for the same number: 25 carriers, non-stops, hidden
/// stops and connections, four fares for each pair of slices, which they share.
#[must_use]
pub fn market(account_id: &str, offers: usize) -> Vec<FlightOffer> {
    const CARRIERS: [&str; 25] = [
        "GA", "JL", "NH", "SQ", "CX", "MH", "TG", "VN", "KE", "OZ", "CI", "BR", "PR", "QF", "NZ", "EK", "QR",
        "EY", "TK", "CA", "MU", "CZ", "HX", "UO", "3K",
    ];
    const FARES: [(&str, Cabin, bool, bool, i64); 4] = [
        ("LIGHT", Cabin::Economy, false, false, 100),
        ("VALUE", Cabin::Economy, true, false, 115),
        ("FLEX", Cabin::Economy, true, true, 160),
        ("BUSINESS", Cabin::Business, true, true, 380),
    ];
    let mut state = 7_u64;
    let mut random = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut market = Vec::with_capacity(offers);
    while market.len() < offers {
        let carrier = CARRIERS[random(CARRIERS.len() as u64) as usize];
        let out = journey(carrier, ("CGK", "NRT"), date(2027, 7, 10), &mut random);
        let back = journey(carrier, ("HND", "CGK"), date(2027, 7, 20), &mut random);
        let cents = 30_000 + i64::try_from(random(90_000)).expect("small");
        let base = offer_of(account_id, vec![out, back], cents);
        for (brand, cabin, bag, refundable, percent) in FARES {
            if market.len() < offers {
                let mut offer = base.clone();
                offer.fares = vec![adult_fare(&offer.itinerary, cents * percent / 100)];
                offer.total = offer.fares[0].total;
                sell_as(&mut offer.fares[0], brand, cabin, bag, refundable);
                market.push(offer);
            }
        }
    }
    market
}

fn sell_as(fare: &mut PassengerFare, brand: &str, cabin: Cabin, bag: bool, refundable: bool) {
    let mut component = fare.components[0].clone();
    component.brand = Some(Brand { code: brand.to_owned(), name: None });
    fare.components = Arc::new([component]);
    let baggage =
        if bag { BaggageAllowance::Pieces { count: 1, each: None } } else { BaggageAllowance::None };
    let seats = fare.segments.iter().cloned();
    fare.segments = seats.map(|seat| SegmentFare { cabin: Some(cabin), baggage, ..seat }).collect();
    if refundable {
        fare.conditions.refund_before = Permission::Allowed(None);
    }
}

/// One slice on a day: a non-stop, a flight with a hidden stop, or a connection in Singapore.
fn journey(
    carrier: &str,
    (from, to): (&str, &str),
    day: jiff::civil::Date,
    random: &mut impl FnMut(u64) -> u64,
) -> Vec<Segment> {
    let mut number = || u16::try_from(1 + random(999)).expect("small");
    let (first, second) = (number(), number());
    let minutes = |minutes: u64| jiff::Span::new().minutes(i64::try_from(minutes).expect("a few days"));
    let leaves = day.at(0, 0, 0, 0).saturating_add(minutes(random(24 * 60)));
    let shape = random(4);
    let stop = leaves.saturating_add(minutes(180));
    let onward = stop.saturating_add(minutes(60 + random(600)));
    let last = onward.saturating_add(minutes(540));
    if shape >= 2 {
        return vec![
            flight(carrier, first, (from, leaves), ("SIN", stop)),
            flight(carrier, second, ("SIN", onward), (to, last)),
        ];
    }
    let mut segment = flight(carrier, first, (from, leaves), (to, last));
    if shape == 1 {
        let leg = |from: &str, to: &str, departs, arrives| Leg {
            origin: airport(from),
            destination: airport(to),
            departs: LocalTime::new(departs),
            arrives: LocalTime::new(arrives),
            equipment: None,
            terminals: (None, None),
        };
        segment.legs = vec![leg(from, "SIN", leaves, stop), leg("SIN", to, onward, last)];
    }
    vec![segment]
}
