//! Small programs with one bug each, written once against the names of `std` for every explorer.
//!
//! An execution that hits the bug panics or comes to a stand. The first three are the workload of the other benches, in which a tracee stops, a
//! tracer resumes it twice and a killer kills it, broken in one place; the others are what the papers on random schedules use.

/// Defines `pub const BUGS`, names with programs, on the primitives of one explorer.
macro_rules! bugs {
    ($name:ident: $($import:tt)*) => {
        /// The bugs on the primitives of one explorer.
        pub mod $name {
            $($import)*

            /// Every bug: a name, and the program that has it.
            pub const BUGS: [(&str, fn()); 7] = [
                ("looks for the kill before it takes the lock", || stop_and_resume(Broken::LooksBeforeLock)),
                ("waits without looking again under the lock", || stop_and_resume(Broken::WaitsUnlooked)),
                ("clears what it said behind the wake-up", || stop_and_resume(Broken::ClearsBehindWakeup)),
                ("is overtaken by twelve writes", overtaken),
                ("three take their left fork", philosophers),
                ("two of six lose an update", crowded),
                ("reads between two writes, behind long work", between),
            ];

            #[derive(Clone, Copy, PartialEq)]
            enum Broken {
                LooksBeforeLock,
                WaitsUnlooked,
                ClearsBehindWakeup,
            }

            struct World {
                u: Mutex<()>,
                s: Mutex<()>,
                cv: Condvar,
                sigkill: AtomicU32,
                state: AtomicU32,
                stopped: AtomicU32,
            }

            fn tracee(world: &World, broken: Broken) {
                let u = world.u.lock().unwrap();
                let early = broken == Broken::LooksBeforeLock && world.sigkill.load(SeqCst) == 0;
                let s = world.s.lock().unwrap();
                let stops = early || broken != Broken::LooksBeforeLock && world.sigkill.load(SeqCst) == 0;
                if stops {
                    world.stopped.store(1, SeqCst);
                    world.state.store(1, SeqCst);
                }
                drop(s);
                drop(u);
                if broken == Broken::WaitsUnlooked {
                    if world.state.load(SeqCst) != 0 {
                        let s = world.s.lock().unwrap();
                        drop(world.cv.wait(s).unwrap());
                    }
                } else {
                    let mut s = world.s.lock().unwrap();
                    while world.state.load(SeqCst) != 0 {
                        s = world.cv.wait(s).unwrap();
                    }
                    drop(s);
                }
                let u = world.u.lock().unwrap();
                if world.stopped.load(SeqCst) != 0 {
                    assert!(world.sigkill.load(SeqCst) != 0);
                    world.stopped.store(0, SeqCst);
                }
                drop(u);
            }

            fn tracer(world: &World, broken: Broken) {
                for _ in 0..2 {
                    let u = world.u.lock().unwrap();
                    let resumes = world.stopped.load(SeqCst) != 0;
                    if resumes && broken != Broken::ClearsBehindWakeup {
                        world.stopped.store(0, SeqCst);
                    }
                    if resumes {
                        let s = world.s.lock().unwrap();
                        world.state.store(0, SeqCst);
                        world.cv.notify_one();
                        drop(s);
                    }
                    drop(u);
                    if resumes && broken == Broken::ClearsBehindWakeup {
                        world.stopped.store(0, SeqCst);
                    }
                }
            }

            fn killer(world: &World) {
                let s = world.s.lock().unwrap();
                world.sigkill.store(1, SeqCst);
                if world.state.load(SeqCst) == 1 {
                    world.state.store(0, SeqCst);
                    world.cv.notify_one();
                }
                drop(s);
            }

            fn stop_and_resume(broken: Broken) {
                let world = Arc::new(World {
                    u: Mutex::new(()),
                    s: Mutex::new(()),
                    cv: Condvar::new(),
                    sigkill: AtomicU32::new(0),
                    state: AtomicU32::new(0),
                    stopped: AtomicU32::new(0),
                });
                let shared = Arc::clone(&world);
                let tracee = spawn(move || tracee(&shared, broken));
                let shared = Arc::clone(&world);
                let tracer = spawn(move || tracer(&shared, broken));
                let killer = spawn(move || killer(&world));
                tracee.join().unwrap();
                tracer.join().unwrap();
                killer.join().unwrap();
            }

            /// A reader sees the first state, and then the last of twelve.
            fn overtaken() {
                const WRITES: u32 = 12;
                let count = Arc::new(AtomicU32::new(0));
                let shared = Arc::clone(&count);
                let writer = spawn(move || (1..=WRITES).for_each(|value| shared.store(value, SeqCst)));
                let before = count.load(SeqCst);
                let after = count.load(SeqCst);
                assert!(before != 0 || after != WRITES);
                writer.join().unwrap();
            }

            /// Each of three takes the fork to its left, then the one to its right; they do a little first.
            fn philosophers() {
                let forks = Arc::new([Mutex::new(()), Mutex::new(()), Mutex::new(())]);
                let ready = Arc::new(AtomicU32::new(0));
                let threads: Vec<_> = (0..3)
                    .map(|number| {
                        let (forks, ready) = (Arc::clone(&forks), Arc::clone(&ready));
                        spawn(move || {
                            (0..5).for_each(|_| ready.store(1, SeqCst));
                            let left = forks[number].lock().unwrap();
                            let right = forks[(number + 1) % 3].lock().unwrap();
                            drop((left, right));
                        })
                    })
                    .collect();
                threads.into_iter().for_each(|thread| thread.join().unwrap());
            }

            /// Two add to a number without a lock, among four that work for themselves.
            fn crowded() {
                let count = Arc::new(AtomicU32::new(0));
                let busy: Vec<_> = (0..4)
                    .map(|_| {
                        let own = AtomicU32::new(0);
                        spawn(move || (0..8).for_each(|value| own.store(value, SeqCst)))
                    })
                    .collect();
                let adders: Vec<_> = (0..2)
                    .map(|_| {
                        let count = Arc::clone(&count);
                        spawn(move || count.store(count.load(SeqCst) + 1, SeqCst))
                    })
                    .collect();
                busy.into_iter().chain(adders).for_each(|thread| thread.join().unwrap());
                assert_eq!(count.load(SeqCst), 2);
            }

            /// A pair of numbers is only different between two writes; who reads it has worked long before.
            fn between() {
                let pair = Arc::new((AtomicU32::new(0), AtomicU32::new(0)));
                let shared = Arc::clone(&pair);
                let reader = spawn(move || {
                    let own = AtomicU32::new(0);
                    (0..20).for_each(|value| own.store(value, SeqCst));
                    assert_eq!(shared.0.load(SeqCst), shared.1.load(SeqCst));
                });
                let writer = spawn(move || {
                    pair.0.store(1, SeqCst);
                    pair.1.store(1, SeqCst);
                });
                reader.join().unwrap();
                writer.join().unwrap();
            }
        }
    };
}
