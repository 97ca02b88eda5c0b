//! Writes replies in the form of the recorded ones.

use serde_json::{Map, Value, json};

use super::property::{Property, degrees};
use super::rate::{Rate, Step, Tax};

/// What is shown of a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// In an availability.
    Available,
    /// When it was checked.
    Checked,
    /// Of a booking.
    Booked,
    /// Of a booking in a list: the page "BookingList" of the supplier leaves taxes, remarks and guests to `extend`.
    Listed,
}

/// What every reply says of a property.
pub(super) fn hotel_head(property: &Property) -> Map<String, Value> {
    let Value::Object(head) = json!({
        "code": property.code,
        "name": property.name,
        "categoryCode": property.category_code(),
        "categoryName": property.category_name(),
        "destinationCode": property.city.code,
        "destinationName": property.city.name,
        "zoneCode": property.district_code,
        "zoneName": property.district.name,
        "latitude": degrees(property.latitude),
        "longitude": degrees(property.longitude),
    }) else {
        unreachable!("an object literal")
    };
    head
}

/// A rate.
pub(super) fn rate_json(rate: &Rate, shape: Shape) -> Value {
    let mut shown = json!({
        "rateClass": rate.class,
        "net": rate.net.two_decimals(),
        "paymentType": if rate.selling.is_some() { "AT_HOTEL" } else { "AT_WEB" },
        "packaging": rate.packaging,
        "boardCode": rate.board.0,
        "boardName": rate.board.1,
        "cancellationPolicies": rate.steps.iter().map(step_json).collect::<Value>(),
        "rooms": rate.rooms,
        "adults": rate.adults,
        "children": rate.ages.len(),
    });
    if let Some((selling, local)) = &rate.selling {
        shown["sellingRate"] = selling.two_decimals().into();
        shown["hotelSellingRate"] = local.two_decimals().into();
        shown["hotelCurrency"] = local.currency.code.into();
        shown["hotelMandatory"] = true.into();
    }
    let offered = matches!(shape, Shape::Available | Shape::Checked);
    if offered {
        shown["rateKey"] = rate.key.as_str().into();
        shown["rateType"] = if rate.bookable { "BOOKABLE" } else { "RECHECK" }.into();
    }
    if offered && !rate.ages.is_empty() {
        shown["childrenAges"] = rate.ages.iter().map(u32::to_string).collect::<Vec<_>>().join(",").into();
    }
    if shape == Shape::Available {
        shown["allotment"] = rate.left.into();
    } else if shape != Shape::Listed {
        shown["rateComments"] = rate.comments.as_str().into();
    }
    if !rate.taxes.is_empty() && shape != Shape::Listed {
        shown["taxes"] = json!({
            "taxes": rate.taxes.iter().map(tax_json).collect::<Value>(),
            "allIncluded": rate.taxes.iter().all(|tax| tax.included),
        });
    }
    let named = |(code, name): &(String, String)| json!({ "code": code, "name": name });
    if offered && !rate.promotions.is_empty() {
        shown["promotions"] = rate.promotions.iter().map(named).collect();
    }
    if offered && !rate.offers.is_empty() {
        let offer = |(code, name, amount): &(String, String, super::super::fares::Amount)| json!({ "code": code, "name": name, "amount": amount.two_decimals() });
        shown["offers"] = rate.offers.iter().map(offer).collect();
    }
    shown
}

fn step_json(step: &Step) -> Value {
    let mut shown = json!({ "amount": step.amount.two_decimals(), "from": step.printed });
    if let Some(local) = &step.local {
        shown["hotelAmount"] = local.two_decimals().into();
        shown["hotelCurrency"] = local.currency.code.into();
    }
    shown
}

fn tax_json(tax: &Tax) -> Value {
    let mut shown = json!({
        "included": tax.included,
        "amount": tax.amount.two_decimals(),
        "currency": tax.amount.currency.code,
        "type": "TAX",
        "subType": tax.name,
    });
    if !tax.included {
        shown["clientAmount"] = tax.client.two_decimals().into();
        shown["clientCurrency"] = tax.client.currency.code.into();
    }
    if let Some(percent) = tax.percent {
        shown["percent"] = format!("{percent}.00").into();
    }
    shown
}
