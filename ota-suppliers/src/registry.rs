//! From an account's configuration to a handle that the engine can call.

use std::sync::Arc;

use ota_core::model::id::SupplierId;
use ota_core::runtime::Runtime;
use ota_core::supplier::Connector;
use ota_core::supplier::account::SupplierAccount;
use ota_core::supplier::handle::{AccountLimits, SupplierHandle};

use crate::config::{AccountConfig, ConnectorConfig, SecretError};
#[cfg(feature = "hotelbeds")]
use crate::hotelbeds::{self, Hotelbeds};
use crate::transport::Transport;
#[cfg(feature = "travelport")]
use crate::travelport::{self, Travelport};

/// Makes the connector of an account, behind the guards of its limits.
///
/// # Errors
/// A secret of the account cannot be had.
pub fn handle(
    config: &AccountConfig,
    limits: AccountLimits,
    transport: Arc<dyn Transport>,
    runtime: &Runtime,
) -> Result<SupplierHandle, SecretError> {
    let clock = Arc::clone(&runtime.clock);
    let (name, contract, connector) = match &config.connector {
        #[cfg(feature = "travelport")]
        ConnectorConfig::Travelport(uapi) => {
            let connector = Travelport::new(config.id.clone(), uapi, transport, clock)?;
            (travelport::SUPPLIER, uapi.branch.as_str(), Connector::Flights(Arc::new(connector)))
        }
        #[cfg(feature = "hotelbeds")]
        ConnectorConfig::Hotelbeds(hotels) => {
            let connector = Hotelbeds::new(hotels, transport, clock)?;
            // The contract is the key's, which is secret.
            (hotelbeds::SUPPLIER, config.id.as_str(), Connector::Stays(Arc::new(connector)))
        }
    };
    let account = SupplierAccount {
        id: config.id.clone(),
        supplier: SupplierId::new(name).expect("a connector's name is a valid id"),
        contract: contract.to_owned(),
        office_zone: config.office_zone.clone(),
        currency: config.currency,
        settlement: config.settlement,
    };
    Ok(SupplierHandle::new(connector, account, limits, runtime.clone()))
}
