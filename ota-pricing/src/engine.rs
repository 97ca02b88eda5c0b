//! The engine: rule sets by version, and the port that the search and verify stages call.

use std::collections::BTreeMap;

use ota_core::model::offer::Offer;
use ota_core::pricing::{Pricer, PricingContext, PricingError, SellPrice};

use crate::error::RuleSetError;
use crate::sell::sell;
use crate::tables::RuleSet;

/// [`Pricer`] by rule sets. The current one prices new searches; earlier ones are kept for as long as offers that they
/// priced may still be verified.
///
/// ```
/// use ota_core::pricing::Pricer as _;
/// use ota_pricing::engine::PriceEngine;
/// use ota_pricing::tables::RuleSet;
/// let engine = PriceEngine::new(RuleSet::default(), Vec::new()).unwrap();
/// assert_eq!(engine.rules_version(), RuleSet::default().version());
/// ```
#[derive(Debug, Clone)]
pub struct PriceEngine {
    current: String,
    sets: BTreeMap<String, RuleSet>,
}

impl PriceEngine {
    /// An engine with its current rule set and those before it.
    ///
    /// # Errors
    /// Two sets have one version.
    pub fn new(current: RuleSet, earlier: Vec<RuleSet>) -> Result<Self, RuleSetError> {
        let mut engine = Self { current: current.version().to_owned(), sets: BTreeMap::new() };
        for set in std::iter::once(current).chain(earlier) {
            let version = set.version().to_owned();
            if engine.sets.insert(version.clone(), set).is_some() {
                return Err(RuleSetError::SameVersion(version));
            }
        }
        Ok(engine)
    }
}

impl Pricer for PriceEngine {
    fn rules_version(&self) -> &str {
        &self.current
    }

    fn price(&self, offer: &Offer, context: &PricingContext) -> Result<SellPrice, PricingError> {
        let set = self.sets.get(&context.rules).ok_or(PricingError::NoRule)?;
        let markup = set.markup(&context.point_of_sale).ok_or(PricingError::NoRule)?;
        sell(offer, markup, context.point_of_sale.currency)
    }
}
