//! What a ring promises.

use lockstep::{probe, thread};

/// A bounded queue for one producer and one consumer.
pub trait Ring: Sync {
    /// Pushes if there is room.
    fn try_push(&self, value: u32) -> bool;
    /// Pops if there is something.
    fn try_pop(&self) -> Option<u32>;
}

/// Do two numbers arrive as they were sent?
pub fn in_order(ring: &dyn Ring) {
    thread::scope(|scope| {
        scope.spawn("producer", || {
            for value in [7, 8] {
                ring.try_push(value);
            }
        });
        scope.spawn("consumer", || {
            for _ in 0..2 {
                // Nobody sends 1.
                probe::observe(u64::from(ring.try_pop().unwrap_or(1)));
            }
        });
    });
}

/// How an observation reads.
pub fn describe(word: u64) -> String {
    match word {
        1 => "finds nothing".to_owned(),
        number => format!("gets {number}"),
    }
}
