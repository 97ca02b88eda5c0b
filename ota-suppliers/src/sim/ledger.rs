//! What was sold: orders, tickets and seats, journaled so that a killed simulator knows them again.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::fares::Amount;
use super::journal::{Journal, JournalError};

/// Coupons on one document; more flights need conjunction documents.
pub(super) const COUPONS_PER_DOCUMENT_MAX: usize = 4;

/// Orders that one ledger keeps; the host sells nothing more then.
const ORDERS_MAX: usize = 100_000;

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

/// A line of the journal. An order is written whole each time it changes: the last line of a serial counts.
#[derive(Debug, Serialize, Deserialize)]
enum Entry {
    Order(Box<Order>),
    /// All orders were forgotten; numbers go on where they were, none is ever given twice.
    Forget {
        next_serial: u64,
        next_document: u64,
    },
}

/// The books of the simulator.
#[derive(Debug)]
pub(super) struct Ledger {
    journal: Journal<Entry>,
    orders: BTreeMap<u64, Order>,
    /// Seats sold by branch, flight and class.
    sold: HashMap<(String, String, String), u32>,
    /// Calls by branch and request; since the start of the process, not journaled.
    calls: BTreeMap<String, BTreeMap<String, u64>>,
    next_serial: u64,
    next_document: u64,
}

impl Ledger {
    /// Opens the journal in a folder, or keeps nothing without one.
    pub(super) fn open(folder: Option<&Path>) -> Result<Self, JournalError> {
        let (journal, entries) = match folder {
            Some(folder) => Journal::open(&folder.join("travelport-orders.jsonl"))?,
            None => (Journal::forgetful(), Vec::new()),
        };
        let mut ledger = Self {
            journal,
            orders: BTreeMap::new(),
            sold: HashMap::new(),
            calls: BTreeMap::new(),
            next_serial: 1,
            next_document: 1,
        };
        for entry in entries {
            ledger.apply(entry);
        }
        Ok(ledger)
    }

    fn apply(&mut self, entry: Entry) {
        match entry {
            Entry::Forget { next_serial, next_document } => {
                self.orders.clear();
                self.sold.clear();
                (self.next_serial, self.next_document) = (next_serial, next_document);
            }
            Entry::Order(order) => {
                self.next_serial = self.next_serial.max(order.serial + 1);
                let documents = order.tickets.iter().flat_map(|ticket| &ticket.numbers);
                let highest = documents.filter_map(|number| number.get(3..)?.parse::<u64>().ok()).max();
                self.next_document = self.next_document.max(highest.map_or(0, |n| n % DOCUMENT_BASE + 1));
                if let Some(before) = self.orders.remove(&order.serial) {
                    self.count_seats(&before, |sold, seats| sold.saturating_sub(seats));
                }
                self.count_seats(&order, |sold, seats| sold + seats);
                self.orders.insert(order.serial, *order);
            }
        }
    }

    fn count_seats(&mut self, order: &Order, change: impl Fn(u32, u32) -> u32) {
        for segment in order.segments.iter().filter(|segment| !order.cancelled && segment.status == "HK") {
            let key = (order.branch.clone(), segment.flight.clone(), segment.class.clone());
            let sold = self.sold.entry(key).or_default();
            *sold = change(*sold, order.seats());
        }
    }

    /// Commits an order: journaled and synced when this returns.
    pub(super) fn save(&mut self, order: Order) -> Result<(), JournalError> {
        let entry = Entry::Order(Box::new(order));
        self.journal.append(&entry)?;
        self.apply(entry);
        Ok(())
    }

    /// Whether there is room for one more order.
    pub(super) fn has_room(&self) -> bool {
        self.orders.len() < ORDERS_MAX
    }

    /// Forgets all orders and call counts.
    pub(super) fn forget(&mut self) -> Result<(), JournalError> {
        let entry = Entry::Forget { next_serial: self.next_serial, next_document: self.next_document };
        self.journal.append(&entry)?;
        self.apply(entry);
        self.calls.clear();
        Ok(())
    }

    pub(super) fn count_call(&mut self, branch: &str, request: &str) {
        *self.calls.entry(branch.to_owned()).or_default().entry(request.to_owned()).or_default() += 1;
    }

    /// Seats sold on a flight (see [`super::inventory::Flight::id`]) in a class.
    pub(super) fn sold(&self, branch: &str, flight: &str, class: &str) -> u32 {
        let key = (branch.to_owned(), flight.to_owned(), class.to_owned());
        self.sold.get(&key).copied().unwrap_or(0)
    }

    /// The serial of the next order.
    pub(super) fn next_serial(&self) -> u64 {
        self.next_serial
    }

    /// Numbers for the documents of one traveler; they are taken once a ticket with them is saved.
    pub(super) fn document_numbers(&self, accounting: &str, taken: usize, coupons: usize) -> Vec<String> {
        let documents = coupons.div_ceil(COUPONS_PER_DOCUMENT_MAX);
        (0..documents)
            .map(|index| {
                let serial = self.next_document + (taken + index) as u64;
                format!("{accounting}{:010}", DOCUMENT_BASE * 24 + serial % DOCUMENT_BASE)
            })
            .collect()
    }

    /// The orders of a branch, oldest first.
    pub(super) fn orders<'a>(&'a self, branch: &'a str) -> impl Iterator<Item = &'a Order> {
        self.orders.values().filter(move |order| order.branch == branch)
    }

    /// An order of a branch.
    pub(super) fn find(&self, branch: &str, matches: impl Fn(&Order) -> bool) -> Option<&Order> {
        self.orders.values().find(|order| order.branch == branch && matches(order))
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "calls": self.calls,
            "orders": self.orders.values().map(Order::to_json).collect::<Vec<_>>(),
        })
    }
}

/// Documents are numbered within this range below a fixed prefix, so that they have ten digits.
const DOCUMENT_BASE: u64 = 100_000_000;
