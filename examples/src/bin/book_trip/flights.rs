//! A family's flights, three times: as it should go, sold out after payment, and with a lost reply.

use ota_examples::days_ahead;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Failure, Trip, ensure, list, say, text, total};

pub(crate) async fn as_it_should_go(trip: &Trip) -> Result<(), Failure> {
    say("\n== A return trip, as it should go");
    let orders = trip.live_orders(&trip.args.simulator).await?;
    let booking = book(trip).await?;
    let done = trip.pay_and_follow(&booking).await?;
    ensure(done["status"] == "TICKETED", "the booking is ticketed")?;
    trip.show_locators(&done)?;
    show_tickets(&done)?;
    ensure(
        trip.live_orders(&trip.args.simulator).await? == orders + 1,
        "the supplier has exactly one order more",
    )?;
    let (held, kept) = trip.gateway_balance(&booking).await?;
    ensure(held == 0 && kept > 0, "the gateway keeps the money")?;
    trip.show_mail(&booking).await
}

pub(crate) async fn sold_out_after_payment(trip: &Trip) -> Result<(), Failure> {
    say("\n== The seats are sold to others after payment");
    let orders = trip.live_orders(&trip.args.simulator).await?;
    let booking = book(trip).await?;
    trip.control(&trip.args.simulator, json!({"sell_out": {}})).await?;
    let done = trip.pay_and_follow(&booking).await?;
    trip.control(&trip.args.simulator, json!({"reset": true})).await?;
    ensure(done["status"] == "REFUNDED", "the money came back by itself")?;
    ensure(trip.live_orders(&trip.args.simulator).await? == orders, "the supplier has no order more")?;
    ensure(trip.gateway_balance(&booking).await? == (0, 0), "the gateway's ledger is at zero")?;
    trip.show_mail(&booking).await
}

pub(crate) async fn with_a_lost_reply(trip: &Trip) -> Result<(), Failure> {
    say("\n== The line breaks after the supplier made the order");
    let orders = trip.live_orders(&trip.args.simulator).await?;
    let booking = book(trip).await?;
    trip.control(
        &trip.args.simulator,
        json!({"next": {"op": "AirCreateReservationReq", "effect": "drop_after"}}),
    )
    .await?;
    let done = trip.pay_and_follow(&booking).await?;
    ensure(done["status"] == "TICKETED", "the booking is ticketed")?;
    trip.show_locators(&done)?;
    show_tickets(&done)?;
    ensure(
        trip.live_orders(&trip.args.simulator).await? == orders + 1,
        "the supplier has exactly one order more",
    )?;
    trip.show_mail(&booking).await
}

/// Searches, filters, verifies and creates: the id of an unpaid booking.
async fn book(trip: &Trip) -> Result<String, Failure> {
    let page = trip.api(Method::POST, "/v1/flights/search", Some(search(trip)), None).await?;
    say(&format!("search    {} offers, {}", page["total"], text(&page["search"])));
    for source in list(&page["sources"]) {
        say(&format!("          {} {}", text(&source["account"]), text(&source["state"])));
    }
    let path = format!("/v1/searches/{}?sort=PRICE&stops=1&with_bag=true", text(&page["search"]));
    let page = trip.api(Method::GET, &path, None, None).await?;
    let offer = list(&page["offers"]).first().ok_or("no offer has at most one stop and a bag")?;
    say(&format!("filter    {} with at most one stop and a bag, cheapest {}", page["matched"], total(offer)));
    show_flights(offer);
    trip.create(offer, family()).await
}

fn search(trip: &Trip) -> Value {
    let (out, back) = (days_ahead(trip.args.days), days_ahead(trip.args.days + 10));
    json!({
        "slices": [
            {"origin": "CGK", "destination": "TYO", "date": out.to_string()},
            {"origin": "TYO", "destination": "CGK", "date": back.to_string()},
        ],
        "passengers": {"adults": 2, "children": 1, "lap_infants": 1},
    })
}

fn show_flights(offer: &Value) {
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

/// Prints the tickets; every traveler must have one of 13 digits.
fn show_tickets(booking: &Value) -> Result<(), Failure> {
    let item = list(&booking["items"]).first().ok_or("the booking has an item")?;
    for traveler in 0..list(&booking["travelers"]).len() {
        let ticket = list(&item["tickets"]).iter().find(|ticket| ticket["traveler"] == traveler);
        let number = text(&ticket.ok_or("a traveler has no ticket")?["number"]);
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        ensure(digits.len() == 13, "a ticket number has 13 digits")?;
        say(&format!("ticket    {number} of traveler {}", traveler + 1));
    }
    Ok(())
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
