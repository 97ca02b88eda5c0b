//! Quotes and bookings, as they are stored. No personal data: a person is a [`TravelerRef`].

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::command::Started;
use crate::model::context::PointOfSale;
use crate::model::id::{AccountId, BookingId, ClientReference, GenerationId, QuoteId, SupplierId, TenantId};
use crate::model::money::{Currency, Money, MoneyError};
use crate::model::offer::PricedSolution;
use crate::model::order::{RecordLocator, TicketNumber};
use crate::model::passenger::{PassengerKind, TravelerRef};
use crate::model::search::Search;
use crate::model::stay::Payee;
use crate::model::time::Timestamp;
use crate::pricing::{AuditVerdict, PricingBasis, SellPrice};
use crate::redact::Redacted;
use crate::supplier::profile::Semantics;

/// A price that was checked live and stored. Only a quote can be booked, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Its id.
    pub id: QuoteId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Where it is sold.
    pub point_of_sale: PointOfSale,
    /// The generation of the offer that was verified.
    pub generation: GenerationId,
    /// The pricing basis under which the offer was shown.
    pub basis: PricingBasis,
    /// The search: who travels or stays.
    pub search: Search,
    /// The live price and the supplier's own solution.
    pub solution: PricedSolution,
    /// What the customer pays.
    pub sell: SellPrice,
    /// What the fare auditor found.
    pub audit: AuditVerdict,
    /// When it was priced.
    pub priced_at: Timestamp,
    /// The supplier's guarantee or ours, whichever ends sooner.
    pub expires_at: Timestamp,
    /// The booking that took it.
    pub taken_by: Option<BookingId>,
}

/// Where a booking stands. A function of its items, its payment and its open request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BookingStatus {
    /// Made; not paid.
    Init,
    /// A payment's outcome is not known.
    PaymentPending,
    /// Money secured; work due.
    Paid,
    /// An order is being made or ticketed.
    PendingTicket,
    /// Every item is ticketed or confirmed, and the money is captured.
    Ticketed,
    /// An accepted cancellation is being carried out.
    CancelPending,
    /// Cancelled: what is kept equals the accepted quote. Or cancelled before any payment.
    Cancelled,
    /// It failed after payment; everything is being undone.
    RefundNeeded,
    /// Nothing held or captured.
    Refunded,
    /// Not paid in time.
    Expired,
    /// People must look.
    NeedsReview,
}

impl BookingStatus {
    /// The name in storage and in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Init => "INIT",
            Self::PaymentPending => "PAYMENT_PENDING",
            Self::Paid => "PAID",
            Self::PendingTicket => "PENDING_TICKET",
            Self::Ticketed => "TICKETED",
            Self::CancelPending => "CANCEL_PENDING",
            Self::Cancelled => "CANCELLED",
            Self::RefundNeeded => "REFUND_NEEDED",
            Self::Refunded => "REFUNDED",
            Self::Expired => "EXPIRED",
            Self::NeedsReview => "NEEDS_REVIEW",
        }
    }
}

/// Why people must look: a stable code for operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum ReviewReason {
    /// An order's fate could not be found out.
    OrderUnknown,
    /// Tickets' fate could not be found out.
    TicketsUnknown,
    /// A payment's fate could not be found out.
    PaymentUnknown,
    /// The capture was refused after ticketing.
    CaptureRefused,
    /// Something bought could not be given back.
    UndoFailed,
    /// More than one live order carries our reference, and the surplus could not be cancelled.
    SurplusOrder,
    /// The journal is full.
    JournalFull,
}

/// Where an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ItemState {
    /// Nothing done.
    Planned,
    /// A create was started.
    Started,
    /// The create's outcome is not known.
    Unknown,
    /// The order stands, without tickets.
    Held,
    /// The order stands and is in doubt or defective: booked but broken.
    Broken,
    /// The order stands and needs no ticket.
    Confirmed,
    /// Every traveler has a ticket.
    Ticketed,
    /// There is certainly no order.
    Failed,
    /// It is being given back.
    Undoing,
    /// It was given back.
    Undone,
}

/// A ticket as a booking knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemTicket {
    /// Whose.
    pub traveler: TravelerRef,
    /// Its number.
    pub number: TicketNumber,
    /// The leading number, where this is a later document of a conjunction.
    pub conjunction_of: Option<TicketNumber>,
    /// How many coupons it has.
    pub coupons: u8,
    /// When the issue that brought it was started: the void window is counted from here, never from when the number
    /// was learnt, which may be the next day.
    pub issued_at: Timestamp,
    /// It was voided.
    pub voided: bool,
}

/// How often something was looked at and tried, and when it is again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// Looks at the open step so far.
    pub looks: u32,
    /// How often in a row the next step was tried and known not done.
    pub tries: u32,
    /// Not before this.
    pub not_before: Option<Timestamp>,
}

impl Pace {
    /// Nothing tried yet.
    pub const NEW: Self = Self { looks: 0, tries: 0, not_before: None };
}

/// What the machine must know of an item's supplier, as it was declared when the booking was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRules {
    /// What its answers mean.
    pub semantics: Semantics,
    /// An order needs tickets of its own.
    pub tickets: bool,
    /// IANA zone of the issuing office, in which its day ends.
    pub office_zone: String,
}

/// One order's slot in a booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Which connector.
    pub supplier: SupplierId,
    /// Under which contract.
    pub account: AccountId,
    /// What its supplier's answers mean.
    pub rules: ItemRules,
    /// What was quoted.
    pub solution: PricedSolution,
    /// Where it stands.
    pub state: ItemState,
    /// Our reference; attempts append to it.
    pub reference: ClientReference,
    /// Create attempts that may have been executed. One known not to have been leaves its reference clean and is not
    /// counted.
    pub attempts: u32,
    /// An answer to a create named an order. If none is found afterwards, people must look: absence alone does not
    /// free another attempt.
    pub named: bool,
    /// The supplier's names of the order.
    pub locators: Vec<RecordLocator>,
    /// Live orders beyond the one kept, from attempts that came through late: to be cancelled.
    pub surplus: Vec<Vec<RecordLocator>>,
    /// When the latest issue of tickets was started.
    pub issuing_since: Option<Timestamp>,
    /// One or more for each traveler that has one.
    pub tickets: Vec<ItemTicket>,
    /// When it is looked at or tried again.
    pub pace: Pace,
    /// Why it failed or is broken; for people, without personal data.
    pub trouble: Option<String>,
    /// In what the supplier's record is not as it was sold, although it stands: for people to settle with the supplier.
    /// No money moves because of it.
    #[serde(default)]
    pub discrepancy: Option<String>,
    /// Who takes the money for a stay, where the order says so: the voucher repeats it.
    #[serde(default)]
    pub payee: Option<Payee>,
}

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentState {
    /// None made.
    None,
    /// A movement's outcome is not known.
    Unknown,
    /// Declined; another may be made.
    Declined,
    /// Held on the customer's card.
    Authorized,
    /// Taken.
    Captured,
    /// The hold was released.
    Voided,
    /// Given back, in whole or in part: see the amounts.
    Refunded,
}

/// The payment of a booking. One live at a time; each attempt has a key of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Where it stands.
    pub state: PaymentState,
    /// Attempts to authorise so far: part of the key under which the gateway knows the payment.
    pub attempt: u32,
    /// The gateway's token for the customer's means of payment, until it is used. Never card data.
    pub method: Option<Redacted<String>>,
    /// How long after `send_before` a movement that the gateway does not show was certainly not made.
    pub settles_after: Duration,
    /// The gateway's id of the payment.
    pub gateway_id: Option<String>,
    /// Held or taken at most.
    pub authorized: Money,
    /// Taken.
    pub captured: Money,
    /// Given back.
    pub refunded: Money,
    /// When it is looked at or tried again.
    pub pace: Pace,
}

impl Payment {
    /// No payment yet, in a currency.
    #[must_use]
    pub const fn none(currency: Currency, settles_after: Duration) -> Self {
        Self {
            state: PaymentState::None,
            attempt: 0,
            method: None,
            settles_after,
            gateway_id: None,
            authorized: Money::zero(currency),
            captured: Money::zero(currency),
            refunded: Money::zero(currency),
            pace: Pace::NEW,
        }
    }
}

/// A cancellation that the customer accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedCancel {
    /// When.
    pub at: Timestamp,
    /// What the customer gets back.
    pub refund: Money,
    /// Tickets are voided, so that nothing is lost. Otherwise the order is cancelled and its tickets are left for a
    /// refund by the carrier.
    pub void: bool,
}

/// A message that the customer is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MessageKind {
    /// The e-ticket receipt.
    Receipt,
    /// It could not be booked; the money came back.
    RefundNotice,
    /// It was cancelled as accepted.
    CancelNotice,
}

/// A message owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// Which.
    pub message: MessageKind,
    /// When its cause happened: part of the message, so that it is the same at every repeat.
    pub since: Timestamp,
}

/// One customer's purchase: a payment and its items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// Its id.
    pub id: BookingId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The tenant's own name for its user.
    pub user: Option<String>,
    /// Where it was sold.
    pub point_of_sale: PointOfSale,
    /// BCP 47 language tag for messages.
    pub locale: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Unpaid, it expires then.
    pub pay_before: Timestamp,
    /// Where it stands.
    pub status: BookingStatus,
    /// Exactly what was shown and is charged.
    pub price: SellPrice,
    /// The kind of each traveler, in order.
    pub travelers: Vec<PassengerKind>,
    /// The orders.
    pub items: Vec<Item>,
    /// The money.
    pub payment: Payment,
    /// The step whose outcome is not yet known.
    pub open: Option<Started>,
    /// An accepted cancellation.
    pub cancel: Option<AcceptedCancel>,
    /// It was not paid in time.
    pub lapsed: bool,
    /// It failed and the customer's money must come back: why, for people, without personal data.
    pub failure: Option<String>,
    /// People must look: why.
    pub review: Option<ReviewReason>,
    /// Messages owed, in order; taken off when handed over.
    pub messages: Vec<Owed>,
    /// When the first message is tried again.
    pub message_pace: Pace,
    /// Journal entries written.
    pub journal_entries: u32,
}

impl Booking {
    /// All that the price was made of: what suppliers ask for what is paid through us.
    ///
    /// # Errors
    /// The items are in several currencies.
    pub fn net(&self) -> Result<Money, MoneyError> {
        let nets = self.items.iter().map(|item| item.solution.offer.due_now());
        Money::sum(self.price.total.currency, nets.collect::<Result<Vec<_>, _>>()?)
    }
}
