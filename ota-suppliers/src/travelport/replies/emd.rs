//! `EMDRetrieveRsp`: electronic miscellaneous documents, one in full or a list of summaries.

use super::common::{Prices, ResponseMessage, Text, attributes};
use super::record::BookingTraveler;
use super::shop::each;
use crate::xml::{Element, XmlError, XmlReader};

/// The documents found.
#[derive(Default)]
pub(crate) struct EmdRsp<'a> {
    pub(crate) messages: Vec<ResponseMessage<'a>>,
    pub(crate) infos: Vec<EmdInfo<'a>>,
}

/// `EMDInfo` or `EMDSummaryInfo`: documents in conjunction, all of one person.
#[derive(Default)]
pub(crate) struct EmdInfo<'a> {
    pub(crate) traveler: Option<BookingTraveler<'a>>,
    /// Of all its documents together; only in `EMDInfo`.
    pub(crate) prices: Prices<'a>,
    pub(crate) documents: Vec<Emd<'a>>,
}

/// `ElectronicMiscDocument` or `EMDSummary`.
#[derive(Default)]
pub(crate) struct Emd<'a> {
    pub(crate) number: Text<'a>,
    /// Of the whole document; only in `EMDInfo`.
    pub(crate) status: Option<Text<'a>>,
    pub(crate) in_conjunction_with: Option<Text<'a>>,
    pub(crate) associated_ticket: Option<Text<'a>>,
    pub(crate) plating_carrier: Option<Text<'a>>,
    pub(crate) issue_date: Option<Text<'a>>,
    pub(crate) coupons: Vec<EmdCoupon<'a>>,
}

/// One service.
#[derive(Default)]
pub(crate) struct EmdCoupon<'a> {
    pub(crate) number: Text<'a>,
    /// In words: `Open`, `Void`, `Flown/Used`.
    pub(crate) status: Text<'a>,
    /// Reason for issuance code.
    pub(crate) rfic: Option<Text<'a>>,
    /// Reason for issuance sub-code.
    pub(crate) rfisc: Option<Text<'a>>,
    pub(crate) rfi_description: Option<Text<'a>>,
    pub(crate) service: Option<Text<'a>>,
    pub(crate) carrier: Option<Text<'a>>,
    pub(crate) flight_number: Option<Text<'a>>,
    pub(crate) origin: Option<Text<'a>>,
    pub(crate) destination: Option<Text<'a>>,
    pub(crate) non_refundable: Option<Text<'a>>,
}

impl<'a> EmdRsp<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, root: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        while let Some(child) = xml.child(root)? {
            match child.name() {
                "ResponseMessage" => read.messages.push(ResponseMessage::read(xml, &child)?),
                "EMDInfo" | "EMDSummaryInfo" => read.infos.push(EmdInfo::read(xml, &child)?),
                _ => {}
            }
        }
        Ok(read)
    }
}

impl<'a> EmdInfo<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        while let Some(child) = xml.child(element)? {
            match child.name() {
                "ElectronicMiscDocument" | "EMDSummary" => read.documents.push(Emd::read(xml, &child)?),
                "EMDPricingInfo" => attributes!(child, read, {
                    "BaseFare" => prices.base,
                    "EquivFare" => prices.equivalent,
                    "TotalFare" => prices.total,
                    "TotalTax" => prices.taxes,
                }),
                "EMDTravelerInfo" => {
                    let mut traveler = BookingTraveler::default();
                    attributes!(child, traveler, { "TravelerType" => traveler_type });
                    each(xml, &child, "NameInfo", |_, name| {
                        attributes!(name, traveler, { "First" => first, "Last" => last });
                        Ok(())
                    })?;
                    read.traveler = Some(traveler);
                }
                _ => {}
            }
        }
        Ok(read)
    }
}

impl<'a> Emd<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, {
            "Number" => number,
            "Status" => status,
            "InConjunctionWith" => in_conjunction_with,
            "AssociatedTicketNumber" => associated_ticket,
            "PlatingCarrier" => plating_carrier,
            "IssueDate" => issue_date,
        });
        each(xml, element, "EMDCoupon", |_, coupon| {
            let mut part = EmdCoupon::default();
            attributes!(coupon, part, {
                "Number" => number,
                "Status" => status,
                "RFIC" => rfic,
                "RFISC" => rfisc,
                "RFIDescription" => rfi_description,
                "SvcDescription" => service,
                "MarketingCarrier" => carrier,
                "FlightNumber" => flight_number,
                "Origin" => origin,
                "Destination" => destination,
                "NonRefundableInd" => non_refundable,
            });
            read.coupons.push(part);
            Ok(())
        })?;
        Ok(read)
    }
}
