//! Characters that show themselves by what they do to others: control characters, marks of
//! direction, what has no width.
//!
//! Names and messages come from patches of strangers. Such a character can colour a terminal, end a
//! line, or make a text read otherwise than it is (Boucher and Anderson, "Trojan Source", 2021).
//! Reports show it by its number, as `<U+202E>`. The form `json` keeps what was saved: there
//! programs read, and every control character is escaped by the form itself.

use crate::cli::trouble::Trouble;
use crate::document::Document;
use serde_json::Value;

/// The document with every such character in it made visible. Lines stay lines.
pub fn tame(document: &Document) -> Result<Document, Trouble> {
    let failed = |error: serde_json::Error| Trouble::Internal(format!("the comparison cannot be read: {error}"));
    let mut value = serde_json::to_value(document).map_err(failed)?;
    tame_value(&mut value);
    serde_json::from_value(value).map_err(failed)
}

fn tame_value(value: &mut Value) {
    match value {
        Value::String(text) if text.chars().any(is_unseen) => *text = visible(text),
        Value::Array(values) => values.iter_mut().for_each(tame_value),
        Value::Object(fields) => fields.values_mut().for_each(tame_value),
        _ => {}
    }
}

/// The text with such characters by their numbers.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_unseen(character) {
            shown += &format!("<U+{:04X}>", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    shown
}

fn is_unseen(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        // What has no width, and marks and overrides of direction.
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' => true,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        // Letters that repeat those of ASCII and are not drawn.
        '\u{e0000}'..='\u{e007f}' => true,
        _ => character.is_control(),
    }
}

/// A text without line breaks: nothing that a patch says may begin a line of its own, ring, colour,
/// or turn the direction of writing.
pub fn one_line(text: &str) -> String {
    visible(&text.replace(['\n', '\r', '\t'], " "))
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_is_not_seen_is_shown_by_its_number() {
        assert_eq!(visible("a\u{202e}b\0\u{1b}[31m"), "a<U+202E>b<U+0000><U+001B>[31m");
        assert_eq!(visible("lines\nand\ttabs, ünd → 並行"), "lines\nand\ttabs, ünd → 並行");
    }
}
