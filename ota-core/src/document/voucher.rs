//! The voucher of a stay: where, when, who sleeps in which room, what was paid, what the property still takes, until when
//! it can be cancelled and at what price. It says of what is not known that it is not known, and tells no net amount.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

use super::words::{full_name, offset};
use super::{Page, Row, Section};
use crate::model::id::BookingId;
use crate::model::money::Money;
use crate::model::offer::HotelOffer;
use crate::model::order::{LocatorKind, RecordLocator};
use crate::model::passenger::TravelerRef;
use crate::model::places::Position;
use crate::model::rooms::{child_age, lodge};
use crate::model::stay::{BoardKind, ChargeKind, Payee, PropertyCharge, Rate};
use crate::model::time::Timestamp;
use crate::model::traveler::Party;
use crate::pricing::SellPrice;

/// All that a voucher says.
#[derive(Debug, Clone, Copy)]
pub struct Voucher<'a> {
    /// Our name of the booking.
    pub booking: BookingId,
    /// Who sold it.
    pub agency: &'a str,
    /// When it was confirmed.
    pub issued: Timestamp,
    /// The IANA zone in which the day of issue is printed; UTC where it is not one.
    pub zone: &'a str,
    /// The supplier's and the property's names of it.
    pub locators: &'a [RecordLocator],
    /// Who stays.
    pub party: &'a Party,
    /// What was booked. Its amounts are net: only what the property takes is printed.
    pub offer: &'a HotelOffer,
    /// What was paid.
    pub price: &'a SellPrice,
    /// What the price was made of; never printed.
    pub net: Money,
    /// How long before its end free cancellation is said to end, and each next step to begin.
    pub margin: Duration,
    /// Who takes the money as the property's agent.
    pub payee: Option<&'a Payee>,
}

impl Voucher<'_> {
    /// The voucher as a page.
    #[must_use]
    pub fn page(&self) -> Page {
        let mut sections =
            vec![self.booking_section(), self.property(), self.rooms(), self.paid(), self.cancelling()];
        sections.extend(self.notes());
        let intro = vec![
            "This is your voucher. Show it at the reception with a document of the first guest of each room."
                .to_owned(),
            "All times are local to the property.".to_owned(),
        ];
        Page { title: "Hotel voucher".to_owned(), intro, sections }
    }

    fn booking_section(&self) -> Section {
        let zone = TimeZone::get(self.zone).unwrap_or(TimeZone::UTC);
        let issued = day(zone.to_datetime(self.issued.to_jiff()).date());
        let mut rows = vec![Row::new("Booking", self.booking.to_string())];
        rows.extend(self.locators.iter().map(|locator| {
            let label = if locator.kind == LocatorKind::Hotel { "Property's reference" } else { "Reference" };
            Row::new(label, &*locator.code)
        }));
        rows.push(Row::new("Issued", format!("{issued}, by {}", self.agency)));
        Section { heading: "Booking".to_owned(), rows }
    }

    fn property(&self) -> Section {
        let (property, dates) = (&self.offer.property, self.offer.dates);
        let category =
            property.category.as_ref().map(|category| format!(" ({category})")).unwrap_or_default();
        let nights = dates.nights();
        let mut rows = vec![Row::new("Property", format!("{}{category}", property.name))];
        rows.extend(property.destination.as_ref().map(|place| Row::new("Place", &**place)));
        rows.extend(property.position.map(|position| Row::new("Position", coordinates(position))));
        rows.extend([
            Row::new("Check-in", day(dates.check_in)),
            Row::new("Check-out", day(dates.check_out)),
            Row::new("Nights", nights.to_string()),
        ]);
        Section { heading: "Stay".to_owned(), rows }
    }

    fn rooms(&self) -> Section {
        let mut rows = Vec::new();
        match lodge(self.offer, self.party) {
            Ok(lodged) => {
                for (room, number) in lodged.iter().zip(1..) {
                    rows.push(Row::new(format!("Room {number}"), described(room.rate)));
                    rows.extend(room.guests.iter().map(|who| Row::new("", self.guest(*who))));
                }
            }
            // Whoever is in which room, these are the rooms and these the guests.
            Err(_) => {
                let rates = self.offer.rates.iter();
                rows.extend(rates.map(|rate| Row::new(format!("{} x", rate.rooms), described(rate))));
                let all = (0..=u8::MAX).map(TravelerRef).take(self.party.travelers.len());
                rows.extend(all.map(|who| Row::new("Guest", self.guest(who))));
            }
        }
        Section { heading: "Rooms and guests".to_owned(), rows }
    }

    fn guest(&self, who: TravelerRef) -> String {
        let Some(traveler) = self.party.travelers.get(usize::from(who.0)) else { return String::new() };
        let name = full_name(&traveler.name);
        match child_age(traveler, self.offer.dates.check_in).flatten() {
            Some(age) => format!("{name} (child, {age})"),
            None => format!("{name} (adult)"),
        }
    }

    fn paid(&self) -> Section {
        let mut rows = vec![Row::new("Paid", self.price.total.to_string())];
        let charges: Vec<_> = self.offer.rates.iter().flat_map(|rate| &rate.due.at_property).collect();
        if charges.is_empty() {
            rows.push(Row::new("At the property", "nothing that we know of"));
        }
        rows.extend(charges.into_iter().map(|charge| Row::new("At the property", charged(charge))));
        Section { heading: "Price".to_owned(), rows }
    }

    /// Fees are the share of what was paid that they are of its net, and begin a margin before the supplier's.
    fn cancelling(&self) -> Section {
        let heading = "If you cancel".to_owned();
        let kept = |fee: Money| self.price.share(fee, self.net).ok();
        let steps = self.offer.cancellation().and_then(|steps| {
            steps
                .into_iter()
                .map(|(from, fee)| Some((from.less(self.margin), kept(fee)?)))
                .collect::<Option<Vec<_>>>()
        });
        let Some(steps) = steps else {
            return Section { heading, rows: vec![Row::new("", "not known, ask us before you decide")] };
        };
        let costs: Vec<_> = steps.into_iter().skip_while(|(_, kept)| kept.minor == 0).collect();
        let mut rows = Vec::new();
        match costs.first() {
            None => rows.push(Row::new("Free of charge", "until the end")),
            Some((from, _)) if *from > self.issued => {
                rows.push(Row::new("Free of charge", format!("until {}", self.on_site(*from))));
            }
            Some(_) => rows.push(Row::new("Free of charge", "no more")),
        }
        rows.extend(
            costs.into_iter().map(|(from, kept)| {
                Row::new(format!("{kept} is kept"), format!("from {}", self.on_site(from)))
            }),
        );
        for there in self.offer.rates.iter().flat_map(|rate| rate.cancellation.steps()) {
            if let (Some(fee), Some(from)) = (there.at_property, there.from.instant(None)) {
                let from = self.on_site(from.less(self.margin));
                rows.push(Row::new(format!("{fee} is taken by the property"), format!("from {from}")));
            }
        }
        Section { heading, rows }
    }

    /// An instant on the property's clock, with offset and zone; where the zone is not known, with the offset that the
    /// supplier states.
    fn on_site(&self, at: Timestamp) -> String {
        let name = self.offer.property.zone.as_deref();
        let known = name.and_then(|name| Some((TimeZone::get(name).ok()?, format!(", {name}"))));
        let stated = || {
            let steps = self.offer.rates.iter().flat_map(|rate| rate.cancellation.steps());
            let minutes = steps.filter_map(|step| step.from.offset_minutes).next()?;
            Some((Offset::from_seconds(i32::from(minutes) * 60).ok()?.to_time_zone(), String::new()))
        };
        let (zone, name) = known.or_else(stated).unwrap_or((TimeZone::UTC, String::new()));
        let minutes = zone.to_offset(at.to_jiff()).seconds() / 60;
        let clock = zone.to_datetime(at.to_jiff()).strftime("%a %d %b %Y %H:%M");
        format!("{clock} ({}{name})", offset(minutes))
    }

    /// The supplier's own words. Bedbanks that sell in a property's name want to be named as its agent, in these words;
    /// source: the voucher section of "Certification process" on developer.hotelbeds.com.
    fn notes(&self) -> Option<Section> {
        let mut notes: Vec<&str> = Vec::new();
        for note in self.offer.rates.iter().flat_map(|rate| &rate.notes) {
            if !notes.contains(&note.as_str()) {
                notes.push(note);
            }
        }
        let mut rows: Vec<_> = notes.into_iter().map(|note| Row::new("", note)).collect();
        rows.extend(self.payee.map(|payee| {
            let tax = payee.tax_number.as_ref().map(|number| format!(" VAT: {number}")).unwrap_or_default();
            let first = self.locators.iter().find(|locator| locator.kind != LocatorKind::Hotel);
            let reference = first.map(|locator| format!(" Reference: {}", locator.code)).unwrap_or_default();
            let text = format!(
                "Payable through {}, acting as agent for the service operating company, details of which can be \
                 provided upon request.{tax}{reference}",
                payee.name
            );
            Row::new("", text)
        }));
        (!rows.is_empty()).then(|| Section { heading: "To be noted".to_owned(), rows })
    }
}

fn described(rate: &Rate) -> String {
    let board = match rate.board.kind {
        BoardKind::RoomOnly => "no meals",
        BoardKind::SelfCatering => "no meals, with a kitchen",
        BoardKind::Breakfast => "breakfast included",
        BoardKind::HalfBoard => "breakfast and one more meal included",
        BoardKind::FullBoard => "three meals included",
        BoardKind::AllInclusive => "all meals and drinks included",
        BoardKind::Other => &rate.board.name,
    };
    format!("{}; {board} ({})", rate.room.name, rate.board.name)
}

fn charged(charge: &PropertyCharge) -> String {
    let kind = match charge.kind {
        ChargeKind::Rooms => "the rooms",
        ChargeKind::TaxOrFee => "a tax or fee",
    };
    let what = charge.label.as_deref().unwrap_or(kind);
    let about = charge.converted.filter(|converted| converted.currency != charge.amount.currency);
    let about = about.map(|amount| format!(", about {amount} for your information")).unwrap_or_default();
    format!("{} for {what}{about}", charge.amount)
}

/// Degrees with six digits, north and east.
fn coordinates(position: Position) -> String {
    let degrees = |micro: i32, positive: char, negative: char| {
        let side = if micro < 0 { negative } else { positive };
        let micro = micro.unsigned_abs();
        format!("{}.{:06} {side}", micro / 1_000_000, micro % 1_000_000)
    };
    format!("{}, {}", degrees(position.latitude, 'N', 'S'), degrees(position.longitude, 'E', 'W'))
}

fn day(date: Date) -> String {
    date.strftime("%a %d %b %Y").to_string()
}

#[cfg(feature = "engine")] // for the samples
#[cfg(test)]
mod tests;
