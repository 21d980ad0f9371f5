//! Programs that the search can run: threads that say what they do next.

use super::clock::THREADS_MAX;
use super::consistency::Consistency;
use super::consistency::order::Order as Moments;
use super::consistency::weak::Weak;
use super::events::Source;
use super::label::Label;
use super::search::{Ending, GraphSearch};
use crate::explore::evidence::{Covered, Evidence, Tried};
use crate::sim::Gaps;
use std::ops::ControlFlow;

/// What a read-modify-write makes of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// That value.
    Exchange(u64),
    /// The sum, wrapping.
    Add(u64),
    /// The sum as an integer of so many bits, at most 64, that wraps; its sign fills the word.
    AddNarrow {
        /// What is added.
        other: u64,
        /// Bits of the integer.
        bits: u8,
        /// Whether its highest bit is a sign.
        is_signed: bool,
    },
    /// Bits of both.
    And(u64),
    /// Bits of either.
    Or(u64),
    /// Bits of one of them.
    Xor(u64),
    /// The second if it is the first; otherwise nothing is written.
    Replace(u64, u64),
}

impl Change {
    fn apply(self, value: u64) -> Option<u64> {
        match self {
            Change::Exchange(new) => Some(new),
            Change::Add(other) => Some(value.wrapping_add(other)),
            Change::AddNarrow { other, bits, is_signed } => {
                let unused = 64 - u32::from(bits);
                let high = value.wrapping_add(other) << unused;
                Some(if is_signed { (high.cast_signed() >> unused).cast_unsigned() } else { high >> unused })
            }
            Change::And(other) => Some(value & other),
            Change::Or(other) => Some(value | other),
            Change::Xor(other) => Some(value ^ other),
            Change::Replace(old, new) => (value == old).then_some(new),
        }
    }
}

/// What a thread does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The event.
    pub label: Label,
    /// For an update, what it does.
    pub change: Option<Change>,
}

impl From<Label> for Step {
    fn from(label: Label) -> Step {
        Step { label, change: None }
    }
}

/// A program as its threads: what each does depends on what it has read, and on nothing else.
pub trait Threads {
    /// The values of all locations before the threads begin.
    fn initial(&self) -> Vec<u64>;

    /// Forgets what the threads have done. Threads that exist from the beginning.
    fn restart(&mut self) -> usize;

    /// What the thread does next, after what it did last was answered; nothing was, at first.
    fn advance(&mut self, thread: usize, answer: u64) -> Step;

    /// A run has ended, and was not cut. `sources` tells which write each event has read; what was
    /// answered last to each thread is known.
    fn ended(&mut self, _sources: &dyn Fn() -> Sources) {}
}

/// For each event of each thread, in order, the event whose write it has read, by its thread and
/// its number there; none for the initial value, and for events that read nothing.
pub type Sources = Vec<Vec<Option<(usize, usize)>>>;

/// Memory models that graphs can be explored under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// Sequential consistency.
    Sc,
    /// x86-TSO.
    Tso,
    /// RC11 without load buffering, with the kernel's rule for locks.
    Weak,
}

impl Model {
    /// The model that has that name in [`crate::MemoryModel`] as well.
    pub fn from_name(name: &str) -> Option<Model> {
        match name {
            "sc" => Some(Model::Sc),
            "tso" => Some(Model::Tso),
            "weak" => Some(Model::Weak),
            _ => None,
        }
    }
}

/// What is told how a run ended, and decides whether the search goes on.
pub type Look<'a> = dyn FnMut(Ending, &dyn Fn() -> Final) -> ControlFlow<()> + 'a;

/// What a search found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Graphs in which all threads have ended.
    pub complete: u64,
    /// Graphs in which threads wait for what never comes.
    pub blocked: u64,
    /// Runs given up because no new graph could come of them.
    pub cut: u64,
    /// Those of them in which a thread did more than a graph can hold: what would follow was not
    /// searched.
    pub limited: u64,
    /// Events of all complete graphs.
    pub events: u64,
    /// Whether everything was searched.
    pub exhausted: bool,
    /// Whether a thread did something else with the same answers. Then the counts mean nothing.
    pub strayed: bool,
}

/// A complete or blocked graph: the values that each thread has read, in order, and the last value
/// of each location.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Final {
    /// For each thread its answers. Whoever waits for a lock at the end has no answer to that.
    pub answers: Vec<Vec<u64>>,
    /// For each location its last value.
    pub memory: Vec<u64>,
}

/// Explores all graphs of the program, with at most so many runs. `look` sees how each run ended.
pub fn graphs(threads: &mut dyn Threads, model: Model, runs_max: u64, look: &mut Look<'_>) -> Counts {
    let initial = threads.initial();
    match model {
        Model::Sc => explore(threads, &mut GraphSearch::<Moments<false>>::new(&initial), runs_max, look),
        Model::Tso => explore(threads, &mut GraphSearch::<Moments<true>>::new(&initial), runs_max, look),
        Model::Weak => explore(threads, &mut GraphSearch::<Weak>::new(&initial), runs_max, look),
    }
}

/// Goes on with a search, with at most so many runs.
pub(super) fn explore<C: Consistency>(
    threads: &mut dyn Threads,
    search: &mut GraphSearch<C>,
    runs_max: u64,
    look: &mut Look<'_>,
) -> Counts {
    let mut counts = Counts::default();
    while counts.runs() < runs_max {
        if !search.begin() {
            counts.exhausted = counts.limited == 0;
            break;
        }
        run(threads, search);
        if search.has_strayed() {
            counts.strayed = true;
            break;
        }
        counts.limited += u64::from(search.is_too_long());
        let ending = search.ending();
        match ending {
            Ending::Complete => {
                counts.complete += 1;
                counts.events += search.graph().len() as u64;
            }
            Ending::Blocked => counts.blocked += 1,
            Ending::Cut => counts.cut += 1,
        }
        if ending != Ending::Cut {
            threads.ended(&|| sources(search));
        }
        if look(ending, &|| final_state(search)).is_break() {
            break;
        }
    }
    counts
}

impl Counts {
    /// What stands behind the graphs that were found.
    pub fn evidence(&self) -> Evidence {
        let (executions, strayed) = (self.complete + self.blocked, u64::from(self.strayed));
        let gaps = Gaps { limited: self.limited, strayed, ..Gaps::NONE };
        if self.exhausted {
            let covered = Covered { everything: true, executions, gaps, ..Covered::NOTHING };
            return Evidence::of(covered, Tried::NOTHING);
        }
        Evidence::of(Covered::NOTHING, Tried { enumerated: executions, gaps, ..Tried::NOTHING })
    }

    /// Runs of the program.
    pub fn runs(&self) -> u64 {
        self.complete + self.blocked + self.cut
    }
}

fn run<C: Consistency>(threads: &mut dyn Threads, search: &mut GraphSearch<C>) {
    let announce = |search: &mut GraphSearch<C>, threads: &mut dyn Threads, thread: usize, answer: u64| {
        let step = threads.advance(thread, answer);
        search.announce(thread, step.label);
        step.change
    };
    let mut pending = [None; THREADS_MAX];
    let count = threads.restart();
    for (thread, change) in pending.iter_mut().enumerate().take(count) {
        *change = announce(search, threads, thread, 0);
    }
    while let Some(thread) = search.next() {
        let change: Option<Change> = pending[thread];
        let label = search.announced(thread);
        let answer = search.perform(thread, &|value| change.and_then(|change| change.apply(value)));
        match label {
            Label::End => {}
            Label::Spawn(child) => {
                pending[child] = announce(search, threads, child, 0);
                pending[thread] = announce(search, threads, thread, answer);
            }
            _ => pending[thread] = announce(search, threads, thread, answer),
        }
    }
}

fn final_state<C: Consistency>(search: &GraphSearch<C>) -> Final {
    let graph = search.graph();
    let values = |events: &Vec<usize>| {
        let happened = events.iter().map(|&id| &graph.events[id]).filter(|event| !event.is_blocked());
        happened.map(|event| event.value).collect()
    };
    let memory = (0..graph.places.len()).map(|place| graph.write_at(place, graph.places[place].writes.len()).1);
    Final { answers: graph.threads.iter().map(values).collect(), memory: memory.collect() }
}

fn sources<C: Consistency>(search: &GraphSearch<C>) -> Sources {
    let graph = search.graph();
    let source = |&id: &usize| match graph.events[id].source {
        Source::Event(source) => Some((graph.events[source].thread, graph.events[source].index)),
        Source::Initial | Source::None => None,
    };
    graph.threads.iter().map(|events| events.iter().map(source).collect()).collect()
}
