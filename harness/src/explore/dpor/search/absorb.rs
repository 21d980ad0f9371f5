//! After an execution: its steps are taken over, one by one, with what they touch and what comes
//! before them.

use super::super::clock::{Clock, point};
use super::super::guide::{Guide, Habit, habit_of};
use super::{Access, Choice, NONE, Search, Step, able};
use crate::schedule::{BUFFERS_FROM, Held, Key, Mark, Marked};
use crate::sim::Machine;
use std::collections::btree_map::Entry;

impl<const PROCESSES: usize> Search<PROCESSES> {
    /// Takes over what the guided execution did. False if it did not follow: then it depends on
    /// more than its schedule.
    pub(in crate::explore::dpor) fn absorb(&mut self, machine: &Machine) -> bool {
        let marks = machine.steer().map_or(&[][..], Guide::marks);
        let arrivals = machine.arrivals();
        self.is_prepared = false;
        let mut marked = 0;
        match self.steps.last_mut() {
            None => self.open(NONE, 1, 0, Key(0)),
            Some(step) if step.question != NONE => match arrivals.get(step.question as usize) {
                Some(arrival) if able(arrival) == step.options && arrival.chosen == step.thread => {
                    step.key = arrival.step;
                }
                _ => return false,
            },
            Some(_) => {}
        }
        if arrivals.len() < self.path.len() {
            return false;
        }
        for (question, arrival) in arrivals.iter().enumerate().skip(self.path.len()) {
            self.path.push(arrival.chosen);
            self.usual.push(arrival.usual);
            let question = question as u32;
            match arrival.thread {
                None => self.choices.push(Choice { question, options: arrival.options, chosen: arrival.chosen }),
                Some(_) if arrival.options == 0 => {}
                Some(_) => {
                    let end = marked + marks[marked..].iter().take_while(|mark| mark.at <= question).count();
                    self.close_all(&marks[marked..end], false);
                    marked = end;
                    self.open(question, able(arrival), arrival.chosen, arrival.step);
                }
            }
        }
        let kept = machine.kept_from_going_on();
        self.close_all(&marks[marked..], kept.is_some());
        let last = self.steps.len() as u32 - 1;
        let mut left = kept.unwrap_or(0);
        while left != 0 {
            // Whoever was kept from going on could have gone on before the step that ended
            // everything.
            self.want(last, left & left.wrapping_neg(), left.trailing_zeros() as usize);
            left &= left - 1;
        }
        // Also where everybody else is asleep: what is explored elsewhere need not have these
        // threads held up by the same steps.
        if !machine.is_cut() {
            let able = if kept.is_some() { self.steps[last as usize].options } else { u32::MAX };
            machine.held_up_at_locks(able).for_each(|held_up| self.held_up(held_up.thread, held_up.touch));
        }
        if machine.is_redundant() {
            // Who sleeps here was decided without what this execution has shown of its steps. If it
            // matters, the search begins anew.
            let (asleep, _) = self.asleep_next();
            self.has_grown |= machine.could_go_on() & !asleep != 0;
        }
        !self.has_lost
    }

    /// A thread was chosen: its step begins.
    fn open(&mut self, question: u32, options: u32, thread: u8, key: Key) {
        let (asleep, tried_at) = self.asleep_next();
        debug_assert!(asleep & (1 << thread) == 0, "a thread that is asleep was chosen");
        self.steps.push(Step {
            question,
            options,
            wanted: 1 << thread,
            tried: 0,
            asleep,
            tried_at,
            sleepers_from: self.sleepers.len() as u32,
            thread,
            key,
            before: NONE,
            clock: Clock::ZERO,
            is_total: false,
            accesses_from: self.accesses.len() as u32,
            wakes_from: self.wakes.len() as u32,
            landings_from: self.landings.len() as u32,
            spawns_from: self.spawns.len() as u32,
            totals_from: self.totals.len() as u32,
            choices_from: self.choices.len() as u32,
        });
    }

    /// The last step has ended. Where nobody could go on and the resting thread did, and where
    /// stores landed that nobody could observe, steps begin without a question.
    fn close_all(&mut self, marks: &[Mark], ends_all: bool) {
        let mut from = 0;
        for (at, mark) in marks.iter().enumerate() {
            let key = match mark.what {
                Marked::Rested(key) => key,
                Marked::Unasked => Key(0),
                _ => continue,
            };
            self.close(&marks[from..at], false);
            self.open(NONE, 1 << mark.thread, mark.thread, key);
            from = at;
        }
        self.close(&marks[from..], ends_all);
    }

    fn close(&mut self, marks: &[Mark], ends_all: bool) {
        let looks_at_all = marks.iter().any(|mark| mark.what == Marked::Everything);
        let number = self.steps.len() as u32 - 1;
        let thread = usize::from(self.steps[number as usize].thread);
        let mut clock = self.known(thread);
        // What it would come after in any case, if that is less.
        let mut always_known = None;
        let mut has_rested = false;
        let mut landed = NONE;
        let mut landed_within = Vec::new();
        self.fresh.clear();
        self.loose.clear();
        for mark in marks {
            match mark.what {
                Marked::Touch(touch) => self.touch(number, touch),
                Marked::Stored(nth) => {
                    self.has_lost |= self.stores[thread].len() != nth as usize;
                    self.stores[thread].push(number);
                }
                Marked::Forwarded(mut touch, nth) => {
                    touch.slot = self.slot(&touch);
                    self.fresh.push(Access { step: number, touch, forwarded: nth, earlier: NONE });
                }
                Marked::Landed(touch, nth) => {
                    self.touch(number, touch);
                    if let Some(owner) = thread.checked_sub(BUFFERS_FROM) {
                        match self.stores[owner].get(nth as usize) {
                            Some(&step) => clock.join(&self.steps[step as usize].clock),
                            None => self.has_lost = true,
                        }
                        landed = nth;
                    } else {
                        // A panic unwinds: all that its destructors do is one step.
                        let owner = mark.thread - BUFFERS_FROM as u8;
                        self.landings.push(owner);
                        landed_within.push((usize::from(owner), nth));
                    }
                }
                Marked::Drained { always } => {
                    let buffer = BUFFERS_FROM + thread;
                    if let Some(&last) = self.of_thread.get(buffer).and_then(|steps| steps.last())
                        && !always
                    {
                        clock.raise(buffer, point(last));
                        always_known = Some(clock);
                    }
                    self.join_last(&mut clock, buffer);
                }
                Marked::Unasked => {}
                Marked::Spawned => self.spawns.push(number),
                Marked::Woke(threads) => self.wakes.push((number, threads)),
                Marked::Joined(ended) => {
                    self.join_last(&mut clock, usize::from(ended));
                    self.join_last(&mut clock, BUFFERS_FROM + usize::from(ended));
                }
                Marked::Awaited(hash) => {
                    let slot = self.slots.get(&hash).copied().unwrap_or(NONE);
                    if let Some(write) = self.first_write_unread(slot, thread) {
                        clock.join(&self.steps[write as usize].clock);
                    }
                }
                Marked::Rested(_) => {
                    has_rested = true;
                    self.of_thread.iter().filter_map(|steps| steps.last()).for_each(|&last| {
                        clock.join(&self.steps[last as usize].clock);
                    });
                }
                Marked::Everything => {}
            }
        }
        let is_total = thread < BUFFERS_FROM && self.learn(number, looks_at_all) || ends_all;
        self.racing.clear();
        if !has_rested {
            self.find_races(thread, &always_known.unwrap_or(clock), is_total);
        }
        self.depend(thread, &mut clock, is_total);
        clock.raise(thread, point(number));
        self.want_reversals(thread);
        self.keep(number, thread, clock, is_total);
        if landed != NONE {
            self.list_forwarded(thread - BUFFERS_FROM, landed);
        }
        landed_within.into_iter().for_each(|(owner, nth)| self.list_forwarded(owner, nth));
    }

    /// Whatever the process has done comes before.
    fn join_last(&self, clock: &mut Clock<PROCESSES>, process: usize) {
        if let Some(&last) = self.of_thread.get(process).and_then(|steps| steps.last()) {
            clock.join(&self.steps[last as usize].clock);
        }
    }

    /// The store of the thread has landed: what the thread has read of it before, it has read of
    /// the object from now on.
    fn list_forwarded(&mut self, thread: usize, nth: u32) {
        let Some(&stored) = self.stores[thread].get(nth as usize) else {
            self.has_lost = true;
            return;
        };
        let since = self.of_thread[thread].iter().rev().take_while(|&&step| step > stored);
        let reads = since.flat_map(|&step| self.accesses_of(step)).filter(|access| access.forwarded == nth);
        let reads: Vec<Access> = reads.copied().collect();
        for mut read in reads {
            read.forwarded = NONE;
            read.touch.held = Held::Free;
            self.link(read);
        }
    }

    /// What comes before the next step of a process, whatever that step touches.
    pub(super) fn known(&self, thread: usize) -> Clock<PROCESSES> {
        let Some(&before) = self.of_thread[thread].last() else {
            if thread >= BUFFERS_FROM {
                return Clock::ZERO;
            }
            let spawn = thread.checked_sub(1).and_then(|nth| self.spawns.get(nth));
            return spawn.map_or(Clock::ZERO, |&step| self.steps[step as usize].clock);
        };
        let mut clock = self.steps[before as usize].clock;
        let since = self.wakes.iter().rev().take_while(|&&(step, _)| step > before);
        for &(step, _) in since.filter(|&&(_, threads)| threads & (1 << thread) != 0) {
            clock.join(&self.steps[step as usize].clock);
        }
        clock
    }

    /// What a step touches beside its event depends on what the event has read. But whether two
    /// steps are taken for dependent must depend on nothing but where their threads are. So a step
    /// touches what it touched in any execution. Whether that is everything.
    fn learn(&mut self, number: u32, looks_at_all: bool) -> bool {
        let Step { thread, key, .. } = self.steps[number as usize];
        let name = habit_of(usize::from(thread), key);
        let shared = self.habits.share();
        let mut habits = shared.get();
        let habit = match habits.entry(name) {
            Entry::Occupied(known) => {
                let habit = known.into_mut();
                self.has_grown |= habit.extend(&self.loose, looks_at_all);
                habit
            }
            Entry::Vacant(place) => {
                self.has_news = true;
                let habit = place.insert(Habit::default());
                habit.extend(&self.loose, looks_at_all);
                habit
            }
        };
        for touch in &habit.touches {
            self.touch(number, *touch);
        }
        habit.everything
    }
}
