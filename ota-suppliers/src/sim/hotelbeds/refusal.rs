//! How the supplier says no.
//!
//! No error document is recorded. Form, codes and statuses follow the supplier's own page "Hotel API ERRORS"
//! (developer.hotelbeds.com/docs/read/API_Errors) and the documents that integrators show in public reports
//! (hotelbeds-sdk/hotel-api-sdk-php issues 28, 34, 113, 126, 133, 138 and 143; hotel-api-sdk-Net issues 38, 43 and 55):
//! a code that ends in the request's token, a message, 400 for what the client did wrong, 500 for a product that cannot
//! be had, 410 for a repeat of such a request within 15 minutes, and a gateway before all that answers 403 in plain
//! words with an `X-Mashery-Error-Code`. The messages are our own, with the words that those reports have.
//!
//! Nothing public says how a changed price, an unknown booking or a rate that was not checked is refused: a product
//! error, 404 and invalid data here.

use super::super::http::Reply;
use super::super::journal::JournalError;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// An error document.
    Document { status: u16, code: String, message: String },
    /// The gateway's words, and its code.
    Words { status: u16, words: &'static str, code: Option<&'static str>, retry_after_s: Option<u32> },
}

impl Refusal {
    fn document(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self::Document { status, code: code.to_owned(), message: message.into() }
    }

    const fn words(status: u16, words: &'static str, code: Option<&'static str>) -> Self {
        Self::Words { status, words, code, retry_after_s: None }
    }

    /// The syntax is wrong.
    pub(super) fn request(message: impl Into<String>) -> Self {
        Self::document(400, "INVALID_REQUEST", message)
    }

    /// The syntax is right and a value is not.
    pub(super) fn data(message: impl Into<String>) -> Self {
        Self::document(400, "INVALID_DATA", message)
    }

    /// A rate key that is nobody's or too old. The key is repeated, as by the supplier.
    pub(super) fn rate_key(key: &str) -> Self {
        let key: String = key.chars().take(super::key::KEY_BYTES_MAX).collect();
        Self::data(format!(
            "Invalid rateKey: it does not exist or it has expired (they last 30 minutes): {key}"
        ))
    }

    /// Guests and rate do not fit.
    pub(super) fn distribution(of: &str) -> Self {
        Self::data(format!(
            "Error at property rooms: the distribution of paxes is not correct, the {of} in the paxes do not match"
        ))
    }

    /// The product cannot be had.
    pub(super) fn product(message: &str) -> Self {
        Self::document(500, "PRODUCT_ERROR", message)
    }

    pub(super) fn sold_out() -> Self {
        Self::product("Insufficient allotment")
    }

    /// The same request again, too soon after it met a product error.
    pub(super) fn repeated(message: &str) -> Self {
        Self::document(410, "INVALID_DATA", message)
    }

    /// As a test scripted it.
    pub(super) fn scripted(status: u16, code: &str, message: &str) -> Self {
        Self::document(status, code, message)
    }

    pub(super) fn limited(status: u16, retry_after_s: Option<u32>) -> Self {
        let (words, code) = match status {
            403 => ("Developer Over Qps", Some("ERR_403_DEVELOPER_OVER_QPS")),
            _ => ("Too Many Requests", None),
        };
        Self::Words { status, words, code, retry_after_s }
    }

    pub(super) const INACTIVE: Self =
        Self::words(403, "Developer Inactive", Some("ERR_403_DEVELOPER_INACTIVE"));
    pub(super) const UNSIGNED: Self = Self::words(403, "Not Authorized", Some("ERR_403_NOT_AUTHORIZED"));
    pub(super) const NOT_FOUND: Self = Self::words(404, "Not Found", None);
    pub(super) const NOT_ACCEPTABLE: Self = Self::words(406, "Not Acceptable", None);
    pub(super) const MEDIA_TYPE: Self = Self::words(415, "Unsupported Media Type", None);
    pub(super) const PAYMENT: Self = Self::words(402, "Payment Required", None);

    /// What a product error says.
    pub(super) fn product_error(&self) -> Option<&str> {
        match self {
            Self::Document { code, message, .. } if code == "PRODUCT_ERROR" => Some(message),
            _ => None,
        }
    }

    /// Words as the gateway sends them; a document is left to whoever has its audit data.
    pub(super) fn gateway(&self) -> Option<Reply> {
        let Self::Words { status, words, code, retry_after_s } = self else { return None };
        let mut reply = Reply::new(*status, "text/html", format!("<h1>{words}</h1>"));
        if let Some(code) = code {
            reply = reply.with("x-mashery-error-code", *code);
        }
        if let Some(seconds) = retry_after_s {
            reply = reply.with("retry-after", seconds.to_string());
        }
        Some(reply)
    }
}

impl From<JournalError> for Refusal {
    fn from(error: JournalError) -> Self {
        // The simulator's own trouble; the text is for whoever runs it.
        Self::document(500, "SYSTEM_ERROR", error.to_string())
    }
}
