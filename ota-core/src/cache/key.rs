//! What makes two searches the same question to the same suppliers.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use ring::digest;

use crate::model::context::PointOfSale;
use crate::model::id::AccountId;
use crate::model::itinerary::Cabin;
use crate::model::place::Place;
use crate::model::search::{FlightSearch, HotelSearch, Search, StayPlace};

/// Canonical search, where it is sold, and a digest of the accounts asked. No filter, no tenant, no language: tenants
/// on the same accounts share what suppliers answer, never what it is sold for, and nothing that a client may vary at
/// will costs another look.
///
/// ```
/// use ota_core::cache::SupersetKey;
/// # use ota_core::testing::samples;
/// let (search, cx, account) = (samples::search().into(), samples::context(ota_core::testing::clock::START), samples::account("alpha-1"));
/// let key = SupersetKey::of(&search, &cx.point_of_sale, [&account.id]);
/// assert!(key.as_str().starts_with("flight:s:CGK-TYO*:2027-07-10,TYO*-CGK:2027-07-20:any:1-0-0:ID:USD:"));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SupersetKey(Arc<str>);

impl SupersetKey {
    /// The key of a search. Accounts come in order, as [`crate::supplier::account::SupplierSet`] has them.
    pub fn of<'a>(
        search: &Search,
        point_of_sale: &PointOfSale,
        accounts: impl IntoIterator<Item = &'a AccountId>,
    ) -> Self {
        let mut text = match search {
            Search::Flights(search) => flights(search),
            Search::Stays(search) => stays(search),
        };
        let _ = write!(text, ":{}:{}:", point_of_sale.country, point_of_sale.currency);
        let mut digest = digest::Context::new(&digest::SHA256);
        for account in accounts {
            digest.update(account.as_str().as_bytes());
            digest.update(b"\n"); // in no account id
        }
        push_digest(&mut text, digest);
        Self(text.into())
    }

    /// As text, for a cache outside the process.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn flights(search: &FlightSearch) -> String {
    let mut text = "flight:s:".to_owned();
    for (index, slice) in search.slices.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let (origin, destination) = (Spot(slice.origin), Spot(slice.destination));
        let _ = write!(text, "{comma}{origin}-{destination}:{}", slice.date);
    }
    let cabin = search.cabin.map_or("any", cabin_name);
    let who = &search.passengers;
    let _ = write!(text, ":{cabin}:{}-{}-{}", who.adults, who.children, who.lap_infants);
    text
}

fn stays(search: &HotelSearch) -> String {
    let mut text = "stay:s:".to_owned();
    let _ = match &search.place {
        StayPlace::City(city) => write!(text, "{city}*"),
        StayPlace::Around { centre, radius_metres } => {
            write!(text, "{},{}+{radius_metres}", centre.latitude, centre.longitude)
        }
        StayPlace::Properties(codes) => {
            let mut digest = digest::Context::new(&digest::SHA256);
            for code in codes {
                digest.update(code.as_str().as_bytes());
                digest.update(b"\n"); // in no property code
            }
            push_digest(&mut text, digest);
            Ok(())
        }
    };
    let _ = write!(text, ":{}-{}:", search.dates.check_in, search.dates.check_out);
    for (index, room) in search.rooms.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(text, "{comma}{}", room.adults);
        for age in &room.child_ages {
            let _ = write!(text, "+{age}");
        }
    }
    text
}

fn push_digest(text: &mut String, digest: digest::Context) {
    for byte in &digest.finish().as_ref()[..16] {
        let _ = write!(text, "{byte:02x}");
    }
}

impl fmt::Debug for SupersetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A place with its kind: `SHA` is an airport, `SHA*` a city.
struct Spot(Place);

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Place::Airport(code) => write!(f, "{code}"),
            Place::City(code) => write!(f, "{code}*"),
        }
    }
}

const fn cabin_name(cabin: Cabin) -> &'static str {
    match cabin {
        Cabin::Economy => "economy",
        Cabin::PremiumEconomy => "premium",
        Cabin::Business => "business",
        Cabin::First => "first",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::PropertyCode;
    use crate::model::place::{AirportCode, CityCode};
    use crate::model::places::Position;
    use crate::model::search::SliceQuery;
    use crate::model::stay::Occupancy;
    use crate::testing::stays::stay_search;
    use crate::testing::{clock, samples};

    #[test]
    fn everything_that_changes_the_answer_changes_the_key() {
        let here = samples::context(clock::START).point_of_sale;
        let accounts = ["alpha-1", "beta-1"].map(|id| samples::account(id).id);
        let base = samples::search();
        let change = |change: fn(&mut FlightSearch)| {
            let mut search = base.clone();
            change(&mut search);
            SupersetKey::of(&search.into(), &here, &accounts)
        };
        let mut elsewhere = here.clone();
        elsewhere.currency = crate::model::money::Currency::from_code("IDR").unwrap();
        let keys = [
            change(|_| {}),
            change(|s| s.slices[0].date = s.slices[0].date.tomorrow().unwrap()),
            change(|s| s.slices.truncate(1)),
            change(|s| s.slices[0] = slice(Place::Airport(AirportCode::new("SHA").unwrap()), s.slices[0])),
            change(|s| s.slices[0] = slice(Place::City(CityCode::new("SHA").unwrap()), s.slices[0])),
            change(|s| s.passengers.adults = 2),
            change(|s| s.passengers.lap_infants = 1),
            change(|s| s.cabin = Some(Cabin::Business)),
            SupersetKey::of(&base.clone().into(), &elsewhere, &accounts),
            SupersetKey::of(&base.clone().into(), &here, &accounts[..1]),
        ];
        let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len(), "{keys:#?}");
    }

    #[test]
    fn everything_that_changes_the_rooms_changes_the_key() {
        let here = samples::context(clock::START).point_of_sale;
        let key = |change: &dyn Fn(&mut HotelSearch)| {
            let mut search = stay_search();
            change(&mut search);
            SupersetKey::of(&search.into(), &here, &[samples::account("alpha-1").id])
        };
        let centre = stay_search().place.centre().unwrap();
        let around = |latitude, radius_metres| {
            let centre = Position { latitude: centre.latitude + latitude, ..centre };
            StayPlace::Around { centre, radius_metres }
        };
        let named = |codes: &[&str]| {
            StayPlace::Properties(codes.iter().map(|code| PropertyCode::new(code).unwrap()).collect())
        };
        let family = |ages: &[u8]| Occupancy { adults: 2, child_ages: ages.to_vec() };
        let keys = [
            key(&|_| {}),
            key(&|s| s.place = StayPlace::City(CityCode::new("OSA").unwrap())),
            key(&|s| s.place = around(0, 500)),
            key(&|s| s.place = around(1, 500)),
            key(&|s| s.place = around(0, 501)),
            key(&|s| s.place = named(&["1", "2"])),
            key(&|s| s.place = named(&["12"])),
            key(&|s| s.dates.check_in = s.dates.check_in.yesterday().unwrap()),
            key(&|s| s.dates.check_out = s.dates.check_out.tomorrow().unwrap()),
            key(&|s| s.rooms.push(family(&[]))),
            key(&|s| s.rooms = vec![family(&[1, 2])]),
            key(&|s| s.rooms = vec![family(&[1]), family(&[2])]),
            key(&|s| s.rooms = vec![family(&[12])]),
        ];
        let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len(), "{keys:#?}");
    }

    fn slice(destination: Place, of: SliceQuery) -> SliceQuery {
        SliceQuery { destination, ..of }
    }
}
