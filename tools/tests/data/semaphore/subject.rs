//! What a counting semaphore promises, and the situations that ask for it.

use lockstep::sync::{Atomic, Ordering};
use lockstep::{probe, thread};

/// Room for so many at a time.
pub trait Semaphore: Sync {
    /// Waits until there is room, and takes it.
    fn acquire(&self);

    /// Gives the room back.
    fn release(&self);
}

/// How many are inside at a time?
pub fn inside(semaphore: &dyn Semaphore) {
    let inside = Atomic::named("inside", 0_u32);
    thread::scope(|scope| {
        for number in 1..=2 {
            let inside = &inside;
            scope.spawn(("visitor", number), move || {
                semaphore.acquire();
                probe::observe(1 + u64::from(inside.fetch_add(1, Ordering::SeqCst)));
                inside.fetch_sub(1, Ordering::SeqCst);
                semaphore.release();
            });
        }
    });
}

/// Does who comes twice get in twice?
pub fn again(semaphore: &dyn Semaphore) {
    thread::scope(|scope| {
        for number in 1..=2 {
            scope.spawn(("visitor", number), move || {
                for _ in 0..number {
                    semaphore.acquire();
                    semaphore.release();
                }
            });
        }
    });
}

/// How an observation reads.
pub fn describe(word: u64) -> String {
    format!("{word} inside")
}
