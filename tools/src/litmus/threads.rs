//! A program of a litmus test as threads whose execution graphs are searched.
//!
//! Promise: each access, lock operation and barrier is the event that [`super::interpret`] makes of
//! it on the simulated machine.
//!
//! A round of a loop that has written nothing and left all local variables as they were would do
//! the same again as long as it reads the same: the thread waits there for another write. Limits:
//! other loops are followed for [`ROUNDS_MAX`] rounds; a search that met the limit is not
//! exhaustive. Further limits and deviations: those of [`super::interpret`] and of
//! [`lockstep::graph`].

use super::ast::{Expected, Expression, LocationId, Lvalue, Program, RegisterId, Statement};
use super::labels::{change, fence, ordering};
use super::operation::{Order, UpdateResult};
use super::operators::{Undefined, binary, changed, truth, unary};
use super::race::{self, Made};
use super::types::Type;
use lockstep::graph::{self, Change, Label, Sources, Step, Threads};
use std::sync::atomic::{AtomicBool, Ordering};

/// Rounds of one loop that do something.
pub const ROUNDS_MAX: usize = 32;

/// The threads of a program, with the answers they have got.
pub struct Answered<'a> {
    program: &'a Program,
    threads: Vec<Asked>,
    /// Whether some loop was followed no further.
    is_cut: &'a AtomicBool,
    /// Whether some execution races, if that is asked.
    is_racy: Option<&'a AtomicBool>,
}

/// What a thread has asked for.
#[derive(Clone, Default)]
struct Asked {
    answers: Vec<u64>,
    /// Beginnings of rounds that it has told.
    rounds: usize,
    /// What it has asked for last.
    last: Option<Label>,
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
    /// It accesses what is no shared variable.
    InvalidAddress,
    /// A loop goes on for longer than it is followed.
    TooLong,
    /// A variable has another value than is assumed.
    NotAssumed,
}

impl<'a> Answered<'a> {
    /// The threads before they have begun. `is_cut` is set where a loop is followed no further,
    /// `is_racy` where plain accesses race.
    pub fn new(program: &'a Program, is_cut: &'a AtomicBool, is_racy: Option<&'a AtomicBool>) -> Answered<'a> {
        Answered { program, threads: Vec::new(), is_cut, is_racy }
    }
}

impl Threads for Answered<'_> {
    fn initial(&self) -> Vec<u64> {
        self.program.locations.iter().map(|location| location.initial.cast_unsigned()).collect()
    }

    fn restart(&mut self) -> usize {
        let count = self.program.threads.len();
        self.threads.clear();
        self.threads.resize(count, Asked::default());
        count
    }

    fn advance(&mut self, thread: usize, answer: u64) -> Step {
        let asked = &mut self.threads[thread];
        match asked.last {
            None => {}
            Some(Label::Await) => asked.rounds += 1,
            Some(_) => asked.answers.push(answer),
        }
        let mut walk = Walk::new(self.program, thread, &asked.answers);
        walk.rounds_told = Some(asked.rounds);
        let step = match walk.block(&self.program.threads[thread].body) {
            Err(Halt::Next(step)) => step,
            Err(Halt::NotAssumed) => Label::Park.into(),
            Err(Halt::TooLong) => {
                self.is_cut.store(true, Ordering::Relaxed);
                Label::Park.into()
            }
            Ok(()) | Err(Halt::DivisionByZero | Halt::LockMisuse | Halt::InvalidAddress) => Label::End.into(),
        };
        asked.last = Some(step.label);
        step
    }

    fn ended(&mut self, sources: &dyn Fn() -> Sources) {
        let Some(is_racy) = self.is_racy.filter(|is_racy| !is_racy.load(Ordering::Relaxed)) else { return };
        let made = |(thread, asked): (usize, &Asked)| events(self.program, thread, &asked.answers);
        let made: Vec<Vec<Made>> = self.threads.iter().enumerate().map(made).collect();
        if race::is_racy(&made, &sources()) {
            is_racy.store(true, Ordering::Relaxed);
        }
    }
}

/// The registers of a thread at its end, if it gets these answers.
pub fn registers(program: &Program, thread: usize, answers: &[u64]) -> Result<Vec<i64>, Halt> {
    let mut walk = Walk::new(program, thread, answers);
    walk.block(&program.threads[thread].body)?;
    Ok(walk.registers)
}

/// The events that a thread makes if it gets these answers.
pub fn events(program: &Program, thread: usize, answers: &[u64]) -> Vec<Made> {
    let mut walk = Walk::new(program, thread, answers);
    // Where it went no further, it has made these all the same.
    let _ = walk.block(&program.threads[thread].body);
    walk.made
}

/// A thread on its way through its answers.
struct Walk<'a> {
    program: &'a Program,
    types: Vec<Type>,
    assumed: &'a [(RegisterId, i64)],
    answers: std::slice::Iter<'a, u64>,
    registers: Vec<i64>,
    held: Vec<LocationId>,
    /// Beginnings of rounds that have been told already; none if they are not to be told.
    rounds_told: Option<usize>,
    made: Vec<Made>,
}

impl<'a> Walk<'a> {
    fn new(program: &'a Program, thread: usize, answers: &'a [u64]) -> Walk<'a> {
        let registers = &program.threads[thread].registers;
        Walk {
            program,
            assumed: &program.threads[thread].assumed,
            types: registers.iter().map(|register| register.ty).collect(),
            answers: answers.iter(),
            registers: registers.iter().map(|register| register.initial).collect(),
            held: Vec::new(),
            rounds_told: None,
            made: Vec::new(),
        }
    }

    /// The answer to the event, if it is known.
    fn event(&mut self, step: impl Into<Step>, is_plain: bool) -> Result<i64, Halt> {
        let step: Step = step.into();
        let answer = self.answers.next().map(|answer| answer.cast_signed()).ok_or(Halt::Next(step))?;
        let writes = match (step.label, step.change) {
            (_, Some(Change::Replace(old, _))) => answer.cast_unsigned() == old,
            (_, Some(_)) => true,
            (Label::TryLock(_), None) => answer == 0,
            (Label::Write { .. } | Label::Lock(_) | Label::Unlock(_), None) => true,
            _ => false,
        };
        self.made.push(Made { label: step.label, is_plain, writes });
        Ok(answer)
    }

    fn read(&mut self, location: LocationId, order: Order) -> Result<i64, Halt> {
        self.event(Label::Read { location, order: ordering(order) }, order == Order::Plain)
    }

    fn write(&mut self, location: LocationId, value: i64, order: Order) -> Result<(), Halt> {
        let value = self.program.locations[location].ty.wrap(value).cast_unsigned();
        let ordering = self.releasing(order);
        self.event(Label::Write { location, value, order: ordering }, order == Order::Plain)?;
        Ok(())
    }

    fn releasing(&self, order: Order) -> graph::Order {
        match order {
            // The kernel's, unlike C11's, comes after all that was read.
            Order::Release if !self.program.is_c11 => graph::Order::StoreRelease,
            order => ordering(order),
        }
    }

    /// What orders it if it writes, then what if not.
    fn update(&mut self, location: LocationId, orders: [Order; 2], change: Change) -> Result<i64, Halt> {
        let (success, failure) = (self.releasing(orders[0]), ordering(orders[1]));
        self.event(Step { label: Label::Update { location, success, failure }, change: Some(change) }, false)
    }

    fn location(&mut self, lvalue: &Lvalue) -> Result<LocationId, Halt> {
        match lvalue {
            Lvalue::Location(location) => Ok(*location),
            Lvalue::At(address) => {
                let address = self.value(address)?;
                self.program.location_at(address).ok_or(Halt::InvalidAddress)
            }
        }
    }

    fn set(&mut self, register: usize, value: i64) {
        self.registers[register] = self.types[register].wrap(value);
    }

    fn block(&mut self, body: &[Statement]) -> Result<(), Halt> {
        body.iter().try_for_each(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: &Statement) -> Result<(), Halt> {
        match statement {
            Statement::Assign { register, value } => {
                let value = self.value(value)?;
                self.set(*register, value);
                let value = self.registers[*register];
                if self.assumed.iter().any(|(assumed, wanted)| assumed == register && *wanted != value) {
                    return Err(Halt::NotAssumed);
                }
            }
            Statement::Evaluate(value) => _ = self.value(value)?,
            Statement::Write { lvalue, value, order } => {
                let location = self.location(lvalue)?;
                let value = self.value(value)?;
                self.write(location, value, *order)?;
            }
            Statement::Fence(barrier) => {
                if let Some(fence) = fence(*barrier) {
                    self.event(Label::Fence(fence), false)?;
                }
            }
            Statement::Lock(lvalue) => {
                let lock = self.location(lvalue)?;
                self.event(Label::Lock(lock), false)?;
                self.held.push(lock);
            }
            Statement::Unlock(lvalue) => {
                let lock = self.location(lvalue)?;
                let at = self.held.iter().position(|held| *held == lock).ok_or(Halt::LockMisuse)?;
                self.held.swap_remove(at);
                self.event(Label::Unlock(lock), false)?;
            }
            Statement::UnlockWait(lvalue) => {
                let location = self.location(lvalue)?;
                self.event(Label::UnlockWait { location, order: graph::Order::Acquire }, false)?;
            }
            Statement::Branch { condition, then, otherwise } => {
                let holds = self.value(condition)? != 0;
                self.block(if holds { then } else { otherwise })?;
            }
            Statement::Loop { condition, body, is_asked_after } => self.rounds(condition, body, *is_asked_after)?,
        }
        Ok(())
    }

    fn rounds(&mut self, condition: &Expression, body: &[Statement], is_asked_after: bool) -> Result<(), Halt> {
        for nth in 0..ROUNDS_MAX {
            self.begin_round()?;
            let (events, registers, held) = (self.made.len(), self.registers.clone(), self.held.clone());
            if (nth > 0 || !is_asked_after) && self.value(condition)? == 0 {
                return Ok(());
            }
            self.block(body)?;
            let is_the_same = self.registers == registers && self.held == held;
            if is_the_same && !self.made[events..].iter().any(|made| made.writes) {
                // Without a read there is nothing to wait for.
                let reads = self.made[events..].iter().any(|made| made.label.location().is_some());
                return Err(if reads { Halt::Next(Label::Park.into()) } else { Halt::TooLong });
            }
        }
        Err(Halt::TooLong)
    }

    /// What is read from here on may be read again.
    fn begin_round(&mut self) -> Result<(), Halt> {
        match &mut self.rounds_told {
            None => Ok(()),
            Some(0) => Err(Halt::Next(Label::Await.into())),
            Some(told) => {
                *told -= 1;
                Ok(())
            }
        }
    }

    fn value(&mut self, expression: &Expression) -> Result<i64, Halt> {
        Ok(match expression {
            Expression::Constant(constant) => *constant,
            Expression::Register(register) => self.registers[*register],
            Expression::Unary(operator, ty, operand) => unary(*operator, *ty, self.value(operand)?),
            Expression::Convert(ty, operand) => ty.wrap(self.value(operand)?),
            Expression::Binary(operator, ty, left, right) => {
                let left = self.value(left)?;
                let right = self.value(right)?;
                binary(*operator, *ty, left, right).map_err(|Undefined| Halt::DivisionByZero)?
            }
            Expression::Both(left, right) => truth(self.value(left)? != 0 && self.value(right)? != 0),
            Expression::Either(left, right) => truth(self.value(left)? != 0 || self.value(right)? != 0),
            Expression::Choose(condition, then, otherwise) => {
                let holds = self.value(condition)? != 0;
                self.value(if holds { then } else { otherwise })?
            }
            Expression::Read { lvalue, order } => {
                let location = self.location(lvalue)?;
                self.read(location, *order)?
            }
            Expression::Update { lvalue, operation, operand, order, result } => {
                let location = self.location(lvalue)?;
                let ty = self.program.locations[location].ty;
                let operand = ty.wrap(self.value(operand)?);
                let old = self.update(location, [*order, Order::Once], change(*operation, ty, operand))?;
                match result {
                    UpdateResult::Old => old,
                    UpdateResult::New => changed(*operation, ty, old, operand),
                }
            }
            Expression::CompareExchange { lvalue, old, new, order } => {
                let location = self.location(lvalue)?;
                let ty = self.program.locations[location].ty;
                let old = ty.wrap(self.value(old)?).cast_unsigned();
                let new = ty.wrap(self.value(new)?).cast_unsigned();
                self.update(location, [*order, Order::Once], Change::Replace(old, new))?
            }
            Expression::CompareExpected { .. } => self.compare_expected(expression)?,
            Expression::AddUnless { lvalue, operand, unless, order } => {
                let location = self.location(lvalue)?;
                let operand = self.value(operand)?;
                let unless = self.program.locations[location].ty.wrap(self.value(unless)?);
                self.add_unless(location, operand, unless, *order)?
            }
            Expression::TryLock(lvalue) => {
                let lock = self.location(lvalue)?;
                let is_taken = self.event(Label::TryLock(lock), false)? == 0;
                if is_taken {
                    self.held.push(lock);
                }
                truth(is_taken)
            }
            Expression::IsLocked(lvalue) => {
                let lock = self.location(lvalue)?;
                truth(self.read(lock, Order::Once)? != 0)
            }
        })
    }

    fn compare_expected(&mut self, expression: &Expression) -> Result<i64, Halt> {
        let Expression::CompareExpected { lvalue, expected, new, success, failure, is_weak } = expression else {
            unreachable!("the caller has looked")
        };
        let location = self.location(lvalue)?;
        let ty = self.program.locations[location].ty;
        let old = match expected {
            Expected::Register(register) => self.registers[*register],
            Expected::Lvalue(lvalue) => {
                let expected = self.location(lvalue)?;
                self.read(expected, Order::Plain)?
            }
        };
        let old = ty.wrap(old);
        let new = ty.wrap(self.value(new)?).cast_unsigned();
        let fails = *is_weak && self.event(Label::Choice(2), false)? == 1;
        let found = if fails {
            self.read(location, *failure)?
        } else {
            self.update(location, [*success, *failure], Change::Replace(old.cast_unsigned(), new))?
        };
        if !fails && found == old {
            return Ok(1);
        }
        match expected {
            Expected::Register(register) => self.set(*register, found),
            Expected::Lvalue(lvalue) => {
                let expected = self.location(lvalue)?;
                self.write(expected, found, Order::Plain)?;
            }
        }
        Ok(0)
    }

    /// As [`super::interpret`] does it.
    fn add_unless(&mut self, location: LocationId, operand: i64, unless: i64, order: Order) -> Result<i64, Halt> {
        let ty = self.program.locations[location].ty;
        let mut old = self.read(location, Order::Once)?;
        while old != unless {
            let new = ty.narrow(old.wrapping_add(operand)).cast_unsigned();
            let change = Change::Replace(old.cast_unsigned(), new);
            let found = self.update(location, [order, Order::Once], change)?;
            if found == old {
                return Ok(1);
            }
            old = found;
        }
        Ok(0)
    }
}
