//! A slot behind a lock, and one queue for everybody who waits.

use crate::subject::Mailbox;
use lockstep::sync::{Atomic, Plain, SpinLock, WaitQueue};

pub struct OneSlot {
    lock: SpinLock,
    full: Atomic<bool>,
    number: Plain<u32>,
    changed: WaitQueue,
}

impl OneSlot {
    pub fn new() -> OneSlot {
        OneSlot {
            lock: SpinLock::named("lock"),
            full: Atomic::named("full", false),
            number: Plain::named("number", 0),
            changed: WaitQueue::named("changed"),
        }
    }
}

impl Mailbox for OneSlot {
    fn put(&self, number: u32) {
        self.lock.lock();
        while self.full.read_once() {
            self.changed.wait(&self.lock);
        }
        self.number.set(number);
        self.full.write_once(true);
        self.changed.wake_all();
        self.lock.unlock();
    }

    fn take(&self) -> u32 {
        self.lock.lock();
        while !self.full.read_once() {
            self.changed.wait(&self.lock);
        }
        let number = self.number.get();
        self.full.write_once(false);
        self.changed.wake_all();
        self.lock.unlock();
        number
    }

    fn try_take(&self) -> Option<u32> {
        self.lock.lock();
        let mut number = None;
        if self.full.read_once() {
            number = Some(self.number.get());
            self.full.write_once(false);
            self.changed.wake_all();
        }
        self.lock.unlock();
        number
    }
}
