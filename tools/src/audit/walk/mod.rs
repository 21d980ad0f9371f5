//! Walking code as it runs, with the locks that are held: through branches, early returns, loops,
//! and the calls that the module makes, so that what a caller holds counts in the callee.
//!
//! Promise: where a lock may be held on one way and not on another, both are recorded as ways, and
//! after the ways meet only what all of them hold counts as held. Limits: calls are resolved by
//! name (see [`Walker::resolve`]); what runs through a function pointer is not followed; a loop's
//! body is walked once. Two objects of one kind, as two tasks' locks, are one here.

mod calls;
mod denotation;

use super::access::{Access, LockedAccess};
use super::source::{Function, Sources};
use super::syntax::{is_asked, is_err, is_negated, label};
use super::ways::{Way, Ways, meet};
use crate::source::rust::type_text;
use std::collections::{BTreeMap, BTreeSet};
use syn::{Block, Expr, Pat, Stmt};

/// Longest chain of calls that is followed.
const DEPTH_MAX: usize = 40;

/// What a name means inside a function.
#[derive(Clone, Debug)]
enum Meaning {
    /// A shared thing, by its path from its owner.
    Path(String),
    Closure(Box<syn::ExprClosure>),
}

/// One function being walked.
struct Frame {
    function: usize,
    names: BTreeMap<String, Meaning>,
    returns: Way,
    /// Likewise where it returns an `Err` or `true`; nothing if it never does.
    failures: Option<Way>,
    /// For each loop around: its label, and what is held where it is left.
    loops: Vec<(Option<String>, Way)>,
    /// Where accesses count that are the caller's.
    place: Option<(String, String, usize)>,
}

/// A function, the locks held on entry, and file and line of the caller where accesses count there.
type Walked = (usize, Vec<String>, Option<(String, usize)>);

/// Walks from roots and records what happens.
pub struct Walker<'a> {
    sources: &'a Sources,
    /// The type whose methods a call through `design` means.
    design: Option<String>,
    frames: Vec<Frame>,
    /// Functions walked with these locks held, and what they leave held.
    done: BTreeMap<Walked, Ways>,
    /// Of the call walked last, if its result says which way it went.
    last: Option<Ways>,
    pub accesses: BTreeSet<LockedAccess>,
    /// Lock taken while another is held: the second while the first.
    pub order: BTreeSet<(String, String)>,
}

impl<'a> Walker<'a> {
    pub fn new(sources: &'a Sources, design: Option<&str>) -> Walker<'a> {
        Walker {
            sources,
            design: design.map(str::to_owned),
            frames: Vec::new(),
            done: BTreeMap::new(),
            last: None,
            accesses: BTreeSet::new(),
            order: BTreeSet::new(),
        }
    }

    /// Walks a function from outside: nothing is held.
    pub fn root(&mut self, function: usize) {
        self.function(function, Some(Vec::new()), None);
    }

    /// Whether some way has come to a function.
    pub fn has_walked(&self, function: usize) -> bool {
        self.done.keys().any(|(walked, ..)| *walked == function)
    }

    fn frame(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("something is being walked")
    }

    fn function(&mut self, number: usize, held: Way, place: Option<(String, String, usize)>) -> Way {
        let locks = held?;
        let is_running = self.frames.iter().any(|frame| frame.function == number);
        if is_running || self.frames.len() >= DEPTH_MAX {
            return Some(locks);
        }
        let key = (number, locks.clone(), place.as_ref().map(|(_, file, line)| (file.clone(), *line)));
        if let Some(known) = self.done.get(&key).cloned() {
            return self.returned(known);
        }
        let sources = self.sources;
        let function = &sources.functions[number];
        let mut names = BTreeMap::new();
        for argument in &function.signature.inputs {
            if let syn::FnArg::Typed(argument) = argument
                && let (Pat::Ident(name), Some(owner)) = (&*argument.pat, type_text(&argument.ty))
                && sources.is_owner(&owner.to_lowercase())
            {
                names.insert(name.ident.to_string(), Meaning::Path(owner.to_lowercase()));
            }
        }
        self.frames.push(Frame { function: number, names, returns: None, failures: None, loops: Vec::new(), place });
        let end = self.block(&function.body, Some(locks));
        let mut frame = self.frames.pop().expect("it was pushed above");
        match function.body.stmts.last() {
            Some(Stmt::Expr(last, None)) if is_err(last) => {
                frame.failures = Some(meet(frame.failures.unwrap_or(None), end));
            }
            _ => frame.returns = meet(end, frame.returns),
        }
        let ways = Ways { well: frame.returns, failed: frame.failures };
        self.done.insert(key, ways.clone());
        self.returned(ways)
    }

    /// What is held behind a call whose result nobody looks at.
    fn returned(&mut self, ways: Ways) -> Way {
        self.last = ways.failed.is_some().then(|| ways.clone());
        meet(ways.well, ways.failed.unwrap_or(None))
    }

    fn current(&self) -> &'a Function {
        let frame = self.frames.last().expect("something is being walked");
        &self.sources.functions[frame.function]
    }

    fn record(&mut self, access: Access, what: &str, ordering: Option<&'static str>, held: &Way, line: usize) {
        let Some(held) = held else { return };
        let function = self.current();
        let here = || (function.name.clone(), function.file.clone(), line);
        let (name, file, line) = self.frames.last().and_then(|frame| frame.place.clone()).unwrap_or_else(here);
        let held = held.iter().cloned().collect();
        self.accesses.insert(LockedAccess {
            kind: access,
            what: what.to_owned(),
            ordering,
            held,
            function: name,
            file,
            line,
        });
    }

    fn take(&mut self, lock: String, held: Way, line: usize) -> Way {
        self.record(Access::Lock, &lock, Some("acquire"), &held, line);
        let mut locks = held?;
        for outer in &locks {
            self.order.insert((outer.clone(), lock.clone()));
        }
        locks.push(lock);
        Some(locks)
    }

    fn block(&mut self, block: &Block, held: Way) -> Way {
        let (mut held, before) = (held, self.frame().names.clone());
        let mut guards: Vec<String> = Vec::new();
        for statement in &block.stmts {
            match statement {
                Stmt::Local(local) => {
                    if let Some(init) = &local.init {
                        self.last = None;
                        held = self.local(local, &init.expr, held, &mut guards);
                        if let Some((_, otherwise)) = &init.diverge {
                            let (matched, other) = self.split(&local.pat, held);
                            self.expression(otherwise, other);
                            held = matched;
                        }
                    }
                }
                Stmt::Expr(expression, _) => held = self.expression(expression, held),
                Stmt::Item(_) | Stmt::Macro(_) => {}
            }
        }
        self.frame().names = before;
        held.map(|locks| locks.into_iter().filter(|lock| !guards.contains(lock)).collect())
    }

    fn local(&mut self, local: &syn::Local, init: &Expr, held: Way, guards: &mut Vec<String>) -> Way {
        let pattern = match &local.pat {
            Pat::Type(typed) => &*typed.pat,
            plain => plain,
        };
        let name = match pattern {
            Pat::Ident(name) => Some(name.ident.to_string()),
            _ => None,
        };
        if let (Some(name), Expr::Closure(closure)) = (&name, init) {
            self.frame().names.insert(name.clone(), Meaning::Closure(Box::new(closure.clone())));
            return held;
        }
        if let Some((lock, line)) = self.guard(init) {
            guards.push(lock.clone());
            return self.take(lock, held, line);
        }
        let held = self.expression(init, held);
        if let Some(name) = name {
            match self.path(init) {
                Some(path) => self.frame().names.insert(name, Meaning::Path(path)),
                None => self.frame().names.remove(&name),
            };
        }
        held
    }

    fn all<'e>(&mut self, expressions: impl Iterator<Item = &'e Expr>, held: Way) -> Way {
        expressions.fold(held, |held, expression| self.expression(expression, held))
    }

    fn expression(&mut self, expression: &Expr, held: Way) -> Way {
        held.as_ref()?;
        match expression {
            Expr::MethodCall(call) => self.method(call, held),
            Expr::Call(call) => self.call(call, held),
            Expr::If(branch) => {
                self.last = None;
                let held = self.expression(&branch.cond, held);
                // `a && b` may stop at a: what both sides hold is the same, for such conditions
                // take no locks.
                let (matched, other) = match &*branch.cond {
                    Expr::Let(condition) => self.split(&condition.pat, held),
                    condition => match (self.last.take().filter(|_| is_asked(condition)), is_negated(condition)) {
                        (Some(ways), false) => (ways.failed.unwrap_or(None), ways.well),
                        (Some(ways), true) => (ways.well, ways.failed.unwrap_or(None)),
                        (None, _) => (held.clone(), held),
                    },
                };
                let first = self.block(&branch.then_branch, matched);
                let second = match &branch.else_branch {
                    Some((_, otherwise)) => self.expression(otherwise, other),
                    None => other,
                };
                meet(first, second)
            }
            Expr::Match(one) => {
                self.last = None;
                let held = self.expression(&one.expr, held);
                let last = self.last.take();
                let mut end = None;
                for arm in &one.arms {
                    self.last.clone_from(&last);
                    let (mut way, _) = self.split(&arm.pat, held.clone());
                    if let Some((_, guard)) = &arm.guard {
                        way = self.expression(guard, way);
                    }
                    end = meet(end, self.expression(&arm.body, way));
                }
                end
            }
            Expr::Loop(one) => {
                self.repeat(label(&one.label), &one.body, held);
                self.left()
            }
            Expr::While(one) => {
                let held = self.expression(&one.cond, held);
                let once = self.repeat(label(&one.label), &one.body, held.clone());
                meet(meet(held, once), self.left())
            }
            Expr::ForLoop(one) => {
                let held = self.expression(&one.expr, held);
                let once = self.repeat(label(&one.label), &one.body, held.clone());
                meet(meet(held, once), self.left())
            }
            Expr::Break(one) => {
                let held = one.expr.iter().fold(held, |held, value| self.expression(value, held));
                let wanted = one.label.as_ref().map(ToString::to_string);
                let loops = &mut self.frame().loops;
                let of = |(label, _): &&mut (Option<String>, Way)| wanted.is_none() || *label == wanted;
                if let Some((_, out)) = loops.iter_mut().rev().find(of) {
                    *out = meet(out.take(), held);
                }
                None
            }
            Expr::Continue(_) => None,
            Expr::Return(one) => {
                let held = one.expr.iter().fold(held, |held, value| self.expression(value, held));
                let frame = self.frame();
                if one.expr.as_deref().is_some_and(is_err) {
                    frame.failures = Some(meet(frame.failures.take().unwrap_or(None), held));
                } else {
                    frame.returns = meet(frame.returns.take(), held);
                }
                None
            }
            Expr::Block(one) => self.block(&one.block, held),
            Expr::Closure(closure) => {
                let out = self.expression(&closure.body, held.clone());
                meet(held, out)
            }
            other => self.parts(other, held),
        }
    }

    /// What is held where the result of the call walked last matches a pattern, and where it does
    /// not.
    fn split(&mut self, pattern: &Pat, held: Way) -> (Way, Way) {
        let name = match pattern {
            Pat::TupleStruct(pattern) => pattern.path.segments.last().map(|segment| segment.ident.to_string()),
            _ => None,
        };
        match (self.last.take(), name.as_deref()) {
            (Some(ways), Some("Ok")) => (ways.well, ways.failed.unwrap_or(None)),
            (Some(ways), Some("Err")) => (ways.failed.unwrap_or(None), ways.well),
            _ => (held.clone(), held),
        }
    }

    /// Expressions that only have parts.
    fn parts(&mut self, expression: &Expr, held: Way) -> Way {
        match expression {
            Expr::Binary(one) => {
                let held = self.expression(&one.left, held);
                self.expression(&one.right, held)
            }
            Expr::Unary(one) => self.expression(&one.expr, held),
            Expr::Paren(one) => self.expression(&one.expr, held),
            Expr::Reference(one) => self.expression(&one.expr, held),
            Expr::Field(one) => self.expression(&one.base, held),
            Expr::Cast(one) => self.expression(&one.expr, held),
            Expr::Let(one) => self.expression(&one.expr, held),
            Expr::Try(one) => {
                self.last = None;
                let held = self.expression(&one.expr, held);
                let Some(ways) = self.last.take() else { return held };
                let frame = self.frame();
                frame.failures = Some(meet(frame.failures.take().unwrap_or(None), ways.failed.unwrap_or(None)));
                ways.well
            }
            Expr::Assign(one) => {
                let held = self.expression(&one.right, held);
                self.expression(&one.left, held)
            }
            Expr::Index(one) => {
                let held = self.expression(&one.expr, held);
                self.expression(&one.index, held)
            }
            Expr::Tuple(one) => self.all(one.elems.iter(), held),
            Expr::Array(one) => self.all(one.elems.iter(), held),
            Expr::Struct(one) => self.all(one.fields.iter().map(|field| &field.expr), held),
            Expr::Range(one) => {
                self.all(one.start.iter().map(|part| &**part).chain(one.end.iter().map(|part| &**part)), held)
            }
            _ => held,
        }
    }

    fn repeat(&mut self, label: Option<String>, body: &Block, held: Way) -> Way {
        self.frame().loops.push((label, None));
        self.block(body, held)
    }

    /// What is held where the innermost loop was left.
    fn left(&mut self) -> Way {
        self.frame().loops.pop().and_then(|(_, out)| out)
    }
}
