//! The guards around every call of a supplier, in one fixed order.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;
use tracing::Instrument as _;

use super::account::SupplierAccount;
use super::breaker::{Breaker, BreakerLimits};
use super::call::{AttemptContext, Effect, Op};
use super::error::{SupplierError, SupplierErrorKind};
use super::token_bucket::{Rate, TokenBucket};
use crate::error::Disposition;
use crate::limits;
use crate::model::context::RequestContext;
use crate::model::time::Timestamp;
use crate::runtime::Runtime;

/// How long the policy waits for a write beyond the transport's own deadline: the transport knows whether anything
/// was sent, so its answer is worth more than a time-out here, which is always ambiguous.
const WRITE_GRACE: Duration = Duration::from_secs(2);
/// The pause before the second attempt; it doubles from there.
const BACKOFF_FIRST: Duration = Duration::from_millis(100);
/// The longest pause that is not the supplier's own wish.
const BACKOFF_MAX: Duration = Duration::from_secs(5);

/// The limits of one account for one class of operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallLimits {
    /// Calls under way at once.
    pub concurrent: usize,
    /// How long a call waits for its place among them.
    pub wait_max: Duration,
    /// The quota: every attempt counts.
    pub quota: Rate,
    /// Attempts of one call, the first included.
    pub attempts: u32,
    /// How many retries all calls together may make.
    pub retries: Rate,
    /// When to stop calling.
    pub breaker: BreakerLimits,
}

impl CallLimits {
    /// Searches and verifies: many, and none waits long.
    pub const SHOP: Self = Self::of(64, Duration::from_secs(1), 100);
    /// Creates and ticketing: few, and patient.
    pub const BOOK: Self = Self::of(16, Duration::from_secs(20), 20);
    /// Calls about an order that exists.
    pub const SERVICE: Self = Self::of(16, Duration::from_secs(10), 20);

    const fn of(concurrent: usize, wait_max: Duration, per_second: u32) -> Self {
        Self {
            concurrent,
            wait_max,
            quota: Rate::per_second(per_second),
            attempts: limits::READ_ATTEMPTS_MAX,
            retries: Rate { count: per_second.div_ceil(10), per: Duration::from_secs(1), burst: 10 },
            breaker: BreakerLimits { window: 20, failures: 10, open_for: Duration::from_secs(10) },
        }
    }
}

/// Everything that stands between the engine and one account, for one class of operations.
///
/// [`Self::run`] and the attempt below it *are* the order of the guards:
///
/// * per call: span, then attempts until one answers, or the total deadline lets no new one start;
/// * per attempt: time left, kill switch and breaker, quota, a place among the concurrent calls (bounded wait),
///   time-out, counter;
/// * between attempts: reads and writes known not executed, a jittered pause, a budget of retries, no place held.
///
/// The deadline starts no new attempt and ends a read, but it never cuts a write.
#[derive(Debug)]
pub struct CallPolicy {
    account: SupplierAccount,
    timeout: Duration,
    limits: CallLimits,
    runtime: Runtime,
    on: AtomicBool,
    breaker: Mutex<Breaker>,
    quota: Mutex<TokenBucket>,
    retries: Mutex<TokenBucket>,
    places: Semaphore,
}

impl CallPolicy {
    /// A policy, switched on. `timeout` is how long one answer may take.
    #[must_use]
    pub fn new(account: SupplierAccount, timeout: Duration, limits: CallLimits, runtime: Runtime) -> Self {
        Self {
            account,
            timeout,
            limits,
            runtime,
            on: AtomicBool::new(true),
            breaker: Mutex::new(Breaker::new(limits.breaker)),
            quota: Mutex::new(TokenBucket::new(limits.quota)),
            retries: Mutex::new(TokenBucket::new(limits.retries)),
            places: Semaphore::new(limits.concurrent.clamp(1, Semaphore::MAX_PERMITS)),
        }
    }

    /// The kill switch: off lets no new attempt start and cuts none.
    pub fn switch(&self, on: bool) {
        self.on.store(on, Ordering::Relaxed);
    }

    /// Runs one call. A write carries the instant after which nothing of it may be sent.
    ///
    /// # Errors
    /// The last attempt's, with `exhausted` set where another attempt could have helped but none was left.
    pub async fn run<T, F, Fut>(
        &self,
        op: Op,
        cx: &RequestContext,
        send_before: Option<Timestamp>,
        call: F,
    ) -> Result<T, SupplierError>
    where
        F: Fn(AttemptContext) -> Fut + Send + Sync,
        Fut: Future<Output = Result<T, SupplierError>> + Send,
    {
        let (supplier, account) = (&self.account.supplier, &self.account.id);
        let span =
            tracing::info_span!("supplier.call", %supplier, %account, op = op.name(), trace = %cx.trace);
        let bounds = Bounds::new(op, cx, send_before);
        async {
            let mut number = 1;
            loop {
                let mut error = match self.attempt(&bounds, number, &call).await {
                    Ok(reply) => return Ok(reply),
                    Err(error) => error,
                };
                let Some(pause) = self.pause_before_next(&bounds, number, &error) else {
                    error.exhausted = error.disposition() == Disposition::Retry;
                    return Err(error);
                };
                tokio::time::sleep(pause).await;
                number += 1;
            }
        }
        .instrument(span)
        .await
    }

    async fn attempt<T, F, Fut>(&self, bounds: &Bounds<'_>, number: u32, call: &F) -> Result<T, SupplierError>
    where
        F: Fn(AttemptContext) -> Fut + Send + Sync,
        Fut: Future<Output = Result<T, SupplierError>> + Send,
    {
        self.time_left(bounds)?;
        self.working(bounds.op)?;
        self.within_quota(bounds.op)?;
        let _place = self.place(bounds).await?;
        self.time_left(bounds)?; // the wait for a place may have used it up
        let (context, wait) = self.context(bounds, number);
        let reply = match timeout(wait, call(context)).await {
            Ok(reply) => reply,
            Err(_elapsed) => Err(self.unanswered(bounds.op)),
        };
        self.note(bounds.op, reply.as_ref().err());
        reply
    }

    fn time_left(&self, bounds: &Bounds<'_>) -> Result<Duration, SupplierError> {
        match bounds.start_before.since(self.runtime.now()) {
            Duration::ZERO => Err(self.refused(bounds.op, "no time left to start an attempt", None)),
            left => Ok(left),
        }
    }

    fn working(&self, op: Op) -> Result<(), SupplierError> {
        if !self.on.load(Ordering::Relaxed) {
            return Err(self.refused(op, "switched off", None));
        }
        let admitted = locked(&self.breaker).admit(self.runtime.now());
        admitted.map_err(|wait| self.refused(op, "the breaker is open", Some(wait)))
    }

    fn within_quota(&self, op: Op) -> Result<(), SupplierError> {
        let taken = locked(&self.quota).take(self.runtime.now());
        taken.map_err(|wait| SupplierError {
            kind: SupplierErrorKind::RateLimited,
            ..self.refused(op, "our own quota is used up", Some(wait))
        })
    }

    async fn place(&self, bounds: &Bounds<'_>) -> Result<SemaphorePermit<'_>, SupplierError> {
        let wait = self.limits.wait_max.min(self.time_left(bounds)?);
        match timeout(wait, self.places.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(self.refused(bounds.op, "too many calls under way", None)),
        }
    }

    /// What the connector is told, and how long its answer is waited for.
    fn context(&self, bounds: &Bounds<'_>, number: u32) -> (AttemptContext, Duration) {
        let now = self.runtime.now();
        let (wait, grace) = match bounds.op.effect() {
            Effect::Read => (self.timeout.min(bounds.cx.deadline.since(now)), Duration::ZERO),
            Effect::Write => (self.timeout, WRITE_GRACE),
        };
        let context = AttemptContext {
            account: self.account.id.clone(),
            op: bounds.op,
            attempt: number,
            deadline: now.plus(wait),
            send_before: bounds.send_before,
            locale: bounds.cx.locale.clone(),
            point_of_sale: bounds.cx.point_of_sale.clone(),
            trace: bounds.cx.trace.clone(),
        };
        (context, wait.saturating_add(grace))
    }

    /// Counts an attempt and lets the breaker learn from it: only silence counts against a supplier.
    fn note(&self, op: Op, error: Option<&SupplierError>) {
        let silent = matches!(
            error.map(|error| error.kind),
            Some(SupplierErrorKind::Unavailable | SupplierErrorKind::Ambiguous)
        );
        locked(&self.breaker).record(!silent, self.runtime.now());
        let kind = error.map_or_else(|| "Ok".to_owned(), |error| format!("{:?}", error.kind));
        let supplier = self.account.supplier.to_string();
        metrics::counter!("ota_supplier_calls_total", "supplier" => supplier, "op" => op.name(), "kind" => kind)
            .increment(1);
    }

    /// How long to wait for the next attempt; `None` ends the call.
    fn pause_before_next(&self, bounds: &Bounds<'_>, number: u32, error: &SupplierError) -> Option<Duration> {
        if error.disposition() != Disposition::Retry || number >= self.limits.attempts {
            return None;
        }
        let backoff = BACKOFF_FIRST.saturating_mul(1 << (number - 1).min(16)).min(BACKOFF_MAX);
        let mut random = [0; 2];
        self.runtime.random.fill(&mut random);
        let half = backoff / 2;
        let jitter = half.saturating_mul(u32::from(u16::from_be_bytes(random))) / u32::from(u16::MAX);
        let pause = (half + jitter).max(error.retry_after.unwrap_or_default());
        let now = self.runtime.now();
        (now.plus(pause) < bounds.start_before && locked(&self.retries).take(now).is_ok()).then_some(pause)
    }

    /// Known not to have been executed.
    fn refused(&self, op: Op, why: &str, retry_after: Option<Duration>) -> SupplierError {
        let kind = SupplierErrorKind::Unavailable;
        SupplierError { retry_after, ..SupplierError::new(kind, op, &self.account.supplier, why) }
    }

    /// The answer did not come in time. The policy cannot know what was sent, so a write is ambiguous.
    fn unanswered(&self, op: Op) -> SupplierError {
        let kind = match op.effect() {
            Effect::Read => SupplierErrorKind::Unavailable,
            Effect::Write => SupplierErrorKind::Ambiguous,
        };
        SupplierError::new(kind, op, &self.account.supplier, "no answer in time")
    }
}

/// Between which instants one call may do what.
struct Bounds<'a> {
    op: Op,
    cx: &'a RequestContext,
    send_before: Option<Timestamp>,
    /// No attempt starts at or after this.
    start_before: Timestamp,
}

impl<'a> Bounds<'a> {
    fn new(op: Op, cx: &'a RequestContext, send_before: Option<Timestamp>) -> Self {
        let start_before = send_before.map_or(cx.deadline, |send| send.min(cx.deadline));
        Self { op, cx, send_before, start_before }
    }
}

/// The state behind these locks is valid after every statement, so a panic elsewhere does not spoil it.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
