//! A generation as one tenant sells it: priced, rendered once, ready to filter, sort and cut. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use super::columns::Columns;
use super::offer_id::{OfferId, OfferRef, OfferSigner};
use super::page::{Cursor, Facets, PageRequest};
use crate::cache::{SkipCount, Superset};
use crate::model::offer::{FlightOffer, Offer};
use crate::pricing::{PricedOffer, Pricer, PricingContext, PricingError, SellPrice};

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
    /// Prices and renders every offer. Offers that cannot be sold in this context are left out and counted.
    ///
    /// ```
    /// # use ota_core::pricing::{Pricer, PricingContext, PricingError, SellPrice};
    /// # use ota_core::testing::{cache_suite, clock::ManualClock, samples};
    /// use bytes::Bytes;
    /// use ota_core::keys::KeyRing;
    /// use ota_core::search::offer_id::OfferSigner;
    /// use ota_core::search::page::PageRequest;
    /// use ota_core::search::view::View;
    /// # let superset = cache_suite::generation(1, "CGK", &ManualClock::new());
    /// # let pricer = samples::MarkUp::percent(10);
    /// # let context = samples::pricing_context();
    /// let signer = OfferSigner::new(KeyRing::random(&ota_core::runtime::SystemRandomness));
    /// let render = |priced: &ota_core::pricing::PricedOffer<'_>, _id: &_| Bytes::from(priced.sell.total.to_string());
    /// let view = View::build(&superset, &pricer, &context, &signer, &render);
    /// assert_eq!(view.cut(&PageRequest::default()).offers, ["550.00 USD"]);
    /// ```
    #[must_use]
    pub fn build(
        superset: &Superset,
        pricer: &dyn Pricer,
        context: &PricingContext,
        signer: &OfferSigner,
        render: Render<'_>,
    ) -> Self {
        let selling = context.point_of_sale.currency;
        let mut unpriced: BTreeMap<&'static str, u32> = BTreeMap::new();
        let mut priced: Vec<(u32, &Offer, &FlightOffer, SellPrice)> =
            Vec::with_capacity(superset.offers.len());
        for (index, entry) in (0..).zip(&superset.offers) {
            let Some(flight) = entry.offer.flight() else { continue };
            match pricer.price(&entry.offer, context) {
                Ok(sell) if sell.total.currency == selling => {
                    priced.push((index, &entry.offer, flight, sell))
                }
                Ok(_) => *unpriced.entry(PricingError::OtherCurrency.reason()).or_default() += 1,
                Err(error) => *unpriced.entry(error.reason()).or_default() += 1,
            }
        }
        priced.sort_by_key(|(index, _, _, sell)| (sell.total.minor, *index));
        let rows: Vec<_> = priced.iter().map(|(_, _, offer, sell)| (*offer, sell.total.minor)).collect();
        let slices = superset.search.flights().map_or(0, |search| search.slices.len());
        let columns = Columns::new(selling, slices, &rows);
        let basis = context.basis();
        let fragment = |(index, offer, _, sell): &(u32, &Offer, &FlightOffer, SellPrice)| {
            let id = signer.sign(&OfferRef { generation: superset.id, index: *index, basis });
            render(&PricedOffer { offer, sell }, &id)
        };
        Self {
            fragments: priced.iter().map(fragment).collect(),
            facets: Arc::new(columns.facets()),
            columns,
            unpriced: unpriced
                .into_iter()
                .map(|(why, count)| SkipCount { why: why.to_owned(), count })
                .collect(),
        }
    }

    /// The page asked for. A request that is not [valid](PageRequest::validate) gets an empty or a long page, no
    /// more.
    #[must_use]
    pub fn cut(&self, request: &PageRequest) -> Cut {
        let start = request.cursor.map_or(0, |Cursor(at)| at as usize);
        let (matched, rows) = self.columns.page(request, start);
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
