//! One run of the program: Ctrl-C, time budget, how much is said, and the start of the watchdog.

use crate::cli::status::Status;
use lockstep_runner::watchdog;
pub use lockstep_runner::watchdog::{CONTROL, Running, begin, begin_as};
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

static INTERRUPTED_AT: OnceLock<Instant> = OnceLock::new();

/// What comes sooner is the same Ctrl-C once more: timeout(1) signals its program, then the group
/// in which that is.
const TWICE: Duration = Duration::from_millis(200);

/// Milliseconds since the start after which explorations are stopped; 0 for no limit.
static DEADLINE: AtomicU64 = AtomicU64::new(0);

static STARTED: OnceLock<Instant> = OnceLock::new();

/// Time that does not count, and since when none does.
static UNCOUNTED: Mutex<(Duration, Option<Instant>)> = Mutex::new((Duration::ZERO, None));

/// As long as it lives, the time budget is not used.
pub struct Uncounted(());

impl Uncounted {
    /// From now on. One at a time.
    pub fn begin() -> Uncounted {
        uncounted().1 = Some(Instant::now());
        Uncounted(())
    }
}

impl Drop for Uncounted {
    fn drop(&mut self) {
        let mut uncounted = uncounted();
        let since = uncounted.1.take();
        uncounted.0 += since.map_or(Duration::ZERO, |since| since.elapsed());
    }
}

fn uncounted() -> MutexGuard<'static, (Duration, Option<Instant>)> {
    UNCOUNTED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How much of the budget is used, of a run that began then.
fn counted_since(started: Instant) -> Duration {
    let (before, since) = *uncounted();
    since.unwrap_or_else(Instant::now).duration_since(started).saturating_sub(before)
}

/// Says something on standard error. If nobody can hear it, nothing can be done.
pub fn say(message: &str) {
    let _ = writeln!(anstream::stderr(), "lockstep: {message}");
}

/// How much is said beside results and errors: 0 nothing, 1 progress, 2 every part that is done.
static VERBOSITY: AtomicU8 = AtomicU8::new(1);

/// Says less, or more, from now on.
pub fn set_verbosity(quiet: bool, verbose: bool) {
    VERBOSITY.store(if quiet { 0 } else { 1 + u8::from(verbose) }, Ordering::Relaxed);
}

/// Whether somebody asked for results and errors alone.
pub fn is_quiet() -> bool {
    VERBOSITY.load(Ordering::Relaxed) == 0
}

/// Says on standard error what was done, to those who asked for it.
pub fn tell(message: &str) {
    if VERBOSITY.load(Ordering::Relaxed) > 1 {
        say(message);
    }
}

/// Starts what watches the run.
pub fn start(time: Option<Duration>) {
    let started = *STARTED.get_or_init(Instant::now);
    if let Some(time) = time {
        // Less than a millisecond is a limit as well.
        DEADLINE.store(u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1), Ordering::Relaxed);
    }
    let handler = ctrlc::set_handler(|| {
        let first = *INTERRUPTED_AT.get_or_init(Instant::now);
        if first.elapsed() > TWICE {
            // The second time somebody means it.
            std::process::exit(130);
        }
        INTERRUPTED.store(true, Ordering::Relaxed);
        CONTROL.cancel();
    });
    if let Err(error) = handler {
        say(&format!("Ctrl-C will end the run without a result: {error}"));
    }
    watchdog::start(Status::Subject.code(), move || {
        let deadline = DEADLINE.load(Ordering::Relaxed);
        if deadline != 0 && counted_since(started).as_millis() >= u128::from(deadline) {
            CONTROL.cancel();
        }
    });
}

/// Whether the run was asked to end, by the user or by its time budget.
pub fn is_ending() -> bool {
    CONTROL.is_cancelled()
}

/// Whether the user asked.
pub fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Says that nothing was explored, and with what more would be.
pub fn say_nothing_explored() {
    say("nothing was explored: raise --exhaustive-max, --enumerated, --executions or --time");
}

/// Says that the run ended before everything was explored, and why.
pub fn say_cut_short() {
    let why = if is_interrupted() { "interrupted" } else { "the time is over" };
    say(&format!("{why}: the result covers what was explored until then"));
}
