//! What a search offers, counted and added up from the XML alone.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::{Document, Node};

use crate::desk::{Desk, all, attribute};
use crate::requests::{request_of, search};

const ONE: &[(&str, u8)] = &[("ADT", 30)];

fn children<'a>(node: Node<'a, 'a>, name: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.descendants().filter(move |child| child.tag_name().name() == name)
}

/// Offers of a reply in either shape: one per combination of options.
fn count(document: &Document<'_>) -> usize {
    let root = document.root_element();
    let solutions = children(root, "AirPricingSolution").count();
    let points = children(root, "AirPricePoint").map(|point| {
        let info = children(point, "AirPricingInfo").next().unwrap();
        children(info, "FlightOption").map(|option| children(option, "Option").count()).product::<usize>()
    });
    solutions + points.sum::<usize>()
}

#[tokio::test]
async fn a_day_from_jakarta_to_tokyo() {
    let desk = Desk::new().await;
    for shape in ["", r#"SolutionResult="true""#] {
        let reply = desk.send(&search(&[("JKT", "TYO", "2027-03-14")], ONE, shape)).await;
        let document = Document::parse(&reply).unwrap();
        assert!(count(&document) >= 300, "{} offers", count(&document));
        let carriers: BTreeSet<_> =
            all(&reply, "AirPricingInfo", attribute("PlatingCarrier")).into_iter().collect();
        assert!(carriers.len() >= 20, "{carriers:?}");
        assert!(carriers.contains("GA") && carriers.contains("NH"), "{carriers:?}");
        let basis: BTreeSet<_> = all(&reply, "FareInfo", attribute("FareBasis")).into_iter().collect();
        assert!(basis.len() >= 12, "{basis:?}");
        let brands: BTreeSet<_> = all(&reply, "Brand", attribute("BrandID")).into_iter().collect();
        assert!(brands.len() >= 5, "{brands:?}");
        assert!(!all(&reply, "CodeshareInfo", |_| ()).is_empty());
        let connections = if shape.is_empty() { "Option" } else { "AirPricingSolution" };
        let with = all(&reply, connections, |node| {
            node.children().any(|child| child.tag_name().name() == "Connection")
        });
        assert!(with.contains(&true) && with.contains(&false), "connections and non-stop flights");
        let overnight = all(&reply, "AirSegment", |node| {
            node.attribute("DepartureTime").unwrap()[..10] < node.attribute("ArrivalTime").unwrap()[..10]
        });
        assert!(overnight.contains(&true));
        for airport in ["NRT", "HND"] {
            assert!(
                all(&reply, "AirSegment", attribute("Destination")).contains(&airport.to_owned()),
                "{airport}"
            );
        }
    }
}

#[tokio::test]
async fn every_local_time_has_the_offset_of_its_place() {
    let desk = Desk::new().await;
    // The second one crosses the date line, the third one ends in a place with half an hour in its offset.
    for (from, to, day, offsets) in [
        ("CGK", "NRT", "2027-03-14", ["+07:00", "+09:00"]),
        ("NRT", "HNL", "2027-03-14", ["+09:00", "-10:00"]),
        ("SIN", "DEL", "2027-07-01", ["+08:00", "+05:30"]),
        ("CDG", "JFK", "2027-03-20", ["+01:00", "-04:00"]),
    ] {
        let reply = desk.send(&search(&[(from, to, day)], ONE, "")).await;
        for segment in all(&reply, "AirSegment", |n| {
            ["Origin", "Destination", "DepartureTime", "ArrivalTime"]
                .map(|name| n.attribute(name).unwrap().to_owned())
        }) {
            for (place, time) in [(&segment[0], &segment[2]), (&segment[1], &segment[3])] {
                if let Some(end) = [from, to].iter().position(|code| code == place) {
                    assert!(time.ends_with(offsets[end]), "{segment:?}");
                }
            }
        }
    }
    let reply = desk.send(&search(&[("NRT", "HNL", "2027-03-14")], ONE, "")).await;
    let earlier = all(&reply, "AirSegment", |n| {
        n.attribute("ArrivalTime").unwrap()[..16] < n.attribute("DepartureTime").unwrap()[..16]
    });
    assert!(earlier.contains(&true), "nobody arrives before leaving");
}

#[tokio::test]
async fn hidden_stops_are_two_legs_under_one_number() {
    let desk = Desk::new().await;
    let mut found = 0;
    for (from, to) in [("CGK", "NRT"), ("CGK", "HND"), ("SIN", "LHR"), ("SYD", "SIN"), ("BKK", "NRT")] {
        let reply = desk.send(&search(&[(from, to, "2027-03-14")], ONE, "")).await;
        let stops = all(&reply, "AirSegment", |n| {
            (n.attribute("NumberOfStops").is_some(), children(n, "FlightDetailsRef").count())
        });
        assert!(stops.iter().all(|(stop, details)| *details == 1 + usize::from(*stop)));
        found += stops.iter().filter(|(stop, _)| *stop).count();
    }
    assert!(found > 0);
}

/// The digits of an amount after its currency.
fn amount(text: &str) -> i64 {
    text[3..].replace('.', "").parse().unwrap()
}

#[tokio::test]
async fn totals_taxes_and_fare_lines_add_up() {
    let desk = Desk::new().await;
    let party: &[(&str, u8)] = &[("ADT", 40), ("ADT", 38), ("CNN", 7), ("INF", 1)];
    let multi = [
        ("JKT", "SIN", "2027-03-01"),
        ("SIN", "TYO", "2027-03-04"),
        ("TYO", "HNL", "2027-03-09"),
        ("HNL", "SFO", "2027-03-12"),
        ("NYC", "LON", "2027-03-20"),
        ("LON", "JKT", "2027-03-28"),
    ];
    for slices in [&multi[..1], &[("JKT", "TYO", "2027-03-14"), ("TYO", "JKT", "2027-03-28")], &multi] {
        let reply = desk.send(&search(slices, party, "")).await;
        let document = Document::parse(&reply).unwrap();
        let bases: BTreeMap<_, _> = children(document.root_element(), "FareInfo")
            .map(|fare| (fare.attribute("Key").unwrap(), amount(fare.attribute("Amount").unwrap())))
            .collect();
        assert!(children(document.root_element(), "AirPricePoint").count() >= 5, "{slices:?}");
        for point in children(document.root_element(), "AirPricePoint") {
            let mut total = 0;
            for info in children(point, "AirPricingInfo") {
                let own = |name| amount(info.attribute(name).unwrap());
                let equivalent =
                    amount(info.attribute("EquivalentBasePrice").or(info.attribute("BasePrice")).unwrap());
                let taxes: i64 =
                    children(info, "TaxInfo").map(|tax| amount(tax.attribute("Amount").unwrap())).sum();
                assert_eq!((own("Taxes"), own("TotalPrice")), (taxes, equivalent + taxes));
                let shares: i64 =
                    children(info, "FareInfoRef").map(|r| bases[r.attribute("Key").unwrap()]).sum();
                assert_eq!(shares, equivalent);
                let passengers = children(info, "PassengerType").count();
                total += own("TotalPrice") * i64::try_from(passengers).unwrap();
                balances(
                    children(info, "FareCalc").next().unwrap().text().unwrap(),
                    info.attribute("BasePrice").unwrap(),
                );
            }
            assert_eq!(amount(point.attribute("TotalPrice").unwrap()), total);
        }
    }
}

/// Components and surcharges add up to the neutral total; times the rate it is the base within a rounding unit.
fn balances(line: &str, base: &str) {
    let (parts, rest) = line.split_once(" NUC").unwrap();
    let (total, roe) = rest.split_once("END ROE").unwrap();
    let cents = |text: &str| text.replace('.', "").parse::<i64>().unwrap();
    let part = |token: &str| {
        let token = token.strip_prefix('Q').unwrap_or(token);
        let dot = token.find('.').filter(|_| token.as_bytes()[0].is_ascii_digit())?;
        Some(cents(&token[..dot + 3]))
    };
    assert_eq!(parts.split(' ').filter_map(part).sum::<i64>(), cents(total), "{line}");
    let exact = cents(total) as f64 / 100.0 * roe.parse::<f64>().unwrap();
    let base: f64 = base[3..].parse().unwrap();
    let unit = if base > 100_000.0 { 100.0 } else { 10.0 };
    assert!((-0.01..unit + 0.01).contains(&(base - exact)), "{line} {base}");
}

#[tokio::test]
async fn two_accounts_have_two_inventories() {
    let desk = Desk::new().await;
    let mut seen = Vec::new();
    for branch in ["P1000001", "P1000002"] {
        let good = search(&[("JKT", "TYO", "2027-03-14")], ONE, "");
        let content = good.split_once("UAPI\"/>").unwrap().1.trim_end_matches("</air:LowFareSearchReq>");
        let body = crate::requests::envelope(&request_of(branch, "air:LowFareSearchReq", "", content));
        let (status, reply) =
            desk.post("AirService", Some((branch, &format!("demo-{branch}"))), body).await.unwrap();
        assert_eq!(status, 200, "{reply}");
        let carriers: BTreeSet<_> =
            all(&reply, "AirPricingInfo", attribute("PlatingCarrier")).into_iter().collect();
        let prices: BTreeSet<_> = all(&reply, "AirPricePoint", attribute("TotalPrice")).into_iter().collect();
        assert!(carriers.len() >= 20);
        seen.push((carriers, prices));
    }
    assert_ne!(seen[0].0, seen[1].0);
    assert!(seen[0].1.intersection(&seen[1].1).count() < seen[0].1.len() / 2);
}

#[tokio::test]
async fn modifiers_are_obeyed() {
    let desk = Desk::new().await;
    let plain = search(&[("JKT", "TYO", "2027-03-14")], ONE, "");
    let providers = "</air:PreferredProviders>";
    let with = |more: &str| plain.replace(providers, &format!("{providers}{more}"));
    let only =
        desk.send(&with(r#"<air:PermittedCarriers><com:Carrier Code="GA"/></air:PermittedCarriers>"#)).await;
    assert!(all(&only, "AirPricingInfo", attribute("PlatingCarrier")).iter().all(|carrier| carrier == "GA"));
    let without = desk
        .send(&with(r#"<air:ProhibitedCarriers><com:Carrier Code="GA"/></air:ProhibitedCarriers>"#))
        .await;
    assert!(!all(&without, "AirPricingInfo", attribute("PlatingCarrier")).contains(&"GA".to_owned()));
    let cabin = r#"<air:PermittedCabins><com:CabinClass Type="Business"/></air:PermittedCabins>"#;
    let business = desk.send(&with(cabin)).await;
    assert!(all(&business, "BookingInfo", attribute("CabinClass")).iter().all(|cabin| cabin == "Business"));
    let direct = desk.send(&with(r#"<air:FlightType MaxConnections="0"/>"#)).await;
    assert!(all(&direct, "Connection", |_| ()).is_empty());
    let few = desk
        .send(&plain.replace("<air:AirSearchModifiers>", r#"<air:AirSearchModifiers MaxSolutions="20">"#))
        .await;
    assert!(count(&Document::parse(&few).unwrap()) < 40);
    let dollars = plain.replace(
        "</air:LowFareSearchReq>",
        r#"<air:AirPricingModifiers CurrencyType="USD"/></air:LowFareSearchReq>"#,
    );
    let dollars = desk.send(&dollars).await;
    assert!(
        all(&dollars, "AirPricePoint", attribute("ApproximateTotalPrice"))
            .iter()
            .all(|total| total.starts_with("USD"))
    );
    assert!(
        all(&dollars, "AirPricePoint", attribute("TotalPrice")).iter().all(|total| total.starts_with("IDR"))
    );
}
