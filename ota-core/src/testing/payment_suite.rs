//! What every payment gateway adapter must do, whatever gateway is behind it.
//!
//! A failed expectation panics: the suite is run from a test.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::booking::command::PaymentFound;
use crate::error::Disposition;
use crate::model::id::IdempotencyKey;
use crate::model::money::{Currency, Money};
use crate::model::time::Timestamp;
use crate::payment::{Attempt, AuthorizeRequest, PaymentError, PaymentErrorKind, PaymentGateway, PaymentOp};
use crate::redact::Redacted;

/// Looks after which a pending payment must have settled.
const LOOKS_MAX: u32 = 10;

/// How the line to the gateway fails at one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// It drops; the gateway did nothing.
    DropBefore,
    /// The gateway did it; the line drops.
    DropAfter,
    /// The gateway did it and never answers.
    HangAfter,
    /// The gateway did it; something between answers with a page of its own.
    Unclear,
    /// The gateway did it; its answer is cut short.
    CutAfter,
    /// The gateway says that it did nothing.
    Unavailable,
}

/// The gateway's side of the test.
#[async_trait]
pub trait Bench: Send + Sync + fmt::Debug {
    /// The next call of this operation fails like this.
    async fn break_next(&self, op: PaymentOp, how: Break);
}

/// An adapter with a gateway behind it, and tokens that script that gateway.
#[derive(Debug)]
pub struct PaymentSuite {
    /// The adapter.
    pub gateway: Arc<dyn PaymentGateway>,
    /// The gateway's side.
    pub bench: Arc<dyn Bench>,
    /// A token that is authorised.
    pub ok: &'static str,
    /// A token that is declined.
    pub declined: &'static str,
    /// A token whose authorisation is pending and settles as authorised.
    pub pending: &'static str,
}

impl PaymentSuite {
    /// Runs every case.
    pub async fn run(&self) {
        self.an_amount_is_held_taken_and_given_back().await;
        self.a_hold_is_released().await;
        self.declined_and_pending_are_answers().await;
        self.illegal_movements_are_rejected_and_move_nothing().await;
        self.nothing_is_sent_when_its_time_is_over().await;
        for how in [
            Break::DropBefore,
            Break::DropAfter,
            Break::HangAfter,
            Break::Unclear,
            Break::CutAfter,
            Break::Unavailable,
        ] {
            self.a_broken_authorisation_is_settled_by_a_look(how).await;
            self.broken_movements_happen_once(how).await;
        }
        self.a_look_without_an_answer_is_made_again().await;
    }

    async fn an_amount_is_held_taken_and_given_back(&self) {
        let id = self.held("cycle").await;
        assert_eq!(self.look("cycle").await, known(&id, 1000, 0, 0, false));
        let captured = self.gateway.capture(&attempt("cycle-capture"), &id, idr(900)).await.unwrap();
        assert_eq!(captured, known(&id, 1000, 900, 0, false));
        for (part, amount, refunded) in [("cycle-refund-1", 500, 500), ("cycle-refund-2", 400, 900)] {
            let found = self.gateway.refund(&attempt(part), &id, idr(amount)).await.unwrap();
            assert_eq!(found, known(&id, 1000, 900, refunded, false));
        }
        assert_eq!(self.look("cycle").await, known(&id, 1000, 900, 900, false));
    }

    async fn a_hold_is_released(&self) {
        let id = self.held("void").await;
        let released = self.gateway.void(&attempt("void-void"), &id).await.unwrap();
        assert_eq!(released, known(&id, 1000, 0, 0, true));
        assert_eq!(self.look("void").await, released);
    }

    async fn declined_and_pending_are_answers(&self) {
        assert_eq!(self.authorize("declined", self.declined).await.unwrap(), PaymentFound::Declined);
        assert_eq!(self.look("declined").await, PaymentFound::Declined);
        assert_eq!(self.look("never-sent").await, PaymentFound::Absent);
        assert_eq!(self.authorize("pending", self.pending).await.unwrap(), PaymentFound::Pending);
        for _look in 0..LOOKS_MAX {
            match self.look("pending").await {
                PaymentFound::Pending => {}
                PaymentFound::Known { authorized, .. } => return assert_eq!(authorized, idr(1000)),
                other => panic!("a pending payment became {other:?}"),
            }
        }
        panic!("a pending payment did not settle within {LOOKS_MAX} looks");
    }

    async fn illegal_movements_are_rejected_and_move_nothing(&self) {
        let id = self.held("rules").await;
        let gateway = &self.gateway;
        rejected(gateway.refund(&attempt("rules-1"), &id, idr(1)).await);
        rejected(gateway.capture(&attempt("rules-2"), &id, idr(1001)).await);
        rejected(gateway.capture(&attempt("rules-3"), "no-such-payment", idr(1)).await);
        rejected(gateway.capture(&attempt("rules-4"), "../../elsewhere", idr(1)).await);
        rejected(gateway.capture(&attempt("rules"), &id, idr(1000)).await);
        assert_eq!(self.look("rules").await, known(&id, 1000, 0, 0, false));
        gateway.capture(&attempt("rules-capture"), &id, idr(1000)).await.unwrap();
        rejected(gateway.void(&attempt("rules-5"), &id).await);
        rejected(gateway.refund(&attempt("rules-6"), &id, idr(1001)).await);
        assert_eq!(self.look("rules").await, known(&id, 1000, 1000, 0, false));
    }

    async fn nothing_is_sent_when_its_time_is_over(&self) {
        let late = Attempt { key: key("late"), send_before: Timestamp::from_micros(0) };
        let error = self.gateway.authorize(&late, &request(self.ok)).await.unwrap_err();
        assert_eq!(error.kind, PaymentErrorKind::Unavailable);
        assert_eq!(self.look("late").await, PaymentFound::Absent);
        let id = self.held("late-void").await;
        let late = Attempt { key: key("late-void-1"), send_before: Timestamp::from_micros(0) };
        assert_eq!(self.gateway.void(&late, &id).await.unwrap_err().kind, PaymentErrorKind::Unavailable);
        assert_eq!(self.look("late-void").await, known(&id, 1000, 0, 0, false));
    }

    async fn a_broken_authorisation_is_settled_by_a_look(&self, how: Break) {
        let name = format!("broken-authorize-{how:?}");
        self.bench.break_next(PaymentOp::Authorize, how).await;
        self.expect_broken(how, self.authorize(&name, self.ok).await);
        let found = self.look(&name).await;
        let happened = !matches!(how, Break::DropBefore | Break::Unavailable);
        assert_eq!(found != PaymentFound::Absent, happened, "{how:?}: {found:?}");
        // The same key again: done now, or done before and not once more.
        let repeated = self.authorize(&name, self.ok).await.unwrap();
        assert_eq!(repeated, self.look(&name).await);
        assert!(!happened || repeated == found, "{how:?}: {repeated:?} is not {found:?}");
    }

    async fn broken_movements_happen_once(&self, how: Break) {
        let name = format!("broken-movement-{how:?}");
        let happened = i64::from(!matches!(how, Break::DropBefore | Break::Unavailable));
        let (gateway, id) = (&self.gateway, self.held(&name).await);

        let capture = attempt(&format!("{name}-capture"));
        self.bench.break_next(PaymentOp::Capture, how).await;
        self.expect_broken(how, gateway.capture(&capture, &id, idr(1000)).await);
        assert_eq!(self.look(&name).await, known(&id, 1000, 1000 * happened, 0, false));
        gateway.capture(&capture, &id, idr(1000)).await.unwrap();
        assert_eq!(self.look(&name).await, known(&id, 1000, 1000, 0, false));

        let refund = attempt(&format!("{name}-refund"));
        self.bench.break_next(PaymentOp::Refund, how).await;
        self.expect_broken(how, gateway.refund(&refund, &id, idr(400)).await);
        assert_eq!(self.look(&name).await, known(&id, 1000, 1000, 400 * happened, false));
        gateway.refund(&refund, &id, idr(400)).await.unwrap();
        assert_eq!(self.look(&name).await, known(&id, 1000, 1000, 400, false));

        let other = format!("{name}-void");
        let (id, void) = (self.held(&other).await, attempt(&format!("{other}-void")));
        self.bench.break_next(PaymentOp::Void, how).await;
        self.expect_broken(how, gateway.void(&void, &id).await);
        assert_eq!(self.look(&other).await, known(&id, 1000, 0, 0, happened == 1));
        gateway.void(&void, &id).await.unwrap();
        assert_eq!(self.look(&other).await, known(&id, 1000, 0, 0, true));
    }

    async fn a_look_without_an_answer_is_made_again(&self) {
        let id = self.held("look").await;
        for how in [Break::DropBefore, Break::Unclear, Break::CutAfter, Break::Unavailable] {
            self.bench.break_next(PaymentOp::Lookup, how).await;
            let error = self.gateway.lookup(&key("look")).await.unwrap_err();
            assert_eq!(error.kind.disposition(), Disposition::Retry, "{how:?}: {error}");
            assert_eq!(self.look("look").await, known(&id, 1000, 0, 0, false));
        }
    }

    #[track_caller]
    fn expect_broken(&self, how: Break, outcome: Result<PaymentFound, PaymentError>) {
        let want = if how == Break::Unavailable { Disposition::Retry } else { Disposition::Reconcile };
        let error = outcome.unwrap_err();
        assert_eq!(error.kind.disposition(), want, "{how:?}: {error}");
        let text = format!("{error:?} {}", crate::error::chain(&error));
        assert!(!text.contains(self.ok), "the token is in {text}");
    }

    async fn authorize(&self, name: &str, token: &str) -> Result<PaymentFound, PaymentError> {
        self.gateway.authorize(&attempt(name), &request(token)).await
    }

    async fn held(&self, name: &str) -> String {
        match self.authorize(name, self.ok).await.unwrap() {
            PaymentFound::Known { gateway_id, .. } => gateway_id,
            other => panic!("not held: {other:?}"),
        }
    }

    async fn look(&self, name: &str) -> PaymentFound {
        self.gateway.lookup(&key(name)).await.unwrap()
    }
}

fn key(name: &str) -> IdempotencyKey {
    IdempotencyKey::new(name).unwrap()
}

fn attempt(name: &str) -> Attempt {
    Attempt { key: key(name), send_before: Timestamp::from_micros(i64::MAX) }
}

fn request(token: &str) -> AuthorizeRequest {
    let method = Redacted::new(token.to_owned());
    AuthorizeRequest { reference: "suite".to_owned(), amount: idr(1000), method }
}

fn idr(minor: i64) -> Money {
    Money::new(minor, Currency::from_code("IDR").unwrap())
}

fn known(id: &str, authorized: i64, captured: i64, refunded: i64, voided: bool) -> PaymentFound {
    PaymentFound::Known {
        gateway_id: id.to_owned(),
        authorized: idr(authorized),
        captured: idr(captured),
        refunded: idr(refunded),
        voided,
    }
}

#[track_caller]
fn rejected(outcome: Result<PaymentFound, PaymentError>) {
    assert_eq!(outcome.unwrap_err().kind, PaymentErrorKind::Rejected);
}
