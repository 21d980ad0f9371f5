//! What subject code calls instead of shared memory: words, locks, barriers, waiting, plain data.
//!
//! Two dialects of the same operations: [`Atomic`] and [`SpinLock`] speak like the kernel
//! (`read_once`, `store_release`, `lock`/`unlock` apart), [`Mutex`] and its kin like the standard
//! library, so that code written for it reads the same here. What it lacks of `std` (channels,
//! time-outs, parking, pointers that are atomic) has to be written otherwise. A panic ends the
//! whole execution, so nothing is ever poisoned.
//!
//! `Arc` is the standard library's, for one of our own could not be an `Arc<dyn T>`. The machine
//! does not see how often it is shared: who is the last to drop it, and what `strong_count`,
//! `get_mut`, `try_unwrap` and the like say, is not varied, and the destructor of what is in it is
//! not ordered behind what others did before they let go. A program in which that matters says so
//! with [`probe::unseen`](crate::probe::unseen), so that nothing found counts as exhaustive;
//! `lockstep` does it for modules that name these.

mod atomic;
mod condvar;
mod kernel;
mod mutex;
mod once;
mod once_lock;
mod plain;
mod rw_lock;
pub mod std_atomic;
mod thread_barrier;
mod with_data;
mod word;

pub use crate::sim::Barrier;
pub use atomic::{Atomic, Number};
pub use condvar::Condvar;
pub use kernel::{ReadWriteLock, SpinGuard, SpinLock, UnlockWait, WaitQueue, await_until, smp_mb, smp_rmb, smp_wmb};
pub use mutex::{Mutex, MutexGuard};
pub use once::Once;
pub use once_lock::OnceLock;
pub use plain::{Ghost, Plain};
pub use rw_lock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use std::sync::atomic::Ordering;
pub use std::sync::{Arc, LockResult, PoisonError, TryLockError, TryLockResult};
pub use thread_barrier::{BarrierWaitResult, ThreadBarrier};
pub use word::Word;
