//! A lock with the data it guards, in the shape of the standard library's.

use super::kernel::{create, create_unnamed};
use super::with_data::{guard_that_reads, guard_that_writes, lock_of_data};
use crate::sim::{Label, Shared, Ticket, op};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::{LockResult, TryLockError, TryLockResult};

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
    pub(super) ticket: Ticket,
    data: Shared<T>,
}

impl<T> Mutex<T> {
    /// A free lock around `data`.
    #[track_caller]
    pub fn new(data: T) -> Mutex<T> {
        Mutex { ticket: create_unnamed(Location::caller()), data: Shared::new(data) }
    }

    /// The same with a name, by which traces and keys know it.
    #[track_caller]
    pub fn named(label: impl Into<Label>, data: T) -> Mutex<T> {
        Mutex { ticket: create(label.into()), data: Shared::new(data) }
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
        Ok(MutexGuard { lock: self, place, stays: PhantomData })
    }

    /// Takes the lock if it is free.
    ///
    /// # Errors
    ///
    /// `WouldBlock`, if it is not; also once the execution is over.
    #[track_caller]
    #[inline]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        let place = Location::caller();
        if !op::try_lock_data(self.ticket, place) {
            return Err(TryLockError::WouldBlock);
        }
        Ok(MutexGuard { lock: self, place, stays: PhantomData })
    }
}

lock_of_data!(Mutex);

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
    pub(super) lock: &'a Mutex<T>,
    place: &'static Location<'static>,
    /// It goes to no other thread, and is shared with others only if the data may be: as this one.
    stays: PhantomData<std::sync::MutexGuard<'a, T>>,
}

guard_that_writes!(MutexGuard);
