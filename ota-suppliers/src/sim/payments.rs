//! A payment gateway with a durable ledger: authorise, capture, void, refund, look up.
//!
//! | request | answer |
//! | --- | --- |
//! | `POST /v1/payments` `{reference, amount, currency, source}` | 201 authorized, 202 pending, 402 declined |
//! | `POST /v1/payments/{id}/capture` `{amount}` | 200; once, at most what is authorised; the rest is released |
//! | `POST /v1/payments/{id}/void` `{}` | 200; releases an authorisation that is not captured |
//! | `POST /v1/payments/{id}/refund` `{amount}` | 200; repeatedly, at most what is captured |
//! | `GET /v1/payments/by-key/{key}` | 200 the payment authorised under that idempotency key, or 404 |
//! | `POST /_control`, `GET /_ledger` | the test's side: see [`Fault`] and [`Gateway`]; no key is asked |
//!
//! Amounts are minor units. Every `/v1` call carries `Authorization: Bearer`, every `POST` an `Idempotency-Key`: a
//! repeat of a committed request gets the same answer and moves nothing, another request under the same key is refused.
//!
//! Tokens script the authorisation: `tok_ok`, `tok_declined`, `tok_insufficient_funds`, `tok_pending` and
//! `tok_pending_declined` (settle at the second look-up), and one for every [`Effect`], such as `tok_drop_after`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use hyper::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::http::{Line, Reply, Request, Service};
use super::journal::{Journal, JournalError};

/// Longest idempotency key and reference, in bytes.
pub const KEY_BYTES_MAX: usize = 128;
/// Largest single amount, in minor units: sums over every payment of a long test still fit 64 bits.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000;
/// Most faults waiting to happen.
pub const FAULTS_MAX: usize = 64;
/// A pending payment settles when it is looked up for this many times.
pub const SETTLES_AT_LOOKUP: u32 = 2;

/// The gateway. `GET /_ledger` answers with every payment in order (authorised, captured, refunded, voided, and its
/// movements) and with sums per currency: `held` is authorised and neither captured nor released, `kept` is captured
/// and not refunded.
#[derive(Debug)]
pub struct Gateway {
    api_key: String,
    books: Arc<Mutex<Books>>,
}

impl Gateway {
    /// A gateway that accepts one API key and keeps its journal in a file; without a file it forgets.
    ///
    /// # Errors
    /// The journal cannot be opened or read.
    pub fn open(api_key: &str, journal: Option<&Path>) -> Result<Self, JournalError> {
        let (journal, entries) = match journal {
            Some(path) => Journal::open(path)?,
            None => (Journal::forgetful(), Vec::new()),
        };
        let mut books =
            Books { journal, ledger: Ledger::default(), faults: Vec::new(), lookups: BTreeMap::new() };
        for entry in entries {
            books.ledger.apply(entry);
        }
        Ok(Self { api_key: api_key.to_owned(), books: Arc::new(Mutex::new(books)) })
    }

    fn authorised(&self, request: &Request) -> bool {
        request.header("authorization").and_then(|value| value.strip_prefix("Bearer ")) == Some(&self.api_key)
    }
}

#[async_trait]
impl Service for Gateway {
    async fn call(&self, request: Request) -> Reply {
        let open_to_all = request.path.starts_with("/_");
        if !open_to_all && !self.authorised(&request) {
            return refuse(401, "unauthorized", "the API key is missing or wrong");
        }
        let books = Arc::clone(&self.books);
        let answer = tokio::task::spawn_blocking(move || {
            // A panic while the lock was held would be a defect of the simulator; the books are still consistent,
            // because they change in one call after the journal has the entry.
            let mut books = books.lock().unwrap_or_else(PoisonError::into_inner);
            books.answer(&request).unwrap_or_else(|refusal| refusal)
        });
        answer.await.unwrap_or_else(|_| refuse(500, "internal", "the simulator failed"))
    }
}

/// An operation of the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Reserve an amount.
    Authorize,
    /// Take what is reserved.
    Capture,
    /// Release what is reserved.
    Void,
    /// Give back what was taken.
    Refund,
    /// Read a payment.
    Lookup,
}

/// How a call goes wrong. `before` and `after` are about the commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The line drops, nothing happened.
    DropBefore,
    /// It happened, the line drops.
    DropAfter,
    /// No answer ever, nothing happened.
    HangBefore,
    /// It happened, no answer ever.
    HangAfter,
    /// It happened, and a proxy answers 502 with a page.
    Unclear,
    /// It happened, and the answer stops half-way.
    CutAfter,
    /// 503 with the gateway's own word that nothing happened.
    Unavailable,
}

/// A fault ordered by `POST /_control` as `{"faults": [...]}`; `{"settle": true}` settles every pending payment now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which calls.
    pub op: Operation,
    /// What happens to them.
    pub effect: Effect,
    /// Calls that pass before.
    #[serde(default)]
    pub skip: u32,
    /// Calls that are hit.
    #[serde(default = "once")]
    pub times: u32,
}

fn once() -> u32 {
    1
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Control {
    #[serde(default)]
    faults: Vec<Fault>,
    #[serde(default)]
    settle: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Authorize {
    reference: String,
    amount: i64,
    currency: String,
    source: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Amount {
    amount: i64,
}

/// A committed answer: what a repeat under the same key gets.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Committed {
    /// The whole request: operation, payment and body.
    request: String,
    status: u16,
    body: Value,
}

/// One line of the journal: a change, and the request that caused it, if one did.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    payment: Payment,
    answer: Option<(String, Committed)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Pending,
    Authorized,
    Declined,
    Captured,
    Voided,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Movement {
    op: Operation,
    key: String,
    amount: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Payment {
    id: String,
    key: String,
    reference: String,
    currency: String,
    amount: i64,
    status: Status,
    /// What a pending payment will be.
    settles_as: Option<Status>,
    authorized: i64,
    captured: i64,
    refunded: i64,
    voided: i64,
    movements: Vec<Movement>,
}

impl Payment {
    fn settle(&mut self) {
        if let Some(status) = self.settles_as.take() {
            self.status = status;
            self.authorized = if status == Status::Authorized { self.amount } else { 0 };
        }
    }

    /// Moves money by the rules, or says which rule forbids it.
    fn movement(&mut self, op: Operation, amount: i64) -> Result<(), Reply> {
        match (op, self.status) {
            (Operation::Capture, Status::Authorized) if amount <= self.authorized => {
                self.captured = amount;
                self.voided = self.authorized - amount;
                self.status = Status::Captured;
            }
            (Operation::Void, Status::Authorized) => {
                self.voided = self.authorized;
                self.status = Status::Voided;
            }
            (Operation::Refund, Status::Captured) if amount <= self.captured - self.refunded => {
                self.refunded += amount;
            }
            (Operation::Capture, Status::Authorized) | (Operation::Refund, Status::Captured) => {
                return Err(refuse(409, "amount_too_large", "more than there is"));
            }
            _ => return Err(refuse(409, "illegal_state", "the payment is not in a state for this")),
        }
        Ok(())
    }
}

/// All payments and all committed answers: a function of the journal.
#[derive(Debug, Default)]
struct Ledger {
    payments: BTreeMap<String, Payment>,
    answers: BTreeMap<String, Committed>,
}

impl Ledger {
    fn apply(&mut self, entry: Entry) {
        self.payments.insert(entry.payment.id.clone(), entry.payment);
        if let Some((key, answer)) = entry.answer {
            self.answers.insert(key, answer);
        }
    }

    fn view(&self) -> Value {
        let mut sums: BTreeMap<&str, (i64, i64, i64)> = BTreeMap::new();
        for payment in self.payments.values() {
            let (held, captured, refunded) = sums.entry(&payment.currency).or_default();
            *held += payment.authorized - payment.captured - payment.voided;
            *captured += payment.captured;
            *refunded += payment.refunded;
        }
        let sums: BTreeMap<&str, Value> = sums
            .into_iter()
            .map(|(currency, (held, captured, refunded))| {
                let sum = json!({
                    "held": held, "captured": captured, "refunded": refunded, "kept": captured - refunded,
                });
                (currency, sum)
            })
            .collect();
        json!({ "payments": self.payments.values().collect::<Vec<_>>(), "sums": sums })
    }
}

#[derive(Debug)]
struct Books {
    journal: Journal<Entry>,
    ledger: Ledger,
    faults: Vec<Fault>,
    lookups: BTreeMap<String, u32>,
}

impl Books {
    fn answer(&mut self, request: &Request) -> Result<Reply, Reply> {
        let path: Vec<&str> = request.path.trim_start_matches('/').split('/').collect();
        match (&request.method, path.as_slice()) {
            (&Method::POST, ["v1", "payments"]) => self.authorize(request),
            (&Method::POST, ["v1", "payments", id, "capture"]) => {
                self.move_money(request, Operation::Capture, id)
            }
            (&Method::POST, ["v1", "payments", id, "void"]) => self.move_money(request, Operation::Void, id),
            (&Method::POST, ["v1", "payments", id, "refund"]) => {
                self.move_money(request, Operation::Refund, id)
            }
            (&Method::GET, ["v1", "payments", "by-key", key]) => self.lookup(key),
            (&Method::POST, ["_control"]) => self.control(&parse(request)?),
            (&Method::GET, ["_ledger"]) => Ok(Reply::json(200, &self.ledger.view())),
            _ => Err(refuse(404, "not_found", "no such resource")),
        }
    }

    fn authorize(&mut self, request: &Request) -> Result<Reply, Reply> {
        let asked: Authorize = parse(request)?;
        let is_currency = asked.currency.len() == 3 && asked.currency.bytes().all(|b| b.is_ascii_uppercase());
        let is_reference = !asked.reference.is_empty() && asked.reference.len() <= KEY_BYTES_MAX;
        if !(1..=AMOUNT_MAX).contains(&asked.amount) || !is_currency || !is_reference {
            return Err(refuse(422, "invalid_request", "amount, currency or reference"));
        }
        let script =
            Script::of(&asked.source).ok_or_else(|| refuse(422, "invalid_source", "no such token"))?;
        let id = format!("pay_{:06}", self.ledger.payments.len() + 1);
        let payment = Payment {
            id,
            key: idempotency_key(request)?.to_owned(),
            reference: asked.reference.clone(),
            currency: asked.currency.clone(),
            amount: asked.amount,
            status: Status::Pending,
            settles_as: Some(script.settles_as),
            authorized: 0,
            captured: 0,
            refunded: 0,
            voided: 0,
            movements: Vec::new(),
        };
        self.commit(request, Operation::Authorize, "", &asked, script.effect, |_| {
            let mut payment = payment;
            if !script.pending {
                payment.settle();
            }
            let status = match payment.status {
                Status::Pending => 202,
                Status::Declined => 402,
                _ => 201,
            };
            let mut body = public(&payment);
            if let Some(code) = script.decline.filter(|_| status == 402) {
                body["error"] = json!({ "code": code, "message": "the issuer declines" });
            }
            Ok((payment, asked.amount, status, body))
        })
    }

    fn move_money(&mut self, request: &Request, op: Operation, id: &str) -> Result<Reply, Reply> {
        let asked = match op {
            Operation::Void => Amount::default(),
            _ => parse(request)?,
        };
        if op != Operation::Void && asked.amount < 1 {
            return Err(refuse(422, "invalid_request", "the amount is not positive"));
        }
        self.commit(request, op, id, &asked, None, |ledger| {
            let found = ledger.payments.get(id).cloned();
            let mut payment = found.ok_or_else(|| refuse(404, "not_found", "no such payment"))?;
            payment.movement(op, asked.amount)?;
            let moved = if op == Operation::Void { payment.voided } else { asked.amount };
            let body = public(&payment);
            Ok((payment, moved, 200, body))
        })
    }

    /// The one way in which money moves: a known key repeats its answer; else the change is made, journaled, applied,
    /// and only then answered. A refused request leaves no trace.
    fn commit(
        &mut self,
        request: &Request,
        op: Operation,
        id: &str,
        asked: &impl Serialize,
        scripted: Option<Effect>,
        change: impl FnOnce(&Ledger) -> Result<(Payment, i64, u16, Value), Reply>,
    ) -> Result<Reply, Reply> {
        let key = idempotency_key(request)?;
        let request = json!([op, id, asked]).to_string();
        let effect = self.fault(op).or(scripted);
        before_commit(effect)?;
        if let Some(known) = self.ledger.answers.get(key) {
            if known.request != request {
                return Err(refuse(409, "idempotency_key_reused", "the key belongs to another request"));
            }
            return Ok(Reply::json(known.status, &known.body));
        }
        let (mut payment, amount, status, body) = change(&self.ledger)?;
        payment.movements.push(Movement { op, key: key.to_owned(), amount });
        let answer = Committed { request, status, body: body.clone() };
        self.keep(Entry { payment, answer: Some((key.to_owned(), answer)) })?;
        Ok(after_commit(effect, Reply::json(status, &body)))
    }

    fn lookup(&mut self, key: &str) -> Result<Reply, Reply> {
        let effect = self.fault(Operation::Lookup);
        before_commit(effect)?;
        let found = self.ledger.payments.values().find(|payment| payment.key == key);
        let mut payment = found.cloned().ok_or_else(|| refuse(404, "not_found", "no such payment"))?;
        if payment.status == Status::Pending {
            let lookups = self.lookups.entry(payment.id.clone()).or_default();
            *lookups += 1;
            if *lookups >= SETTLES_AT_LOOKUP {
                payment.settle();
                self.keep(Entry { payment: payment.clone(), answer: None })?;
            }
        }
        Ok(after_commit(effect, Reply::json(200, &public(&payment))))
    }

    fn control(&mut self, control: &Control) -> Result<Reply, Reply> {
        if self.faults.len() + control.faults.len() > FAULTS_MAX {
            return Err(refuse(422, "invalid_request", "too many faults"));
        }
        self.faults.extend(&control.faults);
        let pending = self.ledger.payments.values().filter(|payment| payment.status == Status::Pending);
        for mut payment in pending.cloned().collect::<Vec<_>>().into_iter().filter(|_| control.settle) {
            payment.settle();
            self.keep(Entry { payment, answer: None })?;
        }
        Ok(Reply::json(200, &json!({ "faults": self.faults })))
    }

    fn keep(&mut self, entry: Entry) -> Result<(), Reply> {
        self.journal
            .append(&entry)
            .map_err(|_| refuse(503, "unavailable", "the journal cannot be written"))?;
        self.ledger.apply(entry);
        Ok(())
    }

    /// The effect on this call, if a fault waits for it: the first fault of the operation counts down.
    fn fault(&mut self, op: Operation) -> Option<Effect> {
        let at = self.faults.iter().position(|fault| fault.op == op)?;
        let fault = &mut self.faults[at];
        if fault.skip > 0 {
            fault.skip -= 1;
            return None;
        }
        let effect = fault.effect;
        fault.times = fault.times.saturating_sub(1);
        if fault.times == 0 {
            self.faults.remove(at);
        }
        Some(effect)
    }
}

/// What a token makes of an authorisation.
#[derive(Debug, Clone, Copy)]
struct Script {
    settles_as: Status,
    pending: bool,
    decline: Option<&'static str>,
    effect: Option<Effect>,
}

impl Script {
    fn of(token: &str) -> Option<Self> {
        let name = token.strip_prefix("tok_")?;
        let ok = Self { settles_as: Status::Authorized, pending: false, decline: None, effect: None };
        let declined = |code| Self { settles_as: Status::Declined, decline: Some(code), ..ok };
        Some(match name {
            "ok" => ok,
            "declined" => declined("card_declined"),
            "insufficient_funds" => declined("insufficient_funds"),
            "pending" => Self { pending: true, ..ok },
            "pending_declined" => Self { pending: true, ..declined("card_declined") },
            effect => Self { effect: Some(serde_json::from_value(json!(effect)).ok()?), ..ok },
        })
    }
}

fn before_commit(effect: Option<Effect>) -> Result<(), Reply> {
    let nothing = Reply::new(200, "text/plain", "");
    match effect {
        Some(Effect::DropBefore) => Err(nothing.on(Line::Drop)),
        Some(Effect::HangBefore) => Err(nothing.on(Line::Hang)),
        Some(Effect::Unavailable) => Err(refuse(503, "unavailable", "try again later; nothing happened")),
        _ => Ok(()),
    }
}

fn after_commit(effect: Option<Effect>, reply: Reply) -> Reply {
    match effect {
        Some(Effect::DropAfter) => reply.on(Line::Drop),
        Some(Effect::HangAfter) => reply.on(Line::Hang),
        Some(Effect::CutAfter) => {
            let half = reply.body.len() / 2;
            reply.on(Line::CutAfter(half))
        }
        Some(Effect::Unclear) => Reply::new(502, "text/html", "<html><h1>502 Bad Gateway</h1></html>"),
        _ => reply,
    }
}

/// A payment as a client sees it.
fn public(payment: &Payment) -> Value {
    json!({
        "id": payment.id,
        "key": payment.key,
        "reference": payment.reference,
        "currency": payment.currency,
        "amount": payment.amount,
        "status": payment.status,
        "authorized": payment.authorized,
        "captured": payment.captured,
        "refunded": payment.refunded,
        "voided": payment.voided,
    })
}

fn idempotency_key(request: &Request) -> Result<&str, Reply> {
    request
        .header("idempotency-key")
        .filter(|key| !key.is_empty() && key.len() <= KEY_BYTES_MAX && !key.contains('/'))
        .ok_or_else(|| refuse(400, "idempotency_key_missing", "an Idempotency-Key is required"))
}

fn parse<'a, T: Deserialize<'a>>(request: &'a Request) -> Result<T, Reply> {
    serde_json::from_slice(&request.body).map_err(|error| refuse(400, "invalid_request", &error.to_string()))
}

fn refuse(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, &json!({ "error": { "code": code, "message": message } }))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn call(
        gateway: &Gateway,
        method: Method,
        path: &str,
        key: &str,
        body: Value,
    ) -> (u16, Value, Line) {
        let mut headers = hyper::HeaderMap::new();
        headers.insert("authorization", "Bearer secret".parse().unwrap());
        headers.insert("idempotency-key", key.parse().unwrap());
        let (path, query) = (path.to_owned(), String::new());
        let request = Request { method, path, query, headers, body: body.to_string().into() };
        let reply = gateway.call(request).await;
        (reply.status, serde_json::from_slice(&reply.body).unwrap_or_default(), reply.line)
    }

    async fn authorize(gateway: &Gateway, key: &str, token: &str) -> (u16, Value, Line) {
        let body = json!({ "reference": "bkg_1", "amount": 1000, "currency": "IDR", "source": token });
        call(gateway, Method::POST, "/v1/payments", key, body).await
    }

    async fn post(gateway: &Gateway, path: &str, key: &str, amount: i64) -> (u16, Value) {
        let body = if path.ends_with("void") { json!({}) } else { json!({ "amount": amount }) };
        let (status, body, _) = call(gateway, Method::POST, &format!("/v1/payments/{path}"), key, body).await;
        (status, body)
    }

    async fn lookup(gateway: &Gateway, key: &str) -> Value {
        call(gateway, Method::GET, &format!("/v1/payments/by-key/{key}"), "-", json!({})).await.1
    }

    async fn sums(gateway: &Gateway) -> Value {
        call(gateway, Method::GET, "/_ledger", "-", json!({})).await.1["sums"]["IDR"].clone()
    }

    #[tokio::test]
    async fn money_moves_within_what_there_is_and_a_key_moves_it_once() {
        let gateway = Gateway::open("secret", None).unwrap();
        assert_eq!(authorize(&gateway, "a", "tok_ok").await.0, 201);
        assert_eq!(authorize(&gateway, "a", "tok_ok").await.1["id"], "pay_000001");
        assert_eq!(
            authorize(&gateway, "a", "tok_declined").await.1["error"]["code"],
            "idempotency_key_reused"
        );
        assert_eq!(post(&gateway, "pay_000001/refund", "r0", 1).await.1["error"]["code"], "illegal_state");
        assert_eq!(
            post(&gateway, "pay_000001/capture", "c", 1001).await.1["error"]["code"],
            "amount_too_large"
        );
        for _repeat in 0..2 {
            assert_eq!(post(&gateway, "pay_000001/capture", "c", 900).await.1["captured"], 900);
        }
        assert_eq!(post(&gateway, "pay_000001/capture", "c2", 100).await.1["error"]["code"], "illegal_state");
        assert_eq!(post(&gateway, "pay_000001/void", "v", 0).await.1["error"]["code"], "illegal_state");
        for (key, amount) in [("r1", 400), ("r1", 400), ("r2", 300)] {
            assert_eq!(post(&gateway, "pay_000001/refund", key, amount).await.0, 200);
        }
        assert_eq!(
            post(&gateway, "pay_000001/refund", "r3", 201).await.1["error"]["code"],
            "amount_too_large"
        );
        assert_eq!(sums(&gateway).await, json!({ "held": 0, "captured": 900, "refunded": 700, "kept": 200 }));
        assert_eq!(post(&gateway, "pay_000009/void", "v", 0).await.0, 404);
    }

    #[tokio::test]
    async fn what_was_answered_is_still_known_after_the_process_died() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("payments.jsonl");
        let gateway = Gateway::open("secret", Some(&path)).unwrap();
        let first = authorize(&gateway, "a", "tok_ok").await;
        authorize(&gateway, "b", "tok_pending").await;
        post(&gateway, "pay_000001/void", "v", 0).await;
        let ledger = sums(&gateway).await;
        drop(gateway);
        let gateway = Gateway::open("secret", Some(&path)).unwrap();
        assert_eq!(sums(&gateway).await, ledger);
        assert_eq!(authorize(&gateway, "a", "tok_ok").await, first);
        assert_eq!(lookup(&gateway, "a").await["status"], "voided");
        assert_eq!(authorize(&gateway, "c", "tok_ok").await.1["id"], "pay_000003");
    }

    #[tokio::test]
    async fn tokens_script_declines_and_outcomes_that_settle_later() {
        let gateway = Gateway::open("secret", None).unwrap();
        assert_eq!(authorize(&gateway, "a", "tok_declined").await.1["error"]["code"], "card_declined");
        assert_eq!(authorize(&gateway, "b", "tok_pending").await.0, 202);
        assert_eq!(post(&gateway, "pay_000002/capture", "c", 1).await.1["error"]["code"], "illegal_state");
        assert_eq!(lookup(&gateway, "b").await["status"], "pending");
        assert_eq!(lookup(&gateway, "b").await["status"], "authorized");
        authorize(&gateway, "d", "tok_pending_declined").await;
        call(&gateway, Method::POST, "/_control", "-", json!({ "settle": true })).await;
        assert_eq!(lookup(&gateway, "d").await["status"], "declined");
        assert_eq!(authorize(&gateway, "e", "4111111111111111").await.1["error"]["code"], "invalid_source");
        assert_eq!(sums(&gateway).await["held"], 1000);
    }

    #[tokio::test]
    async fn faults_strike_before_or_after_the_commit() {
        let gateway = Gateway::open("secret", None).unwrap();
        let (_, _, line) = authorize(&gateway, "a", "tok_drop_before").await;
        assert_eq!((line, lookup(&gateway, "a").await["id"].is_null()), (Line::Drop, true));
        let (_, _, line) = authorize(&gateway, "b", "tok_hang_after").await;
        assert_eq!((line, lookup(&gateway, "b").await["status"] == "authorized"), (Line::Hang, true));
        let faults = json!({ "faults": [
            { "op": "void", "effect": "unavailable" },
            { "op": "void", "effect": "unclear", "skip": 0, "times": 1 },
        ] });
        call(&gateway, Method::POST, "/_control", "-", faults).await;
        assert_eq!(post(&gateway, "pay_000001/void", "v", 0).await.0, 503);
        assert_eq!(lookup(&gateway, "b").await["voided"], 0);
        assert_eq!(post(&gateway, "pay_000001/void", "v", 0).await.0, 502);
        assert_eq!(lookup(&gateway, "b").await["voided"], 1000);
        assert_eq!(post(&gateway, "pay_000001/void", "v", 0).await.0, 200);
    }

    #[tokio::test]
    async fn strangers_and_nonsense_are_turned_away() {
        let gateway = Gateway::open("other", None).unwrap();
        assert_eq!(authorize(&gateway, "a", "tok_ok").await.0, 401);
        let gateway = Gateway::open("secret", None).unwrap();
        assert_eq!(call(&gateway, Method::POST, "/v1/payments", "a", json!([1])).await.0, 400);
        assert_eq!(authorize(&gateway, "", "tok_ok").await.1["error"]["code"], "idempotency_key_missing");
        let negative = json!({ "reference": "b", "amount": -5, "currency": "IDR", "source": "tok_ok" });
        assert_eq!(call(&gateway, Method::POST, "/v1/payments", "a", negative).await.0, 422);
        assert_eq!(call(&gateway, Method::GET, "/v1/payments", "a", json!({})).await.0, 404);
        assert_eq!(sums(&gateway).await, Value::Null);
    }
}
