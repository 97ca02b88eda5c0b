//! Replies of the shopping calls: `LowFareSearchRsp` and `AirPriceRsp`.

use super::air::{AirPricingSolution, AirSegment, Brand, FareInfo, FlightDetails};
use super::common::{ResponseMessage, Text, attribute};
use crate::xml::{Element, XmlError, XmlReader};

/// Answer to a search, in either of its shapes.
#[derive(Default)]
pub(crate) struct LowFareSearchRsp<'a> {
    pub(crate) messages: Vec<ResponseMessage<'a>>,
    pub(crate) flight_details: Vec<FlightDetails<'a>>,
    pub(crate) segments: Vec<AirSegment<'a>>,
    pub(crate) fare_infos: Vec<FareInfo<'a>>,
    pub(crate) brands: Vec<Brand<'a>>,
    /// (key, group) of each leg asked for.
    pub(crate) legs: Vec<(Text<'a>, Text<'a>)>,
    /// Prices with options to combine (`AirPricePointList`).
    pub(crate) price_points: Vec<AirPricingSolution<'a>>,
    /// Prices of whole itineraries (with `SolutionResult="true"`).
    pub(crate) solutions: Vec<AirPricingSolution<'a>>,
}

impl<'a> LowFareSearchRsp<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, root: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        while let Some(child) = xml.child(root)? {
            match child.name() {
                "ResponseMessage" => read.messages.push(ResponseMessage::read(xml, &child)?),
                "FlightDetailsList" => each(xml, &child, "FlightDetails", |_, details| {
                    read.flight_details.push(FlightDetails::read(details)?);
                    Ok(())
                })?,
                "AirSegmentList" => each(xml, &child, "AirSegment", |xml, segment| {
                    read.segments.push(AirSegment::read(xml, segment)?);
                    Ok(())
                })?,
                "FareInfoList" => each(xml, &child, "FareInfo", |xml, fare| {
                    read.fare_infos.push(FareInfo::read(xml, fare)?);
                    Ok(())
                })?,
                "BrandList" => each(xml, &child, "Brand", |_, brand| {
                    read.brands.push(Brand::read(brand)?);
                    Ok(())
                })?,
                "RouteList" => each(xml, &child, "Route", |xml, route| {
                    each(xml, route, "Leg", |_, leg| {
                        read.legs.push((attribute(leg, "Key")?, attribute(leg, "Group")?));
                        Ok(())
                    })
                })?,
                "AirPricePointList" => each(xml, &child, "AirPricePoint", |xml, point| {
                    read.price_points.push(AirPricingSolution::read(xml, point)?);
                    Ok(())
                })?,
                "AirPricingSolution" => read.solutions.push(AirPricingSolution::read(xml, &child)?),
                _ => {}
            }
        }
        Ok(read)
    }
}

/// The live price of one itinerary, possibly on several fares.
#[derive(Default)]
pub(crate) struct AirPriceRsp<'a> {
    pub(crate) messages: Vec<ResponseMessage<'a>>,
    pub(crate) segments: Vec<AirSegment<'a>>,
    pub(crate) solutions: Vec<AirPricingSolution<'a>>,
    /// `AirPriceError`: no price for one of the things asked.
    pub(crate) errors: Vec<ResponseMessage<'a>>,
    pub(crate) fare_rules: Vec<FareRule<'a>>,
}

/// Long text rules of one fare component.
#[derive(Default)]
pub(crate) struct FareRule<'a> {
    pub(crate) fare_info_ref: Text<'a>,
    /// (category, text).
    pub(crate) paragraphs: Vec<(Text<'a>, Text<'a>)>,
}

impl<'a> AirPriceRsp<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, root: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        while let Some(child) = xml.child(root)? {
            match child.name() {
                "ResponseMessage" => read.messages.push(ResponseMessage::read(xml, &child)?),
                "AirItinerary" => each(xml, &child, "AirSegment", |xml, segment| {
                    read.segments.push(AirSegment::read(xml, segment)?);
                    Ok(())
                })?,
                "AirPriceResult" => read.result(xml, &child)?,
                _ => {}
            }
        }
        Ok(read)
    }

    fn result(&mut self, xml: &mut XmlReader<'a>, result: &Element<'a>) -> Result<(), XmlError> {
        while let Some(child) = xml.child(result)? {
            match child.name() {
                "AirPricingSolution" => self.solutions.push(AirPricingSolution::read(xml, &child)?),
                "AirPriceError" => self.errors.push(ResponseMessage::read(xml, &child)?),
                "FareRule" => {
                    let fare_info_ref = attribute(&child, "FareInfoRef")?;
                    let mut rule = FareRule { fare_info_ref, paragraphs: Vec::new() };
                    each(xml, &child, "FareRuleLong", |xml, text| {
                        rule.paragraphs.push((attribute(text, "Category")?, xml.text(text)?));
                        Ok(())
                    })?;
                    self.fare_rules.push(rule);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Reads every child of one name.
pub(crate) fn each<'a>(
    xml: &mut XmlReader<'a>,
    parent: &Element<'a>,
    name: &str,
    mut read: impl FnMut(&mut XmlReader<'a>, &Element<'a>) -> Result<(), XmlError>,
) -> Result<(), XmlError> {
    while let Some(child) = xml.child(parent)? {
        if child.name() == name {
            read(xml, &child)?;
        }
    }
    Ok(())
}
