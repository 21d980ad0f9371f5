//! One search on several OS threads.
//!
//! A way to go on that was noted needs nothing but the graph it was noted for, so it can be given
//! away with a copy of that. Searches are divided between rounds, in their order, and each makes a
//! fixed number of runs in a round: so what is explored does not depend on the number of OS
//! threads, even if a budget ends it.

use super::consistency::Consistency;
use super::consistency::order::Order as Moments;
use super::consistency::weak::Weak;
use super::program::{Counts, Final, Model, Threads, explore};
use super::search::{Ending, GraphSearch};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Runs of one search between two divisions. What fits one round is searched on one OS thread.
const ROUND: u64 = 512;

/// Searches at a time, as long as there is something to divide. More than cores, for they end at
/// different times.
const SEARCHES: usize = 32;

/// How much is explored.
#[derive(Clone, Copy, Debug)]
pub struct SharedConfig {
    /// The memory model.
    pub model: Model,
    /// OS threads; at least 1.
    pub jobs: usize,
    /// At most this many runs.
    pub runs: u64,
}

/// What is told how each run ended, in no particular order, and decides whether the search goes on.
pub type SharedLook<'a> = dyn Fn(Ending, &dyn Fn() -> Final) -> ControlFlow<()> + Sync + 'a;

/// As [`super::graphs`], on several OS threads, each with a program that `make` makes.
pub fn graphs_shared<T: Threads>(
    make: &(dyn Fn() -> T + Sync),
    config: &SharedConfig,
    look: &SharedLook<'_>,
) -> Counts {
    match config.model {
        Model::Sc => share::<T, Moments<false>>(make, config, look),
        Model::Tso => share::<T, Moments<true>>(make, config, look),
        Model::Weak => share::<T, Weak>(make, config, look),
    }
}

/// A search and what it has found in this round.
struct Share<C> {
    search: GraphSearch<C>,
    found: Counts,
}

fn share<T: Threads, C: Consistency>(
    make: &(dyn Fn() -> T + Sync),
    config: &SharedConfig,
    look: &SharedLook<'_>,
) -> Counts {
    let mut total = Counts::default();
    let mut shares = vec![Share::<C> { search: GraphSearch::new(&make().initial()), found: Counts::default() }];
    let is_cancelled = AtomicBool::new(false);
    while !shares.is_empty() {
        let left = config.runs.saturating_sub(total.runs());
        if left == 0 || total.strayed || is_cancelled.load(Ordering::Relaxed) {
            return total;
        }
        let turns = shares.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let runs = (left / turns as u64).min(ROUND);
        round(make, &mut shares[..turns], config.jobs, runs, &|ending, last| {
            let goes_on = look(ending, last);
            is_cancelled.fetch_or(goes_on.is_break(), Ordering::Relaxed);
            if is_cancelled.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { goes_on }
        });
        for one in &mut shares[..turns] {
            total.add(&std::mem::take(&mut one.found));
        }
        shares.retain(|one| !one.search.is_over());
        divide(&mut shares);
    }
    total.exhausted = total.limited == 0 && !total.strayed;
    total
}

/// Each search makes so many runs.
fn round<T: Threads, C: Consistency>(
    make: &(dyn Fn() -> T + Sync),
    shares: &mut [Share<C>],
    jobs: usize,
    runs: u64,
    look: &SharedLook<'_>,
) {
    let jobs = jobs.clamp(1, shares.len());
    let open: Vec<Mutex<&mut Share<C>>> = shares.iter_mut().map(Mutex::new).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut threads = make();
        while let Some(one) = open.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut one = one.lock().unwrap_or_else(PoisonError::into_inner);
            one.found = explore(&mut threads, &mut one.search, runs, &mut |ending, last| look(ending, last));
        }
    };
    if jobs == 1 {
        return work();
    }
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(work);
        }
    });
}

fn divide<C: Consistency>(shares: &mut Vec<Share<C>>) {
    let mut nth = 0;
    while nth < shares.len() && shares.len() < SEARCHES {
        match shares[nth].search.split() {
            Some(search) => shares.push(Share { search, found: Counts::default() }),
            None => nth += 1,
        }
    }
}

impl Counts {
    /// Takes over what a share has found in a round.
    fn add(&mut self, one: &Counts) {
        self.complete += one.complete;
        self.blocked += one.blocked;
        self.cut += one.cut;
        self.limited += one.limited;
        self.events += one.events;
        self.strayed |= one.strayed;
    }
}
