//! How this goes wrong elsewhere, by the numbers of the project's field reports, on minimal documents of our own.

use std::fmt::Write as _;

use jiff::civil::date;
use ota_core::model::clocks::{Doubt, doubts, minutes};
use ota_core::model::id::{AccountId, SupplierId};
use ota_core::model::itinerary::Segment;
use ota_core::model::order::{SupplierOrder, TicketNumber};
use ota_core::model::passenger::{PassengerKind, TravelerRef};
use ota_core::model::traveler::{Contact, Party, PersonName, Traveler};
use ota_core::supplier::Severity;
use proptest::prelude::*;

use super::answers;
use super::documents::Journey;
use super::map::{Source, document};
use super::record::{NotTicketable, Record};
use super::replies::document::DocumentRsp;
use super::replies::{self, Reply};

/// B07: whatever stands ahead of the offers, they are all there, and what it says is told by severity and provider.
#[test]
fn warnings_ahead_of_the_offers_hide_nothing_and_are_told() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus/uapi_reply/");
    let text = std::fs::read_to_string(format!("{folder}search_price_points.xml")).unwrap();
    let source =
        Source { supplier: SupplierId::new("travelport").unwrap(), account: AccountId::new("test").unwrap() };
    let plain = text.replace("Code=\"4039\"", "Code=\"1\"");
    let first = plain.find("<com:ResponseMessage").unwrap();
    let read = |ahead: &str| {
        let (before, after) = plain.split_at(first);
        answers::search(format!("{before}{ahead}{after}").as_bytes(), &source).unwrap()
    };
    let alone = read("");
    assert!(!alone.items.is_empty() && !alone.partial);
    for (attributes, severity, provider, partial) in [
        ("Code='3715' Type='Warning' ProviderCode='ACH'", Severity::Warning, Some("ACH"), false),
        (
            "Code='15017' Type='Error' ProviderCode='ACH' SupplierCode='U2'",
            Severity::Error,
            Some("U2"),
            false,
        ),
        ("Code='0' Type='Info' SupplierCode=' '", Severity::Info, None, false),
        ("Code='7' Type='Rumour' ProviderCode='1G'", Severity::Warning, Some("1G"), false),
        ("Code='4039' Type='Warning' ProviderCode='ACH'", Severity::Warning, Some("ACH"), true),
    ] {
        let message =
            format!("<com:ResponseMessage {attributes}>Modifier not\n supported</com:ResponseMessage>");
        let batch =
            read(&format!("<x:Tokens xmlns:x='urn:x'><x:AirPricePoint/></x:Tokens>{message}{message}"));
        assert_eq!(batch.items, alone.items, "{attributes}");
        assert_eq!(
            (batch.partial, batch.warnings.len()),
            (partial, alone.warnings.len() + 2),
            "{attributes}"
        );
        let told = &batch.warnings[0];
        assert_eq!((told.severity, told.provider.as_deref()), (severity, provider), "{attributes}");
        assert_eq!(told.message, "Modifier not supported");
    }
}

/// A record with these travelers, segments and stored fares.
fn record(travelers: &str, segments: &str, fares: &str) -> String {
    format!(
        "<u:UniversalRecordRetrieveRsp xmlns:u='http://www.travelport.com/schema/universal_v52_0' xmlns:air='a'>\
         <u:UniversalRecord LocatorCode='AAAAAA' Status='Active'>{travelers}\
         <u:ProviderReservationInfo ProviderCode='1G' LocatorCode='BBBBBB'/>\
         <air:AirReservation LocatorCode='CCCCCC'>{segments}{fares}</air:AirReservation>\
         </u:UniversalRecord></u:UniversalRecordRetrieveRsp>"
    )
}

fn read(text: &str) -> Record {
    let Reply::UniversalRecordRetrieve(reply) = replies::read(text.as_bytes()).unwrap() else {
        panic!("{text}")
    };
    Record::read(&reply, reply.record.as_ref().unwrap()).unwrap()
}

/// The only segment of a record.
fn segment(attributes: &str, children: &str) -> Segment {
    let flight = "Key='s' Carrier='ZZ' FlightNumber='1' ClassOfService='K' Status='HK'";
    let text = record("", &format!("<air:AirSegment {flight} {attributes}>{children}</air:AirSegment>"), "");
    read(&text).order.segments.remove(0).segment
}

/// B19 and S19: local times of both ends, their offsets, and the minutes between them.
const ROWS: [(&str, &str, &str, &str, &str, &str, u32); 6] = [
    ("AKL", "2027-07-10T17:20:00", "+12:00", "PPT", "2027-07-09T23:59:00", "-10:00", 279),
    ("APW", "2027-07-10T11:00:00", "+13:00", "PPG", "2027-07-09T11:35:00", "-11:00", 35),
    ("HND", "2027-07-10T22:55:00", "+09:00", "HNL", "2027-07-10T11:20:00", "-10:00", 445),
    ("LAX", "2027-07-10T22:30:00", "-07:00", "SYD", "2027-07-12T06:30:00", "+10:00", 900),
    ("BKK", "2027-07-10T20:10:00", "+07:00", "DOH", "2027-07-10T23:05:00", "+03:00", 415),
    ("JFK", "2027-03-13T21:00:00", "-05:00", "LHR", "2027-03-14T08:00:00", "+00:00", 360),
];

#[test]
fn a_flight_takes_as_long_as_zones_say_however_its_times_are_coded() {
    for (from, departs, east, to, arrives, west, expected) in ROWS {
        let places = format!("Origin='{from}' Destination='{to}'");
        let offsets = format!("DepartureTime='{departs}.000{east}' ArrivalTime='{arrives}.000{west}'");
        let clocks = format!("DepartureTime='{departs}' ArrivalTime='{arrives}'");
        let duration = format!("DepartureTime='{departs}' FlightTime='{expected}'");
        for times in [offsets, clocks, duration] {
            let read = segment(&format!("{places} {times}"), "");
            let ends = (read.origin, read.departs.unwrap());
            let there = (read.destination, read.arrives.unwrap());
            assert_eq!(minutes(ends, there), Some(i64::from(expected)), "{from} {to} {times}");
            assert_eq!(there.1.civil, arrives.parse().unwrap(), "{from} {to} {times}");
            assert_eq!(doubts(&read), [], "{from} {to} {times}");
        }
        let alone = segment(&format!("{places} DepartureTime='{departs}'"), "");
        assert_eq!((alone.arrives, alone.minutes), (None, None), "a clock alone says nothing");
    }
}

#[test]
fn times_that_contradict_each_other_are_told_and_kept_as_stated() {
    for (from, departs, east, to, arrives, west, expected) in ROWS {
        let ends = format!("Origin='{from}' Destination='{to}' DepartureTime='{departs}.000{east}'");
        let stated = format!("{ends} ArrivalTime='{arrives}.000{west}' FlightTime='{}'", expected + 60);
        let read = segment(&stated, "");
        assert_eq!(doubts(&read), [Doubt::Minutes], "{from} {to}");
        assert_eq!(
            (read.minutes, read.arrives.unwrap().civil),
            (Some(expected + 60), arrives.parse().unwrap())
        );
        // The offset of nowhere near: the minutes by it are wrong as well.
        let elsewhere = format!("{ends} ArrivalTime='{arrives}.000+05:45' FlightTime='{expected}'");
        assert_eq!(doubts(&segment(&elsewhere, "")), [Doubt::Offset, Doubt::Minutes], "{from} {to}");
        // An airport that nobody knows contradicts nothing.
        let unknown = stated.replace(to, "ZZZ").replace(&format!(".000{west}"), "");
        assert_eq!(doubts(&segment(&unknown, "")), [], "{from} {to}");
    }
}

const LISBON_SINGAPORE: &str = "Origin='LIS' Destination='SIN' DepartureTime='2027-07-10T14:15:00.000+01:00' \
                                ArrivalTime='2027-07-11T21:20:00.000+08:00'";
const BY_DUBAI: &str = "<air:FlightDetails Origin='LIS' Destination='DXB' DepartureTime='2027-07-10T14:15:00.000+01:00' \
                        ArrivalTime='2027-07-11T09:15:00.000+04:00' Equipment='77W'/>\
                        <air:FlightDetails Origin='DXB' Destination='SIN' DepartureTime='2027-07-11T10:17:00.000+04:00' \
                        ArrivalTime='2027-07-11T21:20:00.000+08:00' Equipment='388'/>";

/// B21: stops are those detailed, or as many as are counted if those are more; fewer is a contradiction.
#[test]
fn a_stop_that_is_only_counted_is_a_stop() {
    for (counted, details, landings, doubt) in [
        ("", "", 0, false),
        ("NumberOfStops='0'", "", 0, false),
        ("NumberOfStops='1'", "", 1, false),
        ("NumberOfStops='2'", "", 2, false),
        ("", BY_DUBAI, 1, false),
        ("NumberOfStops='1'", BY_DUBAI, 1, false),
        ("NumberOfStops='2'", BY_DUBAI, 2, false),
        ("NumberOfStops='0'", BY_DUBAI, 1, true),
        ("NumberOfStops='many'", BY_DUBAI, 1, false),
    ] {
        let read = segment(&format!("{LISBON_SINGAPORE} {counted} ChangeOfPlane='true'"), details);
        assert_eq!(read.landings(), landings, "{counted} {details}");
        assert_eq!(doubts(&read).contains(&Doubt::Stops), doubt, "{counted} {details}");
        assert!(read.change_of_plane);
    }
    let read = segment(LISBON_SINGAPORE, BY_DUBAI);
    let ground = minutes(
        (read.legs[0].destination, read.legs[0].arrives),
        (read.legs[1].origin, read.legs[1].departs),
    );
    assert_eq!(ground, Some(62));
    let aircraft: Vec<_> = read.legs.iter().map(|leg| leg.equipment.as_deref()).collect();
    assert_eq!(aircraft, [Some("77W"), Some("388")]);
}

/// S03: marketing and operating carrier are both kept on one flight; who flies it is not guessed.
#[test]
fn who_operates_a_flight_is_stated_or_unknown() {
    let read = |codeshare: &str| {
        let read = segment(LISBON_SINGAPORE, codeshare);
        let operating = read.operating.clone();
        let carrier = operating.carrier.map(|carrier| carrier.to_string());
        (read.flight.unwrap().to_string(), carrier, operating.number, operating.name)
    };
    let text = |text: &str| Some(text.to_owned());
    let ours = || "ZZ1".to_owned();
    assert_eq!(read(""), (ours(), None, None, None));
    let whole =
        "<air:CodeshareInfo OperatingCarrier='YY' OperatingFlightNumber='4711'>WHY AIR</air:CodeshareInfo>";
    assert_eq!(read(whole), (ours(), text("YY"), Some(4711), text("WHY AIR")));
    assert_eq!(read("<air:CodeshareInfo OperatingCarrier='YY'/>"), (ours(), text("YY"), None, None));
    assert_eq!(read("<air:CodeshareInfo>WHY AIR</air:CodeshareInfo>"), (ours(), None, None, text("WHY AIR")));
    assert_eq!(read("<air:CodeshareInfo> </air:CodeshareInfo>"), (ours(), None, None, None));
}

fn person(key: &str, kind: &str, given: &str, surname: &str) -> String {
    format!(
        "<u:BookingTraveler Key='{key}' TravelerType='{kind}' Gender='MI'>\
         <u:BookingTravelerName First='{given}' Last='{surname}'/></u:BookingTraveler>"
    )
}

fn names(order: &SupplierOrder) -> Vec<String> {
    let name = |traveler: &ota_core::model::order::OrderTraveler| {
        let given = traveler.given.as_ref().map(|given| given.expose().as_str()).unwrap_or_default();
        format!("{given} {}", traveler.surname.expose())
    };
    order.travelers.iter().map(name).collect()
}

/// B11: two travelers and one seat; the infant has its adult's surname unless it has its own.
#[test]
fn an_infant_is_a_traveler_without_a_seat_and_with_a_surname() {
    for (surname, expected) in [("", "TOM DOE"), ("ROE", "TOM ROE"), (" ", "TOM DOE")] {
        let people = person("t1", "ADT", "JANE", "DOE") + &person("t2", "INF", "TOM", surname);
        let order = read(&record(&people, "", "")).order;
        assert_eq!(names(&order), ["JANE DOE", expected]);
        let kinds: Vec<_> = order.travelers.iter().filter_map(|person| person.passenger_type).collect();
        assert_eq!(kinds.iter().filter(|code| code.kind().seated()).count(), 1);
        assert_eq!(kinds[1].kind(), PassengerKind::LapInfant);
        let surname = expected.split_once(' ').unwrap().1;
        assert!(read(&record(&people, "", "")).owners(&family(surname)).is_ok(), "{surname}");
    }
    // A marker that nobody knows stops nothing.
    let people = person("t1", "ADT", "JANE", "DOE").replace("'MI'", "'Q7'");
    assert_eq!(names(&read(&record(&people, "", "")).order), ["JANE DOE"]);
}

/// Jane, and Tom of this surname on her lap.
fn family(surname: &str) -> Party {
    let person = |kind, given: &str, surname: &str| Traveler {
        room: None,
        kind,
        name: PersonName {
            given: Some(given.to_owned().into()),
            surname: surname.to_owned().into(),
            title: None,
        },
        born: Some(date(2026, 7, 20).into()),
        gender: None,
        document: None,
        with_adult: (kind == PassengerKind::LapInfant).then_some(TravelerRef(0)),
    };
    Party {
        travelers: vec![
            person(PassengerKind::Adult, "Jane", "Doe"),
            person(PassengerKind::LapInfant, "Tom", surname),
        ],
        contact: Contact { email: "jane@example.org".to_owned().into(), phone: None },
    }
}

/// B11: the document of an infant without a surname is still that infant's.
#[test]
fn the_ticket_of_an_infant_without_a_surname_finds_its_owner() {
    let people = person("t1", "ADT", "JANE", "DOE") + &person("t2", "INF", "TOM", "");
    let known = read(&record(&people, "", ""));
    let etr = |key: &str, kind: &str, given: &str, surname: &str, number: &str| {
        let holder = person(key, kind, given, surname);
        format!(
            "<air:ETR>{holder}<air:Ticket TicketNumber='{number}'>{}</air:Ticket></air:ETR>",
            coupon(1, 1, "O")
        )
    };
    let etrs =
        etr("t2", "INF", "TOM", "", "9992400000012") + &etr("t1", "ADT", "JANE", "DOE", "9992400000011");
    with_documents(&etrs, |reply| {
        let journeys: Vec<_> = reply.etrs.iter().map(|etr| Journey::read(etr, &known).unwrap()).collect();
        let owners = super::documents::owners(&journeys, &known, &family("Doe")).unwrap();
        assert_eq!(owners, [TravelerRef(1), TravelerRef(0)]);
    });
}

fn with_documents(etrs: &str, check: impl FnOnce(&DocumentRsp<'_>)) {
    let text = format!(
        "<air:AirRetrieveDocumentRsp xmlns:air='http://www.travelport.com/schema/air_v52_0' xmlns:u='u'>{etrs}\
         </air:AirRetrieveDocumentRsp>"
    );
    match replies::read(text.as_bytes()).unwrap() {
        Reply::AirRetrieveDocument(reply) => check(&reply),
        other => panic!("{}", other.name()),
    }
}

fn coupon(number: usize, flight: usize, status: &str) -> String {
    format!(
        "<air:Coupon Key='K1==' CouponNumber='{number}' MarketingCarrier='ZZ' MarketingFlightNumber='{flight}' \
         Origin='AAA' Destination='BBB' BookingClass='K' Status='{status}'/>"
    )
}

/// Documents of so many flights, four coupons each, in any order and with any keys.
fn documents(flights: usize, order: &[usize], keys: &str) -> String {
    let mut text = String::from("<air:ETR TotalPrice='EUR600.00'>");
    for at in order {
        write!(text, "<air:Ticket Key='K1==' TicketNumber='{}'>", FIRST + *at as u64).unwrap();
        let of = (at * 4 + 1..=flights.min(at * 4 + 4)).rev();
        of.for_each(|flight| text.push_str(&coupon((flight - 1) % 4 + 1, flight, "O")));
        text.push_str("</air:Ticket>");
    }
    text.push_str("</air:ETR>");
    match keys {
        "absent" => text.replace(" Key='K1=='", ""),
        _ => text,
    }
}

const FIRST: u64 = 9_992_400_000_011;

proptest! {
    /// B01: every coupon stands on its own document, whatever the order of documents and whatever their keys.
    #[test]
    fn coupons_of_a_conjunction_are_told_by_document_and_number(
        (flights, order) in (1..=12_usize).prop_flat_map(|flights| {
            let documents = flights.div_ceil(4);
            (Just(flights), Just((0..documents).collect::<Vec<_>>()).prop_shuffle())
        }),
        keys in prop::sample::select(vec!["equal", "absent"]),
    ) {
        with_documents(&documents(flights, &order, keys), |reply| {
            let tickets = document::tickets(&reply.etrs[0]).unwrap();
            let number = |at: usize| TicketNumber::new(&(FIRST + at as u64).to_string()).unwrap();
            let mut flown = 0_u16;
            for (at, ticket) in tickets.iter().enumerate() {
                assert_eq!(ticket.number, number(at));
                assert_eq!(ticket.conjunction_of, (at > 0).then(|| number(0)), "the first number leads");
                assert_eq!(ticket.total.is_some(), at == 0, "the amount is the journey's, once");
                assert!((1..=4).contains(&ticket.coupons.len()));
                for (coupon, place) in ticket.coupons.iter().zip(1..) {
                    flown += 1;
                    assert_eq!((coupon.number, coupon.flight.unwrap().number), (place, flown));
                }
            }
            assert_eq!(usize::from(flown), flights);
            // What is voided or refunded is the whole journey.
            let known = read(&record("", "", ""));
            let journey = Journey::read(&reply.etrs[0], &known).unwrap();
            assert_eq!(journey.numbers().count(), flights.div_ceil(4));
        });
    }
}

/// S17: a journey part void, part refunded is over; with one open coupon it is not.
#[test]
fn a_journey_is_over_when_every_coupon_is_void_or_refunded() {
    for (statuses, live) in [
        (["V", "R"], false),
        (["R", "R"], false),
        (["V", "V"], false),
        (["V", "O"], true),
        (["R", "O"], true),
        (["F", "R"], true),
        (["V", "A"], true),
    ] {
        let ticket = |(at, status): (u64, &&str)| {
            format!("<air:Ticket TicketNumber='{}'>{}</air:Ticket>", FIRST + at, coupon(1, 1, status))
        };
        let tickets: String = (0..).zip(&statuses).map(ticket).collect();
        with_documents(&format!("<air:ETR>{tickets}</air:ETR>"), |reply| {
            let journey = Journey::read(&reply.etrs[0], &read(&record("", "", ""))).unwrap();
            assert_eq!(journey.is_live(), live, "{statuses:?}");
        });
    }
}

const FLIGHTS: &str = "<air:AirSegment Key='s1' Carrier='ZZ' FlightNumber='1' Origin='LIS' Destination='SIN' \
                       DepartureTime='2027-07-10T14:15:00' Status='HK'/>\
                       <air:AirSegment Key='s2' Carrier='ZZ' FlightNumber='2' Origin='SIN' Destination='LIS' \
                       DepartureTime='2027-07-20T14:15:00' Status='HK'/>";

/// A fare stored for travelers over segments.
fn stored(key: &str, kind: &str, travelers: &[&str], segments: &[&str]) -> String {
    let booking =
        |key: &&str| format!("<air:BookingInfo BookingCode='K' FareInfoRef='f' SegmentRef='{key}'/>");
    let payer = |key: &&str| format!("<air:PassengerType Code='{kind}' BookingTravelerRef='{key}'/>");
    format!(
        "<air:AirPricingInfo Key='{key}' TotalPrice='EUR10' BasePrice='EUR10'>\
         <air:FareInfo Key='f' FareBasis='KOW' PassengerTypeCode='{kind}' Origin='LIS' Destination='SIN'/>{}{}\
         </air:AirPricingInfo>",
        segments.iter().map(booking).collect::<String>(),
        travelers.iter().map(payer).collect::<String>()
    )
}

/// B05: two adults, a child, and an infant on the first adult's lap; who is not covered is named.
#[test]
fn nothing_is_ticketed_unless_every_traveler_has_one_fare_for_every_flight() {
    let people = person("t1", "ADT", "JANE", "DOE")
        + &person("t4", "INF", "TOM", "")
        + &person("t2", "ADT", "JOHN", "DOE")
        + &person("t3", "CNN", "ANN", "DOE");
    let mut party = family("Doe");
    let infant = party.travelers.pop().unwrap();
    let jane = party.travelers[0].clone();
    let named = |kind, given: &str| Traveler {
        kind,
        name: PersonName { given: Some(given.to_owned().into()), ..jane.name.clone() },
        ..jane.clone()
    };
    party.travelers.extend([named(PassengerKind::Adult, "John"), named(PassengerKind::Child, "Ann"), infant]);
    let (both, adults) = (["s1", "s2"], stored("f1", "ADT", &["t1", "t2"], &["s1", "s2"]));
    let (child, lap) = (stored("f2", "CNN", &["t3"], &both), stored("f3", "INF", &["t4"], &both));
    let covering = |fares: &str, travelers: &[u8]| {
        let travelers: Vec<_> = travelers.iter().map(|index| TravelerRef(*index)).collect();
        read(&record(&people, FLIGHTS, fares)).covering(&party, &travelers)
    };
    let all = [0, 1, 2, 3];
    let whole = covering(&format!("{adults}{child}{lap}"), &all).unwrap();
    let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        whole,
        [
            ("f1".to_owned(), keys(&["t1", "t2"])),
            ("f2".to_owned(), keys(&["t3"])),
            ("f3".to_owned(), keys(&["t4"])),
        ]
    );
    let check = |fares: &[&str], uncovered: u8| {
        assert_eq!(
            covering(&fares.concat(), &all),
            Err(NotTicketable::Uncovered(TravelerRef(uncovered))),
            "{fares:?}"
        );
    };
    check(&[&adults, &lap], 2);
    check(&[&adults, &child], 3);
    check(&[&child, &lap], 0);
    // The infant priced as an adult, beside the adults or among them.
    check(&[&adults, &child, &stored("f3", "ADT", &["t4"], &both)], 3);
    check(&[&stored("f1", "ADT", &["t1", "t2", "t4"], &both), &child], 3);
    // One flight short, one twice, one twice instead of the other, or two fares for the same.
    check(&[&adults, &stored("f2", "CNN", &["t3"], &["s1"]), &lap], 2);
    check(&[&adults, &stored("f2", "CNN", &["t3"], &["s1", "s2", "s2"]), &lap], 2);
    check(&[&adults, &stored("f2", "CNN", &["t3"], &["s1", "s1"]), &lap], 2);
    check(&[&adults, &child, &stored("f4", "CNN", &["t3"], &both), &lap], 2);
    // Who has a ticket already needs no fare.
    assert_eq!(covering(&format!("{adults}{lap}"), &[0, 1, 3]).unwrap().len(), 2);
}
