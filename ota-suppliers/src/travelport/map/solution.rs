//! The priced solution of a reply, as the create sends it back; between the two it is an opaque token.

use std::borrow::Cow;
use std::collections::HashMap;

use ota_core::model::offer::SupplierToken;

use super::MapError;
use crate::travelport::replies::air as reply;
use crate::travelport::replies::shop::AirPriceRsp;
use crate::travelport::requests::air::SearchPassenger;
use crate::travelport::requests::solution::{
    AirPricingInfo, AirPricingSolution, AirSegment, BookingInfo, Connection, FareInfo, FareRuleKey,
    HostToken, TaxInfo,
};

/// As a token.
pub(crate) fn token(solution: &AirPricingSolution) -> Result<SupplierToken, MapError> {
    let text = serde_json::to_string(solution).map_err(|_| MapError::Token)?;
    SupplierToken::new(text).map_err(|_| MapError::Token)
}

/// Out of a token; `None` if it is not one of ours.
pub(crate) fn from_token(token: &SupplierToken) -> Option<AirPricingSolution> {
    serde_json::from_str(token.expose()).ok()
}

/// One solution of a price reply, with its segments in place of references to them.
pub(crate) fn to_request(
    reply: &AirPriceRsp<'_>,
    solution: &reply::AirPricingSolution<'_>,
    provider: &str,
) -> Result<AirPricingSolution, MapError> {
    let by_key: HashMap<&str, _> = reply.segments.iter().map(|segment| (&*segment.key, segment)).collect();
    let classes: HashMap<&str, &str> = solution
        .pricing_infos
        .iter()
        .flat_map(|info| &info.booking_infos)
        .map(|info| (&*info.segment_ref, &*info.booking_code))
        .collect();
    let segments = solution.segment_refs.iter().map(|key| {
        let found = by_key.get(&**key).ok_or(MapError::Reference)?;
        let class = classes.get(&**key).copied().or(found.class_of_service.as_deref());
        segment(found, class.ok_or(MapError::Code)?, provider)
    });
    Ok(AirPricingSolution {
        key: text(&solution.key),
        total_price: optional(&solution.prices.total),
        base_price: optional(&solution.prices.base),
        equivalent_base_price: optional(&solution.prices.equivalent),
        taxes: optional(&solution.prices.taxes),
        fees: optional(&solution.prices.fees),
        quote_date: optional(&solution.quote_date),
        segments: segments.collect::<Result<_, _>>()?,
        pricing_infos: solution.pricing_infos.iter().map(|info| pricing_info(info, provider)).collect(),
        host_tokens: solution.host_tokens.iter().map(host_token).collect(),
    })
}

fn segment(segment: &reply::AirSegment<'_>, class: &str, provider: &str) -> Result<AirSegment, MapError> {
    Ok(AirSegment {
        key: text(&segment.key),
        group: segment.group.parse().map_err(|_| MapError::Code)?,
        carrier: text(&segment.carrier),
        flight_number: text(&segment.flight_number),
        origin: text(&segment.origin),
        destination: text(&segment.destination),
        departure_time: text(&segment.departure_time),
        arrival_time: optional(&segment.arrival_time).ok_or(MapError::Time)?,
        class_of_service: class.to_owned(),
        equipment: optional(&segment.equipment),
        provider_code: segment.provider_code.as_deref().unwrap_or(provider).to_owned(),
        connection: segment.connection.then(Connection::default),
    })
}

fn pricing_info(info: &reply::AirPricingInfo<'_>, provider: &str) -> AirPricingInfo {
    let provider = info.provider_code.as_deref().unwrap_or(provider);
    AirPricingInfo {
        key: text(&info.key),
        total_price: optional(&info.prices.total),
        base_price: optional(&info.prices.base),
        equivalent_base_price: optional(&info.prices.equivalent),
        taxes: optional(&info.prices.taxes),
        latest_ticketing_time: optional(&info.latest_ticketing_time),
        pricing_method: text(&info.pricing_method),
        plating_carrier: optional(&info.plating_carrier),
        provider_code: Some(provider.to_owned()),
        fare_infos: info.fare_infos.iter().map(|fare| fare_info(fare, provider)).collect(),
        booking_infos: info.booking_infos.iter().map(booking_info).collect(),
        tax_infos: info
            .taxes
            .iter()
            .filter_map(|tax| {
                let amount = optional(&tax.amount)?;
                Some(TaxInfo { category: text(&tax.category), amount, key: optional(&tax.key) })
            })
            .collect(),
        fare_calc: optional(&info.fare_calc),
        passenger_types: info.passenger_types.iter().map(passenger).collect(),
    }
}

fn fare_info(fare: &reply::FareInfo<'_>, provider: &str) -> FareInfo {
    FareInfo {
        key: text(&fare.key),
        fare_basis: text(&fare.fare_basis),
        passenger_type_code: text(&fare.passenger_type_code),
        origin: text(&fare.origin),
        destination: text(&fare.destination),
        effective_date: text(&fare.effective_date),
        departure_date: optional(&fare.departure_date),
        amount: optional(&fare.amount),
        fare_rule_key: fare.fare_rule_key.as_ref().map(|key| FareRuleKey {
            fare_info_ref: text(&fare.key),
            provider_code: provider.to_owned(),
            value: text(key),
        }),
    }
}

fn booking_info(info: &reply::BookingInfo<'_>) -> BookingInfo {
    BookingInfo {
        booking_code: text(&info.booking_code),
        cabin_class: optional(&info.cabin_class),
        fare_info_ref: text(&info.fare_info_ref),
        segment_ref: text(&info.segment_ref),
        host_token_ref: optional(&info.host_token_ref),
    }
}

fn passenger(passenger: &reply::PassengerType<'_>) -> SearchPassenger {
    SearchPassenger {
        code: text(&passenger.code),
        age: passenger.age.as_deref().and_then(|age| age.parse().ok()),
        // Replaced by the traveler who takes the place.
        booking_traveler_ref: optional(&passenger.booking_traveler_ref).unwrap_or_default(),
    }
}

fn host_token(token: &reply::HostToken<'_>) -> HostToken {
    HostToken { key: text(&token.key), host: optional(&token.host), value: text(&token.value) }
}

fn text(value: &str) -> String {
    value.to_owned()
}

fn optional(value: &Option<Cow<'_, str>>) -> Option<String> {
    value.as_deref().map(str::to_owned)
}
