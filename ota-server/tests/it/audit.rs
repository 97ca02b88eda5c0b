//! The books of supplier and gateway, as an auditor reads them: without asking the server.

use serde_json::Value;

use crate::world::World;

/// What the world holds of one booking.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Books {
    /// Orders that are not cancelled.
    pub(crate) live_orders: usize,
    /// For each live order of flights its open tickets, by traveler.
    pub(crate) tickets: Vec<Vec<u64>>,
    /// For each live order of a stay, how many sleep there.
    pub(crate) guests: Vec<u64>,
    /// Authorised and neither taken nor released, minor units.
    pub(crate) held: i64,
    /// Taken and not given back.
    pub(crate) kept: i64,
    /// Payments from which money was taken.
    pub(crate) charges: usize,
}

/// Reads the books of a world with one booking.
pub(crate) async fn books(world: &World) -> Books {
    fn live(ledger: &Value) -> impl Iterator<Item = &Value> {
        list(&ledger["orders"]).iter().filter(|order| order["state"] == "live")
    }
    let (orders, stays, money) = (world.orders().await, world.stays().await, world.money().await);
    let tickets = live(&orders).map(|order| {
        let open = list(&order["tickets"]).iter().filter(|ticket| ticket["state"] == "open");
        let mut travelers: Vec<u64> = open.filter_map(|ticket| ticket["traveler"].as_u64()).collect();
        travelers.sort_unstable();
        travelers
    });
    let amount = |payment: &Value, name: &str| payment[name].as_i64().unwrap();
    let payments = list(&money["payments"]);
    Books {
        live_orders: live(&orders).count() + live(&stays).count(),
        tickets: tickets.collect(),
        guests: live(&stays).filter_map(|stay| stay["guests"].as_u64()).collect(),
        held: payments
            .iter()
            .map(|p| amount(p, "authorized") - amount(p, "captured") - amount(p, "voided"))
            .sum(),
        kept: payments.iter().map(|p| amount(p, "captured") - amount(p, "refunded")).sum(),
        charges: payments.iter().filter(|p| amount(p, "captured") > 0).count(),
    }
}

/// One order, of flights with one ticket for each traveler, of a stay with everybody in it, one charge of the price; or
/// nothing at all and the money back. Never two, and nothing between.
#[track_caller]
pub(crate) fn check(books: &Books, booking: &Value, travelers: u64) {
    match booking["status"].as_str().unwrap() {
        "TICKETED" => {
            let (tickets, guests) = match booking["items"][0]["kind"].as_str().unwrap() {
                "FLIGHT" => (vec![(0..travelers).collect()], Vec::new()),
                _ => (Vec::new(), vec![travelers]),
            };
            let price = &booking["price"]["total"]["amount"];
            let minor: i64 = price.as_str().unwrap().replace('.', "").parse().unwrap();
            let want = Books { live_orders: 1, tickets, guests, held: 0, kept: minor, charges: 1 };
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
