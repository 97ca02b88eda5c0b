//! A universal record: what the ledger keeps of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::fares::Amount;
use super::super::ledger::{Kept, Ledger};

/// Coupons on one document; more flights need conjunction documents.
pub(super) const COUPONS_PER_DOCUMENT_MAX: usize = 4;

/// A universal record with its one air reservation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) serial: u64,
    pub(super) branch: String,
    /// Locator of the universal record.
    pub(super) universal: String,
    /// Locator at the host: what travellers call the booking code.
    pub(super) provider: String,
    /// Locator of the air reservation inside the universal record.
    pub(super) air: String,
    pub(super) created: Timestamp,
    pub(super) modified: Timestamp,
    pub(super) version: u32,
    pub(super) travelers: Vec<Traveler>,
    pub(super) segments: Vec<Segment>,
    /// Stored fares; empty when the host could not store them.
    pub(super) fares: Vec<StoredFare>,
    pub(super) remarks: Vec<Remark>,
    pub(super) tickets: Vec<Ticket>,
    pub(super) action: (String, String),
    pub(super) cancelled: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Traveler {
    pub(super) key: String,
    pub(super) ptc: String,
    pub(super) prefix: Option<String>,
    pub(super) first: String,
    pub(super) last: String,
    pub(super) birth: Option<String>,
    pub(super) gender: Option<String>,
    pub(super) age: Option<String>,
    pub(super) phones: Vec<Phone>,
    pub(super) emails: Vec<String>,
    pub(super) requests: Vec<Request>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Phone {
    pub(super) kind: Option<String>,
    pub(super) location: Option<String>,
    pub(super) country: Option<String>,
    pub(super) number: String,
}

/// A special service request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) kind: String,
    pub(super) text: Option<String>,
    pub(super) carrier: Option<String>,
}

/// A booked flight, as it was when it was sold.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Segment {
    pub(super) key: String,
    pub(super) group: usize,
    pub(super) carrier: String,
    pub(super) number: u16,
    pub(super) operating: Option<(String, u16)>,
    pub(super) class: String,
    pub(super) cabin: String,
    pub(super) origin: String,
    pub(super) destination: String,
    /// Local time with offset, as printed.
    pub(super) departure: String,
    pub(super) arrival: String,
    pub(super) minutes: i64,
    pub(super) km: i64,
    pub(super) equipment: String,
    pub(super) legs: Vec<BookedLeg>,
    /// HK confirmed, HL waitlisted, HX cancelled.
    pub(super) status: String,
    /// Names the seats that it took.
    pub(super) flight: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct BookedLeg {
    pub(super) key: String,
    pub(super) origin: String,
    pub(super) destination: String,
    pub(super) departure: String,
    pub(super) arrival: String,
    pub(super) minutes: i64,
    pub(super) equipment: String,
}

/// A fare stored in the reservation, for travelers of one type.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StoredFare {
    pub(super) key: String,
    pub(super) ptc: String,
    /// Indexes into the order's travelers.
    pub(super) travelers: Vec<usize>,
    pub(super) plating: String,
    pub(super) base: Amount,
    pub(super) equivalent: Amount,
    pub(super) taxes: Vec<(String, Amount)>,
    pub(super) total: Amount,
    pub(super) line: String,
    pub(super) infos: Vec<StoredInfo>,
    pub(super) change: Penalty,
    pub(super) cancel: Penalty,
    /// Until when it must be ticketed, as printed.
    pub(super) latest: String,
}

/// What a change or a cancellation costs.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) enum Penalty {
    Amount(Amount),
    /// All of the fare.
    NotPermitted,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StoredInfo {
    pub(super) key: String,
    pub(super) basis: String,
    pub(super) origin: String,
    pub(super) destination: String,
    /// Hundredths of a neutral unit, surcharges included.
    pub(super) nuc_cents: i64,
    pub(super) amount: Amount,
    pub(super) pieces: Option<u32>,
    pub(super) kilograms: Option<u32>,
    pub(super) endorsement: String,
    pub(super) brand: String,
    /// Indexes into the order's segments.
    pub(super) segments: Vec<usize>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Remark {
    pub(super) category: Option<String>,
    pub(super) text: String,
}

/// The documents of one traveler; more than one where the flights need conjunction documents.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Ticket {
    pub(super) traveler: usize,
    /// Index into the order's fares.
    pub(super) fare: usize,
    /// Thirteen digits each.
    pub(super) numbers: Vec<String>,
    pub(super) issued: Timestamp,
    pub(super) voided: bool,
}

impl Order {
    /// Whether a traveler holds a document that is not voided.
    pub(super) fn is_ticketed(&self, traveler: usize) -> bool {
        self.tickets.iter().any(|ticket| ticket.traveler == traveler && !ticket.voided)
    }

    /// Travelers who take a seat.
    fn seats(&self) -> u32 {
        u32::try_from(self.travelers.iter().filter(|traveler| traveler.ptc != "INF").count())
            .unwrap_or(u32::MAX)
    }

    /// What all travelers pay, in the printed form; `None` without stored fares.
    fn total(&self) -> Option<Amount> {
        let totals = self.fares.iter().map(|fare| fare.total.times(fare.travelers.len()));
        totals.reduce(Amount::plus)
    }
}

/// What stands for the seats of a flight (see [`super::super::inventory::Flight::id`]) in a class.
pub(super) fn seat(flight: &str, class: &str) -> String {
    format!("{flight} {class}")
}

impl Kept for Order {
    const FILE: &str = "travelport-orders.jsonl";

    fn serial(&self) -> u64 {
        self.serial
    }

    fn account(&self) -> &str {
        &self.branch
    }

    fn takes(&self) -> Vec<(String, u32)> {
        let held = self.segments.iter().filter(|segment| !self.cancelled && segment.status == "HK");
        held.map(|segment| (seat(&segment.flight, &segment.class), self.seats())).collect()
    }

    fn highest_document(&self) -> u64 {
        let documents = self.tickets.iter().flat_map(|ticket| &ticket.numbers);
        let serials = documents.filter_map(|number| number.get(3..)?.parse::<u64>().ok());
        serials.max().map_or(0, |highest| highest % DOCUMENT_BASE)
    }

    fn to_json(&self) -> Value {
        json!({
            "account": self.branch,
            "universal": self.universal,
            "provider": self.provider,
            "air": self.air,
            "state": if self.cancelled { "cancelled" } else { "live" },
            "travelers": self.travelers.len(),
            "passengers": self.travelers.iter().map(|traveler| &traveler.ptc).collect::<Vec<_>>(),
            "remarks": self.remarks.iter().map(|remark| &remark.text).collect::<Vec<_>>(),
            "segments": self.segments.iter().map(|segment| json!({
                "flight": format!("{}{}", segment.carrier, segment.number),
                "class": segment.class,
                "origin": segment.origin,
                "destination": segment.destination,
                "departure": segment.departure,
                "status": segment.status,
            })).collect::<Vec<_>>(),
            "fare_stored": !self.fares.is_empty(),
            "total": self.total(),
            "tickets": self.tickets.iter().map(|ticket| json!({
                "traveler": ticket.traveler,
                "numbers": ticket.numbers,
                "state": if ticket.voided { "void" } else { "open" },
            })).collect::<Vec<_>>(),
        })
    }
}

/// Numbers for the documents of one traveler; they are taken once a ticket with them is saved.
pub(super) fn document_numbers(
    ledger: &Ledger<Order>,
    accounting: &str,
    taken: usize,
    coupons: usize,
) -> Vec<String> {
    let documents = coupons.div_ceil(COUPONS_PER_DOCUMENT_MAX);
    (0..documents)
        .map(|index| {
            let serial = ledger.next_document() + (taken + index) as u64;
            format!("{accounting}{:010}", DOCUMENT_BASE * 24 + serial % DOCUMENT_BASE)
        })
        .collect()
}

/// Documents are numbered within this range below a fixed prefix, so that they have ten digits.
const DOCUMENT_BASE: u64 = 100_000_000;
