//! A ring buffer for one producer and one consumer.

use crate::subject::Ring;
use lockstep::sync::std_atomic::{AtomicU32, AtomicUsize, Ordering};

const SIZE: usize = 2;

/// Positions grow for ever; a position's slot is its rest by the size.
pub struct Spsc {
    /// Where the consumer takes.
    head: AtomicUsize,
    /// Where the producer puts.
    tail: AtomicUsize,
    slots: [AtomicU32; SIZE],
}

impl Spsc {
    pub fn new() -> Spsc {
        Spsc {
            head: AtomicUsize::named("head", 0),
            tail: AtomicUsize::named("tail", 0),
            slots: std::array::from_fn(|slot| AtomicU32::named(("slot", slot as u32), 0)),
        }
    }
}

impl Ring for Spsc {
    fn try_push(&self, value: u32) -> bool {
        let tail = self.tail.load(Ordering::Relaxed);
        let head = self.head.load(Ordering::Acquire);
        if tail - head == SIZE {
            return false;
        }
        self.slots[tail % SIZE].store(value, Ordering::Relaxed);
        self.tail.store(tail + 1, Ordering::Release);
        true
    }

    fn try_pop(&self) -> Option<u32> {
        let head = self.head.load(Ordering::Relaxed);
        let tail = self.tail.load(Ordering::Acquire);
        if head == tail {
            return None;
        }
        let value = self.slots[head % SIZE].load(Ordering::Relaxed);
        self.head.store(head + 1, Ordering::Release);
        Some(value)
    }
}
