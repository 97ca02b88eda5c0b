//! Looking up 200,000 properties: all over the world (the aim is tens of microseconds), all in one city (the worst
//! there is), and what it costs to put them in order once.
#![allow(missing_docs, clippy::unwrap_used)] // the macros make public functions; a bench may fail

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use ota_core::limits;
use ota_core::model::id::PropertyCode;
use ota_core::model::place::CityCode;
use ota_core::model::places::{Position, places};
use ota_core::model::search::StayPlace;
use ota_core::model::stay::Property;
use ota_core::search::catalog::Properties;

const PROPERTIES: u64 = 200_000;

/// Within so many microdegrees of a centre.
fn properties(centre: impl Fn(u64) -> Position, spread: u64) -> Vec<Property> {
    // A multiplicative hash scatters them the same way in every run.
    let scatter = |number: u64, salt: u64| {
        let mixed = (number * 2 + salt).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        i32::try_from(mixed % (2 * spread)).unwrap() - i32::try_from(spread).unwrap()
    };
    let property = |number| {
        let Position { latitude, longitude } = centre(number);
        let position = Position {
            latitude: (latitude + scatter(number, 0)).clamp(-90_000_000, 90_000_000),
            longitude: (longitude + scatter(number, 1)).clamp(-180_000_000, 180_000_000),
        };
        Property {
            code: PropertyCode::new(&number.to_string()).unwrap(),
            name: format!("Hotel {number}"),
            category: None,
            destination: None,
            position: Some(position),
            zone: Some("Asia/Tokyo".to_owned()),
        }
    };
    (0..PROPERTIES).map(property).collect()
}

fn catalog(criterion: &mut Criterion) {
    let tokyo = places().city(CityCode::new("TYO").unwrap()).unwrap();
    let place = StayPlace::City(tokyo.code);
    let cities = places().cities();
    let world = properties(|number| cities[number as usize % cities.len()].position, 300_000);
    let crowd = properties(|_| tokyo.position, 200_000);
    for (name, properties) in [("the world", &world), ("one city", &crowd)] {
        let properties = Properties::new(properties.clone());
        criterion.bench_function(&format!("a city of 200,000 properties in {name}"), |bencher| {
            bencher.iter(|| properties.find(black_box(&place), limits::PROPERTIES_PER_SEARCH_MAX));
        });
        let code = PropertyCode::new("123456").unwrap();
        criterion.bench_function(&format!("a code of 200,000 in {name}"), |bencher| {
            bencher.iter(|| properties.get(black_box(&code)).is_some());
        });
    }
    criterion.bench_function("put 200,000 properties in order", |bencher| {
        bencher.iter_batched(|| world.clone(), Properties::new, criterion::BatchSize::LargeInput);
    });
}

criterion_group!(benches, catalog);
criterion_main!(benches);
