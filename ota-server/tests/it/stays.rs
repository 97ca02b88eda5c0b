//! A stay from search to voucher, and back; and how booking one goes wrong: one booking, the right money, and people told
//! where the supplier's record differs. Never two.

use reqwest::Method;
use serde_json::{Value, json};

use crate::audit::{books, check, list};
use crate::stay::{BOOK, few, guests, stay_search};
use crate::trip::day;
use crate::world::{KEY, LONGER, World, until};

#[tokio::test]
async fn a_family_searches_filters_verifies_pays_and_gets_a_voucher() {
    let world = World::start().await;
    world.catalogs().await;
    let page = world.post("/v1/hotels/search", &stay_search(json!({"city": "TYO"})), None).await.ok();
    assert!(page["facets"]["properties"].as_u64().unwrap() > 150, "{}", page["facets"]);
    let source = &list(&page["sources"])[0];
    assert_eq!(
        (list(&page["sources"]).len(), &source["state"]),
        (1, &json!("ANSWERED")),
        "flights are not asked"
    );

    let search = page["search"].as_str().unwrap();
    let path =
        format!("/v1/searches/{search}?sort=DISTANCE&boards=BREAKFAST&stars_min=4&cheapest_of_each=true");
    let asked = world.calls("availability").await;
    let filtered = world.get(&path).await.ok();
    assert_eq!(world.calls("availability").await, asked, "other filters ask no supplier");
    let offers = list(&filtered["offers"]);
    assert!(!offers.is_empty());
    for offer in offers {
        assert_eq!(offer["kind"], "STAY");
        assert!(list(&offer["rates"]).iter().all(|rate| rate["board"]["kind"] == "BREAKFAST"), "{offer}");
        assert!(offer["property"]["category"].as_str().unwrap() >= "4 STARS");
    }
    let wrong = world.get(&format!("/v1/searches/{search}?stops=NON_STOP")).await;
    assert_eq!(wrong.problem(), "invalid-request", "a filter of flights");

    let booking = world.book_stay().await;
    world.pay(&booking, "tok_ok").await.ok();
    let done = world.settled(&booking).await;
    check(&books(&world).await, &done, 4);
    let item = &done["items"][0];
    assert_eq!((&done["status"], &item["state"]), (&json!("TICKETED"), &json!("CONFIRMED")), "{done}");
    assert_eq!(item["stay"]["check_in"], day(60));
    assert!(list(&item["locators"]).iter().any(|locator| locator["kind"] == "order"), "{item}");
    assert_eq!(item.get("discrepancy"), None);
}

#[tokio::test]
async fn a_stay_shows_what_is_due_when_and_until_when_it_is_free() {
    let world = World::start().await;
    let offers = world.stay_offers("free_cancellation=true&limit=100").await;
    assert!(!offers.is_empty());
    for offer in &offers {
        assert_eq!(offer["due"]["now"], offer["price"]["total"]);
        assert_eq!(list(&offer["price"]["rooms"]).len(), 2);
        let until = &offer["free_until"];
        assert_eq!(until["zone"], "Asia/Tokyo");
        assert!(until["at"].as_str().unwrap().ends_with("+09:00"), "{until}");
        for rate in list(&offer["rates"]) {
            let steps = list(&rate["cancellation"]["steps"]);
            let first = steps.first().expect("terms are stated")["from"]["at"].as_str().unwrap();
            assert!(rate["cancellation"]["free_until"]["at"].as_str().unwrap() < first, "a margin is kept");
        }
    }
    let quote = world.quote(offers[0]["id"].as_str().unwrap()).await;
    assert_eq!(quote["offer"]["kind"], "STAY");
    assert_eq!(quote["offer"]["property"], offers[0]["property"]);
}

#[tokio::test]
async fn no_answer_about_a_stay_ever_holds_a_net_price() {
    let world = World::start().await;
    let offers = world.stay_offers("sort=PRICE&free_cancellation=true").await;
    let quote = world.quote(offers[0]["id"].as_str().unwrap()).await;
    let created = world.create_for(&quote, guests(), "create").await.ok();
    let booking = format!("/v1/bookings/{}", created["id"].as_str().unwrap());
    let paid = world.pay(&booking, "tok_ok").await.ok();
    let done = world.settled(&booking).await;
    let cancel = world.post(&format!("{booking}/cancel-quotes"), &json!({}), None).await.ok();
    // The supplier's amounts are net, of the order and of each room.
    let stay = world.stays().await["orders"][0].clone();
    let rooms = list(&stay["rooms"]).iter().map(|room| &room["net"]);
    let nets: Vec<&str> = rooms.chain([&stay["total"]]).map(|net| net.as_str().unwrap()).collect();
    assert_eq!(nets.len(), 3);
    for answer in [&offers[0], &quote, &created, &paid, &done, &cancel] {
        let text = answer.to_string();
        for net in &nets {
            let digits: String = net.chars().filter(char::is_ascii_digit).collect();
            assert!(!text.contains(&digits), "{net} in {text}");
        }
        assert!(!text.to_lowercase().contains("net\""), "{text}");
    }
}

#[tokio::test]
async fn a_stay_is_cancelled_for_nothing_in_time() {
    let world = World::with(LONGER).await;
    let booking = world.book_stay().await;
    world.pay(&booking, "tok_ok").await.ok();
    let done = world.settled(&booking).await;
    assert_eq!(done["status"], "TICKETED", "{done}");
    let quote = world.post(&format!("{booking}/cancel-quotes"), &json!({}), None).await.ok();
    assert_eq!(quote["refund"], done["price"]["total"], "{quote}");
    let accept = json!({"refund": quote["refund"]});
    world.post(&format!("{booking}/cancel"), &accept, Some("cancel")).await.ok();
    let done = world.settled(&booking).await;
    assert_eq!(done["status"], "CANCELLED", "{done}");
    let books = books(&world).await;
    assert_eq!((books.live_orders, books.held, books.kept), (0, 0, 0));
    assert_eq!(world.calls("cancellation").await, 1);
}

#[tokio::test]
async fn rooms_sold_after_payment_bring_the_money_back() {
    let world = World::start().await;
    let booking = world.book_stay().await;
    world.next_stay(BOOK, json!("sold_out")).await;
    world.pay(&booking, "tok_ok").await.ok();
    let done = world.settled(&booking).await;
    assert_eq!(done["status"], "REFUNDED", "{done}");
    check(&books(&world).await, &done, 4);
}

/// Answers after which one must look before one knows.
#[tokio::test]
async fn an_answer_that_says_nothing_is_looked_into_and_never_repeated() {
    let effects = ["cut", "truncate", "empty", "empty_error", "html"].map(|effect| (json!(effect), 1));
    let nothing_done = [(json!("html_before"), 2)];
    let answers = effects.into_iter().chain(nothing_done);
    futures_util::future::join_all(answers.map(|(effect, creates)| async move {
        let done = booked_with(effect.clone(), creates).await;
        assert_eq!(done["items"][0].get("discrepancy"), None, "{effect}");
    }))
    .await;
}

/// What the body proves wins over the status.
#[tokio::test]
async fn a_booking_confirmed_under_an_error_status_is_a_booking() {
    for status in [400, 500] {
        booked_with(json!({"status": status}), 1).await;
    }
}

/// The record is right: whoever looks sees it.
#[tokio::test]
async fn an_echo_that_differs_is_looked_into() {
    let respects = ["room_code", "child_age", "children", "surname", "dates", "total", "reference"];
    futures_util::future::join_all(respects.map(|respect| async move {
        let done = booked_with(json!({"wrong_echo": respect}), 1).await;
        assert_eq!(done["items"][0].get("discrepancy"), None, "{respect}: {done}");
    }))
    .await;
}

/// The record itself is of another price or on other terms: what was verified is the contract, and people are told.
#[tokio::test]
async fn a_record_on_other_terms_keeps_the_booking_and_its_price_and_is_shown() {
    let respects = ["total", "cancellation"];
    futures_util::future::join_all(respects.map(|respect| async move {
        let done = booked_with(json!({"misbooked": respect}), 1).await;
        assert!(done["items"][0]["discrepancy"].is_string(), "{respect}: {done}");
    }))
    .await;
}

/// The record itself is of other rooms, nights or people: it is given back, and so is the money.
#[tokio::test]
async fn a_record_of_another_stay_is_given_back() {
    let respects = ["room_code", "board", "child_age", "children", "surname", "dates", "property"];
    futures_util::future::join_all(respects.map(|respect| async move {
        let world = World::with(LONGER).await;
        let booking = world.book_stay().await;
        world.next_stay(BOOK, json!({"misbooked": respect})).await;
        world.pay(&booking, "tok_ok").await.ok();
        let done = world.settled(&booking).await;
        check(&books(&world).await, &done, 4);
        assert_eq!(done["status"], "REFUNDED", "{respect}: {done}");
        assert!(done["items"][0]["discrepancy"].is_string(), "{respect}: {done}");
    }))
    .await;
}

/// Books with the next create meeting an effect; it must end with one order after so many creates.
async fn booked_with(effect: Value, creates: u64) -> Value {
    let world = World::start().await;
    let booking = world.book_stay().await;
    world.next_stay(BOOK, effect.clone()).await;
    world.pay(&booking, "tok_ok").await.ok();
    let done = world.settled(&booking).await;
    check(&books(&world).await, &done, 4);
    assert_eq!(done["status"], "TICKETED", "{effect}: {done}");
    assert_eq!(world.calls(BOOK).await, creates, "{effect}");
    done
}

#[tokio::test]
async fn each_bad_request_for_a_stay_has_its_type() {
    let world = World::start().await;
    let but = |path: &str, value: Value| {
        let mut request = stay_search(few());
        *request.pointer_mut(path).expect("the search has it") = value;
        request.to_string()
    };
    let rooms = |count: usize| json!(vec![json!({"adults": 1}); count]);
    let around = |metres: u32| json!({"around": {"latitude": "35.68", "longitude": "139.76", "radius_metres": metres}});
    let mut past = stay_search(few());
    (past["check_in"], past["check_out"]) = (json!(day(-3)), json!(day(-1)));
    let past = past.to_string();
    let deep = format!("{{\"place\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let searches = [
        ("unknown-place", but("/place", json!({"city": "QQQ"}))),
        ("unknown-place", but("/place", json!({"city": "Tokyo"}))),
        ("invalid-area", but("/place", around(0))),
        ("invalid-area", but("/place", around(1_000_000))),
        ("invalid-area", but("/place", json!({"properties": []}))),
        ("invalid-request", but("/place", json!({"city": "TYO", "properties": ["1"]}))),
        ("invalid-request", but("/place", json!({"properties": ["2 1"]}))),
        ("past-date", past),
        ("invalid-nights", but("/check_in", json!(day(62)))),
        ("invalid-nights", but("/check_out", json!(day(120)))),
        ("invalid-rooms", but("/rooms", rooms(0))),
        ("invalid-rooms", but("/rooms", rooms(50))),
        ("invalid-rooms", but("/rooms/0/adults", json!(0))),
        ("invalid-rooms", but("/rooms/1/child_ages", json!([18]))),
        ("invalid-request", but("/rooms/0/adults", json!(300))),
        ("invalid-request", but("/rooms/0", json!({"adults": 1, "pets": 1}))),
        ("malformed-json", "{\"place\": {".to_owned()),
        ("invalid-request", deep),
        ("body-too-large", format!("{{\"place\": \"{}\"}}", "x".repeat(300 * 1024))),
    ];
    let bearer = format!("Bearer {KEY}");
    for (want, body) in searches {
        let shown: String = body.chars().take(300).collect();
        let headers = [("authorization", bearer.as_str())];
        let answer = world.call(Method::POST, "/v1/hotels/search", Some(body), &headers).await;
        assert!(answer.status.is_client_error(), "{shown}: {answer:?}");
        assert_eq!(answer.problem(), want, "{shown}");
    }
    for query in ["boards=BREKFAST", "stars_min=4.2", "properties=2%201", "sort=DURATION", "with_bag=true"] {
        let answer = world.post(&format!("/v1/hotels/search?{query}"), &stay_search(few()), None).await;
        assert_eq!(answer.problem(), "invalid-request", "{query}");
    }
    assert_eq!(world.calls("availability").await, 0, "no supplier was asked");
    refuses_parties(&world).await;
}

async fn refuses_parties(world: &World) {
    let offers = world.stay_offers("sort=PRICE").await;
    let quote = world.quote(offers[0]["id"].as_str().unwrap()).await;
    let (travelers, contact) = guests();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut changed = travelers.clone();
        change(&mut changed);
        (changed, contact.clone())
    };
    let wrong = [
        with(&|all| all[0]["room"] = json!(2)),
        with(&|all| all[0]["room"] = json!(3)),
        with(&|all| _ = all[0].as_object_mut().unwrap().remove("room")),
        with(&|all| all[3]["born"] = json!(day(-3_650))),
        with(&|all| _ = all[3].as_object_mut().unwrap().remove("born")),
        with(&|all| _ = all.as_array_mut().unwrap().pop()),
    ];
    for (at, party) in wrong.into_iter().enumerate() {
        let answer = world.create_for(&quote, party, &format!("wrong-{at}")).await;
        assert_eq!(answer.problem(), "invalid-travelers", "{at}: {answer:?}");
        assert!(!answer.body.to_string().contains("PLANTED"), "{answer:?}");
    }
    assert_eq!(world.calls(BOOK).await, 0);
}

#[tokio::test]
async fn a_server_says_whose_properties_it_is_still_reading() {
    let mut world = World::start().await;
    world.catalogs().await;
    let ready = world.get("/readyz").await.ok();
    let catalog = &ready["catalogs"][0];
    assert_eq!(catalog["supplier"], "hotelbeds");
    assert!(catalog["properties"].as_u64().unwrap() > 300, "{ready}");
    // A supplier that does not describe its properties keeps nobody else from working.
    world.control_stays(json!({"next": {"op": "hotels", "count": 1000, "effect": "drop_before"}})).await;
    world.server.kill().await;
    world.restart_server().await;
    let asked =
        until("properties are asked for", async || (world.calls("hotels").await > 1).then_some(())).await;
    let () = asked;
    let ready = world.get("/readyz").await.ok();
    assert_eq!(ready["catalogs"][0]["state"], "LOADING");
    let page = world.post("/v1/hotels/search", &stay_search(json!({"city": "TYO"})), None).await.ok();
    assert_eq!(page["sources"][0]["state"], "FAILED", "{}", page["sources"]);
    assert!(!world.stay_offers("limit=1").await.is_empty(), "properties that are named need no catalogue");
}
