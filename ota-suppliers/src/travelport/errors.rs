//! What uAPI's codes and messages mean: the one table.
//!
//! A code is not enough: hosts' answers share codes and differ in their text, so a row may ask for a part
//! of it. A code that has no row is never read as a known outcome.

use ota_core::model::id::SupplierId;
use ota_core::supplier::call::{Effect, Op};
use ota_core::supplier::error::{SupplierError, SupplierErrorKind};
use ota_core::supplier::{Severity, Warning};

use super::replies::common::{AirSegmentError, ErrorInfo, ResponseMessage};
use super::replies::document::FailureInfo;
use super::replies::record::AirSolutionChangedInfo;
use crate::soap::fault::Fault;

use SupplierErrorKind as Kind;

/// Longest message of the supplier's that is passed on, characters.
const MESSAGE_CHARS_MAX: usize = 300;

/// Validation of a request against the schema: the fault's reason repeats the refused value.
const VALIDATION: &str = "1000";

/// (code, part of the text in capitals or nothing, meaning). The first row that fits decides.
///
/// `Ambiguous` says that a write may have had an effect; for a read that is `Unavailable`.
const TABLE: &[(&str, &str, Kind)] = &[
    ("-1", "TARGETBRANCH", Kind::Denied), // not a branch of this user
    ("-1", "INVALID FLIGHT NUMBER", Kind::BadRequest),
    ("4", "FLIGHT NOT FOUND", Kind::NotFound),
    ("20", "", Kind::NotFound), // no more flights
    ("76", "", Kind::Denied),   // user or password
    ("345", "", Kind::Denied),  // no agreement between branch and office
    (VALIDATION, "", Kind::BadRequest),
    ("1512", "", Kind::Rejected), // the host cannot show the record
    ("2602", "", Kind::NotFound), // no solutions
    ("3000", "HAS NO TICKETS", Kind::NotFound),
    ("3000", "SHOULD HAVE BEEN SPECIFIED", Kind::BadRequest),
    ("3003", "", Kind::BadRequest),
    ("3037", "", Kind::SoldOut),   // nothing available on the flights asked
    ("3130", "", Kind::NotFound),  // record locator
    ("3273", "", Kind::NotUnique), // several tickets of one number: name the record
    ("3788", "", Kind::Rejected),  // no stored fare to ticket
    ("3979", "", Kind::Ambiguous), // record busy: coupons may have been issued
    ("4454", "", Kind::Rejected),  // no residual value
    ("10024", "", Kind::BadRequest),
    ("12008", "REFUSE CREDIT", Kind::Rejected),
    ("12008", "NOT AUTHORIZED FOR CARRIER", Kind::Rejected),
    ("12009", "", Kind::Unavailable), // host error while retrieving a ticket
    ("13003", "", Kind::NotFound),    // no record to import
    ("13041", "NO EMD LIST", Kind::NotFound),
    ("13041", "", Kind::BadRequest), // not an EMD number
];

/// An explicit no, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What it means.
    pub kind: SupplierErrorKind,
    /// The supplier's code.
    pub code: String,
    /// The supplier's words, without what it repeats of our request.
    pub message: String,
}

impl Refusal {
    fn new(code: &str, text: &str, effect: Effect) -> Self {
        Self { kind: kind(code, text, effect), code: code.to_owned(), message: shorten(text) }
    }

    /// As the error of an operation.
    #[must_use]
    pub fn into_error(self, op: Op, supplier: &SupplierId) -> SupplierError {
        SupplierError::new(self.kind, op, supplier, self.message).code(self.code)
    }
}

/// A SOAP fault. Segments that could not be sold make it [`SupplierErrorKind::SoldOut`], whatever the code.
pub(crate) fn fault(fault: &Fault<'_, ErrorInfo<'_>>, effect: Effect) -> Refusal {
    let Some(info) = &fault.detail else {
        return Refusal::new(&fault.code, &fault.reason, effect);
    };
    let code = info.code.trim();
    if !info.segment_errors.is_empty() {
        return sold_out(code, &info.segment_errors);
    }
    let reason = fault.reason.trim();
    let says = if code == VALIDATION || reason.is_empty() { info.description.trim() } else { reason };
    let mut refusal = Refusal::new(code, says, effect);
    if effect == Effect::Read && &*info.kind == "System" && refusal.kind == unmapped(effect) {
        refusal.kind = Kind::Unavailable;
    }
    refusal
}

/// Segments that could not be sold.
pub(crate) fn sold_out(code: &str, segments: &[AirSegmentError<'_>]) -> Refusal {
    let lines: Vec<String> = segments
        .iter()
        .map(|error| format!("{}{} {}", error.carrier, error.flight_number, error.message.trim()))
        .collect();
    Refusal { kind: Kind::SoldOut, code: code.to_owned(), message: shorten(&lines.join("; ")) }
}

/// Another price or schedule than was sent, and nothing kept.
pub(crate) fn changed(info: &AirSolutionChangedInfo<'_>) -> Refusal {
    let message = format!("{} changed", info.reason_code);
    Refusal { kind: Kind::PriceChanged, code: info.reason_code.as_ref().to_owned(), message }
}

/// A reservation that the host kept, with its code and words.
pub(crate) fn not_cancelled(code: &str, text: &str) -> Refusal {
    Refusal { kind: Kind::Rejected, code: code.to_owned(), message: shorten(text) }
}

/// A document that could not be voided, with the host's remark: nothing was done to it.
pub(crate) fn not_voided(remark: &str) -> Refusal {
    Refusal { kind: Kind::Rejected, code: String::new(), message: shorten(remark) }
}

/// `TicketFailureInfo` or `DocumentFailureInfo`.
pub(crate) fn failure(failure: &FailureInfo<'_>, effect: Effect) -> Refusal {
    Refusal::new(&failure.code, &failure.message, effect)
}

/// The first message of type Error: what a reply without a payload says.
pub(crate) fn first_error(messages: &[ResponseMessage<'_>], effect: Effect) -> Option<Refusal> {
    let error = messages.iter().find(|message| &*message.kind == "Error")?;
    Some(Refusal::new(&error.code, &error.text, effect))
}

/// A message beside an answer. The airline it names says more than the host that passes it on.
pub(crate) fn warning(message: &ResponseMessage<'_>) -> Warning {
    let stated = [&message.supplier_code, &message.provider_code].into_iter().flatten();
    Warning {
        severity: match &*message.kind {
            "Info" => Severity::Info,
            "Error" => Severity::Error,
            _ => Severity::Warning,
        },
        provider: stated.map(|code| code.trim()).find(|code| !code.is_empty()).map(str::to_owned),
        code: message.code.trim().to_owned(),
        message: shorten(&message.text),
    }
}

/// The supplier says that it left results out.
pub(crate) fn is_cut_short(message: &ResponseMessage<'_>) -> bool {
    &*message.code == "4039"
}

/// What a message beside an order or an answer means, where that changes what may be done next.
pub(crate) fn message_kind(message: &ResponseMessage<'_>) -> Option<&'static str> {
    let text = message.text.to_uppercase();
    let says = |part: &str| text.contains(part);
    if is_cut_short(message) {
        Some("Partial")
    } else if says("COULD NOT BE SAVED") || says("NO VALID FARE") || text.trim() == "NO FARES" {
        Some("PriceNotStored")
    } else if &*message.kind == "Error" {
        Some("ProviderError")
    } else {
        None
    }
}

fn kind(code: &str, text: &str, effect: Effect) -> SupplierErrorKind {
    let text = text.to_uppercase();
    let row = TABLE.iter().find(|(known, part, _)| *known == code && text.contains(part));
    match (row, effect) {
        (Some((_, _, Kind::Ambiguous)), Effect::Read) => Kind::Unavailable,
        // A write that met an error of the host: nobody says that it was not executed.
        (Some((_, _, Kind::Unavailable)), Effect::Write) => Kind::Ambiguous,
        (Some((_, _, kind)), _) => *kind,
        (None, _) => unmapped(effect),
    }
}

/// A write whose refusal is not understood may have had an effect.
const fn unmapped(effect: Effect) -> SupplierErrorKind {
    match effect {
        Effect::Read => Kind::Rejected,
        Effect::Write => Kind::Ambiguous,
    }
}

/// White space folded, cut at [`MESSAGE_CHARS_MAX`].
pub(crate) fn shorten(text: &str) -> String {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match folded.char_indices().nth(MESSAGE_CHARS_MAX) {
        Some((end, _)) => folded[..end].to_owned(),
        None => folded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: &str, text: &str, effect: Effect, expected: Kind) {
        assert_eq!(kind(code, text, effect), expected, "{code} {text}");
    }

    #[test]
    fn a_code_means_what_its_text_says() {
        check("3000", "The reservation 'AAAAAA' has no tickets yet", Effect::Read, Kind::NotFound);
        check("3000", "something new", Effect::Read, Kind::Rejected);
        check("3000", "something new", Effect::Write, Kind::Ambiguous);
        check("12008", "Host error during ticket issue. REFUSE CREDIT", Effect::Write, Kind::Rejected);
        check("12008", "Host error during ticket issue.", Effect::Write, Kind::Ambiguous);
        check("3979", "busy", Effect::Write, Kind::Ambiguous);
        check("3979", "busy", Effect::Read, Kind::Unavailable);
        check("12009", "host error", Effect::Write, Kind::Ambiguous);
    }

    #[test]
    fn validation_faults_do_not_repeat_our_values() {
        let info = ErrorInfo {
            code: "1000".into(),
            description: "Validation failed on request message.".into(),
            ..ErrorInfo::default()
        };
        let reply =
            Fault { code: "Server".into(), reason: "Value 'SECRET' is too long".into(), detail: Some(info) };
        let refusal = fault(&reply, Effect::Write);
        assert_eq!(
            (refusal.kind, &*refusal.message),
            (Kind::BadRequest, "Validation failed on request message.")
        );
    }

    #[test]
    fn long_messages_are_cut_between_characters() {
        assert_eq!(shorten(" a\n\t b "), "a b");
        assert_eq!(shorten(&"é".repeat(400)).chars().count(), MESSAGE_CHARS_MAX);
    }
}
