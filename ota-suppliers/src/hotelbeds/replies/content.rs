//! The catalogue: properties, places, and the words behind the codes.

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use serde_json::value::RawValue;

use super::ReplyError;
use super::wire::{Members, Text, list};

/// Lists of the catalogue other than `hotels`, by the member that holds them.
const LISTS: [&str; 20] = [
    "countries",
    "destinations",
    "accommodations",
    "boards",
    "categories",
    "chains",
    "classifications",
    "currencies",
    "facilities",
    "facilityGroups",
    "facilityTypologies",
    "groupCategories",
    "imageTypes",
    "issues",
    "languages",
    "promotions",
    "rateComments",
    "rooms",
    "segments",
    "terminals",
];

/// One page of one list.
#[derive(Debug)]
pub(crate) struct ContentRs<'a> {
    /// The member that holds the list.
    pub(crate) name: &'static str,
    /// Position of the first item over all pages, counted from 1.
    pub(crate) from: Text<'a>,
    pub(crate) to: Text<'a>,
    /// Over all pages.
    pub(crate) total: Text<'a>,
    pub(crate) items: Items<'a>,
}

/// What is on the page.
#[derive(Debug)]
pub(crate) enum Items<'a> {
    Hotels(Vec<HotelContentRs<'a>>),
    Entries(Vec<EntryRs<'a>>),
}

impl<'a> ContentRs<'a> {
    /// A page, if the members are those of one.
    pub(super) fn read(members: &Members<'a>) -> Result<Option<Self>, ReplyError> {
        let (name, items) = if let Some(hotels) = members.list("hotels") {
            ("hotels", Items::Hotels(super::parse(hotels)?))
        } else if let Some((name, found)) = LISTS.iter().find_map(|name| Some((name, members.list(name)?))) {
            (*name, Items::Entries(super::parse(found)?))
        } else {
            return Ok(None);
        };
        let number = |name| members.get(name).map(super::parse).transpose().map(Option::unwrap_or_default);
        Ok(Some(Self { name, from: number("from")?, to: number("to")?, total: number("total")?, items }))
    }
}

/// Words for people: bare, or with their language around them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words<'a>(pub(crate) Text<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for Words<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct InLanguage<'a> {
            #[serde(borrow)]
            content: Text<'a>,
        }
        let raw = <&'de RawValue>::deserialize(deserializer)?.get();
        let words = match raw.as_bytes().first() {
            Some(b'{') => serde_json::from_str::<InLanguage<'de>>(raw).map(|words| words.content),
            _ => serde_json::from_str::<Text<'de>>(raw),
        };
        words.map(Self).map_err(D::Error::custom)
    }
}

/// An item of any list but `hotels`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct EntryRs<'a> {
    #[serde(borrow)]
    pub(crate) code: Text<'a>,
    #[serde(borrow)]
    pub(crate) name: Words<'a>,
    #[serde(borrow)]
    pub(crate) description: Words<'a>,
    #[serde(borrow)]
    pub(crate) type_description: Words<'a>,
    /// Of a destination or terminal.
    #[serde(borrow, alias = "country")]
    pub(crate) country_code: Text<'a>,
    /// Of a facility: its code is unique only inside its group.
    #[serde(borrow)]
    pub(crate) facility_group_code: Text<'a>,
    /// Of a room.
    #[serde(borrow)]
    pub(crate) max_pax: Text<'a>,
    /// Of a country.
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) states: Vec<PartRs<'a>>,
    /// Of a destination.
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) zones: Vec<PartRs<'a>>,
    /// Of rate comments: the property.
    #[serde(borrow)]
    pub(crate) hotel: Text<'a>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) comments_by_rates: Vec<CommentsByRatesRs<'a>>,
}

/// A part of a country or destination.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct PartRs<'a> {
    #[serde(borrow, alias = "zoneCode")]
    pub(crate) code: Text<'a>,
    #[serde(borrow)]
    pub(crate) name: Text<'a>,
}

/// What is said about some rates of a property.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CommentsByRatesRs<'a> {
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) comments: Vec<CommentRs<'a>>,
}

/// What is said from day to day.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct CommentRs<'a> {
    #[serde(borrow)]
    pub(crate) date_start: Text<'a>,
    #[serde(borrow)]
    pub(crate) date_end: Text<'a>,
    #[serde(borrow)]
    pub(crate) description: Text<'a>,
}

/// A property of the catalogue.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct HotelContentRs<'a> {
    #[serde(borrow)]
    pub(crate) code: Text<'a>,
    #[serde(borrow)]
    pub(crate) name: Words<'a>,
    #[serde(borrow)]
    pub(crate) country_code: Text<'a>,
    #[serde(borrow)]
    pub(crate) destination_code: Text<'a>,
    #[serde(borrow)]
    pub(crate) category_code: Text<'a>,
    #[serde(borrow)]
    pub(crate) coordinates: CoordinatesRs<'a>,
    #[serde(borrow)]
    pub(crate) address: Words<'a>,
    #[serde(borrow)]
    pub(crate) city: Words<'a>,
}

/// `coordinates`, degrees.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CoordinatesRs<'a> {
    #[serde(borrow)]
    pub(crate) latitude: Text<'a>,
    #[serde(borrow)]
    pub(crate) longitude: Text<'a>,
}
