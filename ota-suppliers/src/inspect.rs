//! What the SDK makes of one recorded reply, as one JSON object: the window of QA on the connectors.
//!
//! The bytes take the same way as a live reply: envelope, root check, reader, map, `Checked` gate. The
//! same members serve every protocol, so that one script can compare two suppliers. Names and documents
//! appear in the output: it is for recordings, never for production logs.

#![cfg_attr(not(feature = "travelport"), allow(dead_code))] // parts that only connectors of flights show

use ota_core::model::check::Checked;
use ota_core::model::clocks;
use ota_core::model::conditions::{BaggageAllowance, Permission, Weight};
use ota_core::model::fare::{PassengerFare, SegmentFare};
use ota_core::model::itinerary::{Cabin, Segment, SegmentKind};
use ota_core::model::money::Money;
use ota_core::model::offer::FlightOffer;
use ota_core::model::order::{OrderTraveler, RecordLocator, SupplierOrder, Ticket};
use ota_core::model::passenger::{PassengerCounts, PassengerKind};
use ota_core::model::time::LocalTime;
use ota_core::supplier::error::SupplierErrorKind;
use serde_json::{Map, Value, json};

#[cfg(test)]
pub(crate) mod suite;

/// What became of a reply; also the exit code of `inspect_reply`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Read and mapped.
    Understood = 0,
    /// The supplier said no.
    SupplierError = 1,
    /// Not a reply, or not a whole one.
    Refused = 2,
    /// A reply of a kind that the connector does not cover.
    Recognised = 3,
}

impl Outcome {
    const fn name(self) -> &'static str {
        match self {
            Self::Understood => "understood",
            Self::SupplierError => "supplier_error",
            Self::Refused => "refused",
            Self::Recognised => "recognised",
        }
    }
}

/// The object under construction.
#[derive(Debug)]
pub struct Report {
    /// What became of the reply.
    pub outcome: Outcome,
    reply: String,
    members: Map<String, Value>,
}

impl Report {
    /// A reply by the name of its root.
    #[must_use]
    pub fn new(outcome: Outcome, reply: &str) -> Self {
        Self { outcome, reply: reply.to_owned(), members: Map::new() }
    }

    /// Not a reply, or not a whole one.
    pub(crate) fn refused(reply: &str, why: &str) -> Self {
        Self::new(Outcome::Refused, reply).with("error", error(SupplierErrorKind::Protocol, None, why))
    }

    /// Sets a member, unless there is nothing in it.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !empty {
            self.members.insert(member.to_owned(), value);
        }
        self
    }

    /// The whole object, members in a fixed order.
    #[must_use]
    pub fn into_json(self, protocol: &str) -> Value {
        let mut object = self.members;
        object.insert("format".to_owned(), "inspect-reply/1".into());
        object.insert("protocol".to_owned(), protocol.into());
        object.insert("reply".to_owned(), self.reply.into());
        object.insert("outcome".to_owned(), self.outcome.name().into());
        Value::Object(object)
    }
}

/// Reads one reply of a protocol.
///
/// ```
/// use ota_suppliers::inspect::{Outcome, inspect};
/// let (outcome, json) = inspect("travelport-uapi", b"SIMULTANEOUS CHANGES");
/// assert_eq!(outcome, Outcome::Refused);
/// assert_eq!(json["error"]["kind"], "Protocol");
/// ```
#[must_use]
pub fn inspect(protocol: &str, document: &[u8]) -> (Outcome, Value) {
    let report = match protocol {
        #[cfg(feature = "travelport")]
        "travelport-uapi" => crate::travelport::inspect::report(document),
        #[cfg(feature = "hotelbeds")]
        "hotelbeds" => crate::hotelbeds::inspect::report(document),
        _ => Report::new(Outcome::Refused, "")
            .with("error", error(SupplierErrorKind::Unsupported, None, "no connector for this protocol")),
    };
    (report.outcome, report.into_json(protocol))
}

/// Our kind and disposition, the supplier's code and words.
pub(crate) fn error(kind: SupplierErrorKind, code: Option<&str>, message: &str) -> Value {
    json!({
        "kind": format!("{kind:?}"),
        "disposition": format!("{:?}", kind.disposition()),
        "code": code.filter(|code| !code.is_empty()),
        "message": message,
    })
}

pub(crate) fn warning(code: Option<&str>, message: &str, kind: Option<&str>) -> Value {
    json!({ "code": code, "message": message, "kind": kind })
}

/// Something left out, and why.
pub(crate) fn skipped(what: &str, why: &str) -> Value {
    json!({ "what": what, "why": why })
}

/// An offer past the gate, or why it does not pass. Whom it must price is not in a reply: whom it prices.
pub(crate) fn checked(offer: FlightOffer) -> Result<FlightOffer, String> {
    let of = |kind| {
        let fares = offer.fares.iter().filter(|fare| fare.passenger_type.kind() == kind);
        fares.fold(0_u8, |sum, fare| sum.saturating_add(fare.count))
    };
    let passengers = PassengerCounts {
        adults: of(PassengerKind::Adult),
        children: of(PassengerKind::Child),
        lap_infants: of(PassengerKind::LapInfant),
    };
    Checked::offer(offer, &passengers).map(Checked::into_inner).map_err(|violation| violation.to_string())
}

pub(crate) fn offer(
    offer: &FlightOffer,
    reference: &str,
    price_point: Option<&str>,
    prices: Vec<Value>,
) -> Value {
    let sum = |part: fn(&PassengerFare) -> Option<Money>| {
        let parts: Option<Vec<Money>> =
            offer.fares.iter().map(|fare| part(fare)?.times(fare.count.into()).ok()).collect();
        parts.and_then(|parts| Money::sum(offer.total.currency, parts).ok())
    };
    let leading = offer.fares.first();
    let mut position = 0_usize;
    let slices: Vec<Value> = offer
        .itinerary
        .slices
        .iter()
        .map(|slice| {
            let segments = slice.segments.iter().map(|part| {
                let fare = leading.and_then(|fare| flown(fare, position));
                position += 1;
                segment(part, leading, fare)
            });
            json!({ "segments": segments.collect::<Vec<_>>() })
        })
        .collect();
    json!({
        "ref": reference,
        "price_point": price_point,
        "total": money(offer.total),
        "base": sum(|fare| Some(fare.base())).map(money),
        "taxes": sum(|fare| fare.tax_total().ok()).map(money),
        "validating_carrier": offer.validating_carrier.map(|carrier| carrier.to_string()),
        "slices": slices,
        "passengers": prices,
    })
}

/// What a reply says about a price beside what the model keeps of it.
#[derive(Debug, Default)]
pub(crate) struct PriceNotes {
    pub(crate) last_ticketing: Option<LocalTime>,
    pub(crate) validating_carrier: Option<String>,
    pub(crate) refundable: Option<bool>,
}

pub(crate) fn passenger_price(fare: &PassengerFare, notes: &PriceNotes) -> Value {
    let lines: Vec<Value> =
        fare.taxes.iter().map(|tax| json!({ "code": tax.code, "amount": money(tax.amount) })).collect();
    let refundable = notes.refundable.or(match fare.conditions.refund_before {
        Permission::NotAllowed => Some(false),
        Permission::Unknown | Permission::Allowed(_) => None,
    });
    json!({
        "types": [fare.passenger_type.to_string()],
        "count": fare.count,
        "total": money(fare.total),
        "base": money(fare.filed),
        "equivalent_base": fare.equivalent.map(money),
        "taxes": fare.tax_total().ok().map(money),
        "tax_lines": lines,
        "fare_calculation": fare.fare_calculation.as_deref(),
        "last_ticketing": notes.last_ticketing.map(with_offset),
        "validating_carrier": notes.validating_carrier,
        "refundable": refundable,
        "baggage": fare.segments.iter().map(|segment| baggage(segment.baggage)).collect::<Vec<_>>(),
    })
}

pub(crate) fn order(order: &SupplierOrder, prices: Vec<Value>) -> Value {
    let segments = order.segments.iter().enumerate().map(|(at, booked)| {
        let priced = order.fares.iter().find_map(|fare| Some((fare, flown(fare, at)?)));
        let mut value =
            segment(&booked.segment, priced.map(|(fare, _)| fare), priced.map(|(_, flown)| flown));
        value["status"] = booked.status.as_deref().into();
        if let Some(class) = booked.booking_class {
            value["booking_class"] = class.to_string().into();
        }
        value
    });
    json!({
        "locators": order.locators.iter().map(locator).collect::<Vec<_>>(),
        "status": serde_json::to_value(order.status).unwrap_or_default(),
        "travelers": order.travelers.iter().map(traveler).collect::<Vec<_>>(),
        "segments": segments.collect::<Vec<_>>(),
        "prices": prices,
        "client_reference": order.references.first().map(ToString::to_string),
        "total": order.total.map(money),
    })
}

pub(crate) fn locator(locator: &RecordLocator) -> Value {
    json!({
        "kind": serde_json::to_value(locator.kind).unwrap_or_default(),
        "owner": locator.owner,
        "code": locator.code,
    })
}

/// Documents of one journey, in order; each names the one that its journey goes on with.
pub(crate) fn tickets(tickets: &[Ticket]) -> Vec<Value> {
    let next = |at: usize| {
        let lead = |ticket: &Ticket| ticket.conjunction_of.unwrap_or(ticket.number);
        let (this, next) = (tickets.get(at)?, tickets.get(at + 1)?);
        (lead(this) == lead(next)).then(|| next.number.to_string())
    };
    tickets.iter().enumerate().map(|(at, document)| ticket(document, next(at))).collect()
}

fn ticket(ticket: &Ticket, conjunction: Option<String>) -> Value {
    let coupons: Vec<Value> = ticket
        .coupons
        .iter()
        .map(|coupon| {
            json!({
                "number": coupon.number,
                "status": coupon.status.letter().to_string(),
                "flight": coupon.flight.map(|flight| flight.to_string()),
                "origin": coupon.origin.map(|code| code.to_string()),
                "destination": coupon.destination.map(|code| code.to_string()),
                "booking_class": coupon.booking_class.map(|class| class.to_string()),
                "fare_basis": coupon.fare_basis,
            })
        })
        .collect();
    json!({
        "number": ticket.number.to_string(),
        "status": ticket.status,
        "issued": ticket.issued.map(|date| date.to_string()),
        "traveler": ticket.traveler.as_ref().map(traveler),
        "coupons": coupons,
        "total": ticket.total.map(money),
        "base": ticket.base.map(money),
        "taxes": ticket.taxes.map(money),
        "fare_calculation": ticket.fare_calculation,
        "conjunction": conjunction,
    })
}

pub(crate) fn segment(segment: &Segment, fare: Option<&PassengerFare>, flown: Option<&SegmentFare>) -> Value {
    let component = flown.and_then(|flown| fare?.components.get(usize::from(flown.component)));
    let mut shown = json!({
        "kind": match segment.kind {
            SegmentKind::Flight => "flight",
            SegmentKind::Surface => "surface",
            SegmentKind::Passive => "passive",
        },
        "flight": segment.flight.map(|flight| flight.to_string()),
        "operating_carrier": segment.operating.carrier.map(|carrier| carrier.to_string()),
        "origin": segment.origin.to_string(),
        "destination": segment.destination.to_string(),
        "departs": segment.departs.map(local),
        "arrives": segment.arrives.map(local),
        "booking_class": flown.map(|flown| flown.booking_class.to_string()),
        "cabin": flown.and_then(|flown| flown.cabin).map(cabin),
        "fare_basis": component.map(|component| component.fare_basis.clone()),
        "status": null,
        "stops": segment.stops().map(|stop| stop.to_string()).collect::<Vec<_>>(),
    });
    let doubts = clocks::doubts(segment);
    if !doubts.is_empty() {
        shown["doubts"] = json!(doubts);
    }
    shown
}

fn flown(fare: &PassengerFare, position: usize) -> Option<&SegmentFare> {
    fare.segments.iter().find(|segment| usize::from(segment.segment.0) == position)
}

pub(crate) fn traveler(traveler: &OrderTraveler) -> Value {
    json!({
        "type": traveler.passenger_type.map(|code| code.to_string()),
        "given": traveler.given.as_ref().map(|name| name.expose().clone()),
        "surname": traveler.surname.expose(),
    })
}

pub(crate) fn money(money: Money) -> Value {
    json!({ "amount": money.decimal(), "currency": money.currency.code() })
}

fn baggage(allowance: BaggageAllowance) -> Value {
    let weight = |weight| match weight {
        Weight::Kilograms(value) => json!({ "value": value, "unit": "kg" }),
        Weight::Pounds(value) => json!({ "value": value, "unit": "lb" }),
    };
    match allowance {
        BaggageAllowance::Unknown => Value::Null,
        BaggageAllowance::None => json!({ "pieces": 0 }),
        BaggageAllowance::Pieces { count, each } => json!({ "pieces": count, "each": each.map(weight) }),
        BaggageAllowance::Total(total) => json!({ "total": weight(total) }),
    }
}

pub(crate) const fn cabin(cabin: Cabin) -> &'static str {
    match cabin {
        Cabin::Economy => "Economy",
        Cabin::PremiumEconomy => "PremiumEconomy",
        Cabin::Business => "Business",
        Cabin::First => "First",
    }
}

fn local(time: LocalTime) -> String {
    time.civil.strftime("%Y-%m-%dT%H:%M").to_string()
}

pub(crate) fn with_offset(time: LocalTime) -> String {
    let offset = time.offset_minutes.map_or_else(String::new, |minutes| {
        let sign = if minutes < 0 { '-' } else { '+' };
        format!("{sign}{:02}:{:02}", minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60)
    });
    format!("{}:00{offset}", local(time))
}
