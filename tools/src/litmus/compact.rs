//! The compact notation of the tables in `tools/tests/data/litmus`, read into the same [`Program`]
//! as herd's format.
//!
//! Threads are `T0: … | T1: …`. `W(x,v,o)` and `R(x,o)` access, `XC(x,v,o)` exchanges,
//! `CX(x,old,new,o)` and `CAS` compare and exchange, `FA(x,d,o)` fetches and adds, `add`,
//! `fetch_add`, `add_return`, `inc`, `dec_return` … are the kernel's, `F(o)` is a fence,
//! `L U TL IL` are lock, unlock, trylock and is-locked, `Wn Rn` are plain. Registers are not
//! declared: what is assigned is one, and every other name is a location. Replication, arrays,
//! loops, joins, assumptions and RCU are not read.

use super::ast::{Expression, Lvalue, Program, Register, RegisterId, Statement, Thread};
use super::error::LitmusError;
use super::operation::{BinaryOperator, Fence, Operation, Order, UpdateResult};
use super::text::condition;
use super::text::initial::{Symbols, Use};
use super::text::lexer::{WordKind, lex};
use super::text::words::Words;
use super::types::Type;

/// Reads a row of a table: name, initial state, threads, condition.
pub fn parse(name: &str, initial: &str, program: &str, condition: &str) -> Result<Program, LitmusError> {
    let mut symbols = Symbols::default();
    parse_initial(initial, &mut symbols)?;
    for (nth, body) in program.split(" | ").enumerate() {
        let text = format!("C {name} {{}} {{{body}}}");
        let lexed = lex(&text)?;
        let mut words = Words::new(&lexed.words);
        for mark in ["{", "}", "{"] {
            words.mark(mark)?;
        }
        let label = words.name("a thread")?;
        if label.text != format!("T{nth}") {
            return Err(LitmusError::refused(label.position, format!("'{}' instead of 'T{nth}'", label.text)));
        }
        if !words.accept(":") {
            return Err(LitmusError::refused(words.position(), "replicated threads"));
        }
        let registers = assigned(&words);
        let mut thread = Compact { symbols: &mut symbols, registers, words };
        let body = thread.statements()?;
        thread.words.mark("}")?;
        let registers = thread.registers;
        symbols.threads.push(Thread { registers, body, assumed: Vec::new() });
    }
    let text = format!("C {name} {{}} {condition}");
    let lexed = lex(&text)?;
    let mut words = Words::new(&lexed.words);
    words.mark("{")?;
    words.mark("}")?;
    let asked = condition::parse(&mut words, &symbols)?;
    Ok(symbols.program(name, asked))
}

/// `x = 1 atomic_t y = ATOMIC_INIT(2)`: herd's initial state without the semicolons.
fn parse_initial(initial: &str, symbols: &mut Symbols) -> Result<(), LitmusError> {
    let text = format!("C initial {{}} {{{initial}}}");
    let lexed = lex(&text)?;
    let mut separated = String::new();
    let inside = &lexed.words[3..lexed.words.len() - 2];
    for (nth, word) in inside.iter().enumerate() {
        separated += word.text;
        separated.push(' ');
        let next = inside.get(nth + 1).map_or("", |next| next.text);
        let is_address = word.kind == WordKind::Name && nth > 0 && ["=", "&"].contains(&inside[nth - 1].text);
        let is_value = (matches!(word.kind, WordKind::Number(_)) || is_address) && ![")", "("].contains(&next);
        if is_value || word.text == ")" {
            separated.push(';');
        }
    }
    let text = format!("C initial {{{separated}}}");
    let lexed = lex(&text)?;
    super::text::initial::parse(&mut Words::new(&lexed.words), symbols)
}

/// The registers of a thread: names before `=` that no `*` makes memory.
fn assigned(words: &Words<'_>) -> Vec<Register> {
    let all = words.rest();
    let mut registers: Vec<Register> = Vec::new();
    for (nth, pair) in all.windows(2).enumerate() {
        let is_memory = nth > 0 && all[nth - 1].text == "*";
        let is_new = !registers.iter().any(|register| register.name == pair[0].text);
        if pair[0].kind == WordKind::Name && pair[1].text == "=" && !is_memory && is_new {
            registers.push(Register { name: pair[0].text.to_owned(), ty: Type::INT, initial: 0 });
        }
    }
    registers
}

struct Compact<'s, 'a> {
    symbols: &'s mut Symbols,
    registers: Vec<Register>,
    words: Words<'a>,
}

impl Compact<'_, '_> {
    /// Statements up to the brace that closes them.
    fn statements(&mut self) -> Result<Vec<Statement>, LitmusError> {
        let mut body = Vec::new();
        while !self.words.is_mark("}") {
            if !self.words.accept(";") {
                body.push(self.statement()?);
            }
        }
        Ok(body)
    }

    fn statement(&mut self) -> Result<Statement, LitmusError> {
        self.words.accept_name("int");
        let word = self.words.peek();
        if self.words.accept("*") {
            let lvalue = self.lvalue(Use::Word)?;
            self.words.mark("=")?;
            return Ok(Statement::Write { lvalue, value: self.expression()?, order: Order::Plain });
        }
        if word.text == "if" {
            return self.branch();
        }
        if self.words.second().text == "=" {
            let register = self.register()?;
            self.words.mark("=")?;
            return Ok(Statement::Assign { register, value: self.expression()? });
        }
        let statement = match word.text {
            "W" | "Wn" => {
                let lvalue = self.open(Use::Word)?;
                let value = self.argument()?;
                let order = if word.text == "W" { self.order()? } else { Order::Plain };
                Statement::Write { lvalue, value, order }
            }
            "F" => {
                self.words.take();
                self.words.mark("(")?;
                Statement::Fence(self.fence()?)
            }
            "L" => Statement::Lock(self.open(Use::Lock)?),
            "U" => Statement::Unlock(self.open(Use::Lock)?),
            _ => return Ok(Statement::Evaluate(self.expression()?)),
        };
        self.words.mark(")")?;
        Ok(statement)
    }

    fn branch(&mut self) -> Result<Statement, LitmusError> {
        self.words.take();
        self.words.mark("(")?;
        let condition = self.expression()?;
        self.words.mark(")")?;
        let then = self.arm()?;
        let otherwise = if self.words.accept_name("else") { self.arm()? } else { Vec::new() };
        Ok(Statement::Branch { condition, then, otherwise })
    }

    fn arm(&mut self) -> Result<Vec<Statement>, LitmusError> {
        if !self.words.accept("{") {
            return Ok(vec![self.statement()?]);
        }
        let body = self.statements()?;
        self.words.mark("}")?;
        Ok(body)
    }

    /// A register, or the address of a location.
    fn name(&mut self) -> Result<Expression, LitmusError> {
        let name = self.words.name("a register or a location")?;
        if let Some(register) = self.registers.iter().position(|register| register.name == name.text) {
            return Ok(Expression::Register(register));
        }
        let location = self.symbols.declare_shared(name.text, name.position)?;
        Ok(Expression::Constant(self.symbols.address(location)))
    }

    fn register(&mut self) -> Result<RegisterId, LitmusError> {
        let position = self.words.position();
        match self.name()? {
            Expression::Register(register) => Ok(register),
            _ => Err(LitmusError::refused(position, "a location that is set")),
        }
    }

    fn lvalue(&mut self, kind: Use) -> Result<Lvalue, LitmusError> {
        let address = self.sum()?;
        let Expression::Constant(constant) = address else { return Ok(Lvalue::At(Box::new(address))) };
        let location = self.symbols.at(constant).expect("locations have addresses");
        self.symbols.use_as(location, kind);
        Ok(Lvalue::Location(location))
    }

    /// The name of a primitive, its parenthesis and its location.
    fn open(&mut self, kind: Use) -> Result<Lvalue, LitmusError> {
        self.words.take();
        self.words.mark("(")?;
        self.lvalue(kind)
    }

    /// A comma and an expression.
    fn argument(&mut self) -> Result<Expression, LitmusError> {
        self.words.mark(",")?;
        self.expression()
    }

    /// A comma and an order.
    fn order(&mut self) -> Result<Order, LitmusError> {
        self.words.mark(",")?;
        let word = self.words.name("an order")?;
        Ok(match word.text {
            "once" | "rlx" => Order::Once,
            "acq" => Order::Acquire,
            "rel" => Order::Release,
            "ar" => Order::AcquireRelease,
            "mb" => Order::Full,
            "sc" => Order::SeqCst,
            _ => return Err(LitmusError::refused(word.position, format!("the order '{}'", word.text))),
        })
    }

    /// An order if there is one; nothing orders a read-modify-write without one.
    fn order_if_any(&mut self) -> Result<Order, LitmusError> {
        if self.words.is_mark(",") { self.order() } else { Ok(Order::Once) }
    }

    fn fence(&mut self) -> Result<Fence, LitmusError> {
        let word = self.words.name("a fence")?;
        Ok(match word.text {
            "mb" => Fence::Full,
            "sc" => Fence::C11(Order::SeqCst),
            "rmb" => Fence::Read,
            "wmb" => Fence::Write,
            "before_atomic" => Fence::BeforeAtomic,
            "after_atomic" => Fence::AfterAtomic,
            "after_spinlock" => Fence::AfterSpinlock,
            "after_unlock_lock" => Fence::AfterUnlockLock,
            "barrier" => Fence::Compiler,
            "acq" => Fence::C11(Order::Acquire),
            "rel" => Fence::C11(Order::Release),
            "ar" => Fence::C11(Order::AcquireRelease),
            _ => return Err(LitmusError::refused(word.position, format!("the fence '{}'", word.text))),
        })
    }

    /// Comparisons bind weakest, then `&`, then sums: what the tables hold needs no more.
    fn expression(&mut self) -> Result<Expression, LitmusError> {
        let left = self.sum()?;
        let operators = [
            ("==", BinaryOperator::Equal),
            ("!=", BinaryOperator::NotEqual),
            (">=", BinaryOperator::GreaterOrEqual),
            (">", BinaryOperator::Greater),
            ("<", BinaryOperator::Less),
        ];
        for (mark, operator) in operators {
            if self.words.accept(mark) {
                return Ok(binary(operator, left, self.sum()?));
            }
        }
        Ok(left)
    }

    fn sum(&mut self) -> Result<Expression, LitmusError> {
        let mut left = self.operand()?;
        loop {
            let operator = match self.words.peek().text {
                "+" => BinaryOperator::Add,
                "-" => BinaryOperator::Subtract,
                "&" => BinaryOperator::BitAnd,
                _ => return Ok(left),
            };
            self.words.take();
            left = binary(operator, left, self.operand()?);
        }
    }

    fn operand(&mut self) -> Result<Expression, LitmusError> {
        let word = self.words.peek();
        if let WordKind::Number(number) = word.kind {
            self.words.take();
            return Ok(Expression::Constant(number));
        }
        if self.words.accept("(") {
            let inner = self.expression()?;
            self.words.mark(")")?;
            return Ok(inner);
        }
        if self.words.accept("*") {
            return Ok(Expression::Read { lvalue: self.lvalue(Use::Word)?, order: Order::Plain });
        }
        if self.words.second().text != "(" {
            return self.name();
        }
        let expression = self.call(word.text)?;
        self.words.mark(")")?;
        Ok(expression)
    }

    fn call(&mut self, name: &str) -> Result<Expression, LitmusError> {
        let position = self.words.position();
        Ok(match name {
            "R" => Expression::Read { lvalue: self.open(Use::Word)?, order: self.order()? },
            "Rn" => Expression::Read { lvalue: self.open(Use::Word)?, order: Order::Plain },
            "TL" => Expression::TryLock(self.open(Use::Lock)?),
            "IL" => Expression::IsLocked(self.open(Use::Lock)?),
            "XC" => self.update(Operation::Exchange, false, UpdateResult::Old)?,
            "FA" | "fetch_add" | "add" => self.update(Operation::Add, false, UpdateResult::Old)?,
            "inc" => self.update(Operation::Add, true, UpdateResult::Old)?,
            "add_return" => self.update(Operation::Add, false, UpdateResult::New)?,
            "dec_return" => self.update(Operation::Subtract, true, UpdateResult::New)?,
            "atomic_dec_and_test" => {
                let lvalue = self.open(Use::Word)?;
                zero(subtract(lvalue, Expression::Constant(1)))
            }
            "atomic_sub_and_test" => {
                self.words.take();
                self.words.mark("(")?;
                let operand = self.expression()?;
                self.words.mark(",")?;
                zero(subtract(self.lvalue(Use::Word)?, operand))
            }
            "atomic_add_unless" => {
                let lvalue = self.open(Use::Word)?;
                let operand = Box::new(self.argument()?);
                let unless = Box::new(self.argument()?);
                Expression::AddUnless { lvalue, operand, unless, order: Order::Full }
            }
            "CX" | "CAS" => {
                let lvalue = self.open(Use::Word)?;
                let old = Box::new(self.argument()?);
                let new = Box::new(self.argument()?);
                Expression::CompareExchange { lvalue, old, new, order: self.order()? }
            }
            _ => return Err(LitmusError::refused(position, format!("the primitive '{name}'"))),
        })
    }

    fn update(&mut self, operation: Operation, counts: bool, result: UpdateResult) -> Result<Expression, LitmusError> {
        let lvalue = self.open(Use::Word)?;
        let operand = Box::new(if counts { Expression::Constant(1) } else { self.argument()? });
        let order = self.order_if_any()?;
        Ok(Expression::Update { lvalue, operation, operand, order, result })
    }
}

/// An operator between numbers of type `int`.
fn binary(operator: BinaryOperator, left: Expression, right: Expression) -> Expression {
    Expression::Binary(operator, Type::INT, Box::new(left), Box::new(right))
}

/// The value after a subtraction that is fully ordered.
fn subtract(lvalue: Lvalue, operand: Expression) -> Expression {
    let (operation, operand) = (Operation::Subtract, Box::new(operand));
    Expression::Update { lvalue, operation, operand, order: Order::Full, result: UpdateResult::New }
}

fn zero(value: Expression) -> Expression {
    binary(BinaryOperator::Equal, value, Expression::Constant(0))
}
