//! What every call carries to say who calls.

use http::header::{ACCEPT, CONTENT_TYPE, InvalidHeaderValue};
use http::{HeaderMap, HeaderName, HeaderValue};
use ota_core::model::time::Timestamp;
use ota_core::redact::Redacted;
use ring::digest::{SHA256, digest};

const API_KEY: HeaderName = HeaderName::from_static("api-key");
const SIGNATURE: HeaderName = HeaderName::from_static("x-signature");

/// The headers of a call made at a moment; the supplier takes them for a short time around it.
///
/// # Errors
/// A key that no header can hold.
pub(crate) fn headers(
    key: &Redacted<String>,
    secret: &Redacted<String>,
    at: Timestamp,
) -> Result<HeaderMap, InvalidHeaderValue> {
    let json = HeaderValue::from_static("application/json");
    let mut headers = HeaderMap::new();
    for (name, value) in [(API_KEY, key.expose().as_str()), (SIGNATURE, &signature(key, secret, at))] {
        let mut value = HeaderValue::from_str(value)?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    headers.insert(ACCEPT, json.clone());
    headers.insert(CONTENT_TYPE, json);
    Ok(headers)
}

/// SHA-256 of key, secret and the whole seconds since 1970, in small hexadecimal digits.
fn signature(key: &Redacted<String>, secret: &Redacted<String>, at: Timestamp) -> String {
    let seconds = at.as_micros().div_euclid(1_000_000);
    let text = format!("{}{}{seconds}", key.expose(), secret.expose());
    digest(&SHA256, text.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_signed_with_the_second_of_its_time() {
        let secret = |text: &str| Redacted::new(text.to_owned());
        // printf 'keysecret1700000000' | sha256sum
        let expected = "278d74471a3b5267e27221967122169ad26fac349e0fb6a94779cdf050a0d038";
        let headers =
            |micros| headers(&secret("key"), &secret("secret"), Timestamp::from_micros(micros)).unwrap();
        let first = headers(1_700_000_000_999_999);
        assert_eq!(
            (&first["api-key"], &first["x-signature"]),
            (&"key".parse().unwrap(), &expected.parse().unwrap())
        );
        assert!(first["x-signature"].is_sensitive() && first["api-key"].is_sensitive());
        assert_ne!(first["x-signature"], headers(1_700_000_001_000_000)["x-signature"]);
        assert_eq!(first["accept"], "application/json");
    }
}
