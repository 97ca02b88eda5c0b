//! Writes XML replies: elements in the order they are started, escaped, in the form of the recorded ones.

use std::fmt::{Display, Write as _};

use super::super::markup::escape;

/// A document under construction.
#[derive(Debug, Default)]
pub(super) struct Xml {
    out: String,
    open: Vec<&'static str>,
    /// The innermost start tag can still take attributes.
    in_tag: bool,
}

impl Xml {
    /// Starts an element; attributes may follow. `common:` is written as the host writes it, with its version.
    pub(super) fn start(&mut self, name: &'static str) -> &mut Self {
        self.close_tag();
        self.out.push('<');
        self.name(name);
        self.open.push(name);
        self.in_tag = true;
        self
    }

    /// Adds an attribute to the element that was just started.
    pub(super) fn attr(&mut self, name: &str, value: impl Display) -> &mut Self {
        debug_assert!(self.in_tag, "attribute {name} after content");
        let _ = write!(self.out, " {name}=\"");
        escape(&mut self.out, value);
        self.out.push('"');
        self
    }

    /// Adds an attribute if there is a value.
    pub(super) fn maybe(&mut self, name: &str, value: Option<impl Display>) -> &mut Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// Adds text.
    pub(super) fn text(&mut self, text: impl Display) -> &mut Self {
        self.close_tag();
        escape(&mut self.out, text);
        self
    }

    /// Ends the innermost element.
    pub(super) fn end(&mut self) -> &mut Self {
        let name = self.open.pop().expect("every end has its start: the calls are paired in the code");
        if std::mem::take(&mut self.in_tag) {
            self.out.push_str("/>");
        } else {
            self.out.push_str("</");
            self.name(name);
            self.out.push('>');
        }
        self
    }

    /// Adds an element with nothing but text.
    pub(super) fn leaf(&mut self, name: &'static str, text: impl Display) -> &mut Self {
        self.start(name).text(text).end()
    }

    /// Adds an element with nothing but a key.
    pub(super) fn reference(&mut self, name: &'static str, key: impl Display) -> &mut Self {
        self.start(name).attr("Key", key).end()
    }

    /// The document in a SOAP envelope.
    pub(super) fn into_envelope(self) -> String {
        debug_assert!(self.open.is_empty(), "{:?} not ended", self.open);
        format!(
            "<SOAP:Envelope xmlns:SOAP=\"http://schemas.xmlsoap.org/soap/envelope/\"><SOAP:Body>{}</SOAP:Body></SOAP:Envelope>",
            self.out
        )
    }

    fn close_tag(&mut self) {
        if std::mem::take(&mut self.in_tag) {
            self.out.push('>');
        }
    }

    fn name(&mut self, name: &str) {
        match name.strip_prefix("common:") {
            Some(local) => {
                self.out.push_str("common_v52_0:");
                self.out.push_str(local);
            }
            None => self.out.push_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nests_and_escapes() {
        let mut xml = Xml::default();
        xml.start("air:A").attr("x", "a<\"b\"&").maybe("y", None::<u8>).start("common:B").end();
        xml.leaf("air:C", "1 > 0").end();
        assert!(xml.into_envelope().contains(
            "<air:A x=\"a&lt;&quot;b&quot;&amp;\"><common_v52_0:B/><air:C>1 &gt; 0</air:C></air:A>"
        ));
    }
}
