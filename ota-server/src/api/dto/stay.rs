//! What a customer sees of an offer of rooms.
//!
//! What the supplier keeps after a cancellation is a net amount. A customer sees the same share of the price paid.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use ota_core::model::money::Money;
use ota_core::model::offer::HotelOffer;
use ota_core::model::places::Position;
use ota_core::model::stay::{
    BoardKind, CancellationStep, ChargeKind, Property, PropertyCharge, Rate, RateType,
};
use ota_core::model::time::{LocalTime, Timestamp};
use ota_core::pricing::SellPrice;
use serde::Serialize;

use super::offer::PriceDto;
use super::{Amount, Degrees, Local};

/// An offer of rooms with its sell price.
#[derive(Debug, Serialize)]
pub(crate) struct StayOfferDto<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    price: PriceDto,
    #[serde(flatten)]
    stay: StayDto<'a>,
}

impl<'a> StayOfferDto<'a> {
    pub(super) fn new(id: Option<String>, offer: &'a HotelOffer, sell: &SellPrice, margin: Duration) -> Self {
        Self { id, price: PriceDto::from(sell), stay: StayDto::new(offer, sell, margin) }
    }
}

/// Rooms in a property, and what they cost when.
#[derive(Debug, Serialize)]
pub(crate) struct StayDto<'a> {
    property: PropertyDto<'a>,
    check_in: Date,
    check_out: Date,
    nights: i32,
    due: DueDto,
    /// Until then every room can be cancelled for nothing, less the agency's margin; it may have passed. Absent where
    /// that is not stated for all.
    free_until: Option<Local<'a>>,
    rates: Vec<RateDto<'a>>,
}

impl<'a> StayDto<'a> {
    /// The public side of a stay; `margin` is how long before its end free cancellation is shown to end.
    pub(crate) fn new(offer: &'a HotelOffer, sell: &SellPrice, margin: Duration) -> Self {
        let sold = Sold { offer, sell, margin };
        let mut rooms = sell.rooms.iter().copied();
        let rate = |rate: &'a Rate| {
            let rooms = rooms.by_ref().take(usize::from(rate.rooms));
            let price = Money::sum(sell.total.currency, rooms).unwrap_or(sell.total);
            RateDto::new(rate, price, sold)
        };
        Self {
            property: PropertyDto::from(offer.property.as_ref()),
            check_in: offer.dates.check_in,
            check_out: offer.dates.check_out,
            nights: offer.dates.nights(),
            due: DueDto::new(offer, sell),
            free_until: offer.free_until(margin).and_then(|end| sold.show(end)),
            rates: offer.rates.iter().map(rate).collect(),
        }
    }
}

/// An offer as it is sold, and how long before its end free cancellation is shown to end.
#[derive(Debug, Clone, Copy)]
struct Sold<'a, 's> {
    offer: &'a HotelOffer,
    sell: &'s SellPrice,
    margin: Duration,
}

impl<'a> Sold<'a, '_> {
    fn zone(self) -> Option<&'a str> {
        self.offer.property.zone.as_deref()
    }

    /// An instant on the property's clock. Where its zone is not known, the offset of the cancellation terms counts.
    fn show(self, at: Timestamp) -> Option<Local<'a>> {
        let known = self.zone().and_then(|zone| TimeZone::get(zone).ok());
        let stated = || {
            let mut steps = self.offer.rates.iter().flat_map(|rate| rate.cancellation.steps());
            let minutes = steps.find_map(|step| step.from.offset_minutes)?;
            Some(TimeZone::fixed(Offset::from_seconds(i32::from(minutes) * 60).ok()?))
        };
        let zone = known.or_else(stated)?;
        let minutes = i16::try_from(zone.to_offset(at.to_jiff()).seconds() / 60).ok()?;
        let clock = LocalTime::with_offset(zone.to_datetime(at.to_jiff()), minutes);
        Some(Local::in_zone(clock, self.zone()))
    }

    /// Of the price paid the share that the supplier keeps of its own.
    fn step(self, step: &CancellationStep) -> StepDto<'a> {
        StepDto {
            from: Local::in_zone(step.from, self.zone()),
            fee: self.sell.share(step.fee, self.offer.total).ok().map(Amount::from),
            at_property: step.at_property.map(Amount::from),
        }
    }
}

#[derive(Debug, Serialize)]
struct PropertyDto<'a> {
    code: &'a str,
    name: &'a str,
    category: Option<&'a str>,
    destination: Option<&'a str>,
    position: Option<PositionDto>,
    /// IANA zone of its clocks.
    zone: Option<&'a str>,
}

impl<'a> From<&'a Property> for PropertyDto<'a> {
    fn from(property: &'a Property) -> Self {
        Self {
            code: property.code.as_str(),
            name: &property.name,
            category: property.category.as_deref(),
            destination: property.destination.as_deref(),
            position: property.position.map(PositionDto::from),
            zone: property.zone.as_deref(),
        }
    }
}

#[derive(Debug, Serialize)]
struct PositionDto {
    latitude: Degrees,
    longitude: Degrees,
}

impl From<Position> for PositionDto {
    fn from(position: Position) -> Self {
        Self { latitude: Degrees(position.latitude), longitude: Degrees(position.longitude) }
    }
}

/// What is paid when and to whom: amounts that are never one sum.
#[derive(Debug, Serialize)]
struct DueDto {
    /// Through us.
    now: Amount,
    /// At the property, one amount for each currency that it takes.
    at_property: Vec<Amount>,
}

impl DueDto {
    fn new(offer: &HotelOffer, sell: &SellPrice) -> Self {
        let mut there: Vec<Money> = Vec::new();
        for charge in offer.rates.iter().flat_map(|rate| &rate.due.at_property) {
            let sum = there.iter_mut().find_map(|sum| Some((sum.plus(charge.amount).ok()?, sum)));
            match sum {
                Some((more, sum)) => *sum = more,
                None => there.push(charge.amount),
            }
        }
        Self { now: sell.total.into(), at_property: there.into_iter().map(Amount::from).collect() }
    }
}

#[derive(Debug, Serialize)]
struct ChargeDto<'a> {
    #[serde(rename = "for")]
    kind: ChargeKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    amount: Amount,
    /// About the same in the currency of sale; nobody charges it.
    #[serde(skip_serializing_if = "Option::is_none")]
    converted: Option<Amount>,
}

impl<'a> From<&'a PropertyCharge> for ChargeDto<'a> {
    fn from(charge: &'a PropertyCharge) -> Self {
        Self {
            kind: charge.kind,
            label: charge.label.as_deref(),
            amount: charge.amount.into(),
            converted: charge.converted.map(Amount::from),
        }
    }
}

/// A supplier's code and words.
#[derive(Debug, Serialize)]
struct NamedDto<'a> {
    code: &'a str,
    name: &'a str,
}

#[derive(Debug, Serialize)]
struct BoardDto<'a> {
    kind: BoardKind,
    #[serde(flatten)]
    named: NamedDto<'a>,
}

#[derive(Debug, Serialize)]
struct OccupancyDto<'a> {
    adults: u8,
    child_ages: &'a [u8],
}

/// One or several equal rooms over all nights.
#[derive(Debug, Serialize)]
struct RateDto<'a> {
    room: NamedDto<'a>,
    board: BoardDto<'a>,
    /// So many rooms of this kind together.
    rooms: u8,
    /// In each of them.
    occupancy: OccupancyDto<'a>,
    /// Of all of them, paid through us.
    price: Amount,
    rate_type: Option<RateType>,
    at_property: Vec<ChargeDto<'a>>,
    cancellation: CancellationDto<'a>,
    promotions: Vec<NamedDto<'a>>,
    /// How many such rooms are left, where stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<u16>,
    notes: &'a [String],
}

impl<'a> RateDto<'a> {
    fn new(rate: &'a Rate, price: Money, sold: Sold<'a, '_>) -> Self {
        Self {
            room: NamedDto { code: &rate.room.code, name: &rate.room.name },
            board: BoardDto {
                kind: rate.board.kind,
                named: NamedDto { code: &rate.board.code, name: &rate.board.name },
            },
            rooms: rate.rooms,
            occupancy: OccupancyDto { adults: rate.occupancy.adults, child_ages: &rate.occupancy.child_ages },
            price: price.into(),
            rate_type: rate.rate_type,
            at_property: rate.due.at_property.iter().map(ChargeDto::from).collect(),
            cancellation: CancellationDto {
                free_until: rate.cancellation.free_until(sold.margin).and_then(|end| sold.show(end)),
                steps: rate.cancellation.steps().iter().map(|step| sold.step(step)).collect(),
            },
            promotions: rate
                .promotions
                .iter()
                .map(|promotion| NamedDto { code: &promotion.code, name: &promotion.name })
                .collect(),
            left: rate.left,
            notes: &rate.notes,
        }
    }
}

/// What a cancellation costs over time, on the property's clock.
#[derive(Debug, Serialize)]
struct CancellationDto<'a> {
    /// Absent where it is not stated.
    free_until: Option<Local<'a>>,
    /// Without any, nothing is stated: that is not free.
    steps: Vec<StepDto<'a>>,
}

#[derive(Debug, Serialize)]
struct StepDto<'a> {
    from: Local<'a>,
    /// Of what was paid through us.
    #[serde(skip_serializing_if = "Option::is_none")]
    fee: Option<Amount>,
    /// What the property takes instead, where the stay is paid there.
    #[serde(skip_serializing_if = "Option::is_none")]
    at_property: Option<Amount>,
}

#[cfg(test)]
mod tests {
    use ota_core::model::money::Currency;
    use ota_core::model::stay::{CancellationTerms, Promotion};
    use ota_core::testing::stays;
    use serde_json::{Value, json};

    use super::*;

    const MARGIN: Duration = Duration::from_secs(6 * 3600);

    fn money(minor: i64, currency: &str) -> Money {
        Money::new(minor, Currency::from_code(currency).unwrap())
    }

    /// Two equal rooms at 400.00 net together, sold at 220.50 and 220.49; half is lost from 6 July on, all of it from
    /// 9 July on.
    fn shown(change: impl FnOnce(&mut HotelOffer)) -> Value {
        let mut offer = stays::stay_offer("beds", "1001", 40_000);
        let rate = &mut offer.rates[0];
        rate.rooms = 2;
        let step = |day: i8, minor| CancellationStep {
            from: LocalTime::with_offset(jiff::civil::date(2027, 7, day).at(23, 59, 0, 0), 540),
            fee: money(minor, "USD"),
            at_property: None,
        };
        rate.cancellation = CancellationTerms::new(vec![step(9, 40_000), step(6, 20_000)]).unwrap();
        let charge = |kind, label: &str, minor| PropertyCharge {
            kind,
            label: Some(label.to_owned()),
            amount: money(minor, "JPY"),
            converted: Some(money(130, "USD")),
        };
        rate.due.at_property = vec![
            charge(ChargeKind::TaxOrFee, "CITY TAX", 200),
            charge(ChargeKind::TaxOrFee, "ONSEN TAX", 150),
        ];
        rate.promotions = vec![Promotion {
            code: "073".to_owned(),
            name: "Non-refundable rate".to_owned(),
            amount: Some(money(-4_321, "USD")),
        }];
        change(&mut offer);
        let rooms = vec![money(22_050, "USD"), money(22_049, "USD")];
        let sell = SellPrice { passengers: Vec::new(), rooms, total: money(44_099, "USD") };
        serde_json::to_value(StayOfferDto::new(Some("off_1".to_owned()), &offer, &sell, MARGIN)).unwrap()
    }

    #[test]
    fn what_is_due_now_and_at_the_property_are_never_one_sum() {
        let shown = shown(|_| ());
        assert_eq!(shown["due"]["now"], json!({"amount": "440.99", "currency": "USD"}));
        assert_eq!(shown["due"]["at_property"], json!([{"amount": "350", "currency": "JPY"}]));
        assert_eq!(shown["price"]["total"], shown["due"]["now"]);
        assert_eq!(shown["price"]["rooms"][1], json!({"amount": "220.49", "currency": "USD"}));
        assert_eq!(shown["rates"][0]["at_property"][1]["label"], "ONSEN TAX");
        assert!(shown["price"].get("passengers").is_none());
    }

    #[test]
    fn a_fee_is_a_share_of_the_price_and_a_deadline_is_on_the_propertys_clock() {
        let shown = shown(|_| ());
        let cancellation = &shown["rates"][0]["cancellation"];
        let tokyo = |at: &str| json!({"at": at, "zone": "Asia/Tokyo"});
        assert_eq!(cancellation["steps"][0]["from"], tokyo("2027-07-06T23:59:00+09:00"));
        // Half of 440.99 is 220.495.
        assert_eq!(cancellation["steps"][0]["fee"]["amount"], "220.50");
        assert_eq!(cancellation["steps"][1]["fee"]["amount"], "440.99");
        assert_eq!(cancellation["free_until"], tokyo("2027-07-06T17:59:00+09:00"));
        assert_eq!(shown["free_until"], cancellation["free_until"]);
    }

    #[test]
    fn a_property_without_a_zone_keeps_the_offset_of_its_terms() {
        let shown = shown(|offer| std::sync::Arc::make_mut(&mut offer.property).zone = None);
        assert_eq!(shown["free_until"], json!({"at": "2027-07-06T17:59:00+09:00"}));
    }

    #[test]
    fn terms_that_are_not_stated_for_one_room_are_free_for_none() {
        let shown = shown(|offer| {
            let unstated = Rate { cancellation: CancellationTerms::default(), ..offer.rates[0].clone() };
            offer.rates.push(unstated);
        });
        assert_eq!(shown["free_until"], Value::Null);
        assert!(shown["rates"][0]["cancellation"]["free_until"]["at"].is_string());
        assert_eq!(shown["rates"][1]["cancellation"], json!({"free_until": null, "steps": []}));
    }

    #[test]
    fn nothing_net_and_no_key_is_shown() {
        let text = shown(|_| ()).to_string();
        for hidden in ["400.00", "200.00", "43.21", "key-1", "beds"] {
            assert!(!text.contains(hidden), "{hidden} in {text}");
        }
    }
}
