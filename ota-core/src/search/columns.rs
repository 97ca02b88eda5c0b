//! What offers can be filtered and sorted by, one column for each. Pure.
//!
//! Prices are common to all; the rest is of one kind of offer, which is asked for once for a page and never for a row.

mod flights;
mod stays;

use std::time::Duration;

use super::page::{Facet, Facets, Filter, KindFacets, PageRequest, Sort};
use crate::cache::Superset;
use crate::model::money::{Currency, Money};
use crate::model::offer::Offer;
use crate::model::search::Search;
use crate::model::time::Timestamp;

use flights::FlightColumns;
use stays::StayColumns;

/// One row for each priced offer, cheapest first.
#[derive(Debug)]
pub(super) struct Columns {
    prices: Prices,
    kind: KindColumns,
    orders: Orders,
}

/// All rows in each order, by [`Sort`]'s number: worked out once, so that a page is a walk along one of them. Orders of
/// the other kind are empty.
type Orders = [Vec<u32>; Sort::COUNT];

#[derive(Debug)]
enum KindColumns {
    Flights(FlightColumns),
    Stays(StayColumns),
}

impl Columns {
    /// Columns of offers of a generation with their sell totals, cheapest first. All must be of the kind that was
    /// searched. The safety margin is for the end of free cancellation.
    pub(super) fn new(
        currency: Currency,
        superset: &Superset,
        margin: Duration,
        offers: &[(&Offer, i64)],
    ) -> Self {
        let prices = Prices { currency, minor: offers.iter().map(|(_, price)| *price).collect() };
        let mut orders: Orders = [const { Vec::new() }; Sort::COUNT];
        orders[Sort::Price as usize] = order(prices.len(), |row| row);
        let kind = match &superset.search {
            Search::Flights(search) => {
                let offers: Vec<_> = offers.iter().filter_map(|(offer, _)| offer.flight()).collect();
                KindColumns::Flights(FlightColumns::new(search, &offers, &prices, &mut orders))
            }
            Search::Stays(search) => {
                let offers: Vec<_> = offers.iter().filter_map(|(offer, _)| offer.stay()).collect();
                KindColumns::Stays(StayColumns::new(search, &offers, margin, &prices, &mut orders))
            }
        };
        Self { prices, kind, orders }
    }

    pub(super) fn len(&self) -> usize {
        self.prices.len()
    }

    /// The rows that pass a filter, cheapest first.
    fn select(&self, filter: &Filter, now: Timestamp) -> Vec<u32> {
        let prices = &self.prices.minor;
        let affordable = filter
            .price_max
            .map_or(prices.len(), |most| prices.partition_point(|price| *price <= most.minor));
        let mut rows: Vec<u32> = (0..affordable as u32).collect();
        match &self.kind {
            KindColumns::Flights(columns) => columns.keep(&mut rows, &filter.flights),
            KindColumns::Stays(columns) => columns.keep(&mut rows, &filter.stays, now),
        }
        rows
    }

    /// How many rows pass the filter now, and those of the page that begins at `start`.
    pub(super) fn page(&self, request: &PageRequest, start: usize, now: Timestamp) -> (usize, Vec<u32>) {
        let (order, limit) = (&self.orders[request.sort as usize], request.limit as usize);
        if request.filter == Filter::default() {
            return (self.len(), order.iter().skip(start).take(limit).copied().collect());
        }
        let rows = self.select(&request.filter, now);
        let mut passes = vec![false; self.len()];
        for row in &rows {
            passes[*row as usize] = true;
        }
        let passing = order.iter().copied().filter(|row| passes[*row as usize]);
        (rows.len(), passing.skip(start).take(limit).collect())
    }

    /// By what all rows together can be filtered, at the moment at which they were found.
    pub(super) fn facets(&self, made_at: Timestamp) -> Facets {
        let prices = &self.prices;
        Facets {
            price: (prices.len() > 0).then(|| (prices.of(0), prices.of(prices.len() - 1))),
            kind: match &self.kind {
                KindColumns::Flights(columns) => KindFacets::Flights(columns.facets(prices)),
                KindColumns::Stays(columns) => KindFacets::Stays(columns.facets(prices, made_at)),
            },
        }
    }
}

/// What each row costs, ascending.
#[derive(Debug)]
struct Prices {
    currency: Currency,
    minor: Vec<i64>,
}

impl Prices {
    fn len(&self) -> usize {
        self.minor.len()
    }

    fn of(&self, row: usize) -> Money {
        Money::new(self.minor[row], self.currency)
    }

    /// How many rows have each value, and from which price; values without any are left out.
    fn facet<T, Holds: Fn(usize) -> bool>(
        &self,
        values: impl IntoIterator<Item = T>,
        holds: impl Fn(&T) -> Holds,
    ) -> Vec<Facet<T>> {
        let facet = |value: T| {
            let holds = holds(&value);
            // Rows come cheapest first, so the first row with a value is the cheapest one.
            let mut rows = (0..self.len()).filter(|row| holds(*row));
            let from = self.of(rows.next()?);
            Some(Facet { value, count: 1 + rows.count() as u32, from })
        };
        values.into_iter().filter_map(facet).collect()
    }
}

/// All rows by a key; equals stay cheapest first, for a row's number is its price's rank.
fn order<K: Ord>(rows: usize, key: impl Fn(usize) -> K) -> Vec<u32> {
    let mut order: Vec<u32> = (0..rows as u32).collect();
    order.sort_by_cached_key(|row| key(*row as usize));
    order
}

fn keep<T: Copy>(rows: &mut Vec<u32>, column: &[T], pass: impl Fn(T) -> bool) {
    rows.retain(|row| pass(column[*row as usize]));
}

fn count(holds: impl Iterator<Item = bool>) -> u32 {
    holds.filter(|holds| *holds).count() as u32
}

/// A price as a share of another, in thousandths.
fn thousandths(price: i64, of: i64) -> i64 {
    let share = i128::from(price) * 1_000 / i128::from(of.max(1));
    i64::try_from(share).unwrap_or(i64::MAX / 2)
}
