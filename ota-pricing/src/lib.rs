//! Pricing: from a supplier's net to what a customer pays.
//!
//! Pure: no clock, no I/O, no async. Every amount is a whole number of minor units; each division names its rounding;
//! a total is rounded once, and its parts are allotted so that they add up to it exactly.

pub mod engine;
pub mod error;
pub mod sell;
pub mod tables;
