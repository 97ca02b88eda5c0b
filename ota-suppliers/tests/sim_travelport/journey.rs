//! From search to e-ticket and back.

use crate::desk::{Booked, Desk, all, attribute, first};
use crate::requests::{cancel, cancel_air, documents, find, import, retrieve, ticket, void};

const FAMILY: &[(&str, u8)] = &[("ADT", 40), ("ADT", 38), ("CNN", 7), ("INF", 1)];

#[tokio::test]
async fn a_family_flies_to_tokyo_and_back_and_thinks_better_of_it() {
    let desk = Desk::new().await;
    let slices = [("JKT", "TYO", "2027-03-14"), ("TYO", "JKT", "2027-03-28")];
    let solution = desk.priced(&slices, FAMILY, 3).await;
    let order = desk.booked(&solution, FAMILY, "OTA7K2M4P6Q8R0AA").await;

    let shown = desk.send(&retrieve(&order.universal)).await;
    assert_eq!(Booked::read(&shown), order);
    assert_eq!(first(&shown, "RemarkData", |node| node.text().unwrap().to_owned()), "OTA7K2M4P6Q8R0AA");
    assert_eq!(Booked::read(&desk.send(&import(&order.provider)).await), order);

    let issued = desk.send(&ticket(&order.air, &[])).await;
    let numbers = all(&issued, "Ticket", attribute("TicketNumber"));
    assert_eq!(numbers.len(), FAMILY.len());
    assert!(
        numbers.iter().all(|number| number.len() == 13 && number.bytes().all(|b| b.is_ascii_digit())),
        "{numbers:?}"
    );

    let read = desk.send(&documents(&order.air)).await;
    assert_eq!(all(&read, "Ticket", attribute("TicketNumber")), numbers);
    let hits = desk.send(&find("Santo", "2027-03-14", 1, 10)).await;
    assert_eq!(
        all(&hits, "ProductInfo", attribute("ProviderLocatorCode")),
        std::slice::from_ref(&order.provider)
    );
    assert!(!hits.contains("OTA7K2M4P6Q8R0AA"), "a hit shows no remark");

    let voided = desk.send(&void(&order.air, &numbers)).await;
    assert_eq!(all(&voided, "VoidResultInfo", attribute("ResultType")), ["Successful"; 4]);
    let shown = desk.send(&retrieve(&order.universal)).await;
    let cancelled = desk.send(&cancel(&order.universal, &Booked::read(&shown).version)).await;
    assert_eq!(first(&cancelled, "ProviderReservationStatus", attribute("Cancelled")), "true");
    let ledger = desk.ledger().await;
    assert_eq!(ledger["orders"][0]["state"], "cancelled");
    assert_eq!(ledger["orders"][0]["tickets"][3]["state"], "void");
    assert_eq!(ledger["orders"][0]["total"], solution.total);
    desk.simulator.expect("started here").shutdown().await;
}

/// A record search meets every criterion it is given, by any traveler and any flight, page by page.
#[tokio::test]
async fn records_are_found_page_by_page() {
    let desk = Desk::new().await;
    let adult = &FAMILY[..1];
    let mut booked = Vec::new();
    for day in ["2027-03-14", "2027-03-14", "2027-03-14", "2027-03-15"] {
        let solution = desk.priced(&[("JKT", "TYO", day)], adult, 5).await;
        booked.push(desk.booked(&solution, adult, "REF").await.universal);
    }
    let mut found = Vec::new();
    let mut more = true;
    while more {
        let page = desk.send(&find("SANTOSO", "2027-03-14", found.len() + 1, 2)).await;
        found.extend(all(&page, "UniversalRecordSearchResult", attribute("UniversalRecordLocatorCode")));
        more = first(&page, "UniversalRecordSearchRsp", attribute("MoreResults")) == "true";
    }
    assert_eq!(found, booked[..3]);
    for nobody in [find("Wijaya", "2027-03-14", 1, 10), find("Santoso", "2027-03-20", 1, 10)] {
        assert!(all(&desk.send(&nobody).await, "UniversalRecordSearchResult", |_| ()).is_empty());
    }
}

/// Six slices need more coupons than a document has: conjunction documents, all of one traveler.
#[tokio::test]
async fn long_journeys_have_conjunction_documents() {
    let desk = Desk::new().await;
    let slices = [
        ("JKT", "SIN", "2027-03-01"),
        ("SIN", "TYO", "2027-03-04"),
        ("TYO", "HNL", "2027-03-09"),
        ("HNL", "TYO", "2027-03-12"),
        ("TYO", "SIN", "2027-03-20"),
        ("SIN", "JKT", "2027-03-28"),
    ];
    let solution = desk.priced(&slices, &FAMILY[..1], 0).await;
    let order = desk.booked(&solution, &FAMILY[..1], "REF").await;
    let issued = desk.send(&ticket(&order.air, &[])).await;
    let coupons =
        all(&issued, "Ticket", |node| node.children().filter(|c| c.tag_name().name() == "Coupon").count());
    let flights = all(&desk.send(&retrieve(&order.universal)).await, "AirSegment", |_| ()).len();
    assert!(flights > 4 && coupons[..coupons.len() - 1].iter().all(|count| *count == 4), "{coupons:?}");
    assert_eq!((coupons.iter().sum::<usize>(), coupons.len()), (flights, flights.div_ceil(4)));
    let numbers = all(&issued, "Ticket", attribute("TicketNumber"));
    assert!(
        numbers.windows(2).all(|pair| pair[0].parse::<u64>().unwrap() + 1 == pair[1].parse::<u64>().unwrap())
    );
    let shown = desk.send(&retrieve(&order.universal)).await;
    assert_eq!(all(&shown, "ConjunctedTicketInfo", attribute("Number")), numbers[1..]);
}

/// Documents are voided all together, on the day of their issue; a cancel names the version it has seen.
#[tokio::test]
async fn voids_and_cancels_have_conditions() {
    let clock = crate::support::clock(crate::desk::NOW);
    let turned = std::sync::Arc::clone(&clock);
    let desk = Desk::with(move |config| config.clock = turned).await;
    let solution = desk.priced(&[("JKT", "TYO", "2027-03-14")], &FAMILY[..2], 3).await;
    let order = desk.booked(&solution, &FAMILY[..2], "REF").await;
    let numbers = all(&desk.send(&ticket(&order.air, &[])).await, "Ticket", attribute("TicketNumber"));
    let failed = |reply: &str| first(reply, "FailureRemark", |node| node.text().unwrap().to_owned());
    let some = desk.send(&void(&order.air, &numbers[..1])).await;
    assert_eq!(failed(&some), "ALL TICKETS OF THE RESERVATION MUST BE ENUMERATED");
    *clock.0.lock().unwrap() = "2027-02-02T03:00:00Z".parse().unwrap();
    assert_eq!(failed(&desk.send(&void(&order.air, &numbers)).await), "VOID PERIOD EXPIRED");
    assert_eq!(desk.refused(&cancel(&order.universal, "0")).await.0, "3000");
    let reply = desk.send(&cancel_air(&order.air, "1")).await;
    assert!(all(&reply, "AirReservation", |_| ()).is_empty());
    assert_eq!(first(&reply, "UniversalRecord", attribute("Status")), "Cancelled");
    assert_eq!(desk.refused(&cancel(&order.universal, "2")).await.0, "3130");
    // The seats are free again, the documents are not gone.
    let ledger = desk.ledger().await;
    assert_eq!(ledger["orders"][0]["tickets"][0]["state"], "open");
}
