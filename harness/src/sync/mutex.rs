//! A lock with the data it guards, in the shape of the standard library's.

use super::kernel::{create, create_unnamed};
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
        Ok(MutexGuard { mutex: self, place, stays: PhantomData })
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
        Ok(MutexGuard { mutex: self, place, stays: PhantomData })
    }

    /// The data, of which nobody else has anything.
    ///
    /// # Errors
    ///
    /// Never; the type is that of the standard library's method.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        Ok(self.data.get())
    }

    /// The data. Not in a `Result`, as the standard library has it: nothing is poisoned.
    pub fn into_inner(self) -> T {
        self.data.into_inner()
    }

    /// Whether a panic has poisoned it: never, for a panic ends the whole execution.
    pub fn is_poisoned(&self) -> bool {
        false
    }
}

impl<T: Default> Default for Mutex<T> {
    #[track_caller]
    fn default() -> Mutex<T> {
        Mutex::new(T::default())
    }
}

impl<T> From<T> for Mutex<T> {
    #[track_caller]
    fn from(data: T) -> Mutex<T> {
        Mutex::new(data)
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
    pub(super) mutex: &'a Mutex<T>,
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
