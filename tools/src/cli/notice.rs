//! A word while somebody waits: without a terminal nothing else tells that something goes on.
//!
//! What takes longer than a few seconds is told once, and then twice a minute. Nobody is told who
//! asked for quiet.

use crate::cli::session;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// What takes less is not told.
const FIRST: Duration = Duration::from_secs(5);

/// Time between two lines.
const EVERY: Duration = Duration::from_secs(30);

/// Tells, as long as it lives.
pub struct Notice {
    is_over: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Notice {
    /// `says` what is being done, whenever it is asked.
    pub fn begin(says: impl Fn() -> String + Send + 'static) -> Notice {
        Notice::with([FIRST, EVERY], move || session::say(&says()))
    }

    fn with([first, every]: [Duration; 2], tell: impl Fn() + Send + 'static) -> Notice {
        let is_over = Arc::new((Mutex::new(false), Condvar::new()));
        let shared = Arc::clone(&is_over);
        let wait = move || {
            let (is_over, changed) = &*shared;
            let mut patience = first;
            let mut over = is_over.lock().expect("nobody panics with it in hand");
            loop {
                let (now, timeout) =
                    changed.wait_timeout_while(over, patience, |over| !*over).expect("nobody panics with it in hand");
                if !timeout.timed_out() {
                    return;
                }
                tell();
                over = now;
                patience = every;
            }
        };
        // If there can be no thread, nobody is told.
        let thread = std::thread::Builder::new().name("notice".to_owned()).spawn(wait).ok();
        Notice { is_over, thread }
    }
}

impl Drop for Notice {
    fn drop(&mut self) {
        let (is_over, changed) = &*self.is_over;
        *is_over.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = true;
        changed.notify_all();
        // So that nothing is told behind what comes next.
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Notice;
    use std::sync::mpsc;
    use std::time::Duration;

    const SOON: Duration = Duration::from_millis(1);
    const LATE: Duration = Duration::from_secs(3_600);

    /// A notice, and what it tells.
    fn told(times: [Duration; 2]) -> (Notice, mpsc::Receiver<()>) {
        let (teller, told) = mpsc::channel();
        (Notice::with(times, move || teller.send(()).expect("somebody listens")), told)
    }

    #[test]
    fn what_takes_long_is_told_again_and_again_until_it_is_over() {
        let (notice, told) = told([SOON, SOON]);
        for _ in 0..3 {
            told.recv().expect("it goes on");
        }
        drop(notice);
        while told.try_recv().is_ok() {}
        assert_eq!(told.recv(), Err(mpsc::RecvError), "nobody tells any more");
    }

    #[test]
    fn it_is_told_once_and_then_not_for_a_while() {
        let (notice, told) = told([SOON, LATE]);
        told.recv().expect("it is told once");
        drop(notice);
        assert_eq!(told.recv(), Err(mpsc::RecvError));
    }

    #[test]
    fn what_is_over_soon_is_not_told() {
        let (notice, told) = told([LATE, SOON]);
        drop(notice);
        assert_eq!(told.recv(), Err(mpsc::RecvError));
    }
}
