//! Searches of stays as clients ask them.

use jiff::civil::Date;
use ota_core::model::id::PropertyCode;
use ota_core::model::place::CityCode;
use ota_core::model::places::Position;
use ota_core::model::search::{HotelSearch, StayPlace};
use ota_core::model::stay::{Occupancy, StayDates};
use serde::Deserialize;

use super::Degrees;
use crate::api::problem::{Kind, Problem};

/// `POST /v1/hotels/search`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StaySearchRequest {
    place: PlaceRequest,
    /// Days on the property's calendar.
    check_in: Date,
    check_out: Date,
    /// One entry for each room.
    rooms: Vec<RoomRequest>,
}

/// One of three.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceRequest {
    /// Code of a city.
    #[serde(default)]
    city: Option<String>,
    /// A circle.
    #[serde(default)]
    around: Option<CircleRequest>,
    /// The suppliers' codes.
    #[serde(default)]
    properties: Option<Vec<PropertyCode>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CircleRequest {
    latitude: Degrees,
    longitude: Degrees,
    radius_metres: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoomRequest {
    adults: u8,
    /// Full years on the day of check-in.
    #[serde(default)]
    child_ages: Vec<u8>,
}

impl TryFrom<StaySearchRequest> for HotelSearch {
    type Error = Problem;

    fn try_from(request: StaySearchRequest) -> Result<Self, Problem> {
        let room = |room: RoomRequest| Occupancy { adults: room.adults, child_ages: room.child_ages };
        Ok(Self {
            place: request.place.try_into()?,
            dates: StayDates { check_in: request.check_in, check_out: request.check_out },
            rooms: request.rooms.into_iter().map(room).collect(),
        })
    }
}

impl TryFrom<PlaceRequest> for StayPlace {
    type Error = Problem;

    fn try_from(place: PlaceRequest) -> Result<Self, Problem> {
        match (place.city, place.around, place.properties) {
            (Some(code), None, None) => {
                let shown: String = code.chars().take(8).collect();
                let unknown =
                    |_| Problem::new(Kind::UnknownPlace, format!("{shown:?} is not the code of a city"));
                CityCode::new(&code).map(Self::City).map_err(unknown)
            }
            (None, Some(circle), None) => {
                let CircleRequest { latitude, longitude, radius_metres } = circle;
                if latitude.0.abs() > 90 * Degrees::ONE || longitude.0.abs() > 180 * Degrees::ONE {
                    return Err(Problem::new(Kind::UnknownPlace, "there is no such position on earth"));
                }
                let centre = Position { latitude: latitude.0, longitude: longitude.0 };
                Ok(Self::Around { centre, radius_metres })
            }
            (None, None, Some(codes)) => Ok(Self::Properties(codes)),
            _ => {
                let one = "a place is one of city, around and properties";
                Err(Problem::new(Kind::InvalidRequest, one))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_place_is_one_of_three() {
        let place = |value: Value| {
            let request: Result<PlaceRequest, _> = serde_json::from_value(value);
            request.ok().and_then(|request| StayPlace::try_from(request).ok())
        };
        assert!(matches!(place(json!({"city": "TYO"})), Some(StayPlace::City(_))));
        let around = |latitude: &str| json!({"around": {"latitude": latitude, "longitude": "139.7", "radius_metres": 500}});
        assert!(matches!(place(around("35.68")), Some(StayPlace::Around { radius_metres: 500, .. })));
        assert!(matches!(place(json!({"properties": ["1001", "1002"]})), Some(StayPlace::Properties(_))));
        for refused in [
            json!({"city": "Tokyo"}),
            json!({"city": "TYO", "properties": ["1001"]}),
            json!({"properties": ["10 01"]}),
            json!({}),
            json!("TYO"),
            around("90.000001"),
            json!({"around": {"latitude": 35.68, "longitude": "139.7", "radius_metres": 500}}),
        ] {
            assert!(place(refused.clone()).is_none(), "{refused}");
        }
    }
}
