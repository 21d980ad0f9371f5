//! Text in a column.

use textwrap::core::display_width;

/// The text, or its beginning and a mark. Characters that take two columns count so.
pub fn cut(text: &str, width: usize) -> String {
    if display_width(text) <= width {
        return text.trim_end().to_owned();
    }
    let mut kept = String::new();
    for character in text.chars() {
        kept.push(character);
        if display_width(&kept) >= width {
            kept.pop();
            break;
        }
    }
    format!("{}…", kept.trim_end())
}
