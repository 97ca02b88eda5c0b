//! The catalogue's properties.

use ota_core::model::id::PropertyCode;
use ota_core::model::stay::Property;

use super::super::replies::content::HotelContentRs;
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
