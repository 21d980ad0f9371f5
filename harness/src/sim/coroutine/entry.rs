//! Where a simulated thread begins and ends.

use super::super::op::let_go_of_own;
use super::current::{self, Handle};
use super::fiber::{Abandoned, message};
use super::job::run;
use super::switch::leave;
use std::any::Any;
#[cfg(not(any(miri, lockstep_os_threads)))]
use std::arch::naked_asm;
use std::mem::needs_drop;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The first function of a thread: `entry` of its closure, called from nowhere, so that backtraces
/// end there.
///
/// Each closure has its own first function, and no other jump leads to it: the processor guesses
/// the way to a closure once, not twice.
#[cfg(all(not(any(miri, lockstep_os_threads)), target_arch = "x86_64"))]
#[unsafe(naked)]
pub(in crate::sim) extern "C" fn first<F: FnOnce() -> T, T>() {
    // The return address 0 is on the stack already.
    naked_asm!("xor ebp, ebp", "jmp {entry}", entry = sym entry::<F, T>)
}

/// As above.
#[cfg(all(not(any(miri, lockstep_os_threads)), target_arch = "aarch64"))]
#[unsafe(naked)]
pub(in crate::sim) extern "C" fn first<F: FnOnce() -> T, T>() {
    naked_asm!("mov x29, xzr", "mov x30, xzr", "b {entry}", entry = sym entry::<F, T>)
}

/// As above, on a thread of the system.
#[cfg(any(miri, lockstep_os_threads))]
pub(in crate::sim) extern "C" fn first<F: FnOnce() -> T, T>() {
    entry::<F, T>();
}

/// What a thread does: its job, and giving way for good.
extern "C" fn entry<F: FnOnce() -> T, T>() {
    let here = current::get();
    let at = here.place(here.with(|execution| execution.begin()));
    let ended = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: `begin` gave the place of a job that is ready; it was installed with this
        // closure, see `Execution::install`; nobody else touches it until the job is done. It is a
        // place of the handle, so it is good between the references that are made while the closure
        // runs.
        unsafe { run::<F, T>(at) };
        if needs_drop::<T>() {
            let_go_of_own(here);
        }
    }));
    let to = match ended {
        Ok(()) => here.with(|execution| execution.finish()),
        Err(payload) => {
            ended_in_panic(here, payload);
            here.with(|execution| execution.hop_away())
        }
    };
    let from = here.with(|execution| execution.from());
    // SAFETY: as for `hop`. Nothing is left on this stack.
    unsafe { leave(here.place(from), here.place(to)) };
}

#[cold]
#[inline(never)]
fn ended_in_panic(here: Handle, payload: Box<dyn Any + Send>) {
    // When the stack was abandoned the panic has done what it was for.
    if here.with(|execution| execution.is_unwound_by_runner()) {
        here.with(|execution| execution.unwound());
    } else {
        let message = message(payload.as_ref());
        here.with(|execution| execution.panicked(message));
    }
    if payload.is::<Abandoned>() {
        // It holds nothing, and its destructor is for those who catch it in the middle.
        std::mem::forget(payload);
    } else {
        here.with(|execution| execution.keep_payload(payload));
    }
}
