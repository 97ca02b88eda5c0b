//! The same replies in XML, where only that is accepted.

use reqwest::Method;
use roxmltree::Document;

use crate::desk::{Desk, book_pair, check, rates, search, tokyo};

/// Sends a body to a path and asks for XML.
async fn ask(desk: &Desk, method: Method, path: &str, body: Option<String>) -> String {
    let mut request = desk.signed(method, &format!("/hotel-api/1.0/{path}"));
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body);
    }
    let mut request = request.build().unwrap();
    request.headers_mut().insert("accept", "application/xml".parse().unwrap());
    let reply = crate::support::client().execute(request).await.unwrap();
    assert_eq!(reply.headers()["content-type"], "application/xml");
    reply.text().await.unwrap()
}

#[tokio::test]
async fn a_search_says_in_xml_what_it_says_in_json() {
    let desk = Desk::new().await;
    let asked = search(("2027-06-15", "2027-06-17"), &[(1, 2, &[5])], &tokyo());
    let found = rates(&desk.post("hotels", &asked).await);
    let text = ask(&desk, Method::POST, "hotels", Some(asked.to_string())).await;
    let document = Document::parse(&text).unwrap();
    assert_eq!(document.root_element().tag_name().name(), "availabilityRS");
    let namespace = document.root_element().tag_name().namespace().unwrap();
    assert_eq!(namespace, "http://www.hotelbeds.com/schemas/messages");
    let nodes: Vec<_> =
        document.descendants().filter(|node| node.has_tag_name((namespace, "rate"))).collect();
    assert_eq!(nodes.len(), found.len());
    for (node, found) in nodes.iter().zip(&found) {
        for member in ["rateKey", "net", "boardCode", "rateType", "childrenAges"] {
            assert_eq!(node.attribute(member).unwrap(), found.rate[member], "{member}");
        }
        let steps = node.descendants().filter(|node| node.has_tag_name((namespace, "cancellationPolicy")));
        assert_eq!(steps.count(), found.rate["cancellationPolicies"].as_array().unwrap().len());
        let room = node.ancestors().find(|node| node.has_tag_name((namespace, "room"))).unwrap();
        assert_eq!(room.attribute("code"), Some(found.room.as_str()));
    }
}

#[tokio::test]
async fn checks_bookings_and_errors_too() {
    let desk = Desk::new().await;
    let found = desk.flexible().await;
    let checked = ask(&desk, Method::POST, "checkrates", Some(check(&[found.key()]).to_string())).await;
    assert!(checked.contains("<checkRateRS") && checked.contains("<hotel "), "{checked}");
    let booked = ask(&desk, Method::POST, "bookings", Some(book_pair(found.key(), "REF").to_string())).await;
    let document = Document::parse(&booked).unwrap();
    let booking =
        document.root_element().children().find(|node| node.tag_name().name() == "booking").unwrap();
    assert_eq!(booking.attribute("status"), Some("CONFIRMED"));
    assert_eq!(document.descendants().filter(|node| node.tag_name().name() == "pax").count(), 2);
    let refused = ask(&desk, Method::POST, "checkrates", Some(check(&["nonsense"]).to_string())).await;
    let document = Document::parse(&refused).unwrap();
    let code = document.descendants().find(|node| node.tag_name().name() == "code").unwrap();
    assert!(code.text().unwrap().starts_with("INVALID_DATA-"));
}
