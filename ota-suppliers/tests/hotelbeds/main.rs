//! The Hotelbeds connector against the simulator, over loopback HTTP.
#![cfg(all(feature = "sim", feature = "hotelbeds"))]
#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod catalog;
mod faults;
mod field_reports;
mod fixture;
mod journey;
mod logs;
mod tamper;
mod world;
