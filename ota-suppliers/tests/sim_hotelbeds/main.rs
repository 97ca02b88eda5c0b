//! The simulator of Hotelbeds over real loopback HTTP.

// The allowance of clippy.toml covers test functions, not what they share.
#![allow(clippy::unwrap_used)]

mod desk;
mod faults;
mod journey;
mod offers;
mod refusals;
mod restart;
mod shapes;
#[path = "../sim_support/mod.rs"]
mod support;
#[cfg(feature = "hotelbeds")]
mod understood;
mod xml;
