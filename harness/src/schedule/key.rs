//! Keys: where in a thread's life a choice happens, said so that all variants of a subject can say
//! it.
//!
//! Limits: a key is 32 bits of a hash. Two places of one execution may share a key (with 10,000
//! choice points in one execution in about one execution of ninety); the consequence is one
//! decision applied at both, never a wrong outcome, because an execution is whatever its decisions
//! make it.
//!
//! A key is built from an *anchor* and an offset. The anchor is the path of named sites that the
//! thread is in (its operation, the hook, the function of the design). The offset counts how often
//! this thread touched this object since it entered the anchor, so an access to another object,
//! added or removed by a patch, moves no other key. Peers count steps from the beginning: one more
//! statement reshuffles everything behind it (shuttle #85, Miri #3323).

/// Where a choice happens. Equal in two variants when the thread is at the same place of the same
/// operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub u32);

impl Key {
    /// Where nothing was announced: a landing, or the start of a thread.
    pub(crate) const NONE: Key = Key(0);
}

/// Folds the 128-bit product of two words: the mixing step of wyhash. Frozen; tokens depend on it.
#[inline(always)]
pub(crate) const fn mix(a: u64, b: u64) -> u64 {
    let product = (a as u128).wrapping_mul(b as u128);
    (product as u64) ^ ((product >> 64) as u64)
}

const PHI: u64 = 0x9e37_79b9_7f4a_7c15;
const SQRT3: u64 = 0xbb67_ae85_84ca_a73b;

/// Hash of a name. Frozen; tokens depend on it. (FNV-1a, then one mixing step.)
pub(crate) const fn hash_name(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    mix(hash ^ PHI, SQRT3)
}

/// Hash of a name with a number, such as one instance of a field.
#[inline(always)]
pub(crate) const fn hash_numbered(name: u64, number: u32) -> u64 {
    mix(name ^ PHI, (number as u64).wrapping_mul(2) ^ SQRT3)
}

/// Hash of a path extended by one element.
#[inline(always)]
pub(crate) const fn hash_path(path: u64, element: u64) -> u64 {
    mix(path ^ SQRT3, element ^ PHI)
}

/// Where a choice happens, in full: what the key is a hash of.
///
/// Random schedules draw from this and not from the key, so that a decision does not have to wait
/// for one hash and then another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spot {
    place: u64,
    nth: u64,
}

impl Spot {
    /// The `nth` access to an object since an anchor was entered.
    #[inline(always)]
    pub(crate) const fn new(anchor: u64, object: u64, nth: u64) -> Spot {
        Spot { place: anchor ^ object, nth: PHI ^ nth.wrapping_mul(SQRT3) }
    }

    /// Another question about the event with this key.
    #[cold]
    pub(crate) const fn beside(event: Key, question: u64) -> Spot {
        Spot::new(hash_path(event.0 as u64, question), 0, question)
    }

    /// Frozen; tokens depend on it.
    #[inline(always)]
    pub(crate) const fn key(self) -> Key {
        Key((mix(self.place, self.nth) >> 32) as u32)
    }

    /// The random word of a seed here. Frozen; tokens depend on it.
    #[inline(always)]
    pub(crate) const fn draw(self, seed: u64) -> u64 {
        mix(self.place ^ seed, self.nth)
    }
}

/// Turns consecutive numbers into seeds that share no structure. (The finalizer of splitmix64.)
pub const fn scramble(number: u64) -> u64 {
    let mut word = number.wrapping_add(PHI);
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_frozen() {
        assert_eq!(hash_name("counter"), 0x1030_dc5b_723a_65b5);
        assert_eq!(hash_numbered(1, 2), 0x6ff1_47cc_9130_5f89);
        assert_eq!(hash_path(1, 2), 0x4497_12dd_80c4_d552);
        assert_eq!(Spot::new(1, 2, 3).key(), Key(0x0401_567d));
        assert_eq!(Spot::new(1, 2, 3).draw(scramble(7)), 14_867_175_522_432_752_718);
        assert_eq!(scramble(0), 0xe220_a839_7b1d_cdaf);
    }
}
