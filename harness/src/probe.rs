//! How a subject tells the machine what matters: named sites, observations, goals, warnings.

use crate::sim::{FaultKind, Label, Left, OBSERVERS_MAX, Ticket, Weakened, current, op};
use std::marker::PhantomData;
use std::panic::Location;

/// Restores the enclosing site when dropped. It stays with its thread:
///
/// ```compile_fail,E0277
/// fn is_send<T: Send>() {}
/// is_send::<lockstep::probe::SiteGuard>();
/// ```
#[derive(Debug)]
#[must_use = "the site is left when the guard is dropped"]
pub struct SiteGuard {
    left: Left,
    /// It is the site of the thread that has entered it.
    stays: PhantomData<std::sync::MutexGuard<'static, ()>>,
}

/// Enters a named site: an operation, a hook, a function whose name all variants share. Keys of
/// schedules are relative to it.
#[track_caller]
pub fn site(name: &'static str) -> SiteGuard {
    SiteGuard { left: current::get().with(|execution| execution.enter_site(name, None)), stays: PhantomData }
}

/// Enters the `number`th of several sites of a name, such as an operation of a thread's list.
#[track_caller]
pub fn site_n(name: &'static str, number: u32) -> SiteGuard {
    SiteGuard { left: current::get().with(|execution| execution.enter_site(name, Some(number))), stays: PhantomData }
}

impl Drop for SiteGuard {
    fn drop(&mut self) {
        if current::is_inside() {
            current::get().with(|execution| execution.leave_site(self.left));
        }
    }
}

/// Appends a word to what is observable of the calling thread. No event. The highest bit is
/// reserved for warnings.
#[track_caller]
pub fn observe(word: u64) {
    debug_assert!(word & op::WARNING == 0);
    let place = Location::caller();
    current::get().with(|execution| execution.observe(execution.running(), word, place));
}

/// Says in the trace what the subject does next, for readers. Not observable, and not called unless
/// a trace is kept; so it only computes: if it does something that is an event, the execution ends
/// as [`crate::End::Misuse`].
#[track_caller]
pub fn remark(text: impl FnOnce() -> String) {
    let (here, place) = (current::get(), Location::caller());
    if here.with(|execution| execution.tracing()) {
        let text = op::compute(here, text);
        here.with(|execution| execution.remark(text, place));
    }
}

/// A column of the outcome that belongs to no thread.
#[derive(Clone, Copy, Debug)]
pub struct Observer {
    ticket: Ticket,
    column: usize,
}

impl Observer {
    /// Adds a column.
    ///
    /// Ends the execution as a misuse beyond [`crate::OBSERVERS_MAX`].
    #[track_caller]
    pub fn named(label: impl Into<Label>) -> Observer {
        let (label, place) = (label.into(), Location::caller());
        let made = current::get().with(|execution| {
            let column = execution.add_observer(label)?;
            Some(Observer { ticket: execution.create(label, 0, place), column })
        });
        made.unwrap_or_else(|| {
            op::fail(FaultKind::Misuse, format!("more than {OBSERVERS_MAX} observers in one execution"), place)
        })
    }

    /// Appends a word. An event: the order of notes is observable.
    #[track_caller]
    pub fn note(&self, word: u64) {
        debug_assert!(word & op::WARNING == 0);
        op::note(self.ticket, self.column, word, Location::caller());
    }
}

/// The execution has reached one of the goals (0 to 63) of its scenario. No event.
pub fn reach(goal: u32) {
    assert!(goal < 64, "goals are numbered 0 to 63");
    current::get().with(|execution| execution.reach(goal));
}

/// From here on no access at this place of the source orders anything, in this execution. No event.
pub fn weaken(weakened: Weakened) {
    current::get().with(|execution| execution.weaken(weakened));
}

/// In this execution threads share what the machine does not see, such as how often an
/// [`Arc`](crate::sync::Arc) is shared. So nothing that is found counts as exhaustive. No event.
pub fn unseen() {
    current::get().with(|execution| execution.note_unseen());
}

/// A warning of the subject: recorded in the history of the calling thread.
#[track_caller]
pub fn warn(message: &'static str) {
    op::warn(message, Location::caller());
}

/// A `BUG_ON` of the subject: ends the execution.
#[track_caller]
pub fn bug(message: &'static str) -> ! {
    op::fail(FaultKind::Bug, message.to_owned(), Location::caller())
}
