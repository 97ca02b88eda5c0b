//! Bad requests: each gets its own problem type, and none leaves anything behind.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::trip::{day, party, search};
use crate::world::{KEY, World};

/// A search with one thing changed.
fn but(path: &str, value: Value) -> String {
    let mut request = search();
    *request.pointer_mut(path).expect("the search has it") = value;
    request.to_string()
}

async fn refused(world: &World, path: &str, body: String, key: Option<&str>) -> String {
    let bearer = format!("Bearer {KEY}");
    let mut headers = vec![("authorization", bearer.as_str())];
    headers.extend(key.map(|key| ("idempotency-key", key)));
    let answer = world.call(Method::POST, path, Some(body), &headers).await;
    assert!(answer.status.is_client_error(), "{answer:?}");
    assert_eq!(answer.body["status"], answer.status.as_u16(), "{answer:?}");
    answer.problem().to_owned()
}

/// All that the database's files hold.
fn stored(world: &World) -> Vec<Vec<u8>> {
    let files = ["", "-wal"].map(|end| format!("{}{end}", world.database().display()));
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

#[tokio::test]
async fn each_bad_request_has_its_type_and_leaves_nothing_behind() {
    let mut world = World::start().await;
    let expired = world.offer().await;
    world.server.kill().await;
    world.restart_server().await;
    let offer = world.offer().await;
    let quote = world.quote(&offer).await;
    world.create(&quote, "used").await.ok();
    let (before, orders, money) = (stored(&world), world.orders().await, world.money().await);

    let searches = [
        ("unknown-place", but("/slices/0/origin", json!("QQQ"))),
        ("unknown-place", but("/slices/0/origin", json!("Jakarta"))),
        ("same-place", but("/slices/0/destination", json!("CGK"))),
        ("past-date", but("/slices/0/date", json!(day(-2)))),
        ("date-too-far-ahead", but("/slices/1/date", json!(day(600)))),
        ("invalid-slices", but("/slices", json!([]))),
        ("invalid-slices", but("/slices/1/date", json!(day(30)))),
        ("seated-passengers", but("/passengers/adults", json!(9))),
        ("seated-passengers", but("/passengers", json!({"adults": 0}))),
        ("too-many-infants", but("/passengers/lap_infants", json!(3))),
        ("invalid-request", but("/passengers/adults", json!("two"))),
        ("invalid-request", but("/passengers", json!({"adults": 1, "pets": 1}))),
        ("malformed-json", "{\"slices\": [".to_owned()),
        ("body-too-large", format!("{{\"slices\": \"{}\"}}", "x".repeat(900 * 1024))),
    ];
    for (want, body) in searches {
        let shown: String = body.chars().take(300).collect();
        assert_eq!(refused(&world, "/v1/flights/search", body, None).await, want, "{shown}");
    }
    let mut forged = offer.clone();
    let last = forged.pop().unwrap();
    forged.push(if last == 'a' { 'b' } else { 'a' });
    for (want, id) in
        [("offer-forged", forged), ("offer-forged", "off_nonsense".to_owned()), ("offer-expired", expired)]
    {
        let body = json!({"offer": id}).to_string();
        assert_eq!(refused(&world, "/v1/offers/verify", body, None).await, want);
    }
    refuses_bookings(&world, &quote).await;

    assert_eq!(stored(&world), before, "the database is as it was");
    assert_eq!(world.orders().await, orders, "no supplier was asked");
    assert_eq!(world.money().await, money, "no money moved");
}

async fn refuses_bookings(world: &World, quote: &Value) {
    let (travelers, contact) = party();
    let whole = json!({"quote": quote["id"], "travelers": travelers, "contact": contact});
    let unknown = json!({"quote": format!("quo_{:032x}", 7), "travelers": travelers, "contact": contact});
    let few = json!({"quote": quote["id"], "travelers": [travelers[0]], "contact": contact});
    let cases = [
        ("idempotency-key-missing", whole.clone(), None),
        ("idempotency-key-reused", few.clone(), Some("used")),
        ("quote-taken", whole.clone(), Some("another")),
        ("not-found", unknown, Some("unknown")),
    ];
    for (want, body, key) in cases {
        assert_eq!(refused(world, "/v1/bookings", body.to_string(), key).await, want);
    }
}

#[tokio::test]
async fn who_asks_and_for_what_is_checked_first() {
    let world = World::start().await;
    let body = || Some(search().to_string());
    for wrong in ["Bearer nobody", "Basic a2V5", "Bearer"] {
        let answer =
            world.call(Method::POST, "/v1/flights/search", body(), &[("authorization", wrong)]).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::UNAUTHORIZED, "unauthenticated"));
    }
    assert_eq!(
        world.call(Method::POST, "/v1/flights/search", body(), &[]).await.problem(),
        "unauthenticated"
    );
    let bearer = format!("Bearer {KEY}");
    let elsewhere = [("authorization", bearer.as_str()), ("x-point-of-sale", "XX")];
    let answer = world.call(Method::POST, "/v1/flights/search", body(), &elsewhere).await;
    assert_eq!(answer.problem(), "unknown-point-of-sale");
    assert_eq!(world.get("/v1/flights/search").await.problem(), "method-not-allowed");
    assert_eq!(world.get("/v2").await.problem(), "not-found");
    let plain = [("authorization", bearer.as_str()), ("content-type", "text/plain")];
    let answer = world.call(Method::POST, "/v1/flights/search", None, &plain).await;
    assert_eq!(answer.problem(), "unsupported-media-type");
    let table = world.call(Method::GET, "/problems", None, &[]).await.ok();
    assert!(table.as_array().unwrap().iter().any(|row| row["type"] == "/problems/unknown-place"));
    assert_eq!(world.call(Method::GET, "/healthz", None, &[]).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.call(Method::GET, "/readyz", None, &[]).await.status, StatusCode::OK);
}
