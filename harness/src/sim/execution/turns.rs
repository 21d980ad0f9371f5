//! Choice points: a thread announces its event, and the schedule says who goes on.
//!
//! This is the hottest path of the simulator. What looks roundabout here keeps a value out of
//! memory on the way to the decision, or keeps an operation small enough to be inlined.

use super::super::coroutine::{Context, stack_pointer};
use super::super::event::{Intent, Kind, ObjectId, Place};
use super::super::gaps::Lacks;
use super::super::object::{HASH_OF_NONE, HELD};
use super::super::sites::Anchor;
use super::super::state::{Ending, FaultKind};
use super::Execution;
use crate::schedule::{Arrival, Drawn, Key, Pace, Spot, THREADS_MAX};

/// The spot of the next event that a counter counts.
#[inline(always)]
fn next_spot(anchor: Anchor, object: u64, touched: &mut u64, kind: Kind) -> Spot {
    let first = anchor.serial << 16;
    let before = touched.wrapping_sub(first);
    let nth = if before <= 0xffff { (before + 1) & 0xffff } else { 0 };
    *touched = first | nth;
    Spot::new(anchor.hash, object, (nth << 8) | kind as u64)
}

impl Execution {
    /// The calling thread announces an event. If it gives way: to this stack.
    #[inline(always)]
    pub(in crate::sim) fn arrive(&mut self, intent: Intent) -> *const Context {
        // Taken apart here: as a whole it would be forced into memory, where its kind is no
        // constant any more and copying it stalls (wide loads of narrow stores).
        let Intent { kind, object, second, place } = intent;
        let here = stack_pointer();
        let me = self.me % THREADS_MAX;
        let thread = &mut self.threads[me];
        let Some(steps_left) = self.steps.left.checked_sub(1).filter(|_| here >= thread.stack_floor) else {
            return self.cut_here(kind, object, second, place, here);
        };
        self.steps.left = steps_left;
        if !kind.only_looks() {
            self.polling.seen[me] = 0;
        }
        thread.intent.kind = kind;
        thread.intent.object = object;
        thread.intent.second = second;
        thread.intent.place = place;
        let anchor = thread.anchor;
        let bit = 1 << me;
        // Not written and read again on the way to the decision: that takes longer than the
        // decision.
        let enabled = self.enabled;
        let only_if = |condition: bool| if condition { enabled | bit } else { enabled & !bit };
        let (enabled, spot) = if kind.is_loose() {
            let enabled = match kind {
                Kind::Join => {
                    let target = second.index();
                    self.threads[target].joiners |= bit;
                    only_if(self.roster.finished & !self.roster.lingering & (1 << target) != 0)
                }
                Kind::Await => only_if(self.arrive_await(me)),
                Kind::Idle => {
                    self.rest.idlers |= bit;
                    only_if(false)
                }
                _ => enabled,
            };
            // Events without an object are counted by kind: a barrier that a patch adds moves no
            // later join.
            (enabled, next_spot(anchor, HASH_OF_NONE, &mut self.names.loose[me][kind as usize], kind))
        } else {
            let touched = &mut self.objects[object.index()];
            let enabled = match kind {
                Kind::Lock | Kind::UnlockWait => {
                    touched.waiters |= bit;
                    let is_free = self.memory.newest(object) == 0;
                    only_if(
                        is_free || self.relaxed.is_on && self.memory.shows_free(self.relaxed.model, me, kind, object),
                    )
                }
                Kind::ReadLock => {
                    touched.readers |= bit;
                    only_if(self.memory.newest(object) & HELD == 0)
                }
                Kind::Sleep => only_if(false),
                _ => enabled,
            };
            (enabled, next_spot(anchor, touched.hash, &mut touched.touched[me], kind))
        };
        self.enabled = enabled;
        let drawn = std::mem::replace(&mut self.threads[me].drawn, self.decider.draw(spot));
        let touches_nothing = matches!(kind, Kind::Spawn | Kind::Join) && !self.relaxed.is_on;
        let drawn = if touches_nothing { drawn.in_favour_of(me) } else { drawn };
        self.hand_over(me, enabled, spot, drawn)
    }

    /// Where the calling thread's next event is.
    #[inline(always)]
    pub(super) fn spot_here(&mut self, object: ObjectId, kind: Kind) -> Spot {
        let me = self.me % THREADS_MAX;
        let anchor = self.threads[me].anchor;
        if object == ObjectId::NONE {
            return next_spot(anchor, HASH_OF_NONE, &mut self.names.loose[me][kind as usize], kind);
        }
        let object = &mut self.objects[object.index()];
        next_spot(anchor, object.hash, &mut object.touched[me], kind)
    }

    /// Picks who goes on. Where the running thread gives way to, if it does.
    ///
    /// Whoever is chosen is not kept and read again on the way to its stack: that takes longer than
    /// the choice.
    #[inline(always)]
    pub(super) fn hand_over(&mut self, me: usize, enabled: u32, spot: Spot, drawn: Drawn) -> *const Context {
        if enabled == 0 {
            return self.nobody_goes_on(spot);
        }
        let next = match self.decider.pace() {
            Pace::Uniform => self.decider.next_uniform(drawn, enabled),
            Pace::Pct => self.decider.next_by_priority(drawn, me, enabled),
            Pace::Noted => return self.hand_over_noted(spot, drawn),
        };
        if next == me {
            return std::ptr::null();
        }
        if std::thread::panicking() {
            self.stay_while_panicking();
            return std::ptr::null();
        }
        self.hop(me, next)
    }

    /// As `hand_over`. Not inlined, so that operations stay small for those who keep nothing.
    #[inline(never)]
    fn hand_over_noted(&mut self, spot: Spot, drawn: Drawn) -> *const Context {
        let gives_way = self.gives_way_noted(spot, drawn);
        self.hop_away_if(gives_way)
    }

    #[cold]
    #[inline(never)]
    fn nobody_goes_on(&mut self, spot: Spot) -> *const Context {
        let gives_way = self.nobody(spot);
        self.hop_away_if(gives_way)
    }

    fn gives_way_noted(&mut self, spot: Spot, drawn: Drawn) -> bool {
        let me = self.me % THREADS_MAX;
        self.names.announced[me] = spot;
        if self.relaxed.is_on && self.relaxed.model.has_buffers() {
            return self.hand_over_landing(spot, drawn);
        }
        if std::thread::panicking() && self.enabled & (1 << me) != 0 {
            self.insist(spot, drawn);
            return false;
        }
        match self.decider.next_noted(spot, drawn, me, self.enabled) {
            Some(next) => {
                self.hops.next = next;
                if self.decider.minds_races() {
                    self.tell_races(next);
                }
                next != me
            }
            None => {
                self.end(Ending::Redundant);
                true
            }
        }
    }

    /// The running thread goes on whatever the schedule says, because a panic unwinds it.
    #[cold]
    pub(in crate::sim) fn insist(&mut self, spot: Spot, drawn: Drawn) {
        let (me, enabled) = (self.me, self.enabled);
        if enabled != 1 << me {
            self.lacks.add(Lacks::LEFT_OUT);
        }
        self.decider.insist(spot, drawn, me, enabled);
    }

    /// Tells the schedule whose announced events race with that of the thread that goes on.
    fn tell_races(&mut self, next: usize) {
        let (footprint, chosen) = (self.threads[next].intent.footprint(), self.names.announced[next].key());
        let mut others = self.unfinished() & !(1 << next);
        while others != 0 {
            let other = others.trailing_zeros() as usize;
            others &= others - 1;
            if self.threads[other].intent.footprint().depends_on(&footprint) {
                self.decider.raced(other, self.names.announced[other].key(), chosen);
            }
        }
    }

    /// Who goes on. True when it is not the running thread.
    pub(super) fn hand_over_to(&mut self, next: usize) -> bool {
        self.hops.next = next;
        if self.decider.minds_races() {
            self.tell_races(next);
        }
        next != self.me
    }

    /// No thread can run: the idle one looks at what is left, or the execution is over.
    #[cold]
    pub(in crate::sim) fn nobody(&mut self, spot: Spot) -> bool {
        self.names.announced[self.me] = spot;
        if self.decider.is_steered() {
            self.decider.arrive_without_choice(spot, self.me);
        }
        if self.rest.idlers != 0 && !self.is_deadlocked() {
            let idler = self.end_rest(spot);
            self.hops.next = idler;
            return idler != self.me;
        }
        self.end_stuck();
        true
    }

    /// Whether some thread waits for a lock, or for a thread that waits for it: no wake-up can help
    /// these.
    pub(super) fn is_deadlocked(&self) -> bool {
        (0..self.roster.count).filter(|&thread| self.unfinished() & (1 << thread) != 0).any(|thread| {
            match self.threads[thread].intent.kind {
                Kind::Lock | Kind::ReadLock | Kind::UnlockWait => true,
                Kind::Join => self.cycle_from(thread).is_some(),
                _ => false,
            }
        })
    }

    #[cold]
    #[inline(never)]
    fn cut_here(
        &mut self,
        kind: Kind,
        object: ObjectId,
        second: ObjectId,
        place: Place,
        here: usize,
    ) -> *const Context {
        if self.is_computing() {
            self.refuse_to_act(place);
            return self.hop_away_if(true);
        }
        if self.closing.is_torn_down {
            return self.arrive_after_end();
        }
        let me = self.me;
        self.threads[me].intent = Intent { kind, object, second, place };
        if here < self.threads[me].stack_floor {
            self.reach_limit();
            let message = "the stack ran low: the subject recurses too deep or keeps too much on it".to_owned();
            self.fault(FaultKind::StackLow, message, place, None);
        } else {
            self.lacks.add(Lacks::CUT);
            self.end(Ending::StepLimit);
        }
        self.hop_away_if(true)
    }

    /// Which of `options` alternatives the schedule takes at an event on `object`.
    pub(in crate::sim) fn choose(&mut self, object: ObjectId, kind: Kind, options: usize) -> usize {
        let spot = self.spot_here(object, kind);
        self.decider.choose(spot, options, false)
    }

    /// Which of `options` alternatives memory takes at the announced event: the answer to one of
    /// several questions.
    pub(super) fn choose_seen(&mut self, question: u64, options: usize) -> usize {
        let spot = Spot::beside(self.announced_key(), question);
        let chosen = if options > 1 { self.decider.choose(spot, options, true) } else { 0 };
        self.relaxed.is_unusual |= chosen > 0;
        chosen
    }

    /// Where the running thread has announced its event. Kept where memory is not sequentially
    /// consistent, and for those who log or trace.
    pub(super) fn announced_key(&self) -> Key {
        self.names.announced[self.me].key()
    }

    /// Threads that could have gone on when a fault, or the end of the main thread at rest, ended
    /// the execution; nothing if it ended because nobody could go on.
    pub(crate) fn kept_from_going_on(&self) -> Option<u32> {
        match self.closing.ending {
            Ending::Fault(..) | Ending::Resting => Some(self.could_go_on() & !(1 << self.me)),
            Ending::Completed | Ending::Deadlock | Ending::Livelock | Ending::StepLimit | Ending::Redundant => None,
        }
    }

    /// Threads whose announced event can happen, as a mask.
    pub(crate) fn could_go_on(&self) -> u32 {
        let could = self.enabled & !self.held();
        if self.relaxed.has_to_land { could & !(1 << self.me) } else { could }
    }

    pub(crate) fn arrivals(&self) -> &[Arrival] {
        self.decider.log()
    }

    pub(crate) fn skipped(&self) -> usize {
        self.decider.skipped()
    }
}
