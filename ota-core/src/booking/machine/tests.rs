use std::collections::{BTreeMap, BTreeSet};

use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::booking::command::{ItemRef, OrderFound, PaymentFound};
use crate::booking::model::ItemTicket;
use crate::model::money::Money;
use crate::model::order::OrderProblem;
use crate::model::passenger::TravelerRef;
use crate::model::stay::CancellationTerms;
use crate::model::time::LocalTime;
use crate::supplier::profile::VoidWindow;
use crate::testing::bookings::{
    PRICE_CENTS, Walk, booking, found, known, locator, pay, started, success, ticket,
};
use crate::testing::samples::usd;
use crate::testing::stays;

const MINUTE: Duration = Duration::from_secs(60);

fn walk() -> Walk {
    Walk::new(booking(1, 2))
}

fn paid() -> Walk {
    let mut w = walk();
    w.apply(&pay()).until("create_order");
    w
}

fn unclear(now: Timestamp) -> Event {
    Event::Unclear { why: "no answer".to_owned(), look_at: now }
}

fn refused() -> Event {
    Event::Refused { why: "no".to_owned() }
}

fn not_done(now: Timestamp) -> Event {
    Event::NotDone { why: "not sent".to_owned(), retry_at: now }
}

fn cancel(cents: i64, void: bool, now: Timestamp) -> Event {
    Event::CancelAccepted(AcceptedCancel { at: now, refund: Money::new(cents, usd()), void })
}

#[test]
fn all_well_is_ticketed_in_this_order() {
    let mut w = Walk::new(booking(2, 3));
    w.apply(&pay());
    let names = w.rest();
    assert_eq!(
        names,
        [
            "authorize",
            "create_order",
            "look_up_order",
            "create_order",
            "look_up_order",
            "issue_tickets",
            "issue_tickets",
            "capture",
            "send",
        ]
    );
    assert_eq!(w.booking.status, BookingStatus::Ticketed);
    assert!(w.booking.items.iter().all(|item| item.tickets.len() == 3));
}

#[test]
fn items_whose_tickets_cannot_be_voided_are_bought_last() {
    let mut start = booking(2, 1);
    start.items[0].rules.semantics.void_window = VoidWindow::None;
    let mut w = Walk::new(start);
    w.apply(&pay()).until("create_order");
    assert!(matches!(w.start(), Some(Command::CreateOrder { item: ItemRef(1), .. })));
}

#[test]
fn an_unpaid_booking_expires_and_one_with_an_open_payment_does_not() {
    let mut w = walk();
    assert_eq!(w.rest(), [""; 0]);
    assert_eq!(w.booking.status, BookingStatus::Expired);
    assert!(w.try_apply(&pay()).is_err());

    let mut w = walk();
    w.apply(&pay()).start();
    w.now = w.booking.pay_before.plus(MINUTE);
    w.apply(&unclear(w.now));
    assert_eq!(w.booking.status, BookingStatus::PaymentPending);
    w.step("look_up_payment", &known(PRICE_CENTS, 0, 0, false, w.now));
    assert_eq!(w.booking.status, BookingStatus::Paid);
}

#[test]
fn a_payment_that_came_to_nothing_leaves_an_unpaid_booking() {
    let declined = |now| Event::Payment { found: PaymentFound::Declined, asked_at: now };
    for outcome in [declined, |_: Timestamp| refused(), not_done] {
        let mut w = walk();
        w.apply(&pay()).start();
        w.apply(&outcome(w.now));
        assert_eq!((w.booking.status, w.booking.payment.method.clone()), (BookingStatus::Init, None));
        w.apply(&pay());
        assert!(matches!(w.start(), Some(Command::Authorize { attempt: 2, .. })));
    }
}

#[test]
fn payments_may_be_tried_a_few_times() {
    let mut w = walk();
    for _ in 0..PAY_ATTEMPTS_MAX {
        w.apply(&pay()).step("authorize", &refused());
    }
    assert_eq!(w.try_apply(&pay()).unwrap_err().why, Why::State);
}

#[test]
fn an_absent_authorisation_proves_nothing_too_early() {
    let mut w = walk();
    w.apply(&pay()).start();
    w.apply(&unclear(w.now));
    let settles = w.booking.open.as_ref().unwrap().send_before.plus(w.booking.payment.settles_after);
    while w.booking.status == BookingStatus::PaymentPending {
        assert!(matches!(w.start(), Some(Command::LookUpPayment)));
        let asked_at = w.now;
        w.apply(&Event::Payment { found: PaymentFound::Absent, asked_at });
        assert_eq!(w.booking.status == BookingStatus::Init, asked_at >= settles);
    }
    assert_eq!(w.now, settles, "the last look comes as soon as absence proves something");
}

#[test]
fn a_create_that_left_no_trace_gets_one_fresh_attempt_with_its_own_reference() {
    let mut w = paid();
    let first = w.start();
    let Some(Command::CreateOrder { reference, .. }) = first else { panic!("{first:?}") };
    w.apply(&unclear(w.now));
    let look_until_proven = |w: &mut Walk| {
        let semantics = w.booking.items[0].rules.semantics;
        let settles = w.booking.open.as_ref().unwrap().send_before;
        let settles = settles.plus(semantics.timeouts.book).plus(semantics.quiet_window);
        let mut looks = 0;
        while w.booking.open.is_some() {
            assert!(matches!(w.start(), Some(Command::LookUpOrder { .. })));
            w.apply(&Event::NoOrder { looked_at: w.now });
            looks += 1;
        }
        assert_eq!(w.now, settles);
        looks
    };
    assert!((5..12).contains(&look_until_proven(&mut w)));
    let second = w.start();
    let Some(Command::CreateOrder { reference: fresh, .. }) = second else { panic!("{second:?}") };
    assert_eq!((fresh.base(), fresh), (reference.base(), reference.attempt(2)));
    w.apply(&unclear(w.now));
    look_until_proven(&mut w);
    assert_eq!(w.booking.status, BookingStatus::RefundNeeded);
    assert_eq!(w.rest(), ["void_payment", "send"]);
    assert_eq!(w.booking.status, BookingStatus::Refunded);
}

#[test]
fn a_supplier_that_deduplicates_sees_the_same_reference_again() {
    let mut w = paid();
    w.booking.items[0].rules.semantics.deduplicates = true;
    let first = w.start();
    w.apply(&unclear(w.now));
    while w.booking.open.is_some() {
        w.start();
        w.apply(&Event::NoOrder { looked_at: w.now });
    }
    assert_eq!(w.start(), first);
}

#[test]
fn a_create_that_was_never_sent_keeps_its_reference_and_ends_after_some_tries() {
    let mut w = paid();
    let first = w.start();
    let mut tries = 1;
    w.apply(&not_done(w.now));
    while w.booking.failure.is_none() {
        assert_eq!(w.start(), first);
        w.apply(&not_done(w.now));
        tries += 1;
    }
    assert_eq!(tries, 6);
    assert_eq!(w.rest(), ["void_payment", "send"]);
}

#[test]
fn an_order_that_was_named_and_is_not_found_is_for_people() {
    let mut w = paid();
    w.step("create_order", &Event::OrderNamed { locators: vec![locator("ABC123")], problems: Vec::new() });
    w.step("look_up_order", &Event::Stranger);
    assert!(w.booking.items[0].locators.is_empty(), "somebody else's order is not touched");
    while w.booking.review.is_none() {
        assert!(matches!(w.start(), Some(Command::LookUpOrder { .. })));
        w.apply(&Event::NoOrder { looked_at: w.now });
    }
    assert_eq!(w.booking.review, Some(ReviewReason::OrderUnknown));
    assert_eq!(decide(&w.booking, w.now), Step::Rest);
    w.apply(&Event::Resumed);
    w.step("look_up_order", &Event::Order(found("ABC123", w.now)));
    assert_eq!(w.booking.items[0].state, ItemState::Held);
}

#[test]
fn what_cannot_be_looked_up_is_for_people() {
    let mut w = paid();
    w.booking.items[0].rules.semantics.find_by = FindBy::None;
    w.start();
    w.apply(&unclear(w.now));
    assert_eq!(w.start(), None);
    assert_eq!(w.booking.review, Some(ReviewReason::OrderUnknown));
}

#[test]
fn looks_that_fail_end_in_review() {
    for (name, reason) in [
        ("authorize", ReviewReason::PaymentUnknown),
        ("create_order", ReviewReason::OrderUnknown),
        ("issue_tickets", ReviewReason::TicketsUnknown),
        ("capture", ReviewReason::PaymentUnknown),
    ] {
        let mut w = walk();
        w.apply(&pay()).until(name).start();
        w.apply(&unclear(w.now));
        let mut looks = 0;
        while w.start().is_some() {
            w.apply(&Event::LookFailed { why: "down".to_owned(), look_at: w.now });
            looks += 1;
        }
        assert_eq!((w.booking.review, looks), (Some(reason), LOOKS_MAX), "{name}");
    }
}

#[test]
fn a_broken_order_is_cancelled_and_the_money_comes_back() {
    let problem = vec![OrderProblem::PriceNotStored];
    let named = |problems| Event::OrderNamed { locators: vec![locator("ABC123")], problems };
    let mut said_in_the_answer = paid();
    said_in_the_answer.step("create_order", &named(problem.clone()));
    let now = said_in_the_answer.now;
    said_in_the_answer.step("look_up_order", &Event::Order(found("ABC123", now)));

    let mut seen = paid();
    seen.step("create_order", &named(Vec::new()));
    let broken = OrderFound { problems: problem, ..found("ABC123", seen.now) };
    seen.step("look_up_order", &Event::Order(broken));

    let mut other = paid();
    other.step("create_order", &named(Vec::new()));
    let differs = OrderFound { differs: Some("total".to_owned()), ..found("ABC123", other.now) };
    other.step("look_up_order", &Event::Order(differs));

    for mut w in [said_in_the_answer, seen, other] {
        assert_eq!(w.booking.items[0].state, ItemState::Broken);
        assert_eq!(w.rest(), ["cancel_order", "void_payment", "send"]);
        assert_eq!(w.booking.status, BookingStatus::Refunded);
    }
}

#[test]
fn rooms_that_cost_something_to_cancel_are_ordered_after_what_does_not() {
    for (from, first) in [("2027-07-07T00:00:00", 0), ("2026-12-31T00:00:00", 1)] {
        let mut start = booking(2, 2);
        let mut offer = stays::stay_offer("beta-1", "1001", 20_000);
        let mut steps = Vec::from(offer.rates[0].cancellation.clone());
        steps[0].from = LocalTime::with_offset(from.parse().unwrap(), 540);
        offer.rates[0].cancellation = CancellationTerms::new(steps).unwrap();
        start.items[0].solution.offer = offer.into();
        start.items[0].rules.tickets = false;
        let mut w = Walk::new(start);
        w.apply(&pay()).until("create_order");
        let ordered = w.start().and_then(|command| command.item());
        assert_eq!(ordered, Some(ItemRef(first)), "dearer from {from}");
    }
}

/// S05: what was verified before the payment is the contract. A record that says otherwise is told to people; the price
/// that was agreed is taken, and nothing is given back by itself.
#[test]
fn a_discrepancy_is_told_and_moves_no_money() {
    let mut w = paid();
    w.booking.items[0].rules.tickets = false;
    w.step("create_order", &Event::OrderNamed { locators: vec![locator("ABC123")], problems: Vec::new() });
    let dearer =
        OrderFound { discrepancy: Some("totals are not as sold".to_owned()), ..found("ABC123", w.now) };
    w.step("look_up_order", &Event::Order(dearer));
    assert_eq!((w.booking.items[0].state, &w.booking.failure), (ItemState::Confirmed, &None));
    assert_eq!(w.rest(), ["capture", "send"]);
    assert_eq!(w.booking.status, BookingStatus::Ticketed);
    assert_eq!((w.booking.payment.captured, w.booking.payment.refunded.minor), (w.booking.price.total, 0));
    assert_eq!(w.booking.items[0].discrepancy.as_deref(), Some("totals are not as sold"));
    w.apply(&cancel(1, false, w.now)).until("cancel_order").start();
    w.apply(&unclear(w.now));
    let gone = OrderFound { cancelled: true, ..found("ABC123", w.now) };
    w.step("look_up_order", &Event::Order(gone));
    assert_eq!(w.booking.items[0].discrepancy.as_deref(), Some("totals are not as sold"));
}

fn tickets(issued: &[u8], refused: &[u8], unclear: &[u8], now: Timestamp) -> Event {
    Event::Tickets {
        issued: issued.iter().map(|who| ticket(ItemRef(0), TravelerRef(*who), now)).collect(),
        refused: refused.iter().map(|who| (TravelerRef(*who), "busy".to_owned())).collect(),
        unclear: unclear.iter().copied().map(TravelerRef).collect(),
    }
}

#[test]
fn ticketing_is_resumed_for_those_without_a_ticket() {
    let mut w = paid();
    w.until("issue_tickets");
    let now = w.now;
    w.step("issue_tickets", &tickets(&[0], &[1], &[], now));
    assert!(
        matches!(w.start(), Some(Command::IssueTickets { travelers, .. }) if travelers == [TravelerRef(1)])
    );
    w.apply(&tickets(&[1], &[], &[], now));
    assert_eq!(w.rest(), ["capture", "send"]);
}

#[test]
fn ticketing_refused_for_good_voids_what_was_issued() {
    let mut w = paid();
    w.until("issue_tickets");
    let now = w.now;
    w.step("issue_tickets", &tickets(&[0], &[1], &[], now));
    w.step("issue_tickets", &tickets(&[], &[1], &[], now))
        .step("issue_tickets", &tickets(&[], &[1], &[], now));
    assert_eq!(w.booking.status, BookingStatus::RefundNeeded);
    assert_eq!(w.rest(), ["void_tickets", "cancel_order", "void_payment", "send"]);
}

#[test]
fn unclear_tickets_are_looked_up_and_a_done_one_is_never_issued_again() {
    let mut w = paid();
    w.until("issue_tickets");
    let issuing = w.now;
    w.step("issue_tickets", &tickets(&[0], &[], &[], issuing));
    assert_eq!(w.booking.items[0].state, ItemState::Unknown, "the answer does not speak of traveler 2");
    loop {
        assert!(matches!(w.start(), Some(Command::LookUpTickets { .. })));
        let one = vec![ticket(ItemRef(0), TravelerRef(0), issuing)];
        w.apply(&Event::Order(OrderFound { tickets: one, ..found("LOC000", w.now) }));
        if w.booking.open.is_none() {
            break;
        }
    }
    assert!(w.now > issuing.plus(MINUTE), "absence proves nothing before");
    assert!(
        matches!(w.start(), Some(Command::IssueTickets { travelers, .. }) if travelers == [TravelerRef(1)])
    );
}

#[test]
fn a_second_ticket_set_is_for_people() {
    let mut w = paid();
    w.until("issue_tickets").start();
    w.apply(&unclear(w.now)).start();
    let again = |item| ItemTicket { ..ticket(ItemRef(item), TravelerRef(0), w.now) };
    let two = OrderFound { tickets: vec![again(0), again(1)], ..found("LOC000", w.now) };
    w.clone().apply(&Event::Order(two.clone()));
    w.apply(&Event::Order(two));
    assert_eq!(w.booking.review, Some(ReviewReason::TicketsUnknown));
}

#[test]
fn a_second_live_order_is_cancelled_before_anything_else() {
    let mut w = paid();
    w.step("create_order", &Event::OrderNamed { locators: vec![locator("ABC123")], problems: Vec::new() });
    let twice = OrderFound { surplus: vec![vec![locator("XYZ789")]], ..found("ABC123", w.now) };
    w.step("look_up_order", &Event::Order(twice));
    assert_eq!(w.rest(), ["cancel_surplus", "issue_tickets", "capture", "send"]);
    assert_eq!(w.booking.status, BookingStatus::Ticketed);
}

#[test]
fn a_capture_refused_after_ticketing_is_for_people() {
    let mut w = paid();
    w.until("capture").step("capture", &refused());
    assert_eq!(w.booking.review, Some(ReviewReason::CaptureRefused));
}

#[test]
fn an_unclear_capture_is_looked_up_and_made_again_only_when_it_was_not() {
    let mut w = paid();
    w.until("capture").start();
    w.apply(&unclear(w.now));
    w.step("look_up_payment", &known(PRICE_CENTS, PRICE_CENTS, 0, false, w.now));
    assert_eq!(w.rest(), ["send"]);

    let mut w = paid();
    w.until("capture").start();
    w.apply(&unclear(w.now));
    while w.booking.open.is_some() {
        assert!(matches!(w.start(), Some(Command::LookUpPayment)));
        w.apply(&known(PRICE_CENTS, 0, 0, false, w.now));
    }
    assert_eq!(w.rest(), ["capture", "send"]);
}

#[test]
fn undo_prefers_void_and_asks_people_after_the_window() {
    let mut w = paid();
    w.until("capture");
    w.apply(&cancel(PRICE_CENTS, true, w.now));
    let mut late = w.clone();
    assert_eq!(w.rest(), ["void_tickets", "cancel_order", "void_payment", "send"]);
    assert_eq!(w.booking.status, BookingStatus::Cancelled);
    late.now = late.now.plus(25 * 60 * MINUTE);
    assert_eq!(late.start(), None);
    assert_eq!(late.booking.review, Some(ReviewReason::UndoFailed));
}

#[test]
fn the_void_window_ends_with_the_offices_day() {
    let mut w = paid();
    w.until("capture");
    let margin = 30 * MINUTE;
    w.booking.items[0].rules.semantics.void_window = VoidWindow::OfficeDay { margin };
    // The tests begin at 08:00Z, 15:00 in Jakarta.
    let end = plan::voidable_until(&w.booking.items[0]).unwrap();
    assert_eq!(end.to_string(), "2027-01-15T16:30:00Z");
    w.booking.items[0].rules.office_zone = "Nowhere/Here".to_owned();
    assert_eq!(plan::voidable_until(&w.booking.items[0]), None);
}

#[test]
fn a_cancel_at_a_penalty_keeps_what_was_accepted() {
    let mut w = paid();
    w.rest();
    w.apply(&cancel(20_000, false, w.now));
    assert_eq!(w.booking.status, BookingStatus::CancelPending);
    assert_eq!(w.rest(), ["cancel_order", "refund", "send"]);
    assert_eq!(w.booking.status, BookingStatus::Cancelled);
    assert_eq!(w.booking.payment.captured.minor - w.booking.payment.refunded.minor, PRICE_CENTS - 20_000);
}

#[test]
fn a_cancel_is_accepted_while_a_create_is_open_and_undoes_what_it_made() {
    let mut w = paid();
    w.start();
    w.apply(&cancel(PRICE_CENTS, true, w.now));
    w.apply(&Event::OrderNamed { locators: vec![locator("ABC123")], problems: Vec::new() });
    assert_eq!(w.rest(), ["look_up_order", "cancel_order", "void_payment", "send"]);
    assert_eq!(w.booking.status, BookingStatus::Cancelled);
}

#[test]
fn a_cancel_that_does_not_fit_is_refused() {
    let mut unpaid = walk();
    unpaid.clone().apply(&cancel(0, true, unpaid.now));
    unpaid.apply(&pay()).start();
    assert!(unpaid.clone().try_apply(&cancel(0, true, unpaid.now)).is_err(), "the payment is under way");
    let early = paid();
    assert!(
        early.clone().try_apply(&cancel(1, true, early.now)).is_err(),
        "nothing is lost before ticketing"
    );
    let mut late = paid();
    late.rest();
    for cents in [-1, PRICE_CENTS + 1] {
        assert!(late.clone().try_apply(&cancel(cents, false, late.now)).is_err());
    }
    late.apply(&cancel(1, false, late.now));
    assert!(late.clone().try_apply(&cancel(1, false, late.now)).is_err(), "once");
}

#[test]
fn undo_is_tried_some_times_and_then_for_people() {
    for outcome in [not_done, |_: Timestamp| refused()] {
        let mut w = paid();
        w.until("issue_tickets").step("issue_tickets", &refused());
        while let Some(command) = w.start() {
            assert_eq!(command.name(), "cancel_order");
            w.apply(&outcome(w.now));
        }
        assert_eq!(w.booking.review, Some(ReviewReason::UndoFailed));
    }
}

#[test]
fn a_message_is_sent_again_after_a_crash_and_dropped_in_the_end() {
    let mut w = paid();
    w.until("send");
    assert_eq!(w.start(), w.start(), "an open message is simply sent again");
    w.apply(&not_done(w.now));
    assert_eq!(w.booking.status, BookingStatus::Ticketed);
    assert_eq!(w.rest(), ["send"]);
    assert!(w.booking.messages.is_empty());
}

#[test]
fn a_step_is_started_only_when_it_is_next_and_can_be_sent() {
    let w = paid();
    let other = Command::Capture { amount: w.booking.price.total };
    assert_eq!(w.clone().try_apply(&started(other, w.now)).unwrap_err().why, Why::NotNext);
    let Step::Run(command) = decide(&w.booking, w.now) else { panic!("create is next") };
    let late = Event::Started(Started { command, at: w.now, send_before: w.now, fence: 1 });
    assert_eq!(w.clone().try_apply(&late).unwrap_err().why, Why::Content);
    assert_eq!(w.clone().try_apply(&Event::Undone).unwrap_err().why, Why::NoOpenStep);
}

#[test]
fn a_full_journal_is_for_people() {
    let mut w = paid();
    w.booking.journal_entries = 195;
    assert_eq!(w.start(), None);
    assert_eq!(w.booking.review, Some(ReviewReason::JournalFull));
}

/// Every outcome worth telling apart of a command.
fn outcomes(w: &Walk, command: &Command) -> Vec<Event> {
    let now = w.now;
    let mut all = vec![success(&w.booking, command, now), unclear(now), not_done(now), refused()];
    if command.is_look() {
        all.truncate(1);
        all.push(Event::LookFailed { why: "down".to_owned(), look_at: now });
        all.push(Event::NoOrder { looked_at: now });
        all.push(Event::Stranger);
        all.push(Event::Payment { found: PaymentFound::Absent, asked_at: now });
        all.push(Event::Payment { found: PaymentFound::Pending, asked_at: now });
        let surplus = vec![vec![locator("XYZ789")]];
        all.push(Event::Order(OrderFound { surplus, ..found("LOC000", now) }));
        all.push(Event::Order(OrderFound { cancelled: true, ..found("LOC000", now) }));
        all.push(Event::Order(OrderFound { differs: Some("total".to_owned()), ..found("LOC000", now) }));
        let both = [0, 1].map(|who| ticket(ItemRef(0), TravelerRef(who), now)).to_vec();
        all.push(Event::Order(OrderFound { tickets: both, ..found("LOC000", now) }));
        all.push(known(PRICE_CENTS, PRICE_CENTS, 0, false, now));
        all.push(known(PRICE_CENTS, PRICE_CENTS, PRICE_CENTS, false, now));
        all.push(known(PRICE_CENTS, 0, 0, true, now));
    }
    match command {
        Command::Authorize { .. } => {
            all.push(Event::Payment { found: PaymentFound::Declined, asked_at: now });
            all.push(Event::Payment { found: PaymentFound::Pending, asked_at: now });
        }
        Command::IssueTickets { .. } => {
            all.extend([
                tickets(&[0], &[1], &[], now),
                tickets(&[0], &[], &[1], now),
                tickets(&[], &[], &[0, 1], now),
            ]);
        }
        _ => {}
    }
    all
}

/// Requests that may come at any time.
fn requests(w: &Walk) -> Vec<Event> {
    vec![pay(), cancel(PRICE_CENTS, true, w.now), cancel(100, false, w.now), Event::Resumed, Event::Lapsed]
}

#[test]
fn every_transition_of_the_status() {
    let mut table: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut todo = vec![walk()];
    while let Some(w) = todo.pop() {
        let mut next = Vec::new();
        let mut there = w.clone();
        let command = there.start();
        next.extend(requests(&w).into_iter().map(|event| (w.clone(), event)));
        if let Some(command) = command {
            next.extend(outcomes(&there, &command).into_iter().map(|event| (there.clone(), event)));
        }
        let mut note = |from: &Booking, to: &Booking| {
            if from.status != to.status {
                table.entry(from.status.name()).or_default().insert(to.status.name());
            }
        };
        note(&w.booking, &there.booking);
        let mut blind = there.clone();
        while blind.booking.open.is_some() && blind.booking.review.is_none() {
            let why = "down".to_owned();
            if blind.try_apply(&Event::LookFailed { why, look_at: blind.now }).is_err() {
                break;
            }
            let before = blind.booking.clone();
            blind.start();
            note(&before, &blind.booking);
        }
        if seen.insert(shape(&blind.booking)) {
            todo.push(blind);
        }
        for (mut after, event) in next {
            let before = after.booking.clone();
            if after.try_apply(&event).is_err() {
                continue;
            }
            note(&before, &after.booking);
            if seen.insert(shape(&after.booking)) {
                todo.push(after);
            }
        }
    }
    let lines: Vec<_> = table
        .iter()
        .map(|(from, to)| format!("{from} -> {}", to.iter().copied().collect::<Vec<_>>().join(" | ")))
        .collect();
    expect![[r#"
        CANCEL_PENDING -> CANCELLED | NEEDS_REVIEW
        INIT -> CANCELLED | EXPIRED | PAYMENT_PENDING
        NEEDS_REVIEW -> CANCEL_PENDING | PAYMENT_PENDING | PENDING_TICKET | REFUND_NEEDED
        PAID -> CANCEL_PENDING | PENDING_TICKET
        PAYMENT_PENDING -> INIT | NEEDS_REVIEW | PAID | REFUNDED
        PENDING_TICKET -> CANCEL_PENDING | NEEDS_REVIEW | REFUND_NEEDED | TICKETED
        REFUND_NEEDED -> NEEDS_REVIEW | REFUNDED
        TICKETED -> CANCEL_PENDING"#]]
    .assert_eq(&lines.join("\n"));
}

/// What tells two bookings apart for the table: everything but times, counters and texts.
fn shape(b: &Booking) -> String {
    let item = &b.items[0];
    let payment =
        (b.payment.state, b.payment.captured.minor, b.payment.refunded.minor, b.payment.method.is_some());
    let open = b.open.as_ref().map(|open| open.command.name());
    let done: Vec<_> = item.tickets.iter().map(|ticket| (ticket.traveler, ticket.voided)).collect();
    let cancel = b.cancel.as_ref().map(|cancel| cancel.refund.minor);
    format!(
        "{:?}",
        (
            (b.status, b.review, open, b.messages.len(), b.failure.is_some(), cancel),
            (item.state, item.attempts, item.named, item.surplus.len(), done, item.pace.tries.min(1)),
            payment,
        )
    )
}

fn event() -> impl Strategy<Value = (u16, u8, bool)> {
    (any::<u16>(), 0..100u8, any::<bool>())
}

proptest! {
    /// Whatever happens, in whatever order: illegal events are refused and change nothing, legal ones keep every
    /// invariant, and from wherever a booking stands it comes to rest when things go well again.
    #[test]
    fn invariants_hold_and_bookings_come_to_rest(
        choices in prop::collection::vec(event(), 0..60), items in 1..3u8, travelers in 1..4u8
    ) {
        let mut w = Walk::new(booking(items, travelers));
        let mut last = None;
        for (pick, kind, wait) in choices {
            if wait {
                w.now = w.now.plus(Duration::from_secs(u64::from(pick)));
            }
            let mut pool = requests(&w);
            if kind < 70 {
                if let Some(command) = w.start() {
                    pool = outcomes(&w, &command);
                    last = Some(command);
                }
            } else if let Some(stale) = &last {
                // The outcome of some earlier step, or of none.
                pool.extend(outcomes(&w, stale));
            }
            let event = &pool[usize::from(pick) % pool.len()];
            let before = w.booking.clone();
            match w.try_apply(event) {
                Ok(()) => {
                    prop_assert_eq!(invariants::check(&w.booking), Ok(()));
                    prop_assert_eq!(w.booking.journal_entries, before.journal_entries + 1);
                }
                Err(_) => prop_assert_eq!(&w.booking, &before),
            }
            prop_assert_eq!(due_at(&w.booking, w.now).is_none(), decide(&w.booking, w.now) == Step::Rest);
        }
        for _ in 0..100 {
            let Some(command) = w.start() else { break };
            let event = success(&w.booking, &command, w.now);
            w.try_apply(&event).unwrap();
        }
        prop_assert_eq!(decide(&w.booking, w.now), Step::Rest);
        use BookingStatus::{Cancelled, Expired, NeedsReview, Refunded, Ticketed};
        prop_assert!(matches!(w.booking.status, Cancelled | Expired | NeedsReview | Refunded | Ticketed), "{:?}", w.booking);
    }
}
