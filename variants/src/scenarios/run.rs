//! Runs a scenario on a variant: builds the world, starts the threads, classifies what is left.
//!
//! ```text
//!   main     builds the world, sets it up ---+--- idle ... classifies every task, says how each ended
//!   task n                                   +--- its program, then user mode for ever
//!   tracer n                                 +--- its calls
//! ```
//!
//! Promise: nothing here orders two threads but what the scenario says; each operation opens a
//! site. Limits: threads that still sleep when all is quiet are left so, which is no fault by
//! itself; the classification says which is.

use lockstep::probe;
use lockstep::sync::await_until;
use lockstep::thread;

use super::monitors::{Armed, Monitors};
use super::perform::perform;
use super::program::{Scenario, TaskOp, When};
use super::protocol::{Protocol, Watching};
use super::words::tracer_label;
use super::world::World;
use crate::kernel::deliver::{Fate, return_to_user_mode};
use crate::kernel::process::{Handlers, PROCESSES_MAX, SignalFlags};
use crate::kernel::sched::{schedule, set_current_state};
use crate::kernel::sigset::SIGKILL;
use crate::kernel::substrate::{Kernel, Population};
use crate::kernel::syscall::{syscall_body, syscall_entry, syscall_exit};
use crate::kernel::task::{Birth, TASKS_MAX, TaskId, TaskState};
use crate::observation::{EndState, Observation, Rule};
use crate::utrace::engine::{ENGINES_MAX, EngineId, Events};
use crate::utrace::watched::Watched;
use crate::utrace::{Design, Machine, Policy, api, attach};

/// Names of the threads, in the order of their numbers.
pub fn thread_names(scenario: &Scenario) -> Vec<String> {
    let tasks = (0..scenario.tasks.len()).map(|number| format!("task[{number}]"));
    let tracers = (0..scenario.tracers.len()).map(|number| tracer_label(scenario, number).to_string());
    std::iter::once("main".to_owned()).chain(tasks).chain(tracers).collect()
}

/// Runs the scenario, watched for nothing but the rules; the body of the main thread of an
/// execution.
pub fn run(design: &dyn Design, policy: Policy, scenario: &Scenario) {
    run_watched(design, policy, scenario, Watching::NONE);
}

/// Runs the scenario, watched for what a claim speaks of.
pub fn run_watched(design: &dyn Design, policy: Policy, scenario: &Scenario, watching: Watching) {
    let watched = Watched { inner: design };
    let design = if watching == Watching::NONE { design } else { &watched };
    let armed = Armed::of(scenario);
    let mut births = [Birth::default(); TASKS_MAX];
    let tasks = scenario.tasks.len().min(TASKS_MAX);
    for (birth, task) in births.iter_mut().zip(scenario.tasks.iter()) {
        *birth = task.birth;
    }
    let mut handlers = [Handlers::default(); PROCESSES_MAX];
    let processes = scenario.handlers.len().min(PROCESSES_MAX);
    handlers[..processes].copy_from_slice(&scenario.handlers[..processes]);
    let population = Population { tasks: &births[..tasks], handlers: &handlers[..processes] };
    let mut watch = armed.watch(scenario);
    watch.kills |= watching.needs_kills();
    watch.process_kills = watching.needs_process_kills();
    watch.pending_kills = watching.needs_pending_kills();
    let kernel = Kernel::new(policy.kernel, watch, population);
    let mut classes = [None; ENGINES_MAX];
    for (class, engine) in classes.iter_mut().zip(scenario.engines.iter()) {
        *class = engine.class;
    }
    let protocol = Protocol::new(watching, kernel.tasks());
    let world = World::new(scenario, Monitors::new(armed, scenario.engines.len()), protocol);
    let engines = scenario.engines.len().min(ENGINES_MAX);
    let machine = Machine::new(kernel, design, policy, &classes[..engines], &world);
    set_up(&machine, &world);
    thread::scope(|scope| {
        let (machine, world) = (&machine, &world);
        for task in machine.kernel.tasks() {
            scope.spawn(("task", task.number()), move || task_thread(machine, world, task));
        }
        for number in 0..scenario.tracers.len() {
            scope.spawn(tracer_label(scenario, number), move || tracer_thread(machine, world, number));
        }
        thread::idle();
        for task in machine.kernel.tasks() {
            world.observe(classify(machine, world, task));
            if never_completes_its_stop(machine, task) {
                let rule = Rule::StopNeverCompletes;
                world.observe(Observation::Rule { rule, task, engine: EngineId(0) });
            }
        }
    });
}

fn set_up(machine: &Machine<'_>, world: &World<'_>) {
    let _site = probe::site("set up");
    for (number, engine) in world.scenario.engines.iter().enumerate() {
        if engine.attached {
            let id = EngineId(number as u8);
            let attached = attach::attach(machine, engine.task, id, false);
            assert!(attached.is_ok(), "an engine that the scenario attaches must be new");
            let result = api::set_events(machine, None, engine.task, id, engine.events);
            world.monitors.set_events_returned(id, engine.events, Events::NONE, result);
            attach::settle(machine, engine.task);
        }
    }
    let mut examiner = None;
    for op in world.scenario.setup.iter() {
        perform(machine, world, None, op, &mut examiner);
    }
    if world.scenario.watch_wakeups {
        // Signals sent so far woke nobody that counts.
        for task in machine.kernel.tasks() {
            machine.kernel.task(task).woken.set(false);
        }
    }
}

fn task_thread(machine: &Machine<'_>, world: &World<'_>, current: TaskId) {
    let mut followed = false;
    for (number, op) in world.scenario.tasks[current.index()].ops.iter().enumerate() {
        let _site = probe::site_n("task op", number as u32);
        if task_op(machine, world, current, (number, *op), &mut followed) == Fate::Dead {
            return;
        }
    }
    // User mode, for ever; whatever asks for the kernel's attention is an interrupt. Bounded by
    // what others ask.
    let task = machine.kernel.task(current);
    let mut number = 0;
    loop {
        let _site = probe::site_n("user mode", number);
        await_until(|| task.work_flags() != (false, false));
        if return_to_user_mode(machine, current) == Fate::Dead {
            return;
        }
        number += 1;
    }
}

/// One step of a task. `followed`: its last `schedule` had its turn behind a wake-up.
fn task_op(
    machine: &Machine<'_>,
    world: &World<'_>,
    current: TaskId,
    (number, op): (usize, TaskOp),
    followed: &mut bool,
) -> Fate {
    let kernel = &machine.kernel;
    match op {
        TaskOp::Syscall(body) => {
            let let_through = syscall_entry(machine, current);
            world.observe(Observation::Syscall { task: current, number: number as u16, let_through });
            if let_through && syscall_body(machine, current, body) == Fate::Dead {
                return Fate::Dead;
            }
            syscall_exit(machine, current);
            return_to_user_mode(machine, current)
        }
        TaskOp::Interrupt => return_to_user_mode(machine, current),
        TaskOp::SetState(state) => {
            set_current_state(kernel, current, state);
            Fate::Alive
        }
        TaskOp::Schedule => {
            let scheduled = schedule(kernel, current);
            *followed = scheduled.followed;
            if !scheduled.slept && kernel.task(current).woken.peek() && !kernel.task(current).sigpending.peek() {
                world.reach(When::WokenBeforeItSlept);
            }
            Fate::Alive
        }
        TaskOp::Look => {
            let value = world.stored.read_once();
            world.observe(Observation::Look { task: current, value: value as u16 });
            world.reach(When::Looked(*followed));
            if *followed && world.unmatched.get() {
                world.reach(When::LookedUnmatched);
            }
            if *followed && value == 0 {
                let rule = Rule::WakeUpIsNoBarrier;
                world.observe(Observation::Rule { rule, task: current, engine: EngineId(0) });
            }
            Fate::Alive
        }
    }
}

fn tracer_thread(machine: &Machine<'_>, world: &World<'_>, number: usize) {
    let mut examiner = None;
    for (number, op) in world.scenario.tracers[number].ops.iter().enumerate() {
        let _site = probe::site_n("tracer op", number as u32);
        perform(machine, world, None, op, &mut examiner);
    }
    if world.monitors.armed.returns {
        for id in machine.kernel.tasks() {
            // It has slept, woken or not, and has not come back from it.
            let task = machine.kernel.task(id);
            if task.runs.get() < task.switches.peek() && task.on_rq.peek() {
                world.reach(When::DoneBeforeItRan(id));
            }
        }
    }
}

/// Whether a group stop of the process that this task leads still counts on somebody, asked when
/// nothing can happen any more.
fn never_completes_its_stop(machine: &Machine<'_>, id: TaskId) -> bool {
    machine.kernel.leader(id) == id && machine.kernel.process(id).group_stop_count.peek() > 0
}

/// What became of a task, looked at when nothing can happen any more.
fn classify(machine: &Machine<'_>, world: &World<'_>, id: TaskId) -> Observation {
    let task = machine.kernel.task(id);
    let process = machine.kernel.process(id);
    let state = task.state.peek();
    let asleep = !task.on_rq.peek();
    let of = |end: EndState, lost: bool, awake: bool| Observation::End { task: id, end, code: 0, lost, awake };
    if task.exit_state.peek().is_set() {
        let code = task.exit_code.peek() as u16;
        return Observation::End { task: id, end: EndState::Dead, code, lost: false, awake: false };
    }
    let killed = asleep && task.pending.peek().has(SIGKILL);
    if state.is_traced() {
        let utrace = machine.utrace(id);
        let mut engines = utrace.attached.peek().join(utrace.attaching.peek()).iter();
        let held = engines.any(|engine| machine.engine(engine).flags.peek().intersects(Events::ENGINE_STOP));
        return of(EndState::Traced, !held || killed, !asleep);
    }
    if state.is_stopped() {
        let kept = process.flags.peek().has(SignalFlags::STOP_STOPPED) || process.group_stop_count.peek() > 0;
        return of(EndState::Stopped, !kept || killed, !asleep);
    }
    if state == TaskState::RUNNING {
        return of(EndState::Running, asleep, false);
    }
    let condition = task.sigpending.peek() || (world.scenario.watch_wakeups && world.stored.peek() != 0);
    of(EndState::Sleeping, asleep && (condition || killed), !asleep)
}
