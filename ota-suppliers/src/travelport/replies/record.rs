//! Replies around the universal record: create, retrieve, import, search, cancel.

use super::air::{AirPricingInfo, AirPricingSolution, AirSegment};
use super::common::{AirSegmentError, ResponseMessage, Text, attribute, attributes};
use super::exchange::Bundles;
use super::hotel::HotelReservation;
use super::shop::each;
use crate::xml::{Element, XmlError, XmlReader};

/// `AirCreateReservationRsp`, `HotelCreateReservationRsp`, `AirCancelRsp`, `UniversalRecordRetrieveRsp`
/// and `UniversalRecordImportRsp`: a record and what went wrong with it.
#[derive(Default)]
pub(crate) struct RecordRsp<'a> {
    pub(crate) messages: Vec<ResponseMessage<'a>>,
    pub(crate) record: Option<UniversalRecord<'a>>,
    pub(crate) solution_changed: Vec<AirSolutionChangedInfo<'a>>,
    pub(crate) sell_failures: Vec<AirSegmentError<'a>>,
}

impl<'a> RecordRsp<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, root: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        while let Some(child) = xml.child(root)? {
            match child.name() {
                "ResponseMessage" => read.messages.push(ResponseMessage::read(xml, &child)?),
                "UniversalRecord" => read.record = Some(UniversalRecord::read(xml, &child)?),
                "AirSolutionChangedInfo" => {
                    read.solution_changed.push(AirSolutionChangedInfo::read(xml, &child)?);
                }
                "AirSegmentSellFailureInfo" => each(xml, &child, "AirSegmentError", |xml, error| {
                    read.sell_failures.push(AirSegmentError::read(xml, error)?);
                    Ok(())
                })?,
                _ => {}
            }
        }
        Ok(read)
    }
}

/// The supplier found another price or schedule than was sent.
#[derive(Default)]
pub(crate) struct AirSolutionChangedInfo<'a> {
    /// `Price`, `Schedule` or `Both`.
    pub(crate) reason_code: Text<'a>,
    pub(crate) solution: Option<AirPricingSolution<'a>>,
}

impl<'a> AirSolutionChangedInfo<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self { reason_code: attribute(element, "ReasonCode")?, solution: None };
        each(xml, element, "AirPricingSolution", |xml, solution| {
            read.solution = Some(AirPricingSolution::read(xml, solution)?);
            Ok(())
        })?;
        Ok(read)
    }
}

/// One record over all providers' reservations.
#[derive(Default)]
pub(crate) struct UniversalRecord<'a> {
    pub(crate) locator_code: Text<'a>,
    pub(crate) version: Option<Text<'a>>,
    pub(crate) status: Option<Text<'a>>,
    pub(crate) travelers: Vec<BookingTraveler<'a>>,
    pub(crate) providers: Vec<ProviderReservationInfo<'a>>,
    pub(crate) air_reservations: Vec<AirReservation<'a>>,
    pub(crate) hotel_reservations: Vec<HotelReservation<'a>>,
    pub(crate) passive_segments: Vec<PassiveSegment<'a>>,
    pub(crate) surface_segments: Vec<SurfaceSegment<'a>>,
    /// The texts of all general remarks.
    pub(crate) remarks: Vec<Text<'a>>,
    pub(crate) action_statuses: Vec<ActionStatus<'a>>,
}

/// A person. Personal: no `Debug`, like everything that holds one.
#[derive(Default)]
pub(crate) struct BookingTraveler<'a> {
    pub(crate) key: Text<'a>,
    pub(crate) traveler_type: Option<Text<'a>>,
    pub(crate) first: Option<Text<'a>>,
    pub(crate) last: Text<'a>,
}

impl<'a> BookingTraveler<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, { "Key" => key, "TravelerType" => traveler_type });
        each(xml, element, "BookingTravelerName", |_, name| {
            attributes!(name, read, { "First" => first, "Last" => last });
            Ok(())
        })?;
        Ok(read)
    }
}

/// A host's record (PNR).
#[derive(Default)]
pub(crate) struct ProviderReservationInfo<'a> {
    pub(crate) provider_code: Text<'a>,
    pub(crate) locator_code: Text<'a>,
}

/// The air part of a record.
#[derive(Default)]
pub(crate) struct AirReservation<'a> {
    pub(crate) locator_code: Text<'a>,
    /// (airline, its locator).
    pub(crate) supplier_locators: Vec<(Text<'a>, Text<'a>)>,
    pub(crate) segments: Vec<AirSegment<'a>>,
    pub(crate) pricing_infos: Vec<AirPricingInfo<'a>>,
    pub(crate) tickets: Vec<TicketInfo<'a>>,
    /// What the exchange of its tickets cost.
    pub(super) bundles: Bundles<'a>,
}

/// The summary line of a document in a record.
#[derive(Default)]
pub(crate) struct TicketInfo<'a> {
    pub(crate) number: Text<'a>,
    pub(crate) status: Option<Text<'a>>,
    pub(crate) issue_date: Option<Text<'a>>,
    pub(crate) booking_traveler_ref: Text<'a>,
    pub(crate) first: Option<Text<'a>>,
    pub(crate) last: Text<'a>,
    /// Further numbers of the same journey.
    pub(crate) conjuncted: Vec<Text<'a>>,
}

impl<'a> TicketInfo<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, {
            "Number" => number,
            "Status" => status,
            "TicketIssueDate" => issue_date,
            "BookingTravelerRef" => booking_traveler_ref,
        });
        while let Some(child) = xml.child(element)? {
            match child.name() {
                "Name" => attributes!(child, read, { "First" => first, "Last" => last }),
                "ConjunctedTicketInfo" => read.conjuncted.push(attribute(&child, "Number")?),
                _ => {}
            }
        }
        Ok(read)
    }
}

impl<'a> AirReservation<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self { locator_code: attribute(element, "LocatorCode")?, ..Self::default() };
        while let Some(child) = xml.child(element)? {
            match child.name() {
                "SupplierLocator" => {
                    let locator =
                        (attribute(&child, "SupplierCode")?, attribute(&child, "SupplierLocatorCode")?);
                    read.supplier_locators.push(locator);
                }
                "AirSegment" => read.segments.push(AirSegment::read(xml, &child)?),
                "AirPricingInfo" => read.pricing_infos.push(AirPricingInfo::read(xml, &child)?),
                "DocumentInfo" => each(xml, &child, "TicketInfo", |xml, ticket| {
                    read.tickets.push(TicketInfo::read(xml, ticket)?);
                    Ok(())
                })?,
                _ => read.bundles.child(xml, &child)?,
            }
        }
        Ok(read)
    }
}

/// Something that was booked elsewhere, or a service: not a flight.
#[derive(Default)]
pub(crate) struct PassiveSegment<'a> {
    pub(crate) key: Text<'a>,
    pub(crate) kind: Text<'a>,
    pub(crate) status: Option<Text<'a>>,
    pub(crate) supplier_code: Option<Text<'a>>,
    pub(crate) origin: Option<Text<'a>>,
    pub(crate) destination: Option<Text<'a>>,
    pub(crate) start_date: Option<Text<'a>>,
    pub(crate) travel_order: Option<Text<'a>>,
}

/// `ProviderARNKSegment`: the way between two segments that the passenger covers alone.
#[derive(Default)]
pub(crate) struct SurfaceSegment<'a> {
    pub(crate) previous: Option<Text<'a>>,
    pub(crate) next: Option<Text<'a>>,
}

impl<'a> SurfaceSegment<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        while let Some(side) = xml.child(element)? {
            let key = match xml.child(&side)? {
                Some(reference) => reference.attribute("Key")?,
                None => None,
            };
            match side.name() {
                "PreviousSegment" => read.previous = key,
                "NextSegment" => read.next = key,
                _ => {}
            }
        }
        Ok(read)
    }
}

/// When the record is due: `TAU` ticket at, `TAW` ticket on, `ACTIVE`, `TTL`.
#[derive(Default)]
pub(crate) struct ActionStatus<'a> {
    pub(crate) kind: Text<'a>,
    pub(crate) ticket_date: Option<Text<'a>>,
}

impl<'a> UniversalRecord<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, {
            "LocatorCode" => locator_code,
            "Version" => version,
            "Status" => status,
        });
        while let Some(child) = xml.child(element)? {
            read.child(xml, &child)?;
        }
        Ok(read)
    }

    pub(super) fn child(&mut self, xml: &mut XmlReader<'a>, child: &Element<'a>) -> Result<(), XmlError> {
        match child.name() {
            "BookingTraveler" => self.travelers.push(BookingTraveler::read(xml, child)?),
            "ProviderReservationInfo" => {
                let mut info = ProviderReservationInfo::default();
                attributes!(child, info, { "ProviderCode" => provider_code, "LocatorCode" => locator_code });
                self.providers.push(info);
            }
            "AirReservation" => self.air_reservations.push(AirReservation::read(xml, child)?),
            "HotelReservation" => self.hotel_reservations.push(HotelReservation::read(xml, child)?),
            "PassiveReservation" => each(xml, child, "PassiveSegment", |_, segment| {
                let mut passive = PassiveSegment::default();
                attributes!(segment, passive, {
                    "Key" => key,
                    "SegmentType" => kind,
                    "Status" => status,
                    "SupplierCode" => supplier_code,
                    "Origin" => origin,
                    "Destination" => destination,
                    "StartDate" => start_date,
                    "TravelOrder" => travel_order,
                });
                self.passive_segments.push(passive);
                Ok(())
            })?,
            "ProviderARNKSegment" => self.surface_segments.push(SurfaceSegment::read(xml, child)?),
            "GeneralRemark" => each(xml, child, "RemarkData", |xml, data| {
                self.remarks.push(xml.text(data)?);
                Ok(())
            })?,
            "ActionStatus" => {
                let mut status = ActionStatus::default();
                attributes!(child, status, { "Type" => kind, "TicketDate" => ticket_date });
                self.action_statuses.push(status);
            }
            _ => {}
        }
        Ok(())
    }
}

/// One page of a search for records.
#[derive(Default)]
pub(crate) struct UniversalRecordSearchRsp<'a> {
    pub(crate) messages: Vec<ResponseMessage<'a>>,
    /// There is another page.
    pub(crate) more_results: bool,
    pub(crate) results: Vec<UniversalRecordSearchResult<'a>>,
}

/// One record found.
#[derive(Default)]
pub(crate) struct UniversalRecordSearchResult<'a> {
    pub(crate) locator_code: Text<'a>,
    /// `Current`, `Past` or `Cancelled`.
    pub(crate) record_status: Option<Text<'a>>,
    /// (product, provider, provider's locator).
    pub(crate) products: Vec<(Text<'a>, Text<'a>, Text<'a>)>,
}

impl<'a> UniversalRecordSearchRsp<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, root: &Element<'a>) -> Result<Self, XmlError> {
        let more = attribute(root, "MoreResults")?;
        // Anything but a clear no means that absence proves nothing.
        let mut read = Self { more_results: !matches!(&*more, "false" | "0"), ..Self::default() };
        while let Some(child) = xml.child(root)? {
            match child.name() {
                "ResponseMessage" => read.messages.push(ResponseMessage::read(xml, &child)?),
                "UniversalRecordSearchResult" => {
                    let mut result = UniversalRecordSearchResult::default();
                    attributes!(child, result, {
                        "UniversalRecordLocatorCode" => locator_code,
                        "RecordStatus" => record_status,
                    });
                    each(xml, &child, "ProductInfo", |_, product| {
                        result.products.push((
                            attribute(product, "ProductType")?,
                            attribute(product, "ProviderCode")?,
                            attribute(product, "ProviderLocatorCode")?,
                        ));
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

/// What became of each reservation of a cancelled record.
#[derive(Default)]
pub(crate) struct UniversalRecordCancelRsp<'a> {
    pub(crate) messages: Vec<ResponseMessage<'a>>,
    pub(crate) statuses: Vec<ProviderReservationStatus<'a>>,
}

/// One provider's answer to a cancel.
#[derive(Default)]
pub(crate) struct ProviderReservationStatus<'a> {
    pub(crate) provider_code: Text<'a>,
    pub(crate) locator_code: Text<'a>,
    pub(crate) cancelled: bool,
    pub(crate) info: Option<ResponseMessage<'a>>,
}

impl<'a> UniversalRecordCancelRsp<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, root: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        while let Some(child) = xml.child(root)? {
            match child.name() {
                "ResponseMessage" => read.messages.push(ResponseMessage::read(xml, &child)?),
                "ProviderReservationStatus" => {
                    let mut status = ProviderReservationStatus::default();
                    attributes!(child, status, {
                        "ProviderCode" => provider_code,
                        "LocatorCode" => locator_code,
                    });
                    status.cancelled = matches!(&*attribute(&child, "Cancelled")?, "true" | "1");
                    each(xml, &child, "CancelInfo", |xml, info| {
                        status.info = Some(ResponseMessage::read(xml, info)?);
                        Ok(())
                    })?;
                    read.statuses.push(status);
                }
                _ => {}
            }
        }
        Ok(read)
    }
}
