//! The tokens of macros: what a macro makes of them is not known, but what they name is.

use super::super::names::{ELSEWHERE, FOREIGN, GLOB, HOLE};
use super::super::offence::offence;
use super::super::scope::Written;
use super::super::token::{is_braces, is_colons, is_mark, is_name, is_word, static_mut, word};
use super::{INCLUDING, Walk};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

impl<'a> Walk<'a> {
    /// The tokens of a macro: what it makes of them is not known, but what they name is.
    pub fn tokens(&mut self, stream: TokenStream) {
        self.words(stream.clone());
        self.paths(stream);
    }

    /// The words of a macro. It can put them together in any way, but it makes none up.
    fn words(&mut self, stream: TokenStream) {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => self.words(group.stream()),
                TokenTree::Ident(_) => {
                    let (name, span) = (word(token), token.span());
                    let is_method = at > 0 && is_mark(&tokens[at - 1], ".");
                    self.word(&name, span);
                    match name.as_str() {
                        "unsafe" => self.follow(span),
                        "Drop" => self.unseen.push(offence(span, "Drop in a macro".to_owned())),
                        _ if INCLUDING.contains(&name.as_str()) => {
                            if !tokens.get(at + 1).is_some_and(|next| is_mark(next, "!")) {
                                self.offend(span, format!("{name}!{ELSEWHERE}"));
                            }
                        }
                        name if is_method => self.method(name, span),
                        name => self.counting(name, span),
                    }
                }
                _ => {}
            }
        }
    }

    /// The paths in the tokens of a macro.
    fn paths(&mut self, stream: TokenStream) {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.paths(group.stream()),
                TokenTree::Ident(_) => {
                    let is_range = at > 1 && is_mark(&tokens[at - 1], ".") && is_mark(&tokens[at - 2], ".");
                    let is_marked = at > 0 && is_mark(&tokens[at - 1], ".'$") && !is_range;
                    let is_part = is_marked || is_colons(&tokens, at.wrapping_sub(2));
                    let is_root = at >= 2 && is_colons(&tokens, at - 2) && !(at >= 3 && is_name(&tokens[at - 3]));
                    let is_text = |token: &TokenTree| matches!(token, TokenTree::Literal(_));
                    let behind = at + 1 + usize::from(tokens.get(at + 1).is_some_and(is_text));
                    if is_word(&tokens[at], "extern") && tokens.get(behind).is_some_and(is_braces) {
                        self.offend(tokens[at].span(), FOREIGN.to_owned());
                    }
                    if is_word(&tokens[at], "path") && tokens.get(at + 1).is_some_and(|next| is_mark(next, "=")) {
                        self.bring(tokens.get(at + 2), "#[path]", tokens[at].span());
                    }
                    if !is_part || is_root {
                        at = self.path_in_tokens(&tokens, at, is_root);
                        continue;
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// A path that begins at a token. Where what follows it stands.
    fn path_in_tokens(&mut self, tokens: &[TokenTree], begin: usize, absolute: bool) -> usize {
        let first = &tokens[begin];
        let span = first.span();
        if is_word(first, "static") && tokens.get(begin + 1).is_some_and(|next| is_word(next, "mut")) {
            self.offend(span, static_mut(tokens.get(begin + 2)));
        }
        if !is_name(first) {
            return begin + 1;
        }
        let mut words = vec![word(first)];
        let mut at = begin + 1;
        while is_colons(tokens, at) && tokens.get(at + 2).is_some_and(is_name) {
            words.push(word(&tokens[at + 2]));
            at += 3;
        }
        let path = Written { absolute, words };
        if !is_colons(tokens, at) {
            let is_call = tokens.get(at).is_some_and(|next| is_mark(next, "!"));
            if is_call && let Some(TokenTree::Group(group)) = tokens.get(at + 1) {
                self.included(&path, group.stream(), span);
            }
            let is_renamed = tokens.get(at).is_some_and(|next| is_word(next, "as"));
            match () {
                () if is_call => self.macro_name(&path, span),
                // Behind another name it would not be found any more.
                () if is_renamed => self.all_of(&path, HOLE, span),
                () => self.path(&path, span),
            }
            return at;
        }
        match tokens.get(at + 2) {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                self.group_in_tokens(&path, group.stream());
                return at + 3;
            }
            Some(next) if is_mark(next, "*") => self.all_of(&path, GLOB, span),
            Some(next) if is_mark(next, "$") => self.all_of(&path, HOLE, span),
            _ => self.path(&path, span),
        }
        at + 2
    }

    /// `std::sync::{Arc, atomic::*}` among tokens.
    fn group_in_tokens(&mut self, prefix: &Written, stream: TokenStream) {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        for part in tokens.split(|token| is_mark(token, ",")) {
            let Some(first) = part.first() else { continue };
            if is_mark(first, "*") {
                self.all_of(prefix, GLOB, first.span());
            } else if is_mark(first, "$") {
                self.all_of(prefix, HOLE, first.span());
            } else if is_word(first, "self") {
                self.path(prefix, first.span());
            } else {
                let mut whole = prefix.clone();
                let mut at = 0;
                while part.get(at).is_some_and(is_name) {
                    whole.words.push(word(&part[at]));
                    at += if is_colons(part, at + 1) { 3 } else { 1 };
                    if !is_colons(part, at.wrapping_sub(2)) {
                        break;
                    }
                }
                match part.get(at) {
                    Some(TokenTree::Group(group)) => self.group_in_tokens(&whole, group.stream()),
                    Some(next) if is_mark(next, "*") => self.all_of(&whole, GLOB, first.span()),
                    Some(next) if is_mark(next, "$") || is_word(next, "as") => {
                        self.all_of(&whole, HOLE, first.span());
                    }
                    _ => self.path(&whole, first.span()),
                }
            }
        }
    }
}
