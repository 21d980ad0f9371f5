//! Simulated threads, suspended for one another and resumed, unwound and given up.

use super::super::event::{Intent, Kind, Place};
use super::super::state::{Clearing, Stuck};
use super::super::ticket::Ticket;
use super::current::{self, Handle};
use super::guard::die;
use super::repeat::Repeat;
use super::switch::{Context, GO_ON, UNWIND, switch, wipe, with_local_state};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// What becomes of the stack of a thread that is still blocked when its execution ends.
///
/// There is one answer. A stack whose frames vanish while others borrow from them would break what
/// safe code relies on:
///
/// ```compile_fail,E0599
/// let _ = lockstep::Abandon::Forget;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Abandon {
    /// It is unwound: what lives on it is dropped. Costs some microseconds a thread.
    #[default]
    Unwind,
}

/// Suspends the calling thread until it is resumed, and resumes `to`.
///
/// # Safety
/// `to` is the [place](Handle::place) of what `hop_away` has returned, and nothing ran since.
#[inline(always)]
pub(super) unsafe fn hop(to: *const Context) {
    let here = current::get();
    let from = here.place(here.with(|execution| execution.from()));
    // SAFETY: `hop_away` lets go on what was suspended by `switch` or is new, and says where to
    // leave the running stack. No reference into the execution is alive, here or on any suspended
    // stack: `Handle::with` and `announce` have returned everywhere. Both pointers are places of
    // the handle, so they are good although references were made since the execution showed them.
    if unsafe { switch(from, to, GO_ON) } != GO_ON {
        raise();
    }
}

/// What calls have left on the stack of the running thread is overwritten.
#[cold]
#[inline(always)]
pub(in crate::sim) fn wipe_stack() {
    // SAFETY: the thread has passed a choice point in the caller, so more than that is left above
    // the floor.
    unsafe { wipe() };
}

/// Whether the thread that has announced an event gives way first. Or, with the lowest bit set:
/// where its stack ends, for it has announced nothing yet, since it may repeat itself.
#[must_use = "the event may happen only after the thread took its turn"]
pub(crate) struct Turn(*const Context);

impl Turn {
    /// Whether the event may happen at once.
    #[inline(always)]
    pub(crate) fn goes_on(&self) -> bool {
        self.0.is_null()
    }

    /// The thread may repeat itself. Its stack ends at `top`, which is even.
    #[inline(always)]
    pub(in crate::sim) fn repeats(top: usize) -> Turn {
        Turn(std::ptr::without_provenance(top | 1))
    }

    /// As `take`, of an operation of that kind. But if the thread may repeat itself, `then` is
    /// called with what is local to it; returns true, and the caller has to [`wipe_stack`] when it
    /// is done.
    ///
    /// Inlined, so that what is local to whoever looks is the subject's own function.
    #[inline(always)]
    pub(in crate::sim) fn take_or_repeat(self, ticket: Ticket, kind: Kind, place: Place, then: Repeat) -> bool {
        let top = self.0.addr();
        if top & 1 == 0 {
            self.take();
            return false;
        }
        // SAFETY: `repeats` was given the end of the running stack, and it is this thread that
        // asks.
        unsafe { with_local_state(ticket, kind, place, top & !1, then) };
        true
    }

    /// Suspends the calling thread, if another one goes on first. When it returns the event may
    /// happen.
    #[inline(always)]
    pub(crate) fn take(self) {
        if !self.goes_on() {
            // SAFETY: `announce` has chosen who goes on, and nothing ran since. It gave a pointer
            // of the execution's own.
            unsafe { hop(self.0) };
        }
    }
}

impl Handle {
    /// Suspends the calling thread, which may not go on but cannot unwind, until the runner finds
    /// that what it waits for is there.
    #[cold]
    pub(crate) fn stick(self, reason: Stuck) {
        let to = self.with(|execution| execution.stick(reason));
        let Some(to) = to else { raise() };
        // SAFETY: as for `give_way`.
        unsafe { hop(self.place(to)) };
    }

    /// Announces an event and gives way if the schedule says so. When it returns the event may
    /// happen.
    #[inline(always)]
    pub(crate) fn point(self, intent: Intent) {
        self.announce(intent).take();
    }

    /// Announces an event. The answer is to be [taken](Turn::take) before the event happens.
    ///
    /// This is the half of `point` that belongs in a function of its own, while `Turn::take`
    /// belongs in the caller: processors predict where a function returns to from the calls that
    /// went before, and a switch of stacks inside a function makes that guess wrong when the thread
    /// leaves, when the next one enters, and at every return until calls and returns are level
    /// again.
    #[inline(always)]
    pub(crate) fn announce(self, intent: Intent) -> Turn {
        Turn(self.arrive(intent))
    }

    /// Suspends the calling thread for the one that the execution has chosen, or for the runner
    /// when it is over.
    #[inline(always)]
    pub(crate) fn give_way(self) {
        let to = self.with(|execution| execution.hop_away());
        // SAFETY: the execution has said right now who goes on.
        unsafe { hop(self.place(to)) };
    }
}

/// The payload of the unwinding of an abandoned stack.
///
/// A subject can catch it. When it then drops what it has caught, it is unwound again, from there:
/// so a loop around the catching ends too.
pub(super) struct Abandoned;

impl Drop for Abandoned {
    fn drop(&mut self) {
        if !std::thread::panicking()
            && current::is_inside()
            && current::get().with(|execution| execution.clearing() == Clearing::Stacks)
        {
            raise();
        }
    }
}

/// Unwinds the stack of the running thread.
#[cold]
#[inline(never)]
pub(in crate::sim) fn raise() -> ! {
    resume_unwind(Box::new(Abandoned))
}

/// Drops a panic that was caught. Its destructor is the subject's: it can panic too, with one whose
/// destructor panics, and so on; there is an end to our patience with that.
pub(in crate::sim) fn drop_quietly(payload: Box<dyn Any + Send>) {
    let mut payload = payload;
    for _ in 0..8 {
        if payload.is::<Abandoned>() {
            break;
        }
        match catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            Ok(()) => return,
            Err(next) => payload = next,
        }
    }
    std::mem::forget(payload);
}

/// Lets the thread that the execution has chosen go on, and all that it hands over to, until the
/// execution is over.
#[inline(never)]
pub(in crate::sim) fn go(here: Handle) {
    // SAFETY: the thread is suspended or new.
    unsafe { leave_runner(here, GO_ON) };
}

/// Unwinds the stack of the running thread, by name, which is suspended in the middle of its job,
/// until it has ended or is stuck.
pub(in crate::sim) fn abandon(here: Handle) {
    // SAFETY: the thread is suspended in `hop`, since it is in the middle of its job.
    unsafe { leave_runner(here, UNWIND) };
}

/// # Safety
/// The running thread, by name, is suspended, or new if it is to go on.
unsafe fn leave_runner(here: Handle, order: usize) {
    let (from, to) = here.with(|execution| execution.hop_in());
    // SAFETY: the runner's own stack is suspended while threads run, so its context is free; the
    // caller says what `to` is. Both are places of the handle, and no reference into the execution
    // is alive, as in `hop`.
    unsafe { switch(here.place(from), here.place(to), order) };
}

/// Gives up a thread that is stuck for ever.
///
/// What lives on its stack is never dropped and never moved, and the thread never runs. That is
/// sound unless somebody else relies on what the stack would still do before it lets go of a
/// borrow, as threads of the system do that it has started in a scope and waits for. Its own frames
/// stay, so they can go on borrowing from these; but what the body of the execution borrows goes
/// away.
///
/// Limit: so do the thread-locals of the runner's thread when that ends. A subject that lends one
/// to a thread of the system, in a scope that it never leaves because it keeps all that it catches,
/// is not found out.
#[cold]
pub(in crate::sim) fn give_up(here: Handle, thread: usize) {
    let (borrows, is_unwinding) =
        here.with(|execution| (execution.borrows_from_caller(thread), execution.is_stuck_unwinding(thread)));
    if borrows || is_unwinding {
        die(thread, if borrows { BORROWS } else { UNWINDS });
    }
    here.with(|execution| execution.lose(thread));
}

const BORROWS: &str = "its stack borrows from whoever runs it, so it cannot be given up";
const UNWINDS: &str = "it waits in a destructor that runs while its stack unwinds, so it cannot be given up";

pub(crate) fn message(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "a panic without a message".to_owned()
    }
}
