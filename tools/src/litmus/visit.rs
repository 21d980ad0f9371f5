//! Everything that a block does, in the order of the text.

use super::ast::{Expected, Expression, Lvalue, Program, RegisterId, Statement};
use super::operation::Order;

/// A node of the syntax tree.
#[derive(Clone, Copy)]
pub enum SyntaxNode<'a> {
    /// A statement.
    Statement(&'a Statement),
    /// An expression.
    Expression(&'a Expression),
    /// Where an access is to.
    Lvalue(&'a Lvalue),
}

/// Shows each node of a block, the outer ones first.
pub fn block<'a>(body: &'a [Statement], look: &mut dyn FnMut(SyntaxNode<'a>)) {
    for statement in body {
        look(SyntaxNode::Statement(statement));
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
pub fn own<'a>(statement: &'a Statement, look: &mut dyn FnMut(SyntaxNode<'a>)) {
    match statement {
        Statement::Assign { value, .. } | Statement::Evaluate(value) => expression(value, look),
        Statement::Write { lvalue: to, value, .. } => {
            lvalue(to, look);
            expression(value, look);
        }
        Statement::Lock(lock) | Statement::Unlock(lock) | Statement::UnlockWait(lock) => lvalue(lock, look),
        Statement::Branch { condition, .. } | Statement::Loop { condition, .. } => expression(condition, look),
        Statement::Fence(_) => {}
    }
}

fn lvalue<'a>(of: &'a Lvalue, look: &mut dyn FnMut(SyntaxNode<'a>)) {
    look(SyntaxNode::Lvalue(of));
    if let Lvalue::At(address) = of {
        expression(address, look);
    }
}

fn expression<'a>(of: &'a Expression, look: &mut dyn FnMut(SyntaxNode<'a>)) {
    look(SyntaxNode::Expression(of));
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
        Expression::Read { lvalue: from, .. } | Expression::TryLock(from) | Expression::IsLocked(from) => {
            lvalue(from, look);
        }
        Expression::Update { lvalue: of, operand, .. } => {
            lvalue(of, look);
            expression(operand, look);
        }
        Expression::CompareExchange { lvalue: of, old, new, .. } => {
            lvalue(of, look);
            expression(old, look);
            expression(new, look);
        }
        Expression::CompareExpected { lvalue: of, expected, new, .. } => {
            lvalue(of, look);
            if let Expected::Lvalue(expected) = expected {
                lvalue(expected, look);
            }
            expression(new, look);
        }
        Expression::AddUnless { lvalue: of, operand, unless, .. } => {
            lvalue(of, look);
            expression(operand, look);
            expression(unless, look);
        }
    }
}

/// Whether some part of a program is of a kind.
pub fn any(program: &Program, is: impl Fn(SyntaxNode<'_>) -> bool) -> bool {
    let mut found = false;
    for thread in &program.threads {
        block(&thread.body, &mut |part| found |= is(part));
    }
    found
}

/// Whether some access is a plain one, which must not race.
pub fn has_plain_accesses(program: &Program) -> bool {
    any(program, |node| match node {
        SyntaxNode::Statement(Statement::Write { order, .. }) => *order == Order::Plain,
        SyntaxNode::Expression(Expression::Read { order, .. }) => *order == Order::Plain,
        SyntaxNode::Expression(Expression::CompareExpected { expected: Expected::Lvalue(_), .. }) => true,
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
