//! The messages of a word: what can be read, replaced and followed.

use super::{Manner, Position, Stamp, Weak};
use crate::sim::event::ObjectId;

impl Weak {
    pub(super) fn newest(&self, object: ObjectId) -> Stamp {
        self.words[object.index()].last().map_or(0, |message| message.stamp)
    }

    /// The messages that the thread may see, the newest first; only what is new to it if `insists`
    /// and there is any.
    pub(crate) fn readable(&self, thread: usize, object: ObjectId, insists: bool) -> impl Iterator<Item = Position> {
        self.replaceable(thread, object, Manner::Usual, insists)
    }

    /// The messages that an update may see, as with [`Weak::readable`].
    pub(crate) fn replaceable(
        &self,
        thread: usize,
        object: ObjectId,
        manner: Manner,
        insists: bool,
    ) -> impl Iterator<Item = Position> {
        let seen = self.threads[thread].before(manner == Manner::NoReturn).stamp(object);
        self.since(object, seen + u64::from(insists && self.newest(object) > seen))
    }

    fn since(&self, object: ObjectId, from: Stamp) -> impl Iterator<Item = Position> {
        let word = &self.words[object.index()];
        let readable = word.iter().rev().take_while(move |message| message.stamp >= from).count();
        (word.len() - readable..word.len()).rev().map(|place| place as Position)
    }

    pub(crate) fn value(&self, object: ObjectId, place: Position) -> u64 {
        self.words[object.index()][place as usize].value
    }

    /// The message that nothing has overwritten.
    pub(crate) fn newest_place(&self, object: ObjectId) -> Position {
        (self.words[object.index()].len() - 1) as Position
    }

    /// Whether a read-modify-write may replace the message: no other one has, and there is room
    /// behind it.
    pub(crate) fn can_replace(&self, object: ObjectId, place: Position) -> bool {
        let word = &self.words[object.index()];
        let at = place as usize;
        !word[at].is_replaced && word.get(at + 1).is_none_or(|next| next.stamp - word[at].stamp > 1)
    }

    /// Whether the write that was prepared may come behind the message.
    pub(crate) fn may_follow(&self, object: ObjectId, place: Position) -> bool {
        self.words[object.index()][place as usize].stamp >= self.least
    }

    /// The messages behind which the thread may put what it was prepared to write, the newest
    /// first.
    pub(crate) fn places(&self, object: ObjectId) -> impl Iterator<Item = Position> {
        self.since(object, self.least).filter(move |&place| self.can_replace(object, place))
    }
}
