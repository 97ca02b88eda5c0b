//! Every fault that a test can script, seen from the client and from the ledger.

use std::time::Duration;

use serde_json::Value;

use crate::desk::{Booked, Desk, all, attribute, first};
use crate::requests::{Solution, create, documents, price, retrieve, search, ticket};

const PAIR: &[(&str, u8)] = &[("ADT", 40), ("ADT", 38)];
const SLICES: &[(&str, &str, &str)] = &[("JKT", "TYO", "2027-03-14")];

async fn ready() -> (Desk, Solution) {
    let desk = Desk::new().await;
    let solution = desk.priced(SLICES, PAIR, 3).await;
    (desk, solution)
}

async fn script(desk: &Desk, op: &str, effect: &str) {
    desk.control(&format!(r#"{{"next": {{"op": "{op}", "effect": {effect}}}}}"#)).await;
}

const CREATE: &str = "AirCreateReservationReq";

fn orders(ledger: &Value) -> usize {
    ledger["orders"].as_array().unwrap().len()
}

/// The line breaks, and the ledger says whether the order exists.
#[tokio::test]
async fn the_line_of_a_create() {
    for (effect, committed) in [("drop_before", 0), ("drop_after", 1), ("cut", 1)] {
        let (desk, solution) = ready().await;
        script(&desk, CREATE, &format!("\"{effect}\"")).await;
        let answer = desk.try_send(&create(&solution, PAIR, "REF", "")).await;
        assert!(answer.is_err(), "{effect}: {answer:?}");
        assert_eq!(orders(&desk.ledger().await), committed, "{effect}");
        // Used up: the next call is served.
        desk.send(&create(&solution, PAIR, "REF", "")).await;
        assert_eq!(orders(&desk.ledger().await), committed + 1, "{effect}");
    }
}

#[tokio::test]
async fn a_create_that_never_answers() {
    for (effect, committed) in [("hang_before", 0), ("hang_after", 1)] {
        let (desk, solution) = ready().await;
        script(&desk, CREATE, &format!("\"{effect}\"")).await;
        let body = create(&solution, PAIR, "REF", "");
        let mut answer = std::pin::pin!(desk.try_send(&body));
        // Until the call is counted and, where it commits, committed.
        loop {
            tokio::select! {
                answer = &mut answer => panic!("{effect}: {answer:?}"),
                ledger = desk.ledger() => {
                    if ledger["calls"]["P1000001"][CREATE] == 1 && orders(&ledger) == committed {
                        break;
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn answers_that_are_none() {
    for (effect, status, committed) in
        [("truncate", 200, 1), ("empty", 200, 1), ("html", 500, 1), ("html_before", 500, 0)]
    {
        let (desk, solution) = ready().await;
        script(&desk, CREATE, &format!("\"{effect}\"")).await;
        let (got, reply) = desk.try_send(&create(&solution, PAIR, "REF", "")).await.unwrap();
        assert_eq!(got, status, "{effect}");
        assert!(
            roxmltree::Document::parse(&reply).is_err() || reply.starts_with("<html"),
            "{effect}: {reply}"
        );
        assert_eq!(orders(&desk.ledger().await), committed, "{effect}");
    }
}

#[tokio::test]
async fn refusals_by_script() {
    let (desk, solution) = ready().await;
    desk.control(
        r#"{"next": {"op": "*", "count": 2, "effect": {"fault": {"code": "4711", "message": "NO"}}}}"#,
    )
    .await;
    assert_eq!(desk.refused(&retrieve("AAAAAA")).await, ("4711".to_owned(), "NO".to_owned()));
    assert_eq!(desk.refused(&create(&solution, PAIR, "REF", "")).await.0, "4711");
    script(&desk, CREATE, "\"sold_out\"").await;
    let (_, reply) = desk.try_send(&create(&solution, PAIR, "REF", "")).await.unwrap();
    assert!(!all(&reply, "AirSegmentError", |_| ()).is_empty(), "{reply}");
    script(&desk, CREATE, "\"sell_failure\"").await;
    let reply = desk.send(&create(&solution, PAIR, "REF", "")).await;
    assert!(all(&reply, "UniversalRecord", |_| ()).is_empty());
    assert_eq!(all(&reply, "AirSegmentSellFailureInfo", |_| ()).len(), 1);
    script(&desk, "AirPriceReq", "\"sold_out\"").await;
    assert_eq!(desk.refused(&price(&solution.segments, PAIR)).await.0, "3000");
    assert_eq!(orders(&desk.ledger().await), 0);
}

/// The reservation exists, and it is broken.
#[tokio::test]
async fn booked_but_broken() {
    let (desk, solution) = ready().await;
    script(&desk, CREATE, r#"{"solution_changed": 8}"#).await;
    let reply = desk.send(&create(&solution, PAIR, "REF", "")).await;
    let changed = first(&reply, "AirSolutionChangedInfo", |n| {
        n.first_element_child().unwrap().attribute("TotalPrice").unwrap().to_owned()
    });
    let minor = |text: &str| text[3..].parse::<i64>().unwrap();
    assert!(minor(&changed) > minor(&solution.total));
    let changed = Booked::read(&reply);
    script(&desk, CREATE, "\"fare_not_saved\"").await;
    let reply = desk.send(&create(&solution, PAIR, "REF", "")).await;
    assert!(
        all(&reply, "ResponseMessage", |n| n.text().unwrap().to_owned())
            .contains(&"NO VALID FARE FOR INPUT CRITERIA".to_owned())
    );
    let unsaved = Booked::read(&reply);
    for order in [&changed, &unsaved] {
        let shown = desk.send(&retrieve(&order.universal)).await;
        assert!(all(&shown, "AirPricingInfo", |_| ()).is_empty());
        assert_eq!(desk.refused(&ticket(&order.air, &[])).await.0, "3788");
    }
    script(&desk, CREATE, "\"waitlisted\"").await;
    let reply = desk.send(&create(&solution, PAIR, "REF", "")).await;
    assert_eq!(all(&reply, "AirSegment", attribute("Status"))[0], "HL");
}

/// A price that moved between check and create: nothing is kept unless the request says so.
#[tokio::test]
async fn a_reprice_changes_the_solution() {
    let (desk, solution) = ready().await;
    desk.control(r#"{"reprice": {"percent": 10}}"#).await;
    let reply = desk.send(&create(&solution, PAIR, "REF", "")).await;
    assert!(all(&reply, "UniversalRecord", |_| ()).is_empty());
    assert_eq!(all(&reply, "AirSolutionChangedInfo", attribute("ReasonCode")), ["Price"]);
    let reply = desk.send(&create(&solution, PAIR, "REF", r#"RetainReservation="Price""#)).await;
    assert!(!Booked::read(&reply).universal.is_empty());
    assert_eq!(all(&reply, "AirSolutionChangedInfo", attribute("ReasonCode")), ["Price"]);
    let now = crate::desk::solution(&desk.send(&price(&solution.segments, PAIR)).await);
    assert_ne!(now.total, solution.total);
    desk.send(&create(&now, PAIR, "REF", "")).await;
    desk.control(r#"{"reset": true}"#).await;
    assert_eq!(
        crate::desk::solution(&desk.send(&price(&solution.segments, PAIR)).await).total,
        solution.total
    );
}

#[tokio::test]
async fn answers_that_differ_from_what_was_done() {
    for what in ["travelers", "segments", "total", "locator", "remark"] {
        let (desk, solution) = ready().await;
        let right = desk.booked(&solution, PAIR, "REF").await;
        let right = desk.send(&retrieve(&right.universal)).await;
        script(&desk, CREATE, &format!(r#"{{"wrong_echo": "{what}"}}"#)).await;
        let wrong = desk.send(&create(&solution, PAIR, "REF", "")).await;
        let differs =
            |name: &str, take: &dyn Fn(&str) -> Vec<String>| assert_ne!(take(&wrong), take(&right), "{name}");
        match what {
            "travelers" => differs(what, &|r| all(r, "BookingTravelerName", attribute("First"))),
            "segments" => differs(what, &|r| all(r, "AirSegment", attribute("FlightNumber"))),
            "total" => differs(what, &|r| all(r, "AirPricingInfo", attribute("TotalPrice"))),
            "remark" => differs(what, &|r| all(r, "RemarkData", |n| n.text().unwrap().to_owned())),
            _ => assert_eq!(desk.refused(&retrieve(&Booked::read(&wrong).universal)).await.0, "3130"),
        }
        if what != "remark" {
            let done = &desk.ledger().await["orders"][1];
            assert_eq!(
                (done["travelers"].as_u64(), done["total"].as_str()),
                (Some(2), Some(solution.total.as_str()))
            );
        }
    }
}

/// Ticketing that fails for some, for all, or says nothing; and is resumed for whoever has none.
#[tokio::test]
async fn partial_ticketing_is_resumed_per_traveler() {
    for (effect, issued, refused) in
        [(r#"{"refuse_tickets": [1]}"#, 1, 1), ("\"ticketing_failed\"", 0, 2), ("\"busy\"", 1, 2)]
    {
        let (desk, solution) = ready().await;
        let order = desk.booked(&solution, PAIR, "REF").await;
        script(&desk, "AirTicketingReq", effect).await;
        let reply = desk.send(&ticket(&order.air, &[])).await;
        let failed = all(&reply, "TicketFailureInfo", attribute("BookingTravelerRef"));
        assert_eq!(failed.len(), refused, "{effect}");
        let shown = desk.send(&retrieve(&order.universal)).await;
        assert_eq!(all(&shown, "TicketInfo", attribute("Number")).len(), issued, "{effect}");
        // The stored fare and the travelers without a document, by their keys in the record.
        let fare = first(&shown, "AirPricingInfo", attribute("Key"));
        let done = all(&shown, "TicketInfo", attribute("BookingTravelerRef"));
        let everybody = all(&shown, "BookingTraveler", attribute("Key"));
        let rest: Vec<_> = everybody.iter().filter(|key| !done.contains(key)).map(String::as_str).collect();
        let reply = desk.send(&ticket(&order.air, &[(&fare, &rest)])).await;
        assert_eq!(all(&reply, "ETR", |_| ()).len(), 2 - issued, "{effect}");
        let read = desk.send(&documents(&order.air)).await;
        assert_eq!(all(&read, "Ticket", attribute("TicketNumber")).len(), 2, "{effect}");
        // Once more is once too often.
        let again = desk.send(&ticket(&order.air, &[])).await;
        assert_eq!(all(&again, "TicketFailureInfo", |_| ()).len(), 2, "{effect}");
        assert_eq!(desk.ledger().await["orders"][0]["tickets"].as_array().unwrap().len(), 2, "{effect}");
    }
}

#[tokio::test]
async fn ticketing_answers_that_differ() {
    for (what, name, own) in [
        ("travelers", "ETR", "Key"),
        ("segments", "Coupon", "MarketingFlightNumber"),
        ("total", "ETR", "TotalPrice"),
        ("locator", "ETR", "ProviderLocatorCode"),
    ] {
        let (desk, solution) = ready().await;
        let order = desk.booked(&solution, PAIR, "REF").await;
        script(&desk, "AirTicketingReq", &format!(r#"{{"wrong_echo": "{what}"}}"#)).await;
        let take = |reply: &str| all(reply, name, move |n| n.attribute(own).unwrap().to_owned());
        let wrong = take(&desk.send(&ticket(&order.air, &[])).await);
        let right = take(&desk.send(&documents(&order.air)).await);
        assert_ne!(wrong, right, "{what}");
    }
}

/// A sell-out by command hides the class from searches and refuses it to price and create.
#[tokio::test]
async fn sold_out_by_command() {
    let (desk, solution) = ready().await;
    desk.control(r#"{"sell_out": {"date": "2027-03-14"}}"#).await;
    assert_eq!(desk.refused(&price(&solution.segments, PAIR)).await.0, "3000");
    assert_eq!(desk.refused(&create(&solution, PAIR, "REF", "")).await.0, "3000");
    assert_eq!(desk.refused(&search(SLICES, PAIR, "")).await.0, "2602");
    desk.control(r#"[{"reset": true}]"#).await;
    desk.send(&create(&solution, PAIR, "REF", "")).await;
}

/// Without any command a class ends when its seats are sold.
#[tokio::test]
async fn seats_are_finite() {
    let (desk, solution) = ready().await;
    for sold in 0..40 {
        let (status, reply) = desk.try_send(&create(&solution, PAIR, "REF", "")).await.unwrap();
        if status == 500 {
            assert!(reply.contains("AVAIL/WL CLOSED"), "{reply}");
            assert!(sold >= 1);
            return;
        }
    }
    panic!("80 seats sold in one class of one flight");
}

#[tokio::test]
async fn delays_add_up_to_what_was_asked() {
    let desk = Desk::new().await;
    desk.control(r#"[{"delay": {"ms": 30}}, {"next": {"op": "*", "effect": {"delay_ms": 30}}}]"#).await;
    let start = std::time::Instant::now();
    desk.refused(&retrieve("AAAAAA")).await;
    assert!(start.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn forgetting_gives_no_number_twice() {
    let (desk, solution) = ready().await;
    let before = desk.booked(&solution, PAIR, "REF").await;
    let first_numbers = all(&desk.send(&ticket(&before.air, &[])).await, "Ticket", attribute("TicketNumber"));
    desk.control(r#"{"forget": true}"#).await;
    assert_eq!(orders(&desk.ledger().await), 0);
    let after = desk.booked(&solution, PAIR, "REF").await;
    assert_ne!(before, after);
    let numbers = all(&desk.send(&ticket(&after.air, &[])).await, "Ticket", attribute("TicketNumber"));
    assert!(numbers.iter().all(|number| !first_numbers.contains(number)));
}

/// A client that does not wait changes nothing: the host commits after it left.
#[tokio::test]
async fn the_host_goes_on_when_the_client_has_left() {
    let (desk, solution) = ready().await;
    script(&desk, CREATE, r#"{"delay_ms": 1000}"#).await;
    let body = create(&solution, PAIR, "REF", "");
    {
        let mut answer = std::pin::pin!(desk.try_send(&body));
        loop {
            tokio::select! {
                answer = &mut answer => panic!("answered within the delay: {answer:?}"),
                ledger = desk.ledger() => {
                    if ledger["calls"]["P1000001"][CREATE] == 1 {
                        break;
                    }
                }
            }
        }
    }
    while orders(&desk.ledger().await) == 0 {}
}
