//! The whole modelled kernel as one value of handles, and its policy.

use lockstep::sync::ReadWriteLock;

use super::process::{Handlers, PROCESSES_MAX, Process};
use super::task::{Birth, TASKS_MAX, Task, TaskId};

/// Choices about the substrate that a variant may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct KernelPolicy {
    /// A4: no CLD_CONTINUED for a process that is being killed (Roland's suggestion, 2009-08-03).
    pub skip_continued_when_killed: bool,
    /// `try_to_wake_up` without the write barrier in front of the run queue's lock: does anything depend on it?
    pub without_wakeup_barrier: bool,
    /// Process accounting is configured: a dying task takes siglock once between its exit report and its death (`acct_collect`).
    pub accounts_exits: bool,
}

/// What of the kernel a scenario wants monitored; each costs events, so each is armed only where needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Watch {
    /// SIGKILL in a task's own pending set.
    pub kills: bool,
    /// SIGKILL in the pending set that a process shares.
    pub process_kills: bool,
    /// SIGKILL being pending, for a task or for its process.
    pub pending_kills: bool,
    /// Returns of a task to its CPU.
    pub runs: bool,
    /// The order of wake-ups and `schedule` under the run queue's lock.
    pub wakeups: bool,
}

/// What a world starts from.
#[derive(Clone, Copy, Debug)]
pub struct Population<'a> {
    pub tasks: &'a [Birth],
    pub handlers: &'a [Handlers],
}

/// The kernel. Copy, for it holds handles only.
#[derive(Clone, Copy)]
pub struct Kernel {
    pub policy: KernelPolicy,
    pub watch: Watch,
    pub tasklist_lock: ReadWriteLock,
    pub tasks_count: usize,
    tasks: [Task; TASKS_MAX],
    processes: [Process; PROCESSES_MAX],
}

impl Kernel {
    pub fn new(policy: KernelPolicy, watch: Watch, population: Population<'_>) -> Kernel {
        let tasks_count = population.tasks.len();
        assert!(tasks_count >= 1, "a world without tasks asks nothing");
        assert!(tasks_count <= TASKS_MAX, "at most {TASKS_MAX} tasks");
        assert!(population.handlers.len() <= PROCESSES_MAX, "at most {PROCESSES_MAX} processes");
        let process = |number: usize| {
            let threads = (0..tasks_count)
                .filter(|&task| population.tasks[task].process == number)
                .fold(0, |set, task| set | 1 << task);
            Process::new(number, population.handlers.get(number).copied().unwrap_or_default(), threads)
        };
        let task = |number: usize| {
            let birth = population.tasks[number];
            assert!(birth.process < population.handlers.len(), "task {number} is of no process");
            Task::new(TaskId(number as u8), birth)
        };
        // Unused slots are copies of the first handle, so a small world costs few objects.
        let mut tasks = [task(0); TASKS_MAX];
        for (number, slot) in tasks.iter_mut().enumerate().take(tasks_count).skip(1) {
            *slot = task(number);
        }
        let mut processes = [process(0); PROCESSES_MAX];
        for (number, slot) in processes.iter_mut().enumerate().take(population.handlers.len()).skip(1) {
            *slot = process(number);
        }
        Kernel { policy, watch, tasklist_lock: ReadWriteLock::named("tasklist_lock"), tasks_count, tasks, processes }
    }

    pub fn task(&self, task: TaskId) -> &Task {
        assert!(task.index() < self.tasks_count, "no such task");
        &self.tasks[task.index()]
    }

    pub fn process(&self, task: TaskId) -> &Process {
        &self.processes[self.task(task).process]
    }

    /// `group_leader`: the first task of the process.
    pub fn leader(&self, task: TaskId) -> TaskId {
        let process = self.task(task).process;
        self.tasks().find(|&thread| self.task(thread).process == process).unwrap_or(task)
    }

    pub fn tasks(&self) -> impl Iterator<Item = TaskId> + use<> {
        (0..self.tasks_count as u8).map(TaskId)
    }
}
