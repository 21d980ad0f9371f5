//! Shared words with orderings.

use super::word::Word;
use crate::sim::{Label, Ticket, current, op};
use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, BitXor, Not};
use std::panic::Location;
use std::sync::atomic::Ordering;

/// A shared word. Every access is an event and a choice point.
///
/// It is a handle: copies denote the same word. It means something only inside the execution that
/// made it; using it in another one ends that as [`crate::End::Misuse`].
#[derive(Debug)]
pub struct Atomic<T> {
    ticket: Ticket,
    value: PhantomData<fn() -> T>,
}

impl<T> Clone for Atomic<T> {
    fn clone(&self) -> Atomic<T> {
        *self
    }
}

impl<T> Copy for Atomic<T> {}

/// The function of values, on words.
#[inline(always)]
fn on_words<T: Word>(change: impl Fn(T) -> T) -> impl Fn(u64) -> Option<u64> {
    move |word| Some(change(T::from_word(word)).to_word())
}

/// What the calling thread announces next writes `new` if it finds `old`, and else nothing.
#[inline(always)]
fn expecting<T: Word>(old: T, new: T) -> impl Fn(u64) -> Option<u64> {
    let (expected, new) = (old.to_word(), new.to_word());
    op::expect(expected);
    move |word| (word == expected).then_some(new)
}

impl<T: Word> Atomic<T> {
    /// A word without a name; traces and keys know it by who made it when.
    #[track_caller]
    #[inline]
    pub fn new(value: T) -> Atomic<T> {
        let place = Location::caller();
        let value = value.to_word();
        let ticket = current::get().with(|execution| execution.create_unnamed(value, place));
        Atomic { ticket, value: PhantomData }
    }

    /// A word with a name.
    #[track_caller]
    #[inline]
    pub fn named(label: impl Into<Label>, value: T) -> Atomic<T> {
        let (label, value, place) = (label.into(), value.to_word(), Location::caller());
        let ticket = current::get().with(|execution| execution.create(label, value, place));
        Atomic { ticket, value: PhantomData }
    }

    /// The newest value, for whoever has the word alone. No event.
    #[track_caller]
    pub fn into_inner(self) -> T {
        self.peek()
    }

    /// Reads.
    ///
    /// # Panics
    ///
    /// In the subject, if the order is one that the standard library refuses: `Release` or
    /// `AcqRel`.
    #[track_caller]
    #[inline]
    pub fn load(&self, order: Ordering) -> T {
        if matches!(order, Ordering::Release | Ordering::AcqRel) {
            refuse(order, "load");
        }
        T::from_word(op::load(self.ticket, Location::caller(), order))
    }

    /// Writes.
    ///
    /// # Panics
    ///
    /// In the subject, if the order is one that the standard library refuses: `Acquire` or
    /// `AcqRel`.
    #[track_caller]
    #[inline]
    pub fn store(&self, value: T, order: Ordering) {
        if matches!(order, Ordering::Acquire | Ordering::AcqRel) {
            refuse(order, "store");
        }
        op::store(self.ticket, Location::caller(), value.to_word(), order);
    }

    /// Writes and returns the value replaced.
    #[track_caller]
    #[inline]
    pub fn swap(&self, value: T, order: Ordering) -> T {
        self.change(order, Location::caller(), |_| value)
    }

    #[inline]
    fn change(&self, order: Ordering, place: &'static Location<'static>, change: impl Fn(T) -> T) -> T {
        T::from_word(op::update(self.ticket, order, order, place, on_words(change)))
    }

    /// Writes `new` if the value is `old`. `Ok` holds the value replaced, `Err` the value found.
    ///
    /// # Errors
    ///
    /// The value found, if it was not `old`.
    ///
    /// # Panics
    ///
    /// In the subject, if the order of failing is one that the standard library refuses: `Release`
    /// or `AcqRel`.
    #[track_caller]
    #[inline]
    pub fn compare_exchange(&self, old: T, new: T, success: Ordering, failure: Ordering) -> Result<T, T> {
        if matches!(failure, Ordering::Release | Ordering::AcqRel) {
            refuse(failure, "failure ordering");
        }
        let found = op::update(self.ticket, success, failure, Location::caller(), expecting(old, new));
        if found == old.to_word() { Ok(old) } else { Err(T::from_word(found)) }
    }

    /// As [`Atomic::compare_exchange`], but it may also fail for no reason, with the value that it
    /// was to find: whether it does is a choice of the schedule. It does so for no thread twice in
    /// a row, for a processor does not for ever, and failing again changes nothing.
    ///
    /// # Errors
    ///
    /// The value found, if nothing was written.
    ///
    /// # Panics
    ///
    /// As `compare_exchange` does.
    #[track_caller]
    pub fn compare_exchange_weak(&self, old: T, new: T, success: Ordering, failure: Ordering) -> Result<T, T> {
        if matches!(failure, Ordering::Release | Ordering::AcqRel) {
            refuse(failure, "failure ordering");
        }
        let orders = (success, failure);
        let (found, has_failed) = op::update_fallibly(self.ticket, orders, Location::caller(), expecting(old, new));
        if found == old.to_word() && !has_failed { Ok(old) } else { Err(T::from_word(found)) }
    }

    /// Writes what `change` makes of the value, unless that is nothing; tries again as often as
    /// another value was written meanwhile. `Ok` holds the value replaced.
    ///
    /// # Errors
    ///
    /// The value for which `change` had nothing.
    ///
    /// # Panics
    ///
    /// In the subject, if the order of fetching is one that the standard library refuses.
    #[track_caller]
    pub fn fetch_update(
        &self,
        set_order: Ordering,
        fetch_order: Ordering,
        mut change: impl FnMut(T) -> Option<T>,
    ) -> Result<T, T> {
        let mut old = self.load(fetch_order);
        while let Some(new) = change(old) {
            match self.compare_exchange_weak(old, new, set_order, fetch_order) {
                Ok(replaced) => return Ok(replaced),
                Err(found) => old = found,
            }
        }
        Err(old)
    }

    /// One atomic read-modify-write by any function of the value, which may be asked for several
    /// values. Returns the value replaced.
    ///
    /// The function only computes: if it does something that is an event, the execution ends as
    /// [`crate::End::Misuse`].
    #[track_caller]
    #[inline]
    pub fn fetch_update_word(&self, order: Ordering, change: impl Fn(T) -> T) -> T {
        self.change(order, Location::caller(), change)
    }

    /// `READ_ONCE`: a relaxed load.
    #[track_caller]
    #[inline]
    pub fn read_once(&self) -> T {
        self.load(Ordering::Relaxed)
    }

    /// `WRITE_ONCE`: a relaxed store.
    #[track_caller]
    #[inline]
    pub fn write_once(&self, value: T) {
        self.store(value, Ordering::Relaxed);
    }

    /// `smp_load_acquire`.
    #[track_caller]
    #[inline]
    pub fn load_acquire(&self) -> T {
        self.load(Ordering::Acquire)
    }

    /// `smp_store_release`: what the thread has read before comes before it, too, whatever ordered
    /// those reads.
    #[track_caller]
    #[inline]
    pub fn store_release(&self, value: T) {
        op::store_release(self.ticket, Location::caller(), value.to_word());
    }

    /// One of the kernel's read-modify-writes that return a value: fully ordered, by any function
    /// of the value, which may be asked for several values. Returns the value replaced.
    #[track_caller]
    #[inline]
    pub fn update_fully(&self, change: impl Fn(T) -> T) -> T {
        T::from_word(op::update_fully(self.ticket, Location::caller(), on_words(change)))
    }

    /// One of the kernel's read-modify-writes that end in `_release`: what the thread has read
    /// before comes before it, too. Returns the value replaced.
    #[track_caller]
    pub fn update_release(&self, change: impl Fn(T) -> T) -> T {
        T::from_word(op::update_releasing(self.ticket, Location::caller(), on_words(change)))
    }

    /// One of the kernel's atomics without a result, as `atomic_inc`: relaxed, and `smp_rmb` does
    /// not order what it reads.
    #[track_caller]
    pub fn update_silently(&self, change: impl Fn(T) -> T) {
        op::update_silently(self.ticket, Location::caller(), on_words(change));
    }

    /// `xchg`: fully ordered.
    #[track_caller]
    #[inline]
    pub fn xchg(&self, value: T) -> T {
        self.update_fully(|_| value)
    }

    /// `cmpxchg`: fully ordered if it writes. Returns the value found.
    #[track_caller]
    #[inline]
    pub fn cmpxchg(&self, old: T, new: T) -> T {
        T::from_word(op::update_fully(self.ticket, Location::caller(), expecting(old, new)))
    }

    /// `cmpxchg_release`: releases if it writes, as [`Atomic::update_release`]. Returns the value
    /// found.
    #[track_caller]
    pub fn cmpxchg_release(&self, old: T, new: T) -> T {
        T::from_word(op::update_releasing(self.ticket, Location::caller(), expecting(old, new)))
    }

    /// The newest value, without an access: for monitors, goals and looking at a final state. No
    /// event.
    #[track_caller]
    pub fn peek(&self) -> T {
        T::from_word(op::peek(self.ticket))
    }
}

impl<T: Word + Default> Default for Atomic<T> {
    #[track_caller]
    fn default() -> Atomic<T> {
        Atomic::new(T::default())
    }
}

impl<T: Word> From<T> for Atomic<T> {
    #[track_caller]
    fn from(value: T) -> Atomic<T> {
        Atomic::new(value)
    }
}

/// Ends the subject as the standard library does where an access cannot have the order.
#[cold]
#[inline(never)]
#[track_caller]
fn refuse(order: Ordering, what: &str) -> ! {
    let order = match order {
        Ordering::Acquire => "an acquire",
        Ordering::Release => "a release",
        _ => "an acquire-release",
    };
    panic!("there is no such thing as {order} {what}")
}

/// Arithmetic on the words of numbers.
pub trait Number: Word {
    /// Sum, wrapping.
    fn plus(self, other: Self) -> Self;
    /// Difference, wrapping.
    fn minus(self, other: Self) -> Self;
}

macro_rules! number {
    ($($number:ty)*) => {$(
        impl Number for $number {
            #[inline(always)]
            fn plus(self, other: $number) -> $number {
                self.wrapping_add(other)
            }
            #[inline(always)]
            fn minus(self, other: $number) -> $number {
                self.wrapping_sub(other)
            }
        }
    )*};
}

number!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

impl<T: Number + Ord> Atomic<T> {
    /// Writes the greater one of both. Returns the value before.
    #[track_caller]
    pub fn fetch_max(&self, other: T, order: Ordering) -> T {
        self.change(order, Location::caller(), |value| value.max(other))
    }

    /// Writes the smaller one of both. Returns the value before.
    #[track_caller]
    pub fn fetch_min(&self, other: T, order: Ordering) -> T {
        self.change(order, Location::caller(), |value| value.min(other))
    }
}

impl<T: Number> Atomic<T> {
    /// Adds, wrapping. Returns the value before.
    #[track_caller]
    #[inline]
    pub fn fetch_add(&self, other: T, order: Ordering) -> T {
        self.change(order, Location::caller(), |value| value.plus(other))
    }

    /// Subtracts, wrapping. Returns the value before.
    #[track_caller]
    #[inline]
    pub fn fetch_sub(&self, other: T, order: Ordering) -> T {
        self.change(order, Location::caller(), |value| value.minus(other))
    }
}

impl<T: Word + BitOr<Output = T>> Atomic<T> {
    /// Sets bits. Returns the value before.
    #[track_caller]
    #[inline]
    pub fn fetch_or(&self, bits: T, order: Ordering) -> T {
        self.change(order, Location::caller(), |value| value | bits)
    }
}

impl<T: Word + BitAnd<Output = T>> Atomic<T> {
    /// Keeps bits. Returns the value before.
    #[track_caller]
    #[inline]
    pub fn fetch_and(&self, bits: T, order: Ordering) -> T {
        self.change(order, Location::caller(), |value| value & bits)
    }
}

impl<T: Word + BitAnd<Output = T> + Not<Output = T>> Atomic<T> {
    /// Keeps bits and toggles all. Returns the value before.
    #[track_caller]
    pub fn fetch_nand(&self, bits: T, order: Ordering) -> T {
        self.change(order, Location::caller(), |value| !(value & bits))
    }
}

impl<T: Word + BitXor<Output = T>> Atomic<T> {
    /// Toggles bits. Returns the value before.
    #[track_caller]
    #[inline]
    pub fn fetch_xor(&self, bits: T, order: Ordering) -> T {
        self.change(order, Location::caller(), |value| value ^ bits)
    }
}
