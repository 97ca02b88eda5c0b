//! Columns of offers of flights.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{Orders, Prices, count, keep, order, thousandths};
use crate::model::conditions::{BaggageAllowance, Permission};
use crate::model::fare::PassengerFare;
use crate::model::itinerary::{Cabin, Itinerary, Slice};
use crate::model::offer::FlightOffer;
use crate::model::place::{AirportCode, CarrierCode};
use crate::model::places::places;
use crate::model::search::FlightSearch;
use crate::model::time::{LocalTime, Timestamp};
use crate::search::page::{FlightFacets, FlightFilter, Sort, Stops, TimeWindow};

/// Stands for minutes and clocks that are not known; greater than any that is.
const UNKNOWN_MINUTES: u32 = u32::MAX;
const UNKNOWN_CLOCK: u16 = u16::MAX;

/// Weights of [`Sort::Best`]: the cheapest price weighs 1000, the shortest time 500, and what is dearer or longer in
/// proportion; each landing weighs 100 more.
const BEST_DURATION: i64 = 500;
const BEST_LANDING: i64 = 100;

/// One row for each priced offer of flights, cheapest first.
#[derive(Debug)]
pub(super) struct FlightColumns {
    /// How many slices each itinerary has.
    slices: usize,
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
    carrier_names: Names<CarrierCode>,
    brand_names: Names<String>,
}

impl FlightColumns {
    /// Columns of offers, cheapest first, and the orders of their rows.
    pub(super) fn new(
        search: &FlightSearch,
        offers: &[&FlightOffer],
        prices: &Prices,
        orders: &mut Orders,
    ) -> Self {
        let mut columns = Self::empty(search.slices.len(), offers.len());
        let mut timetable = Timetable::default();
        let mut first = Vec::with_capacity(offers.len());
        for offer in offers {
            let times: Vec<SliceFacts> =
                offer.itinerary.slices.iter().map(|slice| timetable.of(slice)).collect();
            columns.push(offer, &times);
            first.push(times.first().map(|slice| (slice.departs, slice.arrives)).unwrap_or_default());
        }
        let scores = columns.scores(prices);
        let known = |at: Option<DateTime>| at.unwrap_or(DateTime::MAX);
        let rows = offers.len();
        orders[Sort::Best as usize] = order(rows, |row| scores[row]);
        orders[Sort::Duration as usize] = order(rows, |row| columns.durations[row]);
        orders[Sort::Departure as usize] = order(rows, |row| known(first[row].0));
        orders[Sort::Arrival as usize] = order(rows, |row| known(first[row].1));
        columns
    }

    /// Leaves the rows that pass a filter, in their order.
    pub(super) fn keep(&self, rows: &mut Vec<u32>, filter: &FlightFilter) {
        match filter.stops {
            Some(Stops::NonStop) => keep(rows, &self.landings, |landings| landings == 0),
            Some(Stops::Direct) => keep(rows, &self.flights, |flights| flights <= 1),
            Some(Stops::AtMost(most)) => keep(rows, &self.landings, |landings| landings <= most),
            None => {}
        }
        if let Some(most) = filter.duration_max {
            keep(rows, &self.longest, |minutes| minutes <= most && minutes != UNKNOWN_MINUTES);
        }
        if !filter.carriers.is_empty() {
            let allowed = self.carrier_names.mask(&filter.carriers);
            keep(rows, &self.carriers, |carriers| carriers & !allowed == 0);
        }
        if !filter.brands.is_empty() {
            let allowed = self.brand_names.mask(&filter.brands);
            keep(rows, &self.brands, |brands| brands & !allowed == 0);
        }
        if !filter.cabins.is_empty() {
            let allowed = filter.cabins.iter().fold(0, |mask, cabin| mask | cabin_bit(Some(*cabin)));
            keep(rows, &self.cabins, |cabins| cabins & !allowed == 0);
        }
        if filter.with_bag {
            keep(rows, &self.with_bag, |with| with);
        }
        if filter.refundable {
            keep(rows, &self.refundable, |refundable| refundable);
        }
        for (slice, times) in filter.slices.iter().enumerate() {
            for (end, window) in [times.departs, times.arrives].into_iter().enumerate() {
                if let Some(window) = window {
                    rows.retain(|row| self.in_window(*row, slice, end, window));
                }
            }
        }
    }

    fn in_window(&self, row: u32, slice: usize, end: usize, window: TimeWindow) -> bool {
        if slice >= self.slices {
            return false;
        }
        let clock = self.clocks[row as usize * self.slices + slice][end];
        clock != UNKNOWN_CLOCK && window.contains(clock)
    }

    fn empty(slices: usize, rows: usize) -> Self {
        Self {
            slices,
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
            carrier_names: Names::default(),
            brand_names: Names::default(),
        }
    }

    fn push(&mut self, offer: &FlightOffer, times: &[SliceFacts]) {
        let itinerary = &offer.itinerary;
        let minutes = times.iter().map(|slice| slice.minutes);
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

    /// The balance of [`Sort::Best`], relative to the cheapest and the shortest there is.
    fn scores(&self, prices: &Prices) -> Vec<i64> {
        let cheapest = prices.minor.first().copied().unwrap_or(1);
        let shortest = i64::from(self.durations.iter().copied().min().unwrap_or(1).max(1));
        let score = |row: usize| {
            // Unknown weighs like four times the shortest: behind what is known, but not out of sight.
            let minutes = i64::from(self.durations[row]).min(shortest.saturating_mul(4));
            thousandths(prices.minor[row], cheapest)
                + minutes * BEST_DURATION / shortest
                + i64::from(self.landings[row]) * BEST_LANDING
        };
        (0..prices.len()).map(score).collect()
    }

    /// By what all rows together can be filtered.
    pub(super) fn facets(&self, prices: &Prices) -> FlightFacets {
        let known = || self.durations.iter().copied().filter(|minutes| *minutes != UNKNOWN_MINUTES);
        let most_landings = self.landings.iter().copied().max().into_iter();
        FlightFacets {
            stops: prices.facet(most_landings.flat_map(|most| 0..=most), |landings| {
                let landings = *landings;
                move |row| self.landings[row] == landings
            }),
            carriers: prices.facet(self.carrier_names.0.iter().copied(), |carrier| {
                let bit = self.carrier_names.mask(std::slice::from_ref(carrier));
                move |row| self.carriers[row] & bit != 0
            }),
            brands: prices.facet(self.brand_names.0.iter().cloned(), |brand| {
                let bit = self.brand_names.mask(std::slice::from_ref(brand));
                move |row| self.brands[row] & bit != 0
            }),
            cabins: prices.facet(CABINS, |cabin| {
                let bit = cabin_bit(Some(*cabin));
                move |row| self.cabins[row] & bit != 0
            }),
            duration: known().min().zip(known().max()),
            with_bag: count(self.with_bag.iter().copied()),
            refundable: count(self.refundable.iter().copied()),
        }
    }
}

const CABINS: [Cabin; 4] = [Cabin::Economy, Cabin::PremiumEconomy, Cabin::Business, Cabin::First];

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
