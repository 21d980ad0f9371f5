//! The kernel's primitives by name, as `linux-kernel.def` of the kernel's memory model defines them.

use super::super::ast::{Fence, Operation, Order, UpdateResult};

/// A primitive with arguments, in the order it takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Primitive {
    /// A barrier without arguments.
    Fence(Fence),
    /// `(*x)`: a load of what is named.
    ReadPlace(Order),
    /// `(x)`: a load through a pointer.
    Read(Order),
    /// `(*x, value)`; a full barrier may follow.
    WritePlace {
        /// `smp_store_mb`.
        then_full: bool,
    },
    /// `(x, value)`.
    Write(Order),
    /// `(value, x)` or, counting, `(x)`; does not give back a value.
    Change(Operation, Arguments),
    /// The same, gives back a value.
    Update(Operation, Arguments, Order, UpdateResult),
    /// The same, gives back how the new value compares with 0.
    Test(Operation, Arguments, Against),
    /// `(x, value)`.
    Exchange(Order),
    /// `(x, old, new)`.
    CompareExchange(Order),
    /// `(x, value, unless)`.
    AddUnless,
    /// `spin_lock`.
    Lock,
    /// `spin_unlock`.
    Unlock,
    /// `spin_trylock`.
    TryLock,
    /// `spin_is_locked`.
    IsLocked,
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
    fixed(name).or_else(|| atomic(name)).or_else(|| exchange(name))
}

/// Names without variants.
fn fixed(name: &str) -> Option<Primitive> {
    use Arguments::{Pointer, ValueAndPointer};
    Some(match name {
        "READ_ONCE" => Primitive::ReadPlace(Order::Once),
        "WRITE_ONCE" => Primitive::WritePlace { then_full: false },
        "smp_store_mb" => Primitive::WritePlace { then_full: true },
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
        "spin_lock" => Primitive::Lock,
        "spin_unlock" => Primitive::Unlock,
        "spin_trylock" => Primitive::TryLock,
        "spin_is_locked" => Primitive::IsLocked,
        "atomic_sub_and_test" => Primitive::Test(Operation::Subtract, ValueAndPointer, Against::Zero),
        "atomic_dec_and_test" => Primitive::Test(Operation::Subtract, Pointer, Against::Zero),
        "atomic_inc_and_test" => Primitive::Test(Operation::Add, Pointer, Against::Zero),
        "atomic_add_negative" => Primitive::Test(Operation::Add, ValueAndPointer, Against::Negative),
        "atomic_add_unless" => Primitive::AddUnless,
        _ => return None,
    })
}

/// `xchg`, `cmpxchg` and the same of `atomic_t`.
fn exchange(name: &str) -> Option<Primitive> {
    let (name, order) = suffix(name);
    match name.strip_prefix("atomic_").unwrap_or(name) {
        "xchg" => Some(Primitive::Exchange(order)),
        "cmpxchg" => Some(Primitive::CompareExchange(order)),
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

/// Why a name that is no primitive here may still be one of the kernel.
pub fn why_not(name: &str) -> String {
    let is_rcu = ["rcu_", "srcu_", "synchronize_", "call_rcu", "call_srcu", "smp_mb__after_srcu"];
    if is_rcu.iter().any(|prefix| name.starts_with(prefix)) {
        return format!("'{name}': RCU and SRCU");
    }
    if name.starts_with("__") {
        return format!("'{name}': herd's internal primitives; use the kernel's");
    }
    if name.ends_with("_explicit") || name == "atomic_thread_fence" {
        return format!("'{name}': C11 primitives; use the kernel's");
    }
    format!("the unknown primitive '{name}'")
}
