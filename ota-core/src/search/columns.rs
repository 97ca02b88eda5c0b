//! What offers can be filtered and sorted by, one column for each. Pure.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::page::{Facet, Facets, Filter, PageRequest, Sort, Stops, TimeWindow};
use crate::model::conditions::{BaggageAllowance, Permission};
use crate::model::fare::PassengerFare;
use crate::model::itinerary::{Cabin, Itinerary, Slice};
use crate::model::money::{Currency, Money};
use crate::model::offer::FlightOffer;
use crate::model::place::{AirportCode, CarrierCode};
use crate::model::places::places;
use crate::model::time::{LocalTime, Timestamp};

/// Stands for minutes and clocks that are not known; greater than any that is.
const UNKNOWN_MINUTES: u32 = u32::MAX;
const UNKNOWN_CLOCK: u16 = u16::MAX;

/// Weights of [`Sort::Best`]: the cheapest price weighs 1000, the shortest time 500, and what is dearer or longer in
/// proportion; each landing weighs 100 more.
const BEST_PRICE: i64 = 1_000;
const BEST_DURATION: i64 = 500;
const BEST_LANDING: i64 = 100;

/// One row for each priced offer, cheapest first.
#[derive(Debug)]
pub(super) struct Columns {
    currency: Currency,
    /// How many slices each itinerary has.
    slices: usize,
    prices: Vec<i64>,
    /// All slices together, minutes.
    durations: Vec<u32>,
    /// The longest slice, minutes.
    longest: Vec<u32>,
    /// Most landings on any slice.
    landings: Vec<u8>,
    /// Most flight numbers on any slice.
    flights: Vec<u8>,
    carriers: Vec<u128>,
    brands: Vec<u128>,
    cabins: Vec<u8>,
    with_bag: Vec<bool>,
    refundable: Vec<bool>,
    /// Minute of the day of departure and arrival, `slices` of them for each row.
    clocks: Vec<[u16; 2]>,
    /// All rows in each order, by [`Sort`]'s number: worked out once, so that a page is a walk along one of them.
    orders: [Vec<u32>; 5],
    carrier_names: Names<CarrierCode>,
    brand_names: Names<String>,
}

impl Columns {
    /// Columns of offers with their sell totals, cheapest first, of one search with so many slices.
    pub(super) fn new(currency: Currency, slices: usize, offers: &[(&FlightOffer, i64)]) -> Self {
        let mut columns = Self::empty(currency, slices, offers.len());
        let mut timetable = Timetable::default();
        let mut first = Vec::with_capacity(offers.len());
        for (offer, price) in offers {
            let times: Vec<SliceFacts> =
                offer.itinerary.slices.iter().map(|slice| timetable.of(slice)).collect();
            columns.push(offer, *price, &times);
            first.push(times.first().map(|slice| (slice.departs, slice.arrives)).unwrap_or_default());
        }
        let (scores, durations) = (columns.scores(), columns.durations.clone());
        let known = |at: Option<DateTime>| at.unwrap_or(DateTime::MAX);
        columns.order(Sort::Price, |row| row);
        columns.order(Sort::Best, |row| scores[row]);
        columns.order(Sort::Duration, |row| durations[row]);
        columns.order(Sort::Departure, |row| known(first[row].0));
        columns.order(Sort::Arrival, |row| known(first[row].1));
        columns
    }

    pub(super) fn len(&self) -> usize {
        self.prices.len()
    }

    /// The rows that pass a filter, cheapest first.
    fn select(&self, filter: &Filter) -> Vec<u32> {
        let affordable = filter
            .price_max
            .map_or(self.len(), |most| self.prices.partition_point(|price| *price <= most.minor));
        let mut rows: Vec<u32> = (0..affordable as u32).collect();
        match filter.stops {
            Some(Stops::NonStop) => keep(&mut rows, &self.landings, |landings| landings == 0),
            Some(Stops::Direct) => keep(&mut rows, &self.flights, |flights| flights <= 1),
            Some(Stops::AtMost(most)) => keep(&mut rows, &self.landings, |landings| landings <= most),
            None => {}
        }
        if let Some(most) = filter.duration_max {
            keep(&mut rows, &self.longest, |minutes| minutes <= most && minutes != UNKNOWN_MINUTES);
        }
        if !filter.carriers.is_empty() {
            let allowed = self.carrier_names.mask(&filter.carriers);
            keep(&mut rows, &self.carriers, |carriers| carriers & !allowed == 0);
        }
        if !filter.brands.is_empty() {
            let allowed = self.brand_names.mask(&filter.brands);
            keep(&mut rows, &self.brands, |brands| brands & !allowed == 0);
        }
        if !filter.cabins.is_empty() {
            let allowed = filter.cabins.iter().fold(0, |mask, cabin| mask | cabin_bit(Some(*cabin)));
            keep(&mut rows, &self.cabins, |cabins| cabins & !allowed == 0);
        }
        if filter.with_bag {
            keep(&mut rows, &self.with_bag, |with| with);
        }
        if filter.refundable {
            keep(&mut rows, &self.refundable, |refundable| refundable);
        }
        for (slice, times) in filter.slices.iter().enumerate() {
            for (end, window) in [times.departs, times.arrives].into_iter().enumerate() {
                if let Some(window) = window {
                    rows.retain(|row| self.in_window(*row, slice, end, window));
                }
            }
        }
        rows
    }

    fn in_window(&self, row: u32, slice: usize, end: usize, window: TimeWindow) -> bool {
        if slice >= self.slices {
            return false;
        }
        let clock = self.clocks[row as usize * self.slices + slice][end];
        clock != UNKNOWN_CLOCK && window.contains(clock)
    }

    /// How many rows pass the filter, and those of the page that begins at `start`.
    pub(super) fn page(&self, request: &PageRequest, start: usize) -> (usize, Vec<u32>) {
        let (order, limit) = (&self.orders[request.sort as usize], request.limit as usize);
        if request.filter == Filter::default() {
            return (self.len(), order.iter().skip(start).take(limit).copied().collect());
        }
        let rows = self.select(&request.filter);
        let mut passes = vec![false; self.len()];
        for row in &rows {
            passes[*row as usize] = true;
        }
        let passing = order.iter().copied().filter(|row| passes[*row as usize]);
        (rows.len(), passing.skip(start).take(limit).collect())
    }

    fn empty(currency: Currency, slices: usize, rows: usize) -> Self {
        Self {
            currency,
            slices,
            prices: Vec::with_capacity(rows),
            durations: Vec::with_capacity(rows),
            longest: Vec::with_capacity(rows),
            landings: Vec::with_capacity(rows),
            flights: Vec::with_capacity(rows),
            carriers: Vec::with_capacity(rows),
            brands: Vec::with_capacity(rows),
            cabins: Vec::with_capacity(rows),
            with_bag: Vec::with_capacity(rows),
            refundable: Vec::with_capacity(rows),
            clocks: Vec::with_capacity(rows * slices),
            orders: [const { Vec::new() }; 5],
            carrier_names: Names::default(),
            brand_names: Names::default(),
        }
    }

    fn push(&mut self, offer: &FlightOffer, price: i64, times: &[SliceFacts]) {
        let itinerary = &offer.itinerary;
        let minutes = times.iter().map(|slice| slice.minutes);
        self.prices.push(price);
        self.durations.push(minutes.clone().fold(0, u32::saturating_add));
        self.longest.push(minutes.max().unwrap_or(UNKNOWN_MINUTES));
        let part = |part: i8| u16::from(part.unsigned_abs());
        let clock =
            |at: Option<DateTime>| at.map_or(UNKNOWN_CLOCK, |at| part(at.hour()) * 60 + part(at.minute()));
        let clocks = |slice: Option<&SliceFacts>| {
            slice.map_or([UNKNOWN_CLOCK; 2], |slice| [clock(slice.departs), clock(slice.arrives)])
        };
        self.clocks.extend((0..self.slices).map(|slice| clocks(times.get(slice))));
        let most = |count: fn(&Slice) -> usize| {
            let most = itinerary.slices.iter().map(|slice| count(slice)).max();
            u8::try_from(most.unwrap_or(0)).unwrap_or(u8::MAX)
        };
        self.landings.push(most(Slice::landings));
        self.flights.push(most(|slice| slice.segments.len()));
        self.carriers.push(self.carrier_names.all(carriers(itinerary).map(Some)));
        let fares = &offer.fares;
        self.brands.push(self.brand_names.all(fares.iter().flat_map(brands)));
        let seats = || fares.iter().filter(|fare| fare.passenger_type.kind().seated());
        let cabins = seats().flat_map(|fare| fare.segments.iter()).map(|seat| cabin_bit(seat.cabin));
        self.cabins.push(cabins.fold(0, |mask, bit| mask | bit));
        self.with_bag.push(seats().flat_map(|fare| fare.segments.iter()).all(|seat| has_bag(seat.baggage)));
        let refundable =
            |fare: &PassengerFare| matches!(fare.conditions.refund_before, Permission::Allowed(_));
        self.refundable.push(fares.iter().all(refundable));
    }

    /// All rows by a key; equals stay cheapest first, for a row's number is its price's rank.
    fn order<K: Ord>(&mut self, sort: Sort, key: impl Fn(usize) -> K) {
        let mut rows: Vec<u32> = (0..self.len() as u32).collect();
        rows.sort_by_cached_key(|row| key(*row as usize));
        self.orders[sort as usize] = rows;
    }

    /// The balance of [`Sort::Best`], relative to the cheapest and the shortest there is.
    fn scores(&self) -> Vec<i64> {
        let cheapest = self.prices.first().copied().unwrap_or(1).max(1);
        let shortest = i64::from(self.durations.iter().copied().min().unwrap_or(1).max(1));
        let score = |row: usize| {
            // Unknown weighs like four times the shortest: behind what is known, but not out of sight.
            let minutes = i64::from(self.durations[row]).min(shortest.saturating_mul(4));
            let price = i128::from(self.prices[row]) * i128::from(BEST_PRICE) / i128::from(cheapest);
            let price = i64::try_from(price).unwrap_or(i64::MAX / 2);
            price + minutes * BEST_DURATION / shortest + i64::from(self.landings[row]) * BEST_LANDING
        };
        (0..self.len()).map(score).collect()
    }

    /// By what all rows together can be filtered.
    pub(super) fn facets(&self) -> Facets {
        let money = |minor: i64| Money::new(minor, self.currency);
        let known = || self.durations.iter().copied().filter(|minutes| *minutes != UNKNOWN_MINUTES);
        let count = |column: &[bool]| column.iter().filter(|holds| **holds).count() as u32;
        // Rows come cheapest first, so the first row with a value is the cheapest one.
        let rows_of = |value_holds: &dyn Fn(usize) -> bool| {
            let mut rows = (0..self.len()).filter(|row| value_holds(*row));
            let first = rows.next()?;
            Some((1 + rows.count() as u32, money(self.prices[first])))
        };
        let most_landings = self.landings.iter().copied().max();
        Facets {
            stops: most_landings.map_or_else(Vec::new, |most| {
                facet(0..=most, |landings| rows_of(&|row| self.landings[row] == *landings))
            }),
            carriers: facet(self.carrier_names.0.iter().copied(), |carrier| {
                let bit = self.carrier_names.mask(std::slice::from_ref(carrier));
                rows_of(&|row| self.carriers[row] & bit != 0)
            }),
            brands: facet(self.brand_names.0.iter().cloned(), |brand| {
                let bit = self.brand_names.mask(std::slice::from_ref(brand));
                rows_of(&|row| self.brands[row] & bit != 0)
            }),
            cabins: facet(CABINS, |cabin| rows_of(&|row| self.cabins[row] & cabin_bit(Some(*cabin)) != 0)),
            price: self.prices.first().zip(self.prices.last()).map(|(low, high)| (money(*low), money(*high))),
            duration: known().min().zip(known().max()),
            with_bag: count(&self.with_bag),
            refundable: count(&self.refundable),
        }
    }
}

const CABINS: [Cabin; 4] = [Cabin::Economy, Cabin::PremiumEconomy, Cabin::Business, Cabin::First];

fn facet<T>(values: impl IntoIterator<Item = T>, of: impl Fn(&T) -> Option<(u32, Money)>) -> Vec<Facet<T>> {
    let facet = |value: T| of(&value).map(|(count, from)| Facet { value, count, from });
    values.into_iter().filter_map(facet).collect()
}

fn keep<T: Copy>(rows: &mut Vec<u32>, column: &[T], pass: impl Fn(T) -> bool) {
    rows.retain(|row| pass(column[*row as usize]));
}

fn carriers(itinerary: &Itinerary) -> impl Iterator<Item = CarrierCode> + '_ {
    itinerary.segments().filter_map(|segment| segment.flight).map(|flight| flight.carrier)
}

fn brands(fare: &PassengerFare) -> impl Iterator<Item = Option<String>> + '_ {
    fare.components.iter().map(|component| component.brand.as_ref().map(|brand| brand.code.clone()))
}

const fn has_bag(baggage: BaggageAllowance) -> bool {
    matches!(baggage, BaggageAllowance::Pieces { .. } | BaggageAllowance::Total(_))
}

/// One bit for each cabin, and one for an unknown cabin, which no filter allows.
const fn cabin_bit(cabin: Option<Cabin>) -> u8 {
    match cabin {
        Some(Cabin::Economy) => 1,
        Some(Cabin::PremiumEconomy) => 2,
        Some(Cabin::Business) => 4,
        Some(Cabin::First) => 8,
        None => 16,
    }
}

/// Names as bits of a mask, in order of appearance. Beyond [`Self::MAX`] they share a bit: a filter then lets a few
/// too many through. The highest bit is an unknown name, which no filter allows.
#[derive(Debug)]
struct Names<T>(Vec<T>);

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: PartialEq> Names<T> {
    const MAX: usize = 126;
    const ANOTHER: u128 = 1 << Self::MAX;
    const UNKNOWN: u128 = 1 << (Self::MAX + 1);

    /// The bits of names, new ones included.
    fn all(&mut self, names: impl Iterator<Item = Option<T>>) -> u128 {
        names.fold(0, |mask, name| mask | name.map_or(Self::UNKNOWN, |name| self.bit(name)))
    }

    fn bit(&mut self, name: T) -> u128 {
        if let Some(at) = self.0.iter().position(|known| *known == name) {
            return 1 << at;
        }
        if self.0.len() == Self::MAX {
            return Self::ANOTHER;
        }
        self.0.push(name);
        1 << (self.0.len() - 1)
    }

    /// The bits of names asked for.
    fn mask(&self, names: &[T]) -> u128 {
        let full = self.0.len() == Self::MAX;
        let bit = |name: &T| match self.0.iter().position(|known| known == name) {
            Some(at) => 1 << at,
            None if full => Self::ANOTHER,
            None => 0,
        };
        names.iter().fold(0, |mask, name| mask | bit(name))
    }
}

/// What the clocks of a slice say.
#[derive(Debug, Clone, Copy)]
struct SliceFacts {
    departs: Option<DateTime>,
    arrives: Option<DateTime>,
    minutes: u32,
}

/// Offers of one answer share slices, and slices share airports: each is worked out once.
#[derive(Default)]
struct Timetable {
    slices: HashMap<*const Slice, SliceFacts>,
    zones: HashMap<AirportCode, Option<TimeZone>>,
}

impl Timetable {
    fn of(&mut self, slice: &Arc<Slice>) -> SliceFacts {
        if let Some(known) = self.slices.get(&Arc::as_ptr(slice)) {
            return *known;
        }
        let (first, last) = (slice.segments.first(), slice.segments.last());
        let departs = first.and_then(|segment| Some((segment.departs?, segment.origin)));
        let arrives = last.and_then(|segment| Some((segment.arrives?, segment.destination)));
        let left = departs.and_then(|at| self.instant(at));
        let there = arrives.and_then(|at| self.instant(at));
        let minutes = match (left, there) {
            (Some(left), Some(there)) if left < there => {
                u32::try_from(there.since(left).as_secs() / 60).unwrap_or(UNKNOWN_MINUTES)
            }
            _ => UNKNOWN_MINUTES,
        };
        let civil = |at: Option<(LocalTime, AirportCode)>| at.map(|(at, _)| at.civil);
        let facts = SliceFacts { departs: civil(departs), arrives: civil(arrives), minutes };
        self.slices.insert(Arc::as_ptr(slice), facts);
        facts
    }

    fn instant(&mut self, (at, airport): (LocalTime, AirportCode)) -> Option<Timestamp> {
        let zone = self
            .zones
            .entry(airport)
            .or_insert_with(|| places().airport(airport).map(crate::model::places::Airport::time_zone));
        at.instant(zone.as_ref())
    }
}
