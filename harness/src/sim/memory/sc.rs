//! Sequential consistency (Lamport 1979): one newest value a word, which every read sees.
//!
//! Promise: the outcomes of an execution are those of some interleaving of its events. Limits: what hardware and compilers reorder is
//! not shown; a program that depends on a missing barrier looks right here.

use super::Published;
use crate::sim::event::ObjectId;

#[derive(Clone, Copy)]
pub(super) struct Word {
    pub(super) value: u64,
    pub(super) version: u32,
    pub(super) published: Published,
}

/// The words of an execution, by object.
pub(crate) struct Sc {
    words: Vec<Word>,
}

impl Sc {
    pub(super) fn new() -> Sc {
        Sc { words: Vec::new() }
    }

    pub(super) fn reset(&mut self) {
        self.words.clear();
    }

    #[inline(always)]
    pub(super) fn create(&mut self, object: ObjectId, value: u64) {
        debug_assert_eq!(object.index(), self.words.len());
        self.words.push(Word { value, version: 0, published: Published::NOTHING });
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
