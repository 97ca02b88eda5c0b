//! Everything about an order that exists: retrieve, find, cancel, void.

use std::collections::BTreeSet;

use ota_core::limits::FIND_HITS_MAX;
use ota_core::model::order::{LocatorKind, OrderStatus, RecordLocator, SupplierOrder, Ticket, TicketNumber};
use ota_core::supplier::call::{AttemptContext, Effect};
use ota_core::supplier::error::{Commit, SupplierError, SupplierErrorKind};
use ota_core::supplier::{CancelRequest, FindRequest, VoidRequest};

use super::answers::AnswerError;
use super::client::{self, Step};
use super::compare;
use super::documents::Journey;
use super::map::document;
use super::record::Record;
use super::replies::document::DocumentRsp;
use super::replies::{self, Reply};
use super::requests::{build, travelers};
use super::{Travelport, errors};

impl Travelport {
    /// The record and its documents: a record's own list of tickets lags behind, so the documents are
    /// always asked for.
    pub(super) async fn look(
        &self,
        cx: &AttemptContext,
        locators: &[RecordLocator],
    ) -> Result<SupplierOrder, SupplierError> {
        let step = Step { cx, exchange: client::RETRIEVE, commit: Commit::Before };
        let record = self.record(step, locators).await?;
        compare::locators(&record.order.locators, locators).map_err(|error| self.unclear(step, error))?;
        self.with_documents(cx, record).await
    }

    async fn with_documents(
        &self,
        cx: &AttemptContext,
        record: Record,
    ) -> Result<SupplierOrder, SupplierError> {
        let step = Step { cx, exchange: client::DOCUMENTS, commit: Commit::Before };
        let journeys = self.documents(step, &record).await?;
        let tickets: Vec<Ticket> = journeys.into_iter().flat_map(|journey| journey.tickets).collect();
        let known = |number: &TicketNumber| tickets.iter().any(|ticket| ticket.number == *number);
        if !record.order.tickets.iter().map(|ticket| &ticket.number).all(known) {
            return Err(self.client.error(
                step,
                SupplierErrorKind::Protocol,
                "the record names documents that were not found",
            ));
        }
        Ok(SupplierOrder { tickets, ..record.order })
    }

    /// The record of these locators: retrieved by its universal locator, else imported by the host's.
    pub(super) async fn record(
        &self,
        step: Step<'_>,
        locators: &[RecordLocator],
    ) -> Result<Record, SupplierError> {
        let of =
            |kind| locators.iter().find(|locator| locator.kind == kind).map(|locator| locator.code.as_str());
        let trace = &step.cx.trace;
        let (step, answer) = match (of(LocatorKind::UniversalRecord), of(LocatorKind::Provider)) {
            (Some(universal), _) => {
                let request = build::retrieve(&self.office, trace, universal);
                (step, self.client.exchange(step, &request).await?)
            }
            (None, Some(provider)) => {
                let step = Step { exchange: client::IMPORT, ..step };
                let request = build::import(&self.office, trace, provider);
                (step, self.client.exchange(step, &request).await?)
            }
            (None, None) => {
                return Err(self.client.error(step, SupplierErrorKind::BadRequest, "no locator of a record"));
            }
        };
        recorded(&answer.body).map_err(|error| self.client.unanswered(step, &answer, error))
    }

    /// The documents of a reservation, one list for each journey of a traveler. None is an answer.
    pub(super) async fn documents(
        &self,
        step: Step<'_>,
        record: &Record,
    ) -> Result<Vec<Journey>, SupplierError> {
        if record.locators.reservation.is_empty() {
            return Ok(Vec::new());
        }
        match self.documents_by(step, record, Some(&record.locators.reservation)).await {
            // Their numbers are those of somebody else's as well: asked once more, by the record's own locators.
            Err(error) if error.kind == SupplierErrorKind::NotUnique => {
                self.documents_by(step, record, None).await
            }
            other => other,
        }
    }

    async fn documents_by(
        &self,
        step: Step<'_>,
        record: &Record,
        reservation: Option<&str>,
    ) -> Result<Vec<Journey>, SupplierError> {
        let (trace, locators) = (&step.cx.trace, &record.locators);
        let request = build::retrieve_documents(&self.office, trace, locators, reservation);
        let answer = self.client.exchange(step, &request).await?;
        match documented(&answer.body, record) {
            Err(AnswerError::Refused(refusal)) if refusal.kind == SupplierErrorKind::NotFound => {
                Ok(Vec::new())
            }
            other => other.map_err(|error| self.client.unanswered(step, &answer, error)),
        }
    }

    /// Every record that carries one of our references. Nothing finds by reference, so: all records of the
    /// first name that depart on the first day, every page, each retrieved and its remarks matched.
    pub(super) async fn seek(
        &self,
        cx: &AttemptContext,
        asked: &FindRequest<'_>,
    ) -> Result<Vec<SupplierOrder>, SupplierError> {
        let mut orders = Vec::new();
        for locator in self.hits(cx, asked).await? {
            let universal = RecordLocator { kind: LocatorKind::UniversalRecord, owner: None, code: locator };
            let step = Step { cx, exchange: client::RETRIEVE, commit: Commit::Before };
            let record = self.record(step, std::slice::from_ref(&universal)).await?;
            let base = asked.reference.base();
            if record.order.references.iter().any(|reference| reference.base() == base) {
                orders.push(self.with_documents(cx, record).await?);
            }
        }
        Ok(orders)
    }

    async fn hits(
        &self,
        cx: &AttemptContext,
        asked: &FindRequest<'_>,
    ) -> Result<BTreeSet<String>, SupplierError> {
        let step = Step { cx, exchange: client::FIND, commit: Commit::Before };
        let bad = |message| self.client.error(step, SupplierErrorKind::BadRequest, message);
        let first = travelers::sending_order(asked.party)
            .first()
            .and_then(|first| asked.party.travelers.get(usize::from(first.0)));
        let surname =
            first.map(|traveler| traveler.name.surname.expose()).ok_or_else(|| bad("nobody to look for"))?;
        let departs = self
            .flights(step, asked.solution)?
            .itinerary
            .segments()
            .next()
            .and_then(|segment| segment.departs);
        let day = departs.map(|time| time.civil.date()).ok_or_else(|| bad("no day to look for"))?;
        let mut hits = BTreeSet::new();
        let mut from: u32 = 1;
        loop {
            let request = build::search_records(&self.office, &cx.trace, surname, day, from)
                .map_err(|error| bad("find").caused_by(error))?;
            let answer = self.client.exchange(step, &request).await?;
            let (more, locators) = match found(&answer.body) {
                Err(AnswerError::Refused(no)) if no.kind == SupplierErrorKind::NotFound && from == 1 => {
                    return Ok(hits);
                }
                other => other.map_err(|error| self.client.unanswered(step, &answer, error))?,
            };
            let known = hits.len();
            from = from.saturating_add(u32::try_from(locators.len()).unwrap_or(u32::MAX));
            hits.extend(locators);
            // A page without anything new is no way to the last one.
            if hits.len() > FIND_HITS_MAX || (more && hits.len() == known) {
                let kind = SupplierErrorKind::Protocol;
                return Err(self.client.error(step, kind, "not every record could be looked at"));
            }
            if !more {
                return Ok(hits);
            }
        }
    }

    /// Cancels the record at the version that was read; a record that holds more than our reservation loses
    /// only that. Cancelled already is cancelled.
    pub(super) async fn cancel_order(
        &self,
        cx: &AttemptContext,
        asked: &CancelRequest<'_>,
    ) -> Result<(), SupplierError> {
        let look = Step { cx, exchange: client::RETRIEVE, commit: Commit::Before };
        let record = self.record(look, asked.locators).await?;
        compare::locators(&record.order.locators, asked.locators)
            .map_err(|error| self.unclear(look, error))?;
        if record.order.status == OrderStatus::Cancelled {
            return Ok(());
        }
        let version = record.version.ok_or_else(|| {
            self.client.error(look, SupplierErrorKind::Protocol, "a record without version")
        })?;
        if record.shared {
            let step = Step { cx, exchange: client::CANCEL_AIR, commit: Commit::At };
            let request = build::cancel_air(&self.office, &cx.trace, &record.locators.reservation, version);
            let answer = self.client.exchange(step, &request).await?;
            return air_cancelled(&answer.body).map_err(|error| self.client.unanswered(step, &answer, error));
        }
        let step = Step { cx, exchange: client::CANCEL, commit: Commit::At };
        let request = build::cancel_record(&self.office, &cx.trace, &record.locators.universal, version);
        let answer = self.client.exchange(step, &request).await?;
        cancelled(&answer.body, &record.locators.provider)
            .map_err(|error| self.client.unanswered(step, &answer, error))
    }

    /// Voids every document that is still open, after making sure that every one of the reservation is
    /// named: a reservation with a live ticket cannot be cancelled.
    pub(super) async fn void(
        &self,
        cx: &AttemptContext,
        asked: &VoidRequest<'_>,
    ) -> Result<(), SupplierError> {
        let look = Step { cx, exchange: client::RETRIEVE, commit: Commit::Before };
        let record = self.record(look, asked.locators).await?;
        compare::locators(&record.order.locators, asked.locators)
            .map_err(|error| self.unclear(look, error))?;
        let documents = self.documents(Step { exchange: client::DOCUMENTS, ..look }, &record).await?;
        let known: Vec<TicketNumber> = documents.iter().flat_map(Journey::numbers).collect();
        if asked.tickets.iter().any(|number| !known.contains(number)) {
            let kind = SupplierErrorKind::NotFound;
            return Err(self.client.error(look, kind, "a ticket is not of this reservation"));
        }
        let live = documents.iter().filter(|journey| journey.is_live());
        let open: Vec<TicketNumber> = live.flat_map(Journey::numbers).collect();
        if open.iter().any(|number| !asked.tickets.contains(number)) {
            return Err(self.client.error(
                look,
                SupplierErrorKind::BadRequest,
                "not every ticket of the reservation is named",
            ));
        }
        if open.is_empty() {
            return Ok(());
        }
        let step = Step { cx, exchange: client::VOID, commit: Commit::At };
        let request = build::void_documents(&self.office, &cx.trace, &record.locators, &open);
        let answer = self.client.exchange(step, &request).await?;
        voided(&answer.body, &open).map_err(|error| self.client.unanswered(step, &answer, error))
    }
}

fn recorded(body: &[u8]) -> Result<Record, AnswerError> {
    let reply = match replies::read(body)? {
        Reply::UniversalRecordRetrieve(reply) | Reply::UniversalRecordImport(reply) => reply,
        Reply::Fault(fault) => return Err(errors::fault(&fault, Effect::Read).into()),
        _ => return Err(AnswerError::Unexpected),
    };
    match (&reply.record, errors::first_error(&reply.messages, Effect::Read)) {
        (Some(record), _) => Ok(Record::read(&reply, record)?),
        (None, Some(refusal)) => Err(refusal.into()),
        (None, None) => Err(AnswerError::Unexpected),
    }
}

/// Documents of another reservation (numbers come round again) are left out.
fn documented(body: &[u8], record: &Record) -> Result<Vec<Journey>, AnswerError> {
    let reply: DocumentRsp<'_> = match replies::read(body)? {
        Reply::AirRetrieveDocument(reply) => reply,
        Reply::Fault(fault) => return Err(errors::fault(&fault, Effect::Read).into()),
        _ => return Err(AnswerError::Unexpected),
    };
    match reply.failures.first() {
        Some(failure) if reply.etrs.is_empty() => return Err(errors::failure(failure, Effect::Read).into()),
        // Some of them are not there: the rest is not all.
        Some(_) => return Err(AnswerError::Unexpected),
        None => {}
    }
    let own = reply
        .etrs
        .iter()
        .filter(|etr| compare::locators(&document::locators(etr), &record.order.locators).is_ok());
    own.map(|etr| Ok(Journey::read(etr, record)?)).collect()
}

/// Whether there is another page, and the records of this one.
fn found(body: &[u8]) -> Result<(bool, Vec<String>), AnswerError> {
    match replies::read(body)? {
        Reply::UniversalRecordSearch(page) => {
            let locators = page.results.iter().map(|result| result.locator_code.as_ref().to_owned());
            Ok((page.more_results, locators.collect()))
        }
        Reply::Fault(fault) => Err(errors::fault(&fault, Effect::Read).into()),
        _ => Err(AnswerError::Unexpected),
    }
}

fn cancelled(body: &[u8], provider: &str) -> Result<(), AnswerError> {
    let reply = match replies::read(body)? {
        Reply::UniversalRecordCancel(reply) => reply,
        Reply::Fault(fault) => return Err(errors::fault(&fault, Effect::Write).into()),
        _ => return Err(AnswerError::Unexpected),
    };
    let ours = |status: &&replies::record::ProviderReservationStatus<'_>| &*status.locator_code == provider;
    match reply.statuses.iter().find(ours) {
        Some(status) if status.cancelled => Ok(()),
        Some(status) => {
            let info = status.info.as_slice();
            errors::first_error(info, Effect::Write)
                .map_or(Err(AnswerError::Unexpected), |refusal| Err(refusal.into()))
        }
        None => Err(AnswerError::Unexpected),
    }
}

fn air_cancelled(body: &[u8]) -> Result<(), AnswerError> {
    match replies::read(body)? {
        Reply::AirCancel(reply) => match errors::first_error(&reply.messages, Effect::Write) {
            Some(refusal) => Err(refusal.into()),
            None => Ok(()),
        },
        Reply::Fault(fault) => Err(errors::fault(&fault, Effect::Write).into()),
        _ => Err(AnswerError::Unexpected),
    }
}

/// Every document named is void, or why not one is. Some and some is unclear.
fn voided(body: &[u8], tickets: &[TicketNumber]) -> Result<(), AnswerError> {
    let reply = match replies::read(body)? {
        Reply::AirVoidDocument(reply) => reply,
        Reply::Fault(fault) => return Err(errors::fault(&fault, Effect::Write).into()),
        _ => return Err(AnswerError::Unexpected),
    };
    let result = |number: &TicketNumber| {
        reply.results.iter().find(|result| *result.document_number == *number.to_string())
    };
    let results: Vec<_> = tickets.iter().map(result).collect();
    if results.iter().all(|result| result.is_some_and(|result| &*result.result_type == "Successful")) {
        return Ok(());
    }
    if results.iter().all(|result| result.is_some_and(|result| &*result.result_type == "Failed")) {
        let why =
            results.iter().flatten().find_map(|result| result.failure_remark.as_deref()).unwrap_or_default();
        return Err(errors::not_voided(why).into());
    }
    Err(AnswerError::Unexpected)
}
