//! The locks that are held on the ways through a function, and where ways meet.

/// The locks held on a way, in the order of taking them. Nothing if the way has ended.
pub(super) type Way = Option<Vec<String>>;

/// What is held where two ways meet.
pub(super) fn meet(first: Way, second: Way) -> Way {
    match (first, second) {
        (Some(first), Some(second)) => Some(first.into_iter().filter(|lock| second.contains(lock)).collect()),
        (first, second) => first.or(second),
    }
}

/// What a call leaves held: where it returned an `Err` or `true`, if it says so literally
/// somewhere, and else.
#[derive(Clone, Debug)]
pub(super) struct Ways {
    pub(super) well: Way,
    pub(super) failed: Option<Way>,
}
