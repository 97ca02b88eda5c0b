//! Where Hotelbeds' messages hold personal data. Key and signature travel in headers, which are never recorded.

use crate::transport::{Format, PersonalField, Placeholder, ScrubRules};

const fn name(member: &'static str) -> PersonalField {
    PersonalField { element: member, attribute: None, placeholder: Placeholder::Name }
}

const fn fixed(member: &'static str, text: &'static str) -> PersonalField {
    PersonalField { element: member, attribute: None, placeholder: Placeholder::Fixed(text) }
}

/// For recordings of this connector.
pub const SCRUB_RULES: ScrubRules = ScrubRules { format: Format::Json, personal: PERSONAL, volatile: &[] };

const PERSONAL: &[PersonalField] = &[
    name("holder/name"),
    name("holder/surname"),
    name("paxes/name"),
    name("paxes/surname"),
    // Whose key it was made with.
    fixed("creationUser", "SCRUBBED"),
    fixed("remark", "SCRUBBED"),
    fixed("email", "scrubbed@example.com"),
    fixed("phoneNumber", "000"),
    fixed("cardHolderName", "SCRUBBED"),
    fixed("cardNumber", "0"),
    fixed("cardCVC", "0"),
    fixed("expiryDate", "0130"),
];
