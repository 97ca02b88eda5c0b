//! Create and ticketing: the two exchanges that commit to money.

use ota_core::model::itinerary::SegmentKind;
use ota_core::model::order::{SupplierOrder, Ticket};
use ota_core::model::passenger::TravelerRef;
use ota_core::supplier::call::{AttemptContext, Effect};
use ota_core::supplier::error::{Commit, SupplierError, SupplierErrorKind};
use ota_core::supplier::{IssueRequest, OrderRequest, TicketOutcome, TicketResult};

use super::answers::AnswerError;
use super::client::{self, Answer, Step};
use super::compare::{self, Difference};
use super::map::{document, solution};
use super::record::{Plan, Record};
use super::replies::document::DocumentRsp;
use super::replies::{self, Reply};
use super::requests::build;
use super::{Travelport, errors};

impl Travelport {
    /// One exchange commits; its answer is compared with what was sent, and a new record is believed only
    /// after it has been retrieved and shows our reference.
    pub(super) async fn create(
        &self,
        cx: &AttemptContext,
        asked: &OrderRequest<'_>,
    ) -> Result<SupplierOrder, SupplierError> {
        let step = Step { cx, exchange: client::CREATE, commit: Commit::At };
        let priced = solution::from_token(&asked.solution.solution).ok_or_else(|| {
            self.client.error(step, SupplierErrorKind::OfferExpired, "no priced solution of ours")
        })?;
        let request =
            build::create_reservation(&self.office, &cx.trace, priced, asked.party, asked.reference)
                .map_err(|error| {
                    self.client.error(step, SupplierErrorKind::BadRequest, "create").caused_by(error)
                })?;
        let answer = self.client.exchange(step, &request).await?;
        let made = created(&answer).map_err(|error| self.client.unanswered(step, &answer, error))?;
        let differs = |difference: Difference| self.unclear(step, difference);
        compare::order(&made.order, &asked.solution.offer, asked.party).map_err(differs)?;

        let look = Step { cx, exchange: client::RETRIEVE, commit: Commit::After };
        let seen = self.record(look, &made.order.locators).await?;
        compare::locators(&seen.order.locators, &made.order.locators).map_err(differs)?;
        if !seen.order.references.contains(asked.reference) {
            return Err(differs(Difference::Reference));
        }
        // Some problems are told only once, by the create itself.
        let mut order = SupplierOrder { problems: made.order.problems, ..seen.order.clone() };
        order.problems.extend(
            seen.order
                .problems
                .into_iter()
                .filter(|problem| !order.problems.contains(problem))
                .collect::<Vec<_>>(),
        );
        compare::order(&order, &asked.solution.offer, asked.party).map_err(differs)?;
        Ok(order)
    }

    /// Looks at the record, issues for those who have no ticket, and compares what was issued.
    pub(super) async fn issue(
        &self,
        cx: &AttemptContext,
        asked: &IssueRequest<'_>,
    ) -> Result<Vec<TicketOutcome>, SupplierError> {
        let look = Step { cx, exchange: client::RETRIEVE, commit: Commit::Before };
        let record = self.record(look, asked.locators).await?;
        let refused = |error: &dyn std::fmt::Display| {
            self.client.error(look, SupplierErrorKind::Rejected, &error.to_string())
        };
        compare::locators(&record.order.locators, asked.locators).map_err(|error| refused(&error))?;
        let segments = asked.solution.offer.itinerary.segments();
        let flights = segments.filter(|segment| segment.kind == SegmentKind::Flight).count();
        let plan = record.plan(asked.party, asked.travelers, flights).map_err(|error| refused(&error))?;
        let mut outcomes = self.known(cx, asked, &record, &plan).await?;
        if !plan.open.is_empty() {
            outcomes.extend(self.ticket(cx, asked, &record, plan).await?);
        }
        outcomes
            .sort_by_key(|outcome| asked.travelers.iter().position(|traveler| *traveler == outcome.traveler));
        Ok(outcomes)
    }

    /// The tickets of travelers asked for who have theirs already: never issued again.
    async fn known(
        &self,
        cx: &AttemptContext,
        asked: &IssueRequest<'_>,
        record: &Record,
        plan: &Plan,
    ) -> Result<Vec<TicketOutcome>, SupplierError> {
        if plan.open.len() == asked.travelers.len() {
            return Ok(Vec::new());
        }
        // What was issued before is committed: not seeing it now proves nothing.
        let step = Step { cx, exchange: client::DOCUMENTS, commit: Commit::After };
        let documents = self.documents(step, record).await?;
        let done = asked.travelers.iter().filter(|traveler| !plan.open.contains(traveler));
        done.map(|traveler| {
            Ok(TicketOutcome {
                traveler: *traveler,
                result: TicketResult::Issued(self.checked(step, asked, *traveler, &documents)?),
            })
        })
        .collect()
    }

    /// The documents of one traveler among those of a reservation, compared with what was priced.
    fn checked(
        &self,
        step: Step<'_>,
        asked: &IssueRequest<'_>,
        traveler: TravelerRef,
        documents: &[Vec<Ticket>],
    ) -> Result<Vec<Ticket>, SupplierError> {
        let person = asked.party.travelers.get(usize::from(traveler.0));
        let own = documents.iter().find(|tickets| {
            let name = tickets.first().and_then(|ticket| ticket.traveler.as_ref());
            name.zip(person).is_some_and(|(name, person)| compare::is_person(name, person))
        });
        let (own, person) = own.zip(person).ok_or_else(|| self.unclear(step, Difference::Travelers))?;
        compare::tickets(own, &asked.solution.offer, person.kind)
            .map_err(|error| self.unclear(step, error))?;
        Ok(own.clone())
    }

    async fn ticket(
        &self,
        cx: &AttemptContext,
        asked: &IssueRequest<'_>,
        record: &Record,
        plan: Plan,
    ) -> Result<Vec<TicketOutcome>, SupplierError> {
        let step = Step { cx, exchange: client::TICKET, commit: Commit::At };
        let request = build::ticketing(&self.office, &cx.trace, &record.locators.reservation, plan.fares);
        let answer = self.client.exchange(step, &request).await?;
        let unanswered = |error| self.client.unanswered(step, &answer, error);
        let reply = match replies::read(&answer.body).map_err(|error| unanswered(error.into()))? {
            Reply::AirTicketing(reply) => reply,
            Reply::Fault(fault) => return Err(unanswered(errors::fault(&fault, Effect::Write).into())),
            _ => return Err(unanswered(AnswerError::Unexpected)),
        };
        let mut issued = Vec::new();
        for etr in &reply.etrs {
            let tickets = document::tickets(etr).map_err(|error| unanswered(error.into()))?;
            compare::locators(&document::locators(etr), asked.locators)
                .map_err(|error| self.unclear(step, error))?;
            issued.push(tickets);
        }
        self.nobody_else(step, asked, &plan.open, &issued)?;
        let mut outcomes = Vec::new();
        for traveler in plan.open {
            outcomes.push(self.outcome(step, asked, record, traveler, &reply, &issued)?);
        }
        self.look_again(cx, asked, record, outcomes).await
    }

    /// Every document belongs to one traveler for whom it was asked.
    fn nobody_else(
        &self,
        step: Step<'_>,
        asked: &IssueRequest<'_>,
        open: &[TravelerRef],
        issued: &[Vec<Ticket>],
    ) -> Result<(), SupplierError> {
        let names: Option<Vec<_>> = issued.iter().map(|tickets| tickets.first()?.traveler.as_ref()).collect();
        let owners = names.and_then(|names| compare::owners(&names, asked.party).ok());
        let all_asked = owners.is_some_and(|owners| owners.iter().all(|owner| open.contains(owner)));
        if all_asked { Ok(()) } else { Err(self.unclear(step, Difference::Travelers)) }
    }

    fn outcome(
        &self,
        step: Step<'_>,
        asked: &IssueRequest<'_>,
        record: &Record,
        traveler: TravelerRef,
        reply: &DocumentRsp<'_>,
        issued: &[Vec<Ticket>],
    ) -> Result<TicketOutcome, SupplierError> {
        let person = asked.party.travelers.get(usize::from(traveler.0));
        let is_own = |tickets: &&Vec<Ticket>| {
            let name = tickets.first().and_then(|ticket| ticket.traveler.as_ref());
            name.zip(person).is_some_and(|(name, person)| compare::is_person(name, person))
        };
        if issued.iter().any(|tickets| is_own(&tickets)) {
            let tickets = self.checked(step, asked, traveler, issued)?;
            return Ok(TicketOutcome { traveler, result: TicketResult::Issued(tickets) });
        }
        let failure = reply.failures.iter().find(|failure| {
            let key = failure.booking_traveler_ref.as_deref();
            key.and_then(|key| record.owner_of(key, asked.party)) == Some(traveler)
        });
        let result = match failure.map(|failure| errors::failure(failure, Effect::Write)) {
            Some(refusal) if refusal.kind != SupplierErrorKind::Ambiguous => {
                TicketResult::Refused { why: format!("{} {}", refusal.code, refusal.message) }
            }
            _ => TicketResult::Unclear,
        };
        Ok(TicketOutcome { traveler, result })
    }

    /// A busy record, or an answer that leaves somebody out: coupons may have been issued all the same, so
    /// the documents are read before anybody thinks of a repeat. What is not found stays unclear.
    async fn look_again(
        &self,
        cx: &AttemptContext,
        asked: &IssueRequest<'_>,
        record: &Record,
        mut outcomes: Vec<TicketOutcome>,
    ) -> Result<Vec<TicketOutcome>, SupplierError> {
        if outcomes.iter().all(|outcome| outcome.result != TicketResult::Unclear) {
            return Ok(outcomes);
        }
        let step = Step { cx, exchange: client::DOCUMENTS, commit: Commit::After };
        // What is known for sure must not be lost with a failed look.
        let Ok(documents) = self.documents(step, record).await else { return Ok(outcomes) };
        for outcome in outcomes.iter_mut().filter(|outcome| outcome.result == TicketResult::Unclear) {
            if let Ok(tickets) = self.checked(step, asked, outcome.traveler, &documents) {
                outcome.result = TicketResult::Issued(tickets);
            }
        }
        Ok(outcomes)
    }

    /// The answer to a write, understood but about something else than was sent.
    pub(super) fn unclear(&self, step: Step<'_>, difference: Difference) -> SupplierError {
        SupplierError::not_understood(step.cx.op, &self.client.supplier, step.commit, difference.to_string())
    }
}

/// A create's answer: an order, perhaps broken, or why there is none.
fn created(answer: &Answer) -> Result<Record, AnswerError> {
    let reply = match replies::read(&answer.body)? {
        Reply::AirCreateReservation(reply) => reply,
        Reply::Fault(fault) => return Err(errors::fault(&fault, Effect::Write).into()),
        _ => return Err(AnswerError::Unexpected),
    };
    if let Some(record) = &reply.record {
        return Ok(Record::read(&reply, record)?);
    }
    // Nothing was kept (RetainReservation="None"): the answer must say why, or nobody knows.
    if !reply.sell_failures.is_empty() {
        return Err(errors::sold_out("", &reply.sell_failures).into());
    }
    if let Some(changed) = reply.solution_changed.first() {
        return Err(errors::changed(changed).into());
    }
    match errors::first_error(&reply.messages, Effect::Write) {
        Some(refusal) => Err(refusal.into()),
        None => Err(AnswerError::Unexpected),
    }
}
