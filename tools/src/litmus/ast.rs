//! The program of a litmus test, whatever text it was read from.
//!
//! Names are resolved: a location is a number into [`Program::locations`], a register one into
//! [`Thread::registers`]. Values are 64-bit words that hold what their C type can hold, or an
//! address; see [`super::types`].

use super::operation::{BinaryOperator, Fence, Operation, Order, UnaryOperator, UpdateResult};
use super::types::Type;
use std::fmt;

/// A litmus test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its name, as its text says.
    pub name: String,
    /// The shared words and locks.
    pub locations: Vec<Location>,
    /// The threads, P0 first.
    pub threads: Vec<Thread>,
    /// What final states show beside what the condition names.
    pub locations_shown: Vec<Item>,
    /// Final states that do not satisfy it do not count.
    pub filter: Option<Proposition>,
    /// The question.
    pub condition: Condition,
    /// Whether it uses operations of C11's own, which the kernel has not.
    pub is_c11: bool,
}

/// A shared word or lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Its name.
    pub name: String,
    /// How it is used.
    pub kind: LocationKind,
    /// What it can hold.
    pub ty: Type,
    /// Its value before the threads start.
    pub initial: i64,
    /// Its address as a value.
    pub address: i64,
}

/// What a location is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocationKind {
    /// A word.
    Word,
    /// A spin lock.
    Lock,
    /// A word that is locked and unlocked as well: 1 while somebody holds it.
    Both,
}

/// One thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    /// Its local variables.
    pub registers: Vec<Register>,
    /// What it does.
    pub body: Vec<Statement>,
    /// Variables that it sets once, and the values that they have in every execution of interest.
    pub assumed: Vec<(RegisterId, i64)>,
}

/// A local variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    /// Its name.
    pub name: String,
    /// What it can hold; anything if it is not declared.
    pub ty: Type,
    /// Its value before the thread starts.
    pub initial: i64,
}

/// Number of a location.
pub type LocationId = usize;

/// Which location an access is to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lvalue {
    /// This one.
    Location(LocationId),
    /// The one that has this address.
    At(Box<Expression>),
}

/// Number of a register of its thread.
pub type RegisterId = usize;

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// `register = value;`
    Assign {
        /// What is set.
        register: RegisterId,
        /// To what.
        value: Expression,
    },
    /// An expression whose value nobody takes.
    Evaluate(Expression),
    /// A store.
    Write {
        /// Where.
        lvalue: Lvalue,
        /// What.
        value: Expression,
        /// How.
        order: Order,
    },
    /// A barrier.
    Fence(Fence),
    /// `spin_lock`.
    Lock(Lvalue),
    /// `spin_unlock`.
    Unlock(Lvalue),
    /// `spin_unlock_wait`.
    UnlockWait(Lvalue),
    /// `if`.
    Branch {
        /// Not 0 for `then`.
        condition: Expression,
        /// Done if so.
        then: Vec<Statement>,
        /// Done if not.
        otherwise: Vec<Statement>,
    },
    /// `while`, `do … while` and `for`.
    Loop {
        /// Not 0 for another round.
        condition: Expression,
        /// What a round does.
        body: Vec<Statement>,
        /// Whether the first round does not ask.
        is_asked_after: bool,
    },
}

/// An expression. Operands are evaluated from left to right; herd leaves the accesses of one
/// expression unordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// A number.
    Constant(i64),
    /// The value of a register.
    Register(RegisterId),
    /// An operator with one operand.
    Unary(UnaryOperator, Type, Box<Expression>),
    /// An operator with two; the type is that in which it is computed.
    Binary(BinaryOperator, Type, Box<Expression>, Box<Expression>),
    /// `&&`: the second is evaluated only if the first is not 0.
    Both(Box<Expression>, Box<Expression>),
    /// `||`: the second is evaluated only if the first is 0.
    Either(Box<Expression>, Box<Expression>),
    /// `?:`
    Choose(Box<Expression>, Box<Expression>, Box<Expression>),
    /// A cast, or what a declared type makes of a value.
    Convert(Type, Box<Expression>),
    /// A load.
    Read {
        /// Of what.
        lvalue: Lvalue,
        /// How.
        order: Order,
    },
    /// An atomic read-modify-write.
    Update {
        /// Of what.
        lvalue: Lvalue,
        /// What it does.
        operation: Operation,
        /// With what.
        operand: Box<Expression>,
        /// How.
        order: Order,
        /// Which value it gives back.
        result: UpdateResult,
    },
    /// Writes `new` if the value is `old`; gives back the value found.
    CompareExchange {
        /// Of what.
        lvalue: Lvalue,
        /// What must be there.
        old: Box<Expression>,
        /// What is written.
        new: Box<Expression>,
        /// How, if it writes; a failing one is a relaxed load.
        order: Order,
    },
    /// C11's: writes `new` if the value is what was expected, otherwise tells what it is. Gives
    /// back whether it wrote.
    CompareExpected {
        /// Of what.
        lvalue: Lvalue,
        /// Where the expected value is, and the found one goes.
        expected: Expected,
        /// What is written.
        new: Box<Expression>,
        /// How, if it writes.
        success: Order,
        /// How, if not.
        failure: Order,
        /// Whether it may fail for no reason.
        is_weak: bool,
    },
    /// Adds unless the value is `unless`; gives back whether it did.
    AddUnless {
        /// Of what.
        lvalue: Lvalue,
        /// What is added.
        operand: Box<Expression>,
        /// What must not be there.
        unless: Box<Expression>,
        /// How, if it writes; a failing one is a relaxed load.
        order: Order,
    },
    /// `spin_trylock`: 1 if it took the lock.
    TryLock(Lvalue),
    /// `spin_is_locked`: 1 if somebody is seen to hold it.
    IsLocked(Lvalue),
}

/// Where a compare-and-exchange of C11 finds what it expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// In shared memory, by plain accesses.
    Lvalue(Lvalue),
    /// In a local variable.
    Register(RegisterId),
}

/// What can be looked at when all threads have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// The value of a register.
    Register {
        /// Of this thread.
        thread: usize,
        /// Which one.
        register: RegisterId,
    },
    /// The newest value of a location.
    Location(LocationId),
}

/// A statement about a final state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposition {
    /// Always, if true; never, if false.
    Truth(bool),
    /// The item has that value.
    Equal(Item, Operand),
    /// Not that.
    Not(Box<Proposition>),
    /// All of them.
    And(Vec<Proposition>),
    /// Some of them.
    Or(Vec<Proposition>),
    /// The second if the first.
    Implies(Box<Proposition>, Box<Proposition>),
}

/// What an item is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A number.
    Constant(i64),
    /// Another item.
    Item(Item),
}

/// The question of a litmus test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// About how many final states it speaks.
    pub quantifier: Quantifier,
    /// What it says of them.
    pub proposition: Proposition,
}

/// About how many final states a condition speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// At least one.
    Exists,
    /// None.
    NotExists,
    /// Each.
    Forall,
}

impl fmt::Display for Quantifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Quantifier::Exists => "exists",
            Quantifier::NotExists => "~exists",
            Quantifier::Forall => "forall",
        })
    }
}

impl Proposition {
    /// Adds what it speaks of.
    pub fn items(&self, items: &mut Vec<Item>) {
        match self {
            Proposition::Truth(_) => {}
            Proposition::Equal(item, operand) => {
                items.push(*item);
                if let Operand::Item(other) = operand {
                    items.push(*other);
                }
            }
            Proposition::Not(inner) => inner.items(items),
            Proposition::And(parts) | Proposition::Or(parts) => parts.iter().for_each(|part| part.items(items)),
            Proposition::Implies(first, second) => {
                first.items(items);
                second.items(items);
            }
        }
    }

    /// Whether it holds where items have these values.
    pub fn holds(&self, value: &impl Fn(Item) -> i64) -> bool {
        match self {
            Proposition::Truth(truth) => *truth,
            Proposition::Equal(item, Operand::Constant(constant)) => value(*item) == *constant,
            Proposition::Equal(item, Operand::Item(other)) => value(*item) == value(*other),
            Proposition::Not(inner) => !inner.holds(value),
            Proposition::And(parts) => parts.iter().all(|part| part.holds(value)),
            Proposition::Or(parts) => parts.iter().any(|part| part.holds(value)),
            Proposition::Implies(first, second) => !first.holds(value) || second.holds(value),
        }
    }
}

impl Program {
    /// What final states show, in herd's order: registers by thread and name, then locations by
    /// name.
    pub fn shown(&self) -> Vec<Item> {
        let mut items = self.locations_shown.clone();
        self.condition.proposition.items(&mut items);
        self.sorted(items)
    }

    /// What has to be known of a final state: what is shown, then what only the filter asks for.
    pub fn observed(&self) -> Vec<Item> {
        let shown = self.shown();
        let mut asked = Vec::new();
        if let Some(filter) = &self.filter {
            filter.items(&mut asked);
        }
        asked.retain(|item| !shown.contains(item));
        let mut observed = shown;
        observed.extend(self.sorted(asked));
        observed
    }

    fn sorted(&self, mut items: Vec<Item>) -> Vec<Item> {
        let key = |item: &Item| match *item {
            Item::Register { thread, register } => (thread, self.threads[thread].registers[register].name.as_str()),
            Item::Location(location) => (usize::MAX, self.locations[location].name.as_str()),
        };
        items.sort_by(|one, other| key(one).cmp(&key(other)));
        items.dedup();
        items
    }

    /// The location that has that address.
    pub fn location_at(&self, address: i64) -> Option<LocationId> {
        self.locations.iter().position(|location| location.address == address)
    }

    /// What an item can hold.
    pub fn type_of(&self, item: Item) -> Type {
        match item {
            Item::Register { thread, register } => self.threads[thread].registers[register].ty,
            Item::Location(location) => self.locations[location].ty,
        }
    }
}

/// What a test asks.
pub struct Asked {
    /// What final states show beside what the condition names.
    pub locations: Vec<Item>,
    /// Which final states count.
    pub filter: Option<Proposition>,
    /// The question.
    pub condition: Condition,
}
