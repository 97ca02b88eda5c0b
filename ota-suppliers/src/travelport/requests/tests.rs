//! Every request type validates against the official schema, over random inputs.

use std::sync::Arc;

use jiff::civil::{Date, date};
use ota_core::model::conditions::{BaggageAllowance, Conditions};
use ota_core::model::context::PointOfSale;
use ota_core::model::fare::{FareComponent, PassengerFare, SegmentFare, Settlement};
use ota_core::model::id::{AccountId, ClientReference, SupplierId};
use ota_core::model::itinerary::{
    BookingClass, Cabin, FlightNumber, Itinerary, Operating, Segment, SegmentKind, SegmentRef, Slice,
};
use ota_core::model::money::{Currency, Money};
use ota_core::model::offer::{FlightOffer, SupplierToken};
use ota_core::model::order::TicketNumber;
use ota_core::model::passenger::{PassengerCounts, PassengerKind, PassengerTypeCode, TravelerRef};
use ota_core::model::place::{AirportCode, CarrierCode, CityCode, CountryCode, Place};
use ota_core::model::search::{FlightSearch, SliceQuery};
use ota_core::model::time::LocalTime;
use ota_core::model::traveler::{Contact, DocumentKind, Gender, Party, PersonName, TravelDocument, Traveler};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use yaserde::YaSerialize;

mod shape;

use super::build::{self, Locators, Office};
use super::solution::{
    AirPricingInfo, AirPricingSolution, BookingInfo, FareInfo, FareRuleKey, HostToken, TaxInfo,
};
use super::travelers;
use crate::soap::write;
use crate::wire_data;

const AIR: &str = "travelport-uapi/schema/v52/air_v52_0/AirReqRsp.xsd";
const UNIVERSAL: &str = "travelport-uapi/schema/v52/universal_v52_0/UniversalRecordReqRsp.xsd";
const SAMPLES: usize = 64;
const TRACE: &str = "trace-1";

/// Draws samples and validates them all at once: a process for each would take minutes.
#[track_caller]
fn check<S: Strategy, B: YaSerialize>(schema: &str, strategy: &S, build: impl Fn(S::Value) -> B) {
    let mut runner = TestRunner::deterministic();
    let documents: Vec<_> = (0..SAMPLES)
        .map(|_| write::document(&build(strategy.new_tree(&mut runner).unwrap().current())).unwrap())
        .collect();
    wire_data::validate(schema, &documents);
}

fn office() -> Office {
    Office {
        target_branch: "P1234567".to_owned(),
        authorized_by: None,
        provider_code: "1G".to_owned(),
        max_solutions: 300,
        solution_result: false,
    }
}

fn sale() -> PointOfSale {
    PointOfSale {
        country: CountryCode::new("ID").unwrap(),
        currency: Currency::from_code("IDR").unwrap(),
        zone: "Asia/Jakarta".to_owned(),
    }
}

fn counts() -> impl Strategy<Value = PassengerCounts> {
    (1u8..=9, 0u8..=8, 0u8..=9).prop_map(|(adults, children, infants)| PassengerCounts {
        adults,
        children: children.min(9 - adults),
        lap_infants: infants.min(adults),
    })
}

fn searches() -> impl Strategy<Value = FlightSearch> {
    let slice =
        ("[A-Z]{3}", "[A-Z]{3}", any::<bool>(), 0i32..300).prop_map(|(from, to, city, day)| SliceQuery {
            origin: Place::Airport(AirportCode::new(&from).unwrap()),
            destination: if city {
                Place::City(CityCode::new(&to).unwrap())
            } else {
                Place::Airport(AirportCode::new(&to).unwrap())
            },
            date: date(2027, 1, 1).saturating_add(jiff::Span::new().days(day)),
        });
    let cabin = prop::option::of(prop::sample::select(vec![
        Cabin::Economy,
        Cabin::PremiumEconomy,
        Cabin::Business,
        Cabin::First,
    ]));
    (prop::collection::vec(slice, 1..=6), counts(), cabin)
        .prop_map(|(slices, passengers, cabin)| FlightSearch { slices, passengers, cabin })
}

fn segment(number: u16, day: Date, suffix: Option<char>, offset: Option<i16>) -> Segment {
    let at = |hour| {
        let civil = day.at(hour, 5, 0, 0);
        offset.map_or(LocalTime::new(civil), |minutes| LocalTime::with_offset(civil, minutes))
    };
    Segment {
        kind: SegmentKind::Flight,
        flight: Some(FlightNumber { carrier: CarrierCode::new("3K").unwrap(), number, suffix }),
        operating: Operating::default(),
        origin: AirportCode::new("CGK").unwrap(),
        destination: AirportCode::new("NRT").unwrap(),
        departs: Some(at(1)),
        arrives: Some(at(9)),
        minutes: None,
        legs: Vec::new(),
        stops_stated: None,
        change_of_plane: false,
    }
}

fn fare(kind: PassengerKind, count: u8, segments: usize, basis: &str) -> PassengerFare {
    let idr = |minor| Money::new(minor, Currency::from_code("IDR").unwrap());
    let flown = (0..segments).map(|index| SegmentFare {
        segment: SegmentRef(u8::try_from(index).unwrap()),
        component: 0,
        booking_class: BookingClass::new('K').unwrap(),
        cabin: None,
        baggage: BaggageAllowance::Unknown,
    });
    PassengerFare {
        passenger_type: PassengerTypeCode::new(travelers::type_code(kind)).unwrap(),
        count,
        filed: idr(100),
        equivalent: None,
        taxes: Arc::from([]),
        total: idr(100),
        components: Arc::from([FareComponent {
            fare_basis: basis.to_owned(),
            origin: AirportCode::new("CGK").unwrap(),
            destination: AirportCode::new("NRT").unwrap(),
            carrier: None,
            amount: None,
            brand: None,
            private: None,
        }]),
        segments: flown.collect(),
        conditions: Conditions::default(),
        fare_calculation: None,
    }
}

/// An offer on the slices of a search, with one to three segments a slice.
fn offers() -> impl Strategy<Value = (FlightSearch, FlightOffer)> {
    let flight =
        (1u16..10_000, prop::option::of(prop::char::range('A', 'Z')), prop::option::of(-720i16..840));
    let shape = prop::collection::vec(prop::collection::vec(flight, 1..=3), 6);
    (searches(), shape, any::<bool>()).prop_map(|(search, shape, same_basis)| {
        let slices = search.slices.iter().zip(shape).map(|(asked, segments)| {
            let segments = segments
                .into_iter()
                .map(|(number, suffix, offset)| segment(number, asked.date, suffix, offset));
            Arc::new(Slice { segments: segments.collect() })
        });
        let itinerary = Itinerary { slices: slices.collect() };
        let segments = itinerary.segments().count();
        let fares = search.passengers.kinds().map(|(kind, count)| {
            fare(kind, count, segments, if same_basis { "KLXPID" } else { kind.code() })
        });
        let offer = FlightOffer {
            supplier: SupplierId::new("travelport").unwrap(),
            account: AccountId::new("a").unwrap(),
            fares: fares.collect(),
            itinerary,
            total: Money::new(100, Currency::from_code("IDR").unwrap()),
            validating_carrier: Some(CarrierCode::new("GA").unwrap()),
            ticketing_limit: None,
            seats_left: None,
            settlement: Settlement::Agency,
            token: SupplierToken::default(),
        };
        (search, offer)
    })
}

/// What a live price of the offer looks like.
fn solution(search: &FlightSearch, offer: &FlightOffer) -> AirPricingSolution {
    let request = build::air_price(&office(), TRACE, &sale(), search, offer).unwrap();
    let infos = search.passengers.kinds().map(|(kind, _)| {
        let key = format!("F-{}", kind.code());
        AirPricingInfo {
            key: kind.code().to_owned(),
            total_price: Some("IDR100.00".to_owned()),
            pricing_method: "Guaranteed".to_owned(),
            fare_infos: vec![FareInfo {
                key: key.clone(),
                fare_basis: "KLXPID".to_owned(),
                passenger_type_code: travelers::type_code(kind).to_owned(),
                origin: "CGK".to_owned(),
                destination: "NRT".to_owned(),
                effective_date: "2027-01-01T00:00:00.000+07:00".to_owned(),
                fare_rule_key: Some(FareRuleKey {
                    fare_info_ref: key.clone(),
                    provider_code: "1G".to_owned(),
                    value: "a&b".to_owned(),
                }),
                ..FareInfo::default()
            }],
            booking_infos: vec![BookingInfo {
                booking_code: "K".to_owned(),
                fare_info_ref: key,
                segment_ref: "S0".to_owned(),
                ..BookingInfo::default()
            }],
            tax_infos: vec![TaxInfo { category: "D5".to_owned(), amount: "IDR1.00".to_owned(), key: None }],
            fare_calc: Some("JKT 3K TYO 100.00NUC100.00END ROE1.0".to_owned()),
            passenger_types: request
                .passengers
                .iter()
                .filter(|p| p.code == travelers::type_code(kind))
                .cloned()
                .collect(),
            ..AirPricingInfo::default()
        }
    });
    AirPricingSolution {
        key: "P".to_owned(),
        total_price: Some("IDR100.00".to_owned()),
        quote_date: Some("2027-01-01".to_owned()),
        pricing_infos: infos.collect(),
        segments: request.itinerary.segments,
        host_tokens: vec![HostToken {
            key: "H".to_owned(),
            host: None,
            value: "GFB10101ADT00  01KLXPID<#".to_owned(),
        }],
        ..AirPricingSolution::default()
    }
}

fn parties(counts: PassengerCounts) -> impl Strategy<Value = Party> {
    let name = prop::sample::select(vec!["Anna", "Jürgen", "Þóra", "O’Brien-Smith", "Nguyễn Thị", "Łukasz"]);
    let title = prop::option::of(prop::sample::select(vec!["MR", "Ms.", "Dr", "田"]));
    let document = prop::option::of("[A-Z0-9]{6,9}");
    let gender = prop::option::of(prop::sample::select(vec![
        Gender::Male,
        Gender::Female,
        Gender::Unspecified,
        Gender::Undisclosed,
    ]));
    let person = (prop::option::of(name.clone()), name, title, document, gender, prop::option::of(1i16..60));
    let phone = prop::option::of("\\+[0-9]{8,14}");
    (prop::collection::vec(person, counts.all()), phone).prop_map(move |(people, phone)| {
        let kinds = counts.kinds().flat_map(|(kind, count)| (0..count).map(move |index| (kind, index)));
        let members = people.into_iter().zip(kinds).map(
            |((given, surname, title, number, gender, age), (kind, index))| {
                let age = match kind {
                    PassengerKind::Adult => age.map(|age| age + 12),
                    PassengerKind::Child => Some(5),
                    PassengerKind::LapInfant => Some(0),
                };
                Traveler {
                    kind,
                    name: PersonName {
                        given: given.map(|name| name.to_owned().into()),
                        surname: surname.to_owned().into(),
                        title: title.map(str::to_owned),
                    },
                    born: age.map(|age| date(2026 - age, 7, 20).into()),
                    gender,
                    document: number.map(|number| TravelDocument {
                        kind: DocumentKind::Passport,
                        number: number.into(),
                        issued_by: CountryCode::new("ID").unwrap(),
                        nationality: CountryCode::new("ID").unwrap(),
                        expires: date(2031, 1, 2),
                    }),
                    with_adult: (kind == PassengerKind::LapInfant).then_some(TravelerRef(index)),
                    room: None,
                }
            },
        );
        Party {
            travelers: members.collect(),
            contact: Contact {
                email: "who&where@example.com".to_owned().into(),
                phone: phone.map(Into::into),
            },
        }
    })
}

fn orders() -> impl Strategy<Value = (AirPricingSolution, Party)> {
    offers().prop_flat_map(|(search, offer)| (Just(solution(&search, &offer)), parties(search.passengers)))
}

fn reference() -> ClientReference {
    ClientReference::new("A1B2C3D4E5F6G7H8").unwrap()
}

#[test]
fn searches_are_valid() {
    check(AIR, &searches(), |search| build::low_fare_search(&office(), TRACE, &sale(), &search));
    let office = Office { solution_result: true, authorized_by: Some("us".to_owned()), ..office() };
    check(AIR, &searches(), |search| build::low_fare_search(&office, TRACE, &sale(), &search));
}

#[test]
fn prices_are_valid() {
    check(AIR, &offers(), |(search, offer)| {
        build::air_price(&office(), TRACE, &sale(), &search, &offer).unwrap()
    });
}

#[test]
fn creates_are_valid() {
    check(UNIVERSAL, &orders(), |(solution, party)| {
        build::create_reservation(&office(), TRACE, solution, &party, &reference()).unwrap()
    });
}

#[test]
fn requests_about_orders_are_valid() {
    let word = || "[A-Z0-9]{5,8}";
    check(
        AIR,
        &(
            word(),
            prop::collection::vec(("[A-Za-z+/=]{4,24}", prop::collection::vec("[a-z]{3}", 0..=9)), 1..4),
        ),
        |(locator, fares)| build::ticketing(&office(), TRACE, &locator, fares),
    );
    let locators = || {
        (word(), word(), word()).prop_map(|(universal, provider, reservation)| Locators {
            universal,
            provider,
            reservation,
        })
    };
    check(AIR, &(locators(), any::<bool>()), |(locators, narrow)| {
        let reservation = narrow.then_some(locators.reservation.as_str());
        build::retrieve_documents(&office(), TRACE, &locators, reservation)
    });
    check(AIR, &(locators(), prop::collection::vec("[0-9]{13}", 1..20)), |(locators, numbers)| {
        let tickets: Vec<_> = numbers.iter().map(|number| TicketNumber::new(number).unwrap()).collect();
        build::void_documents(&office(), TRACE, &locators, &tickets)
    });
    check(UNIVERSAL, &word(), |locator| build::retrieve(&office(), TRACE, &locator));
    check(UNIVERSAL, &word(), |locator| build::import(&office(), TRACE, &locator));
    check(UNIVERSAL, &(word(), 0u32..100), |(locator, version)| {
        build::cancel_record(&office(), TRACE, &locator, version)
    });
    check(UNIVERSAL, &(word(), 0u32..100), |(locator, version)| {
        build::cancel_air(&office(), TRACE, &locator, version)
    });
    check(UNIVERSAL, &("[a-zäöü' -]{0,50}x", 0i32..300, 1u32..1000), |(surname, day, from)| {
        let day = date(2027, 1, 1).saturating_add(jiff::Span::new().days(day));
        build::search_records(&office(), TRACE, &surname, day, from).unwrap()
    });
}

proptest! {
    #[test]
    fn every_traveler_is_sent_once_and_priced_once((solution, party) in orders()) {
        let request = build::create_reservation(&office(), TRACE, solution, &party, &reference()).unwrap();
        let mut sent: Vec<_> = request.travelers.iter().map(|traveler| traveler.key.as_str()).collect();
        for pair in request.travelers.windows(2) {
            prop_assert!(pair[1].traveler_type != "INF" || pair[0].traveler_type == "ADT", "an infant follows its adult");
        }
        let infos = request.solution.pricing_infos.iter();
        let mut priced: Vec<_> = infos.flat_map(|info| &info.passenger_types).map(|p| p.booking_traveler_ref.as_str()).collect();
        sent.sort_unstable();
        priced.sort_unstable();
        prop_assert_eq!(sent.len(), party.travelers.len());
        prop_assert_eq!(sent, priced);
    }

    #[test]
    fn a_party_other_than_the_priced_one_is_refused((solution, mut party) in orders()) {
        party.travelers.pop();
        prop_assert!(build::create_reservation(&office(), TRACE, solution, &party, &reference()).is_err());
    }
}

proptest! {
    /// S09: the mark of a segment whose slice goes on, the very first one included. A slice is sold whole or not at all.
    #[test]
    fn every_segment_that_goes_on_is_marked((search, offer) in offers()) {
        let request = build::air_price(&office(), TRACE, &sale(), &search, &offer).unwrap();
        let marks = offer.itinerary.slices.iter().flat_map(|slice| {
            let last = slice.segments.len() - 1;
            (0..=last).map(move |at| at < last)
        });
        prop_assert!(request.itinerary.segments.iter().map(|segment| segment.connection.is_some()).eq(marks));
    }

    /// S15: the host's check of continuity is overridden where the slices leave a gap, and nowhere else.
    #[test]
    fn a_gap_is_told_only_where_one_was_asked_for((mut solution, party) in orders(), places in prop::collection::vec(0..3_usize, 1..20)) {
        let place = |at: usize| ["LIS", "BOG", "CTG"][places[at % places.len()]].to_owned();
        for (at, segment) in solution.segments.iter_mut().enumerate() {
            (segment.origin, segment.destination) = (place(2 * at), place(2 * at + 1));
        }
        let gap = (1..solution.segments.len()).any(|at| place(2 * at - 1) != place(2 * at));
        let request = build::create_reservation(&office(), TRACE, solution, &party, &reference()).unwrap();
        prop_assert_eq!(request.continuity_check_override, gap.then(|| "true".to_owned()));
    }
}

/// S11: whatever order the customer names them in, the host prices and books the same list.
#[test]
fn the_order_in_which_travelers_are_named_changes_nothing() {
    let counts = PassengerCounts { adults: 2, children: 1, lap_infants: 2 };
    let mut runner = TestRunner::deterministic();
    let (search, offer) = offers().new_tree(&mut runner).unwrap().current();
    let search = FlightSearch { passengers: counts, ..search };
    let fares =
        counts.kinds().map(|(kind, count)| fare(kind, count, offer.itinerary.segments().count(), "K"));
    let offer = FlightOffer { fares: fares.collect(), ..offer };
    let priced = solution(&search, &offer);
    let named = parties(counts).new_tree(&mut runner).unwrap().current();
    let mut seen = std::collections::BTreeSet::new();
    for order in permutations(named.travelers.len()) {
        let place = |who: TravelerRef| order.iter().position(|at| *at == usize::from(who.0)).unwrap();
        let mut travelers: Vec<Traveler> = order.iter().map(|at| named.travelers[*at].clone()).collect();
        for traveler in &mut travelers {
            traveler.with_adult =
                traveler.with_adult.map(|adult| TravelerRef(u8::try_from(place(adult)).unwrap()));
        }
        let party = Party { travelers, ..named.clone() };
        let request =
            build::create_reservation(&office(), TRACE, priced.clone(), &party, &reference()).unwrap();
        for pair in request.travelers.windows(2).filter(|pair| pair[1].traveler_type == "INF") {
            let index = |key: &str| usize::from(key[1..].parse::<u8>().unwrap());
            let lap = party.travelers[index(&pair[1].key)].with_adult.unwrap();
            assert_eq!(index(&pair[0].key), usize::from(lap.0), "an infant follows its own adult");
        }
        let sent = request.travelers.iter().map(|traveler| (traveler.traveler_type.clone(), traveler.age));
        let passengers = request.solution.pricing_infos.iter().flat_map(|info| &info.passenger_types);
        let priced = passengers.map(|passenger| (passenger.code.clone(), passenger.age));
        seen.insert((sent.collect::<Vec<_>>(), priced.collect::<Vec<_>>()));
    }
    assert_eq!(seen.len(), 1, "{seen:?}");
}

fn permutations(count: usize) -> Vec<Vec<usize>> {
    (0..count).fold(vec![Vec::new()], |shorter, next| {
        let grown = shorter.iter().flat_map(|order: &Vec<usize>| {
            (0..=order.len()).map(move |at| {
                let mut order = order.clone();
                order.insert(at, next);
                order
            })
        });
        grown.collect()
    })
}

#[test]
fn a_create_is_written_as_expected() {
    let search = FlightSearch {
        slices: vec![SliceQuery {
            origin: Place::Airport(AirportCode::new("CGK").unwrap()),
            destination: Place::City(CityCode::new("TYO").unwrap()),
            date: date(2027, 3, 10),
        }],
        passengers: PassengerCounts { adults: 1, children: 0, lap_infants: 1 },
        cabin: None,
    };
    let person = |kind, given: Option<&str>, born| Traveler {
        kind,
        name: PersonName {
            given: given.map(|n| n.to_owned().into()),
            surname: "Sukarno".to_owned().into(),
            title: None,
        },
        born: Some(Date::into(born)),
        gender: Some(Gender::Female),
        document: (kind == PassengerKind::LapInfant).then(|| TravelDocument {
            kind: DocumentKind::Passport,
            number: "X1".to_owned().into(),
            issued_by: CountryCode::new("ID").unwrap(),
            nationality: CountryCode::new("ID").unwrap(),
            expires: date(2031, 1, 2),
        }),
        with_adult: None,
        room: None,
    };
    let party = Party {
        travelers: vec![
            person(PassengerKind::Adult, None, date(1990, 3, 11)),
            person(PassengerKind::LapInfant, Some("Siti"), date(2026, 7, 20)),
        ],
        contact: Contact {
            email: "a@example.com".to_owned().into(),
            phone: Some("+62811".to_owned().into()),
        },
    };
    let offer = FlightOffer {
        itinerary: Itinerary {
            slices: vec![Arc::new(Slice { segments: vec![segment(7, date(2027, 3, 10), None, Some(420))] })],
        },
        fares: vec![
            fare(PassengerKind::Adult, 1, 1, "KLXPID"),
            fare(PassengerKind::LapInfant, 1, 1, "KLXPIDIN"),
        ],
        ..offers().new_tree(&mut TestRunner::deterministic()).unwrap().current().1
    };
    let request =
        build::create_reservation(&office(), TRACE, solution(&search, &offer), &party, &reference()).unwrap();
    expect_test::expect![[r#"
        <univ:AirCreateReservationReq xmlns:air="http://www.travelport.com/schema/air_v52_0" xmlns:com="http://www.travelport.com/schema/common_v52_0" xmlns:univ="http://www.travelport.com/schema/universal_v52_0" RetainReservation="None" RestrictWaitlist="true" ProviderCode="1G" TargetBranch="P1234567" TraceId="trace-1">
        <com:BillingPointOfSaleInfo OriginApplication="UAPI" />
        <com:BookingTraveler Key="T0" TravelerType="ADT" DOB="1990-03-11" Gender="F">
        <com:BookingTravelerName First="FNU" Last="SUKARNO" />
        <com:PhoneNumber Type="Mobile" Number="+62811" />
        <com:Email EmailID="a@example.com" />
        </com:BookingTraveler>
        <com:BookingTraveler Key="T1" TravelerType="INF" Age="0" DOB="2026-07-20" Gender="F">
        <com:BookingTravelerName First="SITI" Last="SUKARNO" />
        <com:SSR Type="DOCS" Status="HK" FreeText="P/ID/X1/ID/20JUL26/FI/02JAN31/SUKARNO/SITI" Carrier="3K" />
        <com:NameRemark Category="AIR">
        <com:RemarkData>20JUL26</com:RemarkData>
        </com:NameRemark>
        </com:BookingTraveler>
        <com:GeneralRemark ProviderCode="1G" TypeInGds="Basic">
        <com:RemarkData>OTAREF A1B2C3D4E5F6G7H8</com:RemarkData>
        </com:GeneralRemark>
        <com:FormOfPayment Type="Cash" />
        <air:AirPricingSolution Key="P" TotalPrice="IDR100.00" QuoteDate="2027-01-01">
        <air:AirSegment Key="S0" Group="0" Carrier="3K" FlightNumber="7" Origin="CGK" Destination="NRT" DepartureTime="2027-03-10T01:05:00.000+07:00" ArrivalTime="2027-03-10T09:05:00.000+07:00" ClassOfService="K" ProviderCode="1G" />
        <air:AirPricingInfo Key="ADT" TotalPrice="IDR100.00" PricingMethod="Guaranteed">
        <air:FareInfo Key="F-ADT" FareBasis="KLXPID" PassengerTypeCode="ADT" Origin="CGK" Destination="NRT" EffectiveDate="2027-01-01T00:00:00.000+07:00">
        <air:FareRuleKey FareInfoRef="F-ADT" ProviderCode="1G">a&amp;b</air:FareRuleKey>
        </air:FareInfo>
        <air:BookingInfo BookingCode="K" FareInfoRef="F-ADT" SegmentRef="S0" />
        <air:TaxInfo Category="D5" Amount="IDR1.00" />
        <air:FareCalc>JKT 3K TYO 100.00NUC100.00END ROE1.0</air:FareCalc>
        <air:PassengerType Code="ADT" BookingTravelerRef="T0" />
        </air:AirPricingInfo>
        <air:AirPricingInfo Key="INF" TotalPrice="IDR100.00" PricingMethod="Guaranteed">
        <air:FareInfo Key="F-INF" FareBasis="KLXPID" PassengerTypeCode="INF" Origin="CGK" Destination="NRT" EffectiveDate="2027-01-01T00:00:00.000+07:00">
        <air:FareRuleKey FareInfoRef="F-INF" ProviderCode="1G">a&amp;b</air:FareRuleKey>
        </air:FareInfo>
        <air:BookingInfo BookingCode="K" FareInfoRef="F-INF" SegmentRef="S0" />
        <air:TaxInfo Category="D5" Amount="IDR1.00" />
        <air:FareCalc>JKT 3K TYO 100.00NUC100.00END ROE1.0</air:FareCalc>
        <air:PassengerType Code="INF" Age="0" BookingTravelerRef="T1" />
        </air:AirPricingInfo>
        <com:HostToken Key="H">GFB10101ADT00  01KLXPID&lt;#</com:HostToken>
        </air:AirPricingSolution>
        <com:ActionStatus Type="ACTIVE" TicketDate="T*" ProviderCode="1G" />
        </univ:AirCreateReservationReq>"#]].assert_eq(&write::document(&request).unwrap().replace("><", ">\n<"));
}
