//! Lines on which replies change, are kept, or come in XML.

use std::sync::{Arc, Mutex};

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
    /// Another value of the n-th member of a name.
    Value(&'static str, usize),
    /// One text for another, everywhere.
    Replace(&'static str, &'static str),
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
        Change::Cut(at) => bytes.truncate(bytes.len() * at / 1000),
        Change::Byte(at, byte) => {
            let at = bytes.len() * at / 1000;
            bytes[at] = byte;
        }
        Change::Value(member, nth) => {
            let at = value(std::str::from_utf8(body).unwrap(), member, nth);
            // The last character: a digit of an amount, a letter of a name.
            bytes[at] = match bytes[at] {
                b'A' => b'B',
                b'0' => b'1',
                digit if digit.is_ascii_digit() => b'0',
                _ => b'A',
            };
        }
        Change::Replace(from, to) => {
            return std::str::from_utf8(body).unwrap().replace(from, to).into();
        }
    }
    bytes
}

/// Where the last character of a scalar stands.
fn value(text: &str, member: &str, nth: usize) -> usize {
    let named = format!("\"{member}\":");
    let starts: Vec<usize> = text.match_indices(&named).map(|(at, _)| at + named.len()).collect();
    let start = starts[nth % starts.len()];
    let rest = &text[start..];
    match rest.strip_prefix('"') {
        Some(quoted) => start + quoted.find('"').unwrap(),
        None => start + rest.find([',', '}']).unwrap() - 1,
    }
}

/// Keeps the requests that pass.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) inner: Arc<dyn Transport>,
    pub(crate) requests: Mutex<Vec<WireRequest>>,
}

#[async_trait]
impl Transport for Heard {
    async fn exchange(&self, request: WireRequest) -> Result<WireResponse, TransportError> {
        self.requests.lock().unwrap().push(request.clone());
        self.inner.exchange(request).await
    }
}

/// Asks for XML wherever JSON is asked for, but of the catalogue, which has no other form.
#[derive(Debug)]
pub(crate) struct InXml(pub(crate) Arc<dyn Transport>);

#[async_trait]
impl Transport for InXml {
    async fn exchange(&self, mut request: WireRequest) -> Result<WireResponse, TransportError> {
        let catalogue = request.op == "hotels";
        if !catalogue {
            request.headers.insert("accept", "application/xml".parse().unwrap());
        }
        let response = self.0.exchange(request).await?;
        assert!(catalogue || response.body.starts_with(b"<"), "a reply in XML");
        Ok(response)
    }
}
