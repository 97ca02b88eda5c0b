//! Search, verify, and the catalogue.

use std::cmp::Reverse;

use ota_core::model::fare::Settlement;
use ota_core::model::offer::{HotelOffer, Offer, PricedSolution, SupplierToken};
use ota_core::model::stay::{PropertyRates, Rate, RateType};
use ota_core::supplier::call::AttemptContext;
use ota_core::supplier::error::{SupplierError, SupplierErrorKind};
use ota_core::supplier::{Batch, ContentPage, ContentRequest, Live, Skipped, StayRequest, StayVerifyRequest};

use super::Hotelbeds;
use super::client::Step;
use super::map::{clock, content, stay};
use super::replies::Reply;
use super::requests;
use crate::zone;

/// Whatever is paid at the property is guaranteed with a card of the guest's, which we do not have.
const NEEDS_CARD: &str = "a booking paid at the property needs the guest's card";

impl Hotelbeds {
    pub(super) async fn shop(
        &self,
        cx: &AttemptContext,
        asked: &StayRequest<'_>,
    ) -> Result<Batch<PropertyRates>, SupplierError> {
        let call = requests::availability(asked.search, asked.properties);
        let mut batch = self
            .client
            .ask(Step::look(cx), call, |reply| match reply {
                Reply::Availability(reply) => Some(Ok(stay::availability(reply, zone::at))),
                _ => None,
            })
            .await?;
        let Batch { items, skipped, warnings, .. } = &mut batch;
        let differ = warnings.iter().filter(|warning| warning.code == clock::ZONE_DIFFERS).count();
        metrics::counter!("ota_property_zones_differ_total", "supplier" => self.profile.supplier.to_string())
            .increment(differ as u64);
        for property in items.iter_mut() {
            let what = format!("hotel {}", property.property.code);
            let all = property.rates.len();
            property.rates.retain(|rate| rate.settlement == Settlement::Agency);
            let left_out = all - property.rates.len();
            let skip = || Skipped { what: what.clone(), why: NEEDS_CARD.to_owned() };
            skipped.extend(std::iter::repeat_with(skip).take(left_out));
        }
        items.retain(|property| !property.rates.is_empty());
        Ok(batch)
    }

    /// Every rate is looked for in one live availability of its property, for a key does not get younger by being
    /// checked; what is not final there is checked by its new key. So no rate is priced without a live answer.
    pub(super) async fn price(
        &self,
        cx: &AttemptContext,
        asked: &StayVerifyRequest<'_>,
    ) -> Result<Live, SupplierError> {
        let offer = asked.offer;
        let Some(seen) = self.available(cx, asked).await? else { return Ok(Live::Gone) };
        let mut rates = Vec::with_capacity(offer.rates.len());
        for shown in &offer.rates {
            let Some(listed) = closest(&seen.rates, shown) else { return Ok(Live::Gone) };
            let live = if listed.rate_type == Some(RateType::Bookable) {
                Some(listed)
            } else {
                self.check(cx, offer, &listed).await?
            };
            let Some(live) = live else { return Ok(Live::Gone) };
            rates.push(live);
        }
        let total = rates.iter().map(|rate| Some(rate.net)).reduce(|sum, net| sum?.plus(net?).ok());
        let total = total
            .flatten()
            .ok_or_else(|| self.client.differs(Step::look(cx), "live rates that do not add up"))?;
        let mut property = seen.property;
        // The rates may come from several answers.
        let _ = clock::settle(&mut property, &rates);
        let live = HotelOffer { property, rates, total, ..offer.clone() };
        let solution = PricedSolution { offer: Offer::Stay(live), solution: SupplierToken::default() };
        Ok(Live::Priced(Box::new(solution)))
    }

    /// What the offer's property has now for the same guests and nights.
    async fn available(
        &self,
        cx: &AttemptContext,
        asked: &StayVerifyRequest<'_>,
    ) -> Result<Option<PropertyRates>, SupplierError> {
        let properties = std::slice::from_ref(&asked.offer.property.code);
        let request = StayRequest { search: asked.search, properties };
        match self.shop(cx, &request).await {
            Ok(batch) => Ok(batch.items.into_iter().find(|item| is_same_stay(item, asked.offer))),
            Err(error) if is_gone(error.kind) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The live price of one key, which is final.
    async fn check(
        &self,
        cx: &AttemptContext,
        offer: &HotelOffer,
        rate: &Rate,
    ) -> Result<Option<Rate>, SupplierError> {
        let step = Step::look(cx);
        let checked = self
            .client
            .ask(step, requests::check_rates(rate.key.expose()), |reply| match reply {
                Reply::CheckRates(reply) => Some(stay::checked(reply, zone::at)),
                _ => None,
            })
            .await;
        let batch = match checked {
            Ok((batch, _)) => batch,
            Err(error) if is_gone(error.kind) => return Ok(None),
            Err(error) => return Err(error),
        };
        let same = batch.items.iter().find(|item| is_same_stay(item, offer));
        let live = same.and_then(|item| closest(&item.rates, rate));
        let live =
            live.ok_or_else(|| self.client.differs(step, "the checked rate is not the one asked for"))?;
        Ok(Some(Rate { rate_type: Some(RateType::Bookable), ..live }))
    }

    /// A page of the catalogue. The cursor is the position of its first property, counted from 1.
    pub(super) async fn page(
        &self,
        cx: &AttemptContext,
        asked: &ContentRequest,
    ) -> Result<ContentPage, SupplierError> {
        let step = Step::look(cx);
        let from = match &asked.cursor {
            Some(cursor) => cursor.parse().ok().filter(|from| *from > 0).ok_or_else(|| {
                self.client.error(step, SupplierErrorKind::BadRequest, "the cursor is not one of ours")
            })?,
            None => 1,
        };
        let page = self
            .client
            .ask(step, Ok(requests::content(from, self.content_page_max)), |reply| match reply {
                Reply::Content(reply) => content::page(reply, zone::at),
                _ => None,
            })
            .await?;
        // A page that does not go on would be asked for again and again.
        if page.next.is_some_and(|next| next <= from) {
            return Err(self.client.differs(step, "a page of the catalogue that does not go on"));
        }
        Ok(ContentPage { batch: page.batch, next: page.next.map(|next| next.to_string()) })
    }
}

const fn is_gone(kind: SupplierErrorKind) -> bool {
    matches!(kind, SupplierErrorKind::SoldOut | SupplierErrorKind::NotFound)
}

fn is_same_stay(live: &PropertyRates, offer: &HotelOffer) -> bool {
    live.property.code == offer.property.code && live.dates == offer.dates
}

/// The live rate for the same rooms, guests, meals and way to pay. Keys are new with every answer; of several, the one
/// on the same terms wins, then the one at the same price, then the cheapest.
fn closest(live: &[Rate], shown: &Rate) -> Option<Rate> {
    let what = |rate: &Rate| {
        let sold = (rate.settlement, rate.package_only, rate.opaque);
        (rate.room.code.clone(), rate.board.code.clone(), rate.rooms, rate.occupancy.clone(), sold)
    };
    let likeness = |rate: &&Rate| {
        let terms = (rate.cancellation == shown.cancellation, rate.promotions == shown.promotions);
        (rate.key == shown.key, terms, rate.net == shown.net, Reverse(rate.net.minor))
    };
    live.iter().filter(|rate| what(rate) == what(shown)).max_by_key(likeness).cloned()
}
