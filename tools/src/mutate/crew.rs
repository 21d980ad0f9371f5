//! Several runners side by side over one list: what is answered does not depend on which of them
//! was asked.

use crate::cli::session;
use crate::cli::trouble::Trouble;
use crate::workshop::Runner;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The answers of so many runners of the program about the items, in their order. Nothing for those
/// that the run did not come to, or that have no answer.
pub fn ask_each<T: Sync, R: Send>(
    (program, jobs): (&Path, usize),
    items: &[T],
    ask: impl Fn(&T, &mut Runner) -> Result<Option<R>, Trouble> + Sync,
) -> Result<Vec<Option<R>>, Trouble> {
    let next = AtomicUsize::new(0);
    let answers: Vec<Mutex<Option<R>>> = items.iter().map(|_| Mutex::new(None)).collect();
    let work = || -> Result<(), Trouble> {
        let mut runner = Runner::start(program)?;
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at).filter(|_| !session::is_ending()) else { return Ok(()) };
            *answers[at].lock().expect("nobody panics while holding it") = ask(item, &mut runner)?;
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("workers do not panic"))
    })?;
    Ok(answers.into_iter().map(|answer| answer.into_inner().expect("nobody panics while holding it")).collect())
}
