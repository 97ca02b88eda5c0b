//! What a test makes go wrong: the commands of `POST /_control`.
//!
//! One command or an array of them, as JSON:
//!
//! | command | effect |
//! | --- | --- |
//! | `{"reset": true}` | ends everything below; orders stay |
//! | `{"forget": true}` | forgets orders and call counts; locators and document numbers are never given twice |
//! | `{"next": {"op": "AirTicketingReq", "account": "P1", "count": 2, "effect": "drop_before"}}` | the next calls of an operation (`"*"` for any), of one account or any; `count` defaults to 1 |
//! | `{"sell_out": {"carrier": "GA", "number": 880, "class": "N", "date": "2027-03-14", "origin": "CGK", "destination": "NRT"}}` | no seats on what it names; every part may be left out, none of them sells out everything |
//! | `{"reprice": {"percent": 7, "carrier": "GA"}}` | of every fare of a carrier, or of all |
//! | `{"delay": {"account": "P1", "ms": 3000}}` | before every reply of an account, or of all |
//!
//! Effects are listed at [`Effect`].

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::inventory::Flight;

/// Scripts waiting to happen, and things sold out, at most this many of each.
pub const SCRIPTS_MAX: usize = 256;
/// Longest delay, in milliseconds.
pub const DELAY_MS_MAX: u64 = 600_000;

/// What the next calls of an operation meet. *Before* means that nothing is committed, *after* that all is.
///
/// In JSON: `"drop_before"`, `{"delay_ms": 5000}`, `{"fault": {"code": "3130", "message": "..."}}`,
/// `{"solution_changed": 8}`, `{"refuse_tickets": [1]}`, `{"wrong_echo": "total"}`, and so on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
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
    /// Commits and answers 500 with a page of HTML.
    Html,
    /// Answers 500 with a page of HTML and commits nothing.
    HtmlBefore,
    /// Answers a SOAP fault and commits nothing.
    Fault {
        /// The host's code.
        code: String,
        /// The host's words.
        message: String,
    },
    /// Pricing and creating: no seats.
    SoldOut,
    /// Creating: some segments could not be sold, nothing is kept.
    SellFailure,
    /// Creating: the reservation is kept although the price is now higher by percent, its fare is not stored.
    SolutionChanged(i64),
    /// Creating: the reservation is kept, its fare could not be stored.
    FareNotSaved,
    /// Creating: the first segment is waitlisted.
    Waitlisted,
    /// Creating and ticketing: commits what was asked and answers with something else in one respect.
    WrongEcho(Echo),
    /// Ticketing: refuses these travelers (indexes in the order of the record) and issues for the others.
    RefuseTickets(Vec<usize>),
    /// Ticketing: refuses all.
    TicketingFailed,
    /// Ticketing: issues for the first traveler, then says that the reservation is in use elsewhere.
    Busy,
    /// Showing a record: the stored fare of this passenger type has got lost, for good.
    FareLost(String),
    /// Showing a record: the stored fare of this passenger type has become one of adults, for good.
    FareAsAdult(String),
    /// Showing documents: their number is not unique, and none is shown.
    NotUnique,
    /// Showing documents: first those of another record under the same numbers.
    Stranger,
}

/// In which respect an answer differs from what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Echo {
    /// One traveler is missing.
    Travelers,
    /// Another flight number; in a ticketing answer another coupon.
    Segments,
    /// Another total.
    Total,
    /// Another locator.
    Locator,
    /// No remark, for ever.
    Remark,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Commands {
    One(Command),
    Many(Vec<Command>),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Command {
    Reset(bool),
    Forget(bool),
    Next(Next),
    SellOut(SellOut),
    Reprice(Reprice),
    Delay(Delay),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Next {
    op: String,
    account: Option<String>,
    #[serde(default = "once")]
    count: u32,
    effect: Effect,
}

fn once() -> u32 {
    1
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SellOut {
    account: Option<String>,
    carrier: Option<String>,
    number: Option<u16>,
    class: Option<String>,
    date: Option<String>,
    origin: Option<String>,
    destination: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reprice {
    percent: i64,
    #[serde(default)]
    carrier: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Delay {
    #[serde(default)]
    account: String,
    ms: u64,
}

/// What is scripted now.
#[derive(Debug, Default)]
pub(super) struct Control {
    next: Vec<Next>,
    sold_out: Vec<SellOut>,
    /// Percent by carrier; the empty one stands for all.
    pub(super) percent: BTreeMap<String, i64>,
    delays: BTreeMap<String, Duration>,
}

impl Control {
    /// Takes a command; says why not where it is beyond a limit.
    pub(super) fn take(&mut self, command: Command) -> Result<(), &'static str> {
        match command {
            Command::Reset(true) => *self = Self::default(),
            Command::Reset(false) | Command::Forget(_) => {}
            Command::Next(Next { effect: Effect::DelayMs(ms), .. }) if ms > DELAY_MS_MAX => {
                return Err("delay too long");
            }
            Command::Next(next) if self.next.len() < SCRIPTS_MAX => self.next.push(next),
            Command::SellOut(what) if self.sold_out.len() < SCRIPTS_MAX => self.sold_out.push(what),
            Command::Next(_) | Command::SellOut(_) => return Err("too many scripts"),
            Command::Reprice(Reprice { percent: percent @ -90..=1_000, carrier }) if carrier.len() <= 2 => {
                self.percent.insert(carrier, percent);
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

    /// The effect on a call that comes now, if one is scripted; it is used up.
    pub(super) fn strike(&mut self, account: &str, op: &str) -> Option<Effect> {
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

    /// The delay of an account, if one is set.
    pub(super) fn delay(&self, account: &str) -> Option<Duration> {
        self.delays.get(account).or_else(|| self.delays.get("")).copied()
    }

    /// Whether seats are sold out by command.
    pub(super) fn is_sold_out(&self, account: &str, flight: &Flight, class: &str) -> bool {
        fn names(part: Option<&String>, is: &str) -> bool {
            part.is_none_or(|part| part == is)
        }
        self.sold_out.iter().any(|what| {
            names(what.account.as_ref(), account)
                && names(what.carrier.as_ref(), flight.carrier.code)
                && what.number.is_none_or(|number| number == flight.number)
                && names(what.class.as_ref(), class)
                && names(what.date.as_ref(), &flight.departure().date().to_string())
                && names(what.origin.as_ref(), flight.origin().code.as_str())
                && names(what.destination.as_ref(), flight.destination().code.as_str())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(json: &str) -> Vec<Command> {
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
        assert_eq!(control.strike("A", "AirTicketingReq"), Some(Effect::DropBefore));
        assert_eq!(control.strike("B", "AirTicketingReq"), Some(Effect::RefuseTickets(vec![1])));
        assert_eq!(control.strike("B", "AirTicketingReq"), None);
        assert_eq!(control.strike("A", "AirTicketingReq"), Some(Effect::DropBefore));
        assert_eq!(control.strike("A", "AirTicketingReq"), None);
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for json in
            [r#"{"next": {"op": "*", "effect": "explode"}}"#, r#"{"sell_out": {"carier": "GA"}}"#, "7"]
        {
            assert!(serde_json::from_str::<Commands>(json).is_err(), "{json}");
        }
        let mut control = Control::default();
        for json in [r#"{"reprice": {"percent": 100000}}"#, r#"{"delay": {"ms": 100000000}}"#] {
            assert!(control.take(commands(json).remove(0)).is_err(), "{json}");
        }
    }
}
