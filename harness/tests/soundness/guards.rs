//! Guards and what is lent: nobody gets it a second time, nor after its owner.

use super::{end_of, in_order, program};
use lockstep::sync::{Arc, Atomic, Condvar, Mutex, OnceLock, RwLock, await_until};
use lockstep::thread::{scope, spawn};
use lockstep::{RunConfig, Schedule, run};
use std::sync::atomic::{AtomicUsize, Ordering};

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
fn a_guard_that_is_forgotten_holds_its_lock_to_the_end() {
    let body = || {
        let mutex = Arc::new(Mutex::new(0));
        std::mem::forget(mutex.lock());
        spawn(move || drop(mutex.lock()));
    };
    assert_eq!(end_of(body).name(), "deadlock");
}

/// Writes what the lock guards when it is dropped.
struct Overwriter(Arc<RwLock<Vec<u8>>>, Arc<AtomicUsize>);

impl Drop for Overwriter {
    fn drop(&mut self) {
        *self.0.write().unwrap() = Vec::new();
        self.1.fetch_add(1, Ordering::Relaxed);
    }
}

/// Reads what the lock guards when it is dropped, and says if that is being written.
struct Looker(Arc<RwLock<Vec<u8>>>, &'static AtomicUsize, Arc<AtomicUsize>);

impl Drop for Looker {
    fn drop(&mut self) {
        let data = self.0.read().unwrap();
        drop(Reader(if data.is_empty() { &[7; 64] } else { &data }, self.1));
        self.2.fetch_add(1, Ordering::Relaxed);
    }
}

/// Writes twice when it is dropped, so that nobody may look between.
struct Halves<'a>(lockstep::sync::RwLockWriteGuard<'a, Vec<u8>>);

impl Drop for Halves<'_> {
    fn drop(&mut self) {
        self.0.fill(7);
    }
}

#[test]
fn no_writer_is_let_in_after_the_end_while_somebody_reads() {
    let written = Arc::new(AtomicUsize::new(0));
    let wrong: &'static AtomicUsize = Box::leak(Box::new(AtomicUsize::new(0)));
    for readers_first in [true, false] {
        let body = || {
            let lock = Arc::new(RwLock::new(vec![7_u8; 64]));
            let gate = Atomic::new(0_u32);
            let read = || {
                for _ in 0..2 {
                    let lock = Arc::clone(&lock);
                    spawn(move || {
                        let guard = lock.read().unwrap();
                        let _reader = Reader(&guard[..], wrong);
                        await_until(|| gate.read_once() == 9);
                    });
                }
            };
            let write = || {
                let theirs = (Arc::clone(&lock), Arc::clone(&written));
                spawn(move || {
                    let _overwriter = Overwriter(theirs.0, theirs.1);
                    await_until(|| gate.read_once() == 9);
                });
            };
            if readers_first {
                read();
                write();
            } else {
                write();
                read();
            }
            await_until(|| gate.read_once() == 9);
        };
        let before = written.load(Ordering::Relaxed);
        let end = end_of(body);
        assert_eq!((end.name(), written.load(Ordering::Relaxed)), ("deadlock", before + 21));
    }
    assert_eq!(wrong.load(Ordering::Relaxed), 0);
}

#[test]
fn no_reader_is_let_in_after_the_end_while_somebody_writes() {
    let looked = Arc::new(AtomicUsize::new(0));
    let wrong: &'static AtomicUsize = Box::leak(Box::new(AtomicUsize::new(0)));
    for writer_first in [true, false] {
        let body = || {
            let lock = Arc::new(RwLock::new(vec![7_u8; 64]));
            let gate = Atomic::new(0_u32);
            let write = || {
                let lock = Arc::clone(&lock);
                spawn(move || {
                    let mut halves = Halves(lock.write().unwrap());
                    halves.0[1] = 8;
                    await_until(|| gate.read_once() == 9);
                });
            };
            let look = || {
                let theirs = (Arc::clone(&lock), Arc::clone(&looked));
                spawn(move || {
                    let _looker = Looker(theirs.0, wrong, theirs.1);
                    await_until(|| gate.read_once() == 9);
                });
            };
            if writer_first {
                write();
                look();
            } else {
                look();
                write();
            }
            await_until(|| gate.read_once() == 9);
        };
        let before = looked.load(Ordering::Relaxed);
        let end = end_of(body);
        assert_eq!((end.name(), looked.load(Ordering::Relaxed)), ("deadlock", before + 21));
    }
    assert_eq!(wrong.load(Ordering::Relaxed), 0);
}

/// Makes the value when it is dropped, if nobody has.
struct Maker(Arc<OnceLock<Vec<u8>>>, &'static AtomicUsize);

impl Drop for Maker {
    fn drop(&mut self) {
        drop(Reader(self.0.get_or_init(|| vec![7; 64]), self.1));
    }
}

#[test]
fn a_value_that_is_lent_is_not_made_again_after_the_end() {
    let wrong: &'static AtomicUsize = Box::leak(Box::new(AtomicUsize::new(0)));
    let body = || {
        let cell = Arc::new(OnceLock::new());
        let gate = Atomic::new(0_u32);
        for _ in 0..2 {
            let cell = Arc::clone(&cell);
            spawn(move || {
                let _maker = Maker(Arc::clone(&cell), wrong);
                let value = cell.get_or_init(|| {
                    await_until(|| gate.read_once() == 9);
                    vec![7; 64]
                });
                let _reader = Reader(value, wrong);
            });
        }
        await_until(|| gate.read_once() == 9);
    };
    assert_eq!(end_of(body).name(), "deadlock");
    assert_eq!(wrong.load(Ordering::Relaxed), 0);
}
