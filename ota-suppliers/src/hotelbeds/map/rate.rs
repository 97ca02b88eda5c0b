//! One rate.

use ota_core::model::fare::Settlement;
use ota_core::model::money::{Currency, Money};
use ota_core::model::offer::SupplierToken;
use ota_core::model::stay::{
    CancellationStep, CancellationTerms, ChargeKind, Due, Occupancy, Promotion, PropertyCharge, Rate,
    RateType, Room,
};

use super::super::replies::stay::{CancellationPolicyRs, PaxRs, PromotionRs, RateRs, RoomRs, TaxRs, TaxesRs};
use super::MapError;
use super::value;

/// Class of rates that belong to a package.
const PACKAGE: &str = "PAQ";

/// A rate that can be booked or checked.
pub(super) fn offered(rate: &RateRs<'_>, room: &RoomRs<'_>, currency: Currency) -> Result<Rate, MapError> {
    let key = SupplierToken::new((*rate.rate_key).to_owned()).map_err(|_| MapError::Token)?;
    if rate.rate_key.is_blank() {
        return Err(MapError::Token);
    }
    let child_ages = ages(&rate.children_ages)?;
    if child_ages.len() != usize::from(children(rate)?) {
        return Err(MapError::Occupancy);
    }
    let settlement = match &*rate.payment_type {
        "AT_WEB" => Settlement::Agency,
        "AT_HOTEL" => Settlement::PayAtProperty,
        _ => return Err(MapError::Code),
    };
    // Whatever does not say that it is final is not.
    let rate_type = if &*rate.rate_type == "BOOKABLE" { RateType::Bookable } else { RateType::Recheck };
    let mapped = common(rate, room, currency, settlement, child_ages)?;
    if mapped.net.minor <= 0 {
        return Err(MapError::NotPositive);
    }
    Ok(Rate { key, rate_type: Some(rate_type), ..mapped })
}

/// The rate of a booked room. Ages are those of the guests, and a rate that does not say who is paid was paid
/// through us: one paid at the property always does.
pub(super) fn booked(rate: &RateRs<'_>, room: &RoomRs<'_>, currency: Currency) -> Result<Rate, MapError> {
    let first = room.paxes.first().map(|pax| &*pax.room_id);
    let inside = |pax: &&PaxRs<'_>| Some(&*pax.room_id) == first && &*pax.kind == "CH";
    let stated = room.paxes.iter().filter(inside).filter_map(|pax| pax.age.as_deref()?.parse().ok());
    let mut child_ages: Vec<u8> = stated.collect();
    child_ages.sort_unstable();
    let at_property = &*rate.payment_type == "AT_HOTEL";
    let settlement = if at_property { Settlement::PayAtProperty } else { Settlement::Agency };
    common(rate, room, currency, settlement, child_ages)
}

fn common(
    rate: &RateRs<'_>,
    room: &RoomRs<'_>,
    currency: Currency,
    settlement: Settlement,
    child_ages: Vec<u8>,
) -> Result<Rate, MapError> {
    let (rooms, adults) = (value::count(&rate.rooms)?, value::count(&rate.adults)?);
    if rooms == 0 || adults == 0 {
        return Err(MapError::Occupancy);
    }
    let net = value::money(&rate.net, currency)?;
    let mut notes = Vec::new();
    let cancellation = cancellation(&rate.cancellation_policies, currency).unwrap_or_else(|_| {
        notes.push("cancellation terms cannot be read".to_owned());
        CancellationTerms::default()
    });
    let due = due(rate, net, settlement, &mut notes)?;
    if !rate.rate_comments.is_blank() {
        notes.push(rate.rate_comments.trim().to_owned());
    }
    let mandatory = rate.selling_rate.as_deref().filter(|_| &*rate.hotel_mandatory == "true");
    let opaque = &*rate.packaging == "true";
    Ok(Rate {
        key: SupplierToken::default(),
        room: Room { code: (*room.code).to_owned(), name: (*room.name).to_owned() },
        board: value::board(&rate.board_code, &rate.board_name),
        rooms,
        occupancy: Occupancy { adults, child_ages },
        net,
        also_stated: Vec::new(),
        due,
        settlement,
        rate_type: None,
        cancellation,
        promotions: promotions(rate, currency)?,
        package_only: opaque || &*rate.rate_class == PACKAGE,
        opaque,
        mandatory_price: mandatory.map(|amount| value::money(amount, currency)).transpose()?,
        left: rate.allotment.as_deref().and_then(|left| left.parse().ok()),
        notes,
    })
}

fn children(rate: &RateRs<'_>) -> Result<u8, MapError> {
    if rate.children.is_blank() { Ok(0) } else { value::count(&rate.children) }
}

/// `5,6`, ascending.
fn ages(text: &str) -> Result<Vec<u8>, MapError> {
    let stated = text.split(',').map(str::trim).filter(|age| !age.is_empty());
    let mut ages = stated.map(value::count).collect::<Result<Vec<u8>, _>>()?;
    ages.sort_unstable();
    Ok(ages)
}

/// Any step that cannot be read makes all of them unknown: a missing step would look like a free one.
fn cancellation(
    policies: &[CancellationPolicyRs<'_>],
    currency: Currency,
) -> Result<CancellationTerms, MapError> {
    let step = |policy: &CancellationPolicyRs<'_>| {
        Ok(CancellationStep {
            from: value::local_time(&policy.from)?,
            fee: value::money(&policy.amount, currency)?,
            at_property: value::stated(policy.hotel_amount.as_deref(), policy.hotel_currency.as_deref())?,
        })
    };
    let steps = policies.iter().map(step).collect::<Result<Vec<_>, _>>()?;
    CancellationTerms::new(steps).map_err(|_| MapError::Date)
}

fn due(
    rate: &RateRs<'_>,
    net: Money,
    settlement: Settlement,
    notes: &mut Vec<String>,
) -> Result<Due, MapError> {
    let mut due = Due { now: net, at_property: Vec::new() };
    if settlement == Settlement::PayAtProperty {
        let converted = rate.selling_rate.as_deref().map(|amount| value::money(amount, net.currency));
        let converted = converted.transpose()?;
        let stated = value::stated(rate.hotel_selling_rate.as_deref(), rate.hotel_currency.as_deref())?;
        let amount = stated.or(converted).ok_or(MapError::Amount)?;
        due.now = Money::zero(net.currency);
        let kind = ChargeKind::Rooms;
        due.at_property.push(PropertyCharge { kind, label: None, amount, converted });
    }
    for tax in rate.taxes.iter().flat_map(payable) {
        match charge(tax)? {
            Some(charge) => due.at_property.push(charge),
            None => notes.push(in_words(tax)),
        }
    }
    Ok(due)
}

/// What is not in the price.
fn payable<'a, 'b>(taxes: &'b TaxesRs<'a>) -> impl Iterator<Item = &'b TaxRs<'a>> {
    let all_included = &*taxes.all_included == "true";
    taxes.taxes.iter().filter(move |tax| !all_included && &*tax.included != "true")
}

fn charge(tax: &TaxRs<'_>) -> Result<Option<PropertyCharge>, MapError> {
    let amount = value::stated(tax.amount.as_deref(), tax.currency.as_deref())?;
    let converted = value::stated(tax.client_amount.as_deref(), tax.client_currency.as_deref())?;
    let label = Some(&tax.sub_type).filter(|text| !text.is_blank()).or(Some(&tax.kind));
    let label = label.filter(|text| !text.is_blank()).map(|text| (**text).to_owned());
    let kind = ChargeKind::TaxOrFee;
    Ok(amount.map(|amount| PropertyCharge { kind, label, amount, converted }))
}

/// A tax without a figure stays words.
fn in_words(tax: &TaxRs<'_>) -> String {
    let percent = tax.percent.as_deref().map(|percent| format!("{percent} %"));
    let parts = [Some(&*tax.kind), Some(&*tax.sub_type), percent.as_deref(), Some("payable at the property")];
    parts.into_iter().flatten().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join(" ")
}

fn promotions(rate: &RateRs<'_>, currency: Currency) -> Result<Vec<Promotion>, MapError> {
    let promotion = |wire: &PromotionRs<'_>| {
        let amount = wire.amount.as_deref().map(|amount| value::money(amount, currency)).transpose()?;
        Ok(Promotion { code: (*wire.code).to_owned(), name: (*wire.name).to_owned(), amount })
    };
    rate.promotions.iter().chain(&rate.offers).map(promotion).collect()
}
