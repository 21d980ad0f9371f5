//! The ways in which a function is broken: concurrency mutants, after Bradbury, Cordy and Dingel
//! (2006), in the kernel's dialect. Each is one small edit that a programmer could have made.
//!
//! Left out: statements that only say something to a monitor, and the branches of alternatives that
//! are switched off. Nor is anything moved over a statement that only a thread itself can tell, for
//! nobody could tell the mutant either. Of lock operations only those are moved where the move does
//! not unlock what is not held, for such a mutant dies of the misuse and would say nothing of the
//! scenarios. Nothing is moved in front of what it names, and no answer is left out but one of a
//! type that is known to have a default: all mutants are built at once, so each has to compile.

use super::edits::{Blocks, Edit, EditBlock, EditExpression, Expressions};
use super::statement::{StatementKind, brief, called, is_private, line, only_says, statement_kind, text};
use quote::ToTokens;
use std::collections::BTreeSet;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Stmt, parse_quote};

/// A way to break code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operator {
    DropLock,
    ReleaseEarly,
    TakeLate,
    CheckBeforeLock,
    SwapStatements,
    DropStore,
    DropWakeup,
    DropWait,
    DropBarrier,
    WeakenOrdering,
    DropCheck,
    CheckOnce,
    NegateCondition,
    SkipCall,
}

impl Operator {
    /// Its name in tables and lists.
    pub const fn name(self) -> &'static str {
        match self {
            Operator::DropLock => "drop-lock",
            Operator::ReleaseEarly => "release-early",
            Operator::TakeLate => "take-late",
            Operator::CheckBeforeLock => "check-before-lock",
            Operator::SwapStatements => "swap-statements",
            Operator::DropStore => "drop-store",
            Operator::DropWakeup => "drop-wakeup",
            Operator::DropWait => "drop-wait",
            Operator::DropBarrier => "drop-barrier",
            Operator::WeakenOrdering => "weaken-ordering",
            Operator::DropCheck => "drop-check",
            Operator::CheckOnce => "check-once",
            Operator::NegateCondition => "negate-condition",
            Operator::SkipCall => "skip-call",
        }
    }

    /// Whether it takes away nothing but an ordering: under sequential consistency that is no
    /// difference.
    pub const fn is_ordering(self) -> bool {
        matches!(self, Operator::DropBarrier | Operator::WeakenOrdering)
    }
}

/// One broken form of a function's body.
#[derive(Clone, Debug)]
pub struct Mutation {
    pub operator: Operator,
    /// What was done to which code.
    pub what: String,
    pub line: usize,
    pub body: Block,
}

/// All broken forms of a body. The answers of these functions have a default, such as `false`.
pub fn mutations(body: &Block, defaulted: &BTreeSet<String>) -> Vec<Mutation> {
    let mut found = drop_locks(body);
    let mut blocks = Blocks(Vec::new());
    blocks.visit_block(body);
    for (nth, block) in blocks.0.iter().enumerate() {
        for at in 0..block.stmts.len() {
            for (operator, what, edit) in statement_edits(block, at, defaulted) {
                let mut broken = body.clone();
                EditBlock { left: nth, edit: Some(edit) }.visit_block_mut(&mut broken);
                found.push(Mutation { operator, what, line: line(&block.stmts[at]), body: broken });
            }
        }
    }
    let mut expressions = Expressions(Vec::new());
    expressions.visit_block(body);
    for (nth, expression) in expressions.0.iter().enumerate() {
        for (operator, what, replacement) in expression_edits(expression) {
            let mut broken = body.clone();
            EditExpression { left: nth, replacement: Some(replacement) }.visit_block_mut(&mut broken);
            found.push(Mutation { operator, what, line: line(expression), body: broken });
        }
    }
    found.sort_by_key(|one| one.line);
    found
}

/// A lock taken and released no more, in the whole function.
fn drop_locks(body: &Block) -> Vec<Mutation> {
    struct StatementKinds(Vec<(StatementKind, usize)>);
    impl<'ast> Visit<'ast> for StatementKinds {
        fn visit_stmt(&mut self, statement: &'ast Stmt) {
            self.0.push((statement_kind(statement), line(statement)));
            visit::visit_stmt(self, statement);
        }
    }
    struct Without(String);
    impl VisitMut for Without {
        fn visit_block_mut(&mut self, block: &mut Block) {
            let is_gone = |statement: &Stmt| match statement_kind(statement) {
                StatementKind::Lock(on) | StatementKind::Unlock(on) => on == self.0,
                _ => false,
            };
            block.stmts.retain(|statement| !is_gone(statement));
            visit_mut::visit_block_mut(self, block);
        }
    }
    let mut kinds = StatementKinds(Vec::new());
    kinds.visit_block(body);
    let released = |lock: &str| {
        kinds.0.iter().any(|(statement_kind, _)| matches!(statement_kind, StatementKind::Unlock(on) if on == lock))
    };
    let mut found: Vec<Mutation> = Vec::new();
    for (one, line) in &kinds.0 {
        let StatementKind::Lock(lock) = one else { continue };
        let what = format!("{lock} is not taken");
        if released(lock) && found.iter().all(|known| known.what != what) {
            let mut broken = body.clone();
            Without(lock.clone()).visit_block_mut(&mut broken);
            found.push(Mutation { operator: Operator::DropLock, what, line: *line, body: broken });
        }
    }
    found
}

/// What can be done to the statement at this place.
fn statement_edits(block: &Block, at: usize, defaulted: &BTreeSet<String>) -> Vec<(Operator, String, Edit)> {
    let statement = &block.stmts[at];
    let mut edits: Vec<(Operator, String, Edit)> = Vec::new();
    let dropped = |operator| -> (Operator, String, Edit) {
        (
            operator,
            format!("without {}", brief(statement)),
            Box::new(move |block: &mut Block| drop(block.stmts.remove(at))),
        )
    };
    match statement_kind(statement) {
        StatementKind::Store => edits.push(dropped(Operator::DropStore)),
        StatementKind::Wake => edits.push(dropped(Operator::DropWakeup)),
        StatementKind::Wait => edits.push(dropped(Operator::DropWait)),
        StatementKind::Barrier => edits.push(dropped(Operator::DropBarrier)),
        StatementKind::Call => edits.push(dropped(Operator::SkipCall)),
        StatementKind::Guard => edits.push(dropped(Operator::DropLock)),
        StatementKind::Unlock(lock) => {
            edits.extend(at.checked_sub(1).and_then(|before| release_early(block, before, &lock)))
        }
        StatementKind::Lock(lock) => {
            edits.extend(take_late(block, at, &lock));
            edits.extend(check_before(block, at, &lock));
        }
        StatementKind::Says | StatementKind::Other => {}
    }
    edits.extend(skipped_result(statement, at, defaulted));
    edits.extend(swapped(block, at));
    edits
}

fn swap(at: usize) -> Edit {
    Box::new(move |block| block.stmts.swap(at, at + 1))
}

/// Whether the statement gives something the name with which the text of the lock begins.
fn names(statement: &Stmt, lock: &str) -> bool {
    struct Named<'a>(&'a str, bool);
    impl<'ast> Visit<'ast> for Named<'_> {
        fn visit_pat_ident(&mut self, name: &'ast syn::PatIdent) {
            self.1 |= name.ident == self.0;
        }
    }
    let first = lock.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or_default();
    let Stmt::Local(local) = statement else { return false };
    let mut named = Named(first, false);
    named.visit_pat(&local.pat);
    named.1
}

/// Whether code touches this lock.
fn touches(statement: &Stmt, lock: &str) -> bool {
    let text = text(statement);
    ["lock", "unlock"].iter().any(|method| text.contains(&format!("{lock}.{method}(")))
}

fn release_early(block: &Block, before: usize, lock: &str) -> Option<(Operator, String, Edit)> {
    let other = &block.stmts[before];
    let is_quiet =
        matches!(statement_kind(other), StatementKind::Says | StatementKind::Lock(_) | StatementKind::Unlock(_));
    (!is_quiet && !is_private(other) && !touches(other, lock) && !names(other, lock))
        .then(|| (Operator::ReleaseEarly, format!("{lock} is released before {}", brief(other)), swap(before)))
}

fn take_late(block: &Block, at: usize, lock: &str) -> Option<(Operator, String, Edit)> {
    let other = block.stmts.get(at + 1)?;
    let is_quiet =
        matches!(statement_kind(other), StatementKind::Says | StatementKind::Lock(_) | StatementKind::Unlock(_));
    // The last expression of a block is its value and must stay the last.
    let is_value = matches!(other, Stmt::Expr(_, None)) && at + 2 == block.stmts.len();
    (!is_quiet && !is_value && !is_private(other) && !touches(other, lock))
        .then(|| (Operator::TakeLate, format!("{lock} is taken behind {}", brief(other)), swap(at)))
}

fn check_before(block: &Block, at: usize, lock: &str) -> Option<(Operator, String, Edit)> {
    let Stmt::Expr(Expr::If(branch), _) = block.stmts.get(at + 1)? else { return None };
    let condition = (*branch.cond).clone();
    if matches!(condition, Expr::Let(_)) || text(&condition).contains(" let ") || only_says(&branch.then_branch) {
        return None;
    }
    let what = format!("{} is asked before {lock} is taken", brief(&condition));
    let edit: Edit = Box::new(move |block| {
        if let Stmt::Expr(Expr::If(branch), _) = &mut block.stmts[at + 1] {
            branch.cond = parse_quote!(asked_early);
        }
        block.stmts.insert(at, parse_quote!(let asked_early = #condition;));
    });
    Some((Operator::CheckBeforeLock, what, edit))
}

/// `let killed = self.finish_stop(…)`: the call is not made, and its answer is no.
fn skipped_result(statement: &Stmt, at: usize, defaulted: &BTreeSet<String>) -> Option<(Operator, String, Edit)> {
    let Stmt::Local(local) = statement else { return None };
    let init = &local.init.as_ref()?.expr;
    let (name, on) = called(init)?;
    if on != "self" || !defaulted.contains(&name) {
        return None;
    }
    let what = format!("without {}", brief(init));
    let edit: Edit = Box::new(move |block| {
        if let Stmt::Local(local) = &mut block.stmts[at]
            && let Some(init) = &mut local.init
        {
            init.expr = parse_quote!(Default::default());
        }
    });
    Some((Operator::SkipCall, what, edit))
}

fn swapped(block: &Block, at: usize) -> Option<(Operator, String, Edit)> {
    let (first, second) = (block.stmts.get(at)?, block.stmts.get(at + 1)?);
    let acts = |statement: &Stmt| {
        matches!(
            statement_kind(statement),
            StatementKind::Store | StatementKind::Wake | StatementKind::Call | StatementKind::Wait
        )
    };
    let is_same = first.to_token_stream().to_string() == second.to_token_stream().to_string();
    (acts(first) && acts(second) && !is_same)
        .then(|| (Operator::SwapStatements, format!("{} behind {}", brief(first), brief(second)), swap(at)))
}

/// What can be done to an expression: the operator, what it does, and the expression in its place.
fn expression_edits(expression: &Expr) -> Vec<(Operator, String, Expr)> {
    match expression {
        Expr::If(branch) => condition_edits(branch),
        Expr::While(repeated) if !matches!(*repeated.cond, Expr::Let(_)) && repeated.label.is_none() => {
            let (condition, body) = (&repeated.cond, &repeated.body);
            let what = format!("{} is asked once", brief(condition));
            vec![(Operator::CheckOnce, what, parse_quote!(if #condition #body))]
        }
        Expr::MethodCall(_) | Expr::Call(_) | Expr::Path(_) => weakened(expression).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn condition_edits(branch: &syn::ExprIf) -> Vec<(Operator, String, Expr)> {
    let condition = &branch.cond;
    let words = text(condition);
    let is_protocol = !words.contains("policy") && !words.contains("watch") && !words.contains("let ");
    if !is_protocol || (only_says(&branch.then_branch) && branch.else_branch.is_none()) {
        return Vec::new();
    }
    let mut negated = branch.clone();
    negated.cond = parse_quote!(!(#condition));
    let mut always = branch.clone();
    always.cond = parse_quote!(true);
    vec![
        (Operator::NegateCondition, format!("if not {}", brief(condition)), Expr::If(negated)),
        (Operator::DropCheck, format!("{} is not asked", brief(condition)), Expr::If(always)),
    ]
}

/// The same with less ordering.
fn weakened(expression: &Expr) -> Option<(Operator, String, Expr)> {
    let weaker: Expr = match expression {
        Expr::MethodCall(call) => {
            let mut weaker = call.clone();
            match call.method.to_string().as_str() {
                "load_acquire" => weaker.method = parse_quote!(read_once),
                "store_release" => weaker.method = parse_quote!(write_once),
                "unlock_wait" => weaker.args = parse_quote!(lockstep::sync::UnlockWait::Relaxed),
                _ => return None,
            }
            Expr::MethodCall(weaker)
        }
        Expr::Call(call) => match (&*call.func, called(expression)?.0.as_str()) {
            (Expr::Path(_), "smp_mb") => parse_quote!(lockstep::sync::smp_wmb()),
            _ => return None,
        },
        Expr::Path(path) => {
            let names: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            match &names[..] {
                [.., owner, name] if owner == "Ordering" && name != "Relaxed" => {
                    parse_quote!(lockstep::sync::Ordering::Relaxed)
                }
                _ => return None,
            }
        }
        _ => return None,
    };
    (text(&weaker) != text(expression))
        .then(|| (Operator::WeakenOrdering, format!("{} for {}", brief(&weaker), brief(expression)), weaker))
}

#[cfg(test)]
mod tests {
    use super::super::statement::text;
    use super::mutations;

    /// The broken forms of a body, as operator and code, that contain `only`.
    #[track_caller]
    fn check(body: &str, operator: &str, expected: &[&str]) {
        let block: syn::Block = syn::parse_str(&format!("{{ {body} }}")).expect("well-formed");
        let found: Vec<String> = mutations(&block, &["finish_stop".to_owned()].into())
            .iter()
            .filter(|one| one.operator.name() == operator)
            .map(|one| text(&one.body))
            .map(|text| text[1..text.len() - 1].trim().to_owned())
            .collect();
        assert_eq!(found, expected);
    }

    const LOCKED: &str = "u.lock.lock(); if u.bits.read(S) { w.write_once(1); } u.lock.unlock();";

    #[test]
    fn locks_are_dropped_moved_and_asked_before() {
        check(LOCKED, "drop-lock", &["if u.bits.read(S) { w.write_once(1); }"]);
        check(LOCKED, "release-early", &["u.lock.lock(); u.lock.unlock(); if u.bits.read(S) { w.write_once(1); }"]);
        check(LOCKED, "take-late", &["if u.bits.read(S) { w.write_once(1); } u.lock.lock(); u.lock.unlock();"]);
        check(
            LOCKED,
            "check-before-lock",
            &["let asked_early = u.bits.read(S); u.lock.lock(); if asked_early { w.write_once(1); } u.lock.unlock();"],
        );
    }

    #[test]
    fn a_lock_is_not_moved_over_its_own_release() {
        let body = "u.lock.lock(); if c { u.lock.unlock(); return; } a(); u.lock.unlock();";
        check(body, "take-late", &[]);
    }

    #[test]
    fn a_lock_is_not_released_before_it_has_its_name() {
        check("let lock = m.lock_of(t); lock.unlock();", "release-early", &[]);
        let body = "let held = m.count(t); lock.unlock();";
        check(body, "release-early", &["lock.unlock(); let held = m.count(t);"]);
    }

    #[test]
    fn conditions_are_negated_and_dropped() {
        check("if c { a(); }", "negate-condition", &["if !(c) { a(); }"]);
        check("if c { a(); }", "drop-check", &["if true { a(); }"]);
        check("while c { q.wait(&l); }", "check-once", &["if c { q.wait(&l); }"]);
        check("if c { client.milestone(M); }", "negate-condition", &[]);
    }

    #[test]
    fn stores_wake_ups_barriers_and_calls_are_dropped_and_swapped() {
        let body = "w.write_once(1); smp_mb(); q.wake_one();";
        check(body, "drop-store", &["smp_mb(); q.wake_one();"]);
        check(body, "drop-barrier", &["w.write_once(1); q.wake_one();"]);
        check(body, "drop-wakeup", &["w.write_once(1); smp_mb();"]);
        check(body, "weaken-ordering", &["w.write_once(1); lockstep::sync::smp_wmb(); q.wake_one();"]);
        check("w.write_once(1); q.wake_one();", "swap-statements", &["q.wake_one(); w.write_once(1);"]);
        check("let killed = self.finish_stop(m); killed", "skip-call", &["let killed = Default::default(); killed"]);
        check("let word = self.word(m); word.set()", "skip-call", &[]);
    }
}
