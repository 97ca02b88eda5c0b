//! A booking: what the ledger keeps of it and how it is shown.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::fares::Amount;
use super::super::ledger::Kept;
use super::World;
use super::key::Stay;
use super::rate::Rate;
use super::reply::{Shape, hotel_head, rate_json};

/// Where the supplier's day begins.
const OFFICE_ZONE: &str = "Europe/Madrid";

/// A booking of one property.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Booking {
    pub(super) serial: u64,
    /// The Api-key.
    pub(super) account: String,
    pub(super) reference: String,
    pub(super) client_reference: String,
    pub(super) created: Timestamp,
    pub(super) modified: Timestamp,
    /// When it was cancelled, and what that cost.
    pub(super) cancelled: Option<(Timestamp, Amount)>,
    /// Name and surname.
    pub(super) holder: (String, String),
    pub(super) property: u32,
    pub(super) check_in: Date,
    pub(super) check_out: Date,
    pub(super) rooms: Vec<BookedRoom>,
    pub(super) total: Amount,
    pub(super) remark: Option<String>,
}

/// All rooms of one key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct BookedRoom {
    pub(super) status: String,
    pub(super) rate: Rate,
    pub(super) guests: Vec<Guest>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Guest {
    /// Among the equal rooms, from 1.
    pub(super) room: u32,
    pub(super) child: bool,
    pub(super) age: Option<u32>,
    pub(super) name: String,
    pub(super) surname: String,
}

/// What stands for a kind of room of a property in a night.
pub(super) fn bed(property: u32, room: &str, night: Date) -> String {
    format!("{property}/{room}/{night}")
}

impl Booking {
    /// When it was made, by the supplier's calendar.
    pub(super) fn creation_date(&self) -> Date {
        office_date(self.created)
    }

    /// What a cancellation costs at a moment, all rooms together.
    pub(super) fn fee(&self, at: Timestamp) -> Amount {
        let none = Amount::new(self.total.currency, 0);
        self.rooms.iter().map(|room| room.rate.fee(at)).fold(none, Amount::plus)
    }

    fn status(&self) -> &'static str {
        if self.cancelled.is_some() { "CANCELLED" } else { "CONFIRMED" }
    }

    /// As replies show it. `fee` is what a cancellation costs or has cost.
    pub(super) fn to_reply(&self, world: &World, shape: Shape, fee: Option<Amount>) -> Value {
        let open = self.cancelled.is_none();
        let number = |amount: Amount| number(&amount.two_decimals());
        let mut shown = json!({
            "reference": self.reference,
            "clientReference": self.client_reference,
            "creationDate": self.creation_date().to_string(),
            "status": self.status(),
            "modificationPolicies": { "cancellation": open, "modification": open },
            "creationUser": self.account,
            "holder": { "name": self.holder.0, "surname": self.holder.1 },
            "hotel": self.hotel(world, shape, fee),
            "totalNet": number(self.total),
            "pendingAmount": number(self.cancelled.map_or(self.total, |(_, fee)| fee)),
            "currency": self.total.currency.code,
            "invoiceCompany": {
                "code": "S01", "company": "SIMULATED BEDBANK, S.L.", "registrationNumber": "ESB00000000",
            },
        });
        if let Some(remark) = self.remark.as_ref().filter(|_| shape != Shape::Listed) {
            shown["remark"] = remark.as_str().into();
        }
        if !open {
            shown["cancellationReference"] = format!("C{}", self.reference).into();
        }
        shown
    }

    fn hotel(&self, world: &World, shape: Shape, fee: Option<Amount>) -> Value {
        let mut hotel = world.property(self.property).map(hotel_head).unwrap_or_default();
        let mut add = |name: &str, value: Value| hotel.insert(name.to_owned(), value);
        add("code", self.property.into());
        add("checkIn", self.check_in.to_string().into());
        add("checkOut", self.check_out.to_string().into());
        let rooms = self.rooms.iter().enumerate();
        add(
            "rooms",
            rooms.map(|(at, room)| room.to_reply(at + 1, self.cancelled.is_some(), shape)).collect(),
        );
        add("totalNet", self.total.two_decimals().into());
        add("currency", self.total.currency.code.into());
        add("supplier", json!({ "name": "SIMULATED BEDBANK PRODUCT, S.L.", "vatNumber": "ESB00000000" }));
        if let Some(fee) = fee {
            add("cancellationAmount", fee.two_decimals().into());
        }
        hotel.into()
    }
}

impl BookedRoom {
    fn to_reply(&self, id: usize, cancelled: bool, shape: Shape) -> Value {
        let mut shown = json!({
            "id": id,
            "code": self.rate.room.0,
            "name": self.rate.room.1,
            "status": if cancelled { "CANCELLED" } else { &self.status },
            "rates": [rate_json(&self.rate, shape)],
        });
        if shape != Shape::Listed {
            shown["paxes"] = self.guests.iter().map(Guest::to_reply).collect();
        }
        shown
    }
}

impl Guest {
    fn to_reply(&self) -> Value {
        let mut shown = json!({ "roomId": self.room, "type": if self.child { "CH" } else { "AD" } });
        let texts = [("name", &self.name), ("surname", &self.surname)];
        for (member, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
            shown[member] = text.as_str().into();
        }
        if let Some(age) = self.age.filter(|_| self.child) {
            shown["age"] = age.into();
        }
        shown
    }
}

/// The supplier's calendar.
pub(super) fn office_date(at: Timestamp) -> Date {
    TimeZone::get(OFFICE_ZONE).unwrap_or(TimeZone::UTC).to_datetime(at).date()
}

/// Digits as a JSON number, which the supplier uses for the totals of a booking.
fn number(digits: &str) -> Value {
    serde_json::from_str(digits).unwrap_or_default()
}

impl Kept for Booking {
    const FILE: &str = "hotelbeds-bookings.jsonl";

    fn serial(&self) -> u64 {
        self.serial
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn takes(&self) -> Vec<(String, u32)> {
        let stay = Stay { check_in: self.check_in, check_out: self.check_out };
        let rooms = self.rooms.iter().filter(|_| self.cancelled.is_none());
        let nights = rooms.flat_map(|room| stay.nights().map(move |night| (room, night)));
        nights.map(|(room, night)| (bed(self.property, &room.rate.room.0, night), room.rate.rooms)).collect()
    }

    fn to_json(&self) -> Value {
        let rooms = self.rooms.iter().map(|room| {
            json!({
                "code": room.rate.room.0,
                "board": room.rate.board.0,
                "rooms": room.rate.rooms,
                "adults": room.rate.adults,
                "child_ages": room.rate.ages,
                "net": room.rate.net,
            })
        });
        json!({
            "account": self.account,
            "reference": self.reference,
            "client_reference": self.client_reference,
            "state": if self.cancelled.is_some() { "cancelled" } else { "live" },
            "created": self.created,
            "cancelled": self.cancelled.map(|(at, fee)| json!({ "at": at, "fee": fee })),
            "property": self.property,
            "check_in": self.check_in,
            "check_out": self.check_out,
            "rooms": rooms.collect::<Value>(),
            "guests": self.rooms.iter().map(|room| room.guests.len()).sum::<usize>(),
            "total": self.total,
        })
    }
}
