//! A scenario's program in words: who does what, a line a thread, for the readers of a comparison.

use lockstep::Label;
use std::borrow::Cow;

use super::program::{Answer, Condition, EngineProgram, Op, Scenario, TaskOp, TaskProgram};
use super::text::callback_name;
use crate::describe::{action_name, disposition_name};
use crate::kernel::process::Handlers;
use crate::kernel::signal::Scope;
use crate::kernel::sigset::{SigSet, signal_name};
use crate::kernel::syscall::Body;
use crate::utrace::engine::{CallbackKind, EngineId, Events, ResumeAction, Verdict};
use crate::values::{events_name, signals_name};

/// What the thread of a tracer is called: by its name if that is written down in the program, for
/// the machine keeps names for ever; else by its number.
pub fn tracer_label(scenario: &Scenario, number: usize) -> Label {
    match scenario.tracers[number].name {
        Cow::Borrowed(name) => Label::from(name),
        Cow::Owned(_) => Label::from(("tracer", number as u32)),
    }
}

impl Scenario {
    /// The program in words: a line for each process with handlers, each task, each engine, what is
    /// set up before the threads start, and each tracer.
    pub fn program_lines(&self) -> Vec<String> {
        let numbered = |number: usize, handlers: &Handlers| handlers_line(number, *handlers);
        let mut lines: Vec<String> =
            self.handlers.iter().enumerate().filter_map(|(number, handlers)| numbered(number, handlers)).collect();
        lines.extend(self.tasks.iter().enumerate().map(|(number, task)| task_line(number, task)));
        lines.extend(self.engines.iter().enumerate().map(|(number, engine)| engine_line(self, number, engine)));
        if !self.setup.is_empty() {
            lines.push(format!("set up: {}", ops(self, &self.setup, "; ")));
        }
        lines.extend(self.tracers.iter().enumerate().map(|(number, tracer)| {
            let label = tracer_label(self, number);
            let name = match &tracer.name {
                Cow::Borrowed(_) => label.to_string(),
                Cow::Owned(name) => format!("{label} {name}"),
            };
            format!("{name}: {}", ops(self, &tracer.ops, "; "))
        }));
        lines
    }
}

fn handlers_line(number: usize, handlers: Handlers) -> Option<String> {
    let part = |verb: &str, set: SigSet| (!set.is_empty()).then(|| format!("{verb} {}", signals_name(set)));
    let parts: Vec<String> =
        [part("handles", handlers.handled), part("ignores", handlers.ignored)].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("process {number}: {}", parts.join(", ")))
}

fn task_line(number: usize, task: &TaskProgram) -> String {
    let mut about = format!("process {}", task.birth.process);
    if !task.birth.blocked.is_empty() {
        about.push_str(&format!(", blocks {}", signals_name(task.birth.blocked)));
    }
    if task.birth.kernel_thread {
        about.push_str(", a kernel thread");
    }
    let mut steps: Vec<String> = task.ops.iter().enumerate().map(|(number, op)| task_op(number, *op)).collect();
    if !matches!(task.ops.last(), Some(TaskOp::Syscall(Body::Exit(_) | Body::ExitGroup(_)))) {
        steps.push("user mode".to_owned());
    }
    format!("task {number} ({about}): {}", steps.join("; "))
}

fn task_op(number: usize, op: TaskOp) -> String {
    match op {
        TaskOp::Syscall(body) => match body {
            Body::Quick => format!("system call {number}"),
            Body::Pause => format!("system call {number}, pause"),
            Body::Clone => format!("system call {number}, clone"),
            Body::Vfork => format!("system call {number}, vfork"),
            Body::Exec => format!("system call {number}, exec"),
            Body::Exit(code) => format!("system call {number}, exit({code})"),
            Body::ExitGroup(code) => format!("system call {number}, exit_group({code})"),
        },
        TaskOp::Interrupt => "interrupt".to_owned(),
        TaskOp::SetState(state) => format!("set_current_state({})", state.name()),
        TaskOp::Schedule => "schedule()".to_owned(),
        TaskOp::Look => "look at VAR".to_owned(),
    }
}

fn engine_line(scenario: &Scenario, number: usize, engine: &EngineProgram) -> String {
    let class = engine.class.map_or("no ops".to_owned(), |class| format!("class {class}"));
    let task = engine.task.0;
    let events = || if engine.events.is_empty() { "no events".to_owned() } else { named("events", engine.events) };
    let mut line = if engine.attached {
        format!("engine {number} on task {task}, {class}: {}", events())
    } else {
        format!("engine {number} for task {task}, {class}: not attached yet")
    };
    for (place, answer) in engine.answers.iter().enumerate() {
        let nth = engine.answers[..place].iter().filter(|earlier| earlier.to == answer.to).count();
        line.push_str(&format!("; {}", answer_words(scenario, nth, answer)));
    }
    line
}

fn named(what: &str, events: Events) -> String {
    format!("{what} {}", events_name(events))
}

fn answer_words(scenario: &Scenario, nth: usize, answer: &Answer) -> String {
    let kind = kind_name(answer.to);
    let which = match (nth, answer.forever) {
        (0, false) => format!("answers {kind}"),
        (0, true) => format!("answers every {kind}"),
        (_, false) => format!("answers {kind} number {}", nth + 1),
        (_, true) => format!("answers {kind} from number {} on", nth + 1),
    };
    let result = match answer.result {
        Some(result) if answer.to == CallbackKind::Signal => {
            format!(" and the signal {}", disposition_name(Verdict::new(ResumeAction::Resume, result)))
        }
        Some(Verdict::SYSCALL_ABORT) if answer.to == CallbackKind::SyscallEntry => " and abort".to_owned(),
        _ => String::new(),
    };
    let first =
        if answer.ops.is_empty() { String::new() } else { format!(" after {}", ops(scenario, &answer.ops, " and ")) };
    format!("{which} with {}{result}{first}", action_name(answer.action))
}

/// A callback by the event it is for.
fn kind_name(kind: CallbackKind) -> &'static str {
    match kind {
        CallbackKind::Signal => "a signal",
        named => callback_name(named),
    }
}

fn ops(scenario: &Scenario, ops: &[Op], separator: &str) -> String {
    if ops.is_empty() {
        return "nothing".to_owned();
    }
    ops.iter().map(|one| op(scenario, one)).collect::<Vec<_>>().join(separator)
}

/// One operation in words.
pub fn op(scenario: &Scenario, op: &Op) -> String {
    let target = |engine: EngineId| scenario.engines[engine.index()].task.0;
    match *op {
        Op::Attach { engine, exclusive: false } => format!("attach(engine {} to task {})", engine.0, target(engine)),
        Op::Attach { engine, exclusive: true } => {
            format!("attach(engine {} to task {}, exclusive)", engine.0, target(engine))
        }
        Op::Find { engine } => format!("attach(find one like engine {} on task {})", engine.0, target(engine)),
        Op::SetEvents { engine, events } => {
            let events = if events.is_empty() { "no event".to_owned() } else { events_name(events) };
            format!("set_events(engine {}, {events})", engine.0)
        }
        Op::Control { engine, action } => format!("control(engine {}, {})", engine.0, action_name(action)),
        Op::Barrier { engine } => format!("barrier(engine {})", engine.0),
        Op::PrepareExamine { engine } => format!("prepare_examine(engine {})", engine.0),
        Op::FinishExamine { engine } => format!("finish_examine(engine {})", engine.0),
        Op::Send { signal, task, scope: Scope::Thread } => format!("tkill {} to task {}", signal_name(signal), task.0),
        Op::Send { signal, task, scope: Scope::Group } => {
            let process = scenario.tasks[task.index()].birth.process;
            format!("kill {} to process {process}", signal_name(signal))
        }
        Op::Reap { task } => format!("reap task {} once it is dying", task.0),
        Op::Await(condition) => format!("wait until {}", condition_words(condition)),
        Op::Store => "VAR = 1".to_owned(),
        Op::WakeUp { task, mask } => format!("try_to_wake_up(task {}, {})", task.0, mask.name()),
    }
}

fn condition_words(condition: Condition) -> String {
    match condition {
        Condition::HasStopped(task) => format!("task {} has stopped for an engine", task.0),
        Condition::State(task, state) => format!("task {} is {}", task.0, state.name()),
        Condition::HasSlept(task) => format!("task {} is off its CPU", task.0),
        Condition::Dying(task) => format!("task {} is dying", task.0),
        Condition::GroupStopped => "the parent was told of the group stop".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::scenarios::run::thread_names;
    use crate::scenarios::scenarios;
    use std::collections::BTreeSet;

    #[track_caller]
    fn check(id: &str, expected: &[&str]) {
        let scenario = scenarios().iter().find(|scenario| scenario.id == id).expect("the scenario exists");
        assert_eq!(scenario.program_lines(), expected);
    }

    #[test]
    fn a_program_reads_as_who_does_what() {
        check(
            "S3",
            &[
                "task 0 (process 0): system call 0; user mode",
                "engine 0 on task 0, class 1: events SYSCALL_ENTRY; answers SYSCALL_ENTRY with STOP",
                "tracer: wait until task 0 has stopped for an engine; control(engine 0, RESUME)",
                "killer: wait until task 0 has stopped for an engine; kill SIGKILL to process 0",
            ],
        );
        check(
            "S4c",
            &[
                "process 0: handles SIGUSR1",
                "task 0 (process 0): set_current_state(INTERRUPTIBLE); schedule(); look at VAR; user mode",
                "set up: tkill SIGUSR1 to task 0",
                "waker: VAR = 1; try_to_wake_up(task 0, INTERRUPTIBLE)",
            ],
        );
    }

    #[test]
    fn a_tracer_named_at_run_time_goes_by_its_number() {
        let mut scenario = scenarios()[0].clone();
        scenario.tracers.to_mut()[1].name = "made up".to_owned().into();
        assert_eq!(thread_names(&scenario)[4], "tracer[1]");
        let expected = "tracer[1] made up: wait until task 0 is STOPPED; kill SIGCONT to process 0";
        assert_eq!(scenario.program_lines().last().map(String::as_str), Some(expected));
    }

    #[test]
    fn threads_of_a_scenario_have_distinct_names() {
        for scenario in scenarios() {
            let names = thread_names(scenario);
            let unique: BTreeSet<&String> = names.iter().collect();
            assert_eq!(unique.len(), names.len(), "{}: {names:?}", scenario.id);
            assert!(!names.iter().any(|name| name == "parent"), "{}: the parent is an observer", scenario.id);
        }
    }
}
