//! Supplier connectors on the real wire, and simulators of the other side of it.

pub mod config;
pub mod inspect;
#[cfg(feature = "travelport")]
pub mod registry;
#[cfg(feature = "sim")]
pub mod sim;
#[cfg(feature = "travelport")]
pub mod soap;
pub mod transport;
#[cfg(feature = "travelport")]
pub mod travelport;
#[cfg(all(test, feature = "travelport"))]
mod wire_data;
#[cfg(any(feature = "travelport", feature = "sim"))]
pub mod xml;
