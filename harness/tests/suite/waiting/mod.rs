//! Wait queues and awaited conditions: no wake-up is lost and none comes from nowhere; waiting costs nothing.

mod awaits;
mod conditions;
mod idle;
mod queues;

use crate::common;
use lockstep::sync::{Atomic, Ordering::SeqCst, SpinLock, WaitQueue};
use lockstep::{ExploreConfig, MemoryModel, Strategy, explore};

#[track_caller]
fn check(body: impl Fn() + Sync, expected: &[&str]) {
    common::assert_outcomes(&body, expected);
}

#[derive(Clone, Copy)]
struct Room {
    lock: SpinLock,
    queue: WaitQueue,
    word: Atomic<u64>,
}

#[track_caller]
fn room() -> Room {
    Room { lock: SpinLock::named("lock"), queue: WaitQueue::named("queue"), word: Atomic::named("word", 0) }
}

impl Room {
    #[track_caller]
    fn sleep(self) {
        self.lock.lock();
        self.queue.wait(&self.lock);
        self.lock.unlock();
    }

    #[track_caller]
    fn wait_for(self, value: u64) {
        self.lock.lock();
        while self.word.load(SeqCst) != value {
            self.queue.wait(&self.lock);
        }
        self.lock.unlock();
    }

    #[track_caller]
    fn set(self, value: u64) {
        self.lock.lock();
        self.word.store(value, SeqCst);
        self.queue.wake_one();
        self.lock.unlock();
    }
}

/// The outcomes of an exhaustive search under each memory model.
#[track_caller]
fn check_everywhere(body: impl Fn() + Sync, expected: &[&str]) {
    for memory in MemoryModel::ALL {
        let config =
            ExploreConfig { strategy: Strategy::Exhaustive, memory, steps_max: 400, ..ExploreConfig::default() };
        let result = explore(&common::program(&body), &config);
        assert!(result.evidence.is_exhaustive(), "{}: {}", memory.name(), result.evidence);
        let mut texts: Vec<String> = result.outcomes.iter().map(|seen| common::text(&seen.outcome)).collect();
        texts.sort();
        texts.dedup();
        assert_eq!(texts, expected, "{}", memory.name());
    }
}
