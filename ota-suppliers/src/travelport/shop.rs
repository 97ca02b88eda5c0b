//! Search and verify.

use ota_core::model::offer::{FlightOffer, PricedSolution};
use ota_core::model::search::FlightSearch;
use ota_core::supplier::call::{AttemptContext, Effect};
use ota_core::supplier::error::{Commit, SupplierError, SupplierErrorKind};
use ota_core::supplier::{Batch, Live, Severity, VerifyRequest, Warning};

use super::answers::{self, AnswerError};
use super::client::{self, Step};
use super::errors::Refusal;
use super::map::{price, solution};
use super::replies::{self, Reply};
use super::requests::build;
use super::{Travelport, errors};

impl Travelport {
    pub(super) async fn shop(
        &self,
        cx: &AttemptContext,
        search: &FlightSearch,
    ) -> Result<Batch<FlightOffer>, SupplierError> {
        let step = Step { cx, exchange: client::LOW_FARE_SEARCH, commit: Commit::Before };
        let request = build::low_fare_search(&self.office, &cx.trace, &cx.point_of_sale, search);
        let answer = self.client.exchange(step, &request).await?;
        match answers::search(&answer.body, &self.source) {
            // Nothing flies there that day: an answer, not a failure.
            Err(AnswerError::Refused(refusal)) if refusal.kind == SupplierErrorKind::NotFound => {
                let Refusal { code, message, .. } = refusal;
                let warning = Warning { severity: Severity::Info, provider: None, code, message };
                Ok(Batch { warnings: vec![warning], ..Batch::default() })
            }
            other => other.map_err(|error| self.client.unanswered(step, &answer, error)),
        }
    }

    pub(super) async fn price(
        &self,
        cx: &AttemptContext,
        asked: &VerifyRequest<'_>,
    ) -> Result<Live, SupplierError> {
        let step = Step { cx, exchange: client::PRICE, commit: Commit::Before };
        let (office, sale) = (&self.office, &cx.point_of_sale);
        let request =
            build::air_price(office, &cx.trace, sale, asked.search, asked.offer).map_err(|error| {
                self.client.error(step, SupplierErrorKind::BadRequest, "price").caused_by(error)
            })?;
        let answer = self.client.exchange(step, &request).await?;
        match self.live(&answer.body, asked.offer) {
            Err(AnswerError::Refused(refusal)) if is_gone(refusal.kind) => Ok(Live::Gone),
            other => other.map_err(|error| self.client.unanswered(step, &answer, error)),
        }
    }

    fn live(&self, body: &[u8], asked: &FlightOffer) -> Result<Live, AnswerError> {
        let reply = match replies::read(body)? {
            Reply::AirPrice(reply) => reply,
            Reply::Fault(fault) => return Err(errors::fault(&fault, Effect::Read).into()),
            _ => return Err(AnswerError::Unexpected),
        };
        let mut best: Option<(u8, PricedSolution)> = None;
        for priced in &reply.solutions {
            let offer = price::offer(&reply, priced, &self.source)?;
            let likeness = likeness(&offer, asked);
            if best.as_ref().is_none_or(|(known, _)| likeness > *known) {
                let solution = solution::to_request(&reply, priced, &self.office.provider_code)?;
                best = Some((
                    likeness,
                    PricedSolution { offer: offer.into(), solution: solution::token(&solution)? },
                ));
            }
        }
        match best {
            Some((likeness, solution)) if likeness > 0 => Ok(Live::Priced(Box::new(solution))),
            Some(_) => Ok(Live::Gone),
            None => match errors::first_error(&reply.errors, Effect::Read)
                .or_else(|| errors::first_error(&reply.messages, Effect::Read))
            {
                Some(refusal) => Err(refusal.into()),
                None => Err(AnswerError::Unexpected),
            },
        }
    }
}

const fn is_gone(kind: SupplierErrorKind) -> bool {
    matches!(kind, SupplierErrorKind::SoldOut | SupplierErrorKind::NotFound)
}

/// How much of what the customer chose a live price is for: 0 other classes, 1 the same classes, 2 the same
/// fares as well. Among equals the first, which is the cheapest, wins.
fn likeness(offer: &FlightOffer, asked: &FlightOffer) -> u8 {
    let flown = |offer: &FlightOffer, what: fn(&FlightOffer, usize, usize) -> Option<String>| -> Vec<_> {
        let fares = offer.fares.iter().enumerate();
        fares
            .flat_map(|(f, fare)| (0..fare.segments.len()).map(move |s| (f, s)))
            .map(|(f, s)| what(offer, f, s))
            .collect()
    };
    let class = |offer: &FlightOffer, f: usize, s: usize| {
        Some(offer.fares.get(f)?.segments.get(s)?.booking_class.letter().to_string())
    };
    let basis = |offer: &FlightOffer, f: usize, s: usize| {
        let fare = offer.fares.get(f)?;
        let component = fare.segments.get(s)?.component;
        Some(fare.components.get(usize::from(component))?.fare_basis.clone())
    };
    if flown(offer, class) != flown(asked, class) {
        return 0;
    }
    1 + u8::from(flown(offer, basis) == flown(asked, basis))
}
