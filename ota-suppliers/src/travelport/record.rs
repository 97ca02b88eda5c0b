//! A record as it stands: the order in the model's words, and the keys that further requests name.

use ota_core::model::order::{OrderTraveler, SupplierOrder};
use ota_core::model::passenger::{PassengerKind, PassengerTypeCode, TravelerRef};
use ota_core::model::traveler::Party;

use super::compare::{self, Difference};
use super::map::MapError;
use super::map::order;
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
    /// The supplier's key of each traveler of the order.
    keys: Vec<String>,
    /// Travelers with a document, by key.
    ticketed: Vec<String>,
}

/// A fare stored in the record.
struct StoredFare {
    key: String,
    kind: Option<PassengerKind>,
    travelers: Vec<String>,
    segments: usize,
}

/// What to ticket, and who has tickets already.
pub(crate) struct Plan {
    /// Stored fares by key, each with the keys of the travelers to issue for.
    pub(crate) fares: Vec<(String, Vec<String>)>,
    /// Those of the travelers asked for who have no document.
    pub(crate) open: Vec<TravelerRef>,
}

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
                segments: info.booking_infos.len(),
            });
        let tickets = record.air_reservations.iter().flat_map(|air| &air.tickets);
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
            keys: record.travelers.iter().map(|traveler| traveler.key.as_ref().to_owned()).collect(),
            ticketed: tickets.map(|ticket| ticket.booking_traveler_ref.as_ref().to_owned()).collect(),
        })
    }

    /// Who of the party each traveler of the record is.
    pub(crate) fn owners(&self, party: &Party) -> Result<Vec<TravelerRef>, Difference> {
        let names: Vec<&OrderTraveler> = self.order.travelers.iter().collect();
        compare::owners(&names, party)
    }

    /// The supplier's key of a traveler.
    pub(crate) fn owner_of(&self, key: &str, party: &Party) -> Option<TravelerRef> {
        let at = self.keys.iter().position(|known| known == key)?;
        self.owners(party).ok()?.get(at).copied()
    }

    /// What to ticket for these travelers. Every one of them must be covered by exactly one stored fare of
    /// their own type for every flight, before anything is issued for anybody.
    pub(crate) fn plan(
        &self,
        party: &Party,
        travelers: &[TravelerRef],
        flights: usize,
    ) -> Result<Plan, NotTicketable> {
        let owners = self.owners(party)?;
        let mut plan = Plan { fares: Vec::new(), open: Vec::new() };
        for traveler in travelers {
            let at = owners.iter().position(|owner| owner == traveler).ok_or(Difference::Travelers)?;
            let key = self.keys.get(at).ok_or(Difference::Travelers)?;
            if self.ticketed.contains(key) {
                continue;
            }
            let kind = party.travelers.get(usize::from(traveler.0)).map(|traveler| traveler.kind);
            let mut covering = self.fares.iter().filter(|fare| fare.travelers.contains(key));
            let (Some(fare), None) = (covering.next(), covering.next()) else {
                return Err(NotTicketable::Uncovered(*traveler));
            };
            if fare.kind != kind || fare.segments != flights {
                return Err(NotTicketable::Uncovered(*traveler));
            }
            plan.open.push(*traveler);
            match plan.fares.iter_mut().find(|(known, _)| *known == fare.key) {
                Some((_, keys)) => keys.push(key.clone()),
                None => plan.fares.push((fare.key.clone(), vec![key.clone()])),
            }
        }
        Ok(plan)
    }
}
