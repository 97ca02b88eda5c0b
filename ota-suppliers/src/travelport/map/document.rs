//! Electronic ticket records -> tickets.

use ota_core::model::order::{Coupon, CouponStatus, LocatorKind, RecordLocator, Ticket, TicketNumber};

use super::fare;
use super::{MapError, value};
use crate::travelport::replies::document::{Coupon as WireCoupon, Etr};

/// The documents of one traveler's journey, in order of their numbers, which run on; the first leads.
///
/// Coupons belong to the number that they are nested in: the supplier's keys repeat.
pub(crate) fn tickets(etr: &Etr<'_>) -> Result<Vec<Ticket>, MapError> {
    let priced = etr.pricing_info.as_ref().and_then(|info| info.passenger_types.first());
    let traveler = etr.traveler.as_ref().map(|person| {
        let kind = person.traveler_type.as_deref().or(priced.map(|passenger| passenger.code.as_ref()));
        value::traveler(kind, person.first.as_deref(), &person.last)
    });
    let mut tickets = Vec::with_capacity(etr.tickets.len());
    for document in &etr.tickets {
        let mut coupons = document.coupons.iter().map(coupon).collect::<Result<Vec<_>, _>>()?;
        coupons.sort_by_key(|coupon| coupon.number);
        tickets.push(Ticket {
            number: TicketNumber::new(&document.number).map_err(|_| MapError::Code)?,
            conjunction_of: None,
            status: document.status.as_deref().map(str::to_owned),
            issued: etr.issued_date.as_deref().map(value::date).transpose()?,
            traveler: traveler.clone(),
            coupons,
            total: None,
            base: None,
            taxes: None,
            fare_calculation: None,
        });
    }
    tickets.sort_by_key(|ticket| ticket.number);
    lead(&mut tickets, etr)?;
    Ok(tickets)
}

/// The records that the documents belong to.
pub(crate) fn locators(etr: &Etr<'_>) -> Vec<RecordLocator> {
    let locator = |kind, owner: Option<&str>, code: &str| RecordLocator {
        kind,
        owner: owner.map(str::to_owned),
        code: code.to_owned(),
    };
    let provider = etr.provider_locator_code.as_deref();
    let reservation = etr.reservation_locator.as_deref().map(str::trim);
    let mut locators = Vec::new();
    locators.extend(provider.map(|code| locator(LocatorKind::Provider, etr.provider_code.as_deref(), code)));
    locators.extend(reservation.map(|code| locator(LocatorKind::Reservation, None, code)));
    for (owner, code) in &etr.supplier_locators {
        locators.push(locator(LocatorKind::Supplier, Some(owner), code));
    }
    locators
}

/// The amounts are those of the journey: they stand on the first document, which the others name.
fn lead(tickets: &mut [Ticket], etr: &Etr<'_>) -> Result<(), MapError> {
    let Some((first, others)) = tickets.split_first_mut() else { return Err(MapError::Empty) };
    first.total = value::optional_money(etr.prices.total.as_deref())?;
    first.base = value::optional_money(etr.prices.base.as_deref())?;
    first.taxes = value::optional_money(etr.prices.taxes.as_deref())?;
    first.fare_calculation = etr.fare_calc.as_deref().map(|line| line.trim().to_owned());
    for other in others {
        other.conjunction_of = Some(first.number);
    }
    Ok(())
}

fn coupon(coupon: &WireCoupon<'_>) -> Result<Coupon, MapError> {
    let letter = coupon.status.chars().next().ok_or(MapError::Code)?;
    let flight = match (&coupon.carrier, &coupon.flight_number) {
        // An open coupon has a carrier and no flight.
        (Some(carrier), Some(number)) => value::flight_number(carrier, number).ok(),
        _ => None,
    };
    Ok(Coupon {
        number: coupon.number.parse().map_err(|_| MapError::Code)?,
        status: CouponStatus::from_letter(letter),
        flight,
        origin: coupon.origin.as_deref().map(value::airport).transpose()?,
        destination: coupon.destination.as_deref().map(value::airport).transpose()?,
        booking_class: coupon.booking_class.as_deref().and_then(|code| fare::booking_class(code).ok()),
        fare_basis: coupon.fare_basis.as_deref().map(str::to_owned),
    })
}
