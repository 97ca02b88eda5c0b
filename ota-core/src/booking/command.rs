//! What may be done to a booking, what may come of it, and the journal that says so.

use serde::{Deserialize, Serialize};

use super::model::{AcceptedCancel, ItemTicket, MessageKind, ReviewReason};
use crate::model::id::ClientReference;
use crate::model::money::Money;
use crate::model::order::{OrderProblem, RecordLocator, TicketNumber};
use crate::model::passenger::TravelerRef;
use crate::model::stay::Payee;
use crate::model::time::Timestamp;
use crate::redact::Redacted;

/// Which item of a booking, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ItemRef(pub u8);

/// The next thing to do. Writes are journaled as [`Started`] before they are sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", tag = "command")]
#[non_exhaustive]
pub enum Command {
    /// Hold the money. Write.
    Authorize {
        /// Attempt number: part of the gateway's key.
        attempt: u32,
        /// How much.
        amount: Money,
    },
    /// Find out what became of the payment. Read.
    LookUpPayment,
    /// Make an order. Write.
    CreateOrder {
        /// Which item.
        item: ItemRef,
        /// Our reference of this attempt.
        reference: ClientReference,
    },
    /// Find out what became of an order: retrieve a known locator, else find by reference. Read.
    LookUpOrder {
        /// Which item.
        item: ItemRef,
    },
    /// Issue tickets for those who have none. Write.
    IssueTickets {
        /// Which item.
        item: ItemRef,
        /// Whom for.
        travelers: Vec<TravelerRef>,
    },
    /// Find out which tickets an order has. Read.
    LookUpTickets {
        /// Which item.
        item: ItemRef,
    },
    /// Take the money. Write.
    Capture {
        /// How much.
        amount: Money,
    },
    /// Void every ticket of an item. Write.
    VoidTickets {
        /// Which item.
        item: ItemRef,
        /// All of them.
        tickets: Vec<TicketNumber>,
    },
    /// Cancel an order. Write.
    CancelOrder {
        /// Which item.
        item: ItemRef,
    },
    /// Cancel a live order beyond the one that the item keeps. Write.
    CancelSurplus {
        /// Which item.
        item: ItemRef,
        /// The surplus order.
        locators: Vec<RecordLocator>,
    },
    /// Find out what became of cancelling a surplus order. Read.
    LookUpSurplus {
        /// Which item.
        item: ItemRef,
        /// The surplus order.
        locators: Vec<RecordLocator>,
    },
    /// Release the hold. Write.
    VoidPayment,
    /// Give money back. Write.
    Refund {
        /// How much.
        amount: Money,
    },
    /// Hand a message to the notifier. Repeatable: it has a stable id.
    Send {
        /// Which.
        message: MessageKind,
    },
}

impl Command {
    /// Whether it only looks: it is not journaled as started, and may be repeated.
    #[must_use]
    pub const fn is_look(&self) -> bool {
        matches!(
            self,
            Self::LookUpPayment
                | Self::LookUpOrder { .. }
                | Self::LookUpTickets { .. }
                | Self::LookUpSurplus { .. }
        )
    }

    /// The item that it is about; none is about the payment or a message.
    #[must_use]
    pub const fn item(&self) -> Option<ItemRef> {
        match self {
            Self::CreateOrder { item, .. }
            | Self::LookUpOrder { item }
            | Self::IssueTickets { item, .. }
            | Self::LookUpTickets { item }
            | Self::VoidTickets { item, .. }
            | Self::CancelOrder { item }
            | Self::CancelSurplus { item, .. }
            | Self::LookUpSurplus { item, .. } => Some(*item),
            Self::Authorize { .. }
            | Self::LookUpPayment
            | Self::Capture { .. }
            | Self::VoidPayment
            | Self::Refund { .. }
            | Self::Send { .. } => None,
        }
    }

    /// Its name in logs and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Authorize { .. } => "authorize",
            Self::LookUpPayment => "look_up_payment",
            Self::CreateOrder { .. } => "create_order",
            Self::LookUpOrder { .. } => "look_up_order",
            Self::IssueTickets { .. } => "issue_tickets",
            Self::LookUpTickets { .. } => "look_up_tickets",
            Self::Capture { .. } => "capture",
            Self::VoidTickets { .. } => "void_tickets",
            Self::CancelOrder { .. } => "cancel_order",
            Self::CancelSurplus { .. } => "cancel_surplus",
            Self::LookUpSurplus { .. } => "look_up_surplus",
            Self::VoidPayment => "void_payment",
            Self::Refund { .. } => "refund",
            Self::Send { .. } => "send",
        }
    }
}

/// An intent: committed before the bytes go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// What.
    pub command: Command,
    /// When.
    pub at: Timestamp,
    /// Nothing is sent at or after this.
    pub send_before: Timestamp,
    /// The worker's fence when it started; a later one takes over.
    pub fence: i64,
}

/// What a look at an order found. It shows our reference, else it is no find: [`Event::Stranger`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFound {
    /// When the look was started: absence of tickets proves nothing before the quiet window is over.
    pub looked_at: Timestamp,
    /// Its names.
    pub locators: Vec<RecordLocator>,
    /// What is wrong with it.
    pub problems: Vec<OrderProblem>,
    /// It is not what was sent: travelers, segments or total differ.
    pub differs: Option<String>,
    /// It is what was sent, and something about it is not as it was sold.
    #[serde(default)]
    pub discrepancy: Option<String>,
    /// Who takes the money for a stay, where the order says so: the voucher repeats it.
    #[serde(default)]
    pub payee: Option<Payee>,
    /// It is cancelled at the supplier.
    pub cancelled: bool,
    /// Its tickets, by traveler.
    pub tickets: Vec<ItemTicket>,
    /// Other live orders that carry our reference.
    pub surplus: Vec<Vec<RecordLocator>>,
}

/// What the gateway says about the payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", tag = "payment")]
pub enum PaymentFound {
    /// It never got it.
    Absent,
    /// Not settled yet.
    Pending,
    /// It declined it.
    Declined,
    /// It has it, with these amounts.
    Known {
        /// The gateway's id.
        gateway_id: String,
        /// Held or taken at most.
        authorized: Money,
        /// Taken.
        captured: Money,
        /// Given back.
        refunded: Money,
        /// The hold is released.
        voided: bool,
    },
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", tag = "event")]
#[non_exhaustive]
pub enum Event {
    /// The customer asks to pay with this gateway token.
    PayRequested {
        /// The token.
        method: Redacted<String>,
    },
    /// A step was started.
    Started(Started),
    /// The open step certainly did nothing; it may be made again, not before then.
    NotDone {
        /// Why, without personal data.
        why: String,
        /// When to try again.
        retry_at: Timestamp,
    },
    /// The open step certainly did nothing, and trying again cannot help.
    Refused {
        /// Why, without personal data.
        why: String,
    },
    /// The open step may have done something.
    Unclear {
        /// Why, without personal data.
        why: String,
        /// When to look first.
        look_at: Timestamp,
    },
    /// The open look found nothing out.
    LookFailed {
        /// Why, without personal data.
        why: String,
        /// When to look again.
        look_at: Timestamp,
    },
    /// The payment moved, or a look found it so.
    Payment {
        /// What the gateway says.
        found: PaymentFound,
        /// When the call was started.
        asked_at: Timestamp,
    },
    /// The answer to a create names an order. It is believed once a look has seen it.
    OrderNamed {
        /// Its names.
        locators: Vec<RecordLocator>,
        /// What the answer says is wrong with it; a later look may not show it.
        problems: Vec<OrderProblem>,
    },
    /// A look found the order.
    Order(OrderFound),
    /// The order that an answer named does not carry our reference: it is not ours to touch.
    Stranger,
    /// A complete look found no order.
    NoOrder {
        /// When the look was started.
        looked_at: Timestamp,
    },
    /// Some or all of the tickets were issued.
    Tickets {
        /// Issued ones.
        issued: Vec<ItemTicket>,
        /// Travelers refused, and why.
        refused: Vec<(TravelerRef, String)>,
        /// Travelers of whom nothing is known.
        unclear: Vec<TravelerRef>,
    },
    /// The open undoing step is done.
    Undone,
    /// The message was handed over.
    Sent,
    /// A cancellation was accepted.
    CancelAccepted(AcceptedCancel),
    /// The time to pay is over.
    Lapsed,
    /// The machine cannot go on by itself.
    Stuck {
        /// Why.
        reason: ReviewReason,
    },
    /// An operator has dealt with it: go on from what is recorded, with fresh budgets.
    Resumed,
}

impl Event {
    /// Its name in logs and refusals.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::PayRequested { .. } => "pay_requested",
            Self::Started(_) => "started",
            Self::NotDone { .. } => "not_done",
            Self::Refused { .. } => "refused",
            Self::Unclear { .. } => "unclear",
            Self::LookFailed { .. } => "look_failed",
            Self::Payment { .. } => "payment",
            Self::OrderNamed { .. } => "order_named",
            Self::Order(_) => "order",
            Self::Stranger => "stranger",
            Self::NoOrder { .. } => "no_order",
            Self::Tickets { .. } => "tickets",
            Self::Undone => "undone",
            Self::Sent => "sent",
            Self::CancelAccepted(_) => "cancel_accepted",
            Self::Lapsed => "lapsed",
            Self::Stuck { .. } => "stuck",
            Self::Resumed => "resumed",
        }
    }
}

/// One line of a booking's journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// 1 is the first.
    pub seq: u32,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: Event,
}
