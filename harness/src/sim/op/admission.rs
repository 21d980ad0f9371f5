//! Who may go on with what: handles of this execution, and threads of one that is not over.
//!
//! A handle from elsewhere is a misuse that ends the execution. A thread that may not go on gives
//! way for good; where the language does not let it, in a destructor that runs while its stack
//! unwinds, it is *stuck* until the runner can help it, see `clearing.rs`.

use super::super::coroutine::current::{self, Handle};
use super::super::coroutine::raise;
use super::super::event::{ObjectId, Place};
use super::super::execution::Execution;
use super::super::state::{Clearing, FaultKind, Stuck};
use super::super::ticket::Ticket;

const FOREIGN: &str =
    "a handle of another execution was used: make words, locks and threads inside of the body that uses them";

impl Handle {
    /// The object that the handle of a subject is for. If it is from elsewhere the execution ends;
    /// should it be over, the object is none.
    #[inline(always)]
    pub(in crate::sim) fn admit(self, ticket: Ticket, place: Place) -> ObjectId {
        match self.with(|execution| execution.admits(ticket)) {
            Some(object) => object,
            None => {
                refuse(self, place);
                ObjectId::NONE
            }
        }
    }

    /// As `admit`, of a thread.
    #[inline(always)]
    pub(in crate::sim) fn admit_thread(self, ticket: Ticket, place: Place) -> Option<usize> {
        let admitted = self.with(|execution| execution.admits_thread(ticket));
        if admitted.is_none() {
            refuse(self, place);
        }
        admitted
    }
}

/// Returns only to destructors that run while a stack unwinds, and to what goes on after the end.
#[cold]
#[inline(never)]
fn refuse(here: Handle, place: Place) {
    let is_over = here.with(|execution| {
        if std::thread::panicking() {
            execution.tear_down_on_panic(place);
        }
        execution.is_torn_down()
    });
    if !is_over {
        here.with(|execution| execution.fault(FaultKind::Misuse, FOREIGN.to_owned(), place, None));
        never_go_on(here);
    }
}

/// Ends the execution as a fault of the calling thread.
pub(crate) fn fail(kind: FaultKind, message: String, place: Place) -> ! {
    let here = current::get();
    here.with(|execution| execution.fault(kind, message, place, None));
    never_go_on(here)
}

/// As `fail`, wherever the calling thread is. Returns only to destructors that run while its stack
/// unwinds: they go on, and nothing that they do has an effect.
#[cold]
#[inline(never)]
pub(crate) fn end_faulty(kind: FaultKind, message: String, place: Place) {
    if !std::thread::panicking() {
        fail(kind, message, place);
    }
    current::get().with(|execution| execution.tear_down_on_panic(place));
}

/// Gives way for good: the execution is over and the calling thread never goes on.
///
/// A destructor that runs while its stack unwinds cannot be suspended for good. It unwinds too, as
/// from any panic in such a place: the language ends the process unless it catches that itself.
#[cold]
pub(crate) fn never_go_on(here: Handle) -> ! {
    loop {
        if std::thread::panicking() {
            here.with(|execution| {
                let place = execution.threads[execution.me].intent.place;
                execution.tear_down_on_panic(place);
            });
            raise();
        }
        if here.with(|execution| execution.clearing() != Clearing::No) {
            raise();
        }
        here.give_way();
    }
}

/// The execution is over, and what the caller waits for will never be. A destructor that runs while
/// its stack unwinds cannot go on without it, and should it unwind too, the language would end the
/// process and not say why.
#[cold]
pub(crate) fn never_get(here: Handle) -> ! {
    if std::thread::panicking() {
        here.stick(Stuck::ForEver);
    }
    never_go_on(here)
}

/// The execution is over, and a destructor wants the data that a lock guards: for good, unless
/// somebody else has them.
#[cold]
#[inline(never)]
pub(in crate::sim) fn take_after_end(here: Handle, ticket: Ticket) {
    get_after_end(here, ticket, Execution::take_after_end);
}

/// As `take_after_end`, of data that are only read, as others may do.
#[cold]
#[inline(never)]
pub(in crate::sim) fn read_after_end(here: Handle, ticket: Ticket) {
    get_after_end(here, ticket, Execution::read_after_end);
}

fn get_after_end(here: Handle, ticket: Ticket, get: fn(&mut Execution, ObjectId) -> bool) {
    let Some(lock) = here.with(|execution| execution.admits(ticket)) else { never_go_on(here) };
    while !here.with(|execution| get(execution, lock)) {
        if !std::thread::panicking() {
            never_go_on(here);
        }
        here.stick(Stuck::Lock(lock));
    }
}

/// Runs a function of the subject that must not act on the machine: what it computes may be asked
/// for more or less often, and what it is asked for is one event. Nothing refers into the execution
/// meanwhile.
#[inline(always)]
pub(crate) fn compute<R>(here: Handle, of_subject: impl FnOnce() -> R) -> R {
    /// Back to acting, also if the function unwinds.
    struct Acting(Handle);

    impl Drop for Acting {
        #[inline(always)]
        fn drop(&mut self) {
            self.0.with(|execution| execution.act());
        }
    }

    here.with(|execution| execution.compute());
    let _acting = Acting(here);
    of_subject()
}
