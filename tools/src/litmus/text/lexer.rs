//! Words of a litmus test in herd's C format.
//!
//! The format is three languages in one file, and they disagree on comments: `(*` begins one
//! everywhere but between the braces of a thread, where it is C. So the lexer follows the sections:
//! header, initial state, threads, condition. The comments of C are taken everywhere.

use super::super::error::{LitmusError, TextPosition};

/// A word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// What sort of word.
    pub kind: WordKind,
    /// As it is written.
    pub text: &'a str,
    /// Where it begins.
    pub position: TextPosition,
}

/// A sort of word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordKind {
    /// A name or keyword.
    Name,
    /// A number without sign.
    Number(i64),
    /// Anything else.
    Mark,
    /// The end of the text.
    End,
}

/// The test's name and its words from the opening brace of the initial state on.
#[derive(Debug)]
pub struct Lexed<'a> {
    /// The name of the test.
    pub name: &'a str,
    /// The words; the last one is the end.
    pub words: Vec<Word<'a>>,
}

/// Marks of more than one character; the first that fits is taken.
const MARKS: [&str; 25] = [
    "<<=", ">>=", "==", "!=", "<>", "<=", ">=", "=>", "/\\", "\\/", "&&", "||", "<<", ">>", "++", "--", "+=", "-=",
    "*=", "/=", "%=", "->", "|=", "&=", "^=",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LexerMode {
    /// Before the first brace.
    Header,
    /// Between the braces of the initial state.
    Initial,
    /// Between threads, and behind them.
    Between,
    /// Inside so many braces of a thread.
    Thread(u32),
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    position: TextPosition,
    mode: LexerMode,
}

/// Divides a text into words.
pub fn lex(text: &str) -> Result<Lexed<'_>, LitmusError> {
    let start = TextPosition { line: 1, column: 1 };
    let mut lexer = Lexer { text, at: 0, position: start, mode: LexerMode::Header };
    let name = lexer.header()?;
    let mut words = Vec::new();
    loop {
        let word = lexer.word()?;
        words.push(word);
        if word.kind == WordKind::End {
            return Ok(Lexed { name, words });
        }
    }
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn advance(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += character.len_utf8();
        if character == '\n' {
            self.position.line += 1;
            self.position.column = 1;
        } else {
            self.position.column += 1;
        }
        Some(character)
    }

    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let from = self.at;
        while self.peek().is_some_and(&fits) {
            self.advance();
        }
        &self.text[from..self.at]
    }

    fn skip(&mut self, characters: usize) {
        for _ in 0..characters {
            self.advance();
        }
    }

    /// Blanks and comments.
    fn gap(&mut self) -> Result<(), LitmusError> {
        loop {
            self.take_while(char::is_whitespace);
            let position = self.position;
            if self.rest().starts_with("//") {
                self.take_while(|character| character != '\n');
            } else if self.rest().starts_with("/*") {
                self.skip(2);
                while !self.rest().starts_with("*/") {
                    self.advance()
                        .ok_or_else(|| LitmusError::syntax(position, "this comment has no end: expected '*/'"))?;
                }
                self.skip(2);
            } else if self.rest().starts_with("(*") && !matches!(self.mode, LexerMode::Thread(_)) {
                self.nested_comment(position)?;
            } else {
                return Ok(());
            }
        }
    }

    fn nested_comment(&mut self, position: TextPosition) -> Result<(), LitmusError> {
        let mut depth = 0_u32;
        loop {
            if self.rest().starts_with("(*") {
                depth += 1;
                self.skip(2);
            } else if self.rest().starts_with("*)") {
                depth -= 1;
                self.skip(2);
                if depth == 0 {
                    return Ok(());
                }
            } else {
                self.advance()
                    .ok_or_else(|| LitmusError::syntax(position, "this comment has no end: expected '*)'"))?;
            }
        }
    }

    /// `C NAME` and whatever stands before the first brace outside of comments. Returns the name.
    fn header(&mut self) -> Result<&'a str, LitmusError> {
        self.gap()?;
        let position = self.position;
        let language = self.take_while(|character| !character.is_whitespace() && character != '{');
        if language != "C" {
            return Err(not_c(position, language));
        }
        self.take_while(|character| character == ' ' || character == '\t');
        let position = self.position;
        let from = self.at;
        while !self.rest().starts_with("(*") && self.peek().is_some_and(is_inside_test_name) {
            self.advance();
        }
        let name = &self.text[from..self.at];
        if name.is_empty() {
            return Err(LitmusError::syntax(position, "expected the name of the test behind 'C'"));
        }
        loop {
            self.gap()?;
            let position = self.position;
            match self.peek() {
                Some('{') => return Ok(name),
                Some('"') => self.quoted(),
                Some(_) => self.prose(),
                None => return Err(expected_initial(position, "the end of the file")),
            }
        }
    }

    /// A text in quotes; prose may have a quotation mark of its own, which ends with its line.
    fn quoted(&mut self) {
        self.advance();
        self.take_while(|character| character != '"' && character != '\n');
        self.advance();
    }

    /// A word of prose. A comment may begin in it.
    fn prose(&mut self) {
        loop {
            self.advance();
            let is_comment = ["(*", "/*", "//"].iter().any(|mark| self.rest().starts_with(mark));
            if is_comment || self.peek().is_none_or(|next| next.is_whitespace() || "{\"".contains(next)) {
                return;
            }
        }
    }

    fn word(&mut self) -> Result<Word<'a>, LitmusError> {
        self.gap()?;
        let (from, position) = (self.at, self.position);
        let kind = match self.peek() {
            None => WordKind::End,
            Some(first) if first.is_ascii_alphabetic() || first == '_' => {
                self.take_while(is_inside_name);
                WordKind::Name
            }
            Some(first) if first.is_ascii_digit() => WordKind::Number(self.number(position)?),
            Some(first) => {
                self.mark(first);
                WordKind::Mark
            }
        };
        Ok(Word { kind, text: &self.text[from..self.at], position })
    }

    fn mark(&mut self, first: char) {
        if let Some(mark) = MARKS.iter().find(|mark| self.rest().starts_with(**mark)) {
            self.skip(mark.len());
            return;
        }
        self.advance();
        self.mode = match (self.mode, first) {
            (LexerMode::Header, '{') => LexerMode::Initial,
            (LexerMode::Initial, '}') | (LexerMode::Thread(1), '}') => LexerMode::Between,
            (LexerMode::Between, '{') => LexerMode::Thread(1),
            (LexerMode::Thread(depth), '{') => LexerMode::Thread(depth + 1),
            (LexerMode::Thread(depth), '}') => LexerMode::Thread(depth - 1),
            (mode, _) => mode,
        };
    }

    fn number(&mut self, position: TextPosition) -> Result<i64, LitmusError> {
        let text = self.take_while(|character| character.is_ascii_alphanumeric() || character == '_');
        let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        let digits = hexadecimal.unwrap_or(text).trim_end_matches(['u', 'U', 'l', 'L']);
        if hexadecimal.is_none() && digits.len() > 1 && digits.starts_with('0') {
            let message = format!("number '{text}': C reads a leading 0 as octal and herd does not; write it without");
            return Err(LitmusError::syntax(position, message));
        }
        let parsed = match hexadecimal {
            Some(_) => i64::from_str_radix(digits, 16),
            None => digits.parse(),
        };
        parsed.map_err(|_| {
            LitmusError::syntax(position, format!("number '{text}': expected a decimal or hexadecimal one of 63 bits"))
        })
    }
}

fn expected_initial(position: TextPosition, found: &str) -> LitmusError {
    LitmusError::syntax(position, format!("expected the initial state in braces, found {found}"))
}

/// Why a text is no test in C.
fn not_c(position: TextPosition, language: &str) -> LitmusError {
    let is_other =
        ["LISA", "AArch64", "ARM", "PPC", "X86", "X86_64", "RISCV", "MIPS", "BPF", "JAVA", "ASL", "CPP", "PTX"];
    if is_other.contains(&language) {
        let message = format!("tests in the language '{language}': write it in C, as in 'C name'");
        return LitmusError::refused(position, message);
    }
    let found = if language.is_empty() { "nothing".to_owned() } else { format!("'{language}'") };
    LitmusError::syntax(position, format!("expected 'C' and the name of the test, found {found}"))
}

fn is_inside_test_name(character: char) -> bool {
    !character.is_whitespace() && character != '{' && character != '"'
}

fn is_inside_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}
