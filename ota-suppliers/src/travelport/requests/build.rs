//! From the model to requests. Pure: everything that varies is an argument.

use jiff::civil::Date;
use ota_core::model::context::PointOfSale;
use ota_core::model::id::ClientReference;
use ota_core::model::itinerary::{Cabin, Itinerary, Segment};
use ota_core::model::offer::FlightOffer;
use ota_core::model::order::TicketNumber;
use ota_core::model::passenger::{PassengerCounts, PassengerKind};
use ota_core::model::place::Place;
use ota_core::model::search::FlightSearch;
use ota_core::model::time::LocalTime;
use ota_core::model::traveler::Party;

use super::air::{
    AirItinerary, AirLegModifiers, AirPriceReq, AirPricingCommand, AirPricingInfoRef, AirPricingModifiers,
    AirRetrieveDocumentReq, AirSearchModifiers, AirSegmentPricingModifiers, AirTicketingModifiers,
    AirTicketingReq, AirVoidDocumentReq, CabinClass, Cabins, FormOfPayment, LowFareSearchReq,
    PermittedBookingCodes, PreferredProviders, SearchAirLeg, SearchDepTime, SearchLocation, SearchPassenger,
    VoidDocumentInfo,
};
use super::names::{self, NotLatin};
use super::solution::{AirPricingSolution, AirSegment, Connection};
use super::travelers::{booking_traveler, sending_order, traveler_key, type_code};
use super::universal::{
    ActionStatus, AirCancelReq, AirCreateReservationReq, AirReservationCriteria, BookingTraveler, DateSpec,
    Email, GeneralRemark, NameCriteria, PhoneNumber, TravelerCriteria, UniversalRecordCancelReq,
    UniversalRecordImportReq, UniversalRecordRetrieveReq, UniversalRecordSearchModifiers,
    UniversalRecordSearchReq,
};
use super::{BaseReq, CodeAttr, KeyAttr};

/// Longest surname that a record search takes (`NameCriteria/@LastName`).
const SEARCH_NAME_CHARS_MAX: usize = 30;
/// Records on one page of a search.
pub(crate) const FIND_PAGE: u32 = 50;
/// What our reference stands behind in a general remark.
pub(crate) const REMARK_PREFIX: &str = "OTAREF ";
/// A search knows no ages; fares ask for one. In the middle of the child's range of 2 to 11.
const CHILD_AGE: u8 = 8;
/// The age of a lap infant in a search.
const INFANT_AGE: u8 = 1;

/// The contract under which a request is sent.
#[derive(Debug, Clone)]
pub(crate) struct Office {
    pub(crate) target_branch: String,
    pub(crate) authorized_by: Option<String>,
    /// The host: `1G`.
    pub(crate) provider_code: String,
    pub(crate) max_solutions: u32,
    pub(crate) solution_result: bool,
}

impl Office {
    fn base(&self, trace: &str) -> BaseReq {
        BaseReq {
            target_branch: self.target_branch.clone(),
            trace_id: trace.to_owned(),
            authorized_by: self.authorized_by.clone(),
            ..BaseReq::default()
        }
    }
}

/// Why a request cannot be written; without personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BuildError {
    #[error(transparent)]
    Name(#[from] NotLatin),
    #[error("a child or infant without a date of birth")]
    NoBirthDate,
    #[error("the travelers are not those that were priced")]
    Travelers,
    #[error("the itinerary has a segment without flight or times")]
    Segment,
}

pub(crate) fn low_fare_search(
    office: &Office,
    trace: &str,
    sale: &PointOfSale,
    search: &FlightSearch,
) -> LowFareSearchReq {
    LowFareSearchReq {
        solution_result: office.solution_result,
        base: office.base(trace),
        legs: search
            .slices
            .iter()
            .map(|slice| SearchAirLeg {
                origin: place(slice.origin),
                destination: place(slice.destination),
                departure: SearchDepTime { preferred_time: slice.date.to_string() },
                modifiers: search.cabin.map(preferred),
            })
            .collect(),
        modifiers: AirSearchModifiers {
            max_solutions: office.max_solutions,
            preferred_providers: PreferredProviders {
                provider: CodeAttr { code: office.provider_code.clone() },
            },
        },
        passengers: passengers(&search.passengers),
        pricing: pricing(sale, None),
    }
}

fn place(place: Place) -> SearchLocation {
    let code = Some(CodeAttr { code: place.code().to_owned() });
    match place {
        Place::Airport(_) => SearchLocation { airport: code, city: None },
        Place::City(_) => SearchLocation { airport: None, city: code },
    }
}

fn preferred(cabin: Cabin) -> AirLegModifiers {
    let kind = match cabin {
        Cabin::Economy => "Economy",
        Cabin::PremiumEconomy => "PremiumEconomy",
        Cabin::Business => "Business",
        Cabin::First => "First",
    };
    AirLegModifiers { preferred_cabins: Cabins { cabin_class: CabinClass { kind: kind.to_owned() } } }
}

fn pricing(sale: &PointOfSale, plating_carrier: Option<String>) -> AirPricingModifiers {
    AirPricingModifiers {
        currency_type: sale.currency.code().to_owned(),
        fares_indicator: "PublicAndPrivateFares".to_owned(),
        e_ticketability: "Required".to_owned(),
        plating_carrier,
    }
}

/// One passenger each, an infant right behind its adult: the host prices by this order.
fn passengers(counts: &PassengerCounts) -> Vec<SearchPassenger> {
    let adults = (0..counts.adults).flat_map(|adult| {
        let infant = (adult < counts.lap_infants).then_some(PassengerKind::LapInfant);
        std::iter::once(PassengerKind::Adult).chain(infant)
    });
    let children = (0..counts.children).map(|_| PassengerKind::Child);
    adults.chain(children).zip(0..).map(|(kind, index)| passenger(kind, index)).collect()
}

fn passenger(kind: PassengerKind, index: usize) -> SearchPassenger {
    let age = match kind {
        PassengerKind::Adult => None,
        PassengerKind::Child => Some(CHILD_AGE),
        PassengerKind::LapInfant => Some(INFANT_AGE),
    };
    SearchPassenger { code: type_code(kind).to_owned(), age, booking_traveler_ref: traveler_key(index) }
}

fn segment_key(index: usize) -> String {
    format!("S{index}")
}

/// Prices the offer's flights in the classes and fare bases that the customer saw.
pub(crate) fn air_price(
    office: &Office,
    trace: &str,
    sale: &PointOfSale,
    search: &FlightSearch,
    offer: &FlightOffer,
) -> Result<AirPriceReq, BuildError> {
    let classes = offer.fares.first().map(|fare| &fare.segments).ok_or(BuildError::Travelers)?;
    let mut segments = segments(office, &offer.itinerary)?;
    let mut modifiers = Vec::new();
    for (index, segment) in segments.iter_mut().enumerate() {
        let flown =
            classes.iter().find(|flown| usize::from(flown.segment.0) == index).ok_or(BuildError::Segment)?;
        let class = flown.booking_class.letter().to_string();
        segment.class_of_service.clone_from(&class);
        modifiers.push(AirSegmentPricingModifiers {
            air_segment_ref: segment.key.clone(),
            fare_basis_code: shared_fare_basis(offer, index),
            permitted_booking_codes: PermittedBookingCodes { booking_code: CodeAttr { code: class } },
        });
    }
    Ok(AirPriceReq {
        base: office.base(trace),
        itinerary: AirItinerary { segments },
        pricing: pricing(sale, offer.validating_carrier.map(|carrier| carrier.to_string())),
        passengers: passengers(&search.passengers),
        command: AirPricingCommand { segments: modifiers },
    })
}

/// The fare basis of a segment, if every passenger type flies on the same: a command holds for all of them.
fn shared_fare_basis(offer: &FlightOffer, segment: usize) -> Option<String> {
    let mut bases = offer.fares.iter().map(|fare| {
        let flown = fare.segments.iter().find(|flown| usize::from(flown.segment.0) == segment)?;
        fare.components.get(usize::from(flown.component)).map(|component| component.fare_basis.as_str())
    });
    let first = bases.next()??;
    bases.all(|basis| basis == Some(first)).then(|| first.to_owned())
}

fn segments(office: &Office, itinerary: &Itinerary) -> Result<Vec<AirSegment>, BuildError> {
    let mut segments = Vec::new();
    for (slice, group) in itinerary.slices.iter().zip(0..) {
        for (at, segment) in slice.segments.iter().enumerate() {
            let mut written = air_segment(office, segment, segments.len(), group)?;
            written.connection = (at + 1 < slice.segments.len()).then(Connection::default);
            segments.push(written);
        }
    }
    Ok(segments)
}

fn air_segment(
    office: &Office,
    segment: &Segment,
    index: usize,
    group: u32,
) -> Result<AirSegment, BuildError> {
    let flight = segment.flight.ok_or(BuildError::Segment)?;
    let suffix = flight.suffix.map(String::from).unwrap_or_default();
    Ok(AirSegment {
        key: segment_key(index),
        group,
        carrier: flight.carrier.to_string(),
        flight_number: format!("{}{suffix}", flight.number),
        origin: segment.origin.to_string(),
        destination: segment.destination.to_string(),
        departure_time: time(segment.departs.ok_or(BuildError::Segment)?),
        arrival_time: time(segment.arrives.ok_or(BuildError::Segment)?),
        provider_code: office.provider_code.clone(),
        ..AirSegment::default()
    })
}

/// `2027-07-10T22:55:00.000+09:00`; without an offset where none was stated.
fn time(time: LocalTime) -> String {
    let clock = time.civil.strftime("%Y-%m-%dT%H:%M:%S.000");
    match time.offset_minutes {
        None => clock.to_string(),
        Some(minutes) => {
            let sign = if minutes < 0 { '-' } else { '+' };
            let minutes = minutes.unsigned_abs();
            format!("{clock}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
    }
}

/// Creates the order: the solution as it was priced, with the travelers in place of passengers.
pub(crate) fn create_reservation(
    office: &Office,
    trace: &str,
    mut solution: AirPricingSolution,
    party: &Party,
    reference: &ClientReference,
) -> Result<AirCreateReservationReq, BuildError> {
    let departure = solution.segments.first().and_then(|segment| segment.departure_time.get(..10));
    let departure = departure.and_then(|day| day.parse::<Date>().ok()).ok_or(BuildError::Segment)?;
    let carriers = carriers(&solution);
    let mut travelers = Vec::new();
    for index in sending_order(party) {
        let traveler = party.travelers.get(usize::from(index.0)).ok_or(BuildError::Travelers)?;
        travelers.push(booking_traveler(traveler, index, departure, &carriers)?);
    }
    let lead = travelers.first_mut().ok_or(BuildError::Travelers)?;
    lead.emails.push(Email { email_id: party.contact.email.expose().clone() });
    let phone = party.contact.phone.as_ref();
    lead.phones
        .extend(phone.map(|phone| PhoneNumber { kind: "Mobile".to_owned(), number: phone.expose().clone() }));
    assign(&mut solution, &travelers)?;
    Ok(AirCreateReservationReq {
        retain_reservation: "None".to_owned(),
        restrict_waitlist: true,
        provider_code: office.provider_code.clone(),
        base: office.base(trace),
        travelers,
        remark: GeneralRemark {
            provider_code: office.provider_code.clone(),
            type_in_gds: "Basic".to_owned(),
            remark_data: format!("{REMARK_PREFIX}{reference}"),
        },
        continuity_check_override: has_gap(&solution).then(|| "true".to_owned()),
        form_of_payment: cash(),
        solution,
        action_status: ActionStatus {
            kind: "ACTIVE".to_owned(),
            ticket_date: "T*".to_owned(),
            provider_code: office.provider_code.clone(),
        },
    })
}

fn cash() -> FormOfPayment {
    FormOfPayment { kind: "Cash".to_owned() }
}

/// An open jaw, or a change of airports within a city.
fn has_gap(solution: &AirPricingSolution) -> bool {
    solution.segments.windows(2).any(|pair| pair[0].destination != pair[1].origin)
}

fn carriers(solution: &AirPricingSolution) -> Vec<String> {
    let mut carriers: Vec<_> = solution.segments.iter().map(|segment| segment.carrier.clone()).collect();
    carriers.sort_unstable();
    carriers.dedup();
    carriers
}

/// Gives every priced passenger the traveler who takes the place, so that each is covered by one fare.
fn assign(solution: &mut AirPricingSolution, travelers: &[BookingTraveler]) -> Result<(), BuildError> {
    let mut free: Vec<_> = travelers.iter().collect();
    for passenger in solution.pricing_infos.iter_mut().flat_map(|info| &mut info.passenger_types) {
        let fits = |traveler: &&BookingTraveler| traveler.traveler_type == passenger.code;
        let traveler = free.iter().position(fits).map(|at| free.remove(at)).ok_or(BuildError::Travelers)?;
        passenger.booking_traveler_ref.clone_from(&traveler.key);
        passenger.age = traveler.age;
    }
    if free.is_empty() { Ok(()) } else { Err(BuildError::Travelers) }
}

/// Issues for stored fares, each with the travelers who are still without a ticket.
pub(crate) fn ticketing(
    office: &Office,
    trace: &str,
    reservation: &str,
    fares: Vec<(String, Vec<String>)>,
) -> AirTicketingReq {
    let refs = fares.into_iter().map(|(key, travelers)| AirPricingInfoRef {
        key,
        travelers: travelers.into_iter().map(|key| KeyAttr { key }).collect(),
    });
    AirTicketingReq {
        return_info_on_fail: true,
        bulk_ticket: false,
        base: office.base(trace),
        air_reservation_locator_code: reservation.to_owned(),
        pricing_refs: refs.collect(),
        modifiers: AirTicketingModifiers { form_of_payment: cash() },
    }
}

/// The locators of one record, each by its owner's word for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Locators {
    pub(crate) universal: String,
    pub(crate) provider: String,
    pub(crate) reservation: String,
}

/// The documents of a record, by its locators and, where given, by the code of the reservation in it.
pub(crate) fn retrieve_documents(
    office: &Office,
    trace: &str,
    locators: &Locators,
    reservation: Option<&str>,
) -> AirRetrieveDocumentReq {
    AirRetrieveDocumentReq {
        return_pricing: true,
        universal_record_locator_code: Some(locators.universal.clone()),
        provider_code: office.provider_code.clone(),
        provider_locator_code: locators.provider.clone(),
        base: office.base(trace),
        air_reservation_locator_code: reservation.map(str::to_owned),
    }
}

pub(crate) fn void_documents(
    office: &Office,
    trace: &str,
    locators: &Locators,
    tickets: &[TicketNumber],
) -> AirVoidDocumentReq {
    let named = |ticket: &TicketNumber| VoidDocumentInfo {
        document_number: ticket.to_string(),
        document_type: "E-Ticket".to_owned(),
    };
    AirVoidDocumentReq {
        show_etr: false,
        provider_code: office.provider_code.clone(),
        provider_locator_code: locators.provider.clone(),
        base: office.base(trace),
        air_reservation_locator_code: locators.reservation.clone(),
        documents: tickets.iter().map(named).collect(),
    }
}

pub(crate) fn retrieve(office: &Office, trace: &str, universal: &str) -> UniversalRecordRetrieveReq {
    UniversalRecordRetrieveReq {
        base: office.base(trace),
        universal_record_locator_code: Some(universal.to_owned()),
        provider_reservation_info: None,
    }
}

pub(crate) fn import(office: &Office, trace: &str, provider: &str) -> UniversalRecordImportReq {
    UniversalRecordImportReq {
        provider_code: office.provider_code.clone(),
        provider_locator_code: provider.to_owned(),
        base: office.base(trace),
    }
}

/// One page of the records of a surname that depart on a day. `from` counts results from 1.
pub(crate) fn search_records(
    office: &Office,
    trace: &str,
    surname: &str,
    departure: Date,
    from: u32,
) -> Result<UniversalRecordSearchReq, BuildError> {
    let surname: String = names::latin(surname)?.chars().take(SEARCH_NAME_CHARS_MAX).collect();
    Ok(UniversalRecordSearchReq {
        base: office.base(trace),
        modifiers: UniversalRecordSearchModifiers {
            include_all_names: true,
            max_results: FIND_PAGE,
            start_from_result: from,
        },
        traveler: TravelerCriteria { name: NameCriteria { last_name: surname.trim_end().to_owned() } },
        air: AirReservationCriteria { departure_date: DateSpec { specific_date: departure.to_string() } },
    })
}

pub(crate) fn cancel_record(
    office: &Office,
    trace: &str,
    universal: &str,
    version: u32,
) -> UniversalRecordCancelReq {
    UniversalRecordCancelReq {
        universal_record_locator_code: universal.to_owned(),
        version,
        base: office.base(trace),
    }
}

pub(crate) fn cancel_air(office: &Office, trace: &str, reservation: &str, version: u32) -> AirCancelReq {
    AirCancelReq { version, base: office.base(trace), air_reservation_locator_code: reservation.to_owned() }
}
