//! Travelport Universal API (uAPI), air: SOAP 1.1 over HTTP.

pub(crate) mod replies;
#[cfg_attr(not(test), allow(dead_code))] // sent by the client, which comes next
pub(crate) mod requests;
