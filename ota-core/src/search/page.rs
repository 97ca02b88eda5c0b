//! What a client asks of a generation, and what it gets.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use bytes::Bytes;

use crate::cache::{SkipCount, Source};
use crate::limits;
use crate::model::id::{GenerationId, PropertyCode};
use crate::model::itinerary::Cabin;
use crate::model::money::{Currency, Money};
use crate::model::place::CarrierCode;
use crate::model::search::Search;
use crate::model::stay::BoardKind;
use crate::model::time::Timestamp;

/// Most offers on one page.
pub const PAGE_OFFERS_MAX: u32 = 100;
/// Offers on a page that does not say how many.
pub const PAGE_OFFERS: u32 = 20;
/// Most values of one kind (carriers, brands, properties) in one filter.
pub const FILTER_VALUES_MAX: usize = 64;

/// Which part of a generation, in which order. No supplier is asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// Which offers.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// From where; the first page without.
    pub cursor: Option<Cursor>,
    /// How many, 1 to [`PAGE_OFFERS_MAX`].
    pub limit: u32,
}

impl Default for PageRequest {
    /// The first page of everything, best first.
    fn default() -> Self {
        Self { filter: Filter::default(), sort: Sort::default(), cursor: None, limit: PAGE_OFFERS }
    }
}

/// Which offers. Everything asked for must hold; what is not known never passes a filter on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Costs at most this, in the selling currency.
    pub price_max: Option<Money>,
    /// Asked of offers of flights; nothing may be asked where stays were searched.
    pub flights: FlightFilter,
    /// Asked of offers of stays; nothing may be asked where flights were searched.
    pub stays: StayFilter,
}

/// Which offers of flights.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FlightFilter {
    /// How it gets there.
    pub stops: Option<Stops>,
    /// Marketing carriers: every flight is one of theirs. Empty is any.
    pub carriers: Vec<CarrierCode>,
    /// Brand codes: every brand sold is one of them. Empty is any.
    pub brands: Vec<String>,
    /// Cabins: every flight of every passenger is in one of them. Empty is any.
    pub cabins: Vec<Cabin>,
    /// No slice takes longer, minutes.
    pub duration_max: Option<u32>,
    /// Clocks of the slices, in order of travel; slices without are not asked.
    pub slices: Vec<SliceTimes>,
    /// Everybody with a seat may check something in on every flight.
    pub with_bag: bool,
    /// Everybody may give it back before departure, at whatever price.
    pub refundable: bool,
}

/// Which offers of stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StayFilter {
    /// Of these properties. Empty is any.
    pub properties: Vec<PropertyCode>,
    /// Boards: every room has one of them. Empty is any.
    pub boards: Vec<BoardKind>,
    /// At least so many half stars: nine are four and a half.
    pub half_stars_min: Option<u8>,
    /// At most so far from the centre of the place searched, metres.
    pub distance_max: Option<u32>,
    /// Every room can be cancelled for nothing now, with the agency's safety margin still to go
    /// ([`SearchPolicy::cancellation_margin`](super::SearchPolicy::cancellation_margin)).
    pub free_cancellation: bool,
    /// Of each property only the cheapest offer that passes everything else: the usual list of hotels.
    pub cheapest_of_each: bool,
}

impl From<FlightFilter> for Filter {
    fn from(flights: FlightFilter) -> Self {
        Self { flights, ..Self::default() }
    }
}

impl From<StayFilter> for Filter {
    fn from(stays: StayFilter) -> Self {
        Self { stays, ..Self::default() }
    }
}

/// How a slice gets there. Asked of every slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stops {
    /// No landing on the way.
    NonStop,
    /// One flight number; it may land on the way.
    Direct,
    /// At most so many landings, stops under one flight number included.
    AtMost(u8),
}

/// When a slice leaves and arrives, on the clocks there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SliceTimes {
    /// At its origin.
    pub departs: Option<TimeWindow>,
    /// At its destination.
    pub arrives: Option<TimeWindow>,
}

/// A part of a day, both ends inside. One that begins later than it ends goes over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeWindow {
    /// Minutes since midnight.
    pub from: u16,
    /// Minutes since midnight.
    pub to: u16,
}

impl TimeWindow {
    /// Whether a minute of the day is inside.
    #[must_use]
    pub const fn contains(self, minute: u16) -> bool {
        if self.from <= self.to {
            self.from <= minute && minute <= self.to
        } else {
            self.from <= minute || minute <= self.to
        }
    }
}

/// In which order. Equals come cheapest first; what is not known comes last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// A balance of price, time and stops, or of price, stars and distance.
    #[default]
    Best,
    /// Cheapest first.
    Price,
    /// Of flights: least time under way first, all slices together.
    Duration,
    /// Of flights: earliest departure of the first slice first.
    Departure,
    /// Of flights: earliest arrival of the first slice first.
    Arrival,
    /// Of stays: most stars first.
    Stars,
    /// Of stays: nearest to the centre of the place searched first.
    Distance,
    /// Of stays: by the property's name.
    Name,
}

impl Sort {
    /// How many orders there are.
    pub(super) const COUNT: usize = 8;

    /// Whether it orders what a search finds.
    const fn fits(self, search: &Search) -> bool {
        match self {
            Self::Best | Self::Price => true,
            Self::Duration | Self::Departure | Self::Arrival => matches!(search, Search::Flights(_)),
            Self::Stars | Self::Distance | Self::Name => matches!(search, Search::Stays(_)),
        }
    }
}

/// Where a page begins. Opaque to clients; good for one generation, filter and order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(pub(super) u32);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{}", self.0)
    }
}

impl FromStr for Cursor {
    type Err = InvalidPage;
    fn from_str(text: &str) -> Result<Self, InvalidPage> {
        let digits = text.strip_prefix('c').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
        digits.and_then(|digits| digits.parse().ok()).map(Self).ok_or(InvalidPage::Cursor)
    }
}

/// A page that cannot be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPage {
    /// Not a cursor of ours.
    #[error("the cursor is not one that a page gave")]
    Cursor,
    /// None, or more than [`PAGE_OFFERS_MAX`].
    #[error("a page has 1 to {PAGE_OFFERS_MAX} offers")]
    Limit,
    /// More than [`FILTER_VALUES_MAX`] carriers, brands, properties, ..., or more slices than a search has.
    #[error("a filter names at most {FILTER_VALUES_MAX} values of one kind")]
    TooManyValues,
    /// Minutes beyond a day.
    #[error("a time of day is 0 to 1439 minutes")]
    TimeOfDay,
    /// Not in the selling currency.
    #[error("the highest price is not in the selling currency")]
    PriceCurrency,
    /// A filter or an order of flights where stays were searched, or the reverse.
    #[error("a filter or the order is of something else than was searched for")]
    OtherKind,
}

impl PageRequest {
    /// Checks it against its limits, the selling currency and what was searched for.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn validate(&self, selling: Currency, search: &Search) -> Result<(), InvalidPage> {
        let Filter { price_max, flights, stays } = &self.filter;
        if self.limit == 0 || self.limit > PAGE_OFFERS_MAX {
            return Err(InvalidPage::Limit);
        }
        let other_kind = match search {
            Search::Flights(_) => *stays != StayFilter::default(),
            Search::Stays(_) => *flights != FlightFilter::default(),
        };
        if other_kind || !self.sort.fits(search) {
            return Err(InvalidPage::OtherKind);
        }
        let values = [flights.carriers.len(), flights.brands.len(), flights.cabins.len()];
        let values = values.into_iter().chain([stays.properties.len(), stays.boards.len()]);
        if values.max() > Some(FILTER_VALUES_MAX) || flights.slices.len() > limits::SLICES_MAX {
            return Err(InvalidPage::TooManyValues);
        }
        let windows = flights.slices.iter().flat_map(|slice| [slice.departs, slice.arrives]).flatten();
        if windows.into_iter().any(|window| window.from.max(window.to) >= MINUTES_PER_DAY) {
            return Err(InvalidPage::TimeOfDay);
        }
        if price_max.is_some_and(|price| price.currency != selling) {
            return Err(InvalidPage::PriceCurrency);
        }
        Ok(())
    }
}

const MINUTES_PER_DAY: u16 = 24 * 60;

/// One value to filter by, and what is behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet<T> {
    /// The value.
    pub value: T,
    /// How many offers of the generation have it.
    pub count: u32,
    /// The cheapest of them.
    pub from: Money,
}

/// By what the offers of a whole generation can be filtered. They do not depend on the filter in force, so that a
/// client can show what else there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facets {
    /// Cheapest and dearest; none without offers.
    pub price: Option<(Money, Money)>,
    /// The rest depends on what was searched for.
    pub kind: KindFacets,
}

/// By what else the offers can be filtered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KindFacets {
    /// Flights were searched.
    Flights(FlightFacets),
    /// Stays were searched.
    Stays(StayFacets),
}

/// By what offers of flights can be filtered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlightFacets {
    /// Most landings on any slice.
    pub stops: Vec<Facet<u8>>,
    /// Marketing carriers.
    pub carriers: Vec<Facet<CarrierCode>>,
    /// Brand codes.
    pub brands: Vec<Facet<String>>,
    /// Cabins.
    pub cabins: Vec<Facet<Cabin>>,
    /// Shortest and longest slice, minutes; none where none is known.
    pub duration: Option<(u32, u32)>,
    /// Offers with checked baggage for everybody with a seat.
    pub with_bag: u32,
    /// Offers that everybody may give back before departure.
    pub refundable: u32,
}

/// By what offers of stays can be filtered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StayFacets {
    /// How many properties have an offer.
    pub properties: u32,
    /// Boards of any room.
    pub boards: Vec<Facet<BoardKind>>,
    /// Stars of the property in halves, where known.
    pub half_stars: Vec<Facet<u8>>,
    /// Nearest to and farthest from the centre of the place searched, metres; none where no distance is known.
    pub distance: Option<(u32, u32)>,
    /// Offers that could be cancelled for nothing, with the safety margin still to go, when the generation was made.
    pub free_cancellation: u32,
}

/// One page of a search.
#[derive(Debug, Clone)]
pub struct SearchPage {
    /// Names what it was cut from: other filters and further pages are asked of it.
    pub generation: GenerationId,
    /// A later generation of the same search, if there is one: late suppliers have answered, or prices were fetched
    /// anew.
    pub newer: Option<GenerationId>,
    /// When the offers were put together.
    pub made_at: Timestamp,
    /// From then on the offers cannot be viewed or verified any more.
    pub expires_at: Timestamp,
    /// Nobody is late, and asking again at once would bring no more.
    pub complete: bool,
    /// What came of every account.
    pub sources: Arc<[Source]>,
    /// Offers that cannot be sold here, by reason.
    pub unpriced: Arc<[SkipCount]>,
    /// By what one can filter.
    pub facets: Arc<Facets>,
    /// Offers of the generation.
    pub total: usize,
    /// Offers that pass the filter.
    pub matched: usize,
    /// The offers of this page, as the render function wrote them.
    pub offers: Vec<Bytes>,
    /// The next page, if there is one.
    pub next: Option<Cursor>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::samples;
    use crate::testing::stays::stay_search;

    #[track_caller]
    fn check(change: impl FnOnce(&mut PageRequest), want: Result<(), InvalidPage>) {
        let mut request = PageRequest::default();
        change(&mut request);
        assert_eq!(request.validate(samples::usd(), &samples::search().into()), want);
    }

    #[test]
    fn every_size_has_a_limit() {
        let carrier = CarrierCode::new("GA").unwrap();
        let yen = Money::new(1, Currency::from_code("JPY").unwrap());
        let window = |from, to| SliceTimes { departs: Some(TimeWindow { from, to }), arrives: None };
        check(|_| {}, Ok(()));
        check(|page| page.limit = 0, Err(InvalidPage::Limit));
        check(|page| page.limit = 101, Err(InvalidPage::Limit));
        check(|page| page.filter.flights.carriers = vec![carrier; 64], Ok(()));
        check(|page| page.filter.flights.carriers = vec![carrier; 65], Err(InvalidPage::TooManyValues));
        check(|page| page.filter.flights.brands = vec![String::new(); 65], Err(InvalidPage::TooManyValues));
        check(
            |page| page.filter.flights.slices = vec![SliceTimes::default(); 7],
            Err(InvalidPage::TooManyValues),
        );
        check(|page| page.filter.flights.slices = vec![window(0, 1439)], Ok(()));
        check(|page| page.filter.flights.slices = vec![window(0, 1440)], Err(InvalidPage::TimeOfDay));
        check(|page| page.filter.price_max = Some(yen), Err(InvalidPage::PriceCurrency));
    }

    #[test]
    fn what_is_of_the_other_kind_is_refused() {
        let (flights, stays) = (samples::search().into(), stay_search().into());
        let check = |change: &dyn Fn(&mut PageRequest), of_flights: bool| {
            let mut request = PageRequest::default();
            change(&mut request);
            let verdict = |search: &Search| request.validate(samples::usd(), search);
            let (fits, other) = (Ok(()), Err(InvalidPage::OtherKind));
            let want = if of_flights { (fits, other) } else { (other, fits) };
            assert_eq!((verdict(&flights), verdict(&stays)), want, "{request:?}");
        };
        check(&|page| page.filter.flights.refundable = true, true);
        check(&|page| page.filter.flights.stops = Some(Stops::NonStop), true);
        check(&|page| page.filter.stays.cheapest_of_each = true, false);
        check(&|page| page.filter.stays.boards = vec![BoardKind::Breakfast], false);
        for sort in [Sort::Duration, Sort::Departure, Sort::Arrival] {
            check(&|page| page.sort = sort, true);
        }
        for sort in [Sort::Stars, Sort::Distance, Sort::Name] {
            check(&|page| page.sort = sort, false);
        }
        let many = vec![PropertyCode::new("1").unwrap(); 65];
        let filter = StayFilter { properties: many, ..StayFilter::default() }.into();
        let request = PageRequest { filter, ..PageRequest::default() };
        assert_eq!(request.validate(samples::usd(), &stays), Err(InvalidPage::TooManyValues));
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        assert_eq!(Cursor(40).to_string().parse(), Ok(Cursor(40)));
        for text in ["", "c", "40", "c-1", "c+1", "c4294967296", "c1x"] {
            assert_eq!(text.parse::<Cursor>(), Err(InvalidPage::Cursor), "{text}");
        }
    }

    #[test]
    fn a_window_may_go_over_midnight() {
        let night = TimeWindow { from: 22 * 60, to: 6 * 60 };
        assert!([0, 360, 1320, 1439].iter().all(|minute| night.contains(*minute)));
        assert!([361, 720, 1319].iter().all(|minute| !night.contains(*minute)));
        assert!(TimeWindow { from: 60, to: 60 }.contains(60));
    }
}
