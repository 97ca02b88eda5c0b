//! Exchange replies -> what is paid and given back, the priced new itinerary, the changed order.

use ota_core::model::money::Money;
use ota_core::model::offer::FlightOffer;
use ota_core::model::order::SupplierOrder;
use ota_core::supplier::Skipped;

use super::{MapError, Source, order, price, value};
use crate::travelport::replies::air::AirPricingSolution;
use crate::travelport::replies::common::Text;
use crate::travelport::replies::exchange::{AirExchangeInfo, AirExchangeRsp};
use crate::travelport::replies::record::RecordRsp;
use crate::travelport::replies::shop::AirPriceRsp;

/// The amounts of an exchange: of one ticket, or of all together.
pub(crate) struct Amounts {
    /// `ExchangeAmount`, which the schema does not explain.
    pub(crate) exchange_amount: Money,
    pub(crate) change_fee: Option<Money>,
    /// What the customer pays on top.
    pub(crate) add_collect: Option<Money>,
    /// What the customer gets back.
    pub(crate) refund: Option<Money>,
    /// Taxes of the old ticket, by code.
    pub(crate) paid_taxes: Vec<(String, Money)>,
}

pub(crate) fn amounts(info: &AirExchangeInfo<'_>) -> Result<Amounts, MapError> {
    let tax = |(code, amount): &(Text<'_>, Text<'_>)| Ok((code.as_ref().to_owned(), value::money(amount)?));
    Ok(Amounts {
        exchange_amount: value::money(info.exchange_amount.as_deref().ok_or(MapError::Amount)?)?,
        change_fee: value::optional_money(info.change_fee.as_deref())?,
        add_collect: value::optional_money(info.add_collection.as_deref())?,
        refund: value::optional_money(info.refund.as_deref())?,
        paid_taxes: info.paid_taxes.iter().map(tax).collect::<Result<_, _>>()?,
    })
}

/// The new itinerary at its price, before the old ticket is counted.
pub(crate) fn offer(solution: &AirPricingSolution<'_>, source: &Source) -> Result<FlightOffer, MapError> {
    price::offer(&AirPriceRsp::default(), solution, source)
}

/// The reservations after the exchange; none in a quote. Their universal record is not named.
pub(crate) fn order(reply: &AirExchangeRsp<'_>) -> Result<Option<(SupplierOrder, Vec<Skipped>)>, MapError> {
    if reply.record.air_reservations.is_empty() {
        return Ok(None);
    }
    let (mut order, skipped) = order::order_and_skipped(&RecordRsp::default(), &reply.record)?;
    order.locators.retain(|locator| !locator.code.is_empty());
    Ok(Some((order, skipped)))
}
