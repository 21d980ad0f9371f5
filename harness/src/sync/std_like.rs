//! The shapes of `std::sync`, as far as the machine has them: no time-outs, read-write locks,
//! barriers or channels.

use crate::sim::{Shared, Ticket, current, op};
use std::convert::Infallible;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::panic::Location;

/// What locking returns: never an error, for a panic ends the whole execution and poisons nothing.
pub type LockResult<T> = Result<T, Infallible>;

/// `std::sync::atomic`: the same names on [`super::Atomic`].
pub mod atomic {
    use crate::sim::{Barrier, op};
    use crate::sync::Atomic;
    use std::panic::Location;
    pub use std::sync::atomic::Ordering;

    /// A shared `bool`.
    pub type AtomicBool = Atomic<bool>;
    /// A shared `u8`.
    pub type AtomicU8 = Atomic<u8>;
    /// A shared `u32`.
    pub type AtomicU32 = Atomic<u32>;
    /// A shared `u64`.
    pub type AtomicU64 = Atomic<u64>;
    /// A shared `usize`.
    pub type AtomicUsize = Atomic<usize>;
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
}

/// A lock with the data it guards. See [`std::sync::Mutex`].
///
/// Whoever shares it sends the data:
///
/// ```compile_fail,E0277
/// fn is_sync<T: Sync>() {}
/// is_sync::<lockstep::sync::Mutex<std::rc::Rc<u64>>>();
/// ```
///
/// ```
/// fn is_sync<T: Sync>() {}
/// is_sync::<lockstep::sync::Mutex<std::cell::Cell<u64>>>();
/// ```
#[derive(Debug)]
pub struct Mutex<T> {
    ticket: Ticket,
    data: Shared<T>,
}

impl<T> Mutex<T> {
    /// A free lock around `data`.
    #[track_caller]
    pub fn new(data: T) -> Mutex<T> {
        let place = Location::caller();
        let ticket = current::get().with(|execution| execution.create_unnamed(0, place));
        Mutex { ticket, data: Shared::new(data) }
    }

    /// Blocks until the lock is free and takes it.
    ///
    /// # Errors
    ///
    /// Never; the type is that of the standard library's method.
    #[track_caller]
    #[inline]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let place = Location::caller();
        op::lock_data(self.ticket, place);
        Ok(MutexGuard { mutex: self, place, stays: PhantomData })
    }

    /// The data.
    pub fn into_inner(self) -> T {
        self.data.into_inner()
    }
}

/// Access to the data of a locked [`Mutex`]; unlocks when dropped.
///
/// It stays with its thread, and is shared with others if the data may be:
///
/// ```compile_fail,E0277
/// fn is_send<T: Send>() {}
/// is_send::<lockstep::sync::MutexGuard<'static, u64>>();
/// ```
///
/// ```compile_fail,E0277
/// fn is_sync<T: Sync>() {}
/// is_sync::<lockstep::sync::MutexGuard<'static, std::cell::Cell<u64>>>();
/// ```
///
/// ```
/// fn is_sync<T: Sync>() {}
/// is_sync::<lockstep::sync::MutexGuard<'static, u64>>();
/// ```
#[derive(Debug)]
#[must_use = "the mutex is unlocked when the guard is dropped"]
pub struct MutexGuard<'a, T> {
    mutex: &'a Mutex<T>,
    place: &'static Location<'static>,
    /// It goes to no other thread, and is shared with others only if the data may be: as this one.
    stays: PhantomData<std::sync::MutexGuard<'a, T>>,
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    #[track_caller]
    #[inline]
    fn deref(&self) -> &T {
        op::check_home(self.mutex.ticket);
        self.mutex.data.get()
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    #[track_caller]
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        op::check_home(self.mutex.ticket);
        self.mutex.data.get()
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        op::release(self.mutex.ticket, self.place);
    }
}

/// A place to wait in. See [`std::sync::Condvar`]. There are no spurious wake-ups; which waiter
/// `notify_one` wakes is the schedule's choice.
#[derive(Debug)]
pub struct Condvar {
    ticket: Ticket,
}

impl Default for Condvar {
    #[track_caller]
    fn default() -> Condvar {
        Condvar::new()
    }
}

impl Condvar {
    /// Nobody waits.
    #[track_caller]
    pub fn new() -> Condvar {
        let place = Location::caller();
        Condvar { ticket: current::get().with(|execution| execution.create_unnamed(0, place)) }
    }

    /// Releases the lock and waits; takes the lock again once notified.
    ///
    /// # Errors
    ///
    /// Never; the type is that of the standard library's method.
    #[track_caller]
    #[inline]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        op::wait_with_data(self.ticket, guard.mutex.ticket, Location::caller());
        Ok(guard)
    }

    /// Waits while `condition` holds.
    ///
    /// # Errors
    ///
    /// Never; the type is that of the standard library's method.
    #[track_caller]
    pub fn wait_while<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> LockResult<MutexGuard<'a, T>> {
        while condition(&mut guard) {
            op::wait_with_data(self.ticket, guard.mutex.ticket, Location::caller());
        }
        Ok(guard)
    }

    /// Wakes one waiter, if there is one.
    #[track_caller]
    #[inline]
    pub fn notify_one(&self) {
        op::wake(self.ticket, false, Location::caller());
    }

    /// Wakes all waiters.
    #[track_caller]
    #[inline]
    pub fn notify_all(&self) {
        op::wake(self.ticket, true, Location::caller());
    }
}
