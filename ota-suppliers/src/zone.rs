//! The zone of a place's clocks from its position.
//!
//! The boundaries are those of OpenStreetMap (timezone-boundary-builder, ODbL), simplified, as packed with `tzf-rs`.
//! They are loaded at the first use (about 0.2 s and 35 MB) and answer in about a microsecond.

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use ota_core::model::places::Position;
use tzf_rs::DefaultFinder;

/// The IANA zone at a position, if it is one that the bundled zone tables know. On the open sea, the nautical one.
///
/// ```
/// use ota_core::model::places::Position;
/// let shinjuku = Position { latitude: 35_690_000, longitude: 139_700_000 };
/// assert_eq!(ota_suppliers::zone::at(shinjuku), Some("Asia/Tokyo"));
/// ```
#[must_use]
pub fn at(position: Position) -> Option<&'static str> {
    static BOUNDARIES: LazyLock<DefaultFinder> = LazyLock::new(DefaultFinder::new);
    let degrees = |micro: i32| f64::from(micro) / 1e6;
    let name = BOUNDARIES.get_tz_name(degrees(position.longitude), degrees(position.latitude));
    Some(name).filter(|name| TimeZone::get(name).is_ok())
}
