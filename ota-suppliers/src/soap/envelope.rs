//! Reading the envelope: find the payload, whatever prefixes and headers surround it.

use super::fault;
use crate::xml::{Element, XmlError, XmlReader};

/// Namespace of the SOAP 1.1 envelope, without the scheme: one supplier's replies say `https`.
const SOAP_1_1: &str = "schemas.xmlsoap.org/soap/envelope/";

/// Why no payload was found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// The document itself was refused.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// An `Envelope` that is not SOAP 1.1.
    #[error("envelope is not SOAP 1.1")]
    Version,
    /// An envelope without a body, or a body without an element.
    #[error("envelope has no payload")]
    Empty,
}

/// The element that a message is about.
#[derive(Debug, Clone, Copy)]
pub enum Payload<'a> {
    /// The supplier's own root element.
    Body(Element<'a>),
    /// A SOAP fault, to be read with [`read`](super::fault::read).
    Fault(Element<'a>),
}

/// Opens a reply up to its payload. A payload without an envelope is accepted: recordings are often
/// kept so.
///
/// The namespaces of the envelope, the body and the payload are remembered, so
/// [`XmlReader::namespace`] tells the payload's family. The caller must still call
/// [`XmlReader::finish`] when it has read the payload: until then nothing says that the reply is whole.
///
/// # Errors
/// [`EnvelopeError`]; of the document's own faults only those found so far.
pub fn open<'a>(xml: &mut XmlReader<'a>) -> Result<Payload<'a>, EnvelopeError> {
    let root = xml.root()?;
    if root.name() != "Envelope" {
        return Ok(classify(xml, root));
    }
    if !is_soap(xml.namespace(&root)) {
        return Err(EnvelopeError::Version);
    }
    while let Some(part) = xml.child(&root)? {
        if part.name() != "Body" {
            continue;
        }
        xml.remember_namespaces(&part)?;
        let payload = xml.child(&part)?.ok_or(EnvelopeError::Empty)?;
        xml.remember_namespaces(&payload)?;
        return Ok(classify(xml, payload));
    }
    Err(EnvelopeError::Empty)
}

/// Reads any bytes the way that a reply is read, and drops what comes out: the body of the fuzz target,
/// which the tests replay over its corpus. What it shows is that nothing panics, hangs or overflows.
pub fn exercise(document: &[u8]) {
    let read = || -> Result<(), EnvelopeError> {
        let mut xml = XmlReader::new(document)?;
        match open(&mut xml)? {
            Payload::Fault(element) => {
                fault::read(&mut xml, &element, |xml, detail| xml.text(detail))?;
            }
            Payload::Body(root) => {
                let _ = xml.namespace(&root).len();
                while let Some(child) = xml.child(&root)? {
                    for attribute in child.attributes() {
                        let _ = attribute?;
                    }
                    xml.text(&child)?;
                }
            }
        }
        Ok(xml.finish()?)
    };
    // Any error is an answer.
    let _ = read();
}

fn classify<'a>(xml: &XmlReader<'a>, payload: Element<'a>) -> Payload<'a> {
    if payload.name() == "Fault" && is_soap(xml.namespace(&payload)) {
        Payload::Fault(payload)
    } else {
        Payload::Body(payload)
    }
}

fn is_soap(namespace: &str) -> bool {
    namespace.split_once("://").is_some_and(|(_, rest)| rest == SOAP_1_1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(document: &str, expected: &str) {
        let mut xml = XmlReader::new(document.as_bytes()).unwrap();
        let found = match open(&mut xml) {
            Ok(Payload::Body(root)) => format!("{} in {}", root.name(), xml.namespace(&root)),
            Ok(Payload::Fault(_)) => "fault".to_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn finds_the_payload_under_any_prefix() {
        let ns = "http://schemas.xmlsoap.org/soap/envelope/";
        check(
            &format!("<s:Envelope xmlns:s='{ns}'><s:Body><x:R xmlns:x='u'/></s:Body></s:Envelope>"),
            "R in u",
        );
        check(&format!("<Envelope xmlns='{ns}'><Body><R xmlns='u'/></Body></Envelope>"), "R in u");
        check(
            &format!(
                "<S:Envelope xmlns:S='{ns}' xmlns:x='u'><S:Header><x:T><S:Body/></x:T></S:Header>\n<S:Body>\n<x:R/></S:Body></S:Envelope>"
            ),
            "R in u",
        );
        check(&format!("<S:Envelope xmlns:S='{ns}'><S:Body><S:Fault/></S:Body></S:Envelope>"), "fault");
        check(&format!("<Fault xmlns='{ns}'/>"), "fault");
        check("<x:R xmlns:x='u'/>", "R in u");
        check("<Fault/>", "Fault in ");
    }

    #[test]
    fn the_fuzzing_corpus_is_survived() {
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus/envelope");
        let files: Vec<_> = std::fs::read_dir(corpus).unwrap().collect();
        assert!(!files.is_empty());
        for file in files {
            exercise(&std::fs::read(file.unwrap().path()).unwrap());
        }
    }

    #[test]
    fn refuses_other_envelopes() {
        check("<Envelope xmlns='http://www.w3.org/2003/05/soap-envelope'/>", "envelope is not SOAP 1.1");
        check("<Envelope/>", "envelope is not SOAP 1.1");
        let ns = "https://schemas.xmlsoap.org/soap/envelope/";
        check(&format!("<Envelope xmlns='{ns}'/>"), "envelope has no payload");
        check(&format!("<Envelope xmlns='{ns}'><Body>text</Body></Envelope>"), "envelope has no payload");
        check(&format!("<Envelope xmlns='{ns}'><Body>"), "document is cut short after 67 bytes");
    }
}
