//! Runs a scenario on a variant: builds the world, starts the threads, classifies what is left.
//!
//! ```text
//!   main     builds the world, sets it up ---+--- idle ... classifies every task, says how each ended
//!   task n                                   +--- its program, then user mode for ever
//!   tracer n                                 +--- its calls
//! ```
//!
//! Promise: nothing here orders two threads but what the scenario says; each operation opens a site. Limits: threads
//! that still sleep when all is quiet are left so, which is no fault by itself; the classification says which is.

use lockstep::probe::{self, Observer};
use lockstep::sync::{Atomic, Ordering, Plain, await_until};
use lockstep::thread;

use super::monitors::{Armed, Monitors};
use super::program::{Condition, EngineProgram, Op, Scenario, TaskOp, When};
use crate::kernel::deliver::{Fate, return_to_user_mode};
use crate::kernel::parent::{self, ChildEvent};
use crate::kernel::process::{Handlers, PROCESSES_MAX, SignalFlags};
use crate::kernel::sched::{schedule, set_current_state, try_to_wake_up};
use crate::kernel::signal::send_signal;
use crate::kernel::sigset::{SIGKILL, Signal};
use crate::kernel::substrate::{Kernel, Population};
use crate::kernel::syscall::{syscall_body, syscall_entry, syscall_exit};
use crate::kernel::task::{Birth, TASKS_MAX, TaskId, TaskState};
use crate::observation::{Call, EndState, Observation, Rule};
use crate::utrace::engine::{CallbackKind, ENGINES_MAX, EngineId, Errno, Events, ResumeAction, Verdict};
use crate::utrace::examine::{Examiner, finish_examine, prepare_examine};
use crate::utrace::{Callback, Client, Design, Machine, Milestone, Policy, api, attach};

/// Names of the threads, in the order of their numbers.
pub fn thread_names(scenario: &Scenario) -> Vec<String> {
    let tasks = (0..scenario.tasks.len()).map(|number| format!("task {number}"));
    let tracers = scenario.tracers.iter().map(|tracer| tracer.name.clone().into_owned());
    std::iter::once("main".to_owned()).chain(tasks).chain(tracers).collect()
}

/// Runs the scenario; the body of the main thread of an execution.
pub fn run(design: &'static dyn Design, policy: Policy, scenario: &Scenario) {
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
    let kernel = Kernel::new(policy.kernel, armed.watch(scenario), population);
    let mut classes = [None; ENGINES_MAX];
    for (class, engine) in classes.iter_mut().zip(scenario.engines.iter()) {
        *class = engine.class;
    }
    let world = World::new(scenario, Monitors::new(armed, scenario.engines.len()));
    let engines = scenario.engines.len().min(ENGINES_MAX);
    let machine = Machine::new(kernel, design, policy, &classes[..engines], &world);
    set_up(&machine, &world);
    thread::scope(|scope| {
        let (machine, world) = (&machine, &world);
        for task in machine.kernel.tasks() {
            scope.spawn(("task", task.number()), move || task_thread(machine, world, task));
        }
        for number in 0..scenario.tracers.len() {
            scope.spawn(("tracer", number as u32), move || tracer_thread(machine, world, number));
        }
        thread::idle();
        for task in machine.kernel.tasks() {
            world.observe(classify(machine, world, task));
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

/// What a scenario knows beside the kernel.
struct World<'a> {
    scenario: &'a Scenario,
    monitors: Monitors,
    /// SIGCHLDs.
    parent: Observer,
    /// The word of S4.
    stored: Atomic<u32>,
    /// The tasks that have stopped for an engine. Relaxed, so that waiting for it orders nothing.
    has_stopped: Atomic<u32>,
    /// The parent was told of a group stop. Likewise.
    group_stopped: Atomic<bool>,
    /// How many callbacks of each kind an engine has had, four bits a kind. Only its task counts.
    counts: [Plain<u64>; ENGINES_MAX],
}

impl<'a> World<'a> {
    fn new(scenario: &'a Scenario, monitors: Monitors) -> World<'a> {
        let mut counts = [Plain::named(("callbacks", 0), 0); ENGINES_MAX];
        for (number, slot) in counts.iter_mut().enumerate().take(scenario.engines.len()).skip(1) {
            *slot = Plain::named(("callbacks", number as u32), 0);
        }
        World {
            scenario,
            monitors,
            parent: Observer::named("parent"),
            stored: Atomic::named("VAR", 0),
            has_stopped: Atomic::named("has stopped", 0),
            group_stopped: Atomic::named("has group-stopped", false),
            counts,
        }
    }

    fn observe(&self, observation: Observation) {
        probe::observe(observation.to_word());
        match observation {
            Observation::Api { call, result, .. } => self.reach(When::Returned(call, result)),
            Observation::Callback { kind, .. } => self.reach(When::Called(kind)),
            Observation::Syscall { let_through, .. } => self.reach(When::LetThrough(let_through)),
            Observation::Delivered { signal, .. } => self.reach(When::Delivered(signal)),
            Observation::End { task, end, .. } => self.reach(When::Ended(task, end)),
            Observation::Look { followed, .. } => self.reach(When::Looked(followed)),
            Observation::Parent { .. } | Observation::Rule { .. } => {}
        }
    }

    fn reach(&self, when: When) {
        for (number, goal) in self.scenario.goals.iter().enumerate() {
            if goal.when == when {
                probe::reach(number as u32);
            }
        }
    }

    /// Does any thread wait for this? What nobody waits for costs no event.
    fn awaits(&self, condition: Condition) -> bool {
        let mut ops = self.scenario.tracers.iter().flat_map(|tracer| tracer.ops.iter());
        ops.any(|op| *op == Op::Await(condition))
    }

    fn engines_of(&self, task: TaskId) -> impl Iterator<Item = EngineId> {
        let engines = self.scenario.engines.iter().take(ENGINES_MAX).enumerate();
        engines.filter(move |(_, engine)| engine.task == task).map(|(number, _)| EngineId(number as u8))
    }

    fn program(&self, engine: EngineId) -> &'a EngineProgram {
        &self.scenario.engines[engine.index()]
    }

    /// The place of this callback among those of its kind. A reap comes once, and from whoever reaps.
    fn count(&self, callback: Callback) -> u64 {
        if callback.kind == CallbackKind::Reap {
            return 0;
        }
        let counts = &self.counts[callback.engine.index()];
        let shift = 4 * callback.kind as u64;
        let before = counts.get();
        let place = (before >> shift) & 0xf;
        if place < 0xf {
            counts.set(before + (1 << shift));
        }
        place
    }
}

impl Client for World<'_> {
    fn callback(&self, machine: &Machine<'_>, callback: Callback) -> Verdict {
        let _site = probe::site("callback");
        let Callback { kind, task, engine, .. } = callback;
        self.monitors.entry(machine, callback, |rule| self.observe(Observation::Rule { rule, task, engine }));
        let place = self.count(callback);
        let answers = || self.program(engine).answers.iter().filter(|answer| answer.to == kind);
        let answer = answers().nth(place as usize).or_else(|| answers().next_back().filter(|answer| answer.forever));
        let action = answer.map_or(ResumeAction::Resume, |answer| answer.action);
        let result = answer.and_then(|answer| answer.result).unwrap_or(callback.offered.result());
        let verdict = Verdict::new(action, result);
        self.observe(Observation::Callback {
            kind,
            task,
            engine,
            offered: callback.offered.0 as u16,
            argument: callback.argument as u16,
            verdict: verdict.0 as u16,
        });
        let mut examiner = None;
        for op in answer.map_or(&[][..], |answer| &answer.ops) {
            perform(machine, self, Some(task), op, &mut examiner);
        }
        verdict
    }

    fn stopping(&self, machine: &Machine<'_>, current: TaskId) {
        self.reach(When::Inside(Milestone::Stopped));
        if self.awaits(Condition::HasStopped(current)) {
            self.has_stopped.fetch_or(current.bit(), Ordering::Relaxed);
        }
        for engine in self.engines_of(current) {
            self.monitors.stopping(machine, engine);
        }
    }

    fn controlled(&self, engine: EngineId, action: ResumeAction, stopped: bool) {
        self.monitors.controlled(engine, action, stopped);
    }

    fn entering_user_mode(&self, machine: &Machine<'_>, current: TaskId) {
        for engine in self.engines_of(current) {
            self.monitors.user_mode(machine, current, engine, || {
                self.observe(Observation::Rule { rule: Rule::UserModeWhileHeld, task: current, engine });
            });
        }
    }

    fn delivered(&self, current: TaskId, signal: Signal) {
        self.observe(Observation::Delivered { task: current, signal });
    }

    fn notified_parent(&self, child: TaskId, event: ChildEvent, status: u32) {
        self.parent.note(Observation::Parent { task: child, event, status: status as u16 }.to_word());
        if event == ChildEvent::Stopped && self.awaits(Condition::GroupStopped) {
            self.group_stopped.write_once(true);
        }
        self.reach(When::Told(event));
    }

    fn milestone(&self, milestone: Milestone) {
        self.reach(When::Inside(milestone));
    }
}

fn task_thread(machine: &Machine<'_>, world: &World<'_>, current: TaskId) {
    for (number, op) in world.scenario.tasks[current.index()].ops.iter().enumerate() {
        let _site = probe::site_n("task op", number as u32);
        if task_op(machine, world, current, number, *op) == Fate::Dead {
            return;
        }
    }
    // User mode, for ever; whatever asks for the kernel's attention is an interrupt. Bounded by what others ask.
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

fn task_op(machine: &Machine<'_>, world: &World<'_>, current: TaskId, number: usize, op: TaskOp) -> Fate {
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
            let slept = schedule(kernel, current);
            if !slept && kernel.task(current).woken.peek() && !kernel.task(current).sigpending.peek() {
                world.reach(When::WokenBeforeItSlept);
            }
            Fate::Alive
        }
        TaskOp::Look => {
            let followed = kernel.task(current).followed.peek();
            let value = world.stored.read_once();
            world.observe(Observation::Look { task: current, value: value as u16, followed });
            if followed && value == 0 {
                probe::bug("schedule behind the wake-up, and what the waker wrote before it is not seen");
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
}

/// One operation, by a tracer or within a callback of `caller`.
fn perform(
    machine: &Machine<'_>,
    world: &World<'_>,
    caller: Option<TaskId>,
    op: &Op,
    examiner: &mut Option<(Examiner, u32)>,
) {
    let kernel = &machine.kernel;
    let returned = |call: Call, engine: EngineId, argument: u32, result: Errno| {
        let task = world.program(engine).task;
        world.observe(Observation::Api { call, task, engine, argument: argument as u16, result });
    };
    let target = |engine: EngineId| world.program(engine).task;
    match *op {
        Op::Attach { engine, exclusive } => {
            let call = if exclusive { Call::AttachExclusive } else { Call::Attach };
            let result = attach::attach(machine, target(engine), engine, exclusive);
            returned(call, engine, u32::from(engine.0), result.err().unwrap_or(Errno::Ok));
        }
        Op::Find { engine } => {
            let result = attach::find(machine, target(engine), engine);
            let found = result.map_or(0, |found| u32::from(found.0));
            returned(Call::Find, engine, found, result.err().unwrap_or(Errno::Ok));
        }
        Op::SetEvents { engine, events } => {
            let before = world.monitors.set_events_called(engine, events);
            let result = api::set_events(machine, caller, target(engine), engine, events);
            world.monitors.set_events_returned(engine, events, before, result);
            returned(Call::SetEvents, engine, events.0, result);
        }
        Op::Control { engine, action } => {
            let result = api::control(machine, target(engine), engine, action);
            world.monitors.control_returned(engine, action, result);
            returned(Call::Control, engine, action as u32, result);
        }
        Op::Barrier { engine } => {
            let result = api::barrier(machine, caller, target(engine), engine);
            returned(Call::Barrier, engine, 0, result);
        }
        Op::PrepareExamine { engine } => {
            let result = prepare_examine(machine, target(engine), engine);
            if let Ok(prepared) = result {
                *examiner = Some((prepared, kernel.task(target(engine)).runs.get()));
            }
            returned(Call::PrepareExamine, engine, 0, result.err().unwrap_or(Errno::Ok));
        }
        Op::FinishExamine { engine } => {
            if let Some((prepared, runs)) = examiner.take() {
                let task = target(engine);
                let ran = kernel.task(task).runs.get() != runs;
                let result = finish_examine(machine, task, engine, prepared);
                if ran && result == Errno::Ok {
                    world.observe(Observation::Rule { rule: Rule::RanWhileExamined, task, engine });
                }
                returned(Call::FinishExamine, engine, 0, result);
            }
        }
        Op::Send { signal, task, scope } => send_signal(machine, signal, task, scope),
        Op::Reap { task } => {
            let zombie = kernel.task(task);
            await_until(|| zombie.exit_state.read_once().is_set());
            if parent::reap(machine, task) {
                world.reach(When::Reaped);
            }
        }
        Op::Await(condition) => wait_for(machine, world, condition),
        Op::Store => world.stored.write_once(1),
        Op::WakeUp { task, mask } => {
            try_to_wake_up(kernel, task, mask);
        }
    }
}

fn wait_for(machine: &Machine<'_>, world: &World<'_>, condition: Condition) {
    let task = |task: TaskId| machine.kernel.task(task);
    match condition {
        Condition::HasStopped(id) => await_until(|| world.has_stopped.read_once() & id.bit() != 0),
        Condition::State(id, state) => await_until(|| task(id).state.read_once() == state),
        // The state is set before the task is off its queue, and RUNNING again only behind that.
        Condition::HasSlept(id) => await_until(|| !task(id).on_rq.read_once()),
        Condition::Dying(id) => await_until(|| task(id).exit_state.read_once().is_set()),
        Condition::GroupStopped => await_until(|| world.group_stopped.read_once()),
    }
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
