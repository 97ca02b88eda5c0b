//! What was sold: orders and what they take of the inventory, journaled so that a killed simulator knows them again.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::journal::{Journal, JournalError};

/// Orders that one ledger keeps; the host sells nothing more then.
const ORDERS_MAX: usize = 100_000;

/// An order of one of the protocols.
pub(super) trait Kept: Clone + fmt::Debug + Serialize + DeserializeOwned {
    /// The journal's name in the simulator's folder.
    const FILE: &str;

    fn serial(&self) -> u64;

    /// Whose it is.
    fn account(&self) -> &str;

    /// What it takes of the account's inventory now, and of each how many; nothing once it is cancelled.
    fn takes(&self) -> Vec<(String, u32)>;

    /// The highest number of its documents; zero without documents.
    fn highest_document(&self) -> u64 {
        0
    }

    /// As the ledger endpoint shows it: no names.
    fn to_json(&self) -> Value;
}

/// A line of the journal. An order is written whole each time it changes: the last line of a serial counts.
#[derive(Debug, Serialize, Deserialize)]
enum Entry<O> {
    Order(Box<O>),
    /// All orders were forgotten; numbers go on where they were, none is ever given twice.
    Forget {
        next_serial: u64,
        next_document: u64,
    },
}

/// The books of a simulator.
#[derive(Debug)]
pub(super) struct Ledger<O> {
    journal: Journal<Entry<O>>,
    orders: BTreeMap<u64, O>,
    /// What is sold, by account.
    sold: HashMap<String, HashMap<String, u32>>,
    /// Calls by account and request; since the start of the process, not journaled.
    calls: BTreeMap<String, BTreeMap<String, u64>>,
    next_serial: u64,
    next_document: u64,
}

impl<O: Kept> Ledger<O> {
    /// Opens the journal in a folder, or keeps nothing without one.
    pub(super) fn open(folder: Option<&Path>) -> Result<Self, JournalError> {
        let (journal, entries) = match folder {
            Some(folder) => Journal::open(&folder.join(O::FILE))?,
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

    fn apply(&mut self, entry: Entry<O>) {
        match entry {
            Entry::Forget { next_serial, next_document } => {
                self.orders.clear();
                self.sold.clear();
                (self.next_serial, self.next_document) = (next_serial, next_document);
            }
            Entry::Order(order) => {
                self.next_serial = self.next_serial.max(order.serial() + 1);
                self.next_document = self.next_document.max(order.highest_document() + 1);
                if let Some(before) = self.orders.remove(&order.serial()) {
                    self.count(&before, u32::saturating_sub);
                }
                self.count(&order, u32::saturating_add);
                self.orders.insert(order.serial(), *order);
            }
        }
    }

    fn count(&mut self, order: &O, change: impl Fn(u32, u32) -> u32) {
        let sold = self.sold.entry(order.account().to_owned()).or_default();
        for (what, many) in order.takes() {
            let sold = sold.entry(what).or_default();
            *sold = change(*sold, many);
        }
    }

    /// Commits an order: journaled and synced when this returns.
    pub(super) fn save(&mut self, order: O) -> Result<(), JournalError> {
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

    pub(super) fn count_call(&mut self, account: &str, request: &str) {
        *self.calls.entry(account.to_owned()).or_default().entry(request.to_owned()).or_default() += 1;
    }

    /// How many an account has sold of what its orders take.
    pub(super) fn sold(&self, account: &str, what: &str) -> u32 {
        self.sold.get(account).and_then(|sold| sold.get(what)).copied().unwrap_or(0)
    }

    /// The serial of the next order.
    pub(super) fn next_serial(&self) -> u64 {
        self.next_serial
    }

    /// The number of the next document.
    pub(super) fn next_document(&self) -> u64 {
        self.next_document
    }

    /// The orders of an account, oldest first.
    pub(super) fn orders<'a>(&'a self, account: &'a str) -> impl Iterator<Item = &'a O> {
        self.orders.values().filter(move |order| order.account() == account)
    }

    /// An order of an account.
    pub(super) fn find(&self, account: &str, matches: impl Fn(&O) -> bool) -> Option<&O> {
        self.orders.values().find(|order| order.account() == account && matches(order))
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "calls": self.calls,
            "orders": self.orders.values().map(Kept::to_json).collect::<Vec<_>>(),
        })
    }
}
