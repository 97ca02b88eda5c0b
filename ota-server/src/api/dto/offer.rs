//! What a customer sees of an offer.

use std::time::Duration;

use ota_core::model::clocks::{self, Doubt};
use ota_core::model::conditions::{BaggageAllowance, Conditions, Penalty, Permission, Weight};
use ota_core::model::fare::{Brand, FareComponent, PassengerFare, SegmentFare};
use ota_core::model::itinerary::{Cabin, Segment, SegmentKind, Slice};
use ota_core::model::offer::{FlightOffer, Offer};
use ota_core::pricing::{PriceLineKind, SellPrice};
use serde::Serialize;

use super::stay::StayOfferDto;
use super::{Amount, Local};

/// An offer with its sell price. Each kind says what it is in its own words.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum OfferDto<'a> {
    /// An itinerary.
    Flight(FlightDto<'a>),
    /// Rooms.
    Stay(StayOfferDto<'a>),
}

impl<'a> OfferDto<'a> {
    /// The public side of an offer; `margin` is how long before its end free cancellation is shown to end.
    pub(crate) fn new(id: Option<String>, offer: &'a Offer, sell: &SellPrice, margin: Duration) -> Self {
        match offer {
            Offer::Flight(offer) => Self::Flight(FlightDto::new(id, offer, sell)),
            Offer::Stay(offer) => Self::Stay(StayOfferDto::new(id, offer, sell, margin)),
        }
    }
}

/// An itinerary with its sell price.
#[derive(Debug, Serialize)]
pub(crate) struct FlightDto<'a> {
    /// `None` in a quote, which has an id of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    price: PriceDto,
    validating_carrier: Option<&'a str>,
    seats_left: Option<u8>,
    slices: Vec<SliceDto<'a>>,
    fares: Vec<FareDto<'a>>,
}

impl<'a> FlightDto<'a> {
    fn new(id: Option<String>, offer: &'a FlightOffer, sell: &SellPrice) -> Self {
        Self {
            id,
            price: PriceDto::from(sell),
            validating_carrier: offer.validating_carrier.as_ref().map(|carrier| carrier.as_str()),
            seats_left: offer.seats_left,
            slices: offer.itinerary.slices.iter().map(|slice| SliceDto::from(slice.as_ref())).collect(),
            fares: offer.fares.iter().map(FareDto::from).collect(),
        }
    }
}

/// A sell price.
#[derive(Debug, Serialize)]
pub(crate) struct PriceDto {
    /// What is paid through us.
    total: Amount,
    /// Of flights: what each passenger pays.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    passengers: Vec<PassengerPriceDto>,
    /// Of a stay: what each room costs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rooms: Vec<Amount>,
}

#[derive(Debug, Serialize)]
struct PassengerPriceDto {
    #[serde(rename = "type")]
    passenger_type: String,
    lines: Vec<LineDto>,
    total: Amount,
}

#[derive(Debug, Serialize)]
struct LineDto {
    kind: PriceLineKind,
    amount: Amount,
}

impl From<&SellPrice> for PriceDto {
    fn from(price: &SellPrice) -> Self {
        let passengers = price.passengers.iter().map(|passenger| PassengerPriceDto {
            passenger_type: passenger.passenger_type.to_string(),
            lines: passenger
                .lines
                .iter()
                .map(|line| LineDto { kind: line.kind, amount: line.amount.into() })
                .collect(),
            total: passenger.total.into(),
        });
        Self {
            total: price.total.into(),
            passengers: passengers.collect(),
            rooms: price.rooms.iter().map(|room| (*room).into()).collect(),
        }
    }
}

#[derive(Debug, Serialize)]
struct SliceDto<'a> {
    /// Landings on the way, hidden stops included.
    landings: usize,
    segments: Vec<SegmentDto<'a>>,
}

impl<'a> From<&'a Slice> for SliceDto<'a> {
    fn from(slice: &'a Slice) -> Self {
        Self { landings: slice.landings(), segments: slice.segments.iter().map(SegmentDto::from).collect() }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct SegmentDto<'a> {
    kind: SegmentKind,
    flight: Option<String>,
    operating: OperatingDto<'a>,
    origin: &'a str,
    destination: &'a str,
    departs: Option<Local<'static>>,
    arrives: Option<Local<'static>>,
    minutes: Option<u32>,
    stops: Vec<String>,
    change_of_plane: bool,
    /// What the supplier says of the flight and cannot all be true.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<Doubt>,
}

#[derive(Debug, Serialize)]
struct OperatingDto<'a> {
    carrier: Option<&'a str>,
    name: Option<&'a str>,
}

impl<'a> From<&'a Segment> for SegmentDto<'a> {
    fn from(segment: &'a Segment) -> Self {
        Self {
            kind: segment.kind,
            flight: segment.flight.map(|flight| flight.to_string()),
            operating: OperatingDto {
                carrier: segment.operating.carrier.as_ref().map(|carrier| carrier.as_str()),
                name: segment.operating.name.as_deref(),
            },
            origin: segment.origin.as_str(),
            destination: segment.destination.as_str(),
            departs: segment.departs.map(|time| Local::of(time, segment.origin)),
            arrives: segment.arrives.map(|time| Local::of(time, segment.destination)),
            minutes: segment.minutes,
            stops: segment.stops().map(|airport| airport.to_string()).collect(),
            change_of_plane: segment.change_of_plane,
            doubts: clocks::doubts(segment),
        }
    }
}

/// What one passenger type gets for its price; amounts stand in the price alone.
#[derive(Debug, Serialize)]
struct FareDto<'a> {
    #[serde(rename = "type")]
    passenger_type: String,
    count: u8,
    components: Vec<ComponentDto<'a>>,
    segments: Vec<SegmentFareDto>,
    conditions: ConditionsDto,
}

impl<'a> From<&'a PassengerFare> for FareDto<'a> {
    fn from(fare: &'a PassengerFare) -> Self {
        Self {
            passenger_type: fare.passenger_type.to_string(),
            count: fare.count,
            components: fare.components.iter().map(ComponentDto::from).collect(),
            segments: fare.segments.iter().map(SegmentFareDto::from).collect(),
            conditions: ConditionsDto::from(&fare.conditions),
        }
    }
}

#[derive(Debug, Serialize)]
struct ComponentDto<'a> {
    fare_basis: &'a str,
    origin: &'a str,
    destination: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<BrandDto<'a>>,
}

#[derive(Debug, Serialize)]
struct BrandDto<'a> {
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

impl<'a> From<&'a FareComponent> for ComponentDto<'a> {
    fn from(component: &'a FareComponent) -> Self {
        let brand = |brand: &'a Brand| BrandDto { code: &brand.code, name: brand.name.as_deref() };
        Self {
            fare_basis: &component.fare_basis,
            origin: component.origin.as_str(),
            destination: component.destination.as_str(),
            brand: component.brand.as_ref().map(brand),
        }
    }
}

#[derive(Debug, Serialize)]
struct SegmentFareDto {
    segment: u8,
    booking_class: char,
    cabin: Option<Cabin>,
    baggage: BaggageDto,
}

impl From<&SegmentFare> for SegmentFareDto {
    fn from(fare: &SegmentFare) -> Self {
        Self {
            segment: fare.segment.0,
            booking_class: fare.booking_class.letter(),
            cabin: fare.cabin,
            baggage: fare.baggage.into(),
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", tag = "allowance")]
enum BaggageDto {
    Unknown,
    None,
    Pieces {
        count: u8,
        #[serde(skip_serializing_if = "Option::is_none")]
        each: Option<WeightDto>,
    },
    Total {
        weight: WeightDto,
    },
}

#[derive(Debug, Serialize)]
struct WeightDto {
    value: u16,
    unit: &'static str,
}

impl From<Weight> for WeightDto {
    fn from(weight: Weight) -> Self {
        match weight {
            Weight::Kilograms(value) => Self { value, unit: "KG" },
            Weight::Pounds(value) => Self { value, unit: "LB" },
        }
    }
}

impl From<BaggageAllowance> for BaggageDto {
    fn from(allowance: BaggageAllowance) -> Self {
        match allowance {
            BaggageAllowance::Unknown => Self::Unknown,
            BaggageAllowance::None => Self::None,
            BaggageAllowance::Pieces { count, each } => {
                Self::Pieces { count, each: each.map(WeightDto::from) }
            }
            BaggageAllowance::Total(weight) => Self::Total { weight: weight.into() },
        }
    }
}

#[derive(Debug, Serialize)]
struct ConditionsDto {
    change_before: PermissionDto,
    change_after: PermissionDto,
    refund_before: PermissionDto,
    refund_after: PermissionDto,
}

impl From<&Conditions> for ConditionsDto {
    fn from(conditions: &Conditions) -> Self {
        Self {
            change_before: conditions.change_before.into(),
            change_after: conditions.change_after.into(),
            refund_before: conditions.refund_before.into(),
            refund_after: conditions.refund_after.into(),
        }
    }
}

/// Whether something may be done; the carrier's own penalty for it, where it states one.
#[derive(Debug, Serialize)]
struct PermissionDto {
    allowed: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    penalty: Option<Amount>,
    /// Hundredths of a per cent of the fare.
    #[serde(skip_serializing_if = "Option::is_none")]
    penalty_basis_points: Option<u32>,
}

impl From<Permission> for PermissionDto {
    fn from(permission: Permission) -> Self {
        let plain = |allowed| Self { allowed, penalty: None, penalty_basis_points: None };
        match permission {
            Permission::Unknown => plain("UNKNOWN"),
            Permission::NotAllowed => plain("NO"),
            Permission::Allowed(None) => plain("YES"),
            Permission::Allowed(Some(Penalty::Amount(money))) => {
                Self { penalty: Some(money.into()), ..plain("YES") }
            }
            Permission::Allowed(Some(Penalty::BasisPoints(points))) => {
                Self { penalty_basis_points: Some(points), ..plain("YES") }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// B17: what is not known is told apart from none, to the customer's page.
    #[test]
    fn every_answer_about_baggage_is_its_own() {
        let show = |allowance: BaggageAllowance| serde_json::to_value(BaggageDto::from(allowance)).unwrap();
        let each = Some(Weight::Kilograms(23));
        for (allowance, shown) in [
            (BaggageAllowance::Unknown, json!({"allowance": "UNKNOWN"})),
            (BaggageAllowance::None, json!({"allowance": "NONE"})),
            (BaggageAllowance::Pieces { count: 2, each: None }, json!({"allowance": "PIECES", "count": 2})),
            (
                BaggageAllowance::Pieces { count: 1, each },
                json!({"allowance": "PIECES", "count": 1, "each": {"value": 23, "unit": "KG"}}),
            ),
            (
                BaggageAllowance::Total(Weight::Pounds(50)),
                json!({"allowance": "TOTAL", "weight": {"value": 50, "unit": "LB"}}),
            ),
        ] {
            assert_eq!(show(allowance), shown);
        }
    }
}
