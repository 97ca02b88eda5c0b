//! Every way in which a request fails, as `application/problem+json` (RFC 9457) with a stable `type`.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// What went wrong. [`Kind::row`] is the whole table; `GET /problems` shows it to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    MalformedJson,
    InvalidRequest,
    UnsupportedMediaType,
    BodyTooLarge,
    UnknownPlace,
    SamePlace,
    InvalidSlices,
    PastDate,
    DateTooFarAhead,
    SeatedPassengers,
    TooManyInfants,
    InvalidRooms,
    InvalidNights,
    InvalidArea,
    UnknownPointOfSale,
    NothingSold,
    InvalidTravelers,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    Unauthenticated,
    TooManyRequests,
    Overloaded,
    NotFound,
    MethodNotAllowed,
    SearchExpired,
    OfferForged,
    OfferExpired,
    OfferGone,
    QuoteExpired,
    QuoteTaken,
    BookingState,
    BookingBusy,
    BookingExpired,
    PaymentsUsedUp,
    PaymentUnavailable,
    CancelAmountUnknown,
    CancelQuoteChanged,
    PaymentDeclined,
    SupplierRefused,
    SupplierUnavailable,
    SupplierFailed,
    TimedOut,
    Unavailable,
    Internal,
}

impl Kind {
    /// All kinds, for the public table.
    pub(crate) const ALL: [Self; 44] = [
        Self::MalformedJson,
        Self::InvalidRequest,
        Self::UnsupportedMediaType,
        Self::BodyTooLarge,
        Self::UnknownPlace,
        Self::SamePlace,
        Self::InvalidSlices,
        Self::PastDate,
        Self::DateTooFarAhead,
        Self::SeatedPassengers,
        Self::TooManyInfants,
        Self::InvalidRooms,
        Self::InvalidNights,
        Self::InvalidArea,
        Self::UnknownPointOfSale,
        Self::NothingSold,
        Self::InvalidTravelers,
        Self::IdempotencyKeyMissing,
        Self::IdempotencyKeyReused,
        Self::Unauthenticated,
        Self::TooManyRequests,
        Self::Overloaded,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::SearchExpired,
        Self::OfferForged,
        Self::OfferExpired,
        Self::OfferGone,
        Self::QuoteExpired,
        Self::QuoteTaken,
        Self::BookingState,
        Self::BookingBusy,
        Self::BookingExpired,
        Self::PaymentsUsedUp,
        Self::PaymentUnavailable,
        Self::CancelAmountUnknown,
        Self::CancelQuoteChanged,
        Self::PaymentDeclined,
        Self::SupplierRefused,
        Self::SupplierUnavailable,
        Self::SupplierFailed,
        Self::TimedOut,
        Self::Unavailable,
        Self::Internal,
    ];

    /// Status, the last part of `type`, and title.
    const fn row(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::MalformedJson => (400, "malformed-json", "The body is not JSON"),
            Self::InvalidRequest => (422, "invalid-request", "The request lacks or misspells something"),
            Self::UnsupportedMediaType => {
                (415, "unsupported-media-type", "The body must be application/json")
            }
            Self::BodyTooLarge => (413, "body-too-large", "The body is too large"),
            Self::UnknownPlace => (422, "unknown-place", "No airport or city has this code"),
            Self::SamePlace => (422, "same-place", "Origin and destination are the same"),
            Self::InvalidSlices => (422, "invalid-slices", "The slices are too many, none or out of order"),
            Self::PastDate => (422, "past-date", "The day has passed where it begins"),
            Self::DateTooFarAhead => (422, "date-too-far-ahead", "Nothing is sold for that day yet"),
            Self::SeatedPassengers => {
                (422, "seated-passengers", "Too few or too many passengers with a seat")
            }
            Self::TooManyInfants => (422, "too-many-infants", "There are more lap infants than adults"),
            Self::InvalidRooms => (422, "invalid-rooms", "The rooms are too many, none or too full"),
            Self::InvalidNights => (422, "invalid-nights", "The nights are too many or none"),
            Self::InvalidArea => {
                (422, "invalid-area", "The circle is too wide or none, or the properties too many")
            }
            Self::UnknownPointOfSale => {
                (422, "unknown-point-of-sale", "You do not sell at this point of sale")
            }
            Self::NothingSold => (422, "nothing-sold", "Your contract names no supplier of this"),
            Self::InvalidTravelers => (422, "invalid-travelers", "The travelers do not fit the quote"),
            Self::IdempotencyKeyMissing => {
                (400, "idempotency-key-missing", "This request needs a usable Idempotency-Key")
            }
            Self::IdempotencyKeyReused => {
                (422, "idempotency-key-reused", "The Idempotency-Key was used for another request")
            }
            Self::Unauthenticated => (401, "unauthenticated", "The API key is missing or wrong"),
            Self::TooManyRequests => (429, "too-many-requests", "Too many requests for this API key"),
            Self::Overloaded => (503, "overloaded", "Too many requests at once"),
            Self::NotFound => (404, "not-found", "There is no such thing, or it is not yours"),
            Self::MethodNotAllowed => (405, "method-not-allowed", "The method does not fit the path"),
            Self::SearchExpired => (410, "search-expired", "The search is no longer kept: search again"),
            Self::OfferForged => (422, "offer-forged", "The offer id was not made here, or not for you"),
            Self::OfferExpired => (410, "offer-expired", "The offer is no longer kept: search again"),
            Self::OfferGone => (409, "offer-gone", "The offer cannot be had any more"),
            Self::QuoteExpired => (410, "quote-expired", "The quote is too old: verify the offer again"),
            Self::QuoteTaken => (409, "quote-taken", "The quote already made a booking"),
            Self::BookingState => (409, "booking-state", "The booking's state does not allow this"),
            Self::BookingBusy => (409, "booking-busy", "The booking is being worked on: ask again"),
            Self::BookingExpired => (410, "booking-expired", "The booking was not paid in time"),
            Self::PaymentsUsedUp => (409, "payments-used-up", "Payment was tried too often"),
            Self::PaymentUnavailable => (503, "payment-unavailable", "The payment could not be made now"),
            Self::CancelAmountUnknown => {
                (409, "cancel-amount-unknown", "The supplier does not state what a cancellation costs")
            }
            Self::CancelQuoteChanged => {
                (409, "cancel-quote-changed", "The refund is no longer the one quoted")
            }
            Self::PaymentDeclined => (402, "payment-declined", "The payment was declined"),
            Self::SupplierRefused => (422, "supplier-refused", "The supplier refuses this"),
            Self::SupplierUnavailable => (503, "supplier-unavailable", "The supplier does not answer now"),
            Self::SupplierFailed => (502, "supplier-failed", "The supplier's answer cannot be used"),
            Self::TimedOut => (504, "timed-out", "The answer took too long"),
            Self::Unavailable => (503, "unavailable", "Something this server needs does not answer now"),
            Self::Internal => (500, "internal", "The server failed"),
        }
    }

    fn status(self) -> StatusCode {
        StatusCode::from_u16(self.row().0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The stable `type`: a path on this server.
    fn uri(self) -> String {
        format!("/problems/{}", self.row().1)
    }
}

/// A failed request. `detail` and members go back to whoever asked, and never into a log.
#[derive(Debug)]
pub(crate) struct Problem {
    kind: Kind,
    detail: Option<String>,
    retry_after: Option<Duration>,
    members: Map<String, Value>,
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self { kind, detail: None, retry_after: None, members: Map::new() }
    }
}

impl Problem {
    /// With words about this occurrence.
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..Self::from(kind) }
    }

    /// With the time after which another try makes sense.
    pub(crate) fn retry_after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }

    /// With an extension member.
    pub(crate) fn with(mut self, member: &str, value: Value) -> Self {
        self.members.insert(member.to_owned(), value);
        self
    }

    /// The status and the body, for whoever keeps an answer.
    pub(crate) fn parts(&self) -> (u16, String) {
        let (status, _, title) = self.kind.row();
        let mut body = self.members.clone();
        body.insert("type".to_owned(), self.kind.uri().into());
        body.insert("title".to_owned(), title.into());
        body.insert("status".to_owned(), status.into());
        if let Some(detail) = &self.detail {
            body.insert("detail".to_owned(), detail.as_str().into());
        }
        (status, Value::Object(body).to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (_, body) = self.parts();
        let mut response = (self.kind.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(wait) = self.retry_after {
            // Whole seconds, rounded up: an earlier try would be refused again.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.kind == Kind::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// `GET /problems`: every type, as a client's developer wants to see them.
pub(crate) async fn table() -> Json<Value> {
    let rows = Kind::ALL.iter().map(|kind| {
        let (status, _, title) = kind.row();
        json!({ "type": kind.uri(), "status": status, "title": title })
    });
    Json(rows.collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_kind_has_its_own_type() {
        let types: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.uri()).collect();
        assert_eq!(types.len(), Kind::ALL.len());
    }
}
