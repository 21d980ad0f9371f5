//! One execution, whole: its trace, its end, its outcome, and the explicit schedule that repeats
//! it.

use super::config::{Program, RunConfig};
use super::outcome::Outcome;
use crate::schedule::{Arrival, Decision, Explicit, Plan, Schedule};
use std::fmt;

use crate::sim::{Bounds, End, Event, Kind, Machine, ObjectId, Runner, What};

/// Names of the objects of an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectNames {
    names: Vec<String>,
    of_results: Vec<ObjectId>,
}

impl ObjectNames {
    /// Name of an object.
    pub fn name(&self, object: ObjectId) -> &str {
        self.names.get(object.index()).map_or("?", String::as_str)
    }

    /// Whether it is a word of the machine's own, which stands for the result of a thread.
    pub fn is_of_result(&self, object: ObjectId) -> bool {
        self.of_results.contains(&object)
    }
}

/// One execution of one variant under one schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Execution {
    /// All events, in order.
    pub trace: Vec<Event>,
    /// What the subject said of itself, as the trace numbers it.
    pub remarks: Vec<String>,
    /// How it ended, with places.
    pub end: End,
    /// What a client can tell.
    pub outcome: Outcome,
    /// Names of the objects in the trace.
    pub objects: ObjectNames,
    /// Names of the threads, by number.
    pub threads: Vec<String>,
    /// Names of the observers, in order of their columns behind those of the threads.
    pub observers: Vec<String>,
    /// Orderings that were taken away, see [`crate::probe::weaken`].
    pub weakenings: u64,
    /// Goals reached.
    pub goals: u64,
    /// Choice points.
    pub steps: u64,
    /// Decisions of the schedule that found no place where they could apply.
    pub skipped: usize,
    /// Changes from one thread to another while the first could go on.
    pub preemptions: usize,
}

/// Runs one execution and keeps everything of it.
pub fn run(program: &Program<'_>, schedule: &Schedule, config: &RunConfig<'_>) -> Execution {
    let bounds =
        Bounds { memory: config.memory, steps_max: config.steps_max, tracing: true, logging: true, rounds_max: 1 };
    let plan = Plan::Schedule(schedule);
    config.follow(schedule, |turn| {
        Runner::new().run_observed(program.body, plan, &bounds, program.abandon, turn, Execution::of)
    })
}

impl Execution {
    /// The execution that the machine has just ended.
    fn of(machine: &Machine) -> Execution {
        let outcome = Outcome::of(machine);
        let threads_count = machine.threads_count();
        let mut names = outcome.columns.iter().map(|column| column.name.clone());
        let threads = names.by_ref().take(threads_count).collect();
        Execution {
            trace: machine.trace().to_vec(),
            remarks: machine.remarks().to_vec(),
            end: machine.ended(),
            objects: ObjectNames { names: machine.object_names(), of_results: machine.words_of_results().collect() },
            threads,
            observers: names.collect(),
            weakenings: machine.weakenings(),
            goals: machine.goals(),
            steps: machine.steps(),
            skipped: machine.skipped(),
            preemptions: machine.arrivals().iter().filter(|arrival| is_preemption(arrival)).count(),
            outcome,
        }
    }
}

/// Whether the running thread was made to give way while it could go on, or memory did what is
/// unusual.
pub(crate) fn is_preemption(arrival: &Arrival) -> bool {
    match arrival.thread {
        Some(thread) => arrival.chosen != thread && arrival.options & (1 << thread) != 0,
        None => arrival.is_costly && arrival.chosen != arrival.usual,
    }
}

/// The explicit schedule that repeats what was decided.
pub(super) fn explicit_of(arrivals: &[Arrival]) -> Explicit {
    let differs = arrivals.iter().filter(|arrival| arrival.chosen != arrival.usual);
    Explicit {
        order: Vec::new(),
        decisions: differs.map(|arrival| Decision { key: arrival.key, choice: arrival.chosen }).collect(),
    }
}

/// The explicit schedule that, on this program, decides what `schedule` decides.
pub fn explicit(program: &Program<'_>, schedule: &Schedule, config: &RunConfig<'_>) -> Explicit {
    Replayer::new().explicit(program, schedule, config)
}

/// Runs executions one by one on the same stacks, for those who look at a few things of many.
pub struct Replayer {
    pub(super) runner: Runner,
}

impl fmt::Debug for Replayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replayer").finish_non_exhaustive()
    }
}

impl Default for Replayer {
    fn default() -> Replayer {
        Replayer::new()
    }
}

impl Replayer {
    /// Stacks are made when they are first needed.
    pub fn new() -> Replayer {
        Replayer { runner: Runner::new() }
    }

    pub(crate) fn explicit(&mut self, program: &Program<'_>, schedule: &Schedule, config: &RunConfig<'_>) -> Explicit {
        self.look(program, schedule, config, |machine| explicit_of(machine.arrivals()))
    }

    /// Runs the schedule and looks at the machine.
    pub(crate) fn look<R>(
        &mut self,
        program: &Program<'_>,
        schedule: &Schedule,
        config: &RunConfig<'_>,
        look: impl FnOnce(&Machine) -> R,
    ) -> R {
        self.look_after(1, program, schedule, config, look)
    }

    /// As `look`; threads come back so often in a loop, with nothing changed, before they wait.
    pub(super) fn look_after<R>(
        &mut self,
        rounds_max: u32,
        program: &Program<'_>,
        schedule: &Schedule,
        config: &RunConfig<'_>,
        look: impl FnOnce(&Machine) -> R,
    ) -> R {
        let bounds =
            Bounds { memory: config.memory, steps_max: config.steps_max, tracing: false, logging: true, rounds_max };
        let plan = Plan::Schedule(schedule);
        config
            .follow(schedule, |turn| self.runner.run_observed(program.body, plan, &bounds, program.abandon, turn, look))
    }
}

/// Where two executions of one program under one schedule part, though they must not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Number of the first event that differs.
    pub event: usize,
    /// What it was in the first execution, and in the second, with its place; how that one ended,
    /// if it was over.
    pub said: [String; 2],
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mismatch { event, said: [first, second] } = self;
        write!(f, "the same schedule ran differently: event {event} was '{first}', then '{second}'")
    }
}

/// Runs the schedule twice. Nothing, if both executions are the same; else the subject depends on
/// something that no schedule decides, such as a clock, an address, or state that it keeps from one
/// execution to the next.
pub fn first_mismatch(program: &Program<'_>, schedule: &Schedule, config: &RunConfig<'_>) -> Option<Mismatch> {
    mismatch_of(&run(program, schedule, config), &run(program, schedule, config))
}

/// Where two executions part that should be the same.
pub(crate) fn mismatch_of(first: &Execution, second: &Execution) -> Option<Mismatch> {
    if first == second {
        return None;
    }
    let remark = |execution: &Execution, what: What| match what {
        What::Remark(number) => execution.remarks.get(number as usize).cloned(),
        _ => None,
    };
    let same = |(one, other): (&Event, &Event)| one == other && remark(first, one.what) == remark(second, other.what);
    let shorter = first.trace.len().min(second.trace.len());
    let event = first.trace.iter().zip(&second.trace).position(|pair| !same(pair)).unwrap_or(shorter);
    Some(Mismatch { event, said: [event_said(first, event), event_said(second, event)] })
}

/// An event in words, with values as numbers: no subject is there to describe them.
fn event_said(execution: &Execution, at: usize) -> String {
    let Some(event) = execution.trace.get(at) else { return format!("its end: {}", execution.end.name()) };
    let what = match event.what {
        What::Access { kind, object, read, written, .. } => {
            let name = match kind {
                Kind::Spawn | Kind::Join => execution.threads.get(object.number()).map_or("?", String::as_str),
                _ => execution.objects.name(object),
            };
            let value =
                |verb: &str, value: Option<u64>| value.map_or(String::new(), |value| format!(", {verb} {value}"));
            format!("{} {name}{}{}", kind.name(), value("reads", read), value("writes", written))
        }
        What::Enter(site, _) => format!("enters {site}"),
        What::Leave(site) => format!("leaves {site}"),
        What::Observe(_, word) => format!("observes {word}"),
        What::Warn(message) => format!("sim: WARN: {message}"),
        What::Remark(number) => execution.remarks.get(number as usize).cloned().unwrap_or_default(),
    };
    let thread = execution.threads.get(usize::from(event.thread)).map_or("?", String::as_str);
    format!("{thread}: {what}, at {}", event.place)
}
