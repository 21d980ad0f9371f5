//! `std::sync::atomic`: the same names on [`super::Atomic`].

use crate::sim::{Barrier, op};
use crate::sync::Atomic;
use std::panic::Location;
pub use std::sync::atomic::Ordering;

/// A shared `bool`.
pub type AtomicBool = Atomic<bool>;
/// A shared `u8`.
pub type AtomicU8 = Atomic<u8>;
/// A shared `u16`.
pub type AtomicU16 = Atomic<u16>;
/// A shared `u32`.
pub type AtomicU32 = Atomic<u32>;
/// A shared `u64`.
pub type AtomicU64 = Atomic<u64>;
/// A shared `usize`.
pub type AtomicUsize = Atomic<usize>;
/// A shared `i8`.
pub type AtomicI8 = Atomic<i8>;
/// A shared `i16`.
pub type AtomicI16 = Atomic<i16>;
/// A shared `i32`.
pub type AtomicI32 = Atomic<i32>;
/// A shared `i64`.
pub type AtomicI64 = Atomic<i64>;
/// A shared `isize`.
pub type AtomicIsize = Atomic<isize>;

/// `std::sync::atomic::fence`.
///
/// # Panics
///
/// In the subject, for `Ordering::Relaxed`, as the standard library does.
#[track_caller]
pub fn fence(order: Ordering) {
    let barrier = match order {
        Ordering::Acquire => Barrier::Acquire,
        Ordering::Release => Barrier::Release,
        Ordering::AcqRel => Barrier::AcquireRelease,
        Ordering::SeqCst => Barrier::SeqCst,
        _ => panic!("there is no such thing as a relaxed fence"),
    };
    op::fence(barrier, Location::caller());
}
