//! Bookings to start a test from, and the events that move them.

use std::time::Duration;

use super::clock::START;
use super::samples;
use crate::booking::command::{Command, Event, ItemRef, OrderFound, PaymentFound, Started};
use crate::booking::machine::{self, IllegalEvent, Step};
use crate::booking::model::{Booking, Item, ItemState, ItemTicket};
use crate::model::id::{BookingId, ClientReference, QuoteId};
use crate::model::money::Money;
use crate::model::order::{LocatorKind, RecordLocator, TicketNumber};
use crate::model::passenger::{PassengerKind, TravelerRef};
use crate::model::time::Timestamp;
use crate::redact::Redacted;

/// What the sample costs.
pub const PRICE_CENTS: i64 = 55_000;
/// How long a started step may be sent.
pub const SEND_WITHIN: Duration = Duration::from_secs(30);

/// An unpaid booking at [`START`] of so many items for so many adults.
#[must_use]
pub fn booking(items: u8, travelers: u8) -> Booking {
    let quote = samples::quote(QuoteId::from_bits(1));
    let mut booking = samples::booking(BookingId::from_bits(7), &quote);
    booking.price.total = Money::new(PRICE_CENTS, samples::usd());
    booking.travelers = vec![PassengerKind::Adult; usize::from(travelers)];
    let first = booking.items.remove(0);
    booking.items = (0..items)
        .map(|index| Item {
            reference: ClientReference::new(&format!("REFERENCE00000{index:02}")).unwrap(),
            ..first.clone()
        })
        .collect();
    booking
}

/// A provider's record.
#[must_use]
pub fn locator(code: &str) -> RecordLocator {
    RecordLocator { kind: LocatorKind::Provider, owner: Some("1G".to_owned()), code: code.to_owned() }
}

/// A ticket of an item, for a traveler.
#[must_use]
pub fn ticket(item: ItemRef, who: TravelerRef, issued_at: Timestamp) -> ItemTicket {
    let number = TicketNumber::new(&format!("126240000{:02}{:02}", item.0, who.0)).unwrap();
    ItemTicket { traveler: who, number, conjunction_of: None, coupons: 2, issued_at, voided: false }
}

/// A sound order without tickets, as a look at `now` sees it.
#[must_use]
pub fn found(code: &str, now: Timestamp) -> OrderFound {
    OrderFound {
        looked_at: now,
        locators: vec![locator(code)],
        problems: Vec::new(),
        differs: None,
        discrepancy: None,
        payee: None,
        cancelled: false,
        tickets: Vec::new(),
        surplus: Vec::new(),
    }
}

/// The gateway's word on the payment, in cents.
#[must_use]
pub fn known(authorized: i64, captured: i64, refunded: i64, voided: bool, now: Timestamp) -> Event {
    let money = |minor| Money::new(minor, samples::usd());
    Event::Payment {
        found: PaymentFound::Known {
            gateway_id: "pay_1".to_owned(),
            authorized: money(authorized),
            captured: money(captured),
            refunded: money(refunded),
            voided,
        },
        asked_at: now,
    }
}

/// A customer's request to pay.
#[must_use]
pub fn pay() -> Event {
    Event::PayRequested { method: Redacted::new("tok_ok".to_owned()) }
}

/// A step as started at `now`.
#[must_use]
pub fn started(command: Command, now: Timestamp) -> Event {
    Event::Started(Started { command, at: now, send_before: now.plus(SEND_WITHIN), fence: 1 })
}

/// How a command ends when all goes well.
#[must_use]
pub fn success(booking: &Booking, command: &Command, now: Timestamp) -> Event {
    let code = |item: &ItemRef| format!("LOC{:03}", item.0);
    let seen = |item: &ItemRef| {
        let it = &booking.items[usize::from(item.0)];
        OrderFound {
            cancelled: it.state == ItemState::Undoing,
            tickets: it.tickets.clone(),
            ..found(&code(item), now)
        }
    };
    let payment = &booking.payment;
    let (held, taken) = (payment.authorized.minor, payment.captured.minor);
    match command {
        Command::Authorize { amount, .. } => known(amount.minor, 0, 0, false, now),
        Command::LookUpPayment => known(PRICE_CENTS, taken, payment.refunded.minor, false, now),
        Command::CreateOrder { item, .. } => {
            Event::OrderNamed { locators: vec![locator(&code(item))], problems: Vec::new() }
        }
        Command::LookUpOrder { item } | Command::LookUpTickets { item } => Event::Order(seen(item)),
        Command::LookUpSurplus { .. } => Event::NoOrder { looked_at: now },
        Command::IssueTickets { item, travelers } => Event::Tickets {
            issued: travelers.iter().map(|who| ticket(*item, *who, now)).collect(),
            refused: Vec::new(),
            unclear: Vec::new(),
        },
        Command::Capture { amount } => known(held, amount.minor, 0, false, now),
        Command::VoidPayment => known(held, 0, 0, true, now),
        Command::Refund { amount } => known(held, taken, payment.refunded.minor + amount.minor, false, now),
        Command::VoidTickets { .. } | Command::CancelOrder { .. } | Command::CancelSurplus { .. } => {
            Event::Undone
        }
        Command::Send { .. } => Event::Sent,
    }
}

/// A booking with the clock beside it, moved by events that must be legal.
#[derive(Debug, Clone)]
pub struct Walk {
    /// As it stands.
    pub booking: Booking,
    /// The time.
    pub now: Timestamp,
}

impl Walk {
    /// From a booking, at [`START`].
    #[must_use]
    pub const fn new(booking: Booking) -> Self {
        Self { booking, now: START }
    }

    /// An event, which must be legal.
    #[track_caller]
    pub fn apply(&mut self, event: &Event) -> &mut Self {
        self.try_apply(event).unwrap();
        self
    }

    /// An event.
    ///
    /// # Errors
    /// It is illegal; nothing is changed.
    pub fn try_apply(&mut self, event: &Event) -> Result<(), IllegalEvent> {
        self.booking = machine::apply(&self.booking, event, self.now)?;
        Ok(())
    }

    /// Waits until there is something to run, records what time has brought, and starts it if it is a write.
    #[track_caller]
    pub fn start(&mut self) -> Option<Command> {
        loop {
            match machine::decide(&self.booking, self.now) {
                Step::Wait(until) => self.now = until,
                Step::Record(event) => {
                    self.apply(&event);
                }
                Step::Rest => return None,
                Step::Run(command) => {
                    if !command.is_look() {
                        self.apply(&started(command.clone(), self.now));
                    }
                    return Some(command);
                }
            }
        }
    }

    /// The next command, which must be the named one, ends with this.
    #[track_caller]
    pub fn step(&mut self, name: &str, event: &Event) -> &mut Self {
        let command = self.start().expect("something is left to do");
        assert_eq!(command.name(), name, "{:?}", self.booking.status);
        self.apply(event)
    }

    /// Lets everything that comes next succeed, up to and without the first command of a name.
    #[track_caller]
    pub fn until(&mut self, name: &str) -> &mut Self {
        while !matches!(machine::decide(&self.booking, self.now), Step::Run(c) if c.name() == name) {
            let command = self.start().expect("something is left to do");
            let event = success(&self.booking, &command, self.now);
            self.apply(&event);
        }
        self
    }

    /// Lets everything that comes next succeed; the names of the commands.
    #[track_caller]
    pub fn rest(&mut self) -> Vec<&'static str> {
        let mut names = Vec::new();
        while let Some(command) = self.start() {
            names.push(command.name());
            let event = success(&self.booking, &command, self.now);
            self.apply(&event);
        }
        names
    }
}
