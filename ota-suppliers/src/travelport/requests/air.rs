//! Requests of the `AirService`.

use serde::{Deserialize, Serialize};
use yaserde::YaSerialize;

use super::solution::AirSegment;
use super::{BaseReq, CodeAttr, KeyAttr};

/// Shops itineraries and fares. `SolutionResult` chooses the shape of the reply.
#[derive(Default, YaSerialize)]
#[yaserde(
    rename = "LowFareSearchReq",
    prefix = "air",
    namespaces = {
        "air" = "http://www.travelport.com/schema/air_v52_0",
        "com" = "http://www.travelport.com/schema/common_v52_0"
    }
)]
pub(crate) struct LowFareSearchReq {
    #[yaserde(attribute = true, rename = "SolutionResult")]
    pub(crate) solution_result: bool,
    #[yaserde(flatten = true)]
    pub(crate) base: BaseReq,
    #[yaserde(rename = "SearchAirLeg", prefix = "air")]
    pub(crate) legs: Vec<SearchAirLeg>,
    #[yaserde(rename = "AirSearchModifiers", prefix = "air")]
    pub(crate) modifiers: AirSearchModifiers,
    #[yaserde(rename = "SearchPassenger", prefix = "com")]
    pub(crate) passengers: Vec<SearchPassenger>,
    #[yaserde(rename = "AirPricingModifiers", prefix = "air")]
    pub(crate) pricing: AirPricingModifiers,
}

/// One slice as asked: the supplier's word for it is a leg.
#[derive(Default, YaSerialize)]
pub(crate) struct SearchAirLeg {
    #[yaserde(rename = "SearchOrigin", prefix = "air")]
    pub(crate) origin: SearchLocation,
    #[yaserde(rename = "SearchDestination", prefix = "air")]
    pub(crate) destination: SearchLocation,
    #[yaserde(rename = "SearchDepTime", prefix = "air")]
    pub(crate) departure: SearchDepTime,
    #[yaserde(rename = "AirLegModifiers", prefix = "air")]
    pub(crate) modifiers: Option<AirLegModifiers>,
}

/// Exactly one of its fields is set (`xs:choice`).
#[derive(Default, YaSerialize)]
pub(crate) struct SearchLocation {
    #[yaserde(rename = "Airport", prefix = "com")]
    pub(crate) airport: Option<CodeAttr>,
    #[yaserde(rename = "City", prefix = "com")]
    pub(crate) city: Option<CodeAttr>,
}

#[derive(Default, YaSerialize)]
pub(crate) struct SearchDepTime {
    /// `YYYY-MM-DD`, the civil date at the origin.
    #[yaserde(attribute = true, rename = "PreferredTime")]
    pub(crate) preferred_time: String,
}

#[derive(Default, YaSerialize)]
pub(crate) struct AirLegModifiers {
    #[yaserde(rename = "PreferredCabins", prefix = "air")]
    pub(crate) preferred_cabins: Cabins,
}

#[derive(Default, YaSerialize)]
pub(crate) struct Cabins {
    #[yaserde(rename = "CabinClass", prefix = "com")]
    pub(crate) cabin_class: CabinClass,
}

#[derive(Default, YaSerialize)]
pub(crate) struct CabinClass {
    #[yaserde(attribute = true, rename = "Type")]
    pub(crate) kind: String,
}

#[derive(Default, YaSerialize)]
pub(crate) struct AirSearchModifiers {
    #[yaserde(attribute = true, rename = "MaxSolutions")]
    pub(crate) max_solutions: u32,
    #[yaserde(rename = "PreferredProviders", prefix = "air")]
    pub(crate) preferred_providers: PreferredProviders,
}

#[derive(Default, YaSerialize)]
pub(crate) struct PreferredProviders {
    #[yaserde(rename = "Provider", prefix = "com")]
    pub(crate) provider: CodeAttr,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, YaSerialize)]
pub(crate) struct SearchPassenger {
    #[yaserde(attribute = true, rename = "Code")]
    pub(crate) code: String,
    #[yaserde(attribute = true, rename = "Age")]
    pub(crate) age: Option<u8>,
    #[yaserde(attribute = true, rename = "BookingTravelerRef")]
    pub(crate) booking_traveler_ref: String,
}

#[derive(Default, YaSerialize)]
pub(crate) struct AirPricingModifiers {
    #[yaserde(attribute = true, rename = "CurrencyType")]
    pub(crate) currency_type: String,
    #[yaserde(attribute = true, rename = "FaresIndicator")]
    pub(crate) fares_indicator: String,
    #[yaserde(attribute = true, rename = "ETicketability")]
    pub(crate) e_ticketability: String,
    /// The carrier on whose paper the ticket is issued; a search leaves it open.
    #[yaserde(attribute = true, rename = "PlatingCarrier")]
    pub(crate) plating_carrier: Option<String>,
}

/// Prices one itinerary live.
#[derive(Default, YaSerialize)]
#[yaserde(
    rename = "AirPriceReq",
    prefix = "air",
    namespaces = {
        "air" = "http://www.travelport.com/schema/air_v52_0",
        "com" = "http://www.travelport.com/schema/common_v52_0"
    }
)]
pub(crate) struct AirPriceReq {
    #[yaserde(flatten = true)]
    pub(crate) base: BaseReq,
    #[yaserde(rename = "AirItinerary", prefix = "air")]
    pub(crate) itinerary: AirItinerary,
    #[yaserde(rename = "AirPricingModifiers", prefix = "air")]
    pub(crate) pricing: AirPricingModifiers,
    #[yaserde(rename = "SearchPassenger", prefix = "com")]
    pub(crate) passengers: Vec<SearchPassenger>,
    #[yaserde(rename = "AirPricingCommand", prefix = "air")]
    pub(crate) command: AirPricingCommand,
}

#[derive(Default, YaSerialize)]
pub(crate) struct AirItinerary {
    #[yaserde(rename = "AirSegment", prefix = "air")]
    pub(crate) segments: Vec<AirSegment>,
}

#[derive(Default, YaSerialize)]
pub(crate) struct AirPricingCommand {
    #[yaserde(rename = "AirSegmentPricingModifiers", prefix = "air")]
    pub(crate) segments: Vec<AirSegmentPricingModifiers>,
}

/// Holds a segment to the class and fare basis that the customer saw; the fare basis decides the brand.
#[derive(Default, YaSerialize)]
pub(crate) struct AirSegmentPricingModifiers {
    #[yaserde(attribute = true, rename = "AirSegmentRef")]
    pub(crate) air_segment_ref: String,
    #[yaserde(attribute = true, rename = "FareBasisCode")]
    pub(crate) fare_basis_code: Option<String>,
    #[yaserde(rename = "PermittedBookingCodes", prefix = "air")]
    pub(crate) permitted_booking_codes: PermittedBookingCodes,
}

#[derive(Default, YaSerialize)]
pub(crate) struct PermittedBookingCodes {
    #[yaserde(rename = "BookingCode", prefix = "air")]
    pub(crate) booking_code: CodeAttr,
}

/// Issues documents for stored fares of a reservation.
#[derive(Default, YaSerialize)]
#[yaserde(
    rename = "AirTicketingReq",
    prefix = "air",
    namespaces = {
        "air" = "http://www.travelport.com/schema/air_v52_0",
        "com" = "http://www.travelport.com/schema/common_v52_0"
    }
)]
pub(crate) struct AirTicketingReq {
    /// What was issued before a failure is returned with the failure.
    #[yaserde(attribute = true, rename = "ReturnInfoOnFail")]
    pub(crate) return_info_on_fail: bool,
    #[yaserde(attribute = true, rename = "BulkTicket")]
    pub(crate) bulk_ticket: bool,
    #[yaserde(flatten = true)]
    pub(crate) base: BaseReq,
    #[yaserde(rename = "AirReservationLocatorCode", prefix = "air")]
    pub(crate) air_reservation_locator_code: String,
    #[yaserde(rename = "AirPricingInfoRef", prefix = "air")]
    pub(crate) pricing_refs: Vec<AirPricingInfoRef>,
    #[yaserde(rename = "AirTicketingModifiers", prefix = "air")]
    pub(crate) modifiers: AirTicketingModifiers,
}

/// A stored fare and those of its travelers who are still without a ticket.
#[derive(Default, YaSerialize)]
pub(crate) struct AirPricingInfoRef {
    #[yaserde(attribute = true, rename = "Key")]
    pub(crate) key: String,
    #[yaserde(rename = "BookingTravelerRef", prefix = "com")]
    pub(crate) travelers: Vec<KeyAttr>,
}

#[derive(Default, YaSerialize)]
pub(crate) struct AirTicketingModifiers {
    #[yaserde(rename = "FormOfPayment", prefix = "com")]
    pub(crate) form_of_payment: FormOfPayment,
}

/// How the agency pays the carriers; card numbers have no place here.
#[derive(Default, YaSerialize)]
pub(crate) struct FormOfPayment {
    #[yaserde(attribute = true, rename = "Type")]
    pub(crate) kind: String,
}

/// Reads the documents of a reservation. A document number alone can name another carrier's or an older
/// document (recorded: `DUPLICATE_TICKET`), so we ask by the reservation only.
#[derive(Default, YaSerialize)]
#[yaserde(
    rename = "AirRetrieveDocumentReq",
    prefix = "air",
    namespaces = {
        "air" = "http://www.travelport.com/schema/air_v52_0",
        "com" = "http://www.travelport.com/schema/common_v52_0"
    }
)]
pub(crate) struct AirRetrieveDocumentReq {
    #[yaserde(attribute = true, rename = "ReturnPricing")]
    pub(crate) return_pricing: bool,
    #[yaserde(attribute = true, rename = "UniversalRecordLocatorCode")]
    pub(crate) universal_record_locator_code: Option<String>,
    #[yaserde(attribute = true, rename = "ProviderCode")]
    pub(crate) provider_code: String,
    #[yaserde(attribute = true, rename = "ProviderLocatorCode")]
    pub(crate) provider_locator_code: String,
    #[yaserde(flatten = true)]
    pub(crate) base: BaseReq,
    #[yaserde(rename = "AirReservationLocatorCode", prefix = "air")]
    pub(crate) air_reservation_locator_code: Option<String>,
}

/// Voids documents of a reservation, each named.
#[derive(Default, YaSerialize)]
#[yaserde(
    rename = "AirVoidDocumentReq",
    prefix = "air",
    namespaces = {
        "air" = "http://www.travelport.com/schema/air_v52_0",
        "com" = "http://www.travelport.com/schema/common_v52_0"
    }
)]
pub(crate) struct AirVoidDocumentReq {
    #[yaserde(attribute = true, rename = "ShowETR")]
    pub(crate) show_etr: bool,
    #[yaserde(attribute = true, rename = "ProviderCode")]
    pub(crate) provider_code: String,
    #[yaserde(attribute = true, rename = "ProviderLocatorCode")]
    pub(crate) provider_locator_code: String,
    #[yaserde(flatten = true)]
    pub(crate) base: BaseReq,
    #[yaserde(rename = "AirReservationLocatorCode", prefix = "air")]
    pub(crate) air_reservation_locator_code: String,
    #[yaserde(rename = "VoidDocumentInfo", prefix = "air")]
    pub(crate) documents: Vec<VoidDocumentInfo>,
}

#[derive(Default, YaSerialize)]
pub(crate) struct VoidDocumentInfo {
    #[yaserde(attribute = true, rename = "DocumentNumber")]
    pub(crate) document_number: String,
    #[yaserde(attribute = true, rename = "DocumentType")]
    pub(crate) document_type: String,
}
