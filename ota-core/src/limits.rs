//! Every maximum that is not configuration, named.

use std::time::Duration;

/// Largest supplier reply after decompression, bytes.
pub const REPLY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Deepest element nesting of an XML reply.
pub const XML_DEPTH_MAX: usize = 128;
/// Most offers taken from one supplier answer; the rest is counted as skipped.
pub const OFFERS_PER_SUPPLIER_MAX: usize = 3_000;
/// Most offers made of the rates of one property; several kinds of rooms multiply.
pub const OFFERS_PER_PROPERTY_MAX: usize = 100;
/// Most warnings kept beside one supplier's answer.
pub const WARNINGS_MAX: usize = 32;
/// Most slices (origin to destination as asked) in one search.
pub const SLICES_MAX: usize = 6;
/// Most segments in one itinerary.
pub const SEGMENTS_MAX: usize = 24;
/// Most passengers with a seat in one booking (the sell limit that carriers and GDSs share).
pub const SEATED_PASSENGERS_MAX: usize = 9;
/// Days ahead that schedules are filed (IATA standard schedules run 361 days at most).
pub const DAYS_AHEAD_MAX: i32 = 361;
/// Most rooms in one search of stays.
pub const ROOMS_MAX: usize = 9;
/// Most guests in one room.
pub const GUESTS_PER_ROOM_MAX: usize = 10;
/// Oldest age of somebody who stays as a child.
pub const CHILD_AGE_MAX: u8 = 17;
/// Most nights of one stay.
pub const NIGHTS_MAX: i32 = 30;
/// Days ahead that a stay may begin: two seasons are contracted at most.
pub const STAY_DAYS_AHEAD_MAX: i32 = 730;
/// Most properties named in one search of stays.
pub const PROPERTIES_PER_SEARCH_MAX: usize = 2_000;
/// Widest circle searched around a position, metres.
pub const STAY_RADIUS_METRES_MAX: u32 = 200_000;
/// How far from its centre a city is searched for stays, metres: Disneyland is 13 km from Tokyo's, Ubud 19 from Denpasar's.
pub const CITY_RADIUS_METRES: u32 = 30_000;
/// Most pages of one supplier's content.
pub const CONTENT_PAGES_MAX: usize = 2_000;
/// Most properties kept of one supplier.
pub const PROPERTIES_MAX: usize = 500_000;
/// How long before a supplier's own deadline we stop promising free cancellation: a cancellation of unknown outcome is
/// asked after for hours.
pub const CANCELLATION_MARGIN: Duration = Duration::from_secs(6 * 3600);
/// Most offers of rooms taken from one supplier answer; of each property the cheapest are.
pub const STAY_OFFERS_PER_SUPPLIER_MAX: usize = 10_000;
/// Largest opaque supplier token kept with an offer, bytes.
pub const SUPPLIER_TOKEN_BYTES_MAX: usize = 64 * 1024;
/// Journal entries of one booking; the machine asks for people before it is reached.
pub const JOURNAL_ENTRIES_MAX: usize = 200;
/// Attempts of a read, the first included.
pub const READ_ATTEMPTS_MAX: u32 = 3;
/// Orders that one `find` may bring back before its answer proves nothing.
pub const FIND_HITS_MAX: usize = 50;
/// How long a search waits for all suppliers before it answers with those who have.
pub const SEARCH_SOFT_DEADLINE: Duration = Duration::from_secs(3);
/// How long a search call may live at all.
pub const SEARCH_HARD_DEADLINE: Duration = Duration::from_secs(8);
/// Longest name part of a traveler, characters (Resolution 722f leaves 49 for the whole name on a ticket).
pub const NAME_CHARS_MAX: usize = 40;
/// Largest request body that the server reads, bytes.
pub const REQUEST_BODY_BYTES_MAX: usize = 256 * 1024;
/// Longest `Idempotency-Key`, characters.
pub const CLIENT_KEY_CHARS_MAX: usize = 128;
