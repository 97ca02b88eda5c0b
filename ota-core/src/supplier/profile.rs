//! What a supplier can do, and what its answers mean.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::call::OpClass;
use crate::model::id::SupplierId;

/// One connector's declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplierProfile {
    /// Which connector.
    pub supplier: SupplierId,
    /// What it can do.
    pub capabilities: Capabilities,
    /// What its answers mean.
    pub semantics: Semantics,
}

/// What a supplier can do. Operations are off and limits are zero unless declared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// It can be searched.
    pub search: bool,
    /// Most slices in one search.
    pub search_slices_max: usize,
    /// Most seated passengers in one search.
    pub search_seated_max: usize,
    /// Most rooms in one search of stays.
    pub search_rooms_max: usize,
    /// Most properties named in one search of stays.
    pub search_properties_max: usize,
    /// It can price one offer live.
    pub verify: bool,
    /// It takes orders.
    pub create_order: bool,
    /// Tickets are issued by a call of their own.
    pub issue_tickets: bool,
    /// An order can be looked at by its locator.
    pub retrieve: bool,
    /// It says what a cancellation would cost.
    pub quote_cancel: bool,
    /// An order can be cancelled.
    pub cancel: bool,
    /// Tickets can be voided.
    pub void_tickets: bool,
    /// It describes its properties.
    pub content: bool,
}

/// What a supplier's answers mean, from its published notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Semantics {
    /// How an order of unknown outcome is looked up.
    pub find_by: FindBy,
    /// It refuses or repeats an order with a reference that it has seen: a retry may reuse the reference.
    pub deduplicates: bool,
    /// For how long after the last byte of a write its absence proves nothing.
    pub quiet_window: Duration,
    /// For how long after issue tickets may be voided, at most; the window also ends with the office's day.
    pub void_window: VoidWindow,
    /// How long a read of class Shop, a call of class Book, a call of class Service may take.
    pub timeouts: Timeouts,
    /// For how long a live price may be relied on, at most.
    pub price_valid_for: Duration,
}

/// How an order of unknown outcome can be looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FindBy {
    /// By our own reference.
    Reference,
    /// By name and date, matching our reference in each hit.
    SearchThenMatch,
    /// Not at all: people must look.
    None,
}

/// Until when a ticket may be voided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum VoidWindow {
    /// Never.
    None,
    /// Until midnight of the issue day in the issuing office's zone, less a safety margin.
    OfficeDay {
        /// How long before midnight we stop trying.
        margin: Duration,
    },
    /// For a fixed time after issue.
    For(Duration),
}

/// How long an answer may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeouts {
    /// Search and verify.
    pub shop: Duration,
    /// Create and ticket: long, for a short one only manufactures ambiguity.
    pub book: Duration,
    /// Retrieve, find, cancel and its quote, void.
    pub service: Duration,
}

impl Timeouts {
    /// How long an answer of a class of operations may take.
    #[must_use]
    pub const fn of(&self, class: OpClass) -> Duration {
        match class {
            OpClass::Shop => self.shop,
            OpClass::Book => self.book,
            OpClass::Service => self.service,
        }
    }
}
