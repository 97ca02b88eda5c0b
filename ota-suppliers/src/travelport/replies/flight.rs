//! Replies about flights themselves: `FlightInformationRsp` and `FlightDetailsRsp`.

use super::air::AirSegment;
use super::common::{ResponseMessage, Text, attributes};
use crate::xml::{Element, XmlError, XmlReader};

/// What is known of each flight asked for, on its day.
#[derive(Default)]
pub(crate) struct FlightInformationRsp<'a> {
    pub(crate) messages: Vec<ResponseMessage<'a>>,
    pub(crate) flights: Vec<FlightInfo<'a>>,
}

/// One flight asked for.
#[derive(Default)]
pub(crate) struct FlightInfo<'a> {
    pub(crate) carrier: Text<'a>,
    pub(crate) flight_number: Text<'a>,
    pub(crate) details: Vec<FlightInfoDetail<'a>>,
    /// `FlightInfoErrorMessage`.
    pub(crate) errors: Vec<ResponseMessage<'a>>,
}

/// One leg of it.
#[derive(Default)]
pub(crate) struct FlightInfoDetail<'a> {
    pub(crate) origin: Text<'a>,
    pub(crate) destination: Text<'a>,
    pub(crate) departure: Option<Text<'a>>,
    pub(crate) arrival: Option<Text<'a>>,
    /// Minutes.
    pub(crate) travel_time: Option<Text<'a>>,
    pub(crate) equipment: Option<Text<'a>>,
    pub(crate) origin_terminal: Option<Text<'a>>,
    pub(crate) origin_gate: Option<Text<'a>>,
    pub(crate) destination_terminal: Option<Text<'a>>,
    pub(crate) destination_gate: Option<Text<'a>>,
    pub(crate) operating_carrier: Option<Text<'a>>,
    pub(crate) in_flight_services: Vec<Text<'a>>,
}

impl<'a> FlightInformationRsp<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, root: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        while let Some(child) = xml.child(root)? {
            match child.name() {
                "ResponseMessage" => read.messages.push(ResponseMessage::read(xml, &child)?),
                "FlightInfo" => read.flights.push(FlightInfo::read(xml, &child)?),
                _ => {}
            }
        }
        Ok(read)
    }
}

impl<'a> FlightInfo<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, { "Carrier" => carrier, "FlightNumber" => flight_number });
        while let Some(child) = xml.child(element)? {
            match child.name() {
                "FlightInfoDetail" => read.details.push(FlightInfoDetail::read(xml, &child)?),
                "FlightInfoErrorMessage" => read.errors.push(ResponseMessage::read(xml, &child)?),
                _ => {}
            }
        }
        Ok(read)
    }
}

impl<'a> FlightInfoDetail<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, {
            "Origin" => origin,
            "Destination" => destination,
            "ScheduledDepartureTime" => departure,
            "ScheduledArrivalTime" => arrival,
            "TravelTime" => travel_time,
            "Equipment" => equipment,
            "OriginTerminal" => origin_terminal,
            "OriginGate" => origin_gate,
            "DestinationTerminal" => destination_terminal,
            "DestinationGate" => destination_gate,
        });
        while let Some(child) = xml.child(element)? {
            match child.name() {
                "CodeshareInfo" => attributes!(child, read, { "OperatingCarrier" => operating_carrier }),
                "InFlightServices" => read.in_flight_services.push(xml.text(&child)?),
                _ => {}
            }
        }
        Ok(read)
    }
}

/// The legs of the flights asked for.
#[derive(Default)]
pub(crate) struct FlightDetailsRsp<'a> {
    pub(crate) messages: Vec<ResponseMessage<'a>>,
    pub(crate) segments: Vec<AirSegment<'a>>,
}

impl<'a> FlightDetailsRsp<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, root: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        while let Some(child) = xml.child(root)? {
            match child.name() {
                "ResponseMessage" => read.messages.push(ResponseMessage::read(xml, &child)?),
                "AirSegment" => read.segments.push(AirSegment::read(xml, &child)?),
                _ => {}
            }
        }
        Ok(read)
    }
}
