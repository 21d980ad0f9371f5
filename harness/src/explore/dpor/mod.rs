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
//! model on alternatives of a choice leave some out (`sim/memory/weak/`): then the search is not
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

mod assignment;
mod branch;
mod clock;
mod guide;
mod search;

use self::assignment::{Assignment, Ended, runs};
use self::guide::Habits;
use super::control::Noted;
use super::evidence::{Covered, Evidence, Tried};
use super::repeats::doubts;
use super::{Exploration, ExploreConfig, Program};
use crate::schedule::THREADS_MAX;
use crate::sim::{Bounds, Gaps, MemoryModel, Runner};

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
        let gives_way_after = config.gives_way_after.map(|most| most.saturating_sub(before.steps));
        let assignment = Assignment { program, config, bounds, budget, gives_way_after, alternatives_touch_alike };
        let ended = if config.memory.has_buffers() {
            assignment.attempt::<{ 2 * THREADS_MAX }>(habits, &mut runner, &mut result)
        } else {
            assignment.attempt::<THREADS_MAX>(habits, &mut runner, &mut result)
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
