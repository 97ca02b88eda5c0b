//! What every reply may carry: messages, prices, and the detail of a fault.

use std::borrow::Cow;

use crate::xml::{Element, XmlError, XmlReader};

/// A value as the supplier wrote it, borrowed from the reply wherever nothing had to be decoded.
pub(crate) type Text<'a> = Cow<'a, str>;

/// Reads the attributes named into fields, in one scan over the start tag.
macro_rules! attributes {
    ($element:expr, $target:expr, { $($name:literal => $($field:ident).+),+ $(,)? }) => {
        for attribute in $element.attributes() {
            let (name, value) = attribute?;
            match name {
                $($name => $target.$($field).+ = value.into(),)+
                _ => {}
            }
        }
    };
}
pub(crate) use attributes;

/// `ResponseMessage`: beside the payload, in any number, anywhere under the root.
#[derive(Default)]
pub(crate) struct ResponseMessage<'a> {
    pub(crate) code: Text<'a>,
    /// `Warning`, `Error` or `Info`.
    pub(crate) kind: Text<'a>,
    pub(crate) provider_code: Option<Text<'a>>,
    pub(crate) supplier_code: Option<Text<'a>>,
    pub(crate) text: Text<'a>,
}

impl<'a> ResponseMessage<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, {
            "Code" => code,
            "Type" => kind,
            "ProviderCode" => provider_code,
            "SupplierCode" => supplier_code,
        });
        read.text = xml.text(element)?;
        Ok(read)
    }
}

/// The amounts of an element, each a currency code glued to a decimal.
#[derive(Default, Clone)]
pub(crate) struct Prices<'a> {
    pub(crate) total: Option<Text<'a>>,
    /// In the currency in which the fare is filed.
    pub(crate) base: Option<Text<'a>>,
    /// The base in the currency of sale, if that is another one.
    pub(crate) equivalent: Option<Text<'a>>,
    pub(crate) taxes: Option<Text<'a>>,
    pub(crate) fees: Option<Text<'a>>,
}

/// The vendor's part of a fault: `ErrorInfo`, `ErrorInfos` or `AvailabilityErrorInfo`.
#[derive(Default)]
pub(crate) struct ErrorInfo<'a> {
    pub(crate) code: Text<'a>,
    pub(crate) service: Text<'a>,
    pub(crate) kind: Text<'a>,
    pub(crate) description: Text<'a>,
    /// Only in `AvailabilityErrorInfo`.
    pub(crate) segment_errors: Vec<AirSegmentError<'a>>,
}

impl<'a> ErrorInfo<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        while let Some(child) = xml.child(element)? {
            match child.name() {
                "Code" => read.code = xml.text(&child)?,
                "Service" => read.service = xml.text(&child)?,
                "Type" => read.kind = xml.text(&child)?,
                "Description" => read.description = xml.text(&child)?,
                "AirSegmentError" => read.segment_errors.push(AirSegmentError::read(xml, &child)?),
                _ => {}
            }
        }
        Ok(read)
    }
}

/// Why one segment could not be sold.
#[derive(Default)]
pub(crate) struct AirSegmentError<'a> {
    pub(crate) carrier: Text<'a>,
    pub(crate) flight_number: Text<'a>,
    pub(crate) message: Text<'a>,
}

impl<'a> AirSegmentError<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        while let Some(child) = xml.child(element)? {
            match child.name() {
                "AirSegment" => attributes!(child, read, {
                    "Carrier" => carrier,
                    "FlightNumber" => flight_number,
                }),
                "ErrorMessage" => read.message = xml.text(&child)?,
                _ => {}
            }
        }
        Ok(read)
    }
}

/// The value of an attribute, or empty.
pub(crate) fn attribute<'a>(element: &Element<'a>, name: &str) -> Result<Text<'a>, XmlError> {
    Ok(element.attribute(name)?.unwrap_or_default())
}
