//! The threads: what is left of C.

use super::super::ast::{
    BinaryOperator, Expression, LocationId, Order, Register, RegisterId, Statement, Thread, UnaryOperator,
};
use super::super::error::LitmusError;
use super::initial::{Symbols, Use, is_type, parse_type};
use super::lexer::{Word, WordKind};
use super::primitive::{Primitive, primitive, why_not};
use super::words::{Words, thread_number};
use super::{REGISTERS_MAX, STATEMENTS_MAX, THREADS_MAX};

/// The thread that is being read.
pub struct Code<'s> {
    symbols: &'s mut Symbols,
    /// The shared variables it knows.
    parameters: Vec<String>,
    registers: Vec<Register>,
    /// Names declared in the blocks around, innermost last.
    scopes: Vec<Vec<RegisterId>>,
    statements: usize,
}

/// Reads `P0(int *x) { … }`.
pub fn parse(words: &mut Words<'_>, symbols: &mut Symbols) -> Result<(), LitmusError> {
    if words.is_mark("{") {
        return Err(LitmusError::refused(words.place(), "declarations outside of a thread"));
    }
    words.accept_name("void");
    let name = words.name("a thread, such as 'P0(int *x)'")?;
    let number = symbols.threads.len();
    if thread_number(name.text) != Some(number) {
        let message = format!("expected thread P{number}, found '{}': threads are P0, P1 and so on", name.text);
        return Err(LitmusError::syntax(name.place, message));
    }
    if number == THREADS_MAX {
        return Err(LitmusError::limit(name.place, format!("more threads than the limit of {THREADS_MAX}")));
    }
    let registers = symbols.initial_registers();
    let statements = symbols.threads.iter().map(|thread| count(&thread.body)).sum();
    let mut code = Code { symbols, parameters: Vec::new(), registers, scopes: Vec::new(), statements };
    code.parameters(words)?;
    let body = code.block(words)?;
    let thread = Thread { registers: code.registers, body };
    symbols.threads.push(thread);
    Ok(())
}

fn count(body: &[Statement]) -> usize {
    let one = |statement: &Statement| match statement {
        Statement::Branch { then, otherwise, .. } => 1 + count(then) + count(otherwise),
        Statement::Assign { .. } | Statement::Evaluate(_) | Statement::Write { .. } => 1,
        Statement::Fence(_) | Statement::Lock(_) | Statement::Unlock(_) => 1,
    };
    body.iter().map(one).sum()
}

impl Code<'_> {
    fn parameters(&mut self, words: &mut Words<'_>) -> Result<(), LitmusError> {
        words.mark("(")?;
        if words.is_name(|name| name == "void") && words.second().text == ")" {
            words.take();
        }
        while !words.is_mark(")") {
            if !self.parameters.is_empty() {
                words.mark(",")?;
            }
            let kind = parse_type(words)?;
            if !words.is_mark("*") {
                return Err(words.expected("'*': parameters are pointers to shared variables"));
            }
            words.take();
            if words.is_mark("*") {
                return Err(LitmusError::refused(
                    words.place(),
                    "pointers to pointers: a shared variable holds a number",
                ));
            }
            words.accept_name("const");
            let name = words.name("the name of a shared variable")?;
            if self.parameters.iter().any(|known| known == name.text) {
                return Err(LitmusError::syntax(name.place, format!("'{}' is a parameter already", name.text)));
            }
            let location = self.symbols.declare_shared(name.text, name.place)?;
            self.symbols.use_as(location, kind, name.place)?;
            self.parameters.push(name.text.to_owned());
        }
        words.mark(")")?;
        Ok(())
    }

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
            return Err(LitmusError::limit(word.place, message));
        }
        if words.accept(";") {
            return Ok(());
        }
        if words.is_mark("{") {
            body.extend(self.block(words)?);
            return Ok(());
        }
        if word.kind == WordKind::Name {
            if word.text == "if" {
                return self.branch(words, body);
            }
            if ["while", "for", "do", "goto", "switch", "return", "break", "continue"].contains(&word.text) {
                let message = format!("'{}': of control flow there is only 'if'", word.text);
                return Err(LitmusError::refused(word.place, message));
            }
            if is_type(word.text) {
                return self.declaration(words, body);
            }
            if words.second().text == "=" {
                let register = self.register(words.take())?;
                words.take();
                let value = self.expression(words)?;
                body.push(Statement::Assign { register, value });
                return words.mark(";").map(|_| ());
            }
            if words.second().text == "(" && self.call_statement(words, body)? {
                return words.mark(";").map(|_| ());
            }
        }
        if words.is_mark("*") {
            let location = self.place(words, Use::Word)?;
            if words.is_mark("=") {
                words.take();
                let value = self.expression(words)?;
                body.push(Statement::Write { location, value, order: Order::Plain });
                return words.mark(";").map(|_| ());
            }
            return Err(words.expected("'='"));
        }
        let value = self.expression(words)?;
        body.push(Statement::Evaluate(value));
        words.mark(";").map(|_| ())
    }

    fn branch(&mut self, words: &mut Words<'_>, body: &mut Vec<Statement>) -> Result<(), LitmusError> {
        words.take();
        words.mark("(")?;
        let condition = words.nested(|words| self.expression(words))?;
        words.mark(")")?;
        let then = self.arm(words)?;
        let otherwise = if words.accept_name("else") { self.arm(words)? } else { Vec::new() };
        body.push(Statement::Branch { condition, then, otherwise });
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

    /// `int r0;`, `int r0 = 1, r1;`
    fn declaration(&mut self, words: &mut Words<'_>, body: &mut Vec<Statement>) -> Result<(), LitmusError> {
        let place = words.place();
        if parse_type(words)? == Use::Lock {
            return Err(LitmusError::refused(place, "local locks"));
        }
        loop {
            if words.is_mark("*") {
                return Err(LitmusError::refused(
                    words.place(),
                    "pointers in local variables, and so address dependencies",
                ));
            }
            let name = words.name("the name of a local variable")?;
            if words.is_mark("[") {
                return Err(LitmusError::refused(words.place(), "arrays"));
            }
            // As in herd, what initializes it does not know it yet.
            let value = if words.accept("=") { Some(self.expression(words)?) } else { None };
            let register = self.declare(name)?;
            body.extend(value.map(|value| Statement::Assign { register, value }));
            if !words.accept(",") {
                return words.mark(";").map(|_| ());
            }
        }
    }

    /// Names of blocks that are over may be used again; they are one register, as in herd.
    fn declare(&mut self, name: Word<'_>) -> Result<RegisterId, LitmusError> {
        if self.parameters.iter().any(|known| known == name.text) {
            let message = format!("'{}' is a parameter already", name.text);
            return Err(LitmusError::syntax(name.place, message));
        }
        let known = self.registers.iter().position(|register| register.name == name.text);
        if known.is_some_and(|known| self.scopes.iter().flatten().any(|declared| *declared == known)) {
            let message = format!("'{}' is declared already", name.text);
            return Err(LitmusError::syntax(name.place, message));
        }
        if known.is_none() && self.registers.len() == REGISTERS_MAX {
            let message = format!("more local variables in one thread than the limit of {REGISTERS_MAX}");
            return Err(LitmusError::limit(name.place, message));
        }
        let register = known.unwrap_or_else(|| {
            self.registers.push(Register { name: name.text.to_owned(), initial: 0 });
            self.registers.len() - 1
        });
        self.scopes.last_mut().expect("a declaration stands in a block").push(register);
        Ok(register)
    }

    /// A local variable that may be read or set here.
    fn register(&self, name: Word<'_>) -> Result<RegisterId, LitmusError> {
        if self.parameters.iter().any(|known| known == name.text) {
            let message =
                format!("'{0}' without '*': pointers in expressions and local variables; *{0} is the value", name.text);
            return Err(LitmusError::refused(name.place, message));
        }
        // Registers of the initial state are known without a declaration.
        let known = self.registers.iter().position(|register| register.name == name.text);
        let in_scope = |known: &RegisterId| {
            self.scopes.iter().flatten().any(|declared| declared == known)
                || self.symbols.initial_registers().iter().any(|register| register.name == name.text)
        };
        known.filter(in_scope).ok_or_else(|| {
            let message = match self.symbols.shared(name.text) {
                Some(_) => {
                    format!("'{0}' is undeclared in this thread: add it to the parameters, as in 'int *{0}'", name.text)
                }
                None => format!("'{}' is undeclared", name.text),
            };
            LitmusError::syntax(name.place, message)
        })
    }

    /// `*x` or `*(x)`: a shared variable as a value.
    pub fn place(&mut self, words: &mut Words<'_>, kind: Use) -> Result<LocationId, LitmusError> {
        if !words.accept("*") {
            let word = words.peek();
            if word.kind == WordKind::Name && self.parameters.iter().any(|known| known == word.text) {
                return Err(words.expected(&format!("'*{}'", word.text)));
            }
            return Err(words.expected("'*' and a shared variable"));
        }
        let parenthesized = words.accept("(");
        if words.is_mark("*") {
            return Err(LitmusError::refused(words.place(), "pointers to pointers"));
        }
        let location = self.shared(words, kind)?;
        if parenthesized {
            words.mark(")")?;
        }
        Ok(location)
    }

    /// `x`: a shared variable by its address, as most primitives take it.
    pub fn pointer(&mut self, words: &mut Words<'_>, kind: Use) -> Result<LocationId, LitmusError> {
        if words.is_mark("*") || words.is_mark("&") {
            let name = words.second().text;
            return Err(words.expected(&format!("'{name}': this primitive takes the pointer itself")));
        }
        self.shared(words, kind)
    }

    fn shared(&mut self, words: &mut Words<'_>, kind: Use) -> Result<LocationId, LitmusError> {
        let name = words.name("a shared variable")?;
        if !self.parameters.iter().any(|known| known == name.text) {
            self.register(name)?;
            let message =
                format!("'{}' as a pointer: pointers in local variables, and so address dependencies", name.text);
            return Err(LitmusError::refused(name.place, message));
        }
        let location = self.symbols.declare_shared(name.text, name.place)?;
        self.symbols.use_as(location, kind, name.place)?;
        Ok(location)
    }

    /// A whole expression.
    pub fn expression(&mut self, words: &mut Words<'_>) -> Result<Expression, LitmusError> {
        self.binary(words, 0)
    }

    /// Operators of at least this level, which bind to the left.
    fn binary(&mut self, words: &mut Words<'_>, level: u8) -> Result<Expression, LitmusError> {
        let mut left = self.unary(words)?;
        while let Some((operator, found)) = operator(words.peek()).filter(|(_, found)| *found >= level) {
            words.take();
            words.deepen()?;
            let right = self.binary(words, found + 1)?;
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
        let word = words.peek();
        if word.kind == WordKind::Mark
            && ["&&", "||", "<<", ">>", "?", "%", "++", "--", "+=", "-=", "->"].contains(&word.text)
        {
            return Err(LitmusError::refused(word.place, format!("the operator '{}'", word.text)));
        }
        Ok(left)
    }

    fn unary(&mut self, words: &mut Words<'_>) -> Result<Expression, LitmusError> {
        let operators = [("-", UnaryOperator::Negate), ("!", UnaryOperator::Not), ("~", UnaryOperator::Complement)];
        for (mark, operator) in operators {
            if words.accept(mark) {
                let operand = self.deeper(words, Self::unary)?;
                return Ok(Expression::Unary(operator, Box::new(operand)));
            }
        }
        if words.is_mark("*") {
            let location = self.place(words, Use::Word)?;
            return Ok(Expression::Read { location, order: Order::Plain });
        }
        if words.is_mark("&") {
            return Err(LitmusError::refused(words.place(), "the address of a variable, and so address dependencies"));
        }
        self.primary(words)
    }

    fn deeper(
        &mut self,
        words: &mut Words<'_>,
        read: impl FnOnce(&mut Self, &mut Words<'_>) -> Result<Expression, LitmusError>,
    ) -> Result<Expression, LitmusError> {
        words.deepen()?;
        read(self, words)
    }

    fn primary(&mut self, words: &mut Words<'_>) -> Result<Expression, LitmusError> {
        let word = words.peek();
        match word.kind {
            WordKind::Number(number) => {
                words.take();
                Ok(Expression::Constant(number))
            }
            WordKind::Name if words.second().text == "(" => self.call(words),
            WordKind::Name => {
                words.take();
                self.register(word).map(Expression::Register)
            }
            WordKind::Mark if words.is_mark("(") => {
                words.take();
                if words.is_name(is_type) {
                    return self.cast(words);
                }
                let inner = self.deeper(words, Self::expression)?;
                words.mark(")")?;
                Ok(inner)
            }
            WordKind::Mark | WordKind::End => Err(words.expected("an expression")),
        }
    }

    /// Casts between numbers change nothing: all values are words of 64 bits, as in herd.
    fn cast(&mut self, words: &mut Words<'_>) -> Result<Expression, LitmusError> {
        if words.is_name(|name| name == "void") && words.second().text == ")" {
            words.take();
        } else {
            parse_type(words)?;
        }
        if words.is_mark("*") {
            return Err(LitmusError::refused(words.place(), "pointers in expressions"));
        }
        words.mark(")")?;
        self.deeper(words, Self::unary)
    }

    /// A call that gives back a value.
    fn call(&mut self, words: &mut Words<'_>) -> Result<Expression, LitmusError> {
        let name = words.take();
        let found = known(name)?;
        words.deepen()?;
        words.mark("(")?;
        let Some(expression) = self.value_of(found, words)? else {
            return Err(LitmusError::syntax(name.place, format!("'{}' gives back no value", name.text)));
        };
        words.mark(")")?;
        Ok(expression)
    }
}

/// The primitive that a call names.
pub fn known(name: Word<'_>) -> Result<Primitive, LitmusError> {
    primitive(name.text).ok_or_else(|| LitmusError::refused(name.place, why_not(name.text)))
}

/// C's operators with two operands and how close they bind.
fn operator(word: Word<'_>) -> Option<(BinaryOperator, u8)> {
    if word.kind != WordKind::Mark {
        return None;
    }
    let (operator, level) = match word.text {
        "|" => (BinaryOperator::BitOr, 1),
        "^" => (BinaryOperator::BitXor, 2),
        "&" => (BinaryOperator::BitAnd, 3),
        "==" => (BinaryOperator::Equal, 4),
        "!=" => (BinaryOperator::NotEqual, 4),
        "<" => (BinaryOperator::Less, 5),
        "<=" => (BinaryOperator::LessOrEqual, 5),
        ">" => (BinaryOperator::Greater, 5),
        ">=" => (BinaryOperator::GreaterOrEqual, 5),
        "+" => (BinaryOperator::Add, 6),
        "-" => (BinaryOperator::Subtract, 6),
        "*" => (BinaryOperator::Multiply, 7),
        "/" => (BinaryOperator::Divide, 7),
        _ => return None,
    };
    Some((operator, level))
}
