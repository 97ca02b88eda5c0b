//! Universal records: how an order is shown, retrieved, imported and searched for.

use roxmltree::Node;

use super::super::control::travelport::Effect;
use super::super::fares::hundredths;
use super::fault::Fault;
use super::order::{Order, Segment, StoredFare, Traveler};
use super::solution::{miles, penalties};
use super::write::Xml;
use super::{Call, Host, child, child_text, printed_utc};

/// Hits on one page of a record search, unless the request asks for fewer.
const RESULTS_MAX: usize = 20;

pub(super) fn retrieve(host: &Host, call: &Call<'_>) -> Result<Xml, Fault> {
    let universal = child_text(call.request, "UniversalRecordLocatorCode");
    let info = child(call.request, "ProviderReservationInfo");
    let provider = info.and_then(|info| info.attribute("ProviderLocatorCode"));
    let order = find(host, call, |order| match universal {
        Some(locator) => order.universal == locator,
        None => Some(order.provider.as_str()) == provider,
    });
    let mut order = order.ok_or_else(|| Fault::record("3130", "Record locator not found."))?;
    if unsettle(&mut order, call.effect.as_ref()) {
        host.back.ledger().save(order.clone())?;
    }
    let mut xml = host.reply(call, "universal:UniversalRecordRetrieveRsp");
    universal_record(&mut xml, host, &order);
    xml.end();
    Ok(xml)
}

/// What befalls stored fares between two looks; whether anything did.
fn unsettle(order: &mut Order, effect: Option<&Effect>) -> bool {
    match effect {
        Some(Effect::FareLost(ptc)) => order.fares.retain(|fare| fare.ptc != *ptc),
        Some(Effect::FareAsAdult(ptc)) => {
            let fares = order.fares.iter_mut().filter(|fare| fare.ptc == *ptc);
            fares.for_each(|fare| fare.ptc = "ADT".to_owned());
        }
        _ => return false,
    }
    true
}

pub(super) fn import(host: &Host, call: &Call<'_>) -> Result<Xml, Fault> {
    let provider = call.attribute("ProviderLocatorCode").unwrap_or("");
    let order = find(host, call, |order| order.provider == provider);
    let order = order.ok_or_else(|| Fault::record("13003", "No reservation to import."))?;
    let mut xml = host.reply(call, "universal:UniversalRecordImportRsp");
    xml.start("common:ResponseMessage").attr("Code", 0).attr("Type", "Warning").attr("ProviderCode", "1G");
    xml.text("PNR already exists in Universal Record.").end();
    universal_record(&mut xml, host, &order);
    xml.end();
    Ok(xml)
}

/// An order of the caller's branch.
pub(super) fn find(host: &Host, call: &Call<'_>, matches: impl Fn(&Order) -> bool) -> Option<Order> {
    host.back.ledger().find(call.branch(), matches).cloned()
}

pub(super) fn search(host: &Host, call: &Call<'_>) -> Result<Xml, Fault> {
    let modifiers = child(call.request, "UniversalRecordSearchModifiers");
    let number = |name| modifiers.and_then(|node| node.attribute(name)?.parse::<usize>().ok());
    let page = number("MaxResults").unwrap_or(RESULTS_MAX).clamp(1, RESULTS_MAX);
    let skip = number("StartFromResult").unwrap_or(1).saturating_sub(1);
    let all_names = modifiers.and_then(|node| node.attribute("IncludeAllNames")) == Some("true");
    let hits: Vec<Order> = host
        .back
        .ledger()
        .orders(call.branch())
        .filter(|order| is_hit(call.request, order))
        .cloned()
        .collect();
    let mut xml = host.reply(call, "universal:UniversalRecordSearchRsp");
    xml.attr("MoreResults", hits.len() > skip.saturating_add(page));
    for order in hits.iter().skip(skip).take(page) {
        hit(&mut xml, order, all_names);
    }
    xml.end();
    Ok(xml)
}

/// Whether an order meets every criterion that is given. Names match from their start, as at the host.
fn is_hit(request: Node<'_, '_>, order: &Order) -> bool {
    let status = match request.attribute("RecordStatus") {
        None | Some("All") => true,
        Some("Canceled") => order.cancelled,
        Some("Current") => !order.cancelled,
        Some(_) => false,
    };
    let provider = request.attribute("ProviderLocatorCode").is_none_or(|locator| order.provider == locator);
    let ticketed = request.attribute("TicketStatus").is_none_or(|status| status == ticket_status(order));
    let name = child(request, "TravelerCriteria").and_then(|criteria| child(criteria, "NameCriteria"));
    let starts =
        |wanted: Option<&str>, is: &str| wanted.is_none_or(|wanted| is.starts_with(&wanted.to_uppercase()));
    let named = name.is_none_or(|name| {
        let (first, last) = (name.attribute("FirstName"), name.attribute("LastName"));
        order.travelers.iter().any(|traveler| starts(first, &traveler.first) && starts(last, &traveler.last))
    });
    let air = child(request, "AirReservationCriteria");
    let flies = air.is_none_or(|air| order.segments.iter().any(|segment| is_flight(air, segment)));
    status && provider && ticketed && named && flies
}

fn is_flight(criteria: Node<'_, '_>, segment: &Segment) -> bool {
    let same = |name, is: &str| criteria.attribute(name).is_none_or(|wanted| wanted == is);
    let day = segment.departure.get(..10).unwrap_or("");
    let date = child(criteria, "DepartureDate");
    let dated = date.is_none_or(|date| {
        let range = child(date, "DateRange");
        let bounds = range.map(|range| (range.attribute("StartDate"), range.attribute("EndDate")));
        match (child_text(date, "SpecificDate"), bounds) {
            (Some(specific), _) => specific == day,
            (None, Some((Some(from), Some(to)))) => (from..=to).contains(&day),
            (None, _) => true,
        }
    });
    same("Origin", &segment.origin)
        && same("Destination", &segment.destination)
        && same("Carrier", &segment.carrier)
        && same("FlightNumber", &segment.number.to_string())
        && dated
}

fn ticket_status(order: &Order) -> &'static str {
    match (0..order.travelers.len()).filter(|traveler| order.is_ticketed(*traveler)).count() {
        0 => "Unticketed",
        count if count == order.travelers.len() => "Ticketed",
        _ => "Partially Ticketed",
    }
}

fn hit(xml: &mut Xml, order: &Order, all_names: bool) {
    let first = order.segments.first();
    xml.start("universal:UniversalRecordSearchResult").attr("UniversalRecordLocatorCode", &order.universal);
    xml.maybe("EarliestTravelDate", first.map(|segment| &segment.departure));
    xml.attr("CreatedDate", printed_utc(order.created));
    let status = ticket_status(order);
    xml.attr("Ticketed", if status == "Ticketed" { "Yes" } else { "No" });
    xml.attr("RecordStatus", if order.cancelled { "Canceled" } else { "Current" })
        .attr("TicketStatus", status);
    xml.start("universal:ProductInfo").attr("ProductType", "Air");
    xml.maybe("VendorCode", first.map(|segment| &segment.carrier));
    xml.attr("ProviderCode", "1G").attr("ProviderLocatorCode", &order.provider);
    let shown = if all_names { order.travelers.len() } else { 1 };
    for traveler in order.travelers.iter().take(shown) {
        name(xml, traveler);
    }
    xml.end().end();
}

/// A Name as the host keeps it: the title sticks to the given name.
pub(super) fn name(xml: &mut Xml, traveler: &Traveler) {
    xml.start("common:Name").attr("First", host_first(traveler)).attr("Last", &traveler.last).end();
}

/// The given name with the title at its end.
pub(super) fn host_first(traveler: &Traveler) -> String {
    format!("{}{}", traveler.first, traveler.prefix.as_deref().unwrap_or(""))
}

/// The key of an order's only provider reservation.
pub(super) fn provider_key(host: &Host, order: &Order) -> String {
    host.key(&["reservation", &order.provider])
}

/// An order, whole. A cancelled one has no air reservation left.
pub(super) fn universal_record(xml: &mut Xml, host: &Host, order: &Order) {
    let provider = provider_key(host, order);
    xml.start("universal:UniversalRecord")
        .attr("LocatorCode", &order.universal)
        .attr("Version", order.version);
    xml.attr("Status", if order.cancelled { "Cancelled" } else { "Active" });
    for traveler in &order.travelers {
        booking_traveler(xml, host, traveler, &provider);
    }
    xml.start("common:ActionStatus").attr("Key", host.key(&["action", &order.universal]));
    xml.attr("Type", &order.action.0).attr("TicketDate", &order.action.1);
    xml.attr("ProviderReservationInfoRef", &provider).attr("ProviderCode", "1G").attr("ElStat", "A").end();
    xml.start("universal:ProviderReservationInfo").attr("Key", &provider).attr("ProviderCode", "1G");
    xml.attr("LocatorCode", &order.provider).attr("CreateDate", printed_utc(order.created));
    xml.attr("HostCreateDate", order.created.strftime("%Y-%m-%d"))
        .attr("ModifiedDate", printed_utc(order.modified));
    xml.attr("OwningPCC", "SIM1").start("universal:ProviderReservationDetails");
    xml.attr("ProviderReservationDetail", false).attr("CustomCheck", true).end().end();
    if !order.cancelled {
        air_reservation(xml, host, order, &provider);
    }
    for (index, remark) in order.remarks.iter().enumerate() {
        xml.start("common:GeneralRemark")
            .attr("Key", host.key(&["remark", &order.universal, &index.to_string()]));
        xml.maybe("Category", remark.category.as_ref()).attr("TypeInGds", "Basic");
        xml.attr("ProviderReservationInfoRef", &provider).attr("CreateDate", printed_utc(order.created));
        xml.attr("ElStat", "A").leaf("common:RemarkData", &remark.text).end();
    }
    agency(xml, order);
    xml.end();
}

/// Who did it.
pub(super) fn agency(xml: &mut Xml, order: &Order) {
    xml.start("common:AgencyInfo").start("common:AgentAction").attr("ActionType", "Created");
    xml.attr("AgentCode", "uAPI-SIM").attr("BranchCode", &order.branch).attr("AgencyCode", "S0000001");
    xml.attr("EventTime", printed_utc(order.created)).end().end();
}

fn booking_traveler(xml: &mut Xml, host: &Host, traveler: &Traveler, provider: &str) {
    xml.start("common:BookingTraveler").attr("Key", &traveler.key).attr("TravelerType", &traveler.ptc);
    xml.maybe("Age", traveler.age.as_ref()).maybe("DOB", traveler.birth.as_ref());
    xml.maybe("Gender", traveler.gender.as_ref()).attr("ElStat", "A");
    xml.start("common:BookingTravelerName").maybe("Prefix", traveler.prefix.as_ref());
    xml.attr("First", &traveler.first).attr("Last", &traveler.last).end();
    let key = |what: &str, index: usize| host.key(&[what, &traveler.key, &index.to_string()]);
    for (index, phone) in traveler.phones.iter().enumerate() {
        xml.start("common:PhoneNumber").attr("Key", key("phone", index)).maybe("Type", phone.kind.as_ref());
        xml.maybe("Location", phone.location.as_ref()).maybe("CountryCode", phone.country.as_ref());
        xml.attr("Number", &phone.number).attr("ElStat", "A");
        xml.reference("common:ProviderReservationInfoRef", provider).end();
    }
    for (index, email) in traveler.emails.iter().enumerate() {
        xml.start("common:Email")
            .attr("Key", key("email", index))
            .attr("Type", "Other")
            .attr("EmailID", email);
        xml.attr("ElStat", "A").reference("common:ProviderReservationInfoRef", provider).end();
    }
    for (index, request) in traveler.requests.iter().enumerate() {
        xml.start("common:SSR")
            .attr("Key", key("ssr", index))
            .attr("Status", "HK")
            .attr("Type", &request.kind);
        xml.maybe("FreeText", request.text.as_ref()).maybe("Carrier", request.carrier.as_ref());
        xml.attr("ProviderReservationInfoRef", provider).attr("ElStat", "A").end();
    }
    xml.end();
}

fn air_reservation(xml: &mut Xml, host: &Host, order: &Order, provider: &str) {
    xml.start("air:AirReservation").attr("LocatorCode", &order.air);
    xml.attr("CreateDate", printed_utc(order.created)).attr("ModifiedDate", printed_utc(order.modified));
    supplier_locators(xml, order, Some(provider));
    if !order.tickets.is_empty() {
        documents(xml, order);
    }
    for traveler in &order.travelers {
        xml.reference("common:BookingTravelerRef", &traveler.key);
    }
    xml.reference("common:ProviderReservationInfoRef", provider);
    for (index, segment) in order.segments.iter().enumerate() {
        booked_segment(xml, segment, provider, index + 1);
    }
    for (index, fare) in order.fares.iter().enumerate() {
        stored_fare(xml, host, order, fare, provider, index + 1);
    }
    if let Some(fare) = order.fares.first() {
        xml.start("air:TicketingModifiers").attr("PlatingCarrier", &fare.plating);
        xml.attr("Key", host.key(&["modifiers", &order.air])).attr("ElStat", "A");
        xml.start("air:DocumentSelect").attr("IssueElectronicTicket", true).end().end();
    }
    xml.end();
}

/// The carriers' own locators, one per carrier.
pub(super) fn supplier_locators(xml: &mut Xml, order: &Order, provider: Option<&str>) {
    let mut seen: Vec<&str> = Vec::new();
    for carrier in order.segments.iter().map(|segment| segment.carrier.as_str()) {
        if seen.contains(&carrier) {
            continue;
        }
        seen.push(carrier);
        let locator: String = order.provider.chars().rev().collect();
        xml.start("common:SupplierLocator").attr("SupplierCode", carrier);
        xml.attr("SupplierLocatorCode", locator);
        if let Some(provider) = provider {
            xml.attr("ProviderReservationInfoRef", provider)
                .attr("CreateDateTime", printed_utc(order.created));
        }
        xml.end();
    }
}

fn documents(xml: &mut Xml, order: &Order) {
    xml.start("air:DocumentInfo");
    for ticket in &order.tickets {
        let traveler = &order.travelers[ticket.traveler];
        let attributes = |xml: &mut Xml, number: &str| {
            xml.attr("Number", number)
                .attr("IATANumber", "99999992")
                .attr("TicketIssueDate", printed_utc(ticket.issued));
            xml.attr("Status", if ticket.voided { "V" } else { "N" });
        };
        let Some((number, more)) = ticket.numbers.split_first() else { continue };
        xml.start("air:TicketInfo");
        attributes(xml, number);
        xml.attr("BookingTravelerRef", &traveler.key);
        xml.maybe("AirPricingInfoRef", order.fares.get(ticket.fare).map(|fare| &fare.key));
        name(xml, traveler);
        for number in more {
            xml.start("air:ConjunctedTicketInfo");
            attributes(xml, number);
            xml.end();
        }
        xml.end();
    }
    xml.end();
}

fn booked_segment(xml: &mut Xml, segment: &Segment, provider: &str, order: usize) {
    xml.start("air:AirSegment").attr("Key", &segment.key).attr("Group", segment.group);
    xml.attr("Carrier", &segment.carrier)
        .attr("CabinClass", &segment.cabin)
        .attr("FlightNumber", segment.number);
    xml.attr("ProviderCode", "1G").attr("Origin", &segment.origin).attr("Destination", &segment.destination);
    xml.attr("DepartureTime", &segment.departure).attr("ArrivalTime", &segment.arrival);
    xml.attr("TravelTime", segment.minutes).attr("Distance", miles(segment.km));
    xml.attr("ClassOfService", &segment.class)
        .attr("ETicketability", "Yes")
        .attr("Equipment", &segment.equipment);
    xml.attr("Status", &segment.status).attr("ChangeOfPlane", false).attr("GuaranteedPaymentCarrier", "No");
    xml.attr("ProviderReservationInfoRef", provider)
        .attr("TravelOrder", order)
        .attr("ProviderSegmentOrder", order);
    xml.attr("OptionalServicesIndicator", false).attr("LinkAvailability", true).attr("ElStat", "A");
    if segment.legs.len() > 1 {
        xml.attr("NumberOfStops", segment.legs.len() - 1);
    }
    if let Some((carrier, number)) = &segment.operating {
        xml.start("air:CodeshareInfo")
            .attr("OperatingCarrier", carrier)
            .attr("OperatingFlightNumber", number)
            .end();
    }
    for leg in &segment.legs {
        xml.start("air:FlightDetails").attr("Key", &leg.key).attr("Origin", &leg.origin);
        xml.attr("Destination", &leg.destination).attr("DepartureTime", &leg.departure);
        xml.attr("ArrivalTime", &leg.arrival)
            .attr("FlightTime", leg.minutes)
            .attr("TravelTime", segment.minutes);
        xml.attr("Equipment", &leg.equipment).attr("ElStat", "C").end();
    }
    xml.leaf("common:SellMessage", "ADD ADVANCE PASSENGER INFORMATION SSRS DOCA/DOCO/DOCS").end();
}

/// The amounts of a stored fare.
pub(super) fn stored_amounts(xml: &mut Xml, fare: &StoredFare) {
    xml.attr("TotalPrice", fare.total).attr("BasePrice", fare.base);
    if fare.base.currency != fare.equivalent.currency {
        xml.attr("EquivalentBasePrice", fare.equivalent);
    }
    let none = super::super::fares::Amount::new(fare.total.currency, 0);
    xml.attr("Taxes", fare.taxes.iter().fold(none, |sum, (_, tax)| sum.plus(*tax)));
}

fn stored_fare(xml: &mut Xml, host: &Host, order: &Order, fare: &StoredFare, provider: &str, group: usize) {
    xml.start("air:AirPricingInfo").attr("Key", &fare.key);
    stored_amounts(xml, fare);
    xml.attr("LatestTicketingTime", &fare.latest).attr("TrueLastDateToTicket", &fare.latest);
    xml.attr("PricingMethod", "Guaranteed").attr("IncludesVAT", false).attr("ETicketability", "Yes");
    xml.attr("PlatingCarrier", &fare.plating).attr("ProviderCode", "1G");
    xml.attr("ProviderReservationInfoRef", provider).attr("AirPricingInfoGroup", group);
    if fare.travelers.iter().all(|traveler| order.is_ticketed(*traveler)) {
        xml.attr("Ticketed", true);
    }
    xml.attr("PricingType", "StoredFare").attr("ElStat", "A");
    stored_infos(xml, order, fare);
    for (index, (code, tax)) in fare.taxes.iter().enumerate() {
        let key = host.key(&["tax", &fare.key, &index.to_string()]);
        xml.start("air:TaxInfo").attr("Category", code).attr("Amount", tax).attr("Key", key).end();
    }
    xml.leaf("air:FareCalc", &fare.line);
    passenger_types(xml, order, fare, &fare.travelers);
    for traveler in &fare.travelers {
        xml.reference("common:BookingTravelerRef", &order.travelers[*traveler].key);
    }
    penalties(xml, fare.change, fare.cancel);
    xml.reference("air:TicketingModifiersRef", host.key(&["modifiers", &order.air])).end();
}

/// The fares and booking infos of a stored fare.
pub(super) fn stored_infos(xml: &mut Xml, order: &Order, fare: &StoredFare) {
    for info in &fare.infos {
        let day =
            info.segments.first().and_then(|index| order.segments[*index].departure.get(..10)).unwrap_or("");
        xml.start("air:FareInfo").attr("Key", &info.key).attr("FareBasis", &info.basis);
        xml.attr("PassengerTypeCode", &fare.ptc)
            .attr("Origin", &info.origin)
            .attr("Destination", &info.destination);
        xml.attr("EffectiveDate", printed_utc(order.created));
        xml.attr("NotValidBefore", day).attr("NotValidAfter", day).attr("PseudoCityCode", "SIM1");
        xml.attr("Amount", format_args!("NUC{}", hundredths(info.nuc_cents))).attr("ElStat", "C");
        xml.start("common:Endorsement").attr("Value", &info.endorsement).end();
        xml.start("air:BaggageAllowance");
        if let Some(pieces) = info.pieces {
            xml.leaf("air:NumberOfPieces", pieces);
        }
        if let Some(kilograms) = info.kilograms {
            xml.start("air:MaxWeight").attr("Value", kilograms).attr("Unit", "Kilograms").end();
        }
        xml.end().end();
    }
    for info in &fare.infos {
        for segment in info.segments.iter().map(|index| &order.segments[*index]) {
            xml.start("air:BookingInfo")
                .attr("BookingCode", &segment.class)
                .attr("CabinClass", &segment.cabin);
            xml.attr("FareInfoRef", &info.key).attr("SegmentRef", &segment.key).end();
        }
    }
}

/// The passengers of a stored fare.
pub(super) fn passenger_types(xml: &mut Xml, order: &Order, fare: &StoredFare, travelers: &[usize]) {
    for traveler in travelers.iter().map(|index| &order.travelers[*index]) {
        xml.start("air:PassengerType").attr("Code", &fare.ptc).maybe("Age", traveler.age.as_ref());
        xml.attr("BookingTravelerRef", &traveler.key).start("air:FareGuaranteeInfo");
        xml.maybe("GuaranteeDate", fare.latest.get(..10)).attr("GuaranteeType", "Guaranteed").end().end();
    }
}
