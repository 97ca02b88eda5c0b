//! A family's return trip over HTTP, three times: as it should go, sold out after payment, and with a lost reply.
//!
//! Run the server first (`cargo run --release -p ota-server`); the defaults of all arguments fit it.
//! Ends with an error if anything is not as it must be.

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Parser;
use ota_examples::days_ahead;
use reqwest::{Client, Method};
use serde_json::{Value, json};

type Failure = Box<dyn Error + Send + Sync>;

/// How often a booking is looked at while it is worked on.
const POLL: Duration = Duration::from_millis(50);
/// States in which a booking needs no more work.
const FINAL: [&str; 5] = ["TICKETED", "REFUNDED", "CANCELLED", "EXPIRED", "NEEDS_REVIEW"];

/// Books a return trip for two adults, a child and an infant.
#[derive(Debug, Parser)]
struct Args {
    /// The server, as in `listening on ...`.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    server: String,
    /// The tenant's key, as in `api key ...`.
    #[arg(long, default_value = "demo-key")]
    key: String,
    /// The supplier's side, as in `simulator travelport ...`.
    #[arg(long, default_value = "http://127.0.0.1:8082")]
    simulator: String,
    /// The payment gateway, as in `gateway ...`.
    #[arg(long, default_value = "http://127.0.0.1:8081")]
    gateway: String,
    /// Where mail is written, as in `mail ...`.
    #[arg(long, default_value = "data/mail")]
    mail: PathBuf,
    /// Days from today to the outbound flight.
    #[arg(long, default_value_t = 60)]
    days: i32,
    /// How long a booking may take to its end, seconds.
    #[arg(long, default_value_t = 180)]
    patience: u64,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let args = Args::parse();
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| "a TLS provider is there already")?;
    let trip = Trip { http: Client::builder().no_proxy().build()?, args };
    trip.control(json!({"reset": true})).await?;
    trip.as_it_should_go().await?;
    trip.sold_out_after_payment().await?;
    trip.with_a_lost_reply().await?;
    say("\nAll three ended as they must.");
    Ok(())
}

struct Trip {
    http: Client,
    args: Args,
}

impl Trip {
    async fn as_it_should_go(&self) -> Result<(), Failure> {
        say("\n== A return trip, as it should go");
        let orders = self.live_orders().await?;
        let booking = self.book().await?;
        let done = self.pay_and_follow(&booking).await?;
        ensure(done["status"] == "TICKETED", "the booking is ticketed")?;
        self.show_tickets(&done)?;
        ensure(self.live_orders().await? == orders + 1, "the supplier has exactly one order more")?;
        let (held, kept) = self.gateway_balance(&booking).await?;
        ensure(held == 0 && kept > 0, "the gateway keeps the money")?;
        self.show_mail(&booking).await
    }

    async fn sold_out_after_payment(&self) -> Result<(), Failure> {
        say("\n== The seats are sold to others after payment");
        let orders = self.live_orders().await?;
        let booking = self.book().await?;
        self.control(json!({"sell_out": {}})).await?;
        let done = self.pay_and_follow(&booking).await?;
        self.control(json!({"reset": true})).await?;
        ensure(done["status"] == "REFUNDED", "the money came back by itself")?;
        ensure(self.live_orders().await? == orders, "the supplier has no order more")?;
        ensure(self.gateway_balance(&booking).await? == (0, 0), "the gateway's ledger is at zero")?;
        self.show_mail(&booking).await
    }

    async fn with_a_lost_reply(&self) -> Result<(), Failure> {
        say("\n== The line breaks after the supplier made the order");
        let orders = self.live_orders().await?;
        let booking = self.book().await?;
        self.control(json!({"next": {"op": "AirCreateReservationReq", "effect": "drop_after"}})).await?;
        let done = self.pay_and_follow(&booking).await?;
        ensure(done["status"] == "TICKETED", "the booking is ticketed")?;
        self.show_tickets(&done)?;
        ensure(self.live_orders().await? == orders + 1, "the supplier has exactly one order more")?;
        self.show_mail(&booking).await
    }

    /// Search, filter, verify, create: the id of an unpaid booking.
    async fn book(&self) -> Result<String, Failure> {
        let page = self.api(Method::POST, "/v1/flights/search", Some(self.search()), None).await?;
        say(&format!("search    {} offers, {}", page["total"], text(&page["search"])));
        for source in list(&page["sources"]) {
            say(&format!("          {} {}", text(&source["account"]), text(&source["state"])));
        }
        let path = format!("/v1/searches/{}?sort=PRICE&stops=1&with_bag=true", text(&page["search"]));
        let page = self.api(Method::GET, &path, None, None).await?;
        let offer = list(&page["offers"]).first().ok_or("no offer has at most one stop and a bag")?;
        say(&format!(
            "filter    {} with at most one stop and a bag, cheapest {}",
            page["matched"],
            total(offer)
        ));
        self.show_flights(offer);
        let verified =
            self.api(Method::POST, "/v1/offers/verify", Some(json!({"offer": offer["id"]})), None).await?;
        let quote = &verified["quote"];
        say(&format!("verify    {} {}", text(&verified["result"]), total(&quote["offer"])));
        let request = json!({"quote": quote["id"], "travelers": family(), "contact": contact()});
        let key = format!("create-{}", text(&quote["id"]));
        let booking = self.api(Method::POST, "/v1/bookings", Some(request), Some(&key)).await?;
        say(&format!("create    {} {}", text(&booking["id"]), text(&booking["status"])));
        Ok(text(&booking["id"]).to_owned())
    }

    fn search(&self) -> Value {
        let (out, back) = (days_ahead(self.args.days), days_ahead(self.args.days + 10));
        json!({
            "slices": [
                {"origin": "CGK", "destination": "TYO", "date": out.to_string()},
                {"origin": "TYO", "destination": "CGK", "date": back.to_string()},
            ],
            "passengers": {"adults": 2, "children": 1, "lap_infants": 1},
        })
    }

    /// Pays, and prints every state until the last.
    async fn pay_and_follow(&self, booking: &str) -> Result<Value, Failure> {
        let path = format!("/v1/bookings/{booking}");
        let (pay, key) = (format!("{path}/payments"), format!("pay-{booking}"));
        let paid = self.api(Method::POST, &pay, Some(json!({"method": "tok_ok"})), Some(&key)).await?;
        say(&format!("pay       {}", text(&paid["status"])));
        let deadline = Instant::now() + Duration::from_secs(self.args.patience);
        let mut told = 0;
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

    fn show_flights(&self, offer: &Value) {
        for segment in list(&offer["slices"]).iter().flat_map(|slice| list(&slice["segments"])) {
            say(&format!(
                "          {} {} {} -> {} {}",
                text(&segment["flight"]),
                text(&segment["origin"]),
                text(&segment["departs"]["at"]),
                text(&segment["destination"]),
                text(&segment["arrives"]["at"]),
            ));
        }
    }

    /// Prints locators and tickets; every traveler must have one of 13 digits.
    fn show_tickets(&self, booking: &Value) -> Result<(), Failure> {
        let item = list(&booking["items"]).first().ok_or("the booking has an item")?;
        for locator in list(&item["locators"]) {
            say(&format!("locator   {} {}", text(&locator["code"]), text(&locator["kind"])));
        }
        ensure(!list(&item["locators"]).is_empty(), "the order has a record locator")?;
        for traveler in 0..list(&booking["travelers"]).len() {
            let ticket = list(&item["tickets"]).iter().find(|ticket| ticket["traveler"] == traveler);
            let number = text(&ticket.ok_or("a traveler has no ticket")?["number"]);
            let digits: String = number.chars().filter(char::is_ascii_digit).collect();
            ensure(digits.len() == 13, "a ticket number has 13 digits")?;
            say(&format!("ticket    {number} of traveler {}", traveler + 1));
        }
        Ok(())
    }

    /// Prints the messages about a booking that lie in the mail folder.
    async fn show_mail(&self, booking: &str) -> Result<(), Failure> {
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

    /// Orders at the supplier that are not cancelled.
    async fn live_orders(&self) -> Result<usize, Failure> {
        let ledger: Value = self
            .http
            .get(format!("{}/_ledger", self.args.simulator))
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
        Ok(list(&ledger["orders"]).iter().filter(|order| order["state"] == "live").count())
    }

    /// What the gateway holds and keeps of a booking's payments, minor units.
    async fn gateway_balance(&self, booking: &str) -> Result<(i64, i64), Failure> {
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

    async fn control(&self, command: Value) -> Result<(), Failure> {
        let url = format!("{}/_control", self.args.simulator);
        self.http.post(url).json(&command).send().await?.error_for_status()?;
        Ok(())
    }

    /// One call of the API; a problem is an error that shows it.
    async fn api(
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

fn family() -> Value {
    let adult = |given: &str, title: &str, born: &str, gender: &str| json!({"type": "ADT", "given_name": given, "surname": "WIDODO", "title": title, "born": born, "gender": gender});
    let born = |years: i32| days_ahead(-366 * years).to_string();
    json!([
        adult("BUDI", "MR", "1985-02-14", "MALE"),
        adult("SITI", "MRS", "1987-09-03", "FEMALE"),
        {"type": "CHD", "given_name": "AYU", "surname": "WIDODO", "title": "MISS", "born": born(7), "gender": "FEMALE"},
        {"type": "INF", "given_name": "RAKA", "surname": "WIDODO", "title": "MSTR", "born": born(1), "gender": "MALE",
         "with_adult": 0},
    ])
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

fn total(offer: &Value) -> String {
    let total = &offer["price"]["total"];
    format!("{} {}", text(&total["amount"]), text(&total["currency"]))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn ensure(holds: bool, what: &str) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(format!("expected that {what}").into()) }
}

#[allow(clippy::print_stdout)] // this program's output
fn say(line: &str) {
    println!("{line}");
}
