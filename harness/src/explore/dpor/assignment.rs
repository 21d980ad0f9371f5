//! An attempt to search everything, on all cores.

use super::super::bounded::rank;
use super::super::control::Noted;
use super::super::replay::explicit_of;
use super::super::{Exploration, ExploreConfig, Program};
use super::branch::{Branch, share_habits, tell};
use super::guide::Habits;
use super::search::{Fork, Search};
use crate::schedule::{Plan, Schedule};
use crate::sim::{Bounds, Machine, Runner};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Runs of one search between two looks at what others want. What fits one round is searched on one
/// OS thread.
const ROUND: u64 = 512;

/// Searches at a time, as long as there is something to divide. More than cores, for they end at
/// different times.
const SEARCHES: usize = 48;

/// What all searches are about.
#[derive(Clone, Copy)]
pub(super) struct Assignment<'a> {
    pub(super) program: &'a Program<'a>,
    pub(super) config: &'a ExploreConfig<'a>,
    pub(super) bounds: Bounds,
    /// Runs of one attempt.
    pub(super) budget: u64,
    /// Choice points of one attempt before the search gives way, if it does.
    pub(super) gives_way_after: Option<u64>,
    /// Whether the alternatives of a step all touch the same. They do where they are only about who
    /// is woken.
    pub(super) alternatives_touch_alike: bool,
}

/// What one search may do in a round. Not a matter of other searches, so that what is explored does
/// not depend on the number of OS threads.
#[derive(Clone, Copy)]
struct Share {
    runs: u64,
    steps: u64,
}

/// How an attempt to search everything ended.
pub(super) enum Ended {
    Complete,
    /// Steps were seen to touch more than they were known to: the search has to begin anew, knowing
    /// that.
    Grown(Habits),
    /// The budget ended, the search was cancelled, or the subject depends on more than its
    /// schedule.
    CutShort,
}

/// Runs made, of which some had no outcome.
pub(super) fn runs(result: &Exploration) -> u64 {
    result.executions + result.redundant
}

impl Assignment<'_> {
    /// Searches everything with these habits.
    pub(super) fn attempt<const PROCESSES: usize>(
        &self,
        habits: Habits,
        runner: &mut Runner,
        result: &mut Exploration,
    ) -> Ended {
        let search = Search::<PROCESSES>::new(habits);
        let mut branches = vec![Branch::new(search, Vec::new())];
        loop {
            let open = branches.iter().filter(|branch| !branch.is_over).count() as u64;
            let left = self.budget.saturating_sub(runs(result));
            let gives_way = self.steps_left(result) == 0 || branches.iter().any(|branch| branch.was_cut);
            if left == 0 || gives_way || result.cancelled {
                return Ended::CutShort;
            }
            let share = Share { runs: (left / open).clamp(1, ROUND), steps: (self.steps_left(result) / open).max(1) };
            self.round(&mut branches, share, left.min(open) as usize, runner, result);
            let in_budget = self.grant(&mut branches, runner, result);
            if let Some(habits) = share_habits(&mut branches) {
                return Ended::Grown(habits);
            }
            if !in_budget || branches.iter().any(|branch| branch.has_strayed) {
                return Ended::CutShort;
            }
            branches.retain(|branch| !branch.is_over);
            if branches.is_empty() {
                return if result.cancelled { Ended::CutShort } else { Ended::Complete };
            }
            if !self.divide(&mut branches, runner, result) {
                return Ended::CutShort;
            }
            tell(&mut branches);
        }
    }

    /// Choice points left before the search gives way.
    fn steps_left(&self, result: &Exploration) -> u64 {
        self.gives_way_after.map_or(u64::MAX, |most| most.saturating_sub(result.steps))
    }

    /// The first `turns` searches that are not over do up to their share each.
    fn round<const PROCESSES: usize>(
        &self,
        branches: &mut [Branch<PROCESSES>],
        share: Share,
        turns: usize,
        runner: &mut Runner,
        result: &mut Exploration,
    ) {
        let open = branches.iter_mut().filter(|branch| !branch.is_over).take(turns);
        let jobs = self.config.jobs.min(turns);
        if jobs <= 1 {
            open.for_each(|branch| self.work(branch, share, runner, result, 0));
            return;
        }
        let open: Vec<Mutex<&mut Branch<PROCESSES>>> = open.map(Mutex::new).collect();
        let next = AtomicUsize::new(0);
        let found = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for worker in 0..jobs {
                let (open, next, found) = (&open, &next, &found);
                scope.spawn(move || {
                    let mut runner = Runner::new();
                    let mut result = Exploration::new();
                    while let Some(branch) = open.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let mut branch = branch.lock().expect("no worker panics");
                        self.work(&mut branch, share, &mut runner, &mut result, worker);
                    }
                    if let Some(control) = self.config.control {
                        control.begin(worker, Noted::Resting);
                    }
                    found.lock().expect("no worker panics").push(result);
                });
            }
        });
        found.into_inner().expect("no worker panics").into_iter().for_each(|more| result.merge(more));
    }

    fn work<const PROCESSES: usize>(
        &self,
        branch: &mut Branch<PROCESSES>,
        share: Share,
        runner: &mut Runner,
        result: &mut Exploration,
        worker: usize,
    ) {
        let steps_before = result.steps;
        for _ in 0..share.runs {
            if self.config.control.is_some_and(|control| control.is_cancelled()) {
                result.cancelled = true;
                break;
            }
            let cut_before = result.gaps.cut;
            self.run(branch, runner, result, worker);
            branch.is_over = branch.has_strayed || !branch.search.advance();
            branch.was_cut |= self.gives_way_after.is_some() && result.gaps.cut > cut_before;
            let is_enough = branch.was_cut || result.steps - steps_before >= share.steps;
            if branch.is_over || branch.search.has_grown() || is_enough {
                break;
            }
        }
    }

    /// Runs what the search has prepared.
    fn run<const PROCESSES: usize>(
        &self,
        branch: &mut Branch<PROCESSES>,
        runner: &mut Runner,
        result: &mut Exploration,
        worker: usize,
    ) {
        if let Some(control) = self.config.control {
            control.begin(worker, branch.search.noted());
            control.count(1);
        }
        let guide = branch.search.take_guide();
        let look = |machine: &Machine| {
            self.count(machine, result);
            branch.search.absorb(machine)
        };
        let unobserved = AtomicUsize::new(0);
        let turn = self.config.control.map_or(&unobserved, |control| control.turn(worker));
        let Program { body, abandon } = *self.program;
        let follows = runner.run_observed(body, Plan::Steered(guide), &self.bounds, abandon, turn, look);
        let guide = runner.take_steer().expect("the machine gives back what steered it");
        branch.search.give_back(guide);
        branch.has_strayed = !follows;
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
        branches: &mut Vec<Branch<PROCESSES>>,
        runner: &mut Runner,
        result: &mut Exploration,
    ) -> bool {
        let mut at = 0;
        while at < branches.len() {
            for wish in branches[at].search.take_wishes() {
                let step = wish.step as usize;
                let fork = Arc::clone(&branches[at].forks[step]);
                let known = fork.lock().expect("no worker panics").clone();
                if wish.threads & (known.wanted | known.asleep) == 0
                    && !self.branch(branches, at, step, wish.choice(), runner, result)
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
        branches: &mut Vec<Branch<PROCESSES>>,
        runner: &mut Runner,
        result: &mut Exploration,
    ) -> bool {
        let mut at = 0;
        while at < branches.len() && branches.len() < SEARCHES {
            let branch = &mut branches[at];
            let Some(step) = branch.search.first_fork().filter(|_| !branch.is_over) else {
                at += 1;
                continue;
            };
            let fixed = branch.search.fix(step + 1, self.alternatives_touch_alike);
            branch.forks.extend(fixed.into_iter().map(|fork| Arc::new(Mutex::new(fork))));
            let fork = Arc::clone(&branch.forks[step]);
            loop {
                let Fork { wanted, tried, asleep, .. } = *fork.lock().expect("no worker panics");
                let left = wanted & !(tried | asleep);
                if left == 0 {
                    break;
                }
                if !self.branch(branches, at, step, left.trailing_zeros() as u8, runner, result) {
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
        branches: &mut Vec<Branch<PROCESSES>>,
        from: usize,
        step: usize,
        thread: u8,
        runner: &mut Runner,
        result: &mut Exploration,
    ) -> bool {
        if runs(result) >= self.budget {
            return false;
        }
        let Branch { search, forks, .. } = &branches[from];
        let mut fork = forks[step].lock().expect("no worker panics");
        let search = search.branch(step, &fork, thread);
        let mut branch = Branch::new(search, forks[..=step].to_vec());
        self.run(&mut branch, runner, result, 0);
        branch.search.add_tried(&mut fork, step, self.alternatives_touch_alike);
        drop(fork);
        branch.is_over = branch.has_strayed || !branch.search.advance();
        branches.push(branch);
        true
    }
}
