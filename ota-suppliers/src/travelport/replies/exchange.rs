//! `AirExchangeQuoteRsp` and `AirExchangeRsp`: what an exchange costs, and what it made.

use super::air::AirPricingSolution;
use super::common::{ResponseMessage, Text, attribute, attributes};
use super::document::FailureInfo;
use super::record::UniversalRecord;
use crate::xml::{Element, XmlError, XmlReader};

/// Both replies: a quote prices solutions, an exchange shows the reservation that it changed.
#[derive(Default)]
pub(crate) struct AirExchangeRsp<'a> {
    pub(crate) messages: Vec<ResponseMessage<'a>>,
    pub(crate) solutions: Vec<AirPricingSolution<'a>>,
    /// Travelers and reservations, which the reply lists without naming the record around them.
    pub(crate) record: UniversalRecord<'a>,
    /// Older versions put them under the root, newer ones into the reservation.
    bundles: Bundles<'a>,
    /// `ExchangeFailureInfo`.
    pub(crate) failures: Vec<FailureInfo<'a>>,
}

/// What an exchange costs.
#[derive(Default)]
pub(crate) struct Bundles<'a> {
    /// `AirExchangeBundleTotal`: over all tickets.
    pub(crate) total: Option<AirExchangeInfo<'a>>,
    /// `AirExchangeBundle`: one for each ticket.
    pub(crate) tickets: Vec<AirExchangeInfo<'a>>,
}

impl<'a> Bundles<'a> {
    /// Reads a child of what holds them.
    pub(super) fn child(&mut self, xml: &mut XmlReader<'a>, child: &Element<'a>) -> Result<(), XmlError> {
        match child.name() {
            "AirExchangeBundleTotal" => self.total = Some(AirExchangeInfo::read(xml, child)?),
            "AirExchangeBundle" => self.tickets.push(AirExchangeInfo::read(xml, child)?),
            _ => {}
        }
        Ok(())
    }
}

/// What is kept, charged and given back.
#[derive(Default)]
pub(crate) struct AirExchangeInfo<'a> {
    pub(crate) exchange_amount: Option<Text<'a>>,
    pub(crate) change_fee: Option<Text<'a>>,
    pub(crate) add_collection: Option<Text<'a>>,
    pub(crate) refund: Option<Text<'a>>,
    /// With another letter than `A`, [`Self::reasons`] say why.
    pub(crate) pricing_tag: Option<Text<'a>>,
    /// Taxes of the old ticket: (code, amount).
    pub(crate) paid_taxes: Vec<(Text<'a>, Text<'a>)>,
    pub(crate) reasons: Vec<Text<'a>>,
    /// Keys of the new fares that the bundle pays for.
    pub(crate) pricing_info_refs: Vec<Text<'a>>,
}

impl<'a> AirExchangeRsp<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, root: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        while let Some(child) = xml.child(root)? {
            match child.name() {
                "ResponseMessage" => read.messages.push(ResponseMessage::read(xml, &child)?),
                "AirPricingSolution" => read.solutions.push(AirPricingSolution::read(xml, &child)?),
                "AirExchangeBundleTotal" | "AirExchangeBundle" => read.bundles.child(xml, &child)?,
                "ExchangeFailureInfo" => read.failures.push(FailureInfo::read(xml, &child)?),
                _ => read.record.child(xml, &child)?,
            }
        }
        Ok(read)
    }

    /// What it costs, wherever the reply says it.
    pub(crate) fn bundles(&self) -> Option<&Bundles<'a>> {
        let inside = self.record.air_reservations.iter().map(|reservation| &reservation.bundles);
        std::iter::once(&self.bundles).chain(inside).find(|bundles| bundles.total.is_some())
    }
}

impl<'a> AirExchangeInfo<'a> {
    /// From the bundle around it.
    fn read(xml: &mut XmlReader<'a>, bundle: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        while let Some(child) = xml.child(bundle)? {
            match child.name() {
                "AirExchangeInfo" => read.info(xml, &child)?,
                "AirPricingInfoRef" => read.pricing_info_refs.push(attribute(&child, "Key")?),
                _ => {}
            }
        }
        Ok(read)
    }

    fn info(&mut self, xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<(), XmlError> {
        attributes!(element, self, {
            "ExchangeAmount" => exchange_amount,
            "ChangeFee" => change_fee,
            "AddCollection" => add_collection,
            "Refund" => refund,
            "PricingTag" => pricing_tag,
        });
        while let Some(child) = xml.child(element)? {
            match child.name() {
                "PaidTax" => self.paid_taxes.push((attribute(&child, "Code")?, attribute(&child, "Amount")?)),
                "Reason" => self.reasons.push(xml.text(&child)?),
                _ => {}
            }
        }
        Ok(())
    }
}
