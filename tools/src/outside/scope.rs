//! Names in the files of a module: what a path means, through every import and every other name.
//!
//! Promise: a path that leads into the standard library is followed there through renames, groups,
//! globs, `self`, `super`, `crate` and modules of the module. Limit: what a macro makes up is not
//! known.

use super::names::ROOTS;
use std::cell::Cell;
use std::collections::BTreeMap;

/// A module inside the package, by the names that lead to it from the root of the crate.
pub type Inside = Vec<String>;

/// A path as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// It begins with `::`.
    pub absolute: bool,
    pub words: Vec<String>,
}

/// What a name stands for.
#[derive(Clone, Debug)]
pub enum Binding {
    /// An import, perhaps under another name.
    Import(Written),
    /// A module that stands here.
    Module,
    /// Something of its own.
    Own,
}

/// The names of a module or a block.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    pub names: BTreeMap<String, Binding>,
    pub globs: Vec<Written>,
}

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Something of the standard library, by its path behind the name of the crate.
    Std(Vec<String>),
    /// A module of the package.
    Module(Inside),
    /// Something else.
    Other,
}

/// Imports that lead to imports are followed so far.
const DEPTH_MAX: usize = 24;

/// Names that are looked up for one path: modules that bring all of each other's names could ask
/// for ever.
const LOOKUPS_MAX: u32 = 4_000;

/// All modules of the package that were read.
#[derive(Clone, Debug, Default)]
pub struct Names {
    pub modules: BTreeMap<Inside, Scope>,
}

impl Names {
    /// What a path means at a place: in a module, inside these blocks, the outermost first.
    /// `is_told` says of what an import brings whether that was told at the import: what comes by
    /// it is then nothing new.
    pub fn meaning(
        &self,
        at: &Inside,
        blocks: &[Scope],
        path: &Written,
        is_told: &dyn Fn(&[String]) -> bool,
    ) -> Meaning {
        Resolver { names: self, is_told, left: Cell::new(LOOKUPS_MAX) }.path(at, blocks, path, DEPTH_MAX)
    }
}

struct Resolver<'a> {
    names: &'a Names,
    is_told: &'a dyn Fn(&[String]) -> bool,
    left: Cell<u32>,
}

impl Resolver<'_> {
    fn path(&self, at: &Inside, blocks: &[Scope], path: &Written, depth: usize) -> Meaning {
        let Some((first, rest)) = path.words.split_first() else { return Meaning::Other };
        let (first, is_root) = (first.as_str(), ROOTS.contains(&first.as_str()));
        if depth == 0 || path.absolute {
            return if is_root { Meaning::Std(rest.to_vec()) } else { Meaning::Other };
        }
        match first {
            "crate" => return self.inside(&Inside::new(), rest, depth),
            "self" => return self.inside(at, rest, depth),
            "super" => return at.split_last().map_or(Meaning::Other, |(_, outer)| self.above(outer, rest, depth)),
            _ => {}
        }
        for (nth, block) in blocks.iter().enumerate().rev() {
            if let Some(found) = self.named(at, &blocks[..=nth], block, (first, rest), depth) {
                return found;
            }
        }
        let own = self.names.modules.get(at).and_then(|scope| self.named(at, &[], scope, (first, rest), depth));
        match own {
            Some(found) => found,
            None if is_root => Meaning::Std(rest.to_vec()),
            None => Meaning::Other,
        }
    }

    /// From a module upwards: `super::super` goes on.
    fn above(&self, outer: &[String], rest: &[String], depth: usize) -> Meaning {
        match rest.split_first() {
            Some((first, rest)) if first == "super" => {
                outer.split_last().map_or(Meaning::Other, |(_, outer)| self.above(outer, rest, depth))
            }
            _ => self.inside(&outer.to_vec(), rest, depth),
        }
    }

    /// Names behind a module of the package.
    fn inside(&self, module: &Inside, rest: &[String], depth: usize) -> Meaning {
        let Some((first, rest)) = rest.split_first() else { return Meaning::Module(module.clone()) };
        let scope = self.names.modules.get(module);
        let found = scope.and_then(|scope| self.named(module, &[], scope, (first, rest), depth.saturating_sub(1)));
        found.unwrap_or(Meaning::Other)
    }

    /// What a name of one scope leads to; nothing if it has no such name.
    fn named(
        &self,
        at: &Inside,
        blocks: &[Scope],
        scope: &Scope,
        (first, rest): (&str, &[String]),
        depth: usize,
    ) -> Option<Meaning> {
        if depth == 0 || self.left.get() == 0 {
            return Some(Meaning::Other);
        }
        self.left.set(self.left.get() - 1);
        match scope.names.get(first) {
            Some(Binding::Own) => return Some(Meaning::Other),
            Some(Binding::Module) => {
                let child: Inside = at.iter().cloned().chain([first.to_owned()]).collect();
                return Some(self.inside(&child, rest, depth));
            }
            Some(Binding::Import(path)) => {
                // An import may have the name of the crate that it begins with.
                let itself = path.words.first().is_some_and(|word| word == first);
                let target = if itself { Written { absolute: true, ..path.clone() } } else { path.clone() };
                return Some(self.behind(self.path(at, blocks, &target, depth - 1), rest, depth));
            }
            None => {}
        }
        for glob in &scope.globs {
            // What a glob of the standard library brings is told at the glob, if it is to be told.
            let brought = match self.path(at, &[], glob, depth - 1) {
                Meaning::Module(module) if module != *at => self
                    .names
                    .modules
                    .get(&module)
                    .filter(|scope| scope.names.contains_key(first) || !scope.globs.is_empty())
                    .and_then(|scope| self.named(&module, &[], scope, (first, rest), depth.saturating_sub(4))),
                _ => None,
            };
            if brought.as_ref().is_some_and(|meaning| *meaning != Meaning::Other) {
                return brought;
            }
        }
        None
    }

    /// What stands behind what an import brings.
    fn behind(&self, import: Meaning, rest: &[String], depth: usize) -> Meaning {
        match import {
            Meaning::Std(path) if (self.is_told)(&path) => Meaning::Other,
            Meaning::Std(path) => Meaning::Std([&path, rest].concat()),
            Meaning::Module(module) => self.inside(&module, rest, depth),
            Meaning::Other => Meaning::Other,
        }
    }
}
