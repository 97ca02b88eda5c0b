//! JSON bodies of rows, each beside the number of the schema that it was written in.
//!
//! A change of a stored type that old bodies do not fit adds one step to its [`Schema`]; a body is brought up step
//! by step when it is read and written in the current schema at its next change.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{StoreError, StoreErrorKind};

/// Brings a body of one schema to the next.
pub(super) type Upcast = fn(Value) -> Value;

/// How bodies of one kind of row are written. The first schema is 1; each step leads to the next one.
#[derive(Debug)]
pub(super) struct Schema {
    /// The row, for messages.
    what: &'static str,
    steps: &'static [Upcast],
}

/// Schema 1 knew flights only.
pub(super) const BOOKING: Schema = Schema { what: "booking", steps: &[flights_in_booking] };
pub(super) const JOURNAL_ENTRY: Schema = Schema { what: "journal entry", steps: &[] };
pub(super) const PARTY: Schema = Schema { what: "party", steps: &[] };
/// Schema 1 knew flights only.
pub(super) const QUOTE: Schema = Schema { what: "quote", steps: &[flights_in_quote] };
pub(super) const SEGMENT: Schema = Schema { what: "segment", steps: &[] };

fn flights_in_booking(mut booking: Value) -> Value {
    for item in booking.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten() {
        name(item.get_mut("solution").and_then(|solution| solution.get_mut("offer")), "FLIGHT");
    }
    booking
}

fn flights_in_quote(mut quote: Value) -> Value {
    name(quote.get_mut("solution").and_then(|solution| solution.get_mut("offer")), "FLIGHT");
    name(quote.get_mut("search"), "FLIGHTS");
    quote
}

/// Says of a value that was of one kind only which kind it is.
fn name(value: Option<&mut Value>, kind: &str) {
    if let Some(value) = value {
        *value = Value::Object([(kind.to_owned(), value.take())].into_iter().collect());
    }
}

impl Schema {
    /// The number of the schema in which bodies are written.
    pub(super) fn current(&self) -> i64 {
        1 + i64::try_from(self.steps.len()).expect("a handful of steps")
    }

    /// Writes a body in the current schema.
    pub(super) fn write<T: Serialize>(&self, value: &T) -> Result<String, StoreError> {
        serde_json::to_string(value).map_err(|error| self.corrupt("cannot be written", error))
    }

    /// Reads a body of any schema so far.
    ///
    /// # Errors
    /// `Corrupt`: a newer or unknown schema, or not what its schema says.
    pub(super) fn read<T: DeserializeOwned>(&self, schema: i64, body: &[u8]) -> Result<T, StoreError> {
        if schema == self.current() {
            return serde_json::from_slice(body).map_err(|error| self.corrupt("cannot be read", error));
        }
        let done = schema.checked_sub(1).and_then(|done| usize::try_from(done).ok());
        let Some(steps) = done.and_then(|done| self.steps.get(done..)) else {
            return Err(StoreError::new(
                StoreErrorKind::Corrupt,
                format!("{} of schema {schema}, known to {}", self.what, self.current()),
            ));
        };
        let old = serde_json::from_slice(body).map_err(|error| self.corrupt("cannot be read", error))?;
        let new = steps.iter().fold(old, |value, step| step(value));
        serde_json::from_value(new).map_err(|error| self.corrupt("cannot be brought up", error))
    }

    /// Serde quotes the text that it cannot read, and that may be anything: only the place of it is kept.
    fn corrupt(&self, what: &str, error: serde_json::Error) -> StoreError {
        let place = format!("{:?} at line {} column {}", error.classify(), error.line(), error.column());
        StoreError::new(StoreErrorKind::Corrupt, format!("{} {what}: {place}", self.what))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use crate::booking::model::{Booking, Quote};
    use crate::model::id::{BookingId, QuoteId};
    use crate::testing::samples;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Fare {
        minor: i64,
        currency: String,
    }

    /// Schema 1 had `{"usd": 12}`, schema 2 `{"amount": 12, "currency": "USD"}`, schema 3 counts in minor units.
    const FARE: Schema = Schema {
        what: "fare",
        steps: &[
            |old| json!({ "amount": old["usd"], "currency": "USD" }),
            |old| json!({ "minor": old["amount"].as_i64().map(|whole| whole * 100), "currency": old["currency"] }),
        ],
    };

    #[test]
    fn a_body_of_each_schema_is_read() {
        let now = Fare { minor: 1_200, currency: "USD".to_owned() };
        for (schema, body) in [
            (1, r#"{"usd":12}"#),
            (2, r#"{"amount":12,"currency":"USD"}"#),
            (FARE.current(), &*FARE.write(&now).unwrap()),
        ] {
            assert_eq!(FARE.read::<Fare>(schema, body.as_bytes()).unwrap(), now, "schema {schema}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_damaged_body_is_read_or_corrupt(at: proptest::sample::Index, byte: u8, cut: bool) {
            let quote = samples::quote(QuoteId::from_bits(1));
            let booking = samples::booking(BookingId::from_bits(1), &quote);
            let mut body = BOOKING.write(&booking).unwrap().into_bytes();
            let at = at.index(body.len());
            if cut {
                body.truncate(at);
            } else {
                body[at] = byte;
            }
            if let Err(error) = BOOKING.read::<Booking>(BOOKING.current(), &body) {
                assert_eq!(error.kind, StoreErrorKind::Corrupt);
            }
        }
    }

    #[test]
    fn what_was_written_when_there_were_only_flights_is_read() {
        fn bare(value: &mut Value, kind: &str) {
            *value = value[kind].take();
        }
        let quote = samples::quote(QuoteId::from_bits(1));
        let booking = samples::booking(BookingId::from_bits(1), &quote);
        let mut old = json!(quote);
        bare(&mut old["search"], "FLIGHTS");
        bare(&mut old["solution"]["offer"], "FLIGHT");
        assert_eq!(QUOTE.read::<Quote>(1, old.to_string().as_bytes()).unwrap(), quote);
        let mut old = json!(booking);
        bare(&mut old["items"][0]["solution"]["offer"], "FLIGHT");
        assert_eq!(BOOKING.read::<Booking>(1, old.to_string().as_bytes()).unwrap(), booking);
    }

    #[test]
    fn what_cannot_be_read_is_corrupt_and_not_quoted() {
        for (schema, body) in [
            (0, "{}"),
            (-1, "{}"),
            (4, "{}"),
            (i64::MIN, "{}"),
            (i64::MAX, "{}"),
            (3, "{"),
            (3, r#"{"minor":"TANAKA","currency":"USD"}"#),
            (1, "TANAKA"),
            (1, r#"{"usd":"TANAKA"}"#),
        ] {
            let error = FARE.read::<Fare>(schema, body.as_bytes()).unwrap_err();
            assert_eq!(error.kind, StoreErrorKind::Corrupt, "schema {schema}: {body}");
            assert!(!crate::error::chain(&error).contains("TANAKA"), "{error}");
        }
    }
}
