//! A line on which replies change.

use std::sync::Arc;

use async_trait::async_trait;
use ota_suppliers::transport::{Transport, TransportError, WireRequest, WireResponse};

/// Changes every reply to one operation on its way.
#[derive(Debug)]
pub(crate) struct Tampered {
    pub(crate) inner: Arc<dyn Transport>,
    pub(crate) op: &'static str,
    pub(crate) change: Change,
}

#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// Ends the body there, in thousandths of its length.
    Cut(usize),
    /// Another byte at a place, in thousandths of the length.
    Byte(usize, u8),
    /// Another value of an attribute (or of the text, for no attribute) of the n-th element of a name.
    Value(&'static str, &'static str, usize),
    /// More text in front of a text.
    Insert(&'static str, &'static str),
}

#[async_trait]
impl Transport for Tampered {
    async fn exchange(&self, request: WireRequest) -> Result<WireResponse, TransportError> {
        let op = request.op;
        let mut response = self.inner.exchange(request).await?;
        if op == self.op {
            response.body = changed(&response.body, &self.change).into();
        }
        Ok(response)
    }
}

fn changed(body: &[u8], change: &Change) -> Vec<u8> {
    let mut bytes = body.to_vec();
    match *change {
        Change::Insert(more, before) => {
            let text = std::str::from_utf8(body).unwrap();
            return text.replacen(before, &format!("{more}{before}"), 1).into();
        }
        Change::Cut(at) => bytes.truncate(bytes.len() * at / 1000),
        Change::Byte(at, byte) => {
            let at = bytes.len() * at / 1000;
            bytes[at] = byte;
        }
        Change::Value(element, attribute, nth) => {
            let at = value(std::str::from_utf8(body).unwrap(), element, attribute, nth);
            // The last character: a digit of an amount, a letter of a name.
            bytes[at] = match bytes[at] {
                b'A' => b'B',
                b'0' => b'1',
                digit if digit.is_ascii_digit() => b'0',
                _ => b'A',
            };
        }
    }
    bytes
}

/// Where the last character of a value stands.
fn value(text: &str, element: &str, attribute: &str, nth: usize) -> usize {
    let tags: Vec<usize> = [" ", ">"]
        .iter()
        .flat_map(|end| text.match_indices(&format!(":{element}{end}")).map(|(at, _)| at).collect::<Vec<_>>())
        .filter(|at| !text[..*at].rsplit('<').next().unwrap().starts_with('/'))
        .collect();
    let tag = tags[nth % tags.len()];
    let (from, end) =
        if attribute.is_empty() { (">".to_owned(), '<') } else { (format!(" {attribute}=\""), '"') };
    let start = tag + text[tag..].find(&from).unwrap() + from.len();
    start + text[start..].find(end).unwrap() - 1
}
