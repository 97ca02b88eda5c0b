//! What every connector of flights must do.

use super::SupplierSuite;
use crate::model::check::Checked;
use crate::model::itinerary::SegmentKind;
use crate::model::offer::{FlightOffer, PricedSolution};
use crate::model::order::{OrderStatus, SupplierOrder, TicketNumber};
use crate::model::passenger::TravelerRef;
use crate::model::search::FlightSearch;
use crate::supplier::call::Op;
use crate::supplier::{FlightSupplier, IssueRequest, Live, TicketResult, VerifyRequest, VoidRequest};

impl SupplierSuite {
    pub(super) async fn flights(&self, supplier: &dyn FlightSupplier, search: &FlightSearch) {
        let can = supplier.profile().capabilities;
        let solution = self.every_flight_passes_the_gate_and_the_first_can_be_priced(supplier, search).await;
        if !can.create_order {
            return;
        }
        self.nothing_is_found_before_it_is_made(&solution).await;
        let order = self.an_order_has_the_flights_asked_for(&solution).await;
        self.all_attempts_of_a_reference_are_found(&solution, &order).await;
        let tickets = if can.issue_tickets {
            self.everybody_gets_tickets_once(supplier, &solution, &order).await
        } else {
            Vec::new()
        };
        if can.retrieve {
            self.an_order_shows_what_it_has(&order, &tickets).await;
        }
        if can.void_tickets && !tickets.is_empty() {
            self.tickets_are_void_after_the_first_time(supplier, &order, &tickets).await;
        }
        if can.cancel {
            self.a_cancelled_order_stays_cancelled(&order).await;
        }
    }

    async fn every_flight_passes_the_gate_and_the_first_can_be_priced(
        &self,
        supplier: &dyn FlightSupplier,
        search: &FlightSearch,
    ) -> PricedSolution {
        let batch = supplier.search(&self.cx(Op::Search), search).await.unwrap();
        for offer in &batch.items {
            Checked::offer(offer.clone(), &search.passengers).unwrap();
            assert_eq!(offer.supplier, supplier.profile().supplier);
        }
        let offer = batch.items.first().expect("a search that has offers");
        let request = VerifyRequest { search, offer };
        let live = supplier.verify(&self.cx(Op::Verify), &request).await.unwrap();
        let Live::Priced(solution) = live else { panic!("the first offer is gone") };
        let priced = solution.offer.flight().expect("an offer of flights").clone();
        let priced = Checked::offer(priced, &search.passengers).unwrap();
        let flights = |offer: &FlightOffer| -> Vec<_> {
            offer.itinerary.segments().map(|segment| (segment.flight, segment.departs)).collect()
        };
        assert_eq!(flights(priced.get()), flights(offer), "a live price is for the flights of the offer");
        *solution
    }

    async fn an_order_has_the_flights_asked_for(&self, solution: &PricedSolution) -> SupplierOrder {
        let order = self.an_order_is_what_was_asked_for(solution, OrderStatus::Held).await;
        let flights = order.segments.iter().filter(|segment| segment.segment.kind == SegmentKind::Flight);
        let ordered: Vec<_> = flights.map(|segment| segment.segment.flight).collect();
        let asked: Vec<_> =
            solution.offer.flight().unwrap().itinerary.segments().map(|segment| segment.flight).collect();
        assert_eq!(ordered, asked);
        order
    }

    async fn issue(
        &self,
        supplier: &dyn FlightSupplier,
        solution: &PricedSolution,
        order: &SupplierOrder,
    ) -> Vec<Vec<TicketNumber>> {
        let everybody: Vec<_> = (0..).map(TravelerRef).take(self.party.travelers.len()).collect();
        let request =
            IssueRequest { locators: &order.locators, solution, party: &self.party, travelers: &everybody };
        let outcomes = supplier.issue_tickets(&self.cx(Op::IssueTickets), &request).await.unwrap();
        assert!(outcomes.iter().map(|outcome| outcome.traveler).eq(everybody), "one outcome each, in order");
        let numbers = outcomes.iter().map(|outcome| match &outcome.result {
            TicketResult::Issued(tickets) => tickets.iter().map(|ticket| ticket.number).collect(),
            other => panic!("{}: {other:?}", outcome.traveler),
        });
        numbers.collect()
    }

    async fn everybody_gets_tickets_once(
        &self,
        supplier: &dyn FlightSupplier,
        solution: &PricedSolution,
        order: &SupplierOrder,
    ) -> Vec<TicketNumber> {
        let issued = self.issue(supplier, solution, order).await;
        assert_eq!(self.issue(supplier, solution, order).await, issued, "asking again issues nothing new");
        let mut all = issued.concat();
        all.sort_unstable();
        let count = all.len();
        all.dedup();
        assert_eq!(all.len(), count, "every document has a number of its own");
        all
    }

    async fn tickets_are_void_after_the_first_time(
        &self,
        supplier: &dyn FlightSupplier,
        order: &SupplierOrder,
        tickets: &[TicketNumber],
    ) {
        let request = VoidRequest { locators: &order.locators, tickets };
        // Undo is repeated until it is done: what is void already is void.
        for _ in 0..2 {
            supplier.void_tickets(&self.cx(Op::VoidTickets), &request).await.unwrap();
        }
    }
}
