//! Plain shared data, and the ghost cells of monitors.

use super::word::Word;
use crate::sim::{Label, Ticket, current, op};
use std::marker::PhantomData;
use std::panic::Location;

/// Plain shared data. A handle, as [`super::Atomic`] is. Accesses are no choice points; a data race
/// on it (two accesses, one of them a write, neither ordered before the other) ends the execution
/// as [`crate::End::Race`].
#[derive(Debug)]
pub struct Plain<T> {
    ticket: Ticket,
    value: PhantomData<fn() -> T>,
}

/// A cell of a monitor. Its accesses are events that search takes for dependent; the memory model
/// takes no ordering from them and they always see the newest value.
#[derive(Debug)]
pub struct Ghost<T> {
    ticket: Ticket,
    value: PhantomData<fn() -> T>,
}

impl<T> Clone for Plain<T> {
    fn clone(&self) -> Plain<T> {
        *self
    }
}

impl<T> Copy for Plain<T> {}

impl<T> Clone for Ghost<T> {
    fn clone(&self) -> Ghost<T> {
        *self
    }
}

impl<T> Copy for Ghost<T> {}

impl<T: Word> Plain<T> {
    /// Plain data without a name.
    #[track_caller]
    pub fn new(value: T) -> Plain<T> {
        let (value, place) = (value.to_word(), Location::caller());
        let ticket = current::get().with(|execution| {
            let ticket = execution.create_unnamed(value, place);
            execution.make_plain(ticket);
            ticket
        });
        Plain { ticket, value: PhantomData }
    }

    /// Plain data with a name.
    #[track_caller]
    pub fn named(label: impl Into<Label>, value: T) -> Plain<T> {
        let (label, value, place) = (label.into(), value.to_word(), Location::caller());
        let ticket = current::get().with(|execution| {
            let ticket = execution.create(label, value, place);
            execution.make_plain(ticket);
            ticket
        });
        Plain { ticket, value: PhantomData }
    }

    /// Reads.
    #[track_caller]
    #[inline]
    pub fn get(&self) -> T {
        T::from_word(op::plain_read(self.ticket, Location::caller()))
    }

    /// Writes.
    #[track_caller]
    #[inline]
    pub fn set(&self, value: T) {
        op::plain_write(self.ticket, value.to_word(), Location::caller());
    }

    /// The value, without an access: for monitors, goals and looking at a final state.
    #[track_caller]
    pub fn peek(&self) -> T {
        T::from_word(op::peek(self.ticket))
    }
}

impl<T: Word> Ghost<T> {
    /// A ghost cell with a name.
    #[track_caller]
    pub fn named(label: impl Into<Label>, value: T) -> Ghost<T> {
        let (label, value, place) = (label.into(), value.to_word(), Location::caller());
        let ticket = current::get().with(|execution| execution.create(label, value, place));
        Ghost { ticket, value: PhantomData }
    }

    /// Reads.
    #[track_caller]
    pub fn get(&self) -> T {
        T::from_word(op::ghost_read(self.ticket, Location::caller()))
    }

    /// Writes.
    #[track_caller]
    pub fn set(&self, value: T) {
        op::ghost_write(self.ticket, value.to_word(), Location::caller());
    }

    /// The value, without an event.
    #[track_caller]
    pub fn peek(&self) -> T {
        T::from_word(op::peek(self.ticket))
    }
}
