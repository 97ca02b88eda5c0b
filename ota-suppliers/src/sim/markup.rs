//! What all XML needs.

use std::fmt::{Display, Write as _};

/// Appends text for an element or an attribute.
pub(super) fn escape(out: &mut String, value: impl Display) {
    let from = out.len();
    let _ = write!(out, "{value}");
    // Nearly nothing needs escaping: look first, copy only then.
    if out[from..].contains(['&', '<', '>', '"']) {
        let raw = out.split_off(from);
        for character in raw.chars() {
            match character {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                other => out.push(other),
            }
        }
    }
}
