//! What is true of every booking, always: checked after each event, on load, and by the properties.

use super::command::Command;
use super::machine;
use super::model::{Booking, BookingStatus, Item, ItemState, PaymentState};
use super::plan;
use crate::limits::JOURNAL_ENTRIES_MAX;

/// A rule that a booking breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// Amounts are in one currency, and 0 <= refunded <= captured <= authorised.
    #[error("the payment's amounts do not fit together")]
    Amounts,
    /// An open step, a ticket or a traveler names nothing that is there.
    #[error("something is named that the booking does not have")]
    Reference,
    /// Nothing external is under way without a committed intent.
    #[error("a step is under way that was not started")]
    NotStarted,
    /// At most one live ticket set per item, and tickets only on an order.
    #[error("an item has tickets that it cannot have")]
    Tickets,
    /// The status is a function of the rest.
    #[error("the status does not follow from the booking")]
    Status,
    /// A final status owes no work but its message.
    #[error("a final booking owes work")]
    FinalOwesWork,
    /// Every item ticketed or confirmed, and the price taken.
    #[error("ticketed without every item or the whole price")]
    Ticketed,
    /// Nothing is held or kept beyond what was agreed, and no order stands.
    #[error("something is left of what was given back")]
    GivenBack,
    /// The journal is longer than it may be.
    #[error("the journal is too long")]
    Journal,
}

/// Checks every rule.
///
/// # Errors
/// The first that is broken.
pub fn check(booking: &Booking) -> Result<(), Violation> {
    amounts(booking)?;
    references(booking)?;
    booking.items.iter().try_for_each(|item| tickets(booking, item))?;
    if booking.status != machine::status(booking) {
        return Err(Violation::Status);
    }
    if booking.journal_entries as usize > JOURNAL_ENTRIES_MAX {
        return Err(Violation::Journal);
    }
    finals(booking)
}

fn amounts(booking: &Booking) -> Result<(), Violation> {
    let payment = &booking.payment;
    let all = [payment.authorized, payment.captured, payment.refunded];
    let one_currency = all.iter().all(|amount| amount.currency == booking.price.total.currency);
    let ordered = 0 <= payment.refunded.minor
        && payment.refunded.minor <= payment.captured.minor
        && payment.captured.minor <= payment.authorized.minor;
    if one_currency && ordered { Ok(()) } else { Err(Violation::Amounts) }
}

fn references(booking: &Booking) -> Result<(), Violation> {
    let open = booking.open.as_ref().map(|open| &open.command);
    let item = open.and_then(Command::item);
    if item.is_some_and(|item| usize::from(item.0) >= booking.items.len()) {
        return Err(Violation::Reference);
    }
    let outside = |index: u8| usize::from(index) >= booking.travelers.len();
    if booking.items.iter().flat_map(|item| &item.tickets).any(|ticket| outside(ticket.traveler.0)) {
        return Err(Violation::Reference);
    }
    for (index, it) in booking.items.iter().enumerate() {
        let under_way = matches!(it.state, ItemState::Started | ItemState::Unknown);
        let started = item.is_some_and(|item| usize::from(item.0) == index);
        if under_way && !started {
            return Err(Violation::NotStarted);
        }
    }
    let unknown = booking.payment.state == PaymentState::Unknown;
    if unknown && (open.is_none() || item.is_some()) {
        return Err(Violation::NotStarted);
    }
    Ok(())
}

fn tickets(booking: &Booking, item: &Item) -> Result<(), Violation> {
    let leading = || item.tickets.iter().filter(|ticket| !ticket.voided && ticket.conjunction_of.is_none());
    let doubled = leading().any(|a| leading().filter(|b| a.traveler == b.traveler).count() > 1);
    let without_order = !item.tickets.is_empty() && item.locators.is_empty();
    let uncovered = item.state == ItemState::Ticketed
        && plan::without_ticket(item, booking.travelers.len()).next().is_some();
    // A second set seen at the supplier is a fact: people look at it, and it is kept for them.
    if (doubled && booking.review.is_none()) || without_order || uncovered {
        return Err(Violation::Tickets);
    }
    Ok(())
}

fn finals(booking: &Booking) -> Result<(), Violation> {
    use BookingStatus::{Cancelled, Expired, Refunded, Ticketed};
    if !matches!(booking.status, Cancelled | Expired | Refunded | Ticketed) {
        return Ok(());
    }
    let owes = booking.open.as_ref().map(|open| open.command.clone()).or_else(|| plan::next(booking));
    if !matches!(owes, None | Some(Command::Send { .. })) {
        return Err(Violation::FinalOwesWork);
    }
    let payment = &booking.payment;
    let kept = payment.captured.minor - payment.refunded.minor;
    let held = payment.state == PaymentState::Authorized;
    if booking.status == Ticketed {
        let whole = booking.items.iter().all(plan::is_complete) && kept == booking.price.total.minor;
        return if whole && !held { Ok(()) } else { Err(Violation::Ticketed) };
    }
    let agreed = payment.captured.minor - plan::to_refund(booking).minor;
    let orders = booking.items.iter().any(|item| plan::has_order(item) || !item.surplus.is_empty());
    let fits = if booking.status == Cancelled { kept == agreed } else { kept == 0 };
    if held || orders || !fits { Err(Violation::GivenBack) } else { Ok(()) }
}
