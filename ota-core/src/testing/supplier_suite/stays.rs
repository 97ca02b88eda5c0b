//! What every connector of stays must do.

use std::collections::BTreeSet;

use super::SupplierSuite;
use crate::model::check::Checked;
use crate::model::id::PropertyCode;
use crate::model::offer::{HotelOffer, Offer, PricedSolution};
use crate::model::order::{OrderStatus, SupplierOrder};
use crate::model::rooms;
use crate::model::search::{HotelSearch, Search};
use crate::model::stay::{Rate, RateType};
use crate::supplier::call::Op;
use crate::supplier::{
    CancelRequest, ContentPage, ContentRequest, HotelSupplier, Live, StayRequest, StayVerifyRequest,
};

/// Most properties that are searched.
const PROPERTIES_MAX: usize = 20;

impl SupplierSuite {
    pub(super) async fn stays(&self, supplier: &dyn HotelSupplier, search: &HotelSearch) {
        let can = supplier.profile().capabilities;
        let properties = self.the_catalogue_goes_on_from_page_to_page(supplier).await;
        let offers = self.every_rate_passes_the_gate(supplier, search, &properties).await;
        let solution = self.offers_of_every_kind_can_be_priced(supplier, search, &offers).await;
        if !can.create_order {
            return;
        }
        self.nothing_is_found_before_it_is_made(&solution).await;
        let order = self.an_order_has_the_rooms_asked_for(&solution).await;
        self.all_attempts_of_a_reference_are_found(&solution, &order).await;
        if can.retrieve {
            self.an_order_shows_what_it_has(&order, &[]).await;
        }
        if can.quote_cancel {
            self.a_cancellation_is_priced_and_not_made(supplier, &order).await;
        }
        if can.cancel {
            self.a_cancelled_order_stays_cancelled(&order).await;
        }
    }

    async fn content(&self, supplier: &dyn HotelSupplier, cursor: Option<String>) -> ContentPage {
        supplier.content(&self.cx(Op::Content), &ContentRequest { cursor }).await.unwrap()
    }

    async fn the_catalogue_goes_on_from_page_to_page(
        &self,
        supplier: &dyn HotelSupplier,
    ) -> Vec<PropertyCode> {
        let first = self.content(supplier, None).await;
        let second = match &first.next {
            Some(next) => self.content(supplier, Some(next.clone())).await.batch.items,
            None => Vec::new(),
        };
        assert!(first.next.is_none() || !second.is_empty(), "a page that is announced has something");
        let mut codes = BTreeSet::new();
        for property in first.batch.items.iter().chain(&second) {
            assert!(!property.name.is_empty() && property.position.is_some() && property.zone.is_some());
            assert!(codes.insert(&property.code), "no property is on two pages");
        }
        first.batch.items.iter().map(|property| property.code.clone()).take(PROPERTIES_MAX).collect()
    }

    async fn every_rate_passes_the_gate(
        &self,
        supplier: &dyn HotelSupplier,
        search: &HotelSearch,
        properties: &[PropertyCode],
    ) -> Vec<HotelOffer> {
        let cx = self.cx(Op::Search);
        let batch = supplier.search(&cx, &StayRequest { search, properties }).await.unwrap();
        let mut offers = Vec::new();
        for property in &batch.items {
            assert!(properties.contains(&property.property.code), "only what was asked for");
            assert_eq!(property.dates, search.dates);
            for rate in &property.rates {
                Checked::rate(rate.clone()).unwrap();
            }
            let id = &supplier.profile().supplier;
            offers.extend(rooms::offers(id, &cx.account, property, &search.rooms));
        }
        for offer in &offers {
            Checked::stay(offer.clone(), &search.rooms).unwrap();
        }
        assert!(!offers.is_empty(), "a search that has offers");
        offers
    }

    /// The first offer whose rates are final, and the first that has one to be checked, each with rooms enough though all
    /// should be of one kind; one of them comes back.
    async fn offers_of_every_kind_can_be_priced(
        &self,
        supplier: &dyn HotelSupplier,
        search: &HotelSearch,
        offers: &[HotelOffer],
    ) -> PricedSolution {
        let is_final =
            |offer: &&HotelOffer| offer.rates.iter().all(|rate| rate.rate_type == Some(RateType::Bookable));
        let enough = |rate: &Rate| rate.left.is_none_or(|left| usize::from(left) >= search.rooms.len());
        let offers = || offers.iter().filter(|offer| offer.rates.iter().all(enough));
        let chosen = [offers().find(is_final), offers().find(|offer| !is_final(offer))];
        let mut priced = None;
        for offer in chosen.into_iter().flatten() {
            let request = StayVerifyRequest { search, offer };
            let live = supplier.verify(&self.cx(Op::Verify), &request).await.unwrap();
            let Live::Priced(solution) = live else { panic!("what was just offered is gone") };
            Checked::answer(solution.offer.clone(), &Search::Stays(search.clone())).unwrap();
            let Offer::Stay(live) = &solution.offer else { panic!("rooms are priced as rooms") };
            let what = |rate: &Rate| (rate.room.code.clone(), rate.board.code.clone(), rate.rooms);
            let rooms = |offer: &HotelOffer| offer.rates.iter().map(what).collect::<Vec<_>>();
            assert_eq!((&live.property.code, rooms(live)), (&offer.property.code, rooms(offer)));
            assert!(is_final(&live), "a live price is final");
            priced = priced.or(Some(*solution));
        }
        priced.expect("an offer was priced")
    }

    async fn an_order_has_the_rooms_asked_for(&self, solution: &PricedSolution) -> SupplierOrder {
        let order = self.an_order_is_what_was_asked_for(solution, OrderStatus::Confirmed).await;
        let (offer, stay) = (solution.offer.stay().unwrap(), order.stay.as_ref().expect("a stay"));
        assert_eq!((&stay.property.code, stay.dates), (&offer.property.code, offer.dates));
        let mut booked: Vec<_> = stay.rooms.iter().flat_map(|room| &room.rates).map(occupied).collect();
        let mut asked: Vec<_> = offer.rates.iter().map(occupied).collect();
        booked.sort();
        asked.sort();
        assert_eq!(booked, asked);
        order
    }

    async fn a_cancellation_is_priced_and_not_made(
        &self,
        supplier: &dyn HotelSupplier,
        order: &SupplierOrder,
    ) {
        let request = CancelRequest { locators: &order.locators };
        let cost = supplier.quote_cancel(&self.cx(Op::QuoteCancel), &request).await.unwrap();
        if let (Some(fee), Some(total)) = (cost.fee, order.total) {
            assert!(fee.currency == total.currency && (0..=total.minor).contains(&fee.minor), "{fee}");
        }
        if supplier.profile().capabilities.retrieve {
            assert_eq!(self.seen(order).await.status, order.status);
        }
    }
}

/// How many rooms, for whom, with which meals.
fn occupied(rate: &Rate) -> (u8, u8, Vec<u8>, String) {
    let who = &rate.occupancy;
    (rate.rooms, who.adults, who.child_ages.clone(), rate.board.code.clone())
}
