//! Availability and checked rates.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use ota_core::model::id::PropertyCode;
use ota_core::model::money::Currency;
use ota_core::model::stay::{Property, PropertyRates, Rate, RateType, StayDates};
use ota_core::supplier::{Batch, Skipped};

use super::super::replies::stay::{HotelRs, HotelsRs, RateRs, RoomRs};
use super::{MapError, ZoneAt, clock, rate, value};

/// Most rates taken from one answer; the rest is counted as skipped.
const RATES_MAX: usize = 50_000;

/// Most other prices kept beside a rate.
const ALSO_STATED_MAX: usize = 16;

/// Every property that can be had, in the supplier's order. One whose clocks are not those of its zone loses the zone, and
/// a warning says so.
pub(crate) fn availability(reply: &HotelsRs<'_>, zone_at: ZoneAt) -> Batch<PropertyRates> {
    let mut batch = Batch::default();
    let mut left = RATES_MAX;
    for hotel in &reply.hotels {
        let mapped = value::dates(&reply.check_in, &reply.check_out).and_then(|dates| {
            let property = Arc::new(property(hotel, zone_at)?);
            rates(hotel, property, &hotel.rooms, dates, &mut left, &mut batch.skipped)
        });
        match mapped {
            Ok(property) if property.rates.is_empty() => {}
            Ok(mut item) => {
                batch.warnings.extend(clock::settle(&mut item.property, &item.rates));
                batch.items.push(item);
            }
            Err(why) => batch.skipped.push(skipped(hotel, None, why)),
        }
    }
    batch
}

/// The live price of the keys asked for, and beside it whatever else the property would sell for a little more.
pub(crate) fn checked(
    hotel: &HotelRs<'_>,
    zone_at: ZoneAt,
) -> Result<(Batch<PropertyRates>, Option<PropertyRates>), MapError> {
    let dates = value::dates(&hotel.check_in, &hotel.check_out)?;
    let mut batch = Batch::default();
    let mut left = RATES_MAX;
    let property = Arc::new(property(hotel, zone_at)?);
    let mut take = |rooms: &[RoomRs<'_>]| {
        rates(hotel, Arc::clone(&property), rooms, dates, &mut left, &mut batch.skipped)
    };
    let mut asked = take(&hotel.rooms)?;
    let mut upselling = hotel.upselling.as_ref().map(|upselling| take(&upselling.rooms)).transpose()?;
    for item in std::iter::once(&mut asked).chain(&mut upselling) {
        batch.warnings.extend(clock::settle(&mut item.property, &item.rates));
    }
    batch.items.push(asked);
    Ok((batch, upselling))
}

pub(super) fn property(hotel: &HotelRs<'_>, zone_at: ZoneAt) -> Result<Property, MapError> {
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let position = value::position(&hotel.latitude, &hotel.longitude);
    Ok(Property {
        code: PropertyCode::new(&hotel.code).map_err(|_| MapError::Code)?,
        name: (*hotel.name).to_owned(),
        category: text(&hotel.category_name),
        destination: text(&hotel.destination_name),
        position,
        zone: position.and_then(zone_at).map(str::to_owned),
    })
}

fn rates(
    hotel: &HotelRs<'_>,
    property: Arc<Property>,
    rooms: &[RoomRs<'_>],
    dates: StayDates,
    left: &mut usize,
    skips: &mut Vec<Skipped>,
) -> Result<PropertyRates, MapError> {
    let currency = value::currency(&hotel.currency)?;
    let mut merged = Merged::default();
    for room in rooms {
        for wire in &room.rates {
            match one(wire, room, currency, left) {
                Ok(rate) => merged.add(&wire.rate_key, rate),
                Err(why) => skips.push(skipped(hotel, Some(room), why)),
            }
        }
    }
    Ok(PropertyRates { property, dates, rates: merged.rates })
}

fn one(wire: &RateRs<'_>, room: &RoomRs<'_>, currency: Currency, left: &mut usize) -> Result<Rate, MapError> {
    *left = left.checked_sub(1).ok_or(MapError::TooMany)?;
    rate::offered(wire, room, currency)
}

/// What was left out; a rate by its room, for its key is secret.
fn skipped(hotel: &HotelRs<'_>, room: Option<&RoomRs<'_>>, why: MapError) -> Skipped {
    let room = room.map_or_else(String::new, |room| format!(" room {}", &*room.code));
    Skipped { what: format!("hotel {}{room}", &*hotel.code), why: why.to_string() }
}

/// Rates by key. The same key may come twice, even at another price: it is then kept once at the dearest, with the
/// other prices beside it, and must be checked.
#[derive(Default)]
struct Merged<'a> {
    rates: Vec<Rate>,
    places: HashMap<&'a str, usize>,
}

impl<'a> Merged<'a> {
    fn add(&mut self, key: &'a str, rate: Rate) {
        let place = match self.places.entry(key) {
            Entry::Occupied(place) => *place.get(),
            Entry::Vacant(place) => {
                place.insert(self.rates.len());
                self.rates.push(rate);
                return;
            }
        };
        let Some(kept) = self.rates.get_mut(place) else { return };
        let same = Rate { also_stated: Vec::new(), rate_type: rate.rate_type, ..kept.clone() } == rate;
        if same {
            return;
        }
        let mut stated = std::mem::take(&mut kept.also_stated);
        let (mut dearer, cheaper) =
            if rate.net.minor > kept.net.minor { (rate, kept.net) } else { (kept.clone(), rate.net) };
        if cheaper != dearer.net && stated.len() < ALSO_STATED_MAX && !stated.contains(&cheaper) {
            stated.push(cheaper);
        }
        dearer.also_stated = stated;
        dearer.rate_type = Some(RateType::Recheck);
        *kept = dearer;
    }
}
