//! Create and ticketing: the two exchanges that commit to money.

use ota_core::model::order::{SupplierOrder, Ticket};
use ota_core::model::passenger::TravelerRef;
use ota_core::supplier::call::{AttemptContext, Effect};
use ota_core::supplier::error::{Commit, SupplierError, SupplierErrorKind};
use ota_core::supplier::{IssueRequest, OrderRequest, TicketOutcome, TicketResult};

use super::answers::AnswerError;
use super::client::{self, Answer, Step};
use super::compare::{self, Difference};
use super::documents::{self, Journey};
use super::map::{document, solution};
use super::record::{Covering, Record};
use super::replies::document::{DocumentRsp, FailureInfo};
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
        let offer = self.flights(step, asked.solution)?;
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
        compare::order(&made.order, offer, asked.party).map_err(differs)?;

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
        compare::order(&order, offer, asked.party).map_err(differs)?;
        Ok(order)
    }

    /// Looks at the record and its documents, issues for those who have none, and compares what was issued.
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
        let mut journeys = self.documents(Step { exchange: client::DOCUMENTS, ..look }, &record).await?;
        journeys.retain(Journey::is_live);
        // What was issued before is committed: not understanding it is not a refusal.
        let committed = Step { cx, exchange: client::DOCUMENTS, commit: Commit::After };
        let held = self.held(committed, asked, &record, journeys)?;
        let holders: Vec<TravelerRef> = held.iter().map(|(owner, _)| *owner).collect();
        if !record.ticketed(asked.party).iter().all(|traveler| holders.contains(traveler)) {
            return Err(self.unclear(committed, Difference::Documents));
        }
        let open: Vec<_> = asked.travelers.iter().copied().filter(|who| !holders.contains(who)).collect();
        let fares = record.covering(asked.party, &open).map_err(|error| refused(&error))?;
        let mut outcomes =
            if open.is_empty() { Vec::new() } else { self.ticket(cx, asked, &record, &open, fares).await? };
        let done = held.into_iter().filter(|(owner, _)| asked.travelers.contains(owner));
        outcomes.extend(done.map(|(traveler, tickets)| issued(traveler, tickets)));
        outcomes.sort_by_key(|outcome| asked.travelers.iter().position(|who| *who == outcome.traveler));
        Ok(outcomes)
    }

    /// Whose documents these are, each compared with what was priced.
    fn held(
        &self,
        step: Step<'_>,
        asked: &IssueRequest<'_>,
        record: &Record,
        journeys: Vec<Journey>,
    ) -> Result<Vec<(TravelerRef, Vec<Ticket>)>, SupplierError> {
        let differs = |difference| self.unclear(step, difference);
        let offer = self.flights(step, asked.solution)?;
        let owners = documents::owners(&journeys, record, asked.party).map_err(differs)?;
        let mut held = Vec::with_capacity(journeys.len());
        for (owner, journey) in owners.into_iter().zip(journeys) {
            let person = asked.party.travelers.get(usize::from(owner.0));
            let kind = person.map(|person| person.kind).ok_or_else(|| differs(Difference::Travelers))?;
            compare::tickets(&journey.tickets, offer, kind).map_err(differs)?;
            held.push((owner, journey.tickets));
        }
        Ok(held)
    }

    /// The committing exchange, for travelers without documents.
    async fn ticket(
        &self,
        cx: &AttemptContext,
        asked: &IssueRequest<'_>,
        record: &Record,
        open: &[TravelerRef],
        fares: Vec<Covering>,
    ) -> Result<Vec<TicketOutcome>, SupplierError> {
        let step = Step { cx, exchange: client::TICKET, commit: Commit::At };
        let request = build::ticketing(&self.office, &cx.trace, &record.locators.reservation, fares);
        let answer = self.client.exchange(step, &request).await?;
        let unanswered = |error| self.client.unanswered(step, &answer, error);
        let reply = match replies::read(&answer.body).map_err(|error| unanswered(error.into()))? {
            Reply::AirTicketing(reply) => reply,
            Reply::Fault(fault) => return Err(unanswered(errors::fault(&fault, Effect::Write).into())),
            _ => return Err(unanswered(AnswerError::Unexpected)),
        };
        let mut journeys = Vec::new();
        for etr in &reply.etrs {
            compare::locators(&document::locators(etr), asked.locators)
                .map_err(|difference| self.unclear(step, difference))?;
            journeys.push(Journey::read(etr, record).map_err(|error| unanswered(error.into()))?);
        }
        let held = self.held(step, asked, record, journeys)?;
        if held.iter().any(|(owner, _)| !open.contains(owner)) {
            return Err(self.unclear(step, Difference::Travelers));
        }
        let refusals = refusals(&reply, record, asked);
        let outcome = |traveler: &TravelerRef| {
            let tickets = held.iter().find(|(owner, _)| owner == traveler);
            let refusal = refusals.iter().find(|(owner, _)| owner == traveler);
            match (tickets, refusal) {
                (Some((_, tickets)), _) => issued(*traveler, tickets.clone()),
                (None, Some((_, why))) => {
                    TicketOutcome { traveler: *traveler, result: TicketResult::Refused { why: why.clone() } }
                }
                (None, None) => TicketOutcome { traveler: *traveler, result: TicketResult::Unclear },
            }
        };
        self.look_again(cx, asked, record, open.iter().map(outcome).collect()).await
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
        let Ok(mut journeys) = self.documents(step, record).await else { return Ok(outcomes) };
        journeys.retain(Journey::is_live);
        let Ok(held) = self.held(step, asked, record, journeys) else { return Ok(outcomes) };
        for outcome in outcomes.iter_mut().filter(|outcome| outcome.result == TicketResult::Unclear) {
            if let Some((_, tickets)) = held.iter().find(|(owner, _)| *owner == outcome.traveler) {
                outcome.result = TicketResult::Issued(tickets.clone());
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

const fn issued(traveler: TravelerRef, tickets: Vec<Ticket>) -> TicketOutcome {
    TicketOutcome { traveler, result: TicketResult::Issued(tickets) }
}

/// Who was certainly refused, and why. A failure that may hide an issue is none.
fn refusals(
    reply: &DocumentRsp<'_>,
    record: &Record,
    asked: &IssueRequest<'_>,
) -> Vec<(TravelerRef, String)> {
    let refusal = |failure: &FailureInfo<'_>| {
        let owner = record.owner_of(failure.booking_traveler_ref.as_deref()?, asked.party)?;
        let refusal = errors::failure(failure, Effect::Write);
        (refusal.kind != SupplierErrorKind::Ambiguous)
            .then(|| (owner, format!("{} {}", refusal.code, refusal.message)))
    };
    reply.failures.iter().filter_map(refusal).collect()
}
