//! The books of supplier and gateway, as an auditor reads them: without asking the server.

use serde_json::Value;

use crate::world::World;

/// What the world holds of one booking.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Books {
    /// Orders that are not cancelled.
    pub(crate) live_orders: usize,
    /// For each live order its open tickets, by traveler.
    pub(crate) tickets: Vec<Vec<u64>>,
    /// Authorised and neither taken nor released, minor units.
    pub(crate) held: i64,
    /// Taken and not given back.
    pub(crate) kept: i64,
    /// Payments from which money was taken.
    pub(crate) charges: usize,
}

/// Reads the books of a world with one booking.
pub(crate) async fn books(world: &World) -> Books {
    let (orders, money) = (world.orders().await, world.money().await);
    let live = || list(&orders["orders"]).iter().filter(|order| order["state"] == "live");
    let tickets = live().map(|order| {
        let open = list(&order["tickets"]).iter().filter(|ticket| ticket["state"] == "open");
        let mut travelers: Vec<u64> = open.filter_map(|ticket| ticket["traveler"].as_u64()).collect();
        travelers.sort_unstable();
        travelers
    });
    let amount = |payment: &Value, name: &str| payment[name].as_i64().unwrap();
    let payments = list(&money["payments"]);
    Books {
        live_orders: live().count(),
        tickets: tickets.collect(),
        held: payments
            .iter()
            .map(|p| amount(p, "authorized") - amount(p, "captured") - amount(p, "voided"))
            .sum(),
        kept: payments.iter().map(|p| amount(p, "captured") - amount(p, "refunded")).sum(),
        charges: payments.iter().filter(|p| amount(p, "captured") > 0).count(),
    }
}

/// One order, one ticket for each traveler, one charge of the price; or nothing at all and the money back. Never two,
/// and nothing between.
#[track_caller]
pub(crate) fn check(books: &Books, booking: &Value, travelers: u64) {
    match booking["status"].as_str().unwrap() {
        "TICKETED" => {
            let everybody: Vec<u64> = (0..travelers).collect();
            let price = &booking["price"]["total"]["amount"];
            let minor: i64 = price.as_str().unwrap().replace('.', "").parse().unwrap();
            let want = Books { live_orders: 1, tickets: vec![everybody], held: 0, kept: minor, charges: 1 };
            assert_eq!(*books, want, "{booking}");
        }
        "REFUNDED" => {
            let kept = (books.live_orders, books.held, books.kept);
            assert_eq!(kept, (0, 0, 0), "{booking}");
        }
        status => panic!("ended {status}: {booking}"),
    }
}

/// The elements of an array.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
