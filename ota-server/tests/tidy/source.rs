//! Reads Rust well enough to know which paths a file names: no macros are expanded, no names are resolved beyond
//! `crate`, `self` and `super` at the level of the file.

/// A file of the repository.
#[derive(Debug)]
pub(crate) struct File {
    /// From the root of the repository, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// A name in the code of a file, test code aside.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// From 1.
    pub(crate) line: usize,
    /// `ota_core::store::sqlite`, `tokio::spawn`, `await`.
    pub(crate) path: String,
}

/// Whether a path is this module or something in it.
pub(crate) fn within(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

impl File {
    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Test code by its place, and suites and tools for tests.
    pub(crate) fn is_test(&self) -> bool {
        ["/tests/", "/tests.rs", "/benches/", "/src/testing/"].iter().any(|part| self.path.contains(part))
    }

    /// The module that the file is: `ota_core::store::sqlite` of `ota-core/src/store/sqlite.rs`.
    pub(crate) fn module(&self) -> String {
        let (krate, inside) = self.path.split_once("/src/").unwrap_or((&self.path, ""));
        let inside = inside.trim_end_matches(".rs");
        let root = krate.rsplit('/').next().unwrap_or_default().replace('-', "_");
        let parts = inside.split('/').filter(|part| !matches!(*part, "mod" | "lib" | "main" | ""));
        std::iter::once(&*root).chain(parts).collect::<Vec<_>>().join("::")
    }

    /// Every name in the file outside comments, literals and items under `#[cfg(test)]`.
    pub(crate) fn names(&self) -> Vec<Name> {
        let code = without_tests(&blank(&self.text));
        let mut reader = Reader { code: code.as_bytes(), at: 0, names: Vec::new() };
        reader.all();
        let module = self.module();
        let (mut line, mut counted) = (1, 0);
        let absolute = |(at, path): (usize, String)| {
            line += code.as_bytes()[counted..at].iter().filter(|byte| **byte == b'\n').count();
            counted = at;
            Name { line, path: resolve(&path, &module) }
        };
        reader.names.into_iter().filter(|(_, path)| is_name(path)).map(absolute).collect()
    }
}

/// Whether it can name something of another module: a path, a type in scope, or a word of the language that waits or
/// counts inexactly.
fn is_name(path: &str) -> bool {
    path.contains("::")
        || path.starts_with(|first: char| first.is_ascii_uppercase())
        || matches!(path, "async" | "await" | "f32" | "f64")
}

fn resolve(path: &str, module: &str) -> String {
    let mut base: Vec<&str> = module.split("::").collect();
    let mut parts = path.split("::").peekable();
    match parts.peek() {
        Some(&"crate") => base.truncate(1),
        Some(&"self") => {}
        Some(&"super") => {
            while parts.next_if_eq(&"super").is_some() {
                base.pop();
            }
            return base.into_iter().chain(parts).collect::<Vec<_>>().join("::");
        }
        _ => return path.to_owned(),
    }
    base.into_iter().chain(parts.skip(1)).collect::<Vec<_>>().join("::")
}

/// The same text with comments and literals blanked; offsets and lines stay.
fn blank(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let len = if rest.starts_with(b"//") {
            rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
        } else if rest.starts_with(b"/*") {
            block_comment(rest)
        } else if rest[0] == b'"' {
            string(rest)
        } else if rest[0] == b'r' && !at.checked_sub(1).is_some_and(|before| is_word(bytes[before])) {
            raw_string(rest)
        } else if rest[0] == b'\'' {
            character(rest)
        } else {
            0
        };
        for byte in &mut out[at..at + len] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at += len.max(1);
    }
    String::from_utf8(out).expect("whole literals and comments were blanked")
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match rest.get(at..at + 2) {
            Some(b"/*") => depth += 1,
            Some(b"*/") => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

fn string(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != b'"' {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

fn raw_string(rest: &[u8]) -> usize {
    let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return 0;
    }
    let end = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
    let body = &rest[2 + hashes..];
    let found = body.windows(end.len()).position(|window| window == end);
    found.map_or(rest.len(), |found| 2 + hashes + found + end.len())
}

/// A character literal; nothing for a lifetime.
fn character(rest: &[u8]) -> usize {
    if rest.get(1) == Some(&b'\\') {
        // The escaped one itself may be a quote.
        return rest.iter().skip(3).position(|byte| *byte == b'\'').map_or(0, |found| found + 4);
    }
    // One character of one to four bytes.
    (2..=5).find(|end| rest.get(*end) == Some(&b'\'') && is_one(&rest[1..*end])).map_or(0, |end| end + 1)
}

fn is_one(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| text.chars().count() == 1)
}

/// The same code with every item under `#[cfg(test)]` blanked.
fn without_tests(code: &str) -> String {
    let mut out = code.as_bytes().to_vec();
    for marker in ["#[cfg(test)]", "#[cfg(all(test,", "#[cfg(any(all(test,"] {
        for (start, _) in code.match_indices(marker) {
            let end = start + item_len(&code.as_bytes()[start..]);
            out[start..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        }
    }
    String::from_utf8(out).expect("code without literals is cut at ASCII only")
}

/// Up to the first `;` outside braces, or the end of the first braces.
fn item_len(code: &[u8]) -> usize {
    let mut depth = 0;
    for (at, byte) in code.iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth <= 1 => return at + 1,
            b'}' => depth -= 1,
            b';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Finds paths: words joined by `::`, groups in braces taken apart.
struct Reader<'a> {
    code: &'a [u8],
    at: usize,
    names: Vec<(usize, String)>,
}

impl Reader<'_> {
    fn all(&mut self) {
        while self.at < self.code.len() {
            if is_word(self.code[self.at]) {
                self.path("");
            } else {
                self.at += 1;
            }
        }
    }

    /// A path that goes on after `prefix`; stands behind it afterwards.
    fn path(&mut self, prefix: &str) {
        let start = self.at;
        let mut path = prefix.to_owned();
        loop {
            let word = self.word();
            if word.is_empty() {
                break;
            }
            if word != "self" || prefix.is_empty() {
                path = if path.is_empty() { word } else { format!("{path}::{word}") };
            }
            if !self.take(b"::") {
                break;
            }
            if self.take(b"{") {
                return self.group(&path);
            }
        }
        self.names.push((start, path));
    }

    fn group(&mut self, prefix: &str) {
        while self.at < self.code.len() && !self.take(b"}") {
            if is_word(self.code[self.at]) {
                self.path(prefix);
                // `as name`, `*`: up to the next member.
                while self.at < self.code.len() && !matches!(self.code[self.at], b',' | b'}') {
                    self.at += 1;
                }
            } else {
                self.at += 1;
            }
        }
    }

    fn word(&mut self) -> String {
        let len = self.code[self.at..].iter().take_while(|byte| is_word(**byte)).count();
        self.at += len;
        String::from_utf8_lossy(&self.code[self.at - len..self.at]).into_owned()
    }

    fn take(&mut self, token: &[u8]) -> bool {
        let found = self.code[self.at..].starts_with(token);
        self.at += if found { token.len() } else { 0 };
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, text: &str, wanted: &[&str]) {
        let file = File { path: path.to_owned(), text: text.to_owned() };
        let names: Vec<String> = file.names().into_iter().map(|name| name.path).collect();
        for path in wanted {
            assert!(names.iter().any(|name| name == path), "{path} not in {names:?}");
        }
        assert!(!names.iter().any(|name| name.contains("hidden")), "{names:?}");
    }

    #[test]
    fn paths_are_found_in_uses_and_in_code() {
        let text =
            "use crate::{a::{B, c::D as E}, f::{self, *}};\nfn g() { tokio::spawn(x::y::<super::z::Q>()) }";
        check(
            "ota-core/src/store/sqlite.rs",
            text,
            &[
                "ota_core::a::B",
                "ota_core::a::c::D",
                "ota_core::f",
                "tokio::spawn",
                "x::y",
                "ota_core::store::z::Q",
            ],
        );
        check(
            "ota-core/src/store/mod.rs",
            "use self::seal::A; use super::b;",
            &["ota_core::store::seal::A", "ota_core::b"],
        );
        check("ota-server/src/main.rs", "use crate::api; async fn f() {}", &["ota_server::api", "async"]);
        let file = File { path: "a/src/b.rs".to_owned(), text: "pub(crate) fn f(&self) {}".to_owned() };
        assert!(!file.names().iter().any(|name| name.path.starts_with('a')), "{:?}", file.names());
    }

    #[test]
    fn comments_literals_and_tests_are_no_code() {
        let text = r##"// use hidden::a;
/* hidden::b /* hidden::c */ hidden::d */
const A: &str = "hidden::e \" hidden::f"; const B: &str = r#"hidden::g " "#; const C: char = '"';
fn f<'a>(x: &'a str) -> char { '\'' } const D: char = '\u{1F600}';
#[cfg(test)]
use hidden::h;
#[cfg(test)]
mod tests { fn f() { hidden::i() } }
use seen::k;
"##;
        check("ota-core/src/a.rs", text, &["seen::k"]);
        let file = File { path: "a/src/b.rs".to_owned(), text: text.to_owned() };
        assert_eq!(file.names().last().map(|name| name.line), Some(9));
    }
}
