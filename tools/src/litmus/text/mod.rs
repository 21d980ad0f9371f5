//! Litmus tests in herd's C format, as the kernel's memory model uses it, read into a [`Program`].
//!
//! Promise: a test that is accepted means here what it means to herd under the kernel's macros, or
//! to C11 if it uses C11's operations, and whatever would not is refused with its place and the
//! reason. Limits: no RCU and SRCU, no structures, no local arrays, no macros, and of control flow
//! `if` and loops. Deviations: a name that a thread neither declares nor sets, and a missing
//! condition, are errors, where herd takes a register and a condition that always holds; the
//! operators of C and several names in one declaration are taken as C has them.

mod call;
mod code;
pub(super) mod declared;
mod expression;
pub(super) mod condition;
pub(super) mod initial;
pub(super) mod lexer;
pub(super) mod limits;
mod primitive;
mod typed;
pub(super) mod words;

use super::ast::Program;
use super::error::LitmusError;
use initial::Symbols;
use words::Words;

/// Reads a litmus test.
pub fn parse(text: &str) -> Result<Program, LitmusError> {
    let lexed = lexer::lex(text)?;
    let mut words = Words::new(&lexed.words);
    let mut symbols = Symbols::default();
    initial::parse(&mut words, &mut symbols)?;
    while words.is_name(|name| name == "void" || words::thread_number(name).is_some()) || words.is_mark("{") {
        code::parse(&mut words, &mut symbols)?;
    }
    if symbols.threads.is_empty() {
        return Err(words.expected("a thread, such as 'P0(int *x)'"));
    }
    symbols.all_registers_belong_to_threads()?;
    let asked = condition::parse(&mut words, &symbols)?;
    Ok(symbols.program(lexed.name, asked))
}
