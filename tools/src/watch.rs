//! The watchdog: an execution that nothing can survive ends the process with a message that names the cause, the thread and
//! the token, which was written down before the execution began.
//!
//! Promise: a loop without any choice point and a stack that is overrun are named, whoever runs the execution: this file
//! is part of `lockstep` and of every package that it generates, so it knows nothing of either. Limits: a path of the
//! enumeration that is longer than what is kept of it gives no token.

use lockstep::{Control, MemoryModel, Noted, Pulse, Token, WORKERS_MAX};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// What every exploration of the process is followed and stopped by.
pub static CONTROL: Control = Control::new();

/// What each worker explores, for the last words of a run that dies. Where all explore the same, the first knows.
static RUNNING: Mutex<[Option<Running>; WORKERS_MAX]> = Mutex::new([const { None }; WORKERS_MAX]);

/// How long an execution may make no progress. Executions take microseconds; one that reaches the step limit takes milliseconds.
const STUCK_AFTER: Duration = Duration::from_secs(20);

/// How often the watchdog looks.
const BEAT: Duration = Duration::from_millis(50);

/// What is being explored.
#[derive(Clone, Debug)]
pub struct Running {
    /// The subject, as in tokens.
    pub subject: String,
    /// The scenario, as in tokens.
    pub scenario: String,
    /// The variants.
    pub variants: String,
    /// The memory model.
    pub memory: MemoryModel,
}

/// Writes down what is explored from now on.
pub fn begin(running: Running) {
    begin_as(0, running);
}

/// Writes down what one of several workers explores from now on, while others explore something else.
pub fn begin_as(worker: usize, running: Running) {
    RUNNING.lock().expect("nobody panics while writing it")[worker] = Some(running);
}

/// Starts what watches: it calls `each_beat`, and ends the process with `status` when an execution cannot be survived.
pub fn start(status: u8, each_beat: impl Fn() + Send + 'static) {
    let status = i32::from(status);
    #[cfg(unix)]
    lockstep::on_stack_overrun(overrun, status);
    std::thread::spawn(move || watch(status, each_beat));
}

fn watch(status: i32, each_beat: impl Fn()) {
    let mut seen = [(0_u64, Instant::now()); WORKERS_MAX];
    loop {
        std::thread::sleep(BEAT);
        each_beat();
        for (worker, (begun, since)) in seen.iter_mut().enumerate() {
            let pulse = CONTROL.pulse(worker);
            if pulse.begun != *begun || matches!(pulse.schedule, Noted::Resting) {
                (*begun, *since) = (pulse.begun, Instant::now());
            } else if since.elapsed() > STUCK_AFTER {
                let cause =
                    format!("made no progress for {} seconds: a loop without any choice point", STUCK_AFTER.as_secs());
                last_words(&cause, worker, &pulse);
                std::process::exit(status);
            }
        }
    }
}

fn last_words(cause: &str, worker: usize, pulse: &Pulse) {
    let Pulse { thread, schedule, .. } = *pulse;
    let running = RUNNING.try_lock().ok().and_then(|running| running[worker].clone().or_else(|| running[0].clone()));
    let Some(Running { subject, scenario, variants, memory }) = running else {
        eprintln!("lockstep: thread {thread} {cause}");
        return;
    };
    eprintln!("lockstep: {scenario}, one of {variants}: thread {thread} {cause}");
    if let Some(schedule) = schedule.schedule() {
        eprintln!("lockstep: the execution is {}", Token { subject, scenario, memory, schedule });
    }
}

/// The last words after a stack overrun. They run in a signal handler, so strictly they must not allocate; the process is lost
/// anyway, and a token is worth the risk. The cause goes out first, without allocation.
#[cfg(unix)]
fn overrun(out: &mut dyn std::fmt::Write, thread: usize) -> std::fmt::Result {
    writeln!(out, "lockstep: simulated thread {thread} overran its stack between two choice points")?;
    for worker in 0..WORKERS_MAX {
        let pulse = CONTROL.pulse(worker);
        if !matches!(pulse.schedule, Noted::Resting) && pulse.thread == thread {
            last_words("overran its stack", worker, &pulse);
        }
    }
    Ok(())
}
