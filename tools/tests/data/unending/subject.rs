//! Work that must come to an end, and does not under every schedule.

use lockstep::thread;

/// Somebody with something to do.
pub trait Worker: Sync {
    /// Does it.
    fn work(&self);
}

/// Do two come to an end?
pub fn two(worker: &dyn Worker) {
    thread::scope(|scope| {
        for number in 1..=2 {
            scope.spawn(("worker", number), || worker.work());
        }
    });
}
