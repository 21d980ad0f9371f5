//! What all locks with data have in common.

/// What a lock is by the data in it.
macro_rules! lock_of_data {
    ($lock:ident) => {
        impl<T> $lock<T> {
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
    };
}

/// What a guard shows of the data.
macro_rules! guard_that_reads {
    ($guard:ident) => {
        impl<T> Deref for $guard<'_, T> {
            type Target = T;

            #[track_caller]
            #[inline]
            fn deref(&self) -> &T {
                op::check_home(self.lock.ticket);
                self.lock.data.look()
            }
        }
    };
}

/// The same of a guard by which the data may be changed.
macro_rules! guard_that_writes {
    ($guard:ident) => {
        guard_that_reads!($guard);

        impl<T> DerefMut for $guard<'_, T> {
            #[track_caller]
            #[inline]
            fn deref_mut(&mut self) -> &mut T {
                op::check_home(self.lock.ticket);
                self.lock.data.get()
            }
        }

        impl<T> Drop for $guard<'_, T> {
            #[inline]
            fn drop(&mut self) {
                op::release(self.lock.ticket, self.place);
            }
        }
    };
}

pub(super) use {guard_that_reads, guard_that_writes, lock_of_data};
