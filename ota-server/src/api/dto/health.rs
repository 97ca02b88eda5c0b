//! What a server that can work says of itself.

use ota_core::model::id::SupplierId;
use ota_core::search::catalog::PropertyCatalog;
use serde::Serialize;

/// `GET /readyz`.
#[derive(Debug, Serialize)]
pub(crate) struct ReadyDto {
    catalogs: Vec<CatalogDto>,
}

/// The properties of a supplier. Until they are loaded, a search by place finds none of them.
#[derive(Debug, Serialize)]
struct CatalogDto {
    supplier: String,
    state: CatalogState,
    properties: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum CatalogState {
    Loading,
    Loaded,
}

impl ReadyDto {
    /// How far the catalogues of these suppliers are.
    pub(crate) fn new<'a>(
        suppliers: impl IntoIterator<Item = &'a SupplierId>,
        loaded: &PropertyCatalog,
    ) -> Self {
        let catalog = |supplier: &SupplierId| {
            let properties = loaded.of(supplier);
            CatalogDto {
                supplier: supplier.to_string(),
                state: if properties.is_some() { CatalogState::Loaded } else { CatalogState::Loading },
                properties: properties.map_or(0, |properties| properties.len()),
            }
        };
        Self { catalogs: suppliers.into_iter().map(catalog).collect() }
    }
}
