//! What an awaited condition may do, and what it may not.

use super::{Room, check_everywhere, room};
use crate::common;
use lockstep::probe::observe;
use lockstep::sync::{Atomic, Ghost, Mutex, Ordering::SeqCst, Plain, ReadWriteLock, SpinLock, UnlockWait, await_until};
use lockstep::thread::{Status, scope, spawn, status};
use lockstep::{End, RunConfig, run};

/// However the search goes, a condition that looks at what is not watched is a misuse with this message, and nobody waits for ever.
#[track_caller]
fn check_unfit(message: &str, condition: impl Fn(Room, &dyn Fn() -> bool) -> bool + Sync) {
    let body = || {
        let (room, other) = (room(), Atomic::named("other", 0_u64));
        scope(|threads| {
            threads.spawn("waiter", || await_until(|| condition(room, &|| other.load(SeqCst) == 1)));
            threads.spawn("writer", || {
                room.lock.lock();
                room.word.store(1, SeqCst);
                other.store(1, SeqCst);
                room.lock.unlock();
            });
        });
    };
    check_everywhere(body, &["misuse"]);
    let end = run(&common::program(&body), &lockstep::Schedule::in_order(), &RunConfig::default()).end;
    let End::Misuse(fault) = end else { panic!("{end}") };
    assert!(fault.message.contains(message), "{fault}");
    assert!(fault.place.is_some_and(|place| place.file().ends_with("conditions.rs")), "{fault}");
}

#[test]
fn a_condition_awaits_nothing_itself() {
    check_unfit("awaits another one", |room, other| {
        await_until(|| room.word.load(SeqCst) == 1);
        other()
    });
}

#[test]
fn a_condition_takes_no_lock() {
    check_unfit("takes or releases a lock", |room, other| {
        let _guard = room.lock.guard();
        other()
    });
    check_unfit("takes or releases a lock", |room, _| {
        let _guard = room.lock.guard();
        room.word.peek() == 1
    });
    check_unfit("takes or releases a lock", |_, other| {
        let own = SpinLock::named("own");
        let has_taken = own.try_lock();
        own.unlock();
        !has_taken || other()
    });
    check_unfit("takes or releases a lock", |room, other| {
        room.lock.unlock_wait(UnlockWait::Relaxed);
        other()
    });
    check_unfit("takes or releases a lock", |_, other| {
        let lock = ReadWriteLock::named("own");
        lock.read_lock();
        lock.read_unlock();
        other()
    });
    check_unfit("takes or releases a lock", |_, other| *Mutex::new(0).lock().unwrap() == 1 || other());
}

#[test]
fn a_condition_waits_for_no_thread() {
    check_unfit("waits for another thread", |_, other| spawn(|| false).join().unwrap() || other());
    check_unfit("waits for another thread", |_, other| status(1) == Status::Finished || other());
}

#[test]
fn a_condition_looks_at_nothing_that_is_not_watched() {
    check_unfit("a ghost cell", |_, other| Ghost::named("ghost", 0_u64).get() == 1 || other());
    check_unfit("peeks", |room, other| room.word.peek() == 1 || other());
}

#[test]
fn a_condition_wakes_nobody() {
    check_unfit("wakes who sleeps", |room, other| {
        room.queue.wake_one();
        other()
    });
}

#[test]
fn a_condition_that_may_not_be_is_no_second_panic_while_a_panic_unwinds() {
    struct Awaits(Atomic<u64>);
    impl Drop for Awaits {
        fn drop(&mut self) {
            await_until(|| {
                self.0.peek();
                self.0.load(SeqCst) == 0
            });
        }
    }
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            threads.spawn("a", || {
                let _awaits = Awaits(word);
                word.load(SeqCst);
                panic!("the first one");
            });
            threads.spawn("b", || word.load(SeqCst));
        });
    };
    for schedule in common::schedules(50) {
        let End::Panic(fault) = run(&common::program(&body), &schedule, &RunConfig::default()).end else { panic!() };
        assert_eq!(fault.message, "the first one");
    }
}

#[test]
fn a_condition_may_read_plain_data_that_a_word_announces() {
    let body = || {
        let (word, plain) = (Atomic::named("word", 0_u64), Plain::named("plain", 0_u64));
        scope(|threads| {
            threads.spawn("waiter", || await_until(|| word.load(SeqCst) == 1 && plain.get() == 1));
            threads.spawn("writer", || {
                plain.set(1);
                word.store(1, SeqCst);
            });
        });
    };
    check_everywhere(body, &[""]);
}

#[test]
fn an_evaluation_that_panics_is_over() {
    let body = || {
        let (room, lock) = (room(), SpinLock::named("other"));
        let evaluate = || {
            await_until(|| {
                let _guard = lock.guard();
                panic!("caught")
            });
        };
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(evaluate)).is_err());
        room.lock.lock();
        room.lock.unlock();
        await_until(|| room.word.load(SeqCst) == 0);
        observe(1);
    };
    check_everywhere(body, &["main 1"]);
}
