//! A client of the simulator over real HTTP, its requests, and ways to look into its replies.

use std::sync::Arc;

use ota_core::runtime::Clock as _;
use ota_suppliers::sim::{HotelbedsAccount, SimConfig, Simulator};
use reqwest::Method;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::support::{StandingClock, client, clock};

pub(crate) const NOW: &str = "2027-02-01T03:00:00Z";
pub(crate) const KEY: &str = "demo-hotelbeds";
pub(crate) const SECRET: &str = "demo-secret";
/// The first properties of Tokyo and of Palma.
pub(crate) const TOKYO: u32 = 210_001;
pub(crate) const PALMA: u32 = 250_001;

#[derive(Debug)]
pub(crate) struct Desk {
    /// Where it was started by the desk.
    pub(crate) simulator: Option<Simulator>,
    pub(crate) clock: Arc<StandingClock>,
    url: String,
    client: reqwest::Client,
}

/// The account of these tests, in euro.
pub(crate) fn config(clock: &Arc<StandingClock>) -> SimConfig<HotelbedsAccount> {
    let mut config = SimConfig::demo_hotelbeds(([127, 0, 0, 1], 0).into(), None);
    config.clock = Arc::<StandingClock>::clone(clock);
    config.accounts[0].currency = "EUR".to_owned();
    config
}

impl Desk {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut SimConfig<HotelbedsAccount>)) -> Self {
        let clock = clock(NOW);
        let mut config = config(&clock);
        change(&mut config);
        let simulator = Simulator::start(config).await.unwrap();
        let url = simulator.url();
        Self { simulator: Some(simulator), clock, ..Self::at(&url) }
    }

    /// A client of a simulator that runs elsewhere.
    pub(crate) fn at(url: &str) -> Self {
        Self { simulator: None, clock: clock(NOW), url: url.to_owned(), client: client() }
    }

    /// A request that is signed now, without a body.
    pub(crate) fn signed(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let second = self.clock.now().to_jiff().as_second();
        self.request(method, path)
            .header("api-key", KEY)
            .header("x-signature", signature(KEY, SECRET, second))
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url)).header("accept", "application/json")
    }

    pub(crate) async fn try_send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<(u16, Value), reqwest::Error> {
        let mut request = self.signed(method, &format!("/hotel-api/1.0/{path}"));
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let reply = request.send().await?;
        let (status, text) = (reply.status().as_u16(), reply.text().await?);
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    #[track_caller]
    fn good((status, reply): (u16, Value)) -> Value {
        assert_eq!(status, 200, "{reply:#}");
        reply
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        Self::good(self.try_send(Method::POST, path, Some(body)).await.unwrap())
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        Self::good(self.try_send(Method::GET, path, None).await.unwrap())
    }

    pub(crate) async fn delete(&self, path: &str) -> Value {
        Self::good(self.try_send(Method::DELETE, path, None).await.unwrap())
    }

    /// Sends a request and expects an error document: status, code without its token, message.
    pub(crate) async fn refused(&self, path: &str, body: &Value) -> (u16, String, String) {
        let (status, reply) = self.try_send(Method::POST, path, Some(body)).await.unwrap();
        assert_ne!(status, 200, "{body}\n{reply:#}");
        let text = |name: &str| reply["error"][name].as_str().unwrap_or_else(|| panic!("{reply}")).to_owned();
        let code = text("code");
        let (code, token) = code.split_once('-').unwrap();
        assert_eq!(reply["auditData"]["token"], token);
        (status, code.to_owned(), text("message"))
    }

    pub(crate) async fn content(&self, path: &str) -> Value {
        let request = self.signed(Method::GET, &format!("/hotel-content-api/1.0/{path}"));
        let reply = request.send().await.unwrap();
        let status = reply.status().as_u16();
        Self::good((status, serde_json::from_str(&reply.text().await.unwrap()).unwrap()))
    }

    pub(crate) async fn control(&self, command: Value) {
        let url = format!("{}/_control", self.url);
        let reply = self.client.post(url).body(command.to_string()).send().await.unwrap();
        assert_eq!(reply.status(), 200, "{}", reply.text().await.unwrap());
    }

    /// Scripts the next call of an operation.
    pub(crate) async fn script(&self, op: &str, effect: Value) {
        self.control(json!({ "next": { "op": op, "effect": effect } })).await;
    }

    pub(crate) async fn ledger(&self) -> Value {
        let url = format!("{}/_ledger", self.url);
        serde_json::from_str(&self.client.get(url).send().await.unwrap().text().await.unwrap()).unwrap()
    }

    pub(crate) async fn orders(&self) -> Vec<Value> {
        self.ledger().await["orders"].as_array().unwrap().clone()
    }

    /// What a search finds, all rates with their hotel and room.
    pub(crate) async fn found(&self, search: &Value) -> Vec<Found> {
        rates(&self.post("hotels", search).await)
    }

    /// The first rate of two adults that is like that and can be booked as it is, in some night of next summer.
    pub(crate) async fn rate(&self, wanted: impl Fn(&Found) -> bool) -> Found {
        let search = search(("2027-06-15", "2027-06-17"), &[(1, 2, &[])], &tokyo());
        let mut found = self.found(&search).await;
        let at = found.iter().position(wanted).expect("a rate of this kind");
        found.swap_remove(at)
    }

    /// A rate that can be cancelled free of charge for now.
    pub(crate) async fn flexible(&self) -> Found {
        self.rate(|found| found.is("rateType", "BOOKABLE") && found.is("rateClass", "NOR") && found.is_web())
            .await
    }
}

/// What a search found.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) hotel: Value,
    pub(crate) room: String,
    pub(crate) rate: Value,
}

impl Found {
    pub(crate) fn key(&self) -> &str {
        self.rate["rateKey"].as_str().unwrap()
    }

    pub(crate) fn code(&self) -> u64 {
        self.hotel["code"].as_u64().unwrap()
    }

    pub(crate) fn is(&self, member: &str, value: &str) -> bool {
        self.rate[member] == value
    }

    pub(crate) fn is_web(&self) -> bool {
        self.is("paymentType", "AT_WEB")
    }
}

pub(crate) fn rates(availability: &Value) -> Vec<Found> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut found = Vec::new();
    for hotel in list(&availability["hotels"]["hotels"]) {
        for room in list(&hotel["rooms"]) {
            for rate in list(&room["rates"]) {
                let (hotel, room) = (hotel.clone(), room["code"].as_str().unwrap().to_owned());
                found.push(Found { hotel, room, rate });
            }
        }
    }
    found
}

/// An amount in hundredths; the supplier prints two decimals.
#[track_caller]
pub(crate) fn cents(amount: &Value) -> i64 {
    let text = amount.as_str().map_or_else(|| amount.to_string(), str::to_owned);
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let cents: i64 = format!("{whole}{fraction:0<2}").parse().unwrap();
    assert!(fraction.len() <= 2, "{text}");
    cents
}

pub(crate) fn signature(key: &str, secret: &str, second: i64) -> String {
    let text = format!("{key}{secret}{second}");
    digest(&SHA256, text.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// (rooms, adults, ages of children); where guests are listed, the number of a room instead of a count
pub(crate) type Party<'a> = (u32, u32, &'a [u32]);

pub(crate) fn tokyo() -> Value {
    json!({ "hotels": { "hotel": (TOKYO..TOKYO + 40).collect::<Vec<_>>() } })
}

pub(crate) fn search((check_in, check_out): (&str, &str), parties: &[Party<'_>], place: &Value) -> Value {
    let occupancy = |(rooms, adults, ages): &Party<'_>| {
        let pax = |age: &u32| json!({ "type": "CH", "age": age });
        json!({
            "rooms": rooms,
            "adults": adults,
            "children": ages.len(),
            "paxes": ages.iter().map(pax).collect::<Vec<_>>(),
        })
    };
    let mut search = json!({
        "stay": { "checkIn": check_in, "checkOut": check_out },
        "occupancies": parties.iter().map(occupancy).collect::<Vec<_>>(),
    });
    let members = place.as_object().unwrap().clone();
    search.as_object_mut().unwrap().extend(members);
    search
}

/// Guests by room number: adults, then children of these ages.
pub(crate) fn guests(rooms: &[Party<'_>]) -> Value {
    let mut paxes = Vec::new();
    for (number, adults, ages) in rooms {
        for adult in 1..=*adults {
            let name = format!("Room{number}Adult{adult}");
            paxes.push(json!({ "roomId": number, "type": "AD", "name": name, "surname": "Doe" }));
        }
        for age in *ages {
            let name = format!("Age{age}");
            paxes.push(json!({ "roomId": number, "type": "CH", "age": age, "name": name, "surname": "Doe" }));
        }
    }
    paxes.into()
}

pub(crate) fn check(keys: &[&str]) -> Value {
    json!({ "rooms": keys.iter().map(|key| json!({ "rateKey": key })).collect::<Vec<_>>() })
}

/// A booking of entries: key and guests.
pub(crate) fn book(entries: &[(&str, Value)], reference: &str) -> Value {
    json!({
        "holder": { "name": "Jane", "surname": "Doe" },
        "rooms": entries
            .iter()
            .map(|(key, paxes)| json!({ "rateKey": key, "paxes": paxes }))
            .collect::<Vec<_>>(),
        "clientReference": reference,
    })
}

/// A booking of one room for two adults.
pub(crate) fn book_pair(key: &str, reference: &str) -> Value {
    book(&[(key, guests(&[(1, 2, &[])]))], reference)
}
