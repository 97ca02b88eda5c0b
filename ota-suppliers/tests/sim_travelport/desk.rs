//! A client of the simulator over real HTTP, and ways to look into its replies.

use base64::Engine as _;
use ota_suppliers::sim::{SimConfig, Simulator};
use roxmltree::{Document, Node};

use crate::requests::{self, BRANCH, Solution};
use crate::support::{client, clock};
use crate::wire;

pub(crate) const NOW: &str = "2027-02-01T03:00:00Z";

#[derive(Debug)]
pub(crate) struct Desk {
    /// Where it was started by the desk.
    pub(crate) simulator: Option<Simulator>,
    url: String,
    client: reqwest::Client,
}

impl Desk {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut SimConfig)) -> Self {
        let mut config = SimConfig::demo(([127, 0, 0, 1], 0).into(), None);
        config.clock = clock(NOW);
        config.accounts.iter_mut().for_each(|account| account.delay = std::time::Duration::ZERO);
        change(&mut config);
        let simulator = Simulator::start(config).await.unwrap();
        let url = simulator.url();
        Self { simulator: Some(simulator), ..Self::at(&url) }
    }

    /// A client of a simulator that runs elsewhere.
    pub(crate) fn at(url: &str) -> Self {
        Self { simulator: None, url: url.to_owned(), client: client() }
    }

    /// Sends a request to the service that it belongs to; the status and the body.
    pub(crate) async fn try_send(&self, body: &str) -> Result<(u16, String), reqwest::Error> {
        let service = if body.starts_with("<universal:UniversalRecord") {
            "UniversalRecordService"
        } else {
            "AirService"
        };
        self.post(service, Some((BRANCH, &format!("demo-{BRANCH}"))), requests::envelope(body)).await
    }

    pub(crate) async fn post(
        &self,
        service: &str,
        credentials: Option<(&str, &str)>,
        body: String,
    ) -> Result<(u16, String), reqwest::Error> {
        let url = format!("{}/B2BGateway/connect/uAPI/{service}", self.url);
        let mut request = self.client.post(url).header("content-type", "text/xml").body(body);
        if let Some((branch, password)) = credentials {
            let pair = base64::engine::general_purpose::STANDARD
                .encode(format!("Universal API/{branch}:{password}"));
            request = request.header("authorization", format!("Basic {pair}"));
        }
        let reply = request.send().await?;
        Ok((reply.status().as_u16(), reply.text().await?))
    }

    /// Sends a request and expects a good answer, which is checked against the schema.
    pub(crate) async fn send(&self, body: &str) -> String {
        let (status, reply) = self.try_send(body).await.unwrap();
        assert_eq!(status, 200, "{body}\n{reply}");
        wire::assert_valid(&reply);
        reply
    }

    /// Sends a request and expects a fault; its code and text.
    pub(crate) async fn refused(&self, body: &str) -> (String, String) {
        let (status, reply) = self.try_send(body).await.unwrap();
        assert_eq!(status, 500, "{reply}");
        wire::assert_valid(&reply);
        let text = |name| first(&reply, name, |node| node.text().unwrap_or("").to_owned());
        (text("Code"), text("faultstring"))
    }

    pub(crate) async fn control(&self, json: &str) {
        let url = format!("{}/_control", self.url);
        let reply = self.client.post(url).body(json.to_owned()).send().await.unwrap();
        assert_eq!(reply.status(), 200, "{}", reply.text().await.unwrap());
    }

    pub(crate) async fn ledger(&self) -> serde_json::Value {
        let url = format!("{}/_ledger", self.url);
        serde_json::from_str(&self.client.get(url).send().await.unwrap().text().await.unwrap()).unwrap()
    }

    /// Searches and prices the nth price point.
    pub(crate) async fn priced(
        &self,
        slices: &[(&str, &str, &str)],
        passengers: &[(&str, u8)],
        nth: usize,
    ) -> Solution {
        let found = self.send(&requests::search(slices, passengers, "")).await;
        let segments = segments_of_point(&found, nth);
        let reply = self.send(&requests::price(&segments, passengers)).await;
        solution(&reply)
    }

    /// Books what was priced; the reply.
    pub(crate) async fn booked(
        &self,
        solution: &Solution,
        passengers: &[(&str, u8)],
        reference: &str,
    ) -> Booked {
        Booked::read(&self.send(&requests::create(solution, passengers, reference, "")).await)
    }
}

/// The locators of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Booked {
    pub(crate) universal: String,
    pub(crate) provider: String,
    pub(crate) air: String,
    pub(crate) version: String,
}

impl Booked {
    pub(crate) fn read(reply: &str) -> Self {
        let locator = |name| first(reply, name, |node| node.attribute("LocatorCode").unwrap().to_owned());
        Self {
            universal: locator("UniversalRecord"),
            provider: locator("ProviderReservationInfo"),
            air: locator("AirReservation"),
            version: first(reply, "UniversalRecord", |node| node.attribute("Version").unwrap().to_owned()),
        }
    }
}

pub(crate) fn all<T>(reply: &str, name: &str, take: impl Fn(Node<'_, '_>) -> T) -> Vec<T> {
    let document = Document::parse(reply).unwrap();
    document
        .descendants()
        .filter(|node| node.is_element() && node.tag_name().name() == name)
        .map(take)
        .collect()
}

#[track_caller]
pub(crate) fn first<T>(reply: &str, name: &str, take: impl Fn(Node<'_, '_>) -> T) -> T {
    let mut found = all(reply, name, take);
    assert!(!found.is_empty(), "no {name} in {reply}");
    found.swap_remove(0)
}

pub(crate) fn attribute(name: &'static str) -> impl Fn(Node<'_, '_>) -> String {
    move |node| node.attribute(name).unwrap_or("").to_owned()
}

/// The AirSegment elements of the first options of a price point, with their classes, as a price check sends them.
pub(crate) fn segments_of_point(reply: &str, nth: usize) -> String {
    let document = Document::parse(reply).unwrap();
    let is = |name: &'static str| move |node: &Node<'_, '_>| node.tag_name().name() == name;
    let point = document.descendants().filter(is("AirPricePoint")).nth(nth).unwrap();
    let info = point.descendants().find(is("AirPricingInfo")).unwrap();
    let mut segments = String::new();
    for option in
        info.descendants().filter(is("FlightOption")).map(|o| o.descendants().find(is("Option")).unwrap())
    {
        for booking in option.children().filter(is("BookingInfo")) {
            let key = booking.attribute("SegmentRef").unwrap();
            let segment = document
                .descendants()
                .filter(is("AirSegment"))
                .find(|s| s.attribute("Key") == Some(key))
                .unwrap();
            segments += &element(
                segment,
                &[("ClassOfService", booking.attribute("BookingCode").unwrap())],
                &["AirAvailInfo", "FlightDetailsRef"],
            );
        }
    }
    segments
}

/// The first solution of a price reply.
pub(crate) fn solution(reply: &str) -> Solution {
    let document = Document::parse(reply).unwrap();
    let is = |name: &'static str| move |node: &Node<'_, '_>| node.tag_name().name() == name;
    let solution = document.descendants().find(is("AirPricingSolution")).unwrap();
    let itinerary = document.descendants().find(is("AirItinerary")).unwrap();
    let copy = |of: Node<'_, '_>, name| -> String {
        of.children().filter(is(name)).map(|node| element(node, &[], &["BaggageAllowances"])).collect()
    };
    Solution {
        segments: copy(itinerary, "AirSegment"),
        infos: copy(solution, "AirPricingInfo"),
        tokens: copy(solution, "HostToken"),
        total: solution.attribute("TotalPrice").unwrap().to_owned(),
    }
}

/// Writes an element again, with other values of some attributes and without some children.
fn element(node: Node<'_, '_>, change: &[(&str, &str)], without: &[&str]) -> String {
    let name = node.tag_name().name();
    if node.is_text() {
        return escape(node.text().unwrap_or(""));
    }
    let prefix =
        if node.tag_name().namespace().is_some_and(|n| n.contains("/common_")) { "com" } else { "air" };
    let mut out = format!("<{prefix}:{name}");
    let kept = node.attributes().filter(|a| change.iter().all(|(name, _)| *name != a.name()));
    for (name, value) in kept.map(|a| (a.name(), a.value())).chain(change.iter().copied()) {
        out += &format!(" {name}=\"{}\"", escape(value));
    }
    out.push('>');
    for child in node.children().filter(|child| !without.contains(&child.tag_name().name())) {
        out += &element(child, &[], without);
    }
    out + &format!("</{prefix}:{name}>")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
