//! An independent look at a recording: serde_json's tree for JSON, roxmltree's for XML.

use roxmltree::Node;
use serde_json::Value;

/// A recording as text and, where it is JSON, as its tree.
pub(super) enum Document {
    Json(Value),
    Xml(String),
}

impl Document {
    pub(super) fn parse(bytes: &[u8]) -> Self {
        match serde_json::from_slice(bytes) {
            Ok(json) => Self::Json(json),
            Err(_) => Self::Xml(std::str::from_utf8(bytes).unwrap().to_owned()),
        }
    }

    /// Looks at the outermost object or root element.
    pub(super) fn look<T>(&self, look: impl FnOnce(Look<'_, '_>) -> T) -> T {
        match self {
            Self::Json(json) => look(Look::Json(json)),
            Self::Xml(text) => {
                let document = roxmltree::Document::parse(text).unwrap();
                look(Look::Xml(document.root_element()))
            }
        }
    }
}

/// An object or an element.
#[derive(Clone, Copy)]
pub(super) enum Look<'a, 'd> {
    Json(&'a Value),
    Xml(Node<'a, 'd>),
}

impl<'a, 'd> Look<'a, 'd> {
    /// A scalar member or attribute as text.
    pub(super) fn get(self, name: &str) -> Option<String> {
        match self {
            Self::Json(json) => match &json[name] {
                Value::String(text) => Some(text.clone()),
                Value::Null | Value::Array(_) | Value::Object(_) => None,
                scalar => Some(scalar.to_string()),
            },
            Self::Xml(node) => node.attribute(name).map(str::to_owned),
        }
    }

    pub(super) fn child(self, name: &str) -> Option<Self> {
        match self {
            Self::Json(json) => json.get(name).filter(|value| value.is_object()).map(Self::Json),
            Self::Xml(node) => node.children().find(|child| child.tag_name().name() == name).map(Self::Xml),
        }
    }

    /// The items of a list, bare or inside an object of its own name.
    pub(super) fn items(self, list: &str) -> Vec<Self> {
        match self {
            Self::Json(json) => {
                let found = json[list].as_array().or_else(|| json[list][list].as_array());
                found.into_iter().flatten().map(Self::Json).collect()
            }
            Self::Xml(_) => match self.child(list) {
                Some(Self::Xml(list)) => list.children().filter(Node::is_element).map(Self::Xml).collect(),
                _ => Vec::new(),
            },
        }
    }
}
