//! Travelport Universal API, schema v52, air: the host's side.
//!
//! Served at `POST /B2BGateway/connect/uAPI/{Service}` as document/literal SOAP 1.1 with HTTP Basic authentication. A
//! request is refused, in the host's forms of refusal, if it is not XML, names no known account, or breaks the schema.

mod cancel;
mod create;
mod document;
mod fault;
mod itinerary;
mod order;
mod price;
mod record;
mod schema;
mod search;
mod solution;
mod ticket;
mod write;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{Timestamp, ZonedDateTime};
use ota_core::runtime::Clock;
use roxmltree::{Document, Node};

use self::fault::Fault;
use self::order::{Order, seat};
use self::write::Xml;
use super::AccountConfig;
use super::backstage::Backstage;
use super::control;
use super::control::travelport::{Effect, SellOut};
use super::fares::{Currency, Terms};
use super::http::{Reply, Request, Service};
use super::inventory::{Flight, Inventory};
use super::journal::JournalError;

/// Where the services live.
const PATH: &str = "/B2BGateway/connect/uAPI/";
/// What every reply claims to have taken, so that the same request gets the same reply.
const RESPONSE_MS: u32 = 321;
const XML: &str = "text/xml;charset=utf-8";

type Handler = fn(&Host, &Call<'_>) -> Result<Xml, Fault>;

/// Every request that is served: service, element, handler.
static OPERATIONS: &[(&str, &str, Handler)] = &[
    ("AirService", "air:LowFareSearchReq", search::search),
    ("AirService", "air:AirPriceReq", price::price),
    ("AirService", "universal:AirCreateReservationReq", create::create),
    ("AirService", "air:AirTicketingReq", ticket::ticket),
    ("AirService", "air:AirRetrieveDocumentReq", document::retrieve),
    ("AirService", "air:AirVoidDocumentReq", document::void),
    ("AirService", "universal:AirCancelReq", cancel::cancel_air),
    ("UniversalRecordService", "universal:UniversalRecordRetrieveReq", record::retrieve),
    ("UniversalRecordService", "universal:UniversalRecordImportReq", record::import),
    ("UniversalRecordService", "universal:UniversalRecordSearchReq", record::search),
    ("UniversalRecordService", "universal:UniversalRecordCancelReq", cancel::cancel_record),
];

/// An account with its currency found.
#[derive(Debug)]
struct Account {
    config: AccountConfig,
    currency: &'static Currency,
}

/// The host.
#[derive(Debug)]
pub(super) struct Host {
    accounts: Vec<Account>,
    world: Inventory,
    back: Backstage<Order, Effect, SellOut>,
}

/// A request that passed the gate.
#[derive(Debug)]
struct Call<'a> {
    account: &'a Account,
    request: Node<'a, 'a>,
    effect: Option<Effect>,
}

impl Call<'_> {
    fn branch(&self) -> &str {
        &self.account.config.branch
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.request.attribute(name)
    }

    /// Whether this effect is scripted for this call.
    fn suffers(&self, effect: &Effect) -> bool {
        self.effect.as_ref() == Some(effect)
    }
}

/// Child elements of a name; names are unique among the namespaces of a request that passed the schema.
fn children<'a>(node: Node<'a, 'a>, name: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

/// The first child element of a name.
fn child<'a>(node: Node<'a, 'a>, name: &'static str) -> Option<Node<'a, 'a>> {
    children(node, name).next()
}

/// The text of the first child element of a name.
fn child_text<'a>(node: Node<'a, 'a>, name: &'static str) -> Option<&'a str> {
    child(node, name)?.text().map(str::trim)
}

/// A local time as the host prints it.
fn printed(time: &ZonedDateTime) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.000%:z").to_string()
}

/// An instant as the host prints it.
fn printed_utc(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3f+00:00").to_string()
}

/// A duration as the host prints it.
fn printed_minutes(minutes: i64) -> String {
    format!("P{}DT{}H{}M0S", minutes / 1_440, minutes / 60 % 24, minutes % 60)
}

impl Host {
    pub(super) fn new(
        accounts: Vec<(AccountConfig, &'static Currency)>,
        seed: u64,
        folder: Option<&Path>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, JournalError> {
        Ok(Self {
            accounts: accounts.into_iter().map(|(config, currency)| Account { config, currency }).collect(),
            world: Inventory::new(seed),
            back: Backstage::open(seed, folder, clock)?,
        })
    }

    /// A key in the form of the host's, the same for the same names.
    fn key(&self, names: &[&str]) -> String {
        let drawn = self.world.draw(names);
        let mut bytes = [0_u8; 16];
        bytes[..8].copy_from_slice(&drawn.to_be_bytes());
        bytes[8..].copy_from_slice(&drawn.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
        STANDARD.encode(bytes)
    }

    /// On whose terms this account prices now.
    fn terms(&self, account: &Account) -> Terms {
        let reprices = self.back.control().reprices.clone();
        Terms { branch: account.config.branch.clone(), currency: account.currency, reprices }
    }

    /// Seats left for an account on a flight in a booking class.
    fn seats(&self, account: &Account, flight: &Flight, class: &str) -> u32 {
        let branch = account.config.branch.as_str();
        let level = flight.carrier.model.by_class(class).map(|(_, level)| level);
        if (level == Some(0) && flight.popular) || self.is_sold_out(branch, flight, class) {
            return 0;
        }
        let id = flight.id();
        let drawn = self.world.draw(&["seats", branch, &id, class]);
        let few = drawn.is_multiple_of(12);
        let all = if few { 1 + drawn / 12 % 4 } else { 9 + drawn / 12 % 50 };
        let all = u32::try_from(all).expect("at most 58");
        all.saturating_sub(self.back.ledger().sold(branch, &seat(&id, class)))
    }

    fn is_sold_out(&self, branch: &str, flight: &Flight, class: &str) -> bool {
        self.back.control().is_sold_out(|named| named.names(branch, flight, class))
    }

    /// Starts a reply document.
    fn reply(&self, call: &Call<'_>, root: &'static str) -> Xml {
        let mut xml = Xml::default();
        xml.start(root);
        for family in ["air", "universal"] {
            xml.attr(
                &format!("xmlns:{family}"),
                format_args!("http://www.travelport.com/schema/{family}_v52_0"),
            );
        }
        xml.attr("xmlns:common_v52_0", "http://www.travelport.com/schema/common_v52_0");
        xml.maybe("TraceId", call.attribute("TraceId"));
        xml.attr("TransactionId", self.back.transaction()).attr("ResponseTime", RESPONSE_MS);
        xml
    }

    fn send_fault(&self, fault: &Fault, trace: Option<&str>) -> Reply {
        fault.reply(&self.back.transaction(), trace)
    }

    /// Who calls, by credentials alone.
    fn authenticate(&self, request: &Request) -> Vec<&Account> {
        let given = request.header("authorization").and_then(|value| value.strip_prefix("Basic "));
        let given = given.and_then(|value| STANDARD.decode(value.trim()).ok());
        let valid = |account: &&Account| {
            let AccountConfig { username, password, .. } = &account.config;
            given.as_deref() == Some(format!("{username}:{password}").as_bytes())
        };
        self.accounts.iter().filter(valid).collect()
    }

    /// The gate: well formed, known, allowed, valid. Then faults strike and the operation runs.
    fn serve(&self, request: &Request, struck: &Struck<'_>) -> Reply {
        let text = std::str::from_utf8(&request.body).unwrap_or("");
        let Ok(document) = Document::parse(text) else {
            return self
                .send_fault(&Fault::invalid("The markup in the document is not well-formed.", ""), None);
        };
        let envelope = document.root_element();
        let Some(body) = soap_body(envelope) else {
            return self.send_fault(&Fault::invalid("The document is not a SOAP 1.1 envelope.", ""), None);
        };
        let trace = body.attribute("TraceId");
        match self.run(body, struck) {
            Ok(xml) => {
                let text = xml.into_envelope();
                Reply::new(200, XML, text)
            }
            Err(fault) => self.send_fault(&fault, trace),
        }
    }

    fn run(&self, body: Node<'_, '_>, struck: &Struck<'_>) -> Result<Xml, Fault> {
        if let Err(violation) = schema::check(body) {
            return Err(Fault::invalid(&violation.reason, &violation.element));
        }
        let name = schema::name(body).unwrap_or_default();
        let known =
            OPERATIONS.iter().find(|(service, element, _)| *service == struck.service && *element == name);
        let Some((_, _, handler)) = known else {
            return Err(Fault::invalid(
                &format!("{} does not serve {name}.", struck.service),
                body.tag_name().name(),
            ));
        };
        if let Some(Effect::Fault { code, message }) = &struck.effect {
            return Err(Fault::air(code, message));
        }
        handler(self, &Call { account: struck.account, request: body, effect: struck.effect.clone() })
    }
}

/// A call on its way in: to which service, from whom, and what is scripted for it.
struct Struck<'a> {
    service: &'a str,
    account: &'a Account,
    effect: Option<Effect>,
}

fn soap_body<'a>(envelope: Node<'a, 'a>) -> Option<Node<'a, 'a>> {
    const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
    let is = |node: &Node<'_, '_>, name: &str| {
        node.tag_name().namespace() == Some(SOAP) && node.tag_name().name() == name
    };
    let body = envelope.children().find(|child| is(child, "Body")).filter(|_| is(&envelope, "Envelope"))?;
    let mut elements = body.children().filter(Node::is_element);
    elements.next().filter(|_| elements.next().is_none())
}

/// The name and branch of a request, before anything is known about it.
fn peek(request: &Request) -> Option<(String, Option<String>)> {
    let document = Document::parse(std::str::from_utf8(&request.body).ok()?).ok()?;
    let body = soap_body(document.root_element())?;
    Some((body.tag_name().name().to_owned(), body.attribute("TargetBranch").map(str::to_owned)))
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
        if request.method != hyper::Method::POST || !request.path.starts_with(PATH) {
            return Reply::new(404, "text/html", "<html><body><h1>404 Not Found</h1></body></html>");
        }
        let allowed = host.authenticate(&request);
        if allowed.is_empty() {
            return fault::unauthorized();
        }
        // What cannot be read has no branch; the gate below says so.
        let (op, branch) = peek(&request).unwrap_or_default();
        let account = allowed.iter().position(|account| branch.as_deref() == Some(&account.config.branch));
        let Some(account) = account.map(|at| allowed[at].config.branch.clone()) else {
            if op.is_empty() {
                return host
                    .send_fault(&Fault::invalid("The document is not a SOAP 1.1 envelope.", ""), None);
            }
            return host.send_fault(&Fault::branch(branch.as_deref().unwrap_or("")), None);
        };
        let served = OPERATIONS.iter().any(|(_, element, _)| element.ends_with(&format!(":{op}")));
        let own = host.accounts.iter().find(|a| a.config.branch == account).map(|a| a.config.delay);
        let op = if served { &op } else { "unknown" };
        let met = host.back.meet(&account, op, own.unwrap_or_default());
        let host = Arc::clone(host);
        control::perform(met, move |effect| host.answer(&request, &account, effect)).await
    }
}

impl Host {
    /// One call from gate to wire, with its scripted effect.
    fn answer(&self, request: &Request, branch: &str, effect: Option<Effect>) -> Reply {
        let Some(account) = self.accounts.iter().find(|account| account.config.branch == branch) else {
            return self.send_fault(&Fault::branch(branch), None);
        };
        let service = request.path.strip_prefix(PATH).unwrap_or("");
        self.serve(request, &Struck { service, account, effect })
    }
}
