//! Properties, rooms and rates: `availabilityRS` and `checkRateRS`, and the stay of a booking.

use serde::Deserialize;

use super::wire::{Text, list};

/// `hotels` of `availabilityRS`; without a list where nothing can be had.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct HotelsRs<'a> {
    #[serde(borrow)]
    pub(crate) check_in: Text<'a>,
    #[serde(borrow)]
    pub(crate) check_out: Text<'a>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) hotels: Vec<HotelRs<'a>>,
}

/// `hotel`: of an availability, of checked rates, or of a booking.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct HotelRs<'a> {
    #[serde(borrow)]
    pub(crate) code: Text<'a>,
    #[serde(borrow)]
    pub(crate) name: Text<'a>,
    #[serde(borrow)]
    pub(crate) category_name: Text<'a>,
    #[serde(borrow)]
    pub(crate) destination_name: Text<'a>,
    #[serde(borrow)]
    pub(crate) latitude: Text<'a>,
    #[serde(borrow)]
    pub(crate) longitude: Text<'a>,
    #[serde(borrow)]
    pub(crate) currency: Text<'a>,
    #[serde(borrow)]
    pub(crate) check_in: Text<'a>,
    #[serde(borrow)]
    pub(crate) check_out: Text<'a>,
    #[serde(borrow)]
    pub(crate) total_net: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) cancellation_amount: Option<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) rooms: Vec<RoomRs<'a>>,
    #[serde(borrow)]
    pub(crate) upselling: Option<UpsellingRs<'a>>,
    #[serde(borrow)]
    pub(crate) supplier: Option<SupplierRs<'a>>,
}

/// `supplier` of a booking: who sells it in the property's name.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct SupplierRs<'a> {
    #[serde(borrow)]
    pub(crate) name: Text<'a>,
    #[serde(borrow)]
    pub(crate) vat_number: Text<'a>,
}

/// `upselling` of checked rates: what else could be had for a little more.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct UpsellingRs<'a> {
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) rooms: Vec<RoomRs<'a>>,
}

/// `room`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct RoomRs<'a> {
    #[serde(borrow)]
    pub(crate) code: Text<'a>,
    #[serde(borrow)]
    pub(crate) name: Text<'a>,
    /// Of a booking only, like [`Self::paxes`].
    #[serde(borrow)]
    pub(crate) status: Text<'a>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) paxes: Vec<PaxRs<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) rates: Vec<RateRs<'a>>,
}

/// `pax`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct PaxRs<'a> {
    #[serde(borrow)]
    pub(crate) room_id: Text<'a>,
    /// `AD` or `CH`.
    #[serde(borrow, rename = "type")]
    pub(crate) kind: Text<'a>,
    #[serde(borrow)]
    pub(crate) age: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) name: Text<'a>,
    #[serde(borrow)]
    pub(crate) surname: Text<'a>,
}

/// `rate`: what can be booked, checked or has been.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct RateRs<'a> {
    #[serde(borrow)]
    pub(crate) rate_key: Text<'a>,
    /// `NOR`, `NRF` (no refund), `PAQ` (package), ...
    #[serde(borrow)]
    pub(crate) rate_class: Text<'a>,
    /// `BOOKABLE` or `RECHECK`.
    #[serde(borrow)]
    pub(crate) rate_type: Text<'a>,
    #[serde(borrow)]
    pub(crate) net: Text<'a>,
    #[serde(borrow)]
    pub(crate) selling_rate: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) hotel_selling_rate: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) hotel_currency: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) hotel_mandatory: Text<'a>,
    #[serde(borrow)]
    pub(crate) allotment: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) rate_comments: Text<'a>,
    /// `AT_WEB` or `AT_HOTEL`.
    #[serde(borrow)]
    pub(crate) payment_type: Text<'a>,
    #[serde(borrow)]
    pub(crate) packaging: Text<'a>,
    #[serde(borrow)]
    pub(crate) board_code: Text<'a>,
    #[serde(borrow)]
    pub(crate) board_name: Text<'a>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) cancellation_policies: Vec<CancellationPolicyRs<'a>>,
    #[serde(borrow)]
    pub(crate) taxes: Option<TaxesRs<'a>>,
    #[serde(borrow)]
    pub(crate) rooms: Text<'a>,
    #[serde(borrow)]
    pub(crate) adults: Text<'a>,
    #[serde(borrow)]
    pub(crate) children: Text<'a>,
    /// `5,6`.
    #[serde(borrow)]
    pub(crate) children_ages: Text<'a>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) promotions: Vec<PromotionRs<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) offers: Vec<PromotionRs<'a>>,
}

/// `cancellationPolicy`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct CancellationPolicyRs<'a> {
    #[serde(borrow)]
    pub(crate) amount: Text<'a>,
    #[serde(borrow)]
    pub(crate) hotel_amount: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) hotel_currency: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) from: Text<'a>,
}

/// `taxes`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct TaxesRs<'a> {
    #[serde(borrow)]
    pub(crate) all_included: Text<'a>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) taxes: Vec<TaxRs<'a>>,
}

/// `tax`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct TaxRs<'a> {
    #[serde(borrow)]
    pub(crate) included: Text<'a>,
    #[serde(borrow)]
    pub(crate) percent: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) amount: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) currency: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) client_amount: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) client_currency: Option<Text<'a>>,
    /// `TAX`, `FEE`, ...
    #[serde(borrow, rename = "type")]
    pub(crate) kind: Text<'a>,
    #[serde(borrow)]
    pub(crate) sub_type: Text<'a>,
}

/// `promotion`, or `offer` with the amount that it takes off.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PromotionRs<'a> {
    #[serde(borrow)]
    pub(crate) code: Text<'a>,
    #[serde(borrow)]
    pub(crate) name: Text<'a>,
    #[serde(borrow)]
    pub(crate) amount: Option<Text<'a>>,
}
