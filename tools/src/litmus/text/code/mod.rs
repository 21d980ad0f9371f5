//! The threads: their parameters, variables and statements.

mod declarations;

use super::super::ast::{Expression, Lvalue, Register, RegisterId, Statement, Thread};
use super::super::error::LitmusError;
use super::super::operation::BinaryOperator;
use super::super::types::Type;
use super::declared::{Declared, is_type};
use super::initial::Symbols;
use super::lexer::{Word, WordKind};
use super::limits::{STATEMENTS_MAX, THREADS_MAX};
use super::typed::Typed;
use super::words::{Words, thread_number};

/// The thread that is being read.
pub struct Code<'s> {
    pub symbols: &'s mut Symbols,
    /// The shared variables it knows, and what points to them.
    pub parameters: Vec<(String, Declared)>,
    registers: Vec<Register>,
    /// What each register is.
    types: Vec<Declared>,
    /// Names declared in the blocks around, innermost last.
    scopes: Vec<Vec<RegisterId>>,
    /// What the thread sets somewhere: registers, declared or not.
    assigned: Vec<String>,
    statements: usize,
}

/// Reads `P0(int *x) { … }`.
pub fn parse(words: &mut Words<'_>, symbols: &mut Symbols) -> Result<(), LitmusError> {
    if words.is_mark("{") {
        return Err(LitmusError::refused(
            words.position(),
            "declarations outside of a thread: declare in the initial state, or in each thread",
        ));
    }
    words.accept_name("static");
    words.accept_name("void");
    let name = words.name("a thread, such as 'P0(int *x)'")?;
    let number = symbols.threads.len();
    if thread_number(name.text) != Some(number) {
        let message = format!("expected thread P{number}, found '{}': threads are P0, P1 and so on", name.text);
        return Err(LitmusError::syntax(name.position, message));
    }
    if number == THREADS_MAX {
        return Err(LitmusError::limit(name.position, format!("more threads than the limit of {THREADS_MAX}")));
    }
    let (registers, types) = symbols.initial_registers().into_iter().unzip();
    let statements = symbols.threads.iter().map(|thread| count(&thread.body)).sum();
    let (parameters, scopes, assigned) = (Vec::new(), Vec::new(), Vec::new());
    let mut code = Code { symbols, parameters, registers, types, scopes, assigned, statements };
    code.parameters(words)?;
    code.assigned = words.assigned();
    let body = code.block(words)?;
    let thread = Thread { registers: code.registers, body, assumed: Vec::new() };
    symbols.threads.push(thread);
    Ok(())
}

fn count(body: &[Statement]) -> usize {
    let one = |statement: &Statement| match statement {
        Statement::Branch { then, otherwise, .. } => 1 + count(then) + count(otherwise),
        Statement::Loop { body, .. } => 1 + count(body),
        _ => 1,
    };
    body.iter().map(one).sum()
}

/// Operators that set what is on their left.
const ASSIGNING: [(&str, BinaryOperator); 10] = [
    ("+=", BinaryOperator::Add),
    ("-=", BinaryOperator::Subtract),
    ("*=", BinaryOperator::Multiply),
    ("/=", BinaryOperator::Divide),
    ("%=", BinaryOperator::Remainder),
    ("<<=", BinaryOperator::ShiftLeft),
    (">>=", BinaryOperator::ShiftRight),
    ("&=", BinaryOperator::BitAnd),
    ("|=", BinaryOperator::BitOr),
    ("^=", BinaryOperator::BitXor),
];

impl Code<'_> {
    /// Reads `{ … }`.
    fn block(&mut self, words: &mut Words<'_>) -> Result<Vec<Statement>, LitmusError> {
        words.mark("{")?;
        self.scopes.push(Vec::new());
        let mut body = Vec::new();
        while !words.is_mark("}") {
            let is_behind = words.is_name(|name| ["exists", "forall", "filter", "locations"].contains(&name));
            if is_behind || words.peek().kind == WordKind::End {
                return Err(words.expected("a statement or '}'"));
            }
            words.nested(|words| self.statement(words, &mut body))?;
        }
        words.take();
        self.scopes.pop();
        Ok(body)
    }

    fn statement(&mut self, words: &mut Words<'_>, body: &mut Vec<Statement>) -> Result<(), LitmusError> {
        let word = words.peek();
        self.statements += 1;
        if self.statements > STATEMENTS_MAX {
            let message = format!("more statements in all threads together than the limit of {STATEMENTS_MAX}");
            return Err(LitmusError::limit(word.position, message));
        }
        if words.accept(";") {
            return Ok(());
        }
        if words.is_mark("{") {
            body.extend(self.block(words)?);
            return Ok(());
        }
        if word.kind == WordKind::Name {
            match word.text {
                "if" => return self.branch(words, body),
                "while" => return self.while_loop(words, body),
                "do" => return self.do_loop(words, body),
                "for" => return self.for_loop(words, body),
                // A word of C only where it is one: some tests have a variable of that name.
                "goto" | "switch" | "return" | "break" | "continue" if words.second().text != "=" => {
                    let message = format!(
                        "'{}': write it with 'if', and with the condition of the loop if it ends one",
                        word.text
                    );
                    return Err(LitmusError::refused(word.position, message));
                }
                name if is_type(name) && words.second().text != "=" => return self.declaration(words, body),
                _ => {}
            }
            if words.second().text == "(" && self.call_statement(words, body)? {
                return words.mark(";").map(|_| ());
            }
        }
        self.simple(words, body)?;
        words.mark(";").map(|_| ())
    }

    /// An assignment, or an expression whose value nobody takes.
    fn simple(&mut self, words: &mut Words<'_>, body: &mut Vec<Statement>) -> Result<(), LitmusError> {
        for (mark, operator) in [("++", BinaryOperator::Add), ("--", BinaryOperator::Subtract)] {
            if words.accept(mark) {
                let register = words.take();
                return self.step(register, operator, body);
            }
        }
        let word = words.peek();
        if word.kind == WordKind::Name {
            let second = words.second().text;
            if second == "=" {
                words.take();
                self.check_settable(word)?;
                words.take();
                // What is set may be what is first heard of.
                let value = words.nested(|words| self.expression(words))?;
                let register = self.register_set(word, value.declared)?;
                body.push(Statement::Assign { register, value: value.expression });
                return Ok(());
            }
            if let Some((_, operator)) = ASSIGNING.iter().find(|(mark, _)| *mark == second) {
                words.take();
                self.check_settable(word)?;
                words.take();
                let register = self.register(word)?;
                let one = self.of_register(register);
                let value = words.nested(|words| self.expression(words))?;
                let value = Typed::binary(*operator, one, value).expression;
                body.push(Statement::Assign { register, value });
                return Ok(());
            }
            for (mark, operator) in [("++", BinaryOperator::Add), ("--", BinaryOperator::Subtract)] {
                if second == mark {
                    words.take();
                    words.take();
                    return self.step(word, operator, body);
                }
            }
        }
        if words.is_mark("*") || word.kind == WordKind::Name && words.second().text == "[" {
            return self.plain_write(words, body);
        }
        let value = self.expression(words)?;
        body.push(Statement::Evaluate(value.expression));
        Ok(())
    }

    fn step(&mut self, name: Word<'_>, operator: BinaryOperator, body: &mut Vec<Statement>) -> Result<(), LitmusError> {
        self.check_settable(name)?;
        let register = self.register(name)?;
        let one = Typed { expression: Expression::Constant(1), declared: Declared::word(Type::INT) };
        let value = Typed::binary(operator, self.of_register(register), one).expression;
        body.push(Statement::Assign { register, value });
        Ok(())
    }

    /// `*x = 1`, `x[1] = 1`, or the value of that alone.
    fn plain_write(&mut self, words: &mut Words<'_>, body: &mut Vec<Statement>) -> Result<(), LitmusError> {
        let (lvalue, pointee) = self.lvalue(words)?;
        let order = Self::plain(pointee);
        if words.accept("=") {
            let value = words.nested(|words| self.expression(words))?.expression;
            body.push(Statement::Write { lvalue, value, order });
            return Ok(());
        }
        let read = |lvalue: Lvalue| Typed { expression: Expression::Read { lvalue, order }, declared: pointee };
        for (mark, operator) in ASSIGNING {
            if words.accept(mark) {
                let other = words.nested(|words| self.expression(words))?;
                let value = Typed::binary(operator, read(lvalue.clone()), other).expression;
                body.push(Statement::Write { lvalue, value, order });
                return Ok(());
            }
        }
        if words.is_mark(";") {
            body.push(Statement::Evaluate(read(lvalue).expression));
            return Ok(());
        }
        Err(words.expected("'='"))
    }

    fn branch(&mut self, words: &mut Words<'_>, body: &mut Vec<Statement>) -> Result<(), LitmusError> {
        words.take();
        let condition = self.condition(words)?;
        let then = self.arm(words)?;
        let otherwise = if words.accept_name("else") { self.arm(words)? } else { Vec::new() };
        body.push(Statement::Branch { condition, then, otherwise });
        Ok(())
    }

    fn condition(&mut self, words: &mut Words<'_>) -> Result<Expression, LitmusError> {
        words.mark("(")?;
        let condition = words.nested(|words| self.expression(words))?;
        words.mark(")")?;
        Ok(condition.expression)
    }

    fn while_loop(&mut self, words: &mut Words<'_>, body: &mut Vec<Statement>) -> Result<(), LitmusError> {
        words.take();
        let condition = self.condition(words)?;
        let round = self.arm(words)?;
        body.push(Statement::Loop { condition, body: round, is_asked_after: false });
        Ok(())
    }

    fn do_loop(&mut self, words: &mut Words<'_>, body: &mut Vec<Statement>) -> Result<(), LitmusError> {
        words.take();
        let round = self.arm(words)?;
        if !words.accept_name("while") {
            return Err(words.expected("'while' and a condition"));
        }
        let condition = self.condition(words)?;
        words.mark(";")?;
        body.push(Statement::Loop { condition, body: round, is_asked_after: true });
        Ok(())
    }

    fn for_loop(&mut self, words: &mut Words<'_>, body: &mut Vec<Statement>) -> Result<(), LitmusError> {
        words.take();
        words.mark("(")?;
        if words.is_name(is_type) {
            self.declaration(words, body)?;
        } else {
            self.simple_list(words, body, ";")?;
            words.mark(";")?;
        }
        let condition = if words.is_mark(";") {
            Expression::Constant(1)
        } else {
            words.nested(|words| self.expression(words))?.expression
        };
        words.mark(";")?;
        let mut step = Vec::new();
        self.simple_list(words, &mut step, ")")?;
        words.mark(")")?;
        let mut round = self.arm(words)?;
        round.extend(step);
        body.push(Statement::Loop { condition, body: round, is_asked_after: false });
        Ok(())
    }

    /// Assignments with commas between them, up to that mark.
    fn simple_list(&mut self, words: &mut Words<'_>, body: &mut Vec<Statement>, end: &str) -> Result<(), LitmusError> {
        while !words.is_mark(end) {
            let has_call = words.peek().kind == WordKind::Name && words.second().text == "(";
            if !has_call || !self.call_statement(words, body)? {
                self.simple(words, body)?;
            }
            if !words.accept(",") {
                break;
            }
        }
        Ok(())
    }

    fn arm(&mut self, words: &mut Words<'_>) -> Result<Vec<Statement>, LitmusError> {
        if words.is_name(is_type) {
            return Err(words.expected("a statement: a declaration cannot be a branch"));
        }
        let mut body = Vec::new();
        words.nested(|words| self.statement(words, &mut body))?;
        Ok(body)
    }
}
