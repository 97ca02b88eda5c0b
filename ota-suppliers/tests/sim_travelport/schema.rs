//! The simulator's tables against the official schema: every request, changed in every place in every way, is refused
//! by both or by neither.

use roxmltree::{Document, Node};

use crate::desk::{Desk, all};
use crate::requests::{
    BRANCH, cancel, cancel_air, create, documents, envelope, find, import, price, retrieve, search, ticket,
    void,
};
use crate::wire;

const ADULT: &[(&str, u8)] = &[("ADT", 40)];

/// All documents that differ from this one by one step.
fn mutants(request: &str) -> Vec<String> {
    let document = Document::parse(request).unwrap();
    let cut = |from: usize, to: usize, with: &str| format!("{}{with}{}", &request[..from], &request[to..]);
    let mut mutants = Vec::new();
    for element in document.root().descendants().filter(Node::is_element) {
        let range = element.range();
        let text = &request[range.clone()];
        let name_end = range.start + 1 + text[1..].find([' ', '>', '/']).unwrap();
        mutants.push(cut(name_end, name_end, " Unheard=\"of\""));
        for attribute in element.attributes().filter(|attribute| attribute.namespace().is_none()) {
            let range = attribute.range();
            mutants.push(cut(range.start, range.end, ""));
        }
        if element.parent_element().is_none() {
            continue;
        }
        mutants.push(cut(range.start, range.end, ""));
        mutants.push(cut(range.end, range.end, text));
        mutants.push(cut(range.start, range.start, "<air:Unheard/>"));
        mutants.push(cut(range.start, range.start, "words"));
        if let Some(next) = element.next_sibling_element() {
            let (a, b) = (range, next.range());
            mutants.push(format!(
                "{}{}{}{}",
                &request[..a.start],
                &request[b.clone()],
                text,
                &request[b.end..]
            ));
        }
    }
    mutants
}

/// Checks one kind of request.
async fn check(desk: &Desk, schema: &str, service: &str, request: &str) {
    let Some(folder) = wire::folder() else { return };
    let mutants = mutants(request);
    assert_eq!(wire::refused(&folder, schema, &[request.to_owned()]), [false], "{request}");
    let theirs = wire::refused(&folder, schema, &mutants);
    assert!(theirs.contains(&true) && theirs.contains(&false));
    for (mutant, refused) in mutants.iter().zip(theirs) {
        let credentials = Some((BRANCH, "demo-P1000001"));
        let (_, reply) = desk.post(service, credentials, envelope(mutant)).await.unwrap();
        // A request without its branch is turned away before the schema is looked at.
        let code = all(&reply, "Code", |node| node.text().unwrap_or("").to_owned());
        let ours = matches!(code.first().map(String::as_str), Some("1000" | "-1"));
        let no_branch = !mutant.contains("TargetBranch") && !refused;
        assert!(
            ours == refused || no_branch,
            "the schema says {}:\n{mutant}\n{reply}",
            if refused { "no" } else { "yes" }
        );
    }
}

#[tokio::test]
async fn shopping_requests() {
    let desk = Desk::new().await;
    let slices = [("JKT", "TYO", "2027-03-14"), ("TYO", "JKT", "2027-03-28")];
    let more = r#"<air:PermittedCarriers><com:Carrier Code="GA"/></air:PermittedCarriers><air:PermittedCabins><com:CabinClass Type="Economy"/></air:PermittedCabins><air:FlightType MaxConnections="0"/></air:AirSearchModifiers>"#;
    let request = search(&slices, ADULT, "").replace("</air:AirSearchModifiers>", more);
    check(&desk, "air_v52_0/AirReqRsp.xsd", "AirService", &request).await;
    let solution = desk.priced(&slices[..1], ADULT, 3).await;
    let pricing = r#"<air:AirPricingCommand><air:AirPricingModifiers CurrencyType="IDR"/><air:AirSegmentPricingModifiers><air:PermittedBookingCodes><air:BookingCode Code="Z"/></air:PermittedBookingCodes></air:AirSegmentPricingModifiers></air:AirPricingCommand>"#;
    let request = price(&solution.segments, ADULT).replace("<air:AirPricingCommand/>", pricing);
    check(&desk, "air_v52_0/AirReqRsp.xsd", "AirService", &request).await;
}

#[tokio::test]
async fn booking_requests() {
    let desk = Desk::new().await;
    let solution = desk.priced(&[("JKT", "TYO", "2027-03-14")], ADULT, 3).await;
    let request = create(&solution, ADULT, "REF", "");
    check(&desk, "universal_v52_0/UniversalRecordReqRsp.xsd", "AirService", &request).await;
    let request = ticket("AAAAAA", &[("fare", &["one", "two"])]);
    check(&desk, "air_v52_0/AirReqRsp.xsd", "AirService", &request).await;
}

#[tokio::test]
async fn record_and_document_requests() {
    let desk = Desk::new().await;
    for request in
        [retrieve("AAAAAA"), import("AAAAAA"), find("Santoso", "2027-03-14", 1, 10), cancel("AAAAAA", "0")]
    {
        check(&desk, "universal_v52_0/UniversalRecordReqRsp.xsd", "UniversalRecordService", &request).await;
    }
    check(&desk, "universal_v52_0/UniversalRecordReqRsp.xsd", "AirService", &cancel_air("AAAAAA", "0")).await;
    for request in [documents("AAAAAA"), void("AAAAAA", &["1".to_owned(), "2".to_owned()])] {
        check(&desk, "air_v52_0/AirReqRsp.xsd", "AirService", &request).await;
    }
}
