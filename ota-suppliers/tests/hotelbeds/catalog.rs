//! The catalogue, filled from the simulator: what is found by position is what the supplier has at the destination.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ota_core::limits::PROPERTIES_PER_SEARCH_MAX;
use ota_core::model::id::PropertyCode;
use ota_core::model::place::CityCode;
use ota_core::model::search::StayPlace;
use ota_core::runtime::Clock as _;
use ota_core::search::catalog::{CatalogLoader, LoadPolicy, PropertyCatalog};
use ota_core::supplier::call::Op;
use ota_core::supplier::handle::{AccountLimits, SupplierHandle};
use ota_core::supplier::{Connector, ContentRequest, HotelSupplier as _, StayRequest};
use ota_core::testing::samples;

use crate::world::World;

/// Property codes by the supplier's own word for where they are.
async fn by_destination(world: &World) -> BTreeMap<String, BTreeSet<PropertyCode>> {
    let mut found: BTreeMap<String, BTreeSet<PropertyCode>> = BTreeMap::new();
    let mut request = ContentRequest::default();
    loop {
        let page = world.desk.connector.content(&world.desk.cx(Op::Content), &request).await.unwrap();
        for property in page.batch.items {
            found.entry(property.destination.unwrap()).or_default().insert(property.code);
        }
        match page.next {
            Some(next) => request.cursor = Some(next),
            None => return found,
        }
    }
}

#[tokio::test]
async fn a_city_is_searched_in_the_properties_that_stand_there() {
    let world = World::new().await;
    let runtime = world.desk.clock.runtime();
    let connector = Connector::Stays(Arc::clone(&world.desk.connector) as _);
    let account = samples::account("hotelbeds-1");
    let handle = SupplierHandle::new(connector, account, AccountLimits::default(), runtime.clone());
    let (catalog, cx) = (PropertyCatalog::default(), samples::context(world.desk.clock.now()));
    let supplier = handle.account().supplier.clone();
    let loader =
        CatalogLoader::new(catalog.clone(), [handle.clone()], cx.clone(), runtime, LoadPolicy::default());
    let loaded = loader.load(&supplier).await.unwrap();
    let destinations = by_destination(&world).await;
    let all: usize = destinations.values().map(BTreeSet::len).sum();
    assert_eq!((loaded.properties, loaded.left_out), (all, Vec::new()));
    for (city, codes) in &destinations {
        let place = StayPlace::City(CityCode::new(city).unwrap());
        let found = catalog.find(&supplier, &place, PROPERTIES_PER_SEARCH_MAX).unwrap();
        assert!(!found.cut && found.codes.into_iter().collect::<BTreeSet<_>>() == *codes, "{city}");
    }
    // Asked live, each stands in the zone of its city, by the offsets of its cancellation steps too.
    let search = world.desk.search();
    let found = catalog.find(&supplier, &search.place, PROPERTIES_PER_SEARCH_MAX).unwrap();
    let request = StayRequest { search: &search, properties: &found.codes };
    let batch = handle.stays(&cx, &request).await.unwrap();
    assert!(batch.items.len() > 100 && batch.warnings.is_empty(), "{:?}", batch.warnings);
    let zone = catalog.zone(&search.place, world.desk.clock.now());
    for item in &batch.items {
        assert_eq!(item.property.zone.as_deref(), zone.iana_name());
    }
    world.sim.shutdown().await;
}
