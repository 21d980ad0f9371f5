//! A program of a litmus test as threads whose execution graphs are searched.
//!
//! Promise: each access, lock operation and barrier is the event that [`super::interpret`] makes of it on the simulated
//! machine. Limits and deviations: those of that module and of [`lockstep::graph`]; data races are not looked for.

use super::ast::{Expression, Fence, LocationId, Operation, Order, Program, Statement, Thread, UpdateResult};
use super::interpret::{self, Undefined};
use lockstep::graph::{self, Change, Label, Step, Threads};

/// The threads of a program, with the answers they have got.
pub struct Answered<'a> {
    program: &'a Program,
    answers: Vec<Vec<u64>>,
    has_begun: Vec<bool>,
}

/// Why a thread went no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// This comes next, and its answer is not known.
    Next(Step),
    /// It divides by zero.
    DivisionByZero,
    /// It unlocks what it does not hold.
    LockMisuse,
}

impl<'a> Answered<'a> {
    /// The threads before they have begun.
    pub fn new(program: &'a Program) -> Answered<'a> {
        Answered { program, answers: Vec::new(), has_begun: Vec::new() }
    }
}

impl Threads for Answered<'_> {
    fn initial(&self) -> Vec<u64> {
        self.program.locations.iter().map(|location| location.initial.cast_unsigned()).collect()
    }

    fn restart(&mut self) -> usize {
        let count = self.program.threads.len();
        self.answers.resize(count, Vec::new());
        self.answers.iter_mut().for_each(Vec::clear);
        self.has_begun = vec![false; count];
        count
    }

    fn advance(&mut self, thread: usize, answer: u64) -> Step {
        if std::mem::replace(&mut self.has_begun[thread], true) {
            self.answers[thread].push(answer);
        }
        match registers(self.program, thread, &self.answers[thread]) {
            Err(Halt::Next(step)) => step,
            Ok(_) | Err(Halt::DivisionByZero | Halt::LockMisuse) => Label::End.into(),
        }
    }
}

/// The registers of a thread at its end, if it gets these answers.
pub fn registers(program: &Program, thread: usize, answers: &[u64]) -> Result<Vec<i64>, Halt> {
    let Thread { registers, body } = &program.threads[thread];
    let registers = registers.iter().map(|register| register.initial).collect();
    let mut walk = Walk { answers: answers.iter(), registers, held: Vec::new() };
    walk.block(body)?;
    Ok(walk.registers)
}

/// A thread on its way through its answers.
struct Walk<'a> {
    answers: std::slice::Iter<'a, u64>,
    registers: Vec<i64>,
    held: Vec<LocationId>,
}

fn ordering(order: Order) -> graph::Order {
    match order {
        Order::Plain | Order::Once => graph::Order::Relaxed,
        Order::Acquire => graph::Order::Acquire,
        Order::Release => graph::Order::Release,
        Order::AcquireRelease => graph::Order::AcquireRelease,
        Order::Full => graph::Order::Full,
    }
}

fn fence(fence: Fence) -> Option<graph::Fence> {
    Some(match fence {
        Fence::Compiler => return None,
        Fence::Full | Fence::BeforeAtomic | Fence::AfterAtomic | Fence::AfterSpinlock | Fence::AfterUnlockLock => {
            graph::Fence::Full
        }
        Fence::Read | Fence::C11(Order::Acquire) => graph::Fence::Acquire,
        Fence::Write => graph::Fence::Write,
        Fence::C11(Order::Release) => graph::Fence::Release,
        Fence::C11(Order::AcquireRelease) => graph::Fence::AcquireRelease,
        Fence::C11(Order::Plain | Order::Once | Order::Full) => graph::Fence::Full,
    })
}

fn change(operation: Operation, operand: i64) -> Change {
    let bits = operand.cast_unsigned();
    match operation {
        Operation::Exchange => Change::Exchange(bits),
        Operation::Add => Change::Add(bits),
        Operation::Subtract => Change::Add(bits.wrapping_neg()),
        Operation::And => Change::And(bits),
        Operation::Or => Change::Or(bits),
        Operation::Xor => Change::Xor(bits),
        Operation::AndNot => Change::And(!bits),
    }
}

impl Walk<'_> {
    /// The answer to the event, if it is known.
    fn event(&mut self, step: impl Into<Step>) -> Result<i64, Halt> {
        self.answers.next().map(|answer| answer.cast_signed()).ok_or_else(|| Halt::Next(step.into()))
    }

    fn update(&mut self, location: LocationId, order: Order, change: Change) -> Result<i64, Halt> {
        let failure = graph::Order::Relaxed;
        let label = Label::Update { location, success: ordering(order), failure };
        self.event(Step { label, change: Some(change) })
    }

    fn block(&mut self, body: &[Statement]) -> Result<(), Halt> {
        body.iter().try_for_each(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: &Statement) -> Result<(), Halt> {
        match statement {
            Statement::Assign { register, value } => self.registers[*register] = self.value(value)?,
            Statement::Evaluate(value) => _ = self.value(value)?,
            Statement::Write { location, value, order } => {
                let value = self.value(value)?.cast_unsigned();
                let order = match order {
                    Order::Release => graph::Order::StoreRelease,
                    order => ordering(*order),
                };
                self.event(Label::Write { location: *location, value, order })?;
            }
            Statement::Fence(barrier) => {
                if let Some(fence) = fence(*barrier) {
                    self.event(Label::Fence(fence))?;
                }
            }
            Statement::Lock(lock) => {
                self.event(Label::Lock(*lock))?;
                self.held.push(*lock);
            }
            Statement::Unlock(lock) => {
                let at = self.held.iter().position(|held| held == lock).ok_or(Halt::LockMisuse)?;
                self.held.swap_remove(at);
                self.event(Label::Unlock(*lock))?;
            }
            Statement::Branch { condition, then, otherwise } => {
                let holds = self.value(condition)? != 0;
                self.block(if holds { then } else { otherwise })?;
            }
        }
        Ok(())
    }

    fn value(&mut self, expression: &Expression) -> Result<i64, Halt> {
        Ok(match expression {
            Expression::Constant(constant) => *constant,
            Expression::Register(register) => self.registers[*register],
            Expression::Unary(operator, operand) => interpret::unary(*operator, self.value(operand)?),
            Expression::Binary(operator, left, right) => {
                let left = self.value(left)?;
                let right = self.value(right)?;
                interpret::binary(*operator, left, right).map_err(|Undefined| Halt::DivisionByZero)?
            }
            Expression::Read { location, order } => {
                self.event(Label::Read { location: *location, order: ordering(*order) })?
            }
            Expression::Update { location, operation, operand, order, result } => {
                let operand = self.value(operand)?;
                let old = self.update(*location, *order, change(*operation, operand))?;
                match result {
                    UpdateResult::Old => old,
                    UpdateResult::New => interpret::changed(*operation, old, operand),
                }
            }
            Expression::CompareExchange { location, old, new, order } => {
                let old = self.value(old)?.cast_unsigned();
                let new = self.value(new)?.cast_unsigned();
                self.update(*location, *order, Change::Replace(old, new))?
            }
            Expression::AddUnless { location, operand, unless, order } => {
                let operand = self.value(operand)?;
                let unless = self.value(unless)?;
                self.add_unless(*location, operand, unless, *order)?
            }
            Expression::TryLock(lock) => {
                let is_taken = self.event(Label::TryLock(*lock))? == 0;
                if is_taken {
                    self.held.push(*lock);
                }
                i64::from(is_taken)
            }
            Expression::IsLocked(lock) => {
                let word = self.event(Label::Read { location: *lock, order: graph::Order::Relaxed })?;
                i64::from(word != 0)
            }
        })
    }

    /// As [`super::interpret`] does it.
    fn add_unless(&mut self, location: LocationId, operand: i64, unless: i64, order: Order) -> Result<i64, Halt> {
        let mut old = self.event(Label::Read { location, order: graph::Order::Relaxed })?;
        while old != unless {
            let new = old.wrapping_add(operand).cast_unsigned();
            let found = self.update(location, order, Change::Replace(old.cast_unsigned(), new))?;
            if found == old {
                return Ok(1);
            }
            old = found;
        }
        Ok(0)
    }
}
