//! Writing the envelope.

use bytes::Bytes;
use yaserde::YaSerialize;
use yaserde::ser::Config;

/// A request that cannot be written as XML; says nothing of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request cannot be written as XML")]
pub struct WriteError;

/// The request's own element, as a document of its own.
///
/// # Errors
/// The request holds a character that XML 1.0 cannot carry.
pub fn document(request: &impl YaSerialize) -> Result<String, WriteError> {
    let plain = Config { write_document_declaration: false, perform_indent: false, ..Config::default() };
    let text = yaserde::ser::to_string_with_config(request, &plain).map_err(|_| WriteError)?;
    if text.chars().all(is_xml) { Ok(text) } else { Err(WriteError) }
}

/// A SOAP 1.1 message with an empty header and the request as its body.
///
/// # Errors
/// As [`document`].
pub fn envelope(request: &impl YaSerialize) -> Result<Bytes, WriteError> {
    let body = document(request)?;
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
        <soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">\
        <soapenv:Header/><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    )
    .into())
}

/// `Char` of XML 1.0; the writer would let the others through.
const fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}
