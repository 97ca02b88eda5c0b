//! The whole system over real HTTP: the real binary, and the other side of the wire in a process of its own.

#![allow(clippy::unwrap_used)] // helpers of tests: what cannot be had fails the test

mod audit;
mod crash;
mod field_reports;
mod journey;
mod keys;
mod refusals;
mod restart;
mod secrets;
mod stay;
mod stays;
mod storm;
mod trip;
mod world;
