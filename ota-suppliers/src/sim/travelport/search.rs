//! LowFareSearchReq: what can be flown, grouped by price.
//!
//! The default answer is a list of price points, each with options to combine per slice; with `SolutionResult` every
//! combination is a solution of its own.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use jiff::ZonedDateTime;
use jiff::civil::Date;
use ota_core::model::places::Airport;
use roxmltree::Node;

use super::super::carriers::Brand;
use super::super::fares::{Choice, Currency, Terms};
use super::super::inventory::{Flight, Routing, airport, airports_of_city};
use super::fault::Fault;
use super::itinerary::{Party, cabins, lowest};
use super::solution::{
    self, Priced, asked_currency, brand_key, details_key, fare_info, fare_key, info_attributes, info_body,
    penalties, penalty,
};
use super::write::Xml;
use super::{Account, Call, Host, child, children, printed_minutes};

/// Slices in one search.
const SLICES_MAX: usize = 6;
/// Combinations of options in one answer, cheapest first, unless the request asks for fewer.
const SOLUTIONS_MAX: usize = 500;
/// Entries of one list in an answer, by the schema.
const LIST_MAX: usize = 999;
/// Different ways of one slice (airports, connecting points, level) that are priced per carrier and brand, and times
/// of day shown for each: by the number of slices, so that a search stays bounded.
const WAYS_AND_TIMES_MAX: [(usize, usize); SLICES_MAX] = [(24, 12), (5, 3), (2, 2), (1, 2), (1, 2), (1, 1)];
/// Fewer price points than this, and slices of different carriers are combined too.
const POINTS_WANTED: usize = 6;
/// Combinations of different carriers.
const MIXED_MAX: usize = 24;

/// What is looked for.
struct Wanted {
    slices: Vec<Slice>,
    party: Party,
    cabins: Vec<String>,
    permitted: Vec<String>,
    prohibited: Vec<String>,
    non_stop: bool,
    refundable: bool,
    solutions: usize,
    currency: &'static Currency,
}

struct Slice {
    origin: Side,
    destination: Side,
    day: Date,
}

/// One end of a slice.
struct Side {
    code: String,
    airports: Vec<&'static Airport>,
}

/// One price, and all the times at which it can be flown.
struct Point {
    priced: Priced,
    /// Per slice.
    options: Vec<Vec<Routing>>,
}

impl Point {
    fn combinations(&self) -> usize {
        self.options.iter().map(Vec::len).product()
    }
}

pub(super) fn search(host: &Host, call: &Call<'_>) -> Result<Xml, Fault> {
    let wanted = read(host, call)?;
    let terms = host.terms(call.account);
    let mut points = find(host, call.account, &terms, &wanted);
    if points.is_empty() {
        return Err(Fault::air("2602", "No Solutions in the response."));
    }
    points.sort_by_key(|point| point.priced.sums().total().minor);
    let points = within_limits(host, points, wanted.solutions);
    let mut xml = host.reply(call, "air:LowFareSearchRsp");
    xml.attr("DistanceUnits", "MI").attr("CurrencyType", call.account.currency.code);
    lists(&mut xml, host, call.account, &wanted, &points);
    let solutions = call.attribute("SolutionResult").is_some_and(|value| matches!(value, "true" | "1"));
    if solutions {
        let mut left = wanted.solutions;
        for (index, point) in points.iter().enumerate() {
            for combination in 0..point.combinations().min(left) {
                solution_shape(&mut xml, host, &wanted, point, (index, combination));
            }
            left = left.saturating_sub(point.combinations());
        }
    } else {
        xml.start("air:AirPricePointList");
        for (index, point) in points.iter().enumerate() {
            point_shape(&mut xml, host, &wanted, point, index);
        }
        xml.end();
    }
    brands(&mut xml, host, &points);
    xml.end();
    Ok(xml)
}

/// As many points as the schema's lists and the asked number of solutions take: of every carrier its cheapest, then of
/// every carrier its next one, and so on. Cheapest first, like the points that come in.
fn within_limits(host: &Host, points: Vec<Point>, solutions: usize) -> Vec<Point> {
    let mut ranks: BTreeMap<&str, usize> = BTreeMap::new();
    let mut ranked: Vec<(usize, usize, Point)> = Vec::new();
    for (index, point) in points.into_iter().enumerate() {
        let rank = ranks.entry(point.priced.plating()).or_default();
        *rank += 1;
        ranked.push((*rank, index, point));
    }
    ranked.sort_by_key(|(rank, index, _)| (*rank, *index));
    let (mut left, mut fares, mut flights) = (solutions, HashSet::new(), HashSet::new());
    ranked.retain(|(_, _, point)| {
        let priced = &point.priced;
        let keys = priced.fares.iter().flat_map(|(fare, _)| {
            priced.choices.iter().enumerate().map(move |(index, choice)| fare_key(host, fare, index, choice))
        });
        fares.extend(keys);
        let slices = point.options.iter().enumerate();
        flights.extend(slices.flat_map(|(slice, options)| {
            options
                .iter()
                .flat_map(move |r| r.flights.iter().map(move |flight| segment_key(host, slice, flight)))
        }));
        let keep = left > 0 && fares.len() <= LIST_MAX && flights.len() <= LIST_MAX;
        left = if keep { left.saturating_sub(point.combinations()) } else { 0 };
        keep
    });
    ranked.sort_by_key(|(_, index, _)| *index);
    ranked.into_iter().map(|(_, _, point)| point).collect()
}

fn read(host: &Host, call: &Call<'_>) -> Result<Wanted, Fault> {
    let request = call.request;
    let legs: Vec<_> = children(request, "SearchAirLeg").collect();
    if legs.len() > SLICES_MAX {
        return Err(Fault::data("3003", "Too many air legs in the search."));
    }
    let slices = legs.iter().map(|leg| read_slice(host, *leg)).collect::<Result<Vec<_>, _>>()?;
    let search = child(request, "AirSearchModifiers");
    let leg = legs.first().and_then(|leg| child(*leg, "AirLegModifiers"));
    let pricing = child(request, "AirPricingModifiers");
    let cabin = [leg, search, pricing]
        .into_iter()
        .flatten()
        .find(|node| child(*node, "PermittedCabins").or_else(|| child(*node, "PreferredCabins")).is_some());
    let carriers = |name| -> Vec<String> {
        let lists = search.into_iter().chain(leg).filter_map(|node| child(node, name));
        let carriers =
            lists.flat_map(|list| children(list, "Carrier")).filter_map(|carrier| carrier.attribute("Code"));
        carriers.map(str::to_owned).collect()
    };
    let flight_type = search.into_iter().chain(leg).find_map(|node| child(node, "FlightType"));
    let no_connection = |node: Node<'_, '_>| {
        node.attribute("MaxConnections") == Some("0") || node.attribute("NonStopDirects") == Some("true")
    };
    let most = search.and_then(|node| node.attribute("MaxSolutions")?.parse().ok());
    Ok(Wanted {
        slices,
        party: Party::read(request)?,
        cabins: cabins(cabin),
        permitted: carriers("PermittedCarriers"),
        prohibited: carriers("ProhibitedCarriers"),
        non_stop: flight_type.is_some_and(no_connection),
        refundable: pricing.and_then(|node| node.attribute("ProhibitNonRefundableFares")) == Some("true"),
        solutions: most.unwrap_or(SOLUTIONS_MAX).clamp(1, SOLUTIONS_MAX),
        currency: asked_currency(call),
    })
}

fn read_slice(host: &Host, leg: Node<'_, '_>) -> Result<Slice, Fault> {
    let side = |name| {
        let place = child(leg, name)?.children().find(Node::is_element)?;
        let code = place.attribute("Code")?;
        // A code of both a city and an airport means the city, unless it was asked for as an airport.
        let airports = match place.tag_name().name() {
            "Airport" => Vec::new(),
            _ => airports_of_city(code),
        };
        let airports = if airports.is_empty() { airport(code).into_iter().collect() } else { airports };
        (!airports.is_empty()).then(|| Side { code: code.to_owned(), airports })
    };
    let ends = side("SearchOrigin").zip(side("SearchDestination"));
    let (origin, destination) = ends.ok_or_else(|| Fault::data("3003", "Invalid city or airport code."))?;
    let day =
        child(leg, "SearchDepTime").and_then(|time| time.attribute("PreferredTime")?.get(..10)?.parse().ok());
    let day: Date = day.ok_or_else(|| Fault::data("3003", "Departure date is missing or not a date."))?;
    let zone = origin.airports.first().map(|airport| airport.time_zone());
    let today = zone.map(|zone| ZonedDateTime::new(host.back.now(), zone).date());
    if today.is_some_and(|today| day < today) {
        return Err(Fault::data("3003", "Departure date is in the past."));
    }
    Ok(Slice { origin, destination, day })
}

/// All ways of a slice that the account sells, by marketing carrier.
fn ways(
    host: &Host,
    account: &Account,
    wanted: &Wanted,
    slice: &Slice,
) -> BTreeMap<&'static str, Vec<Routing>> {
    let mut ways: BTreeMap<&'static str, Vec<Routing>> = BTreeMap::new();
    let pairs = slice
        .origin
        .airports
        .iter()
        .flat_map(|from| slice.destination.airports.iter().map(move |to| (*from, *to)));
    for (from, to) in pairs {
        for routing in host.world.routings(from, to, slice.day).iter() {
            let code = routing.carrier().code;
            let contracted = !host.world.draw(&["sells", &account.config.branch, code]).is_multiple_of(8);
            let permitted =
                wanted.permitted.is_empty() || wanted.permitted.iter().any(|carrier| carrier == code);
            let prohibited = wanted.prohibited.iter().any(|carrier| carrier == code);
            let ahead = routing.first().departure().timestamp() > host.back.now();
            let stops = routing.flights.len() > 1 || routing.first().legs.len() > 1;
            if contracted && permitted && !prohibited && ahead && !(wanted.non_stop && stops) {
                ways.entry(code).or_default().push(routing.clone());
            }
        }
    }
    ways
}

fn find(host: &Host, account: &Account, terms: &Terms, wanted: &Wanted) -> Vec<Point> {
    let ways: Vec<_> = wanted.slices.iter().map(|slice| ways(host, account, wanted, slice)).collect();
    let mut points = Vec::new();
    let Some(first) = ways.first() else { return points };
    for carrier in first.keys().filter(|carrier| ways.iter().all(|slice| slice.contains_key(*carrier))) {
        let routings: Vec<_> = ways.iter().map(|slice| &slice[carrier]).collect();
        let Some(carrier) = super::super::carriers::carrier(carrier) else { continue };
        for brand in carrier.model.brands().iter().filter(|brand| fits(wanted, brand)) {
            combine(host, account, terms, wanted, brand, &routings, &mut points);
        }
    }
    if points.len() < POINTS_WANTED {
        mix(host, account, terms, wanted, &ways, &mut points);
    }
    points
}

fn fits(wanted: &Wanted, brand: &Brand) -> bool {
    wanted.cabins.iter().any(|cabin| cabin == brand.cabin) && !(wanted.refundable && brand.cancel.is_none())
}

/// Prices every combination of one carrier's ways in one brand.
fn combine(
    host: &Host,
    account: &Account,
    terms: &Terms,
    wanted: &Wanted,
    brand: &'static Brand,
    routings: &[&Vec<Routing>],
    points: &mut Vec<Point>,
) {
    let (ways_max, times_max) = WAYS_AND_TIMES_MAX[routings.len() - 1];
    let mut slices: Vec<Vec<Vec<Choice>>> = Vec::new();
    for routings in routings {
        // One price for one way: the same flights over the same airports at the same level, whatever the time.
        let mut ways: BTreeMap<(Vec<Vec<&str>>, usize), Vec<Choice>> = BTreeMap::new();
        for choice in
            routings.iter().filter_map(|routing| lowest(host, account, routing, brand, wanted.party.seats()))
        {
            // A surcharge is per flight and by distance, so a hidden stop and a connection at it are two ways.
            let landings =
                |flight: &Flight| flight.legs.iter().map(|leg| leg.destination.code.as_str()).collect();
            let path = choice.routing.flights.iter().map(|flight| landings(flight));
            let origin = choice.routing.first().origin().code.as_str();
            let path = std::iter::once(vec![origin]).chain(path).collect();
            ways.entry((path, choice.level)).or_default().push(choice);
        }
        let mut ways: Vec<_> = ways.into_values().collect();
        ways.sort_by_key(|way| (way[0].routing.flights.len(), way[0].level));
        ways.truncate(ways_max);
        ways.iter_mut().for_each(|way| way.truncate(times_max));
        slices.push(ways);
    }
    let combinations: usize = slices.iter().map(Vec::len).product();
    for combination in 0..combinations {
        let chosen: Vec<_> = pick(combination, &slices);
        let choices = chosen.iter().map(|way| way[0].clone()).collect();
        let options =
            chosen.iter().map(|way| way.iter().map(|choice| choice.routing.clone()).collect()).collect();
        points.push(Point { priced: Priced::new(host, terms, choices, &wanted.party), options });
    }
}

/// One element of each list: the `nth` of all combinations.
fn pick<T>(nth: usize, lists: &[Vec<T>]) -> Vec<&T> {
    let mut rest = nth;
    let pick = |list: &'_ Vec<T>| {
        let index = rest % list.len();
        rest /= list.len();
        index
    };
    let indexes: Vec<_> = lists.iter().map(pick).collect();
    lists.iter().zip(indexes).map(|(list, index)| &list[index]).collect()
}

/// Combines slices of different carriers: the nth way of each slice with the nth of the others.
fn mix(
    host: &Host,
    account: &Account,
    terms: &Terms,
    wanted: &Wanted,
    ways: &[BTreeMap<&'static str, Vec<Routing>>],
    points: &mut Vec<Point>,
) {
    let seats = wanted.party.seats();
    let cheapest = |routing: &Routing| {
        let mut brands = routing.carrier().model.brands().iter().filter(|brand| fits(wanted, brand));
        brands.find_map(|brand| lowest(host, account, routing, brand, seats))
    };
    let slices: Vec<Vec<Choice>> = ways
        .iter()
        .map(|slice| slice.values().filter_map(|routings| routings.iter().find_map(cheapest)).collect())
        .collect();
    let most = slices.iter().map(Vec::len).max().unwrap_or(0);
    if ways.len() < 2 || slices.iter().any(Vec::is_empty) {
        return;
    }
    for nth in 0..most.min(MIXED_MAX) {
        let choices: Vec<_> = slices.iter().map(|slice| slice[nth % slice.len()].clone()).collect();
        let options = choices.iter().map(|choice| vec![choice.routing.clone()]).collect();
        points.push(Point { priced: Priced::new(host, terms, choices, &wanted.party), options });
    }
}

/// The lists that the price points refer to: legs, flights, fares, and the route asked for.
fn lists(xml: &mut Xml, host: &Host, account: &Account, wanted: &Wanted, points: &[Point]) {
    let mut seen = HashSet::new();
    let mut flights: Vec<(usize, &Arc<Flight>)> = Vec::new();
    for point in points {
        for (group, routings) in point.options.iter().enumerate() {
            for flight in routings.iter().flat_map(|routing| &routing.flights) {
                if seen.insert(segment_key(host, group, flight)) {
                    flights.push((group, flight));
                }
            }
        }
    }
    let mut shown = HashSet::new();
    xml.start("air:FlightDetailsList");
    for (_, flight) in flights.iter().filter(|(_, flight)| shown.insert(flight.id())) {
        solution::flight_details(xml, host, flight);
    }
    xml.end().start("air:AirSegmentList");
    for (group, flight) in &flights {
        segment(xml, host, account, *group, flight);
    }
    xml.end().start("air:FareInfoList");
    let mut shown = HashSet::new();
    for priced in points.iter().map(|point| &point.priced) {
        for (fare, _) in &priced.fares {
            for (index, choice) in priced.choices.iter().enumerate() {
                if shown.insert(fare_key(host, fare, index, choice)) {
                    fare_info(xml, host, fare, index, choice);
                }
            }
        }
    }
    xml.end().start("air:RouteList").start("air:Route").attr("Key", host.key(&["route"]));
    for (group, slice) in wanted.slices.iter().enumerate() {
        xml.start("air:Leg").attr("Key", leg_key(host, wanted, group)).attr("Group", group);
        xml.attr("Origin", &slice.origin.code).attr("Destination", &slice.destination.code).end();
    }
    xml.end().end();
}

fn segment_key(host: &Host, group: usize, flight: &Flight) -> String {
    host.key(&["segment", &group.to_string(), &flight.id()])
}

fn leg_key(host: &Host, wanted: &Wanted, group: usize) -> String {
    let Slice { origin, destination, day } = &wanted.slices[group];
    host.key(&["asked", &origin.code, &destination.code, &day.to_string(), &group.to_string()])
}

fn segment(xml: &mut Xml, host: &Host, account: &Account, group: usize, flight: &Flight) {
    xml.start("air:AirSegment").attr("Key", segment_key(host, group, flight)).attr("Group", group);
    solution::segment_attributes(xml, flight);
    solution::code_share(xml, flight);
    let classes = flight.carrier.model.brands().iter().flat_map(|brand| brand.classes);
    let counts: Vec<_> =
        classes.map(|class| format!("{class}{}", host.seats(account, flight, class).min(9))).collect();
    xml.start("air:AirAvailInfo").attr("ProviderCode", "1G");
    xml.start("air:BookingCodeInfo").attr("BookingCounts", counts.join("|")).end().end();
    for leg in 0..flight.legs.len() {
        xml.reference("air:FlightDetailsRef", details_key(host, flight, leg));
    }
    xml.end();
}

/// A price point with its options.
fn point_shape(xml: &mut Xml, host: &Host, wanted: &Wanted, point: &Point, index: usize) {
    let priced = &point.priced;
    let name = index.to_string();
    xml.start("air:AirPricePoint").attr("Key", host.key(&["point", &name]));
    priced.sums().attributes(xml, wanted.currency);
    xml.attr("CompleteItinerary", true);
    for (fare, passengers) in &priced.fares {
        xml.start("air:AirPricingInfo").attr("Key", host.key(&["info", &name, &fare.ptc]));
        info_attributes(xml, host, priced, fare, wanted.currency);
        for (slice, choice) in priced.choices.iter().enumerate() {
            xml.reference("air:FareInfoRef", fare_key(host, fare, slice, choice));
        }
        info_body(xml, host, fare, passengers);
        let (brand, currency) = (priced.governing(), fare.equivalent.currency);
        penalties(xml, penalty(brand.change, currency), penalty(brand.cancel, currency));
        xml.start("air:FlightOptionsList");
        for (slice, (choice, options)) in priced.choices.iter().zip(&point.options).enumerate() {
            let asked = &wanted.slices[slice];
            xml.start("air:FlightOption").attr("LegRef", leg_key(host, wanted, slice));
            xml.attr("Destination", &asked.destination.code).attr("Origin", &asked.origin.code);
            let fare_key = fare_key(host, fare, slice, choice);
            for (number, routing) in options.iter().enumerate() {
                let key = host.key(&["option", &name, &fare.ptc, &slice.to_string(), &number.to_string()]);
                xml.start("air:Option")
                    .attr("Key", key)
                    .attr("TravelTime", printed_minutes(routing.minutes()));
                booking_infos(xml, host, slice, choice, routing, &fare_key);
                connections(xml, 0, routing);
                xml.end();
            }
            xml.end();
        }
        xml.end().end();
    }
    xml.end();
}

fn booking_infos(xml: &mut Xml, host: &Host, slice: usize, choice: &Choice, routing: &Routing, fare: &str) {
    for flight in &routing.flights {
        xml.start("air:BookingInfo")
            .attr("BookingCode", choice.class())
            .attr("CabinClass", choice.brand.cabin);
        xml.attr("FareInfoRef", fare).attr("SegmentRef", segment_key(host, slice, flight)).end();
    }
}

/// Marks the segments after which the traveler changes to the next; `from` is the index of the first one.
fn connections(xml: &mut Xml, from: usize, routing: &Routing) {
    for index in 0..routing.flights.len() - 1 {
        xml.start("air:Connection").attr("SegmentIndex", from + index).end();
    }
}

/// One combination of a price point's options as a solution.
fn solution_shape(xml: &mut Xml, host: &Host, wanted: &Wanted, point: &Point, (index, nth): (usize, usize)) {
    let priced = &point.priced;
    let routings: Vec<_> = pick(nth, &point.options);
    let name = format!("{index}/{nth}");
    xml.start("air:AirPricingSolution").attr("Key", host.key(&["solution", &name]));
    xml.attr("CompleteItinerary", true);
    priced.sums().attributes(xml, wanted.currency);
    for (slice, routing) in routings.iter().enumerate() {
        xml.start("air:Journey").attr("TravelTime", printed_minutes(routing.minutes()));
        for flight in &routing.flights {
            xml.reference("air:AirSegmentRef", segment_key(host, slice, flight));
        }
        xml.end();
    }
    for slice in 0..routings.len() {
        xml.reference("air:LegRef", leg_key(host, wanted, slice));
    }
    for (fare, passengers) in &priced.fares {
        xml.start("air:AirPricingInfo").attr("Key", host.key(&["info", &name, &fare.ptc]));
        info_attributes(xml, host, priced, fare, wanted.currency);
        for (slice, choice) in priced.choices.iter().enumerate() {
            xml.reference("air:FareInfoRef", fare_key(host, fare, slice, choice));
        }
        for (slice, (choice, routing)) in priced.choices.iter().zip(&routings).enumerate() {
            booking_infos(xml, host, slice, choice, routing, &fare_key(host, fare, slice, choice));
        }
        info_body(xml, host, fare, passengers);
        let (brand, currency) = (priced.governing(), fare.equivalent.currency);
        penalties(xml, penalty(brand.change, currency), penalty(brand.cancel, currency));
        xml.end();
    }
    let mut from = 0;
    for routing in &routings {
        connections(xml, from, routing);
        from += routing.flights.len();
    }
    xml.end();
}

fn brands(xml: &mut Xml, host: &Host, points: &[Point]) {
    let mut shown = BTreeSet::new();
    xml.start("air:BrandList");
    for choice in points.iter().flat_map(|point| &point.priced.choices) {
        let (brand, carrier) = (choice.brand, choice.routing.carrier().code);
        // The schema takes at most 99 brands in the list.
        if shown.len() < 99 && shown.insert((carrier, brand.id)) {
            xml.start("air:Brand").attr("Key", brand_key(host, choice)).attr("BrandID", brand.id);
            xml.attr("Name", brand.name).attr("BrandedDetailsAvailable", true).attr("Carrier", carrier);
            for kind in ["External", "Short"] {
                xml.start("air:Title").attr("Type", kind).text(brand.name).end();
            }
            xml.end();
        }
    }
    xml.end();
}
