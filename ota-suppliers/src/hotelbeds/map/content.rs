//! The catalogue's properties.

use ota_core::model::id::PropertyCode;
use ota_core::model::stay::Property;
use ota_core::supplier::{Batch, Skipped};

use super::super::replies::content::{ContentRs, HotelContentRs, Items};
use super::{MapError, ZoneAt, value};

/// A property of the catalogue, with the zone of its position.
pub(crate) fn property(hotel: &HotelContentRs<'_>, zone_at: ZoneAt) -> Result<Property, MapError> {
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let position = value::position(&hotel.coordinates.latitude, &hotel.coordinates.longitude);
    Ok(Property {
        code: PropertyCode::new(&hotel.code).map_err(|_| MapError::Code)?,
        name: (*hotel.name.0).to_owned(),
        category: text(&hotel.category_code),
        destination: text(&hotel.destination_code),
        position,
        zone: position.and_then(zone_at).map(str::to_owned),
    })
}

/// A page of properties.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) batch: Batch<Property>,
    /// The position of the next page's first property, if there is one.
    pub(crate) next: Option<u32>,
}

/// A page of properties; `None` for another list.
pub(crate) fn page(page: &ContentRs<'_>, zone_at: ZoneAt) -> Option<Result<Page, MapError>> {
    let Items::Hotels(hotels) = &page.items else { return None };
    let mut batch = Batch::default();
    for hotel in hotels {
        match property(hotel, zone_at) {
            Ok(property) => batch.items.push(property),
            Err(why) => {
                batch.skipped.push(Skipped { what: format!("hotel {}", &*hotel.code), why: why.to_string() });
            }
        }
    }
    Some(value::next(&page.to, &page.total).map(|next| Page { batch, next }))
}
