//! Replies whose values are a plain list in the supplier's words: reference data, conversions, times.
//!
//! They have no place in the model, and no reader of their own: whatever stands under the root is kept by
//! its name.

use super::common::{ResponseMessage, Text};
use crate::xml::{Element, XmlError, XmlReader};

/// The kinds read this way.
pub(crate) const ROOTS: [&str; 11] = [
    "ReferenceDataRetrieveRsp",
    "ReferenceDataSearchRsp",
    "CurrencyConversionRsp",
    "CalculateTaxRsp",
    "McoSearchRsp",
    "MctCountRsp",
    "MctLookupRsp",
    "FlightTimeTableRsp",
    "CreateTerminalSessionRsp",
    "TerminalRsp",
    "EndTerminalSessionRsp",
];

/// Elements of these kinds that hold text.
const TEXTS: [&str; 4] = ["AdditionalInfo", "HostToken", "NextResultReference", "Text"];

/// Elements kept of one reply, those inside others included.
pub(crate) const ELEMENTS_MAX: usize = 100_000;

/// What stands under the root.
#[derive(Default)]
pub(crate) struct FlatRsp<'a> {
    pub(crate) messages: Vec<ResponseMessage<'a>>,
    /// `MoreResults`, where the root says it.
    pub(crate) more_results: Option<Text<'a>>,
    pub(crate) items: Vec<Item<'a>>,
    /// There were more than [`ELEMENTS_MAX`].
    pub(crate) cut: bool,
}

/// One element.
pub(crate) struct Item<'a> {
    pub(crate) name: &'a str,
    /// Its attributes by name.
    pub(crate) values: Vec<(&'a str, Text<'a>)>,
    pub(crate) text: Option<Text<'a>>,
    pub(crate) items: Vec<Self>,
}

impl<'a> FlatRsp<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, root: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self { more_results: root.attribute("MoreResults")?, ..Self::default() };
        let mut left = ELEMENTS_MAX;
        while let Some(child) = xml.child(root)? {
            match child.name() {
                "ResponseMessage" => read.messages.push(ResponseMessage::read(xml, &child)?),
                _ => read.items.extend(Item::read(xml, &child, &mut left)?),
            }
        }
        read.cut = left == 0;
        Ok(read)
    }
}

impl<'a> Item<'a> {
    /// The reader's limit on depth bounds the recursion.
    fn read(
        xml: &mut XmlReader<'a>,
        element: &Element<'a>,
        left: &mut usize,
    ) -> Result<Option<Self>, XmlError> {
        let Some(rest) = left.checked_sub(1) else { return Ok(None) };
        *left = rest;
        let values = element.attributes().collect::<Result<_, _>>()?;
        let mut read = Self { name: element.name(), values, text: None, items: Vec::new() };
        if TEXTS.contains(&read.name) {
            read.text = Some(xml.text(element)?);
            return Ok(Some(read));
        }
        while let Some(child) = xml.child(element)? {
            read.items.extend(Self::read(xml, &child, left)?);
        }
        Ok(Some(read))
    }
}
