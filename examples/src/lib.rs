//! Shared by the example programs.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use ota_core::runtime::Runtime;

/// The day so many days from today, in Jakarta, where the examples' trips begin.
///
/// # Panics
/// If Jakarta's zone is missing from the bundled database: never.
#[must_use]
pub fn days_ahead(days: i32) -> Date {
    let jakarta = TimeZone::get("Asia/Jakarta").expect("the zone is in the bundled database");
    let today = jakarta.to_datetime(Runtime::default().now().to_jiff()).date();
    today.saturating_add(jiff::Span::new().days(days))
}
