//! Travelport Universal API (uAPI), air: SOAP 1.1 over HTTP.

pub mod answers;
#[allow(dead_code)] // read by the contract's methods, which come next
mod errors;
pub(crate) mod inspect;
#[allow(dead_code)] // as above
pub mod map;
#[allow(dead_code)] // as above
pub(crate) mod replies;
#[cfg_attr(not(test), allow(dead_code))] // sent by the client, which comes next
pub(crate) mod requests;
