//! Which properties are at a place: bedbanks answer by code.
//!
//! A supplier's content is the same for all its accounts. [`PropertyCatalog`] keeps one immutable [`Properties`] for each
//! supplier, which is swapped whole; a search reads whatever is there and waits for nothing. [`CatalogLoader`] keeps it
//! filled.

mod globe;
mod load;
mod properties;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::tz::{Offset, TimeZone};

use crate::model::id::SupplierId;
use crate::model::places::places;
use crate::model::search::StayPlace;
use crate::model::time::Timestamp;

pub(super) use globe::metres;
pub use load::{CatalogLoader, LoadError, LoadPolicy, Loaded};
pub use properties::{DOUBLED_CODE, FoundProperties, NO_POSITION, NO_ZONE, Properties, TOO_MANY};

/// Where a day ends last on earth, hours east of Greenwich.
const LAST_DAY_ENDS: i8 = -12;

/// Every supplier's properties. Cheap to clone; clones share them.
#[derive(Debug, Clone, Default)]
pub struct PropertyCatalog(Arc<RwLock<BTreeMap<SupplierId, Arc<Properties>>>>);

impl PropertyCatalog {
    /// A supplier's properties; `None` before they are loaded.
    #[must_use]
    pub fn of(&self, supplier: &SupplierId) -> Option<Arc<Properties>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(supplier).cloned()
    }

    /// Replaces a supplier's properties. Whoever is reading the old ones reads on.
    pub fn put(&self, supplier: SupplierId, properties: Properties) {
        let new = Arc::new(properties);
        let old = self.0.write().unwrap_or_else(PoisonError::into_inner).insert(supplier, new);
        drop(old); // which takes a while, and nobody waits for it any more
    }

    /// A supplier's properties at a place, as [`Properties::find`]; `None` where they are not loaded, unless the search
    /// names them.
    #[must_use]
    pub fn find(&self, supplier: &SupplierId, place: &StayPlace, most: usize) -> Option<FoundProperties> {
        match place {
            StayPlace::Properties(codes) => Some(FoundProperties::named(codes, most)),
            StayPlace::City(_) | StayPlace::Around { .. } => Some(self.of(supplier)?.find(place, most)),
        }
    }

    /// In which zone the day of check-in is judged: a city's own, that of the property nearest to the centre of a circle,
    /// those of the properties named. Of several, the one whose day ends last at that moment, for a stay that can begin
    /// somewhere must not be refused; so where none is known, the last on earth.
    #[must_use]
    pub fn zone(&self, place: &StayPlace, now: Timestamp) -> TimeZone {
        let loaded: Vec<Arc<Properties>> =
            self.0.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        let names: BTreeSet<&str> = match place {
            StayPlace::City(code) => places().city(*code).map(|city| city.zone).into_iter().collect(),
            StayPlace::Around { .. } => {
                loaded.iter().flat_map(|properties| properties.zones(place, 1)).collect()
            }
            StayPlace::Properties(codes) => {
                loaded.iter().flat_map(|properties| properties.zones(place, codes.len())).collect()
            }
        };
        let zones = names.into_iter().filter_map(|name| TimeZone::get(name).ok());
        let last = zones.min_by_key(|zone| zone.to_offset(now.to_jiff()));
        last.unwrap_or_else(|| TimeZone::fixed(Offset::constant(LAST_DAY_ENDS)))
    }
}

#[cfg(test)]
mod tests;
