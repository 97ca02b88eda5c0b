//! What every connector must do, over its simulator or its recordings: what both kinds share here, what only one has
//! beside it.
//!
//! Cases of a capability that the connector does not declare are left out.

mod flights;
mod stays;

use std::fmt;

use crate::model::id::ClientReference;
use crate::model::offer::PricedSolution;
use crate::model::order::{LocatorKind, OrderStatus, RecordLocator, SupplierOrder, TicketNumber};
use crate::model::search::Search;
use crate::model::traveler::Party;
use crate::supplier::call::{AttemptContext, Op};
use crate::supplier::error::SupplierErrorKind;
use crate::supplier::profile::FindBy;
use crate::supplier::{CancelRequest, Connector, FindRequest, OrderRequest, Supplier};
use crate::testing::clock::START;

/// A connector with a supplier behind it, and what to book there.
pub struct SupplierSuite {
    /// The connector.
    pub connector: Connector,
    /// The context of a call that has time enough.
    pub context: Box<dyn Fn(Op) -> AttemptContext + Send + Sync>,
    /// A search of its kind that has offers. Stays are searched in the first properties of the connector's content,
    /// wherever the search says.
    pub search: Search,
    /// Who travels: as many of each kind, or in each room, as the search says.
    pub party: Party,
    /// A reference that the supplier has not seen.
    pub reference: ClientReference,
    /// A well-formed locator that the supplier does not know.
    pub unknown: RecordLocator,
}

impl fmt::Debug for SupplierSuite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SupplierSuite").field("connector", &self.connector).finish_non_exhaustive()
    }
}

impl SupplierSuite {
    /// Runs every case, each on what the one before it left: one order is made, and undone in the end.
    pub async fn run(&self) {
        match (&self.connector, &self.search) {
            (Connector::Flights(supplier), Search::Flights(search)) => {
                self.flights(&**supplier, search).await
            }
            (Connector::Stays(supplier), Search::Stays(search)) => self.stays(&**supplier, search).await,
            _ => panic!("the search is of another kind than the connector"),
        }
    }

    fn cx(&self, op: Op) -> AttemptContext {
        (self.context)(op)
    }

    fn supplier(&self) -> &dyn Supplier {
        self.connector.supplier()
    }

    async fn find(&self, solution: &PricedSolution, reference: &ClientReference) -> Vec<SupplierOrder> {
        let request = FindRequest { reference, solution, party: &self.party, since: START };
        self.supplier().find(&self.cx(Op::Find), &request).await.unwrap()
    }

    fn finds(&self) -> bool {
        self.supplier().profile().semantics.find_by != FindBy::None
    }

    async fn nothing_is_found_before_it_is_made(&self, solution: &PricedSolution) {
        if self.finds() {
            assert_eq!(self.find(solution, &self.reference).await, []);
        }
        if self.supplier().profile().capabilities.retrieve {
            let unknown = std::slice::from_ref(&self.unknown);
            let error = self.supplier().retrieve(&self.cx(Op::Retrieve), unknown).await.unwrap_err();
            assert_eq!(error.kind, SupplierErrorKind::NotFound);
        }
    }

    /// What an order of either kind shows of what was asked for.
    async fn an_order_is_what_was_asked_for(
        &self,
        solution: &PricedSolution,
        status: OrderStatus,
    ) -> SupplierOrder {
        let request = OrderRequest { solution, party: &self.party, reference: &self.reference };
        let order = self.supplier().create_order(&self.cx(Op::CreateOrder), &request).await.unwrap();
        assert_eq!(order.problems, []);
        assert_eq!(order.status, status);
        assert_eq!(order.travelers.len(), self.party.travelers.len());
        assert_eq!(order.total, Some(solution.offer.total()));
        assert!(order.references.contains(&self.reference), "the order shows our reference");
        order
    }

    async fn all_attempts_of_a_reference_are_found(&self, solution: &PricedSolution, order: &SupplierOrder) {
        if !self.finds() {
            return;
        }
        // Whichever attempt is asked for, all of them count.
        for reference in [self.reference.clone(), self.reference.attempt(2)] {
            let found = self.find(solution, &reference).await;
            assert_eq!(found.iter().map(|order| &order.locators).collect::<Vec<_>>(), [&order.locators]);
        }
        let other = ClientReference::new("ZZZZZZZZZZZZZZZZ").unwrap();
        assert_eq!(self.find(solution, &other).await, []);
    }

    async fn seen(&self, order: &SupplierOrder) -> SupplierOrder {
        self.supplier().retrieve(&self.cx(Op::Retrieve), &order.locators).await.unwrap()
    }

    async fn an_order_shows_what_it_has(&self, order: &SupplierOrder, tickets: &[TicketNumber]) {
        let seen = self.seen(order).await;
        let of = |order: &SupplierOrder, kind| -> Vec<RecordLocator> {
            order.locators.iter().filter(|locator| locator.kind == kind).cloned().collect()
        };
        for kind in [LocatorKind::UniversalRecord, LocatorKind::Provider, LocatorKind::Order] {
            assert_eq!(of(&seen, kind), of(order, kind));
        }
        let mut numbers: Vec<_> = seen.tickets.iter().map(|ticket| ticket.number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, tickets);
    }

    async fn a_cancelled_order_stays_cancelled(&self, order: &SupplierOrder) {
        let request = CancelRequest { locators: &order.locators };
        for _ in 0..2 {
            self.supplier().cancel(&self.cx(Op::Cancel), &request).await.unwrap();
        }
        if self.supplier().profile().capabilities.retrieve {
            assert_eq!(self.seen(order).await.status, OrderStatus::Cancelled);
        }
    }
}
