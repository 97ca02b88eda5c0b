//! Contracts with suppliers, and who sells under which.

use std::collections::{BTreeMap, HashMap};

use super::Connector;
use super::handle::SupplierHandle;
use crate::model::fare::Settlement;
use crate::model::id::{AccountId, SupplierId, TenantId};
use crate::model::money::Currency;
use crate::model::search::Search;

/// One contract with a supplier. Prices belong to a contract, not to a supplier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplierAccount {
    /// Its name here; secrets are configured under it and never stand in it.
    pub id: AccountId,
    /// Which kind of connector.
    pub supplier: SupplierId,
    /// The branch, office or contract at the supplier.
    pub contract: String,
    /// IANA zone of that office, in which its day ends: void windows are counted there.
    pub office_zone: String,
    /// In which currency it settles.
    pub currency: Currency,
    /// Who pays the supplier.
    pub settlement: Settlement,
}

/// The handles that one tenant sells through, by account.
#[derive(Debug, Clone, Default)]
pub struct SupplierSet(BTreeMap<AccountId, SupplierHandle>);

impl SupplierSet {
    /// The handle of an account.
    #[must_use]
    pub fn get(&self, account: &AccountId) -> Option<&SupplierHandle> {
        self.0.get(account)
    }

    /// All of them, in the order of their accounts.
    pub fn iter(&self) -> impl Iterator<Item = &SupplierHandle> {
        self.0.values()
    }

    /// Those that can answer a search, in the order of their accounts: tenants with the same ones share its results.
    pub fn selling(&self, search: &Search) -> impl Iterator<Item = &SupplierHandle> {
        let flights = search.flights().is_some();
        self.iter().filter(move |handle| matches!(handle.connector(), Connector::Flights(_)) == flights)
    }
}

impl FromIterator<SupplierHandle> for SupplierSet {
    /// Handles by account; of two with one account the later stays.
    fn from_iter<I: IntoIterator<Item = SupplierHandle>>(handles: I) -> Self {
        Self(handles.into_iter().map(|handle| (handle.account().id.clone(), handle)).collect())
    }
}

/// Every tenant's set. Tenants may share an account, and then share its handle and its limits.
#[derive(Debug, Clone, Default)]
pub struct Suppliers(HashMap<TenantId, SupplierSet>);

impl Suppliers {
    /// What a tenant sells through; `None` for one that is not known.
    #[must_use]
    pub fn of(&self, tenant: &TenantId) -> Option<&SupplierSet> {
        self.0.get(tenant)
    }
}

impl FromIterator<(TenantId, SupplierSet)> for Suppliers {
    fn from_iter<I: IntoIterator<Item = (TenantId, SupplierSet)>>(sets: I) -> Self {
        Self(sets.into_iter().collect())
    }
}
