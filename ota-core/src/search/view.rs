//! A generation as one tenant sells it: priced, rendered once, ready to filter, sort and cut. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::columns::Columns;
use super::offer_id::{OfferId, OfferRef, OfferSigner};
use super::page::{Cursor, Facets, PageRequest};
use crate::cache::{SkipCount, Superset, SupersetOffer};
use crate::model::offer::Offer;
use crate::model::time::Timestamp;
use crate::pricing::{PricedOffer, Pricer, PricingContext, SellPrice, sell_alone};

/// Memory that a row takes beside its fragment, bytes: the columns, and the fragment's handle.
const ROW_BYTES: usize = 150;

/// Writes what a client gets of an offer. Called once for each offer of a view; the same input must make the same
/// output.
pub type Render<'a> = &'a dyn Fn(&PricedOffer<'_>, &OfferId) -> Bytes;

/// A priced generation. Immutable; one for each generation and pricing basis.
#[derive(Debug)]
pub struct View {
    columns: Columns,
    fragments: Vec<Bytes>,
    facets: Arc<Facets>,
    unpriced: Arc<[SkipCount]>,
}

/// A page cut from a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// Offers that pass the filter.
    pub matched: usize,
    /// The page's offers as rendered.
    pub offers: Vec<Bytes>,
    /// The next page, if there is one.
    pub next: Option<Cursor>,
}

impl View {
    /// Prices and renders every offer. Offers that cannot be sold in this context, or not on their own, are left out
    /// and counted. The safety margin is for the end of free cancellation.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use ota_core::pricing::{Pricer, PricingContext, PricingError, SellPrice};
    /// # use ota_core::testing::{cache_suite, clock::ManualClock, samples};
    /// use bytes::Bytes;
    /// use ota_core::keys::KeyRing;
    /// use ota_core::search::offer_id::OfferSigner;
    /// use ota_core::search::page::PageRequest;
    /// use ota_core::search::view::View;
    /// # let superset = cache_suite::generation(1, "CGK", &ManualClock::new());
    /// # let (now, margin) = (superset.made_at, Duration::ZERO);
    /// # let pricer = samples::MarkUp::percent(10);
    /// # let context = samples::pricing_context();
    /// let signer = OfferSigner::new(KeyRing::random(&ota_core::runtime::SystemRandomness));
    /// let render = |priced: &ota_core::pricing::PricedOffer<'_>, _id: &_| Bytes::from(priced.sell.total.to_string());
    /// let view = View::build(&superset, &pricer, &context, margin, &signer, &render);
    /// assert_eq!(view.cut(&PageRequest::default(), now).offers, ["550.00 USD"]);
    /// ```
    #[must_use]
    pub fn build(
        superset: &Superset,
        pricer: &dyn Pricer,
        context: &PricingContext,
        margin: Duration,
        signer: &OfferSigner,
        render: Render<'_>,
    ) -> Self {
        let mut unpriced: BTreeMap<&'static str, u32> = BTreeMap::new();
        let mut priced: Vec<(u32, &Offer, SellPrice)> = Vec::with_capacity(superset.offers.len());
        let stays = superset.search.stays().is_some();
        let fits = |entry: &&SupersetOffer| entry.offer.stay().is_some() == stays;
        for (index, entry) in (0..).zip(&superset.offers).filter(|(_, entry)| fits(entry)) {
            match sell_alone(pricer, &entry.offer, context) {
                Ok(sell) => priced.push((index, &entry.offer, sell)),
                Err(error) => *unpriced.entry(error.reason()).or_default() += 1,
            }
        }
        priced.sort_by_key(|(index, _, sell)| (sell.total.minor, *index));
        let rows: Vec<_> = priced.iter().map(|(_, offer, sell)| (*offer, sell.total.minor)).collect();
        let columns = Columns::new(context.point_of_sale.currency, superset, margin, &rows);
        let basis = context.basis();
        let fragment = |(index, offer, sell): &(u32, &Offer, SellPrice)| {
            let id = signer.sign(&OfferRef { generation: superset.id, index: *index, basis });
            render(&PricedOffer { offer, sell }, &id)
        };
        Self {
            fragments: priced.iter().map(fragment).collect(),
            facets: Arc::new(columns.facets(superset.made_at)),
            columns,
            unpriced: unpriced
                .into_iter()
                .map(|(why, count)| SkipCount { why: why.to_owned(), count })
                .collect(),
        }
    }

    /// The page asked for, at a moment. A request that is not [valid](PageRequest::validate) gets an empty or a long
    /// page, no more.
    #[must_use]
    pub fn cut(&self, request: &PageRequest, now: Timestamp) -> Cut {
        let start = request.cursor.map_or(0, |Cursor(at)| at as usize);
        let (matched, rows) = self.columns.page(request, start, now);
        let end = start.saturating_add(rows.len());
        let next = (end < matched && !rows.is_empty()).then_some(Cursor(end as u32)); // an index of the view
        let offers = rows.iter().map(|row| self.fragments[*row as usize].clone()).collect();
        Cut { matched, offers, next }
    }

    /// Offers that can be sold.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether nothing can be sold.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// By what the offers can be filtered.
    #[must_use]
    pub fn facets(&self) -> &Arc<Facets> {
        &self.facets
    }

    /// Offers that cannot be sold here, by reason.
    #[must_use]
    pub fn unpriced(&self) -> &Arc<[SkipCount]> {
        &self.unpriced
    }

    /// About how much memory it takes, bytes.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.fragments.iter().map(|fragment| fragment.len() + ROW_BYTES).sum()
    }
}

#[cfg(test)]
mod tests;
