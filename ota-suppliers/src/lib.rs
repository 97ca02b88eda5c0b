//! Supplier connectors on the real wire, and simulators of the other side of it.

pub mod config;
#[cfg(feature = "hotelbeds")]
pub mod hotelbeds;
pub mod inspect;
#[cfg(any(feature = "travelport", feature = "hotelbeds"))]
pub mod registry;
#[cfg(feature = "sim")]
pub mod sim;
#[cfg(feature = "travelport")]
pub mod soap;
pub mod transport;
#[cfg(feature = "travelport")]
pub mod travelport;
#[cfg(all(test, any(feature = "travelport", feature = "hotelbeds")))]
mod wire_data;
pub mod xml;
#[cfg(feature = "hotelbeds")]
pub mod zone;
