//! The notice that money goes back: a booking failed after payment, or was cancelled.

use super::words::city;
use super::{Page, Row, Section};
use crate::model::id::BookingId;
use crate::model::itinerary::Segment;
use crate::model::money::Money;
use crate::model::offer::Offer;

/// Why money goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundCause {
    /// We could not book what was paid for.
    NotBooked,
    /// The customer cancelled.
    Cancelled,
}

/// All that a refund notice says.
#[derive(Debug, Clone, Copy)]
pub struct RefundNotice<'a> {
    /// Our name of the booking.
    pub booking: BookingId,
    /// Who sold it.
    pub agency: &'a str,
    /// Why.
    pub cause: RefundCause,
    /// What was booked.
    pub offers: &'a [&'a Offer],
    /// What the customer was charged, or what was held.
    pub paid: Money,
    /// What goes back; at most `paid`, in its currency.
    pub returned: Money,
    /// The amount was only held, and the hold is released: nothing was ever taken.
    pub released: bool,
}

impl RefundNotice<'_> {
    /// The notice as a page.
    #[must_use]
    pub fn page(&self) -> Page {
        let (title, first) = match self.cause {
            RefundCause::NotBooked => ("We could not complete your booking", self.not_confirmed()),
            RefundCause::Cancelled => {
                ("Your booking is cancelled", "We cancelled it as you asked.".to_owned())
            }
        };
        let money = match (self.paid.minor, self.returned.minor, self.released) {
            (0, _, _) => "You had not paid anything yet.",
            (_, 0, _) => "By the conditions that you accepted, nothing of what you paid comes back.",
            (_, _, true) => {
                "We had only held the amount on your means of payment. The hold is released; nothing was taken."
            }
            (_, _, false) => {
                "We have given the money back to the means of payment you used. Your bank may need a few days to \
                 show it."
            }
        };
        let mut booking = vec![Row::new("Booking", self.booking.to_string())];
        booking.extend(self.offers.iter().flat_map(|offer| named(offer)).map(|what| Row::new("", what)));
        let back = if self.released { "Released" } else { "Given back" };
        let mut amounts = vec![
            Row::new(if self.released { "Held" } else { "Paid" }, self.paid.to_string()),
            Row::new(back, self.returned.to_string()),
        ];
        if let Ok(kept) = self.paid.minus(self.returned)
            && kept.minor != 0
        {
            amounts.push(Row::new("Kept, as you accepted", kept.to_string()));
        }
        Page {
            title: title.to_owned(),
            intro: vec![first, money.to_owned(), format!("Yours, {}", self.agency)],
            sections: vec![
                Section { heading: "Booking".to_owned(), rows: booking },
                Section { heading: "Money".to_owned(), rows: amounts },
            ],
        }
    }
}

impl RefundNotice<'_> {
    fn not_confirmed(&self) -> String {
        let stays = self.offers.iter().filter(|offer| offer.stay().is_some()).count();
        let who = match stays {
            0 => "The airline",
            all if all == self.offers.len() => "The property",
            _ => "The airline or the property",
        };
        format!("{who} did not confirm what you paid for. Nothing is booked, and you owe nothing.")
    }
}

/// What was booked, one line for each journey or stay.
fn named(offer: &Offer) -> Vec<String> {
    const DAY: &str = "%a %d %b %Y";
    match offer {
        Offer::Flight(offer) => {
            let ends = offer
                .itinerary
                .slices
                .iter()
                .filter_map(|slice| slice.segments.first().zip(slice.segments.last()));
            let line = |(first, last): (&Segment, &Segment)| {
                let day = first.departs.map(|departs| format!(", {}", departs.civil.strftime(DAY)));
                format!("{} to {}{}", city(first.origin), city(last.destination), day.unwrap_or_default())
            };
            ends.map(line).collect()
        }
        Offer::Stay(offer) => {
            let (from, to) = (offer.dates.check_in.strftime(DAY), offer.dates.check_out.strftime(DAY));
            vec![format!("{}, {from} to {to}", offer.property.name)]
        }
    }
}

#[cfg(feature = "engine")] // for the samples
#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::testing::samples::{offer, usd};
    use crate::testing::stays::stay_offer;

    #[track_caller]
    fn check(cause: RefundCause, returned: i64, released: bool, want: &Expect) {
        let notice = RefundNotice {
            booking: BookingId::from_bits(42),
            agency: "Kelana & Co",
            cause,
            offers: &[&offer("alpha-1", "GA", 50_000).into()],
            paid: Money::new(52_500, usd()),
            returned: Money::new(returned, usd()),
            released,
        };
        let page = notice.page();
        want.assert_eq(&page.text());
        assert!(page.html().contains("<p>Yours, Kelana &amp; Co</p>"));
    }

    #[test]
    fn a_failed_booking_costs_nothing() {
        check(
            RefundCause::NotBooked,
            52_500,
            true,
            &expect![[r#"
            We could not complete your booking
            ==================================

            The airline did not confirm what you paid for. Nothing is booked, and you owe nothing.

            We had only held the amount on your means of payment. The hold is released; nothing was taken.

            Yours, Kelana & Co

            Booking
            -------
            Booking  bkg_0000000000000000000000000000002a
                     Jakarta to Tokyo, Sat 10 Jul 2027
                     Tokyo to Jakarta, Tue 20 Jul 2027

            Money
            -----
            Held      525.00 USD
            Released  525.00 USD
        "#]],
        );
        check(
            RefundCause::NotBooked,
            52_500,
            false,
            &expect![[r#"
            We could not complete your booking
            ==================================

            The airline did not confirm what you paid for. Nothing is booked, and you owe nothing.

            We have given the money back to the means of payment you used. Your bank may need a few days to show it.

            Yours, Kelana & Co

            Booking
            -------
            Booking  bkg_0000000000000000000000000000002a
                     Jakarta to Tokyo, Sat 10 Jul 2027
                     Tokyo to Jakarta, Tue 20 Jul 2027

            Money
            -----
            Paid        525.00 USD
            Given back  525.00 USD
        "#]],
        );
    }

    #[test]
    fn where_nothing_comes_back_it_says_so() {
        let stay = stay_offer("alpha-1", "1001", 50_000).into();
        let [paid, returned] = [52_500, 0].map(|minor| Money::new(minor, usd()));
        let (booking, agency, cause) = (BookingId::from_bits(42), "Kelana", RefundCause::Cancelled);
        let notice =
            RefundNotice { booking, agency, cause, offers: &[&stay], paid, returned, released: false };
        let text = notice.page().text();
        assert!(text.contains("Hotel 1001, Sat 10 Jul 2027 to Mon 12 Jul 2027"), "{text}");
        let failed = RefundNotice { cause: RefundCause::NotBooked, ..notice };
        assert!(failed.page().text().contains("The property did not confirm what you paid for."));
        assert!(notice.page().text().contains("nothing of what you paid comes back"));
        let unpaid = RefundNotice { paid: returned, ..notice };
        assert!(unpaid.page().text().contains("You had not paid anything yet."));
    }

    #[test]
    fn a_cancelled_one_costs_what_was_accepted() {
        check(
            RefundCause::Cancelled,
            40_000,
            false,
            &expect![[r#"
            Your booking is cancelled
            =========================

            We cancelled it as you asked.

            We have given the money back to the means of payment you used. Your bank may need a few days to show it.

            Yours, Kelana & Co

            Booking
            -------
            Booking  bkg_0000000000000000000000000000002a
                     Jakarta to Tokyo, Sat 10 Jul 2027
                     Tokyo to Jakarta, Tue 20 Jul 2027

            Money
            -----
            Paid                   525.00 USD
            Given back             400.00 USD
            Kept, as you accepted  125.00 USD
        "#]],
        );
    }
}
