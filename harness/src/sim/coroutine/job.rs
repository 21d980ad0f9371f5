//! What a thread has to do, stored without allocation: a closure and, later, its result.

use std::mem::{MaybeUninit, align_of, needs_drop, size_of};

/// Bytes of a closure or result that are stored in place; larger ones are boxed.
const INLINE: usize = 256;

#[repr(C, align(16))]
struct Buffer([MaybeUninit<u8>; INLINE]);

/// What is done with a buffer. Callers see to it that the buffer holds what the function expects.
type Work = unsafe fn(*mut u8);

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Empty,
    /// The buffer holds the closure.
    Ready,
    Running,
    /// The buffer holds the result.
    Done,
}

/// A closure that a thread runs once, and its result.
pub(crate) struct Job {
    buffer: Buffer,
    state: State,
    drop_closure: Work,
    drop_result: Work,
    /// Whether dropping the result does anything.
    drops_result: bool,
}

/// What is left of a job: a closure that never ran, or a result that nobody took. It is dropped
/// where no reference into the execution is alive, for the subject's destructors call primitives:
/// so its place is one that [`Handle::leftover`](super::current::Handle::leftover) gave, which no
/// reference has taken over.
#[must_use = "the leftover is leaked unless it is discarded"]
pub(crate) struct Leftover {
    drop: Work,
    at: *mut u8,
}

impl Leftover {
    /// The same at a place that is good without a reference to the job.
    pub(super) fn placed(self, place: impl FnOnce(*mut u8) -> *mut u8) -> Leftover {
        Leftover { drop: self.drop, at: place(self.at) }
    }

    pub(crate) fn discard(self) {
        // SAFETY: `leftover` gave the function that belongs to what the buffer holds, and the job's
        // state, which is empty since, says that nobody else takes it. It is moved out of the
        // buffer, by a pointer that is good while no reference is alive, before its destructor
        // runs: so the destructor may use the machine.
        unsafe { (self.drop)(self.at) }
    }
}

fn fits<T>() -> bool {
    size_of::<T>() <= INLINE && align_of::<T>() <= align_of::<Buffer>()
}

/// # Safety
/// `at` points to a buffer for which `fits` or boxing was decided by the same `T`.
unsafe fn put<T>(at: *mut u8, value: T) {
    // SAFETY: the buffer is large and aligned enough for `T` if it fits, and for a pointer
    // otherwise.
    unsafe { if fits::<T>() { at.cast::<T>().write(value) } else { at.cast::<Box<T>>().write(Box::new(value)) } }
}

/// # Safety
/// `at` holds a value stored by `put::<T>` and not taken since.
unsafe fn take<T>(at: *mut u8) -> T {
    // SAFETY: the caller says that `put::<T>` stored it, with the same decision about boxing.
    unsafe { if fits::<T>() { at.cast::<T>().read() } else { *at.cast::<Box<T>>().read() } }
}

/// # Safety
/// As for `take`.
unsafe fn discard<T>(at: *mut u8) {
    // SAFETY: passed on to the caller.
    drop(unsafe { take::<T>(at) });
}

/// # Safety
/// `at` holds a closure stored by `put::<F>`, and stays good for access, between the uses of
/// references to the job, until this returns.
pub(super) unsafe fn run<F: FnOnce() -> T, T>(at: *mut u8) {
    // SAFETY: the caller says that the closure is there; its place is free again once it was taken.
    // While the closure runs, the job is running, and a running job's buffer is touched by nobody.
    unsafe {
        let closure = take::<F>(at);
        let result = closure();
        put(at, result);
    }
}

unsafe fn nothing(_: *mut u8) {}

impl Job {
    pub(crate) fn new() -> Job {
        Job {
            buffer: Buffer([MaybeUninit::uninit(); INLINE]),
            state: State::Empty,
            drop_closure: nothing,
            drop_result: nothing,
            drops_result: false,
        }
    }

    /// Stores what the thread will do.
    ///
    /// The lifetime of `closure` is forgotten: the caller (`thread::spawn`, `thread::scope`, the
    /// runner) sees to it that it ends after the thread.
    pub(crate) fn install<F: FnOnce() -> T, T>(&mut self, closure: F) {
        // What the buffer holds now, if anything, needs no dropping: executions clear away all that
        // does. Nothing is dropped here, for a reference into the execution is alive.
        debug_assert!(self.state != State::Ready && (self.state != State::Done || !self.drops_result));
        // SAFETY: the place is this job's own buffer.
        unsafe { put(self.place(), closure) };
        self.state = State::Ready;
        self.drop_closure = discard::<F>;
        self.drop_result = discard::<T>;
        self.drops_result = needs_drop::<T>() || !fits::<T>();
    }

    fn place(&mut self) -> *mut u8 {
        self.buffer.0.as_mut_ptr().cast()
    }

    /// Where the closure is, for `run`, which is to be called without a reference to the job.
    #[inline(always)]
    pub(crate) fn start(&mut self) -> *mut u8 {
        assert!(self.state == State::Ready, "a job runs once");
        self.state = State::Running;
        self.place()
    }

    /// The closure returned: the buffer holds its result, unless that was said before and somebody
    /// took it since. Returns whether somebody has to drop it.
    #[inline(always)]
    pub(crate) fn done(&mut self) -> bool {
        debug_assert!(self.state != State::Ready);
        if self.state == State::Running {
            self.state = State::Done;
        }
        self.state == State::Done && self.drops_result
    }

    /// Whether there is a result to take.
    pub(crate) fn has_result(&self) -> bool {
        self.state == State::Done
    }

    /// Takes out what is left, to be discarded at once.
    pub(crate) fn leftover(&mut self) -> Option<Leftover> {
        let drop = match self.state {
            State::Ready => self.drop_closure,
            State::Done => self.drop_result,
            State::Empty | State::Running => return None,
        };
        self.state = State::Empty;
        Some(Leftover { drop, at: self.place() })
    }

    /// Takes the result out.
    ///
    /// # Panics
    ///
    /// If there is none: the thread has not ended or its result was taken before.
    pub(crate) fn result<T>(&mut self) -> T {
        assert!(self.state == State::Done, "the result of a thread can be taken once, after its end");
        self.state = State::Empty;
        // SAFETY: the state says that `run` stored a result. `T` is the closure's: a
        // `JoinHandle<T>` is made by the call that installs the job, its ticket is of this thread
        // of this execution, and an execution installs one job a thread.
        unsafe { take::<T>(self.place()) }
    }

    /// The thread will never go on: what it does is neither running nor done.
    pub(crate) fn give_up(&mut self) {
        self.state = State::Empty;
    }
}
