//! What a token of a macro is.

use proc_macro2::{Delimiter, TokenTree};

pub(super) fn static_mut(name: Option<&TokenTree>) -> String {
    name.filter(|name| is_name(name)).map_or("static mut".to_owned(), |name| format!("static mut {name}"))
}

pub fn is_mark(token: &TokenTree, marks: &str) -> bool {
    matches!(token, TokenTree::Punct(mark) if marks.contains(mark.as_char()))
}

/// Words that stand before a path and are no part of it.
const KEYWORDS: [&str; 20] = [
    "as", "async", "await", "break", "const", "dyn", "else", "for", "if", "impl", "in", "let", "match", "move", "mut",
    "ref", "return", "static", "use", "while",
];

pub(super) fn is_name(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(word) if !KEYWORDS.iter().any(|keyword| word == keyword))
}

pub(super) fn is_word(token: &TokenTree, expected: &str) -> bool {
    matches!(token, TokenTree::Ident(_)) && word(token) == expected
}

pub(super) fn word(token: &TokenTree) -> String {
    token.to_string().trim_start_matches("r#").to_owned()
}

pub(super) fn is_braces(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// Whether `::` stands at that token.
pub(super) fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    let is_colon = |at: usize| tokens.get(at).is_some_and(|token| is_mark(token, ":"));
    is_colon(at) && at.checked_add(1).is_some_and(is_colon)
}
