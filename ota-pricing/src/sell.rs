//! The arithmetic of selling: one rounding for the total, exact parts below it.

use ota_core::model::money::{Currency, Money, MoneyError};
use ota_core::model::offer::{FlightOffer, Offer};
use ota_core::model::passenger::PassengerTypeCode;
use ota_core::pricing::{PassengerPrice, PriceLine, PriceLineKind, PricingError, SellPrice};

use crate::tables::Markup;

/// Basis points of the whole.
const WHOLE: i128 = 10_000;

/// What one passenger costs, net, in minor units of the selling currency.
struct Net {
    passenger_type: PassengerTypeCode,
    fare: i64,
    taxes: i64,
}

/// The sell price of a net offer.
///
/// Each passenger's fare is raised by the percentage and the fixed amount, taxes are passed on as they are. The sum is
/// rounded once, to the unit of the rule; where that would not be more than the net total, it is the next unit above
/// it: a sell price is never a net price, nor below one. What it leaves for fares is allotted to the passengers by
/// their exact shares, so every line is whole and all lines add up.
///
/// # Errors
/// The offer is not in `currency`, its parts do not add up to its total, or an amount does not fit.
pub fn sell(offer: &Offer, markup: Markup, currency: Currency) -> Result<SellPrice, PricingError> {
    match offer {
        Offer::Flight(offer) => flights(offer, markup, currency),
        Offer::Stay(_) => Err(PricingError::NoRule),
    }
}

fn flights(offer: &FlightOffer, markup: Markup, currency: Currency) -> Result<SellPrice, PricingError> {
    let nets = nets(offer, currency)?;
    let shares: Vec<i128> = nets
        .iter()
        .map(|net| {
            i128::from(net.fare) * (WHOLE + i128::from(markup.basis_points))
                + i128::from(markup.fixed) * WHOLE
        })
        .collect();
    let taxes: i128 = nets.iter().map(|net| i128::from(net.taxes)).sum();
    let exact = shares.iter().sum::<i128>() + taxes * WHOLE;
    let unit = i128::from(markup.unit);
    let net_total = i128::from(offer.total.minor);
    let rounded = markup.rounding.divide(exact, WHOLE * unit) * unit;
    let above_net = (net_total.div_euclid(unit) + 1) * unit;
    let total = if rounded > net_total { rounded } else { above_net };

    let fares = Money::new(minor(total - taxes)?, currency);
    let weights = shares.iter().map(|share| u64::try_from(*share)).collect::<Result<Vec<_>, _>>();
    let fares = fares.allocate(&weights.map_err(|_| MoneyError::OutOfRange)?);
    let passengers = nets.iter().zip(fares).map(|(net, fare)| {
        let taxes = Money::new(net.taxes, currency);
        let line = |kind, amount| PriceLine { kind, amount };
        let lines = vec![line(PriceLineKind::Fare, fare), line(PriceLineKind::Taxes, taxes)];
        Ok(PassengerPrice { passenger_type: net.passenger_type, lines, total: fare.plus(taxes)? })
    });
    Ok(SellPrice {
        rooms: Vec::new(),
        passengers: passengers.collect::<Result<_, MoneyError>>()?,
        total: Money::new(minor(total)?, currency),
    })
}

/// One entry for every passenger, checked against the offer's total.
fn nets(offer: &FlightOffer, currency: Currency) -> Result<Vec<Net>, PricingError> {
    let mut nets = Vec::new();
    for fare in &offer.fares {
        if fare.total.currency != currency {
            return Err(PricingError::OtherCurrency);
        }
        let taxes = fare.tax_total()?.minor;
        let paid = fare.total.minor.checked_sub(taxes).ok_or(MoneyError::OutOfRange)?;
        if taxes < 0 || paid < 0 {
            return Err(PricingError::Inconsistent);
        }
        let net = || Net { passenger_type: fare.passenger_type, fare: paid, taxes };
        nets.extend((0..fare.count).map(|_| net()));
    }
    let sum: i128 = nets.iter().map(|net| i128::from(net.fare) + i128::from(net.taxes)).sum();
    if offer.total.currency != currency {
        return Err(PricingError::OtherCurrency);
    }
    if nets.is_empty() || sum != i128::from(offer.total.minor) {
        return Err(PricingError::Inconsistent);
    }
    Ok(nets)
}

fn minor(amount: i128) -> Result<i64, MoneyError> {
    i64::try_from(amount).map_err(|_| MoneyError::OutOfRange)
}
