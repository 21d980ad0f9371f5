//! A reader-writer lock with the data it guards, in the shape of the standard library's.
//!
//! Limit: there are no attempts (`try_read`, `try_write`).

use super::kernel::{create, create_unnamed};
use crate::sim::{Label, Shared, Ticket, op};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::LockResult;

/// Data that several may read at a time, or one may write. See [`std::sync::RwLock`]. Who is let in
/// first is the schedule's choice.
///
/// Whoever shares it shares the data with several readers, and sends them to the writer:
///
/// ```compile_fail,E0277
/// fn is_sync<T: Sync>() {}
/// is_sync::<lockstep::sync::RwLock<std::cell::Cell<u64>>>();
/// ```
///
/// ```
/// fn is_sync<T: Sync>() {}
/// is_sync::<lockstep::sync::RwLock<u64>>();
/// ```
#[derive(Debug)]
pub struct RwLock<T> {
    ticket: Ticket,
    data: Shared<T>,
    /// It is shared between threads where this one may be.
    shares: PhantomData<std::sync::RwLock<T>>,
}

impl<T> RwLock<T> {
    /// A free lock around `data`.
    #[track_caller]
    pub fn new(data: T) -> RwLock<T> {
        RwLock { ticket: create_unnamed(Location::caller()), data: Shared::new(data), shares: PhantomData }
    }

    /// The same with a name, by which traces and keys know it.
    #[track_caller]
    pub fn named(label: impl Into<Label>, data: T) -> RwLock<T> {
        RwLock { ticket: create(label.into()), data: Shared::new(data), shares: PhantomData }
    }

    /// Blocks until nobody writes the data, and keeps writers out.
    ///
    /// # Errors
    ///
    /// Never; the type is that of the standard library's method.
    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        let place = Location::caller();
        op::read_lock_data(self.ticket, place);
        Ok(RwLockReadGuard { lock: self, place, stays: PhantomData })
    }

    /// Blocks until nobody has the data, and keeps everybody out.
    ///
    /// # Errors
    ///
    /// Never; the type is that of the standard library's method.
    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        let place = Location::caller();
        op::lock_data(self.ticket, place);
        Ok(RwLockWriteGuard { lock: self, place, stays: PhantomData })
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

impl<T: Default> Default for RwLock<T> {
    #[track_caller]
    fn default() -> RwLock<T> {
        RwLock::new(T::default())
    }
}

impl<T> From<T> for RwLock<T> {
    #[track_caller]
    fn from(data: T) -> RwLock<T> {
        RwLock::new(data)
    }
}

/// Access to the data of an [`RwLock`] for reading; lets writers in again when dropped. It stays
/// with its thread:
///
/// ```compile_fail,E0277
/// fn is_send<T: Send>() {}
/// is_send::<lockstep::sync::RwLockReadGuard<'static, u64>>();
/// ```
#[derive(Debug)]
#[must_use = "the lock is released when the guard is dropped"]
pub struct RwLockReadGuard<'a, T> {
    lock: &'a RwLock<T>,
    place: &'static Location<'static>,
    stays: PhantomData<std::sync::RwLockReadGuard<'a, T>>,
}

impl<T> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    #[track_caller]
    #[inline]
    fn deref(&self) -> &T {
        op::check_home(self.lock.ticket);
        self.lock.data.look()
    }
}

impl<T> Drop for RwLockReadGuard<'_, T> {
    fn drop(&mut self) {
        op::read_release(self.lock.ticket, self.place);
    }
}

/// Access to the data of an [`RwLock`] for writing; lets others in again when dropped. It stays
/// with its thread:
///
/// ```compile_fail,E0277
/// fn is_send<T: Send>() {}
/// is_send::<lockstep::sync::RwLockWriteGuard<'static, u64>>();
/// ```
#[derive(Debug)]
#[must_use = "the lock is released when the guard is dropped"]
pub struct RwLockWriteGuard<'a, T> {
    lock: &'a RwLock<T>,
    place: &'static Location<'static>,
    stays: PhantomData<std::sync::RwLockWriteGuard<'a, T>>,
}

impl<T> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    #[track_caller]
    #[inline]
    fn deref(&self) -> &T {
        op::check_home(self.lock.ticket);
        self.lock.data.look()
    }
}

impl<T> DerefMut for RwLockWriteGuard<'_, T> {
    #[track_caller]
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        op::check_home(self.lock.ticket);
        self.lock.data.get()
    }
}

impl<T> Drop for RwLockWriteGuard<'_, T> {
    fn drop(&mut self) {
        op::release(self.lock.ticket, self.place);
    }
}
