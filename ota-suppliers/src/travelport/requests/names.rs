//! Names as the Galileo host takes them: [`latin`], and a stand-in for a given name that is not there.

pub(crate) use ota_core::model::latin::{NotLatin, latin};
use ota_core::model::traveler::PersonName;

/// Stands for the given name of somebody who has only one name ("first name unknown", as US visas print it).
pub(crate) const NO_GIVEN_NAME: &str = "FNU";

/// Given name and surname for the host.
pub(crate) fn name(name: &PersonName) -> Result<(String, String), NotLatin> {
    let given = match &name.given {
        Some(given) => latin(given.expose())?,
        None => NO_GIVEN_NAME.to_owned(),
    };
    Ok((given, latin(name.surname.expose())?))
}

/// A title as a prefix: its letters; none where nothing is left.
pub(crate) fn title(title: Option<&str>) -> Option<String> {
    latin(title?).ok().map(|title| title.replace(' ', ""))
}
