//! What one supplier has for a search of stays: its properties at the place, their rates, offers of those.

use std::collections::HashSet;

use super::catalog::{PropertyCatalog, metres};
use super::gather::TOO_MANY;
use crate::limits;
use crate::model::context::RequestContext;
use crate::model::id::PropertyCode;
use crate::model::offer::{HotelOffer, Offer};
use crate::model::rooms;
use crate::model::search::{HotelSearch, StayPlace};
use crate::model::stay::{Property, PropertyRates};
use crate::pricing::may_stand_alone;
use crate::supplier::account::SupplierAccount;
use crate::supplier::call::Op;
use crate::supplier::error::{SupplierError, SupplierErrorKind};
use crate::supplier::handle::SupplierHandle;
use crate::supplier::{Batch, Skipped, StayRequest};

/// Left out: the supplier answered about something else.
const NOT_ASKED: &str = "a property that was not asked for";
/// Left out: its content and its answer disagree about where it stands.
const OUTSIDE: &str = "a property outside the circle";

/// Asks one supplier about its properties at the place, nearest first, as many as it takes in one search.
///
/// Where there are more, the answer is partial, and the farthest are not asked about: every further call would be one
/// more look of the few that a supplier grants for each booking, spent on what is looked at last.
///
/// # Errors
/// The supplier's, or a refusal by guard or policy; `Unavailable` while its properties are not known.
pub(super) async fn ask(
    handle: &SupplierHandle,
    cx: &RequestContext,
    search: &HotelSearch,
    catalog: &PropertyCatalog,
) -> Result<Batch<Offer>, SupplierError> {
    let (supplier, most) = (&handle.account().supplier, handle.profile().capabilities.search_properties_max);
    let found = catalog.find(supplier, &search.place, most).ok_or_else(|| {
        let unavailable = SupplierErrorKind::Unavailable;
        SupplierError::new(unavailable, Op::Search, supplier, "its properties are not loaded yet")
    })?;
    if found.codes.is_empty() && !found.cut {
        return Ok(Batch::default());
    }
    let rates = handle.stays(cx, &StayRequest { search, properties: &found.codes }).await?;
    let mut offers = offers(handle.account(), search, &found.codes, rates);
    offers.partial |= found.cut;
    Ok(offers)
}

/// Offers of what was asked for. Where there are more than are taken, every property keeps its cheapest.
fn offers(
    account: &SupplierAccount,
    search: &HotelSearch,
    asked: &[PropertyCode],
    rates: Batch<PropertyRates>,
) -> Batch<Offer> {
    let Batch { items, mut skipped, warnings, partial } = rates;
    let asked: HashSet<&PropertyCode> = asked.iter().collect();
    let share = (limits::STAY_OFFERS_PER_SUPPLIER_MAX / items.len().max(1)).max(1);
    let mut offers = Vec::new();
    for rates in items {
        let mut skip = |why: &str| {
            skipped.push(Skipped { what: rates.property.code.to_string(), why: why.to_owned() });
        };
        if !asked.contains(&rates.property.code) {
            skip(NOT_ASKED);
        } else if is_outside(&rates.property, &search.place) {
            skip(OUTSIDE);
        } else {
            let mut housing = housing(account, search, &rates);
            housing.drain(share.min(housing.len())..).for_each(|_| skip(TOO_MANY));
            offers.extend(housing.into_iter().map(Offer::from));
        }
    }
    Batch { items: offers, skipped, warnings, partial }
}

/// A property's offers, those first that may be sold on their own: cheap rates for packages must not crowd out what
/// everybody can buy.
fn housing(account: &SupplierAccount, search: &HotelSearch, rates: &PropertyRates) -> Vec<HotelOffer> {
    let of = |rates: &PropertyRates| rooms::offers(&account.supplier, &account.id, rates, &search.rooms);
    let alone = rates.rates.iter().filter(|rate| may_stand_alone(rate).is_ok()).cloned().collect::<Vec<_>>();
    if alone.len() == rates.rates.len() {
        return of(rates);
    }
    let mut offers = of(&PropertyRates { rates: alone, ..rates.clone() });
    let others = of(rates).into_iter();
    offers.extend(others.filter(|offer| offer.rates.iter().any(|rate| may_stand_alone(rate).is_err())));
    offers
}

/// Whether a property says that it stands elsewhere. One that says nothing is where the supplier's content has it.
fn is_outside(property: &Property, place: &StayPlace) -> bool {
    match (place, property.position) {
        (StayPlace::Around { centre, radius_metres }, Some(position)) => {
            metres(*centre, position) > *radius_metres
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::samples::account;
    use crate::testing::stays::{property_rates, rate, stay_search};

    /// Each of so many properties has rates for so many cents.
    fn made(properties: usize, cents: &[i64]) -> Batch<Offer> {
        let codes: Vec<String> = (0..properties).map(|number| number.to_string()).collect();
        let asked: Vec<_> = codes.iter().map(|code| PropertyCode::new(code).expect("a code")).collect();
        let rates = || cents.iter().map(|cents| rate("key", *cents)).collect();
        let items = codes.iter().map(|code| property_rates(code, rates())).collect();
        offers(&account("alpha-1"), &stay_search(), &asked, Batch { items, ..Batch::default() })
    }

    #[test]
    fn where_there_are_too_many_offers_every_property_keeps_its_cheapest() {
        let few = made(100, &[300, 100, 200]);
        assert_eq!((few.items.len(), few.skipped.len()), (300, 0));
        let many = made(limits::STAY_OFFERS_PER_SUPPLIER_MAX / 2, &[300, 100, 200]);
        assert_eq!(many.items.len(), limits::STAY_OFFERS_PER_SUPPLIER_MAX);
        assert_eq!(many.skipped.len(), limits::STAY_OFFERS_PER_SUPPLIER_MAX / 2);
        assert!(many.skipped.iter().all(|skipped| skipped.why == TOO_MANY));
        assert!(many.items.chunks(2).all(|pair| pair.iter().map(|offer| offer.total().minor).eq([100, 200])));
    }
}
