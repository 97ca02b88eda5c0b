//! Tickets and coupons.

use roxmltree::{Document, Node};
use serde_json::{Value, json};

use super::{all_below, check_messages, children, money, of_kind, payload, text};
use crate::inspect::inspect;

/// The coupons of one document as the output should show them.
fn coupons(ticket: Node<'_, '_>) -> Value {
    let mut coupons: Vec<Node<'_, '_>> = children(ticket, "Coupon").collect();
    coupons.sort_by_key(|coupon| coupon.attribute("CouponNumber").unwrap().parse::<u8>().unwrap());
    let shown = coupons.into_iter().map(|coupon| {
        let number = coupon.attribute("MarketingFlightNumber").map(|number| number.trim_start_matches('0'));
        let flight =
            number.map(|number| format!("{}{number}", coupon.attribute("MarketingCarrier").unwrap()));
        json!({
            "number": coupon.attribute("CouponNumber").unwrap().parse::<u8>().unwrap(),
            "status": coupon.attribute("Status"),
            "flight": flight,
            "origin": coupon.attribute("Origin"),
            "destination": coupon.attribute("Destination"),
            "booking_class": coupon.attribute("BookingClass"),
            "fare_basis": coupon.attribute("FareBasis"),
        })
    });
    shown.collect()
}

#[test]
fn every_coupon_is_on_its_own_document() {
    for (name, source) in of_kind(&["AirTicketingRsp", "AirRetrieveDocumentRsp"]) {
        let (_, json) = inspect("travelport-uapi", source.as_bytes());
        let document = Document::parse(&source).unwrap();
        let root = payload(&document);
        check_messages(&json, root, &name);
        let shown = json["tickets"].as_array().cloned().unwrap_or_default();
        let mut shown = shown.iter();
        for etr in children(root, "ETR") {
            let mut tickets: Vec<Node<'_, '_>> = children(etr, "Ticket").collect();
            tickets.sort_by_key(|ticket| ticket.attribute("TicketNumber"));
            for (at, ticket) in tickets.iter().enumerate() {
                let found = shown.next().unwrap();
                assert_eq!(found["number"], json!(ticket.attribute("TicketNumber")), "{name}");
                assert_eq!(found["status"], json!(ticket.attribute("TicketStatus")), "{name}");
                assert_eq!(found["coupons"], coupons(*ticket), "{name}");
                assert_eq!(
                    found["issued"],
                    json!(etr.attribute("IssuedDate").map(|date| &date[..10])),
                    "{name}"
                );
                let next = tickets.get(at + 1).and_then(|next| next.attribute("TicketNumber"));
                assert_eq!(found["conjunction"], json!(next), "{name}");
                let person = all_below(etr, "BookingTravelerName").next().unwrap();
                assert_eq!(found["traveler"]["surname"], json!(person.attribute("Last")), "{name}");
                let leads = at == 0;
                let amount = |attribute| if leads { money(etr, attribute) } else { Value::Null };
                assert_eq!(found["total"], amount("TotalPrice"), "{name}");
                assert_eq!(found["base"], amount("BasePrice"), "{name}");
                assert_eq!(found["taxes"], amount("Taxes"), "{name}");
                let line = text(etr, "FareCalc").filter(|_| leads);
                assert_eq!(found["fare_calculation"], json!(line), "{name}");
            }
        }
        assert!(shown.next().is_none(), "{name}");
    }
}
