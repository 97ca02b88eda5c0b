//! Is it what was sent? Compares what a supplier has on record with the item that was ordered, and turns the names in
//! it into traveler indexes: nothing else of them is kept.

use crate::booking::model::{Item, ItemTicket};
use crate::model::booked::{self, Difference};
use crate::model::fare::PassengerFare;
use crate::model::itinerary::{BookingClass, Segment, SegmentKind};
use crate::model::latin::latin;
use crate::model::offer::Offer;
use crate::model::order::{OrderSegment, OrderTraveler, SupplierOrder, Ticket};
use crate::model::passenger::TravelerRef;
use crate::model::time::Timestamp;
use crate::model::traveler::{Party, PersonName, Traveler};

/// An order's tickets by traveler, and in what it is not what was sent. No personal data.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) tickets: Vec<ItemTicket>,
    /// The first respect in which it is something else.
    pub(super) differs: Option<String>,
    /// Every respect in which a stay is not as it was sold, for people.
    pub(super) discrepancy: Option<String>,
}

/// Compares an order with what was sent. What the supplier does not state is not compared.
pub(super) fn order(order: &SupplierOrder, item: &Item, party: &Party, issued_at: Timestamp) -> Seen {
    match &item.solution.offer {
        Offer::Flight(_) => flown(order, item, party, issued_at),
        Offer::Stay(offer) => stayed(&booked::differences(order, offer, party)),
    }
}

fn stayed(differences: &[Difference]) -> Seen {
    let another = differences.iter().find(|difference| difference.is_another_stay());
    let all: Vec<_> = differences.iter().map(ToString::to_string).collect();
    let discrepancy = (!all.is_empty()).then(|| all.join("; "));
    Seen { differs: another.map(ToString::to_string), discrepancy, ..Seen::default() }
}

fn flown(order: &SupplierOrder, item: &Item, party: &Party, issued_at: Timestamp) -> Seen {
    let differs = |what: &str| Some(format!("{what} differ from what was sent"));
    let mut seen = Seen::default();
    if owners(order.travelers.iter(), party).is_none() || order.travelers.len() != party.travelers.len() {
        seen.differs = differs("travelers");
    } else if !same_segments(&order.segments, item) {
        seen.differs = differs("segments");
    } else if order.total.is_some_and(|total| total != item.solution.offer.total()) {
        seen.differs = differs("totals");
    }
    for ticket in &order.tickets {
        let Some(traveler) = owner(ticket, party) else {
            seen.differs = seen.differs.or_else(|| differs("ticket holders"));
            continue;
        };
        seen.tickets.push(item_ticket(ticket, traveler, issued_at));
    }
    let live = |who: TravelerRef| {
        let of = order.tickets.iter().filter(move |ticket| owner(ticket, party) == Some(who));
        of.filter(|ticket| !ticket.is_given_back()).collect::<Vec<_>>()
    };
    let wrong = all(party).find(|who| {
        let set = live(*who);
        !set.is_empty() && !is_whole(&set, item, party, *who)
    });
    seen.differs = seen.differs.or_else(|| wrong.and_then(|_| differs("tickets")));
    seen
}

/// The tickets of one traveler as just issued, if they are theirs and what was priced.
pub(super) fn issued(
    tickets: &[Ticket],
    who: TravelerRef,
    item: &Item,
    party: &Party,
    issued_at: Timestamp,
) -> Option<Vec<ItemTicket>> {
    let traveler = party.travelers.get(usize::from(who.0))?;
    let named = |ticket: &Ticket| ticket.traveler.as_ref().is_none_or(|name| is_person(name, traveler));
    let set: Vec<_> = tickets.iter().collect();
    let whole = !set.is_empty() && tickets.iter().all(named) && is_whole(&set, item, party, who);
    whole.then(|| tickets.iter().map(|ticket| item_ticket(ticket, who, issued_at)).collect())
}

fn item_ticket(ticket: &Ticket, traveler: TravelerRef, issued_at: Timestamp) -> ItemTicket {
    ItemTicket {
        traveler,
        number: ticket.number,
        conjunction_of: ticket.conjunction_of,
        coupons: u8::try_from(ticket.coupons.len()).unwrap_or(u8::MAX),
        issued_at,
        voided: ticket.is_given_back(),
    }
}

/// One traveler's documents: a coupon for each flight, the price of their kind, one leading number.
fn is_whole(set: &[&Ticket], item: &Item, party: &Party, who: TravelerRef) -> bool {
    let fares = fares(item);
    let coupons: Vec<_> = set.iter().flat_map(|ticket| &ticket.coupons).collect();
    let flights: Vec<_> = flights(item).collect();
    let fits = coupons.iter().zip(&flights).all(|(coupon, (flight, class))| {
        coupon.origin.is_none_or(|code| code == flight.origin)
            && coupon.destination.is_none_or(|code| code == flight.destination)
            && coupon.flight.is_none_or(|number| Some(number) == flight.flight)
            && coupon.booking_class.is_none_or(|letter| class.is_none_or(|class| class == letter))
    });
    let kind = party.travelers.get(usize::from(who.0)).map(|traveler| traveler.kind);
    let priced = |fare: &PassengerFare| Some(fare.passenger_type.kind()) == kind;
    let mut prices = fares.iter().filter(|fare| priced(fare)).map(|fare| fare.total);
    let stated = set.iter().find_map(|ticket| ticket.total);
    let leading = set.iter().filter(|ticket| ticket.conjunction_of.is_none()).count();
    fits && coupons.len() == flights.len()
        && leading == 1
        && stated.is_none_or(|total| prices.any(|price| price == total))
}

fn same_segments(have: &[OrderSegment], item: &Item) -> bool {
    let have: Vec<_> = have.iter().filter(|have| have.segment.kind == SegmentKind::Flight).collect();
    let same = |(have, (want, class)): (&&OrderSegment, (&Segment, Option<BookingClass>))| {
        let clock = |segment: &Segment| segment.departs.map(|time| time.civil);
        have.segment.flight == want.flight
            && (have.segment.origin, have.segment.destination) == (want.origin, want.destination)
            && clock(&have.segment) == clock(want)
            && (have.booking_class.is_none() || class.is_none() || have.booking_class == class)
    };
    have.len() == flights(item).count() && have.iter().zip(flights(item)).all(same)
}

/// What was ordered, each flight with the class that it is sold in.
fn flights(item: &Item) -> impl Iterator<Item = (&Segment, Option<BookingClass>)> {
    let flown = fares(item).first().map(|fare| &fare.segments);
    let class = move |index: usize| {
        let flown = flown?.iter().find(|flown| usize::from(flown.segment.0) == index)?;
        Some(flown.booking_class)
    };
    let offer = item.solution.offer.flight();
    let segments = offer.into_iter().flat_map(|offer| offer.itinerary.segments()).enumerate();
    segments
        .filter(|(_, segment)| segment.kind == SegmentKind::Flight)
        .map(move |(index, segment)| (segment, class(index)))
}

fn fares(item: &Item) -> &[PassengerFare] {
    item.solution.offer.flight().map_or(&[], |offer| &offer.fares)
}

fn all(party: &Party) -> impl Iterator<Item = TravelerRef> {
    (0..=u8::MAX).map(TravelerRef).take(party.travelers.len())
}

fn owner(ticket: &Ticket, party: &Party) -> Option<TravelerRef> {
    match &ticket.traveler {
        Some(name) => best(name, party, |_| true),
        None => all(party).next().filter(|_| party.travelers.len() == 1),
    }
}

/// Whose each name is; every name is somebody's, and nobody has two.
fn owners<'a>(names: impl Iterator<Item = &'a OrderTraveler>, party: &Party) -> Option<Vec<TravelerRef>> {
    let mut taken: Vec<TravelerRef> = Vec::new();
    for name in names {
        let who = best(name, party, |who| !taken.contains(&who))?;
        taken.push(who);
    }
    Some(taken)
}

/// Of those whose name it may be, the one with the longest given name: ANNA before ANN.
fn best(name: &OrderTraveler, party: &Party, free: impl Fn(TravelerRef) -> bool) -> Option<TravelerRef> {
    let those = all(party).zip(&party.travelers);
    let fits = those.filter(|(who, traveler)| free(*who) && is_person(name, traveler));
    fits.max_by_key(|(who, traveler)| (given(&traveler.name).len(), std::cmp::Reverse(who.0)))
        .map(|(who, _)| who)
}

/// Whether the supplier's name is that of the traveler. Hosts glue titles to given names, and write something of
/// their own, or the surname again, for a given name that is not there.
fn is_person(have: &OrderTraveler, want: &Traveler) -> bool {
    let called = have.given.as_ref().map(|text| letters(text.expose())).unwrap_or_default();
    let surname = letters(have.surname.expose());
    let kind = have.passenger_type.is_none_or(|code| code.kind() == want.kind);
    kind && !surname.is_empty()
        && surname == letters(want.name.surname.expose())
        && called.starts_with(&given(&want.name))
}

fn given(name: &PersonName) -> String {
    name.given.as_ref().map(|text| letters(text.expose())).unwrap_or_default()
}

/// As hosts write it, without spaces; a name in another script as it is.
fn letters(text: &str) -> String {
    latin(text).map_or_else(|_| text.to_owned(), |latin| latin.replace(' ', ""))
}

#[cfg(test)]
mod tests;
