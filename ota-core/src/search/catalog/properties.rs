//! One supplier's properties, by code and by place.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::globe::Globe;
use crate::cache::SkipCount;
use crate::limits;
use crate::model::id::PropertyCode;
use crate::model::places::places;
use crate::model::search::StayPlace;
use crate::model::stay::Property;

/// Left out: another property before it has the same code.
pub const DOUBLED_CODE: &str = "another property has the same code";
/// Left out: there are [`limits::PROPERTIES_MAX`] before it.
pub const TOO_MANY: &str = "more properties than are kept";
/// Found by its code only.
pub const NO_POSITION: &str = "the property has no position";
/// Found, but what day it is there is not known.
pub const NO_ZONE: &str = "the property has no zone";

/// What one supplier sells, at one moment. Immutable.
///
/// ```
/// use ota_core::model::{id::PropertyCode, places::Position, search::StayPlace, stay::Property};
/// use ota_core::search::catalog::Properties;
/// let property = |code, latitude| Property {
///     code: PropertyCode::new(code).unwrap(),
///     name: "At the station".to_owned(),
///     category: None,
///     destination: None,
///     position: Some(Position { latitude, longitude: 139_767_000 }),
///     zone: Some("Asia/Tokyo".to_owned()),
/// };
/// let properties = Properties::new(vec![property("1", 35_690_000), property("2", 35_681_000)]);
/// let centre = Position { latitude: 35_681_000, longitude: 139_767_000 };
/// let found = properties.find(&StayPlace::Around { centre, radius_metres: 2_000 }, 100);
/// let codes: Vec<&str> = found.codes.iter().map(PropertyCode::as_str).collect();
/// assert_eq!((codes, found.cut), (vec!["2", "1"], false));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Properties {
    /// In the order of their codes; a number is a place in here.
    by_code: Vec<Arc<Property>>,
    by_place: Globe,
    flaws: Vec<SkipCount>,
}

/// Which of a supplier's properties are at a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundProperties {
    /// Nearest first; properties that a search names, in its order.
    pub codes: Vec<PropertyCode>,
    /// There are more than were asked for.
    pub cut: bool,
}

impl FoundProperties {
    /// Those that a search names, which nobody need know.
    pub(super) fn named(codes: &[PropertyCode], most: usize) -> Self {
        Self { codes: codes.iter().take(most).cloned().collect(), cut: codes.len() > most }
    }
}

impl Properties {
    /// Orders properties; of those with one code the first stays.
    #[must_use]
    pub fn new(mut properties: Vec<Property>) -> Self {
        let mut flaws: BTreeMap<&'static str, u32> = BTreeMap::new();
        let mut count = |why, how_many: usize| {
            if how_many > 0 {
                flaws.insert(why, u32::try_from(how_many).unwrap_or(u32::MAX));
            }
        };
        count(TOO_MANY, properties.len().saturating_sub(limits::PROPERTIES_MAX));
        properties.truncate(limits::PROPERTIES_MAX);
        let all = properties.len();
        properties.sort_by(|one, other| one.code.cmp(&other.code));
        properties.dedup_by(|later, first| later.code == first.code);
        count(DOUBLED_CODE, all - properties.len());
        count(NO_POSITION, properties.iter().filter(|property| property.position.is_none()).count());
        count(NO_ZONE, properties.iter().filter(|property| property.zone.is_none()).count());
        let numbered = properties.iter().zip(0..);
        let by_place =
            Globe::new(numbered.filter_map(|(property, number)| Some((property.position?, number))));
        let flaws = flaws.into_iter().map(|(why, count)| SkipCount { why: why.to_owned(), count }).collect();
        Self { by_code: properties.into_iter().map(Arc::new).collect(), by_place, flaws }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_code.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_code.is_empty()
    }

    /// How many were left out, or can be found in fewer ways, and why: the texts of this module.
    #[must_use]
    pub fn flaws(&self) -> &[SkipCount] {
        &self.flaws
    }

    /// The property of a code.
    #[must_use]
    pub fn get(&self, code: &PropertyCode) -> Option<&Arc<Property>> {
        self.by_code.binary_search_by(|property| property.code.cmp(code)).ok().map(|at| &self.by_code[at])
    }

    /// Those at a place, nearest first, at most so many. A city reaches [`limits::CITY_RADIUS_METRES`] from its centre;
    /// one that is not in the tables has none. Properties that the search names are taken at its word.
    #[must_use]
    pub fn find(&self, place: &StayPlace, most: usize) -> FoundProperties {
        let (centre, metres) = match place {
            StayPlace::Properties(codes) => return FoundProperties::named(codes, most),
            StayPlace::Around { centre, radius_metres } => (*centre, *radius_metres),
            StayPlace::City(code) => match places().city(*code) {
                Some(city) => (city.position, limits::CITY_RADIUS_METRES),
                None => return FoundProperties::default(),
            },
        };
        let mut found = self.by_place.around(centre, metres, most);
        let cut = found.len() > most;
        found.truncate(most);
        FoundProperties { codes: found.into_iter().map(|at| self.number(at).code.clone()).collect(), cut }
    }

    /// The zones of those at a place, nearest first, at most so many.
    pub(super) fn zones(&self, place: &StayPlace, most: usize) -> impl Iterator<Item = &str> {
        let codes = self.find(place, most).codes.into_iter();
        codes.filter_map(|code| self.get(&code)?.zone.as_deref())
    }

    fn number(&self, at: u32) -> &Arc<Property> {
        &self.by_code[at as usize]
    }
}
