//! Calls of primitives: which arguments they take and what they mean.

use super::super::ast::{Expected, Expression, Lvalue, Statement};
use super::super::error::LitmusError;
use super::super::operation::{BinaryOperator, Fence, Operation, Order, UpdateResult};
use super::code::Code;
use super::declared::Declared;
use super::expression::known;
use super::initial::Use;
use super::lexer::WordKind;
use super::primitive::{Against, Arguments, C11, C11Kind, Primitive};
use super::typed::Typed;
use super::words::Words;

impl Code<'_> {
    /// Reads a call that gives back no value, without the semicolon; `false` if the next call is
    /// not of that sort.
    pub fn call_statement(&mut self, words: &mut Words<'_>, body: &mut Vec<Statement>) -> Result<bool, LitmusError> {
        let primitive = known(words.peek())?;
        if gives_back_a_value(primitive) {
            return Ok(false);
        }
        words.take();
        words.mark("(")?;
        match primitive {
            Primitive::Fence(fence) => body.push(Statement::Fence(fence)),
            Primitive::WritePlace => {
                let (lvalue, _) = self.lvalue(words)?;
                let value = self.next_argument(words)?.expression;
                body.push(Statement::Write { lvalue, value, order: Order::Once });
            }
            Primitive::WriteThenFull => {
                let (lvalue, _) = if words.is_mark("*") || words.second().text == "[" {
                    self.lvalue(words)?
                } else {
                    self.pointer(words, Use::Word)?
                };
                let value = self.next_argument(words)?.expression;
                body.push(Statement::Write { lvalue, value, order: Order::Once });
                body.push(Statement::Fence(Fence::Full));
            }
            Primitive::Write(order) => {
                let (lvalue, _) = self.pointer(words, Use::Word)?;
                let value = self.next_argument(words)?.expression;
                body.push(Statement::Write { lvalue, value, order });
            }
            Primitive::Change(operation, arguments) => {
                let (lvalue, operand, _) = self.operand_and_lvalue(words, arguments)?;
                let update = update(lvalue, operation, operand, Order::NoReturn, UpdateResult::Old);
                body.push(Statement::Evaluate(update));
            }
            Primitive::Lock => body.push(Statement::Lock(self.pointer(words, Use::Lock)?.0)),
            Primitive::Unlock => body.push(Statement::Unlock(self.pointer(words, Use::Lock)?.0)),
            Primitive::UnlockWait => body.push(Statement::UnlockWait(self.pointer(words, Use::Lock)?.0)),
            Primitive::C11(c11) => body.push(self.c11_statement(c11, words)?),
            _ => unreachable!("this primitive gives back a value"),
        }
        words.mark(")")?;
        Ok(true)
    }

    /// Reads the arguments of a primitive that gives back a value; nothing if it does not.
    pub fn value_of(&mut self, primitive: Primitive, words: &mut Words<'_>) -> Result<Option<Typed>, LitmusError> {
        Ok(Some(match primitive {
            Primitive::ReadPlace(order) => {
                let (lvalue, declared) = self.lvalue(words)?;
                Typed { expression: Expression::Read { lvalue, order }, declared }
            }
            Primitive::Read(order) => {
                let (lvalue, declared) = self.pointer(words, Use::Word)?;
                Typed { expression: Expression::Read { lvalue, order }, declared }
            }
            Primitive::Update(operation, arguments, order, result) => {
                if arguments == Arguments::ValueAndPointer && result == UpdateResult::Old && order == Order::Full {
                    return self.fetch(operation, words).map(Some);
                }
                let (lvalue, operand, declared) = self.operand_and_lvalue(words, arguments)?;
                Typed { expression: update(lvalue, operation, operand, order, result), declared }
            }
            Primitive::Test(operation, arguments, against, order) => {
                let (lvalue, operand, declared) = self.operand_and_lvalue(words, arguments)?;
                let new = update(lvalue, operation, operand, order, UpdateResult::New);
                let comparison = match against {
                    Against::Zero => BinaryOperator::Equal,
                    Against::Negative => BinaryOperator::Less,
                };
                let zero = Box::new(Expression::Constant(0));
                Typed::truth(Expression::Binary(comparison, declared.ty().promoted(), Box::new(new), zero))
            }
            Primitive::Exchange(order) => {
                let (lvalue, declared) = self.pointer(words, Use::Word)?;
                let new = self.next_argument(words)?.expression;
                Typed { expression: update(lvalue, Operation::Exchange, new, order, UpdateResult::Old), declared }
            }
            Primitive::CompareExchange(order) => {
                let (lvalue, declared) = self.pointer(words, Use::Word)?;
                let old = Box::new(self.next_argument(words)?.expression);
                let new = Box::new(self.next_argument(words)?.expression);
                Typed { expression: Expression::CompareExchange { lvalue, old, new, order }, declared }
            }
            Primitive::TryCompareExchange(order) => {
                let (lvalue, _) = self.pointer(words, Use::Word)?;
                let expected = self.expected(words)?;
                let new = Box::new(self.next_argument(words)?.expression);
                let (success, failure, is_weak) = (order, Order::Once, false);
                Typed::truth(Expression::CompareExpected { lvalue, expected, new, success, failure, is_weak })
            }
            Primitive::AddUnless => {
                let (lvalue, _) = self.pointer(words, Use::Word)?;
                let operand = Box::new(self.next_argument(words)?.expression);
                let unless = Box::new(self.next_argument(words)?.expression);
                Typed::truth(Expression::AddUnless { lvalue, operand, unless, order: Order::Full })
            }
            Primitive::IncrementNotZero => {
                let (lvalue, _) = self.pointer(words, Use::Word)?;
                let (operand, unless) = (Box::new(Expression::Constant(1)), Box::new(Expression::Constant(0)));
                Typed::truth(Expression::AddUnless { lvalue, operand, unless, order: Order::Full })
            }
            Primitive::TryLock => Typed::truth(Expression::TryLock(self.pointer(words, Use::Lock)?.0)),
            Primitive::IsLocked => Typed::truth(Expression::IsLocked(self.pointer(words, Use::Lock)?.0)),
            Primitive::C11(c11) => return self.c11_value(c11, words),
            _ => return Ok(None),
        }))
    }

    /// A comma and an expression.
    fn next_argument(&mut self, words: &mut Words<'_>) -> Result<Typed, LitmusError> {
        words.mark(",")?;
        words.nested(|words| self.expression(words))
    }

    fn operand_and_lvalue(
        &mut self,
        words: &mut Words<'_>,
        arguments: Arguments,
    ) -> Result<(Lvalue, Expression, Declared), LitmusError> {
        match arguments {
            Arguments::Pointer => {
                let (lvalue, declared) = self.pointer(words, Use::Word)?;
                Ok((lvalue, Expression::Constant(1), declared))
            }
            Arguments::ValueAndPointer => {
                let operand = words.nested(|words| self.expression(words))?.expression;
                words.mark(",")?;
                let (lvalue, declared) = self.pointer(words, Use::Word)?;
                Ok((lvalue, operand, declared))
            }
        }
    }

    /// `atomic_fetch_add(value, x)` of the kernel, or `atomic_fetch_add(x, value)` of C11.
    fn fetch(&mut self, operation: Operation, words: &mut Words<'_>) -> Result<Typed, LitmusError> {
        let word = words.peek();
        let first = words.nested(|words| self.expression(words))?;
        words.mark(",")?;
        let behind = words.peek();
        let second = words.nested(|words| self.expression(words))?;
        let is_c11 = first.declared.stars > 0 && second.declared.stars == 0;
        let (address, operand, word) = if is_c11 { (first, second, word) } else { (second, first, behind) };
        let (lvalue, declared) = self.lvalue_at(address, Use::Word, word)?;
        self.symbols.is_c11 |= is_c11;
        let order = if is_c11 { Order::SeqCst } else { Order::Full };
        Ok(Typed { expression: update(lvalue, operation, operand.expression, order, UpdateResult::Old), declared })
    }

    fn c11_statement(&mut self, c11: C11, words: &mut Words<'_>) -> Result<Statement, LitmusError> {
        self.symbols.is_c11 = true;
        Ok(match c11.kind {
            C11Kind::Fence => match self.order(words, "")? {
                Order::Once => Statement::Fence(Fence::Compiler),
                order => Statement::Fence(Fence::C11(order)),
            },
            C11Kind::SignalFence => {
                self.order(words, "")?;
                Statement::Fence(Fence::Compiler)
            }
            C11Kind::Store | C11Kind::Init => {
                let (lvalue, _) = self.pointer(words, Use::Word)?;
                let value = self.next_argument(words)?.expression;
                let order = match c11.kind {
                    C11Kind::Init => Order::Plain,
                    _ if !c11.is_explicit => Order::SeqCst,
                    _ => self.next_order(words, "acquire consume acq_rel")?,
                };
                Statement::Write { lvalue, value, order }
            }
            _ => unreachable!("this primitive gives back a value"),
        })
    }

    fn c11_value(&mut self, c11: C11, words: &mut Words<'_>) -> Result<Option<Typed>, LitmusError> {
        self.symbols.is_c11 = true;
        Ok(Some(match c11.kind {
            C11Kind::Load => {
                let (lvalue, declared) = self.pointer(words, Use::Word)?;
                let order = if c11.is_explicit { self.next_order(words, "release acq_rel")? } else { Order::SeqCst };
                Typed { expression: Expression::Read { lvalue, order }, declared }
            }
            C11Kind::Update(operation) => {
                let (lvalue, declared) = self.pointer(words, Use::Word)?;
                let operand = self.next_argument(words)?.expression;
                let order = if c11.is_explicit { self.next_order(words, "")? } else { Order::SeqCst };
                Typed { expression: update(lvalue, operation, operand, order, UpdateResult::Old), declared }
            }
            C11Kind::CompareExchange { is_weak } => {
                let (lvalue, _) = self.pointer(words, Use::Word)?;
                let expected = self.expected(words)?;
                let new = Box::new(self.next_argument(words)?.expression);
                let (success, failure) = if c11.is_explicit {
                    (self.next_order(words, "")?, self.next_order(words, "release acq_rel")?)
                } else {
                    (Order::SeqCst, Order::SeqCst)
                };
                Typed::truth(Expression::CompareExpected { lvalue, expected, new, success, failure, is_weak })
            }
            C11Kind::Store | C11Kind::Init | C11Kind::Fence | C11Kind::SignalFence => return Ok(None),
        }))
    }

    /// `, x` or `, &r0`: where a compare-and-exchange finds what it expects.
    fn expected(&mut self, words: &mut Words<'_>) -> Result<Expected, LitmusError> {
        words.mark(",")?;
        let is_local = words.is_mark("&")
            && words.second().kind == WordKind::Name
            && !self.parameters.iter().any(|(known, _)| known == words.second().text);
        if is_local {
            words.take();
            let name = words.take();
            if !words.is_mark(",") {
                return Err(words.expected("',' behind the address of a local variable"));
            }
            return Ok(Expected::Register(self.register(name)?));
        }
        Ok(Expected::Lvalue(self.pointer(words, Use::Word)?.0))
    }

    /// A comma and an order of C11, which may not be one of those.
    fn next_order(&mut self, words: &mut Words<'_>, not: &str) -> Result<Order, LitmusError> {
        words.mark(",")?;
        self.order(words, not)
    }

    fn order(&mut self, words: &mut Words<'_>, not: &str) -> Result<Order, LitmusError> {
        let word = words.name("an order, such as memory_order_acquire")?;
        let name = word.text.strip_prefix("memory_order_").unwrap_or(word.text);
        let order = match name {
            "relaxed" => Order::Once,
            // As compilers do.
            "acquire" | "consume" => Order::Acquire,
            "release" => Order::Release,
            "acq_rel" => Order::AcquireRelease,
            "seq_cst" => Order::SeqCst,
            _ => {
                let message = format!("expected an order, such as memory_order_acquire, found '{}'", word.text);
                return Err(LitmusError::syntax(word.position, message));
            }
        };
        if not.split(' ').any(|refused| refused == name) {
            let message = format!("'{}' here: C11 says nothing of what that means", word.text);
            return Err(LitmusError::refused(word.position, message));
        }
        Ok(order)
    }
}

fn update(lvalue: Lvalue, operation: Operation, operand: Expression, order: Order, result: UpdateResult) -> Expression {
    Expression::Update { lvalue, operation, operand: Box::new(operand), order, result }
}

fn gives_back_a_value(primitive: Primitive) -> bool {
    use Primitive::{Change, Fence, Lock, Unlock, UnlockWait, Write, WritePlace, WriteThenFull};
    match primitive {
        Fence(_) | WritePlace | WriteThenFull | Write(_) | Change(..) | Lock | Unlock | UnlockWait => false,
        Primitive::C11(c11) => {
            !matches!(c11.kind, C11Kind::Store | C11Kind::Init | C11Kind::Fence | C11Kind::SignalFence)
        }
        _ => true,
    }
}
