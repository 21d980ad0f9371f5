//! Calls of primitives: which arguments they take and what they mean.

use super::super::ast::{BinaryOperator, Expression, Fence, LocationId, Operation, Order, Statement, UpdateResult};
use super::super::error::LitmusError;
use super::code::{Code, known};
use super::initial::Use;
use super::primitive::{Against, Arguments, Primitive};
use super::words::Words;

impl Code<'_> {
    /// Reads a call that gives back no value, without the semicolon; `false` if the next call is not of that sort.
    pub fn call_statement(&mut self, words: &mut Words<'_>, body: &mut Vec<Statement>) -> Result<bool, LitmusError> {
        let primitive = known(words.peek())?;
        if gives_back_a_value(primitive) {
            return Ok(false);
        }
        words.take();
        words.mark("(")?;
        match primitive {
            Primitive::Fence(fence) => body.push(Statement::Fence(fence)),
            Primitive::WritePlace { then_full } => {
                let location = self.place(words, Use::Word)?;
                let value = self.next_argument(words)?;
                body.push(Statement::Write { location, value, order: Order::Once });
                if then_full {
                    body.push(Statement::Fence(Fence::Full));
                }
            }
            Primitive::Write(order) => {
                let location = self.pointer(words, Use::Word)?;
                let value = self.next_argument(words)?;
                body.push(Statement::Write { location, value, order });
            }
            Primitive::Change(operation, arguments) => {
                let (location, operand) = self.operand_and_pointer(words, arguments)?;
                let update = update(location, operation, operand, Order::Once, UpdateResult::Old);
                body.push(Statement::Evaluate(update));
            }
            Primitive::Lock => body.push(Statement::Lock(self.pointer(words, Use::Lock)?)),
            Primitive::Unlock => body.push(Statement::Unlock(self.pointer(words, Use::Lock)?)),
            _ => unreachable!("this primitive gives back a value"),
        }
        words.mark(")")?;
        Ok(true)
    }

    /// Reads the arguments of a primitive that gives back a value; nothing if it does not.
    pub fn value_of(&mut self, primitive: Primitive, words: &mut Words<'_>) -> Result<Option<Expression>, LitmusError> {
        Ok(Some(match primitive {
            Primitive::ReadPlace(order) => Expression::Read { location: self.place(words, Use::Word)?, order },
            Primitive::Read(order) => Expression::Read { location: self.pointer(words, Use::Word)?, order },
            Primitive::Update(operation, arguments, order, result) => {
                let (location, operand) = self.operand_and_pointer(words, arguments)?;
                update(location, operation, operand, order, result)
            }
            Primitive::Test(operation, arguments, against) => {
                let (location, operand) = self.operand_and_pointer(words, arguments)?;
                let new = update(location, operation, operand, Order::Full, UpdateResult::New);
                let comparison = match against {
                    Against::Zero => BinaryOperator::Equal,
                    Against::Negative => BinaryOperator::Less,
                };
                Expression::Binary(comparison, Box::new(new), Box::new(Expression::Constant(0)))
            }
            Primitive::Exchange(order) => {
                let location = self.pointer(words, Use::Word)?;
                let new = self.next_argument(words)?;
                update(location, Operation::Exchange, new, order, UpdateResult::Old)
            }
            Primitive::CompareExchange(order) => {
                let location = self.pointer(words, Use::Word)?;
                let old = Box::new(self.next_argument(words)?);
                let new = Box::new(self.next_argument(words)?);
                Expression::CompareExchange { location, old, new, order }
            }
            Primitive::AddUnless => {
                let location = self.pointer(words, Use::Word)?;
                let operand = Box::new(self.next_argument(words)?);
                let unless = Box::new(self.next_argument(words)?);
                Expression::AddUnless { location, operand, unless, order: Order::Full }
            }
            Primitive::TryLock => Expression::TryLock(self.pointer(words, Use::Lock)?),
            Primitive::IsLocked => Expression::IsLocked(self.pointer(words, Use::Lock)?),
            _ => return Ok(None),
        }))
    }

    /// A comma and an expression.
    fn next_argument(&mut self, words: &mut Words<'_>) -> Result<Expression, LitmusError> {
        words.mark(",")?;
        words.nested(|words| self.expression(words))
    }

    fn operand_and_pointer(
        &mut self,
        words: &mut Words<'_>,
        arguments: Arguments,
    ) -> Result<(LocationId, Expression), LitmusError> {
        match arguments {
            Arguments::Pointer => Ok((self.pointer(words, Use::Word)?, Expression::Constant(1))),
            Arguments::ValueAndPointer => {
                let operand = words.nested(|words| self.expression(words))?;
                words.mark(",")?;
                Ok((self.pointer(words, Use::Word)?, operand))
            }
        }
    }
}

fn update(
    location: LocationId,
    operation: Operation,
    operand: Expression,
    order: Order,
    result: UpdateResult,
) -> Expression {
    Expression::Update { location, operation, operand: Box::new(operand), order, result }
}

fn gives_back_a_value(primitive: Primitive) -> bool {
    use Primitive::{Change, Fence, Lock, Unlock, Write, WritePlace};
    !matches!(primitive, Fence(_) | WritePlace { .. } | Write(_) | Change(..) | Lock | Unlock)
}
