//! Barriers that belong to another operation: where they order anything, and what.
//!
//! Promise: `smp_mb__before_atomic`, `smp_mb__after_atomic`, `smp_mb__after_spinlock` and
//! `smp_mb__after_unlock_lock` become full barriers right at the atomic read-modify-write or lock
//! that they belong to, and nothing where there is none: so the kernel's model has it, for which
//! `atomic_set` is no read-modify-write. Under `tso` that adds nothing to the operation, as on x86,
//! where they are compiler barriers because locked instructions are full barriers themselves. (A
//! compare-and-exchange that fails is one on x86 too, and here only with such a barrier.)
//!
//! Deviations: in the kernel's model what stands between such a barrier and its operation is
//! ordered with neither; here it is ordered with the operation. `smp_mb__after_unlock_lock` orders
//! here even if the lock is taken before anybody has released it.

use super::ast::{Expression, Program, Statement};
use super::operation::Fence;
use super::visit::{self, SyntaxNode};

/// The program with full barriers where those barriers order something.
pub fn placed(program: &Program) -> Program {
    let mut placed = program.clone();
    let unlocks: Vec<bool> = program.threads.iter().map(|thread| contains(&thread.body, is_unlock)).collect();
    for (nth, thread) in placed.threads.iter_mut().enumerate() {
        let body = std::mem::take(&mut thread.body);
        let unlocked_elsewhere = unlocks.iter().enumerate().any(|(other, unlocks)| other != nth && *unlocks);
        let (body, _) = forwards(body, false);
        thread.body = backwards(body, Before { unlock: unlocked_elsewhere, ..Before::default() });
    }
    placed
}

fn is_atomic(node: SyntaxNode<'_>) -> bool {
    matches!(node, SyntaxNode::Expression(expression) if expression.is_update())
}

fn is_lock(node: SyntaxNode<'_>) -> bool {
    matches!(node, SyntaxNode::Statement(Statement::Lock(_)) | SyntaxNode::Expression(Expression::TryLock(_)))
}

fn is_unlock(node: SyntaxNode<'_>) -> bool {
    matches!(node, SyntaxNode::Statement(Statement::Unlock(_)))
}

fn contains(body: &[Statement], is: fn(SyntaxNode<'_>) -> bool) -> bool {
    let mut found = false;
    visit::block(body, &mut |part| found |= is(part));
    found
}

/// Whether the statement does it itself, and not in one of its blocks.
fn does(statement: &Statement, is: fn(SyntaxNode<'_>) -> bool) -> bool {
    let mut found = is(SyntaxNode::Statement(statement));
    visit::own(statement, &mut |part| found |= is(part));
    found
}

/// Takes the barriers that stand before an atomic operation to it. `waits`: one is looking for its
/// operation. Tells whether one still is at the end of the block.
fn forwards(body: Vec<Statement>, mut waits: bool) -> (Vec<Statement>, bool) {
    let mut placed = Vec::with_capacity(body.len());
    for statement in body {
        if statement == Statement::Fence(Fence::BeforeAtomic) {
            waits = true;
            continue;
        }
        if waits && does(&statement, is_atomic) {
            placed.push(Statement::Fence(Fence::Full));
            waits = false;
        }
        placed.push(match statement {
            Statement::Branch { condition, then, otherwise } => {
                let (then, one) = forwards(then, waits);
                let (otherwise, other) = forwards(otherwise, waits);
                waits = one || other;
                Statement::Branch { condition, then, otherwise }
            }
            Statement::Loop { condition, body, is_asked_after } => {
                let (mut body, still) = forwards(body, waits);
                // The operation may be in the next round.
                if still {
                    body.push(Statement::Fence(Fence::Full));
                }
                waits |= still;
                Statement::Loop { condition, body, is_asked_after }
            }
            other => other,
        });
    }
    (placed, waits)
}

/// What a thread has done before, on some path.
#[derive(Clone, Copy, Default)]
struct Before {
    atomic: bool,
    lock: bool,
    unlock: bool,
}

impl Before {
    fn and(mut self, body: &[Statement]) -> Before {
        self.atomic |= contains(body, is_atomic);
        self.lock |= contains(body, is_lock);
        self.unlock |= contains(body, is_unlock);
        self
    }
}

/// Takes the barriers that stand after an atomic operation or a lock to it.
fn backwards(body: Vec<Statement>, before: Before) -> Vec<Statement> {
    let mut placed: Vec<Statement> = Vec::with_capacity(body.len());
    for statement in body {
        let known = before.and(&placed);
        match statement {
            Statement::Fence(Fence::AfterAtomic) => attach(&mut placed, is_atomic, before.atomic),
            Statement::Fence(Fence::AfterSpinlock) => attach(&mut placed, is_lock, before.lock),
            Statement::Fence(Fence::AfterUnlockLock) => {
                if known.unlock {
                    attach(&mut placed, is_lock, before.lock);
                }
            }
            Statement::Branch { condition, then, otherwise } => {
                let asked = known.and(&[Statement::Evaluate(condition.clone())]);
                let then = backwards(then, asked);
                let otherwise = backwards(otherwise, asked);
                placed.push(Statement::Branch { condition, then, otherwise });
            }
            Statement::Loop { condition, body, is_asked_after } => {
                let asked = known.and(&[Statement::Evaluate(condition.clone())]).and(&body);
                let body = backwards(body, asked);
                placed.push(Statement::Loop { condition, body, is_asked_after });
            }
            other => placed.push(other),
        }
    }
    placed
}

/// Puts a full barrier behind the last such operation of the block, on every path; at its
/// beginning, if the operation comes earlier.
fn attach(body: &mut Vec<Statement>, is: fn(SyntaxNode<'_>) -> bool, earlier: bool) {
    for nth in (0..body.len()).rev() {
        if does(&body[nth], is) {
            body.insert(nth + 1, Statement::Fence(Fence::Full));
            return;
        }
        match &mut body[nth] {
            Statement::Branch { then, otherwise, .. } => {
                attach(then, is, false);
                attach(otherwise, is, false);
            }
            Statement::Loop { body, .. } => attach(body, is, false),
            _ => {}
        }
    }
    if earlier {
        body.insert(0, Statement::Fence(Fence::Full));
    }
}
