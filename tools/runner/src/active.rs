//! Which mutant runs: one number an OS thread, set when an execution begins.

use std::cell::Cell;

thread_local! {
    static ACTIVE: Cell<u32> = const { Cell::new(0) };
}

/// From now on this mutant runs on the calling OS thread; 0 is the unbroken code.
pub fn activate(mutant: u32) {
    ACTIVE.set(mutant);
}

/// The mutant that runs.
#[inline]
pub fn active() -> u32 {
    ACTIVE.get()
}
