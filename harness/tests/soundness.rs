//! Safe code can do anything but break the machine: keep handles, catch what is thrown, panic where it hurts.
#![forbid(unsafe_code)]
#![allow(missing_docs)]

use lockstep::probe::{bug, observe, remark, site};
use lockstep::sync::{Arc, Atomic, Condvar, Ghost, Mutex, MutexGuard, Ordering::SeqCst, Plain, SpinGuard, SpinLock};
use lockstep::sync::{ReadWriteLock, UnlockWait, WaitQueue, Word, await_until};
use lockstep::thread::{self, scope, spawn, yield_now};
use lockstep::{
    Abandon, End, Execution, ExploreConfig, MemoryModel, Program, RunConfig, Schedule, Strategy, THREADS_MAX, explore,
    run,
};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::atomic::{AtomicUsize, Ordering};

fn program<'a>(body: &'a (dyn Fn() + Sync)) -> Program<'a> {
    Program { body, abandon: Abandon::Unwind }
}

fn in_order(body: impl Fn() + Sync) -> Execution {
    run(&program(&body), &Schedule::in_order(), &RunConfig::default())
}

/// The end of the body under some schedules, every time the same.
#[track_caller]
fn end_of(body: impl Fn() + Sync) -> End {
    let end = in_order(&body).end.without_places();
    for seed in 0..20 {
        let other = run(&program(&body), &Schedule::uniform(seed), &RunConfig::default()).end.without_places();
        assert_eq!((seed, other.name()), (seed, end.name()));
    }
    end
}

#[track_caller]
fn assert_foreign(end: &End) {
    match end {
        End::Misuse(fault) => assert!(fault.message.contains("a handle of another execution"), "{fault}"),
        other => panic!("a handle of another execution was accepted: {other}"),
    }
}

/// What `make` makes in one execution is used in the next, of the same runner and of another.
#[track_caller]
fn check_foreign<T: Send + Sync>(make: impl Fn() -> T + Sync, use_it: impl Fn(&T) + Sync) {
    let kept = std::sync::OnceLock::new();
    let count = AtomicUsize::new(0);
    let body = || {
        // As many objects of other kinds as the handle can have been the number of.
        let first = count.fetch_add(1, Ordering::Relaxed) == 0;
        if first {
            assert!(kept.set(make()).is_ok());
        }
        for _ in 0..4 {
            let _others = (Atomic::new(0_u64), Plain::new(0_u64), SpinLock::named("lock"), spawn(|| ()));
        }
        if !first {
            use_it(kept.get().expect("made before"));
            bug("went on");
        }
    };
    let config = ExploreConfig { executions: 3, jobs: 1, ..ExploreConfig::default() };
    let result = explore(&program(&body), &config);
    assert_eq!(result.outcomes.len(), 2);
    let end = &result.outcomes.iter().find(|seen| seen.outcome.end != End::Completed).expect("misused").outcome.end;
    assert_foreign(end);
    assert_foreign(&in_order(body).end);
}

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

/// Looks at what it borrows when it is dropped, and says if it is not as it was.
struct Reader<'a>(&'a [u8], &'a AtomicUsize);

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if self.0 != [7; 64] {
            self.1.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Takes the lock when it is dropped.
struct Clearer(Arc<Mutex<Vec<u8>>>, Arc<AtomicUsize>);

impl Drop for Clearer {
    fn drop(&mut self) {
        let mut guard = self.0.lock().unwrap();
        *guard = Vec::new();
        self.1.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn no_second_guard_is_handed_out_after_the_end() {
    let cleared = Arc::new(AtomicUsize::new(0));
    let wrong: &'static AtomicUsize = Box::leak(Box::new(AtomicUsize::new(0)));
    for reader_first in [true, false] {
        let body = || {
            let mutex = Arc::new(Mutex::new(vec![7_u8; 64]));
            let gate = Atomic::new(0_u32);
            let reader = {
                let mutex = Arc::clone(&mutex);
                move || {
                    spawn(move || {
                        let guard = mutex.lock().unwrap();
                        let _reader = Reader(&guard[..], wrong);
                        await_until(|| gate.read_once() == 9);
                    })
                }
            };
            let clearer = {
                let clearer = (Arc::clone(&mutex), Arc::clone(&cleared));
                move || {
                    spawn(move || {
                        let _clearer = Clearer(clearer.0, clearer.1);
                        await_until(|| gate.read_once() == 9);
                    })
                }
            };
            let handles = if reader_first { (reader(), clearer()) } else { (clearer(), reader()) };
            let _ = (handles.0.join(), handles.1.join());
        };
        let before = cleared.load(Ordering::Relaxed);
        assert_eq!(in_order(body).end.name(), "deadlock");
        assert_eq!(cleared.load(Ordering::Relaxed), before + 1);
    }
    assert_eq!(wrong.load(Ordering::Relaxed), 0);
}

/// Starts a thread that takes the lock and never gives its guard back; what the guard shows it reads once more when it unwinds.
fn keep_guard(mutex: &Arc<Mutex<Vec<u8>>>, gate: Atomic<u32>, wrong: &'static AtomicUsize) {
    let mutex = Arc::clone(mutex);
    spawn(move || {
        let guard = mutex.lock().unwrap();
        let _reader = Reader(&guard[..], wrong);
        gate.write_once(1);
        await_until(|| gate.read_once() == 9);
    });
    await_until(|| gate.read_once() == 1);
}

#[test]
fn a_destructor_that_waits_for_data_while_a_panic_unwinds_gets_them_after_their_owner() {
    let cleared = Arc::new(AtomicUsize::new(0));
    let wrong: &'static AtomicUsize = Box::leak(Box::new(AtomicUsize::new(0)));
    let body = || {
        let mutex = Arc::new(Mutex::new(vec![7_u8; 64]));
        let gate = Atomic::new(0_u32);
        keep_guard(&mutex, gate, wrong);
        let _clearer = Clearer(mutex, Arc::clone(&cleared));
        panic!("on purpose");
    };
    assert_eq!(end_of(body).name(), "panic");
    assert_eq!((cleared.load(Ordering::Relaxed), wrong.load(Ordering::Relaxed)), (21, 0));
}

#[test]
fn what_a_scope_lends_outlives_a_destructor_that_has_to_wait() {
    // The scoped thread is unwound before the thread whose lock it waits for, and what it reads is owned by the main thread.
    let wrong: &'static AtomicUsize = Box::leak(Box::new(AtomicUsize::new(0)));
    let cleared = Arc::new(AtomicUsize::new(0));
    let body = || {
        let mutex = Arc::new(Mutex::new(vec![7_u8; 64]));
        let gate = Atomic::new(0_u32);
        keep_guard(&mutex, gate, wrong);
        let owned = vec![7_u8; 64];
        scope(|threads| {
            threads.spawn("borrower", || {
                let _reader = Reader(&owned, wrong);
                let _clearer = Clearer(Arc::clone(&mutex), Arc::clone(&cleared));
                gate.write_once(2);
                await_until(|| gate.read_once() == 9);
            });
            await_until(|| gate.read_once() == 2);
            panic!("in the scope");
        });
    };
    assert_eq!(end_of(body).name(), "panic");
    assert_eq!((cleared.load(Ordering::Relaxed), wrong.load(Ordering::Relaxed)), (21, 0));
}

#[test]
fn a_guard_whose_lock_is_given_up_for_a_sleep_releases_nothing_when_it_unwinds() {
    let wrong: &'static AtomicUsize = Box::leak(Box::new(AtomicUsize::new(0)));
    let cleared = Arc::new(AtomicUsize::new(0));
    let body = || {
        let mutex = Arc::new(Mutex::new(vec![7_u8; 64]));
        let condvar = Arc::new(Condvar::new());
        let gate = Atomic::new(0_u32);
        // The sleeper is unwound first, then the clearer, then the reader.
        let theirs = Arc::clone(&mutex);
        spawn(move || {
            let guard = theirs.lock().unwrap();
            let _reader = Reader(&guard[..], wrong);
            await_until(|| gate.read_once() == 9);
        });
        let theirs = (Arc::clone(&mutex), Arc::clone(&cleared));
        spawn(move || {
            let _clearer = Clearer(theirs.0, theirs.1);
            await_until(|| gate.read_once() == 9);
        });
        spawn(move || drop(condvar.wait(mutex.lock().unwrap())));
    };
    for seed in 0..50 {
        run(&program(&body), &Schedule::uniform(seed), &RunConfig::default());
    }
    assert_eq!((cleared.load(Ordering::Relaxed), wrong.load(Ordering::Relaxed)), (50, 0));
}

#[test]
fn a_function_of_an_update_that_acts_is_a_misuse() {
    for memory in MemoryModel::ALL {
        let body = || {
            let (a, b) = (Atomic::named("a", 0_u64), Atomic::named("b", 0_u64));
            scope(|threads| {
                for number in 0..2 {
                    threads.spawn(("adder", number), move || {
                        a.fetch_update_word(SeqCst, |value| {
                            b.fetch_add(1, SeqCst);
                            value + 1
                        });
                    });
                }
            });
        };
        let config = ExploreConfig { strategy: Strategy::Uniform, executions: 50, memory, ..ExploreConfig::default() };
        for seen in explore(&program(&body), &config).outcomes.iter() {
            match &seen.outcome.end {
                End::Misuse(fault) => assert!(fault.message.contains("used the machine"), "{fault}"),
                other => panic!("{memory:?}: {other}"),
            }
        }
    }
}

/// A word whose conversions act on another one.
#[cfg(not(any(miri, lockstep_os_threads)))]
#[derive(Clone, Copy)]
struct Acting(u64, Atomic<u64>);

#[cfg(not(any(miri, lockstep_os_threads)))]
thread_local!(static OTHER: std::cell::Cell<Option<Atomic<u64>>> = const { std::cell::Cell::new(None) });

#[cfg(not(any(miri, lockstep_os_threads)))]
impl Word for Acting {
    fn to_word(self) -> u64 {
        self.1.fetch_add(1, SeqCst);
        self.0
    }

    fn from_word(word: u64) -> Acting {
        let other = OTHER.get().expect("set by the body");
        other.fetch_add(1, SeqCst);
        Acting(word, other)
    }
}

#[cfg(not(any(miri, lockstep_os_threads)))]
#[test]
fn conversions_of_a_word_run_outside_of_the_machine() {
    let body = |update: bool| {
        let other = Atomic::named("other", 0_u64);
        OTHER.set(Some(other));
        let word = Atomic::named("word", Acting(1, other));
        word.store(Acting(2, other), SeqCst);
        observe(word.load(SeqCst).0);
        if update {
            word.swap(Acting(3, other), SeqCst);
        }
        observe(other.load(SeqCst));
    };
    let execution = in_order(|| body(false));
    assert_eq!(execution.end, End::Completed);
    assert_eq!(execution.outcome.columns[0].entries, [lockstep::Entry::Word(2), lockstep::Entry::Word(3)]);
    assert!(matches!(in_order(|| body(true)).end, End::Misuse(_)));
}

#[test]
fn a_function_of_an_update_may_look_and_panic() {
    for memory in MemoryModel::ALL {
        let body = || {
            let (a, b) = (Atomic::named("a", 1_u64), Atomic::named("b", 5_u64));
            let caught = catch_unwind(|| a.fetch_update_word(SeqCst, |_| panic!("on purpose")));
            assert!(caught.is_err());
            a.fetch_update_word(SeqCst, |value| value + b.peek());
            observe(a.load(SeqCst));
        };
        let config = RunConfig { memory, ..RunConfig::default() };
        let execution = run(&program(&body), &Schedule::in_order(), &config);
        assert_eq!(execution.end, End::Completed);
        assert_eq!(execution.outcome.columns[0].entries, [lockstep::Entry::Word(6)]);
    }
}

#[test]
fn a_remark_that_acts_is_a_misuse() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        remark(|| word.load(SeqCst).to_string());
    };
    assert!(matches!(in_order(body).end, End::Misuse(_)));
}

#[test]
fn unwinding_that_is_caught_for_ever_ends_all_the_same() {
    fn catch_for_ever() {
        let gate = Atomic::new(0_u32);
        loop {
            let _ = catch_unwind(|| await_until(|| gate.read_once() == 9));
        }
    }
    fn keep_for_ever() {
        let gate = Atomic::new(0_u32);
        loop {
            std::mem::forget(catch_unwind(|| await_until(|| gate.read_once() == 9)));
        }
    }
    fn caught_twice() {
        let gate = Atomic::new(0_u32);
        loop {
            let _ = catch_unwind(|| {
                loop {
                    let caught = catch_unwind(|| await_until(|| gate.read_once() == 9));
                    let _ = catch_unwind(AssertUnwindSafe(|| drop(caught)));
                    yield_now();
                }
            });
        }
    }
    let over = |thread: fn()| {
        move || {
            spawn(thread);
            yield_now();
            bug("over");
        }
    };
    for thread in [catch_for_ever, keep_for_ever, caught_twice] {
        assert_eq!(end_of(over(thread)).name(), "bug");
    }
    // In a scope and in the main thread.
    let scoped = || {
        scope(|threads| {
            threads.spawn("scoped", catch_for_ever);
            yield_now();
            bug("over");
        });
    };
    assert_eq!(end_of(scoped).name(), "bug");
    assert_eq!(end_of(catch_for_ever).name(), "deadlock");
    assert_eq!(end_of(caught_twice).name(), "deadlock");
}

#[test]
fn a_stack_that_is_given_up_stays_as_it_was() {
    // Thousands of them, one after the other, and executions after them go on as ever.
    let body = || {
        let gate = Atomic::new(0_u32);
        spawn(move || {
            loop {
                std::mem::forget(catch_unwind(|| await_until(|| gate.read_once() == 9)));
            }
        });
        yield_now();
        bug("over");
    };
    let config = ExploreConfig { strategy: Strategy::Uniform, executions: 50, jobs: 1, ..ExploreConfig::default() };
    let result = explore(&program(&body), &config);
    assert_eq!((result.executions, result.outcomes.len()), (50, 1));
}

struct Bomb(u32);

impl Drop for Bomb {
    fn drop(&mut self) {
        if self.0 > 0 {
            panic_any(Bomb(self.0 - 1));
        }
    }
}

#[test]
fn a_panic_whose_destructor_panics_is_a_panic() {
    for depth in [1, 3, 100] {
        assert_eq!(end_of(|| panic_any(Bomb(depth))).name(), "panic");
        // And where the panic is that of a destructor, after the end.
        let body = || {
            spawn(move || {
                let _bomb = Bomb(depth);
                yield_now();
            });
            let bomb = Bomb(depth);
            spawn(move || drop(bomb));
            bug("over");
        };
        assert_eq!(in_order(body).end.name(), "bug");
    }
}

#[test]
fn an_execution_inside_of_another_is_a_panic_of_the_subject() {
    let body = || drop(in_order(|| ()));
    match end_of(body) {
        End::Panic(fault) => assert!(fault.message.contains("inside of another one"), "{fault}"),
        other => panic!("{other}"),
    }
}

struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[test]
fn destructors_can_do_anything_after_the_end() {
    let acts: [fn(); 8] = [
        || _ = spawn(|| ()),
        || drop(spawn(|| 5).join()),
        || scope(|threads| _ = threads.spawn("late", || ())),
        || drop(Mutex::new(5).lock().unwrap()),
        || drop(catch_unwind(|| bug("again"))),
        || drop(catch_unwind(|| in_order(|| ()))),
        || (0..2 * THREADS_MAX).for_each(|_| _ = spawn(|| drop(OnDrop(|| _ = spawn(|| ()))))),
        || {
            let (mutex, condvar) = (Mutex::new(false), Condvar::new());
            drop(condvar.wait(mutex.lock().unwrap()));
        },
    ];
    for act in acts {
        let body = || {
            let captured = OnDrop(act);
            spawn(move || {
                let _local = OnDrop(act);
                let _captured = captured;
                SpinLock::named("lock").lock();
                loop {
                    yield_now();
                }
            });
            let never_begun = OnDrop(act);
            yield_now();
            spawn(move || drop(never_begun));
            let _result = spawn(move || OnDrop(act));
            let _local = OnDrop(act);
            bug("over");
        };
        assert_eq!(end_of(body).name(), "bug");
    }
}

#[test]
fn a_destructor_that_loops_after_the_end_is_given_up() {
    let body = || {
        let word = Atomic::new(0_u32);
        spawn(move || {
            loop {
                std::mem::forget(catch_unwind(|| word.load(SeqCst)));
            }
        });
        yield_now();
        bug("over");
    };
    assert_eq!(end_of(body).name(), "bug");
}

#[test]
fn a_guard_that_is_forgotten_holds_its_lock_to_the_end() {
    let body = || {
        let mutex = Arc::new(Mutex::new(0));
        std::mem::forget(mutex.lock());
        spawn(move || drop(mutex.lock()));
    };
    assert_eq!(end_of(body).name(), "deadlock");
}

#[test]
fn there_is_no_thread_of_a_number_that_was_never_given() {
    for number in [1, 16, 31, 32, 64, usize::MAX] {
        assert_eq!(end_of(|| assert_eq!(thread::status(number), thread::Status::Blocked)).name(), "panic");
    }
}
