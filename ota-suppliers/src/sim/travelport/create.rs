//! AirCreateReservationReq: sells the seats, stores the fares, keeps the order.
//!
//! The price is made anew. If it is not the one that was sent, nothing is kept unless `RetainReservation` says so, and
//! the answer carries the new solution.

use roxmltree::Node;

use super::super::carriers::Bag;
use super::super::control::travelport::{Echo, Effect};
use super::super::fares::Terms;
use super::super::inventory::minutes;
use super::fault::{Fault, segment_error};
use super::itinerary::{Asked, Party, classed, read, slices};
use super::order::{BookedLeg, Order, Phone, Remark, Request, Segment, StoredFare, StoredInfo, Traveler};
use super::price::{host_token, pricing_solution};
use super::record::universal_record;
use super::solution::{Priced, endorsement, latest_ticketing, penalty};
use super::write::Xml;
use super::{Call, Host, child, child_text, children, printed};

/// Travelers in one order, infants included.
const TRAVELERS_MAX: usize = 18;
/// Remarks of one order, and their length in characters.
const REMARKS_MAX: usize = 64;
const REMARK_CHARS_MAX: usize = 256;

/// What the host says of an open jaw that nobody announced; its code is not published.
const CONTINUITY: &str = "Continuity Check - Validate departure/arrival cities for segments";

/// A create as it was understood.
struct Wanted<'a> {
    asked: Vec<Asked>,
    priced: Priced,
    travelers: Vec<Traveler>,
    /// Per fare of `priced`, the travelers who pay it.
    payers: Vec<Vec<usize>>,
    /// The solution that was sent.
    sent: Node<'a, 'a>,
}

pub(super) fn create(host: &Host, call: &Call<'_>) -> Result<Xml, Fault> {
    let _alone = host.back.alone();
    if !host.back.ledger().has_room() {
        return Err(Fault::air("1", "The simulator keeps no more orders."));
    }
    let wanted = understand(host, call)?;
    if call.suffers(&Effect::SoldOut) {
        return Err(Fault::no_seats(wanted.asked.iter().map(Asked::refused).collect()));
    }
    if call.suffers(&Effect::SellFailure) {
        return Ok(sell_failure(host, call, &wanted));
    }
    let forced = match call.effect {
        Some(Effect::SolutionChanged(percent)) => Some(percent),
        _ => None,
    };
    let changed = forced.is_some() || !is_price_sent(host, &wanted);
    let retained = forced.is_some() || matches!(call.attribute("RetainReservation"), Some("Price" | "Both"));
    let stored = !changed && !call.suffers(&Effect::FareNotSaved);
    let order = (!changed || retained).then(|| order(host, call, &wanted, stored));
    let order = match order {
        Some(order) => {
            host.back.ledger().save(order.clone())?;
            Some(distorted(order, call.effect.as_ref()))
        }
        None => None,
    };
    let mut xml = host.reply(call, "universal:AirCreateReservationRsp");
    if order.is_some() && !stored {
        message(
            &mut xml,
            "Some of the requested AirPricingInfos could not be saved for the requested provider.",
        );
        message(&mut xml, "NO VALID FARE FOR INPUT CRITERIA");
    }
    if let Some(order) = &order {
        universal_record(&mut xml, host, order);
    }
    if changed {
        solution_changed(&mut xml, host, call, &wanted, forced);
    }
    xml.end();
    Ok(xml)
}

fn understand<'a>(host: &Host, call: &Call<'a>) -> Result<Wanted<'a>, Fault> {
    let mut solutions = children(call.request, "AirPricingSolution");
    let sent = solutions.next().filter(|_| solutions.next().is_none());
    let sent = sent.ok_or_else(|| Fault::data("3003", "One pricing solution is expected."))?;
    let mut asked = read(host, children(sent, "AirSegment"))?;
    let overridden = child_text(call.request, "ContinuityCheckOverride") == Some("true");
    if !overridden
        && asked.windows(2).any(|pair| pair[0].flight.destination().city != pair[1].flight.origin().city)
    {
        return Err(Fault::air("3000", CONTINUITY));
    }
    let infos: Vec<_> = children(sent, "AirPricingInfo").collect();
    for booking in infos.iter().flat_map(|info| children(*info, "BookingInfo")) {
        let of = booking.attribute("SegmentRef");
        for asked in asked.iter_mut().filter(|asked| of == Some(asked.key.as_str())) {
            asked.class = booking.attribute("BookingCode").map(str::to_owned);
        }
    }
    let party = Party::of(infos.iter().flat_map(|info| children(*info, "PassengerType")))?;
    let slices = slices(&asked);
    let choices = slices.iter().map(|slice| classed(host, call.account, slice, party.seats()));
    let choices = choices.collect::<Result<Vec<_>, _>>()?;
    let priced = Priced::new(host, &host.terms(call.account), choices, &party);
    let travelers = travelers(host, call)?;
    let payers = payers(call.request, &party, &travelers)?;
    Ok(Wanted { asked, priced, travelers, payers, sent })
}

fn travelers(host: &Host, call: &Call<'_>) -> Result<Vec<Traveler>, Fault> {
    let nodes: Vec<_> = children(call.request, "BookingTraveler").collect();
    if nodes.is_empty() || nodes.len() > TRAVELERS_MAX {
        return Err(Fault::data("3003", "Number of booking travelers is out of range."));
    }
    let serial = host.back.ledger().next_serial().to_string();
    let traveler = |(index, node): (usize, &Node<'_, '_>)| {
        let name = child(*node, "BookingTravelerName").expect("the schema check requires a name");
        let own = |attribute| node.attribute(attribute).map(str::to_owned);
        let capital = |attribute| name.attribute(attribute).map(str::to_uppercase);
        Traveler {
            key: host.key(&["traveler", call.branch(), &serial, &index.to_string()]),
            ptc: own("TravelerType").unwrap_or_else(|| "ADT".to_owned()),
            prefix: capital("Prefix"),
            first: capital("First").unwrap_or_default(),
            last: capital("Last").unwrap_or_default(),
            birth: own("DOB"),
            gender: own("Gender"),
            age: own("Age"),
            phones: children(*node, "PhoneNumber").map(phone).collect(),
            emails: children(*node, "Email")
                .filter_map(|e| e.attribute("EmailID"))
                .map(str::to_uppercase)
                .collect(),
            requests: children(*node, "SSR").map(service_request).collect(),
        }
    };
    Ok(nodes.iter().enumerate().map(traveler).collect())
}

fn phone(node: Node<'_, '_>) -> Phone {
    let own = |attribute| node.attribute(attribute).map(str::to_owned);
    Phone {
        kind: own("Type"),
        location: own("Location"),
        country: own("CountryCode"),
        number: own("Number").unwrap_or_default(),
    }
}

fn service_request(node: Node<'_, '_>) -> Request {
    let own = |attribute| node.attribute(attribute).map(str::to_owned);
    Request { kind: own("Type").unwrap_or_default(), text: own("FreeText"), carrier: own("Carrier") }
}

/// Who pays which fare: by the references of the passengers, else by type in order.
fn payers(request: Node<'_, '_>, party: &Party, travelers: &[Traveler]) -> Result<Vec<Vec<usize>>, Fault> {
    let keys: Vec<_> = children(request, "BookingTraveler").map(|node| node.attribute("Key")).collect();
    let mut free: Vec<bool> = vec![true; travelers.len()];
    let mut payers = Vec::new();
    for (code, passengers) in &party.types {
        let mut indexes = Vec::new();
        for passenger in passengers {
            let named = passenger.traveler.as_deref();
            let is = |index: &usize| match named {
                Some(key) => keys[*index] == Some(key),
                None => travelers[*index].ptc == *code,
            };
            let index = (0..travelers.len()).filter(|index| free[*index]).find(is);
            let index =
                index.ok_or_else(|| Fault::data("3003", "A passenger type has no booking traveler."))?;
            free[index] = false;
            indexes.push(index);
        }
        payers.push(indexes);
    }
    if free.contains(&true) {
        return Err(Fault::data("3003", "A booking traveler has no price."));
    }
    Ok(payers)
}

/// Whether every price, fare basis and host token that was sent is the one of now.
fn is_price_sent(host: &Host, wanted: &Wanted<'_>) -> bool {
    let token = host_token(host, &wanted.priced).map(|(_, text)| text);
    let is_token = token.is_none() || child_text(wanted.sent, "HostToken") == token.as_deref();
    let mut infos = children(wanted.sent, "AirPricingInfo");
    is_token
        && infos.all(|info| {
            let code = child(info, "PassengerType").and_then(|passenger| passenger.attribute("Code"));
            let fare =
                wanted.priced.fares.iter().map(|(fare, _)| fare).find(|fare| Some(fare.ptc.as_str()) == code);
            fare.is_some_and(|fare| {
                let total = fare.total().to_string();
                let bases = children(info, "FareInfo").filter_map(|info| info.attribute("FareBasis"));
                info.attribute("TotalPrice").is_none_or(|sent| sent == total)
                    && bases.zip(&fare.components).all(|(sent, component)| sent == component.basis)
            })
        })
}

fn order(host: &Host, call: &Call<'_>, wanted: &Wanted<'_>, stored: bool) -> Order {
    let serial = host.back.ledger().next_serial();
    let now = host.back.now();
    let names = [call.branch().to_owned(), serial.to_string()];
    let key = |what: &str, index: usize| host.key(&[what, &names[0], &names[1], &index.to_string()]);
    let mut segments: Vec<_> =
        wanted.asked.iter().enumerate().map(|(at, asked)| segment(asked, &key, at)).collect();
    if call.suffers(&Effect::Waitlisted) {
        segments[0].status = "HL".to_owned();
    }
    let latest = latest_ticketing(host, &wanted.priced.choices);
    let action = child(call.request, "ActionStatus").map(|action| {
        let own = |name| action.attribute(name).map(str::to_owned);
        (
            own("Type").unwrap_or_default(),
            own("TicketDate").filter(|date| date.starts_with(|c: char| c.is_ascii_digit())),
        )
    });
    let (kind, date) = action.unwrap_or_else(|| ("TAU".to_owned(), None));
    Order {
        serial,
        branch: names[0].clone(),
        universal: locator(host, "universal", serial),
        provider: locator(host, "provider", serial),
        air: locator(host, "air", serial),
        created: now,
        modified: now,
        version: 0,
        travelers: wanted.travelers.clone(),
        segments,
        fares: if stored { fares(call, wanted, &key, &latest) } else { Vec::new() },
        remarks: if call.suffers(&Effect::WrongEcho(Echo::Remark)) {
            Vec::new()
        } else {
            remarks(call.request)
        },
        tickets: Vec::new(),
        action: (kind, date.unwrap_or(latest)),
        cancelled: false,
    }
}

/// Six capitals and digits, different for every serial: multiplying by an odd number permutes the range.
fn locator(host: &Host, kind: &str, serial: u64) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mixed = serial.wrapping_mul(0x2545_F491).wrapping_add(host.world.draw(&["locator", kind]));
    (0..6).map(|place| char::from(LETTERS[(mixed >> (5 * place)) as usize % LETTERS.len()])).collect()
}

fn remarks(request: Node<'_, '_>) -> Vec<Remark> {
    let remark = |node: Node<'_, '_>| {
        let text = child_text(node, "RemarkData")?.chars().take(REMARK_CHARS_MAX).collect();
        Some(Remark { category: node.attribute("Category").map(str::to_owned), text })
    };
    children(request, "GeneralRemark").filter_map(remark).take(REMARKS_MAX).collect()
}

fn segment(asked: &Asked, key: &impl Fn(&str, usize) -> String, index: usize) -> Segment {
    let flight = &asked.flight;
    let leg = |(number, leg): (usize, &super::super::inventory::Leg)| BookedLeg {
        key: key("leg", index * 10 + number),
        origin: leg.origin.code.to_string(),
        destination: leg.destination.code.to_string(),
        departure: printed(&leg.departure),
        arrival: printed(&leg.arrival),
        minutes: minutes(&leg.departure, &leg.arrival),
        equipment: leg.equipment.to_owned(),
    };
    let class = asked.class_or_unknown().to_owned();
    let cabin = flight.carrier.model.by_class(&class).map_or("Economy", |(brand, _)| brand.cabin);
    Segment {
        key: key("segment", index),
        group: asked.group,
        carrier: flight.carrier.code.to_owned(),
        number: flight.number,
        operating: flight.operating.map(|(carrier, number)| (carrier.code.to_owned(), number)),
        class,
        cabin: cabin.to_owned(),
        origin: flight.origin().code.to_string(),
        destination: flight.destination().code.to_string(),
        departure: printed(flight.departure()),
        arrival: printed(flight.arrival()),
        minutes: flight.minutes(),
        km: flight.km(),
        equipment: flight.first().equipment.to_owned(),
        legs: flight.legs.iter().enumerate().map(leg).collect(),
        status: "HK".to_owned(),
        flight: flight.id(),
    }
}

fn fares(
    call: &Call<'_>,
    wanted: &Wanted<'_>,
    key: &impl Fn(&str, usize) -> String,
    latest: &str,
) -> Vec<StoredFare> {
    let Priced { choices, fares } = &wanted.priced;
    let slices = slices(&wanted.asked);
    let starts: Vec<usize> =
        slices.iter().scan(0, |at, slice| Some(std::mem::replace(at, *at + slice.len()))).collect();
    let (brand, currency) = (wanted.priced.governing(), call.account.currency);
    let stored = |(index, ((fare, _), payers)): (usize, (&(super::super::fares::Fare, _), &Vec<usize>))| {
        let info = |(slice, component): (usize, &super::super::fares::Component)| StoredInfo {
            key: key("info", index * 10 + slice),
            basis: component.basis.clone(),
            origin: component.origin.code.to_string(),
            destination: component.destination.code.to_string(),
            nuc_cents: component.nuc_cents + component.surcharge_cents,
            amount: component.amount,
            pieces: match component.bag {
                Bag::Pieces(pieces) => Some(pieces),
                Bag::Kilograms(_) => None,
            },
            kilograms: match component.bag {
                Bag::Pieces(_) => None,
                Bag::Kilograms(kilograms) => Some(kilograms),
            },
            endorsement: endorsement(choices[slice].brand).to_owned(),
            brand: choices[slice].brand.name.to_owned(),
            segments: (starts[slice]..starts[slice] + slices[slice].len()).collect(),
        };
        StoredFare {
            key: key("fare", index),
            ptc: fare.ptc.clone(),
            travelers: payers.clone(),
            plating: wanted.priced.plating().to_owned(),
            base: fare.base,
            equivalent: fare.equivalent,
            taxes: fare.taxes.iter().map(|(code, tax)| ((*code).to_owned(), *tax)).collect(),
            total: fare.total(),
            line: fare.line.clone(),
            infos: fare.components.iter().enumerate().map(info).collect(),
            change: penalty(brand.change, currency),
            cancel: penalty(brand.cancel, currency),
            latest: latest.to_owned(),
        }
    };
    fares.iter().zip(&wanted.payers).enumerate().map(stored).collect()
}

/// The order as a wrong answer shows it.
fn distorted(mut order: Order, effect: Option<&Effect>) -> Order {
    match effect {
        Some(Effect::WrongEcho(Echo::Travelers)) => {
            order.travelers.pop();
            let left = order.travelers.len();
            order.fares.iter_mut().for_each(|fare| fare.travelers.retain(|index| *index < left));
        }
        Some(Effect::WrongEcho(Echo::Segments)) => order.segments[0].number += 1,
        Some(Effect::WrongEcho(Echo::Total)) => {
            order.fares.iter_mut().for_each(|fare| fare.total.minor += 100)
        }
        Some(Effect::WrongEcho(Echo::Locator)) => {
            for locator in [&mut order.universal, &mut order.provider, &mut order.air] {
                *locator = locator.chars().rev().collect();
            }
        }
        _ => {}
    }
    order
}

fn message(xml: &mut Xml, text: &str) {
    xml.start("common:ResponseMessage").attr("Code", 0).attr("Type", "Warning").attr("ProviderCode", "1G");
    xml.text(text).end();
}

fn sell_failure(host: &Host, call: &Call<'_>, wanted: &Wanted<'_>) -> Xml {
    let mut xml = host.reply(call, "universal:AirCreateReservationRsp");
    message(&mut xml, "Unable to sell all of the requested segments.");
    xml.start("air:AirSegmentSellFailureInfo");
    wanted.asked.iter().take(1).for_each(|asked| segment_error(&mut xml, &asked.refused()));
    xml.end().end();
    xml
}

/// The solution at its price of now, or higher by percent.
fn solution_changed(xml: &mut Xml, host: &Host, call: &Call<'_>, wanted: &Wanted<'_>, percent: Option<i64>) {
    let mut terms: Terms = host.terms(call.account);
    if let Some(percent) = percent {
        terms.reprices.set(String::new(), percent);
    }
    let types =
        wanted.priced.fares.iter().map(|(fare, passengers)| (fare.ptc.clone(), passengers.clone())).collect();
    let priced = Priced::new(host, &terms, wanted.priced.choices.clone(), &Party { types });
    xml.start("air:AirSolutionChangedInfo").attr("ReasonCode", "Price");
    pricing_solution(xml, host, call, &priced, &slices(&wanted.asked), 0, true);
    xml.end();
}
