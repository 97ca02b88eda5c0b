//! What Hotelbeds' codes and words mean: the one table.
//!
//! Codes and gateway words are those of "Hotel API ERRORS" on the supplier's developer site; the parts of messages
//! are from public reports of integrators (hotelbeds-sdk/hotel-api-sdk-php issues 28, 108, 138 and 145,
//! hotel-api-sdk-Net issue 43). No error document is recorded. A code that has no row is never read as a known
//! outcome.

use ota_core::model::id::SupplierId;
use ota_core::supplier::call::{Effect, Op};
use ota_core::supplier::error::{SupplierError, SupplierErrorKind};

use super::replies::ErrorRs;

use SupplierErrorKind as Kind;

/// Longest message of the supplier's that is passed on, characters.
const MESSAGE_CHARS_MAX: usize = 300;

/// (code, part of the message in capitals or nothing, meaning). The first row that fits decides.
///
/// A product error with other words, and a system error, may hide a booking: they have no row for writes.
const TABLE: &[(&str, &str, Kind)] = &[
    ("INVALID_REQUEST", "", Kind::BadRequest),       // the syntax
    ("INVALID_DATA", "EXPIRED", Kind::OfferExpired), // rate keys live for 30 minutes
    // A refused product asked for again within 15 minutes is invalid data, in the words of the first refusal.
    ("INVALID_DATA", "ALLOTMENT", Kind::SoldOut),
    ("INVALID_DATA", "PRICE HAS CHANGED", Kind::PriceChanged),
    ("INVALID_DATA", "", Kind::BadRequest),
    ("PRODUCT_ERROR", "ALLOTMENT", Kind::SoldOut),
    ("PRODUCT_ERROR", "NOT ENOUGH SPACE", Kind::SoldOut),
    ("PRODUCT_ERROR", "NOT AVAILABLE", Kind::SoldOut),
    ("PRODUCT_ERROR", "PRICE CHANGED", Kind::PriceChanged),
    ("PRODUCT_ERROR", "PRICE HAS CHANGED", Kind::PriceChanged),
    ("PRODUCT_ERROR", "RESTRICTED", Kind::Denied),
];

/// The gateway's words: a request that it answers has not reached the host.
const GATEWAY: &[(&str, Kind)] = &[
    ("DEVELOPER OVER QPS", Kind::RateLimited),
    ("DEVELOPER OVER RATE", Kind::RateLimited),
    ("DEVELOPER INACTIVE", Kind::Denied),
    ("NOT AUTHORIZED", Kind::Denied),
    ("FORBIDDEN", Kind::Denied),
];

/// An explicit no, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// What it means.
    pub(crate) kind: SupplierErrorKind,
    /// The supplier's code, without the request's token that it ends in.
    pub(crate) code: String,
    /// The supplier's words, up to the rate key that they repeat.
    pub(crate) message: String,
}

impl Refusal {
    /// As the contract's error.
    pub(crate) fn into_error(self, op: Op, supplier: &SupplierId) -> SupplierError {
        SupplierError::new(self.kind, op, supplier, self.message).code(self.code)
    }
}

/// An error document.
pub(crate) fn refusal(error: &ErrorRs<'_>, effect: Effect) -> Refusal {
    // `INVALID_DATA-2ea33dc4-...`: the token of the request follows.
    let code = error.code.split('-').next().unwrap_or_default().trim().to_owned();
    let kind = kind(&code, &error.message, effect);
    Refusal { kind, code, message: shorten(&error.message) }
}

/// The gateway's answer.
pub(crate) fn gateway(words: &str) -> Refusal {
    let row = GATEWAY.iter().find(|(known, _)| known.eq_ignore_ascii_case(words));
    let kind = row.map_or(Kind::Denied, |(_, kind)| *kind);
    Refusal { kind, code: String::new(), message: shorten(words) }
}

fn kind(code: &str, message: &str, effect: Effect) -> SupplierErrorKind {
    let message = message.to_uppercase();
    let row = TABLE.iter().find(|(known, part, _)| *known == code && message.contains(part));
    match (row, effect) {
        (Some((_, _, kind)), _) => *kind,
        (None, Effect::Write) => Kind::Ambiguous,
        (None, Effect::Read) if code == "SYSTEM_ERROR" => Kind::Unavailable,
        (None, Effect::Read) => Kind::Rejected,
    }
}

/// White space folded, a rate key and what follows it left out, cut at [`MESSAGE_CHARS_MAX`].
fn shorten(text: &str) -> String {
    let words = text.split_whitespace().take_while(|word| !word.contains('|'));
    words.collect::<Vec<_>>().join(" ").chars().take(MESSAGE_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: &str, message: &str, effect: Effect, expected: Kind) {
        assert_eq!(kind(code, message, effect), expected, "{code} {message}");
    }

    #[test]
    fn a_code_without_a_row_may_hide_a_booking() {
        check("PRODUCT_ERROR", "Insufficient allotment.", Effect::Write, Kind::SoldOut);
        check("PRODUCT_ERROR", "something new", Effect::Write, Kind::Ambiguous);
        check("PRODUCT_ERROR", "something new", Effect::Read, Kind::Rejected);
        check("SYSTEM_ERROR", "", Effect::Write, Kind::Ambiguous);
        check("SYSTEM_ERROR", "", Effect::Read, Kind::Unavailable);
        check("", "", Effect::Write, Kind::Ambiguous);
        check("INVALID_DATA", "The stay dates are wrong", Effect::Write, Kind::BadRequest);
        check("INVALID_DATA", "it does not exist or has expired", Effect::Write, Kind::OfferExpired);
    }

    #[test]
    fn messages_keep_neither_rate_keys_nor_tokens() {
        let json = br#"{"error":{"code":"INVALID_DATA-0aa0-1","message":"Invalid rateKey, expired:\n20270101|20270102|W|1|1|DBL.ST|A B|RO||1~1~0||N@1 more"}}"#;
        let Ok(super::super::replies::Reply::Error(error)) = super::super::replies::read(json) else {
            panic!("an error document")
        };
        let refusal = refusal(&error, Effect::Write);
        assert_eq!(
            (refusal.kind, &*refusal.code, &*refusal.message),
            (Kind::OfferExpired, "INVALID_DATA", "Invalid rateKey, expired:")
        );
    }

    #[test]
    fn the_gateway_says_no_before_the_host_is_asked() {
        assert_eq!(gateway("Developer Over Qps").kind, Kind::RateLimited);
        assert_eq!(gateway("developer inactive").kind, Kind::Denied);
    }
}
