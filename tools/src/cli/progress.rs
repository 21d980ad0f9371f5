//! Progress on standard error: a bar on a terminal, and elsewhere a line now and then.

use crate::cli::notice::Notice;
use crate::cli::session::{CONTROL, is_quiet};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Time between two pictures of a bar whose length nobody knows.
const TICK: Duration = Duration::from_millis(120);

/// What is being done, and how much of it is. Gone when it is dropped.
pub struct Progress {
    bar: ProgressBar,
    now: Arc<Mutex<Now>>,
    _notice: Option<Notice>,
}

/// Where it stands.
#[derive(Default)]
struct Now {
    what: String,
    done: usize,
}

impl Now {
    /// In words, of so many parts.
    fn line(&self, parts: usize, executions: u64) -> String {
        let made = if executions == 0 { String::new() } else { format!(", {executions} executions so far") };
        let Now { what, done } = self;
        if parts == 1 {
            format!("{what} goes on{made}")
        } else {
            format!("{what} goes on, {done} of {parts} are done{made}")
        }
    }
}

impl Progress {
    /// So many parts are to be done.
    pub fn new(parts: usize) -> Progress {
        let now = Arc::new(Mutex::new(Now::default()));
        let told = Arc::clone(&now);
        Progress::with(now, ProgressBar::new(parts as u64), "{bar:24} {pos}/{len} {msg}", move || {
            told.lock().expect("nobody panics with it in hand").line(parts, CONTROL.executions())
        })
    }

    /// One thing is to be done, in words; nobody knows how much of it is.
    pub fn of_one(what: &str) -> Progress {
        let told = what.to_owned();
        let progress =
            Progress::with(Arc::default(), ProgressBar::new_spinner(), "{spinner} {msg} {elapsed}", move || {
                told.clone()
            });
        progress.bar.set_message(what.to_owned());
        progress.bar.enable_steady_tick(TICK);
        progress
    }

    fn with(
        now: Arc<Mutex<Now>>,
        bar: ProgressBar,
        template: &str,
        says: impl Fn() -> String + Send + 'static,
    ) -> Progress {
        let is_terminal = std::io::stderr().is_terminal();
        let bar = if is_terminal && !is_quiet() { bar } else { ProgressBar::hidden() };
        bar.set_style(ProgressStyle::with_template(template).expect("the template is well-formed"));
        let _notice = (!is_terminal && !is_quiet()).then(|| Notice::begin(says));
        Progress { bar, now, _notice }
    }

    /// Says what is being done.
    pub fn says(&self, what: &str) {
        self.bar.set_message(format!("{what}  {} executions", CONTROL.executions()));
        what.clone_into(&mut self.now.lock().expect("nobody panics with it in hand").what);
    }

    /// One part is done.
    pub fn advances(&self) {
        self.bar.inc(1);
        self.now.lock().expect("nobody panics with it in hand").done += 1;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::Now;

    #[test]
    fn a_line_says_what_is_known() {
        let now = Now { what: "S1".to_owned(), done: 3 };
        assert_eq!(now.line(53, 1200), "S1 goes on, 3 of 53 are done, 1200 executions so far");
        assert_eq!(now.line(1, 0), "S1 goes on");
    }
}
