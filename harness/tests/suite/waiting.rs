//! Wait queues and awaited conditions: no wake-up is lost and none comes from nowhere; waiting costs nothing.

use crate::common;
use lockstep::probe::observe;
use lockstep::sync::{
    Atomic, Condvar, Ghost, Mutex, Ordering::Relaxed, Ordering::SeqCst, Plain, ReadWriteLock, SpinLock, UnlockWait,
    WaitQueue, await_until,
};
use lockstep::thread::{Status, idle, scope, spawn, status};
use lockstep::{End, ExploreConfig, MemoryModel, RunConfig, Strategy, explore, run};

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

#[test]
fn a_wake_up_under_the_lock_is_never_lost() {
    let body = || {
        let room = room();
        scope(|threads| {
            threads.spawn("sleeper", || room.wait_for(1));
            room.set(1);
        });
        observe(room.word.peek());
    };
    check(body, &["main 1"]);
}

#[test]
fn a_wake_up_after_the_lock_is_never_lost() {
    let body = || {
        let room = room();
        scope(|threads| {
            threads.spawn("sleeper", || room.wait_for(1));
            room.lock.lock();
            room.word.store(1, SeqCst);
            room.lock.unlock();
            room.queue.wake_one();
        });
    };
    check(body, &[""]);
}

#[test]
fn a_wake_up_before_the_sleep_is_not_remembered() {
    let body = || {
        let room = room();
        scope(|threads| {
            threads.spawn("sleeper", || room.sleep());
            room.queue.wake_one();
        });
    };
    check(body, &["", "stuck: main sleeper"]);
}

#[test]
fn a_flag_outside_of_the_lock_loses_a_wake_up() {
    let body = || {
        let room = room();
        scope(|threads| {
            threads.spawn("sleeper", || {
                if room.word.load(SeqCst) == 0 {
                    room.sleep();
                }
            });
            room.word.store(1, SeqCst);
            room.queue.wake_one();
        });
    };
    check(body, &["", "stuck: main sleeper"]);
}

#[test]
fn nothing_but_a_wake_up_ends_a_sleep() {
    let body = || {
        let room = room();
        scope(|threads| {
            threads.spawn("sleeper", || {
                room.sleep();
                observe(room.word.load(SeqCst));
            });
            room.lock.lock();
            room.lock.unlock();
            room.word.store(1, SeqCst);
            room.queue.wake_all();
        });
    };
    check(body, &["sleeper 1", "stuck: main sleeper"]);
}

#[test]
fn a_sleeper_is_woken_once() {
    let body = || {
        let room = room();
        let sleeper = spawn(move || {
            room.sleep();
            observe(1);
            room.sleep();
            observe(2);
        });
        idle();
        room.queue.wake_one();
        idle();
        observe(u64::from(status(sleeper.number()) == Status::Blocked));
    };
    check(body, &["main 1; thread 1; resting: thread"]);
}

#[test]
fn wake_one_chooses_any_sleeper() {
    let body = || {
        let room = room();
        for _ in 0..3 {
            spawn(move || {
                room.sleep();
                observe(1);
            });
        }
        idle();
        observe(3);
        room.queue.wake_one();
        idle();
    };
    let result = common::exhaust(&body);
    let mut woken: Vec<Vec<usize>> = result
        .outcomes
        .iter()
        .map(|seen| {
            let columns = seen.outcome.columns.iter().enumerate().skip(1);
            columns.filter(|(_, column)| !column.entries.is_empty()).map(|(thread, _)| thread).collect()
        })
        .collect();
    woken.sort();
    assert_eq!(woken, [[1], [2], [3]]);
}

#[test]
fn wake_all_wakes_all() {
    let body = || {
        let room = room();
        scope(|threads| {
            for name in ["a", "b", "c"] {
                threads.spawn(name, || room.sleep());
            }
            idle();
            room.queue.wake_all();
        });
    };
    // Three sleepers in all orders are many schedules: a preemption or two and random ones show as much.
    for schedule in common::schedules(2_000) {
        assert_eq!(run(&common::program(&body), &schedule, &RunConfig::default()).end, End::Completed);
    }
}

#[test]
fn who_is_woken_has_the_lock_when_it_goes_on() {
    let body = || {
        let room = room();
        scope(|threads| {
            threads.spawn("sleeper", || {
                room.lock.lock();
                while room.word.load(SeqCst) == 0 {
                    room.queue.wait(&room.lock);
                }
                room.word.store(room.word.load(SeqCst) + 1, SeqCst);
                room.lock.unlock();
            });
            room.set(1);
            room.lock.lock();
            room.word.store(room.word.load(SeqCst) + 1, SeqCst);
            room.lock.unlock();
        });
        observe(room.word.peek());
    };
    check(body, &["main 3"]);
}

#[test]
fn a_condvar_waits_while_its_condition_holds() {
    let body = || {
        let (mutex, condvar) = (Mutex::new(0_u64), Condvar::new());
        scope(|threads| {
            threads.spawn("sleeper", || {
                let mut value = condvar.wait_while(mutex.lock().unwrap(), |value| *value == 0).unwrap();
                *value += 10;
            });
            *mutex.lock().unwrap() = 1;
            condvar.notify_all();
        });
        observe(mutex.into_inner());
    };
    check(body, &["main 11"]);
}

#[test]
fn an_await_goes_on_wherever_the_write_lands() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            threads.spawn("waiter", || {
                await_until(|| word.load(SeqCst) == 2);
                observe(word.load(SeqCst));
            });
            word.store(1, SeqCst);
            word.store(2, SeqCst);
        });
    };
    check(body, &["waiter 2"]);
}

#[test]
fn an_await_can_miss_what_does_not_last() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            threads.spawn("waiter", || await_until(|| word.load(SeqCst) == 1));
            word.store(1, SeqCst);
            word.store(0, SeqCst);
        });
    };
    check(body, &["", "stuck: main waiter"]);
}

#[test]
fn an_await_watches_every_word_it_has_read() {
    let body = || {
        let (left, right) = (Atomic::named("left", 0_u64), Atomic::named("right", 0_u64));
        scope(|threads| {
            threads.spawn("waiter", || await_until(|| left.load(SeqCst) + right.load(SeqCst) == 2));
            threads.spawn("writer", || left.store(1, SeqCst));
            right.store(1, SeqCst);
        });
        observe(left.peek() + right.peek());
    };
    check(body, &["main 2"]);
}

#[test]
fn an_await_on_a_lock_word_wakes_at_the_release() {
    let body = || {
        let lock = SpinLock::named("lock");
        lock.lock();
        scope(|threads| {
            threads.spawn("waiter", || await_until(|| !lock.is_locked()));
            lock.unlock();
        });
    };
    check(body, &[""]);
}

#[test]
fn an_await_may_try_a_lock() {
    let body = || {
        let lock = SpinLock::named("lock");
        lock.lock();
        scope(|threads| {
            threads.spawn("waiter", || {
                await_until(|| lock.try_lock());
                lock.unlock();
            });
            lock.unlock();
        });
    };
    check(body, &[""]);
}

#[test]
fn an_await_that_tries_a_lock_sees_some_time_that_it_is_free() {
    let body = || {
        let lock = SpinLock::named("lock");
        scope(|threads| {
            threads.spawn("waiter", || {
                await_until(|| lock.try_lock());
                lock.unlock();
            });
            threads.spawn("holder", || {
                lock.lock();
                lock.unlock();
            });
        });
    };
    check_everywhere(body, &[""]);
}

#[test]
fn an_await_after_a_store_of_its_own_is_searched_to_its_end() {
    // Under total store order the awaiting thread is alone with its buffer some time.
    let body = || {
        let (x, y) = (Atomic::named("x", 0_u64), Atomic::named("y", 0_u64));
        scope(|threads| {
            threads.spawn("a", || y.store(1, Relaxed));
            x.store(1, Relaxed);
            await_until(|| x.load(Relaxed) + y.load(Relaxed) == 2);
        });
    };
    check_everywhere(body, &[""]);
}

#[test]
fn an_await_may_test_and_set() {
    let body = || {
        let word = Atomic::named("word", true);
        scope(|threads| {
            threads.spawn("waiter", || await_until(|| !word.swap(true, SeqCst)));
            word.store(false, SeqCst);
        });
        observe(u64::from(word.peek()));
    };
    check(body, &["main 1"]);
}

#[test]
fn an_await_may_compare_and_exchange() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            threads.spawn("waiter", || await_until(|| word.compare_exchange(1, 2, SeqCst, SeqCst).is_ok()));
            word.store(1, SeqCst);
        });
        observe(word.peek());
    };
    check(body, &["main 2"]);
}

#[test]
fn waiting_costs_no_steps() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            threads.spawn("waiter", || await_until(|| word.load(SeqCst) == 1));
            threads.spawn("worker", || {
                for _ in 0..100 {
                    lockstep::thread::yield_now();
                }
                word.store(1, SeqCst);
            });
        });
    };
    for schedule in common::schedules(300) {
        let execution = run(&common::program(&body), &schedule, &RunConfig::default());
        assert_eq!(execution.end, End::Completed);
        // 2 spawns, 2 joins, 100 yields, a store, at most 2 loads and one await.
        assert!(execution.steps <= 108, "{} steps", execution.steps);
    }
}

#[test]
fn an_await_of_what_nobody_writes_is_seen_as_one() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        await_until(|| word.load(SeqCst) == 1);
    };
    check(body, &["stuck: main"]);
}

#[test]
fn an_await_that_reads_nothing_is_a_mistake_with_a_message() {
    let execution =
        run(&common::program(&|| await_until(|| false)), &lockstep::Schedule::in_order(), &RunConfig::default());
    let End::Panic(fault) = execution.end else { panic!("{}", execution.end) };
    assert!(fault.message.contains("reads no shared word"), "{}", fault.message);
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
    assert!(fault.place.is_some_and(|place| place.file().ends_with("waiting.rs")), "{fault}");
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

#[test]
fn idle_waits_until_all_others_have_ended_or_sleep() {
    let body = || {
        let room = room();
        spawn(move || room.word.store(1, SeqCst));
        let sleeper = spawn(move || room.wait_for(2));
        idle();
        observe(room.word.peek());
        observe(u64::from(status(sleeper.number()) == Status::Blocked));
    };
    check(body, &["main 1 1; resting: thread"]);
}

#[test]
fn after_idle_the_sleepers_can_be_woken() {
    let body = || {
        let room = room();
        let sleeper = spawn(move || room.wait_for(1));
        idle();
        room.set(1);
        idle();
        observe(u64::from(status(sleeper.number()) == Status::Finished));
    };
    check(body, &["main 1"]);
}

#[test]
fn a_scope_ends_at_rest_after_idle() {
    let body = || {
        let room = room();
        scope(|threads| {
            threads.spawn("sleeper", || room.wait_for(1));
            idle();
            observe(7);
        });
        observe(8);
    };
    check(body, &["main 7; resting: sleeper"]);
}

#[test]
fn idle_does_not_hide_a_deadlock() {
    let body = || {
        let (first, second) = (SpinLock::named("first"), SpinLock::named("second"));
        for (one, other) in [(first, second), (second, first)] {
            spawn(move || {
                one.lock();
                other.lock();
                other.unlock();
                one.unlock();
            });
        }
        idle();
    };
    check(body, &["", "deadlock: thread thread"]);
}

#[test]
fn idle_threads_go_on_in_any_order() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        let handles: Vec<_> = (1..=3)
            .map(|number| {
                spawn(move || {
                    idle();
                    observe(word.swap(number, SeqCst));
                })
            })
            .collect();
        handles.into_iter().for_each(|handle| handle.join().unwrap());
    };
    let orders = [[0, 1, 2], [0, 3, 1], [2, 0, 1], [3, 0, 2], [2, 3, 0], [3, 1, 0]];
    let mut expected: Vec<String> = orders
        .iter()
        .map(|[first, second, third]| format!("thread {first}; thread {second}; thread {third}"))
        .collect();
    expected.sort();
    check_everywhere(body, &expected.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn every_idle_thread_of_a_scope_goes_on() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            for name in ["a", "b"] {
                threads.spawn(name, || {
                    word.fetch_add(1, SeqCst);
                    idle();
                    observe(word.load(SeqCst));
                });
            }
        });
        observe(3);
    };
    check_everywhere(body, &["main 3; a 2; b 2"]);
}

#[test]
fn a_scope_ends_at_rest_whoever_is_idle_beside_it_or_woken_meanwhile() {
    let beside = || {
        let (word, room) = (Atomic::named("word", 0_u64), room());
        scope(|threads| {
            threads.spawn("sleeper", || room.wait_for(1));
            threads.spawn("idler", || {
                idle();
                observe(word.load(SeqCst));
            });
            idle();
            observe(1);
        });
        observe(2);
    };
    check_everywhere(beside, &["main 1; idler 0; resting: sleeper"]);
    let woken = || {
        let (word, room) = (Atomic::named("word", 0_u64), room());
        scope(|threads| {
            threads.spawn("sleeper", || room.wait_for(1));
            threads.spawn("woken", || await_until(|| word.load(SeqCst) == 1));
            idle();
            word.store(1, Relaxed);
        });
        observe(2);
    };
    check_everywhere(woken, &["resting: sleeper"]);
    // Who joins by hand waits for ever.
    let joins = || {
        let room = room();
        let sleeper = spawn(move || room.wait_for(1));
        idle();
        sleeper.join().unwrap();
    };
    check_everywhere(joins, &["stuck: main thread"]);
}

#[test]
fn who_waits_for_a_lock_of_the_idle_thread_is_blocked_for_ever() {
    let body = || {
        let room = room();
        scope(|threads| {
            room.lock.lock();
            threads.spawn("waiter", || room.sleep());
            idle();
            room.lock.unlock();
        });
    };
    check_everywhere(body, &["stuck: waiter"]);
}
