use expect_test::expect;

use super::*;
use crate::model::money::Currency;
use crate::model::stay::{CancellationStep, CancellationTerms};
use crate::model::time::LocalTime;
use crate::testing::samples::usd;
use crate::testing::stays;

const MARGIN: Duration = Duration::from_secs(6 * 3_600);

/// Two doubles at 200.00 and a third room at 80.00 net, sold for 308.01 together.
fn offer() -> HotelOffer {
    let mut offer = stays::family_offer();
    let step = |day, minor| CancellationStep {
        from: LocalTime::with_offset(jiff::civil::date(2027, 7, day).at(23, 59, 0, 0), 9 * 60),
        fee: Money::new(minor, usd()),
        at_property: None,
    };
    offer.rates[0].cancellation = CancellationTerms::new(vec![step(5, 10_000), step(7, 20_000)]).unwrap();
    for rate in &mut offer.rates {
        rate.notes = vec!["Parking <costs> extra.".to_owned()];
    }
    let yen = |minor| Money::new(minor, Currency::from_code("JPY").unwrap());
    offer.rates[1].due.at_property = vec![
        PropertyCharge {
            kind: ChargeKind::TaxOrFee,
            label: Some("city tax".to_owned()),
            amount: yen(1_200),
            converted: Some(Money::new(813, usd())),
        },
        PropertyCharge { kind: ChargeKind::TaxOrFee, label: None, amount: yen(500), converted: None },
    ];
    offer
}

fn page(change: impl FnOnce(&mut HotelOffer)) -> Page {
    let (mut offer, party) = (offer(), stays::family());
    change(&mut offer);
    let order = stays::order(&offer, &party, "A1B2C3D4E5F6G7H8");
    let mut locators = order.locators.clone();
    locators.push(RecordLocator { kind: LocatorKind::Hotel, owner: None, code: "H-77".to_owned() });
    Voucher {
        booking: BookingId::from_bits(42),
        agency: "Kelana & Co",
        issued: "2027-07-01T20:00:00Z".parse::<jiff::Timestamp>().unwrap().into(),
        zone: "Asia/Jakarta",
        locators: &locators,
        party: &party,
        offer: &offer,
        price: &SellPrice { passengers: Vec::new(), rooms: Vec::new(), total: Money::new(30_801, usd()) },
        net: offer.total,
        margin: MARGIN,
        payee: order.stay.as_ref().and_then(|stay| stay.payee.as_ref()),
    }
    .page()
}

#[test]
fn a_voucher_tells_rooms_guests_money_and_deadlines() {
    expect![[r#"
        Hotel voucher
        =============

        This is your voucher. Show it at the reception with a document of the first guest of each room.

        All times are local to the property.

        Booking
        -------
        Booking               bkg_0000000000000000000000000000002a
        Reference             1-3087550
        Property's reference  H-77
        Issued                Fri 02 Jul 2027, by Kelana & Co

        Stay
        ----
        Property   Hotel 1001 (4 STARS)
        Place      Tokyo
        Position   35.681236 N, 139.767125 E
        Check-in   Sat 10 Jul 2027
        Check-out  Mon 12 Jul 2027
        Nights     2

        Rooms and guests
        ----------------
        Room 1  Double standard; breakfast included (Breakfast)
                MS SITI RAHAYU (adult)
                MS BUDI RAHAYU (adult)
        Room 2  Double standard; breakfast included (Breakfast)
                MS DEWI RAHAYU (adult)
                MS RANI RAHAYU (child, 7)
        Room 3  Double standard; breakfast included (Breakfast)
                MS AGUS RAHAYU (adult)
                MS TUTI RAHAYU (adult)

        Price
        -----
        Paid             308.01 USD
        At the property  1200 JPY for city tax, about 8.13 USD for your information
        At the property  500 JPY for a tax or fee

        If you cancel
        -------------
        Free of charge      until Mon 05 Jul 2027 17:59 (UTC+9, Asia/Tokyo)
        110.01 USD is kept  from Mon 05 Jul 2027 17:59 (UTC+9, Asia/Tokyo)
        308.01 USD is kept  from Wed 07 Jul 2027 17:59 (UTC+9, Asia/Tokyo)

        To be noted
        -----------
          Parking <costs> extra.
          Payable through BEDS PRODUCT, S.L., acting as agent for the service operating company, details of which can be provided upon request. VAT: ESB00000000 Reference: 1-3087550
    "#]].assert_eq(&page(|_| ()).text());
}

#[test]
fn html_is_escaped_and_says_the_same() {
    let (html, text) = (page(|_| ()).html(), page(|_| ()).text());
    assert!(html.contains("Parking &lt;costs&gt; extra.") && !html.contains("<costs>"));
    for fact in ["Hotel 1001", "1-3087550", "H-77", "308.01 USD", "1200 JPY", "17:59 (UTC+9, Asia/Tokyo)"] {
        assert!(html.contains(fact) && text.contains(fact), "{fact}");
    }
}

#[test]
fn no_net_amount_is_printed() {
    let text = page(|_| ()).text();
    for net in ["200.00", "80.00", "280.00", "100.00", "180.00"] {
        assert!(!text.contains(net), "{net}");
    }
}

#[track_caller]
fn cancelling(change: impl FnOnce(&mut HotelOffer), want: &[(&str, &str)]) {
    let page = page(change);
    let section = page.sections.iter().find(|section| section.heading == "If you cancel").unwrap();
    let rows: Vec<_> = section.rows.iter().map(|row| (row.label.as_str(), row.value.as_str())).collect();
    assert_eq!(rows, want);
}

fn terms(offer: &mut HotelOffer, from: Option<&str>, fee: i64) {
    for rate in &mut offer.rates {
        let step = |from: &str| CancellationStep {
            from: LocalTime::with_offset(from.parse().unwrap(), -240),
            fee: Money::new(fee, usd()),
            at_property: None,
        };
        rate.cancellation = CancellationTerms::new(from.map(step).into_iter().collect()).unwrap();
    }
}

#[test]
fn what_a_cancellation_costs_is_told_or_said_not_to_be_known() {
    cancelling(|offer| terms(offer, None, 0), &[("", "not known, ask us before you decide")]);
    cancelling(|offer| terms(offer, Some("2027-06-01T00:00:00"), 0), &[("Free of charge", "until the end")]);
    cancelling(
        |offer| terms(offer, Some("2027-07-01T22:00:00"), 14_000),
        &[
            ("Free of charge", "no more"),
            ("308.01 USD is kept", "from Fri 02 Jul 2027 05:00 (UTC+9, Asia/Tokyo)"),
        ],
    );
    // Without a zone the supplier's offset counts: six hours before midnight of the 3rd.
    let unzoned = |offer: &mut HotelOffer| {
        terms(offer, Some("2027-07-03T00:00:00"), 14_000);
        std::sync::Arc::make_mut(&mut offer.property).zone = None;
    };
    cancelling(
        unzoned,
        &[
            ("Free of charge", "until Fri 02 Jul 2027 18:00 (UTC-4)"),
            ("308.01 USD is kept", "from Fri 02 Jul 2027 18:00 (UTC-4)"),
        ],
    );
}
