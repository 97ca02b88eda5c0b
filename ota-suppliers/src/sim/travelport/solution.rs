//! Prices, and how the host prints them: the parts that searches, price checks and reservations have in common.

use jiff::{SignedDuration, ZonedDateTime};

use super::super::carriers::{Bag, Brand};
use super::super::fares::{Amount, Choice, Component, Currency, Fare, Terms, hundredths, price};
use super::super::inventory::Flight;
use super::itinerary::{Asked, Party, Passenger};
use super::order::Penalty;
use super::write::Xml;
use super::{Call, Host, printed};

/// A priced journey: what it consists of, and what each passenger type pays.
#[derive(Debug)]
pub(super) struct Priced {
    pub(super) choices: Vec<Choice>,
    pub(super) fares: Vec<(Fare, Vec<Passenger>)>,
}

/// The sums that stand on everything with a price.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sums {
    pub(super) base: Amount,
    pub(super) equivalent: Amount,
    pub(super) taxes: Amount,
}

impl Sums {
    pub(super) fn of(fare: &Fare) -> Self {
        Self { base: fare.base, equivalent: fare.equivalent, taxes: fare.tax() }
    }

    pub(super) fn total(&self) -> Amount {
        self.equivalent.plus(self.taxes)
    }

    fn plus(self, other: Self) -> Self {
        Self {
            base: self.base.plus(other.base),
            equivalent: self.equivalent.plus(other.equivalent),
            taxes: self.taxes.plus(other.taxes),
        }
    }

    fn times(self, count: usize) -> Self {
        Self {
            base: self.base.times(count),
            equivalent: self.equivalent.times(count),
            taxes: self.taxes.times(count),
        }
    }

    /// The price attributes; approximate ones are in the currency that was asked for.
    pub(super) fn attributes(&self, xml: &mut Xml, asked: &'static Currency) {
        xml.attr("TotalPrice", self.total()).attr("BasePrice", self.base);
        let (base, taxes) = (self.equivalent.in_currency(asked), self.taxes.in_currency(asked));
        xml.attr("ApproximateTotalPrice", base.plus(taxes)).attr("ApproximateBasePrice", base);
        if self.equivalent.currency != self.base.currency {
            xml.attr("EquivalentBasePrice", self.equivalent);
        }
        xml.attr("Taxes", self.taxes).attr("ApproximateTaxes", taxes);
    }
}

impl Priced {
    /// Prices a party.
    pub(super) fn new(host: &Host, terms: &Terms, choices: Vec<Choice>, party: &Party) -> Self {
        let fare = |(code, passengers): &(String, Vec<Passenger>)| {
            (price(&host.world, terms, &choices, code), passengers.clone())
        };
        let fares = party.types.iter().map(fare).collect();
        Self { choices, fares }
    }

    /// What the whole party pays.
    pub(super) fn sums(&self) -> Sums {
        let sums = self.fares.iter().map(|(fare, passengers)| Sums::of(fare).times(passengers.len()));
        sums.reduce(Sums::plus).expect("a party has a passenger")
    }

    /// Whose documents the tickets are.
    pub(super) fn plating(&self) -> &'static str {
        self.choices.first().expect("a journey has a slice").routing.carrier().code
    }

    /// The brand whose conditions govern the whole: the strictest one.
    pub(super) fn governing(&self) -> &'static Brand {
        let strictness =
            |brand: &&Brand| (brand.cancel.unwrap_or(i64::MAX), brand.change.unwrap_or(i64::MAX));
        self.choices.iter().map(|choice| choice.brand).max_by_key(strictness).expect("a journey has a slice")
    }
}

/// By when a price must be ticketed: two days from now, before departure in any case.
pub(super) fn latest_ticketing(host: &Host, choices: &[Choice]) -> String {
    let departure = choices.first().expect("a journey has a slice").routing.first().departure();
    let now = ZonedDateTime::new(host.back.now(), departure.time_zone().clone());
    let two_days = now.checked_add(SignedDuration::from_hours(48)).unwrap_or_else(|_| now.clone());
    let evening =
        two_days.date().at(23, 59, 0, 0).to_zoned_datetime(departure.time_zone().clone()).unwrap_or(two_days);
    let before = departure.checked_sub(SignedDuration::from_hours(2)).unwrap_or(now);
    printed(if evening < before { &evening } else { &before })
}

/// A penalty in US cents as it is sold.
pub(super) fn penalty(cents: Option<i64>, currency: &'static Currency) -> Penalty {
    cents.map_or(Penalty::NotPermitted, |cents| Penalty::Amount(currency.us_cents(cents)))
}

/// The change and cancel penalties.
pub(super) fn penalties(xml: &mut Xml, change: Penalty, cancel: Penalty) {
    for (name, penalty) in [("air:ChangePenalty", change), ("air:CancelPenalty", cancel)] {
        xml.start(name).attr("PenaltyApplies", "Anytime");
        match penalty {
            Penalty::Amount(amount) => xml.leaf("air:Amount", amount),
            Penalty::NotPermitted => xml.leaf("air:Percentage", "100.00"),
        };
        xml.end();
    }
}

/// The attributes of an AirPricingInfo after its key.
pub(super) fn info_attributes(
    xml: &mut Xml,
    host: &Host,
    priced: &Priced,
    fare: &Fare,
    asked: &'static Currency,
) {
    Sums::of(fare).attributes(xml, asked);
    xml.attr("LatestTicketingTime", latest_ticketing(host, &priced.choices))
        .attr("PricingMethod", "Guaranteed");
    xml.attr("Refundable", priced.governing().cancel.is_some())
        .attr("Exchangeable", priced.governing().change.is_some());
    xml.attr("ETicketability", "Yes").attr("PlatingCarrier", priced.plating()).attr("ProviderCode", "1G");
}

/// The taxes, the fare calculation line and the passengers of an AirPricingInfo.
pub(super) fn info_body(xml: &mut Xml, host: &Host, fare: &Fare, passengers: &[Passenger]) {
    for (code, tax) in &fare.taxes {
        let key = host.key(&["tax", code, &fare.line]);
        xml.start("air:TaxInfo").attr("Key", key).attr("Category", code).attr("Amount", tax).end();
    }
    xml.leaf("air:FareCalc", &fare.line);
    for passenger in passengers {
        xml.start("air:PassengerType").attr("Code", &fare.ptc).maybe("Age", passenger.age.as_ref());
        xml.maybe("BookingTravelerRef", passenger.traveler.as_ref()).end();
    }
}

/// The key of a fare component: the same wherever the same fare is shown.
pub(super) fn fare_key(host: &Host, fare: &Fare, index: usize, choice: &Choice) -> String {
    let component = &fare.components[index];
    let day = choice.routing.first().departure().date().to_string();
    let (from, to) = (component.origin.code.to_string(), component.destination.code.to_string());
    let carrier = choice.routing.carrier().code;
    let amounts = format!("{}/{}/{}", component.amount, component.nuc_cents, component.surcharge_cents);
    host.key(&["fare", carrier, &component.basis, &fare.ptc, &from, &to, &day, &amounts])
}

/// A FareInfo.
pub(super) fn fare_info(xml: &mut Xml, host: &Host, fare: &Fare, index: usize, choice: &Choice) {
    let component = &fare.components[index];
    let key = fare_key(host, fare, index, choice);
    let departure = choice.routing.first().departure();
    let today = ZonedDateTime::new(host.back.now(), departure.time_zone().clone());
    xml.start("air:FareInfo").attr("Key", &key).attr("FareBasis", &component.basis);
    xml.attr("PassengerTypeCode", &fare.ptc);
    xml.attr("Origin", component.origin.code).attr("Destination", component.destination.code);
    xml.attr("EffectiveDate", printed(&today)).attr("DepartureDate", departure.date());
    xml.attr("Amount", component.amount).attr("NegotiatedFare", false);
    xml.attr("NotValidBefore", departure.date()).attr("NotValidAfter", departure.date());
    if component.surcharge_cents > 0 {
        let amount = hundredths(component.surcharge_cents);
        xml.start("air:FareSurcharge").attr("Key", host.key(&["surcharge", &key])).attr("Type", "Other");
        xml.attr("Amount", format_args!("NUC{amount}")).end();
    }
    xml.start("common:Endorsement").attr("Value", endorsement(choice.brand)).end();
    baggage(xml, component.bag);
    xml.start("air:FareRuleKey").attr("FareInfoRef", &key).attr("ProviderCode", "1G");
    xml.text(format_args!("sim-{}", host.key(&["rules", &component.basis, choice.routing.carrier().code])))
        .end();
    xml.start("air:Brand").attr("Key", brand_key(host, choice)).attr("BrandID", choice.brand.id);
    xml.attr("Name", choice.brand.name).attr("Carrier", choice.routing.carrier().code).end();
    xml.end();
}

/// What is printed on the ticket of a brand.
pub(super) fn endorsement(brand: &Brand) -> &'static str {
    match (brand.change, brand.cancel) {
        (None, None) => "NONREF/NO CHNG",
        (Some(_), None) => "NONREF/CHNG FEE",
        (_, Some(_)) => "REFUNDABLE WITH FEE",
    }
}

pub(super) fn brand_key(host: &Host, choice: &Choice) -> String {
    host.key(&["brand", choice.routing.carrier().code, choice.brand.id])
}

/// A BaggageAllowance.
pub(super) fn baggage(xml: &mut Xml, bag: Bag) {
    xml.start("air:BaggageAllowance");
    match bag {
        Bag::Pieces(pieces) => xml.leaf("air:NumberOfPieces", pieces).start("air:MaxWeight").end(),
        Bag::Kilograms(weight) => {
            xml.start("air:MaxWeight").attr("Value", weight).attr("Unit", "Kilograms").end()
        }
    };
    xml.end();
}

/// The BaggageAllowances of a passenger, as a price check prints them.
pub(super) fn baggage_allowances(xml: &mut Xml, fare: &Fare, choices: &[Choice]) {
    xml.start("air:BaggageAllowances");
    for (Component { origin, destination, bag, .. }, choice) in fare.components.iter().zip(choices) {
        xml.start("air:BaggageAllowanceInfo").attr("TravelerType", &fare.ptc);
        xml.attr("Origin", origin.city).attr("Destination", destination.city);
        xml.attr("Carrier", choice.routing.carrier().code).start("air:TextInfo");
        let (text, limit) = match bag {
            Bag::Pieces(pieces) => (format!("{pieces}P"), "UPTO50LB/23KG AND UPTO62LI/158LCM".to_owned()),
            Bag::Kilograms(weight) => (format!("{weight}K"), format!("UPTO{weight}KG IN ALL")),
        };
        xml.leaf("air:Text", text).end().start("air:BagDetails").attr("ApplicableBags", "1stChecked");
        xml.start("air:BaggageRestriction")
            .start("air:TextInfo")
            .leaf("air:Text", limit)
            .end()
            .end()
            .end()
            .end();
    }
    for (component, choice) in fare.components.iter().zip(choices) {
        xml.start("air:CarryOnAllowanceInfo").attr("Origin", component.origin.code);
        xml.attr("Destination", component.destination.code).attr("Carrier", choice.routing.carrier().code);
        xml.start("air:TextInfo").leaf("air:Text", "1P").end();
        xml.start("air:CarryOnDetails").attr("ApplicableCarryOnBags", "1").end().end();
    }
    xml.end();
}

/// The attributes of an AirSegment that stand in every reply.
pub(super) fn segment_attributes(xml: &mut Xml, flight: &Flight) {
    xml.attr("Carrier", flight.carrier.code).attr("FlightNumber", flight.number).attr("ProviderCode", "1G");
    xml.attr("Origin", flight.origin().code).attr("Destination", flight.destination().code);
    xml.attr("DepartureTime", printed(flight.departure())).attr("ArrivalTime", printed(flight.arrival()));
    xml.attr("FlightTime", flight.minutes()).attr("TravelTime", flight.minutes());
    xml.attr("Distance", miles(flight.km())).attr("ETicketability", "Yes");
    xml.attr("Equipment", flight.first().equipment).attr("ChangeOfPlane", false);
    if flight.legs.len() > 1 {
        xml.attr("NumberOfStops", flight.legs.len() - 1);
    }
    xml.attr("LinkAvailability", true)
        .attr("OptionalServicesIndicator", false)
        .attr("AvailabilitySource", "S");
}

/// A CodeshareInfo, if somebody else flies.
pub(super) fn code_share(xml: &mut Xml, flight: &Flight) {
    if let Some((operating, number)) = flight.operating {
        xml.start("air:CodeshareInfo").attr("OperatingCarrier", operating.code);
        xml.attr("OperatingFlightNumber", number).text(operating.name).end();
    }
}

/// The FlightDetails of a flight's legs.
pub(super) fn flight_details(xml: &mut Xml, host: &Host, flight: &Flight) {
    for (index, leg) in flight.legs.iter().enumerate() {
        let minutes = super::super::inventory::minutes(&leg.departure, &leg.arrival);
        xml.start("air:FlightDetails").attr("Key", details_key(host, flight, index));
        xml.attr("Origin", leg.origin.code).attr("Destination", leg.destination.code);
        xml.attr("DepartureTime", printed(&leg.departure)).attr("ArrivalTime", printed(&leg.arrival));
        xml.attr("FlightTime", minutes).attr("TravelTime", flight.minutes()).attr("Distance", miles(leg.km));
        xml.attr("Equipment", leg.equipment);
        if let Some(next) = flight.legs.get(index + 1) {
            xml.attr("GroundTime", super::super::inventory::minutes(&leg.arrival, &next.departure));
        }
        xml.end();
    }
}

pub(super) fn details_key(host: &Host, flight: &Flight, leg: usize) -> String {
    host.key(&["leg", &flight.id(), &leg.to_string()])
}

/// Kilometres in statute miles, rounded down.
pub(super) fn miles(km: i64) -> i64 {
    km * 1_000 / 1_609
}

/// The currency of approximate amounts: the one a modifier names, else the account's.
pub(super) fn asked_currency(call: &Call<'_>) -> &'static Currency {
    let modifiers = super::child(call.request, "AirPricingModifiers");
    let code = modifiers.and_then(|modifiers| modifiers.attribute("CurrencyType"));
    code.and_then(Currency::of).unwrap_or(call.account.currency)
}

/// Keys of the flights as the request named them, slice by slice.
pub(super) fn keys<'a>(slices: &[&'a [Asked]], slice: usize) -> impl Iterator<Item = &'a str> {
    slices[slice].iter().map(|asked| asked.key.as_str())
}
