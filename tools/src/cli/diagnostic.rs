//! Errors in a file of the user, with the lines in question.

use super::nearest::nearest;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::fmt;
use std::ops::Range;

/// A file and what is wrong in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file, as the user named it.
    file: String,
    /// Its text.
    text: String,
    /// Where.
    span: Range<usize>,
    /// What is wrong.
    message: String,
    /// The remedy, if one is known.
    help: Option<String>,
}

impl Diagnostic {
    /// What is wrong at a place of a file, which is known by name and text.
    pub fn new((file, text): (&str, &str), span: Range<usize>, message: &dyn fmt::Display) -> Diagnostic {
        Diagnostic { file: file.to_owned(), text: text.to_owned(), span, message: message.to_string(), help: None }
    }

    /// What is wrong in a TOML file, with the nearest key where one was misspelled.
    pub fn of_toml(file: &str, text: &str, error: &toml::de::Error) -> Diagnostic {
        let message = error.message();
        let help = nearest_key(message);
        let short = message.split(", expected").next().unwrap_or(message);
        let message = if help.is_some() { short } else { message };
        Diagnostic { help, ..Diagnostic::new((file, text), error.span().unwrap_or(0..0), &message) }
    }
}

impl fmt::Display for Diagnostic {
    /// The message, `file:line:column`, the lines, and the remedy. Colours are left to the
    /// terminal's taste: what is printed passes a stream that strips them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A span may end with the text, and must not be empty to be seen.
        let start = self.span.start.min(self.text.len());
        let end = self.span.end.clamp(start, self.text.len());
        let snippet = Snippet::source(&self.text)
            .path(&self.file)
            .line_start(1)
            .annotation(AnnotationKind::Primary.span(start..end));
        let mut group = Level::ERROR.primary_title(&self.message).element(snippet);
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help));
        }
        f.write_str(&Renderer::styled().render(&[group]))
    }
}

impl std::error::Error for Diagnostic {}

/// From serde's ``unknown field `a`, expected one of `b`, `c` `` the name nearest to `a`.
fn nearest_key(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("unknown field `")?;
    let (unknown, expected) = rest.split_once('`')?;
    let known = expected.split('`').skip(1).step_by(2);
    Some(format!("the nearest key is '{}'", nearest(unknown, known).first()?))
}
