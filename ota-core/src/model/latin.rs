//! Names in Latin letters, as carriers' hosts take them: capitals A to Z and single spaces.
//!
//! The rule is ICAO Doc 9303 part 3 for Latin letters, so that the name comes out as in the machine readable
//! zone of the document: letters with a transliteration of their own (Ä AE, Ø OE, Å AA, ß SS, Þ TH, ...) get
//! it, every other diacritic is dropped, apostrophes and full stops vanish, hyphens become spaces. A letter
//! of another script is refused: how it is spelled stands in the document, and a guess would be another name.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// A name part that cannot be written for the host; says nothing of the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name must be given in Latin letters, as in the machine readable zone of the document")]
pub struct NotLatin;

/// One part of a name, transliterated; at least one letter.
///
/// ```
/// assert_eq!(ota_core::model::latin::latin("Müller-Lüdenscheidt").unwrap(), "MUELLER LUEDENSCHEIDT");
/// ```
///
/// # Errors
/// A letter of another script, or no letter.
pub fn latin(text: &str) -> Result<String, NotLatin> {
    let mut plain = String::with_capacity(text.len());
    for letter in text.nfc().flat_map(char::to_uppercase) {
        match special(letter) {
            Some(letters) => plain.push_str(letters),
            None => decomposed(letter, &mut plain)?,
        }
    }
    let plain = plain.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    if plain.is_empty() { Err(NotLatin) } else { Ok(plain) }
}

fn decomposed(letter: char, plain: &mut String) -> Result<(), NotLatin> {
    for part in std::iter::once(letter).nfkd() {
        match part {
            'A'..='Z' => plain.push(part),
            'a'..='z' => plain.push(part.to_ascii_uppercase()),
            '-' | '\u{2010}'..='\u{2015}' | '/' | '_' => plain.push(' '),
            '\'' | '\u{2018}' | '\u{2019}' | '\u{02BC}' | '`' | '.' | ',' => {}
            _ if part.is_whitespace() => plain.push(' '),
            _ if is_combining_mark(part) => {}
            _ => return Err(NotLatin),
        }
    }
    Ok(())
}

/// Letters whose transliteration is not their base letter (ICAO Doc 9303-3, section 6).
const fn special(letter: char) -> Option<&'static str> {
    Some(match letter {
        'Ä' | 'Æ' => "AE",
        'Å' => "AA",
        'Ö' | 'Ø' | 'Œ' => "OE",
        'Ü' => "UE",
        'ẞ' => "SS",
        'Þ' => "TH",
        'Ð' | 'Đ' => "D",
        'Ħ' => "H",
        'ı' => "I",
        'Ĳ' => "IJ",
        'ĸ' => "Q",
        'Ł' => "L",
        'Ŋ' => "N",
        'Ŧ' => "T",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(latin(text).ok().as_deref(), expected, "{text}");
    }

    #[test]
    fn latin_letters_are_written_as_in_the_document() {
        check("tanaka", Some("TANAKA"));
        check("Müller-Lüdenscheidt", Some("MUELLER LUEDENSCHEIDT"));
        check("Mu\u{308}ller", Some("MUELLER"));
        check("O’Brien", Some("OBRIEN"));
        check("d'Alembert", Some("DALEMBERT"));
        check("Åse Bjørnsdóttir Þórr", Some("AASE BJOERNSDOTTIR THORR"));
        check("Weiß", Some("WEISS"));
        check("Nguyễn Thị", Some("NGUYEN THI"));
        check("Łukasz Żółć", Some("LUKASZ ZOLC"));
        check("Iñárritu", Some("INARRITU"));
        check("  St.  John ", Some("ST JOHN"));
        check("Ĳssel", Some("IJSSEL"));
    }

    #[test]
    fn other_scripts_and_empty_names_are_refused() {
        for text in ["田中", "Наумeнко", "سوكارنو", "Anna2", "", " - ", "A\u{0}B", "🙂"] {
            check(text, None);
        }
    }
}
