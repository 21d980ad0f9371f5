//! The state of a running hunt on standard error: a line that changes if that is a terminal, else a
//! line now and then.

use crate::cli::session;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How often a line is printed where it cannot change.
const LINE_EVERY: Duration = Duration::from_secs(60);

/// How often a line is drawn where it can.
const DRAW_EVERY: Duration = Duration::from_millis(200);

pub struct Live {
    bar: Option<ProgressBar>,
    began: Instant,
    /// Executions that an earlier run has made.
    executions_before: u64,
    said: Mutex<Instant>,
}

impl Live {
    pub fn new(cases: u64, executions: u64) -> Live {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{spinner} {msg}").expect("the template is well-formed");
            ProgressBar::new_spinner().with_style(style)
        });
        if cases > 0 {
            session::say(&format!("goes on behind {cases} cases"));
        }
        Live { bar, began: Instant::now(), executions_before: executions, said: Mutex::new(Instant::now()) }
    }

    pub fn says(&self, cases: u64, executions: u64, edges: usize, classes: usize) {
        let every = if self.bar.is_some() { DRAW_EVERY } else { LINE_EVERY };
        let mut said = self.said.lock().expect("nobody panics while saying it");
        if said.elapsed() < every {
            return;
        }
        *said = Instant::now();
        let made = executions - self.executions_before;
        let rate = made as f64 / self.began.elapsed().as_secs_f64().max(0.001);
        let text = format!(
            "{cases} cases, {executions} executions, {rate:.0} a second, {edges} edges, {classes} classes of divergences"
        );
        match &self.bar {
            Some(bar) => {
                bar.set_message(text);
                bar.tick();
            }
            None => session::say(&text),
        }
    }

    /// Something was found.
    pub fn news(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| session::say(text)),
            None => session::say(text),
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
