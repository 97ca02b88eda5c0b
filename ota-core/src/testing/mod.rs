//! Suites and tools for tests: of this crate, and of whoever writes an adapter or a connector.
//!
//! A failed expectation in a suite panics.
#![allow(clippy::unwrap_used)] // this is test code, in a feature of its own

pub mod bookings;
pub mod cache_suite;
pub mod clock;
pub mod payment_suite;
pub mod queue_suite;
pub mod saga;
pub mod samples;
pub mod script;
pub mod stays;
pub mod store_suite;
pub mod supplier_suite;
pub mod world;
