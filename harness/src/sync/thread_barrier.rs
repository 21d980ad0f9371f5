//! A meeting point of threads, in the shape of the standard library's.

use super::condvar::Condvar;
use super::mutex::Mutex;

/// Lets a number of threads go on together. See [`std::sync::Barrier`]; [`super::Barrier`] is one
/// of memory.
#[derive(Debug)]
pub struct ThreadBarrier {
    state: Mutex<State>,
    arrived: Condvar,
    threads: usize,
}

#[derive(Debug)]
struct State {
    waiting: usize,
    /// Which meeting it is.
    round: usize,
}

/// What [`ThreadBarrier::wait`] says to each thread of a meeting.
#[derive(Debug)]
pub struct BarrierWaitResult {
    is_leader: bool,
}

impl BarrierWaitResult {
    /// True for one thread of each meeting: the last to come.
    pub fn is_leader(&self) -> bool {
        self.is_leader
    }
}

impl ThreadBarrier {
    /// A meeting point for so many threads; of none or one nobody waits.
    #[track_caller]
    pub fn new(threads: usize) -> ThreadBarrier {
        ThreadBarrier { state: Mutex::new(State { waiting: 0, round: 0 }), arrived: Condvar::new(), threads }
    }

    /// Waits until so many threads wait as the barrier is for.
    #[track_caller]
    pub fn wait(&self) -> BarrierWaitResult {
        let Ok(mut state) = self.state.lock() else { unreachable!("nothing is poisoned") };
        let round = state.round;
        state.waiting += 1;
        if state.waiting < self.threads {
            while state.round == round {
                let Ok(again) = self.arrived.wait(state) else { unreachable!("nothing is poisoned") };
                state = again;
            }
            return BarrierWaitResult { is_leader: false };
        }
        state.waiting = 0;
        state.round = state.round.wrapping_add(1);
        self.arrived.notify_all();
        BarrierWaitResult { is_leader: true }
    }
}
