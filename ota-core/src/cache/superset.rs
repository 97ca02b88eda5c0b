//! One immutable generation of all offers of one search.

use std::mem::{size_of, size_of_val};
use std::sync::Arc;

use super::key::SupersetKey;
use crate::model::fare::{FareComponent, PassengerFare, SegmentFare, Tax};
use crate::model::id::{AccountId, GenerationId, SupplierId};
use crate::model::itinerary::Segment;
use crate::model::offer::{FlightOffer, HotelOffer, Offer};
use crate::model::search::Search;
use crate::model::stay::{PropertyCharge, Rate};
use crate::model::time::Timestamp;
use crate::supplier::Warning;
use crate::supplier::error::SupplierErrorKind;

/// All offers of one normalised search over one set of accounts, as known at one moment. Net prices: it never
/// leaves the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superset {
    /// Names it in search and offer ids.
    pub id: GenerationId,
    /// The question that it answers.
    pub key: SupersetKey,
    /// The question in full: who travels.
    pub search: Search,
    /// Cheapest first. An offer id points into this by index.
    pub offers: Vec<SupersetOffer>,
    /// What came of every account asked, in the order of accounts.
    pub sources: Arc<[Source]>,
    /// When it was put together.
    pub made_at: Timestamp,
    /// Before this it is served as it is; from then on it is served while a newer one is fetched.
    pub fresh_until: Timestamp,
    /// Before this its offers can be viewed and verified; from then on it is gone.
    pub retained_until: Timestamp,
}

/// One product to choose, from whoever sells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupersetOffer {
    /// The cheapest offer of it.
    pub offer: Offer,
    /// The same from other accounts or at other prices, cheapest first: tried in turn if the first is gone.
    pub alternates: Vec<Offer>,
}

/// What came of one account in a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Which account.
    pub account: AccountId,
    /// Of which supplier.
    pub supplier: SupplierId,
    /// What came of it.
    pub state: SourceState,
    /// What its answer had that could not be used, by reason.
    pub skipped: Vec<SkipCount>,
    /// What it said beside its answer, up to [`crate::limits::WARNINGS_MAX`]: whether it was cut short, and by whom.
    pub warnings: Vec<Warning>,
}

/// What came of one account in a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceState {
    /// It answered.
    Answered {
        /// Offers used.
        offers: u32,
        /// It said that it has more than it sent.
        partial: bool,
    },
    /// It has not answered yet.
    Late,
    /// It answered with an error, or not at all.
    Failed(SupplierErrorKind),
}

/// How many offers were left out for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkipCount {
    /// One of a small set of texts.
    pub why: String,
    /// How many.
    pub count: u32,
}

impl Superset {
    /// Whether it may be served without asking again.
    #[must_use]
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now < self.fresh_until
    }

    /// Whether it may be served at all.
    #[must_use]
    pub fn is_retained(&self, now: Timestamp) -> bool {
        now < self.retained_until
    }

    /// Whether asking again at once would bring no more: everybody answered, or refused for good.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.sources.iter().all(|source| match source.state {
            SourceState::Answered { .. } => true,
            SourceState::Late => false,
            SourceState::Failed(kind) => kind.disposition() == crate::error::Disposition::GiveUp,
        })
    }

    /// Whether anybody answered.
    #[must_use]
    pub fn has_answer(&self) -> bool {
        self.sources.iter().any(|source| matches!(source.state, SourceState::Answered { .. }))
    }

    /// About how much memory it takes, bytes. Parts shared between offers are counted for each: never too little.
    #[must_use]
    pub fn weight(&self) -> usize {
        let offers =
            self.offers.iter().flat_map(|entry| std::iter::once(&entry.offer).chain(&entry.alternates));
        let sources = self.sources.len() * size_of::<Source>();
        size_of::<Self>() + sources + offers.map(offer_weight).sum::<usize>()
    }
}

fn offer_weight(offer: &Offer) -> usize {
    size_of::<SupersetOffer>()
        + match offer {
            Offer::Flight(offer) => flight_weight(offer),
            Offer::Stay(offer) => stay_weight(offer),
        }
}

fn stay_weight(offer: &HotelOffer) -> usize {
    let texts = |texts: &[String]| texts.iter().map(|text| text.len() + size_of::<String>()).sum::<usize>();
    let rate = |rate: &Rate| {
        size_of::<Rate>()
            + rate.key.expose().len()
            + [&rate.room.code, &rate.room.name, &rate.board.code, &rate.board.name]
                .map(|s| s.len())
                .iter()
                .sum::<usize>()
            + size_of_val(rate.cancellation.steps())
            + rate.due.at_property.len() * (size_of::<PropertyCharge>() + 16)
            + rate.promotions.len() * 96
            + texts(&rate.notes)
    };
    offer.rates.iter().map(rate).sum()
}

fn flight_weight(offer: &FlightOffer) -> usize {
    let segments = offer.itinerary.segments().count() * size_of::<Segment>();
    let fare = |fare: &PassengerFare| {
        size_of::<PassengerFare>()
            + fare.taxes.len() * (size_of::<Tax>() + 3)
            + fare.components.len() * (size_of::<FareComponent>() + 32)
            + fare.segments.len() * size_of::<SegmentFare>()
            + fare.fare_calculation.as_ref().map_or(0, |line| line.len())
    };
    let fares: usize = offer.fares.iter().map(fare).sum();
    segments + fares + offer.token.expose().len()
}
