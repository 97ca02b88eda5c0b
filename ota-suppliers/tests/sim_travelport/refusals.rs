//! What the schema, the gate and good sense refuse.

use crate::desk::{Desk, all, first};
use crate::requests::{
    BRANCH, cancel, documents, envelope, import, request, request_of, retrieve, search, ticket,
};
use crate::wire;

#[tokio::test]
async fn strangers_and_other_branches() {
    let desk = Desk::new().await;
    let body = envelope(&search(&[("JKT", "TYO", "2027-03-14")], &[("ADT", 30)], ""));
    for credentials in [None, Some((BRANCH, "wrong")), Some(("P9", "demo-P9"))] {
        let (status, reply) = desk.post("AirService", credentials, body.clone()).await.unwrap();
        assert_eq!(status, 401);
        assert!(
            first(&reply, "faultstring", |n| n.text().unwrap().to_owned())
                .contains("credentials are invalid")
        );
    }
    for branch in ["P9", "P1000002"] {
        let request = request_of(
            branch,
            "air:AirTicketingReq",
            "",
            "<air:AirReservationLocatorCode>AAAAAA</air:AirReservationLocatorCode>",
        );
        let (code, text) = desk.refused(&request).await;
        assert_eq!(
            (code.as_str(), text),
            ("-1", format!("cannot retrieve TargetBranch information for TargetBranchCode{branch}"))
        );
    }
    assert!(desk.ledger().await["calls"].as_object().unwrap().is_empty(), "no stranger's call is counted");
}

#[tokio::test]
async fn what_is_no_request() {
    let desk = Desk::new().await;
    let good = envelope(&retrieve("AAAAAA"));
    let doctype = format!("<!DOCTYPE a [<!ENTITY b 'c'>]>{}", good.split_once("?>").unwrap().1);
    let old = good.replace("v52_0", "v33_0");
    for body in ["", "nonsense", &good[..good.len() - 5], "<a/>", &doctype, &old] {
        let credentials = Some((BRANCH, "demo-P1000001"));
        let (status, reply) =
            desk.post("UniversalRecordService", credentials, body.to_owned()).await.unwrap();
        assert_eq!(status, 500, "{body}");
        assert_eq!(all(&reply, "Code", |n| n.text().unwrap().to_owned()), ["1000"], "{body}");
    }
    let (status, _) = desk.post("HotelService", Some((BRANCH, "demo-P1000001")), good).await.unwrap();
    assert_eq!(status, 500, "another service does not serve it");
}

/// A request that differs from a good one in one respect is refused at that element.
#[tokio::test]
async fn what_the_schema_refuses() {
    let desk = Desk::new().await;
    let good = search(&[("JKT", "TYO", "2027-03-14")], &[("ADT", 30)], "");
    desk.send(&good).await;
    let cases = [
        ("unknown attribute", good.replace("TraceId", "TraceID"), "LowFareSearchReq"),
        ("unknown element", good.replace("AirSearchModifiers", "AirSearchModifier"), "LowFareSearchReq"),
        ("missing attribute", good.replace(r#"OriginApplication="UAPI""#, ""), "BillingPointOfSaleInfo"),
        ("not a number", good.replace(r#"Age="30""#, r#"Age="thirty""#), "SearchPassenger"),
        ("not a boolean", good.replace("TraceId", r#"SolutionResult="yes" TraceId"#), "LowFareSearchReq"),
        ("code too long", good.replace(r#"Code="JKT""#, r#"Code="JAKARTA""#), "CityOrAirport"),
        ("text between", good.replace("<air:SearchAirLeg>", "<air:SearchAirLeg>to"), "SearchAirLeg"),
        (
            "missing element",
            good.replace(r#"<com:SearchPassenger Code="ADT" Age="30"/>"#, ""),
            "LowFareSearchReq",
        ),
        ("wrong namespace", good.replace("com:SearchPassenger", "air:SearchPassenger"), "LowFareSearchReq"),
        (
            "wrong order",
            request("air:LowFareSearchReq", "", &{
                let passenger = r#"<com:SearchPassenger Code="ADT"/>"#;
                let leg = &good[good.find("<air:SearchAirLeg>").unwrap()
                    ..good.find("<air:AirSearchModifiers>").unwrap()];
                format!("{passenger}{leg}")
            }),
            "LowFareSearchReq",
        ),
        (
            "two for one",
            request(
                "universal:UniversalRecordRetrieveReq",
                "",
                &"<universal:UniversalRecordLocatorCode>AAAAAA</universal:UniversalRecordLocatorCode>"
                    .repeat(2),
            ),
            "UniversalRecordLocatorCode",
        ),
        (
            "none of a choice",
            request("universal:UniversalRecordRetrieveReq", "", ""),
            "UniversalRecordRetrieveReq",
        ),
        (
            "missing version",
            request("universal:UniversalRecordCancelReq", r#"UniversalRecordLocatorCode="AAAAAA""#, ""),
            "UniversalRecordCancelReq",
        ),
    ];
    for (what, body, element) in cases {
        let (status, reply) = desk.try_send(&body).await.unwrap();
        assert_eq!(status, 500, "{what}");
        wire::assert_valid(&reply);
        assert_eq!(all(&reply, "Code", |n| n.text().unwrap().to_owned()), ["1000"], "{what}: {reply}");
        let entry =
            |node: roxmltree::Node<'_, '_>| node.last_element_child().unwrap().text().unwrap().to_owned();
        assert_eq!(first(&reply, "Entry", entry), element, "{what}: {reply}");
    }
}

#[tokio::test]
async fn what_makes_no_sense() {
    let desk = Desk::new().await;
    let adult: &[(&str, u8)] = &[("ADT", 30)];
    let day = "2027-03-14";
    let ten = [("ADT", 30); 10];
    let cases = [
        (search(&[("JKT", "TYO", "2027-01-31")], adult, ""), "3003"),
        (search(&[("JKT", "QQQ", day)], adult, ""), "3003"),
        (search(&[("JKT", "TYO", day)], &ten, ""), "3003"),
        (search(&[("JKT", "TYO", day)], &[("ADT", 30), ("INF", 1), ("INF", 1)], ""), "3003"),
        (search(&[("JKT", "TYO", day); 7], adult, ""), "3003"),
        (search(&[("JKT", "HLP", day)], adult, ""), "2602"),
        (retrieve("AAAAAA"), "3130"),
        (import("AAAAAA"), "13003"),
        (ticket("AAAAAA", &[]), "3130"),
        (documents("AAAAAA"), "3130"),
        (cancel("AAAAAA", "0"), "3130"),
        (request("air:AirRetrieveDocumentReq", "", ""), "3000"),
    ];
    for (body, code) in cases {
        assert_eq!(desk.refused(&body).await.0, code, "{body}");
    }
}
