use super::*;
use crate::model::money::Money;
use crate::model::order::{Coupon, CouponStatus, OrderStatus, TicketNumber};
use crate::model::passenger::PassengerTypeCode;
use crate::redact::Redacted;
use crate::testing::bookings::{booking, locator};
use crate::testing::clock::START;
use crate::testing::{samples, stays};

fn name(given: Option<&str>, surname: &str) -> OrderTraveler {
    OrderTraveler {
        passenger_type: None,
        given: given.map(|given| Redacted::new(given.to_owned())),
        surname: Redacted::new(surname.to_owned()),
    }
}

fn person(given: Option<&str>, surname: &str) -> Traveler {
    let mut person = samples::party().travelers.remove(0);
    person.name.given = given.map(|given| Redacted::new(given.to_owned()));
    person.name.surname = Redacted::new(surname.to_owned());
    person
}

fn sent() -> (Item, Party) {
    (booking(1, 1).items.remove(0), samples::party())
}

fn answer(item: &Item) -> SupplierOrder {
    let segments = item.solution.offer.flight().unwrap().itinerary.segments();
    let class = BookingClass::new('K').unwrap();
    let segment = |segment: &Segment| OrderSegment {
        segment: segment.clone(),
        booking_class: Some(class),
        status: Some("HK".to_owned()),
    };
    SupplierOrder {
        stay: None,
        locators: vec![locator("ABC123")],
        status: OrderStatus::Held,
        travelers: vec![name(Some("SITIMS"), "RAHAYU")],
        segments: segments.map(segment).collect(),
        fares: Vec::new(),
        total: Some(item.solution.offer.total()),
        references: vec![item.reference.clone()],
        tickets: Vec::new(),
        ticketing_limit: None,
        problems: Vec::new(),
    }
}

fn document(item: &Item, number: &str) -> Ticket {
    let coupon = |(index, segment): (usize, &Segment)| Coupon {
        number: u8::try_from(index + 1).unwrap(),
        status: CouponStatus::Open,
        flight: segment.flight,
        origin: Some(segment.origin),
        destination: Some(segment.destination),
        booking_class: BookingClass::new('K').ok(),
        fare_basis: None,
    };
    Ticket {
        number: TicketNumber::new(number).unwrap(),
        conjunction_of: None,
        status: None,
        issued: None,
        traveler: Some(name(Some("SITI MS"), "RAHAYU")),
        coupons: item.solution.offer.flight().unwrap().itinerary.segments().enumerate().map(coupon).collect(),
        total: Some(item.solution.offer.total()),
        base: None,
        taxes: None,
        fare_calculation: None,
    }
}

#[track_caller]
fn check(change: impl FnOnce(&mut SupplierOrder), differs: Option<&str>) {
    let (item, party) = sent();
    let mut order = answer(&item);
    order.tickets.push(document(&item, "1262400000001"));
    change(&mut order);
    let seen = super::order(&order, &item, &party, START);
    assert_eq!(
        seen.differs.as_deref(),
        differs.map(|what| format!("{what} differ from what was sent")).as_deref()
    );
}

#[test]
fn an_order_is_compared_in_every_respect_that_it_states() {
    check(|_| {}, None);
    check(|order| order.total = None, None);
    check(|order| order.segments[0].booking_class = None, None);
    check(|order| order.total = Some(Money::new(1, samples::usd())), Some("totals"));
    check(|order| drop(order.segments.pop()), Some("segments"));
    check(|order| order.segments.swap(0, 1), Some("segments"));
    check(|order| order.segments[1].booking_class = BookingClass::new('Y').ok(), Some("segments"));
    check(|order| order.segments[0].segment.departs = order.segments[1].segment.departs, Some("segments"));
    check(|order| order.travelers.clear(), Some("travelers"));
    check(|order| order.travelers.push(name(Some("SITI"), "RAHAYU")), Some("travelers"));
    check(|order| order.travelers[0] = name(Some("BUDI"), "RAHAYU"), Some("travelers"));
    check(|order| order.travelers[0].passenger_type = PassengerTypeCode::new("INF").ok(), Some("travelers"));
    check(|order| order.tickets[0].traveler = Some(name(Some("BUDI"), "RAHAYU")), Some("ticket holders"));
    check(|order| drop(order.tickets[0].coupons.pop()), Some("tickets"));
    check(|order| order.tickets[0].total = Some(Money::new(1, samples::usd())), Some("tickets"));
    check(|order| order.tickets.push(order.tickets[0].clone()), Some("tickets"));
}

#[test]
fn another_stay_differs_and_other_terms_are_for_people() {
    let (offer, party) = (stays::family_offer(), stays::family());
    let (mut item, _) = sent();
    item.solution.offer = offer.clone().into();
    let mut order = stays::order(&offer, &party, item.reference.as_str());
    let seen = |order: &SupplierOrder| {
        let seen = super::order(order, &item, &party, START);
        (seen.differs, seen.discrepancy)
    };
    assert_eq!(seen(&order), (None, None));
    order.total = Some(Money::new(1, samples::usd()));
    let total = "the total is not the one verified";
    assert_eq!(seen(&order), (None, Some(total.to_owned())));
    order.stay.as_mut().unwrap().rooms[1].guests[1].age = Some(8);
    let guests = "the guests of a room are not those sent";
    assert_eq!(seen(&order), (Some(guests.to_owned()), Some(format!("{guests}; {total}"))));
}

#[test]
fn void_tickets_are_seen_as_void_and_not_compared() {
    let (item, party) = sent();
    let mut order = answer(&item);
    let mut void = document(&item, "1262400000001");
    void.coupons.truncate(1);
    void.coupons[0].status = CouponStatus::Void;
    order.tickets = vec![void, document(&item, "1262400000002")];
    let seen = super::order(&order, &item, &party, START);
    assert_eq!(seen.differs, None);
    assert_eq!(seen.tickets.iter().map(|ticket| ticket.voided).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn just_issued_tickets_are_believed_only_if_they_fit() {
    let (item, party) = sent();
    let whole = document(&item, "1262400000001");
    let issued = |tickets: &[Ticket]| issued(tickets, TravelerRef(0), &item, &party, START);
    assert_eq!(issued(std::slice::from_ref(&whole)).unwrap()[0].coupons, 2);
    let mut first = whole.clone();
    let mut second = Ticket { conjunction_of: Some(whole.number), ..document(&item, "1262400000002") };
    first.coupons.truncate(1);
    second.coupons.remove(0);
    second.total = None;
    assert_eq!(issued(&[first.clone(), second]).unwrap().len(), 2, "in conjunction");
    assert_eq!(issued(&[]), None);
    assert_eq!(issued(&[first]), None);
    assert_eq!(issued(&[whole.clone(), whole.clone()]), None);
    let other = Ticket { traveler: Some(name(Some("BUDI"), "RAHAYU")), ..whole };
    assert_eq!(issued(&[other]), None);
}

#[test]
fn names_find_their_travelers() {
    let mut party = samples::party();
    party.travelers = vec![
        person(Some("Ann"), "Müller"),
        person(Some("Anna"), "Müller"),
        person(None, "Sukarno"),
        person(Some("Jean-Luc"), "O’Brien"),
    ];
    let names = [
        name(Some("ANNA MS"), "MUELLER"),
        name(Some("ANNMRS"), "MUELLER"),
        name(Some("FNU"), "SUKARNO"),
        name(Some("JEAN LUC MR"), "OBRIEN"),
    ];
    let owners = owners(names.iter(), &party).unwrap();
    assert_eq!(owners, [1, 0, 2, 3].map(TravelerRef));
    assert_eq!(best(&name(None, "SUKARNO"), &party, |_| true), Some(TravelerRef(2)));
    assert_eq!(best(&name(Some("ANNA"), ""), &party, |_| true), None);
}
