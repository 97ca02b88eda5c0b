//! One entry for each product to choose, from however many accounts it can be had. Pure.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jiff::civil::DateTime;

use crate::cache::SupersetOffer;
use crate::model::check::Checked;
use crate::model::conditions::{BaggageAllowance, Conditions};
use crate::model::fare::{PassengerFare, Settlement};
use crate::model::id::{PropertyCode, SupplierId};
use crate::model::itinerary::{Cabin, FlightNumber, Segment};
use crate::model::money::Currency;
use crate::model::offer::{FlightOffer, Offer};
use crate::model::passenger::PassengerKind;
use crate::model::place::AirportCode;
use crate::model::stay::{Occupancy, Rate, Room};
use crate::model::time::Timestamp;

/// Most alternates kept with an offer; the cheapest are.
pub const ALTERNATES_MAX: usize = 4;

/// Merges offers of the same product, cheapest first, alternates kept; the order of the input decides between equals,
/// so the same answers make the same result.
///
/// Flights: the same ones at the same times, for every passenger in the same cabins and brands with the same baggage
/// and conditions. Booking class and fare basis may differ: they are how an account gets that product, not what the
/// customer gets. Stays: the same rooms of the same property of one supplier with the same meals and on the same
/// terms, for suppliers have no common name for a property.
#[must_use]
pub fn merge(offers: impl IntoIterator<Item = Checked<Offer>>) -> Vec<SupersetOffer> {
    let mut offers: Vec<Offer> = offers.into_iter().map(Checked::into_inner).collect();
    offers.sort_by_key(|offer| offer.total().minor);
    let mut merged: Vec<SupersetOffer> = Vec::with_capacity(offers.len());
    let mut places: HashMap<Product, usize> = HashMap::with_capacity(offers.len());
    for offer in offers {
        match places.entry(Product::of(&offer)) {
            Entry::Vacant(place) => {
                place.insert(merged.len());
                merged.push(SupersetOffer { offer, alternates: Vec::new() });
            }
            Entry::Occupied(place) => {
                let alternates = &mut merged[*place.get()].alternates;
                if alternates.len() < ALTERNATES_MAX {
                    alternates.push(offer);
                }
            }
        }
    }
    merged
}

/// What the customer gets, without who sells it and for how much.
#[derive(PartialEq, Eq, Hash)]
enum Product {
    Flights { currency: Currency, slices: Vec<Vec<Flight>>, passengers: Vec<Passenger> },
    Rooms { currency: Currency, supplier: SupplierId, property: PropertyCode, rooms: Vec<Rooms> },
}

#[derive(PartialEq, Eq, Hash)]
struct Rooms {
    room: Room,
    board: String,
    count: u8,
    occupancy: Occupancy,
    settlement: Settlement,
    cancellation: Vec<(Option<Timestamp>, i128)>,
    package_only: bool,
    opaque: bool,
}

#[derive(PartialEq, Eq, Hash)]
struct Flight {
    flight: Option<FlightNumber>,
    origin: AirportCode,
    destination: AirportCode,
    departs: Option<DateTime>,
    arrives: Option<DateTime>,
}

#[derive(PartialEq, Eq, Hash)]
struct Passenger {
    kind: PassengerKind,
    count: u8,
    seats: Vec<Seat>,
    conditions: Conditions,
}

#[derive(PartialEq, Eq, Hash)]
struct Seat {
    cabin: Option<Cabin>,
    brand: Option<String>,
    baggage: BaggageAllowance,
}

impl Product {
    fn of(offer: &Offer) -> Self {
        match offer {
            Offer::Flight(offer) => Self::flights(offer),
            Offer::Stay(offer) => Self::Rooms {
                currency: offer.total.currency,
                supplier: offer.supplier.clone(),
                property: offer.property.code.clone(),
                rooms: offer.rates.iter().map(Rooms::of).collect(),
            },
        }
    }

    fn flights(offer: &FlightOffer) -> Self {
        let slices = offer.itinerary.slices.iter();
        let mut passengers: Vec<Passenger> = offer.fares.iter().map(Passenger::of).collect();
        passengers.sort_by_key(|passenger| passenger.kind);
        Self::Flights {
            currency: offer.total.currency,
            slices: slices.map(|slice| slice.segments.iter().map(Flight::of).collect()).collect(),
            passengers,
        }
    }
}

impl Rooms {
    fn of(rate: &Rate) -> Self {
        Self {
            room: rate.room.clone(),
            board: rate.board.code.clone(),
            count: rate.rooms,
            occupancy: rate.occupancy.clone(),
            settlement: rate.settlement,
            cancellation: rate.fee_shares(),
            package_only: rate.package_only,
            opaque: rate.opaque,
        }
    }
}

impl Flight {
    fn of(segment: &Segment) -> Self {
        Self {
            flight: segment.flight,
            origin: segment.origin,
            destination: segment.destination,
            departs: segment.departs.map(|at| at.civil),
            arrives: segment.arrives.map(|at| at.civil),
        }
    }
}

impl Passenger {
    fn of(fare: &PassengerFare) -> Self {
        let brand = |component: u8| {
            let component = fare.components.get(usize::from(component))?;
            component.brand.as_ref().map(|brand| brand.code.clone())
        };
        let seats = fare.segments.iter().map(|segment| Seat {
            cabin: segment.cabin,
            brand: brand(segment.component),
            baggage: segment.baggage,
        });
        Self {
            kind: fare.passenger_type.kind(),
            count: fare.count,
            seats: seats.collect(),
            conditions: fare.conditions,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::conditions::Permission;
    use crate::model::offer::HotelOffer;
    use crate::model::stay::CancellationTerms;
    use crate::testing::samples;
    use crate::testing::stays::{stay_offer, stay_search};

    fn merged(offers: impl IntoIterator<Item = FlightOffer>) -> Vec<Vec<(String, i64)>> {
        let search = samples::search().into();
        let checked =
            offers.into_iter().map(|offer: FlightOffer| Checked::answer(offer.into(), &search).unwrap());
        let names = |offer: &Offer| (offer.account().to_string(), offer.total().minor);
        merge(checked)
            .iter()
            .map(|entry| std::iter::once(&entry.offer).chain(&entry.alternates).map(names).collect())
            .collect()
    }

    fn changed(cents: i64, change: impl FnOnce(&mut PassengerFare)) -> FlightOffer {
        let mut offer = samples::offer("beta-1", "GA", cents);
        change(&mut offer.fares[0]);
        offer
    }

    #[test]
    fn the_cheapest_account_leads_and_the_others_stay() {
        let of = |account, cents| samples::offer(account, "GA", cents);
        let got = merged([
            of("alpha-1", 500),
            of("beta-1", 400),
            samples::offer("alpha-1", "JL", 450),
            of("beta-2", 500),
        ]);
        let name = |account: &str, cents| (account.to_owned(), cents);
        assert_eq!(
            got,
            [
                vec![name("beta-1", 400), name("alpha-1", 500), name("beta-2", 500)],
                vec![name("alpha-1", 450)]
            ]
        );
    }

    #[test]
    fn another_product_is_another_entry() {
        let base = samples::offer("alpha-1", "GA", 500);
        let edit_seats = |fare: &mut PassengerFare, edit: fn(&mut crate::model::fare::SegmentFare)| {
            let mut seats = fare.segments.to_vec();
            edit(&mut seats[1]);
            fare.segments = Arc::from(seats);
        };
        let others = [
            changed(400, |fare| fare.conditions.refund_before = Permission::Allowed(None)),
            changed(400, |fare| edit_seats(fare, |seat| seat.cabin = Some(Cabin::Business))),
            changed(400, |fare| edit_seats(fare, |seat| seat.baggage = BaggageAllowance::Unknown)),
            changed(400, |fare| {
                let mut components = fare.components.to_vec();
                components[0].brand = None;
                fare.components = Arc::from(components);
            }),
        ];
        for other in others {
            assert_eq!(merged([base.clone(), other.clone()]).len(), 2, "{other:#?}");
        }
        let class = crate::model::itinerary::BookingClass::new('Q').unwrap();
        let another_class = changed(400, |fare| {
            let mut seats = fare.segments.to_vec();
            seats[0].booking_class = class;
            fare.segments = Arc::from(seats);
        });
        assert_eq!(merged([base, another_class]).len(), 1, "how it is booked is not what is bought");
    }

    #[test]
    fn the_same_rooms_of_two_accounts_are_one_product_and_others_are_not() {
        let search = stay_search().into();
        let of = |offers: [HotelOffer; 2]| {
            let checked = offers.map(|offer| Checked::answer(offer.into(), &search).unwrap());
            merge(checked).iter().map(|entry| 1 + entry.alternates.len()).collect::<Vec<_>>()
        };
        let base = || stay_offer("alpha-1", "1", 50_000);
        let other = |change: fn(&mut HotelOffer)| {
            let mut offer = stay_offer("alpha-2", "1", 40_000);
            change(&mut offer);
            of([base(), offer])
        };
        assert_eq!(other(|_| {}), [2], "all of it is lost at either price");
        assert_eq!(other(|offer| offer.rates[0].left = None), [2]);
        let apart: [fn(&mut HotelOffer); 7] = [
            |offer| offer.rates[0].board.code = "RO".to_owned(),
            |offer| offer.rates[0].room.code = "SUI".to_owned(),
            |offer| offer.rates[0].cancellation = CancellationTerms::default(),
            |offer| offer.rates[0].settlement = Settlement::CustomerCard,
            |offer| offer.rates[0].package_only = true,
            |offer| offer.rates[0].opaque = true,
            |offer| offer.supplier = samples::account("beta-1").supplier,
        ];
        for change in apart {
            assert_eq!(other(change), [1, 1]);
        }
        assert_eq!(of([base(), stay_offer("alpha-2", "2", 40_000)]), [1, 1], "another property");
    }

    #[test]
    fn alternates_are_bounded() {
        let offers = (0..20).map(|cents| samples::offer("alpha-1", "GA", 500 - cents));
        let got = merged(offers);
        assert_eq!((got.len(), got[0].len(), got[0][0].1), (1, 1 + ALTERNATES_MAX, 481));
    }
}
