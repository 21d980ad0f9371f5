//! Cells that simulated threads share: values of any type, owned by the subject, guarded by simulated locks.

use std::cell::UnsafeCell;

/// A value that the threads of one execution share. Access is exclusive by the simulator's rules, which the caller states.
#[derive(Debug, Default)]
pub(crate) struct Shared<T>(UnsafeCell<T>);

// SAFETY: simulated threads of one execution run on one OS thread, one at a time, so sharing the cell among them shares it with no
// other OS thread; exclusive access is what callers of `get` guarantee. `T: Send` as for a mutex, so that safe code outside of an execution cannot do more with it than with a mutex.
unsafe impl<T: Send> Sync for Shared<T> {}

impl<T> Shared<T> {
    pub(crate) const fn new(value: T) -> Shared<T> {
        Shared(UnsafeCell::new(value))
    }

    pub(crate) fn into_inner(self) -> T {
        self.0.into_inner()
    }

    /// The value.
    ///
    /// The caller holds the simulated lock of the cell, as a guard does from its making to its end.
    #[expect(clippy::mut_from_ref, reason = "exclusive by the simulated lock, like the guard of a mutex")]
    pub(crate) fn get(&self) -> &mut T {
        // SAFETY: the simulated lock that the caller holds excludes every other simulated thread, and only one of them runs
        // at a time on the one OS thread of the execution.
        unsafe { &mut *self.0.get() }
    }
}
