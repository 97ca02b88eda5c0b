//! Cancelling: a quote of what comes back, then its acceptance.

use std::time::Duration;

use super::{Answer, BookingDesk, DeskError, Render};
use crate::booking::command::Event;
use crate::booking::model::{AcceptedCancel, Booking, BookingStatus, Item, ItemState};
use crate::booking::plan;
use crate::error::chain;
use crate::fulfil::driver::{COMMITS_MAX, Halt, Reply, Work};
use crate::model::conditions::{Penalty, Permission};
use crate::model::context::RequestContext;
use crate::model::fare::PassengerFare;
use crate::model::id::BookingId;
use crate::model::money::{Money, Rounding};
use crate::model::offer::{FlightOffer, HotelOffer};
use crate::model::places::places;
use crate::model::time::Timestamp;
use crate::store::{ClientKey, StoreErrorKind};
use crate::supplier::CancelRequest;

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
    /// What a cancellation would bring back now. Suppliers of stays are asked as well: whoever would keep more than the
    /// terms say is shown to people, and the customer gets what the terms say.
    ///
    /// # Errors
    /// `CancelAmountUnknown` where the supplier does not state it: an operator is told, and nothing is guessed.
    pub async fn cancel_quote(&self, cx: &RequestContext, id: BookingId) -> Result<CancelQuote, DeskError> {
        let booking = self.view(cx, id).await?;
        let now = self.driver.ports.runtime.now();
        let quote = quoted(&booking, now, self.cancellation_margin)?;
        if booking.status == BookingStatus::Ticketed {
            for item in &booking.items {
                self.ask_supplier(cx, &booking, item, now).await;
            }
        }
        Ok(quote)
    }

    /// Compares what a supplier would keep now with the terms that were sold.
    async fn ask_supplier(&self, cx: &RequestContext, booking: &Booking, item: &Item, now: Timestamp) {
        let terms = item.solution.offer.stay().and_then(|offer| stay_cost(offer, now, Duration::ZERO).ok());
        let Some((agreed, _)) = terms else { return };
        let set = self.driver.ports.suppliers.of(&booking.tenant);
        let Some(handle) = set.and_then(|set| set.get(&item.account)) else { return };
        let asked = handle.quote_cancel(cx, &CancelRequest { locators: &item.locators }).await;
        let outcome = match asked {
            Ok(cost) => compared(cost.fee, agreed),
            Err(error) => {
                tracing::info!(booking = %booking.id, error = chain(&error), "The fee of a stay was not told.");
                "no answer"
            }
        };
        if outcome == MORE {
            tracing::warn!(booking = %booking.id, supplier = %item.supplier, %agreed,
                "The supplier would keep more of a stay than was agreed.");
        }
        metrics::counter!("ota_stay_cancel_fees_total", "supplier" => item.supplier.to_string(), "outcome" => outcome)
            .increment(1);
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
            let quote = quoted(&booking, now, self.cancellation_margin)?;
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

const MORE: &str = "more";

/// What a supplier says that it would keep now, beside what was agreed. Another currency cannot be told from more.
fn compared(told: Option<Money>, agreed: Money) -> &'static str {
    match told {
        Some(fee) if fee.currency != agreed.currency || fee.minor > agreed.minor => MORE,
        Some(_) => "agreed",
        None => "not stated",
    }
}

fn quoted(booking: &Booking, now: Timestamp, margin: Duration) -> Result<CancelQuote, DeskError> {
    let quote = cancel_quote(booking, now, margin).ok_or(DeskError::NotCancellable(booking.status))?;
    quote.map_err(|why| {
        metrics::counter!("ota_cancel_amount_unknown_total", "why" => why).increment(1);
        tracing::warn!(booking = %booking.id, why, "A customer asks for a cancellation whose amount is not known.");
        DeskError::CancelAmountUnknown
    })
}

/// What a cancellation brings back at a time; `None` if the booking cannot be cancelled now.
///
/// Before it is ticketed: everything, but for a stay that is confirmed and not free any more: that one has to be paid
/// first. Afterwards each item says what it costs. Flights: nothing inside the void window, then the supplier's own
/// penalty, where it states one for every passenger and the journey has not begun. Stays: what the terms say, however
/// long the stay has begun, each step counting from `margin` before it.
///
/// # Errors
/// The supplier states no amount: why, in a few words.
#[must_use]
pub fn cancel_quote(
    booking: &Booking,
    now: Timestamp,
    margin: Duration,
) -> Option<Result<CancelQuote, &'static str>> {
    let price = booking.price.total;
    let nothing = Money::zero(price.currency);
    let whole = |refund| CancelQuote { refund, penalty: nothing, void: true, valid_until: None };
    match booking.status {
        BookingStatus::Init => Some(Ok(whole(nothing))),
        BookingStatus::Paid | BookingStatus::PendingTicket => {
            let bound = |item: &Item| {
                let confirmed = item.solution.offer.stay().filter(|_| item.state == ItemState::Confirmed);
                confirmed
                    .is_some_and(|offer| !stay_cost(offer, now, margin).is_ok_and(|(fee, _)| fee.minor == 0))
            };
            (!booking.items.iter().any(bound)).then(|| Ok(whole(price)))
        }
        BookingStatus::Ticketed => Some(ticketed(booking, now, margin)),
        _ => None,
    }
}

fn ticketed(booking: &Booking, now: Timestamp, margin: Duration) -> Result<CancelQuote, &'static str> {
    let price = booking.price.total;
    let issued = || booking.items.iter().filter(|item| item.rules.tickets);
    let window = issued().map(plan::voidable_until).min().flatten();
    let closes = window.map(|end| end.less(VOID_MARGIN)).filter(|end| now < *end);
    let (flights, mut until) = match closes {
        Some(end) => (0, Some(end)),
        None => flights(booking, now)?,
    };
    let (fees, changes) = stays(booking, now, margin)?;
    until = [until, changes].into_iter().flatten().min();
    let minor = flights.checked_add(fees).ok_or("amounts do not add up")?.min(price.minor);
    let penalty = Money::new(minor, price.currency);
    let refund = Money::new(price.minor - minor, price.currency);
    let void = closes.is_some() || (issued().next().is_none() && minor == 0);
    Ok(CancelQuote { refund, penalty, void, valid_until: until })
}

/// What is lost of the flights after their void window, in minor units of the price, and when the journey begins.
fn flights(booking: &Booking, now: Timestamp) -> Result<(i64, Option<Timestamp>), &'static str> {
    let mut penalty = Money::zero(booking.price.total.currency);
    let mut departs: Option<Timestamp> = None;
    for item in &booking.items {
        let Some(offer) = item.solution.offer.flight() else { continue };
        let first = first_departure(offer).ok_or("the time of departure is not known")?;
        departs = Some(departs.map_or(first, |earlier| earlier.min(first)));
        for fare in &offer.fares {
            let one = stated(fare, fare.conditions.refund_before)?;
            let all = one.times(u32::from(fare.count)).map_err(|_| "amounts do not add up")?;
            penalty = penalty.plus(all).map_err(|_| "the penalty is in another currency")?;
        }
    }
    if departs.is_some_and(|first| now >= first) {
        return Err("the journey has begun");
    }
    if penalty.minor < 0 {
        return Err("the penalty is negative");
    }
    Ok((penalty.minor, departs))
}

/// What is lost of the stays, in minor units of the price, and when that changes: of the price the share that the fees
/// are of its net.
fn stays(
    booking: &Booking,
    now: Timestamp,
    margin: Duration,
) -> Result<(i64, Option<Timestamp>), &'static str> {
    let mut fees = Money::zero(booking.price.total.currency);
    let mut changes = None::<Timestamp>;
    for item in &booking.items {
        let Some(offer) = item.solution.offer.stay() else { continue };
        let (fee, next) = stay_cost(offer, now, margin)?;
        fees = fees.plus(fee).map_err(|_| "the fee of a stay is in another currency")?;
        changes = [changes, next].into_iter().flatten().min();
    }
    if fees.minor == 0 {
        return Ok((0, changes));
    }
    let kept = booking.net().and_then(|net| booking.price.share(fees, net));
    kept.map(|kept| (kept.minor, changes)).map_err(|_| "fee and price do not fit together")
}

/// What cancelling a stay costs, net, a margin before its next step, and when that margin begins. However long the stay
/// has begun, the terms say it.
fn stay_cost(
    offer: &HotelOffer,
    now: Timestamp,
    margin: Duration,
) -> Result<(Money, Option<Timestamp>), &'static str> {
    let at = now.plus(margin);
    let fee = offer.fee_at(at).ok_or("a stay does not say what it costs")?;
    if fee.minor < 0 {
        return Err("the fee of a stay is negative");
    }
    let steps = offer.cancellation().unwrap_or_default();
    let next = steps.iter().map(|(from, _)| *from).find(|from| *from > at);
    Ok((fee, next.map(|from| from.less(margin))))
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

fn first_departure(offer: &FlightOffer) -> Option<Timestamp> {
    let first = offer.itinerary.segments().next()?;
    first.departs?.instant(Some(&places().airport(first.origin)?.time_zone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::booking::model::PaymentState;
    use crate::limits::CANCELLATION_MARGIN;
    use crate::model::fare::Settlement;
    use crate::model::offer::Offer;
    use crate::model::stay::{CancellationStep, CancellationTerms, Rate};
    use crate::model::time::LocalTime;
    use crate::testing::bookings::{PRICE_CENTS, Walk, booking, known, pay};
    use crate::testing::samples::{self, usd};
    use crate::testing::stays;

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
        let quote = cancel_quote(&w.booking, w.now, CANCELLATION_MARGIN);
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

    /// A stay at 200.00 net that is sold for 231.01: free until the evening of 5 July in Tokyo, then a third, then all.
    fn stay() -> Booking {
        let mut start = booking(1, 2);
        let mut offer = stays::stay_offer("alpha-1", "1001", 20_000);
        let step = |day, minor| CancellationStep {
            from: LocalTime::with_offset(jiff::civil::date(2027, 7, day).at(23, 59, 0, 0), 9 * 60),
            fee: Money::new(minor, usd()),
            at_property: None,
        };
        offer.rates[0].cancellation = CancellationTerms::new(vec![step(5, 6_667), step(7, 20_000)]).unwrap();
        start.items[0].solution.offer = offer.into();
        start.items[0].rules.tickets = false;
        start.price.total.minor = SOLD;
        start
    }

    const SOLD: i64 = 23_101;

    fn stay_of(offer: &mut Offer) -> &mut HotelOffer {
        match offer {
            Offer::Stay(offer) => offer,
            Offer::Flight(_) => panic!("not a stay"),
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse::<jiff::Timestamp>().unwrap().into()
    }

    fn confirmed(start: Booking) -> Walk {
        let price = start.price.total.minor;
        let mut w = Walk::new(start);
        w.booking.items.iter_mut().for_each(|item| item.state = ItemState::Confirmed);
        let held = Money::new(price, usd());
        (w.booking.payment.authorized, w.booking.payment.captured) = (held, held);
        w.booking.payment.state = PaymentState::Captured;
        w.booking.status = BookingStatus::Ticketed;
        w
    }

    #[test]
    fn a_stay_costs_what_its_terms_say_a_margin_before_each_step() {
        let mut w = confirmed(stay());
        let mut check_at = |time: &str, want, until: Option<&str>| {
            w.now = at(time);
            check(&w, Some(Ok(want)));
            let quote = cancel_quote(&w.booking, w.now, CANCELLATION_MARGIN).unwrap().unwrap();
            assert_eq!(quote.valid_until, until.map(at), "{time}");
            assert_eq!(quote.refund.plus(quote.penalty), Ok(w.booking.price.total));
        };
        // Six hours before 23:59 in Tokyo.
        check_at("2027-07-05T08:58:59Z", (SOLD, true), Some("2027-07-05T08:59:00Z"));
        // 6,667 of 20,000 is 7,700.72 of 23,101: 7,701 are kept.
        check_at("2027-07-05T08:59:00Z", (SOLD - 7_701, false), Some("2027-07-07T08:59:00Z"));
        check_at("2027-07-07T08:59:00Z", (0, false), None);
        // The second night has begun: the terms say what it costs.
        check_at("2027-07-11T12:00:00Z", (0, false), None);
    }

    #[test]
    fn a_fee_that_is_not_stated_is_never_free() {
        let not_stated = Some(Err("a stay does not say what it costs"));
        let with = |change: &dyn Fn(&mut HotelOffer)| {
            let mut start = stay();
            change(stay_of(&mut start.items[0].solution.offer));
            let mut w = confirmed(start);
            w.now = at("2027-07-06T12:00:00Z");
            w
        };
        check(&with(&|offer| offer.rates[0].cancellation = CancellationTerms::default()), not_stated);
        let silent = |offer: &mut HotelOffer| {
            let other = Rate { cancellation: CancellationTerms::default(), ..offer.rates[0].clone() };
            offer.rates.push(other);
        };
        check(&with(&silent), not_stated);
        let dearer = |offer: &mut HotelOffer| {
            let mut steps = Vec::from(offer.rates[0].cancellation.clone());
            steps[0].fee.minor = 99_999;
            offer.rates[0].cancellation = CancellationTerms::new(steps).unwrap();
        };
        check(&with(&dearer), Some(Ok((0, false))));
        // The property takes its fee itself.
        let there = |offer: &mut HotelOffer| {
            let mut other = offer.rates[0].clone();
            (other.settlement, other.due.now.minor) = (Settlement::PayAtProperty, 0);
            offer.rates.push(other);
        };
        check(&with(&there), Some(Ok((SOLD - 7_701, false))));
    }

    #[test]
    fn a_supplier_that_would_keep_more_than_agreed_is_told_from_one_that_keeps_its_word() {
        let money = |minor| Money::new(minor, usd());
        let euros = Money::new(1, crate::model::money::Currency::from_code("EUR").unwrap());
        for (told, want) in [
            (Some(money(6_668)), MORE),
            (Some(euros), MORE),
            (Some(money(6_667)), "agreed"),
            (Some(money(0)), "agreed"),
            (None, "not stated"),
        ] {
            assert_eq!(compared(told, money(6_667)), want, "{told:?}");
        }
    }

    #[test]
    fn a_stay_that_is_confirmed_and_not_free_is_paid_before_it_is_cancelled() {
        let mut w = Walk::new(stay());
        w.now = at("2027-07-06T12:00:00Z");
        w.booking.pay_before = at("2027-07-07T12:00:00Z");
        w.apply(&pay());
        w.step("authorize", &known(SOLD, 0, 0, false, w.now));
        check(&w, Some(Ok((SOLD, true))));
        w.until("look_up_order");
        check(&w, Some(Ok((SOLD, true))));
        w.until("capture");
        check(&w, None);
        w.now = at("2027-07-05T08:00:00Z");
        check(&w, Some(Ok((SOLD, true))));
    }

    #[test]
    fn flights_and_stays_of_one_booking_sum_up() {
        let mut start = stay();
        let mut flight = booking(1, 1).items.remove(0);
        samples::flights_of(&mut flight.solution.offer).fares[0].conditions.refund_before = amount(5_000);
        start.items.push(flight);
        start.price.total.minor = 77_000;
        let mut w = confirmed(start);
        w.now = at("2027-07-06T12:00:00Z");
        // A third of the stay is 6,667 of 70,000 net, which is 7,333.7 of 77,000; the flight says 5,000.
        check(&w, Some(Ok((77_000 - 7_334 - 5_000, false))));
        stay_of(&mut w.booking.items[0].solution.offer).rates[0].cancellation = CancellationTerms::default();
        check(&w, Some(Err("a stay does not say what it costs")));
    }
}
