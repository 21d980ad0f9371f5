//! The names that items bring into their module or block.

use super::attributes::attributes;
use super::scope::{Binding, Scope, Written};
use crate::source::conditions::are_left_out;
use proc_macro2::Span;
use syn::{Item, UseTree};

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

pub(super) fn name_of(ident: &syn::Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

/// Every path of an import, with the name that it gets and where; a glob has none.
pub(super) fn imports(
    tree: &UseTree,
    path: &mut Vec<String>,
    found: &mut dyn FnMut(Vec<String>, Option<(String, Span)>),
) {
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
