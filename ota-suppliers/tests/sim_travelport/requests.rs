//! Requests, written by hand: these tests use nothing of the connector.

use std::fmt::Write as _;

/// What a journey needs from one reply to the next.
#[derive(Debug, Clone, Default)]
pub(crate) struct Solution {
    /// AirSegment elements, to be sent again.
    pub(crate) segments: String,
    /// The AirPricingInfo elements, to be sent again.
    pub(crate) infos: String,
    pub(crate) tokens: String,
    pub(crate) total: String,
}

pub(crate) const BRANCH: &str = "P1000001";

/// A request in its envelope.
pub(crate) fn envelope(body: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{body}</s:Body></s:Envelope>"#
    )
}

/// A request element around its content.
pub(crate) fn request(name: &str, attributes: &str, content: &str) -> String {
    request_of(BRANCH, name, attributes, content)
}

pub(crate) fn request_of(branch: &str, name: &str, attributes: &str, content: &str) -> String {
    format!(
        r#"<{name} xmlns:air="http://www.travelport.com/schema/air_v52_0" xmlns:com="http://www.travelport.com/schema/common_v52_0" xmlns:universal="http://www.travelport.com/schema/universal_v52_0" TraceId="trace-1" AuthorizedBy="user" TargetBranch="{branch}" {attributes}><com:BillingPointOfSaleInfo OriginApplication="UAPI"/>{content}</{name}>"#
    )
}

/// A search: slices as (from, to, day), passengers as (code, age).
pub(crate) fn search(slices: &[(&str, &str, &str)], passengers: &[(&str, u8)], attributes: &str) -> String {
    let mut content = String::new();
    for (from, to, day) in slices {
        let _ = write!(
            content,
            r#"<air:SearchAirLeg><air:SearchOrigin><com:CityOrAirport Code="{from}"/></air:SearchOrigin><air:SearchDestination><com:CityOrAirport Code="{to}"/></air:SearchDestination><air:SearchDepTime PreferredTime="{day}"/></air:SearchAirLeg>"#
        );
    }
    content += r#"<air:AirSearchModifiers><air:PreferredProviders><com:Provider Code="1G"/></air:PreferredProviders></air:AirSearchModifiers>"#;
    for (code, age) in passengers {
        let _ = write!(content, r#"<com:SearchPassenger Code="{code}" Age="{age}"/>"#);
    }
    request("air:LowFareSearchReq", attributes, &content)
}

/// A price check of AirSegment elements.
pub(crate) fn price(segments: &str, passengers: &[(&str, u8)]) -> String {
    let mut content = format!("<air:AirItinerary>{segments}</air:AirItinerary>");
    for (index, (code, age)) in passengers.iter().enumerate() {
        let _ = write!(
            content,
            r#"<com:SearchPassenger Code="{code}" Age="{age}" BookingTravelerRef="t{index}"/>"#
        );
    }
    content += "<air:AirPricingCommand/>";
    request("air:AirPriceReq", "", &content)
}

/// A create for these passengers, whose names end in letters.
pub(crate) fn create(
    solution: &Solution,
    passengers: &[(&str, u8)],
    reference: &str,
    attributes: &str,
) -> String {
    let mut content = String::new();
    for (index, (code, age)) in passengers.iter().enumerate() {
        let letter = char::from(b'a' + index as u8);
        let _ = write!(
            content,
            r#"<com:BookingTraveler Key="t{index}" TravelerType="{code}" Age="{age}" DOB="1990-01-0{}" Gender="M"><com:BookingTravelerName Prefix="Mr" First="Budi{letter}" Last="Santoso"/><com:PhoneNumber Type="Mobile" CountryCode="62" Number="8123456"/><com:Email EmailID="budi{letter}@example.org"/><com:SSR Type="DOCS" FreeText="P/ID/X{index}" Carrier="GA"/></com:BookingTraveler>"#,
            index + 1,
        );
    }
    let _ = write!(
        content,
        r#"<com:GeneralRemark Category="A"><com:RemarkData>{reference}</com:RemarkData></com:GeneralRemark><com:FormOfPayment Type="Cash"/><air:AirPricingSolution Key="s" TotalPrice="{}">{}{}{}</air:AirPricingSolution><com:ActionStatus Type="ACTIVE" TicketDate="T*" ProviderCode="1G"/>"#,
        solution.total, solution.segments, solution.infos, solution.tokens,
    );
    request("universal:AirCreateReservationReq", attributes, &content)
}

/// A ticketing of all, or of travelers of a stored fare: (fare, travelers).
pub(crate) fn ticket(air: &str, named: &[(&str, &[&str])]) -> String {
    let mut content = format!("<air:AirReservationLocatorCode>{air}</air:AirReservationLocatorCode>");
    for (fare, travelers) in named {
        let _ = write!(content, r#"<air:AirPricingInfoRef Key="{fare}">"#);
        for traveler in *travelers {
            let _ = write!(content, r#"<com:BookingTravelerRef Key="{traveler}"/>"#);
        }
        content += "</air:AirPricingInfoRef>";
    }
    request("air:AirTicketingReq", "", &content)
}

pub(crate) fn retrieve(universal: &str) -> String {
    let content =
        format!("<universal:UniversalRecordLocatorCode>{universal}</universal:UniversalRecordLocatorCode>");
    request("universal:UniversalRecordRetrieveReq", "", &content)
}

pub(crate) fn import(provider: &str) -> String {
    let attributes = format!(r#"ProviderCode="1G" ProviderLocatorCode="{provider}""#);
    request("universal:UniversalRecordImportReq", &attributes, "")
}

/// A record search by surname and day, one page.
pub(crate) fn find(last: &str, day: &str, from: usize, most: usize) -> String {
    let content = format!(
        r#"<universal:UniversalRecordSearchModifiers IncludeAllNames="true" MaxResults="{most}" StartFromResult="{from}"/><universal:TravelerCriteria><universal:NameCriteria LastName="{last}"/></universal:TravelerCriteria><universal:AirReservationCriteria><universal:DepartureDate><universal:SpecificDate>{day}</universal:SpecificDate></universal:DepartureDate></universal:AirReservationCriteria>"#
    );
    request("universal:UniversalRecordSearchReq", "", &content)
}

pub(crate) fn documents(air: &str) -> String {
    let content = format!("<air:AirReservationLocatorCode>{air}</air:AirReservationLocatorCode>");
    request("air:AirRetrieveDocumentReq", r#"ReturnPricing="true""#, &content)
}

pub(crate) fn void(air: &str, numbers: &[String]) -> String {
    let mut content = format!("<air:AirReservationLocatorCode>{air}</air:AirReservationLocatorCode>");
    for number in numbers {
        let _ =
            write!(content, r#"<air:VoidDocumentInfo DocumentNumber="{number}" DocumentType="E-Ticket"/>"#);
    }
    request("air:AirVoidDocumentReq", r#"ShowETR="true""#, &content)
}

pub(crate) fn cancel(universal: &str, version: &str) -> String {
    let attributes = format!(r#"UniversalRecordLocatorCode="{universal}" Version="{version}""#);
    request("universal:UniversalRecordCancelReq", &attributes, "")
}

pub(crate) fn cancel_air(air: &str, version: &str) -> String {
    let content = format!("<air:AirReservationLocatorCode>{air}</air:AirReservationLocatorCode>");
    request("universal:AirCancelReq", &format!(r#"Version="{version}""#), &content)
}
