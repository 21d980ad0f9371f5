//! Primitives by name: the kernel's, as `linux-kernel.def` of the kernel's memory model defines
//! them, and C11's.

use super::super::operation::{Fence, Operation, Order, UpdateResult};

/// A primitive with arguments, in the order it takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Primitive {
    /// A barrier without arguments.
    Fence(Fence),
    /// `(*x)`: a load of what is named.
    ReadPlace(Order),
    /// `(x)`: a load through a pointer.
    Read(Order),
    /// `(*x, value)`.
    WritePlace,
    /// `(*x, value)` or `(x, value)`; a full barrier follows.
    WriteThenFull,
    /// `(x, value)`.
    Write(Order),
    /// `(value, x)` or, counting, `(x)`; does not give back a value.
    Change(Operation, Arguments),
    /// The same, gives back a value.
    Update(Operation, Arguments, Order, UpdateResult),
    /// The same, gives back how the new value compares with 0.
    Test(Operation, Arguments, Against, Order),
    /// `(x, value)`.
    Exchange(Order),
    /// `(x, old, new)`.
    CompareExchange(Order),
    /// `(x, &old, new)`; gives back whether it wrote.
    TryCompareExchange(Order),
    /// `(x, value, unless)`.
    AddUnless,
    /// `(x)`: adds 1 unless the value is 0.
    IncrementNotZero,
    /// `spin_lock`.
    Lock,
    /// `spin_unlock`.
    Unlock,
    /// `spin_unlock_wait`.
    UnlockWait,
    /// `spin_trylock`.
    TryLock,
    /// `spin_is_locked`.
    IsLocked,
    /// One of C11.
    C11(C11),
}

/// A primitive of C11.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct C11 {
    /// What it does.
    pub kind: C11Kind,
    /// Whether orders are among its arguments; otherwise they are all sequentially consistent.
    pub is_explicit: bool,
}

/// What a primitive of C11 does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum C11Kind {
    /// `(x)`
    Load,
    /// `(x, value)`
    Store,
    /// `(x, value)`: not atomic.
    Init,
    /// `(x, value)`
    Update(Operation),
    /// `(x, expected, new)`, and two orders.
    CompareExchange {
        /// Whether it may fail for no reason.
        is_weak: bool,
    },
    /// `atomic_thread_fence`.
    Fence,
    /// `atomic_signal_fence`.
    SignalFence,
}

/// The arguments of an atomic operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arguments {
    /// `(value, x)`
    ValueAndPointer,
    /// `(x)`; the value is 1.
    Pointer,
}

/// What a testing operation tells of the new value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// That it is 0.
    Zero,
    /// That it is negative.
    Negative,
}

/// The primitive of that name.
pub fn primitive(name: &str) -> Option<Primitive> {
    if let Some(found) = c11(name) {
        return Some(Primitive::C11(found));
    }
    // The same for words of 64 bits: the width is that of the variable.
    let common = ["atomic64_", "atomic_long_"].iter().find_map(|prefix| name.strip_prefix(prefix));
    let name = common.map_or_else(|| name.to_owned(), |rest| format!("atomic_{rest}"));
    fixed(&name).or_else(|| atomic(&name)).or_else(|| exchange(&name))
}

/// Names without variants.
fn fixed(name: &str) -> Option<Primitive> {
    use Arguments::{Pointer, ValueAndPointer};
    let test = |operation, arguments, against| Primitive::Test(operation, arguments, against, Order::Full);
    Some(match name {
        "READ_ONCE" => Primitive::ReadPlace(Order::Once),
        "WRITE_ONCE" => Primitive::WritePlace,
        "smp_store_mb" => Primitive::WriteThenFull,
        "smp_load_acquire" | "atomic_read_acquire" => Primitive::Read(Order::Acquire),
        "smp_store_release" | "atomic_set_release" => Primitive::Write(Order::Release),
        "atomic_read" => Primitive::Read(Order::Once),
        "atomic_set" => Primitive::Write(Order::Once),
        "smp_mb" => Primitive::Fence(Fence::Full),
        "smp_rmb" => Primitive::Fence(Fence::Read),
        "smp_wmb" => Primitive::Fence(Fence::Write),
        "smp_mb__before_atomic" => Primitive::Fence(Fence::BeforeAtomic),
        "smp_mb__after_atomic" => Primitive::Fence(Fence::AfterAtomic),
        "smp_mb__after_spinlock" => Primitive::Fence(Fence::AfterSpinlock),
        "smp_mb__after_unlock_lock" => Primitive::Fence(Fence::AfterUnlockLock),
        "barrier" => Primitive::Fence(Fence::Compiler),
        "spin_lock" | "raw_spin_lock" => Primitive::Lock,
        "spin_unlock" | "raw_spin_unlock" => Primitive::Unlock,
        "spin_unlock_wait" => Primitive::UnlockWait,
        "spin_trylock" | "raw_spin_trylock" => Primitive::TryLock,
        "spin_is_locked" | "raw_spin_is_locked" => Primitive::IsLocked,
        "atomic_sub_and_test" => test(Operation::Subtract, ValueAndPointer, Against::Zero),
        "atomic_dec_and_test" => test(Operation::Subtract, Pointer, Against::Zero),
        "atomic_inc_and_test" => test(Operation::Add, Pointer, Against::Zero),
        "atomic_add_unless" => Primitive::AddUnless,
        "atomic_inc_not_zero" => Primitive::IncrementNotZero,
        _ => return None,
    })
}

/// `xchg`, `cmpxchg`, `try_cmpxchg`, `atomic_add_negative` and the same of `atomic_t`.
fn exchange(name: &str) -> Option<Primitive> {
    let (name, order) = suffix(name);
    match name.strip_prefix("atomic_").unwrap_or(name) {
        "xchg" => Some(Primitive::Exchange(order)),
        "cmpxchg" => Some(Primitive::CompareExchange(order)),
        "try_cmpxchg" => Some(Primitive::TryCompareExchange(order)),
        "add_negative" => Some(Primitive::Test(Operation::Add, Arguments::ValueAndPointer, Against::Negative, order)),
        _ => None,
    }
}

/// `atomic_OP`, `atomic_OP_return` and `atomic_fetch_OP`.
fn atomic(name: &str) -> Option<Primitive> {
    let (base, order) = suffix(name.strip_prefix("atomic_")?);
    if let Some((operation, arguments)) = base.strip_prefix("fetch_").and_then(operation) {
        return Some(Primitive::Update(operation, arguments, order, UpdateResult::Old));
    }
    if let Some((operation, arguments)) = base.strip_suffix("_return").and_then(operation) {
        // Bit operations have no form that gives back the new value.
        let counts = matches!(operation, Operation::Add | Operation::Subtract);
        return counts.then_some(Primitive::Update(operation, arguments, order, UpdateResult::New));
    }
    // Without a result there is nothing to order, so there are no suffixes.
    let (operation, arguments) = operation(name.strip_prefix("atomic_")?)?;
    Some(Primitive::Change(operation, arguments))
}

fn operation(name: &str) -> Option<(Operation, Arguments)> {
    Some(match name {
        "add" => (Operation::Add, Arguments::ValueAndPointer),
        "sub" => (Operation::Subtract, Arguments::ValueAndPointer),
        "inc" => (Operation::Add, Arguments::Pointer),
        "dec" => (Operation::Subtract, Arguments::Pointer),
        "and" => (Operation::And, Arguments::ValueAndPointer),
        "or" => (Operation::Or, Arguments::ValueAndPointer),
        "xor" => (Operation::Xor, Arguments::ValueAndPointer),
        "andnot" => (Operation::AndNot, Arguments::ValueAndPointer),
        _ => return None,
    })
}

fn suffix(name: &str) -> (&str, Order) {
    let suffixes = [("_relaxed", Order::Once), ("_acquire", Order::Acquire), ("_release", Order::Release)];
    let found = suffixes.iter().find_map(|(suffix, order)| Some((name.strip_suffix(suffix)?, *order)));
    found.unwrap_or((name, Order::Full))
}

/// Names of C11. `atomic_fetch_add` and the like are the kernel's as well; their arguments tell.
fn c11(name: &str) -> Option<C11> {
    let (base, is_explicit) = match name.strip_suffix("_explicit") {
        Some(base) => (base, true),
        None => (name, false),
    };
    let kind = match base.strip_prefix("atomic_")? {
        "load" => C11Kind::Load,
        "store" => C11Kind::Store,
        "init" if !is_explicit => C11Kind::Init,
        "exchange" => C11Kind::Update(Operation::Exchange),
        "fetch_add" if is_explicit => C11Kind::Update(Operation::Add),
        "fetch_sub" if is_explicit => C11Kind::Update(Operation::Subtract),
        "fetch_and" if is_explicit => C11Kind::Update(Operation::And),
        "fetch_or" if is_explicit => C11Kind::Update(Operation::Or),
        "fetch_xor" if is_explicit => C11Kind::Update(Operation::Xor),
        "compare_exchange_strong" => C11Kind::CompareExchange { is_weak: false },
        "compare_exchange_weak" => C11Kind::CompareExchange { is_weak: true },
        "thread_fence" if !is_explicit => C11Kind::Fence,
        "signal_fence" if !is_explicit => C11Kind::SignalFence,
        _ => return None,
    };
    // Fences always name their order.
    let is_fence = matches!(kind, C11Kind::Fence | C11Kind::SignalFence);
    Some(C11 { kind, is_explicit: is_explicit || is_fence })
}

/// Whether the name is one of RCU's or SRCU's.
pub fn is_of_rcu(name: &str) -> bool {
    let is_rcu = ["rcu_", "srcu_", "synchronize_", "call_rcu", "call_srcu", "smp_mb__after_srcu", "kfree_rcu"];
    is_rcu.iter().any(|prefix| name.starts_with(prefix))
}

/// Why a name that is no primitive here may still be one of the kernel.
pub fn why_not(name: &str) -> String {
    if is_of_rcu(name) {
        return format!("'{name}': RCU and SRCU");
    }
    if name.starts_with("__") {
        return format!("'{name}': herd's internal primitives; use the kernel's");
    }
    if name.starts_with("atomic_flag_") {
        return format!("'{name}': flags of C11; use atomic_exchange_explicit");
    }
    format!("the unknown primitive '{name}'; see tools/docs/litmus.md for those that are known")
}
