//! The words of a text in order, one of them the next.

use super::super::error::{LitmusError, TextPosition};
use super::lexer::{Word, WordKind};
use super::limits::DEPTH_MAX;

/// Invariant: the last word is the end, and `at` does not go beyond it.
pub struct Words<'a> {
    words: &'a [Word<'a>],
    at: usize,
    depth: usize,
}

/// The number of a thread's name, `P0` and so on.
pub fn thread_number(name: &str) -> Option<usize> {
    let digits = name.strip_prefix('P')?;
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

/// Whether a name before this mark is set.
fn is_assigning(mark: &str) -> bool {
    ["=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "|=", "^=", "++", "--"].contains(&mark)
}

impl<'a> Words<'a> {
    pub fn new(words: &'a [Word<'a>]) -> Words<'a> {
        Words { words, at: 0, depth: 0 }
    }

    /// The words from the next on.
    #[cfg(test)]
    pub fn rest(&self) -> &'a [Word<'a>] {
        &self.words[self.at..]
    }

    /// The next word.
    pub fn peek(&self) -> Word<'a> {
        self.words[self.at]
    }

    /// The word behind the next.
    pub fn second(&self) -> Word<'a> {
        self.words[(self.at + 1).min(self.words.len() - 1)]
    }

    /// Names that the block which begins here sets somewhere.
    pub fn assigned(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let mut depth = 0_usize;
        for (nth, word) in self.words.iter().enumerate().skip(self.at) {
            match word.text {
                "{" => depth += 1,
                "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                break;
            }
            let text = |nth: usize| self.words.get(nth).map_or("", |word| word.text);
            // What stands behind a star is set in memory.
            let is_behind = |mark: &str| nth > 0 && text(nth - 1) == mark;
            let is_set = is_assigning(text(nth + 1)) || is_behind("++") || is_behind("--");
            if word.kind == WordKind::Name && is_set && !is_behind("*") && !names.iter().any(|name| name == word.text) {
                names.push(word.text.to_owned());
            }
        }
        names
    }

    /// Where the next word is.
    pub fn position(&self) -> TextPosition {
        self.peek().position
    }

    /// Takes the next word.
    pub fn take(&mut self) -> Word<'a> {
        let word = self.peek();
        self.at = (self.at + 1).min(self.words.len() - 1);
        word
    }

    pub fn is_mark(&self, mark: &str) -> bool {
        self.peek().kind == WordKind::Mark && self.peek().text == mark
    }

    pub fn is_name(&self, fits: impl Fn(&str) -> bool) -> bool {
        self.peek().kind == WordKind::Name && fits(self.peek().text)
    }

    /// Takes the next word if it is this mark.
    pub fn accept(&mut self, mark: &str) -> bool {
        let found = self.is_mark(mark);
        if found {
            self.take();
        }
        found
    }

    /// Takes the next word if it is this keyword.
    pub fn accept_name(&mut self, name: &str) -> bool {
        let found = self.is_name(|next| next == name);
        if found {
            self.take();
        }
        found
    }

    /// Takes this mark.
    pub fn mark(&mut self, mark: &str) -> Result<Word<'a>, LitmusError> {
        if self.is_mark(mark) { Ok(self.take()) } else { Err(self.expected(&format!("'{mark}'"))) }
    }

    /// Takes a name; `what` says of what.
    pub fn name(&mut self, what: &str) -> Result<Word<'a>, LitmusError> {
        if self.peek().kind == WordKind::Name { Ok(self.take()) } else { Err(self.expected(what)) }
    }

    /// Takes a number without sign.
    pub fn number(&mut self, what: &str) -> Result<i64, LitmusError> {
        let WordKind::Number(number) = self.peek().kind else { return Err(self.expected(what)) };
        self.take();
        Ok(number)
    }

    /// Takes a number with or without a sign.
    pub fn signed_number(&mut self, what: &str) -> Result<i64, LitmusError> {
        let negative = self.accept("-");
        let number = self.number(what)?;
        Ok(if negative { -number } else { number })
    }

    /// The error that something else stands here.
    pub fn expected(&self, what: &str) -> LitmusError {
        let word = self.peek();
        let found = match word.kind {
            WordKind::End => "the end of the file".to_owned(),
            WordKind::Name | WordKind::Number(_) | WordKind::Mark => format!("'{}'", word.text),
        };
        LitmusError::syntax(word.position, format!("expected {what}, found {found}"))
    }

    /// Reads something one level deeper, up to the limit.
    pub fn nested<T>(&mut self, read: impl FnOnce(&mut Words<'a>) -> Result<T, LitmusError>) -> Result<T, LitmusError> {
        let depth = self.depth;
        self.deepen()?;
        let result = read(self);
        self.depth = depth;
        result
    }

    /// Goes one level deeper until the enclosing [`Words::nested`] has been read.
    pub fn deepen(&mut self) -> Result<(), LitmusError> {
        if self.depth == DEPTH_MAX {
            let message = format!("nested deeper, or in one expression more operators, than the limit of {DEPTH_MAX}");
            return Err(LitmusError::limit(self.position(), message));
        }
        self.depth += 1;
        Ok(())
    }
}
