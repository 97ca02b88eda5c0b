//! How the host says no: the forms of its recorded SOAP faults.

use std::sync::Arc;

use super::super::http::Reply;
use super::super::inventory::Flight;
use super::super::journal::JournalError;
use super::write::Xml;
use super::{XML, printed};

/// A refusal.
#[derive(Debug)]
pub(super) struct Fault {
    /// After `Server.`: Business, Data, System, ...
    kind: &'static str,
    code: String,
    service: &'static str,
    message: String,
    detail: Detail,
}

#[derive(Debug)]
enum Detail {
    Plain,
    /// The schema was broken at this element.
    Element(String),
    /// These flights could not be sold in these classes; segment keys as sent, and groups.
    Segments(Vec<(String, usize, String, Arc<Flight>)>),
}

impl Fault {
    fn new(kind: &'static str, code: &str, service: &'static str, message: &str) -> Self {
        Self { kind, code: code.to_owned(), service, message: message.to_owned(), detail: Detail::Plain }
    }

    /// The request breaks the schema.
    pub(super) fn invalid(reason: &str, element: &str) -> Self {
        let fault = Self::new("InvalidRequestException", "1000", "WEBSVC", &format!("[Error] {reason}"));
        Self { detail: Detail::Element(element.to_owned()), ..fault }
    }

    /// The branch is unknown, or not this user's.
    pub(super) fn branch(branch: &str) -> Self {
        let message = format!("cannot retrieve TargetBranch information for TargetBranchCode{branch}");
        Self::new("AuthenticationException", "-1", "AIRSEARCH_SERVICE", &message)
    }

    /// A business refusal of the air service.
    pub(super) fn air(code: &str, message: &str) -> Self {
        Self::new("Business", code, "AIRSVC", message)
    }

    /// A business refusal of the record service.
    pub(super) fn record(code: &str, message: &str) -> Self {
        Self::new("Business", code, "WEBSVC", message)
    }

    /// The request is valid and makes no sense.
    pub(super) fn data(code: &str, message: &str) -> Self {
        Self::new("Data", code, "AIRSVC", message)
    }

    /// A refusal of the document service, which names no type.
    pub(super) fn provisioning(message: &str) -> Self {
        Self::new("null", "3000", "PROVISIONINGSERVICE", message)
    }

    /// Flights that are sold out.
    pub(super) fn no_seats(segments: Vec<(String, usize, String, Arc<Flight>)>) -> Self {
        Self { detail: Detail::Segments(segments), ..Self::air("3000", "General air service Error.") }
    }

    pub(super) fn reply(&self, transaction: &str, trace: Option<&str>) -> Reply {
        let mut xml = Xml::default();
        xml.start("SOAP:Fault");
        xml.leaf("faultcode", format_args!("Server.{}", self.kind)).leaf("faultstring", &self.message);
        xml.start("detail");
        let root = if matches!(self.detail, Detail::Segments(_)) {
            "air:AvailabilityErrorInfo"
        } else {
            "common:ErrorInfo"
        };
        xml.start(root).attr("xmlns:common_v52_0", "http://www.travelport.com/schema/common_v52_0");
        if root.starts_with("air:") {
            xml.attr("xmlns:air", "http://www.travelport.com/schema/air_v52_0");
        }
        let invalid = matches!(self.detail, Detail::Element(_));
        let description = if invalid { "Validation failed on request message." } else { &self.message };
        let kind = match self.kind {
            "InvalidRequestException" => "Data",
            "null" => "",
            kind => kind,
        };
        xml.leaf("common:Code", &self.code).leaf("common:Service", self.service).leaf("common:Type", kind);
        xml.leaf("common:Description", description).leaf("common:TransactionId", transaction);
        xml.leaf("common:TraceId", trace.unwrap_or(""));
        match &self.detail {
            Detail::Plain => {}
            Detail::Element(element) => {
                xml.start("common:Auxdata").start("common:Entry");
                xml.leaf("common:Reason", "LastElement").leaf("common:Description", element).end().end();
            }
            Detail::Segments(segments) => {
                segments.iter().for_each(|segment| segment_error(&mut xml, segment))
            }
        }
        xml.end().end().end();
        Reply::new(500, XML, xml.into_envelope())
    }
}

/// An AirSegmentError of a flight that could not be sold.
pub(super) fn segment_error(
    xml: &mut Xml,
    (key, group, class, flight): &(String, usize, String, Arc<Flight>),
) {
    xml.start("air:AirSegmentError").start("air:AirSegment").attr("Key", key).attr("Group", group);
    xml.attr("Carrier", flight.carrier.code).attr("FlightNumber", flight.number);
    xml.attr("Origin", flight.origin().code).attr("Destination", flight.destination().code);
    xml.attr("DepartureTime", printed(flight.departure())).attr("ArrivalTime", printed(flight.arrival()));
    xml.attr("ClassOfService", class)
        .attr("ChangeOfPlane", false)
        .attr("OptionalServicesIndicator", false)
        .end();
    xml.leaf("air:ErrorMessage", "*0 AVAIL/WL CLOSED*").end();
}

impl From<JournalError> for Fault {
    fn from(error: JournalError) -> Self {
        // The simulator's own trouble; the text is for whoever runs it.
        Self::new("System", "1", "SIMULATOR", &error.to_string())
    }
}

/// The gateway before the services knows nobody of these credentials.
pub(super) fn unauthorized() -> Reply {
    const TEXT: &str =
        "Authentication Result Error Message Response  (76): Authentication credentials are invalid.";
    let mut xml = Xml::default();
    xml.start("SOAP:Fault").leaf("faultcode", "76").leaf("faultstring", TEXT);
    xml.start("faultactor").end().leaf("detail", TEXT).end();
    Reply::new(401, XML, xml.into_envelope())
}
