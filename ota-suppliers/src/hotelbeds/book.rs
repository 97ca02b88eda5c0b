//! A booking: the exchange that commits to money.

use ota_core::model::booked;
use ota_core::model::offer::HotelOffer;
use ota_core::model::order::SupplierOrder;
use ota_core::model::rooms;
use ota_core::supplier::OrderRequest;
use ota_core::supplier::call::AttemptContext;
use ota_core::supplier::error::{Commit, SupplierError, SupplierErrorKind};

use super::client::Step;
use super::{Hotelbeds, requests};

impl Hotelbeds {
    /// One exchange commits; its answer is compared with what was sent, and a new booking is believed only after it has
    /// been retrieved and shows the same.
    pub(super) async fn book(
        &self,
        cx: &AttemptContext,
        asked: &OrderRequest<'_>,
    ) -> Result<SupplierOrder, SupplierError> {
        let step = Step::commit(cx);
        let bad = |message: &str| self.client.error(step, SupplierErrorKind::BadRequest, message);
        let offer = asked.solution.offer.stay().ok_or_else(|| bad("no rooms are ordered"))?;
        let rooms = rooms::lodge(offer, asked.party)
            .map_err(|error| bad("guests and rooms do not fit").caused_by(error))?;
        let call = requests::book(&rooms, offer.dates, asked.party, asked.reference, self.tolerance_percent);
        let made = self.client.ask(step, call, super::service::booking).await?;
        self.compare(step, &made, offer, asked)?;

        let look = Step { cx, commit: Commit::After };
        let mut seen = self.record(look, &made.locators).await?;
        self.compare(look, &seen, offer, asked)?;
        // Some problems are told only once, by the booking itself.
        let told = made.problems.into_iter().filter(|problem| !seen.problems.contains(problem));
        let told: Vec<_> = told.collect();
        seen.problems.extend(told);
        Ok(seen)
    }

    /// Another stay is no answer. Another price or other terms stay in the order, for people to see.
    fn compare(
        &self,
        step: Step<'_>,
        order: &SupplierOrder,
        offer: &HotelOffer,
        asked: &OrderRequest<'_>,
    ) -> Result<(), SupplierError> {
        if !order.references.contains(asked.reference) {
            return Err(self.client.differs(step, "the booking does not carry our reference"));
        }
        for difference in booked::differences(order, offer, asked.party) {
            if difference.is_another_stay() {
                return Err(self.client.differs(step, difference));
            }
            tracing::warn!(supplier = %self.client.supplier, reference = %asked.reference, %difference, "booked");
        }
        Ok(())
    }
}
