//! A value that is made once, in the shape of the standard library's.

use super::atomic::Atomic;
use super::mutex::Mutex;
use crate::sim::Shared;
use std::marker::PhantomData;
use std::sync::atomic::Ordering;

/// A value that is made once, by whoever needs it first; others wait meanwhile. See
/// [`std::sync::OnceLock`].
///
/// Whoever shares it shares the value, and sends it to the thread that drops it:
///
/// ```compile_fail,E0277
/// fn is_sync<T: Sync>() {}
/// is_sync::<lockstep::sync::OnceLock<std::cell::Cell<u64>>>();
/// ```
#[derive(Debug)]
pub struct OnceLock<T> {
    is_made: Atomic<bool>,
    /// Held by who makes it.
    making: Mutex<()>,
    /// Invariant: once there is a value it is neither replaced nor taken while the cell is shared.
    value: Shared<Option<T>>,
    shares: PhantomData<std::sync::OnceLock<T>>,
}

impl<T> OnceLock<T> {
    /// No value yet.
    #[track_caller]
    pub fn new() -> OnceLock<T> {
        let (is_made, making) = (Atomic::new(false), Mutex::new(()));
        OnceLock { is_made, making, value: Shared::new(None), shares: PhantomData }
    }

    /// The value, if it was made and the calling thread sees that.
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        if self.is_made.load(Ordering::Acquire) { self.value.look().as_ref() } else { None }
    }

    /// The value, of which nobody else has anything.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.value.get().as_mut()
    }

    /// Makes it this value, unless it was made.
    ///
    /// # Errors
    ///
    /// The value given, if there is one already.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        let mut value = Some(value);
        self.get_or_init(|| value.take().expect("it is made once"));
        value.map_or(Ok(()), Err)
    }

    /// The value, made by `make` if nobody has made it before.
    #[track_caller]
    pub fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        if let Some(value) = self.get() {
            return value;
        }
        let making = self.making.lock();
        if self.value.look().is_none() {
            let value = make();
            // Nobody else is here, and nobody has looked at a value.
            *self.value.get() = Some(value);
            self.is_made.store(true, Ordering::Release);
        }
        drop(making);
        self.value.look().as_ref().expect("it was made")
    }

    /// The value, if it was made.
    pub fn into_inner(self) -> Option<T> {
        self.value.into_inner()
    }
}

impl<T> Default for OnceLock<T> {
    #[track_caller]
    fn default() -> OnceLock<T> {
        OnceLock::new()
    }
}
