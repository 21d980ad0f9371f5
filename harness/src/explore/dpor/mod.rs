//! Exhaustive search: source-DPOR with sleep sets.
//!
//! Promise: under each memory model every outcome that some schedule shows is seen, by as many
//! complete executions as there are orders of dependent steps (Mazurkiewicz traces; two steps are
//! dependent when they touch the same object and one of them writes it). After Abdulla, Aronsson,
//! Jonsson and Sagonas, "Optimal dynamic partial order reduction" (POPL 2014) and "Source sets"
//! (JACM 2017): when an execution shows two steps that race, the order that was not seen is tried
//! later, unless a thread that can begin it is tried there anyway; sleep sets (Godefroid, 1996) cut
//! off what was explored in another order.
//!
//! Under total store order a store buffer is a process of its own, as in Zhang, Kusano and Wang,
//! "Dynamic partial order reduction for relaxed memory models" (PLDI 2015): a store touches nothing
//! when its thread makes it, and its object when it lands, which comes after the store and after
//! the landings before it. What drains a buffer comes after all of them; see
//! `sim/execution/holding.rs`. After Abdulla, Aronis, Atig, Jonsson, Leonardsson and Sagonas,
//! "Stateless model checking for TSO and PSO" (TACAS 2015), it makes no difference whether a read
//! of an own store sees it in the buffer or in memory: neither comes before the other. But who
//! overwrites that store later comes after the read. So traces are those of shared memory and not
//! of buffers.
//!
//! Under the weak model nothing happens beside the steps of threads: what a read sees, and where a
//! write or a full barrier goes, are choices inside of a step. Steps depend on each other as under
//! sequential consistency: that suffices because a read commutes with whatever touches no message
//! of its word, and so do full barriers with each other and with accesses, for every place in their
//! line is tried and each combination of places and messages is possible in either order or in none
//! (see `sim/memory/barriers.rs`). The same holds for what sequentially consistent accesses have to
//! agree on: a part of an execution that closes no cycle has none (`sim/memory/psc.rs`). Only who
//! waits until it sees a lock free can be kept from going on by a barrier of another thread, and
//! depends on all of them.
//!
//! Limits: what threads share without the machine's knowledge, such as the count of an `Arc`, is
//! not seen. Executions are repeated from their beginning, for a simulated thread cannot be copied.
//! Source sets do not know beforehand that an order is explored elsewhere: such runs end early and
//! are counted apart, as redundant. Executions beyond the step limit are cut off, and limits of the
//! model on alternatives of a choice leave some out (`sim/memory/weak.rs`): then the search is not
//! exhaustive (`explore/evidence.rs`). Under the weak model a read that sees an old message may be
//! tried both before and after the write that it does not see: these are two executions of one
//! graph. A crash is named by the answers prescribed, which does not say whom the run left asleep,
//! so a token made of them may show another execution.
//!
//! Deviations from the papers:
//! - What a step touches is what it did, plain data included, not what it announced (see
//!   `sim/execution/touch.rs`). What it did beside its event depends on what the event has read,
//!   and source sets are wrong for steps that touch different objects in different contexts. So a
//!   step is taken to touch all that the same step of the thread has touched beside its event in
//!   any execution. That is learned by searching; when it turns out to be more than was known, the
//!   search begins anew.
//! - For the same reason the later one of two racing steps is not taken for one that can begin the
//!   other order, unless nothing else can.
//! - Locks block. A thread that waits for a lock races not with the release that lets it go on,
//!   which cannot come later, but with the step before which the lock was last to be had. At the
//!   end of an execution, threads that wait for a lock for ever race too (the papers leave blocking
//!   to a remark): otherwise the mirror image of a deadlock is missed. So do those who could only
//!   go on because of the step that ended everything: an assertion behind the release of a lock
//!   fails in the step that releases it.
//! - A step that ends the execution while others could go on depends on every step, for it keeps
//!   what follows from happening. So does a look at who can still go on, by which a main thread
//!   that has rested learns whether the execution is over.
//! - A choice among alternatives inside of a step is no race: all of them are tried.
//! - Under total store order an attempt (a compare-and-exchange, a try to lock) waits for its
//!   buffer only where it would succeed. So the thread that changes what it finds can hold it up,
//!   and what lands can let it go on: the attempt depends on all landings of its buffer, and it
//!   races with what it comes after only because of them.
//! - Stores that nobody can observe land without a choice: of a thread that is alone, and when all
//!   threads have ended.
//! - A thread that rests until nobody else can run comes after everything; what an await of one
//!   word is ended by is the first write.
//!
//! Several searches share the tree. Each owns what follows a prefix of steps that stay as they are;
//! what its races want to be tried in that prefix is handed back between two rounds, in the order
//! of the searches, and becomes a search of its own. So what is explored depends on the number of
//! executions in a round and of searches, both fixed, and not on the number of OS threads.

mod clock;
mod guide;
mod search;

use self::guide::Habits;
use self::search::{Fork, Search};
use super::bounded::rank;
use super::control::Noted;
use super::evidence::{Covered, Evidence, Tried};
use super::repeats::doubts;
use super::replay::explicit_of;
use super::{Exploration, ExploreConfig, Program};
use crate::schedule::{Plan, Schedule, THREADS_MAX};
use crate::sim::{Bounds, Gaps, Machine, MemoryModel, Runner};
use std::collections::btree_map::Entry;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Runs of one search between two looks at what others want. What fits one round is searched on one
/// OS thread.
const ROUND: u64 = 512;

/// Searches at a time, as long as there is something to divide. More than cores, for they end at
/// different times.
const SEARCHES: usize = 48;

/// A fork in the prefixes of some searches.
type SharedFork = Arc<Mutex<Fork>>;

/// A search and the forks in its prefix.
struct Part<const PROCESSES: usize> {
    search: Search<PROCESSES>,
    /// One for each step that stays as it is.
    forks: Vec<SharedFork>,
    is_over: bool,
    /// The subject did not do what it had done before under the same schedule.
    has_strayed: bool,
}

/// What all searches are about.
#[derive(Clone, Copy)]
struct Subject<'a> {
    program: &'a Program<'a>,
    config: &'a ExploreConfig<'a>,
    bounds: Bounds,
    /// Runs of one attempt.
    budget: u64,
    /// Whether the alternatives of a step all touch the same. They do where they are only about who
    /// is woken.
    alternatives_touch_alike: bool,
}

/// How an attempt to search everything ended.
enum Ended {
    Complete,
    /// Steps were seen to touch more than they were known to: the search has to begin anew, knowing
    /// that.
    Grown(Habits),
    /// The budget ended, the search was cancelled, or the subject depends on more than its
    /// schedule.
    CutShort,
}

pub(super) fn explore(program: &Program<'_>, config: &ExploreConfig<'_>) -> Exploration {
    let bounds = Bounds {
        memory: config.memory,
        steps_max: config.steps_max,
        tracing: config.tracing,
        logging: true,
        rounds_max: 1,
    };
    let alternatives_touch_alike = config.memory != MemoryModel::Weak;
    let mut runner = Runner::new();
    let mut habits = Habits::default();
    let mut before = Exploration::new();
    let (mut result, covered) = loop {
        let mut result = Exploration::new();
        let budget = config.executions.saturating_sub(runs(&before));
        let subject = Subject { program, config, bounds, budget, alternatives_touch_alike };
        let ended = if config.memory.has_buffers() {
            subject.attempt::<{ 2 * THREADS_MAX }>(habits, &mut runner, &mut result)
        } else {
            subject.attempt::<THREADS_MAX>(habits, &mut runner, &mut result)
        };
        match ended {
            Ended::Grown(known) => {
                habits = known;
                before.merge(result);
            }
            Ended::Complete => {
                result.gaps = result.gaps.and(doubts(program, config, &result.outcomes, true));
                let Exploration { executions, gaps, .. } = result;
                let covered = Covered { everything: true, executions, gaps, ..Covered::NOTHING };
                // Everything was seen once more; what the attempts before have cost is told.
                result.redundant += runs(&before);
                result.steps += before.steps;
                break (result, covered);
            }
            Ended::CutShort => {
                result.merge(before);
                break (result, Covered::NOTHING);
            }
        }
    };
    let enumerated = result.executions - covered.executions;
    let gaps = if covered.everything { Gaps::NONE } else { result.gaps };
    result.evidence = Evidence::of(covered, Tried { enumerated, gaps, ..Tried::NOTHING });
    if let Some(control) = config.control {
        control.begin(0, Noted::Resting);
    }
    result
}

/// Runs made, of which some had no outcome.
fn runs(result: &Exploration) -> u64 {
    result.executions + result.redundant
}

/// All searches learn what is tried in their prefixes.
fn tell<const PROCESSES: usize>(parts: &mut [Part<PROCESSES>]) {
    for part in parts {
        for (step, fork) in part.forks.iter().enumerate() {
            part.search.is_wanted(step, fork.lock().expect("no worker panics").wanted);
        }
    }
}

/// All searches learn what steps were seen to touch by one. The habits, if some search did not know
/// what it should have.
fn share_habits<const PROCESSES: usize>(parts: &mut [Part<PROCESSES>]) -> Option<Habits> {
    let mut has_grown = parts.iter().any(|part| part.search.has_grown());
    let mut has_news = has_grown;
    for part in parts.iter_mut() {
        has_news |= part.search.take_news();
    }
    if !has_news {
        return None;
    }
    let mut known = Habits::default();
    for part in parts.iter() {
        for (&place, habit) in part.search.habits().iter() {
            match known.entry(place) {
                Entry::Vacant(free) => {
                    free.insert(habit.clone());
                }
                Entry::Occupied(mut other) if other.get() != habit => {
                    let mut both = habit.clone();
                    has_grown |= both.extend(&other.get().touches, other.get().everything);
                    has_grown |= other.get_mut().extend(&habit.touches, habit.everything);
                }
                Entry::Occupied(_) => {}
            }
        }
    }
    if has_grown {
        return Some(known);
    }
    for part in parts.iter() {
        let mut habits = part.search.habits();
        known.iter().for_each(|(&place, habit)| _ = habits.entry(place).or_insert_with(|| habit.clone()));
    }
    None
}

impl Subject<'_> {
    /// Searches everything with these habits.
    fn attempt<const PROCESSES: usize>(&self, habits: Habits, runner: &mut Runner, result: &mut Exploration) -> Ended {
        let search = Search::<PROCESSES>::new(habits);
        let mut parts = vec![Part { search, forks: Vec::new(), is_over: false, has_strayed: false }];
        loop {
            let open = parts.iter().filter(|part| !part.is_over).count() as u64;
            let left = self.budget.saturating_sub(runs(result));
            if left == 0 || result.cancelled {
                return Ended::CutShort;
            }
            let share = (left / open).clamp(1, ROUND);
            self.round(&mut parts, share, left.min(open) as usize, runner, result);
            let in_budget = self.grant(&mut parts, runner, result);
            if let Some(habits) = share_habits(&mut parts) {
                return Ended::Grown(habits);
            }
            if !in_budget || parts.iter().any(|part| part.has_strayed) {
                return Ended::CutShort;
            }
            parts.retain(|part| !part.is_over);
            if parts.is_empty() {
                return if result.cancelled { Ended::CutShort } else { Ended::Complete };
            }
            if !self.divide(&mut parts, runner, result) {
                return Ended::CutShort;
            }
            tell(&mut parts);
        }
    }

    /// The first `turns` searches that are not over make up to `share` runs each.
    fn round<const PROCESSES: usize>(
        &self,
        parts: &mut [Part<PROCESSES>],
        share: u64,
        turns: usize,
        runner: &mut Runner,
        result: &mut Exploration,
    ) {
        let open = parts.iter_mut().filter(|part| !part.is_over).take(turns);
        let jobs = self.config.jobs.min(turns);
        if jobs <= 1 {
            open.for_each(|part| self.work(part, share, runner, result, 0));
            return;
        }
        let open: Vec<Mutex<&mut Part<PROCESSES>>> = open.map(Mutex::new).collect();
        let next = AtomicUsize::new(0);
        let found = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for worker in 0..jobs {
                let (open, next, found) = (&open, &next, &found);
                scope.spawn(move || {
                    let mut runner = Runner::new();
                    let mut result = Exploration::new();
                    while let Some(part) = open.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let mut part = part.lock().expect("no worker panics");
                        self.work(&mut part, share, &mut runner, &mut result, worker);
                    }
                    if let Some(control) = self.config.control {
                        control.begin(worker, Noted::Resting);
                    }
                    found.lock().expect("no worker panics").push(result);
                });
            }
        });
        found.into_inner().expect("no worker panics").into_iter().for_each(|part| result.merge(part));
    }

    fn work<const PROCESSES: usize>(
        &self,
        part: &mut Part<PROCESSES>,
        share: u64,
        runner: &mut Runner,
        result: &mut Exploration,
        worker: usize,
    ) {
        for _ in 0..share {
            if self.config.control.is_some_and(|control| control.is_cancelled()) {
                result.cancelled = true;
                break;
            }
            self.run(part, runner, result, worker);
            part.is_over = part.has_strayed || !part.search.advance();
            if part.is_over || part.search.has_grown() {
                break;
            }
        }
    }

    /// Runs what the search has prepared.
    fn run<const PROCESSES: usize>(
        &self,
        part: &mut Part<PROCESSES>,
        runner: &mut Runner,
        result: &mut Exploration,
        worker: usize,
    ) {
        if let Some(control) = self.config.control {
            control.begin(worker, part.search.noted());
            control.count(1);
        }
        let guide = part.search.take_guide();
        let look = |machine: &Machine| {
            self.count(machine, result);
            part.search.absorb(machine)
        };
        let unobserved = AtomicUsize::new(0);
        let turn = self.config.control.map_or(&unobserved, |control| control.turn(worker));
        let Program { body, abandon } = *self.program;
        let follows = runner.run_observed(body, Plan::Steered(guide), &self.bounds, abandon, turn, look);
        let guide = runner.take_steer().expect("the machine gives back what steered it");
        part.search.give_back(guide);
        part.has_strayed = !follows;
        result.gaps.strayed += u64::from(!follows);
    }

    fn count(&self, machine: &Machine, result: &mut Exploration) {
        if machine.is_redundant() {
            result.redundant += 1;
            result.steps += machine.steps();
            result.goals |= machine.goals();
            result.count_gaps(machine);
        } else {
            let arrivals = machine.arrivals();
            result.outcomes.count(machine, rank(arrivals), || Schedule::Explicit(explicit_of(arrivals)));
            result.count(machine);
        }
    }

    /// What searches want to be tried in their prefixes is tried. False when the budget ended.
    fn grant<const PROCESSES: usize>(
        &self,
        parts: &mut Vec<Part<PROCESSES>>,
        runner: &mut Runner,
        result: &mut Exploration,
    ) -> bool {
        let mut at = 0;
        while at < parts.len() {
            for wish in parts[at].search.take_wishes() {
                let step = wish.step as usize;
                let fork = Arc::clone(&parts[at].forks[step]);
                let known = fork.lock().expect("no worker panics").clone();
                if wish.threads & (known.wanted | known.asleep) == 0
                    && !self.branch(parts, at, step, wish.choice(), runner, result)
                {
                    return false;
                }
            }
            at += 1;
        }
        true
    }

    /// Divides searches until there are enough of them. False when the budget ended.
    fn divide<const PROCESSES: usize>(
        &self,
        parts: &mut Vec<Part<PROCESSES>>,
        runner: &mut Runner,
        result: &mut Exploration,
    ) -> bool {
        let mut at = 0;
        while at < parts.len() && parts.len() < SEARCHES {
            let part = &mut parts[at];
            let Some(step) = part.search.first_fork().filter(|_| !part.is_over) else {
                at += 1;
                continue;
            };
            let fixed = part.search.fix(step + 1, self.alternatives_touch_alike);
            part.forks.extend(fixed.into_iter().map(|fork| Arc::new(Mutex::new(fork))));
            let fork = Arc::clone(&part.forks[step]);
            loop {
                let Fork { wanted, tried, asleep, .. } = *fork.lock().expect("no worker panics");
                let left = wanted & !(tried | asleep);
                if left == 0 {
                    break;
                }
                if !self.branch(parts, at, step, left.trailing_zeros() as u8, runner, result) {
                    return false;
                }
            }
        }
        true
    }

    /// Begins a search of what follows if the thread makes the step of the prefix of a search. It
    /// makes its first run, for others have to know what the thread touches. False when the budget
    /// ended.
    fn branch<const PROCESSES: usize>(
        &self,
        parts: &mut Vec<Part<PROCESSES>>,
        from: usize,
        step: usize,
        thread: u8,
        runner: &mut Runner,
        result: &mut Exploration,
    ) -> bool {
        if runs(result) >= self.budget {
            return false;
        }
        let Part { search, forks, .. } = &parts[from];
        let mut fork = forks[step].lock().expect("no worker panics");
        let search = search.branch(step, &fork, thread);
        let mut part = Part { search, forks: forks[..=step].to_vec(), is_over: false, has_strayed: false };
        self.run(&mut part, runner, result, 0);
        part.search.add_tried(&mut fork, step, self.alternatives_touch_alike);
        drop(fork);
        part.is_over = part.has_strayed || !part.search.advance();
        parts.push(part);
        true
    }
}
