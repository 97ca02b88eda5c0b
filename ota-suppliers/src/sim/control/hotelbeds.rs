//! What can go wrong at the simulated Hotelbeds.
//!
//! Operations are named `availability`, `checkrates`, `booking`, `bookingdetail`, `bookinglist`, `simulation`,
//! `cancellation`, `status`, `hotels` and `destinations`.

use jiff::civil::Date;
use serde::Deserialize;

/// What a call meets, beside the [effects of the line](super::LineEffect).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    /// Answers an error document and commits nothing.
    Fault {
        /// The supplier's code, without the token that follows it on the wire.
        code: String,
        /// The supplier's words.
        message: String,
        /// The HTTP status; 500 if it is not named.
        #[serde(default = "server_error")]
        status: u16,
    },
    /// The gateway answers that there were too many calls, and nothing has passed it.
    Limited {
        /// 403 in the gateway's words, or 429.
        status: u16,
        /// The Retry-After header, in seconds.
        retry_after_s: Option<u32>,
    },
    /// Checking and booking: nothing is left.
    SoldOut,
    /// Checking: the price is another one by percent, -90 to 1,000, and stays so for the key that is handed out.
    Repriced(i16),
    /// Booking: commits what was asked and answers with something else in one respect.
    WrongEcho(Echo),
    /// Booking: commits, and says ever after, something else than what was asked in one respect.
    Misbooked(Echo),
    /// Listing: shows nothing that was booked in so many seconds before.
    Lagging(u32),
}

fn server_error() -> u16 {
    500
}

/// In which respect a booking differs from what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Echo {
    /// Another client reference.
    Reference,
    /// Another total.
    Total,
    /// Another code of the first room.
    RoomCode,
    /// Another name of the first room.
    RoomName,
    /// The first room is not confirmed.
    RoomStatus,
    /// Another board of the first room.
    Board,
    /// The first child is a year older.
    ChildAge,
    /// The first child is missing; without children the last guest of the first room.
    Children,
    /// Another surname of the first guest.
    Surname,
    /// One night later.
    Dates,
    /// Another property.
    Property,
    /// The dearest cancellation step is dearer.
    Cancellation,
}

/// Rooms that are sold out: `{"property": 210001, "room": "DBL.ST", "date": "2027-06-15"}`, and `account`. The date is
/// that of a night.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SellOut {
    account: Option<String>,
    property: Option<u32>,
    room: Option<String>,
    date: Option<Date>,
}

impl SellOut {
    /// Whether it names a kind of room of a property in a night.
    pub(in crate::sim) fn names(&self, account: &str, property: u32, room: &str, night: Date) -> bool {
        let is = |part: &Option<String>, is: &str| part.as_deref().is_none_or(|part| part == is);
        is(&self.account, account)
            && self.property.is_none_or(|named| named == property)
            && is(&self.room, room)
            && self.date.is_none_or(|date| date == night)
    }
}
