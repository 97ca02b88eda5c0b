//! Bookings: made, retrieved, listed, cancelled.

use serde::Deserialize;

use super::stay::HotelRs;
use super::wire::{Text, list};

/// `booking`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct BookingRs<'a> {
    #[serde(borrow)]
    pub(crate) reference: Text<'a>,
    #[serde(borrow)]
    pub(crate) cancellation_reference: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) client_reference: Text<'a>,
    /// `CONFIRMED` or `CANCELLED`.
    #[serde(borrow)]
    pub(crate) status: Text<'a>,
    #[serde(borrow)]
    pub(crate) hotel: Option<HotelRs<'a>>,
    #[serde(borrow)]
    pub(crate) total_net: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) pending_amount: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) currency: Text<'a>,
}

impl BookingRs<'_> {
    /// It answers a cancellation, simulated or real.
    pub(crate) fn is_cancellation(&self) -> bool {
        let stated = self.hotel.as_ref().is_some_and(|hotel| hotel.cancellation_amount.is_some());
        stated || self.cancellation_reference.is_some()
    }
}

/// `bookings`: one page of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct BookingsRs<'a> {
    #[serde(borrow)]
    pub(crate) from: Text<'a>,
    #[serde(borrow)]
    pub(crate) to: Text<'a>,
    /// Over all pages.
    #[serde(borrow)]
    pub(crate) total: Text<'a>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) bookings: Vec<BookingRs<'a>>,
}
