//! `AvailabilitySearchRsp`: what is flown, and how many seats are sold in which class.

use super::air::{AirSegment, FlightDetails};
use super::common::{ResponseMessage, Text, attribute, attributes};
use super::shop::each;
use crate::xml::{Element, XmlError, XmlReader};

/// Answer to an availability search.
#[derive(Default)]
pub(crate) struct AvailabilitySearchRsp<'a> {
    pub(crate) messages: Vec<ResponseMessage<'a>>,
    pub(crate) flight_details: Vec<FlightDetails<'a>>,
    pub(crate) segments: Vec<AvailableSegment<'a>>,
    pub(crate) solutions: Vec<AirItinerarySolution<'a>>,
    /// A `NextResultReference` asks for the next part.
    pub(crate) more: bool,
}

/// A flight with its classes.
pub(crate) struct AvailableSegment<'a> {
    pub(crate) segment: AirSegment<'a>,
    /// Stated where the flight does not operate or has left.
    pub(crate) operational_status: Option<Text<'a>>,
    pub(crate) booking_codes: Vec<BookingCodeInfo<'a>>,
}

/// The classes of one cabin.
#[derive(Default)]
pub(crate) struct BookingCodeInfo<'a> {
    pub(crate) cabin_class: Option<Text<'a>>,
    /// `C9|D4|ZR`: a class and its count or status, each in one character.
    pub(crate) booking_counts: Text<'a>,
}

/// The ways to fly one leg of the search.
#[derive(Default)]
pub(crate) struct AirItinerarySolution<'a> {
    pub(crate) key: Text<'a>,
    pub(crate) segment_refs: Vec<Text<'a>>,
    /// `SegmentIndex`, counted from 0, of each segment that goes on with the one after it.
    pub(crate) connections: Vec<Text<'a>>,
}

impl<'a> AvailabilitySearchRsp<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, root: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        while let Some(child) = xml.child(root)? {
            match child.name() {
                "ResponseMessage" => read.messages.push(ResponseMessage::read(xml, &child)?),
                "NextResultReference" => read.more = true,
                "FlightDetailsList" => each(xml, &child, "FlightDetails", |_, details| {
                    read.flight_details.push(FlightDetails::read(details)?);
                    Ok(())
                })?,
                "AirSegmentList" => each(xml, &child, "AirSegment", |xml, segment| {
                    read.segments.push(AvailableSegment::read(xml, segment)?);
                    Ok(())
                })?,
                "AirItinerarySolution" => read.solutions.push(AirItinerarySolution::read(xml, &child)?),
                _ => {}
            }
        }
        Ok(read)
    }
}

impl<'a> AvailableSegment<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self {
            segment: AirSegment::start(element)?,
            operational_status: element.attribute("OperationalStatus")?,
            booking_codes: Vec::new(),
        };
        while let Some(child) = xml.child(element)? {
            read.segment.child(xml, &child)?;
            if child.name() == "AirAvailInfo" {
                each(xml, &child, "BookingCodeInfo", |_, info| {
                    let mut codes = BookingCodeInfo::default();
                    attributes!(info, codes, {
                        "CabinClass" => cabin_class,
                        "BookingCounts" => booking_counts,
                    });
                    read.booking_codes.push(codes);
                    Ok(())
                })?;
            }
        }
        Ok(read)
    }
}

impl<'a> AirItinerarySolution<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self { key: attribute(element, "Key")?, ..Self::default() };
        while let Some(child) = xml.child(element)? {
            match child.name() {
                "AirSegmentRef" => read.segment_refs.push(attribute(&child, "Key")?),
                "Connection" => read.connections.push(attribute(&child, "SegmentIndex")?),
                _ => {}
            }
        }
        Ok(read)
    }
}
