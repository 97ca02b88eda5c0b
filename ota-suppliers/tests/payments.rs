//! The payment gateway adapter against the gateway simulator, over loopback HTTP.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ota_core::model::id::IdempotencyKey;
use ota_core::payment::sandbox::{SandboxConfig, SandboxPaymentGateway};
use ota_core::payment::{PaymentErrorKind, PaymentGateway, PaymentOp};
use ota_core::redact::Redacted;
use ota_core::runtime::SystemClock;
use ota_core::testing::payment_suite::{Bench, Break, PaymentSuite};
use ota_suppliers::sim::http::Server;
use ota_suppliers::sim::payments::Gateway;
use serde_json::{Value, json};

const API_KEY: &str = "gateway-key";

fn adapter(addr: SocketAddr, api_key: &str) -> Arc<SandboxPaymentGateway> {
    // Another test of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = SandboxConfig {
        url: format!("http://{addr}"),
        api_key: Redacted::new(api_key.to_owned()),
        timeout: Duration::from_millis(500),
    };
    Arc::new(SandboxPaymentGateway::new(config, Arc::new(SystemClock)).unwrap())
}

async fn simulator() -> Server {
    let gateway = Gateway::open(API_KEY, None).unwrap();
    Server::start(([127, 0, 0, 1], 0).into(), Arc::new(gateway)).await.unwrap()
}

#[derive(Debug)]
struct ControlEndpoint(SocketAddr);

#[async_trait]
impl Bench for ControlEndpoint {
    async fn break_next(&self, op: PaymentOp, how: Break) {
        let effect = match how {
            Break::DropBefore => "drop_before",
            Break::DropAfter => "drop_after",
            Break::HangAfter => "hang_after",
            Break::Unclear => "unclear",
            Break::CutAfter => "cut_after",
            Break::Unavailable => "unavailable",
        };
        let order = json!({ "faults": [{ "op": op.name(), "effect": effect }] });
        let url = format!("http://{}/_control", self.0);
        let reply = reqwest::Client::new().post(url).json(&order).send().await.unwrap();
        assert!(reply.status().is_success());
    }
}

#[tokio::test]
async fn the_adapter_passes_the_suite_and_the_books_balance() {
    let server = simulator().await;
    let addr = server.addr();
    let suite = PaymentSuite {
        gateway: adapter(addr, API_KEY),
        bench: Arc::new(ControlEndpoint(addr)),
        ok: "tok_ok",
        declined: "tok_declined",
        pending: "tok_pending",
    };
    suite.run().await;
    let ledger = reqwest::get(format!("http://{addr}/_ledger")).await.unwrap().json::<Value>().await.unwrap();
    let mut held = 0;
    for payment in ledger["payments"].as_array().unwrap() {
        let moved = |op: &str| -> i64 {
            let movements = payment["movements"].as_array().unwrap().iter();
            movements
                .filter(|movement| movement["op"] == op)
                .map(|movement| movement["amount"].as_i64().unwrap())
                .sum()
        };
        assert_eq!(payment["captured"], moved("capture"), "{payment}");
        assert_eq!(payment["refunded"], moved("refund"), "{payment}");
        held +=
            payment["authorized"].as_i64().unwrap() - moved("capture") - payment["voided"].as_i64().unwrap();
    }
    assert_eq!(ledger["sums"]["IDR"]["held"], held);
    server.shutdown().await;
}

#[tokio::test]
async fn a_wrong_key_and_an_absent_gateway_move_nothing() {
    let server = simulator().await;
    let key = IdempotencyKey::new("k").unwrap();
    let error = adapter(server.addr(), "wrong").lookup(&key).await.unwrap_err();
    assert_eq!(error.kind, PaymentErrorKind::Denied);
    assert!(!format!("{error:?}").contains("wrong"));
    let addr = server.addr();
    server.shutdown().await;
    let attempt = ota_core::payment::Attempt {
        key: key.clone(),
        send_before: ota_core::model::time::Timestamp::from_micros(i64::MAX),
    };
    let gateway = adapter(addr, API_KEY);
    let error = gateway.void(&attempt, "pay_000001").await.unwrap_err();
    assert_eq!(error.kind, PaymentErrorKind::Unavailable, "nobody listens, so no byte has left");
    assert_eq!(gateway.lookup(&key).await.unwrap_err().kind, PaymentErrorKind::Unavailable);
}
