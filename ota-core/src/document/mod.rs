//! What a customer gets to read: made of plain values, as text and as HTML, pure.

pub mod receipt;
pub mod refund;
pub mod voucher;
mod words;

use std::fmt::Write as _;

/// A document in its content: rendered once as text and once as HTML, so that both say the same.
///
/// ```
/// use ota_core::document::{Page, Row, Section};
/// let rows = vec![Row::new("Name", "Ann & Bob")];
/// let page = Page {
///     title: "Receipt".to_owned(),
///     intro: Vec::new(),
///     sections: vec![Section { heading: "Who".to_owned(), rows }],
/// };
/// assert!(page.text().contains("Name  Ann & Bob"));
/// assert!(page.html().contains("<td>Ann &amp; Bob</td>"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// At the top.
    pub title: String,
    /// Paragraphs below it.
    pub intro: Vec<String>,
    /// The rest.
    pub sections: Vec<Section>,
}

/// A part of a [`Page`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A label and what it labels; an empty label continues the row above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// On the left.
    pub label: String,
    /// On the right.
    pub value: String,
}

impl Row {
    /// A row.
    #[must_use]
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into() }
    }
}

const STYLE: &str = "body{font-family:sans-serif;max-width:44em;margin:1em auto;padding:0 1em;color:#222}\
    table{border-collapse:collapse;width:100%}\
    th{text-align:left;vertical-align:top;font-weight:normal;color:#666;width:11em;padding:.2em 1em .2em 0}\
    td{padding:.2em 0}h2{font-size:1.1em;border-bottom:1px solid #ccc;margin-top:1.6em}";

impl Page {
    /// As text, lines ending in `\n`, labels padded to one column per section.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        underlined(&mut text, &self.title, '=');
        for paragraph in &self.intro {
            let _ = writeln!(text, "\n{}", one_line(paragraph));
        }
        for section in &self.sections {
            text.push('\n');
            underlined(&mut text, &section.heading, '-');
            let width = section.rows.iter().map(|row| row.label.chars().count()).max().unwrap_or(0);
            for row in &section.rows {
                let _ = writeln!(text, "{:width$}  {}", one_line(&row.label), one_line(&row.value));
            }
        }
        text
    }

    /// As one HTML document without anything from elsewhere: no image, no script, no link.
    #[must_use]
    pub fn html(&self) -> String {
        let title = escaped(&self.title);
        let mut html = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{title}</title>\
             <style>{STYLE}</style></head>\n<body>\n<h1>{title}</h1>\n"
        );
        for paragraph in &self.intro {
            let _ = writeln!(html, "<p>{}</p>", escaped(paragraph));
        }
        for section in &self.sections {
            let _ = writeln!(html, "<h2>{}</h2>\n<table>", escaped(&section.heading));
            for row in &section.rows {
                let (label, value) = (escaped(&row.label), escaped(&row.value));
                let _ = writeln!(html, "<tr><th scope=\"row\">{label}</th><td>{value}</td></tr>");
            }
            html.push_str("</table>\n");
        }
        html.push_str("</body>\n</html>\n");
        html
    }
}

fn underlined(text: &mut String, line: &str, with: char) {
    let line = one_line(line);
    let _ = writeln!(text, "{line}\n{}", with.to_string().repeat(line.chars().count()));
}

/// A value stays within its line: a name with a line break in it must not write a line of its own.
fn one_line(value: &str) -> String {
    value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in one_line(value).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
