//! Where uAPI's messages hold personal data and secrets.

use crate::transport::{Format, PersonalField, Placeholder, ScrubRules};

const fn name(element: &'static str, attribute: &'static str) -> PersonalField {
    PersonalField { element, attribute: Some(attribute), placeholder: Placeholder::Name }
}

const fn fixed(element: &'static str, attribute: Option<&'static str>, text: &'static str) -> PersonalField {
    PersonalField { element, attribute, placeholder: Placeholder::Fixed(text) }
}

/// For recordings of this connector.
pub const SCRUB_RULES: ScrubRules =
    ScrubRules { format: Format::Xml, personal: PERSONAL, volatile: &["TraceId"] };

const PERSONAL: &[PersonalField] = &[
    fixed("*", Some("TargetBranch"), "BRANCH"),
    fixed("*", Some("BranchCode"), "BRANCH"),
    fixed("*", Some("AuthorizedBy"), "SCRUBBED"),
    name("BookingTravelerName", "First"),
    name("BookingTravelerName", "Middle"),
    name("BookingTravelerName", "Last"),
    name("Name", "First"),
    name("Name", "Last"),
    name("NameCriteria", "FirstName"),
    name("NameCriteria", "LastName"),
    fixed("BookingTraveler", Some("DOB"), "1990-01-01"),
    fixed("PassengerType", Some("DOB"), "1990-01-01"),
    fixed("SearchPassenger", Some("DOB"), "1990-01-01"),
    fixed("NameRemark/RemarkData", None, "SCRUBBED"),
    fixed("PhoneNumber", Some("Number"), "000"),
    fixed("PhoneNumber", Some("Text"), "SCRUBBED"),
    fixed("Email", Some("EmailID"), "scrubbed@example.com"),
    fixed("Email", Some("Comment"), "SCRUBBED"),
    fixed("SSR", Some("FreeText"), "SCRUBBED"),
    fixed("OSI", Some("Text"), "SCRUBBED"),
    fixed("AddressName", None, "SCRUBBED"),
    fixed("Street", None, "SCRUBBED"),
    fixed("City", None, "SCRUBBED"),
    fixed("PostalCode", None, "SCRUBBED"),
    fixed("CreditCard", Some("Number"), "0"),
    fixed("CreditCard", Some("Name"), "SCRUBBED"),
    fixed("CreditCard", Some("CVV"), "0"),
    fixed("CreditCard", Some("ExpDate"), "2030-01"),
];
