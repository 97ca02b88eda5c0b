//! AirTicketingReq: issues documents, all or for the travelers named, and never twice for one traveler.

use super::super::carriers::carrier;
use super::super::control::travelport::{Echo, Effect};
use super::fault::Fault;
use super::order::{COUPONS_PER_DOCUMENT_MAX, Order, StoredFare, Ticket, document_numbers};
use super::record::{
    agency, find, host_first, name, passenger_types, provider_key, stored_amounts, stored_infos,
    supplier_locators,
};
use super::write::Xml;
use super::{Call, Host, child_text, children, printed_utc};

const BUSY: (&str, &str) =
    ("3979", "The Provider reservation is being modified externally. Please Air Ticket later.");

/// A traveler whose document is refused, and why.
struct Refused {
    traveler: usize,
    code: &'static str,
    message: &'static str,
}

pub(super) fn ticket(host: &Host, call: &Call<'_>) -> Result<Xml, Fault> {
    let _alone = host.back.alone();
    let air = child_text(call.request, "AirReservationLocatorCode").unwrap_or("");
    let order = find(host, call, |order| order.air == air && !order.cancelled);
    let mut order = order.ok_or_else(|| Fault::record("3130", "Record locator not found."))?;
    if order.fares.is_empty() {
        return Err(Fault::data("3788", "Unable to ticket without pricing information."));
    }
    if order.segments.iter().any(|segment| segment.status != "HK") {
        return Err(Fault::air("12008", "Host error during ticket issue. SEGMENT STATUS NOT CONFIRMED"));
    }
    let wanted = wanted(call, &order)?;
    let refused = refused(call, &order, &wanted);
    let mut issued = Vec::new();
    for traveler in wanted.iter().filter(|traveler| refused.iter().all(|r| r.traveler != **traveler)) {
        issued.push(issue(host, &order, *traveler, &issued)?);
    }
    if !issued.is_empty() {
        order.tickets.extend(issued.iter().cloned());
        order.version += 1;
        order.modified = host.back.now();
        host.back.ledger().save(order.clone())?;
    }
    // The busy host says nothing about what it issued.
    let refused = if call.suffers(&Effect::Busy) { busy(&wanted) } else { refused };
    let (order, issued) = distorted(order, issued, call.effect.as_ref());
    let mut xml = host.reply(call, "air:AirTicketingRsp");
    if !issued.is_empty() {
        for text in
            [format!("PNR {} - ELECTRONIC TKT GENERATED", order.provider), "OK:Ticket issued".to_owned()]
        {
            xml.start("common:ResponseMessage")
                .attr("Code", 0)
                .attr("Type", "Info")
                .attr("ProviderCode", "1G");
            xml.text(text).end();
        }
    }
    for ticket in &issued {
        record(&mut xml, host, &order, ticket);
    }
    for refused in &refused {
        failure(&mut xml, &order, refused);
    }
    xml.end();
    Ok(xml)
}

/// Whom the request names, else everybody without a document.
fn wanted(call: &Call<'_>, order: &Order) -> Result<Vec<usize>, Fault> {
    let mut wanted = Vec::new();
    for reference in children(call.request, "AirPricingInfoRef") {
        let key = reference.attribute("Key");
        let fare = order.fares.iter().find(|fare| Some(fare.key.as_str()) == key);
        let fare =
            fare.ok_or_else(|| Fault::data("3003", "AirPricingInfoRef does not refer to a stored fare."))?;
        let named: Vec<_> =
            children(reference, "BookingTravelerRef").map(|node| node.attribute("Key")).collect();
        let is_named = |traveler: &&usize| {
            named.is_empty() || named.contains(&Some(order.travelers[**traveler].key.as_str()))
        };
        wanted.extend(fare.travelers.iter().filter(is_named));
    }
    if wanted.is_empty() && children(call.request, "AirPricingInfoRef").next().is_none() {
        wanted.extend((0..order.travelers.len()).filter(|traveler| !order.is_ticketed(*traveler)));
        if wanted.is_empty() {
            wanted.extend(0..order.travelers.len());
        }
    }
    wanted.sort_unstable();
    wanted.dedup();
    Ok(wanted)
}

fn refused(call: &Call<'_>, order: &Order, wanted: &[usize]) -> Vec<Refused> {
    const REFUSED: (&str, &str) = ("12008", "Host error during ticket issue. REFUSE CREDIT");
    const DONE: (&str, &str) = ("12008", "Host error during ticket issue. TICKET ALREADY ISSUED");
    let reason = |(index, traveler): (usize, &usize)| {
        let (code, message) = match &call.effect {
            _ if order.is_ticketed(*traveler) => DONE,
            Some(Effect::TicketingFailed) => REFUSED,
            Some(Effect::RefuseTickets(travelers)) if travelers.contains(traveler) => REFUSED,
            Some(Effect::Busy) if index > 0 => BUSY,
            _ => return None,
        };
        Some(Refused { traveler: *traveler, code, message })
    };
    wanted.iter().enumerate().filter_map(reason).collect()
}

fn busy(wanted: &[usize]) -> Vec<Refused> {
    let (code, message) = BUSY;
    wanted.iter().map(|traveler| Refused { traveler: *traveler, code, message }).collect()
}

fn issue(host: &Host, order: &Order, traveler: usize, before: &[Ticket]) -> Result<Ticket, Fault> {
    let fare = order.fares.iter().position(|fare| fare.travelers.contains(&traveler));
    let fare = fare.ok_or_else(|| Fault::data("3788", "Unable to ticket without pricing information."))?;
    let accounting = carrier(&order.fares[fare].plating).map_or("000", |carrier| carrier.accounting);
    let taken = before.iter().map(|ticket| ticket.numbers.len()).sum();
    let numbers = document_numbers(&host.back.ledger(), accounting, taken, order.segments.len());
    Ok(Ticket { traveler, fare, numbers, issued: host.back.now(), voided: false })
}

/// The answer as a wrong one shows it.
fn distorted(mut order: Order, mut issued: Vec<Ticket>, effect: Option<&Effect>) -> (Order, Vec<Ticket>) {
    match effect {
        Some(Effect::WrongEcho(Echo::Travelers)) => {
            issued.pop();
        }
        Some(Effect::WrongEcho(Echo::Segments)) => order.segments[0].number += 1,
        Some(Effect::WrongEcho(Echo::Total)) => {
            order.fares.iter_mut().for_each(|fare| fare.total.minor += 100)
        }
        Some(Effect::WrongEcho(Echo::Locator)) => {
            order.air = order.air.chars().rev().collect();
            order.provider = order.provider.chars().rev().collect();
        }
        Some(Effect::Busy) => issued.clear(),
        _ => {}
    }
    (order, issued)
}

fn failure(xml: &mut Xml, order: &Order, refused: &Refused) {
    let traveler = &order.travelers[refused.traveler];
    xml.start("air:TicketFailureInfo").attr("Code", refused.code).attr("Message", refused.message);
    xml.attr("BookingTravelerRef", &traveler.key);
    let fare = order.fares.iter().find(|fare| fare.travelers.contains(&refused.traveler));
    for fare in fare.into_iter().chain(order.fares.first()).take(1) {
        xml.reference("air:AirPricingInfoRef", &fare.key);
    }
    name(xml, traveler);
    xml.end();
}

/// An electronic ticket record: the documents of one traveler.
pub(super) fn record(xml: &mut Xml, host: &Host, order: &Order, ticket: &Ticket) {
    let (Some(traveler), Some(fare)) = (order.travelers.get(ticket.traveler), order.fares.get(ticket.fare))
    else {
        return;
    };
    let first = ticket.numbers.first().map_or("", String::as_str);
    let key = |what: &str| host.key(&[what, first]);
    xml.start("air:ETR").attr("Key", key("etr"));
    stored_amounts(xml, fare);
    xml.attr("Refundable", matches!(fare.cancel, super::order::Penalty::Amount(_)));
    xml.attr("Exchangeable", matches!(fare.change, super::order::Penalty::Amount(_)));
    xml.attr("IssuedDate", printed_utc(ticket.issued)).attr("ProviderCode", "1G");
    xml.attr("ProviderLocatorCode", &order.provider).attr("IATANumber", "99999992");
    xml.attr("PseudoCityCode", "SIM1").attr("PlatingCarrier", &fare.plating);
    xml.leaf("air:AirReservationLocatorCode", &order.air);
    agency(xml, order);
    xml.start("common:BookingTraveler").attr("Key", &traveler.key).attr("TravelerType", &traveler.ptc);
    xml.start("common:BookingTravelerName")
        .attr("First", host_first(traveler))
        .attr("Last", &traveler.last)
        .end()
        .end();
    xml.start("common:FormOfPayment")
        .attr("Key", key("fop"))
        .attr("Type", "Cash")
        .attr("Reusable", false)
        .end();
    xml.start("common:Payment").attr("Key", key("payment")).attr("Type", "Itinerary");
    xml.attr("Amount", fare.total).attr("FormOfPaymentRef", key("fop")).end();
    supplier_locators(xml, order, None);
    xml.leaf("air:FareCalc", &fare.line);
    for (index, number) in ticket.numbers.iter().enumerate() {
        document(xml, host, order, fare, ticket, (index, number));
    }
    xml.start("common:Commission").attr("Key", key("commission")).attr("Level", "Fare");
    xml.attr("Type", "PercentBase").attr("Percentage", "0.00").end();
    pricing_info(xml, host, order, fare, ticket);
    xml.end();
}

fn document(
    xml: &mut Xml,
    host: &Host,
    order: &Order,
    fare: &StoredFare,
    ticket: &Ticket,
    (index, number): (usize, &str),
) {
    xml.start("air:Ticket").attr("Key", host.key(&["ticket", number])).attr("TicketNumber", number);
    xml.attr("TicketStatus", if ticket.voided { "V" } else { "N" });
    let from = index * COUPONS_PER_DOCUMENT_MAX;
    let segments = order.segments.iter().enumerate().skip(from).take(COUPONS_PER_DOCUMENT_MAX);
    for (at, segment) in segments {
        let info = fare.infos.iter().find(|info| info.segments.contains(&at));
        let ends_slice = order.segments.get(at + 1).is_none_or(|next| next.group != segment.group);
        let day = segment.departure.get(..10);
        xml.start("air:Coupon").attr("Key", host.key(&["coupon", number, &at.to_string()]));
        xml.attr("CouponNumber", at - from + 1).attr("MarketingCarrier", &segment.carrier);
        xml.attr("MarketingFlightNumber", segment.number).attr("Origin", &segment.origin);
        xml.attr("Destination", &segment.destination).attr("DepartureTime", &segment.departure);
        xml.attr("StopoverCode", ends_slice).attr("BookingClass", &segment.class);
        xml.attr("FareBasis", info.map_or("", |info| info.basis.as_str()));
        xml.maybe("NotValidBefore", day).maybe("NotValidAfter", day);
        xml.attr("Status", if ticket.voided { "V" } else { "O" }).attr("SegmentGroup", segment.group).end();
    }
    xml.end();
}

fn pricing_info(xml: &mut Xml, host: &Host, order: &Order, fare: &StoredFare, ticket: &Ticket) {
    xml.start("air:AirPricingInfo").attr("Key", &fare.key);
    stored_amounts(xml, fare);
    xml.attr("LatestTicketingTime", &fare.latest).attr("TrueLastDateToTicket", &fare.latest);
    xml.attr("PricingMethod", "Guaranteed").attr("ETicketability", "Yes");
    xml.attr("ProviderReservationInfoRef", provider_key(host, order)).attr("Ticketed", true);
    xml.attr("PricingType", "StoredFare").attr("FareCalculationInd", "G");
    stored_infos(xml, order, fare);
    for (index, (code, tax)) in fare.taxes.iter().enumerate() {
        let key = host.key(&["tax", &fare.key, &index.to_string()]);
        xml.start("air:TaxInfo").attr("Category", code).attr("Amount", tax).attr("Key", key).end();
    }
    xml.leaf("air:FareCalc", &fare.line);
    passenger_types(xml, order, fare, &[ticket.traveler]);
    xml.reference("common:BookingTravelerRef", &order.travelers[ticket.traveler].key);
    super::solution::penalties(xml, fare.change, fare.cancel);
    xml.end();
}
