//! A reader-writer lock with the data it guards, in the shape of the standard library's.
//!
//! Limit: there are no attempts (`try_read`, `try_write`).

use super::kernel::{create, create_unnamed};
use super::with_data::{guard_that_reads, guard_that_writes, lock_of_data};
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
}

lock_of_data!(RwLock);

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

guard_that_reads!(RwLockReadGuard);

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

guard_that_writes!(RwLockWriteGuard);
