//! Sequential consistency (Lamport 1979): one newest value a word, which every read sees.
//!
//! Promise: the outcomes of an execution are those of some interleaving of its events. Limits: what
//! hardware and compilers reorder is not shown; a program that depends on a missing barrier looks
//! right here.

use super::Published;
use crate::sim::event::ObjectId;

#[derive(Clone, Copy)]
pub(super) struct Word {
    pub(super) value: u64,
    pub(super) version: u32,
    pub(super) published: Published,
}

/// The words of an execution, by object. Entries outlive executions, see `create`.
pub(crate) struct Sc {
    words: Vec<Word>,
    count: usize,
}

impl Sc {
    pub(super) fn new() -> Sc {
        Sc { words: Vec::new(), count: 0 }
    }

    pub(super) fn reset(&mut self) {
        self.count = 0;
    }

    #[inline(always)]
    pub(super) fn create(&mut self, object: ObjectId, value: u64) {
        debug_assert_eq!(object.index(), self.count);
        if self.count == self.words.len() {
            self.grow();
        }
        self.count += 1;
        let word = self.word_mut(object);
        word.value = value;
        word.version = 0;
        word.published.clear();
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        self.words.push(Word { value: 0, version: 0, published: Published::NOTHING });
    }

    #[inline(always)]
    pub(super) fn word(&self, object: ObjectId) -> &Word {
        &self.words[object.index()]
    }

    #[inline(always)]
    pub(super) fn word_mut(&mut self, object: ObjectId) -> &mut Word {
        &mut self.words[object.index()]
    }
}
