//! Is it the stay that was sold? Another house or other nights make it another order. Other rooms, guests, prices or
//! terms leave it the customer's stay: what was verified before the payment is the contract, and people settle the
//! difference with the supplier.

use crate::model::offer::HotelOffer;
use crate::model::order::{OrderTraveler, SupplierOrder};
use crate::model::stay::{BookedStay, Occupancy, Rate};
use crate::model::traveler::Party;

use super::{given, letters};

/// What is not as it was sold; what the supplier does not state is not compared.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Compared {
    /// It is another stay.
    pub(super) differs: Option<&'static str>,
    /// It is the stay, and these are other than they were sold.
    pub(super) discrepancies: Vec<&'static str>,
}

pub(super) fn compare(order: &SupplierOrder, offer: &HotelOffer, party: &Party) -> Compared {
    let mut compared = Compared::default();
    if let Some(stay) = order.stay.as_deref() {
        compared.differs = if stay.property.code != offer.property.code {
            Some("properties")
        } else {
            (stay.dates != offer.dates).then_some("dates")
        };
        let respects = [
            (same_rooms(stay, offer), "rooms"),
            (same_guests(&order.travelers, party), "guests"),
            (same_terms(stay, offer), "cancellation terms"),
        ];
        compared
            .discrepancies
            .extend(respects.into_iter().filter_map(|(same, what)| (!same).then_some(what)));
    }
    if order.total.is_some_and(|total| total != offer.total) {
        compared.discrepancies.push("totals");
    }
    compared
}

/// As many rooms of each kind, with the same board, for as many adults and children of the same ages. A room's code may
/// come with less detail than it was sold under: `DBL` for `DBL.ST`.
fn same_rooms(stay: &BookedStay, offer: &HotelOffer) -> bool {
    fn sold(rate: &Rate) -> (u8, &Occupancy, &str, &str) {
        let kind = rate.room.code.split('.').next().unwrap_or_default();
        (rate.rooms, &rate.occupancy, &rate.board.code, kind)
    }
    let mut booked: Vec<_> = rates(stay).map(sold).collect();
    let mut wanted: Vec<_> = offer.rates.iter().map(sold).collect();
    booked.sort_unstable();
    wanted.sort_unstable();
    booked.is_empty() || booked == wanted
}

/// Everybody is there once. Somebody with one name may have it in either place.
fn same_guests(have: &[OrderTraveler], party: &Party) -> bool {
    let glued = |first: String, last: &str| first + &letters(last);
    let mut booked: Vec<String> = have
        .iter()
        .map(|guest| {
            let first = guest.given.as_ref().map(|name| letters(name.expose())).unwrap_or_default();
            glued(first, guest.surname.expose())
        })
        .collect();
    let people = party.travelers.iter().map(|person| &person.name);
    let mut sent: Vec<String> = people.map(|name| glued(given(name), name.surname.expose())).collect();
    booked.sort_unstable();
    sent.sort_unstable();
    booked.is_empty() || booked == sent
}

fn same_terms(stay: &BookedStay, offer: &HotelOffer) -> bool {
    fn terms<'a>(rates: impl Iterator<Item = &'a Rate>) -> Vec<(Option<crate::model::time::Timestamp>, i64)> {
        let steps = rates.flat_map(|rate| rate.cancellation.steps());
        let mut steps: Vec<_> = steps.map(|step| (step.from.instant(None), step.fee.minor)).collect();
        steps.sort_unstable();
        steps
    }
    let booked = terms(rates(stay));
    booked.is_empty() || booked == terms(offer.rates.iter())
}

fn rates(stay: &BookedStay) -> impl Iterator<Item = &Rate> {
    stay.rooms.iter().flat_map(|room| &room.rates)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::money::Money;
    use crate::model::order::OrderStatus;
    use crate::model::stay::{BookedRoom, CancellationTerms};
    use crate::testing::bookings::locator;
    use crate::testing::{samples, stays};

    fn order(offer: &HotelOffer, party: &Party) -> SupplierOrder {
        let guest = |person: &crate::model::traveler::Traveler| OrderTraveler {
            passenger_type: None,
            given: person.name.given.clone(),
            surname: person.name.surname.clone(),
        };
        let room =
            BookedRoom { status: "CONFIRMED".to_owned(), guests: Vec::new(), rates: offer.rates.clone() };
        SupplierOrder {
            stay: Some(Box::new(BookedStay {
                property: Arc::clone(&offer.property),
                dates: offer.dates,
                rooms: vec![room],
                client_reference: None,
                cancellation_fee: None,
            })),
            locators: vec![locator("1-4075652")],
            status: OrderStatus::Confirmed,
            travelers: party.travelers.iter().map(guest).collect(),
            segments: Vec::new(),
            fares: Vec::new(),
            total: Some(offer.total),
            references: Vec::new(),
            tickets: Vec::new(),
            ticketing_limit: None,
            problems: Vec::new(),
        }
    }

    fn check(
        change: impl FnOnce(&mut SupplierOrder, &mut BookedStay),
        differs: Option<&str>,
        discrepancies: &[&str],
    ) {
        let (offer, party) = (stays::stay_offer("alpha-1", "1", 20_000), samples::party());
        let mut order = order(&offer, &party);
        let mut stay = order.stay.take().unwrap();
        change(&mut order, &mut stay);
        order.stay = Some(stay);
        let compared = compare(&order, &offer, &party);
        assert_eq!((compared.differs, &*compared.discrepancies), (differs, discrepancies));
    }

    /// S05: a later detail with another price or other terms opens a discrepancy and makes no other stay.
    #[test]
    fn another_house_is_another_stay_and_another_price_is_not() {
        fn rate(stay: &mut BookedStay) -> &mut Rate {
            &mut stay.rooms[0].rates[0]
        }
        check(|_, _| {}, None, &[]);
        check(|_, stay| stay.property = Arc::new(stays::property("2")), Some("properties"), &[]);
        check(|_, stay| stay.dates.check_out = stay.dates.check_in, Some("dates"), &[]);
        check(|order, _| order.total = Some(Money::new(20_001, samples::usd())), None, &["totals"]);
        check(|order, _| order.total = None, None, &[]);
        check(|_, stay| rate(stay).rooms = 2, None, &["rooms"]);
        check(|_, stay| rate(stay).occupancy.child_ages = vec![7], None, &["rooms"]);
        check(|_, stay| rate(stay).occupancy.adults = 1, None, &["rooms"]);
        check(|_, stay| rate(stay).board.code = "RO".to_owned(), None, &["rooms"]);
        check(|_, stay| rate(stay).room.code = "SUI.ST".to_owned(), None, &["rooms"]);
        check(|_, stay| rate(stay).room.code = "DBL".to_owned(), None, &[]);
        check(|_, stay| stay.rooms.push(stay.rooms[0].clone()), None, &["rooms", "cancellation terms"]);
        check(|order, _| order.travelers[0].surname = "OTHER".to_owned().into(), None, &["guests"]);
        check(|order, _| order.travelers.push(order.travelers[0].clone()), None, &["guests"]);
        check(|order, _| order.travelers.clear(), None, &[]);
        check(|_, stay| rate(stay).cancellation = CancellationTerms::default(), None, &[]);
        let dearer = |_: &mut SupplierOrder, stay: &mut BookedStay| {
            let mut steps = Vec::from(rate(stay).cancellation.clone());
            steps[0].fee.minor += 1;
            rate(stay).cancellation = CancellationTerms::new(steps).unwrap();
        };
        check(dearer, None, &["cancellation terms"]);
    }
}
