//! What subject code calls instead of shared memory: words, locks, barriers, waiting, plain data.
//!
//! Two dialects of the same operations: [`Atomic`] and [`SpinLock`] speak like the kernel (`read_once`, `store_release`,
//! `lock`/`unlock` apart), [`Mutex`] and its kin like the standard library, so that code written for it reads the same here. What it lacks of `std` has to be written otherwise.

mod atomic;
mod kernel;
mod plain;
mod std_like;
mod word;

pub use crate::sim::Barrier;
pub use atomic::{Atomic, Number};
pub use kernel::{ReadWriteLock, SpinGuard, SpinLock, UnlockWait, WaitQueue, await_until, smp_mb, smp_rmb, smp_wmb};
pub use plain::{Ghost, Plain};
pub use std::sync::Arc;
pub use std::sync::atomic::Ordering;
pub use std_like::{Condvar, LockResult, Mutex, MutexGuard};
pub use word::Word;

pub use std_like::atomic as std_atomic;
