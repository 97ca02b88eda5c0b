//! What exists already: retrieve, find, cancel.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use ota_core::model::order::{LocatorKind, OrderStatus, RecordLocator, SupplierOrder};
use ota_core::supplier::call::AttemptContext;
use ota_core::supplier::error::{SupplierError, SupplierErrorKind};
use ota_core::supplier::{CancelCost, CancelRequest, FindRequest};

use super::Hotelbeds;
use super::client::Step;
use super::map::{self, MapError, booking::Listed};
use super::replies::Reply;
use super::requests;
use crate::zone;

/// Most bookings that one look goes through, page by page.
const LISTED_MAX: usize = 5_000;

impl Hotelbeds {
    /// The booking of these locators.
    pub(super) async fn record(
        &self,
        step: Step<'_>,
        locators: &[RecordLocator],
    ) -> Result<SupplierOrder, SupplierError> {
        let reference = self.reference(step, locators)?;
        let order = self.client.ask(step, requests::detail(reference), booking).await?;
        self.same(step, &order, reference)?;
        Ok(order)
    }

    fn reference<'a>(&self, step: Step<'_>, locators: &'a [RecordLocator]) -> Result<&'a str, SupplierError> {
        let order = locators.iter().find(|locator| locator.kind == LocatorKind::Order);
        let none = || self.client.error(step, SupplierErrorKind::BadRequest, "no reference of a booking");
        order.map(|locator| locator.code.as_str()).ok_or_else(none)
    }

    fn same(&self, step: Step<'_>, order: &SupplierOrder, reference: &str) -> Result<(), SupplierError> {
        let same = order.locators.iter().any(|locator| locator.code == reference);
        same.then_some(()).ok_or_else(|| self.client.differs(step, "the booking is another one"))
    }

    /// Every booking that carries one of our references: all that were made since the first attempt, every page, and
    /// what may be ours retrieved, for the list leaves out who stays.
    pub(super) async fn seek(
        &self,
        cx: &AttemptContext,
        asked: &FindRequest<'_>,
    ) -> Result<Vec<SupplierOrder>, SupplierError> {
        let base = asked.reference.base();
        let mut orders = Vec::new();
        for code in self.hits(cx, asked).await? {
            let locator = RecordLocator { kind: LocatorKind::Order, owner: None, code };
            let order = self.record(Step::look(cx), std::slice::from_ref(&locator)).await?;
            if order.references.iter().any(|reference| reference.base() == base) {
                orders.push(order);
            }
        }
        Ok(orders)
    }

    /// The supplier's references of what may be ours. Its day may be a day off ours.
    async fn hits(
        &self,
        cx: &AttemptContext,
        asked: &FindRequest<'_>,
    ) -> Result<BTreeSet<String>, SupplierError> {
        let step = Step::look(cx);
        let day = |at: ota_core::model::time::Timestamp| TimeZone::UTC.to_datetime(at.to_jiff()).date();
        let start = day(asked.since).saturating_sub(1.day());
        let end = day(self.client.clock.now()).saturating_add(1.day());
        let property = asked.solution.offer.stay().map(|offer| offer.property.code.as_str());
        let base = asked.reference.base();
        let ours = |listed: &&Listed| match &listed.client_reference {
            Some(reference) => reference.starts_with(base.as_str()),
            None => listed.property.as_deref() == property,
        };
        let mut hits = BTreeSet::new();
        let mut from = 1;
        loop {
            let call = Ok(requests::list(start, end, from));
            let page = self
                .client
                .ask(step, call, |reply| match reply {
                    Reply::Bookings(reply) => Some(map::booking::listed(reply)),
                    _ => None,
                })
                .await?;
            hits.extend(page.bookings.iter().filter(ours).map(|listed| listed.reference.clone()));
            match page.next {
                None => return Ok(hits),
                Some(next) if next > from && usize::try_from(next).is_ok_and(|at| at <= LISTED_MAX) => {
                    from = next;
                }
                Some(_) => return Err(self.client.differs(step, "not every booking could be looked at")),
            }
        }
    }

    /// Cancelled already is cancelled.
    pub(super) async fn cancel_booking(
        &self,
        cx: &AttemptContext,
        asked: &CancelRequest<'_>,
    ) -> Result<(), SupplierError> {
        let look = Step::look(cx);
        let reference = self.reference(look, asked.locators)?;
        if self.record(look, asked.locators).await?.status == OrderStatus::Cancelled {
            return Ok(());
        }
        let step = Step::commit(cx);
        let order = self.client.ask(step, requests::cancel(reference), booking).await?;
        self.same(step, &order, reference)?;
        match order.status {
            OrderStatus::Cancelled => Ok(()),
            _ => Err(self.client.differs(step, "the booking is not cancelled")),
        }
    }

    /// A simulated cancellation changes nothing.
    pub(super) async fn cost(
        &self,
        cx: &AttemptContext,
        asked: &CancelRequest<'_>,
    ) -> Result<CancelCost, SupplierError> {
        let step = Step::look(cx);
        let reference = self.reference(step, asked.locators)?;
        let order = self.client.ask(step, requests::quote_cancel(reference), booking).await?;
        self.same(step, &order, reference)?;
        Ok(CancelCost { fee: order.stay.and_then(|stay| stay.cancellation_fee) })
    }
}

/// A reply that shows one booking.
pub(super) fn booking(reply: &Reply<'_>) -> Option<Result<SupplierOrder, MapError>> {
    match reply {
        Reply::Booking(booking) => Some(map::booking::order(booking, zone::at)),
        _ => None,
    }
}
