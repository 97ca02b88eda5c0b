//! Hotels: `HotelSearchAvailabilityRsp`, `HotelDetailsRsp`, and the hotel part of a record.

use super::common::{ResponseMessage, Text, attribute, attributes};
use super::shop::each;
use crate::xml::{Element, XmlError, XmlReader};

/// Properties with their lowest prices.
#[derive(Default)]
pub(crate) struct HotelSearchRsp<'a> {
    pub(crate) messages: Vec<ResponseMessage<'a>>,
    pub(crate) results: Vec<HotelSearchResult<'a>>,
    /// A `NextResultReference` asks for the next part.
    pub(crate) more: bool,
}

/// One property found.
#[derive(Default)]
pub(crate) struct HotelSearchResult<'a> {
    pub(crate) property: HotelProperty<'a>,
    pub(crate) rates: Vec<RateInfo<'a>>,
    /// `HotelSearchError`: what a source of rates says.
    pub(crate) errors: Vec<ResponseMessage<'a>>,
}

/// A property as the supplier describes it.
#[derive(Default)]
pub(crate) struct HotelProperty<'a> {
    pub(crate) chain: Text<'a>,
    pub(crate) code: Text<'a>,
    pub(crate) name: Option<Text<'a>>,
    pub(crate) availability: Option<Text<'a>>,
    /// The lines of its address.
    pub(crate) address: Vec<Text<'a>>,
    /// Degrees.
    pub(crate) latitude: Option<Text<'a>>,
    /// Degrees.
    pub(crate) longitude: Option<Text<'a>>,
    pub(crate) ratings: Vec<Text<'a>>,
}

/// The lowest price of one source of rates.
#[derive(Default)]
pub(crate) struct RateInfo<'a> {
    /// For the whole stay.
    pub(crate) minimum_stay: Option<Text<'a>>,
    /// The same in the currency asked for.
    pub(crate) approximate_minimum_stay: Option<Text<'a>>,
    /// For one night, by suppliers that do not price the stay.
    pub(crate) minimum: Option<Text<'a>>,
    pub(crate) commission: Option<Text<'a>>,
    pub(crate) rate_supplier: Option<Text<'a>>,
    pub(crate) payment_type: Option<Text<'a>>,
    pub(crate) taxes_included: Option<Text<'a>>,
    pub(crate) package_offer: Option<Text<'a>>,
}

/// One property with its rates: of a GDS (`RequestedHotelDetails`) or of an aggregator.
#[derive(Default)]
pub(crate) struct HotelDetailsRsp<'a> {
    pub(crate) messages: Vec<ResponseMessage<'a>>,
    pub(crate) details: Vec<HotelDetails<'a>>,
    pub(crate) more: bool,
}

/// What one source says about the property.
#[derive(Default)]
pub(crate) struct HotelDetails<'a> {
    pub(crate) aggregator: Option<Text<'a>>,
    pub(crate) property: HotelProperty<'a>,
    pub(crate) rates: Vec<HotelRateDetail<'a>>,
    pub(crate) items: Vec<Described<'a>>,
}

/// `RoomRateDescription` or `HotelDetailItem`: something said in words.
pub(crate) struct Described<'a> {
    pub(crate) name: Text<'a>,
    pub(crate) texts: Vec<Text<'a>>,
}

/// One rate over all nights.
#[derive(Default)]
pub(crate) struct HotelRateDetail<'a> {
    pub(crate) rate_plan_type: Text<'a>,
    pub(crate) rate_offer_id: Option<Text<'a>>,
    pub(crate) rate_supplier: Option<Text<'a>>,
    pub(crate) base: Option<Text<'a>>,
    pub(crate) tax: Option<Text<'a>>,
    pub(crate) surcharge: Option<Text<'a>>,
    pub(crate) total: Option<Text<'a>>,
    pub(crate) bookable_quantity: Option<Text<'a>>,
    pub(crate) descriptions: Vec<Described<'a>>,
    pub(crate) cancel: CancelInfo<'a>,
    /// `Deposit`, `Guarantee` or `Prepayment`.
    pub(crate) guarantee_type: Option<Text<'a>>,
    pub(crate) deposit: Option<Text<'a>>,
    /// `SupplementalRateInfo`: taxes and fees in words.
    pub(crate) supplement: Option<Text<'a>>,
    pub(crate) is_package: Option<Text<'a>>,
    /// The most guests of each room.
    pub(crate) capacities: Vec<Text<'a>>,
}

/// What a cancellation costs; mostly only in words.
#[derive(Default)]
pub(crate) struct CancelInfo<'a> {
    pub(crate) deadline: Option<Text<'a>>,
    pub(crate) penalty: Option<Text<'a>>,
    pub(crate) non_refundable: Option<Text<'a>>,
    pub(crate) policy: Option<Text<'a>>,
}

/// The hotel part of a record.
#[derive(Default)]
pub(crate) struct HotelReservation<'a> {
    pub(crate) locator_code: Text<'a>,
    pub(crate) status: Text<'a>,
    /// The property's or aggregator's own number.
    pub(crate) booking_confirmation: Option<Text<'a>>,
    pub(crate) property: HotelProperty<'a>,
    pub(crate) rates: Vec<HotelRateDetail<'a>>,
    pub(crate) check_in: Text<'a>,
    pub(crate) check_out: Text<'a>,
    pub(crate) guests: Vec<Guests<'a>>,
    /// For all rooms and nights, with taxes and fees.
    pub(crate) total: Option<Text<'a>>,
}

/// Who sleeps in one room (`BookingGuestInformation/Room`), or in all of them (`GuestInformation`).
#[derive(Default)]
pub(crate) struct Guests<'a> {
    /// One where it is absent.
    pub(crate) rooms: Option<Text<'a>>,
    pub(crate) adults: Option<Text<'a>>,
    /// Where stated; a count of children without ages is left out.
    pub(crate) child_ages: Vec<Text<'a>>,
}

impl<'a> HotelSearchRsp<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, root: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        while let Some(child) = xml.child(root)? {
            match child.name() {
                "ResponseMessage" => read.messages.push(ResponseMessage::read(xml, &child)?),
                "NextResultReference" => read.more = true,
                "HotelSearchResult" => read.results.push(HotelSearchResult::read(xml, &child)?),
                _ => {}
            }
        }
        Ok(read)
    }
}

impl<'a> HotelSearchResult<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        while let Some(child) = xml.child(element)? {
            match child.name() {
                "HotelProperty" => read.property = HotelProperty::read(xml, &child)?,
                "HotelSearchError" => read.errors.push(ResponseMessage::read(xml, &child)?),
                "RateInfo" => {
                    let mut rate = RateInfo::default();
                    attributes!(child, rate, {
                        "MinimumStayAmount" => minimum_stay,
                        "ApproximateMinimumStayAmount" => approximate_minimum_stay,
                        "MinimumAmount" => minimum,
                        "Commission" => commission,
                        "RateSupplier" => rate_supplier,
                        "PaymentType" => payment_type,
                        "TaxesIncluded" => taxes_included,
                        "PackageOffer" => package_offer,
                    });
                    read.rates.push(rate);
                }
                _ => {}
            }
        }
        Ok(read)
    }
}

impl<'a> HotelProperty<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, {
            "HotelChain" => chain,
            "HotelCode" => code,
            "Name" => name,
            "Availability" => availability,
        });
        while let Some(child) = xml.child(element)? {
            match child.name() {
                "PropertyAddress" => read.address = texts(xml, &child, "Address")?,
                "CoordinateLocation" => {
                    attributes!(child, read, { "latitude" => latitude, "longitude" => longitude });
                }
                "HotelRating" => read.ratings.extend(texts(xml, &child, "Rating")?),
                _ => {}
            }
        }
        Ok(read)
    }
}

impl<'a> HotelDetailsRsp<'a> {
    pub(crate) fn read(xml: &mut XmlReader<'a>, root: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        while let Some(child) = xml.child(root)? {
            match child.name() {
                "ResponseMessage" => read.messages.push(ResponseMessage::read(xml, &child)?),
                "NextResultReference" => read.more = true,
                "RequestedHotelDetails" | "AggregatorHotelDetails" => {
                    read.details.push(HotelDetails::read(xml, &child)?);
                }
                _ => {}
            }
        }
        Ok(read)
    }
}

impl<'a> HotelDetails<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self { aggregator: element.attribute("AggregatorName")?, ..Self::default() };
        while let Some(child) = xml.child(element)? {
            match child.name() {
                "HotelProperty" => read.property = HotelProperty::read(xml, &child)?,
                "HotelRateDetail" => read.rates.push(HotelRateDetail::read(xml, &child)?),
                "HotelDetailItem" => read.items.push(Described::read(xml, &child)?),
                _ => {}
            }
        }
        Ok(read)
    }
}

impl<'a> Described<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        Ok(Self { name: attribute(element, "Name")?, texts: texts(xml, element, "Text")? })
    }
}

impl<'a> HotelRateDetail<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, {
            "RatePlanType" => rate_plan_type,
            "RateOfferId" => rate_offer_id,
            "RateSupplier" => rate_supplier,
            "Base" => base,
            "Tax" => tax,
            "Surcharge" => surcharge,
            "Total" => total,
            "BookableQuantity" => bookable_quantity,
        });
        while let Some(child) = xml.child(element)? {
            match child.name() {
                "RoomRateDescription" => read.descriptions.push(Described::read(xml, &child)?),
                "CancelInfo" => read.cancel = CancelInfo::read(xml, &child)?,
                "GuaranteeInfo" => {
                    attributes!(child, read, { "GuaranteeType" => guarantee_type });
                    each(xml, &child, "DepositAmount", |_, deposit| {
                        read.deposit = deposit.attribute("Amount")?;
                        Ok(())
                    })?;
                }
                "SupplementalRateInfo" => read.supplement = Some(xml.text(&child)?),
                "RoomCapacity" => {
                    attributes!(child, read, { "IsPackage" => is_package });
                    read.capacities = texts(xml, &child, "Capacity")?;
                }
                _ => {}
            }
        }
        Ok(read)
    }
}

impl<'a> CancelInfo<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, {
            "CancelDeadline" => deadline,
            "CancelPenaltyAmount" => penalty,
            "NonRefundableStayIndicator" => non_refundable,
        });
        read.policy = texts(xml, element, "CancellationPolicy")?.into_iter().next();
        Ok(read)
    }
}

impl<'a> HotelReservation<'a> {
    pub(super) fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self::default();
        attributes!(element, read, {
            "LocatorCode" => locator_code,
            "Status" => status,
            "BookingConfirmation" => booking_confirmation,
        });
        while let Some(child) = xml.child(element)? {
            match child.name() {
                "HotelProperty" => read.property = HotelProperty::read(xml, &child)?,
                "HotelRateDetail" => read.rates.push(HotelRateDetail::read(xml, &child)?),
                "HotelStay" => read.stay(xml, &child)?,
                "BookingGuestInformation" => each(xml, &child, "Room", |xml, room| {
                    read.guests.push(Guests::read(xml, room)?);
                    Ok(())
                })?,
                "GuestInformation" => read.guests.push(Guests::read(xml, &child)?),
                "TotalReservationPrice" => attributes!(child, read, { "TotalPrice" => total }),
                _ => {}
            }
        }
        Ok(read)
    }

    fn stay(&mut self, xml: &mut XmlReader<'a>, stay: &Element<'a>) -> Result<(), XmlError> {
        while let Some(day) = xml.child(stay)? {
            match day.name() {
                "CheckinDate" => self.check_in = xml.text(&day)?,
                "CheckoutDate" => self.check_out = xml.text(&day)?,
                _ => {}
            }
        }
        Ok(())
    }
}

impl<'a> Guests<'a> {
    fn read(xml: &mut XmlReader<'a>, element: &Element<'a>) -> Result<Self, XmlError> {
        let mut read = Self { rooms: element.attribute("NumberOfRooms")?, ..Self::default() };
        while let Some(child) = xml.child(element)? {
            match child.name() {
                "Adults" | "NumberOfAdults" => read.adults = Some(xml.text(&child)?),
                "Child" => read.child_ages.push(attribute(&child, "Age")?),
                "NumberOfChildren" => read.child_ages = texts(xml, &child, "Age")?,
                _ => {}
            }
        }
        Ok(read)
    }
}

/// The texts of all children of one name.
fn texts<'a>(xml: &mut XmlReader<'a>, parent: &Element<'a>, name: &str) -> Result<Vec<Text<'a>>, XmlError> {
    let mut texts = Vec::new();
    each(xml, parent, name, |xml, child| {
        texts.push(xml.text(child)?);
        Ok(())
    })?;
    Ok(texts)
}
