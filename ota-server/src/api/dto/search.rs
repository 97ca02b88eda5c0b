//! Searches as clients ask them, and pages as they get them.

use axum::body::Bytes;
use jiff::civil::{Date, Time};
use ota_core::cache::{SkipCount, Source, SourceState};
use ota_core::model::id::PropertyCode;
use ota_core::model::itinerary::Cabin;
use ota_core::model::money::{Currency, Money};
use ota_core::model::passenger::PassengerCounts;
use ota_core::model::place::{CarrierCode, Place};
use ota_core::model::places::places;
use ota_core::model::search::{FlightSearch, SliceQuery};
use ota_core::model::stay::BoardKind;
use ota_core::search::page::{
    Facet, Facets, Filter, FlightFacets, FlightFilter, KindFacets, PAGE_OFFERS, PageRequest, SearchPage,
    SliceTimes, Sort, StayFacets, StayFilter, Stops, TimeWindow,
};
use ota_core::supplier::error::SupplierErrorKind;
use ota_core::supplier::{Severity, Warning};
use serde::de::IntoDeserializer as _;
use serde::de::value::StrDeserializer;
use serde::{Deserialize, Serialize};

use super::{Amount, instant};
use crate::api::problem::{Kind, Problem};

/// `POST /v1/flights/search`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchRequest {
    slices: Vec<SliceRequest>,
    passengers: PassengersRequest,
    #[serde(default)]
    cabin: Option<Cabin>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SliceRequest {
    /// Code of an airport or a city.
    origin: String,
    destination: String,
    /// On the origin's calendar.
    date: Date,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PassengersRequest {
    adults: u8,
    #[serde(default)]
    children: u8,
    #[serde(default)]
    lap_infants: u8,
}

impl TryFrom<SearchRequest> for FlightSearch {
    type Error = Problem;

    fn try_from(request: SearchRequest) -> Result<Self, Problem> {
        let slice = |slice: &SliceRequest| {
            Ok(SliceQuery {
                origin: place(&slice.origin)?,
                destination: place(&slice.destination)?,
                date: slice.date,
            })
        };
        let PassengersRequest { adults, children, lap_infants } = request.passengers;
        Ok(Self {
            slices: request.slices.iter().map(slice).collect::<Result<_, Problem>>()?,
            passengers: PassengerCounts { adults, children, lap_infants },
            cabin: request.cabin,
        })
    }
}

fn place(code: &str) -> Result<Place, Problem> {
    places().resolve(code).ok_or_else(|| {
        let shown: String = code.chars().take(8).collect();
        Problem::new(Kind::UnknownPlace, format!("{shown:?} is not an airport or city code"))
    })
}

/// Which offers, in which order: the query string of a search and of its further pages.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PageQuery {
    sort: SortName,
    /// `NON_STOP`, `DIRECT`, or the most landings on any slice.
    stops: Option<String>,
    /// Marketing carriers, separated by commas.
    carriers: String,
    /// Brand codes, separated by commas.
    brands: String,
    /// Cabins, separated by commas.
    cabins: String,
    /// In the selling currency.
    price_max: Option<String>,
    /// Of any slice, minutes.
    duration_max: Option<u32>,
    /// Windows like `06:00-12:00`, one for each slice, separated by commas; an empty one is not asked.
    departs: String,
    arrives: String,
    with_bag: bool,
    refundable: bool,
    /// The suppliers' codes of properties, separated by commas.
    properties: String,
    /// Kinds of boards, separated by commas.
    boards: String,
    /// `4`, or `4.5` for four and a half.
    stars_min: Option<String>,
    /// From the centre of the place searched, metres.
    distance_max: Option<u32>,
    free_cancellation: bool,
    cheapest_of_each: bool,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum SortName {
    #[default]
    Best,
    Price,
    Duration,
    Departure,
    Arrival,
    Stars,
    Distance,
    Name,
}

impl From<SortName> for Sort {
    fn from(name: SortName) -> Self {
        match name {
            SortName::Best => Self::Best,
            SortName::Price => Self::Price,
            SortName::Duration => Self::Duration,
            SortName::Departure => Self::Departure,
            SortName::Arrival => Self::Arrival,
            SortName::Stars => Self::Stars,
            SortName::Distance => Self::Distance,
            SortName::Name => Self::Name,
        }
    }
}

impl PageQuery {
    /// As the engine has it.
    pub(crate) fn into_request(self, selling: Currency) -> Result<PageRequest, Problem> {
        let bad = |what: &str| Problem::new(Kind::InvalidRequest, format!("{what} cannot be understood"));
        let flights = FlightFilter {
            stops: self.stops.map(|stops| parse_stops(&stops).ok_or_else(|| bad("stops"))).transpose()?,
            carriers: list(&self.carriers, |code| CarrierCode::new(code).ok())
                .ok_or_else(|| bad("carriers"))?,
            brands: list(&self.brands, |code| Some(code.to_owned())).ok_or_else(|| bad("brands"))?,
            cabins: list(&self.cabins, cabin).ok_or_else(|| bad("cabins"))?,
            duration_max: self.duration_max,
            slices: slices(&self.departs, &self.arrives).ok_or_else(|| bad("departs or arrives"))?,
            with_bag: self.with_bag,
            refundable: self.refundable,
        };
        let stays = StayFilter {
            properties: list(&self.properties, |code| PropertyCode::new(code).ok())
                .ok_or_else(|| bad("properties"))?,
            boards: list(&self.boards, board).ok_or_else(|| bad("boards"))?,
            half_stars_min: self
                .stars_min
                .map(|stars| half_stars(&stars).ok_or_else(|| bad("stars_min")))
                .transpose()?,
            distance_max: self.distance_max,
            free_cancellation: self.free_cancellation,
            cheapest_of_each: self.cheapest_of_each,
        };
        let price = |price: String| Money::parse(&price, selling).map_err(|_| bad("price_max"));
        let price_max = self.price_max.map(price).transpose()?;
        let filter = Filter { price_max, flights, stays };
        let cursor = self.cursor.map(|cursor| cursor.parse()).transpose().map_err(Problem::from)?;
        Ok(PageRequest { filter, sort: self.sort.into(), cursor, limit: self.limit.unwrap_or(PAGE_OFFERS) })
    }
}

fn parse_stops(text: &str) -> Option<Stops> {
    match text {
        "NON_STOP" => Some(Stops::NonStop),
        "DIRECT" => Some(Stops::Direct),
        landings => landings.parse().ok().map(Stops::AtMost),
    }
}

fn cabin(name: &str) -> Option<Cabin> {
    [Cabin::Economy, Cabin::PremiumEconomy, Cabin::Business, Cabin::First]
        .into_iter()
        .find(|cabin| cabin_name(*cabin) == name)
}

const fn cabin_name(cabin: Cabin) -> &'static str {
    match cabin {
        Cabin::Economy => "ECONOMY",
        Cabin::PremiumEconomy => "PREMIUM_ECONOMY",
        Cabin::Business => "BUSINESS",
        Cabin::First => "FIRST",
    }
}

fn board(name: &str) -> Option<BoardKind> {
    let name: StrDeserializer<'_, serde::de::value::Error> = name.into_deserializer();
    BoardKind::deserialize(name).ok()
}

fn half_stars(stars: &str) -> Option<u8> {
    let (whole, half) = stars.strip_suffix(".5").map_or((stars, 0), |whole| (whole, 1));
    whole.parse::<u8>().ok()?.checked_mul(2)?.checked_add(half)
}

/// The parts of a list; an empty text is an empty list.
fn list<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',').filter(|part| !part.is_empty()).map(read).collect()
}

fn slices(departs: &str, arrives: &str) -> Option<Vec<SliceTimes>> {
    let windows = |text: &str| -> Option<Vec<Option<TimeWindow>>> {
        if text.is_empty() {
            return Some(Vec::new());
        }
        text.split(',')
            .map(|part| if part.is_empty() { Some(None) } else { window(part).map(Some) })
            .collect()
    };
    let (departs, arrives) = (windows(departs)?, windows(arrives)?);
    let at = |windows: &[Option<TimeWindow>], slice: usize| windows.get(slice).copied().flatten();
    let count = departs.len().max(arrives.len());
    Some((0..count).map(|n| SliceTimes { departs: at(&departs, n), arrives: at(&arrives, n) }).collect())
}

fn window(text: &str) -> Option<TimeWindow> {
    let minute = |text: &str| -> Option<u16> {
        let time: Time = text.parse().ok()?;
        u16::try_from(i32::from(time.hour()) * 60 + i32::from(time.minute())).ok()
    };
    let (from, to) = text.split_once('-')?;
    Some(TimeWindow { from: minute(from)?, to: minute(to)? })
}

/// A page without its offers.
#[derive(Debug, Serialize)]
struct PageDto<'a> {
    search: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    newer: Option<String>,
    made_at: String,
    expires_at: String,
    /// Nobody is late.
    complete: bool,
    sources: Vec<SourceDto<'a>>,
    unpriced: Vec<SkipDto<'a>>,
    facets: FacetsDto,
    total: usize,
    matched: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Debug, Serialize)]
struct SourceDto<'a> {
    account: &'a str,
    #[serde(flatten)]
    state: StateDto,
    skipped: Vec<SkipDto<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<WarningDto<'a>>,
}

/// What a supplier said beside its answer; its words stay in our logs.
#[derive(Debug, Serialize)]
struct WarningDto<'a> {
    severity: Severity,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'a str>,
    code: &'a str,
}

impl<'a> From<&'a Warning> for WarningDto<'a> {
    fn from(warning: &'a Warning) -> Self {
        let Warning { severity, provider, code, .. } = warning;
        Self { severity: *severity, provider: provider.as_deref(), code }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", tag = "state")]
enum StateDto {
    Answered { offers: u32, partial: bool },
    Late,
    Failed { reason: SupplierErrorKind },
}

#[derive(Debug, Serialize)]
struct SkipDto<'a> {
    why: &'a str,
    count: u32,
}

impl<'a> From<&'a SkipCount> for SkipDto<'a> {
    fn from(skip: &'a SkipCount) -> Self {
        Self { why: &skip.why, count: skip.count }
    }
}

#[derive(Debug, Serialize)]
struct FacetsDto {
    price: Option<[Amount; 2]>,
    #[serde(flatten)]
    kind: KindFacetsDto,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum KindFacetsDto {
    Flights(FlightFacetsDto),
    Stays(StayFacetsDto),
}

#[derive(Debug, Serialize)]
struct FlightFacetsDto {
    stops: Vec<FacetDto<u8>>,
    carriers: Vec<FacetDto<String>>,
    brands: Vec<FacetDto<String>>,
    cabins: Vec<FacetDto<Cabin>>,
    duration: Option<[u32; 2]>,
    with_bag: u32,
    refundable: u32,
}

#[derive(Debug, Serialize)]
struct StayFacetsDto {
    properties: u32,
    boards: Vec<FacetDto<BoardKind>>,
    half_stars: Vec<FacetDto<u8>>,
    /// From the centre of the place searched, metres.
    distance: Option<[u32; 2]>,
    free_cancellation: u32,
}

#[derive(Debug, Serialize)]
struct FacetDto<T> {
    value: T,
    count: u32,
    from: Amount,
}

fn facet<T, U>(facets: &[Facet<T>], value: impl Fn(&T) -> U) -> Vec<FacetDto<U>> {
    let one = |facet: &Facet<T>| FacetDto {
        value: value(&facet.value),
        count: facet.count,
        from: facet.from.into(),
    };
    facets.iter().map(one).collect()
}

impl From<&Facets> for FacetsDto {
    fn from(facets: &Facets) -> Self {
        Self {
            price: facets.price.map(|(least, most)| [least.into(), most.into()]),
            kind: match &facets.kind {
                KindFacets::Flights(facets) => KindFacetsDto::Flights(facets.into()),
                KindFacets::Stays(facets) => KindFacetsDto::Stays(facets.into()),
            },
        }
    }
}

impl From<&FlightFacets> for FlightFacetsDto {
    fn from(facets: &FlightFacets) -> Self {
        Self {
            stops: facet(&facets.stops, |stops| *stops),
            carriers: facet(&facets.carriers, ToString::to_string),
            brands: facet(&facets.brands, Clone::clone),
            cabins: facet(&facets.cabins, |cabin| *cabin),
            duration: facets.duration.map(|(least, most)| [least, most]),
            with_bag: facets.with_bag,
            refundable: facets.refundable,
        }
    }
}

impl From<&StayFacets> for StayFacetsDto {
    fn from(facets: &StayFacets) -> Self {
        Self {
            properties: facets.properties,
            boards: facet(&facets.boards, |board| *board),
            half_stars: facet(&facets.half_stars, |half_stars| *half_stars),
            distance: facets.distance.map(|(least, most)| [least, most]),
            free_cancellation: facets.free_cancellation,
        }
    }
}

impl<'a> From<&'a Source> for SourceDto<'a> {
    fn from(source: &'a Source) -> Self {
        let state = match source.state {
            SourceState::Answered { offers, partial } => StateDto::Answered { offers, partial },
            SourceState::Late => StateDto::Late,
            SourceState::Failed(reason) => StateDto::Failed { reason },
        };
        Self {
            account: source.account.as_str(),
            state,
            skipped: source.skipped.iter().map(SkipDto::from).collect(),
            warnings: source.warnings.iter().map(WarningDto::from).collect(),
        }
    }
}

/// Room for what stands before the offers; a longer one makes the buffer grow.
const HEAD_BYTES: usize = 8 * 1024;

/// The answer to a search. The offers were written once for their generation, so their bytes are copied as they are.
pub(crate) fn page(page: &SearchPage) -> serde_json::Result<Bytes> {
    let head = PageDto {
        search: page.generation.to_string(),
        newer: page.newer.map(|newer| newer.to_string()),
        made_at: instant(page.made_at),
        expires_at: instant(page.expires_at),
        complete: page.complete,
        sources: page.sources.iter().map(SourceDto::from).collect(),
        unpriced: page.unpriced.iter().map(SkipDto::from).collect(),
        facets: FacetsDto::from(page.facets.as_ref()),
        total: page.total,
        matched: page.matched,
        next: page.next.map(|next| next.to_string()),
    };
    let offers: usize = page.offers.iter().map(|offer| offer.len() + 1).sum();
    let mut body = Vec::with_capacity(HEAD_BYTES + offers);
    serde_json::to_writer(&mut body, &head)?;
    // The object is opened again at its closing brace.
    body.pop();
    body.extend_from_slice(br#","offers":["#);
    for (at, offer) in page.offers.iter().enumerate() {
        if at > 0 {
            body.push(b',');
        }
        body.extend_from_slice(offer);
    }
    body.extend_from_slice(b"]}");
    Ok(body.into())
}

#[cfg(test)]
mod tests {
    use ota_core::model::id::{AccountId, SupplierId};
    use serde_json::json;

    use super::*;

    /// B07: a client sees that an answer was cut short, and by whom; the supplier's words are not for it.
    #[test]
    fn a_source_tells_that_it_was_cut_short_and_by_whom() {
        let warning = Warning {
            severity: Severity::Warning,
            provider: Some("ACH".to_owned()),
            code: "4039".to_owned(),
            message: "their words".to_owned(),
        };
        let source = Source {
            account: AccountId::new("uapi-1").unwrap(),
            supplier: SupplierId::new("travelport").unwrap(),
            state: SourceState::Answered { offers: 7, partial: true },
            skipped: Vec::new(),
            warnings: vec![warning.clone(), Warning { provider: None, severity: Severity::Info, ..warning }],
        };
        let shown = serde_json::to_value(SourceDto::from(&source)).unwrap();
        let expected = json!({
            "account": "uapi-1", "state": "ANSWERED", "offers": 7, "partial": true, "skipped": [],
            "warnings": [
                {"severity": "WARNING", "provider": "ACH", "code": "4039"},
                {"severity": "INFO", "code": "4039"},
            ],
        });
        assert_eq!(shown, expected);
    }
}
