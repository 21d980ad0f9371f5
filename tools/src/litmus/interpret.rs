//! A program of a litmus test as a subject of the simulated machine.
//!
//! Promise: each access, lock operation and barrier of the program is the event of the harness that has its name, in
//! program order, and what is observed are the values that [`Program::observed`] names, when all threads have ended.
//!
//! Limits: what an access orders is what the memory model of the harness says; see there. Plain accesses are made as
//! relaxed ones, so that their values are shown too; whether they race is a second question, see [`super::race`].
//!
//! Deviations from herd under the kernel's model: `smp_mb__before_atomic`, `smp_mb__after_atomic`,
//! `smp_mb__after_spinlock` and `smp_mb__after_unlock_lock` are full barriers wherever they stand, while the kernel's
//! model lets them order only what is on the other side of the atomic operation or lock that they belong to. `barrier`
//! is nothing: the simulated machine has no compiler.

use super::ast::{
    BinaryOperator, Expression, Fence, Item, LocationId, LocationKind, Operation, Order, Program, Statement, Thread,
    UnaryOperator, UpdateResult,
};
use super::race::Shadows;
use lockstep::sync::{Atomic, Ordering, SpinLock, smp_mb, smp_rmb, smp_wmb, std_atomic};
use lockstep::{probe, thread};
use std::cell::Cell;

/// A location in an execution.
#[derive(Clone, Copy)]
enum Object {
    Word(Atomic<i64>),
    Lock(SpinLock),
}

/// What a thread works on.
struct Machine<'a> {
    objects: &'a [Object],
    registers: &'a [Cell<i64>],
    shadows: &'a Shadows,
    thread: usize,
}

/// An operation of which C says nothing: a division by zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undefined;

/// What an execution ends with when the program divides by zero, of which C says nothing.
pub const DIVISION_BY_ZERO: &str = "division by zero";

/// The body of the main thread: makes the locations, starts the threads, is the last of them itself, and observes the
/// final state. With `racing`, plain accesses are watched, and a race ends the execution.
pub fn run(program: &Program, observed: &[Item], racing: bool) {
    let number = |nth: usize| u32::try_from(nth).expect("the number of locations is limited");
    let object = |(nth, location): (usize, &super::ast::Location)| match location.kind {
        LocationKind::Word => Object::Word(Atomic::named(("location", number(nth)), location.initial)),
        LocationKind::Lock => Object::Lock(SpinLock::named(("lock", number(nth)))),
    };
    let objects: Vec<Object> = program.locations.iter().enumerate().map(object).collect();
    let shadows = if racing { Shadows::new(program) } else { Shadows::none() };
    let start = |thread: &Thread| thread.registers.iter().map(|register| Cell::new(register.initial)).collect();
    let registers: Vec<Vec<Cell<i64>>> = program.threads.iter().map(start).collect();
    let machine =
        |nth: usize| Machine { objects: &objects, registers: &registers[nth], shadows: &shadows, thread: nth };
    let (last, others) = program.threads.split_last().expect("a program has a thread");
    thread::scope(|scope| {
        for (nth, thread) in others.iter().enumerate() {
            let machine = machine(nth);
            scope.spawn(("P", number(nth)), move || machine.block(&thread.body));
        }
        // Starting one thread less is a choice less.
        machine(others.len()).block(&last.body);
        // One wait for all of them: waiting for each would be a choice for each. The scope then joins them.
        thread::idle();
    });
    for item in observed {
        observe(match *item {
            Item::Register { thread, register } => registers[thread][register].get(),
            Item::Location(location) => match objects[location] {
                Object::Word(word) => word.peek(),
                Object::Lock(_) => unreachable!("the value of a lock cannot be asked for"),
            },
        });
    }
}

/// The highest bit of an observed word is taken, so a value is two words.
fn observe(value: i64) {
    let bits = value.cast_unsigned();
    probe::observe(bits >> 32);
    probe::observe(bits & 0xffff_ffff);
}

/// The values behind observed words.
pub fn observed_values(words: &[u64]) -> Vec<i64> {
    words.chunks_exact(2).map(|pair| (pair[0] << 32 | pair[1]).cast_signed()).collect()
}

/// The harness's ordering for reading, writing and both.
fn ordering(order: Order) -> Ordering {
    match order {
        Order::Plain | Order::Once => Ordering::Relaxed,
        Order::Acquire => Ordering::Acquire,
        Order::Release => Ordering::Release,
        Order::AcquireRelease => Ordering::AcqRel,
        Order::Full => Ordering::SeqCst,
    }
}

impl Machine<'_> {
    fn block(&self, body: &[Statement]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn statement(&self, statement: &Statement) {
        match statement {
            Statement::Assign { register, value } => self.registers[*register].set(self.value(value)),
            Statement::Evaluate(value) => {
                self.value(value);
            }
            Statement::Write { location, value, order } => {
                let value = self.value(value);
                self.shadows.write(*location, self.thread, *order == Order::Plain);
                match order {
                    Order::Release => self.word(*location).store_release(value),
                    order => self.word(*location).store(value, ordering(*order)),
                }
            }
            Statement::Fence(fence) => barrier(*fence),
            Statement::Lock(location) => self.lock(*location).lock(),
            Statement::Unlock(location) => self.lock(*location).unlock(),
            Statement::Branch { condition, then, otherwise } => {
                self.block(if self.value(condition) == 0 { otherwise } else { then });
            }
        }
    }

    fn word(&self, location: LocationId) -> Atomic<i64> {
        match self.objects[location] {
            Object::Word(word) => word,
            Object::Lock(_) => unreachable!("nothing is both a lock and a word"),
        }
    }

    fn lock(&self, location: LocationId) -> SpinLock {
        match self.objects[location] {
            Object::Lock(lock) => lock,
            Object::Word(_) => unreachable!("nothing is both a lock and a word"),
        }
    }

    fn value(&self, expression: &Expression) -> i64 {
        match expression {
            Expression::Constant(constant) => *constant,
            Expression::Register(register) => self.registers[*register].get(),
            Expression::Unary(operator, operand) => unary(*operator, self.value(operand)),
            Expression::Binary(operator, left, right) => {
                let left = self.value(left);
                let value = binary(*operator, left, self.value(right));
                value.unwrap_or_else(|Undefined| probe::bug(DIVISION_BY_ZERO))
            }
            Expression::Read { location, order } => {
                self.shadows.read(*location, self.thread, *order == Order::Plain);
                self.word(*location).load(ordering(*order))
            }
            Expression::Update { location, operation, operand, order, result } => {
                let operand = self.value(operand);
                self.shadows.write(*location, self.thread, false);
                let change = |old| changed(*operation, old, operand);
                let word = self.word(*location);
                let old = match order {
                    Order::Full => word.update_fully(change),
                    order => word.fetch_update_word(ordering(*order), change),
                };
                match result {
                    UpdateResult::Old => old,
                    UpdateResult::New => change(old),
                }
            }
            Expression::CompareExchange { location, old, new, order } => {
                let old = self.value(old);
                let new = self.value(new);
                self.shadows.write(*location, self.thread, false);
                self.compare_exchange(*location, old, new, *order)
            }
            Expression::AddUnless { location, operand, unless, order } => {
                let operand = self.value(operand);
                let unless = self.value(unless);
                self.shadows.write(*location, self.thread, false);
                self.add_unless(*location, operand, unless, *order)
            }
            Expression::TryLock(location) => i64::from(self.lock(*location).try_lock()),
            Expression::IsLocked(location) => i64::from(self.lock(*location).is_locked()),
        }
    }

    /// One that fails is a relaxed load.
    fn compare_exchange(&self, location: LocationId, old: i64, new: i64, order: Order) -> i64 {
        let word = self.word(location);
        if order == Order::Full {
            return word.cmpxchg(old, new);
        }
        match word.compare_exchange(old, new, ordering(order), Ordering::Relaxed) {
            Ok(found) | Err(found) => found,
        }
    }

    /// As the kernel does it. It ends: the value changes only when another thread, which has no loops, writes.
    fn add_unless(&self, location: LocationId, operand: i64, unless: i64, order: Order) -> i64 {
        let mut old = self.word(location).load(Ordering::Relaxed);
        loop {
            if old == unless {
                return 0;
            }
            let found = self.compare_exchange(location, old, old.wrapping_add(operand), order);
            if found == old {
                return 1;
            }
            old = found;
        }
    }
}

fn barrier(fence: Fence) {
    match fence {
        Fence::Full | Fence::BeforeAtomic | Fence::AfterAtomic | Fence::AfterSpinlock | Fence::AfterUnlockLock => {
            smp_mb();
        }
        Fence::Read => smp_rmb(),
        Fence::Write => smp_wmb(),
        Fence::Compiler => {}
        Fence::C11(order) => std_atomic::fence(ordering(order)),
    }
}

/// The value of an operator with one operand.
pub fn unary(operator: UnaryOperator, operand: i64) -> i64 {
    match operator {
        UnaryOperator::Negate => operand.wrapping_neg(),
        UnaryOperator::Not => i64::from(operand == 0),
        UnaryOperator::Complement => !operand,
    }
}

/// The value of an operator with two, if C says anything of it.
pub fn binary(operator: BinaryOperator, left: i64, right: i64) -> Result<i64, Undefined> {
    Ok(match operator {
        BinaryOperator::Add => left.wrapping_add(right),
        BinaryOperator::Subtract => left.wrapping_sub(right),
        BinaryOperator::Multiply => left.wrapping_mul(right),
        BinaryOperator::Divide if right == 0 => return Err(Undefined),
        BinaryOperator::Divide => left.wrapping_div(right),
        BinaryOperator::BitAnd => left & right,
        BinaryOperator::BitOr => left | right,
        BinaryOperator::BitXor => left ^ right,
        BinaryOperator::Equal => i64::from(left == right),
        BinaryOperator::NotEqual => i64::from(left != right),
        BinaryOperator::Less => i64::from(left < right),
        BinaryOperator::LessOrEqual => i64::from(left <= right),
        BinaryOperator::Greater => i64::from(left > right),
        BinaryOperator::GreaterOrEqual => i64::from(left >= right),
    })
}

/// The new value of a read-modify-write.
pub fn changed(operation: Operation, old: i64, operand: i64) -> i64 {
    match operation {
        Operation::Exchange => operand,
        Operation::Add => old.wrapping_add(operand),
        Operation::Subtract => old.wrapping_sub(operand),
        Operation::And => old & operand,
        Operation::Or => old | operand,
        Operation::Xor => old ^ operand,
        Operation::AndNot => old & !operand,
    }
}
