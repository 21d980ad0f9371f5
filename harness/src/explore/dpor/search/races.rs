//! Races: which earlier steps a step depends on though it could have come before them, and who has
//! to be tried there instead.

use super::super::clock::{Clock, point};
use super::{Access, NONE, Search, Wish};
use crate::schedule::{BUFFERS_FROM, Needs, Slot, THREADS_MAX, Touch};

impl<const PROCESSES: usize> Search<PROCESSES> {
    /// The step touches the slot.
    pub(super) fn touch(&mut self, step: u32, mut touch: Touch) {
        if touch.is_loose {
            self.loose.push(touch);
        }
        touch.slot = self.slot(&touch);
        match self.fresh.iter_mut().find(|access| access.touch.slot == touch.slot && !access.is_forwarded()) {
            Some(known) => {
                known.touch.writes |= touch.writes;
                known.touch.minds_own |= touch.minds_own;
            }
            None => self.fresh.push(Access { step, touch, forwarded: NONE, earlier: NONE }),
        }
    }

    /// The slot of all objects of that name.
    pub(super) fn slot(&mut self, touch: &Touch) -> Slot {
        let number = touch.slot as usize;
        if let Some(&(_, slot)) = self.names.get(number).filter(|(hash, _)| *hash == touch.hash) {
            return slot;
        }
        let next = self.slots.len() as Slot;
        let slot = *self.slots.entry(touch.hash).or_insert(next);
        if number >= self.names.len() {
            self.names.resize(number + 1, (0, NONE));
        }
        self.names[number] = (touch.hash, slot);
        slot
    }

    fn head(&self, slot: Slot) -> u32 {
        self.heads.get(slot as usize).copied().unwrap_or(NONE)
    }

    /// The accesses to a slot, the last first.
    fn accesses_to(&self, slot: Slot) -> impl Iterator<Item = &Access> {
        let mut at = self.head(slot);
        std::iter::from_fn(move || {
            let access = self.accesses.get(at as usize)?;
            at = access.earlier;
            Some(access)
        })
    }

    /// The first step that wrote the slot since the thread has last read it.
    pub(super) fn first_write_unread(&self, slot: Slot, thread: usize) -> Option<u32> {
        let touches = |&&step: &&u32| self.accesses_of(step).iter().any(|access| access.touch.slot == slot);
        let read = self.of_thread[thread].iter().rev().find(touches).copied();
        let writes = self.accesses_to(slot).filter(|access| access.touch.writes).map(|access| access.step);
        writes.take_while(|&step| read.is_none_or(|read| step > read)).last()
    }

    /// Whether these are a store of a thread that lands and a read of the same thread, which sees
    /// that store either way.
    fn is_own(&self, process: usize, touch: &Touch, access: &Access) -> bool {
        let other = self.thread_of(access.step);
        !touch.minds_own && other == process + BUFFERS_FROM
            || !access.touch.minds_own && process == other + BUFFERS_FROM
    }

    /// Finds the steps that race with one that touches what is fresh: they depend on each other,
    /// nothing between orders them, and the later one could have happened first.
    pub(super) fn find_races(&mut self, thread: usize, known: &Clock<PROCESSES>, is_total: bool) {
        let mut racing = std::mem::take(&mut self.racing);
        let blocking = self.fresh.iter().map(|access| access.touch).find(|touch| touch.needs != Needs::Nothing);
        for fresh in self.fresh.iter().filter(|access| !access.is_forwarded()) {
            for access in self.accesses_to(fresh.touch.slot) {
                if known.covers(self.thread_of(access.step), point(access.step))
                    || self.is_own(thread, &fresh.touch, access)
                {
                    if access.touch.writes {
                        break;
                    }
                } else if (access.touch.writes || fresh.touch.writes) && self.could_come_first(access.step, blocking) {
                    racing.push(access.step);
                    if access.touch.writes {
                        break;
                    }
                }
            }
        }
        let total = self.totals.last().copied();
        let total = total.filter(|&total| !known.covers(self.thread_of(total), point(total)));
        racing.extend(total.filter(|&total| self.could_come_first(total, blocking)));
        if is_total {
            for other in (0..PROCESSES).filter(|&other| other != thread) {
                let concurrent =
                    self.of_thread[other].iter().rev().take_while(|&&step| !known.covers(other, point(step)));
                racing.extend(concurrent.copied().find(|&step| self.could_come_first(step, blocking)));
            }
        }
        racing.sort_unstable();
        racing.dedup();
        // Where one of them comes before another one, the race is with the other.
        let mut at = 0;
        while at < racing.len() {
            let step = racing[at];
            let thread = self.thread_of(step);
            let is_ordered =
                racing[at + 1..].iter().any(|&other| self.steps[other as usize].clock.covers(thread, point(step)));
            if is_ordered {
                racing.remove(at);
            } else {
                at += 1;
            }
        }
        self.racing = racing;
    }

    fn thread_of(&self, step: u32) -> usize {
        usize::from(self.steps[step as usize].thread)
    }

    /// Whether an event that needs something of a lock could happen if neither `step` nor what
    /// depends on it had.
    fn could_come_first(&self, step: u32, blocking: Option<Touch>) -> bool {
        let Some(Touch { slot, needs, mut held, .. }) = blocking else { return true };
        let thread = self.thread_of(step);
        for access in self.accesses_to(slot) {
            if self.steps[access.step as usize].clock.covers(thread, point(step)) {
                held = access.touch.held;
            } else if access.touch.writes {
                break;
            }
        }
        held.allows(needs)
    }

    /// Adds to the clock of a step what comes before it because of what it touches.
    pub(super) fn depend(&self, thread: usize, clock: &mut Clock<PROCESSES>, is_total: bool) {
        if let Some(&total) = self.totals.last() {
            clock.join(&self.steps[total as usize].clock);
        }
        for fresh in self.fresh.iter().filter(|access| !access.is_forwarded()) {
            for access in self.accesses_to(fresh.touch.slot) {
                if (access.touch.writes || fresh.touch.writes) && !self.is_own(thread, &fresh.touch, access) {
                    clock.join(&self.steps[access.step as usize].clock);
                }
                if access.touch.writes {
                    break;
                }
            }
        }
        if is_total {
            let last = self.of_thread.iter().filter_map(|steps| steps.last());
            last.for_each(|&last| clock.join(&self.steps[last as usize].clock));
        }
    }

    /// The next step of the thread races with some: the order that was not seen has to be tried.
    pub(super) fn want_reversals(&mut self, thread: usize) {
        for at in 0..self.racing.len() {
            let step = self.racing[at];
            let initials = self.initials(step, thread);
            self.want(step, initials, thread);
        }
    }

    /// The threads that can begin a sequence in which what does not depend on `step` happens
    /// without it, and then the next step of `last`.
    ///
    /// The papers let `last` begin it if that step depends on nothing else in the sequence. But
    /// what it touches is only known of where it was made: without `step` before it, it may read
    /// something else, and then succeed where it failed, look at plain data, or be the last of its
    /// thread. So it begins the sequence only if there is nothing else in it.
    fn initials(&self, step: u32, last: usize) -> u32 {
        let thread = self.thread_of(step);
        let mut firsts = [NONE; PROCESSES];
        let threads = 0..=self.spawns.len().min(THREADS_MAX - 1);
        let buffers = threads.clone().map(|thread| BUFFERS_FROM + thread).filter(|&buffer| buffer < PROCESSES);
        for other in threads.chain(buffers).filter(|&other| other != thread) {
            let steps = &self.of_thread[other];
            if steps.last().is_none_or(|&last| last <= step) {
                continue;
            }
            let first = steps[steps.partition_point(|&known| known <= step)];
            if !self.steps[first as usize].clock.covers(thread, point(step)) {
                firsts[other] = first;
            }
        }
        let is_in = |&candidate: &usize| firsts[candidate] != NONE;
        let begins = |&candidate: &usize| {
            let clock = &self.steps[firsts[candidate] as usize].clock;
            let mut others = (0..PROCESSES).filter(|other| *other != candidate && is_in(other));
            others.all(|other| !clock.covers(other, point(firsts[other])))
        };
        let initials = (0..PROCESSES).filter(is_in).filter(begins).fold(0, |mask, candidate| mask | 1 << candidate);
        if initials != 0 {
            return initials;
        }
        // Whoever is held goes on when its buffer has.
        let buffer = self.steps[step as usize].options & 1_u32.checked_shl((BUFFERS_FROM + last) as u32).unwrap_or(0);
        if self.steps[step as usize].options & (1 << last) == 0 && buffer != 0 { buffer } else { 1 << last }
    }

    /// One of these threads has to be tried in place of the step; `best` if it is one of them.
    pub(super) fn want(&mut self, number: u32, threads: u32, best: usize) {
        let step = &mut self.steps[number as usize];
        let threads = threads & step.options;
        if threads == 0 || threads & (step.wanted | step.asleep) != 0 {
            return;
        }
        if (number as usize) < self.base {
            let wish = Wish { step: number, threads, best: best as u8 };
            if !self.wishes.contains(&wish) {
                self.wishes.push(wish);
            }
            return;
        }
        step.wanted |= 1 << Wish { step: number, threads, best: best as u8 }.choice();
    }

    /// The last step becomes part of what later steps come after.
    pub(super) fn keep(&mut self, number: u32, thread: usize, clock: Clock<PROCESSES>, is_total: bool) {
        let step = &mut self.steps[number as usize];
        step.before = self.of_thread[thread].last().copied().unwrap_or(NONE);
        step.clock = clock;
        step.is_total = is_total;
        if is_total {
            self.totals.push(number);
        }
        self.of_thread[thread].push(number);
        let mut fresh = std::mem::take(&mut self.fresh);
        fresh.drain(..).for_each(|access| self.link(access));
        self.fresh = fresh;
    }

    /// The last step has made the access.
    pub(super) fn link(&mut self, mut access: Access) {
        let slot = access.touch.slot as usize;
        if !access.is_forwarded() {
            if slot >= self.heads.len() {
                self.heads.resize(slot + 1, NONE);
            }
            access.earlier = self.heads[slot];
            self.heads[slot] = self.accesses.len() as u32;
        }
        self.accesses.push(access);
    }

    /// The execution is over and a thread could not go on because of a lock: it races like the step
    /// it did not make.
    pub(super) fn held_up(&mut self, thread: usize, touch: Touch) {
        let known = self.known(thread);
        self.fresh.clear();
        self.touch(NONE, touch);
        self.racing.clear();
        self.find_races(thread, &known, false);
        self.want_reversals(thread);
        self.fresh.clear();
    }
}
