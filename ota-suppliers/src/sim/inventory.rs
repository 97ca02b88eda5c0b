//! What flies: a seeded schedule that answers the same for the same day, in any order of asking and after a restart.
//!
//! Everything is computed from the seed and the names of things; nothing but a cache is kept. A flight found by a
//! search is found again by its carrier, number, airports and day.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, ZonedDateTime};
use ota_core::model::place::{AirportCode, CityCode};
use ota_core::model::places::{Airport, places};

use super::carriers::{CARRIERS, CODE_SHARES, Carrier, carrier};
use super::draw::draw;

/// Days of airport pairs kept in memory; the cache starts anew beyond.
const CACHED_MAX: usize = 20_000;
/// Longest flight without a stop, in kilometres.
const NON_STOP_KM_MAX: f64 = 15_500.0;
/// Longest flight between two airports that are nobody's hub, in kilometres.
const FOCUS_KM_MAX: f64 = 4_500.0;
/// City airports without long flights, and the longest flight there, in kilometres.
const SHORT_HAUL: &[&str] = &["HLP", "ITM", "GMP", "SHA", "LIN", "CIA", "DCA", "MDW", "CGH", "AEP"];
const SHORT_HAUL_KM_MAX: f64 = 3_000.0;
/// Connecting time, in minutes.
const CONNECTION_MINUTES: std::ops::RangeInclusive<i64> = 60..=780;
/// Connections of one carrier offered between two airports on one day.
const CONNECTIONS_PER_CARRIER_MAX: usize = 4;

/// One flight number on one day, from boarding to the last landing.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) carrier: &'static Carrier,
    pub(super) number: u16,
    /// Who flies it, if somebody else does, and as which flight.
    pub(super) operating: Option<(&'static Carrier, u16)>,
    /// At least one; two where it has a hidden stop.
    pub(super) legs: Vec<Leg>,
    /// Its lowest booking classes are not sold: the popular ones.
    pub(super) popular: bool,
}

/// From take-off to landing.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) origin: &'static Airport,
    pub(super) destination: &'static Airport,
    pub(super) departure: ZonedDateTime,
    pub(super) arrival: ZonedDateTime,
    pub(super) equipment: &'static str,
    pub(super) km: i64,
}

impl Flight {
    pub(super) fn first(&self) -> &Leg {
        self.legs.first().expect("a flight has a leg: `legs` is made with one or two")
    }

    pub(super) fn last(&self) -> &Leg {
        self.legs.last().expect("a flight has a leg: `legs` is made with one or two")
    }

    pub(super) fn origin(&self) -> &'static Airport {
        self.first().origin
    }

    pub(super) fn destination(&self) -> &'static Airport {
        self.last().destination
    }

    pub(super) fn departure(&self) -> &ZonedDateTime {
        &self.first().departure
    }

    pub(super) fn arrival(&self) -> &ZonedDateTime {
        &self.last().arrival
    }

    pub(super) fn km(&self) -> i64 {
        self.legs.iter().map(|leg| leg.km).sum()
    }

    /// From the first departure to the last arrival.
    pub(super) fn minutes(&self) -> i64 {
        minutes(self.departure(), self.arrival())
    }

    /// Names the flight on its day, for keys and seat counts.
    pub(super) fn id(&self) -> String {
        let (from, to) = (self.origin().code, self.destination().code);
        format!("{}{}/{from}{to}/{}", self.carrier.code, self.number, self.departure().date())
    }
}

/// Minutes between two instants.
pub(super) fn minutes(from: &ZonedDateTime, to: &ZonedDateTime) -> i64 {
    from.duration_until(to).as_mins()
}

/// The flights of one slice, sold by one carrier.
#[derive(Debug, Clone)]
pub(super) struct Routing {
    pub(super) flights: Vec<Arc<Flight>>,
}

impl Routing {
    pub(super) fn first(&self) -> &Flight {
        self.flights.first().expect("a routing has a flight")
    }

    pub(super) fn last(&self) -> &Flight {
        self.flights.last().expect("a routing has a flight")
    }

    pub(super) fn carrier(&self) -> &'static Carrier {
        self.first().carrier
    }

    pub(super) fn minutes(&self) -> i64 {
        minutes(self.first().departure(), self.last().arrival())
    }
}

type ByDay<T> = Mutex<HashMap<(AirportCode, AirportCode, Date), Arc<Vec<T>>>>;

/// The schedule of one seed.
#[derive(Debug)]
pub(super) struct Inventory {
    seed: u64,
    flights: ByDay<Arc<Flight>>,
    routings: ByDay<Routing>,
}

impl Inventory {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, flights: Mutex::default(), routings: Mutex::default() }
    }

    /// A number for these names: the same for ever, unrelated to that of any other names.
    pub(super) fn draw(&self, names: &[&str]) -> u64 {
        draw(self.seed, names)
    }

    /// All flights between two airports that leave on a day of the origin's calendar.
    pub(super) fn flights(
        &self,
        origin: &'static Airport,
        destination: &'static Airport,
        day: Date,
    ) -> Arc<Vec<Arc<Flight>>> {
        cached(&self.flights, (origin.code, destination.code, day), || {
            let mut flights = Vec::new();
            for carrier in self.carriers_between(origin, destination) {
                self.schedule(carrier, origin, destination, day, &mut flights);
            }
            flights
        })
    }

    /// All ways from one airport to another that start on a day, non-stop ones first.
    pub(super) fn routings(
        &self,
        origin: &'static Airport,
        destination: &'static Airport,
        day: Date,
    ) -> Arc<Vec<Routing>> {
        cached(&self.routings, (origin.code, destination.code, day), || {
            let flights = self.flights(origin, destination, day);
            let mut routings: Vec<_> =
                flights.iter().map(|flight| Routing { flights: vec![Arc::clone(flight)] }).collect();
            for (carrier, hub) in self.connections(origin, destination) {
                self.connect(carrier, origin, hub, destination, day, &mut routings);
            }
            routings
        })
    }

    /// A flight that a search showed before.
    pub(super) fn find(
        &self,
        carrier: &str,
        number: u16,
        origin: &'static Airport,
        destination: &'static Airport,
        day: Date,
    ) -> Option<Arc<Flight>> {
        let flights = self.flights(origin, destination, day);
        flights.iter().find(|flight| flight.carrier.code == carrier && flight.number == number).cloned()
    }

    fn carriers_between(
        &self,
        origin: &'static Airport,
        destination: &'static Airport,
    ) -> Vec<&'static Carrier> {
        let km = distance_km(origin, destination);
        let short = [origin, destination].iter().any(|end| SHORT_HAUL.contains(&end.code.as_str()));
        if origin.city == destination.city || km > if short { SHORT_HAUL_KM_MAX } else { NON_STOP_KM_MAX } {
            return Vec::new();
        }
        let at_home = |carrier: &&Carrier| {
            carrier.hubs.contains(&origin.code.as_str()) || carrier.hubs.contains(&destination.code.as_str())
        };
        let mut carriers: Vec<_> = CARRIERS.iter().filter(at_home).collect();
        if carriers.is_empty() && km < FOCUS_KM_MAX {
            // Nobody's hub, but a plausible flight: the two carriers that live nearest.
            carriers = CARRIERS.iter().collect();
            carriers.sort_by(|a, b| home_km(a, origin).total_cmp(&home_km(b, origin)));
            carriers.truncate(2);
        }
        carriers
    }

    fn schedule(
        &self,
        carrier: &'static Carrier,
        origin: &'static Airport,
        destination: &'static Airport,
        day: Date,
        flights: &mut Vec<Arc<Flight>>,
    ) {
        let pair = [carrier.code, origin.code.as_str(), destination.code.as_str()];
        let drawn = self.draw(&pair);
        let far = distance_km(origin, destination) > 9_000.0;
        let daily = 1 + drawn % if far { 2 } else { 3 };
        let number = u16::try_from(10 + drawn / 7 % 880).expect("below 890");
        for turn in 0..daily {
            let which = turn.to_string();
            let at = |what| self.draw(&[pair[0], pair[1], pair[2], &which, what]);
            let slot = 1_440 / daily;
            let minute = (turn * slot + at("time") % slot) / 5 * 5;
            let time = Time::midnight().wrapping_add(SignedDuration::from_mins(minute.cast_signed()));
            let Ok(departure) = day.to_datetime(time).to_zoned_datetime(origin.time_zone()) else { continue };
            // A popular flight is so on some days only; its number of stops never changes.
            let popular = self.draw(&[pair[0], pair[1], pair[2], &which, &day.to_string()]).is_multiple_of(4);
            let stop =
                at("stop").is_multiple_of(6).then(|| stop_between(carrier, origin, destination)).flatten();
            let stops = stop.map_or(vec![destination], |stop| vec![stop, destination]);
            let Some(legs) = legs(origin, &stops, &departure) else { continue };
            let number = number + 2 * u16::try_from(turn).expect("at most three");
            let make = |carrier, number, operating, legs| {
                Arc::new(Flight { carrier, number, operating, legs, popular })
            };
            for (_, partner) in CODE_SHARES.iter().filter(|(operating, _)| *operating == carrier.code) {
                let (Some(partner), Some(legs)) =
                    (self::carrier(partner), self::legs(origin, &stops, &departure))
                else {
                    continue;
                };
                let sold_as =
                    4_000 + u16::try_from(self.draw(&[partner.code, pair[0]]) % 1_000).expect("below 1,000");
                flights.push(make(partner, sold_as + number, Some((carrier, number)), legs));
            }
            flights.push(make(carrier, number, None, legs));
        }
    }

    /// Carriers with a hub of theirs on the way.
    fn connections(
        &self,
        origin: &'static Airport,
        destination: &'static Airport,
    ) -> Vec<(&'static Carrier, &'static Airport)> {
        if origin.city == destination.city {
            return Vec::new();
        }
        let direct = distance_km(origin, destination);
        let mut ways: Vec<_> = CARRIERS
            .iter()
            .flat_map(|carrier| carrier.hubs.iter().map(move |hub| (carrier, hub)))
            .filter_map(|(carrier, hub)| Some((carrier, airport(hub)?)))
            .filter(|(_, hub)| hub.city != origin.city && hub.city != destination.city)
            .map(|(carrier, hub)| (distance_km(origin, hub) + distance_km(hub, destination), carrier, hub))
            .collect();
        ways.sort_by(|a, b| a.0.total_cmp(&b.0));
        // Where no hub is on the way, the least detours must do.
        let sensible = ways.iter().take_while(|way| way.0 <= direct * 1.4 + 600.0).count();
        ways.truncate(sensible.max(6));
        ways.into_iter().map(|(_, carrier, hub)| (carrier, hub)).collect()
    }

    fn connect(
        &self,
        carrier: &'static Carrier,
        origin: &'static Airport,
        hub: &'static Airport,
        destination: &'static Airport,
        day: Date,
        routings: &mut Vec<Routing>,
    ) {
        let mut found = 0;
        let ours = |flight: &&Arc<Flight>| flight.carrier == carrier;
        for first in self.flights(origin, hub, day).iter().filter(ours) {
            let arrival = first.arrival();
            let next_day = arrival.date().tomorrow().unwrap_or(arrival.date());
            let onward = [arrival.date(), next_day].map(|day| self.flights(hub, destination, day));
            let in_time =
                |flight: &&Arc<Flight>| CONNECTION_MINUTES.contains(&minutes(arrival, flight.departure()));
            for second in onward.iter().flat_map(|day| day.iter()).filter(ours).filter(in_time).take(2) {
                if found == CONNECTIONS_PER_CARRIER_MAX {
                    return;
                }
                found += 1;
                routings.push(Routing { flights: vec![Arc::clone(first), Arc::clone(second)] });
            }
        }
    }
}

fn cached<T>(
    cache: &ByDay<T>,
    key: (AirportCode, AirportCode, Date),
    make: impl FnOnce() -> Vec<T>,
) -> Arc<Vec<T>> {
    // Made outside the lock: two askers may both make the same value, which is then equal.
    if let Some(known) = cache.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Arc::clone(known);
    }
    let made = Arc::new(make());
    let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
    if cache.len() >= CACHED_MAX {
        cache.clear();
    }
    cache.insert(key, Arc::clone(&made));
    made
}

/// An airport by its code.
pub(super) fn airport(code: &str) -> Option<&'static Airport> {
    places().airport(AirportCode::new(code).ok()?)
}

/// The airports that a search for a city means: those with scheduled long-distance flights. The table has no
/// traffic, so the metropolitan areas with several such airports are named here.
pub(super) fn airports_of_city(code: &str) -> Vec<&'static Airport> {
    const SEVERAL: &[(&str, &[&str])] = &[
        ("TYO", &["NRT", "HND"]),
        ("OSA", &["KIX", "ITM"]),
        ("SEL", &["ICN", "GMP"]),
        ("BJS", &["PEK", "PKX"]),
        ("SHA", &["PVG", "SHA"]),
        ("LON", &["LHR", "LGW"]),
        ("NYC", &["JFK", "EWR"]),
        ("PAR", &["CDG", "ORY"]),
        ("MIL", &["MXP", "LIN"]),
        ("ROM", &["FCO", "CIA"]),
        ("WAS", &["IAD", "DCA"]),
        ("CHI", &["ORD", "MDW"]),
        ("SAO", &["GRU", "CGH"]),
        ("BUE", &["EZE", "AEP"]),
        ("MOW", &["SVO", "DME"]),
        ("IEV", &["KBP", "IEV"]),
        ("STO", &["ARN"]),
    ];
    if let Some((_, airports)) = SEVERAL.iter().find(|(city, _)| *city == code) {
        return airports.iter().filter_map(|code| airport(code)).collect();
    }
    let city = CityCode::new(code).ok().and_then(|code| places().city(code));
    let all = city.map_or(&[][..], |city| &city.airports);
    let main = all.iter().find(|airport| airport.as_str() == code).map_or(all, std::slice::from_ref);
    main.iter().take(2).filter_map(|code| places().airport(*code)).collect()
}

fn home_km(carrier: &Carrier, to: &Airport) -> f64 {
    let homes = carrier.hubs.iter().filter_map(|hub| airport(hub));
    homes.map(|hub| distance_km(hub, to)).fold(f64::INFINITY, f64::min)
}

/// A stop of a flight that keeps its number: a hub of the carrier's, else anybody's, if hardly out of the way.
fn stop_between(carrier: &Carrier, origin: &Airport, destination: &Airport) -> Option<&'static Airport> {
    let direct = distance_km(origin, destination);
    let own = carrier.hubs.iter();
    let any = CARRIERS.iter().flat_map(|carrier| carrier.hubs);
    own.chain(any).filter_map(|hub| airport(hub)).find(|stop| {
        let (before, after) = (distance_km(origin, stop), distance_km(stop, destination));
        stop.city != origin.city
            && stop.city != destination.city
            && before.min(after) > 400.0
            && before + after < direct * 1.15
            && direct > 2_500.0
    })
}

fn legs(origin: &'static Airport, stops: &[&'static Airport], departure: &ZonedDateTime) -> Option<Vec<Leg>> {
    const ON_THE_GROUND: SignedDuration = SignedDuration::from_mins(60);
    let (mut from, mut at) = (origin, departure.clone());
    let mut legs = Vec::new();
    for to in stops {
        let km = whole_km(from, to);
        let block = SignedDuration::from_mins((35 + km * 60 / 840) / 5 * 5);
        let arrival = at.checked_add(block).ok()?.with_time_zone(to.time_zone());
        let next = arrival.checked_add(ON_THE_GROUND).ok()?;
        let equipment = match km {
            ..1_500 => "73H",
            1_500..5_000 => "320",
            5_000..9_000 => "333",
            _ => "77W",
        };
        legs.push(Leg { origin: from, destination: to, departure: at, arrival, equipment, km });
        (from, at) = (to, next);
    }
    Some(legs)
}

/// Great circle, rounded.
pub(super) fn whole_km(from: &Airport, to: &Airport) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "at most 20,038")]
    let km = distance_km(from, to).round() as i64;
    km
}

fn distance_km(from: &Airport, to: &Airport) -> f64 {
    let radians = |microdegrees: i32| (f64::from(microdegrees) / 1e6).to_radians();
    let (lat1, lat2) = (radians(from.position.latitude), radians(to.position.latitude));
    let half = |a: f64, b: f64| ((b - a) / 2.0).sin().powi(2);
    let lon = half(radians(from.position.longitude), radians(to.position.longitude));
    let h = half(lat1, lat2) + lat1.cos() * lat2.cos() * lon;
    2.0 * 6_371.0 * h.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use std::collections::BTreeSet;

    fn routings(inventory: &Inventory, from: &str, to: &str) -> Vec<Routing> {
        let day = date(2027, 3, 14);
        let mut all = Vec::new();
        for (from, to) in
            airports_of_city(from).iter().flat_map(|f| airports_of_city(to).into_iter().map(move |t| (*f, t)))
        {
            all.extend(inventory.routings(from, to, day).iter().cloned());
        }
        all
    }

    #[test]
    fn jakarta_tokyo_has_everything() {
        let inventory = Inventory::new(1);
        let all = routings(&inventory, "JKT", "TYO");
        let carriers: BTreeSet<_> = all.iter().map(|routing| routing.carrier().code).collect();
        assert!(carriers.len() >= 20, "{carriers:?}");
        assert!(all.iter().any(|r| r.flights.len() == 1 && r.first().legs.len() == 1), "no non-stop");
        assert!(all.iter().any(|r| r.flights.len() == 2), "no connection");
        assert!(all.iter().any(|r| r.flights.iter().any(|f| f.operating.is_some())), "no code share");
        assert!(all.iter().any(|r| r.last().arrival().date() > r.first().departure().date()), "no overnight");
        for airport in ["NRT", "HND"] {
            assert!(all.iter().any(|r| r.last().destination().code.as_str() == airport), "{airport}");
        }
        let hidden =
            ["CGKNRT", "CGKHND", "NRTCGK", "NRTLAX", "SINHND", "SYDNRT", "LHRSIN"].iter().any(|pair| {
                let (from, to) = (airport(&pair[..3]).unwrap(), airport(&pair[3..]).unwrap());
                inventory.flights(from, to, date(2027, 3, 14)).iter().any(|flight| flight.legs.len() == 2)
            });
        assert!(hidden, "no hidden stop anywhere");
    }

    #[test]
    fn the_date_line_and_any_pair() {
        let inventory = Inventory::new(1);
        let back_in_time = routings(&inventory, "TYO", "HNL");
        assert!(
            back_in_time.iter().any(|r| r.last().arrival().datetime() < r.first().departure().datetime())
        );
        for (from, to) in [("SUB", "DPS"), ("LPB", "ACC"), ("TRD", "WLG"), ("YVR", "SIN"), ("JKT", "SUB")] {
            assert!(routings(&inventory, from, to).len() >= 4, "{from}-{to}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_world() {
        let names = |seed| -> Vec<String> {
            routings(&Inventory::new(seed), "JKT", "TYO")
                .iter()
                .flat_map(|r| r.flights.iter().map(|f| f.id()))
                .collect()
        };
        assert_eq!(names(7), names(7));
        assert_ne!(names(7), names(8));
        let inventory = Inventory::new(7);
        for flight in routings(&inventory, "JKT", "TYO").iter().flat_map(|routing| &routing.flights) {
            let found = inventory.find(
                flight.carrier.code,
                flight.number,
                flight.origin(),
                flight.destination(),
                flight.departure().date(),
            );
            assert_eq!(found.map(|found| found.id()), Some(flight.id()));
        }
    }
}
