//! UniversalRecordCancelReq and AirCancelReq: the seats go back, documents stay what they are.

use super::fault::Fault;
use super::order::Order;
use super::record::{find, universal_record};
use super::write::Xml;
use super::{Call, Host, child_text, children, printed_utc};

pub(super) fn cancel_record(host: &Host, call: &Call<'_>) -> Result<Xml, Fault> {
    let universal = call.attribute("UniversalRecordLocatorCode").unwrap_or("");
    let order = cancel(host, call, |order| order.universal == universal)?;
    let mut xml = host.reply(call, "universal:UniversalRecordCancelRsp");
    xml.start("universal:ProviderReservationStatus").attr("CreateDate", printed_utc(order.created));
    xml.attr("ModifiedDate", printed_utc(order.modified)).attr("ProviderCode", "1G");
    xml.attr("LocatorCode", &order.provider).attr("Cancelled", true);
    xml.start("universal:CancelInfo").attr("Code", 0).attr("Type", "Warning").end().end().end();
    Ok(xml)
}

pub(super) fn cancel_air(host: &Host, call: &Call<'_>) -> Result<Xml, Fault> {
    let air = child_text(call.request, "AirReservationLocatorCode").unwrap_or("");
    if children(call.request, "AirSegment").chain(children(call.request, "AirSegmentRef")).next().is_some() {
        return Err(Fault::air("3003", "Single segments cannot be cancelled here; cancel the reservation."));
    }
    let order = cancel(host, call, |order| order.air == air)?;
    let mut xml = host.reply(call, "universal:AirCancelRsp");
    universal_record(&mut xml, host, &order);
    xml.end();
    Ok(xml)
}

/// Cancels once, and only the version that the caller has seen.
fn cancel(host: &Host, call: &Call<'_>, matches: impl Fn(&Order) -> bool) -> Result<Order, Fault> {
    let _alone = host.back.alone();
    let order = find(host, call, |order| matches(order) && !order.cancelled);
    let mut order = order.ok_or_else(|| Fault::record("3130", "Record locator not found."))?;
    if call.attribute("Version") != Some(order.version.to_string().as_str()) {
        return Err(Fault::record("3000", "Universal Record has been changed since it was retrieved."));
    }
    order.cancelled = true;
    order.version += 1;
    order.modified = host.back.now();
    host.back.ledger().save(order.clone())?;
    Ok(order)
}
