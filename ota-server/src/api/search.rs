//! Searching, and other looks at what was found.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use bytes::Bytes;
use ota_core::model::search::{FlightSearch, HotelSearch, InvalidSearch, InvalidStay};
use ota_core::pricing::PricedOffer;
use ota_core::search::SearchError;
use ota_core::search::offer_id::OfferId;
use ota_core::search::page::{InvalidPage, SearchPage};

use super::App;
use super::dto::offer::OfferDto;
use super::dto::search::{PageQuery, SearchRequest, page};
use super::dto::stay_search::StaySearchRequest;
use super::problem::{Kind, Problem};
use crate::middleware::body::{JsonBody, QueryOf};
use crate::middleware::context::Caller;

/// `POST /v1/flights/search`: asks the suppliers, or memory.
pub(crate) async fn flights(
    State(app): State<Arc<App>>,
    Caller(cx): Caller,
    QueryOf(query): QueryOf<PageQuery>,
    JsonBody(request): JsonBody<SearchRequest>,
) -> Result<impl IntoResponse, Problem> {
    let request_page = query.into_request(cx.point_of_sale.currency)?;
    let found = app.search.flights(&cx, &FlightSearch::try_from(request)?, &request_page).await?;
    answer(&found)
}

/// `POST /v1/hotels/search`: the same for rooms.
pub(crate) async fn stays(
    State(app): State<Arc<App>>,
    Caller(cx): Caller,
    QueryOf(query): QueryOf<PageQuery>,
    JsonBody(request): JsonBody<StaySearchRequest>,
) -> Result<impl IntoResponse, Problem> {
    let request_page = query.into_request(cx.point_of_sale.currency)?;
    let found = app.search.stays(&cx, &HotelSearch::try_from(request)?, &request_page).await?;
    answer(&found)
}

/// `GET /v1/searches/{src}`: other filters, order and pages. Asks no supplier.
pub(crate) async fn view(
    State(app): State<Arc<App>>,
    Caller(cx): Caller,
    Path(search): Path<String>,
    QueryOf(query): QueryOf<PageQuery>,
) -> Result<impl IntoResponse, Problem> {
    let generation = search.parse().map_err(|_| Kind::NotFound)?;
    let request_page = query.into_request(cx.point_of_sale.currency)?;
    answer(&app.search.page(&cx, generation, &request_page).await?)
}

/// Writes an offer for clients: once for each generation and pricing basis.
pub(crate) fn render(priced: &PricedOffer<'_>, id: &OfferId, margin: Duration) -> Bytes {
    let dto = OfferDto::new(Some(id.to_string()), priced.offer, priced.sell, margin);
    serde_json::to_vec(&dto).expect("an offer has only string keys").into()
}

fn answer(found: &SearchPage) -> Result<impl IntoResponse + use<>, Problem> {
    let body = page(found).map_err(|_| Kind::Internal)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body))
}

impl From<SearchError> for Problem {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Search(invalid) => invalid.into(),
            SearchError::Stay(invalid) => invalid.into(),
            SearchError::Page(invalid) => invalid.into(),
            SearchError::Expired => Kind::SearchExpired.into(),
            SearchError::NothingSold => Kind::NothingSold.into(),
            SearchError::Busy => Kind::Overloaded.into(),
            _ => Kind::Internal.into(),
        }
    }
}

impl From<InvalidSearch> for Problem {
    fn from(invalid: InvalidSearch) -> Self {
        let kind = match invalid {
            InvalidSearch::SliceCount | InvalidSearch::DatesOutOfOrder => Kind::InvalidSlices,
            InvalidSearch::SamePlace => Kind::SamePlace,
            InvalidSearch::PastDate => Kind::PastDate,
            InvalidSearch::TooFarAhead => Kind::DateTooFarAhead,
            InvalidSearch::SeatedPassengers => Kind::SeatedPassengers,
            InvalidSearch::TooManyInfants => Kind::TooManyInfants,
            _ => Kind::InvalidRequest,
        };
        Self::new(kind, invalid.to_string())
    }
}

impl From<InvalidStay> for Problem {
    fn from(invalid: InvalidStay) -> Self {
        let kind = match invalid {
            InvalidStay::RoomCount | InvalidStay::Guests | InvalidStay::ChildAge => Kind::InvalidRooms,
            InvalidStay::Nights => Kind::InvalidNights,
            InvalidStay::UnknownPlace => Kind::UnknownPlace,
            InvalidStay::PropertyCount | InvalidStay::Radius => Kind::InvalidArea,
            InvalidStay::PastDate => Kind::PastDate,
            InvalidStay::TooFarAhead => Kind::DateTooFarAhead,
            _ => Kind::InvalidRequest,
        };
        Self::new(kind, invalid.to_string())
    }
}

impl From<InvalidPage> for Problem {
    fn from(invalid: InvalidPage) -> Self {
        Self::new(Kind::InvalidRequest, invalid.to_string())
    }
}
