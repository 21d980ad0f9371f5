//! What in a user's files would run outside of the machine: threads, locks, atomics and shared
//! memory of the standard library.
//!
//! This is the first of two fences, the one that tells line, patch and remedy. The second is the
//! compiler: a generated package has crates of the names `std`, `core`, `alloc` and `lockstep` in
//! which nothing of it is (`harness/facades`), so that what is not found here, behind renames,
//! macros and conditions, does not compile. Of what has a name there and yet may differ from run to
//! run, each word is looked at, in macros too: they put words together, but make none up.
//!
//! Promise: none of it is built without a word. Code that the machine does not see has no choice
//! points, so that one execution would pass for all there are, and a lock of the system that is
//! held across a choice point stops them all. What is refused is told at its line, with the patch
//! that brings it and what to use instead. Limit: cells that a scope shares without a promise of
//! its own are not seen here; an execution that sleeps in the system is found by
//! [`lockstep_runner::watchdog`]. The series of the shipped subject has the first fence alone.
//!
//! `Arc` is not refused, and not seen either. Where its counts may matter, in a function that asks
//! for them or in the destructor of what may be in one, nothing counts as exhaustive. What borrows
//! is taken for a guard and in no `Arc` that threads share, unless they are in a scope or something
//! is borrowed for ever. Limits: the destructors of other crates' types, and lifetimes that unsafe
//! code makes longer.
//!
//! So it is with all that stands in an unsafe block, and with the order of a `HashMap`. Limit: an
//! address that becomes a number, as in `f as usize`, differs from run to run and is not seen.

mod attributes;
mod items;
mod names;
mod offence;
mod refusal;
mod scope;
mod token;
mod walk;

use crate::source::declared::declared;
use crate::source::module::Module;
use crate::source::steps::Step;
use attributes::attributes;
use items::scope;
use names::{OF_THE_SYSTEM, UNORDERED, UNSAFE, remedy};
use offence::Offence;
use proc_macro2::{TokenStream, TokenTree};
use refusal::Refusal;
use scope::{Binding, Inside, Names, Scope, Written};
use std::collections::BTreeSet;
use syn::visit::Visit;
use token::is_mark;
use walk::Walk;

/// A file of the package.
struct File<'a> {
    /// The module that it is.
    inside: Inside,
    /// What its user calls it.
    path: String,
    text: &'a str,
}

/// Refuses trait and scenarios, and steps, that hold what the machine does not see. Of what it lets
/// pass: for each step the places where that, or trait and scenarios, may depend on what the
/// machine does not see either, and on what.
pub fn look(subject: Option<(&str, &str)>, steps: &[Step]) -> Result<Vec<Vec<String>>, Refusal> {
    let (mut lines, mut unseen_in) = (Vec::new(), Vec::new());
    let asked = || subject.map(|(path, text)| File { inside: words(&["subject"]), path: path.to_owned(), text });
    let refused =
        |path: &str, one: &Offence, whence: &str| format!("  {}, {whence}: {}", one.at(path), remedy(&one.construct));
    for FileOffences { path, offences, .. } in walked(asked().into_iter().collect()) {
        lines.extend(offences.iter().map(|one| refused(&path, one, "in the trait and scenarios")));
    }
    let mut known: BTreeSet<(Inside, String)> = BTreeSet::new();
    for (nth, step) in steps.iter().enumerate() {
        let whence =
            if nth == 0 { format!("in {}", step.subject) } else { format!("brought by the patch '{}'", step.subject) };
        let (mut here, mut places) = (BTreeSet::new(), Vec::new());
        for FileOffences { path, inside, offences, unseen } in
            walked(files(&step.module).into_iter().chain(asked()).collect())
        {
            places.extend(unseen.iter().map(|one| format!("{}: {}", one.at(&path), names::unseen(&one.construct))));
            for one in offences.into_iter().filter(|_| inside[0] != "subject") {
                let key = (inside.clone(), one.construct.clone());
                if !known.contains(&key) {
                    lines.push(refused(&path, &one, &whence));
                }
                here.insert(key);
            }
        }
        known = here;
        unseen_in.push(places);
    }
    if lines.is_empty() {
        return Ok(unseen_in);
    }
    Err(Refusal::new(lines))
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

/// What a walk through a file has found, by place.
struct FileOffences {
    path: String,
    /// The module of the file.
    inside: Inside,
    offences: Vec<Offence>,
    /// What is built all the same.
    unseen: Vec<Offence>,
}

/// Walks through each of these files.
fn walked(files: Vec<File<'_>>) -> Vec<FileOffences> {
    let parsed: Vec<Option<syn::File>> = files.iter().map(|file| syn::parse_file(file.text).ok()).collect();
    let mut names = package();
    for (file, parsed) in files.iter().zip(&parsed) {
        if let Some(parsed) = parsed {
            put_names(&mut names, file.inside.clone(), &parsed.items);
        }
    }
    let mut shares = Shares(false);
    parsed.iter().flatten().for_each(|parsed| shares.visit_file(parsed));
    let has_arcs = files.iter().any(|file| file.text.contains("Arc") || file.text.contains("Weak"));
    // Of no matter where nobody counts.
    let lends = has_arcs && files.iter().any(|file| lends(file.text.parse().unwrap_or_default()));
    let mut all = Vec::new();
    for (file, parsed) in files.into_iter().zip(&parsed) {
        let mut walk = Walk::new(&names, file.inside.clone(), (shares.0, lends));
        match parsed {
            Some(parsed) if crate::source::conditions::are_left_out(&parsed.attrs) => {}
            Some(parsed) => walk.visit_file(parsed),
            // A part of a file that is included is no file by itself; what is no Rust at all the
            // compiler tells.
            None => walk.tokens(file.text.parse::<TokenStream>().unwrap_or_default()),
        }
        let Walk { mut offences, mut unseen, .. } = walk;
        unseen.retain(|one| match one.construct.as_str() {
            UNSAFE => true,
            construct => has_arcs || UNORDERED.contains(&construct) || OF_THE_SYSTEM.contains(&construct),
        });
        for found in [&mut offences, &mut unseen] {
            found.sort();
            found.dedup();
        }
        all.push(FileOffences { path: file.path, inside: file.inside, offences, unseen });
    }
    all
}

/// Whether threads may share what borrows something: they are in a scope, or it is borrowed for
/// ever.
fn lends(tokens: TokenStream) -> bool {
    let mut is_lifetime = false;
    tokens.into_iter().any(|token| {
        let was_lifetime = std::mem::replace(&mut is_lifetime, is_mark(&token, "'"));
        match token {
            TokenTree::Group(group) => lends(group.stream()),
            TokenTree::Ident(word) => !was_lifetime && ["scope", "leak", "static"].iter().any(|lent| word == lent),
            _ => false,
        }
    })
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
    for item in items.iter().filter(|item| !crate::source::conditions::are_left_out(attributes(item))) {
        if let syn::Item::Mod(one) = item
            && let Some((_, items)) = &one.content
        {
            let name = one.ident.to_string().trim_start_matches("r#").to_owned();
            put_names(names, inside.iter().cloned().chain([name]).collect(), items);
        }
    }
    names.modules.insert(inside, scope(items.iter()));
}

/// Whether something that may not be shared by itself is said to be shared. Under another name
/// `Sync` is what it is, so every promise counts but that of `Send`, unless that is another name.
struct Shares(bool);

impl<'ast> Visit<'ast> for Shares {
    fn visit_item_impl(&mut self, one: &'ast syn::ItemImpl) {
        let last = one.trait_.as_ref().and_then(|(_, path, _)| path.segments.last());
        self.0 |= one.unsafety.is_some() && last.is_some_and(|last| last.ident != "Send");
        syn::visit::visit_item_impl(self, one);
    }

    fn visit_use_rename(&mut self, one: &'ast syn::UseRename) {
        self.0 |= one.rename == "Send";
    }
}

#[cfg(test)]
mod tests;
