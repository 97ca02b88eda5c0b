//! The price of one passenger type.

use std::collections::HashMap;
use std::sync::Arc;

use ota_core::model::conditions::{BaggageAllowance, Conditions, Penalty, Permission};
use ota_core::model::fare::{Brand, FareComponent, PassengerFare, SegmentFare, Tax, TicketingLimit};
use ota_core::model::itinerary::{BookingClass, Cabin, Segment, SegmentRef};
use ota_core::model::money::{Currency, Money};
use ota_core::model::places::places;
use smallvec::SmallVec;

use super::MapError;
use super::value;
use crate::travelport::replies::air::{
    AirPricingInfo, BaggageAllowanceInfo, BookingInfo, Brand as WireBrand, FareInfo, FarePenalty,
};

/// Code of the line that carries fees which the supplier states apart from taxes.
const FEES: &str = "FEE";

/// How one segment is booked, with references resolved.
#[derive(Clone, Copy)]
pub(crate) struct Booked {
    /// Which of the reply's fares pays for it.
    fare: usize,
    booking_class: BookingClass,
    cabin: Option<Cabin>,
    baggage: BaggageAllowance,
    seats: Option<u8>,
}

/// The fares of a reply, by key and by position, and the names of its brands.
pub(crate) struct Fares<'r, 'a> {
    list: Vec<&'r FareInfo<'a>>,
    positions: HashMap<&'r str, usize>,
    brand_names: HashMap<&'r str, &'r str>,
}

impl<'r, 'a> Fares<'r, 'a> {
    pub(crate) fn new(
        fares: impl Iterator<Item = &'r FareInfo<'a>>,
        brands: impl Iterator<Item = &'r WireBrand<'a>>,
    ) -> Self {
        let list: Vec<_> = fares.collect();
        let named = |brand: &'r WireBrand<'a>| Some((brand.id.as_deref()?, brand.name.as_deref()?));
        Self {
            positions: list.iter().enumerate().map(|(at, fare)| (&*fare.key, at)).collect(),
            list,
            brand_names: brands.filter_map(named).collect(),
        }
    }

    pub(crate) fn booked(&self, info: &BookingInfo<'_>) -> Result<Booked, MapError> {
        let fare = *self.positions.get(&*info.fare_info_ref).ok_or(MapError::Reference)?;
        Ok(Booked {
            fare,
            booking_class: booking_class(&info.booking_code)?,
            cabin: info.cabin_class.as_deref().and_then(value::cabin),
            baggage: self.list[fare].baggage.as_ref().map_or(BaggageAllowance::Unknown, value::baggage),
            seats: info.booking_count.as_deref().and_then(|count| count.parse().ok()),
        })
    }

    fn brand(&self, fare: &FareInfo<'_>) -> Option<Brand> {
        let brand = fare.brand.as_ref()?;
        let code = brand.id.as_deref()?;
        let name = brand.name.as_deref().or_else(|| self.brand_names.get(code).copied());
        Some(Brand { code: code.to_owned(), name: name.map(str::to_owned) })
    }

    /// The fare components at these positions, in their order.
    pub(crate) fn components(
        &self,
        keys: &[usize],
        filed: Currency,
    ) -> Result<Arc<[FareComponent]>, MapError> {
        keys.iter().map(|key| self.component(self.list[*key], filed)).collect()
    }

    fn component(&self, fare: &FareInfo<'_>, filed: Currency) -> Result<FareComponent, MapError> {
        // The amount may be in units of fare construction, or converted: only the filed one is kept.
        let amount = fare.amount.as_deref().and_then(|amount| value::money(amount).ok());
        Ok(FareComponent {
            fare_basis: fare.fare_basis.as_ref().to_owned(),
            origin: value::airport(&fare.origin)?,
            destination: value::airport(&fare.destination)?,
            carrier: None,
            amount: amount.filter(|amount| amount.currency == filed),
            brand: self.brand(fare),
            private: fare.private_fare.as_deref().map(str::to_owned),
        })
    }
}

/// The amounts and conditions of a passenger type, before anything is said about segments.
pub(crate) fn amounts(info: &AirPricingInfo<'_>) -> Result<PassengerFare, MapError> {
    let total = value::money(info.prices.total.as_deref().ok_or(MapError::Amount)?)?;
    let filed = value::money(info.prices.base.as_deref().ok_or(MapError::Amount)?)?;
    let equivalent = value::optional_money(info.prices.equivalent.as_deref())?;
    let fees = value::optional_money(info.prices.fees.as_deref())?;
    let passenger = info.passenger_types.first().ok_or(MapError::Empty)?;
    let count = u8::try_from(info.passenger_types.len()).map_err(|_| MapError::Empty)?;
    let mut taxes = Vec::with_capacity(info.taxes.len() + 1);
    for tax in &info.taxes {
        let amount = value::money(tax.amount.as_deref().ok_or(MapError::Amount)?)?;
        taxes.push(Tax { code: tax.category.as_ref().to_owned(), amount });
    }
    taxes.extend(fees.filter(|fees| fees.minor != 0).map(|amount| Tax { code: FEES.to_owned(), amount }));
    Ok(PassengerFare {
        passenger_type: value::passenger_type(&passenger.code)?,
        count,
        filed,
        equivalent: equivalent.filter(|amount| amount.currency != filed.currency),
        taxes: taxes.into(),
        total,
        components: Arc::new([]),
        segments: Arc::new([]),
        conditions: conditions(info)?,
        fare_calculation: info.fare_calc.as_deref().map(|line| line.trim().into()),
    })
}

/// Positions of fares; few enough to need no allocation for each combination.
pub(crate) type ComponentKeys = SmallVec<[usize; 8]>;

/// The distinct fares of these segments, in order of travel.
pub(crate) fn component_keys<'b>(booked: impl Iterator<Item = &'b Booked>) -> ComponentKeys {
    let mut keys = ComponentKeys::new();
    for segment in booked {
        if !keys.contains(&segment.fare) {
            keys.push(segment.fare);
        }
    }
    keys
}

/// How each segment is flown; `keys` are those of the components.
pub(crate) fn segments<'b>(
    booked: impl Iterator<Item = &'b Booked>,
    keys: &[usize],
) -> Result<Arc<[SegmentFare]>, MapError> {
    let mut segments = Vec::with_capacity(8);
    for (order, booked) in booked.enumerate() {
        let component = keys.iter().position(|key| *key == booked.fare).ok_or(MapError::Reference)?;
        segments.push(SegmentFare {
            segment: SegmentRef(u8::try_from(order).map_err(|_| MapError::Empty)?),
            component: u8::try_from(component).map_err(|_| MapError::Empty)?,
            booking_class: booked.booking_class,
            cabin: booked.cabin,
            baggage: booked.baggage,
        });
    }
    Ok(segments.into())
}

pub(crate) fn booking_class(code: &str) -> Result<BookingClass, MapError> {
    let mut letters = code.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) => BookingClass::new(letter).map_err(|_| MapError::Code),
        _ => Err(MapError::Code),
    }
}

/// Fewest seats left over all bookings, where each states a number.
pub(crate) fn seats_left<'b>(booked: impl Iterator<Item = &'b Booked>) -> Option<u8> {
    booked.filter_map(|booked| booked.seats).min()
}

/// The earliest of the passenger types' limits.
pub(crate) fn ticketing_limit<'r, 'a: 'r>(
    infos: impl IntoIterator<Item = &'r AirPricingInfo<'a>>,
) -> Result<Option<TicketingLimit>, MapError> {
    let stated = infos.into_iter().filter_map(|info| info.latest_ticketing_time.as_deref());
    let limits = stated.map(value::limit).collect::<Result<Vec<_>, _>>()?;
    // Of one reply, all are on the clock of the same office.
    Ok(limits.into_iter().min_by_key(|limit| limit.civil).map(|at| TicketingLimit { at }))
}

/// Where baggage is stated as text for parts of the journey: the allowance of each segment, in order.
///
/// The parts follow each other; one ends where a segment reaches its destination, an airport or its city.
pub(crate) fn baggage_of_segments<'s>(
    infos: &[BaggageAllowanceInfo<'_>],
    segments: impl Iterator<Item = &'s Segment>,
) -> Vec<BaggageAllowance> {
    let mut parts = infos.iter().peekable();
    let allowance = |segment: &Segment| {
        let Some(part) = parts.peek() else { return BaggageAllowance::Unknown };
        let allowance = part.text.as_deref().map_or(BaggageAllowance::Unknown, value::baggage_text);
        let city = places().airport(segment.destination).map(|airport| airport.city);
        let arrived = *part.destination == *segment.destination.as_str()
            || city.is_some_and(|city| *part.destination == *city.as_str());
        if arrived {
            parts.next();
        }
        allowance
    };
    segments.map(allowance).collect()
}

/// The first allowance, or the other where it is unknown.
pub(crate) fn first_known(stated: BaggageAllowance, other: BaggageAllowance) -> BaggageAllowance {
    if stated == BaggageAllowance::Unknown { other } else { stated }
}

fn conditions(info: &AirPricingInfo<'_>) -> Result<Conditions, MapError> {
    let (change_before, change_after) = permissions(&info.change_penalties, Permission::Unknown)?;
    let unpriced = match info.refundable.as_deref() {
        Some("true") => Permission::Allowed(None),
        Some("false") => Permission::NotAllowed,
        _ => Permission::Unknown,
    };
    let (refund_before, refund_after) = permissions(&info.cancel_penalties, unpriced)?;
    Ok(Conditions { change_before, change_after, refund_before, refund_after })
}

/// What penalties say before and after departure; `unstated` where they say nothing. A no-show is neither.
fn permissions(
    penalties: &[FarePenalty<'_>],
    unstated: Permission,
) -> Result<(Permission, Permission), MapError> {
    let (mut before, mut after) = (unstated, unstated);
    for penalty in penalties.iter().filter(|penalty| penalty.no_show.as_deref() != Some("true")) {
        let Some(price) = penalty_price(penalty)? else { continue };
        match penalty.applies.as_deref() {
            Some("Before Departure") => before = Permission::Allowed(Some(price)),
            Some("After Departure") => after = Permission::Allowed(Some(price)),
            _ => (before, after) = (Permission::Allowed(Some(price)), Permission::Allowed(Some(price))),
        }
    }
    Ok((before, after))
}

fn penalty_price(penalty: &FarePenalty<'_>) -> Result<Option<Penalty>, MapError> {
    if let Some(amount) = penalty.amount.as_deref() {
        return value::money(amount.trim()).map(|amount| Some(Penalty::Amount(amount)));
    }
    let Some(percentage) = penalty.percentage.as_deref() else { return Ok(None) };
    // A percentage with two decimals has the scale of an amount with cents.
    let euro = Currency::from_code("EUR").map_err(|_| MapError::Amount)?;
    let Money { minor, .. } = Money::parse(percentage.trim(), euro).map_err(|_| MapError::Amount)?;
    u32::try_from(minor).map(|points| Some(Penalty::BasisPoints(points))).map_err(|_| MapError::Amount)
}
