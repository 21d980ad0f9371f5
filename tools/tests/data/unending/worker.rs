//! Counts who works.

use crate::subject::Worker;
use lockstep::sync::Atomic;

pub struct Counted {
    begun: Atomic<u32>,
    ended: Atomic<u32>,
}

impl Default for Counted {
    fn default() -> Counted {
        Counted { begun: Atomic::named("begun", 0), ended: Atomic::named("ended", 0) }
    }
}

impl Worker for Counted {
    fn work(&self) {
        let begun = self.begun.read_once();
        self.begun.write_once(begun + 1);
        let ended = self.ended.read_once();
        self.ended.write_once(ended + 1);
    }
}
