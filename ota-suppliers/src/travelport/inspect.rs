//! One uAPI reply as `inspect_reply` shows it.

mod service;
mod stay;

use ota_core::model::id::{AccountId, SupplierId};
use ota_core::model::order::{OrderProblem, SupplierOrder};
use ota_core::supplier::call::Effect;
use serde_json::{Value, json};

use super::errors::{self, Refusal};
use super::map::{self, MapError, Source, document, fare, order, price, search, value};
use super::replies::air::{AirPricingInfo, AirPricingSolution};
use super::replies::common::ResponseMessage;
use super::replies::document::{AirVoidDocumentRsp, DocumentRsp};
use super::replies::record::{RecordRsp, UniversalRecordCancelRsp, UniversalRecordSearchRsp};
use super::replies::shop::{AirPriceRsp, LowFareSearchRsp};
use super::replies::{self, Reply, ReplyError};
use crate::inspect::{self as show, Outcome, PriceNotes, Report};
use crate::soap::envelope::EnvelopeError;
use crate::xml::XmlError;

/// Reads a reply the way that the contract's methods do.
pub(crate) fn report(document: &[u8]) -> Report {
    let reply = match replies::read(document) {
        Ok(reply) => reply,
        Err(error) => return Report::refused("", &why(document, &error)),
    };
    let name = reply.name();
    let report = match &reply {
        Reply::LowFareSearch(reply) => Ok(search_report(name, reply)),
        Reply::AirPrice(reply) => Ok(price_report(name, reply)),
        Reply::AirCreateReservation(reply)
        | Reply::HotelCreateReservation(reply)
        | Reply::AirCancel(reply) => record_report(name, reply, Effect::Write),
        Reply::UniversalRecordRetrieve(reply) | Reply::UniversalRecordImport(reply) => {
            record_report(name, reply, Effect::Read)
        }
        Reply::UniversalRecordSearch(reply) => Ok(found_report(name, reply)),
        Reply::UniversalRecordCancel(reply) => Ok(cancel_report(name, reply)),
        Reply::AirTicketing(reply) => document_report(name, reply, Effect::Write),
        Reply::AirRetrieveDocument(reply) => document_report(name, reply, Effect::Read),
        Reply::AirVoidDocument(reply) => Ok(void_report(name, reply)),
        Reply::Availability(reply) => Ok(service::availability(name, reply)),
        Reply::FlightInformation(reply) => Ok(service::flight_information(name, reply)),
        Reply::FlightDetails(reply) => service::flight_details(name, reply),
        Reply::EmdRetrieve(reply) => service::emds(name, reply),
        Reply::ExchangeQuote(reply) => service::exchange(name, reply, Effect::Read),
        Reply::Exchange(reply) => service::exchange(name, reply, Effect::Write),
        Reply::HotelSearch(reply) => Ok(stay::search(name, reply)),
        Reply::HotelDetails(reply) => Ok(stay::details(name, reply)),
        Reply::Flat(_, reply) => Ok(service::flat(name, reply)),
        // Whether it answers a read or a write is not in a fault.
        Reply::Fault(fault) => Ok(supplier_error(name, &errors::fault(fault, Effect::Read))),
        Reply::Recognised(name) => Ok(Report::new(Outcome::Recognised, name)),
    };
    report.unwrap_or_else(|error| Report::refused(name, &error.to_string()))
}

/// Why bytes are not a reply. A terminal's output is told from damage by its first character.
fn why(document: &[u8], error: &ReplyError) -> String {
    let text = std::str::from_utf8(document).map(str::trim_start).unwrap_or_default();
    match error {
        ReplyError::Envelope(EnvelopeError::Xml(XmlError::NotXml))
            if !text.is_empty() && !text.starts_with('<') =>
        {
            "plain text, as a terminal shows it, not a reply of the web service".to_owned()
        }
        _ => ota_core::error::chain(error),
    }
}

fn supplier_error(name: &str, refusal: &Refusal) -> Report {
    let error = show::error(refusal.kind, Some(&refusal.code), &refusal.message);
    Report::new(Outcome::SupplierError, name).with("error", error)
}

/// No payload: what the messages say about it.
fn nothing(name: &str, messages: &[ResponseMessage<'_>], effect: Effect) -> Report {
    let report = match errors::first_error(messages, effect) {
        Some(refusal) => supplier_error(name, &refusal),
        None => Report::new(Outcome::Understood, name),
    };
    report.with("warnings", warnings(messages))
}

fn warnings(messages: &[ResponseMessage<'_>]) -> Vec<Value> {
    messages
        .iter()
        .map(|message| {
            let kind = errors::message_kind(message);
            show::warning(Some(&message.code), &errors::shorten(&message.text), kind)
        })
        .collect()
}

fn source() -> Source {
    let name = "travelport";
    Source {
        supplier: SupplierId::new(name).expect("a valid name"),
        account: AccountId::new(name).expect("a valid name"),
    }
}

fn search_report(name: &str, reply: &LowFareSearchRsp<'_>) -> Report {
    let (batch, origins) = search::offers_and_origins(reply, &source());
    let mut skipped: Vec<Value> =
        batch.skipped.iter().map(|skip| show::skipped(&skip.what, &skip.why)).collect();
    let mut offers = Vec::with_capacity(batch.items.len());
    let prices: Vec<_> = reply.price_points.iter().chain(&reply.solutions).collect();
    for (offer, origin) in batch.items.into_iter().zip(origins) {
        let Some(point) = prices.get(origin.price) else { continue };
        let reference = format!("{}/{}", point.key, origin.combination);
        match show::checked(offer) {
            Ok(offer) => {
                let prices = passenger_prices(&offer.fares, &point.pricing_infos);
                offers.push(show::offer(&offer, &reference, Some(&point.key), prices));
            }
            Err(why) => skipped.push(show::skipped(&reference, &why)),
        }
    }
    if prices.is_empty() {
        return nothing(name, &reply.messages, Effect::Read);
    }
    Report::new(Outcome::Understood, name)
        .with("offers", offers)
        .with("skipped", skipped)
        .with("warnings", warnings(&reply.messages))
}

fn passenger_prices<'r, 'a: 'r>(
    fares: &[ota_core::model::fare::PassengerFare],
    infos: impl IntoIterator<Item = &'r AirPricingInfo<'a>>,
) -> Vec<Value> {
    let notes = |info: &AirPricingInfo<'_>| PriceNotes {
        last_ticketing: info.latest_ticketing_time.as_deref().and_then(|time| value::limit(time).ok()),
        validating_carrier: info.plating_carrier.as_deref().map(str::to_owned),
        refundable: info.refundable.as_deref().map(|text| text == "true"),
    };
    fares.iter().zip(infos).map(|(fare, info)| show::passenger_price(fare, &notes(info))).collect()
}

fn price_report(name: &str, reply: &AirPriceRsp<'_>) -> Report {
    if reply.solutions.is_empty() {
        let said = if reply.errors.is_empty() { &reply.messages } else { &reply.errors };
        return nothing(name, said, Effect::Read);
    }
    let (mut offers, mut skipped) = (Vec::new(), Vec::new());
    for solution in &reply.solutions {
        let priced = price::offer(reply, solution, &source());
        match priced.map_err(|error| error.to_string()).and_then(show::checked) {
            Ok(offer) => {
                let prices = passenger_prices(&offer.fares, &solution.pricing_infos);
                offers.push(show::offer(&offer, &solution.key, None, prices));
            }
            Err(why) => skipped.push(show::skipped(&format!("AirPricingSolution {}", solution.key), &why)),
        }
    }
    // One solution is no choice: its segments and prices stand on their own as well.
    let only = offers.first().filter(|_| offers.len() == 1);
    let segments: Vec<Value> = only
        .and_then(|offer| offer["slices"].as_array())
        .map(|slices| {
            slices.iter().filter_map(|slice| slice["segments"].as_array()).flatten().cloned().collect()
        })
        .unwrap_or_default();
    let prices = only.map(|offer| offer["passengers"].clone()).unwrap_or_default();
    Report::new(Outcome::Understood, name)
        .with("segments", segments)
        .with("prices", prices)
        .with("offers", offers)
        .with("skipped", skipped)
        .with("rules", rules(reply))
        .with("warnings", warnings(&reply.messages))
}

fn rules(reply: &AirPriceRsp<'_>) -> Vec<Value> {
    let infos =
        || reply.solutions.iter().flat_map(|solution: &AirPricingSolution<'_>| &solution.pricing_infos);
    let basis = |key: &str| {
        let mut fares = infos().flat_map(|info| &info.fare_infos);
        fares.find(|fare| fare.key == key).map(|fare| fare.fare_basis.as_ref())
    };
    let rule = |rule: &replies::shop::FareRule<'_>| {
        let paragraphs = rule.paragraphs.iter();
        json!({
            "fare_basis": basis(&rule.fare_info_ref),
            "paragraphs": paragraphs.map(|(category, text)| json!({ "category": category, "text": text.trim() })).collect::<Vec<_>>(),
        })
    };
    reply.fare_rules.iter().map(rule).collect()
}

fn record_report(name: &str, reply: &RecordRsp<'_>, effect: Effect) -> Result<Report, MapError> {
    let Some(record) = &reply.record else {
        let refusal = if let Some(changed) = reply.solution_changed.first() {
            errors::changed(changed)
        } else if reply.sell_failures.is_empty() {
            return Ok(nothing(name, &reply.messages, effect));
        } else {
            errors::sold_out("", &reply.sell_failures)
        };
        return Ok(supplier_error(name, &refusal).with("warnings", warnings(&reply.messages)));
    };
    let (mut order, skipped) = order::order_and_skipped(reply, record)?;
    let stays = map::stay::stays(record, &mut order)?;
    let prices = passenger_prices(&order.fares, order::pricing_infos(record));
    let mut said = warnings(&reply.messages);
    said.extend(problems(&order));
    let mut shown = show::order(&order, prices);
    let mut hotels = stays.iter().map(stay::booked);
    if let Some(first) = hotels.next() {
        shown["hotel"] = first;
    }
    let others: Vec<Value> = hotels.collect();
    Ok(Report::new(Outcome::Understood, name)
        .with("order", shown)
        .with("extra", if others.is_empty() { Value::Null } else { json!({ "hotels": others }) })
        .with("tickets", show::tickets(&order.tickets))
        .with("skipped", skipped.iter().map(|skip| show::skipped(&skip.what, &skip.why)).collect::<Vec<_>>())
        .with("warnings", said))
}

/// What makes an order that exists unfit to be taken for a success.
fn problems(order: &SupplierOrder) -> Vec<Value> {
    let problem = |problem: &OrderProblem| match problem {
        OrderProblem::SegmentNotConfirmed { segment, status } => {
            let message = format!("segment {} has status {status}", u16::from(*segment) + 1);
            show::warning(None, &message, Some("SegmentNotConfirmed"))
        }
        OrderProblem::RoomNotConfirmed { room, status } => {
            let message = format!("hotel {} has status {status}", u16::from(*room) + 1);
            show::warning(None, &message, Some("RoomNotConfirmed"))
        }
        OrderProblem::PriceNotStored => {
            show::warning(None, "no price is stored: ticketing will fail", Some("PriceNotStored"))
        }
        OrderProblem::SolutionChanged => {
            show::warning(None, "booked at another price or schedule than sent", Some("SolutionChanged"))
        }
        other => show::warning(None, &format!("{other:?}"), Some("Problem")),
    };
    order.problems.iter().map(problem).collect()
}

fn found_report(name: &str, reply: &UniversalRecordSearchRsp<'_>) -> Report {
    let records = reply.results.iter().map(|result| {
        let products = result.products.iter();
        json!({
            "universal_record": result.locator_code,
            "status": result.record_status,
            "products": products.map(|(kind, owner, code)| json!({ "kind": kind, "owner": owner, "code": code })).collect::<Vec<_>>(),
        })
    });
    let extra = json!({ "more_results": reply.more_results, "records": records.collect::<Vec<_>>() });
    nothing(name, &reply.messages, Effect::Read).with("extra", extra)
}

fn cancel_report(name: &str, reply: &UniversalRecordCancelRsp<'_>) -> Report {
    let locators: Vec<Value> = reply
        .statuses
        .iter()
        .map(|status| json!({ "kind": "provider", "owner": status.provider_code, "code": status.locator_code }))
        .collect();
    let kept = reply.statuses.iter().find(|status| !status.cancelled);
    let report = match kept {
        Some(status) => {
            let said = status.info.as_ref();
            let (code, text) = said.map_or(("", ""), |info| (&info.code, &info.text));
            supplier_error(name, &errors::not_cancelled(code, text))
        }
        None if reply.statuses.is_empty() => nothing(name, &reply.messages, Effect::Write),
        None => Report::new(Outcome::Understood, name)
            .with("order", json!({ "locators": locators, "status": "CANCELLED" })),
    };
    report.with("warnings", warnings(&reply.messages))
}

fn document_report(name: &str, reply: &DocumentRsp<'_>, effect: Effect) -> Result<Report, MapError> {
    let mut said = warnings(&reply.messages);
    if reply.etrs.is_empty() {
        let refusal = match (reply.failures.first(), &reply.solution_changed) {
            (Some(failure), _) => errors::failure(failure, effect),
            (None, Some(changed)) => errors::changed(changed),
            (None, None) => return Ok(nothing(name, &reply.messages, effect)),
        };
        return Ok(supplier_error(name, &refusal).with("warnings", said));
    }
    for failure in &reply.failures {
        let refusal = errors::failure(failure, effect);
        said.push(show::warning(Some(&refusal.code), &refusal.message, Some(&format!("{:?}", refusal.kind))));
    }
    let (mut tickets, mut prices, mut locators) = (Vec::new(), Vec::new(), Vec::new());
    for etr in &reply.etrs {
        tickets.extend(show::tickets(&document::tickets(etr)?));
        locators.extend(document::locators(etr));
        // A document of another office comes without a price that could be read whole.
        if let Some(Ok(amounts)) = etr.pricing_info.as_ref().map(fare::amounts) {
            prices.extend(passenger_prices(&[amounts], etr.pricing_info.as_slice()));
        }
    }
    locators.dedup();
    let record = reply.universal_record.as_deref();
    let locators: Vec<Value> = record
        .map(|code| json!({ "kind": "universal_record", "code": code }))
        .into_iter()
        .chain(locators.iter().map(show::locator))
        .collect();
    Ok(Report::new(Outcome::Understood, name)
        .with("tickets", tickets)
        .with("prices", prices)
        .with("order", if locators.is_empty() { Value::Null } else { json!({ "locators": locators }) })
        .with("warnings", said))
}

fn void_report(name: &str, reply: &AirVoidDocumentRsp<'_>) -> Report {
    let results = reply.results.iter().map(|result| {
        json!({
            "number": result.document_number,
            "result": result.result_type,
            "remark": result.failure_remark,
        })
    });
    let failed = reply.results.iter().find(|result| &*result.result_type != "Successful");
    let report = match failed {
        Some(result) => {
            let remark = result.failure_remark.as_deref().unwrap_or_default();
            supplier_error(name, &errors::not_voided(remark))
        }
        None => nothing(name, &reply.messages, Effect::Write),
    };
    report.with("extra", json!({ "documents": results.collect::<Vec<_>>() }))
}
