//! AirRetrieveDocumentReq and AirVoidDocumentReq: documents after they were issued.

use jiff::tz::TimeZone;

use super::super::control::travelport::Effect;
use super::fault::Fault;
use super::order::{Order, Ticket};
use super::record::find;
use super::ticket::record;
use super::write::Xml;
use super::{Call, Host, child_text, children};

/// What the host says around a number that several documents have.
const NOT_UNIQUE_BEFORE: &str = "Duplicate ticket number found :[";
const NOT_UNIQUE_AFTER: &str = "]. Please provide UniversalRecordLocatorCode, ProviderCode and ProviderLocatorCode to retrieve the ticket.";

/// Where the agency's day ends: a document can be voided on the day of its issue.
const OFFICE_ZONE: &str = "Asia/Jakarta";

pub(super) fn retrieve(host: &Host, call: &Call<'_>) -> Result<Xml, Fault> {
    const NOTHING: &str = "At least one valid locator code or ticket number or tcr number or service fee info should have been specified";
    let air = child_text(call.request, "AirReservationLocatorCode");
    let universal = call.attribute("UniversalRecordLocatorCode");
    let provider = call.attribute("ProviderLocatorCode");
    let numbers: Vec<_> =
        children(call.request, "TicketNumber").filter_map(|node| node.text()).map(str::trim).collect();
    if numbers.is_empty() && air.is_none() && universal.is_none() && provider.is_none() {
        return Err(Fault::provisioning(NOTHING));
    }
    let named =
        |ticket: &Ticket| numbers.is_empty() || ticket.numbers.iter().any(|n| numbers.contains(&n.as_str()));
    let is = |given: Option<&str>, own: &str| given.is_none_or(|given| given == own);
    let order = find(host, call, |order| {
        is(air, &order.air)
            && is(universal, &order.universal)
            && is(provider, &order.provider)
            && (numbers.is_empty() || order.tickets.iter().any(named))
    });
    let order = order.ok_or_else(|| Fault::record("3130", "Record locator not found."))?;
    let tickets: Vec<_> = order.tickets.iter().filter(|ticket| named(ticket)).collect();
    if tickets.is_empty() {
        return Err(Fault::provisioning(&format!("The reservation '{}' has no tickets yet", order.air)));
    }
    let mut xml = host.reply(call, "air:AirRetrieveDocumentRsp");
    if call.suffers(&Effect::NotUnique) {
        let number = tickets.first().and_then(|ticket| ticket.numbers.first()).map_or("", String::as_str);
        let message = format!("{NOT_UNIQUE_BEFORE}{number}{NOT_UNIQUE_AFTER}");
        xml.start("air:DocumentFailureInfo").attr("Code", "3273").attr("Message", message).end().end();
        return Ok(xml);
    }
    xml.attr("UniversalRecordLocatorCode", &order.universal);
    if call.suffers(&Effect::Stranger) {
        let turned = |locator: &str| locator.chars().rev().collect();
        let other = Order {
            provider: turned(&order.provider),
            air: turned(&order.air),
            universal: turned(&order.universal),
            ..order.clone()
        };
        tickets.iter().for_each(|ticket| record(&mut xml, host, &other, ticket));
    }
    for ticket in tickets {
        record(&mut xml, host, &order, ticket);
    }
    xml.end();
    Ok(xml)
}

pub(super) fn void(host: &Host, call: &Call<'_>) -> Result<Xml, Fault> {
    let _alone = host.back.alone();
    let air = child_text(call.request, "AirReservationLocatorCode");
    let provider = call.attribute("ProviderLocatorCode");
    let order = find(host, call, |order| match air {
        Some(air) => order.air == air,
        None => Some(order.provider.as_str()) == provider,
    });
    let mut order = order.ok_or_else(|| Fault::record("3130", "Record locator not found."))?;
    let documents =
        children(call.request, "VoidDocumentInfo").filter_map(|node| node.attribute("DocumentNumber"));
    let documents: Vec<String> = documents.map(str::to_owned).collect();
    if documents.is_empty() {
        return Err(Fault::data("3003", "No document to void."));
    }
    let refusal = refusal(host, &order, &documents);
    if refusal.is_none() {
        order.tickets.iter_mut().for_each(|ticket| ticket.voided = true);
        order.version += 1;
        order.modified = host.back.now();
        host.back.ledger().save(order.clone())?;
    }
    let mut xml = host.reply(call, "air:AirVoidDocumentRsp");
    if refusal.is_none() && call.attribute("ShowETR") == Some("true") {
        order.tickets.iter().for_each(|ticket| record(&mut xml, host, &order, ticket));
    }
    for number in &documents {
        xml.start("air:VoidResultInfo").attr("DocumentNumber", number).attr("DocumentType", "E-Ticket");
        xml.attr("ResultType", if refusal.is_none() { "Successful" } else { "Failed" });
        if let Some(refusal) = refusal {
            xml.leaf("air:FailureRemark", refusal);
        }
        xml.end();
    }
    xml.end();
    Ok(xml)
}

/// Why nothing is voided: the host voids all documents of a reservation or none, on the day of their issue.
fn refusal(host: &Host, order: &Order, documents: &[String]) -> Option<&'static str> {
    let open: Vec<_> = order.tickets.iter().filter(|ticket| !ticket.voided).collect();
    let known = |number: &String| order.tickets.iter().any(|ticket| ticket.numbers.contains(number));
    let zone = TimeZone::get(OFFICE_ZONE).unwrap_or(TimeZone::UTC);
    let day = |instant| zone.to_datetime(instant).date();
    if !documents.iter().all(known) {
        Some("INVALID DOCUMENT NUMBER")
    } else if open.is_empty() {
        Some("TICKET ALREADY VOIDED")
    } else if !open
        .iter()
        .all(|ticket| ticket.numbers.first().is_some_and(|number| documents.contains(number)))
    {
        Some("ALL TICKETS OF THE RESERVATION MUST BE ENUMERATED")
    } else if open.iter().any(|ticket| day(ticket.issued) != day(host.back.now())) {
        Some("VOID PERIOD EXPIRED")
    } else {
        None
    }
}
