//! What a mailbox promises, and the situations that ask for it.

use lockstep::{probe, thread};

/// A mailbox for one number.
pub trait Mailbox: Sync {
    /// Waits until the slot is empty and fills it.
    fn put(&self, number: u32);

    /// Waits until the slot is full and empties it.
    fn take(&self) -> u32;

    /// Empties the slot if it is full.
    fn try_take(&self) -> Option<u32>;
}

/// Does what one thread puts arrive at the other, in order?
pub fn in_order(mailbox: &dyn Mailbox) {
    thread::scope(|scope| {
        scope.spawn("sender", || (1..=2).for_each(|number| mailbox.put(number)));
        scope.spawn("receiver", || (1..=2).for_each(|_| probe::observe(u64::from(mailbox.take()))));
    });
}

/// Two senders and two receivers: does everybody get through?
pub fn two_of_each(mailbox: &dyn Mailbox) {
    thread::scope(|scope| {
        for number in 1..=2 {
            scope.spawn(("sender", number), move || mailbox.put(number));
            scope.spawn(("receiver", number), || probe::observe(u64::from(mailbox.take())));
        }
    });
}

/// Can a number be taken twice, or get lost, when two look without waiting?
pub fn no_waiting(mailbox: &dyn Mailbox) {
    thread::scope(|scope| {
        scope.spawn("sender", || mailbox.put(7));
        for number in 1..=2 {
            scope.spawn(("looker", number), || probe::observe(mailbox.try_take().map_or(0, u64::from)));
        }
    });
    probe::observe(mailbox.try_take().map_or(0, u64::from));
}

/// How an observation reads.
pub fn describe(word: u64) -> String {
    match word {
        0 => "finds nothing".to_owned(),
        number => format!("gets {number}"),
    }
}
