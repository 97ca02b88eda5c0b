//! Who asks, from where, until when.

use serde::{Deserialize, Serialize};

use super::id::TenantId;
use super::money::Currency;
use super::place::CountryCode;
use super::time::Timestamp;

/// Where and in which currency the sale is made.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PointOfSale {
    /// Country of sale: suppliers file fares by it.
    pub country: CountryCode,
    /// The one selling currency of a page.
    pub currency: Currency,
    /// IANA zone in which "today" and the sale date are read.
    pub zone: String,
}

/// The caller of the engine. First argument of every engine call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestContext {
    /// Whose request it is.
    pub tenant: TenantId,
    /// The tenant's own name for its user, if it gave one.
    pub user: Option<String>,
    /// BCP 47 language tag for texts.
    pub locale: String,
    /// Where the sale is made.
    pub point_of_sale: PointOfSale,
    /// Correlates log lines and supplier traces. No personal data.
    pub trace: String,
    /// After this no new attempt starts; a write under way is never cut.
    pub deadline: Timestamp,
}
