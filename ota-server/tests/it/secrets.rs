//! Planted names, documents, addresses and passwords are found nowhere that they should not be.

use std::path::Path;

use serde_json::json;

use crate::stay::{BOOK, guests};
use crate::trip::PLANTED;
use crate::world::{KEY, Settings, World};

/// Secrets of the test's configuration.
const SECRETS: [&str; 5] = [KEY, "demo-gateway-key", "demo-P1000001", "demo-hotelbeds", "demo-secret"];

#[tokio::test]
async fn database_and_logs_hold_nothing_personal_and_nothing_secret() {
    let world = World::with(Settings { log: "debug", ..Settings::default() }).await;
    let booking = world.book().await;
    let mut misspelt = crate::trip::party().0;
    misspelt[0]["type"] = "PLANTEDSUR".into();
    world.post("/v1/bookings", &misspelt, Some("misspelt")).await.problem();
    world.pay(&booking, "tok_ok").await.ok();
    assert_eq!(world.settled(&booking).await["status"], "TICKETED");
    books_stays(&world).await;
    let mail = world.folder().join("server/mail");
    assert!(holds(&mail, PLANTED[0]), "the search finds what is there: the receipt names the travelers");

    let server = world.folder().join("server");
    for planted in PLANTED.iter().chain(&SECRETS) {
        for entry in std::fs::read_dir(&server).unwrap() {
            let path = entry.unwrap().path();
            assert!(path == mail || !holds(&path, planted), "{planted} in {}", path.display());
        }
        assert!(!holds(&world.folder().join("server.log"), planted), "{planted} in the log");
    }
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    for planted in PLANTED {
        assert!(!holds(&fixtures, planted), "{planted} in the fixtures");
    }
}

/// One as it should go, and one whose answer is of somebody else's.
async fn books_stays(world: &World) {
    for (at, effect) in [json!({"delay_ms": 0}), json!({"wrong_echo": "surname"})].into_iter().enumerate() {
        let offers = world.stay_offers("sort=PRICE").await;
        let quote = world.quote(offers[at]["id"].as_str().unwrap()).await;
        let created = world.create_for(&quote, guests(), &format!("stay-{at}")).await.ok();
        let booking = format!("/v1/bookings/{}", created["id"].as_str().unwrap());
        world.next_stay(BOOK, effect).await;
        let (pay, method) = (format!("{booking}/payments"), json!({"method": "tok_ok"}));
        world.post(&pay, &method, Some(&format!("pay-{at}"))).await.ok();
        assert_eq!(world.settled(&booking).await["status"], "TICKETED");
    }
}

/// Whether a file, or any file under a folder, holds a text.
fn holds(path: &Path, text: &str) -> bool {
    if path.is_dir() {
        return std::fs::read_dir(path).unwrap().any(|entry| holds(&entry.unwrap().path(), text));
    }
    // What has vanished holds nothing: the database drops files of its own.
    let (bytes, text) =
        (std::fs::read(path).unwrap_or_default().to_ascii_lowercase(), text.to_ascii_lowercase());
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
