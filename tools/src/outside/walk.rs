//! The walk through one file of a module: every path in code and in the tokens of macros, and every
//! static that changes.

use super::names::{ELSEWHERE, FOREIGN, GLOB, HOLE, OF_THE_SYSTEM, PACKAGE, UNORDERED, UNSAFE, construct, is_mixed};
use super::scope::{Binding, Inside, Meaning, Names, Scope, Written};
use crate::source::conditions::are_left_out;
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Item, Stmt, UseTree};

/// Functions of `Arc` and `Weak` whose answers depend on how often something is shared.
const COUNTING: [&str; 9] = [
    "strong_count",
    "weak_count",
    "get_mut",
    "make_mut",
    "try_unwrap",
    "into_inner",
    "unwrap_or_clone",
    "is_unique",
    "upgrade",
];

/// The same, those that are methods.
const COUNTING_METHODS: [&str; 3] = ["strong_count", "weak_count", "upgrade"];

/// Macros of the language that bring a file.
const INCLUDING: [&str; 3] = ["include", "include_str", "include_bytes"];

/// Something that the machine does not see, where it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offence {
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
    /// What it is, as it is called in full.
    pub construct: String,
}

impl Offence {
    /// Where it stands in a file of that path, and what it is.
    pub fn at(&self, path: &str) -> String {
        format!("{path}:{}:{}: {}", self.line, self.column, self.construct)
    }
}

fn offence(span: Span, construct: String) -> Offence {
    let start = span.start();
    Offence { line: start.line, column: start.column + 1, construct }
}

/// The names that items bring into their module or block.
pub fn scope<'a>(items: impl Iterator<Item = &'a Item>) -> Scope {
    let mut scope = Scope::default();
    for item in items.filter(|item| !are_left_out(attributes(item))) {
        let own = match item {
            Item::Use(one) => {
                let absolute = one.leading_colon.is_some();
                imports(&one.tree, &mut Vec::new(), &mut |words, name| {
                    let path = Written { absolute, words };
                    match name {
                        Some((name, _)) => drop(scope.names.insert(name, Binding::Import(path))),
                        None => scope.globs.push(path),
                    }
                });
                continue;
            }
            Item::ExternCrate(one) => {
                let name = one.rename.as_ref().map_or(&one.ident, |(_, name)| name).to_string();
                let path = Written { absolute: true, words: vec![one.ident.to_string()] };
                scope.names.insert(name, Binding::Import(path));
                continue;
            }
            Item::Mod(one) => {
                scope.names.insert(name_of(&one.ident), Binding::Module);
                continue;
            }
            Item::Struct(one) => &one.ident,
            Item::Enum(one) => &one.ident,
            Item::Union(one) => &one.ident,
            Item::Trait(one) => &one.ident,
            Item::Type(one) => &one.ident,
            Item::Macro(one) => match &one.ident {
                Some(name) => name,
                None => continue,
            },
            _ => continue,
        };
        // A type and a function may have one name; no path goes on behind a function.
        scope.names.entry(name_of(own)).or_insert(Binding::Own);
    }
    scope
}

fn name_of(ident: &syn::Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

/// Every path of an import, with the name that it gets and where; a glob has none.
fn imports(tree: &UseTree, path: &mut Vec<String>, found: &mut dyn FnMut(Vec<String>, Option<(String, Span)>)) {
    let whole = |last: &syn::Ident, path: &[String]| match last == "self" {
        true => path.to_vec(),
        false => [path, &[name_of(last)]].concat(),
    };
    match tree {
        UseTree::Path(one) => {
            path.push(name_of(&one.ident));
            imports(&one.tree, path, found);
            path.pop();
        }
        UseTree::Name(one) => {
            let words = whole(&one.ident, path);
            let name = words.last().cloned().unwrap_or_default();
            found(words, Some((name, one.ident.span())));
        }
        UseTree::Rename(one) => found(whole(&one.ident, path), Some((name_of(&one.rename), one.ident.span()))),
        UseTree::Glob(_) => found(path.clone(), None),
        UseTree::Group(group) => group.items.iter().for_each(|tree| imports(tree, path, found)),
    }
}

/// Reads one file. `inside` is the module that it is.
pub struct Walk<'a> {
    names: &'a Names,
    inside: Inside,
    blocks: Vec<Scope>,
    /// Something that may not be shared by itself is said to be shared.
    shares: bool,
    /// What borrows something may be shared.
    lends: bool,
    pub offences: Vec<Offence>,
    /// What is built all the same: what depends on how often something is shared, if it is an
    /// `Arc`; pointers, if somebody follows them; collections without an order.
    pub unseen: Vec<Offence>,
}

impl<'a> Walk<'a> {
    pub fn new(names: &'a Names, inside: Inside, (shares, lends): (bool, bool)) -> Walk<'a> {
        Walk { names, inside, blocks: Vec::new(), shares, lends, offences: Vec::new(), unseen: Vec::new() }
    }

    fn meaning(&self, path: &Written) -> Meaning {
        let shares = self.shares;
        let is_told = move |path: &[String]| construct(path, shares).is_some();
        self.names.meaning(&self.inside, &self.blocks, path, &is_told)
    }

    fn offend(&mut self, span: Span, construct: String) {
        self.offences.push(offence(span, construct));
    }

    fn method(&mut self, name: &str, span: Span) {
        if COUNTING_METHODS.contains(&name) {
            self.counting(name, span);
        }
    }

    /// A function that is named behind its type, as in `Arc::get_mut`.
    fn counting(&mut self, name: &str, span: Span) {
        if COUNTING.contains(&name) {
            self.unseen.push(offence(span, name.to_owned()));
        }
    }

    /// A path that is written somewhere, in full.
    fn path(&mut self, path: &Written, span: Span) {
        if let Meaning::Std(path) = self.meaning(path)
            && let Some(construct) = construct(&path, self.shares)
        {
            self.offend(span, construct);
        }
    }

    fn follow(&mut self, span: Span) {
        self.unseen.push(offence(span, UNSAFE.to_owned()));
    }

    /// A file is brought whose path is this. One that is made up, or leads out of the folder, is
    /// none of the module.
    fn bring(&mut self, path: Option<&TokenTree>, what: &str, span: Span) {
        let text = path.and_then(|path| syn::parse_str::<syn::LitStr>(&path.to_string()).ok());
        let is_inside = text.is_some_and(|text| {
            let is_named = |part: std::path::Component<'_>| matches!(part, std::path::Component::Normal(_));
            std::path::Path::new(&text.value()).components().all(is_named)
        });
        if !is_inside {
            self.offend(span, format!("{what}{ELSEWHERE}"));
        }
    }

    /// The path, and behind it everything or what a macro puts there.
    fn all_of(&mut self, path: &Written, mark: &str, span: Span) {
        if let Meaning::Std(mut path) = self.meaning(path)
            && is_mixed(&path)
        {
            path.push(mark.to_owned());
            if let Some(construct) = construct(&path, self.shares) {
                self.offend(span, construct);
            }
        } else {
            self.path(path, span);
        }
    }

    /// The tokens of a macro: what it makes of them is not known, but what they name is.
    pub fn tokens(&mut self, stream: TokenStream) {
        self.words(stream.clone());
        self.paths(stream);
    }

    /// A word of code. Whatever stands before it, and whoever makes a path of it, it is what it
    /// says.
    fn word(&mut self, name: &str, span: Span) {
        if name.starts_with(PACKAGE) {
            self.offend(span, name.to_owned());
        }
        if UNORDERED.contains(&name) || OF_THE_SYSTEM.contains(&name) {
            self.unseen.push(offence(span, name.to_owned()));
        }
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

    /// A macro that is called with this, if it brings a file.
    fn included(&mut self, path: &Written, tokens: TokenStream, span: Span) {
        if let Some(name) = path.words.last()
            && INCLUDING.contains(&name.as_str())
        {
            let tokens: Vec<TokenTree> = tokens.into_iter().collect();
            self.bring(tokens.first().filter(|_| tokens.len() <= 2), &format!("{name}!"), span);
        }
    }

    /// A macro that is called.
    fn macro_name(&mut self, path: &Written, span: Span) {
        let is_own = |name: &str| {
            let scopes = self.blocks.iter().chain(self.names.modules.values());
            scopes.into_iter().any(|scope| scope.names.contains_key(name))
        };
        match path.words.as_slice() {
            [name] if name == "thread_local" && !path.absolute && !is_own(name) => {
                self.offend(span, "std::thread_local!".to_owned());
            }
            [name] if ["env", "option_env"].contains(&name.as_str()) && !path.absolute && !is_own(name) => {
                self.offend(span, format!("std::{name}!"));
            }
            _ => self.path(path, span),
        }
    }
}

fn text_of(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(' ', "")
}

fn static_mut(name: Option<&TokenTree>) -> String {
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

fn is_name(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(word) if !KEYWORDS.iter().any(|keyword| word == keyword))
}

fn is_word(token: &TokenTree, expected: &str) -> bool {
    matches!(token, TokenTree::Ident(_)) && word(token) == expected
}

fn word(token: &TokenTree) -> String {
    token.to_string().trim_start_matches("r#").to_owned()
}

fn is_braces(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// Whether `::` stands at that token.
fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    let is_colon = |at: usize| tokens.get(at).is_some_and(|token| is_mark(token, ":"));
    is_colon(at) && at.checked_add(1).is_some_and(is_colon)
}

fn written(path: &syn::Path) -> Written {
    Written {
        absolute: path.leading_colon.is_some(),
        words: path.segments.iter().map(|segment| name_of(&segment.ident)).collect(),
    }
}

/// The attributes of an item.
pub fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(one) => &one.attrs,
        Item::Enum(one) => &one.attrs,
        Item::ExternCrate(one) => &one.attrs,
        Item::Fn(one) => &one.attrs,
        Item::ForeignMod(one) => &one.attrs,
        Item::Impl(one) => &one.attrs,
        Item::Macro(one) => &one.attrs,
        Item::Mod(one) => &one.attrs,
        Item::Static(one) => &one.attrs,
        Item::Struct(one) => &one.attrs,
        Item::Trait(one) => &one.attrs,
        Item::TraitAlias(one) => &one.attrs,
        Item::Type(one) => &one.attrs,
        Item::Union(one) => &one.attrs,
        Item::Use(one) => &one.attrs,
        _ => &[],
    }
}

fn attributes_of_expression(expression: &syn::Expr) -> &[Attribute] {
    use syn::Expr;
    match expression {
        Expr::Block(one) => &one.attrs,
        Expr::Call(one) => &one.attrs,
        Expr::If(one) => &one.attrs,
        Expr::Macro(one) => &one.attrs,
        Expr::Match(one) => &one.attrs,
        Expr::MethodCall(one) => &one.attrs,
        Expr::Unsafe(one) => &one.attrs,
        _ => &[],
    }
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !are_left_out(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast syn::ImplItem) {
        use syn::ImplItem;
        let attributes = match item {
            ImplItem::Const(one) => &one.attrs[..],
            ImplItem::Fn(one) => &one.attrs,
            ImplItem::Type(one) => &one.attrs,
            ImplItem::Macro(one) => &one.attrs,
            _ => &[],
        };
        if !are_left_out(attributes) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_trait_item(&mut self, item: &'ast syn::TraitItem) {
        use syn::TraitItem;
        let attributes = match item {
            TraitItem::Const(one) => &one.attrs[..],
            TraitItem::Fn(one) => &one.attrs,
            TraitItem::Type(one) => &one.attrs,
            TraitItem::Macro(one) => &one.attrs,
            _ => &[],
        };
        if !are_left_out(attributes) {
            visit::visit_trait_item(self, item);
        }
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        if !are_left_out(&field.attrs) {
            visit::visit_field(self, field);
        }
    }

    fn visit_field_value(&mut self, field: &'ast syn::FieldValue) {
        if !are_left_out(&field.attrs) {
            visit::visit_field_value(self, field);
        }
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        let attributes = match statement {
            Stmt::Local(one) => &one.attrs[..],
            Stmt::Macro(one) => &one.attrs,
            Stmt::Item(item) => attributes(item),
            Stmt::Expr(expression, _) => attributes_of_expression(expression),
        };
        if !are_left_out(attributes) {
            visit::visit_stmt(self, statement);
        }
    }

    fn visit_item_impl(&mut self, one: &'ast syn::ItemImpl) {
        let last = one.trait_.as_ref().and_then(|(_, path, _)| path.segments.last());
        let borrows = one.generics.lifetimes().next().is_some() || text_of(&*one.self_ty).contains("'_");
        // Under another name it is the same.
        let is_drop = one.trait_.as_ref().is_some_and(|(_, path, _)| match self.meaning(&written(path)) {
            Meaning::Std(path) => path == ["ops", "Drop"],
            _ => last.is_some_and(|last| last.ident == "Drop"),
        });
        if is_drop && (self.lends || !borrows) {
            self.unseen.push(offence(one.impl_token.span, format!("impl Drop for {}", text_of(&*one.self_ty))));
        }
        visit::visit_item_impl(self, one);
    }

    fn visit_expr_path(&mut self, one: &'ast syn::ExprPath) {
        // `<Arc<T>>::get_mut`: the type stands in front of the path.
        if one.qself.is_some()
            && let Some(last) = one.path.segments.last()
        {
            self.counting(&name_of(&last.ident), last.ident.span());
        }
        visit::visit_expr_path(self, one);
    }

    fn visit_expr(&mut self, one: &'ast syn::Expr) {
        if let syn::Expr::Unsafe(_) = one {
            self.follow(one.span());
        }
        visit::visit_expr(self, one);
    }

    fn visit_item_foreign_mod(&mut self, one: &'ast syn::ItemForeignMod) {
        self.offend(one.abi.extern_token.span, FOREIGN.to_owned());
        visit::visit_item_foreign_mod(self, one);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.method(&name_of(&call.method), call.method.span());
        visit::visit_expr_method_call(self, call);
    }

    fn visit_item_mod(&mut self, one: &'ast syn::ItemMod) {
        // A module in braces has names of its own; one in a file is read with that.
        self.inside.push(name_of(&one.ident));
        let blocks = std::mem::take(&mut self.blocks);
        visit::visit_item_mod(self, one);
        self.blocks = blocks;
        self.inside.pop();
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        let items = block.stmts.iter().filter_map(|statement| match statement {
            Stmt::Item(item) => Some(item),
            _ => None,
        });
        self.blocks.push(scope(items));
        visit::visit_block(self, block);
        self.blocks.pop();
    }

    fn visit_item_use(&mut self, one: &'ast syn::ItemUse) {
        let absolute = one.leading_colon.is_some();
        let mut found = Vec::new();
        imports(&one.tree, &mut Vec::new(), &mut |words, name| found.push((words, name)));
        for (words, name) in found {
            let last = words.last().map_or("", String::as_str);
            if INCLUDING.contains(&last) {
                // Behind another name it would not be found any more.
                self.offend(one.span(), format!("{last}!{ELSEWHERE}"));
            }
            words.iter().for_each(|word| self.word(word, one.span()));
            let path = Written { absolute, words };
            match name {
                Some((_, span)) => self.path(&path, span),
                None => self.all_of(&path, GLOB, one.tree.span()),
            }
        }
    }

    fn visit_ident(&mut self, ident: &'ast syn::Ident) {
        self.word(&name_of(ident), ident.span());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let whole = written(path);
        if let [_, .., last] = &whole.words[..] {
            self.counting(last, path.span());
        }
        self.path(&whole, path.span());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, one: &'ast syn::Macro) {
        let path = written(&one.path);
        self.macro_name(&path, one.path.span());
        self.included(&path, one.tokens.clone(), one.path.span());
        self.tokens(one.tokens.clone());
    }

    fn visit_item_static(&mut self, one: &'ast syn::ItemStatic) {
        if let syn::StaticMutability::Mut(_) = one.mutability {
            self.offend(one.static_token.span, format!("static mut {}", one.ident));
        }
        visit::visit_item_static(self, one);
    }

    fn visit_foreign_item_static(&mut self, one: &'ast syn::ForeignItemStatic) {
        if let syn::StaticMutability::Mut(_) = one.mutability {
            self.offend(one.static_token.span, format!("static mut {}", one.ident));
        }
        visit::visit_foreign_item_static(self, one);
    }

    fn visit_attribute(&mut self, one: &'ast Attribute) {
        // Those that another one makes, too: `cfg_attr`.
        self.tokens(one.meta.to_token_stream());
    }
}
