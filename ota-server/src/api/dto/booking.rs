//! Bookings as clients make and see them. Personal data comes in here and never goes out again.

use std::time::Duration;

use jiff::civil::Date;
use ota_core::booking::command::{Event, JournalEntry};
use ota_core::booking::model::{
    Booking, BookingStatus, Item, ItemState, ItemTicket, PaymentState, Quote, ReviewReason,
};
use ota_core::desk::servicing::CancelQuote;
use ota_core::model::id::QuoteId;
use ota_core::model::offer::Offer;
use ota_core::model::order::{LocatorKind, RecordLocator};
use ota_core::model::passenger::{PassengerKind, TravelerRef};
use ota_core::model::place::CountryCode;
use ota_core::model::traveler::{Contact, DocumentKind, Gender, Party, PersonName, TravelDocument, Traveler};
use ota_core::pricing::SellPrice;
use ota_core::redact::Redacted;
use ota_core::verify::Respect;
use serde::{Deserialize, Serialize};

use super::offer::{OfferDto, PriceDto, SegmentDto};
use super::stay::StayDto;
use super::{Amount, instant};

/// `POST /v1/bookings`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateRequest {
    /// The quote to book.
    pub(crate) quote: QuoteId,
    travelers: Vec<TravelerRequest>,
    contact: ContactRequest,
}

impl CreateRequest {
    /// Who travels, as the model has it.
    pub(crate) fn into_party(self) -> Party {
        Party {
            travelers: self.travelers.into_iter().map(Traveler::from).collect(),
            contact: Contact { email: self.contact.email, phone: self.contact.phone },
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ContactRequest {
    email: Redacted<String>,
    #[serde(default)]
    phone: Option<Redacted<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TravelerRequest {
    #[serde(rename = "type")]
    kind: Kind,
    /// Absent for a mononym.
    #[serde(default)]
    given_name: Option<Redacted<String>>,
    surname: Redacted<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    born: Option<Redacted<Date>>,
    #[serde(default)]
    gender: Option<Gender>,
    #[serde(default)]
    document: Option<DocumentRequest>,
    /// For a lap infant: which traveler's lap, counted from 0.
    #[serde(default)]
    with_adult: Option<u8>,
    /// For a stay of several rooms: in which of them, counted from 1.
    #[serde(default)]
    room: Option<u8>,
}

#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
enum Kind {
    #[serde(rename = "ADT")]
    Adult,
    #[serde(rename = "CHD")]
    Child,
    #[serde(rename = "INF")]
    LapInfant,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentRequest {
    kind: DocumentKind,
    number: Redacted<String>,
    issued_by: CountryCode,
    nationality: CountryCode,
    expires: Date,
}

impl From<TravelerRequest> for Traveler {
    fn from(traveler: TravelerRequest) -> Self {
        Self {
            kind: match traveler.kind {
                Kind::Adult => PassengerKind::Adult,
                Kind::Child => PassengerKind::Child,
                Kind::LapInfant => PassengerKind::LapInfant,
            },
            name: PersonName { given: traveler.given_name, surname: traveler.surname, title: traveler.title },
            born: traveler.born,
            gender: traveler.gender,
            room: traveler.room,
            document: traveler.document.map(|document| TravelDocument {
                kind: document.kind,
                number: document.number,
                issued_by: document.issued_by,
                nationality: document.nationality,
                expires: document.expires,
            }),
            with_adult: traveler.with_adult.map(TravelerRef),
        }
    }
}

/// `POST /v1/bookings/{bkg}/payments`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PaymentRequest {
    /// The gateway's token for the customer's means of payment. Never card data.
    pub(crate) method: Redacted<String>,
}

/// `POST /v1/bookings/{bkg}/cancel`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelRequest {
    /// The refund that was quoted: if another one is due by now, nothing happens.
    pub(crate) refund: Amount,
}

/// What a cancellation would bring back.
#[derive(Debug, Serialize)]
pub(crate) struct CancelQuoteDto {
    refund: Amount,
    /// What is kept.
    penalty: Amount,
    /// The amounts change then, at the latest.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<String>,
}

impl From<CancelQuote> for CancelQuoteDto {
    fn from(quote: CancelQuote) -> Self {
        Self {
            refund: quote.refund.into(),
            penalty: quote.penalty.into(),
            valid_until: quote.valid_until.map(instant),
        }
    }
}

/// `POST /v1/offers/verify`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VerifyRequest {
    /// The id of an offer on a page.
    pub(crate) offer: String,
}

/// What a live check found.
#[derive(Debug, Serialize)]
pub(crate) struct VerificationDto<'a> {
    result: &'static str,
    changes: &'a [Respect],
    quote: QuoteDto<'a>,
}

impl<'a> VerificationDto<'a> {
    /// A quote, and in which respects it differs from what was shown.
    pub(crate) fn new(quote: &'a Quote, changes: &'a [Respect], margin: Duration) -> Self {
        let result = if changes.is_empty() { "UNCHANGED" } else { "CHANGED" };
        let quote = QuoteDto {
            id: quote.id.to_string(),
            expires_at: instant(quote.expires_at),
            offer: OfferDto::new(None, &quote.solution.offer, &quote.sell, margin),
        };
        Self { result, changes, quote }
    }
}

/// A quote.
#[derive(Debug, Serialize)]
struct QuoteDto<'a> {
    id: String,
    expires_at: String,
    offer: OfferDto<'a>,
}

/// A booking and what has happened to it.
#[derive(Debug, Serialize)]
pub(crate) struct WithJournal<'a> {
    #[serde(flatten)]
    booking: BookingDto<'a>,
    journal: Vec<EntryDto>,
}

impl<'a> WithJournal<'a> {
    /// Of each entry its name alone goes out.
    pub(crate) fn new(booking: &'a Booking, journal: &[JournalEntry], margin: Duration) -> Self {
        let entry = |entry: &JournalEntry| EntryDto {
            at: instant(entry.at),
            event: entry.event.name(),
            command: match &entry.event {
                Event::Started(started) => Some(started.command.name()),
                _ => None,
            },
        };
        Self { booking: BookingDto::new(booking, margin), journal: journal.iter().map(entry).collect() }
    }
}

#[derive(Debug, Serialize)]
struct EntryDto {
    at: String,
    event: &'static str,
    /// Of a step that was started.
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<&'static str>,
}

/// A booking.
#[derive(Debug, Serialize)]
pub(crate) struct BookingDto<'a> {
    id: String,
    status: BookingStatus,
    created_at: String,
    pay_before: String,
    price: PriceDto,
    travelers: Vec<&'static str>,
    items: Vec<ItemDto<'a>>,
    payment: PaymentDto,
    /// Messages to the customer that are not handed over yet.
    messages_owed: usize,
    /// Why people look at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<ReviewReason>,
}

impl<'a> BookingDto<'a> {
    /// The public side of a booking; `margin` is how long before its end free cancellation is shown to end.
    pub(crate) fn new(booking: &'a Booking, margin: Duration) -> Self {
        Self {
            id: booking.id.to_string(),
            status: booking.status,
            created_at: instant(booking.created_at),
            pay_before: instant(booking.pay_before),
            price: PriceDto::from(&booking.price),
            travelers: booking.travelers.iter().map(|kind| kind.code()).collect(),
            items: booking.items.iter().map(|item| ItemDto::new(item, &booking.price, margin)).collect(),
            payment: PaymentDto {
                state: booking.payment.state,
                authorized: booking.payment.authorized.into(),
                captured: booking.payment.captured.into(),
                refunded: booking.payment.refunded.into(),
            },
            messages_owed: booking.messages.len(),
            review: booking.review,
        }
    }
}

#[derive(Debug, Serialize)]
struct ItemDto<'a> {
    state: ItemState,
    locators: Vec<LocatorDto<'a>>,
    #[serde(flatten)]
    product: ProductDto<'a>,
    /// In what the supplier's record is not as it was sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    discrepancy: Option<&'a str>,
}

/// What was sold.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
enum ProductDto<'a> {
    Flight { segments: Vec<SegmentDto<'a>>, tickets: Vec<TicketDto> },
    Stay { stay: Box<StayDto<'a>> },
}

impl<'a> ItemDto<'a> {
    /// Of a booking with one item, whose price is the booking's.
    fn new(item: &'a Item, price: &SellPrice, margin: Duration) -> Self {
        let product = match &item.solution.offer {
            Offer::Flight(offer) => ProductDto::Flight {
                segments: offer.itinerary.segments().map(SegmentDto::from).collect(),
                tickets: item.tickets.iter().map(TicketDto::from).collect(),
            },
            Offer::Stay(offer) => ProductDto::Stay { stay: Box::new(StayDto::new(offer, price, margin)) },
        };
        let locators = item.locators.iter().map(LocatorDto::from).collect();
        Self { state: item.state, locators, product, discrepancy: item.discrepancy.as_deref() }
    }
}

#[derive(Debug, Serialize)]
struct LocatorDto<'a> {
    kind: LocatorKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'a str>,
    code: &'a str,
}

impl<'a> From<&'a RecordLocator> for LocatorDto<'a> {
    fn from(locator: &'a RecordLocator) -> Self {
        Self { kind: locator.kind, owner: locator.owner.as_deref(), code: &locator.code }
    }
}

#[derive(Debug, Serialize)]
struct TicketDto {
    /// Which traveler, counted from 0.
    traveler: u8,
    number: String,
    /// The leading number of a conjunction.
    #[serde(skip_serializing_if = "Option::is_none")]
    conjunction_of: Option<String>,
    coupons: u8,
    voided: bool,
}

impl From<&ItemTicket> for TicketDto {
    fn from(ticket: &ItemTicket) -> Self {
        Self {
            traveler: ticket.traveler.0,
            number: ticket.number.to_string(),
            conjunction_of: ticket.conjunction_of.as_ref().map(ToString::to_string),
            coupons: ticket.coupons,
            voided: ticket.voided,
        }
    }
}

#[derive(Debug, Serialize)]
struct PaymentDto {
    state: PaymentState,
    authorized: Amount,
    captured: Amount,
    refunded: Amount,
}
