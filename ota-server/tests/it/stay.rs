//! The steps of a stay as a client takes them.

use serde_json::{Value, json};

use crate::audit::list;
use crate::trip::day;
use crate::world::World;

/// The simulated bedbank's book operation.
pub(crate) const BOOK: &str = "booking";
/// Days from today to check-in.
const CHECK_IN: i32 = 60;

/// Two nights in Tokyo: a double for two, and a room for a mother and her child of seven.
pub(crate) fn stay_search(place: Value) -> Value {
    json!({
        "place": place,
        "check_in": day(CHECK_IN),
        "check_out": day(CHECK_IN + 2),
        "rooms": [{"adults": 2}, {"adults": 1, "child_ages": [7]}],
    })
}

/// A few of Tokyo's properties: the least work for the simulator.
pub(crate) fn few() -> Value {
    json!({"properties": ["210001", "210002", "210003", "210004", "210005", "210006"]})
}

/// Who sleeps where, and whom to write to.
pub(crate) fn guests() -> (Value, Value) {
    let adult = |given: &str, room: u8| json!({"type": "ADT", "given_name": given, "surname": "PLANTEDSUR", "room": room});
    let child = json!({"type": "CHD", "given_name": "PLANTEDCHILD", "surname": "PLANTEDSUR", "room": 2,
        "born": day(CHECK_IN - 7 * 366 - 30)});
    let travelers = json!([adult("PLANTEDGIVEN", 1), adult("PLANTEDTWO", 1), adult("PLANTEDBABY", 2), child]);
    (travelers, json!({"email": "planted@traveler.example", "phone": "+628199887766"}))
}

impl World {
    /// Searches a few properties with a query; the offers of the page.
    pub(crate) async fn stay_offers(&self, query: &str) -> Vec<Value> {
        let page = self.post(&format!("/v1/hotels/search?{query}"), &stay_search(few()), None).await.ok();
        list(&page["offers"]).to_vec()
    }

    /// Searches, verifies and creates the cheapest stay that can be cancelled for nothing; the booking's path.
    pub(crate) async fn book_stay(&self) -> String {
        let offers = self.stay_offers("sort=PRICE&free_cancellation=true").await;
        let offer = offers.first().expect("there is an offer")["id"].as_str().unwrap().to_owned();
        self.book_stay_offer(&offer).await
    }

    /// Verifies and creates; the booking's path.
    pub(crate) async fn book_stay_offer(&self, offer: &str) -> String {
        let quote = self.quote(offer).await;
        let created = self.create_for(&quote, guests(), "create").await.ok();
        format!("/v1/bookings/{}", created["id"].as_str().unwrap())
    }

    /// The next call of an operation of the bedbank meets this.
    pub(crate) async fn next_stay(&self, op: &str, effect: Value) {
        self.control_stays(json!({"next": {"op": op, "effect": effect}})).await;
    }
}
