//! What is wrong with a litmus test, and where.

use crate::cli::trouble::Trouble;
use std::fmt;
use std::path::Path;

/// A position in a text; both count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextPosition {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// Why a litmus test cannot be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LitmusError {
    position: Option<TextPosition>,
    kind: Kind,
    message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Syntax,
    Refused,
    Limit,
}

impl LitmusError {
    /// The text is not a litmus test.
    pub fn syntax(position: TextPosition, message: impl Into<String>) -> LitmusError {
        LitmusError { position: Some(position), kind: Kind::Syntax, message: message.into() }
    }

    /// The text may be a litmus test of herd, but says something that is not supported here.
    pub fn refused(position: TextPosition, message: impl Into<String>) -> LitmusError {
        LitmusError { position: Some(position), kind: Kind::Refused, message: message.into() }
    }

    /// The text goes beyond a limit, which the message names.
    pub fn limit(position: TextPosition, message: impl Into<String>) -> LitmusError {
        LitmusError { position: Some(position), kind: Kind::Limit, message: message.into() }
    }

    /// The whole file is at fault.
    pub fn of_file(message: impl Into<String>) -> LitmusError {
        LitmusError { position: None, kind: Kind::Syntax, message: message.into() }
    }

    /// The same to somebody who gave this file.
    pub fn in_file(&self, path: &Path) -> Trouble {
        let gap = if self.position.is_some() { "" } else { " " };
        Trouble::Usage(format!("{}:{gap}{self}", path.display()))
    }

    /// Whether the text may be right, but is outside of what is supported.
    #[cfg(test)]
    pub fn is_refusal(&self) -> bool {
        self.kind == Kind::Refused
    }
}

impl fmt::Display for TextPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl fmt::Display for LitmusError {
    /// `line:column: message`, without the name of the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(position) = self.position {
            write!(f, "{position}: ")?;
        }
        match self.kind {
            Kind::Syntax | Kind::Limit => f.write_str(&self.message),
            Kind::Refused => write!(f, "not supported: {}", self.message),
        }
    }
}

impl std::error::Error for LitmusError {}
