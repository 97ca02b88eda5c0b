//! What the outcome of the open step makes of a booking: one function for each kind of step.

use std::time::Duration;

use super::command::{Command, Event, OrderFound, PaymentFound, Started};
use super::machine::{DELAY_MAX, Why, fresh_paces};
use super::model::{Booking, Item, ItemState, ItemTicket, Pace, PaymentState, ReviewReason};
use super::plan;
use crate::model::money::Money;
use crate::model::passenger::TravelerRef;
use crate::model::time::Timestamp;
use crate::supplier::call::Op;

/// Create attempts that may each have been executed: one, and a fresh one after a proven absence.
pub(super) const CREATE_ATTEMPTS_MAX: u32 = 2;
/// Tries of a step that is known not to have been done.
pub(super) const TRIES_MAX: u32 = 6;
/// Rounds of issuing tickets while some travelers are refused.
pub(super) const ISSUE_ROUNDS_MAX: u32 = 3;
/// Tries of handing a message over; with doubling delays most of a day.
pub(super) const SEND_TRIES_MAX: u32 = 60;
const FIRST_DELAY: Duration = Duration::from_secs(1);

/// Applies the outcome of the open step.
pub(super) fn outcome(b: &mut Booking, event: &Event, now: Timestamp) -> Result<(), Why> {
    let open = b.open.clone().ok_or(Why::NoOpenStep)?;
    let step = Outcome { settles: settles_at(b, &open), open: &open.command, event, now };
    match &open.command {
        Command::CreateOrder { item, .. } => step.create(b, usize::from(item.0)),
        Command::IssueTickets { item, travelers } => step.issue(b, usize::from(item.0), travelers),
        Command::VoidTickets { item, .. }
        | Command::CancelOrder { item }
        | Command::CancelSurplus { item, .. } => step.undo(b, usize::from(item.0)),
        Command::Authorize { amount, .. } => step.authorize(b, *amount),
        Command::Send { .. } => step.send(b),
        _ => step.movement(b),
    }
}

/// When the absence of a write's effect starts to prove something.
fn settles_at(b: &Booking, open: &Started) -> Timestamp {
    let item = open.command.item().map(|item| &b.items[usize::from(item.0)].rules.semantics);
    let after = item.map_or(b.payment.settles_after, |semantics| {
        let op = match open.command {
            Command::CreateOrder { .. } => Op::CreateOrder,
            Command::IssueTickets { .. } => Op::IssueTickets,
            Command::VoidTickets { .. } => Op::VoidTickets,
            _ => Op::Cancel,
        };
        semantics.timeouts.of(op.class()).saturating_add(semantics.quiet_window)
    });
    open.send_before.plus(after)
}

fn delay(count: u32) -> Duration {
    FIRST_DELAY.saturating_mul(1 << count.min(16)).min(DELAY_MAX)
}

impl Pace {
    /// Counts a look that settled nothing. The next comes later and later, but not later than the moment at which
    /// absence starts to prove something.
    fn look_again(&mut self, at: Timestamp, settles: Timestamp, now: Timestamp) {
        let next = now.plus(delay(self.looks)).max(at.min(now.plus(DELAY_MAX)));
        self.looks += 1;
        self.not_before = Some(if now < settles { next.min(settles) } else { next });
    }

    /// Counts a try that did nothing; whether another is allowed.
    fn try_again(&mut self, at: Timestamp, now: Timestamp, max: u32) -> bool {
        let next = now.plus(delay(self.tries)).max(at.min(now.plus(DELAY_MAX)));
        *self = Self { looks: 0, tries: self.tries + 1, not_before: Some(next) };
        self.tries < max
    }
}

struct Outcome<'a> {
    open: &'a Command,
    event: &'a Event,
    settles: Timestamp,
    now: Timestamp,
}

impl Outcome<'_> {
    fn create(&self, b: &mut Booking, i: usize) -> Result<(), Why> {
        let stopped = plan::undoing(b);
        let it = &mut b.items[i];
        match self.event {
            Event::OrderNamed { locators, problems } if !it.named && !locators.is_empty() => {
                it.named = true;
                it.locators.clone_from(locators);
                it.trouble = (!problems.is_empty()).then(|| format!("{problems:?}"));
                it.state = ItemState::Unknown;
                it.pace.not_before = None;
            }
            Event::Order(found) => self.found(b, i, found)?,
            Event::NotDone { why, retry_at } if !it.named => {
                it.attempts -= 1;
                it.state = ItemState::Planned;
                if !it.pace.try_again(*retry_at, self.now, TRIES_MAX) {
                    no_order(b, i, why);
                }
                b.open = None;
            }
            Event::Refused { why } if !it.named => {
                no_order(b, i, why);
                b.open = None;
            }
            Event::Stranger => {
                it.locators.clear();
                it.state = ItemState::Unknown;
                it.pace.look_again(self.now, self.settles, self.now);
            }
            Event::NoOrder { looked_at } => {
                it.state = ItemState::Unknown;
                if *looked_at < self.settles {
                    it.pace.look_again(self.now, self.settles, self.now);
                } else if it.named {
                    b.review = Some(ReviewReason::OrderUnknown);
                } else {
                    if it.attempts < CREATE_ATTEMPTS_MAX && !stopped {
                        it.state = ItemState::Planned;
                        it.pace = Pace::NEW;
                    } else {
                        no_order(b, i, "no order came of any attempt");
                    }
                    b.open = None;
                }
            }
            _ => {
                self.unknown(&mut it.pace)?;
                it.state = ItemState::Unknown;
            }
        }
        Ok(())
    }

    /// A look has seen the order of a create.
    fn found(&self, b: &mut Booking, i: usize, found: &OrderFound) -> Result<(), Why> {
        self.see(b, i, found)?;
        let it = &mut b.items[i];
        it.locators.clone_from(&found.locators);
        it.named = true;
        it.pace = Pace::NEW;
        let defect = it.trouble.clone().or_else(|| defect(found));
        if found.cancelled && plan::live_tickets(it).next().is_none() {
            no_order(b, i, "the order is cancelled at the supplier");
        } else if let Some(why) = defect.or_else(|| found.cancelled.then(|| "cancelled".to_owned())) {
            broken(b, i, why);
        } else {
            stands(b, i);
        }
        b.open = None;
        Ok(())
    }

    fn issue(&self, b: &mut Booking, i: usize, asked: &[TravelerRef]) -> Result<(), Why> {
        let it = &mut b.items[i];
        match self.event {
            Event::Tickets { issued, refused, unclear } => {
                let known = |who: &TravelerRef| {
                    issued.iter().any(|t| t.traveler == *who) || refused.iter().any(|(r, _)| r == who)
                };
                if issued.iter().any(|ticket| !asked.contains(&ticket.traveler)) {
                    return Err(Why::Content);
                }
                let unclear = !unclear.is_empty() || !asked.iter().all(known);
                if unclear {
                    it.state = ItemState::Unknown;
                    it.pace.not_before = None;
                }
                keep_tickets(b, i, issued);
                if !unclear {
                    let why = refused.first().map_or("", |(_, why)| why.as_str());
                    self.issued(b, i, why);
                }
            }
            Event::NotDone { why, retry_at } => {
                it.state = ItemState::Held;
                if !it.pace.try_again(*retry_at, self.now, TRIES_MAX) {
                    fail(b, why);
                }
                b.open = None;
            }
            Event::Refused { why } => {
                it.state = ItemState::Held;
                fail(b, why);
                b.open = None;
            }
            Event::Order(found) => {
                self.see(b, i, found)?;
                let it = &mut b.items[i];
                if found.cancelled && plan::live_tickets(it).next().is_none() {
                    no_order(b, i, "the order was cancelled before it was ticketed");
                    b.open = None;
                } else if let Some(why) = defect(found) {
                    broken(b, i, why);
                    b.open = None;
                } else if found.looked_at >= self.settles || covered(it, b.travelers.len()) {
                    self.issued(b, i, "not ticketed");
                } else {
                    it.state = ItemState::Unknown;
                    it.pace.look_again(self.now, self.settles, self.now);
                }
            }
            // An order that was seen before is not gone because one look does not show it.
            Event::NoOrder { .. } | Event::Stranger => {
                it.state = ItemState::Unknown;
                it.pace.look_again(self.now, self.settles, self.now);
            }
            _ => {
                self.unknown(&mut it.pace)?;
                it.state = ItemState::Unknown;
            }
        }
        Ok(())
    }

    /// Everybody's ticket is known to be issued or not: done, or another round for those without.
    fn issued(&self, b: &mut Booking, i: usize, why: &str) {
        b.open = None;
        let it = &mut b.items[i];
        if covered(it, b.travelers.len()) {
            it.state = ItemState::Ticketed;
            it.pace = Pace::NEW;
        } else {
            it.state = ItemState::Held;
            if !it.pace.try_again(self.now, self.now, ISSUE_ROUNDS_MAX) {
                fail(b, why);
            }
        }
    }

    /// Voiding tickets, cancelling an order or a surplus one.
    fn undo(&self, b: &mut Booking, i: usize) -> Result<(), Why> {
        let review = match self.open {
            Command::CancelSurplus { .. } => ReviewReason::SurplusOrder,
            _ => ReviewReason::UndoFailed,
        };
        let cancelling = !matches!(self.open, Command::VoidTickets { .. });
        match self.event {
            Event::Undone => self.undone(b, i),
            Event::NoOrder { .. } if cancelling => self.undone(b, i),
            Event::Order(found) => {
                if !matches!(self.open, Command::CancelSurplus { .. }) {
                    self.see(b, i, found)?;
                }
                let done = if cancelling {
                    found.cancelled
                } else {
                    plan::live_tickets(&b.items[i]).next().is_none()
                };
                if done {
                    self.undone(b, i);
                } else if found.looked_at >= self.settles {
                    self.undo_again(b, i, self.now, review);
                } else {
                    b.items[i].pace.look_again(self.now, self.settles, self.now);
                }
            }
            Event::NotDone { retry_at, .. } => self.undo_again(b, i, *retry_at, review),
            Event::Refused { why } => {
                b.items[i].trouble = Some(why.clone());
                b.review = Some(review);
                b.open = None;
            }
            Event::NoOrder { .. } | Event::Stranger => {
                b.items[i].pace.look_again(self.now, self.settles, self.now);
            }
            _ => self.unknown(&mut b.items[i].pace)?,
        }
        Ok(())
    }

    fn undo_again(&self, b: &mut Booking, i: usize, at: Timestamp, review: ReviewReason) {
        if !b.items[i].pace.try_again(at, self.now, TRIES_MAX) {
            b.review = Some(review);
        }
        b.open = None;
    }

    fn undone(&self, b: &mut Booking, i: usize) {
        let it = &mut b.items[i];
        match self.open {
            Command::VoidTickets { tickets, .. } => {
                let named = it.tickets.iter_mut().filter(|ticket| tickets.contains(&ticket.number));
                named.for_each(|ticket| ticket.voided = true);
            }
            Command::CancelSurplus { locators, .. } => it.surplus.retain(|order| order != locators),
            _ => it.state = ItemState::Undone,
        }
        it.pace = Pace::NEW;
        b.open = None;
    }

    fn authorize(&self, b: &mut Booking, amount: Money) -> Result<(), Why> {
        match self.event {
            Event::Payment { found: PaymentFound::Known { authorized, .. }, .. } => {
                if !know(b, self.event) {
                    b.review = Some(ReviewReason::PaymentUnknown);
                    return Ok(());
                }
                let secured = match b.payment.state {
                    PaymentState::Authorized => *authorized == amount,
                    PaymentState::Captured => b.payment.captured == amount,
                    _ => false,
                };
                if !secured {
                    fail(b, "the gateway does not hold the price");
                }
                b.payment.method = None;
                b.payment.pace = Pace::NEW;
                b.open = None;
            }
            Event::Payment { found: PaymentFound::Declined, .. } | Event::Refused { .. } => {
                not_paid(b, PaymentState::Declined);
            }
            Event::Payment { found: PaymentFound::Absent, asked_at } if *asked_at >= self.settles => {
                not_paid(b, PaymentState::None);
            }
            Event::NotDone { .. } => not_paid(b, PaymentState::None),
            Event::Payment { .. } => {
                b.payment.pace.look_again(self.now, self.settles, self.now);
                b.payment.state = PaymentState::Unknown;
            }
            _ => {
                self.unknown(&mut b.payment.pace)?;
                b.payment.state = PaymentState::Unknown;
            }
        }
        Ok(())
    }

    /// Capture, void, refund. Each has an idempotency key at the gateway: once a look has shown that it was not made,
    /// the same one is made again.
    fn movement(&self, b: &mut Booking) -> Result<(), Why> {
        let review = match self.open {
            Command::Capture { .. } => ReviewReason::CaptureRefused,
            _ => ReviewReason::UndoFailed,
        };
        let before = b.payment.clone();
        match self.event {
            Event::Payment { found: PaymentFound::Known { .. }, asked_at } => {
                let capturing = matches!(self.open, Command::Capture { .. });
                if !know(b, self.event) {
                    b.review = Some(ReviewReason::PaymentUnknown);
                } else if self.moved(&before, b) {
                    b.payment.pace = Pace::NEW;
                    b.open = None;
                } else if capturing && b.payment.state != PaymentState::Authorized {
                    // Released, given back or taken in part by somebody else: not ours to repair.
                    b.review = Some(ReviewReason::CaptureRefused);
                } else if *asked_at >= self.settles {
                    self.move_again(b, self.now, review);
                } else {
                    b.payment.state = PaymentState::Unknown;
                    b.payment.pace.look_again(self.now, self.settles, self.now);
                }
            }
            Event::NotDone { retry_at, .. } => {
                b.payment.state = state_of(&before, false);
                self.move_again(b, *retry_at, review);
            }
            Event::Refused { .. } | Event::Payment { found: PaymentFound::Declined, .. } => {
                b.payment.state = state_of(&before, false);
                b.review = Some(review);
                b.open = None;
            }
            Event::Payment { .. } => {
                b.payment.pace.look_again(self.now, self.settles, self.now);
                b.payment.state = PaymentState::Unknown;
            }
            _ => {
                self.unknown(&mut b.payment.pace)?;
                b.payment.state = PaymentState::Unknown;
            }
        }
        Ok(())
    }

    fn move_again(&self, b: &mut Booking, at: Timestamp, review: ReviewReason) {
        if !b.payment.pace.try_again(at, self.now, TRIES_MAX) {
            b.review = Some(review);
        }
        b.open = None;
    }

    fn moved(&self, before: &super::model::Payment, b: &Booking) -> bool {
        match self.open {
            Command::Capture { amount } => b.payment.captured == *amount && b.payment.refunded.minor == 0,
            Command::Refund { amount } => {
                b.payment.refunded.minor >= before.refunded.minor.saturating_add(amount.minor)
            }
            _ => b.payment.state == PaymentState::Voided,
        }
    }

    fn send(&self, b: &mut Booking) -> Result<(), Why> {
        let give_up = match self.event {
            Event::Sent | Event::Refused { .. } => true,
            Event::NotDone { retry_at: at, .. } | Event::Unclear { look_at: at, .. } => {
                !b.message_pace.try_again(*at, self.now, SEND_TRIES_MAX)
            }
            _ => return Err(Why::State),
        };
        if give_up {
            b.messages.remove(0);
            b.message_pace = Pace::NEW;
        }
        b.open = None;
        Ok(())
    }

    /// Still nothing known.
    fn unknown(&self, pace: &mut Pace) -> Result<(), Why> {
        match self.event {
            Event::Unclear { look_at, .. } => {
                pace.not_before = Some((*look_at).min(self.now.plus(DELAY_MAX)))
            }
            Event::LookFailed { look_at, .. } => pace.look_again(*look_at, self.settles, self.now),
            _ => return Err(Why::State),
        }
        Ok(())
    }

    /// Takes over which tickets a look has seen, and orders beyond the one kept.
    fn see(&self, b: &mut Booking, i: usize, found: &OrderFound) -> Result<(), Why> {
        let travelers = b.travelers.len();
        let it = &mut b.items[i];
        if found.locators.is_empty() || found.tickets.iter().any(|t| usize::from(t.traveler.0) >= travelers) {
            return Err(Why::Content);
        }
        let new =
            found.surplus.iter().filter(|order| !it.surplus.contains(*order)).cloned().collect::<Vec<_>>();
        it.surplus.extend(new);
        // What a cancelled order costs is not what was sold, nor meant to be.
        if !found.cancelled {
            it.discrepancy.clone_from(&found.discrepancy);
            it.payee.clone_from(&found.payee);
        }
        keep_tickets(b, i, &found.tickets);
        Ok(())
    }
}

/// Merges tickets by number. A second live set of one traveler is a fact that only people can deal with.
fn keep_tickets(b: &mut Booking, i: usize, seen: &[ItemTicket]) {
    let tickets = &mut b.items[i].tickets;
    for seen in seen {
        match tickets.iter_mut().find(|ticket| ticket.number == seen.number) {
            Some(ticket) => ticket.voided |= seen.voided,
            None => tickets.push(seen.clone()),
        }
    }
    if doubled(tickets) {
        b.review = Some(ReviewReason::TicketsUnknown);
    }
}

fn doubled(tickets: &[ItemTicket]) -> bool {
    let leading = || tickets.iter().filter(|ticket| !ticket.voided && ticket.conjunction_of.is_none());
    leading().any(|a| leading().any(|b| a.traveler == b.traveler && a.number != b.number))
}

fn covered(it: &Item, travelers: usize) -> bool {
    plan::without_ticket(it, travelers).next().is_none()
}

fn defect(found: &OrderFound) -> Option<String> {
    let problems = (!found.problems.is_empty()).then(|| format!("{:?}", found.problems));
    found.differs.clone().or(problems)
}

/// The customer's money must come back; the first reason is kept.
fn fail(b: &mut Booking, why: &str) {
    if !plan::undoing(b) {
        b.failure = Some(why.to_owned());
        fresh_paces(b);
    }
}

fn no_order(b: &mut Booking, i: usize, why: &str) {
    b.items[i].state = ItemState::Failed;
    b.items[i].trouble = Some(why.to_owned());
    fail(b, why);
}

fn broken(b: &mut Booking, i: usize, why: String) {
    b.items[i].state = ItemState::Broken;
    fail(b, &why);
    b.items[i].trouble = Some(why);
}

fn stands(b: &mut Booking, i: usize) {
    let travelers = b.travelers.len();
    let it = &mut b.items[i];
    it.state = match it.rules.tickets {
        false => ItemState::Confirmed,
        true if covered(it, travelers) => ItemState::Ticketed,
        true => ItemState::Held,
    };
}

fn not_paid(b: &mut Booking, state: PaymentState) {
    b.payment.state = state;
    b.payment.method = None;
    b.payment.pace = Pace::NEW;
    b.open = None;
}

/// Takes over what the gateway says; false if it cannot be.
fn know(b: &mut Booking, event: &Event) -> bool {
    let Event::Payment {
        found: PaymentFound::Known { gateway_id, authorized, captured, refunded, voided },
        ..
    } = event
    else {
        return false;
    };
    let currency = b.price.total.currency;
    let fits = [authorized, captured, refunded].iter().all(|amount| amount.currency == currency)
        && 0 <= refunded.minor
        && refunded.minor <= captured.minor
        && captured.minor <= authorized.minor;
    if fits {
        let payment = &mut b.payment;
        payment.gateway_id = Some(gateway_id.clone());
        (payment.authorized, payment.captured, payment.refunded) = (*authorized, *captured, *refunded);
        payment.state = state_of(payment, *voided);
    }
    fits
}

const fn state_of(payment: &super::model::Payment, voided: bool) -> PaymentState {
    if payment.refunded.minor > 0 {
        PaymentState::Refunded
    } else if payment.captured.minor > 0 {
        PaymentState::Captured
    } else if voided {
        PaymentState::Voided
    } else if payment.authorized.minor > 0 {
        PaymentState::Authorized
    } else {
        PaymentState::None
    }
}
