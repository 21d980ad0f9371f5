//! Which file of a crate takes what from which other one.
//!
//! An arrow goes from a file to the file that defines what a path in it names. Re-exports are followed,
//! so a file that only passes a name on is not taken for its home, and to pass on what a child defines
//! is no arrow. Read are `use` items and all paths in code, those in macros as well. What is built for
//! tests only, and code that is only quoted, does not count. Limits: methods are not resolved, and
//! globs only by what they are globs of.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use syn::visit::Visit;

/// The names of modules from the root of the crate, or of a path.
type Names = Vec<String>;

/// Arrows from file to file, with the names behind each.
pub type Arrows = BTreeMap<PathBuf, BTreeMap<PathBuf, BTreeSet<String>>>;

/// One file of the crate.
struct Module {
    file: PathBuf,
    /// What `use` binds in it, by name, as written: resolved from this module.
    bindings: BTreeMap<String, Names>,
    /// All paths in it of two names or more, and those that it imports.
    paths: BTreeSet<Names>,
}

struct Crate(BTreeMap<Names, Module>);

/// The arrows of a crate, from its files with their paths below the source folder.
pub fn arrows(files: &[(PathBuf, String)]) -> Arrows {
    let mut modules = BTreeMap::new();
    for (file, text) in files.iter().filter(|(file, _)| !is_for_tests(file, files)) {
        let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let mut reading = Reading { file, modules: &mut modules };
        reading.items(&names_of(file), &parsed.items);
    }
    let all = Crate(modules);
    let mut arrows = Arrows::new();
    for (home, module) in &all.0 {
        let from = arrows.entry(module.file.clone()).or_default();
        for path in &module.paths {
            if let Some(target) = all.resolve(home, path, 0).filter(|target| *target != module.file) {
                from.entry(target.to_owned()).or_default().insert(path.join("::"));
            }
        }
    }
    arrows
}

/// `a/b/mod.rs` and `a/b.rs` are `a::b`; `lib.rs` and `main.rs` are the root.
fn names_of(file: &Path) -> Names {
    let mut names: Names = file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if names.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        names.pop();
    }
    names
}

/// Whether the file that declares this module does so for tests only.
pub fn is_for_tests(file: &Path, files: &[(PathBuf, String)]) -> bool {
    let names = names_of(file);
    let Some((last, parents)) = names.split_last() else { return false };
    let declares = |(_, text): &&(PathBuf, String)| {
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let next = lines.peek().is_some_and(|next| next.trim() == format!("mod {last};"));
            if line.trim() == "#[cfg(test)]" && next {
                return true;
            }
        }
        false
    };
    files.iter().find(|(parent, _)| names_of(parent) == parents).is_some_and(|parent| declares(&parent))
}

impl Crate {
    /// The file that defines what a path names that stands in the module `home`.
    fn resolve(&self, home: &[String], path: &[String], depth: usize) -> Option<&Path> {
        let mut at = home.to_vec();
        let mut rest = path;
        match rest.first()?.as_str() {
            "crate" => at.clear(),
            "self" => {}
            "super" => {
                at.pop();
            }
            // A child of this module, or what it has bound; anything else is of another crate, or defined here.
            _ => return self.descend(&at, rest, depth, false),
        }
        rest = &rest[1..];
        while rest.first().is_some_and(|name| name == "super") {
            at.pop();
            rest = &rest[1..];
        }
        self.descend(&at, rest, depth, true)
    }

    /// From a module downwards. `is_here`: the first name is defined in this module if it is nothing else.
    fn descend(&self, at: &[String], rest: &[String], depth: usize, is_here: bool) -> Option<&Path> {
        let module = self.0.get(at)?;
        let Some((first, others)) = rest.split_first() else { return Some(&module.file) };
        let below: Names = at.iter().chain([first]).cloned().collect();
        if self.0.contains_key(&below) {
            return self.descend(&below, others, depth, true);
        }
        if let Some(bound) = module.bindings.get(first).filter(|_| depth < 16) {
            let whole: Names = bound.iter().chain(others).cloned().collect();
            return self.resolve(at, &whole, depth + 1);
        }
        is_here.then_some(&module.file)
    }
}

/// Reads a file into its module, and into those that stand in braces in it.
struct Reading<'a> {
    file: &'a Path,
    modules: &'a mut BTreeMap<Names, Module>,
}

impl Reading<'_> {
    fn items(&mut self, names: &[String], items: &[syn::Item]) {
        let mut contents = ModuleContents::default();
        for item in items.iter().filter(|item| !is_tests_only(item)) {
            match item {
                syn::Item::Mod(syn::ItemMod { ident, content: Some((_, inside)), .. }) => {
                    let below: Names = names.iter().cloned().chain([ident.to_string()]).collect();
                    self.items(&below, inside);
                }
                _ => contents.visit_item(item),
            }
        }
        let module = Module { file: self.file.to_owned(), bindings: contents.bindings, paths: contents.paths };
        self.modules.insert(names.to_vec(), module);
    }
}

/// Whether this is built for tests only.
pub fn is_tests_only(item: &syn::Item) -> bool {
    let attributes = match item {
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        _ => return false,
    };
    let is_test = |meta: &syn::Meta| meta.to_token_stream().to_string() == "cfg (test)";
    attributes.iter().any(|attribute| is_test(&attribute.meta))
}

/// What stands in a module.
#[derive(Default)]
struct ModuleContents {
    bindings: BTreeMap<String, Names>,
    paths: BTreeSet<Names>,
}

impl ModuleContents {
    /// `passes_on`: what is imported is exported again.
    fn tree(&mut self, tree: &syn::UseTree, path: &mut Names, passes_on: bool) {
        match tree {
            syn::UseTree::Path(part) => {
                path.push(part.ident.to_string());
                self.tree(&part.tree, path, passes_on);
                path.pop();
            }
            syn::UseTree::Name(name) => self.bind(&name.ident, &name.ident, path, passes_on),
            syn::UseTree::Rename(rename) => self.bind(&rename.rename, &rename.ident, path, passes_on),
            syn::UseTree::Glob(_) if passes_on => {}
            syn::UseTree::Glob(_) => _ = self.paths.insert(path.clone()),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(tree, path, passes_on)),
        }
    }

    fn bind(&mut self, name: &syn::Ident, of: &syn::Ident, path: &[String], passes_on: bool) {
        let is_module = of == "self";
        let whole: Names = path.iter().cloned().chain((!is_module).then(|| of.to_string())).collect();
        let name = if is_module { whole.last().expect("a path before self").clone() } else { name.to_string() };
        if !passes_on {
            self.paths.insert(whole.clone());
        }
        // A path that begins with what it binds would lead to itself.
        if whole.first() != Some(&name) {
            self.bindings.insert(name, whole);
        }
    }

    /// Names that stand side by side with `::` between them.
    fn tokens(&mut self, tokens: TokenStream) {
        let (mut path, mut colons, mut quotes) = (Names::new(), 0, false);
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.keep(&mut path);
                    }
                    path.push(ident.to_string());
                    (colons, quotes) = (0, false);
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Punct(punct) if punct.as_char() == '!' => {
                    quotes = path.last().is_some_and(|name| name.contains("quote"));
                    self.keep(&mut path);
                }
                TokenTree::Group(group) if is_visibility(&group) => {}
                TokenTree::Group(group) => {
                    self.keep(&mut path);
                    colons = 0;
                    if !std::mem::take(&mut quotes) {
                        self.tokens(group.stream());
                    }
                }
                _ => {
                    self.keep(&mut path);
                    (colons, quotes) = (0, false);
                }
            }
        }
        self.keep(&mut path);
    }

    fn keep(&mut self, path: &mut Names) {
        let path = std::mem::take(path);
        if path.len() > 1 {
            self.paths.insert(path);
        }
    }
}

/// Whether it says who may see something, as in `pub(in crate::sim)`.
fn is_visibility(group: &proc_macro2::Group) -> bool {
    matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(first)) if first == "in")
}

impl<'ast> Visit<'ast> for ModuleContents {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if let syn::Item::Use(item) = item {
            self.tree(&item.tree, &mut Names::new(), !matches!(item.vis, syn::Visibility::Inherited));
        } else {
            self.tokens(item.to_token_stream());
            // A `use` inside of it.
            syn::visit::visit_item(self, item);
        }
    }
}

/// The same between the modules at the top of the crate, whatever lies in them; its root imports what it likes.
pub fn between_modules(arrows: &Arrows) -> Arrows {
    let top = |file: &Path| PathBuf::from(file.iter().next().expect("a file has a name")).with_extension("");
    let is_root = |file: &Path| names_of(file).is_empty();
    let mut between = Arrows::new();
    for (from, targets) in arrows.iter().filter(|(from, _)| !is_root(from)) {
        let module = between.entry(top(from)).or_default();
        for (to, names) in targets.iter().filter(|(to, _)| top(to) != top(from)) {
            module.entry(top(to)).or_default().extend(names.iter().cloned());
        }
    }
    between
}

/// The files that reach each other, two at least, with the arrows among them.
pub fn circles(arrows: &Arrows) -> Vec<BTreeSet<PathBuf>> {
    let reach = |start: &PathBuf| {
        let mut open = vec![start];
        let mut reached = BTreeSet::new();
        while let Some(at) = open.pop() {
            for next in arrows.get(at).into_iter().flat_map(BTreeMap::keys) {
                if reached.insert(next.clone()) {
                    open.push(next);
                }
            }
        }
        reached
    };
    let reached: BTreeMap<&PathBuf, BTreeSet<PathBuf>> = arrows.keys().map(|file| (file, reach(file))).collect();
    let of = |file: &PathBuf| -> BTreeSet<PathBuf> {
        let back = |other: &&PathBuf| reached.get(other).is_some_and(|reached| reached.contains(file));
        reached[file].iter().filter(back).cloned().collect()
    };
    let circles: BTreeSet<BTreeSet<PathBuf>> = arrows.keys().map(of).filter(|circle| circle.len() > 1).collect();
    circles.into_iter().collect()
}
