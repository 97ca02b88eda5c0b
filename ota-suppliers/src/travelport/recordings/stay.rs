//! Hotels: what is found, its rates, and what is booked.

use roxmltree::{Document, Node};
use serde_json::{Value, json};

use super::small::show;
use super::{all_below, check_messages, children, money, of_kind, payload, text};
use crate::inspect::{Outcome, inspect};

/// Calls `check` with the output and the root of every recording of a kind.
fn each(kind: &str, check: impl Fn(&Value, Node<'_, '_>)) {
    for (name, text) in of_kind(&[kind]) {
        let (_, json) = inspect("travelport-uapi", text.as_bytes());
        let document = Document::parse(&text).unwrap();
        check_messages(&json, payload(&document), &name);
        assert!(json["skipped"].is_null(), "{name}");
        check(&json, payload(&document));
    }
}

#[track_caller]
fn check_property(shown: &Value, property: Node<'_, '_>) {
    assert_eq!(shown["code"], json!(property.attribute("HotelCode")));
    assert_eq!(shown["name"], json!(property.attribute("Name")));
    let lines: Vec<&str> = all_below(property, "Address").map(|line| line.text().unwrap().trim()).collect();
    assert_eq!(shown["address"], json!(lines));
    let place = children(property, "CoordinateLocation").next();
    assert_eq!(shown["latitude"], json!(place.and_then(|place| place.attribute("latitude"))));
    assert_eq!(shown["longitude"], json!(place.and_then(|place| place.attribute("longitude"))));
}

/// All rates of a hotel, each with the room that it is shown under.
fn rates(hotel: &Value) -> Vec<(&Value, &Value)> {
    let mut rates = Vec::new();
    for room in hotel["rooms"].as_array().unwrap() {
        rates.extend(room["rates"].as_array().unwrap().iter().map(|rate| (room, rate)));
    }
    rates
}

fn said(rate: Node<'_, '_>, name: &str) -> Option<String> {
    text(children(rate, "RoomRateDescription").find(|said| said.attribute("Name") == Some(name))?, "Text")
}

#[track_caller]
fn check_rate((room, shown): (&Value, &Value), rate: Node<'_, '_>) {
    assert_eq!(room["name"], json!(said(rate, "Room Type")));
    assert_eq!(shown["key"], json!(rate.attribute("RateOfferId")));
    assert_eq!(shown["rate_plan"], json!(rate.attribute("RatePlanType")));
    let parts = [("net", "Total"), ("base", "Base"), ("tax", "Tax"), ("surcharge", "Surcharge")];
    for (member, attribute) in parts {
        assert_eq!(shown[member], money(rate, attribute));
    }
    let deposit = all_below(rate, "DepositAmount").next().unwrap();
    assert_eq!(shown["due_now"], money(deposit, "Amount"));
    let policy = all_below(rate, "CancellationPolicy").next().and_then(|policy| policy.text());
    let policy = policy.map(str::to_owned).or_else(|| said(rate, "Room Cancellation Policy"));
    assert_eq!(shown["cancellation_policy"], json!(policy.unwrap()));
    assert_eq!(shown["supplement"], json!(text(rate, "SupplementalRateInfo")));
    assert_eq!(shown["rooms_left"].to_string(), rate.attribute("BookableQuantity").unwrap());
    let words = shown["descriptions"].as_object().unwrap();
    assert_eq!(words.len(), children(rate, "RoomRateDescription").count());
}

#[test]
fn properties_found_come_with_the_lowest_price_of_each_source() {
    each("HotelSearchAvailabilityRsp", |json, root| {
        let results: Vec<Node<'_, '_>> = children(root, "HotelSearchResult").collect();
        let hotels = json["hotels"].as_array().unwrap();
        assert_eq!(hotels.len(), results.len());
        for (shown, result) in hotels.iter().zip(results) {
            check_property(shown, children(result, "HotelProperty").next().unwrap());
            let infos: Vec<Node<'_, '_>> = children(result, "RateInfo").collect();
            let rates = rates(shown);
            assert_eq!(rates.len(), infos.len());
            for ((_, rate), info) in rates.iter().zip(infos) {
                let stated = info.attribute("MinimumStayAmount").is_some();
                let amount = if stated { "MinimumStayAmount" } else { "ApproximateMinimumStayAmount" };
                assert_eq!(rate["net"], money(info, amount));
                assert_eq!(rate["converted"], json!(!stated));
                assert_eq!(rate["commission"], money(info, "Commission"));
                assert_eq!(rate["rate_supplier"], json!(info.attribute("RateSupplier")));
                assert_eq!(rate["package_only"], json!(info.attribute("PackageOffer") == Some("true")));
            }
        }
        assert_eq!(json["extra"]["more_results"], children(root, "NextResultReference").next().is_some());
    });
}

#[test]
fn rates_keep_every_amount_and_what_is_said_in_words() {
    each("HotelDetailsRsp", |json, root| {
        let sources: Vec<Node<'_, '_>> = children(root, "AggregatorHotelDetails").collect();
        let hotels = json["hotels"].as_array().unwrap();
        assert_eq!(hotels.len(), sources.len());
        for (shown, source) in hotels.iter().zip(sources) {
            check_property(shown, children(source, "HotelProperty").next().unwrap());
            assert_eq!(shown["source"], json!(source.attribute("AggregatorName")));
            let details: Vec<Node<'_, '_>> = children(source, "HotelRateDetail").collect();
            assert_eq!(rates(shown).len(), details.len());
            for (rate, detail) in rates(shown).into_iter().zip(details) {
                check_rate(rate, detail);
            }
            assert_eq!(
                shown["details"].as_object().unwrap().len(),
                children(source, "HotelDetailItem").count()
            );
        }
    });
}

#[test]
fn a_booked_hotel_is_an_order_with_every_name_of_it() {
    each("HotelCreateReservationRsp", |json, root| {
        let record = children(root, "UniversalRecord").next().unwrap();
        let hotel = children(record, "HotelReservation").next().unwrap();
        let provider = children(record, "ProviderReservationInfo").next().unwrap();
        let order = &json["order"];
        let locator = |kind, owner: Option<&str>, code: Option<&str>| json!({ "kind": kind, "owner": owner, "code": code });
        let expected = json!([
            locator("universal_record", None, record.attribute("LocatorCode")),
            locator("provider", provider.attribute("ProviderCode"), provider.attribute("LocatorCode")),
            locator("reservation", None, hotel.attribute("LocatorCode")),
            locator("hotel", None, hotel.attribute("BookingConfirmation")),
        ]);
        assert_eq!(order["locators"], expected);
        assert_eq!(order["status"], "CONFIRMED", "{} needs no ticket", hotel.attribute("Status").unwrap());
        let names = all_below(record, "BookingTravelerName").next().unwrap();
        assert_eq!(order["travelers"][0]["surname"], json!(names.attribute("Last")));
        let stay = children(hotel, "HotelStay").next().unwrap();
        let shown = &order["hotel"];
        assert_eq!(shown["check_in"], json!(text(stay, "CheckinDate")));
        assert_eq!(shown["check_out"], json!(text(stay, "CheckoutDate")));
        check_property(shown, children(hotel, "HotelProperty").next().unwrap());
        let details: Vec<Node<'_, '_>> = children(hotel, "HotelRateDetail").collect();
        assert_eq!(rates(shown).len(), details.len());
        for (rate, detail) in rates(shown).into_iter().zip(details) {
            check_rate(rate, detail);
        }
        let adults = all_below(hotel, "Adults").next().unwrap().text().unwrap();
        assert_eq!(shown["guests"][0]["adults"].to_string(), adults);
        let total = money(children(hotel, "TotalReservationPrice").next().unwrap(), "TotalPrice");
        assert_eq!((&shown["total"], &order["total"]), (&total, &total));
    });
}

#[test]
fn a_price_for_one_night_or_in_another_currency_is_told_apart() {
    let json = show("hotel_search.xml", Outcome::Understood);
    let rates = rates(&json["hotels"][0]);
    let net = |at: usize| &rates[at].1["net"];
    assert_eq!(net(0), &json!({ "amount": "80.00", "currency": "EUR" }));
    assert_eq!((&rates[0].1["nightly"], &rates[1].1["nightly"]), (&json!(true), &json!(false)));
    assert_eq!(net(1), &json!({ "amount": "15400", "currency": "JPY" }));
    assert_eq!((&rates[1].1["converted"], &rates[1].1["commission"]), (&json!(false), &Value::Null));
    assert_eq!(json["skipped"][0]["what"], "RateInfo of HotelProperty 11111");
    assert_eq!(json["hotels"][1]["rooms"], json!([]));
    assert_eq!(json["warnings"][0]["message"], "no answer in time");
}

#[test]
fn a_rate_of_a_gds_states_its_cancellation_and_deposit() {
    let json = show("hotel_details.xml", Outcome::Understood);
    let hotel = &json["hotels"][0];
    let rooms: Vec<_> = hotel["rooms"].as_array().unwrap().iter().map(|room| &room["name"]).collect();
    assert_eq!(json!(rooms), json!(["Double", null]));
    let rate = &hotel["rooms"][0]["rates"][0];
    let eur = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    let step = json!({ "from": "2027-07-09T18:00:00+01:00", "amount": eur("100.00") });
    assert_eq!(rate["cancellation"], json!([step]));
    assert_eq!((&rate["due_now"], &rate["net"]), (&eur("50.00"), &eur("215.50")));
    assert_eq!((&rate["guests_max"], &rate["package_only"]), (&json!([2, 3]), &json!(true)));
    // What is not stated is not free.
    assert_eq!(hotel["rooms"][0]["rates"][1]["cancellation"], json!([]));
    assert_eq!(hotel["details"]["Parking"], "free &\ncovered");
    assert_eq!(json["skipped"][0]["what"], "HotelRateDetail A4");
}

#[test]
fn a_hotel_that_is_not_confirmed_is_a_problem_of_the_order() {
    let json = show("hotel_create.xml", Outcome::Understood);
    assert_eq!(json["order"]["status"], "HELD");
    assert_eq!(json["warnings"][0]["kind"], "RoomNotConfirmed");
    assert_eq!(json["warnings"][0]["message"], "hotel 2 has status UC");
    let guests = json!([{ "rooms": 2, "adults": 3, "child_ages": [7, 4] }]);
    assert_eq!(json["order"]["hotel"]["guests"], guests);
    assert_eq!(json["order"]["total"], json!({ "amount": "521.00", "currency": "EUR" }));
    assert_eq!(json["extra"]["hotels"][0]["code"], "22222");
}

/// Guests by room, as aggregators state them; a departure before the arrival is no stay.
#[test]
fn guests_stay_in_their_room() {
    let text = String::from_utf8(super::small::read("hotel_create.xml")).unwrap();
    let room = |adults: u8, ages: &str| format!("<Room><Adults>{adults}</Adults>{ages}</Room>");
    let rooms = format!(
        "</hotel:HotelStay><BookingGuestInformation>{}{}</BookingGuestInformation>",
        room(2, "<Child Age='7'/><Child Age='4'/>"),
        room(1, "")
    );
    let two =
        text.replacen("</hotel:HotelStay>", &rooms, 1).replace("GuestInformation Number", "Nothing Number");
    let two = two.replace("</hotel:GuestInformation>", "</hotel:Nothing>");
    let (_, json) = inspect("travelport-uapi", two.as_bytes());
    let guests = |adults: u8, ages: &[u8]| json!({ "rooms": 1, "adults": adults, "child_ages": ages });
    assert_eq!(json["order"]["hotel"]["guests"], json!([guests(2, &[7, 4]), guests(1, &[])]));
    let backwards = text.replace("2027-07-10", "2027-07-12");
    assert_eq!(inspect("travelport-uapi", backwards.as_bytes()).0, Outcome::Refused);
}

/// Flights and a hotel in one record: what is owed is known only where both are.
#[test]
fn a_hotel_beside_flights_adds_to_what_is_owed() {
    let text = String::from_utf8(super::small::read("hotel_create.xml")).unwrap();
    let flight = "<AirReservation LocatorCode='E'><AirSegment Key='s' Carrier='ZZ' FlightNumber='1' Origin='LIS' \
        Destination='FRA' DepartureTime='2027-07-10T07:00:00' ClassOfService='K' Status='HK'/>PRICE</AirReservation>";
    let price = "<AirPricingInfo TotalPrice='EUR100.00' BasePrice='EUR100.00'><BookingInfo BookingCode='K' \
        FareInfoRef='f' SegmentRef='s'/><FareInfo Key='f' FareBasis='K' Origin='LIS' Destination='FRA'/>\
        <PassengerType Code='ADT' BookingTravelerRef='t1'/></AirPricingInfo>";
    let total = |price: &str| {
        let both = text.replacen(
            "</univ:UniversalRecord>",
            &format!("{}</univ:UniversalRecord>", flight.replace("PRICE", price)),
            1,
        );
        let (outcome, json) = inspect("travelport-uapi", both.as_bytes());
        assert_eq!(outcome, Outcome::Understood, "{json:#}");
        json["order"]["total"].clone()
    };
    assert_eq!(total(price), json!({ "amount": "621.00", "currency": "EUR" }));
    assert_eq!(total(""), Value::Null);
}
