//! All mutants of a file in one build: each broken form becomes a function beside the original,
//! which asks which mutant runs and hands over (mutant schemata, after Untch, Offutt and Harrold,
//! 1993).
//!
//! Limits: functions whose arguments are plain names; no `const fn`, no default methods of traits,
//! no tests.

use super::operators::{Operator, mutations};
use crate::source::error::SourceError;
use crate::source::fold::fold_in;
use crate::source::rust;
use quote::format_ident;
use std::collections::BTreeSet;
use syn::visit::{self, Visit};
use syn::{Block, FnArg, Ident, ImplItem, ImplItemFn, Item, ItemFn, Pat, ReturnType, Signature, Type, parse_quote};

/// One mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// What the generated code knows it by; from 1 on.
    pub number: u32,
    /// Its name: what its file is called, function, operator, and which of those in that function.
    pub id: String,
    /// The file it is in, as its module or the source folder knows it.
    pub file: String,
    pub function: String,
    pub operator: Operator,
    pub what: String,
    pub line: usize,
}

/// A file with all its mutants in it.
#[derive(Debug)]
pub struct Broken {
    pub text: String,
    pub mutants: Vec<Mutant>,
}

/// Names of functions that make things and are no part of a protocol.
const MAKERS: [&str; 2] = ["new", "default"];

/// Breaks a file in every way; ids call it `label`. Numbers begin at `first`; the alternatives
/// `off` are folded away in broken forms.
pub fn schemata(file: &str, label: &str, text: &str, off: &[String], first: u32) -> Result<Broken, SourceError> {
    let mut plain = rust::parse(file, text)?;
    let mut folded = plain.clone();
    for field in off {
        fold_in(&mut folded, field, "false").map_err(|error| error.of(file))?;
    }
    let mut defaulted = Defaulted(BTreeSet::new());
    defaulted.visit_file(&plain);
    let mut maker = Maker { file, label, defaulted: defaulted.0, next: first, mutants: Vec::new() };
    let mut more: Vec<Item> = Vec::new();
    for (item, folded) in plain.items.iter_mut().zip(&folded.items) {
        match (item, folded) {
            (Item::Fn(function), Item::Fn(folded)) => {
                let broken = maker.function(&mut function.sig, &mut function.block, &folded.block, false);
                more.extend(broken.into_iter().map(|(sig, block)| {
                    let ItemFn { attrs, vis, .. } = function.clone();
                    Item::Fn(ItemFn { attrs, vis, sig, block: Box::new(block) })
                }));
            }
            (Item::Impl(one), Item::Impl(folded)) if one.generics.params.is_empty() => {
                more.extend(maker.implementation(one, folded).map(Item::Impl));
            }
            _ => {}
        }
    }
    plain.items.extend(more);
    Ok(Broken { text: prettyplease::unparse(&plain), mutants: maker.mutants })
}

/// Functions whose answers are of a type that has a default, as far as its name tells.
struct Defaulted(BTreeSet<String>);

const DEFAULTED: [&str; 15] =
    ["bool", "u8", "u16", "u32", "u64", "usize", "i8", "i16", "i32", "i64", "isize", "Option", "Vec", "String", "char"];

impl<'ast> Visit<'ast> for Defaulted {
    fn visit_signature(&mut self, signature: &'ast Signature) {
        if let ReturnType::Type(_, answer) = &signature.output
            && let Type::Path(path) = &**answer
            && path.path.segments.last().is_some_and(|name| DEFAULTED.iter().any(|known| name.ident == known))
        {
            self.0.insert(signature.ident.to_string());
        }
        visit::visit_signature(self, signature);
    }
}

struct Maker<'a> {
    file: &'a str,
    label: &'a str,
    defaulted: BTreeSet<String>,
    next: u32,
    mutants: Vec<Mutant>,
}

impl Maker<'_> {
    /// The broken forms of an implementation's functions, as an implementation of the type's own.
    fn implementation(&mut self, one: &mut syn::ItemImpl, folded: &syn::ItemImpl) -> Option<syn::ItemImpl> {
        let mut more: Vec<ImplItem> = Vec::new();
        for (item, folded) in one.items.iter_mut().zip(&folded.items) {
            let (ImplItem::Fn(function), ImplItem::Fn(folded)) = (item, folded) else { continue };
            let broken = self.function(&mut function.sig, &mut function.block, &folded.block, true);
            more.extend(broken.into_iter().map(|(sig, block)| {
                let ImplItemFn { attrs, defaultness, .. } = function.clone();
                ImplItem::Fn(ImplItemFn { attrs, vis: syn::Visibility::Inherited, defaultness, sig, block })
            }));
        }
        let target = &one.self_ty;
        (!more.is_empty()).then(|| parse_quote!(impl #target { #(#more)* }))
    }

    /// The broken forms of one function; the function itself comes to ask which of them runs.
    fn function(
        &mut self,
        signature: &mut Signature,
        block: &mut Block,
        folded: &Block,
        is_method: bool,
    ) -> Vec<(Signature, Block)> {
        let name = signature.ident.to_string();
        let Some(arguments) = arguments(signature) else { return Vec::new() };
        if signature.constness.is_some() || MAKERS.contains(&name.as_str()) {
            return Vec::new();
        }
        let mut forms = Vec::new();
        let mut arms: Vec<syn::Arm> = Vec::new();
        for mutation in mutations(folded, &self.defaulted) {
            let number = self.next;
            self.next += 1;
            let form = format_ident!("{}_mutant_{}", signature.ident, number);
            let call: syn::Expr = if is_method {
                parse_quote!(Self::#form(#(#arguments),*))
            } else {
                parse_quote!(#form(#(#arguments),*))
            };
            arms.push(parse_quote!(#number => #call,));
            let id = self.id(&name, mutation.operator);
            let (operator, what, line) = (mutation.operator, mutation.what, mutation.line);
            let file = self.file.to_owned();
            self.mutants.push(Mutant { number, id, file, function: name.clone(), operator, what, line });
            forms.push((Signature { ident: form, ..signature.clone() }, mutation.body));
        }
        if !arms.is_empty() {
            let whole = block.clone();
            *block = parse_quote!({ match lockstep_runner::active() { #(#arms)* _ => #whole } });
        }
        forms
    }

    fn id(&self, function: &str, operator: Operator) -> String {
        let same = |known: &&Mutant| known.function == function && known.operator == operator;
        let nth = self.mutants.iter().filter(same).count() + 1;
        format!("{}/{function}/{}/{nth}", self.label, operator.name())
    }
}

/// The arguments by name, if they all have one.
fn arguments(signature: &Signature) -> Option<Vec<Ident>> {
    let named = |argument: &FnArg| match argument {
        FnArg::Receiver(receiver) => Some(Ident::new("self", receiver.self_token.span)),
        FnArg::Typed(typed) => match &*typed.pat {
            Pat::Ident(name) if name.by_ref.is_none() => Some(name.ident.clone()),
            _ => None,
        },
    };
    signature.inputs.iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::schemata;

    #[test]
    fn a_function_asks_which_of_its_forms_runs() {
        let text =
            "impl Design for A { fn stop(&self, m: &M) -> bool { if m.policy.p { a(); } w.write_once(1); true } }";
        let broken = schemata("utrace/a.rs", "a", text, &["p".to_owned()], 5).expect("well-formed");
        assert_eq!(broken.mutants.len(), 1);
        assert_eq!((broken.mutants[0].number, broken.mutants[0].id.as_str()), (5, "a/stop/drop-store/1"));
        let expected = "match lockstep_runner::active() {\n            5u32 => Self::stop_mutant_5(self, m),";
        assert!(broken.text.contains(expected), "{}", broken.text);
        assert!(broken.text.contains("fn stop_mutant_5(&self, m: &M) -> bool {\n        true"), "{}", broken.text);
    }
}
