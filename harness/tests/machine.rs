//! The core of the machine in a few executions: small enough for Miri and the sanitizers, see harness/docs/checking.md.
#![forbid(unsafe_code)]
#![allow(missing_docs)]

use lockstep::probe::{bug, observe, remark, site};
use lockstep::sync::{Arc, Atomic, Condvar, Mutex, Ordering::SeqCst, Plain, SpinLock, await_until};
use lockstep::thread::{scope, spawn, yield_now};
use lockstep::{Abandon, MemoryModel, Program, RunConfig, Schedule, run};
use std::panic::{catch_unwind, panic_any};

/// The names of the ends of the body, under a few schedules of each memory model.
fn ends(body: impl Fn() + Sync) -> Vec<&'static str> {
    let program = Program { body: &body, abandon: Abandon::Unwind };
    let mut ends = Vec::new();
    for memory in MemoryModel::ALL {
        for schedule in [Schedule::in_order(), Schedule::uniform(1)] {
            let config = RunConfig { memory, steps_max: 200, ..RunConfig::default() };
            ends.push(run(&program, &schedule, &config).end.name());
        }
    }
    ends.sort_unstable();
    ends.dedup();
    ends
}

#[test]
fn threads_share_words_data_and_what_they_borrow() {
    let body = || {
        let (word, plain) = (Atomic::named("word", 0_u64), Plain::named("plain", 0_u64));
        let queue = (Mutex::new(Vec::new()), Condvar::new());
        let borrowed = [1_u64, 2];
        scope(|threads| {
            let (queue, borrowed) = (&queue, &borrowed);
            let adder = threads.spawn("adder", move || {
                let _site = site("add");
                word.fetch_add(borrowed[0], SeqCst);
                word.fetch_update_word(SeqCst, |value| value + borrowed[1]);
                remark(|| "added".to_owned());
                queue.0.lock().unwrap().push(vec![word.load(SeqCst)]);
                queue.1.notify_one();
                [5_u64; 100]
            });
            threads.spawn("taker", move || {
                let mut items = queue.1.wait_while(queue.0.lock().unwrap(), |items| items.is_empty()).unwrap();
                observe(items.pop().unwrap()[0]);
            });
            observe(adder.join()[99]);
            plain.set(1);
        });
        observe(plain.get() + spawn(|| 3).join().unwrap());
        let _nobody_takes_it = spawn(|| vec![1_u64; 100]);
        let _nor_this = spawn(|| String::from("left"));
    };
    assert_eq!(ends(body), ["completed"]);
}

#[test]
fn what_is_left_is_dropped_in_an_order_that_borrows_allow() {
    let body = || {
        let gate = Atomic::new(0_u32);
        let mutex = Arc::new(Mutex::new(vec![7_u8; 64]));
        let theirs = Arc::clone(&mutex);
        spawn(move || {
            let guard = theirs.lock().unwrap();
            let _reader = OnDrop(|| assert!(guard[..] == [7; 64]));
            gate.write_once(1);
            await_until(|| gate.read_once() == 9);
        });
        await_until(|| gate.read_once() == 1);
        let owned = Box::new([7_u8; 64]);
        scope(|threads| {
            threads.spawn("borrower", || {
                let _reader = OnDrop(|| assert!(owned[..] == [7; 64]));
                let _clearer = OnDrop(|| mutex.lock().unwrap().clear());
                await_until(|| gate.read_once() == 9);
            });
            let late = OnDrop(|| assert!(owned[..] == [7; 64]));
            threads.spawn("late", move || drop(late));
            yield_now();
            panic!("in the scope");
        });
    };
    assert_eq!(ends(body), ["panic"]);
}

struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("in the payload");
    }
}

#[test]
fn bad_ends_leave_nothing_behind() {
    let lock = || {
        let lock = SpinLock::named("lock");
        lock.lock();
        lock
    };
    assert_eq!(ends(|| panic_any(Bomb)), ["panic"]);
    assert_eq!(ends(|| lock().lock()), ["deadlock"]);
    assert_eq!(ends(|| SpinLock::named("lock").unlock()), ["misuse"]);
    let caught = || {
        let lock = lock();
        spawn(move || {
            loop {
                let _ = catch_unwind(|| lock.lock());
            }
        });
        yield_now();
        bug("over");
    };
    assert_eq!(ends(caught), ["bug"]);
    let endless = || {
        let lock = SpinLock::named("lock");
        spawn(move || {
            loop {
                drop(lock.guard());
            }
        });
        loop {
            yield_now();
        }
    };
    assert_eq!(ends(endless), ["step limit"]);
    let foreign = std::sync::OnceLock::new();
    let kept = || {
        let word = *foreign.get_or_init(|| Atomic::named("word", 0_u64));
        word.store(1, SeqCst);
    };
    assert_eq!(ends(kept), ["completed", "misuse"]);
}
