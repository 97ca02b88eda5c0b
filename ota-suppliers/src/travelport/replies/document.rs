//! Replies about documents: ticketing, retrieval, void.

use super::air::AirPricingInfo;
use super::common::{Prices, ResponseMessage, Text, attribute, attributes};
use super::record::{AirSolutionChangedInfo, BookingTraveler};
use super::shop::each;
use crate::xml::{Element, XmlError, XmlReader};

/// `AirTicketingRsp` and `AirRetrieveDocumentRsp`: documents and failures side by side.
#[derive(Default)]
pub(crate) struct DocumentRsp<'a> {
    pub(crate) messages: Vec<ResponseMessage<'a>>,
    pub(crate) etrs: Vec<Etr<'a>>,
    /// `TicketFailureInfo` and `DocumentFailureInfo`.
    pub(crate) failures: Vec<FailureInfo<'a>>,
    pub(crate) solution_changed: Option<AirSolutionChangedInfo<'a>>,
    pub(crate) universal_record: Option<Text<'a>>,
}

/// Why a document was not issued, not found or not exchanged.
#[derive(Default)]
pub(crate) struct FailureInfo<'a> {
    pub(crate) code: Text<'a>,
    pub(crate) message: Text<'a>,
    /// Whose ticket, on ticketing.
    pub(crate) booking_traveler_ref: Option<Text<'a>>,
    pub(crate) first: Option<Text<'a>>,
    pub(crate) last: Text<'a>,
}

impl<'a> FailureInfo<'a> {
    pub(super) fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, {
            "Code" => code,
            "Message" => message,
            "BookingTravelerRef" => booking_traveler_ref,
        });
        each(xml, element, "Name", |_, name| {
            attributes!(name, read, { "First" => first, "Last" => last });
            Ok(())
        })?;
        Ok(read)
    }
}

impl<'a> DocumentRsp<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, root: &Element<'a>) -> Result<Self, XmlError> {
        let mut read =
            Self { universal_record: root.attribute("UniversalRecordLocatorCode")?, ..Self::default() };
        while let Some(child) = xml.child(root)? {
            match child.name() {
                "ResponseMessage" => read.messages.push(ResponseMessage::read(xml, &child)?),
                "ETR" => read.etrs.push(Etr::read(xml, &child)?),
                "TicketFailureInfo" | "DocumentFailureInfo" => {
                    read.failures.push(FailureInfo::read(xml, &child)?);
                }
                "AirSolutionChangedInfo" => {
                    read.solution_changed = Some(AirSolutionChangedInfo::read(xml, &child)?);
                }
                _ => {}
            }
        }
        Ok(read)
    }
}

/// An electronic ticket record: one traveler's journey, on one document or several in conjunction.
#[derive(Default)]
pub(crate) struct Etr<'a> {
    pub(crate) prices: Prices<'a>,
    pub(crate) issued_date: Option<Text<'a>>,
    pub(crate) provider_code: Option<Text<'a>>,
    pub(crate) provider_locator_code: Option<Text<'a>>,
    pub(crate) reservation_locator: Option<Text<'a>>,
    /// (airline, its locator).
    pub(crate) supplier_locators: Vec<(Text<'a>, Text<'a>)>,
    pub(crate) traveler: Option<BookingTraveler<'a>>,
    pub(crate) fare_calc: Option<Text<'a>>,
    pub(crate) tickets: Vec<Ticket<'a>>,
    pub(crate) pricing_info: Option<AirPricingInfo<'a>>,
}

/// One document.
#[derive(Default)]
pub(crate) struct Ticket<'a> {
    pub(crate) number: Text<'a>,
    pub(crate) status: Option<Text<'a>>,
    pub(crate) coupons: Vec<Coupon<'a>>,
}

/// One coupon. The supplier's key is not read: it repeats over documents.
#[derive(Default)]
pub(crate) struct Coupon<'a> {
    pub(crate) number: Text<'a>,
    pub(crate) status: Text<'a>,
    pub(crate) carrier: Option<Text<'a>>,
    pub(crate) flight_number: Option<Text<'a>>,
    pub(crate) origin: Option<Text<'a>>,
    pub(crate) destination: Option<Text<'a>>,
    pub(crate) booking_class: Option<Text<'a>>,
    pub(crate) fare_basis: Option<Text<'a>>,
}

impl<'a> Etr<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, {
            "TotalPrice" => prices.total,
            "BasePrice" => prices.base,
            "EquivalentBasePrice" => prices.equivalent,
            "Taxes" => prices.taxes,
            "Fees" => prices.fees,
            "IssuedDate" => issued_date,
            "ProviderCode" => provider_code,
            "ProviderLocatorCode" => provider_locator_code,
        });
        while let Some(child) = xml.child(element)? {
            match child.name() {
                "AirReservationLocatorCode" => read.reservation_locator = Some(xml.text(&child)?),
                "SupplierLocator" => read
                    .supplier_locators
                    .push((attribute(&child, "SupplierCode")?, attribute(&child, "SupplierLocatorCode")?)),
                "BookingTraveler" => read.traveler = Some(BookingTraveler::read(xml, &child)?),
                "FareCalc" => read.fare_calc = Some(xml.text(&child)?),
                "Ticket" => read.tickets.push(Ticket::read(xml, &child)?),
                "AirPricingInfo" => read.pricing_info = Some(AirPricingInfo::read(xml, &child)?),
                _ => {}
            }
        }
        Ok(read)
    }
}

impl<'a> Ticket<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, { "TicketNumber" => number, "TicketStatus" => status });
        each(xml, element, "Coupon", |_, coupon| {
            let mut part = Coupon::default();
            attributes!(coupon, part, {
                "CouponNumber" => number,
                "Status" => status,
                "MarketingCarrier" => carrier,
                "MarketingFlightNumber" => flight_number,
                "Origin" => origin,
                "Destination" => destination,
                "BookingClass" => booking_class,
                "FareBasis" => fare_basis,
            });
            read.coupons.push(part);
            Ok(())
        })?;
        Ok(read)
    }
}

/// What became of each document named in a void.
#[derive(Default)]
pub(crate) struct AirVoidDocumentRsp<'a> {
    pub(crate) messages: Vec<ResponseMessage<'a>>,
    pub(crate) results: Vec<VoidResultInfo<'a>>,
}

/// One document's outcome.
#[derive(Default)]
pub(crate) struct VoidResultInfo<'a> {
    pub(crate) document_number: Text<'a>,
    /// `Successful` or `Failed`.
    pub(crate) result_type: Text<'a>,
    pub(crate) failure_remark: Option<Text<'a>>,
}

impl<'a> AirVoidDocumentRsp<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, root: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        while let Some(child) = xml.child(root)? {
            match child.name() {
                "ResponseMessage" => read.messages.push(ResponseMessage::read(xml, &child)?),
                "VoidResultInfo" => {
                    let mut result = VoidResultInfo::default();
                    attributes!(child, result, {
                        "DocumentNumber" => document_number,
                        "ResultType" => result_type,
                    });
                    each(xml, &child, "FailureRemark", |xml, remark| {
                        result.failure_remark = Some(xml.text(remark)?);
                        Ok(())
                    })?;
                    read.results.push(result);
                }
                _ => {}
            }
        }
        Ok(read)
    }
}
