//! The other side of the wire: simulators that speak the suppliers' protocols over loopback HTTP.
//!
//! They share no code with the connectors: a mistake in a connector must not be answered by the same mistake here.

pub mod http;
pub mod journal;
pub mod payments;
