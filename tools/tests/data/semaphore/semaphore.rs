//! A counting semaphore with room for one.

use crate::subject::Semaphore;
use lockstep::sync::{Atomic, SpinLock, WaitQueue};

pub struct Counting {
    lock: SpinLock,
    free: Atomic<u32>,
    freed: WaitQueue,
}

impl Default for Counting {
    fn default() -> Counting {
        Counting {
            lock: SpinLock::named("lock"),
            free: Atomic::named("free", 1),
            freed: WaitQueue::named("freed"),
        }
    }
}

impl Semaphore for Counting {
    fn acquire(&self) {
        self.lock.lock();
        while self.free.read_once() == 0 {
            self.freed.wait(&self.lock);
        }
        self.free.write_once(self.free.read_once() - 1);
        self.lock.unlock();
    }

    fn release(&self) {
        self.lock.lock();
        self.free.write_once(self.free.read_once() + 1);
        self.freed.wake_one();
        self.lock.unlock();
    }
}
