//! The bounded pull reader that every XML reply goes through.
//!
//! It sits on the quick-xml tokenizer and adds what a reply from outside needs: limits on bytes and
//! depth, entity decoding restricted to the predefined and numeric ones, refusal of DOCTYPE, and the
//! certainty that the root was closed ([`XmlReader::finish`]). Names and values borrow from the input,
//! so reading allocates only where an entity has to be decoded.
//!
//! Elements are walked by parent: [`XmlReader::child`] yields the next child of an element and passes
//! over whatever the caller left unread in the one before, so unknown content costs one scan and can
//! never shift a reader's position.
//!
//! ```
//! use ota_suppliers::xml::XmlReader;
//!
//! let mut xml = XmlReader::new(b"<list><item code='A&amp;B'><junk/></item><other/></list>")?;
//! let list = xml.root()?;
//! let mut codes = Vec::new();
//! while let Some(child) = xml.child(&list)? {
//!     if child.name() == "item" {
//!         codes.extend(child.attribute("code")?);
//!     }
//! }
//! xml.finish()?;
//! assert_eq!(codes, ["A&B"]);
//! # Ok::<(), ota_suppliers::xml::XmlError>(())
//! ```

use std::borrow::Cow;

use memchr::memchr;
use ota_core::limits::{REPLY_BYTES_MAX, XML_DEPTH_MAX};
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::QName;

/// Namespace declarations remembered on the way to the payload's root.
const NAMESPACE_BINDINGS_MAX: usize = 64;

/// Why a document was refused. Messages never repeat the document's content, which may be personal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum XmlError {
    /// More than [`REPLY_BYTES_MAX`] bytes.
    #[error("document of {bytes} bytes exceeds the limit of {REPLY_BYTES_MAX}")]
    TooLarge {
        /// Size of the refused document.
        bytes: usize,
    },
    /// More than [`XML_DEPTH_MAX`] open elements.
    #[error("elements nest deeper than {XML_DEPTH_MAX} at byte {at}")]
    TooDeep {
        /// Offset of the element that was one too deep.
        at: usize,
    },
    /// The bytes are not UTF-8, or the declaration names another encoding.
    #[error("document is not UTF-8")]
    Encoding,
    /// No element where the root was expected: empty, plain text, or another format.
    #[error("not an XML document")]
    NotXml,
    /// A document type declaration, which could define entities.
    #[error("document type declaration at byte {at}")]
    Doctype {
        /// Offset after the declaration.
        at: usize,
    },
    /// A reference that is neither one of the five predefined entities nor a numeric one.
    #[error("undefined entity or invalid character reference at byte {at}")]
    Entity {
        /// Offset after the reference.
        at: usize,
    },
    /// The document ended before its root closed.
    #[error("document is cut short after {at} bytes")]
    Cut {
        /// Size of what arrived.
        at: usize,
    },
    /// Something other than comments and white space follows the root.
    #[error("content after the root element at byte {at}")]
    Trailing {
        /// Offset after the surplus content.
        at: usize,
    },
    /// An attribute without a quoted value, or with a reference that cannot be decoded.
    #[error("malformed attribute in element <{element}>")]
    Attribute {
        /// Local name of the element.
        element: String,
    },
    /// Any other violation of well-formedness.
    #[error("document is not well-formed at byte {at}")]
    Malformed {
        /// Offset of the error.
        at: usize,
        /// What the tokenizer says.
        #[source]
        source: quick_xml::Error,
    },
}

/// The start tag of one element: a small value that borrows from the document.
#[derive(Debug, Clone, Copy)]
pub struct Element<'a> {
    prefix: &'a str,
    name: &'a str,
    attributes: &'a str,
    depth: u32,
    empty: bool,
}

impl<'a> Element<'a> {
    /// The name without its prefix.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The attributes in document order, declarations of namespaces left out.
    #[must_use]
    pub fn attributes(&self) -> Attributes<'a> {
        // One fast scan over the tag spares one over each value.
        let special = self.attributes.bytes().fold(false, |found, byte| found | is_special(byte));
        Attributes { rest: self.attributes, element: self.name, special, declarations: false }
    }

    /// The decoded value of the attribute with this local name, if present. For elements of which many
    /// attributes are wanted, [`Element::attributes`] is one scan instead of many.
    ///
    /// # Errors
    /// [`XmlError::Attribute`] for a malformed attribute list.
    pub fn attribute(&self, name: &str) -> Result<Option<Cow<'a, str>>, XmlError> {
        for attribute in self.attributes() {
            let (key, value) = attribute?;
            if key == name {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }
}

/// Iterates over `(local name, decoded value)`.
#[derive(Debug, Clone)]
pub struct Attributes<'a> {
    rest: &'a str,
    element: &'a str,
    /// Some value may need decoding.
    special: bool,
    declarations: bool,
}

impl<'a> Attributes<'a> {
    fn malformed(&mut self) -> XmlError {
        self.rest = "";
        XmlError::Attribute { element: self.element.to_owned() }
    }

    /// One attribute with its prefix, local name and raw value.
    ///
    /// quick-xml's own iterator keeps a list of all keys to find duplicates, an allocation per element
    /// that this hot path cannot afford; here the first of two equal names wins.
    #[inline]
    fn next_raw(&mut self) -> Option<Result<(&'a str, &'a str, &'a str), XmlError>> {
        let bytes = self.rest.as_bytes();
        let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace())?;
        let Some(found) = self.locate(start) else {
            return Some(Err(self.malformed()));
        };
        let Located { colon, equals, value, end } = found;
        let name = self.rest[start..equals].trim_ascii_end();
        let (prefix, name) = match colon {
            Some(colon) => (&self.rest[start..colon], &name[colon + 1 - start..]),
            None => ("", name),
        };
        let value = &self.rest[value..end];
        self.rest = &self.rest[end + 1..];
        Some(Ok((prefix, name, value)))
    }

    /// Where the parts of the attribute at `start` are.
    #[inline]
    fn locate(&self, start: usize) -> Option<Located> {
        let bytes = self.rest.as_bytes();
        let mut colon = None;
        let mut equals = start;
        while *bytes.get(equals)? != b'=' {
            if bytes[equals] == b':' {
                colon = colon.or(Some(equals));
            }
            equals += 1;
        }
        let mut quote = equals + 1;
        while bytes.get(quote)?.is_ascii_whitespace() {
            quote += 1;
        }
        let quoted = matches!(bytes[quote], b'"' | b'\'');
        let length = memchr(bytes[quote], &bytes[quote + 1..]).filter(|_| quoted)?;
        Some(Located { colon, equals, value: quote + 1, end: quote + 1 + length })
    }
}

/// Offsets of an attribute's parts; the name ends at `equals`, the value runs from `value` to `end`.
struct Located {
    colon: Option<usize>,
    equals: usize,
    value: usize,
    end: usize,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Result<(&'a str, Cow<'a, str>), XmlError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (prefix, name, raw) = match self.next_raw()? {
                Ok(attribute) => attribute,
                Err(error) => return Some(Err(error)),
            };
            if (prefix == "xmlns" || (prefix.is_empty() && name == "xmlns")) != self.declarations {
                continue;
            }
            // White space other than blanks is normalised, references are decoded.
            if !self.special || !raw.bytes().any(is_special) {
                return Some(Ok((name, Cow::Borrowed(raw))));
            }
            let attribute = Attribute { key: QName(name), value: Cow::Borrowed(raw) };
            return Some(match attribute.normalized_value(XmlVersion::Implicit1_0) {
                Ok(value) => Ok((name, value)),
                Err(_) => Err(self.malformed()),
            });
        }
    }
}

fn is_special(byte: u8) -> bool {
    byte == b'&' || byte < b' '
}

fn split_prefix(name: &str) -> (&str, &str) {
    match name.bytes().position(|byte| byte == b':') {
        Some(colon) => (&name[..colon], &name[colon + 1..]),
        None => ("", name),
    }
}

/// Reads one document from memory. See the module documentation.
#[derive(Debug)]
pub struct XmlReader<'a> {
    input: &'a str,
    tokens: quick_xml::Reader<&'a [u8]>,
    /// Number of open elements.
    depth: u32,
    /// The root has been handed out.
    rooted: bool,
    namespaces: Vec<(&'a str, Cow<'a, str>)>,
}

impl<'a> XmlReader<'a> {
    /// Starts reading a document.
    ///
    /// # Errors
    /// [`XmlError::TooLarge`] and [`XmlError::Encoding`], before anything is parsed.
    pub fn new(document: &'a [u8]) -> Result<Self, XmlError> {
        if document.len() > REPLY_BYTES_MAX {
            return Err(XmlError::TooLarge { bytes: document.len() });
        }
        let input = std::str::from_utf8(document).map_err(|_| XmlError::Encoding)?;
        let input = input.strip_prefix('\u{feff}').unwrap_or(input);
        let mut tokens = quick_xml::Reader::from_str(input);
        let config = tokens.config_mut();
        config.check_end_names = true;
        config.allow_dangling_amp = false;
        Ok(Self { input, tokens, depth: 0, rooted: false, namespaces: Vec::new() })
    }

    /// The root element, with its namespaces remembered for [`XmlReader::namespace`].
    ///
    /// # Errors
    /// [`XmlError::NotXml`] if the document starts with anything else, and every tokenizer error.
    pub fn root(&mut self) -> Result<Element<'a>, XmlError> {
        loop {
            match self.token()? {
                Token::Open(element) => {
                    self.rooted = true;
                    self.remember_namespaces(&element)?;
                    return Ok(element);
                }
                Token::Text(text) if text.trim_ascii().is_empty() => {}
                Token::Nothing => {}
                Token::Text(_) | Token::Reference(_) | Token::Close | Token::End => {
                    return Err(XmlError::NotXml);
                }
            }
        }
    }

    /// The next child element of `parent`, or `None` once the parent has closed. What is left of the
    /// child before, text and all, is passed over.
    ///
    /// # Errors
    /// [`XmlError::Cut`] if the document ends first, and every tokenizer error.
    #[inline]
    pub fn child(&mut self, parent: &Element<'a>) -> Result<Option<Element<'a>>, XmlError> {
        if parent.empty || self.depth < parent.depth {
            return Ok(None);
        }
        loop {
            match self.token()? {
                Token::Open(element) if element.depth == parent.depth + 1 => return Ok(Some(element)),
                Token::Close if self.depth < parent.depth => return Ok(None),
                Token::Open(_) | Token::Close | Token::Text(_) | Token::Reference(_) | Token::Nothing => {}
                Token::End => return Err(self.cut()),
            }
        }
    }

    /// The text directly inside an element, entities decoded, white space kept; child elements are
    /// passed over. Reads up to the element's end.
    ///
    /// # Errors
    /// [`XmlError::Cut`], [`XmlError::Entity`], and every tokenizer error.
    pub fn text(&mut self, element: &Element<'a>) -> Result<Cow<'a, str>, XmlError> {
        let mut text = Cow::Borrowed("");
        if element.empty {
            return Ok(text);
        }
        while self.depth >= element.depth {
            match self.token()? {
                Token::Text(part) if self.depth == element.depth => append(&mut text, part),
                Token::Reference(character) if self.depth == element.depth => text.to_mut().push(character),
                Token::End => return Err(self.cut()),
                Token::Open(_) | Token::Close | Token::Text(_) | Token::Reference(_) | Token::Nothing => {}
            }
        }
        Ok(text)
    }

    /// Remembers the namespaces that an element on the way to the payload declares. The readers call
    /// this for the envelope and the payload's root only: below it, local names decide.
    ///
    /// # Errors
    /// Those of the attribute list; [`XmlError::Attribute`] also when it declares absurdly many.
    pub fn remember_namespaces(&mut self, element: &Element<'a>) -> Result<(), XmlError> {
        for declaration in (Attributes { declarations: true, ..element.attributes() }) {
            let (prefix, uri) = declaration?;
            if self.namespaces.len() == NAMESPACE_BINDINGS_MAX {
                return Err(XmlError::Attribute { element: element.name.to_owned() });
            }
            self.namespaces.push((if prefix == "xmlns" { "" } else { prefix }, uri));
        }
        Ok(())
    }

    /// The namespace of an element by the declarations remembered so far; empty if there is none.
    #[must_use]
    pub fn namespace(&self, element: &Element<'a>) -> &str {
        let found = self.namespaces.iter().rev().find(|(bound, _)| *bound == element.prefix);
        found.map_or("", |(_, uri)| uri)
    }

    /// Reads what is left of the document: the root must close, and only comments and white space may
    /// follow it.
    ///
    /// # Errors
    /// [`XmlError::Cut`], [`XmlError::Trailing`], and every tokenizer error.
    pub fn finish(mut self) -> Result<(), XmlError> {
        while self.depth > 0 {
            if let Token::End = self.token()? {
                return Err(self.cut());
            }
        }
        if !self.rooted {
            return Err(XmlError::NotXml);
        }
        loop {
            match self.token()? {
                Token::End => return Ok(()),
                Token::Text(text) if text.trim_ascii().is_empty() => {}
                Token::Nothing => {}
                Token::Open(_) | Token::Close | Token::Text(_) | Token::Reference(_) => {
                    return Err(XmlError::Trailing { at: self.position() });
                }
            }
        }
    }

    #[inline]
    fn token(&mut self) -> Result<Token<'a>, XmlError> {
        let event = self.tokens.read_event().map_err(|source| self.malformed(source))?;
        Ok(match event {
            Event::Start(start) => {
                self.depth += 1;
                if self.depth as usize > XML_DEPTH_MAX {
                    return Err(XmlError::TooDeep { at: self.position() });
                }
                Token::Open(self.element(&start, self.depth, false))
            }
            Event::Empty(start) => Token::Open(self.element(&start, self.depth + 1, true)),
            Event::End(_) => {
                // The tokenizer refuses an end without a start.
                self.depth = self.depth.saturating_sub(1);
                Token::Close
            }
            Event::Text(text) => Token::Text(text.into_inner()),
            Event::CData(text) => Token::Text(text.into_inner()),
            Event::GeneralRef(reference) => Token::Reference(self.decode(&reference)?),
            Event::DocType(_) => return Err(XmlError::Doctype { at: self.position() }),
            Event::Decl(declaration) => match declaration.encoding() {
                Some(Ok(name)) if !is_utf8(&name) => return Err(XmlError::Encoding),
                _ => Token::Nothing,
            },
            Event::PI(_) | Event::Comment(_) => Token::Nothing,
            Event::Eof => Token::End,
        })
    }

    /// Re-borrows a start tag from the input instead of from the event, so that an [`Element`] lives
    /// as long as the document.
    #[inline]
    fn element(&self, start: &BytesStart<'a>, depth: u32, empty: bool) -> Element<'a> {
        let name_len = start.name().0.len();
        let offset = (start.as_ptr() as usize).wrapping_sub(self.input.as_ptr() as usize);
        let tag = self.input.get(offset..offset.wrapping_add(start.len())).unwrap_or_default();
        let (name, attributes) = tag.split_at_checked(name_len).unwrap_or_default();
        let (prefix, name) = split_prefix(name);
        Element { prefix, name, attributes, depth, empty }
    }

    fn decode(&self, reference: &BytesRef<'a>) -> Result<char, XmlError> {
        let predefined = |name: &str| resolve_predefined_entity(name)?.chars().next();
        let character = match reference.resolve_char_ref() {
            Ok(Some(character)) => Some(character),
            Ok(None) => predefined(&reference.xml10_content()),
            Err(_) => None,
        };
        character.ok_or(XmlError::Entity { at: self.position() })
    }

    fn position(&self) -> usize {
        // Offsets fit: the document is in memory and bounded.
        usize::try_from(self.tokens.buffer_position()).unwrap_or(usize::MAX)
    }

    fn cut(&self) -> XmlError {
        XmlError::Cut { at: self.input.len() }
    }

    fn malformed(&self, source: quick_xml::Error) -> XmlError {
        // An unfinished token runs into the end of the input: the reply was cut inside it.
        if matches!(source, quick_xml::Error::Syntax(_)) && self.position() >= self.input.len() {
            return self.cut();
        }
        XmlError::Malformed { at: self.position(), source }
    }
}

/// What the tokenizer found, with depth already accounted for.
enum Token<'a> {
    Open(Element<'a>),
    Close,
    Text(Cow<'a, str>),
    Reference(char),
    Nothing,
    End,
}

/// Adds a part of a text with its line ends normalised.
fn append<'a>(text: &mut Cow<'a, str>, part: Cow<'a, str>) {
    let part =
        if part.contains('\r') { Cow::Owned(part.replace("\r\n", "\n").replace('\r', "\n")) } else { part };
    if text.is_empty() {
        *text = part;
    } else {
        text.to_mut().push_str(&part);
    }
}

fn is_utf8(encoding: &str) -> bool {
    ["utf-8", "utf8", "us-ascii"].iter().any(|known| encoding.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests;
