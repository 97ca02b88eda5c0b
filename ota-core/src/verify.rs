//! Verify: what a customer chose, priced live and compared in every respect that the customer saw.

mod compare;

pub use compare::{Respect, differences};

use std::sync::Arc;
use std::time::Duration;

use crate::booking::model::Quote;
use crate::error::{Disposition, chain};
use crate::model::check::{Checked, Violation};
use crate::model::context::RequestContext;
use crate::model::id::QuoteId;
use crate::model::offer::{Offer, PricedSolution};
use crate::model::search::Search;
use crate::model::stay::RateType;
use crate::model::time::Timestamp;
use crate::pricing::{AuditVerdict, PricedOffer, PricingError, SellPrice, sell_alone};
use crate::search::{OfferIdError, SearchEngine, ShownOffer};
use crate::store::{BookingStore, StoreError};
use crate::supplier::error::{SupplierError, SupplierErrorKind};
use crate::supplier::handle::SupplierHandle;
use crate::supplier::{Live, StayVerifyRequest, VerifyRequest};

/// For how long we keep our word about a price, whatever the supplier guarantees.
pub const QUOTE_VALID_FOR: Duration = Duration::from_secs(15 * 60);

/// What a live check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verification {
    /// It can be had exactly as it was shown.
    Unchanged(Box<Quote>),
    /// It can be had, but not as it was shown. The customer must agree before it is booked.
    Changed {
        /// In which respects; at least one.
        what: Vec<Respect>,
        /// How it can be had.
        quote: Box<Quote>,
    },
    /// No account has it any more.
    Gone,
}

/// Why an offer could not be checked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The id leads to no offer.
    #[error(transparent)]
    Offer(#[from] OfferIdError),
    /// The supplier did not answer, or refused.
    #[error("the supplier could not price it live")]
    Supplier(#[from] SupplierError),
    /// The live answer contradicts itself, or is about something else than was asked.
    #[error("the live price is not sound")]
    Unsound(#[source] Option<Violation>),
    /// The live answer cannot be sold here.
    #[error("the live price cannot be sold here")]
    Unsellable(#[source] PricingError),
    /// The quote could not be kept.
    #[error("the quote could not be stored")]
    Store(#[from] StoreError),
}

/// Prices offers live and stores quotes. Only a quote can be booked.
#[derive(Debug, Clone)]
pub struct Verifier {
    search: SearchEngine,
    store: Arc<dyn BookingStore>,
    quote_valid_for: Duration,
}

impl Verifier {
    /// A verifier of what an engine shows. A quote lives for at most `quote_valid_for` ([`QUOTE_VALID_FOR`]).
    #[must_use]
    pub const fn new(search: SearchEngine, store: Arc<dyn BookingStore>, quote_valid_for: Duration) -> Self {
        Self { search, store, quote_valid_for }
    }

    /// Checks an offer live and stores what it found as a quote.
    ///
    /// If the account that was shown has it no more, those that had the same product are asked in turn; what they
    /// ask for it is told as a change.
    ///
    /// # Errors
    /// The id is forged or expired, the supplier did not answer, its answer is not sound or cannot be sold, or the
    /// quote could not be stored.
    #[tracing::instrument(skip_all, fields(tenant = %cx.tenant, trace = %cx.trace))]
    pub async fn verify(&self, cx: &RequestContext, offer_id: &str) -> Result<Verification, VerifyError> {
        let shown = self.search.shown(cx, offer_id).await?;
        let entry = &shown.superset.offers[shown.index];
        // A rule set that is gone takes its offers with it.
        let sell = self.sell(&entry.offer, &shown).map_err(|_| OfferIdError::Expired)?;
        for candidate in std::iter::once(&entry.offer).chain(&entry.alternates) {
            let Some((handle, solution)) = self.live(cx, &shown, candidate).await? else { continue };
            let live = self.sell(&solution.offer, &shown).map_err(VerifyError::Unsellable)?;
            let before = PricedOffer { offer: &entry.offer, sell: &sell };
            let what = differences(&before, &PricedOffer { offer: &solution.offer, sell: &live });
            let quote = Box::new(self.quote(cx, &shown, &handle, solution, live));
            self.store.put_quote(&quote).await?;
            return Ok(match what.is_empty() {
                true => Verification::Unchanged(quote),
                false => Verification::Changed { what, quote },
            });
        }
        Ok(Verification::Gone)
    }

    /// The price under the basis under which the offer was shown: our own rules change nothing that was shown.
    fn sell(&self, offer: &Offer, shown: &ShownOffer) -> Result<SellPrice, PricingError> {
        sell_alone(&*self.search.parts().pricer, offer, &shown.context)
    }

    /// The live answer about one account's offer, through the gate; `None` if the account has it no more.
    async fn live(
        &self,
        cx: &RequestContext,
        shown: &ShownOffer,
        offer: &Offer,
    ) -> Result<Option<(SupplierHandle, PricedSolution)>, VerifyError> {
        let handle = self.search.parts().suppliers.of(&cx.tenant).and_then(|set| set.get(offer.account()));
        let handle = handle.ok_or(OfferIdError::Expired)?;
        let search = &shown.superset.search;
        let solution = match ask(handle, cx, search, offer).await {
            Ok(Live::Priced(solution)) => *solution,
            Ok(Live::Gone) => return Ok(None),
            Err(error) if error.kind == SupplierErrorKind::SoldOut => return Ok(None),
            Err(error) if error.disposition() == Disposition::Reprice => {
                tracing::info!(error = chain(&error), "An offer can no longer be priced live.");
                return Err(OfferIdError::Expired.into());
            }
            Err(error) => return Err(error.into()),
        };
        let PricedSolution { offer: live, solution } = solution;
        if (offer.account(), offer.supplier()) != (live.account(), live.supplier()) {
            return Err(VerifyError::Unsound(None));
        }
        let unsound = |error| VerifyError::Unsound(Some(error));
        let live = Checked::answer(live, search).map_err(unsound)?;
        let rates = live.get().stay().map_or(&[][..], |offer| &offer.rates);
        if rates.iter().any(|rate| rate.rate_type == Some(RateType::Recheck)) {
            return Err(unsound(Violation::NotFinal));
        }
        Ok(Some((handle.clone(), PricedSolution { offer: live.into_inner(), solution })))
    }

    fn quote(
        &self,
        cx: &RequestContext,
        shown: &ShownOffer,
        handle: &SupplierHandle,
        solution: PricedSolution,
        sell: SellPrice,
    ) -> Quote {
        let runtime = &self.search.parts().runtime;
        let now = runtime.now();
        let guaranteed = now.plus(handle.profile().semantics.price_valid_for.min(self.quote_valid_for));
        let limit = solution.offer.flight().and_then(|offer| offer.ticketing_limit);
        let limit: Option<Timestamp> = limit.and_then(|limit| limit.at.instant(None));
        Quote {
            id: QuoteId::random(&*runtime.random),
            tenant: cx.tenant.clone(),
            point_of_sale: shown.context.point_of_sale.clone(),
            generation: shown.superset.id,
            basis: shown.context.basis(),
            search: shown.superset.search.clone(),
            solution,
            sell,
            audit: AuditVerdict::NotAudited,
            priced_at: now,
            expires_at: limit.map_or(guaranteed, |limit| limit.min(guaranteed)),
            taken_by: None,
        }
    }
}

/// The live price of an offer, asked of the kind of supplier that has it.
async fn ask(
    handle: &SupplierHandle,
    cx: &RequestContext,
    search: &Search,
    offer: &Offer,
) -> Result<Live, SupplierError> {
    match (search, offer) {
        (Search::Flights(search), Offer::Flight(offer)) => {
            handle.verify(cx, &VerifyRequest { search, offer }).await
        }
        (Search::Stays(search), Offer::Stay(offer)) => {
            handle.verify_stay(cx, &StayVerifyRequest { search, offer }).await
        }
        // The gate lets no such generation be made.
        _ => Ok(Live::Gone),
    }
}

#[cfg(feature = "sqlite")] // the store behind them
#[cfg(test)]
mod tests;
