//! What in a user's files would run outside of the machine: threads, locks, atomics and shared memory of the standard library.
//!
//! Promise: none of it is built without a word. Code that the machine does not see has no choice points, so that one execution would pass for
//! all there are, and a lock of the system that is held across a choice point stops them all. What is refused is told at its line, with the
//! patch that brings it and what to use instead. Limits: what a macro of another crate makes, and cells that a scope shares without a promise
//! of its own, are not seen here; an execution that sleeps in the system is found by [`crate::watch`].
//!
//! `Arc` is not refused, and not seen either. Where its counts may matter, in a function that asks for them or in the destructor of what may be
//! in one, nothing counts as exhaustive. Limits: the destructors of other crates' types.

mod names;
mod scope;
mod walk;

use crate::declared::declared;
use crate::module::Module;
use crate::steps::Step;
use names::remedy;
use proc_macro2::TokenStream;
use scope::{Binding, Inside, Names, Scope, Written};
use std::collections::BTreeSet;
use syn::visit::Visit;
use walk::{Offence, Walk, attributes, scope};

/// Lines of a refusal.
const LINES_MAX: usize = 12;

/// A file of the package.
struct File<'a> {
    /// The module that it is.
    inside: Inside,
    /// What its user calls it.
    path: String,
    text: &'a str,
}

/// Where a step, or trait and scenarios, depend on how often an `Arc` is shared.
pub fn counts(subject: Option<(&str, &str)>, step: &Step) -> Vec<String> {
    let files: Vec<File<'_>> = files(&step.module).into_iter().chain(asked(subject)).collect();
    if !files.iter().any(|file| file.text.contains("Arc")) {
        return Vec::new();
    }
    let line = |(path, _, one): &(String, Inside, Offence)| {
        let Offence { line, column, construct } = one;
        format!("{path}:{line}:{column}: {construct}")
    };
    walked(&files, |walk| walk.counts).iter().map(line).collect()
}

fn asked<'a>(subject: Option<(&str, &'a str)>) -> Option<File<'a>> {
    subject.map(|(path, text)| File { inside: words(&["subject"]), path: path.to_owned(), text })
}

/// Refuses trait and scenarios, and steps, that hold what the machine does not see.
pub fn refuse_outside(subject: Option<(&str, &str)>, steps: &[Step]) -> Result<(), String> {
    let mut lines = Vec::new();
    let line = |path: &str, one: &Offence, whence: &str| {
        let Offence { line, column, construct } = one;
        format!("  {path}:{line}:{column}: {construct}, {whence}: {}", remedy(construct))
    };
    for (path, _, one) in offences(&asked(subject).into_iter().collect::<Vec<_>>()) {
        lines.push(line(&path, &one, "in the trait and scenarios"));
    }
    let mut known: BTreeSet<(Inside, String)> = BTreeSet::new();
    for (nth, step) in steps.iter().enumerate() {
        let whence =
            if nth == 0 { format!("in {}", step.subject) } else { format!("brought by the patch '{}'", step.subject) };
        let files: Vec<File<'_>> = files(&step.module).into_iter().chain(asked(subject)).collect();
        let found = offences(&files).into_iter().filter(|(_, inside, _)| inside[0] != "subject");
        let mut here = BTreeSet::new();
        for (path, inside, one) in found {
            let key = (inside, one.construct.clone());
            if !known.contains(&key) {
                lines.push(line(&path, &one, &whence));
            }
            here.insert(key);
        }
        known = here;
    }
    if lines.is_empty() {
        return Ok(());
    }
    let more = lines.len().saturating_sub(LINES_MAX);
    lines.truncate(LINES_MAX);
    let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
    Err(format!(
        "the machine sees what lockstep::sync and lockstep::thread make, and nothing of this:\n{}{more}",
        lines.join("\n")
    ))
}

fn words(words: &[&str]) -> Inside {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Where the module stands, whichever step it is.
fn root() -> Inside {
    words(&["steps", "step"])
}

/// The files of a module that are compiled.
fn files(module: &Module) -> Vec<File<'_>> {
    let texts = || std::iter::once(&module.text).chain(module.inner.values());
    // What an attribute or a macro brings from somewhere may be any of them.
    let brings = texts().any(|text| text.contains("include!") || text.contains("#[path"));
    let compiled = declared(module).ok().filter(|_| !brings);
    let is_compiled = |inside: &&String| compiled.as_ref().is_none_or(|compiled| compiled.contains(*inside));
    let inner = module.inner.keys().filter(is_compiled).map(|inside| File {
        inside: root().into_iter().chain(module_of(inside)).collect(),
        path: module.name(inside),
        text: &module.inner[inside],
    });
    std::iter::once(File { inside: root(), path: module.path.clone(), text: &module.text }).chain(inner).collect()
}

/// `a/b.rs` and `a/b/mod.rs` are the module `a::b`.
fn module_of(inside: &str) -> impl Iterator<Item = String> {
    let stem = inside.trim_end_matches(".rs");
    stem.strip_suffix("/mod").unwrap_or(stem).split('/').map(str::to_owned)
}

/// What the machine does not see in these files, each with the path and the module of its file, by place.
fn offences(files: &[File<'_>]) -> Vec<(String, Inside, Offence)> {
    walked(files, |walk| walk.offences)
}

/// What a walk through each of these files has found of one kind.
fn walked(files: &[File<'_>], kind: fn(Walk<'_>) -> Vec<Offence>) -> Vec<(String, Inside, Offence)> {
    let parsed: Vec<Option<syn::File>> = files.iter().map(|file| syn::parse_file(file.text).ok()).collect();
    let mut names = package();
    for (file, parsed) in files.iter().zip(&parsed) {
        if let Some(parsed) = parsed {
            put_names(&mut names, file.inside.clone(), &parsed.items);
        }
    }
    let mut shares = Shares(false);
    parsed.iter().flatten().for_each(|parsed| shares.visit_file(parsed));
    let mut all = Vec::new();
    for (file, parsed) in files.iter().zip(&parsed) {
        let mut walk = Walk::new(&names, file.inside.clone(), shares.0);
        match parsed {
            Some(parsed) if crate::conditions::are_left_out(&parsed.attrs) => {}
            Some(parsed) => walk.visit_file(parsed),
            // A part of a file that is included is no file by itself; what is no Rust at all the compiler tells.
            None => walk.tokens(file.text.parse::<TokenStream>().unwrap_or_default()),
        }
        let mut found = kind(walk);
        found.sort();
        found.dedup();
        all.extend(found.into_iter().map(|one| (file.path.clone(), file.inside.clone(), one)));
    }
    all
}

/// The names that a generated package has around the user's files.
fn package() -> Names {
    let mut names = Names::default();
    let scope = |own: &[(&str, Binding)]| Scope {
        names: own.iter().map(|(name, binding)| ((*name).to_owned(), binding.clone())).collect(),
        globs: Vec::new(),
    };
    let subject = Binding::Import(Written { absolute: false, words: words(&["crate", "subject"]) });
    names.modules.insert(Inside::new(), scope(&[("steps", Binding::Module), ("subject", Binding::Module)]));
    names.modules.insert(words(&["steps"]), scope(&[("step", Binding::Module), ("subject", subject)]));
    names
}

/// The names of a module, and of those that stand in braces in it.
fn put_names(names: &mut Names, inside: Inside, items: &[syn::Item]) {
    for item in items.iter().filter(|item| !crate::conditions::are_left_out(attributes(item))) {
        if let syn::Item::Mod(one) = item
            && let Some((_, items)) = &one.content
        {
            let name = one.ident.to_string().trim_start_matches("r#").to_owned();
            put_names(names, inside.iter().cloned().chain([name]).collect(), items);
        }
    }
    names.modules.insert(inside, scope(items.iter()));
}

/// Whether something that may not be shared by itself is said to be shared.
struct Shares(bool);

impl<'ast> Visit<'ast> for Shares {
    fn visit_item_impl(&mut self, one: &'ast syn::ItemImpl) {
        let last = one.trait_.as_ref().and_then(|(_, path, _)| path.segments.last());
        self.0 |= one.unsafety.is_some() && last.is_some_and(|last| last.ident == "Sync");
        syn::visit::visit_item_impl(self, one);
    }
}

#[cfg(test)]
mod tests;
