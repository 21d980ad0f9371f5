//! Everything that a block does, in the order of the text.

use super::ast::{Expected, Expression, Place, Program, RegisterId, Statement};
use super::operation::Order;

/// A part of a program.
#[derive(Clone, Copy)]
pub enum Part<'a> {
    /// A statement.
    Statement(&'a Statement),
    /// An expression.
    Expression(&'a Expression),
    /// Where an access is to.
    Place(&'a Place),
}

/// Shows each part of a block, the outer ones first.
pub fn block<'a>(body: &'a [Statement], look: &mut dyn FnMut(Part<'a>)) {
    for statement in body {
        look(Part::Statement(statement));
        own(statement, look);
        match statement {
            Statement::Branch { then, otherwise, .. } => {
                block(then, look);
                block(otherwise, look);
            }
            Statement::Loop { body, .. } => block(body, look),
            _ => {}
        }
    }
}

/// Shows the expressions of a statement that are in none of its blocks.
pub fn own<'a>(statement: &'a Statement, look: &mut dyn FnMut(Part<'a>)) {
    match statement {
        Statement::Assign { value, .. } | Statement::Evaluate(value) => expression(value, look),
        Statement::Write { place: to, value, .. } => {
            place(to, look);
            expression(value, look);
        }
        Statement::Lock(lock) | Statement::Unlock(lock) | Statement::UnlockWait(lock) => place(lock, look),
        Statement::Branch { condition, .. } | Statement::Loop { condition, .. } => expression(condition, look),
        Statement::Fence(_) => {}
    }
}

fn place<'a>(of: &'a Place, look: &mut dyn FnMut(Part<'a>)) {
    look(Part::Place(of));
    if let Place::At(address) = of {
        expression(address, look);
    }
}

fn expression<'a>(of: &'a Expression, look: &mut dyn FnMut(Part<'a>)) {
    look(Part::Expression(of));
    match of {
        Expression::Constant(_) | Expression::Register(_) => {}
        Expression::Unary(_, _, operand) | Expression::Convert(_, operand) => expression(operand, look),
        Expression::Binary(_, _, left, right) | Expression::Both(left, right) | Expression::Either(left, right) => {
            expression(left, look);
            expression(right, look);
        }
        Expression::Choose(condition, then, otherwise) => {
            [condition, then, otherwise].into_iter().for_each(|part| expression(part, look));
        }
        Expression::Read { place: from, .. } | Expression::TryLock(from) | Expression::IsLocked(from) => {
            place(from, look);
        }
        Expression::Update { place: of, operand, .. } => {
            place(of, look);
            expression(operand, look);
        }
        Expression::CompareExchange { place: of, old, new, .. } => {
            place(of, look);
            expression(old, look);
            expression(new, look);
        }
        Expression::CompareExpected { place: of, expected, new, .. } => {
            place(of, look);
            if let Expected::Place(expected) = expected {
                place(expected, look);
            }
            expression(new, look);
        }
        Expression::AddUnless { place: of, operand, unless, .. } => {
            place(of, look);
            expression(operand, look);
            expression(unless, look);
        }
    }
}

/// Whether some part of a program is of a kind.
pub fn any(program: &Program, is: impl Fn(Part<'_>) -> bool) -> bool {
    let mut found = false;
    for thread in &program.threads {
        block(&thread.body, &mut |part| found |= is(part));
    }
    found
}

/// Whether some access is a plain one, which must not race.
pub fn has_plain_accesses(program: &Program) -> bool {
    any(program, |part| match part {
        Part::Statement(Statement::Write { order, .. }) => *order == Order::Plain,
        Part::Expression(Expression::Read { order, .. }) => *order == Order::Plain,
        Part::Expression(Expression::CompareExpected { expected: Expected::Place(_), .. }) => true,
        _ => false,
    })
}

impl Expression {
    /// Whether it sets this local variable by itself.
    pub fn tells(&self, register: RegisterId) -> bool {
        matches!(self, Expression::CompareExpected { expected: Expected::Register(told), .. } if *told == register)
    }

    /// Whether it is an atomic read-modify-write, whatever its operands are.
    pub fn is_update(&self) -> bool {
        matches!(
            self,
            Expression::Update { .. }
                | Expression::CompareExchange { .. }
                | Expression::CompareExpected { .. }
                | Expression::AddUnless { .. }
        )
    }
}
