//! Electronic miscellaneous documents.

use jiff::civil::Date;
use ota_core::model::money::Money;
use ota_core::model::order::{OrderTraveler, TicketNumber};

use super::{MapError, value};
use crate::travelport::replies::emd::{Emd as WireEmd, EmdCoupon, EmdInfo};

/// One document with what its coupons have in common. Its number has the form of a ticket's.
pub(crate) struct Emd<'r, 'a> {
    pub(crate) number: TicketNumber,
    /// Of the document as stated, else of all its coupons where they agree; in the supplier's word.
    pub(crate) status: Option<&'r str>,
    /// The document that it goes on from.
    pub(crate) conjunction_of: Option<TicketNumber>,
    /// The ticket that it belongs to.
    pub(crate) ticket: Option<TicketNumber>,
    pub(crate) issued: Option<Date>,
    pub(crate) traveler: Option<OrderTraveler>,
    /// Of the document, or of all in conjunction, on the first of them.
    pub(crate) total: Option<Money>,
    pub(crate) base: Option<Money>,
    pub(crate) wire: &'r WireEmd<'a>,
}

/// The documents of one person's purchase.
pub(crate) fn documents<'r, 'a>(info: &'r EmdInfo<'a>) -> Result<Vec<Emd<'r, 'a>>, MapError> {
    let traveler = info.traveler.as_ref().map(|person| {
        value::traveler(person.traveler_type.as_deref(), person.first.as_deref(), &person.last)
    });
    let number = |text: &str| TicketNumber::new(text).map_err(|_| MapError::Code);
    let mut documents = Vec::with_capacity(info.documents.len());
    for wire in &info.documents {
        let leads = documents.is_empty();
        let amount = |text: &Option<_>| value::optional_money(Option::as_deref(text).filter(|_| leads));
        documents.push(Emd {
            number: number(&wire.number)?,
            status: wire.status.as_deref().or_else(|| common(wire, |coupon| Some(&coupon.status))),
            conjunction_of: wire.in_conjunction_with.as_deref().map(number).transpose()?,
            ticket: wire.associated_ticket.as_deref().map(number).transpose()?,
            issued: wire.issue_date.as_deref().map(value::date).transpose()?,
            traveler: traveler.clone(),
            total: amount(&info.prices.total)?,
            base: amount(&info.prices.base)?,
            wire,
        });
    }
    Ok(documents)
}

/// What all coupons of a document say, where they say the same.
pub(crate) fn common<'r, 'a>(
    document: &'r WireEmd<'a>,
    part: impl Fn(&'r EmdCoupon<'a>) -> Option<&'r str>,
) -> Option<&'r str> {
    let (first, others) = document.coupons.split_first()?;
    let said = part(first)?;
    others.iter().all(|other| part(other) == Some(said)).then_some(said)
}
