//! Offers, orders, suppliers and bookings: the model and the engine of the ota workspace.
//!
//! Data flows one way: **search -> verify -> book -> fulfil -> service**. `ARCHITECTURE.md` at the root of
//! the repository has the map and the invariants; [`model`] has the words of the trade, [`supplier`] the
//! contract that a connector implements, [`pricing`] the ports that a pricing engine implements.
//!
//! Without default features the crate is the model and the pricing ports: no async runtime.

pub mod booking;
#[cfg(feature = "engine")]
pub mod cache;
#[cfg(feature = "engine")]
pub mod desk;
pub mod document;
pub mod error;
#[cfg(feature = "engine")]
pub mod fulfil;
pub mod keys;
pub mod limits;
pub mod model;
#[cfg(feature = "engine")]
pub mod notify;
#[cfg(feature = "engine")]
pub mod payment;
pub mod pricing;
#[cfg(feature = "engine")]
pub mod queue;
pub mod redact;
pub mod runtime;
#[cfg(feature = "engine")]
pub mod search;
#[cfg(feature = "engine")]
pub mod store;
pub mod supplier;
#[cfg(any(all(test, feature = "engine"), feature = "testing"))]
pub mod testing;
#[cfg(feature = "engine")]
pub mod verify;
