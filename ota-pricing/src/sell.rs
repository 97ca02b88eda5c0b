//! The arithmetic of selling: one rounding for the total, exact parts below it.

use ota_core::model::money::{Currency, Money, MoneyError};
use ota_core::model::offer::{FlightOffer, HotelOffer, Offer};
use ota_core::model::passenger::PassengerTypeCode;
use ota_core::model::stay::Rate;
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
/// Of flights, each passenger's fare is raised by the percentage and the fixed amount, taxes are passed on as they are.
/// Of stays, each rate is raised by the percentage, and by the fixed amount for each of its rooms; one whose property
/// sets a price is sold at that. The sum of what is raised is rounded once, to the unit of the rule; where that would
/// not be more than its net, it is the next unit above it: a sell price is never a net price, nor below one. What that
/// gives is allotted to passengers or rooms by their exact shares, so every part is whole and all parts add up.
///
/// What a guest pays at the property is no part of it.
///
/// # Errors
/// The offer is not in `currency`, its parts do not add up to its total, a price that is set is below the net, or an
/// amount does not fit.
pub fn sell(offer: &Offer, markup: Markup, currency: Currency) -> Result<SellPrice, PricingError> {
    match offer {
        Offer::Flight(offer) => flights(offer, markup, currency),
        Offer::Stay(offer) => stays(offer, markup, currency),
    }
}

fn flights(offer: &FlightOffer, markup: Markup, currency: Currency) -> Result<SellPrice, PricingError> {
    let nets = nets(offer, currency)?;
    let shares: Vec<i128> = nets.iter().map(|net| raised(markup, net.fare, 1)).collect();
    let taxes: i128 = nets.iter().map(|net| i128::from(net.taxes)).sum();
    let exact = shares.iter().sum::<i128>() + taxes * WHOLE;
    let total = rounded(markup, exact, offer.total.minor.into());

    let fares = Money::new(minor(total - taxes)?, currency).allocate(&weights(&shares)?);
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

fn stays(offer: &HotelOffer, markup: Markup, currency: Currency) -> Result<SellPrice, PricingError> {
    check_rates(offer, currency)?;
    let open = || offer.rates.iter().filter(|rate| rate.mandatory_price.is_none());
    let shares: Vec<i128> = open().map(|rate| raised(markup, rate.net.minor, rate.rooms)).collect();
    let net: i128 = open().map(|rate| i128::from(rate.net.minor)).sum();
    let raised = if shares.is_empty() { 0 } else { rounded(markup, shares.iter().sum(), net) };
    let mut raised = Money::new(minor(raised)?, currency).allocate(&weights(&shares)?).into_iter();

    let mut rooms = Vec::new();
    for rate in &offer.rates {
        // One part for each rate without a set price, in their order.
        let sold = rate.mandatory_price.or_else(|| raised.next()).ok_or(PricingError::Inconsistent)?;
        rooms.extend(sold.allocate(&vec![1; usize::from(rate.rooms)]));
    }
    let total = Money::sum(currency, rooms.iter().copied())?;
    Ok(SellPrice { passengers: Vec::new(), rooms, total })
}

/// What an amount for so many passengers or rooms is raised to, in basis points of minor units.
fn raised(markup: Markup, net: i64, count: u8) -> i128 {
    i128::from(net) * (WHOLE + i128::from(markup.basis_points))
        + i128::from(markup.fixed) * i128::from(count) * WHOLE
}

/// An exact sum, in basis points, as whole units above the net.
fn rounded(markup: Markup, exact: i128, net: i128) -> i128 {
    let unit = i128::from(markup.unit);
    let rounded = markup.rounding.divide(exact, WHOLE * unit) * unit;
    let above_net = (net.div_euclid(unit) + 1) * unit;
    if rounded > net { rounded } else { above_net }
}

fn weights(shares: &[i128]) -> Result<Vec<u64>, MoneyError> {
    let weights = shares.iter().map(|share| u64::try_from(*share)).collect::<Result<_, _>>();
    weights.map_err(|_| MoneyError::OutOfRange)
}

/// Rates in one currency that add up to the offer's total, none sold below its net.
fn check_rates(offer: &HotelOffer, currency: Currency) -> Result<(), PricingError> {
    let prices = |rate: &Rate| [Some(rate.net), rate.mandatory_price];
    let mut amounts = offer.rates.iter().flat_map(prices).flatten().chain([offer.total]);
    if amounts.any(|amount| amount.currency != currency) {
        return Err(PricingError::OtherCurrency);
    }
    let sum: i128 = offer.rates.iter().map(|rate| i128::from(rate.net.minor)).sum();
    let whole = |rate: &Rate| rate.net.minor >= 0 && rate.rooms > 0;
    if offer.rates.is_empty() || !offer.rates.iter().all(whole) || sum != i128::from(offer.total.minor) {
        return Err(PricingError::Inconsistent);
    }
    if offer.rates.iter().any(|rate| rate.mandatory_price.is_some_and(|set| set.minor < rate.net.minor)) {
        return Err(PricingError::SetBelowNet);
    }
    Ok(())
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
