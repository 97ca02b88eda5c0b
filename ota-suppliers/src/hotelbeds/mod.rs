#![doc = include_str!("docs.md")]

#[cfg_attr(not(test), allow(dead_code))] // asked by the client, which comes next
mod compare;
mod errors;
pub(crate) mod inspect;
pub(crate) mod map;
#[cfg(test)]
mod recordings;
pub(crate) mod replies;
#[cfg_attr(not(test), allow(dead_code))] // sent by the client, which comes next
pub(crate) mod requests;
#[cfg_attr(not(test), allow(dead_code))] // as above
mod sign;
