//! What a supplier must not even be asked: checks of typed requests against declared capabilities, before any I/O.

use super::call::Op;
use super::error::{SupplierError, SupplierErrorKind};
use super::profile::{FindBy, SupplierProfile};
use super::{
    CancelRequest, FindRequest, IssueRequest, OrderRequest, StayRequest, StayVerifyRequest, VerifyRequest,
    VoidRequest,
};
use crate::model::fare::PassengerFare;
use crate::model::offer::{Offer, PricedSolution};
use crate::model::order::RecordLocator;
use crate::model::rooms;
use crate::model::search::FlightSearch;
use crate::model::traveler::Party;

type Verdict = Result<(), SupplierError>;

/// A search that the supplier can answer.
pub(super) fn search(profile: &SupplierProfile, request: &FlightSearch) -> Verdict {
    let can = &profile.capabilities;
    let fits =
        request.slices.len() <= can.search_slices_max && request.passengers.seated() <= can.search_seated_max;
    supported(profile, Op::Search, can.search && fits)?;
    request.validate().map_err(|error| bad(profile, Op::Search, "the search is invalid").caused_by(error))
}

/// A search of rooms that the supplier can answer.
pub(super) fn search_stays(profile: &SupplierProfile, request: &StayRequest<'_>) -> Verdict {
    let can = &profile.capabilities;
    let fits = request.search.rooms.len() <= can.search_rooms_max
        && request.properties.len() <= can.search_properties_max;
    supported(profile, Op::Search, can.search && fits)?;
    require(profile, Op::Search, !request.properties.is_empty(), "no property to search")?;
    let invalid = |error| bad(profile, Op::Search, "the search is invalid").caused_by(error);
    request.search.validate().map_err(invalid)
}

/// Rooms of this supplier.
pub(super) fn verify_stay(profile: &SupplierProfile, request: &StayVerifyRequest<'_>) -> Verdict {
    supported(profile, Op::Verify, profile.capabilities.verify)?;
    require(profile, Op::Verify, request.offer.supplier == profile.supplier, "another supplier's offer")
}

/// An order whose cancellation has a price that can be asked for.
pub(super) fn quote_cancel(profile: &SupplierProfile, request: &CancelRequest<'_>) -> Verdict {
    supported(profile, Op::QuoteCancel, profile.capabilities.quote_cancel)?;
    located(profile, Op::QuoteCancel, request.locators)
}

/// A supplier that describes what it sells.
pub(super) fn content(profile: &SupplierProfile) -> Verdict {
    supported(profile, Op::Content, profile.capabilities.content)
}

/// An offer of this supplier.
pub(super) fn verify(profile: &SupplierProfile, request: &VerifyRequest<'_>) -> Verdict {
    supported(profile, Op::Verify, profile.capabilities.verify)?;
    require(profile, Op::Verify, request.offer.supplier == profile.supplier, "another supplier's offer")
}

/// A solution of this supplier, priced for exactly this party.
pub(super) fn create_order(profile: &SupplierProfile, request: &OrderRequest<'_>) -> Verdict {
    let op = Op::CreateOrder;
    supported(profile, op, profile.capabilities.create_order)?;
    require(profile, op, *request.solution.offer.supplier() == profile.supplier, "another supplier's offer")?;
    require(profile, op, priced_for(request.solution, request.party), "the price is for another party")
}

/// An order, and some of its travelers.
pub(super) fn issue_tickets(profile: &SupplierProfile, request: &IssueRequest<'_>) -> Verdict {
    let op = Op::IssueTickets;
    supported(profile, op, profile.capabilities.issue_tickets)?;
    located(profile, op, request.locators)?;
    let known = |index: u8| usize::from(index) < request.party.travelers.len();
    let named = !request.travelers.is_empty() && request.travelers.iter().all(|t| known(t.0));
    require(profile, op, named, "no traveler, or one who is not on the order")
}

/// An order.
pub(super) fn retrieve(profile: &SupplierProfile, locators: &[RecordLocator]) -> Verdict {
    supported(profile, Op::Retrieve, profile.capabilities.retrieve)?;
    located(profile, Op::Retrieve, locators)
}

/// A supplier whose orders can be found.
pub(super) fn find(profile: &SupplierProfile, request: &FindRequest<'_>) -> Verdict {
    supported(profile, Op::Find, profile.semantics.find_by != FindBy::None)?;
    require(profile, Op::Find, !request.party.travelers.is_empty(), "nobody to look for")
}

/// An order.
pub(super) fn cancel(profile: &SupplierProfile, request: &CancelRequest<'_>) -> Verdict {
    supported(profile, Op::Cancel, profile.capabilities.cancel)?;
    located(profile, Op::Cancel, request.locators)
}

/// An order, and its tickets.
pub(super) fn void_tickets(profile: &SupplierProfile, request: &VoidRequest<'_>) -> Verdict {
    supported(profile, Op::VoidTickets, profile.capabilities.void_tickets)?;
    located(profile, Op::VoidTickets, request.locators)?;
    require(profile, Op::VoidTickets, !request.tickets.is_empty(), "no ticket to void")
}

fn priced_for(solution: &PricedSolution, party: &Party) -> bool {
    match &solution.offer {
        Offer::Flight(offer) => fares_for(&offer.fares, party),
        Offer::Stay(offer) => rooms::lodge(offer, party).is_ok(),
    }
}

fn fares_for(fares: &[PassengerFare], party: &Party) -> bool {
    let priced: usize = fares.iter().map(|fare| usize::from(fare.count)).sum();
    let of_kind = |fare: &PassengerFare| {
        let kind = fare.passenger_type.kind();
        let priced = fares.iter().filter(|other| other.passenger_type.kind() == kind);
        let travel = party.travelers.iter().filter(|traveler| traveler.kind == kind).count();
        priced.map(|fare| usize::from(fare.count)).sum::<usize>() == travel
    };
    priced == party.travelers.len() && fares.iter().all(of_kind)
}

fn located(profile: &SupplierProfile, op: Op, locators: &[RecordLocator]) -> Verdict {
    require(profile, op, !locators.is_empty(), "no record locator")
}

fn supported(profile: &SupplierProfile, op: Op, yes: bool) -> Verdict {
    let refused =
        || SupplierError::new(SupplierErrorKind::Unsupported, op, &profile.supplier, "not declared");
    yes.then_some(()).ok_or_else(refused)
}

fn require(profile: &SupplierProfile, op: Op, holds: bool, otherwise: &str) -> Verdict {
    holds.then_some(()).ok_or_else(|| bad(profile, op, otherwise))
}

fn bad(profile: &SupplierProfile, op: Op, message: &str) -> SupplierError {
    SupplierError::new(SupplierErrorKind::BadRequest, op, &profile.supplier, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::passenger::TravelerRef;
    use crate::testing::clock::START;
    use crate::testing::samples;

    #[track_caller]
    fn check(verdict: &Verdict, want: Option<SupplierErrorKind>) {
        assert_eq!(verdict.as_ref().err().map(|error| error.kind), want);
    }

    #[test]
    fn nothing_undeclared_is_asked() {
        let unsupported = Some(SupplierErrorKind::Unsupported);
        let able = samples::profile("alpha");
        let unable = SupplierProfile { capabilities: Default::default(), ..able.clone() };
        let request = samples::search();
        check(&search(&able, &request), None);
        check(&search(&unable, &request), unsupported);
        let mut narrow = able.clone();
        narrow.capabilities.search_slices_max = 1;
        check(&search(&narrow, &request), unsupported);
        check(&cancel(&unable, &CancelRequest { locators: &[] }), unsupported);
        let (solution, party) = (samples::solution(samples::offer("alpha-1", "GA", 100)), samples::party());
        let reference = &crate::model::id::ClientReference::new("A1B2C3D4E5F6G7H8").unwrap();
        let request = FindRequest { reference, solution: &solution, party: &party, since: START };
        check(&find(&able, &request), None);
        let mut blind = able.clone();
        blind.semantics.find_by = FindBy::None;
        check(&find(&blind, &request), unsupported);
    }

    #[test]
    fn nothing_that_does_not_fit_together_is_asked() {
        let bad = Some(SupplierErrorKind::BadRequest);
        let (alpha, beta) = (samples::profile("alpha"), samples::profile("beta"));
        let solution = samples::solution(samples::offer("alpha-1", "GA", 100));
        let one = samples::party();
        let mut two = one.clone();
        two.travelers.push(one.travelers[0].clone());
        let reference = &crate::model::id::ClientReference::new("A1B2C3D4E5F6G7H8").unwrap();
        let order = |party| OrderRequest { solution: &solution, party, reference };
        check(&create_order(&alpha, &order(&one)), None);
        check(&create_order(&alpha, &order(&two)), bad);
        check(&create_order(&beta, &order(&one)), bad);
        check(&retrieve(&alpha, &[]), bad);
        let locators = &[RecordLocator {
            kind: crate::model::order::LocatorKind::UniversalRecord,
            owner: None,
            code: "ABC123".to_owned(),
        }];
        let issue = |travelers| IssueRequest { locators, solution: &solution, party: &one, travelers };
        check(&issue_tickets(&alpha, &issue(&[TravelerRef(0)])), None);
        check(&issue_tickets(&alpha, &issue(&[TravelerRef(1)])), bad);
        check(&issue_tickets(&alpha, &issue(&[])), bad);
        check(&void_tickets(&alpha, &VoidRequest { locators, tickets: &[] }), bad);
        let mut invalid = samples::search();
        invalid.slices.swap(0, 1);
        check(&search(&alpha, &invalid), bad);
    }
}
