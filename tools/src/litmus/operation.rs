//! The operators of expressions, and the operations on memory with their orderings and barriers.

/// An operator with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `-`
    Negate,
    /// `!`
    Not,
    /// `~`
    Complement,
}

/// An operator with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    ShiftLeft,
    ShiftRight,
    BitAnd,
    BitOr,
    BitXor,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What an atomic read-modify-write does to the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Exchange,
    Add,
    Subtract,
    And,
    Or,
    Xor,
    AndNot,
}

/// Which value an atomic read-modify-write gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateResult {
    /// The one before.
    Old,
    /// The one after.
    New,
}

/// What an access orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Nothing, and it must not race.
    Plain,
    /// Nothing: `READ_ONCE`, `WRITE_ONCE`, `_relaxed`.
    Once,
    /// Nothing, and `smp_rmb` does not order what it reads: the kernel's atomics without a result.
    /// Updates only.
    NoReturn,
    /// What follows it.
    Acquire,
    /// What comes before it.
    Release,
    /// Both.
    AcquireRelease,
    /// C11's `memory_order_seq_cst`.
    SeqCst,
    /// Everything on both sides: the kernel's read-modify-writes without a suffix.
    Full,
}

/// A barrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fence {
    /// `smp_mb`.
    Full,
    /// `smp_rmb`.
    Read,
    /// `smp_wmb`.
    Write,
    /// `smp_mb__before_atomic`.
    BeforeAtomic,
    /// `smp_mb__after_atomic`.
    AfterAtomic,
    /// `smp_mb__after_spinlock`.
    AfterSpinlock,
    /// `smp_mb__after_unlock_lock`.
    AfterUnlockLock,
    /// `barrier`: orders nothing between processors.
    Compiler,
    /// C11's fences.
    C11(Order),
}
