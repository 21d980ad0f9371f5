//! Calls: accesses to shared things, and functions of the module, which are walked in turn.

use super::super::access::Access;
use super::super::source::Function;
use super::super::syntax::{bits, line_of, ordering};
use super::super::ways::{Way, meet};
use super::{Meaning, Walker};
use syn::Expr;

const READS: [&str; 9] =
    ["read_once", "load", "load_acquire", "get", "read", "any", "test", "is_locked", "unlock_wait"];

const WRITES: [&str; 5] = ["write_once", "store", "store_release", "set", "clear"];

const UPDATES: [&str; 9] =
    ["swap", "xchg", "cmpxchg", "compare_exchange", "fetch_add", "fetch_sub", "fetch_or", "fetch_and", "test_and_set"];

impl<'a> Walker<'a> {
    pub(super) fn method(&mut self, call: &syn::ExprMethodCall, held: Way) -> Way {
        let name = call.method.to_string();
        let line = line_of(call);
        let held = self.expression(&call.receiver, held);
        let held = self.all(call.args.iter(), held);
        self.last = None;
        let Some(path) = self.path(&call.receiver) else { return self.follow_method(call, &name, held, line) };
        let lock = || self.sources.lock_name(&path);
        match name.as_str() {
            "lock" | "write_lock" => return self.take(lock(), held, line),
            "read_lock" => return self.take(lock(), held, line),
            "unlock" | "write_unlock" | "read_unlock" => {
                let lock = lock();
                return held.map(|mut locks| {
                    if let Some(at) = locks.iter().rposition(|held| *held == lock) {
                        locks.remove(at);
                    }
                    locks
                });
            }
            "wake_one" | "notify_one" => self.record(Access::Wake, &path, None, &held, line),
            "wake_all" | "notify_all" => self.record(Access::WakeAll, &path, None, &held, line),
            "wait" => self.record(Access::Read, &path, None, &held, line),
            name if READS.contains(&name) => self.touch(Access::Read, &path, call, &held),
            name if WRITES.contains(&name) => self.touch(Access::Write, &path, call, &held),
            name if UPDATES.contains(&name) => {
                self.touch(Access::Read, &path, call, &held);
                self.touch(Access::Write, &path, call, &held);
            }
            _ => return self.follow_method(call, &name, held, line),
        }
        held
    }

    /// An access to a field, or to bits of one.
    fn touch(&mut self, access: Access, path: &str, call: &syn::ExprMethodCall, held: &Way) {
        if self.sources.is_ghost(path) {
            return;
        }
        let line = line_of(call);
        let ordering = ordering(call);
        let bits = if path.ends_with(".bits") { bits(call) } else { Vec::new() };
        if bits.is_empty() {
            self.record(access, path, ordering, held, line);
        }
        for bit in bits {
            self.record(access, &format!("{path}.{bit}"), ordering, held, line);
        }
    }

    pub(super) fn call(&mut self, call: &syn::ExprCall, held: Way) -> Way {
        let Expr::Path(path) = &*call.func else {
            let held = self.expression(&call.func, held);
            return self.all(call.args.iter(), held);
        };
        let names: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let line = path.path.segments.first().map_or(0, |segment| segment.ident.span().start().line);
        let held = self.all(call.args.iter(), held);
        self.last = None;
        let name = names.last().cloned().unwrap_or_default();
        if matches!(name.as_str(), "smp_mb" | "smp_rmb" | "smp_wmb" | "fence") {
            self.record(Access::Barrier, &name, None, &held, line);
            return held;
        }
        if let [name] = &names[..]
            && let Some(Meaning::Closure(closure)) = self.frame().names.get(name).cloned()
        {
            let out = self.expression(&closure.body, held.clone());
            return meet(held, out);
        }
        match self.free(&names) {
            Some(number) => self.follow(number, held, line),
            None => held,
        }
    }

    fn follow_method(&mut self, call: &syn::ExprMethodCall, name: &str, held: Way, line: usize) -> Way {
        match self.resolve(&call.receiver, name) {
            Some(number) => self.follow(number, held, line),
            None => held,
        }
    }

    fn follow(&mut self, number: usize, held: Way, line: usize) -> Way {
        let place = self.sources.functions[number].tracks_caller.then(|| {
            let here = self.current();
            let outer = self.frames.last().and_then(|frame| frame.place.clone());
            outer.unwrap_or_else(|| (here.name.clone(), here.file.clone(), line))
        });
        self.function(number, held, place)
    }

    /// A free function by name: of this file, of the module that the path names, or the only one.
    fn free(&self, names: &[String]) -> Option<usize> {
        let name = names.last()?;
        let all = || self.sources.functions.iter().enumerate().filter(|(_, one)| one.of.is_none() && one.name == *name);
        let stem = |one: &Function| one.file.rsplit('/').next().unwrap_or("").trim_end_matches(".rs").to_owned();
        let here = self.current().file.clone();
        let module = names.len().checked_sub(2).map(|at| names[at].clone());
        let mut found = all().filter(|(_, one)| match &module {
            Some(module) => stem(one) == *module,
            None => one.file == here,
        });
        found.next().or_else(|| all().next()).map(|(number, _)| number)
    }

    /// A method by name: of the design if it is called through one, of the type around, or the only
    /// one.
    fn resolve(&self, receiver: &Expr, name: &str) -> Option<usize> {
        let all = || self.sources.functions.iter().enumerate().filter(|(_, one)| one.of.is_some() && one.name == name);
        let of = |wanted: &str| all().find(|(_, one)| one.of.as_deref() == Some(wanted)).map(|(number, _)| number);
        let is_design = match receiver {
            Expr::Field(field) => matches!(&field.member, syn::Member::Named(member) if member == "design"),
            _ => false,
        };
        if is_design && let Some(design) = self.design.as_deref() {
            return of(design);
        }
        let is_self = matches!(receiver, Expr::Path(path) if path.path.is_ident("self"));
        if is_self && let Some(number) = self.current().of.as_deref().and_then(of) {
            return Some(number);
        }
        let mut others = all().filter(|(_, one)| one.of != self.design);
        let first = others.next()?;
        others.next().is_none().then_some(first.0)
    }
}
