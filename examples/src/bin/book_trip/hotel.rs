//! A family's rooms, three times: at a rate that must be checked again, cancelled while that is free, and with a lost
//! reply.

use std::time::{Duration, Instant};

use ota_examples::days_ahead;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Failure, Trip, ensure, list, say, text, total};

/// How often the server is asked whether it has read the properties.
const POLL: Duration = Duration::from_millis(200);
/// Nights of the stay.
const NIGHTS: i32 = 2;

pub(crate) async fn at_a_rate_that_must_be_checked(trip: &Trip) -> Result<(), Failure> {
    say("\n== Two rooms at a rate whose price is final only when it is checked");
    let orders = trip.live_orders(&trip.args.hotels).await?;
    let offers = offers(trip, "sort=PRICE&limit=100").await?;
    let recheck = |rate: &Value| rate["rate_type"] == "RECHECK";
    let offer = offers.iter().find(|offer| list(&offer["rates"]).iter().all(recheck));
    let offer = offer.ok_or("no rate must be checked")?;
    show_stay(offer);
    let booking = trip.create(offer, guests(trip)).await?;
    let done = trip.pay_and_follow(&booking).await?;
    ensure(done["status"] == "TICKETED", "the rooms are confirmed")?;
    trip.show_locators(&done)?;
    ensure(
        trip.live_orders(&trip.args.hotels).await? == orders + 1,
        "the supplier has exactly one order more",
    )?;
    let (held, kept) = trip.gateway_balance(&booking).await?;
    ensure(held == 0 && kept > 0, "the gateway keeps the money")?;
    trip.show_mail(&booking).await
}

pub(crate) async fn cancelled_while_it_is_free(trip: &Trip) -> Result<(), Failure> {
    say("\n== Two rooms, cancelled while that is free");
    let orders = trip.live_orders(&trip.args.hotels).await?;
    let booking = book(trip).await?;
    let done = trip.pay_and_follow(&booking).await?;
    ensure(done["status"] == "TICKETED", "the rooms are confirmed")?;
    let path = format!("/v1/bookings/{booking}");
    let quote = trip.api(Method::POST, &format!("{path}/cancel-quotes"), Some(json!({})), None).await?;
    let amount = |value: &Value| format!("{} {}", text(&value["amount"]), text(&value["currency"]));
    say(&format!(
        "cancel    brings back {}, keeps {}, good until {}",
        amount(&quote["refund"]),
        amount(&quote["penalty"]),
        text(&quote["valid_until"]),
    ));
    ensure(quote["refund"] == done["price"]["total"], "all of it comes back")?;
    let (accept, key) = (json!({"refund": quote["refund"]}), format!("cancel-{booking}"));
    trip.api(Method::POST, &format!("{path}/cancel"), Some(accept), Some(&key)).await?;
    let done = trip.follow(&booking, list(&done["journal"]).len()).await?;
    ensure(done["status"] == "CANCELLED", "the stay is cancelled")?;
    ensure(trip.live_orders(&trip.args.hotels).await? == orders, "the supplier has no order more")?;
    ensure(trip.gateway_balance(&booking).await? == (0, 0), "the gateway's ledger is at zero")?;
    trip.show_mail(&booking).await
}

pub(crate) async fn with_a_lost_reply(trip: &Trip) -> Result<(), Failure> {
    say("\n== The line breaks after the supplier booked the rooms");
    let orders = trip.live_orders(&trip.args.hotels).await?;
    let booking = book(trip).await?;
    trip.control(&trip.args.hotels, json!({"next": {"op": "booking", "effect": "drop_after"}})).await?;
    let done = trip.pay_and_follow(&booking).await?;
    ensure(done["status"] == "TICKETED", "the rooms are confirmed")?;
    trip.show_locators(&done)?;
    ensure(
        trip.live_orders(&trip.args.hotels).await? == orders + 1,
        "the supplier has exactly one order more",
    )?;
    trip.show_mail(&booking).await
}

/// The cheapest stay with breakfast that can be cancelled for nothing: the id of an unpaid booking.
async fn book(trip: &Trip) -> Result<String, Failure> {
    let offers = offers(trip, "sort=PRICE&boards=BREAKFAST&free_cancellation=true").await?;
    let offer = offers.first().ok_or("nothing with breakfast can be cancelled for nothing")?;
    show_stay(offer);
    trip.create(offer, guests(trip)).await
}

/// Searches Tokyo once its properties are known, and asks for a page of what was found.
async fn offers(trip: &Trip, query: &str) -> Result<Vec<Value>, Failure> {
    let deadline = Instant::now() + Duration::from_secs(trip.args.patience);
    loop {
        let ready = trip.api(Method::GET, "/readyz", None, None).await?;
        if list(&ready["catalogs"]).iter().all(|catalog| catalog["state"] == "LOADED") {
            break;
        }
        ensure(Instant::now() < deadline, "the properties are known in time")?;
        tokio::time::sleep(POLL).await;
    }
    let page = trip.api(Method::POST, "/v1/hotels/search", Some(search(trip)), None).await?;
    let properties = &page["facets"]["properties"];
    say(&format!("search    {} offers in {properties} properties", page["total"]));
    let path = format!("/v1/searches/{}?{query}", text(&page["search"]));
    let page = trip.api(Method::GET, &path, None, None).await?;
    say(&format!("filter    {} of them", page["matched"]));
    Ok(list(&page["offers"]).to_vec())
}

fn search(trip: &Trip) -> Value {
    json!({
        "place": {"city": "TYO"},
        "check_in": days_ahead(trip.args.days).to_string(),
        "check_out": days_ahead(trip.args.days + NIGHTS).to_string(),
        "rooms": [{"adults": 2}, {"adults": 1, "child_ages": [7]}],
    })
}

/// Parents in one room, grandmother and daughter in the other.
fn guests(trip: &Trip) -> Value {
    let adult = |given: &str, room: u8| json!({"type": "ADT", "given_name": given, "surname": "WIDODO", "room": room});
    // Seven and a month at check-in.
    let born = days_ahead(trip.args.days - 7 * 366 - 30).to_string();
    let child = json!({"type": "CHD", "given_name": "AYU", "surname": "WIDODO", "born": born, "room": 2});
    json!([adult("BUDI", 1), adult("SITI", 1), adult("RATNA", 2), child])
}

/// Prints where, which rooms, what is paid when, and until when it can be cancelled for nothing.
fn show_stay(offer: &Value) {
    let property = &offer["property"];
    say(&format!("          {}, {}, {}", text(&property["name"]), text(&property["category"]), total(offer)));
    for rate in list(&offer["rates"]) {
        say(&format!(
            "          {} x {}, {}, {}",
            rate["rooms"],
            text(&rate["room"]["name"]),
            text(&rate["board"]["name"]),
            text(&rate["rate_type"]),
        ));
    }
    for due in list(&offer["due"]["at_property"]) {
        say(&format!("          and at the property {} {}", text(&due["amount"]), text(&due["currency"])));
    }
    let until = &offer["free_until"];
    say(&format!("          free to cancel until {} {}", text(&until["at"]), text(&until["zone"])));
}
