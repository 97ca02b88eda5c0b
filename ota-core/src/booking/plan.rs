//! What comes next, time aside: the order of commands over a booking's items, and the order of undoing them.
//!
//! Forward: authorise, make every order, issue every ticket, capture. Orders come before tickets because an order can
//! be cancelled for nothing; what cannot be undone for nothing, tickets or rooms, comes last. Backward: surplus orders, tickets
//! (their void window runs), orders, and the money when nothing is left that it would have paid for.

use jiff::tz::TimeZone;

use super::command::{Command, ItemRef};
use super::model::{Booking, Item, ItemState, PaymentState};
use crate::model::money::Money;
use crate::model::offer::Offer;
use crate::model::order::TicketNumber;
use crate::model::passenger::TravelerRef;
use crate::model::time::Timestamp;
use crate::supplier::profile::VoidWindow;

/// The next step of a booking that has none open and is not stopped; `None` if nothing is left to do.
#[must_use]
pub fn next(booking: &Booking) -> Option<Command> {
    let work = if undoing(booking) { undo(booking) } else { forward(booking) };
    work.or_else(|| booking.messages.first().map(|owed| Command::Send { message: owed.message }))
}

/// Whether the booking is being given back.
#[must_use]
pub const fn undoing(booking: &Booking) -> bool {
    booking.failure.is_some() || booking.cancel.is_some()
}

fn forward(booking: &Booking) -> Option<Command> {
    match booking.payment.state {
        PaymentState::Authorized | PaymentState::Captured => {}
        PaymentState::None if booking.payment.method.is_some() => {
            let amount = booking.price.total;
            return Some(Command::Authorize { attempt: booking.payment.attempt, amount });
        }
        _ => return None,
    }
    surplus(booking)
        .or_else(|| in_order(booking).find_map(|(item, it)| create(item, it)))
        .or_else(|| in_order(booking).find_map(|(item, it)| issue(item, it, booking.travelers.len())))
        .or_else(|| capture(booking))
}

/// What undoing has left to do; `None` when everything is back, as far as it was to come back.
#[must_use]
pub fn undo(booking: &Booking) -> Option<Command> {
    let void = booking.cancel.as_ref().is_none_or(|cancel| cancel.void);
    surplus(booking)
        .or_else(|| {
            let with_tickets = in_order(booking).filter(|(_, it)| void && live_tickets(it).next().is_some());
            let first = with_tickets.min_by_key(|(_, it)| voidable_until(it));
            first.map(|(item, it)| Command::VoidTickets { item, tickets: live_tickets(it).collect() })
        })
        .or_else(|| {
            let ordered = in_order(booking).find(|(_, it)| has_order(it));
            ordered.map(|(item, _)| Command::CancelOrder { item })
        })
        .or_else(|| give_back(booking))
}

/// Items in the order in which they are bought: what can be undone first.
fn in_order(booking: &Booking) -> impl Iterator<Item = (ItemRef, &Item)> {
    let mut items: Vec<_> = (0..).map(ItemRef).zip(&booking.items).collect();
    items.sort_by_key(|(_, item)| costs_to_undo(item, booking.created_at));
    items.into_iter()
}

/// Tickets that cannot be voided, and rooms that cannot be cancelled for nothing, or do not say so.
fn costs_to_undo(item: &Item, at: Timestamp) -> bool {
    match &item.solution.offer {
        Offer::Flight(_) => item.rules.tickets && item.rules.semantics.void_window == VoidWindow::None,
        Offer::Stay(offer) => offer.fee_at(at).is_none_or(|fee| fee.minor != 0),
    }
}

fn create(item: ItemRef, it: &Item) -> Option<Command> {
    if it.state != ItemState::Planned {
        return None;
    }
    let attempt = if it.rules.semantics.deduplicates { 1 } else { it.attempts + 1 };
    Some(Command::CreateOrder { item, reference: it.reference.attempt(attempt) })
}

fn issue(item: ItemRef, it: &Item, travelers: usize) -> Option<Command> {
    let travelers: Vec<_> = without_ticket(it, travelers).collect();
    (it.state == ItemState::Held).then_some(Command::IssueTickets { item, travelers })
}

fn capture(booking: &Booking) -> Option<Command> {
    let secured = booking.payment.state == PaymentState::Authorized;
    secured.then_some(Command::Capture { amount: booking.price.total })
}

fn surplus(booking: &Booking) -> Option<Command> {
    in_order(booking).find_map(|(item, it)| {
        let locators = it.surplus.first()?.clone();
        Some(Command::CancelSurplus { item, locators })
    })
}

fn give_back(booking: &Booking) -> Option<Command> {
    let payment = &booking.payment;
    match payment.state {
        PaymentState::Authorized => Some(Command::VoidPayment),
        PaymentState::Captured | PaymentState::Refunded => {
            let minor = to_refund(booking).minor - payment.refunded.minor;
            (minor > 0).then_some(Command::Refund { amount: Money::new(minor, payment.captured.currency) })
        }
        PaymentState::None | PaymentState::Unknown | PaymentState::Declined | PaymentState::Voided => None,
    }
}

/// What the customer gets back of what was taken: all of it, or what was accepted.
#[must_use]
pub fn to_refund(booking: &Booking) -> Money {
    let captured = booking.payment.captured;
    match &booking.cancel {
        Some(cancel) if cancel.refund.minor < captured.minor => cancel.refund,
        _ => captured,
    }
}

/// Whether an order stands that has to be cancelled if the booking is undone.
#[must_use]
pub const fn has_order(item: &Item) -> bool {
    use ItemState::{Broken, Confirmed, Held, Ticketed, Undoing};
    matches!(item.state, Held | Broken | Confirmed | Ticketed | Undoing)
}

/// Whether an item is all that was bought.
#[must_use]
pub const fn is_complete(item: &Item) -> bool {
    matches!(item.state, ItemState::Confirmed | ItemState::Ticketed)
}

/// Tickets that are not void.
pub fn live_tickets(item: &Item) -> impl Iterator<Item = TicketNumber> + '_ {
    item.tickets.iter().filter(|ticket| !ticket.voided).map(|ticket| ticket.number)
}

/// Travelers of a booking who have no live ticket of this item.
pub fn without_ticket(item: &Item, travelers: usize) -> impl Iterator<Item = TravelerRef> + '_ {
    let all = (0..=u8::MAX).map(TravelerRef).take(travelers);
    all.filter(|who| !item.tickets.iter().any(|ticket| ticket.traveler == *who && !ticket.voided))
}

/// Until when every live ticket of an item can still be voided; `None` if never.
///
/// A day ends by the issuing office's clock; a zone that is not known closes the window.
#[must_use]
pub fn voidable_until(item: &Item) -> Option<Timestamp> {
    let issued = item.tickets.iter().filter(|ticket| !ticket.voided).map(|ticket| ticket.issued_at).min()?;
    match item.rules.semantics.void_window {
        VoidWindow::None => None,
        VoidWindow::For(window) => Some(issued.plus(window)),
        VoidWindow::OfficeDay { margin } => {
            let zone = TimeZone::get(&item.rules.office_zone).ok()?;
            let next_day = zone.to_datetime(issued.to_jiff()).date().tomorrow().ok()?;
            let midnight = Timestamp::from(zone.to_timestamp(next_day.at(0, 0, 0, 0)).ok()?);
            Some(midnight.less(margin))
        }
    }
}
