//! Reading a SOAP 1.1 fault.

use std::borrow::Cow;

use crate::xml::{Element, XmlError, XmlReader};

/// A fault: the envelope's own words, and the supplier's detail in the supplier's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault<'a, D> {
    /// `faultcode`, as written (usually `Server` with a suffix).
    pub code: Cow<'a, str>,
    /// `faultstring`, trimmed.
    pub reason: Cow<'a, str>,
    /// The first element inside `detail`.
    pub detail: Option<D>,
}

/// Reads a fault; `detail` reads the first element inside the fault's `detail`.
///
/// # Errors
/// Those of the document.
pub fn read<'a, D>(
    xml: &mut XmlReader<'a>,
    fault: &Element<'a>,
    detail: impl Fn(&mut XmlReader<'a>, &Element<'a>) -> Result<D, XmlError>,
) -> Result<Fault<'a, D>, XmlError> {
    let mut read = Fault { code: Cow::default(), reason: Cow::default(), detail: None };
    while let Some(part) = xml.child(fault)? {
        match part.name() {
            "faultcode" => read.code = trim(xml.text(&part)?),
            "faultstring" => read.reason = trim(xml.text(&part)?),
            "detail" => {
                if let Some(element) = xml.child(&part)? {
                    read.detail = Some(detail(xml, &element)?);
                }
            }
            _ => {}
        }
    }
    Ok(read)
}

fn trim(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_code_reason_and_first_detail() {
        let document = b"<F><faultcode>Server.Data</faultcode><faultstring>\n a &amp; b </faultstring>\
            <faultactor/><detail><x:E xmlns:x='u'><x:Code>7</x:Code></x:E><second/></detail></F>";
        let mut xml = XmlReader::new(document).unwrap();
        let root = xml.root().unwrap();
        let fault = read(&mut xml, &root, |xml, element| {
            let code = xml.child(element)?.expect("Code");
            Ok(format!("{}/{}", element.name(), xml.text(&code)?))
        })
        .unwrap();
        xml.finish().unwrap();
        assert_eq!((&*fault.code, &*fault.reason), ("Server.Data", "a & b"));
        assert_eq!(fault.detail.as_deref(), Some("E/7"));
    }

    #[test]
    fn a_bare_fault_is_a_fault() {
        let mut xml = XmlReader::new(b"<F/>").unwrap();
        let root = xml.root().unwrap();
        let fault = read(&mut xml, &root, |_, _| Ok(())).unwrap();
        assert_eq!(fault, Fault { code: "".into(), reason: "".into(), detail: None });
    }
}
