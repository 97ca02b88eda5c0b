//! Reads the flights and the passengers that a request names.

use std::sync::Arc;

use jiff::civil::DateTime;
use roxmltree::Node;

use super::super::carriers::Brand;
use super::super::fares::Choice;
use super::super::inventory::{Flight, Routing, airport};
use super::fault::Fault;
use super::{Account, Host, child, children};

/// Flights in one request.
const SEGMENTS_MAX: usize = 24;
/// Passengers in one request who take a seat; the host refuses a tenth.
const SEATED_MAX: usize = 9;

/// A flight that a request names.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// The request's own name for it.
    pub(super) key: String,
    /// The slice.
    pub(super) group: usize,
    pub(super) class: Option<String>,
    pub(super) flight: Arc<Flight>,
}

impl Asked {
    pub(super) fn class_or_unknown(&self) -> &str {
        self.class.as_deref().unwrap_or("")
    }

    /// For a fault that names it.
    pub(super) fn refused(&self) -> (String, usize, String, Arc<Flight>) {
        (self.key.clone(), self.group, self.class_or_unknown().to_owned(), Arc::clone(&self.flight))
    }
}

/// Finds every AirSegment of a request in the schedule.
pub(super) fn read<'a>(
    host: &Host,
    segments: impl Iterator<Item = Node<'a, 'a>>,
) -> Result<Vec<Asked>, Fault> {
    let mut all = Vec::new();
    for segment in segments {
        if all.len() == SEGMENTS_MAX {
            return Err(Fault::data("3003", "Too many segments."));
        }
        all.push(read_segment(host, segment)?);
    }
    if all.is_empty() {
        return Err(Fault::data("3003", "No air segments in the request."));
    }
    Ok(all)
}

fn read_segment(host: &Host, segment: Node<'_, '_>) -> Result<Asked, Fault> {
    let text = |name| segment.attribute(name).unwrap_or("");
    let (carrier, number) = (text("Carrier"), text("FlightNumber"));
    let unknown = || Fault::air("3037", &format!("No availability on chosen flights: {carrier}{number}"));
    let airports = airport(text("Origin")).zip(airport(text("Destination")));
    let departure = text("DepartureTime").get(..19).and_then(|time| time.parse::<DateTime>().ok());
    let ((origin, destination), departure) = airports.zip(departure).ok_or_else(unknown)?;
    let number = number.parse().map_err(|_| unknown())?;
    let found = host.world.find(carrier, number, origin, destination, departure.date());
    let flight = found.filter(|flight| flight.departure().datetime() == departure).ok_or_else(unknown)?;
    let group = text("Group").parse().map_err(|_| Fault::data("3003", "Segment group out of range."))?;
    Ok(Asked {
        key: text("Key").to_owned(),
        group,
        class: segment.attribute("ClassOfService").map(str::to_owned),
        flight,
    })
}

/// Cuts the flights into slices by their groups.
pub(super) fn slices(asked: &[Asked]) -> Vec<&[Asked]> {
    asked.chunk_by(|a, b| a.group == b.group).collect()
}

/// The flights of a slice, if one follows the other.
pub(super) fn routing(slice: &[Asked]) -> Result<Routing, Fault> {
    let connected = slice.windows(2).all(|pair| {
        let (before, after) = (&pair[0].flight, &pair[1].flight);
        before.destination().city == after.origin().city && before.arrival() < after.departure()
    });
    if !connected {
        return Err(Fault::data("3003", "Segments of one group do not connect."));
    }
    Ok(Routing { flights: slice.iter().map(|asked| Arc::clone(&asked.flight)).collect() })
}

/// What a slice sells as in its booking classes: all of one brand and level, with seats for the party.
pub(super) fn classed(host: &Host, account: &Account, slice: &[Asked], seats: u32) -> Result<Choice, Fault> {
    let routing = routing(slice)?;
    let class = slice.first().and_then(|asked| asked.class.clone()).unwrap_or_default();
    let sold = routing
        .carrier()
        .model
        .by_class(&class)
        .filter(|_| slice.iter().all(|a| a.class_or_unknown() == class));
    let Some((brand, level)) = sold else {
        return Err(Fault::air("3037", "NO VALID FARE FOR INPUT CRITERIA"));
    };
    let full = |asked: &&Asked| host.seats(account, &asked.flight, &class) < seats;
    let refused: Vec<_> = slice.iter().filter(full).map(Asked::refused).collect();
    if refused.is_empty() { Ok(Choice { routing, brand, level }) } else { Err(Fault::no_seats(refused)) }
}

/// The lowest level at which a brand has seats for the party on all flights.
pub(super) fn lowest(
    host: &Host,
    account: &Account,
    routing: &Routing,
    brand: &'static Brand,
    seats: u32,
) -> Option<Choice> {
    let open = |class: &str| routing.flights.iter().all(|flight| host.seats(account, flight, class) >= seats);
    let level = brand.classes.iter().position(|class| open(class))?;
    Some(Choice { routing: routing.clone(), brand, level })
}

/// Who travels, by type in the order of asking.
#[derive(Debug, Clone, Default)]
pub(super) struct Party {
    pub(super) types: Vec<(String, Vec<Passenger>)>,
}

/// One passenger as asked.
#[derive(Debug, Clone)]
pub(super) struct Passenger {
    pub(super) age: Option<String>,
    /// The request's own name for the traveler, if it has one.
    pub(super) traveler: Option<String>,
}

impl Party {
    /// The SearchPassengers of a request.
    pub(super) fn read(request: Node<'_, '_>) -> Result<Self, Fault> {
        Self::of(children(request, "SearchPassenger"))
    }

    /// Passengers by their `Code`, `Age` and `BookingTravelerRef`.
    pub(super) fn of<'a>(passengers: impl Iterator<Item = Node<'a, 'a>>) -> Result<Self, Fault> {
        let mut party = Self::default();
        for passenger in passengers {
            let code = passenger.attribute("Code").unwrap_or("ADT").to_owned();
            let age = passenger.attribute("Age").map(str::to_owned);
            let traveler = passenger.attribute("BookingTravelerRef").map(str::to_owned);
            let passenger = Passenger { age, traveler };
            match party.types.iter_mut().find(|(known, _)| *known == code) {
                Some((_, passengers)) => passengers.push(passenger),
                None => party.types.push((code, vec![passenger])),
            }
        }
        let seated = party.seats() as usize;
        let count = |is: fn(&str) -> bool| {
            let types = party.types.iter().filter(|(code, _)| is(code));
            types.map(|(_, passengers)| passengers.len()).sum::<usize>()
        };
        if seated == 0 || seated > SEATED_MAX {
            return Err(Fault::data("3003", "Number of passengers is out of range."));
        }
        if count(|code| code == "INF") > count(|code| !matches!(code, "INF" | "CNN" | "CHD" | "INS")) {
            return Err(Fault::data("3003", "Number of infants exceeds number of adults."));
        }
        Ok(party)
    }

    /// Passengers who take a seat.
    pub(super) fn seats(&self) -> u32 {
        let seated = self.types.iter().filter(|(code, _)| code != "INF");
        u32::try_from(seated.map(|(_, passengers)| passengers.len()).sum::<usize>()).unwrap_or(u32::MAX)
    }
}

/// Cabins that a modifier permits; none means Economy.
pub(super) fn cabins(modifiers: Option<Node<'_, '_>>) -> Vec<String> {
    let named = |name| {
        let lists = modifiers.and_then(|modifiers| child(modifiers, name)).into_iter();
        lists.flat_map(|list| children(list, "CabinClass")).filter_map(|cabin| cabin.attribute("Type"))
    };
    let mut cabins: Vec<_> =
        named("PermittedCabins").chain(named("PreferredCabins")).map(str::to_owned).collect();
    if cabins.is_empty() {
        cabins.push("Economy".to_owned());
    }
    cabins
}
