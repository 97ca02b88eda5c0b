//! The rules, each with its proof that it can fail.

use super::source::{File, Name, within};

/// Lines of a source file; what is longer needs an entry in [`LONG_FILES`].
pub(crate) const FILE_LINES_MAX: usize = 700;

/// Files over [`FILE_LINES_MAX`], and why.
pub(crate) const LONG_FILES: &[(&str, &str)] = &[];

/// A rule over each file on its own.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The rule, for whoever broke it.
    pub(crate) says: &'static str,
    /// What breaks it: `path:line: name`.
    pub(crate) check: fn(&File) -> Vec<String>,
    /// Files that break it: path and text.
    pub(crate) broken_by: &'static [(&'static str, &'static str)],
    /// Near misses.
    pub(crate) kept_by: &'static [(&'static str, &'static str)],
}

/// Layers of ota-core: a layer names those before it, and no sibling of its own.
const LAYERS: &[&[&str]] = &[
    &["model"],
    &["pricing", "supplier"],
    &["booking"],
    &["cache", "store", "queue", "payment", "notify", "document"],
    &["search"],
    &["verify"],
    &["fulfil"],
    &["desk", "package"],
    &["testing"],
];

const ADAPTERS: &[&str] = &[
    "ota_core::cache::memory",
    "ota_core::cache::redis",
    "ota_core::cache::tiered",
    "ota_core::notify::mail",
    "ota_core::payment::sandbox",
    "ota_core::payment::stripe",
    "ota_core::queue::kafka",
    "ota_core::queue::local",
    "ota_core::queue::postgres",
    "ota_core::store::postgres",
    "ota_core::store::seal",
    "ota_core::store::sqlite",
];

/// What runs, waits, reads or logs.
const IMPURE: &[&str] = &[
    "async",
    "async_trait",
    "await",
    "futures_util",
    "metrics",
    "reqwest",
    "sqlx",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "tokio",
    "tokio_util",
    "tracing",
];

/// Files of ota-core that are functions of their arguments.
const PURE: &[&str] = &[
    "ota-core/src/booking/",
    "ota-core/src/document/",
    "ota-core/src/model/",
    "ota-core/src/pricing.rs",
    "ota-core/src/search/catalog/globe.rs",
    "ota-core/src/search/catalog/properties.rs",
    "ota-core/src/search/freshness.rs",
    "ota-core/src/search/merge.rs",
    "ota-core/src/search/offer_id.rs",
    "ota-core/src/search/view.rs",
    "ota-core/src/search/view/",
    "ota-core/src/supplier/breaker.rs",
    "ota-core/src/supplier/guard.rs",
    "ota-core/src/supplier/token_bucket.rs",
    "ota-pricing/src/",
];

/// What connectors of ota-suppliers share. Every other folder but `sim` is a connector.
const SHARED: &[&str] = &["config", "inspect", "soap", "transport", "xml"];

pub(crate) const RULES: &[Rule] = &[
    Rule {
        says: "ota-core's layers name only what is left of them",
        check: layers,
        broken_by: &[
            ("ota-core/src/model/id.rs", "use crate::booking::model::Booking;"),
            ("ota-core/src/booking/plan.rs", "fn f(x: crate::store::Version) {}"),
            ("ota-core/src/queue/mod.rs", "use crate::{model::id::BookingId, store::BookingStore};"),
            ("ota-core/src/search/mod.rs", "use super::verify::Verifier;"),
            ("ota-core/src/desk/mod.rs", "use crate::testing::samples;"),
            ("ota-core/src/redact.rs", "use crate::model::id::TenantId;"),
        ],
        kept_by: &[
            ("ota-core/src/booking/plan.rs", "use crate::model::id::BookingId; use super::model::Item;"),
            ("ota-core/src/desk/mod.rs", "#[cfg(test)]\nmod tests { use crate::testing::samples; }"),
            ("ota-core/src/store/sqlite.rs", "use super::seal::Sealer; use crate::redact::Redacted;"),
        ],
    },
    Rule {
        says: "pure code does not wait, read, log or tell the time",
        check: |file| names_in(file, PURE, &[], IMPURE),
        broken_by: &[
            ("ota-core/src/booking/machine.rs", "async fn f() {}"),
            ("ota-core/src/booking/machine/decide.rs", "use tracing::info;"),
            ("ota-core/src/supplier/breaker.rs", "use std::time::{Duration, Instant};"),
            ("ota-pricing/src/rules/load.rs", "fn f() { std::fs::read(\"x\"); }"),
        ],
        kept_by: &[
            ("ota-core/src/supplier/breaker.rs", "use std::time::Duration; // async"),
            ("ota-core/src/supplier/policy.rs", "use tokio::time::timeout;"),
        ],
    },
    Rule {
        says: "only runtime.rs reads the clock, draws randomness or spawns (simulators are another program's side)",
        check: |file| {
            let only = ["ota-core/src/", "ota-pricing/src/", "ota-suppliers/src/", "ota-server/src/"];
            names_in(
                file,
                &only,
                &["ota-core/src/runtime.rs", "ota-suppliers/src/sim/"],
                &[
                    "Instant::now",
                    "SystemTime::now",
                    "Timestamp::now",
                    "Uuid::new_v4",
                    "Uuid::new_v7",
                    "Zoned::now",
                    "jiff::Timestamp::now",
                    "jiff::Zoned::now",
                    "rand",
                    "ring::rand",
                    "std::thread::Builder",
                    "std::thread::spawn",
                    "thread::spawn",
                    "std::time::Instant::now",
                    "std::time::SystemTime::now",
                    "tokio::spawn",
                    "tokio::task::JoinSet",
                    "tokio::task::spawn",
                    "tokio::task::spawn_blocking",
                    "tokio::time::Instant::now",
                    "tokio_util::task",
                    "uuid::Uuid::new_v4",
                ],
            )
        },
        broken_by: &[
            ("ota-core/src/search/mod.rs", "fn f() { tokio::spawn(async {}); }"),
            ("ota-server/src/main.rs", "fn f() { std::time::SystemTime::now(); }"),
            ("ota-server/src/middleware/context.rs", "use uuid::Uuid; fn f() { Uuid::new_v4(); }"),
            ("ota-core/src/store/seal.rs", "use ring::rand::SystemRandom;"),
        ],
        kept_by: &[
            ("ota-core/src/runtime.rs", "use ring::rand::SystemRandom;"),
            ("ota-core/src/notify/mail.rs", "fn f(sent: std::time::SystemTime) {}"),
            ("ota-suppliers/src/sim/http.rs", "fn f() { tokio::spawn(async {}); }"),
            ("ota-core/src/search/gather.rs", "fn f(tasks: &Tasks) { tasks.spawn(async {}); }"),
        ],
    },
    Rule {
        says: "nothing that money passes counts in binary fractions (zones and neighbours are looked up by degrees; simulators measure distances)",
        check: |file| {
            let only = ["ota-core/src/", "ota-pricing/src/", "ota-suppliers/src/", "ota-server/src/"];
            let degrees = ["ota-core/src/search/catalog/globe.rs", "ota-suppliers/src/zone.rs"];
            names_in(file, &only, &[&degrees[..], &["ota-suppliers/src/sim/"]].concat(), &["f32", "f64"])
        },
        broken_by: &[
            ("ota-core/src/model/money.rs", "fn f(amount: f64) {}"),
            ("ota-suppliers/src/hotelbeds/map/rate.rs", "fn f(text: &str) { text.parse::<f64>(); }"),
            ("ota-server/src/api/dto/mod.rs", "fn f(minor: i64) -> Value { json!(minor as f64 / 100.0) }"),
            ("ota-pricing/src/sell.rs", "fn f(x: i64) { f64::from(x); }"),
        ],
        kept_by: &[
            ("ota-suppliers/src/zone.rs", "fn f(micro: i32) { f64::from(micro); }"),
            ("ota-core/src/model/money.rs", "/// Never an f64.\nfn f(amount: i64) {}"),
        ],
    },
    Rule {
        says: "the engine names ports, never adapters",
        check: engine_names_ports,
        broken_by: &[
            ("ota-core/src/fulfil/driver.rs", "use crate::store::sqlite::SqliteBookingStore;"),
            ("ota-core/src/desk/mod.rs", "use crate::notify::{Notifier, mail};"),
            ("ota-core/src/search/mod.rs", "use crate::cache::memory::MemorySupersetCache;"),
            ("ota-core/src/queue/local.rs", "use crate::payment::sandbox::SandboxGateway;"),
        ],
        kept_by: &[
            ("ota-core/src/fulfil/driver.rs", "use crate::store::{BookingStore, Claim};"),
            ("ota-core/src/store/sqlite/rows.rs", "use crate::store::sqlite::BUSY_MAX;"),
            ("ota-core/src/store/sqlite.rs", "use super::seal::Sealer;"),
        ],
    },
    Rule {
        says: "the engine sees suppliers only as handles",
        check: |file| {
            let engine =
                ["search", "verify", "fulfil", "desk", "package"].map(|part| format!("ota-core/src/{part}"));
            let engine: Vec<&str> = engine.iter().map(String::as_str).collect();
            names_in(
                file,
                &engine,
                &[],
                &["FlightSupplier", "ota_core::supplier::FlightSupplier", "ota_core::supplier::policy"],
            )
        },
        broken_by: &[
            ("ota-core/src/search/gather.rs", "use crate::supplier::FlightSupplier;"),
            ("ota-core/src/verify.rs", "use crate::supplier::policy::CallPolicy;"),
        ],
        kept_by: &[("ota-core/src/search/gather.rs", "use crate::supplier::handle::SupplierHandle;")],
    },
    Rule {
        says: "libraries do not name what is right of them: core; suppliers and pricing; server",
        check: crates,
        broken_by: &[
            ("ota-core/src/lib.rs", "use ota_suppliers::travelport;"),
            ("ota-suppliers/src/lib.rs", "use ota_pricing::sell;"),
            ("examples/src/bin/book_trip.rs", "use ota_server::config;"),
        ],
        kept_by: &[("ota-suppliers/src/lib.rs", "use ota_core::model;")],
    },
    Rule {
        says: "connectors name neither each other nor a simulator, simulators no connector",
        check: connectors_apart,
        broken_by: &[
            ("ota-suppliers/src/travelport/client.rs", "use crate::hotelbeds::client;"),
            ("ota-suppliers/src/travelport/client.rs", "use crate::sim::http::Server;"),
            ("ota-suppliers/src/transport/mod.rs", "use crate::travelport::errors;"),
            ("ota-suppliers/src/sim/travelport/mod.rs", "use crate::travelport::replies::air;"),
        ],
        kept_by: &[
            ("ota-suppliers/src/travelport/client.rs", "use super::errors; use crate::soap::envelope;"),
            ("ota-suppliers/src/sim/travelport/search.rs", "use super::super::inventory::Flight;"),
            ("ota-suppliers/src/registry.rs", "use crate::travelport::Travelport;"),
        ],
    },
    Rule {
        says: "a connector's mapping sees its wire types, its codes and the model, and does not wait",
        check: mapping,
        broken_by: &[
            ("ota-suppliers/src/travelport/map/order.rs", "use crate::travelport::client::Client;"),
            ("ota-suppliers/src/travelport/map.rs", "use crate::transport::Transport;"),
            ("ota-suppliers/src/travelport/map.rs", "use ota_core::store::BookingStore;"),
            ("ota-suppliers/src/travelport/map/order.rs", "async fn f() {}"),
        ],
        kept_by: &[(
            "ota-suppliers/src/travelport/map/order.rs",
            "use super::fare; use crate::travelport::{errors, replies::air}; use ota_core::supplier::Batch;",
        )],
    },
    Rule {
        says: "only a connector's client.rs sends",
        check: |file| {
            if connector(file).is_none() || file.path.ends_with("/client.rs") {
                return Vec::new();
            }
            names_in(
                file,
                &[""],
                &[],
                &["ota_suppliers::transport::WireRequest", "reqwest", "hyper", "std::net"],
            )
        },
        broken_by: &[(
            "ota-suppliers/src/travelport/book.rs",
            "use crate::transport::{Transport, WireRequest};",
        )],
        kept_by: &[("ota-suppliers/src/travelport/client.rs", "use crate::transport::WireRequest;")],
    },
    Rule {
        says: "only the server's wiring.rs names adapters, connectors and simulators",
        check: |file| {
            let except = ["ota-server/src/wiring.rs", "ota-server/src/wiring/"];
            let mut named =
                names_in(file, &["ota-server/src/"], &except, &[ADAPTERS, &["ota_suppliers"]].concat());
            // How accounts are configured is said by what reads it.
            named.retain(|what| {
                file.path != "ota-server/src/config.rs" || !what.contains("ota_suppliers::config")
            });
            named
        },
        broken_by: &[
            ("ota-server/src/main.rs", "fn f() { ota_suppliers::sim::http::serve(); }"),
            ("ota-server/src/api/bookings.rs", "use ota_core::store::sqlite::SqliteBookingStore;"),
            ("ota-server/src/config.rs", "use ota_suppliers::{config::SecretRef, registry};"),
        ],
        kept_by: &[
            ("ota-server/src/config.rs", "use ota_suppliers::config::SecretRef;"),
            ("ota-server/src/wiring.rs", "use ota_core::store::sqlite::SqliteBookingStore;"),
        ],
    },
    Rule {
        says: "only the server's api, middleware and listener know HTTP",
        check: |file| {
            let edge =
                ["api/", "middleware/", "page/", "listener.rs"].map(|part| format!("ota-server/src/{part}"));
            let edge: Vec<&str> = edge.iter().map(String::as_str).collect();
            let http = ["axum", "http", "http_body_util", "hyper", "hyper_util", "tower", "tower_http"];
            names_in(file, &["ota-server/src/"], &edge, &http)
        },
        broken_by: &[("ota-server/src/wiring.rs", "use axum::Router;")],
        kept_by: &[
            ("ota-server/src/api/bookings.rs", "use axum::Json;"),
            ("ota-server/src/wiring.rs", "use crate::api; fn f(http: u16) {}"),
        ],
    },
    Rule {
        says: "only the server's api/dto is JSON that clients see (configuration is not; problems have their own file)",
        check: |file| {
            let own =
                ["api/dto/", "api/problem.rs", "config.rs"].map(|part| format!("ota-server/src/{part}"));
            let own: Vec<&str> = own.iter().map(String::as_str).collect();
            let shape = ["serde::Serialize", "serde::Deserialize", "Serialize", "Deserialize"];
            names_in(file, &["ota-server/src/"], &own, &shape)
        },
        broken_by: &[("ota-server/src/api/bookings.rs", "#[derive(serde::Serialize)] struct Reply {}")],
        kept_by: &[
            ("ota-server/src/api/dto/booking.rs", "use serde::Serialize;"),
            ("ota-server/src/middleware/body.rs", "use serde::de::DeserializeOwned;"),
        ],
    },
    Rule {
        says: "a source file is at most 700 lines, or says in LONG_FILES why not",
        check: |file| {
            let lines = file.text.lines().count();
            let excused = LONG_FILES.iter().any(|(path, _)| *path == file.path);
            let long = file.is_rust() && lines > FILE_LINES_MAX && !excused;
            if long { vec![format!("{}: {lines} lines", file.path)] } else { Vec::new() }
        },
        broken_by: &[("ota-core/src/a.rs", LONG)],
        kept_by: &[("ota-core/data/cities.csv", LONG), ("ota-core/src/a.rs", "\n")],
    },
    Rule {
        says: "no file names a machine's folders or a package host",
        check: machine_names,
        broken_by: &[
            ("README.md", concat!("see /ro", "ot/.profile")),
            ("ota-core/src/a.rs", concat!("// as in /ho", "me/me/ota")),
            ("scripts/test", concat!("cd /wo", "rk/ota")),
            ("ota-core/Cargo.toml", concat!("# from index.cra", "tes.io")),
        ],
        kept_by: &[
            ("README.md", "see ../shared/wire and the framework/network folder"),
            ("Cargo.lock", "source = \"registry+https://github.com/rust-lang/crates.io-index\""),
        ],
    },
];

const LONG: &str = {
    const LINES: [u8; FILE_LINES_MAX + 1] = [b'\n'; FILE_LINES_MAX + 1];
    match std::str::from_utf8(&LINES) {
        Ok(text) => text,
        Err(_) => "",
    }
};

/// What a file in one of these places, but none of the `except`, names of these modules. Test code is free.
fn names_in(file: &File, places: &[&str], except: &[&str], modules: &[&str]) -> Vec<String> {
    let at = |places: &[&str]| places.iter().any(|place| file.path.starts_with(place));
    if !at(places) || at(except) {
        return Vec::new();
    }
    forbidden(file, |name| modules.iter().any(|module| within(&name.path, module)))
}

fn forbidden(file: &File, is_forbidden: impl Fn(&Name) -> bool) -> Vec<String> {
    if !file.is_rust() || file.is_test() {
        return Vec::new();
    }
    let names = file.names().into_iter().filter(is_forbidden);
    names.map(|name| format!("{}:{}: {}", file.path, name.line, name.path)).collect()
}

fn layers(file: &File) -> Vec<String> {
    let Some(inside) = file.path.strip_prefix("ota-core/src/") else { return Vec::new() };
    let own = inside.split(['/', '.']).next().unwrap_or_default();
    if own == "lib" {
        return Vec::new();
    }
    // What serves all (error, redact, limits, keys) stands before every layer; runtime.rs needs the instant.
    let reach = LAYERS.iter().position(|layer| layer.contains(&own)).unwrap_or_default();
    forbidden(file, |name| {
        let Some(inside) = name.path.strip_prefix("ota_core::") else { return false };
        let target = inside.split("::").next().unwrap_or_default();
        let Some(depth) = LAYERS.iter().position(|layer| layer.contains(&target)) else { return false };
        let serves_all = !LAYERS.concat().contains(&own);
        let instant = within(inside, "model::time");
        target != own && if serves_all { !instant } else { depth >= reach }
    })
}

fn engine_names_ports(file: &File) -> Vec<String> {
    let own = file.module();
    let port = |module: &str| module.rsplit_once("::").map(|(port, _)| port.to_owned()).unwrap_or_default();
    if !own.starts_with("ota_core::") || own == "ota_core::testing" {
        return Vec::new();
    }
    forbidden(file, |name| {
        let adapter = ADAPTERS.iter().find(|adapter| within(&name.path, adapter));
        // An adapter and its helpers stand beside each other below their port.
        adapter.is_some_and(|adapter| !within(&own, &port(adapter)) || own == port(adapter))
    })
}

fn crates(file: &File) -> Vec<String> {
    let right: &[&str] = match file.path.split('/').next().unwrap_or_default() {
        "ota-core" => &["ota_suppliers", "ota_pricing", "ota_server"],
        "ota-suppliers" => &["ota_pricing", "ota_server"],
        "ota-pricing" => &["ota_suppliers", "ota_server"],
        "examples" | "fuzz" => &["ota_server"],
        _ => &[],
    };
    names_in(file, &[""], &[], right)
}

/// The connector that a file belongs to.
fn connector(file: &File) -> Option<&str> {
    let (folder, _) = file.path.strip_prefix("ota-suppliers/src/")?.split_once('/')?;
    (folder != "sim" && !SHARED.contains(&folder)).then_some(folder)
}

fn connectors_apart(file: &File) -> Vec<String> {
    let Some(inside) = file.path.strip_prefix("ota-suppliers/src/") else { return Vec::new() };
    let Some((own, _)) = inside.split_once('/') else { return Vec::new() };
    forbidden(file, |name| {
        let Some(inside) = name.path.strip_prefix("ota_suppliers::") else { return false };
        let (target, rest) = inside.split_once("::").unwrap_or((inside, ""));
        target != own && !SHARED.contains(&target) && !rest.is_empty()
    })
}

fn mapping(file: &File) -> Vec<String> {
    let Some(own) = connector(file) else { return Vec::new() };
    let home = format!("ota_suppliers::{own}");
    if !within(&file.module(), &format!("{home}::map")) {
        return Vec::new();
    }
    let wire = ["map", "replies", "requests", "errors"].map(|part| format!("{home}::{part}"));
    let model = ["model", "limits", "redact", "supplier"].map(|part| format!("ota_core::{part}"));
    forbidden(file, |name| {
        let ours = within(&name.path, "ota_suppliers") || within(&name.path, "ota_core");
        let seen = wire.iter().chain(&model).any(|module| within(&name.path, module));
        (ours && !seen) || IMPURE.iter().any(|module| within(&name.path, module))
    })
}

fn machine_names(file: &File) -> Vec<String> {
    // In two parts, so that this file keeps its own rule.
    let names = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!(".cargo/regi", "stry"),
        concat!("index.cra", "tes.io"),
        concat!("static.cra", "tes.io"),
        concat!("registry.np", "mjs.org"),
        concat!("repo.maven.", "apache.org"),
        concat!("proxy.go", "lang.org"),
    ];
    let starts_path = |line: &str, at: usize| {
        !line[..at].ends_with(|before: char| before.is_alphanumeric() || before == '.' || before == '_')
    };
    let found = |line: &str| {
        names.iter().any(|name| {
            line.match_indices(name).any(|(at, _)| !name.starts_with('/') || starts_path(line, at))
        })
    };
    let lines = file.text.lines().enumerate().filter(|(_, line)| found(line));
    lines.map(|(at, line)| format!("{}:{}: {}", file.path, at + 1, line.trim())).collect()
}
