//! Locks, barriers and waiting as the kernel has them.

use crate::sim::{Barrier, Label, Ticket, current, op};
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::atomic::Ordering;

#[track_caller]
pub(super) fn create(label: Label) -> Ticket {
    let place = Location::caller();
    current::get().with(|execution| execution.create(label, 0, place))
}

pub(super) fn create_unnamed(place: &'static Location<'static>) -> Ticket {
    current::get().with(|execution| execution.create_unnamed(0, place))
}

/// A spin lock. Its word is memory: taking it is a read-modify-write with acquire ordering,
/// releasing it a release store. Not reentrant. A handle: copies denote the same lock.
#[derive(Clone, Copy, Debug)]
pub struct SpinLock {
    pub(super) ticket: Ticket,
}

/// What `spin_unlock_wait` orders. It was never agreed; Linux 4.14 removed it for that reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnlockWait {
    /// Nothing: a loop of relaxed loads.
    Relaxed,
    /// What follows is ordered after the release that is seen.
    Acquire,
    /// The same as taking and releasing the lock.
    LockUnlock,
}

impl SpinLock {
    /// A free lock.
    #[track_caller]
    pub fn named(label: impl Into<Label>) -> SpinLock {
        SpinLock { ticket: create(label.into()) }
    }

    /// `spin_lock`: blocks until the lock is free and takes it.
    #[track_caller]
    #[inline]
    pub fn lock(&self) {
        op::lock(self.ticket, Location::caller());
    }

    /// `spin_unlock`. Ends the execution as a misuse if the caller does not hold the lock.
    #[track_caller]
    #[inline]
    pub fn unlock(&self) {
        op::unlock(self.ticket, Location::caller());
    }

    /// `spin_trylock`: takes the lock if it is free; says whether it did.
    #[track_caller]
    pub fn try_lock(&self) -> bool {
        op::try_lock(self.ticket, Location::caller())
    }

    /// `spin_is_locked`: reads the lock word as memory.
    #[track_caller]
    pub fn is_locked(&self) -> bool {
        op::is_locked(self.ticket, Location::caller())
    }

    /// `spin_unlock_wait`: blocks until the lock is seen free.
    #[track_caller]
    pub fn unlock_wait(&self, reading: UnlockWait) {
        let place = Location::caller();
        match reading {
            UnlockWait::Relaxed => op::unlock_wait(self.ticket, Ordering::Relaxed, place),
            UnlockWait::Acquire => op::unlock_wait(self.ticket, Ordering::Acquire, place),
            UnlockWait::LockUnlock => {
                op::lock(self.ticket, place);
                op::unlock(self.ticket, place);
            }
        }
    }

    /// Takes the lock now and releases it when the guard is dropped.
    #[track_caller]
    pub fn guard(&self) -> SpinGuard {
        self.lock();
        SpinGuard { lock: *self, place: Location::caller(), stays: PhantomData }
    }
}

/// Releases its lock when dropped. It stays with its thread:
///
/// ```compile_fail,E0277
/// fn is_send<T: Send>() {}
/// is_send::<lockstep::sync::SpinGuard>();
/// ```
#[derive(Debug)]
#[must_use = "the lock is released when the guard is dropped"]
pub struct SpinGuard {
    lock: SpinLock,
    /// Drop has no caller to blame; the place of the acquisition says most.
    place: &'static Location<'static>,
    /// The thread that has taken a lock releases it: guards go to no other thread.
    stays: PhantomData<std::sync::MutexGuard<'static, ()>>,
}

impl Drop for SpinGuard {
    fn drop(&mut self) {
        op::release(self.lock.ticket, self.place);
    }
}

/// A reader-writer lock (`rwlock_t`). A handle.
#[derive(Clone, Copy, Debug)]
pub struct ReadWriteLock {
    ticket: Ticket,
}

impl ReadWriteLock {
    /// A free lock.
    #[track_caller]
    pub fn named(label: impl Into<Label>) -> ReadWriteLock {
        ReadWriteLock { ticket: create(label.into()) }
    }

    /// `read_lock`: blocks while a writer holds the lock.
    #[track_caller]
    pub fn read_lock(&self) {
        op::read_lock(self.ticket, Location::caller());
    }

    /// `read_unlock`.
    #[track_caller]
    pub fn read_unlock(&self) {
        op::read_unlock(self.ticket, Location::caller());
    }

    /// `write_lock`: blocks while anybody holds the lock.
    #[track_caller]
    pub fn write_lock(&self) {
        op::lock(self.ticket, Location::caller());
    }

    /// `write_unlock`.
    #[track_caller]
    pub fn write_unlock(&self) {
        op::unlock(self.ticket, Location::caller());
    }
}

/// A place to sleep in, used with a lock that the caller holds. There are no spurious wake-ups. A
/// handle.
#[derive(Clone, Copy, Debug)]
pub struct WaitQueue {
    pub(super) ticket: Ticket,
}

impl WaitQueue {
    /// An empty queue.
    #[track_caller]
    pub fn named(label: impl Into<Label>) -> WaitQueue {
        WaitQueue { ticket: create(label.into()) }
    }

    /// Releases the lock and sleeps, as one event; once woken takes the lock again, as another.
    #[track_caller]
    pub fn wait(&self, lock: &SpinLock) {
        op::wait(self.ticket, lock.ticket, Location::caller());
    }

    /// Wakes one sleeper, if there is one; which one is the schedule's choice.
    #[track_caller]
    pub fn wake_one(&self) {
        op::wake(self.ticket, false, Location::caller());
    }

    /// Wakes all sleepers.
    #[track_caller]
    pub fn wake_all(&self) {
        op::wake(self.ticket, true, Location::caller());
    }
}

/// `smp_mb()`: orders everything before it against everything after it.
#[track_caller]
pub fn smp_mb() {
    op::fence(Barrier::Full, Location::caller());
}

/// `smp_rmb()`: orders reads before it against reads after it.
#[track_caller]
pub fn smp_rmb() {
    op::fence(Barrier::Read, Location::caller());
}

/// `smp_wmb()`: orders writes before it against writes after it.
#[track_caller]
pub fn smp_wmb() {
    op::fence(Barrier::Write, Location::caller());
}

/// Blocks until `condition` is true. What it reads are ordinary events; while it is false the
/// thread sleeps until something it has read is written, so waiting costs nothing and a wait that
/// can never end is seen as one.
///
/// Only words are watched: atomic ones, and those of locks where the condition asks
/// [`SpinLock::is_locked`] or fails to take one by [`SpinLock::try_lock`]. A condition ends the
/// execution as [`crate::End::Misuse`] if it awaits another one, takes a lock otherwise or releases
/// one, waits for a thread or asks whether it has ended, reads a [`super::Ghost`] or peeks. Where a
/// condition is about what a lock guards, there are [`super::Condvar`] and [`WaitQueue`]. Plain
/// data may be read if a word that is read before tells when they are there.
///
/// # Panics
///
/// In the subject, if the condition is false and reads nothing.
#[track_caller]
pub fn await_until(condition: impl FnMut() -> bool) {
    op::await_until(condition, Location::caller());
}
