//! What did the unclear write do? Looks at the supplier by every name that is known.

use super::believe;
use super::execute::Call;
use crate::booking::command::{Event, ItemRef, OrderFound};
use crate::booking::model::Item;
use crate::limits::FIND_HITS_MAX;
use crate::model::order::{OrderStatus, RecordLocator, SupplierOrder};
use crate::model::traveler::Party;
use crate::supplier::FindRequest;
use crate::supplier::error::{SupplierError, SupplierErrorKind};
use crate::supplier::profile::FindBy;

impl Call<'_> {
    /// The order of an item: by its known locators, else by our reference, whichever attempt's it is.
    pub(super) async fn look_up_order(&self, item: ItemRef) -> Event {
        let party = match self.party().await {
            Ok(party) => party,
            Err(why) => return self.look_failed(why, None),
        };
        let it = &self.booking.items[usize::from(item.0)];
        if it.locators.is_empty() {
            return self.find(it, &party).await;
        }
        match self.retrieve(it, &it.locators).await {
            Ok(order) if !is_ours(&order, it) => Event::Stranger,
            // Another attempt may have come through late: only a search sees its order.
            Ok(order) if it.attempts > 1 && order.status != OrderStatus::Cancelled && can_find(it) => {
                self.find(it, &party).await
            }
            Ok(order) => self.found(it, &party, &order, Vec::new()),
            Err(error) if error.kind == SupplierErrorKind::NotFound && can_find(it) => {
                self.find(it, &party).await
            }
            Err(error) if error.kind == SupplierErrorKind::NotFound => self.no_order(),
            Err(error) => self.failed_look(&error),
        }
    }

    /// The tickets of an order whose locators are known.
    pub(super) async fn look_up_tickets(&self, item: ItemRef) -> Event {
        let party = match self.party().await {
            Ok(party) => party,
            Err(why) => return self.look_failed(why, None),
        };
        let it = &self.booking.items[usize::from(item.0)];
        match self.retrieve(it, &it.locators).await {
            Ok(order) if !is_ours(&order, it) => Event::Stranger,
            Ok(order) => self.found(it, &party, &order, Vec::new()),
            Err(error) if error.kind == SupplierErrorKind::NotFound => self.no_order(),
            Err(error) => self.failed_look(&error),
        }
    }

    /// A surplus order that was to be cancelled.
    pub(super) async fn look_up_surplus(&self, item: ItemRef, locators: &[RecordLocator]) -> Event {
        let it = &self.booking.items[usize::from(item.0)];
        match self.retrieve(it, locators).await {
            Ok(order) if !is_ours(&order, it) => Event::Stranger,
            Ok(order) => Event::Order(OrderFound {
                looked_at: self.at,
                locators: locators.to_vec(),
                problems: Vec::new(),
                differs: None,
                discrepancy: None,
                payee: None,
                cancelled: order.status == OrderStatus::Cancelled,
                tickets: Vec::new(),
                surplus: Vec::new(),
            }),
            Err(error) if error.kind == SupplierErrorKind::NotFound => self.no_order(),
            Err(error) => self.failed_look(&error),
        }
    }

    async fn retrieve(&self, it: &Item, locators: &[RecordLocator]) -> Result<SupplierOrder, SupplierError> {
        self.handle(it)?.retrieve(&self.request(), locators).await
    }

    async fn find(&self, it: &Item, party: &Party) -> Event {
        let since = self.booking.created_at;
        let request = FindRequest { reference: &it.reference.base(), solution: &it.solution, party, since };
        let found = match self.handle(it) {
            Ok(handle) => handle.find(&self.request(), &request).await,
            Err(error) => Err(error),
        };
        let orders = match found {
            Ok(orders) if orders.len() > FIND_HITS_MAX => {
                return self.look_failed("more orders than can be told apart", None);
            }
            Ok(orders) => orders,
            Err(error) => return self.failed_look(&error),
        };
        let mut live: Vec<_> = orders
            .into_iter()
            .filter(|order| order.status != OrderStatus::Cancelled && is_ours(order, it))
            .collect();
        // The one kept is the known one, else one with tickets, else that of the latest attempt.
        live.sort_by_key(|order| {
            let known = order.locators.iter().any(|locator| it.locators.contains(locator));
            std::cmp::Reverse((known, !order.tickets.is_empty(), order.references.iter().max().cloned()))
        });
        let mut live = live.into_iter();
        match live.next() {
            Some(order) => self.found(it, party, &order, live.map(|order| order.locators).collect()),
            None => self.no_order(),
        }
    }

    fn found(
        &self,
        it: &Item,
        party: &Party,
        order: &SupplierOrder,
        surplus: Vec<Vec<RecordLocator>>,
    ) -> Event {
        let seen = believe::order(order, it, party, it.issuing_since.unwrap_or(self.at));
        Event::Order(OrderFound {
            looked_at: self.at,
            locators: order.locators.clone(),
            problems: order.problems.clone(),
            differs: seen.differs,
            discrepancy: seen.discrepancy,
            payee: order.stay.as_ref().and_then(|stay| stay.payee.clone()),
            cancelled: order.status == OrderStatus::Cancelled,
            tickets: seen.tickets,
            surplus,
        })
    }

    fn no_order(&self) -> Event {
        Event::NoOrder { looked_at: self.at }
    }
}

fn can_find(it: &Item) -> bool {
    it.rules.semantics.find_by != FindBy::None
}

/// Shows the reference of one of our attempts. A supplier that cannot find by it does not carry it either.
fn is_ours(order: &SupplierOrder, it: &Item) -> bool {
    let base = it.reference.base();
    !can_find(it) || order.references.iter().any(|reference| reference.base() == base)
}
