//! Supplier connectors on the real wire, and simulators of the other side of it.

#[cfg(feature = "sim")]
pub mod sim;
#[cfg(feature = "travelport")]
pub mod soap;
pub mod transport;
#[cfg(any(feature = "travelport", feature = "sim"))]
pub mod xml;
