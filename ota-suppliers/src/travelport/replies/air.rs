//! The air elements that searches, prices, records and tickets share.

use super::common::{Prices, Text, attribute, attributes};
use crate::xml::{Element, XmlError, XmlReader};

/// One take-off and landing inside a segment.
#[derive(Default)]
pub(crate) struct FlightDetails<'a> {
    pub(crate) key: Text<'a>,
    pub(crate) origin: Text<'a>,
    pub(crate) destination: Text<'a>,
    pub(crate) departure_time: Text<'a>,
    pub(crate) arrival_time: Text<'a>,
    pub(crate) equipment: Option<Text<'a>>,
    pub(crate) origin_terminal: Option<Text<'a>>,
    pub(crate) destination_terminal: Option<Text<'a>>,
}

impl<'a> FlightDetails<'a> {
    pub(crate) fn read(element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, {
            "Key" => key,
            "Origin" => origin,
            "Destination" => destination,
            "DepartureTime" => departure_time,
            "ArrivalTime" => arrival_time,
            "Equipment" => equipment,
            "OriginTerminal" => origin_terminal,
            "DestinationTerminal" => destination_terminal,
        });
        Ok(read)
    }
}

/// One flight number. Searches refer to its details by key, all other replies nest them.
#[derive(Default)]
pub(crate) struct AirSegment<'a> {
    pub(crate) key: Text<'a>,
    pub(crate) group: Text<'a>,
    pub(crate) carrier: Text<'a>,
    pub(crate) flight_number: Text<'a>,
    pub(crate) origin: Text<'a>,
    pub(crate) destination: Text<'a>,
    pub(crate) departure_time: Text<'a>,
    pub(crate) arrival_time: Option<Text<'a>>,
    /// Minutes in the air and on the ground under this number.
    pub(crate) flight_time: Option<Text<'a>>,
    /// The same where [`Self::flight_time`] is absent; of the whole slice in searches.
    pub(crate) travel_time: Option<Text<'a>>,
    pub(crate) class_of_service: Option<Text<'a>>,
    pub(crate) cabin_class: Option<Text<'a>>,
    pub(crate) equipment: Option<Text<'a>>,
    pub(crate) status: Option<Text<'a>>,
    pub(crate) change_of_plane: Text<'a>,
    pub(crate) number_of_stops: Option<Text<'a>>,
    pub(crate) provider_code: Option<Text<'a>>,
    /// A number as text; records list segments in any order.
    pub(crate) travel_order: Option<Text<'a>>,
    pub(crate) operating_carrier: Option<Text<'a>>,
    pub(crate) operating_flight_number: Option<Text<'a>>,
    /// The text of `CodeshareInfo`.
    pub(crate) operating_name: Option<Text<'a>>,
    pub(crate) details: Vec<FlightDetails<'a>>,
    pub(crate) details_refs: Vec<Text<'a>>,
    /// The slice goes on with the next segment.
    pub(crate) connection: bool,
}

impl<'a> AirSegment<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::start(element)?;
        while let Some(child) = xml.child(element)? {
            read.child(xml, &child)?;
        }
        Ok(read)
    }

    /// What the start tag says.
    pub(super) fn start(element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, {
            "Key" => key,
            "Group" => group,
            "Carrier" => carrier,
            "FlightNumber" => flight_number,
            "Origin" => origin,
            "Destination" => destination,
            "DepartureTime" => departure_time,
            "ArrivalTime" => arrival_time,
            "FlightTime" => flight_time,
            "TravelTime" => travel_time,
            "ClassOfService" => class_of_service,
            "CabinClass" => cabin_class,
            "Equipment" => equipment,
            "Status" => status,
            "ChangeOfPlane" => change_of_plane,
            "NumberOfStops" => number_of_stops,
            "ProviderCode" => provider_code,
            "TravelOrder" => travel_order,
        });
        Ok(read)
    }

    /// What one child says.
    pub(super) fn child(&mut self, xml: &mut XmlReader<'a>, child: &Element<'a>) -> Result<(), XmlError> {
        match child.name() {
            "FlightDetails" => self.details.push(FlightDetails::read(child)?),
            "FlightDetailsRef" => self.details_refs.push(attribute(child, "Key")?),
            "CodeshareInfo" => {
                attributes!(child, self, {
                    "OperatingCarrier" => operating_carrier,
                    "OperatingFlightNumber" => operating_flight_number,
                });
                self.operating_name = Some(xml.text(child)?).filter(|name| !name.trim().is_empty());
            }
            "AirAvailInfo" if self.provider_code.is_none() => {
                attributes!(child, self, { "ProviderCode" => provider_code });
            }
            "Connection" => self.connection = true,
            _ => {}
        }
        Ok(())
    }
}

/// One fare component of one passenger type.
#[derive(Default)]
pub(crate) struct FareInfo<'a> {
    pub(crate) key: Text<'a>,
    pub(crate) fare_basis: Text<'a>,
    pub(crate) passenger_type_code: Text<'a>,
    pub(crate) origin: Text<'a>,
    pub(crate) destination: Text<'a>,
    pub(crate) effective_date: Text<'a>,
    pub(crate) departure_date: Option<Text<'a>>,
    pub(crate) amount: Option<Text<'a>>,
    /// Present on a private fare; says of which sort.
    pub(crate) private_fare: Option<Text<'a>>,
    pub(crate) baggage: Option<Baggage<'a>>,
    pub(crate) fare_rule_key: Option<Text<'a>>,
    pub(crate) brand: Option<Brand<'a>>,
}

impl<'a> FareInfo<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, {
            "Key" => key,
            "FareBasis" => fare_basis,
            "PassengerTypeCode" => passenger_type_code,
            "Origin" => origin,
            "Destination" => destination,
            "EffectiveDate" => effective_date,
            "DepartureDate" => departure_date,
            "Amount" => amount,
            "PrivateFare" => private_fare,
        });
        while let Some(child) = xml.child(element)? {
            match child.name() {
                "BaggageAllowance" => read.baggage = Some(Baggage::read(xml, &child)?),
                "FareRuleKey" => read.fare_rule_key = Some(xml.text(&child)?),
                "Brand" => read.brand = Some(Brand::read(&child)?),
                _ => {}
            }
        }
        Ok(read)
    }
}

/// `BaggageAllowance`: pieces, a weight, or both.
#[derive(Default)]
pub(crate) struct Baggage<'a> {
    pub(crate) pieces: Option<Text<'a>>,
    pub(crate) weight: Option<Text<'a>>,
    pub(crate) unit: Option<Text<'a>>,
}

impl<'a> Baggage<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        while let Some(child) = xml.child(element)? {
            match child.name() {
                "NumberOfPieces" => read.pieces = Some(xml.text(&child)?),
                "MaxWeight" => attributes!(child, read, { "Value" => weight, "Unit" => unit }),
                _ => {}
            }
        }
        Ok(read)
    }
}

/// A fare family: inside a fare, or in the list of all.
#[derive(Default)]
pub(crate) struct Brand<'a> {
    pub(crate) id: Option<Text<'a>>,
    pub(crate) name: Option<Text<'a>>,
}

impl<'a> Brand<'a> {
    pub(crate) fn read(element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, { "BrandID" => id, "Name" => name });
        Ok(read)
    }
}

/// Which fare component books which class of which segment.
#[derive(Default)]
pub(crate) struct BookingInfo<'a> {
    pub(crate) booking_code: Text<'a>,
    pub(crate) booking_count: Option<Text<'a>>,
    pub(crate) cabin_class: Option<Text<'a>>,
    pub(crate) fare_info_ref: Text<'a>,
    pub(crate) segment_ref: Text<'a>,
    pub(crate) host_token_ref: Option<Text<'a>>,
}

impl<'a> BookingInfo<'a> {
    pub(crate) fn read(element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, {
            "BookingCode" => booking_code,
            "BookingCount" => booking_count,
            "CabinClass" => cabin_class,
            "FareInfoRef" => fare_info_ref,
            "SegmentRef" => segment_ref,
            "HostTokenRef" => host_token_ref,
        });
        Ok(read)
    }
}

/// One coded tax.
#[derive(Default)]
pub(crate) struct TaxInfo<'a> {
    pub(crate) category: Text<'a>,
    pub(crate) amount: Option<Text<'a>>,
    pub(crate) key: Option<Text<'a>>,
}

/// A passenger of the type that a price is for.
#[derive(Default)]
pub(crate) struct PassengerType<'a> {
    pub(crate) code: Text<'a>,
    pub(crate) age: Option<Text<'a>>,
    pub(crate) booking_traveler_ref: Option<Text<'a>>,
}

/// `ChangePenalty` or `CancelPenalty`.
#[derive(Default)]
pub(crate) struct FarePenalty<'a> {
    /// `Anytime`, `Before Departure` or `After Departure`; absent where not told apart.
    pub(crate) applies: Option<Text<'a>>,
    pub(crate) no_show: Option<Text<'a>>,
    pub(crate) amount: Option<Text<'a>>,
    pub(crate) percentage: Option<Text<'a>>,
}

impl<'a> FarePenalty<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, { "PenaltyApplies" => applies, "NoShow" => no_show });
        while let Some(child) = xml.child(element)? {
            match child.name() {
                "Amount" => read.amount = Some(xml.text(&child)?),
                "Percentage" => read.percentage = Some(xml.text(&child)?),
                _ => {}
            }
        }
        Ok(read)
    }
}

/// `BaggageAllowanceInfo`: free text for a part of the journey that is checked through.
#[derive(Default)]
pub(crate) struct BaggageAllowanceInfo<'a> {
    pub(crate) origin: Text<'a>,
    pub(crate) destination: Text<'a>,
    /// The first line: `1P`, `20K`, `0P`.
    pub(crate) text: Option<Text<'a>>,
}

impl<'a> BaggageAllowanceInfo<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, { "Origin" => origin, "Destination" => destination });
        while let Some(child) = xml.child(element)? {
            if child.name() == "TextInfo" && read.text.is_none() {
                while let Some(line) = xml.child(&child)? {
                    if line.name() == "Text" && read.text.is_none() {
                        read.text = Some(xml.text(&line)?);
                    }
                }
            }
        }
        Ok(read)
    }
}

/// One way to fly a slice at a price.
#[derive(Default)]
pub(crate) struct FlightOption<'a> {
    pub(crate) leg_ref: Text<'a>,
    pub(crate) options: Vec<Vec<BookingInfo<'a>>>,
}

impl<'a> FlightOption<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self { leg_ref: attribute(element, "LegRef")?, options: Vec::new() };
        while let Some(option) = xml.child(element)? {
            if option.name() != "Option" {
                continue;
            }
            let mut booking_infos = Vec::with_capacity(2);
            while let Some(child) = xml.child(&option)? {
                if child.name() == "BookingInfo" {
                    booking_infos.push(BookingInfo::read(&child)?);
                }
            }
            read.options.push(booking_infos);
        }
        Ok(read)
    }
}

/// The price of one passenger of a type, with all who pay it.
#[derive(Default)]
pub(crate) struct AirPricingInfo<'a> {
    pub(crate) key: Text<'a>,
    pub(crate) prices: Prices<'a>,
    pub(crate) latest_ticketing_time: Option<Text<'a>>,
    pub(crate) pricing_method: Text<'a>,
    pub(crate) plating_carrier: Option<Text<'a>>,
    pub(crate) provider_code: Option<Text<'a>>,
    pub(crate) refundable: Option<Text<'a>>,
    pub(crate) fare_infos: Vec<FareInfo<'a>>,
    pub(crate) fare_info_refs: Vec<Text<'a>>,
    pub(crate) booking_infos: Vec<BookingInfo<'a>>,
    pub(crate) taxes: Vec<TaxInfo<'a>>,
    pub(crate) fare_calc: Option<Text<'a>>,
    pub(crate) passenger_types: Vec<PassengerType<'a>>,
    pub(crate) change_penalties: Vec<FarePenalty<'a>>,
    pub(crate) cancel_penalties: Vec<FarePenalty<'a>>,
    pub(crate) baggage: Vec<BaggageAllowanceInfo<'a>>,
    /// Only in a search by price points.
    pub(crate) flight_options: Vec<FlightOption<'a>>,
}

impl<'a> AirPricingInfo<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, {
            "Key" => key,
            "TotalPrice" => prices.total,
            "BasePrice" => prices.base,
            "EquivalentBasePrice" => prices.equivalent,
            "Taxes" => prices.taxes,
            "Fees" => prices.fees,
            "LatestTicketingTime" => latest_ticketing_time,
            "PricingMethod" => pricing_method,
            "PlatingCarrier" => plating_carrier,
            "ProviderCode" => provider_code,
            "Refundable" => refundable,
        });
        while let Some(child) = xml.child(element)? {
            read.child(xml, &child)?;
        }
        Ok(read)
    }

    fn child(&mut self, xml: &mut XmlReader<'a>, child: &Element<'a>) -> Result<(), XmlError> {
        match child.name() {
            "TaxInfo" => {
                let mut tax = TaxInfo::default();
                attributes!(child, tax, { "Category" => category, "Amount" => amount, "Key" => key });
                self.taxes.push(tax);
            }
            "FareInfoRef" => self.fare_info_refs.push(attribute(child, "Key")?),
            "FareInfo" => self.fare_infos.push(FareInfo::read(xml, child)?),
            "BookingInfo" => self.booking_infos.push(BookingInfo::read(child)?),
            "FareCalc" => self.fare_calc = Some(xml.text(child)?),
            "PassengerType" => {
                let mut passenger = PassengerType::default();
                attributes!(child, passenger, {
                    "Code" => code,
                    "Age" => age,
                    "BookingTravelerRef" => booking_traveler_ref,
                });
                self.passenger_types.push(passenger);
            }
            "ChangePenalty" => self.change_penalties.push(FarePenalty::read(xml, child)?),
            "CancelPenalty" => self.cancel_penalties.push(FarePenalty::read(xml, child)?),
            "BaggageAllowances" => {
                while let Some(info) = xml.child(child)? {
                    if info.name() == "BaggageAllowanceInfo" {
                        self.baggage.push(BaggageAllowanceInfo::read(xml, &info)?);
                    }
                }
            }
            "FlightOptionsList" => {
                while let Some(option) = xml.child(child)? {
                    if option.name() == "FlightOption" {
                        self.flight_options.push(FlightOption::read(xml, &option)?);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// `AirPricingSolution` and `AirPricePoint`: one price of all passengers.
#[derive(Default)]
pub(crate) struct AirPricingSolution<'a> {
    pub(crate) key: Text<'a>,
    pub(crate) prices: Prices<'a>,
    pub(crate) quote_date: Option<Text<'a>>,
    pub(crate) segment_refs: Vec<Text<'a>>,
    /// Segments nested instead of referred to (only in `AirSolutionChangedInfo`).
    pub(crate) segments: Vec<AirSegment<'a>>,
    /// Segment keys of each slice, in a search by solutions.
    pub(crate) journeys: Vec<Vec<Text<'a>>>,
    pub(crate) pricing_infos: Vec<AirPricingInfo<'a>>,
    pub(crate) host_tokens: Vec<HostToken<'a>>,
}

/// What the host wants back with a priced solution.
#[derive(Default)]
pub(crate) struct HostToken<'a> {
    pub(crate) key: Text<'a>,
    pub(crate) host: Option<Text<'a>>,
    pub(crate) value: Text<'a>,
}

impl<'a> AirPricingSolution<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, {
            "Key" => key,
            "TotalPrice" => prices.total,
            "BasePrice" => prices.base,
            "EquivalentBasePrice" => prices.equivalent,
            "Taxes" => prices.taxes,
            "Fees" => prices.fees,
            "QuoteDate" => quote_date,
        });
        while let Some(child) = xml.child(element)? {
            match child.name() {
                "AirPricingInfo" => read.pricing_infos.push(AirPricingInfo::read(xml, &child)?),
                "AirSegmentRef" => read.segment_refs.push(attribute(&child, "Key")?),
                "AirSegment" => read.segments.push(AirSegment::read(xml, &child)?),
                "Journey" => {
                    let mut keys = Vec::new();
                    while let Some(part) = xml.child(&child)? {
                        if part.name() == "AirSegmentRef" {
                            keys.push(attribute(&part, "Key")?);
                        }
                    }
                    read.journeys.push(keys);
                }
                "HostToken" => {
                    let mut token = HostToken::default();
                    attributes!(child, token, { "Key" => key, "Host" => host });
                    token.value = xml.text(&child)?;
                    read.host_tokens.push(token);
                }
                _ => {}
            }
        }
        Ok(read)
    }
}
