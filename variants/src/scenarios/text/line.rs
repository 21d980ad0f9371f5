//! Lines as words with their columns, and errors that name them.

use std::fmt;

/// Why a text is no scenario, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    line: usize,
    column: usize,
    message: String,
}

impl TextError {
    /// At a line and column, both counted from 1.
    pub(super) fn new(line: usize, column: usize, message: String) -> TextError {
        TextError { line, column, message }
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for TextError {}

/// What reading gives.
pub(super) type Read<T> = Result<T, TextError>;

/// A line, read word by word.
pub(super) struct Line<'a> {
    number: usize,
    text: &'a str,
    /// Bytes read.
    at: usize,
    /// Where the last word began.
    last: usize,
}

impl<'a> Line<'a> {
    pub(super) fn new(number: usize, text: &'a str) -> Line<'a> {
        Line { number, text, at: 0, last: 0 }
    }

    /// The next word; nothing at the end.
    pub(super) fn word(&mut self) -> Option<&'a str> {
        let rest = &self.text[self.at..];
        let gap = rest.len() - rest.trim_start().len();
        let rest = &rest[gap..];
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        if length == 0 {
            self.last = self.at;
            return None;
        }
        self.last = self.at + gap;
        self.at = self.last + length;
        Some(&rest[..length])
    }

    /// What is left of the line.
    pub(super) fn rest(&mut self) -> &'a str {
        let rest = self.text[self.at..].trim();
        self.at = self.text.len();
        rest
    }

    /// The next word as something, or an error that says what was expected.
    pub(super) fn expect<T>(&mut self, what: &str, read: impl Fn(&str) -> Option<T>) -> Read<T> {
        match self.word() {
            Some(word) => read(word).ok_or_else(|| self.error(format!("expected {what}, found '{word}'"))),
            None => Err(self.error(format!("expected {what}, found the end of the line"))),
        }
    }

    /// The next word is this one.
    pub(super) fn keyword(&mut self, keyword: &str) -> Read<()> {
        self.expect(&format!("'{keyword}'"), |word| (word == keyword).then_some(()))
    }

    /// Nothing is left.
    pub(super) fn end(&mut self) -> Read<()> {
        match self.word() {
            None => Ok(()),
            Some(word) => Err(self.error(format!("expected the end of the line, found '{word}'"))),
        }
    }

    /// An error at the last word.
    pub(super) fn error(&self, message: String) -> TextError {
        let column = self.text[..self.last].chars().count() + 1;
        TextError::new(self.number, column, message)
    }

    /// Where the last word is.
    pub(super) fn place(&self) -> (usize, usize) {
        (self.number, self.text[..self.last].chars().count() + 1)
    }
}
