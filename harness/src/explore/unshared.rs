//! Whether threads have anything to do with each other: if not, schedules change nothing and
//! nothing is explored.
//!
//! Promise: a program is said to be unshared if in an execution that ran to its end no two threads
//! touched the same object, except one before it started the other or after that had ended. Then no
//! step of one depends on a step of another, all executions are alike, and one says as much as all.
//!
//! Limits: where executions end early, by a fault or a limit, a few of them are looked at, and what
//! would have come is not known; if all are cut off nothing is said. What the machine does not see
//! is not touched for it: that is the likely cause.

use super::config::{Program, RunConfig};
use super::replay::{Execution, run};
use super::sample::portfolio;
use crate::schedule::{Schedule, THREADS_MAX};
use crate::sim::{End, Event, Kind, MemoryModel, ObjectId, What};
use std::collections::BTreeMap;
use std::fmt;

/// How a program has nothing that a schedule could change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unshared {
    /// Only one thread ran at a time: there was nobody to overtake it.
    OneThread,
    /// Several did, and no two touched anything in common.
    NothingInCommon,
    /// Every execution that was looked at ended by a fault before two threads touched anything in
    /// common.
    EndsEarly,
}

impl fmt::Display for Unshared {
    /// What was seen, and the likely cause.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unshared::OneThread => "only one thread ran at a time; threads of std are not seen",
            Unshared::NothingInCommon => {
                "no two threads touched anything in common; what std shares (atomics, locks, cells) is not seen"
            }
            Unshared::EndsEarly => "a fault ends every execution before two threads touch anything in common",
        })
    }
}

/// Executions looked at where none runs to its end.
const LOOKS: u64 = 16;

/// How the program has nothing that a schedule could change; nothing, if it has.
pub fn unshared(program: &Program<'_>, config: &RunConfig<'_>) -> Option<Unshared> {
    // What threads touch under sequential consistency says enough of every memory model.
    let config = RunConfig { memory: MemoryModel::Sc, ..*config };
    let random = (0..LOOKS).map(|number| portfolio(0, number, 100));
    let mut found = Unshared::OneThread;
    let mut all_are_cut = true;
    for schedule in std::iter::once(Schedule::in_order()).chain(random) {
        let execution = run(program, &schedule, &config);
        found = found.max(look(&execution)?);
        all_are_cut &= matches!(execution.end, End::StepLimit(_));
        if matches!(execution.end, End::Completed | End::Resting(_) | End::Deadlock { .. } | End::Livelock(_)) {
            return Some(found);
        }
    }
    (!all_are_cut).then_some(Unshared::EndsEarly)
}

/// For each thread, how many of its events come before because it was started or has ended.
type Before = [usize; THREADS_MAX];

/// How the threads of one execution have nothing to do with each other.
fn look(execution: &Execution) -> Option<Unshared> {
    let mut before = [[0; THREADS_MAX]; THREADS_MAX];
    let mut last = [0; THREADS_MAX];
    let mut touched: BTreeMap<ObjectId, Before> = BTreeMap::new();
    let mut started = 0;
    // Threads that were started and are not known to have ended, as a mask.
    let mut alive = 0_u32;
    let mut found = Unshared::OneThread;
    for &Event { thread, what, .. } in &execution.trace {
        let What::Access { kind, object, footprint, .. } = what else { continue };
        let me = usize::from(thread);
        last[me] += 1;
        before[me][me] = last[me];
        match kind {
            Kind::Spawn if started + 1 < THREADS_MAX => {
                started += 1;
                before[started] = before[me];
                alive |= 1 << started;
                if alive.count_ones() > 1 {
                    found = Unshared::NothingInCommon;
                }
            }
            Kind::Join => {
                join(&mut before, me, object.number());
                alive &= !(1 << object.number());
            }
            Kind::Idle => {
                // It goes on when nobody else can.
                (0..THREADS_MAX).for_each(|other| join(&mut before, me, other));
                alive = 0;
            }
            Kind::Spawn | Kind::Start => {}
            _ if alive & !(1 << me) != 0 => found = Unshared::NothingInCommon,
            _ => {}
        }
        let is_after = |other: usize, event: usize| before[me][other] >= event;
        let touches = [footprint.first, footprint.second].into_iter().flatten();
        for (object, _) in touches.filter(|(object, _)| !execution.objects.is_of_result(*object)) {
            let by = touched.entry(object).or_default();
            if by.iter().enumerate().any(|(other, &event)| other != me && !is_after(other, event)) {
                return None;
            }
            by[me] = last[me];
        }
    }
    Some(found)
}

/// All that the other one has seen comes before what the thread does next.
fn join(before: &mut [Before; THREADS_MAX], thread: usize, other: usize) {
    let Some(&theirs) = before.get(other) else { return };
    for (mine, their) in before[thread].iter_mut().zip(theirs) {
        *mine = their.max(*mine);
    }
}
