//! A record as it stands: the order in the model's words, and the keys that further requests name.

use ota_core::model::order::{OrderTraveler, SupplierOrder};
use ota_core::model::passenger::{PassengerKind, PassengerTypeCode, TravelerRef};
use ota_core::model::traveler::Party;

use super::compare::{self, Difference};
use super::map::MapError;
use super::map::order;
use super::replies::common::Text;
use super::replies::record::{RecordRsp, UniversalRecord};
use super::requests::build::Locators;

/// A record, read whole.
pub(crate) struct Record {
    pub(crate) order: SupplierOrder,
    pub(crate) locators: Locators,
    /// The record's version: a change of it names the version that it was made from.
    pub(crate) version: Option<u32>,
    /// The record holds something else than one air reservation.
    pub(crate) shared: bool,
    fares: Vec<StoredFare>,
    /// The supplier's keys of the flights of the reservation that is ticketed, sorted.
    flights: Vec<String>,
    /// The supplier's key of each traveler of the order.
    keys: Vec<String>,
    /// Travelers with a document that is not void, by key.
    ticketed: Vec<String>,
}

/// A fare stored in the record.
struct StoredFare {
    key: String,
    kind: Option<PassengerKind>,
    travelers: Vec<String>,
    /// The keys of the flights that it pays for, sorted.
    flights: Vec<String>,
}

/// A stored fare by its key, and the keys of the travelers to issue for.
pub(crate) type Covering = (String, Vec<String>);

/// Why a record cannot be ticketed as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotTicketable {
    #[error(transparent)]
    Other(#[from] Difference),
    #[error("{0} is not covered by exactly one stored fare for every segment")]
    Uncovered(TravelerRef),
}

impl Record {
    /// A reply's record.
    pub(crate) fn read(reply: &RecordRsp<'_>, record: &UniversalRecord<'_>) -> Result<Self, MapError> {
        let order = order::order(reply, record)?;
        let air = record.air_reservations.first();
        let provider = record.providers.first();
        let fares =
            record.air_reservations.iter().flat_map(|air| &air.pricing_infos).map(|info| StoredFare {
                key: info.key.as_ref().to_owned(),
                kind: info
                    .passenger_types
                    .first()
                    .and_then(|passenger| PassengerTypeCode::new(&passenger.code).ok())
                    .map(|code| code.kind()),
                travelers: info
                    .passenger_types
                    .iter()
                    .filter_map(|passenger| passenger.booking_traveler_ref.as_deref())
                    .map(str::to_owned)
                    .collect(),
                flights: sorted(info.booking_infos.iter().map(|booking| &booking.segment_ref)),
            });
        let flights = air.into_iter().flat_map(|air| &air.segments);
        let tickets = record.air_reservations.iter().flat_map(|air| &air.tickets);
        let live = tickets.filter(|ticket| ticket.status.as_deref() != Some("V"));
        Ok(Self {
            order,
            locators: Locators {
                universal: record.locator_code.as_ref().to_owned(),
                provider: provider.map(|info| info.locator_code.as_ref().to_owned()).unwrap_or_default(),
                reservation: air.map(|air| air.locator_code.as_ref().to_owned()).unwrap_or_default(),
            },
            version: record.version.as_deref().and_then(|version| version.parse().ok()),
            shared: record.air_reservations.len() > 1 || !record.passive_segments.is_empty(),
            fares: fares.collect(),
            flights: sorted(flights.map(|flight| &flight.key)),
            keys: record.travelers.iter().map(|traveler| traveler.key.as_ref().to_owned()).collect(),
            ticketed: live.map(|ticket| ticket.booking_traveler_ref.as_ref().to_owned()).collect(),
        })
    }

    /// Who of the party each traveler of the record is.
    pub(crate) fn owners(&self, party: &Party) -> Result<Vec<TravelerRef>, Difference> {
        let names: Vec<&OrderTraveler> = self.order.travelers.iter().collect();
        compare::owners(&names, party)
    }

    /// Whom the supplier's key names.
    pub(crate) fn traveler(&self, key: &str) -> Option<&OrderTraveler> {
        let at = self.keys.iter().position(|known| known == key)?;
        self.order.travelers.get(at)
    }

    /// Who of the party the supplier's key names.
    pub(crate) fn owner_of(&self, key: &str, party: &Party) -> Option<TravelerRef> {
        let at = self.keys.iter().position(|known| known == key)?;
        self.owners(party).ok()?.get(at).copied()
    }

    /// Those of the party who have a document by the record's own list, which may lag behind.
    pub(crate) fn ticketed(&self, party: &Party) -> Vec<TravelerRef> {
        self.ticketed.iter().filter_map(|key| self.owner_of(key, party)).collect()
    }

    /// The stored fares to ticket these travelers on. Every one of them must be covered by exactly one, of
    /// their own type and for every flight once, before anything is issued for anybody.
    pub(crate) fn covering(
        &self,
        party: &Party,
        travelers: &[TravelerRef],
    ) -> Result<Vec<Covering>, NotTicketable> {
        let owners = self.owners(party)?;
        let mut fares: Vec<Covering> = Vec::new();
        for traveler in travelers {
            let at = owners.iter().position(|owner| owner == traveler).ok_or(Difference::Travelers)?;
            let key = self.keys.get(at).ok_or(Difference::Travelers)?;
            let kind = party.travelers.get(usize::from(traveler.0)).map(|traveler| traveler.kind);
            let mut covering = self.fares.iter().filter(|fare| fare.travelers.contains(key));
            let (Some(fare), None) = (covering.next(), covering.next()) else {
                return Err(NotTicketable::Uncovered(*traveler));
            };
            if fare.kind != kind || fare.flights != self.flights || fare.flights.is_empty() {
                return Err(NotTicketable::Uncovered(*traveler));
            }
            match fares.iter_mut().find(|(known, _)| *known == fare.key) {
                Some((_, keys)) => keys.push(key.clone()),
                None => fares.push((fare.key.clone(), vec![key.clone()])),
            }
        }
        Ok(fares)
    }
}

fn sorted<'k, 'a: 'k>(keys: impl Iterator<Item = &'k Text<'a>>) -> Vec<String> {
    let mut keys: Vec<String> = keys.map(|key| key.as_ref().to_owned()).collect();
    keys.sort_unstable();
    keys
}
