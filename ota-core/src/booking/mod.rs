//! The pure core of what happens after a quote: the booking and the machine that moves it.
//!
//! Nothing here waits, reads the clock or logs. [`model`] is what is stored, [`command`] what may be done and what
//! may come of it, [`plan`] what comes next, and [`machine`] the only place where states change.

pub mod command;
pub mod invariants;
pub mod machine;
pub mod model;
mod outcome;
pub mod plan;
