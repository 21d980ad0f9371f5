//! The orderings, barriers and updates of a litmus test as those of execution graphs.

use super::operation::{Fence, Operation, Order};
use super::types::Type;
use lockstep::graph::{self, Change};

pub(super) fn ordering(order: Order) -> graph::Order {
    match order {
        Order::Plain | Order::Once => graph::Order::Relaxed,
        Order::NoReturn => graph::Order::NoReturn,
        Order::Acquire => graph::Order::Acquire,
        Order::Release => graph::Order::Release,
        Order::AcquireRelease => graph::Order::AcquireRelease,
        Order::SeqCst => graph::Order::SeqCst,
        Order::Full => graph::Order::Full,
    }
}

pub(super) fn fence(fence: Fence) -> Option<graph::Fence> {
    Some(match fence {
        Fence::Compiler | Fence::C11(Order::Plain | Order::Once | Order::NoReturn) => return None,
        Fence::Full | Fence::BeforeAtomic | Fence::AfterAtomic | Fence::AfterSpinlock | Fence::AfterUnlockLock => {
            graph::Fence::Full
        }
        Fence::Read => graph::Fence::Read,
        Fence::C11(Order::Acquire) => graph::Fence::Acquire,
        Fence::Write => graph::Fence::Write,
        Fence::C11(Order::Release) => graph::Fence::Release,
        Fence::C11(Order::AcquireRelease) => graph::Fence::AcquireRelease,
        Fence::C11(Order::SeqCst | Order::Full) => graph::Fence::SeqCst,
    })
}

pub(super) fn change(operation: Operation, ty: Type, operand: i64) -> Change {
    let bits = operand.cast_unsigned();
    let add = |other| match ty.bits {
        64 => Change::Add(other),
        bits => Change::AddNarrow { other, bits, is_signed: ty.is_signed },
    };
    match operation {
        Operation::Exchange => Change::Exchange(bits),
        Operation::Add => add(bits),
        Operation::Subtract => add(bits.wrapping_neg()),
        Operation::And => Change::And(bits),
        Operation::Or => Change::Or(bits),
        Operation::Xor => Change::Xor(bits),
        Operation::AndNot => Change::And(!bits),
    }
}
