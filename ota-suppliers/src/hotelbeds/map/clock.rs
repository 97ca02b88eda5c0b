//! Whether a property's clocks are those of its zone.

use std::sync::Arc;

use jiff::tz::TimeZone;
use ota_core::model::stay::{Property, Rate};
use ota_core::supplier::{Severity, Warning};

/// Code of the warning about a zone that was taken away.
pub(crate) const ZONE_DIFFERS: &str = "ZONE_DIFFERS";

/// Takes the zone away from a property if a cancellation step states another offset than the zone's rules have at that
/// moment, and says so. Boundaries are simplified, towns keep the time of their neighbours, suppliers forget that clocks
/// change: whoever is wrong, the step keeps its offset, for that one decides the money, and nobody is shown a zone in
/// which the same clock means another moment.
pub(crate) fn settle<'a>(
    property: &mut Arc<Property>,
    rates: impl IntoIterator<Item = &'a Rate>,
) -> Option<Warning> {
    let zone = TimeZone::get(property.zone.as_deref()?).ok()?;
    let mut steps = rates.into_iter().flat_map(|rate| rate.cancellation.steps());
    let differs = steps.find(|step| step.from.agrees_with(&zone) == Some(false))?;
    let name = Arc::make_mut(property).zone.take()?;
    let message = format!("hotel {}: {:?} is not a time of {name}", property.code, differs.from);
    Some(Warning { severity: Severity::Warning, provider: None, code: ZONE_DIFFERS.to_owned(), message })
}

#[cfg(test)]
mod tests {
    use ota_core::model::stay::PropertyRates;
    use ota_core::supplier::Batch;
    use serde_json::json;

    use super::super::super::replies::{self, Reply};
    use super::super::stay;
    use super::*;
    use crate::zone;

    const EUFAULA: (&str, &str) = ("31.891", "-85.145");
    const GEORGETOWN: (&str, &str) = ("31.883", "-85.108");
    const PALMA: (&str, &str) = ("39.5694", "2.6502");
    const TOKYO: (&str, &str) = ("35.6812", "139.7671");

    /// An availability of one property whose only rate can be cancelled at a price from these moments on.
    fn availability((latitude, longitude): (&str, &str), from: &[&str]) -> Batch<PropertyRates> {
        let policies: Vec<_> = from.iter().map(|from| json!({ "amount": "10.00", "from": from })).collect();
        let rate = json!({
            "rateKey": "key", "rateType": "BOOKABLE", "net": "10.00", "rooms": 1, "adults": 2, "children": 0,
            "paymentType": "AT_WEB", "boardCode": "RO", "boardName": "ROOM ONLY", "cancellationPolicies": policies,
        });
        let hotel = json!({
            "code": 7, "name": "Border Inn", "latitude": latitude, "longitude": longitude, "currency": "EUR",
            "rooms": [{ "code": "DBL.ST", "name": "DOUBLE", "rates": [rate] }],
        });
        let hotels = json!({ "checkIn": "2027-11-10", "checkOut": "2027-11-12", "hotels": [hotel] });
        let text = json!({ "hotels": hotels }).to_string();
        match replies::read(text.as_bytes()).unwrap() {
            Reply::Availability(reply) => stay::availability(&reply, zone::at),
            _ => panic!("not an availability"),
        }
    }

    #[track_caller]
    fn check(position: (&str, &str), from: &[&str], want: Option<&str>) {
        let batch = availability(position, from);
        let [property] = batch.items.as_slice() else { panic!("{batch:?}") };
        assert_eq!(property.property.zone.as_deref(), want, "{from:?}");
        // Whatever becomes of the zone, the supplier's offset stays and is never in doubt.
        let steps = property.rates[0].cancellation.steps();
        let instants = |text: &&str| text.parse::<jiff::Timestamp>().unwrap().into();
        let stated: Vec<_> = from.iter().map(instants).collect();
        assert_eq!(steps.iter().map(|step| step.from.instant(None).unwrap()).collect::<Vec<_>>(), stated);
        let codes: Vec<&str> = batch.warnings.iter().map(|warning| warning.code.as_str()).collect();
        assert_eq!(codes, if want.is_some() { Vec::new() } else { vec![ZONE_DIFFERS] });
    }

    #[test]
    fn a_property_near_a_border_may_keep_the_time_of_its_neighbours() {
        // Alabama and Georgia, four kilometres apart across a lake.
        check(EUFAULA, &["2027-07-07T23:59:00-05:00"], Some("America/Chicago"));
        check(EUFAULA, &["2027-07-07T23:59:00-04:00"], None);
        check(GEORGETOWN, &["2027-07-07T23:59:00-04:00"], Some("America/New_York"));
        check(GEORGETOWN, &["2027-07-07T23:59:00-05:00"], None);
    }

    #[test]
    fn each_step_has_the_offset_of_its_own_moment() {
        // Clocks go back on 31 October 2027 at 03:00: half past two comes twice.
        check(PALMA, &["2027-10-30T23:59:00+02:00", "2027-10-31T23:59:00+01:00"], Some("Europe/Madrid"));
        check(PALMA, &["2027-10-31T02:30:00+02:00", "2027-10-31T02:30:00+01:00"], Some("Europe/Madrid"));
        check(PALMA, &["2027-10-30T23:59:00+02:00", "2027-10-31T23:59:00+02:00"], None);
        check(PALMA, &["2027-10-30T23:59:00+01:00", "2027-10-31T23:59:00+01:00"], None);
        // Half past two does not come on 28 March 2027.
        check(PALMA, &["2027-03-28T02:30:00+01:00"], None);
    }

    #[test]
    fn a_wrong_offset_takes_the_name_of_the_zone_away() {
        check(TOKYO, &["2027-07-07T23:59:00+09:00"], Some("Asia/Tokyo"));
        check(TOKYO, &["2027-07-07T23:59:00+08:00"], None);
        check(TOKYO, &["2027-07-07T15:59:00Z"], None);
        let batch = availability(TOKYO, &["2027-07-07T23:59:00+08:00"]);
        assert_eq!(
            batch.warnings[0].message,
            "hotel 7: 2027-07-07T23:59:00+480min is not a time of Asia/Tokyo"
        );
    }

    #[test]
    fn without_steps_there_is_nothing_to_compare() {
        check(TOKYO, &[], Some("Asia/Tokyo"));
    }
}
