//! What every flight connector must do, over its simulator or its recordings.
//!
//! Cases of a capability that the connector does not declare are left out.

use std::fmt;
use std::sync::Arc;

use crate::model::check::Checked;
use crate::model::id::ClientReference;
use crate::model::itinerary::SegmentKind;
use crate::model::offer::PricedSolution;
use crate::model::order::{LocatorKind, OrderStatus, RecordLocator, SupplierOrder, TicketNumber};
use crate::model::passenger::TravelerRef;
use crate::model::search::FlightSearch;
use crate::model::traveler::Party;
use crate::supplier::call::{AttemptContext, Op};
use crate::supplier::error::SupplierErrorKind;
use crate::supplier::profile::FindBy;
use crate::supplier::{
    CancelRequest, FindRequest, FlightSupplier, IssueRequest, Live, OrderRequest, TicketResult,
    VerifyRequest, VoidRequest,
};
use crate::testing::clock::START;

/// A connector with a supplier behind it, and what to book there.
pub struct SupplierSuite {
    /// The connector.
    pub supplier: Arc<dyn FlightSupplier>,
    /// The context of a call that has time enough.
    pub context: Box<dyn Fn(Op) -> AttemptContext + Send + Sync>,
    /// A search that has offers.
    pub search: FlightSearch,
    /// Who travels: as many of each kind as the search says.
    pub party: Party,
    /// A reference that the supplier has not seen.
    pub reference: ClientReference,
    /// A well-formed locator that the supplier does not know.
    pub unknown: RecordLocator,
}

impl fmt::Debug for SupplierSuite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SupplierSuite").field("supplier", &self.supplier).finish_non_exhaustive()
    }
}

impl SupplierSuite {
    /// Runs every case, each on what the one before it left: one order is made, and undone in the end.
    pub async fn run(&self) {
        let can = self.supplier.profile().capabilities;
        let solution = self.every_offer_passes_the_gate_and_the_first_can_be_priced().await;
        if !can.create_order {
            return;
        }
        self.nothing_is_found_before_it_is_made(&solution).await;
        let order = self.an_order_is_what_was_asked_for(&solution).await;
        self.all_attempts_of_a_reference_are_found(&solution, &order).await;
        let tickets = if can.issue_tickets {
            self.everybody_gets_tickets_once(&solution, &order).await
        } else {
            Vec::new()
        };
        if can.retrieve {
            self.an_order_shows_its_tickets(&order, &tickets).await;
        }
        if can.void_tickets && !tickets.is_empty() {
            self.tickets_are_void_after_the_first_time(&order, &tickets).await;
        }
        if can.cancel {
            self.a_cancelled_order_stays_cancelled(&order).await;
        }
    }

    fn cx(&self, op: Op) -> AttemptContext {
        (self.context)(op)
    }

    async fn every_offer_passes_the_gate_and_the_first_can_be_priced(&self) -> PricedSolution {
        let batch = self.supplier.search(&self.cx(Op::Search), &self.search).await.unwrap();
        for offer in &batch.items {
            Checked::offer(offer.clone(), &self.search.passengers).unwrap();
            assert_eq!(offer.supplier, self.supplier.profile().supplier);
        }
        let offer = batch.items.first().expect("a search that has offers");
        let request = VerifyRequest { search: &self.search, offer };
        let live = self.supplier.verify(&self.cx(Op::Verify), &request).await.unwrap();
        let Live::Priced(solution) = live else { panic!("the first offer is gone") };
        let priced = solution.offer.flight().expect("an offer of flights").clone();
        let priced = Checked::offer(priced, &self.search.passengers).unwrap();
        let flights = |offer: &crate::model::offer::FlightOffer| -> Vec<_> {
            offer.itinerary.segments().map(|segment| (segment.flight, segment.departs)).collect()
        };
        assert_eq!(flights(priced.get()), flights(offer), "a live price is for the flights of the offer");
        *solution
    }

    async fn find(&self, solution: &PricedSolution, reference: &ClientReference) -> Vec<SupplierOrder> {
        let request = FindRequest { reference, solution, party: &self.party, since: START };
        self.supplier.find(&self.cx(Op::Find), &request).await.unwrap()
    }

    fn finds(&self) -> bool {
        self.supplier.profile().semantics.find_by != FindBy::None
    }

    async fn nothing_is_found_before_it_is_made(&self, solution: &PricedSolution) {
        if self.finds() {
            assert_eq!(self.find(solution, &self.reference).await, []);
        }
        if self.supplier.profile().capabilities.retrieve {
            let unknown = std::slice::from_ref(&self.unknown);
            let error = self.supplier.retrieve(&self.cx(Op::Retrieve), unknown).await.unwrap_err();
            assert_eq!(error.kind, SupplierErrorKind::NotFound);
        }
    }

    async fn an_order_is_what_was_asked_for(&self, solution: &PricedSolution) -> SupplierOrder {
        let request = OrderRequest { solution, party: &self.party, reference: &self.reference };
        let order = self.supplier.create_order(&self.cx(Op::CreateOrder), &request).await.unwrap();
        assert_eq!(order.problems, []);
        assert_eq!(order.status, OrderStatus::Held);
        assert_eq!(order.travelers.len(), self.party.travelers.len());
        assert_eq!(order.total, Some(solution.offer.total()));
        assert!(order.references.contains(&self.reference), "the order shows our reference");
        let flights = order.segments.iter().filter(|segment| segment.segment.kind == SegmentKind::Flight);
        let ordered: Vec<_> = flights.map(|segment| segment.segment.flight).collect();
        let asked: Vec<_> =
            solution.offer.flight().unwrap().itinerary.segments().map(|segment| segment.flight).collect();
        assert_eq!(ordered, asked);
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

    async fn issue(&self, solution: &PricedSolution, order: &SupplierOrder) -> Vec<Vec<TicketNumber>> {
        let everybody: Vec<_> = (0..).map(TravelerRef).take(self.party.travelers.len()).collect();
        let request =
            IssueRequest { locators: &order.locators, solution, party: &self.party, travelers: &everybody };
        let outcomes = self.supplier.issue_tickets(&self.cx(Op::IssueTickets), &request).await.unwrap();
        assert!(outcomes.iter().map(|outcome| outcome.traveler).eq(everybody), "one outcome each, in order");
        let numbers = outcomes.iter().map(|outcome| match &outcome.result {
            TicketResult::Issued(tickets) => tickets.iter().map(|ticket| ticket.number).collect(),
            other => panic!("{}: {other:?}", outcome.traveler),
        });
        numbers.collect()
    }

    async fn everybody_gets_tickets_once(
        &self,
        solution: &PricedSolution,
        order: &SupplierOrder,
    ) -> Vec<TicketNumber> {
        let issued = self.issue(solution, order).await;
        assert_eq!(self.issue(solution, order).await, issued, "asking again issues nothing new");
        let mut all = issued.concat();
        all.sort_unstable();
        let count = all.len();
        all.dedup();
        assert_eq!(all.len(), count, "every document has a number of its own");
        all
    }

    async fn seen(&self, order: &SupplierOrder) -> SupplierOrder {
        self.supplier.retrieve(&self.cx(Op::Retrieve), &order.locators).await.unwrap()
    }

    async fn an_order_shows_its_tickets(&self, order: &SupplierOrder, tickets: &[TicketNumber]) {
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

    async fn tickets_are_void_after_the_first_time(&self, order: &SupplierOrder, tickets: &[TicketNumber]) {
        let request = VoidRequest { locators: &order.locators, tickets };
        // Undo is repeated until it is done: what is void already is void.
        for _ in 0..2 {
            self.supplier.void_tickets(&self.cx(Op::VoidTickets), &request).await.unwrap();
        }
    }

    async fn a_cancelled_order_stays_cancelled(&self, order: &SupplierOrder) {
        let request = CancelRequest { locators: &order.locators };
        for _ in 0..2 {
            self.supplier.cancel(&self.cx(Op::Cancel), &request).await.unwrap();
        }
        if self.supplier.profile().capabilities.retrieve {
            assert_eq!(self.seen(order).await.status, OrderStatus::Cancelled);
        }
    }
}
