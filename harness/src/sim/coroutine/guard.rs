//! The last word of a run that dies in the guard page of a simulated stack.
//!
//! Stacks are checked at choice points. A frame that overruns its stack between two of them hits
//! the guard page, which nothing survives; what can be done is to say which thread of which
//! execution it was, and to end with a status of our choice.

use super::current;
use std::fmt::{self, Write};
use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

/// What is written before the process ends: the number of the simulated thread is given. It runs in
/// a signal handler on a small stack: it must not allocate, lock or panic.
pub type LastWords = fn(&mut dyn Write, usize) -> fmt::Result;

struct Installed {
    last_words: LastWords,
    status: i32,
    page: usize,
    before: libc::sigaction,
}

/// A global: a signal handler has no other argument.
static INSTALLED: OnceLock<Installed> = OnceLock::new();

/// From now on a process that overruns a simulated stack writes `last_words` to standard error and
/// ends with `status`. Other faults go to whoever handled them before. Only the first call has an
/// effect.
pub fn on_stack_overrun(last_words: LastWords, status: i32) {
    INSTALLED.get_or_init(|| {
        // SAFETY: plain calls into the C library with valid pointers; the handler keeps to what a
        // signal handler may do.
        unsafe {
            let mut before: libc::sigaction = std::mem::zeroed();
            libc::sigaction(libc::SIGSEGV, std::ptr::null(), &mut before);
            let page = usize::try_from(libc::sysconf(libc::_SC_PAGESIZE)).unwrap_or(4096);
            Installed { last_words, status, page, before }
        }
    });
    // SAFETY: as above. The handler is set after what it reads; SA_ONSTACK because the stack at
    // fault has no room left.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_fault as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigaction(libc::SIGSEGV, &action, std::ptr::null_mut());
    }
}

/// What is written before a process ends that something has given up. As for [`LastWords`].
pub type Farewell = fn(&mut dyn Write) -> fmt::Result;

/// A global, as above.
static ON_ABORT: OnceLock<(Farewell, i32)> = OnceLock::new();

/// From now on a process that aborts (a panic that cannot unwind, memory that is not to be had)
/// writes `farewell` to standard error and ends with `status`. Only the first call has an effect.
pub fn on_abort(farewell: Farewell, status: i32) {
    ON_ABORT.get_or_init(|| (farewell, status));
    // SAFETY: plain calls into the C library with valid pointers; the handler keeps to what a
    // signal handler may do, as far as `farewell` does. It is set after what it reads.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_abort_signal as *const () as usize;
        action.sa_flags = libc::SA_ONSTACK;
        libc::sigaction(libc::SIGABRT, &action, std::ptr::null_mut());
    }
}

extern "C" fn on_abort_signal(_signal: libc::c_int) {
    let Some(&(farewell, status)) = ON_ABORT.get() else { return };
    let _ = farewell(&mut RawError);
    // SAFETY: ends the process without running anything else.
    unsafe { libc::_exit(status) };
}

/// Standard error without buffers.
struct RawError;

impl Write for RawError {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // SAFETY: the pointer and length are those of a live string.
        unsafe { libc::write(2, text.as_ptr().cast(), text.len()) };
        Ok(())
    }
}

extern "C" fn on_fault(_signal: libc::c_int, info: *mut libc::siginfo_t, _context: *mut libc::c_void) {
    let Some(installed) = INSTALLED.get() else { return };
    // SAFETY: the kernel passes a valid `info` to a handler installed with SA_SIGINFO.
    let address = unsafe { (*info).si_addr() }.addr();
    if let Some(limits) = current::limits() {
        let holds = |limit: &AtomicUsize| {
            let limit = limit.load(Relaxed);
            limit != 0 && (limit..limit + installed.page).contains(&address)
        };
        // SAFETY: threads run, so the stacks of their runner exist, and the limits with them. They
        // lie outside of the execution, of which there may be a reference now, and are atomic, for
        // a stack may be in the making.
        if let Some(thread) = unsafe { &*limits }.iter().position(holds) {
            let _ = (installed.last_words)(&mut RawError, thread);
            // SAFETY: ends the process without running anything else.
            unsafe { libc::_exit(installed.status) };
        }
    }
    // Not ours: put the old handler back and let the access fault again.
    // SAFETY: `before` is what the system returned at installation.
    unsafe { libc::sigaction(libc::SIGSEGV, &installed.before, std::ptr::null_mut()) };
}

/// The last word of a process that cannot go on, because of a thread of an execution.
#[cold]
pub(super) fn die(thread: usize, why: &str) -> ! {
    let _ = writeln!(RawError, "an execution is over and thread {thread} never ends: {why}");
    std::process::abort()
}
