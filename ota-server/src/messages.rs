//! What customers are told: the engine's messages, filled in from a booking and its party.

use std::time::Duration;

use ota_core::booking::model::{Booking, Item, MessageKind, Owed};
use ota_core::document::Page;
use ota_core::document::receipt::{Receipt, ReceiptTicket};
use ota_core::document::refund::{RefundCause, RefundNotice};
use ota_core::document::voucher::Voucher;
use ota_core::fulfil::Compose;
use ota_core::model::id::MessageId;
use ota_core::model::money::Money;
use ota_core::model::offer::{FlightOffer, HotelOffer, Offer};
use ota_core::model::traveler::Party;
use ota_core::notify::Message;

/// Writes messages in the name of one agency.
#[derive(Debug)]
pub(crate) struct Composer {
    /// Who sold it, as receipts print it.
    pub(crate) agency: String,
    /// How long before its end free cancellation of a stay is said to end.
    pub(crate) cancellation_margin: Duration,
}

impl Compose for Composer {
    fn compose(&self, owed: Owed, booking: &Booking, party: &Party) -> Message {
        let (name, page) = match owed.message {
            MessageKind::Receipt => ("receipt", self.receipt(owed, booking, party)),
            MessageKind::RefundNotice => ("refund", self.notice(booking, RefundCause::NotBooked)),
            MessageKind::CancelNotice => ("cancel", self.notice(booking, RefundCause::Cancelled)),
        };
        let id = format!("{}.{name}.{}", booking.id, owed.since.as_micros());
        Message {
            id: MessageId::new(&id).expect("an id, a word and a number are a short plain name"),
            at: owed.since,
            to: party.contact.email.clone(),
            subject: format!("{} {}", page.title, booking.id),
            text: page.text().into(),
            html: page.html().into(),
        }
    }
}

impl Composer {
    fn receipt(&self, owed: Owed, booking: &Booking, party: &Party) -> Page {
        let page = |item: &Item| match &item.solution.offer {
            Offer::Flight(offer) => self.e_ticket(owed, booking, party, item, offer),
            Offer::Stay(offer) => self.voucher(owed, booking, party, item, offer),
        };
        // One message for the whole booking: a further item adds its sections to those of the first.
        let joined = |mut first: Page, more: Page| {
            first.sections.extend(more.sections);
            first
        };
        booking.items.iter().map(page).reduce(joined).expect("a booking has an item")
    }

    fn e_ticket(
        &self,
        owed: Owed,
        booking: &Booking,
        party: &Party,
        item: &Item,
        offer: &FlightOffer,
    ) -> Page {
        let tickets: Vec<ReceiptTicket> = item
            .tickets
            .iter()
            .filter(|ticket| !ticket.voided)
            .map(|ticket| ReceiptTicket {
                traveler: ticket.traveler,
                number: ticket.number,
                conjunction_of: ticket.conjunction_of,
                coupons: ticket.coupons,
            })
            .collect();
        Receipt {
            booking: booking.id,
            agency: &self.agency,
            issued: owed.since,
            zone: &booking.point_of_sale.zone,
            locators: &item.locators,
            party,
            tickets: &tickets,
            validating_carrier: offer.validating_carrier,
            itinerary: &offer.itinerary,
            fares: &offer.fares,
            price: &booking.price,
        }
        .page()
    }

    fn voucher(&self, owed: Owed, booking: &Booking, party: &Party, item: &Item, offer: &HotelOffer) -> Page {
        Voucher {
            booking: booking.id,
            agency: &self.agency,
            issued: owed.since,
            zone: &booking.point_of_sale.zone,
            locators: &item.locators,
            party,
            offer,
            price: &booking.price,
            // Where the items do not add up, what a cancellation costs is said not to be known.
            net: booking.net().unwrap_or(Money::zero(booking.price.total.currency)),
            margin: self.cancellation_margin,
            payee: item.payee.as_ref(),
        }
        .page()
    }

    fn notice(&self, booking: &Booking, cause: RefundCause) -> Page {
        let offers: Vec<&Offer> = booking.items.iter().map(|item| &item.solution.offer).collect();
        let payment = &booking.payment;
        let released = payment.captured.minor == 0;
        RefundNotice {
            booking: booking.id,
            agency: &self.agency,
            cause,
            offers: &offers,
            paid: if released { payment.authorized } else { payment.captured },
            returned: if released { payment.authorized } else { payment.refunded },
            released,
        }
        .page()
    }
}
