//! Handles, guards and sites of another execution, and of none.

use super::{assert_foreign, check_foreign, end_of, in_order};
use lockstep::End;
use lockstep::probe::{observe, site};
use lockstep::sync::{Atomic, Condvar, Ghost, Mutex, MutexGuard, Ordering::SeqCst, Plain, SpinGuard, SpinLock};
use lockstep::sync::{ReadWriteLock, UnlockWait, WaitQueue};
use lockstep::thread::{self, scope, spawn};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[test]
fn handles_of_another_execution_are_misuses() {
    check_foreign(|| Atomic::named("word", 0_u64), |word| observe(word.load(SeqCst)));
    check_foreign(|| Atomic::named("word", 0_u64), |word| word.store(1, SeqCst));
    check_foreign(|| Atomic::named("word", 0_u64), |word| observe(word.fetch_add(1, SeqCst)));
    check_foreign(|| Atomic::named("word", 0_u64), |word| assert!(word.compare_exchange(0, 1, SeqCst, SeqCst).is_ok()));
    check_foreign(|| Atomic::named("word", 0_u64), |word| observe(word.peek()));
    check_foreign(|| Plain::named("plain", 0_u64), |plain| observe(plain.get()));
    check_foreign(|| Plain::named("plain", 0_u64), |plain| plain.set(1));
    check_foreign(|| Ghost::named("ghost", 0_u64), |ghost| observe(ghost.get()));
    check_foreign(|| Ghost::named("ghost", 0_u64), |ghost| ghost.set(1));
    check_foreign(|| SpinLock::named("lock"), SpinLock::lock);
    check_foreign(|| SpinLock::named("lock"), SpinLock::unlock);
    check_foreign(|| SpinLock::named("lock"), |lock| assert!(lock.try_lock()));
    check_foreign(|| SpinLock::named("lock"), |lock| assert!(!lock.is_locked()));
    check_foreign(|| SpinLock::named("lock"), |lock| lock.unlock_wait(UnlockWait::Relaxed));
    check_foreign(|| ReadWriteLock::named("lock"), ReadWriteLock::read_lock);
    check_foreign(|| ReadWriteLock::named("lock"), ReadWriteLock::read_unlock);
    check_foreign(|| ReadWriteLock::named("lock"), ReadWriteLock::write_lock);
    check_foreign(|| WaitQueue::named("queue"), WaitQueue::wake_one);
    check_foreign(
        || WaitQueue::named("queue"),
        |queue| {
            let lock = SpinLock::named("own");
            lock.lock();
            queue.wait(&lock);
        },
    );
    check_foreign(Condvar::new, Condvar::notify_all);
    check_foreign(|| Mutex::new(0), |mutex| drop(mutex.lock()));
}

#[test]
fn a_thread_of_another_execution_is_not_joined() {
    // Its result has the type of one thread and would be made of another's.
    let stash = std::sync::Mutex::new(None);
    let body = || {
        let taken = stash.lock().unwrap().take();
        match taken {
            None => *stash.lock().unwrap() = Some(spawn(|| "hello")),
            Some(handle) => {
                let _other = spawn(|| (0x4141_4141_usize, 5_usize));
                observe(handle.join().unwrap().len() as u64);
            }
        }
    };
    in_order(body);
    assert_foreign(&in_order(body).end);
}

#[test]
fn handles_are_useless_outside_of_executions_and_on_other_threads_of_the_system() {
    let kept = std::sync::OnceLock::new();
    let body = || {
        let word = *kept.get_or_init(|| Atomic::named("word", 0_u64));
        std::thread::scope(|threads| {
            let outside = threads.spawn(move || catch_unwind(|| word.load(SeqCst)).is_err());
            assert!(outside.join().unwrap());
        });
        observe(word.load(SeqCst));
    };
    assert_eq!(in_order(body).end, End::Completed);
    assert!(catch_unwind(|| kept.get().unwrap().load(SeqCst)).is_err());
}

#[cfg(not(any(miri, lockstep_os_threads)))]
thread_local! {
    static GUARDS: RefCell<Vec<MutexGuard<'static, Vec<u8>>>> = const { RefCell::new(Vec::new()) };
    static SPINS: RefCell<Vec<SpinGuard>> = const { RefCell::new(Vec::new()) };
}

// On threads of the system a simulated thread has locals of its own, which end with it.
#[cfg(not(any(miri, lockstep_os_threads)))]
#[test]
fn guards_that_outlive_their_execution_release_nothing() {
    // On a thread of its own: what is left is dropped when that thread ends.
    let keep = || {
        let body = || {
            let mutex: &'static Mutex<Vec<u8>> = Box::leak(Box::new(Mutex::new(vec![1; 8])));
            GUARDS.with_borrow_mut(|guards| guards.push(mutex.lock().unwrap()));
            SPINS.with_borrow_mut(|guards| guards.push(SpinLock::named("lock").guard()));
        };
        for _ in 0..4 {
            assert_eq!(in_order(body).end, End::Completed);
        }
        // Outside of the execution the guard gives no access, and to drop it does nothing.
        let guard = GUARDS.with_borrow_mut(Vec::pop).unwrap();
        assert!(catch_unwind(AssertUnwindSafe(|| guard.len())).is_err());
        drop(guard);
        // Inside of another one it is a misuse.
        assert_foreign(&in_order(|| drop(GUARDS.with_borrow_mut(Vec::pop))).end);
        assert_foreign(&in_order(|| drop(SPINS.with_borrow_mut(Vec::pop))).end);
    };
    std::thread::spawn(keep).join().unwrap();
}

#[test]
fn a_site_that_is_left_in_another_execution_changes_nothing() {
    thread_local!(static SITE: RefCell<Option<lockstep::probe::SiteGuard>> = const { RefCell::new(None) });
    let body = |kept: bool| {
        if kept {
            SITE.with_borrow_mut(|kept| *kept = Some(site("kept")));
        }
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            for name in ["a", "b"] {
                threads.spawn(name, || observe(word.fetch_add(1, SeqCst)));
            }
        });
    };
    in_order(|| body(true));
    let with = in_order(|| {
        SITE.with_borrow_mut(|kept| drop(kept.take()));
        body(false);
    });
    let without = in_order(|| body(false));
    assert_eq!(format!("{:?}", with.trace), format!("{:?}", without.trace));
}

#[test]
fn there_is_no_thread_of_a_number_that_was_never_given() {
    for number in [1, 16, 31, 32, 64, usize::MAX] {
        assert_eq!(end_of(|| assert_eq!(thread::status(number), thread::Status::Blocked)).name(), "panic");
    }
}
