//! What every part of the trip needs: calls of the API, of the simulators and of the gateway, and what a person reads.

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::Args;

pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// How often a booking is looked at while it is worked on.
const POLL: Duration = Duration::from_millis(50);
/// States in which a booking needs no more work.
const FINAL: [&str; 5] = ["TICKETED", "REFUNDED", "CANCELLED", "EXPIRED", "NEEDS_REVIEW"];

/// A client of the server, with a view behind the scenes.
pub(crate) struct Trip {
    pub(crate) http: Client,
    pub(crate) args: Args,
}

impl Trip {
    /// Verifies an offer and makes a booking of it: the id of an unpaid booking.
    pub(crate) async fn create(&self, offer: &Value, travelers: Value) -> Result<String, Failure> {
        let body = Some(json!({"offer": offer["id"]}));
        let verified = self.api(Method::POST, "/v1/offers/verify", body, None).await?;
        let quote = &verified["quote"];
        let changes: Vec<&str> = list(&verified["changes"]).iter().map(text).collect();
        let what = format!("{} {}", text(&verified["result"]), changes.join(", "));
        say(&format!("verify    {} {}", what.trim(), total(&quote["offer"])));
        let request = json!({"quote": quote["id"], "travelers": travelers, "contact": contact()});
        let key = format!("create-{}", text(&quote["id"]));
        let booking = self.api(Method::POST, "/v1/bookings", Some(request), Some(&key)).await?;
        say(&format!("create    {} {}", text(&booking["id"]), text(&booking["status"])));
        Ok(text(&booking["id"]).to_owned())
    }

    /// Pays, and prints every state until the last.
    pub(crate) async fn pay_and_follow(&self, booking: &str) -> Result<Value, Failure> {
        let (pay, key) = (format!("/v1/bookings/{booking}/payments"), format!("pay-{booking}"));
        let paid = self.api(Method::POST, &pay, Some(json!({"method": "tok_ok"})), Some(&key)).await?;
        say(&format!("pay       {}", text(&paid["status"])));
        self.follow(booking, 0).await
    }

    /// Prints every entry of a booking's journal from one on, until nothing is left to do.
    pub(crate) async fn follow(&self, booking: &str, mut told: usize) -> Result<Value, Failure> {
        let path = format!("/v1/bookings/{booking}");
        let deadline = Instant::now() + Duration::from_secs(self.args.patience);
        loop {
            let now = self.api(Method::GET, &path, None, None).await?;
            let journal = list(&now["journal"]);
            for entry in journal.iter().skip(told) {
                let command = entry["command"].as_str().unwrap_or_default();
                say(&format!("          {} {} {command}", text(&entry["at"]), text(&entry["event"])));
            }
            told = journal.len();
            // The receipt is sent after the last state is reached.
            if FINAL.contains(&text(&now["status"])) && now["messages_owed"] == 0 {
                say(&format!("ends      {}", text(&now["status"])));
                return Ok(now);
            }
            ensure(Instant::now() < deadline, "the booking ends in time")?;
            tokio::time::sleep(POLL).await;
        }
    }

    /// Prints the supplier's names of a booking's order, of which there must be one.
    pub(crate) fn show_locators(&self, booking: &Value) -> Result<(), Failure> {
        let item = list(&booking["items"]).first().ok_or("the booking has an item")?;
        for locator in list(&item["locators"]) {
            say(&format!("locator   {} {}", text(&locator["code"]), text(&locator["kind"])));
        }
        ensure(!list(&item["locators"]).is_empty(), "the order has a record locator")
    }

    /// Prints the messages about a booking that lie in the mail folder.
    pub(crate) async fn show_mail(&self, booking: &str) -> Result<(), Failure> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(&self.args.mail)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        files.retain(|file| file.to_string_lossy().contains(booking));
        ensure(!files.is_empty(), "there is mail about the booking")?;
        for file in files {
            say(&format!("mail      {}", file.display()));
            for line in plain_part(&std::fs::read_to_string(file)?).lines() {
                say(&format!("          | {line}"));
            }
        }
        Ok(())
    }

    /// Orders at a supplier's side that are not cancelled.
    pub(crate) async fn live_orders(&self, side: &str) -> Result<usize, Failure> {
        let url = format!("{side}/_ledger");
        let ledger: Value = self.http.get(url).send().await?.error_for_status()?.json().await?;
        Ok(list(&ledger["orders"]).iter().filter(|order| order["state"] == "live").count())
    }

    /// What the gateway holds and keeps of a booking's payments, minor units.
    pub(crate) async fn gateway_balance(&self, booking: &str) -> Result<(i64, i64), Failure> {
        let url = format!("{}/_ledger", self.args.gateway);
        let ledger: Value = self.http.get(url).send().await?.error_for_status()?.json().await?;
        let (mut held, mut kept) = (0, 0);
        for payment in list(&ledger["payments"]).iter().filter(|payment| payment["reference"] == booking) {
            let amount = |name: &str| payment[name].as_i64().unwrap_or_default();
            held += amount("authorized") - amount("captured") - amount("voided");
            kept += amount("captured") - amount("refunded");
            for movement in list(&payment["movements"]) {
                say(&format!("gateway   {} {}", text(&movement["op"]), movement["amount"]));
            }
        }
        say(&format!("gateway   holds {held}, keeps {kept}"));
        Ok((held, kept))
    }

    /// Tells a supplier's side what to do.
    pub(crate) async fn control(&self, side: &str, command: Value) -> Result<(), Failure> {
        self.http.post(format!("{side}/_control")).json(&command).send().await?.error_for_status()?;
        Ok(())
    }

    /// One call of the API; a problem is an error that shows it.
    pub(crate) async fn api(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        key: Option<&str>,
    ) -> Result<Value, Failure> {
        let mut request = self
            .http
            .request(method.clone(), format!("{}{path}", self.args.server))
            .bearer_auth(&self.args.key);
        if let Some(body) = body {
            request = request.json(&body);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let response = request.send().await?;
        let status = response.status();
        let answer: Value = response.json().await?;
        if status.is_success() {
            Ok(answer)
        } else {
            Err(format!("{method} {path}: {status} {answer}").into())
        }
    }
}

fn contact() -> Value {
    json!({"email": "budi@widodo.example", "phone": "+6281234567890"})
}

/// Subject and text of a message; its HTML is left to a mail program.
fn plain_part(message: &str) -> String {
    let subject = message.lines().find(|line| line.starts_with("Subject:")).unwrap_or_default();
    let boundary =
        message.split_once("boundary=\"").and_then(|(_, rest)| rest.split('"').next()).unwrap_or("--");
    let text = message.split(boundary).find_map(|part| {
        let (head, body) = part.split_once("\r\n\r\n")?;
        head.contains("text/plain").then(|| body.trim_end_matches('-'))
    });
    // Soft line ends and the escaped escape of quoted-printable; the rest of it is readable as it is.
    let text = text.unwrap_or_default().replace("=\r\n", "").replace("=3D", "=");
    format!("{subject}\n\n{}", text.trim_end())
}

pub(crate) fn total(offer: &Value) -> String {
    let total = &offer["price"]["total"];
    format!("{} {}", text(&total["amount"]), text(&total["currency"]))
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(crate) fn ensure(holds: bool, what: &str) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(format!("expected that {what}").into()) }
}

#[allow(clippy::print_stdout)] // this program's output
pub(crate) fn say(line: &str) {
    println!("{line}");
}
