//! Scrubbing XML.

use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};

use super::{Placeholder, ScrubError, Scrubber};

/// The text with every known field replaced, and the same without escapes.
pub(super) fn scrub(scrubber: &mut Scrubber, text: &str) -> Result<(String, String), ScrubError> {
    let mut reader = Reader::from_str(text);
    let mut writer = Writer::new(Vec::new());
    let mut open: Vec<String> = Vec::new();
    let mut rooted = false;
    loop {
        let event = reader.read_event().map_err(|_| ScrubError::Unreadable)?;
        let event = match event {
            Event::Eof if open.is_empty() && rooted => break,
            Event::Eof | Event::DocType(_) | Event::CData(_) | Event::PI(_) => {
                return Err(ScrubError::Unreadable);
            }
            // A comment may hold anything and says nothing.
            Event::Comment(_) => continue,
            Event::Start(start) => {
                rooted = true;
                let clean = attributes(scrubber, &open, &start)?;
                open.push(start.local_name().as_ref().to_owned());
                Event::Start(clean)
            }
            Event::Empty(start) => {
                rooted = true;
                Event::Empty(attributes(scrubber, &open, &start)?)
            }
            Event::End(end) => {
                open.pop();
                Event::End(end)
            }
            Event::Text(text) if open.is_empty() && !text.trim().is_empty() => {
                return Err(ScrubError::Unreadable);
            }
            Event::Text(text) => match scrubber.text_rule(&open) {
                Some(placeholder) if !text.trim().is_empty() => {
                    Event::Text(BytesText::new(&replace(scrubber, text.trim(), placeholder)?).into_owned())
                }
                _ => Event::Text(text),
            },
            // An escaped character of a personal text: it goes with the rest.
            Event::GeneralRef(_) if scrubber.text_rule(&open).is_some() => continue,
            other => other,
        };
        writer.write_event(event).map_err(|_| ScrubError::Unreadable)?;
    }
    let scrubbed = String::from_utf8(writer.into_inner()).map_err(|_| ScrubError::Unreadable)?;
    let plain = unescape(&scrubbed).map_or_else(|_| scrubbed.clone(), |plain| plain.into_owned());
    Ok((scrubbed, plain))
}

fn attributes(
    scrubber: &mut Scrubber,
    open: &[String],
    start: &BytesStart<'_>,
) -> Result<BytesStart<'static>, ScrubError> {
    let mut clean = BytesStart::new(start.name().as_ref().to_owned());
    for attribute in start.attributes() {
        let mut attribute = attribute.map_err(|_| ScrubError::Unreadable)?;
        let name = attribute.key.local_name();
        if let Some(placeholder) =
            scrubber.rule(open.last(), start.local_name().as_ref(), Some(name.as_ref()))
        {
            attribute.value = replace(scrubber, &attribute.value, placeholder)?.into();
        }
        clean.push_attribute(attribute);
    }
    Ok(clean)
}

fn replace(scrubber: &mut Scrubber, raw: &str, placeholder: Placeholder) -> Result<String, ScrubError> {
    scrubber.replace(&unescape(raw).map_err(|_| ScrubError::Unreadable)?, placeholder)
}
