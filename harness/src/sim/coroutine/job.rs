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

/// What is left of a job: a closure that never ran, or a result that nobody took. It is dropped where no reference into the execution is
/// alive, for the subject's destructors call primitives.
#[must_use = "the leftover is leaked unless it is discarded"]
pub(crate) struct Leftover {
    drop: Work,
    at: *mut u8,
}

impl Leftover {
    pub(crate) fn discard(self) {
        // SAFETY: `leftover` gave the function that belongs to what the buffer holds, and the job's state says that nobody else takes
        // it. It is moved out of the buffer before its destructor runs.
        unsafe { (self.drop)(self.at) }
    }
}

fn fits<T>() -> bool {
    size_of::<T>() <= INLINE && align_of::<T>() <= align_of::<Buffer>()
}

/// # Safety
/// `at` points to a buffer for which `fits` or boxing was decided by the same `T`.
unsafe fn put<T>(at: *mut u8, value: T) {
    // SAFETY: the buffer is large and aligned enough for `T` if it fits, and for a pointer otherwise.
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
/// `at` holds a closure stored by `put::<F>`.
pub(super) unsafe fn run<F: FnOnce() -> T, T>(at: *mut u8) {
    // SAFETY: the caller says that the closure is there; its place is free again once it was taken.
    unsafe {
        let closure = take::<F>(at);
        put(at, closure());
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
    /// The lifetime of `closure` is forgotten: the caller (`thread::spawn`, `thread::scope`, the runner) sees to it that it ends after the thread.
    pub(crate) fn install<F: FnOnce() -> T, T>(&mut self, closure: F) {
        self.clear();
        // SAFETY: `clear` left the buffer empty.
        unsafe { put(self.place(), closure) };
        self.state = State::Ready;
        self.drop_closure = discard::<F>;
        self.drop_result = discard::<T>;
        self.drops_result = needs_drop::<T>();
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

    /// The closure returned: the buffer holds its result. Returns whether somebody has to drop it.
    #[inline(always)]
    pub(crate) fn done(&mut self) -> bool {
        debug_assert!(self.state == State::Running);
        self.state = State::Done;
        self.drops_result
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
        // SAFETY: the state says that `run` stored a result. `T` is the closure's: `JoinHandle<T>` is made by the same call as the job.
        unsafe { take::<T>(self.place()) }
    }

    /// Drops what is left of the job.
    fn clear(&mut self) {
        if let Some(leftover) = self.leftover() {
            leftover.discard();
        }
    }

    /// Forgets a closure that never ran, without dropping it.
    pub(crate) fn forget(&mut self) {
        if self.state == State::Ready {
            self.state = State::Empty;
        }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.clear();
    }
}
