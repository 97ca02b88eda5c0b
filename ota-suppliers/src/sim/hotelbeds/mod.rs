//! Hotelbeds APItude, booking and content API 1.0: the host's side.
//!
//! Served at `/hotel-api/1.0/` and `/hotel-content-api/1.0/`. A request is refused, in the supplier's forms of refusal
//! (see `refusal`), if it is of no known key, not signed within [`SIGNED_WITHIN_S`] of now, or not valid. Requests are
//! JSON; replies are JSON, or a plain rendition in XML where only that is accepted.

mod book;
mod booking;
mod cities;
mod content;
mod key;
mod post_booking;
mod property;
mod rate;
mod refusal;
mod reply;
mod request;
mod search;
mod xml;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use ota_core::runtime::Clock;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use self::booking::{Booking, bed};
use self::key::Stay;
use self::property::{Property, properties};
use self::rate::Terms;
use self::refusal::Refusal;
use super::HotelbedsAccount;
use super::backstage::Backstage;
use super::control::hotelbeds::{Effect, SellOut};
use super::control::{self, Reprices};
use super::draw::draw;
use super::fares::Currency;
use super::http::{Reply, Request, Service};
use super::journal::JournalError;

const BOOKING_API: &str = "/hotel-api/1.0/";
const CONTENT_API: &str = "/hotel-content-api/1.0/";
/// How far the second of a signature may lie from ours. The supplier states no number.
const SIGNED_WITHIN_S: i64 = 300;
/// How long a request that met a product error is refused without being looked at. Source: "Hotel API ERRORS".
const REMEMBERED: SignedDuration = SignedDuration::from_mins(15);
/// Refused requests that are remembered; all are forgotten beyond.
const REMEMBERED_MAX: usize = 10_000;
/// Rooms of a kind that a property has for one account in a night, at most.
const ROOMS_PER_KIND: u64 = 24;
/// What every reply claims to have taken, so that the same request gets the same reply.
const PROCESS_MS: &str = "321";

type Handler = fn(&Host, &Call<'_>) -> Result<Value, Refusal>;

/// A request that is served.
#[derive(Debug, Clone, Copy)]
struct Operation {
    /// As control calls name it.
    name: &'static str,
    /// The root of its reply in XML.
    root: &'static str,
    handler: Handler,
}

/// The operation of a request.
fn operation(request: &Request) -> Option<Operation> {
    let served = |name, root, handler| Operation { name, root, handler };
    let cancels = "bookingCancellationRS";
    let content = request.path.strip_prefix(CONTENT_API);
    let path = content.or_else(|| request.path.strip_prefix(BOOKING_API))?;
    let parts: Vec<&str> = path.split('/').collect();
    let simulated = || request::Query::of(request).get("cancellationFlag") == Some("SIMULATION");
    Some(match (request.method.as_str(), content.is_some(), &parts[..]) {
        ("GET", true, ["hotels"]) => served("hotels", "hotelsRS", content::hotels),
        ("GET", true, ["locations", "destinations"]) => {
            served("destinations", "destinationsRS", content::destinations)
        }
        ("GET", false, ["status"]) => served("status", "statusRS", |_, _| Ok(json!({ "status": "OK" }))),
        ("POST", false, ["hotels"]) => served("availability", "availabilityRS", search::availability),
        ("POST", false, ["checkrates"]) => served("checkrates", "checkRateRS", search::check_rates),
        ("POST", false, ["bookings"]) => served("booking", "bookingRS", book::book),
        ("GET", false, ["bookings"]) => served("bookinglist", "bookingListRS", post_booking::list),
        ("GET", false, ["bookings", _]) => served("bookingdetail", "bookingDetailRS", post_booking::detail),
        ("DELETE", false, ["bookings", _]) if simulated() => {
            served("simulation", cancels, post_booking::simulate)
        }
        ("DELETE", false, ["bookings", _]) => served("cancellation", cancels, post_booking::cancel),
        _ => return None,
    })
}

/// An account with its currency found.
#[derive(Debug)]
struct Account {
    config: HotelbedsAccount,
    currency: &'static Currency,
}

/// What there is, whoever asks.
#[derive(Debug)]
struct World {
    seed: u64,
    properties: Vec<Property>,
}

impl World {
    fn property(&self, code: u32) -> Option<&Property> {
        let at = self.properties.binary_search_by_key(&code, |property| property.code).ok()?;
        self.properties.get(at)
    }

    fn draw(&self, names: &[&str]) -> u64 {
        draw(self.seed, names)
    }
}

/// The host.
#[derive(Debug)]
pub(super) struct Host {
    accounts: Vec<Account>,
    world: World,
    back: Backstage<Booking, Effect, SellOut>,
    /// Requests that met a product error: when, and what it said.
    refused: Mutex<HashMap<u64, (Timestamp, String)>>,
}

/// A request that passed the gate.
#[derive(Debug)]
struct Call<'a> {
    account: &'a Account,
    request: &'a Request,
    effect: Option<Effect>,
}

impl Call<'_> {
    fn key(&self) -> &str {
        &self.account.config.api_key
    }

    /// Of a booking: the end of the path.
    fn reference(&self) -> &str {
        self.request.path.rsplit('/').next().unwrap_or_default()
    }
}

impl Host {
    pub(super) fn new(
        accounts: Vec<(HotelbedsAccount, &'static Currency)>,
        seed: u64,
        folder: Option<&Path>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, JournalError> {
        Ok(Self {
            accounts: accounts.into_iter().map(|(config, currency)| Account { config, currency }).collect(),
            world: World { seed, properties: properties(seed) },
            back: Backstage::open(seed, folder, clock)?,
            refused: Mutex::default(),
        })
    }

    /// The day where it is earliest: who sells tonight does so everywhere.
    fn today(&self) -> Date {
        TimeZone::fixed(Offset::constant(-11)).to_datetime(self.back.now()).date()
    }

    fn reprices(&self) -> Reprices {
        self.back.control().reprices.clone()
    }

    /// On whose terms this account prices now.
    fn terms<'a>(&self, account: &'a Account, reprices: &'a Reprices) -> Terms<'a> {
        Terms { account: &account.config.api_key, currency: account.currency, reprices, now: self.back.now() }
    }

    /// Rooms of a kind left for an account in every night of a stay.
    fn left(&self, account: &Account, property: &Property, room: &str, stay: Stay) -> u32 {
        let (key, code) = (account.config.api_key.as_str(), property.code.to_string());
        let (control, ledger) = (self.back.control(), self.back.ledger());
        let left = |night: Date| {
            if control.is_sold_out(|named| named.names(key, property.code, room, night)) {
                return 0;
            }
            let drawn = self.world.draw(&["rooms", key, &code, room, &night.to_string()]);
            let all = if drawn.is_multiple_of(17) { 0 } else { 1 + drawn / 17 % ROOMS_PER_KIND };
            let all = u32::try_from(all).expect("a few rooms");
            all.saturating_sub(ledger.sold(key, &bed(property.code, room, night)))
        };
        stay.nights().map(left).min().unwrap_or(0)
    }

    /// Whose key it is, by its place, and whether the call is signed with its secret.
    fn authenticate(&self, request: &Request) -> Result<usize, Refusal> {
        let key = request.header("api-key").unwrap_or_default();
        let place = self.accounts.iter().position(|account| account.config.api_key == key);
        let place = place.ok_or(Refusal::INACTIVE)?;
        let signature = request.header("x-signature").unwrap_or_default();
        let now = self.back.now().as_second();
        let signed_at = |second: i64| {
            let text = format!("{key}{}{second}", self.accounts[place].config.secret);
            let hex = digest(&SHA256, text.as_bytes())
                .as_ref()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>();
            hex == signature
        };
        // From now outwards: nearly every signature is of this second.
        let mut seconds = (0..=SIGNED_WITHIN_S).flat_map(|away| [now - away, now + away]);
        if seconds.any(signed_at) { Ok(place) } else { Err(Refusal::UNSIGNED) }
    }

    /// The gate: known, signed, in a language that is spoken. The place of the account.
    fn admit(&self, request: &Request) -> Result<(usize, Operation), Refusal> {
        let operation = operation(request).ok_or(Refusal::NOT_FOUND)?;
        let account = self.authenticate(request)?;
        if Format::accepted(request).is_none() {
            return Err(Refusal::NOT_ACCEPTABLE);
        }
        let json = request.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
        if request.method == hyper::Method::POST && !json {
            return Err(Refusal::MEDIA_TYPE);
        }
        Ok((account, operation))
    }

    fn run(&self, operation: Operation, call: &Call<'_>) -> Result<Value, Refusal> {
        match &call.effect {
            Some(Effect::Fault { code, message, status }) => {
                return Err(Refusal::scripted(*status, code, message));
            }
            Some(Effect::Limited { status, retry_after_s }) => {
                return Err(Refusal::limited(*status, *retry_after_s));
            }
            _ => {}
        }
        let body = String::from_utf8_lossy(&call.request.body);
        let request = self.world.draw(&["request", call.key(), operation.name, &body]);
        let before = self.refused.lock().unwrap_or_else(PoisonError::into_inner).get(&request).cloned();
        if let Some((at, said)) = before
            && self.back.now().duration_since(at) < REMEMBERED
        {
            return Err(Refusal::repeated(&said));
        }
        let answer = (operation.handler)(self, call);
        if let Some(said) = answer.as_ref().err().and_then(Refusal::product_error) {
            let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
            if refused.len() >= REMEMBERED_MAX {
                refused.clear();
            }
            refused.insert(request, (self.back.now(), said.to_owned()));
        }
        answer
    }

    /// One call behind the gate.
    fn answer(
        &self,
        request: &Request,
        account: usize,
        operation: Operation,
        effect: Option<Effect>,
    ) -> Reply {
        let format = Format::accepted(request).unwrap_or(Format::Json);
        let account = &self.accounts[account];
        match self.run(operation, &Call { account, request, effect }) {
            Ok(mut answer) => {
                // The catalogue says less about itself.
                let token = request.path.starts_with(BOOKING_API).then(|| self.back.transaction());
                answer["auditData"] = self.audit_data(token.as_deref());
                format.reply(200, operation.root, &answer)
            }
            Err(refusal) => self.refuse(&refusal, operation.root, format),
        }
    }

    fn refuse(&self, refusal: &Refusal, root: &'static str, format: Format) -> Reply {
        let Refusal::Document { status, code, message } = refusal else {
            return refusal.gateway().unwrap_or_else(control::broken);
        };
        let token = self.back.transaction();
        let error = json!({ "code": format!("{code}-{token}"), "message": message });
        format.reply(*status, root, &json!({ "auditData": self.audit_data(Some(&token)), "error": error }))
    }

    fn audit_data(&self, token: Option<&str>) -> Value {
        let mut audit = json!({
            "processTime": PROCESS_MS,
            "timestamp": self.back.now().strftime("%Y-%m-%d %H:%M:%S.%3f").to_string(),
            "requestHost": "127.0.0.1",
            "serverId": "simulator",
            "environment": "[sim]",
            "release": "1",
        });
        if let Some(token) = token {
            audit["token"] = token.into();
            audit["internal"] = "0|||".into();
        }
        audit
    }
}

/// In which language a reply is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Xml,
}

impl Format {
    /// The first one of the request's that is spoken.
    fn accepted(request: &Request) -> Option<Self> {
        let accepted = request.header("accept").unwrap_or("application/json");
        accepted.split(',').find_map(|kind| match kind.split(';').next().unwrap_or_default().trim() {
            "application/json" | "*/*" | "application/*" => Some(Self::Json),
            "application/xml" => Some(Self::Xml),
            _ => None,
        })
    }

    fn reply(self, status: u16, root: &'static str, answer: &Value) -> Reply {
        match self {
            Self::Json => Reply::json(status, answer),
            Self::Xml => Reply::new(status, "application/xml", xml::write(root, answer)),
        }
    }
}

/// The host behind HTTP, with its control and ledger endpoints.
#[derive(Debug)]
pub(super) struct Gateway(pub(super) Arc<Host>);

#[async_trait]
impl Service for Gateway {
    async fn call(&self, request: Request) -> Reply {
        let host = &self.0;
        if let Some(reply) = host.back.answer(&request) {
            return reply;
        }
        let (account, operation) = match host.admit(&request) {
            Ok(admitted) => admitted,
            Err(refusal) => return refusal.gateway().unwrap_or_else(control::broken),
        };
        let Account { config, .. } = &host.accounts[account];
        let met = host.back.meet(&config.api_key, operation.name, config.delay);
        let host = Arc::clone(host);
        control::perform(met, move |effect| host.answer(&request, account, operation, effect)).await
    }
}
