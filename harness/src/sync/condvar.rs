//! A place to wait in, in the shape of the standard library's. There are no time-outs.

use super::kernel::{create, create_unnamed};
use super::mutex::MutexGuard;
use crate::sim::{Label, Ticket, op};
use std::panic::Location;
use std::sync::LockResult;

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
        Condvar { ticket: create_unnamed(Location::caller()) }
    }

    /// The same with a name, by which traces and keys know it.
    #[track_caller]
    pub fn named(label: impl Into<Label>) -> Condvar {
        Condvar { ticket: create(label.into()) }
    }

    /// Releases the lock and waits; takes the lock again once notified.
    ///
    /// # Errors
    ///
    /// Never; the type is that of the standard library's method.
    #[track_caller]
    #[inline]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        op::wait_with_data(self.ticket, guard.lock.ticket, Location::caller());
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
            op::wait_with_data(self.ticket, guard.lock.ticket, Location::caller());
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
