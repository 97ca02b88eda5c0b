//! One command becomes one call, and its answer an event.

use super::{Ports, Times, believe};
use crate::booking::command::{Command, Event, ItemRef, PaymentFound, Started};
use crate::booking::model::{Booking, Item, MessageKind};
use crate::error::{Disposition, chain};
use crate::model::context::RequestContext;
use crate::model::id::{ClientReference, IdempotencyKey};
use crate::model::money::Money;
use crate::model::passenger::TravelerRef;
use crate::model::time::Timestamp;
use crate::model::traveler::Party;
use crate::notify::NotifyErrorKind;
use crate::payment::{Attempt, AuthorizeRequest, PaymentError};
use crate::supplier::call::Op;
use crate::supplier::error::{SupplierError, SupplierErrorKind};
use crate::supplier::handle::SupplierHandle;
use crate::supplier::{CancelRequest, IssueRequest, OrderRequest, TicketResult, VoidRequest};

const NO_PAYMENT: &str = "the gateway's name of the payment is not known";

/// One call for one command.
#[derive(Debug)]
pub struct Call<'a> {
    pub(super) ports: &'a Ports,
    pub(super) booking: &'a Booking,
    /// When it was begun.
    pub(super) at: Timestamp,
    /// Nothing is sent at or after this; no look is begun either.
    pub(super) until: Timestamp,
}

impl<'a> Call<'a> {
    /// A write that was started and committed.
    #[must_use]
    pub fn write(ports: &'a Ports, booking: &'a Booking, started: &Started) -> Self {
        Self { ports, booking, at: ports.runtime.now(), until: started.send_before }
    }

    /// A look.
    #[must_use]
    pub fn look(ports: &'a Ports, booking: &'a Booking, times: &Times) -> Self {
        let at = ports.runtime.now();
        Self { ports, booking, at, until: at.plus(times.look) }
    }

    /// Calls, and says what came of it. Nothing is sent if the time to send is over.
    pub async fn execute(&self, command: &Command) -> Event {
        if !command.is_look() && self.at >= self.until {
            return self.not_done("the time to send it was over", None);
        }
        match command {
            Command::Authorize { amount, .. } => self.authorize(*amount).await,
            Command::Capture { amount } => self.capture(*amount).await,
            Command::VoidPayment => self.void_payment().await,
            Command::Refund { amount } => self.refund(*amount).await,
            Command::LookUpPayment => self.look_up_payment().await,
            Command::CreateOrder { item, reference } => self.create(*item, reference).await,
            Command::IssueTickets { item, travelers } => self.issue(*item, travelers).await,
            Command::VoidTickets { item, .. } => self.void_tickets(*item).await,
            Command::CancelOrder { item } => {
                let it = self.item(*item);
                self.cancel(it, &it.locators).await
            }
            Command::CancelSurplus { item, locators } => self.cancel(self.item(*item), locators).await,
            Command::LookUpOrder { item } => self.look_up_order(*item).await,
            Command::LookUpTickets { item } => self.look_up_tickets(*item).await,
            Command::LookUpSurplus { item, locators } => self.look_up_surplus(*item, locators).await,
            Command::Send { message } => self.send(*message).await,
        }
    }

    /// The answer names an order and no more is taken from it: what it is, a look will say.
    async fn create(&self, item: ItemRef, reference: &ClientReference) -> Event {
        let it = self.item(item);
        let party = match self.party().await {
            Ok(party) => party,
            Err(why) => return self.not_done(why, None),
        };
        let request = OrderRequest { solution: &it.solution, party: &party, reference };
        let answer = match self.handle(it) {
            Ok(handle) => handle.create_order(&self.request(), self.until, &request).await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(order) if order.locators.is_empty() => self.unclear("the answer names no order"),
            Ok(order) => Event::OrderNamed { locators: order.locators, problems: order.problems },
            Err(error) => self.failed(&error),
        }
    }

    async fn issue(&self, item: ItemRef, travelers: &[TravelerRef]) -> Event {
        let it = self.item(item);
        let party = match self.party().await {
            Ok(party) => party,
            Err(why) => return self.not_done(why, None),
        };
        let request =
            IssueRequest { locators: &it.locators, solution: &it.solution, party: &party, travelers };
        let answer = match self.handle(it) {
            Ok(handle) => handle.issue_tickets(&self.request(), self.until, &request).await,
            Err(error) => Err(error),
        };
        let outcomes = match answer {
            Ok(outcomes) => outcomes,
            Err(error) => return self.failed(&error),
        };
        let issued_at = it.issuing_since.unwrap_or(self.at);
        let (mut issued, mut refused, mut unclear) = (Vec::new(), Vec::new(), Vec::new());
        for outcome in outcomes.into_iter().filter(|outcome| travelers.contains(&outcome.traveler)) {
            let who = outcome.traveler;
            match outcome.result {
                TicketResult::Issued(tickets) => {
                    match believe::issued(&tickets, who, it, &party, issued_at) {
                        Some(tickets) => issued.extend(tickets),
                        None => unclear.push(who),
                    }
                }
                TicketResult::Refused { why } => refused.push((who, why)),
                TicketResult::Unclear => unclear.push(who),
            }
        }
        Event::Tickets { issued, refused, unclear }
    }

    /// A void names every live ticket of the order, whatever the command was started with.
    async fn void_tickets(&self, item: ItemRef) -> Event {
        let it = self.item(item);
        let tickets: Vec<_> = crate::booking::plan::live_tickets(it).collect();
        let request = VoidRequest { locators: &it.locators, tickets: &tickets };
        let answer = match self.handle(it) {
            Ok(handle) => handle.void_tickets(&self.request(), self.until, &request).await,
            Err(error) => Err(error),
        };
        answer.map_or_else(|error| self.failed(&error), |()| Event::Undone)
    }

    async fn cancel(&self, it: &Item, locators: &[crate::model::order::RecordLocator]) -> Event {
        let answer = match self.handle(it) {
            Ok(handle) => handle.cancel(&self.request(), self.until, &CancelRequest { locators }).await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(()) => Event::Undone,
            // It was there when we saw it, so it is gone.
            Err(error) if error.kind == SupplierErrorKind::NotFound => Event::NoOrder { looked_at: self.at },
            Err(error) => self.failed(&error),
        }
    }

    async fn authorize(&self, amount: Money) -> Event {
        let Some(method) = self.booking.payment.method.clone() else {
            return self.not_done("there is no means of payment", None);
        };
        let request = AuthorizeRequest { reference: self.booking.id.to_string(), amount, method };
        let answer = self.ports.gateway.authorize(&self.attempt("auth", None), &request).await;
        self.payment(answer)
    }

    async fn capture(&self, amount: Money) -> Event {
        let Some(id) = &self.booking.payment.gateway_id else { return self.not_done(NO_PAYMENT, None) };
        self.payment(self.ports.gateway.capture(&self.attempt("capture", None), id, amount).await)
    }

    async fn void_payment(&self) -> Event {
        let Some(id) = &self.booking.payment.gateway_id else { return self.not_done(NO_PAYMENT, None) };
        self.payment(self.ports.gateway.void(&self.attempt("void", None), id).await)
    }

    /// A refund's key says how much was back before it: a repeat has the same one, the next part another.
    async fn refund(&self, amount: Money) -> Event {
        let attempt = self.attempt("refund", Some(self.booking.payment.refunded.minor));
        let Some(id) = &self.booking.payment.gateway_id else { return self.not_done(NO_PAYMENT, None) };
        self.payment(self.ports.gateway.refund(&attempt, id, amount).await)
    }

    async fn look_up_payment(&self) -> Event {
        match self.ports.gateway.lookup(&self.attempt("auth", None).key).await {
            Ok(found) => Event::Payment { found, asked_at: self.at },
            Err(error) => self.look_failed(&error.to_string(), None),
        }
    }

    fn payment(&self, answer: Result<PaymentFound, PaymentError>) -> Event {
        let error = match answer {
            Ok(found) => return Event::Payment { found, asked_at: self.at },
            Err(error) => error,
        };
        let why = error.to_string();
        match error.kind.disposition() {
            Disposition::Retry => self.not_done(&why, None),
            Disposition::Reconcile => self.unclear(&why),
            Disposition::GiveUp | Disposition::Reprice => Event::Refused { why },
        }
    }

    fn attempt(&self, what: &str, part: Option<i64>) -> Attempt {
        let payment = &self.booking.payment;
        let mut key = format!("{}-{what}-{}", self.booking.id, payment.attempt);
        if let Some(part) = part {
            key = format!("{key}-{part}");
        }
        let key = IdempotencyKey::new(&key).expect("an id, a word and two numbers make a key");
        Attempt { key, send_before: self.until }
    }

    async fn send(&self, message: MessageKind) -> Event {
        let Some(owed) = self.booking.messages.first().filter(|owed| owed.message == message) else {
            return Event::Refused { why: "the message is not owed".to_owned() };
        };
        let party = match self.party().await {
            Ok(party) => party,
            Err(why) => return self.not_done(why, None),
        };
        let message = self.ports.composer.compose(*owed, self.booking, &party);
        match self.ports.notifier.send(&message).await {
            Ok(()) => Event::Sent,
            Err(error) if error.kind == NotifyErrorKind::Refused => Event::Refused { why: error.to_string() },
            Err(error) => self.not_done(&error.to_string(), None),
        }
    }

    pub(super) fn item(&self, item: ItemRef) -> &'a Item {
        &self.booking.items[usize::from(item.0)]
    }

    pub(super) fn handle(&self, it: &Item) -> Result<&'a SupplierHandle, SupplierError> {
        let set = self.ports.suppliers.of(&self.booking.tenant);
        set.and_then(|set| set.get(&it.account)).ok_or_else(|| {
            let gone = "the account is not configured any more";
            SupplierError::new(SupplierErrorKind::Unavailable, Op::Retrieve, &it.supplier, gone)
        })
    }

    /// Who travels; they cannot be erased while there is work.
    pub(super) async fn party(&self) -> Result<Party, &'static str> {
        match self.ports.store.party(self.booking.id).await {
            Ok(Some(party)) => Ok(party),
            Ok(None) => Err("who travels has been erased"),
            Err(error) => {
                tracing::error!(booking = %self.booking.id, error = chain(&error), "Travelers cannot be read.");
                Err("who travels cannot be read")
            }
        }
    }

    pub(super) fn request(&self) -> RequestContext {
        RequestContext {
            tenant: self.booking.tenant.clone(),
            user: self.booking.user.clone(),
            locale: self.booking.locale.clone(),
            point_of_sale: self.booking.point_of_sale.clone(),
            trace: format!("{}-{}", self.booking.id, self.booking.journal_entries),
            deadline: self.until,
        }
    }

    /// A failed write by its disposition.
    fn failed(&self, error: &SupplierError) -> Event {
        let why = error.to_string();
        match error.disposition() {
            Disposition::Retry => self.not_done(&why, error.retry_after),
            Disposition::Reconcile => self.unclear(&why),
            Disposition::GiveUp | Disposition::Reprice => Event::Refused { why },
        }
    }

    pub(super) fn failed_look(&self, error: &SupplierError) -> Event {
        self.look_failed(&error.to_string(), error.retry_after)
    }

    fn not_done(&self, why: &str, after: Option<std::time::Duration>) -> Event {
        Event::NotDone { why: why.to_owned(), retry_at: self.in_a_while(after) }
    }

    fn unclear(&self, why: &str) -> Event {
        Event::Unclear { why: why.to_owned(), look_at: self.in_a_while(None) }
    }

    pub(super) fn look_failed(&self, why: &str, after: Option<std::time::Duration>) -> Event {
        Event::LookFailed { why: why.to_owned(), look_at: self.in_a_while(after) }
    }

    fn in_a_while(&self, after: Option<std::time::Duration>) -> Timestamp {
        self.ports.runtime.now().plus(after.unwrap_or_default())
    }
}
