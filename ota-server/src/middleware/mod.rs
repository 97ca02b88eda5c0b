//! Around every handler: who asks, how much, until when, and with which body.

pub(crate) mod auth;
pub(crate) mod body;
pub(crate) mod context;
pub(crate) mod limit;
