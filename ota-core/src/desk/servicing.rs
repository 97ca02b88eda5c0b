//! Cancelling: a quote of what comes back, then its acceptance.

use std::time::Duration;

use super::{Answer, BookingDesk, DeskError, Render};
use crate::booking::command::Event;
use crate::booking::model::{AcceptedCancel, Booking, BookingStatus, Item};
use crate::booking::plan;
use crate::fulfil::driver::{COMMITS_MAX, Halt, Reply, Work};
use crate::model::conditions::{Penalty, Permission};
use crate::model::context::RequestContext;
use crate::model::fare::PassengerFare;
use crate::model::id::BookingId;
use crate::model::money::{Money, Rounding};
use crate::model::places::places;
use crate::model::time::Timestamp;
use crate::store::{ClientKey, StoreErrorKind};

/// How long before a void window closes nobody is promised a void any more: accepting and voiding take time.
pub const VOID_MARGIN: Duration = Duration::from_secs(300);

/// What a cancellation brings back now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CancelQuote {
    /// What the customer gets back.
    pub refund: Money,
    /// What is kept.
    pub penalty: Money,
    /// Everything is taken back before it counts: nothing is lost at the supplier.
    pub void: bool,
    /// The amounts change then, at the latest; `None` is not before something else happens to the booking.
    pub valid_until: Option<Timestamp>,
}

impl BookingDesk {
    /// What a cancellation would bring back now.
    ///
    /// # Errors
    /// `CancelAmountUnknown` where the supplier does not state it: an operator is told, and nothing is guessed.
    pub async fn cancel_quote(&self, cx: &RequestContext, id: BookingId) -> Result<CancelQuote, DeskError> {
        let booking = self.view(cx, id).await?;
        quoted(&booking, self.driver.ports.runtime.now())
    }

    /// Accepts a cancellation at an amount that was quoted. The rest happens in the background.
    ///
    /// # Errors
    /// `CancelQuoteChanged` if another amount comes back by now.
    pub async fn cancel(
        &self,
        cx: &RequestContext,
        id: BookingId,
        refund: Money,
        key: &ClientKey,
        render: Render,
    ) -> Result<Answer, DeskError> {
        self.view(cx, id).await?;
        if let Some(answer) = self.known(key).await? {
            return Ok(answer);
        }
        let reply = Reply { key: key.clone(), render: Box::new(move |booking| Some(render(booking))) };
        for _ in 0..COMMITS_MAX {
            let (booking, version) = self.driver.ports.store.load(id).await?;
            let now = self.driver.ports.runtime.now();
            let quote = quoted(&booking, now)?;
            if quote.refund != refund {
                return Err(DeskError::CancelQuoteChanged(quote));
            }
            let accepted = Event::CancelAccepted(AcceptedCancel { at: now, refund, void: quote.void });
            let status = booking.status;
            // No claim is needed: a worker that is at it applies the outcome of its step to what is written here.
            let mut work = Work { booking, version, fence: None };
            match self.driver.commit(&mut work, &[accepted], now, Some(&reply)).await {
                Ok(Some(reply)) => {
                    self.driver.wake(id).await;
                    return Ok(Answer { reply, repeated: false });
                }
                Ok(None) => return Err(DeskError::Busy),
                Err(Halt::Store(error)) if error.kind == StoreErrorKind::Conflict => {
                    if let Some(answer) = self.known(key).await? {
                        return Ok(answer);
                    }
                }
                Err(Halt::Illegal(_)) => return Err(DeskError::NotCancellable(status)),
                Err(halt) => return Err(halt.into()),
            }
        }
        Err(DeskError::Busy)
    }
}

fn quoted(booking: &Booking, now: Timestamp) -> Result<CancelQuote, DeskError> {
    let quote = cancel_quote(booking, now).ok_or(DeskError::NotCancellable(booking.status))?;
    quote.map_err(|why| {
        metrics::counter!("ota_cancel_amount_unknown_total", "why" => why).increment(1);
        tracing::warn!(booking = %booking.id, why, "A customer asks for a cancellation whose amount is not known.");
        DeskError::CancelAmountUnknown
    })
}

/// What a cancellation brings back at a time; `None` if the booking cannot be cancelled.
///
/// Before ticketing and inside the void window: everything. After it: all but the supplier's own penalty, where it
/// states one for every passenger and the journey has not begun.
///
/// # Errors
/// The supplier states no amount: why, in a few words.
#[must_use]
pub fn cancel_quote(booking: &Booking, now: Timestamp) -> Option<Result<CancelQuote, &'static str>> {
    let price = booking.price.total;
    let nothing = Money::zero(price.currency);
    let whole = |refund, valid_until| CancelQuote { refund, penalty: nothing, void: true, valid_until };
    match booking.status {
        BookingStatus::Init => return Some(Ok(whole(nothing, None))),
        BookingStatus::Paid | BookingStatus::PendingTicket => return Some(Ok(whole(price, None))),
        BookingStatus::Ticketed => {}
        _ => return None,
    }
    let ticketed = || booking.items.iter().filter(|item| item.rules.tickets);
    let window = ticketed().map(plan::voidable_until).min().flatten();
    let closes = window.map(|end| {
        let margin = i64::try_from(VOID_MARGIN.as_micros()).unwrap_or(i64::MAX);
        Timestamp::from_micros(end.as_micros().saturating_sub(margin))
    });
    if closes.is_some_and(|end| now < end) {
        return Some(Ok(whole(price, closes)));
    }
    Some(with_penalty(booking, now))
}

fn with_penalty(booking: &Booking, now: Timestamp) -> Result<CancelQuote, &'static str> {
    let price = booking.price.total;
    let mut penalty = Money::zero(price.currency);
    let mut departs: Option<Timestamp> = None;
    for item in &booking.items {
        let first = first_departure(item).ok_or("the time of departure is not known")?;
        departs = Some(departs.map_or(first, |earlier| earlier.min(first)));
        let offer = item.solution.offer.flight().ok_or("what a stay costs is not known")?;
        for fare in &offer.fares {
            let one = stated(fare, fare.conditions.refund_before)?;
            let all = one.times(u32::from(fare.count)).map_err(|_| "amounts do not add up")?;
            penalty = penalty.plus(all).map_err(|_| "the penalty is in another currency")?;
        }
    }
    if departs.is_none_or(|first| now >= first) {
        return Err("the journey has begun");
    }
    if penalty.minor < 0 {
        return Err("the penalty is negative");
    }
    let penalty = Money::new(penalty.minor.min(price.minor), price.currency);
    let refund = Money::new(price.minor - penalty.minor, price.currency);
    Ok(CancelQuote { refund, penalty, void: false, valid_until: departs })
}

/// What one passenger loses, where the fare says so.
fn stated(fare: &PassengerFare, refund: Permission) -> Result<Money, &'static str> {
    match refund {
        Permission::Allowed(Some(Penalty::Amount(amount))) => Ok(amount),
        Permission::Allowed(Some(Penalty::BasisPoints(points))) => {
            fare.base().scale(i64::from(points), 10_000, Rounding::Up).map_err(|_| "amounts do not add up")
        }
        Permission::Allowed(None) => Err("a refund is allowed, its price is not stated"),
        // The fare is lost; what of the taxes comes back is not stated.
        Permission::NotAllowed => Err("a refund is not allowed"),
        Permission::Unknown => Err("the fare does not say whether a refund is allowed"),
    }
}

fn first_departure(item: &Item) -> Option<Timestamp> {
    let first = item.solution.offer.flight()?.itinerary.segments().next()?;
    first.departs?.instant(Some(&places().airport(first.origin)?.time_zone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::bookings::{PRICE_CENTS, Walk, booking, pay};
    use crate::testing::samples::{self, usd};

    fn ticketed(refund_before: Permission) -> Walk {
        let mut start = booking(1, 1);
        samples::flights_of(&mut start.items[0].solution.offer).fares[0].conditions.refund_before =
            refund_before;
        let mut w = Walk::new(start);
        w.apply(&pay());
        w.rest();
        w
    }

    fn amount(cents: i64) -> Permission {
        Permission::Allowed(Some(Penalty::Amount(Money::new(cents, usd()))))
    }

    #[track_caller]
    fn check(w: &Walk, want: Option<Result<(i64, bool), &str>>) {
        let quote = cancel_quote(&w.booking, w.now);
        assert_eq!(quote.map(|quote| quote.map(|quote| (quote.refund.minor, quote.void))), want);
        if let Some(Ok(quote)) = quote {
            let accepted = AcceptedCancel { at: w.now, refund: quote.refund, void: quote.void };
            w.clone().apply(&Event::CancelAccepted(accepted));
        }
    }

    #[test]
    fn everything_comes_back_before_ticketing_and_in_the_void_window() {
        let mut w = Walk::new(booking(1, 1));
        check(&w, Some(Ok((0, true))));
        w.apply(&pay());
        w.until("create_order");
        check(&w, Some(Ok((PRICE_CENTS, true))));
        w.until("issue_tickets");
        check(&w, Some(Ok((PRICE_CENTS, true))));
        check(&ticketed(Permission::NotAllowed), Some(Ok((PRICE_CENTS, true))));
    }

    #[test]
    fn afterwards_the_suppliers_penalty_is_kept_if_it_states_one() {
        let day = Duration::from_secs(24 * 3600);
        let later = |permission| {
            let mut w = ticketed(permission);
            w.now = w.now.plus(day);
            w
        };
        check(&later(amount(5_000)), Some(Ok((PRICE_CENTS - 5_000, false))));
        check(&later(amount(0)), Some(Ok((PRICE_CENTS, false))));
        check(&later(amount(PRICE_CENTS * 2)), Some(Ok((0, false))));
        // A quarter of the fare of 450.00.
        let quarter = Permission::Allowed(Some(Penalty::BasisPoints(2_500)));
        check(&later(quarter), Some(Ok((PRICE_CENTS - 11_250, false))));
        check(&later(Permission::Allowed(None)), Some(Err("a refund is allowed, its price is not stated")));
        check(&later(Permission::NotAllowed), Some(Err("a refund is not allowed")));
        check(&later(Permission::Unknown), Some(Err("the fare does not say whether a refund is allowed")));
        let euros = Money::new(100, crate::model::money::Currency::from_code("EUR").unwrap());
        let foreign = Permission::Allowed(Some(Penalty::Amount(euros)));
        check(&later(foreign), Some(Err("the penalty is in another currency")));
    }

    #[test]
    fn a_journey_that_has_begun_or_a_booking_that_is_over_has_no_quote() {
        let mut w = ticketed(amount(5_000));
        // 23:30 in Jakarta.
        let departs: jiff::Timestamp = "2027-07-10T16:30:00Z".parse().unwrap();
        w.now = Timestamp::from_micros(Timestamp::from(departs).as_micros() - 1);
        check(&w, Some(Ok((PRICE_CENTS - 5_000, false))));
        w.now = departs.into();
        check(&w, Some(Err("the journey has begun")));
        w.booking.status = BookingStatus::Refunded;
        check(&w, None);
    }
}
