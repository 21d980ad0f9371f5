//! The memory orderings that a module states, function by function.
//!
//! Promise: a patch that changes, adds or removes one in a function is noticed. Limits: they are
//! known by their names (`Release`, `smp_mb`, `write_once` …); one that stands in a constant or
//! behind a macro of somebody's own is not seen where it is used.

use crate::source::error::SourceError;
use crate::source::rust::parse;
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};

/// The orderings of the standard library.
const ORDERINGS: [&str; 5] = ["Relaxed", "Acquire", "Release", "AcqRel", "SeqCst"];

/// What the kernel's primitives begin with, or end in, where the name says how they order.
const PREFIXES: [&str; 4] = ["smp_", "read_once", "write_once", "fence"];
const SUFFIXES: [&str; 3] = ["_acquire", "_release", "_relaxed"];

/// For each function, in the order in which they stand there.
pub type Stated = BTreeMap<String, Vec<String>>;

/// What the second module states otherwise than the first, a function each: `push: Release becomes
/// Relaxed`.
pub fn changes(before: &Stated, after: &Stated) -> Vec<String> {
    let functions: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let none = Vec::new();
    let changed = functions.into_iter().filter_map(|function| {
        let [old, new] = [before, after].map(|stated| stated.get(function).unwrap_or(&none));
        let differs = |pair: &(&String, &String)| pair.0 != pair.1;
        match old.iter().zip(new).find(differs) {
            _ if old == new => None,
            Some((from, to)) if old.len() == new.len() => Some(format!("{function}: {from} becomes {to}")),
            _ => Some(format!("{function}: {} become {}", list(old), list(new))),
        }
    });
    changed.collect()
}

fn list(orderings: &[String]) -> String {
    if orderings.is_empty() { "none".to_owned() } else { orderings.join(", ") }
}

/// What the files of a module state.
pub fn stated(files: &[(String, String)]) -> Result<Stated, SourceError> {
    let mut reader = Reader::default();
    for (path, text) in files {
        reader.visit_file(&parse(path, text)?);
    }
    reader.stated.retain(|_, orderings| !orderings.is_empty());
    Ok(reader.stated)
}

/// Reads the functions of a file.
#[derive(Default)]
struct Reader {
    /// The functions around.
    within: Vec<String>,
    stated: Stated,
}

impl Reader {
    fn function(&mut self, name: &syn::Ident, read: impl FnOnce(&mut Reader)) {
        self.within.push(name.to_string());
        read(self);
        self.within.pop();
    }

    fn names(&mut self, name: &str) {
        let is_one = ORDERINGS.contains(&name)
            || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
            || SUFFIXES.iter().any(|suffix| name.ends_with(suffix));
        if is_one && let Some(function) = self.within.last() {
            self.stated.entry(function.clone()).or_default().push(name.to_owned());
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig.ident, |reader| visit::visit_item_fn(reader, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig.ident, |reader| visit::visit_impl_item_fn(reader, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.function(&item.sig.ident, |reader| visit::visit_trait_item_fn(reader, item));
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        if let Some(last) = path.path.segments.last() {
            self.names(&last.ident.to_string());
        }
        visit::visit_expr_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.names(&call.method.to_string());
        visit::visit_expr_method_call(self, call);
    }
}

#[cfg(test)]
mod tests {
    use super::{changes, stated};

    #[track_caller]
    fn check(before: &str, after: &str, expected: &[&str]) {
        let [before, after] =
            [before, after].map(|text| stated(&[("m.rs".to_owned(), text.to_owned())]).expect("both are Rust"));
        assert_eq!(changes(&before, &after), expected);
    }

    #[test]
    fn what_a_function_states_otherwise_is_named() {
        let push = "impl A { fn push(&self) { self.a.load(Ordering::Acquire); self.b.store(1, Release); } }";
        check(push, push, &[]);
        check(
            push,
            &push.replace("Release", "std::sync::atomic::Ordering::Relaxed"),
            &["push: Release becomes Relaxed"],
        );
        check(push, "impl A { fn push(&self) {} }", &["push: Acquire, Release become none"]);
        let kernel = "fn f(c: &C) { smp_wmb(); c.x.write_once(1); } fn g() { relax(); }";
        check(kernel, &kernel.replace("smp_wmb", "smp_mb"), &["f: smp_wmb becomes smp_mb"]);
        check(kernel, &kernel.replace("write_once(1)", "store_release(1)"), &["f: write_once becomes store_release"]);
        // Names, comments and other functions are none of it.
        check(push, &push.replace("self.b", "/* SeqCst */ self.release"), &[]);
        check(push, &format!("{push} fn other() {{ x(); }}"), &[]);
    }
}
