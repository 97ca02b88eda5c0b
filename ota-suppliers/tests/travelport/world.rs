//! A simulator, a connector that talks to it, and a family.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{Date, date};
use ota_core::model::id::{AccountId, ClientReference};
use ota_core::model::offer::{FlightOffer, PricedSolution};
use ota_core::model::order::{LocatorKind, RecordLocator, SupplierOrder};
use ota_core::model::passenger::{PassengerCounts, PassengerKind, TravelerRef};
use ota_core::model::search::FlightSearch;
use ota_core::model::traveler::{Contact, DocumentKind, Gender, Party, PersonName, TravelDocument, Traveler};
use ota_core::redact::Redacted;
use ota_core::supplier::call::{AttemptContext, Op};
use ota_core::supplier::error::SupplierError;
use ota_core::supplier::{
    Connector, FlightSupplier, IssueRequest, Live, OrderRequest, Supplier as _, TicketOutcome, VerifyRequest,
};
use ota_core::testing::clock::ManualClock;
use ota_core::testing::samples;
use ota_core::testing::supplier_suite::SupplierSuite;
use ota_suppliers::config::SecretRef;
use ota_suppliers::sim::{SimConfig, Simulator};
use ota_suppliers::transport::{HttpTransport, Transport};
use ota_suppliers::travelport::{Travelport, TravelportConfig};

pub(crate) const BRANCH: &str = "P1000001";
pub(crate) const PASSWORD: &str = "demo-P1000001";

/// A connector, and whom it books for.
pub(crate) struct Desk {
    pub(crate) connector: Arc<Travelport>,
    pub(crate) clock: ManualClock,
    pub(crate) names: Names,
}

impl Desk {
    pub(crate) fn cx(&self, op: Op) -> AttemptContext {
        cx(&self.clock, op)
    }

    pub(crate) async fn search(&self) -> Vec<FlightOffer> {
        self.connector.search(&self.cx(Op::Search), &search()).await.unwrap().items
    }

    pub(crate) async fn verify(&self, offer: &FlightOffer) -> Live {
        let search = search();
        let request = VerifyRequest { search: &search, offer };
        self.connector.verify(&self.cx(Op::Verify), &request).await.unwrap()
    }

    /// A live price of the first offer.
    pub(crate) async fn priced(&self) -> PricedSolution {
        let offers = self.search().await;
        match self.verify(&offers[0]).await {
            Live::Priced(solution) => *solution,
            Live::Gone => panic!("the first offer is gone"),
        }
    }

    pub(crate) async fn create(&self, solution: &PricedSolution) -> Result<SupplierOrder, SupplierError> {
        let (party, reference) = (named(self.names), reference());
        let request = OrderRequest { solution, party: &party, reference: &reference };
        self.connector.create_order(&self.cx(Op::CreateOrder), &request).await
    }

    pub(crate) async fn issue(
        &self,
        solution: &PricedSolution,
        order: &SupplierOrder,
        travelers: &[u8],
    ) -> Result<Vec<TicketOutcome>, SupplierError> {
        let party = named(self.names);
        let travelers: Vec<_> = travelers.iter().map(|index| TravelerRef(*index)).collect();
        let request =
            IssueRequest { locators: &order.locators, solution, party: &party, travelers: &travelers };
        self.connector.issue_tickets(&self.cx(Op::IssueTickets), &request).await
    }

    /// What every connector must do.
    pub(crate) fn suite(&self) -> SupplierSuite {
        let clock = self.clock.clone();
        SupplierSuite {
            connector: Connector::Flights(Arc::clone(&self.connector) as Arc<dyn FlightSupplier>),
            context: Box::new(move |op| cx(&clock, op)),
            search: search().into(),
            party: named(self.names),
            reference: reference(),
            unknown: RecordLocator {
                kind: LocatorKind::UniversalRecord,
                owner: None,
                code: "ZZZZZZ".to_owned(),
            },
        }
    }
}

/// A simulator, and a desk whose connector talks to it.
pub(crate) struct World {
    pub(crate) sim: Simulator,
    pub(crate) desk: Desk,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(PLANTED).await
    }

    pub(crate) async fn with(names: Names) -> Self {
        crate::logs::everything();
        // Whichever test comes first installs it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = ManualClock::new();
        let demo = SimConfig::demo(([127, 0, 0, 1], 0).into(), None);
        let sim = Simulator::start(SimConfig { clock: Arc::new(clock.clone()), ..demo }).await.unwrap();
        let connector = Arc::new(connector_with(&sim.url(), network(&clock), &clock, |_| ()));
        Self { sim, desk: Desk { connector, clock, names } }
    }

    /// Another connector to the same simulator.
    pub(crate) fn connector_with(&self, set: impl FnOnce(&mut TravelportConfig)) -> Travelport {
        let clock = &self.desk.clock;
        connector_with(&self.sim.url(), network(clock), clock, set)
    }

    /// Tells the simulator what to do next.
    pub(crate) async fn control(&self, command: &str) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/_control", self.sim.url());
        let reply = client.post(url).body(command.to_owned()).send().await.unwrap();
        assert!(reply.status().is_success(), "{command}: {}", reply.text().await.unwrap());
    }

    /// Ends all scripts and forgets all orders; prices stay.
    pub(crate) async fn forget(&self) {
        self.control(r#"[{"reset": true}, {"forget": true}]"#).await;
    }

    /// The next call of an operation meets this.
    pub(crate) async fn next(&self, op: &str, effect: &str) {
        self.control(&format!(r#"{{"next": {{"op": "{op}", "effect": {effect}}}}}"#)).await;
    }

    /// What the simulator did, for all accounts.
    pub(crate) async fn ledger(&self) -> serde_json::Value {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let reply = client.get(format!("{}/_ledger", self.sim.url())).send().await.unwrap();
        serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap()
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
    set: impl FnOnce(&mut TravelportConfig),
) -> Travelport {
    let mut config = TravelportConfig::new(
        format!("{url}/B2BGateway/connect/uAPI"),
        BRANCH.to_owned(),
        secret("Universal API/P1000001"),
        secret(PASSWORD),
    );
    set(&mut config);
    Travelport::new(AccountId::new("uapi-1").unwrap(), &config, transport, Arc::new(clock.clone())).unwrap()
}

pub(crate) fn secret(text: &str) -> SecretRef {
    SecretRef::given(Redacted::new(text.to_owned()))
}

fn cx(clock: &ManualClock, op: Op) -> AttemptContext {
    use ota_core::runtime::Clock as _;
    let mut point_of_sale = samples::context(clock.now()).point_of_sale;
    point_of_sale.currency = "IDR".parse().unwrap();
    AttemptContext {
        account: AccountId::new("uapi-1").unwrap(),
        op,
        attempt: 1,
        deadline: clock.now().plus(Duration::from_secs(20)),
        send_before: Some(clock.now().plus(Duration::from_secs(20))),
        locale: "en".to_owned(),
        point_of_sale,
        trace: "trace-1".to_owned(),
    }
}

/// There and back for two adults, a child and a lap infant.
pub(crate) fn search() -> FlightSearch {
    FlightSearch {
        passengers: PassengerCounts { adults: 2, children: 1, lap_infants: 1 },
        ..samples::search()
    }
}

pub(crate) fn reference() -> ClientReference {
    ClientReference::new("A1B2C3D4E5F6G7H8").unwrap()
}

/// Given name and surname of mother, father, child and lap infant.
pub(crate) type Names = [(&'static str, &'static str); 4];

/// What must never reach a log or a fixture.
pub(crate) const PLANTED: Names = [
    ("Plantina", "Vonmarker"),
    ("Plantius", "Vonmarker"),
    ("Plantessa", "Vonmarker-Østby"),
    ("Plantling", "Vonmarker"),
];

/// The family, by these names.
pub(crate) fn named([mother, father, child, infant]: Names) -> Party {
    let mut infant = person(PassengerKind::LapInfant, infant, None, date(2026, 6, 7));
    infant.with_adult = Some(TravelerRef(0));
    Party {
        travelers: vec![
            person(PassengerKind::Adult, mother, Some("MRS"), date(1990, 3, 11)),
            person(PassengerKind::Adult, father, None, date(1988, 12, 1)),
            person(PassengerKind::Child, child, None, date(2020, 5, 5)),
            infant,
        ],
        contact: Contact {
            email: "planted.mail@example.com".to_owned().into(),
            phone: Some("+628110000777".to_owned().into()),
        },
    }
}

pub(crate) fn person(
    kind: PassengerKind,
    (given, surname): (&str, &str),
    title: Option<&str>,
    born: Date,
) -> Traveler {
    let country = samples::context(ota_core::testing::clock::START).point_of_sale.country;
    Traveler {
        kind,
        name: PersonName {
            given: Some(given.to_owned().into()),
            surname: surname.to_owned().into(),
            title: title.map(str::to_owned),
        },
        born: Some(born.into()),
        gender: Some(Gender::Female),
        document: Some(TravelDocument {
            kind: DocumentKind::Passport,
            number: format!("PLANT{given}").to_uppercase().into(),
            issued_by: country,
            nationality: country,
            expires: date(2033, 1, 2),
        }),
        with_adult: None,
        room: None,
    }
}
