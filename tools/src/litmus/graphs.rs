//! All execution graphs of a litmus test.
//!
//! Promise: what is found is exhaustive unless it says otherwise. Two searches that know nothing of
//! each other answer a test: this one, on graphs, and the one of the simulated machine. A state
//! that the machine shows and an exhaustive search of graphs does not is a fault of ours, and it is
//! said so.

use super::ast::{Item, LocationKind, Program};
use super::flag::Flag;
use super::search::SearchConfig;
use super::threads::{Answered, Halt, registers};
use super::visit;
use lockstep::graph::{Ending, Final, Model, SharedConfig, graphs_shared};
use lockstep::{Evidence, MemoryModel};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

/// What some search has found.
pub struct FinalStates {
    /// The values of [`Program::observed`] where all threads have ended.
    pub states: BTreeSet<Vec<i64>>,
    /// How else executions end.
    pub flags: BTreeSet<Flag>,
    /// What stands behind it.
    pub evidence: Evidence,
    /// Whether some loop was followed no further.
    pub is_cut: bool,
}

impl FinalStates {
    /// What two searches have found together.
    pub fn and(mut self, other: FinalStates) -> FinalStates {
        if self.evidence.is_exhaustive() {
            let surplus: Vec<_> = other.states.difference(&self.states).collect();
            assert!(surplus.is_empty(), "the machine shows {surplus:?}, which no execution graph does");
            assert!(other.flags.is_subset(&self.flags), "the machine shows {:?}, graphs do not", other.flags);
        }
        self.states.extend(other.states);
        self.flags.extend(other.flags);
        self.evidence = self.evidence.and(other.evidence);
        self
    }
}

/// Whether the memory model has a predicate on graphs.
pub fn searches(memory: MemoryModel) -> bool {
    Model::from_name(memory.name()).is_some()
}

/// Searches the graphs of a program, under a memory model that [`searches`].
pub fn search(program: &Program, search: &SearchConfig<'_>) -> FinalStates {
    let model = Model::from_name(search.memory.name()).expect("the memory model has a predicate");
    let observed = program.observed();
    let mut nothing =
        FinalStates { states: BTreeSet::new(), flags: BTreeSet::new(), evidence: Evidence::default(), is_cut: false };
    if program.locations.iter().any(|location| location.kind == LocationKind::Both) {
        nothing.flags.insert(Flag::MixedLockAccesses);
    }
    let final_states = Mutex::new(nothing);
    let look = |ending: Ending, last: &dyn Fn() -> Final| {
        if ending != Ending::Cut {
            final_states.lock().expect("no worker panics").add(program, &observed, ending, &last());
        }
        if search.is_over() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let config = SharedConfig { model, jobs: search.jobs, runs: search.executions };
    let (is_cut, is_racy) = (AtomicBool::new(false), AtomicBool::new(false));
    let racing = visit::has_plain_accesses(program).then_some(&is_racy);
    let mut counts = graphs_shared(&|| Answered::new(program, &is_cut, racing), &config, &look);
    assert!(!counts.strayed, "a litmus test does the same with the same answers");
    let mut final_states = final_states.into_inner().expect("no worker panics");
    if is_racy.into_inner() {
        final_states.flags.insert(Flag::DataRace);
    }
    final_states.is_cut = is_cut.into_inner();
    if final_states.is_cut {
        // A loop that is followed no further is more than a graph holds.
        counts.limited = counts.limited.max(1);
        counts.exhausted = false;
    }
    final_states.evidence = counts.evidence();
    final_states
}

impl FinalStates {
    fn add(&mut self, program: &Program, observed: &[Item], ending: Ending, last: &Final) {
        let mut all = Vec::new();
        let mut is_faulty = false;
        for (thread, answers) in last.answers.iter().enumerate().take(program.threads.len()) {
            match registers(program, thread, answers) {
                Ok(registers) => all.push(registers),
                Err(halt) => {
                    let flag = match halt {
                        // It waits, and so it has no final state either.
                        Halt::Next(_) => continue,
                        Halt::TooLong | Halt::NotAssumed => return,
                        Halt::DivisionByZero => Flag::DivisionByZero,
                        Halt::LockMisuse => Flag::LockMisuse,
                        Halt::InvalidAddress => Flag::InvalidAddress,
                    };
                    self.flags.insert(flag);
                    is_faulty = true;
                }
            }
        }
        if is_faulty {
            return;
        }
        if ending == Ending::Blocked {
            self.flags.insert(Flag::Deadlock);
            return;
        }
        let value = |item: &Item| match *item {
            Item::Register { thread, register } => all[thread][register],
            Item::Location(location) => last.memory[location].cast_signed(),
        };
        self.states.insert(observed.iter().map(value).collect());
    }
}
