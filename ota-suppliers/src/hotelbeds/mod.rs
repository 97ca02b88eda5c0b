#![doc = include_str!("docs.md")]

mod errors;
pub(crate) mod inspect;
pub(crate) mod map;
#[cfg(test)]
mod recordings;
pub(crate) mod replies;
