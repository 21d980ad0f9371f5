//! Cells that simulated threads share: values of any type, owned by the subject, guarded by
//! simulated locks.

use std::cell::UnsafeCell;

/// Entries by number, made in order and without gaps. They outlive a `reset`, so that what is not
/// stale need not be made again.
pub(crate) struct Table<T> {
    /// Invariant: at least `count`.
    entries: Vec<T>,
    count: usize,
}

impl<T> Table<T> {
    pub(crate) const fn new() -> Table<T> {
        Table { entries: Vec::new(), count: 0 }
    }

    #[inline(always)]
    pub(crate) fn reset(&mut self) {
        self.count = 0;
    }

    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// The next entry: new, made for its number, or as it was left before the last `reset`.
    #[inline(always)]
    pub(crate) fn add(&mut self, new: impl FnOnce(usize) -> T) -> &mut T {
        let number = self.count;
        if number == self.entries.len() {
            self.grow(new);
        }
        self.count += 1;
        // SAFETY: there are at least `count` entries.
        unsafe { self.entries.get_unchecked_mut(number) }
    }

    /// Not inlined: a large entry would make room on the stack of whoever adds one, whether there
    /// is a new one or not.
    #[cold]
    #[inline(never)]
    fn grow(&mut self, new: impl FnOnce(usize) -> T) {
        self.entries.push(new(self.entries.len()));
    }

    #[inline(always)]
    pub(crate) fn get(&self, number: usize) -> Option<&T> {
        // SAFETY: there are at least `count` entries.
        (number < self.count).then(|| unsafe { self.entries.get_unchecked(number) })
    }

    #[inline(always)]
    pub(crate) fn get_mut(&mut self, number: usize) -> Option<&mut T> {
        // SAFETY: as above.
        (number < self.count).then(|| unsafe { self.entries.get_unchecked_mut(number) })
    }
}

/// A value that the threads of one execution share. Access is exclusive by the simulator's rules,
/// which the caller states.
#[derive(Debug, Default)]
pub(crate) struct Shared<T>(UnsafeCell<T>);

// SAFETY: simulated threads of one execution run on one OS thread, one at a time, so sharing the
// cell among them shares it with no other OS thread; exclusive access is what callers of `get`
// guarantee. `T: Send` as for a mutex, so that safe code outside of an execution cannot do more
// with it than with a mutex.
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
        // SAFETY: the simulated lock that the caller holds excludes every other simulated thread,
        // and only one of them runs at a time on the one OS thread of the execution.
        unsafe { &mut *self.0.get() }
    }

    /// The value, for those who only read it.
    ///
    /// The caller holds the simulated lock of the cell at least for reading, as a guard does from
    /// its making to its end.
    pub(crate) fn look(&self) -> &T {
        // SAFETY: the simulated lock that the caller holds excludes every simulated thread that
        // would write.
        unsafe { &*self.0.get() }
    }
}
