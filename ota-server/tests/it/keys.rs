//! Idempotency keys and tenants.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::audit::{books, check};
use crate::trip::party;
use crate::world::{OTHER_KEY, World};

#[tokio::test]
async fn the_same_request_under_the_same_key_gets_the_same_answer() {
    let world = World::start().await;
    let quote = world.quote(&world.offer().await).await;
    let (first, again) = tokio::join!(world.create(&quote, "one"), world.create(&quote, "one"));
    assert_eq!(first.body, again.body, "sent twice at once");
    assert_eq!(world.create(&quote, "one").await.body, first.body);
    assert_eq!(world.create(&quote, "two").await.problem(), "quote-taken");

    let booking = format!("/v1/bookings/{}", first.ok()["id"].as_str().unwrap());
    let (one, two) = tokio::join!(world.pay(&booking, "tok_ok"), world.pay(&booking, "tok_ok"));
    // Whoever comes while the other is at it may be told to ask again.
    let paid = if one.status.is_success() { one } else { two };
    assert_eq!(paid.status, StatusCode::ACCEPTED, "{paid:?}");
    assert_eq!(world.pay(&booking, "tok_ok").await.body, paid.body);
    let reused =
        world.post(&format!("{booking}/payments"), &json!({"method": "tok_other"}), Some("pay")).await;
    assert_eq!(reused.problem(), "idempotency-key-reused");

    let done = world.settled(&booking).await;
    check(&books(&world).await, &done, 4);
    assert_eq!(world.pay(&booking, "tok_ok").await.body, paid.body, "also when all is over");
    let twice =
        world.post(&format!("{booking}/payments"), &json!({"method": "tok_ok"}), Some("another")).await;
    assert_eq!(twice.problem(), "booking-state");
    check(&books(&world).await, &done, 4);
}

#[tokio::test]
async fn what_is_another_tenants_does_not_exist() {
    let world = World::start().await;
    let offer = world.offer().await;
    let quote = world.quote(&offer).await;
    let booking = world.create(&quote, "create").await.ok();
    let path = format!("/v1/bookings/{}", booking["id"].as_str().unwrap());
    let bearer = format!("Bearer {OTHER_KEY}");
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "create")];
    let (travelers, contact) = party();
    let create = json!({"quote": quote["id"], "travelers": travelers, "contact": contact});
    let attempts = [
        (Method::GET, path.clone(), None),
        (Method::POST, format!("{path}/payments"), Some(json!({"method": "tok_ok"}))),
        (Method::POST, format!("{path}/cancel-quotes"), Some(json!({}))),
        (
            Method::POST,
            format!("{path}/cancel"),
            Some(json!({"refund": {"amount": "0.00", "currency": "IDR"}})),
        ),
        (Method::POST, "/v1/bookings".to_owned(), Some(create)),
    ];
    for (method, path, body) in attempts {
        let answer = world.call(method, &path, body.map(|body| body.to_string()), &headers).await;
        assert_eq!(answer.problem(), "not-found", "{path}");
    }
    let body = Some(json!({"offer": offer}).to_string());
    let answer = world.call(Method::POST, "/v1/offers/verify", body, &headers).await;
    assert_eq!(answer.problem(), "offer-forged", "an offer id shows one tenant's price");
    assert_eq!(world.get(&path).await.ok()["status"], "INIT");
}
