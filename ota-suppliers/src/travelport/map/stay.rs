//! Hotels in uAPI's words: rates as money, and the stays of a record.
//!
//! The replies about rates name neither the guests nor the board, so they are no `Rate` of the model.

use ota_core::model::money::Money;
use ota_core::model::order::{LocatorKind, OrderProblem, OrderStatus, RecordLocator, SupplierOrder};
use ota_core::model::stay::StayDates;
use ota_core::model::time::LocalTime;

use super::{MapError, order, value};
use crate::travelport::replies::hotel::{Guests as WireGuests, HotelRateDetail, HotelReservation, RateInfo};
use crate::travelport::replies::record::UniversalRecord;

/// One rate over all nights.
pub(crate) struct StayRate {
    /// All that is asked of us: base, taxes and surcharges.
    pub(crate) net: Money,
    pub(crate) base: Option<Money>,
    pub(crate) tax: Option<Money>,
    pub(crate) surcharge: Option<Money>,
    /// What is paid at booking.
    pub(crate) deposit: Option<Money>,
    /// From when on a cancellation costs how much; absent where it is said in words only.
    pub(crate) cancellation: Option<(LocalTime, Money)>,
}

pub(crate) fn rate(rate: &HotelRateDetail<'_>) -> Result<StayRate, MapError> {
    let deadline = rate.cancel.deadline.as_deref().map(value::local_time).transpose()?;
    let penalty = value::optional_money(rate.cancel.penalty.as_deref())?;
    Ok(StayRate {
        net: value::money(rate.total.as_deref().ok_or(MapError::Amount)?)?,
        base: value::optional_money(rate.base.as_deref())?,
        tax: value::optional_money(rate.tax.as_deref())?,
        surcharge: value::optional_money(rate.surcharge.as_deref())?,
        deposit: value::optional_money(rate.deposit.as_deref())?,
        cancellation: deadline.zip(penalty),
    })
}

/// The lowest price of one source of rates.
pub(crate) struct Lowest {
    pub(crate) net: Money,
    /// The source prices in another currency than the one stated.
    pub(crate) converted: bool,
    /// For one night only.
    pub(crate) nightly: bool,
    pub(crate) commission: Option<Money>,
}

pub(crate) fn lowest(info: &RateInfo<'_>) -> Result<Lowest, MapError> {
    let stay = info.minimum_stay.as_deref();
    let converted = info.approximate_minimum_stay.as_deref();
    let amount = stay.or(converted).or(info.minimum.as_deref());
    Ok(Lowest {
        net: value::money(amount.ok_or(MapError::Amount)?)?,
        converted: stay.is_none() && converted.is_some(),
        nightly: stay.or(converted).is_none(),
        // Also told as a percentage, by its schema.
        commission: info.commission.as_deref().and_then(|text| value::money(text).ok()),
    })
}

/// Who sleeps in so many rooms together.
pub(crate) struct Guests {
    pub(crate) rooms: u8,
    pub(crate) adults: Option<u8>,
    pub(crate) child_ages: Vec<u8>,
}

/// One hotel of a record.
pub(crate) struct Stay<'r, 'a> {
    pub(crate) dates: StayDates,
    pub(crate) total: Option<Money>,
    pub(crate) rates: Vec<StayRate>,
    pub(crate) guests: Vec<Guests>,
    pub(crate) wire: &'r HotelReservation<'a>,
}

/// The hotels of a record. What they mean for the order as a whole is added to it.
pub(crate) fn stays<'r, 'a>(
    record: &'r UniversalRecord<'a>,
    order: &mut SupplierOrder,
) -> Result<Vec<Stay<'r, 'a>>, MapError> {
    let stays = record.hotel_reservations.iter().map(stay).collect::<Result<Vec<_>, _>>()?;
    for (at, stay) in (0_u8..).zip(&stays) {
        let locator = |kind, code: &str| RecordLocator { kind, owner: None, code: code.to_owned() };
        order.locators.push(locator(LocatorKind::Reservation, &stay.wire.locator_code));
        let own = stay.wire.booking_confirmation.as_deref();
        order.locators.extend(own.map(|code| locator(LocatorKind::Hotel, code)));
        if !order::is_confirmed(&stay.wire.status) {
            let status = stay.wire.status.as_ref().to_owned();
            order.problems.push(OrderProblem::RoomNotConfirmed { room: at, status });
        }
    }
    if !stays.is_empty() {
        let hotels = total(&stays);
        let flown = order.total;
        let both = || flown?.plus(hotels?).ok();
        order.total = if order.segments.is_empty() { hotels } else { both() };
        // A stay needs no ticket.
        if order.segments.is_empty() && order.status == OrderStatus::Held && order.problems.is_empty() {
            order.status = OrderStatus::Confirmed;
        }
    }
    Ok(stays)
}

/// `None` where a price is not stated or the currencies differ.
fn total(stays: &[Stay<'_, '_>]) -> Option<Money> {
    let totals: Vec<Money> = stays.iter().map(|stay| stay.total).collect::<Option<_>>()?;
    Money::sum(totals.first()?.currency, totals).ok()
}

fn stay<'r, 'a>(wire: &'r HotelReservation<'a>) -> Result<Stay<'r, 'a>, MapError> {
    let dates =
        StayDates { check_in: value::date(&wire.check_in)?, check_out: value::date(&wire.check_out)? };
    Ok(Stay {
        dates: if dates.nights() > 0 { dates } else { return Err(MapError::Time) },
        total: value::optional_money(wire.total.as_deref())?,
        rates: wire.rates.iter().map(rate).collect::<Result<_, _>>()?,
        guests: wire.guests.iter().map(guests).collect::<Result<_, _>>()?,
        wire,
    })
}

fn guests(wire: &WireGuests<'_>) -> Result<Guests, MapError> {
    let count = |text: &str| text.trim().parse::<u8>().map_err(|_| MapError::Code);
    Ok(Guests {
        rooms: wire.rooms.as_deref().map_or(Ok(1), count)?,
        adults: wire.adults.as_deref().map(count).transpose()?,
        child_ages: wire.child_ages.iter().map(|age| count(age)).collect::<Result<_, _>>()?,
    })
}
