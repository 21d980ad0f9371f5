//! The workload that all explorers are measured on, written once against the names of `std`.
//!
//! A tracee stops under two locks and waits on a condition variable; a tracer resumes it twice; a killer kills it; the main
//! thread spawns and joins the three. Every lock, unlock, load, store, wait, notify, spawn and join is one event.

/// Bits of the outcome: the tracee stopped.
pub const STOPPED: u32 = 1;
/// The tracer resumed it.
pub const RESUMED: u32 = 2;
/// The tracee saw `stopped` after it woke.
pub const SEEN: u32 = 4;

/// Defines `pub fn body() -> u32` with the primitives of one explorer.
macro_rules! workload {
    ($name:ident: $($import:tt)*) => {
        /// The workload on the primitives of one explorer.
        #[allow(unused_imports)]
        pub mod $name {
            $($import)*
            use super::workload::{RESUMED, SEEN, STOPPED};

            struct World {
                u: Mutex<()>,
                s: Mutex<()>,
                cv: Condvar,
                sigkill: AtomicU32,
                state: AtomicU32,
                stopped: AtomicU32,
            }

            fn tracee(world: &World) -> u32 {
                let mut bits = 0;
                let u = world.u.lock().unwrap();
                let s = world.s.lock().unwrap();
                if world.sigkill.load(SeqCst) == 0 {
                    world.stopped.store(1, SeqCst);
                    world.state.store(1, SeqCst);
                    bits |= STOPPED;
                }
                drop(s);
                drop(u);
                let mut s = world.s.lock().unwrap();
                while world.state.load(SeqCst) != 0 {
                    s = world.cv.wait(s).unwrap();
                }
                drop(s);
                let u = world.u.lock().unwrap();
                if world.stopped.load(SeqCst) != 0 {
                    assert!(world.sigkill.load(SeqCst) != 0);
                    world.stopped.store(0, SeqCst);
                    bits |= SEEN;
                }
                drop(u);
                bits
            }

            fn tracer(world: &World) -> u32 {
                let mut bits = 0;
                for _ in 0..2 {
                    let u = world.u.lock().unwrap();
                    if world.stopped.load(SeqCst) != 0 {
                        world.stopped.store(0, SeqCst);
                        let s = world.s.lock().unwrap();
                        world.state.store(0, SeqCst);
                        world.cv.notify_one();
                        drop(s);
                        bits |= RESUMED;
                    }
                    drop(u);
                }
                bits
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

            /// Runs the workload once; returns the bits of its outcome.
            pub fn body() -> u32 {
                let world = Arc::new(World {
                    u: Mutex::new(()),
                    s: Mutex::new(()),
                    cv: Condvar::new(),
                    sigkill: AtomicU32::new(0),
                    state: AtomicU32::new(0),
                    stopped: AtomicU32::new(0),
                });
                let shared = Arc::clone(&world);
                let tracee = spawn(move || tracee(&shared));
                let shared = Arc::clone(&world);
                let tracer = spawn(move || tracer(&shared));
                let killer = spawn(move || killer(&world));
                let bits = tracee.join().unwrap() | tracer.join().unwrap();
                killer.join().unwrap();
                bits
            }
        }
    };
}
