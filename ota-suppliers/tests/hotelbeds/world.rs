//! A simulator, a connector that talks to it, and a family in two rooms.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{Date, date};
use ota_core::model::id::{AccountId, ClientReference, PropertyCode};
use ota_core::model::offer::{HotelOffer, PricedSolution};
use ota_core::model::order::{LocatorKind, RecordLocator, SupplierOrder};
use ota_core::model::passenger::PassengerKind;
use ota_core::model::place::CityCode;
use ota_core::model::rooms;
use ota_core::model::search::{HotelSearch, StayPlace};
use ota_core::model::stay::{Occupancy, PropertyRates, Rate, RateType, StayDates};
use ota_core::model::traveler::{Contact, Party, PersonName, Traveler};
use ota_core::redact::Redacted;
use ota_core::runtime::Clock as _;
use ota_core::supplier::call::{AttemptContext, Op};
use ota_core::supplier::error::SupplierError;
use ota_core::supplier::{
    Connector, ContentRequest, FindRequest, HotelSupplier, Live, OrderRequest, StayRequest,
    StayVerifyRequest, Supplier as _,
};
use ota_core::testing::clock::{ManualClock, START};
use ota_core::testing::samples;
use ota_core::testing::supplier_suite::SupplierSuite;
use ota_suppliers::config::SecretRef;
use ota_suppliers::hotelbeds::{Hotelbeds, HotelbedsConfig};
use ota_suppliers::sim::{SimConfig, Simulator};
use ota_suppliers::transport::{HttpTransport, Transport};

pub(crate) const KEY: &str = "demo-hotelbeds";
pub(crate) const SECRET: &str = "demo-secret";

/// A connector, whom it books for, and in which rooms.
pub(crate) struct Desk {
    pub(crate) connector: Arc<Hotelbeds>,
    pub(crate) clock: ManualClock,
    pub(crate) names: Names,
    pub(crate) rooms: Rooms,
}

impl Desk {
    pub(crate) fn cx(&self, op: Op) -> AttemptContext {
        cx(&self.clock, op)
    }

    pub(crate) fn search(&self) -> HotelSearch {
        search(self.rooms)
    }

    pub(crate) fn party(&self) -> Party {
        party(self.names, self.rooms)
    }

    /// The first properties of the catalogue.
    pub(crate) async fn properties(&self) -> Vec<PropertyCode> {
        let page = self.connector.content(&self.cx(Op::Content), &ContentRequest::default()).await.unwrap();
        page.batch.items.into_iter().map(|property| property.code).take(20).collect()
    }

    pub(crate) async fn rates(&self) -> Vec<PropertyRates> {
        let (search, properties) = (self.search(), self.properties().await);
        let request = StayRequest { search: &search, properties: &properties };
        self.connector.search(&self.cx(Op::Search), &request).await.unwrap().items
    }

    pub(crate) async fn offers(&self) -> Vec<HotelOffer> {
        let id = &self.connector.profile().supplier;
        let account = &self.cx(Op::Search).account;
        let rooms = self.search().rooms;
        self.rates().await.iter().flat_map(|rates| rooms::offers(id, account, rates, &rooms)).collect()
    }

    /// The first offer whose rates are all of a type, with rooms enough though both should be of one kind.
    pub(crate) async fn offer(&self, kind: RateType) -> HotelOffer {
        let fits = |rate: &Rate| rate.rate_type == Some(kind) && rate.left.is_some_and(|left| left > 1);
        let all = |offer: &HotelOffer| offer.rates.iter().all(fits);
        self.offers().await.into_iter().find(all).unwrap()
    }

    pub(crate) async fn verify(&self, offer: &HotelOffer) -> Result<Live, SupplierError> {
        let search = self.search();
        let request = StayVerifyRequest { search: &search, offer };
        self.connector.verify(&self.cx(Op::Verify), &request).await
    }

    /// A live price of the first offer of a type.
    pub(crate) async fn priced(&self, kind: RateType) -> PricedSolution {
        match self.verify(&self.offer(kind).await).await.unwrap() {
            Live::Priced(solution) => *solution,
            Live::Gone => panic!("the offer is gone"),
        }
    }

    pub(crate) async fn create(&self, solution: &PricedSolution) -> Result<SupplierOrder, SupplierError> {
        self.create_as(solution, &reference()).await
    }

    pub(crate) async fn create_as(
        &self,
        solution: &PricedSolution,
        reference: &ClientReference,
    ) -> Result<SupplierOrder, SupplierError> {
        let party = self.party();
        let request = OrderRequest { solution, party: &party, reference };
        self.connector.create_order(&self.cx(Op::CreateOrder), &request).await
    }

    pub(crate) async fn find(&self, solution: &PricedSolution) -> Result<Vec<SupplierOrder>, SupplierError> {
        let (party, reference) = (self.party(), reference());
        let request = FindRequest { reference: &reference, solution, party: &party, since: START };
        self.connector.find(&self.cx(Op::Find), &request).await
    }

    pub(crate) async fn seen(&self, order: &SupplierOrder) -> SupplierOrder {
        self.connector.retrieve(&self.cx(Op::Retrieve), &order.locators).await.unwrap()
    }

    /// What every connector must do.
    pub(crate) fn suite(&self) -> SupplierSuite {
        let clock = self.clock.clone();
        SupplierSuite {
            connector: Connector::Stays(Arc::clone(&self.connector) as Arc<dyn HotelSupplier>),
            context: Box::new(move |op| cx(&clock, op)),
            search: self.search().into(),
            party: self.party(),
            reference: reference(),
            unknown: RecordLocator { kind: LocatorKind::Order, owner: None, code: "999-9999999".to_owned() },
        }
    }
}

/// A simulator, and a desk whose connector talks to it.
pub(crate) struct World {
    pub(crate) sim: Simulator,
    pub(crate) desk: Desk,
}

impl World {
    /// The family of [`PLANTED`] in two different rooms.
    pub(crate) async fn new() -> Self {
        Self::with(DIFFERENT).await
    }

    pub(crate) async fn with(rooms: Rooms) -> Self {
        crate::logs::everything();
        // Whichever test comes first installs it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = ManualClock::new();
        let demo = SimConfig::demo_hotelbeds(([127, 0, 0, 1], 0).into(), None);
        let sim = Simulator::start(SimConfig { clock: Arc::new(clock.clone()), ..demo }).await.unwrap();
        let connector = Arc::new(connector_with(&sim.url(), network(&clock), &clock, |_| ()));
        Self { sim, desk: Desk { connector, clock, names: PLANTED, rooms } }
    }

    /// Another connector to the same simulator, over this line.
    pub(crate) fn over(&self, transport: Arc<dyn Transport>) -> Desk {
        let clock = self.desk.clock.clone();
        let connector = Arc::new(connector_with(&self.sim.url(), transport, &clock, |_| ()));
        Desk { connector, clock, names: self.desk.names, rooms: self.desk.rooms }
    }

    /// Tells the simulator what to do next.
    pub(crate) async fn control(&self, command: &str) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/_control", self.sim.url());
        let reply = client.post(url).body(command.to_owned()).send().await.unwrap();
        assert!(reply.status().is_success(), "{command}: {}", reply.text().await.unwrap());
    }

    /// Ends all scripts and forgets all bookings.
    pub(crate) async fn forget(&self) {
        self.control(r#"[{"reset": true}, {"forget": true}]"#).await;
    }

    /// The next call of an operation meets this.
    pub(crate) async fn next(&self, op: &str, effect: &str) {
        self.control(&format!(r#"{{"next": {{"op": "{op}", "effect": {effect}}}}}"#)).await;
    }

    /// What the simulator did.
    pub(crate) async fn ledger(&self) -> serde_json::Value {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let reply = client.get(format!("{}/_ledger", self.sim.url())).send().await.unwrap();
        serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap()
    }

    /// How many bookings the simulator has.
    pub(crate) async fn booked(&self) -> usize {
        self.ledger().await["orders"].as_array().unwrap().len()
    }

    /// How often an operation was called.
    pub(crate) async fn calls(&self, op: &str) -> u64 {
        self.ledger().await["calls"][KEY][op].as_u64().unwrap_or_default()
    }
}

/// The network.
pub(crate) fn network(clock: &ManualClock) -> Arc<dyn Transport> {
    Arc::new(HttpTransport::new(Arc::new(clock.clone())).unwrap())
}

/// A connector with other settings than the usual ones.
pub(crate) fn connector_with(
    url: &str,
    transport: Arc<dyn Transport>,
    clock: &ManualClock,
    set: impl FnOnce(&mut HotelbedsConfig),
) -> Hotelbeds {
    let mut config = HotelbedsConfig::new(url.to_owned(), secret(KEY), secret(SECRET));
    set(&mut config);
    Hotelbeds::new(&config, transport, Arc::new(clock.clone())).unwrap()
}

fn secret(text: &str) -> SecretRef {
    SecretRef::given(Redacted::new(text.to_owned()))
}

fn cx(clock: &ManualClock, op: Op) -> AttemptContext {
    AttemptContext {
        account: AccountId::new("beds-1").unwrap(),
        op,
        attempt: 1,
        deadline: clock.now().plus(Duration::from_secs(20)),
        send_before: Some(clock.now().plus(Duration::from_secs(20))),
        locale: "en".to_owned(),
        point_of_sale: samples::context(clock.now()).point_of_sale,
        trace: "trace-1".to_owned(),
    }
}

/// Which of the four sleep in each room.
pub(crate) type Rooms = &'static [&'static [usize]];

/// Mother and father in one room, grandmother and child in another.
pub(crate) const DIFFERENT: Rooms = &[&[0, 1], &[2, 3]];
/// Two rooms for two adults each.
pub(crate) const EQUAL: Rooms = &[&[0, 1], &[2, 4]];

/// One room for a couple with their child.
pub(crate) const ONE: Rooms = &[&[0, 1, 3]];

/// Two nights in Tokyo.
pub(crate) fn search(rooms: Rooms) -> HotelSearch {
    let room = |guests: &&[usize]| Occupancy {
        adults: u8::try_from(guests.iter().filter(|guest| **guest != 3).count()).unwrap(),
        child_ages: guests.iter().filter(|guest| **guest == 3).map(|_| 7).collect(),
    };
    HotelSearch {
        place: StayPlace::City(CityCode::new("TYO").unwrap()),
        dates: StayDates { check_in: date(2027, 6, 15), check_out: date(2027, 6, 17) },
        rooms: rooms.iter().map(room).collect(),
    }
}

pub(crate) fn reference() -> ClientReference {
    ClientReference::new("A1B2C3D4E5F6G7H8").unwrap()
}

/// Given name and surname of mother, father, grandmother, child and uncle.
pub(crate) type Names = [(&'static str, &'static str); 5];

/// What must never reach a log or a fixture.
pub(crate) const PLANTED: Names = [
    ("Plantina", "Vonmarker"),
    ("Plantius", "Vonmarker"),
    ("Plantessa", "Vonmarker-Østby"),
    ("Plantling", "Vonmarker"),
    ("Plantander", "Vonmarker"),
];

/// Those of the family who sleep in a room.
fn party(names: Names, rooms: Rooms) -> Party {
    let of = |(number, guests): (u8, &&'static [usize])| guests.iter().map(move |guest| (number, *guest));
    let people = (1..).zip(rooms).flat_map(of);
    let travelers =
        people.map(|(room, guest)| Traveler { room: Some(room), ..person(names[guest], guest == 3) });
    Party {
        travelers: travelers.collect(),
        contact: Contact {
            email: "planted.mail@example.com".to_owned().into(),
            phone: Some("+628110000777".to_owned().into()),
        },
    }
}

fn person((given, surname): (&str, &str), child: bool) -> Traveler {
    let born: Date = if child { date(2020, 5, 5) } else { date(1990, 3, 11) };
    Traveler {
        kind: if child { PassengerKind::Child } else { PassengerKind::Adult },
        name: PersonName {
            given: Some(given.to_owned().into()),
            surname: surname.to_owned().into(),
            title: None,
        },
        born: Some(born.into()),
        gender: None,
        document: None,
        with_adult: None,
        room: None,
    }
}

/// The rates of a solution.
pub(crate) fn rates(solution: &PricedSolution) -> &[Rate] {
    &solution.offer.stay().unwrap().rates
}
