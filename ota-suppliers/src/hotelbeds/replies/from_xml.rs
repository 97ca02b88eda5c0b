//! An XML reply written as the JSON of the same reply.
//!
//! The two are one structure: attributes are scalar members, an element that holds a list is an array (inside an
//! object of its own name where it has attributes too), and an element of text alone is a string. Elements
//! are told by local name; only the root's namespace is checked.

use super::ReplyError;
use crate::xml::{Element, XmlError, XmlReader};

const NAMESPACE: &str = "http://www.hotelbeds.com/schemas/messages";

/// Elements whose children are the items of a list.
const LISTS: [&str; 10] = [
    "rooms",
    "rates",
    "paxes",
    "cancellationPolicies",
    "promotions",
    "offers",
    "dailyRates",
    "creditCards",
    "keywords",
    "reviews",
];

/// Lists that are an object with attributes around the list of the same name.
const PAGES: [&str; 3] = ["hotels", "taxes", "bookings"];

/// Elements without attributes that have members all the same.
const OBJECTS: [&str; 2] = ["error", "upselling"];

/// Writes a whole reply; its root must close.
pub(super) fn write(document: &[u8]) -> Result<Vec<u8>, ReplyError> {
    let mut xml = XmlReader::new(document)?;
    let root = xml.root()?;
    if xml.namespace(&root) != NAMESPACE {
        return Err(ReplyError::Namespace);
    }
    if let Some(request) = request(root.name()) {
        xml.finish()?;
        return Err(ReplyError::Request(request));
    }
    let mut json = Vec::with_capacity(document.len());
    object(&mut xml, &root, false, &mut json)?;
    xml.finish()?;
    Ok(json)
}

fn request(root: &str) -> Option<&'static str> {
    ["availabilityRQ", "checkRateRQ", "bookingRQ", "bookingChangeRQ"].into_iter().find(|name| *name == root)
}

/// `{attributes, children}`; a page's children are the items of its one list.
fn object<'a>(
    xml: &mut XmlReader<'a>,
    element: &Element<'a>,
    page: bool,
    json: &mut Vec<u8>,
) -> Result<(), XmlError> {
    json.push(b'{');
    let mut first = true;
    for attribute in element.attributes() {
        let (name, value) = attribute?;
        member(name, &mut first, json);
        string(&value, json);
    }
    if page {
        member(element.name(), &mut first, json);
        array(xml, element, json)?;
    } else {
        while let Some(child) = xml.child(element)? {
            member(child.name(), &mut first, json);
            value(xml, &child, json)?;
        }
    }
    json.push(b'}');
    Ok(())
}

fn value<'a>(xml: &mut XmlReader<'a>, element: &Element<'a>, json: &mut Vec<u8>) -> Result<(), XmlError> {
    let name = element.name();
    if PAGES.contains(&name) {
        object(xml, element, true, json)
    } else if LISTS.contains(&name) {
        array(xml, element, json)
    } else if OBJECTS.contains(&name) || element.attributes().next().is_some() {
        object(xml, element, false, json)
    } else {
        let text = xml.text(element)?;
        string(&text, json);
        Ok(())
    }
}

fn array<'a>(xml: &mut XmlReader<'a>, list: &Element<'a>, json: &mut Vec<u8>) -> Result<(), XmlError> {
    json.push(b'[');
    let mut first = true;
    while let Some(item) = xml.child(list)? {
        separate(&mut first, json);
        object(xml, &item, false, json)?;
    }
    json.push(b']');
    Ok(())
}

fn member(name: &str, first: &mut bool, json: &mut Vec<u8>) {
    separate(first, json);
    string(name, json);
    json.push(b':');
}

fn separate(first: &mut bool, json: &mut Vec<u8>) {
    if !std::mem::replace(first, false) {
        json.push(b',');
    }
}

fn string(text: &str, json: &mut Vec<u8>) {
    serde_json::to_writer(json, text).expect("a vector takes every byte");
}
