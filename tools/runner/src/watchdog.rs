//! The watchdog: an execution that nothing can survive ends the process with a message that names
//! the cause, the thread and the token, which was written down before the execution began.
//!
//! Promise: a loop without any choice point and a stack that is overrun are named, whoever runs the
//! execution. What counts is the processor time that an execution had, not how long it took: a
//! machine that is busy with something else does not look like a loop. An execution that waits in
//! the system, as for a lock of the standard library, is told from one that has no processor by the
//! states of the threads, where the system shows them. Limits: while another worker goes on, who
//! sleeps is told only when that one is done; a path of the enumeration that is longer than what is
//! kept of it gives no token.

use lockstep::{Control, MemoryModel, Noted, Pulse, Token};
use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// What every exploration of the process is followed and stopped by.
pub static CONTROL: Control = Control::new();

/// What each worker explores, for the last words of a run that dies. Where all explore the same,
/// the first knows.
static RUNNING: Mutex<BTreeMap<usize, Running>> = Mutex::new(BTreeMap::new());

/// Processor time after which an execution without progress is a loop. Executions take
/// microseconds; one that reaches the step limit takes milliseconds.
const STUCK_AFTER: Duration = Duration::from_secs(10);

/// How long an execution may sleep. It never does of its own accord: only what the simulator does
/// not know, such as a lock of the standard library, puts it to sleep.
const ASLEEP_AFTER: Duration = Duration::from_secs(5);

/// How long it may seem to sleep where the system does not say what its threads do.
const QUIET_AFTER: Duration = Duration::from_secs(60);

/// Who uses less than this part of the time seems to sleep.
const QUIET_BELOW: u32 = 200;

/// An execution without progress for so long is looked at more closely.
const SUSPECT_AFTER: Duration = Duration::from_secs(1);

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

/// Writes down what one of several workers explores from now on, while others explore something
/// else.
pub fn begin_as(worker: usize, running: Running) {
    RUNNING.lock().expect("nobody panics while writing it").insert(worker, running);
}

/// Starts what watches: it calls `each_beat`, and ends the process with `status` when an execution
/// cannot be survived.
pub fn start(status: u8, each_beat: impl Fn() + Send + 'static) {
    let status = i32::from(status);
    #[cfg(unix)]
    lockstep::on_stack_overrun(overrun, status);
    #[cfg(unix)]
    lockstep::on_abort(aborted, status);
    std::thread::spawn(move || watch(status, each_beat));
}

/// What stands before last words beside `lockstep: `. A subject that says the same does not know
/// it.
static WORD: OnceLock<String> = OnceLock::new();

/// From now on last words begin with this word, for whoever has to tell them from what a subject
/// says.
pub fn begin_last_words_with(word: String) {
    WORD.get_or_init(|| word);
}

fn word() -> &'static str {
    WORD.get().map_or("", String::as_str)
}

fn watch(status: i32, each_beat: impl Fn()) {
    let mut meters: Vec<Meter> = Vec::new();
    let (mut looked, mut used) = (Instant::now(), processor_time(Instant::now()));
    let started = looked;
    loop {
        std::thread::sleep(BEAT);
        each_beat();
        let pulses: Vec<Pulse> = (0..CONTROL.workers()).map(|worker| CONTROL.pulse(worker)).collect();
        meters.resize(pulses.len(), Meter::default());
        let busy = pulses.iter().filter(|pulse| !is_resting(pulse)).count();
        let (now, used_now) = (Instant::now(), processor_time(started));
        let is_suspect = meters.iter().any(|meter| meter.time > SUSPECT_AFTER);
        let since = Since {
            works: if is_suspect { somebody_works() } else { None },
            // A process that was put aside as a whole has not waited.
            time: (now - looked).min(2 * BEAT),
            processor: used_now.saturating_sub(used) / busy.max(1) as u32,
        };
        (looked, used) = (now, used_now);
        for (worker, (meter, pulse)) in meters.iter_mut().zip(&pulses).enumerate() {
            if let Some(cause) = meter.look(pulse, since) {
                last_words(&cause, worker, pulse);
                std::process::exit(status);
            }
        }
    }
}

fn is_resting(pulse: &Pulse) -> bool {
    matches!(pulse.schedule, Noted::Resting)
}

/// What went by between two looks.
#[derive(Clone, Copy, Debug)]
struct Since {
    time: Duration,
    /// The processor time of one worker that runs, as if all that run had the same share.
    processor: Duration,
    /// Whether a thread of the process works or would if it had a processor, if that is known.
    works: Option<bool>,
}

/// What a worker had since it last began an execution.
#[derive(Clone, Copy, Debug, Default)]
struct Meter {
    begun: u64,
    time: Duration,
    processor: Duration,
    /// For how long the whole process has been asleep.
    asleep: Duration,
}

impl Meter {
    /// Looks at the worker again. Why its execution cannot be survived, if so.
    fn look(&mut self, pulse: &Pulse, since: Since) -> Option<String> {
        if pulse.begun != self.begun || is_resting(pulse) {
            *self = Meter { begun: pulse.begun, ..Meter::default() };
            return None;
        }
        self.time += since.time;
        self.processor += since.processor;
        if self.processor > STUCK_AFTER {
            let seconds = STUCK_AFTER.as_secs();
            return Some(format!(
                "made no progress in {seconds} seconds of processor time: a loop without any choice point"
            ));
        }
        // Who waits for a processor is ready to run, and the system says so: a busy machine puts
        // nobody to sleep.
        self.asleep = if since.works == Some(false) { self.asleep + since.time } else { Duration::ZERO };
        let seems_quiet = self.time > QUIET_AFTER && self.processor < self.time / QUIET_BELOW;
        let slept = match () {
            () if self.asleep > ASLEEP_AFTER => ASLEEP_AFTER,
            () if seems_quiet && since.works.is_none() => QUIET_AFTER,
            () => return None,
        };
        Some(format!(
            "slept for {} seconds: it waits for something that is not simulated, such as a lock of the standard library that another \
             thread holds across a choice point",
            slept.as_secs()
        ))
    }
}

/// Whether a thread of the process, the one that asks left out, runs, would run if it had a
/// processor, or waits for a disk. Of a thread that is about to end or that cannot be read nothing
/// is concluded.
#[cfg(target_os = "linux")]
fn somebody_works() -> Option<bool> {
    let own = std::fs::read_link("/proc/thread-self").ok()?;
    let own = own.file_name()?.to_owned();
    for thread in std::fs::read_dir("/proc/self/task").ok()? {
        let thread = thread.ok()?;
        if thread.file_name() == own {
            continue;
        }
        let line = std::fs::read_to_string(thread.path().join("stat")).ok()?;
        // The name of a thread stands in parentheses and may hold any character.
        let state = line.rsplit_once(')')?.1.trim_start().chars().next()?;
        if state != 'S' {
            return Some(true);
        }
    }
    Some(false)
}

/// Nothing is known of threads elsewhere.
#[cfg(not(target_os = "linux"))]
fn somebody_works() -> Option<bool> {
    None
}

/// The processor time of the process.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn processor_time(_started: Instant) -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// The time since the start, where nothing better is known.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn processor_time(started: Instant) -> Duration {
    started.elapsed()
}

fn last_words(cause: &str, worker: usize, pulse: &Pulse) {
    let Pulse { thread, schedule, .. } = *pulse;
    let running = RUNNING.try_lock().ok().and_then(|running| running.get(&worker).or_else(|| running.get(&0)).cloned());
    let Some(Running { subject, scenario, variants, memory }) = running else {
        eprintln!("{}lockstep: thread {thread} {cause}", word());
        return;
    };
    eprintln!("{}lockstep: {scenario}, one of {variants}: thread {thread} {cause}", word());
    if let Some(schedule) = schedule.schedule() {
        eprintln!("{}lockstep: the execution is {}", word(), Token { subject, scenario, memory, schedule });
    }
}

/// The last words after a stack overrun. They run in a signal handler, so strictly they must not
/// allocate; the process is lost anyway, and a token is worth the risk. The cause goes out first,
/// without allocation.
#[cfg(unix)]
fn overrun(out: &mut dyn std::fmt::Write, thread: usize) -> std::fmt::Result {
    writeln!(out, "{}lockstep: simulated thread {thread} overran its stack between two choice points", word())?;
    for worker in 0..CONTROL.workers() {
        let pulse = CONTROL.pulse(worker);
        if !is_resting(&pulse) && pulse.thread == thread {
            last_words("overran its stack", worker, &pulse);
        }
    }
    Ok(())
}

/// The last words of a process that aborts. As above. With several workers it may be the execution
/// of each of them.
#[cfg(unix)]
fn aborted(out: &mut dyn std::fmt::Write) -> std::fmt::Result {
    writeln!(
        out,
        "\n{}lockstep: the process was aborted: a panic that cannot unwind, or memory that is not to be had",
        word()
    )?;
    for worker in 0..CONTROL.workers() {
        let pulse = CONTROL.pulse(worker);
        if !is_resting(&pulse) {
            last_words("ran when the process was aborted", worker, &pulse);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Meter, Since};
    use lockstep::{Noted, Pulse};
    use std::time::Duration;

    /// What is said of a worker that is looked at so often, with so many microseconds of processor
    /// time from one look to the next, where the system says at each look whether a thread works.
    #[track_caller]
    fn check_seen(
        (looks, micros): (u64, u64),
        works: impl Fn(u64) -> Option<bool>,
        pulse: impl Fn(u64) -> (u64, Noted),
        expected: Option<&str>,
    ) {
        let mut meter = Meter::default();
        let mut look = |nth: u64| {
            let (begun, schedule) = pulse(nth);
            let (time, processor) = (Duration::from_millis(50), Duration::from_micros(micros));
            meter.look(&Pulse { begun, program: 0, schedule, thread: 0 }, Since { time, processor, works: works(nth) })
        };
        let said = (0..looks).find_map(&mut look);
        match (said, expected) {
            (Some(said), Some(expected)) => assert!(said.contains(expected), "{said}"),
            (said, expected) => assert_eq!(said.as_deref(), expected),
        }
    }

    /// Likewise, where the system says nothing.
    #[track_caller]
    fn check(looks: u64, micros: u64, pulse: impl Fn(u64) -> (u64, Noted), expected: Option<&str>) {
        check_seen((looks, micros), |_| None, pulse, expected);
    }

    /// Twenty looks are a second.
    const HOUR: u64 = 20 * 3600;

    #[test]
    fn a_loop_is_told_from_sleep_and_from_a_machine_without_time() {
        let stuck = |_| (1, Noted::Uniform(7));
        check(HOUR, 50_000, stuck, Some("in 10 seconds of processor time: a loop without any choice point"));
        check(20 * 9, 50_000, stuck, None);
        // One per cent of a processor: a quarter of an hour for those ten seconds.
        check(20 * 900, 500, stuck, None);
        check(HOUR, 500, stuck, Some("a loop"));
        check(HOUR, 0, stuck, Some("slept for 60 seconds: it waits for something that is not simulated"));
        check(20 * 59, 0, stuck, None);
    }

    #[test]
    fn who_sleeps_is_told_soon_and_who_has_no_processor_never() {
        let stuck = |_| (1, Noted::Uniform(7));
        check_seen(
            (20 * 6, 0),
            |_| Some(false),
            stuck,
            Some("slept for 5 seconds: it waits for something that is not"),
        );
        check_seen((20 * 5, 0), |_| Some(false), stuck, None);
        check_seen((HOUR, 0), |_| Some(true), stuck, None);
        check_seen((HOUR, 0), |nth| Some(nth % 90 == 0), stuck, None);
        check_seen((HOUR, 0), |_| Some(false), |nth| (nth / 90, Noted::Uniform(7)), None);
        check_seen((HOUR, 0), |_| Some(false), |_| (1, Noted::Resting), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_thread_that_runs_is_seen_to_work() {
        let (done, works) = (std::sync::atomic::AtomicBool::new(false), std::sync::atomic::Ordering::Relaxed);
        let seen = std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(works) {
                    std::hint::spin_loop();
                }
            });
            let seen = (0..1_000).any(|_| super::somebody_works() == Some(true));
            done.store(true, works);
            seen
        });
        assert!(seen);
    }

    #[test]
    fn who_makes_progress_or_rests_is_never_stuck() {
        check(HOUR, 50_000, |nth| (nth / 100, Noted::Uniform(7)), None);
        check(HOUR, 50_000, |_| (1, Noted::Resting), None);
        check(HOUR, 0, |_| (1, Noted::Resting), None);
    }
}
