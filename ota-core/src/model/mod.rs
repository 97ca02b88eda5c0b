//! The words of the trade: plain data, pure, the same for every supplier.
//!
//! Names follow IATA NDC and ONE Order; GDS facts (record locator, booking class, fare basis) are typed
//! attributes. What a supplier needs in order to go on is an opaque, bounded [`offer::SupplierToken`].

pub mod booked;
pub mod check;
pub mod clocks;
pub mod conditions;
pub mod context;
pub mod fare;
pub mod id;
pub mod itinerary;
pub mod latin;
pub mod money;
pub mod offer;
pub mod order;
pub mod passenger;
pub mod place;
pub mod places;
pub mod rooms;
pub mod search;
pub mod stay;
pub mod time;
pub mod traveler;
