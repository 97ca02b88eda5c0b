//! `LowFareSearchRsp` -> offers: one for every combination that can be booked.

use std::collections::HashMap;
use std::sync::Arc;

use ota_core::limits::OFFERS_PER_SUPPLIER_MAX;
use ota_core::model::fare::{FareComponent, PassengerFare, Settlement, TicketingLimit};
use ota_core::model::itinerary::{Itinerary, Segment, Slice};
use ota_core::model::money::Money;
use ota_core::model::offer::{FlightOffer, SupplierToken};
use ota_core::model::place::CarrierCode;
use ota_core::supplier::{Batch, Skipped};
use smallvec::SmallVec;

use super::fare::{self, Booked, ComponentKeys, Fares};
use super::{MapError, Source, itinerary, value};
use crate::travelport::replies::air::{
    AirPricingInfo, AirPricingSolution, AirSegment, BookingInfo, FlightDetails,
};
use crate::travelport::replies::shop::LowFareSearchRsp;

/// All offers of a reply; what its messages mean is not for the map to say.
pub(crate) fn offers(reply: &LowFareSearchRsp<'_>, source: &Source) -> Batch<FlightOffer> {
    offers_and_origins(reply, source).0
}

/// Which price element an offer comes from, and which of its combinations it is; both count from 0.
#[derive(Clone, Copy)]
pub(crate) struct Origin {
    /// Counted over price points, then solutions.
    pub(crate) price: usize,
    pub(crate) combination: usize,
}

/// All offers of a reply, and where each comes from.
pub(crate) fn offers_and_origins(
    reply: &LowFareSearchRsp<'_>,
    source: &Source,
) -> (Batch<FlightOffer>, Vec<Origin>) {
    let mut mapper = Mapper::new(reply, source);
    for (at, point) in reply.price_points.iter().enumerate() {
        mapper.price("AirPricePoint", at, point);
    }
    for (at, solution) in reply.solutions.iter().enumerate() {
        mapper.price("AirPricingSolution", reply.price_points.len() + at, solution);
    }
    (mapper.batch, mapper.origins)
}

/// One way to fly a slice.
struct Flown {
    slice: Arc<Slice>,
    /// Where its segments stand in the reply's list: what makes two options the same.
    positions: SmallVec<[usize; 4]>,
    booked: SmallVec<[Booked; 4]>,
}

/// One passenger type of a price: its amounts, and its options for each slice.
struct Priced {
    amounts: PassengerFare,
    slices: Vec<Vec<Flown>>,
    /// Components of the combinations so far, by the fares in them: there are few.
    components: Vec<(ComponentKeys, Arc<[FareComponent]>)>,
}

impl Priced {
    /// There is a slice, and an option for each.
    fn is_bookable(&self) -> bool {
        !self.slices.is_empty() && self.slices.iter().all(|options| !options.is_empty())
    }
}

/// What all combinations of a price share.
struct Shared {
    total: Money,
    validating_carrier: Option<CarrierCode>,
    ticketing_limit: Option<TicketingLimit>,
}

struct Mapper<'r, 'a> {
    source: &'r Source,
    reply: &'r LowFareSearchRsp<'a>,
    fares: Fares<'r, 'a>,
    /// Group of each leg asked for, flight details and positions of segments, all by key.
    legs: HashMap<&'r str, u32>,
    details: HashMap<&'r str, &'r FlightDetails<'a>>,
    positions: HashMap<&'r str, usize>,
    /// Shared by all offers that fly the same.
    slices: HashMap<Vec<usize>, Arc<Slice>>,
    batch: Batch<FlightOffer>,
    origins: Vec<Origin>,
}

impl<'r, 'a> Mapper<'r, 'a> {
    fn new(reply: &'r LowFareSearchRsp<'a>, source: &'r Source) -> Self {
        Self {
            source,
            reply,
            fares: Fares::new(reply.fare_infos.iter(), reply.brands.iter()),
            legs: reply.legs.iter().filter_map(|(key, group)| Some((&**key, group.parse().ok()?))).collect(),
            details: reply.flight_details.iter().map(|details| (&*details.key, details)).collect(),
            positions: reply.segments.iter().enumerate().map(|(at, segment)| (&*segment.key, at)).collect(),
            slices: HashMap::new(),
            batch: Batch::default(),
            origins: Vec::new(),
        }
    }

    fn skip(&mut self, what: String, why: &str) {
        self.batch.skipped.push(Skipped { what, why: why.to_owned() });
    }

    /// A price: every choice of one option for each slice is an offer.
    fn price(&mut self, kind: &str, at: usize, price: &'r AirPricingSolution<'a>) {
        let what = || format!("{kind} {}", price.key);
        let (shared, mut priced) = match self.prepare(price) {
            Ok(prepared) => prepared,
            Err(error) => return self.skip(what(), &error.to_string()),
        };
        let sizes: Vec<usize> = match priced.first() {
            Some(leading) if leading.is_bookable() => leading.slices.iter().map(Vec::len).collect(),
            _ => return self.skip(what(), &MapError::Empty.to_string()),
        };
        let combinations = sizes.iter().fold(1_usize, |all, size| all.saturating_mul(*size));
        let mut choice = vec![0; sizes.len()];
        for nth in 0..combinations {
            if self.batch.items.len() >= OFFERS_PER_SUPPLIER_MAX {
                self.batch.partial = true;
                return self.skip(what(), "more offers than the limit");
            }
            match self.offer(&shared, &mut priced, &choice) {
                Ok(offer) => {
                    self.batch.items.push(offer);
                    self.origins.push(Origin { price: at, combination: nth });
                }
                Err(error) => self.skip(format!("{} option {nth}", what()), &error.to_string()),
            }
            advance(&mut choice, &sizes);
        }
    }

    fn prepare(&mut self, price: &'r AirPricingSolution<'a>) -> Result<(Shared, Vec<Priced>), MapError> {
        let first = price.pricing_infos.first().ok_or(MapError::Empty)?;
        let shared = Shared {
            total: value::money(price.prices.total.as_deref().ok_or(MapError::Amount)?)?,
            validating_carrier: first.plating_carrier.as_deref().map(value::carrier).transpose()?,
            ticketing_limit: fare::ticketing_limit(&price.pricing_infos)?,
        };
        let mut priced = Vec::with_capacity(price.pricing_infos.len());
        for info in &price.pricing_infos {
            let slices = if info.flight_options.is_empty() {
                self.journeys(price, info)?
            } else {
                self.options(info)?
            };
            priced.push(Priced { amounts: fare::amounts(info)?, slices, components: Vec::new() });
        }
        Ok((shared, priced))
    }

    /// The options of each slice, slices in the order of their legs: document order never decides.
    fn options(&mut self, info: &'r AirPricingInfo<'a>) -> Result<Vec<Vec<Flown>>, MapError> {
        let mut slices = Vec::with_capacity(info.flight_options.len());
        for option in &info.flight_options {
            let group = self.legs.get(&*option.leg_ref).copied().unwrap_or(u32::MAX);
            let flown = option.options.iter().map(|booked| self.flown(booked.iter()));
            slices.push((group, flown.collect::<Result<Vec<_>, _>>()?));
        }
        slices.sort_by_key(|(group, _)| *group);
        Ok(slices.into_iter().map(|(_, options)| options).collect())
    }

    /// The only option of each slice of a whole itinerary.
    fn journeys(
        &mut self,
        price: &'r AirPricingSolution<'a>,
        info: &'r AirPricingInfo<'a>,
    ) -> Result<Vec<Vec<Flown>>, MapError> {
        let mut slices = Vec::with_capacity(price.journeys.len());
        for keys in &price.journeys {
            let booked =
                keys.iter().map(|key| info.booking_infos.iter().find(|info| info.segment_ref == *key));
            let booked: Vec<_> = booked.collect::<Option<_>>().ok_or(MapError::Reference)?;
            slices.push(vec![self.flown(booked.into_iter())?]);
        }
        Ok(slices)
    }

    fn flown(&mut self, infos: impl Iterator<Item = &'r BookingInfo<'a>>) -> Result<Flown, MapError> {
        let (mut positions, mut booked) = (SmallVec::new(), SmallVec::new());
        for info in infos {
            positions.push(*self.positions.get(&*info.segment_ref).ok_or(MapError::Reference)?);
            booked.push(self.fares.booked(info)?);
        }
        Ok(Flown { slice: self.slice(&positions)?, positions, booked })
    }

    fn slice(&mut self, positions: &[usize]) -> Result<Arc<Slice>, MapError> {
        if let Some(slice) = self.slices.get(positions) {
            return Ok(Arc::clone(slice));
        }
        if positions.is_empty() {
            return Err(MapError::Empty);
        }
        let segments = positions.iter().map(|at| self.segment(&self.reply.segments[*at]));
        let slice = Arc::new(Slice { segments: segments.collect::<Result<_, _>>()? });
        self.slices.insert(positions.to_vec(), Arc::clone(&slice));
        Ok(slice)
    }

    fn segment(&self, segment: &'r AirSegment<'a>) -> Result<Segment, MapError> {
        let found = segment.details_refs.iter().map(|key| self.details.get(&**key).copied());
        let found: Vec<_> = found.collect::<Option<_>>().ok_or(MapError::Reference)?;
        itinerary::flight(segment, found.into_iter().chain(&segment.details))
    }

    /// One combination: the first passenger type chooses, the others fly the same segments.
    fn offer(
        &self,
        shared: &Shared,
        priced: &mut [Priced],
        choice: &[usize],
    ) -> Result<FlightOffer, MapError> {
        let (leading, following) = priced.split_first_mut().ok_or(MapError::Empty)?;
        let flown: SmallVec<[&Flown; 8]> =
            leading.slices.iter().zip(choice).map(|(options, at)| &options[*at]).collect();
        let mut fares = Vec::with_capacity(1 + following.len());
        let mut seats_left = fare::seats_left(flown.iter().flat_map(|flown| &flown.booked));
        fares.push(self.passenger_fare(&leading.amounts, &mut leading.components, &flown)?);
        for passenger in following {
            let same = same_segments(&passenger.slices, &flown)?;
            let seats = fare::seats_left(same.iter().flat_map(|flown| &flown.booked));
            seats_left = seats_left.into_iter().chain(seats).min();
            fares.push(self.passenger_fare(&passenger.amounts, &mut passenger.components, &same)?);
        }
        let provider = self.provider(&flown).unwrap_or_default().to_owned();
        Ok(FlightOffer {
            supplier: self.source.supplier.clone(),
            account: self.source.account.clone(),
            itinerary: Itinerary { slices: flown.iter().map(|flown| Arc::clone(&flown.slice)).collect() },
            fares,
            total: shared.total,
            validating_carrier: shared.validating_carrier,
            ticketing_limit: shared.ticketing_limit,
            seats_left,
            settlement: Settlement::Agency,
            token: SupplierToken::new(provider).map_err(|_| MapError::Token)?,
        })
    }

    /// The host that offers it, which a price request must name again.
    fn provider(&self, flown: &[&Flown]) -> Option<&'r str> {
        let at = flown.first()?.positions.first()?;
        self.reply.segments[*at].provider_code.as_deref()
    }

    fn passenger_fare(
        &self,
        amounts: &PassengerFare,
        known: &mut Vec<(ComponentKeys, Arc<[FareComponent]>)>,
        flown: &[&Flown],
    ) -> Result<PassengerFare, MapError> {
        let booked = || flown.iter().flat_map(|flown| &flown.booked);
        let keys = fare::component_keys(booked());
        let segments = fare::segments(booked(), &keys)?;
        let components = match known.iter().find(|(of, _)| *of == keys) {
            Some((_, components)) => Arc::clone(components),
            None => {
                let components = self.fares.components(&keys, amounts.filed.currency)?;
                known.push((keys, Arc::clone(&components)));
                components
            }
        };
        Ok(PassengerFare { components, segments, ..amounts.clone() })
    }
}

/// The options that fly the same segments.
fn same_segments<'p>(
    slices: &'p [Vec<Flown>],
    flown: &[&Flown],
) -> Result<SmallVec<[&'p Flown; 8]>, MapError> {
    if slices.len() != flown.len() {
        return Err(MapError::Options);
    }
    let same = slices.iter().zip(flown).map(|(options, wanted)| {
        options.iter().find(|option| option.positions == wanted.positions).ok_or(MapError::Options)
    });
    same.collect()
}

/// The next choice of one option for each slice; the last slice varies fastest.
fn advance(choice: &mut [usize], sizes: &[usize]) {
    for (at, size) in choice.iter_mut().zip(sizes).rev() {
        *at += 1;
        if *at < *size {
            return;
        }
        *at = 0;
    }
}
