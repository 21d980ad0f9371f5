//! What the filter of a test lets a search leave out.
//!
//! Promise: a filter that asks for a certain value of a local variable, which its thread sets at
//! one place and not in a loop, is an assumption: where the variable gets another value, the thread
//! goes no further, and what others do until then is seen all the same. So final states that do not
//! pass the filter are not sought, and those that do are all found. Limits: only equalities that
//! all have to hold are assumptions; what else a filter says is judged at the end. How executions
//! end that do not pass the filter is not told either, as little as their states.

use super::ast::{Item, Operand, Program, Proposition, RegisterId, Statement};
use super::visit::{self, SyntaxNode};

/// The program with the assumptions that its filter makes.
pub fn assuming(mut program: Program) -> Program {
    let mut wanted = Vec::new();
    if let Some(filter) = &program.filter {
        equalities(filter, &mut wanted);
    }
    for (thread, register, value) in wanted {
        if sets(&program.threads[thread].body, register) == 1 {
            program.threads[thread].assumed.push((register, value));
        }
    }
    program
}

/// Whether some executions are left out.
pub fn assumes(program: &Program) -> bool {
    program.threads.iter().any(|thread| !thread.assumed.is_empty())
}

fn equalities(proposition: &Proposition, found: &mut Vec<(usize, RegisterId, i64)>) {
    match proposition {
        Proposition::Equal(Item::Register { thread, register }, Operand::Constant(value)) => {
            found.push((*thread, *register, *value));
        }
        Proposition::And(parts) => parts.iter().for_each(|part| equalities(part, found)),
        _ => {}
    }
}

/// How many places set the variable; those in loops count as many.
fn sets(body: &[Statement], register: RegisterId) -> usize {
    let mut places = 0;
    visit::block(body, &mut |node| match node {
        SyntaxNode::Statement(Statement::Assign { register: set, .. }) if *set == register => places += 1,
        SyntaxNode::Statement(Statement::Loop { body, .. }) => places += sets(body, register),
        SyntaxNode::Expression(expression) if expression.tells(register) => places += 2,
        _ => {}
    });
    places
}
