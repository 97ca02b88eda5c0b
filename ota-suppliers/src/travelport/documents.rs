//! Documents of a reservation, and whose they are.

use ota_core::model::order::{Ticket, TicketNumber};
use ota_core::model::passenger::TravelerRef;
use ota_core::model::traveler::Party;

use super::compare::{self, Difference};
use super::map::{MapError, document};
use super::record::Record;
use super::replies::document::Etr;

/// One traveler's documents, and the supplier's key of the traveler.
pub(crate) struct Journey {
    key: Option<String>,
    /// In order; the first leads a conjunction.
    pub(crate) tickets: Vec<Ticket>,
}

impl Journey {
    /// A document of a record. An infant without a surname on it has the one of the record.
    pub(crate) fn read(etr: &Etr<'_>, record: &Record) -> Result<Self, MapError> {
        let key = etr.traveler.as_ref().map(|traveler| traveler.key.as_ref().to_owned());
        let mut tickets = document::tickets(etr)?;
        let person = key.as_deref().and_then(|key| record.traveler(key));
        for named in tickets.iter_mut().filter_map(|ticket| ticket.traveler.as_mut()) {
            if let Some(person) = person.filter(|_| named.surname.expose().trim().is_empty()) {
                named.surname = person.surname.clone();
            }
        }
        Ok(Self { key, tickets })
    }

    /// Some coupon is neither void nor refunded.
    pub(crate) fn is_live(&self) -> bool {
        self.tickets.iter().flat_map(|ticket| &ticket.coupons).any(|coupon| !coupon.status.is_given_back())
    }

    pub(crate) fn numbers(&self) -> impl Iterator<Item = TicketNumber> + '_ {
        self.tickets.iter().map(|ticket| ticket.number)
    }
}

/// Whose each journey is: by the traveler's key in the record, else by name. Nobody has two.
pub(crate) fn owners(
    journeys: &[Journey],
    record: &Record,
    party: &Party,
) -> Result<Vec<TravelerRef>, Difference> {
    let mut owners: Vec<TravelerRef> = Vec::with_capacity(journeys.len());
    for journey in journeys {
        let name = journey.tickets.first().and_then(|ticket| ticket.traveler.as_ref());
        let name = name.ok_or(Difference::Travelers)?;
        let is_owner = |owner: &TravelerRef| {
            let traveler = party.travelers.get(usize::from(owner.0));
            !owners.contains(owner) && traveler.is_some_and(|traveler| compare::is_person(name, traveler))
        };
        let keyed = journey.key.as_deref().and_then(|key| record.owner_of(key, party));
        let owner = match keyed {
            Some(owner) => Some(owner).filter(is_owner),
            None => (0..=u8::MAX).map(TravelerRef).take(party.travelers.len()).find(is_owner),
        };
        owners.push(owner.ok_or(Difference::Travelers)?);
    }
    Ok(owners)
}
