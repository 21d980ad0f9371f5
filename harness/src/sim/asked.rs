//! What functions of the subject give for values that a read-modify-write may see.

/// Gives the new value, or nothing to leave the word as it is.
pub(super) type Change<'a> = &'a dyn Fn(u64) -> Option<u64>;

/// Old values, each with the new one.
pub(super) type Asked = Vec<(u64, Option<u64>)>;
