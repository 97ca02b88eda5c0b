//! The priced solution: what `AirPriceRsp` answers and `AirCreateReservationReq` sends back.
//!
//! Only what a create needs is kept, so a quote stays small and nothing of a newer schema can slip into a
//! request of ours. Between the two calls it is the order's opaque token (JSON, bounded by
//! `SUPPLIER_TOKEN_BYTES_MAX`).

use serde::{Deserialize, Serialize};
use yaserde::YaSerialize;

use super::air::SearchPassenger;

/// One price of one itinerary, with its segments in place of references to them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, YaSerialize)]
pub(crate) struct AirPricingSolution {
    #[yaserde(attribute = true, rename = "Key")]
    pub(crate) key: String,
    #[yaserde(attribute = true, rename = "TotalPrice")]
    pub(crate) total_price: Option<String>,
    #[yaserde(attribute = true, rename = "BasePrice")]
    pub(crate) base_price: Option<String>,
    #[yaserde(attribute = true, rename = "EquivalentBasePrice")]
    pub(crate) equivalent_base_price: Option<String>,
    #[yaserde(attribute = true, rename = "Taxes")]
    pub(crate) taxes: Option<String>,
    #[yaserde(attribute = true, rename = "Fees")]
    pub(crate) fees: Option<String>,
    #[yaserde(attribute = true, rename = "QuoteDate")]
    pub(crate) quote_date: Option<String>,
    #[yaserde(rename = "AirSegment", prefix = "air")]
    pub(crate) segments: Vec<AirSegment>,
    #[yaserde(rename = "AirPricingInfo", prefix = "air")]
    pub(crate) pricing_infos: Vec<AirPricingInfo>,
    #[yaserde(rename = "HostToken", prefix = "com")]
    pub(crate) host_tokens: Vec<HostToken>,
}

/// One flight number, in a booking class.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, YaSerialize)]
pub(crate) struct AirSegment {
    #[yaserde(attribute = true, rename = "Key")]
    pub(crate) key: String,
    /// The slice it belongs to, from 0.
    #[yaserde(attribute = true, rename = "Group")]
    pub(crate) group: u32,
    #[yaserde(attribute = true, rename = "Carrier")]
    pub(crate) carrier: String,
    #[yaserde(attribute = true, rename = "FlightNumber")]
    pub(crate) flight_number: String,
    #[yaserde(attribute = true, rename = "Origin")]
    pub(crate) origin: String,
    #[yaserde(attribute = true, rename = "Destination")]
    pub(crate) destination: String,
    /// `YYYY-MM-DDThh:mm:ss.sss±hh:mm`, local, with the offset where it is known.
    #[yaserde(attribute = true, rename = "DepartureTime")]
    pub(crate) departure_time: String,
    #[yaserde(attribute = true, rename = "ArrivalTime")]
    pub(crate) arrival_time: String,
    #[yaserde(attribute = true, rename = "ClassOfService")]
    pub(crate) class_of_service: String,
    #[yaserde(attribute = true, rename = "Equipment")]
    pub(crate) equipment: Option<String>,
    #[yaserde(attribute = true, rename = "ProviderCode")]
    pub(crate) provider_code: String,
    /// Set where the flight goes on with the next segment of the slice (`air:Connection`).
    #[yaserde(rename = "Connection", prefix = "air")]
    pub(crate) connection: Option<Connection>,
}

/// Marks a segment whose slice goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, YaSerialize)]
pub(crate) struct Connection {}

/// The fare of one passenger type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, YaSerialize)]
pub(crate) struct AirPricingInfo {
    #[yaserde(attribute = true, rename = "Key")]
    pub(crate) key: String,
    #[yaserde(attribute = true, rename = "TotalPrice")]
    pub(crate) total_price: Option<String>,
    #[yaserde(attribute = true, rename = "BasePrice")]
    pub(crate) base_price: Option<String>,
    #[yaserde(attribute = true, rename = "EquivalentBasePrice")]
    pub(crate) equivalent_base_price: Option<String>,
    #[yaserde(attribute = true, rename = "Taxes")]
    pub(crate) taxes: Option<String>,
    #[yaserde(attribute = true, rename = "LatestTicketingTime")]
    pub(crate) latest_ticketing_time: Option<String>,
    #[yaserde(attribute = true, rename = "PricingMethod")]
    pub(crate) pricing_method: String,
    #[yaserde(attribute = true, rename = "PlatingCarrier")]
    pub(crate) plating_carrier: Option<String>,
    #[yaserde(attribute = true, rename = "ProviderCode")]
    pub(crate) provider_code: Option<String>,
    #[yaserde(rename = "FareInfo", prefix = "air")]
    pub(crate) fare_infos: Vec<FareInfo>,
    #[yaserde(rename = "BookingInfo", prefix = "air")]
    pub(crate) booking_infos: Vec<BookingInfo>,
    #[yaserde(rename = "TaxInfo", prefix = "air")]
    pub(crate) tax_infos: Vec<TaxInfo>,
    #[yaserde(rename = "FareCalc", prefix = "air")]
    pub(crate) fare_calc: Option<String>,
    #[yaserde(rename = "PassengerType", prefix = "air")]
    pub(crate) passenger_types: Vec<SearchPassenger>,
}

/// One fare component.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, YaSerialize)]
pub(crate) struct FareInfo {
    #[yaserde(attribute = true, rename = "Key")]
    pub(crate) key: String,
    #[yaserde(attribute = true, rename = "FareBasis")]
    pub(crate) fare_basis: String,
    #[yaserde(attribute = true, rename = "PassengerTypeCode")]
    pub(crate) passenger_type_code: String,
    #[yaserde(attribute = true, rename = "Origin")]
    pub(crate) origin: String,
    #[yaserde(attribute = true, rename = "Destination")]
    pub(crate) destination: String,
    #[yaserde(attribute = true, rename = "EffectiveDate")]
    pub(crate) effective_date: String,
    #[yaserde(attribute = true, rename = "DepartureDate")]
    pub(crate) departure_date: Option<String>,
    #[yaserde(attribute = true, rename = "Amount")]
    pub(crate) amount: Option<String>,
    #[yaserde(rename = "FareRuleKey", prefix = "air")]
    pub(crate) fare_rule_key: Option<FareRuleKey>,
}

/// The supplier's handle on a fare's rules.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, YaSerialize)]
pub(crate) struct FareRuleKey {
    #[yaserde(attribute = true, rename = "FareInfoRef")]
    pub(crate) fare_info_ref: String,
    #[yaserde(attribute = true, rename = "ProviderCode")]
    pub(crate) provider_code: String,
    #[yaserde(text = true)]
    pub(crate) value: String,
}

/// Which class of which segment a fare component books.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, YaSerialize)]
pub(crate) struct BookingInfo {
    #[yaserde(attribute = true, rename = "BookingCode")]
    pub(crate) booking_code: String,
    #[yaserde(attribute = true, rename = "CabinClass")]
    pub(crate) cabin_class: Option<String>,
    #[yaserde(attribute = true, rename = "FareInfoRef")]
    pub(crate) fare_info_ref: String,
    #[yaserde(attribute = true, rename = "SegmentRef")]
    pub(crate) segment_ref: String,
    #[yaserde(attribute = true, rename = "HostTokenRef")]
    pub(crate) host_token_ref: Option<String>,
}

/// One coded tax.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, YaSerialize)]
pub(crate) struct TaxInfo {
    #[yaserde(attribute = true, rename = "Category")]
    pub(crate) category: String,
    #[yaserde(attribute = true, rename = "Amount")]
    pub(crate) amount: String,
    #[yaserde(attribute = true, rename = "Key")]
    pub(crate) key: Option<String>,
}

/// A price as the host keeps it for some minutes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, YaSerialize)]
pub(crate) struct HostToken {
    #[yaserde(attribute = true, rename = "Key")]
    pub(crate) key: String,
    #[yaserde(attribute = true, rename = "Host")]
    pub(crate) host: Option<String>,
    #[yaserde(text = true)]
    pub(crate) value: String,
}
