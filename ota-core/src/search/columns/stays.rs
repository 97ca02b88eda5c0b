//! Columns of offers of stays.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::time::Duration;

use super::{Orders, Prices, count, keep, order, thousandths};
use crate::model::id::{PropertyCode, SupplierId};
use crate::model::offer::HotelOffer;
use crate::model::places::Position;
use crate::model::search::HotelSearch;
use crate::model::stay::{BoardKind, Property};
use crate::model::time::Timestamp;
use crate::search::catalog::metres;
use crate::search::page::{Sort, StayFacets, StayFilter};

/// Stands for stars that are not known; fewer than any that are.
const UNKNOWN_STARS: u8 = 0;
/// Stands for a distance that is not known; greater than any that is.
const UNKNOWN_METRES: u32 = u32::MAX;
/// Stands for an end of free cancellation that is not stated: always over.
const NEVER: Timestamp = Timestamp::from_micros(i64::MIN);

/// Weights of [`Sort::Best`]: the middle price weighs 1000, others in proportion; each half star below five stars 50
/// more, each kilometre from the centre 50 more, up to ten. Stars that are not known weigh like two.
const BEST_HALF_STAR: i64 = 50;
const BEST_HALF_STARS: u8 = 10;
const BEST_UNKNOWN_STARS: u8 = 4;
const BEST_KILOMETRE: i64 = 50;
const BEST_METRES_MAX: u32 = 10_000;

/// One row for each priced offer of a stay, cheapest first.
#[derive(Debug)]
pub(super) struct StayColumns {
    /// Which of [`Self::houses`] it is in.
    properties: Vec<u32>,
    /// A bit for each board of its rooms.
    boards: Vec<u8>,
    /// Until when every room can be cancelled for nothing, less the safety margin.
    free_until: Vec<Timestamp>,
    houses: Vec<House>,
}

/// What all offers of one property have in common.
#[derive(Debug)]
struct House {
    code: PropertyCode,
    half_stars: u8,
    /// From the centre of the place searched.
    metres: u32,
    /// For the order by name.
    name: String,
}

impl StayColumns {
    /// Columns of offers, cheapest first, and the orders of their rows.
    pub(super) fn new(
        search: &HotelSearch,
        offers: &[&HotelOffer],
        margin: Duration,
        prices: &Prices,
        orders: &mut Orders,
    ) -> Self {
        let centre = search.place.centre();
        let mut known: HashMap<(&SupplierId, &PropertyCode), u32> = HashMap::new();
        let mut houses = Vec::new();
        // Codes are a supplier's own: two suppliers may give one code to two properties.
        let mut house = |offer: &'_ HotelOffer| {
            houses.push(House::of(&offer.property, centre));
            houses.len() as u32 - 1
        };
        let properties = offers
            .iter()
            .map(|offer| {
                *known.entry((&offer.supplier, &offer.property.code)).or_insert_with(|| house(offer))
            })
            .collect();
        let boards =
            |offer: &&HotelOffer| offer.rates.iter().fold(0, |mask, rate| mask | board_bit(rate.board.kind));
        let columns = Self {
            properties,
            boards: offers.iter().map(boards).collect(),
            free_until: offers.iter().map(|offer| offer.free_until(margin).unwrap_or(NEVER)).collect(),
            houses,
        };
        let (rows, house) = (offers.len(), |row: usize| &columns.houses[columns.properties[row] as usize]);
        let middle = prices.minor.get(rows / 2).copied().unwrap_or(1);
        let score = |row| thousandths(prices.minor[row], middle) + house(row).score();
        orders[Sort::Best as usize] = order(rows, score);
        orders[Sort::Stars as usize] = order(rows, |row| Reverse(house(row).half_stars));
        orders[Sort::Distance as usize] = order(rows, |row| house(row).metres);
        // Two houses of one name stay apart.
        orders[Sort::Name as usize] = order(rows, |row| (house(row).name.as_str(), columns.properties[row]));
        columns
    }

    /// Leaves the rows that pass a filter now, in their order: cheapest first.
    pub(super) fn keep(&self, rows: &mut Vec<u32>, filter: &StayFilter, now: Timestamp) {
        let StayFilter { properties, half_stars_min, distance_max, .. } = filter;
        if !properties.is_empty() || half_stars_min.is_some() || distance_max.is_some() {
            let passes: Vec<bool> = self.houses.iter().map(|house| house.passes(filter)).collect();
            keep(rows, &self.properties, |property| passes[property as usize]);
        }
        if !filter.boards.is_empty() {
            let allowed = filter.boards.iter().fold(0, |mask, board| mask | board_bit(*board));
            keep(rows, &self.boards, |boards| boards & !allowed == 0);
        }
        if filter.free_cancellation {
            keep(rows, &self.free_until, |until| now < until);
        }
        if filter.cheapest_of_each {
            let mut seen = vec![false; self.houses.len()];
            rows.retain(|row| !std::mem::replace(&mut seen[self.properties[*row as usize] as usize], true));
        }
    }

    /// By what all rows together can be filtered, at a moment.
    pub(super) fn facets(&self, prices: &Prices, at: Timestamp) -> StayFacets {
        let distances = || self.houses.iter().map(|house| house.metres).filter(|at| *at != UNKNOWN_METRES);
        let stars = UNKNOWN_STARS + 1..=BEST_HALF_STARS;
        StayFacets {
            properties: self.houses.len() as u32,
            boards: prices.facet(BOARDS, |board| {
                let bit = board_bit(*board);
                move |row| self.boards[row] & bit != 0
            }),
            half_stars: prices.facet(stars, |stars| {
                let stars = *stars;
                move |row| self.houses[self.properties[row] as usize].half_stars == stars
            }),
            distance: distances().min().zip(distances().max()),
            free_cancellation: count(self.free_until.iter().map(|until| at < *until)),
        }
    }
}

impl House {
    fn of(property: &Property, centre: Option<Position>) -> Self {
        let distance = centre.zip(property.position).map(|(centre, at)| metres(centre, at));
        Self {
            code: property.code.clone(),
            half_stars: property.half_stars().unwrap_or(UNKNOWN_STARS),
            metres: distance.unwrap_or(UNKNOWN_METRES),
            name: property.name.to_lowercase(),
        }
    }

    fn passes(&self, filter: &StayFilter) -> bool {
        let known_stars = self.half_stars != UNKNOWN_STARS;
        let known_distance = self.metres != UNKNOWN_METRES;
        (filter.properties.is_empty() || filter.properties.contains(&self.code))
            && filter.half_stars_min.is_none_or(|least| known_stars && self.half_stars >= least)
            && filter.distance_max.is_none_or(|most| known_distance && self.metres <= most)
    }

    /// Its part of [`Sort::Best`].
    fn score(&self) -> i64 {
        let half_stars = if self.half_stars == UNKNOWN_STARS { BEST_UNKNOWN_STARS } else { self.half_stars };
        let missing = i64::from(BEST_HALF_STARS.saturating_sub(half_stars));
        let metres = i64::from(self.metres.min(BEST_METRES_MAX));
        missing * BEST_HALF_STAR + metres * BEST_KILOMETRE / 1_000
    }
}

const BOARDS: [BoardKind; 7] = [
    BoardKind::RoomOnly,
    BoardKind::SelfCatering,
    BoardKind::Breakfast,
    BoardKind::HalfBoard,
    BoardKind::FullBoard,
    BoardKind::AllInclusive,
    BoardKind::Other,
];

const fn board_bit(board: BoardKind) -> u8 {
    1 << board as u8
}
