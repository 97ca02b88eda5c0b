//! Requests of the `UniversalRecordService`, and the create that the `AirService` serves in its namespace.

use yaserde::YaSerialize;

use super::BaseReq;
use super::air::FormOfPayment;
use super::solution::AirPricingSolution;

/// Sells the segments, stores the fare and the travelers, and commits: one exchange.
#[derive(Default, YaSerialize)]
#[yaserde(
    rename = "AirCreateReservationReq",
    prefix = "univ",
    namespaces = {
        "univ" = "http://www.travelport.com/schema/universal_v52_0",
        "air" = "http://www.travelport.com/schema/air_v52_0",
        "com" = "http://www.travelport.com/schema/common_v52_0"
    }
)]
pub(crate) struct AirCreateReservationReq {
    /// `None`: nothing is kept if a segment cannot be sold or the price has changed.
    #[yaserde(attribute = true, rename = "RetainReservation")]
    pub(crate) retain_reservation: String,
    #[yaserde(attribute = true, rename = "RestrictWaitlist")]
    pub(crate) restrict_waitlist: bool,
    #[yaserde(attribute = true, rename = "ProviderCode")]
    pub(crate) provider_code: String,
    #[yaserde(flatten = true)]
    pub(crate) base: BaseReq,
    #[yaserde(rename = "BookingTraveler", prefix = "com")]
    pub(crate) travelers: Vec<BookingTraveler>,
    #[yaserde(rename = "GeneralRemark", prefix = "com")]
    pub(crate) remark: GeneralRemark,
    /// `true` where a flight starts elsewhere than the one before it ended, as was asked: the host refuses it else.
    #[yaserde(rename = "ContinuityCheckOverride", prefix = "com")]
    pub(crate) continuity_check_override: Option<String>,
    #[yaserde(rename = "FormOfPayment", prefix = "com")]
    pub(crate) form_of_payment: FormOfPayment,
    #[yaserde(rename = "AirPricingSolution", prefix = "air")]
    pub(crate) solution: AirPricingSolution,
    #[yaserde(rename = "ActionStatus", prefix = "com")]
    pub(crate) action_status: ActionStatus,
}

/// One person. The order of the list is the order of names in the record (infant after its adult).
#[derive(Default, YaSerialize)]
pub(crate) struct BookingTraveler {
    #[yaserde(attribute = true, rename = "Key")]
    pub(crate) key: String,
    #[yaserde(attribute = true, rename = "TravelerType")]
    pub(crate) traveler_type: String,
    #[yaserde(attribute = true, rename = "Age")]
    pub(crate) age: Option<u8>,
    #[yaserde(attribute = true, rename = "DOB")]
    pub(crate) dob: Option<String>,
    #[yaserde(attribute = true, rename = "Gender")]
    pub(crate) gender: Option<String>,
    #[yaserde(rename = "BookingTravelerName", prefix = "com")]
    pub(crate) name: BookingTravelerName,
    #[yaserde(rename = "PhoneNumber", prefix = "com")]
    pub(crate) phones: Vec<PhoneNumber>,
    #[yaserde(rename = "Email", prefix = "com")]
    pub(crate) emails: Vec<Email>,
    #[yaserde(rename = "SSR", prefix = "com")]
    pub(crate) ssrs: Vec<Ssr>,
    #[yaserde(rename = "NameRemark", prefix = "com")]
    pub(crate) name_remark: Option<NameRemark>,
}

#[derive(Default, YaSerialize)]
pub(crate) struct BookingTravelerName {
    #[yaserde(attribute = true, rename = "Prefix")]
    pub(crate) prefix: Option<String>,
    #[yaserde(attribute = true, rename = "First")]
    pub(crate) first: String,
    #[yaserde(attribute = true, rename = "Last")]
    pub(crate) last: String,
}

#[derive(Default, YaSerialize)]
pub(crate) struct PhoneNumber {
    #[yaserde(attribute = true, rename = "Type")]
    pub(crate) kind: String,
    #[yaserde(attribute = true, rename = "Number")]
    pub(crate) number: String,
}

#[derive(Default, YaSerialize)]
pub(crate) struct Email {
    #[yaserde(attribute = true, rename = "EmailID")]
    pub(crate) email_id: String,
}

/// A special service request: travel documents go as `DOCS`.
#[derive(Default, YaSerialize)]
pub(crate) struct Ssr {
    #[yaserde(attribute = true, rename = "Type")]
    pub(crate) kind: String,
    #[yaserde(attribute = true, rename = "Status")]
    pub(crate) status: String,
    #[yaserde(attribute = true, rename = "FreeText")]
    pub(crate) free_text: String,
    #[yaserde(attribute = true, rename = "Carrier")]
    pub(crate) carrier: String,
}

/// Age or date of birth beside a child's or infant's name, as the Galileo host wants it.
#[derive(Default, YaSerialize)]
pub(crate) struct NameRemark {
    #[yaserde(attribute = true, rename = "Category")]
    pub(crate) category: String,
    #[yaserde(rename = "RemarkData", prefix = "com")]
    pub(crate) remark_data: String,
}

/// Free text of the record: the only place where our own reference travels.
#[derive(Default, YaSerialize)]
pub(crate) struct GeneralRemark {
    #[yaserde(attribute = true, rename = "ProviderCode")]
    pub(crate) provider_code: String,
    #[yaserde(attribute = true, rename = "TypeInGds")]
    pub(crate) type_in_gds: String,
    #[yaserde(rename = "RemarkData", prefix = "com")]
    pub(crate) remark_data: String,
}

/// When the record must be ticketed.
#[derive(Default, YaSerialize)]
pub(crate) struct ActionStatus {
    #[yaserde(attribute = true, rename = "Type")]
    pub(crate) kind: String,
    #[yaserde(attribute = true, rename = "TicketDate")]
    pub(crate) ticket_date: String,
    #[yaserde(attribute = true, rename = "ProviderCode")]
    pub(crate) provider_code: String,
}

/// Reads a record by the universal locator, or by the host's (`xs:choice`: exactly one is set).
#[derive(Default, YaSerialize)]
#[yaserde(
    rename = "UniversalRecordRetrieveReq",
    prefix = "univ",
    namespaces = {
        "univ" = "http://www.travelport.com/schema/universal_v52_0",
        "com" = "http://www.travelport.com/schema/common_v52_0"
    }
)]
pub(crate) struct UniversalRecordRetrieveReq {
    #[yaserde(flatten = true)]
    pub(crate) base: BaseReq,
    #[yaserde(rename = "UniversalRecordLocatorCode", prefix = "univ")]
    pub(crate) universal_record_locator_code: Option<String>,
    #[yaserde(rename = "ProviderReservationInfo", prefix = "univ")]
    pub(crate) provider_reservation_info: Option<ProviderReservationInfo>,
}

#[derive(Default, YaSerialize)]
pub(crate) struct ProviderReservationInfo {
    #[yaserde(attribute = true, rename = "ProviderCode")]
    pub(crate) provider_code: String,
    #[yaserde(attribute = true, rename = "ProviderLocatorCode")]
    pub(crate) provider_locator_code: String,
}

/// Brings a host record that was not made through this interface into a universal record.
#[derive(Default, YaSerialize)]
#[yaserde(
    rename = "UniversalRecordImportReq",
    prefix = "univ",
    namespaces = {
        "univ" = "http://www.travelport.com/schema/universal_v52_0",
        "com" = "http://www.travelport.com/schema/common_v52_0"
    }
)]
pub(crate) struct UniversalRecordImportReq {
    #[yaserde(attribute = true, rename = "ProviderCode")]
    pub(crate) provider_code: String,
    #[yaserde(attribute = true, rename = "ProviderLocatorCode")]
    pub(crate) provider_locator_code: String,
    #[yaserde(flatten = true)]
    pub(crate) base: BaseReq,
}

/// Finds records by name and departure date, a page at a time. Never by `ActionDate`, which the schema
/// does not explain.
#[derive(Default, YaSerialize)]
#[yaserde(
    rename = "UniversalRecordSearchReq",
    prefix = "univ",
    namespaces = {
        "univ" = "http://www.travelport.com/schema/universal_v52_0",
        "com" = "http://www.travelport.com/schema/common_v52_0"
    }
)]
pub(crate) struct UniversalRecordSearchReq {
    #[yaserde(flatten = true)]
    pub(crate) base: BaseReq,
    #[yaserde(rename = "UniversalRecordSearchModifiers", prefix = "univ")]
    pub(crate) modifiers: UniversalRecordSearchModifiers,
    #[yaserde(rename = "TravelerCriteria", prefix = "univ")]
    pub(crate) traveler: TravelerCriteria,
    #[yaserde(rename = "AirReservationCriteria", prefix = "univ")]
    pub(crate) air: AirReservationCriteria,
}

#[derive(Default, YaSerialize)]
pub(crate) struct UniversalRecordSearchModifiers {
    #[yaserde(attribute = true, rename = "IncludeAllNames")]
    pub(crate) include_all_names: bool,
    #[yaserde(attribute = true, rename = "MaxResults")]
    pub(crate) max_results: u32,
    /// The first result wanted, from 1.
    #[yaserde(attribute = true, rename = "StartFromResult")]
    pub(crate) start_from_result: u32,
}

#[derive(Default, YaSerialize)]
pub(crate) struct TravelerCriteria {
    #[yaserde(rename = "NameCriteria", prefix = "univ")]
    pub(crate) name: NameCriteria,
}

#[derive(Default, YaSerialize)]
pub(crate) struct NameCriteria {
    #[yaserde(attribute = true, rename = "LastName")]
    pub(crate) last_name: String,
}

#[derive(Default, YaSerialize)]
pub(crate) struct AirReservationCriteria {
    #[yaserde(rename = "DepartureDate", prefix = "univ")]
    pub(crate) departure_date: DateSpec,
}

#[derive(Default, YaSerialize)]
pub(crate) struct DateSpec {
    #[yaserde(rename = "SpecificDate", prefix = "univ")]
    pub(crate) specific_date: String,
}

/// Cancels everything in a universal record, at the version that we read.
#[derive(Default, YaSerialize)]
#[yaserde(
    rename = "UniversalRecordCancelReq",
    prefix = "univ",
    namespaces = {
        "univ" = "http://www.travelport.com/schema/universal_v52_0",
        "com" = "http://www.travelport.com/schema/common_v52_0"
    }
)]
pub(crate) struct UniversalRecordCancelReq {
    #[yaserde(attribute = true, rename = "UniversalRecordLocatorCode")]
    pub(crate) universal_record_locator_code: String,
    #[yaserde(attribute = true, rename = "Version")]
    pub(crate) version: u32,
    #[yaserde(flatten = true)]
    pub(crate) base: BaseReq,
}

/// Cancels one air reservation of a universal record that holds more than that.
#[derive(Default, YaSerialize)]
#[yaserde(
    rename = "AirCancelReq",
    prefix = "univ",
    namespaces = {
        "univ" = "http://www.travelport.com/schema/universal_v52_0",
        "air" = "http://www.travelport.com/schema/air_v52_0",
        "com" = "http://www.travelport.com/schema/common_v52_0"
    }
)]
pub(crate) struct AirCancelReq {
    #[yaserde(attribute = true, rename = "Version")]
    pub(crate) version: u32,
    #[yaserde(flatten = true)]
    pub(crate) base: BaseReq,
    #[yaserde(rename = "AirReservationLocatorCode", prefix = "air")]
    pub(crate) air_reservation_locator_code: String,
}
