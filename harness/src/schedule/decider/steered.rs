//! Under a search: it is asked, and told what happens.

use super::super::arrival::Arrival;
use super::super::drawn::Drawn;
use super::super::key::{Key, Spot};
use super::super::steer::{Chosen, Mark, Marked, Needs, Question, Steer};
use super::{Decider, Mode};
use std::any::Any;

impl Decider {
    pub(super) fn reset_steer(&mut self, mut steer: Box<dyn Steer>) {
        debug_assert!(self.logging, "a search knows questions by their number");
        self.mode = Mode::Steered;
        self.has_insisted = false;
        self.marks_from = steer.begin();
        self.steer = Some(steer);
    }

    /// The search that the execution was steered by, when it is over. None if it was another kind
    /// of search.
    pub(crate) fn take_steer<S: Steer>(&mut self) -> Option<Box<S>> {
        let steer: Box<dyn Any> = self.steer.take()?;
        steer.downcast().ok()
    }

    /// The search that steers the execution, if it is one of that kind.
    pub(crate) fn steer<S: Steer>(&self) -> Option<&S> {
        let steer: &dyn Any = &**self.steer.as_ref()?;
        steer.downcast_ref()
    }

    pub(super) fn steering(&mut self) -> &mut dyn Steer {
        &mut **self.steer.as_mut().expect("an execution that is steered has a steer")
    }

    pub(super) fn next_steered(&mut self, asked: usize, enabled: u32, usual: usize) -> Option<Chosen> {
        self.has_insisted = false;
        let question = Question { number: self.log.len(), asked, enabled, usual };
        self.steering().next(&question)
    }

    /// A search is told where the thread that arrives has announced its event.
    pub(crate) fn announce(&mut self, thread: usize, key: Key) {
        self.steering().announce(thread, key);
    }

    /// A step begins that nobody is asked about. Not if the search knows it from elsewhere.
    pub(crate) fn begins_unasked(&mut self, process: usize) -> bool {
        self.has_insisted = false;
        let number = self.log.len();
        self.steering().begins_unasked(number, process)
    }

    /// The thread that has arrived goes on whatever the schedule says, because a panic unwinds it.
    #[cold]
    pub(crate) fn insist(&mut self, spot: Spot, drawn: Drawn, me: usize, enabled: u32) {
        if self.is_steered() {
            self.has_insisted = true;
        } else {
            self.answer(spot, drawn, me, enabled);
        }
        self.arrive_without_choice(spot, me);
    }

    /// The thread has arrived where there is nothing to choose.
    #[cold]
    pub(crate) fn arrive_without_choice(&mut self, spot: Spot, me: usize) {
        let key = spot.key();
        if self.is_steered() {
            self.announce(me, key);
        }
        if self.logging {
            let thread = me as u8;
            self.log.push(Arrival {
                key,
                thread: Some(thread),
                options: 0,
                chosen: thread,
                usual: thread,
                is_costly: false,
                held: 0,
                step: Key::NONE,
            });
        }
    }

    /// Whether the event that is being made is part of a step that began with another one: a panic
    /// unwinds the thread.
    pub(crate) fn has_insisted(&self) -> bool {
        self.has_insisted
    }

    /// Whether a search has to be told what the running step does, beside landings.
    #[inline(always)]
    pub(crate) fn is_marking(&self) -> bool {
        self.log.len() >= self.marks_from
    }

    /// A search is told what the running step does.
    #[inline]
    pub(crate) fn mark(&mut self, process: usize, what: Marked) {
        if self.is_marking() || matches!(what, Marked::Landed(..)) {
            self.tell(process, what);
        }
    }

    fn tell(&mut self, process: usize, mut what: Marked) {
        if self.has_insisted
            && let Marked::Touch(touch) | Marked::Landed(touch, _) = &mut what
        {
            // That it comes to this depends on what the step has read. Nor is the step kept from
            // happening: it could not wait.
            touch.is_loose = true;
            touch.needs = Needs::Nothing;
        }
        let mark = Mark { at: self.log.len() as u32, thread: process as u8, what };
        self.steering().mark(mark);
    }
}
