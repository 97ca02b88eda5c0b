//! One call of a supplier, and what it may do to the world.

use crate::model::context::PointOfSale;
use crate::model::id::AccountId;
use crate::model::time::Timestamp;

/// An operation of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// All offers for a search.
    Search,
    /// The live price of one offer.
    Verify,
    /// Make an order.
    CreateOrder,
    /// Issue tickets.
    IssueTickets,
    /// Look at an order.
    Retrieve,
    /// Look for orders by our reference.
    Find,
    /// Ask what a cancellation would cost.
    QuoteCancel,
    /// Cancel an order.
    Cancel,
    /// Void tickets.
    VoidTickets,
    /// Read a page of properties.
    Content,
}

/// Operations that share limits: a search storm must not block ticketing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OpClass {
    /// Search, verify and content.
    Shop,
    /// Create and ticket.
    Book,
    /// Everything about an order that exists.
    Service,
}

/// What a call may do to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing: it may be repeated.
    Read,
    /// Something: it must never be repeated blindly.
    Write,
}

impl Op {
    /// Whose limits it shares.
    #[must_use]
    pub const fn class(self) -> OpClass {
        match self {
            Self::Search | Self::Verify | Self::Content => OpClass::Shop,
            Self::CreateOrder | Self::IssueTickets => OpClass::Book,
            Self::Retrieve | Self::Find | Self::QuoteCancel | Self::Cancel | Self::VoidTickets => {
                OpClass::Service
            }
        }
    }

    /// What it may do.
    #[must_use]
    pub const fn effect(self) -> Effect {
        match self {
            Self::Search | Self::Verify | Self::Retrieve | Self::Find | Self::QuoteCancel | Self::Content => {
                Effect::Read
            }
            Self::CreateOrder | Self::IssueTickets | Self::Cancel | Self::VoidTickets => Effect::Write,
        }
    }

    /// Its name in logs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Verify => "verify",
            Self::CreateOrder => "create_order",
            Self::IssueTickets => "issue_tickets",
            Self::Retrieve => "retrieve",
            Self::Find => "find",
            Self::QuoteCancel => "quote_cancel",
            Self::Cancel => "cancel",
            Self::VoidTickets => "void_tickets",
            Self::Content => "content",
        }
    }
}

/// One attempt of one call. First argument of every connector method.
#[derive(Debug, Clone)]
pub struct AttemptContext {
    /// Under which contract.
    pub account: AccountId,
    /// What is called.
    pub op: Op,
    /// 1 is the first.
    pub attempt: u32,
    /// When the answer must be there; the transport stops waiting then.
    pub deadline: Timestamp,
    /// For a write: no byte of it is sent at or after this.
    pub send_before: Option<Timestamp>,
    /// BCP 47 language tag for texts.
    pub locale: String,
    /// Where the sale is made.
    pub point_of_sale: PointOfSale,
    /// Correlates log lines and the supplier's trace. No personal data.
    pub trace: String,
}
