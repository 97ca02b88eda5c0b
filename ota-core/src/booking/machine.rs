//! The machine that moves a booking: pure, and the only place where states change.
//!
//! [`decide`] says what to do now; [`apply`] says what an event makes of a booking. A write is done only after its
//! [`Event::Started`] was applied and committed; until its outcome is known it stays [`Booking::open`], and the only
//! thing to do is to look. So a worker that is killed anywhere leaves a booking that says what must be found out.
//!
//! ```
//! # #[cfg(not(feature = "testing"))] fn main() {}
//! # #[cfg(feature = "testing")] fn main() {
//! use ota_core::booking::machine::{Step, apply, decide};
//! use ota_core::booking::model::BookingStatus;
//! use ota_core::testing::{bookings, clock::START};
//!
//! let unpaid = bookings::booking(1, 2);
//! assert_eq!(decide(&unpaid, START), Step::Wait(unpaid.pay_before));
//! let asked = apply(&unpaid, &bookings::pay(), START).unwrap();
//! let Step::Run(authorize) = decide(&asked, START) else { unreachable!() };
//! let under_way = apply(&asked, &bookings::started(authorize.clone(), START), START).unwrap();
//! assert_eq!(under_way.status, BookingStatus::PaymentPending);
//! let paid = apply(&under_way, &bookings::success(&under_way, &authorize, START), START).unwrap();
//! assert_eq!(paid.status, BookingStatus::Paid);
//! assert!(apply(&paid, &bookings::pay(), START).is_err());
//! # }
//! ```

use std::time::Duration;

use super::command::{Command, Event, Started};
use super::invariants::{self, Violation};
use super::model::{
    AcceptedCancel, Booking, BookingStatus, Item, ItemState, MessageKind, Owed, Pace, PaymentState,
    ReviewReason,
};
use super::{outcome, plan};
use crate::limits::JOURNAL_ENTRIES_MAX;
use crate::model::time::Timestamp;
use crate::supplier::profile::FindBy;

/// Looks at one open step before people must look: with doubling delays about two hours.
pub const LOOKS_MAX: u32 = 20;
/// Payments that a customer may start for one booking.
pub const PAY_ATTEMPTS_MAX: u32 = 10;
/// Entries kept free at the end of a journal: the outcome of an open step, and the call for people.
pub const JOURNAL_RESERVE: usize = 10;
/// The longest wait between two looks or tries.
pub const DELAY_MAX: Duration = Duration::from_secs(600);

/// What to do about a booking now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Do this; a write is started and committed first.
    Run(Command),
    /// Record this: time alone has brought it.
    Record(Event),
    /// Nothing before then.
    Wait(Timestamp),
    /// Nothing, until somebody asks for something.
    Rest,
}

/// An event that cannot have happened to a booking that stands as it does. The booking is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{event} cannot happen to a booking that is {status:?}: {why}")]
pub struct IllegalEvent {
    /// Which.
    pub event: &'static str,
    /// Where the booking stands.
    pub status: BookingStatus,
    /// Which rule it breaks.
    pub why: Why,
}

/// Why an event is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Why {
    /// The event belongs to another state.
    #[error("not in this state")]
    State,
    /// There is no open step that it could be the outcome of.
    #[error("it answers no open step")]
    NoOpenStep,
    /// It is not what [`decide`] says.
    #[error("it is not the next step")]
    NotNext,
    /// It names an amount, a traveler or a time that does not fit.
    #[error("its content does not fit the booking")]
    Content,
    /// The journal is full.
    #[error("the journal is full")]
    JournalFull,
    /// The booking would break an invariant.
    #[error(transparent)]
    Invariant(#[from] Violation),
}

/// What to do about a booking now.
#[must_use]
pub fn decide(booking: &Booking, now: Timestamp) -> Step {
    if booking.review.is_some() || booking.lapsed {
        return Step::Rest;
    }
    let (command, pace) = match &booking.open {
        Some(open) => match look(booking, open) {
            Ok(found) => found,
            Err(reason) => return Step::Record(Event::Stuck { reason }),
        },
        None => match plan::next(booking) {
            Some(command) => {
                let pace = pace_of(booking, &command);
                (command, pace)
            }
            None if booking.status == BookingStatus::Init => return unpaid(booking, now),
            None => return Step::Rest,
        },
    };
    if let Some(at) = pace.not_before.filter(|at| now < *at) {
        return Step::Wait(at);
    }
    if booking.journal_entries as usize + JOURNAL_RESERVE > JOURNAL_ENTRIES_MAX {
        return Step::Record(Event::Stuck { reason: ReviewReason::JournalFull });
    }
    if too_late_to_void(booking, &command, now) {
        return Step::Record(Event::Stuck { reason: ReviewReason::UndoFailed });
    }
    Step::Run(command)
}

/// When work is due next, for the store; `None` is no work.
#[must_use]
pub fn due_at(booking: &Booking, now: Timestamp) -> Option<Timestamp> {
    match decide(booking, now) {
        Step::Run(_) | Step::Record(_) => Some(now),
        Step::Wait(until) => Some(until),
        Step::Rest => None,
    }
}

/// An open step: nobody knows what became of it. Look, within a budget; a message is simply sent again.
fn look(booking: &Booking, open: &Started) -> Result<(Command, Pace), ReviewReason> {
    let pace = pace_of(booking, &open.command);
    let (command, reason) = match &open.command {
        Command::Send { .. } => return Ok((open.command.clone(), pace)),
        Command::CreateOrder { item, .. } => {
            let it = &booking.items[usize::from(item.0)];
            if it.locators.is_empty() && it.rules.semantics.find_by == FindBy::None {
                return Err(ReviewReason::OrderUnknown);
            }
            (Command::LookUpOrder { item: *item }, ReviewReason::OrderUnknown)
        }
        Command::IssueTickets { item, .. } => {
            (Command::LookUpTickets { item: *item }, ReviewReason::TicketsUnknown)
        }
        Command::VoidTickets { item, .. } => {
            (Command::LookUpTickets { item: *item }, ReviewReason::UndoFailed)
        }
        Command::CancelOrder { item } => (Command::LookUpOrder { item: *item }, ReviewReason::UndoFailed),
        Command::CancelSurplus { item, locators } => {
            let locators = locators.clone();
            (Command::LookUpSurplus { item: *item, locators }, ReviewReason::SurplusOrder)
        }
        // Authorise, capture, void, refund; looks are never open.
        _ => (Command::LookUpPayment, ReviewReason::PaymentUnknown),
    };
    if pace.looks >= LOOKS_MAX { Err(reason) } else { Ok((command, pace)) }
}

fn unpaid(booking: &Booking, now: Timestamp) -> Step {
    if now < booking.pay_before { Step::Wait(booking.pay_before) } else { Step::Record(Event::Lapsed) }
}

fn pace_of(booking: &Booking, command: &Command) -> Pace {
    match command {
        Command::Send { .. } => booking.message_pace,
        other => other.item().map_or(booking.payment.pace, |item| booking.items[usize::from(item.0)].pace),
    }
}

fn too_late_to_void(booking: &Booking, command: &Command, now: Timestamp) -> bool {
    let Command::VoidTickets { item, .. } = command else { return false };
    plan::voidable_until(&booking.items[usize::from(item.0)]).is_none_or(|end| now >= end)
}

/// Where a booking stands: a function of its items, its payment and its open request.
#[must_use]
pub fn status(booking: &Booking) -> BookingStatus {
    use BookingStatus::{
        CancelPending, Cancelled, Expired, Init, NeedsReview, Paid, PaymentPending, PendingTicket,
        RefundNeeded, Refunded, Ticketed,
    };
    let idle = matches!(booking.open.as_ref().map(|open| &open.command), None | Some(Command::Send { .. }));
    let either = |open, done| if idle && plan::undo(booking).is_none() { done } else { open };
    if booking.review.is_some() {
        return NeedsReview;
    }
    if booking.cancel.is_some() {
        return either(CancelPending, Cancelled);
    }
    if booking.failure.is_some() {
        return either(RefundNeeded, Refunded);
    }
    if booking.lapsed {
        return Expired;
    }
    if booking.payment.authorized.minor == 0 {
        return if booking.open.is_some() { PaymentPending } else { Init };
    }
    let untouched = |item: &Item| item.state == ItemState::Planned && item.attempts + item.pace.tries == 0;
    let captured = booking.payment.state == PaymentState::Captured;
    let surplus = booking.items.iter().any(|item| !item.surplus.is_empty());
    if idle && captured && !surplus && booking.items.iter().all(plan::is_complete) {
        Ticketed
    } else if idle && booking.items.iter().all(untouched) {
        Paid
    } else {
        PendingTicket
    }
}

/// What an event makes of a booking.
///
/// # Errors
/// The event cannot have happened; nothing is changed.
pub fn apply(booking: &Booking, event: &Event, now: Timestamp) -> Result<Booking, IllegalEvent> {
    let illegal = |why| IllegalEvent { event: event.name(), status: booking.status, why };
    if booking.journal_entries as usize >= JOURNAL_ENTRIES_MAX {
        return Err(illegal(Why::JournalFull));
    }
    let mut next = booking.clone();
    match event {
        Event::PayRequested { method } => pay_requested(&mut next, method, now),
        Event::Started(started) => start(&mut next, started),
        Event::CancelAccepted(cancel) => cancel_accepted(&mut next, cancel),
        Event::Lapsed | Event::Stuck { .. } => record(&mut next, event, now),
        Event::Resumed => resume(&mut next),
        answer => outcome::outcome(&mut next, answer, now),
    }
    .map_err(illegal)?;
    next.journal_entries += 1;
    next.status = status(&next);
    owe_message(&mut next, booking.status, now);
    invariants::check(&next).map_err(|violation| illegal(violation.into()))?;
    Ok(next)
}

fn pay_requested(
    b: &mut Booking,
    method: &crate::redact::Redacted<String>,
    now: Timestamp,
) -> Result<(), Why> {
    let again = b.payment.attempt < PAY_ATTEMPTS_MAX && now < b.pay_before;
    if b.status != BookingStatus::Init || b.payment.method.is_some() || !again {
        return Err(Why::State);
    }
    b.payment.method = Some(method.clone());
    b.payment.attempt += 1;
    b.payment.state = PaymentState::None;
    b.payment.pace = Pace::NEW;
    Ok(())
}

fn start(b: &mut Booking, started: &Started) -> Result<(), Why> {
    if decide(b, started.at) != Step::Run(started.command.clone()) || started.command.is_look() {
        return Err(Why::NotNext);
    }
    if started.send_before <= started.at {
        return Err(Why::Content);
    }
    match started.command.item() {
        Some(item) => {
            let it = &mut b.items[usize::from(item.0)];
            it.pace = Pace { looks: 0, not_before: None, ..it.pace };
            match &started.command {
                Command::CreateOrder { .. } => {
                    it.attempts += 1;
                    it.state = ItemState::Started;
                }
                Command::IssueTickets { .. } => it.issuing_since = Some(started.at),
                Command::VoidTickets { .. } | Command::CancelOrder { .. } => it.state = ItemState::Undoing,
                _ => {}
            }
        }
        None if matches!(started.command, Command::Send { .. }) => {}
        None => b.payment.pace = Pace { looks: 0, not_before: None, ..b.payment.pace },
    }
    b.open = Some(started.clone());
    Ok(())
}

fn cancel_accepted(b: &mut Booking, cancel: &AcceptedCancel) -> Result<(), Why> {
    use BookingStatus::{Init, Paid, PendingTicket, Ticketed};
    let payable = b.status == Init && b.payment.method.is_some();
    if !matches!(b.status, Init | Paid | PendingTicket | Ticketed) || payable {
        return Err(Why::State);
    }
    let price = b.price.total;
    let within = cancel.refund.currency == price.currency && (0..=price.minor).contains(&cancel.refund.minor);
    let everything = cancel.void && (b.status == Init || cancel.refund == price);
    if !within || (b.status != Ticketed && !everything) {
        return Err(Why::Content);
    }
    b.cancel = Some(cancel.clone());
    b.messages.clear();
    b.open = b.open.take().filter(|open| !matches!(open.command, Command::Send { .. }));
    if b.open.is_none() {
        fresh_paces(b);
    }
    Ok(())
}

fn record(b: &mut Booking, event: &Event, now: Timestamp) -> Result<(), Why> {
    if decide(b, now) != Step::Record(event.clone()) {
        return Err(Why::NotNext);
    }
    match event {
        Event::Stuck { reason } => b.review = Some(*reason),
        _ => b.lapsed = true,
    }
    Ok(())
}

fn resume(b: &mut Booking) -> Result<(), Why> {
    b.review.take().ok_or(Why::State)?;
    fresh_paces(b);
    Ok(())
}

pub(super) fn fresh_paces(b: &mut Booking) {
    b.items.iter_mut().for_each(|item| item.pace = Pace::NEW);
    b.payment.pace = Pace::NEW;
    b.message_pace = Pace::NEW;
}

fn owe_message(b: &mut Booking, before: BookingStatus, now: Timestamp) {
    let message = match b.status {
        same if same == before => return,
        BookingStatus::Ticketed => MessageKind::Receipt,
        BookingStatus::Refunded => MessageKind::RefundNotice,
        BookingStatus::Cancelled if b.payment.gateway_id.is_some() => MessageKind::CancelNotice,
        _ => return,
    };
    if !b.messages.iter().any(|owed| owed.message == message) {
        b.messages.push(Owed { message, since: now });
        b.message_pace = Pace::NEW;
    }
}

#[cfg(test)]
mod tests;
