//! Reading a scenario.

use std::borrow::Cow;

use super::line::{Line, Read, TextError};
use super::{HEAD, HEAD_WITH_GOALS, names};
use crate::kernel::process::Handlers;
use crate::kernel::signal::Scope;
use crate::kernel::sigset::SigSet;
use crate::kernel::syscall::Body;
use crate::kernel::task::{Birth, TaskId};
use crate::scenarios::program::{
    Answer, Condition, EngineProgram, Goal, Op, Scenario, TaskOp, TaskProgram, TracerProgram, answer,
};
use crate::scenarios::well_formed::well_formed;
use crate::utrace::engine::EngineId;

/// Lines of a scenario, at most: what is longer is no scenario.
const LINES_MAX: usize = 10_000;

/// The scenario that the text describes. It is well-formed.
pub fn read_scenario(text: &str) -> Result<Scenario, TextError> {
    let mut reader = Reader::default();
    let mut last = (1, 1);
    let lines = text.lines().enumerate().map(|(number, text)| (number + 1, text));
    let mut lines = lines.filter(|(_, text)| !text.trim().is_empty() && !text.trim_start().starts_with('#'));
    match lines.next() {
        Some((_, head)) if head.trim_end() == HEAD => {}
        Some((_, head)) if head.trim_end() == HEAD_WITH_GOALS => reader.has_goals = true,
        other => {
            let message =
                format!("expected '{HEAD}' or '{HEAD_WITH_GOALS}', the first line of a scenario of these versions");
            return Err(TextError::new(other.map_or(1, |(number, _)| number), 1, message));
        }
    }
    for (number, text) in lines {
        if number > LINES_MAX {
            return Err(TextError::new(number, 1, format!("a scenario has at most {LINES_MAX} lines")));
        }
        last = (number, text.trim_end().chars().count() + 1);
        reader.statement(&mut Line::new(number, text))?;
    }
    reader.finish(last)
}

/// Whose operations follow.
#[derive(Clone, Copy, Default)]
enum Inside {
    #[default]
    Nothing,
    Task,
    Engine,
    Answer,
    Setup,
    Tracer,
}

#[derive(Clone, Copy)]
enum Named {
    Task(u8),
    Engine(u8),
    Process(u8),
}

#[derive(Default)]
pub(super) struct Reader {
    /// It is of the version that has goals.
    has_goals: bool,
    goals: Vec<Goal>,
    id: Option<String>,
    name: Option<String>,
    question: Option<String>,
    source: Option<String>,
    handlers: Vec<Handlers>,
    tasks: Vec<TaskProgram>,
    engines: Vec<EngineProgram>,
    setup: Vec<Op>,
    tracers: Vec<TracerProgram>,
    watch_wakeups: bool,
    inside: Inside,
    /// What was named before it may have been described, with its place.
    named: Vec<(Named, (usize, usize))>,
}

impl Reader {
    fn statement(&mut self, line: &mut Line<'_>) -> Read<()> {
        let Some(word) = line.word() else { return Ok(()) };
        match word {
            "id" => return set(&mut self.id, line),
            "name" => return set(&mut self.name, line),
            "question" => return set(&mut self.question, line),
            "source" => return set(&mut self.source, line),
            "goal" | "goal-of-some" if !self.has_goals => {
                return Err(line.error(format!("goals came later: let the first line be '{HEAD_WITH_GOALS}'")));
            }
            "goal" | "goal-of-some" => {
                let goal = self.goal(word == "goal", line)?;
                self.goals.push(goal);
            }
            "process" => self.process(line)?,
            "task" => self.task(line)?,
            "engine" => self.engine(line)?,
            "answer" => self.answer(line)?,
            "setup" => self.inside = Inside::Setup,
            "tracer" => {
                let name = Cow::Owned(line.rest().to_owned());
                self.tracers.push(TracerProgram { name, ops: Cow::Owned(Vec::new()) });
                self.inside = Inside::Tracer;
            }
            "watch-wakeups" => self.watch_wakeups = true,
            _ => self.op(word, line)?,
        }
        line.end()
    }

    fn process(&mut self, line: &mut Line<'_>) -> Read<()> {
        next_number(line, self.handlers.len())?;
        let mut handlers = Handlers::default();
        while let Some(word) = line.word() {
            let set = match word {
                "handles" => &mut handlers.handled,
                "ignores" => &mut handlers.ignored,
                _ => return Err(line.error(format!("expected 'handles' or 'ignores', found '{word}'"))),
            };
            *set = signals(line)?;
        }
        self.handlers.push(handlers);
        self.inside = Inside::Nothing;
        Ok(())
    }

    fn task(&mut self, line: &mut Line<'_>) -> Read<()> {
        next_number(line, self.tasks.len())?;
        line.keyword("process")?;
        let process = line.expect("the number of a process", names::number_of)?;
        self.named.push((Named::Process(process), line.place()));
        let mut birth = Birth { process: usize::from(process), ..Birth::default() };
        while let Some(word) = line.word() {
            match word {
                "blocks" => birth.blocked = signals(line)?,
                "kernel-thread" => birth.kernel_thread = true,
                _ => return Err(line.error(format!("expected 'blocks' or 'kernel-thread', found '{word}'"))),
            }
        }
        self.tasks.push(TaskProgram { birth, ops: Cow::Owned(Vec::new()) });
        self.inside = Inside::Task;
        Ok(())
    }

    fn engine(&mut self, line: &mut Line<'_>) -> Read<()> {
        next_number(line, self.engines.len())?;
        line.keyword("task")?;
        let task = self.task_id(line)?;
        let has_class = line.expect("'class' or 'no-ops'", |word| match word {
            "class" => Some(true),
            "no-ops" => Some(false),
            _ => None,
        })?;
        let class = if has_class { Some(line.expect("the number of a class", names::number_of)?) } else { None };
        let attached = line.expect("'attached' or 'unattached'", |word| match word {
            "attached" => Some(true),
            "unattached" => Some(false),
            _ => None,
        })?;
        line.keyword("events")?;
        let events = line.expect(EVENTS, names::events_of)?;
        self.engines.push(EngineProgram { task, class, attached, events, answers: Cow::Owned(Vec::new()) });
        self.inside = Inside::Engine;
        Ok(())
    }

    fn answer(&mut self, line: &mut Line<'_>) -> Read<()> {
        let (Inside::Engine | Inside::Answer, Some(engine)) = (self.inside, self.engines.last_mut()) else {
            return Err(line.error("an answer belongs to an engine: put it behind an 'engine'".to_owned()));
        };
        let to = line.expect("a callback, such as SYSCALL_ENTRY", names::kind_of)?;
        let action = line.expect("an action", names::action_of)?;
        let mut read = Answer { ..answer(to, action) };
        while let Some(word) = line.word() {
            match word {
                "result" => {
                    let result = line.expect("a hexadecimal number, such as 0x10", names::hexadecimal_of)?;
                    read.result = Some(result);
                }
                "forever" => read.forever = true,
                _ => return Err(line.error(format!("expected the end of the line, found '{word}'"))),
            }
        }
        engine.answers.to_mut().push(read);
        self.inside = Inside::Answer;
        Ok(())
    }

    /// An operation of whatever came last.
    fn op(&mut self, word: &str, line: &mut Line<'_>) -> Read<()> {
        if let Inside::Task = self.inside {
            let op = task_op(word, line)?;
            if let Some(task) = self.tasks.last_mut() {
                task.ops.to_mut().push(op);
            }
            return Ok(());
        }
        let op = self.outer_op(word, line)?;
        let answers = || "an operation belongs to a task, an answer, the setup or a tracer";
        match self.inside {
            Inside::Setup => self.setup.push(op),
            Inside::Tracer => self.tracers.last_mut().expect("a tracer came last").ops.to_mut().push(op),
            Inside::Answer => {
                let engine = self.engines.last_mut().expect("an engine came last");
                engine.answers.to_mut().last_mut().expect("an answer came last").ops.to_mut().push(op);
            }
            Inside::Nothing | Inside::Engine | Inside::Task => return Err(line.error(answers().to_owned())),
        }
        Ok(())
    }

    fn outer_op(&mut self, word: &str, line: &mut Line<'_>) -> Read<Op> {
        let op = match word {
            "attach" => Op::Attach { engine: self.engine_id(line)?, exclusive: false },
            "attach-exclusive" => Op::Attach { engine: self.engine_id(line)?, exclusive: true },
            "find" => Op::Find { engine: self.engine_id(line)? },
            "set-events" => {
                Op::SetEvents { engine: self.engine_id(line)?, events: line.expect(EVENTS, names::events_of)? }
            }
            "control" => {
                Op::Control { engine: self.engine_id(line)?, action: line.expect("an action", names::action_of)? }
            }
            "barrier" => Op::Barrier { engine: self.engine_id(line)? },
            "prepare-examine" => Op::PrepareExamine { engine: self.engine_id(line)? },
            "finish-examine" => Op::FinishExamine { engine: self.engine_id(line)? },
            "kill" | "tkill" => {
                let signal = line.expect("a signal", names::signal_of)?;
                let scope = if word == "kill" { Scope::Group } else { Scope::Thread };
                Op::Send { signal, task: self.task_id(line)?, scope }
            }
            "reap" => Op::Reap { task: self.task_id(line)? },
            "await" => Op::Await(self.condition(line)?),
            "store" => Op::Store,
            "wake-up" => Op::WakeUp { task: self.task_id(line)?, mask: line.expect(STATE, names::state_of)? },
            _ => return Err(line.error(format!("expected a statement, found '{word}'"))),
        };
        Ok(op)
    }

    fn condition(&mut self, line: &mut Line<'_>) -> Read<Condition> {
        let what = "a condition: stopped, state, slept, dying or group-stopped";
        let word = line.expect(what, |word| Some(word.to_owned()))?;
        let condition = match &*word {
            "stopped" => Condition::HasStopped(self.task_id(line)?),
            "state" => Condition::State(self.task_id(line)?, line.expect(STATE, names::state_of)?),
            "slept" => Condition::HasSlept(self.task_id(line)?),
            "dying" => Condition::Dying(self.task_id(line)?),
            "group-stopped" => Condition::GroupStopped,
            _ => return Err(line.error(format!("expected {what}, found '{word}'"))),
        };
        Ok(condition)
    }

    pub(super) fn task_id(&mut self, line: &mut Line<'_>) -> Read<TaskId> {
        let number = line.expect("the number of a task", names::number_of)?;
        self.named.push((Named::Task(number), line.place()));
        Ok(TaskId(number))
    }

    pub(super) fn engine_id(&mut self, line: &mut Line<'_>) -> Read<EngineId> {
        let number = line.expect("the number of an engine", names::number_of)?;
        self.named.push((Named::Engine(number), line.place()));
        Ok(EngineId(number))
    }

    fn finish(self, last: (usize, usize)) -> Read<Scenario> {
        for &(named, (line, column)) in &self.named {
            let (what, number, count) = match named {
                Named::Task(number) => ("task", number, self.tasks.len()),
                Named::Engine(number) => ("engine", number, self.engines.len()),
                Named::Process(number) => ("process", number, self.handlers.len()),
            };
            if usize::from(number) >= count {
                return Err(TextError::new(line, column, format!("there is no {what} {number}")));
            }
        }
        let at_end = |message: String| TextError::new(last.0, last.1, message);
        let given = |value: Option<String>, what: &str| {
            value.map(Cow::Owned).ok_or_else(|| at_end(format!("the scenario has no '{what}'")))
        };
        let scenario = Scenario {
            id: given(self.id, "id")?,
            name: given(self.name, "name")?,
            question: given(self.question, "question")?,
            mail: given(self.source, "source")?,
            goals: Cow::Owned(self.goals),
            handlers: Cow::Owned(self.handlers),
            tasks: Cow::Owned(self.tasks),
            engines: Cow::Owned(self.engines),
            setup: Cow::Owned(self.setup),
            tracers: Cow::Owned(self.tracers),
            watch_wakeups: self.watch_wakeups,
        };
        well_formed(&scenario).map_err(|error| at_end(error.to_string()))?;
        Ok(scenario)
    }
}

const EVENTS: &str = "events joined by '|', or 'none'";
const STATE: &str = "a state, or a mask of states like 0x85";

fn set(value: &mut Option<String>, line: &mut Line<'_>) -> Read<()> {
    let given = line.rest().to_owned();
    match value.replace(given) {
        None => Ok(()),
        Some(_) => Err(line.error("this was said before".to_owned())),
    }
}

fn next_number(line: &mut Line<'_>, next: usize) -> Read<()> {
    line.expect(&format!("{next}, the next number"), |word| (word == next.to_string()).then_some(()))
}

fn signals(line: &mut Line<'_>) -> Read<SigSet> {
    line.expect("signals joined by '|'", names::signals_of)
}

fn task_op(word: &str, line: &mut Line<'_>) -> Read<TaskOp> {
    match word {
        "syscall" => Ok(TaskOp::Syscall(body(line)?)),
        "interrupt" => Ok(TaskOp::Interrupt),
        "set-state" => Ok(TaskOp::SetState(line.expect(STATE, names::state_of)?)),
        "schedule" => Ok(TaskOp::Schedule),
        "look" => Ok(TaskOp::Look),
        _ => Err(line.error(format!("expected a statement, found '{word}'"))),
    }
}

fn body(line: &mut Line<'_>) -> Read<Body> {
    let what = "a system call: quick, pause, clone, vfork, exec, exit CODE or exit-group CODE";
    let body = line.expect(what, |word| match word {
        "quick" => Some(Body::Quick),
        "pause" => Some(Body::Pause),
        "clone" => Some(Body::Clone),
        "vfork" => Some(Body::Vfork),
        "exec" => Some(Body::Exec),
        "exit" => Some(Body::Exit(0)),
        "exit-group" => Some(Body::ExitGroup(0)),
        _ => None,
    })?;
    Ok(match body {
        Body::Exit(_) => Body::Exit(line.expect("an exit code", names::number_of)?),
        Body::ExitGroup(_) => Body::ExitGroup(line.expect("an exit code", names::number_of)?),
        _ => body,
    })
}
