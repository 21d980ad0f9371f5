//! See [`real::sync`]. What orders threads is the machine's. Channels, time-outs and what is made
//! before the first execution (`LazyLock`) are not there.

pub use lockstep::sync::{
    BarrierWaitResult, Condvar, MutexGuard, Once, OnceLock, RwLockReadGuard, RwLockWriteGuard, ThreadBarrier as Barrier,
};
pub use real::sync::{Arc, LockResult, PoisonError, TryLockError, TryLockResult, Weak};

/// See [`real::sync::atomic`].
pub mod atomic {
    pub use lockstep::sync::std_atomic::{
        AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16, AtomicU32, AtomicU64,
        AtomicUsize, Ordering, fence,
    };
}

/// A lock of the machine that gives up its data as the standard library's does: in a `Result`.
macro_rules! locks {
    ($($lock:ident { $($take:ident -> $guard:ident)* })*) => {$(
        #[doc = concat!("See [`real::sync::", stringify!($lock), "`].")]
        #[derive(Debug)]
        pub struct $lock<T>(lockstep::sync::$lock<T>);

        impl<T> $lock<T> {
            /// Free, around the data.
            #[track_caller]
            pub fn new(data: T) -> $lock<T> {
                $lock(lockstep::sync::$lock::new(data))
            }

            $(
                /// See the machine's.
                ///
                /// # Errors
                ///
                /// Never: nothing is poisoned.
                #[track_caller]
                pub fn $take(&self) -> LockResult<$guard<'_, T>> {
                    self.0.$take()
                }
            )*

            /// The data, of which nobody else has anything.
            ///
            /// # Errors
            ///
            /// Never: nothing is poisoned.
            pub fn get_mut(&mut self) -> LockResult<&mut T> {
                self.0.get_mut()
            }

            /// The data.
            ///
            /// # Errors
            ///
            /// Never: nothing is poisoned.
            pub fn into_inner(self) -> LockResult<T> {
                Ok(self.0.into_inner())
            }

            /// Never: a panic ends the whole execution.
            pub fn is_poisoned(&self) -> bool {
                self.0.is_poisoned()
            }
        }

        impl<T: Default> Default for $lock<T> {
            #[track_caller]
            fn default() -> $lock<T> {
                $lock::new(T::default())
            }
        }

        impl<T> From<T> for $lock<T> {
            #[track_caller]
            fn from(data: T) -> $lock<T> {
                $lock::new(data)
            }
        }
    )*};
}

locks! {
    Mutex { lock -> MutexGuard }
    RwLock { read -> RwLockReadGuard write -> RwLockWriteGuard }
}

impl<T> Mutex<T> {
    /// Takes the lock if it is free.
    ///
    /// # Errors
    ///
    /// `WouldBlock`, if it is not.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        self.0.try_lock()
    }
}
