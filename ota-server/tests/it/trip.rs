//! The steps of a trip as a client takes them.

use jiff::tz::TimeZone;
use ota_core::runtime::Runtime;
use serde_json::{Value, json};

use crate::world::{World, until};

/// States in which a booking needs no more work.
const FINAL: [&str; 6] = ["TICKETED", "REFUNDED", "CANCELLED", "EXPIRED", "NEEDS_REVIEW", "INIT"];

/// Names, documents and addresses that must not be found anywhere afterwards.
pub(crate) const PLANTED: [&str; 8] = [
    "PLANTEDSUR",
    "PLANTEDGIVEN",
    "PLANTEDTWO",
    "PLANTEDCHILD",
    "PLANTEDBABY",
    "X9PLANTED7",
    "planted@",
    "628199887766",
];

/// A date so many days from today, where the trip begins.
pub(crate) fn day(days: i32) -> String {
    let jakarta = TimeZone::get("Asia/Jakarta").unwrap();
    let today = jakarta.to_datetime(Runtime::default().now().to_jiff()).date();
    today.saturating_add(jiff::Span::new().days(days)).to_string()
}

/// A return trip CGK-TYO for two adults, a child and an infant.
pub(crate) fn search() -> Value {
    json!({
        "slices": [
            {"origin": "CGK", "destination": "TYO", "date": day(60)},
            {"origin": "TYO", "destination": "CGK", "date": day(70)},
        ],
        "passengers": {"adults": 2, "children": 1, "lap_infants": 1},
    })
}

/// A trip one way, for the same people: the least work for the simulators.
pub(crate) fn one_way() -> Value {
    let mut search = search();
    search["slices"].as_array_mut().unwrap().truncate(1);
    search
}

/// Who travels, and whom to write to.
pub(crate) fn party() -> (Value, Value) {
    let born = |days: i32| day(-days);
    let travelers = json!([
        {"type": "ADT", "given_name": "PLANTEDGIVEN", "surname": "PLANTEDSUR", "title": "MR", "gender": "MALE",
         "born": "1984-05-06", "document": {"kind": "PASSPORT", "number": "X9PLANTED7", "issued_by": "ID",
         "nationality": "ID", "expires": day(3000)}},
        {"type": "ADT", "given_name": "PLANTEDTWO", "surname": "PLANTEDSUR", "title": "MRS", "gender": "FEMALE",
         "born": "1986-07-08"},
        {"type": "CHD", "given_name": "PLANTEDCHILD", "surname": "PLANTEDSUR", "title": "MISS", "gender": "FEMALE",
         "born": born(2600)},
        {"type": "INF", "given_name": "PLANTEDBABY", "surname": "PLANTEDSUR", "title": "MSTR", "gender": "MALE",
         "born": born(300), "with_adult": 0},
    ]);
    (travelers, json!({"email": "planted@traveler.example", "phone": "+628199887766"}))
}

impl World {
    /// Searches one way and takes the cheapest offer.
    pub(crate) async fn offer(&self) -> String {
        let page = self.post("/v1/flights/search?sort=PRICE", &one_way(), None).await.ok();
        page["offers"][0]["id"].as_str().expect("there is an offer").to_owned()
    }

    /// Verifies an offer; the quote.
    pub(crate) async fn quote(&self, offer: &str) -> Value {
        self.post("/v1/offers/verify", &json!({"offer": offer}), None).await.ok()["quote"].clone()
    }

    /// Searches, verifies and creates; the booking's path.
    pub(crate) async fn book(&self) -> String {
        let quote = self.quote(&self.offer().await).await;
        let created = self.create(&quote, "create").await.ok();
        format!("/v1/bookings/{}", created["id"].as_str().unwrap())
    }

    /// Creates a booking of a quote of [`search`].
    pub(crate) async fn create(&self, quote: &Value, key: &str) -> crate::world::Answer {
        self.create_for(quote, party(), key).await
    }

    /// Creates a booking of a quote.
    pub(crate) async fn create_for(
        &self,
        quote: &Value,
        (travelers, contact): (Value, Value),
        key: &str,
    ) -> crate::world::Answer {
        let body = json!({"quote": quote["id"], "travelers": travelers, "contact": contact});
        self.post("/v1/bookings", &body, Some(key)).await
    }

    /// Pays with a token of the gateway.
    pub(crate) async fn pay(&self, booking: &str, token: &str) -> crate::world::Answer {
        self.post(&format!("{booking}/payments"), &json!({"method": token}), Some("pay")).await
    }

    /// Waits until nothing is left to do for a booking.
    pub(crate) async fn settled(&self, booking: &str) -> Value {
        until("the booking ends", async || {
            let now = self.get(booking).await.ok();
            let ended = FINAL.contains(&now["status"].as_str()?) && now["messages_owed"] == 0;
            ended.then_some(now)
        })
        .await
    }
}
