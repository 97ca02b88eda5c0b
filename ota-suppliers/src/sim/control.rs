//! What a test makes go wrong: the commands of `POST /_control`.
//!
//! One command or an array of them, as JSON:
//!
//! | command | effect |
//! | --- | --- |
//! | `{"reset": true}` | ends everything below; orders stay |
//! | `{"forget": true}` | forgets orders and call counts; locators and document numbers are never given twice |
//! | `{"next": {"op": "AirTicketingReq", "account": "P1", "count": 2, "effect": "drop_before"}}` | the next calls of an operation (`"*"` for any), of one account or any; `count` defaults to 1 |
//! | `{"sell_out": {...}}` | nothing is left of what it names: [`travelport::SellOut`], [`hotelbeds::SellOut`]; every part may be left out, none of them sells out everything |
//! | `{"reprice": {"percent": 7, "of": "GA"}}` | of every fare of a carrier (rate of a property), or of all |
//! | `{"delay": {"account": "P1", "ms": 3000}}` | before every reply of an account, or of all |
//!
//! An effect is one of the line, [`LineEffect`], or of the protocol: [`travelport::Effect`], [`hotelbeds::Effect`].

pub mod hotelbeds;
pub mod travelport;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, de::DeserializeOwned};

use super::http::{Line, Reply};
use super::journal::JournalError;

/// Scripts waiting to happen, and things sold out, at most this many of each.
pub const SCRIPTS_MAX: usize = 256;
/// Longest delay, in milliseconds.
pub const DELAY_MS_MAX: u64 = 600_000;

const HTML: &str =
    "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>";

/// What the next calls of an operation meet.
///
/// In JSON: `"drop_before"`, `{"delay_ms": 5000}`, `{"fault": {"code": "3130", "message": "..."}}`,
/// `{"wrong_echo": "total"}`, and so on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Effect<P> {
    Line(LineEffect),
    Own(P),
}

/// What happens to a call of any protocol. *Before* means that nothing is committed, *after* that all is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LineEffect {
    /// Answers late, by milliseconds; the commit comes after the delay.
    DelayMs(u64),
    /// Closes the line before the commit.
    DropBefore,
    /// Closes the line after the commit.
    DropAfter,
    /// Never answers, and commits nothing.
    HangBefore,
    /// Commits and never answers.
    HangAfter,
    /// Commits and breaks the line in the middle of the body.
    Cut,
    /// Commits and answers with half of the document, well framed.
    Truncate,
    /// Commits and answers 200 with nothing.
    Empty,
    /// Commits and answers 500 with nothing.
    EmptyError,
    /// Commits and answers whatever it does under this HTTP status.
    Status(u16),
    /// Commits and answers 500 with a page of HTML.
    Html,
    /// Answers 500 with a page of HTML and commits nothing.
    HtmlBefore,
}

impl LineEffect {
    /// The reply of a call that never runs.
    fn instead(self) -> Option<Reply> {
        match self {
            Self::DropBefore => Some(broken().on(Line::Drop)),
            Self::HangBefore => Some(broken().on(Line::Hang)),
            Self::HtmlBefore => Some(broken()),
            _ => None,
        }
    }

    /// What becomes of the reply of a call that ran.
    fn after(self, reply: Reply) -> Reply {
        match self {
            Self::DropAfter => reply.on(Line::Drop),
            Self::HangAfter => reply.on(Line::Hang),
            Self::Cut => {
                let half = reply.body.len() / 2;
                reply.on(Line::CutAfter(half))
            }
            Self::Truncate => Reply { body: reply.body.slice(..reply.body.len() / 2), ..reply },
            Self::Empty => Reply::new(200, reply.content_type, ""),
            Self::EmptyError => Reply::new(500, reply.content_type, ""),
            Self::Status(status) => Reply { status, ..reply },
            Self::Html => broken(),
            Self::DelayMs(_) | Self::DropBefore | Self::HangBefore | Self::HtmlBefore => reply,
        }
    }
}

/// A proxy's page.
pub(super) fn broken() -> Reply {
    Reply::new(500, "text/html", HTML)
}

/// What a call meets: an effect, and a wait.
pub(super) type Met<P> = (Option<Effect<P>>, Duration);

/// Runs a call after a wait, between what strikes it before and after its commit. An effect of the protocol is the
/// call's own business. A call that panics is a broken proxy to its client.
pub(super) async fn perform<P: Send + 'static>(
    (effect, wait): Met<P>,
    call: impl FnOnce(Option<P>) -> Reply + Send + 'static,
) -> Reply {
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    let (line, own) = match effect {
        Some(Effect::Line(line)) => (Some(line), None),
        Some(Effect::Own(own)) => (None, Some(own)),
        None => (None, None),
    };
    if let Some(reply) = line.and_then(LineEffect::instead) {
        return reply;
    }
    let reply = tokio::task::spawn_blocking(move || call(own)).await.unwrap_or_else(|_| broken());
    match line {
        Some(line) => line.after(reply),
        None => reply,
    }
}

/// Takes the commands of a request. `forget` forgets the orders.
pub(super) fn command<P, S>(
    body: &[u8],
    control: &Mutex<Control<P, S>>,
    forget: impl Fn() -> Result<(), JournalError>,
) -> Reply
where
    P: DeserializeOwned + Clone,
    S: DeserializeOwned,
{
    let refuse = |status, error: String| Reply::json(status, &serde_json::json!({ "error": error }));
    let commands = match serde_json::from_slice(body) {
        Ok(Commands::One(command)) => vec![command],
        Ok(Commands::Many(commands)) => commands,
        Err(error) => return refuse(400, error.to_string()),
    };
    for command in commands {
        if let Command::Forget(true) = command
            && let Err(error) = forget()
        {
            return refuse(500, error.to_string());
        }
        if let Err(error) = control.lock().unwrap_or_else(PoisonError::into_inner).take(command) {
            return refuse(400, error.to_owned());
        }
    }
    Reply::json(200, &serde_json::json!({"ok": true}))
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Commands<P, S> {
    One(Command<P, S>),
    Many(Vec<Command<P, S>>),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Command<P, S> {
    Reset(bool),
    Forget(bool),
    Next(Next<P>),
    SellOut(S),
    Reprice(Reprice),
    Delay(Delay),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Next<P> {
    op: String,
    account: Option<String>,
    #[serde(default = "once")]
    count: u32,
    effect: Effect<P>,
}

fn once() -> u32 {
    1
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reprice {
    percent: i64,
    #[serde(default)]
    of: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Delay {
    #[serde(default)]
    account: String,
    ms: u64,
}

/// What is scripted now.
#[derive(Debug)]
pub(super) struct Control<P, S> {
    next: Vec<Next<P>>,
    sold_out: Vec<S>,
    pub(super) reprices: Reprices,
    delays: BTreeMap<String, Duration>,
}

impl<P, S> Default for Control<P, S> {
    fn default() -> Self {
        Self {
            next: Vec::new(),
            sold_out: Vec::new(),
            reprices: Reprices::default(),
            delays: BTreeMap::new(),
        }
    }
}

impl<P: Clone, S> Control<P, S> {
    /// Takes a command; says why not where it is beyond a limit.
    fn take(&mut self, command: Command<P, S>) -> Result<(), &'static str> {
        match command {
            Command::Reset(true) => *self = Self::default(),
            Command::Reset(false) | Command::Forget(_) => {}
            Command::Next(Next { effect: Effect::Line(LineEffect::DelayMs(ms)), .. })
                if ms > DELAY_MS_MAX =>
            {
                return Err("delay too long");
            }
            Command::Next(next) if self.next.len() < SCRIPTS_MAX => self.next.push(next),
            Command::SellOut(what) if self.sold_out.len() < SCRIPTS_MAX => self.sold_out.push(what),
            Command::Next(_) | Command::SellOut(_) => return Err("too many scripts"),
            Command::Reprice(Reprice { percent: percent @ -90..=1_000, of })
                if of.len() <= 8 && self.reprices.0.len() < SCRIPTS_MAX =>
            {
                self.reprices.set(of, percent);
            }
            Command::Reprice(_) => return Err("percent out of range"),
            Command::Delay(Delay { account, ms })
                if ms <= DELAY_MS_MAX && self.delays.len() < SCRIPTS_MAX =>
            {
                self.delays.insert(account, Duration::from_millis(ms));
            }
            Command::Delay(_) => return Err("delay too long, or too many"),
        }
        Ok(())
    }

    /// What a call meets that comes now: the effect scripted for it, which is used up, and how long it waits. `own` is
    /// the account's usual wait.
    pub(super) fn meet(&mut self, account: &str, op: &str, own: Duration) -> Met<P> {
        let effect = self.strike(account, op);
        let late = match effect {
            Some(Effect::Line(LineEffect::DelayMs(ms))) => Duration::from_millis(ms),
            _ => Duration::ZERO,
        };
        let usual = self.delays.get(account).or_else(|| self.delays.get("")).copied();
        (effect, usual.unwrap_or(own) + late)
    }

    fn strike(&mut self, account: &str, op: &str) -> Option<Effect<P>> {
        let index = self.next.iter().position(|next| {
            (next.op == "*" || next.op == op) && next.account.as_deref().is_none_or(|named| named == account)
        })?;
        let next = &mut self.next[index];
        next.count = next.count.saturating_sub(1);
        let effect = next.effect.clone();
        if next.count == 0 {
            self.next.remove(index);
        }
        Some(effect)
    }

    /// Whether a command sold out what this finds named.
    pub(super) fn is_sold_out(&self, names: impl Fn(&S) -> bool) -> bool {
        self.sold_out.iter().any(names)
    }
}

/// Percent by carrier or property; the empty one stands for all.
#[derive(Debug, Clone, Default)]
pub(super) struct Reprices(BTreeMap<String, i64>);

impl Reprices {
    /// From now on, by percent.
    pub(super) fn set(&mut self, of: String, percent: i64) {
        self.0.insert(of, percent);
    }

    /// Applies those that concern a carrier or a property.
    pub(super) fn apply(&self, cents: i64, of: &str) -> i64 {
        let percents = ["", of].into_iter().filter_map(|key| self.0.get(key));
        percents.fold(cents, |cents, percent| cents * (100 + percent) / 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use travelport::{Effect as Own, SellOut};

    fn commands(json: &str) -> Vec<Command<Own, SellOut>> {
        match serde_json::from_str(json).unwrap() {
            Commands::One(command) => vec![command],
            Commands::Many(commands) => commands,
        }
    }

    #[test]
    fn strikes_the_named_calls_only_and_is_used_up() {
        let mut control = Control::default();
        let script = r#"[{"next": {"op": "AirTicketingReq", "account": "A", "count": 2, "effect": "drop_before"}},
            {"next": {"op": "*", "effect": {"refuse_tickets": [1]}}}]"#;
        commands(script).into_iter().for_each(|command| control.take(command).unwrap());
        let mut strike = |account| control.strike(account, "AirTicketingReq");
        assert_eq!(strike("A"), Some(Effect::Line(LineEffect::DropBefore)));
        assert_eq!(strike("B"), Some(Effect::Own(Own::RefuseTickets(vec![1]))));
        assert_eq!(strike("B"), None);
        assert_eq!(strike("A"), Some(Effect::Line(LineEffect::DropBefore)));
        assert_eq!(strike("A"), None);
    }

    #[test]
    fn a_delay_is_added_to_what_the_account_waits_anyway() {
        let mut control = Control::default();
        let script = r#"[{"delay": {"account": "A", "ms": 20}}, {"next": {"op": "*", "count": 2, "effect": {"delay_ms": 5}}}]"#;
        commands(script).into_iter().for_each(|command| control.take(command).unwrap());
        let mut wait = |account| control.meet(account, "X", Duration::from_millis(300)).1.as_millis();
        assert_eq!([wait("A"), wait("B"), wait("A"), wait("B")], [25, 305, 20, 300]);
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for json in
            [r#"{"next": {"op": "*", "effect": "explode"}}"#, r#"{"sell_out": {"carier": "GA"}}"#, "7"]
        {
            assert!(serde_json::from_str::<Commands<Own, SellOut>>(json).is_err(), "{json}");
        }
        let mut control = Control::default();
        for json in [r#"{"reprice": {"percent": 100000}}"#, r#"{"delay": {"ms": 100000000}}"#] {
            assert!(control.take(commands(json).remove(0)).is_err(), "{json}");
        }
    }
}
