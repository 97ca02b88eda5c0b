//! Bookings to orders.

use std::sync::Arc;

use ota_core::model::id::ClientReference;
use ota_core::model::money::Currency;
use ota_core::model::order::{
    LocatorKind, OrderProblem, OrderStatus, OrderTraveler, RecordLocator, SupplierOrder,
};
use ota_core::model::passenger::PassengerKind;
use ota_core::model::stay::{BookedRoom, BookedStay, Guest, Payee};

use super::super::replies::booking::{BookingRs, BookingsRs};
use super::super::replies::stay::{PaxRs, RoomRs, SupplierRs};
use super::{MapError, ZoneAt, clock, rate, stay, value};

const CONFIRMED: &str = "CONFIRMED";

/// One page of bookings.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) orders: Vec<SupplierOrder>,
    /// Nothing follows: only then does absence prove anything.
    pub(crate) last: bool,
}

/// A booking as an order.
pub(crate) fn order(booking: &BookingRs<'_>, zone_at: ZoneAt) -> Result<SupplierOrder, MapError> {
    let hotel = booking.hotel.as_ref().ok_or(MapError::Code)?;
    let status = match &*booking.status {
        CONFIRMED => OrderStatus::Confirmed,
        "CANCELLED" => OrderStatus::Cancelled,
        _ => return Err(MapError::Status),
    };
    if booking.reference.is_blank() {
        return Err(MapError::Code);
    }
    let code = [&*booking.currency, &*hotel.currency].into_iter().find(|code| !code.is_empty());
    let currency = value::currency(code.ok_or(MapError::Amount)?)?;
    let total = booking.total_net.as_deref().or(hotel.total_net.as_deref());
    let rooms = hotel.rooms.iter().map(|wire| room(wire, currency)).collect::<Result<Vec<_>, _>>()?;
    let fee = hotel.cancellation_amount.as_deref();
    let mut property = Arc::new(stay::property(hotel, zone_at)?);
    // The search has told of it; here it is only not shown.
    let _ = clock::settle(&mut property, rooms.iter().flat_map(|room| &room.rates));
    Ok(SupplierOrder {
        locators: vec![RecordLocator {
            kind: LocatorKind::Order,
            owner: None,
            code: (*booking.reference).to_owned(),
        }],
        status,
        travelers: rooms.iter().flat_map(|room| &room.guests).map(|guest| guest.traveler.clone()).collect(),
        segments: Vec::new(),
        fares: Vec::new(),
        total: total.map(|amount| value::money(amount, currency)).transpose()?,
        references: ClientReference::new(&booking.client_reference).into_iter().collect(),
        tickets: Vec::new(),
        ticketing_limit: None,
        problems: problems(&hotel.rooms, status),
        stay: Some(Box::new(BookedStay {
            client_reference: Some(&*booking.client_reference)
                .filter(|text| !text.trim().is_empty())
                .map(str::to_owned),
            property,
            dates: value::dates(&hotel.check_in, &hotel.check_out)?,
            rooms,
            cancellation_fee: fee.map(|amount| value::money(amount, currency)).transpose()?,
            payee: hotel.supplier.as_ref().and_then(payee),
        })),
    })
}

/// Every booking of a page, or an error: one that cannot be read may be the one looked for.
pub(crate) fn page(page: &BookingsRs<'_>, zone_at: ZoneAt) -> Result<Page, MapError> {
    let last = value::next(&page.to, &page.total)?.is_none();
    let orders =
        page.bookings.iter().map(|booking| order(booking, zone_at)).collect::<Result<Vec<_>, _>>()?;
    Ok(Page { orders, last })
}

/// A booking as a list names it.
#[derive(Debug)]
pub(crate) struct Listed {
    /// The supplier's reference.
    pub(crate) reference: String,
    pub(crate) client_reference: Option<String>,
    pub(crate) property: Option<String>,
}

/// The names of one page of bookings.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) bookings: Vec<Listed>,
    /// Where the next page begins; only where there is none, absence proves anything.
    pub(crate) next: Option<u32>,
}

/// What a page of bookings names: who stays is left out of lists, so nothing more is read of them.
pub(crate) fn listed(page: &BookingsRs<'_>) -> Result<Listing, MapError> {
    let stated = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let listed = |booking: &BookingRs<'_>| {
        Ok(Listed {
            reference: stated(&booking.reference).ok_or(MapError::Code)?,
            client_reference: stated(&booking.client_reference),
            property: booking.hotel.as_ref().and_then(|hotel| stated(&hotel.code)),
        })
    };
    let bookings = page.bookings.iter().map(listed).collect::<Result<_, _>>()?;
    Ok(Listing { bookings, next: value::next(&page.to, &page.total)? })
}

fn payee(supplier: &SupplierRs<'_>) -> Option<Payee> {
    let stated = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    Some(Payee { name: stated(&supplier.name)?, tax_number: stated(&supplier.vat_number) })
}

/// A room that is not confirmed in an order that is.
fn problems(rooms: &[RoomRs<'_>], status: OrderStatus) -> Vec<OrderProblem> {
    let broken = rooms.iter().enumerate().filter(|(_, room)| {
        status == OrderStatus::Confirmed && !room.status.is_blank() && &*room.status != CONFIRMED
    });
    let problem = |(at, room): (usize, &RoomRs<'_>)| OrderProblem::RoomNotConfirmed {
        room: u8::try_from(at).unwrap_or(u8::MAX),
        status: (*room.status).to_owned(),
    };
    broken.map(problem).collect()
}

fn room(wire: &RoomRs<'_>, currency: Currency) -> Result<BookedRoom, MapError> {
    Ok(BookedRoom {
        status: (*wire.status).to_owned(),
        guests: wire.paxes.iter().map(guest).collect::<Result<_, _>>()?,
        rates: wire.rates.iter().map(|rate| rate::booked(rate, wire, currency)).collect::<Result<_, _>>()?,
    })
}

/// A guest whose surname is not stated keeps an empty one: names are compared as they are.
fn guest(pax: &PaxRs<'_>) -> Result<Guest, MapError> {
    let kind = match &*pax.kind {
        "AD" => PassengerKind::Adult,
        "CH" => PassengerKind::Child,
        _ => return Err(MapError::Code),
    };
    Ok(Guest {
        room: value::count(&pax.room_id)?,
        traveler: OrderTraveler {
            passenger_type: Some(kind.into()),
            given: Some(&*pax.name).filter(|name| !name.is_empty()).map(|name| name.to_owned().into()),
            surname: (*pax.surname).to_owned().into(),
        },
        age: pax.age.as_deref().map(value::count).transpose()?,
    })
}
