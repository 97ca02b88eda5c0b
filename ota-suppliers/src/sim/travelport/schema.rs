//! Refuses what the schema refuses, as the real service does before it looks at a request.

use std::collections::HashMap;
use std::sync::LazyLock;

use roxmltree::Node;

/// Version digits of the schemas that the simulator speaks.
const VERSION: &str = "v52_0";
/// Elements nested deeper than this are refused unread; the schema's requests need less than ten.
const DEPTH_MAX: usize = 32;

/// A violation, in the words of the validator behind the real service, and the element where it was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Violation {
    pub(super) reason: String,
    pub(super) element: String,
}

/// Checks a request element and everything in it against the tables.
pub(super) fn check(request: Node<'_, '_>) -> Result<(), Violation> {
    check_element(request, 0)
}

/// The prefixed name under which the tables know an element; `None` for a foreign namespace.
pub(super) fn name(node: Node<'_, '_>) -> Option<String> {
    let namespace = node.tag_name().namespace()?.strip_prefix("http://www.travelport.com/schema/")?;
    let family = namespace.strip_suffix(VERSION)?.strip_suffix('_')?;
    Some(format!("{family}:{}", node.tag_name().name()))
}

fn violation(node: Node<'_, '_>, reason: String) -> Violation {
    Violation { reason, element: node.tag_name().name().to_owned() }
}

fn check_element(node: Node<'_, '_>, depth: usize) -> Result<(), Violation> {
    let local = node.tag_name().name();
    let rule = name(node).and_then(|name| TABLE.get(name.as_str()));
    let Some(rule) = rule.filter(|_| depth < DEPTH_MAX) else {
        return Err(violation(node, format!("cvc-elt.1: Cannot find the declaration of element '{local}'.")));
    };
    for attribute in node.attributes() {
        let name = attribute.name();
        let known =
            rule.attributes.iter().find(|known| known.name == name && attribute.namespace().is_none());
        let Some(known) = known else {
            let reason = format!(
                "cvc-complex-type.3.2.2: Attribute '{name}' is not allowed to appear in element '{local}'."
            );
            return Err(violation(node, reason));
        };
        if !known.kind.accepts(attribute.value()) {
            let value = attribute.value();
            let reason = format!(
                "cvc-attribute.3: The value '{value}' of attribute '{name}' on element '{local}' is not valid."
            );
            return Err(violation(node, reason));
        }
    }
    if let Some(missing) = rule.attributes.iter().find(|a| a.required && !node.has_attribute(a.name)) {
        let name = missing.name;
        let reason = format!("cvc-complex-type.4: Attribute '{name}' must appear on element '{local}'.");
        return Err(violation(node, reason));
    }
    let text =
        node.children().any(|child| child.is_text() && child.text().is_some_and(|t| !t.trim().is_empty()));
    if text && !rule.text {
        let reason = format!("cvc-complex-type.2.3: Element '{local}' cannot have character [children].");
        return Err(violation(node, reason));
    }
    check_order(node, &rule.children)?;
    node.children().filter(Node::is_element).try_for_each(|child| check_element(child, depth + 1))
}

/// Children must come in the order of the table, each as often as it says.
fn check_order(node: Node<'_, '_>, particles: &[Particle]) -> Result<(), Violation> {
    let local = node.tag_name().name();
    let mut children = node.children().filter(Node::is_element).peekable();
    for particle in particles {
        // Of a choice, the first child decides; an absent choice is judged by its first alternative.
        let next = children.peek().copied().and_then(name);
        let chosen = particle.iter().find(|alternative| next.as_deref() == Some(alternative.name));
        let optional = particle.iter().any(|alternative| alternative.least == 0);
        let mut count = 0;
        if let Some(chosen) = chosen {
            while count < chosen.most
                && children.peek().copied().and_then(name).as_deref() == Some(chosen.name)
            {
                children.next();
                count += 1;
            }
        } else if !optional {
            let expected = particle.iter().map(|a| a.name).collect::<Vec<_>>().join(", ");
            let reason = match children.peek() {
                Some(child) => format!(
                    "cvc-complex-type.2.4.a: Invalid content was found starting with element '{}'. One of '{{{expected}}}' is expected.",
                    child.tag_name().name()
                ),
                None => format!(
                    "cvc-complex-type.2.4.b: The content of element '{local}' is not complete. One of '{{{expected}}}' is expected."
                ),
            };
            return Err(violation(node, reason));
        }
    }
    match children.next() {
        None => Ok(()),
        Some(child) => {
            let reason = format!(
                "cvc-complex-type.2.4.d: Invalid content was found starting with element '{}'. No child element is expected at this point.",
                child.tag_name().name()
            );
            Err(violation(child, reason))
        }
    }
}

struct Rule {
    attributes: Vec<Attribute>,
    children: Vec<Particle>,
    text: bool,
}

struct Attribute {
    name: &'static str,
    kind: Kind,
    required: bool,
}

/// Alternatives; mostly one.
type Particle = Vec<Child>;

struct Child {
    name: &'static str,
    least: usize,
    most: usize,
}

enum Kind {
    Text,
    Boolean,
    Integer,
    Date,
    DateTime,
    Length(usize),
    OneOf(Vec<&'static str>),
}

impl Kind {
    fn accepts(&self, value: &str) -> bool {
        match self {
            Self::Text => true,
            Self::Boolean => matches!(value, "true" | "false" | "1" | "0"),
            Self::Integer => value.parse::<i64>().is_ok(),
            Self::Date => value.len() == 10 && value.parse::<jiff::civil::Date>().is_ok(),
            Self::DateTime => value.contains('T') && value.parse::<jiff::civil::DateTime>().is_ok(),
            Self::Length(length) => value.trim().chars().count() == *length,
            Self::OneOf(values) => values.contains(&value),
        }
    }
}

static TABLE: LazyLock<HashMap<&'static str, Rule>> = LazyLock::new(|| {
    let mut rows: Vec<Vec<&'static str>> = Vec::new();
    for line in include_str!("schema.txt").lines().filter(|line| !line.starts_with('#')) {
        match rows.last_mut().filter(|_| line.starts_with(' ')) {
            Some(row) => row.extend(line.split_whitespace()),
            None => rows.push(line.split_whitespace().collect()),
        }
    }
    let groups: HashMap<&str, Vec<&'static str>> =
        rows.iter().filter(|row| row[0].starts_with('@')).map(|row| (row[0], row[1..].to_vec())).collect();
    let rules = rows.iter().filter(|row| !row[0].starts_with('@')).map(|row| (row[0], rule(row, &groups)));
    rules.collect()
});

fn rule(row: &[&'static str], groups: &HashMap<&str, Vec<&'static str>>) -> Rule {
    let mut rule = Rule { attributes: Vec::new(), children: Vec::new(), text: false };
    let (mut inside, mut choosing) = (false, false);
    for &token in &row[1..] {
        let token = match token.strip_prefix('>') {
            Some(rest) => {
                inside = true;
                rest
            }
            None => token,
        };
        if let Some(group) = groups.get(token) {
            rule.attributes.extend(group.iter().map(|token| attribute(token)));
        } else if !inside {
            rule.attributes.push(attribute(token));
        } else if token == "#" {
            rule.text = true;
        } else {
            let bare = token.trim_start_matches('[').trim_end_matches(']');
            match rule.children.last_mut().filter(|_| choosing) {
                Some(particle) => particle.push(child(bare)),
                None => rule.children.push(vec![child(bare)]),
            }
            choosing = (choosing || token.starts_with('[')) && !token.ends_with(']');
        }
    }
    rule
}

fn attribute(token: &'static str) -> Attribute {
    let (token, required) = match token.strip_suffix('!') {
        Some(token) => (token, true),
        None => (token, false),
    };
    let (name, kind) = token.split_once(':').unwrap_or((token, ""));
    let kind = match kind {
        "b" => Kind::Boolean,
        "i" => Kind::Integer,
        "d" => Kind::Date,
        "t" => Kind::DateTime,
        "2" => Kind::Length(2),
        "3" => Kind::Length(3),
        "" => Kind::Text,
        values => Kind::OneOf(values.trim_matches(['{', '}']).split('|').collect()),
    };
    Attribute { name, kind, required }
}

fn child(token: &'static str) -> Child {
    // The schema's upper bounds (18 passengers, 999 of most things) never bind below the request's size limit.
    let (least, most) = match token.as_bytes().last() {
        Some(b'?') => (0, 1),
        Some(b'*') => (0, usize::MAX),
        Some(b'+') => (1, usize::MAX),
        _ => (1, 1),
    };
    Child { name: token.trim_end_matches(['?', '*', '+']), least, most }
}
