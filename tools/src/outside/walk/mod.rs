//! The walk through one file of a module: every path in code and in the tokens of macros, and every
//! static that changes.

mod tokens;

use super::attributes::{attributes, attributes_of_expression};
use super::items::{imports, name_of, scope};
use super::names::{ELSEWHERE, FOREIGN, GLOB, OF_THE_SYSTEM, PACKAGE, UNORDERED, UNSAFE, construct, is_mixed};
use super::offence::{Offence, offence};
use super::scope::{Inside, Meaning, Names, Scope, Written};
use crate::source::conditions::are_left_out;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Item, Stmt};

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

fn written(path: &syn::Path) -> Written {
    Written {
        absolute: path.leading_colon.is_some(),
        words: path.segments.iter().map(|segment| name_of(&segment.ident)).collect(),
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
