//! A trip from search to e-ticket, and back.

use serde_json::json;

use crate::audit::{books, check, list};
use crate::trip::search;
use crate::world::World;

#[tokio::test]
async fn a_family_searches_filters_verifies_pays_and_gets_tickets() {
    let world = World::start().await;
    let page = world.post("/v1/flights/search", &search(), None).await.ok();
    assert!(page["total"].as_u64().unwrap() > 300, "{}", page["total"]);
    assert!(list(&page["sources"]).iter().all(|source| source["state"] == "ANSWERED"), "{}", page["sources"]);
    assert_eq!(list(&page["sources"]).len(), 2);

    let path =
        format!("/v1/searches/{}?sort=DURATION&stops=NON_STOP&limit=5", page["search"].as_str().unwrap());
    let asked = world.calls("LowFareSearchReq").await;
    let filtered = world.get(&path).await.ok();
    assert_eq!(world.calls("LowFareSearchReq").await, asked, "other filters ask no supplier");
    let offers = list(&filtered["offers"]);
    assert!(!offers.is_empty() && offers.len() <= 5);
    for slice in offers.iter().flat_map(|offer| list(&offer["slices"])) {
        assert_eq!(slice["landings"], 0);
    }

    let booking = world.book().await;
    let created = world.get(&booking).await.ok();
    assert_eq!(created["status"], "INIT");
    world.pay(&booking, "tok_ok").await.ok();
    let done = world.settled(&booking).await;
    check(&books(&world).await, &done, 4);
    assert_eq!(done["status"], "TICKETED");
    assert!(mail(&world, &booking).contains("Subject:"));
}

#[tokio::test]
async fn a_declined_payment_may_be_tried_again() {
    let world = World::start().await;
    let booking = world.book().await;
    let declined = world.pay(&booking, "tok_declined").await;
    assert_eq!(declined.problem(), "payment-declined");
    let body = json!({"method": "tok_ok"});
    world.post(&format!("{booking}/payments"), &body, Some("second")).await.ok();
    let done = world.settled(&booking).await;
    check(&books(&world).await, &done, 4);
    assert_eq!(done["status"], "TICKETED");
}

#[tokio::test]
async fn seats_sold_after_payment_bring_the_money_back() {
    let world = World::start().await;
    let booking = world.book().await;
    world.control(json!({"sell_out": {}})).await;
    world.pay(&booking, "tok_ok").await.ok();
    let done = world.settled(&booking).await;
    assert_eq!(done["status"], "REFUNDED");
    check(&books(&world).await, &done, 4);
    mail(&world, &booking);
}

#[tokio::test]
async fn a_cancellation_is_quoted_and_accepted() {
    let world = World::start().await;
    let booking = world.book().await;
    world.pay(&booking, "tok_ok").await.ok();
    assert_eq!(world.settled(&booking).await["status"], "TICKETED");
    let quote = world.post(&format!("{booking}/cancel-quotes"), &json!({}), None).await.ok();
    let other = json!({"refund": {"amount": "1.00", "currency": "IDR"}});
    let refused = world.post(&format!("{booking}/cancel"), &other, Some("other")).await;
    assert_eq!(refused.problem(), "cancel-quote-changed");
    let accept = json!({"refund": quote["refund"]});
    world.post(&format!("{booking}/cancel"), &accept, Some("cancel")).await.ok();
    let done = world.settled(&booking).await;
    assert_eq!(done["status"], "CANCELLED", "{done}");
    let books = books(&world).await;
    assert_eq!(
        (books.live_orders, books.held, books.kept),
        (0, 0, 0),
        "inside the void window all comes back"
    );
}

#[tokio::test]
async fn no_answer_ever_holds_a_net_price() {
    let world = World::start().await;
    let offer = world.offer().await;
    let page = world.post("/v1/flights/search?limit=100", &search(), None).await.ok();
    let quote = world.quote(&offer).await;
    let created = world.create(&quote, "create").await.ok();
    let booking = format!("/v1/bookings/{}", created["id"].as_str().unwrap());
    let paid = world.pay(&booking, "tok_ok").await.ok();
    let done = world.settled(&booking).await;
    let orders = world.orders().await;
    // The supplier's total is the net price; the gateway's is the sell price.
    let net = orders["orders"][0]["total"].as_str().expect("the order has a total");
    let net: String = net.chars().filter(char::is_ascii_digit).collect();
    let sell = done["price"]["total"]["amount"].as_str().unwrap().replace(".00", "");
    assert_ne!(net, sell);
    for answer in [&page, &quote, &created, &paid, &done] {
        let text = answer.to_string();
        assert!(!text.contains(&net), "{net} in {text}");
        assert!(!text.to_lowercase().contains("net\""), "{text}");
    }
}

/// The mail about a booking.
fn mail(world: &World, booking: &str) -> String {
    let id = booking.rsplit('/').next().unwrap();
    let folder = std::fs::read_dir(world.folder().join("server/mail")).unwrap();
    let files: Vec<_> = folder.map(|file| file.unwrap().path()).collect();
    let file = files.iter().find(|file| file.to_string_lossy().contains(id)).expect("there is mail");
    std::fs::read_to_string(file).unwrap()
}
