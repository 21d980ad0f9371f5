//! Errors in a file of the user, with the lines in question.

use super::nearest::nearest;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::ops::Range;

/// A file and what is wrong in it.
pub struct Diagnostic<'a> {
    /// The file, as the user named it.
    pub file: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Where.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: &'a str,
    /// The remedy, if one is known.
    pub help: Option<String>,
}

impl Diagnostic<'_> {
    /// The message, `file:line:column`, the lines, and the remedy. Colours are left to the
    /// terminal's taste: what is printed passes a stream that strips them.
    pub fn render(&self) -> String {
        // A span may end with the text, and must not be empty to be seen.
        let start = self.span.start.min(self.text.len());
        let end = self.span.end.clamp(start, self.text.len());
        let snippet = Snippet::source(self.text)
            .path(self.file)
            .line_start(1)
            .annotation(AnnotationKind::Primary.span(start..end));
        let mut group = Level::ERROR.primary_title(self.message).element(snippet);
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help));
        }
        Renderer::styled().render(&[group])
    }
}

/// What is wrong with a TOML file, with the nearest key where one was misspelled.
pub fn toml_error(file: &str, text: &str, error: &toml::de::Error) -> String {
    let message = error.message();
    let help = nearest_key(message);
    let short = message.split(", expected").next().unwrap_or(message);
    let message = if help.is_some() { short } else { message };
    Diagnostic { file, text, span: error.span().unwrap_or(0..0), message, help }.render()
}

/// From serde's ``unknown field `a`, expected one of `b`, `c` `` the name nearest to `a`.
fn nearest_key(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("unknown field `")?;
    let (unknown, expected) = rest.split_once('`')?;
    let known = expected.split('`').skip(1).step_by(2);
    Some(format!("the nearest key is '{}'", nearest(unknown, known).first()?))
}
