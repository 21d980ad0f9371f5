//! What Lockstep must know of a module of somebody's own: the trait it implements, the type, and
//! how to make one.
//!
//! A **subject** is a file with one public trait and functions that take `&dyn` of it: each is a
//! scenario, its name is the scenario's id and its documentation the question. A **module**
//! implements the trait for one type, which is a unit, has a `new` without arguments, or is
//! `Default`.

use crate::source::error::SourceError;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Expr, FnArg, Item, ItemImpl, Lit, Meta, ReturnType, Type, Visibility};

/// The module's side.
#[derive(Clone, Debug)]
pub struct Module {
    /// The type that implements the trait.
    pub type_name: syn::Ident,
    /// An expression that makes one, to be put behind the module's path.
    pub make: TokenStream,
}

/// The subject's side.
#[derive(Clone, Debug)]
pub struct SubjectSource {
    pub trait_name: syn::Ident,
    pub scenarios: Vec<Question>,
    /// It has `pub fn describe(word: u64) -> String`.
    pub describes: bool,
}

/// One scenario.
#[derive(Clone, Debug)]
pub struct Question {
    pub id: syn::Ident,
    pub question: String,
}

impl Question {
    /// The id as people say it.
    pub fn name(&self) -> String {
        self.id.to_string().trim_start_matches("r#").to_owned()
    }
}

/// Reads Rust, or says where it is none.
pub fn parse(origin: &str, text: &str) -> Result<syn::File, SourceError> {
    syn::parse_file(text).map_err(|error| {
        // Said of brackets and quotes, in words that say nothing of them.
        let said = error.to_string();
        let reason = match said.as_str() {
            "cannot parse string into token stream" => {
                "a bracket or quote before this is not closed, or this one closes none"
            }
            said => said,
        };
        SourceError::new(reason).of(origin).at(error.span())
    })
}

/// What a module offers to this trait.
pub fn module(origin: &str, text: &str, trait_name: &str) -> Result<Module, SourceError> {
    let wrong = |reason: String| SourceError::new(reason).of(origin);
    let file = parse(origin, text)?;
    let impls = file.items.iter().filter_map(|item| match item {
        Item::Impl(one) => Some(one),
        _ => None,
    });
    let implementing: Vec<&ItemImpl> = impls.clone().filter(|one| implements(one, trait_name)).collect();
    let [one] = implementing[..] else {
        return Err(match &implementing[..] {
            [] => wrong(format!("does not implement the trait {trait_name}: one type must")),
            [first, others @ ..] => {
                let lines: Vec<String> = others.iter().map(|one| one.span().start().line.to_string()).collect();
                let lines = lines.join(", ");
                let reason = format!(
                    "implements the trait {trait_name} here and again in line {lines}: keep the one that is to be compared"
                );
                wrong(reason).at(first.span())
            }
        });
    };
    let type_name = type_name(&one.self_ty).ok_or_else(|| {
        let written = one.self_ty.to_token_stream().to_string().replace(' ', "");
        let reason = format!(
            "implements {trait_name} for '{written}', and Lockstep makes types without parameters only: wrap it, as in \
             'struct Mine({written});', and implement {trait_name} for that"
        );
        wrong(reason).at(one.self_ty.span())
    })?;
    if !one.generics.params.is_empty() {
        let reason = format!(
            "implements {trait_name} for any type that fits, and Lockstep makes one: implement it for a type of its own"
        );
        return Err(wrong(reason).at(one.generics.span()));
    }
    let is_unit = file.items.iter().any(|item| match item {
        Item::Struct(one) => one.ident == type_name && matches!(one.fields, syn::Fields::Unit),
        _ => false,
    });
    let has_new = impls.clone().any(|one| {
        let own = one.trait_.is_none() && self::type_name(&one.self_ty).as_ref() == Some(&type_name);
        own && one.items.iter().any(|item| match item {
            syn::ImplItem::Fn(function) => {
                function.sig.ident == "new"
                    && function.sig.inputs.is_empty()
                    && matches!(function.vis, Visibility::Public(_))
            }
            _ => false,
        })
    });
    let derives = file.items.iter().any(|item| match item {
        Item::Struct(one) => {
            one.ident == type_name
                && one.attrs.iter().any(|attribute| {
                    attribute.path().is_ident("derive") && attribute.to_token_stream().to_string().contains("Default")
                })
        }
        _ => false,
    });
    let has_default = derives
        || impls
            .clone()
            .any(|one| implements(one, "Default") && self::type_name(&one.self_ty).as_ref() == Some(&type_name));
    let make = match (is_unit, has_new, has_default) {
        (true, _, _) => quote!(#type_name),
        (_, true, _) => quote!(#type_name::new()),
        (_, _, true) => quote!(#type_name::default()),
        _ => {
            return Err(wrong(format!(
                "{type_name} cannot be made: give it 'pub fn new() -> {type_name}', or make it a unit or Default"
            )));
        }
    };
    Ok(Module { type_name, make })
}

/// What a subject asks.
pub fn subject(origin: &str, text: &str) -> Result<SubjectSource, SourceError> {
    let wrong = |reason: String| SourceError::new(reason).of(origin);
    let file = parse(origin, text)?;
    let traits: Vec<&syn::Ident> = file
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Trait(one) if matches!(one.vis, Visibility::Public(_)) => Some(&one.ident),
            _ => None,
        })
        .collect();
    let [trait_name] = traits[..] else {
        return Err(wrong(format!("has {} public traits where one is expected", traits.len())));
    };
    let public = || {
        file.items.iter().filter_map(|item| match item {
            Item::Fn(function) if matches!(function.vis, Visibility::Public(_)) => Some(function),
            _ => None,
        })
    };
    let mut scenarios = Vec::new();
    for function in public() {
        let [FnArg::Typed(argument)] = function.sig.inputs.iter().collect::<Vec<_>>()[..] else { continue };
        if is_dyn(&argument.ty, trait_name) {
            let id = function.sig.ident.clone();
            scenarios.push(Question { id, question: documentation(&function.attrs) });
        } else if speaks_of_dyn(argument.ty.to_token_stream(), trait_name, &file.items) {
            // It looks like a scenario, and would be left out without a word.
            let name = &function.sig.ident;
            let reason = format!(
                "'pub fn {name}' takes a dyn {trait_name} and is no scenario: let it take '&dyn {trait_name}', or make it private"
            );
            return Err(wrong(reason).at(name.span()));
        }
    }
    if scenarios.is_empty() {
        return Err(wrong(format!("has no scenarios: a scenario is 'pub fn NAME(variant: &dyn {trait_name})'")));
    }
    let describes = public().any(|function| {
        function.sig.ident == "describe"
            && function.sig.inputs.len() == 1
            && !matches!(function.sig.output, ReturnType::Default)
    });
    Ok(SubjectSource { trait_name: trait_name.clone(), scenarios, describes })
}

fn implements(one: &ItemImpl, trait_name: &str) -> bool {
    let last = one.trait_.as_ref().and_then(|(_, path, _)| path.segments.last());
    last.is_some_and(|segment| segment.ident == trait_name)
}

fn type_name(ty: &Type) -> Option<syn::Ident> {
    match ty {
        Type::Path(path) => path.path.get_ident().cloned(),
        _ => None,
    }
}

/// `&dyn Trait`, however it is written.
fn is_dyn(ty: &Type, trait_name: &syn::Ident) -> bool {
    let Type::Reference(reference) = bare(ty) else { return false };
    let Type::TraitObject(object) = bare(&reference.elem) else { return false };
    object.bounds.iter().any(|bound| match bound {
        syn::TypeParamBound::Trait(bound) => bound.path.segments.last().is_some_and(|last| last.ident == *trait_name),
        _ => false,
    })
}

/// The type in its parentheses.
fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Paren(one) => bare(&one.elem),
        Type::Group(one) => bare(&one.elem),
        _ => ty,
    }
}

/// Whether a type says `dyn` of the trait, also by another name that these items give it.
fn speaks_of_dyn(tokens: TokenStream, trait_name: &syn::Ident, items: &[Item]) -> bool {
    let words = words(tokens);
    let is_alias = |item: &Item| match item {
        Item::Type(one) => {
            words.iter().any(|word| one.ident == word) && says_dyn(&self::words(one.ty.to_token_stream()), trait_name)
        }
        _ => false,
    };
    says_dyn(&words, trait_name) || items.iter().any(is_alias)
}

fn says_dyn(words: &[String], trait_name: &syn::Ident) -> bool {
    words.iter().any(|word| word == "dyn") && words.iter().any(|word| trait_name == word)
}

fn words(tokens: TokenStream) -> Vec<String> {
    let inner = tokens.into_iter().map(|token| match token {
        proc_macro2::TokenTree::Ident(word) => vec![word.to_string()],
        proc_macro2::TokenTree::Group(group) => words(group.stream()),
        _ => Vec::new(),
    });
    inner.flatten().collect()
}

/// The text of `///` lines.
pub fn documentation(attributes: &[syn::Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join(" ").trim().to_owned()
}

/// The name of a type without generics, if it is a plain one.
pub fn type_text(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        Type::Reference(reference) => type_text(&reference.elem),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{module, subject};

    #[track_caller]
    fn check(text: &str, expected: Result<&str, &str>) {
        match (module("x.rs", text, "Mailbox"), expected) {
            (Ok(module), Ok(expected)) => assert_eq!(module.make.to_string(), expected),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (found, _) => panic!("{found:?}"),
        }
    }

    #[test]
    fn a_module_is_made_by_what_it_has() {
        check("pub struct A; impl Mailbox for A {}", Ok("A"));
        check(
            "pub struct A(u8); impl A { pub fn new() -> A { A(0) } } impl super::Mailbox for A {}",
            Ok("A :: new ()"),
        );
        check("#[derive(Default)] pub struct A(u8); impl Mailbox for A {}", Ok("A :: default ()"));
        check("pub struct A(u8); impl Mailbox for A {}", Err("cannot be made"));
        check("pub struct A;", Err("does not implement the trait Mailbox"));
        let twice = "pub struct A;\nimpl Mailbox for A {}\nimpl Mailbox for B {}\nimpl Mailbox for C {}";
        check(twice, Err("x.rs:2:1: implements the trait Mailbox here and again in line 3, 4"));
        check("impl Mailbox for Box<A> {}", Err("x.rs:1:18: implements Mailbox for 'Box<A>'"));
        check("pub struct", Err("x.rs:1:"));
    }

    #[test]
    fn scenarios_are_public_functions_of_the_trait() {
        let text =
            "pub trait Mailbox {} /// Lost?\npub fn lost(mailbox: &dyn Mailbox) {} fn helper(mailbox: &dyn Mailbox) {}";
        let subject = subject("x.rs", text).expect("well-formed");
        assert_eq!(subject.scenarios.len(), 1);
        assert_eq!(subject.scenarios[0].question, "Lost?");
        assert!(!subject.describes);
    }

    #[test]
    fn whatever_looks_like_a_scenario_is_one_or_is_refused() {
        for ty in ["&dyn Box", "&dyn crate::subject::Box", "&(dyn Box)", "&(dyn Box + Sync)", "&'a dyn Box"] {
            let text = format!("pub trait Box {{}} pub fn lost<'a>(one: {ty}) {{}} pub fn number(one: u32) {{}}");
            assert_eq!(subject("x.rs", &text).expect("well-formed").scenarios.len(), 1, "{ty}");
        }
        for ty in ["&Any", "Arc<dyn Box>", "&[&dyn Box]"] {
            let text = format!(
                "pub trait Box {{}}\ntype Any = dyn Box;\npub fn good(one: &dyn Box) {{}}\npub fn lost(one: {ty}) {{}}"
            );
            let error = subject("x.rs", &text).expect_err("it would be left out").to_string();
            assert!(error.starts_with("x.rs:4:8: 'pub fn lost' takes a dyn Box and is no scenario"), "{error}");
        }
    }

    #[test]
    fn a_subject_without_scenarios_is_refused() {
        let error = subject("x.rs", "pub trait Mailbox {}").expect_err("no scenarios").to_string();
        assert!(error.contains("has no scenarios"), "{error}");
    }
}
