//! Reading uAPI's replies into wire values that keep the supplier's names and words.
//!
//! Elements are told by local name; the root's namespace must be of uAPI's family for that reply,
//! whatever its version. Every value borrows from the reply.

pub(crate) mod air;
pub(crate) mod availability;
pub(crate) mod common;
pub(crate) mod document;
pub(crate) mod emd;
pub(crate) mod exchange;
pub(crate) mod flat;
pub(crate) mod flight;
pub(crate) mod hotel;
pub(crate) mod record;
pub(crate) mod shop;

use availability::AvailabilitySearchRsp;
use common::ErrorInfo;
use document::{AirVoidDocumentRsp, DocumentRsp};
use emd::EmdRsp;
use exchange::AirExchangeRsp;
use flat::FlatRsp;
use flight::{FlightDetailsRsp, FlightInformationRsp};
use hotel::{HotelDetailsRsp, HotelSearchRsp};
use record::{RecordRsp, UniversalRecordCancelRsp, UniversalRecordSearchRsp};
use shop::{AirPriceRsp, LowFareSearchRsp};

use crate::soap::envelope::{self, EnvelopeError, Payload};
use crate::soap::fault::{self, Fault};
use crate::xml::{Element, XmlError, XmlReader};

/// Makes [`Reply`] from one row for each kind: its variant and reader, the name of its root, and the
/// families that the root's namespace may be of.
macro_rules! replies {
    ($($variant:ident($reader:ident) = $root:literal in $($family:ident)|+;)+) => {
        /// A reply, by the name of its root.
        pub(crate) enum Reply<'a> {
            $($variant($reader<'a>),)+
            Fault(Fault<'a, ErrorInfo<'a>>),
            /// A kind whose values are a list: the name of its root, and what is in it.
            Flat(&'a str, FlatRsp<'a>),
            /// A whole and well-formed reply of a kind that is not covered.
            Recognised(&'a str),
        }

        impl Reply<'_> {
            /// The name of the root element.
            pub(crate) fn name(&self) -> &str {
                match self {
                    $(Self::$variant(_) => $root,)+
                    Self::Fault(_) => "Fault",
                    Self::Flat(name, _) | Self::Recognised(name) => name,
                }
            }
        }

        fn body<'a>(xml: &mut XmlReader<'a>, root: &Element<'a>) -> Result<Reply<'a>, ReplyError> {
            let name = root.name();
            match (name, family(xml.namespace(root))) {
                $(($root, $(Family::$family)|+) => Ok(Reply::$variant($reader::read(xml, root)?)),)+
                ($($root)|+, _) | (_, Family::Foreign) => Err(ReplyError::Foreign { root: name.to_owned() }),
                _ if flat::ROOTS.contains(&name) => Ok(Reply::Flat(name, FlatRsp::read(xml, root)?)),
                _ if name.ends_with("Rsp") => Ok(Reply::Recognised(name)),
                _ if name.ends_with("Req") => Err(ReplyError::Request { root: name.to_owned() }),
                _ => Err(ReplyError::Foreign { root: name.to_owned() }),
            }
        }
    };
}

replies! {
    LowFareSearch(LowFareSearchRsp) = "LowFareSearchRsp" in Air;
    AirPrice(AirPriceRsp) = "AirPriceRsp" in Air;
    Availability(AvailabilitySearchRsp) = "AvailabilitySearchRsp" in Air;
    FlightInformation(FlightInformationRsp) = "FlightInformationRsp" in Air;
    FlightDetails(FlightDetailsRsp) = "FlightDetailsRsp" in Air;
    AirCreateReservation(RecordRsp) = "AirCreateReservationRsp" in Universal;
    AirCancel(RecordRsp) = "AirCancelRsp" in Universal;
    UniversalRecordRetrieve(RecordRsp) = "UniversalRecordRetrieveRsp" in Universal;
    UniversalRecordImport(RecordRsp) = "UniversalRecordImportRsp" in Universal;
    UniversalRecordSearch(UniversalRecordSearchRsp) = "UniversalRecordSearchRsp" in Universal;
    UniversalRecordCancel(UniversalRecordCancelRsp) = "UniversalRecordCancelRsp" in Universal;
    AirTicketing(DocumentRsp) = "AirTicketingRsp" in Air;
    AirRetrieveDocument(DocumentRsp) = "AirRetrieveDocumentRsp" in Air;
    AirVoidDocument(AirVoidDocumentRsp) = "AirVoidDocumentRsp" in Air;
    EmdRetrieve(EmdRsp) = "EMDRetrieveRsp" in Air;
    ExchangeQuote(AirExchangeRsp) = "AirExchangeQuoteRsp" in Air;
    Exchange(AirExchangeRsp) = "AirExchangeRsp" in Air;
    HotelSearch(HotelSearchRsp) = "HotelSearchAvailabilityRsp" in Hotel;
    HotelDetails(HotelDetailsRsp) = "HotelDetailsRsp" in Hotel;
    // The recording has lost its family.
    HotelCreateReservation(RecordRsp) = "HotelCreateReservationRsp" in Universal | Other;
}

/// Why bytes are not a reply.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplyError {
    /// Not a document, or not a whole one.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The root is not one of uAPI's replies: another supplier's, or no namespace of uAPI's.
    #[error("<{root}> is not a uAPI reply")]
    Foreign {
        /// Local name of the root.
        root: String,
    },
    /// What is sent to uAPI, not what it answers.
    #[error("<{root}> is a request to uAPI, not a reply")]
    Request {
        /// Local name of the root.
        root: String,
    },
}

impl From<XmlError> for ReplyError {
    fn from(error: XmlError) -> Self {
        Self::Envelope(error.into())
    }
}

/// Reads a whole reply. Nothing is returned unless its root closed.
///
/// # Errors
/// [`ReplyError`]. A fault is a reply, not an error.
pub(crate) fn read(document: &[u8]) -> Result<Reply<'_>, ReplyError> {
    let mut xml = XmlReader::new(document)?;
    let root = match envelope::open(&mut xml)? {
        Payload::Body(root) => root,
        Payload::Fault(element) => {
            let fault = fault::read(&mut xml, &element, ErrorInfo::read)?;
            xml.finish()?;
            return Ok(Reply::Fault(fault));
        }
    };
    let reply = body(&mut xml, &root)?;
    xml.finish()?;
    Ok(reply)
}

/// What a namespace belongs to, version aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Air,
    Universal,
    Hotel,
    /// Any other of uAPI's, the damaged ones of the recordings included.
    Other,
    Foreign,
}

/// `http://www.travelport.com/schema/air_v52_0` is of the family `air`.
///
/// In the recordings a bulk rewrite left `https` for `http`, `http://www.52_0` for whole namespaces of
/// small services, and `.../schema/47_0` without a family: those are uAPI's, but of no known family.
fn family(namespace: &str) -> Family {
    let Some((_, rest)) = namespace.split_once("://") else { return Family::Foreign };
    let Some(schema) = rest.strip_prefix("www.travelport.com/schema/") else {
        return if rest.strip_prefix("www.").is_some_and(is_version) {
            Family::Other
        } else {
            Family::Foreign
        };
    };
    match schema.split_once("_v") {
        Some(("air", version)) if is_version(version) => Family::Air,
        Some(("universal", version)) if is_version(version) => Family::Universal,
        Some(("hotel", version)) if is_version(version) => Family::Hotel,
        _ => Family::Other,
    }
}

fn is_version(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'_')
}
