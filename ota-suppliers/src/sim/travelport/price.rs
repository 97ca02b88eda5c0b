//! AirPriceReq: what an itinerary costs now, brand by brand or in the booking classes that it names.

use roxmltree::Node;

use super::super::carriers::Model;
use super::super::control::travelport::Effect;
use super::super::fares::Choice;
use super::fault::Fault;
use super::itinerary::{Asked, Party, cabins, classed, lowest, read, routing, slices};
use super::solution::{
    self, Priced, asked_currency, baggage_allowances, fare_info, fare_key, info_attributes, info_body, keys,
    penalties, penalty,
};
use super::write::Xml;
use super::{Call, Host, child, children};

pub(super) fn price(host: &Host, call: &Call<'_>) -> Result<Xml, Fault> {
    let itinerary =
        child(call.request, "AirItinerary").ok_or_else(|| Fault::data("3003", "No itinerary."))?;
    let mut asked = read(host, children(itinerary, "AirSegment"))?;
    let command = child(call.request, "AirPricingCommand");
    name_classes(command, &mut asked);
    let party = Party::read(call.request)?;
    let slices = slices(&asked);
    if call.suffers(&Effect::SoldOut) {
        return Err(Fault::no_seats(asked.iter().map(Asked::refused).collect()));
    }
    let journeys = journeys(host, call, command, &slices, party.seats())?;
    let terms = host.terms(call.account);
    let priced: Vec<_> =
        journeys.into_iter().map(|choices| Priced::new(host, &terms, choices, &party)).collect();

    let mut xml = host.reply(call, "air:AirPriceRsp");
    xml.start("air:AirItinerary");
    for asked in &asked {
        segment(&mut xml, host, asked);
    }
    xml.end().start("air:AirPriceResult");
    for (index, priced) in priced.iter().enumerate() {
        pricing_solution(&mut xml, host, call, priced, &slices, index, false);
    }
    if call.attribute("FareRuleType").is_some_and(|kind| kind != "none") {
        priced.iter().for_each(|priced| rules(&mut xml, host, priced));
    }
    xml.end().end();
    Ok(xml)
}

/// Booking classes come from the segments or from the command, which wins.
fn name_classes(command: Option<Node<'_, '_>>, asked: &mut [Asked]) {
    for modifiers in command.into_iter().flat_map(|command| children(command, "AirSegmentPricingModifiers")) {
        let codes = child(modifiers, "PermittedBookingCodes").and_then(|codes| child(codes, "BookingCode"));
        let class = codes.and_then(|code| code.attribute("Code"));
        let class = class.or_else(|| modifiers.attribute("FareBasisCode").and_then(|basis| basis.get(..1)));
        let of = modifiers.attribute("AirSegmentRef");
        for segment in asked.iter_mut().filter(|segment| of.is_none_or(|of| of == segment.key)) {
            segment.class = class.map(str::to_owned).or(segment.class.take());
        }
    }
}

/// The journeys to price: one in the classes asked for, or one for each brand that all slices have.
fn journeys(
    host: &Host,
    call: &Call<'_>,
    command: Option<Node<'_, '_>>,
    slices: &[&[Asked]],
    seats: u32,
) -> Result<Vec<Vec<Choice>>, Fault> {
    if slices.iter().all(|slice| slice.iter().all(|asked| asked.class.is_some())) {
        let choices = slices.iter().map(|slice| classed(host, call.account, slice, seats));
        return Ok(vec![choices.collect::<Result<_, _>>()?]);
    }
    let modifiers =
        child(call.request, "AirPricingModifiers").or_else(|| child(command?, "AirPricingModifiers"));
    let cabins = cabins(modifiers);
    let routings = slices.iter().map(|slice| routing(slice)).collect::<Result<Vec<_>, _>>()?;
    let mut journeys = Vec::new();
    for letter in ['L', 'V', 'F', 'B'] {
        let choice = |routing| {
            let routing: &super::super::inventory::Routing = routing;
            let brand = routing.carrier().model.brands().iter().find(|brand| brand.letter == letter)?;
            let permitted = cabins.iter().any(|cabin| cabin == brand.cabin);
            lowest(host, call.account, routing, brand, seats).filter(|_| permitted)
        };
        journeys.extend(routings.iter().map(choice).collect::<Option<Vec<_>>>());
    }
    if journeys.is_empty() {
        return Err(Fault::no_seats(
            slices.iter().flat_map(|slice| slice.iter()).map(Asked::refused).collect(),
        ));
    }
    Ok(journeys)
}

fn segment(xml: &mut Xml, host: &Host, asked: &Asked) {
    let flight = &asked.flight;
    xml.start("air:AirSegment").attr("Key", &asked.key).attr("Group", asked.group);
    solution::segment_attributes(xml, flight);
    xml.maybe("ClassOfService", asked.class.as_ref());
    solution::code_share(xml, flight);
    solution::flight_details(xml, host, flight);
    xml.end();
}

/// An AirPricingSolution, with references to the segments or with the segments themselves.
pub(super) fn pricing_solution(
    xml: &mut Xml,
    host: &Host,
    call: &Call<'_>,
    priced: &Priced,
    slices: &[&[Asked]],
    index: usize,
    inline: bool,
) {
    let (currency, name) = (asked_currency(call), index.to_string());
    let token = host_token(host, priced);
    xml.start("air:AirPricingSolution").attr("Key", host.key(&["priced", &name]));
    priced.sums().attributes(xml, currency);
    let zone = priced.choices.first().map(|choice| choice.routing.first().departure().time_zone().clone());
    xml.maybe("QuoteDate", zone.map(|zone| jiff::ZonedDateTime::new(host.back.now(), zone).date()));
    for asked in slices.iter().flat_map(|slice| slice.iter()) {
        if inline {
            segment(xml, host, asked);
        } else {
            xml.reference("air:AirSegmentRef", &asked.key);
        }
    }
    for (fare, passengers) in &priced.fares {
        xml.start("air:AirPricingInfo").attr("Key", host.key(&["priced", &name, &fare.ptc]));
        info_attributes(xml, host, priced, fare, currency);
        xml.attr("IncludesVAT", false);
        for (slice, choice) in priced.choices.iter().enumerate() {
            fare_info(xml, host, fare, slice, choice);
        }
        for (slice, choice) in priced.choices.iter().enumerate() {
            let key = fare_key(host, fare, slice, choice);
            for segment in keys(slices, slice) {
                xml.start("air:BookingInfo").attr("BookingCode", choice.class());
                xml.attr("CabinClass", choice.brand.cabin)
                    .attr("FareInfoRef", &key)
                    .attr("SegmentRef", segment);
                xml.maybe("HostTokenRef", token.as_ref().map(|(key, _)| key)).end();
            }
        }
        info_body(xml, host, fare, passengers);
        let (brand, sold) = (priced.governing(), fare.equivalent.currency);
        penalties(xml, penalty(brand.change, sold), penalty(brand.cancel, sold));
        baggage_allowances(xml, fare, &priced.choices);
        xml.end();
    }
    let note = host.key(&["note", &name]);
    xml.start("air:FareNote").attr("Key", note).text("LAST DATE TO PURCHASE TICKET APPLIES").end();
    if let Some((key, text)) = token {
        xml.start("common:HostToken").attr("Key", key).text(text).end();
    }
    xml.end();
}

/// What a reservation of a low-cost carrier's fare must give back: the carrier's own name for it.
pub(super) fn host_token(host: &Host, priced: &Priced) -> Option<(String, String)> {
    let hosted = priced.choices.iter().any(|choice| choice.routing.carrier().model == Model::LowCost);
    let flights = |choice: &Choice| -> Vec<String> {
        choice.routing.flights.iter().map(|flight| format!("{}{}", flight.id(), choice.class())).collect()
    };
    let flights: Vec<_> = priced.choices.iter().flat_map(flights).collect();
    let text = format!("GFB10101ADT00  01{}", host.key(&["token", &flights.join("/")]));
    hosted.then(|| (host.key(&["token", &text]), text))
}

/// The conditions in words, for the categories that say what a change or a refund costs.
fn rules(xml: &mut Xml, host: &Host, priced: &Priced) {
    for (fare, _) in &priced.fares {
        for (slice, choice) in priced.choices.iter().enumerate() {
            let words = |cents: Option<i64>| match cents {
                None => "NOT PERMITTED.".to_owned(),
                Some(0) => "PERMITTED FREE OF CHARGE.".to_owned(),
                Some(cents) => format!("CHARGE USD {}.{:02}.", cents / 100, cents % 100),
            };
            let (change, cancel) = (words(choice.brand.change), words(choice.brand.cancel));
            xml.start("air:FareRule").attr("FareInfoRef", fare_key(host, fare, slice, choice));
            xml.attr("RuleNumber", "SIM1").attr("Source", "ATPCO").attr("TariffNumber", "001");
            xml.start("air:FareRuleLong").attr("Category", 16).attr("Type", "PENALTIES");
            xml.text(format_args!("CHANGES ANY TIME {change} CANCELLATIONS ANY TIME {cancel}")).end().end();
        }
    }
}
