//! The e-ticket receipt: who flies where and when, on which ticket, with what baggage, under which conditions, for
//! how much. It tells every stop and change of aircraft (14 CFR 258 wants the latter disclosed), and says of what
//! is not known that it is not known.

use jiff::tz::TimeZone;

use super::words::{
    baggage, city, day_shift, full_name, hyphened, instant, kind_name, line_name, moment, permission_text,
    place, span,
};
use super::{Page, Row, Section};
use crate::model::fare::PassengerFare;
use crate::model::id::BookingId;
use crate::model::itinerary::{Cabin, Itinerary, Leg, Segment, SegmentKind, SegmentRef, Slice};
use crate::model::order::{LocatorKind, RecordLocator, TicketNumber};
use crate::model::passenger::TravelerRef;
use crate::model::place::CarrierCode;
use crate::model::time::Timestamp;
use crate::model::traveler::Party;
use crate::pricing::{PassengerPrice, SellPrice};

/// One ticket document of one traveler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiptTicket {
    /// Whose.
    pub traveler: TravelerRef,
    /// Its number.
    pub number: TicketNumber,
    /// The leading number, where this is a later document of a conjunction.
    pub conjunction_of: Option<TicketNumber>,
    /// How many coupons it has.
    pub coupons: u8,
}

/// All that a receipt says.
#[derive(Debug, Clone, Copy)]
pub struct Receipt<'a> {
    /// Our name of the booking.
    pub booking: BookingId,
    /// Who sold it.
    pub agency: &'a str,
    /// When it was ticketed.
    pub issued: Timestamp,
    /// The IANA zone in which the day of issue is printed; UTC where it is not one.
    pub zone: &'a str,
    /// The suppliers' names of it.
    pub locators: &'a [RecordLocator],
    /// Who travels.
    pub party: &'a Party,
    /// In the order of coupons for each traveler.
    pub tickets: &'a [ReceiptTicket],
    /// On whose stock they are issued.
    pub validating_carrier: Option<CarrierCode>,
    /// What is flown.
    pub itinerary: &'a Itinerary,
    /// Read for classes, fare bases, baggage and conditions. Never for an amount of the fare: that is net.
    pub fares: &'a [PassengerFare],
    /// What was paid.
    pub price: &'a SellPrice,
}

impl Receipt<'_> {
    /// The receipt as a page.
    #[must_use]
    pub fn page(&self) -> Page {
        let mut sections = vec![self.booking_section(), self.travelers()];
        let mut first_segment = 0;
        for (index, slice) in self.itinerary.slices.iter().enumerate() {
            sections.push(self.slice(slice, index + 1, first_segment));
            first_segment += slice.segments.len();
        }
        sections.extend([self.conditions(), self.paid()]);
        let intro = vec![
            "This is your e-ticket receipt. Carry it with the document you travel with.".to_owned(),
            "All times are local to the airport they stand beside.".to_owned(),
        ];
        Page { title: "E-ticket receipt".to_owned(), intro, sections }
    }

    fn booking_section(&self) -> Section {
        let zone = TimeZone::get(self.zone).unwrap_or(TimeZone::UTC);
        let issued = zone.to_datetime(self.issued.to_jiff()).date();
        let mut rows = vec![Row::new("Booking", self.booking.to_string())];
        rows.extend(self.locators.iter().map(|locator| {
            let label = match locator.kind {
                LocatorKind::Provider => "Record locator",
                LocatorKind::Supplier => "Airline's record locator",
                _ => "Supplier's reference",
            };
            let owner = locator.owner.as_ref().map(|owner| format!(" ({owner})")).unwrap_or_default();
            Row::new(label, format!("{}{owner}", locator.code))
        }));
        rows.push(Row::new("Issued", format!("{}, by {}", issued.strftime("%a %d %b %Y"), self.agency)));
        if let Some(carrier) = self.validating_carrier {
            rows.push(Row::new("Issuing airline", carrier.as_str()));
        }
        Section { heading: "Booking".to_owned(), rows }
    }

    fn travelers(&self) -> Section {
        let flights: Vec<&Segment> =
            self.itinerary.segments().filter(|segment| segment.kind == SegmentKind::Flight).collect();
        let mut rows = Vec::new();
        for (index, traveler) in self.party.travelers.iter().enumerate() {
            let mine = self.tickets.iter().filter(|ticket| usize::from(ticket.traveler.0) == index);
            let mine: Vec<&ReceiptTicket> = mine.collect();
            let name = format!("{} ({})", full_name(&traveler.name), kind_name(traveler.kind));
            rows.push(Row::new(name, if mine.is_empty() { "no ticket number" } else { "" }));
            let coupons: usize = mine.iter().map(|ticket| usize::from(ticket.coupons)).sum();
            let mut next = 0;
            for ticket in mine {
                let end = next + usize::from(ticket.coupons);
                // Where the counts differ we do not know which coupon is for which flight.
                let covered = if coupons == flights.len() { flights.get(next..end) } else { None };
                next = end;
                let value = document(ticket, covered.unwrap_or_default());
                match rows.last_mut() {
                    Some(row) if row.value.is_empty() => row.value = value,
                    _ => rows.push(Row::new("", value)),
                }
            }
        }
        Section { heading: "Travelers and tickets".to_owned(), rows }
    }

    fn slice(&self, slice: &Slice, number: usize, first_segment: usize) -> Section {
        let ends = slice.segments.first().zip(slice.segments.last());
        let heading = ends.map_or_else(String::new, |(first, last)| {
            format!("{number}. {} to {}", city(first.origin), city(last.destination))
        });
        let mut rows = Vec::new();
        let mut before: Option<&Segment> = None;
        for (index, segment) in slice.segments.iter().enumerate() {
            rows.extend(before.and_then(|before| connection(before, segment)));
            rows.extend(segment_rows(segment));
            // An index past 255 segments names none.
            let at = u8::try_from(first_segment + index).ok().map(SegmentRef);
            rows.extend(self.fares.iter().filter_map(|fare| on_board(fare, at?)));
            before = Some(segment);
        }
        Section { heading, rows }
    }

    fn conditions(&self) -> Section {
        let mut rows = Vec::new();
        for fare in self.fares {
            let is = fare.conditions;
            for (index, (what, permission)) in [
                ("change before departure", is.change_before),
                ("change after departure", is.change_after),
                ("refund before departure", is.refund_before),
                ("refund after departure", is.refund_after),
            ]
            .into_iter()
            .enumerate()
            {
                let label = if index == 0 { kind_name(fare.passenger_type.kind()) } else { "" };
                rows.push(Row::new(label, format!("{what}: {}", permission_text(permission))));
            }
        }
        Section { heading: "Conditions of the fare".to_owned(), rows }
    }

    fn paid(&self) -> Section {
        let mut unclaimed: Vec<&PassengerPrice> = self.price.passengers.iter().collect();
        let mut rows = Vec::new();
        for traveler in &self.party.travelers {
            // Prices come by type, travelers in the customer's order: each takes the next of its kind.
            let found = unclaimed.iter().position(|price| price.passenger_type.kind() == traveler.kind);
            let Some(price) = found.map(|at| unclaimed.remove(at)) else { continue };
            let lines =
                price.lines.iter().map(|line| format!("{} {}", line_name(line.kind), line.amount.decimal()));
            let lines = lines.collect::<Vec<_>>().join(", ");
            rows.push(Row::new(full_name(&traveler.name), format!("{} ({lines})", price.total)));
        }
        rows.push(Row::new("Total", self.price.total.to_string()));
        Section { heading: "Price".to_owned(), rows }
    }
}

fn document(ticket: &ReceiptTicket, flights: &[&Segment]) -> String {
    let conjunction = ticket.conjunction_of.map(|first| format!("in conjunction with {}, ", hyphened(first)));
    let coupons: Vec<String> = match flights {
        [] if ticket.coupons == 1 => vec!["coupon 1".to_owned()],
        [] => vec![format!("coupons 1 to {}", ticket.coupons)],
        known => known.iter().zip(1..).map(|(flight, number)| coupon(flight, number)).collect(),
    };
    let (number, conjunction) = (hyphened(ticket.number), conjunction.unwrap_or_default());
    format!("ticket {number}, {conjunction}{}", coupons.join(", "))
}

fn coupon(flight: &Segment, number: usize) -> String {
    let name = flight.flight.map(|flight| format!("{flight} ")).unwrap_or_default();
    format!("coupon {number} {name}{}-{}", flight.origin, flight.destination)
}

fn segment_rows(segment: &Segment) -> Vec<Row> {
    let (from, to) = (place(segment.origin), place(segment.destination));
    if segment.kind == SegmentKind::Surface {
        return vec![Row::new("On your own", format!("from {from} to {to}; not part of this ticket"))];
    }
    let name = segment.flight.map_or_else(|| "Flight".to_owned(), |flight| flight.to_string());
    let mut rows = vec![Row::new(name, operated_by(segment))];
    let terminal =
        |terminal: Option<&String>| terminal.map(|t| format!(", terminal {t}")).unwrap_or_default();
    let leaves_from = terminal(segment.legs.first().and_then(|leg| leg.terminals.0.as_ref()));
    let comes_to = terminal(segment.legs.last().and_then(|leg| leg.terminals.1.as_ref()));
    rows.push(Row::new(
        "  departs",
        format!("{} {from}{leaves_from}", moment(segment.departs, segment.origin)),
    ));
    rows.extend(segment.legs.windows(2).filter_map(|pair| match pair {
        [before, after] => Some(Row::new("  stops", stop(before, after))),
        _ => None,
    }));
    if segment.landings() > segment.stops().count() {
        let stops = format!("{} in all, not all of them stated by the airline", segment.landings());
        rows.push(Row::new("  stops", stops));
    }
    if segment.change_of_plane {
        let note = "you change aircraft on the way, under one flight number".to_owned();
        rows.push(Row::new("  note", note));
    }
    let shift = day_shift(segment.departs, segment.arrives);
    let arrives = moment(segment.arrives, segment.destination);
    rows.push(Row::new("  arrives", format!("{arrives}{shift} {to}{comes_to}")));
    if let Some(minutes) = segment.minutes {
        rows.push(Row::new("  takes", span(minutes)));
    }
    rows
}

fn operated_by(segment: &Segment) -> String {
    let operating = &segment.operating;
    let marketing = segment.flight.map(|flight| flight.carrier);
    let own = operating.carrier.is_some() && operating.carrier == marketing;
    let name = match (&operating.name, operating.carrier) {
        (Some(name), Some(carrier)) if !own => format!("{name} ({carrier})"),
        (Some(name), _) => name.clone(),
        (None, Some(carrier)) => carrier.to_string(),
        (None, None) => return "operating airline not stated".to_owned(),
    };
    format!("operated by {name}")
}

fn stop(before: &Leg, after: &Leg) -> String {
    let ground = after.departs.civil.duration_since(before.arrives.civil).as_mins();
    let ground = u32::try_from(ground).map(|minutes| format!(", {} on the ground", span(minutes)));
    let equipment = match (&before.equipment, &after.equipment) {
        (Some(before), Some(after)) if before != after => format!("; aircraft {before}, then {after}"),
        _ => String::new(),
    };
    format!(
        "{} in {}, leaves {}{}{equipment}",
        moment(Some(before.arrives), before.destination),
        place(after.origin),
        moment(Some(after.departs), after.origin),
        ground.unwrap_or_default(),
    )
}

/// What lies between two segments of one slice, where there is something to tell.
fn connection(before: &Segment, after: &Segment) -> Option<Row> {
    let waits = instant(before.arrives, before.destination).zip(instant(after.departs, after.origin));
    let waits = waits.and_then(|(from, to)| u32::try_from(to.since(from).as_secs() / 60).ok()).map(span);
    if before.kind == SegmentKind::Surface || after.kind == SegmentKind::Surface {
        return None;
    }
    let waits = waits.unwrap_or_else(|| "a wait of unknown length".to_owned());
    if before.destination == after.origin {
        return Some(Row::new("Change", format!("{waits} at {}", place(after.origin))));
    }
    let (from, to) = (place(before.destination), place(after.origin));
    Some(Row::new("Change", format!("{waits}, and you change airports: from {from} to {to}")))
}

/// Class, fare basis and baggage of a passenger type on a segment.
fn on_board(fare: &PassengerFare, at: SegmentRef) -> Option<Row> {
    let flown = fare.segments.iter().find(|flown| flown.segment == at)?;
    let cabin = match flown.cabin {
        Some(Cabin::Economy) => "economy, ",
        Some(Cabin::PremiumEconomy) => "premium economy, ",
        Some(Cabin::Business) => "business, ",
        Some(Cabin::First) => "first, ",
        None => "",
    };
    let component = fare.components.get(usize::from(flown.component));
    let basis =
        component.map(|component| format!(", fare basis {}", component.fare_basis)).unwrap_or_default();
    let brand = component.and_then(|component| component.brand.as_ref());
    let brand = brand.map(|brand| format!(", {}", brand.name.as_ref().unwrap_or(&brand.code)));
    let value = format!(
        "{cabin}class {}{basis}{}; baggage: {}",
        flown.booking_class,
        brand.unwrap_or_default(),
        baggage(flown.baggage)
    );
    Some(Row::new(format!("  {}", kind_name(fare.passenger_type.kind())), value))
}

#[cfg(feature = "engine")] // for the samples
#[cfg(test)]
mod tests {
    use expect_test::expect;
    use jiff::civil::{DateTime, date};

    use super::*;
    use crate::model::conditions::{BaggageAllowance, Conditions, Penalty, Permission, Weight};
    use crate::model::money::Money;
    use crate::model::offer::FlightOffer;
    use crate::model::passenger::{PassengerKind, PassengerTypeCode};
    use crate::model::time::LocalTime;
    use crate::model::traveler::{Contact, PersonName, Traveler};
    use crate::pricing::{PriceLine, PriceLineKind};
    use crate::redact::Redacted;
    use crate::testing::samples::{airport, flight, offer_of, usd};

    fn at(day: i8, hour: i8, minute: i8) -> DateTime {
        date(2027, 7, day).at(hour, minute, 0, 0)
    }

    fn leg(from: (&str, DateTime), to: (&str, DateTime), equipment: &str) -> Leg {
        Leg {
            origin: airport(from.0),
            destination: airport(to.0),
            departs: LocalTime::new(from.1),
            arrives: LocalTime::new(to.1),
            equipment: Some(equipment.to_owned()),
            terminals: (Some("1".to_owned()), None),
        }
    }

    /// Lisbon to Auckland with a hidden stop and change of aircraft (B21), a change of airports on the way, and
    /// onwards over the date line (B19).
    fn offer() -> FlightOffer {
        let (lisbon, singapore) = (("LIS", at(10, 14, 15)), ("SIN", at(11, 21, 20)));
        let mut hidden = flight("EK", 192, lisbon, singapore);
        hidden.legs =
            vec![leg(lisbon, ("DXB", at(11, 0, 45)), "77W"), leg(("DXB", at(11, 1, 47)), singapore, "388")];
        (hidden.change_of_plane, hidden.minutes) = (true, Some(1_445));
        let mut feeder = flight("NZ", 281, ("XSP", at(12, 9, 0)), ("AKL", at(12, 23, 30)));
        feeder.operating.carrier = None;
        let mut back = flight("TN", 102, ("AKL", at(20, 17, 20)), ("PPT", at(19, 23, 59)));
        back.operating.name = Some("Air Tahiti Nui <Ops>".to_owned());
        back.departs = Some(LocalTime::with_offset(at(20, 17, 20), 720));
        let walk = Segment {
            kind: SegmentKind::Surface,
            ..flight("TN", 1, ("PPT", at(21, 0, 0)), ("PPT", at(21, 0, 0)))
        };
        let mut last = flight("TN", 7, ("PPT", at(21, 10, 0)), ("LIS", at(22, 20, 0)));
        (last.departs, last.arrives) = (None, None);
        let mut offer = offer_of("alpha-1", vec![vec![hidden, feeder], vec![back, walk, last]], 98_765);
        let mut infant = offer.fares[0].clone();
        infant.passenger_type = PassengerTypeCode::new("INF").unwrap();
        infant.conditions = Conditions {
            refund_before: Permission::Allowed(Some(Penalty::BasisPoints(1_250))),
            ..Conditions::default()
        };
        let mut segments = infant.segments.to_vec();
        segments[0].baggage = BaggageAllowance::None;
        segments[1].baggage = BaggageAllowance::Pieces { count: 2, each: Some(Weight::Kilograms(23)) };
        segments[2].baggage = BaggageAllowance::Total(Weight::Pounds(50));
        segments[3].baggage = BaggageAllowance::Unknown;
        segments[3].cabin = None;
        infant.segments = segments.into();
        offer.fares.push(infant);
        offer
    }

    fn party() -> Party {
        let person = |kind, given: Option<&str>, surname: &str| Traveler {
            kind,
            name: PersonName {
                given: given.map(|given| Redacted::new(given.to_owned())),
                surname: Redacted::new(surname.to_owned()),
                title: given.map(|_| "MS".to_owned()),
            },
            born: None,
            gender: None,
            document: None,
            with_adult: None,
            room: None,
        };
        let email = Redacted::new("a@example.org".to_owned());
        Party {
            travelers: vec![
                person(PassengerKind::Adult, Some("ANA <b>\"&'"), "O\nBRIEN"),
                person(PassengerKind::LapInfant, None, "SUKARNO"),
            ],
            contact: Contact { email, phone: None },
        }
    }

    fn with_receipt<T>(read: impl FnOnce(&Receipt<'_>) -> T) -> T {
        let (offer, party) = (offer(), party());
        let number = |digits| TicketNumber::new(digits).unwrap();
        let ticket = |traveler, digits, conjunction_of, coupons| ReceiptTicket {
            traveler: TravelerRef(traveler),
            number: number(digits),
            conjunction_of,
            coupons,
        };
        let tickets = [
            ticket(0, "1762400000001", None, 3),
            ticket(0, "1762400000002", Some(number("1762400000001")), 1),
            ticket(1, "1762400000003", None, 3),
        ];
        let money = |minor| Money::new(minor, usd());
        let price = |passenger_type, fare, taxes| PassengerPrice {
            passenger_type,
            lines: vec![
                PriceLine { kind: PriceLineKind::Fare, amount: money(fare) },
                PriceLine { kind: PriceLineKind::Taxes, amount: money(taxes) },
            ],
            total: money(fare + taxes),
        };
        let [adult, infant] = [PassengerKind::Adult, PassengerKind::LapInfant].map(PassengerTypeCode::from);
        let price = SellPrice {
            rooms: Vec::new(),
            passengers: vec![price(infant, 12_345, 0), price(adult, 95_000, 9_000)],
            total: money(116_345),
        };
        let locator = |kind, owner: &str, code: &str| RecordLocator {
            kind,
            owner: Some(owner.to_owned()),
            code: code.to_owned(),
        };
        let locators =
            [locator(LocatorKind::Provider, "1G", "ABC123"), locator(LocatorKind::Supplier, "EK", "XYZ987")];
        read(&Receipt {
            booking: BookingId::from_bits(42),
            agency: "Kelana Travel",
            issued: TimeZone::UTC.to_timestamp(at(1, 20, 0)).unwrap().into(),
            zone: "Asia/Jakarta",
            locators: &locators,
            party: &party,
            tickets: &tickets,
            validating_carrier: offer.validating_carrier,
            itinerary: &offer.itinerary,
            fares: &offer.fares,
            price: &price,
        })
    }

    #[test]
    fn a_receipt_tells_stops_days_tickets_conditions_and_what_is_not_known() {
        expect![[r#"
            E-ticket receipt
            ================

            This is your e-ticket receipt. Carry it with the document you travel with.

            All times are local to the airport they stand beside.

            Booking
            -------
            Booking                   bkg_0000000000000000000000000000002a
            Record locator            ABC123 (1G)
            Airline's record locator  XYZ987 (EK)
            Issued                    Fri 02 Jul 2027, by Kelana Travel
            Issuing airline           EK

            Travelers and tickets
            ---------------------
            MS ANA <b>"&' O BRIEN (adult)  ticket 176-2400000001, coupon 1 EK192 LIS-SIN, coupon 2 NZ281 XSP-AKL, coupon 3 TN102 AKL-PPT
                                           ticket 176-2400000002, in conjunction with 176-2400000001, coupon 1 TN7 PPT-LIS
            SUKARNO (lap infant)           ticket 176-2400000003, coupons 1 to 3

            1. Lisbon to Auckland
            ---------------------
            EK192         operated by EK
              departs     Sat 10 Jul 2027 14:15 (UTC+1) Lisbon, Lisbon Portela Airport (LIS), terminal 1
              stops       Sun 11 Jul 2027 00:45 (UTC+4) in Dubai, Dubai International Airport (DXB), leaves Sun 11 Jul 2027 01:47 (UTC+4), 1 h 2 min on the ground; aircraft 77W, then 388
              note        you change aircraft on the way, under one flight number
              arrives     Sun 11 Jul 2027 21:20 (UTC+8), the next day (+1), Singapore, Singapore Changi International Airport (SIN)
              takes       24 h 5 min
              adult       economy, class K, fare basis KLXPID, Economy Value; baggage: 1 piece
              lap infant  economy, class K, fare basis KLXPID, Economy Value; baggage: none included
            Change        11 h 40 min, and you change airports: from Singapore, Singapore Changi International Airport (SIN) to Singapore, Seletar Airport (XSP)
            NZ281         operating airline not stated
              departs     Mon 12 Jul 2027 09:00 (UTC+8) Singapore, Seletar Airport (XSP)
              arrives     Mon 12 Jul 2027 23:30 (UTC+12) Auckland, Auckland International Airport (AKL)
              adult       economy, class K, fare basis KLXPID, Economy Value; baggage: 1 piece
              lap infant  economy, class K, fare basis KLXPID, Economy Value; baggage: 2 pieces of up to 23 kg

            2. Auckland to Lisbon
            ---------------------
            TN102         operated by Air Tahiti Nui <Ops>
              departs     Tue 20 Jul 2027 17:20 (UTC+12) Auckland, Auckland International Airport (AKL)
              arrives     Mon 19 Jul 2027 23:59 (UTC-10), the day before (-1), Papeete, Faa'a International Airport (PPT)
              adult       economy, class K, fare basis KLXPID, Economy Value; baggage: 1 piece
              lap infant  economy, class K, fare basis KLXPID, Economy Value; baggage: 50 lb in all
            On your own   from Papeete, Faa'a International Airport (PPT) to Papeete, Faa'a International Airport (PPT); not part of this ticket
            TN7           operated by TN
              departs     on a date still open, Papeete, Faa'a International Airport (PPT)
              arrives     on a date still open, Lisbon, Lisbon Portela Airport (LIS)
              adult       economy, class K, fare basis KLXPID, Economy Value; baggage: 1 piece
              lap infant  class K, fare basis KLXPID, Economy Value; baggage: not known, ask us before you pack

            Conditions of the fare
            ----------------------
            adult       change before departure: allowed for 50.00 USD per passenger
                        change after departure: not known, ask us before you decide
                        refund before departure: not allowed
                        refund after departure: not known, ask us before you decide
            lap infant  change before departure: not known, ask us before you decide
                        change after departure: not known, ask us before you decide
                        refund before departure: allowed for 12.50 % of the fare
                        refund after departure: not known, ask us before you decide

            Price
            -----
            MS ANA <b>"&' O BRIEN  1040.00 USD (fare 950.00, taxes and carrier charges 90.00)
            SUKARNO                123.45 USD (fare 123.45, taxes and carrier charges 0.00)
            Total                  1163.45 USD
        "#]].assert_eq(&with_receipt(|receipt| receipt.page().text()));
    }

    #[test]
    fn html_is_escaped_and_says_the_same() {
        let (html, text) = with_receipt(|receipt| (receipt.page().html(), receipt.page().text()));
        assert!(html.contains("MS ANA &lt;b&gt;&quot;&amp;&#39; O BRIEN (adult)"), "{html}");
        assert!(html.contains("operated by Air Tahiti Nui &lt;Ops&gt;"), "{html}");
        assert!(!html.contains("<b>") && !html.contains("<Ops>"));
        for fact in ["Dubai", "1 h 2 min on the ground", "aircraft 77W, then 388", "ABC123", "1163.45 USD"] {
            assert!(html.contains(fact) && text.contains(fact), "{fact}");
        }
    }

    /// B21: a stop that the airline counts and does not name.
    #[test]
    fn a_stop_without_a_place_is_told_as_well() {
        let mut hidden = flight("OK", 977, ("KBP", at(5, 4, 10)), ("PRG", at(5, 6, 15)));
        let stops = |segment: &Segment| -> Vec<String> {
            segment_rows(segment)
                .into_iter()
                .filter(|row| row.label.trim() == "stops")
                .map(|row| row.value)
                .collect()
        };
        assert_eq!(stops(&hidden), Vec::<String>::new());
        hidden.stops_stated = Some(1);
        assert_eq!(stops(&hidden), ["1 in all, not all of them stated by the airline"]);
        hidden.legs = vec![
            leg(("KBP", at(5, 4, 10)), ("KSC", at(5, 4, 30)), "319"),
            leg(("KSC", at(5, 5, 0)), ("PRG", at(5, 6, 15)), "319"),
        ];
        assert_eq!(stops(&hidden).len(), 1);
        assert!(stops(&hidden)[0].contains("Kosice"), "{:?}", stops(&hidden));
    }

    #[test]
    fn no_net_amount_is_printed() {
        let text = with_receipt(|receipt| receipt.page().text());
        let offer = offer();
        for fare in &offer.fares {
            for net in [fare.total, fare.filed, fare.tax_total().unwrap()] {
                assert!(!text.contains(&net.decimal()), "{net}");
            }
        }
    }
}
