use super::*;

/// Reads a document whole: names indented by depth, attributes, own text.
fn dump(document: &str) -> Result<String, XmlError> {
    fn walk<'a>(xml: &mut XmlReader<'a>, parent: &Element<'a>, out: &mut String) -> Result<(), XmlError> {
        out.push_str(parent.name());
        for attribute in parent.attributes() {
            let (name, value) = attribute?;
            out.push_str(&format!(" {name}={value:?}"));
        }
        while let Some(child) = xml.child(parent)? {
            out.push('(');
            walk(xml, &child, out)?;
            out.push(')');
        }
        Ok(())
    }
    let mut xml = XmlReader::new(document.as_bytes())?;
    let root = xml.root()?;
    let mut out = String::new();
    walk(&mut xml, &root, &mut out)?;
    xml.finish()?;
    Ok(out)
}

#[track_caller]
fn check(document: &str, expected: &str) {
    assert_eq!(dump(document).unwrap(), expected);
}

#[track_caller]
fn check_error(document: &str, expected: &str) {
    assert_eq!(dump(document).unwrap_err().to_string(), expected);
}

#[test]
fn walks_elements_and_attributes() {
    check("<a x:b='1' c = \"2\"><d/>t<e><f/></e></a>", r#"a b="1" c="2"(d)(e(f))"#);
    check("\u{feff}<?xml version='1.0' encoding='utf-8'?>\n<!-- --><n:a xmlns:n='u'/><!-- -->\n", "a");
    check("<a b='&lt;&#x41;&amp;&#8217;' c='x\ny'/>", "a b=\"<A&\u{2019}\" c=\"x y\"");
    check("<a b='\"' c=\"'\" d=''/>", r#"a b="\"" c="'" d="""#);
}

#[test]
fn passes_over_what_is_left_unread() {
    let mut xml = XmlReader::new(b"<a><b><c><d/></c>text</b><b/><e>x</e></a>").unwrap();
    let root = xml.root().unwrap();
    let first = xml.child(&root).unwrap().unwrap();
    let inner = xml.child(&first).unwrap().unwrap();
    assert_eq!((first.name(), inner.name()), ("b", "c"));
    let second = xml.child(&root).unwrap().unwrap();
    assert!(xml.child(&second).unwrap().is_none());
    let third = xml.child(&root).unwrap().unwrap();
    assert_eq!((second.name(), third.name(), &*xml.text(&third).unwrap()), ("b", "e", "x"));
    assert!(xml.child(&root).unwrap().is_none());
    assert!(xml.child(&root).unwrap().is_none());
    xml.finish().unwrap();
}

#[test]
fn joins_text_around_entities_cdata_and_children() {
    let mut xml = XmlReader::new(b"<a> x&lt;<b>no</b><![CDATA[<y>]]>\r\n&#122;</a>").unwrap();
    let root = xml.root().unwrap();
    assert_eq!(xml.text(&root).unwrap(), " x<<y>\nz");
    xml.finish().unwrap();
}

#[test]
fn resolves_the_namespace_of_tracked_elements() {
    let mut xml = XmlReader::new(b"<s:a xmlns:s='one' xmlns='two'><b/><s:c xmlns:s='three'/></s:a>").unwrap();
    let root = xml.root().unwrap();
    assert_eq!(xml.namespace(&root), "one");
    let plain = xml.child(&root).unwrap().unwrap();
    assert_eq!(xml.namespace(&plain), "two");
    let shadowed = xml.child(&root).unwrap().unwrap();
    xml.remember_namespaces(&shadowed).unwrap();
    assert_eq!(xml.namespace(&shadowed), "three");
}

#[test]
fn refuses_what_is_not_one_whole_document() {
    check_error("", "not an XML document");
    check_error("SIMULTANEOUS CHANGES", "not an XML document");
    check_error("{\"a\": 1}", "not an XML document");
    check_error("<a><b>", "document is cut short after 6 bytes");
    check_error("<a><b></b", "document is cut short after 9 bytes");
    check_error("<a b='1", "document is cut short after 7 bytes");
    check_error("<a><!-- b", "document is cut short after 9 bytes");
    check_error("<a/><b/>", "content after the root element at byte 8");
    check_error("<a/>junk", "content after the root element at byte 8");
    check_error("<a></b>", "document is not well-formed at byte 7");
    check_error("<a b></a>", "malformed attribute in element <a>");
    check_error("<a b=1/>", "malformed attribute in element <a>");
}

#[test]
fn refuses_declared_entities_and_foreign_encodings() {
    check_error("<!DOCTYPE a [<!ENTITY e 'x'>]><a/>", "document type declaration at byte 30");
    check_error("<a b='&e;'/>", "malformed attribute in element <a>");
    check_error("<?xml version='1.0' encoding='iso-8859-1'?><a/>", "document is not UTF-8");
    assert!(matches!(XmlReader::new(b"<a>\xff</a>"), Err(XmlError::Encoding)));
    for reference in ["&e;", "&#0;", "&#xD800;", "&#x110000;"] {
        let document = format!("<a>{reference}</a>");
        let mut xml = XmlReader::new(document.as_bytes()).unwrap();
        let root = xml.root().unwrap();
        assert!(matches!(xml.text(&root), Err(XmlError::Entity { .. })), "{reference}");
    }
}

#[test]
fn holds_its_limits() {
    let deep = |n: usize| "<a>".repeat(n) + &"</a>".repeat(n);
    assert!(dump(&deep(XML_DEPTH_MAX)).is_ok());
    check_error(&deep(XML_DEPTH_MAX + 1), "elements nest deeper than 128 at byte 387");
    let large = vec![b' '; REPLY_BYTES_MAX + 1];
    assert!(matches!(XmlReader::new(&large), Err(XmlError::TooLarge { .. })));
}
