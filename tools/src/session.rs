//! One run of the program: progress, Ctrl-C, time budget, and the watchdog that names an execution which does not end.

use crate::status::Status;
use indicatif::{ProgressBar, ProgressStyle};
use lockstep::{Control, MemoryModel, Noted, Pulse, Token, WORKERS_MAX};
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// What every exploration of the process is followed and stopped by.
pub static CONTROL: Control = Control::new();

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Milliseconds since the start after which explorations are stopped; 0 for no limit.
static DEADLINE: AtomicU64 = AtomicU64::new(0);

/// What each worker explores, for the last words of a run that dies. Where all explore the same, the first knows.
static RUNNING: Mutex<[Option<Running>; WORKERS_MAX]> = Mutex::new([const { None }; WORKERS_MAX]);

static STARTED: OnceLock<Instant> = OnceLock::new();

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

/// Says something on standard error. If nobody can hear it, nothing can be done.
pub fn say(message: &str) {
    let _ = writeln!(anstream::stderr(), "lockstep: {message}");
}

/// Reads `90`, `90s`, `5m` or `1h`.
pub fn parse_time(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.char_indices().next_back() {
        Some((at, 's')) => (&text[..at], 1),
        Some((at, 'm')) => (&text[..at], 60),
        Some((at, 'h')) => (&text[..at], 3600),
        _ => (text, 1),
    };
    match number.parse::<u64>() {
        Ok(0) => Err("the time must be longer than nothing".to_owned()),
        Ok(number) => number
            .checked_mul(unit)
            .map(Duration::from_secs)
            .ok_or_else(|| "the time is longer than this program can count".to_owned()),
        Err(_) => Err("expected seconds, or a number with s, m or h, such as 90s".to_owned()),
    }
}

/// Starts what watches the run.
pub fn start(time: Option<Duration>) {
    let started = *STARTED.get_or_init(Instant::now);
    if let Some(time) = time {
        DEADLINE.store(u64::try_from(time.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
    let handler = ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::Relaxed) {
            // The second time somebody means it.
            std::process::exit(130);
        }
        CONTROL.cancel();
    });
    if let Err(error) = handler {
        say(&format!("Ctrl-C will end the run without a result: {error}"));
    }
    #[cfg(unix)]
    lockstep::on_stack_overrun(overrun, i32::from(Status::Subject.code()));
    std::thread::spawn(move || watch(started));
}

/// Whether the run was asked to end, by the user or by its time budget.
pub fn is_ending() -> bool {
    CONTROL.is_cancelled()
}

/// Whether the user asked.
pub fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Says that the run ended before everything was explored, and why.
pub fn say_cut_short() {
    let why = if is_interrupted() { "interrupted" } else { "the time is over" };
    say(&format!("{why}: the result covers what was explored until then"));
}

/// Writes down what is explored from now on.
pub fn begin(running: Running) {
    begin_as(0, running);
}

/// Writes down what one of several workers explores from now on, while others explore something else.
pub fn begin_as(worker: usize, running: Running) {
    RUNNING.lock().expect("nobody panics while writing it")[worker] = Some(running);
}

fn watch(started: Instant) {
    let mut seen = [(0_u64, started); WORKERS_MAX];
    loop {
        std::thread::sleep(BEAT);
        let deadline = DEADLINE.load(Ordering::Relaxed);
        if deadline != 0 && started.elapsed().as_millis() >= u128::from(deadline) {
            CONTROL.cancel();
        }
        for (worker, (begun, since)) in seen.iter_mut().enumerate() {
            let pulse = CONTROL.pulse(worker);
            if pulse.begun != *begun || matches!(pulse.schedule, Noted::Resting) {
                (*begun, *since) = (pulse.begun, Instant::now());
            } else if since.elapsed() > STUCK_AFTER {
                let cause =
                    format!("made no progress for {} seconds: a loop without any choice point", STUCK_AFTER.as_secs());
                last_words(&cause, worker, &pulse);
                std::process::exit(i32::from(Status::Subject.code()));
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

/// Progress on standard error, if that is a terminal.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// So many parts are to be done.
    pub fn new(parts: usize) -> Progress {
        let bar = if std::io::stderr().is_terminal() { ProgressBar::new(parts as u64) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {msg}").expect("the template is well-formed");
        bar.set_style(style);
        Progress { bar }
    }

    /// Says what is being done.
    pub fn says(&self, what: &str) {
        self.bar.set_message(format!("{what}  {} executions", CONTROL.executions()));
    }

    /// One part is done.
    pub fn advances(&self) {
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::parse_time;
    use std::time::Duration;

    #[track_caller]
    fn check(text: &str, expected: Option<u64>) {
        assert_eq!(parse_time(text).ok(), expected.map(Duration::from_secs), "{text}");
    }

    #[test]
    fn times_have_units() {
        check("90", Some(90));
        check("90s", Some(90));
        check("5m", Some(300));
        check("2h", Some(7200));
        check("0", None);
        check("", None);
        check("m", None);
        check("-3s", None);
        check("3 days", None);
        check("99999999999999999h", None);
    }
}
