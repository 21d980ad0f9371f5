//! A program of a litmus test as a subject of the simulated machine.
//!
//! Promise: each access, lock operation and barrier of the program is the event of the harness that
//! has its name, in program order, and what is observed are the values that [`Program::observed`]
//! names, when all threads have ended.
//!
//! Limits: what an access orders is what the memory model of the harness says; see there. Plain
//! accesses are made as relaxed ones, so that their values are shown too; whether they race is a
//! second question, see [`super::race`].
//!
//! Deviations from herd under the kernel's model: barriers that belong to another operation are
//! placed before a program gets here, see [`super::placing`]. `barrier` is nothing: the simulated
//! machine has no compiler. A read-modify-write that the kernel fully orders is one between two
//! full barriers. Programs that the machine has no means for are left to the search of graphs, see
//! [`fits`].

use super::ast::{Expected, Expression, Item, LocationId, LocationKind, Lvalue, Program, Statement, Thread};
use super::operation::{Fence, Order, UpdateResult};
use super::operators::{Undefined, binary, changed, truth, unary};
use super::shadows::Shadows;
use super::visit::{self, SyntaxNode};
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
    program: &'a Program,
    objects: &'a [Object],
    registers: &'a [Cell<i64>],
    shadows: &'a Shadows,
    thread: usize,
}

/// What an execution ends with when the program divides by zero, of which C says nothing.
pub const DIVISION_BY_ZERO: &str = "division by zero";

/// What an execution ends with when the program accesses what is no shared variable.
pub const INVALID_ADDRESS: &str = "invalid address";

/// Whether the machine can run a program: it has a place for each thread beside its own, no loop,
/// for which a random schedule may be unfair, and nothing that is a lock and a word, or a lock that
/// is taken from the beginning.
pub fn fits(program: &Program) -> bool {
    let is_lock = |kind| matches!(kind, LocationKind::Lock | LocationKind::Both);
    let has_locks = program.locations.iter().any(|location| is_lock(location.kind));
    let is_odd = |location: &super::ast::Location| {
        location.kind == LocationKind::Both || location.kind == LocationKind::Lock && location.initial != 0
    };
    let is_beyond = |node: SyntaxNode<'_>| match node {
        SyntaxNode::Statement(Statement::Loop { .. } | Statement::UnlockWait(_)) => true,
        SyntaxNode::Expression(Expression::CompareExpected { is_weak, .. }) => *is_weak,
        SyntaxNode::Lvalue(Lvalue::At(_)) => has_locks,
        _ => false,
    };
    program.threads.len() < lockstep::THREADS_MAX
        && !program.locations.iter().any(is_odd)
        && !visit::any(program, is_beyond)
}

/// The body of the main thread: makes the locations, starts the threads, is the last of them
/// itself, and observes the final state. With `racing`, plain accesses are watched, and a race ends
/// the execution.
pub fn run(program: &Program, observed: &[Item], racing: bool) {
    let number = |nth: usize| u32::try_from(nth).expect("the number of locations is limited");
    let object = |(nth, location): (usize, &super::ast::Location)| match location.kind {
        LocationKind::Word => Object::Word(Atomic::named(("location", number(nth)), location.initial)),
        LocationKind::Lock => Object::Lock(SpinLock::named(("lock", number(nth)))),
        LocationKind::Both => unreachable!("the machine has nothing that is both"),
    };
    let objects: Vec<Object> = program.locations.iter().enumerate().map(object).collect();
    let shadows = if racing { Shadows::new(program) } else { Shadows::none() };
    let start = |thread: &Thread| thread.registers.iter().map(|register| Cell::new(register.initial)).collect();
    let registers: Vec<Vec<Cell<i64>>> = program.threads.iter().map(start).collect();
    let machine =
        |nth: usize| Machine { program, objects: &objects, registers: &registers[nth], shadows: &shadows, thread: nth };
    let (last, others) = program.threads.split_last().expect("a program has a thread");
    thread::scope(|scope| {
        for (nth, thread) in others.iter().enumerate() {
            let machine = machine(nth);
            scope.spawn(("P", number(nth)), move || machine.block(&thread.body));
        }
        // Starting one thread less is a choice less.
        machine(others.len()).block(&last.body);
        // One wait for all of them: waiting for each would be a choice for each. The scope then
        // joins them.
        thread::idle();
    });
    for item in observed {
        observe(match *item {
            Item::Register { thread, register } => registers[thread][register].get(),
            Item::Location(location) => match objects[location] {
                Object::Word(word) => word.peek(),
                Object::Lock(lock) => i64::from(lock.is_locked()),
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

/// The harness's ordering for reading, writing and both. What is fully ordered is so by the
/// barriers around it.
fn ordering(order: Order) -> Ordering {
    match order {
        Order::Plain | Order::Once | Order::NoReturn | Order::Full => Ordering::Relaxed,
        Order::Acquire => Ordering::Acquire,
        Order::Release => Ordering::Release,
        Order::AcquireRelease => Ordering::AcqRel,
        Order::SeqCst => Ordering::SeqCst,
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
            Statement::Assign { register, value } => {
                let ty = self.program.threads[self.thread].registers[*register].ty;
                self.registers[*register].set(ty.wrap(self.value(value)));
            }
            Statement::Evaluate(value) => {
                self.value(value);
            }
            Statement::Write { lvalue, value, order } => {
                let location = self.location(lvalue);
                let value = self.program.locations[location].ty.wrap(self.value(value));
                self.shadows.write(location, self.thread, *order == Order::Plain);
                match order {
                    // The kernel's, unlike C11's, comes after all that was read.
                    Order::Release if !self.program.is_c11 => self.word(location).store_release(value),
                    order => self.word(location).store(value, ordering(*order)),
                }
            }
            Statement::Fence(fence) => barrier(*fence),
            Statement::Lock(lvalue) => self.lock(lvalue).lock(),
            Statement::Unlock(lvalue) => self.lock(lvalue).unlock(),
            Statement::Branch { condition, then, otherwise } => {
                self.block(if self.value(condition) == 0 { otherwise } else { then });
            }
            Statement::UnlockWait(_) | Statement::Loop { .. } => unreachable!("the machine gets no such program"),
        }
    }

    fn location(&self, lvalue: &Lvalue) -> LocationId {
        match lvalue {
            Lvalue::Location(location) => *location,
            Lvalue::At(address) => {
                let found = self.program.location_at(self.value(address));
                found.unwrap_or_else(|| probe::bug(INVALID_ADDRESS))
            }
        }
    }

    fn word(&self, location: LocationId) -> Atomic<i64> {
        match self.objects[location] {
            Object::Word(word) => word,
            Object::Lock(_) => unreachable!("nothing is both a lock and a word"),
        }
    }

    fn lock(&self, lvalue: &Lvalue) -> SpinLock {
        match self.objects[self.location(lvalue)] {
            Object::Lock(lock) => lock,
            Object::Word(_) => unreachable!("nothing is both a lock and a word"),
        }
    }

    fn value(&self, expression: &Expression) -> i64 {
        match expression {
            Expression::Constant(constant) => *constant,
            Expression::Register(register) => self.registers[*register].get(),
            Expression::Unary(operator, ty, operand) => unary(*operator, *ty, self.value(operand)),
            Expression::Convert(ty, operand) => ty.wrap(self.value(operand)),
            Expression::Binary(operator, ty, left, right) => {
                let left = self.value(left);
                let value = binary(*operator, *ty, left, self.value(right));
                value.unwrap_or_else(|Undefined| probe::bug(DIVISION_BY_ZERO))
            }
            Expression::Both(left, right) => truth(self.value(left) != 0 && self.value(right) != 0),
            Expression::Either(left, right) => truth(self.value(left) != 0 || self.value(right) != 0),
            Expression::Choose(condition, then, otherwise) => {
                self.value(if self.value(condition) == 0 { otherwise } else { then })
            }
            Expression::Read { lvalue, order } => {
                let location = self.location(lvalue);
                self.shadows.read(location, self.thread, *order == Order::Plain);
                self.word(location).load(ordering(*order))
            }
            Expression::Update { lvalue, operation, operand, order, result } => {
                let location = self.location(lvalue);
                let ty = self.program.locations[location].ty;
                let operand = ty.wrap(self.value(operand));
                self.shadows.write(location, self.thread, false);
                let change = |old| changed(*operation, ty, old, operand);
                let word = self.word(location);
                let old = match order {
                    Order::Full => word.update_fully(change),
                    Order::Release if !self.program.is_c11 => word.update_release(change),
                    Order::NoReturn => {
                        word.update_silently(change);
                        return 0;
                    }
                    order => word.fetch_update_word(ordering(*order), change),
                };
                match result {
                    UpdateResult::Old => old,
                    UpdateResult::New => change(old),
                }
            }
            Expression::CompareExchange { lvalue, old, new, order } => {
                let location = self.location(lvalue);
                let ty = self.program.locations[location].ty;
                let old = ty.wrap(self.value(old));
                let new = ty.wrap(self.value(new));
                self.shadows.write(location, self.thread, false);
                self.compare_exchange(location, old, new, [*order, Order::Once])
            }
            Expression::CompareExpected { lvalue, expected, new, success, failure, is_weak: _ } => {
                let location = self.location(lvalue);
                let ty = self.program.locations[location].ty;
                let old = ty.wrap(self.expected(expected));
                let new = ty.wrap(self.value(new));
                self.shadows.write(location, self.thread, false);
                let found = self.compare_exchange(location, old, new, [*success, *failure]);
                if found != old {
                    self.tell(expected, found);
                }
                truth(found == old)
            }
            Expression::AddUnless { lvalue, operand, unless, order } => {
                let location = self.location(lvalue);
                let operand = self.value(operand);
                let unless = self.program.locations[location].ty.wrap(self.value(unless));
                self.shadows.write(location, self.thread, false);
                self.add_unless(location, operand, unless, *order)
            }
            Expression::TryLock(lvalue) => truth(self.lock(lvalue).try_lock()),
            Expression::IsLocked(lvalue) => truth(self.lock(lvalue).is_locked()),
        }
    }

    fn expected(&self, expected: &Expected) -> i64 {
        match expected {
            Expected::Register(register) => self.registers[*register].get(),
            Expected::Lvalue(lvalue) => {
                let location = self.location(lvalue);
                self.shadows.read(location, self.thread, true);
                self.word(location).load(Ordering::Relaxed)
            }
        }
    }

    /// The value found goes where the expected one was.
    fn tell(&self, expected: &Expected, found: i64) {
        match expected {
            Expected::Register(register) => {
                let ty = self.program.threads[self.thread].registers[*register].ty;
                self.registers[*register].set(ty.wrap(found));
            }
            Expected::Lvalue(lvalue) => {
                let location = self.location(lvalue);
                self.shadows.write(location, self.thread, true);
                let value = self.program.locations[location].ty.wrap(found);
                self.word(location).store(value, Ordering::Relaxed);
            }
        }
    }

    /// The value found. What orders it if it writes, then what if not.
    fn compare_exchange(&self, location: LocationId, old: i64, new: i64, orders: [Order; 2]) -> i64 {
        let word = self.word(location);
        if orders[0] == Order::Full {
            return word.cmpxchg(old, new);
        }
        if orders[0] == Order::Release && !self.program.is_c11 {
            return word.cmpxchg_release(old, new);
        }
        match word.compare_exchange(old, new, ordering(orders[0]), ordering(orders[1])) {
            Ok(found) | Err(found) => found,
        }
    }

    /// As the kernel does it. It ends: the value changes only when another thread, which has no
    /// loops, writes.
    fn add_unless(&self, location: LocationId, operand: i64, unless: i64, order: Order) -> i64 {
        let ty = self.program.locations[location].ty;
        let mut old = self.word(location).load(Ordering::Relaxed);
        loop {
            if old == unless {
                return 0;
            }
            let new = ty.narrow(old.wrapping_add(operand));
            let found = self.compare_exchange(location, old, new, [order, Order::Once]);
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
