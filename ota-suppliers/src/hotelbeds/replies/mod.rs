//! Reading Hotelbeds' replies into wire values that keep the supplier's names and words.
//!
//! Replies are JSON; one in XML is first written as the JSON of the same reply ([`normal`]), so that one set of
//! wire structs serves both. What a reply is, its members tell. Every value borrows from the text.

pub(crate) mod booking;
pub(crate) mod content;
mod from_xml;
pub(crate) mod stay;
mod wire;

use std::borrow::Cow;

use serde_json::value::RawValue;

use self::booking::{BookingRs, BookingsRs};
use self::content::ContentRs;
use self::stay::{HotelRs, HotelsRs};
use self::wire::{Members, Text};
use crate::xml::XmlError;

/// Largest reply read, bytes after decompression.
const REPLY_BYTES_MAX: usize = ota_core::limits::REPLY_BYTES_MAX;

/// Most objects in one reply: what a wire struct takes in memory is a few hundred times `{}`.
const OBJECTS_MAX: usize = 250_000;

/// Most members of a reply's outermost object.
const MEMBERS_MAX: usize = 64;

/// A reply, by what it is about.
pub(crate) enum Reply<'a> {
    /// What can be had for a search.
    Availability(HotelsRs<'a>),
    /// The price of rate keys.
    CheckRates(Box<HotelRs<'a>>),
    /// One booking: made, retrieved or cancelled.
    Booking(Box<BookingRs<'a>>),
    /// A page of bookings.
    Bookings(BookingsRs<'a>),
    /// A page of the catalogue.
    Content(ContentRs<'a>),
    /// The host is up.
    Status(Text<'a>),
    /// The supplier says no.
    Error(ErrorRs<'a>),
    /// The gateway before the host says no, in plain words.
    Gateway(&'a str),
    /// A whole reply of a kind that is not covered, by its distinguishing member.
    Recognised(Cow<'a, str>),
}

impl Reply<'_> {
    /// What the supplier calls it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Availability(_) => "availabilityRS",
            Self::CheckRates(_) => "checkRateRS",
            Self::Booking(reply) if reply.is_cancellation() => "bookingCancellationRS",
            Self::Booking(_) => "bookingRS",
            Self::Bookings(_) => "bookingListRS",
            Self::Content(page) => page.name,
            Self::Status(_) => "statusRS",
            Self::Error(_) => "error",
            Self::Gateway(_) => "gateway",
            Self::Recognised(name) => name,
        }
    }
}

/// `error`: the supplier's code and words.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct ErrorRs<'a> {
    #[serde(borrow)]
    pub(crate) code: Text<'a>,
    #[serde(borrow)]
    pub(crate) message: Text<'a>,
}

/// Why bytes are not a reply. Messages never repeat the document's content, which may be personal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ReplyError {
    /// More than a reply may have.
    #[error("reply of {bytes} bytes or {objects} objects is too large")]
    TooLarge {
        /// Its bytes.
        bytes: usize,
        /// Its opening braces.
        objects: usize,
    },
    /// Neither JSON nor XML, nor a known word of the gateway.
    #[error("neither JSON nor XML")]
    NotAReply,
    /// JSON that is not well-formed, cut short, or of other types than the reply has.
    #[error("not the JSON of a reply")]
    Json(#[from] JsonError),
    /// XML that is not well-formed, cut short, or beyond the reader's limits.
    #[error("not the XML of a reply")]
    Xml(#[from] XmlError),
    /// XML of somebody else.
    #[error("root element of another namespace")]
    Namespace,
    /// A request, not a reply.
    #[error("a request ({0}), not a reply")]
    Request(&'static str),
}

/// Where JSON is wrong. serde's own message may repeat values of the document.
#[derive(Debug, thiserror::Error)]
#[error("{category} at line {line}, column {column}")]
pub(crate) struct JsonError {
    category: &'static str,
    line: usize,
    column: usize,
}

impl From<serde_json::Error> for ReplyError {
    fn from(error: serde_json::Error) -> Self {
        use serde_json::error::Category;
        let category = match error.classify() {
            Category::Eof => "cut short",
            Category::Syntax => "not well-formed",
            Category::Data => "unexpected type or repeated member",
            Category::Io => "not readable",
        };
        Self::Json(JsonError { category, line: error.line(), column: error.column() })
    }
}

/// The JSON of a reply: the reply itself, or what an XML reply says written as JSON.
///
/// # Errors
/// Too large, or XML that cannot be read.
pub(crate) fn normal(document: &[u8]) -> Result<Cow<'_, [u8]>, ReplyError> {
    let bytes = document.len();
    if bytes > REPLY_BYTES_MAX {
        return Err(ReplyError::TooLarge { bytes, objects: 0 });
    }
    let text = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document).trim_ascii();
    let json = match text.first() {
        Some(b'<') if gateway(text).is_none() => Cow::Owned(from_xml::write(text)?),
        _ => Cow::Borrowed(text),
    };
    let objects = memchr::memchr_iter(b'{', &json).count();
    if objects > OBJECTS_MAX {
        return Err(ReplyError::TooLarge { bytes, objects });
    }
    Ok(json)
}

/// Reads the JSON of a reply, as [`normal`] gives it.
///
/// # Errors
/// Not a whole reply, or a request.
pub(crate) fn read(json: &[u8]) -> Result<Reply<'_>, ReplyError> {
    if json.first() != Some(&b'{') {
        return gateway(json).map(Reply::Gateway).ok_or(ReplyError::NotAReply);
    }
    let members: Members<'_> = serde_json::from_slice(json)?;
    if let Some(request) = request(&members) {
        return Err(ReplyError::Request(request));
    }
    // A booking in the body wins over everything else that is there.
    if let Some(booking) = members.object("booking") {
        return Ok(Reply::Booking(parse(booking)?));
    }
    if let Some(error) = members.object("error") {
        return Ok(Reply::Error(parse(error)?));
    }
    if let Some(bookings) = members.object("bookings") {
        return Ok(Reply::Bookings(parse(bookings)?));
    }
    if let Some(hotels) = members.object("hotels") {
        return Ok(Reply::Availability(parse(hotels)?));
    }
    if let Some(hotel) = members.object("hotel") {
        return Ok(Reply::CheckRates(parse(hotel)?));
    }
    if let Some(page) = ContentRs::read(&members)? {
        return Ok(Reply::Content(page));
    }
    if let Some(status) = members.get("status") {
        return Ok(Reply::Status(parse(status)?));
    }
    let audited = members.get("auditData").is_some();
    members.other(&["auditData"]).filter(|_| audited).map(Reply::Recognised).ok_or(ReplyError::NotAReply)
}

fn parse<'a, T: serde::Deserialize<'a>>(value: &'a RawValue) -> Result<T, ReplyError> {
    Ok(serde_json::from_str(value.get())?)
}

/// What a request is called, by the members that no reply has.
fn request(members: &Members<'_>) -> Option<&'static str> {
    let has = |name| members.get(name).is_some();
    if has("mode") && has("booking") {
        Some("bookingChangeRQ")
    } else if has("stay") && has("occupancies") {
        Some("availabilityRQ")
    } else if has("rooms") && !has("auditData") {
        Some(if has("holder") { "bookingRQ" } else { "checkRateRQ" })
    } else {
        None
    }
}

/// The gateway's words, bare or in one HTML heading. A request that it answers has not passed it.
///
/// Source: "Hotel API ERRORS" on the supplier's developer site.
fn gateway(text: &[u8]) -> Option<&str> {
    const WORDS: [&str; 5] =
        ["Developer Inactive", "Developer Over Qps", "Developer Over Rate", "Not Authorized", "Forbidden"];
    let text = std::str::from_utf8(text).ok()?;
    let bare = text.strip_prefix("<h1>").and_then(|text| text.strip_suffix("</h1>")).unwrap_or(text);
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(bare.trim())).then(|| bare.trim())
}
